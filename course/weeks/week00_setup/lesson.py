"""The lesson of week 00: what you may know already, predictions, exercises."""

from __future__ import annotations

from course.lesson import Question

WARM_UP = (
    Question(
        "x = [1, 2, 3]; y = x; y[0] = 9. What is x[0] now?",
        ("1", "9", "an error"),
        answer=1,
        why="y is another name for the same list, not a copy. Tensors behave in the same way.",
    ),
    Question(
        "What does ln(a · b) equal?",
        ("ln a · ln b", "ln a + ln b", "ln(a + b)"),
        answer=1,
        why="So the logarithm of a product of many probabilities is a sum, and does not round to "
        "0.",
    ),
    Question(
        "f(x) = x². What is its slope at x = 3?",
        ("3", "6", "9"),
        answer=1,
        why="The derivative is 2x. By the end of this week your own code will tell you.",
    ),
)
QUESTIONS = {
    "no-module": Question(
        "`pip install numpy` worked in a terminal, and this notebook finds no numpy. Why?",
        ("the kernel must be restarted", "pip and the kernel belong to two environments",
         "numpy does not work in notebooks"),
        answer=1,
        why="The package was installed, but somewhere else. `%pip install numpy` in a cell always "
        "means the kernel's own environment; or switch to the right kernel, at the top right.",
    ),
    "deleted-cell": Question(
        "You delete `counter = 0` and run `counter += 1` once more, without a restart. And a "
        "friend "
        "who opens your notebook and runs it from the top?",
        ("both see a number", "you see a number, your friend a NameError", "both see a NameError"),
        answer=1,
        why="The kernel still knows counter; your friend's never did. The grader is that friend: "
        "it "
        "runs your notebook from the top, in a fresh kernel.",
    ),
    "speed": Question(
        "How many times faster than a Python loop does torch add up a million squares?",
        ("about 2", "about 20", "100 or more"),
        answer=2,
        why="The loop looks at each number on its own; torch handles the block in compiled code.",
    ),
    "broadcast": Question(
        "x is (2, 3), x.sum(dim=-1) is (2,). Does x / x.sum(dim=-1) divide each row by its own "
        "sum?",
        ("yes", "no: it is an error", "no: it divides the columns, without an error"),
        answer=1,
        why="From the right: 3 against 2, and neither is 1. With a square x there would be no "
        "error, "
        "and the columns would be divided. keepdim=True makes it (2, 1).",
    ),
    "shifted": Question(
        "The logits are (ln 1, ln 2, ln 3). Now ln 10 is added to each. The probabilities?",
        ("1/6, 2/6, 3/6, as before", "10 times as large", "all closer to 1/3"),
        answer=0,
        why="10, 20, 30 over 60: the common factor cancels.",
    ),
    "blind-loss": Question(
        "A model knows nothing: each of 4 words gets 1/4. What is its loss, in nats?",
        ("0.25", "ln 4 = 1.39", "4", "it depends on the right word"),
        answer=1,
        why="−ln(1/4), whatever the right word is. With 1/2 on the right word it would be half "
        "as much.",
    ),
    "padded-mean": Question(
        "Two real tokens with the values 4 and 8, two of padding with 0. What does values.mean() "
        "say?",
        ("6", "3", "12"),
        answer=1,
        why="12 / 4. Right is 6. So the same text gets another vector beside a longer one.",
    ),
    "head-zero": Question(
        "Two tokens, [0 1 2 3] and [4 5 6 7], two heads. Which numbers belong to head 0?",
        ("0 1 and 2 3", "0 1 and 4 5", "0 2 and 4 6"),
        answer=1,
        why="The first half of each token. One reshape gives 0 1 and 2 3, both halves of one "
        "token: "
        "the classic bug of this step, and it raises no error.",
    ),
    "differences": Question(
        "f(x) = x² at x = 3, step 1. The central difference, and the forward one?",
        ("6 and 7", "6 and 6", "7 and 6"),
        answer=0,
        why="(16 − 4) / 2 and 16 − 9. The error of the forward one shrinks like the step, that "
        "of the "
        "central one like its square.",
    ),
    "loss-of-20": Question(
        "A model of 27 symbols has the loss 20 before training. What is wrong?",
        ("nothing: it has not learnt yet", "its first logits are far too wild", "the data is "
        "wrong"),
        answer=1,
        why="It should be near ln 27 = 3.3. Wild logits mean: sure of itself, and wrong.",
    ),
    "wrong-key": Question(
        "The API answers 401: no such key. How often should your program try again?",
        ("never", "three times", "until it works"),
        answer=0,
        why="The same key will be wrong again. Only 429, too many requests, is cured by waiting.",
    ),
    "dearest-text": Question(
        "Which of these texts costs the tiny GPT-2 more than a blind guess would?",
        ("everyday Korean", "random letters", "French"),
        answer=2,
        why="9.3 nats a token against 8.0. It takes French for bad English, is sure of itself, "
        "and is "
        "wrong. Random letters cost 7.9.",
    ),
    "without-a-head": Question(
        "The tiny GPT-2 has 16 heads, and a loss of 4.7 nats. We switch off the most important "
        "one. What happens to the loss?",
        ("it rises above 8 nats, and the model falls apart", "it rises by 1 nat",
         "it rises by 0.1 nat"),
        answer=2,
        why="0.10 nats for the most important head, and nothing for some. Heads share the work: "
        "that a "
        "part is there does not say that it is needed.",
    ),
}  # fmt: skip
EXERCISES = (
    "stable_softmax", "cross_entropy", "masked_mean", "split_heads", "numerical_grad",
    "expected_initial_loss", "ask_api", "mix_logits",
)  # fmt: skip
