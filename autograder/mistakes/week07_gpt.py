"""Known mistakes and correct variants of week 07: tokenizer, windows, GPT, sampler, fine-tuning.

Each cell runs in the notebook's namespace, right after the reference's solution cell.
"""

# ------------------------------------------------------------------------------------ bpe_train
# %% exercise=bpe_train name=words-counted-once
# en: A word that occurs nine times teaches nine times as much: is its count used?
# ko: 아홉 번 나온 단어는 아홉 배로 세어야 합니다. 단어의 빈도를 쓰고 있나요?
def bpe_train(words, n_merges):
    parts, merges = [list(word) for word in words], []
    for new in range(256, 256 + n_merges):
        pairs = Counter(pair for ids in parts for pair in zip(ids, ids[1:]))
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        parts = [merge_pair(ids, best, new) for ids in parts]
    return merges


# %% exercise=bpe_train name=pairs-counted-once-for-all
# en: Your pairs are those of the bytes alone: is a merge carried out in the words, and are the pairs counted again before the next one?
# ko: 쌍이 모두 처음 바이트의 쌍입니다. 병합을 단어에 적용하고, 다음 병합 전에 쌍을 다시 세나요?
def bpe_train(words, n_merges):
    pairs = Counter()
    for word, count in words.items():
        for pair in zip(word, word[1:]):
            pairs[pair] += count
    return sorted(pairs, key=lambda pair: (-pairs[pair], pair))[:n_merges]


# %% exercise=bpe_train name=ties-to-the-first-seen
# en: Two pairs are equally frequent: which of them does the docstring want first?
# ko: 두 쌍의 빈도가 같습니다. 설명에서는 어느 쪽을 먼저 병합하라고 했나요?
def bpe_train(words, n_merges):
    parts, merges = {tuple(word): count for word, count in words.items()}, []
    for new in range(256, 256 + n_merges):
        pairs = Counter()
        for ids, count in parts.items():
            for pair in zip(ids, ids[1:]):
                pairs[pair] += count
        if not pairs:
            break
        best = max(pairs, key=pairs.get)
        merges.append(best)
        parts = {tuple(merge_pair(ids, best, new)): count for ids, count in parts.items()}
    return merges


# %% exercise=bpe_train name=ties-to-the-larger
# en: Two pairs are equally frequent: compare the two tuples once more.
# ko: 두 쌍의 빈도가 같습니다. 두 튜플의 크기를 다시 비교해 보세요.
def bpe_train(words, n_merges):
    parts, merges = {tuple(word): count for word, count in words.items()}, []
    for new in range(256, 256 + n_merges):
        pairs = Counter()
        for ids, count in parts.items():
            for pair in zip(ids, ids[1:]):
                pairs[pair] += count
        if not pairs:
            break
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        parts = {tuple(merge_pair(ids, best, new)): count for ids, count in parts.items()}
    return merges


# %% exercise=bpe_train name=new-ids-from-zero
# en: Which ids are taken by the bytes, and where do new ones begin?
# ko: 바이트가 이미 쓰는 번호는 무엇이고, 새 번호는 어디서 시작하나요?
def bpe_train(words, n_merges):
    parts, merges = {tuple(word): count for word, count in words.items()}, []
    for new in range(n_merges):
        pairs = Counter()
        for ids, count in parts.items():
            for pair in zip(ids, ids[1:]):
                pairs[pair] += count
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        parts = {tuple(merge_pair(ids, best, new)): count for ids, count in parts.items()}
    return merges


# %% exercise=bpe_train name=stops-at-pairs-seen-once
# en: A pair that occurs only once may be joined too: when does the contract let you stop?
# ko: 한 번만 나온 쌍도 병합할 수 있습니다. 언제 멈추라고 했나요?
def bpe_train(words, n_merges):
    parts, merges = {tuple(word): count for word, count in words.items()}, []
    for new in range(256, 256 + n_merges):
        pairs = Counter()
        for ids, count in parts.items():
            for pair in zip(ids, ids[1:]):
                pairs[pair] += count
        if not pairs or max(pairs.values()) < 2:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        parts = {tuple(merge_pair(ids, best, new)): count for ids, count in parts.items()}
    return merges


# %% exercise=bpe_train name=pair-once-a-word
# en: How many pairs of neighbours has `aaaa`? Is each of those places counted in yours?
# ko: `aaaa`에는 이웃한 쌍이 몇 개 있나요? 그 자리를 모두 세고 있나요?
def bpe_train(words, n_merges):
    parts, merges = [(list(word), count) for word, count in words.items()], []
    for new in range(256, 256 + n_merges):
        pairs = Counter()
        for ids, count in parts:
            for pair in set(zip(ids, ids[1:])):
                pairs[pair] += count
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        parts = [(merge_pair(ids, best, new), count) for ids, count in parts]
    return merges


# %% exercise=bpe_train name=pairs-across-words
# en: Some of your pairs stand in no word: what lies between the end of a word and the next one?
# ko: 어느 단어에도 없는 쌍이 있습니다. 한 단어의 끝과 다음 단어의 처음은 이웃인가요?
def bpe_train(words, n_merges):
    ids = [i for word, count in words.items() for _ in range(count) for i in word]
    merges = []
    for new in range(256, 256 + n_merges):
        pairs = Counter(zip(ids, ids[1:]))
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        ids = merge_pair(ids, best, new)
    return merges


# %% exercise=bpe_train name=new-ids-one-late
# en: The bytes end at 255: which id has the first merge, and which has yours?
# ko: 바이트 번호는 255에서 끝납니다. 첫 병합의 번호는 무엇이어야 하나요?
def bpe_train(words, n_merges):
    parts, merges = [(list(word), count) for word, count in words.items()], []
    for new in range(257, 257 + n_merges):
        pairs = Counter()
        for ids, count in parts:
            for pair in zip(ids, ids[1:]):
                pairs[pair] += count
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        parts = [(merge_pair(ids, best, new), count) for ids, count in parts]
    return merges


# %% exercise=bpe_train name=pieces-for-pairs
# en: These are pieces of text. What does the list that is asked for hold: the joined bytes, or which two ids were joined?
# ko: 돌려준 것이 텍스트 조각입니다. 이어진 바이트와 이어진 두 번호 중 무엇을 돌려주라고 했나요?
def bpe_train(words, n_merges):
    parts, merges = [(list(word), count) for word, count in words.items()], []
    piece = [bytes([i]) for i in range(256)]
    for new in range(256, 256 + n_merges):
        pairs = Counter()
        for ids, count in parts:
            for pair in zip(ids, ids[1:]):
                pairs[pair] += count
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        piece.append(piece[best[0]] + piece[best[1]])
        merges.append(piece[-1])
        parts = [(merge_pair(ids, best, new), count) for ids, count in parts]
    return merges


# %% exercise=bpe_train name=table-for-list
# en: A table came back. Which of its two columns is asked for, and in which form?
# ko: 딕셔너리를 돌려주었습니다. 그중 무엇을 어떤 형태로 돌려주라고 했나요?
def bpe_train(words, n_merges):
    parts, merges = [(list(word), count) for word, count in words.items()], []
    for new in range(256, 256 + n_merges):
        pairs = Counter()
        for ids, count in parts:
            for pair in zip(ids, ids[1:]):
                pairs[pair] += count
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        parts = [(merge_pair(ids, best, new), count) for ids, count in parts]
    return {pair: 256 + k for k, pair in enumerate(merges)}


# %% exercise=bpe_train name=no-pair-left
# en: Every word may have become one token. What is then left to choose from, and what does the contract want?
# ko: 모든 단어가 토큰 하나가 될 수 있습니다. 그때 고를 쌍이 남아 있나요? 설명은 무엇을 돌려주라고 하나요?
def bpe_train(words, n_merges):
    parts, merges = [(list(word), count) for word, count in words.items()], []
    for new in range(256, 256 + n_merges):
        pairs = Counter()
        for ids, count in parts:
            for pair in zip(ids, ids[1:]):
                pairs[pair] += count
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        parts = [(merge_pair(ids, best, new), count) for ids, count in parts]
    return merges


# %% exercise=bpe_train name=letters-for-bytes
# en: Where a word is no English, your first ids are above 255: what are the ids at the start?
# ko: 영어가 아닌 단어에서 처음 번호가 255를 넘습니다. 처음의 번호는 무엇의 번호인가요?
def bpe_train(words, n_merges):
    parts, merges = [([ord(c) for c in word.decode(errors="replace")], count) for word, count in words.items()], []
    for new in range(256, 256 + n_merges):
        pairs = Counter()
        for ids, count in parts:
            for pair in zip(ids, ids[1:]):
                pairs[pair] += count
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        parts = [(merge_pair(ids, best, new), count) for ids, count in parts]
    return merges


# %% exercise=bpe_train name=found-inside-an-id
# en: One of your ids is none that a merge made: is a pair looked for among the digits of ids written as text, where 65 also stands in 165?
# ko: 병합으로 만든 적이 없는 번호가 있습니다. 번호를 글자로 적고 그 숫자 안에서 쌍을 찾나요? 65는 165 안에도 있습니다.
def bpe_train(words, n_merges):
    texts, merges = {" ".join(map(str, word)): count for word, count in words.items()}, []
    for new in range(256, 256 + n_merges):
        pairs = Counter()
        for text, count in texts.items():
            for pair in pairwise(map(int, text.split())):
                pairs[pair] += count
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        texts = {text.replace(f"{best[0]} {best[1]}", str(new)): n for text, n in texts.items()}
    return merges


# %% exercise=bpe_train name=ties-by-their-bytes
# en: Among equally frequent pairs yours go by the bytes they stand for: which tuples does the docstring compare, of bytes or of ids?
# ko: 빈도가 같은 쌍을 그 쌍이 나타내는 바이트로 비교하고 있습니다. 설명에서 비교하는 튜플은 바이트의 것인가요, 번호의 것인가요?
def bpe_train(words, n_merges):
    parts, merges = {tuple(word): count for word, count in words.items()}, []
    pieces = {i: bytes([i]) for i in range(256)}
    for new in range(256, 256 + n_merges):
        pairs = Counter()
        for ids, count in parts.items():
            for pair in pairwise(ids):
                pairs[pair] += count
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pieces[pair[0]], pieces[pair[1]]))
        pieces[new] = pieces[best[0]] + pieces[best[1]]
        merges.append(best)
        parts = {tuple(merge_pair(ids, best, new)): count for ids, count in parts.items()}
    return merges


# %% exercise=bpe_train name=one-merge-for-none
# en: Asked for no merge at all, you give one: is the number asked before the first joining?
# ko: 병합을 하나도 달라고 하지 않았는데 하나를 줍니다. 첫 병합 전에 그 수를 확인하나요?
def bpe_train(words, n_merges):
    parts = {tuple(word): count for word, count in words.items()}
    merges = []
    for new in range(256, 256 + max(n_merges, 1)):
        pairs = Counter()
        for ids, count in parts.items():
            for pair in pairwise(ids):
                pairs[pair] += count
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        parts = {tuple(merge_pair(ids, best, new)): count for ids, count in parts.items()}
    return merges


# %% exercise=bpe_train name=pattern-not-escaped
# en: Some joinings happen where the pair does not stand: does a byte of it mean something else to your search?
# ko: 그 쌍이 없는 곳도 합쳐집니다. 쌍의 어떤 바이트가 검색에서 다른 뜻을 갖나요?
def bpe_train(words, n_merges):
    import re

    parts = {word.decode("latin-1"): count for word, count in words.items()}
    merges = []
    for new in range(256, 256 + n_merges):
        pairs = Counter()
        for text, count in parts.items():
            for pair in pairwise(text):
                pairs[pair] += count
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append((ord(best[0]), ord(best[1])))
        parts = {re.sub("".join(best), chr(new), text, flags=re.S): n for text, n in parts.items()}
    return merges


# %% exercise=bpe_train name=byte-zero-left-out
# en: Pairs with the byte 0 are never joined: is 0 a byte like the others?
# ko: 바이트 0이 든 쌍은 합치지 않습니다. 0도 다른 것과 같은 바이트가 아닌가요?
def bpe_train(words, n_merges):
    parts = {tuple(word): count for word, count in words.items()}
    merges = []
    for new in range(256, 256 + n_merges):
        pairs = Counter()
        for ids, count in parts.items():
            for pair in pairwise(ids):
                if all(pair):
                    pairs[pair] += count
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        parts = {tuple(merge_pair(ids, best, new)): count for ids, count in parts.items()}
    return merges


# %% exercise=bpe_train name=spaces-stripped
# en: Some of your words lost bytes at an end: is a space a byte like the others?
# ko: 끝의 바이트를 잃은 단어가 있습니다. 공백도 다른 것과 같은 바이트가 아닌가요?
def bpe_train(words, n_merges):
    parts = {tuple(word.strip()): count for word, count in words.items()}
    merges = []
    for new in range(256, 256 + n_merges):
        pairs = Counter()
        for ids, count in parts.items():
            for pair in pairwise(ids):
                pairs[pair] += count
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        parts = {tuple(merge_pair(ids, best, new)): count for ids, count in parts.items()}
    return merges


# %% exercise=bpe_train name=lower-case-words
# en: Capitals are never joined: are the bytes of a word taken as they are?
# ko: 대문자는 합치지 않습니다. 단어의 바이트를 있는 그대로 쓰나요?
def bpe_train(words, n_merges):
    parts = {tuple(word.lower()): count for word, count in words.items()}
    merges = []
    for new in range(256, 256 + n_merges):
        pairs = Counter()
        for ids, count in parts.items():
            for pair in pairwise(ids):
                pairs[pair] += count
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        parts = {tuple(merge_pair(ids, best, new)): count for ids, count in parts.items()}
    return merges


# %% exercise=bpe_train variant=lists-and-numpy-free-loop
def bpe_train(words, n_merges):
    rows, merges = [[list(word), count] for word, count in words.items()], []
    while len(merges) < n_merges:
        found = {}
        for ids, count in rows:
            for k in range(len(ids) - 1):
                pair = (ids[k], ids[k + 1])
                found[pair] = found.get(pair, 0) + count
        if not found:
            return merges
        top = max(found.values())
        best = min(pair for pair, count in found.items() if count == top)
        for row in rows:
            row[0] = merge_pair(row[0], best, 256 + len(merges))
        merges.append(best)
    return merges


# %% exercise=bpe_train variant=sorted-pairs
def bpe_train(words, n_merges):
    ids_of, merges = {word: list(word) for word in words}, []
    for k in range(n_merges):
        pairs = Counter()
        for word, ids in ids_of.items():
            for one, two in zip(ids[:-1], ids[1:]):
                pairs[one, two] += words[word]
        if len(pairs) == 0:
            break
        merges.append(sorted(pairs.items(), key=lambda item: (-item[1], item[0]))[0][0])
        ids_of = {word: merge_pair(ids, merges[-1], 256 + k) for word, ids in ids_of.items()}
    return merges


