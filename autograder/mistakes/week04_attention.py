"""Known mistakes and correct variants of week 04: padding, attention, decoding, BLEU, alignment.

Each cell runs in the notebook's namespace, right after the reference's solution cell.
"""

# %% exercise=pad_batch name=mask-from-ids
# en: A word may have the id of the filler: can the mask be told from the ids alone?
# ko: 단어의 번호가 패딩 번호와 같을 수도 있습니다. 번호만 보고 마스크를 정할 수 있을까요?
def pad_batch(rows, pad=0):
    T = max(map(len, rows))
    ids = torch.tensor([[*row, *[pad] * (T - len(row))] for row in rows], dtype=torch.int64)
    return ids, ids != pad


# %% exercise=pad_batch name=padding-in-front
# en: The rows are flush right: at which end should the filler stand?
# ko: 줄이 오른쪽 끝에 맞춰져 있습니다. 패딩은 어느 쪽 끝에 두어야 할까요?
def pad_batch(rows, pad=0):
    T = max(map(len, rows))
    ids = torch.tensor([[*[pad] * (T - len(row)), *row] for row in rows], dtype=torch.int64)
    lengths = torch.tensor([len(row) for row in rows])
    return ids, torch.arange(T) >= T - lengths[:, None]


# %% exercise=pad_batch name=mask-of-padding
# en: The mask is true at the filler; read once more what True means in this course.
# ko: 마스크가 패딩 자리에서 참입니다. 이 강의에서 True가 무엇을 뜻하는지 다시 읽어 보세요.
def pad_batch(rows, pad=0):
    T = max(map(len, rows))
    ids = torch.tensor([[*row, *[pad] * (T - len(row))] for row in rows], dtype=torch.int64)
    lengths = torch.tensor([len(row) for row in rows])
    return ids, torch.arange(T) >= lengths[:, None]


# %% exercise=pad_batch name=filler-always-zero
# en: The filler is always 0: what is the second argument for?
# ko: 항상 0으로 채우고 있습니다. 두 번째 인수는 무엇을 위한 것일까요?
def pad_batch(rows, pad=0):
    T = max(map(len, rows))
    ids = torch.tensor([[*row, *[0] * (T - len(row))] for row in rows], dtype=torch.int64)
    lengths = torch.tensor([len(row) for row in rows])
    return ids, torch.arange(T) < lengths[:, None]


# %% exercise=pad_batch name=cut-to-the-shortest
# en: Words are lost: to the length of which row are the others brought?
# ko: 단어가 사라졌습니다. 어느 줄의 길이에 맞추고 있나요?
def pad_batch(rows, pad=0):
    T = min(map(len, rows))
    ids = torch.tensor([list(row[:T]) for row in rows], dtype=torch.int64)
    return ids, torch.ones(len(rows), T, dtype=torch.bool)


# %% exercise=pad_batch name=one-column-too-many
# en: Every row has at least one filler at its end, the longest row too: how large should T be?
# ko: 가장 긴 줄을 포함해 모든 줄의 끝에 패딩이 하나 이상 있습니다. T는 얼마여야 하나요?
def pad_batch(rows, pad=0):
    T = max(map(len, rows)) + 1
    ids = torch.tensor([[*row, *[pad] * (T - len(row))] for row in rows], dtype=torch.int64)
    lengths = torch.tensor([len(row) for row in rows])
    return ids, torch.arange(T) < lengths[:, None]


# %% exercise=pad_batch name=narrow-ids
# en: The ids have another integer type: which one is asked for?
# ko: 번호의 정수형이 다릅니다. 어떤 형이어야 하나요?
def pad_batch(rows, pad=0):
    T = max(len(r) for r in rows)
    ids = torch.full((len(rows), T), pad, dtype=torch.int32)
    mask = torch.zeros(len(rows), T, dtype=torch.bool)
    for b, row in enumerate(rows):
        ids[b, : len(row)] = torch.tensor(row, dtype=torch.long)
        mask[b, : len(row)] = True
    return ids, mask


# %% exercise=pad_batch name=mask-of-numbers
# en: The mask holds numbers: which type is made for true and false?
# ko: 마스크가 수로 되어 있습니다. 참과 거짓에는 어떤 자료형을 쓰나요?
def pad_batch(rows, pad=0):
    T = max(len(r) for r in rows)
    ids = torch.full((len(rows), T), pad)
    mask = torch.zeros(len(rows), T, dtype=torch.long)
    for b, r in enumerate(rows):
        ids[b, :len(r)] = torch.tensor(r, dtype=torch.long)
        mask[b, :len(r)] = 1
    return ids, mask


# %% exercise=pad_batch name=ids-with-a-fraction
# en: The ids have the type of fractions: which type has a number that looks up a row?
# ko: 번호가 실수형입니다. 행을 찾는 번호는 어떤 자료형이어야 하나요?
def pad_batch(rows, pad=0):
    T = max(len(r) for r in rows)
    ids = torch.zeros(len(rows), T) + pad
    mask = torch.zeros(len(rows), T, dtype=torch.bool)
    for b, r in enumerate(rows):
        ids[b, :len(r)] = torch.tensor(r, dtype=torch.long)
        mask[b, :len(r)] = True
    return ids, mask


# %% exercise=pad_batch name=end-told-from-the-ids
# en: A row that ends with the id of the filler loses its end: what do you know of a row's end without looking at an id?
# ko: 패딩 번호로 끝나는 줄에서 끝부분이 사라졌습니다. 번호를 보지 않고 줄의 끝을 어떻게 알 수 있을까요?
def pad_batch(rows, pad=0):
    T = max(map(len, rows))
    ids = torch.tensor([[*row, *[pad] * (T - len(row))] for row in rows], dtype=torch.int64)
    real = ids != pad
    return ids, real.flip(1).cumsum(1).flip(1) > 0


# %% exercise=pad_batch name=empty-row-of-fractions
# en: Where the first row is empty the ids come back as fractions: which type has a tensor of an empty list, if none is named?
# ko: 첫 줄이 비어 있으면 번호가 실수로 나옵니다. 자료형을 정하지 않으면 빈 리스트로 만든 텐서의 자료형은 무엇인가요?
def pad_batch(rows, pad=0):
    parts = [torch.tensor(row) for row in rows]
    ids = nn.utils.rnn.pad_sequence(parts, batch_first=True, padding_value=pad)
    ones = [torch.ones(len(row), dtype=torch.bool) for row in rows]
    return ids, nn.utils.rnn.pad_sequence(ones, batch_first=True)


# %% exercise=pad_batch name=large-id-rounded
# en: The types are right, but a very large id comes back as another one: through which type did the ids pass?
# ko: 자료형은 맞지만 아주 큰 번호가 다른 번호가 됩니다. 번호가 어떤 자료형을 거쳤나요?
def pad_batch(rows, pad=0):
    T = max(map(len, rows))
    ids = torch.full((len(rows), T), float(pad))
    mask = torch.zeros(len(rows), T, dtype=torch.bool)
    for b, row in enumerate(rows):
        ids[b, : len(row)] = torch.tensor(row, dtype=torch.float32)
        mask[b, : len(row)] = True
    return ids.long(), mask


# %% exercise=pad_batch name=longest-row-first
# en: The rows come back in another order, the longest first: whose translation is then in row 0?
# ko: 줄의 순서가 바뀌어 가장 긴 줄이 먼저 나옵니다. 그러면 0번 줄은 어느 문장인가요?
def pad_batch(rows, pad=0):
    rows = sorted(rows, key=len, reverse=True)
    T = len(rows[0])
    ids = torch.tensor([[*row, *[pad] * (T - len(row))] for row in rows], dtype=torch.int64)
    lengths = torch.tensor([len(row) for row in rows])
    return ids, torch.arange(T) < lengths[:, None]


# %% exercise=pad_batch variant=library-call
def pad_batch(rows, pad=0):
    parts = [torch.tensor(row, dtype=torch.int64) for row in rows]
    ids = nn.utils.rnn.pad_sequence(parts, batch_first=True, padding_value=pad)
    ones = [torch.ones(len(row), dtype=torch.bool) for row in rows]
    return ids, nn.utils.rnn.pad_sequence(ones, batch_first=True)


# %% exercise=pad_batch variant=lists-and-arange
def pad_batch(rows, pad=0):
    lengths = torch.tensor([len(row) for row in rows])
    T = int(lengths.max())
    ids = torch.tensor([list(row) + [pad] * (T - len(row)) for row in rows]).long()
    return ids.reshape(len(rows), T), torch.arange(T)[None] < lengths[:, None]


# %% exercise=additive_scores name=no-tanh
# en: Without a curve the order of the scores cannot depend on the query: what is missing?
# ko: 곡선이 없으면 점수의 순서가 쿼리에 따라 달라질 수 없습니다. 무엇이 빠졌나요?
def additive_scores(h, memory, W, U, v):
    return ((h @ W).unsqueeze(1) + memory @ U) @ v


# %% exercise=additive_scores name=tanh-after-v
# en: The scores lie between -1 and 1: is the curve on the vectors or on the finished number?
# ko: 점수가 -1과 1 사이에 있습니다. 곡선을 벡터에 씌웠나요, 완성된 수에 씌웠나요?
def additive_scores(h, memory, W, U, v):
    return torch.tanh(((h @ W).unsqueeze(1) + memory @ U) @ v)


# %% exercise=additive_scores name=two-curves
# en: Both sides pass through a curve of their own: are they added before or after it?
# ko: 두 항이 각각 따로 곡선을 지나갑니다. 더하기는 곡선의 앞인가요, 뒤인가요?
def additive_scores(h, memory, W, U, v):
    return (torch.tanh(h @ W).unsqueeze(1) + torch.tanh(memory @ U)) @ v


# %% exercise=additive_scores name=multiplied
# en: Query and memory are multiplied here: how does additive attention bring them together?
# ko: 쿼리와 메모리를 곱하고 있습니다. 덧셈 어텐션에서는 둘을 어떻게 합칠까요?
def additive_scores(h, memory, W, U, v):
    return torch.tanh((h @ W).unsqueeze(1) * (memory @ U)) @ v


# %% exercise=additive_scores name=query-left-out
# en: The scores do not change with the decoder's state: does the query take part?
# ko: 디코더의 상태가 바뀌어도 점수가 그대로입니다. 쿼리가 식에 들어 있나요?
def additive_scores(h, memory, W, U, v):
    return torch.tanh(memory @ U) @ v


# %% exercise=additive_scores name=weights-already
# en: The rows sum to 1: the softmax belongs to the next exercise, where padding is known.
# ko: 각 행의 합이 1입니다. 소프트맥스는 패딩을 아는 다음 연습문제의 일입니다.
def additive_scores(h, memory, W, U, v):
    return (torch.tanh((h @ W).unsqueeze(1) + memory @ U) @ v).softmax(1)


# %% exercise=additive_scores name=scaled-by-width
# en: The scores are smaller by a constant factor: does the formula divide by anything?
# ko: 점수가 일정한 비율만큼 작습니다. 식에 나눗셈이 있나요?
def additive_scores(h, memory, W, U, v):
    return torch.tanh((h @ W).unsqueeze(1) + memory @ U) @ v / v.shape[0] ** 0.5


# %% exercise=additive_scores name=query-without-its-axis
# en: Query b is added at position b of each example: to which positions does it belong, and where does it need an axis for that?
# ko: 쿼리 b가 각 예의 위치 b에 더해집니다. 쿼리 하나는 어느 위치들과 짝이 되나요? 그러려면 축이 어디에 필요한가요?
def additive_scores(h, memory, W, U, v):
    query = (h @ W)
    keys = memory @ U
    return torch.tanh(query + keys) @ v


# %% exercise=additive_scores name=queries-of-others
# en: Some positions are scored with the query of another example: in which order do the queries lie once they are repeated for each position?
# ko: 어떤 위치의 점수는 다른 예의 쿼리로 계산했습니다. 위치마다 되풀이한 쿼리는 어떤 순서로 놓여 있나요?
def additive_scores(h, memory, W, U, v):
    B, T, _ = memory.shape
    queries = (h @ W).repeat(T, 1).view(B, T, -1)
    return torch.tanh(queries + memory @ U) @ v


# %% exercise=additive_scores name=table-of-float32
# en: The numbers are right, but they are float32 whatever the arguments are: which line makes or turns them into that?
# ko: 숫자는 맞지만 인자의 dtype과 상관없이 float32입니다. 어느 줄에서 그렇게 되나요?
def additive_scores(h, memory, W, U, v):
    scores = torch.zeros(memory.shape[:2])
    for t in range(memory.shape[1]):
        scores[:, t] = torch.tanh(h @ W + memory[:, t] @ U) @ v
    return scores


# %% exercise=additive_scores name=v-left-out
# en: All hidden numbers count alike: what weighs them?
# ko: 은닉층의 수를 모두 똑같이 더했습니다. 무엇이 가중치를 주나요?
def additive_scores(h, memory, W, U, v):
    query = (h @ W).unsqueeze(1)
    keys = memory @ U
    return torch.tanh(query + keys).sum(-1)


# %% exercise=additive_scores name=cut-off-below-zero
# en: What is negative is lost on the way: which curve stands in the formula?
# ko: 음수가 사라졌습니다. 식에는 어떤 곡선이 있나요?
def additive_scores(h, memory, W, U, v):
    query = (h @ W).unsqueeze(1)
    keys = memory @ U
    return torch.relu(query + keys) @ v


