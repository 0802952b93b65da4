"""Known mistakes and correct variants of week 02. Each cell is overlaid on the reference: it runs after the reference's solution cell."""

# ------------------------------------------------------------------------------- count_ngrams
# %% exercise=count_ngrams name=last-ngram-missing
# en: Count the n-grams of a short word by hand: is the one that ends at the last token in your table?
# ko: 짧은 단어의 n그램을 손으로 세어 보세요. 마지막 토큰에서 끝나는 n그램이 표에 들어 있나요?
def count_ngrams(tokens, n):
    counts = defaultdict(Counter)
    for i in range(len(tokens) - n):
        counts[tuple(tokens[i : i + n - 1])][tokens[i + n - 1]] += 1
    return dict(counts)

# %% exercise=count_ngrams name=context-of-n-tokens
# en: An n-gram has n tokens in all, the follower included: how many are left for the context?
# ko: n그램은 다음 토큰까지 합쳐 모두 n개입니다. 그러면 문맥에는 토큰이 몇 개 남을까요?
def count_ngrams(tokens, n):
    counts = defaultdict(Counter)
    for i in range(n, len(tokens)):
        counts[tuple(tokens[i - n : i])][tokens[i]] += 1
    return dict(counts)

# %% exercise=count_ngrams name=steps-of-n
# en: N-grams overlap: by how many positions does the window move each time?
# ko: n그램은 서로 겹칩니다. 창은 한 번에 몇 칸씩 움직여야 할까요?
def count_ngrams(tokens, n):
    counts = defaultdict(Counter)
    for i in range(n - 1, len(tokens), n):
        counts[tuple(tokens[i - n + 1 : i])][tokens[i]] += 1
    return dict(counts)

# %% exercise=count_ngrams name=all-counts-are-one
# en: All your counts are 1. A follower that comes twice counts twice: do you add, set the value, or drop what comes again?
# ko: 모든 횟수가 1입니다. 같은 토큰이 두 번 나오면 두 번 세어야 합니다. 값을 더하나요, 덮어쓰나요, 다시 나온 것을 버리나요?
def count_ngrams(tokens, n):
    counts = defaultdict(Counter)
    for i in range(n - 1, len(tokens)):
        counts[tuple(tokens[i - n + 1 : i])][tokens[i]] = 1
    return dict(counts)

# %% exercise=count_ngrams name=padded-start
# en: You also count the first tokens, whose context is shorter than n - 1. Where should counting begin?
# ko: 문맥이 n-1개보다 짧은 첫 토큰들까지 세고 있습니다. 어디서부터 세어야 할까요?
def count_ngrams(tokens, n):
    counts = defaultdict(Counter)
    for i in range(len(tokens)):
        counts[tuple(tokens[max(0, i - n + 1) : i])][tokens[i]] += 1
    return dict(counts)

# %% exercise=count_ngrams name=predicts-backwards
# en: Which end of the n-gram is predicted, and which tokens are the context? Language is read forward here.
# ko: n그램에서 예측하는 쪽은 어느 끝이고, 문맥은 어느 쪽인가요? 여기서는 글을 앞에서부터 읽습니다.
def count_ngrams(tokens, n):
    counts = defaultdict(Counter)
    for i in range(n - 1, len(tokens)):
        counts[tuple(tokens[i - n + 2 : i + 1])][tokens[i - n + 1]] += 1
    return dict(counts)

# %% exercise=count_ngrams name=overlaps-not-counted
# en: How many pairs does "aaaa" hold, if they may overlap?
# ko: 겹치는 것을 허용하면 "aaaa"에는 쌍이 몇 개 있나요?
def count_ngrams(tokens, n):
    counts = defaultdict(Counter)
    grams = dict.fromkeys(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))
    for gram in grams:
        i = 0
        while i <= len(tokens) - n:
            found = tuple(tokens[i : i + n]) == gram
            if found:
                counts[gram[:-1]][gram[-1]] += 1
            i += n if found else 1
    return dict(counts)

# %% exercise=count_ngrams name=lower-cased
# en: Nothing asks for lower case: capitals are tokens of their own.
# ko: 소문자로 바꾸라는 말은 없습니다. 대문자는 별개의 토큰입니다.
def count_ngrams(tokens, n):
    tokens = [token.lower() for token in tokens]
    counts = defaultdict(Counter)
    for i in range(n - 1, len(tokens)):
        counts[tuple(tokens[i - n + 1 : i])][tokens[i]] += 1
    return dict(counts)

# %% exercise=count_ngrams name=contexts-as-text
# en: Your contexts are joined to one text. The docstring asks for tuples of n - 1 tokens.
# ko: 문맥을 문자열 하나로 이어 붙였습니다. 설명은 토큰 n - 1개의 튜플을 요구합니다.
def count_ngrams(tokens, n):
    table = {}
    for i in range(len(tokens) - n + 1):
        row = table.setdefault("".join(tokens[i : i + n - 1]), Counter())
        row[tokens[i + n - 1]] += 1
    return table

# %% exercise=count_ngrams name=last-context-kept
# en: The last n - 1 tokens are a context of yours, though nothing follows. Only what occurred counts.
# ko: 뒤에 아무것도 없는 마지막 n - 1개 토큰까지 문맥으로 넣었습니다. 나온 것만 셉니다.
def count_ngrams(tokens, n):
    table = {}
    for i in range(len(tokens) - n + 2):
        row = table.setdefault(tuple(tokens[i : i + n - 1]), Counter())
        row.update(tokens[i + n - 1 : i + n])
    return table

# %% exercise=count_ngrams variant=zip-of-shifted-copies
def count_ngrams(tokens, n):
    counts = {}
    for *context, follower in zip(*(tokens[k:] for k in range(n))):
        counts.setdefault(tuple(context), Counter())[follower] += 1
    return counts

# %% exercise=count_ngrams variant=plain-dicts
def count_ngrams(tokens, n):
    counts = {}
    for start in range(len(tokens) - n + 1):
        context, follower = tuple(tokens[start : start + n - 1]), tokens[start + n - 1]
        row = counts.setdefault(context, {})
        row[follower] = row.get(follower, 0) + 1
    return counts

# ------------------------------------------------------------------------------- interpolated_prob
# %% exercise=interpolated_prob name=minus-zero
# en: Where there is a context, the counts of no context, tables[0], take no part. With which key do you ask them: what is context[-0:]?
# ko: 문맥이 있으면 빈 문맥의 횟수인 tables[0]이 쓰이지 않습니다. 어떤 키로 찾고 있나요? context[-0:]은 무엇인가요?
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    p = 1 / vocab_size
    for k, table in enumerate(tables[: len(context) + 1]):
        followers = table.get(context[-k:], {})
        p = (followers.get(token, 0) + epsilon * p) / (sum(followers.values()) + epsilon)
    return p

# %% exercise=interpolated_prob name=first-tokens-instead-of-last
# en: Which end of the context stands next to the token that is predicted?
# ko: 예측할 토큰 바로 옆에 있는 것은 문맥의 어느 쪽 끝인가요?
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    p = 1 / vocab_size
    for k, table in enumerate(tables[: len(context) + 1]):
        followers = table.get(context[:k], {})
        p = (followers.get(token, 0) + epsilon * p) / (sum(followers.values()) + epsilon)
    return p

# %% exercise=interpolated_prob name=longest-context-spread-evenly
# en: After the longest context the pretended tokens are spread evenly, 1 / V each: what does the shorter context say?
# ko: 가장 긴 문맥 뒤에서 가상의 토큰을 1 / V씩 고르게 나누었습니다. 더 짧은 문맥은 무엇이라고 하나요?
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    k = min(len(context), len(tables) - 1)
    followers = tables[k].get(context[len(context) - k :], {})
    total = sum(followers.values())
    return (followers.get(token, 0) + epsilon / vocab_size) / (total + epsilon)

# %% exercise=interpolated_prob name=epsilon-times-V-below
# en: How many tokens do you pretend in all, epsilon or epsilon times V? Let the vocabulary sum to 1.
# ko: 가상의 토큰은 모두 몇 개인가요? epsilon개인가요, epsilon 곱하기 V개인가요? 어휘 전체의 합이 1이 되는지 보세요.
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    p = 1 / vocab_size
    for k, table in enumerate(tables[: len(context) + 1]):
        followers = table.get(context[len(context) - k :], {})
        total = sum(followers.values())
        p = (followers.get(token, 0) + epsilon * p) / (total + epsilon * vocab_size)
    return p

# %% exercise=interpolated_prob name=counts-alone-where-seen
# en: A context that was seen once is trusted as fully as one seen a thousand times: do the shorter ones still have a say?
# ko: 한 번 나온 문맥을 천 번 나온 문맥처럼 믿고 있습니다. 더 짧은 문맥의 의견도 들어가나요?
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    for k in range(min(len(context), len(tables) - 1), -1, -1):
        followers = tables[k].get(context[len(context) - k :], {})
        if followers.get(token, 0):
            return followers[token] / sum(followers.values())
    return 1 / vocab_size

# %% exercise=interpolated_prob name=restart-at-a-new-context
# en: Where a context is new, the shorter one decides: do you fall back to it, or to the even guess?
# ko: 문맥이 처음 보는 것이면 더 짧은 문맥이 정합니다. 그 문맥으로 돌아가나요, 아니면 균등한 추측으로 돌아가나요?
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    p = 1 / vocab_size
    for k, table in enumerate(tables[: len(context) + 1]):
        followers = table.get(context[len(context) - k :])
        if followers is None:
            p = 1 / vocab_size
            continue
        p = (followers.get(token, 0) + epsilon * p) / (sum(followers.values()) + epsilon)
    return p

# %% exercise=interpolated_prob name=longest-first
# en: The shortest context had the last word: in which order must the tables improve the guess?
# ko: 가장 짧은 문맥이 마지막에 정했습니다. 표는 어떤 순서로 추측을 고쳐 나가야 할까요?
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    p = 1 / vocab_size
    for k in range(min(len(context), len(tables) - 1), -1, -1):
        followers = tables[k].get(context[len(context) - k :], {})
        p = (followers.get(token, 0) + epsilon * p) / (sum(followers.values()) + epsilon)
    return p

