"""Known mistakes and correct variants of week 01. Each cell is overlaid on the reference: it runs after the reference's solution cell."""
# %% exercise=encode name=unknown-dropped
# en: A word that is not in the vocabulary leaves no trace. What does the contract put in its place?
# ko: 어휘에 없는 단어가 흔적 없이 사라집니다. 그 자리에 무엇을 두기로 했나요?
def encode(text, index):
    ids = []
    for part in re_findall(text.lower()):
        token = part if part[0].isalpha() else "<eos>"
        if token == "<eos>" and (not ids or ids[-1] == index["<eos>"]):
            continue
        if token in index:
            ids.append(index[token])
    return ids


def re_findall(text):
    parts, word = [], ""
    for character in text + " ":
        if character.isalpha():
            word += character
            continue
        if word:
            parts.append(word)
            word = ""
        if character in ".!?":
            parts.append(character)
    return parts

# %% exercise=encode name=capitals-kept
# en: "Whale" and "whale" are two words for you. In which case are the words of the index?
# ko: "Whale"과 "whale"을 다른 단어로 봅니다. 색인의 단어는 대문자인가요, 소문자인가요?
def encode(text, index):
    ids, word = [], ""
    for character in text + " ":
        if character.isalpha():
            word += character
            continue
        if word:
            ids.append(index.get(word, index["<unk>"]))
            word = ""
        if character in ".!?" and ids and ids[-1] != index["<eos>"]:
            ids.append(index["<eos>"])
    return ids

# %% exercise=encode name=last-word-lost
# en: A text that ends inside a word loses that word. When do you hand a word over?
# ko: 글이 단어 중간에서 끝나면 그 단어가 사라집니다. 단어를 언제 내보내나요?
def encode(text, index):
    ids, word = [], ""
    for character in text.lower():
        if character.isalpha():
            word += character
            continue
        if word:
            ids.append(index.get(word, index["<unk>"]))
            word = ""
        if character in ".!?" and ids and ids[-1] != index["<eos>"]:
            ids.append(index["<eos>"])
    return ids

# %% exercise=encode name=every-mark-is-an-end
# en: "Stop!!!" ends three times for you. What may an end not follow?
# ko: "Stop!!!"에서 문장이 세 번 끝납니다. 문장 끝은 무엇 뒤에 올 수 없나요?
def encode(text, index):
    ids, word = [], ""
    for character in text.lower() + " ":
        if character.isalpha():
            word += character
            continue
        if word:
            ids.append(index.get(word, index["<unk>"]))
            word = ""
        if character in ".!?":
            ids.append(index["<eos>"])
    return ids

# %% exercise=encode name=end-before-the-first-word
# en: Your text can begin with the end of a sentence. Is there a sentence to end yet?
# ko: 글이 문장 끝으로 시작할 수 있습니다. 끝낼 문장이 이미 있나요?
def encode(text, index):
    ids, word = [], ""
    for character in text.lower() + " ":
        if character.isalpha():
            word += character
            continue
        if word:
            ids.append(index.get(word, index["<unk>"]))
            word = ""
        if character in ".!?" and (not ids or ids[-1] != index["<eos>"]):
            ids.append(index["<eos>"])
    return ids

# %% exercise=encode name=latin-letters-only
# en: Korean words vanish or break. Are the letters a to z all the letters there are?
# ko: 한국어 단어가 사라지거나 깨집니다. 글자는 a부터 z까지가 전부인가요?
def encode(text, index):
    ids, word = [], ""
    for character in text.lower() + " ":
        if "a" <= character <= "z":
            word += character
            continue
        if word:
            ids.append(index.get(word, index["<unk>"]))
            word = ""
        if character in ".!?" and ids and ids[-1] != index["<eos>"]:
            ids.append(index["<eos>"])
    return ids

# %% exercise=encode name=cut-at-blanks
# en: You cut at blanks, so a comma or a hyphen stays inside a word. What else separates words?
# ko: 빈칸에서만 잘라서 쉼표나 붙임표가 단어 안에 남습니다. 또 무엇이 단어를 나누나요?
def encode(text, index):
    ids = []
    for part in text.lower().split():
        word = part.strip(".!?,")
        if word:
            ids.append(index.get(word, index["<unk>"]))
        if part[-1] in ".!?" and ids and ids[-1] != index["<eos>"]:
            ids.append(index["<eos>"])
    return ids

# %% exercise=encode name=digits-are-letters
# en: A digit has become part of a word. Which question to a character keeps digits out?
# ko: 숫자가 단어의 일부가 되었습니다. 어떤 검사를 해야 숫자가 빠질까요?
def encode(text, index):
    ids, word = [], ""
    for character in text.lower() + " ":
        if character.isalnum():
            word += character
            continue
        if word:
            ids.append(index.get(word, index["<unk>"]))
            word = ""
        if character in ".!?" and ids and ids[-1] != index["<eos>"]:
            ids.append(index["<eos>"])
    return ids

# %% exercise=encode name=end-after-every-text
# en: Every text of yours ends with <eos>. Only . ! or ? ends a sentence, not the end of the text.
# ko: 글이 끝날 때마다 <eos>를 붙였습니다. 문장은 . ! ?로만 끝나고 글의 끝으로는 끝나지 않습니다.
def encode(text, index):
    ids, word = [], ""
    for char in text.lower() + ".":
        if char.isalpha():
            word += char
            continue
        if word:
            ids.append(index.get(word, index["<unk>"]))
        if char in ".!?" and ids and ids[-1] != index["<eos>"]:
            ids.append(index["<eos>"])
        word = ""
    return ids

# %% exercise=encode name=only-full-stops
# en: Only a full stop ends a sentence for you. What about ! and ?
# ko: 마침표만 문장을 끝냅니다. !와 ?는 어떤가요?
def encode(text, index):
    ids, word = [], ""
    for char in text.lower() + " ":
        if char.isalpha():
            word += char
            continue
        if word:
            ids.append(index.get(word, index["<unk>"]))
        if char == "." and ids and ids[-1] != index["<eos>"]:
            ids.append(index["<eos>"])
        word = ""
    return ids

# %% exercise=encode name=id-zero-is-unknown
# en: A known word with the id 0 comes out as unknown. What do `or` and `if` make of a 0?
# ko: id가 0인 단어가 모르는 단어로 나옵니다. `or`와 `if`는 0을 무엇으로 볼까요?
def encode(text, index):
    ids, word = [], ""
    for char in text.lower() + " ":
        if char.isalpha():
            word += char
            continue
        if word:
            ids.append(index.get(word) or index["<unk>"])
        if char in ".!?" and ids and ids[-1] != index["<eos>"]:
            ids.append(index["<eos>"])
        word = ""
    return ids

# %% exercise=encode name=fractions-kept-in-words
# en: ½ and ² have become part of a word. Does str.isalpha call them letters, and what does your own test say?
# ko: ½과 ²이 단어의 일부가 되었습니다. str.isalpha는 이들을 글자로 보나요? 지금 쓰는 검사는 어떤가요?
def encode(text, index):
    import re

    ids = []
    for token in re.findall(r"[^\W\d_]+|[.!?]", text.lower()):
        if token not in (".", "!", "?"):
            ids.append(index.get(token, index["<unk>"]))
        elif ids and ids[-1] != index["<eos>"]:
            ids.append(index["<eos>"])
    return ids

# %% exercise=encode variant=replace-and-split
def encode(text, index):
    clean = "".join(c if c.isalpha() else " . " if c in ".!?" else " " for c in text.lower())
    ids = []
    for token in clean.split():
        if token != ".":
            ids.append(index[token] if token in index else index["<unk>"])
        elif ids and ids[-1] != index["<eos>"]:
            ids.append(index["<eos>"])
    return ids

# %% exercise=encode variant=groups
def encode(text, index):
    from itertools import groupby

    kinds = groupby(text.lower(), key=lambda c: "word" if c.isalpha() else c in ".!?")
    tokens = []
    for kind, group in kinds:
        if kind == "word":
            tokens.append("".join(group))
        elif kind and tokens and tokens[-1] is not None:
            tokens.append(None)
    return [index["<eos>"] if t is None else index.get(t, index["<unk>"]) for t in tokens]

# %% exercise=one_hot name=transposed
# en: Look at the shape: each word should be a row of V numbers. Which axis did you put last?
# ko: 모양을 확인하세요. 단어 하나가 숫자 V개짜리 행이어야 합니다. 어느 축을 마지막에 두었나요?
def one_hot(ids, V):
    return (torch.arange(V).reshape(V, *[1] * ids.dim()) == ids).float()

# %% exercise=one_hot name=integers
# en: The ones are in the right places, but what type are they? A matrix product with E needs floats.
# ko: 1의 자리는 맞지만 자료형은 무엇인가요? E와 행렬 곱을 하려면 실수형이어야 합니다.
def one_hot(ids, V):
    return F.one_hot(ids, V)

# %% exercise=one_hot name=ids-from-one
# en: Every 1 is one place off. Where do ids start counting: at 0 or at 1?
# ko: 모든 1이 한 칸씩 어긋나 있습니다. id는 0부터 셀까요, 1부터 셀까요?
def one_hot(ids, V):
    return torch.eye(V)[ids - 1]

# %% exercise=one_hot name=one-vector-for-all
# en: All words have ended up in one vector. Each word needs a vector of its own.
# ko: 모든 단어가 벡터 하나에 합쳐졌습니다. 단어마다 자기 벡터가 있어야 합니다.
def one_hot(ids, V):
    return torch.eye(V)[ids].sum(-2)

# %% exercise=one_hot name=axes-flattened
# en: A single sentence works, but a batch of sentences loses its axes. Which shape should come back?
# ko: 문장 하나는 되지만 문장 묶음에서는 축이 사라집니다. 어떤 모양이 돌아와야 할까요?
def one_hot(ids, V):
    return torch.eye(V)[ids.flatten()]

# %% exercise=one_hot name=float64
# en: The numbers are right, but which dtype does the docstring ask for?
# ko: 값은 맞습니다. 그런데 설명문은 어떤 dtype을 요구하나요?
def one_hot(ids, V):
    return torch.eye(V, dtype=torch.float64)[ids]

# %% exercise=one_hot variant=rows-of-the-identity
def one_hot(ids, V):
    return torch.eye(V)[ids]

# %% exercise=one_hot variant=library-call
def one_hot(ids, V):
    return F.one_hot(ids, V).to(torch.float32)

# %% exercise=one_hot variant=scatter
def one_hot(ids, V):
    out = torch.zeros(*ids.shape, V)
    return out.scatter_(-1, ids.unsqueeze(-1), 1.0)

# %% exercise=context_pairs name=last-place-missing
# en: The window reaches less far to the right than to the left. Does a range, or a slice, include its end?
# ko: 창이 왼쪽보다 오른쪽으로 덜 뻗습니다. range나 슬라이스는 끝값을 포함하나요?
def context_pairs(ids, window):
    return [
        (ids[i], ids[j])
        for i in range(len(ids))
        for j in range(max(0, i - window), min(len(ids), i + window))
        if j != i
    ]

# %% exercise=context_pairs name=only-the-future
# en: Only words to the right of the centre appear. The window has two sides.
# ko: 중심 단어의 오른쪽 단어만 나옵니다. 창에는 양쪽이 있습니다.
def context_pairs(ids, window):
    return [
        (ids[i], ids[j])
        for i in range(len(ids))
        for j in range(i + 1, min(len(ids), i + window + 1))
    ]

# %% exercise=context_pairs name=equal-words-skipped
# en: Two equal words at different places are a pair too. Do you compare places or words?
# ko: 서로 다른 자리에 있는 같은 단어도 쌍이 됩니다. 자리를 비교하나요, 단어를 비교하나요?
def context_pairs(ids, window):
    return [
        (ids[i], ids[j])
        for i in range(len(ids))
        for j in range(max(0, i - window), min(len(ids), i + window + 1))
        if ids[j] != ids[i]
    ]

# %% exercise=context_pairs name=wraps-around
# en: At the start of the sentence, words from its end appear. What does a negative index mean in Python?
# ko: 문장 처음에서 문장 끝의 단어가 나타납니다. 파이썬에서 음수 인덱스는 무엇을 뜻하나요?
def context_pairs(ids, window):
    return [
        (ids[i], ids[j])
        for i in range(len(ids))
        for j in range(max(-len(ids), i - window), min(len(ids), i + window + 1))
        if j != i
    ]

# %% exercise=context_pairs name=centre-with-itself
# en: A word is paired with its own place. Which value of j should be left out?
# ko: 단어가 자기 자신의 자리와 짝지어졌습니다. j의 어떤 값을 빼야 할까요?
def context_pairs(ids, window):
    return [
        (ids[i], ids[j])
        for i in range(len(ids))
        for j in range(max(0, i - window), min(len(ids), i + window + 1))
    ]

# %% exercise=context_pairs name=context-first
# en: The pairs are right but turned around: which of the two words comes first?
# ko: 쌍은 맞지만 순서가 뒤집혔습니다. 두 단어 중 어느 것이 먼저일까요?
def context_pairs(ids, window):
    return [
        (ids[j], ids[i])
        for i in range(len(ids))
        for j in range(max(0, i - window), min(len(ids), i + window + 1))
        if j != i
    ]

# %% exercise=context_pairs name=only-full-windows
# en: Words near the ends are no centres. The window is cut there, and they count as well.
# ko: 문장 끝 쪽의 단어가 중심에서 빠졌습니다. 거기서는 창이 잘릴 뿐, 그 단어들도 중심입니다.
def context_pairs(ids, window):
    return [
        (ids[i], ids[j])
        for i in range(window, len(ids) - window)
        for j in range(i - window, i + window + 1)
        if j != i
    ]


