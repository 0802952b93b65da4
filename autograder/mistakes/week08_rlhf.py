"""Known mistakes and correct variants of week 08: preferences, rewards, PPO, DPO, best-of-n.

Each cell runs in the notebook's namespace, right after the reference's solution cell.
"""

# ------------------------------------------------------------------------------------ preference_pairs
# %% exercise=preference_pairs name=means-compared
# en: Two texts with equal means may still have a preference: what is to be compared with what?
# ko: 평균이 같아도 선호는 있을 수 있습니다. 무엇과 무엇을 비교해야 하나요?
def preference_pairs(scores, pairs):
    rows = []
    for a, b in pairs:
        left, right = np.array(scores[a]), np.array(scores[b])
        if left.mean() != right.mean():
            wins = left[:, None] - right
            share = (wins > 0).mean() + (wins == 0).mean() / 2
            first = left.mean() > right.mean()
            rows.append((a, b, share) if first else (b, a, 1 - share))
    kept = [list(column) for column in zip(*rows)] or [[], [], []]
    places = torch.tensor(kept[:2], dtype=torch.int64)
    return places[0], places[1], torch.tensor(kept[2], dtype=torch.float32)


# %% exercise=preference_pairs name=ties-count-nothing
# en: Two equal scores are neither a win nor a loss: how does the formula count them?
# ko: 점수가 같으면 승도 패도 아닙니다. 식에서는 어떻게 세나요?
def preference_pairs(scores, pairs):
    chosen, rejected, agreement = [], [], []
    for a, b in pairs:
        gaps = torch.tensor(scores[a])[:, None] - torch.tensor(scores[b])
        balance = gaps.sign().sum().item()
        if balance:
            chosen.append(a if balance > 0 else b)
            rejected.append(b if balance > 0 else a)
            agreement.append(((gaps * balance) > 0).double().mean().item())
    places = torch.tensor([chosen, rejected], dtype=torch.int64)
    return places[0], places[1], torch.tensor(agreement, dtype=torch.float32)


# %% exercise=preference_pairs name=ties-left-out
# en: By what is the number of wins divided: by all comparisons, or by those with a winner?
# ko: 이긴 횟수를 무엇으로 나누나요? 모든 비교인가요, 승패가 갈린 비교만인가요?
def preference_pairs(scores, pairs):
    chosen, rejected, agreement = [], [], []
    for a, b in pairs:
        signs = (torch.tensor(scores[a])[:, None] - torch.tensor(scores[b])).sign()
        balance = signs.sum().item()
        if balance:
            chosen.append(a if balance > 0 else b)
            rejected.append(b if balance > 0 else a)
            agreement.append(0.5 + abs(balance) / (2 * (signs != 0).sum().item()))
    places = torch.tensor([chosen, rejected], dtype=torch.int64)
    return places[0], places[1], torch.tensor(agreement, dtype=torch.float32)


# %% exercise=preference_pairs name=first-always-chosen
# en: The chosen text is the one that wins more comparisons, wherever it stands in the pair.
# ko: 쌍에서의 자리와 상관없이 비교에서 더 많이 이긴 글이 선택됩니다.
def preference_pairs(scores, pairs):
    rows = []
    for a, b in pairs:
        gaps = torch.tensor(scores[a])[:, None] - torch.tensor(scores[b])
        share = 0.5 + gaps.sign().sum().item() / (2 * gaps.numel())
        if share != 0.5:
            rows.append((a, b, share))
    kept = [list(column) for column in zip(*rows)] or [[], [], []]
    places = torch.tensor(kept[:2], dtype=torch.int64)
    return places[0], places[1], torch.tensor(kept[2], dtype=torch.float32)


# %% exercise=preference_pairs name=even-pairs-kept
# en: Raters who are split exactly say nothing: does such a pair belong to the answer?
# ko: 의견이 정확히 반으로 갈리면 정보가 없습니다. 그런 쌍도 답에 들어가나요?
def preference_pairs(scores, pairs):
    chosen, rejected, agreement = [], [], []
    for a, b in pairs:
        gaps = torch.tensor(scores[a])[:, None] - torch.tensor(scores[b])
        balance = gaps.sign().sum().item()
        chosen.append(a if balance >= 0 else b)
        rejected.append(b if balance >= 0 else a)
        agreement.append(0.5 + abs(balance) / (2 * gaps.numel()))
    places = torch.tensor([chosen, rejected], dtype=torch.int64)
    return places[0], places[1], torch.tensor(agreement, dtype=torch.float32)


# %% exercise=preference_pairs name=agreement-of-the-first
# en: The agreement is the chosen text's share of wins: when the second one wins, whose is yours?
# ko: 일치도는 선택된 글의 승률입니다. 두 번째 글이 이기면 지금은 누구의 승률인가요?
def preference_pairs(scores, pairs):
    rows = []
    for a, b in pairs:
        gaps = torch.tensor(scores[a])[:, None] - torch.tensor(scores[b])
        share = 0.5 + gaps.sign().sum().item() / (2 * gaps.numel())
        if share != 0.5:
            rows.append((a, b, share) if share > 0.5 else (b, a, share))
    kept = [list(column) for column in zip(*rows)] or [[], [], []]
    places = torch.tensor(kept[:2], dtype=torch.int64)
    return places[0], places[1], torch.tensor(kept[2], dtype=torch.float32)


# %% exercise=preference_pairs name=raters-paired-in-order
# en: Which rater of the one text is compared with which of the other? All with all.
# ko: 한 글의 평가자를 다른 글의 누구와 비교하나요? 모두와 모두입니다.
def preference_pairs(scores, pairs):
    rows = []
    for a, b in pairs:
        n = min(len(scores[a]), len(scores[b]))
        gaps = torch.tensor(scores[a][:n]) - torch.tensor(scores[b][:n])
        share = 0.5 + gaps.sign().sum().item() / (2 * n)
        if share != 0.5:
            rows.append((a, b, share) if share > 0.5 else (b, a, 1 - share))
    kept = [list(column) for column in zip(*rows)] or [[], [], []]
    places = torch.tensor(kept[:2], dtype=torch.int64)
    return places[0], places[1], torch.tensor(kept[2], dtype=torch.float32)



# %% exercise=preference_pairs name=places-in-the-pair
# en: `chosen` and `rejected` are places in `scores`: yours say only which of the two it was.
# ko: `chosen`과 `rejected`는 `scores` 안의 자리입니다. 둘 중 어느 쪽인지만 적지 않았나요?
def preference_pairs(scores, pairs):
    chosen, rejected, agreement = [], [], []
    for k, (a, b) in enumerate(pairs):
        gaps = torch.tensor(scores[a])[:, None] - torch.tensor(scores[b])
        share = 0.5 + gaps.sign().sum().item() / (2 * gaps.numel())
        if share != 0.5:
            chosen.append(int(share < 0.5))
            rejected.append(int(share > 0.5))
            agreement.append(max(share, 1 - share))
    places = torch.tensor([chosen, rejected], dtype=torch.int64)
    return places[0], places[1], torch.tensor(agreement, dtype=torch.float32)


# %% exercise=preference_pairs name=lead-for-share
# en: A win is worth 1, a loss 0, a tie one half: yours is the mean of 1, -1 and 0.
# ko: 이기면 1, 지면 0, 비기면 절반입니다. 1, -1, 0의 평균을 구하지 않았나요?
def preference_pairs(scores, pairs):
    chosen, rejected, agreement = [], [], []
    for k, (a, b) in enumerate(pairs):
        gaps = torch.tensor(scores[a])[:, None] - torch.tensor(scores[b])
        share = 0.5 + gaps.sign().sum().item() / (2 * gaps.numel())
        if share != 0.5:
            chosen.append(a if share > 0.5 else b)
            rejected.append(b if share > 0.5 else a)
            agreement.append(abs(2 * share - 1))
    places = torch.tensor([chosen, rejected], dtype=torch.int64)
    return places[0], places[1], torch.tensor(agreement, dtype=torch.float32)


# %% exercise=preference_pairs name=even-pairs-to-the-second
# en: An even pair goes to its second text in yours: does it belong to the answer at all?
# ko: 정확히 반으로 갈린 쌍에서 두 번째 글을 골랐습니다. 그런 쌍이 답에 들어가나요?
def preference_pairs(scores, pairs):
    chosen, rejected, agreement = [], [], []
    for k, (a, b) in enumerate(pairs):
        gaps = torch.tensor(scores[a])[:, None] - torch.tensor(scores[b])
        share = 0.5 + gaps.sign().sum().item() / (2 * gaps.numel())
        chosen.append(a if share > 0.5 else b)
        rejected.append(b if share > 0.5 else a)
        agreement.append(max(share, 1 - share))
    places = torch.tensor([chosen, rejected], dtype=torch.int64)
    return places[0], places[1], torch.tensor(agreement, dtype=torch.float32)


# %% exercise=preference_pairs name=scores-as-sets
# en: Two raters who gave the same score are two raters: does each count?
# ko: 같은 점수를 준 두 평가자도 두 명입니다. 각각 세었나요?
def preference_pairs(scores, pairs):
    chosen, rejected, agreement = [], [], []
    for k, (a, b) in enumerate(pairs):
        gaps = torch.tensor(sorted(set(scores[a])))[:, None] - torch.tensor(sorted(set(scores[b])))
        share = 0.5 + gaps.sign().sum().item() / (2 * gaps.numel())
        if share != 0.5:
            chosen.append(a if share > 0.5 else b)
            rejected.append(b if share > 0.5 else a)
            agreement.append(max(share, 1 - share))
    places = torch.tensor([chosen, rejected], dtype=torch.int64)
    return places[0], places[1], torch.tensor(agreement, dtype=torch.float32)


# %% exercise=preference_pairs name=chosen-wins-fewer
# en: Some of your agreements are below 0.5: the chosen text won fewer comparisons there. By what do you decide which text is chosen?
# ko: 일치도가 0.5보다 작은 쌍이 있습니다. 선택된 글이 비교에서 덜 이겼다는 뜻입니다. 무엇을 보고 선택된 글을 정하나요?
def preference_pairs(scores, pairs):
    rows = []
    for a, b in pairs:
        if np.mean(scores[a]) < np.mean(scores[b]):
            a, b = b, a
        gaps = torch.tensor(scores[a])[:, None] - torch.tensor(scores[b])
        share = 0.5 + gaps.sign().sum().item() / (2 * gaps.numel())
        if share != 0.5:
            rows.append((a, b, share))
    kept = [list(column) for column in zip(*rows)] or [[], [], []]
    places = torch.tensor(kept[:2], dtype=torch.int64)
    return places[0], places[1], torch.tensor(kept[2], dtype=torch.float32)