# %% exercise=interpolated_prob name=epsilon-always-one
# en: The result does not change with epsilon: where is the 1 that should be a parameter?
# ko: epsilon을 바꿔도 결과가 같습니다. 매개변수여야 할 1이 어디에 남아 있나요?
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    p = 1 / vocab_size
    for k, table in enumerate(tables[: len(context) + 1]):
        followers = table.get(context[len(context) - k :], {})
        p = (followers.get(token, 0) + p) / (sum(followers.values()) + 1)
    return p

# %% exercise=interpolated_prob name=asking-changes-the-table
# en: After your call the tables are not as they were. Does looking up a key insert it, in a table or in a row of it, or does a line take something out or move it?
# ko: 함수를 부른 뒤에 표가 전과 다릅니다. 표나 그 행에서 키를 찾아볼 때 키가 새로 들어가나요, 아니면 무언가를 꺼내거나 옮기는 줄이 있나요?
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    p = 1 / vocab_size
    for k, table in enumerate(tables[: len(context) + 1]):
        suffix = context[len(context) - k :]
        if isinstance(table, defaultdict) or suffix in table:
            followers = table[suffix]
        else:
            followers = {}
        p = (followers.get(token, 0) + epsilon * p) / (sum(followers.values()) + epsilon)
    return p

# %% exercise=interpolated_prob name=different-tokens-below-the-line
# en: Below the line you count the different tokens that followed. How often did the context occur?
# ko: 분모에서 뒤따른 토큰의 종류를 세었습니다. 문맥이 나온 횟수는 몇 번인가요?
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    p = 1 / vocab_size
    for k in range(min(len(tables), len(context) + 1)):
        row = tables[k].get(tuple(context[len(context) - k :]), {})
        total = sum(row.values())
        p = (row.get(token, 0) + epsilon * p) / (len(row) + epsilon)
    return p

# %% exercise=interpolated_prob name=epsilon-only-above
# en: The pretended tokens are above the line and not below: your probabilities sum to more than 1.
# ko: 있다고 친 토큰이 분자에만 있고 분모에는 없습니다. 확률의 합이 1보다 큽니다.
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    p = 1 / vocab_size
    for k in range(min(len(tables), len(context) + 1)):
        row = tables[k].get(tuple(context[len(context) - k :]), {})
        total = sum(row.values())
        if total:
            p = (row.get(token, 0) + epsilon * p) / total
    return p

# %% exercise=interpolated_prob name=backs-off
# en: You stop at the first context that has seen the token. Interpolation asks all of them, always.
# ko: 토큰을 본 첫 문맥에서 멈추었습니다. 보간은 언제나 모든 문맥에 묻습니다.
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    for k in range(min(len(context), len(tables) - 1), -1, -1):
        row = tables[k].get(tuple(context[len(context) - k :]), {})
        if row.get(token, 0):
            return (row[token] + epsilon / vocab_size) / (sum(row.values()) + epsilon)
    return 1 / vocab_size

# %% exercise=interpolated_prob variant=recursive
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    k = min(len(context), len(tables) - 1)
    context = context[len(context) - k :]
    followers = tables[k].get(context, {})
    if k == 0:
        lower = 1 / vocab_size
    else:
        lower = interpolated_prob(tables[:k], context[1:], token, vocab_size, epsilon)
    return (followers.get(token, 0) + epsilon * lower) / (sum(followers.values()) + epsilon)

# %% exercise=interpolated_prob variant=weighted-mixture
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    p = 1 / vocab_size
    for k in range(min(len(context) + 1, len(tables))):
        row = dict(tables[k].get(tuple(context[len(context) - k :]), ()))
        total = sum(row.values())
        if total:
            trust = total / (total + epsilon)
            p = trust * row.get(token, 0) / total + (1 - trust) * p
    return p

# ------------------------------------------------------------------------------- perplexity
# %% exercise=perplexity name=mean-of-sentence-means
# en: Each sentence has the same weight in your average; which unit should have it?
# ko: 지금은 문장마다 같은 무게로 평균을 냅니다. 같은 무게를 가져야 하는 단위는 무엇일까요?
def perplexity(log_probs):
    means = [float(s.mean()) for s in log_probs if len(s)]
    return math.exp(-sum(means) / len(means))

# %% exercise=perplexity name=mean-of-perplexities
# en: You average perplexities of sentences. Average the log-probabilities of tokens first, and take exp once.
# ko: 문장별 혼란도를 평균 내고 있습니다. 토큰의 로그 확률을 먼저 평균 내고 exp는 한 번만 취하세요.
def perplexity(log_probs):
    values = [math.exp(-float(s.mean())) for s in log_probs if len(s)]
    return sum(values) / len(values)

# %% exercise=perplexity name=base-two
# en: Which base do the logarithms have, and which base does your power have?
# ko: 로그의 밑은 무엇이고, 거듭제곱의 밑은 무엇인가요?
def perplexity(log_probs):
    total = sum(float(s.sum()) for s in log_probs)
    return 2 ** (-total / sum(len(s) for s in log_probs))

# %% exercise=perplexity name=sign-lost
# en: Log-probabilities are negative; a perplexity is never below 1. What is missing?
# ko: 로그 확률은 음수이고 혼란도는 1보다 작을 수 없습니다. 무엇이 빠졌을까요?
def perplexity(log_probs):
    total = sum(float(s.sum()) for s in log_probs)
    return math.exp(total / sum(len(s) for s in log_probs))

# %% exercise=perplexity name=divided-by-sentences
# en: Perplexity is per token: by which number do you divide?
# ko: 혼란도는 토큰 하나당 값입니다. 무엇으로 나누고 있나요?
def perplexity(log_probs):
    total = sum(float(s.sum()) for s in log_probs)
    return math.exp(-total / len(log_probs))

# %% exercise=perplexity name=cross-entropy-only
# en: This is the cross-entropy in nats. One step leads from it to a number of choices.
# ko: 이 값은 교차 엔트로피(nat)입니다. 여기서 '선택지의 수'로 가려면 한 단계가 더 필요합니다.
def perplexity(log_probs):
    total = sum(float(s.sum()) for s in log_probs)
    return -total / sum(len(s) for s in log_probs)

# %% exercise=perplexity name=product-of-probabilities
# en: What is the product of 400 probabilities of 0.1, for a computer?
# ko: 컴퓨터에서 확률 0.1을 400번 곱하면 얼마가 되나요?
def perplexity(log_probs):
    p = torch.cat(list(log_probs)).exp()
    return float(p.prod() ** (-1 / len(p)))

# %% exercise=perplexity name=rare-tokens-cut
# en: Very small probabilities are cut off somewhere: then the rare tokens cost too little.
# ko: 아주 작은 확률을 어딘가에서 잘라 내고 있습니다. 그러면 드문 토큰의 비용이 작아집니다.
def perplexity(log_probs):
    log_p = torch.cat(list(log_probs)).clamp(min=math.log(1e-12))
    return math.exp(-float(log_p.mean()))

# %% exercise=perplexity name=ends-counted
# en: You count one token more for each sentence. Whose ln p would that be? Count those you are given.
# ko: 문장마다 토큰 하나를 더 세었습니다. 그 ln p는 어디 있나요? 주어진 것만 세세요.
def perplexity(log_probs):
    total = sum(float(lp.double().sum()) for lp in log_probs)
    return math.exp(-total / sum(len(lp) + 1 for lp in log_probs))

# %% exercise=perplexity name=empty-sentences-counted
# en: You average over sentences, empty ones too. The contract counts tokens.
# ko: 빈 문장까지 포함해 문장 단위로 평균했습니다. 토큰 단위로 세어야 합니다.
def perplexity(log_probs):
    means = [float(lp.double().mean()) if len(lp) else 0.0 for lp in log_probs]
    return math.exp(-sum(means) / len(means))

# %% exercise=perplexity variant=cat-and-mean
def perplexity(log_probs):
    return torch.exp(-torch.cat(list(log_probs)).mean()).item()

# %% exercise=perplexity variant=loop-in-bits
def perplexity(log_probs):
    bits, n = 0.0, 0
    for sentence in log_probs:
        for log_p in sentence.tolist():
            bits -= log_p / math.log(2)
            n += 1
    return 2 ** (bits / n)

# ------------------------------------------------------------------------------- rnn_step
# %% exercise=rnn_step name=U-transposed
# en: U stands the wrong way round. In the formula h is a row on its left: how does your product, or the library's cell, read U?
# ko: U의 방향이 뒤바뀌었습니다. 식에서 h는 U의 왼쪽에 놓인 행입니다. 여러분의 곱이나 라이브러리의 셀은 U를 어떻게 읽나요?
def rnn_step(x, h, W, U, b):
    return torch.tanh(x @ W + h @ U.T + b)

# %% exercise=rnn_step name=bias-outside
# en: A state can leave (-1, 1) with your code: what must happen before the squashing?
# ko: 지금 코드로는 상태가 (-1, 1)을 벗어날 수 있습니다. tanh를 취하기 전에 무엇을 해야 할까요?
def rnn_step(x, h, W, U, b):
    return torch.tanh(x @ W + h @ U) + b

# %% exercise=rnn_step name=sigmoid
# en: Your states are never negative. Which squashing function has values on both sides of 0?
# ko: 상태가 음수가 되는 일이 없습니다. 0의 양쪽 값을 모두 갖는 함수는 무엇일까요?
def rnn_step(x, h, W, U, b):
    return torch.sigmoid(x @ W + h @ U + b)

# %% exercise=rnn_step name=no-squash
# en: Without a nonlinearity, many steps are one big linear map. Which function is missing?
# ko: 비선형 함수가 없으면 여러 단계도 하나의 선형 변환일 뿐입니다. 어떤 함수가 빠졌나요?
def rnn_step(x, h, W, U, b):
    return x @ W + h @ U + b

# %% exercise=rnn_step name=memory-past-the-squash
# en: The old state must pass through U and the tanh together with the input.
# ko: 이전 상태도 입력과 함께 U와 tanh를 지나야 합니다.
def rnn_step(x, h, W, U, b):
    return torch.tanh(x @ W + b) + h @ U

