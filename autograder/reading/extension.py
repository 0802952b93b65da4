"""Put the pages for reading answers into nbgrader's formgrader, where that is loaded.

nbgrader_config.py calls `extend`. The formgrader reads that file before it tells the server its
addresses, so ours come along, with its sign-in, its base address and its gradebook. The server
extension below is for servers that start where no nbgrader_config.py is.
"""

from __future__ import annotations

import sys
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader

from autograder.templates import FOLDER

FORMGRADER = "nbgrader.server_extensions.formgrader.formgrader"
WITH_LINK = ("GradebookAssignments", "GradebookNotebooks", "GradebookNotebookSubmissions")


def extend() -> None:
    """Let the formgrader take our addresses too; nothing happens where it is not loaded."""
    module = sys.modules.get(FORMGRADER)
    if module is None or module.FormgradeExtension.init_handlers is _init_handlers:
        return
    module.FormgradeExtension.init_nbgraders_handlers = module.FormgradeExtension.init_handlers
    module.FormgradeExtension.init_handlers = _init_handlers
    for name in WITH_LINK:
        getattr(module.handlers, f"{name}Handler").render = _with_link


def _init_handlers(formgrader: Any, webapp: Any) -> None:
    """Ours first: nbgrader's last address answers whatever is left with a page that says 404."""
    from autograder.reading.handlers import ADDRESSES

    base = webapp.settings["base_url"].rstrip("/")
    webapp.add_handlers(".*$", [(base + address, handler) for address, handler in ADDRESSES])
    formgrader.init_nbgraders_handlers(webapp)


def _with_link(handler: Any, name: str, **names: Any) -> str:
    """A page of nbgrader's, with a link to ours beside its own."""
    theirs = handler.settings["nbgrader_jinja2_env"]
    ours = FileSystemLoader(FOLDER / "reading")
    environment = theirs.overlay(loader=ChoiceLoader([ours, theirs.loader]))
    return environment.get_template(name).render(**names)


# ------------------------------------------------------------------------------ a server extension
def _load_jupyter_server_extension(server: Any) -> None:
    """Jupyter calls this in order of names, so before it loads nbgrader's formgrader."""
    import nbgrader.server_extensions.formgrader.formgrader  # noqa: F401

    extend()


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "autograder.reading.extension"}]