# %% exercise=preference_pairs name=float-places-without-pairs
# en: Where no pair is left, `chosen` and `rejected` come back as float32. Which dtype has an empty tensor if you name none?
# ko: 남은 쌍이 없으면 `chosen`과 `rejected`가 float32로 나옵니다. dtype을 적지 않으면 빈 텐서의 dtype은 무엇인가요?
def preference_pairs(scores, pairs):
    chosen, rejected, agreement = [], [], []
    for a, b in pairs:
        gaps = torch.tensor(scores[a])[:, None] - torch.tensor(scores[b])
        share = 0.5 + gaps.sign().sum().item() / (2 * gaps.numel())
        if share != 0.5:
            chosen.append(a if share > 0.5 else b)
            rejected.append(b if share > 0.5 else a)
            agreement.append(max(share, 1 - share))
    return torch.tensor(chosen), torch.tensor(rejected), torch.tensor(agreement)


# %% exercise=preference_pairs name=same-two-texts-once
# en: The same two texts may occur in several pairs, in either order: how often do they come back in yours?
# ko: 같은 두 글이 순서를 바꾸어서도 여러 쌍에 나올 수 있습니다. 결과에는 몇 번 나오나요?
def preference_pairs(scores, pairs):
    found = {}
    for a, b in pairs:
        gaps = torch.tensor(scores[a])[:, None] - torch.tensor(scores[b])
        share = 0.5 + gaps.sign().sum().item() / (2 * gaps.numel())
        if share != 0.5:
            found[(a, b) if share > 0.5 else (b, a)] = max(share, 1 - share)
    places = torch.tensor(list(found), dtype=torch.int64).reshape(-1, 2)
    return places[:, 0], places[:, 1], torch.tensor(list(found.values()), dtype=torch.float32)


# %% exercise=preference_pairs name=by-how-much
# en: Some of your agreements lie above 1: does a comparison count once, or by how far the scores differ?
# ko: 1보다 큰 일치도가 있습니다. 비교를 한 번으로 세나요, 점수 차이만큼 세나요?
def preference_pairs(scores, pairs):
    rows = []
    for a, b in pairs:
        gaps = torch.tensor(scores[a])[:, None] - torch.tensor(scores[b])
        share = (1 + gaps.double().mean().item()) / 2
        rows += [row for row in ((a, b, share), (b, a, 1 - share)) if row[2] > 0.5]
    chosen = torch.tensor([row[0] for row in rows], dtype=torch.int64)
    rejected = torch.tensor([row[1] for row in rows], dtype=torch.int64)
    return chosen, rejected, torch.tensor([row[2] for row in rows], dtype=torch.float32)


# %% exercise=preference_pairs name=ties-to-the-first
# en: A tie counts as a whole win of the first text in yours: how much is it worth, and to whom?
# ko: 비긴 비교를 첫 글의 승리로 셌습니다. 비기면 누구에게 얼마를 주나요?
def preference_pairs(scores, pairs):
    rows = []
    for a, b in pairs:
        gaps = torch.tensor(scores[a])[:, None] - torch.tensor(scores[b])
        share = (gaps >= 0).double().mean().item()
        rows += [row for row in ((a, b, share), (b, a, 1 - share)) if row[2] > 0.5]
    chosen = torch.tensor([row[0] for row in rows], dtype=torch.int64)
    rejected = torch.tensor([row[1] for row in rows], dtype=torch.int64)
    return chosen, rejected, torch.tensor([row[2] for row in rows], dtype=torch.float32)


# %% exercise=preference_pairs name=nearly-even-left-out
# en: A pair just above one half is left out in yours: which pairs say nothing?
# ko: 절반을 아주 조금 넘는 쌍이 빠졌습니다. 어떤 쌍을 빼야 하나요?
def preference_pairs(scores, pairs):
    rows = []
    for a, b in pairs:
        gaps = torch.tensor(scores[a])[:, None] - torch.tensor(scores[b])
        share = (1 + gaps.sign().double().mean().item()) / 2
        rows += [row for row in ((a, b, share), (b, a, 1 - share)) if row[2] > 0.501]
    chosen = torch.tensor([row[0] for row in rows], dtype=torch.int64)
    rejected = torch.tensor([row[1] for row in rows], dtype=torch.int64)
    return chosen, rejected, torch.tensor([row[2] for row in rows], dtype=torch.float32)


# %% exercise=preference_pairs name=agreement-in-float64
# en: The agreement comes back as float64: which dtype is asked for?
# ko: 일치도가 float64로 나옵니다. 어떤 dtype으로 돌려주어야 하나요?
def preference_pairs(scores, pairs):
    rows = []
    for a, b in pairs:
        gaps = torch.tensor(scores[a])[:, None] - torch.tensor(scores[b])
        share = (1 + gaps.sign().double().mean().item()) / 2
        rows += [row for row in ((a, b, share), (b, a, 1 - share)) if row[2] > 0.5]
    chosen = torch.tensor([row[0] for row in rows], dtype=torch.int64)
    rejected = torch.tensor([row[1] for row in rows], dtype=torch.int64)
    return chosen, rejected, torch.tensor([row[2] for row in rows], dtype=torch.float64)


# %% exercise=preference_pairs name=no-pairs-at-all
# en: An empty list of pairs is a list too: which line of yours needs at least one pair?
# ko: 쌍이 하나도 없는 리스트도 리스트입니다. 쌍이 적어도 하나 있어야 하는 줄은 어디인가요?
def preference_pairs(scores, pairs):
    chosen, rejected, agreement = [], [], []
    firsts, seconds = zip(*pairs)
    for a, b in zip(firsts, seconds):
        gaps = torch.tensor(scores[a])[:, None] - torch.tensor(scores[b])
        share = 0.5 + gaps.sign().sum().item() / (2 * gaps.numel())
        if share != 0.5:
            chosen.append(a if share > 0.5 else b)
            rejected.append(b if share > 0.5 else a)
            agreement.append(max(share, 1 - share))
    places = torch.tensor([chosen, rejected], dtype=torch.int64)
    return places[0], places[1], torch.tensor(agreement, dtype=torch.float32)


# %% exercise=preference_pairs variant=numpy
def preference_pairs(scores, pairs):
    rows = []
    for a, b in pairs:
        left, right = np.asarray(scores[a]), np.asarray(scores[b])
        wins = np.sum(left[:, None] > right) + 0.5 * np.sum(left[:, None] == right)
        share = wins / (len(left) * len(right))
        if share > 0.5:
            rows.append((a, b, share))
        elif share < 0.5:
            rows.append((b, a, 1 - share))
    return (
        torch.tensor([row[0] for row in rows], dtype=torch.long),
        torch.tensor([row[1] for row in rows], dtype=torch.long),
        torch.tensor([row[2] for row in rows], dtype=torch.float32),
    )


# %% exercise=preference_pairs variant=plain-loops
def preference_pairs(scores, pairs):
    one, two, three = [], [], []
    for a, b in pairs:
        points = 0
        for s in scores[a]:
            for t in scores[b]:
                points += 2 if s > t else 1 if s == t else 0
        most = 2 * len(scores[a]) * len(scores[b])
        if 2 * points == most:
            continue
        better, worse = (a, b) if 2 * points > most else (b, a)
        one.append(better)
        two.append(worse)
        three.append(max(points, most - points) / most)
    return torch.LongTensor(one), torch.LongTensor(two), torch.FloatTensor(three)


# ------------------------------------------------------------------------------------ reward_loss
# %% exercise=reward_loss name=rejected-rewarded
# en: The loss falls when the rejected text gets the larger reward: which reward is subtracted, and which of the two terms counts agreement times?
# ko: 거절된 글의 보상이 클수록 손실이 작아집니다. 어느 보상을 빼나요? 두 항 중 일치도를 곱하는 것은 어느 쪽인가요?
def reward_loss(chosen, rejected, agreement):
    gap = rejected - chosen
    return -(agreement * F.logsigmoid(gap) + (1 - agreement) * F.logsigmoid(-gap)).mean()


# %% exercise=reward_loss name=agreement-as-weight
# en: A pair with agreement 0.8 was lost in one comparison of five: where does the loss say so?
# ko: 일치도 0.8이면 다섯 번 중 한 번은 졌습니다. 손실의 어디에 나타나나요?
def reward_loss(chosen, rejected, agreement):
    return -(agreement * F.logsigmoid(chosen - rejected)).mean()


# %% exercise=reward_loss name=agreement-ignored
# en: The agreement makes no difference to your loss: is it left out, or rounded, or does it cancel between the two terms?
# ko: 일치도가 손실에 아무 영향도 주지 않습니다. 빠졌나요, 반올림되었나요, 아니면 두 항에서 서로 지워지나요?
def reward_loss(chosen, rejected, agreement):
    return -F.logsigmoid(chosen - rejected).mean()


# %% exercise=reward_loss name=sum-for-mean
# en: Twice as many pairs should not double the loss.
# ko: 쌍이 두 배가 되어도 손실이 두 배가 되면 안 됩니다.
def reward_loss(chosen, rejected, agreement):
    gap = chosen - rejected
    return -(agreement * F.logsigmoid(gap) + (1 - agreement) * F.logsigmoid(-gap)).sum()


# %% exercise=reward_loss name=log-of-sigmoid
# en: At a gap of -1000 the sigmoid is exactly 0: which function takes both steps at once?
# ko: 차이가 -1000이면 시그모이드는 0이 됩니다. 두 단계를 한 번에 계산하는 함수는 무엇인가요?
def reward_loss(chosen, rejected, agreement):
    p = torch.sigmoid(chosen - rejected).clamp(1e-6, 1 - 1e-6)
    return -(agreement * p.log() + (1 - agreement) * (1 - p).log()).mean()


# %% exercise=reward_loss name=log-then-sigmoid
# en: At a gap of -1000 the sigmoid is 0 and its logarithm minus infinity: take both in one go.
# ko: 차이가 -1000이면 시그모이드는 0, 그 로그는 음의 무한대입니다. 한 번에 계산하세요.
def reward_loss(chosen, rejected, agreement):
    p = torch.sigmoid(chosen - rejected)
    return -(agreement * p.log() + (1 - agreement) * (1 - p).log()).mean()


# %% exercise=reward_loss name=squared-distance
# en: The formula is a cross-entropy: yours is the squared distance of chance and agreement.
# ko: 식은 교차 엔트로피입니다. 확률과 일치도의 차이를 제곱하지 않았나요?
def reward_loss(chosen, rejected, agreement):
    return (torch.sigmoid(chosen - rejected) - agreement).square().mean()


# %% exercise=reward_loss name=sigmoid-twice
# en: A sigmoid of a sigmoid is taken: which of your functions takes one by itself?
# ko: 시그모이드를 두 번 취했습니다. 쓰고 있는 함수 중 시그모이드를 스스로 계산하는 것은 무엇인가요?
def reward_loss(chosen, rejected, agreement):
    return F.binary_cross_entropy_with_logits((chosen - rejected).sigmoid(), agreement)