# %% exercise=rnn_step name=no-memory
# en: Change the old state and your new state stays the same: what is left out?
# ko: 이전 상태를 바꿔도 새 상태가 그대로입니다. 무엇을 빠뜨렸나요?
def rnn_step(x, h, W, U, b):
    return torch.tanh(x @ W + b)

# %% exercise=rnn_step name=tanh-from-exponentials
# en: The formula is right on paper, but how large is exp of a sum of a few hundred?
# ko: 종이 위의 공식은 맞습니다. 그런데 합이 수백이면 exp는 얼마나 커지나요?
def rnn_step(x, h, W, U, b):
    e = torch.exp(2 * (x @ W + h @ U + b))
    return (e - 1) / (e + 1)

# %% exercise=rnn_step variant=one-matrix
def rnn_step(x, h, W, U, b):
    return torch.tanh(torch.cat([x, h], dim=-1) @ torch.cat([W, U], dim=0) + b)

# %% exercise=rnn_step variant=library-cell
def rnn_step(x, h, W, U, b):
    return torch.rnn_tanh_cell(x, h, W.T, U.T, b, torch.zeros_like(b))

# %% exercise=rnn_step variant=einsum
def rnn_step(x, h, W, U, b):
    return (torch.einsum("bd,dh->bh", x, W) + torch.einsum("bk,kh->bh", h, U) + b).tanh()

# ------------------------------------------------------------------------------- rnn_forward
# %% exercise=rnn_forward name=state-never-updated
# en: Every step of yours starts from h0. From which state should step t start?
# ko: 모든 단계가 h0에서 시작합니다. t번째 단계는 어떤 상태에서 시작해야 할까요?
def rnn_forward(step, x, h0):
    return torch.stack([step(x[:, t], h0) for t in range(x.shape[1])], dim=1)

# %% exercise=rnn_forward name=state-before-the-step
# en: You keep the state before each step; the answer wants the state after it, without h0.
# ko: 각 단계 이전의 상태를 저장하고 있습니다. h0는 빼고, 단계 이후의 상태가 필요합니다.
def rnn_forward(step, x, h0):
    h, states = h0, []
    for t in range(x.shape[1]):
        states.append(h)
        h = step(x[:, t], h)
    return torch.stack(states, dim=1)

# %% exercise=rnn_forward name=time-first
# en: Your answer is (T, B, H). Along which axis does stack put time?
# ko: 결과의 모양이 (T, B, H)입니다. stack이 시간을 어느 축에 놓고 있나요?
def rnn_forward(step, x, h0):
    h, states = h0, []
    for t in range(x.shape[1]):
        h = step(x[:, t], h)
        states.append(h)
    return torch.stack(states)

# %% exercise=rnn_forward name=no-gradient-between-steps
# en: The states are right, but no gradient flows from one step to the step before it: what cuts the graph there?
# ko: 상태 값은 맞지만 기울기가 한 단계에서 그 앞 단계로 흐르지 않습니다. 그 사이에서 그래프를 끊는 것은 무엇일까요?
def rnn_forward(step, x, h0):
    h, states = h0, []
    for t in range(x.shape[1]):
        h = step(x[:, t], h.detach() if t else h)
        states.append(h)
    return torch.stack(states, dim=1)

# %% exercise=rnn_forward name=h0-included
# en: There is one state too many: the answer begins after the first step.
# ko: 상태가 하나 더 많습니다. 결과는 첫 단계가 끝난 뒤의 상태부터입니다.
def rnn_forward(step, x, h0):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(step(x[:, t], states[-1]))
    return torch.stack(states, dim=1)

# %% exercise=rnn_forward name=last-state-only
# en: Every position predicts something, so every state is needed, not only the last.
# ko: 모든 위치에서 예측을 하므로 마지막 상태만이 아니라 모든 상태가 필요합니다.
def rnn_forward(step, x, h0):
    h = h0
    for t in range(x.shape[1]):
        h = step(x[:, t], h)
    return h[:, None]

# %% exercise=rnn_forward name=inputs-detached
# en: The states are right, but what reaches x on the way back?
# ko: 상태는 맞습니다. 그런데 역전파 때 x까지 무엇이 도달하나요?
def rnn_forward(step, x, h0):
    h, states = h0, []
    for t in range(x.shape[1]):
        h = step(x[:, t].detach(), h)
        states.append(h)
    return torch.stack(states, dim=1)

# %% exercise=rnn_forward name=states-in-float32
# en: The states come back in float32, whatever their dtype was. Does a tensor that you make room in, or a .float(), do that?
# ko: 상태의 dtype과 관계없이 float32로 돌려줍니다. 미리 만들어 둔 텐서 때문인가요, .float() 때문인가요?
def rnn_forward(step, x, h0):
    states = torch.zeros(x.shape[0], x.shape[1], h0.shape[1])
    h = h0
    for t in range(x.shape[1]):
        h = step(x[:, t], h)
        states[:, t] = h
    return states

# %% exercise=rnn_forward variant=filled-in-place
def rnn_forward(step, x, h0):
    h, states = h0, h0.new_zeros(x.shape[0], x.shape[1], h0.shape[1])
    for t in range(x.shape[1]):
        h = step(x[:, t], h)
        states[:, t] = h
    return states

# %% exercise=rnn_forward variant=unbind-and-concatenate
def rnn_forward(step, x, h0):
    states = []
    for x_t in x.unbind(dim=1):
        states.append(step(x_t, states[-1] if states else h0))
    return torch.cat([h.unsqueeze(1) for h in states], dim=1)

# ------------------------------------------------------------------------------- bptt
# %% exercise=bptt name=last-step-dropped
# en: Compare your gradients for a loss at the last step only: with which step does the walk back begin?
# ko: 손실이 마지막 단계에만 있을 때의 기울기를 비교해 보세요. 거꾸로 걷기는 어느 단계에서 시작하나요?
def bptt(x, h0, hs, U, dhs):
    dW, dU, db = x.new_zeros(x.shape[-1], U.shape[0]), torch.zeros_like(U), U.new_zeros(U.shape[0])
    from_later = torch.zeros_like(h0)
    for t in reversed(range(x.shape[1] - 1)):
        before = hs[:, t - 1] if t > 0 else h0
        da = (dhs[:, t] + from_later) * (1 - hs[:, t] ** 2)
        dW += x[:, t].T @ da
        dU += before.T @ da
        db += da.sum(dim=0)
        from_later = da @ U.T
    return dW, dU, db, from_later

# %% exercise=bptt name=nothing-from-later-steps
# en: A state acts on the loss in two ways; you use only its own prediction.
# ko: 상태는 두 가지 길로 손실에 영향을 줍니다. 지금은 그 단계의 예측 하나만 쓰고 있습니다.
def bptt(x, h0, hs, U, dhs):
    before = torch.cat([h0[:, None], hs[:, :-1]], dim=1)
    da = dhs * (1 - hs**2)
    dW = torch.einsum("btd,bth->dh", x, da)
    dU = torch.einsum("btk,bth->kh", before, da)
    return dW, dU, da.sum(dim=(0, 1)), da[:, 0] @ U.T

# %% exercise=bptt name=U-not-transposed
# en: Forward, the state was multiplied by U from the right. What undoes the axes on the way back?
# ko: 앞으로 갈 때는 상태의 오른쪽에 U를 곱했습니다. 돌아올 때는 축을 어떻게 되돌려야 할까요?
def bptt(x, h0, hs, U, dhs):
    dW, dU, db = x.new_zeros(x.shape[-1], U.shape[0]), torch.zeros_like(U), U.new_zeros(U.shape[0])
    from_later = torch.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        before = hs[:, t - 1] if t > 0 else h0
        da = (dhs[:, t] + from_later) * (1 - hs[:, t] ** 2)
        dW += x[:, t].T @ da
        dU += before.T @ da
        db += da.sum(dim=0)
        from_later = da @ U
    return dW, dU, db, from_later

# %% exercise=bptt name=state-after-for-dU
# en: U met the state before the step, not the one after it: which one stands in your dU?
# ko: U와 곱해진 것은 그 단계 이전의 상태입니다. dU에는 어느 상태를 쓰고 있나요?
def bptt(x, h0, hs, U, dhs):
    dW, dU, db = x.new_zeros(x.shape[-1], U.shape[0]), torch.zeros_like(U), U.new_zeros(U.shape[0])
    from_later = torch.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        da = (dhs[:, t] + from_later) * (1 - hs[:, t] ** 2)
        dW += x[:, t].T @ da
        dU += hs[:, t].T @ da
        db += da.sum(dim=0)
        from_later = da @ U.T
    return dW, dU, db, from_later

# %% exercise=bptt name=slope-only-on-own-loss
# en: Everything that reaches h_t must pass through the tanh: are both parts inside the bracket?
# ko: h_t에 도착한 모든 기울기가 tanh를 지나야 합니다. 두 부분이 모두 괄호 안에 있나요?
def bptt(x, h0, hs, U, dhs):
    dW, dU, db = x.new_zeros(x.shape[-1], U.shape[0]), torch.zeros_like(U), U.new_zeros(U.shape[0])
    from_later = torch.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        before = hs[:, t - 1] if t > 0 else h0
        da = dhs[:, t] * (1 - hs[:, t] ** 2) + from_later
        dW += x[:, t].T @ da
        dU += before.T @ da
        db += da.sum(dim=0)
        from_later = da @ U.T
    return dW, dU, db, from_later

# %% exercise=bptt name=mean-over-batch
# en: Your gradients are too small by the batch size: the loss already holds its own averaging.
# ko: 기울기가 배치 크기만큼 작습니다. 평균은 이미 손실 안에 들어 있습니다.
def bptt(x, h0, hs, U, dhs):
    dW, dU, db = x.new_zeros(x.shape[-1], U.shape[0]), torch.zeros_like(U), U.new_zeros(U.shape[0])
    from_later = torch.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        before = hs[:, t - 1] if t > 0 else h0
        da = (dhs[:, t] + from_later) * (1 - hs[:, t] ** 2)
        dW += x[:, t].T @ da / len(x)
        dU += before.T @ da / len(x)
        db += da.mean(dim=0)
        from_later = da @ U.T
    return dW, dU, db, from_later

