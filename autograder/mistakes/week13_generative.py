"""Known mistakes and correct variants of week 13: codes, clouds, forgers, flows and noise.

Each cell runs in the notebook's namespace, right after the reference's solution cell.
"""

# ------------------------------------------------------------------------------------ autoencoder
# %% exercise=autoencoder name=summed-over-images
# en: The loss grows with the number of images: over what is the mean taken?
# ko: 손실이 이미지 수에 따라 커집니다. 평균은 무엇에 대해 내야 하나요?
def autoencoder(x, encode, decode):
    code = encode(x)
    logits = decode(code)
    return code, logits.sigmoid(), F.binary_cross_entropy_with_logits(logits, x, reduction="sum")


# %% exercise=autoencoder name=mean-over-pixels
# en: A whole image has a probability: are its pixels' costs added up?
# ko: 확률은 이미지 전체에 대한 것입니다. 픽셀의 비용을 더했나요?
def autoencoder(x, encode, decode):
    code = encode(x)
    logits = decode(code)
    return code, logits.sigmoid(), F.binary_cross_entropy_with_logits(logits, x)


# %% exercise=autoencoder name=logits-as-picture
# en: What the decoder gives is not yet grey: what turns a logit into a probability?
# ko: 디코더의 출력은 아직 밝기가 아닙니다. 로짓을 확률로 바꾸는 것은 무엇인가요?
def autoencoder(x, encode, decode):
    code = encode(x)
    logits = decode(code)
    loss = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return code, logits, loss


# %% exercise=autoencoder name=logarithm-of-a-rounded-probability
# en: Sure pixels give infinity or a cut-off number: can the loss be had from the logits themselves?
# ko: 확신이 큰 픽셀에서 무한대나 잘린 값이 나옵니다. 로짓에서 바로 손실을 구할 수 있을까요?
def autoencoder(x, encode, decode):
    code = encode(x)
    p = decode(code).sigmoid()
    return code, p, F.binary_cross_entropy(p, x, reduction="sum") / len(x)


# %% exercise=autoencoder name=squared-error
# en: The text asks for a cross-entropy: is this the squared error?
# ko: 교차 엔트로피를 써야 합니다. 이것은 제곱 오차가 아닌가요?
def autoencoder(x, encode, decode):
    code = encode(x)
    image = decode(code).sigmoid()
    return code, image, (image - x).square().sum(1).mean()


# %% exercise=autoencoder name=only-the-ink
# en: White pixels cost as well: where is the second half of the cross-entropy?
# ko: 흰 픽셀에도 비용이 있습니다. 교차 엔트로피의 나머지 절반은 어디에 있나요?
def autoencoder(x, encode, decode):
    code = encode(x)
    logits = decode(code)
    return code, logits.sigmoid(), -(x * F.logsigmoid(logits)).sum(1).mean()


# %% exercise=autoencoder name=encoder-cut-off
# en: The encoder learns nothing: where does the gradient stop?
# ko: 인코더가 아무것도 배우지 못합니다. 기울기는 어디에서 끊기나요?
def autoencoder(x, encode, decode):
    code = encode(x).detach()
    logits = decode(code)
    loss = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return code, logits.sigmoid(), loss


# %% exercise=autoencoder name=in-bits
# en: The loss is asked for in nats: which logarithm did you take?
# ko: 손실의 단위는 나트입니다. 어떤 로그를 썼나요?
def autoencoder(x, encode, decode):
    code = encode(x)
    logits = decode(code)
    loss = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return code, logits.sigmoid(), loss / math.log(2)


# %% exercise=autoencoder name=image-and-logits-exchanged
# en: Which of the two is the target, the image or the logits? The order of the arguments says it.
# ko: 이미지와 로짓 중 어느 것이 목표인가요? 인자의 순서가 그것을 정합니다.
def autoencoder(x, encode, decode):
    code = encode(x)
    logits = decode(code)
    loss = F.binary_cross_entropy_with_logits(x, logits, reduction="none").sum(dim=1).mean()
    return code, logits.sigmoid(), loss


# %% exercise=autoencoder name=decoder-called-twice
# en: Your decoder runs twice. Keep its logits: the picture and the loss both come from them.
# ko: 디코더를 두 번 부릅니다. 로짓을 보관해 두고 그림과 손실을 모두 거기서 구하세요.
def autoencoder(x, encode, decode):
    code = encode(x)
    loss = F.binary_cross_entropy_with_logits(decode(code), x, reduction="sum") / len(x)
    return code, decode(code).sigmoid(), loss


# %% exercise=autoencoder name=targets-rounded
# en: You round the grey values to black and white. A grey of 0.3 is a target as it is.
# ko: 회색 값을 흑백으로 반올림했습니다. 0.3이라는 회색은 그대로 목표값입니다.
def autoencoder(x, encode, decode):
    code = encode(x)
    logits = decode(code)
    loss = F.binary_cross_entropy_with_logits(logits, x.round(), reduction="sum") / len(x)
    return code, logits.sigmoid(), loss


# %% exercise=autoencoder name=slope-not-a-number
# en: The loss is right for sure pixels, but its gradient is not a number: which exponential becomes infinite, perhaps in a branch that is not taken?
# ko: 확신이 큰 픽셀에서 손실은 맞지만 기울기가 NaN입니다. 무한대가 되는 지수는 무엇인가요? 선택되지 않은 분기에도 있을 수 있습니다.
def autoencoder(x, encode, decode):
    code = encode(x)
    z = decode(code)
    ink = torch.where(z > 0, -torch.log1p(torch.exp(-z)), z - torch.log1p(torch.exp(z)))
    costs = -(x * ink + (1 - x) * (ink - z))
    return code, z.sigmoid(), costs.sum() / len(x)


# %% exercise=autoencoder name=encoder-called-twice
# en: Your encoder runs twice. Keep the codes: those that are returned are those that are decoded.
# ko: 인코더를 두 번 부릅니다. 코드를 보관하세요. 돌려주는 코드와 디코딩하는 코드는 같은 것입니다.
def autoencoder(x, encode, decode):
    code = encode(x)
    logits = decode(encode(x))
    loss = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return code, logits.sigmoid(), loss


# %% exercise=autoencoder name=negative-logits-cost-too-much
# en: Pixels with positive logits cost what they should, those with negative ones too much. Of what is your exponential taken there?
# ko: 로짓이 양수인 픽셀은 맞고 음수인 픽셀은 손실이 너무 큽니다. 거기서는 무엇에 지수를 취하나요?
def autoencoder(x, encode, decode):
    code = encode(x)
    z = decode(code)
    costs = z.clamp(min=0) - z * x + torch.log1p(torch.exp(-z))
    return code, z.sigmoid(), costs.sum() / len(x)


# %% exercise=autoencoder variant=softplus
def autoencoder(x, encode, decode):
    code = encode(x)
    logits = decode(code)
    return code, torch.sigmoid(logits), (F.softplus(logits) - x * logits).sum(dim=1).mean(dim=0)


# %% exercise=autoencoder variant=two-log-sigmoids
def autoencoder(x, encode, decode):
    h = encode(x)
    a = decode(h)
    costs = -(x * F.logsigmoid(a) + (1 - x) * F.logsigmoid(-a))
    return h, 1 / (1 + torch.exp(-a)), costs.sum(-1).mean()


# ------------------------------------------------------------------------------------ gaussian_kl
# %% exercise=gaussian_kl name=without-the-half
# en: Everything is twice as large as it should be: which factor stands before the sum?
# ko: 모든 값이 두 배입니다. 합 앞에 어떤 인수가 있어야 하나요?
def gaussian_kl(mu, logvar):
    return (logvar.exp() + mu.square() - 1 - logvar).sum(dim=-1)


# %% exercise=gaussian_kl name=logvar-read-as-log-sigma
# en: logvar is the logarithm of the variance: did you square it once more?
# ko: logvar는 분산의 로그입니다. 한 번 더 제곱하지 않았나요?
def gaussian_kl(mu, logvar):
    return 0.5 * ((2 * logvar).exp() + mu.square() - 1 - 2 * logvar).sum(dim=-1)


# %% exercise=gaussian_kl name=without-minus-one
# en: The standard Gaussian itself must cost nothing: what does yours give for mean 0, variance 1?
# ko: 표준 정규분포 자체의 비용은 0이어야 합니다. 평균 0, 분산 1일 때 무엇이 나오나요?
def gaussian_kl(mu, logvar):
    return 0.5 * (logvar.exp() + mu.square() - logvar).sum(dim=-1)


# %% exercise=gaussian_kl name=wrong-sign
# en: A KL divergence is never negative: which signs have been turned?
# ko: KL 발산은 음수가 될 수 없습니다. 어떤 부호가 뒤집혔나요?
def gaussian_kl(mu, logvar):
    return -0.5 * (logvar.exp() + mu.square() - 1 - logvar).sum(dim=-1)


# %% exercise=gaussian_kl name=mean-over-the-code
# en: The numbers of a code are independent: do their costs add up, or average out?
# ko: 코드의 수들은 독립입니다. 비용을 더해야 하나요, 평균을 내야 하나요?
def gaussian_kl(mu, logvar):
    return 0.5 * (logvar.exp() + mu.square() - 1 - logvar).mean(dim=-1)


# %% exercise=gaussian_kl name=one-number-for-all
# en: One number for each example is asked for: over which axis did you add?
# ko: 예제마다 수 하나가 필요합니다. 어느 축으로 더했나요?
def gaussian_kl(mu, logvar):
    return 0.5 * (logvar.exp() + mu.square() - 1 - logvar).sum()


# %% exercise=gaussian_kl name=mean-not-squared
# en: A mean of -3 must cost as much as one of 3: how does the mean enter?
# ko: 평균 -3과 3의 비용은 같아야 합니다. 평균은 어떻게 들어가나요?
def gaussian_kl(mu, logvar):
    return 0.5 * (logvar.exp() + mu - 1 - logvar).sum(dim=-1)


