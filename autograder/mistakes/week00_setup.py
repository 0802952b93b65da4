"""Known mistakes and correct variants of week 00. Each runs after the reference's own cell."""

# %% exercise=stable_softmax name=no-max-subtraction
# en: Large logits give nan. What is exp(10000) in a computer, and what may you take away first?
# ko: 로짓이 크면 nan이 나옵니다. 컴퓨터에서 exp(10000)은 얼마일까요? 그 전에 무엇을 빼도 될까요?
def stable_softmax(logits, temperature=1.0):
    exps = torch.exp(logits / temperature)
    return exps / exps.sum(dim=-1, keepdim=True)


# %% exercise=stable_softmax name=batch-axis
# en: Your columns sum to 1, not your rows. Which axis holds the choices?
# ko: 행이 아니라 열의 합이 1입니다. 선택지는 어느 축에 놓여 있나요?
def stable_softmax(logits, temperature=1.0):
    z = logits / temperature
    exps = torch.exp(z - z.max(dim=0, keepdim=True).values)
    return exps / exps.sum(dim=0, keepdim=True)


# %% exercise=stable_softmax name=one-max-for-all-rows
# en: A row far below the others underflows to 0/0. Does each row need a maximum of its own?
# ko: 다른 행보다 훨씬 작은 행이 0/0이 됩니다. 최댓값은 행마다 따로 구해야 하지 않을까요?
def stable_softmax(logits, temperature=1.0):
    z = logits / temperature
    exps = torch.exp(z - z.max())
    return exps / exps.sum(dim=-1, keepdim=True)


# %% exercise=stable_softmax name=temperature-multiplies
# en: A high temperature makes your model surer of itself. Should it not be the other way round?
# ko: 온도를 높일수록 모델이 더 확신합니다. 반대가 되어야 하지 않을까요?
def stable_softmax(logits, temperature=1.0):
    z = logits * temperature
    exps = torch.exp(z - z.max(dim=-1, keepdim=True).values)
    return exps / exps.sum(dim=-1, keepdim=True)


# %% exercise=stable_softmax name=temperature-after-softmax
# en: With a temperature your rows no longer sum to 1. What does the temperature divide?
# ko: 온도를 주면 행의 합이 1이 아닙니다. 온도로 나누는 대상은 무엇인가요?
def stable_softmax(logits, temperature=1.0):
    exps = torch.exp(logits - logits.max(dim=-1, keepdim=True).values)
    return exps / exps.sum(dim=-1, keepdim=True) / temperature


# %% exercise=stable_softmax name=one-sum-for-all-rows
# en: The whole tensor sums to 1, but each row should. Over which axis do you add?
# ko: 텐서 전체의 합이 1입니다. 행마다 합이 1이어야 합니다. 어느 축을 따라 더했나요?
def stable_softmax(logits, temperature=1.0):
    z = logits / temperature
    exps = torch.exp(z - z.max(dim=-1, keepdim=True).values)
    return exps / exps.sum()


# %% exercise=stable_softmax name=shift-leaves-a-large-exponent
# en: In a row whose logits are far apart exp still overflows. What do you take away, and how large is the largest exponent then?
# ko: 로짓이 서로 멀리 떨어진 행에서 exp가 여전히 넘칩니다. 무엇을 뺐고, 그러면 가장 큰 지수는 얼마나 되나요?
def stable_softmax(logits, temperature=1.0):
    finite = logits.masked_fill(logits.isinf(), 0.0)
    z = (logits - finite.mean(dim=-1, keepdim=True)) / temperature
    exps = torch.exp(z)
    return exps / exps.sum(dim=-1, keepdim=True)


# %% exercise=stable_softmax variant=log-space
def stable_softmax(logits, temperature=1.0):
    z = logits / temperature
    return torch.exp(z - torch.logsumexp(z, dim=-1, keepdim=True))


# %% exercise=stable_softmax variant=library
def stable_softmax(logits, temperature=1.0):
    return torch.softmax(logits / temperature, dim=-1)


# %% exercise=stable_softmax variant=loop-over-rows
def stable_softmax(logits, temperature=1.0):
    out = torch.empty_like(logits)
    for index in np.ndindex(*logits.shape[:-1]):
        row = logits[index] / temperature
        exps = torch.exp(row - max(row))
        out[index] = exps / sum(exps)
    return out


# %% exercise=cross_entropy name=base-two
# en: Your loss is in bits. Which logarithm belongs to nats, and to exp?
# ko: 손실의 단위가 비트입니다. 내트(nat)와 exp에 맞는 로그는 어느 것일까요?
def cross_entropy(logits, targets):
    rows = torch.arange(len(targets))
    log_p = logits[rows, targets] - torch.logsumexp(logits, dim=-1)
    return -log_p.mean() / math.log(2)


# %% exercise=cross_entropy name=sum-not-mean
# en: Your loss grows with the number of rows. What should you do with the N single losses?
# ko: 행이 많아질수록 손실이 커집니다. N개의 손실을 어떻게 하나의 수로 만들어야 할까요?
def cross_entropy(logits, targets):
    rows = torch.arange(len(targets))
    return -(logits[rows, targets] - torch.logsumexp(logits, dim=-1)).sum()


# %% exercise=cross_entropy name=minus-sign-lost
# en: Your loss is negative. A logarithm of a probability is never above 0: what turns the sign?
# ko: 손실이 음수입니다. 확률의 로그는 0보다 클 수 없습니다. 부호는 어디에서 바뀌나요?
def cross_entropy(logits, targets):
    rows = torch.arange(len(targets))
    return (logits[rows, targets] - torch.logsumexp(logits, dim=-1)).mean()


# %% exercise=cross_entropy name=log-of-a-rounded-probability
# en: A hopeless target gives infinity: its probability was rounded to 0 before you took the log.
# ko: 가망 없는 정답에서 무한대가 나옵니다. 로그를 취하기 전에 확률이 0으로 반올림되었습니다.
def cross_entropy(logits, targets):
    p = torch.softmax(logits, dim=-1)
    return -torch.log(p[torch.arange(len(targets)), targets]).mean()


# %% exercise=cross_entropy name=picks-whole-columns
# en: You pick N whole columns where you want one number from each row. What must come first in [ , ]?
# ko: 행마다 수 하나가 필요한데 열 전체를 N번 골랐습니다. [ , ] 안에 먼저 무엇이 와야 할까요?
def cross_entropy(logits, targets):
    log_p = logits - torch.logsumexp(logits, dim=-1, keepdim=True)
    return -log_p[:, targets].mean()


# %% exercise=cross_entropy name=mean-over-the-vocabulary
# en: Your loss is the right one divided by V. Over how many losses do you average: N, or N times V?
# ko: 손실이 맞는 값을 V로 나눈 것과 같습니다. 손실 몇 개를 평균하나요? N개인가요, N × V개인가요?
def cross_entropy(logits, targets):
    log_p = torch.log_softmax(logits, dim=-1)
    return -(torch.nn.functional.one_hot(targets, logits.shape[-1]) * log_p).mean()


# %% exercise=cross_entropy name=divides-by-the-vocabulary
# en: You divide the sum by V. There is one loss for each row: how many losses do you average?
# ko: 합을 V로 나누었습니다. 손실은 행마다 하나씩입니다. 손실 몇 개를 평균하나요?
def cross_entropy(logits, targets):
    log_p = torch.log_softmax(logits, dim=-1)
    return -log_p[torch.arange(len(targets)), targets].sum() / logits.shape[-1]


# %% exercise=cross_entropy name=off-by-the-maximum
# en: In each row your loss is the right one plus the row's maximum. Is it taken away on one side of the difference only, or put back twice?
# ko: 행마다 손실이 맞는 값에 그 행의 최댓값을 더한 것과 같습니다. 최댓값을 뺄셈의 한쪽에서만 뺐나요, 아니면 두 번 더했나요?
def cross_entropy(logits, targets):
    shifted = logits - logits.amax(dim=-1, keepdim=True)
    picked = shifted[torch.arange(len(targets)), targets]
    return (torch.logsumexp(logits, dim=-1) - picked).mean()


# %% exercise=cross_entropy name=maximum-not-put-back
# en: The maximum that you took away before exp is missing from the logarithm of the sum. Put it back.
# ko: exp 전에 뺀 최댓값이 합의 로그에 다시 더해지지 않았습니다. 되돌려 놓으세요.
def cross_entropy(logits, targets):
    top = logits.amax(dim=-1, keepdim=True)
    log_sum = (logits - top).exp().sum(dim=-1).log()
    return (log_sum - logits[torch.arange(len(targets)), targets]).mean()