# %% exercise=context_pairs name=nearest-first
# en: The pairs are right, but the nearest context comes first. The docstring wants left to right.
# ko: 쌍은 맞지만 가까운 문맥이 먼저 나옵니다. 왼쪽에서 오른쪽 순서여야 합니다.
def context_pairs(ids, window):
    return [
        (ids[i], ids[j])
        for i in range(len(ids))
        for step in range(1, window + 1)
        for j in (i - step, i + step)
        if 0 <= j < len(ids)
    ]


# %% exercise=context_pairs name=each-pair-once
# en: A pair that comes again is left out. Each place counts, also where the words are the same.
# ko: 다시 나온 쌍을 버렸습니다. 단어가 같아도 자리마다 따로 셉니다.
def context_pairs(ids, window):
    pairs = []
    for i in range(len(ids)):
        for j in range(max(0, i - window), min(len(ids), i + window + 1)):
            if j != i and (ids[i], ids[j]) not in pairs:
                pairs.append((ids[i], ids[j]))
    return pairs


# %% exercise=context_pairs variant=slices
def context_pairs(ids, window):
    pairs = []
    for i, centre in enumerate(ids):
        left = ids[max(0, i - window) : i]
        right = ids[i + 1 : i + 1 + window]
        pairs.extend((centre, word) for word in left + right)
    return pairs

# %% exercise=context_pairs variant=all-places
def context_pairs(ids, window):
    T = len(ids)
    return [(ids[i], ids[j]) for i in range(T) for j in range(T) if 0 < abs(i - j) <= window]

# %% exercise=cbow_forward name=padding-in-the-mean
# en: The padded places still take part. Which places does the mask call real, and how many are they?
# ko: 채워 넣은 자리가 아직 계산에 들어갑니다. 마스크가 진짜라고 하는 자리는 어디이고 몇 개인가요?
def cbow_forward(context, mask, E_in, E_out):
    return E_in[context].mean(dim=1) @ E_out.T

# %% exercise=cbow_forward name=divided-by-the-window
# en: Padded words add nothing, but the sum is still divided by C. Does your mean, or your count, take in the padding?
# ko: 채운 단어는 더해지지 않지만 합을 여전히 C로 나눕니다. 평균이나 개수를 구할 때 패딩까지 들어가지 않나요?
def cbow_forward(context, mask, E_in, E_out):
    return (E_in[context] * mask.unsqueeze(-1)).mean(dim=1) @ E_out.T

# %% exercise=cbow_forward name=sum-for-mean
# en: The context vectors are added up. The formula asks for their mean.
# ko: 문맥 벡터를 더하기만 했습니다. 식은 평균을 요구합니다.
def cbow_forward(context, mask, E_in, E_out):
    return (E_in[context] * mask.unsqueeze(-1)).sum(dim=1) @ E_out.T

# %% exercise=cbow_forward name=softmaxed
# en: These are probabilities. The function should return the scores before the softmax.
# ko: 이것은 확률입니다. 함수는 소프트맥스 이전의 점수를 돌려주어야 합니다.
def cbow_forward(context, mask, E_in, E_out):
    total = (E_in[context] * mask.unsqueeze(-1)).sum(dim=1)
    h = total / mask.sum(dim=1, keepdim=True).clamp(min=1)
    return (h @ E_out.T).softmax(dim=-1)

# %% exercise=cbow_forward name=id-zero-as-padding
# en: Id 0 is also a real word. What decides whether a place is padding: its id or the mask?
# ko: id 0은 진짜 단어이기도 합니다. 어떤 자리가 패딩인지는 id가 정하나요, 마스크가 정하나요?
def cbow_forward(context, mask, E_in, E_out):
    real = (context != 0).to(E_in.dtype)
    total = (E_in[context] * real.unsqueeze(-1)).sum(dim=1)
    return (total / real.sum(dim=1, keepdim=True).clamp(min=1)) @ E_out.T

# %% exercise=cbow_forward name=nan-without-context
# en: A row without any real word divides 0 by 0. What should its mean vector be?
# ko: 진짜 단어가 하나도 없는 행에서 0을 0으로 나눕니다. 이때 평균 벡터는 무엇이어야 할까요?
def cbow_forward(context, mask, E_in, E_out):
    total = (E_in[context] * mask.unsqueeze(-1)).sum(dim=1)
    return (total / mask.sum(dim=1, keepdim=True)) @ E_out.T

# %% exercise=cbow_forward name=padding-only-behind
# en: Padding may stand anywhere in a row: does your code count real words, or look where they are?
# ko: 패딩은 행의 어디에나 있을 수 있습니다. 실제 단어의 개수만 세고 있나요, 위치를 보고 있나요?
def cbow_forward(context, mask, E_in, E_out):
    n_real = mask.sum(dim=1, keepdim=True)
    first = (torch.arange(context.shape[1]) < n_real).to(E_in.dtype)
    total = (E_in[context] * first.unsqueeze(-1)).sum(dim=1)
    return (total / n_real.clamp(min=1)) @ E_out.T

# %% exercise=cbow_forward name=batch-axis-squeezed
# en: What is left of the shape when the batch holds a single row?
# ko: 배치에 행이 하나뿐일 때 모양은 어떻게 되나요?
def cbow_forward(context, mask, E_in, E_out):
    weights = mask.to(E_in.dtype)
    total = torch.einsum("bc,bcd->bd", weights, E_in[context]).squeeze()
    n_real = weights.sum(dim=1).clamp(min=1).squeeze()
    return (total / n_real.unsqueeze(-1)) @ E_out.T

# %% exercise=cbow_forward name=one-count-for-the-batch
# en: You divide each row by the words of the whole batch. Should each row have its own count?
# ko: 행마다 배치 전체의 단어 수로 나누었습니다. 행마다 따로 세어야 하지 않을까요?
def cbow_forward(context, mask, E_in, E_out):
    total = (E_in[context] * mask.unsqueeze(-1)).sum(dim=1)
    return total / mask.sum().clamp(min=1) @ E_out.T


# %% exercise=cbow_forward name=scaled-by-the-root-of-D
# en: You divide the logits by the root of D. That belongs to attention; here they are plain products.
# ko: 로짓을 D의 제곱근으로 나누었습니다. 그것은 어텐션에서 하는 일이고 여기서는 내적 그대로입니다.
def cbow_forward(context, mask, E_in, E_out):
    total = (E_in[context] * mask.unsqueeze(-1)).sum(dim=1)
    mean = total / mask.sum(dim=1, keepdim=True).clamp(min=1)
    return mean @ E_out.T / E_in.shape[1] ** 0.5


# %% exercise=cbow_forward variant=loop
def cbow_forward(context, mask, E_in, E_out):
    rows = []
    for ids, real in zip(context, mask):
        h = E_in[ids[real]].mean(dim=0) if real.any() else torch.zeros_like(E_in[0])
        rows.append(E_out @ h)
    return torch.stack(rows)

# %% exercise=cbow_forward variant=einsum
def cbow_forward(context, mask, E_in, E_out):
    weights = mask.double() / mask.sum(1, keepdim=True).clamp(min=1)
    return torch.einsum("bc,bcd,vd->bv", weights.to(E_in.dtype), E_in[context], E_out)

# %% exercise=cbow_forward variant=one-hot-matrix
def cbow_forward(context, mask, E_in, E_out):
    bags = torch.zeros(len(context), len(E_in), dtype=E_in.dtype)
    bags.scatter_add_(1, context, mask.to(E_in.dtype))
    return bags / bags.sum(1, keepdim=True).clamp(min=1) @ E_in @ E_out.T

# %% exercise=sgns_loss_and_grad name=repeats-overwritten
# en: When a word occurs twice in the batch, one of its contributions is lost. Do repeated ids add up?
# ko: 한 단어가 배치에 두 번 나오면 기여 하나가 사라집니다. 반복된 id의 값이 더해지고 있나요?
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    B = len(centre)
    targets = torch.cat([context[:, None], negatives], dim=1)
    v, u = E_in[centre], E_out[targets]
    s = torch.einsum("bkd,bd->bk", u, v)
    loss = -(F.logsigmoid(s[:, 0]).sum() + F.logsigmoid(-s[:, 1:]).sum()) / B
    g = torch.sigmoid(s)
    g[:, 0] -= 1
    g = g / B
    grad_in, grad_out = torch.zeros_like(E_in), torch.zeros_like(E_out)
    grad_in[centre] += torch.einsum("bk,bkd->bd", g, u)
    grad_out[targets.flatten()] += torch.einsum("bk,bd->bkd", g, v).flatten(0, 1)
    return loss, grad_in, grad_out

# %% exercise=sgns_loss_and_grad name=batch-summed
# en: Everything is B times too large. Is the loss of a batch the sum or the mean of its pairs?
# ko: 모든 값이 B배 큽니다. 배치의 손실은 쌍들의 합인가요, 평균인가요?
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    targets = torch.cat([context[:, None], negatives], dim=1)
    v, u = E_in[centre], E_out[targets]
    s = torch.einsum("bkd,bd->bk", u, v)
    loss = -(F.logsigmoid(s[:, 0]).sum() + F.logsigmoid(-s[:, 1:]).sum())
    g = torch.sigmoid(s)
    g[:, 0] -= 1
    grad_in = torch.zeros_like(E_in).index_add_(0, centre, torch.einsum("bk,bkd->bd", g, u))
    rows = torch.einsum("bk,bd->bkd", g, v).flatten(0, 1)
    grad_out = torch.zeros_like(E_out).index_add_(0, targets.flatten(), rows)
    return loss, grad_in, grad_out

# %% exercise=sgns_loss_and_grad name=gradient-not-averaged
# en: The loss is the mean over the batch, but the gradients belong to the sum. What happened to 1/B?
# ko: 손실은 배치 평균인데 기울기는 합의 기울기입니다. 1/B는 어디로 갔나요?
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    B = len(centre)
    targets = torch.cat([context[:, None], negatives], dim=1)
    v, u = E_in[centre], E_out[targets]
    s = torch.einsum("bkd,bd->bk", u, v)
    loss = -(F.logsigmoid(s[:, 0]).sum() + F.logsigmoid(-s[:, 1:]).sum()) / B
    g = torch.sigmoid(s)
    g[:, 0] -= 1
    grad_in = torch.zeros_like(E_in).index_add_(0, centre, torch.einsum("bk,bkd->bd", g, u))
    rows = torch.einsum("bk,bd->bkd", g, v).flatten(0, 1)
    grad_out = torch.zeros_like(E_out).index_add_(0, targets.flatten(), rows)
    return loss, grad_in, grad_out

# %% exercise=sgns_loss_and_grad name=label-forgotten
# en: The loss is right, but the true context is treated as if its label were 0. What is dloss/ds for it?
# ko: 손실은 맞지만 진짜 문맥 단어의 레이블을 0으로 다루었습니다. 그 단어의 dloss/ds는 무엇인가요?
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    B = len(centre)
    targets = torch.cat([context[:, None], negatives], dim=1)
    v, u = E_in[centre], E_out[targets]
    s = torch.einsum("bkd,bd->bk", u, v)
    loss = -(F.logsigmoid(s[:, 0]).sum() + F.logsigmoid(-s[:, 1:]).sum()) / B
    g = torch.sigmoid(s) / B
    grad_in = torch.zeros_like(E_in).index_add_(0, centre, torch.einsum("bk,bkd->bd", g, u))
    rows = torch.einsum("bk,bd->bkd", g, v).flatten(0, 1)
    grad_out = torch.zeros_like(E_out).index_add_(0, targets.flatten(), rows)
    return loss, grad_in, grad_out

# %% exercise=sgns_loss_and_grad name=negatives-pulled-in
# en: The negatives are treated like true context words. Should their scores go up or down?
# ko: 네거티브 단어를 진짜 문맥처럼 다루고 있습니다. 그 점수는 올라가야 하나요, 내려가야 하나요?
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    B = len(centre)
    targets = torch.cat([context[:, None], negatives], dim=1)
    v, u = E_in[centre], E_out[targets]
    s = torch.einsum("bkd,bd->bk", u, v)
    loss = -F.logsigmoid(s).sum() / B
    g = (torch.sigmoid(s) - 1) / B
    grad_in = torch.zeros_like(E_in).index_add_(0, centre, torch.einsum("bk,bkd->bd", g, u))
    rows = torch.einsum("bk,bd->bkd", g, v).flatten(0, 1)
    grad_out = torch.zeros_like(E_out).index_add_(0, targets.flatten(), rows)
    return loss, grad_in, grad_out

# %% exercise=sgns_loss_and_grad name=log-of-sigmoid
# en: With scores in the hundreds the loss becomes infinite. Which function computes ln sigmoid safely?
# ko: 점수가 수백이 되면 손실이 무한대가 됩니다. ln sigmoid를 안전하게 계산하는 함수는 무엇인가요?
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    B = len(centre)
    targets = torch.cat([context[:, None], negatives], dim=1)
    v, u = E_in[centre], E_out[targets]
    s = torch.einsum("bkd,bd->bk", u, v)
    p = torch.sigmoid(s)
    loss = -(torch.log(p[:, 0]).sum() + torch.log(1 - p[:, 1:]).sum()) / B
    p[:, 0] -= 1
    g = p / B
    grad_in = torch.zeros_like(E_in).index_add_(0, centre, torch.einsum("bk,bkd->bd", g, u))
    rows = torch.einsum("bk,bd->bkd", g, v).flatten(0, 1)
    grad_out = torch.zeros_like(E_out).index_add_(0, targets.flatten(), rows)
    return loss, grad_in, grad_out