# %% exercise=reward_loss name=rejected-cut-off
# en: Both rewards learn from a comparison: does a gradient reach the rejected one?
# ko: 비교에서 두 보상이 모두 배웁니다. 거절된 쪽에도 기울기가 흐르나요?
def reward_loss(chosen, rejected, agreement):
    return F.binary_cross_entropy_with_logits(chosen - rejected.detach(), agreement)


# %% exercise=reward_loss name=loss-that-stops-at-18
# en: However far apart the rewards are, a pair costs no more than about 18 in yours. What keeps the logarithm there? A function that takes sigmoid and logarithm at once needs no such help.
# ko: 보상이 아무리 멀어도 한 쌍의 손실이 약 18을 넘지 않습니다. 로그가 왜 거기서 멈추나요? 시그모이드와 로그를 한 번에 계산하는 함수에는 그런 도움이 필요 없습니다.
def reward_loss(chosen, rejected, agreement):
    p = torch.sigmoid(chosen - rejected)
    return -(agreement * (p + 1e-8).log() + (1 - agreement) * (1 - p + 1e-8).log()).mean()


# %% exercise=reward_loss name=agreement-weighs-the-pairs
# en: In yours the agreement only says how much a pair weighs beside the others. A pair with agreement 0.8 was lost in one comparison of five: where does the loss say so?
# ko: 일치도가 다른 쌍에 대한 무게로만 쓰입니다. 일치도 0.8이면 다섯 번 중 한 번은 졌습니다. 손실의 어디에 나타나나요?
def reward_loss(chosen, rejected, agreement):
    return -(agreement * F.logsigmoid(chosen - rejected)).sum() / agreement.sum()


# %% exercise=reward_loss name=whose-agreement
# en: Which agreement belongs to which pair makes no difference in yours: does a shape (N, 1) meet one of (N,), or is the agreement averaged by itself?
# ko: 어느 일치도가 어느 쌍의 것인지가 손실에 영향을 주지 않습니다. (N, 1)과 (N,)이 만나지 않나요? 아니면 일치도를 따로 평균하나요?
def reward_loss(chosen, rejected, agreement):
    gap = (chosen - rejected)[:, None]
    return -(agreement * F.logsigmoid(gap) + (1 - agreement) * F.logsigmoid(-gap)).mean()


# %% exercise=reward_loss name=one-minus-the-logarithm
# en: The second term holds 1 minus a logarithm: is that the logarithm of the other chance?
# ko: 둘째 항에서 1에서 로그를 뺐습니다. 그것이 다른 쪽 확률의 로그인가요?
def reward_loss(chosen, rejected, agreement):
    log_win = F.logsigmoid(chosen - rejected)
    return -(agreement * log_win + (1 - agreement) * (1 - log_win)).mean()


# %% exercise=reward_loss name=kink-at-equal-rewards
# en: Where both rewards are equal, your loss is right and its gradient is not: which function of yours has a kink at 0?
# ko: 두 보상이 같을 때 손실은 맞지만 기울기가 틀립니다. 쓰고 있는 함수 중 0에서 꺾이는 것은 무엇인가요?
def reward_loss(chosen, rejected, agreement):
    gap = chosen - rejected
    softplus = (-gap).clamp(min=0) + torch.log1p(torch.exp(-gap.abs()))
    return (softplus + (1 - agreement) * gap).mean()


# %% exercise=reward_loss name=gradient-lost-far-apart
# en: Far apart your loss is right, but its gradient is NaN or 0: does backward pass a clamp, or the side of a `torch.where` that is not taken?
# ko: 보상이 멀 때 손실은 맞지만 기울기가 NaN이나 0입니다. 기울기가 clamp를 지나나요? 아니면 `torch.where`에서 고르지 않은 쪽을 지나나요?
def reward_loss(chosen, rejected, agreement):
    gap = chosen - rejected
    tail = torch.where(gap > 0, torch.log1p(torch.exp(-gap)), torch.log1p(torch.exp(gap)) - gap)
    return (tail + (1 - agreement) * gap).mean()


# %% exercise=reward_loss variant=bce
def reward_loss(chosen, rejected, agreement):
    return F.binary_cross_entropy_with_logits(chosen - rejected, agreement.to(chosen.dtype))


# %% exercise=reward_loss variant=softplus
def reward_loss(chosen, rejected, agreement):
    gap = chosen - rejected
    return torch.mean(F.softplus(-gap) + (1 - agreement) * gap)


# ------------------------------------------------------------------------------------ token_logprobs
# %% exercise=token_logprobs name=off-by-one
# en: The logits at t were made when token t was already seen: which token are they for?
# ko: t번째 로짓은 t번째 토큰을 이미 본 뒤의 것입니다. 어느 토큰을 위한 것인가요?
def token_logprobs(logits, ids):
    return logits[:, 1:].log_softmax(-1).gather(-1, ids[:, 1:, None])[..., 0]


# %% exercise=token_logprobs name=target-not-shifted
# en: Column t must hold the log-probability of token t + 1: which ids did you pick at?
# ko: t번째 열은 t + 1번째 토큰의 로그 확률입니다. 어느 id를 골랐나요?
def token_logprobs(logits, ids):
    return logits[:, :-1].log_softmax(-1).gather(-1, ids[:, :-1, None])[..., 0]


# %% exercise=token_logprobs name=logits-not-normalised
# en: Do the probabilities of all tokens at one place sum to 1?
# ko: 한 자리에서 모든 토큰의 확률을 더하면 1이 되나요?
def token_logprobs(logits, ids):
    return logits[:, :-1].gather(-1, ids[:, 1:, None])[..., 0]


# %% exercise=token_logprobs name=softmax-over-positions
# en: Along which axis do the probabilities compete: tokens or positions?
# ko: 확률은 어느 축에서 서로 경쟁하나요? 토큰인가요, 위치인가요?
def token_logprobs(logits, ids):
    return logits[:, :-1].log_softmax(1).gather(-1, ids[:, 1:, None])[..., 0]


# %% exercise=token_logprobs name=probabilities
# en: Their sum over a text should be a log-probability: is the logarithm there?
# ko: 글 전체에 대해 더하면 로그 확률이 되어야 합니다. 로그를 취했나요?
def token_logprobs(logits, ids):
    return logits[:, :-1].softmax(-1).gather(-1, ids[:, 1:, None])[..., 0]


# %% exercise=token_logprobs name=nothing-left-out
# en: T tokens, and only T - 1 of them were predicted: by which logits?
# ko: 토큰은 T개이지만 예측된 것은 T - 1개입니다. 어느 로짓이 예측했나요?
def token_logprobs(logits, ids):
    return logits.log_softmax(-1).gather(-1, ids[..., None])[..., 0]


# %% exercise=token_logprobs name=softmax-then-logarithm
# en: A probability may be too small for a float, and its logarithm is not: take both in one go.
# ko: 확률은 float에 담기지 않을 만큼 작을 수 있습니다. 로그와 함께 한 번에 계산하세요.
def token_logprobs(logits, ids):
    p = logits[:, :-1].softmax(-1)
    return p.gather(-1, ids[:, 1:, None])[..., 0].log()



# %% exercise=token_logprobs name=shifted-the-other-way
# en: A model predicts forward: which end of the logits, and which end of the ids, is dropped?
# ko: 모델은 앞으로 예측합니다. 로짓과 id에서 각각 어느 쪽 끝을 버리나요?
def token_logprobs(logits, ids):
    return logits[:, 1:].log_softmax(-1).gather(-1, ids[:, :-1, None])[..., 0]


# %% exercise=token_logprobs name=likeliest-token
# en: Which token is asked about: the likeliest one, or the one that was written?
# ko: 어느 토큰의 확률인가요? 가장 가능성 높은 것인가요, 실제로 쓰인 것인가요?
def token_logprobs(logits, ids):
    return logits[:, :-1].log_softmax(-1).amax(-1)


# %% exercise=token_logprobs name=always-float32
# en: Logits may come in any float dtype: which one goes back?
# ko: 로짓의 dtype은 다양합니다. 어떤 dtype으로 돌려주나요?
def token_logprobs(logits, ids):
    return logits[:, :-1].float().log_softmax(-1).gather(-1, ids[:, 1:, None])[..., 0]


# %% exercise=token_logprobs name=nothing-below-minus-20
# en: Very unlikely tokens all get about -20.7 in yours. What keeps the logarithm there? Take softmax and logarithm in one go.
# ko: 매우 드문 토큰이 모두 약 -20.7이 됩니다. 로그가 왜 거기서 멈추나요? softmax와 로그를 한 번에 계산하세요.
def token_logprobs(logits, ids):
    p = logits[:, :-1].softmax(-1)
    return (p.gather(-1, ids[:, 1:, None])[..., 0] + 1e-9).log()


# %% exercise=token_logprobs name=one-largest-logit-for-all
# en: With large logits some of your numbers are infinite. Is the largest logit subtracted before exp that of the same place, or one of the whole batch?
# ko: 로짓이 크면 무한대가 나옵니다. exp 전에 빼는 가장 큰 로짓은 그 자리의 것인가요, 배치 전체에서 하나인가요?
def token_logprobs(logits, ids):
    x = logits[:, :-1] - logits[:, :-1].max()
    x = x - x.exp().sum(-1, keepdim=True).log()
    return x.gather(-1, ids[:, 1:, None])[..., 0]


# %% exercise=token_logprobs name=rows-and-columns-in-step
# en: Your row and column indices run side by side: which shapes make a table of all their pairs?
# ko: 행 인덱스와 열 인덱스가 나란히 짝지어집니다. 모든 조합의 표가 되려면 어떤 모양이어야 하나요?
def token_logprobs(logits, ids):
    rows, columns = torch.arange(ids.shape[0]), torch.arange(ids.shape[1] - 1)
    return logits[:, :-1].log_softmax(-1)[rows, columns, ids[:, 1:]]


# %% exercise=token_logprobs name=always-float64
# en: Float32 logits come back as float64 in yours: which dtype is promised?
# ko: float32 로짓을 넣어도 float64가 나옵니다. 어떤 dtype으로 돌려주어야 하나요?
def token_logprobs(logits, ids):
    return logits[:, :-1].double().log_softmax(-1).gather(-1, ids[:, 1:, None])[..., 0]


# %% exercise=token_logprobs name=half-precision-lifted
# en: Only half-precision logits come back in another dtype than they came in: which one is promised?
# ko: 반정밀도 로짓만 다른 dtype으로 나옵니다. 어떤 dtype으로 돌려주어야 하나요?
def token_logprobs(logits, ids):
    wide = logits[:, :-1].to(torch.promote_types(logits.dtype, torch.float32))
    return wide.log_softmax(-1).gather(-1, ids[:, 1:, None])[..., 0]