# %% exercise=additive_scores name=query-learns-nothing
# en: The scores are right, but no gradient comes back to the state: is it cut off?
# ko: 점수는 맞지만 상태로 기울기가 돌아오지 않습니다. 어디에서 끊겼나요?
def additive_scores(h, memory, W, U, v):
    query = (h.detach() @ W).unsqueeze(1)
    keys = memory @ U
    return torch.tanh(query + keys) @ v


# %% exercise=additive_scores name=memory-learns-nothing
# en: The scores are right, but no gradient comes back to the memory and to U: where is their side cut off?
# ko: 점수는 맞지만 메모리와 U로 기울기가 돌아오지 않습니다. 그쪽은 어디에서 끊겼나요?
def additive_scores(h, memory, W, U, v):
    with torch.no_grad():
        keys = memory @ U
    return torch.tanh((h @ W).unsqueeze(1) + keys) @ v


# %% exercise=additive_scores name=v-learns-nothing
# en: The scores are right, but no gradient comes back to v: where is it cut off?
# ko: 점수는 맞지만 v로 기울기가 돌아오지 않습니다. 어디에서 끊겼나요?
def additive_scores(h, memory, W, U, v):
    return torch.tanh((h @ W).unsqueeze(1) + memory @ U) @ v.detach()


# %% exercise=additive_scores name=matrices-exchanged
# en: Two vectors stand side by side, and two matrices one below the other: does each vector meet its own matrix?
# ko: 두 벡터는 옆으로, 두 행렬은 위아래로 붙였습니다. 각 벡터가 자기 행렬과 만나나요?
def additive_scores(h, memory, W, U, v):
    T = memory.shape[1]
    both = torch.cat([memory, h.unsqueeze(1).expand(-1, T, -1)], dim=2)
    return torch.tanh(both @ torch.cat([W, U], dim=0)) @ v


# %% exercise=additive_scores name=always-float64
# en: The numbers are right, but they are float64 whatever the arguments are: which line turns them into that?
# ko: 수는 맞지만 인수의 dtype과 상관없이 float64입니다. 어느 줄에서 그렇게 바뀌나요?
def additive_scores(h, memory, W, U, v):
    h, memory, W, U, v = (part.double() for part in (h, memory, W, U, v))
    return torch.tanh((h @ W).unsqueeze(1) + memory @ U) @ v


# %% exercise=additive_scores name=view-of-a-transpose
# en: The memory may be a transpose, whose numbers do not lie in a row: view asks for that. What does reshape do?
# ko: 메모리는 전치된 뷰일 수 있어서 수가 차례로 놓여 있지 않습니다. view는 그것을 요구합니다. reshape는 어떻게 하나요?
def additive_scores(h, memory, W, U, v):
    B, T, M = memory.shape
    keys = (memory.view(B * T, M) @ U).view(B, T, -1)
    return torch.tanh((h @ W).unsqueeze(1) + keys) @ v


# %% exercise=additive_scores variant=loop
def additive_scores(h, memory, W, U, v):
    columns = [torch.tanh(h @ W + memory[:, t] @ U) @ v for t in range(memory.shape[1])]
    return torch.stack(columns, dim=1)


# %% exercise=additive_scores variant=one-matrix
def additive_scores(h, memory, W, U, v):
    T = memory.shape[1]
    both = torch.cat([h[:, None].expand(-1, T, -1), memory], dim=2)
    return torch.einsum("bta,a->bt", (both @ torch.cat([W, U])).tanh(), v)


# %% exercise=masked_softmax name=mask-after-softmax
# en: The weights of the real places do not sum to 1: what did the padding take with it?
# ko: 실제 위치의 가중치 합이 1이 아닙니다. 패딩이 얼마를 가져갔을까요?
def masked_softmax(scores, mask):
    return torch.where(mask, torch.where(mask, scores, scores[mask].min()).softmax(-1), 0.0)


# %% exercise=masked_softmax name=scores-times-mask
# en: A score of 0 is no small score: which weight does softmax give to it?
# ko: 점수 0은 작은 점수가 아닙니다. 소프트맥스는 점수 0에 얼마의 가중치를 줄까요?
def masked_softmax(scores, mask):
    return (scores * mask).softmax(-1)


# %% exercise=masked_softmax name=not-a-number-for-empty-rows
# en: A row that is all padding gives NaN. Which of the two is it in your code: 0 / 0, or minus infinity less minus infinity?
# ko: 모두 패딩인 행에서 NaN이 나옵니다. 코드에서 어느 쪽인가요? 0 / 0인가요, 음의 무한대에서 음의 무한대를 뺀 것인가요?
def masked_softmax(scores, mask):
    return torch.where(mask, scores, float("-inf")).softmax(-1)


# %% exercise=masked_softmax name=even-over-empty-rows
# en: A row that is all padding is spread evenly over it: what was it promised to be?
# ko: 모두 패딩인 행에 고르게 퍼져 있습니다. 이 경우 무엇을 돌려주기로 했나요?
def masked_softmax(scores, mask):
    return torch.where(mask, scores, torch.finfo(scores.dtype).min).softmax(-1)


# %% exercise=masked_softmax name=mask-inverted
# en: The weight lies where nothing is real: what does True mean in a mask?
# ko: 실제가 아닌 곳에 가중치가 있습니다. 마스크에서 True는 무엇을 뜻하나요?
def masked_softmax(scores, mask):
    low = torch.finfo(scores.dtype).min
    return torch.where(mask, 0.0, torch.where(mask, low, scores).softmax(-1))


# %% exercise=masked_softmax name=wrong-axis
# en: The columns sum to 1 in place of the rows: along which axis do the positions lie?
# ko: 행이 아니라 열의 합이 1입니다. 위치는 어느 축을 따라 놓여 있나요?
def masked_softmax(scores, mask):
    low = torch.finfo(scores.dtype).min
    return torch.where(mask, torch.where(mask, scores, low).softmax(0), 0.0)


# %% exercise=masked_softmax name=bare-exponentials
# en: The formula is right on paper, but how large is exp of a thousand?
# ko: 종이 위의 공식은 맞습니다. 그런데 1000의 exp는 얼마나 큰가요?
def masked_softmax(scores, mask):
    e = torch.where(mask, torch.where(mask, scores, 0.0).exp(), 0.0)
    return e / e.sum(-1, keepdim=True).clamp(min=1e-30)


# %% exercise=masked_softmax name=padding-not-low-enough
# en: What if all real scores are lower still than the number that you gave to padding?
# ko: 실제 점수가 모두 패딩에 준 값보다 더 낮다면 어떻게 될까요?
def masked_softmax(scores, mask):
    return torch.where(mask, torch.where(mask, scores, -1e4).softmax(-1), 0.0)


# %% exercise=masked_softmax name=padding-above-very-low-scores
# en: Where all real scores are lower than padding their weight is lost: which number is the lowest that the dtype of the scores has?
# ko: 실제 점수가 모두 패딩보다 낮으면 그 가중치가 사라집니다. 점수의 dtype에서 가장 낮은 수는 무엇인가요?
def masked_softmax(scores, mask):
    return torch.where(mask, torch.where(mask, scores, -1e9).softmax(-1), 0.0)


# %% exercise=masked_softmax name=padding-gets-through
# en: NaN at padding gets through to the weights: NaN times 0, or plus any number, is NaN. Choose in place of multiplying or adding.
# ko: 패딩에 있는 NaN이 가중치까지 옵니다. NaN에 0을 곱하거나 어떤 수를 더해도 NaN입니다. 곱하거나 더하지 말고 골라 보세요.
def masked_softmax(scores, mask):
    weights = scores.masked_fill(~mask, 0.0) * mask + (scores * 0 + torch.finfo(scores.dtype).min) * ~mask
    return weights.softmax(-1) * mask


# %% exercise=masked_softmax name=second-axis
# en: With two axes all is right, with three the rows no longer sum to 1: which axis is the last?
# ko: 축이 둘이면 맞고 셋이면 행의 합이 1이 아닙니다. 마지막 축은 어느 것인가요?
def masked_softmax(scores, mask):
    low = torch.where(mask, scores, torch.finfo(scores.dtype).min)
    return torch.where(mask, low.softmax(1), 0.0)


# %% exercise=masked_softmax name=logarithms-of-weights
# en: Weights are negative here: are these probabilities, or their logarithms?
# ko: 가중치가 음수입니다. 확률인가요, 확률의 로그인가요?
def masked_softmax(scores, mask):
    low = torch.where(mask, scores, torch.finfo(scores.dtype).min)
    return torch.where(mask, low.log_softmax(-1), 0.0)


# %% exercise=masked_softmax name=too-low-for-half-precision
# en: Half precision cannot hold the number that you give to padding: which one is the lowest that the dtype of the scores has?
# ko: 패딩에 준 수를 반정밀도(float16)에 담을 수 없습니다. 점수의 dtype에서 가장 낮은 수는 무엇인가요?
def masked_softmax(scores, mask):
    return scores.masked_fill(~mask, -1e30).softmax(-1).masked_fill(~mask, 0.0)


# %% exercise=masked_softmax name=mask-as-an-index
# en: A mask of fewer rows than the scores cannot be an index into them: how do masked_fill and torch.where treat an axis of size 1?
# ko: 점수보다 행이 적은 마스크는 인덱스로 쓸 수 없습니다. masked_fill과 torch.where는 크기가 1인 축을 어떻게 다루나요?
def masked_softmax(scores, mask):
    x = scores.clone()
    x[~mask] = torch.finfo(scores.dtype).min
    return x.softmax(-1) * mask


# %% exercise=masked_softmax name=thrown-away-too-late
# en: The weights are right, but NaN at padding comes back in the gradient: was something computed from it before it was chosen away?
# ko: 가중치는 맞지만 패딩의 NaN이 기울기로 돌아옵니다. NaN을 골라내기 전에 그것으로 무엇을 계산했나요?
def masked_softmax(scores, mask):
    low = torch.finfo(scores.dtype).min
    top = scores.detach().masked_fill(~mask, low).amax(-1, keepdim=True)
    raw = torch.where(mask, torch.exp(scores - top), 0.0)
    total = raw.sum(-1, keepdim=True)
    return raw / torch.where(total > 0, total, 1.0)


# %% exercise=masked_softmax name=nearly-nothing
# en: Some padding has a tiny weight that is not 0: which line makes it exactly nothing?
# ko: 어떤 패딩의 가중치가 아주 작지만 0은 아닙니다. 어느 줄에서 정확히 0이 되나요?
def masked_softmax(scores, mask):
    safe = torch.where(mask, scores, torch.finfo(scores.dtype).min)
    top = safe.amax(-1, keepdim=True)
    e = torch.where(mask, safe - top, -110.0).exp()
    return torch.where(mask.any(-1, keepdim=True), e / e.sum(-1, keepdim=True), 0.0)


# %% exercise=masked_softmax name=one-maximum-for-all
# en: Rows far below the largest score of all lose their weight: whose maximum is subtracted from a row?
# ko: 전체에서 가장 큰 점수보다 훨씬 낮은 행에서 가중치가 사라집니다. 한 행에서 어느 최댓값을 빼나요?
def masked_softmax(scores, mask):
    safe = torch.where(mask, scores, torch.finfo(scores.dtype).min)
    e = torch.where(mask, (safe - safe.max()).exp(), 0.0)
    total = e.sum(-1, keepdim=True)
    return e / torch.where(total > 0, total, 1.0)


# %% exercise=masked_softmax name=too-small-for-half-precision
# en: In half precision a row of padding gives NaN: is the small number below the line still above 0 there?
# ko: 반정밀도(float16)에서 모두 패딩인 행이 NaN이 됩니다. 분모의 작은 수가 거기서도 0보다 큰가요?
def masked_softmax(scores, mask):
    safe = torch.where(mask, scores, torch.finfo(scores.dtype).min)
    e = torch.where(mask, (safe - safe.amax(-1, keepdim=True)).exp(), 0.0)
    return e / (e.sum(-1, keepdim=True) + 1e-12)


# %% exercise=masked_softmax variant=shifted-exponentials
def masked_softmax(scores, mask):
    safe = torch.where(mask, scores, torch.finfo(scores.dtype).min)
    e = torch.where(mask, (safe - safe.amax(-1, keepdim=True)).exp(), 0.0)
    total = e.sum(-1, keepdim=True)
    return e / torch.where(total > 0, total, 1.0)


# %% exercise=masked_softmax variant=minus-infinity-and-a-rescue
def masked_softmax(scores, mask):
    mask = mask.expand_as(scores)
    some = mask.any(-1, keepdim=True)
    safe = scores.masked_fill(~mask, float("-inf")).masked_fill(~some, 0.0)
    return safe.softmax(-1).masked_fill(~mask, 0.0)


# %% exercise=decoder_step name=looks-with-the-new-state
# en: It moves first and looks afterwards: with which state does it decide where to look?
# ko: 먼저 움직이고 나중에 봅니다. 어느 상태로 볼 곳을 정해야 할까요?
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    context = torch.einsum("bt,btm->bm", look(h), memory)
    h_new = cell(torch.cat([y, context], dim=1), h)
    weights = look(h_new)
    context = torch.einsum("bt,btm->bm", weights, memory)
    return torch.cat([h_new, context], dim=1) @ W_out + b_out, h_new, weights