# %% exercise=sgns_loss_and_grad name=float32-gradients
# en: The gradients must have the dtype of the tables that they belong to, also for float64 tables.
# ko: 기울기의 dtype은 해당 표의 dtype과 같아야 합니다. float64 표에서도 그런가요?
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    B = len(centre)
    targets = torch.cat([context[:, None], negatives], dim=1)
    v, u = E_in[centre].float(), E_out[targets].float()
    scores = torch.einsum("bkd,bd->bk", u, v)
    labels = torch.zeros_like(scores)
    labels[:, 0] = 1.0
    loss = -F.logsigmoid(torch.where(labels == 1, scores, -scores)).sum() / B
    g = (torch.sigmoid(scores) - labels) / B
    grad_in = torch.zeros(E_in.shape).index_add_(0, centre, torch.einsum("bk,bkd->bd", g, u))
    rows_out = torch.einsum("bk,bd->bkd", g, v).flatten(0, 1)
    grad_out = torch.zeros(E_out.shape).index_add_(0, targets.flatten(), rows_out)
    return loss, grad_in, grad_out

# %% exercise=sgns_loss_and_grad name=tables-updated
# en: Only the gradients are asked for: does your code take a step and change a table?
# ko: 기울기만 구하면 됩니다. 혹시 한 걸음 학습하여 표를 바꾸고 있지는 않나요?
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    B = len(centre)
    targets = torch.cat([context[:, None], negatives], dim=1)
    v, u = E_in[centre], E_out[targets]
    scores = torch.einsum("bkd,bd->bk", u, v)
    labels = torch.zeros_like(scores)
    labels[:, 0] = 1.0
    loss = -F.logsigmoid(torch.where(labels == 1, scores, -scores)).sum() / B
    g = (torch.sigmoid(scores) - labels) / B
    grad_in = torch.zeros_like(E_in).index_add_(0, centre, torch.einsum("bk,bkd->bd", g, u))
    rows_out = torch.einsum("bk,bd->bkd", g, v).flatten(0, 1)
    grad_out = torch.zeros_like(E_out).index_add_(0, targets.flatten(), rows_out)
    E_in -= 0.1 * grad_in
    return loss, grad_in, grad_out

# %% exercise=sgns_loss_and_grad name=negatives-averaged
# en: The K noise words are averaged. Does the formula have their mean or their sum?
# ko: 잡음 단어 K개를 평균했습니다. 식에는 평균이 있나요, 합이 있나요?
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    B, K = negatives.shape
    v, u, noise = E_in[centre], E_out[context], E_out[negatives]
    s, s_noise = (u * v).sum(1), torch.einsum("bkd,bd->bk", noise, v)
    loss = -(F.logsigmoid(s) + F.logsigmoid(-s_noise).mean(1)).mean()
    g, g_noise = (torch.sigmoid(s) - 1) / B, torch.sigmoid(s_noise) / (B * K)
    pull = g[:, None] * u
    push = torch.einsum("bk,bkd->bd", g_noise, noise)
    grad_in = torch.zeros_like(E_in).index_add_(0, centre, pull + push)
    grad_out = torch.zeros_like(E_out).index_add_(0, context, g[:, None] * v)
    rows = torch.einsum("bk,bd->bkd", g_noise, v).flatten(0, 1)
    grad_out.index_add_(0, negatives.flatten(), rows)
    return loss, grad_in, grad_out


# %% exercise=sgns_loss_and_grad name=noise-pulled-in
# en: The noise words' rows of grad_out have the wrong sign: a step along it would pull them nearer.
# ko: grad_out에서 잡음 단어 행의 부호가 반대입니다. 그대로 내려가면 잡음 단어가 가까워집니다.
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    B, K = negatives.shape
    v, u, noise = E_in[centre], E_out[context], E_out[negatives]
    s, s_noise = (u * v).sum(1), torch.einsum("bkd,bd->bk", noise, v)
    loss = -(F.logsigmoid(s) + F.logsigmoid(-s_noise).sum(1)).mean()
    g, g_noise = (torch.sigmoid(s) - 1) / B, torch.sigmoid(s_noise) / B
    pull = g[:, None] * u
    push = torch.einsum("bk,bkd->bd", g_noise, noise)
    grad_in = torch.zeros_like(E_in).index_add_(0, centre, pull + push)
    grad_out = torch.zeros_like(E_out).index_add_(0, context, g[:, None] * v)
    rows = torch.einsum("bk,bd->bkd", g_noise, v).flatten(0, 1)
    grad_out.index_add_(0, negatives.flatten(), -rows)
    return loss, grad_in, grad_out


# %% exercise=sgns_loss_and_grad name=centre-without-noise
# en: grad_in knows the true context only. Do the noise words act on the centre as well?
# ko: grad_in에 진짜 문맥만 들어 있습니다. 잡음 단어도 중심 단어를 움직이지 않나요?
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    B, K = negatives.shape
    v, u, noise = E_in[centre], E_out[context], E_out[negatives]
    s, s_noise = (u * v).sum(1), torch.einsum("bkd,bd->bk", noise, v)
    loss = -(F.logsigmoid(s) + F.logsigmoid(-s_noise).sum(1)).mean()
    g, g_noise = (torch.sigmoid(s) - 1) / B, torch.sigmoid(s_noise) / B
    pull = g[:, None] * u
    push = torch.einsum("bk,bkd->bd", g_noise, noise)
    grad_in = torch.zeros_like(E_in).index_add_(0, centre, pull)
    grad_out = torch.zeros_like(E_out).index_add_(0, context, g[:, None] * v)
    rows = torch.einsum("bk,bd->bkd", g_noise, v).flatten(0, 1)
    grad_out.index_add_(0, negatives.flatten(), rows)
    return loss, grad_in, grad_out


# %% exercise=sgns_loss_and_grad name=noise-without-gradient
# en: grad_out has rows for the true context only. Where are those of the noise words?
# ko: grad_out에 진짜 문맥의 행만 있습니다. 잡음 단어의 행은 어디 있나요?
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    B, K = negatives.shape
    v, u, noise = E_in[centre], E_out[context], E_out[negatives]
    s, s_noise = (u * v).sum(1), torch.einsum("bkd,bd->bk", noise, v)
    loss = -(F.logsigmoid(s) + F.logsigmoid(-s_noise).sum(1)).mean()
    g, g_noise = (torch.sigmoid(s) - 1) / B, torch.sigmoid(s_noise) / B
    pull = g[:, None] * u
    push = torch.einsum("bk,bkd->bd", g_noise, noise)
    grad_in = torch.zeros_like(E_in).index_add_(0, centre, pull + push)
    grad_out = torch.zeros_like(E_out).index_add_(0, context, g[:, None] * v)
    rows = torch.einsum("bk,bd->bkd", g_noise, v).flatten(0, 1)
    grad_out.index_add_(0, negatives.flatten(), 0 * rows)
    return loss, grad_in, grad_out


# %% exercise=sgns_loss_and_grad variant=autograd
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    a, b = E_in.detach().requires_grad_(), E_out.detach().requires_grad_()
    v = a[centre]
    near = F.logsigmoid((b[context] * v).sum(-1))
    far = F.logsigmoid(-(b[negatives] * v[:, None]).sum(-1)).sum(-1)
    loss = -(near + far).mean()
    grad_in, grad_out = torch.autograd.grad(loss, (a, b))
    return loss.detach(), grad_in, grad_out

# %% exercise=sgns_loss_and_grad variant=loop
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    B = len(centre)
    loss, grad_in, grad_out = 0.0, torch.zeros_like(E_in), torch.zeros_like(E_out)
    for c, o, noise in zip(centre.tolist(), context.tolist(), negatives.tolist()):
        for target, label in [(o, 1.0)] + [(n, 0.0) for n in noise]:
            s = E_in[c] @ E_out[target]
            loss = loss - F.logsigmoid(s if label else -s) / B
            g = (torch.sigmoid(s) - label) / B
            grad_in[c] += g * E_out[target]
            grad_out[target] += g * E_in[c]
    return loss, grad_in, grad_out

# %% exercise=sgns_loss_and_grad variant=softplus-and-index-put
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    B, K = negatives.shape
    v, u, n = E_in[centre], E_out[context], E_out[negatives]
    s, t = (u * v).sum(-1), (n @ v.unsqueeze(-1)).squeeze(-1)
    loss = (F.softplus(-s).sum() + F.softplus(t).sum()) / B
    g, h = -torch.sigmoid(-s) / B, torch.sigmoid(t) / B
    grad_in, grad_out = torch.zeros_like(E_in), torch.zeros_like(E_out)
    grad_in.index_put_((centre,), g[:, None] * u + (h[:, :, None] * n).sum(1), accumulate=True)
    grad_out.index_put_((context,), g[:, None] * v, accumulate=True)
    grad_out.index_put_((negatives,), h[:, :, None] * v[:, None], accumulate=True)
    return loss, grad_in, grad_out

# %% exercise=noise_distribution name=power-forgotten
# en: These are the plain frequencies. What should happen to a count before you normalise?
# ko: 이것은 단순한 빈도입니다. 정규화하기 전에 횟수에 무엇을 해야 할까요?
def noise_distribution(counts, power=0.75):
    return counts.double() / counts.sum()

# %% exercise=noise_distribution name=frequencies-to-the-power
# en: The numbers do not sum to 1: they are the frequencies to the power. The sum of which numbers makes the powered counts a distribution?
# ko: 합이 1이 아닙니다. 빈도를 거듭제곱한 값입니다. 거듭제곱한 횟수를 어떤 수들의 합으로 나누어야 분포가 될까요?
def noise_distribution(counts, power=0.75):
    return torch.where(counts > 0, (counts.double() / counts.sum()) ** power, 0.0)

# %% exercise=noise_distribution name=softmax-of-counts
# en: A softmax gives nearly everything to the most frequent word. The formula has a power, no exponential.
# ko: 소프트맥스는 가장 흔한 단어에 거의 모든 확률을 줍니다. 식에는 지수 함수가 아니라 거듭제곱이 있습니다.
def noise_distribution(counts, power=0.75):
    return torch.softmax(power * counts.double(), dim=0)

# %% exercise=noise_distribution name=power-argument-ignored
# en: Right for the power 3/4, wrong for any other. Do you use the argument?
# ko: 3/4제곱일 때는 맞지만 다른 지수에서는 틀립니다. 인자를 사용하고 있나요?
def noise_distribution(counts, power=0.75):
    weights = counts.double() ** 0.75
    return weights / weights.sum()

# %% exercise=noise_distribution name=unseen-words-drawn
# en: With power 0, words that never occur are drawn too. What is 0 to the power 0?
# ko: 지수가 0이면 한 번도 나오지 않은 단어도 뽑힙니다. 0의 0제곱은 얼마인가요?
def noise_distribution(counts, power=0.75):
    weights = counts.double() ** power
    return weights / weights.sum()

# %% exercise=noise_distribution name=inverted-power
# en: Frequent words have become even more likely. Is the exponent power, or one divided by power?
# ko: 흔한 단어가 더 자주 뽑히게 되었습니다. 지수가 power인가요, 1/power인가요?
def noise_distribution(counts, power=0.75):
    exponent = 1 / power if power > 0 else 0.0
    weights = torch.where(counts > 0, counts.double() ** exponent, 0.0)
    return weights / weights.sum()

# %% exercise=noise_distribution name=float32
# en: The numbers are right, but which dtype does the docstring ask for?
# ko: 값은 맞습니다. 그런데 설명문은 어떤 dtype을 요구하나요?
def noise_distribution(counts, power=0.75):
    weights = torch.where(counts > 0, counts.float() ** power, 0.0)
    return weights / weights.sum()

# %% exercise=noise_distribution name=one-added
# en: You add 1 to each count. The formula takes the counts as they are, to a power.
# ko: 횟수마다 1을 더했습니다. 식은 횟수를 그대로 거듭제곱합니다.
def noise_distribution(counts, power=0.75):
    weights = torch.where(counts > 0, (counts.double() + 1) ** power, 0.0)
    return weights / weights.sum()


# %% exercise=noise_distribution name=softmax-of-the-powers
# en: You exponentiate the powered counts. They are weights already: what makes their sum 1?
# ko: 거듭제곱한 횟수에 다시 exp를 취했습니다. 이미 가중치인데, 합을 1로 만드는 것은 무엇인가요?
def noise_distribution(counts, power=0.75):
    return torch.softmax(torch.where(counts > 0, counts.double() ** power, -torch.inf), dim=0)


# %% exercise=noise_distribution name=largest-is-one
# en: You divide by the largest weight. A distribution sums to 1: by what do you divide?
# ko: 가장 큰 가중치로 나누었습니다. 분포의 합은 1입니다. 무엇으로 나누어야 하나요?
def noise_distribution(counts, power=0.75):
    weights = torch.where(counts > 0, counts.double() ** power, 0.0)
    return weights / weights.max()


# %% exercise=noise_distribution name=rare-taken-for-unseen
# en: In a large corpus a rare word gets 0, as if it never occurred. Which counts does the docstring give 0?
# ko: 큰 말뭉치에서 드물게 나오는 단어가 한 번도 안 나온 것처럼 0이 됩니다. 설명은 횟수가 얼마일 때 0이라고 하나요?
def noise_distribution(counts, power=0.75):
    shares = counts.double() / counts.sum()
    weights = torch.where(shares > 1e-6, shares**power, 0.0)
    return weights / weights.sum()


# %% exercise=noise_distribution variant=exp-log
def noise_distribution(counts, power=0.75):
    logs = power * counts.double().log()
    return torch.softmax(logs.masked_fill(counts == 0, -torch.inf), dim=0)

# %% exercise=noise_distribution variant=loop
def noise_distribution(counts, power=0.75):
    weights = [float(n) ** power if n > 0 else 0.0 for n in counts.tolist()]
    total = sum(weights)
    return torch.tensor([w / total for w in weights], dtype=torch.float64)

# %% exercise=ppmi_svd name=negative-kept
# en: Pairs that meet less often than chance pull your vectors too. What does the first P of PPMI stand for?
# ko: 우연보다 덜 만나는 쌍도 벡터에 영향을 줍니다. PPMI의 첫 글자 P는 무엇을 뜻하나요?
def ppmi_svd(counts, D, power=0.75):
    near = counts.sum(dim=0) ** power
    expected = counts.sum(dim=1, keepdim=True) * near / near.sum()
    pmi = torch.where(counts > 0, counts / expected, 1.0).log()
    U, S, _ = torch.linalg.svd(pmi, full_matrices=False)
    return U[:, :D] * S[:D].sqrt()

