"""The lesson of week 14: three questions on earlier weeks, predictions, exercises."""

from __future__ import annotations

from course.lesson import Question

WARM_UP = (
    Question(
        "Attention (week 04): one query, N keys. How many numbers come out of the softmax?",
        ("1", "N, which sum to 1", "N, each between 0 and 1, of any sum"),
        answer=1,
        why="One weight for each key. Today keys are patches of a picture, and queries are words.",
    ),
    Question(
        "Negative sampling (week 01) tells a true pair from K false ones. Who drew the false ones?",
        ("a person", "the corpus: other words, drawn by frequency", "the model"),
        answer=1,
        why="False pairs cost nothing. Today they cost even less: the other captions of the batch.",
    ),
    Question(
        "A loss is the mean of -ln p(right one). At the start, with 64 candidates, it is about …",
        ("64", "ln 64 = 4.2", "1/64"),
        answer=1,
        why="Nothing learned: all 64 are equally likely. It was ln V for a language model.",
    ),
)  # fmt: skip
QUESTIONS = {
    "patches": Question(
        "224 x 224 pixels in three colours, P = 16: how many patches, how many numbers in each?",
        ("196 of 768", "14 of 16", "768 of 196"),
        answer=0,
        why="14 x 14 patches of 16 x 16 x 3 numbers. An image is worth 196 words of 768 numbers.",
    ),
    "temperature": Question(
        "The pairs match perfectly: cosine 1, all others 0; B = 64. The loss at τ = 1 is …",
        ("0", "about 3.2", "about 4.2"),
        answer=1,
        why="ln(1 + 63/e) = 3.18. Cosines are short: without a small τ a perfect model looks bad.",
    ),
    "left-out": Question(
        "No 7 was ever shown, but the word 'seven' may be asked for. Of the 7s, recognised are …",
        ("nearly all", "about one in ten", "nearly none"),
        answer=2,
        why="Zero-shot means: no labels. What no caption ever told is not in the space.",
    ),
    "constant": Question(
        "A broken model gives the same score to all 300 captions. Its recall at 1 should be …",
        ("0%", "100%", "it depends on how ties are counted"),
        answer=2,
        why="Counted kindly it has 100%, and such tables were published. Yours counts 0.",
    ),
    "unseen-names": Question(
        "300 emoji that it never saw, a caption to be picked from 300. Chance is 0.3%. It gets …",
        ("about 1%", "about 15%", "about 60%"),
        answer=1,
        why="Forty times chance, and wrong six times of seven. What looks like something known "
        "and is called like it is found; the flag of an unseen country is not.",
    ),
    "sticker": Question(
        "A quarter of each picture is covered by a piece of another. 42% of the captions were "
        "among the first ten; now it is …",
        ("about 35%", "about 20%", "nearly none"),
        answer=0,
        why="Corners are mostly white, and a sum over sixteen patches forgives four. Covered to "
        "more than half it falls to 15%, and the sticker's caption is found nearly as often.",
    ),
    "where": Question(
        "It is told which words belong to a scene, never where. Its attention finds the place …",
        ("as often as chance: 1 in 4", "more often than not", "never"),
        answer=1,
        why="The only way to say yes to 'whale' is to look at the whale.",
    ),
    "mel": Question(
        "From 200 to 400 Hz is an octave. From 5,000 to 5,200 Hz the same number of Hz. In mel …",
        ("both are equally far", "the octave is much farther", "the higher one is farther"),
        answer=1,
        why="226 mel against 39. The scale gives room where ears, and vowels, need it.",
    ),
    "double": Question(
        "Which of these frames is read as 'apple'?",
        ("a p p l e", "a p - p l e", "a - p p l e"),
        answer=1,
        why="Equal neighbours are one symbol. Only a blank between them keeps both.",
    ),
    "paths": Question(
        "Six frames are to be read as 'cat'. How many paths of c, a, t and blanks are there?",
        ("20", "84", "4^6 = 4096"),
        answer=1,
        why="Choose where each symbol begins and ends: 9 over 3 = 84. The loss sums them all, "
        "without listing one.",
    ),
    "cards": Question(
        "A caption lies in one glued word: 'tekasinoru'. What do you compare?",
        ("whole words", "pieces of words", "lengths"),
        answer=1,
        why="Each whole word is new: no example has it. Its pieces are old.",
    ),
}
EXERCISES = (
    "patchify",
    "info_nce",
    "zero_shot_classify",
    "recall_at_k",
    "cross_attend",
    "mel_spectrogram",
    "ctc_collapse",
    "ctc_loss",
    "match_captions",
)
