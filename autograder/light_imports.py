"""Import jsonschema without what nobody here needs: a second of every command's start.

nbformat imports jsonschema, which looks for `rfc3987_syntax` to check a format of web addresses
that notebooks do not use. That package builds a grammar of all of Unicode when it is imported.
jsonschema goes on without it where it is not installed; for this one import it is made to look so.
"""

from __future__ import annotations

import sys

GRAMMAR = "rfc3987_syntax"


def import_jsonschema() -> None:
    """Import jsonschema, unless it or its grammar has been imported already."""
    if "jsonschema" in sys.modules or GRAMMAR in sys.modules:
        return
    sys.modules[GRAMMAR] = None  # type: ignore[assignment]  # Python's word for "not installed"
    try:
        import jsonschema  # noqa: F401
    finally:
        del sys.modules[GRAMMAR]