# ------------------------------------------------------------------------------------ BPE
# %% exercise=BPE name=first-merge-from-the-left
# en: Two merges fit and overlap: go by which was learned first, not by which stands first.
# ko: 두 병합이 겹칩니다. 앞에 있는 것이 아니라 먼저 배운 것을 골라야 합니다.
class BPE:
    def __init__(self, merges):
        self.merges = list(merges)
        self.ranks = {pair: k for k, pair in enumerate(self.merges)}

    def encode(self, word):
        ids = list(word)
        while True:
            known = [pair for pair in zip(ids, ids[1:]) if pair in self.ranks]
            if not known:
                return ids
            ids = merge_pair(ids, known[0], 256 + self.ranks[known[0]])

    def decode(self, ids):
        def piece(i):
            return bytes([i]) if i < 256 else b"".join(map(piece, self.merges[i - 256]))
        return b"".join(map(piece, ids)).decode("utf-8", errors="replace")


# %% exercise=BPE name=last-learned-first
# en: Which of two overlapping merges did training do first, the lower or the higher rank?
# ko: 겹치는 두 병합 중 학습이 먼저 한 것은 순위가 낮은 쪽인가요, 높은 쪽인가요?
class BPE:
    def __init__(self, merges):
        self.merges = list(merges)
        self.ranks = {pair: k for k, pair in enumerate(self.merges)}

    def encode(self, word):
        ids = list(word)
        while True:
            known = [pair for pair in zip(ids, ids[1:]) if pair in self.ranks]
            if not known:
                return ids
            last = max(known, key=self.ranks.__getitem__)
            ids = merge_pair(ids, last, 256 + self.ranks[last])

    def decode(self, ids):
        def piece(i):
            return bytes([i]) if i < 256 else b"".join(map(piece, self.merges[i - 256]))
        return b"".join(map(piece, ids)).decode("utf-8", errors="replace")


# %% exercise=BPE name=rank-for-id
# en: The merge of rank k does not make the id k: where do the ids of merges begin?
# ko: 순위 k의 병합이 만드는 번호는 k가 아닙니다. 병합 번호는 어디서 시작하나요?
class BPE:
    def __init__(self, merges):
        self.merges = list(merges)
        self.ranks = {pair: k for k, pair in enumerate(self.merges)}

    def encode(self, word):
        ids = list(word)
        for _ in range(len(ids)):
            known = [pair for pair in zip(ids, ids[1:]) if pair in self.ranks]
            if not known:
                return ids
            first = min(known, key=self.ranks.__getitem__)
            ids = merge_pair(ids, first, self.ranks[first])
        return ids

    def decode(self, ids):
        def piece(i):
            return bytes([i]) if i < 256 else b"".join(map(piece, self.merges[i - 256]))
        return b"".join(map(piece, ids)).decode("utf-8", errors="replace")


# %% exercise=BPE name=decoded-token-by-token
# en: A syllable may be spread over several tokens: what has to be joined before it is read?
# ko: 한 음절이 여러 토큰에 걸쳐 있을 수 있습니다. 읽기 전에 무엇을 먼저 이어야 할까요?
class BPE:
    def __init__(self, merges):
        self.merges = list(merges)
        self.ranks = {pair: k for k, pair in enumerate(self.merges)}

    def encode(self, word):
        ids = list(word)
        while True:
            known = [pair for pair in zip(ids, ids[1:]) if pair in self.ranks]
            if not known:
                return ids
            first = min(known, key=self.ranks.__getitem__)
            ids = merge_pair(ids, first, 256 + self.ranks[first])

    def decode(self, ids):
        def piece(i):
            return bytes([i]) if i < 256 else b"".join(map(piece, self.merges[i - 256]))
        return "".join(piece(i).decode("utf-8", errors="replace") for i in ids)


# %% exercise=BPE name=bad-bytes-dropped
# en: Bytes that are no text vanish without a trace: what should stand in their place?
# ko: 글자가 되지 못한 바이트가 흔적 없이 사라집니다. 그 자리에 무엇이 있어야 하나요?
class BPE:
    def __init__(self, merges):
        self.merges = list(merges)
        self.ranks = {pair: k for k, pair in enumerate(self.merges)}

    def encode(self, word):
        ids = list(word)
        while True:
            known = [pair for pair in zip(ids, ids[1:]) if pair in self.ranks]
            if not known:
                return ids
            first = min(known, key=self.ranks.__getitem__)
            ids = merge_pair(ids, first, 256 + self.ranks[first])

    def decode(self, ids):
        def piece(i):
            return bytes([i]) if i < 256 else b"".join(map(piece, self.merges[i - 256]))
        return b"".join(map(piece, ids)).decode("utf-8", errors="ignore")


# %% exercise=BPE name=bytes-as-characters
# en: A byte is not a character: in which encoding do three bytes make a Hangul syllable?
# ko: 바이트는 글자가 아닙니다. 세 바이트가 한 음절이 되는 인코딩은 무엇인가요?
class BPE:
    def __init__(self, merges):
        self.merges = list(merges)
        self.ranks = {pair: k for k, pair in enumerate(self.merges)}

    def encode(self, word):
        ids = list(word)
        while True:
            known = [pair for pair in zip(ids, ids[1:]) if pair in self.ranks]
            if not known:
                return ids
            first = min(known, key=self.ranks.__getitem__)
            ids = merge_pair(ids, first, 256 + self.ranks[first])

    def decode(self, ids):
        def piece(i):
            return chr(i) if i < 256 else "".join(map(piece, self.merges[i - 256]))
        return "".join(map(piece, ids))


# %% exercise=BPE name=one-merge-only
# en: After one joining others may have become possible: when is a word finished?
# ko: 한 번 병합하면 다른 병합이 가능해집니다. 언제 끝나나요?
class BPE:
    def __init__(self, merges):
        self.merges = list(merges)
        self.ranks = {pair: k for k, pair in enumerate(self.merges)}

    def encode(self, word):
        ids = list(word)
        known = [pair for pair in zip(ids, ids[1:]) if pair in self.ranks]
        if not known:
            return ids
        first = min(known, key=self.ranks.__getitem__)
        return merge_pair(ids, first, 256 + self.ranks[first])

    def decode(self, ids):
        def piece(i):
            return bytes([i]) if i < 256 else b"".join(map(piece, self.merges[i - 256]))
        return b"".join(map(piece, ids)).decode("utf-8", errors="replace")


# %% exercise=BPE name=longest-piece-first
# en: The longest piece that fits is not what training did: which merge comes first in a word?
# ko: 가장 긴 조각부터 고르는 것은 학습이 한 일과 다릅니다. 단어에서 어느 병합이 먼저인가요?
class BPE(BPE):
    def encode(self, word):
        pieces = [bytes([i]) for i in range(256)]
        for left, right in self.merges:
            pieces.append(pieces[left] + pieces[right])
        table = {piece: i for i, piece in enumerate(pieces)}
        ids, at = [], 0
        while at < len(word):
            end = next(end for end in range(len(word), at, -1) if word[at:end] in table)
            ids.append(table[word[at:end]])
            at = end
        return ids


# %% exercise=BPE name=one-occurrence-only
# en: A merge may fit at several places of a word: at how many of them do you join it?
# ko: 한 병합이 단어의 여러 자리에 맞을 수 있습니다. 몇 곳에서 병합하고 있나요?
class BPE(BPE):
    def encode(self, word):
        ids = list(word)
        for rank, pair in enumerate(self.merges):
            for k in range(len(ids) - 1):
                if (ids[k], ids[k + 1]) == pair:
                    ids[k : k + 2] = [256 + rank]
                    break
        return ids


# %% exercise=BPE name=ids-one-late
# en: The merge of rank 0 is the first id behind the bytes: which number is that, and which is yours?
# ko: 순위 0의 병합은 바이트 바로 다음 번호입니다. 그 번호는 몇이고, 지금은 몇인가요?
class BPE(BPE):
    def encode(self, word):
        ids = list(word)
        while True:
            known = [pair for pair in zip(ids, ids[1:]) if pair in self.ranks]
            if not known:
                return ids
            first = min(known, key=self.ranks.__getitem__)
            ids = merge_pair(ids, first, 257 + self.ranks[first])


# %% exercise=BPE name=bytes-for-text
# en: Bytes came back. What turns them into text, and when?
# ko: 바이트를 돌려주었습니다. 언제 무엇으로 글자로 바꾸나요?
class BPE(BPE):
    def decode(self, ids):
        def piece(i):
            return bytes([i]) if i < 256 else b"".join(map(piece, self.merges[i - 256]))
        return b"".join(map(piece, ids))


# %% exercise=BPE name=unreadable-bytes-raise
# en: A model may stop in the middle of a syllable: what does your decoding do with such bytes?
# ko: 모델이 음절 중간에서 멈출 수 있습니다. 그런 바이트를 만나면 지금 코드는 어떻게 되나요?
class BPE(BPE):
    def decode(self, ids):
        def piece(i):
            return bytes([i]) if i < 256 else b"".join(map(piece, self.merges[i - 256]))
        return b"".join(map(piece, ids)).decode()


# %% exercise=BPE name=merge-taken-for-byte
# en: An id that is no byte is taken for one: what does an id from 256 on stand for, and may its two parts be such ids too?
# ko: 바이트가 아닌 번호를 바이트로 다룹니다. 256부터의 번호는 무엇을 나타내고, 그 두 부분도 그런 번호일 수 있나요?
class BPE(BPE):
    def decode(self, ids):
        def piece(i):
            return bytes([i]) if i <= 256 else b"".join(map(piece, self.merges[i - 256]))
        return b"".join(map(piece, ids)).decode("utf-8", errors="replace")


# %% exercise=BPE name=joined-by-bytes
# en: Two neighbours were joined that are no pair of the list, though another pair makes the same bytes: do you look up ids or bytes?
# ko: 목록에 없는 이웃한 쌍을 이었습니다. 다른 쌍이 같은 바이트를 만들 뿐입니다. 찾는 것이 번호의 쌍인가요, 바이트인가요?
class BPE(BPE):
    def encode(self, word):
        pieces = [bytes([i]) for i in range(256)]
        for left, right in self.merges:
            pieces.append(pieces[left] + pieces[right])
        known = {piece: i for i, piece in reversed(list(enumerate(pieces)))}
        parts = [bytes([byte]) for byte in word]
        while True:
            fits = [(known[a + b], i) for i, (a, b) in enumerate(pairwise(parts)) if a + b in known]
            if not fits:
                return [known[part] for part in parts]
            _, i = min(fits)
            parts[i : i + 2] = [parts[i] + parts[i + 1]]


# %% exercise=BPE name=rank-zero-unseen
# en: The merge that was learned first is never done: is a rank of 0 taken for none?
# ko: 가장 먼저 배운 병합을 한 번도 하지 않습니다. 순위 0을 없는 것으로 보나요?
class BPE:
    def __init__(self, merges):
        self.merges = list(merges)
        self.ranks = {pair: k for k, pair in enumerate(self.merges)}

    def encode(self, word):
        ids = list(word)
        while True:
            known = [pair for pair in pairwise(ids) if self.ranks.get(pair)]
            if not known:
                return ids
            first = min(known, key=self.ranks.__getitem__)
            ids = merge_pair(ids, first, 256 + self.ranks[first])

    def decode(self, ids):
        def piece(i):
            return bytes([i]) if i < 256 else b"".join(map(piece, self.merges[i - 256]))

        return b"".join(map(piece, ids)).decode("utf-8", errors="replace")


# %% exercise=BPE name=nothing-to-join
# en: Words with no pair of neighbours stop with an error: what is left when a word is empty or has become one id?
# ko: 이웃한 쌍이 없는 단어에서 오류가 납니다. 단어가 비었거나 번호 하나가 되면 무엇이 남나요?
class BPE:
    def __init__(self, merges):
        self.merges = list(merges)
        self.ranks = {pair: k for k, pair in enumerate(self.merges)}

    def encode(self, word):
        ids = list(word)
        while True:
            first = min(pairwise(ids), key=lambda pair: self.ranks.get(pair, math.inf))
            if first not in self.ranks:
                return ids
            ids = merge_pair(ids, first, 256 + self.ranks[first])

    def decode(self, ids):
        def piece(i):
            return bytes([i]) if i < 256 else b"".join(map(piece, self.merges[i - 256]))

        return b"".join(map(piece, ids)).decode("utf-8", errors="replace")


# %% exercise=BPE name=whole-text-replaced
# en: One bad byte makes a single � of the whole text: how much of it cannot be read?
# ko: 읽을 수 없는 바이트 하나 때문에 글 전체가 � 하나가 됩니다. 읽을 수 없는 것은 어디까지인가요?
class BPE:
    def __init__(self, merges):
        self.merges = list(merges)
        self.ranks = {pair: k for k, pair in enumerate(self.merges)}

    def encode(self, word):
        ids = list(word)
        while True:
            known = [pair for pair in pairwise(ids) if pair in self.ranks]
            if not known:
                return ids
            first = min(known, key=self.ranks.__getitem__)
            ids = merge_pair(ids, first, 256 + self.ranks[first])

    def decode(self, ids):
        def piece(i):
            return bytes([i]) if i < 256 else b"".join(map(piece, self.merges[i - 256]))

        data = b"".join(map(piece, ids))
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            return "\ufffd"


# %% exercise=BPE name=all-behind-a-bad-byte-lost
# en: Good text behind a bad byte is gone: does reading go on there?
# ko: 읽을 수 없는 바이트 뒤의 멀쩡한 글이 사라집니다. 그 뒤를 계속 읽나요?
class BPE:
    def __init__(self, merges):
        self.merges = list(merges)
        self.ranks = {pair: k for k, pair in enumerate(self.merges)}

    def encode(self, word):
        ids = list(word)
        while True:
            known = [pair for pair in pairwise(ids) if pair in self.ranks]
            if not known:
                return ids
            first = min(known, key=self.ranks.__getitem__)
            ids = merge_pair(ids, first, 256 + self.ranks[first])

    def decode(self, ids):
        def piece(i):
            return bytes([i]) if i < 256 else b"".join(map(piece, self.merges[i - 256]))

        data = b"".join(map(piece, ids))
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            return data[: error.start].decode("utf-8") + "\ufffd"


