"""Templates of the pages: feedback, the formgrader's page of a submission, the report."""

from importlib.util import find_spec
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def nbgrader_templates() -> Path:
    """Where nbgrader keeps its own, which `formgrade_safe` extends. Nothing heavy is imported."""
    (nbgrader,) = find_spec("nbgrader").submodule_search_locations
    return Path(nbgrader) / "server_extensions" / "formgrader" / "templates"
