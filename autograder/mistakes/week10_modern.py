"""Known mistakes and correct variants of week 10: the parts of a Llama, cache, four bits, experts.

Each cell runs in the notebook's namespace, right after the reference's solution cell.
"""

# ------------------------------------------------------------------------------------ rms_norm
# %% exercise=rms_norm name=subtracts-the-mean
# en: That is LayerNorm: what does RMSNorm do with the mean?
# ko: 그것은 LayerNorm입니다. RMSNorm은 평균을 어떻게 다루나요?
def rms_norm(x, weight, eps=1e-5):
    wide = x if x.dtype == torch.float64 else x.float()
    wide = wide - wide.mean(-1, keepdim=True)
    return (wide * (wide.square().mean(-1, keepdim=True) + eps).rsqrt()).to(x.dtype) * weight


# %% exercise=rms_norm name=eps-outside-the-root
# en: Small vectors come out wrong, and with a large eps all do: on which side of the root does eps stand?
# ko: 작은 벡터의 결과가 다르고, eps가 크면 모두 다릅니다. eps는 근호 안에 있나요, 밖에 있나요?
def rms_norm(x, weight, eps=1e-5):
    wide = x if x.dtype == torch.float64 else x.float()
    return (wide / (wide.square().mean(-1, keepdim=True).sqrt() + eps)).to(x.dtype) * weight


# %% exercise=rms_norm name=sum-for-mean
# en: All outputs are too small by the same factor: is it the sum of the squares or their mean?
# ko: 모든 출력이 같은 비율로 작습니다. 제곱의 합인가요, 평균인가요?
def rms_norm(x, weight, eps=1e-5):
    wide = x if x.dtype == torch.float64 else x.float()
    return (wide * (wide.square().sum(-1, keepdim=True) + eps).rsqrt()).to(x.dtype) * weight


# %% exercise=rms_norm name=one-norm-for-all
# en: Each vector has a norm of its own: over which axis is the mean taken?
# ko: 벡터마다 자기 노름이 있습니다. 평균은 어느 축으로 내야 할까요?
def rms_norm(x, weight, eps=1e-5):
    wide = x if x.dtype == torch.float64 else x.float()
    return (wide * (wide.square().mean() + eps).rsqrt()).to(x.dtype) * weight


# %% exercise=rms_norm name=no-root
# en: A vector of threes should become ones: did you divide by the mean square or by its root?
# ko: 3으로 된 벡터는 1이 되어야 합니다. 제곱 평균으로 나눴나요, 그 제곱근으로 나눴나요?
def rms_norm(x, weight, eps=1e-5):
    wide = x if x.dtype == torch.float64 else x.float()
    return (wide / (wide.square().mean(-1, keepdim=True) + eps)).to(x.dtype) * weight


# %% exercise=rms_norm name=squares-in-half-precision
# en: Numbers of a few hundred became zero in half precision: what is 400 squared there?
# ko: 반정밀도에서 몇백 크기의 수가 0이 되었습니다. 거기서 400의 제곱은 얼마인가요?
def rms_norm(x, weight, eps=1e-5):
    return x * (x.square().mean(-1, keepdim=True) + eps).rsqrt() * weight


# %% exercise=rms_norm name=one-plus-weight
# en: Some models store the weight minus one; this one does not. What does a weight of 1 do?
# ko: 가중치에서 1을 뺀 값을 저장하는 모델도 있지만 여기서는 아닙니다. 가중치 1은 무엇을 하나요?
def rms_norm(x, weight, eps=1e-5):
    wide = x if x.dtype == torch.float64 else x.float()
    return (wide * (wide.square().mean(-1, keepdim=True) + eps).rsqrt()).to(x.dtype) * (1 + weight)


# %% exercise=rms_norm name=stays-in-float32
# en: Half precision went in and float32 came out: in which dtype should the answer be?
# ko: 반정밀도를 넣었는데 float32가 나왔습니다. 결과는 어떤 dtype이어야 하나요?
def rms_norm(x, weight, eps=1e-5):
    wide = x if x.dtype == torch.float64 else x.float()
    wide = wide * (wide.square().mean(-1, keepdim=True) + eps).rsqrt()
    return wide * (weight if x.dtype == torch.float64 else weight.float())


# %% exercise=rms_norm name=eps-as-a-floor
# en: eps is added to the mean square, also where that is large: is yours a lower limit?
# ko: eps는 제곱 평균이 클 때도 더합니다. 혹시 하한으로 썼나요?
def rms_norm(x, weight, eps=1e-5):
    wide = x if x.dtype == torch.float64 else x.float()
    return (wide * wide.square().mean(-1, keepdim=True).clamp(min=eps).rsqrt()).to(x.dtype) * weight


# %% exercise=rms_norm name=one-half-precision-forgotten
# en: float16 is not the only half precision: is bfloat16 computed in float32, too?
# ko: 반정밀도는 float16만이 아닙니다. bfloat16도 float32로 계산하나요?
def rms_norm(x, weight, eps=1e-5):
    wide = x.float() if x.dtype == torch.float16 else x
    return (wide * (wide.square().mean(-1, keepdim=True) + eps).rsqrt()).to(x.dtype) * weight


# %% exercise=rms_norm name=axis-one
# en: A vector lies along the last axis, however many stand in front: which axis do you name?
# ko: 앞에 축이 몇 개 있든 벡터는 마지막 축에 있습니다. 어느 축을 썼나요?
def rms_norm(x, weight, eps=1e-5):
    wide = x if x.dtype == torch.float64 else x.float()
    return (wide * (wide.square().mean(1, keepdim=True) + eps).rsqrt()).to(x.dtype) * weight


# %% exercise=rms_norm name=norm-in-half-precision
# en: In float16 a long vector of large numbers became zeros: can float16 hold its norm, and at which step does yours go over to float32?
# ko: float16에서 큰 수로 된 긴 벡터가 0이 되었습니다. 그 노름을 float16에 담을 수 있나요? 어느 단계에서 float32로 바꾸나요?
def rms_norm(x, weight, eps=1e-5):
    length = x.norm(dim=-1, keepdim=True)
    wide = x if x.dtype == torch.float64 else x.float()
    mean = length.to(wide.dtype).square() / x.shape[-1]
    return (wide * (mean + eps).rsqrt()).to(x.dtype) * weight


# %% exercise=rms_norm name=divided-by-another-axis
# en: The squares are added up along the right axis: is their sum divided by the size of that axis, however many axes x has?
# ko: 제곱은 맞는 축으로 더했습니다. x의 축이 몇 개든 그 축의 크기로 나누나요?
def rms_norm(x, weight, eps=1e-5):
    wide = x if x.dtype == torch.float64 else x.float()
    return (wide * (wide.square().sum(-1, keepdim=True) / x.shape[1] + eps).rsqrt()).to(x.dtype) * weight


# %% exercise=rms_norm name=float64-comes-back-as-float32
# en: float64 went in and float32 came out: which dtypes does your answer tell apart?
# ko: float64를 넣었는데 float32가 나왔습니다. 어떤 dtype들을 구별하고 있나요?
def rms_norm(x, weight, eps=1e-5):
    wide = x.float()
    wide = wide * (wide.square().mean(-1, keepdim=True) + eps).rsqrt()
    return (wide.to(x.dtype) * weight) if x.dtype in (torch.float16, torch.bfloat16) else wide * weight.float()


# %% exercise=rms_norm name=scale-without-a-gradient
# en: Numbers are right, and the slope of x takes the root for a constant: where is the root cut off from x?
# ko: 수는 맞지만 x의 기울기에서 제곱근이 상수로 다루어집니다. 제곱근이 x에서 끊어진 곳은 어디인가요?
def rms_norm(x, weight, eps=1e-5):
    wide = x if x.dtype == torch.float64 else x.float()
    scale = (wide.square().mean(-1, keepdim=True) + eps).rsqrt().detach()
    return (wide * scale).to(x.dtype) * weight


# %% exercise=rms_norm name=zeros-become-nan
# en: A vector of zeros became NaN: by what do you divide, and is that never 0?
# ko: 0으로 된 벡터가 NaN이 되었습니다. 무엇으로 나누나요? 그것이 0이 될 수는 없나요?
def rms_norm(x, weight, eps=1e-5):
    wide = x if x.dtype == torch.float64 else x.float()
    largest = wide.abs().amax(-1, keepdim=True)
    small = wide / largest
    return (small * (small.square().mean(-1, keepdim=True) + eps / largest**2).rsqrt()).to(x.dtype) * weight


# %% exercise=rms_norm name=bfloat16-squared-and-divided
# en: float16 is not the only half precision: in which dtype is bfloat16 squared and divided?
# ko: 반정밀도는 float16만이 아닙니다. bfloat16은 어떤 dtype에서 제곱하고 나누나요?
def rms_norm(x, weight, eps=1e-5):
    wide = x.float() if x.dtype == torch.float16 else x
    return (wide / (wide.square().mean(-1, keepdim=True) + eps).sqrt()).to(x.dtype) * weight


# %% exercise=rms_norm name=bfloat16-comes-back-as-float32
# en: bfloat16 went in and float32 came out: is float16 the only dtype that you bring back?
# ko: bfloat16을 넣었는데 float32가 나왔습니다. float16만 되돌리고 있나요?
def rms_norm(x, weight, eps=1e-5):
    wide = x if x.dtype == torch.float64 else x.float()
    out = wide * (wide.square().mean(-1, keepdim=True) + eps).rsqrt()
    return (out.half() if x.dtype == torch.float16 else out) * weight


# %% exercise=rms_norm name=bare-vector-refused
# en: x may be one vector or have many axes in front: which number of axes does yours count on?
# ko: x는 벡터 하나일 수도 있고 앞에 축이 여럿일 수도 있습니다. 축이 몇 개라고 믿고 있나요?
def rms_norm(x, weight, eps=1e-5):
    B, T, D = x.shape if x.dim() == 3 else (1, *x.shape)
    wide = (x if x.dtype == torch.float64 else x.float()).reshape(B, T, D)
    wide = wide * (wide.square().mean(-1, keepdim=True) + eps).rsqrt()
    return wide.reshape(x.shape).to(x.dtype) * weight


# %% exercise=rms_norm variant=library
def rms_norm(x, weight, eps=1e-5):
    wide = x.double()
    return F.rms_norm(wide, wide.shape[-1:], eps=eps).to(x.dtype) * weight


# %% exercise=rms_norm variant=norm-over-root-of-size
def rms_norm(x, weight, eps=1e-5):
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    length = (wide * wide).sum(dim=-1)
    root = torch.sqrt(length / x.shape[-1] + eps)
    return (wide / root[..., None]).type_as(x) * weight


# ------------------------------------------------------------------------------------ rope
# %% exercise=rope name=halves-for-pairs
# en: Which two numbers form a pair here, neighbours or the two halves of the vector?
# ko: 여기서 한 쌍은 이웃한 두 수인가요, 벡터의 앞쪽 절반과 뒤쪽 절반인가요?
def rope(x, positions, theta=10_000.0):
    d = x.shape[-1]
    angles = positions[:, None] * theta ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
    a, b = x.chunk(2, dim=-1)
    c, s = angles.cos(), angles.sin()
    return torch.cat([a * c - b * s, a * s + b * c], dim=-1)


# %% exercise=rope name=turns-the-other-way
# en: Dot products cannot tell, but (1, 0) at position 1 must become (cos 1, sin 1): check a sign.
# ko: 내적으로는 알 수 없지만 위치 1의 (1, 0)은 (cos 1, sin 1)이 되어야 합니다. 부호를 확인하세요.
def rope(x, positions, theta=10_000.0):
    d = x.shape[-1]
    angles = -positions[:, None] * theta ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
    a, b = x[..., 0::2], x[..., 1::2]
    c, s = angles.cos(), angles.sin()
    return torch.stack([a * c - b * s, a * s + b * c], dim=-1).flatten(-2)