# %% exercise=cross_entropy name=log-of-the-mean
# en: You average the probabilities and then take the logarithm. Which of the two comes first?
# ko: 확률을 평균한 다음 로그를 취했습니다. 평균과 로그 가운데 무엇이 먼저인가요?
def cross_entropy(logits, targets):
    log_p = torch.log_softmax(logits, dim=-1)[torch.arange(len(targets)), targets]
    return math.log(len(targets)) - torch.logsumexp(log_p, dim=0)


# %% exercise=cross_entropy variant=gather
def cross_entropy(logits, targets):
    log_p = torch.log_softmax(logits, dim=-1)
    return -log_p.gather(1, targets.unsqueeze(1)).mean()


# %% exercise=cross_entropy variant=library
def cross_entropy(logits, targets):
    return torch.nn.functional.cross_entropy(logits, targets)


# %% exercise=cross_entropy variant=loop
def cross_entropy(logits, targets):
    total = 0.0
    for z, y in zip(logits, targets):
        top = z.max()
        total = total + top + torch.log(torch.exp(z - top).sum()) - z[y]
    return total / len(targets)


# %% exercise=masked_mean name=mean-over-padding
# en: The padding is part of your mean. Where does the mask come in?
# ko: 패딩까지 평균에 들어갔습니다. 마스크는 어디에 쓰나요?
def masked_mean(values, mask):
    return values.mean(dim=1)


# %% exercise=masked_mean name=divides-by-the-length
# en: The sum is right, but what divides it comes to T. Does your mean, or your count, take in the padding?
# ko: 합은 맞지만 나누는 수가 T입니다. 평균이나 개수를 구할 때 패딩까지 들어가지 않나요?
def masked_mean(values, mask):
    real = mask.bool().unsqueeze(-1)
    return values.masked_fill(~real, 0.0).mean(dim=1)


# %% exercise=masked_mean name=empty-text-is-nan
# en: A text of padding alone gives 0/0. What is the mean of nothing, by our definition?
# ko: 패딩만 있는 글에서 0/0이 됩니다. 여기서는 빈 글의 평균을 무엇으로 정했나요?
def masked_mean(values, mask):
    real = mask.bool().unsqueeze(-1)
    return values.masked_fill(~real, 0.0).sum(dim=1) / real.sum(dim=1)


# %% exercise=masked_mean name=multiplies-rubbish-by-zero
# en: Rubbish in the padding reaches your result. What is 0 times nan?
# ko: 패딩 속 쓰레기 값이 결과에 나타납니다. 0 곱하기 nan은 얼마일까요?
def masked_mean(values, mask):
    real = mask.bool().unsqueeze(-1)
    return (values * real).sum(dim=1) / real.sum(dim=1).clamp(min=1)


# %% exercise=masked_mean name=one-count-for-the-batch
# en: You divide each text by the real positions of the whole batch. Should each have its own count?
# ko: 글마다 배치 전체의 실제 위치 수로 나누었습니다. 글마다 따로 세어야 하지 않을까요?
def masked_mean(values, mask):
    real = mask.bool().unsqueeze(-1)
    return values.masked_fill(~real, 0.0).sum(dim=1) / real.sum().clamp(min=1)


# %% exercise=masked_mean name=mask-turned-round
# en: You average the padding and leave out the text. Which value of the mask means real?
# ko: 글을 빼고 패딩을 평균했습니다. 마스크의 어느 값이 실제 위치를 뜻하나요?
def masked_mean(values, mask):
    padding = ~mask.bool().unsqueeze(-1)
    return values.masked_fill(~padding, 0.0).sum(dim=1) / padding.sum(dim=1).clamp(min=1)


# %% exercise=masked_mean name=counts-one-more
# en: You divide by one position too many. If you add 1 to avoid 0/0, it changes every other mean too.
# ko: 위치 하나를 더 세어 나누었습니다. 0/0을 피하려고 1을 더하면 다른 평균도 모두 달라집니다.
def masked_mean(values, mask):
    real = mask.bool().unsqueeze(-1)
    return values.masked_fill(~real, 0.0).sum(dim=1) / (real.sum(dim=1) + 1)


# %% exercise=masked_mean name=zeros-are-padding
# en: What is 0 does not count as real in your result. A real number may be 0: what says which positions are real?
# ko: 결과에서 0인 것이 실제 위치로 세어지지 않았습니다. 실제 수도 0일 수 있습니다. 실제 위치는 무엇이 알려 주나요?
def masked_mean(values, mask):
    real = mask.bool().unsqueeze(-1)
    clean = values.masked_fill(~real, 0.0)
    return clean.sum(dim=1) / (clean != 0).sum(dim=1).clamp(min=1)


# %% exercise=masked_mean name=root-of-the-count
# en: You divide by the root of the number of real positions. A mean divides by the number itself.
# ko: 실제 위치 수의 제곱근으로 나누었습니다. 평균은 그 수 자체로 나눕니다.
def masked_mean(values, mask):
    real = mask.bool().unsqueeze(-1)
    return values.masked_fill(~real, 0.0).sum(dim=1) / real.sum(dim=1).clamp(min=1) ** 0.5


# %% exercise=masked_mean name=fewer-counts-than-texts
# en: When the last text is all padding, you count for fewer texts than there are. Give each text a count, also one of 0 (with bincount: minlength).
# ko: 마지막 글이 모두 패딩이면 센 결과의 수가 글의 수보다 적습니다. 0인 글까지 글마다 개수를 두세요(bincount에서는 minlength).
def masked_mean(values, mask):
    text, place = mask.bool().nonzero(as_tuple=True)
    total = values.new_zeros(len(values), values.shape[-1])
    total.index_add_(0, text, values[text, place])
    return total / torch.bincount(text).clamp(min=1).unsqueeze(-1)


# %% exercise=masked_mean variant=where-and-einsum
def masked_mean(values, mask):
    real = mask.bool()
    clean = torch.where(real[:, :, None], values, torch.zeros_like(values))
    total = torch.einsum("btd,bt->bd", clean, real.to(values.dtype))
    return total / real.sum(1, keepdim=True).clamp(min=1)


# %% exercise=masked_mean variant=loop
def masked_mean(values, mask):
    out = torch.zeros(values.shape[0], values.shape[2], dtype=values.dtype)
    for b in range(len(values)):
        real = values[b][mask[b].bool()]
        if len(real):
            out[b] = real.mean(dim=0)
    return out