# %% exercise=BPE name=byte-zero-left-out
# en: A 0 among the ids leaves no trace in the text: is 0 the id of a byte?
# ko: 번호 가운데 0이 글에서 사라집니다. 0도 바이트의 번호가 아닌가요?
class BPE:
    def __init__(self, merges):
        self.merges = list(merges)
        self.ranks = {pair: k for k, pair in enumerate(self.merges)}

    def encode(self, word):
        ids = list(word)
        while True:
            known = [pair for pair in pairwise(ids) if pair in self.ranks]
            if not known:
                return ids
            first = min(known, key=self.ranks.__getitem__)
            ids = merge_pair(ids, first, 256 + self.ranks[first])

    def decode(self, ids):
        def piece(i):
            return bytes([i]) if i < 256 else b"".join(map(piece, self.merges[i - 256]))

        return b"".join(piece(i) for i in ids if i).decode("utf-8", errors="replace")


# %% exercise=BPE name=text-stripped
# en: White space at the ends of a text is gone: does decoding take anything away?
# ko: 글 양 끝의 공백이 사라집니다. 디코딩이 무엇을 없애도 되나요?
class BPE:
    def __init__(self, merges):
        self.merges = list(merges)
        self.ranks = {pair: k for k, pair in enumerate(self.merges)}

    def encode(self, word):
        ids = list(word)
        while True:
            known = [pair for pair in pairwise(ids) if pair in self.ranks]
            if not known:
                return ids
            first = min(known, key=self.ranks.__getitem__)
            ids = merge_pair(ids, first, 256 + self.ranks[first])

    def decode(self, ids):
        def piece(i):
            return bytes([i]) if i < 256 else b"".join(map(piece, self.merges[i - 256]))

        return b"".join(map(piece, ids)).decode("utf-8", errors="replace").strip()


# %% exercise=BPE variant=all-merges-in-order
class BPE:
    def __init__(self, merges):
        self.merges = list(merges)
        self.ranks = {pair: k for k, pair in enumerate(self.merges)}
        self.pieces = [bytes([i]) for i in range(256)]
        for left, right in self.merges:
            self.pieces.append(self.pieces[left] + self.pieces[right])

    def encode(self, word):
        ids = list(word)
        for rank, pair in enumerate(self.merges):
            ids = merge_pair(ids, pair, 256 + rank)
        return ids

    def decode(self, ids):
        return b"".join(self.pieces[i] for i in ids).decode(errors="replace")


# %% exercise=BPE variant=ranks-with-infinity
class BPE:
    def __init__(self, merges):
        self.merges = list(merges)
        self.ranks = {pair: k for k, pair in enumerate(self.merges)}

    def encode(self, word):
        ids = [*word]
        while len(ids) > 1:
            ranked = [(self.ranks.get(pair, math.inf), pair) for pair in zip(ids, ids[1:])]
            rank, pair = min(ranked)
            if rank == math.inf:
                break
            ids = merge_pair(ids, pair, 256 + rank)
        return ids

    def decode(self, ids):
        waiting, found = list(ids)[::-1], bytearray()
        while waiting:
            i = waiting.pop()
            if i < 256:
                found.append(i)
            else:
                left, right = self.merges[i - 256]
                waiting += [right, left]
        return str(bytes(found), "utf-8", "replace")


# ------------------------------------------------------------------------------------ get_batch
# %% exercise=get_batch name=targets-unshifted
# en: What does the model have to say at each place, and can it read that there?
# ko: 각 자리에서 모델이 맞혀야 할 것은 무엇이고, 그것이 이미 보이지는 않나요?
def get_batch(ids, starts, T):
    places = starts[:, None] + torch.arange(T)
    return ids[places], ids[places]


# %% exercise=get_batch name=targets-shifted-back
# en: The targets are the past: in which direction does the model predict?
# ko: 목표가 과거를 가리킵니다. 모델은 어느 방향을 예측하나요?
def get_batch(ids, starts, T):
    places = starts[:, None] + torch.arange(T)
    return ids[places], ids[places - 1]


# %% exercise=get_batch name=targets-rolled
# en: The last target of a window comes from the window's own beginning.
# ko: 창의 마지막 목표가 그 창의 맨 앞에서 왔습니다.
def get_batch(ids, starts, T):
    x = ids[starts[:, None] + torch.arange(T)]
    return x, x.roll(-1, dims=1)


# %% exercise=get_batch name=one-target-a-window
# en: A window gives T predictions at once; how many targets are there?
# ko: 창 하나에서 예측이 T번 나옵니다. 목표는 몇 개인가요?
def get_batch(ids, starts, T):
    return ids[starts[:, None] + torch.arange(T)], ids[starts + T]


# %% exercise=get_batch name=two-places-ahead
# en: How many places ahead is the next token?
# ko: 다음 토큰은 몇 칸 뒤에 있나요?
def get_batch(ids, starts, T):
    places = starts[:, None] + torch.arange(T)
    return ids[places], ids[(places + 2).clamp(max=len(ids) - 1)]


# %% exercise=get_batch name=last-place-cut
# en: The window is one token too short.
# ko: 창이 토큰 하나만큼 짧습니다.
def get_batch(ids, starts, T):
    x = ids[starts[:, None] + torch.arange(T)]
    return x[:, :-1], x[:, 1:]


# %% exercise=get_batch name=targets-behind-the-window
# en: The first target stands behind the whole window: what does the model predict at its first place?
# ko: 첫 목표가 창 전체의 뒤에 있습니다. 창의 첫 자리에서 모델이 예측할 것은 무엇인가요?
def get_batch(ids, starts, T):
    places = starts[:, None] + torch.arange(T)
    return ids[places], ids[places + T]


# %% exercise=get_batch name=starts-counted-in-windows
# en: Is a start a place in the text, or the number of a window?
# ko: 시작값은 글에서의 자리인가요, 창의 번호인가요?
def get_batch(ids, starts, T):
    places = starts[:, None] * T + torch.arange(T)
    return ids[places], ids[places + 1]


# %% exercise=get_batch name=window-one-too-long
# en: How many places has a window, and how many has yours?
# ko: 창 하나의 길이는 몇이고, 지금은 몇인가요?
def get_batch(ids, starts, T):
    places = starts[:, None] + torch.arange(T + 1)
    return ids[places], ids[places + 1]


# %% exercise=get_batch name=places-for-ids
# en: These are places in the text: what stands there?
# ko: 돌려준 것은 글에서의 자리입니다. 그 자리에는 무엇이 있나요?
def get_batch(ids, starts, T):
    places = starts[:, None] + torch.arange(T)
    return places, places + 1


# %% exercise=get_batch name=last-target-filled
# en: The last target of a window is a filler: where in the text does the true one stand?
# ko: 창의 마지막 목표가 채움값입니다. 진짜 목표는 글의 어디에 있나요?
def get_batch(ids, starts, T):
    x = ids[starts[:, None] + torch.arange(T)]
    return x, F.pad(x[:, 1:], (0, 1))


# %% exercise=get_batch name=narrow-ids
# en: The ids have another integer type: which one is asked for?
# ko: 번호의 정수형이 다릅니다. 어떤 형이어야 하나요?
def get_batch(ids, starts, T):
    places = starts[:, None] + torch.arange(T)
    return ids[places].int(), ids[places + 1].int()


# %% exercise=get_batch name=ids-plus-one
# en: Every target is the id at its own place plus 1: is it the id that grows by one, or the place?
# ko: 목표가 모두 그 자리의 번호에 1을 더한 값입니다. 1만큼 커지는 것은 번호인가요, 자리인가요?
def get_batch(ids, starts, T):
    x = ids[starts[:, None] + torch.arange(T)]
    return x, x + 1


# %% exercise=get_batch name=latest-start-too-early
# en: A window at the very end of the text was moved to the left: how late may it start, if the target of its last place is the last id?
# ko: 글의 맨 끝에 있는 창이 왼쪽으로 밀렸습니다. 마지막 자리의 목표가 글의 마지막 번호라면 창은 어디까지 늦게 시작해도 되나요?
def get_batch(ids, starts, T):
    places = starts.clamp(max=len(ids) - T - 2)[:, None] + torch.arange(T)
    return ids[places], ids[places + 1]


# %% exercise=get_batch name=equal-starts-merged
# en: Two windows with the same start give one row: how many rows has a batch?
# ko: 시작이 같은 두 창이 한 행이 됩니다. 배치에는 행이 몇 개인가요?
def get_batch(ids, starts, T):
    windows = {start: ids[start : start + T + 1] for start in starts.tolist()}
    both = torch.stack(list(windows.values()))
    return both[:, :-1], both[:, 1:]


# %% exercise=get_batch name=starts-sorted
# en: The windows stand in the order of their starts: in which order were they asked for?
# ko: 창이 시작 순서대로 놓여 있습니다. 어떤 순서로 달라고 했나요?
def get_batch(ids, starts, T):
    starts = starts.sort().values
    places = starts[:, None] + torch.arange(T)
    return ids[places], ids[places + 1]


# %% exercise=get_batch name=float-ids
# en: The ids are right, but they are floats: of which type is a table that is made without one?
# ko: 번호는 맞지만 실수입니다. dtype 없이 만든 표는 어떤 형인가요?
def get_batch(ids, starts, T):
    places = starts[:, None] + torch.arange(T)
    return ids[places].float(), ids[places + 1].float()


# %% exercise=get_batch name=text-without-its-end
# en: A window at the very end of the text stops with an error: is the last id of the text left out?
# ko: 글의 맨 끝 창에서 오류가 납니다. 글의 마지막 번호를 빼놓았나요?
def get_batch(ids, starts, T):
    windows = ids[:-1].unfold(0, T + 1, 1)[starts]
    return windows[:, :-1], windows[:, 1:]


# %% exercise=get_batch variant=stacked-slices
def get_batch(ids, starts, T):
    x = torch.stack([ids[s : s + T] for s in starts.tolist()])
    return x, torch.stack([ids[s + 1 : s + 1 + T] for s in starts.tolist()])


# %% exercise=get_batch variant=unfold
def get_batch(ids, starts, T):
    windows = ids.unfold(0, T + 1, 1)[starts]
    return windows[:, :T], windows[:, 1:]


# ------------------------------------------------------------------------------------ GPT
# %% exercise=GPT name=no-mask
# en: A position can read what it is to predict: which half of the scores has to go?
# ko: 예측할 것을 미리 볼 수 있습니다. 점수 행렬의 어느 절반을 가려야 하나요?
class GPT(GPT):
    def attend(self, x, block):
        B, T, D = x.shape
        q, k, v = ((x @ block.W_qkv + block.b_qkv).reshape(B, T, 3, self.config.n_heads, -1)
                   .permute(2, 0, 3, 1, 4))
        p = (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).softmax(-1)
        return (p @ v).transpose(1, 2).reshape(B, T, D) @ block.W_out + block.b_out


# %% exercise=GPT name=mask-hides-itself
# en: May a position see itself? Look at the diagonal of the mask.
# ko: 자기 자신은 볼 수 있나요? 마스크의 대각선을 보세요.
class GPT(GPT):
    def attend(self, x, block):
        B, T, D = x.shape
        q, k, v = ((x @ block.W_qkv + block.b_qkv).reshape(B, T, 3, self.config.n_heads, -1)
                   .permute(2, 0, 3, 1, 4))
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        hidden = torch.ones(T, T, dtype=torch.bool).triu(0)
        p = scores.masked_fill(hidden, -torch.inf).softmax(-1)
        return (p @ v).transpose(1, 2).reshape(B, T, D) @ block.W_out + block.b_out


# %% exercise=GPT name=mask-after-softmax
# en: After the softmax the future is taken away and nothing makes up for it: do rows still sum to 1?
# ko: 소프트맥스 뒤에 미래를 지우면 각 행의 합이 아직 1인가요?
class GPT(GPT):
    def attend(self, x, block):
        B, T, D = x.shape
        q, k, v = ((x @ block.W_qkv + block.b_qkv).reshape(B, T, 3, self.config.n_heads, -1)
                   .permute(2, 0, 3, 1, 4))
        p = (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).softmax(-1).tril()
        return (p @ v).transpose(1, 2).reshape(B, T, D) @ block.W_out + block.b_out


# %% exercise=GPT name=scale-of-whole-width
# en: Scores are divided by a root, but of the size of which vectors?
# ko: 점수를 제곱근으로 나누는데, 어떤 벡터의 크기인가요?
class GPT(GPT):
    def attend(self, x, block):
        B, T, D = x.shape
        q, k, v = ((x @ block.W_qkv + block.b_qkv).reshape(B, T, 3, self.config.n_heads, -1)
                   .permute(2, 0, 3, 1, 4))
        scores = q @ k.transpose(-2, -1) / math.sqrt(D)
        hidden = torch.ones(T, T, dtype=torch.bool).triu(1)
        p = scores.masked_fill(hidden, -torch.inf).softmax(-1)
        return (p @ v).transpose(1, 2).reshape(B, T, D) @ block.W_out + block.b_out


# %% exercise=GPT name=heads-not-moved-back
# en: The heads are reshaped away without being moved behind the positions first.
# ko: 헤드를 위치 뒤로 옮기지 않고 바로 모양만 바꾸었습니다.
class GPT(GPT):
    def attend(self, x, block):
        B, T, D = x.shape
        q, k, v = ((x @ block.W_qkv + block.b_qkv).reshape(B, T, 3, self.config.n_heads, -1)
                   .permute(2, 0, 3, 1, 4))
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        hidden = torch.ones(T, T, dtype=torch.bool).triu(1)
        p = scores.masked_fill(hidden, -torch.inf).softmax(-1)
        return (p @ v).reshape(B, T, D) @ block.W_out + block.b_out


# %% exercise=GPT name=norm-after
# en: Where do the norms stand in GPT-2: before each part, or after the sum?
# ko: GPT-2에서 정규화는 각 부분 앞에 있나요, 더한 뒤에 있나요?
class GPT(GPT):
    def forward(self, ids):
        x = self.E[ids] + self.P[: ids.shape[1]]
        for block in self.blocks:
            x = block.ln_1(x + self.attend(x, block))
            inner = F.gelu(x @ block.W_up + block.b_up, approximate="tanh")
            x = block.ln_2(x + inner @ block.W_down + block.b_down)
        return self.ln_f(x) @ self.E.T


# %% exercise=GPT name=no-final-norm
# en: One norm of the equations is missing, the last one.
# ko: 식에 있는 정규화 하나가 빠졌습니다. 마지막 것입니다.
class GPT(GPT):
    def forward(self, ids):
        x = self.E[ids] + self.P[: ids.shape[1]]
        for block in self.blocks:
            x = x + self.attend(block.ln_1(x), block)
            inner = F.gelu(block.ln_2(x) @ block.W_up + block.b_up, approximate="tanh")
            x = x + inner @ block.W_down + block.b_down
        return x @ self.E.T