# %% exercise=bptt name=truncated-after-ten-steps
# en: How far back does your loop go when the sequence has more than ten steps?
# ko: 시퀀스가 열 걸음보다 길면 반복문은 어디까지 거슬러 올라가나요?
def bptt(x, h0, hs, U, dhs):
    dW = dU = db = 0.0
    from_later = torch.zeros_like(h0)
    T = x.shape[1]
    for t in reversed(range(max(0, T - 10), T)):
        before = hs[:, t - 1] if t > 0 else h0
        da = (dhs[:, t] + from_later) * (1 - hs[:, t] ** 2)
        dW += x[:, t].T @ da
        dU += before.T @ da
        db += da.sum(dim=0)
        from_later = da @ U.T
    return dW, dU, db, from_later

# %% exercise=bptt name=dh0-before-U
# en: Your dh0 is the gradient at the first sum. One step is missing: how did h0 reach that sum?
# ko: dh0가 첫 합에서의 기울기에서 멈췄습니다. 한 단계가 빠졌습니다. h0는 그 합에 어떻게 들어갔나요?
def bptt(x, h0, hs, U, dhs):
    before = torch.cat([h0[:, None], hs[:, :-1]], dim=1)
    dW, dU, db = x.new_zeros(x.shape[2], len(U)), torch.zeros_like(U), U.new_zeros(len(U))
    dh = torch.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        da = (dhs[:, t] + dh) * (1 - hs[:, t] ** 2)
        dW, dU, db = dW + x[:, t].T @ da, dU + before[:, t].T @ da, db + da.sum(0)
        dh = da @ U.T
    return dW, dU, db, da

# %% exercise=bptt variant=all-da-then-einsum
def bptt(x, h0, hs, U, dhs):
    before = torch.cat([h0[:, None], hs[:, :-1]], dim=1)
    slopes, das, carry = 1 - hs**2, [], torch.zeros_like(h0)
    for t in range(x.shape[1] - 1, -1, -1):
        das.insert(0, (dhs[:, t] + carry) * slopes[:, t])
        carry = das[0] @ U.T
    da = torch.stack(das, dim=1)
    dW = torch.einsum("btd,bth->dh", x, da)
    dU = torch.einsum("btk,bth->kh", before, da)
    return dW, dU, da.sum(dim=(0, 1)), carry

# %% exercise=bptt variant=autograd-on-a-surrogate
def bptt(x, h0, hs, U, dhs):
    # the forward run is repeated from the pre-activations that the states imply
    h0, U = h0.detach().clone().requires_grad_(), U.detach().clone().requires_grad_()
    before = torch.cat([h0[:, None], hs[:, :-1]], dim=1).detach()
    drive = torch.atanh(hs.detach()) - before @ U.detach()  # x W + b at every step
    zero_W = x.new_zeros(x.shape[-1], U.shape[0]).requires_grad_()
    zero_b = U.new_zeros(U.shape[0]).requires_grad_()
    with torch.enable_grad():
        h, loss = h0, 0.0
        for t in range(x.shape[1]):
            h = torch.tanh(drive[:, t] + x[:, t] @ zero_W + h @ U + zero_b)
            loss = loss + (h * dhs[:, t]).sum()
        dW, dU, db, dh0 = torch.autograd.grad(loss, (zero_W, U, zero_b, h0))
    return dW, dU, db, dh0

# ------------------------------------------------------------------------------- clip_grad_norm
# %% exercise=clip_grad_norm name=each-tensor-by-itself
# en: All tensors form one long vector: how many factors does it have?
# ko: 모든 텐서가 하나의 긴 벡터를 이룹니다. 배율은 몇 개여야 할까요?
def clip_grad_norm(grads, max_norm):
    clipped = []
    for grad in grads:
        norm = float(grad.norm())
        clipped.append(grad * (max_norm / norm) if norm > max_norm else grad.clone())
    return clipped, math.sqrt(sum(float((grad**2).sum()) for grad in grads))

# %% exercise=clip_grad_norm name=clamped-values
# en: Cutting single numbers changes the direction of the step: scale instead.
# ko: 숫자를 하나씩 자르면 방향이 바뀝니다. 자르지 말고 배율을 곱하세요.
def clip_grad_norm(grads, max_norm):
    norm = math.sqrt(sum(float((grad**2).sum()) for grad in grads))
    return [grad.clamp(-max_norm, max_norm) for grad in grads], norm

# %% exercise=clip_grad_norm name=short-ones-stretched
# en: What does your factor do to a gradient that is already short enough?
# ko: 이미 충분히 짧은 기울기에는 어떤 배율이 곱해지나요?
def clip_grad_norm(grads, max_norm):
    norm = math.sqrt(sum(float((grad**2).sum()) for grad in grads))
    factor = max_norm / norm if norm > 0 else 1.0
    return [grad * factor for grad in grads], norm

# %% exercise=clip_grad_norm name=sum-of-norms
# en: The length of a joint vector is not the sum of the lengths of its parts: where does the root belong?
# ko: 합친 벡터의 길이는 부분 길이의 합이 아닙니다. 제곱근은 어디에 씌워야 할까요?
def clip_grad_norm(grads, max_norm):
    norm = sum(float(grad.norm()) for grad in grads)
    factor = max_norm / norm if norm > max_norm else 1.0
    return [grad * factor for grad in grads], norm

# %% exercise=clip_grad_norm name=norm-after-clipping
# en: Return the length that the gradients had before clipping: that is the number worth watching.
# ko: 자르기 전의 길이를 돌려주세요. 지켜볼 가치가 있는 것은 그 숫자입니다.
def clip_grad_norm(grads, max_norm):
    norm = math.sqrt(sum(float((grad**2).sum()) for grad in grads))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [grad * factor for grad in grads], norm * factor

# %% exercise=clip_grad_norm name=changed-in-place
# en: Look at what was passed in, after the call: does your code, or a function that it calls, write into it?
# ko: 함수를 부른 뒤 넘겨받은 것을 보세요. 여러분의 코드나 그 안에서 부른 함수가 거기에 값을 써넣나요?
def clip_grad_norm(grads, max_norm):
    norm = math.sqrt(sum(float((grad**2).sum()) for grad in grads))
    for grad in grads:
        grad *= max_norm / norm if norm > max_norm else 1.0
    return list(grads), norm

# %% exercise=clip_grad_norm name=epsilon-in-the-factor
# en: A small number is added to the norm, so a clipped gradient stays shorter than max_norm.
# ko: 노름에 작은 수를 더해서 잘린 기울기가 max_norm보다 짧습니다.
def clip_grad_norm(grads, max_norm):
    norm = math.sqrt(sum(float((g.double() ** 2).sum()) for g in grads))
    return [g * min(1.0, max_norm / (norm + 1e-2)) for g in grads], norm

# %% exercise=clip_grad_norm name=squared-norm
# en: The root is missing: the norm is the root of the sum of squares.
# ko: 제곱근이 빠졌습니다. 노름은 제곱합의 제곱근입니다.
def clip_grad_norm(grads, max_norm):
    norm = sum(float((g.double() ** 2).sum()) for g in grads)
    return [g * min(1.0, max_norm / norm) if norm else g for g in grads], norm

# %% exercise=clip_grad_norm variant=one-long-vector
def clip_grad_norm(grads, max_norm):
    norm = torch.cat([grad.flatten() for grad in grads]).norm().item()
    return [grad * min(1.0, max_norm / max(norm, 1e-12)) for grad in grads], norm

# %% exercise=clip_grad_norm variant=library
def clip_grad_norm(grads, max_norm):
    holders = [torch.nn.Parameter(torch.zeros_like(grad)) for grad in grads]
    for holder, grad in zip(holders, grads):
        holder.grad = grad.clone()
    norm = torch.nn.utils.clip_grad_norm_(holders, max_norm)
    return [holder.grad for holder in holders], float(norm)

# %% exercise=clip_grad_norm survivor=`norm > max_norm` -> `norm >= max_norm` in `factor = max_norm / norm if norm > max_norm else 1.0`
# why: Equivalent: where the two are equal the factor is 1 either way.

# ------------------------------------------------------------------------------- bidirectional
# %% exercise=bidirectional name=not-reversed-again
# en: The backward network's first state belongs to the last token: what must happen before you join the halves?
# ko: 역방향 네트워크의 첫 상태는 마지막 토큰의 것입니다. 두 쪽을 합치기 전에 무엇을 해야 할까요?
def bidirectional(run_forward, run_backward, x, lengths):
    t = torch.arange(x.shape[1])
    real = t < lengths[:, None]
    mirrored = torch.where(real, lengths[:, None] - 1 - t, t)
    reversed_x = x.gather(1, mirrored[:, :, None].expand_as(x))
    return torch.cat([run_forward(x), run_backward(reversed_x)], dim=-1) * real[:, :, None]

# %% exercise=bidirectional name=padding-read-first
# en: After flipping the whole row the padding comes first: which part of each row should be reversed?
# ko: 행 전체를 뒤집으면 패딩이 맨 앞에 옵니다. 각 행의 어느 부분만 뒤집어야 할까요?
def bidirectional(run_forward, run_backward, x, lengths):
    real = torch.arange(x.shape[1]) < lengths[:, None]
    states = torch.cat([run_forward(x), run_backward(x.flip(1)).flip(1)], dim=-1)
    return states * real[:, :, None]

# %% exercise=bidirectional name=padding-not-zeroed
# en: The real steps are right. What should stand at the padding?
# ko: 실제 단계의 값은 맞습니다. 패딩 자리에는 무엇이 있어야 할까요?
def bidirectional(run_forward, run_backward, x, lengths):
    t = torch.arange(x.shape[1])
    mirrored = torch.where(t < lengths[:, None], lengths[:, None] - 1 - t, t)
    reverse = lambda z: z.gather(1, mirrored[:, :, None].expand_as(z))
    return torch.cat([run_forward(x), reverse(run_backward(reverse(x)))], dim=-1)

