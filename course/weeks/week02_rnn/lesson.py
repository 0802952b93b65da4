"""The lesson of week 02: three questions on weeks 00 and 01, predictions, exercises."""

from __future__ import annotations

from course.lesson import Question

WARM_UP = (
    Question(
        "Softmax with cross-entropy: what is the gradient of the loss at the logits?",
        (
            "probabilities minus one-hot target",
            "one-hot target minus probabilities",
            "the logarithm of the probabilities",
        ),
        answer=0,
        why="It is positive where the model gives too much: a step against it lowers that logit. "
        "This week you send it back through time.",
    ),
    Question(
        "x is a one-hot row, (V,), and E a table, (V, D). What is x @ E?",
        ("the sum of all rows of E", "one row of E", "one column of E"),
        answer=1,
        why="Only one term of each sum is not 0. So an embedding is a look-up, and our network "
        "reads characters in this way.",
    ),
    Question(
        "A model that knows nothing chooses among 36 characters. What is its loss in nats?",
        ("1/36 = 0.028", "36", "ln 36 = 3.58"),
        answer=2,
        why="It gives each character 1/36, and -ln(1/36) = ln 36. You compared first losses with "
        "it in week 00.",
    ),
)
QUESTIONS = {
    "how-many-trigrams": Question(
        "A text has 10 characters. How many trigrams (n = 3) does it hold, repeats included?",
        ("3", "7", "8", "10"),
        answer=2,
        why="N - n + 1 in general, and none where the text is shorter than n. Off-by-one errors in "
        "n-gram code are errors about this number.",
    ),
    "z-after-q": Question(
        "You saw q 100 times, always followed by u. V = 36, add-one smoothing. What share of the "
        "probability after q goes to the 35 characters that never followed it?",
        ("about 1%", "about 4%", "about 26%"),
        answer=2,
        why="35 of 136 pretended and real observations. Interpolated with epsilon = 1, they share "
        "less than one in 101: the pretended token is spread as the shorter context says.",
    ),
    "cheapest-unit": Question(
        "The same Korean text, cut into syllables, jamo or bytes. Which needs the fewest bits?",
        ("syllables, by far", "bytes, by far", "they lie within a few percent"),
        answer=2,
        why="What a longer unit says at once, shorter ones say in pieces, if the context is long "
        "enough. The unit decides the length of the context and the size of the table.",
    ),
    "impossible-token": Question(
        "Of 10,000 characters one gets probability 0, all others a good one. The perplexity is …",
        ("hardly changed", "doubled", "infinite"),
        answer=2,
        why="ln 0 is minus infinity, and one such term is enough. This is why exercise 2 pretends.",
    ),
    "fading-state": Question(
        "One unit, W = U = 1, b = 0. The state is 0.9, then twenty inputs of 0 follow. The state?",
        ("still 0.9", "about 0.26", "exactly 0"),
        answer=1,
        why="tanh(h) < h for h > 0, so it fades a little at each step. An input of 100 would drive "
        "it to 1, where the slope 1 - h² is 0: no gradient passes there.",
    ),
    "unrolled-parameters": Question(
        "You unroll the network over 10,000 steps and not over 10. How many parameters has it?",
        ("as many as before", "1,000 times as many", "it depends on the text"),
        answer=0,
        why="DH + H² + H, shared over time. A table grows with every new context; the state has a "
        "fixed size, and all of the past must fit in it.",
    ),
    "ten-steps-back": Question(
        "One unit, U = 0.5, states near 0, a gradient of 1 at the last state. Ten steps back?",
        ("0.5", "0.05", "about 0.001"),
        answer=2,
        why="0.5 to the power of 10; with U = 2 it would be 1024. Each step back multiplies by U "
        "and by a slope of at most 1.",
    ),
    "clipped-one-by-one": Question(
        "The gradients [3.] and [4.], max_norm = 1. Each is clipped by itself. Together they are …",
        ("shorter, in the same direction", "shorter, in another direction", "of length 1"),
        answer=1,
        why="[1.] and [1.] point elsewhere than [3.] and [4.], and their length is 1.41. One "
        "factor for all gives [0.6] and [0.8].",
    ),
    "write-with-both": Question(
        "You train a bidirectional network to predict the next character. What happens?",
        (
            "it writes better than one that reads forwards",
            "its loss stays as it was",
            "its loss falls to almost 0, and it cannot write",
        ),
        answer=2,
        why="The backward half has read the answer. To write, nothing stands on the right yet. "
        "Week 06 (BERT) turns this into a task that cannot leak.",
    ),
    "one-or-two-directions": Question(
        "Deleted characters, restored on new text: how do the two networks compare?",
        (
            "about the same",
            "both directions restore a tenth more",
            "both directions restore at least a third more",
        ),
        answer=2,
        why="What stands behind a gap tells as much as what stands before it: 45% against 32% in "
        "our run, with as many parameters.",
    ),
    "tables-or-network": Question(
        "The network of 128 units, trained with your gradient, and the best tables: who is better "
        "on new text?",
        ("the network", "a draw", "the tables"),
        answer=2,
        why="On one novel, exact memory of six characters is worth more than a blurred memory of "
        "fifteen. The network has other virtues: see below.",
    ),
    "where-numbers-go": Question(
        "All 1- to 5-grams of the novel are 84,000 table entries. Which order takes most of them?",
        ("the 3-grams", "the 4-grams", "the 5-grams"),
        answer=2,
        why="57,250 of them, and most were seen once or twice: that is where pruning is cheap.",
    ),
}
EXERCISES = (
    "count_ngrams",
    "interpolated_prob",
    "perplexity",
    "rnn_step",
    "rnn_forward",
    "bptt",
    "clip_grad_norm",
    "bidirectional",
    "best_predictor",
)
