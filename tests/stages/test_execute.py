"""Stage 3: a run in the real sandbox brings back bounded, typed outputs and says how it ended."""

from __future__ import annotations

import dataclasses
import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from autograder.course_folder import UNPROTECTED, WARM
from autograder.model import CellEnd, Doubt, Execution, ExecutionJob, JobCell
from autograder.sandbox.limits import Limits
from autograder.stages.clock import CellClock, Meters, grace
from autograder.stages.execute import execute
from autograder.stages.hidden_scope import in_own_scope
from autograder.stages.outputs import KEPT_WHEN_CUT
from course.probes import MIME

pytestmark = pytest.mark.sandbox
LIMITS = Limits(cell_seconds=5, submission_seconds=60)


def ran(*sources: str, provisioner: str = "word2chat-sandbox", **limits: float) -> Execution:
    cells = tuple(JobCell(index, source, f"c{index}") for index, source in enumerate(sources))
    job = ExecutionJob(
        "t", cells, "seed", dataclasses.replace(LIMITS, **limits), provisioner=provisioner,
        warm_modules=("numpy",), files=(("data/words.txt", b"a b c"),),
    )  # fmt: skip
    return execute(job)


def ends(execution: Execution) -> list[CellEnd]:
    assert execution.fault is None
    return [run.end for run in execution.runs]


def texts(execution: Execution) -> list[str]:
    return ["".join(o.get("text", "") for o in run.outputs) for run in execution.runs]


def test_cells_share_one_kernel_and_errors_do_not_stop_it() -> None:
    """A cell that raises is an error; the next one runs in the same namespace."""
    found = ran("x = 1", "1 / 0", "print(x)", "")
    assert ends(found) == [CellEnd.OK, CellEnd.ERROR, CellEnd.OK, CellEnd.OK]
    assert texts(found)[2] == "1\n"


UNKNOWN_MAGICS = {
    "%tensorflow_version 2.x\nshown = 1": "Line magic function `%tensorflow_version` not found.",
    "%%gradio\nshown = 1": "Cell magic `%%gradio` not found.",
}


@pytest.mark.parametrize("source", UNKNOWN_MAGICS)
def test_a_magic_that_jupyter_does_not_know_is_an_error(source: str) -> None:
    """IPython prints it and shows no error: that stands in the reply to the cell alone."""
    found = ran(source, "'shown' in globals()", "raise ValueError('\\ud800')", "1")
    assert ends(found) == [CellEnd.ERROR, CellEnd.OK, CellEnd.ERROR, CellEnd.OK]
    errors = [one for one in found.runs[0].outputs if one["output_type"] == "error"]
    assert [(one["ename"], one["evalue"]) for one in errors] == [
        ("UsageError", UNKNOWN_MAGICS[source])
    ]


def test_the_jobs_files_are_there_and_its_seed_is_not() -> None:
    """Attachments lie in the working folder; the seed of the offering stays with the grader."""
    found = ran(
        "print(open('data/words.txt').read())", "import os; print(sorted(os.environ.items()))"
    )
    assert texts(found)[0] == "a b c\n"
    assert "seed" not in texts(found)[1].lower().replace("pythonhashseed", "")


def test_a_check_draws_from_a_key_of_its_own_when_its_turn_comes() -> None:
    """Two seeds, two checks: four inputs; a cell before the check finds the published ones."""
    draw = "print(probe_rng('x').normal())"
    before = f"from course.probes import probe_rng\n{draw}"
    region = f"### BEGIN HIDDEN TESTS\n{before}\n### END HIDDEN TESTS"
    cells = (
        JobCell(0, before), JobCell(1, in_own_scope(region), "check_a"),
        JobCell(2, in_own_scope(region), "check_b"),
    )  # fmt: skip
    job = ExecutionJob("t", cells, "spring", LIMITS, provisioner=WARM)
    spring, autumn = (
        texts(execute(dataclasses.replace(job, seed=seed))) for seed in ("spring", "autumn")
    )
    assert spring[0] == autumn[0]
    assert len({*spring, *autumn}) == 5
    assert texts(execute(job)) == spring


def test_whoever_shares_a_turn_runs_one_after_another() -> None:
    """Kernels start side by side; students' code runs in so many of them as there are turns."""
    clock = "import time; print(time.time()); time.sleep(0.3); print(time.time())"
    job = ExecutionJob("t", (JobCell(0, clock),), "seed", LIMITS, warm_modules=())
    turn = threading.Semaphore(1)
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: execute(job, turn), range(3)))
    spans = sorted(tuple(map(float, texts(one)[0].split())) for one in found)
    assert [ends(one) for one in found] == [[CellEnd.OK]] * 3
    for (_, end), (start, _) in itertools.pairwise(spans):
        assert end <= start
    assert turn.acquire(blocking=False)  # it was given back