# %% exercise=token_logprobs name=normaliser-detached
# en: What is subtracted from the logit is made of logits too: does a gradient reach it?
# ko: 로짓에서 빼는 항도 로짓으로 만든 것입니다. 그쪽으로도 기울기가 흐르나요?
def token_logprobs(logits, ids):
    before = logits[:, :-1]
    return before.gather(-1, ids[:, 1:, None])[..., 0] - before.logsumexp(-1).detach()


# %% exercise=token_logprobs variant=cross-entropy
def token_logprobs(logits, ids):
    return -F.cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")


# %% exercise=token_logprobs variant=logsumexp
def token_logprobs(logits, ids):
    before, targets = logits[:, :-1], ids[:, 1:]
    picked = torch.gather(before, 2, targets.unsqueeze(2)).squeeze(2)
    return picked - torch.logsumexp(before, dim=2)


# ------------------------------------------------------------------------------------ kl_penalty
# %% exercise=kl_penalty name=sign-of-the-penalty
# en: A token that became likelier than under the reference must cost something.
# ko: 기준 모델보다 확률이 높아진 토큰은 대가를 치러야 합니다.
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    rewards = beta * (logprobs - ref_logprobs).detach() * mask
    rewards[torch.arange(len(score)), mask.sum(1) - 1] += score.detach()
    return rewards


# %% exercise=kl_penalty name=score-at-every-token
# en: The score is paid once a text: at which token?
# ko: 점수는 글마다 한 번만 줍니다. 어느 토큰에서 주나요?
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    return ((score[:, None] - beta * (logprobs - ref_logprobs)) * mask).detach()


# %% exercise=kl_penalty name=score-at-the-last-column
# en: In a short text the last column is padding: where is its last real token?
# ko: 짧은 글에서 마지막 열은 패딩입니다. 마지막 실제 토큰은 어디인가요?
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    rewards = -beta * (logprobs - ref_logprobs).detach() * mask
    rewards[:, -1] += score.detach()
    return rewards


# %% exercise=kl_penalty name=score-replaces-the-penalty
# en: The last token has a price too: is the score added to it, or put in its place?
# ko: 마지막 토큰에도 벌점이 있습니다. 점수를 더했나요, 아니면 덮어썼나요?
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    rewards = -beta * (logprobs - ref_logprobs).detach() * mask
    rewards[torch.arange(len(score)), mask.sum(1) - 1] = score.detach()
    return rewards


# %% exercise=kl_penalty name=padding-pays
# en: What stands at padding was never written: does it cost anything in your rewards?
# ko: 패딩은 쓰인 토큰이 아닙니다. 보상에서 벌점을 내고 있지 않나요?
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    rewards = -beta * (logprobs - ref_logprobs).detach()
    rewards[torch.arange(len(score)), mask.sum(1) - 1] += score.detach()
    return rewards


# %% exercise=kl_penalty name=not-detached
# en: Rewards are numbers: may a gradient flow from them into the policy or the reference?
# ko: 보상은 숫자입니다. 보상에서 정책이나 기준 모델로 기울기가 흘러도 되나요?
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    last = torch.arange(mask.shape[1]) == mask.sum(1, keepdim=True) - 1
    return -beta * (logprobs - ref_logprobs) * mask + score[:, None] * last


# %% exercise=kl_penalty name=penalty-paid-at-the-end
# en: Each token pays for itself: is your whole penalty paid at the last one?
# ko: 토큰마다 자기 몫을 냅니다. 벌점 전체를 마지막에 내고 있지 않나요?
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    rewards = torch.zeros_like(logprobs)
    whole = (beta * (logprobs - ref_logprobs) * mask).sum(1)
    rewards[torch.arange(len(mask)), mask.sum(1) - 1] = (score - whole).detach().to(rewards.dtype)
    return rewards


# %% exercise=kl_penalty name=absolute-difference
# en: A single token may earn something: the cost is never negative on average only.
# ko: 토큰 하나는 이득을 볼 수도 있습니다. 음수가 아닌 것은 평균뿐입니다.
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    rewards = (-beta * (logprobs - ref_logprobs).abs() * mask).detach()
    rewards[torch.arange(len(mask)), mask.sum(1) - 1] += score.detach()
    return rewards



# %% exercise=kl_penalty name=score-keeps-its-history
# en: The price has no gradient any more; may one flow from the rewards into the score?
# ko: 벌점의 기울기는 끊었습니다. 보상에서 점수로는 기울기가 흘러도 되나요?
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    rewards = -beta * (logprobs - ref_logprobs).detach() * mask
    rewards[torch.arange(len(score)), mask.sum(1) - 1] += score
    return rewards


# %% exercise=kl_penalty name=sign-and-history
# en: A token that became likelier must cost something. And the score is a number too: detach it.
# ko: 확률이 높아진 토큰은 대가를 치러야 합니다. 그리고 점수도 숫자입니다. 기울기를 끊으세요.
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    rewards = beta * (logprobs - ref_logprobs).detach() * mask
    rewards[torch.arange(len(score)), mask.sum(1) - 1] += score
    return rewards


# %% exercise=kl_penalty name=last-column-and-history
# en: In a short text the last column is padding. And the score is a number too: detach it.
# ko: 짧은 글에서 마지막 열은 패딩입니다. 그리고 점수도 숫자입니다. 기울기를 끊으세요.
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    rewards = -beta * (logprobs - ref_logprobs).detach() * mask
    rewards[:, -1] += score
    return rewards


# %% exercise=kl_penalty name=replaced-and-history
# en: The score is added to the last token's price, not put in its place. And the score is a number too: detach it.
# ko: 점수는 마지막 벌점에 더하며, 덮어쓰지 않습니다. 그리고 점수도 숫자입니다. 기울기를 끊으세요.
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    rewards = -beta * (logprobs - ref_logprobs).detach() * mask
    rewards[torch.arange(len(score)), mask.sum(1) - 1] = score
    return rewards


# %% exercise=kl_penalty name=absolute-and-history
# en: A single token may earn something: no absolute value. And the score is a number too: detach it.
# ko: 토큰 하나는 이득을 볼 수도 있습니다. 절댓값은 없습니다. 그리고 점수도 숫자입니다. 기울기를 끊으세요.
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    rewards = -beta * (logprobs - ref_logprobs).detach().abs() * mask
    rewards[torch.arange(len(score)), mask.sum(1) - 1] += score
    return rewards


# %% exercise=kl_penalty name=one-too-far-and-history
# en: The last of n tokens stands at n - 1, counted from 0. And the score is a number too: detach it.
# ko: n개 중 마지막은 0부터 세어 n - 1번째입니다. 그리고 점수도 숫자입니다. 기울기를 끊으세요.
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    rewards = -beta * (logprobs - ref_logprobs).detach() * mask
    rewards[torch.arange(len(score)), mask.sum(1).clamp(max=mask.shape[1] - 1)] += score
    return rewards


# %% exercise=kl_penalty name=beta-times-score-and-history
# en: The leash scales the price alone, not the score. And the score is a number too: detach it.
# ko: beta는 벌점에만 곱하고 점수에는 곱하지 않습니다. 그리고 점수도 숫자입니다. 기울기를 끊으세요.
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    rewards = -beta * (logprobs - ref_logprobs).detach() * mask
    rewards[torch.arange(len(score)), mask.sum(1) - 1] += beta * score
    return rewards


# %% exercise=kl_penalty name=weighted-and-history
# en: A drawn token's price needs no weight: no probability in front. And the score is a number too: detach it.
# ko: 뽑힌 토큰의 벌점에는 확률을 곱하지 않습니다. 그리고 점수도 숫자입니다. 기울기를 끊으세요.
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    rewards = -beta * (logprobs.exp() * (logprobs - ref_logprobs)).detach() * mask
    rewards[torch.arange(len(score)), mask.sum(1) - 1] += score
    return rewards


# %% exercise=kl_penalty name=beta-times-score
# en: The leash scales the price alone: is the score multiplied by beta in yours?
# ko: beta는 벌점에만 곱합니다. 점수에도 곱하지 않았나요?
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    rewards = (ref_logprobs - logprobs).detach() * mask
    rewards[torch.arange(len(score)), mask.sum(1) - 1] += score.detach()
    return beta * rewards


# %% exercise=kl_penalty name=one-too-far
# en: The last of n tokens stands at n - 1, counted from 0: where is the score in a short text?
# ko: n개 중 마지막은 0부터 세어 n - 1번째입니다. 짧은 글에서 점수는 어디에 있나요?
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    rewards = -beta * (logprobs - ref_logprobs).detach() * mask
    last = mask.sum(1).clamp(max=mask.shape[1] - 1)
    rewards[torch.arange(len(score)), last] += score.detach()
    return rewards


# %% exercise=kl_penalty name=never-negative-estimator
# en: No token earns anything in yours, however the two models differ: the price here is a plain difference of two logarithms.
# ko: 두 모델이 어떻게 달라도 이득을 보는 토큰이 없습니다. 여기서 벌점은 두 로그의 단순한 차이입니다.
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    log_ratio = (ref_logprobs - logprobs).detach().where(mask, 0.0)
    rewards = -beta * (log_ratio.exp() - 1 - log_ratio)
    rewards[torch.arange(len(score)), mask.sum(1) - 1] += score.detach()
    return rewards


# %% exercise=kl_penalty name=float64-whatever-comes
# en: Float32 log-probabilities give float64 rewards in yours: do you work in float64, or does the dtype of the score win?
# ko: float32 로그 확률을 넣어도 보상이 float64입니다. float64로 계산하나요? 아니면 점수의 dtype을 따라가나요?
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    last = torch.arange(mask.shape[1]) == mask.sum(1, keepdim=True) - 1
    return (-beta * (logprobs - ref_logprobs) * mask + score[:, None] * last).detach()


# %% exercise=kl_penalty name=half-precision-lifted
# en: Only half-precision log-probabilities give rewards of another dtype: which step of yours lifts them?
# ko: 반정밀도 로그 확률만 다른 dtype의 보상이 됩니다. 어느 단계에서 dtype이 바뀌나요?
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    rewards = -beta * (logprobs - ref_logprobs).detach() * mask.float()
    rewards[torch.arange(len(score)), mask.sum(1) - 1] += score.detach()
    return rewards


# %% exercise=kl_penalty name=score-put-in-its-place
# en: The last token has a price too: is the score added to it, or put in its place?
# ko: 마지막 토큰에도 벌점이 있습니다. 점수를 더했나요, 아니면 덮어썼나요?
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    rewards = -beta * (logprobs - ref_logprobs).detach() * mask
    rewards[torch.arange(len(score)), mask.sum(1) - 1] = score.detach().to(rewards.dtype)
    return rewards


# %% exercise=kl_penalty name=score-history-and-dtype
# en: The score comes with a history and a dtype of its own: what of that do your rewards take over?
# ko: 점수에는 기울기 기록과 자기 dtype이 있습니다. 보상이 그중 무엇을 이어받나요?
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    last = torch.arange(mask.shape[1]) == mask.sum(1, keepdim=True) - 1
    return -beta * (logprobs - ref_logprobs).detach() * mask + score[:, None] * last