# %% exercise=GPT name=exact-gelu
# en: Close, but not equal: which GELU did GPT-2 use?
# ko: 거의 같지만 같지 않습니다. GPT-2는 어떤 GELU를 썼나요?
class GPT(GPT):
    def forward(self, ids):
        x = self.E[ids] + self.P[: ids.shape[1]]
        for block in self.blocks:
            x = x + self.attend(block.ln_1(x), block)
            x = x + F.gelu(block.ln_2(x) @ block.W_up + block.b_up) @ block.W_down + block.b_down
        return self.ln_f(x) @ self.E.T


# %% exercise=GPT name=scale-forgotten
# en: Scores grow with the width of a head: what are they divided by?
# ko: 점수는 헤드의 너비에 따라 커집니다. 무엇으로 나누나요?
class GPT(GPT):
    def attend(self, x, block):
        B, T, D = x.shape
        q, k, v = ((x @ block.W_qkv + block.b_qkv).reshape(B, T, 3, self.config.n_heads, -1)
                   .permute(2, 0, 3, 1, 4))
        scores = q @ k.transpose(-2, -1)
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        p = scores.masked_fill(future, -torch.inf).softmax(-1)
        return (p @ v).transpose(1, 2).reshape(B, T, D) @ block.W_out + block.b_out


# %% exercise=GPT name=softmax-over-the-queries
# en: Whose weights must sum to 1: those of one query over its keys.
# ko: 합이 1이어야 하는 것은 질의 하나가 키들에 주는 가중치입니다.
class GPT(GPT):
    def attend(self, x, block):
        B, T, D = x.shape
        q, k, v = ((x @ block.W_qkv + block.b_qkv).reshape(B, T, 3, self.config.n_heads, -1)
                   .permute(2, 0, 3, 1, 4))
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        p = scores.masked_fill(future, -torch.inf).softmax(-2)
        return (p @ v).transpose(1, 2).reshape(B, T, D) @ block.W_out + block.b_out


# %% exercise=GPT name=future-at-score-zero
# en: A score of 0 is a score: what does the softmax make of it?
# ko: 점수 0도 점수입니다. 소프트맥스를 거치면 무엇이 되나요?
class GPT(GPT):
    def attend(self, x, block):
        B, T, D = x.shape
        q, k, v = ((x @ block.W_qkv + block.b_qkv).reshape(B, T, 3, self.config.n_heads, -1)
                   .permute(2, 0, 3, 1, 4))
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        p = scores.masked_fill(future, 0.0).softmax(-1)
        return (p @ v).transpose(1, 2).reshape(B, T, D) @ block.W_out + block.b_out


# %% exercise=GPT name=heads-cut-across-places
# en: The reshape into heads mixes positions: which axis must be cut, and which one only moves?
# ko: 헤드로 나누면서 위치가 섞였습니다. 나눌 축은 어느 것이고, 옮기기만 할 축은 어느 것인가요?
class GPT(GPT):
    def attend(self, x, block):
        B, T, D = x.shape
        q, k, v = (part.reshape(B, self.config.n_heads, T, -1)
                   for part in (x @ block.W_qkv + block.b_qkv).chunk(3, dim=-1))
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        p = scores.masked_fill(future, -torch.inf).softmax(-1)
        return (p @ v).reshape(B, T, D) @ block.W_out + block.b_out


# %% exercise=GPT name=one-head
# en: Every score is made of all D columns: how many heads has the config?
# ko: 점수 하나에 D개의 열이 모두 들어갑니다. 설정에는 헤드가 몇 개인가요?
class GPT(GPT):
    def attend(self, x, block):
        B, T, D = x.shape
        q, k, v = (part.reshape(B, T, 1, -1).transpose(1, 2)
                   for part in (x @ block.W_qkv + block.b_qkv).chunk(3, dim=-1))
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        p = scores.masked_fill(future, -torch.inf).softmax(-1)
        return (p @ v).transpose(1, 2).reshape(B, T, D) @ block.W_out + block.b_out


# %% exercise=GPT name=output-matrix-left-out
# en: The heads stand side by side: which two parameters of the block have not been used yet?
# ko: 헤드들이 나란히 놓였습니다. 블록의 매개변수 중 아직 쓰지 않은 둘은 무엇인가요?
class GPT(GPT):
    def attend(self, x, block):
        B, T, D = x.shape
        q, k, v = (part.reshape(B, T, self.config.n_heads, -1).transpose(1, 2)
                   for part in (x @ block.W_qkv + block.b_qkv).chunk(3, dim=-1))
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        p = scores.masked_fill(future, -torch.inf).softmax(-1)
        return (p @ v).transpose(1, 2).reshape(B, T, D)


# %% exercise=GPT name=stream-normed
# en: What is added to the output of a part: the x that came in, or its norm?
# ko: 각 부분의 출력에 더하는 것은 들어온 x인가요, 정규화한 x인가요?
class GPT(GPT):
    def forward(self, ids):
        x = self.E[ids] + self.P[: ids.shape[1]]
        for block in self.blocks:
            x = block.ln_1(x)
            x = x + self.attend(x, block)
            x = block.ln_2(x)
            inner = F.gelu(x @ block.W_up + block.b_up, approximate="tanh")
            x = x + inner @ block.W_down + block.b_down
        return self.ln_f(x) @ self.E.T


# %% exercise=GPT name=first-norm-twice
# en: A layer has two norms: does each part have its own?
# ko: 한 층에는 정규화가 둘 있습니다. 두 부분이 각자의 것을 쓰고 있나요?
class GPT(GPT):
    def forward(self, ids):
        x = self.E[ids] + self.P[: ids.shape[1]]
        for block in self.blocks:
            x = x + self.attend(block.ln_1(x), block)
            inner = F.gelu(block.ln_1(x) @ block.W_up + block.b_up, approximate="tanh")
            x = x + inner @ block.W_down + block.b_down
        return self.ln_f(x) @ self.E.T


# %% exercise=GPT name=cut-head-by-head
# en: With several heads queries, keys and values are mixed up: what stands side by side first, the three parts or the heads?
# ko: 헤드가 여럿이면 질의, 키, 값이 뒤섞입니다. 먼저 나란히 놓인 것은 세 부분인가요, 헤드인가요?
class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.E = nn.Parameter(0.02 * torch.randn(config.V, config.D))
        self.P = nn.Parameter(0.01 * torch.randn(config.T_max, config.D))
        self.blocks = nn.ModuleList(Block(config.D) for _ in range(config.n_layers))
        self.ln_f = nn.LayerNorm(config.D)

    def attend(self, x, block):
        B, T, D = x.shape
        qkv = (x @ block.W_qkv + block.b_qkv).reshape(B, T, self.config.n_heads, -1)
        q, k, v = qkv.transpose(1, 2).chunk(3, dim=-1)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        mixed = scores.masked_fill(future, -torch.inf).softmax(-1) @ v
        return mixed.transpose(1, 2).reshape(B, T, D) @ block.W_out + block.b_out

    def forward(self, ids):
        x = self.E[ids] + self.P[: ids.shape[1]]
        for block in self.blocks:
            x = x + self.attend(block.ln_1(x), block)
            inner = F.gelu(block.ln_2(x) @ block.W_up + block.b_up, approximate="tanh")
            x = x + inner @ block.W_down + block.b_down
        return self.ln_f(x) @ self.E.T


# %% exercise=GPT name=mask-of-another-type
# en: Models in half precision stop with an error: is your mask of another dtype, or does the number that you fill in not fit?
# ko: 반정밀도 모델에서 오류가 납니다. 마스크의 dtype이 다른가요, 아니면 채우는 수가 들어가지 않나요?
class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.E = nn.Parameter(0.02 * torch.randn(config.V, config.D))
        self.P = nn.Parameter(0.01 * torch.randn(config.T_max, config.D))
        self.blocks = nn.ModuleList(Block(config.D) for _ in range(config.n_layers))
        self.ln_f = nn.LayerNorm(config.D)

    def attend(self, x, block):
        B, T, D = x.shape
        q, k, v = (
            part.reshape(B, T, self.config.n_heads, -1).transpose(1, 2)
            for part in (x @ block.W_qkv + block.b_qkv).chunk(3, dim=-1)
        )
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        mixed = (scores + torch.full((T, T), -torch.inf).triu(1)).softmax(-1) @ v
        return mixed.transpose(1, 2).reshape(B, T, D) @ block.W_out + block.b_out

    def forward(self, ids):
        x = self.E[ids] + self.P[: ids.shape[1]]
        for block in self.blocks:
            x = x + self.attend(block.ln_1(x), block)
            inner = F.gelu(block.ln_2(x) @ block.W_up + block.b_up, approximate="tanh")
            x = x + inner @ block.W_down + block.b_down
        return self.ln_f(x) @ self.E.T


# %% exercise=GPT name=mask-kept-from-the-first-call
# en: A longer text after a short one stops with an error: what is kept from the first call?
# ko: 짧은 글 다음에 긴 글을 주면 오류가 납니다. 첫 호출에서 무엇을 간직하나요?
class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.E = nn.Parameter(0.02 * torch.randn(config.V, config.D))
        self.P = nn.Parameter(0.01 * torch.randn(config.T_max, config.D))
        self.blocks = nn.ModuleList(Block(config.D) for _ in range(config.n_layers))
        self.ln_f = nn.LayerNorm(config.D)

    def attend(self, x, block):
        B, T, D = x.shape
        q, k, v = (
            part.reshape(B, T, self.config.n_heads, -1).transpose(1, 2)
            for part in (x @ block.W_qkv + block.b_qkv).chunk(3, dim=-1)
        )
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        self.kept = getattr(self, "kept", torch.ones(T, T, dtype=torch.bool).triu(1))
        future = self.kept[:T, :T]
        mixed = scores.masked_fill(future, -torch.inf).softmax(-1) @ v
        return mixed.transpose(1, 2).reshape(B, T, D) @ block.W_out + block.b_out

    def forward(self, ids):
        x = self.E[ids] + self.P[: ids.shape[1]]
        for block in self.blocks:
            x = x + self.attend(block.ln_1(x), block)
            inner = F.gelu(block.ln_2(x) @ block.W_up + block.b_up, approximate="tanh")
            x = x + inner @ block.W_down + block.b_down
        return self.ln_f(x) @ self.E.T


# %% exercise=GPT name=output-table-cut-off
# en: E gets a gradient as the input table alone: what cuts it off at the output?
# ko: E가 입력 표로서만 기울기를 받습니다. 출력에서 무엇이 끊나요?
class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.E = nn.Parameter(0.02 * torch.randn(config.V, config.D))
        self.P = nn.Parameter(0.01 * torch.randn(config.T_max, config.D))
        self.blocks = nn.ModuleList(Block(config.D) for _ in range(config.n_layers))
        self.ln_f = nn.LayerNorm(config.D)

    def attend(self, x, block):
        B, T, D = x.shape
        q, k, v = (
            part.reshape(B, T, self.config.n_heads, -1).transpose(1, 2)
            for part in (x @ block.W_qkv + block.b_qkv).chunk(3, dim=-1)
        )
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        mixed = scores.masked_fill(future, -torch.inf).softmax(-1) @ v
        return mixed.transpose(1, 2).reshape(B, T, D) @ block.W_out + block.b_out

    def forward(self, ids):
        x = self.E[ids] + self.P[: ids.shape[1]]
        for block in self.blocks:
            x = x + self.attend(block.ln_1(x), block)
            inner = F.gelu(block.ln_2(x) @ block.W_up + block.b_up, approximate="tanh")
            x = x + inner @ block.W_down + block.b_down
        return self.ln_f(x) @ self.E.detach().T


# %% exercise=GPT name=always-float32
# en: The logits are float32, whatever the dtype of the parameters: where does it come in?
# ko: 파라미터의 dtype이 무엇이든 로짓이 float32입니다. 어디에서 바뀌나요?
class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.E = nn.Parameter(0.02 * torch.randn(config.V, config.D))
        self.P = nn.Parameter(0.01 * torch.randn(config.T_max, config.D))
        self.blocks = nn.ModuleList(Block(config.D) for _ in range(config.n_layers))
        self.ln_f = nn.LayerNorm(config.D)

    def attend(self, x, block):
        B, T, D = x.shape
        q, k, v = (
            part.reshape(B, T, self.config.n_heads, -1).transpose(1, 2)
            for part in (x @ block.W_qkv + block.b_qkv).chunk(3, dim=-1)
        )
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        mixed = scores.masked_fill(future, -torch.inf).softmax(-1) @ v
        return mixed.transpose(1, 2).reshape(B, T, D) @ block.W_out + block.b_out

    def forward(self, ids):
        x = self.E[ids] + self.P[: ids.shape[1]]
        for block in self.blocks:
            x = x + self.attend(block.ln_1(x), block)
            inner = F.gelu(block.ln_2(x) @ block.W_up + block.b_up, approximate="tanh")
            x = x + inner @ block.W_down + block.b_down
        return (self.ln_f(x) @ self.E.T).float()


# %% exercise=GPT name=two-parts-side-by-side
# en: Attention and the feed-forward part read one and the same x: what has been added before the second reads?
# ko: 어텐션과 순방향 부분이 같은 x를 읽습니다. 둘째 부분이 읽기 전에 무엇이 더해지나요?
class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.E = nn.Parameter(0.02 * torch.randn(config.V, config.D))
        self.P = nn.Parameter(0.01 * torch.randn(config.T_max, config.D))
        self.blocks = nn.ModuleList(Block(config.D) for _ in range(config.n_layers))
        self.ln_f = nn.LayerNorm(config.D)

    def attend(self, x, block):
        B, T, D = x.shape
        q, k, v = (
            part.reshape(B, T, self.config.n_heads, -1).transpose(1, 2)
            for part in (x @ block.W_qkv + block.b_qkv).chunk(3, dim=-1)
        )
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        mixed = scores.masked_fill(future, -torch.inf).softmax(-1) @ v
        return mixed.transpose(1, 2).reshape(B, T, D) @ block.W_out + block.b_out

    def forward(self, ids):
        x = self.E[ids] + self.P[: ids.shape[1]]
        for block in self.blocks:
            mixed = self.attend(block.ln_1(x), block)
            inner = F.gelu(block.ln_2(x) @ block.W_up + block.b_up, approximate="tanh")
            x = x + mixed + inner @ block.W_down + block.b_down
        return self.ln_f(x) @ self.E.T


# %% exercise=GPT variant=library-attention
class GPT(GPT):
    def attend(self, x, block):
        B, T, D = x.shape
        q, k, v = (part.unflatten(-1, (self.config.n_heads, -1)).transpose(1, 2)
                   for part in (x @ block.W_qkv + block.b_qkv).split(D, dim=-1))
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return mixed.transpose(1, 2).flatten(2) @ block.W_out + block.b_out

    def forward(self, ids):
        T = ids.shape[1]
        x = F.embedding(ids, self.E) + F.embedding(torch.arange(T), self.P)
        for block in self.blocks:
            x = x + self.attend(block.ln_1(x), block)
            h = F.linear(block.ln_2(x), block.W_up.T, block.b_up)
            h = 0.5 * h * (1 + torch.tanh(math.sqrt(2 / math.pi) * (h + 0.044715 * h**3)))
            x = x + F.linear(h, block.W_down.T, block.b_down)
        return F.linear(self.ln_f(x), self.E)