# %% exercise=gaussian_kl name=the-other-way-round
# en: KL is not symmetric: under which of the two is the mean taken?
# ko: KL은 대칭이 아닙니다. 둘 중 어느 분포로 평균을 내나요?
def gaussian_kl(mu, logvar):
    return 0.5 * ((1 + mu.square()) * (-logvar).exp() - 1 + logvar).sum(dim=-1)


# %% exercise=gaussian_kl name=cut-off
# en: Very thin clouds are treated as less thin: did you limit something?
# ko: 아주 좁은 분포가 덜 좁게 처리됩니다. 값을 제한하지 않았나요?
def gaussian_kl(mu, logvar):
    logvar = logvar.clamp(-10, 10)
    return 0.5 * (logvar.exp() + mu.square() - 1 - logvar).sum(dim=-1)


# %% exercise=gaussian_kl name=minus-one-once
# en: Each number of the code has its own -1: inside the sum, not behind it.
# ko: 코드의 수마다 -1이 하나씩 있습니다. 합 바깥이 아니라 안에 있어야 합니다.
def gaussian_kl(mu, logvar):
    return 0.5 * ((logvar.exp() + mu.square() - logvar).sum(dim=-1) - 1)


# %% exercise=gaussian_kl name=second-axis-for-the-last
# en: There may be more axes in front: the last one is -1, whatever its number.
# ko: 앞에 축이 더 있을 수 있습니다. 마지막 축은 언제나 -1입니다.
def gaussian_kl(mu, logvar):
    return 0.5 * (logvar.exp() + mu.square() - 1 - logvar).sum(dim=1)


# %% exercise=gaussian_kl name=mean-doubled
# en: A mean of 3 enters as 6 and one of -3 as -6: how is a square written?
# ko: 평균 3은 6으로, -3은 -6으로 들어갑니다. 제곱은 어떻게 쓰나요?
def gaussian_kl(mu, logvar):
    return 0.5 * (logvar.exp() + 2 * mu - 1 - logvar).sum(-1)


# %% exercise=gaussian_kl name=logarithm-of-a-variance-of-zero
# en: A very thin cloud costs infinity: is a logarithm taken of a variance that has become 0? Which logarithm is given to you?
# ko: 아주 좁은 분포의 값이 무한대입니다. 0이 되어 버린 분산에 로그를 취했나요? 어떤 로그가 이미 주어졌나요?
def gaussian_kl(mu, logvar):
    variance = logvar.exp()
    return 0.5 * (variance + mu.square() - 1 - variance.log()).sum(dim=-1)


# %% exercise=gaussian_kl name=held-between-two-limits
# en: Clouds that are very thin or very wide cost what less extreme ones cost. Where is logvar limited?
# ko: 아주 좁거나 아주 넓은 분포의 값이 덜 극단적인 분포의 값과 같습니다. logvar를 어디에서 제한했나요?
def gaussian_kl(mu, logvar):
    logvar = logvar.clamp(-30, 20)
    return 0.5 * (logvar.exp() + mu.square() - 1 - logvar).sum(dim=-1)


# %% exercise=gaussian_kl name=held-between-narrow-limits
# en: Clouds that are rather thin or wide cost what milder ones cost. Where is logvar limited?
# ko: 제법 좁거나 넓은 분포의 값이 더 평범한 분포의 값과 같습니다. logvar를 어디에서 제한했나요?
def gaussian_kl(mu, logvar):
    logvar = logvar.clamp(-4, 4)
    return 0.5 * (logvar.exp() + mu.square() - 1 - logvar).sum(dim=-1)


# %% exercise=gaussian_kl name=variance-teaches-nothing
# en: The values are right. In the slope of logvar the part that comes from the variance is missing: what cuts it off?
# ko: 값은 맞습니다. logvar의 기울기에서 분산에서 오는 부분이 빠졌습니다. 무엇이 끊었나요?
def gaussian_kl(mu, logvar):
    return 0.5 * (logvar.exp().detach() + mu.square() - 1 - logvar).sum(dim=-1)


# %% exercise=gaussian_kl variant=two-means
def gaussian_kl(mu, logvar):
    log_q = -0.5 - 0.5 * logvar
    log_p = -0.5 * (torch.exp(logvar) + mu * mu)
    return torch.sum(log_q - log_p, dim=-1)


# %% exercise=gaussian_kl variant=by-sigma
def gaussian_kl(mu, logvar):
    sigma = torch.exp(logvar / 2)
    return ((sigma**2 + mu**2 - 1) / 2 - logvar / 2).sum(-1)


# ------------------------------------------------------------------------------------ reparameterize
# %% exercise=reparameterize name=variance-for-spread
# en: The noise is multiplied by the variance: which root is missing?
# ko: 잡음에 분산을 곱했습니다. 어떤 제곱근이 빠졌나요?
def reparameterize(mu, logvar, noise):
    return mu + logvar.exp() * noise


# %% exercise=reparameterize name=logarithm-as-spread
# en: logvar is a logarithm and may be negative: what turns it into a spread?
# ko: logvar는 로그이고 음수일 수 있습니다. 무엇으로 표준편차가 되나요?
def reparameterize(mu, logvar, noise):
    return mu + logvar * noise


# %% exercise=reparameterize name=without-the-mean
# en: All clouds lie around zero: what became of the mean?
# ko: 모든 분포가 0을 중심으로 합니다. 평균은 어디로 갔나요?
def reparameterize(mu, logvar, noise):
    return (0.5 * logvar).exp() * noise


# %% exercise=reparameterize name=spread-cut-off
# en: The spread gets no gradient: is it part of the graph?
# ko: 표준편차로 기울기가 흐르지 않습니다. 그래프에 들어 있나요?
def reparameterize(mu, logvar, noise):
    return mu + (0.5 * logvar).exp().detach() * noise


# %% exercise=reparameterize name=nothing-flows
# en: Nothing can be learned through this draw: where was the graph left?
# ko: 이 추출을 통해서는 아무것도 배울 수 없습니다. 그래프가 어디에서 끊겼나요?
def reparameterize(mu, logvar, noise):
    return mu.detach() + (0.5 * logvar).exp().detach() * noise + 0 * mu


# %% exercise=reparameterize name=noise-not-scaled
# en: Every cloud is equally wide: where does its variance come in?
# ko: 모든 분포의 너비가 같습니다. 분산은 어디에 쓰이나요?
def reparameterize(mu, logvar, noise):
    return mu + noise


# %% exercise=reparameterize name=own-dice
# en: The noise is handed to you: you roll your own.
# ko: 잡음은 인자로 주어집니다. 직접 뽑고 있습니다.
def reparameterize(mu, logvar, noise):
    return mu + (0.5 * logvar).exp() * torch.randn_like(noise)


# %% exercise=reparameterize name=mean-cut-off
# en: The encoder has to learn where the cloud should be: what stops the gradient of the mean?
# ko: 인코더는 구름의 위치를 배워야 합니다. 평균의 기울기를 막는 것은 무엇인가요?
def reparameterize(mu, logvar, noise):
    return mu.detach() + (0.5 * logvar).exp() * noise


# %% exercise=reparameterize name=one-draw-for-all
# en: Several draws are asked for, and yours are all the first one.
# ko: 여러 번 뽑아야 하는데 모두 첫 번째와 같습니다.
def reparameterize(mu, logvar, noise):
    first = noise[:1].expand_as(noise) if noise.dim() > mu.dim() else noise
    return mu + (0.5 * logvar).exp() * first


# %% exercise=reparameterize name=softplus-for-exp
# en: softplus makes numbers positive, too, but logvar is a logarithm: what undoes a logarithm?
# ko: softplus도 양수를 만들지만 logvar는 로그입니다. 로그를 되돌리는 것은 무엇인가요?
def reparameterize(mu, logvar, noise):
    return mu + F.softplus(0.5 * logvar) * noise


# %% exercise=reparameterize name=power-of-two
# en: logvar is a natural logarithm: a power of which number undoes it?
# ko: logvar는 자연로그입니다. 무엇의 거듭제곱이 이를 되돌리나요?
def reparameterize(mu, logvar, noise):
    return mu + 2 ** (0.5 * logvar) * noise


# %% exercise=reparameterize name=noise-standardised
# en: You shift and scale the noise. It is a draw already, and is used as it is.
# ko: 잡음을 옮기고 늘였습니다. 잡음은 이미 뽑은 값이므로 그대로 쓰세요.
def reparameterize(mu, logvar, noise):
    return mu + (0.5 * logvar).exp() * (noise - noise.mean()) / noise.std()


# %% exercise=reparameterize name=root-of-the-variance
# en: Very thin and very wide clouds come out as 0, infinity or NaN, though their spread is a fine number. Which exponential was taken before the root?
# ko: 아주 좁거나 아주 넓은 분포에서 0, 무한대, NaN이 나옵니다. 표준편차는 멀쩡한 수인데요. 제곱근 전에 무엇에 지수를 취했나요?
def reparameterize(mu, logvar, noise):
    return mu + logvar.exp().sqrt() * noise


# %% exercise=reparameterize name=draws-meet-other-clouds
# en: With several draws the noise meets the mean and the spread of another example. Which axis counts the draws?
# ko: 여러 번 뽑으면 노이즈가 다른 예의 평균과 표준편차를 만납니다. 어느 축이 뽑은 횟수인가요?
def reparameterize(mu, logvar, noise):
    flat = noise.reshape(-1, noise.shape[-1])
    each = len(flat) // len(mu)
    mean, wide = (v.repeat_interleave(each, dim=0) for v in (mu, logvar))
    return (mean + (0.5 * wide).exp() * flat).reshape(noise.shape)


