"""The lesson of week 03: three questions on earlier weeks, predictions, exercises."""

from __future__ import annotations

from course.lesson import Question

WARM_UP = (
    Question(
        "In a plain RNN, what is the gradient at a state multiplied by at each step back?",
        ("by U and a slope of at most 1", "by the learning rate", "by the input"),
        answer=0,
        why="If the largest singular value of U is below 1, fifty such factors leave nothing. "
        "This week's cells are an answer to that product.",
    ),
    Question(
        "A model costs 2 bits per character. What is its perplexity per character?",
        ("2", "4", "7.4"),
        answer=1,
        why="2 to the power of the bits: it wavers between four equally likely characters.",
    ),
    Question(
        "Which tables of counts were best on new text in week 02?",
        ("bigrams", "the longest n-grams, with add-α", "long n-grams that ask shorter ones"),
        answer=2,
        why="Where a long context is new, a shorter one is not. They stand at 1.64 bits, and this "
        "week they are in the picture again.",
    ),
)
QUESTIONS = {
    "idle-gates": Question(
        "All weights and biases are 0 and c = 2. What are the new c and h?",
        ("c = 2, h = 0.96", "c = 1, h = 0.38", "c = 0, h = 0"),
        answer=1,
        why="i = f = o = 0.5 and g = tanh(0) = 0, so c = 0.5 · 2 and h = 0.5 · tanh(1). Gates that "
        "know nothing forget half of the memory at each step.",
    ),
    "both-vectors": Question(
        "Someone writes 1 into the forget block of *both* bias vectors. What is left of a memory "
        "after 20 steps, beside a sum of 1?",
        ("the same", "40 times as much", "half as much"),
        answer=1,
        why="The sum is 2: 0.88 to the power of 20 is 0.079, and 0.73 to the power of 20 is "
        "0.0019. The bug helps by accident, and nobody can repeat the result.",
    ),
    "reset-of-one-unit": Question(
        "One unit, no biases. Does it matter whether the reset gate comes before or after the "
        "product with U?",
        ("no: with one unit both are the same", "yes, always", "only if z = 1"),
        answer=0,
        why="(r h) U = r (h U) for numbers. With more units, or with a recurrent bias, they "
        "differ: U mixes the units, and it matters what was reset before.",
    ),
    "last-column": Question(
        "Padding at the end, and outputs at padding are zero. You take outputs[:, -1] as the "
        "summary of each sentence. The short ones?",
        ("their last real state", "zeros", "the mean of their states"),
        answer=1,
        why="Their last column is padding. Take the final state; a loop that ignores the mask "
        "would give numbers that look fine and depend on the neighbours.",
    ),
    "bugs-of-shape": Question(
        "Read the code once. Of its six bugs, how many would a test on shapes have caught?",
        ("none", "one", "four"),
        answer=1,
        why="The return line, and even that stays hidden while B equals T. All others return "
        "numbers of the right shape in the right range: so checks compare values.",
    ),
    "open-and-shut": Question(
        "You hold f = 0 and i = 1. What does c hold then?",
        ("zero", "the newest content alone", "the sum of all contents"),
        answer=1,
        why="c = g at each step: a plain recurrent network with an output gate. With f = 1 and "
        "i = 0 nothing is lost and nothing written: c stays 0.",
    ),
    "equal-parameters": Question(
        "An RNN has 128 units. About how many has an LSTM of as many parameters?",
        ("32", "64", "128"),
        answer=1,
        why="Four blocks of H² numbers: H shrinks by the root of 4. Many old comparisons forgot "
        "this.",
    ),
    "recall-as-it-comes": Question(
        "Recall over 40 steps: how good is the LSTM as PyTorch initialises it?",
        ("the best of the five", "between the RNN and the rest", "at chance, below the RNN"),
        answer=2,
        why="Its forget gate starts at one half. Where the keep gate starts decides more than "
        "which cell it sits in.",
    ),
    "best-on-prose": Question(
        "500 training steps on the novel, equal parameters. Which network has the fewest bits?",
        ("the LSTM, by far", "GRU and LSTM, a little ahead of the RNN", "the RNN"),
        answer=1,
        why="Spelling needs ten characters, and all three remember those. The tables of week 02 "
        "are still ahead of all of them.",
    ),
    "ten-thousand-numbers": Question(
        "At most 10,000 numbers, learnt at home for a few minutes. Who has the fewest bits?",
        ("1- to 3-grams, interpolated", "a GRU of 44 units", "both within 0.05 bits"),
        answer=1,
        why="A table pays for each thing that it saw; the GRU shares its 9,708 numbers among all "
        "of them. In week 02, with ten times the numbers, tables reached 2.05.",
    ),
    "quote-unit": Question(
        "A shipped LSTM of 256 units: how well does its best *single* unit follow whether a "
        "quotation is open?",
        ("|r| about 0.2: it is spread over many", "|r| about 0.5", "|r| about 0.9: one switch"),
        answer=2,
        why="Knowing that a quotation is open saves bits at every mark, and one switch on the belt "
        "keeps it for hundreds of characters.",
    ),
}
EXERCISES = (
    "lstm_cell",
    "init_forget_bias",
    "gru_cell",
    "masked_unroll",
    "fix_lstm",
    "gate_trace",
    "count_parameters",
    "small_predictor",
)
