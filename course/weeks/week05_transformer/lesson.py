"""The lesson of week 05: three questions on earlier weeks, predictions, exercises.

TODO: replace the examples.
"""

from __future__ import annotations

from course.lesson import Question

WARM_UP = (
    Question(
        "TODO: a question on last week?",
        ("the right answer", "a likely wrong one", "another one"),
        answer=0,
        why="TODO: one sentence.",
    ),
    Question(
        "TODO: a question on the week before?",
        ("a likely wrong one", "the right answer", "another one"),
        answer=1,
        why="TODO: one sentence.",
    ),
    Question(
        "TODO: an older question that this week needs?",
        ("a likely wrong one", "another one", "the right answer"),
        answer=2,
        why="TODO: one sentence.",
    ),
)
QUESTIONS = {
    "sum-of-a-row": Question(
        "What is the sum of a row after its mean was taken away?",
        ("the mean", "0", "it depends on the row"),
        answer=1,
        why="The mean is the sum divided by D, and it was taken away D times.",
    ),
}
EXERCISES = ("centre_rows",)