# %% exercise=reparameterize name=several-draws-teach-nothing
# en: One draw teaches the encoder, several do not: where was the graph left?
# ko: 한 번 뽑으면 인코더가 배우지만 여러 번 뽑으면 배우지 못합니다. 그래프를 어디에서 벗어났나요?
def reparameterize(mu, logvar, noise):
    if noise.dim() == mu.dim():
        return mu + (0.5 * logvar).exp() * noise
    with torch.no_grad():
        draws = torch.stack([mu + (0.5 * logvar).exp() * one for one in noise])
    return draws + 0 * (mu.sum() + logvar.sum())


# %% exercise=reparameterize name=one-of-several-draws
# en: Several draws may be a single one. Which axis of yours is missing then?
# ko: 여러 번 뽑기에는 한 번만 뽑는 경우도 들어갑니다. 그때 어떤 축이 없어지나요?
def reparameterize(mu, logvar, noise):
    draws = mu + (0.5 * logvar).exp() * noise
    return draws[0] if draws.dim() == 3 and len(draws) == 1 else draws


# %% exercise=reparameterize name=as-many-draws-as-examples
# en: With as many draws as examples the axes are taken for each other. Which one stands in front?
# ko: 뽑는 횟수와 예의 수가 같으면 두 축이 바뀝니다. 어느 축이 앞에 있나요?
def reparameterize(mu, logvar, noise):
    if noise.dim() == 3 and noise.shape[0] == len(mu):
        return mu[:, None] + (0.5 * logvar[:, None]).exp() * noise
    return mu + (0.5 * logvar).exp() * noise


# %% exercise=reparameterize name=logvar-limited
# en: Very thin clouds come out wider and very wide ones thinner. Where is logvar limited?
# ko: 아주 좁은 분포는 더 넓게, 아주 넓은 분포는 더 좁게 나옵니다. logvar를 어디에서 제한했나요?
def reparameterize(mu, logvar, noise):
    return mu + (0.5 * logvar.clamp(-30, 20)).exp() * noise


# %% exercise=reparameterize name=spread-with-a-floor
# en: Very thin clouds come out too wide. Is something added to the spread, or is it held above a limit?
# ko: 아주 좁은 분포가 너무 넓게 나옵니다. 표준편차에 무엇을 더했나요, 아니면 어떤 값 아래로 못 내려가게 했나요?
def reparameterize(mu, logvar, noise):
    return mu + ((0.5 * logvar).exp() + 1e-8) * noise


# %% exercise=reparameterize variant=draw-by-draw
def reparameterize(mu, logvar, noise):
    spread = torch.exp(logvar.div(2))
    if noise.dim() == mu.dim():
        return noise * spread + mu
    return torch.stack([one * spread + mu for one in noise.unbind(0)])


# %% exercise=reparameterize variant=addcmul
def reparameterize(mu, logvar, noise):
    return torch.addcmul(mu.expand_as(noise), torch.exp(logvar / 2), noise)


# ------------------------------------------------------------------------------------ diversity
# %% exercise=diversity name=share-of-samples
# en: You count the samples that lie among real images: which share is asked for?
# ko: 실제 이미지 사이에 있는 샘플을 세고 있습니다. 무엇의 비율을 구해야 하나요?
def diversity(samples, real, k):
    if not len(samples):
        return 0.0
    radius = torch.cdist(real, real).kthvalue(k + 1, dim=1).values
    return (torch.cdist(samples, real) <= radius).any(dim=1).double().mean().item()


# %% exercise=diversity name=itself-as-neighbour
# en: The nearest image of all is the image itself: does it count as a neighbour?
# ko: 가장 가까운 이미지는 자기 자신입니다. 이웃으로 세어야 하나요?
def diversity(samples, real, k):
    if not len(samples):
        return 0.0
    radius = torch.cdist(real, real).kthvalue(k, dim=1).values
    return (torch.cdist(real, samples).amin(dim=1) <= radius).double().mean().item()


# %% exercise=diversity name=one-neighbour-too-far
# en: The balls are a little too large: which place of the sorted distances is the k-th other?
# ko: 공이 조금 큽니다. 정렬된 거리에서 k번째 다른 이미지는 몇 번째인가요?
def diversity(samples, real, k):
    if not len(samples):
        return 0.0
    radius = torch.cdist(real, real).sort(dim=1).values[:, min(k + 1, len(real) - 1)]
    return (torch.cdist(real, samples).amin(dim=1) <= radius).double().mean().item()


# %% exercise=diversity name=surface-left-out
# en: A sample on the surface of a ball counts: which comparison did you take?
# ko: 공의 표면에 있는 샘플도 셉니다. 어떤 비교를 썼나요?
def diversity(samples, real, k):
    if not len(samples):
        return 0.0
    radius = torch.cdist(real, real).kthvalue(k + 1, dim=1).values
    return (torch.cdist(real, samples).amin(dim=1) < radius).double().mean().item()


# %% exercise=diversity name=one-radius-for-all
# en: Each real image has a ball of its own: is your radius the same everywhere?
# ko: 실제 이미지마다 공의 크기가 다릅니다. 반지름이 모두 같지 않나요?
def diversity(samples, real, k):
    if not len(samples):
        return 0.0
    radius = torch.cdist(real, real).kthvalue(k + 1, dim=1).values.mean()
    return (torch.cdist(real, samples).amin(dim=1) <= radius).double().mean().item()


# %% exercise=diversity name=balls-around-samples
# en: The balls belong to the real images: around what did you draw them?
# ko: 공은 실제 이미지에 딸린 것입니다. 무엇을 중심으로 그렸나요?
def diversity(samples, real, k):
    if len(samples) < 2:
        return 0.0
    k = min(k, len(samples) - 1)
    radius = torch.cdist(samples, samples).kthvalue(k + 1, dim=1).values
    return (torch.cdist(real, samples) <= radius).any(dim=1).double().mean().item()


# %% exercise=diversity name=corner-distance
# en: The distance is the straight one, the root of summed squares: which did you measure?
# ko: 거리는 제곱합의 제곱근(직선 거리)입니다. 무엇을 쟀나요?
def diversity(samples, real, k):
    if not len(samples):
        return 0.0
    radius = torch.cdist(real, real, p=1).kthvalue(k + 1, dim=1).values
    return (torch.cdist(real, samples, p=1).amin(dim=1) <= radius).double().mean().item()


# %% exercise=diversity name=stumbles-over-none
# en: What if nothing was generated at all? The docstring says what comes back then.
# ko: 아무것도 생성되지 않았다면요? 그때 무엇을 돌려줄지 설명에 있습니다.
def diversity(samples, real, k):
    radius = torch.cdist(real, real).kthvalue(k + 1, dim=1).values
    return (torch.cdist(real, samples).amin(dim=1) <= radius).double().mean().item()


# %% exercise=diversity name=twins-left-out
# en: You leave out every distance of 0. Two real images may be equal: only itself is no neighbour.
# ko: 거리 0을 모두 뺐습니다. 실제 이미지 둘이 같을 수 있습니다. 빼야 할 것은 자기 자신뿐입니다.
def diversity(samples, real, k):
    if len(samples) == 0:
        return 0.0
    among = torch.cdist(real, real)
    among[among == 0] = float("inf")
    radius = among.kthvalue(k, dim=1).values
    return (torch.cdist(real, samples).amin(dim=1) <= radius).double().mean().item()


# %% exercise=diversity name=twins-merged
# en: You merge equal real images. Each of them counts, and is a neighbour of the other.
# ko: 같은 실제 이미지를 하나로 합쳤습니다. 각각을 세어야 하고 서로 이웃입니다.
def diversity(samples, real, k):
    if len(samples) == 0:
        return 0.0
    real = real.unique(dim=0)
    radius = torch.cdist(real, real).kthvalue(min(k + 1, len(real)), dim=1).values
    return (torch.cdist(real, samples).amin(dim=1) <= radius).double().mean().item()


# %% exercise=diversity name=nearest-image-alone
# en: Each sample of yours covers only the image next to it. It may lie in many balls.
# ko: 샘플마다 가장 가까운 이미지 하나만 덮는다고 셌습니다. 여러 공 안에 있을 수 있습니다.
def diversity(samples, real, k):
    if len(samples) == 0:
        return 0.0
    radius = torch.cdist(real, real).kthvalue(k + 1, dim=1).values
    far, which = torch.cdist(samples, real).min(dim=1)
    return len(which[far <= radius[which]].unique()) / len(real)


# %% exercise=diversity survivor=`1` -> `0` in `radius = among.kthvalue(k + 1, dim=1).values` (2)
# why: Equivalent: the distances among real images are symmetric.


# %% exercise=diversity name=k-plays-no-part
# en: Your balls are the same for every k: where does k decide how far one reaches?
# ko: k가 달라도 공의 크기가 같습니다. 공이 어디까지 닿는지를 k가 정하는 곳은 어디인가요?
def diversity(samples, real, k):
    if len(samples) == 0:
        return 0.0
    radius = torch.cdist(real, real).sort(dim=1).values[:, 1]
    return (torch.cdist(real, samples).amin(1) <= radius).double().mean().item()


# %% exercise=diversity name=too-little-on-the-diagonal
# en: Where images lie far apart, an image is its own neighbour again: what do you put in place of the distance to itself, and is it larger than all others?
# ko: 이미지들이 서로 멀면 자기 자신이 다시 이웃이 됩니다. 자기까지의 거리 대신 넣은 값이 다른 모든 거리보다 큰가요?
def diversity(samples, real, k):
    if len(samples) == 0:
        return 0.0
    among = torch.cdist(real, real) + 100 * torch.eye(len(real), dtype=real.dtype)
    radius = among.kthvalue(k, dim=1).values
    return (torch.cdist(real, samples).amin(1) <= radius).double().mean().item()