# %% exercise=bidirectional name=halves-swapped
# en: Which half comes first on the last axis?
# ko: 마지막 축에서 어느 쪽이 먼저 와야 할까요?
def bidirectional(run_forward, run_backward, x, lengths):
    t = torch.arange(x.shape[1])
    real = t < lengths[:, None]
    mirrored = torch.where(real, lengths[:, None] - 1 - t, t)
    reverse = lambda z: z.gather(1, mirrored[:, :, None].expand_as(z))
    states = torch.cat([reverse(run_backward(reverse(x))), run_forward(x)], dim=-1)
    return states * real[:, :, None]

# %% exercise=bidirectional name=backward-half-reads-from-the-left
# en: Your backward half reads each sentence from the left, as the forward half does. What do you reverse, and along which axis is time?
# ko: 역방향 쪽도 순방향처럼 문장을 왼쪽부터 읽습니다. 무엇을 뒤집고 있나요? 시간은 어느 축인가요?
def bidirectional(run_forward, run_backward, x, lengths):
    real = torch.arange(x.shape[1]) < lengths[:, None]
    states = torch.cat([run_forward(x), run_backward(x.flip(0)).flip(0)], dim=-1)
    return states * real[:, :, None]

# %% exercise=bidirectional name=one-network-twice
# en: The two directions have weights of their own: which network reads backwards in your code?
# ko: 두 방향은 각자의 가중치를 갖습니다. 코드에서 거꾸로 읽는 네트워크는 어느 것인가요?
def bidirectional(run_forward, run_backward, x, lengths):
    t = torch.arange(x.shape[1])
    real = t < lengths[:, None]
    mirrored = torch.where(real, lengths[:, None] - 1 - t, t)
    reverse = lambda z: z.gather(1, mirrored[:, :, None].expand_as(z))
    states = torch.cat([run_forward(x), reverse(run_forward(reverse(x)))], dim=-1)
    return states * real[:, :, None]

# %% exercise=bidirectional name=cut-to-the-longest-row
# en: How long is the answer when every row is shorter than T?
# ko: 모든 행이 T보다 짧을 때 답의 길이는 얼마인가요?
def bidirectional(run_forward, run_backward, x, lengths):
    x = x[:, : int(lengths.max())]
    t = torch.arange(x.shape[1])
    real = t < lengths[:, None]
    mirrored = torch.where(real, lengths[:, None] - 1 - t, t)

    def reverse(z):
        return z.gather(1, mirrored[:, :, None].expand_as(z))

    states = torch.cat([run_forward(x), reverse(run_backward(reverse(x)))], dim=-1)
    return states * real[:, :, None]

# %% exercise=bidirectional name=halves-added
# en: The two halves are added. They are joined: where is the second H of 2H?
# ko: 두 방향의 상태를 더했습니다. 이어 붙여야 합니다. 2H의 두 번째 H는 어디 있나요?
def bidirectional(run_forward, run_backward, x, lengths):
    steps = torch.arange(x.shape[1])
    real = steps < lengths[:, None]
    place = torch.where(real, lengths[:, None] - 1 - steps, steps)
    rows = torch.arange(len(x))[:, None]
    both = run_forward(x) + run_backward(x[rows, place])[rows, place]
    return both * real.unsqueeze(-1)

# %% exercise=bidirectional variant=loop-over-rows
def bidirectional(run_forward, run_backward, x, lengths):
    def reverse(z):
        out = z.clone()
        for i, n in enumerate(lengths.tolist()):
            out[i, :n] = z[i, :n].flip(0)
        return out

    states = torch.cat([run_forward(x), reverse(run_backward(reverse(x)))], dim=2)
    for i, n in enumerate(lengths.tolist()):
        states[i, n:] = 0.0
    return states

# %% exercise=bidirectional variant=one-sentence-at-a-time
def bidirectional(run_forward, run_backward, x, lengths):
    rows = []
    for row, n in zip(x, lengths.tolist()):
        if n == 0:
            rows.append(torch.cat([run_forward(row[None]), run_backward(row[None])], dim=-1) * 0)
            continue
        ahead = run_forward(row[None, :n])
        back = run_backward(row[None, :n].flip(1)).flip(1)
        rows.append(F.pad(torch.cat([ahead, back], dim=-1), (0, 0, 0, len(row) - n)))
    return torch.cat(rows)

# %% exercise=count_ngrams name=spaces-lost
# en: In a list of characters the spaces and line breaks are lost. Do you join the tokens and split them again, or leave some out?
# ko: 글자 목록에서 공백과 줄바꿈이 사라집니다. 토큰을 이어 붙였다가 다시 나누나요, 아니면 몇몇을 버리나요?
def count_ngrams(tokens, n):
    tokens = tokens if isinstance(tokens, str) else " ".join(tokens).split()
    counts = defaultdict(Counter)
    for i in range(n - 1, len(tokens)):
        counts[tuple(tokens[i - n + 1 : i])][tokens[i]] += 1
    return dict(counts)

# %% exercise=interpolated_prob name=only-the-longest-and-no-context
# en: The contexts between the longest one and none at all are never asked.
# ko: 가장 긴 문맥과 빈 문맥 사이의 문맥들에는 한 번도 묻지 않습니다.
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    p = 1 / vocab_size
    for k in sorted({0, min(len(tables) - 1, len(context))}):
        row = tables[k].get(context[len(context) - k :], {})
        p = (row.get(token, 0) + epsilon * p) / (sum(row.values()) + epsilon)
    return p

# %% exercise=perplexity name=certain-tokens-left-out
# en: A token with ln p = 0 is a token too: it was predicted with certainty.
# ko: ln p = 0인 토큰도 토큰입니다. 확실하게 예측된 토큰일 뿐입니다.
def perplexity(log_probs):
    every = torch.cat(list(log_probs)).double()
    return math.exp(-float(every.sum()) / int((every != 0).sum()))

# %% exercise=rnn_step name=without-gradient
# en: The new state is cut off from its inputs: nothing flows back through it.
# ko: 새 상태가 입력에서 끊어져 기울기가 흐르지 않습니다.
def rnn_step(x, h, W, U, b):
    with torch.no_grad():
        return torch.tanh(x @ W + h @ U + b)

# %% exercise=rnn_forward name=cut-every-sixteen-steps
# en: Cutting the gradient after some steps belongs into the training loop, not in here.
# ko: 몇 단계마다 기울기를 끊는 일은 학습 루프가 할 일이지, 이 함수가 할 일이 아닙니다.
def rnn_forward(step, x, h0):
    h, states = h0, []
    for t in range(x.shape[1]):
        h = step(x[:, t], h.detach() if t and t % 16 == 0 else h)
        states.append(h)
    return torch.stack(states, dim=1)

# %% exercise=bptt name=slope-never-zero
# en: A saturated unit has a slope of 0; here it is kept above a small number.
# ko: 포화된 유닛의 기울기는 0이어야 하는데 작은 수보다 크게 유지합니다.
def bptt(x, h0, hs, U, dhs):
    dW = dU = db = 0.0
    later = torch.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        before = hs[:, t - 1] if t > 0 else h0
        da = (dhs[:, t] + later) * (1 - hs[:, t] ** 2).clamp(min=1e-3)
        dW += x[:, t].T @ da
        dU += before.T @ da
        db += da.sum(dim=0)
        later = da @ U.T
    return dW, dU, db, later

# %% exercise=clip_grad_norm name=only-long-tensors-shortened
# en: The factor is common, but a tensor that is short by itself keeps its length.
# ko: 비율은 공통이지만 혼자서 짧은 텐서는 줄어들지 않습니다.
def clip_grad_norm(grads, max_norm):
    norm = math.sqrt(sum(float((g**2).sum()) for g in grads))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor if float(g.norm()) > max_norm else g for g in grads], norm

# %% exercise=clip_grad_norm name=limit-never-below-one
# en: Gradients shorter than 1 are left alone, whatever max_norm says.
# ko: max_norm과 상관없이 길이가 1보다 짧은 기울기는 그대로 둡니다.
def clip_grad_norm(grads, max_norm):
    norm = math.sqrt(sum(float((g**2).sum()) for g in grads))
    factor = max_norm / norm if norm > max(max_norm, 1.0) else 1.0
    return [g * factor for g in grads], norm

# %% exercise=bidirectional name=backward-half-cut-off
# en: No gradient comes back through the backward half. What cuts it off: a detach, a no_grad or a new tensor?
# ko: 역방향 쪽으로는 기울기가 돌아오지 않습니다. detach, no_grad, 새 텐서 가운데 무엇이 끊고 있나요?
def bidirectional(run_forward, run_backward, x, lengths):
    def reverse(z):
        turned = z.detach().clone()
        for i, n in enumerate(lengths.tolist()):
            turned[i, :n] = turned[i, :n].flip(0)
        return turned

    real = torch.arange(x.shape[1]) < lengths[:, None]
    both = [run_forward(x), reverse(run_backward(reverse(x)))]
    return torch.cat(both, dim=-1) * real[:, :, None]

# %% exercise=bidirectional name=rows-sorted-by-length
# en: The rows came back in another order: they were sorted by length and not put back.
# ko: 행의 순서가 바뀌었습니다. 길이순으로 정렬한 뒤 되돌리지 않았습니다.
def bidirectional(run_forward, run_backward, x, lengths):
    order = lengths.argsort(descending=True, stable=True)
    x, lengths = x[order], lengths[order]
    t = torch.arange(x.shape[1])
    real = t < lengths[:, None]
    mirrored = torch.where(real, lengths[:, None] - 1 - t, t)

    def reverse(z):
        return z.gather(1, mirrored[:, :, None].expand_as(z))

    return torch.cat([run_forward(x), reverse(run_backward(reverse(x)))], -1) * real[:, :, None]

# %% exercise=count_ngrams name=white-space-thrown-away
# en: Your table holds no space and no line break. They are tokens of their own: which line leaves them out?
# ko: 표에 공백도 줄바꿈도 없습니다. 공백과 줄바꿈도 별개의 토큰입니다. 어느 줄에서 빠지나요?
def count_ngrams(tokens, n):
    tokens = [token for token in tokens if not token.isspace()]
    counts = defaultdict(Counter)
    for i in range(n - 1, len(tokens)):
        counts[tuple(tokens[i - n + 1 : i])][tokens[i]] += 1
    return dict(counts)