# %% exercise=kl_penalty name=score-of-another-dtype
# en: The score may have another dtype than the log-probabilities: which line of yours stops there?
# ko: 점수의 dtype이 로그 확률과 다를 수 있습니다. 어느 줄에서 멈추나요?
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    rewards = -beta * (logprobs - ref_logprobs).detach() * mask
    at = torch.arange(len(score)), mask.sum(1) - 1
    rewards[at] = rewards[at] + score.detach()
    return rewards


# %% exercise=kl_penalty variant=where
@torch.no_grad()
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    price = torch.where(mask, beta * (ref_logprobs - logprobs), 0.0)
    last = torch.arange(mask.shape[1]) == mask.sum(1, keepdim=True) - 1
    return price + torch.where(last, score[:, None], 0.0).to(price.dtype)


# %% exercise=kl_penalty variant=loop
def kl_penalty(score, logprobs, ref_logprobs, mask, beta):
    rewards = torch.zeros_like(logprobs).detach()
    for b in range(len(score)):
        size = int(mask[b].sum())
        for t in range(size):
            rewards[b, t] = -beta * (logprobs[b, t].detach() - ref_logprobs[b, t].detach())
        rewards[b, size - 1] += score[b].detach()
    return rewards


# ------------------------------------------------------------------------------------ advantages
# %% exercise=advantages name=forward-in-time
# en: A token gets credit for what comes after it: from which end does the sum run?
# ko: 토큰은 그 뒤에 온 것에 대해 인정받습니다. 어느 쪽 끝에서부터 더해야 하나요?
def advantages(rewards, values, mask, gamma=1.0, lam=0.95):
    values, rewards = (values * mask).detach(), (rewards * mask).detach()
    after = torch.cat([values[:, 1:], torch.zeros_like(values[:, :1])], dim=1)
    surprise, carried, found = rewards + gamma * after - values, 0, []
    for t in range(rewards.shape[1]):
        carried = surprise[:, t] + gamma * lam * carried
        found.append(carried)
    result = torch.stack(found, dim=1) * mask
    return result, result + values


# %% exercise=advantages name=lambda-forgotten
# en: Two factors make later surprises fade: are both there, and with which values when the caller gives none?
# ko: 나중의 놀라움은 두 계수로 줄어듭니다. 둘 다 있나요? 호출할 때 주지 않으면 값이 얼마인가요?
def advantages(rewards, values, mask, gamma=1.0, lam=0.95):
    values, rewards = (values * mask).detach(), (rewards * mask).detach()
    ahead = value_ahead = torch.zeros_like(rewards[:, 0])
    found = []
    for t in reversed(range(rewards.shape[1])):
        ahead = rewards[:, t] + gamma * value_ahead - values[:, t] + gamma * ahead
        value_ahead = values[:, t]
        found.append(ahead)
    result = torch.stack(found[::-1], dim=1)
    return result, result + values


# %% exercise=advantages name=next-value-forgotten
# en: The surprise compares with what is expected from the next place on: where is that value?
# ko: 놀라움은 다음 자리부터의 기대와 비교합니다. 그 가치는 어디에 있나요?
def advantages(rewards, values, mask, gamma=1.0, lam=0.95):
    values, rewards = (values * mask).detach(), (rewards * mask).detach()
    ahead, found = torch.zeros_like(rewards[:, 0]), []
    for t in reversed(range(rewards.shape[1])):
        ahead = rewards[:, t] - values[:, t] + gamma * lam * ahead
        found.append(ahead)
    result = torch.stack(found[::-1], dim=1)
    return result, result + values


# %% exercise=advantages name=value-of-padding
# en: Behind the last real token nothing is to come: which value did you take there?
# ko: 마지막 실제 토큰 뒤에는 아무것도 없습니다. 그곳의 가치로 무엇을 썼나요?
def advantages(rewards, values, mask, gamma=1.0, lam=0.95):
    values, rewards = values.detach(), rewards.detach()
    ahead = value_ahead = torch.zeros_like(rewards[:, 0])
    found = []
    for t in reversed(range(rewards.shape[1])):
        ahead = (rewards[:, t] + gamma * value_ahead - values[:, t] + gamma * lam * ahead) * mask[:, t]
        value_ahead = values[:, t]
        found.append(ahead)
    result = torch.stack(found[::-1], dim=1)
    return result, (result + values) * mask


# %% exercise=advantages name=returns-are-rewards-to-come
# en: The return that trains the value function is the advantage plus what was expected.
# ko: 가치 함수가 배울 목표는 이점에 기대값을 더한 것입니다.
def advantages(rewards, values, mask, gamma=1.0, lam=0.95):
    values, rewards = (values * mask).detach(), (rewards * mask).detach()
    ahead = value_ahead = to_come = torch.zeros_like(rewards[:, 0])
    found, sums = [], []
    for t in reversed(range(rewards.shape[1])):
        ahead = rewards[:, t] + gamma * value_ahead - values[:, t] + gamma * lam * ahead
        to_come = rewards[:, t] + gamma * to_come
        value_ahead = values[:, t]
        found.append(ahead)
        sums.append(to_come)
    return torch.stack(found[::-1], dim=1), torch.stack(sums[::-1], dim=1)


# %% exercise=advantages name=own-surprise-alone
# en: An advantage holds later surprises too, fading: where does yours pass them on?
# ko: 이점에는 뒤의 놀라움도 점점 줄어들며 들어갑니다. 어디에서 이어받나요?
def advantages(rewards, values, mask, gamma=1.0, lam=0.95):
    r, v = (rewards * mask).detach(), (values * mask).detach()
    behind = torch.cat([v[:, 1:], torch.zeros_like(v[:, :1])], dim=1)
    found = r + gamma * behind - v
    return found, found + v


# %% exercise=advantages name=value-added
# en: A surprise is measured against the guess: is the guess added or subtracted?
# ko: 놀라움은 예측과 비교한 값입니다. 예측을 더하나요, 빼나요?
def advantages(rewards, values, mask, gamma=1.0, lam=0.95):
    r, v = (rewards * mask).detach(), (values * mask).detach()
    found, behind, value = torch.zeros_like(r), 0.0, 0.0
    for t in reversed(range(r.shape[1])):
        behind = r[:, t] + gamma * value + v[:, t] + gamma * lam * behind
        found[:, t], value = behind, v[:, t]
    return found, found + v



# %% exercise=advantages name=rewards-added-for-returns
# en: A return is the advantage plus which of the two inputs?
# ko: 리턴은 이점에 두 입력 중 무엇을 더한 것인가요?
def advantages(rewards, values, mask, gamma=1.0, lam=0.95):
    r, v = (rewards * mask).detach(), (values * mask).detach()
    found, ahead = torch.zeros_like(r), torch.zeros_like(r[:, 0])
    surprise = r + gamma * F.pad(v[:, 1:], (0, 1)) - v
    for t in reversed(range(r.shape[1])):
        ahead = surprise[:, t] + gamma * lam * ahead
        found[:, t] = ahead
    return found, found + r


# %% exercise=advantages name=last-value-again
# en: Behind the last column nothing is to come: you count the last value again there.
# ko: 마지막 열 뒤에는 아무것도 없습니다. 마지막 가치를 다시 세지 않았나요?
def advantages(rewards, values, mask, gamma=1.0, lam=0.95):
    r, v = (rewards * mask).detach(), (values * mask).detach()
    found, ahead = torch.zeros_like(r), torch.zeros_like(r[:, 0])
    surprise = r + gamma * torch.cat([v[:, 1:], v[:, -1:]], dim=1) - v
    for t in reversed(range(r.shape[1])):
        ahead = surprise[:, t] + gamma * lam * ahead
        found[:, t] = ahead
    return found, found + v


# %% exercise=advantages name=one-later-surprise
# en: The sum goes on to the end of the text: how many later surprises are in yours?
# ko: 합은 글의 끝까지 갑니다. 뒤의 놀라움이 몇 개나 들어 있나요?
def advantages(rewards, values, mask, gamma=1.0, lam=0.95):
    r, v = (rewards * mask).detach(), (values * mask).detach()
    surprise = r + gamma * F.pad(v[:, 1:], (0, 1)) - v
    found = surprise + gamma * lam * F.pad(surprise[:, 1:], (0, 1))
    return found, found + v


# %% exercise=advantages name=first-value-behind-the-last
# en: Behind the last column stands the first value in yours: what does a `roll` bring in at the end?
# ko: 마지막 열 뒤에 첫 가치가 옵니다. `roll`은 끝에 무엇을 가져오나요?
def advantages(rewards, values, mask, gamma=1.0, lam=0.95):
    r, v = (rewards * mask).detach(), (values * mask).detach()
    found, ahead = torch.zeros_like(r), torch.zeros_like(r[:, 0])
    surprise = (r + gamma * v.roll(-1, dims=1) - v) * mask
    for t in reversed(range(r.shape[1])):
        ahead = surprise[:, t] + gamma * lam * ahead
        found[:, t] = ahead
    return found, found + v


# %% exercise=advantages name=lambda-alone-fades
# en: Later surprises fade by gamma times lambda: which of the two is missing in your recursion?
# ko: 뒤의 놀라움은 감마와 람다의 곱으로 줄어듭니다. 점화식에 둘 중 무엇이 빠졌나요?
def advantages(rewards, values, mask, gamma=1.0, lam=0.95):
    r, v = (rewards * mask).detach(), (values * mask).detach()
    found, ahead = torch.zeros_like(r), torch.zeros_like(r[:, 0])
    surprise = r + gamma * F.pad(v[:, 1:], (0, 1)) - v
    for t in reversed(range(r.shape[1])):
        ahead = surprise[:, t] + lam * ahead
        found[:, t] = ahead
    return found, found + v


# %% exercise=advantages name=next-value-not-discounted
# en: The next value is still to come: which factor does it get in the surprise?
# ko: 다음 가치는 아직 오지 않은 것입니다. 놀라움에서 어떤 계수를 곱하나요?
def advantages(rewards, values, mask, gamma=1.0, lam=0.95):
    r, v = (rewards * mask).detach(), (values * mask).detach()
    found, ahead = torch.zeros_like(r), torch.zeros_like(r[:, 0])
    surprise = r + F.pad(v[:, 1:], (0, 1)) - v
    for t in reversed(range(r.shape[1])):
        ahead = surprise[:, t] + gamma * lam * ahead
        found[:, t] = ahead
    return found, found + v


