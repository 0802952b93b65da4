"""Known mistakes and correct variants of week 14: patches, pairs, classes, recall, looks, sounds.

Each cell runs in the notebook's namespace, right after the reference's solution cell.
"""


# ------------------------------------------------------------------------------------ patchify
# %% exercise=patchify name=reshape-alone
# en: The shape is right and the numbers are not: which four pixels does a patch of 2 by 2 hold?
# ko: 모양은 맞지만 숫자가 다릅니다. 2×2 패치에는 어떤 네 픽셀이 들어가야 하나요?
def patchify(images, P):
    B, H, W, C = images.shape
    if H % P or W % P:
        raise ValueError("no whole number of patches")
    return images.reshape(B, -1, P * P * C)


# %% exercise=patchify name=columns-of-patches-first
# en: Your patches run down the picture first: in which order does one read?
# ko: 패치가 세로로 먼저 나열되어 있습니다. 글을 읽는 순서는 어느 쪽인가요?
def patchify(images, P):
    B, H, W, C = images.shape
    if H % P or W % P:
        raise ValueError("no whole number of patches")
    tiles = images.reshape(B, H // P, P, W // P, P, C).permute(0, 3, 1, 2, 4, 5)
    return tiles.reshape(B, -1, P * P * C)


# %% exercise=patchify name=pixels-by-columns
# en: Within a patch the pixels stand column by column: what does the docstring say?
# ko: 패치 안의 픽셀이 열 순서로 놓여 있습니다. 설명에는 어떤 순서라고 되어 있나요?
def patchify(images, P):
    B, H, W, C = images.shape
    if H % P or W % P:
        raise ValueError("no whole number of patches")
    tiles = images.reshape(B, H // P, P, W // P, P, C).permute(0, 1, 3, 4, 2, 5)
    return tiles.reshape(B, -1, P * P * C)


# %% exercise=patchify name=channels-first
# en: In your rows one channel comes after the other: what stands beside a pixel's red?
# ko: 채널이 차례로 나열되어 있습니다. 한 픽셀의 빨강 옆에는 무엇이 와야 하나요?
def patchify(images, P):
    B, H, W, C = images.shape
    if H % P or W % P:
        raise ValueError("no whole number of patches")
    tiles = images.reshape(B, H // P, P, W // P, P, C).permute(0, 1, 3, 5, 2, 4)
    return tiles.reshape(B, -1, P * P * C)


# %% exercise=patchify name=crops-what-does-not-fit
# en: What does not fit is cut off without a word: what was promised for such a picture?
# ko: 맞지 않는 부분을 말없이 잘라 냅니다. 그런 그림에는 무엇을 하기로 했나요?
def patchify(images, P):
    B, H, W, C = images.shape
    h, w = H // P, W // P
    tiles = images[:, : h * P, : w * P].reshape(B, h, P, w, P, C).transpose(2, 3)
    return tiles.reshape(B, h * w, P * P * C)


# %% exercise=patchify name=only-the-height-is-checked
# en: Height and width both have to fit: do you look at both?
# ko: 높이와 너비가 모두 맞아야 합니다. 둘 다 확인하고 있나요?
def patchify(images, P):
    B, H, W, C = images.shape
    if H % P:
        raise ValueError("no whole number of patches")
    w = W // P
    tiles = images[:, :, : w * P].reshape(B, H // P, P, w, P, C).transpose(2, 3)
    return tiles.reshape(B, -1, P * P * C)


# %% exercise=patchify name=square-pictures-only
# en: A picture need not be square: how many patches stand in a row, and how many rows are there?
# ko: 그림이 정사각형이 아닐 수도 있습니다. 한 줄에 패치가 몇 개이고, 몇 줄인가요?
def patchify(images, P):
    B, H, W, C = images.shape
    if H % P or W % P or H != W:
        raise ValueError("no whole number of patches")
    tiles = images.reshape(B, H // P, P, W // P, P, C).transpose(2, 3)
    return tiles.reshape(B, -1, P * P * C)


# %% exercise=patchify name=always-float
# en: The dtype of the picture is gone: where does it become a float?
# ko: 그림의 dtype이 바뀌었습니다. 어디에서 실수로 변환되나요?
def patchify(images, P):
    B, H, W, C = images.shape
    if H % P or W % P:
        raise ValueError("no whole number of patches")
    tiles = images.double().reshape(B, H // P, P, W // P, P, C).transpose(2, 3)
    return tiles.reshape(B, -1, P * P * C)


# %% exercise=patchify name=another-error-for-what-does-not-fit
# en: A picture that does not fit raises another error than ValueError: is each of its two sides checked?
# ko: 맞지 않는 그림에서 ValueError가 아닌 다른 오류가 납니다. 두 변을 모두 확인하나요?
def patchify(images, P):
    B, H, W, C = images.shape
    if H % P:
        raise ValueError("no multiple")
    tiles = images.reshape(B, H // P, P, W // P, P, C).transpose(2, 3)
    return tiles.reshape(B, -1, P * P * C)


# %% exercise=patchify name=square-pictures
# en: A picture may be wider than high: how many columns of patches are there?
# ko: 그림은 높이보다 넓을 수 있습니다. 패치의 열은 몇 개인가요?
def patchify(images, P):
    B, H, W, C = images.shape
    if H % P or W % P:
        raise ValueError("no multiple")
    n = H // P
    return images.reshape(B, n, P, n, P, C).transpose(2, 3).reshape(B, n * n, P * P * C)


# %% exercise=patchify name=refused-only-if-neither-side-fits
# en: A picture of which one side alone does not fit is not refused: which word joins your two tests?
# ko: 한 변만 맞지 않는 그림을 거절하지 않습니다. 두 검사를 어떤 말로 이었나요?
def patchify(images, P):
    B, H, W, C = images.shape
    if H % P and W % P:
        raise ValueError("no multiple")
    tiles = images.reshape(B, H // P, P, W // P, P, C).transpose(2, 3)
    return tiles.reshape(B, -1, P * P * C)


# %% exercise=patchify name=unfold-takes-channel-by-channel
# en: In your rows one channel comes after the other, and whole numbers are refused: what does the function that cuts expect and give?
# ko: 채널이 차례로 나열되고, 정수 그림은 받지 않습니다. 자르는 함수는 어떤 입력을 받아 어떤 순서로 돌려주나요?
def patchify(images, P):
    B, H, W, C = images.shape
    if H % P or W % P:
        raise ValueError("no multiple")
    return F.unfold(images.permute(0, 3, 1, 2), P, stride=P).transpose(1, 2)


# %% exercise=patchify name=pixels-are-counted
# en: The number of pixels fits, and yet a side does not: what has to be a multiple of P?
# ko: 픽셀 수는 맞아도 한 변이 맞지 않을 수 있습니다. 무엇이 P의 배수여야 하나요?
def patchify(images, P):
    B, H, W, C = images.shape
    if (H * W) % (P * P):
        raise ValueError("no multiple")
    tiles = images.reshape(B, H // P, P, W // P, P, C).transpose(2, 3)
    return tiles.reshape(B, -1, P * P * C)


# %% exercise=patchify variant=loop
def patchify(images, P):
    B, H, W, C = images.shape
    if H % P != 0 or W % P != 0:
        raise ValueError("P must divide both sides")
    found = []
    for top in range(0, H, P):
        for left in range(0, W, P):
            found.append(images[:, top : top + P, left : left + P].flatten(1))
    return torch.stack(found, dim=1)


# %% exercise=patchify variant=unfold-twice
def patchify(images, P):
    if images.shape[1] % P or images.shape[2] % P:
        raise ValueError("P must divide both sides")
    tiles = images.unfold(1, P, P).unfold(2, P, P)  # (B, h, w, C, P, P)
    return tiles.permute(0, 1, 2, 4, 5, 3).flatten(3).flatten(1, 2)


# ------------------------------------------------------------------------------------ info_nce
# %% exercise=info_nce name=no-unit-length
# en: Longer vectors change your loss: is a cosine taken, or a plain product?
# ko: 벡터가 길어지면 손실이 달라집니다. 코사인인가요, 단순한 내적인가요?
def info_nce(u, v, tau):
    z = u @ v.T / tau
    pairs = torch.arange(len(z))
    return (F.cross_entropy(z, pairs) + F.cross_entropy(z.T, pairs)) / 2


# %% exercise=info_nce name=pictures-choose-only
# en: Pictures choose their captions; who else has to choose?
# ko: 그림이 캡션을 고릅니다. 반대 방향은 어디에 있나요?
def info_nce(u, v, tau):
    z = F.normalize(u, dim=-1) @ F.normalize(v, dim=-1).T / tau
    return F.cross_entropy(z, torch.arange(len(z)))


# %% exercise=info_nce name=captions-choose-only
# en: Captions choose their pictures; and the pictures?
# ko: 캡션이 그림을 고릅니다. 그림은 무엇을 고르나요?
def info_nce(u, v, tau):
    z = F.normalize(u, dim=-1) @ F.normalize(v, dim=-1).T / tau
    return F.cross_entropy(z.T, torch.arange(len(z)))


# %% exercise=info_nce name=sum-of-both-directions
# en: Twice the loss: are both directions added, or averaged?
# ko: 손실이 두 배입니다. 두 방향을 더했나요, 평균했나요?
def info_nce(u, v, tau):
    z = F.normalize(u, dim=-1) @ F.normalize(v, dim=-1).T / tau
    pairs = torch.arange(len(z))
    return F.cross_entropy(z, pairs) + F.cross_entropy(z.T, pairs)


# %% exercise=info_nce name=times-the-temperature
# en: A smaller temperature should sharpen: do you divide by it?
# ko: 온도가 작을수록 뾰족해져야 합니다. 온도로 나누고 있나요?
def info_nce(u, v, tau):
    z = F.normalize(u, dim=-1) @ F.normalize(v, dim=-1).T * tau
    pairs = torch.arange(len(z))
    return (F.cross_entropy(z, pairs) + F.cross_entropy(z.T, pairs)) / 2


# %% exercise=info_nce name=normalised-over-the-batch
# en: Along which axis is a vector's length measured? Yours runs over the batch.
# ko: 벡터의 길이는 어느 축을 따라 재나요? 지금은 배치 축을 따라 재고 있습니다.
def info_nce(u, v, tau):
    z = F.normalize(u, dim=0) @ F.normalize(v, dim=0).T / tau
    pairs = torch.arange(len(z))
    return (F.cross_entropy(z, pairs) + F.cross_entropy(z.T, pairs)) / 2


# %% exercise=info_nce name=exp-overflows
# en: At a small temperature your exp leaves the range of floats: which function takes logarithms safely?
# ko: 온도가 작으면 exp의 값이 실수로 담을 수 있는 범위를 벗어납니다. 로그를 안전하게 구하는 함수는 무엇인가요?
def info_nce(u, v, tau):
    e = torch.exp(F.normalize(u, dim=-1) @ F.normalize(v, dim=-1).T / tau)
    rows, columns = e.diag() / e.sum(1), e.diag() / e.sum(0)
    return -(rows.log().mean() + columns.log().mean()) / 2


# %% exercise=info_nce name=the-true-pair-is-left-out-below
# en: What stands below the fraction line: the wrong captions alone?
# ko: 분모에는 무엇이 들어가나요? 틀린 캡션만인가요?
def info_nce(u, v, tau):
    z = F.normalize(u, dim=-1) @ F.normalize(v, dim=-1).T / tau
    if len(z) == 1:
        return (z * 0).sum()
    others = z.masked_fill(torch.eye(len(z), dtype=torch.bool), -math.inf)
    rows, columns = others.logsumexp(1), others.logsumexp(0)
    return ((rows + columns) / 2 - z.diag()).mean()


# %% exercise=info_nce name=sum-over-the-batch
# en: The loss grows with the batch: is it a mean over the pairs?
# ko: 배치가 커지면 손실도 커집니다. 쌍에 대한 평균인가요?
def info_nce(u, v, tau):
    z = F.normalize(u, dim=-1) @ F.normalize(v, dim=-1).T / tau
    return -(z.log_softmax(1).diag() + z.log_softmax(0).diag()).sum() / 2


# %% exercise=info_nce name=each-direction-teaches-one-tower
# en: The value is right, but each direction of the loss teaches one tower alone: where is a vector detached?
# ko: 값은 맞지만 손실의 각 방향이 한쪽 탑만 가르칩니다. 어디에서 벡터의 기울기를 끊나요?
def info_nce(u, v, tau):
    a, b = F.normalize(u, dim=-1), F.normalize(v, dim=-1)
    z, pairs = a @ b.detach().T / tau, torch.arange(len(a))
    back = b @ a.detach().T / tau
    return (F.cross_entropy(z, pairs) + F.cross_entropy(back, pairs)) / 2


# %% exercise=info_nce name=temperature-without-gradient
# en: A learned temperature learns nothing here: where does it become a plain number?
# ko: 학습되는 온도가 배우지 못합니다. 어디에서 보통 숫자로 바뀌나요?
def info_nce(u, v, tau):
    held = tau.detach() + 0 * tau if isinstance(tau, Tensor) else tau
    z = F.normalize(u, dim=-1) @ F.normalize(v, dim=-1).T / held
    pairs = torch.arange(len(z))
    return (F.cross_entropy(z, pairs) + F.cross_entropy(z.T, pairs)) / 2


# %% exercise=info_nce name=a-little-added-in-the-logarithm
# en: A small number in the logarithm keeps it finite: what does it do to a pair that is far off?
# ko: 로그 안에 작은 수를 더하면 값은 유한해집니다. 아주 어긋난 쌍의 손실은 어떻게 되나요?
def info_nce(u, v, tau):
    z = F.normalize(u, dim=-1) @ F.normalize(v, dim=-1).T / tau
    rows, columns = z.softmax(1).diagonal(), z.softmax(0).diagonal()
    return -((rows + 1e-8).log().mean() + (columns + 1e-8).log().mean()) / 2


# %% exercise=info_nce name=softmax-twice
# en: `cross_entropy` takes logits and has a softmax of its own: what do you hand it?
# ko: `cross_entropy`는 로짓을 받고 softmax도 스스로 합니다. 무엇을 넘겨주었나요?
def info_nce(u, v, tau):
    z = F.normalize(u, dim=-1) @ F.normalize(v, dim=-1).T / tau
    pairs = torch.arange(len(z))
    return (F.cross_entropy(z.softmax(1), pairs) + F.cross_entropy(z.T.softmax(1), pairs)) / 2


# %% exercise=info_nce name=temperature-taken-for-a-logarithm
# en: The temperature comes as it is, not as a logarithm: what does your exp make of it?
# ko: 온도는 로그가 아니라 값 그대로 들어옵니다. exp를 취하면 무엇이 되나요?
def info_nce(u, v, tau):
    z = F.normalize(u, dim=-1) @ F.normalize(v, dim=-1).T * torch.as_tensor(tau).exp()
    pairs = torch.arange(len(z))
    return (F.cross_entropy(z, pairs) + F.cross_entropy(z.T, pairs)) / 2


# %% exercise=info_nce name=one-pair-has-nothing-below
# en: What stands below the fraction line: the wrong captions alone? With one pair nothing is left.
# ko: 분모에는 무엇이 들어가나요? 틀린 캡션만이라면, 쌍이 하나일 때는 아무것도 남지 않습니다.
def info_nce(u, v, tau):
    z = F.normalize(u, dim=-1) @ F.normalize(v, dim=-1).T / tau
    others = z.masked_fill(torch.eye(len(z), dtype=torch.bool), -math.inf)
    rows, columns = others.logsumexp(1), others.logsumexp(0)
    return ((rows + columns) / 2 - z.diag()).mean()


# %% exercise=info_nce name=captions-are-detached
# en: The value is right, but the captions' tower learns nothing: where is it cut off?
# ko: 값은 맞지만 캡션 쪽 탑은 전혀 배우지 못합니다. 어디에서 끊겼나요?
def info_nce(u, v, tau):
    z = F.normalize(u, dim=-1) @ F.normalize(v, dim=-1).detach().T / tau
    pairs = torch.arange(len(z))
    return (F.cross_entropy(z, pairs) + F.cross_entropy(z.T, pairs)) / 2


# %% exercise=info_nce name=temperature-held-from-below
# en: Below 0.01 your temperature changes nothing any more: what holds it there?
# ko: 0.01보다 작은 온도는 아무것도 바꾸지 못합니다. 무엇이 온도를 붙잡고 있나요?
def info_nce(u, v, tau):
    scale = (1 / torch.as_tensor(tau, dtype=u.dtype)).clamp(max=100.0)
    z = F.normalize(u, dim=-1) @ F.normalize(v, dim=-1).T * scale
    pairs = torch.arange(len(z))
    return (F.cross_entropy(z, pairs) + F.cross_entropy(z.T, pairs)) / 2


# %% exercise=info_nce name=logits-held-within-a-hundred
# en: Your logits never pass 100: how far do they reach at a temperature of 0.001?
# ko: 로짓이 100을 넘지 못합니다. 온도가 0.001이면 로짓은 어디까지 커지나요?
def info_nce(u, v, tau):
    z = (F.normalize(u, dim=-1) @ F.normalize(v, dim=-1).T / tau).clamp(-100, 100)
    pairs = torch.arange(len(z))
    return (F.cross_entropy(z, pairs) + F.cross_entropy(z.T, pairs)) / 2


# %% exercise=info_nce name=a-little-added-to-the-length
# en: Only short vectors come out wrong: how does what you add to a length compare with theirs?
# ko: 짧은 벡터에서만 틀립니다. 길이에 더한 작은 수는 그 길이에 비해 얼마나 큰가요?
def info_nce(u, v, tau):
    a = u / (u.norm(dim=1, keepdim=True) + 1e-6)
    b = v / (v.norm(dim=1, keepdim=True) + 1e-6)
    z, pairs = a @ b.T / tau, torch.arange(len(u))
    return (F.cross_entropy(z, pairs) + F.cross_entropy(z.T, pairs)) / 2


# %% exercise=info_nce name=length-without-gradient
# en: The value is right, but your gradient would lengthen vectors, though their length changes nothing: where does the length drop out of the gradient?
# ko: 값은 맞지만 기울기가 벡터의 길이를 바꾸려 합니다. 길이는 손실을 바꾸지 않습니다. 길이가 어디에서 기울기 계산에서 빠지나요?
def info_nce(u, v, tau):
    a, b = u / u.detach().norm(dim=1, keepdim=True), v / v.detach().norm(dim=1, keepdim=True)
    z, pairs = a @ b.T / tau, torch.arange(len(u))
    return (F.cross_entropy(z, pairs) + F.cross_entropy(z.T, pairs)) / 2


# %% exercise=info_nce variant=log-softmax
def info_nce(u, v, tau):
    a, b = u / u.norm(dim=1, keepdim=True), v / v.norm(dim=1, keepdim=True)
    z = (a @ b.mT) / tau
    return -(z.log_softmax(0) + z.log_softmax(1)).diagonal().mean() / 2


# %% exercise=info_nce variant=cosines-and-logsumexp
def info_nce(u, v, tau):
    z = F.cosine_similarity(u.unsqueeze(1), v.unsqueeze(0), dim=-1) / tau
    return ((z.logsumexp(1) + z.logsumexp(0)) / 2 - z.diag()).mean()


# ------------------------------------------------------------------------------------ zero_shot_classify
# %% exercise=zero_shot_classify name=long-captions-outvote
# en: A long caption vector outvotes the others of its class: when is length 1 restored?
# ko: 긴 캡션 벡터가 같은 클래스의 다른 벡터를 압도합니다. 언제 길이를 1로 맞추나요?
def zero_shot_classify(u, captions, tau):
    means = torch.stack([one.mean(0) for one in captions])
    return (F.normalize(u, dim=-1) @ F.normalize(means, dim=-1).T / tau).softmax(-1)


# %% exercise=zero_shot_classify name=mean-not-at-length-one
# en: A class whose captions agree has a longer mean: is it brought to length 1 again?
# ko: 캡션들이 비슷한 클래스는 평균이 더 깁니다. 평균의 길이도 다시 1로 맞추었나요?
def zero_shot_classify(u, captions, tau):
    means = torch.stack([F.normalize(one, dim=-1).mean(0) for one in captions])
    return (F.normalize(u, dim=-1) @ means.T / tau).softmax(-1)


# %% exercise=zero_shot_classify name=softmax-over-pictures
# en: Each picture should have probabilities that sum to 1: along which axis is your softmax?
# ko: 그림마다 확률의 합이 1이어야 합니다. softmax는 어느 축을 따라 계산하나요?
def zero_shot_classify(u, captions, tau):
    means = torch.stack([F.normalize(one, dim=-1).mean(0) for one in captions])
    return (F.normalize(u, dim=-1) @ F.normalize(means, dim=-1).T / tau).softmax(0)


# %% exercise=zero_shot_classify name=times-tau
# en: A small temperature should make it surer: do you divide by it?
# ko: 온도가 작으면 더 확신해야 합니다. 온도로 나누고 있나요?
def zero_shot_classify(u, captions, tau):
    means = torch.stack([F.normalize(one, dim=-1).mean(0) for one in captions])
    return (F.normalize(u, dim=-1) @ F.normalize(means, dim=-1).T * tau).softmax(-1)


# %% exercise=zero_shot_classify name=picture-length-counts
# en: A longer picture vector makes it surer: which of the two sides is not at length 1?
# ko: 그림 벡터가 길수록 더 확신합니다. 두 쪽 중 어느 쪽의 길이가 1이 아닌가요?
def zero_shot_classify(u, captions, tau):
    means = torch.stack([F.normalize(one, dim=-1).mean(0) for one in captions])
    return (u @ F.normalize(means, dim=-1).T / tau).softmax(-1)


# %% exercise=zero_shot_classify name=nearest-caption-of-a-class
# en: You take the nearest caption of each class: what is done with several of them?
# ko: 클래스마다 가장 가까운 캡션 하나만 씁니다. 여러 캡션은 어떻게 합치기로 했나요?
def zero_shot_classify(u, captions, tau):
    near = [F.normalize(u, dim=-1) @ F.normalize(one, dim=-1).T for one in captions]
    return (torch.stack([one.amax(-1) for one in near], dim=-1) / tau).softmax(-1)


# %% exercise=zero_shot_classify name=first-caption-only
# en: Only the first caption of each class is used: what about the others?
# ko: 클래스마다 첫 번째 캡션만 사용합니다. 나머지는요?
def zero_shot_classify(u, captions, tau):
    first = torch.stack([one[0] for one in captions])
    return (F.normalize(u, dim=-1) @ F.normalize(first, dim=-1).T / tau).softmax(-1)


# %% exercise=zero_shot_classify name=cosines-not-probabilities
# en: Cosines come back: what makes probabilities of them?
# ko: 코사인이 그대로 나옵니다. 무엇이 이것을 확률로 바꾸나요?
def zero_shot_classify(u, captions, tau):
    means = torch.stack([F.normalize(one, dim=-1).mean(0) for one in captions])
    return F.normalize(u, dim=-1) @ F.normalize(means, dim=-1).T / tau


# %% exercise=zero_shot_classify name=mean-of-probabilities
# en: Captions are averaged as vectors, before anything is compared: what do you average?
# ko: 비교하기 전에 캡션을 벡터로 평균해야 합니다. 무엇을 평균하고 있나요?
def zero_shot_classify(u, captions, tau):
    near = [F.normalize(u, dim=-1) @ F.normalize(one, dim=-1).T for one in captions]
    table = torch.stack([(one / tau).exp().mean(-1) for one in near], dim=-1)
    return table / table.sum(-1, keepdim=True)


# %% exercise=zero_shot_classify name=exp-without-care
# en: A cosine of 1 at a small temperature: how large is its exponential?
# ko: 온도가 작을 때 코사인 1의 지수는 얼마나 커지나요?
def zero_shot_classify(u, captions, tau):
    table = torch.stack([F.normalize(F.normalize(c, dim=-1).mean(0), dim=0) for c in captions])
    e = (F.normalize(u, dim=-1) @ table.T / tau).exp()
    return e / e.sum(-1, keepdim=True)


# %% exercise=zero_shot_classify name=unit-length-along-the-classes
# en: Which axis of the table of class vectors is brought to length 1?
# ko: 클래스 벡터의 표에서 어느 축을 길이 1로 만들고 있나요?
def zero_shot_classify(u, captions, tau):
    table = torch.stack([F.normalize(c, dim=-1).mean(0) for c in captions])
    return (F.normalize(u, dim=-1) @ F.normalize(table, dim=0).T / tau).softmax(-1)


# %% exercise=zero_shot_classify name=the-winner-alone
# en: The number of the likeliest class comes back: what is asked for of each class?
# ko: 가장 그럴듯한 클래스의 번호만 돌아옵니다. 클래스마다 무엇을 돌려줘야 하나요?
def zero_shot_classify(u, captions, tau):
    means = torch.stack([F.normalize(one, dim=-1).mean(0) for one in captions])
    return (F.normalize(u, dim=-1) @ F.normalize(means, dim=-1).T).argmax(-1)


# %% exercise=zero_shot_classify name=one-length-for-all-pictures
# en: All pictures are divided by one number, the length of their whole table: along which axis has each a length of its own?
# ko: 모든 그림을 표 전체의 길이 하나로 나눕니다. 그림마다 길이를 구하려면 어느 축을 따라야 하나요?
def zero_shot_classify(u, captions, tau):
    means = torch.stack([F.normalize(one, dim=-1).mean(0) for one in captions])
    return (u / u.norm() @ F.normalize(means, dim=-1).T / tau).softmax(-1)


# %% exercise=zero_shot_classify name=one-class-loses-its-axis
# en: With a single class your table of classes is a vector: which axis has gone?
# ko: 클래스가 하나이면 클래스 표가 벡터가 됩니다. 어느 축이 사라졌나요?
def zero_shot_classify(u, captions, tau):
    means = torch.stack([F.normalize(one, dim=-1).mean(0) for one in captions])
    return (F.normalize(u, dim=-1) @ F.normalize(means, dim=-1).squeeze().T / tau).softmax(-1)


# %% exercise=zero_shot_classify name=a-little-added-to-the-length
# en: Only short vectors come out wrong: how does what you add to a length compare with theirs?
# ko: 짧은 벡터에서만 틀립니다. 길이에 더한 작은 수는 그 길이에 비해 얼마나 큰가요?
def zero_shot_classify(u, captions, tau):
    def unit(x):
        return x / (x.norm(dim=-1, keepdim=True) + 1e-6)

    means = torch.stack([unit(one).mean(0) for one in captions])
    return (unit(u) @ unit(means).T / tau).softmax(-1)


# %% exercise=zero_shot_classify name=captions-brought-to-length-one-by-columns
# en: Each caption of a class should have length 1 by itself: along which axis do you measure it?
# ko: 한 클래스의 캡션은 하나하나 길이가 1이어야 합니다. 길이를 어느 축을 따라 재고 있나요?
def zero_shot_classify(u, captions, tau):
    means = torch.stack([F.normalize(one, dim=0).mean(0) for one in captions])
    return (F.normalize(u, dim=-1) @ F.normalize(means, dim=-1).T / tau).softmax(-1)


# %% exercise=zero_shot_classify variant=sum-of-directions
def zero_shot_classify(u, captions, tau):
    rows = []
    for one in captions:
        total = (one / one.norm(dim=1, keepdim=True)).sum(0)
        rows.append(total / total.norm())
    near = torch.einsum("nd,cd->nc", u / u.norm(dim=1, keepdim=True), torch.stack(rows))
    return torch.softmax(near / tau, dim=1)


# %% exercise=zero_shot_classify variant=cosine-similarity
def zero_shot_classify(u, captions, tau):
    columns = []
    for one in captions:
        centre = F.normalize(one, dim=1).mean(dim=0)
        columns.append(F.cosine_similarity(u, centre[None], dim=1))
    return F.softmax(torch.stack(columns, dim=1) / tau, dim=1)


# ------------------------------------------------------------------------------------ recall_at_k
# %% exercise=recall_at_k name=ties-in-favour
# en: The same score for all gives a perfect recall: who comes first among equals?
# ko: 모두 같은 점수인데 재현율이 완벽합니다. 동점이면 무엇이 앞에 오나요?
def recall_at_k(scores, right, k):
    best = scores.masked_fill(~right, -math.inf).amax(-1, keepdim=True)
    return ((scores > best).sum(-1) < k).float().mean().item()


# %% exercise=recall_at_k name=equal-scores-as-they-come
# en: Equal scores stand in your list as they come: which should come first among them, the right item or the wrong one?
# ko: 점수가 같은 항목들이 나온 순서대로 놓입니다. 그중 어느 것이 먼저여야 하나요, 맞는 항목인가요, 틀린 항목인가요?
def recall_at_k(scores, right, k):
    first = scores.sort(dim=-1, descending=True, stable=True).indices[:, :k]
    return right.gather(-1, first).any(-1).float().mean().item()


# %% exercise=recall_at_k name=raises-beyond-the-end
# en: k may be larger than the number of items: what does `topk` say to that?
# ko: k가 항목 수보다 클 수 있습니다. `topk`는 어떻게 되나요?
def recall_at_k(scores, right, k):
    lowered = torch.where(right, scores - 1e-9, scores)
    return right.gather(-1, lowered.topk(k, -1).indices).any(-1).float().mean().item()


# %% exercise=recall_at_k name=share-of-right-items
# en: A query is a hit or it is not: do you count right items, or queries?
# ko: 질의는 맞거나 틀리거나 둘 중 하나입니다. 정답 항목을 세나요, 질의를 세나요?
def recall_at_k(scores, right, k):
    ahead = (~right[:, None] & (scores[:, None] >= scores[:, :, None])).sum(-1)
    return (right & (ahead < k)).sum().item() / right.sum().item()


# %% exercise=recall_at_k name=precision
# en: You divide by k: is it asked how many of the first k are right, or whether one is?
# ko: k로 나누고 있습니다. 앞의 k개 중 몇 개가 맞는지인가요, 하나라도 맞는지인가요?
def recall_at_k(scores, right, k):
    order = (scores - 1e-9 * right).sort(dim=-1, descending=True, stable=True).indices
    return right.gather(-1, order[:, :k]).float().mean().item()


# %% exercise=recall_at_k name=first-right-item-only
# en: With several right items the best placed counts: which one do you look at?
# ko: 정답이 여럿이면 가장 앞선 것을 봅니다. 어느 항목을 보고 있나요?
def recall_at_k(scores, right, k):
    own = scores.gather(-1, right.int().argmax(-1, keepdim=True))
    return ((~right & (scores >= own)).sum(-1) < k).float().mean().item()


# %% exercise=recall_at_k name=right-items-stand-in-the-way
# en: Does one right item push another one back? Only wrong ones stand ahead.
# ko: 정답 하나가 다른 정답을 뒤로 밀어내나요? 앞에 서는 것은 오답뿐입니다.
def recall_at_k(scores, right, k):
    best = scores.masked_fill(~right, -math.inf).amax(-1, keepdim=True)
    return ((scores >= best).sum(-1) <= k).float().mean().item()


# %% exercise=recall_at_k name=one-too-far
# en: Rank 0 is the first: which ranks are within k?
# ko: 순위 0이 첫 번째입니다. k 안에 드는 순위는 어디까지인가요?
def recall_at_k(scores, right, k):
    best = scores.masked_fill(~right, -math.inf).amax(-1, keepdim=True)
    return ((~right & (scores >= best)).sum(-1) <= k).float().mean().item()


# %% exercise=recall_at_k name=zero-for-wrong-ones
# en: Scores may be negative: is 0 lower than all of them?
# ko: 점수는 음수일 수 있습니다. 0이 모든 점수보다 작은가요?
def recall_at_k(scores, right, k):
    best = (scores * right).amax(-1, keepdim=True)
    return ((~right & (scores >= best)).sum(-1) < k).float().mean().item()


# %% exercise=recall_at_k name=lowest-first
# en: You begin with the lowest score: is higher better, or lower?
# ko: 가장 낮은 점수부터 셉니다. 높은 것이 좋은가요, 낮은 것이 좋은가요?
def recall_at_k(scores, right, k):
    best = scores.masked_fill(~right, math.inf).amin(-1, keepdim=True)
    return ((~right & (scores <= best)).sum(-1) < k).float().mean().item()


# %% exercise=recall_at_k name=worst-right-item-decides
# en: Several items are right: which of them has to be among the first k?
# ko: 맞는 항목이 여럿입니다. 그중 어느 것이 앞의 k개 안에 있어야 하나요?
def recall_at_k(scores, right, k):
    worst = scores.masked_fill(~right, math.inf).amin(-1, keepdim=True)
    ahead = (~right & (scores >= worst)).sum(-1)
    return (ahead < k).double().mean().item()


# %% exercise=recall_at_k name=share-of-the-right-items
# en: Is it asked how many right items were found, or for how many queries one was?
# ko: 맞는 항목을 몇 개 찾았는지를 묻나요, 하나라도 찾은 질의가 몇인지를 묻나요?
def recall_at_k(scores, right, k):
    best = scores.masked_fill(right, -math.inf).sort(-1, descending=True).values
    shares = []
    for row, is_right, wrong in zip(scores, right, best, strict=True):
        ahead = [int((wrong >= s).sum()) for s in row[is_right]]
        shares.append(sum(a < k for a in ahead) / len(ahead))
    return sum(shares) / len(shares)


# %% exercise=recall_at_k name=stands-before-itself
# en: Only wrong items stand before a right one: does yours stand before itself?
# ko: 맞는 항목 앞에 세는 것은 틀린 항목뿐입니다. 자기 자신까지 세고 있나요?
def recall_at_k(scores, right, k):
    best = scores.masked_fill(~right, -math.inf).amax(-1, keepdim=True)
    return ((scores >= best).sum(-1) < k).float().mean().item()


# %% exercise=recall_at_k name=half-a-hit
# en: Two items are right and one of them is found: is that a half, or a hit?
# ko: 맞는 항목이 둘인데 하나를 찾았습니다. 절반인가요, 적중인가요?
def recall_at_k(scores, right, k):
    first = scores.argsort(dim=-1, descending=True)[:, :k]
    return (right.gather(-1, first).sum(-1) / right.sum(-1)).mean().item()


# %% exercise=recall_at_k name=share-of-the-first-k
# en: How many of the first k are right is another measure: by what do you divide?
# ko: 앞의 k개 가운데 맞는 것의 비율은 다른 척도입니다. 무엇으로 나누고 있나요?
def recall_at_k(scores, right, k):
    first = scores.argsort(dim=-1, descending=True)[:, :k]
    return (right.gather(-1, first).sum(-1) / k).mean().item()


# %% exercise=recall_at_k name=right-items-always-ahead
# en: The right items are counted among the wrong ones that stand ahead, whatever they score: scores may be negative, so what did you overwrite them with?
# ko: 점수와 상관없이 정답 항목까지 앞선 오답으로 셉니다. 점수는 음수일 수 있습니다. 정답 자리를 무엇으로 덮어썼나요?
def recall_at_k(scores, right, k):
    best = scores.masked_fill(~right, -math.inf).amax(-1, keepdim=True)
    wrong = scores.masked_fill(right, 0.0)
    return ((wrong >= best).sum(-1) < k).float().mean().item()


# %% exercise=recall_at_k name=ties-left-to-chance
# en: Among equal scores a right item may come first in yours: what decides there?
# ko: 점수가 같을 때 맞는 항목이 먼저 올 때가 있습니다. 그때 순서는 무엇이 정하나요?
def recall_at_k(scores, right, k):
    top = scores.topk(min(k, scores.shape[1]), dim=1).indices
    return right.gather(1, top).any(dim=1).float().mean().item()


# %% exercise=recall_at_k name=right-items-lowered-a-little
# en: Other scores may lie closer together than the little that you take off, or be so large that it is lost: what else tells equal scores apart?
# ko: 빼는 작은 수보다 점수 차이가 더 작을 수도 있고, 점수가 너무 커서 그 수가 사라질 수도 있습니다. 동점을 가르는 다른 방법은 무엇인가요?
def recall_at_k(scores, right, k):
    lowered = scores - 1e-6 * right.to(scores.dtype)
    first = lowered.argsort(dim=1, descending=True)[:, :k]
    return right.gather(1, first).any(dim=1).double().mean().item()


# %% exercise=recall_at_k name=nearly-equal-is-a-tie
# en: Two scores that differ by very little are not the same score: how do you compare them?
# ko: 아주 조금 다른 두 점수는 같은 점수가 아닙니다. 어떻게 비교하고 있나요?
def recall_at_k(scores, right, k):
    best = scores.masked_fill(~right, -math.inf).amax(-1, keepdim=True)
    ahead = (~right & ((scores > best) | torch.isclose(scores, best))).sum(-1)
    return (ahead < k).double().mean().item()


# %% exercise=recall_at_k name=tensor-for-a-float
# en: The numbers are right: is what you return a float, or a tensor that holds one number?
# ko: 숫자는 맞습니다. 돌려주는 것이 float인가요, 숫자 하나를 담은 텐서인가요?
def recall_at_k(scores, right, k):
    best = scores.masked_fill(~right, -math.inf).amax(-1, keepdim=True)
    return ((~right & (scores >= best)).sum(-1) < k).double().mean()


# %% exercise=recall_at_k name=number-for-minus-infinity
# en: Scores of any size and any float dtype may come: which scores, or which dtype, does your lowest number not suit?
# ko: 점수는 크기도 실수 dtype도 정해져 있지 않습니다. 가장 낮다고 쓴 수가 맞지 않는 점수나 dtype은 무엇인가요?
def recall_at_k(scores, right, k):
    best = scores.masked_fill(~right, -1e30).amax(-1, keepdim=True)
    return ((~right & (scores >= best)).sum(-1) < k).double().mean().item()


# %% exercise=recall_at_k variant=loop
def recall_at_k(scores, right, k):
    hits = 0
    for row, truth in zip(scores.tolist(), right.tolist()):
        pairs = sorted(zip(row, truth), key=lambda pair: (-pair[0], pair[1]))
        hits += any(is_right for _, is_right in pairs[:k])
    return hits / len(scores)


# %% exercise=recall_at_k variant=kth-wrong-score
def recall_at_k(scores, right, k):
    wrong = scores.masked_fill(right, -math.inf).sort(dim=-1, descending=True).values
    best = scores.masked_fill(~right, -math.inf).max(dim=-1).values
    if k > scores.shape[1]:
        return 1.0
    return float((best > wrong[:, k - 1]).double().mean())


# ------------------------------------------------------------------------------------ cross_attend
# %% exercise=cross_attend name=no-scale
# en: By what are the products divided before the softmax?
# ko: softmax를 하기 전에 내적을 무엇으로 나누나요?
def cross_attend(x, p, real, W_q, W_k, W_v):
    scores = (x @ W_q) @ (p @ W_k).mT
    weights = scores.masked_fill(~real[:, None], -math.inf).softmax(-1)
    return weights @ (p @ W_v), weights


# %% exercise=cross_attend name=scaled-by-the-words-width
# en: Queries and keys meet in A numbers: which width does your square root take?
# ko: 질의와 키는 A차원에서 만납니다. 제곱근 안에는 어느 너비가 들어가나요?
def cross_attend(x, p, real, W_q, W_k, W_v):
    scores = (x @ W_q) @ (p @ W_k).mT / x.shape[-1] ** 0.5
    weights = scores.masked_fill(~real[:, None], -math.inf).softmax(-1)
    return weights @ (p @ W_v), weights


# %% exercise=cross_attend name=divided-by-a
# en: The products are divided by A: should there be a root?
# ko: 내적을 A로 나누고 있습니다. 제곱근이 빠지지 않았나요?
def cross_attend(x, p, real, W_q, W_k, W_v):
    scores = (x @ W_q) @ (p @ W_k).mT / W_q.shape[1]
    weights = scores.masked_fill(~real[:, None], -math.inf).softmax(-1)
    return weights @ (p @ W_v), weights


# %% exercise=cross_attend name=words-share-a-patch
# en: Your weights sum to 1 over the words: over what should a word's look be shared out?
# ko: 가중치의 합이 단어 방향으로 1입니다. 한 단어의 시선은 무엇에 나누어져야 하나요?
def cross_attend(x, p, real, W_q, W_k, W_v):
    scores = (x @ W_q) @ (p @ W_k).mT / W_q.shape[1] ** 0.5
    weights = scores.softmax(1) * real[:, None]
    return weights @ (p @ W_v), weights


# %% exercise=cross_attend name=empty-patches-are-looked-at
# en: Patches that are not there are looked at: where does `real` come in?
# ko: 없는 패치도 바라보고 있습니다. `real`은 어디에서 쓰이나요?
def cross_attend(x, p, real, W_q, W_k, W_v):
    weights = ((x @ W_q) @ (p @ W_k).mT / W_q.shape[1] ** 0.5).softmax(-1)
    return weights @ (p @ W_v), weights


# %% exercise=cross_attend name=empty-patches-get-a-zero-score
# en: A score of 0 is not a weight of 0: what becomes of it in the softmax?
# ko: 점수 0은 가중치 0이 아닙니다. softmax를 거치면 어떻게 되나요?
def cross_attend(x, p, real, W_q, W_k, W_v):
    scores = (x @ W_q) @ (p @ W_k).mT / W_q.shape[1] ** 0.5
    weights = (scores * real[:, None]).softmax(-1)
    return weights @ (p @ W_v), weights


# %% exercise=cross_attend name=weights-no-longer-sum-to-one
# en: After your mask the weights no longer sum to 1: does it come before or after the softmax?
# ko: 마스크를 씌운 뒤 가중치의 합이 1이 아닙니다. softmax 앞인가요, 뒤인가요?
def cross_attend(x, p, real, W_q, W_k, W_v):
    scores = (x @ W_q) @ (p @ W_k).mT / W_q.shape[1] ** 0.5
    weights = scores.softmax(-1) * real[:, None]
    return weights @ (p @ W_v), weights


# %% exercise=cross_attend name=only-empty-patches-are-looked-at
# en: True means that a patch is there: which ones do you hide?
# ko: True는 패치가 있다는 뜻입니다. 어느 쪽을 가리고 있나요?
def cross_attend(x, p, real, W_q, W_k, W_v):
    scores = (x @ W_q) @ (p @ W_k).mT / W_q.shape[1] ** 0.5
    weights = scores.masked_fill(real[:, None], -1e9).softmax(-1)
    return weights @ (p @ W_v), weights


# %% exercise=cross_attend name=word-added-to-what-it-sees
# en: The word itself is added to what it sees: is that asked for?
# ko: 본 것에 단어 자신이 더해져 있습니다. 그렇게 하라고 했나요?
def cross_attend(x, p, real, W_q, W_k, W_v):
    scores = (x @ W_q) @ (p @ W_k).mT / W_q.shape[1] ** 0.5
    weights = scores.masked_fill(~real[:, None], -math.inf).softmax(-1)
    return x + weights @ (p @ W_v), weights


# %% exercise=cross_attend name=scores-for-weights
# en: What comes back beside the sums are scores: are weights negative, or above 1?
# ko: 가중치 대신 점수가 나옵니다. 가중치가 음수이거나 1보다 클 수 있나요?
def cross_attend(x, p, real, W_q, W_k, W_v):
    scores = (x @ W_q) @ (p @ W_k).mT / W_q.shape[1] ** 0.5
    weights = scores.masked_fill(~real[:, None], -math.inf).softmax(-1)
    return weights @ (p @ W_v), scores


# %% exercise=cross_attend name=mask-of-the-first-picture
# en: Each picture has its own patches: whose mask do you use for the second one?
# ko: 그림마다 패치가 다릅니다. 둘째 그림에는 누구의 마스크를 쓰고 있나요?
def cross_attend(x, p, real, W_q, W_k, W_v):
    scores = (x @ W_q) @ (p @ W_k).mT / W_q.shape[1] ** 0.5
    weights = scores.masked_fill(~real[0], -math.inf).softmax(-1)
    return weights @ (p @ W_v), weights


# %% exercise=cross_attend name=exp-without-care
# en: Scores may be in the hundreds: what is their exponential?
# ko: 점수는 수백일 수도 있습니다. 그 지수는 얼마인가요?
def cross_attend(x, p, real, W_q, W_k, W_v):
    e = ((x @ W_q) @ (p @ W_k).mT / W_q.shape[1] ** 0.5).exp() * real[:, None]
    weights = e / e.sum(-1, keepdim=True)
    return weights @ (p @ W_v), weights


# %% exercise=cross_attend name=scaled-by-the-patches-width
# en: Queries and keys meet in A numbers: is it the patch's width under your root?
# ko: 쿼리와 키는 숫자 A개로 만납니다. 제곱근 안에 패치의 너비를 넣었나요?
def cross_attend(x, p, real, W_q, W_k, W_v):
    z = (x @ W_q) @ (p @ W_k).mT / math.sqrt(p.shape[-1])
    weights = z.masked_fill(~real[:, None], -math.inf).softmax(-1)
    return weights @ (p @ W_v), weights


# %% exercise=cross_attend name=scores-come-back
# en: What comes out is right; beside it stand the scores: what makes weights of them?
# ko: 결과는 맞는데 그 옆에 점수가 돌아옵니다. 무엇을 거쳐야 가중치가 되나요?
def cross_attend(x, p, real, W_q, W_k, W_v):
    z = (x @ W_q) @ (p @ W_k).mT / math.sqrt(W_q.shape[-1])
    z = z.masked_fill(~real[:, None], -math.inf)
    return z.softmax(-1) @ (p @ W_v), z


# %% exercise=cross_attend name=weights-of-the-first-places
# en: A missing patch may stand in front of those that are there: to which places do you write your weights?
# ko: 없는 패치가 있는 패치보다 앞에 올 수도 있습니다. 가중치를 어느 자리에 쓰고 있나요?
def cross_attend(x, p, real, W_q, W_k, W_v):
    outs, looks = [], []
    for words, patches, there in zip(x, p, real):
        kept = patches[there]
        some = ((words @ W_q) @ (kept @ W_k).T / W_k.shape[1] ** 0.5).softmax(-1)
        outs.append(some @ kept @ W_v)
        looks.append(F.pad(some, (0, len(patches) - len(kept))))
    return torch.stack(outs), torch.stack(looks)


# %% exercise=cross_attend name=real-patches-are-counted
# en: You take as many patches from the front as are real: must they stand there?
# ko: 있는 패치의 수만큼 앞에서부터 봅니다. 있는 패치가 꼭 앞에 있나요?
def cross_attend(x, p, real, W_q, W_k, W_v):
    scores = (x @ W_q) @ (p @ W_k).mT / W_q.shape[1] ** 0.5
    first = torch.arange(p.shape[1])[None] < real.sum(1, keepdim=True)
    weights = scores.masked_fill(~first[:, None], -math.inf).softmax(-1)
    return weights @ (p @ W_v), weights


# %% exercise=cross_attend name=nothing-left-to-divide-by
# en: Where a missing patch scores far higher than the real ones, you divide 0 by 0: does it take part in the softmax?
# ko: 없는 패치의 점수가 훨씬 높으면 0을 0으로 나누게 됩니다. 그 패치가 softmax에 들어가나요?
def cross_attend(x, p, real, W_q, W_k, W_v):
    weights = ((x @ W_q) @ (p @ W_k).mT / W_q.shape[1] ** 0.5).softmax(-1) * real[:, None]
    weights = weights / weights.sum(-1, keepdim=True)
    return weights @ (p @ W_v), weights


# %% exercise=cross_attend name=missing-patches-not-low-enough
# en: Real scores may lie far below zero: is the score that a missing patch gets lower than all of them?
# ko: 있는 패치의 점수가 0보다 훨씬 낮을 수도 있습니다. 없는 패치에 준 점수가 그보다 더 낮은가요?
def cross_attend(x, p, real, W_q, W_k, W_v):
    scores = (x @ W_q) @ (p @ W_k).mT / W_q.shape[1] ** 0.5
    weights = scores.masked_fill(~real[:, None], -1e4).softmax(-1)
    return weights @ (p @ W_v), weights


# %% exercise=cross_attend variant=einsum
def cross_attend(x, p, real, W_q, W_k, W_v):
    q, k = torch.einsum("btd,da->bta", x, W_q), torch.einsum("bnm,ma->bna", p, W_k)
    scores = torch.einsum("bta,bna->btn", q, k) / math.sqrt(k.shape[-1])
    hidden = torch.zeros_like(scores).masked_fill(~real.unsqueeze(1), float("-inf"))
    a = torch.softmax(scores + hidden, dim=2)
    return torch.einsum("btn,bnm,md->btd", a, p, W_v), a


# %% exercise=cross_attend variant=one-picture-at-a-time
def cross_attend(x, p, real, W_q, W_k, W_v):
    outs, looks = [], []
    for words, patches, there in zip(x, p, real):
        kept = patches[there]
        some = ((words @ W_q) @ (kept @ W_k).T / W_k.shape[1] ** 0.5).softmax(-1)
        weights = torch.zeros(len(words), len(patches), dtype=x.dtype)
        weights[:, there] = some
        outs.append(some @ kept @ W_v)
        looks.append(weights)
    return torch.stack(outs), torch.stack(looks)


# ------------------------------------------------------------------------------------ mel_spectrogram
# %% exercise=mel_spectrogram name=size-for-power
# en: The size of a Fourier coefficient is not yet its power: what is missing?
# ko: 푸리에 계수의 크기는 아직 파워가 아닙니다. 무엇이 빠졌나요?
def mel_spectrogram(wave, bank, hop):
    n = 2 * (len(bank) - 1)
    frames = wave.unfold(0, n, hop) * torch.hann_window(n, dtype=wave.dtype)
    return (torch.fft.rfft(frames).abs() @ bank).clamp(min=1e-10).log()


# %% exercise=mel_spectrogram name=squared-after-the-bank
# en: Sizes are gathered and then squared: which of the two comes first?
# ko: 크기를 모은 뒤에 제곱했습니다. 어느 것이 먼저인가요?
def mel_spectrogram(wave, bank, hop):
    n = 2 * (len(bank) - 1)
    frames = wave.unfold(0, n, hop) * torch.hann_window(n, dtype=wave.dtype)
    return ((torch.fft.rfft(frames).abs() @ bank) ** 2).clamp(min=1e-10).log()


# %% exercise=mel_spectrogram name=no-window
# en: The frames have hard edges: what is each of them multiplied by?
# ko: 프레임의 가장자리가 거칩니다. 각 프레임에 무엇을 곱하나요?
def mel_spectrogram(wave, bank, hop):
    n = 2 * (len(bank) - 1)
    return ((torch.fft.rfft(wave.unfold(0, n, hop)).abs() ** 2) @ bank).clamp(min=1e-10).log()


# %% exercise=mel_spectrogram name=symmetric-window
# en: There are two Hann windows: is yours the periodic one, torch's default?
# ko: 한 윈도는 두 종류입니다. torch의 기본값인 주기적 윈도를 쓰고 있나요?
def mel_spectrogram(wave, bank, hop):
    n = 2 * (len(bank) - 1)
    window = torch.hann_window(n, periodic=False, dtype=wave.dtype)
    return (
        ((torch.fft.rfft(wave.unfold(0, n, hop) * window).abs() ** 2) @ bank).clamp(min=1e-10).log()
    )


# %% exercise=mel_spectrogram name=silence-is-minus-infinity
# en: What is the logarithm of silence? There is a floor.
# ko: 무음의 로그는 무엇인가요? 하한이 정해져 있습니다.
def mel_spectrogram(wave, bank, hop):
    n = 2 * (len(bank) - 1)
    frames = wave.unfold(0, n, hop) * torch.hann_window(n, dtype=wave.dtype)
    return ((torch.fft.rfft(frames).abs() ** 2) @ bank).log()


# %% exercise=mel_spectrogram name=floor-is-added
# en: The floor replaces what lies below it: do you add it to everything?
# ko: 하한은 그보다 작은 값을 대신합니다. 모든 값에 더하고 있나요?
def mel_spectrogram(wave, bank, hop):
    n = 2 * (len(bank) - 1)
    frames = wave.unfold(0, n, hop) * torch.hann_window(n, dtype=wave.dtype)
    return ((torch.fft.rfft(frames).abs() ** 2) @ bank + 1e-10).log()


# %% exercise=mel_spectrogram name=floor-before-the-bank
# en: The floor belongs to the bands: do you lift the pitches?
# ko: 하한은 멜 대역에 적용됩니다. 주파수 성분에 적용하고 있나요?
def mel_spectrogram(wave, bank, hop):
    n = 2 * (len(bank) - 1)
    frames = wave.unfold(0, n, hop) * torch.hann_window(n, dtype=wave.dtype)
    return ((torch.fft.rfft(frames).abs() ** 2).clamp(min=1e-10) @ bank).log()


# %% exercise=mel_spectrogram name=logarithm-of-base-ten
# en: Which logarithm is asked for? Your values are smaller by one factor throughout.
# ko: 어떤 로그를 쓰기로 했나요? 값이 모두 같은 비율로 작습니다.
def mel_spectrogram(wave, bank, hop):
    n = 2 * (len(bank) - 1)
    frames = wave.unfold(0, n, hop) * torch.hann_window(n, dtype=wave.dtype)
    return ((torch.fft.rfft(frames).abs() ** 2) @ bank).clamp(min=1e-10).log10()


# %% exercise=mel_spectrogram name=last-frame-missing
# en: Ten samples, frames of four, hop three: how many whole frames are there?
# ko: 샘플 10개, 프레임 길이 4, 이동 3이면 온전한 프레임은 몇 개인가요?
def mel_spectrogram(wave, bank, hop):
    n = 2 * (len(bank) - 1)
    starts = list(range(0, len(wave) - n, hop)) or [0]
    frames = torch.stack([wave[s : s + n] for s in starts])
    frames = frames * torch.hann_window(n, dtype=wave.dtype)
    return ((torch.fft.rfft(frames).abs() ** 2) @ bank).clamp(min=1e-10).log()


# %% exercise=mel_spectrogram name=filled-up-with-silence
# en: There is a frame too many: are incomplete ones filled up?
# ko: 프레임이 하나 더 많습니다. 모자란 부분을 채우고 있나요?
def mel_spectrogram(wave, bank, hop):
    n = 2 * (len(bank) - 1)
    frames = F.pad(wave, (0, hop)).unfold(0, n, hop) * torch.hann_window(n, dtype=wave.dtype)
    return ((torch.fft.rfft(frames).abs() ** 2) @ bank).clamp(min=1e-10).log()


# %% exercise=mel_spectrogram name=filled-up-at-both-ends
# en: Your first frame begins before the wave does: is anything filled up?
# ko: 첫 프레임이 파형보다 먼저 시작합니다. 앞뒤를 채우기로 했나요?
def mel_spectrogram(wave, bank, hop):
    n = 2 * (len(bank) - 1)
    found = torch.stft(
        F.pad(wave, (n // 2, n // 2)),
        n,
        hop,
        window=torch.hann_window(n, dtype=wave.dtype),
        center=False,
        return_complex=True,
    )
    return ((found.abs() ** 2).T @ bank).clamp(min=1e-10).log()


# %% exercise=mel_spectrogram name=bands-by-frames
# en: Axes have traded places: do frames come first?
# ko: 축이 뒤바뀌었습니다. 프레임이 먼저 오나요?
def mel_spectrogram(wave, bank, hop):
    n = 2 * (len(bank) - 1)
    frames = wave.unfold(0, n, hop) * torch.hann_window(n, dtype=wave.dtype)
    return ((torch.fft.rfft(frames).abs() ** 2) @ bank).clamp(min=1e-10).log().T


# %% exercise=mel_spectrogram name=logarithm-before-the-bank
# en: The bank adds up powers: do you take the logarithm too early?
# ko: 필터 뱅크는 파워를 더합니다. 로그를 너무 일찍 취했나요?
def mel_spectrogram(wave, bank, hop):
    n = 2 * (len(bank) - 1)
    frames = wave.unfold(0, n, hop) * torch.hann_window(n, dtype=wave.dtype)
    return (torch.fft.rfft(frames).abs() ** 2).clamp(min=1e-10).log() @ bank


# %% exercise=mel_spectrogram name=last-frame-lost
# en: The last whole frame is missing: where does it begin?
# ko: 마지막 온전한 프레임이 빠졌습니다. 그 프레임은 어디에서 시작하나요?
def mel_spectrogram(wave, bank, hop):
    n = 2 * (len(bank) - 1)
    frames = wave.unfold(0, n, hop)[:-1] * torch.hann_window(n, dtype=wave.dtype)
    return (torch.fft.rfft(frames).abs() ** 2 @ bank).clamp(min=1e-10).log()


# %% exercise=mel_spectrogram name=real-part-alone
# en: A complex number has two parts: where is the other one in your power?
# ko: 복소수에는 두 부분이 있습니다. 파워에서 나머지 한 부분은 어디에 있나요?
def mel_spectrogram(wave, bank, hop):
    n = 2 * (len(bank) - 1)
    frames = wave.unfold(0, n, hop) * torch.hann_window(n, dtype=wave.dtype)
    return (torch.fft.rfft(frames).real ** 2 @ bank).clamp(min=1e-10).log()


# %% exercise=mel_spectrogram name=hamming-window
# en: A Hamming window does not come down to 0 at the ends: which one is asked for?
# ko: 해밍 창은 양 끝에서 0이 되지 않습니다. 어떤 창을 쓰라고 했나요?
def mel_spectrogram(wave, bank, hop):
    n = 2 * (len(bank) - 1)
    frames = wave.unfold(0, n, hop) * torch.hamming_window(n, dtype=wave.dtype)
    return (torch.fft.rfft(frames).abs() ** 2 @ bank).clamp(min=1e-10).log()


# %% exercise=mel_spectrogram name=length-from-the-bands
# en: The bank has two sizes, pitches and bands: which of them tells the length of a frame?
# ko: 필터 뱅크에는 음높이의 수와 대역의 수가 있습니다. 프레임의 길이는 어느 쪽에서 알 수 있나요?
def mel_spectrogram(wave, bank, hop):
    n = 2 * (bank.shape[1] - 1)
    frames = wave.unfold(0, n, hop) * torch.hann_window(n, dtype=wave.dtype)
    return (torch.fft.rfft(frames).abs() ** 2 @ bank).clamp(min=1e-10).log()


# %% exercise=mel_spectrogram name=always-float32
# en: A wave of float64 comes back as float32: what was said about the dtype?
# ko: float64 파형이 float32로 돌아옵니다. dtype은 어떻게 하기로 했나요?
def mel_spectrogram(wave, bank, hop):
    n = 2 * (len(bank) - 1)
    frames = wave.float().unfold(0, n, hop) * torch.hann_window(n)
    return (torch.fft.rfft(frames).abs() ** 2 @ bank.float()).clamp(min=1e-10).log()


# %% exercise=mel_spectrogram name=always-float64
# en: A wave of float32 comes back as float64: what was said about the dtype?
# ko: float32 파형이 float64로 돌아옵니다. dtype은 어떻게 하기로 했나요?
def mel_spectrogram(wave, bank, hop):
    n = 2 * (len(bank) - 1)
    frames = wave.double().unfold(0, n, hop) * torch.hann_window(n, dtype=torch.float64)
    return (torch.fft.rfft(frames).abs() ** 2 @ bank.double()).clamp(min=1e-10).log()


# %% exercise=mel_spectrogram name=neighbours-in-memory
# en: A wave may be one channel of a stereo recording, cut out as it lies: are its samples neighbours in memory?
# ko: 파형은 스테레오 녹음에서 그대로 잘라 낸 한 채널일 수도 있습니다. 그 샘플들이 메모리에서 이웃하고 있나요?
def mel_spectrogram(wave, bank, hop):
    n = 2 * (len(bank) - 1)
    frames = wave.as_strided((1 + (len(wave) - n) // hop, n), (hop, 1))
    frames = frames * torch.hann_window(n, dtype=wave.dtype)
    return (torch.fft.rfft(frames).abs() ** 2 @ bank).clamp(min=1e-10).log()


# %% exercise=mel_spectrogram name=divided-by-the-length
# en: Your power is smaller by a factor, the length of a frame: does the text divide by it?
# ko: 파워가 프레임의 길이로 나눈 만큼 작습니다. 본문에서 그렇게 나누나요?
def mel_spectrogram(wave, bank, hop):
    n = 2 * (len(bank) - 1)
    frames = wave.unfold(0, n, hop) * torch.hann_window(n, dtype=wave.dtype)
    return (torch.fft.rfft(frames).abs() ** 2 @ bank / n).clamp(min=1e-10).log()


# %% exercise=mel_spectrogram variant=loop-over-frames
def mel_spectrogram(wave, bank, hop):
    n = 2 * (bank.shape[0] - 1)
    window, rows = torch.hann_window(n, dtype=wave.dtype), []
    for k in range(1 + (len(wave) - n) // hop):
        found = torch.fft.rfft(wave[k * hop : k * hop + n] * window)
        rows.append((found.real**2 + found.imag**2) @ bank)
    return torch.log(torch.stack(rows).clamp(min=1e-10))


# %% exercise=mel_spectrogram variant=stft
def mel_spectrogram(wave, bank, hop):
    n = 2 * len(bank) - 2
    window = torch.hann_window(n, dtype=wave.dtype)
    found = torch.stft(wave, n, hop, n, window, center=False, return_complex=True)
    power = (bank.T @ found.abs().square()).T
    return torch.maximum(power, torch.tensor(1e-10, dtype=wave.dtype)).log()


# ------------------------------------------------------------------------------------ ctc_collapse
# %% exercise=ctc_collapse name=merged-across-a-blank
# en: Two equal symbols with a blank between them become one: is the blank taken out too early, or is a frame compared with the last symbol kept?
# ko: 공백 기호를 사이에 둔 같은 두 기호가 하나가 됩니다. 공백을 너무 일찍 지우나요, 아니면 프레임을 마지막으로 남긴 기호와 비교하나요?
def ctc_collapse(ids, blank=0):
    said = [now for now in ids if now != blank]
    return [now for n, now in enumerate(said) if n == 0 or said[n - 1] != now]


# %% exercise=ctc_collapse name=blanks-stay
# en: The blanks are still there: what do they say?
# ko: 공백 기호가 남아 있습니다. 공백은 무엇을 말하나요?
def ctc_collapse(ids, blank=0):
    return [now for n, now in enumerate(ids) if n == 0 or ids[n - 1] != now]


# %% exercise=ctc_collapse name=runs-stay
# en: Blanks are gone, but runs are not: what becomes of equal neighbours?
# ko: 공백은 없어졌지만 반복이 남았습니다. 이웃한 같은 기호는 어떻게 되나요?
def ctc_collapse(ids, blank=0):
    return [now for now in ids if now != blank]


# %% exercise=ctc_collapse name=each-symbol-once
# en: A symbol may come back later in the text: do you keep it only once?
# ko: 같은 기호가 뒤에 다시 나올 수 있습니다. 한 번만 남기고 있나요?
def ctc_collapse(ids, blank=0):
    return [now for now in dict.fromkeys(ids) if now != blank]


# %% exercise=ctc_collapse name=blank-is-always-zero
# en: The blank is an argument: is it always 0?
# ko: 공백 기호는 인자입니다. 항상 0인가요?
def ctc_collapse(ids, blank=0):
    return [now for n, now in enumerate(ids) if now != 0 and (n == 0 or ids[n - 1] != now)]


# %% exercise=ctc_collapse name=first-frame-lost
# en: Your first frame never says anything: what is it compared with?
# ko: 첫 프레임이 언제나 사라집니다. 무엇과 비교하나요?
def ctc_collapse(ids, blank=0):
    return [b for a, b in zip(ids, ids[1:]) if a != b and b != blank]


# %% exercise=ctc_collapse name=nothing-raises
# en: There may be no frame at all: what is compared then?
# ko: 프레임이 하나도 없을 수 있습니다. 그때는 무엇을 비교하나요?
def ctc_collapse(ids, blank=0):
    said = [] if ids[0] == blank else [ids[0]]
    return said + [b for a, b in zip(ids, ids[1:]) if a != b and b != blank]


# %% exercise=ctc_collapse name=first-frame-looks-at-the-last
# en: `ids[-1]` is the last frame: what stands before the first?
# ko: `ids[-1]`은 마지막 프레임입니다. 첫 프레임 앞에는 무엇이 있나요?
def ctc_collapse(ids, blank=0):
    return [s for i, s in enumerate(ids) if s not in (blank, ids[i - 1])]


# %% exercise=ctc_collapse name=changes-what-it-gets
# en: The frames belong to the caller: what do they look like afterwards?
# ko: 프레임은 호출한 쪽의 것입니다. 함수가 끝난 뒤 어떤 모습인가요?
def ctc_collapse(ids, blank=0):
    for i in range(len(ids) - 1, 0, -1):
        if ids[i] == ids[i - 1]:
            del ids[i]
    while blank in ids:
        ids.remove(blank)
    return ids


# %% exercise=ctc_collapse name=compared-by-identity
# en: Equal neighbours above 256 stay two: do you compare numbers with `is`, which asks whether both are one object?
# ko: 256보다 큰 같은 이웃 기호는 하나가 되지 않습니다. `is`로 비교하나요? `is`는 두 값이 같은 객체인지 묻습니다.
def ctc_collapse(ids, blank=0):
    said, last = [], None
    for now in ids:
        if now is not last and now != blank:
            said.append(now)
        last = now
    return said


# %% exercise=ctc_collapse name=lists-alone
# en: The frames may come as a tuple too: which of your lines works with a list alone?
# ko: 프레임은 튜플로 들어올 수도 있습니다. 리스트에서만 되는 줄은 어디인가요?
def ctc_collapse(ids, blank=0):
    single = ids[:1] + [b for a, b in zip(ids, ids[1:]) if a != b]
    return [i for i in single if i != blank]


# %% exercise=ctc_collapse name=torn-into-digits
# en: A symbol of two digits becomes two symbols: where do the numbers become text?
# ko: 두 자리 기호가 기호 두 개로 나뉩니다. 숫자가 어디에서 글자로 바뀌나요?
def ctc_collapse(ids, blank=0):
    text = "".join(str(now) for now in ids)
    said = "".join(b for a, b in zip(" " + text, text) if a != b)
    return [int(digit) for digit in said.replace(str(blank), "")]


# %% exercise=ctc_collapse name=pairs-become-one
# en: A run of three still leaves two: how far do you go on after an equal neighbour?
# ko: 같은 기호가 셋 이어지면 둘이 남습니다. 같은 이웃을 만난 뒤 어디까지 건너뛰나요?
def ctc_collapse(ids, blank=0):
    said, n = [], 0
    while n < len(ids):
        said.append(ids[n])
        n += 2 if n + 1 < len(ids) and ids[n + 1] == ids[n] else 1
    return [now for now in said if now != blank]


# %% exercise=ctc_collapse name=zero-before-the-first-frame
# en: Where 0 is a symbol and stands in the first frame it is lost: what do you compare the first frame with?
# ko: 0이 기호일 때 첫 프레임의 0이 사라집니다. 첫 프레임을 무엇과 비교하나요?
def ctc_collapse(ids, blank=0):
    said, last = [], 0
    for now in ids:
        if now not in (last, blank):
            said.append(now)
        last = now
    return said


# %% exercise=ctc_collapse name=one-call-for-each-frame
# en: Your function calls itself once for each frame: how many calls deep does Python go?
# ko: 함수가 프레임마다 자기 자신을 한 번씩 부릅니다. 파이썬은 호출을 몇 겹까지 허용하나요?
def ctc_collapse(ids, blank=0):
    if len(ids) == 0:
        return []
    rest = ctc_collapse(ids[1:], blank)
    if ids[0] == blank or (len(ids) > 1 and ids[0] == ids[1]):
        return rest
    return [ids[0]] + rest


# %% exercise=ctc_collapse variant=one-pass
def ctc_collapse(ids, blank=0):
    said, last = [], blank
    for now in ids:
        if now not in (last, blank):
            said.append(now)
        last = now
    return said


# %% exercise=ctc_collapse variant=by-place
def ctc_collapse(ids, blank=0):
    runs = [ids[n] for n in range(len(ids)) if n == 0 or ids[n] != ids[n - 1]]
    return [symbol for symbol in runs if symbol != blank]


# ------------------------------------------------------------------------------------ ctc_loss
# %% exercise=ctc_loss name=skips-between-equal-symbols
# en: May the blank between two equal symbols be skipped? What would that path collapse to?
# ko: 같은 두 기호 사이의 공백을 건너뛰어도 되나요? 그 경로는 무엇으로 축약되나요?
def ctc_loss(logp, target, blank=0):
    places = [blank]
    for symbol in target:
        places += [symbol, blank]
    S, never = len(places), logp.new_tensor([-1e30])
    may_skip = torch.tensor([s > 1 and places[s] != blank for s in range(S)])
    a = torch.cat([logp[0, places[:2]], never.expand(max(S - 2, 0))])
    for row in logp[1:]:
        skip = torch.cat([never, never, a])[:S].where(may_skip, never)
        a = torch.stack([a, torch.cat([never, a[:-1]]), skip]).logsumexp(0) + row[places]
    loss = -a[-2:].logsumexp(0)
    return loss.where(loss < 1e29, math.inf)


# %% exercise=ctc_loss name=never-skips-a-blank
# en: Between different symbols a blank may be left out: does your path have to say each one?
# ko: 서로 다른 기호 사이에서는 공백을 생략할 수 있습니다. 공백을 꼭 거쳐야 하나요?
def ctc_loss(logp, target, blank=0):
    places = [blank]
    for symbol in target:
        places += [symbol, blank]
    S, never = len(places), logp.new_tensor([-1e30])
    a = torch.cat([logp[0, places[:2]], never.expand(max(S - 2, 0))])
    for row in logp[1:]:
        a = torch.stack([a, torch.cat([never, a[:-1]])]).logsumexp(0) + row[places]
    loss = -a[-2:].logsumexp(0)
    return loss.where(loss < 1e29, math.inf)


# %% exercise=ctc_loss name=skips-symbols-too
# en: Your paths may jump from a blank to the next blank: which symbol is left out then?
# ko: 경로가 공백에서 다음 공백으로 건너뛸 수 있습니다. 그때 어떤 기호가 빠지나요?
def ctc_loss(logp, target, blank=0):
    places = [blank]
    for symbol in target:
        places += [symbol, blank]
    S, never = len(places), logp.new_tensor([-1e30])
    two = [s > 1 and (places[s] == blank or places[s] != places[s - 2]) for s in range(S)]
    a = torch.cat([logp[0, places[:2]], never.expand(max(S - 2, 0))])
    for row in logp[1:]:
        skip = torch.cat([never, never, a])[:S].where(torch.tensor(two), never)
        a = torch.stack([a, torch.cat([never, a[:-1]]), skip]).logsumexp(0) + row[places]
    loss = -a[-2:].logsumexp(0)
    return loss.where(loss < 1e29, math.inf)


# %% exercise=ctc_loss name=must-end-with-a-blank
# en: May a path end with its last symbol? You count those alone that end with a blank.
# ko: 경로가 마지막 기호로 끝나도 되나요? 공백으로 끝나는 경로만 세고 있습니다.
def ctc_loss(logp, target, blank=0):
    places = [blank]
    for symbol in target:
        places += [symbol, blank]
    S, never = len(places), logp.new_tensor([-1e30])
    two = [s > 1 and places[s] not in (blank, places[s - 2]) for s in range(S)]
    a = torch.cat([logp[0, places[:2]], never.expand(max(S - 2, 0))])
    for row in logp[1:]:
        skip = torch.cat([never, never, a])[:S].where(torch.tensor(two), never)
        a = torch.stack([a, torch.cat([never, a[:-1]]), skip]).logsumexp(0) + row[places]
    loss = -a[-1]
    return loss.where(loss < 1e29, math.inf)


# %% exercise=ctc_loss name=must-end-with-a-symbol
# en: May a path end with a blank? You count those alone that end with the last symbol.
# ko: 경로가 공백으로 끝나도 되나요? 마지막 기호로 끝나는 경로만 세고 있습니다.
def ctc_loss(logp, target, blank=0):
    places = [blank]
    for symbol in target:
        places += [symbol, blank]
    S, never = len(places), logp.new_tensor([-1e30])
    two = [s > 1 and places[s] not in (blank, places[s - 2]) for s in range(S)]
    a = torch.cat([logp[0, places[:2]], never.expand(max(S - 2, 0))])
    for row in logp[1:]:
        skip = torch.cat([never, never, a])[:S].where(torch.tensor(two), never)
        a = torch.stack([a, torch.cat([never, a[:-1]]), skip]).logsumexp(0) + row[places]
    loss = -a[max(S - 2, 0)]
    return loss.where(loss < 1e29, math.inf)


# %% exercise=ctc_loss name=must-begin-with-a-blank
# en: May the first frame say the first symbol? Your paths all begin with a blank.
# ko: 첫 프레임이 첫 기호를 말해도 되나요? 모든 경로가 공백으로 시작하고 있습니다.
def ctc_loss(logp, target, blank=0):
    places = [blank]
    for symbol in target:
        places += [symbol, blank]
    S, never = len(places), logp.new_tensor([-1e30])
    two = [s > 1 and places[s] not in (blank, places[s - 2]) for s in range(S)]
    a = torch.cat([logp[0, places[:1]], never.expand(S - 1)])
    for row in logp[1:]:
        skip = torch.cat([never, never, a])[:S].where(torch.tensor(two), never)
        a = torch.stack([a, torch.cat([never, a[:-1]]), skip]).logsumexp(0) + row[places]
    loss = -a[-2:].logsumexp(0)
    return loss.where(loss < 1e29, math.inf)


# %% exercise=ctc_loss name=infinities-have-no-gradient
# en: The values are right, the gradient is not a number: what is the slope of log-sum-exp where all are minus infinity?
# ko: 값은 맞지만 기울기가 NaN입니다. 모두 음의 무한대인 곳에서 log-sum-exp의 기울기는 무엇인가요?
def ctc_loss(logp, target, blank=0):
    places = [blank]
    for symbol in target:
        places += [symbol, blank]
    S, never = len(places), logp.new_tensor([-math.inf])
    two = [s > 1 and places[s] not in (blank, places[s - 2]) for s in range(S)]
    a = torch.cat([logp[0, places[:2]], never.expand(max(S - 2, 0))])
    for row in logp[1:]:
        skip = torch.cat([never, never, a])[:S].where(torch.tensor(two), never)
        a = torch.stack([a, torch.cat([never, a[:-1]]), skip]).logsumexp(0) + row[places]
    return -a[-2:].logsumexp(0)


# %% exercise=ctc_loss name=nobody-stays
# en: A symbol may last for several frames: may a path stay where it is?
# ko: 한 기호가 여러 프레임 동안 이어질 수 있습니다. 제자리에 머물 수 있나요?
def ctc_loss(logp, target, blank=0):
    places = [blank]
    for symbol in target:
        places += [symbol, blank]
    S, never = len(places), logp.new_tensor([-1e30])
    two = [s > 1 and places[s] not in (blank, places[s - 2]) for s in range(S)]
    a = torch.cat([logp[0, places[:2]], never.expand(max(S - 2, 0))])
    for row in logp[1:]:
        skip = torch.cat([never, never, a])[:S].where(torch.tensor(two), never)
        a = torch.stack([torch.cat([never, a[:-1]]), skip]).logsumexp(0) + row[places]
    loss = -a[-2:].logsumexp(0)
    return loss.where(loss < 1e29, math.inf)


# %% exercise=ctc_loss name=best-path-only
# en: The likeliest path is not all paths: sum, or maximum?
# ko: 가장 그럴듯한 경로 하나가 전부는 아닙니다. 합인가요, 최댓값인가요?
def ctc_loss(logp, target, blank=0):
    places = [blank]
    for symbol in target:
        places += [symbol, blank]
    S, never = len(places), logp.new_tensor([-1e30])
    two = [s > 1 and places[s] not in (blank, places[s - 2]) for s in range(S)]
    a = torch.cat([logp[0, places[:2]], never.expand(max(S - 2, 0))])
    for row in logp[1:]:
        skip = torch.cat([never, never, a])[:S].where(torch.tensor(two), never)
        a = torch.stack([a, torch.cat([never, a[:-1]]), skip]).amax(0) + row[places]
    loss = -a[-2:].amax(0)
    return loss.where(loss < 1e29, math.inf)


# %% exercise=ctc_loss name=blank-is-zero
# en: The blank is an argument: is it always 0?
# ko: 공백 기호는 인자입니다. 항상 0인가요?
def ctc_loss(logp, target, blank=0):
    places = [0]
    for symbol in target:
        places += [symbol, 0]
    S, never = len(places), logp.new_tensor([-1e30])
    two = [s > 1 and places[s] not in (0, places[s - 2]) for s in range(S)]
    a = torch.cat([logp[0, places[:2]], never.expand(max(S - 2, 0))])
    for row in logp[1:]:
        skip = torch.cat([never, never, a])[:S].where(torch.tensor(two), never)
        a = torch.stack([a, torch.cat([never, a[:-1]]), skip]).logsumexp(0) + row[places]
    loss = -a[-2:].logsumexp(0)
    return loss.where(loss < 1e29, math.inf)


# %% exercise=ctc_loss name=long-recording-is-infinite
# en: A recording of hundreds of frames gets infinity, though there is a path: does a product of probabilities become 0, or do you take a large loss for "no path"?
# ko: 프레임이 수백 개인 녹음에서는 경로가 있어도 무한대가 나옵니다. 확률을 곱하다가 0이 되나요, 아니면 손실이 크면 경로가 없다고 보나요?
def ctc_loss(logp, target, blank=0):
    places = [blank]
    for symbol in target:
        places += [symbol, blank]
    S, p = len(places), logp.exp() ** 1.0
    two = torch.tensor([s > 1 and places[s] not in (blank, places[s - 2]) for s in range(S)])
    zero = p.new_zeros(1)
    a = torch.cat([p[0, places[:2]], zero.expand(max(S - 2, 0))]).to(p.dtype)
    for row in p[1:]:
        skip = torch.cat([zero, zero, a])[:S].where(two, zero)
        a = (a + torch.cat([zero, a[:-1]]) + skip) * row[places]
    return -a[-2:].sum().log()


# %% exercise=ctc_loss name=mean-over-the-symbols
# en: Your loss is a mean over the symbols: is the probability of the text asked for, or of each symbol?
# ko: 기호 수로 나눈 평균입니다. 텍스트 전체의 확률인가요, 기호 하나의 확률인가요?
def ctc_loss(logp, target, blank=0):
    labels = torch.tensor([list(target)], dtype=torch.long)
    whole = F.ctc_loss(logp[:, None], labels, (len(logp),), (len(target),), blank, "sum")
    return whole / max(1, len(target))


# %% exercise=ctc_loss name=must-begin-with-a-symbol
# en: May the first frame say nothing yet? Your paths all begin with the first symbol.
# ko: 첫 프레임이 아직 아무것도 말하지 않아도 되나요? 지금은 모든 경로가 첫 기호로 시작합니다.
def ctc_loss(logp, target, blank=0):
    places = [blank]
    for symbol in target:
        places += [symbol, blank]
    S, never = len(places), logp.new_tensor([-1e30])
    two = torch.tensor([s > 1 and places[s] not in (blank, places[s - 2]) for s in range(S)])
    a = torch.cat([never, logp[0, places[1:2]], never.expand(max(0, S - 2))])
    for row in logp[1:]:
        padded = torch.cat([never, never, a])
        steps = torch.stack([a, padded[1 : S + 1], torch.where(two, padded[:S], never)])
        a = steps.logsumexp(0) + row[places]
    loss = -a[-2:].logsumexp(0)
    return loss.where(loss < 1e29, math.inf)


# %% exercise=ctc_loss name=may-end-anywhere
# en: A path that stops in the middle of the text has not said it: where may it end?
# ko: 텍스트 중간에서 멈춘 경로는 그 텍스트를 말한 것이 아닙니다. 어디에서 끝나도 되나요?
def ctc_loss(logp, target, blank=0):
    places = [blank]
    for symbol in target:
        places += [symbol, blank]
    S, never = len(places), logp.new_tensor([-1e30])
    two = torch.tensor([s > 1 and places[s] not in (blank, places[s - 2]) for s in range(S)])
    a = torch.cat([logp[0, places[:2]], never.expand(max(0, S - 2))])
    for row in logp[1:]:
        padded = torch.cat([never, never, a])
        steps = torch.stack([a, padded[1 : S + 1], torch.where(two, padded[:S], never)])
        a = steps.logsumexp(0) + row[places]
    loss = -a.logsumexp(0)
    return loss.where(loss < 1e29, math.inf)


# %% exercise=ctc_loss name=mean-over-the-frames
# en: Your loss is a mean over the frames: the probability of the whole text is asked for.
# ko: 프레임 수로 나눈 평균입니다. 텍스트 전체의 확률을 구해야 합니다.
def ctc_loss(logp, target, blank=0):
    places = [blank]
    for symbol in target:
        places += [symbol, blank]
    S, never = len(places), logp.new_tensor([-1e30])
    two = torch.tensor([s > 1 and places[s] not in (blank, places[s - 2]) for s in range(S)])
    a = torch.cat([logp[0, places[:2]], never.expand(max(0, S - 2))])
    for row in logp[1:]:
        padded = torch.cat([never, never, a])
        steps = torch.stack([a, padded[1 : S + 1], torch.where(two, padded[:S], never)])
        a = steps.logsumexp(0) + row[places]
    loss = -a[-2:].logsumexp(0)
    loss = loss / len(logp)
    return loss.where(loss < 1e29, math.inf)


# %% exercise=ctc_loss name=no-blank-behind-the-text
# en: A blank belongs behind the last symbol too: how many places has a text of L symbols?
# ko: 마지막 기호 뒤에도 공백 기호가 있습니다. 기호가 L개인 텍스트에는 자리가 몇 개인가요?
def ctc_loss(logp, target, blank=0):
    places = [blank]
    for symbol in target:
        places += [symbol, blank]
    places = places[:-1] or places
    S, never = len(places), logp.new_tensor([-1e30])
    two = torch.tensor([s > 1 and places[s] not in (blank, places[s - 2]) for s in range(S)])
    a = torch.cat([logp[0, places[:2]], never.expand(max(0, S - 2))])
    for row in logp[1:]:
        padded = torch.cat([never, never, a])
        steps = torch.stack([a, padded[1 : S + 1], torch.where(two, padded[:S], never)])
        a = steps.logsumexp(0) + row[places]
    loss = -a[-2:].logsumexp(0)
    return loss.where(loss < 1e29, math.inf)


# %% exercise=ctc_loss name=every-repeat-needs-a-blank
# en: A symbol that comes back later in the text needs no blank in front: which repeats do?
# ko: 뒤에 다시 나오는 기호 앞에 공백 기호가 꼭 필요하지는 않습니다. 어떤 반복에만 필요한가요?
def ctc_loss(logp, target, blank=0):
    if len(logp) < 2 * len(target) - len(set(target)):
        return logp.new_tensor(math.inf)
    labels = torch.tensor([list(target)], dtype=torch.long)
    return F.ctc_loss(logp[:, None], labels, (len(logp),), (len(target),), blank, "sum")


# %% exercise=ctc_loss name=no-path-costs-nothing
# en: A text that no path can say has the probability 0: what is minus its logarithm?
# ko: 어떤 경로로도 말할 수 없는 텍스트의 확률은 0입니다. 그 로그에 마이너스를 붙이면 무엇인가요?
def ctc_loss(logp, target, blank=0):
    labels = torch.tensor([list(target)], dtype=torch.long)
    lengths = (len(logp),), (len(target),)
    return F.ctc_loss(logp[:, None], labels, *lengths, blank, "sum", zero_infinity=True)


# %% exercise=ctc_loss name=one-call-for-each-frame
# en: Your function calls itself once for each frame: how many calls deep does Python go?
# ko: 함수가 프레임마다 자기 자신을 한 번씩 부릅니다. 파이썬은 호출을 몇 겹까지 허용하나요?
def ctc_loss(logp, target, blank=0):
    places = [blank]
    for symbol in target:
        places += [symbol, blank]
    S, never = len(places), logp.new_tensor([-1e30])
    two = torch.tensor([s > 1 and places[s] not in (blank, places[s - 2]) for s in range(S)])

    def reached(t):
        if t == 0:
            return torch.cat([logp[0, places[:2]], never.expand(max(S - 2, 0))])
        a = reached(t - 1)
        skip = torch.cat([never, never, a])[:S].where(two, never)
        return torch.stack([a, torch.cat([never, a[:-1]]), skip]).logsumexp(0) + logp[t, places]

    loss = -reached(len(logp) - 1)[-2:].logsumexp(0)
    return loss.where(loss < 1e29, math.inf)


# %% exercise=ctc_loss name=unlikely-is-impossible
# en: A very unlikely text gets infinity, though there is a path: do you tell "no path" by the size of the loss, or does a probability become 0?
# ko: 경로가 있는데도 아주 드문 텍스트에서 무한대가 나옵니다. 손실의 크기로 경로가 없다고 보나요, 아니면 확률이 0이 되나요?
def ctc_loss(logp, target, blank=0):
    places = [blank]
    for symbol in target:
        places += [symbol, blank]
    S, never = len(places), logp.new_tensor([-1e30])
    two = torch.tensor([s > 1 and places[s] not in (blank, places[s - 2]) for s in range(S)])
    a = torch.cat([logp[0, places[:2]], never.expand(max(S - 2, 0))])
    for row in logp[1:]:
        skip = torch.cat([never, never, a])[:S].where(two, never)
        a = torch.stack([a, torch.cat([never, a[:-1]]), skip]).logsumexp(0) + row[places]
    loss = -a[-2:].logsumexp(0)
    return loss.where(loss < 1e4, math.inf)


# %% exercise=ctc_loss variant=torch-itself
def ctc_loss(logp, target, blank=0):
    labels = torch.tensor([list(target)], dtype=torch.long)
    return F.ctc_loss(logp[:, None], labels, (len(logp),), (len(target),), blank, "sum")


# %% exercise=ctc_loss variant=place-by-place
def ctc_loss(logp, target, blank=0):
    places = [blank]
    for symbol in target:
        places.extend([symbol, blank])
    S, none = len(places), torch.tensor(-math.inf, dtype=logp.dtype)
    a = [logp[0, places[s]] if s < 2 else none for s in range(S)]
    for t in range(1, len(logp)):
        new = []
        for s in range(S):
            froms = a[max(0, s - 1) : s + 1]
            if s >= 2 and places[s] != blank and places[s] != places[s - 2]:
                froms = [a[s - 2], *froms]
            live = [one for one in froms if one > -math.inf]
            new.append(torch.stack(live).logsumexp(0) + logp[t, places[s]] if live else none)
        a = new
    live = [one for one in a[-2:] if one > -math.inf]
    return -torch.stack(live).logsumexp(0) if live else -none


# ------------------------------------------------------------------------------------ survivors
# %% exercise=patchify survivor=`images.reshape(B, H // P, P, W // P, P, C)` -> `images.reshape(B, H // P, P, W // P, C, P)` in `tiles = images.reshape(B, H // P, P, W // P, P, C).transpose(2, 3)`
# why: Equivalent: the last two axes are glued again at once, in the order in which they lie in memory.

# %% exercise=recall_at_k survivor=`(~right & (scores >= best)).sum(-1)` -> `(~right & (scores >= best)).sum(-1, keepdim=True)` in `ahead = (~right & (scores >= best)).sum(-1)`
# why: Equivalent: a mean over (Q, 1) is the mean over (Q,).

# %% exercise=ctc_loss survivor=`-1e+30` -> `-2e+30` in `S, never = (len(places), logp.new_tensor([-1e+30]))`
# why: Equivalent: any number so low stands for a probability of 0.

# %% exercise=ctc_loss survivor=`s > 1` -> `s >= 1` in `two = [s > 1 and places[s] not in (blank, places[s - 2]) for s in range(S)]`
# why: Equivalent: what would be skipped to at place 1 stands before the first place, and is never.

# %% exercise=ctc_loss survivor=`1` -> `2` in `two = [s > 1 and places[s] not in (blank, places[s - 2]) for s in range(S)]`
# why: Equivalent: place 2 is a blank, which is never skipped to.

# %% exercise=ctc_loss survivor=`1` -> `0` in `two = [s > 1 and places[s] not in (blank, places[s - 2]) for s in range(S)]`
# why: Equivalent: what would be skipped to at place 1 stands before the first place, and is never.

# %% exercise=ctc_loss survivor=`0` -> `-1` in `loss = -a[-2:].logsumexp(0)`
# why: Equivalent: a has one axis, which is the first and the last.

# %% exercise=ctc_loss survivor=`loss < 1e+29` -> `loss <= 1e+29` in `return loss.where(loss < 1e+29, math.inf)`
# why: Equivalent: no loss is exactly 1e29; possible ones are small, the others about 1e30.

# %% exercise=ctc_loss survivor=`1e+29` -> `2e+29` in `return loss.where(loss < 1e+29, math.inf)`
# why: Equivalent: possible losses are small, the others about 1e30.
