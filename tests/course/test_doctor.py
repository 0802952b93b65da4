"""The doctor names what is wrong, says what to do, and never falls over what it examines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from course.cuda import CudaFacts, explain
from course.data import files
from course.student import doctor, kernels
from course.student.doctor import Line, Status
from course.student.kernels import InstalledKernel

ROOT = Path(__file__).resolve().parents[2]


# ------------------------------------------------------------------------------------ Python
@pytest.mark.parametrize(
    ("version", "bits", "environment", "status"),
    [
        ((3, 11, 7), True, True, Status.OK),
        ((3, 13, 1), True, True, Status.OK),
        ((3, 10, 9), True, True, Status.RED),
        ((3, 14, 0), True, True, Status.RED),
        ((3, 12, 0), False, True, Status.RED),
        ((3, 12, 0), True, False, Status.NOTE),
    ],
)
def test_python_is_judged_by_version_and_bits(
    monkeypatch: pytest.MonkeyPatch,
    version: tuple[int, ...],
    bits: bool,
    environment: bool,
    status: Status,
) -> None:
    """3.11 to 3.13 with 64 bits; without an environment of its own it is a note."""
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    line = doctor.python_line(version, bits, environment)
    assert line.status is status
    assert (line.remedy == "") == (status is Status.OK)


# ------------------------------------------------------------------------------------ packages
def test_requirements_are_parsed_as_pip_writes_them() -> None:
    """Comments, options, hashes, continuation lines and markers of other systems are handled."""
    text = (
        "# the pins\n"
        "--extra-index-url https://example.org/simple\n"
        "-r other.txt\n"
        "numpy==2.4.6  # arrays\n"
        "rich==15.0.0 \\\n"
        "    --hash=sha256:00 \\\n"
        "    --hash=sha256:11\n"
        'pywin32==311 ; sys_platform == "none"\n'
        "\n"
    )
    found = doctor.parse_requirements(text)
    assert [str(requirement) for requirement in found] == ["numpy==2.4.6", "rich==15.0.0"]


def test_a_line_that_is_no_requirement_is_named() -> None:
    """A broken line of requirements.txt is repeated."""
    with pytest.raises(ValueError, match="'numpy = 2'"):
        doctor.parse_requirements("numpy = 2")


def test_met_pins_are_one_green_line() -> None:
    """The installed versions satisfy themselves; a local version such as +cpu satisfies its pin."""
    import torch

    line = doctor.packages_line(f"torch=={torch.__version__.split('+')[0]}\npytest\n")
    assert line == Line("packages", Status.OK, "all 2 as in requirements.txt")


def test_missing_and_differing_packages_are_red() -> None:
    """Each is named with what is installed and what is wanted."""
    line = doctor.packages_line("rich==0.1\nno-such-package==1.0\n")
    assert line.status is Status.RED
    assert "2 of 2 differ" in line.found
    assert "(want ==0.1)" in line.found
    assert "no-such-package missing (want ==1.0)" in line.found
    assert "pip install -r requirements.txt" in line.remedy


def test_a_long_list_is_cut() -> None:
    """One screen: three names and a count."""
    line = doctor.packages_line("\n".join(f"no-such-{i}==1" for i in range(9)))
    assert "and 6 more" in line.found


def test_no_requirements_file_is_a_note(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Outside the course folder there is nothing to compare with, which is said."""
    monkeypatch.setattr(doctor, "course_root", lambda: tmp_path)
    line = doctor.look_at_packages()
    assert line.status is Status.NOTE
    assert str(tmp_path) in line.found


# ------------------------------------------------------------------------------------ kernel
def kernel(name: str = "word2chat", python: str = sys.executable) -> InstalledKernel:
    """A registered kernel that was never written to disk."""
    return InstalledKernel(name, kernels.DISPLAY_NAMES[name], Path("/nowhere"), python, {})


@pytest.mark.parametrize(
    ("found", "status", "words"),
    [
        ([], Status.RED, "'word2chat' is not registered"),
        ([kernel("word2chat-gpu")], Status.RED, "'word2chat' is not registered"),
        ([kernel()], Status.OK, "word2chat (CPU)"),
        ([kernel(python="/gone/python")], Status.RED, "/gone/python, which does not exist"),
        ([kernel(python="/bin/sh")], Status.NOTE, "another Python, /bin/sh"),
        ([kernel(), kernel("word2chat-gpu")], Status.OK, "word2chat (CPU), word2chat (GPU)"),
    ],
)
def test_the_kernel_is_judged_by_the_python_it_starts(
    monkeypatch: pytest.MonkeyPatch, found: list[InstalledKernel], status: Status, words: str
) -> None:
    """Unregistered or dead is red; another Python is a note; ours is fine."""
    monkeypatch.setattr(kernels, "list_installed", lambda: found)
    line = doctor.look_at_kernel()
    assert line.status is status
    assert words in line.found