# %% exercise=advantages name=rewards-keep-their-history
# en: Your results ask for a gradient where the rewards do: may one flow into the rewards?
# ko: 보상에 기울기가 있으면 결과도 기울기를 요구합니다. 보상으로 기울기가 흘러도 되나요?
def advantages(rewards, values, mask, gamma=1.0, lam=0.95):
    r, v = rewards * mask, (values * mask).detach()
    ahead, found = torch.zeros_like(v[:, 0]), []
    surprise = r + gamma * F.pad(v[:, 1:], (0, 1)) - v
    for t in reversed(range(v.shape[1])):
        ahead = surprise[:, t] + gamma * lam * ahead
        found.append(ahead)
    result = torch.stack(found[::-1], dim=1)
    return result, result + v


# %% exercise=advantages name=divided-by-powers
# en: Powers of gamma times lambda become 0 in a long text, and at a factor of 0 at once: what do you divide by?
# ko: 감마와 람다의 곱은 거듭제곱하면 긴 글에서 0이 되고, 계수가 0이면 바로 0이 됩니다. 무엇으로 나누나요?
def advantages(rewards, values, mask, gamma=1.0, lam=0.95):
    r, v = (rewards * mask).detach(), (values * mask).detach()
    surprise = r + gamma * F.pad(v[:, 1:], (0, 1)) - v
    power = torch.tensor(gamma * lam, dtype=v.dtype) ** torch.arange(v.shape[1])
    found = (surprise * power).flip(1).cumsum(1).flip(1) / power
    return found, found + v


# %% exercise=advantages variant=table-of-powers
def advantages(rewards, values, mask, gamma=1.0, lam=0.95):
    with torch.no_grad():
        values, rewards = values * mask, rewards * mask
        after = F.pad(values[:, 1:], (0, 1))
        surprise = rewards + gamma * after - values
        T = rewards.shape[1]
        lag = torch.arange(T)[None] - torch.arange(T)[:, None]  # from t to s
        power = torch.where(lag >= 0, (gamma * lam) ** lag.clamp(min=0).to(rewards.dtype), 0.0)
        found = (surprise @ power.T.to(rewards.dtype)) * mask
        return found, found + values


# %% exercise=advantages variant=text-by-text
def advantages(rewards, values, mask, gamma=1.0, lam=0.95):
    found, returns = torch.zeros_like(rewards), torch.zeros_like(rewards)
    for b in range(len(rewards)):
        n = int(mask[b].sum())
        r, v = rewards[b, :n].tolist(), values[b, :n].tolist() + [0.0]
        carried = 0.0
        for t in range(n - 1, -1, -1):
            carried = r[t] + gamma * v[t + 1] - v[t] + gamma * lam * carried
            found[b, t], returns[b, t] = carried, carried + v[t]
    return found.detach(), returns.detach()


# ------------------------------------------------------------------------------------ ppo_loss
# %% exercise=ppo_loss name=max-for-min
# en: Of the two products the loss believes the bolder one: is the smaller one taken, and before the minus sign?
# ko: 두 곱 중 더 과감한 쪽을 믿고 있습니다. 작은 쪽을 고르나요? 마이너스 부호를 붙이기 전에 고르나요?
def ppo_loss(logprobs, old_logprobs, advantage, mask, clip=0.2):
    advantage = advantage.detach()
    ratio = (logprobs - old_logprobs.detach()).exp()
    bold = torch.maximum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    return -bold[mask].mean()


# %% exercise=ppo_loss name=always-clipped
# en: The clipped product alone counts: with what is it compared, so that a token that went the wrong way is pulled back?
# ko: 자른 곱만 쓰고 있습니다. 잘못된 방향으로 간 토큰을 되돌리려면 무엇과 비교해야 하나요?
def ppo_loss(logprobs, old_logprobs, advantage, mask, clip=0.2):
    ratio = (logprobs - old_logprobs.detach()).exp().clamp(1 - clip, 1 + clip)
    return -(ratio * advantage.detach())[mask].mean()


# %% exercise=ppo_loss name=never-clipped
# en: After a large step the old texts say little: what keeps the ratio near 1?
# ko: 크게 움직인 뒤에는 옛 글이 알려 주는 것이 적습니다. 비율을 1 근처에 붙잡는 것은 무엇인가요?
def ppo_loss(logprobs, old_logprobs, advantage, mask, clip=0.2):
    ratio = (logprobs - old_logprobs.detach()).exp()
    return -(ratio * advantage.detach())[mask].mean()


# %% exercise=ppo_loss name=sign-forgotten
# en: An optimiser makes the loss small: should a good token get less likely?
# ko: 최적화는 손실을 줄입니다. 좋은 토큰의 확률이 낮아져야 하나요?
def ppo_loss(logprobs, old_logprobs, advantage, mask, clip=0.2):
    advantage = advantage.detach()
    ratio = (logprobs - old_logprobs.detach()).exp()
    both = torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    return both[mask].mean()


# %% exercise=ppo_loss name=mean-over-padding
# en: Divided by how many tokens: all places of the table, or the real ones?
# ko: 몇 개로 나누나요? 표의 모든 자리인가요, 실제 토큰만인가요?
def ppo_loss(logprobs, old_logprobs, advantage, mask, clip=0.2):
    advantage = advantage.detach()
    ratio = (logprobs - old_logprobs.detach()).exp()
    both = torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    return -(both * mask).mean()


# %% exercise=ppo_loss name=mean-of-means
# en: A text with one token counts as much as a long one here: over what is the mean?
# ko: 토큰이 하나인 글이 긴 글만큼 중요해졌습니다. 무엇에 대한 평균인가요?
def ppo_loss(logprobs, old_logprobs, advantage, mask, clip=0.2):
    advantage = advantage.detach()
    ratio = (logprobs - old_logprobs.detach()).exp()
    both = torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    return -((both * mask).sum(1) / mask.sum(1)).mean()


# %% exercise=ppo_loss name=difference-for-ratio
# en: The ratio of two probabilities is not the difference of their logarithms.
# ko: 두 확률의 비율은 로그의 차이가 아닙니다.
def ppo_loss(logprobs, old_logprobs, advantage, mask, clip=0.2):
    advantage = advantage.detach()
    ratio = 1 + logprobs - old_logprobs.detach()
    both = torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    return -both[mask].mean()


# %% exercise=ppo_loss name=ratio-upside-down
# en: The ratio is now over then: which is which?
# ko: 비율은 지금을 그때로 나눈 값입니다. 어느 쪽이 지금인가요?
def ppo_loss(logprobs, old_logprobs, advantage, mask, clip=0.2):
    ratio, A = (old_logprobs.detach() - logprobs)[mask].exp(), advantage.detach()[mask]
    return -torch.minimum(ratio * A, ratio.clamp(1 - clip, 1 + clip) * A).mean()


# %% exercise=ppo_loss name=others-not-detached
# en: Only the policy learns: may a gradient reach `old_logprobs` or the advantage?
# ko: 배우는 것은 정책뿐입니다. old_logprobs나 이점에 기울기가 흘러도 되나요?
def ppo_loss(logprobs, old_logprobs, advantage, mask, clip=0.2):
    ratio = (logprobs - old_logprobs).exp()
    both = torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    return -both[mask].mean()


# %% exercise=ppo_loss name=clip-not-read-others-learn
# en: The clip is an argument, not always 0.2; and may a gradient reach `old_logprobs` or the advantage?
# ko: clip은 인수이며 늘 0.2가 아닙니다. 그리고 기울기가 old_logprobs나 이점에도 흐르지 않나요?
def ppo_loss(logprobs, old_logprobs, advantage, mask, clip=0.2):
    ratio = (logprobs - old_logprobs).exp()
    both = torch.minimum(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage)
    return -both[mask].mean()


# %% exercise=ppo_loss name=padding-counts-others-learn
# en: What stands at padding must not count; and may a gradient reach `old_logprobs` or the advantage?
# ko: 패딩은 세지 않아야 합니다. 그리고 기울기가 old_logprobs나 이점에도 흐르지 않나요?
def ppo_loss(logprobs, old_logprobs, advantage, mask, clip=0.2):
    ratio = (logprobs - old_logprobs).exp()
    both = torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    return -both.mean()


# %% exercise=ppo_loss name=max-and-others-learn
# en: Of the two products take the smaller one, before the minus sign; and may a gradient reach `old_logprobs` or the advantage?
# ko: 두 곱 중 작은 쪽을, 마이너스 부호를 붙이기 전에 골라야 합니다. 그리고 기울기가 old_logprobs나 이점에도 흐르지 않나요?
def ppo_loss(logprobs, old_logprobs, advantage, mask, clip=0.2):
    ratio = (logprobs - old_logprobs).exp()
    both = torch.maximum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    return -both[mask].mean()


# %% exercise=ppo_loss name=clipped-and-others-learn
# en: The clipped product is compared with the plain one; and may a gradient reach `old_logprobs` or the advantage?
# ko: 자른 곱을 원래 곱과 비교해야 합니다. 그리고 기울기가 old_logprobs나 이점에도 흐르지 않나요?
def ppo_loss(logprobs, old_logprobs, advantage, mask, clip=0.2):
    ratio = (logprobs - old_logprobs).exp()
    both = ratio.clamp(1 - clip, 1 + clip) * advantage
    return -both[mask].mean()


# %% exercise=ppo_loss name=means-and-others-learn
# en: The mean goes over all real tokens, not per text; and may a gradient reach `old_logprobs` or the advantage?
# ko: 평균은 글마다가 아니라 모든 실제 토큰에 대해 냅니다. 그리고 기울기가 old_logprobs나 이점에도 흐르지 않나요?
def ppo_loss(logprobs, old_logprobs, advantage, mask, clip=0.2):
    ratio = (logprobs - old_logprobs).exp()
    both = torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    return -((both * mask).sum(1) / mask.sum(1)).mean()


# %% exercise=ppo_loss name=places-and-others-learn
# en: The sum is divided by the number of real tokens; and may a gradient reach `old_logprobs` or the advantage?
# ko: 합은 실제 토큰의 수로 나눕니다. 그리고 기울기가 old_logprobs나 이점에도 흐르지 않나요?
def ppo_loss(logprobs, old_logprobs, advantage, mask, clip=0.2):
    ratio = (logprobs - old_logprobs).exp()
    both = torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    return -(both * mask).mean()


# %% exercise=ppo_loss name=exp-forgotten-others-learn
# en: A difference of logarithms is no ratio before `exp`; and may a gradient reach `old_logprobs` or the advantage?
# ko: 로그의 차이는 exp를 취해야 비율이 됩니다. 그리고 기울기가 old_logprobs나 이점에도 흐르지 않나요?
def ppo_loss(logprobs, old_logprobs, advantage, mask, clip=0.2):
    ratio = logprobs - old_logprobs
    both = torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    return -both[mask].mean()