# %% exercise=interpolated_prob name=epsilon-one-below
# en: The longest context uses epsilon, the shorter ones use 1. Which call or line does not pass epsilon on?
# ko: 가장 긴 문맥은 epsilon을 쓰지만 더 짧은 문맥들은 1을 씁니다. epsilon을 넘겨주지 않는 곳은 어디인가요?
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    p, last = 1 / vocab_size, min(len(context), len(tables) - 1)
    for k in range(last + 1):
        row = tables[k].get(context[len(context) - k :], {})
        trust = epsilon if k == last else 1.0
        p = (row.get(token, 0) + trust * p) / (sum(row.values()) + trust)
    return p

# %% exercise=interpolated_prob name=longest-seen-spread-evenly
# en: After the longest context that was seen, the pretended tokens are spread evenly: what do the shorter contexts say?
# ko: 나온 적이 있는 가장 긴 문맥 뒤에서 가상의 토큰을 고르게 나누었습니다. 더 짧은 문맥들은 무엇이라고 하나요?
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    for k in range(min(len(context), len(tables) - 1), -1, -1):
        row = tables[k].get(context[len(context) - k :], {})
        if row or k == 0:
            return (row.get(token, 0) + epsilon / vocab_size) / (sum(row.values()) + epsilon)

# %% exercise=perplexity name=impossible-tokens-left-out
# en: A token of probability 0 is left out of the mean. How surprised should the model be by what it held impossible?
# ko: 확률이 0인 토큰을 평균에서 빼고 있습니다. 불가능하다고 본 일이 일어나면 얼마나 놀라야 할까요?
def perplexity(log_probs):
    every = torch.cat(list(log_probs)).double()
    return math.exp(-float(every[every.isfinite()].mean()))

# %% exercise=rnn_step name=two-squashes
# en: Input and old state pass a tanh each, and the two results are added. How large can such a state become?
# ko: 입력과 이전 상태가 각각 tanh를 지난 뒤 더해집니다. 그런 상태는 얼마나 커질 수 있나요?
def rnn_step(x, h, W, U, b):
    return torch.tanh(x @ W + b) + torch.tanh(h @ U)

# %% exercise=rnn_forward name=axes-reshaped
# en: The shape is right, but states of one row stand in another. Does a reshape or a view swap two axes?
# ko: 모양은 맞지만 한 행의 상태가 다른 행에 들어 있습니다. reshape나 view가 두 축을 서로 바꾸어 주나요?
def rnn_forward(step, x, h0):
    h, states = h0, []
    for t in range(x.shape[1]):
        h = step(x[:, t], h)
        states.append(h)
    return torch.stack(states).reshape(x.shape[0], x.shape[1], -1)

# %% exercise=rnn_forward name=states-in-the-dtype-of-x
# en: The states come back in the dtype of x, whatever their own was. Does a tensor that you make room in do that?
# ko: 상태의 dtype과 관계없이 x의 dtype으로 돌려줍니다. 미리 만들어 둔 텐서 때문인가요?
def rnn_forward(step, x, h0):
    h, states = h0, x.new_zeros(x.shape[0], x.shape[1], h0.shape[1])
    for t in range(x.shape[1]):
        h = step(x[:, t], h)
        states[:, t] = h
    return states

# %% exercise=bptt name=slope-twice
# en: What goes back to the earlier step is multiplied with a slope once too often. Where does 1 - h * h stand already?
# ko: 앞 단계로 보내는 값에 기울기가 한 번 더 곱해집니다. 1 - h * h는 이미 어디에 들어 있나요?
def bptt(x, h0, hs, U, dhs):
    dW = dU = db = 0.0
    later = torch.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        before = hs[:, t - 1] if t > 0 else h0
        slope = 1 - hs[:, t] ** 2
        da = (dhs[:, t] + later) * slope
        dW += x[:, t].T @ da
        dU += before.T @ da
        db += da.sum(dim=0)
        later = (da * slope) @ U.T
    return dW, dU, db, later

# %% exercise=bptt name=bias-averaged
# en: dW and dU are right, db is too small by the batch size: is it a sum over the batch, as they are?
# ko: dW와 dU는 맞지만 db가 배치 크기만큼 작습니다. 둘처럼 배치에 대해 더하고 있나요?
def bptt(x, h0, hs, U, dhs):
    dW = dU = db = 0.0
    later = torch.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        before = hs[:, t - 1] if t > 0 else h0
        da = (dhs[:, t] + later) * (1 - hs[:, t] ** 2)
        dW += x[:, t].T @ da
        dU += before.T @ da
        db += da.mean(dim=0)
        later = da @ U.T
    return dW, dU, db, later

# %% exercise=bptt name=last-state-before-the-first
# en: Only the part of the first step in dU is wrong. Which state came before that step, and what is hs[:, t - 1] at t = 0?
# ko: dU에서 첫 단계의 몫만 틀렸습니다. 그 단계 앞의 상태는 무엇이고, t = 0일 때 hs[:, t - 1]은 무엇인가요?
def bptt(x, h0, hs, U, dhs):
    dW = dU = db = 0.0
    later = torch.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        da = (dhs[:, t] + later) * (1 - hs[:, t] ** 2)
        dW += x[:, t].T @ da
        dU += hs[:, t - 1].T @ da
        db += da.sum(dim=0)
        later = da @ U.T
    return dW, dU, db, later

# %% exercise=clip_grad_norm name=square-against-the-limit
# en: Some gradients shorter than max_norm are scaled, or some longer ones are not. Do you compare the length, or its square?
# ko: max_norm보다 짧은데 배율이 곱해지거나 긴데 그대로인 경우가 있습니다. 길이를 비교하나요, 그 제곱을 비교하나요?
def clip_grad_norm(grads, max_norm):
    square = sum(float((g.double() ** 2).sum()) for g in grads)
    norm = math.sqrt(square)
    factor = max_norm / norm if square > max_norm else 1.0
    return [g * factor for g in grads], norm

# %% exercise=interpolated_prob survivor=`:len(context) + 1` -> `:len(context) + 1 + 1` in `for k, table in enumerate(tables[:len(context) + 1]):`
# why: Equivalent: one table more is asked, about a context that is shorter than its keys.

# %% exercise=interpolated_prob survivor=`1` -> `2` in `for k, table in enumerate(tables[:len(context) + 1]):`
# why: Equivalent: one table more is asked, about a context that is shorter than its keys.

# %% exercise=count_ngrams name=words-cut-into-letters
# en: The contexts of a list of words hold single letters. What does your code do to the words before it makes a tuple?
# ko: 낱말 리스트의 문맥에 글자 하나하나가 들어 있습니다. 튜플을 만들기 전에 낱말을 어떻게 하나요?
def count_ngrams(tokens, n):
    counts = defaultdict(Counter)
    for i in range(n - 1, len(tokens)):
        counts[tuple("".join(tokens[i - n + 1 : i]))][tokens[i]] += 1
    return dict(counts)

# %% exercise=count_ngrams name=exactly-n-too-short
# en: A text of exactly n tokens holds one n-gram, and your table is empty. Where do you compare the length with n?
# ko: 토큰이 정확히 n개인 글에는 n-그램이 하나 있는데 표가 비어 있습니다. 길이와 n을 어디에서 비교하나요?
def count_ngrams(tokens, n):
    counts = defaultdict(Counter)
    if len(tokens) > n:
        for i in range(n - 1, len(tokens)):
            counts[tuple(tokens[i - n + 1 : i])][tokens[i]] += 1
    return dict(counts)

# %% exercise=count_ngrams name=row-for-an-empty-text
# en: An empty text still gives the context () when n is 1. What has occurred in it?
# ko: 빈 글인데도 n이 1이면 문맥 ()이 표에 있습니다. 그 글에 무엇이 나왔나요?
def count_ngrams(tokens, n):
    if n == 1:
        return {(): Counter(tokens)}
    counts = defaultdict(Counter)
    for i in range(n - 1, len(tokens)):
        counts[tuple(tokens[i - n + 1 : i])][tokens[i]] += 1
    return dict(counts)

# %% exercise=interpolated_prob name=one-table-alone
# en: Of a context that is longer than the tables look back you keep too much, and ask for a table that is not there. How many tokens may stay? With one table, what is context[-0:]?
# ko: 표가 돌아보는 것보다 긴 문맥에서 토큰을 너무 많이 남겨, 없는 표를 찾습니다. 몇 토큰이 남아야 하나요? 표가 하나뿐이면 context[-0:]은 무엇인가요?
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    context = context[-(len(tables) - 1) :]
    p = 1 / vocab_size
    for k in range(len(context) + 1):
        followers = tables[k].get(context[len(context) - k :], {})
        p = (followers.get(token, 0) + epsilon * p) / (sum(followers.values()) + epsilon)
    return p

# %% exercise=interpolated_prob name=counter-expected
# en: A row may be a plain dict. Which method that you call on it has only a Counter?
# ko: 행은 평범한 dict일 수도 있습니다. 행에 쓴 메서드 중에서 Counter에만 있는 것은 무엇인가요?
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    p = 1 / vocab_size
    for k, table in enumerate(tables[: len(context) + 1]):
        followers = table.get(context[len(context) - k :], Counter())
        p = (followers.get(token, 0) + epsilon * p) / (followers.total() + epsilon)
    return p

# %% exercise=interpolated_prob name=short-context-cut
# en: Right where the context is as long as the tables look back. A shorter one has lost a token before its own table is asked: when may you drop one?
# ko: 문맥이 표가 돌아보는 만큼 길면 맞습니다. 더 짧은 문맥은 맞는 표에 묻기도 전에 토큰을 잃습니다. 언제 토큰을 버려야 하나요?
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    if not tables:
        return 1 / vocab_size
    back = len(tables) - 1
    context = context[len(context) - back :] if len(context) > back else context
    row = tables[-1].get(context, {})
    shorter = interpolated_prob(tables[:-1], context[1:], token, vocab_size, epsilon)
    return (row.get(token, 0) + epsilon * shorter) / (sum(row.values()) + epsilon)

