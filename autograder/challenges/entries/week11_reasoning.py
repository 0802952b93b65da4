"""Entries to the open challenge of week 11, from the worst to the best. Each runs behind the reference's own; read as text."""

# %% entry=blind-guess points=0..0
def best_vote(purchases):
    return np.full((len(purchases), 10), 0.1)

# %% entry=majority-of-all points=1..2
def best_vote(purchases):
    rows = []
    for text in purchases:
        votes = Counter(answer[-2] for answer in text.split() if answer.endswith("."))
        rows.append([votes[digit] + 0.5 for digit in "0123456789"])
    table = np.array(rows)
    return table / table.sum(axis=1, keepdims=True)

# %% entry=worked-ones-weigh-more points=2..3.5
def best_vote(purchases):
    rows = []
    for text in purchases:
        scores = np.zeros(10)
        for answer in text.split():
            if answer.endswith("."):
                scores[int(answer[-2])] += 1.8 if answer[0] == "{" else 0.5
        row = np.exp(scores - scores.max()) + 0.02
        rows.append(row / row.sum())
    return np.array(rows)

# %% entry=rules-of-worked-ones-alone points=3..5
def best_vote(purchases):
    digits = np.arange(10)
    rules = [[(a + n) % 10 for a in digits] for n in range(1, 10)]
    rules = np.array(rules + [[a * n % 10 for a in digits] for n in range(1, 10)])
    rows = []
    for text in purchases:
        begun = [answer for answer in text.split() if answer[0] == "{"]
        thoughts = [[int(c) for c in re.match(r"\{([0-9]*)", a)[1]] for a in begun]
        p = np.ones(10)
        for t in thoughts:
            p = p * np.where(digits == (t[0] if t else -1), 0.82, 0.02)
        for i in range(1, max([3, *map(len, thoughts)])):
            weights = np.ones(18)
            for t in thoughts:
                if len(t) > i:
                    weights = weights * np.where(rules[:, t[i - 1]] == t[i], 0.82, 0.02)
            following = np.zeros(10)
            for rule, weight in zip(rules, weights / weights.sum()):
                np.add.at(following, rule, weight * p / p.sum())
            p = following
        for answer in text.split():
            if answer[0] != "{" and answer.endswith("."):
                p = p * np.where(digits == int(answer[0]), 0.3, 0.08)
        p = p / p.sum() + 0.003
        rows.append(p / p.sum())
    return np.array(rows)
