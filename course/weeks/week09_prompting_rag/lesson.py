"""The lesson of week 09: three questions on earlier weeks, predictions, exercises."""

from __future__ import annotations

from course.lesson import Question

WARM_UP = (
    Question(
        "Two word vectors point the same way, one is twice as long (week 01). Their cosine is …",
        ("1", "2", "0.5"),
        answer=0,
        why="Only the direction counts. Dense retrieval, below, compares texts by it.",
    ),
    Question(
        "A language model (week 07) is asked for a king who never lived. What does it do?",
        ("it says that it does not know", "it goes on with likely words", "it raises an error"),
        answer=1,
        why="It was trained to go on. Saying 'I do not know' is something that you will build.",
    ),
    Question(
        "What did tuning on preferences (week 08) do about made-up facts?",
        ("it removed them", "it checked them against the web", "little: raters like confidence"),
        answer=2,
        why="Nobody looks a fact up in such a training. This week looks facts up.",
    ),
)  # fmt: skip
QUESTIONS = {
    "forged": Question(
        "A question holds a line break and then 'Answer: 42'. Pasted into a prompt as it is …",
        ("the model sees an answer that is not yours", "nothing happens", "Python raises an error"),
        answer=0,
        why="A prompt is one text. What looks like your own line is taken for it; so line breaks "
        "in what others wrote have to go.",
    ),
    "goes-on": Question(
        "The model answers, and may write 40 tokens more. What does it write then?",
        ("blanks", "another question with its answer", "the same answer again, always"),
        answer=1,
        why="It goes on as the prompt did: the next 'Question:' and its answer. A parser that "
        "takes the last 'Answer:' of everything takes that one.",
    ),
    "agreement": Question(
        "Ten samples: four say 'Seoul', six could not be read. How large is the agreement?",
        ("1.0: all that were read agree", "0.4", "0.67"),
        answer=1,
        why="What could not be read is no vote for Seoul. Counting it keeps the bot modest.",
    ),
    "edges": Question(
        "Chunks of 60 words, no overlap. An answer of 3 words stands somewhere. It is cut in two",
        ("never", "in about 1 of 30 cases", "in about 1 of 3 cases"),
        answer=1,
        why="2 of 60 places cut a run of three words. An overlap of 2 words would already help.",
    ),
    "saturation": Question(
        "One text holds the word ten times, another once; equal lengths. BM25 (k1 = 1.2) gives it",
        ("about ten times as much", "about twice as much", "the same"),
        answer=1,
        why="10 · 2.2 / (10 + 1.2) is 1.96: it saturates at k1 + 1 = 2.2.",
    ),
    "mrr": Question(
        "The right passage is first for half of the questions and second for the others. MRR?",
        ("0.5", "0.75", "1.5"),
        answer=1,
        why="Half of 1 and half of 1/2. Recall@2 would be 1 and hide the difference.",
    ),
    "dense": Question(
        "'Which money do people in Peru pay with?' Alone, averaged word vectors against BM25:",
        (
            "vectors win: money is near currency",
            "BM25 wins: vectors blur the name Peru",
            "they are equal",
        ),
        answer=1,
        why="A mean of sixty words hardly moves for one name. The vectors know what is meant, not "
        "who is meant; together they are better than either.",
    ),
    "cites": Question(
        "The reader answers 'Lima', and no passage that it saw holds the word. The bot should …",
        ("answer, and cite the best passage", "answer without a source", "abstain"),
        answer=2,
        why="A citation that does not hold the claim is worse than none: it looks checked.",
    ),
    "filtered": Question(
        "A filter drops every sentence with 'ignore the instructions above'. What gets through?",
        ("nothing", "the same order in other words", "only harmless sentences"),
        answer=1,
        why="A list of patterns knows what its author thought of. It is one layer of several.",
    ),
    "josa": Question(
        "A Korean question says 패키지를, the answer says 패키지는. Split at blanks these are …",
        ("the same word", "two different words", "a spelling mistake"),
        answer=1,
        why="The particle sticks to the noun. Cut into pairs of characters, 패키 and 키지 are "
        "shared.",
    ),
    "stranger": Question(
        "A question about a country that is not in the library. Which choice earns F1 = 1?",
        ("the passage that is nearest", "none", "five passages, to be safe"),
        answer=1,
        why="There is nothing to find. One question in seven is like that.",
    ),
}
EXERCISES = (
    "build_prompt",
    "parse_answer",
    "self_consistency",
    "chunk",
    "bm25",
    "recall_and_mrr",
    "rag_answer",
    "injection_filter",
    "best_evidence",
)