# %% exercise=ppo_loss name=clipped-above-only
# en: A bad token that has become much less likely still counts as it is: at how many sides do you clip?
# ko: 확률이 크게 낮아진 나쁜 토큰이 잘리지 않습니다. 비율을 몇 쪽에서 자르나요?
def ppo_loss(logprobs, old_logprobs, advantage, mask, clip=0.2):
    advantage = advantage.detach()
    ratio = (logprobs - old_logprobs.detach()).exp()
    both = torch.minimum(ratio * advantage, ratio.clamp(max=1 + clip) * advantage)
    return -both[mask].mean()


# %% exercise=ppo_loss name=advantages-normalised
# en: The advantages count as they come: do you shift or scale them first?
# ko: 이점은 주어진 그대로 씁니다. 먼저 옮기거나 크기를 바꾸지 않았나요?
def ppo_loss(logprobs, old_logprobs, advantage, mask, clip=0.2):
    gain = advantage.detach()[mask]
    gain = (gain - gain.mean()) / (gain.std() + 1e-8)
    ratio = (logprobs - old_logprobs.detach())[mask].exp()
    return -torch.minimum(ratio * gain, ratio.clamp(1 - clip, 1 + clip) * gain).mean()


# %% exercise=ppo_loss name=old-keeps-its-history
# en: The old log-probabilities are fixed: may a gradient reach `old_logprobs`?
# ko: 옛 로그 확률은 고정되어 있습니다. old_logprobs로 기울기가 흘러도 되나요?
def ppo_loss(logprobs, old_logprobs, advantage, mask, clip=0.2):
    advantage = advantage.detach()
    ratio = (logprobs - old_logprobs).exp()
    both = torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    return -both[mask].mean()


# %% exercise=ppo_loss variant=two-losses
def ppo_loss(logprobs, old_logprobs, advantage, mask, clip=0.2):
    gain, ratio = advantage.detach(), torch.exp(logprobs - old_logprobs.detach())
    losses = torch.max(-gain * ratio, -gain * torch.clamp(ratio, 1 - clip, 1 + clip))
    return torch.where(mask, losses, 0.0).sum() / mask.sum()


# %% exercise=ppo_loss variant=by-sign
def ppo_loss(logprobs, old_logprobs, advantage, mask, clip=0.2):
    gain = advantage[mask].detach()
    ratio = (logprobs[mask] - old_logprobs[mask].detach()).exp()
    limit = torch.where(gain > 0, 1 + clip, 1 - clip).to(ratio.dtype)
    kept = torch.where(gain > 0, torch.minimum(ratio, limit), torch.maximum(ratio, limit))
    return -(kept * gain).mean()


# ------------------------------------------------------------------------------------ dpo_loss
# %% exercise=dpo_loss name=rejected-text-preferred
# en: The loss falls when the chosen text becomes less likely: what is subtracted from what, and with which sign does the margin enter the loss?
# ko: 선택된 글의 확률이 낮아질수록 손실이 작아집니다. 무엇에서 무엇을 빼나요? 마진은 어떤 부호로 손실에 들어가나요?
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = beta * ((rejected - ref_rejected.detach()) - (chosen - ref_chosen.detach()))
    return -F.logsigmoid(margin).mean(), margin.detach()


# %% exercise=dpo_loss name=no-reference
# en: Where does the loss start if the policy is the reference, and where should it?
# ko: 정책이 기준 모델과 같을 때 손실은 어디서 시작하고, 어디서 시작해야 하나요?
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = beta * (chosen - rejected)
    return -F.logsigmoid(margin).mean(), margin.detach()


# %% exercise=dpo_loss name=reference-not-detached
# en: The reference is frozen: may a gradient reach it?
# ko: 기준 모델은 고정되어 있습니다. 기울기가 닿아도 되나요?
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = beta * ((chosen - ref_chosen) - (rejected - ref_rejected))
    return -F.logsigmoid(margin).mean(), margin.detach()


# %% exercise=dpo_loss name=reference-of-the-other-sign
# en: A policy's reward is how much likelier it makes a text than the reference does: is each text's own reference value subtracted?
# ko: 정책의 보상은 기준 모델보다 글의 확률을 얼마나 높였는가입니다. 글마다 그 글의 기준 모델 값을 빼나요?
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = beta * ((chosen - rejected) + (ref_chosen - ref_rejected).detach())
    return -F.logsigmoid(margin).mean(), margin.detach()


# %% exercise=dpo_loss name=beta-outside
# en: Does beta scale the margin, or the loss?
# ko: 베타는 마진에 곱하나요, 손실에 곱하나요?
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = (chosen - ref_chosen.detach()) - (rejected - ref_rejected.detach())
    return -beta * F.logsigmoid(margin).mean(), margin.detach()


# %% exercise=dpo_loss name=margin-keeps-its-history
# en: The margins are there to be looked at: should they still ask for a gradient?
# ko: 마진은 보기 위한 값입니다. 아직 기울기를 요구해야 하나요?
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = beta * ((chosen - ref_chosen.detach()) - (rejected - ref_rejected.detach()))
    return -F.logsigmoid(margin).mean(), margin


# %% exercise=dpo_loss name=beta-forgotten
# en: A policy's reward is beta times a logarithm: where does beta stand in yours?
# ko: 정책의 보상은 로그에 beta를 곱한 값입니다. beta는 어디에 있나요?
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = chosen - ref_chosen.detach() - rejected + ref_rejected.detach()
    return -F.logsigmoid(margin).mean(), margin.detach()



# %% exercise=dpo_loss name=nothing-detached
# en: Neither the margins nor the reference ask for a gradient: what do you detach?
# ko: 마진도 기준 모델도 기울기가 없어야 합니다. 무엇을 끊었나요?
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = beta * ((chosen - ref_chosen) - (rejected - ref_rejected))
    return -F.logsigmoid(margin).mean(), margin


# %% exercise=dpo_loss name=no-beta-reference-learns
# en: A policy's reward is beta times a logarithm. And may a gradient reach the reference?
# ko: 정책의 보상은 로그에 beta를 곱한 값입니다. 그리고 기준 모델로 기울기가 흘러도 되나요?
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = ((chosen - ref_chosen) - (rejected - ref_rejected))
    return -F.logsigmoid(margin).mean(), margin.detach()


# %% exercise=dpo_loss name=margin-without-beta
# en: The margin is a difference of REWARDS: does it hold beta, as the loss does?
# ko: 마진은 보상의 차이입니다. 손실처럼 beta가 들어 있나요?
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = ((chosen - ref_chosen.detach()) - (rejected - ref_rejected.detach()))
    return -F.logsigmoid(beta * margin).mean(), margin.detach()


# %% exercise=dpo_loss name=margin-bare-reference-learns
# en: The margin is a difference of rewards, each with beta. And may a gradient reach the reference?
# ko: 마진은 beta가 곱해진 보상의 차이입니다. 그리고 기준 모델로 기울기가 흘러도 되나요?
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = ((chosen - ref_chosen) - (rejected - ref_rejected))
    return -F.logsigmoid(beta * margin).mean(), margin.detach()


# %% exercise=dpo_loss name=divided-and-reference-learns
# en: The log of the ratio is multiplied by beta, not divided. And may a gradient reach the reference?
# ko: 로그 비율은 beta로 나누지 않고 곱합니다. 그리고 기준 모델로 기울기가 흘러도 되나요?
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = ((chosen - ref_chosen) - (rejected - ref_rejected)) / beta
    return -F.logsigmoid(margin).mean(), margin.detach()


# %% exercise=dpo_loss name=mean-early-reference-learns
# en: The mean is taken over losses, not over margins. And may a gradient reach the reference?
# ko: 평균은 마진이 아니라 손실에 대해 냅니다. 그리고 기준 모델로 기울기가 흘러도 되나요?
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = beta * ((chosen - ref_chosen) - (rejected - ref_rejected))
    return -F.logsigmoid(margin.mean()), margin.detach()


# %% exercise=dpo_loss name=log-of-sigmoid
# en: Far apart the sigmoid is exactly 0: which function takes both steps at once?
# ko: 차이가 크면 시그모이드는 0이 됩니다. 두 단계를 한 번에 계산하는 함수는 무엇인가요?
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = beta * ((chosen - ref_chosen.detach()) - (rejected - ref_rejected.detach()))
    return -margin.sigmoid().log().mean(), margin.detach()


# %% exercise=dpo_loss name=log-sigmoid-reference-learns
# en: Sigmoid and logarithm belong into one function. And may a gradient reach the reference?
# ko: 시그모이드와 로그는 한 함수로 계산해야 합니다. 그리고 기준 모델로 기울기가 흘러도 되나요?
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = beta * ((chosen - ref_chosen) - (rejected - ref_rejected))
    return -margin.sigmoid().log().mean(), margin.detach()


# %% exercise=dpo_loss name=rejected-cut-off
# en: The rejected text learns too: does a gradient reach it?
# ko: 거절된 글에서도 배웁니다. 그쪽으로 기울기가 흐르나요?
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = beta * ((chosen - ref_chosen.detach()) - (rejected.detach() - ref_rejected.detach()))
    return -F.logsigmoid(margin).mean(), margin.detach()


# %% exercise=dpo_loss name=loss-of-the-mean-margin
# en: The margins are right. Is the mean taken of them, or of the pairs' losses?
# ko: 마진은 맞습니다. 평균을 마진에서 내나요, 쌍마다의 손실에서 내나요?
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = beta * ((chosen - ref_chosen.detach()) - (rejected - ref_rejected.detach()))
    return -F.logsigmoid(margin.mean()), margin.detach()


# %% exercise=dpo_loss name=beta-on-the-policy-alone
# en: A policy's reward is beta times a whole ratio: does beta reach the reference's part?
# ko: 정책의 보상은 비율 전체의 로그에 beta를 곱한 값입니다. 기준 모델 쪽에도 beta가 곱해지나요?
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = beta * (chosen - rejected) - (ref_chosen - ref_rejected).detach()
    return -F.logsigmoid(margin).mean(), margin.detach()


# %% exercise=dpo_loss name=kink-at-the-start
# en: At the start your loss is right and its gradient is not: which function of yours has a kink at 0?
# ko: 시작할 때 손실은 맞지만 기울기가 틀립니다. 쓰고 있는 함수 중 0에서 꺾이는 것은 무엇인가요?
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = beta * ((chosen - ref_chosen.detach()) - (rejected - ref_rejected.detach()))
    softplus = (-margin).clamp(min=0) + torch.log1p(torch.exp(-margin.abs()))
    return softplus.mean(), margin.detach()


# %% exercise=dpo_loss name=gradient-lost-far-apart
# en: Far apart your loss is right, but its gradient is NaN or 0: does backward pass a clamp, or the side of a `torch.where` that is not taken?
# ko: 마진이 클 때 손실은 맞지만 기울기가 NaN이나 0입니다. 기울기가 clamp를 지나나요? 아니면 `torch.where`에서 고르지 않은 쪽을 지나나요?
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    m = beta * ((chosen - ref_chosen.detach()) - (rejected - ref_rejected.detach()))
    tail = torch.where(m > 0, torch.log1p(torch.exp(-m)), torch.log1p(torch.exp(m)) - m)
    return tail.mean(), m.detach()