# %% exercise=diversity name=mean-of-the-k-nearest
# en: For k above 1 your balls are too small. How far does a ball reach, to the k-th nearest other or to the mean of the k nearest?
# ko: k가 1보다 크면 공이 너무 작습니다. 공은 어디까지 닿나요? k번째로 가까운 이미지까지인가요, 가까운 k개의 평균까지인가요?
def diversity(samples, real, k):
    if len(samples) == 0:
        return 0.0
    near = torch.cdist(real, real).sort(dim=1).values[:, 1 : k + 1]
    nearest = torch.cdist(real, samples).amin(dim=1)
    return (nearest <= near.mean(dim=1)).double().mean().item()


# %% exercise=diversity name=square-against-distance
# en: Balls of a radius above 1 are too large, those below 1 too small. Are both distances that you compare squared, or neither?
# ko: 반지름이 1보다 큰 공은 너무 크고, 1보다 작은 공은 너무 작습니다. 비교하는 두 거리가 둘 다 제곱인가요, 둘 다 아닌가요?
def diversity(samples, real, k):
    if len(samples) == 0:
        return 0.0
    radius = torch.cdist(real, real).square().sort(dim=1).values[:, k]
    nearest = torch.cdist(real, samples).amin(dim=1)
    return (nearest <= radius).double().mean().item()


# %% exercise=diversity name=a-little-outside
# en: A sample just outside a ball is counted. How much larger than the radius may a distance be?
# ko: 공 바로 바깥에 있는 샘플도 셉니다. 거리가 반지름보다 얼마나 커도 되나요?
def diversity(samples, real, k):
    if len(samples) == 0:
        return 0.0
    radius = torch.cdist(real, real).sort(dim=1).values[:, k]
    nearest = torch.cdist(real, samples).amin(dim=1)
    return (nearest <= radius + 1e-6).double().mean().item()


# %% exercise=diversity name=root-of-less-than-nothing
# en: |a|² + |b|² - 2ab of an image and itself may come out a little below 0: what is the root of that, and where does it go when you sort?
# ko: 한 이미지와 자기 자신의 |a|² + |b|² - 2ab는 0보다 조금 작게 나올 수 있습니다. 그 제곱근은 무엇이고, 정렬하면 어디로 가나요?
def diversity(samples, real, k):
    def between(a, b):
        ab = a @ b.T
        return (a.square().sum(1)[:, None] + b.square().sum(1) - 2 * ab).sqrt()

    if len(samples) == 0:
        return 0.0
    radius = between(real, real).sort(dim=1).values[:, k]
    return (between(real, samples) <= radius[:, None]).any(dim=1).double().mean().item()


# %% exercise=diversity variant=loop
def diversity(samples, real, k):
    covered = 0
    for i, image in enumerate(real):
        others = torch.cat([real[:i], real[i + 1 :]])
        radius = (others - image).square().sum(1).sqrt().sort().values[k - 1]
        covered += any(((s - image).square().sum().sqrt() <= radius).item() for s in samples)
    return covered / len(real)


# %% exercise=diversity variant=diagonal-filled
def diversity(samples, real, k):
    among = (real[:, None] - real[None]).norm(dim=-1)
    among.fill_diagonal_(float("inf"))
    radius = among.topk(k, largest=False).values[:, -1]
    hits = (real[:, None] - samples[None]).norm(dim=-1) <= radius[:, None]
    return float(hits.any(dim=1).float().mean())


# ------------------------------------------------------------------------------------ gan_losses
# %% exercise=gan_losses name=saturating-forger
# en: The forger's loss is flat where it loses most: which of the two forms did the text ask for?
# ko: 위조자가 가장 크게 질 때 손실이 평평합니다. 본문에서 요구한 형태는 무엇인가요?
def gan_losses(real, fake):
    return F.softplus(-real).mean() + F.softplus(fake).mean(), -F.softplus(fake).mean()


# %% exercise=gan_losses name=labels-exchanged
# en: Your detective is paid for calling real images forged: which sign goes with which?
# ko: 탐정이 진짜를 가짜라고 해야 이득을 봅니다. 부호가 맞나요?
def gan_losses(real, fake):
    return F.softplus(real).mean() + F.softplus(-fake).mean(), F.softplus(-fake).mean()


# %% exercise=gan_losses name=forger-paid-as-detective
# en: The forger wants its work to be called real: what does yours want?
# ko: 위조자는 자기 작품이 진짜라고 불리기를 원합니다. 지금은 무엇을 원하나요?
def gan_losses(real, fake):
    return F.softplus(-real).mean() + F.softplus(fake).mean(), F.softplus(fake).mean()


# %% exercise=gan_losses name=one-mean-over-both
# en: The batches may differ in size: is each mean taken over its own batch?
# ko: 두 배치의 크기는 다를 수 있습니다. 평균을 각각 냈나요?
def gan_losses(real, fake):
    both = torch.cat([F.softplus(-real), F.softplus(fake)])
    return 2 * both.mean(), F.softplus(-fake).mean()


# %% exercise=gan_losses name=halved
# en: The detective's two terms are added: did you average them?
# ko: 탐정의 두 항은 더합니다. 평균을 내지 않았나요?
def gan_losses(real, fake):
    paid = 0.5 * (F.softplus(-real).mean() + F.softplus(fake).mean())
    return paid, F.softplus(-fake).mean()


# %% exercise=gan_losses name=logarithm-with-a-floor
# en: Sure logits are cut off: can the logarithm be had without the sigmoid?
# ko: 확신이 큰 로짓이 잘립니다. 시그모이드 없이 로그를 구할 수 있을까요?
def gan_losses(real, fake):
    def log(p):
        return (p + 1e-8).log()

    paid = -log(real.sigmoid()).mean() - log(1 - fake.sigmoid()).mean()
    return paid, -log(fake.sigmoid()).mean()


# %% exercise=gan_losses name=returned-the-other-way
# en: Two losses came back: whose stands first?
# ko: 손실 두 개가 나왔습니다. 누구의 것이 먼저인가요?
def gan_losses(real, fake):
    return F.softplus(-fake).mean(), F.softplus(-real).mean() + F.softplus(fake).mean()


# %% exercise=gan_losses name=forger-sees-real-images
# en: The forger's loss contains real images: has it any influence on them?
# ko: 위조자의 손실에 진짜 이미지가 들어 있습니다. 위조자가 거기에 영향을 주나요?
def gan_losses(real, fake):
    forger = F.softplus(-fake).mean() + F.softplus(real).mean()
    return F.softplus(-real).mean() + F.softplus(fake).mean(), forger


# %% exercise=gan_losses name=sums-for-means
# en: Each term is a mean over its batch; yours grow with the batch.
# ko: 각 항은 배치의 평균입니다. 지금은 배치가 커지면 값도 커집니다.
def gan_losses(real, fake):
    return F.softplus(-real).sum() + F.softplus(fake).sum(), F.softplus(-fake).sum()


# %% exercise=gan_losses name=forger-cut-off
# en: The forger learns from the detective's slope at its forgeries: what cuts it off?
# ko: 위조자는 위조품에서의 기울기로 배웁니다. 그 기울기를 끊는 것은 무엇인가요?
def gan_losses(real, fake):
    detective = F.softplus(-real).mean() + F.softplus(fake).mean()
    return detective, F.softplus(-fake.detach()).mean()


# %% exercise=gan_losses name=cut-to-the-shorter
# en: The batches may be of different sizes. Yours are cut to the shorter one.
# ko: 두 배치의 크기는 다를 수 있습니다. 지금은 짧은 쪽에 맞춰 잘랐습니다.
def gan_losses(real, fake):
    n = min(len(real), len(fake))
    detective = F.softplus(-real[:n]).mean() + F.softplus(fake[:n]).mean()
    return detective, F.softplus(-fake[:n]).mean()


# %% exercise=gan_losses name=labels-smoothed
# en: Your label for real ones is less than 1. That trick is none of this loss.
# ko: 진짜의 라벨이 1보다 작습니다. 이 손실에는 그 기법을 쓰지 않습니다.
def gan_losses(real, fake):
    nearly = torch.full_like(real, 0.9)
    detective = F.binary_cross_entropy_with_logits(real, nearly) + F.softplus(fake).mean()
    return detective, F.softplus(-fake).mean()


# %% exercise=gan_losses name=forgeries-cut-off
# en: No gradient of the detective's loss reaches fake. It should flow; the caller cuts where needed.
# ko: 탐정 손실의 기울기가 fake에 가지 않습니다. 흘러야 합니다. 끊는 것은 부르는 쪽이 합니다.
def gan_losses(real, fake):
    detective = F.softplus(-real).mean() + F.softplus(fake.detach()).mean()
    return detective, F.softplus(-fake).mean()


# %% exercise=gan_losses name=straight-too-early
# en: Between the bend and the straight part you are off: is softplus straight from 3 on?
# ko: 굽은 부분과 직선 사이에서 값이 다릅니다. softplus가 3부터 직선인가요?
def gan_losses(real, fake):
    detective = F.softplus(-real, threshold=3).mean() + F.softplus(fake, threshold=3).mean()
    return detective, F.softplus(-fake, threshold=3).mean()


# %% exercise=gan_losses name=unstable-branch
# en: The losses are right, and the slopes of sure logits are NaN. Is an infinite exponential computed somewhere, and then not chosen?
# ko: 손실은 맞지만 확신이 큰 로짓의 기울기가 NaN입니다. 무한대가 되는 지수를 계산해 두고 고르지 않은 곳이 있나요?
def gan_losses(real, fake):
    def cost(a):
        return torch.where(a < -30, -a, torch.log(1 + torch.exp(-a))).mean()

    return cost(real) + cost(-fake), cost(fake)


# %% exercise=gan_losses name=forged-term-with-a-floor
# en: A detective that is badly fooled by a forgery pays too little: how small can your 1 - sigmoid become?
# ko: 위조품에 크게 속은 탐정의 손실이 너무 작습니다. 1 - 시그모이드가 얼마나 작아질 수 있나요?
def gan_losses(real, fake):
    forged = -torch.log(1 - torch.sigmoid(fake) + 1e-12).mean()
    return forged - F.logsigmoid(real).mean(), -F.logsigmoid(fake).mean()


