"""The lesson of week 10: three questions on earlier weeks, predictions, exercises."""

from __future__ import annotations

from course.lesson import Question

WARM_UP = (
    Question(
        "Week 05: attention without positions, and two words of the sentence trade places. What do "
        "the outputs do?",
        ("they stay as they are", "they trade places too", "they all change"),
        answer=1,
        why="Attention is a mean over a set: it does not know who stands where. Something has to "
        "tell it. This week that something turns queries and keys.",
    ),
    Question(
        "Week 07: a GPT writes 100 tokens, and runs over the whole text for each. How many tokens "
        "does it read in all, with a prompt of 10?",
        ("110", "about 6,000", "about 100,000"),
        answer=1,
        why="10 + 11 + … + 109 = 5,950. The keys and values of the old tokens never change, so "
        "most of that work is done again for nothing.",
    ),
    Question(
        "Week 03: an LSTM multiplies by a gate between 0 and 1. What is a gate there for?",
        ("to let numbers pass or hold them back", "to keep the loss small", "to add noise"),
        answer=0,
        why="A product with a learned number decides what passes. Gates come back this week, in "
        "the middle of a feed-forward layer.",
    ),
)
QUESTIONS = {
    "shifted": Question(
        "All numbers of a vector grow by 5. Which norm gives the same output as before?",
        ("LayerNorm", "RMSNorm", "both"),
        answer=0,
        why="LayerNorm subtracts the mean, so a shift is gone. RMSNorm only divides: a scale is "
        "gone, a shift is not. Models do not seem to miss it.",
    ),
    "far-apart": Question(
        "A query at position 7 meets a key at position 3. The same two at 104 and 100: the score?",
        ("is smaller", "is the same", "is larger"),
        answer=1,
        why="Both are turned by their positions, so their angle depends on 7 - 3 alone. That is "
        "the whole idea.",
    ),
    "open-gate": Question(
        "SwiGLU: the input of the gate is -20 everywhere. What comes out?",
        ("nearly nothing", "the up branch as it is", "large negative numbers"),
        answer=0,
        why="SiLU(-20) = -20 sigmoid(-20), about -4e-8: the gate is shut, whatever the other "
        "branch says.",
    ),
    "cache-size": Question(
        "SmolLM2 has 9 heads of queries and 3 of keys and values. How much smaller is its cache "
        "than with 9 of each?",
        ("not at all", "a third of the size", "a ninth of the size"),
        answer=1,
        why="Only keys and values are kept. Queries are used once, and forgotten.",
    ),
    "same-tokens": Question(
        "Your functions run other people's weights. The largest difference in the logits from "
        "transformers will be about…",
        ("exactly 0", "0.00001", "0.1"),
        answer=1,
        why="The same products summed in another order differ in the last digits of float32. "
        "The tokens are the same.",
    ),
    "cache-speed": Question(
        "The tiny Llama writes 100 tokens, with a cache and without. How does the time for one "
        "more token grow without?",
        ("it stays", "it grows with the length of the text", "it doubles at each token"),
        answer=1,
        why="Without a cache every token reads the whole text again. With it the time hardly "
        "grows: one new row of queries against all keys.",
    ),
    "four-bits": Question(
        "16 levels for each group of 32 weights. What does the perplexity do?",
        ("it doubles", "it hardly moves", "it explodes"),
        answer=1,
        why="The errors are small, many, and of both signs: sums over them nearly cancel. With 4 "
        "levels, 2 bits, they do not.",
    ),
    "idle-experts": Question(
        "Eight experts, each token asks one, and nothing asks for balance. After training…",
        ("all are asked alike", "some do most of the work", "one does everything"),
        answer=1,
        why="Who was asked has learned, and so is asked again. The balance loss is there to stop "
        "that.",
    ),
    "worst-bug": Question(
        "One mistake in a trained Llama. Which costs the most?",
        ("the norm subtracts the mean", "SiLU on the other branch", "no positions"),
        answer=2,
        why="Without its positions the tiny Llama reads a bag of words: nearly five times the "
        "perplexity. The mean of its vectors is near zero anyway, so that bug hardly shows. It is "
        "the one to be afraid of.",
    ),
    "which-change": Question(
        "From GPT-2 to Llama at equal size and few steps: which change brings the most?",
        ("rotary positions", "RMSNorm and SwiGLU", "sharing keys and values"),
        answer=0,
        why="A small model that trains for minutes need not learn what its positions mean: the "
        "turning tells it. Sharing keys and values brings no quality, it buys a small cache.",
    ),
}
EXERCISES = (
    "rms_norm",
    "rope",
    "swiglu",
    "grouped_attention",
    "KVCache",
    "generate",
    "Q4",
    "route",
    "fix_llama",
    "best_file",
)
