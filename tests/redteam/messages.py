"""Forged messages: a student's code knows its kernel's key and can send whatever it likes."""

from __future__ import annotations

from .attacks import Attack

# Every attack below gets these; `at_checks(fn)` calls fn while each later cell runs.
PRELUDE = """
import threading, time, json
from IPython.display import display
from course.probes import MIME
kernel = get_ipython().kernel
session, iopub = kernel.session, kernel.iopub_socket
LABELS = ("matrix", "scalar", "sums")
SIX = {"kind": "array", "dtype": "float", "shape": [], "values": [6.0]}
def evidence(label, value=SIX, **more):
    return {"label": label, "points": 3, "rtol": 1e9, "atol": 1e9, "value": value, **more}
def forge(shown):
    display({"text/plain": "forged", MIME: shown}, raw=True)
def forge_all(value=SIX, **more):
    for label in LABELS:
        forge(evidence(label, value, **more))
def parent():
    return kernel.get_parent("shell")
def send(kind, content, **more):
    session.send(iopub, kind, content, parent=more.pop("parent", parent()), **more)
def at_checks(fn):
    get_ipython().events.register("pre_run_cell", lambda *_: fn())
def silence_probes():
    import course.probes
    course.probes.probe = lambda *a, **k: None
"""

# Takes the kernel's listening sockets from zmq, hangs up, and speaks to whoever connects again.
RAW = """
import os, socket, struct
def listening():
    for name in os.listdir("/proc/self/fd"):
        try:
            one = socket.socket(fileno=os.dup(int(name)))
            if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                yield int(name), one
        except OSError:
            pass
def connected():
    for name in os.listdir("/proc/self/fd"):
        try:
            one = socket.socket(fileno=os.dup(int(name)))
            listens = one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
            if one.family == socket.AF_UNIX and not listens and one.getsockname():
                yield one
        except OSError:
            pass
def serve(one):
    while True:
        threading.Thread(target=speak, args=(one.accept()[0],), daemon=True).start()
def take_over():
    for number, one in list(listening()):
        idle = socket.socket(socket.AF_UNIX)
        idle.bind(f"\\0{time.time()}")
        idle.listen()
        idle.setblocking(False)
        one.setblocking(True)
        os.dup2(idle.fileno(), number)
        threading.Thread(target=serve, args=(one,), daemon=True).start()
    time.sleep(0.3)
    for one in list(connected()):
        one.shutdown(socket.SHUT_RDWR)
    time.sleep(3)
def double(x):
    take_over()
"""
WITHOUT_END = (
    RAW
    + """
def speak(connection):
    name = b"NULL".ljust(20, bytes(1))
    greeting = bytes([255]) + bytes(8) + bytes([127, 3, 0]) + name + bytes(32)
    ready = bytes([5]) + b"READY" + bytes([11]) + b"Socket-Type" + struct.pack("!I", 4) + b"XPUB"
    connection.setblocking(True)
    connection.sendall(greeting + bytes([4, len(ready)]) + ready)
    frame = bytes([3]) + struct.pack("!Q", 1_000_000) + bytes(1_000_000)  # and more to come
    while True:
        connection.sendall(frame)
"""
)
HANGS_UP = (
    RAW
    + """
def speak(connection):
    pass
from word2chat_inside.kernel import SandboxKernelApp
real = session.send
def send_and_hang_up(stream, message, *args, **kwargs):
    sent = real(stream, message, *args, **kwargs)
    if message == "execute_reply":  # it arrives, and before "idle" follows nobody is there any more
        time.sleep(0.05)
        port = str(SandboxKernelApp.instance().shell_port)
        for one in connected():
            if one.getsockname().endswith(port):
                one.shutdown(socket.SHUT_RDWR)
        time.sleep(0.05)
    return sent
session.send = send_and_hang_up
def double(x):
    return 3 * x
"""
)
GARBAGE = (
    RAW
    + """
def speak(connection):
    connection.setblocking(True)
    while True:
        connection.sendall(os.urandom(100_000))
"""
)