# %% exercise=decoder_step name=speaks-from-the-old-state
# en: The logits know nothing of the word just told: from which state are they read?
# ko: 로짓이 방금 들은 단어를 모릅니다. 어느 상태에서 읽고 있나요?
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    weights = look(h)
    context = torch.einsum("bt,btm->bm", weights, memory)
    h_new = cell(torch.cat([y, context], dim=1), h)
    return torch.cat([h, context], dim=1) @ W_out + b_out, h_new, weights


# %% exercise=decoder_step name=context-first
# en: Two vectors stand side by side in the other order: what does the cell read first?
# ko: 두 벡터가 반대 순서로 놓였습니다. 셀은 무엇을 먼저 읽나요?
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    weights = look(h)
    context = torch.einsum("bt,btm->bm", weights, memory)
    h_new = cell(torch.cat([context, y], dim=1), h)
    return torch.cat([h_new, context], dim=1) @ W_out + b_out, h_new, weights


# %% exercise=decoder_step name=readout-context-first
# en: State and weights are right; in which order does the last product read its two vectors?
# ko: 상태와 가중치는 맞습니다. 마지막 곱은 두 벡터를 어떤 순서로 읽나요?
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    weights = look(h)
    context = torch.einsum("bt,btm->bm", weights, memory)
    h_new = cell(torch.cat([y, context], dim=1), h)
    return torch.cat([context, h_new], dim=1) @ W_out + b_out, h_new, weights


# %% exercise=decoder_step name=plain-mean
# en: The context is the same wherever it looks: do the weights take part in it?
# ko: 어디를 보든 문맥 벡터가 같습니다. 가중치가 계산에 들어가나요?
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    weights = look(h)
    context = memory.mean(1)
    h_new = cell(torch.cat([y, context], dim=1), h)
    return torch.cat([h_new, context], dim=1) @ W_out + b_out, h_new, weights


# %% exercise=decoder_step name=hard-look
# en: Only the largest weight counts here; the others should add their share to the mean.
# ko: 가장 큰 가중치만 쓰고 있습니다. 나머지도 제 몫만큼 평균에 더해져야 합니다.
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    weights = look(h)
    context = memory[torch.arange(len(h)), weights.argmax(1)]
    h_new = cell(torch.cat([y, context], dim=1), h)
    return torch.cat([h_new, context], dim=1) @ W_out + b_out, h_new, weights


# %% exercise=decoder_step name=probabilities
# en: The rows sum to 1: what was asked for are the numbers before the softmax.
# ko: 각 행의 합이 1입니다. 소프트맥스 이전의 수를 돌려주어야 합니다.
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    weights = look(h)
    context = torch.einsum("bt,btm->bm", weights, memory)
    h_new = cell(torch.cat([y, context], dim=1), h)
    return (torch.cat([h_new, context], dim=1) @ W_out + b_out).softmax(1), h_new, weights


# %% exercise=decoder_step name=old-state-returned
# en: The next word will start from the same state again: which state goes on?
# ko: 다음 단어가 같은 상태에서 다시 시작합니다. 어느 상태를 넘겨주어야 할까요?
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    weights = look(h)
    context = torch.einsum("bt,btm->bm", weights, memory)
    h_new = cell(torch.cat([y, context], dim=1), h)
    return torch.cat([h_new, context], dim=1) @ W_out + b_out, h, weights


# %% exercise=decoder_step name=looks-twice
# en: It looks a second time before it speaks: how many looks has one step, and with which state?
# ko: 말하기 전에 한 번 더 봅니다. 한 단계에서 몇 번, 어느 상태로 보나요?
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    w = look(h)
    c = torch.einsum("bt,btm->bm", w, memory)
    h2 = cell(torch.cat([y, c], 1), h)
    c = torch.einsum("bt,btm->bm", look(h2), memory)
    return torch.cat([h2, c], 1) @ W_out + b_out, h2, w


# %% exercise=decoder_step name=no-bias
# en: One term of the last formula is missing from the logits.
# ko: 로짓에 마지막 식의 항 하나가 빠졌습니다.
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    w = look(h)
    c = torch.einsum("bt,btm->bm", w, memory)
    h2 = cell(torch.cat([y, c], 1), h)
    return torch.cat([h2, c], 1) @ W_out, h2, w


# %% exercise=decoder_step name=after-log-softmax
# en: These are log-probabilities: what was asked for are the numbers before any softmax.
# ko: 로그 확률입니다. 소프트맥스 이전의 수를 돌려주어야 합니다.
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    w = look(h)
    c = torch.einsum("bt,btm->bm", w, memory)
    h2 = cell(torch.cat([y, c], 1), h)
    return (torch.cat([h2, c], 1) @ W_out + b_out).log_softmax(1), h2, w


# %% exercise=decoder_step name=state-cut-off
# en: The numbers are right, but the state goes on without its past: can training reach the words before?
# ko: 수는 맞지만 상태가 과거와 끊겨 있습니다. 학습이 앞 단어까지 닿을 수 있나요?
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    w = look(h)
    c = torch.einsum("bt,btm->bm", w, memory)
    h2 = cell(torch.cat([y, c], 1), h)
    return torch.cat([h2, c], 1) @ W_out + b_out, h2.detach(), w


# %% exercise=decoder_step name=softmax-once-more
# en: What look gives are weights already: must they become weights again?
# ko: look이 주는 것은 이미 가중치입니다. 또 한 번 가중치로 바꿔야 할까요?
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    weights = look(h).softmax(-1)
    context = (weights[:, :, None] * memory).sum(1)
    h_new = cell(torch.cat([y, context], 1), h)
    logits = torch.cat([h_new, context], 1) @ W_out + b_out
    return logits, h_new, weights


# %% exercise=decoder_step name=context-for-weights
# en: The third answer has the size of a memory vector: what was to be returned, what was read or where?
# ko: 세 번째 결과의 크기가 메모리 벡터와 같습니다. 읽은 내용과 본 위치 가운데 무엇을 돌려주어야 하나요?
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    weights = look(h)
    context = (weights[:, :, None] * memory).sum(1)
    h_new = cell(torch.cat([y, context], 1), h)
    logits = torch.cat([h_new, context], 1) @ W_out + b_out
    return logits, h_new, context


# %% exercise=decoder_step name=step-cut-off
# en: The numbers are right, but the gradient ends at this step: can it reach the words before?
# ko: 값은 맞지만 기울기가 이 단계에서 끝납니다. 앞 단어까지 갈 수 있나요?
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    weights = look(h)
    context = (weights[:, :, None] * memory).sum(1)
    h_new = cell(torch.cat([y, context], 1), h.detach())
    logits = torch.cat([h_new, context], 1) @ W_out + b_out
    return logits, h_new, weights


# %% exercise=decoder_step name=look-cut-off
# en: The numbers are right, but no gradient comes back through the look: where is it cut off?
# ko: 수는 맞지만 look을 거쳐 돌아오는 기울기가 없습니다. 어디에서 끊겼나요?
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    weights = look(h.detach())
    context = (weights.unsqueeze(2) * memory).sum(1)
    h_new = cell(torch.cat([y, context], dim=1), h)
    return torch.cat([h_new, context], dim=1) @ W_out + b_out, h_new, weights


# %% exercise=decoder_step name=returned-weights-cut-off
# en: The numbers are right, but the weights that come back carry no gradient: may a loss depend on them?
# ko: 수는 맞지만 돌려준 가중치에 기울기가 없습니다. 손실이 가중치에 의존할 수도 있지 않을까요?
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    weights = look(h)
    context = (weights.unsqueeze(2) * memory).sum(1)
    h_new = cell(torch.cat([y, context], dim=1), h)
    return torch.cat([h_new, context], dim=1) @ W_out + b_out, h_new, weights.detach()


# %% exercise=decoder_step name=readout-learns-nothing
# en: The numbers are right, but no gradient comes back to W_out: where is it cut off?
# ko: 수는 맞지만 W_out으로 기울기가 돌아오지 않습니다. 어디에서 끊겼나요?
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    weights = look(h)
    context = (weights.unsqueeze(2) * memory).sum(1)
    h_new = cell(torch.cat([y, context], dim=1), h)
    return torch.cat([h_new, context], dim=1) @ W_out.detach() + b_out, h_new, weights


# %% exercise=decoder_step name=one-memory-for-all
# en: All examples read the memory of the first one: which axis of the product tells whose memory it is?
# ko: 모든 예시가 첫 번째 예시의 메모리를 읽습니다. 곱에서 누구의 메모리인지는 어느 축이 말해 주나요?
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    weights = look(h)
    context = weights @ memory[0]
    h_new = cell(torch.cat([y, context], dim=1), h)
    return torch.cat([h_new, context], dim=1) @ W_out + b_out, h_new, weights


# %% exercise=decoder_step name=memory-cut-anew
# en: Positions and numbers of the memory are mixed up. What does reshape do where two axes should change places?
# ko: memory의 위치와 수가 뒤섞였습니다. 두 축을 서로 바꿔야 할 때 reshape는 어떻게 하나요?
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    weights = look(h)
    B, T, M = memory.shape
    context = (memory.reshape(B, M, T) @ weights.unsqueeze(2)).squeeze(2)
    h_new = cell(torch.cat([y, context], dim=1), h)
    return torch.cat([h_new, context], dim=1) @ W_out + b_out, h_new, weights


# %% exercise=decoder_step name=view-of-a-transpose
# en: The memory may be a transpose, whose numbers do not lie in a row: view asks for that. What does reshape do?
# ko: 메모리는 전치된 뷰일 수 있어서 수가 차례로 놓여 있지 않습니다. view는 그것을 요구합니다. reshape는 어떻게 하나요?
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    weights = look(h)
    B, T, M = memory.shape
    context = (weights.reshape(B * T, 1) * memory.view(B * T, M)).view(B, T, M).sum(1)
    h_new = cell(torch.cat([y, context], dim=1), h)
    return torch.cat([h_new, context], dim=1) @ W_out + b_out, h_new, weights


# %% exercise=decoder_step name=all-axes-squeezed
# en: Where a vector of the memory has one number only, an axis is lost that was to stay: what does squeeze take away if no axis is named?
# ko: 메모리 벡터에 수가 하나뿐이면 남아야 할 축이 사라집니다. 축을 지정하지 않은 squeeze는 무엇을 없애나요?
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    weights = look(h)
    context = torch.bmm(weights.unsqueeze(1), memory).squeeze()
    if len(y) == 1:
        context = context.reshape(1, -1)
    h_new = cell(torch.cat([y, context], dim=1), h)
    return torch.cat([h_new, context], dim=1) @ W_out + b_out, h_new, weights


# %% exercise=decoder_step variant=matrix-product
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    weights = look(h)
    context = torch.bmm(weights[:, None], memory)[:, 0]
    h_new = cell(torch.cat((y, context), -1), h)
    H = h.shape[1]
    return h_new @ W_out[:H] + context @ W_out[H:] + b_out, h_new, weights


# %% exercise=decoder_step variant=loop-over-positions
def decoder_step(y, h, memory, look, cell, W_out, b_out):
    weights = look(h)
    context = torch.zeros_like(memory[:, 0])
    for t in range(memory.shape[1]):
        context = context + weights[:, t, None] * memory[:, t]
    h_new = cell(torch.cat([y, context], dim=1), h)
    return F.linear(torch.cat([h_new, context], dim=1), W_out.T, b_out), h_new, weights


# %% exercise=greedy_decode name=end-included
# en: The id that ends a sentence is not part of it: leave it out of what you return.
# ko: 문장을 끝내는 번호는 문장의 일부가 아닙니다. 결과에서 빼세요.
def greedy_decode(step, state, B, bos, eos, max_len):
    ids, out, done = torch.full((B,), bos), [[] for _ in range(B)], [False] * B
    for _ in range(max_len):
        logits, state = step(ids, state)
        ids = logits.argmax(1)
        for b in range(B):
            if not done[b]:
                out[b].append(ids[b].item())
                done[b] = ids[b].item() == eos
        if all(done):
            break
    return out


# %% exercise=greedy_decode name=end-ignored
# en: Sentences go on behind their end: what should the id eos do to its row?
# ko: 문장이 끝난 뒤에도 계속 이어집니다. eos가 나온 행은 어떻게 되어야 하나요?
def greedy_decode(step, state, B, bos, eos, max_len):
    ids, rows = torch.full((B,), bos), []
    for _ in range(max_len):
        logits, state = step(ids, state)
        ids = logits.argmax(1)
        rows.append(ids)
    return torch.stack(rows, 1).tolist()


# %% exercise=greedy_decode name=first-end-stops-all
# en: One sentence that ends ends them all: may the other rows still be writing?
# ko: 한 문장이 끝나면 모두 끝나 버립니다. 다른 행은 아직 쓰는 중일 수 있지 않나요?
def greedy_decode(step, state, B, bos, eos, max_len):
    ids, out = torch.full((B,), bos), [[] for _ in range(B)]
    for _ in range(max_len):
        logits, state = step(ids, state)
        ids = logits.argmax(1)
        if (ids == eos).any():
            break
        for b in range(B):
            out[b].append(ids[b].item())
    return out


