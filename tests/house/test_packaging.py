"""What gets installed: one list of pins, a lock that agrees, packages that carry their files."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = ("3.11", "3.12", "3.13")
OURS = {"course", "autograder", "word2chat_inside"}
# what a module is called and what installs it, where the two differ
INSTALLED_BY = {"sklearn": "scikit-learn", "zmq": "pyzmq", "yaml": "pyyaml"}
# asked for by a tool that is in the list, or used only where somebody has installed it
BROUGHT_ALONG = {
    "babel": "jupyterlab",
    "fonttools": "matplotlib",
    "ipython": "ipykernel",
    "jsonschema": "nbformat",
    "jinja2": "nbconvert",
    "packaging": "nbconvert",
    "pillow": "matplotlib",
    "scipy": "scikit-learn",
    "psutil": "ipykernel",
    "python-dateutil": "nbgrader",
    "mistune": "nbconvert",
    "bleach": "nbconvert",
    "pygments": "nbconvert",
    "jupyter-core": "nbconvert",
    "cycler": "matplotlib",
    "huggingface-hub": "transformers",
    "platformdirs": "nbconvert",
    "matplotlib-inline": "ipykernel",
    "tornado": "ipykernel",
}
LOCKS = ("requirements.lock", "engine.lock")
COURSE = ("course/weeks/", "course/models/", "course/data/")  # no part of a plain install
ELSEWHERE = re.compile(r"://|--index-url|--extra-index-url|--find-links|file:|^/|@ ", re.MULTILINE)


def requirements() -> dict[str, Requirement]:
    """The pins of requirements.txt by canonical name."""
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]
    return {canonicalize_name(pin.name): pin for pin in pins}


def project() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def environment() -> dict[str, Any]:
    """environment.yml."""
    return yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))


# ------------------------------------------------------------------------------------ one list
def test_every_requirement_is_one_exact_pin() -> None:
    """requirements.txt names each package once, with one exact version."""
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    names = [Requirement(line).name for line in lines if line.strip() and not line.startswith("#")]
    assert len(names) == len(set(map(canonicalize_name, names)))
    for pin in requirements().values():
        assert re.fullmatch(r"==[\w.]+", str(pin.specifier)), f"{pin.name} is not pinned"


def test_environment_installs_the_same_list() -> None:
    """environment.yml has conda's keys, brings Python and pip, and leaves the rest to the list."""
    found = environment()
    assert set(found) == {"name", "channels", "dependencies"}
    assert found["name"] == "word2chat" and found["channels"] == ["conda-forge"]
    conda = [part for part in found["dependencies"] if isinstance(part, str)]
    (pip,) = [part["pip"] for part in found["dependencies"] if isinstance(part, dict)]
    assert sorted(re.split(r"[=<>]", part)[0] for part in conda) == ["pip", "python"]
    assert pip == ["-r requirements.txt", "-e ."]


def test_one_range_of_pythons() -> None:
    """pyproject, environment.yml, Makefile, README and the set-up pages name the same Pythons."""
    supported = SpecifierSet(project()["project"]["requires-python"])
    assert [v for v in ("3.10", *PYTHONS, "3.14") if v in supported] == list(PYTHONS)
    (conda,) = [part for part in environment()["dependencies"] if str(part).startswith("python")]
    assert conda.split("=")[1] in supported
    assert "(3, 11) <= v <= (3, 13)" in (ROOT / "Makefile").read_text("utf-8")
    for page in ("README.md", "course/guide/setup.md", "autograder/templates/edition/README.md"):
        assert "Python 3.11, 3.12 or 3.13" in (ROOT / page).read_text("utf-8"), page


def test_developers_install_the_list_too() -> None:
    """requirements-dev.txt starts from requirements.txt, and pins what it adds."""
    lines = (ROOT / "requirements-dev.txt").read_text("utf-8").splitlines()
    lines = [line for line in lines if line.strip() and not line.startswith("#")]
    assert lines[0] == "-r requirements.txt"
    for line in lines[1:]:
        assert re.fullmatch(r"[\w.-]+==[\w.]+", line), line
        assert canonicalize_name(line.split("==")[0]) not in requirements()


def test_the_engine_and_its_extras_are_the_same_list() -> None:
    """pyproject installs the engine alone; with every extra it is requirements.txt, pin by pin."""
    found = project()["project"]
    extras = found["optional-dependencies"]
    named = [*found["dependencies"], *(pin for pins in extras.values() for pin in pins)]
    assert sorted(map(str, map(Requirement, named))) == sorted(map(str, requirements().values()))
    assert not {"torch", "transformers", "scikit-learn"} & {
        canonicalize_name(Requirement(pin).name) for pin in found["dependencies"]
    }


# ------------------------------------------------------------------------------------ front pages
@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE-TEXT.md"]
)
def test_links_of_front_pages_resolve(page: str) -> None:
    """Every picture and page that a front page names is in the repository."""
    for link in re.findall(r"\]\(([^)\s#]+)[^)]*\)", (ROOT / page).read_text("utf-8")):
        assert "://" in link or (ROOT / link).is_file(), link


def test_readme_is_short_and_has_three_doors() -> None:
    """The two commands and a picture come first, then student, instructor and maintainer."""
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    assert len(lines) < 150
    first_screen = "\n".join(lines[:25])
    for part in ("make demo", "make test", "![", "minute"):
        assert part in first_screen
    doors = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
    assert doors[:3] == ["Student", "Instructor", "Maintainer"]


