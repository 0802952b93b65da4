"""The gate of a run: no submission runs where the sandbox has not just shown that it holds.

`grade` and nbgrader's commands pass here, whoever calls them; a worker of a cluster that has joined
later tries its sandbox itself, in `pool`.
"""

from __future__ import annotations

from collections.abc import Callable

from autograder.errors import UserError
from autograder.sandbox.gpu import devices
from autograder.sandbox.limits import SandboxUnavailable
from autograder.sandbox.selftest import leaks

Say = Callable[[str], None]
WAYS_OUT = (
    "Nothing was run and no score was written. Do not grade on this machine. See `autograder "
    "doctor`; the security page of the guide says how to report a hole. The ways out: a Linux "
    "server, the container recipe in course/guide/host.md, or `--no-sandbox` for one run."
)


def pass_gate(
    provisioner: str, say: Say, scheduler: str | None = None, gpu: str | None = None
) -> None:
    """Try the sandbox of every machine that is to run submissions, before the first one runs.

    Args:
        provisioner: which sandbox the run uses.
        say: told what is going on, in one line for a person.
        scheduler: the address of a Dask scheduler; then its workers are tried, not this machine.
        gpu: the one that kernels are to have; it has to be there.

    Raises:
        UserError: a sandbox does not hold, or the cluster does not answer.
    """
    say("Trying the sandbox …")
    if scheduler is not None:
        return _pass_on_workers(provisioner, scheduler)
    _refuse_without(gpu)
    if why := leaks(provisioner):
        raise UserError(f"The sandbox does not hold here: {why.strip()}.", WAYS_OUT)


def _refuse_without(gpu: str | None) -> None:
    """Raise UserError where c.Grading.gpu names a GPU that this machine does not have."""
    try:
        devices(gpu)
    except SandboxUnavailable as lacking:
        raise UserError(
            str(lacking), "Without c.Grading.gpu the class is graded on the CPU."
        ) from (None)


def _pass_on_workers(provisioner: str, scheduler: str) -> None:
    from autograder.run.cluster import open_cluster

    with open_cluster(scheduler) as cluster:
        found = cluster.ask(leaks, provisioner)
    # a worker that has died meanwhile gets no work, and one that takes its place tries itself
    wrong = {name: why for name, why in found.items() if why}
    if wrong:
        name, why = next(iter(wrong.items()))
        raise UserError(f"The sandbox does not hold on worker {name}: {why}.", WAYS_OUT)


def announcing(say: Callable[[str], None], gate: Callable[[], None]) -> Callable[[str], None]:
    """A `say` that passes the gate first: for what speaks only when it will run something."""

    def announce(text: str) -> None:
        gate()
        say(text)

    return announce