# %% exercise=gan_losses name=sure-logits-limited
# en: Very sure logits teach nothing: their slope is 0. Where are logits limited?
# ko: 확신이 아주 큰 로짓의 기울기가 0이라 배우는 것이 없습니다. 로짓을 어디에서 제한했나요?
def gan_losses(real, fake):
    real, fake = real.clamp(-500, 500), fake.clamp(-500, 500)
    return F.softplus(-real).mean() + F.softplus(fake).mean(), F.softplus(-fake).mean()


# %% exercise=gan_losses variant=log-sigmoid
def gan_losses(real, fake):
    d = -(F.logsigmoid(real).mean() + F.logsigmoid(-fake).mean())
    return d, -F.logsigmoid(fake).mean()


# %% exercise=gan_losses variant=cross-entropy-with-labels
def gan_losses(real, fake):
    bce = F.binary_cross_entropy_with_logits
    d = bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))
    return d, bce(fake, torch.ones_like(fake))


# ------------------------------------------------------------------------------------ affine_coupling
# %% exercise=affine_coupling name=way-back-stretches-as-the-way-there
# en: The way back undoes the stretching: what does that do to the sign of the logarithm?
# ko: 되돌아가는 길은 늘어난 것을 줄입니다. 로그의 부호는 어떻게 되나요?
def affine_coupling(x, net, inverse=False):
    half = x.shape[1] // 2
    front, rest = x[:, :half], x[:, half:]
    s, t = net(front).chunk(2, dim=1)
    new = (rest - t) * (-s).exp() if inverse else rest * s.exp() + t
    return torch.cat([front, new], dim=1), s.sum(dim=1)


# %% exercise=affine_coupling name=undone-in-the-wrong-order
# en: It was multiplied first and shifted then: what must be undone first?
# ko: 먼저 곱하고 나중에 옮겼습니다. 무엇을 먼저 되돌려야 하나요?
def affine_coupling(x, net, inverse=False):
    half = x.shape[1] // 2
    front, rest = x[:, :half], x[:, half:]
    s, t = net(front).chunk(2, dim=1)
    if inverse:
        return torch.cat([front, rest * (-s).exp() - t], dim=1), -s.sum(dim=1)
    return torch.cat([front, rest * s.exp() + t], dim=1), s.sum(dim=1)


# %% exercise=affine_coupling name=scales-not-exponentials
# en: The network gives logarithms of scales: what makes a scale of one?
# ko: 신경망은 배율의 로그를 줍니다. 무엇을 해야 배율이 되나요?
def affine_coupling(x, net, inverse=False):
    half = x.shape[1] // 2
    front, rest = x[:, :half], x[:, half:]
    s, t = net(front).chunk(2, dim=1)
    if inverse:
        return torch.cat([front, (rest - t) / s], dim=1), -s.abs().log().sum(dim=1)
    return torch.cat([front, rest * s + t], dim=1), s.abs().log().sum(dim=1)


# %% exercise=affine_coupling name=shifts-first
# en: What does the network give first, scales or shifts?
# ko: 신경망이 먼저 주는 것은 배율인가요, 이동인가요?
def affine_coupling(x, net, inverse=False):
    half = x.shape[1] // 2
    front, rest = x[:, :half], x[:, half:]
    t, s = net(front).chunk(2, dim=1)
    if inverse:
        return torch.cat([front, (rest - t) * (-s).exp()], dim=1), -s.sum(dim=1)
    return torch.cat([front, rest * s.exp() + t], dim=1), s.sum(dim=1)


# %% exercise=affine_coupling name=alternating-columns
# en: Scales and shifts stand side by side as two blocks: did you take every other column?
# ko: 배율과 이동은 두 덩어리로 나란히 있습니다. 한 열씩 번갈아 읽지 않았나요?
def affine_coupling(x, net, inverse=False):
    half = x.shape[1] // 2
    front, rest = x[:, :half], x[:, half:]
    out = net(front)
    s, t = out[:, ::2], out[:, 1::2]
    if inverse:
        return torch.cat([front, (rest - t) * (-s).exp()], dim=1), -s.sum(dim=1)
    return torch.cat([front, rest * s.exp() + t], dim=1), s.sum(dim=1)


# %% exercise=affine_coupling name=determinant-without-logarithm
# en: The logarithm of a product is asked for: is yours the product, or a sum of scales?
# ko: 곱의 로그가 필요합니다. 배율의 곱이나 합을 돌려주지 않았나요?
def affine_coupling(x, net, inverse=False):
    half = x.shape[1] // 2
    front, rest = x[:, :half], x[:, half:]
    s, t = net(front).chunk(2, dim=1)
    if inverse:
        return torch.cat([front, (rest - t) * (-s).exp()], dim=1), (-s).exp().prod(dim=1)
    return torch.cat([front, rest * s.exp() + t], dim=1), s.exp().prod(dim=1)


# %% exercise=affine_coupling name=one-determinant-for-all
# en: Each image is stretched by its own amount: over which axis did you add?
# ko: 이미지마다 늘어나는 정도가 다릅니다. 어느 축으로 더했나요?
def affine_coupling(x, net, inverse=False):
    half = x.shape[1] // 2
    front, rest = x[:, :half], x[:, half:]
    s, t = net(front).chunk(2, dim=1)
    if inverse:
        return torch.cat([front, (rest - t) * (-s).exp()], dim=1), -s.sum()
    return torch.cat([front, rest * s.exp() + t], dim=1), s.sum()


# %% exercise=affine_coupling name=halves-exchanged
# en: The front part comes first in the result too: in which order did you put them together?
# ko: 결과에서도 앞부분이 먼저입니다. 어떤 순서로 이었나요?
def affine_coupling(x, net, inverse=False):
    half = x.shape[1] // 2
    front, rest = x[:, :half], x[:, half:]
    s, t = net(front).chunk(2, dim=1)
    if inverse:
        return torch.cat([(rest - t) * (-s).exp(), front], dim=1), -s.sum(dim=1)
    return torch.cat([rest * s.exp() + t, front], dim=1), s.sum(dim=1)


# %% exercise=affine_coupling name=determinant-cut-off
# en: The log-determinant must teach the network too: does a gradient flow from it?
# ko: 로그 행렬식도 신경망을 가르쳐야 합니다. 기울기가 흐르나요?
def affine_coupling(x, net, inverse=False):
    half = x.shape[1] // 2
    front, rest = x[:, :half], x[:, half:]
    s, t = net(front).chunk(2, dim=1)
    if inverse:
        return torch.cat([front, (rest - t) * (-s).exp()], dim=1), -s.sum(dim=1).detach()
    return torch.cat([front, rest * s.exp() + t], dim=1), s.sum(dim=1).detach()


# %% exercise=affine_coupling name=scales-held-back
# en: You hold the logarithms of the scales back. The step uses what the network says.
# ko: 배율의 로그를 눌렀습니다. 네트워크가 말한 값을 그대로 쓰세요.
def affine_coupling(x, net, inverse=False):
    half = x.shape[1] // 2
    front, rest = x[:, :half], x[:, half:]
    s, t = net(front).chunk(2, dim=1)
    s = 2 * (s / 2).tanh()
    rest = (rest - t) * (-s).exp() if inverse else rest * s.exp() + t
    return torch.cat([front, rest], dim=1), (-s if inverse else s).sum(1)


# %% exercise=affine_coupling name=scales-clamped
# en: You clamp the logarithms of the scales. The step uses what the network says, large or small.
# ko: 배율의 로그를 잘랐습니다. 크든 작든 네트워크가 말한 값을 그대로 쓰세요.
def affine_coupling(x, net, inverse=False):
    half = x.shape[1] // 2
    front, rest = x[:, :half], x[:, half:]
    s, t = net(front).chunk(2, dim=1)
    s = s.clamp(-2, 2)
    rest = (rest - t) * (-s).exp() if inverse else rest * s.exp() + t
    return torch.cat([front, rest], dim=1), (-s if inverse else s).sum(1)


# %% exercise=affine_coupling name=mean-of-the-batch
# en: Each row has a log-determinant of its own. You give all of them the mean.
# ko: 행마다 자기 로그 행렬식이 있습니다. 모든 행에 평균을 주었습니다.
def affine_coupling(x, net, inverse=False):
    half = x.shape[1] // 2
    front, rest = x[:, :half], x[:, half:]
    s, t = net(front).chunk(2, dim=1)
    rest = (rest - t) * (-s).exp() if inverse else rest * s.exp() + t
    mean = (-s if inverse else s).sum(1).mean()
    return torch.cat([front, rest], dim=1), mean.expand(len(x))


# %% exercise=affine_coupling name=network-cut-off
# en: No gradient reaches the network: how is it to learn?
# ko: 네트워크에 기울기가 가지 않습니다. 어떻게 배우나요?
def affine_coupling(x, net, inverse=False):
    half = x.shape[1] // 2
    front, rest = x[:, :half], x[:, half:]
    s, t = net(front).detach().chunk(2, dim=1)
    rest = (rest - t) * (-s).exp() if inverse else rest * s.exp() + t
    return torch.cat([front, rest], dim=1), (-s if inverse else s).sum(1) + 0 * s.sum()


# %% exercise=affine_coupling name=sizes-of-the-logarithms
# en: The absolute determinant is meant, not the absolute values of the logarithms: some shrink.
# ko: 절댓값은 행렬식에 씌웁니다. 로그의 절댓값이 아닙니다. 줄어드는 방향도 있습니다.
def affine_coupling(x, net, inverse=False):
    half = x.shape[1] // 2
    front, rest = x[:, :half], x[:, half:]
    s, t = net(front).chunk(2, dim=1)
    stretched = s.abs().sum(1)
    if inverse:
        return torch.cat([front, (rest - t) * (-s).exp()], dim=1), -stretched
    return torch.cat([front, rest * s.exp() + t], dim=1), stretched