# ------------------------------------------------------------------------------------ the lock
def locked(lock: str = "requirements.lock") -> dict[str, set[str]]:
    """The versions of each package in a lock; Pythons and systems may need several."""
    versions: dict[str, set[str]] = {}
    text = (ROOT / lock).read_text("utf-8")
    for name, version in re.findall(r"^([\w.-]+)==([^\s;\\]+)", text, re.MULTILINE):
        versions.setdefault(canonicalize_name(name), set()).add(version)
    return versions


def test_lock_agrees_with_the_list() -> None:
    """Each pin is locked at its version and at no other; refresh with `make lock`."""
    found = locked()
    for name, pin in requirements().items():
        assert {f"=={version}" for version in found.get(name, set())} == {str(pin.specifier)}, name


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_has_a_hash_for_every_package(lock: str) -> None:
    """Each package of the lock has at least one sha256, as `pip --require-hashes` asks."""
    text = (ROOT / lock).read_text("utf-8")
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(entries) >= 100
    for entry in entries:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry.splitlines()[0]


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_place(lock: str) -> None:
    """No index, address or path of a machine: the lock works wherever PyPI is served."""
    assert not ELSEWHERE.findall((ROOT / lock).read_text("utf-8"))


def test_the_engines_lock_is_a_part_of_the_whole_one() -> None:
    """Every pin of the engine is in it, at one version in both; what is left out is not."""
    whole, engine = locked(), locked("engine.lock")
    pins = map(Requirement, project()["project"]["dependencies"])
    assert {canonicalize_name(pin.name) for pin in pins} <= set(engine)
    assert {name: versions for name, versions in engine.items() if versions != whole[name]} == {}
    without = (ROOT / "engine.overrides").read_text("utf-8").splitlines()
    names = {Requirement(line).name for line in without if not line.startswith("#")}
    assert len(names) == 6 and not names & set(engine) and names <= set(whole)


@pytest.mark.slow
@pytest.mark.parametrize("python", PYTHONS)
def test_pins_resolve(python: str, tmp_path: Path) -> None:
    """The pins and the tools have one solution on each Python, on Linux, macOS and Windows."""
    uv = Path(sys.executable).parent / "uv"
    if not uv.exists():
        pytest.skip("uv is not installed")
    done = subprocess.run(
        [uv, "pip", "compile", "--quiet", "--universal", "--python-version", python,
         "--output-file", tmp_path / "out.txt", ROOT / "requirements-dev.txt"],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    if re.search(r"error sending request|dns error|Failed to fetch|timed out", done.stderr):
        pytest.skip("no package index answers here")
    assert done.returncode == 0, done.stderr
    assert "torch==2.13.0" in (tmp_path / "out.txt").read_text("utf-8")


# ------------------------------------------------------------------------------------ imports
def imported(folder: Path) -> Iterator[tuple[str, Path]]:
    """The top-level name of every import below a folder, also of those inside functions."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((alias.name.split(".")[0], path) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                yield node.module.split(".")[0], path


def beside(name: str, path: Path) -> bool:
    """Whether it is a module in the same folder, as a program run by its path imports."""
    return (path.parent / f"{name}.py").is_file()


@pytest.mark.parametrize("package", ["course", "autograder"])
def test_imports_are_in_the_list(package: str) -> None:
    """Whatever the package imports is in requirements.txt, or brought along by what is."""
    pins, installed = set(requirements()), importlib.metadata.packages_distributions()
    for name, path in imported(ROOT / package):
        if name in sys.stdlib_module_names or name in OURS or beside(name, path):
            continue
        by = installed.get(name, [name])
        wanted = {canonicalize_name(INSTALLED_BY.get(name, one)) for one in by}
        brought = wanted & set(BROUGHT_ALONG)
        assert wanted & pins or brought, f"{path.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize(("package", "by"), sorted(BROUGHT_ALONG.items()))
def test_brought_along(package: str, by: str) -> None:
    """What we use without naming it is in the lock, and the package that brings it in the list."""
    assert by in requirements()
    assert package in locked()


# ------------------------------------------------------------------------------------ packages
def test_entry_points_resolve() -> None:
    """Every command and every kernel provisioner that pyproject promises can be loaded."""
    found = project()["project"]
    promised = {**found["scripts"]}
    for group in found["entry-points"].values():
        promised |= group
    assert {"course", "autograder", "word2chat-sandbox"} <= set(promised)
    for name, value in promised.items():
        loaded = importlib.metadata.EntryPoint(name, value, "any").load()
        assert callable(loaded), name


@pytest.mark.slow
def test_wheel_carries_the_files(tmp_path: Path) -> None:
    """A plain install has every file that git tracks in the two packages, but the course's own."""
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    source = tmp_path / "source"
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "course", "autograder", "pyproject.toml", "README.md", "LICENSE"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    tracked = [name for name in tracked if name and (ROOT / name).is_file()]
    for name in tracked:
        copy = source / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((ROOT / name).read_bytes())
    subprocess.run([*pip, "--wheel-dir", tmp_path, source], check=True, timeout=300)
    (wheel,) = tmp_path.glob("word2chat-*.whl")
    carried = set(zipfile.ZipFile(wheel).namelist())
    wanted = {name for name in tracked if name.startswith(("course/", "autograder/"))}
    assert {name for name in wanted if not name.startswith(COURSE)} - carried == set()
    assert not [name for name in carried if name.startswith(COURSE)]
    assert not [name for name in carried if name.startswith(("tests/", "source/", "release/"))]
