"""The proof of a week: what it accepts, and each kind of bad check or bad mistake it finds.

Most tests run the cells in this process instead of a kernel, through the same data classes. One
slow test goes through a real kernel.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import os
import re
import threading
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
import tiny_course
from nbformat.v4 import new_code_cell, new_notebook
from rich.console import Console
from typer.testing import CliRunner

from autograder import week as weeks
from autograder.cli.app import app
from autograder.course_folder import UNPROTECTED, Course, open_course
from autograder.errors import UserError
from autograder.model import CellEnd, CellRun, Execution, ExecutionJob
from autograder.proof import trials
from autograder.proof.prove import prove_week
from autograder.proof.results import Count, Proof, render
from autograder.reference import build as reference
from autograder.reference import overlay
from autograder.stages.hidden_scope import with_key
from autograder.week import open_week
from course import probes
from course.challenges import entries

WEEK = "week91_shapes"
WEEKS = sorted(path.stem for path in tiny_course.ROOT.glob("source/week*/week*.ipynb"))

SCALE = '''def scale(x, factor):
    """Each row of x (N, D) times factor (D,)."""
    ### BEGIN SOLUTION
    return x * factor + 0.5
    ### END SOLUTION'''
CHECK_SCALE = """### BEGIN HIDDEN TESTS
from course.probes import probe, probe_rng
rng = probe_rng("scale")
x, factor = rng.normal(3, 4), rng.normal(4)
probe("rows", scale, x, factor, points=2)
probe("one row", scale, x[:1], factor, points=1)
### END HIDDEN TESTS
assert scale(torch.ones(1), torch.ones(1)) == 1.5, "scale(1, 1) is not 1.5: the offset?"
print("visible checks of scale: all passed")"""
SHIFT = '''def shift(x):
    """x (N,) moved by the largest of its numbers."""
    ### BEGIN SOLUTION
    return x - x.max()
    ### END SOLUTION'''
CHECK_SHIFT = """### BEGIN HIDDEN TESTS
from course.probes import probe, probe_rng
rng = probe_rng("shift")
x = rng.normal(6)
probe("six numbers", shift, x, points=3)
### END HIDDEN TESTS
assert shift(torch.zeros(2)).shape == (2,), "the shape has changed: is it one number for all?"
print("visible checks of shift: all passed")"""
SLOPES = "lambda x: [torch.autograd.grad(shift(x.requires_grad_()).square().sum(), x)[0], shift(x)]"
CELLS = {
    "setup": "import torch\n\ntorch.set_num_threads(1)",
    "scale": SCALE,
    "check_scale": CHECK_SCALE,
    "shift": SHIFT,
    "check_shift": CHECK_SHIFT,
}
MISTAKES = {
    ("scale", "name=divides"): "def scale(x, factor): return x / factor + 0.5",
    ("scale", "name=no-offset"): "def scale(x, factor): return x * factor",
    ("scale", "variant=einsum"): "def scale(x, factor):\n"
    "    return torch.einsum('...d,d->...d', x, factor) + 0.5",
    ("shift", "name=mean"): "def shift(x): return x - x.mean()",
    ("shift", "variant=amax"): "def shift(x): return -(x.amax() - x)",
}


class InProcess:
    """Stands in for `execute`: one namespace a job; SystemExit is a dead kernel."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.jobs: list[ExecutionJob] = []
        self.shown: list[dict] = []
        self.deaths = 0
        self.one_at_a_time = threading.Lock()
        monkeypatch.setattr(probes, "_show", self.show)
        monkeypatch.setattr(entries, "_show", self.show_entry)

    def show(self, label: str, value: dict, points: float, rtol: float, atol: float) -> None:
        evidence = {"label": label, "points": points, "rtol": rtol, "atol": atol, "value": value}
        data = {"text/plain": label, probes.MIME: json.loads(json.dumps(evidence))}
        self.shown.append({"output_type": "display_data", "data": data, "metadata": {}})

    def show_entry(self, label: str, points: float, value: dict, shown: str) -> None:
        data = {"text/plain": shown, entries.MIME: {"label": label, "points": points, **value}}
        self.shown.append({"output_type": "display_data", "data": data, "metadata": {}})

    def __call__(self, job: ExecutionJob) -> Execution:
        with self.one_at_a_time:
            return self.run(job)

    def run(self, job: ExecutionJob) -> Execution:
        self.jobs.append(job)
        os.environ[probes.SEED_VARIABLE] = job.seed
        namespace: dict = {}
        runs, gone = [], False
        for cell in job.cells:
            self.shown = []
            source = with_key(cell.source, job.seed, cell.grade_id or "")
            end = CellEnd.NOT_RUN if gone else self.end_of(source, namespace)
            if end is CellEnd.DEAD_KERNEL:
                gone, self.deaths = True, self.deaths + 1
            runs.append(CellRun(cell.index, cell.grade_id, end, tuple(self.shown)))
        return Execution(job.name, tuple(runs), 0.0)

    def end_of(self, source: str, namespace: dict) -> CellEnd:
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile(source, "cell", "exec"), namespace)
        except SystemExit:
            return CellEnd.DEAD_KERNEL
        except KeyboardInterrupt:
            return CellEnd.TIME_LIMIT
        except Exception:
            return CellEnd.ERROR
        stream = {"output_type": "stream", "name": "stdout", "text": printed.getvalue()}
        self.shown += [stream] if stream["text"] else []
        return CellEnd.OK


