"""The console of the students' commands: it says its sentences in the student's language."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from course.phrases import tr


class SpokenConsole(Console):
    """A console that translates what it is told as text; tables come translated."""

    def print(self, *told: Any, **how: Any) -> None:
        """Print, each text in the student's language."""
        super().print(*(tr(one) if isinstance(one, str) else one for one in told), **how)
