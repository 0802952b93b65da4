"""The lesson of week 01: three questions on week 00, predictions, exercises."""

from __future__ import annotations

from course.lesson import Question

WARM_UP = (
    Question(
        "A model gives the right word the probability 1/2. What is its loss, in nats?",
        ("0.5", "0.69", "1", "2"),
        answer=1,
        why="−ln(1/2) = ln 2 = 0.69. (1 would be bits.)",
    ),
    Question(
        "`logits` has the shape (B, T, V). Which `dim` does softmax work along?",
        ("0", "1", "-1"),
        answer=2,
        why="The last axis holds the choices: one score for each of V words.",
    ),
    Question(
        "A text of 2 words is padded to 5. Which mean is its own, however long the padding is?",
        ("x.mean(dim=1)", "masked_mean(x, mask)", "x.sum(dim=1) / 5"),
        answer=1,
        why="The other two change with the padding, although the text is the same.",
    ),
)
QUESTIONS = {
    "ages": Question(
        "Which of the four tells good reviews from bad ones best, learning from 7,000 of them?",
        ("a short list of rules", "eight features made by hand", "a bag of words",
         "the mean of learned word vectors"),
        answer=2,
        why="The bag of words: 78%. Vectors 69%, features 59%, rules 56%. With 200 reviews the "
        "order turns: vectors 62%, bag 58%.",
    ),
    "unknown-words": Question(
        "The vocabulary holds the 1,000 most frequent words. In the same manual, in English and in "
        "Korean, which share of new text is <unk>?",
        ("about the same in both", "English 13%, Korean 41%", "English 41%, Korean 13%"),
        answer=1,
        why="A Korean noun sticks to its particle, so 파일을, 파일이 and 파일에 are three words.",
    ),
    "one-hot-cosine": Question(
        "What is the cosine similarity of the one-hot vectors of cat and kitten?",
        ("near 1: they mean nearly the same", "about 0.5", "0, as for cat and parliament"),
        answer=2,
        why="Two different one-hot vectors have no axis in common. Nothing learned about one says "
        "anything about the other.",
    ),
    "pairs": Question(
        "How many pairs come from a sentence of 10 words with window = 2?",
        ("20", "34", "40"),
        answer=1,
        why="4 for each word would be 40. The first word misses 2, the second 1; the same on "
        "the right: 40 − 2 · (2 + 1).",
    ),
    "first-cbow-loss": Question(
        "Before training E_out is all zeros, and V = 10,000. What is the first loss of CBOW?",
        ("0", "1", "9.21", "10,000"),
        answer=2,
        why="All logits are 0, so every word has probability 1/V, and the loss is ln V.",
    ),
    "zero-gradient": Question(
        "Skip-gram starts with E_out all zeros. Which of the two gradients is zero at first?",
        ("that of E_in", "that of E_out", "both", "none"),
        answer=0,
        why="The gradient of E_in is a sum of rows of E_out. If both tables began at zero, nothing "
        "would ever move.",
    ),
    "noise-ratio": Question(
        "The is 10,000 times as frequent as ambergris. How much more often is it drawn as noise?",
        ("10,000 times", "7,500 times", "1,000 times", "100 times"),
        answer=2,
        why="10,000 to the power ¾ is 1,000.",
    ),
    "count-or-predict": Question(
        "On the same seven novels, which answers more analogies?",
        ("skip-gram, three passes", "counting (PPMI and SVD), no training", "both the same"),
        answer=1,
        why="Counting: 40% with 64 numbers a word and 47% with 128. Skip-gram: 29% after three "
        "passes, 40% after ten.",
    ),
    "cosine-scale": Question(
        "What is the cosine of a vector with 3 times itself, and with its negative?",
        ("3 and −3", "3 and −1", "1 and −1"),
        answer=2,
        why="Scaling does not change a direction; the minus sign turns it around.",
    ),
    "c-itself": Question(
        "If a, b and c were allowed as answers, how often would GloVe answer c itself?",
        ("in 5 of 100 questions", "in 20 of 100", "in 45 of 100"),
        answer=2,
        why="The step b − a is short beside the distances between words, so we land near where we "
        "started.",
    ),
    "novel-share": Question(
        "The seven novels hold the words of 444 analogies. What share will come out, with your "
        "gradient and three passes?",
        ("nearly all, as in the toy world", "about 3 in 10", "fewer than 1 in 20"),
        answer=1,
        why="26% to 34% over five seeds.",
    ),
    "without-direction": Question(
        "We take the direction from he to she out of every vector of GloVe. What becomes of the "
        "questions he to she, 84% right until now?",
        ("hardly any comes out", "about half", "as many as before, or more"),
        answer=2,
        why="89%. Without that direction d is simply the nearest word to c that is not forbidden. "
        "The score never proved that the step b − a was used.",
    ),
}  # fmt: skip
EXERCISES = (
    "encode", "one_hot", "context_pairs", "cbow_forward", "sgns_loss_and_grad",
    "noise_distribution", "ppmi_svd", "most_similar", "analogy", "fill_gap",
)  # fmt: skip
