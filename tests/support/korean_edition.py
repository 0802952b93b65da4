"""The tiny course with a Korean catalog: every text of its week translated, for tests."""

from __future__ import annotations

from pathlib import Path

import tiny_course

from autograder.course_folder import Course
from autograder.translation.catalog import catalog_path
from autograder.translation.update import update_catalog

TEXTS = {
    "# A tiny week": "# 아주 작은 주",
    "Twice x, elementwise. x: any tensor or number.": "x의 두 배를 원소별로 돌려줍니다.",
    "Sum each row. x: (N, D) tensor -> (N,) tensor.": "각 행의 합을 돌려줍니다.",
    "double(3) is not 6: do you multiply by two?": "double(3)이 6이 아닙니다. 2를 곱했나요?",
    "one sum a row: is the axis right?": "행마다 합이 하나여야 합니다. 축이 맞나요?",
    "visible checks of double: all passed": "double의 공개 검사: 모두 통과",
    "visible checks of row_sums: all passed": "row_sums의 공개 검사: 모두 통과",
    "matrix": "행렬",
    "scalar": "스칼라",
    "sums": "합",
}


def fill(path: Path, texts: dict[str, str]) -> None:
    """Write translations into a catalog, as a translator does."""
    entries = path.read_text("utf-8").split("\n\n")
    for source, text in texts.items():
        entries = [
            entry.replace('msgstr ""', f'msgstr "{text}"')
            if f'msgid "{source}"' in entry
            else entry
            for entry in entries
        ]
    path.write_text("\n\n".join(entries), "utf-8")


def translate_tiny(course: Course) -> Path:
    """Make the catalog of the tiny week and fill it; returns its path."""
    update_catalog(course, tiny_course.WEEK, "ko")
    path = catalog_path(course.root, "ko", tiny_course.WEEK)
    fill(path, TEXTS)
    return path
