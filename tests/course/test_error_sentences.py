"""What the students' command line tells of an error."""

from __future__ import annotations

import pytest

from course.errors import ENGINE_ALONE, UserError, sentence


def test_a_part_of_the_course_that_was_not_installed_is_told() -> None:
    """A plain install has no data; another missing module is a fault, and is raised again."""
    assert sentence(UserError("Say which.")) == "Say which."
    assert sentence(ModuleNotFoundError("no data", name="course.data")) == ENGINE_ALONE
    with pytest.raises(ModuleNotFoundError):
        sentence(ModuleNotFoundError("no torch", name="torch"))