# %% exercise=split_heads name=reshape-without-swap
# en: A head got pieces of one token in the place of pieces of all tokens. Cut first; then swap two axes.
# ko: 한 헤드에 모든 토큰의 조각 대신 한 토큰의 조각들이 들어갔습니다. 먼저 나누고, 그다음 두 축을 바꾸세요.
def split_heads(x, n_heads):
    B, T, D = x.shape
    return x.reshape(B, n_heads, T, D // n_heads)


# %% exercise=split_heads name=heads-behind-tokens
# en: The pieces are right, but the tokens come before the heads. Which order does the docstring ask for?
# ko: 조각은 맞지만 토큰이 헤드보다 앞에 있습니다. 설명은 어떤 순서를 요구하나요?
def split_heads(x, n_heads):
    B, T, D = x.shape
    return x.reshape(B, T, n_heads, D // n_heads)


# %% exercise=split_heads name=interleaved
# en: You deal the numbers out to the heads like cards. A head gets neighbours: a piece in one block.
# ko: 숫자를 카드처럼 헤드에 번갈아 나누었습니다. 한 헤드는 이웃한 숫자들을 한 덩어리로 받습니다.
def split_heads(x, n_heads):
    B, T, D = x.shape
    return x.reshape(B, T, D // n_heads, n_heads).permute(0, 3, 1, 2)


# %% exercise=split_heads name=wrong-axes-swapped
# en: The last two axes have traded places: inside a head, rows should be tokens.
# ko: 마지막 두 축이 뒤바뀌었습니다. 헤드 안에서 행은 토큰이어야 합니다.
def split_heads(x, n_heads):
    B, T, D = x.shape
    return x.reshape(B, T, n_heads, D // n_heads).permute(0, 2, 3, 1)


# %% exercise=split_heads name=heads-before-batch
# en: The heads stand before the batch. Which axis comes first in (B, n_heads, T, D // n_heads)?
# ko: 헤드가 배치보다 앞에 있습니다. (B, n_heads, T, D // n_heads)에서 맨 앞은 어느 축인가요?
def split_heads(x, n_heads):
    B, T, D = x.shape
    return x.reshape(B, T, n_heads, D // n_heads).permute(2, 0, 1, 3)


# %% exercise=split_heads variant=chunk-and-stack
def split_heads(x, n_heads):
    return torch.stack(x.chunk(n_heads, dim=-1), dim=1)


# %% exercise=split_heads variant=loop
def split_heads(x, n_heads):
    B, T, D = x.shape
    size = D // n_heads
    out = torch.empty(B, n_heads, T, size, dtype=x.dtype)
    for h in range(n_heads):
        out[:, h] = x[:, :, h * size : (h + 1) * size]
    return out


# %% exercise=numerical_grad name=forward-difference
# en: You step up, but not down. How large is the error of a one-sided step?
# ko: 위로만 움직이고 아래로는 움직이지 않았습니다. 한쪽 차분의 오차는 얼마나 클까요?
def numerical_grad(f, x, eps=1e-5):
    slopes = torch.zeros(x.numel(), dtype=x.dtype)
    for i in range(x.numel()):
        step = torch.zeros(x.numel(), dtype=x.dtype)
        step[i] = eps
        slopes[i] = (f(x + step.reshape(x.shape)) - f(x)) / eps
    return slopes.reshape(x.shape)


# %% exercise=numerical_grad name=divides-by-one-step
# en: Your slopes are twice too large. How far apart are the two points?
# ko: 기울기가 두 배로 나옵니다. 두 점은 서로 얼마나 떨어져 있나요?
def numerical_grad(f, x, eps=1e-5):
    slopes = torch.zeros(x.numel(), dtype=x.dtype)
    for i in range(x.numel()):
        step = torch.zeros(x.numel(), dtype=x.dtype)
        step[i] = eps
        step = step.reshape(x.shape)
        slopes[i] = (f(x + step) - f(x - step)) / eps
    return slopes.reshape(x.shape)


# %% exercise=numerical_grad name=all-entries-at-once
# en: Every entry has the same slope, because all of them moved together. Move one at a time.
# ko: 모든 원소가 함께 움직여서 기울기가 다 같습니다. 한 번에 하나씩 움직이세요.
def numerical_grad(f, x, eps=1e-5):
    return torch.ones_like(x) * (f(x + eps) - f(x - eps)) / (2 * eps)


# %% exercise=numerical_grad name=entry-not-put-back
# en: After your function x is not what it was. Put each entry back, or work on a copy.
# ko: 함수를 부른 뒤 x의 값이 달라졌습니다. 원소를 되돌려 놓거나 복사본으로 작업하세요.
def numerical_grad(f, x, eps=1e-5):
    slopes = torch.zeros(x.shape, dtype=x.dtype)
    for index in np.ndindex(*x.shape):
        x[index] += eps
        up = f(x)
        x[index] -= 2 * eps
        slopes[index] = (up - f(x)) / (2 * eps)
    return slopes


# %% exercise=numerical_grad name=moves-a-copy
# en: For a transposed x all slopes are 0: what you move is not what f sees. Which call gives a view of one tensor and a copy of another?
# ko: 전치된 x에서 기울기가 모두 0입니다. 움직인 것을 f가 보지 못합니다. 때로는 뷰를, 때로는 복사본을 돌려주는 호출은 무엇인가요?
def numerical_grad(f, x, eps=1e-5):
    flat = x.reshape(-1)
    slopes = torch.zeros(x.numel(), dtype=x.dtype)
    for i in range(x.numel()):
        old = flat[i].item()
        flat[i] = old + eps
        up = f(x)
        flat[i] = old - eps
        down = f(x)
        flat[i] = old
        slopes[i] = (up - down) / (2 * eps)
    return slopes.reshape(x.shape)


# %% exercise=numerical_grad name=flat-result
# en: The numbers are right, but the shape of x is lost. Which shape does the caller expect?
# ko: 숫자는 맞지만 x의 형상이 사라졌습니다. 부른 쪽은 어떤 형상을 기대할까요?
def numerical_grad(f, x, eps=1e-5):
    slopes = torch.zeros(x.numel(), dtype=x.dtype)
    for i in range(x.numel()):
        step = torch.zeros(x.numel(), dtype=x.dtype)
        step[i] = eps
        step = step.reshape(x.shape)
        slopes[i] = (f(x + step) - f(x - step)) / (2 * eps)
    return slopes


# %% exercise=numerical_grad name=backward-difference
# en: You step down, but not up. How large is the error of a one-sided step?
# ko: 아래로만 움직이고 위로는 움직이지 않았습니다. 한쪽 차분의 오차는 얼마나 클까요?
def numerical_grad(f, x, eps=1e-5):
    slopes = torch.zeros(x.numel(), dtype=x.dtype)
    for i in range(x.numel()):
        step = torch.zeros(x.numel(), dtype=x.dtype)
        step[i] = eps
        slopes[i] = (f(x) - f(x - step.reshape(x.shape))) / eps
    return slopes.reshape(x.shape)


# %% exercise=numerical_grad name=steps-add-up
# en: An entry that was moved stays moved while the next one is tried. Put it back before you go on.
# ko: 움직인 원소가 다음 원소를 시험할 때도 그대로 있습니다. 넘어가기 전에 되돌려 놓으세요.
def numerical_grad(f, x, eps=1e-5):
    moved = x.clone()
    slopes = torch.zeros(x.shape, dtype=x.dtype)
    for index in np.ndindex(*x.shape):
        moved[index] += eps
        up = f(moved)
        moved[index] -= 2 * eps
        slopes[index] = (up - f(moved)) / (2 * eps)
    return slopes


# %% exercise=numerical_grad name=steps-in-float32
# en: Your steps are computed in float32: a step of 0.00001 is lost in its rounding. Stay in float64.
# ko: float32로 계산하면 0.00001만큼의 걸음은 반올림에 묻힙니다. float64로 계산하세요.
def numerical_grad(f, x, eps=1e-5):
    flat = x.float().reshape(-1)
    slopes = torch.zeros(x.numel(), dtype=torch.float64)
    for i in range(x.numel()):
        step = torch.zeros_like(flat)
        step[i] = eps
        up, down = (f((flat + sign * step).reshape(x.shape)) for sign in (1, -1))
        slopes[i] = (float(up) - float(down)) / (2 * eps)
    return slopes.reshape(x.shape)


# %% exercise=numerical_grad name=a-float-is-no-tensor
# en: f may return a float, and a float has no method of a tensor, such as .item(). Which call makes a number of both?
# ko: f는 float를 돌려줄 수도 있고, float에는 .item() 같은 텐서의 메서드가 없습니다. 둘 다 숫자로 만드는 호출은 무엇인가요?
def numerical_grad(f, x, eps=1e-5):
    slopes = torch.zeros(x.numel(), dtype=x.dtype)
    for i in range(x.numel()):
        step = torch.zeros(x.numel(), dtype=x.dtype)
        step[i] = eps
        step = step.reshape(x.shape)
        slopes[i] = (f(x + step).item() - f(x - step).item()) / (2 * eps)
    return slopes.reshape(x.shape)


# %% exercise=numerical_grad name=result-moves-along
# en: Where f returns a part of its argument, such as v[0], your first result changes with the second step. Make it a number at once, or give f a new tensor each time.
# ko: f가 v[0]처럼 인자의 일부를 돌려주면 두 번째 걸음에서 첫 번째 결과도 함께 바뀝니다. 결과를 바로 숫자로 만들거나 f에 매번 새 텐서를 주세요.
def numerical_grad(f, x, eps=1e-5):
    moved = x.clone()
    slopes = torch.zeros(x.shape, dtype=x.dtype)
    for index in np.ndindex(*x.shape):
        moved[index] = x[index] + eps
        up = f(moved)
        moved[index] = x[index] - eps
        down = f(moved)
        moved[index] = x[index]
        slopes[index] = (up - down) / (2 * eps)
    return slopes


# %% exercise=numerical_grad variant=in-place-and-back
def numerical_grad(f, x, eps=1e-5):
    slopes = torch.zeros(x.shape, dtype=x.dtype)
    for index in np.ndindex(*x.shape):
        old = x[index].item()
        x[index] = old + eps
        up = float(f(x))
        x[index] = old - eps
        down = float(f(x))
        x[index] = old
        slopes[index] = (up - down) / (2 * eps)
    return slopes


# %% exercise=numerical_grad variant=rows-of-an-identity
def numerical_grad(f, x, eps=1e-5):
    steps = eps * torch.eye(x.numel(), dtype=x.dtype)
    pairs = [(f(x + s.reshape(x.shape)), f(x - s.reshape(x.shape))) for s in steps]
    slopes = [float(up - down) / (2 * eps) for up, down in pairs]
    return torch.tensor(slopes, dtype=x.dtype).reshape(x.shape)


# %% exercise=expected_initial_loss name=base-two
# en: Your loss is in bits. Which logarithm belongs to nats?
# ko: 손실의 단위가 비트입니다. 내트(nat)에 맞는 로그는 어느 것일까요?
def expected_initial_loss(vocab_size, logit_std=0.0):
    return math.log2(vocab_size) + logit_std**2 / 2


# %% exercise=expected_initial_loss name=base-ten
# en: Your logarithm has the base 10. Which logarithm belongs to nats?
# ko: 밑이 10인 로그를 썼습니다. 내트(nat)에 맞는 로그는 어느 것일까요?
def expected_initial_loss(vocab_size, logit_std=0.0):
    return math.log10(vocab_size) + logit_std**2 / 2


# %% exercise=expected_initial_loss name=half-forgotten
# en: The spread of the logits costs you twice too much. Look at the second term again.
# ko: 로짓의 퍼짐에 대한 몫이 두 배입니다. 두 번째 항을 다시 보세요.
def expected_initial_loss(vocab_size, logit_std=0.0):
    return math.log(vocab_size) + logit_std**2


# %% exercise=expected_initial_loss name=std-for-variance
# en: You use the standard deviation where the formula has its square, the variance.
# ko: 공식에는 표준편차의 제곱인 분산이 있는데 표준편차를 그대로 썼습니다.
def expected_initial_loss(vocab_size, logit_std=0.0):
    return math.log(vocab_size) + logit_std / 2


# %% exercise=expected_initial_loss name=spread-ignored
# en: Your answer is right for equal logits only. What do wild logits add?
# ko: 로짓이 모두 같을 때만 맞습니다. 로짓이 흩어져 있으면 무엇이 더해지나요?
def expected_initial_loss(vocab_size, logit_std=0.0):
    return math.log(vocab_size)


# %% exercise=expected_initial_loss name=spread-helps
# en: In your formula wild logits lower the loss. Is a model that is sure and wrong better off?
# ko: 로짓이 흩어질수록 손실이 줄어든다고 했습니다. 확신하면서 틀리는 모델이 더 나을까요?
def expected_initial_loss(vocab_size, logit_std=0.0):
    return math.log(vocab_size) - logit_std**2 / 2


# %% exercise=expected_initial_loss variant=loss-of-one-probability
def expected_initial_loss(vocab_size, logit_std=0.0):
    return -np.log(1 / vocab_size) + 0.5 * np.square(logit_std)


# %% exercise=ask_api name=one-price
# en: Both kinds of tokens cost the same for you. How many prices does the contract name?
# ko: 두 종류의 토큰에 같은 값을 매겼습니다. 계약에는 가격이 몇 개인가요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for attempt in range(tries):
        status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
        if status == 200:
            usage = answer["usage"]
            cost = (0.5 * usage["prompt_tokens"] + 0.5 * usage["completion_tokens"]) / 1e6
            return answer["choices"][0]["text"], cost
        if status != 429:
            kind = PermissionError if status == 401 else ValueError
            raise kind(answer["error"]["message"])
        if attempt < tries - 1:
            wait(answer["retry_after"])
    raise TimeoutError("too many requests")


# %% exercise=ask_api name=answer-for-nothing
# en: You pay for what you send and not for what comes back. Which tokens are missing in the account?
# ko: 보낸 토큰만 계산하고 받은 토큰은 계산하지 않았습니다. 계산에서 빠진 토큰은 무엇인가요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for attempt in range(tries):
        status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
        if status == 200:
            usage = answer["usage"]
            cost = 0.5 * usage["prompt_tokens"] / 1e6
            return answer["choices"][0]["text"], cost
        if status != 429:
            kind = PermissionError if status == 401 else ValueError
            raise kind(answer["error"]["message"])
        if attempt < tries - 1:
            wait(answer["retry_after"])
    raise TimeoutError("too many requests")


# %% exercise=ask_api name=prices-swapped
# en: Prompt tokens are charged at the price of completion tokens, and the other way round: which count belongs to the dearer price?
# ko: 프롬프트 토큰에 답변 토큰의 가격이, 답변 토큰에 프롬프트 토큰의 가격이 매겨졌습니다. 더 비싼 가격에는 어느 수를 곱하나요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for attempt in range(tries):
        status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
        if status == 200:
            usage = answer["usage"]
            cost = (1.5 * usage["prompt_tokens"] + 0.5 * usage["completion_tokens"]) / 1e6
            return answer["choices"][0]["text"], cost
        if status != 429:
            kind = PermissionError if status == 401 else ValueError
            raise kind(answer["error"]["message"])
        if attempt < tries - 1:
            wait(answer["retry_after"])
    raise TimeoutError("too many requests")


# %% exercise=ask_api name=price-of-a-thousand
# en: Your cost is a thousand times too high. For how many tokens is the price given?
# ko: 비용이 천 배나 큽니다. 가격은 토큰 몇 개에 대한 값인가요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for attempt in range(tries):
        status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
        if status == 200:
            usage = answer["usage"]
            cost = (0.5 * usage["prompt_tokens"] + 1.5 * usage["completion_tokens"]) / 1e3
            return answer["choices"][0]["text"], cost
        if status != 429:
            kind = PermissionError if status == 401 else ValueError
            raise kind(answer["error"]["message"])
        if attempt < tries - 1:
            wait(answer["retry_after"])
    raise TimeoutError("too many requests")


# %% exercise=ask_api name=waits-after-the-last-try
# en: After the last try you still wait, although nobody will try again. Who is that wait for?
# ko: 마지막 시도 뒤에도 기다립니다. 다시 시도하지 않는데 왜 기다리나요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for attempt in range(tries):
        status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
        if status == 200:
            usage = answer["usage"]
            cost = (0.5 * usage["prompt_tokens"] + 1.5 * usage["completion_tokens"]) / 1e6
            return answer["choices"][0]["text"], cost
        if status != 429:
            kind = PermissionError if status == 401 else ValueError
            raise kind(answer["error"]["message"])
        wait(answer["retry_after"])
    raise TimeoutError("too many requests")


# %% exercise=ask_api name=wait-not-called
# en: After a 429 wait is not called before the next try. What does the answer to 429 ask you to do first?
# ko: 429 다음에 wait를 부르지 않고 다시 시도합니다. 429 응답은 먼저 무엇을 하라고 알려 주나요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for attempt in range(tries):
        status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
        if status == 200:
            usage = answer["usage"]
            cost = (0.5 * usage["prompt_tokens"] + 1.5 * usage["completion_tokens"]) / 1e6
            return answer["choices"][0]["text"], cost
        if status != 429:
            kind = PermissionError if status == 401 else ValueError
            raise kind(answer["error"]["message"])
        if attempt < tries - 1:
            pass
    raise TimeoutError("too many requests")


# %% exercise=ask_api name=no-PermissionError-at-401
# en: A status of 401 does not end in PermissionError. Do you treat a wrong key as you treat 429?
# ko: 401에서 PermissionError가 나지 않습니다. 틀린 키를 429처럼 다루고 있지 않나요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for attempt in range(tries):
        status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
        if status == 200:
            usage = answer["usage"]
            cost = (0.5 * usage["prompt_tokens"] + 1.5 * usage["completion_tokens"]) / 1e6
            return answer["choices"][0]["text"], cost
        if status not in (401, 429):
            kind = PermissionError if status == 401 else ValueError
            raise kind(answer["error"]["message"])
        if attempt < tries - 1:
            wait(answer["retry_after"])
    raise TimeoutError("too many requests")


# %% exercise=ask_api name=gives-up-at-429
# en: At 429 you give up at once. What cures too many requests?
# ko: 429에서 바로 포기합니다. 요청이 너무 많을 때는 무엇이 해결해 주나요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for attempt in range(tries):
        status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
        if status == 200:
            usage = answer["usage"]
            cost = (0.5 * usage["prompt_tokens"] + 1.5 * usage["completion_tokens"]) / 1e6
            return answer["choices"][0]["text"], cost
        if status != 200:
            kind = PermissionError if status == 401 else ValueError
            raise kind(answer["error"]["message"])
        if attempt < tries - 1:
            wait(answer["retry_after"])
    raise TimeoutError("too many requests")


# %% exercise=ask_api name=one-try-too-many
# en: You post once more than allowed. How often in all?
# ko: 허용된 것보다 한 번 더 보냅니다. 모두 몇 번인가요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for attempt in range(tries + 1):
        status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
        if status == 200:
            usage = answer["usage"]
            cost = (0.5 * usage["prompt_tokens"] + 1.5 * usage["completion_tokens"]) / 1e6
            return answer["choices"][0]["text"], cost
        if status != 429:
            kind = PermissionError if status == 401 else ValueError
            raise kind(answer["error"]["message"])
        if attempt < tries:
            wait(answer["retry_after"])
    raise TimeoutError("too many requests")


# %% exercise=ask_api name=same-error-for-all
# en: 401 ends in the same kind of error as the other refusals. Which kind belongs to a wrong key?
# ko: 401에서 다른 거절과 같은 종류의 오류가 납니다. 틀린 키에는 어떤 오류가 맞나요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for attempt in range(tries):
        status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
        if status == 200:
            usage = answer["usage"]
            cost = (0.5 * usage["prompt_tokens"] + 1.5 * usage["completion_tokens"]) / 1e6
            return answer["choices"][0]["text"], cost
        if status != 429:
            kind = ValueError
            raise kind(answer["error"]["message"])
        if attempt < tries - 1:
            wait(answer["retry_after"])
    raise TimeoutError("too many requests")


# %% exercise=ask_api name=paid-by-the-limit
# en: You pay for max_tokens, but only what came back costs: usage says how many tokens that were.
# ko: max_tokens만큼 값을 매겼지만 실제로 받은 토큰만 돈이 듭니다. 그 수는 usage에 있습니다.
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for attempt in range(tries):
        status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
        if status == 200:
            usage = answer["usage"]
            cost = (0.5 * usage["prompt_tokens"] + 1.5 * max_tokens) / 1e6
            return answer["choices"][0]["text"], cost
        if status != 429:
            kind = PermissionError if status == 401 else ValueError
            raise kind(answer["error"]["message"])
        if attempt < tries - 1:
            wait(answer["retry_after"])
    raise TimeoutError("too many requests")


# %% exercise=ask_api name=limit-not-sent
# en: The request lacks max_tokens: how should the API know when to stop?
# ko: 요청에 max_tokens가 없습니다. API는 언제 멈춰야 할지 어떻게 알까요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for attempt in range(tries):
        status, answer = post({"prompt": prompt})
        if status == 200:
            usage = answer["usage"]
            cost = (0.5 * usage["prompt_tokens"] + 1.5 * usage["completion_tokens"]) / 1e6
            return answer["choices"][0]["text"], cost
        if status != 429:
            kind = PermissionError if status == 401 else ValueError
            raise kind(answer["error"]["message"])
        if attempt < tries - 1:
            wait(answer["retry_after"])
    raise TimeoutError("too many requests")


# %% exercise=ask_api variant=while
def ask_api(post, prompt, max_tokens, wait, tries=3):
    body = dict(prompt=prompt, max_tokens=max_tokens)
    status, answer = post(body)
    left = tries - 1
    while status == 429 and left > 0:
        wait(answer["retry_after"])
        status, answer = post(body)
        left -= 1
    if status == 429:
        raise TimeoutError
    if status == 401:
        raise PermissionError(f"API: {answer['error']['message']}")
    if status != 200:
        raise ValueError(f"status {status}: {answer['error']['message']}")
    usage = answer["usage"]
    dollars = 5e-7 * usage["prompt_tokens"] + 1.5e-6 * usage["completion_tokens"]
    return answer["choices"][0]["text"], dollars


# %% exercise=ask_api variant=recursive
def ask_api(post, prompt, max_tokens, wait, tries=3):
    status, answer = post({"max_tokens": max_tokens, "prompt": prompt})
    if status == 401:
        raise PermissionError(answer["error"]["message"])
    if status not in (200, 429):
        raise ValueError(answer["error"]["message"])
    if status == 200:
        spent = answer["usage"]
        cost = 0.5 * spent["prompt_tokens"] / 10**6 + 1.5 * spent["completion_tokens"] / 10**6
        return answer["choices"][0]["text"], cost
    if tries == 1:
        raise TimeoutError("busy")
    wait(answer["retry_after"])
    return ask_api(post, prompt, max_tokens, wait, tries - 1)


# %% exercise=stable_softmax name=logits-clamped
# en: Two large logits far apart get the same probability. What does a clamp do to their difference?
# ko: 서로 멀리 떨어진 큰 로짓 둘의 확률이 같아집니다. clamp를 하면 둘의 차이가 어떻게 되나요?
def stable_softmax(logits, temperature=1.0):
    exps = torch.exp((logits / temperature).clamp(-50, 50))
    return exps / exps.sum(dim=-1, keepdim=True)


# %% exercise=stable_softmax name=axis-one
# en: Right for two axes, wrong for three. Which axis is the last one there, and which do you name?
# ko: 축이 둘이면 맞지만 셋이면 틀립니다. 그때 마지막 축은 몇 번이고, 코드에는 몇 번이라고 썼나요?
def stable_softmax(logits, temperature=1.0):
    axis = min(1, logits.dim() - 1)
    z = logits / temperature
    exps = torch.exp(z - z.max(dim=axis, keepdim=True).values)
    return exps / exps.sum(dim=axis, keepdim=True)


# %% exercise=cross_entropy name=one-max-for-the-batch
# en: A row far below the others has a sum of 0, and its logarithm is not finite. Does each row need a maximum of its own?
# ko: 다른 행보다 훨씬 작은 행은 합이 0이 되어 로그가 유한하지 않습니다. 최댓값은 행마다 따로 구해야 하지 않을까요?
def cross_entropy(logits, targets):
    top = logits.max()
    log_total = top + torch.log(torch.exp(logits - top).sum(dim=1))
    return (log_total - logits[torch.arange(len(targets)), targets]).mean()


# %% exercise=masked_mean name=first-so-many
# en: You count the real positions and take as many from the start. May padding stand in between?
# ko: 실제 위치의 수를 세고 앞에서부터 그만큼 가져왔습니다. 패딩이 중간에 있을 수도 있나요?
def masked_mean(values, mask):
    count = mask.long().sum(dim=1, keepdim=True)
    first = torch.arange(values.shape[1]) < count
    total = values.masked_fill(~first.unsqueeze(-1), 0.0).sum(dim=1)
    return total / count.clamp(min=1)


# %% exercise=numerical_grad name=result-in-float32
# en: Your slopes come back in float32. In which dtype is the tensor made that collects them?
# ko: 기울기가 float32로 돌아옵니다. 기울기를 모으는 텐서의 dtype은 무엇인가요?
def numerical_grad(f, x, eps=1e-5):
    slopes = torch.zeros(x.shape)
    for index in np.ndindex(*x.shape):
        step = torch.zeros_like(x)
        step[index] = eps
        slopes[index] = (float(f(x + step)) - float(f(x - step))) / (2 * eps)
    return slopes


# %% exercise=expected_initial_loss name=whole-std-added
# en: You add the standard deviation itself. The second term has its square: what else does it have?
# ko: 표준편차를 그대로 더했습니다. 둘째 항에는 그 제곱이 들어갑니다. 그 밖에 무엇이 더 있나요?
def expected_initial_loss(vocab_size, logit_std=0.0):
    return math.log(vocab_size) + logit_std


# %% exercise=expected_initial_loss name=half-before-the-square
# en: The second term is half of what it should be. Do you halve before you square, or after?
# ko: 둘째 항이 맞는 값의 절반입니다. 제곱하기 전에 반으로 나누나요, 제곱한 뒤에 나누나요?
def expected_initial_loss(vocab_size, logit_std=0.0):
    return math.log(vocab_size) + (logit_std / 2) ** 2


# %% exercise=expected_initial_loss name=rounded-down
# en: The second term is a whole number, whatever the spread. What does // do to a half?
# ko: 둘째 항이 언제나 정수입니다. //는 소수 부분을 어떻게 하나요?
def expected_initial_loss(vocab_size, logit_std=0.0):
    return math.log(vocab_size) + logit_std**2 // 2


# %% exercise=ask_api name=dict-as-the-message
# en: Your error shows the API's whole dict. Which entry of it is the text for a reader?
# ko: 예외에 API가 보낸 사전이 통째로 들어 있습니다. 사람이 읽을 문장은 그 가운데 어느 항목인가요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for attempt in range(tries):
        status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
        if status == 200:
            usage = answer["usage"]
            cost = (0.5 * usage["prompt_tokens"] + 1.5 * usage["completion_tokens"]) / 1e6
            return answer["choices"][0]["text"], cost
        if status != 429:
            raise (PermissionError if status == 401 else ValueError)(answer["error"])
        if attempt < tries - 1:
            wait(answer["retry_after"])
    raise TimeoutError("still too many requests")


# %% exercise=ask_api name=server-errors-tried-again
# en: A status of 500 does not end at once in ValueError. Which status alone is worth another try here?
# ko: 상태 500에서 바로 ValueError가 나지 않습니다. 여기서 다시 시도할 만한 상태는 어느 것 하나뿐인가요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for attempt in range(tries):
        status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
        if status == 200:
            usage = answer["usage"]
            cost = (0.5 * usage["prompt_tokens"] + 1.5 * usage["completion_tokens"]) / 1e6
            return answer["choices"][0]["text"], cost
        if status == 401:
            raise PermissionError(answer["error"]["message"])
        if status != 429 and status < 500:
            raise ValueError(answer["error"]["message"])
        if attempt < tries - 1:
            wait(answer.get("retry_after", 1.0))
    raise TimeoutError("still too many requests")


# %% exercise=stable_softmax name=maximum-not-divided
# en: With a temperature other than 1 the largest exponent is not 0. Do you take the maximum of the very numbers that go into exp?
# ko: 온도가 1이 아니면 가장 큰 지수가 0이 아닙니다. exp에 들어가는 바로 그 수들의 최댓값을 뺐나요?
def stable_softmax(logits, temperature=1.0):
    top = logits.max(dim=-1, keepdim=True).values
    exps = torch.exp(logits / temperature - top)
    return exps / exps.sum(dim=-1, keepdim=True)


# %% exercise=stable_softmax name=no-shift-below-zero
# en: A row far below 0 gives 0/0. Is its maximum taken away also where it is negative?
# ko: 0보다 훨씬 작은 행이 0/0이 됩니다. 최댓값이 음수일 때도 뺐나요?
def stable_softmax(logits, temperature=1.0):
    z = logits / temperature
    exps = torch.exp(z - z.max(dim=-1, keepdim=True).values.clamp(min=0))
    return exps / exps.sum(dim=-1, keepdim=True)


# %% exercise=stable_softmax name=no-shift-below-zero-in-the-log
# en: In a row far below 0 the sum of the exponentials is 0, and its logarithm minus infinity. Is the maximum taken away also where it is negative?
# ko: 0보다 훨씬 작은 행에서 지수 함수의 합이 0이 되고 그 로그는 음의 무한대입니다. 최댓값이 음수일 때도 뺐나요?
def stable_softmax(logits, temperature=1.0):
    z = logits / temperature
    top = z.amax(dim=-1, keepdim=True).clamp(min=0)
    return (z - top - (z - top).exp().sum(dim=-1, keepdim=True).log()).exp()


# %% exercise=stable_softmax name=forbidden-made-a-number
# en: In a row of very low logits a forbidden choice gets the probability. Is there a number below every logit that may come?
# ko: 로짓이 아주 작은 행에서 금지된 선택이 확률을 가져갑니다. 나올 수 있는 모든 로짓보다 작은 수가 있을까요?
def stable_softmax(logits, temperature=1.0):
    z = logits.masked_fill(logits.isinf(), -1e9) / temperature
    exps = torch.exp(z - z.max(dim=-1, keepdim=True).values)
    return exps / exps.sum(dim=-1, keepdim=True)


# %% exercise=stable_softmax name=one-max-for-a-table
# en: Right for two axes; with three a row far below its neighbours is 0/0. How many rows share one of your maxima?
# ko: 축이 둘이면 맞지만 셋이면 이웃보다 훨씬 작은 행이 0/0이 됩니다. 최댓값 하나를 몇 행이 나누어 쓰나요?
def stable_softmax(logits, temperature=1.0):
    axes = (-1,) if logits.dim() < 3 else (-2, -1)
    exps = torch.exp((logits - logits.amax(dim=axes, keepdim=True)) / temperature)
    return exps / exps.sum(dim=-1, keepdim=True)


# %% exercise=cross_entropy name=one-loss-for-each-target
# en: Where a target comes several times only its last row counts. Is a loss kept under its target's id, or under its row?
# ko: 같은 정답이 여러 번 나오면 마지막 행만 셉니다. 손실을 정답의 id 아래에 두나요, 행마다 두나요?
def cross_entropy(logits, targets):
    log_p = torch.log_softmax(logits, dim=-1)
    losses = {y: -log_p[row, y] for row, y in enumerate(targets.tolist())}
    return sum(losses.values()) / len(losses)


# %% exercise=cross_entropy name=target-zero-left-out
# en: Rows whose target is 0 do not count. Is 0 a word here, or padding?
# ko: 정답이 0인 행이 빠졌습니다. 여기서 0은 단어인가요, 패딩인가요?
def cross_entropy(logits, targets):
    return torch.nn.functional.cross_entropy(logits, targets, ignore_index=0)


# %% exercise=masked_mean name=infinity-times-zero
# en: Padding that holds inf or -inf makes your mean NaN. What is infinity times 0, and which values does your code replace?
# ko: 패딩에 inf나 -inf가 있으면 평균이 NaN이 됩니다. 무한대 곱하기 0은 얼마이고, 코드는 어떤 값을 바꿔 넣나요?
def masked_mean(values, mask):
    m = mask.to(values.dtype).unsqueeze(-1)
    clean = torch.where(values.isnan(), 0.0, values)
    return (clean * m).sum(dim=1) / m.sum(dim=1).clamp(min=1)


# %% exercise=masked_mean name=mean-of-nothing-from-rubbish
# en: A text of padding alone gives NaN where its padding holds NaN. Does its answer come from its values?
# ko: 패딩만 있는 글의 패딩에 NaN이 있으면 결과도 NaN입니다. 그 결과를 값에서 계산했나요?
def masked_mean(values, mask):
    rows = [v[m].mean(dim=0) if m.any() else v[0] * 0 for v, m in zip(values, mask.bool())]
    return torch.stack(rows)


# %% exercise=masked_mean name=a-single-token-taken-as-real
# en: A text of one token comes back as it is, even where that token is padding. What does the mask say of it?
# ko: 토큰이 하나인 글은 그 토큰이 패딩이어도 그대로 돌려줍니다. 마스크는 무엇이라고 하나요?
def masked_mean(values, mask):
    if values.shape[1] == 1:
        return values[:, 0]
    real = mask.bool().unsqueeze(-1)
    return values.masked_fill(~real, 0.0).sum(dim=1) / real.sum(dim=1).clamp(min=1)


# %% exercise=split_heads name=one-head-without-its-axis
# en: With one head the axis of the heads is missing. Which shape does the docstring give for n_heads = 1?
# ko: 헤드가 하나일 때 헤드 축이 없습니다. n_heads가 1이면 설명에 따른 형상은 무엇인가요?
def split_heads(x, n_heads):
    B, T, D = x.shape
    return x if n_heads == 1 else x.reshape(B, T, n_heads, D // n_heads).transpose(1, 2)


# %% exercise=split_heads name=number-and-size-exchanged
# en: You cut D // n_heads pieces of n_heads numbers each. Which of the two is the number of pieces?
# ko: 숫자 n_heads개짜리 조각을 D // n_heads개 만들었습니다. 둘 가운데 조각의 수는 어느 것인가요?
def split_heads(x, n_heads):
    return torch.stack(x.split(n_heads, dim=-1), dim=1)


# %% exercise=split_heads name=digits-lost-in-float32
# en: Large integers come back with other last digits. Do they go through another dtype on their way?
# ko: 큰 정수의 끝자리가 달라집니다. 중간에 다른 dtype을 거치나요?
def split_heads(x, n_heads):
    B, T, D = x.shape
    return x.float().reshape(B, T, n_heads, D // n_heads).transpose(1, 2).to(x.dtype)


# %% exercise=numerical_grad name=put-back-by-adding
# en: After a wide step x is not exactly what it was: adding and taking away are rounded. Remember the old number, or step from a copy.
# ko: 큰 걸음 뒤에 x가 처음과 정확히 같지 않습니다. 더하고 빼면 반올림됩니다. 옛 값을 적어 두거나 복사본에서 움직이세요.
def numerical_grad(f, x, eps=1e-5):
    slopes = torch.zeros(x.shape, dtype=x.dtype)
    for index in np.ndindex(*x.shape):
        x[index] += eps
        up = float(f(x))
        x[index] -= 2 * eps
        slopes[index] = (up - float(f(x))) / (2 * eps)
        x[index] += eps
    return slopes


# %% exercise=numerical_grad name=step-grows-with-the-entry
# en: A large entry takes a larger step than eps. Which step does the docstring give to every entry?
# ko: 큰 원소는 eps보다 큰 걸음을 뗍니다. 설명에서 모든 원소의 걸음은 얼마인가요?
def numerical_grad(f, x, eps=1e-5):
    slopes = torch.zeros(x.shape, dtype=x.dtype)
    for index in np.ndindex(*x.shape):
        step = torch.zeros_like(x)
        step[index] = h = eps * max(1.0, abs(float(x[index])))
        slopes[index] = (float(f(x + step)) - float(f(x - step))) / (2 * h)
    return slopes


# %% exercise=numerical_grad name=f-of-a-flat-x
# en: f fails where it looks at the shape. Which shape has the tensor that you give to f, and which has x?
# ko: 형상을 보는 f에서 오류가 납니다. f에 주는 텐서의 형상은 무엇이고, x의 형상은 무엇인가요?
def numerical_grad(f, x, eps=1e-5):
    flat = x.flatten()
    slopes = torch.zeros_like(flat)
    for i in range(len(flat)):
        step = torch.zeros_like(flat)
        step[i] = eps
        slopes[i] = (float(f(flat + step)) - float(f(flat - step))) / (2 * eps)
    return slopes.reshape(x.shape)


# %% exercise=numerical_grad name=values-in-float32
# en: The two values of f are rounded to float32 before you take their difference, which is smaller than that rounding. Where do you keep them?
# ko: f의 두 값을 빼기 전에 float32로 반올림했습니다. 둘의 차이는 그 반올림보다 작습니다. 두 값을 어디에 두나요?
def numerical_grad(f, x, eps=1e-5):
    slopes = torch.zeros(x.shape, dtype=x.dtype)
    for index in np.ndindex(*x.shape):
        step = torch.zeros_like(x)
        step[index] = eps
        both = torch.tensor([float(f(x + step)), float(f(x - step))])
        slopes[index] = (both[0] - both[1]) / (2 * eps)
    return slopes


# %% exercise=numerical_grad name=exact-slope
# en: With a wide step you still give the slope itself, not what two values that far apart give. Where does eps come in?
# ko: 보폭이 커도 기울기 그 자체가 나옵니다. 그만큼 떨어진 두 값의 차이로 얻는 값이 아닙니다. eps는 어디에 쓰이나요?
def numerical_grad(f, x, eps=1e-5):
    moved = x.clone().requires_grad_()
    value = f(moved)
    if isinstance(value, float):
        step = x.new_tensor(eps)
        return (x.new_tensor(f(x + step)) - f(x - step)) / (2 * step)
    return torch.autograd.grad(value, moved)[0]


# %% exercise=numerical_grad name=a-row-at-once
# en: With three axes all numbers of a row move together. How many indices name a single entry there?
# ko: 축이 셋이면 한 행의 수가 모두 함께 움직입니다. 거기서 원소 하나를 가리키려면 인덱스가 몇 개 필요한가요?
def numerical_grad(f, x, eps=1e-5):
    slopes = torch.zeros(x.shape, dtype=x.dtype)
    for index in np.ndindex(*x.shape[:2]):
        step = torch.zeros_like(x)
        step[index] = eps
        slopes[index] = (float(f(x + step)) - float(f(x - step))) / (2 * eps)
    return slopes


# %% exercise=expected_initial_loss name=spread-cut-at-two
# en: Above a spread of 2 your loss grows no more. Does the docstring cut logit_std there, or say how good the formula is?
# ko: 퍼짐이 2를 넘으면 손실이 더 커지지 않습니다. 설명이 logit_std를 거기서 자르나요, 아니면 공식이 얼마나 잘 맞는지 말하나요?
def expected_initial_loss(vocab_size, logit_std=0.0):
    return math.log(vocab_size) + min(logit_std, 2.0) ** 2 / 2


# %% exercise=expected_initial_loss name=not-a-float
# en: The number is right, but it is no Python float. What kind of thing does your last line return?
# ko: 값은 맞지만 파이썬 float가 아닙니다. 마지막 줄은 어떤 종류의 값을 돌려주나요?
def expected_initial_loss(vocab_size, logit_std=0.0):
    return torch.tensor(math.log(vocab_size) + logit_std**2 / 2)


# %% exercise=ask_api name=only-4xx-refused
# en: Refusals outside 400 to 499, such as 202 or 500, do not end at once in ValueError. For which status alone do you post again?
# ko: 400에서 499 사이가 아닌 거절(202나 500 등)에서 바로 ValueError가 나지 않습니다. 다시 보낼 상태는 어느 것 하나뿐인가요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for left in reversed(range(tries)):
        status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
        if status == 200:
            usage = answer["usage"]
            cost = (0.5 * usage["prompt_tokens"] + 1.5 * usage["completion_tokens"]) / 1e6
            return answer["choices"][0]["text"], cost
        if status == 429 and left:
            wait(answer["retry_after"])
        if status != 429 and 400 <= status < 500:
            raise (PermissionError if status == 401 else ValueError)(answer["error"]["message"])
    raise TimeoutError("too many requests")


# %% exercise=ask_api name=503-tried-again
# en: A status of 503 does not end at once in ValueError. For which status alone do you post again?
# ko: 상태 503에서 바로 ValueError가 나지 않습니다. 다시 보낼 상태는 어느 것 하나뿐인가요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for left in reversed(range(tries)):
        status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
        if status == 200:
            usage = answer["usage"]
            cost = (0.5 * usage["prompt_tokens"] + 1.5 * usage["completion_tokens"]) / 1e6
            return answer["choices"][0]["text"], cost
        if status not in (429, 503):
            raise (PermissionError if status == 401 else ValueError)(answer["error"]["message"])
        if left:
            wait(answer.get("retry_after", 1))
    raise TimeoutError("too many requests")


# %% exercise=ask_api name=any-2xx-is-an-answer
# en: A status of 202 does not end in ValueError. Which status alone brings an answer here?
# ko: 상태 202에서 ValueError가 나지 않습니다. 여기서 답이 오는 상태는 어느 것 하나뿐인가요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for attempt in range(tries):
        status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
        if 200 <= status < 300:
            usage = answer["usage"]
            cost = (0.5 * usage["prompt_tokens"] + 1.5 * usage["completion_tokens"]) / 1e6
            return answer["choices"][0]["text"], cost
        if status != 429:
            raise (PermissionError if status == 401 else ValueError)(answer["error"]["message"])
        if attempt < tries - 1:
            wait(answer["retry_after"])
    raise TimeoutError("too many requests")


# %% exercise=ask_api name=wait-doubled
# en: The second wait is twice as long as the API says. Who knows best how long to wait?
# ko: 두 번째 기다림이 API가 말한 시간의 두 배입니다. 얼마나 기다려야 하는지는 누가 가장 잘 아나요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for attempt in range(tries):
        status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
        if status == 200:
            usage = answer["usage"]
            cost = (0.5 * usage["prompt_tokens"] + 1.5 * usage["completion_tokens"]) / 1e6
            return answer["choices"][0]["text"], cost
        if status != 429:
            raise (PermissionError if status == 401 else ValueError)(answer["error"]["message"])
        if attempt < tries - 1:
            wait(answer["retry_after"] * 2**attempt)
    raise TimeoutError("too many requests")


# %% exercise=ask_api name=tries-begin-anew
# en: After a 429 you count three tries again, whatever tries was. What does the next call know of those that are left?
# ko: 429 다음에는 tries가 얼마였든 다시 세 번부터 셉니다. 다음 호출은 남은 횟수를 아나요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
    if status == 200:
        usage = answer["usage"]
        cost = (0.5 * usage["prompt_tokens"] + 1.5 * usage["completion_tokens"]) / 1e6
        return answer["choices"][0]["text"], cost
    if status != 429:
        raise (PermissionError if status == 401 else ValueError)(answer["error"]["message"])
    if tries == 1:
        raise TimeoutError("too many requests")
    wait(answer["retry_after"])
    return ask_api(post, prompt, max_tokens, wait)


# %% exercise=ask_api name=zero-seconds-skipped
# en: A retry_after of 0 does not reach wait. What does `if` make of a 0?
# ko: retry_after가 0이면 wait를 부르지 않습니다. `if`는 0을 무엇으로 볼까요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for attempt in range(tries):
        status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
        if status == 200:
            usage = answer["usage"]
            cost = (0.5 * usage["prompt_tokens"] + 1.5 * usage["completion_tokens"]) / 1e6
            return answer["choices"][0]["text"], cost
        if status != 429:
            raise (PermissionError if status == 401 else ValueError)(answer["error"]["message"])
        if attempt < tries - 1 and answer["retry_after"]:
            wait(answer["retry_after"])
    raise TimeoutError("too many requests")


# %% exercise=ask_api name=text-stripped
# en: The blanks at the ends of the text are gone. Is the text asked for as it came?
# ko: 글 양 끝의 빈칸이 사라졌습니다. 글은 받은 그대로 돌려주어야 하지 않나요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for attempt in range(tries):
        status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
        if status == 200:
            usage = answer["usage"]
            cost = (0.5 * usage["prompt_tokens"] + 1.5 * usage["completion_tokens"]) / 1e6
            return answer["choices"][0]["text"].strip(), cost
        if status != 429:
            raise (PermissionError if status == 401 else ValueError)(answer["error"]["message"])
        if attempt < tries - 1:
            wait(answer["retry_after"])
    raise TimeoutError("too many requests")


# %% exercise=ask_api name=zero-tokens-taken-for-missing
# en: An answer of 0 completion tokens is charged for. What does `or` make of a 0?
# ko: 답변 토큰이 0개인데 값을 매겼습니다. `or`는 0을 무엇으로 볼까요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for attempt in range(tries):
        status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
        if status == 200:
            usage = answer["usage"]
            back = usage["completion_tokens"] or max_tokens
            cost = (0.5 * usage["prompt_tokens"] + 1.5 * back) / 1e6
            return answer["choices"][0]["text"], cost
        if status != 429:
            raise (PermissionError if status == 401 else ValueError)(answer["error"]["message"])
        if attempt < tries - 1:
            wait(answer["retry_after"])
    raise TimeoutError("too many requests")


# %% exercise=ask_api name=wrong-key-seen-at-first-only
# en: A status of 401 that comes after a 429 does not end in PermissionError. Is it looked for after every post?
# ko: 429 다음에 오는 401에서 PermissionError가 나지 않습니다. 보낼 때마다 401인지 확인하나요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
    if status == 401:
        raise PermissionError(answer["error"]["message"])
    for _ in range(tries - 1):
        if status == 429:
            wait(answer["retry_after"])
            status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
    if status == 429:
        raise TimeoutError("too many requests")
    if status != 200:
        raise ValueError(answer["error"]["message"])
    usage = answer["usage"]
    cost = (0.5 * usage["prompt_tokens"] + 1.5 * usage["completion_tokens"]) / 1e6
    return answer["choices"][0]["text"], cost


# %% exercise=ask_api name=last-status-not-read
# en: A refusal at the last try ends in TimeoutError. What must the status of the last try have been for that?
# ko: 마지막 시도에서 거절되었는데 TimeoutError가 납니다. TimeoutError는 마지막 상태가 무엇일 때 내야 하나요?
def ask_api(post, prompt, max_tokens, wait, tries=3):
    for attempt in range(tries):
        status, answer = post({"prompt": prompt, "max_tokens": max_tokens})
        if status == 200:
            usage = answer["usage"]
            cost = (0.5 * usage["prompt_tokens"] + 1.5 * usage["completion_tokens"]) / 1e6
            return answer["choices"][0]["text"], cost
        if attempt == tries - 1:
            break
        if status != 429:
            raise (PermissionError if status == 401 else ValueError)(answer["error"]["message"])
        wait(answer["retry_after"])
    raise TimeoutError("too many requests")


# %% exercise=stable_softmax name=temperature-as-a-power
# en: The temperature is a power of probabilities that exist already: one that was rounded to 0 stays 0. What should it divide instead?
# ko: 이미 구한 확률을 온도로 거듭제곱했습니다. 0으로 반올림된 확률은 그대로 0입니다. 대신 무엇을 온도로 나누어야 하나요?
def stable_softmax(logits, temperature=1.0):
    exps = (logits - logits.max(dim=-1, keepdim=True).values).exp()
    p = (exps / exps.sum(dim=-1, keepdim=True)) ** (1 / temperature)
    return p / p.sum(dim=-1, keepdim=True)


# %% exercise=stable_softmax name=view-of-a-transposed-tensor
# en: A transposed tensor fails: its numbers do not lie in the order that view needs. Do you need view here, and what would reshape do?
# ko: 전치된 텐서에서 오류가 납니다. 숫자가 view에 필요한 순서로 놓여 있지 않습니다. 여기서 view가 꼭 필요한가요? reshape라면 어떨까요?
def stable_softmax(logits, temperature=1.0):
    z = logits.view(-1, logits.shape[-1]) / temperature
    exps = torch.exp(z - z.max(dim=-1, keepdim=True).values)
    return (exps / exps.sum(dim=-1, keepdim=True)).view(logits.shape)


# %% exercise=stable_softmax name=numpy-has-no-bfloat16
# en: One input is bfloat16, a float dtype that NumPy does not have. Can torch do the same steps?
# ko: 입력 하나가 bfloat16인데 NumPy에는 없는 실수형입니다. 같은 계산을 torch로 할 수 있을까요?
def stable_softmax(logits, temperature=1.0):
    z = logits.numpy() / temperature
    exps = np.exp(z - z.max(axis=-1, keepdims=True))
    return torch.from_numpy(exps / exps.sum(axis=-1, keepdims=True))


# %% exercise=cross_entropy name=view-of-a-transposed-tensor
# en: Transposed logits fail: their numbers do not lie in the order that view needs. Do you need view here, and what would reshape do?
# ko: 전치된 로짓에서 오류가 납니다. 숫자가 view에 필요한 순서로 놓여 있지 않습니다. 여기서 view가 꼭 필요한가요? reshape라면 어떨까요?
def cross_entropy(logits, targets):
    N, V = logits.shape
    picked = logits.view(-1)[torch.arange(N) * V + targets]
    return (torch.logsumexp(logits, dim=-1) - picked).mean()


# %% exercise=cross_entropy name=numpy-has-no-bfloat16
# en: One input is bfloat16, a float dtype that NumPy does not have. Can torch do the same steps?
# ko: 입력 하나가 bfloat16인데 NumPy에는 없는 실수형입니다. 같은 계산을 torch로 할 수 있을까요?
def cross_entropy(logits, targets):
    z = logits.numpy()
    top = z.max(axis=1)
    log_sums = top + np.log(np.exp(z - top[:, None]).sum(axis=1))
    return torch.tensor((log_sums - z[np.arange(len(z)), targets.numpy()]).mean())


# %% exercise=masked_mean name=numpy-has-no-bfloat16
# en: One input is bfloat16, a float dtype that NumPy does not have. Can torch do the same steps?
# ko: 입력 하나가 bfloat16인데 NumPy에는 없는 실수형입니다. 같은 계산을 torch로 할 수 있을까요?
def masked_mean(values, mask):
    rows = []
    for v, m in zip(values.numpy(), mask.numpy().astype(bool)):
        rows.append(v[m].mean(axis=0) if m.any() else np.zeros(v.shape[1], v.dtype))
    return torch.from_numpy(np.stack(rows))


# %% exercise=masked_mean name=zero-vectors-are-padding
# en: A real position whose vector is all zeros is not counted. What says which positions are real: the values, or the mask?
# ko: 벡터가 모두 0인 실제 위치가 세어지지 않았습니다. 어느 위치가 실제인지는 값이 알려 주나요, 마스크가 알려 주나요?
def masked_mean(values, mask):
    clean = values.masked_fill(~mask.bool().unsqueeze(-1), 0.0)
    count = (clean != 0).any(dim=-1).sum(dim=1, keepdim=True)
    return clean.sum(dim=1) / count.clamp(min=1)


# %% exercise=split_heads name=result-in-float32
# en: Whatever dtype x has, float32 comes back. In which dtype is the tensor made that takes the pieces?
# ko: x의 dtype과 상관없이 float32가 돌아옵니다. 조각을 담는 텐서의 dtype은 무엇인가요?
def split_heads(x, n_heads):
    B, T, D = x.shape
    size = D // n_heads
    out = torch.zeros(B, n_heads, T, size)
    for h in range(n_heads):
        out[:, h] = x[:, :, h * size : (h + 1) * size]
    return out


# %% exercise=cross_entropy survivor=`torch.logsumexp(logits, dim=-1)` -> `torch.logsumexp(logits, dim=-1, keepdim=True)` in `log_p = logits[rows, targets] - torch.logsumexp(logits, dim=-1)`
# why: Equivalent. The (N, N) table of all differences has the same mean as the N differences.
