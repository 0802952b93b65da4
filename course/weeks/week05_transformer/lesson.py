"""The lesson of week 05: three questions on earlier weeks, predictions, exercises."""

from __future__ import annotations

from course.lesson import Question

WARM_UP = (
    Question(
        "What did attention take away from the decoder of week 04?",
        ("the need for a loss", "that one vector has to hold the sentence", "its recurrence"),
        answer=1,
        why="It may look at every state of the encoder. Its own steps were still recurrent.",
    ),
    Question(
        "split_heads turns (B, T, D) into (B, n_heads, T, d). Why not by one reshape?",
        ("a reshape would mix up words and heads", "it is slower", "the shape would be wrong"),
        answer=0,
        why="The shape would be right and the numbers wrong: first cut D, then move the axis.",
    ),
    Question(
        "In teacher forcing, what is the decoder told when it shall write word 3?",
        ("its own words 1 and 2", "the right words 1 and 2", "the right words 1, 2 and 3"),
        answer=1,
        why="The right words so far, and never the one it is asked for.",
    ),
)
QUESTIONS = {
    "dot-variance": Question(
        "q and k have 64 independent numbers of variance 1. About how large is their dot product?",
        ("1", "8", "64"),
        answer=1,
        why="The variances add up to 64, and the spread is their root. With √64 in the denominator "
        "the scores have spread 1 again, for every d.",
    ),
    "leak": Question(
        "Somebody forgets the causal mask. What do they see in training?",
        ("an error", "a high loss", "a loss near 0"),
        answer=2,
        why="The next word stands in the input, and copying it is easy. When the model writes by "
        "itself there is nothing to copy.",
    ),
    "slowest": Question(
        "D = 512. After how many positions has the slowest pair of columns come round once?",
        ("512", "about 10,000", "about 60,000"),
        answer=2,
        why="A turn is 2π, and the slowest speed is about 1/10,000 a position. The fastest pair "
        "needs 6.3 positions.",
    ),
    "heads-cost": Question(
        "D stays the same. 8 heads in place of 1: how many parameters has the attention?",
        ("the same", "8 times as many", "an eighth"),
        answer=0,
        why="Four D × D matrices and their biases, however the result is cut. Heads are free.",
    ),
    "where-parameters": Question(
        "An encoder layer with D = 512, d_ff = 2048: where are most of its parameters?",
        ("in the attention", "in the feed-forward network", "in the norms"),
        answer=1,
        why="2 · 512 · 2048 is twice as much as 4 · 512 · 512. The norms have 2,048 numbers.",
    ),
    "which-mask": Question(
        "Which of the decoder's two attentions needs the causal mask?",
        ("the self-attention", "the cross-attention", "both"),
        answer=0,
        why="The source is known from end to end before the first word is written. Only the target "
        "has a future.",
    ),
    "peak": Question(
        "D = 512 and 4,000 steps of warm-up: how high is the learning rate at its peak?",
        ("0.0007", "0.01", "1"),
        answer=0,
        why="512^-0.5 · 4000^-0.5. Four times the warm-up, half the peak.",
    ),
    "which-bug-helps": Question(
        "Which of these bugs makes the training loss *lower* than it should be?",
        ("the decoder is told what it is asked for", "the diagonal is shut", "padded queries"),
        answer=0,
        why="A low loss is no proof of anything. The other two take away what the model needs.",
    ),
    "no-positions": Question(
        "Same nouns, no positions: how many new sentences come out right?",
        ("none", "about half", "nearly all"),
        answer=1,
        why="Both orders of a pair look the same, so both get the same answer, and one is right.",
    ),
    "heads-missed": Question(
        "How many of GPT-2's 16 heads cost more than 0.05 bits when cut alone?",
        ("about 4", "about 10", "all of them"),
        answer=0,
        why="One in the first layer is missed most, and most of the others hardly at all.",
    ),
    "longer-match": Question(
        "Of the texts' places where the last letter stood before: do those count more where the "
        "last *two* letters agree?",
        ("no, they are too few", "a little", "yes, about twenty times as much"),
        answer=2,
        why="Half of the pairs have a rule of their own, and one sighting of it says nearly all. "
        "The best weight for a second agreeing letter is about twenty times that of the first.",
    ),
}
EXERCISES = (
    "scaled_dot_product_attention",
    "make_masks",
    "sinusoidal_positions",
    "MultiHeadAttention",
    "EncoderLayer",
    "DecoderLayer",
    "noam_lr",
    "fix_loss",
    "best_reader",
)
