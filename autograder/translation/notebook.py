"""A released notebook in another language: same cells, ids and flags, other texts."""

from __future__ import annotations

import copy
from typing import Any

import nbformat
from nbgrader.utils import compute_checksum

from autograder.translation.cells import by_cell, common, translated
from course.notebook_format import as_dict
from course.phrases import Message


def translated_notebook(
    document: dict[str, Any], messages: tuple[Message, ...], language: str
) -> dict[str, Any]:
    """The notebook with every text that the catalog knows in another language.

    nbgrader's checksums are those of the new texts, so that its own tools see nothing changed.

    Args:
        document: a released notebook's JSON, format 4.
        messages: the catalog of its week.
        language: of the catalog; it is kept in the notebook's metadata.
    """
    made = copy.deepcopy(document)
    known, usual = by_cell(messages), common(language)
    for cell in made["cells"]:
        source = "".join(cell["source"])
        text = translated(cell["cell_type"], source, known.get(cell.get("id", ""), {}), usual)
        cell["source"] = text
        if text != source:
            _sign(cell)
    metadata = made["metadata"]
    metadata["word2chat"] = {**as_dict(metadata.get("word2chat")), "language": language}
    return made


def _sign(cell: dict[str, Any]) -> None:
    nbgrader = as_dict(cell["metadata"].get("nbgrader"))
    if "checksum" in nbgrader:
        nbgrader["checksum"] = compute_checksum(nbformat.from_dict(cell))
