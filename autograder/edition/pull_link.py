"""Links that bring the published branch into a student's home on a JupyterHub, by nbgitpuller."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, urlencode

from autograder.course_folder import Course
from autograder.errors import UserError

SSH = re.compile(r"(?:ssh://)?git@([\w.-]+)[:/](.+)")
WEB = re.compile(r"(https?|file)://\S+")


def pull_links(
    course: Course, hub: str | None, branch: str | None, weeks: Sequence[str]
) -> list[str]:
    """A link for each week of a branch; none where no hub is named.

    Raises:
        UserError: there is no branch, or no address to clone it from.
    """
    if hub is None:
        return []
    if branch is None:
        raise UserError("Links for a hub lead to a git branch.", "Name one with --branch.")
    repository = repository_of(course.root)
    released = course.root / course.coursedir.release_directory
    there = sorted({path.parent.name for path in released.glob("*/*.ipynb")})
    return [pull_link(hub, repository, branch, week) for week in weeks or there]


def pull_link(hub: str, repository: str, branch: str, week: str) -> str:
    """The link for a week: it clones or updates the branch, then opens the week's notebook.

    Args:
        hub: the hub's address, such as https://hub.example.org.
        repository: an address that students can clone without a password.
        branch: what `publish --branch` wrote.
        week: the week whose notebook opens.
    """
    folder = repository.rstrip("/").rpartition("/")[2].removesuffix(".git")
    notebook = f"lab/tree/{folder}/release/{week}/{week}.ipynb"
    asked = {"repo": repository, "branch": branch, "targetPath": folder, "urlpath": notebook}
    return f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(asked, quote_via=quote)}"


def repository_of(root: Path) -> str:
    """Where students can clone the course from: the remote `origin`, as a web address.

    Raises:
        UserError: there is no such remote, or it is no address of the web.
    """
    told = subprocess.run(
        ["git", "-C", str(root), "remote", "get-url", "origin"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    address = SSH.sub(r"https://\1/\2", told.stdout.strip())
    if not WEB.fullmatch(address):
        raise UserError(
            "A link needs an address from which students can clone: this repository has no remote "
            "`origin` on the web.",
            "Add one with `git remote add origin https://…` and push the branch to it.",
        )
    return address