def test_an_endless_loop_costs_its_own_cell() -> None:
    """The time limit interrupts; what follows still runs."""
    found = ran("while True: pass", "print('on')", cell_seconds=1)
    assert ends(found) == [CellEnd.TIME_LIMIT, CellEnd.OK]


def test_a_loop_that_ignores_interrupts_is_killed() -> None:
    """An answer that catches everything ends with its kernel."""
    stubborn = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    found = ran(stubborn, "print('on')", cell_seconds=1)
    assert ends(found) == [CellEnd.TIME_LIMIT, CellEnd.NOT_RUN]


def test_a_submission_has_a_wall_clock_of_its_own() -> None:
    """Many cells, each just under the limit, end at the submission's limit."""
    found = ran(*["import time; time.sleep(2)"] * 4, submission_seconds=3)
    assert ends(found)[0] is CellEnd.OK
    assert ends(found)[-1] is CellEnd.TIME_LIMIT
    assert found.seconds < 40


def test_waiting_is_limited_too() -> None:
    """A cell that uses no processor time ends at a multiple of its limit."""
    found = ran("import time\nwhile True: time.sleep(0.1)", "1", cell_seconds=0.7)
    assert ends(found) == [CellEnd.TIME_LIMIT, CellEnd.OK]


def test_a_busy_machine_costs_nobody_points() -> None:
    """Wall time over the limit is no reason while the cell has not had its processor time."""
    starved = CellClock(0.05, Meters(iter([0.0, 0.01, 0.02]).__next__), None)
    time.sleep(0.06)
    assert not starved.is_up()
    hungry = CellClock(0.05, Meters(iter([0.0, 0.05]).__next__), None)
    time.sleep(0.06)
    assert hungry.is_up()


def test_waiting_for_a_processor_is_not_counted() -> None:
    """A cell that was kept waiting has as much time left as before, a sleeping one has not."""
    waited = iter([10.0, 11.0])
    kept = CellClock(0.02, Meters(lambda: 0.0, waited.__next__), None)
    time.sleep(0.07)
    assert not kept.is_up()
    asleep = CellClock(0.02, Meters(lambda: 0.0, lambda: 10.0), None)
    time.sleep(0.07)
    assert asleep.is_up()


def test_a_busy_machine_has_longer_to_end_what_was_interrupted(monkeypatch) -> None:
    """The kernel is killed later when it had no processor; but not for ever."""
    now = {"monotonic": 0.0, "waited": 0.0}
    clock_of_ours = SimpleNamespace(monotonic=lambda: now["monotonic"])
    monkeypatch.setattr("autograder.stages.clock.time", clock_of_ours)
    ends = grace(5.0, Meters(kept_waiting=lambda: now["waited"]))
    now |= {"monotonic": 9.0, "waited": 4.5}
    assert not ends.is_up()
    now |= {"monotonic": 9.0, "waited": 3.5}
    assert ends.is_up()
    now |= {"monotonic": 16.0, "waited": 15.9}
    assert ends.is_up()


SHOW = """from IPython.display import display
display({"application/vnd.word2chat.probe+json": {"label": "one"}, "text/plain": ""}, raw=True)
print("before")
"""
ENDS_OF_A_CELL = (
    "exit()", "quit()", "quit(keep_kernel=True)", "import sys; sys.exit()",
    "import sys; sys.exit(3)", "raise SystemExit", "get_ipython().ask_exit()",
    "[exit() for _ in (1, 2)]",
)  # fmt: skip


@pytest.mark.parametrize(("provisioner", "times"), [("word2chat-warm", 10), (UNPROTECTED, 1)])
def test_ways_to_exit_end_their_cell_and_no_other(provisioner: str, times: int) -> None:
    """Ten times over: what was shown before counts, what follows in the cell is not run."""
    cells = [
        cell for way in ENDS_OF_A_CELL for cell in (f"{SHOW}{way}\nprint('after')", "kept = 1")
    ]
    for _ in range(times):
        found = ran(*cells, "print(kept)", provisioner=provisioner)
        assert ends(found) == [CellEnd.ERROR, CellEnd.OK] * len(ENDS_OF_A_CELL) + [CellEnd.OK]
        for run in found.runs[:-1:2]:
            assert {kind_of(output) for output in run.outputs} >= {"probe", "stream", "error"}
            assert "after" not in str(run.outputs)


@pytest.mark.parametrize("way", ["os._exit(0)", "os.kill(os.getpid(), 9)", "os.abort()"])
def test_ways_to_end_the_kernel_end_it_at_once(way: str) -> None:
    """Ten times over: earlier cells keep what they showed, this one does not, later ones wait."""
    for _ in range(10):
        found = ran(SHOW, f"{SHOW}\nimport os\n{way}", SHOW, provisioner="word2chat-warm")
        assert ends(found) == [CellEnd.OK, CellEnd.DEAD_KERNEL, CellEnd.NOT_RUN]
        kinds = [{kind_of(output) for output in run.outputs} for run in found.runs]
        assert kinds[0] == {"probe", "stream"}
        assert "probe" not in kinds[1]