# %% exercise=greedy_decode name=resumes-after-its-end
# en: A row that had ended writes again: is an end remembered in the steps that follow?
# ko: 끝난 행이 다시 쓰기 시작합니다. 다음 단계에서도 끝났다는 것을 기억하나요?
def greedy_decode(step, state, B, bos, eos, max_len):
    ids, out = torch.full((B,), bos), [[] for _ in range(B)]
    for _ in range(max_len):
        logits, state = step(ids, state)
        ids = logits.argmax(1)
        for b in range(B):
            if ids[b] != eos:
                out[b].append(ids[b].item())
        if (ids == eos).all():
            break
    return out


# %% exercise=greedy_decode name=told-the-beginning-again
# en: Every step is told the same first id: which id came before?
# ko: 매 단계 같은 시작 번호만 알려 줍니다. 바로 앞에 나온 번호는 무엇인가요?
def greedy_decode(step, state, B, bos, eos, max_len):
    out, writing = [[] for _ in range(B)], set(range(B))
    for _ in range(max_len):
        logits, state = step(torch.full((B,), bos), state)
        ids = logits.argmax(1)
        writing = {b for b in writing if ids[b] != eos}
        for b in writing:
            out[b].append(ids[b].item())
        if not writing:
            break
    return out


# %% exercise=greedy_decode name=state-left-behind
# en: The state that step returns is not handed to the next step.
# ko: step이 돌려준 상태를 다음 단계에 넘겨주지 않고 있습니다.
def greedy_decode(step, state, B, bos, eos, max_len):
    ids, out, writing = torch.full((B,), bos), [[] for _ in range(B)], set(range(B))
    for _ in range(max_len):
        logits, _ = step(ids, state)
        ids = logits.argmax(1)
        writing = {b for b in writing if ids[b] != eos}
        for b in writing:
            out[b].append(ids[b].item())
        if not writing:
            break
    return out


# %% exercise=greedy_decode name=one-word-too-few
# en: The longest sentence is one id short: how often may step be called?
# ko: 가장 긴 문장이 하나 모자랍니다. step을 몇 번까지 부를 수 있나요?
def greedy_decode(step, state, B, bos, eos, max_len):
    ids, out, writing = torch.full((B,), bos), [[] for _ in range(B)], set(range(B))
    for _ in range(max_len - 1):
        logits, state = step(ids, state)
        ids = logits.argmax(1)
        writing = {b for b in writing if ids[b] != eos}
        for b in writing:
            out[b].append(ids[b].item())
        if not writing:
            break
    return out


# %% exercise=greedy_decode name=never-stops-early
# en: The words are right, but step goes on being called when nobody writes any more.
# ko: 단어는 맞습니다. 그런데 아무도 쓰지 않는데도 step을 계속 부르고 있습니다.
def greedy_decode(step, state, B, bos, eos, max_len):
    ids, rows = torch.full((B,), bos), []
    for _ in range(max_len):
        logits, state = step(ids, state)
        ids = logits.argmax(1)
        rows.append(ids)
    rows = torch.stack(rows, 1).tolist()
    return [row[: row.index(eos)] if eos in row else row for row in rows]


# %% exercise=greedy_decode name=only-the-end-left-out
# en: A row that has ended leaves out the end and writes on: what may come behind an end?
# ko: 끝난 행이 끝 기호만 빼고 계속 씁니다. 끝 기호 뒤에 무엇이 올 수 있나요?
def greedy_decode(step, state, B, bos, eos, max_len):
    ids = torch.full((B,), bos)
    out = [[] for _ in range(B)]
    alive = set(range(B))
    for _ in range(max_len):
        logits, state = step(ids, state)
        ids = logits.argmax(1)
        alive = {b for b in alive if ids[b] != eos}
        for b in (b for b in range(B) if ids[b] != eos):
            out[b].append(int(ids[b]))
        if not alive:
            break
    return out


# %% exercise=greedy_decode name=all-must-end-at-once
# en: It stops only when all rows say the end in the same step: is an earlier end remembered?
# ko: 모든 행이 같은 단계에서 끝나야만 멈춥니다. 먼저 끝난 것을 기억하나요?
def greedy_decode(step, state, B, bos, eos, max_len):
    ids, rows = torch.full((B,), bos), [[] for _ in range(B)]
    for _ in range(max_len):
        logits, state = step(ids, state)
        ids = logits.argmax(1)
        for row, word in zip(rows, ids.tolist()):
            row.append(word)
        if (ids == eos).all():
            break
    return [row[: row.index(eos)] if eos in row else row for row in rows]


# %% exercise=greedy_decode name=begins-with-the-end
# en: The first step is told the id that ends a sentence: which id begins one?
# ko: 첫 단계에 문장을 끝내는 번호를 주었습니다. 시작하는 번호는 무엇인가요?
def greedy_decode(step, state, B, bos, eos, max_len):
    ids = torch.full((B,), eos)
    out = [[] for _ in range(B)]
    writing = set(range(B))
    for _ in range(max_len):
        logits, state = step(ids, state)
        ids = logits.argmax(1)
        writing -= {b for b in writing if ids[b] == eos}
        for b in writing:
            out[b].append(ids[b].item())
        if not writing:
            break
    return out


# %% exercise=greedy_decode name=beginning-written-down
# en: Each sentence begins with the id that only the first step should hear.
# ko: 문장마다 첫 단계에만 주어야 할 번호가 맨 앞에 있습니다.
def greedy_decode(step, state, B, bos, eos, max_len):
    ids = torch.full((B,), bos)
    out = [[bos] for _ in range(B)]
    writing = set(range(B))
    for _ in range(max_len):
        logits, state = step(ids, state)
        ids = logits.argmax(1)
        writing -= {b for b in writing if ids[b] == eos}
        for b in writing:
            out[b].append(ids[b].item())
        if not writing:
            break
    return out


# %% exercise=greedy_decode name=one-list-for-all
# en: All rows hold the words of all: did you make B lists, or one list that stands there B times?
# ko: 모든 줄에 모두의 단어가 들어 있습니다. 리스트를 B개 만들었나요, 하나의 리스트가 B번 들어 있나요?
def greedy_decode(step, state, B, bos, eos, max_len):
    ids = torch.full((B,), bos)
    out = [[]] * B
    writing = set(range(B))
    for _ in range(max_len):
        logits, state = step(ids, state)
        ids = logits.argmax(1)
        writing -= {b for b in writing if ids[b] == eos}
        for b in writing:
            out[b].append(ids[b].item())
        if not writing:
            break
    return out


# %% exercise=greedy_decode name=ended-rows-leave
# en: Once a row has ended, step is told fewer ids: how many rows has the state that goes with them?
# ko: 한 행이 끝나면 step에 더 적은 번호를 줍니다. 함께 가는 상태는 몇 행인가요?
def greedy_decode(step, state, B, bos, eos, max_len):
    rows, out = list(range(B)), [[] for _ in range(B)]
    ids = torch.full((B,), bos)
    for _ in range(max_len):
        logits, state = step(ids, state)
        ids = logits.argmax(1)
        keep = ids != eos
        rows = [b for b, on in zip(rows, keep.tolist()) if on]
        ids = ids[keep]
        for b, word in zip(rows, ids.tolist()):
            out[b].append(word)
        if not rows:
            break
    return out


# %% exercise=greedy_decode name=told-counts-as-written
# en: Where begin and end are one id nothing is written: has the id that the first step is told been written by anybody?
# ko: 시작과 끝의 번호가 같으면 아무것도 쓰지 않습니다. 첫 단계에 주는 번호는 누가 쓴 것인가요?
def greedy_decode(step, state, B, bos, eos, max_len):
    ids, out = torch.full((B,), bos), [[] for _ in range(B)]
    done = ids == eos
    for _ in range(max_len):
        if done.all():
            break
        logits, state = step(ids, state)
        ids = logits.argmax(1)
        done = done | (ids == eos)
        for b in range(B):
            if not done[b]:
                out[b].append(ids[b].item())
    return out


# %% exercise=greedy_decode name=words-as-tensors
# en: The words are right, but each is still a tensor: what turns one number of a tensor into an int?
# ko: 단어는 맞지만 하나하나가 아직 텐서입니다. 텐서의 수 하나를 int로 바꾸는 것은 무엇인가요?
def greedy_decode(step, state, B, bos, eos, max_len):
    ids, out = torch.full((B,), bos), [[] for _ in range(B)]
    writing = set(range(B))
    for _ in range(max_len):
        logits, state = step(ids, state)
        ids = logits.argmax(1)
        writing -= {b for b in writing if ids[b] == eos}
        for b in writing:
            out[b].append(ids[b])
        if not writing:
            break
    return out


# %% exercise=greedy_decode variant=cut-at-the-end
def greedy_decode(step, state, B, bos, eos, max_len):
    ids, rows = torch.full((B,), bos), []
    done = torch.zeros(B, dtype=torch.bool)
    while len(rows) < max_len and not done.all():
        logits, state = step(ids, state)
        ids = logits.max(dim=1).indices
        done = done | (ids == eos)
        rows.append(ids)
    lists = torch.stack(rows, dim=1).tolist()
    return [row[: row.index(eos)] if eos in row else row for row in lists]


# %% exercise=greedy_decode variant=flags
def greedy_decode(step, state, B, bos, eos, max_len):
    last, out, over = torch.tensor([bos] * B), [[] for _ in range(B)], [False] * B
    for _ in range(max_len):
        if all(over):
            break
        logits, state = step(last, state)
        last = torch.tensor([int(row.argmax()) for row in logits])
        for b, word in enumerate(last.tolist()):
            over[b] = over[b] or word == eos
            if not over[b]:
                out[b].append(word)
    return out


# %% exercise=beam_search name=states-stay-behind
# en: The hypotheses change places and their states do not: whose state does each go on with?
# ko: 가설은 자리를 바꾸는데 상태는 그대로입니다. 각 가설은 누구의 상태로 이어 가나요?
def beam_search(step, state, bos, eos, k, max_len, alpha=0.7):
    beam, finished, ids = [([], 0.0)], [], torch.tensor([bos])
    for _ in range(max_len):
        log_p, state = step(ids, state)
        total = log_p + torch.tensor([[s] for _, s in beam], dtype=log_p.dtype)
        best, places = total.flatten().topk(min(k, total.numel()))
        rows, words = places // total.shape[1], places % total.shape[1]
        grown = [(beam[r][0] + [w], s) for r, w, s in zip(rows.tolist(), words.tolist(), best.tolist())]
        finished += [(w[:-1], s / len(w) ** alpha) for w, s in grown if w[-1] == eos]
        alive = [n for n, (w, _) in enumerate(grown) if w[-1] != eos]
        beam = [grown[n] for n in alive]
        if not beam:
            break
        kept = [min(n, len(total) - 1) for n in range(len(alive))]
        state, ids = tuple(part[kept] for part in state), words[alive]
    finished += [(w, s / len(w) ** alpha) for w, s in beam]
    return sorted(finished, key=lambda pair: -pair[1])


# %% exercise=beam_search name=last-word-only
# en: Only the newest word is scored: where are the logarithms of the words before it?
# ko: 가장 최근 단어만 점수에 들어갑니다. 앞 단어들의 로그 확률은 어디에 있나요?
def beam_search(step, state, bos, eos, k, max_len, alpha=0.7):
    beam, finished, ids = [([], 0.0)], [], torch.tensor([bos])
    for _ in range(max_len):
        total, state = step(ids, state)
        best, places = total.flatten().topk(min(k, total.numel()))
        rows, words = places // total.shape[1], places % total.shape[1]
        grown = [(beam[r][0] + [w], s) for r, w, s in zip(rows.tolist(), words.tolist(), best.tolist())]
        finished += [(w[:-1], s / len(w) ** alpha) for w, s in grown if w[-1] == eos]
        alive = [n for n, (w, _) in enumerate(grown) if w[-1] != eos]
        beam = [grown[n] for n in alive]
        if not beam:
            break
        state, ids = tuple(part[rows[alive]] for part in state), words[alive]
    finished += [(w, s / len(w) ** alpha) for w, s in beam]
    return sorted(finished, key=lambda pair: -pair[1])


# %% exercise=beam_search name=length-not-divided-by
# en: Scores of short and long hypotheses are compared as they are: what is alpha for?
# ko: 짧은 가설과 긴 가설의 점수를 그대로 비교합니다. alpha는 무엇을 위한 것일까요?
def beam_search(step, state, bos, eos, k, max_len, alpha=0.7):
    beam, finished, ids = [([], 0.0)], [], torch.tensor([bos])
    for _ in range(max_len):
        log_p, state = step(ids, state)
        total = log_p + torch.tensor([[s] for _, s in beam], dtype=log_p.dtype)
        best, places = total.flatten().topk(min(k, total.numel()))
        rows, words = places // total.shape[1], places % total.shape[1]
        grown = [(beam[r][0] + [w], s) for r, w, s in zip(rows.tolist(), words.tolist(), best.tolist())]
        finished += [(w[:-1], s) for w, s in grown if w[-1] == eos]
        alive = [n for n, (w, _) in enumerate(grown) if w[-1] != eos]
        beam = [grown[n] for n in alive]
        if not beam:
            break
        state, ids = tuple(part[rows[alive]] for part in state), words[alive]
    finished += [(w, s) for w, s in beam]
    return sorted(finished, key=lambda pair: -pair[1])