# %% exercise=GPT variant=head-by-head
class GPT(GPT):
    def attend(self, x, block):
        B, T, D = x.shape
        d = D // self.config.n_heads
        qkv = x @ block.W_qkv + block.b_qkv
        outs = []
        for h in range(self.config.n_heads):
            q, k, v = (qkv[..., a * D + h * d : a * D + (h + 1) * d] for a in range(3))
            scores = torch.einsum("btd,bsd->bts", q, k) * d**-0.5
            scores = scores + torch.full((T, T), -torch.inf, dtype=x.dtype).triu(1)
            outs.append(torch.softmax(scores, dim=2) @ v)
        return torch.cat(outs, dim=2) @ block.W_out + block.b_out


# ------------------------------------------------------------------------------ sampling_probs
# %% exercise=sampling_probs name=crossing-token-dropped
# en: Does what you keep sum to at least top_p? The token that crosses the line belongs to it.
# ko: 남긴 확률의 합이 top_p 이상인가요? 선을 넘는 토큰까지 포함해야 합니다.
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature == 0:
        return F.one_hot(logits.argmax(-1), V).to(logits.dtype)
    z = logits / temperature
    if top_k:
        z = z.masked_fill(z < z.topk(min(top_k, V)).values[:, -1:], -torch.inf)
    p = z.softmax(-1)
    if top_p < 1:
        ranked, order = p.sort(descending=True)
        gone = ranked.cumsum(-1) > top_p
        gone[:, 0] = False
        p = torch.zeros_like(p).scatter(1, order, ranked.masked_fill(gone, 0))
    return p / p.sum(-1, keepdim=True)


# %% exercise=sampling_probs name=temperature-multiplied
# en: A low temperature should make the likely likelier: is it the factor or the divisor?
# ko: 온도가 낮으면 분포가 뾰족해져야 합니다. 곱하고 있나요, 나누고 있나요?
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature == 0:
        return F.one_hot(logits.argmax(-1), V).to(logits.dtype)
    z = logits * temperature
    if top_k:
        z = z.masked_fill(z < z.topk(min(top_k, V)).values[:, -1:], -torch.inf)
    p = z.softmax(-1)
    if top_p < 1:
        ranked, order = p.sort(descending=True)
        p = torch.zeros_like(p).scatter(
            1, order, ranked.masked_fill(ranked.cumsum(-1) - ranked >= top_p, 0))
    return p / p.sum(-1, keepdim=True)


# %% exercise=sampling_probs name=not-renormalised
# en: After tokens were taken away the rest no longer sums to 1.
# ko: 토큰을 지운 뒤 남은 확률의 합이 1이 아닙니다.
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature == 0:
        return F.one_hot(logits.argmax(-1), V).to(logits.dtype)
    p = (logits / temperature).softmax(-1)
    full = p
    if top_k:
        p = p.masked_fill(p < p.topk(min(top_k, V)).values[:, -1:], 0)
    if top_p < 1:
        ranked, order = full.sort(descending=True)
        kept = torch.zeros_like(p).scatter(
            1, order, ranked.masked_fill(ranked.cumsum(-1) - ranked >= top_p, 0))
        p = torch.minimum(p, kept)
    return p


# %% exercise=sampling_probs name=left-in-sorted-order
# en: The probabilities are right, but they stand in the order of their size: whose are they?
# ko: 확률은 맞지만 크기 순서로 남아 있습니다. 각각 어느 토큰의 것인가요?
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature == 0:
        return F.one_hot(logits.argmax(-1), V).to(logits.dtype)
    z = logits / temperature
    if top_k:
        z = z.masked_fill(z < z.topk(min(top_k, V)).values[:, -1:], -torch.inf)
    p = z.softmax(-1)
    if top_p < 1:
        ranked, order = p.sort(descending=True)
        p = ranked.masked_fill(ranked.cumsum(-1) - ranked >= top_p, 0)
    return p / p.sum(-1, keepdim=True)


# %% exercise=sampling_probs name=no-greedy
# en: A temperature of 0 divides by zero: what should it mean?
# ko: 온도가 0이면 0으로 나누게 됩니다. 이때는 무엇을 뜻해야 하나요?
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    z = logits / temperature
    if top_k:
        z = z.masked_fill(z < z.topk(min(top_k, V)).values[:, -1:], -torch.inf)
    p = z.softmax(-1)
    if top_p < 1:
        ranked, order = p.sort(descending=True)
        p = torch.zeros_like(p).scatter(
            1, order, ranked.masked_fill(ranked.cumsum(-1) - ranked >= top_p, 0))
    return p / p.sum(-1, keepdim=True)


# %% exercise=sampling_probs name=k-above-v
# en: How many tokens can be kept when k is larger than the vocabulary?
# ko: k가 어휘 크기보다 크면 몇 개를 남겨야 하나요?
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature == 0:
        return F.one_hot(logits.argmax(-1), V).to(logits.dtype)
    z = logits / temperature
    if top_k:
        z = z.masked_fill(z < z.topk(top_k).values[:, -1:], -torch.inf)
    p = z.softmax(-1)
    if top_p < 1:
        ranked, order = p.sort(descending=True)
        p = torch.zeros_like(p).scatter(
            1, order, ranked.masked_fill(ranked.cumsum(-1) - ranked >= top_p, 0))
    return p / p.sum(-1, keepdim=True)


# %% exercise=sampling_probs name=ties-cut
# en: Tokens as likely as the k-th stay too: is one of them lost?
# ko: k번째와 확률이 같은 토큰도 남아야 합니다. 빠진 것이 있나요?
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature == 0:
        return F.one_hot(logits.argmax(-1), V).to(logits.dtype)
    z = logits / temperature
    if top_k:
        best = z.topk(min(top_k, V)).indices
        z = torch.full_like(z, -torch.inf).scatter(1, best, z.gather(1, best))
    p = z.softmax(-1)
    if top_p < 1:
        ranked, order = p.sort(descending=True)
        p = torch.zeros_like(p).scatter(
            1, order, ranked.masked_fill(ranked.cumsum(-1) - ranked >= top_p, 0))
    return p / p.sum(-1, keepdim=True)


# %% exercise=sampling_probs name=top-p-of-all-tokens
# en: Top-p's sum runs over probabilities of all tokens: which tokens' probabilities should sum to 1 where top-k has cut before?
# ko: top-p의 합에 모든 토큰에 대한 확률을 씁니다. top-k가 먼저 잘랐다면 어느 토큰들의 확률이 합해서 1이어야 하나요?
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature == 0:
        return F.one_hot(logits.argmax(-1), V).to(logits.dtype)
    z = logits / temperature
    p = z.softmax(-1)
    if top_p < 1:
        ranked, order = p.sort(descending=True)
        p = torch.zeros_like(p).scatter(
            1, order, ranked.masked_fill(ranked.cumsum(-1) - ranked >= top_p, 0))
    if top_k:
        p = p.masked_fill(z < z.topk(min(top_k, V)).values[:, -1:], 0)
    return p / p.sum(-1, keepdim=True)


# %% exercise=sampling_probs name=temperature-last
# en: Top-p counts probabilities after the temperature, not before.
# ko: top-p는 온도를 적용한 뒤의 확률로 셉니다.
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature == 0:
        return F.one_hot(logits.argmax(-1), V).to(logits.dtype)
    z = logits
    if top_k:
        z = z.masked_fill(z < z.topk(min(top_k, V)).values[:, -1:], -torch.inf)
    if top_p < 1:
        ranked, order = z.softmax(-1).sort(descending=True)
        gone = torch.zeros_like(z, dtype=torch.bool).scatter(
            1, order, ranked.cumsum(-1) - ranked >= top_p)
        z = z.masked_fill(gone, -torch.inf)
    return (z / temperature).softmax(-1)


# %% exercise=sampling_probs name=likeliest-dropped-too
# en: What if the first token alone holds more than top_p? The one that crosses the line belongs to what stays.
# ko: 첫 토큰 하나가 이미 top_p를 넘으면 어떻게 되나요? 선을 넘는 토큰도 남아야 합니다.
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature == 0:
        return F.one_hot(logits.argmax(-1), V).to(logits.dtype)
    z = logits / temperature
    if top_k:
        z = z.masked_fill(z < z.topk(min(top_k, V)).values[:, -1:], -torch.inf)
    p = z.softmax(-1)
    if top_p < 1:
        ranked, order = p.sort(descending=True)
        gone = ranked.cumsum(-1) > top_p
        p = torch.zeros_like(p).scatter(1, order, ranked.masked_fill(gone, 0))
    return p / p.sum(-1, keepdim=True)


# %% exercise=sampling_probs name=equals-share-greedy
# en: At temperature 0 several largest logits share the probability: which of them should have all of it?
# ko: 온도 0에서 가장 큰 로짓이 여럿이면 확률을 나누어 갖고 있습니다. 누가 모두 가져야 하나요?
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature == 0:
        best = (logits == logits.amax(-1, keepdim=True)).to(logits.dtype)
        return best / best.sum(-1, keepdim=True)
    z = logits / temperature
    if top_k:
        z = z.masked_fill(z < z.topk(min(top_k, V)).values[:, -1:], -torch.inf)
    p = z.softmax(-1)
    if top_p < 1:
        ranked, order = p.sort(descending=True)
        gone = ranked.cumsum(-1) - ranked >= top_p
        p = torch.zeros_like(p).scatter(1, order, ranked.masked_fill(gone, 0))
    return p / p.sum(-1, keepdim=True)


# %% exercise=sampling_probs name=one-token-too-many
# en: Take away the least likely token that you keep: is the sum of the others still at least top_p?
# ko: 남긴 토큰 중 확률이 가장 낮은 것을 빼 보세요. 나머지의 합이 그래도 top_p 이상인가요?
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature == 0:
        return F.one_hot(logits.argmax(-1), V).to(logits.dtype)
    z = logits / temperature
    if top_k:
        z = z.masked_fill(z < z.topk(min(top_k, V)).values[:, -1:], -torch.inf)
    p = z.softmax(-1)
    if top_p < 1:
        ranked, order = p.sort(descending=True)
        gone = ranked.cumsum(-1) - ranked >= top_p
        gone = torch.cat([torch.zeros_like(gone[:, :1]), gone[:, :-1]], dim=1)
        p = torch.zeros_like(p).scatter(1, order, ranked.masked_fill(gone, 0))
    return p / p.sum(-1, keepdim=True)


# %% exercise=sampling_probs name=gathered-for-scattered
# en: The indices of a sort say where each value came from: do you send it there, or fetch from there?
# ko: 정렬이 준 인덱스는 각 값이 원래 있던 자리입니다. 그 자리로 보내고 있나요, 그 자리에서 가져오고 있나요?
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature == 0:
        return F.one_hot(logits.argmax(-1), V).to(logits.dtype)
    z = logits / temperature
    if top_k:
        z = z.masked_fill(z < z.topk(min(top_k, V)).values[:, -1:], -torch.inf)
    p = z.softmax(-1)
    if top_p < 1:
        ranked, order = p.sort(descending=True)
        gone = ranked.cumsum(-1) - ranked >= top_p
        p = ranked.masked_fill(gone, 0).gather(1, order)
    return p / p.sum(-1, keepdim=True)


# %% exercise=sampling_probs name=kth-lost
# en: How many tokens stay in yours at top-k 3? Does the k-th largest belong to them?
# ko: top-k가 3이면 지금은 몇 개가 남나요? k번째로 큰 것도 남아야 하나요?
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature == 0:
        return F.one_hot(logits.argmax(-1), V).to(logits.dtype)
    z = logits / temperature
    if top_k:
        z = z.masked_fill(z <= z.topk(min(top_k, V)).values[:, -1:], -torch.inf)
    p = z.softmax(-1)
    if top_p < 1:
        ranked, order = p.sort(descending=True)
        gone = ranked.cumsum(-1) - ranked >= top_p
        p = torch.zeros_like(p).scatter(1, order, ranked.masked_fill(gone, 0))
    return p / p.sum(-1, keepdim=True)


# %% exercise=sampling_probs name=gone-at-logit-zero
# en: A logit of 0 is no probability of 0: what does the softmax make of it?
# ko: 로짓 0은 확률 0이 아닙니다. 소프트맥스를 거치면 무엇이 되나요?
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature == 0:
        return F.one_hot(logits.argmax(-1), V).to(logits.dtype)
    z = logits / temperature
    if top_k:
        z = z.masked_fill(z < z.topk(min(top_k, V)).values[:, -1:], 0.0)
    p = z.softmax(-1)
    if top_p < 1:
        ranked, order = p.sort(descending=True)
        gone = ranked.cumsum(-1) - ranked >= top_p
        p = torch.zeros_like(p).scatter(1, order, ranked.masked_fill(gone, 0))
    return p / p.sum(-1, keepdim=True)


# %% exercise=sampling_probs name=least-likely-kept
# en: The sum of top-p begins at one end of the sorted tokens: at which?
# ko: top-p의 합은 정렬한 토큰의 한쪽 끝에서 시작합니다. 어느 쪽인가요?
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature == 0:
        return F.one_hot(logits.argmax(-1), V).to(logits.dtype)
    z = logits / temperature
    if top_k:
        z = z.masked_fill(z < z.topk(min(top_k, V)).values[:, -1:], -torch.inf)
    p = z.softmax(-1)
    if top_p < 1:
        ranked, order = p.sort()
        gone = ranked.cumsum(-1) - ranked >= top_p
        p = torch.zeros_like(p).scatter(1, order, ranked.masked_fill(gone, 0))
    return p / p.sum(-1, keepdim=True)


# %% exercise=sampling_probs name=always-float32
# en: The probabilities are float32, whatever the dtype of the logits: where does it come in?
# ko: 로짓의 dtype이 무엇이든 확률이 float32입니다. 어디에서 바뀌나요?
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature == 0:
        return F.one_hot(logits.argmax(-1), V).to(logits.dtype)
    z = logits / temperature
    if top_k:
        least = z.topk(min(top_k, V)).values[:, -1:]
        z = z.masked_fill(z < least, -torch.inf)
    p = z.softmax(-1)
    if top_p < 1:
        ranked, order = p.sort(descending=True)
        before = ranked.cumsum(-1) - ranked
        p = torch.zeros_like(p).scatter(1, order, ranked.masked_fill(before >= top_p, 0))
    return (p / p.sum(-1, keepdim=True)).float()