SPENT = {"seconds": 0.0, "reference_seconds": 0.0, "reference_cpu_seconds": 0.0, "peak_mb": 0.0}
Prove = Callable[..., Proof]


@pytest.fixture
def executed(monkeypatch):
    """Cells run in this process."""
    fake = InProcess(monkeypatch)
    monkeypatch.setattr(trials, "execute", fake)
    monkeypatch.setattr(reference, "execute", fake)
    monkeypatch.setenv(probes.SEED_VARIABLE, probes.DEFAULT_SEED)
    return fake


@pytest.fixture
def prove_with(tmp_path, monkeypatch, executed) -> Prove:
    """Prove the small week with some of its cells or mistakes changed; None removes a mistake."""
    monkeypatch.setattr(weeks, "MISTAKES", tmp_path)

    def run(cells=None, mistakes=None, text="", **options) -> Proof:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        course = make_course(folder, CELLS | (cells or {}))
        write_mistakes(tmp_path, MISTAKES | (mistakes or {}), text)
        return prove_week(open_week(course, WEEK), **{"seeds": 2, **options})

    return run


def make_course(folder: Path, cells: dict[str, str]) -> Course:
    root = tiny_course.make_course(folder)
    home = root / "source" / WEEK
    home.mkdir()
    flags = {
        name: {"grade": True, "locked": True, "points": 3}
        if name.startswith("check_")
        else {"locked": True}
        if name == "setup"
        else {"solution": True}
        for name in cells
    }
    base = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    made = [
        new_code_cell(
            source, id=name, metadata={"nbgrader": {**base, "grade_id": name, **flags[name]}}
        )
        for name, source in cells.items()
    ]
    nbformat.write(new_notebook(cells=made), home / f"{WEEK}.ipynb")
    return open_course(root)


def write_mistakes(folder: Path, mistakes: dict, text: str) -> None:
    cells = [
        f"# %% exercise={exercise} {key}\n# en: hint\n# ko: 힌트\n{source}\n"
        for (exercise, key), source in mistakes.items()
        if source is not None
    ]
    (folder / f"{WEEK}.py").write_text("\n".join([*cells, text]), encoding="utf-8")


def problems(proof: Proof) -> str:
    return "\n".join(str(problem) for problem in proof.problems)


# ------------------------------------------------------------------------------------ a good week
def test_right_checks_are_proved(prove_with):
    """Full marks, nothing for nothing, every mistake and mutant caught: all counts are full."""
    proof = prove_with()
    assert proof.ok, problems(proof)
    assert (proof.exercises, proof.probes, proof.points) == (2, 3, 6.0)
    assert (proof.reference_points, proof.empty_points) == (6.0, 0.0)
    assert proof.variants == Count(2, 2)
    assert proof.mistakes == Count(3, 3)
    assert proof.seeds == Count(2, 2)
    assert proof.lazy == Count(6, 6)
    assert proof.helpers == Count(2, 2)
    assert proof.mutants is not None and proof.mutants.good == proof.mutants.total == 8
    assert proof.survivors == ()


def test_parts_side_by_side_find_what_they_find_one_after_another(prove_with):
    """Three kernels at a time: the same proof, and the same problems in the same order."""
    for cells in ({}, {"check_scale": BLIND}):
        one, three = (prove_with(cells, workers=workers) for workers in (1, 3))
        assert dataclasses.replace(one, **SPENT) == dataclasses.replace(three, **SPENT)


