"""Start early what a run waits for longest: the warm parent, while the rest is being imported."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.sandbox.limits import WARM, SandboxSpec, SandboxUnavailable
from autograder.sandbox.warm import share_warm_parent

if TYPE_CHECKING:  # it brings nbgrader, which the processes of a pool do without
    from autograder.week import Week


def shared_spec(week: Week, provisioner: str | None, scheduler: str | None) -> SandboxSpec | None:
    """What the pool of a run shares a warm parent for; None where a run shares none.

    Args:
        week: the one that is to be graded.
        provisioner: how kernels start; None: as the course says.
        scheduler: the address of a cluster, whose workers start their own.
    """
    settings = week.course.settings
    if (provisioner or settings.provisioner) != WARM or scheduler is not None:
        return None
    return SandboxSpec(warm_modules=week.warm_modules, gpu=settings.gpu)


def start_early(spec: SandboxSpec) -> None:
    """Start the warm parent and do not wait for it: it takes seconds.

    Where none can be started nothing is said here: whoever needs it does.
    """
    with contextlib.suppress(SandboxUnavailable, OSError):
        share_warm_parent(spec)


def anything_newer(folders: list[Path], journal: Path) -> bool:
    """Whether a submission has come since the last run: a folder is newer than the journal.

    A wrong answer costs a moment: the warm parent starts later, or has to be ended.
    """
    with contextlib.suppress(OSError):
        since = journal.stat().st_mtime
        return any(folder.stat().st_mtime > since for folder in folders)
    return True