# %% exercise=sampling_probs name=not-low-enough
# en: With logits far below zero, tokens that were taken away win: how low is the number that you fill in?
# ko: 로짓이 0보다 훨씬 작으면 없앤 토큰이 이깁니다. 채워 넣는 수는 얼마나 작은가요?
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature == 0:
        return F.one_hot(logits.argmax(-1), V).to(logits.dtype)
    z = logits / temperature
    if top_k:
        least = z.topk(min(top_k, V)).values[:, -1:]
        z = z.masked_fill(z < least, -1e9)
    p = z.softmax(-1)
    if top_p < 1:
        ranked, order = p.sort(descending=True)
        before = ranked.cumsum(-1) - ranked
        p = torch.zeros_like(p).scatter(1, order, ranked.masked_fill(before >= top_p, 0))
    return p / p.sum(-1, keepdim=True)


# %% exercise=sampling_probs name=all-is-not-all
# en: With top_p 1 very unlikely tokens are lost: does a sum of rounded numbers reach 1 before them?
# ko: top_p가 1인데도 아주 드문 토큰이 사라집니다. 반올림된 수의 합이 그 전에 1이 되나요?
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature == 0:
        return F.one_hot(logits.argmax(-1), V).to(logits.dtype)
    z = logits / temperature
    if top_k:
        least = z.topk(min(top_k, V)).values[:, -1:]
        z = z.masked_fill(z < least, -torch.inf)
    p = z.softmax(-1)
    if top_p:
        ranked, order = p.sort(descending=True)
        before = ranked.cumsum(-1) - ranked
        p = torch.zeros_like(p).scatter(1, order, ranked.masked_fill(before >= top_p, 0))
    return p / p.sum(-1, keepdim=True)


# %% exercise=sampling_probs name=nearly-zero-is-greedy
# en: A very low temperature is taken for 0: which temperature alone is greedy?
# ko: 아주 낮은 온도를 0으로 봅니다. 탐욕적인 것은 어떤 온도뿐인가요?
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature < 0.01:
        return F.one_hot(logits.argmax(-1), V).to(logits.dtype)
    z = logits / temperature
    if top_k:
        least = z.topk(min(top_k, V)).values[:, -1:]
        z = z.masked_fill(z < least, -torch.inf)
    p = z.softmax(-1)
    if top_p < 1:
        ranked, order = p.sort(descending=True)
        before = ranked.cumsum(-1) - ranked
        p = torch.zeros_like(p).scatter(1, order, ranked.masked_fill(before >= top_p, 0))
    return p / p.sum(-1, keepdim=True)


# %% exercise=sampling_probs name=one-is-greedy
# en: With top_k 1 the first of equals takes all: which tokens stay that are as large as the k-th?
# ko: top_k가 1이면 같은 것들 가운데 첫째가 모두 가져갑니다. k번째만큼 큰 토큰은 어느 것이 남나요?
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature == 0 or top_k == 1:
        return F.one_hot(logits.argmax(-1), V).to(logits.dtype)
    z = logits / temperature
    if top_k:
        least = z.topk(min(top_k, V)).values[:, -1:]
        z = z.masked_fill(z < least, -torch.inf)
    p = z.softmax(-1)
    if top_p < 1:
        ranked, order = p.sort(descending=True)
        before = ranked.cumsum(-1) - ranked
        p = torch.zeros_like(p).scatter(1, order, ranked.masked_fill(before >= top_p, 0))
    return p / p.sum(-1, keepdim=True)


# %% exercise=sampling_probs name=greedy-only-alone
# en: At temperature 0 with another knob set, no distribution comes out: what do the others change there?
# ko: 온도가 0이고 다른 손잡이도 켜면 분포가 나오지 않습니다. 그때 다른 것이 무엇을 바꾸나요?
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature == 0 and not top_k:
        return F.one_hot(logits.argmax(-1), V).to(logits.dtype)
    z = logits / temperature
    if top_k:
        least = z.topk(min(top_k, V)).values[:, -1:]
        z = z.masked_fill(z < least, -torch.inf)
    p = z.softmax(-1)
    if top_p < 1:
        ranked, order = p.sort(descending=True)
        before = ranked.cumsum(-1) - ranked
        p = torch.zeros_like(p).scatter(1, order, ranked.masked_fill(before >= top_p, 0))
    return p / p.sum(-1, keepdim=True)


# %% exercise=sampling_probs variant=row-by-row
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    out = torch.zeros_like(logits)
    for row, z in zip(out, logits):
        if temperature == 0:
            row[z.argmax()] = 1
            continue
        z = z / temperature
        if 0 < top_k < len(z):
            z = torch.where(z >= z.sort(descending=True).values[top_k - 1], z, -torch.inf)
        p = torch.softmax(z, dim=0)
        order, total, kept = p.argsort(descending=True), 0.0, []
        for i in order.tolist():
            if total >= top_p and top_p < 1:
                break
            kept.append(i)
            total += p[i].item()
        row[kept] = p[kept] / p[kept].sum()
    return out


# %% exercise=sampling_probs variant=ascending-as-the-library
def sampling_probs(logits, temperature=1.0, top_k=0, top_p=1.0):
    V = logits.shape[-1]
    if temperature == 0:
        z = torch.full_like(logits, -torch.inf).scatter(1, logits.argmax(-1, keepdim=True), 0.0)
        return z.softmax(-1)
    z = logits / temperature
    if top_k > 0:
        z = z.masked_fill(z < torch.topk(z, min(top_k, V))[0][..., -1, None], -torch.inf)
    if top_p < 1.0:
        ranked, order = torch.sort(z, descending=False)
        gone = ranked.softmax(-1).cumsum(-1) <= 1 - top_p
        gone[..., -1] = False
        z = z.masked_fill(gone.scatter(1, order, gone), -torch.inf)
    return z.softmax(-1)


# ------------------------------------------------------------------------------------ sft_labels
# %% exercise=sft_labels name=prompt-in-the-loss
# en: Who is to learn the questions? The prompt's places must be left out.
# ko: 질문까지 배워야 할까요? 프롬프트 자리는 빼야 합니다.
def sft_labels(ids, starts, ends):
    places = torch.arange(ids.shape[1])
    return torch.where(places < ends[:, None], ids, -100)


# %% exercise=sft_labels name=padding-in-the-loss
# en: What stands behind an answer is no answer.
# ko: 답변 뒤에 있는 것은 답변이 아닙니다.
def sft_labels(ids, starts, ends):
    places = torch.arange(ids.shape[1])
    return torch.where(places >= starts[:, None], ids, -100)


# %% exercise=sft_labels name=end-left-out
# en: The last token of the answer has no label: will the model ever learn to stop?
# ko: 답변의 마지막 토큰에 레이블이 없습니다. 모델이 멈추는 법을 배울 수 있을까요?
def sft_labels(ids, starts, ends):
    places = torch.arange(ids.shape[1])
    return torch.where((places >= starts[:, None]) & (places < ends[:, None] - 1), ids, -100)


# %% exercise=sft_labels name=masked-by-id
# en: A token of the answer may have the padding's id: go by places, not by ids.
# ko: 답변의 토큰이 패딩과 같은 번호일 수 있습니다. 번호가 아니라 자리로 판단하세요.
def sft_labels(ids, starts, ends):
    places = torch.arange(ids.shape[1])
    labels = torch.where(places >= starts[:, None], ids, -100)
    padding = ids[0, -1].item()
    return torch.where(labels == padding, -100, labels)


# %% exercise=sft_labels name=shifted-already
# en: The loss shifts the labels; if they are shifted here as well, every answer is one place off.
# ko: 손실 함수가 이미 한 칸 밉니다. 여기서도 밀면 답이 한 칸 어긋납니다.
def sft_labels(ids, starts, ends):
    places = torch.arange(ids.shape[1])
    labels = torch.where((places >= starts[:, None]) & (places < ends[:, None]), ids, -100)
    return torch.cat([labels[:, 1:], torch.full_like(labels[:, :1], -100)], dim=1)


# %% exercise=sft_labels name=zeros-for-left-out
# en: 0 is the id of a token: which number does cross_entropy leave out?
# ko: 0은 실제 토큰의 번호입니다. cross_entropy가 무시하는 값은 무엇인가요?
def sft_labels(ids, starts, ends):
    places = torch.arange(ids.shape[1])
    return torch.where((places >= starts[:, None]) & (places < ends[:, None]), ids, 0)


# %% exercise=sft_labels name=ids-written-over
# en: The ids themselves were changed: what will the model read now?
# ko: ids 자체가 바뀌었습니다. 이제 모델은 무엇을 읽게 되나요?
def sft_labels(ids, starts, ends):
    for row, start, end in zip(ids, starts.tolist(), ends.tolist()):
        row[:start] = -100
        row[end:] = -100
    return ids


# %% exercise=sft_labels name=end-included
# en: `ends` is one behind the last token: does it belong to the answer?
# ko: `ends`는 마지막 토큰의 다음 자리입니다. 그 자리도 답인가요?
def sft_labels(ids, starts, ends):
    places = torch.arange(ids.shape[1])
    answer = (places >= starts[:, None]) & (places <= ends[:, None])
    return torch.where(answer, ids, -100)


# %% exercise=sft_labels name=first-token-left-out
# en: The answer begins at `starts`, with that place: which comparison leaves it in?
# ko: 답은 `starts` 자리부터입니다. 그 자리를 남기는 비교는 무엇인가요?
def sft_labels(ids, starts, ends):
    places = torch.arange(ids.shape[1])
    answer = (places > starts[:, None]) & (places < ends[:, None])
    return torch.where(answer, ids, -100)


# %% exercise=sft_labels name=lengths-for-ends
# en: Is `ends` a place in the row, or the length of an answer?
# ko: `ends`는 행에서의 자리인가요, 답의 길이인가요?
def sft_labels(ids, starts, ends):
    places = torch.arange(ids.shape[1])
    answer = (places >= starts[:, None]) & (places < (starts + ends)[:, None])
    return torch.where(answer, ids, -100)


# %% exercise=sft_labels name=answer-left-out
# en: What is -100 in your labels, and what should the loss leave out?
# ko: 지금 -100인 것은 무엇인가요? 손실에서 빠져야 할 것은 무엇인가요?
def sft_labels(ids, starts, ends):
    places = torch.arange(ids.shape[1])
    answer = (places >= starts[:, None]) & (places < ends[:, None])
    return torch.where(answer, -100, ids)


# %% exercise=sft_labels name=zero-taken-for-padding
# en: Is an id of 0 always padding, and is padding always 0? Go by places, not by ids.
# ko: 0번은 언제나 패딩이고, 패딩은 언제나 0인가요? 번호가 아니라 자리로 판단하세요.
def sft_labels(ids, starts, ends):
    places = torch.arange(ids.shape[1])
    answer = (places >= starts[:, None]) & (ids != 0)
    return torch.where(answer, ids, -100)


# %% exercise=sft_labels name=another-number-for-left-out
# en: Which number does cross_entropy leave out by itself, and which is yours?
# ko: cross_entropy가 알아서 빼는 수는 무엇이고, 지금은 무엇인가요?
def sft_labels(ids, starts, ends):
    places = torch.arange(ids.shape[1])
    answer = (places >= starts[:, None]) & (places < ends[:, None])
    return torch.where(answer, ids, -1)


# %% exercise=sft_labels name=mask-for-labels
# en: This says where the answer stands: which numbers stand there?
# ko: 돌려준 것은 답이 어디 있는지입니다. 그 자리에는 어떤 번호가 있나요?
def sft_labels(ids, starts, ends):
    places = torch.arange(ids.shape[1])
    answer = (places >= starts[:, None]) & (places < ends[:, None])
    return answer


# %% exercise=sft_labels name=first-row-for-all
# en: Every row has an answer of its own: whose start and end do the others get?
# ko: 행마다 답의 자리가 다릅니다. 다른 행들은 누구의 시작과 끝을 쓰고 있나요?
def sft_labels(ids, starts, ends):
    places = torch.arange(ids.shape[1])
    answer = (places >= starts[0]) & (places < ends[0])
    return torch.where(answer, ids, -100)


# %% exercise=sft_labels name=narrow-labels
# en: The labels have another integer type: which one is asked for?
# ko: 레이블의 정수형이 다릅니다. 어떤 형이어야 하나요?
def sft_labels(ids, starts, ends):
    places = torch.arange(ids.shape[1])
    answer = (places >= starts[:, None]) & (places < ends[:, None])
    return torch.where(answer, ids, -100).int()


# %% exercise=sft_labels name=nothing-from-the-end
# en: An answer that ends with its row vanishes: what does a slice from -0 hold?
# ko: 행의 끝에서 끝나는 답이 사라집니다. -0부터의 슬라이스에는 무엇이 들어 있나요?
def sft_labels(ids, starts, ends):
    labels = ids.clone()
    for b in range(len(ids)):
        labels[b, : starts[b]] = -100
        labels[b, -(ids.shape[1] - int(ends[b])) :] = -100
    return labels


# %% exercise=sft_labels name=empty-answer-opens
# en: Behind an empty answer the rest of the row counts as answer: what do your marks do where start and end are one place?
# ko: 빈 답 뒤의 나머지 행을 답으로 봅니다. 시작과 끝이 같은 자리이면 표시가 어떻게 되나요?
def sft_labels(ids, starts, ends):
    edges = torch.zeros(ids.shape[0], ids.shape[1] + 1, dtype=torch.int64)
    rows = torch.arange(ids.shape[0])
    edges[rows, starts] = 1
    edges[rows, ends] = -1
    return torch.where(edges.cumsum(1)[:, :-1] != 0, ids, -100)


# %% exercise=sft_labels name=start-zero-unseen
# en: An answer that begins at 0 loses its first token: is a start of 0 taken for none?
# ko: 0에서 시작하는 답이 첫 토큰을 잃습니다. 시작 0을 없는 것으로 보나요?
def sft_labels(ids, starts, ends):
    places = torch.arange(ids.shape[1])
    answer = (places >= starts.clamp(min=1)[:, None]) & (places < ends[:, None])
    return torch.where(answer, ids, -100)


# %% exercise=sft_labels name=one-tensor-for-both
# en: Where all of a row is answer, labels and ids are one tensor: what happens to the ids when a label is changed?
# ko: 행이 모두 답이면 레이블과 ids가 한 텐서입니다. 레이블을 바꾸면 ids는 어떻게 되나요?
def sft_labels(ids, starts, ends):
    places = torch.arange(ids.shape[1])
    answer = (places >= starts[:, None]) & (places < ends[:, None])
    if answer.all():
        return ids
    return torch.where(answer, ids, -100)


