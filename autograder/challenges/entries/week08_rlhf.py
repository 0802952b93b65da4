"""Entries to the open challenge of week 08, from the worst to the best. Each runs behind the reference's own; read as text."""

# %% entry=even points=0..0
def best_wins(contexts):
    return np.full((len(contexts), 8), 1 / 8)

# %% entry=mean-comparison-as-taste points=1.5..3
def best_wins(contexts):
    table = np.stack(contexts)
    reward = (table[:, 8:] * table[:, :8].mean(1, keepdims=True)).sum(-1)
    p = np.exp(reward)
    return p / p.sum(1, keepdims=True)

# %% entry=each-person-alone points=3..4
def best_wins(contexts):
    table = np.stack(contexts)
    gaps, taste = table[:, :8], np.zeros((len(table), 5))
    for _ in range(200):
        miss = 1 / (1 + np.exp((gaps * taste[:, None]).sum(-1)))
        taste += 0.1 * ((miss[..., None] * gaps).sum(1) - taste)
    reward = (table[:, 8:] * taste[:, None]).sum(-1)
    low, high = 1e-3, 1e3
    for _ in range(50):
        beta = (low * high) ** 0.5
        p = np.exp((reward - reward.max(1, keepdims=True)) / beta)
        p /= p.sum(1, keepdims=True)
        far = (p * np.log(8 * p + 1e-30)).sum(1).mean() > 0.9999
        low, high = (beta, high) if far else (low, beta)
    p = np.exp((reward - reward.max(1, keepdims=True)) / high)
    return p / p.sum(1, keepdims=True)