# %% exercise=rope name=exponent-half-as-large
# en: The later pairs turn too fast: in the exponent, which numbers are divided, and by what?
# ko: 뒤쪽 쌍이 너무 빨리 돕니다. 지수에서 어떤 수를 무엇으로 나누나요?
def rope(x, positions, theta=10_000.0):
    d = x.shape[-1]
    angles = positions[:, None] * theta ** (-torch.arange(d // 2, dtype=x.dtype) / d)
    a, b = x[..., 0::2], x[..., 1::2]
    c, s = angles.cos(), angles.sin()
    return torch.stack([a * c - b * s, a * s + b * c], dim=-1).flatten(-2)


# %% exercise=rope name=counts-from-zero
# en: The places that were given do not count: where is the argument positions used?
# ko: 주어진 위치가 반영되지 않습니다. positions 인자를 어디에서 쓰고 있나요?
def rope(x, positions, theta=10_000.0):
    d = x.shape[-1]
    places = torch.arange(x.shape[-2])
    angles = places[:, None] * theta ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
    a, b = x[..., 0::2], x[..., 1::2]
    c, s = angles.cos(), angles.sin()
    return torch.stack([a * c - b * s, a * s + b * c], dim=-1).flatten(-2)


# %% exercise=rope name=frequencies-rise
# en: The first pair should be the fastest, not the slowest: what is the sign of the exponent?
# ko: 첫 번째 쌍이 가장 빨라야 합니다. 지수의 부호는 무엇인가요?
def rope(x, positions, theta=10_000.0):
    d = x.shape[-1]
    angles = positions[:, None] * theta ** (torch.arange(0, d, 2, dtype=x.dtype) / d)
    a, b = x[..., 0::2], x[..., 1::2]
    c, s = angles.cos(), angles.sin()
    return torch.stack([a * c - b * s, a * s + b * c], dim=-1).flatten(-2)


# %% exercise=rope name=theta-written-in
# en: Another theta gives the same answer: is the argument used, or 10,000 always?
# ko: theta를 바꿔도 결과가 같습니다. 인자를 쓰나요, 항상 10,000인가요?
def rope(x, positions, theta=10_000.0):
    d = x.shape[-1]
    angles = positions[:, None] * 10_000.0 ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
    a, b = x[..., 0::2], x[..., 1::2]
    c, s = angles.cos(), angles.sin()
    return torch.stack([a * c - b * s, a * s + b * c], dim=-1).flatten(-2)


# %% exercise=rope name=halves-put-back
# en: The pairs were taken as neighbours, but were they put back as neighbours?
# ko: 쌍을 이웃으로 꺼냈습니다. 되돌려 놓을 때도 이웃으로 놓았나요?
def rope(x, positions, theta=10_000.0):
    d = x.shape[-1]
    angles = positions[:, None] * theta ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
    a, b = x[..., 0::2], x[..., 1::2]
    c, s = angles.cos(), angles.sin()
    return torch.cat([a * c - b * s, a * s + b * c], dim=-1)


# %% exercise=rope name=a-mirror-for-a-turn
# en: Lengths are kept, but this is a mirror and no rotation: where does (0, 1) go?
# ko: 길이는 그대로지만 회전이 아니라 거울입니다. (0, 1)은 어디로 가나요?
def rope(x, positions, theta=10_000.0):
    d = x.shape[-1]
    angles = positions[:, None] * theta ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
    a, b = x[..., 0::2], x[..., 1::2]
    c, s = angles.cos(), angles.sin()
    return torch.stack([a * c + b * s, a * s - b * c], dim=-1).flatten(-2)


# %% exercise=rope name=counts-on-from-the-first
# en: The positions need not follow each other: do you use all of them, or the first?
# ko: 위치가 연속이라는 보장은 없습니다. 모두 썼나요, 첫 번째만 썼나요?
def rope(x, positions, theta=10_000.0):
    rates = theta ** (-torch.arange(0, x.shape[-1], 2, dtype=x.dtype) / x.shape[-1])
    angles = (positions[0] + torch.arange(len(positions)))[:, None] * rates
    a, b = x[..., 0::2], x[..., 1::2]
    turned = [a * angles.cos() - b * angles.sin(), a * angles.sin() + b * angles.cos()]
    return torch.stack(turned, -1).flatten(-2)


# %% exercise=rope name=time-on-another-axis
# en: The places are the last axis but one, also where another is as long: which axis is turned?
# ko: 위치는 뒤에서 두 번째 축입니다. 길이가 같은 다른 축이 있을 때 어느 축을 돌리나요?
def rope(x, positions, theta=10_000.0):
    rates = theta ** (-torch.arange(0, x.shape[-1], 2, dtype=x.dtype) / x.shape[-1])
    angles = positions[:, None] * rates
    angles = angles[:, None] if x.dim() == 4 and x.shape[1] == len(positions) else angles
    a, b = x[..., 0::2], x[..., 1::2]
    turned = [a * angles.cos() - b * angles.sin(), a * angles.sin() + b * angles.cos()]
    return torch.stack(turned, -1).flatten(-2)


# %% exercise=rope name=table-kept-from-the-last-call
# en: You keep a table for each size. The positions may be others at the next call.
# ko: 크기마다 표를 저장해 두었습니다. 다음 호출에서는 위치가 다를 수 있습니다.
_tables_of_rope = {}


def rope(x, positions, theta=10_000.0):
    T, d = x.shape[-2:]
    if (T, d, theta) not in _tables_of_rope:
        rates = theta ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
        angles = positions[:, None] * rates
        _tables_of_rope[T, d, theta] = angles.cos(), angles.sin()
    c, s = (table.to(x.dtype) for table in _tables_of_rope[T, d, theta])
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * c - b * s, a * s + b * c], dim=-1).flatten(-2)


# %% exercise=rope name=second-from-the-turned-first
# en: Both numbers of a pair are turned from the old ones: when the second is computed, what does the first hold by then?
# ko: 한 쌍의 두 수는 모두 돌리기 전의 값으로 계산합니다. 두 번째 수를 구할 때 첫 번째 자리에는 무엇이 들어 있나요?
def rope(x, positions, theta=10_000.0):
    d, out = x.shape[-1], x.clone()
    angles = positions[:, None] * theta ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
    out[..., 0::2] = out[..., 0::2] * angles.cos() - out[..., 1::2] * angles.sin()
    out[..., 1::2] = out[..., 0::2] * angles.sin() + out[..., 1::2] * angles.cos()
    return out


# %% exercise=rope name=angles-laid-out-for-halves
# en: Neighbours share an angle: side by side along the vector, do your angles come as 0 0 1 1 or as 0 1 0 1?
# ko: 이웃한 두 수는 각을 함께 씁니다. 벡터를 따라 각이 0 0 1 1 순서인가요, 0 1 0 1 순서인가요?
def rope(x, positions, theta=10_000.0):
    d = x.shape[-1]
    angles = positions[:, None] * theta ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
    angles = torch.cat([angles, angles], dim=-1)
    other = torch.stack([-x[..., 1::2], x[..., 0::2]], dim=-1).flatten(-2)
    return x * angles.cos() + other * angles.sin()


# %% exercise=rope name=rate-multiplied-up
# en: Two pairs turn as they should, and from the third pair on all turn too slowly: is a rate multiplied with the ones before it?
# ko: 두 쌍은 맞게 돌고, 세 번째 쌍부터 너무 천천히 돕니다. 앞 쌍의 비율을 다시 곱하고 있나요?
def rope(x, positions, theta=10_000.0):
    d = x.shape[-1]
    rates = (theta ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)).cumprod(0)
    angles = positions[:, None] * rates
    a, b = x[..., 0::2], x[..., 1::2]
    turned = [a * angles.cos() - b * angles.sin(), a * angles.sin() + b * angles.cos()]
    return torch.stack(turned, -1).flatten(-2)


# %% exercise=rope name=comes-back-as-float64
# en: float32 went in and float64 came out: which of your tables is float64?
# ko: float32를 넣었는데 float64가 나왔습니다. float64인 표는 어느 것인가요?
def rope(x, positions, theta=10_000.0):
    d = x.shape[-1]
    angles = positions[:, None] * theta ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
    c, s = angles.cos(), angles.sin()
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * c - b * s, a * s + b * c], dim=-1).flatten(-2)


# %% exercise=rope name=comes-back-as-float32
# en: float64 went in and float32 came out: where is the dtype of x lost?
# ko: float64를 넣었는데 float32가 나왔습니다. x의 dtype은 어디에서 사라지나요?
def rope(x, positions, theta=10_000.0):
    d, x = x.shape[-1], x.float()
    angles = positions[:, None] * theta ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
    c, s = angles.cos(), angles.sin()
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * c - b * s, a * s + b * c], dim=-1).flatten(-2)


# %% exercise=rope name=heads-behind-the-places
# en: Places are the last axis but one, also where x has four axes: along which one do your angles lie?
# ko: x의 축이 넷일 때도 위치는 뒤에서 두 번째 축입니다. 각은 어느 축을 따라 놓여 있나요?
def rope(x, positions, theta=10_000.0):
    d = x.shape[-1]
    angles = positions[:, None] * theta ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
    angles = angles[None, :, None] if x.dim() == 4 else angles
    a, b = x[..., 0::2], x[..., 1::2]
    turned = [a * angles.cos() - b * angles.sin(), a * angles.sin() + b * angles.cos()]
    return torch.stack(turned, -1).flatten(-2)


# %% exercise=rope name=counted-from-the-least
# en: A place turns by its own number: yours turns by its distance from the first or the least of those given.
# ko: 위치는 자기 번호만큼 돕니다. 지금은 주어진 것 중 첫 번째나 가장 작은 것과의 차이만큼 돕니다.
def rope(x, positions, theta=10_000.0):
    d = x.shape[-1]
    angles = (positions - positions.min())[:, None] * theta ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
    a, b = x[..., 0::2], x[..., 1::2]
    turned = [a * angles.cos() - b * angles.sin(), a * angles.sin() + b * angles.cos()]
    return torch.stack(turned, -1).flatten(-2)


# %% exercise=rope variant=complex-numbers
def rope(x, positions, theta=10_000.0):
    half = x.shape[-1] // 2
    rates = theta ** (-torch.arange(half, dtype=x.dtype) / half)
    hands = torch.polar(torch.ones(len(positions), half, dtype=x.dtype), torch.outer(positions.to(x.dtype), rates))
    return torch.view_as_real(torch.view_as_complex(x.reshape(*x.shape[:-1], half, 2)) * hands).flatten(-2)


# %% exercise=rope variant=pair-by-pair
def rope(x, positions, theta=10_000.0):
    out = x.clone()
    for i in range(0, x.shape[-1], 2):
        angle = positions.to(x.dtype) / theta ** (i / x.shape[-1])
        out[..., i] = x[..., i] * torch.cos(angle) - x[..., i + 1] * torch.sin(angle)
        out[..., i + 1] = x[..., i] * torch.sin(angle) + x[..., i + 1] * torch.cos(angle)
    return out


# ------------------------------------------------------------------------------------ swiglu


# %% exercise=rope variant=tables-in-float32
def rope(x, positions, theta=10_000.0):
    d = x.shape[-1]
    rates = theta ** (-torch.arange(0, d, 2).float() / d)
    angles = positions.float()[:, None] * rates
    c, s = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * c - b * s, a * s + b * c], dim=-1).flatten(-2)


# %% exercise=swiglu name=silu-on-the-other-branch
# en: Both branches have the same shape: which of them passes through SiLU?
# ko: 두 갈래의 모양은 같습니다. 어느 쪽이 SiLU를 지나나요?
def swiglu(x, W_gate, W_up, W_down):
    return (F.silu(x @ W_up) * (x @ W_gate)) @ W_down


# %% exercise=swiglu name=sigmoid-for-silu
# en: SiLU is not the sigmoid alone: what is it multiplied by?
# ko: SiLU는 시그모이드만이 아닙니다. 무엇이 곱해지나요?
def swiglu(x, W_gate, W_up, W_down):
    return ((x @ W_gate).sigmoid() * (x @ W_up)) @ W_down


# %% exercise=swiglu name=gelu-for-silu
# en: The two look alike, but SwiGLU is not GEGLU: which function belongs on the gate?
# ko: 비슷해 보이지만 SwiGLU는 GEGLU가 아닙니다. 게이트에는 어떤 함수가 오나요?
def swiglu(x, W_gate, W_up, W_down):
    return (F.gelu(x @ W_gate) * (x @ W_up)) @ W_down


# %% exercise=swiglu name=branches-added
# en: A gate multiplies: what did you do with the two branches?
# ko: 게이트는 곱합니다. 두 갈래를 어떻게 합쳤나요?
def swiglu(x, W_gate, W_up, W_down):
    return (F.silu(x @ W_gate) + (x @ W_up)) @ W_down


# %% exercise=swiglu name=silu-of-the-product
# en: The other branch must stay linear: is SiLU taken before or after the product?
# ko: 다른 갈래는 선형이어야 합니다. SiLU를 곱하기 전에 취하나요, 뒤에 취하나요?
def swiglu(x, W_gate, W_up, W_down):
    return F.silu((x @ W_gate) * (x @ W_up)) @ W_down


# %% exercise=swiglu name=both-branches-squashed
# en: One branch says how much, the other says what: does SiLU belong on both?
# ko: 한 갈래는 얼마나, 다른 갈래는 무엇을 뜻합니다. 둘 다 SiLU를 지나나요?
def swiglu(x, W_gate, W_up, W_down):
    return (F.silu(x @ W_gate) * F.silu(x @ W_up)) @ W_down


# %% exercise=swiglu name=gelu-by-a-sigmoid
# en: 1.702 belongs to a GELU made with a sigmoid: what stands inside the sigmoid of SiLU?
# ko: 1.702는 시그모이드로 만든 GELU의 수입니다. SiLU의 시그모이드 안에는 무엇이 있나요?
def swiglu(x, W_gate, W_up, W_down):
    z = x @ W_gate
    return (z * torch.sigmoid(1.702 * z) * (x @ W_up)) @ W_down


# %% exercise=swiglu name=x-added
# en: The layer adds its result to the stream; this function gives the result alone. Where is x added?
# ko: 흐름에 더하는 일은 층이 합니다. 이 함수는 결과만 돌려줍니다. 어디서 x를 더하나요?
def swiglu(x, W_gate, W_up, W_down):
    return x + (F.silu(x @ W_gate) * (x @ W_up)) @ W_down


# %% exercise=swiglu name=stays-in-float32
# en: The numbers are right and the dtype is not: which dtype does x have, and which comes back?
# ko: 숫자는 맞지만 자료형이 다릅니다. x의 자료형과 결과의 자료형은 무엇인가요?
def swiglu(x, W_gate, W_up, W_down):
    return ((F.silu(x @ W_gate) * (x @ W_up)) @ W_down).float()


# %% exercise=swiglu name=never-below-zero
# en: SiLU of -1 is -0.27: what is yours there?
# ko: -1의 SiLU는 -0.27입니다. 여러분의 값은 얼마인가요?
def swiglu(x, W_gate, W_up, W_down):
    return (F.silu(x @ W_gate).clamp(min=0) * (x @ W_up)) @ W_down


# %% exercise=swiglu name=relu-for-silu
# en: SiLU is smooth and dips below 0: which function stands on the gate now?
# ko: SiLU는 매끄럽고 0 아래로도 내려갑니다. 지금 게이트에는 어떤 함수가 있나요?
def swiglu(x, W_gate, W_up, W_down):
    return (F.relu(x @ W_gate) * (x @ W_up)) @ W_down


# %% exercise=swiglu name=straight-lines-for-the-sigmoid
# en: Between -3 and 3 your gate is a parabola: which function is it, and which is asked for?
# ko: -3과 3 사이에서 게이트가 포물선입니다. 어떤 함수를 썼고, 어떤 함수가 필요한가요?
def swiglu(x, W_gate, W_up, W_down):
    return (F.hardswish(x @ W_gate) * (x @ W_up)) @ W_down


# %% exercise=swiglu name=gate-cut-short
# en: A large gate goes on growing: where is a limit set to what goes into SiLU?
# ko: 게이트의 값은 커지는 대로 계속 커집니다. SiLU에 들어가는 값을 어디에서 제한하나요?
def swiglu(x, W_gate, W_up, W_down):
    return (F.silu((x @ W_gate).clamp(-20, 20)) * (x @ W_up)) @ W_down


# %% exercise=swiglu name=exponential-over-exponential
# en: A large gate becomes NaN: what is the exponential of 1,000, and what is it divided by? Is there a form without it?
# ko: 큰 게이트가 NaN이 됩니다. 1,000의 지수는 얼마이고, 무엇으로 나누나요? 그 지수가 없는 식이 있나요?
def swiglu(x, W_gate, W_up, W_down):
    z = x @ W_gate
    return (z * z.exp() / (1 + z.exp()) * (x @ W_up)) @ W_down


# %% exercise=swiglu name=half-precision-comes-back-as-float32
# en: Half precision went in and float32 came out: which dtype does x have, and which comes back?
# ko: 반정밀도를 넣었는데 float32가 나왔습니다. x의 자료형과 결과의 자료형은 무엇인가요?
def swiglu(x, W_gate, W_up, W_down):
    x, W_gate, W_up, W_down = (w if w.dtype == torch.float64 else w.float() for w in (x, W_gate, W_up, W_down))
    return (F.silu(x @ W_gate) * (x @ W_up)) @ W_down