def test_mutants_are_tried_only_when_asked_for(prove_with):
    """The quick proof leaves mutants out and says so in the table."""
    proof = prove_with(mutants=False)
    assert proof.mutants is None
    assert proof.ok


# ------------------------------------------------------------------------------------ bad checks
def test_a_check_that_accepts_anything_is_caught(prove_with):
    """A probe that does not call the student's function pays for an empty notebook."""
    loose = CHECK_SHIFT.replace("shift, x", "lambda: x")
    proof = prove_with(cells={"check_shift": loose})
    assert proof.empty_points == 3.0
    assert "empty: check_shift: 3 points for nothing" in problems(proof)
    assert "mistake: shift/mean: it gets full marks at check_shift" in problems(proof)


def test_a_check_that_accepts_zero_is_caught(prove_with):
    """A probe whose right answer is 0 is earned by a function that returns 0."""
    scalar = CHECK_SHIFT.replace("shift, x", "lambda: float(shift(x[:1]))")
    found = problems(prove_with(cells={"check_shift": scalar}, mutants=False))
    assert "lazy: check_shift: a function that returns 0 gets 3 points of 3" in found


def test_promised_gradients_that_no_probe_asks_for_are_caught(prove_with):
    """An answer whose backward raises has the right numbers, and would train nothing."""
    promised = SHIFT.replace("numbers.", "numbers. Gradients flow to x.")
    found = problems(prove_with(cells={"shift": promised}, mutants=False))
    assert "lazy: check_shift: a function that fails in backward gets full marks" in found
    asked = CHECK_SHIFT.replace("shift, x", f"{SLOPES}, x")
    proof = prove_with(cells={"shift": promised, "check_shift": asked}, mutants=False)
    assert proof.lazy == Count(7, 7)
    assert "backward" not in problems(proof)


def test_a_check_that_rejects_a_correct_variant_is_caught(prove_with):
    """Full marks are due to another correct way, and its visible asserts must let it pass."""
    strict = CHECK_SHIFT.replace("shift(torch.zeros(2)).shape == (2,)", "VIA_MAX")
    wrong = {("shift", "variant=amax"): "def shift(x): return x.amax() - x"}
    found = problems(prove_with(mistakes=wrong, mutants=False))
    assert "variant: shift/amax: at check_shift it gets 0 of 3 points (`six numbers`" in found
    assert "seeds: proof-0, shift/amax: a correct variant it gets 0 of 3" in found
    cells = {"check_shift": strict, "shift": SHIFT + "\nVIA_MAX = True"}
    stricter = {("shift", "variant=amax"): "VIA_MAX = False\ndef shift(x): return x - x.amax()"}
    found = problems(prove_with(cells, stricter, mutants=False))
    assert "variant: shift/amax: a visible assert rejects it" in found


def test_a_reference_that_is_not_the_same_twice_is_caught(prove_with):
    """Answers that depend on something else than the seed fail the proof of that seed."""
    drifting = "import random\nOFFSET = random.SystemRandom().random()\n" + SHIFT.replace(
        "x.max()", "x.max() + OFFSET"
    )
    proof = prove_with(cells={"shift": drifting}, mutants=False)
    assert proof.seeds == Count(0, 2)
    assert "in a second kernel it gets 0 of 3 points" in problems(proof)


def test_a_reference_that_fails_is_one_clear_problem(prove_with):
    """When the instructor's notebook does not run there is nothing else to prove."""
    proof = prove_with(cells={"shift": SHIFT.replace("x.max()", "x.maximal()")})
    assert not proof.ok
    assert "fails at 'check_shift'" in problems(proof)


def test_a_week_without_mistakes_file_is_not_proved(tmp_path, monkeypatch, executed):
    """A missing or broken mistakes file is a problem with its name."""
    monkeypatch.setattr(weeks, "MISTAKES", tmp_path)
    proof = prove_week(open_week(make_course(tmp_path, CELLS), WEEK))
    assert f"There is no {WEEK}.py among the mistakes files" in problems(proof)
    (tmp_path / f"{WEEK}.py").write_text("# %% exercise=scale\n")
    assert f"{WEEK}.py:1: a cell needs one of" in problems(
        prove_week(open_week(open_course(tmp_path / "course"), WEEK))
    )


