"""Stand-ins help students over a blank exercise; in the grader's sandbox they do not exist."""

from __future__ import annotations

import compileall
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sandboxes import PRELUDE, REPOSITORY, SMALL, say

from autograder.sandbox import bwrap
from autograder.sandbox.kernels import RunningKernel, running_kernel
from autograder.sandbox.limits import SandboxSpec

pytestmark = pytest.mark.sandbox
WEEK = "week77_clay"
CANARY = "CANARY-stand-in"
COURSE = "/opt/word2chat/course"
STAND_INS = f"""
from course.weeks.{WEEK}.stand_ins.stored import ANSWER
STAND_INS = {{"double": lambda x: ANSWER}}
"""
# importing leaves an empty package behind, which another program would count
FORGET = "for name in [name for name in sys.modules if 'stand_ins' in name]: del sys.modules[name]"
LESSON = "QUESTIONS, WARM_UP, EXERCISES = {}, (), ('double',)"


@pytest.fixture(scope="module")
def clay(start: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKernel]:
    """A kernel that is shown a course with one more week, whose stand-ins hold a canary.

    One module of the lesson is imported in advance, so that a warm parent of its own serves here.
    """
    root = tmp_path_factory.mktemp("clay")
    leave_out = shutil.ignore_patterns("data", "models", "guide", "__pycache__")
    shutil.copytree(REPOSITORY / "course", root / "course", ignore=leave_out)
    folder = root / "course" / "weeks" / WEEK
    (folder / "stand_ins").mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "lesson.py").write_text(LESSON)
    (folder / "stand_ins" / "__init__.py").write_text(STAND_INS)
    (folder / "stand_ins" / "stored.py").write_text(f"ANSWER = {CANARY!r}")
    compileall.compile_dir(folder, quiet=1)
    assert list(folder.rglob("stored.*.pyc"))
    spec = SandboxSpec(limits=SMALL, warm_modules=("course.lesson.fallback",))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bwrap, "REPOSITORY", root)
        with running_kernel(spec, start) as one:
            assert say(one, f"{PRELUDE}\nWEEK, COURSE = {WEEK!r}, {COURSE!r}") == ""
            yield one


PROGRAMS = {
    "what the parent has imported": (
        """
        import gc
        print([name for name in sys.modules if "stand_ins" in name],
              [x for x in gc.get_objects() if isinstance(x, dict) and "STAND_INS" in x
               and x is not globals()])
        """,
        "[] []",
    ),
    "the folder is there and empty": (
        "print(os.listdir(f'{COURSE}/weeks/{WEEK}/stand_ins'), "
        "'lesson.py' in os.listdir(f'{COURSE}/weeks/{WEEK}'))",
        "[] True",
    ),
    "importing": (
        """
        import importlib
        for name in ("stand_ins.stored", "stand_ins.__init__"):
            try:
                importlib.import_module(f"course.weeks.{WEEK}.{name}")
                print("imported", name)
            except ModuleNotFoundError:
                pass
        package = importlib.import_module(f"course.weeks.{WEEK}.stand_ins")
        print(getattr(package, "STAND_INS", None), getattr(package, "__file__", None))
        """,
        "None None",
    ),
    "pkgutil": (
        """
        import importlib, pkgutil
        week = importlib.import_module(f"course.weeks.{WEEK}")
        found = [one.name for one in pkgutil.walk_packages(week.__path__, week.__name__ + ".")]
        print([name for name in found if "stand" in name], len(found) > 0)
        """,
        "[] True",
    ),
    "zipimport": (
        """
        import zipimport
        print(attempt(lambda: zipimport.zipimporter(f"{COURSE}/weeks/{WEEK}/stand_ins")))
        """,
        "ZipImportError",
    ),
    "compiled files": (
        """
        import importlib.util, glob
        source = f"{COURSE}/weeks/{WEEK}/stand_ins/stored.py"
        print(attempt(lambda: open(importlib.util.cache_from_source(source), "rb")),
              glob.glob(f"{COURSE}/weeks/{WEEK}/**/stored*", recursive=True))
        """,
        "ENOENT []",
    ),
    "every file of the course": (
        """
        word = "CANARY-" + "stand-in"
        found = []
        for folder, _, names in os.walk(COURSE):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    if word.encode() in file.read():
                        found.append(name)
        print(found)
        """,
        "[]",
    ),
    "mounts": (
        """
        MNT_DETACH, MS_BIND = 2, 4096
        place = f"{COURSE}/weeks/{WEEK}/stand_ins".encode()
        def call(name, *arguments):
            ctypes.set_errno(0)
            return errno.errorcode.get(ctypes.get_errno()) if getattr(libc, name)(*arguments) else 0
        print(call("umount2", place, MNT_DETACH), call("mount", COURSE.encode(), b"/tmp", None,
              MS_BIND, None), syscall(428, 428, -100, place, 1), syscall(272, 97, 0x10020000))
        lines = [x.split() for x in open("/proc/self/mounts") if "stand_ins" in x]
        print(sorted({(x[0], x[3].split(",")[0]) for x in lines}))
        """,
        "EPERM EPERM EPERM EPERM\n[('tmpfs', 'ro')]",
    ),
    "other ways to the root": (
        """
        roots = ["/proc/self/root", "/proc/1/root", "/proc/1/cwd", f"/proc/{os.getppid()}/root"]
        seen = [root for root in roots
                if attempt(lambda: os.listdir(f"{root}{COURSE}/weeks/{WEEK}/stand_ins")) == "done"
                and os.listdir(f"{root}{COURSE}/weeks/{WEEK}/stand_ins")]
        print(seen)
        """,
        "[]",
    ),
    "the lesson itself": (
        """
        from course.lesson import open_lesson
        os.environ["WORD2CHAT_STATE"] = "/tmp"
        open_lesson(WEEK).fallback("double")
        """,
        "error UserError: `double` is not written yet, and nothing can stand in for it.",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_way_leads_to_a_stand_in(clay: RunningKernel, name: str) -> None:
    """Sources, compiled files, imports, mounts, memory: where stand-ins stood is nothing."""
    program, expected = PROGRAMS[name]
    seen = say(clay, program)
    say(clay, FORGET)
    assert seen == expected


def test_stand_ins_of_an_installed_course_are_covered_too(monkeypatch, tmp_path: Path) -> None:
    """A plain copy of the course beside the other packages shows its stand-ins empty as well."""
    folder = tmp_path / "site-packages" / "course" / "weeks" / WEEK / "stand_ins"
    folder.mkdir(parents=True)
    monkeypatch.setattr(bwrap.sys, "path", [str(tmp_path / "site-packages")])
    bwrap.loose_packages.cache_clear()
    try:
        told = " ".join(bwrap.base_jail("bwrap"))
    finally:
        bwrap.loose_packages.cache_clear()
    assert f"--tmpfs {folder} --remount-ro {folder}" in told
