"""The lesson of week 06: three questions on earlier weeks, predictions, exercises."""

from __future__ import annotations

from course.lesson import Question

WARM_UP = (
    Question(
        "Which positions does a decoder's mask of week 05 hide from position t?",
        ("those before t", "those after t", "padding only"),
        answer=1,
        why="It must not see what it should predict. This week's encoder has no such mask: it "
        "looks both ways, so the answer must be hidden in another way.",
    ),
    Question(
        "A uniform guess over 6,000 tokens: what is its cross-entropy in nats?",
        ("ln 6000 = 8.7", "6000", "1 / 6000"),
        answer=0,
        why="As in week 00: the expected loss at the start is the logarithm of the number of "
        "choices. You will meet 8.7 again below.",
    ),
    Question(
        "What could word2vec of week 01 not do?",
        ("learn from plain text", "give a word another vector in another sentence",
         "put similar words side by side"),
        answer=1,
        why="One row of a table for each word, whatever stands around it. An encoder gives a "
        "vector for each word in its sentence.",
    ),
)  # fmt: skip
QUESTIONS = {
    "how-many-masks": Question(
        "200 tokens that may be chosen, share 15%. About how many [MASK] will the model see?",
        ("30", "24", "20"),
        answer=1,
        why="30 are chosen, and 80% of them become [MASK]. All 30 have to be predicted.",
    ),
    "forty-epochs": Question(
        "Forty epochs of a text, 15% chosen. How many different gaps does a token's text show in "
        "all, static and dynamic?",
        ("one and forty", "forty and forty", "one and one"),
        answer=0,
        why="Corrupted once, it is the same cloze forty times, and the model may learn it by "
        "heart. Corrupted at each visit, it is forty different ones.",
    ),
    "topic-shortcut": Question(
        "Who is good at next sentence prediction without understanding any order?",
        ("nobody", "who compares the words of both sentences", "who counts the words"),
        answer=1,
        why="A sentence of another document has other topics. To keep the order in play, a later "
        "model (ALBERT, 2020) exchanges two sentences of the same text.",
    ),
    "a-sum": Question(
        "Token, place and segment are added, not put side by side. Can the layers above still "
        "tell 'film at place 3' from 'plot at place 5'?",
        ("no, a sum forgets its parts", "yes, nearly always", "only with sines"),
        answer=1,
        why="In hundreds of dimensions the tables take up directions of their own, and training "
        "keeps them apart.",
    ),
    "loss-of-nothing-learned": Question(
        "A new model, V = 6,000. What is its loss on the chosen positions?",
        ("about 8.7", "about 1.3, since only 15% are chosen", "about 0"),
        answer=0,
        why="ln 6000 for each chosen position, and the mean is over those alone.",
    ),
    "mean-with-padding": Question(
        "You forget the mask in 'mean'. Which texts get another class from batch to batch?",
        ("the longest", "the short ones", "none"),
        answer=1,
        why="The longest row has no padding. A short text is averaged with filler, more of it "
        "the longer its neighbours are.",
    ),
    "bottom-rate": Question(
        "Four layers, layer_decay 0.8. Which part of the head's rate do the embeddings get?",
        ("0.8", "0.41", "0.33"),
        answer=2,
        why="Five steps below the head: 0.8 to the power of 5 is 0.33.",
    ),
    "always-positive": Question(
        "Three classes of equal size, and a model that says 'positive' every time. Its macro F1?",
        ("0.33", "0.17", "0.50"),
        answer=1,
        why="One class has F1 = 1/2 (recall 1, precision 1/3), two have 0: their mean is 1/6.",
    ),
    "static-or-dynamic": Question(
        "300 toy reviews, many epochs. What does the held-out loss of static masking do?",
        ("it is the same as with dynamic masking", "it falls, and then rises again",
         "it falls more slowly, but as far"),
        answer=1,
        why="The same gaps are learned by heart, as in every overfitting. New gaps at each visit "
        "are new exercises from the same text.",
    ),
    "who-wins-at-200": Question(
        "Three-way mood of movie snippets from 200 labels. Who is best on unseen ones?",
        ("the encoder from scratch", "a tuned bag of words", "the pre-trained encoder"),
        answer=1,
        why="Over five seeds 46.5%, against 41.6% for the pre-trained encoder and 36% for fresh "
        "weights. Pre-training helps, and eighty seconds of it are far too little.",
    ),
    "shuffled": Question(
        "You shuffle the words of every test snippet. What is left of the fine-tuned BERT's "
        "accuracy?",
        ("nearly all", "about half of what it had above chance", "nothing: chance"),
        answer=0,
        why="Nine of ten snippets keep their class. On 200 labels the network is a bag of words "
        "with better words: an accuracy does not say what was read.",
    ),
    "labels-or-text": Question(
        "From 200 labels: what helps most?",
        ("a larger network", "vectors that were learned from other text", "more epochs"),
        answer=1,
        why="Most words of a new review are not among the words of 200 reviews. Knowledge about "
        "them must come from text without labels.",
    ),
}  # fmt: skip
EXERCISES = (
    "mlm_corrupt",
    "dynamic_collate",
    "nsp_pairs",
    "bert_embed",
    "mlm_loss",
    "classifier_head",
    "param_groups",
    "evaluate",
    "shelves_from_200",
)