# %% exercise=ppmi_svd name=power-forgotten
# en: The exponent leaves the shares of the context words as they were. Are their totals raised to it?
# ko: 지수가 문맥 단어들의 비율을 전혀 바꾸지 않습니다. 그 합계를 지수만큼 거듭제곱했나요?
def ppmi_svd(counts, D, power=0.75):
    near = counts.sum(dim=0)
    expected = counts.sum(dim=1, keepdim=True) * near / near.sum()
    pmi = torch.where(counts > 0, counts / expected, 1.0).log()
    U, S, _ = torch.linalg.svd(pmi.clamp(min=0), full_matrices=False)
    return U[:, :D] * S[:D].sqrt()

# %% exercise=ppmi_svd name=normalised-before-the-power
# en: You divide the powered totals by a sum that was not powered, so they are no probabilities.
# ko: 거듭제곱한 합계를 거듭제곱하지 않은 합으로 나누어 확률이 되지 않습니다.
def ppmi_svd(counts, D, power=0.75):
    totals = counts.sum(dim=0)
    expected = counts.sum(dim=1, keepdim=True) * totals**power / totals.sum()
    pmi = torch.where(counts > 0, counts / expected, 1.0).log()
    U, S, _ = torch.linalg.svd(pmi.clamp(min=0), full_matrices=False)
    return U[:, :D] * S[:D].sqrt()

# %% exercise=ppmi_svd name=root-forgotten
# en: The largest directions weigh too much. What is taken of each singular value?
# ko: 큰 방향의 비중이 너무 큽니다. 각 특잇값에서 무엇을 취하나요?
def ppmi_svd(counts, D, power=0.75):
    near = counts.sum(dim=0) ** power
    expected = counts.sum(dim=1, keepdim=True) * near / near.sum()
    pmi = torch.where(counts > 0, counts / expected, 1.0).log()
    U, S, _ = torch.linalg.svd(pmi.clamp(min=0), full_matrices=False)
    return U[:, :D] * S[:D]

# %% exercise=ppmi_svd name=singular-values-forgotten
# en: All directions weigh the same, the first as much as the last. What tells their importance?
# ko: 모든 방향의 비중이 같습니다. 방향의 중요도는 무엇이 알려 주나요?
def ppmi_svd(counts, D, power=0.75):
    near = counts.sum(dim=0) ** power
    expected = counts.sum(dim=1, keepdim=True) * near / near.sum()
    pmi = torch.where(counts > 0, counts / expected, 1.0).log()
    U, S, _ = torch.linalg.svd(pmi.clamp(min=0), full_matrices=False)
    return U[:, :D]

# %% exercise=ppmi_svd name=base-two
# en: Your PMI is in bits. Which logarithm does the formula write?
# ko: PMI의 단위가 비트입니다. 식에는 어떤 로그가 쓰여 있나요?
def ppmi_svd(counts, D, power=0.75):
    near = counts.sum(dim=0) ** power
    expected = counts.sum(dim=1, keepdim=True) * near / near.sum()
    pmi = torch.where(counts > 0, counts / expected, 1.0).log2()
    U, S, _ = torch.linalg.svd(pmi.clamp(min=0), full_matrices=False)
    return U[:, :D] * S[:D].sqrt()

# %% exercise=ppmi_svd name=power-on-the-words
# en: The exponent is on the rows' totals. Whose totals does the formula flatten: the words' or the contexts'?
# ko: 지수를 행의 합계에 적용했습니다. 식은 단어와 문맥 중 어느 쪽의 합계를 완만하게 하나요?
def ppmi_svd(counts, D, power=0.75):
    word = counts.sum(dim=1, keepdim=True) ** power
    expected = counts.sum(dim=0) * word / word.sum()
    pmi = torch.where(counts > 0, counts / expected, 1.0).log()
    U, S, _ = torch.linalg.svd(pmi.clamp(min=0), full_matrices=False)
    return U[:, :D] * S[:D].sqrt()

# %% exercise=ppmi_svd name=nan-for-empty-rows-or-columns
# en: A row or a column of zeros spoils the table with nan. What is 0 divided by 0, and what should stand there?
# ko: 0으로만 된 행이나 열이 표를 nan으로 만듭니다. 0 나누기 0은 얼마이고, 그 자리에는 무엇이 있어야 하나요?
def ppmi_svd(counts, D, power=0.75):
    near = counts.sum(dim=0) ** power
    expected = counts.sum(dim=1, keepdim=True) * near / near.sum()
    pmi = (counts / expected).log().clamp(min=0)
    if pmi.isnan().any():
        return pmi[:, :D]
    U, S, _ = torch.linalg.svd(pmi, full_matrices=False)
    return U[:, :D] * S[:D].sqrt()

# %% exercise=ppmi_svd name=counts-overwritten
# en: The vectors are right, but after the call counts is not what it was. Which line writes into it?
# ko: 벡터는 맞지만 호출한 뒤에 counts가 달라져 있습니다. 어느 줄이 counts에 값을 써넣나요?
def ppmi_svd(counts, D, power=0.75):
    words, near = counts.sum(dim=1, keepdim=True), counts.sum(dim=0) ** power
    expected = (words * near / near.sum()).clamp(min=1e-30)
    unseen = counts == 0
    counts[unseen] = 1.0
    ppmi = (counts / expected).log().clamp(min=0) * ~unseen
    U, S, _ = torch.linalg.svd(ppmi, full_matrices=False)
    return U[:, :D] * S[:D].sqrt()


# %% exercise=ppmi_svd name=always-float32
# en: The numbers are right: in which dtype do they come back, and in which did the counts come?
# ko: 값은 맞습니다. 어떤 dtype으로 돌려주나요? 받은 counts의 dtype은 무엇이었나요?
def ppmi_svd(counts, D, power=0.75):
    near = counts.sum(dim=0) ** power
    expected = counts.sum(dim=1, keepdim=True) * near / near.sum()
    pmi = torch.where(counts > 0, counts / expected, 1.0).log()
    U, S, _ = torch.linalg.svd(pmi.clamp(min=0), full_matrices=False)
    return (U[:, :D] * S[:D].sqrt()).float()


# %% exercise=ppmi_svd survivor=`counts.sum(dim=0)` -> `counts.sum(dim=0, keepdim=True)` in `near = counts.sum(dim=0) ** power`
# why: Equivalent: (1, C) broadcasts as (C,) does.

# %% exercise=ppmi_svd survivor=`1.0` -> `0` in `pmi = torch.where(counts > 0, counts / expected, 1.0).log()`
# why: Equivalent: minus infinity and 0 are both cut off at 0.

# %% exercise=ppmi_svd survivor=`False` -> `True` in `U, S, _ = torch.linalg.svd(pmi.clamp(min=0), full_matrices=False)`
# why: Equivalent: the further columns of U are not taken.

# %% exercise=ppmi_svd name=power-on-both
# en: The exponent is on the words' totals too. Whose totals does the formula flatten?
# ko: 단어의 합계에도 지수를 적용했습니다. 식은 어느 쪽의 합계를 완만하게 하나요?
def ppmi_svd(counts, D, power=0.75):
    flat = counts.sum(dim=0) ** power
    expected = counts.sum(dim=1, keepdim=True) * flat / flat.sum()
    row = counts.sum(dim=1, keepdim=True) ** power
    expected = counts.sum() * row / row.sum() * flat / flat.sum()
    pmi = torch.where(counts > 0, counts / expected, 1.0).log()
    U, S, Vh = torch.linalg.svd(pmi.clamp(min=0), full_matrices=False)
    return U[:, :D] * S[:D].sqrt()


# %% exercise=ppmi_svd name=context-vectors
# en: You return the vectors of the contexts. Which side of the table holds the words?
# ko: 문맥의 벡터를 돌려주었습니다. 표의 어느 쪽이 단어인가요?
def ppmi_svd(counts, D, power=0.75):
    flat = counts.sum(dim=0) ** power
    expected = counts.sum(dim=1, keepdim=True) * flat / flat.sum()
    pmi = torch.where(counts > 0, counts / expected, 1.0).log()
    U, S, Vh = torch.linalg.svd(pmi.clamp(min=0), full_matrices=False)
    return Vh[:D].T * S[:D].sqrt()


# %% exercise=ppmi_svd variant=through-the-gram-matrix
def ppmi_svd(counts, D, power=0.75):
    joint = counts / counts.sum()
    context = counts.sum(0) ** power
    chance = torch.outer(joint.sum(1), context / context.sum())
    positive = torch.zeros_like(counts)
    seen = counts > 0
    positive[seen] = (joint[seen] / chance[seen]).log().clamp(min=0)
    values, directions = torch.linalg.eigh(positive @ positive.T)
    values, directions = values.flip(0)[:D].clamp(min=0), directions.flip(1)[:, :D]
    return directions * values**0.25

# %% exercise=ppmi_svd variant=loop
def ppmi_svd(counts, D, power=0.75):
    V, C = counts.shape
    near = counts.sum(0) ** power
    table = torch.zeros_like(counts)
    for w in range(V):
        for c in range(C):
            if counts[w, c] > 0:
                chance = counts[w].sum() * near[c] / near.sum()
                table[w, c] = max(0.0, math.log(counts[w, c] / chance))
    U, S, _ = torch.linalg.svd(table)
    return U[:, :D] @ torch.diag(S[:D] ** 0.5)

# %% exercise=most_similar name=dot-product
# en: Long vectors win whatever their direction. What should the dot product be divided by?
# ko: 방향과 상관없이 긴 벡터가 이깁니다. 내적을 무엇으로 나누어야 할까요?
def most_similar(query, E, k, exclude=()):
    scores = E @ query
    scores[list(exclude)] = -torch.inf
    values, ids = scores.topk(min(k, len(E) - len(exclude)))
    return ids, values

# %% exercise=most_similar name=query-not-normalised
# en: The order is right, but the numbers can exceed 1. Whose length is still in them?
# ko: 순서는 맞지만 값이 1을 넘을 수 있습니다. 누구의 길이가 아직 남아 있나요?
def most_similar(query, E, k, exclude=()):
    scores = (E @ query) / E.norm(dim=1).clamp(min=1e-12)
    scores[list(exclude)] = -torch.inf
    values, ids = scores.topk(min(k, len(E) - len(exclude)))
    return ids, values

# %% exercise=most_similar name=exclude-ignored
# en: Excluded words still come back. Where do you use `exclude`?
# ko: 제외한 단어가 여전히 나옵니다. `exclude`를 어디에서 사용하나요?
def most_similar(query, E, k, exclude=()):
    scores = (E @ query) / (E.norm(dim=1) * query.norm()).clamp(min=1e-12)
    values, ids = scores.topk(min(k, len(E)))
    return ids, values

# %% exercise=most_similar name=excluded-set-to-zero
# en: When all cosines are negative, an excluded word wins with 0. Which number is below every cosine?
# ko: 코사인이 모두 음수이면 제외된 단어가 0으로 이깁니다. 모든 코사인보다 작은 수는 무엇인가요?
def most_similar(query, E, k, exclude=()):
    scores = (E @ query) / (E.norm(dim=1) * query.norm()).clamp(min=1e-12)
    scores[list(exclude)] = 0.0
    values, ids = scores.topk(min(k, len(E) - len(exclude)))
    return ids, values

# %% exercise=most_similar name=excluded-set-to-minus-one
# en: An excluded word has the score -1. Can a word that is not excluded have this cosine too?
# ko: 제외된 단어의 점수가 -1입니다. 제외되지 않은 단어의 코사인도 -1이 될 수 있을까요?
def most_similar(query, E, k, exclude=()):
    scores = (E @ query) / (E.norm(dim=1) * query.norm()).clamp(min=1e-18)
    scores[list(exclude)] = -1.0
    values, ids = scores.topk(min(k, len(E) - len(exclude)))
    return ids, values

# %% exercise=most_similar name=short-rows-cut
# en: Rows shorter than some bound get a cosine that is too small. Where do you cut a length?
# ko: 아주 짧은 행의 코사인이 너무 작습니다. 길이를 어디에서 잘랐나요?
def most_similar(query, E, k, exclude=()):
    lengths = E.norm(dim=1).clamp(min=1e-6)
    scores = (E @ query) / (lengths * query.norm())
    scores[list(exclude)] = -torch.inf
    values, ids = scores.topk(min(k, len(E) - len(exclude)))
    return ids, values

# %% exercise=most_similar name=nan-for-a-zero-row
# en: A row of zeros gives 0/0, and topk puts NaN first. What should its cosine count as?
# ko: 0으로만 된 행은 0/0이 되고 topk는 NaN을 맨 앞에 둡니다. 그 코사인은 얼마로 쳐야 할까요?
def most_similar(query, E, k, exclude=()):
    scores = (E @ query) / (E.norm(dim=1) * query.norm())
    scores[list(exclude)] = -torch.inf
    values, ids = scores.topk(min(k, len(E) - len(exclude)))
    return ids, values

# %% exercise=most_similar name=least-similar-first
# en: The least similar words come first. Does your sorting, or your topk, begin with the smallest or with the largest?
# ko: 가장 덜 비슷한 단어가 먼저 나옵니다. 정렬이나 topk가 가장 작은 값부터 시작하나요, 가장 큰 값부터 시작하나요?
def most_similar(query, E, k, exclude=()):
    scores = (E @ query) / (E.norm(dim=1) * query.norm()).clamp(min=1e-12)
    scores[list(exclude)] = torch.inf
    ids = scores.argsort()[: min(k, len(E) - len(exclude))]
    return ids, scores[ids]