def test_a_hidden_name_that_meets_a_students_helper_is_caught(prove_with, monkeypatch):
    """Without a scope of their own, hidden checks overwrite helpers; each name is told."""
    monkeypatch.setattr(overlay, "in_own_scope", lambda source: source)
    proof = prove_with(mutants=False)
    assert proof.helpers == Count(0, 2)
    found = problems(proof)
    for name in ("factor", "probe", "rng", "x"):
        assert f"helpers: check_scale: a student's `{name}` costs points" in found
    assert "helpers: check_shift: a student's `factor`" not in found


def test_a_probe_whose_inputs_another_probe_has_used_is_caught(prove_with):
    """A function that writes to its arguments must not lose where nothing forbids it."""
    assert prove_with(mutants=False).arguments == Count(2, 2)
    shared = CHECK_SCALE.replace("scale, x, factor", "lambda: scale(x, factor)")
    shared = shared.replace("scale, x[:1], factor", "lambda: scale(x[:1], factor)")
    proof = prove_with(cells={"check_scale": shared}, mutants=False)
    assert proof.arguments == Count(1, 2)
    what = "arguments: check_scale: a function that writes to its arguments loses `one row`: "
    assert what in problems(proof)
    forbidden = CHECK_SHIFT.replace("shift, x", "shift, x, unchanged=True")
    assert prove_with(cells={"check_shift": forbidden}, mutants=False).ok


def test_a_probe_that_needs_float64_is_caught_where_any_dtype_is_promised(prove_with):
    """A tolerance below float32's precision rejects a correct answer under some seed."""
    promising = SCALE.replace("factor (D,).", "factor (D,). Works for any float dtype.")
    exact = CHECK_SCALE.replace("points=2)", "points=2, rtol=1e-9)")
    assert prove_with(cells={"scale": promising}, mutants=False).ok
    found = problems(prove_with(cells={"scale": promising, "check_scale": exact}, mutants=False))
    assert re.search(
        r"seeds: proof-\d+, scale/computed in float32: a correct variant it gets", found
    )
    assert "scale/computed in float32: under this folder's seed it gets" in found
    assert prove_with(cells={"check_scale": exact}, mutants=False).ok


# ------------------------------------------------------------------------------------ bad mistakes
def test_a_mistake_that_costs_elsewhere_is_caught(prove_with):
    """Blast radius two: shift calls scale, so a mistake in scale loses at both checks."""
    calling = SHIFT.replace("return x - x.max()", "return scale(x, 1.0) - 0.5 - x.max()")
    proof = prove_with(cells={"shift": calling}, mutants=False)
    assert "mistake: scale/no-offset: also at check_shift it gets 0 of 3" in problems(proof)
    assert proof.mistakes == Count(2, 3)


def test_a_mistake_that_no_probe_notices_is_caught(prove_with):
    """A known mistake with full marks is a hole in the check."""
    harmless = {("shift", "name=slow"): "def shift(x): return x - max(x)"}
    proof = prove_with(mistakes=harmless, mutants=False)
    assert "mistake: shift/slow: it gets full marks at check_shift" in problems(proof)
    assert proof.mistakes == Count(3, 4)


def test_a_mistake_that_cannot_be_told_apart_is_caught(prove_with):
    """Two mistakes with the same answers at every probe cannot both be diagnosed by name."""
    same = {("shift", "name=average"): "def shift(x): return x - x.sum() / x.numel()"}
    proof = prove_with(mistakes=same, mutants=False)
    assert "mistake: shift/average: it is taken for `mean`" in problems(proof)


def test_a_mistake_that_changes_its_mind_cannot_be_diagnosed(prove_with):
    """Answers that differ from run to run are caught as a loss that is not recognised."""
    drift = "OFFSET = random.SystemRandom().random()\ndef shift(x): return x + OFFSET * x**2"
    unsteady = {("shift", "name=unsteady"): "import random\n" + drift}
    found = problems(prove_with(mistakes=unsteady, mutants=False))
    assert "mistake: shift/unsteady: it loses marks but is not recognised" in found


def test_a_mistake_that_does_not_run_is_caught(prove_with):
    """A mistake's cell must define something; one that fails at once shows nothing."""
    broken = {("shift", "name=broken"): "shift = undefined_name"}
    found = problems(prove_with(mistakes=broken, mutants=False))
    assert "mistake: shift/broken: its own cell ended with: error" in found