# %% exercise=swiglu variant=by-hand
def swiglu(x, W_gate, W_up, W_down):
    z = x @ W_gate
    return (z * torch.sigmoid(z) * (x @ W_up)) @ W_down


# %% exercise=swiglu variant=einsum
def swiglu(x, W_gate, W_up, W_down):
    gate = nn.functional.silu(torch.einsum("...d,di->...i", x, W_gate))
    return torch.einsum("...i,...i,id->...d", gate, torch.einsum("...d,di->...i", x, W_up), W_down)


# ------------------------------------------------------------------------------------ attention
# %% exercise=grouped_attention name=heads-tiled
# en: Head 1 asks the same group as head 0, not the next one: how are groups repeated?
# ko: 헤드 1은 다음 그룹이 아니라 헤드 0과 같은 그룹을 봅니다. 그룹을 어떻게 반복했나요?
def grouped_attention(q, k, v):
    n = q.shape[1] // k.shape[1]
    k, v = k.repeat(1, n, 1, 1), v.repeat(1, n, 1, 1)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    T, S = scores.shape[-2:]
    past = torch.ones(T, S, dtype=torch.bool).tril(S - T)
    return scores.masked_fill(~past, -torch.inf).softmax(-1) @ v


# %% exercise=grouped_attention name=queries-at-the-front
# en: With more keys than queries, the queries are the last ones: which keys may the first see?
# ko: 키가 쿼리보다 많으면 쿼리는 맨 끝에 있습니다. 첫 쿼리는 어떤 키를 볼 수 있나요?
def grouped_attention(q, k, v):
    n = q.shape[1] // k.shape[1]
    k, v = k.repeat_interleave(n, dim=1), v.repeat_interleave(n, dim=1)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    past = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
    return scores.masked_fill(~past, -torch.inf).softmax(-1) @ v


# %% exercise=grouped_attention name=no-scale
# en: The weights are too sharp: by what are scores divided?
# ko: 가중치가 너무 뾰족합니다. 점수는 무엇으로 나누나요?
def grouped_attention(q, k, v):
    n = q.shape[1] // k.shape[1]
    k, v = k.repeat_interleave(n, dim=1), v.repeat_interleave(n, dim=1)
    scores = q @ k.transpose(-2, -1)
    T, S = scores.shape[-2:]
    past = torch.ones(T, S, dtype=torch.bool).tril(S - T)
    return scores.masked_fill(~past, -torch.inf).softmax(-1) @ v


# %% exercise=grouped_attention name=scaled-by-the-width
# en: Divide by the root of the numbers in a head, not of those in all heads.
# ko: 모든 헤드가 아니라 한 헤드의 크기의 제곱근으로 나누어야 합니다.
def grouped_attention(q, k, v):
    n = q.shape[1] // k.shape[1]
    k, v = k.repeat_interleave(n, dim=1), v.repeat_interleave(n, dim=1)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[1] * q.shape[-1])
    T, S = scores.shape[-2:]
    past = torch.ones(T, S, dtype=torch.bool).tril(S - T)
    return scores.masked_fill(~past, -torch.inf).softmax(-1) @ v


# %% exercise=grouped_attention name=mask-behind-the-softmax
# en: The weights of a place do not sum to 1: is the future masked before the softmax?
# ko: 한 위치의 가중치 합이 1이 아닙니다. 미래를 소프트맥스 전에 가렸나요?
def grouped_attention(q, k, v):
    n = q.shape[1] // k.shape[1]
    k, v = k.repeat_interleave(n, dim=1), v.repeat_interleave(n, dim=1)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    T, S = scores.shape[-2:]
    return (scores.softmax(-1) * torch.ones(T, S, dtype=q.dtype).tril(S - T)) @ v


# %% exercise=grouped_attention name=no-mask
# en: A change in the last key reaches earlier places: where is the mask?
# ko: 마지막 키를 바꾸면 앞의 위치도 달라집니다. 마스크는 어디에 있나요?
def grouped_attention(q, k, v):
    n = q.shape[1] // k.shape[1]
    k, v = k.repeat_interleave(n, dim=1), v.repeat_interleave(n, dim=1)
    return (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).softmax(-1) @ v


# %% exercise=grouped_attention name=softmax-over-queries
# en: Each query shares out its weight over the keys: along which axis is the softmax?
# ko: 쿼리마다 키들에 가중치를 나눕니다. 소프트맥스는 어느 축으로 하나요?
def grouped_attention(q, k, v):
    n = q.shape[1] // k.shape[1]
    k, v = k.repeat_interleave(n, dim=1), v.repeat_interleave(n, dim=1)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    T, S = scores.shape[-2:]
    past = torch.ones(T, S, dtype=torch.bool).tril(S - T)
    return scores.masked_fill(~past, -1e30).softmax(-2) @ v