# %% exercise=affine_coupling survivor=`2` -> `-2` in `half = x.shape[1] // 2`
# why: Equivalent: counted from the end, rounded down, it is the same place.


# %% exercise=affine_coupling name=larger-half-in-front
# en: With an odd number of pixels the front part is the smaller one, D // 2: how many does yours hand to the network? (`chunk` makes it the larger.)
# ko: 화소 수가 홀수이면 앞부분이 더 작습니다. D // 2입니다. 신경망에 몇 개를 넘기나요? (`chunk`는 앞부분을 더 크게 자릅니다.)
def affine_coupling(x, net, inverse=False):
    half = (x.shape[1] + 1) // 2
    front, rest = x[:, :half], x[:, half:]
    s, t = net(front).chunk(2, dim=1)
    if inverse:
        return torch.cat([front, (rest - t) * (-s).exp()], dim=1), -s.sum(dim=1)
    return torch.cat([front, rest * s.exp() + t], dim=1), s.sum(dim=1)


# %% exercise=affine_coupling name=mean-of-the-logarithms
# en: The logarithm of a product is a sum of logarithms, not their mean.
# ko: 곱의 로그는 로그의 평균이 아니라 합입니다.
def affine_coupling(x, net, inverse=False):
    half = x.shape[1] // 2
    front, rest = x[:, :half], x[:, half:]
    s, t = net(front).chunk(2, dim=1)
    if inverse:
        return torch.cat([front, (rest - t) * (-s).exp()], dim=1), -s.mean(dim=1)
    return torch.cat([front, rest * s.exp() + t], dim=1), s.mean(dim=1)


# %% exercise=affine_coupling name=logarithm-of-the-product
# en: Where many scales are large or small together, your logarithm is infinite. Must their product be computed at all?
# ko: 배율이 모두 크거나 모두 작으면 로그가 무한대입니다. 곱을 꼭 계산해야 하나요?
def affine_coupling(x, net, inverse=False):
    half = x.shape[1] // 2
    front, rest = x[:, :half], x[:, half:]
    s, t = net(front).chunk(2, dim=1)
    scale = (-s).exp() if inverse else s.exp()
    rest = (rest - t) * scale if inverse else rest * scale + t
    return torch.cat([front, rest], dim=1), scale.prod(dim=1).log()


# %% exercise=affine_coupling name=logarithm-of-each-scale
# en: Where a scale becomes 0 or infinite, so does its logarithm. Were the logarithms not given?
# ko: 배율이 0이나 무한대가 되면 그 로그도 무한대입니다. 로그는 이미 주어지지 않았나요?
def affine_coupling(x, net, inverse=False):
    half = x.shape[1] // 2
    front, rest = x[:, :half], x[:, half:]
    s, t = net(front).chunk(2, dim=1)
    scale = (-s).exp() if inverse else s.exp()
    rest = (rest - t) * scale if inverse else rest * scale + t
    return torch.cat([front, rest], dim=1), scale.log().sum(dim=1)


# %% exercise=affine_coupling name=way-back-teaches-nothing
# en: The way there teaches the network, the way back does not: what cuts the gradients off?
# ko: 가는 길에서는 네트워크가 배우지만 돌아오는 길에서는 배우지 못합니다. 무엇이 기울기를 끊나요?
def affine_coupling(x, net, inverse=False):
    half = x.shape[1] // 2
    front, rest = x[:, :half], x[:, half:]
    if inverse:
        with torch.no_grad():
            s, t = net(front).chunk(2, dim=1)
            return torch.cat([front, (rest - t) * (-s).exp()], dim=1), -s.sum(dim=1)
    s, t = net(front).chunk(2, dim=1)
    return torch.cat([front, rest * s.exp() + t], dim=1), s.sum(dim=1)


# %% exercise=affine_coupling name=front-cut-off
# en: The network learns. The slope of x lacks what comes through the network: what cuts the front part off?
# ko: 네트워크는 배웁니다. x의 기울기에는 네트워크를 거쳐 오는 부분이 빠졌습니다. 앞부분을 무엇이 끊었나요?
def affine_coupling(x, net, inverse=False):
    half = x.shape[1] // 2
    front, rest = x[:, :half], x[:, half:]
    s, t = net(front.detach()).chunk(2, dim=1)
    rest = (rest - t) * (-s).exp() if inverse else rest * s.exp() + t
    return torch.cat([front, rest], dim=1), (-s if inverse else s).sum(dim=1)


# %% exercise=affine_coupling name=scale-with-a-floor
# en: On the way back very small scales divide too little. Is something added to the scale?
# ko: 돌아오는 길에서 아주 작은 배율로 나눈 값이 너무 작습니다. 배율에 무엇을 더했나요?
def affine_coupling(x, net, inverse=False):
    half = x.shape[1] // 2
    front, rest = x[:, :half], x[:, half:]
    s, t = net(front).chunk(2, dim=1)
    rest = (rest - t) / (s.exp() + 1e-8) if inverse else rest * s.exp() + t
    return torch.cat([front, rest], dim=1), (-s if inverse else s).sum(dim=1)


