"""The lesson of week 04: three questions on earlier weeks, predictions, exercises."""

from __future__ import annotations

from course.lesson import Question

WARM_UP = (
    Question(
        "A GRU runs over a padded batch. What must its state be at the padding?",
        ("zero", "what it was at the last real token", "anything: nobody looks at it"),
        answer=1,
        why="A state that runs on through padding makes the answer depend on the neighbours in the "
        "batch. This week the state after the last word starts the translation.",
    ),
    Question(
        "Why does a network that reads in both directions suit the reader, and not the writer?",
        (
            "the writer does not have its right-hand side yet",
            "it would be too slow",
            "it suits both",
        ),
        answer=0,
        why="The source is all there. The target is being written: its end does not exist yet.",
    ),
    Question(
        "All logits grow by 100. What happens to the softmax?",
        ("it becomes sharper", "nothing", "it overflows, always"),
        answer=1,
        why="A constant cancels. That is why the maximum can be subtracted, and why a score that "
        "is the same for all positions decides nothing.",
    ),
)
QUESTIONS = {
    "share-of-padding": Question(
        "Batches of 128 sentences, as they come: how much of the tensor is filler?",
        ("about 5%", "about 20%", "about half"),
        answer=2,
        why="One long sentence makes a row of filler out of every short one beside it. Batches of "
        "like lengths nearly do away with it, and train faster for that.",
    ),
    "score-without-tanh": Question(
        "Leave out the tanh. Which position has the largest score then, for two different queries?",
        ("the same for both", "the one that is most alike to each query", "a random one"),
        answer=0,
        why="Without the curve the score is a sum of a part that knows the query and a part that "
        "knows the position. The first is the same everywhere and cancels in the softmax.",
    ),
    "mask-after": Question(
        "You take the softmax first and set the padding to 0 afterwards. What is wrong?",
        ("nothing", "the real weights sum to less than 1", "padding gets a little weight"),
        answer=1,
        why="The padding has taken its share with it: the shorter the sentence, the weaker the "
        "context. Nothing crashes, and the same sentence differs with its neighbours.",
    ),
    "equal-weights": Question(
        "A decoder whose weights are equal at every step: what does it see?",
        ("nothing", "the mean of the memory, the same at each step", "the last word"),
        answer=1,
        why="That is one fixed vector again: what attention adds is that the mean changes from "
        "word to word.",
    ),
    "one-wrong-word": Question(
        "With attention or without: in long sentences, which is right to the last particle?",
        ("with: most of them; without: hardly any", "with: half; without: a third", "both: most"),
        answer=0,
        why="Every word of a long sentence must fit through one vector, or be looked up when it "
        "is needed.",
    ),
    "wider-beam": Question(
        "The network with one fixed vector errs. How many of its errors does a beam of 5 repair?",
        ("nearly all", "about half", "few"),
        answer=2,
        why="The beam finds sentences that the model likes better. Where the model has lost what "
        "the sentence said, it likes wrong ones.",
    ),
    "swapped-halves": Question(
        "Cut good translations in two and swap the halves. What is left of their BLEU?",
        ("about 0", "about a third", "more than half"),
        answer=2,
        why="Only the n-grams across the two cuts break. BLEU sees four words at a time and not "
        "the sentence; who did what to whom is not in it.",
    ),
    "where-it-looks": Question(
        "Nobody told the network where to look. How often is its look on a linked word?",
        ("by chance: 13%", "about half", "well above half"),
        answer=2,
        why="To write a noun it must find the noun. Where it need not look, at a particle that "
        "follows the sound of the word before, it looks elsewhere: its own state knows.",
    ),
    "held-look": Question(
        "The look of one step is held at another noun. What is written there?",
        ("the same word as before", "the noun that it looks at", "<unk>"),
        answer=1,
        why="The noun comes from the look, and here the map is a cause. What follows is written "
        "from what was written, and no longer fits the English.",
    ),
    "network-or-memory": Question(
        "3,500 short pairs of a manual. Which has the better chrF on new ones?",
        ("the network, clearly", "both alike", "the translation memory"),
        answer=2,
        why="So few sentences teach a network little, and a manual repeats itself: an old "
        "neighbour, written by a person, has whole right phrases in it.",
    ),
    "aligning-blindly": Question(
        "Two strange languages, 2,500 sentences: how often is a good aligner right?",
        ("less than half the time", "more than nine times in ten", "always"),
        answer=1,
        why="Ten rounds of believing one's own guesses a little sharpen weak hints: that is EM, "
        "and Brown's Model 1 of 1993.",
    ),
}
EXERCISES = (
    "pad_batch",
    "additive_scores",
    "masked_softmax",
    "decoder_step",
    "greedy_decode",
    "beam_search",
    "bleu",
    "alignment_accuracy",
    "best_aligner",
)