# %% exercise=beam_search name=end-not-counted
# en: The length is one too small where a hypothesis ended: does eos count?
# ko: 끝난 가설의 길이가 하나 작습니다. eos도 세나요?
def beam_search(step, state, bos, eos, k, max_len, alpha=0.7):
    beam, finished, ids = [([], 0.0)], [], torch.tensor([bos])
    for _ in range(max_len):
        log_p, state = step(ids, state)
        total = log_p + torch.tensor([[s] for _, s in beam], dtype=log_p.dtype)
        best, places = total.flatten().topk(min(k, total.numel()))
        rows, words = places // total.shape[1], places % total.shape[1]
        grown = [(beam[r][0] + [w], s) for r, w, s in zip(rows.tolist(), words.tolist(), best.tolist())]
        finished += [(w[:-1], s / max(1, len(w) - 1) ** alpha) for w, s in grown if w[-1] == eos]
        alive = [n for n, (w, _) in enumerate(grown) if w[-1] != eos]
        beam = [grown[n] for n in alive]
        if not beam:
            break
        state, ids = tuple(part[rows[alive]] for part in state), words[alive]
    finished += [(w, s / len(w) ** alpha) for w, s in beam]
    return sorted(finished, key=lambda pair: -pair[1])


# %% exercise=beam_search name=end-left-in
# en: The ids of finished hypotheses still carry eos at their end.
# ko: 끝난 가설의 번호 목록에 eos가 남아 있습니다.
def beam_search(step, state, bos, eos, k, max_len, alpha=0.7):
    beam, finished, ids = [([], 0.0)], [], torch.tensor([bos])
    for _ in range(max_len):
        log_p, state = step(ids, state)
        total = log_p + torch.tensor([[s] for _, s in beam], dtype=log_p.dtype)
        best, places = total.flatten().topk(min(k, total.numel()))
        rows, words = places // total.shape[1], places % total.shape[1]
        grown = [(beam[r][0] + [w], s) for r, w, s in zip(rows.tolist(), words.tolist(), best.tolist())]
        finished += [(w, s / len(w) ** alpha) for w, s in grown if w[-1] == eos]
        alive = [n for n, (w, _) in enumerate(grown) if w[-1] != eos]
        beam = [grown[n] for n in alive]
        if not beam:
            break
        state, ids = tuple(part[rows[alive]] for part in state), words[alive]
    finished += [(w, s / len(w) ** alpha) for w, s in beam]
    return sorted(finished, key=lambda pair: -pair[1])


# %% exercise=beam_search name=worst-first
# en: The list begins with the worst hypothesis: which end of a sorted list is the best?
# ko: 목록이 가장 나쁜 가설부터 시작합니다. 정렬한 목록의 어느 쪽이 가장 좋은가요?
def beam_search(step, state, bos, eos, k, max_len, alpha=0.7):
    beam, finished, ids = [([], 0.0)], [], torch.tensor([bos])
    for _ in range(max_len):
        log_p, state = step(ids, state)
        total = log_p + torch.tensor([[s] for _, s in beam], dtype=log_p.dtype)
        best, places = total.flatten().topk(min(k, total.numel()))
        rows, words = places // total.shape[1], places % total.shape[1]
        grown = [(beam[r][0] + [w], s) for r, w, s in zip(rows.tolist(), words.tolist(), best.tolist())]
        finished += [(w[:-1], s / len(w) ** alpha) for w, s in grown if w[-1] == eos]
        alive = [n for n, (w, _) in enumerate(grown) if w[-1] != eos]
        beam = [grown[n] for n in alive]
        if not beam:
            break
        state, ids = tuple(part[rows[alive]] for part in state), words[alive]
    finished += [(w, s / len(w) ** alpha) for w, s in beam]
    return sorted(finished, key=lambda pair: pair[1])


# %% exercise=beam_search name=unfinished-thrown-away
# en: What has not ended after the last step is lost: what does rule 4 say about it?
# ko: 마지막 단계까지 끝나지 않은 가설이 사라졌습니다. 규칙 4는 뭐라고 하나요?
def beam_search(step, state, bos, eos, k, max_len, alpha=0.7):
    beam, finished, ids = [([], 0.0)], [], torch.tensor([bos])
    for _ in range(max_len):
        log_p, state = step(ids, state)
        total = log_p + torch.tensor([[s] for _, s in beam], dtype=log_p.dtype)
        best, places = total.flatten().topk(min(k, total.numel()))
        rows, words = places // total.shape[1], places % total.shape[1]
        grown = [(beam[r][0] + [w], s) for r, w, s in zip(rows.tolist(), words.tolist(), best.tolist())]
        finished += [(w[:-1], s / len(w) ** alpha) for w, s in grown if w[-1] == eos]
        alive = [n for n, (w, _) in enumerate(grown) if w[-1] != eos]
        beam = [grown[n] for n in alive]
        if not beam:
            break
        state, ids = tuple(part[rows[alive]] for part in state), words[alive]
    return sorted(finished, key=lambda pair: -pair[1])


# %% exercise=beam_search name=k-for-each-row
# en: Each hypothesis keeps its own k words, so the beam grows: k of how many are kept in all?
# ko: 가설마다 k개씩 남겨서 빔이 계속 커집니다. 모두 합쳐 k개를 남겨야 하지 않나요?
def beam_search(step, state, bos, eos, k, max_len, alpha=0.7):
    beam, finished, ids = [([], 0.0)], [], torch.tensor([bos])
    for _ in range(max_len):
        log_p, state = step(ids, state)
        total = log_p + torch.tensor([[s] for _, s in beam], dtype=log_p.dtype)
        best, words = total.topk(min(2, k, total.shape[1]), dim=1)
        rows = torch.arange(len(total)).repeat_interleave(best.shape[1])
        best, words = best.flatten(), words.flatten()
        grown = [(beam[r][0] + [w], s) for r, w, s in zip(rows.tolist(), words.tolist(), best.tolist())]
        finished += [(w[:-1], s / len(w) ** alpha) for w, s in grown if w[-1] == eos]
        alive = [n for n, (w, _) in enumerate(grown) if w[-1] != eos][:500]
        beam = [grown[n] for n in alive]
        if not beam:
            break
        state, ids = tuple(part[rows[alive]] for part in state), words[alive]
    finished += [(w, s / len(w) ** alpha) for w, s in beam]
    return sorted(finished, key=lambda pair: -pair[1])[:200]


# %% exercise=beam_search name=always-greedy
# en: However wide the beam, one hypothesis survives: what does k decide?
# ko: 빔이 아무리 넓어도 가설 하나만 남습니다. k는 무엇을 정하나요?
def beam_search(step, state, bos, eos, k, max_len, alpha=0.7):
    words, total, ids = [], 0.0, torch.tensor([bos])
    for n in range(1, max_len + 1):
        log_p, state = step(ids, state)
        ids = log_p.argmax(1)
        total += log_p[0, ids[0]].item()
        if ids.item() == eos:
            return [(words, total / n**alpha)]
        words = words + ids.tolist()
    return [(words, total / max_len**alpha)]


# %% exercise=beam_search name=an-end-for-all
# en: What has not ended is divided as if it had: how many ids has a hypothesis without eos?
# ko: 끝나지 않은 가설도 끝난 것처럼 나눕니다. eos가 없는 가설의 번호는 몇 개인가요?
def beam_search(step, state, bos, eos, k, max_len, alpha=0.7):
    beam, done, ids = [([], 0.0)], [], torch.tensor([bos])
    for _ in range(max_len):
        lp, state = step(ids, state)
        total = lp + torch.tensor([s for _, s in beam], dtype=lp.dtype)[:, None]
        V = total.shape[1]
        val, place = total.flatten().topk(min(k, total.numel()))
        rows, words = place // V, place % V
        keep, new = [], []
        for r, w, s in zip(rows.tolist(), words.tolist(), val.tolist()):
            grown = beam[r][0] + [w]
            if w == eos:
                done.append((grown[:-1], s / len(grown) ** alpha))
            else:
                keep.append(r)
                new.append((grown, s))
        beam = new
        if not beam:
            break
        state = tuple(p[keep] for p in state)
        ids = torch.tensor([b[0][-1] for b in beam])
    done += [(h, s / (len(h) + 1) ** alpha) for h, s in beam]
    return sorted(done, key=lambda x: -x[1])


# %% exercise=beam_search name=k-that-go-on
# en: Finished hypotheses do not count among the k here: how many continuations does rule 2 take in all?
# ko: 끝난 가설을 k에 넣지 않습니다. 규칙 2는 모두 몇 개의 이어짐을 고르나요?
def beam_search(step, state, bos, eos, k, max_len, alpha=0.7):
    beam, done, ids = [([], 0.0)], [], torch.tensor([bos])
    for _ in range(max_len):
        lp, state = step(ids, state)
        total = lp + torch.tensor([s for _, s in beam], dtype=lp.dtype)[:, None]
        V = total.shape[1]
        val, place = total.flatten().topk(min(2 * k, total.numel()))
        rows, words = place // V, place % V
        keep, new = [], []
        for n, (r, w, s) in enumerate(zip(rows.tolist(), words.tolist(), val.tolist())):
            grown = beam[r][0] + [w]
            if w == eos and n < k:
                done.append((grown[:-1], s / len(grown) ** alpha))
            elif w != eos and len(new) < k:
                keep.append(r)
                new.append((grown, s))
        beam = new
        if not beam:
            break
        state = tuple(p[keep] for p in state)
        ids = torch.tensor([b[0][-1] for b in beam])
    done += [(h, s / len(h) ** alpha) for h, s in beam]
    return sorted(done, key=lambda x: -x[1])


# %% exercise=beam_search name=stops-with-k-ends
# en: It stops when k hypotheses have ended: when does rule 4 stop?
# ko: k개가 끝나면 멈춥니다. 규칙 4는 언제 멈추나요?
def beam_search(step, state, bos, eos, k, max_len, alpha=0.7):
    beam, done, ids = [([], 0.0)], [], torch.tensor([bos])
    for _ in range(max_len):
        lp, state = step(ids, state)
        total = lp + torch.tensor([s for _, s in beam], dtype=lp.dtype)[:, None]
        V = total.shape[1]
        val, place = total.flatten().topk(min(k, total.numel()))
        rows, words = place // V, place % V
        keep, new = [], []
        for r, w, s in zip(rows.tolist(), words.tolist(), val.tolist()):
            grown = beam[r][0] + [w]
            if w == eos:
                done.append((grown[:-1], s / len(grown) ** alpha))
            else:
                keep.append(r)
                new.append((grown, s))
        beam = new
        if not beam or len(done) >= k:
            break
        state = tuple(p[keep] for p in state)
        ids = torch.tensor([b[0][-1] for b in beam])
    done += [(h, s / len(h) ** alpha) for h, s in beam]
    return sorted(done, key=lambda x: -x[1])


# %% exercise=beam_search name=normalised-while-growing
# en: Sums are divided by a length at each step: when, and which hypotheses, are compared by length?
# ko: 합을 단계마다 길이로 나누고 있습니다. 길이로 비교하는 것은 언제, 어떤 가설인가요?
def beam_search(step, state, bos, eos, k, max_len, alpha=0.7):
    beam, done = [([], 0.0)], []
    ids = torch.tensor([bos])
    for _ in range(max_len):
        log_p, state = step(ids, state)
        V = log_p.shape[1]
        total = log_p + torch.tensor([s for _, s in beam])[:, None]
        best, places = total.flatten().topk(min(k, total.numel()))
        rows, words, new = [], [], []
        for value, place in zip(best.tolist(), places.tolist()):
            r, w = place // V, place % V
            grown = beam[r][0] + [w]
            if w == eos:
                done.append((grown[:-1], value))
            else:
                new.append((grown, value / len(grown) ** alpha))
                rows.append(r)
                words.append(w)
        beam = new
        if not beam:
            break
        state = tuple(part[rows] for part in state)
        ids = torch.tensor(words)
    done += [(g, v) for g, v in beam]
    return sorted(done, key=lambda pair: -pair[1])


# %% exercise=beam_search name=rows-and-words-exchanged
# en: A place in the flat table is taken apart wrongly: how long is one row of it?
# ko: 펼친 표의 자리를 잘못 나누었습니다. 한 행의 길이는 얼마인가요?
def beam_search(step, state, bos, eos, k, max_len, alpha=0.7):
    beam, done = [([], 0.0)], []
    ids = torch.tensor([bos])
    for _ in range(max_len):
        log_p, state = step(ids, state)
        V = log_p.shape[1]
        total = log_p + torch.tensor([s for _, s in beam])[:, None]
        best, places = total.flatten().topk(min(k, total.numel()))
        rows, words, new = [], [], []
        for value, place in zip(best.tolist(), places.tolist()):
            r, w = place % len(beam), place // len(beam)
            grown = beam[r][0] + [w]
            if w == eos:
                done.append((grown[:-1], value / len(grown) ** alpha))
            else:
                new.append((grown, value))
                rows.append(r)
                words.append(w)
        beam = new
        if not beam:
            break
        state = tuple(part[rows] for part in state)
        ids = torch.tensor(words)
    done += [(g, v / len(g) ** alpha) for g, v in beam]
    return sorted(done, key=lambda pair: -pair[1])


