"""The lesson of week 07: three questions on earlier weeks, predictions, exercises."""

from __future__ import annotations

from course.lesson import Question

WARM_UP = (
    Question(
        "A mask lets position t see positions 0 to t. What may change when token 5 of 9 changes?",
        ("all outputs", "outputs 0 to 5", "outputs 5 to 8"),
        answer=2,
        why="Positions before it cannot see it. This week that mask is what lets a model write.",
    ),
    Question(
        "BERT is trained to fill gaps. What can it not do as it is?",
        ("tell two sentences apart", "write a text from left to right", "use words on both sides"),
        answer=1,
        why="It always sees both sides. A model that writes may only ever see the left one.",
    ),
    Question(
        "A model costs 2 nats a token, and a token has 4 bytes. Bits per byte?",
        ("0.72", "0.5", "2.9"),
        answer=0,
        why="2 / ln 2 = 2.89 bits a token, over 4 bytes. Only bits per byte compare tokenizers.",
    ),
)
QUESTIONS = {
    "first-merge": Question(
        "What is the first pair that English prose joins?",
        ("a blank and t", "h and e", "q and u"),
        answer=1,
        why="'he' stands in the, he, her, she, when. A blank and t come second. 'q' is nearly "
        "always before 'u', but what counts is how often the pair occurs.",
    ),
    "cut-syllable": Question(
        "'한' is three bytes in UTF-8. A model stops after two of them. What does decode show?",
        ("an error", "half a syllable", "one �"),
        answer=2,
        why="Two bytes of three are no character. errors='replace' puts one U+FFFD there; read "
        "token by token, a whole text may look broken that is not.",
    ),
    "last-window": Question(
        "A text has N tokens, windows have T. Where may the last window begin?",
        ("N - T", "N - T - 1", "N - 1"),
        answer=1,
        why="Its last target stands one place behind its last token, and must exist.",
    ),
    "tied-loss": Question(
        "A fresh GPT with V = 3072 has small random weights. What is its first loss?",
        ("about 8", "about 3", "about 0.7"),
        answer=0,
        why="ln 3072 = 8.03: it guesses evenly. Much more would mean that the weights are too "
        "large; much less, that it sees its targets.",
    ),
    "crossing-token": Question(
        "Probabilities 0.5, 0.3, 0.15, 0.05 and top-p = 0.7. Which tokens stay?",
        ("the first", "the first two", "the first three"),
        answer=1,
        why="0.5 is not 0.7 yet; with the second it is 0.8. The one that crosses the line stays.",
    ),
    "copy": Question(
        "Forty random tokens, twice, for the tiny GPT-2. What does the second half cost?",
        ("hardly less than the first", "about half", "nearly nothing"),
        answer=0,
        why="Copying takes two heads that work together, and this model has not learned it. Larger "
        "models have (Olsson and others 2022).",
    ),
    "prompt-loss": Question(
        "Prompts of 5 tokens, answers of 30, and the prompt is left in the loss. What happens?",
        ("an error", "nothing: the loss falls all the same", "the model learns to prompt as well"),
        answer=2,
        why="A seventh of the loss goes into learning the questions. The loss looks fine, even "
        "better, since fixed prompts are easy: a bug that no curve shows.",
    ),
    "both-zero": Question(
        "LoRA with A = 0 and B = 0 at the start. What happens?",
        ("it trains as usual", "nothing ever moves", "it trains twice as slowly"),
        answer=1,
        why="The gradient of A is a product with B, that of B a product with A: both are zero.",
    ),
    "forgets": Question(
        "Fine-tuned on reviews, all weights or LoRA: what happens to its bits on the novel?",
        ("they fall too", "they stay", "they rise"),
        answer=2,
        why="Nothing in the loss asks it to keep the novels. Forgetting is what you measure when "
        "you look at both.",
    ),
    "collapse": Question(
        "Ten generations, each trained on the last one's text. Which gets worse faster?",
        ("sampling as it is", "top-p 0.95", "both alike"),
        answer=1,
        why="Top-p cuts what is rare, and the next generation never sees it. As it is, the rare is "
        "only lost by chance.",
    ),
    "ten-seconds": Question(
        "Ten seconds of one processor, *Pride and Prejudice*: which has fewer bits?",
        ("a GPT", "a table of n-grams", "about the same"),
        answer=1,
        why="Counting reads the whole book a few times in three seconds. Our GPT has seen a third "
        "of it in thirteen.",
    ),
}
EXERCISES = (
    "bpe_train",
    "BPE",
    "get_batch",
    "GPT",
    "sampling_probs",
    "sft_labels",
    "LoRALinear",
    "finetune",
    "best_bits",
)