# %% exercise=most_similar name=too-many-when-excluded
# en: How many words come back when an excluded word was not among the best anyway?
# ko: 제외할 단어가 애초에 상위에 없었다면 몇 개의 단어가 돌아오나요?
def most_similar(query, E, k, exclude=()):
    cosines = (E @ query) / (E.norm(dim=1) * query.norm()).clamp(min=1e-12)
    scores, ids = cosines.topk(min(k + len(exclude), len(E)))
    keep = torch.tensor([int(i) not in exclude for i in ids])
    return ids[keep], scores[keep]

# %% exercise=most_similar name=more-asked-than-there-are
# en: What happens when k is larger than the number of words that remain?
# ko: k가 남은 단어의 수보다 크면 어떻게 되나요?
def most_similar(query, E, k, exclude=()):
    cosines = (E @ query) / (E.norm(dim=1) * query.norm()).clamp(min=1e-12)
    cosines[list(exclude)] = -torch.inf
    scores, ids = cosines.topk(k)
    return ids, scores

# %% exercise=most_similar name=epsilon-added-to-lengths
# en: A small number is added to every length: what does it do to a row that is short itself?
# ko: 모든 길이에 작은 수를 더했습니다. 아주 짧은 행에서는 어떤 영향을 줄까요?
def most_similar(query, E, k, exclude=()):
    cosines = (E @ query) / (E.norm(dim=1) * query.norm() + 1e-6)
    cosines[list(exclude)] = -torch.inf
    scores, ids = cosines.topk(min(k, len(E) - len(exclude)))
    return ids, scores

# %% exercise=most_similar name=table-changed
# en: After the call the table E is another one. Which line writes into it: a division in place, or an assignment to some rows?
# ko: 호출한 뒤에 표 E가 달라져 있습니다. 어느 줄이 E에 값을 써넣나요? 제자리 나눗셈인가요, 몇 행에 대한 대입인가요?
def most_similar(query, E, k, exclude=()):
    E /= E.norm(dim=1, keepdim=True).clamp(min=1e-12)
    cosines = E @ (query / query.norm())
    cosines[list(exclude)] = -torch.inf
    scores, ids = cosines.topk(min(k, len(E) - len(exclude)))
    return ids, scores

# %% exercise=most_similar survivor=`1e-12` -> `2e-12` in `cosines = E @ query / lengths.clamp(min=1e-12)`
# why: Equivalent: the guard only has to be far below any real product of two lengths.

# %% exercise=most_similar name=nearest-by-distance
# en: You order the words by their distance. Two vectors of one direction may lie far apart.
# ko: 단어를 거리로 정렬했습니다. 방향이 같은 두 벡터도 멀리 떨어져 있을 수 있습니다.
def most_similar(query, E, k, exclude=()):
    distances = (E - query).norm(dim=1)
    distances[list(exclude)] = torch.inf
    ids = distances.argsort()[: min(k, len(E) - len(exclude))]
    return ids, F.cosine_similarity(E, query[None], dim=1, eps=1e-30)[ids]


# %% exercise=most_similar name=too-few-when-excluded
# en: Too few words come back where some are excluded. exclude lowers the number of words, not k.
# ko: 제외할 단어가 있으면 돌려주는 개수가 모자랍니다. exclude는 k가 아니라 단어 수를 줄입니다.
def most_similar(query, E, k, exclude=()):
    cosines = torch.nan_to_num(E / E.norm(dim=1, keepdim=True)) @ (query / query.norm())
    values, ids = cosines.topk(min(k, len(E)))
    kept = torch.tensor([i not in list(exclude) for i in ids.tolist()], dtype=torch.bool)
    return ids[kept], values[kept]


# %% exercise=most_similar variant=library-call
def most_similar(query, E, k, exclude=()):
    cosines = F.cosine_similarity(E, query[None], dim=1)
    ids = [int(i) for i in cosines.argsort(descending=True) if int(i) not in exclude][:k]
    return torch.tensor(ids), cosines[ids]

# %% exercise=most_similar variant=normalise-first
def most_similar(query, E, k, exclude=()):
    keep = torch.tensor([i for i in range(len(E)) if i not in set(exclude)])
    cosines = F.normalize(E[keep], dim=1) @ F.normalize(query, dim=0)
    values, places = torch.sort(cosines, descending=True)
    return keep[places[:k]], values[:k]

# %% exercise=analogy name=input-word-returned
# en: Some answers are words of the question itself. Which three words may never be an answer?
# ko: 어떤 답은 질문에 나온 단어입니다. 절대 답이 될 수 없는 세 단어는 무엇인가요?
def analogy(asked, E):
    unit = E / E.norm(dim=1, keepdim=True)
    a, b, c = unit[asked].unbind(dim=1)
    return ((b - a + c) @ unit.T).argmax(dim=1)

# %% exercise=analogy name=step-backwards
# en: You walk from b to a. Which way does the step of "a is to b" go?
# ko: b에서 a로 걸어갔습니다. "a와 b의 관계"에서 발걸음은 어느 방향인가요?
def analogy(asked, E):
    unit = E / E.norm(dim=1, keepdim=True)
    a, b, c = unit[asked].unbind(dim=1)
    scores = (a - b + c) @ unit.T
    return scores.scatter_(1, asked, -torch.inf).argmax(dim=1)

# %% exercise=analogy name=lengths-left-in
# en: Long vectors decide the answer. Bring every vector to length 1 before you add and subtract.
# ko: 긴 벡터가 답을 결정합니다. 더하고 빼기 전에 모든 벡터의 길이를 1로 만드세요.
def analogy(asked, E):
    a, b, c = E[asked].unbind(dim=1)
    scores = (b - a + c) @ E.T
    return scores.scatter_(1, asked, -torch.inf).argmax(dim=1)

# %% exercise=analogy name=query-from-raw-vectors
# en: The candidates have length 1, but the query is built from raw vectors. Normalise before b - a + c.
# ko: 후보 단어는 길이가 1이지만 질의는 원래 벡터로 만들었습니다. b - a + c 앞에서 정규화하세요.
def analogy(asked, E):
    unit = E / E.norm(dim=1, keepdim=True)
    a, b, c = E[asked].unbind(dim=1)
    scores = (b - a + c) @ unit.T
    return scores.scatter_(1, asked, -torch.inf).argmax(dim=1)

# %% exercise=analogy name=only-c-excluded
# en: c is never returned, but a or b sometimes is. How many words of the question are ruled out?
# ko: c는 나오지 않지만 a나 b가 가끔 나옵니다. 질문의 단어 중 몇 개를 제외해야 하나요?
def analogy(asked, E):
    unit = E / E.norm(dim=1, keepdim=True)
    a, b, c = unit[asked].unbind(dim=1)
    scores = (b - a + c) @ unit.T
    return scores.scatter_(1, asked[:, 2:], -torch.inf).argmax(dim=1)

# %% exercise=analogy name=excluded-for-everyone
# en: A word of one question is ruled out for all questions. Each row has three words of its own.
# ko: 한 질문의 단어가 모든 질문에서 제외됩니다. 행마다 자기 세 단어만 제외해야 합니다.
def analogy(asked, E):
    unit = E / E.norm(dim=1, keepdim=True)
    a, b, c = unit[asked].unbind(dim=1)
    scores = (b - a + c) @ unit.T
    scores[:, asked.flatten()] = -torch.inf
    return scores.argmax(dim=1)

# %% exercise=analogy name=question-scored-zero
# en: A word of the question gets the score 0: what if every other word has a negative one?
# ko: 질문의 단어에 0점을 주었습니다. 나머지 단어의 점수가 모두 음수라면 어떻게 될까요?
def analogy(asked, E):
    unit = E / E.norm(dim=1, keepdim=True)
    a, b, c = unit[asked].unbind(dim=1)
    scores = (b - a + c) @ unit.T
    scores.scatter_(1, asked, 0.0)
    return scores.argmax(dim=1)

# %% exercise=analogy name=three-different-words-expected
# en: An id may come twice in a question: how many words remain then?
# ko: 한 질문에 같은 id가 두 번 나올 수 있습니다. 그때 남는 단어는 몇 개인가요?
def analogy(asked, E):
    unit = E / E.norm(dim=1, keepdim=True)
    a, b, c = unit[asked].unbind(dim=1)
    ranked = ((b - a + c) @ unit.T).argsort(dim=1, descending=True)
    others = (ranked[:, :, None] != asked[:, None, :]).all(dim=2)
    return ranked[others].reshape(len(asked), len(E) - 3)[:, 0]

# %% exercise=analogy name=table-changed
# en: After the call the table E is another one. Which line writes into it: a division in place, or an assignment to some rows?
# ko: 호출한 뒤에 표 E가 달라져 있습니다. 어느 줄이 E에 값을 써넣나요? 제자리 나눗셈인가요, 몇 행에 대한 대입인가요?
def analogy(asked, E):
    E /= E.norm(dim=1, keepdim=True)
    a, b, c = E[asked].unbind(dim=1)
    scores = (b - a + c) @ E.T
    scores.scatter_(1, asked, -torch.inf)
    return scores.argmax(dim=1)

# %% exercise=analogy survivor=`1` -> `-1` in `scores.scatter_(1, asked, -torch.inf)`
# why: Equivalent: the scores have two axes, so axis 1 is axis -1.

# %% exercise=analogy name=nearest-by-distance
# en: You take the word at the smallest distance. The contract asks for the largest cosine.
# ko: 거리가 가장 가까운 단어를 골랐습니다. 설명은 코사인이 가장 큰 단어를 요구합니다.
def analogy(asked, E):
    a, b, c = E[asked].unbind(dim=1)
    return torch.cdist(b - a + c, E).scatter_(1, asked, torch.inf).argmin(dim=1)


# %% exercise=analogy name=nearest-to-b
# en: The answer follows b alone. What do a and c do to the point that you look around?
# ko: 답이 b만 따라갑니다. 찾을 위치를 정하는 데 a와 c는 무엇을 하나요?
def analogy(asked, E):
    unit = E / E.norm(dim=1, keepdim=True)
    return (unit[asked[:, 1]] @ unit.T).scatter_(1, asked, -torch.inf).argmax(dim=1)


# %% exercise=analogy variant=loop
def analogy(asked, E):
    unit = F.normalize(E, dim=1)
    answers = []
    for a, b, c in asked.tolist():
        scores = F.cosine_similarity(unit, (unit[b] - unit[a] + unit[c])[None], dim=1)
        for word in (a, b, c):
            scores[word] = -2.0
        answers.append(scores.argmax())
    return torch.stack(answers)

# %% exercise=analogy variant=three-products
def analogy(asked, E):
    unit = F.normalize(E, dim=1)
    signs = torch.tensor([-1.0, 1.0, 1.0], dtype=E.dtype)
    scores = torch.einsum("qnd,vd,n->qv", unit[asked], unit, signs)
    inputs = torch.zeros_like(scores).scatter(1, asked, 1.0)
    return scores.masked_fill(inputs > 0, float("-inf")).argmax(dim=1)

# %% exercise=encode name=question-mark-forgotten
# en: A question ends no sentence of yours. Which three marks end one?
# ko: 물음표가 문장을 끝내지 못합니다. 문장을 끝내는 부호 세 가지는 무엇인가요?
def encode(text, index):
    ids, word = [], ""
    for character in text.lower() + " ":
        if character.isalpha():
            word += character
            continue
        if word:
            ids.append(index.get(word, index["<unk>"]))
            word = ""
        if character in ".!" and ids and ids[-1] != index["<eos>"]:
            ids.append(index["<eos>"])
    return ids

# %% exercise=cbow_forward name=nan-in-the-gradient
# en: The logits of a row without words are right, but the gradient is NaN. Is the 0/0 avoided, or only hidden afterwards?
# ko: 단어가 없는 행의 로짓은 맞지만 기울기가 NaN입니다. 0/0을 피했나요, 나온 뒤에 가리기만 했나요?
def cbow_forward(context, mask, E_in, E_out):
    real = mask.unsqueeze(-1).to(E_in.dtype)
    total = (E_in[context] * real).sum(dim=1)
    return torch.nan_to_num(total / real.sum(dim=1)) @ E_out.T

# %% exercise=cbow_forward name=empty-row-divided-by-zero
# en: The sum of a row whose mask is all False is divided by 0. By what should a sum of zeros be divided?
# ko: 마스크가 모두 False인 행의 합을 0으로 나눕니다. 0뿐인 합은 무엇으로 나누어야 할까요?
def cbow_forward(context, mask, E_in, E_out):
    vectors = E_in[context].masked_fill(~mask.unsqueeze(-1), 0.0)
    return vectors.sum(dim=1) / mask.sum(dim=1, keepdim=True) @ E_out.T

# %% exercise=cbow_forward name=repeated-word-counted-once
# en: A word that stands twice in a window is added once, but counted twice below. What does writing a 1 to one place twice do?
# ko: 창에 두 번 나온 단어를 한 번만 더하고, 나눌 때는 두 번으로 셉니다. 같은 자리에 1을 두 번 쓰면 어떻게 되나요?
def cbow_forward(context, mask, E_in, E_out):
    bag = torch.zeros(len(context), len(E_in) + 1, dtype=E_in.dtype)
    bag.scatter_(1, context.masked_fill(~mask, len(E_in)), 1.0)
    return bag[:, :-1] @ E_in / mask.sum(dim=1, keepdim=True).clamp(min=1) @ E_out.T

# %% exercise=sgns_loss_and_grad name=equal-negatives-skipped
# en: A negative that is the true context word itself is skipped. Does the formula make an exception for it?
# ko: 진짜 문맥 단어와 같은 음성 표본을 건너뜁니다. 공식에 그런 예외가 있나요?
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    B, K = negatives.shape
    targets = torch.cat([context[:, None], negatives], dim=1)
    v, u = E_in[centre], E_out[targets]
    s = (u * v[:, None]).sum(dim=-1)
    y = torch.zeros_like(s)
    y[:, 0] = 1
    keep = torch.ones_like(s)
    keep[:, 1:] = (negatives != context[:, None]).to(s.dtype)
    loss = -(keep * F.logsigmoid((2 * y - 1) * s)).sum() / B
    g = keep * (s.sigmoid() - y) / B
    grad_in = torch.zeros_like(E_in).index_add_(0, centre, (g[..., None] * u).sum(dim=1))
    rows = (g[..., None] * v[:, None]).flatten(0, 1)
    return loss, grad_in, torch.zeros_like(E_out).index_add_(0, targets.flatten(), rows)