# %% exercise=affine_coupling variant=split
def affine_coupling(x, net, inverse=False):
    D = x.size(1)
    a, b = torch.split(x, [D // 2, D - D // 2], dim=1)
    out = net(a)
    s, t = out[:, : D - D // 2], out[:, D - D // 2 :]
    sign = -1 if inverse else 1
    b = (b - t) / torch.exp(s) if inverse else torch.exp(s) * b + t
    return torch.hstack([a, b]), sign * s.sum(-1)


# %% exercise=affine_coupling variant=written-into-a-copy
def affine_coupling(x, net, inverse=False):
    n = x.shape[1] // 2
    s, t = torch.tensor_split(net(x[:, :n]), 2, dim=1)
    if inverse:
        s = -s
        rest = s.exp() * (x[:, n:] - t)
    else:
        rest = s.exp() * x[:, n:] + t
    y = x.clone()
    y[:, n:] = rest
    return y, torch.einsum("bd->b", s)


# ------------------------------------------------------------------------------------ q_sample
# %% exercise=q_sample name=without-roots
# en: Variances add up, factors do not: which roots are missing?
# ko: 더해지는 것은 분산입니다. 어떤 제곱근이 빠졌나요?
def q_sample(x0, t, noise, betas):
    kept = (1 - betas).cumprod(dim=0)[t].view(-1, *[1] * (x0.dim() - 1))
    return kept * x0 + (1 - kept) * noise


# %% exercise=q_sample name=noise-without-its-root
# en: The squares of both factors add up to 1: do yours?
# ko: 두 계수의 제곱을 더하면 1입니다. 확인해 보았나요?
def q_sample(x0, t, noise, betas):
    kept = (1 - betas).cumprod(dim=0)[t].view(-1, *[1] * (x0.dim() - 1))
    return kept.sqrt() * x0 + (1 - kept) * noise


# %% exercise=q_sample name=one-step-only
# en: The image has been through all steps up to t: is a running product missing?
# ko: 이미지는 t까지의 모든 단계를 지났습니다. 누적곱이 빠지지 않았나요?
def q_sample(x0, t, noise, betas):
    kept = (1 - betas)[t].view(-1, *[1] * (x0.dim() - 1))
    return kept.sqrt() * x0 + (1 - kept).sqrt() * noise


# %% exercise=q_sample name=product-of-the-betas
# en: What is multiplied up: what each step adds, or what it leaves?
# ko: 누적해서 곱하는 것은 더한 양인가요, 남은 양인가요?
def q_sample(x0, t, noise, betas):
    kept = 1 - betas.cumprod(dim=0)[t].view(-1, *[1] * (x0.dim() - 1))
    return kept.sqrt() * x0 + (1 - kept).sqrt() * noise


# %% exercise=q_sample name=one-step-too-few
# en: Step 0 already adds noise: where does your product begin, and where does it end?
# ko: 0단계에서 이미 잡음이 더해집니다. 곱은 어디서 시작해 어디서 끝나나요?
def q_sample(x0, t, noise, betas):
    bars = torch.cat([torch.ones_like(betas[:1]), (1 - betas).cumprod(dim=0)])
    kept = bars[t].view(-1, *[1] * (x0.dim() - 1))
    return kept.sqrt() * x0 + (1 - kept).sqrt() * noise


# %% exercise=q_sample name=sum-in-place-of-the-product
# en: What is left after several steps is the product of what each leaves: an exponential of the summed betas only comes near it.
# ko: 여러 단계 뒤에 남는 것은 각 단계가 남긴 것의 곱입니다. 베타의 합으로 구한 지수는 거기에 가까울 뿐입니다.
def q_sample(x0, t, noise, betas):
    kept = (-betas.cumsum(dim=0)).exp()[t].view(-1, *[1] * (x0.dim() - 1))
    return kept.sqrt() * x0 + (1 - kept).sqrt() * noise


# %% exercise=q_sample name=signal-and-noise-exchanged
# en: At step 0 the image should be nearly clean: what is multiplied by the large factor?
# ko: 0단계에서는 이미지가 거의 깨끗해야 합니다. 큰 계수가 무엇에 곱해지나요?
def q_sample(x0, t, noise, betas):
    kept = (1 - betas).cumprod(dim=0)[t].view(-1, *[1] * (x0.dim() - 1))
    return (1 - kept).sqrt() * x0 + kept.sqrt() * noise


# %% exercise=q_sample name=steps-along-the-pixels
# en: Each image has its own step: along which axis do your factors run?
# ko: 단계는 이미지마다 다릅니다. 계수가 어느 축을 따라 놓여 있나요?
def q_sample(x0, t, noise, betas):
    kept = (1 - betas).cumprod(dim=0)[t]
    if len(kept) != x0.shape[-1]:
        kept = kept.view(-1, *[1] * (x0.dim() - 1))
    return kept.sqrt() * x0 + (1 - kept).sqrt() * noise


# %% exercise=q_sample name=two-axes-only
# en: Images may have rows and columns behind the batch: how many axes do your factors have?
# ko: 배치 뒤에 행과 열이 있을 수 있습니다. 계수의 축은 몇 개인가요?
def q_sample(x0, t, noise, betas):
    kept = (1 - betas).cumprod(dim=0)[t][:, None]
    return kept.sqrt() * x0 + (1 - kept).sqrt() * noise


# %% exercise=q_sample name=steps-sorted
# en: Your steps stand in order of size and no longer belong to their images: what sorts them?
# ko: 단계가 크기 순서로 놓여 이미지와 짝이 맞지 않습니다. 무엇이 정렬하나요?
def q_sample(x0, t, noise, betas):
    kept = (1 - betas).cumprod(0)[t.sort().values].view(-1, *[1] * (x0.dim() - 1))
    return kept.sqrt() * x0 + (1 - kept).sqrt() * noise


# %% exercise=q_sample name=largest-step-for-all
# en: Every image of yours is noised up to the same step. Each has a step of its own.
# ko: 모든 이미지를 같은 단계까지 흐렸습니다. 이미지마다 단계가 다릅니다.
def q_sample(x0, t, noise, betas):
    kept = (1 - betas).cumprod(0)[t.max()]
    return kept.sqrt() * x0 + (1 - kept).sqrt() * noise


# %% exercise=q_sample survivor=`0` -> `-1` in `kept = (1 - betas).cumprod(dim=0)[t]`
# why: Equivalent: there is one axis.


# %% exercise=q_sample name=first-step-for-all
# en: Each image has its own step: yours all take the first one's.
# ko: 이미지마다 단계가 다릅니다. 모두 첫 번째 이미지의 단계를 쓰고 있습니다.
def q_sample(x0, t, noise, betas):
    kept = (1 - betas).cumprod(dim=0)[t[0]]
    return kept.sqrt() * x0 + (1 - kept).sqrt() * noise


# %% exercise=q_sample name=one-alpha-to-a-power
# en: The steps have different betas: a product of all of them is no power of the last.
# ko: 단계마다 베타가 다릅니다. 모두의 곱은 마지막 값의 거듭제곱이 아닙니다.
def q_sample(x0, t, noise, betas):
    kept = ((1 - betas)[t] ** (t + 1)).view(-1, *[1] * (x0.dim() - 1))
    return kept.sqrt() * x0 + (1 - kept).sqrt() * noise


# %% exercise=q_sample name=one-minus-the-root
# en: Variances add up to 1, not factors: the root comes after the subtraction.
# ko: 합이 1이 되는 것은 분산이지 계수가 아닙니다. 빼기를 한 다음에 제곱근을 구합니다.
def q_sample(x0, t, noise, betas):
    kept = (1 - betas).cumprod(dim=0)[t].view(-1, *[1] * (x0.dim() - 1))
    return kept.sqrt() * x0 + (1 - kept.sqrt()) * noise


# %% exercise=q_sample name=root-of-one-minus-the-root
# en: The squares of both factors add up to 1: is the noise's root taken of one minus the kept share, or of one minus its root?
# ko: 두 인수의 제곱을 더하면 1입니다. 노이즈의 제곱근은 1에서 남은 비율을 뺀 값의 것인가요, 그 제곱근을 뺀 값의 것인가요?
def q_sample(x0, t, noise, betas):
    signal = (1 - betas).cumprod(dim=0).sqrt()[t].view(-1, *[1] * (x0.dim() - 1))
    return signal * x0 + (1 - signal).sqrt() * noise


# %% exercise=q_sample name=two-kinds-of-images
# en: Right for two axes and for four. There may be any number behind the batch.
# ko: 축이 둘일 때와 넷일 때는 맞습니다. 배치 뒤의 축은 몇 개든 될 수 있습니다.
def q_sample(x0, t, noise, betas):
    kept = (1 - betas).cumprod(dim=0)[t]
    kept = kept[:, None] if x0.dim() == 2 else kept[:, None, None, None]
    return kept.sqrt() * x0 + (1 - kept).sqrt() * noise


# %% exercise=q_sample name=factors-with-a-floor
# en: Very small factors come out too large. Is something added under a root, or are they held above a limit?
# ko: 아주 작은 인수가 너무 크게 나옵니다. 제곱근 안에 무엇을 더했나요, 아니면 어떤 값 아래로 못 내려가게 했나요?
def q_sample(x0, t, noise, betas):
    kept = (1 - betas).cumprod(dim=0)[t].view(-1, *[1] * (x0.dim() - 1))
    return (kept + 1e-8).sqrt() * x0 + (1 - kept + 1e-8).sqrt() * noise


# %% exercise=q_sample name=products-of-an-earlier-call
# en: With other betas, as many as before, yours still takes the products of the first ones. What is remembered between calls?
# ko: 개수는 같지만 값이 다른 betas를 주어도 처음 betas의 곱을 씁니다. 호출 사이에 무엇을 기억하나요?
_products = {}


def q_sample(x0, t, noise, betas):
    kept = _products.setdefault(len(betas), (1 - betas).cumprod(dim=0))[t]
    kept = kept.view(-1, *[1] * (x0.dim() - 1))
    return kept.sqrt() * x0 + (1 - kept).sqrt() * noise


# %% exercise=q_sample variant=image-by-image
def q_sample(x0, t, noise, betas):
    rows = []
    for n, step in enumerate(t.tolist()):
        left = torch.prod(1 - betas[: step + 1])
        rows.append(left**0.5 * x0[n] + (1 - left) ** 0.5 * noise[n])
    return torch.stack(rows)


# %% exercise=q_sample variant=flattened
def q_sample(x0, t, noise, betas):
    abar = torch.cumprod(1.0 - betas, 0).gather(0, t).unsqueeze(1)
    flat = abar.sqrt() * x0.flatten(1) + torch.sqrt(1 - abar) * noise.flatten(1)
    return flat.reshape(x0.shape)


# ------------------------------------------------------------------------------------ ddpm_step
# %% exercise=ddpm_step name=noise-on-the-last-step
# en: The finished picture carries noise: what does the last step leave out?
# ko: 완성된 그림에 잡음이 남아 있습니다. 마지막 단계에서 빼야 할 것은 무엇인가요?
def ddpm_step(x, t, eps, noise, betas):
    abar = (1 - betas).cumprod(dim=0)
    mean = (x - betas[t] / (1 - abar[t]).sqrt() * eps) / (1 - betas[t]).sqrt()
    return mean + (betas[t] * (1 - abar[t - 1]) / (1 - abar[t])).sqrt() * noise


# %% exercise=ddpm_step name=spread-of-the-way-there
# en: Your fresh noise has the variance betas[t]. The docstring's variance holds abar of two steps: of which?
# ko: 새 잡음의 분산이 betas[t]입니다. 설명의 분산에는 두 단계의 abar가 나옵니다. 어느 단계인가요?
def ddpm_step(x, t, eps, noise, betas):
    abar = (1 - betas).cumprod(dim=0)
    mean = (x - betas[t] / (1 - abar[t]).sqrt() * eps) / (1 - betas[t]).sqrt()
    return mean if t == 0 else mean + betas[t].sqrt() * noise


# %% exercise=ddpm_step name=variance-for-spread
# en: Fresh noise is multiplied by a spread, not by a variance: which root is missing?
# ko: 새 잡음에는 분산이 아니라 표준편차를 곱합니다. 어떤 제곱근이 빠졌나요?
def ddpm_step(x, t, eps, noise, betas):
    abar = (1 - betas).cumprod(dim=0)
    mean = (x - betas[t] / (1 - abar[t]).sqrt() * eps) / (1 - betas[t]).sqrt()
    return mean if t == 0 else mean + betas[t] * (1 - abar[t - 1]) / (1 - abar[t]) * noise


# %% exercise=ddpm_step name=all-the-noise-at-once
# en: Only what step t had added is to be taken away: how much do you take?
# ko: t단계가 더한 만큼만 빼야 합니다. 얼마나 빼고 있나요?
def ddpm_step(x, t, eps, noise, betas):
    abar = (1 - betas).cumprod(dim=0)
    mean = (x - (1 - abar[t]).sqrt() * eps) / abar[t].sqrt()
    if t == 0:
        return mean
    return mean + (betas[t] * (1 - abar[t - 1]) / (1 - abar[t])).sqrt() * noise


# %% exercise=ddpm_step name=not-scaled-back
# en: The way there shrank the image: where is it brought back to its size?
# ko: 잡음을 더할 때 이미지가 작아졌습니다. 어디에서 되돌리나요?
def ddpm_step(x, t, eps, noise, betas):
    abar = (1 - betas).cumprod(dim=0)
    mean = x - betas[t] / (1 - abar[t]).sqrt() * eps
    if t == 0:
        return mean
    return mean + (betas[t] * (1 - abar[t - 1]) / (1 - abar[t])).sqrt() * noise


# %% exercise=ddpm_step name=noise-added-back
# en: The believed noise grows from step to step: which sign has it?
# ko: 예측한 잡음이 단계마다 커집니다. 부호가 맞나요?
def ddpm_step(x, t, eps, noise, betas):
    abar = (1 - betas).cumprod(dim=0)
    mean = (x + betas[t] / (1 - abar[t]).sqrt() * eps) / (1 - betas[t]).sqrt()
    if t == 0:
        return mean
    return mean + (betas[t] * (1 - abar[t - 1]) / (1 - abar[t])).sqrt() * noise


# %% exercise=ddpm_step name=root-forgotten-in-the-mean
# en: How noisy the image is enters the mean by a root: which one is missing?
# ko: 잡음의 정도는 제곱근으로 평균에 들어갑니다. 무엇이 빠졌나요?
def ddpm_step(x, t, eps, noise, betas):
    abar = (1 - betas).cumprod(dim=0)
    mean = (x - betas[t] / (1 - abar[t]) * eps) / (1 - betas[t]).sqrt()
    if t == 0:
        return mean
    return mean + (betas[t] * (1 - abar[t - 1]) / (1 - abar[t])).sqrt() * noise


# %% exercise=ddpm_step name=no-running-product
# en: The image carries the noise of all steps up to t: where is the running product?
# ko: 이미지에는 t까지의 모든 잡음이 있습니다. 누적곱은 어디에 있나요?
def ddpm_step(x, t, eps, noise, betas):
    abar = 1 - betas
    mean = (x - betas[t] / (1 - abar[t]).sqrt() * eps) / (1 - betas[t]).sqrt()
    if t == 0:
        return mean
    return mean + (betas[t] * (1 - abar[t - 1]) / (1 - abar[t])).sqrt() * noise


# %% exercise=ddpm_step name=clean-image-clipped
# en: You clip the clean image on the way. Here the formula is used as it stands.
# ko: 중간에 깨끗한 이미지를 잘랐습니다. 여기서는 식을 그대로 씁니다.
def ddpm_step(x, t, eps, noise, betas):
    abar = (1 - betas).cumprod(0)
    before = abar[t - 1] if t else torch.ones_like(abar[0])
    clean = ((x - (1 - abar[t]).sqrt() * eps) / abar[t].sqrt()).clamp(-1, 1)
    mean = before.sqrt() * betas[t] * clean + (1 - betas[t]).sqrt() * (1 - before) * x
    spread = (betas[t] * (1 - before) / (1 - abar[t])).sqrt() if t else 0 * betas[0]
    return mean / (1 - abar[t]) + spread * noise


# %% exercise=ddpm_step name=fresh-noise-scaled-too
# en: The fresh noise comes last: it is not divided by the root of alpha.
# ko: 새 잡음은 마지막에 더합니다. 알파의 제곱근으로 나누지 않습니다.
def ddpm_step(x, t, eps, noise, betas):
    abar = (1 - betas).cumprod(0)
    mean = x - betas[t] / (1 - abar[t]).sqrt() * eps
    spread = (betas[t] * (1 - abar[t - 1]) / (1 - abar[t])).sqrt() if t else 0 * betas[0]
    return (mean + spread * noise) / (1 - betas[t]).sqrt()


# %% exercise=ddpm_step name=no-dice-at-the-start
# en: Only the step t = 0 adds no noise. Which other step of yours adds none?
# ko: 잡음을 더하지 않는 단계는 t = 0뿐입니다. 또 어느 단계에서 빠졌나요?
def ddpm_step(x, t, eps, noise, betas):
    abar = (1 - betas).cumprod(0)
    mean = (x - betas[t] / (1 - abar[t]).sqrt() * eps) / (1 - betas[t]).sqrt()
    if t in (0, len(betas) - 1):
        return mean
    return mean + (betas[t] * (1 - abar[t - 1]) / (1 - abar[t])).sqrt() * noise


# %% exercise=ddpm_step survivor=`0` -> `-1` in `abar = (1 - betas).cumprod(dim=0)`
# why: Equivalent: there is one axis.


# %% exercise=ddpm_step name=only-the-noise-scaled-back
# en: The division by the root of alpha holds for the image and for its noise.
# ko: 알파의 제곱근으로 나누는 것은 이미지와 잡음 모두입니다.
def ddpm_step(x, t, eps, noise, betas):
    abar = (1 - betas).cumprod(dim=0)
    mean = x - betas[t] / (1 - abar[t]).sqrt() * eps / (1 - betas[t]).sqrt()
    if t == 0:
        return mean
    return mean + (betas[t] * (1 - abar[t - 1]) / (1 - abar[t])).sqrt() * noise


# %% exercise=ddpm_step name=beta-of-the-step-before
# en: The posterior variance begins with beta of step t, not of t - 1.
# ko: 사후 분산의 베타는 t - 1이 아니라 t 단계의 것입니다.
def ddpm_step(x, t, eps, noise, betas):
    abar = (1 - betas).cumprod(dim=0)
    mean = (x - betas[t] / (1 - abar[t]).sqrt() * eps) / (1 - betas[t]).sqrt()
    if t == 0:
        return mean
    return mean + (betas[t - 1] * (1 - abar[t - 1]) / (1 - abar[t])).sqrt() * noise


# %% exercise=ddpm_step name=no-dice-at-step-one
# en: Only the last step, t = 0, adds no noise: what does yours add at t = 1?
# ko: 잡음을 더하지 않는 것은 마지막 단계 t = 0뿐입니다. t = 1에서는 무엇을 더하나요?
def ddpm_step(x, t, eps, noise, betas):
    abar = (1 - betas).cumprod(dim=0)
    mean = (x - betas[t] / (1 - abar[t]).sqrt() * eps) / (1 - betas[t]).sqrt()
    if t <= 1:
        return mean
    return mean + (betas[t] * (1 - abar[t - 1]) / (1 - abar[t])).sqrt() * noise


# %% exercise=ddpm_step name=root-of-the-running-product
# en: One step is undone, so the root of one alpha divides, not of the running product.
# ko: 한 단계만 되돌리므로 누적 곱이 아니라 알파 하나의 제곱근으로 나눕니다.
def ddpm_step(x, t, eps, noise, betas):
    abar = (1 - betas).cumprod(dim=0)
    mean = (x - betas[t] / (1 - abar[t]).sqrt() * eps) / abar[t].sqrt()
    if t == 0:
        return mean
    return mean + (betas[t] * (1 - abar[t - 1]) / (1 - abar[t])).sqrt() * noise


# %% exercise=ddpm_step name=whole-noise-of-one-step
# en: All the believed noise is taken away, the root of 1 - abar times eps. Which part of it did step t add?
# ko: 예측한 노이즈 전체, 곧 1 - abar의 제곱근에 eps를 곱한 것을 뺍니다. 그 가운데 t단계가 더한 부분은 얼마인가요?
def ddpm_step(x, t, eps, noise, betas):
    abar = (1 - betas).cumprod(dim=0)
    mean = (x - (1 - abar[t]).sqrt() * eps) / (1 - betas[t]).sqrt()
    if t == 0:
        return mean
    return mean + (betas[t] * (1 - abar[t - 1]) / (1 - abar[t])).sqrt() * noise


# %% exercise=ddpm_step name=mean-of-guess-and-image
# en: In the mean of the guessed clean image and x, the weight of x is too small. Which root stands before it in their equation 7?
# ko: 추정한 깨끗한 이미지와 x의 평균에서 x의 가중치가 너무 작습니다. 논문의 식 7에서 그 앞에 어떤 제곱근이 있나요?
def ddpm_step(x, t, eps, noise, betas):
    abar = (1 - betas).cumprod(dim=0)
    clean = (x - (1 - abar[t]).sqrt() * eps) / abar[t].sqrt()
    if t == 0:
        return clean
    mean = abar[t - 1].sqrt() * betas[t] * clean + (1 - betas[t]) * (1 - abar[t - 1]) * x
    return mean / (1 - abar[t]) + (betas[t] * (1 - abar[t - 1]) / (1 - abar[t])).sqrt() * noise


# %% exercise=ddpm_step name=factors-with-a-floor
# en: With very small betas too little noise is taken away or added. Is something added below a fraction bar?
# ko: betas가 아주 작으면 노이즈를 너무 적게 빼거나 더합니다. 분모에 무엇을 더했나요?
def ddpm_step(x, t, eps, noise, betas):
    abar = (1 - betas).cumprod(dim=0)
    mean = (x - betas[t] / (1 - abar[t] + 1e-8).sqrt() * eps) / (1 - betas[t]).sqrt()
    if t == 0:
        return mean
    return mean + (betas[t] * (1 - abar[t - 1]) / (1 - abar[t] + 1e-8)).sqrt() * noise


# %% exercise=ddpm_step name=products-of-an-earlier-call
# en: With other betas, as many as before, yours still takes the products of the first ones. What is remembered between calls?
# ko: 개수는 같지만 값이 다른 betas를 주어도 처음 betas의 곱을 씁니다. 호출 사이에 무엇을 기억하나요?
_products = {}


def ddpm_step(x, t, eps, noise, betas):
    abar = _products.setdefault(len(betas), (1 - betas).cumprod(dim=0))
    mean = (x - betas[t] / (1 - abar[t]).sqrt() * eps) / (1 - betas[t]).sqrt()
    if t == 0:
        return mean
    return mean + (betas[t] * (1 - abar[t - 1]) / (1 - abar[t])).sqrt() * noise


# %% exercise=ddpm_step variant=by-the-clean-image
def ddpm_step(x, t, eps, noise, betas):
    alphas = 1 - betas
    abar = torch.cumprod(alphas, 0)
    before = abar[t - 1] if t > 0 else torch.ones_like(abar[0])
    clean = (x - (1 - abar[t]).sqrt() * eps) / abar[t].sqrt()
    mean = before.sqrt() * betas[t] / (1 - abar[t]) * clean
    mean = mean + alphas[t].sqrt() * (1 - before) / (1 - abar[t]) * x
    return mean + (betas[t] * (1 - before) / (1 - abar[t])).sqrt() * noise


# %% exercise=ddpm_step variant=numbers-of-python
def ddpm_step(x, t, eps, noise, betas):
    bars = [1.0]
    for beta in betas.tolist():
        bars.append(bars[-1] * (1 - beta))
    beta = betas[t].item()
    out = (x - beta / math.sqrt(1 - bars[t + 1]) * eps) / math.sqrt(1 - beta)
    spread = math.sqrt(beta * (1 - bars[t]) / (1 - bars[t + 1]))
    return out + spread * noise if t else out