# %% exercise=dpo_loss name=ratios-of-probabilities
# en: Far apart even your margins are no numbers: are log-probabilities made into probabilities before they are compared?
# ko: 차이가 크면 마진도 수가 아닙니다. 비교하기 전에 로그 확률을 확률로 바꾸지 않았나요?
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    good = (chosen.exp() / ref_chosen.detach().exp()).log()
    bad = (rejected.exp() / ref_rejected.detach().exp()).log()
    margin = beta * (good - bad)
    return -F.logsigmoid(margin).mean(), margin.detach()


# %% exercise=dpo_loss variant=softplus
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    with torch.no_grad():
        start = ref_chosen - ref_rejected
    margin = beta * (chosen - rejected - start)
    return F.softplus(-margin).mean(), margin.detach()


# %% exercise=dpo_loss variant=two-rewards
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    good = beta * (chosen - ref_chosen.detach())
    bad = beta * (rejected - ref_rejected.detach())
    loss = F.binary_cross_entropy_with_logits(good - bad, torch.ones_like(good))
    return loss, (good - bad).detach()


# ------------------------------------------------------------------------------------ best_of_n
# %% exercise=best_of_n name=with-putting-back
# en: Can a text be drawn twice into one subset?
# ko: 한 부분집합에 같은 글이 두 번 뽑힐 수 있나요?
def best_of_n(proxy, gold, n):
    M = proxy.shape[1]
    share = [((rank + 1) / M) ** n - (rank / M) ** n for rank in range(M)]
    ranked = gold.gather(1, proxy.argsort(dim=1))
    return ranked @ torch.tensor(share, dtype=gold.dtype), math.log(n) - (n - 1) / n


# %% exercise=best_of_n name=worst-of-n
# en: This is the worth of the worst of n: at which end does your sort begin, and which texts may be the others of a subset?
# ko: n개 중 가장 나쁜 글의 가치입니다. 정렬이 어느 쪽 끝에서 시작하나요? 부분집합의 나머지는 어떤 글이어야 하나요?
def best_of_n(proxy, gold, n):
    M = proxy.shape[1]
    share = [math.comb(rank, n - 1) / math.comb(M, n) for rank in range(M)]
    ranked = gold.gather(1, proxy.argsort(dim=1, descending=True))
    return ranked @ torch.tensor(share, dtype=gold.dtype), math.log(n) - (n - 1) / n


# %% exercise=best_of_n name=chosen-by-gold
# en: Which of the two rewards chooses, and which one is only counted?
# ko: 고르는 보상과 세는 보상은 각각 어느 것인가요?
def best_of_n(proxy, gold, n):
    M = proxy.shape[1]
    share = [math.comb(rank, n - 1) / math.comb(M, n) for rank in range(M)]
    ranked = gold.sort(dim=1).values
    return ranked @ torch.tensor(share, dtype=gold.dtype), math.log(n) - (n - 1) / n


# %% exercise=best_of_n name=counted-by-proxy
# en: The chosen text's worth is another number than the one that chose it.
# ko: 선택된 글의 가치는 그것을 고른 점수와 다른 수입니다.
def best_of_n(proxy, gold, n):
    M = proxy.shape[1]
    share = [math.comb(rank, n - 1) / math.comb(M, n) for rank in range(M)]
    ranked = proxy.sort(dim=1).values
    return ranked @ torch.tensor(share, dtype=gold.dtype), math.log(n) - (n - 1) / n


# %% exercise=best_of_n name=first-n-only
# en: One subset of n texts is not the mean over all of them.
# ko: n개짜리 부분집합 하나는 모든 부분집합의 평균이 아닙니다.
def best_of_n(proxy, gold, n):
    best = proxy[:, :n].argmax(1)
    return gold[torch.arange(len(gold)), best], math.log(n) - (n - 1) / n


# %% exercise=best_of_n name=kl-is-log-n
# en: log n is what certainty about one text would cost: which term is missing?
# ko: log n은 한 글을 확실히 고를 때의 비용입니다. 어떤 항이 빠졌나요?
def best_of_n(proxy, gold, n):
    M = proxy.shape[1]
    share = [math.comb(rank, n - 1) / math.comb(M, n) for rank in range(M)]
    ranked = gold.gather(1, proxy.argsort(dim=1))
    return ranked @ torch.tensor(share, dtype=gold.dtype), math.log(n)


# %% exercise=best_of_n name=gold-in-another-order
# en: The gold rewards do not stand in the order of the proxy: do your indices say which text stands at a rank, or at which rank a text stands, and do you fetch with them or put?
# ko: gold가 proxy의 순서로 놓이지 않았습니다. 인덱스가 그 순위에 있는 글인가요, 그 글의 순위인가요? 그것으로 가져오나요, 보내나요?
def best_of_n(proxy, gold, n):
    M = proxy.shape[1]
    share = [math.comb(i, n - 1) / math.comb(M, n) for i in range(M)]
    ranked = gold.gather(1, proxy.argsort(dim=1).argsort(dim=1))
    return ranked @ torch.tensor(share, dtype=gold.dtype), math.log(n) - (n - 1) / n


# %% exercise=best_of_n name=itself-not-in-the-subset
# en: The text itself takes one of the n places: how many others are chosen from below?
# ko: 그 글 자신이 n개 중 한 자리를 차지합니다. 아래에서 몇 개를 더 고르나요?
def best_of_n(proxy, gold, n):
    M = proxy.shape[1]
    share = [math.comb(i, n) / math.comb(M, n) for i in range(M)]
    ranked = gold.gather(1, proxy.argsort(dim=1))
    return ranked @ torch.tensor(share, dtype=gold.dtype), math.log(n) - (n - 1) / n



# %% exercise=best_of_n name=mean-of-the-n-best
# en: One text of each subset is kept: yours is the mean of the n best of all.
# ko: 부분집합마다 글 하나만 남깁니다. 전체에서 가장 좋은 n개의 평균을 내지 않았나요?
def best_of_n(proxy, gold, n):
    ranked = gold.gather(1, proxy.argsort(dim=1))
    return ranked[:, -n:].mean(1), math.log(n) - (n - 1) / n


# %% exercise=best_of_n name=best-of-all
# en: Only n of the M texts are drawn: how often is the best of all among them?
# ko: M개 중 n개만 뽑습니다. 전체에서 가장 좋은 글이 늘 그 안에 있나요?
def best_of_n(proxy, gold, n):
    best = proxy.argmax(1, keepdim=True)
    return gold.gather(1, best)[:, 0], math.log(n) - (n - 1) / n


# %% exercise=best_of_n name=gold-of-the-first-prompt
# en: All prompts get gold rewards of the first row. From which row of gold does each row of your indices read?
# ko: 모든 프롬프트가 첫 행의 gold를 받습니다. 인덱스의 각 행은 gold의 어느 행에서 읽나요?
def best_of_n(proxy, gold, n):
    M = proxy.shape[1]
    share = [math.comb(rank, n - 1) / math.comb(M, n) for rank in range(M)]
    ranked = gold.take(proxy.argsort(dim=1))
    return ranked @ torch.tensor(share, dtype=gold.dtype), math.log(n) - (n - 1) / n


# %% exercise=best_of_n name=always-float32
# en: The numbers are right, but the mean is float32 whatever gold is. Which dtype is promised?
# ko: 수는 맞지만 gold가 무엇이든 평균이 float32입니다. 어떤 dtype으로 돌려주어야 하나요?
def best_of_n(proxy, gold, n):
    M = proxy.shape[1]
    share = torch.tensor([math.comb(rank, n - 1) / math.comb(M, n) for rank in range(M)])
    ranked = gold.gather(1, proxy.argsort(dim=1)).float()
    return ranked @ share, math.log(n) - (n - 1) / n


# %% exercise=best_of_n name=always-float64
# en: The numbers are right, but float32 gold gives a float64 mean: which tensor lifts it?
# ko: 수는 맞지만 gold가 float32여도 평균이 float64입니다. 어느 텐서가 dtype을 바꾸나요?
def best_of_n(proxy, gold, n):
    M = proxy.shape[1]
    share = [math.comb(rank, n - 1) / math.comb(M, n) for rank in range(M)]
    ranked = gold.gather(1, proxy.argsort(dim=1)).double()
    return ranked @ torch.tensor(share, dtype=torch.float64), math.log(n) - (n - 1) / n


# %% exercise=best_of_n name=half-precision-lifted
# en: The numbers are right, but half-precision gold gives a float32 mean: which dtype do your shares have?
# ko: 수는 맞지만 gold가 반정밀도이면 평균이 float32가 됩니다. 비율을 담은 텐서의 dtype은 무엇인가요?
def best_of_n(proxy, gold, n):
    M = proxy.shape[1]
    share = torch.tensor([math.comb(rank, n - 1) / math.comb(M, n) for rank in range(M)])
    return (gold.gather(1, proxy.argsort(dim=1)) * share).sum(1), math.log(n) - (n - 1) / n


# %% exercise=best_of_n name=kl-in-a-tensor
# en: The KL has the right value, but it is no Python float: what did you take the logarithm with?
# ko: KL의 값은 맞지만 파이썬 float이 아닙니다. 로그를 무엇으로 계산했나요?
def best_of_n(proxy, gold, n):
    M = proxy.shape[1]
    share = [math.comb(rank, n - 1) / math.comb(M, n) for rank in range(M)]
    ranked = gold.gather(1, proxy.argsort(dim=1))
    kl = torch.tensor(n, dtype=torch.float64).log() - (n - 1) / n
    return ranked @ torch.tensor(share, dtype=gold.dtype), kl


# %% exercise=best_of_n variant=log-gamma
def best_of_n(proxy, gold, n):
    M = proxy.shape[1]
    rank = torch.arange(n - 1, M, dtype=torch.float64)

    def log_comb(a, b):
        a, b = torch.as_tensor(a).double(), torch.as_tensor(b).double()
        return torch.lgamma(a + 1) - torch.lgamma(b + 1) - torch.lgamma(a - b + 1)

    share = (log_comb(rank, n - 1) - log_comb(M, n)).exp()
    order = proxy.argsort(dim=1)[:, n - 1 :]
    return (gold.gather(1, order) * share.to(gold.dtype)).sum(1), math.log(n) - 1 + 1 / n


# %% exercise=best_of_n variant=step-by-step
def best_of_n(proxy, gold, n):
    M, total, left = proxy.shape[1], 0, 1.0
    order = proxy.argsort(dim=1, descending=True)
    for k in range(M - n + 1):  # the k best were not drawn, and this one was
        p = n / (M - k)
        total = total + left * p * gold[torch.arange(len(gold)), order[:, k]]
        left *= 1 - p
    return total, float(np.log(n) - (n - 1) / n)