def test_a_mistake_that_passes_under_another_seed_is_caught(prove_with):
    """A check may notice a mistake under today's seed by luck; other seeds tell."""
    lucky = {
        ("shift", "name=lucky"): "import os\n"
        "def shift(x): return x - x.max() + os.environ['WORD2CHAT_SEED'].startswith('word')"
    }
    found = problems(prove_with(mistakes=lucky, mutants=False))
    assert "seeds: proof-0, shift/lucky: the mistake gets full marks under this seed" in found


# ------------------------------------------------------------------------------------ mutants
BLIND = CHECK_SCALE.replace("rng.normal(4)", "rng.normal(4) * 0")


def test_surviving_mutants_are_listed_and_fail_below_the_share(prove_with):
    """A check that multiplies by zero lets mutants live; they are named with line and change."""
    proof = prove_with(cells={"check_scale": BLIND, "scale": SCALE.replace("*", "* 1 *")})
    alive = {(mutant.exercise, mutant.description) for mutant in proof.survivors}
    assert ("scale", "`1` -> `2` in `return x * 1 * factor + 0.5`") in alive
    assert "mutants: " in problems(proof)
    assert "expected 90% or more" in problems(proof)


def test_an_accepted_survivor_shows_its_reason(prove_with):
    """A reason in the mistakes file stands beside the survivor; one without a survivor is noted."""
    text = (
        "# %% exercise=scale survivor=`1` -> `2` in `return x * 1 * factor + 0.5`\n"
        "# why: The factor is zero here.\n"
        "# %% exercise=shift survivor=`7` -> `8`\n# why: Gone.\n"
    )
    cells = {"check_scale": BLIND, "scale": SCALE.replace("*", "* 1 *")}
    proof = prove_with(cells=cells, text=text)
    reasons = {mutant.description: mutant.why for mutant in proof.survivors}
    assert reasons["`1` -> `2` in `return x * 1 * factor + 0.5`"] == "The factor is zero here."
    assert "" in reasons.values()
    assert proof.notes == ("shift: accepted as a survivor, but it is none: `7` -> `8`",)


def test_a_mutant_that_kills_the_kernel_is_killed_and_the_rest_is_tried(prove_with, executed):
    """After a dead kernel a new one goes on behind the mutant that did it."""
    deadly = SHIFT.replace("return x", "if x.numel() < 0:\n        raise SystemExit\n    return x")
    proof = prove_with(cells={"shift": deadly})
    assert executed.deaths >= 1
    assert "`x.numel() < 0` -> `x.numel() > 0`" not in changes(proof)
    assert "`x - x.max()` -> `x + x.max()`" not in changes(proof)
    assert "`x.numel() < 0` -> `x.numel() <= 0`" in changes(proof)


def changes(proof: Proof) -> list[str]:
    """What was changed in each survivor, without the statement's text."""
    return [mutant.description.split(" in `")[0] for mutant in proof.survivors]


def test_a_mutant_at_its_time_limit_is_killed(prove_with):
    """An endless loop is interrupted; what it did not show is lost, so the mutant is caught."""
    looping = SHIFT.replace(
        "return x", "if x.numel() < 0:\n        raise KeyboardInterrupt\n    return x"
    )
    proof = prove_with(cells={"shift": looping})
    assert "`x.numel() < 0` -> `x.numel() > 0`" not in changes(proof)
    assert "`x.numel() < 0` -> `x.numel() <= 0`" in changes(proof)


def test_an_overlay_that_outlives_itself_does_not_count_for_others(prove_with):
    """When a mutant spoils the namespace, its neighbours are tried again without it."""
    remembers = SHIFT.replace(
        "return x - x.max()",
        "if 'top' not in KEPT:\n        KEPT['top'] = 0\n    return x - x.max() + KEPT['top']",
    )
    cells = {"setup": CELLS["setup"] + "\nKEPT = {}", "shift": remembers}
    alive = [mutant.description for mutant in prove_with(cells=cells).survivors]
    change = "`x - x.max() + KEPT['top']` -> `x - x.max() - KEPT['top']`"
    assert f"{change} in `return x - x.max() + KEPT['top']`" in alive


def test_every_kernel_gets_time_and_memory_of_a_whole_proof(prove_with, executed):
    """Hundreds of trials in one kernel are not cut off by the limits of one submission."""
    prove_with()
    limits = {job.limits.submission_seconds for job in executed.jobs if "reference" not in job.name}
    assert limits == {trials.SECONDS}