# %% exercise=grouped_attention name=head-over-number-of-groups
# en: Six heads and three groups: how many heads share one group, and which does head 2 ask?
# ko: 헤드 여섯, 그룹 셋이면 한 그룹을 몇 헤드가 나누나요? 헤드 2는 어느 그룹에 묻나요?
def grouped_attention(q, k, v):
    groups = [min(h // k.shape[1], k.shape[1] - 1) for h in range(q.shape[1])]
    k, v = k[:, groups], v[:, groups]
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    T, S = scores.shape[-2:]
    past = torch.ones(T, S, dtype=torch.bool).tril(S - T)
    return scores.masked_fill(~past, -torch.inf).softmax(-1) @ v


# %% exercise=grouped_attention name=values-tiled
# en: Keys and values of a group belong together: are both repeated in the same order?
# ko: 한 그룹의 키와 값은 짝입니다. 둘을 같은 순서로 반복했나요?
def grouped_attention(q, k, v):
    shared = q.shape[1] // k.shape[1]
    k, v = k.repeat_interleave(shared, dim=1), v.repeat(1, shared, 1, 1)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    T, S = scores.shape[-2:]
    past = torch.ones(T, S, dtype=torch.bool).tril(S - T)
    return scores.masked_fill(~past, -torch.inf).softmax(-1) @ v


# %% exercise=grouped_attention name=keys-tiled
# en: The values stand in the right order, the keys do not: which head asks which group's keys?
# ko: 값은 순서가 맞고 키는 아닙니다. 어느 헤드가 어느 그룹의 키에 묻나요?
def grouped_attention(q, k, v):
    shared = q.shape[1] // k.shape[1]
    k, v = k.repeat(1, shared, 1, 1), v.repeat_interleave(shared, dim=1)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    T, S = scores.shape[-2:]
    past = torch.ones(T, S, dtype=torch.bool).tril(S - T)
    return scores.masked_fill(~past, -torch.inf).softmax(-1) @ v


# %% exercise=grouped_attention name=blind-to-itself
# en: A place sees the past and itself: on which side of the line is the diagonal?
# ko: 각 위치는 과거와 자기 자신을 봅니다. 대각선은 경계의 어느 쪽에 있나요?
def grouped_attention(q, k, v):
    shared = q.shape[1] // k.shape[1]
    k, v = k.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    T, S = scores.shape[-2:]
    past = torch.ones(T, S, dtype=torch.bool).tril(S - T - 1)
    past[:, 0] = True
    return scores.masked_fill(~past, -torch.inf).softmax(-1) @ v


# %% exercise=grouped_attention name=masked-places-win
# en: A score can be lower than the number that you write into masked places: which number cannot?
# ko: 가린 자리에 쓴 수보다 낮은 점수도 있습니다. 어떤 수보다는 낮을 수 없나요?
def grouped_attention(q, k, v):
    shared = q.shape[1] // k.shape[1]
    k, v = k.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    T, S = scores.shape[-2:]
    past = torch.ones(T, S, dtype=torch.bool).tril(S - T)
    return scores.masked_fill(~past, -100.0).softmax(-1) @ v


# %% exercise=grouped_attention name=too-large-for-float16
# en: The number that you write into masked places does not fit into float16, and PyTorch refuses it there: which number fits everywhere?
# ko: 가린 자리에 쓴 수가 float16에 들어가지 않아 PyTorch가 거부합니다. 어디에나 들어가는 수는 무엇인가요?
def grouped_attention(q, k, v):
    shared = q.shape[1] // k.shape[1]
    k, v = k.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    T, S = scores.shape[-2:]
    past = torch.ones(T, S, dtype=torch.bool).tril(S - T)
    return scores.masked_fill(~past, -1e9).softmax(-1) @ v


# %% exercise=grouped_attention name=head-divided-by-the-groups
# en: Six heads and three groups: two heads share one. By which number is the number of a head divided?
# ko: 헤드 여섯, 그룹 셋이면 두 헤드가 하나를 나눕니다. 헤드 번호를 어떤 수로 나누나요?
def grouped_attention(q, k, v):
    groups = [h // k.shape[1] for h in range(q.shape[1])]
    k, v = k[:, groups], v[:, groups]
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    T, S = scores.shape[-2:]
    past = torch.ones(T, S, dtype=torch.bool).tril(S - T)
    return scores.masked_fill(~past, -torch.inf).softmax(-1) @ v


# %% exercise=grouped_attention name=future-still-in-the-softmax
# en: A score of the future can be the largest by far: what is left for the past if the softmax, or its maximum, still sees it?
# ko: 미래의 점수가 훨씬 클 수 있습니다. 소프트맥스나 그 최댓값이 미래를 아직 본다면 과거에는 무엇이 남나요?
def grouped_attention(q, k, v):
    shared = q.shape[1] // k.shape[1]
    k, v = (x.repeat_interleave(shared, dim=1) for x in (k, v))
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    T, S = scores.shape[-2:]
    weights = scores.softmax(-1) * torch.ones(T, S, dtype=q.dtype).tril(S - T)
    return weights / weights.sum(-1, keepdim=True) @ v


# %% exercise=grouped_attention name=future-made-less-by-a-number
# en: A score of the future can be larger than the number that you take away from it: which number is always enough?
# ko: 미래의 점수는 거기서 빼는 수보다 클 수 있습니다. 어떤 수라면 언제나 충분한가요?
def grouped_attention(q, k, v):
    shared = q.shape[1] // k.shape[1]
    k, v = (x.repeat_interleave(shared, dim=1) for x in (k, v))
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    T, S = scores.shape[-2:]
    return (scores - 1e4 * torch.ones(T, S, dtype=q.dtype).triu(S - T + 1)).softmax(-1) @ v


# %% exercise=grouped_attention name=one-maximum-for-all
# en: Each query has a softmax of its own: which maximum do you subtract where one query's scores lie far below another's?
# ko: 소프트맥스는 쿼리마다 따로입니다. 한 쿼리의 점수가 다른 쿼리보다 훨씬 낮을 때 어떤 최댓값을 빼나요?
def grouped_attention(q, k, v):
    shared = q.shape[1] // k.shape[1]
    k, v = (x.repeat_interleave(shared, dim=1) for x in (k, v))
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    T, S = scores.shape[-2:]
    scores = scores.masked_fill(~torch.ones(T, S, dtype=torch.bool).tril(S - T), -torch.inf)
    weights = (scores - scores.max()).exp()
    return weights / weights.sum(-1, keepdim=True) @ v


# %% exercise=grouped_attention name=comes-back-as-float32
# en: Half precision went in and float32 came out: in which dtype should the answer be?
# ko: 반정밀도를 넣었는데 float32가 나왔습니다. 결과는 어떤 dtype이어야 하나요?
def grouped_attention(q, k, v):
    q, k, v = (x if x.dtype == torch.float64 else x.float() for x in (q, k, v))
    shared = q.shape[1] // k.shape[1]
    k, v = (x.repeat_interleave(shared, dim=1) for x in (k, v))
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    T, S = scores.shape[-2:]
    past = torch.ones(T, S, dtype=torch.bool).tril(S - T)
    return scores.masked_fill(~past, -torch.inf).softmax(-1) @ v


# %% exercise=grouped_attention variant=library
def grouped_attention(q, k, v):
    T, S = q.shape[2], k.shape[2]
    seen = torch.arange(S) <= torch.arange(S - T, S)[:, None]
    return F.scaled_dot_product_attention(q, k, v, attn_mask=seen, enable_gqa=True)


# %% exercise=grouped_attention variant=groups-as-an-axis
def grouped_attention(q, k, v):
    B, n_heads, T, d = q.shape
    n_kv, S = k.shape[1:3]
    scores = torch.einsum("bghtd,bgsd->bghts", q.view(B, n_kv, n_heads // n_kv, T, d), k) / d**0.5
    late = torch.arange(S)[None] > torch.arange(T)[:, None] + S - T
    mixed = torch.einsum("bghts,bgsd->bghtd", scores.masked_fill(late, float("-inf")).softmax(-1), v)
    return mixed.reshape(B, n_heads, T, d)


# %% exercise=grouped_attention variant=head-by-head
def grouped_attention(q, k, v):
    out = torch.empty_like(q)
    each, extra = q.shape[1] // k.shape[1], k.shape[2] - q.shape[2]
    for h in range(q.shape[1]):
        for t in range(q.shape[2]):
            keys, values = k[:, h // each, : extra + t + 1], v[:, h // each, : extra + t + 1]
            p = torch.softmax((keys @ q[:, h, t, :, None])[..., 0] / math.sqrt(q.shape[3]), dim=-1)
            out[:, h, t] = (p[..., None] * values).sum(1)
    return out


# ------------------------------------------------------------------------------------ KVCache
# %% exercise=KVCache name=keys-and-values-exchanged
# en: Which of the two comes back first, keys or values?
# ko: 키와 값 중 어느 것이 먼저 돌아와야 하나요?
class KVCache:
    def __init__(self, n_layers):
        self.held = [None] * n_layers

    def append(self, layer, k, v):
        if self.held[layer] is not None:
            k, v = (torch.cat(both, 2) for both in zip(self.held[layer], (k, v)))
        self.held[layer] = (k, v)
        return v, k

    @property
    def length(self):
        return 0 if self.held[-1] is None else self.held[-1][0].shape[2]

    def rollback(self, count):
        kept = self.length - count
        self.held = [h and tuple(t[:, :, :kept] for t in h) for h in self.held]


# %% exercise=KVCache name=new-ones-in-front
# en: The order of the places is wrong: do new ones stand before or behind the old ones?
# ko: 위치의 순서가 다릅니다. 새것은 옛것의 앞에 오나요, 뒤에 오나요?
class KVCache:
    def __init__(self, n_layers):
        self.held = [None] * n_layers

    def append(self, layer, k, v):
        if self.held[layer] is not None:
            k, v = (torch.cat(both, 2) for both in zip((k, v), self.held[layer]))
        self.held[layer] = (k, v)
        return k, v

    @property
    def length(self):
        return 0 if self.held[-1] is None else self.held[-1][0].shape[2]

    def rollback(self, count):
        kept = self.length - count
        self.held = [h and tuple(t[:, :, :kept] for t in h) for h in self.held]


# %% exercise=KVCache name=layers-counted-together
# en: Places of all layers are counted together: does each layer have a store of its own, and is the length that of the last one alone?
# ko: 모든 층의 위치를 함께 셉니다. 층마다 저장소가 따로 있나요? 길이는 마지막 층의 것만 세나요?
class KVCache:
    def __init__(self, n_layers):
        self.held = None

    def append(self, layer, k, v):
        if self.held is not None:
            k, v = (torch.cat(both, 2) for both in zip(self.held, (k, v)))
        self.held = (k, v)
        return k, v

    @property
    def length(self):
        return 0 if self.held is None else self.held[0].shape[2]

    def rollback(self, count):
        kept = self.length - count
        self.held = self.held and tuple(t[:, :, :kept] for t in self.held)


# %% exercise=KVCache name=old-ones-overwritten
# en: Only the newest places are left: what happens to those that were there?
# ko: 가장 새로운 위치만 남았습니다. 있던 것은 어떻게 되었나요?
class KVCache:
    def __init__(self, n_layers):
        self.held = [None] * n_layers

    def append(self, layer, k, v):
        self.held[layer] = (k, v)
        return k, v

    @property
    def length(self):
        return 0 if self.held[-1] is None else self.held[-1][0].shape[2]

    def rollback(self, count):
        kept = self.length - count
        self.held = [h and tuple(t[:, :, :kept] for t in h) for h in self.held]


# %% exercise=KVCache name=rollback-of-nothing-empties
# en: rollback(0) must change nothing: what does a slice up to -0 give?
# ko: rollback(0)은 아무것도 바꾸면 안 됩니다. -0까지의 슬라이스는 무엇인가요?
class KVCache:
    def __init__(self, n_layers):
        self.held = [None] * n_layers

    def append(self, layer, k, v):
        if self.held[layer] is not None:
            k, v = (torch.cat(both, 2) for both in zip(self.held[layer], (k, v)))
        self.held[layer] = (k, v)
        return k, v

    @property
    def length(self):
        return 0 if self.held[-1] is None else self.held[-1][0].shape[2]

    def rollback(self, count):
        self.held = [h and tuple(t[:, :, :-count] for t in h) for h in self.held]


# %% exercise=KVCache name=rollback-of-one-layer
# en: After a step back the layers disagree on where they are: which of them forgot something?
# ko: 되돌린 뒤 층마다 길이가 다릅니다. 어느 층이 잊었나요?
class KVCache:
    def __init__(self, n_layers):
        self.held = [None] * n_layers

    def append(self, layer, k, v):
        if self.held[layer] is not None:
            k, v = (torch.cat(both, 2) for both in zip(self.held[layer], (k, v)))
        self.held[layer] = (k, v)
        return k, v

    @property
    def length(self):
        return 0 if self.held[-1] is None else self.held[-1][0].shape[2]

    def rollback(self, count):
        if self.held[-1] is not None:
            kept = self.length - count
            self.held[-1] = tuple(t[:, :, :kept] for t in self.held[-1])


# %% exercise=KVCache name=counted-before-the-last-layer
# en: In the middle of a step the new place does not count yet: the length of which layer do you read?
# ko: 한 단계의 중간에서는 새 위치를 아직 세지 않습니다. 어느 층의 길이를 읽고 있나요?
class KVCache:
    def __init__(self, n_layers):
        self.held = [None] * n_layers

    def append(self, layer, k, v):
        if self.held[layer] is not None:
            k, v = (torch.cat(both, 2) for both in zip(self.held[layer], (k, v)))
        self.held[layer] = (k, v)
        return k, v

    @property
    def length(self):
        return 0 if self.held[0] is None else self.held[0][0].shape[2]

    def rollback(self, count):
        kept = self.length - count
        self.held = [h and tuple(t[:, :, :kept] for t in h) for h in self.held]


# %% exercise=KVCache name=values-not-rolled-back
# en: Keys and values have different lengths after a step back: were both cut?
# ko: 되돌린 뒤 키와 값의 길이가 다릅니다. 둘 다 잘랐나요?
class KVCache:
    def __init__(self, n_layers):
        self.keys, self.values = [None] * n_layers, [None] * n_layers

    def append(self, layer, k, v):
        if self.keys[layer] is not None:
            k, v = torch.cat([self.keys[layer], k], 2), torch.cat([self.values[layer], v], 2)
        self.keys[layer], self.values[layer] = k, v
        return k, v

    @property
    def length(self):
        return 0 if self.keys[-1] is None else self.keys[-1].shape[2]

    def rollback(self, count):
        kept = self.length - count
        self.keys = [k if k is None else k[:, :, :kept] for k in self.keys]


# %% exercise=KVCache name=shared-by-all-caches
# en: Two caches hold the same places: where is the store made, once for all or anew for each cache?
# ko: 두 캐시가 같은 것을 담고 있습니다. 저장소를 어디에서 만드나요? 한 번만 만드나요, 캐시마다 새로 만드나요?
class KVCache:
    keys, values = {}, {}

    def __init__(self, n_layers):
        self.n_layers = n_layers

    def append(self, layer, k, v):
        if layer in self.keys:
            k, v = torch.cat([self.keys[layer], k], 2), torch.cat([self.values[layer], v], 2)
        self.keys[layer], self.values[layer] = k, v
        return k, v

    @property
    def length(self):
        last = self.n_layers - 1
        return self.keys[last].shape[2] if last in self.keys else 0

    def rollback(self, count):
        kept = self.length - count
        for parts in (self.keys, self.values):
            parts.update({layer: part[:, :, :kept] for layer, part in parts.items()})


# %% exercise=KVCache name=oldest-forgotten
# en: A step back takes the newest places away: from which end does yours cut?
# ko: 되돌리면 가장 새로운 자리가 없어집니다. 어느 쪽 끝을 잘랐나요?
class KVCache:
    def __init__(self, n_layers):
        self.keys, self.values = [None] * n_layers, [None] * n_layers

    def append(self, layer, k, v):
        if self.keys[layer] is not None:
            k, v = torch.cat([self.keys[layer], k], 2), torch.cat([self.values[layer], v], 2)
        self.keys[layer], self.values[layer] = k, v
        return k, v

    @property
    def length(self):
        return 0 if self.keys[-1] is None else self.keys[-1].shape[2]

    def rollback(self, count):
        self.keys = [k if k is None else k[:, :, count:] for k in self.keys]
        self.values = [v if v is None else v[:, :, count:] for v in self.values]


# %% exercise=KVCache name=empty-cache-cannot-go-back
# en: Going back by 0 is allowed while nothing is stored: what does your store hold then?
# ko: 아무것도 없을 때도 0만큼 되돌릴 수 있습니다. 그때 저장소에는 무엇이 있나요?
class KVCache:
    def __init__(self, n_layers):
        self.keys, self.values = [None] * n_layers, [None] * n_layers

    def append(self, layer, k, v):
        if self.keys[layer] is not None:
            k, v = torch.cat([self.keys[layer], k], 2), torch.cat([self.values[layer], v], 2)
        self.keys[layer], self.values[layer] = k, v
        return k, v

    @property
    def length(self):
        return 0 if self.keys[-1] is None else self.keys[-1].shape[2]

    def rollback(self, count):
        kept = self.length - count
        self.keys = [k[:, :, :kept] for k in self.keys]
        self.values = [v[:, :, :kept] for v in self.values]


# %% exercise=KVCache name=length-read-while-cutting
# en: One part is cut twice at a step back: `length` gets shorter while you cut. When do you read it?
# ko: 되돌릴 때 한쪽이 두 번 잘립니다. 자르는 동안 `length`도 짧아집니다. 언제 읽고 있나요?
class KVCache:
    def __init__(self, n_layers):
        self.keys, self.values = [None] * n_layers, [None] * n_layers

    def append(self, layer, k, v):
        if self.keys[layer] is not None:
            k = torch.cat([self.keys[layer], k], dim=2)
            v = torch.cat([self.values[layer], v], dim=2)
        self.keys[layer], self.values[layer] = k, v
        return k, v

    @property
    def length(self):
        return 0 if self.keys[-1] is None else self.keys[-1].shape[2]

    def rollback(self, count):
        if count:
            for i in range(len(self.keys)):
                self.keys[i] = self.keys[i][:, :, : self.length - count]
                self.values[i] = self.values[i][:, :, : self.length - count]


# %% exercise=KVCache name=store-of-one-dtype
# en: Keys come back in another dtype than they came in: with which dtype is your store made?
# ko: 키가 들어올 때와 다른 dtype으로 돌아옵니다. 저장소를 어떤 dtype으로 만들었나요?
class KVCache:
    def __init__(self, n_layers):
        self.room, self.used = [None] * n_layers, [0] * n_layers

    def append(self, layer, k, v):
        start, end = self.used[layer], self.used[layer] + k.shape[2]
        new = torch.zeros(2, *k.shape[:2], end, k.shape[3])
        if start:
            new[:, :, :, :start] = self.room[layer][:, :, :, :start]
        new[0, :, :, start:], new[1, :, :, start:] = k, v
        self.room[layer], self.used[layer] = new, end
        return new[0], new[1]

    @property
    def length(self):
        return self.used[-1]

    def rollback(self, count):
        self.used = [n - count for n in self.used]


# %% exercise=KVCache name=joined-to-an-empty-float
# en: Half precision, or whole numbers, come back as float32: of which dtype is the empty piece that the first keys are joined to?
# ko: 반정밀도나 정수가 float32로 돌아옵니다. 첫 키를 이어 붙이는 빈 텐서의 dtype은 무엇인가요?
class KVCache:
    def __init__(self, n_layers):
        self.keys, self.values = [torch.empty(0)] * n_layers, [torch.empty(0)] * n_layers

    def append(self, layer, k, v):
        self.keys[layer] = torch.cat([self.keys[layer], k], dim=2) if self.keys[layer].dim() == 4 else k.to(torch.promote_types(k.dtype, torch.float32))
        self.values[layer] = torch.cat([self.values[layer], v], dim=2) if self.values[layer].dim() == 4 else v.to(torch.promote_types(v.dtype, torch.float32))
        return self.keys[layer], self.values[layer]

    @property
    def length(self):
        return self.keys[-1].shape[2] if self.keys[-1].dim() == 4 else 0

    def rollback(self, count):
        kept = self.length - count
        if count:
            self.keys, self.values = [k[:, :, :kept] for k in self.keys], [v[:, :, :kept] for v in self.values]


# %% exercise=KVCache name=half-precision-kept-as-float32
# en: Half precision went in and float32 came out: where are keys and values widened?
# ko: 반정밀도를 넣었는데 float32가 나왔습니다. 키와 값을 어디에서 넓히나요?
class KVCache:
    def __init__(self, n_layers):
        self.keys, self.values = [None] * n_layers, [None] * n_layers

    def append(self, layer, k, v):
        k, v = (x.float() if x.dtype in (torch.float16, torch.bfloat16) else x for x in (k, v))
        if self.keys[layer] is not None:
            k = torch.cat([self.keys[layer], k], dim=2)
            v = torch.cat([self.values[layer], v], dim=2)
        self.keys[layer], self.values[layer] = k, v
        return k, v

    @property
    def length(self):
        return 0 if self.keys[-1] is None else self.keys[-1].shape[2]

    def rollback(self, count):
        kept = self.length - count
        if count:
            self.keys, self.values = [k[:, :, :kept] for k in self.keys], [v[:, :, :kept] for v in self.values]


# %% exercise=KVCache name=newest-of-a-piece-kept
# en: Where a step back ends inside of what one call brought, which end of that piece stays?
# ko: 되돌리기가 한 번에 들어온 것의 중간에서 끝나면 그 조각의 어느 쪽이 남나요?
class KVCache:
    def __init__(self, n_layers):
        self.pieces = [[] for _ in range(n_layers)]

    def append(self, layer, k, v):
        self.pieces[layer].append((k, v))
        return tuple(torch.cat(parts, dim=2) for parts in zip(*self.pieces[layer]))

    @property
    def length(self):
        return sum(k.shape[2] for k, _ in self.pieces[-1])

    def rollback(self, count):
        for pieces in self.pieces:
            left = count
            while left > 0:
                k, v = pieces.pop()
                if k.shape[2] > left:
                    pieces.append((k[:, :, left:], v[:, :, left:]))
                left -= k.shape[2]


# %% exercise=KVCache name=whole-pieces-taken-back
# en: A step back may end inside of what one call brought: do you take away whole pieces?
# ko: 한 번에 들어온 것의 중간까지만 되돌릴 수도 있습니다. 조각을 통째로 없애고 있나요?
class KVCache:
    def __init__(self, n_layers):
        self.pieces = [[] for _ in range(n_layers)]

    def append(self, layer, k, v):
        self.pieces[layer].append((k, v))
        return tuple(torch.cat(parts, dim=2) for parts in zip(*self.pieces[layer]))

    @property
    def length(self):
        return sum(k.shape[2] for k, _ in self.pieces[-1])

    def rollback(self, count):
        for pieces in self.pieces:
            left = count
            while left > 0 and pieces:
                left -= pieces.pop()[0].shape[2]


# %% exercise=KVCache name=second-step-back-forgets-the-first
# en: Two steps back may follow each other: what does the second one do to what the first one noted?
# ko: 되돌리기를 두 번 이어서 할 수도 있습니다. 두 번째가 첫 번째의 기록을 어떻게 하나요?
class KVCache:
    def __init__(self, n_layers):
        self.keys, self.values, self.back = [None] * n_layers, [None] * n_layers, [0] * n_layers

    def append(self, layer, k, v):
        if self.keys[layer] is not None:
            kept = self.keys[layer].shape[2] - self.back[layer]
            k = torch.cat([self.keys[layer][:, :, :kept], k], dim=2)
            v = torch.cat([self.values[layer][:, :, :kept], v], dim=2)
        self.keys[layer], self.values[layer], self.back[layer] = k, v, 0
        return k, v

    @property
    def length(self):
        return 0 if self.keys[-1] is None else self.keys[-1].shape[2] - self.back[-1]

    def rollback(self, count):
        self.back = [count] * len(self.keys)


# %% exercise=KVCache name=cut-to-the-last-layer
# en: One layer may be given two pieces before the last layer is given its own: up to whose length do you keep what a layer holds?
# ko: 마지막 층보다 먼저 한 층에 조각이 두 번 들어올 수도 있습니다. 층에 있던 것을 어느 층의 길이까지 남기나요?
class KVCache:
    def __init__(self, n_layers):
        self.n_layers, self.held, self.store = n_layers, 0, {}

    def append(self, layer, k, v):
        if layer in self.store:
            old_k, old_v = self.store[layer]
            k = torch.cat([old_k[:, :, : self.held], k], dim=2)
            v = torch.cat([old_v[:, :, : self.held], v], dim=2)
        self.store[layer] = k, v
        if layer == self.n_layers - 1:
            self.held = k.shape[2]
        return k, v

    @property
    def length(self):
        return self.held

    def rollback(self, count):
        self.held -= count


# %% exercise=KVCache variant=dictionary-of-lists
class KVCache:
    def __init__(self, n_layers):
        self.n_layers = n_layers
        self.parts = {layer: [] for layer in range(n_layers)}

    def append(self, layer, k, v):
        self.parts[layer].append((k, v))
        return tuple(torch.cat([pair[i] for pair in self.parts[layer]], dim=2) for i in (0, 1))

    @property
    def length(self):
        return sum(k.shape[2] for k, _ in self.parts[self.n_layers - 1])

    def rollback(self, count):
        for layer, parts in self.parts.items():
            if parts and count:
                k, v = (torch.cat([pair[i] for pair in parts], dim=2) for i in (0, 1))
                end = k.shape[2] - count
                self.parts[layer] = [(k[:, :, :end], v[:, :, :end])]


# %% exercise=KVCache variant=least-of-all-layers
class KVCache:
    def __init__(self, n_layers):
        self.held = [None for _ in range(n_layers)]

    def append(self, layer, k, v):
        old = self.held[layer]
        both = torch.stack([k, v])
        self.held[layer] = both if old is None else torch.cat([old, both], dim=3)
        return self.held[layer][0], self.held[layer][1]

    @property
    def length(self):
        return min(0 if held is None else held.shape[3] for held in self.held)

    def rollback(self, count):
        kept = self.length - count
        for layer in range(len(self.held)):
            if self.held[layer] is not None:
                self.held[layer] = self.held[layer].narrow(3, 0, kept)


# ------------------------------------------------------------------------------------ generate
# %% exercise=generate name=all-again-with-the-cache
# en: The model is shown old tokens again, though the cache has them: what is new at each step?
# ko: 캐시에 있는 토큰을 다시 보여 주고 있습니다. 매 단계에서 새로운 것은 무엇인가요?
def generate(model, ids, count, cache, stop=None):
    written = list(ids)
    for _ in range(count):
        token = int(model(torch.tensor([written]), cache)[0, -1].argmax())
        written.append(token)
        if token == stop:
            break
    return written


# %% exercise=generate name=row-of-the-first-token
# en: Behind which token of the prompt do you read the logits?
# ko: 프롬프트의 어느 토큰 뒤의 로짓을 읽고 있나요?
def generate(model, ids, count, cache, stop=None):
    written, piece = list(ids), list(ids)
    for _ in range(count):
        piece = [int(model(torch.tensor([piece]), cache)[0, 0].argmax())]
        written += piece
        if piece[0] == stop:
            break
    return written


# %% exercise=generate name=never-stops
# en: Writing goes on behind the stop token: is it compared with anything?
# ko: 정지 토큰 뒤에도 계속 씁니다. 그 토큰과 비교하고 있나요?
def generate(model, ids, count, cache, stop=None):
    written, piece = list(ids), list(ids)
    for _ in range(count):
        piece = [int(model(torch.tensor([piece]), cache)[0, -1].argmax())]
        written += piece
    return written


# %% exercise=generate name=stop-token-left-out
# en: The stop token belongs to what was written: is it appended before you stop?
# ko: 정지 토큰도 결과에 들어갑니다. 멈추기 전에 붙였나요?
def generate(model, ids, count, cache, stop=None):
    written, piece = list(ids), list(ids)
    for _ in range(count):
        piece = [int(model(torch.tensor([piece]), cache)[0, -1].argmax())]
        if piece[0] == stop:
            break
        written += piece
    return written


# %% exercise=generate name=prompt-counted
# en: count is how many tokens are new: does the prompt count too?
# ko: count는 새로 쓰는 토큰의 수입니다. 프롬프트도 세고 있나요?
def generate(model, ids, count, cache, stop=None):
    written, piece = list(ids), list(ids)
    while len(written) < count:
        piece = [int(model(torch.tensor([piece]), cache)[0, -1].argmax())]
        written += piece
        if piece[0] == stop:
            break
    return written


# %% exercise=generate name=prompt-written-to
# en: The caller's list grew: did you copy it?
# ko: 호출한 쪽의 리스트가 길어졌습니다. 복사했나요?
def generate(model, ids, count, cache, stop=None):
    piece = list(ids)
    for _ in range(count):
        piece = [int(model(torch.tensor([piece]), cache)[0, -1].argmax())]
        ids += piece
        if piece[0] == stop:
            break
    return ids


# %% exercise=generate name=prompt-left-out
# en: What comes back should begin with the prompt.
# ko: 결과는 프롬프트로 시작해야 합니다.
def generate(model, ids, count, cache, stop=None):
    written, piece = [], list(ids)
    for _ in range(count):
        piece = [int(model(torch.tensor([piece]), cache)[0, -1].argmax())]
        written += piece
        if piece[0] == stop:
            break
    return written


# %% exercise=generate name=prompt-token-by-token
# en: The prompt can go through the model in one call: how many calls do you make for it?
# ko: 프롬프트는 한 번에 모델을 통과할 수 있습니다. 몇 번 호출하고 있나요?
def generate(model, ids, count, cache, stop=None):
    if not count:
        return list(ids)
    for one in ids:
        logits = model(torch.tensor([[one]]), cache)
    written = [*ids, int(logits[0, -1].argmax())]
    while len(written) < len(ids) + count and written[-1] != stop:
        written.append(int(model(torch.tensor([written[-1:]]), cache)[0, -1].argmax()))
    return written


# %% exercise=generate name=stop-zero-is-no-stop
# en: 0 is a token like any other: what do `if stop` and `stop or …` make of it?
# ko: 0도 보통 토큰입니다. `if stop`이나 `stop or …`는 0을 어떻게 보나요?
def generate(model, ids, count, cache, stop=None):
    written, piece = list(ids), list(ids)
    for _ in range(count):
        piece = [int(model(torch.tensor([piece]), cache)[0, -1].argmax())]
        written += piece
        if stop and piece[0] == stop:
            break
    return written


# %% exercise=generate name=prompt-that-ends-with-stop
# en: Only a token that was written can end the writing: what if the prompt ends with stop?
# ko: 새로 쓴 토큰만 쓰기를 끝낼 수 있습니다. 프롬프트가 stop으로 끝나면 어떻게 되나요?
def generate(model, ids, count, cache, stop=None):
    written, piece = list(ids), list(ids)
    while len(written) < len(ids) + count and written[-1] != stop:
        piece = [int(model(torch.tensor([piece]), cache)[0, -1].argmax())]
        written += piece
    return written


# %% exercise=generate name=stop-looked-for-in-the-prompt
# en: The prompt may hold the stop token: in which tokens do you look for it?
# ko: 프롬프트에 stop이 들어 있을 수 있습니다. 어느 토큰들에서 찾나요?
def generate(model, ids, count, cache, stop=None):
    written, piece = list(ids), list(ids)
    for _ in range(count):
        piece = [int(model(torch.tensor([piece]), cache)[0, -1].argmax())]
        written += piece
        if stop in written:
            break
    return written


# %% exercise=generate name=read-though-nothing-is-asked
# en: With a count of 0 nothing is to be written: is the model called all the same?
# ko: count가 0이면 쓸 것이 없습니다. 그래도 모델을 부르나요?
def generate(model, ids, count, cache, stop=None):
    written = list(ids)
    logits = model(torch.tensor([written]), cache)
    for i in range(count):
        written.append(int(logits[0, -1].argmax()))
        if written[-1] == stop or i == count - 1:
            break
        logits = model(torch.tensor([written[-1:]]), cache)
    return written


# %% exercise=generate name=last-token-shown-too
# en: One call for each new token is enough: what is the last call for?
# ko: 새 토큰마다 한 번 부르면 됩니다. 마지막 호출은 무엇을 위한 것인가요?
def generate(model, ids, count, cache, stop=None):
    written = list(ids)
    logits = model(torch.tensor([written]), cache) if count else None
    for i in range(count):
        written.append(int(logits[0, -1].argmax()))
        if i < count - 1:
            logits = model(torch.tensor([written[-1:]]), cache)
        if written[-1] == stop:
            break
    return written


# %% exercise=generate name=largest-above-zero
# en: Logits may all be negative: with which number does your search for the largest begin?
# ko: 로짓이 모두 음수일 수 있습니다. 최댓값 찾기를 어떤 수에서 시작하나요?
def generate(model, ids, count, cache, stop=None):
    written, piece = list(ids), list(ids)
    for _ in range(count):
        best, most = 0, 0.0
        for token, logit in enumerate(model(torch.tensor([piece]), cache)[0, -1].tolist()):
            best, most = (token, logit) if logit > most else (best, most)
        written.append(best)
        piece = [best]
        if best == stop:
            break
    return written


# %% exercise=generate name=tensors-in-the-list
# en: The ids that were written are no Python integers: of which type is what `argmax` gives?
# ko: 새로 쓴 id가 파이썬 정수가 아닙니다. `argmax`가 주는 것은 어떤 자료형인가요?
def generate(model, ids, count, cache, stop=None):
    written, piece = list(ids), torch.tensor([ids])
    for _ in range(count):
        best = model(piece, cache)[0, -1].argmax()
        written.append(best)
        if best == stop:
            break
        piece = best.view(1, 1)
    return written


# %% exercise=generate name=numpy-integers-in-the-list
# en: The ids that were written are NumPy's integers: which type does the contract promise?
# ko: 새로 쓴 id가 NumPy의 정수입니다. 설명에서는 어떤 자료형을 약속했나요?
def generate(model, ids, count, cache, stop=None):
    written, piece = list(ids), list(ids)
    for _ in range(count):
        piece = [np.argmax(model(torch.tensor([piece]), cache)[0, -1].detach().numpy())]
        written += piece
        if piece[0] == stop:
            break
    return written


# %% exercise=generate name=a-tuple-comes-back
# en: A tuple came back: which kind of sequence is promised?
# ko: 튜플이 돌아왔습니다. 어떤 종류의 시퀀스를 약속했나요?
def generate(model, ids, count, cache, stop=None):
    written, piece = tuple(ids), list(ids)
    for _ in range(count):
        piece = [int(model(torch.tensor([piece]), cache)[0, -1].argmax())]
        written = (*written, *piece)
        if piece[0] == stop:
            break
    return written


# %% exercise=generate name=another-cache
# en: The model is handed another cache than the caller's: what does `or` make of an empty one?
# ko: 모델이 받은 캐시가 호출한 쪽의 것이 아닙니다. `or`는 빈 캐시를 어떻게 보나요?
def generate(model, ids, count, cache, stop=None):
    cache = cache or []
    written, piece = list(ids), list(ids)
    for _ in range(count):
        piece = [int(model(torch.tensor([piece]), cache)[0, -1].argmax())]
        written += piece
        if piece[0] == stop:
            break
    return written


# %% exercise=generate name=called-first-and-looked-at-later
# en: The model is called more often than tokens are written: for which token is the first call, and is there a call behind the stop token?
# ko: 쓴 토큰보다 모델을 더 자주 부릅니다. 첫 호출은 어느 토큰을 위한 것인가요? stop 토큰 뒤에도 부르나요?
def generate(model, ids, count, cache, stop=None):
    written = list(ids)
    logits = model(torch.tensor([written]), cache)
    for i in range(count):
        written.append(int(logits[0, -1].argmax()))
        if i + 1 < count:
            logits = model(torch.tensor([written[-1:]]), cache)
        if written[-1] == stop:
            break
    return written


# %% exercise=generate name=call-within-a-call
# en: A text of thousands of tokens is an error: how many calls of your function are open at its end?
# ko: 수천 토큰짜리 글에서 오류가 납니다. 그 끝에서는 함수 호출이 몇 개나 열려 있나요?
def generate(model, ids, count, cache, stop=None):
    def more(piece, left):
        if not left:
            return []
        best = int(model(torch.tensor([piece]), cache)[0, -1].argmax())
        return [best] if best == stop else [best, *more([best], left - 1)]

    return [*ids, *more(list(ids), count)]


# %% exercise=generate variant=while
def generate(model, ids, count, cache, stop=None):
    text, fresh, left = ids[:], torch.tensor(ids)[None], count
    while left > 0:
        fresh = model(fresh, cache)[:, -1].max(-1, keepdim=True).indices
        text = text + [fresh.item()]
        if stop is not None and text[-1] == stop:
            return text
        left -= 1
    return text


# %% exercise=generate variant=seen-so-far
def generate(model, ids, count, cache, stop=None):
    text, seen = list(ids), 0
    for _ in range(count):
        row = model(torch.as_tensor(text[seen:]).unsqueeze(0), cache).squeeze(0)[-1]
        seen = len(text)
        text.append(torch.argmax(row).item())
        if text[-1] == stop:
            break
    return text


# ------------------------------------------------------------------------------------ Q4
# %% exercise=Q4 name=sixteen-steps
# en: Sixteen levels: how many steps lie between the lowest and the highest?
# ko: 단계가 16개이면 가장 낮은 것과 가장 높은 것 사이의 간격은 몇 개인가요?
class Q4:
    def quantise(self, w):
        rows = w.float().reshape(-1, 32)
        low = rows.amin(1, keepdim=True).half()
        step = ((rows.amax(1, keepdim=True) - rows.amin(1, keepdim=True)) / 16).half()
        size = torch.where(step == 0, torch.inf, step.float())
        codes = ((rows - low.float()) / size).round().clamp(0, 15).to(torch.uint8)
        return torch.cat([step.view(torch.uint8), low.view(torch.uint8), codes[:, :16] + 16 * codes[:, 16:]], 1)

    def unpack(self, blocks):
        step, low = (blocks[:, a : a + 2].contiguous().view(torch.float16).float() for a in (0, 2))
        codes = torch.cat([blocks[:, 4:] % 16, blocks[:, 4:] // 16], 1)
        return (low + step * codes).flatten()


# %% exercise=Q4 name=cut-off-for-rounded
# en: Errors are up to a whole step: is a code the nearest level or the one below?
# ko: 오차가 한 단계까지 납니다. 코드는 가장 가까운 단계인가요, 바로 아래 단계인가요?
class Q4:
    def quantise(self, w):
        rows = w.float().reshape(-1, 32)
        low = rows.amin(1, keepdim=True).half()
        step = ((rows.amax(1, keepdim=True) - rows.amin(1, keepdim=True)) / 15).half()
        size = torch.where(step == 0, torch.inf, step.float())
        codes = ((rows - low.float()) / size).clamp(0, 15).to(torch.uint8)
        return torch.cat([step.view(torch.uint8), low.view(torch.uint8), codes[:, :16] + 16 * codes[:, 16:]], 1)

    def unpack(self, blocks):
        step, low = (blocks[:, a : a + 2].contiguous().view(torch.float16).float() for a in (0, 2))
        codes = torch.cat([blocks[:, 4:] % 16, blocks[:, 4:] // 16], 1)
        return (low + step * codes).flatten()


# %% exercise=Q4 name=one-step-for-all
# en: Groups with small weights lose everything: does each group have a step of its own?
# ko: 가중치가 작은 그룹은 모두 잃습니다. 그룹마다 자기 간격이 있나요?
class Q4:
    def quantise(self, w):
        rows = w.float().reshape(-1, 32)
        low = rows.amin().half().expand(len(rows), 1).contiguous()
        step = ((rows.amax() - rows.amin()) / 15).half().expand(len(rows), 1).contiguous()
        size = torch.where(step == 0, torch.inf, step.float())
        codes = ((rows - low.float()) / size).round().clamp(0, 15).to(torch.uint8)
        return torch.cat([step.view(torch.uint8), low.view(torch.uint8), codes[:, :16] + 16 * codes[:, 16:]], 1)

    def unpack(self, blocks):
        step, low = (blocks[:, a : a + 2].contiguous().view(torch.float16).float() for a in (0, 2))
        codes = torch.cat([blocks[:, 4:] % 16, blocks[:, 4:] // 16], 1)
        return (low + step * codes).flatten()


# %% exercise=Q4 name=neighbours-in-a-byte
# en: Which two codes share a byte: neighbours, or j and j + 16?
# ko: 한 바이트에 들어가는 두 코드는 이웃인가요, j와 j + 16인가요?
class Q4:
    def quantise(self, w):
        rows = w.float().reshape(-1, 32)
        low = rows.amin(1, keepdim=True).half()
        step = ((rows.amax(1, keepdim=True) - rows.amin(1, keepdim=True)) / 15).half()
        size = torch.where(step == 0, torch.inf, step.float())
        codes = ((rows - low.float()) / size).round().clamp(0, 15).to(torch.uint8)
        return torch.cat([step.view(torch.uint8), low.view(torch.uint8), codes[:, 0::2] + 16 * codes[:, 1::2]], 1)

    def unpack(self, blocks):
        step, low = (blocks[:, a : a + 2].contiguous().view(torch.float16).float() for a in (0, 2))
        codes = torch.stack([blocks[:, 4:] % 16, blocks[:, 4:] // 16], 2).flatten(1)
        return (low + step * codes).flatten()


# %% exercise=Q4 name=high-half-first
# en: Which half of a byte holds the first sixteen codes?
# ko: 바이트의 어느 쪽 절반에 처음 16개의 코드가 있나요?
class Q4:
    def quantise(self, w):
        rows = w.float().reshape(-1, 32)
        low = rows.amin(1, keepdim=True).half()
        step = ((rows.amax(1, keepdim=True) - rows.amin(1, keepdim=True)) / 15).half()
        size = torch.where(step == 0, torch.inf, step.float())
        codes = ((rows - low.float()) / size).round().clamp(0, 15).to(torch.uint8)
        return torch.cat([step.view(torch.uint8), low.view(torch.uint8), 16 * codes[:, :16] + codes[:, 16:]], 1)

    def unpack(self, blocks):
        step, low = (blocks[:, a : a + 2].contiguous().view(torch.float16).float() for a in (0, 2))
        codes = torch.cat([blocks[:, 4:] // 16, blocks[:, 4:] % 16], 1)
        return (low + step * codes).flatten()


# %% exercise=Q4 name=low-stored-first
# en: Four bytes hold two numbers: which of them comes first in a block?
# ko: 네 바이트에 두 수가 있습니다. 블록에서 먼저 오는 것은 어느 쪽인가요?
class Q4:
    def quantise(self, w):
        rows = w.float().reshape(-1, 32)
        low = rows.amin(1, keepdim=True).half()
        step = ((rows.amax(1, keepdim=True) - rows.amin(1, keepdim=True)) / 15).half()
        size = torch.where(step == 0, torch.inf, step.float())
        codes = ((rows - low.float()) / size).round().clamp(0, 15).to(torch.uint8)
        return torch.cat([low.view(torch.uint8), step.view(torch.uint8), codes[:, :16] + 16 * codes[:, 16:]], 1)

    def unpack(self, blocks):
        low, step = (blocks[:, a : a + 2].contiguous().view(torch.float16).float() for a in (0, 2))
        codes = torch.cat([blocks[:, 4:] % 16, blocks[:, 4:] // 16], 1)
        return (low + step * codes).flatten()


# %% exercise=Q4 name=step-not-as-stored
# en: The reader sees a rounded step and low; which ones did you use to choose the codes?
# ko: 읽는 쪽은 반올림된 간격과 최솟값을 봅니다. 코드를 고를 때는 어떤 것을 썼나요?
class Q4:
    def quantise(self, w):
        rows = w.float().reshape(-1, 32)
        low = rows.amin(1, keepdim=True)
        step = (rows.amax(1, keepdim=True) - low) / 15
        codes = ((rows - low) / torch.where(step == 0, torch.inf, step)).round().clamp(0, 15).to(torch.uint8)
        return torch.cat([step.half().view(torch.uint8), low.half().view(torch.uint8), codes[:, :16] + 16 * codes[:, 16:]], 1)

    def unpack(self, blocks):
        step, low = (blocks[:, a : a + 2].contiguous().view(torch.float16).float() for a in (0, 2))
        codes = torch.cat([blocks[:, 4:] % 16, blocks[:, 4:] // 16], 1)
        return (low + step * codes).flatten()


# %% exercise=Q4 name=low-not-added-back
# en: The weights come back without their least number: what does a code of 0 stand for?
# ko: 최솟값이 빠진 채 돌아옵니다. 코드 0은 어떤 값을 뜻하나요?
class Q4:
    def quantise(self, w):
        rows = w.float().reshape(-1, 32)
        low = rows.amin(1, keepdim=True).half()
        step = ((rows.amax(1, keepdim=True) - rows.amin(1, keepdim=True)) / 15).half()
        size = torch.where(step == 0, torch.inf, step.float())
        codes = ((rows - low.float()) / size).round().clamp(0, 15).to(torch.uint8)
        return torch.cat([step.view(torch.uint8), low.view(torch.uint8), codes[:, :16] + 16 * codes[:, 16:]], 1)

    def unpack(self, blocks):
        step = blocks[:, :2].contiguous().view(torch.float16).float()
        codes = torch.cat([blocks[:, 4:] % 16, blocks[:, 4:] // 16], 1)
        return (step * codes).flatten()


# %% exercise=Q4 name=codes-not-kept-within
# en: With low and step as stored a weight may lie outside of the levels: what keeps codes in 0 to 15?
# ko: 저장된 값으로 계산하면 단계 밖에 놓이는 가중치도 있습니다. 코드는 0부터 15 사이인가요?
class Q4:
    def quantise(self, w):
        rows = w.reshape(-1, 32)
        low = rows.amin(1, keepdim=True)
        step = ((rows.amax(1, keepdim=True) - low) / 15).half()
        low = low.half()
        codes = torch.where(step > 0, (rows - low) / step.to(w.dtype), 0.0).round().to(torch.uint8)
        return torch.cat([step.view(torch.uint8), low.view(torch.uint8), codes[:, :16] + 16 * codes[:, 16:]], 1)

    def unpack(self, blocks):
        step, low = (blocks[:, a : a + 2].contiguous().view(torch.float16).float() for a in (0, 2))
        codes = torch.cat([blocks[:, 4:] % 16, blocks[:, 4:] // 16], 1)
        return (low + step * codes).flatten()


# %% exercise=Q4 name=least-not-as-stored
# en: Which least number do you use to choose the codes: the exact one, or the one that is stored?
# ko: 코드를 고를 때 어떤 최솟값을 쓰나요? 정확한 값인가요, 저장된 값인가요?
class Q4:
    def quantise(self, w):
        rows = w.reshape(-1, 32)
        low = rows.amin(1, keepdim=True)
        step = ((rows.amax(1, keepdim=True) - low) / 15).half()
        codes = torch.where(step > 0, (rows - low) / step.to(w.dtype), 0.0)
        codes = codes.round().clamp(0, 15).to(torch.uint8)
        return torch.cat([step.view(torch.uint8), low.half().view(torch.uint8), codes[:, :16] + 16 * codes[:, 16:]], 1)

    def unpack(self, blocks):
        step, low = (blocks[:, a : a + 2].contiguous().view(torch.float16).float() for a in (0, 2))
        codes = torch.cat([blocks[:, 4:] % 16, blocks[:, 4:] // 16], 1)
        return (low + step * codes).flatten()


# %% exercise=Q4 name=division-by-a-step-of-zero
# en: A step can be 0 as stored: which code belongs there, and what does your division give?
# ko: 저장된 간격이 0일 수 있습니다. 그때 코드는 무엇이어야 하고, 나눗셈은 무엇을 주나요?
class Q4:
    def quantise(self, w):
        rows = w.reshape(-1, 32)
        low = rows.amin(1, keepdim=True)
        step = ((rows.amax(1, keepdim=True) - low) / 15).half()
        low = low.half()
        codes = ((rows - low) / step.to(w.dtype)).nan_to_num().round().clamp(0, 15).to(torch.uint8)
        return torch.cat([step.view(torch.uint8), low.view(torch.uint8), codes[:, :16] + 16 * codes[:, 16:]], 1)

    def unpack(self, blocks):
        step, low = (blocks[:, a : a + 2].contiguous().view(torch.float16).float() for a in (0, 2))
        codes = torch.cat([blocks[:, 4:] % 16, blocks[:, 4:] // 16], 1)
        return (low + step * codes).flatten()


# %% exercise=Q4 name=step-of-the-largest
# en: The levels run from the least to the largest number: what is divided by 15?
# ko: 단계는 최솟값에서 최댓값까지입니다. 무엇을 15로 나누나요?
class Q4:
    def quantise(self, w):
        rows = w.reshape(-1, 32)
        low = rows.amin(1, keepdim=True).half()
        step = (rows.amax(1, keepdim=True) / 15).half()
        codes = torch.where(step != 0, (rows - low) / step.to(w.dtype), 0.0)
        codes = codes.round().clamp(0, 15).to(torch.uint8)
        return torch.cat([step.view(torch.uint8), low.view(torch.uint8), codes[:, :16] + 16 * codes[:, 16:]], 1)

    def unpack(self, blocks):
        step, low = (blocks[:, a : a + 2].contiguous().view(torch.float16).float() for a in (0, 2))
        codes = torch.cat([blocks[:, 4:] % 16, blocks[:, 4:] // 16], 1)
        return (low + step * codes).flatten()


# %% exercise=Q4 name=range-of-rounded-numbers
# en: A step is a fifteenth of the range: is that the range of the numbers as given, or of numbers in half precision?
# ko: 간격은 범위의 15분의 1입니다. 주어진 수의 범위인가요, 반정밀도로 바꾼 수의 범위인가요?
class Q4:
    def quantise(self, w):
        rows = w.float().reshape(-1, 32)
        low, high = rows.amin(1, keepdim=True).half(), rows.amax(1, keepdim=True).half()
        step = ((high.float() - low.float()) / 15).half()
        size = torch.where(step == 0, torch.inf, step.float())
        codes = ((rows - low.float()) / size).round().clamp(0, 15).to(torch.uint8)
        return torch.cat([step.view(torch.uint8), low.view(torch.uint8), codes[:, :16] + 16 * codes[:, 16:]], 1)

    def unpack(self, blocks):
        step, low = (blocks[:, a : a + 2].contiguous().view(torch.float16).float() for a in (0, 2))
        codes = torch.cat([blocks[:, 4:] % 16, blocks[:, 4:] // 16], 1)
        return (low + step * codes).flatten()


# %% exercise=Q4 name=codes-below-zero
# en: Half precision can move the least number up, above the weight itself: which code does that weight get, and what keeps it from going below 0?
# ko: 반정밀도에서는 최솟값이 원래 가중치보다 커질 수 있습니다. 그 가중치의 코드는 무엇이 되고, 0보다 작아지지 않게 하는 것은 무엇인가요?
class Q4:
    def quantise(self, w):
        rows = w.float().reshape(-1, 32)
        low = rows.amin(1, keepdim=True).half()
        step = ((rows.amax(1, keepdim=True) - rows.amin(1, keepdim=True)) / 15).half()
        size = torch.where(step == 0, torch.inf, step.float())
        codes = ((rows - low.float()) / size).round().clamp(max=15).long()
        codes = (codes[:, :16] + 16 * codes[:, 16:]).to(torch.uint8)
        return torch.cat([step.view(torch.uint8), low.view(torch.uint8), codes], 1)

    def unpack(self, blocks):
        step, low = (blocks[:, a : a + 2].contiguous().view(torch.float16).float() for a in (0, 2))
        codes = torch.cat([blocks[:, 4:] % 16, blocks[:, 4:] // 16], 1)
        return (low + step * codes).flatten()


# %% exercise=Q4 name=equal-numbers-looked-for
# en: A step can be 0 as stored though the numbers of a group differ: does your guard ask whether they are equal, or whether the step is 0?
# ko: 한 그룹의 수가 서로 달라도 저장된 간격은 0일 수 있습니다. 수가 같은지를 확인하나요, 간격이 0인지를 확인하나요?
class Q4:
    def quantise(self, w):
        rows = w.float().reshape(-1, 32)
        least, most = rows.amin(1, keepdim=True), rows.amax(1, keepdim=True)
        low, step = least.half(), ((most - least) / 15).half()
        codes = ((rows - low.float()) / step.float()).nan_to_num()
        codes = torch.where(most == least, 0.0, codes).round().clamp(0, 15).to(torch.uint8)
        return torch.cat([step.view(torch.uint8), low.view(torch.uint8), codes[:, :16] + 16 * codes[:, 16:]], 1)

    def unpack(self, blocks):
        step, low = (blocks[:, a : a + 2].contiguous().view(torch.float16).float() for a in (0, 2))
        codes = torch.cat([blocks[:, 4:] % 16, blocks[:, 4:] // 16], 1)
        return (low + step * codes).flatten()


# %% exercise=Q4 name=small-number-added-to-the-step
# en: A step can be tiny: what does a small number that is added to it, or a limit below it, do to the codes?
# ko: 간격은 아주 작을 수 있습니다. 거기에 더한 작은 수나 하한이 코드를 어떻게 바꾸나요?
class Q4:
    def quantise(self, w):
        rows = w.float().reshape(-1, 32)
        low = rows.amin(1, keepdim=True).half()
        step = ((rows.amax(1, keepdim=True) - rows.amin(1, keepdim=True)) / 15).half()
        codes = ((rows - low.float()) / (step.float() + 1e-8)).round().clamp(0, 15)
        codes = (codes * (step > 0)).to(torch.uint8)
        return torch.cat([step.view(torch.uint8), low.view(torch.uint8), codes[:, :16] + 16 * codes[:, 16:]], 1)

    def unpack(self, blocks):
        step, low = (blocks[:, a : a + 2].contiguous().view(torch.float16).float() for a in (0, 2))
        codes = torch.cat([blocks[:, 4:] % 16, blocks[:, 4:] // 16], 1)
        return (low + step * codes).flatten()


# %% exercise=Q4 name=levels-in-half-precision
# en: The numbers come back rounded once more: in which dtype is low + step * code computed?
# ko: 수가 한 번 더 반올림되어 돌아옵니다. low + step * code를 어떤 dtype으로 계산하나요?
class Q4:
    def quantise(self, w):
        rows = w.float().reshape(-1, 32)
        low = rows.amin(1, keepdim=True).half()
        step = ((rows.amax(1, keepdim=True) - rows.amin(1, keepdim=True)) / 15).half()
        size = torch.where(step == 0, torch.inf, step.float())
        codes = ((rows - low.float()) / size).round().clamp(0, 15).to(torch.uint8)
        return torch.cat([step.view(torch.uint8), low.view(torch.uint8), codes[:, :16] + 16 * codes[:, 16:]], 1)

    def unpack(self, blocks):
        step, low = (blocks[:, a : a + 2].contiguous().view(torch.float16) for a in (0, 2))
        codes = torch.cat([blocks[:, 4:] % 16, blocks[:, 4:] // 16], 1)
        return (low + step * codes).float().flatten()


# %% exercise=Q4 variant=numpy
class Q4:
    def quantise(self, w):
        rows = w.numpy().astype(np.float64).reshape(-1, 32)
        low = rows.min(1).astype(np.float16)
        step = ((rows.max(1) - rows.min(1)) / 15).astype(np.float16)
        with np.errstate(divide="ignore", invalid="ignore"):
            codes = np.rint((rows - low[:, None].astype(float)) / step[:, None].astype(float))
        codes = np.clip(np.where(step[:, None] == 0, 0, codes), 0, 15).astype(np.uint8)
        packed = codes[:, :16] | codes[:, 16:] << 4
        head = np.stack([step, low], 1).view(np.uint8)
        return torch.from_numpy(np.concatenate([head, packed], 1))

    def unpack(self, blocks):
        raw = np.ascontiguousarray(blocks.numpy())
        step, low = np.ascontiguousarray(raw[:, :4]).view(np.float16).astype(np.float32).T
        codes = np.concatenate([raw[:, 4:] & 15, raw[:, 4:] >> 4], 1)
        return torch.from_numpy((codes * step[:, None] + low[:, None]).reshape(-1))


# %% exercise=Q4 variant=nearest-of-sixteen
class Q4:
    def quantise(self, w):
        found = []
        for row in w.reshape(-1, 32).float():
            low, step = row.min().half(), ((row.max() - row.min()) / 15).half()
            levels = low.float() + step.float() * torch.arange(16)
            codes = (row[:, None] - levels).abs().argmin(1).to(torch.uint8)
            ends = torch.stack([step, low]).view(torch.uint8)
            found.append(torch.cat([ends, codes[:16] | (codes[16:] << 4)]))
        return torch.stack(found)

    def unpack(self, blocks):
        found = []
        for block in blocks:
            step, low = block[:4].clone().view(torch.float16).float()
            found += [low + step * (block[4:] & 15).float(), low + step * (block[4:] >> 4).float()]
        return torch.cat(found)


# ------------------------------------------------------------------------------------ route
# %% exercise=route name=weights-do-not-sum-to-one
# en: The weights of a token are shares of all experts: over which ones should the softmax go?
# ko: 가중치가 모든 전문가에 대한 비율입니다. 소프트맥스는 어떤 전문가들에 대한 것이어야 하나요?
def route(logits, k):
    p = logits.softmax(-1)
    weights, experts = p.topk(k)
    shares = F.one_hot(experts, logits.shape[1]).to(p.dtype).mean((0, 1))
    return weights, experts, logits.shape[1] * (shares * p.mean(0)).sum()


# %% exercise=route name=no-factor-of-experts
# en: With even shares the loss is 1 for any number of experts: is a factor lost or divided away?
# ko: 고르게 나뉘면 전문가 수와 관계없이 손실이 1이어야 합니다. 인수가 빠졌거나 다시 나누어졌나요?
def route(logits, k):
    chosen, experts = logits.topk(k)
    shares = F.one_hot(experts, logits.shape[1]).to(logits.dtype).mean((0, 1))
    return chosen.softmax(-1), experts, (shares * logits.softmax(-1).mean(0)).sum()


# %% exercise=route name=shares-of-tokens
# en: The shares sum to k and not to 1: of how many choices is each a share?
# ko: 비율의 합이 1이 아니라 k입니다. 몇 개의 선택에 대한 비율인가요?
def route(logits, k):
    chosen, experts = logits.topk(k)
    shares = F.one_hot(experts, logits.shape[1]).sum(1).to(logits.dtype).mean(0)
    return chosen.softmax(-1), experts, logits.shape[1] * (shares * logits.softmax(-1).mean(0)).sum()


# %% exercise=route name=first-choice-only
# en: Only the first expert of each token is counted: how many does a token ask?
# ko: 토큰마다 첫 번째 전문가만 셌습니다. 한 토큰은 몇 명에게 묻나요?
def route(logits, k):
    chosen, experts = logits.topk(k)
    shares = F.one_hot(experts[:, 0], logits.shape[1]).to(logits.dtype).mean(0)
    return chosen.softmax(-1), experts, logits.shape[1] * (shares * logits.softmax(-1).mean(0)).sum()


# %% exercise=route name=probabilities-for-shares
# en: One of the two factors is counted, the other is a probability: did you square one of them?
# ko: 두 인수 중 하나는 센 것이고 하나는 확률입니다. 하나를 제곱하지 않았나요?
def route(logits, k):
    chosen, experts = logits.topk(k)
    means = logits.softmax(-1).mean(0)
    return chosen.softmax(-1), experts, logits.shape[1] * (means * means).sum()


# %% exercise=route name=no-gradient
# en: The balance loss has the right value and no gradient: where are the probabilities cut off from the logits?
# ko: 균형 손실의 값은 맞지만 기울기가 없습니다. 확률이 로짓에서 끊어진 곳은 어디인가요?
def route(logits, k):
    chosen, experts = logits.topk(k)
    shares = F.one_hot(experts, logits.shape[1]).to(logits.dtype).mean((0, 1))
    means = logits.detach().softmax(-1).mean(0)
    return chosen.softmax(-1), experts, logits.shape[1] * (shares * means).sum()


# %% exercise=route name=smallest-first
# en: The experts of a token stand in the wrong order: the largest logit comes first.
# ko: 전문가의 순서가 반대입니다. 가장 큰 로짓이 먼저 와야 합니다.
def route(logits, k):
    order = logits.argsort(-1)
    experts = order[:, -k:]
    chosen = logits.gather(1, experts)
    shares = F.one_hot(experts, logits.shape[1]).to(logits.dtype).mean((0, 1))
    return chosen.softmax(-1), experts, logits.shape[1] * (shares * logits.softmax(-1).mean(0)).sum()


# %% exercise=route name=shares-of-weight
# en: A share counts choices: does a choice with a small weight count less in yours?
# ko: 몫은 선택의 수를 셉니다. 가중치가 작은 선택을 덜 세고 있나요?
def route(logits, k):
    chosen, experts = logits.topk(k)
    shares = torch.zeros_like(logits).scatter(1, experts, chosen.softmax(-1)).mean(0)
    means = logits.softmax(-1).mean(0)
    return chosen.softmax(-1), experts, logits.shape[1] * (shares * means).sum()


# %% exercise=route name=probability-of-the-chosen
# en: P is the softmax over all experts: do those that were not chosen have a probability in yours?
# ko: P는 모든 전문가에 대한 softmax입니다. 뽑히지 않은 전문가에게도 확률이 있나요?
def route(logits, k):
    chosen, experts = logits.topk(k)
    shares = F.one_hot(experts, logits.shape[1]).to(logits.dtype).mean((0, 1))
    means = torch.zeros_like(logits).scatter(1, experts, chosen.softmax(-1)).mean(0)
    return chosen.softmax(-1), experts, logits.shape[1] * (shares * means).sum()


# %% exercise=route name=exponentials-too-large
# en: Logits can be large: what is the exponential of 1,000, and what can be subtracted first?
# ko: 로짓은 클 수 있습니다. 1,000의 지수는 얼마이고, 먼저 무엇을 뺄 수 있나요?
def route(logits, k):
    chosen, experts = logits.topk(k)
    shares = F.one_hot(experts, logits.shape[1]).to(logits.dtype).mean((0, 1))
    each = logits.exp() / logits.exp().sum(-1, keepdim=True)
    weights = chosen.exp() / chosen.exp().sum(-1, keepdim=True)
    return weights, experts, logits.shape[1] * (shares * each.mean(0)).sum()


# %% exercise=route name=sigmoids-for-softmax
# en: The weights are a softmax of the chosen logits: which function do you apply to each of them?
# ko: 가중치는 뽑힌 로짓의 softmax입니다. 로짓 하나하나에 어떤 함수를 썼나요?
def route(logits, k):
    chosen, experts = logits.topk(k)
    shares = F.one_hot(experts, logits.shape[1]).to(logits.dtype).mean((0, 1))
    gates = chosen.sigmoid()
    means = logits.softmax(-1).mean(0)
    return gates / gates.sum(-1, keepdim=True), experts, logits.shape[1] * (shares * means).sum()


# %% exercise=route name=chosen-by-probability
# en: With large logits all probabilities but one can be 0: which experts does `topk` choose among equal zeros?
# ko: 로짓이 크면 하나를 뺀 모든 확률이 0이 될 수 있습니다. 같은 0들 가운데 `topk`는 어떤 전문가를 고르나요?
def route(logits, k):
    p = logits.softmax(-1)
    experts = p.topk(k, dim=-1).indices
    shares = F.one_hot(experts, logits.shape[1]).to(p.dtype).mean((0, 1))
    return logits.gather(1, experts).softmax(-1), experts, logits.shape[1] * (shares * p.mean(0)).sum()


# %% exercise=route name=one-maximum-for-all
# en: Each token has a softmax of its own: which maximum do you subtract where one row lies far below another?
# ko: 소프트맥스는 토큰마다 따로입니다. 한 행이 다른 행보다 훨씬 낮을 때 어떤 최댓값을 빼나요?
def route(logits, k):
    chosen, experts = logits.topk(k)
    e, E = (logits - logits.max()).exp(), logits.shape[1]
    picked = e.gather(1, experts)
    shares = F.one_hot(experts, E).to(logits.dtype).mean((0, 1))
    return picked / picked.sum(1, keepdim=True), experts, E * (shares * (e / e.sum(1, keepdim=True)).mean(0)).sum()


# %% exercise=route variant=renormalised
def route(logits, k):
    p = torch.softmax(logits, dim=-1)
    experts = torch.argsort(logits, dim=-1, descending=True)[:, :k]
    chosen = torch.log_softmax(logits, -1).gather(1, experts)
    weights = torch.exp(chosen - chosen.logsumexp(-1, keepdim=True))
    counts = torch.bincount(experts.flatten(), minlength=logits.shape[1]).to(p.dtype)
    return weights, experts, logits.shape[1] * (counts / counts.sum() @ p.mean(0))


# %% exercise=route variant=expert-by-expert
def route(logits, k):
    chosen, experts = torch.topk(logits, k, dim=1)
    p, loss = logits.softmax(dim=1), 0.0
    for e in range(logits.shape[1]):
        loss = loss + (experts == e).to(p.dtype).mean() * p[:, e].mean()
    return torch.softmax(chosen, dim=1), experts, loss * logits.shape[1]


# ------------------------------------------------------------------------------------ fix_llama
# %% exercise=fix_llama name=sum-of-squares
# en: Without layers the logits are wrong already: what is averaged in the norm?
# ko: 층이 없어도 로짓이 다릅니다. 정규화에서 무엇의 평균을 내나요?
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().sum(-1, keepdim=True) + config.eps).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(d)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu(h @ weights[f"{k}.W_gate"]) * (h @ weights[f"{k}.W_up"])
        x = x + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=values-turned
# en: Queries and keys are turned by their place: are values, too?
# ko: 쿼리와 키는 위치만큼 회전합니다. 값도 회전하나요?
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean(-1, keepdim=True) + config.eps).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = turned(heads(h @ weights[f"{k}.W_v"]))
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(d)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu(h @ weights[f"{k}.W_gate"]) * (h @ weights[f"{k}.W_up"])
        x = x + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=groups-tiled
# en: Which heads share a group: neighbours, or every second one?
# ko: 어떤 헤드들이 그룹을 함께 쓰나요? 이웃한 헤드인가요?
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean(-1, keepdim=True) + config.eps).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat(1, shared, 1, 1), v.repeat(1, shared, 1, 1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(d)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu(h @ weights[f"{k}.W_gate"]) * (h @ weights[f"{k}.W_up"])
        x = x + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=scaled-by-the-whole-width
# en: Scores are divided by the root of the numbers in one head: which number stands there?
# ko: 점수는 한 헤드의 크기의 제곱근으로 나눕니다. 어떤 수를 썼나요?
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean(-1, keepdim=True) + config.eps).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(config.D)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu(h @ weights[f"{k}.W_gate"]) * (h @ weights[f"{k}.W_up"])
        x = x + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=gate-on-the-other-branch
# en: SiLU belongs on the gate: which matrix is inside it?
# ko: SiLU는 게이트에 있어야 합니다. 그 안에 어떤 행렬이 있나요?
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean(-1, keepdim=True) + config.eps).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(d)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu(h @ weights[f"{k}.W_up"]) * (h @ weights[f"{k}.W_gate"])
        x = x + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=added-to-the-norm
# en: The second part of a layer adds to the stream: to x, or to its norm?
# ko: 층의 두 번째 부분은 흐름에 더합니다. x에 더하나요, 정규화된 것에 더하나요?
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean(-1, keepdim=True) + config.eps).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(d)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu(h @ weights[f"{k}.W_gate"]) * (h @ weights[f"{k}.W_up"])
        x = h + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=nothing-repaired-but-the-norm
# en: One repair is done: read the next lines beside your own functions.
# ko: 하나는 고쳤습니다. 다음 줄들을 여러분의 함수와 나란히 읽어 보세요.
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean(-1, keepdim=True) + config.eps).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = turned(heads(h @ weights[f"{k}.W_v"]))
        shared = config.n_heads // config.n_kv
        key, v = key.repeat(1, shared, 1, 1), v.repeat(1, shared, 1, 1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(config.D)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu(h @ weights[f"{k}.W_up"]) * (h @ weights[f"{k}.W_gate"])
        x = h + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=theta-not-of-the-config
# en: The model comes with its own theta: which one turns queries and keys?
# ko: 모델에는 자기 theta가 있습니다. 쿼리와 키를 어떤 theta로 돌리나요?
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * 10_000.0 ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean(-1, keepdim=True) + config.eps).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(d)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu(h @ weights[f"{k}.W_gate"]) * (h @ weights[f"{k}.W_up"])
        x = x + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=eps-not-of-the-config
# en: The model comes with its own eps: which one do the norms use?
# ko: 모델에는 자기 eps가 있습니다. 정규화에 어떤 eps를 쓰나요?
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean(-1, keepdim=True) + 1e-5).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(d)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu(h @ weights[f"{k}.W_gate"]) * (h @ weights[f"{k}.W_up"])
        x = x + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=values-tiled
# en: Keys and values of a group belong together: are both repeated in the same order?
# ko: 한 그룹의 키와 값은 짝입니다. 둘을 같은 순서로 반복했나요?
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean(-1, keepdim=True) + config.eps).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat(1, shared, 1, 1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(d)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu(h @ weights[f"{k}.W_gate"]) * (h @ weights[f"{k}.W_up"])
        x = x + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=another-dtype
# en: The numbers are right, and their dtype is not that of the weights.
# ko: 수는 맞지만 dtype이 가중치의 dtype과 다릅니다.
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean(-1, keepdim=True) + config.eps).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(d)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu(h @ weights[f"{k}.W_gate"]) * (h @ weights[f"{k}.W_up"])
        x = x + inner @ weights[f"{k}.W_down"]
    return (norm(x, weights["norm"]) @ weights["E"].T).float()


# %% exercise=fix_llama name=no-root-of-the-width
# en: Scores are divided by the root of a head's width; yours lack the root.
# ko: 점수는 헤드 너비의 제곱근으로 나눕니다. 제곱근이 빠졌습니다.
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean(-1, keepdim=True) + config.eps).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        scores = (q @ key.transpose(-2, -1) / d).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu(h @ weights[f"{k}.W_gate"]) * (h @ weights[f"{k}.W_up"])
        x = x + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=scores-not-divided
# en: Nothing divides the scores now: the root of what belongs there?
# ko: 지금은 점수를 아무것으로도 나누지 않습니다. 무엇의 제곱근으로 나누나요?
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean(-1, keepdim=True) + config.eps).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        scores = (q @ key.transpose(-2, -1)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu(h @ weights[f"{k}.W_gate"]) * (h @ weights[f"{k}.W_up"])
        x = x + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=norm-added-too
# en: The stream gets its norm added as well: x plus the inner part, no more.
# ko: 흐름에 정규화된 값까지 더했습니다. x에 안쪽 부분만 더합니다.
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean(-1, keepdim=True) + config.eps).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(d)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu(h @ weights[f"{k}.W_gate"]) * (h @ weights[f"{k}.W_up"])
        x = x + h + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=first-norm-twice
# en: A layer has two norms with weights of their own: which stands before the gate?
# ko: 층에는 가중치가 다른 정규화가 둘 있습니다. 게이트 앞에는 어느 것이 있나요?
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean(-1, keepdim=True) + config.eps).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(d)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_1"])
        inner = F.silu(h @ weights[f"{k}.W_gate"]) * (h @ weights[f"{k}.W_up"])
        x = x + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=the-norm-lost-its-mean
# en: That is LayerNorm: what does RMSNorm do with the mean?
# ko: 그것은 LayerNorm입니다. RMSNorm은 평균을 어떻게 다루나요?
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        x = x - x.mean(-1, keepdim=True)
        return x / (x.square().mean(-1, keepdim=True) + config.eps).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(d)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu(h @ weights[f"{k}.W_gate"]) * (h @ weights[f"{k}.W_up"])
        x = x + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=silu-of-the-product
# en: The other branch must stay linear: is SiLU taken before or after the product?
# ko: 다른 갈래는 선형이어야 합니다. SiLU를 곱하기 전에 취하나요, 뒤에 취하나요?
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean(-1, keepdim=True) + config.eps).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(d)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu((h @ weights[f"{k}.W_gate"]) * (h @ weights[f"{k}.W_up"]))
        x = x + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=sigmoid-for-silu
# en: SiLU is not the sigmoid alone: what is it multiplied by?
# ko: SiLU는 시그모이드만이 아닙니다. 무엇이 곱해지나요?
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean(-1, keepdim=True) + config.eps).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(d)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = (h @ weights[f"{k}.W_gate"]).sigmoid() * (h @ weights[f"{k}.W_up"])
        x = x + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=keys-not-turned
# en: Queries are turned by their place: what else is?
# ko: 쿼리는 위치만큼 회전합니다. 무엇이 더 회전하나요?
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean(-1, keepdim=True) + config.eps).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = turned(heads(h @ weights[f"{k}.W_q"])), heads(h @ weights[f"{k}.W_k"])
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(d)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu(h @ weights[f"{k}.W_gate"]) * (h @ weights[f"{k}.W_up"])
        x = x + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=width-by-the-groups
# en: Scores are divided by the root of the numbers in one head: is that D over the heads of queries, or over those of keys?
# ko: 점수는 한 헤드의 크기의 제곱근으로 나눕니다. 그 크기는 D를 쿼리 헤드의 수로 나눈 것인가요, 키 헤드의 수로 나눈 것인가요?
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean(-1, keepdim=True) + config.eps).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(config.D // config.n_kv)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu(h @ weights[f"{k}.W_gate"]) * (h @ weights[f"{k}.W_up"])
        x = x + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=turned-the-other-way
# en: The angles were right: in which direction do queries and keys turn now?
# ko: 각은 원래 맞았습니다. 지금 쿼리와 키는 어느 방향으로 도나요?
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean(-1, keepdim=True) + config.eps).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn.conj()).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(d)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu(h @ weights[f"{k}.W_gate"]) * (h @ weights[f"{k}.W_up"])
        x = x + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=defaults-for-eps-and-theta
# en: The model comes with its own eps and its own theta: which ones are used?
# ko: 모델에는 자기 eps와 theta가 있습니다. 어떤 값을 쓰나요?
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * 10_000.0 ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean(-1, keepdim=True) + 1e-5).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(d)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu(h @ weights[f"{k}.W_gate"]) * (h @ weights[f"{k}.W_up"])
        x = x + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=eps-outside-the-root
# en: With a large eps all numbers move: on which side of the root does eps stand?
# ko: eps가 크면 모든 수가 달라집니다. eps는 근호 안에 있나요, 밖에 있나요?
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean(-1, keepdim=True).sqrt() + config.eps) * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(d)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu(h @ weights[f"{k}.W_gate"]) * (h @ weights[f"{k}.W_up"])
        x = x + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama name=one-mean-for-all
# en: Each vector has a norm of its own: over which axis is the mean taken?
# ko: 벡터마다 자기 노름이 있습니다. 평균은 어느 축으로 내야 할까요?
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d, kind = config.D // config.n_heads, weights["E"].dtype
    angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)
    turn = torch.polar(torch.ones_like(angles), angles)

    def norm(x, weight):
        return x / (x.square().mean() + config.eps).sqrt() * weight

    def heads(x):
        return x.view(B, T, -1, d).transpose(1, 2)

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * turn).flatten(-2)

    x = weights["E"][ids]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(config.n_layers):
        h = norm(x, weights[f"{k}.norm_1"])
        q, key = (turned(heads(h @ weights[f"{k}.{name}"])) for name in ("W_q", "W_k"))
        v = heads(h @ weights[f"{k}.W_v"])
        shared = config.n_heads // config.n_kv
        key, v = key.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        scores = (q @ key.transpose(-2, -1) / math.sqrt(d)).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + mixed.transpose(1, 2).reshape(B, T, -1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        inner = F.silu(h @ weights[f"{k}.W_gate"]) * (h @ weights[f"{k}.W_up"])
        x = x + inner @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# %% exercise=fix_llama variant=cosines-and-sines
def fix_llama(weights, ids, config):
    T, d = ids.shape[1], config.D // config.n_heads
    E = weights["E"]
    rates = config.theta ** (-torch.arange(0, d, 2, dtype=E.dtype) / d)
    cos, sin = (torch.arange(T)[:, None] * rates).cos(), (torch.arange(T)[:, None] * rates).sin()

    def turned(x):
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.stack([a * cos - b * sin, b * cos + a * sin], -1).flatten(-2)

    def norm(x, weight):
        return F.rms_norm(x, (config.D,), weight, config.eps)

    x = E[ids]
    for k in range(config.n_layers):
        w = {name: weights[f"{k}.{name}"] for name in ("W_q", "W_k", "W_v", "W_out", "W_gate", "W_up", "W_down")}
        h = norm(x, weights[f"{k}.norm_1"])
        q, key, v = ((h @ w[name]).unflatten(-1, (-1, d)).transpose(1, 2) for name in ("W_q", "W_k", "W_v"))
        mixed = F.scaled_dot_product_attention(turned(q), turned(key), v, is_causal=True, enable_gqa=True)
        x = x + mixed.transpose(1, 2).flatten(2) @ w["W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        x = x + (F.silu(h @ w["W_gate"]) * (h @ w["W_up"])) @ w["W_down"]
    return norm(x, weights["norm"]) @ E.T


# %% exercise=fix_llama variant=head-by-head
def fix_llama(weights, ids, config):
    B, T = ids.shape
    d = config.D // config.n_heads

    def norm(x, weight):
        return x * torch.rsqrt((x * x).mean(dim=-1, keepdim=True) + config.eps) * weight

    def turned(x):
        out = torch.empty_like(x)
        for i in range(d // 2):
            angle = torch.arange(T, dtype=x.dtype) / config.theta ** (2 * i / d)
            a, b = x[..., 2 * i], x[..., 2 * i + 1]
            out[..., 2 * i] = a * angle.cos() - b * angle.sin()
            out[..., 2 * i + 1] = a * angle.sin() + b * angle.cos()
        return out

    x = weights["E"][ids]
    for k in range(config.n_layers):
        h, found = norm(x, weights[f"{k}.norm_1"]), []
        q, key, v = (h @ weights[f"{k}.{name}"] for name in ("W_q", "W_k", "W_v"))
        for head in range(config.n_heads):
            g = head // (config.n_heads // config.n_kv)
            mine, theirs = slice(head * d, head * d + d), slice(g * d, g * d + d)
            scores = turned(q[..., mine]) @ turned(key[..., theirs]).transpose(1, 2) / d**0.5
            scores = scores + torch.full((T, T), float("-inf"), dtype=x.dtype).triu(1)
            found.append(scores.softmax(-1) @ v[..., theirs])
        x = x + torch.cat(found, dim=-1) @ weights[f"{k}.W_out"]
        h = norm(x, weights[f"{k}.norm_2"])
        gate = h @ weights[f"{k}.W_gate"]
        x = x + (gate * gate.sigmoid() * (h @ weights[f"{k}.W_up"])) @ weights[f"{k}.W_down"]
    return norm(x, weights["norm"]) @ weights["E"].T


# ------------------------------------------------------------------------------------ survivors
# %% exercise=rope survivor=`torch.arange(0, d, 2, dtype=x.dtype)` -> `torch.arange(0, d - 1, 2, dtype=x.dtype)` in `rates = theta ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)`
# why: Equivalent: d is even, so both stop at d - 2.

# %% exercise=grouped_attention survivor=`-2` -> `2` in `T, S = scores.shape[-2:]`
# why: Equivalent: scores have four axes.

# %% exercise=Q4 survivor=`16` -> `-16` in `packed = codes[:, :16] + 16 * codes[:, 16:]`
# why: Equivalent: of 32 columns the first 16 are all but the last 16.

# %% exercise=Q4 survivor=`16` -> `-16` in `packed = codes[:, :16] + 16 * codes[:, 16:]` (3)
# why: Equivalent: of 32 columns the last 16 are those behind the first 16.

# %% exercise=route survivor=`F.one_hot(experts, E).to(logits.dtype).mean(dim=(0, 1))` -> `F.one_hot(experts, E).to(logits.dtype).mean(dim=(0, 1), keepdim=True)` in `shares = F.one_hot(experts, E).to(logits.dtype).mean(dim=(0, 1))`
# why: Equivalent: the product is summed over all axes, so axes of length 1 change nothing.

# %% exercise=route survivor=`logits.softmax(-1).mean(0)` -> `logits.softmax(-1).mean(0, keepdim=True)` in `means = logits.softmax(-1).mean(0)`
# why: Equivalent: the product is summed over all axes, so axes of length 1 change nothing.

# %% exercise=fix_llama survivor=`torch.arange(0, d, 2, dtype=kind)` -> `torch.arange(0, d - 1, 2, dtype=kind)` in `angles = torch.arange(T)[:, None] * config.theta ** (-torch.arange(0, d, 2, dtype=kind) / d)`
# why: Equivalent: d is even, so both stop at d - 2.