# %% exercise=beam_search name=state-of-the-best
# en: All hypotheses go on with the state of row 0: from which row of the old beam did each one come?
# ko: 모든 가설이 0번 행의 상태로 이어집니다. 각 가설은 이전 빔의 어느 행에서 왔나요?
def beam_search(step, state, bos, eos, k, max_len, alpha=0.7):
    beam, done, ids = [([], 0.0)], [], torch.tensor([bos])
    for _ in range(max_len):
        log_p, state = step(ids, state)
        total = log_p + torch.tensor([[s] for _, s in beam], dtype=log_p.dtype)
        best, places = total.flatten().topk(min(k, total.numel()))
        new = []
        for value, place in zip(best.tolist(), places.tolist()):
            r, w = divmod(place, total.shape[1])
            grown = beam[r][0] + [w]
            if w == eos:
                done.append((grown[:-1], value / len(grown) ** alpha))
            else:
                new.append((grown, value))
        beam = new
        if not beam:
            break
        ids = torch.tensor([words[-1] for words, _ in beam])
        state = tuple(part[[0] * len(beam)] for part in state)
    done += [(words, s / len(words) ** alpha) for words, s in beam]
    return sorted(done, key=lambda pair: -pair[1])


# %% exercise=beam_search name=more-than-there-are
# en: topk is asked for more numbers than there are: how many continuations has the first step, and what does rule 2 say in brackets?
# ko: topk에 있는 것보다 많은 수를 요구합니다. 첫 단계의 이어 쓰기는 몇 개이고, 규칙 2의 괄호에는 무엇이 있나요?
def beam_search(step, state, bos, eos, k, max_len, alpha=0.7):
    beam, finished, ids = [([], 0.0)], [], torch.tensor([bos])
    for _ in range(max_len):
        log_p, state = step(ids, state)
        total = log_p + torch.tensor([[s] for _, s in beam], dtype=log_p.dtype)
        best, places = total.flatten().topk(k)
        rows, words = places // total.shape[1], places % total.shape[1]
        grown = [(beam[r][0] + [w], s) for r, w, s in zip(rows.tolist(), words.tolist(), best.tolist())]
        finished += [(w[:-1], s / len(w) ** alpha) for w, s in grown if w[-1] == eos]
        alive = [n for n, (w, _) in enumerate(grown) if w[-1] != eos]
        beam = [grown[n] for n in alive]
        if not beam:
            break
        state, ids = tuple(part[rows[alive]] for part in state), words[alive]
    finished += [(w, s / len(w) ** alpha) for w, s in beam]
    return sorted(finished, key=lambda pair: -pair[1])


# %% exercise=beam_search name=sorted-by-plain-sums
# en: The scores are right, but they do not fall from first to last: by which numbers is the list sorted?
# ko: 점수는 맞지만 앞에서 뒤로 가며 작아지지 않습니다. 어떤 수로 정렬했나요?
def beam_search(step, state, bos, eos, k, max_len, alpha=0.7):
    beam, finished, ids = [([], 0.0)], [], torch.tensor([bos])
    for _ in range(max_len):
        log_p, state = step(ids, state)
        total = log_p + torch.tensor([[s] for _, s in beam], dtype=log_p.dtype)
        best, places = total.flatten().topk(min(k, total.numel()))
        rows, words = places // total.shape[1], places % total.shape[1]
        grown = [(beam[r][0] + [w], s) for r, w, s in zip(rows.tolist(), words.tolist(), best.tolist())]
        finished += [(w[:-1], s, len(w)) for w, s in grown if w[-1] == eos]
        alive = [n for n, (w, _) in enumerate(grown) if w[-1] != eos]
        beam = [grown[n] for n in alive]
        if not beam:
            break
        state, ids = tuple(part[rows[alive]] for part in state), words[alive]
    finished += [(w, s, len(w)) for w, s in beam]
    return [(w, s / n**alpha) for w, s, n in sorted(finished, key=lambda one: -one[1])]


# %% exercise=beam_search name=probabilities-multiplied
# en: Where log-probabilities are very low, things go wrong: what is exp of minus a thousand, and its logarithm?
# ko: 로그 확률이 아주 낮은 곳에서 틀립니다. -1000의 exp는 얼마이고, 그 로그는 얼마인가요?
def beam_search(step, state, bos, eos, k, max_len, alpha=0.7):
    beam, finished, ids = [([], 1.0)], [], torch.tensor([bos])
    for _ in range(max_len):
        log_p, state = step(ids, state)
        total = log_p.exp() * torch.tensor([[p] for _, p in beam], dtype=log_p.dtype)
        best, places = total.flatten().topk(min(k, total.numel()))
        rows, words = places // total.shape[1], places % total.shape[1]
        grown = [(beam[r][0] + [w], p) for r, w, p in zip(rows.tolist(), words.tolist(), best.tolist())]
        finished += [(w[:-1], math.log(p) / len(w) ** alpha) for w, p in grown if w[-1] == eos]
        alive = [n for n, (w, _) in enumerate(grown) if w[-1] != eos]
        beam = [grown[n] for n in alive]
        if not beam:
            break
        state, ids = tuple(part[rows[alive]] for part in state), words[alive]
    finished += [(w, math.log(p) / len(w) ** alpha) for w, p in beam]
    return sorted(finished, key=lambda pair: -pair[1])


# %% exercise=beam_search name=goes-on-with-an-empty-beam
# en: When the beam is empty step is still called, for nothing: what does rule 4 say?
# ko: 빔이 비어 있는데도 step을 계속 부릅니다. 규칙 4에는 무엇이라고 되어 있나요?
def beam_search(step, state, bos, eos, k, max_len, alpha=0.7):
    beam, finished, ids = [([], 0.0)], [], torch.tensor([bos])
    for _ in range(max_len):
        log_p, state = step(ids, state)
        sums = torch.tensor([s for _, s in beam], dtype=log_p.dtype)
        total = log_p + sums[:, None]
        best, places = total.flatten().topk(min(k, total.numel()))
        rows, words = places // total.shape[1], places % total.shape[1]
        grown = [(beam[r][0] + [w], s) for r, w, s in zip(rows.tolist(), words.tolist(), best.tolist())]
        finished += [(w[:-1], s / len(w) ** alpha) for w, s in grown if w[-1] == eos]
        alive = [n for n, (w, _) in enumerate(grown) if w[-1] != eos]
        beam = [grown[n] for n in alive]
        state, ids = tuple(part[rows[alive]] for part in state), words[alive]
    finished += [(w, s / len(w) ** alpha) for w, s in beam]
    return sorted(finished, key=lambda pair: -pair[1])


# %% exercise=beam_search variant=one-at-a-time
def beam_search(step, state, bos, eos, k, max_len, alpha=0.7):
    beam, finished = [([], 0.0, bos, state)], []
    for _ in range(max_len):
        grown = []
        for words, total, last, held in beam:
            log_p, moved = step(torch.tensor([last]), held)
            grown += [(words + [w], total + p, w, moved) for w, p in enumerate(log_p[0].tolist())]
        grown = sorted(grown, key=lambda item: item[1], reverse=True)[:k]
        finished += [item for item in grown if item[2] == eos]
        beam = [item for item in grown if item[2] != eos]
        if not beam:
            break
    scored = [([w for w in words if w != eos], total / len(words) ** alpha)
              for words, total, *_ in finished + beam]
    return sorted(scored, key=lambda pair: pair[1], reverse=True)


# %% exercise=beam_search variant=sorted-lists
def beam_search(step, state, bos, eos, k, max_len, alpha=0.7):
    hypotheses, scores, done = [[]], [0.0], []
    last = torch.full((1,), bos)
    for length in range(1, max_len + 1):
        log_p, state = step(last, state)
        choices = [
            (scores[n] + log_p[n, w].item(), n, w)
            for n in range(len(hypotheses)) for w in range(log_p.shape[1])
        ]
        choices = sorted(choices, reverse=True)[:k]
        done += [(hypotheses[n], s / length**alpha) for s, n, w in choices if w == eos]
        choices = [c for c in choices if c[2] != eos]
        hypotheses = [hypotheses[n] + [w] for _, n, w in choices]
        scores = [s for s, _, _ in choices]
        if not choices:
            break
        keep = torch.tensor([n for _, n, _ in choices])
        state = tuple(part.index_select(0, keep) for part in state)
        last = torch.tensor([w for _, _, w in choices])
    done += [(h, s / max_len**alpha) for h, s in zip(hypotheses, scores)]
    return sorted(done, key=lambda item: item[1])[::-1]


# %% exercise=bleu name=not-clipped
# en: A word that the reference has once counts again and again: what limits a match?
# ko: 참조 문장에 한 번 나온 단어가 여러 번 맞은 것으로 세어집니다. 무엇으로 제한해야 할까요?
def bleu(candidates, references):
    matched, counted, c, r = [0] * 4, [0] * 4, 0, 0
    for candidate, given in zip(candidates, references):
        c += len(candidate)
        r += min((abs(len(g) - len(candidate)), len(g)) for g in given)[1]
        for n in range(1, 5):
            grams = lambda x: Counter(tuple(x[i : i + n]) for i in range(len(x) - n + 1))
            mine, theirs = grams(candidate), [grams(g) for g in given]
            for gram, k in mine.items():
                matched[n - 1] += k * any(t[gram] for t in theirs)
                counted[n - 1] += k
    if min(matched) == 0:
        return 0.0
    precision = math.exp(sum(math.log(m / k) for m, k in zip(matched, counted)) / 4)
    return 100 * precision * math.exp(min(0, 1 - r / c))


# %% exercise=bleu name=no-brevity-penalty
# en: Half a translation can have a perfect precision, and nothing punishes it here: is there a penalty, and can it be below 1?
# ko: 절반만 번역해도 정밀도는 완벽할 수 있는데 벌을 받지 않습니다. 벌점이 있나요? 있다면 1보다 작아질 수 있나요?
def bleu(candidates, references):
    matched, counted = [0] * 4, [0] * 4
    for candidate, given in zip(candidates, references):
        for n in range(1, 5):
            grams = lambda x: Counter(tuple(x[i : i + n]) for i in range(len(x) - n + 1))
            mine, theirs = grams(candidate), [grams(g) for g in given]
            for gram, k in mine.items():
                matched[n - 1] += min(k, max(t[gram] for t in theirs))
                counted[n - 1] += k
    if min(matched) == 0:
        return 0.0
    return 100 * math.exp(sum(math.log(m / k) for m, k in zip(matched, counted)) / 4)


# %% exercise=bleu name=long-output-punished
# en: Output that is too long loses twice: which side of the penalty is always 1?
# ko: 너무 긴 번역이 두 번 벌을 받습니다. 벌점은 어느 쪽에서 항상 1인가요?
def bleu(candidates, references):
    matched, counted, c, r = [0] * 4, [0] * 4, 0, 0
    for candidate, given in zip(candidates, references):
        c += len(candidate)
        r += min((abs(len(g) - len(candidate)), len(g)) for g in given)[1]
        for n in range(1, 5):
            grams = lambda x: Counter(tuple(x[i : i + n]) for i in range(len(x) - n + 1))
            mine, theirs = grams(candidate), [grams(g) for g in given]
            for gram, k in mine.items():
                matched[n - 1] += min(k, max(t[gram] for t in theirs))
                counted[n - 1] += k
    if min(matched) == 0:
        return 0.0
    precision = math.exp(sum(math.log(m / k) for m, k in zip(matched, counted)) / 4)
    return 100 * precision * math.exp(-abs(1 - r / c))


# %% exercise=bleu name=arithmetic-mean
# en: The four precisions are added and divided by four: which mean does the formula take?
# ko: 네 정밀도를 더해서 4로 나눕니다. 식에서는 어떤 평균을 쓰나요?
def bleu(candidates, references):
    matched, counted, c, r = [0] * 4, [0] * 4, 0, 0
    for candidate, given in zip(candidates, references):
        c += len(candidate)
        r += min((abs(len(g) - len(candidate)), len(g)) for g in given)[1]
        for n in range(1, 5):
            grams = lambda x: Counter(tuple(x[i : i + n]) for i in range(len(x) - n + 1))
            mine, theirs = grams(candidate), [grams(g) for g in given]
            for gram, k in mine.items():
                matched[n - 1] += min(k, max(t[gram] for t in theirs))
                counted[n - 1] += k
    if min(matched) == 0:
        return 0.0
    return 100 * sum(m / k for m, k in zip(matched, counted)) / 4 * math.exp(min(0, 1 - r / c))


# %% exercise=bleu name=mean-of-sentences
# en: One short sentence without a 4-gram spoils a mean of sentence scores: sum first, then divide.
# ko: 문장별 점수의 평균은 짧은 문장 하나에 망가집니다. 먼저 더하고 나중에 나누세요.
def bleu(candidates, references):
    scores = []
    for candidate, given in zip(candidates, references):
        p = []
        for n in range(1, 5):
            grams = lambda x: Counter(tuple(x[i : i + n]) for i in range(len(x) - n + 1))
            mine, theirs = grams(candidate), [grams(g) for g in given]
            hits = sum(min(k, max(t[gram] for t in theirs)) for gram, k in mine.items())
            p.append(hits / max(1, sum(mine.values())))
        r = min((abs(len(g) - len(candidate)), len(g)) for g in given)[1]
        low = min(p) == 0
        scores.append(0 if low else math.prod(p) ** 0.25 * math.exp(min(0, 1 - r / len(candidate))))
    return 100 * sum(scores) / len(scores)


