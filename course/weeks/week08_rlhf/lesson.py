"""The lesson of week 08: three questions on earlier weeks, predictions, exercises."""

from __future__ import annotations

from course.lesson import Question

WARM_UP = (
    Question(
        "A GPT gives logits at every position. Those at the last one are for which token?",
        ("the last", "the next, which is not there yet", "the first"),
        answer=1,
        why="Position t speaks about t + 1. The logits of a text's last token score nothing in it.",
    ),
    Question(
        "Labels of -100 stand for what?",
        ("places that do not count in the loss", "the end of a text", "unknown words"),
        answer=0,
        why="Prompt and padding are left out. This week a mask does the same for rewards.",
    ),
    Question(
        "Temperature near 0, on the same logits: what happens to the samples?",
        ("they vary more", "they become all alike", "nothing"),
        answer=1,
        why="Everything goes to the likeliest token. A policy tuned too far looks just like that.",
    ),
)
QUESTIONS = {
    "agreement": Question(
        "Two random film reviews, two raters: how often does a rater side with the majority?",
        ("in 95 of 100", "in about 84 of 100", "in about 60 of 100"),
        answer=1,
        why="People differ. No reward model can agree with one rater more often than that.",
    ),
    "reward-models": Question(
        "Who agrees with a rater more often, on texts that are new?",
        ("a small Transformer", "a tuned sum over words and pairs", "both alike"),
        answer=1,
        why="7,423 short texts are few. Words of praise and blame say most of it, and a linear "
        "model finds them surely; the Transformer stays a little behind.",
    ),
    "sum-of-logprobs": Question(
        "A text's log-probability is the sum of its tokens'. What follows for longer texts?",
        ("they are less likely", "they are likelier", "nothing"),
        answer=0,
        why="Each token multiplies by a chance below 1. Who compares sums of texts of unequal "
        "length compares lengths too.",
    ),
    "no-leash": Question(
        "With beta = 0, what does the reward of all tokens but the last become?",
        ("the score", "0", "minus the score"),
        answer=1,
        why="Only the price of leaving the reference falls on single tokens. Without it nothing "
        "holds the policy where the reward model has seen anything.",
    ),
    "perfect-value": Question(
        "The value function knows exactly what will come. What are the advantages?",
        ("all 0", "all equal to the score", "largest at the end"),
        answer=0,
        why="No surprise, no lesson: an advantage is what a token brought beyond the expected.",
    ),
    "clip": Question(
        "A bad token (negative advantage) is already half as likely. What does PPO do with it?",
        ("pushes it on", "nothing: no gradient", "pulls it back up"),
        answer=1,
        why="Below 0.8 the clipped product is the smaller one, and it is flat. Only had it become "
        "likelier, it would be pushed.",
    ),
    "hacked": Question(
        "No leash, and a reward that adds up words. After twenty steps the policy writes …",
        ("better reviews", "longer reviews", "one word of praise, again and again"),
        answer=2,
        why="That is the highest reward there is. The reward model never said that it is a review.",
    ),
    "dpo-start": Question(
        "Policy = reference, a thousand pairs. What is DPO's loss before the first step?",
        ("0", "0.69", "it depends on the pairs"),
        answer=1,
        why="Every margin is 0, and -log sigmoid(0) = ln 2. Another start means that the reference "
        "is not subtracted.",
    ),
    "best-of-16": Question(
        "How far from the reference is best-of-16, in nats of KL?",
        ("about 1.8", "about 16", "0, nothing was trained"),
        answer=0,
        why="log 16 - 15/16 = 1.83. Reward per nat is hard to beat there; but it costs 16 samples "
        "for each answer, always.",
    ),
    "attack": Question(
        "The shipped reward model reads sentences. Can one word, four times, beat all people?",
        ("yes", "no, it sees that this is no sentence", "only with a long search"),
        answer=0,
        why="It has never seen such a text, so nothing taught it that this is bad.",
    ),
    "spend": Question(
        "A mean KL of 1: spend 1 on every person, or more where candidates lie far apart?",
        ("1 on each", "more where they lie far apart", "it makes no difference"),
        answer=1,
        why="Where all candidates are alike, choosing wins little. One beta for all spends by "
        "itself where the rewards differ.",
    ),
}
EXERCISES = (
    "preference_pairs",
    "reward_loss",
    "token_logprobs",
    "kl_penalty",
    "advantages",
    "ppo_loss",
    "dpo_loss",
    "best_of_n",
    "best_wins",
)
