"""The lesson of week 11: three questions on earlier weeks, predictions, exercises."""

from __future__ import annotations

from course.lesson import Question

WARM_UP = (
    Question(
        "A model writes 'the answer is' and then one token. How much work goes into that token?",
        ("more, the harder the question", "the same for every question", "none: it is looked up"),
        answer=1,
        why="One pass through the layers, whatever was asked. More tokens are the only way to more "
        "work, and that is this week's idea.",
    ),
    Question(
        "Fine-tuning on question and answer (week 07): which tokens are in the loss?",
        ("the answer's, with its end", "all of them", "the answer's, without its end"),
        answer=0,
        why="The end is a token that the model has to choose. It comes back in exercise 5.",
    ),
    Question(
        "A policy is rewarded without a leash to its reference (week 08). What happened?",
        ("it stayed where it was", "it wrote what the reward model liked, and no longer English",
         "it became better English"),
        answer=1,
        why="What is measured is what you get. A verifier is harder to please by nonsense than a "
        "reward model; you will see how little it takes to soften it.",
    ),
)  # fmt: skip
QUESTIONS = {
    "last-digit": Question(
        "A judge takes the last digit of an answer. Which of these does it call right for 5?",
        ("{15}5. and nothing else", "also 1234567895", "none"),
        answer=1,
        why="And also '5' behind a page of nonsense. A model in training tries such things by the "
        "thousand, and keeps what pays.",
    ),
    "majority": Question(
        "Each vote is right with 0.28, each of nine wrong digits has 0.08. 64 votes: right?",
        ("about 0.3", "about 0.6", "nearly always"),
        answer=2,
        why="0.28 against 0.08 is a clear lead after 64 votes. The base is not like that: on many "
        "problems one *wrong* digit leads, and no number of votes helps there.",
    ),
    "flattering": Question(
        "Ten possible answers, 64 blind guesses. How often is at least one right?",
        ("6 in 10", "9 in 10", "999 in 1000"),
        answer=2,
        why="1 - 0.9 to the 64th is 0.999. With ten possible answers pass@64 says nearly nothing.",
    ),
    "lucky": Question(
        "One right text was drawn five times, another once. Keeping each text once …",
        ("loses how often each is right", "changes nothing", "always helps: more variety"),
        answer=0,
        why="How often a way of answering comes out right is the signal. Kept once, luck and work "
        "count alike.",
    ),
    "stop": Question(
        "The full stop itself is left out of the loss. What does the model learn about stopping?",
        ("to stop sooner", "nothing", "to stop later"),
        answer=1,
        why="No gradient touches the choice to stop. It stays as the base had it, or drifts along "
        "with everything else.",
    ),
    "group": Question(
        "In which group does a right answer get the largest scaled advantage?",
        ("all 16 right", "8 of 16 right", "1 of 16 right"),
        answer=2,
        why="The lone right one is 3.9 deviations above its group. Where all are right it is 0: "
        "nothing was better than anything.",
    ),
    "never-negative": Question(
        "k1 = log p - log q at one sampled symbol. How small can a single value be?",
        ("0: a distance is never negative", "it has no lower end", "-1"),
        answer=1,
        why="Only the mean is never negative. A symbol that the reference likes better gives a "
        "negative value, as far down as you like.",
    ),
    "clipped": Question(
        "A bad answer (A < 0) has become likelier: its ratio is 1.5, the clip 0.2. What happens?",
        ("it is pushed down, in full", "no push: it is clipped", "it is pushed up"),
        answer=0,
        why="min takes 1.5 A, the worse of both. Clipping ends a push that went far enough; it "
        "never protects a mistake.",
    ),
    "hacked": Question(
        "Rewarded for the right digit *anywhere*: what happens to strictly right answers?",
        ("they rise and stay up", "they rise, then fall", "they fall from the start"),
        answer=1,
        why="First work pays: worked answers hold more digits, the right one among them. Then the "
        "model finds out that all ten digits in a row always pay, and full stops never do.",
    ),
    "price": Question(
        "Right: 1. Each symbol: -0.04. Two to six numbers. Where does it go on working?",
        ("nowhere", "everywhere", "where it cannot guess"),
        answer=2,
        why="On two numbers a glance is right often enough, and saves the price. On six a "
        "glance is right once in four: there working pays for itself.",
    ),
    "thirty": Question(
        "A worked answer says 4, three short ones say 7. Steps slip one time in five. Which digit?",
        ("4", "7", "neither is likelier"),
        answer=0,
        why="Three short answers often make the same mistake: they forget the last step. On the "
        "practice set, believing the worked one pays.",
    ),
}
EXERCISES = (
    "verify",
    "majority_vote",
    "pass_at_k",
    "rejection_sample",
    "response_mask",
    "group_advantages",
    "kl_k3",
    "policy_loss",
    "best_vote",
)