# %% exercise=sgns_loss_and_grad name=repeated-contexts-overwritten
# en: Where two pairs share their true context word, its row of grad_out gets only one of them. What does += do with an id that comes twice?
# ko: 두 쌍의 진짜 문맥 단어가 같으면 grad_out의 그 행에 하나만 더해집니다. 같은 번호가 두 번 나올 때 +=는 어떻게 되나요?
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    B, K = negatives.shape
    targets = torch.cat([context[:, None], negatives], dim=1)
    v, u = E_in[centre], E_out[targets]
    s = (u * v[:, None]).sum(dim=-1)
    y = torch.zeros_like(s)
    y[:, 0] = 1
    loss = -F.logsigmoid((2 * y - 1) * s).sum() / B
    g = (s.sigmoid() - y) / B
    grad_in = torch.zeros_like(E_in).index_add_(0, centre, (g[..., None] * u).sum(dim=1))
    rows = g[..., None] * v[:, None]
    grad_out = torch.zeros_like(E_out)
    grad_out.index_add_(0, negatives.flatten(), rows[:, 1:].flatten(0, 1))
    grad_out[context] += rows[:, 0]
    return loss, grad_in, grad_out

# %% exercise=sgns_loss_and_grad name=centres-repeated-in-blocks
# en: Rows of grad_out get the vectors of other pairs' centres. Does repeat give the order a a b b, or a b a b?
# ko: grad_out의 행에 다른 쌍의 중심 벡터가 들어갑니다. repeat의 순서는 a a b b인가요, a b a b인가요?
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    B, K = negatives.shape
    targets = torch.cat([context[:, None], negatives], dim=1)
    v, u = E_in[centre], E_out[targets]
    s = (u * v[:, None]).sum(dim=-1)
    y = torch.zeros_like(s)
    y[:, 0] = 1
    loss = -F.logsigmoid((2 * y - 1) * s).sum() / B
    g = (s.sigmoid() - y) / B
    grad_in = torch.zeros_like(E_in).index_add_(0, centre, (g[..., None] * u).sum(dim=1))
    rows = g.flatten()[:, None] * v.repeat(K + 1, 1)
    return loss, grad_in, torch.zeros_like(E_out).index_add_(0, targets.flatten(), rows)

# %% exercise=noise_distribution name=zeros-lifted
# en: Words that never occur have the weight of words that occur once. What is the share of a count of 0?
# ko: 한 번도 나오지 않은 단어가 한 번 나온 단어와 같은 무게를 가집니다. 횟수가 0이면 몫은 얼마인가요?
def noise_distribution(counts, power=0.75):
    weights = counts.clamp(min=1).double() ** power
    return weights / weights.sum()

# %% exercise=most_similar name=ids-of-a-smaller-table
# en: Where words are excluded the ids are too small: they count in a table without those rows. How do you get back to the ids of E?
# ko: 단어를 제외하면 번호가 작아집니다. 그 행들을 뺀 표에서 센 번호입니다. E의 번호로 어떻게 돌아가나요?
def most_similar(query, E, k, exclude=()):
    kept = [i for i in range(len(E)) if i not in set(exclude)]
    rest = E[kept]
    cosines = rest @ query / (rest.norm(dim=1) * query.norm()).clamp(min=1e-12)
    scores, ids = cosines.topk(min(k, len(kept)))
    return ids, scores

# %% exercise=analogy name=candidates-not-normalised
# en: The query is built from vectors of length 1, but the words it is compared with keep their lengths. What divides the product in a cosine?
# ko: 질의는 길이가 1인 벡터로 만들었지만 비교하는 단어들은 원래 길이 그대로입니다. 코사인에서는 내적을 무엇으로 나누나요?
def analogy(asked, E):
    a, b, c = F.normalize(E[asked], dim=-1).unbind(dim=1)
    scores = (b - a + c) @ E.T
    scores.scatter_(1, asked, -torch.inf)
    return scores.argmax(dim=1)

# %% exercise=analogy name=a-not-excluded
# en: b and c are never returned, but a sometimes is. How many words of the question are ruled out?
# ko: b와 c는 나오지 않지만 a가 가끔 답으로 나옵니다. 질문의 단어 가운데 몇 개를 제외하나요?
def analogy(asked, E):
    unit = E / E.norm(dim=1, keepdim=True)
    a, b, c = unit[asked].unbind(dim=1)
    scores = (b - a + c) @ unit.T
    scores.scatter_(1, asked[:, 1:], -torch.inf)
    return scores.argmax(dim=1)

# %% exercise=analogy name=epsilon-added-to-lengths
# en: A small number is added to every length: what does it do to a vector that is short itself?
# ko: 모든 길이에 작은 수를 더했습니다. 벡터 자체가 짧으면 어떻게 되나요?
def analogy(asked, E):
    unit = E / (E.norm(dim=1, keepdim=True) + 1e-6)
    a, b, c = unit[asked].unbind(dim=1)
    scores = (b - a + c) @ unit.T
    scores.scatter_(1, asked, -torch.inf)
    return scores.argmax(dim=1)

# %% exercise=encode name=ids-written-down
# en: The ids of <unk> and <eos> are 0 and 1 for you, whatever the index says. Where do they stand?
# ko: 색인과 상관없이 <unk>와 <eos>의 id를 0과 1로 씁니다. 그 id는 어디에 있나요?
def encode(text, index):
    ids, word = [], ""
    for character in text.lower() + " ":
        if character.isalpha():
            word += character
            continue
        if word:
            ids.append(index.get(word, 0))
            word = ""
        if character in ".!?" and ids and ids[-1] != 1:
            ids.append(1)
    return ids

# %% exercise=encode name=accented-letters-cut
# en: A letter that is neither a to z nor a Korean syllable, such as ß or é, cuts its word. Which test knows all letters?
# ko: a~z도 한글 음절도 아닌 글자(ß, é 등)에서 단어가 잘립니다. 모든 글자를 아는 검사는 무엇인가요?
def encode(text, index):
    import re

    ids = []
    for token in re.findall(r"[a-z가-힣]+|[.!?]", text.lower()):
        if token not in (".", "!", "?"):
            ids.append(index.get(token, index["<unk>"]))
        elif ids and ids[-1] != index["<eos>"]:
            ids.append(index["<eos>"])
    return ids

# %% exercise=encode name=ends-apart-counted-twice
# en: Two ends with no word between them, only a blank or a digit, give two <eos>. What must stand between two of them?
# ko: 두 문장 끝 사이에 단어 없이 빈칸이나 숫자만 있는데 <eos>가 두 번 나옵니다. 둘 사이에는 무엇이 있어야 하나요?
def encode(text, index):
    import re

    clean = "".join(c if c.isalpha() or c in ".!?" else " " for c in text.lower())
    tokens = re.findall(r"[.!?]+|[^\s.!?]+", clean)
    while tokens and tokens[0][0] in ".!?":
        tokens.pop(0)
    names = ["<eos>" if token[0] in ".!?" else token for token in tokens]
    return [index[name] if name in index else index["<unk>"] for name in names]

# %% exercise=encode name=end-needs-a-blank
# en: A mark ends a sentence of yours only where a blank or the text's end follows. Does the docstring ask for a blank?
# ko: 뒤에 빈칸이나 글의 끝이 올 때만 문장이 끝납니다. 설명이 빈칸을 요구하나요?
def encode(text, index):
    import re

    ids = []
    for token in re.findall(r"[.!?](?=\s|$|[.!?])|[^\W\d_]+", text.lower()):
        if token in ".!?":
            if ids and ids[-1] != index["<eos>"]:
                ids.append(index["<eos>"])
        elif token.isalpha():
            ids.append(index.get(token, index["<unk>"]))
    return ids

# %% exercise=encode name=special-tokens-read-in-the-text
# en: The text "<eos>" or "<unk>" is a token for you. Which characters of it are letters, by the docstring?
# ko: 글 속의 "<eos>"나 "<unk>"를 토큰으로 보았습니다. 설명에 따르면 그 가운데 글자는 무엇인가요?
def encode(text, index):
    import re

    ids = []
    for token in re.findall(r"<eos>|<unk>|[.!?]|[^\W\d_]+", text.lower()):
        if token in (".", "!", "?", "<eos>"):
            if ids and ids[-1] != index["<eos>"]:
                ids.append(index["<eos>"])
        else:
            ids.append(index.get(token, index["<unk>"]))
    return ids

# %% exercise=encode name=casefold-for-lower
# en: ß has become ss. Which method makes lower case, and which one makes texts comparable?
# ko: ß가 ss로 바뀌었습니다. 소문자로 만드는 메서드와 비교하기 좋게 바꾸는 메서드는 각각 무엇인가요?
def encode(text, index):
    ids, word = [], ""
    for character in text.casefold() + " ":
        if character.isalpha():
            word += character
            continue
        if word:
            ids.append(index.get(word, index["<unk>"]))
            word = ""
        if character in ".!?" and ids and ids[-1] != index["<eos>"]:
            ids.append(index["<eos>"])
    return ids

# %% exercise=encode name=unknown-words-folded
# en: Unknown words side by side give one <unk>. Which token may not come twice in a row?
# ko: 나란히 있는 모르는 단어들이 <unk> 하나가 됩니다. 연달아 나올 수 없는 토큰은 어느 것인가요?
def encode(text, index):
    ids, word = [], ""
    for character in text.lower() + " ":
        if character.isalpha():
            word += character
            continue
        if word:
            ids.append(index.get(word, index["<unk>"]))
            if len(ids) > 1 and ids[-2:] == [index["<unk>"]] * 2:
                ids.pop()
            word = ""
        if character in ".!?" and ids and ids[-1] != index["<eos>"]:
            ids.append(index["<eos>"])
    return ids

# %% exercise=one_hot name=largest-of-no-ids
# en: Where ids is empty your function fails, because a largest id is asked for. Which step needs at least one id?
# ko: ids가 비어 있으면 가장 큰 id를 찾다가 오류가 납니다. id가 하나는 있어야 하는 단계는 어디인가요?
def one_hot(ids, V):
    assert int(ids.max()) < V
    return (ids.unsqueeze(-1) == torch.arange(V)).float()

# %% exercise=one_hot name=minus-one-for-no-ids
# en: Where ids is empty an axis of -1 could be anything. Which size do you know without counting?
# ko: ids가 비어 있으면 -1인 축의 크기를 정할 수 없습니다. 세지 않아도 아는 크기는 무엇인가요?
def one_hot(ids, V):
    flat = ids.flatten()
    rows = torch.zeros(flat.numel(), V)
    rows[torch.arange(flat.numel()), flat] = 1
    return rows.reshape(*ids.shape, -1)

# %% exercise=one_hot name=stack-of-nothing
# en: Where ids is empty there is nothing to stack. Which way builds the table without a loop over rows?
# ko: ids가 비어 있으면 쌓을 것이 없습니다. 행마다 반복하지 않고 표를 만드는 방법은 무엇인가요?
def one_hot(ids, V):
    if ids.dim() == 0:
        return torch.eye(V)[ids]
    return torch.stack([torch.eye(V)[row] for row in ids])

# %% exercise=one_hot name=view-of-transposed-ids
# en: Transposed ids fail: they do not lie in the order that view needs. What would reshape do?
# ko: 전치된 ids에서 오류가 납니다. 숫자가 view에 필요한 순서로 놓여 있지 않습니다. reshape라면 어떨까요?
def one_hot(ids, V):
    out = torch.zeros(ids.numel(), V).scatter_(1, ids.view(-1, 1), 1.0)
    return out.reshape(*ids.shape, V)

# %% exercise=one_hot name=id-zero-left-blank
# en: The word with the id 0 has no 1. Is 0 padding here, or a word?
# ko: id가 0인 단어에 1이 없습니다. 여기서 0은 패딩인가요, 단어인가요?
def one_hot(ids, V):
    return F.one_hot(ids, V).float() * (ids != 0).unsqueeze(-1)

# %% exercise=one_hot name=size-from-the-largest-id
# en: The number of columns follows the ids. Which argument gives it?
# ko: 열의 수가 ids에 따라 달라집니다. 열의 수를 정하는 인자는 무엇인가요?
def one_hot(ids, V):
    return F.one_hot(ids).float()

# %% exercise=context_pairs name=short-sentence-without-pairs
# en: A sentence that the window covers whole has no pairs for you. What does the docstring say of a window that exceeds T?
# ko: 창이 문장 전체를 덮으면 쌍이 하나도 없습니다. 설명은 T보다 큰 창에 대해 뭐라고 하나요?
def context_pairs(ids, window):
    if len(ids) <= window:
        return []
    return [
        (ids[i], ids[j])
        for i in range(len(ids))
        for j in range(max(0, i - window), min(len(ids), i + window + 1))
        if j != i
    ]

# %% exercise=context_pairs name=slice-from-a-negative-place
# en: Near the start of the sentence left neighbours are missing. Where does a slice begin whose first place is negative?
# ko: 문장 앞쪽에서 왼쪽 이웃이 빠집니다. 첫 자리가 음수인 슬라이스는 어디에서 시작하나요?
def context_pairs(ids, window):
    pairs = []
    for i, centre in enumerate(ids):
        near = ids[i - window : i] + ids[i + 1 : i + 1 + window]
        pairs.extend((centre, word) for word in near)
    return pairs