def test_missing_lab_extensions_are_red(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the widgets' extension sliders do not draw, so it is red and named."""
    import jupyter_core.paths

    monkeypatch.setattr(jupyter_core.paths, "jupyter_path", lambda name: [str(tmp_path)])
    line = doctor.look_at_extensions()
    assert line.status is Status.RED
    assert "jupyterlab_widgets and nbgrader not found" in line.found
    extension = tmp_path / "@jupyter-widgets/jupyterlab-manager"
    extension.mkdir(parents=True)
    (extension / "package.json").write_text("{}")
    assert doctor.look_at_extensions().found.startswith("nbgrader not found")


def test_a_kernel_draws_a_slider() -> None:
    """The widgets line comes from a real kernel and a real widget message."""
    line = doctor.look_at_running()
    assert line.status is Status.OK
    assert "a slider" in line.found


def test_a_kernel_that_cannot_draw_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error of the kernel is repeated, with the command that repairs it."""
    monkeypatch.setattr(doctor, "WIDGET_CODE", "import no_such_widgets")
    line = doctor.look_at_running()
    assert line.status is Status.RED
    assert "No module named 'no_such_widgets'" in line.found


# ------------------------------------------------------------------------------------ the machine
@pytest.mark.parametrize(
    ("facts", "wanted", "status"),
    [
        (CudaFacts(torch="2.13.0+cpu"), "", Status.OK),
        (CudaFacts(torch="2.13.0+cpu", driver="580.65"), "", Status.NOTE),
        (CudaFacts(torch="2.13.0+cpu"), "cuda", Status.RED),
        (CudaFacts(torch_error="it is not installed"), "", Status.RED),
        (
            CudaFacts(torch="2.13.0", build="13.0", gpus=("H200",), memory_gib=140),
            "cuda",
            Status.OK,
        ),
    ],
)
def test_no_gpu_is_no_fault(facts: CudaFacts, wanted: str, status: Status) -> None:
    """Red only where torch is missing, or where a GPU is asked for and cannot be used."""
    line = doctor.device_line(explain(facts), wanted)
    assert line.status is status
    assert explain(facts).reason in line.found


@pytest.mark.parametrize(
    ("free", "status"), [(0.1, Status.RED), (1.0, Status.NOTE), (50.0, Status.OK)]
)
def test_disk_is_judged_by_free_space(free: float, status: Status) -> None:
    """Under half a GB is red, under two a note."""
    assert doctor.disk_line(free).status is status


def test_the_hangul_font_ships_with_the_course() -> None:
    """The line for fonts is green whatever fonts this computer has."""
    line = doctor.look_at_fonts()
    assert line.status is Status.OK
    assert "ships with the course" in line.found


def test_a_damaged_hangul_font_is_a_note_with_a_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A font file that is none costs labels, not work; the remedy brings it back."""
    from course.figures import style

    (tmp_path / "broken.otf").write_bytes(b"no font")
    monkeypatch.setattr(style, "HANGUL_FONT", tmp_path / "broken.otf")
    style.hangul_font.cache_clear()
    try:
        line = doctor.look_at_fonts()
    finally:
        style.hangul_font.cache_clear()
    assert line.status is Status.NOTE
    assert "git checkout -- course/figures" in line.remedy


def test_damaged_data_are_red(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A missing file is named, with the command that restores it."""
    (tmp_path / "manifest.json").write_bytes((files.DATA_DIR / "manifest.json").read_bytes())
    monkeypatch.setattr(files, "DATA_DIR", tmp_path)
    line = doctor.look_at_data()
    assert line.status is Status.RED
    assert "austen.txt.xz is missing (22 more)" in line.found
    assert line.remedy.startswith("Restore it with `git checkout")


# ------------------------------------------------------------------------------------ as a whole
def test_an_examination_that_crashes_is_a_red_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doctor reports its own failure and goes on."""

    def crash() -> Line:
        raise RuntimeError("the stethoscope\nbroke")

    monkeypatch.setattr(doctor, "look_at_disk", crash)
    told: list[str] = []
    lines = doctor.examine(quick=True, tell=told.append)
    disk = next(line for line in lines if line.name == "disk")
    assert (disk.status, disk.found) == (Status.RED, "RuntimeError: the stethoscope broke")
    assert lines[-1].name == "memory"
    assert told == [line.name for line in lines]


def test_health_is_the_absence_of_red() -> None:
    """Notes do not make the command fail."""
    note, red = Line("a", Status.NOTE, "x"), Line("b", Status.RED, "y")
    assert doctor.as_dict([note])["healthy"] is True
    assert doctor.as_dict([note, red])["healthy"] is False


def run_doctor(*words: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess:
    """`course doctor` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "course.student.cli", "doctor", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", **variables},
        timeout=300,
        check=False,
    )


@pytest.mark.slow
def test_the_exit_code_tells_a_script(tmp_path: Path) -> None:
    """A wish for a GPU that is not there makes one red line, exit code 1, and stays one screen."""
    import torch

    if torch.cuda.is_available():
        pytest.skip("CUDA works here")
    answer = run_doctor(cwd=ROOT, WORD2CHAT_DEVICE="cuda")
    assert answer.returncode == 1
    assert "WORD2CHAT_DEVICE asks for cuda: unset it." in answer.stdout
    assert len(answer.stdout.splitlines()) <= 30


def test_json_is_json(tmp_path: Path) -> None:
    """--json prints one document whose verdict agrees with the exit code."""
    answer = run_doctor("--quick", "--json", cwd=ROOT)
    document = json.loads(answer.stdout)
    assert document["healthy"] == (answer.returncode == 0)
    assert {line["name"] for line in document["lines"]} >= {"Python", "packages", "kernel", "data"}