# %% exercise=bleu name=first-reference-only
# en: Other references are given and not asked: against how many may an n-gram match?
# ko: 다른 참조 문장도 있는데 첫 번째만 봅니다. n그램은 몇 개의 참조와 비교할 수 있나요?
def bleu(candidates, references):
    matched, counted, c, r = [0] * 4, [0] * 4, 0, 0
    for candidate, given in zip(candidates, references):
        c, r = c + len(candidate), r + len(given[0])
        for n in range(1, 5):
            grams = lambda x: Counter(tuple(x[i : i + n]) for i in range(len(x) - n + 1))
            mine, theirs = grams(candidate), grams(given[0])
            matched[n - 1] += (mine & theirs).total()
            counted[n - 1] += mine.total()
    if min(matched) == 0:
        return 0.0
    precision = math.exp(sum(math.log(m / k) for m, k in zip(matched, counted)) / 4)
    return 100 * precision * math.exp(min(0, 1 - r / c))


# %% exercise=bleu name=shortest-reference-counts
# en: The penalty compares with the shortest reference: which length is asked for?
# ko: 벌점이 가장 짧은 참조와 비교합니다. 어떤 길이를 써야 하나요?
def bleu(candidates, references):
    matched, counted, c, r = [0] * 4, [0] * 4, 0, 0
    for candidate, given in zip(candidates, references):
        c, r = c + len(candidate), r + min(map(len, given))
        for n in range(1, 5):
            grams = lambda x: Counter(tuple(x[i : i + n]) for i in range(len(x) - n + 1))
            mine, theirs = grams(candidate), [grams(g) for g in given]
            for gram, k in mine.items():
                matched[n - 1] += min(k, max(t[gram] for t in theirs))
                counted[n - 1] += k
    if min(matched) == 0:
        return 0.0
    precision = math.exp(sum(math.log(m / k) for m, k in zip(matched, counted)) / 4)
    return 100 * precision * math.exp(min(0, 1 - r / c))


# %% exercise=bleu name=references-added-up
# en: Counts of several references are added: the limit is the largest of them, not the sum.
# ko: 여러 참조의 횟수를 더했습니다. 제한은 합이 아니라 가장 큰 값입니다.
def bleu(candidates, references):
    matched, counted, c, r = [0] * 4, [0] * 4, 0, 0
    for candidate, given in zip(candidates, references):
        c += len(candidate)
        r += min((abs(len(g) - len(candidate)), len(g)) for g in given)[1]
        for n in range(1, 5):
            grams = lambda x: Counter(tuple(x[i : i + n]) for i in range(len(x) - n + 1))
            mine, theirs = grams(candidate), [grams(g) for g in given]
            for gram, k in mine.items():
                matched[n - 1] += min(k, sum(t[gram] for t in theirs))
                counted[n - 1] += k
    if min(matched) == 0:
        return 0.0
    precision = math.exp(sum(math.log(m / k) for m, k in zip(matched, counted)) / 4)
    return 100 * precision * math.exp(min(0, 1 - r / c))


# %% exercise=bleu name=share-of-one
# en: The number lies between 0 and 1: on which scale is BLEU reported here?
# ko: 값이 0과 1 사이에 있습니다. 여기에서 BLEU는 어떤 척도로 나타내나요?
def bleu(candidates, references):
    matched, counted, c, r = [0] * 4, [0] * 4, 0, 0
    for candidate, given in zip(candidates, references):
        c += len(candidate)
        r += min((abs(len(g) - len(candidate)), len(g)) for g in given)[1]
        for n in range(1, 5):
            grams = lambda x: Counter(tuple(x[i : i + n]) for i in range(len(x) - n + 1))
            mine, theirs = grams(candidate), [grams(g) for g in given]
            for gram, k in mine.items():
                matched[n - 1] += min(k, max(t[gram] for t in theirs))
                counted[n - 1] += k
    if min(matched) == 0:
        return 0.0
    precision = math.exp(sum(math.log(m / k) for m, k in zip(matched, counted)) / 4)
    return precision * math.exp(min(0, 1 - r / c))


# %% exercise=bleu name=penalty-for-each
# en: The length of each candidate is cut to its reference's: a long sentence may make up for a short one.
# ko: 각 후보의 길이를 참조 길이로 자릅니다. 긴 문장이 짧은 문장을 메워도 됩니다.
def bleu(candidates, references):
    def grams(x, n):
        return Counter(tuple(x[i : i + n]) for i in range(len(x) - n + 1))
    m, t, c, r = [0] * 4, [0] * 4, 0, 0
    for cand, refs in zip(candidates, references):
        near = min((abs(len(x) - len(cand)), len(x)) for x in refs)[1]
        c, r = c + min(len(cand), near), r + near
        for n in range(4):
            mine, allowed = grams(cand, n + 1), Counter()
            for x in refs:
                allowed |= grams(x, n + 1)
            m[n] += (mine & allowed).total()
            t[n] += mine.total()
    if min(m) == 0:
        return 0.0
    bp = 1 if c >= r else math.exp(1 - r / c)
    return 100 * bp * math.exp(sum(math.log(a / b) for a, b in zip(m, t)) / 4)


# %% exercise=bleu name=short-ones-left-out
# en: Candidates of fewer than four tokens are left out: which sums do their shorter n-grams and their length belong to?
# ko: 토큰이 넷보다 적은 후보를 뺐습니다. 그 짧은 n-그램과 길이는 어느 합에 들어가나요?
def bleu(candidates, references):
    def grams(x, n):
        return Counter(tuple(x[i : i + n]) for i in range(len(x) - n + 1))
    m, t, c, r = [0] * 4, [0] * 4, 0, 0
    for cand, refs in zip(candidates, references):
        if len(cand) < 4:
            continue
        c += len(cand)
        r += min((abs(len(x) - len(cand)), len(x)) for x in refs)[1]
        for n in range(4):
            mine, allowed = grams(cand, n + 1), Counter()
            for x in refs:
                allowed |= grams(x, n + 1)
            m[n] += (mine & allowed).total()
            t[n] += mine.total()
    if min(m) == 0:
        return 0.0
    bp = 1 if c >= r else math.exp(1 - r / c)
    return 100 * bp * math.exp(sum(math.log(a / b) for a, b in zip(m, t)) / 4)


# %% exercise=bleu name=smoothed
# en: A precision of 0 becomes a small number here: what does the last bullet say?
# ko: 정밀도 0을 작은 수로 바꿉니다. 마지막 항목은 무엇이라고 하나요?
def bleu(candidates, references):
    def grams(x, n):
        return Counter(tuple(x[i : i + n]) for i in range(len(x) - n + 1))
    m, t, c, r = [0] * 4, [0] * 4, 0, 0
    for cand, refs in zip(candidates, references):
        c += len(cand)
        r += min((abs(len(x) - len(cand)), len(x)) for x in refs)[1]
        for n in range(4):
            mine, allowed = grams(cand, n + 1), Counter()
            for x in refs:
                allowed |= grams(x, n + 1)
            m[n] += (mine & allowed).total()
            t[n] += mine.total()
    if min(t) == 0:
        return 0.0
    bp = 1 if c >= r else math.exp(1 - r / c)
    return 100 * bp * math.exp(sum(math.log(max(a, 1e-3) / b) for a, b in zip(m, t)) / 4)


# %% exercise=bleu name=divided-by-references
# en: Matches are divided by what the references hold: whose n-grams stand below the line?
# ko: 맞은 수를 참조문의 n-그램 수로 나누었습니다. 분모는 누구의 n-그램인가요?
def bleu(candidates, references):
    def grams(x, n):
        return Counter(tuple(x[i : i + n]) for i in range(len(x) - n + 1))
    matched, counted = [0] * 4, [0] * 4
    c = r = 0
    for cand, refs in zip(candidates, references):
        c += len(cand)
        r += min((len(ref) for ref in refs), key=lambda L: (abs(L - len(cand)), L))
        for n in range(1, 5):
            mine = grams(cand, n)
            allowed = Counter()
            for ref in refs:
                allowed |= grams(ref, n)
            matched[n - 1] += sum((mine & allowed).values())
            counted[n - 1] += sum(allowed.values())
    if min(matched) == 0:
        return 0.0
    mean = sum(math.log(m / t) for m, t in zip(matched, counted)) / 4
    penalty = 1.0 if c >= r else math.exp(1 - r / c)
    return 100 * penalty * math.exp(mean)


# %% exercise=bleu name=each-kind-once
# en: An n-gram counts once, however often it comes: are kinds counted, or occurrences?
# ko: n-그램이 몇 번 나오든 한 번만 셉니다. 종류를 세나요, 나온 횟수를 세나요?
def bleu(candidates, references):
    def grams(x, n):
        return Counter(set(tuple(x[i : i + n]) for i in range(len(x) - n + 1)))
    matched, counted = [0] * 4, [0] * 4
    c = r = 0
    for cand, refs in zip(candidates, references):
        c += len(cand)
        r += min((len(ref) for ref in refs), key=lambda L: (abs(L - len(cand)), L))
        for n in range(1, 5):
            mine = grams(cand, n)
            allowed = Counter()
            for ref in refs:
                allowed |= grams(ref, n)
            matched[n - 1] += sum((mine & allowed).values())
            counted[n - 1] += sum(mine.values())
    if min(matched) == 0:
        return 0.0
    mean = sum(math.log(m / t) for m, t in zip(matched, counted)) / 4
    penalty = 1.0 if c >= r else math.exp(1 - r / c)
    return 100 * penalty * math.exp(mean)


# %% exercise=bleu name=penalty-upside-down
# en: Brevity raises the score here: which length stands above the line in the exponent?
# ko: 짧을수록 점수가 오릅니다. 지수의 분자는 어느 쪽 길이인가요?
def bleu(candidates, references):
    def grams(x, n):
        return Counter(tuple(x[i : i + n]) for i in range(len(x) - n + 1))
    matched, counted = [0] * 4, [0] * 4
    c = r = 0
    for cand, refs in zip(candidates, references):
        c += len(cand)
        r += min((len(ref) for ref in refs), key=lambda L: (abs(L - len(cand)), L))
        for n in range(1, 5):
            mine = grams(cand, n)
            allowed = Counter()
            for ref in refs:
                allowed |= grams(ref, n)
            matched[n - 1] += sum((mine & allowed).values())
            counted[n - 1] += sum(mine.values())
    if min(matched) == 0:
        return 0.0
    mean = sum(math.log(m / t) for m, t in zip(matched, counted)) / 4
    penalty = 1.0 if c >= r else math.exp(1 - c / r)
    return 100 * penalty * math.exp(mean)


# %% exercise=bleu name=length-rewarded
# en: The penalty is above 1 where the candidates are long: what is it there?
# ko: 후보가 길 때 벌점이 1을 넘습니다. 그때는 얼마여야 하나요?
def bleu(candidates, references):
    def grams(x, n):
        return Counter(tuple(x[i : i + n]) for i in range(len(x) - n + 1))
    matched, counted = [0] * 4, [0] * 4
    c = r = 0
    for cand, refs in zip(candidates, references):
        c += len(cand)
        r += min((len(ref) for ref in refs), key=lambda L: (abs(L - len(cand)), L))
        for n in range(1, 5):
            mine = grams(cand, n)
            allowed = Counter()
            for ref in refs:
                allowed |= grams(ref, n)
            matched[n - 1] += sum((mine & allowed).values())
            counted[n - 1] += sum(mine.values())
    if min(matched) == 0:
        return 0.0
    mean = sum(math.log(m / t) for m, t in zip(matched, counted)) / 4
    penalty = math.exp(1 - r / c)
    return 100 * penalty * math.exp(mean)


# %% exercise=bleu name=fewer-than-none
# en: A short candidate takes n-grams away from the corpus: how many 4-grams has a text of two tokens, and how many an empty one?
# ko: 짧은 후보가 말뭉치의 n-gram 수를 줄입니다. 토큰이 둘인 글에는 4-gram이 몇 개이고, 빈 글에는 몇 개인가요?
def bleu(candidates, references):
    matched, counted, c, r = [0] * 4, [0] * 4, 0, 0
    for candidate, given in zip(candidates, references):
        c += len(candidate)
        r += min((abs(len(g) - len(candidate)), len(g)) for g in given)[1]
        for n in range(1, 5):
            grams = lambda x: Counter(tuple(x[i : i + n]) for i in range(len(x) - n + 1))
            theirs = [grams(g) for g in given]
            for gram, k in grams(candidate).items():
                matched[n - 1] += min(k, max(t[gram] for t in theirs))
            counted[n - 1] += len(candidate) - n + 1
    if min(matched) == 0:
        return 0.0
    precision = math.exp(sum(math.log(m / k) for m, k in zip(matched, counted)) / 4)
    return 100 * precision * math.exp(min(0, 1 - r / c))