# %% exercise=sft_labels name=end-zero-unseen
# en: An empty answer at the very beginning makes the row all answer: is an end of 0 taken for none?
# ko: 맨 앞의 빈 답이 행 전체를 답으로 만듭니다. 끝 0을 없는 것으로 보나요?
def sft_labels(ids, starts, ends):
    places = torch.arange(ids.shape[1])
    answer = (places >= starts[:, None]) & (places < torch.where(ends == 0, ids.shape[1], ends)[:, None])
    return torch.where(answer, ids, -100)


# %% exercise=sft_labels name=empty-answers-skipped
# en: A row with an empty answer keeps all of its ids as labels: what is left to cover where there is no answer?
# ko: 답이 빈 행은 모든 번호가 레이블로 남습니다. 답이 없으면 무엇을 가려야 하나요?
def sft_labels(ids, starts, ends):
    labels = ids.clone()
    for b in range(len(ids)):
        if starts[b] < ends[b]:
            labels[b, : starts[b]] = -100
            labels[b, ends[b] :] = -100
    return labels


# %% exercise=sft_labels variant=loop
def sft_labels(ids, starts, ends):
    labels = torch.full_like(ids, -100)
    for b in range(len(ids)):
        labels[b, starts[b] : ends[b]] = ids[b, starts[b] : ends[b]]
    return labels


# %% exercise=sft_labels variant=masked-fill
def sft_labels(ids, starts, ends):
    at = torch.arange(ids.shape[1]).expand_as(ids)
    return ids.clone().masked_fill_((at < starts.unsqueeze(1)) | (at >= ends.unsqueeze(1)), -100)


# ------------------------------------------------------------------------------------ LoRALinear
# %% exercise=LoRALinear name=both-zero
# en: With both matrices at zero, which of them gets a gradient?
# ko: 두 행렬이 모두 0이면 어느 쪽이 기울기를 받나요?
class LoRALinear(LoRALinear):
    def __init__(self, base, D_in, D_out, r, alpha):
        nn.Module.__init__(self)
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(torch.zeros(D_in, r, dtype=base.weight.dtype))
        self.B = nn.Parameter(torch.zeros(r, D_out, dtype=base.weight.dtype))
        self.scale = alpha / r


# %% exercise=LoRALinear name=both-random
# en: Before the first step the model must be the old one: what is A B then?
# ko: 첫 단계 전에는 원래 모델과 같아야 합니다. 그때 A B는 무엇이어야 하나요?
class LoRALinear(LoRALinear):
    def __init__(self, base, D_in, D_out, r, alpha):
        nn.Module.__init__(self)
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(0.02 * torch.randn(D_in, r, dtype=base.weight.dtype))
        self.B = nn.Parameter(0.02 * torch.randn(r, D_out, dtype=base.weight.dtype))
        self.scale = alpha / r


# %% exercise=LoRALinear name=not-frozen
# en: The base still asks for gradients: what then is saved?
# ko: 원래 층이 아직 기울기를 요구합니다. 그러면 무엇이 절약되나요?
class LoRALinear(LoRALinear):
    def __init__(self, base, D_in, D_out, r, alpha):
        nn.Module.__init__(self)
        self.base = base
        self.A = nn.Parameter(0.02 * torch.randn(D_in, r, dtype=base.weight.dtype))
        self.B = nn.Parameter(torch.zeros(r, D_out, dtype=base.weight.dtype))
        self.scale = alpha / r


# %% exercise=LoRALinear name=alpha-not-over-r
# en: The factor of the low-rank part is not alpha alone.
# ko: 저랭크 부분의 계수는 alpha만이 아닙니다.
class LoRALinear(LoRALinear):
    def __init__(self, base, D_in, D_out, r, alpha):
        super().__init__(base, D_in, D_out, r, alpha)
        self.scale = alpha


# %% exercise=LoRALinear name=no-scale-in-delta
# en: Merged and unmerged differ: is the same factor in both?
# ko: 합친 모델과 합치지 않은 모델이 다릅니다. 두 곳에 같은 계수가 있나요?
class LoRALinear(LoRALinear):
    def delta(self):
        return self.A @ self.B


# %% exercise=LoRALinear name=base-forgotten
# en: The low-rank part stands beside the base, not in its place.
# ko: 저랭크 부분은 원래 층을 대신하는 것이 아니라 옆에 더해집니다.
class LoRALinear(LoRALinear):
    def forward(self, x):
        return self.scale * (x @ self.A @ self.B)


# %% exercise=LoRALinear name=delta-transposed
# en: The course's orientation is (in, out): which shape has your matrix?
# ko: 이 강의의 방향은 (입력, 출력)입니다. 지금 행렬의 모양은 무엇인가요?
class LoRALinear(LoRALinear):
    def delta(self):
        return self.scale * (self.A @ self.B).T


# %% exercise=LoRALinear name=spread-of-one
# en: How large are the numbers in A at the start? The contract names their deviation.
# ko: 처음에 A의 값은 얼마나 큰가요? 표준편차가 정해져 있습니다.
class LoRALinear(LoRALinear):
    def __init__(self, base, D_in, D_out, r, alpha):
        super().__init__(base, D_in, D_out, r, alpha)
        self.A = nn.Parameter(torch.randn(D_in, r, dtype=base.weight.dtype))


# %% exercise=LoRALinear name=scale-left-out
# en: How much does the low-rank part count? Where is alpha?
# ko: 저랭크 부분은 몇 배로 세나요? alpha는 어디에 있나요?
class LoRALinear(LoRALinear):
    def forward(self, x):
        return self.base(x) + x @ self.A @ self.B

    def delta(self):
        return self.A @ self.B


# %% exercise=LoRALinear name=base-out-of-the-graph
# en: The base is frozen, and gradients still pass through it to the layers below: do they in yours?
# ko: 기반 층은 얼렸지만 기울기는 그 층을 지나 아래로 흘러야 합니다. 흐르고 있나요?
class LoRALinear(LoRALinear):
    def forward(self, x):
        with torch.no_grad():
            y = self.base(x)
        return y + x @ self.delta()


# %% exercise=LoRALinear name=base-taken-apart
# en: Which way round a base keeps its weight is its own affair: call it.
# ko: 기반 층의 가중치 방향은 그 층만 압니다. 층을 직접 호출하세요.
class LoRALinear(LoRALinear):
    def forward(self, x):
        return F.linear(x, self.base.weight, self.base.bias) + x @ self.delta()


# %% exercise=LoRALinear name=A-out-of-the-graph
# en: No gradient arrives at A: what in your forward cuts it off?
# ko: A에 기울기가 오지 않습니다. forward의 무엇이 길을 끊나요?
class LoRALinear(LoRALinear):
    def forward(self, x):
        return self.base(x) + self.scale * (x @ self.A.detach() @ self.B)


# %% exercise=LoRALinear name=axes-of-the-paper
# en: The paper writes matrices the other way round: which shapes do A and B have here?
# ko: 논문은 행렬을 반대 방향으로 적습니다. 여기에서 A와 B의 모양은 무엇인가요?
class LoRALinear(LoRALinear):
    def __init__(self, base, D_in, D_out, r, alpha):
        super().__init__(base, D_in, D_out, r, alpha)
        self.A = nn.Parameter(0.02 * torch.randn(r, D_in, dtype=base.weight.dtype))
        self.B = nn.Parameter(torch.zeros(D_out, r, dtype=base.weight.dtype))

    def forward(self, x):
        return self.base(x) + self.scale * (x @ self.A.T @ self.B.T)

    def delta(self):
        return self.scale * (self.A.T @ self.B.T)


# %% exercise=LoRALinear name=bias-not-frozen
# en: A base may have more parameters than its weight: which of them still asks for a gradient?
# ko: 기반 층에는 weight 말고도 매개변수가 있을 수 있습니다. 아직 기울기를 요구하는 것은 무엇인가요?
class LoRALinear(LoRALinear):
    def __init__(self, base, D_in, D_out, r, alpha):
        super().__init__(base, D_in, D_out, r, alpha)
        base.requires_grad_(True)
        base.weight.requires_grad_(False)


# %% exercise=LoRALinear name=delta-with-the-base
# en: Is the whole new matrix asked for, or what has to be added to the old one?
# ko: 새 행렬 전체를 돌려주라고 했나요, 원래 행렬에 더할 것을 돌려주라고 했나요?
class LoRALinear(LoRALinear):
    def delta(self):
        return self.base.weight.T + self.scale * (self.A @ self.B)


# %% exercise=LoRALinear name=spread-of-the-variance
# en: 0.02 is a standard deviation: is it yours, or is it the square of yours?
# ko: 0.02는 표준편차입니다. 지금 A에서 0.02인 것은 표준편차인가요, 분산인가요?
class LoRALinear(LoRALinear):
    def __init__(self, base, D_in, D_out, r, alpha):
        super().__init__(base, D_in, D_out, r, alpha)
        self.A = nn.Parameter(0.02**0.5 * torch.randn(D_in, r, dtype=base.weight.dtype))


# %% exercise=LoRALinear name=same-A-for-all
# en: Two layers start with the same A: what does your __init__ do to the dice?
# ko: 두 층이 같은 A로 시작합니다. __init__이 난수에 무엇을 하나요?
class LoRALinear(nn.Module):
    def __init__(self, base, D_in, D_out, r, alpha):
        super().__init__()
        torch.manual_seed(0)
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(0.02 * torch.randn(D_in, r, dtype=base.weight.dtype))
        self.B = nn.Parameter(torch.zeros(r, D_out, dtype=base.weight.dtype))
        self.scale = alpha / r

    def forward(self, x):
        return self.base(x) + self.scale * (x @ self.A @ self.B)

    def delta(self):
        return self.scale * (self.A @ self.B)


# %% exercise=LoRALinear name=uniform-not-normal
# en: No number of A is far from zero: from which distribution is it drawn?
# ko: A에 0에서 먼 수가 없습니다. 어떤 분포에서 뽑나요?
class LoRALinear(nn.Module):
    def __init__(self, base, D_in, D_out, r, alpha):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(0.02 * 3**0.5 * (2 * torch.rand(D_in, r, dtype=base.weight.dtype) - 1))
        self.B = nn.Parameter(torch.zeros(r, D_out, dtype=base.weight.dtype))
        self.scale = alpha / r

    def forward(self, x):
        return self.base(x) + self.scale * (x @ self.A @ self.B)

    def delta(self):
        return self.scale * (self.A @ self.B)


# %% exercise=LoRALinear name=two-parts-frozen
# en: A base with a parameter beside weight and bias still asks for a gradient: which ones do you freeze?
# ko: weight와 bias 말고 다른 파라미터가 있는 base가 아직 기울기를 요구합니다. 어느 것을 고정하나요?
class LoRALinear(nn.Module):
    def __init__(self, base, D_in, D_out, r, alpha):
        super().__init__()
        self.base = base
        base.weight.requires_grad = False
        base.bias.requires_grad = False
        self.A = nn.Parameter(0.02 * torch.randn(D_in, r, dtype=base.weight.dtype))
        self.B = nn.Parameter(torch.zeros(r, D_out, dtype=base.weight.dtype))
        self.scale = alpha / r

    def forward(self, x):
        return self.base(x) + self.scale * (x @ self.A @ self.B)

    def delta(self):
        return self.scale * (self.A @ self.B)


# %% exercise=LoRALinear name=base-copied
# en: The base that was handed over is not the one that is kept: is it copied?
# ko: 넘겨받은 base와 간직한 base가 다릅니다. 복사했나요?
class LoRALinear(nn.Module):
    def __init__(self, base, D_in, D_out, r, alpha):
        super().__init__()
        import copy

        self.base = copy.deepcopy(base.requires_grad_(False))
        self.A = nn.Parameter(0.02 * torch.randn(D_in, r, dtype=base.weight.dtype))
        self.B = nn.Parameter(torch.zeros(r, D_out, dtype=base.weight.dtype))
        self.scale = alpha / r

    def forward(self, x):
        return self.base(x) + self.scale * (x @ self.A @ self.B)

    def delta(self):
        return self.scale * (self.A @ self.B)


# %% exercise=LoRALinear name=tables-only
# en: Only x of two axes goes through: what may stand before D_in in the docstring?
# ko: 축이 둘인 x만 지나갑니다. docstring에서 D_in 앞에는 무엇이 올 수 있나요?
class LoRALinear(nn.Module):
    def __init__(self, base, D_in, D_out, r, alpha):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(0.02 * torch.randn(D_in, r, dtype=base.weight.dtype))
        self.B = nn.Parameter(torch.zeros(r, D_out, dtype=base.weight.dtype))
        self.scale = alpha / r

    def forward(self, x):
        return torch.addmm(self.base(x), torch.mm(x, self.A), self.B, alpha=self.scale)

    def delta(self):
        return self.scale * (self.A @ self.B)


# %% exercise=LoRALinear name=whole-quotient
# en: The factor of the low-rank part is a whole number, and may be 0: which division is it?
# ko: 낮은 랭크 부분의 배율이 정수이고 0이 될 수도 있습니다. 어떤 나눗셈인가요?
class LoRALinear(nn.Module):
    def __init__(self, base, D_in, D_out, r, alpha):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(0.02 * torch.randn(D_in, r, dtype=base.weight.dtype))
        self.B = nn.Parameter(torch.zeros(r, D_out, dtype=base.weight.dtype))
        self.scale = alpha // r

    def forward(self, x):
        return self.base(x) + self.scale * (x @ self.A @ self.B)

    def delta(self):
        return self.scale * (self.A @ self.B)


# %% exercise=LoRALinear variant=through-functional-linear
class LoRALinear(nn.Module):
    def __init__(self, base, D_in, D_out, r, alpha):
        super().__init__()
        for parameter in base.parameters():
            parameter.requires_grad = False
        self.base, self.r, self.alpha = base, r, alpha
        self.A = nn.Parameter(torch.empty(D_in, r, dtype=base.weight.dtype).normal_(0, 0.02))
        self.B = nn.Parameter(base.weight.new_zeros(r, D_out))

    def forward(self, x):
        return self.base(x) + F.linear(F.linear(x, self.A.T), self.B.T) * self.alpha / self.r

    def delta(self):
        return self.alpha * torch.einsum("ir,ro->io", self.A, self.B) / self.r


# %% exercise=LoRALinear variant=by-delta
class LoRALinear(LoRALinear):
    def forward(self, x):
        return self.base(x) + x @ self.delta()


# ------------------------------------------------------------------------------------ finetune
# %% exercise=finetune name=not-shifted
# en: The logits at a place are compared with the token at that place: what should they foretell?
# ko: 한 자리의 로짓을 같은 자리의 토큰과 비교하고 있습니다. 무엇을 예측해야 하나요?
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    model.train()
    losses = []
    for step, (ids, labels) in enumerate(batches):
        optimizer.param_groups[0]["lr"] = lr * min(1.0, (step + 1) / max(1, warmup))
        logits = model(input_ids=ids).logits
        loss = F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, max_norm)
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    return losses


