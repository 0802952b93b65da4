"""Entries to the open challenge of week 05, from the worst to the best. Each runs behind the reference's own; read as text."""

# %% entry=blind-guess points=0..0
def best_reader(contexts):
    return np.full((len(contexts), 12), 1 / 12)

# %% entry=letters-of-the-text points=0..0.5
def best_reader(contexts):
    counts = np.array([[text.count(letter) + 0.5 for letter in "abcdefghijkl"] for text in contexts])
    return counts / counts.sum(axis=1, keepdims=True)

# %% entry=after-the-last-letter points=2..3
def best_reader(contexts):
    rows = []
    for text in contexts:
        seen = [b for a, b in zip(text, text[1:]) if a == text[-1]]
        rows.append([seen.count(letter) + 0.2 for letter in "abcdefghijkl"])
    table = np.array(rows)
    return table / table.sum(axis=1, keepdims=True)

# %% entry=after-the-last-two-letters points=3..5
def best_reader(contexts):
    rows = []
    for text in contexts:
        one = [text[k + 1] for k in range(95) if text[k] == text[-1]]
        two = [text[k + 2] for k in range(94) if text[k : k + 2] == text[-2:]]
        rows.append([one.count(z) + 3 * two.count(z) + 0.3 for z in "abcdefghijkl"])
    table = np.array(rows)
    return table / table.sum(axis=1, keepdims=True)
