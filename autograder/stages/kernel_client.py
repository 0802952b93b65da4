"""A running kernel, as `execute` sees it: run a cell within its limits, and say how that ended."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from jupyter_client.manager import KernelManager

from autograder.model import CellEnd, CellRun, Doubt, JobCell
from autograder.sandbox.kernel_watch import Death, WatchedKernel
from autograder.sandbox.limits import Limits
from autograder.stages.clock import CellClock, Meters, SubmissionClock, grace
from autograder.stages.kernel_channels import HungUp, KernelChannels, execute_request
from autograder.stages.outputs import CellReading

START_SECONDS = 60.0
GRACE_SECONDS = 5.0  # from interrupt to idle; after it the kernel is killed
LISTEN_SECONDS = 20.0  # until a flood is through and the kernel answers, on the busiest machine
IDLE_SECONDS = 10.0  # from a cell's reply to its last output, on the busiest machine
LOOK_SECONDS = 0.5  # between two looks whether the kernel lives
DEATH_SECONDS = 2.0  # a closed connection may be ahead of the death that closed it
ALL_OUTPUT = 8  # what all cells together may show, as a multiple of one cell's limit

# Imports come from where Python looks without the working folder: a submission may have brought a
# torch.py of its own. `exit` and `quit` end their cell, as `sys.exit` does, and not the kernel.
PREAMBLE = """import sys
sys.path, path = [entry for entry in sys.path if entry], sys.path
list(map(__import__, {modules!r}))
sys.path = path
get_ipython().ask_exit = sys.exit
del sys, path"""

ENDS: dict[Death | None, CellEnd] = {
    Death.MEMORY_LIMIT: CellEnd.MEMORY_LIMIT,
    Death.CPU_LIMIT: CellEnd.TIME_LIMIT,
}


class EndedFromOutside(RuntimeError):
    """The whole sandbox was ended, which is not the student's doing."""