# %% exercise=bleu name=longer-of-equally-near
# en: Of two references equally near in length the other one counts: which does the text choose?
# ko: 길이가 똑같이 가까운 두 참조 중에서 다른 쪽을 썼습니다. 본문에서는 어느 쪽을 고르나요?
def bleu(candidates, references):
    matched, counted, c, r = [0] * 4, [0] * 4, 0, 0
    for candidate, given in zip(candidates, references):
        c += len(candidate)
        r += len(min(given, key=lambda g: abs(len(g) - len(candidate))))
        for n in range(1, 5):
            grams = lambda x: Counter(tuple(x[i : i + n]) for i in range(len(x) - n + 1))
            mine, theirs = grams(candidate), [grams(g) for g in given]
            for gram, k in mine.items():
                matched[n - 1] += min(k, max(t[gram] for t in theirs))
                counted[n - 1] += k
    if min(matched) == 0:
        return 0.0
    precision = math.exp(sum(math.log(m / k) for m, k in zip(matched, counted)) / 4)
    return 100 * precision * math.exp(min(0, 1 - r / c))


# %% exercise=bleu name=one-reference-limits-all
# en: All n-grams of a sentence are matched with one and the same reference: over which references does the max in the formula go?
# ko: 한 문장의 n-gram을 모두 같은 참조 하나와 맞추었습니다. 식의 max는 어떤 참조들에 대한 것인가요?
def bleu(candidates, references):
    matched, counted, c, r = [0] * 4, [0] * 4, 0, 0
    for candidate, given in zip(candidates, references):
        c += len(candidate)
        r += min((abs(len(g) - len(candidate)), len(g)) for g in given)[1]
        for n in range(1, 5):
            grams = lambda x: Counter(tuple(x[i : i + n]) for i in range(len(x) - n + 1))
            mine = grams(candidate)
            matched[n - 1] += max(sum((mine & grams(g)).values()) for g in given)
            counted[n - 1] += sum(mine.values())
    if min(matched) == 0:
        return 0.0
    precision = math.exp(sum(math.log(m / k) for m, k in zip(matched, counted)) / 4)
    return 100 * precision * math.exp(min(0, 1 - r / c))


# %% exercise=bleu name=clipped-over-the-corpus
# en: A sentence is credited with n-grams that only the reference of another one has: over what does the minimum go, and what is summed afterwards?
# ko: 다른 문장의 참조에만 있는 n-gram도 맞은 것으로 셉니다. 최솟값은 무엇마다 구하고, 그다음에 무엇을 더하나요?
def bleu(candidates, references):
    c = sum(map(len, candidates))
    r = sum(min((abs(len(g) - len(x)), len(g)) for g in given)[1] for x, given in zip(candidates, references))
    logs = 0.0
    for n in range(1, 5):
        grams = lambda x: Counter(tuple(x[i : i + n]) for i in range(len(x) - n + 1))
        mine, theirs = Counter(), Counter()
        for candidate, given in zip(candidates, references):
            mine += grams(candidate)
            most = Counter()
            for g in given:
                most |= grams(g)
            theirs += most
        m, k = sum((mine & theirs).values()), sum(mine.values())
        if m == 0:
            return 0.0
        logs += math.log(m / k) / 4
    return 100 * math.exp(logs + min(0, 1 - r / c))


# %% exercise=bleu name=tokens-joined
# en: Different tokens give the same n-gram once they are joined: what keeps them apart, as they are?
# ko: 서로 다른 토큰이 이어 붙이고 나면 같은 n-gram이 됩니다. 무엇을 써야 토큰이 그대로 나뉘어 있을까요?
def bleu(candidates, references):
    matched, counted, c, r = [0] * 4, [0] * 4, 0, 0
    for candidate, given in zip(candidates, references):
        c += len(candidate)
        r += min((abs(len(g) - len(candidate)), len(g)) for g in given)[1]
        for n in range(1, 5):
            grams = lambda x: Counter("".join(x[i : i + n]) for i in range(len(x) - n + 1))
            mine, theirs = grams(candidate), [grams(g) for g in given]
            for gram, k in mine.items():
                matched[n - 1] += min(k, max(t[gram] for t in theirs))
                counted[n - 1] += k
    if min(matched) == 0:
        return 0.0
    precision = math.exp(sum(math.log(m / k) for m, k in zip(matched, counted)) / 4)
    return 100 * precision * math.exp(min(0, 1 - r / c))


# %% exercise=bleu variant=counters
def bleu(candidates, references):
    matched, counted = np.zeros(4), np.zeros(4)
    c = sum(len(x) for x in candidates)
    r = 0
    for candidate, given in zip(candidates, references):
        r += len(min(given, key=lambda ref: (abs(len(ref) - len(candidate)), len(ref))))
        for n in range(4):
            def grams(x):
                return Counter(tuple(x[i : i + n + 1]) for i in range(len(x) - n))
            allowed = Counter()
            for ref in given:
                allowed |= grams(ref)
            mine = grams(candidate)
            matched[n] += sum((mine & allowed).values())
            counted[n] += sum(mine.values())
    if c == 0 or (matched == 0).any():
        return 0.0
    penalty = 1.0 if c >= r else math.exp(1 - r / c)
    return float(100 * penalty * np.exp(np.log(matched / counted).mean()))


# %% exercise=bleu variant=product-and-root
def bleu(candidates, references):
    product, c, r = 1.0, 0, 0
    for n in (1, 2, 3, 4):
        hits = all_of_them = 0
        for candidate, given in zip(candidates, references):
            cut = [[" ".join(x[i : i + n]) for i in range(len(x) - n + 1)] for x in [candidate, *given]]
            for gram in set(cut[0]):
                hits += min(cut[0].count(gram), max(x.count(gram) for x in cut[1:]))
            all_of_them += len(cut[0])
        product *= hits / all_of_them if all_of_them else 0.0
    for candidate, given in zip(candidates, references):
        c += len(candidate)
        r += sorted((abs(len(x) - len(candidate)), len(x)) for x in given)[0][1]
    return 0.0 if product == 0 else 100 * product**0.25 * min(1.0, math.exp(1 - r / c))


# %% exercise=alignment_accuracy name=unlinked-counted
# en: Padding and the end of a sentence have no link: are they in the denominator?
# ko: 패딩과 문장의 끝에는 연결이 없습니다. 분모에 들어가 있나요?
def alignment_accuracy(weights, links):
    top = weights.argmax(2, keepdim=True)
    return links.gather(2, top).sum().item() / max(1, links.shape[0] * links.shape[1])


# %% exercise=alignment_accuracy name=mean-of-sentences
# en: Each sentence counts alike here, however short: should each word?
# ko: 문장의 길이와 상관없이 문장마다 똑같이 셉니다. 단어마다 세어야 하지 않나요?
def alignment_accuracy(weights, links):
    hit = links.gather(2, weights.argmax(2, keepdim=True))[:, :, 0].sum(1)
    known = links.any(2).sum(1)
    shares = [(h / k).item() for h, k in zip(hit, known) if k > 0]
    return sum(shares) / max(1, len(shares))


# %% exercise=alignment_accuracy name=wrong-axis
# en: The largest weight is sought among the target words: who chooses from whom?
# ko: 목표 단어들 중에서 가장 큰 가중치를 찾고 있습니다. 누가 무엇을 고르나요?
def alignment_accuracy(weights, links):
    top = weights.argmax(1, keepdim=True)
    return links.gather(1, top).sum().item() / max(1, links.any(2).sum().item())


# %% exercise=alignment_accuracy name=weight-on-links
# en: All weight on linked places is added up: only the place of the largest was asked for.
# ko: 연결된 위치의 가중치를 모두 더했습니다. 가장 큰 곳이 어디인지만 보면 됩니다.
def alignment_accuracy(weights, links):
    return (weights * links).sum().item() / max(1, links.any(2).sum().item())


# %% exercise=alignment_accuracy name=links-counted
# en: A word with two links cannot look at both: what is counted below the fraction line?
# ko: 연결이 둘인 단어가 두 곳을 모두 볼 수는 없습니다. 분모에서 무엇을 세나요?
def alignment_accuracy(weights, links):
    top = weights.argmax(2, keepdim=True)
    return links.gather(2, top).sum().item() / max(1, links.sum().item())


# %% exercise=alignment_accuracy name=first-link-only
# en: A word may have several links, and any of them is right: you compare with one.
# ko: 한 단어에 연결이 여러 개일 수 있고 그중 어느 것이든 맞습니다. 하나와만 비교하고 있습니다.
def alignment_accuracy(weights, links):
    known = links.any(2)
    hit = (weights.argmax(2) == links.int().argmax(2)) & known
    return hit.sum().item() / max(1, known.sum().item())


# %% exercise=alignment_accuracy name=more-than-half
# en: The weight on the linked places must pass one half to count here. Where is the largest weight of the row: on a link or not?
# ko: 연결된 위치의 가중치가 절반을 넘어야만 셉니다. 한 행에서 가장 큰 가중치는 연결된 곳에 있나요, 아닌가요?
def alignment_accuracy(weights, links):
    has = links.any(2)
    hit = (weights * links).sum(2) > 0.5
    return (hit & has).sum().item() / max(1, has.sum().item())


# %% exercise=alignment_accuracy name=unlinked-looks-at-zero
# en: What does argmax say of a row without a single True, and is that word asked about?
# ko: True가 하나도 없는 행에서 argmax는 무엇인가요? 그 단어도 세어야 하나요?
def alignment_accuracy(weights, links):
    ok = weights.argmax(2) == links.int().argmax(2)
    return ok.float().mean().item() if links.any() else 0.0


# %% exercise=alignment_accuracy name=stops-at-a-word-without-link
# en: What stands behind the first word without a link is not counted: can such a word stand in the middle?
# ko: 연결이 없는 첫 단어 뒤의 것은 세지 않습니다. 그런 단어가 문장 가운데에 있을 수도 있지 않을까요?
def alignment_accuracy(weights, links):
    known = links.any(2).int().cumprod(1).bool()
    hit = links.gather(2, weights.argmax(2, keepdim=True))[:, :, 0] & known
    return hit.sum().item() / max(1, known.sum().item())


# %% exercise=alignment_accuracy name=links-of-the-first-sentence
# en: All sentences are compared with the links of the first: which index says whose links are read?
# ko: 모든 문장을 첫 문장의 연결과 비교합니다. 누구의 연결을 읽는지는 어느 인덱스가 말해 주나요?
def alignment_accuracy(weights, links):
    top = weights.argmax(2)
    hit = links[0][torch.arange(top.shape[1]), top] & links.any(2)
    return hit.sum().item() / max(1, links.any(2).sum().item())


# %% exercise=alignment_accuracy name=view-of-a-transpose
# en: A table may be a transpose, whose numbers do not lie in a row: view asks for that. What does reshape do?
# ko: 표는 전치된 뷰일 수 있어서 수가 차례로 놓여 있지 않습니다. view는 그것을 요구합니다. reshape는 어떻게 하나요?
def alignment_accuracy(weights, links):
    T = weights.shape[2]
    w, g = weights.view(-1, T), links.view(-1, T)
    hit = g[torch.arange(len(w)), w.argmax(1)]
    return hit.sum().item() / max(1, g.any(1).sum().item())


# %% exercise=alignment_accuracy name=share-as-a-tensor
# en: The share is right, but it is still a tensor: what turns a tensor of one number into a float?
# ko: 비율은 맞지만 아직 텐서입니다. 수가 하나인 텐서를 float로 바꾸는 것은 무엇인가요?
def alignment_accuracy(weights, links):
    hit = links.gather(2, weights.argmax(2, keepdim=True))
    return hit.sum() / links.any(2).sum().clamp(min=1)


# %% exercise=alignment_accuracy name=link-without-weight
# en: A word is a hit although its largest weight lies elsewhere: its link has the weight 0. What does argmax say of a row of zeros?
# ko: 가장 큰 가중치가 다른 곳에 있는데도 맞은 것으로 셉니다. 연결된 곳의 가중치가 0입니다. 모두 0인 행에서 argmax는 무엇인가요?
def alignment_accuracy(weights, links):
    known = links.any(2)
    hit = ((weights * links).argmax(2) == weights.argmax(2)) & known
    return hit.sum().item() / max(1, known.sum().item())


# %% exercise=alignment_accuracy variant=one-hot
def alignment_accuracy(weights, links):
    known = links.any(-1)
    if not known.any():
        return 0.0
    looked = F.one_hot(weights.argmax(-1), weights.shape[-1]).bool()
    return (looked & links).any(-1)[known].float().mean().item()


# %% exercise=alignment_accuracy variant=loop
def alignment_accuracy(weights, links):
    right = asked = 0
    for w, g in zip(weights.flatten(0, 1), links.flatten(0, 1)):
        if g.any():
            asked += 1
            right += bool(g[w.argmax()])
    return right / asked if asked else 0.0


# %% exercise=beam_search survivor=`1` -> `-1` in `return sorted(finished, key=lambda pair: -pair[1])`
# why: Equivalent: a pair's second and last entry are the same.

# %% exercise=bleu survivor=`len(one) - len(candidate)` -> `len(candidate) - len(one)` in `r += len(min(given, key=lambda one: (abs(len(one) - len(candidate)), len(one))))`
# why: Equivalent: the absolute value follows.

# %% exercise=alignment_accuracy survivor=`links.any(2)` -> `links.any(2, keepdim=True)` in `return hit.sum().item() / max(1, links.any(2).sum().item())`
# why: Equivalent: the sum goes over all axes.
