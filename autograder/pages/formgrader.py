"""The formgrader's page of a submission that has no judged notebook: a sentence, not a crash.

nbgrader 0.9.6 has a page for it (`formgrade_404.tpl`) that names a template it no longer ships, so
the server answers with an error 500. nbgrader_config.py calls `repair`, which puts another page in
its place where the formgrader is loaded. A test holds what this rests on.
"""

from __future__ import annotations

import sys
from typing import Any

from autograder.templates import FOLDER

HANDLERS = "nbgrader.server_extensions.formgrader.handlers"
MISSING = "formgrade_404.tpl"


def repair() -> None:
    """Give the formgrader a page that opens; nothing happens where it is not loaded."""
    handlers = sys.modules.get(HANDLERS)
    if handlers is not None:
        handlers.SubmissionHandler.render = _render


def _render(handler: Any, name: str, **names: Any) -> str:
    """As nbgrader's own, but for the one template that cannot be read."""
    environment = handler.settings["nbgrader_jinja2_env"]
    if name != MISSING:
        return environment.get_template(name).render(**names)
    page = (FOLDER / "formgrade_safe" / "without_notebook.html").read_text("utf-8")
    return environment.from_string(page).render(**names, base_url=names["resources"]["base_url"])