# %% exercise=perplexity name=nan-after-an-impossible-token
# en: A token of probability 0 gives inf at the end of the text, and NaN before other tokens. Where do you take -inf from -inf?
# ko: 확률이 0인 토큰이 글의 끝에 있으면 inf인데, 다른 토큰 앞에 있으면 NaN입니다. 어디에서 -inf에서 -inf를 빼나요?
def perplexity(log_probs):
    mean, n = 0.0, 0
    for sentence in log_probs:
        for value in sentence.tolist():
            n += 1
            mean += (value - mean) / n
    return math.exp(-mean)

# %% exercise=perplexity name=perplexities-weighted
# en: You average the perplexities of sentences, by their lengths. Which mean comes first: that of the logarithms, or that of what exp made of them?
# ko: 문장들의 퍼플렉시티를 길이에 따라 평균합니다. 로그의 평균과 exp를 씌운 것의 평균 중 어느 것이 먼저인가요?
def perplexity(log_probs):
    parts = [(len(s), math.exp(-s.double().mean().item())) for s in log_probs if len(s)]
    return sum(n * value for n, value in parts) / sum(n for n, _ in parts)

# %% exercise=perplexity name=mean-of-an-empty-sentence
# en: With an empty sentence the answer is NaN. What is the mean of no numbers?
# ko: 빈 문장이 있으면 답이 NaN입니다. 숫자가 하나도 없을 때 평균은 무엇인가요?
def perplexity(log_probs):
    total = sum(float(sentence.mean()) * len(sentence) for sentence in log_probs)
    return math.exp(-total / sum(len(sentence) for sentence in log_probs))

# %% exercise=perplexity name=float32-too-small
# en: Where all tokens are rare, the answer is inf. How large a number does float32 hold, and of which dtype were the tensors?
# ko: 모든 토큰이 드물면 답이 inf가 됩니다. float32는 얼마나 큰 수까지 담고, 텐서의 dtype은 무엇이었나요?
def perplexity(log_probs):
    return torch.exp(-torch.cat(list(log_probs)).float().mean()).item()

# %% exercise=perplexity name=tensor-returned
# en: The number is right, but a tensor comes back. Which method takes the number out of it?
# ko: 숫자는 맞지만 텐서를 반환합니다. 텐서에서 숫자를 꺼내는 메서드는 무엇인가요?
def perplexity(log_probs):
    return torch.exp(-torch.cat(list(log_probs)).mean())

# %% exercise=rnn_step name=gradient-of-the-exponential
# en: All values are right, but where the sum is large, some gradients are NaN. What does backward make of inf * 0?
# ko: 값은 모두 맞지만 합이 크면 일부 기울기가 NaN이 됩니다. 역전파에서 inf * 0은 무엇이 되나요?
def rnn_step(x, h, W, U, b):
    return 2 / (1 + torch.exp(-2 * (x @ W + h @ U + b))) - 1

# %% exercise=rnn_step name=negative-exponentials
# en: Where the sum is far below 0 the state is NaN. How large is exp(-2a) there, and what is inf / inf?
# ko: 합이 0보다 훨씬 작으면 상태가 NaN이 됩니다. 거기서 exp(-2a)는 얼마나 크고, inf / inf는 무엇인가요?
def rnn_step(x, h, W, U, b):
    down = torch.exp(-2 * (x @ W + h @ U + b))
    return (1 - down) / (1 + down)

# %% exercise=rnn_step name=float32-always
# en: The numbers are right, but the state comes back in float32, whatever the arguments are. Which line leaves their dtype?
# ko: 숫자는 맞지만 인자가 무엇이든 상태가 float32로 돌아옵니다. 인자의 dtype을 벗어나는 줄은 어디인가요?
def rnn_step(x, h, W, U, b):
    return torch.tanh(x.float() @ W.float() + h.float() @ U.float() + b.float())

# %% exercise=rnn_forward name=inputs-cast
# en: `step` does not get x as it is: you change its dtype on the way. What can a step do with token ids that are no whole numbers?
# ko: `step`이 x를 그대로 받지 못합니다. 도중에 dtype을 바꿉니다. 정수가 아닌 토큰 번호로 step이 무엇을 할 수 있나요?
def rnn_forward(step, x, h0):
    h, states = h0, []
    for x_t in x.to(h0.dtype).unbind(dim=1):
        h = step(x_t, h)
        states.append(h)
    return torch.stack(states, dim=1)

# %% exercise=rnn_forward name=one-buffer-read-and-written
# en: The states are right, but backward fails: a step still needs its old state, and it was written over. From which tensor does your step read?
# ko: 상태는 맞지만 역전파가 실패합니다. step에 필요한 이전 상태가 덮어써졌습니다. step은 어느 텐서에서 읽나요?
def rnn_forward(step, x, h0):
    states = h0.unsqueeze(1).repeat(1, x.shape[1], 1)
    for t in range(x.shape[1]):
        states[:, t] = step(x[:, t], states[:, t - 1])
    return states

# %% exercise=rnn_forward name=recursion
# en: A text of a thousand steps ends in an error: your function calls itself once for each step. What can count the steps in its place?
# ko: 천 단계짜리 글에서 오류가 납니다. 함수가 단계마다 자신을 부릅니다. 그 대신 무엇으로 단계를 셀 수 있나요?
def rnn_forward(step, x, h0):
    h = step(x[:, 0], h0)
    first = h.unsqueeze(1)
    if x.shape[1] == 1:
        return first
    return torch.cat([first, rnn_forward(step, x[:, 1:], h)], dim=1)

# %% exercise=bptt name=slope-at-the-old-state
# en: Which state came out of the tanh of step t? You take the slope at the one before.
# ko: t단계의 tanh에서 나온 상태는 어느 것인가요? 지금은 그 이전 상태에서 기울기를 구합니다.
def bptt(x, h0, hs, U, dhs):
    dW = dU = db = 0.0
    later = torch.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        before = hs[:, t - 1] if t > 0 else h0
        da = (dhs[:, t] + later) * (1 - before**2)
        dW, dU, db = dW + x[:, t].T @ da, dU + before.T @ da, db + da.sum(dim=0)
        later = da @ U.T
    return dW, dU, db, later

# %% exercise=bptt name=clipped-at-the-end
# en: No number of your dW, dU and db is larger than 5. Clipping is another function's work: where does it happen here?
# ko: dW, dU, db의 어떤 수도 5를 넘지 않습니다. 자르는 것은 다른 함수의 일입니다. 여기서는 어디에서 잘리나요?
def bptt(x, h0, hs, U, dhs):
    dW = dU = db = 0.0
    later = torch.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        before = hs[:, t - 1] if t > 0 else h0
        da = (dhs[:, t] + later) * (1 - hs[:, t] ** 2)
        dW, dU, db = dW + x[:, t].T @ da, dU + before.T @ da, db + da.sum(dim=0)
        later = da @ U.T
    return dW.clamp(-5, 5), dU.clamp(-5, 5), db.clamp(-5, 5), later

# %% exercise=bptt name=float32-sums
# en: The numbers are right, but gradients of float64 arguments come back in float32. Of which dtype is a tensor that torch.zeros makes?
# ko: 숫자는 맞지만 float64 인자의 기울기가 float32로 나옵니다. torch.zeros가 만드는 텐서의 dtype은 무엇인가요?
def bptt(x, h0, hs, U, dhs):
    H = U.shape[0]
    dW, dU, db = torch.zeros(x.shape[2], H), torch.zeros(H, H), torch.zeros(H)
    later = torch.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        before = hs[:, t - 1] if t > 0 else h0
        da = (dhs[:, t] + later) * (1 - hs[:, t] ** 2)
        dW += x[:, t].T @ da
        dU += before.T @ da
        db += da.sum(dim=0)
        later = da @ U.T
    return dW, dU, db, later

# %% exercise=clip_grad_norm name=joined-as-they-are
# en: Tensors of different shapes cannot be put side by side as they are, and a single number has no axis. Which shape must each have first?
# ko: 모양이 다른 텐서는 그대로 이어 붙일 수 없고, 숫자 하나에는 축이 없습니다. 먼저 어떤 모양이 되어야 하나요?
def clip_grad_norm(grads, max_norm):
    norm = torch.cat(list(grads)).norm().item()
    factor = max_norm / norm if norm > max_norm else 1.0
    return [grad * factor for grad in grads], norm

# %% exercise=clip_grad_norm name=pieces-stay-flat
# en: The numbers are right, but each gradient comes back as one row. How does a piece get its shape again?
# ko: 숫자는 맞지만 기울기가 한 줄로 펴져 돌아옵니다. 조각이 원래 모양을 어떻게 되찾나요?
def clip_grad_norm(grads, max_norm):
    row = torch.cat([grad.flatten() for grad in grads])
    norm = row.norm().item()
    factor = max_norm / norm if norm > max_norm else 1.0
    return list((row * factor).split([grad.numel() for grad in grads])), norm

# %% exercise=clip_grad_norm name=norm-as-a-tensor
# en: The numbers are right, but the norm comes back as a tensor. Which method takes the number out of it?
# ko: 숫자는 맞지만 노름을 텐서로 반환합니다. 텐서에서 숫자를 꺼내는 메서드는 무엇인가요?
def clip_grad_norm(grads, max_norm):
    norm = torch.cat([grad.flatten() for grad in grads]).norm()
    factor = max_norm / norm if norm > max_norm else 1.0
    return [grad * factor for grad in grads], norm

# %% exercise=bidirectional name=last-none-of-a-row
# en: A row of length 0 stops your code. What is z[-0:], and how many steps of that row are to be turned round?
# ko: 길이가 0인 행에서 코드가 멈춥니다. z[-0:]은 무엇이고, 그 행에서 몇 단계를 뒤집어야 하나요?
def bidirectional(run_forward, run_backward, x, lengths):
    def turned(z):
        mirrored, result = z.flip(1), z.clone()
        for i, n in enumerate(lengths.tolist()):
            result[i, :n] = mirrored[i, -n:]
        return result

    out = torch.cat([run_forward(x), turned(run_backward(turned(x)))], dim=-1)
    real = torch.arange(x.shape[1]) < lengths[:, None]
    return out * real[:, :, None]

