"""Links of nbgitpuller to the published branch."""

from __future__ import annotations

import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from autograder.edition.pull_link import pull_link, pull_links, repository_of
from autograder.errors import UserError


def test_a_link_names_branch_and_notebook() -> None:
    """The hub's address, what to clone, and what to open, each quoted."""
    link = urlsplit(
        pull_link("https://hub.example.org/", "https://git.example/you/nlp.git", "a b", "w")
    )
    asked = {key: value for key, [value] in parse_qs(link.query).items()}
    assert (link.netloc, link.path) == ("hub.example.org", "/hub/user-redirect/git-pull")
    assert asked == {
        "repo": "https://git.example/you/nlp.git", "branch": "a b", "targetPath": "nlp",
        "urlpath": "lab/tree/nlp/release/w/w.ipynb",
    }  # fmt: skip


@pytest.mark.parametrize(
    "remote", ["git@github.com:you/nlp.git", "ssh://git@github.com/you/nlp.git"]
)
def test_students_get_a_web_address(tmp_path: Path, remote: str) -> None:
    """An address that needs a key of yours becomes one that anybody can clone."""
    for words in (["init", "--quiet"], ["remote", "add", "origin", remote]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    assert repository_of(tmp_path) == "https://github.com/you/nlp.git"


def test_what_is_missing_for_a_link_is_said(course) -> None:
    """No branch, or nowhere to clone from: a sentence, before anything is written."""
    assert pull_links(course, None, None, ()) == []
    with pytest.raises(UserError, match="--branch"):
        pull_links(course, "https://hub.example.org", None, ())
    with pytest.raises(UserError, match="no remote `origin`"):
        pull_links(course, "https://hub.example.org", "students", ())
