"""Import nbgrader without the Jupyter server, which no command needs: it delays every one."""

from __future__ import annotations

import sys
import threading
from importlib import import_module
from types import ModuleType

# nbgrader imports its extensions of the Jupyter server, and so that server, whenever it is imported
SERVER = "nbgrader.server_extensions"
EXTENSIONS = ("assignment_list", "course_list", "validate_assignment", "formgrader")


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