# %% exercise=finetune name=gradients-pile-up
# en: From the second step on gradients of earlier batches are still there.
# ko: 두 번째 단계부터 앞 배치의 기울기가 남아 있습니다.
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    model.train()
    losses = []
    for step, (ids, labels) in enumerate(batches):
        optimizer.param_groups[0]["lr"] = lr * min(1.0, (step + 1) / max(1, warmup))
        logits = model(input_ids=ids).logits[:, :-1]
        loss = F.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
        loss.backward()
        nn.utils.clip_grad_norm_(trained, max_norm)
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    return losses


# %% exercise=finetune name=mean-over-all-places
# en: The mean is taken over labels that do not count as well: by what is the sum divided?
# ko: 세지 않을 자리까지 포함해 평균을 냈습니다. 합을 무엇으로 나누어야 하나요?
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    model.train()
    losses = []
    for step, (ids, labels) in enumerate(batches):
        optimizer.param_groups[0]["lr"] = lr * min(1.0, (step + 1) / max(1, warmup))
        logits = model(input_ids=ids).logits[:, :-1]
        loss = F.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), reduction="none").mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, max_norm)
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    return losses


# %% exercise=finetune name=no-clipping
# en: A large gradient goes through as it is: is it scaled down to max_norm between `backward` and `step`?
# ko: 큰 기울기가 그대로 지나갑니다. `backward`와 `step` 사이에서 max_norm까지 줄이나요?
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    model.train()
    losses = []
    for step, (ids, labels) in enumerate(batches):
        optimizer.param_groups[0]["lr"] = lr * min(1.0, (step + 1) / max(1, warmup))
        logits = model(input_ids=ids).logits[:, :-1]
        loss = F.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    return losses


# %% exercise=finetune name=weight-decay-left-on
# en: AdamW shrinks weights unless told otherwise.
# ko: AdamW는 따로 말하지 않으면 가중치를 줄입니다.
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr)
    model.train()
    losses = []
    for step, (ids, labels) in enumerate(batches):
        optimizer.param_groups[0]["lr"] = lr * min(1.0, (step + 1) / max(1, warmup))
        logits = model(input_ids=ids).logits[:, :-1]
        loss = F.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, max_norm)
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    return losses


# %% exercise=finetune name=warmup-from-zero
# en: The first step has a learning rate of 0: with which share of lr does warming up begin?
# ko: 첫 단계의 학습률이 0입니다. 워밍업은 lr의 몇 분의 몇에서 시작하나요?
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    model.train()
    losses = []
    for step, (ids, labels) in enumerate(batches):
        optimizer.param_groups[0]["lr"] = lr * min(1.0, step / warmup) if warmup else lr
        logits = model(input_ids=ids).logits[:, :-1]
        loss = F.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, max_norm)
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    return losses


# %% exercise=finetune name=no-warmup
# en: The learning rate is the same from the first step on: what is `warmup` for?
# ko: 학습률이 처음부터 같습니다. `warmup`은 무엇을 위한 것인가요?
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    model.train()
    losses = []
    for ids, labels in batches:
        logits = model(input_ids=ids).logits[:, :-1]
        loss = F.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, max_norm)
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    return losses


# %% exercise=finetune name=evaluation-mode
# en: In which mode should a model be while it trains, and in which afterwards?
# ko: 학습하는 동안, 그리고 끝난 뒤에 모델은 어떤 모드여야 하나요?
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    model.eval()
    losses = []
    for step, (ids, labels) in enumerate(batches):
        optimizer.param_groups[0]["lr"] = lr * min(1.0, (step + 1) / max(1, warmup))
        logits = model(input_ids=ids).logits[:, :-1]
        loss = F.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, max_norm)
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% exercise=finetune name=sum-over-labels
# en: A long answer must not weigh more than a short one: is the loss a sum or a mean?
# ko: 긴 답이 짧은 답보다 더 세어지면 안 됩니다. 손실은 합인가요, 평균인가요?
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    model.train()
    losses = []
    for step, (ids, labels) in enumerate(batches):
        optimizer.param_groups[0]["lr"] = lr * min(1.0, (step + 1) / max(1, warmup))
        logits = model(input_ids=ids).logits[:, :-1]
        loss = F.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), reduction="sum")
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, max_norm)
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    return losses


# %% exercise=finetune name=mean-of-row-means
# en: The mean is over all labels that count, not over rows first.
# ko: 평균은 행마다가 아니라 세는 레이블 전체에 대한 평균입니다.
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    model.train()
    losses = []
    for step, (ids, labels) in enumerate(batches):
        optimizer.param_groups[0]["lr"] = lr * min(1.0, (step + 1) / max(1, warmup))
        logits = model(input_ids=ids).logits[:, :-1]
        rows = [F.cross_entropy(z, y) for z, y in zip(logits, labels[:, 1:]) if (y >= 0).any()]
        loss = torch.stack(rows).mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, max_norm)
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    return losses


# %% exercise=finetune name=left-in-training-mode
# en: In which mode is the model when you hand it back?
# ko: 모델을 돌려줄 때 어떤 모드인가요?
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    model.train()
    losses = []
    for step, (ids, labels) in enumerate(batches):
        optimizer.param_groups[0]["lr"] = lr * min(1.0, (step + 1) / max(1, warmup))
        logits = model(input_ids=ids).logits[:, :-1]
        loss = F.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, max_norm)
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% exercise=finetune name=never-in-training-mode
# en: The model was handed over in evaluation mode: who puts it into training mode?
# ko: 모델이 평가 모드로 넘어왔습니다. 학습 모드로는 누가 바꾸나요?
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    losses = []
    for step, (ids, labels) in enumerate(batches):
        optimizer.param_groups[0]["lr"] = lr * min(1.0, (step + 1) / max(1, warmup))
        logits = model(input_ids=ids).logits[:, :-1]
        loss = F.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, max_norm)
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    return losses


# %% exercise=finetune name=each-gradient-clipped-alone
# en: The norm is taken over all gradients together: over what is yours?
# ko: 노름은 모든 기울기를 합쳐서 잽니다. 지금은 무엇의 노름을 재나요?
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    model.train()
    losses = []
    for step, (ids, labels) in enumerate(batches):
        optimizer.param_groups[0]["lr"] = lr * min(1.0, (step + 1) / max(1, warmup))
        logits = model(input_ids=ids).logits[:, :-1]
        loss = F.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        for p in trained:
            nn.utils.clip_grad_norm_(p, max_norm)
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    return losses


# %% exercise=finetune name=nothing-moves
# en: No parameter moves: is a step taken, and are the gradients still there when it is?
# ko: 파라미터가 하나도 움직이지 않습니다. `step`을 부르나요? 그때 기울기가 남아 있나요?
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    model.train()
    losses = []
    for step, (ids, labels) in enumerate(batches):
        optimizer.param_groups[0]["lr"] = lr * min(1.0, (step + 1) / max(1, warmup))
        logits = model(input_ids=ids).logits[:, :-1]
        loss = F.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
        loss.backward()
        optimizer.zero_grad()
        nn.utils.clip_grad_norm_(trained, max_norm)
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    return losses


# %% exercise=finetune name=losses-not-numbers
# en: The losses are tensors: what makes a plain number of one?
# ko: 손실이 텐서입니다. 파이썬 수로 바꾸는 것은 무엇인가요?
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    model.train()
    losses = []
    for step, (ids, labels) in enumerate(batches):
        optimizer.param_groups[0]["lr"] = lr * min(1.0, (step + 1) / max(1, warmup))
        logits = model(input_ids=ids).logits[:, :-1]
        loss = F.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, max_norm)
        optimizer.step()
        losses.append(loss.detach())
    model.eval()
    return losses


# %% exercise=finetune name=learning-rate-behind-the-step
# en: With which learning rate is the very first step taken: is it set before that step?
# ko: 맨 첫 단계는 어떤 학습률로 밟나요? 그 단계 전에 정해 두었나요?
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    model.train()
    losses = []
    for step, (ids, labels) in enumerate(batches):
        logits = model(input_ids=ids).logits[:, :-1]
        loss = F.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, max_norm)
        optimizer.step()
        optimizer.param_groups[0]["lr"] = lr * min(1.0, (step + 1) / max(1, warmup))
        losses.append(loss.item())
    model.eval()
    return losses


# %% exercise=finetune name=old-gradients-in-the-first-step
# en: A gradient that was left on the model goes into the first step: when are gradients set to zero for the first time?
# ko: 모델에 남아 있던 기울기가 첫 단계에 들어갑니다. 기울기를 처음 0으로 만드는 때는 언제인가요?
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    model.train()
    losses = []
    for step, (ids, labels) in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = lr * min(1.0, (step + 1) / max(1, warmup))
        logits = model(input_ids=ids).logits[:, :-1]
        loss = F.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
        loss.backward()
        nn.utils.clip_grad_norm_(trained, max_norm)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    model.eval()
    return losses


# %% exercise=finetune name=first-labels-counted
# en: The mean is too small where the first place has a label: which labels have logits before them?
# ko: 첫 자리에 레이블이 있으면 평균이 너무 작습니다. 앞에 로짓이 있는 레이블은 어느 것인가요?
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    model.train()
    losses = []
    for step, (ids, labels) in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = lr * min(1.0, (step + 1) / max(1, warmup))
        logits = model(input_ids=ids).logits[:, :-1]
        loss = F.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100, reduction="sum")
        loss = loss / (labels != -100).sum()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, max_norm)
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    return losses


# %% exercise=finetune name=label-zero-left-out
# en: Places with the label 0 do not count in your mean: which label alone is left out?
# ko: 레이블이 0인 자리가 평균에 들어가지 않습니다. 빼는 레이블은 어느 것뿐인가요?
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    model.train()
    losses = []
    for step, (ids, labels) in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = lr * min(1.0, (step + 1) / max(1, warmup))
        logits = model(input_ids=ids).logits[:, :-1]
        loss = F.cross_entropy(logits.flatten(0, 1), labels[:, 1:].masked_fill(labels[:, 1:] == 0, -100).flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, max_norm)
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    return losses


# %% exercise=finetune name=mean-over-all-rows
# en: Each row has a mean of its own, and rows without a label count as 0: over what should the mean be taken?
# ko: 행마다 평균을 내고 레이블이 없는 행을 0으로 셉니다. 무엇의 평균이어야 하나요?
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    model.train()
    losses = []
    for step, (ids, labels) in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = lr * min(1.0, (step + 1) / max(1, warmup))
        logits = model(input_ids=ids).logits[:, :-1]
        target = labels[:, 1:]
        each = F.cross_entropy(logits.transpose(1, 2), target, ignore_index=-100, reduction="none")
        loss = (each.sum(1) / (target != -100).sum(1).clamp(min=1)).mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, max_norm)
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    return losses


# %% exercise=finetune name=training-mode-once
# en: After the first batch the model trains in evaluation mode: where does your code change the mode?
# ko: 첫 배치 뒤에는 모델이 평가 모드에서 학습합니다. 코드의 어디에서 모드를 바꾸나요?
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    model.train()
    losses = []
    for step, (ids, labels) in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = lr * min(1.0, (step + 1) / max(1, warmup))
        logits = model(input_ids=ids).logits[:, :-1]
        loss = F.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, max_norm)
        optimizer.step()
        losses.append(loss.item())
        model.eval()
    return losses


# %% exercise=finetune name=a-list-wanted
# en: Batches that come one by one stop with an error: do you count or index what may only be walked through?
# ko: 하나씩 나오는 배치에서 오류가 납니다. 차례로 훑기만 할 수 있는 것을 세거나 번호로 찾나요?
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    model.train()
    losses = []
    for step, (ids, labels) in ((k, batches[k]) for k in range(len(batches))):
        for group in optimizer.param_groups:
            group["lr"] = lr * min(1.0, (step + 1) / max(1, warmup))
        logits = model(input_ids=ids).logits[:, :-1]
        loss = F.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, max_norm)
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    return losses


# %% exercise=finetune variant=log-softmax-by-hand
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    optimizer = torch.optim.AdamW(filter(lambda p: p.requires_grad, model.parameters()), lr=lr, weight_decay=0)
    pace = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: min(1.0, (k + 1) / max(warmup, 1)))
    model.train()
    losses = []
    for ids, labels in batches:
        log_p = model(input_ids=ids).logits[:, :-1].log_softmax(-1)
        wanted = labels[:, 1:]
        counted = wanted != -100
        loss = -log_p[counted].gather(1, wanted[counted][:, None]).mean()
        model.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        pace.step()
        losses.append(float(loss))
    model.eval()
    return losses


# %% exercise=finetune variant=clipped-by-hand
def finetune(model, batches, lr, warmup=0, max_norm=1.0):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    model.train()
    losses = []
    for step, (ids, labels) in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = lr * (step + 1) / warmup if step < warmup else lr
        logits = model(input_ids=ids).logits
        loss = F.cross_entropy(logits[:, :-1].transpose(1, 2), labels[:, 1:])
        grads = torch.autograd.grad(loss, trained)
        norm = torch.sqrt(sum(g.square().sum() for g in grads))
        for parameter, g in zip(trained, grads):
            parameter.grad = g * min(1.0, max_norm / (norm.item() + 1e-6))
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    return losses


# ------------------------------------------------------------------------------------ survivors
# %% exercise=bpe_train survivor=`break` -> `continue`
# why: Equivalent: with no pair left there is none in any later round either.

# %% exercise=sampling_probs survivor=`top_p < 1` -> `top_p <= 1` in `if top_p < 1:`
# why: Equivalent but for rounding: at 1 nothing that is likelier sums to 1 before the last token.

# %% exercise=sampling_probs survivor=`1` -> `2` in `if top_p < 1:`
# why: Equivalent but for rounding: at 1 nothing that is likelier sums to 1 before the last token.

# %% exercise=sampling_probs survivor=`1` -> `-1` in `p = torch.zeros_like(p).scatter(1, order, ranked.masked_fill(before >= top_p, 0))`
# why: Equivalent: there are two axes, so axis 1 is axis -1.

# %% exercise=sampling_probs survivor=`before >= top_p` -> `before > top_p` in `p = torch.zeros_like(p).scatter(1, order, ranked.masked_fill(before >= top_p, 0))`
# why: Equivalent but where a sum equals top_p to the last digit of a float.

# %% exercise=LoRALinear survivor=`0.02` -> `-0.02` in `self.A = nn.Parameter(0.02 * torch.randn(D_in, r, dtype=base.weight.dtype))`
# why: Equivalent: the normal distribution is symmetric.