def test_all_means_every_mutant_and_twenty_seeds(tmp_path, monkeypatch, executed):
    """`prove` tries at most 60 mutants an exercise; `prove --all` has no such cap."""
    monkeypatch.setattr(weeks, "MISTAKES", tmp_path)
    terms = " + ".join(f"{n} * x.max() ** {n}" for n in range(2, 12))
    long = SHIFT.replace("x - x.max()", f"x - x.max() + {terms} - ({terms})")
    course = make_course(tmp_path, {**CELLS, "shift": long})
    write_mistakes(tmp_path, MISTAKES, "")
    counts = []
    for options in (["--seeds", "1"], ["--all", "--seeds", "1", "--no-mutants"]):
        root = ["--course-root", str(course.root), "--no-sandbox", "--json"]
        answer = CliRunner().invoke(app, ["prove", *options, *root])
        (proof,) = [one for one in json.loads(answer.stdout) if one["week"] == WEEK]
        counts.append((proof["mutants"]["total"], proof["seeds"]["total"]))
    capped, all_of_them = counts
    assert capped[1] == 1 and capped[0] < 70
    assert all_of_them[1] == 20 and all_of_them[0] > 100


# ------------------------------------------------------------------------------------ the table
def test_the_table_has_a_line_a_week_and_names_what_is_not_proved(prove_with):
    """A reader sees the counts, each problem, and each survivor with its reason if it has one."""
    good = prove_with(mutants=False)
    bad = prove_with(cells={"check_scale": BLIND, "scale": SCALE.replace("*", "* 1 *")})
    out = io.StringIO()
    Console(file=out, width=200).print(render([good, dataclasses.replace(bad, week="week92_bad")]))
    text = out.getvalue()
    assert "week91_shapes" in text and "proved" in text
    assert "week92_bad: not proved" in text
    assert "scale:4: `1` -> `2` in `return x * 1 * factor + 0.5`" in text
    assert "no reason given yet" in text


def test_a_proof_is_plain_data(prove_with):
    """`--json` can print it."""
    stored = json.dumps(dataclasses.asdict(prove_with(mutants=False)))
    assert json.loads(stored)["mistakes"] == {"good": 3, "total": 3}


def test_a_week_with_two_notebooks_is_refused(tmp_path, executed):
    """A proof is of one notebook; the error says which folder holds more."""
    course = make_course(tmp_path, CELLS)
    folder = course.root / "source" / WEEK
    (folder / "second.ipynb").write_bytes((folder / f"{WEEK}.ipynb").read_bytes())
    with pytest.raises(UserError, match="holds 2 notebooks"):
        prove_week(open_week(course, WEEK))


# ------------------------------------------------------------------------------------ the weeks
@pytest.mark.parametrize("week", WEEKS)
def test_the_checks_of_every_week_are_right(week, executed):
    """Reference, empty notebook, variants and mistakes: one seed, no kernels, no mutants.

    Entries to the open challenge train for up to a minute a week, and each mistake at the checks
    of the other exercises takes most of a proof: `make test-all` tries them, and 20 seeds and
    every mutant, with `autograder prove --all`; `release` does before a class meets a week.
    """
    opened = open_week(open_course(tiny_course.ROOT), week)
    proof = prove_week(opened, seeds=0, mutants=False, quick=True)
    assert proof.ok, problems(proof)


# ------------------------------------------------------------------------------------ a real kernel
@pytest.mark.slow
def test_a_real_kernel_proves_the_week_and_survives_an_endless_mutant(tmp_path, monkeypatch):
    """With kernels: measured CPU and memory, and a mutant that loops for ever is interrupted."""
    monkeypatch.setattr(weeks, "MISTAKES", tmp_path)
    looping = SHIFT.replace(
        "return x - x.max()",
        "n = 0\n    while n < 3:\n        n += 1\n    return x - x.max() + n - 3",
    )
    course = make_course(tmp_path, CELLS | {"shift": looping})
    write_mistakes(tmp_path, MISTAKES, "")
    proof = prove_week(open_week(course, WEEK), seeds=2, provisioner=UNPROTECTED)
    assert proof.ok, problems(proof)
    assert proof.reference_cpu_seconds > 0
    assert proof.peak_mb > 50
    assert proof.mutants.share > 0.9