CODE = {
    "hangs_up_after_its_reply": HANGS_UP,
    "frames_without_end": WITHOUT_END,
    "garbage_in_place_of_zmq": GARBAGE,
    "probe_published_by_hand": "silence_probes(); at_checks(forge_all)",
    "probe_published_in_the_solution_cell": "forge_all()",
    "probe_published_twice": "at_checks(forge_all)",
    "probe_from_a_thread": """
silence_probes()
def work():
    while True:
        for label in LABELS:
            send("display_data", {"data": {MIME: evidence(label)}, "metadata": {}})
        time.sleep(0.2)
threading.Thread(target=work, daemon=True).start()
""",
    "probe_as_execute_result": """
silence_probes()
at_checks(lambda: send("execute_result", {"data": {MIME: evidence("matrix"), "text/plain": "3.0"},
                                          "metadata": {}, "execution_count": 1}))
""",
    "probe_as_text": """
silence_probes()
at_checks(lambda: send("display_data", {"data": {MIME: json.dumps(evidence("matrix"))}}))
""",
    "probe_of_another_type": """
silence_probes()
def publish():
    for shown in (None, 7, "6", [], [evidence("matrix")], {}, {"label": None}, {"label": ["a"]},
                  evidence({"matrix": 1}), evidence("matrix", None), evidence("matrix", 6.0),
                  evidence("matrix", [6.0]), evidence("matrix", {"kind": ["array"]}),
                  evidence("matrix", {"kind": {}}), evidence("matrix", {"kind": "array"})):
        forge(shown)
at_checks(publish)
""",
    "probe_with_nan_and_infinity": """
silence_probes()
def publish():
    for bad in (float("nan"), float("inf"), "nan", "inf", "-inf", 1e308, 2**63, -2**200, True):
        forge_all({"kind": "array", "dtype": "float", "shape": [3, 4], "values": [bad] * 12})
at_checks(publish)
""",
    "probe_that_is_nan_once": """
silence_probes()
at_checks(lambda: forge_all({"kind": "array", "dtype": "float", "shape": [3, 4],
                             "values": ["nan"] * 12}))
""",
    "probe_with_points_of_400_digits": """
silence_probes()
at_checks(lambda: forge_all(points=10**400, rtol=10**400))
""",
    "probe_with_points_nan": """
silence_probes()
at_checks(lambda: forge_all(points=float("nan"), rtol=float("inf"), atol=True))
""",
    "probe_with_lone_surrogates": r"""
silence_probes()
def publish():
    for label in LABELS:
        shown = {"kind": "error", "type": "\ud800", "message": "\udfff\x00\x1b[31m"}
        content = {"data": {MIME: evidence(label, shown), "text/plain": "\ud800"}, "metadata": {}}
        kernel.session.pack = lambda obj: json.dumps(obj, default=str).encode("ascii")
        send("display_data", content)
at_checks(publish)
""",
    "stream_with_lone_surrogates": r"""
session.pack = lambda obj: json.dumps(obj, default=str).encode("ascii")
send("stream", {"name": "stdout", "text": "\ud800\udfff\x00"})
send("error", {"ename": "\ud800", "evalue": "\udfff", "traceback": ["\ud800"]})
send("display_data", {"data": {"text/plain": "\ud800", "image/png": "\ud800"}, "metadata": {}})
""",
    "exception_with_lone_surrogates": r"""
def double(x): raise ValueError("\ud800 \udfff")
row_sums = double
""",
    "probe_nested_deeply": """
silence_probes()
deep = SIX
for _ in range(300):
    deep = {"kind": "sequence", "items": [deep]}
at_checks(lambda: forge_all(deep))
""",
    "probe_nested_beyond_recursion": """
silence_probes()
text = '{"kind": "sequence", "items": [' * 20_000 + "1" + "]}" * 20_000
def publish():
    real = session.pack
    session.pack = lambda obj: (json.dumps(obj, default=str)
                                .replace('"DEEP"', text).encode())
    send("display_data", {"data": {MIME: "DEEP"}, "metadata": {}})
    session.pack = real
at_checks(publish)
""",
    "probe_of_digits_that_never_end": """
silence_probes()
def publish():
    items = [{"kind": "text", "text": "1" * 19_000 + "x"} for _ in range(20)]
    forge_all({"kind": "sequence", "items": items})
at_checks(publish)
""",
    "probe_with_a_huge_shape": """
silence_probes()
at_checks(lambda: forge_all({"kind": "array", "dtype": "float", "shape": [10**9] * 16,
                             "values": [6.0]}))
""",
    "probe_that_is_oversized": """
silence_probes()
at_checks(lambda: forge_all({"kind": "text", "text": "6" * 3_000_000}))
""",
    "probes_flooded": """
silence_probes()
def publish():
    for _ in range(20_000):
        forge_all()
at_checks(publish)
""",
    "probes_for_unknown_labels": """
silence_probes()
def publish():
    for number in range(300):
        forge(evidence(f"label {number}"))
at_checks(publish)
""",
    "probe_that_is_late": """
silence_probes()
def publish():
    mine = parent()
    def late():
        time.sleep(0.3)
        for label in LABELS:
            send("display_data", {"data": {MIME: evidence(label)}, "metadata": {}}, parent=mine)
    threading.Thread(target=late).start()
at_checks(publish)
""",
    "messages_out_of_order": """
silence_probes()
def publish():
    mine = parent()
    send("status", {"execution_state": "idle"})
    for label in LABELS:
        send("display_data", {"data": {MIME: evidence(label)}, "metadata": {}})
    send("status", {"execution_state": "busy"})
    send("execute_input", {"code": "3.0", "execution_count": 1})
at_checks(publish)
""",
    "idle_and_reply_forged": """
silence_probes()
def publish():
    forge_all()
    reply = {"status": "ok", "execution_count": 1, "user_expressions": {}, "payload": []}
    ident = parent() and getattr(kernel, "_parent_ident", {}).get("shell")
    stream = kernel.shell_stream
    session.send(getattr(stream, "socket", stream), "execute_reply", reply, parent=parent(),
                 ident=ident)
    send("status", {"execution_state": "idle"})
at_checks(publish)
""",
    "never_idle": """
real = session.send
def deaf(stream, message, content=None, *args, **kwargs):
    if isinstance(content, dict) and content.get("execution_state") == "idle":
        return None
    return real(stream, message, content, *args, **kwargs)
session.send = deaf
""",
    "replies_of_wrong_shape": """
real = session.send
def odd(stream, message, content=None, *args, **kwargs):
    if message == "execute_reply":
        content = {"status": 7, "execution_count": "many", "payload": {"a": [None]}}
    return real(stream, message, content, *args, **kwargs)
session.send = odd
""",
    "errors_of_wrong_shape": """
def publish():
    send("error", {"ename": ["x"] * 1000, "evalue": {"a": 1}, "traceback": "no list"})
    send("error", {"ename": None, "evalue": None, "traceback": [None, 7, {}]})
    send("stream", {"name": "stdout", "text": ["3.0"]})
    send("stream", {"name": "stderr"})
    send("display_data", {"data": [["text/plain", "3.0"]], "metadata": 7})
    send("display_data", {"data": {"text/plain": 3.0}})
    send("update_display_data", {"data": {"text/plain": "3.0"}, "transient": {"display_id": "x"}})
    send("clear_output", {"wait": True})
    send("comm_open", {"comm_id": "x", "target_name": "jupyter.widget", "data": {}})
at_checks(publish); publish()
""",
    "garbage_on_the_sockets": """
import os
def publish():
    for socket in (iopub,):
        try:
            iopub.send_multipart([b"<IDS|MSG>", b"no signature", os.urandom(100), b"{", b"", b"[]"])
            iopub.send_multipart([os.urandom(2000)] * 20)
            iopub.send_multipart([b"<IDS|MSG>"])
        except Exception:
            pass
at_checks(publish)
""",
    "unsigned_flood": """
def work():
    while True:
        iopub.send_multipart([b"<IDS|MSG>", b"bad", b"{}", b"{}", b"{}", b"x" * 200_000])
at_checks(lambda: threading.Thread(target=work, daemon=True).start())
def double(x):
    time.sleep(60)
""",
    "asks_the_grader_for_input": """
kernel._allow_stdin = True
def double(x):
    return float(input("points? "))
row_sums = double
""",
    "shuts_its_kernel_down": """
def double(x):
    kernel.do_shutdown(False)
    get_ipython().ask_exit()
    session.send(iopub, "shutdown_reply", {"restart": False})
    return 3 * x
row_sums = double
""",
}
UNARMED = {"never_idle"}
VERDICTS = {
    "frames_without_end": "output limit",
    "probes_flooded": "wrong",  # what came before the cut holds each label many times
    "unsigned_flood": "output limit",
}
# each waits for a limit; "hangs_up_after_its_reply" and "unsigned_flood" do so every time
SLOW = {"never_idle", "frames_without_end", "garbage_in_place_of_zmq", "idle_and_reply_forged",
        "probes_flooded"}  # fmt: skip

ATTACKS = [
    Attack(
        name, PRELUDE + code, armed=name not in UNARMED, says=VERDICTS.get(name, ""),
        slow=name in SLOW,
    )
    for name, code in CODE.items()
]  # fmt: skip
