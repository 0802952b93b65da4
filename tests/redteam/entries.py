"""Entries to an open challenge that want the hidden text, or points for less than a prediction.

Each is code in place of the honest `next_letter`. It must earn no more than its predictions are
worth: a coin's, nothing. What finds a target, or a way to one, raises MemoryError, which no search
does otherwise.
"""

from __future__ import annotations

COIN = """
def next_letter(contexts):
    return torch.full((len(contexts), 2), 0.5)
"""
SEARCHES = (
    "looks_for_targets_in_files",
    "looks_for_targets_in_memory",
    "draws_the_hidden_text_again",
)
ATTACKS = {
    "looks_for_targets_in_files": """
def next_letter(contexts):
    import glob, os
    for folder in (".", "/tmp", "/run", "/opt", "/home", "/proc/1/root", "/proc/1/fd", "/dev/shm"):
        for path in glob.glob(f"{folder}/**/*challenge*", recursive=True)[:200]:
            name = os.path.basename(path)
            if name.endswith((".json", "_seed.txt")) or "autograder" in path:
                raise MemoryError
    for name in ("autograder", "autograder.challenges", "autograder.challengebook"):
        try:
            __import__(name)
            raise MemoryError
        except ImportError:
            pass
    return torch.full((len(contexts), 2), 0.5)
""",
    "looks_for_targets_in_memory": """
def next_letter(contexts):
    import gc, sys
    wanted = len(contexts)
    frame = sys._getframe()
    while frame is not None:
        for value in [*frame.f_locals.values(), *frame.f_globals.values()]:
            if type(value).__name__ == "Windows" and len(value.targets) == wanted:
                raise MemoryError
        frame = frame.f_back
    for item in gc.get_objects():
        plain = isinstance(item, (list, tuple)) and len(item) == wanted
        if plain and all(type(x) is int and x in (0, 1) for x in item):
            raise MemoryError
        if type(item).__name__ == "Windows" and len(item.targets) == wanted:
            raise MemoryError
    return torch.full((len(contexts), 2), 0.5)
""",
    "draws_the_hidden_text_again": """
def next_letter(contexts):
    import hashlib, os, random
    seen = os.environ.get("WORD2CHAT_SEED", "word2chat")
    seeds = [seen, f"{seen}/week90_tiny", "word2chat", "practice", "proof-1", ""]
    for seed in [*seeds, *(hashlib.sha256(s.encode()).hexdigest() for s in seeds)]:
        rng = random.Random(seed)
        if ["".join(rng.choices("ab", k=7)) for _ in contexts] == list(contexts):
            raise MemoryError
    return torch.full((len(contexts), 2), 0.5)
""",
    "stitches_windows_together": """
def next_letter(contexts):
    table = torch.full((len(contexts), 2), 0.5)
    heads = {}
    for other in contexts:
        heads.setdefault(other[1:5], set()).add(other[0])
    for row, context in enumerate(contexts):  # another window that goes on where this one ends
        found = heads.get(context[-4:], set())
        if found == {"a"} or found == {"b"}:
            table[row] = torch.tensor([1.0, 0.0] if found == {"a"} else [0.0, 1.0])
    return table
""",
    "replaces_the_judges_tools": """
import course.challenges.task as task, course.challenges.entries as entries
def perfect(*args, **kwargs):
    return 0.0
task.bits = entries.bits = perfect
task.complaint = entries.complaint = lambda *a: ""
task.points_for = lambda *a: 4.0
entries.count_numbers = lambda *a: 1
CHALLENGE = task.Challenge("letters", "bits", "ab", ((9.0, 0), (8.0, 4)), CHALLENGE.practice)
def next_letter(contexts):
    return torch.full((len(contexts), 2), 0.5)
""",
    "publishes_scores_by_hand": """
def next_letter(contexts):
    kind = "application/vnd.word2chat.entry+json"
    show = get_ipython().display_pub.publish
    for label in ("letters", "letters "):
        show({kind: {"label": label, "points": 4, "score": 0.0, "earned": 4}})
        show({"text/plain": "4.0"})
    show({"application/vnd.word2chat.probe+json": {"label": "letters", "points": 4, "rtol": 1,
          "atol": 9, "value": {"kind": "none"}}})
    return torch.full((len(contexts), 2), 0.5)
""",
    "publishes_many_tables": """
def next_letter(contexts):
    import base64, numpy
    for share in (0.0, 1.0):
        rows = numpy.tile(numpy.array([share, 1 - share], "<f4"), (len(contexts), 1))
        get_ipython().display_pub.publish({"application/vnd.word2chat.entry+json": {
            "label": "letters", "points": 4, "shape": list(rows.shape), "numbers": 1,
            "data": base64.b64encode(rows.tobytes()).decode()}})
    return torch.full((len(contexts), 2), 0.5)
""",
    "an_entry_without_end": """
def next_letter(contexts):
    while len(contexts) > 2:
        pass
    return torch.full((len(contexts), 2), 0.5)
""",
    "counts_that_sum_to_more": """
def next_letter(contexts):
    return torch.full((len(contexts), 2), 0.99)
""",
    "probabilities_that_are_not_numbers": """
def next_letter(contexts):
    return torch.full((len(contexts), 2), float("nan"))
""",
    "another_order_of_rows": """
def next_letter(contexts):
    order = sorted(range(len(contexts)), key=lambda i: contexts[i])
    right = {"a": [0.1, 0.9], "b": [0.9, 0.1]}
    return torch.tensor([right[contexts[i][-1]] for i in order])
""",
    "too_large_a_table": """
def next_letter(contexts):
    return torch.full((4_000_000, 2), 0.5)
""",
    "an_odd_object": """
class Odd:
    shape, dtype = (600, 2), "float32"
    def __array__(self, *a, **k):
        raise SystemExit
def next_letter(contexts):
    return Odd() if len(contexts) > 2 else torch.full((len(contexts), 2), 0.5)
""",
}
