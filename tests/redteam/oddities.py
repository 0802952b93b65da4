"""Odd submissions: files that are not what they seem, and names that are no names."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from .attacks import Attack


def raw(content: bytes) -> object:
    return lambda notebook: content


def as_json(**more: object) -> object:
    return lambda notebook: json.dumps({**json.loads(json.dumps(notebook)), **more}).encode()


# ---------------------------------------------------------------- the notebook
def huge_metadata(notebook: NotebookNode) -> bytes:
    text = json.dumps({**json.loads(json.dumps(notebook)), "metadata": {"x": "HUGE"}})
    return text.replace("HUGE", "x" * 150_000_000).encode()


def many_cells(notebook: NotebookNode) -> NotebookNode:
    notebook.cells += [new_code_cell("1", id=f"c{n}") for n in range(20_000)]
    return notebook


def schema_99(notebook: NotebookNode) -> NotebookNode:
    for cell in notebook.cells:
        cell.metadata.setdefault("nbgrader", {})["schema_version"] = 99
    return notebook


def same_id_everywhere(notebook: NotebookNode) -> bytes:
    stored = json.loads(json.dumps(notebook))
    for cell in stored["cells"]:
        cell["id"] = "same"
        if cell["metadata"].get("nbgrader"):
            cell["metadata"]["nbgrader"]["grade_id"] = "double"
    return json.dumps(stored).encode()


def odd_ids(notebook: NotebookNode) -> bytes:
    stored = json.loads(json.dumps(notebook))
    values = (None, 7, [], {}, "../../x", "x" * 10**6, "")
    for cell, odd in zip(stored["cells"], values, strict=False):
        cell["id"] = odd
        cell["metadata"] = {"nbgrader": {"grade_id": odd}}
    return json.dumps(stored).encode()


def odd_characters(notebook: NotebookNode) -> bytes:
    notebook.cells.append(new_markdown_cell("\u2028\u202e\ufeff\u0000 \x1b[31m \x07"))
    text = json.dumps(json.loads(json.dumps(notebook)))
    return text.replace("return x.sum(0)", "return x.sum(0) # \\ud800 \\u0000").encode()


def big_number(notebook: NotebookNode) -> bytes:
    return json.dumps(notebook).replace('"nbformat": 4', '"nbformat": ' + "4" * 10_000).encode()


NOTEBOOKS = [
    Attack("metadata_of_150_mb", score=None, change=huge_metadata, says="too large", slow=True),
    Attack("notebook_of_20000_cells", score=None, change=many_cells, says="more than"),
    Attack("schema_version_99", change=schema_99),
    Attack("same_id_everywhere", change=same_id_everywhere, armed=False),
    Attack("ids_of_odd_types", change=odd_ids, armed=False),
    Attack("odd_characters", change=odd_characters, armed=False),
    Attack("number_of_10000_digits", score=None, change=big_number, says="not a notebook"),
    Attack("not_json", score=None, change=raw(b"{not json"), says="not a notebook"),
    Attack("not_utf8", score=None, change=raw(b"\xff\xfe\x00{"), says="UTF-8"),
    Attack("empty_file", score=None, change=raw(b""), says="not a notebook"),
    Attack("nested_without_end", score=None, change=raw(b"[" * 200_000), says="nested"),
    Attack("format_3", score=None, change=raw(b'{"worksheets": [], "nbformat": 3}'),
           says="format 4"),
    Attack("format_99", change=as_json(nbformat=99, nbformat_minor=10**9)),
    Attack("cells_of_odd_types", score=None, change=as_json(cells=[None, 7, [], "x"]), says="type"),
    Attack("metadata_of_odd_type", change=as_json(metadata=[1, {"a": None}])),
    Attack("source_of_odd_type", score=None, says="not text",
           change=as_json(cells=[{"cell_type": "code", "source": {"a": 1}, "metadata": {}}])),
    Attack("source_of_two_million_characters", score=None, says="characters",
           change=as_json(cells=[{"cell_type": "code", "source": "x" * 2_000_000}])),
]  # fmt: skip


# ---------------------------------------------------------------- the folder
def no_notebook(folder: Path) -> None:
    next(folder.glob("*.ipynb")).rename(folder / "homework.txt")


def folder_named_like_a_notebook(folder: Path) -> None:
    notebook = next(folder.glob("*.ipynb"))
    notebook.unlink()
    notebook.mkdir()


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "data.txt")


def pipe_as_timestamp(folder: Path) -> None:
    os.mkfifo(folder / "timestamp.txt")


def unix_socket(folder: Path) -> None:
    here = os.getcwd()
    os.chdir(folder)  # the whole path is longer than a socket's name may be
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind("s")
    finally:
        os.chdir(here)


def nested_folders(folder: Path) -> None:
    (folder / "/".join(["d"] * 60)).mkdir(parents=True)
    (folder / "/".join(["d"] * 60) / "x").write_text("x")


def many_files(folder: Path) -> None:
    for number in range(1_000):
        (folder / str(number)).write_text("x")


def sparse_file(folder: Path) -> None:
    with (folder / "data.bin").open("wb") as file:
        file.truncate(10**11)


def odd_file_name(folder: Path) -> None:
    (folder / "a\x1b[2J\n<script>.txt").write_text("x")


def bytes_as_file_name(folder: Path) -> None:
    Path(os.fsdecode(bytes(folder) + b"/\xff\xfe.txt")).write_text("x")


def unreadable(folder: Path) -> None:
    (folder / "data.txt").write_text("x")
    (folder / "data.txt").chmod(0)


def folder_in_place_of_the_notebook(folder: Path) -> None:
    notebook = next(folder.glob("*.ipynb"))
    notebook.rename(folder / "other.ipynb")
    notebook.mkdir()
    (notebook / "x.txt").write_text("x")


def markup_as_file_name(folder: Path) -> None:
    (folder / "a[").mkdir()
    (folder / "a[" / "b].txt").symlink_to("/etc/passwd")


FOLDERS = [
    Attack("no_notebook", score=None, plant=no_notebook, says="No notebook"),
    Attack("folder_named_like_a_notebook", score=None, plant=folder_named_like_a_notebook,
           says="name of a notebook"),
    Attack("folder_in_place_of_the_notebook", score=None, plant=folder_in_place_of_the_notebook,
           says="name of a notebook"),
    Attack("pipe_among_the_files", score=None, plant=pipe, says="not a regular file"),
    Attack("pipe_as_timestamp", score=None, plant=pipe_as_timestamp, says="not a regular file"),
    Attack("socket_among_the_files", score=None, plant=unix_socket, says="not a regular file"),
    Attack("folders_60_deep", score=None, plant=nested_folders, says="deep"),
    Attack("files_beyond_number", score=None, plant=many_files, says="more than"),
    Attack("file_of_100_gb", score=None, plant=sparse_file, says="too large"),
    Attack("file_name_of_control_characters", score=None, plant=odd_file_name,
           says="odd characters"),
    Attack("file_name_of_bytes", score=None, plant=bytes_as_file_name, says="odd characters"),
    Attack("file_name_of_markup", score=None, plant=markup_as_file_name, says="symbolic link"),
    *([Attack("file_that_cannot_be_read", score=None, plant=unreadable, says="cannot be read")]
      if os.geteuid() else []),
    Attack("timestamp_of_garbage", files={"timestamp.txt": b"\xff\x00yesterday"}),
    Attack("timestamp_of_the_future", files={"timestamp.txt": b"2999-01-01 00:00:00 UTC"}),
    Attack("timestamp_is_a_bomb", files={"timestamp.txt": b"9" * 5_000_000}),
]  # fmt: skip

# ---------------------------------------------------------------- the student's id
IDS = {
    "id_of_markup": "<script>alert(1)</script>".replace("/", "."),
    "id_of_sql": "x'); DROP TABLE grade;--",
    "id_of_options": "--force",
    "id_of_format_fields": "{student_id}",
    "id_with_spaces": "ann honest",
    "id_with_a_trailing_space": "ann-honest ",
    "id_of_control_characters": "eve\x1b[2J\n",
    "id_of_bytes": os.fsdecode(b"eve\xff\xfe"),
    "id_of_200_letters": "e" * 200,
    "id_of_dots": "...",
    "id_of_a_star": "*",
    "id_in_hangul": "홍길동",
}
ATTACKS = [
    *NOTEBOOKS,
    *FOLDERS,
    *[Attack(name, score=None, student=odd, says="student id") for name, odd in IDS.items()],
]