# %% exercise=bidirectional name=first-padded-step-kept
# en: In each row the first step of padding is not 0. With a length of 2, which places are real: t < 2 or t <= 2?
# ko: 행마다 패딩의 첫 단계가 0이 아닙니다. 길이가 2일 때 실제 위치는 t < 2인가요, t <= 2인가요?
def bidirectional(run_forward, run_backward, x, lengths):
    def turned(z):
        result = z.clone()
        for i, n in enumerate(lengths.tolist()):
            result[i, :n] = z[i, :n].flip(0)
        return result

    out = torch.cat([run_forward(x), turned(run_backward(turned(x)))], dim=-1)
    real = torch.arange(x.shape[1]) <= lengths[:, None]
    return out * real[:, :, None]

# %% exercise=bidirectional name=states-in-the-dtype-of-x
# en: The states come back in the dtype of x, whatever their own was. Does a tensor that you make room in do that?
# ko: 상태의 dtype과 관계없이 x의 dtype으로 나옵니다. 미리 만들어 둔 텐서 때문인가요?
def bidirectional(run_forward, run_backward, x, lengths):
    def turned(z):
        result = z.clone()
        for i, n in enumerate(lengths.tolist()):
            result[i, :n] = z[i, :n].flip(0)
        return result

    forward, backward = run_forward(x), turned(run_backward(turned(x)))
    H = forward.shape[2]
    out = x.new_zeros(x.shape[0], x.shape[1], 2 * H)
    for i, n in enumerate(lengths.tolist()):
        out[i, :n, :H], out[i, :n, H:] = forward[i, :n], backward[i, :n]
    return out

# %% exercise=bidirectional name=mask-in-float32
# en: States of half precision come back in float32. Of which dtype is the mask that you multiply with?
# ko: 반정밀도 상태가 float32로 나옵니다. 곱하는 마스크의 dtype은 무엇인가요?
def bidirectional(run_forward, run_backward, x, lengths):
    def turned(z):
        result = z.clone()
        for i, n in enumerate(lengths.tolist()):
            result[i, :n] = z[i, :n].flip(0)
        return result

    out = torch.cat([run_forward(x), turned(run_backward(turned(x)))], dim=-1)
    real = (torch.arange(x.shape[1]) < lengths[:, None]).float()
    return out * real[:, :, None]

# %% exercise=clip_grad_norm name=norm-of-a-matrix
# en: torch.linalg.norm(g, 2) of a matrix is its largest stretch, and three axes it refuses. As what must a tensor be read before its length is taken?
# ko: 행렬의 torch.linalg.norm(g, 2)는 가장 크게 늘이는 배율이고, 축이 셋이면 오류가 납니다. 길이를 재기 전에 텐서를 무엇으로 보아야 하나요?
def clip_grad_norm(grads, max_norm):
    norm = math.sqrt(sum(float(torch.linalg.norm(grad, 2)) ** 2 for grad in grads))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [grad * factor for grad in grads], norm

# %% exercise=bptt name=axis-squeezed-away
# en: With one row, or with one unit, what travels back loses an axis, and the shapes no longer fit. Which axes does squeeze() take away?
# ko: 행이 하나이거나 유닛이 하나일 때 거꾸로 가는 값이 축을 잃어 모양이 맞지 않습니다. squeeze()는 어떤 축을 없애나요?
def bptt(x, h0, hs, U, dhs):
    dW = dU = db = 0.0
    later = torch.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        before = hs[:, t - 1] if t > 0 else h0
        da = (dhs[:, t] + later) * (1 - hs[:, t] ** 2)
        dW, dU, db = dW + x[:, t].T @ da, dU + before.T @ da, db + da.sum(dim=0)
        later = (da @ U.T).squeeze()
    return dW, dU, db, later

# %% exercise=bptt name=slope-missing-on-the-way-back
# en: What goes back to the earlier step never passed the tanh of this one. Through which slope must it go before U?
# ko: 이전 단계로 돌아가는 값이 이 단계의 tanh를 지나지 않았습니다. U에 앞서 어떤 기울기를 지나야 하나요?
def bptt(x, h0, hs, U, dhs):
    dW = dU = db = 0.0
    later = torch.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        before = hs[:, t - 1] if t > 0 else h0
        dh = dhs[:, t] + later
        da = dh * (1 - hs[:, t] ** 2)
        dW, dU, db = dW + x[:, t].T @ da, dU + before.T @ da, db + da.sum(dim=0)
        later = dh @ U.T
    return dW, dU, db, later

# %% exercise=interpolated_prob name=one-token-for-the-context
# en: A context of k tokens is a tuple of the last k. Yours holds one token: how many does context[-k] take, and how many a slice?
# ko: 토큰 k개의 문맥은 마지막 k개의 튜플입니다. 지금은 토큰이 하나입니다. context[-k]는 몇 개를 꺼내고, 슬라이스는 몇 개를 꺼내나요?
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    p = 1 / vocab_size
    for k in range(min(len(tables), len(context) + 1)):
        followers = tables[k].get((context[-k],) if k else (), {})
        p = (followers.get(token, 0) + epsilon * p) / (sum(followers.values()) + epsilon)
    return p


# %% exercise=perplexity name=sum-in-half-precision
# en: A long text in float16 comes out as inf, though no p is 0. How large a sum does float16 hold?
# ko: float16으로 된 긴 글의 답이 inf입니다. p가 0인 토큰은 없습니다. float16은 얼마나 큰 합까지 담나요?
def perplexity(log_probs):
    total = sum(sentence.sum() for sentence in log_probs)
    n_tokens = sum(len(sentence) for sentence in log_probs)
    return torch.exp(-total / n_tokens).item()

# %% exercise=rnn_step name=no-gradient-at-zero
# en: All values are right, but where the sum is exactly 0 no gradient comes back. Which slope do abs and sign have at 0, and which has tanh?
# ko: 값은 모두 맞지만 합이 정확히 0이면 기울기가 나오지 않습니다. 0에서 abs와 sign의 기울기는 얼마이고, tanh의 기울기는 얼마인가요?
def rnn_step(x, h, W, U, b):
    a = x @ W + h @ U + b
    small = torch.exp(-2 * a.abs())
    return torch.sign(a) * (1 - small) / (1 + small)

# %% exercise=bptt name=float64-always
# en: The numbers are right, but gradients of float32 arguments come back in float64. Of which dtype is an array that np.zeros makes?
# ko: 숫자는 맞지만 float32 인자의 기울기가 float64로 나옵니다. np.zeros가 만드는 배열의 dtype은 무엇인가요?
def bptt(x, h0, hs, U, dhs):
    x, h0, hs, U, dhs = (z.detach().double() for z in (x, h0, hs, U, dhs))
    dW = dU = db = 0.0
    later = torch.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        before = hs[:, t - 1] if t > 0 else h0
        da = (dhs[:, t] + later) * (1 - hs[:, t] ** 2)
        dW, dU, db = dW + x[:, t].T @ da, dU + before.T @ da, db + da.sum(dim=0)
        later = da @ U.T
    return dW, dU, db, later

# %% exercise=clip_grad_norm name=factor-as-a-tensor
# en: A gradient that is a single number comes back in another dtype. Which dtype has your factor, and which does a product of two single numbers take?
# ko: 숫자 하나인 기울기가 다른 dtype으로 돌아옵니다. 곱하는 배율의 dtype은 무엇이고, 숫자 하나짜리 텐서 둘을 곱하면 어느 dtype이 되나요?
def clip_grad_norm(grads, max_norm):
    norm = torch.sqrt(sum((grad.double() ** 2).sum() for grad in grads))
    factor = torch.clamp(max_norm / norm, max=1.0)
    return [grad * factor for grad in grads], norm.item()

# %% exercise=clip_grad_norm name=squares-overflow-in-half-precision
# en: In float16 a gradient of 300 has an infinite norm. How large is its square, and how large a number does float16 hold?
# ko: float16에서는 300짜리 기울기의 노름이 무한대가 됩니다. 그 제곱은 얼마이고, float16은 얼마나 큰 수까지 담나요?
def clip_grad_norm(grads, max_norm):
    norm = math.sqrt(sum(float((grad**2).sum()) for grad in grads))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [grad * factor for grad in grads], norm

# %% exercise=interpolated_prob name=empty-table-expected-full
# en: Of an empty text the tables are empty too: there your code fails. Which context do you look up in the first table without asking whether it is there?
# ko: 빈 글에서는 표도 비어 있고, 거기서 코드가 실패합니다. 첫째 표에서 있는지 묻지 않고 바로 꺼내는 문맥은 무엇인가요?
def interpolated_prob(tables, context, token, vocab_size, epsilon=1.0):
    row = tables[0][()]
    p = (row.get(token, 0) + epsilon / vocab_size) / (sum(row.values()) + epsilon)
    for k in range(1, min(len(context), len(tables) - 1) + 1):
        row = tables[k].get(context[len(context) - k :], {})
        p = (row.get(token, 0) + epsilon * p) / (sum(row.values()) + epsilon)
    return p


# %% exercise=bptt name=ends-where-nothing-travels-back
# en: Where nothing travels back any more, your loop ends. The earlier steps have direct gradients of their own: who adds those?
# ko: 거꾸로 가는 값이 사라지면 반복을 끝냅니다. 그보다 앞선 단계에도 직접 받은 기울기가 있습니다. 그것은 누가 더하나요?
def bptt(x, h0, hs, U, dhs):
    dW = dU = db = 0.0
    later = torch.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        before = hs[:, t - 1] if t > 0 else h0
        da = (dhs[:, t] + later) * (1 - hs[:, t] ** 2)
        dW, dU, db = dW + x[:, t].T @ da, dU + before.T @ da, db + da.sum(dim=0)
        later = da @ U.T
        if later.abs().max() < 1e-8:
            break
    return dW, dU, db, later
