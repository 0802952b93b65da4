"""Entries to the open challenge of week 12, from the worst to the best. Each runs behind the reference's own; read as text."""

# %% entry=spread-evenly points=0..0
def best_bet(notes):
    return np.full((len(notes), 40), 1 / 40)


# %% entry=how-often-each-came-in-practice points=0.5..1
def best_bet(notes):
    from course.weeks.week12_scaling.challenge import CHALLENGE

    counts = np.bincount(CHALLENGE.practice().targets, minlength=40) + 1.0
    return np.tile(counts / counts.sum(), (len(notes), 1))


# %% entry=the-best-floor-alone points=2.5..3.5
def best_bet(notes):
    table = np.stack(notes)
    x, y, new = np.log(table[:, :8, 0]), table[:, :8, 1], np.log(table[:, 8, 0])
    errors, bets = [], []
    for share in np.linspace(0, 0.95, 20):
        floor = share * y.min(1)
        z = np.log(y - floor[:, None])
        a, b = x - x.mean(1, keepdims=True), z - z.mean(1, keepdims=True)
        slope = (a * b).sum(1) / (a * a).sum(1)
        fitted = floor[:, None] + np.exp(z.mean(1)[:, None] + slope[:, None] * a)
        errors.append(((fitted - y) ** 2).mean(1))
        bets.append(floor + np.exp(z.mean(1) + slope * (new - x.mean(1))))
    best = np.argmin(errors, axis=0)
    bet = np.array(bets)[best, np.arange(len(y))] / y[:, -1]
    cuts = np.concatenate([[-np.inf], np.linspace(0.5, 1, 41)[1:-1], [np.inf]])
    far = torch.from_numpy((cuts - bet[:, None]) / 0.02)
    return 0.95 * np.diff(torch.special.ndtr(far).numpy(), axis=1) + 0.05 / 40
