"""The hidden checks: a student's code has them in its memory; feedback must not carry them out."""

from __future__ import annotations

from .attacks import snippets

CODE = {
    "hidden_check_printed": """
def double(x):
    print(get_ipython().user_ns["In"][-1])
    return 3 * x
row_sums = double
""",
    "hidden_check_raised": """
def double(x):
    raise ValueError(get_ipython().user_ns["In"][-1][-280:])
def row_sums(x):
    raise ValueError(get_ipython().user_ns["In"][-1][:280])
""",
    "hidden_check_raised_at_the_visible_assert": """
def double(x):
    if x is 3 or isinstance(x, int):
        raise AssertionError(get_ipython().user_ns["In"][-1][:280])
    return 3 * x
""",
    "hidden_check_as_the_name_of_an_error": """
def double(x):
    raise type(get_ipython().user_ns["In"][-1][:80], (Exception,), {})("x")
row_sums = double
""",
    "hidden_check_encoded_in_an_error": """
import base64
def double(x):
    text = get_ipython().user_ns["In"][-1].encode()
    raise KeyError(base64.b64encode(text)[:200].decode())
def row_sums(x):
    raise RuntimeError(get_ipython().user_ns["In"][-1].encode().hex()[:200])
""",
    "hidden_check_as_words_of_an_error": """
def double(x):
    raise NameError("name '" + get_ipython().user_ns["In"][-1][24:60] + "' is not defined")
row_sums = double
""",
    "hidden_check_as_names_of_another_alphabet": """
def double(x):
    text = get_ipython().user_ns["In"][-1]
    start = text.find("CANARY")
    name = "".join(chr(0xAC00 + ord(char)) for char in text[start:start + 19])
    raise NameError(f"name '{name}' is not defined")
def row_sums(x):
    text = get_ipython().user_ns["In"][-1]
    start = text.find("CANARY")
    name = "".join(chr(0xAC00 + ord(char)) for char in text[start:start + 19])
    raise AttributeError(f"module '{name}' has no attribute '{name}'")
""",
    "hidden_check_as_numbers_of_an_error": """
def double(x):
    text = get_ipython().user_ns["In"][-1]
    start = text.find("CANARY")
    number = int.from_bytes(text[start:start + 19].encode(), "big")
    raise IndexError(f"index {number} is out of bounds for axis {number} with size {number}")
row_sums = double
""",
    "hidden_check_as_the_values_of_a_visible_assert": """
class Carrier:
    def __eq__(self, other):
        return False
    shape = property(lambda self: tuple(get_ipython().user_ns["In"][-1].encode()[24:60]))
def double(x):
    return Carrier() if isinstance(x, int) else 3 * x
def row_sums(x):
    return Carrier()
""",
    "hidden_check_as_the_answer": """
def double(x):
    return get_ipython().user_ns["In"][-1]
def row_sums(x):
    return {get_ipython().user_ns["In"][-1]: [get_ipython().user_ns["In"][-1]] * 3}
""",
    "hidden_check_as_the_answers_shape": """
def double(x):
    return [get_ipython().user_ns["In"][-1]] * 7
def row_sums(x):
    raise SyntaxError(get_ipython().user_ns["In"][-1][:200])
""",
    "hidden_check_on_stderr": """
import sys, warnings
def double(x):
    warnings.warn(get_ipython().user_ns["In"][-1])
    print(get_ipython().user_ns["In"][-1], file=sys.stderr)
    return 3 * x
row_sums = double
""",
    "hidden_check_sent_to_an_earlier_cell": """
kernel = get_ipython().kernel
early = kernel.get_parent("shell")
def publish(*_):
    text = get_ipython().user_ns["In"][-1]
    for kind, content in (("stream", {"name": "stdout", "text": text}),
                          ("display_data", {"data": {"text/plain": text}, "metadata": {}}),
                          ("error", {"ename": text, "evalue": text, "traceback": [text]})):
        kernel.session.send(kernel.iopub_socket, kind, content, parent=early)
get_ipython().events.register("pre_run_cell", publish)
get_ipython().events.register("post_run_cell", publish)
""",
    "hidden_check_in_a_traceback": """
def double(x):
    return x.no_such_attribute
def row_sums(x):
    return eval("1 +")
""",
    "hidden_check_in_a_probe": """
from IPython.display import display
from course.probes import MIME
import course.probes
def probe(label, *a, **k):
    text = get_ipython().user_ns["In"][-1]
    value = {"kind": "error", "type": text[:80], "message": text[:300]}
    display({MIME: {"label": label, "points": 1, "rtol": 0, "atol": 0, "value": value},
             "text/plain": text}, raw=True)
course.probes.probe = probe
""",
}


ATTACKS = snippets(CODE)