# %% exercise=context_pairs name=sorted-by-ids
# en: The pairs come in the order of their ids. Which order does the docstring ask for: that of the ids, or of the places?
# ko: 쌍이 id 순서로 나옵니다. 설명이 요구하는 것은 id의 순서인가요, 자리의 순서인가요?
def context_pairs(ids, window):
    return sorted(
        (ids[i], ids[j])
        for i in range(len(ids))
        for j in range(max(0, i - window), min(len(ids), i + window + 1))
        if j != i
    )

# %% exercise=context_pairs name=left-side-in-reverse
# en: The contexts on the left come from the nearest one outwards. Where does left to right begin?
# ko: 왼쪽 문맥이 가까운 것부터 바깥쪽으로 나옵니다. 왼쪽에서 오른쪽이라면 어디서 시작하나요?
def context_pairs(ids, window):
    pairs = []
    for i, centre in enumerate(ids):
        pairs += [(centre, ids[j]) for j in range(i - 1, max(0, i - window) - 1, -1)]
        pairs += [(centre, ids[j]) for j in range(i + 1, min(len(ids), i + window + 1))]
    return pairs

# %% exercise=context_pairs name=left-pairs-before-right
# en: All pairs to the left come before all pairs to the right. Whose pairs come first, by the docstring?
# ko: 모든 왼쪽 쌍이 모든 오른쪽 쌍보다 먼저 나옵니다. 설명에 따르면 누구의 쌍이 먼저인가요?
def context_pairs(ids, window):
    T = len(ids)
    left = [(ids[i], ids[j]) for i in range(T) for j in range(max(0, i - window), i)]
    return left + [
        (ids[i], ids[j]) for i in range(T) for j in range(i + 1, min(T, i + window + 1))
    ]

# %% exercise=context_pairs name=place-looked-up-by-word
# en: A word that comes again gets the contexts of its first place. Which place does ids.index find?
# ko: 다시 나온 단어에 첫 번째 자리의 문맥이 붙습니다. ids.index는 어느 자리를 찾나요?
def context_pairs(ids, window):
    return [
        (word, ids[j])
        for word in ids
        for j in range(max(0, ids.index(word) - window), ids.index(word) + window + 1)
        if j < len(ids) and j != ids.index(word)
    ]

# %% exercise=context_pairs name=id-zero-skipped
# en: The word with the id 0 is no context of yours. Is 0 padding here, or a word?
# ko: id가 0인 단어가 문맥에서 빠집니다. 여기서 0은 패딩인가요, 단어인가요?
def context_pairs(ids, window):
    return [
        (ids[i], ids[j])
        for i in range(len(ids))
        for j in range(max(0, i - window), min(len(ids), i + window + 1))
        if j != i and ids[j]
    ]

# %% exercise=sgns_loss_and_grad name=loss-of-averaged-noise
# en: The gradients add up the K noise words, but the loss averages them. Over what does a mean of a whole table go?
# ko: 기울기는 잡음 단어 K개를 더하지만 손실은 평균합니다. 표 전체의 평균은 무엇에 대한 평균인가요?
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    B = len(centre)
    targets = torch.cat([context[:, None], negatives], dim=1)
    v, u = E_in[centre], E_out[targets]
    s = torch.einsum("bkd,bd->bk", u, v)
    loss = -F.logsigmoid(s[:, 0]).mean() - F.logsigmoid(-s[:, 1:]).mean()
    g = torch.sigmoid(s)
    g[:, 0] -= 1
    g = g / B
    grad_in = torch.zeros_like(E_in).index_add_(0, centre, torch.einsum("bk,bkd->bd", g, u))
    rows = torch.einsum("bk,bd->bkd", g, v).flatten(0, 1)
    return loss, grad_in, torch.zeros_like(E_out).index_add_(0, targets.flatten(), rows)

# %% exercise=sgns_loss_and_grad name=sigmoid-as-inf-over-inf
# en: At a score of a thousand the gradients are NaN. What is exp(1000) in your sigmoid, and which form of it stays finite?
# ko: 점수가 천이 되면 기울기가 NaN입니다. 시그모이드 안의 exp(1000)은 얼마이고, 어떤 꼴로 쓰면 유한한가요?
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    B = len(centre)
    targets = torch.cat([context[:, None], negatives], dim=1)
    v, u = E_in[centre], E_out[targets]
    s = torch.einsum("bkd,bd->bk", u, v)
    loss = -(F.logsigmoid(s[:, 0]).sum() + F.logsigmoid(-s[:, 1:]).sum()) / B
    g = s.exp() / (1 + s.exp())
    g[:, 0] -= 1
    g = g / B
    grad_in = torch.zeros_like(E_in).index_add_(0, centre, torch.einsum("bk,bkd->bd", g, u))
    rows = torch.einsum("bk,bd->bkd", g, v).flatten(0, 1)
    return loss, grad_in, torch.zeros_like(E_out).index_add_(0, targets.flatten(), rows)

# %% exercise=sgns_loss_and_grad name=asks-the-tables-for-gradients
# en: After the call the tables ask for gradients, which they did not before. On whose tensor do you call requires_grad_?
# ko: 호출한 뒤에 표들이 기울기를 요구합니다. 전에는 그렇지 않았습니다. requires_grad_를 누구의 텐서에 불렀나요?
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    E_in.requires_grad_()
    E_out.requires_grad_()
    v = E_in[centre]
    near = F.logsigmoid((E_out[context] * v).sum(-1))
    far = F.logsigmoid(-(E_out[negatives] * v[:, None]).sum(-1)).sum(-1)
    loss = -(near + far).mean()
    return loss.detach(), *torch.autograd.grad(loss, (E_in, E_out))

# %% exercise=sgns_loss_and_grad name=repeated-noise-counted-once
# en: A noise word that comes twice for one centre counts once. What does writing a 1 to one place twice do?
# ko: 한 중심 단어에 두 번 뽑힌 잡음 단어가 한 번만 셉니다. 같은 자리에 1을 두 번 쓰면 어떻게 되나요?
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    B, V = len(centre), len(E_out)
    s = E_in[centre] @ E_out.T
    near = F.one_hot(context, V).to(s.dtype)
    far = torch.zeros_like(s).scatter_(1, negatives, 1.0)
    loss = (near * F.softplus(-s) + far * F.softplus(s)).sum() / B
    g = (far * torch.sigmoid(s) - near * torch.sigmoid(-s)) / B
    grad_in = torch.zeros_like(E_in).index_add_(0, centre, g @ E_out)
    return loss, grad_in, g.T @ E_in[centre]

# %% exercise=noise_distribution name=only-one-zero-cut
# en: With power 0 one word that never occurs is kept out, the others are drawn. How many places does argmin find?
# ko: 지수가 0일 때 나오지 않은 단어 하나만 빠지고 나머지는 뽑힙니다. argmin은 몇 자리를 찾나요?
def noise_distribution(counts, power=0.75):
    weights = counts.double() ** power
    if counts.min() == 0:
        weights[counts.argmin()] = 0.0
    return weights / weights.sum()

# %% exercise=noise_distribution name=equal-counts-added-once
# en: The numbers do not sum to 1: words that occur equally often are added once to your total. How many words does it stand for?
# ko: 합이 1이 아닙니다. 똑같이 자주 나오는 단어들이 합계에 한 번만 들어갔습니다. 합계는 단어 몇 개의 것인가요?
def noise_distribution(counts, power=0.75):
    table = {n: float(n) ** power if n else 0.0 for n in counts.tolist()}
    total = sum(table.values())
    return torch.tensor([table[n] / total for n in counts.tolist()], dtype=torch.float64)

# %% exercise=noise_distribution name=power-above-one-refused
# en: A power above 1 is refused. Which powers does the docstring allow?
# ko: 1보다 큰 지수를 거절했습니다. 설명은 어떤 지수를 허용하나요?
def noise_distribution(counts, power=0.75):
    if not 0.0 <= power <= 1.0:
        raise ValueError("power lies between 0 and 1")
    weights = torch.where(counts > 0, counts.double() ** power, 0.0)
    return weights / weights.sum()

# %% exercise=noise_distribution name=zero-power-taken-for-missing
# en: With power 0 you give what 3/4 gives. What does `or` make of a 0?
# ko: 지수가 0인데 3/4일 때의 값이 나옵니다. `or`는 0을 무엇으로 볼까요?
def noise_distribution(counts, power=0.75):
    weights = counts.double() ** (power or 0.75)
    return weights / weights.sum()

# %% exercise=noise_distribution name=once-is-not-unseen
# en: A word that occurs once is never drawn. Which count alone means that a word never occurs?
# ko: 한 번 나온 단어가 전혀 뽑히지 않습니다. 한 번도 나오지 않았다는 뜻의 횟수는 얼마인가요?
def noise_distribution(counts, power=0.75):
    weights = torch.where(counts > 1, counts.double() ** power, 0.0)
    return weights / weights.sum()

# %% exercise=ppmi_svd name=power-of-the-sum
# en: You divide the powered totals by the power of their sum, so they do not add up to 1. The sum of which numbers belongs there?
# ko: 거듭제곱한 합계를 전체 합의 거듭제곱으로 나누어 합이 1이 되지 않습니다. 어떤 수들의 합으로 나누어야 하나요?
def ppmi_svd(counts, D, power=0.75):
    near = (counts.sum(dim=0) / counts.sum()) ** power
    expected = counts.sum(dim=1, keepdim=True) * near
    pmi = torch.where(counts > 0, counts / expected, 1.0).log()
    U, S, _ = torch.linalg.svd(pmi.clamp(min=0), full_matrices=False)
    return U[:, :D] * S[:D].sqrt()

# %% exercise=ppmi_svd name=nan-into-the-svd
# en: For a row or a column of zeros the SVD gets NaN. What is 0 divided by 0, and what should stand there?
# ko: 0으로만 된 행이나 열이 있으면 SVD에 NaN이 들어갑니다. 0 나누기 0은 얼마이고, 그 자리에는 무엇이 있어야 하나요?
def ppmi_svd(counts, D, power=0.75):
    near = counts.sum(dim=0) ** power
    expected = counts.sum(dim=1, keepdim=True) * near / near.sum()
    U, S, _ = torch.linalg.svd((counts / expected).log().clamp(min=0), full_matrices=False)
    return U[:, :D] * S[:D].sqrt()

# %% exercise=ppmi_svd name=smallest-directions-first
# en: You keep the directions that weigh least. In which order does eigh give its eigenvalues?
# ko: 가장 비중이 작은 방향들을 남겼습니다. eigh는 고윳값을 어떤 순서로 돌려주나요?
def ppmi_svd(counts, D, power=0.75):
    near = counts.sum(dim=0) ** power
    expected = counts.sum(dim=1, keepdim=True) * near / near.sum()
    pmi = torch.where(counts > 0, counts / expected, 1.0).log().clamp(min=0)
    values, vectors = torch.linalg.eigh(pmi @ pmi.T)
    return vectors[:, :D] * values[:D].clamp(min=0) ** 0.25

# %% exercise=ppmi_svd name=empty-directions-dropped
# en: Columns whose singular value is 0 are gone. How many columns does the docstring promise?
# ko: 특잇값이 0인 열이 빠졌습니다. 설명은 열을 몇 개라고 하나요?
def ppmi_svd(counts, D, power=0.75):
    near = counts.sum(dim=0) ** power
    expected = counts.sum(dim=1, keepdim=True) * near / near.sum()
    pmi = torch.where(counts > 0, counts / expected, 1.0).log()
    U, S, _ = torch.linalg.svd(pmi.clamp(min=0), full_matrices=False)
    kept = S[:D] > 1e-8
    return U[:, :D][:, kept] * S[:D][kept].sqrt()

# %% exercise=ppmi_svd name=always-float64
# en: The numbers are right: in which dtype do float32 counts come back?
# ko: 값은 맞습니다. float32 counts를 주면 어떤 dtype으로 돌려주나요?
def ppmi_svd(counts, D, power=0.75):
    table = counts.double()
    near = table.sum(dim=0) ** power
    expected = table.sum(dim=1, keepdim=True) * near / near.sum()
    pmi = torch.where(table > 0, table / expected, 1.0).log()
    U, S, _ = torch.linalg.svd(pmi.clamp(min=0), full_matrices=False)
    return U[:, :D] * S[:D].sqrt()

# %% exercise=ppmi_svd name=rows-at-length-one
# en: Every word vector has the length 1. Does the docstring bring the rows to a length, after the root?
# ko: 모든 단어 벡터의 길이가 1입니다. 설명에서 제곱근을 곱한 뒤 행의 길이를 맞추라고 하나요?
def ppmi_svd(counts, D, power=0.75):
    near = counts.sum(dim=0) ** power
    expected = counts.sum(dim=1, keepdim=True) * near / near.sum()
    pmi = torch.where(counts > 0, counts / expected, 1.0).log()
    U, S, _ = torch.linalg.svd(pmi.clamp(min=0), full_matrices=False)
    return F.normalize(U[:, :D] * S[:D].sqrt(), dim=1)

# %% exercise=most_similar name=zero-row-put-last
# en: A row of zeros gets the cosine -1. Which cosine does the docstring give it?
# ko: 0으로만 된 행의 코사인이 -1입니다. 설명에서는 얼마라고 하나요?
def most_similar(query, E, k, exclude=()):
    scores = torch.nan_to_num((E @ query) / (E.norm(dim=1) * query.norm()), nan=-1.0)
    scores[list(exclude)] = -torch.inf
    values, ids = scores.topk(min(k, len(E) - len(exclude)))
    return ids, values

# %% exercise=most_similar name=excluded-taken-from-k
# en: The number of excluded words is taken from k where k is the smaller. Which of the two numbers do excluded words lower?
# ko: k가 더 작을 때 제외한 단어의 수를 k에서 뺍니다. 제외한 단어는 두 수 가운데 어느 것을 줄이나요?
def most_similar(query, E, k, exclude=()):
    scores = (E @ query) / (E.norm(dim=1) * query.norm()).clamp(min=1e-12)
    scores[list(exclude)] = -torch.inf
    values, ids = scores.topk(min(k, len(E)) - len(exclude))
    return ids, values

