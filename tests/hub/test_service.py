"""The hub's systemd unit, read: what it runs as root is root's, and finds what it calls."""

from __future__ import annotations

from pathlib import Path

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
GUIDE = DEPLOY.parent / "course" / "guide" / "hub.md"


def service() -> dict[str, list[str]]:
    """The lines of [Service]; a key may stand there more than once."""
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / "word2chat-hub.service").read_text("utf-8").splitlines():
        key, equals, value = line.partition("=")
        if equals:
            found.setdefault(key, []).append(value)
    return found


def test_root_runs_no_file_that_graders_can_change() -> None:
    """The course is the graders'; its configuration is copied into the hub's own folder."""
    (command,) = service()["ExecStart"]
    program, flag, config = command.split()
    assert program == "/srv/word2chat/hub/bin/jupyterhub" and flag == "--config"
    assert Path(config).parent == Path("/srv/word2chat/hub")
    assert f"cp deploy/{Path(config).name} " in GUIDE.read_text("utf-8")


def test_the_hub_finds_what_makes_accounts() -> None:
    """`useradd` is in a folder for administrators, on Debian and elsewhere."""
    (path,) = (one for one in service()["Environment"] if one.startswith("PATH="))
    assert {"/usr/sbin", "/sbin", "/srv/word2chat/hub/bin"} <= set(path[5:].split(":"))
    assert '"useradd"' in (DEPLOY / "jupyterhub_config.py").read_text("utf-8")


def test_the_guide_makes_an_exchange_that_no_student_can_replace() -> None:
    """Open to all as nbgrader wants it, and sticky; the course's folder is there from the start."""
    guide = GUIDE.read_text("utf-8")
    assert "chmod 1777 /srv/word2chat/exchange\n" in guide and "chmod 777" not in guide
    assert "install --directory --owner grader /srv/word2chat/exchange/word2chat\n" in guide
