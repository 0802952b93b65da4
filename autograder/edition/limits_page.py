"""The limits that students are told: on the page about grading, and by `course check`."""

from __future__ import annotations

import json

from autograder.course_folder import LIMIT_NAMES, Course, Grading
from autograder.sandbox.limits import Limits

PAGES = {"guide/grading.md": "en", "guide/grading.ko.md": "ko"}
HEADS = {"en": "| What | Limit |\n|---|---|\n", "ko": "| 대상 | 제한 |\n|---|---|\n"}
TOLD = ("cell_seconds", "submission_seconds", "output_bytes")  # what `course check` keeps to
ROWS = {
    "en": (
        "one cell | {cell} seconds of processor time; {waits} seconds for a cell that only waits",
        "the whole submission | {whole} seconds",
        "memory | {memory} GB",
        "output of one cell | {output} MB; {outputs} MB of all cells together",
    ),
    "ko": (
        "셀 하나 | 프로세서 시간 {cell}초, 기다리기만 하는 셀은 {waits}초",
        "제출물 전체 | {whole}초",
        "메모리 | {memory} GB",
        "셀 하나의 출력 | {output} MB, 모든 셀을 합쳐 {outputs} MB",
    ),
}


def with_real_limits(name: str, text: str, course: Course) -> str:
    """A page of the guide with the limits of this course in its table; others stay as they are."""
    language = PAGES.get(name)
    if language is None:
        return text
    head, settings = HEADS[language], course.settings
    before, _, behind = text.partition(head)
    table = "".join(_rows(language, settings.limits()))
    for week in sorted(settings.weeks):
        table += "".join(_rows(language, settings.limits(week), f"{week}: "))
    return before + head + table + "\n" + behind.partition("\n\n")[2]


def limits_file(course: Course) -> bytes | None:
    """What `course check` reads; None where a course has the limits that everybody has."""
    settings = course.settings
    said = {"": _told(settings.limits())}
    said |= {week: _told(settings.limits(week)) for week in sorted(settings.weeks)}
    return None if said == {"": _told(Grading().limits())} else json.dumps(said).encode()


def _told(limits: Limits) -> dict[str, float]:
    return {name: getattr(limits, name) for name in LIMIT_NAMES if name in TOLD}


def _rows(language: str, limits: Limits, of_week: str = "") -> list[str]:
    memory, output = limits.memory_mb / 1024, limits.output_bytes / 1e6
    numbers = {
        "cell": limits.cell_seconds, "waits": 3 * limits.cell_seconds,
        "whole": limits.submission_seconds, "memory": round(memory, 1),
        "output": output, "outputs": 8 * output,
    }  # fmt: skip
    shown = {name: f"{value:g}" for name, value in numbers.items()}
    return [f"| {of_week}{row.format(**shown)} |\n" for row in ROWS[language]]