class KernelClient:
    """A running kernel.

    gone : nothing more can be run; why is known from the cell where it happened.
    doubt : why what was seen has to be seen once more.
    """

    def __init__(self, manager: KernelManager, limits: Limits) -> None:
        provisioner: object = manager.provisioner
        if not isinstance(provisioner, WatchedKernel):
            raise TypeError(f"grading cannot watch over kernels of {type(provisioner).__name__}")
        self.gone = False
        self.doubt: Doubt | None = None
        self.meters = Meters(provisioner.cpu_seconds, provisioner.delay_seconds)
        self._manager, self._provisioner = manager, provisioner
        self._room_of_a_cell = limits.output_bytes
        self._room = ALL_OUTPUT * limits.output_bytes
        self._channels = KernelChannels(manager, limits)
        self._next_look = 0.0

    def close(self) -> None:
        self._channels.close()

    # -------------------------------------------------------------- start
    def wait_until_ready(self, seconds: float = START_SECONDS) -> None:
        """Ask for kernel_info until the answer is seen on both sockets.

        Raises:
            RuntimeError: the kernel died or did not answer in time.
        """
        deadline = time.monotonic() + seconds
        answered: set[str] = set()
        while len(answered) < 2:
            if time.monotonic() > deadline:
                raise RuntimeError(f"the kernel did not answer within {seconds:.0f} s")
            if not self._manager.is_alive():
                raise RuntimeError("the kernel died while it started")
            if self._channels.flooded:
                raise RuntimeError("it sends more than the output limit")
            try:
                msg_id = self._channels.send("kernel_info_request", {})
            except HungUp:
                raise RuntimeError("the kernel hung up") from None
            answered |= self._heard_of(msg_id)

    def _heard_of(self, msg_id: str) -> set[str]:
        """The channels that answer within a moment: shell to this request, iopub at all."""
        heard: set[str] = set()
        until = time.monotonic() + 0.3
        while time.monotonic() < until and len(heard) < 2:
            for channel, reply in self._channels.read(0.05):
                if channel == "iopub" or reply["parent_header"].get("msg_id") == msg_id:
                    heard.add(channel)
        return heard

    def prepare(self, modules: tuple[str, ...]) -> None:
        """Import what the week declares, so that no student pays for it (a warm kernel has it).

        Raises:
            RuntimeError: the imports failed or took too long.
        """
        ended = self.run(JobCell(-1, PREAMBLE.format(modules=modules)), START_SECONDS).end
        if ended is not CellEnd.OK:
            raise RuntimeError(f"importing {', '.join(modules)} ended in: {ended}")

    # -------------------------------------------------------------- one cell
    def run(
        self, cell: JobCell, seconds: float, submission: SubmissionClock | None = None
    ) -> CellRun:
        """Run one cell and read what it shows until it is done, or until a limit is reached.

        Args:
            cell: what to run.
            seconds: its limit, in processor time where that can be seen.
            submission: the clock of all cells together.

        Raises:
            EndedFromOutside: the end of the kernel was not the student's doing.
        """
        started = time.monotonic()
        reading = CellReading(min(self._room_of_a_cell, self._room))
        if cell.source.strip():
            self._read(cell.source, reading, CellClock(seconds, self.meters, submission))
            reading.settle()
            self._room -= reading.size
        if self._room < 0:
            self.kill()
        end = reading.end or (CellEnd.ERROR if reading.failed else CellEnd.OK)
        if end is CellEnd.DEAD_KERNEL:
            reading.forget_evidence()
        passed = time.monotonic() - started
        return CellRun(cell.index, cell.grade_id, end, tuple(reading.outputs), passed)

    def _read(self, source: str, reading: CellReading, clock: CellClock) -> None:
        try:
            reading.msg_id = self._channels.send("execute_request", execute_request(source))
            self._read_until_finished(reading, clock)
        except HungUp:
            self._find_out_who_ended_it(reading)

    def _read_until_finished(self, reading: CellReading, clock: CellClock) -> None:
        """Read until the cell is done. In trouble: interrupt once, allow some grace, then kill."""
        interrupted = False
        while not reading.finished:
            for channel, message in self._channels.read(0.1):
                reading.take(channel, message)
            if not reading.finished and self._is_dead(reading):
                return self._find_out_who_ended_it(reading)
            self._bound_outputs(reading)
            if reading.finished or not (self.gone or clock.is_up()):
                continue
            reading.end = reading.end or CellEnd.TIME_LIMIT
            if interrupted or self.gone:
                return self.kill()
            interrupted, clock = True, grace(GRACE_SECONDS, self.meters)
            self._manager.interrupt_kernel()
        if self._channels.silent:
            self._listen_again()

    def _bound_outputs(self, reading: CellReading) -> None:
        """A cell that shows too much is heard no more; it goes on until it is done or out of time.

        A message over the cap has closed the connection already, and what followed it was lost.
        """
        if self._channels.flooded:
            reading.overflow()
            self.gone = True
        lost = reading.replied is not None and time.monotonic() > reading.replied + IDLE_SECONDS
        if not reading.idle and (reading.overflowed or self._channels.silent or lost):
            reading.overflow()
            reading.idle = True
            self._channels.stop_listening()

    def _listen_again(self) -> None:
        self._channels.listen_again()
        try:
            self.wait_until_ready(LISTEN_SECONDS)
        except RuntimeError:
            self.kill()

    # -------------------------------------------------------------- the end
    def _is_dead(self, reading: CellReading) -> bool:
        """Look at the process: not too often, and with patience when its connection just closed."""
        now = time.monotonic()
        if self._channels.silent and not reading.overflowed:
            return self._dies_within(DEATH_SECONDS)
        if now < self._next_look:
            return False
        self._next_look = now + LOOK_SECONDS
        return not self._manager.is_alive()

    def _dies_within(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while self._manager.is_alive():
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True

    def _find_out_who_ended_it(self, reading: CellReading) -> None:
        """Every end of a kernel that was not our order comes here: whose doing was it?

        Raises:
            EndedFromOutside: not the student's.
        """
        self.gone = True
        if not self._dies_within(DEATH_SECONDS):
            # it lives and has closed its sockets; or the machine is so busy that it is still dying
            self.doubt = Doubt.KILLED
            self.kill()
            reading.end = reading.end or CellEnd.DEAD_KERNEL
            return
        death = self._provisioner.death_cause()
        if death is Death.OUTSIDE:
            raise EndedFromOutside("the sandbox was ended from outside")
        if death is Death.KILLED and reading.end is None:
            self.doubt = Doubt.KILLED
        reading.end = reading.end or ENDS.get(death, CellEnd.DEAD_KERNEL)

    @property
    def peak_mb(self) -> int | None:
        """The most memory that was in use so far; None where that cannot be seen."""
        return self._provisioner.peak_mb()

    def kill(self) -> None:
        """End the kernel and all it started."""
        self.gone = True
        with contextlib.suppress(RuntimeError):  # jupyter_client's, when it is dead already
            self._manager.signal_kernel(9)


@contextlib.contextmanager
def listening(manager: KernelManager, limits: Limits) -> Iterator[KernelClient]:
    """A client of a kernel that has been started; its sockets are closed at the end."""
    client = KernelClient(manager, limits)
    try:
        client.wait_until_ready()
        yield client
    finally:
        client.close()