def kind_of(output: dict) -> str:
    return "probe" if MIME in output.get("data", {}) else output["output_type"]


@pytest.mark.parametrize("provisioner", ["word2chat-warm", UNPROTECTED])
def test_the_most_memory_that_was_held_is_told(provisioner: str) -> None:
    """Of the moment at which it was most, also when it was given back before the end."""
    found = ran("held = b'x' * (300 << 20)", "del held", provisioner=provisioner)
    assert found.peak_mb is not None and 300 <= found.peak_mb < 600


def test_a_dead_kernel_is_told_from_a_time_limit() -> None:
    """Cells after the death are not run."""
    assert ends(ran("import os; os._exit(1)", "1")) == [CellEnd.DEAD_KERNEL, CellEnd.NOT_RUN]


def test_a_flood_of_output_is_cut_while_it_is_read() -> None:
    """It costs the cell that prints; what it shows after the limit is dropped."""
    flood = "import sys\nwhile True: print('x' * 1000); sys.stdout.flush()"
    found = ran(flood, "print('on')", output_bytes=300_000, cell_seconds=1)
    assert ends(found) == [CellEnd.OUTPUT_LIMIT, CellEnd.OK]
    assert [len(text) for text in texts(found)] == [KEPT_WHEN_CUT, 3]


def test_a_cell_that_prints_too_much_is_not_stopped() -> None:
    """Progress lines cost their own display, not what the cell goes on to define."""
    loud = "for line in range(9000): print('x' * 100)\nkept = 5"
    assert ends(ran(loud, "assert kept == 5", output_bytes=300_000)) == [
        CellEnd.OUTPUT_LIMIT, CellEnd.OK,
    ]  # fmt: skip


def test_all_outputs_together_are_bounded_too() -> None:
    """Many cells, each just under the limit, end with their kernel."""
    found = ran(*["print('x' * 90_000)"] * 10, output_bytes=100_000)
    shown = ends(found)
    assert shown[:8] == [CellEnd.OK] * 8
    assert shown[8:] == [CellEnd.OUTPUT_LIMIT, CellEnd.NOT_RUN]


def test_a_flood_in_huge_messages_is_stopped_too() -> None:
    """What is printed between two flushes is one message, over the cap."""
    found = ran("while True: print('x' * 10_000)", "print('on')", cell_seconds=1)
    assert ends(found) == [CellEnd.OUTPUT_LIMIT, CellEnd.OK]


def test_one_huge_message_never_arrives() -> None:
    """A message over the cap is dropped by the socket; the cell says why."""
    found = ran("print('x' * 3_000_000)", "print('on')", message_bytes=100_000)
    assert ends(found) == [CellEnd.OUTPUT_LIMIT, CellEnd.OK]
    assert len(texts(found)[0]) < 200_000
    assert texts(found)[1] == "on\n"


def test_a_score_published_by_the_student_is_just_a_display() -> None:
    """No execute_result leaves execution: nbgrader would read it as a score."""
    found = ran("100", "display({'text/plain': '100'}, raw=True)")
    kinds = {output["output_type"] for run in found.runs for output in run.outputs}
    assert kinds == {"display_data"}


def test_unknown_mime_types_and_wrong_types_are_dropped() -> None:
    """Only known types with text content are kept."""
    source = (
        "display({'text/plain': 'a', 'application/javascript': 'x', 'text/html': 'b'}, raw=True)"
    )
    (output,) = ran(source).runs[0].outputs
    assert set(output["data"]) == {"text/plain", "text/html"}


def test_input_is_refused_at_once() -> None:
    """Nobody is there to type."""
    found = ran("input('name? ')")
    assert ends(found) == [CellEnd.ERROR]


def test_a_sandbox_that_cannot_start_is_our_fault() -> None:
    """No run, no verdict: the execution carries a fault."""
    found = ran("1", provisioner="no-such-provisioner")
    assert found.fault
    assert found.runs == ()


@pytest.mark.parametrize(("gpu", "doubt"), [("0", Doubt.FULL_GPU), (None, None)])
def test_a_full_gpu_may_be_a_neighbours_doing(gpu: str | None, doubt: Doubt | None) -> None:
    """What CUDA raises then is not believed at once; where no GPU was given it is the student's."""
    full = JobCell(0, "raise RuntimeError('CUDA error: out of memory')")
    job = ExecutionJob("t", (full, JobCell(1, "1")), "s", LIMITS, provisioner=UNPROTECTED, gpu=gpu)
    found = execute(job)
    assert ends(found) == [CellEnd.ERROR, CellEnd.OK]
    assert found.doubt is doubt
