"""JupyterLab as a student meets it: no news, no bars of an instructor's, long lines wrapped.

What is written here are JupyterLab's own two files for the defaults of an environment. A student's
own settings are stronger, and what somebody else wrote into the files stays.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

SETTINGS: dict[str, dict[str, Any]] = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false", "checkForUpdates": False,
    },
    # the messages of checks are long: nothing of them lies beyond the edge of the window
    "@jupyterlab/notebook-extension:tracker": {"codeCellConfig": {"lineWrap": True}},
}  # fmt: skip
INSTRUCTORS = ("create-assignment", "formgrader", "course-list")  # plug-ins of nbgrader


def is_students() -> bool:
    """Whether this is a student's environment: the grader is not in it."""
    return importlib.util.find_spec("autograder") is None


def prepare_lab(prefix: Path | None = None, students: bool | None = None) -> tuple[Path, ...]:
    """Write the defaults of this environment's JupyterLab; returns the files that were changed.

    A folder that cannot be written is left as it is: this is comfort, and no need.

    Args:
        prefix: of the environment; this one's by default.
        students: leave out what is an instructor's; by default as `is_students` says.
    """
    prefix = prefix or Path(sys.prefix)
    files = {prefix / "share/jupyter/lab/settings/overrides.json": dict(SETTINGS)}
    if is_students() if students is None else students:
        hidden = {f"@jupyter/nbgrader:{name}": True for name in INSTRUCTORS}
        files[prefix / "etc/jupyter/labconfig/page_config.json"] = {"disabledExtensions": hidden}
    return tuple(path for path, wanted in files.items() if _merge(path, wanted))


def _merge(path: Path, wanted: dict[str, dict[str, Any]]) -> bool:
    """Put settings into a file of JSON, beside what is there; whether it had to be changed."""
    try:
        found = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        merged = dict(found)
        for key, settings in wanted.items():
            merged[key] = {**found.get(key, {}), **settings}
        if merged == found:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(merged, indent=2) + "\n", "utf-8")
    except (OSError, ValueError, TypeError, AttributeError):
        return False
    return True
