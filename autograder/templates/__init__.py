"""Templates of the pages: feedback, the formgrader's page of a submission, the report."""

from importlib.util import find_spec
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def nbgrader_templates() -> Path:
    """Where nbgrader keeps its own, which `formgrade_safe` extends. Nothing heavy is imported.

    Raises:
        ModuleNotFoundError: nbgrader is not installed.
    """
    found = find_spec("nbgrader")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("nbgrader is not installed", name="nbgrader")
    return Path(found.origin).parent / "server_extensions" / "formgrader" / "templates"