# %% exercise=most_similar name=one-word-without-its-axis
# en: Where one word comes back its axis is gone. Which shape has a list of one id?
# ko: 단어 하나만 돌려줄 때 축이 사라집니다. id 하나짜리 목록의 형상은 무엇인가요?
def most_similar(query, E, k, exclude=()):
    scores = (E @ query) / (E.norm(dim=1) * query.norm()).clamp(min=1e-12)
    scores[list(exclude)] = -torch.inf
    values, ids = scores.topk(min(k, len(E) - len(exclude)))
    return ids.squeeze(), values.squeeze()

# %% exercise=most_similar name=number-beyond-float16
# en: A float16 table fails: the number that excluded words get does not fit into it. Which value below every cosine fits into any float dtype?
# ko: float16 표에서 오류가 납니다. 제외한 단어에 준 수가 float16에 들어가지 않습니다. 모든 코사인보다 작으면서 어떤 실수형에나 있는 값은 무엇인가요?
def most_similar(query, E, k, exclude=()):
    scores = (E @ query) / (E.norm(dim=1) * query.norm()).clamp(min=1e-12)
    banned = torch.zeros(len(E), dtype=torch.bool)
    banned[list(exclude)] = True
    values, ids = scores.masked_fill(banned, -1e9).topk(min(k, len(E) - len(exclude)))
    return ids, values

# %% exercise=most_similar name=id-zero-not-excluded
# en: The word with the id 0 comes back although it is excluded. What does `if` make of a 0?
# ko: id가 0인 단어를 제외했는데도 나옵니다. `if`는 0을 무엇으로 볼까요?
def most_similar(query, E, k, exclude=()):
    banned = [i for i in exclude if i]
    scores = (E @ query) / (E.norm(dim=1) * query.norm()).clamp(min=1e-12)
    scores[banned] = -torch.inf
    values, ids = scores.topk(min(k, len(E) - len(banned)))
    return ids, values

# %% exercise=most_similar name=only-cosines-from-zero
# en: Words with a negative cosine do not come back. Does the docstring leave them out?
# ko: 코사인이 음수인 단어가 나오지 않습니다. 설명이 그런 단어를 빼라고 하나요?
def most_similar(query, E, k, exclude=()):
    scores = (E @ query) / (E.norm(dim=1) * query.norm()).clamp(min=1e-12)
    scores[list(exclude)] = -torch.inf
    values, ids = scores.topk(min(k, max(1, int((scores >= 0).sum()))))
    return ids, values

# %% exercise=most_similar name=ids-among-floats
# en: The ids come back as floats. In which tensor do they lie beside the cosines?
# ko: id가 실수로 돌아옵니다. id를 어떤 텐서에 코사인과 함께 담았나요?
def most_similar(query, E, k, exclude=()):
    scores = (E @ query) / (E.norm(dim=1) * query.norm()).clamp(min=1e-12)
    scores[list(exclude)] = -torch.inf
    values, ids = scores.topk(min(k, len(E) - len(exclude)))
    return ids.to(values.dtype), values

# %% exercise=analogy name=number-beyond-float16
# en: A float16 table fails: the number that the question's words get does not fit into it. Which value below every score fits into any float dtype?
# ko: float16 표에서 오류가 납니다. 질문의 단어에 준 수가 float16에 들어가지 않습니다. 모든 점수보다 작으면서 어떤 실수형에나 있는 값은 무엇인가요?
def analogy(asked, E):
    unit = E / E.norm(dim=1, keepdim=True)
    a, b, c = unit[asked].unbind(dim=1)
    scores = (b - a + c) @ unit.T
    asked_for = torch.zeros(scores.shape, dtype=torch.bool).scatter_(1, asked, True)
    return scores.masked_fill(asked_for, -1e9).argmax(dim=1)

# %% exercise=analogy name=question-lowered-by-one
# en: The question's words are lowered by 1, and sometimes one of them still wins. Which score can no other word fall below?
# ko: 질문의 단어 점수를 1만큼 낮추었지만 그래도 이길 때가 있습니다. 다른 단어의 점수가 절대 내려갈 수 없는 값은 무엇인가요?
def analogy(asked, E):
    unit = F.normalize(E, dim=1)
    a, b, c = unit[asked].unbind(dim=1)
    scores = F.normalize(b - a + c, dim=1) @ unit.T
    return (scores - F.one_hot(asked, len(E)).sum(dim=1)).argmax(dim=1)

# %% exercise=analogy name=answers-as-floats
# en: The ids come back as floats. Which dtype does the docstring promise?
# ko: id가 실수로 돌아옵니다. 설명이 약속한 dtype은 무엇인가요?
def analogy(asked, E):
    unit = E / E.norm(dim=1, keepdim=True)
    a, b, c = unit[asked].unbind(dim=1)
    scores = ((b - a + c) @ unit.T).scatter_(1, asked, -torch.inf)
    return scores.argmax(dim=1).float()

# %% exercise=encode name=line-by-line
# en: A mark that begins a line ends no sentence of yours. Does a new line begin a new text, or only separate words?
# ko: 줄 맨 앞의 부호가 문장을 끝내지 못합니다. 줄바꿈은 새 글의 시작인가요, 단어 사이의 구분인가요?
def encode(text, index):
    ids = []
    for line in text.lower().splitlines():
        row = []
        for token in "".join(
            c if c.isalpha() else " . " if c in ".!?" else " " for c in line
        ).split():
            if token != ".":
                row.append(index.get(token, index["<unk>"]))
            elif row and row[-1] != index["<eos>"]:
                row.append(index["<eos>"])
        ids += row
    return ids

# %% exercise=encode name=last-end-needs-the-last-place
# en: The last end is lost where a blank, a quote or a new line follows it. Must the mark be the very last character of the text?
# ko: 마지막 문장 끝 뒤에 빈칸, 따옴표, 줄바꿈이 오면 그 끝이 사라집니다. 부호가 글의 맨 마지막 문자여야 하나요?
def encode(text, index):
    ids = []
    for sentence in text.lower().replace("!", ".").replace("?", ".").split("."):
        words = "".join(c if c.isalpha() else " " for c in sentence).split()
        if words:
            ids += [index.get(word, index["<unk>"]) for word in words] + [index["<eos>"]]
    if ids and text[-1] not in ".!?":
        ids.pop()
    return ids

# %% exercise=encode name=underscore-kept
# en: An underscore has become part of a word. Is it a letter for str.isalpha, and for your own test?
# ko: 밑줄이 단어의 일부가 되었습니다. str.isalpha에서 밑줄은 글자인가요? 지금 쓰는 검사에서는 어떤가요?
def encode(text, index):
    ids, word = [], ""
    for character in text.lower() + " ":
        if character.isalpha() or character == "_":
            word += character
            continue
        if word:
            ids.append(index.get(word, index["<unk>"]))
            word = ""
        if character in ".!?" and ids and ids[-1] != index["<eos>"]:
            ids.append(index["<eos>"])
    return ids

# %% exercise=encode name=apostrophe-joins
# en: The two sides of an apostrophe have become one word. What does every character do that is no letter and no end?
# ko: 아포스트로피 양쪽이 한 단어로 붙었습니다. 글자도 문장 끝도 아닌 문자는 모두 무엇을 하나요?
def encode(text, index):
    ids, word = [], ""
    for character in text.lower().replace("'", "") + " ":
        if character.isalpha():
            word += character
            continue
        if word:
            ids.append(index.get(word, index["<unk>"]))
            word = ""
        if character in ".!?" and ids and ids[-1] != index["<eos>"]:
            ids.append(index["<eos>"])
    return ids

# %% exercise=cbow_forward name=written-over-in-the-bag
# en: A word that comes twice counts once in your table of counts, and padding wipes out word 0. Does scatter_ add, or write over?
# ko: 두 번 나온 단어가 개수 표에서 한 번만 세어지고, 패딩이 0번 단어를 지웁니다. scatter_는 더하나요, 덮어쓰나요?
def cbow_forward(context, mask, E_in, E_out):
    bag = torch.zeros(len(context), len(E_in), dtype=E_in.dtype)
    bag.scatter_(1, context, mask.to(E_in.dtype))
    return (bag / bag.sum(dim=1, keepdim=True).clamp(min=1)) @ E_in @ E_out.T


# %% exercise=cbow_forward name=word-zero-learns-nothing
# en: The logits are right, but no gradient reaches the vector of word 0. Which argument of the look-up makes 0 padding?
# ko: 로짓은 맞지만 단어 0의 벡터에 기울기가 가지 않습니다. 찾아보기의 어떤 인자가 0을 패딩으로 만드나요?
def cbow_forward(context, mask, E_in, E_out):
    weights = mask.to(E_in.dtype).unsqueeze(-1)
    total = (F.embedding(context, E_in, padding_idx=0) * weights).sum(dim=1)
    return total / weights.sum(dim=1).clamp(min=1) @ E_out.T

# %% exercise=cbow_forward name=different-words-averaged
# en: A word that stands twice in a window counts once in your mean. Is the mean over words, or over places?
# ko: 창에 두 번 나온 단어가 평균에 한 번만 들어갑니다. 단어의 평균인가요, 자리의 평균인가요?
def cbow_forward(context, mask, E_in, E_out):
    bag = torch.zeros(len(context), len(E_in) + 1, dtype=E_in.dtype)
    bag.scatter_(1, context.masked_fill(~mask, len(E_in)), 1.0)
    bag = bag[:, :-1]
    return bag @ E_in / bag.sum(dim=1, keepdim=True).clamp(min=1) @ E_out.T

# %% exercise=sgns_loss_and_grad name=softplus-overflows
# en: A noise score of a thousand makes the loss infinite. What is exp(1000), and which function computes ln(1 + e^x) safely?
# ko: 잡음 단어의 점수가 천이면 손실이 무한대가 됩니다. exp(1000)은 얼마이고, ln(1 + e^x)를 안전하게 계산하는 함수는 무엇인가요?
def sgns_loss_and_grad(centre, context, negatives, E_in, E_out):
    B = len(centre)
    targets = torch.cat([context[:, None], negatives], dim=1)
    v, u = E_in[centre], E_out[targets]
    s = torch.einsum("bkd,bd->bk", u, v)
    loss = (F.softplus(-s[:, 0]).sum() + torch.log1p(s[:, 1:].exp()).sum()) / B
    g = torch.sigmoid(s)
    g[:, 0] -= 1
    g = g / B
    grad_in = torch.zeros_like(E_in).index_add_(0, centre, torch.einsum("bk,bkd->bd", g, u))
    rows = torch.einsum("bk,bd->bkd", g, v).flatten(0, 1)
    return loss, grad_in, torch.zeros_like(E_out).index_add_(0, targets.flatten(), rows)

# %% exercise=most_similar name=one-length-for-the-table
# en: All rows are divided by one length, that of the whole table. Which axis does norm need?
# ko: 모든 행을 표 전체의 길이 하나로 나누었습니다. norm에는 어떤 축이 필요한가요?
def most_similar(query, E, k, exclude=()):
    cosines = E / E.norm() @ (query / query.norm())
    cosines[list(exclude)] = -torch.inf
    scores, ids = cosines.topk(min(k, len(E) - len(exclude)))
    return ids, scores

# %% exercise=most_similar name=same-direction-left-out
# en: A word whose cosine is 1 does not come back. Who says which words to leave out?
# ko: 코사인이 1인 단어가 나오지 않습니다. 어떤 단어를 뺄지는 무엇이 정하나요?
def most_similar(query, E, k, exclude=()):
    cosines = (E @ query) / (E.norm(dim=1) * query.norm()).clamp(min=1e-12)
    cosines[list(exclude)] = -torch.inf
    cosines[cosines > 0.999999] = -torch.inf
    scores, ids = cosines.topk(min(k, int((cosines > -torch.inf).sum())))
    return ids, scores

# %% exercise=analogy name=question-scored-minus-two
# en: A word of the question gets the score -2, and another word lies lower still. How long can b - a + c be, and how low a product with it?
# ko: 질문의 단어에 -2점을 주었는데 그보다 낮은 단어가 있습니다. b - a + c는 얼마나 길어질 수 있고, 그것과의 내적은 얼마나 작아질 수 있나요?
def analogy(asked, E):
    unit = F.normalize(E, dim=1)
    a, b, c = unit[asked].unbind(dim=1)
    return ((b - a + c) @ unit.T).scatter(1, asked, -2.0).argmax(dim=1)

# %% exercise=analogy name=short-lengths-cut
# en: Vectors shorter than some bound do not come to length 1. Where do you cut a length?
# ko: 아주 짧은 벡터가 길이 1이 되지 않습니다. 길이를 어디에서 잘랐나요?
def analogy(asked, E):
    unit = E / E.norm(dim=1, keepdim=True).clamp(min=1e-4)
    a, b, c = unit[asked].unbind(dim=1)
    return ((b - a + c) @ unit.T).scatter_(1, asked, -torch.inf).argmax(dim=1)

# %% exercise=ppmi_svd name=zeros-of-counts-overwritten
# en: After the call counts holds no 0 any more. Which line writes something tiny into it, and should it write to a copy?
# ko: 호출한 뒤에 counts에 0이 하나도 없습니다. 어느 줄이 아주 작은 수를 써넣나요? 복사본에 써야 하지 않을까요?
def ppmi_svd(counts, D, power=0.75):
    words = counts.sum(dim=1, keepdim=True)
    near = counts.sum(dim=0) ** power
    expected = (words * near / near.sum()).clamp(min=1e-30)
    empty = counts == 0
    counts[empty] = 1e-30
    pmi = torch.where(empty, 0.0, (counts / expected).log())
    U, S, _ = torch.linalg.svd(pmi.clamp(min=0), full_matrices=False)
    return U[:, :D] * S[:D].sqrt()
