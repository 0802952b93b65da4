"""Import jsonschema and nbgrader without what nobody here needs: it delays every command.

nbformat imports jsonschema, which looks for `rfc3987_syntax` to check a format of web addresses
that notebooks do not use. That package builds a grammar of all of Unicode when it is imported.
jsonschema goes on without it where it is not installed; for this one import it is made to look so.
"""

from __future__ import annotations

import sys
import threading
from importlib import import_module
from types import ModuleType

GRAMMAR = "rfc3987_syntax"
# nbgrader imports its extensions of the Jupyter server, and so that server, whenever it is imported
SERVER = "nbgrader.server_extensions"
EXTENSIONS = ("assignment_list", "course_list", "validate_assignment", "formgrader")


def import_jsonschema() -> None:
    """Import jsonschema, unless it or its grammar has been imported already."""
    if "jsonschema" in sys.modules or GRAMMAR in sys.modules:
        return
    sys.modules[GRAMMAR] = None  # type: ignore[assignment]  # Python's word for "not installed"
    try:
        import jsonschema  # noqa: F401
    finally:
        del sys.modules[GRAMMAR]


def import_nbgrader() -> None:
    """Import nbgrader without the Jupyter server; the server's extensions can be imported later."""
    if "nbgrader" in sys.modules:
        return
    names = [SERVER, *(f"{SERVER}.{name}" for name in EXTENSIONS)]
    for name in names:
        sys.modules[name] = _stand_in(name)
    try:
        import nbgrader
    finally:
        for name in names:
            del sys.modules[name]
    vars(nbgrader).pop("server_extensions", None)


def _stand_in(name: str) -> ModuleType:
    module = ModuleType(name)
    vars(module)["__path__"] = []
    vars(module)["load_jupyter_server_extension"] = None
    return module


def import_in_background(*names: str) -> threading.Thread:
    """Import modules while the program waits for something else; who needs one sooner waits.

    Returns the thread: it is to have ended before a process is forked.
    """
    thread = threading.Thread(target=lambda: [import_module(name) for name in names], daemon=True)
    thread.start()
    return thread
