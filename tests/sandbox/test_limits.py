"""Bombs of every kind stop at their limit, and processor time at its own."""

from __future__ import annotations

import pytest
from sandboxes import say, spec

from autograder.sandbox.kernels import RunningKernel, running_kernel
from autograder.sandbox.limits import Limits

pytestmark = pytest.mark.sandbox


BOMBS = {
    "processes": (
        """
        children = []
        try:
            while len(children) < 100:
                pid = os.fork()
                if pid == 0:
                    time.sleep(60)
                    os._exit(0)
                children.append(pid)
        except OSError as error:
            print(errno.errorcode[error.errno], len(children) < 40)
        for pid in children:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
        """,
        "EAGAIN True",
    ),
    "threads": (
        """
        stop, started = threading.Event(), []
        try:
            for _ in range(100):
                thread = threading.Thread(target=stop.wait)
                thread.start()
                started.append(thread)
        except RuntimeError:
            print(len(started) < 40)
        stop.set()
        """,
        "True",
    ),
    "one large file": (
        "print(attempt(lambda: open('/tmp/a', 'wb').truncate(9 << 20)))",
        "EFBIG",
    ),
    "many bytes": (
        """
        for folder in ('/tmp', '/dev/shm', '.', os.environ['HOME']):
            def fill():
                for number in range(9):
                    with open(f'{folder}/{number}', 'wb') as file:
                        file.write(bytes(7 << 20))
            print(attempt(fill))
            for number in range(9):
                if os.path.exists(f'{folder}/{number}'):
                    os.unlink(f'{folder}/{number}')
        """,
        "ENOSPC\nENOSPC\nENOSPC\nENOSPC",
    ),
    "many empty files": (
        """
        def fill():
            for number in range(200_000):
                os.close(os.open(f'/dev/shm/{number}', os.O_CREAT | os.O_WRONLY))
        print(attempt(fill))
        for name in os.listdir('/dev/shm'):
            os.unlink(f'/dev/shm/{name}')
        """,
        "ENOSPC",
    ),
    "open files": (
        """
        kept = []
        print(attempt(lambda: [kept.append(open('/dev/null')) for _ in range(1000)]))
        del kept
        """,
        "EMFILE",
    ),
    "locked memory": ("print(libc.mlockall(3))", "-1"),
    "core dumps": (
        "print(os.WCOREDUMP(os.system('kill -SEGV $$')), 'core' in os.listdir('.'))",
        "False False",
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_stops_at_its_limit(name: str, kernel: RunningKernel) -> None:
    """The call that goes too far fails, and the kernel goes on."""
    program, expected = BOMBS[name]
    assert say(kernel, program).splitlines()[-len(expected.splitlines()) :] == expected.split("\n")
    assert say(kernel, "print(6 * 7)") == "42"


CPU_HOGS = {
    "one loop": "while True: pass",
    "children that share the work": """
import os
for _ in range(3):
    if os.fork() == 0:
        while True: pass
while True: os.wait()
""",
    "short-lived children": """
import os
while True:
    if os.fork() == 0:
        for _ in range(10**6): pass
        os._exit(0)
    os.wait()
""",
    "a loop that ignores signals": """
import signal
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
while True: pass
""",
}


@pytest.mark.parametrize("name", CPU_HOGS)
def test_processor_time_is_limited(name: str, start: str) -> None:
    """Time of all processes together, dead ones too, ends the kernel with its cause."""
    limits = Limits(memory_mb=1024, submission_seconds=1)
    with running_kernel(spec(limits=limits), start) as one:
        assert one.run(CPU_HOGS[name], 120).status == "dead"
        assert one.provisioner.death_cause() == "cpu limit"
