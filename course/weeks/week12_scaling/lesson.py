"""The lesson of week 12: three questions on earlier weeks, predictions, exercises."""

from __future__ import annotations

from course.lesson import Question

WARM_UP = (
    Question(
        "Two models with different tokenizers read one text (week 07). What may be compared?",
        ("nats per token", "perplexity", "bits per byte"),
        answer=2,
        why="A tokenizer with longer tokens has fewer and dearer ones. Bytes are equal for both.",
    ),
    Question(
        "One layer of a Transformer with D = 512, inner = 2048 (week 05). How many numbers, about?",
        ("0.3 million", "3 million", "30 million"),
        answer=1,
        why="Four matrices of 512 by 512, two of 512 by 2048: 12 times 512 squared, 3.1 million.",
    ),
    Question(
        "LoRA trains 1% of a model's numbers (week 07). What becomes cheaper for certain?",
        ("the optimizer's state", "reading a prompt", "the file of the base model"),
        answer=0,
        why="AdamW remembers two moments for each trained number, and for no other. Exercise 8 "
        "counts the bytes.",
    ),
)
QUESTIONS = {
    "tables": Question(
        "GPT-2 has 124 million numbers. Which share is its tables of tokens and positions?",
        ("3%", "32%", "75%"),
        answer=1,
        why="50,257 tokens and 1,024 positions of 768 numbers each: 39 million. In GPT-3 the same "
        "tables are 0.4%.",
    ),
    "backward": Question(
        "The backward pass of a matrix product costs how much, with the forward pass as 1?",
        ("half", "the same", "twice"),
        answer=2,
        why="One product for the gradient of its inputs, one for that of its weights. Hence the "
        "6 in 6 n t: 2 forward, 4 backward.",
    ),
    "tenfold": Question(
        "Kaplan's exponent is 0.076. Ten times the numbers: how far does the loss fall?",
        ("by 16%", "by half", "to a tenth"),
        answer=0,
        why="10 to the power of -0.076 is 0.84. That is all that a factor of ten buys, and why "
        "these runs are so dear.",
    ),
    "gpt3": Question(
        "GPT-3: 175 billion numbers, 300 billion tokens. For its operations it was …",
        ("too small", "about right", "too large"),
        answer=2,
        why="1.7 tokens for each number. Chinchilla's rule asks for about 20: a model of about 50 "
        "billion numbers, and a trillion tokens.",
    ),
    "floor": Question(
        "The true curve has a floor. A line through the logarithms, drawn far to the right, is …",
        ("too low", "too high", "right on average"),
        answer=0,
        why="The line goes on falling where the curve flattens. Bets without a floor are too "
        "good to be true.",
    ),
    "all-or-nothing": Question(
        "A right token: from 0.90 to 0.95. Answers of 20 tokens, right from end to end:",
        ("from 12% to 36%", "from 90% to 95%", "from 45% to 48%"),
        answer=0,
        why="0.9 to the 20th is 0.12, 0.95 to the 20th is 0.36. A small step on one ruler is a "
        "leap on another.",
    ),
    "soft": Question(
        "Without the factor tau squared: at tau = 4 the gradient of the soft part is about …",
        ("4 times as large", "a quarter", "a sixteenth"),
        answer=2,
        why="One factor 1/tau from dividing the logits, one since two softened distributions lie "
        "nearer to each other. The factor puts both back.",
    ),
    "fits": Question(
        "Llama 2 7B, trained whole with AdamW in mixed precision. The state alone takes …",
        ("13 GB", "54 GB", "108 GB"),
        answer=2,
        why="16 bytes a number times 6.7 billion. 13 GB is the weights, to run it; activations "
        "come on top.",
    ),
    "cut": Question(
        "Six layers, one is cut out without training. Which one is missed most?",
        ("the first", "one in the middle", "the last"),
        answer=0,
        why="The others read what the first one writes into the stream, as they learned it. See "
        "the bars.",
    ),
    "korean": Question(
        "The same paragraphs, read as bytes. Which language has more bits per byte?",
        ("English", "Korean", "they are equal"),
        answer=0,
        why="The bytes of a syllable help to foretell each other. Per character it is the other "
        "way round; per paragraph you see what is said.",
    ),
    "too-sure": Question(
        "A bet that is too sure of itself, against one spread evenly: which scores better?",
        ("the sure one, it knows something", "the even one", "it depends on the sizes"),
        answer=1,
        why="The line without a floor, with a spread of 0.02, pays more than 8 bits a bet, the "
        "even one 5.3. What you do not know must be in the bet.",
    ),
}
EXERCISES = (
    "count_params",
    "train_flops",
    "fit_power_law",
    "isoflop_optimum",
    "extrapolate",
    "emergence_metric",
    "distill_loss",
    "memory_of_training",
    "best_bet",
)
