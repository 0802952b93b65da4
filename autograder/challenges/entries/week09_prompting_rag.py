"""Entries to the open challenge of week 09, from the worst to the best. Each runs behind the reference's own; read as text."""

# %% entry=always-none points=0..0
def best_evidence(library):
    def predict(questions):
        table = np.zeros((len(questions), len(library) + 1))
        table[:, -1] = 1.0
        return table

    return predict


# %% entry=first-of-bm25 points=0.5..2
def best_evidence(library):
    bags = [Counter(words(text)) for text in library]
    mean = sum(sum(bag.values()) for bag in bags) / len(bags)
    rows = {}
    for place, bag in enumerate(bags):
        room = 1.2 * (0.25 + 0.75 * sum(bag.values()) / mean)
        for word, f in bag.items():
            rows.setdefault(word, {})[place] = 2.2 * f / (f + room)

    def predict(questions):
        table = np.zeros((len(questions), len(library) + 1))
        for row, question in zip(table, questions):
            scores = np.zeros(len(library))
            for word in words(question):
                found = rows.get(word, {})
                for place, weight in found.items():
                    scores[place] += weight * math.log(1 + len(bags) / len(found))
            row[int(scores.argmax()) if scores.max() > 0 else -1] = 1.0
        return table

    return predict


# %% entry=all-four-of-the-country points=1..3
def best_evidence(library):
    names = [text.partition(". ")[0] for text in library]

    def predict(questions):
        table = np.zeros((len(questions), len(library) + 1))
        for row, question in zip(table, questions):
            found = [name for name in set(names) if name in question]
            longest = max(found, key=len, default="")
            row[:-1] = [float(bool(found) and name == longest) for name in names]
            row[-1] = float(not found)
        return table / table.sum(axis=1, keepdims=True)

    return predict


# %% entry=names-and-shared-words points=2..4.5
def best_evidence(library):
    names = [text.partition(". ")[0] for text in library]
    bags = [Counter(words(text)) for text in library]
    seen = Counter(word for bag in bags for word in bag)

    def predict(questions):
        table = np.zeros((len(questions), len(library) + 1))
        for row, question in zip(table, questions):
            rest, meant = question, []
            for name in sorted(set(names), key=len, reverse=True):
                if name in rest:
                    rest, meant = rest.replace(name, ""), meant + [name]
            for name in meant:
                places = [p for p, own in enumerate(names) if own == name]
                row[max(places, key=lambda p: sum(1 / seen[w] for w in words(rest) if w in bags[p]))] = 1.0
            row[-1] = float(not meant)
        return table / table.sum(axis=1, keepdims=True)

    return predict
