"""JupyterLab's defaults for students: what is written, what is left alone."""

from __future__ import annotations

import json
from pathlib import Path

from course.student.kernels import CPU, DISPLAY_NAMES
from course.student.lab import prepare_lab

OVERRIDES = "share/jupyter/lab/settings/overrides.json"
PAGE = "etc/jupyter/labconfig/page_config.json"


def read(path: Path) -> dict:
    return json.loads(path.read_text("utf-8"))


def test_a_students_lab_has_no_news_and_no_instructors_bar(tmp_path: Path) -> None:
    """No question about news, wrapped lines, no Create Assignment; Validate stays."""
    assert len(prepare_lab(tmp_path, students=True)) == 2
    settings = read(tmp_path / OVERRIDES)
    assert settings["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    wrapped = settings["@jupyterlab/notebook-extension:tracker"]["codeCellConfig"]
    assert wrapped == {"lineWrap": True}
    hidden = read(tmp_path / PAGE)["disabledExtensions"]
    assert hidden["@jupyter/nbgrader:create-assignment"]
    assert not any("validate" in name or "assignment-list" in name for name in hidden)
    assert prepare_lab(tmp_path, students=True) == ()


def test_an_instructor_keeps_the_bar(tmp_path: Path) -> None:
    """Where the grader is installed, nbgrader's tools for instructors stay."""
    prepare_lab(tmp_path, students=False)
    assert (tmp_path / OVERRIDES).is_file() and not (tmp_path / PAGE).exists()


def test_what_others_wrote_stays(tmp_path: Path) -> None:
    """Other settings are kept; a file that is no JSON is left as it is."""
    path = tmp_path / OVERRIDES
    path.parent.mkdir(parents=True)
    path.write_text('{"@jupyterlab/apputils-extension:themes": {"theme": "Dark"}}', "utf-8")
    prepare_lab(tmp_path, students=False)
    assert read(path)["@jupyterlab/apputils-extension:themes"] == {"theme": "Dark"}
    path.write_text("{broken", "utf-8")
    assert prepare_lab(tmp_path, students=False) == ()
    assert path.read_text("utf-8") == "{broken"


def test_new_weeks_and_editions_name_the_kernel_as_it_is_registered() -> None:
    """Another name would be changed on opening, and the notebook would be 'modified' at once."""
    from autograder.edition.new_week import KERNEL
    from autograder.edition.publish import KERNEL as PUBLISHED

    assert KERNEL == PUBLISHED
    assert KERNEL["name"] == CPU and KERNEL["display_name"] == DISPLAY_NAMES[CPU]
