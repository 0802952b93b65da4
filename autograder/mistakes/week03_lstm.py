"""Known mistakes and correct variants of week 03: LSTM, GRU, padding, forget bias, gates.

Each cell runs in the notebook's namespace, right after the reference's solution cell.
"""

# %% exercise=lstm_cell name=swapped-input-forget
# en: Two gates have traded places: which one multiplies the old cell state?
# ko: 두 게이트의 자리가 바뀌었습니다. 이전 셀 상태에는 어느 게이트를 곱해야 할까요?
def lstm_cell(x, h, c, W, U, b):
    i, f, g, o = (x @ W + h @ U + b).chunk(4, dim=1)
    c_new = i.sigmoid() * c + f.sigmoid() * g.tanh()
    return o.sigmoid() * c_new.tanh(), c_new


# %% exercise=lstm_cell name=no-output-tanh
# en: The cell state may grow without limit; what keeps the hidden state between -1 and 1?
# ko: 셀 상태는 한없이 커질 수 있습니다. 은닉 상태를 -1과 1 사이에 묶어 두는 것은 무엇일까요?
def lstm_cell(x, h, c, W, U, b):
    i, f, g, o = (x @ W + h @ U + b).chunk(4, dim=1)
    c_new = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c_new, c_new


# %% exercise=lstm_cell name=candidate-sigmoid
# en: One of the four blocks is content and not a gate: can your new content ever be negative?
# ko: 네 블록 중 하나는 게이트가 아니라 내용입니다. 지금 코드에서 새 내용이 음수가 될 수 있나요?
def lstm_cell(x, h, c, W, U, b):
    i, f, g, o = (x @ W + h @ U + b).sigmoid().chunk(4, dim=1)
    c_new = f * c + i * g
    return o * c_new.tanh(), c_new


# %% exercise=lstm_cell name=output-before-candidate
# en: Another course orders the four blocks differently: read the order asked for here once more.
# ko: 다른 강의에서는 네 블록의 순서가 다릅니다. 여기에서 정한 순서를 다시 확인해 보세요.
def lstm_cell(x, h, c, W, U, b):
    i, f, o, g = (x @ W + h @ U + b).chunk(4, dim=1)
    c_new = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c_new.tanh(), c_new


# %% exercise=lstm_cell name=shows-old-cell-state
# en: The hidden state is one step late: from which cell state is it computed?
# ko: 은닉 상태가 한 단계 늦습니다. 어느 시점의 셀 상태로 계산하고 있나요?
def lstm_cell(x, h, c, W, U, b):
    i, f, g, o = (x @ W + h @ U + b).chunk(4, dim=1)
    c_new = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c_new


# %% exercise=lstm_cell name=returned-cell-first
# en: The numbers are right, but check which of the two states is returned first.
# ko: 숫자는 맞습니다. 다만 두 상태 중 어느 것을 먼저 반환하는지 확인해 보세요.
def lstm_cell(x, h, c, W, U, b):
    i, f, g, o = (x @ W + h @ U + b).chunk(4, dim=1)
    c_new = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return c_new, o.sigmoid() * c_new.tanh()


# %% exercise=lstm_cell name=sigmoid-from-exponentials
# en: The formula is right on paper, but how large is exp of a few hundred, and what is inf / inf?
# ko: 종이 위의 공식은 맞습니다. 그런데 수백의 exp는 얼마나 크고, inf / inf는 무엇인가요?
def lstm_cell(x, h, c, W, U, b):
    i, f, g, o = (x @ W + h @ U + b).chunk(4, dim=1)
    i, f, o = (z.exp() / (1 + z.exp()) for z in (i, f, o))
    c_new = f * c + i * g.tanh()
    return o * c_new.tanh(), c_new


# %% exercise=lstm_cell name=coupled-gates
# en: Your cell writes just what it forgets: 1 - f stands where i belongs. Here i is a gate of its own.
# ko: 잊은 만큼만 씁니다. i 자리에 1 - f가 있습니다. 여기서 i는 독립된 게이트입니다.
def lstm_cell(x, h, c, W, U, b):
    i, f, g, o = (x @ W + h @ U + b).chunk(4, dim=1)
    f = f.sigmoid()
    c_new = f * c + (1 - f) * g.tanh()
    return o.sigmoid() * c_new.tanh(), c_new


# %% exercise=lstm_cell name=forget-bias-added
# en: You add 1 to the forget gate. Some libraries do; here b says all that there is to add.
# ko: 망각 게이트에 1을 더했습니다. 그런 라이브러리도 있지만 여기서는 b가 더할 것의 전부입니다.
def lstm_cell(x, h, c, W, U, b):
    i, f, g, o = (x @ W + h @ U + b).chunk(4, dim=1)
    c_new = (f + 1).sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c_new.tanh(), c_new


# %% exercise=lstm_cell name=peephole
# en: A gate of yours looks at the cell state. Here gates see x and h alone.
# ko: 게이트 하나가 셀 상태를 봅니다. 여기서 게이트는 x와 h만 봅니다.
def lstm_cell(x, h, c, W, U, b):
    i, f, g, o = (x @ W + h @ U + b).chunk(4, dim=1)
    c_new = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return (o + c_new).sigmoid() * c_new.tanh(), c_new


# %% exercise=lstm_cell name=candidate-not-squashed
# en: Your candidate is not squashed. Which function keeps it between -1 and 1?
# ko: 후보 값을 누르지 않았습니다. 어느 함수가 -1과 1 사이로 만드나요?
def lstm_cell(x, h, c, W, U, b):
    i, f, g, o = (x @ W + h @ U + b).chunk(4, dim=1)
    c_new = f.sigmoid() * c + i.sigmoid() * g
    return o.sigmoid() * c_new.tanh(), c_new


# %% exercise=lstm_cell name=blocks-interleaved
# en: The blocks lie side by side, H columns each. You take every fourth column for a gate.
# ko: 블록은 H열씩 나란히 놓여 있습니다. 지금은 네 열마다 하나씩 모아 게이트로 씁니다.
def lstm_cell(x, h, c, W, U, b):
    i, f, g, o = (x @ W + h @ U + b).view(x.shape[0], -1, 4).unbind(2)
    c_new = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c_new.tanh(), c_new


# %% exercise=lstm_cell name=tanh-around-the-product
# en: Squash the cell state, then let the output gate act: tanh(o * c) is not o * tanh(c).
# ko: 셀 상태를 먼저 tanh에 넣고 출력 게이트를 곱하세요. tanh(o * c)와 o * tanh(c)는 다릅니다.
def lstm_cell(x, h, c, W, U, b):
    i, f, g, o = (x @ W + h @ U + b).chunk(4, dim=1)
    c_new = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return (o.sigmoid() * c_new).tanh(), c_new


# %% exercise=lstm_cell variant=library-call
def lstm_cell(x, h, c, W, U, b):
    return torch.lstm_cell(x, (h, c), W.T, U.T, b, torch.zeros_like(b))


# %% exercise=lstm_cell variant=einsum
def lstm_cell(x, h, c, W, U, b):
    B, H = h.shape
    a = torch.einsum("bd,dk->bk", x, W) + torch.einsum("bh,hk->bk", h, U) + b
    a = a.reshape(B, 4, H)
    i, f, o = (torch.sigmoid(a[:, k]) for k in (0, 1, 3))
    c_new = f * c + i * torch.tanh(a[:, 2])
    return o * torch.tanh(c_new), c_new


# %% exercise=init_forget_bias name=both-vectors-set
# en: Each unit has two biases that are added: what do they add up to after your call?
# ko: 유닛마다 편향이 두 개 있고 서로 더해집니다. 함수를 부른 뒤 그 합은 얼마인가요?
def init_forget_bias(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        for name, parameter in lstm.named_parameters():
            if "bias" in name:
                parameter[H : 2 * H] = value


# %% exercise=init_forget_bias name=input-block
# en: Another gate was changed: which position does the forget block have in i, f, g, o?
# ko: 다른 게이트를 바꾸었습니다. i, f, g, o에서 망각 게이트 블록은 몇 번째인가요?
def init_forget_bias(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        for name, parameter in lstm.named_parameters():
            if "bias" in name:
                parameter[:H] = value if "ih" in name else 0.0


# %% exercise=init_forget_bias name=first-layer-only
# en: One layer is right: does this LSTM have further layers or another direction?
# ko: 한 층은 맞습니다. 이 LSTM에 다른 층이나 다른 방향이 더 있지는 않나요?
def init_forget_bias(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        lstm.bias_ih_l0[H : 2 * H] = value
        lstm.bias_hh_l0[H : 2 * H] = 0.0


# %% exercise=init_forget_bias name=forward-only
# en: Every layer is right going forward: how are the biases of the other direction called?
# ko: 정방향은 모든 층이 맞습니다. 반대 방향의 편향은 이름이 어떻게 되나요?
def init_forget_bias(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        for layer in range(lstm.num_layers):
            getattr(lstm, f"bias_ih_l{layer}")[H : 2 * H] = value
            getattr(lstm, f"bias_hh_l{layer}")[H : 2 * H] = 0.0


# %% exercise=init_forget_bias name=other-vector-left
# en: One of the two bias vectors still holds its random numbers in the forget block.
# ko: 두 편향 벡터 중 하나의 망각 게이트 블록에 처음의 무작위 값이 그대로 남아 있습니다.
def init_forget_bias(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        for name, parameter in lstm.named_parameters():
            if name.startswith("bias_ih"):
                parameter[H : 2 * H] = value


# %% exercise=init_forget_bias name=everything-else-zeroed
# en: The forget gate is right, but the biases of the other gates were to stay as they are.
# ko: 망각 게이트는 맞습니다. 그러나 다른 게이트의 편향은 그대로 두어야 합니다.
def init_forget_bias(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        for name, parameter in lstm.named_parameters():
            if "bias" in name:
                parameter.zero_()
                if "ih" in name:
                    parameter[H : 2 * H] = value


# %% exercise=init_forget_bias name=new-parameters
# en: The LSTM has new parameters now: what does an optimizer hold that was made before?
# ko: LSTM의 파라미터가 새것으로 바뀌었습니다. 먼저 만든 옵티마이저는 무엇을 들고 있나요?
def init_forget_bias(lstm, value):
    H = lstm.hidden_size
    for name, parameter in list(lstm.named_parameters()):
        if name.startswith("bias"):
            new = parameter.detach().clone()
            new[H : 2 * H] = value if name.startswith("bias_ih") else 0.0
            setattr(lstm, name, nn.Parameter(new))


# %% exercise=init_forget_bias name=no-longer-trained
# en: The numbers are right, but are the biases trained afterwards?
# ko: 값은 맞습니다. 그런데 그 뒤에도 편향이 학습되나요?
def init_forget_bias(lstm, value):
    H = lstm.hidden_size
    for name, parameter in lstm.named_parameters():
        if name.startswith("bias"):
            parameter.requires_grad_(False)
            parameter[H : 2 * H] = value if name.startswith("bias_ih") else 0.0


# %% exercise=init_forget_bias name=quarter-of-the-vector
# en: Every LSTM is right: but what share of its vector is the second block of a GRU?
# ko: LSTM은 모두 맞습니다. GRU에서 둘째 블록은 벡터의 몇 분의 몇인가요?
def init_forget_bias(lstm, value):
    with torch.no_grad():
        for name, parameter in lstm.named_parameters():
            if "bias" in name:
                quarter = len(parameter) // 4
                parameter[quarter : 2 * quarter] = value if "ih" in name else 0.0


# %% exercise=init_forget_bias name=added-to-what-was-there
# en: The value is added to the random biases. What must the sum of both be after your call?
# ko: 무작위 편향에 값을 더했습니다. 호출 뒤에 두 편향의 합은 얼마여야 하나요?
def init_forget_bias(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        for name, parameter in lstm.named_parameters():
            if name.startswith("bias_ih"):
                parameter[H : 2 * H] += value


# %% exercise=init_forget_bias name=whole-vectors
# en: The biases of all gates were set. Which of the blocks is the forget gate's?
# ko: 모든 게이트의 편향을 바꿨습니다. 망각 게이트의 블록은 어느 것인가요?
def init_forget_bias(lstm, value):
    with torch.no_grad():
        for name, parameter in lstm.named_parameters():
            if "bias" in name:
                parameter.fill_(value / 2)


# %% exercise=init_forget_bias name=only-raised
# en: Where a bias was already higher you left it. The sum must be the value, also a lower one.
# ko: 이미 더 큰 편향은 그대로 두었습니다. 값이 더 작더라도 합은 그 값이 되어야 합니다.
def init_forget_bias(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        for name, parameter in lstm.named_parameters():
            if "bias" in name:
                parameter[H : 2 * H].clamp_(min=value / 2)


# %% exercise=init_forget_bias name=zero-taken-for-nothing
# en: 0 is a value like any other: what does your `if` say of it?
# ko: 0도 하나의 값입니다. 여러분의 `if`는 0을 어떻게 처리하나요?
def init_forget_bias(lstm, value):
    H = lstm.hidden_size
    if value:
        with torch.no_grad():
            for name, parameter in lstm.named_parameters():
                if "bias" in name:
                    parameter[H : 2 * H] = value / 2


# %% exercise=init_forget_bias name=one-vector-emptied
# en: The sums are right, but you emptied one of the two vectors: the other gates' biases must stay.
# ko: 합은 맞지만 두 벡터 중 하나를 비웠습니다. 다른 게이트의 편향은 그대로 두어야 합니다.
def init_forget_bias(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        for name, parameter in lstm.named_parameters():
            if name.startswith("bias_hh"):
                other = getattr(lstm, name.replace("hh", "ih"))
                other += parameter
                parameter.zero_()
                other[H : 2 * H] = value


# %% exercise=init_forget_bias variant=halves
def init_forget_bias(lstm, value):
    H = lstm.hidden_size
    for name, parameter in lstm.named_parameters():
        if "bias" in name:
            parameter.data[H : 2 * H].fill_(value / 2)


# %% exercise=gru_cell name=reset-before-product
# en: This is the other GRU convention: does the reset gate act before or after the product with U?
# ko: 이것은 GRU의 다른 정의입니다. 리셋 게이트는 U와 곱하기 전에 작용하나요, 곱한 뒤에 작용하나요?
def gru_cell(x, h, W, U, b_x, b_h):
    x_r, x_z, x_n = (x @ W + b_x).chunk(3, dim=1)
    h_r, h_z, _ = (h @ U + b_h).chunk(3, dim=1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    U_n, b_n = U.chunk(3, dim=1)[2], b_h.chunk(3)[2]
    n = (x_n + (r * h) @ U_n + b_n).tanh()
    return (1 - z) * n + z * h


# %% exercise=gru_cell name=update-turned-round
# en: With z = 1 the old state must stay: what does yours do?
# ko: z = 1이면 이전 상태가 그대로 남아야 합니다. 지금 코드는 어떻게 되나요?
def gru_cell(x, h, W, U, b_x, b_h):
    x_r, x_z, x_n = (x @ W + b_x).chunk(3, dim=1)
    h_r, h_z, h_n = (h @ U + b_h).chunk(3, dim=1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    n = (x_n + r * h_n).tanh()
    return z * n + (1 - z) * h


# %% exercise=gru_cell name=blocks-z-r-n
# en: Keras puts the update gate first; which order do the blocks have here?
# ko: Keras에서는 업데이트 게이트가 먼저 옵니다. 여기에서 블록의 순서는 무엇인가요?
def gru_cell(x, h, W, U, b_x, b_h):
    x_z, x_r, x_n = (x @ W + b_x).chunk(3, dim=1)
    h_z, h_r, h_n = (h @ U + b_h).chunk(3, dim=1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    n = (x_n + r * h_n).tanh()
    return (1 - z) * n + z * h


# %% exercise=gru_cell name=recurrent-bias-outside-reset
# en: The reset gate multiplies the whole recurrent part of the candidate, its bias included.
# ko: 리셋 게이트는 후보 상태의 순환 부분 전체에, 편향까지 포함하여 곱해집니다.
def gru_cell(x, h, W, U, b_x, b_h):
    x_r, x_z, x_n = (x @ W + b_x + b_h).chunk(3, dim=1)
    h_r, h_z, h_n = (h @ U).chunk(3, dim=1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    n = (x_n + r * h_n).tanh()
    return (1 - z) * n + z * h


# %% exercise=gru_cell name=reset-on-input-too
# en: The reset gate hides the past, not the present: should it multiply the input's part?
# ko: 리셋 게이트는 현재가 아니라 과거를 가립니다. 입력 쪽 항에도 곱해야 할까요?
def gru_cell(x, h, W, U, b_x, b_h):
    x_r, x_z, x_n = (x @ W + b_x).chunk(3, dim=1)
    h_r, h_z, h_n = (h @ U + b_h).chunk(3, dim=1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    n = (r * (x_n + h_n)).tanh()
    return (1 - z) * n + z * h


# %% exercise=gru_cell name=no-reset
# en: The reset gate changes nothing in your result: where should r act?
# ko: 리셋 게이트가 결과를 전혀 바꾸지 않습니다. r은 어디에 작용해야 하나요?
def gru_cell(x, h, W, U, b_x, b_h):
    _, z, n = (x @ W + b_x + h @ U + b_h).chunk(3, dim=1)
    z = z.sigmoid()
    return (1 - z) * n.tanh() + z * h


# %% exercise=gru_cell name=sigmoid-from-exponentials
# en: The formula is right on paper, but how large is exp of a few hundred, and what is inf / inf?
# ko: 종이 위의 공식은 맞습니다. 그런데 수백의 exp는 얼마나 크고, inf / inf는 무엇인가요?
def gru_cell(x, h, W, U, b_x, b_h):
    x_r, x_z, x_n = (x @ W + b_x).chunk(3, dim=1)
    h_r, h_z, h_n = (h @ U + b_h).chunk(3, dim=1)
    r, z = (a.exp() / (1 + a.exp()) for a in (x_r + h_r, x_z + h_z))
    n = (x_n + r * h_n).tanh()
    return (1 - z) * n + z * h


# %% exercise=gru_cell name=reset-twice
# en: The reset gate acts twice: on h before the product, and on the product once more.
# ko: 리셋 게이트가 두 번 작용합니다. 곱하기 전의 h에 한 번, 곱한 결과에 또 한 번입니다.
def gru_cell(x, h, W, U, b_x, b_h):
    x_r, x_z, x_n = (x @ W + b_x).chunk(3, dim=1)
    h_r, h_z, _ = (h @ U + b_h).chunk(3, dim=1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    U_n, b_n = U.chunk(3, dim=1)[2], b_h.chunk(3)[2]
    n = (x_n + r * ((r * h) @ U_n + b_n)).tanh()
    return (1 - z) * n + z * h


# %% exercise=gru_cell name=update-sees-the-reset-state
# en: Your update gate sees the reset state. Only the candidate is reset: z sees h as it is.
# ko: 업데이트 게이트가 리셋된 상태를 봅니다. 리셋은 후보 상태에만 쓰고, z는 h를 그대로 봅니다.
def gru_cell(x, h, W, U, b_x, b_h):
    x_r, x_z, x_n = (x @ W + b_x).chunk(3, dim=1)
    h_r, _, h_n = (h @ U + b_h).chunk(3, dim=1)
    r = (x_r + h_r).sigmoid()
    z = (x_z + (r * h) @ U.chunk(3, dim=1)[1] + b_h.chunk(3)[1]).sigmoid()
    n = (x_n + r * h_n).tanh()
    return (1 - z) * n + z * h


# %% exercise=gru_cell variant=library-call
def gru_cell(x, h, W, U, b_x, b_h):
    return torch.gru_cell(x, h, W.T, U.T, b_x, b_h)


# %% exercise=gru_cell variant=blend
def gru_cell(x, h, W, U, b_x, b_h):
    H = h.shape[1]
    from_x, from_h = F.linear(x, W.T, b_x), F.linear(h, U.T, b_h)
    r, z = torch.sigmoid(from_x[:, : 2 * H] + from_h[:, : 2 * H]).split(H, dim=1)
    n = torch.tanh(from_x[:, 2 * H :] + r * from_h[:, 2 * H :])
    return torch.lerp(n, h, z)


# %% exercise=masked_unroll name=state-runs-through-padding
# en: The outputs at padding are clean, but the state goes on moving there. What should it do at padding?
# ko: 패딩의 출력은 깨끗하지만 거기서도 상태가 계속 변하고 있습니다. 패딩에서 상태는 어떻게 해야 하나요?
def masked_unroll(step, x, mask, state):
    outputs = []
    for t in range(x.shape[1]):
        state = step(x[:, t], state)
        outputs.append(torch.where(mask[:, t, None], state[0], 0.0))
    return torch.stack(outputs, dim=1), state


# %% exercise=masked_unroll name=only-first-part-held
# en: The hidden state stands still at padding: what about the other parts of the state?
# ko: 패딩에서 은닉 상태는 멈춰 있습니다. 상태의 다른 부분은 어떤가요?
def masked_unroll(step, x, mask, state):
    outputs = []
    for t in range(x.shape[1]):
        real = mask[:, t, None]
        moved = step(x[:, t], state)
        state = (torch.where(real, moved[0], state[0]), *moved[1:])
        outputs.append(torch.where(real, state[0], 0.0))
    return torch.stack(outputs, dim=1), state


# %% exercise=masked_unroll name=output-not-zeroed
# en: The state is right everywhere; what should the outputs show at padding?
# ko: 상태는 모두 맞습니다. 패딩 위치의 출력은 무엇이어야 하나요?
def masked_unroll(step, x, mask, state):
    outputs = []
    for t in range(x.shape[1]):
        real = mask[:, t, None]
        moved = step(x[:, t], state)
        state = tuple(torch.where(real, new, old) for new, old in zip(moved, state))
        outputs.append(state[0])
    return torch.stack(outputs, dim=1), state


# %% exercise=masked_unroll name=mask-inverted
# en: Real tokens are skipped and padding is read: what does True mean in this mask?
# ko: 실제 토큰은 건너뛰고 패딩을 읽고 있습니다. 이 마스크에서 True는 무엇을 뜻하나요?
def masked_unroll(step, x, mask, state):
    outputs = []
    for t in range(x.shape[1]):
        pad = mask[:, t, None]
        moved = step(x[:, t], state)
        state = tuple(torch.where(pad, old, new) for new, old in zip(moved, state))
        outputs.append(torch.where(pad, 0.0, state[0]))
    return torch.stack(outputs, dim=1), state


# %% exercise=masked_unroll name=state-zeroed-at-padding
# en: At padding the state should wait, not be wiped out.
# ko: 패딩에서는 상태가 지워지는 것이 아니라 그대로 기다려야 합니다.
def masked_unroll(step, x, mask, state):
    outputs = []
    for t in range(x.shape[1]):
        real = mask[:, t, None]
        state = tuple(torch.where(real, part, 0.0) for part in step(x[:, t], state))
        outputs.append(state[0])
    return torch.stack(outputs, dim=1), state


# %% exercise=masked_unroll name=final-state-from-last-column
# en: The last column is padding in the short rows: is it their final hidden state?
# ko: 짧은 행에서는 마지막 열이 패딩입니다. 그것이 그 행의 마지막 은닉 상태일까요?
def masked_unroll(step, x, mask, state):
    outputs = []
    for t in range(x.shape[1]):
        real = mask[:, t, None]
        moved = step(x[:, t], state)
        state = tuple(torch.where(real, new, old) for new, old in zip(moved, state))
        outputs.append(torch.where(real, state[0], 0.0))
    return torch.stack(outputs, dim=1), (outputs[-1], *state[1:])


# %% exercise=masked_unroll name=float32-outputs
# en: The outputs come back in float32, whatever the cell's are. Does a tensor that you make room in, or a .float(), do that?
# ko: 셀 출력의 dtype과 관계없이 outputs가 float32로 나옵니다. 미리 만들어 둔 텐서 때문인가요, .float() 때문인가요?
def masked_unroll(step, x, mask, state):
    outputs = torch.zeros(mask.shape[0], mask.shape[1], state[0].shape[1])
    for t in range(mask.shape[1]):
        real = mask[:, t].unsqueeze(1)
        moved = step(x[:, t], state)
        state = tuple(torch.where(real, new, old) for new, old in zip(moved, state, strict=True))
        outputs[:, t] = torch.where(real, state[0], 0.0)
    return outputs, state


# %% exercise=masked_unroll name=stops-at-the-first-padding
# en: A row of yours ends at its first padding. Padding may stand anywhere: what comes after it?
# ko: 행이 첫 패딩에서 끝납니다. 패딩은 어디에나 있을 수 있습니다. 그 뒤에는 무엇이 오나요?
def masked_unroll(step, x, mask, state):
    outputs = []
    for t in range(x.shape[1]):
        new, real = step(x[:, t], state), mask[:, t].unsqueeze(1)
        held = mask[:, : t + 1].all(dim=1, keepdim=True)
        state = tuple(torch.where(held, one, old) for one, old in zip(new, state, strict=True))
        outputs.append(torch.where(real, new[0], 0.0))
    return torch.stack(outputs, dim=1), state


# %% exercise=masked_unroll name=stops-at-an-empty-column
# en: You stop where a whole column is padding. Padding may stand anywhere: what comes after it?
# ko: 한 열이 모두 패딩이면 멈춥니다. 패딩은 어디에나 있을 수 있습니다. 그 뒤에는 무엇이 오나요?
def masked_unroll(step, x, mask, state):
    outputs = []
    for t in range(x.shape[1]):
        real = mask[:, t, None]
        if not real.any():
            break
        moved = step(x[:, t], state)
        state = tuple(torch.where(real, new, old) for new, old in zip(moved, state))
        outputs.append(torch.where(real, state[0], 0.0))
    outputs += [torch.zeros_like(state[0])] * (x.shape[1] - len(outputs))
    return torch.stack(outputs, dim=1), state


# %% exercise=masked_unroll name=last-place-by-count
# en: You count real tokens to find the last one. That is its place only where no padding is before it.
# ko: 실제 토큰의 수로 마지막 위치를 정합니다. 앞에 패딩이 없을 때만 맞는 위치입니다.
def masked_unroll(step, x, mask, state):
    outputs, states = [], []
    for t in range(x.shape[1]):
        real = mask[:, t, None]
        moved = step(x[:, t], state)
        state = tuple(torch.where(real, new, old) for new, old in zip(moved, state))
        states.append(state)
        outputs.append(torch.where(real, state[0], 0.0))
    rows, last = torch.arange(len(x)), (mask.sum(1) - 1).clamp(min=0)
    final = tuple(torch.stack(part, dim=1)[rows, last] for part in zip(*states))
    return torch.stack(outputs, dim=1), final


# %% exercise=masked_unroll name=two-parts-held
# en: Two parts of the state wait at padding. A state may have one part or more: do all of them wait?
# ko: 상태의 두 부분은 패딩에서 멈춥니다. 상태는 몇 부분이든 될 수 있습니다. 모두 멈추나요?
def masked_unroll(step, x, mask, state):
    outputs = []
    for t in range(x.shape[1]):
        real = mask[:, t, None]
        moved = step(x[:, t], state)
        held = (torch.where(real, new, old) for new, old in zip(moved[:2], state))
        state = (*held, *moved[2:])
        outputs.append(torch.where(real, state[0], 0.0))
    return torch.stack(outputs, dim=1), state


# %% exercise=masked_unroll name=whole-columns-alone
# en: You hold the state only where a whole column is padding. Each row waits at its own padding.
# ko: 한 열 전체가 패딩일 때만 상태를 멈춥니다. 행마다 자기 패딩에서 기다려야 합니다.
def masked_unroll(step, x, mask, state):
    outputs = []
    for t in range(x.shape[1]):
        state = step(x[:, t], state) if mask[:, t].any() else state
        outputs.append(torch.where(mask[:, t, None], state[0], 0.0))
    return torch.stack(outputs, dim=1), state


# %% exercise=masked_unroll variant=arithmetic
def masked_unroll(step, x, mask, state):
    B, T, _ = x.shape
    outputs = x.new_zeros(B, T, state[0].shape[1])
    for t in range(T):
        m = mask[:, t].to(x.dtype).unsqueeze(1)
        moved = step(x[:, t], state)
        state = tuple(m * new + (1 - m) * old for new, old in zip(moved, state))
        outputs[:, t] = m * state[0]
    return outputs, state


# %% exercise=masked_unroll variant=row-by-row
def masked_unroll(step, x, mask, state):
    rows, finals = [], []
    for k in range(len(x)):
        own = tuple(part[k : k + 1] for part in state)
        shown = []
        for t in range(x.shape[1]):
            if mask[k, t]:
                own = step(x[k : k + 1, t], own)
            shown.append(own[0] if mask[k, t] else torch.zeros_like(own[0]))
        rows.append(torch.cat(shown))
        finals.append(own)
    return torch.stack(rows), tuple(torch.cat(parts) for parts in zip(*finals))


# %% exercise=fix_lstm name=order-left
# en: One bug is left: compare the order in which the blocks are unpacked with i, f, g, o.
# ko: 버그가 하나 남았습니다. 블록을 꺼내는 순서를 i, f, g, o와 비교해 보세요.
def fix_lstm(x, mask, W, U, b):
    B, T, _ = x.shape
    h = c = x.new_zeros(B, U.shape[0])
    outputs = []
    for t in range(T):
        i, f, o, g = (x[:, t] @ W + h @ U + b).chunk(4, dim=1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c_new = f * c + i * g
        h_new = o * c_new.tanh()
        real = mask[:, t].unsqueeze(1)
        h, c = torch.where(real, h_new, h), torch.where(real, c_new, c)
        outputs.append(torch.where(real, h, 0.0))
    return torch.stack(outputs, dim=1), (h, c)


# %% exercise=fix_lstm name=candidate-sigmoid-left
# en: One bug is left: not every block is a gate; can the candidate be negative in your version?
# ko: 버그가 하나 남았습니다. 모든 블록이 게이트는 아닙니다. 지금 코드에서 후보 상태가 음수가 될 수 있나요?
def fix_lstm(x, mask, W, U, b):
    B, T, _ = x.shape
    h = c = x.new_zeros(B, U.shape[0])
    outputs = []
    for t in range(T):
        i, f, g, o = (x[:, t] @ W + h @ U + b).sigmoid().chunk(4, dim=1)
        c_new = f * c + i * g
        h_new = o * c_new.tanh()
        real = mask[:, t].unsqueeze(1)
        h, c = torch.where(real, h_new, h), torch.where(real, c_new, c)
        outputs.append(torch.where(real, h, 0.0))
    return torch.stack(outputs, dim=1), (h, c)


# %% exercise=fix_lstm name=swapped-gates-left
# en: One bug is left: which gate keeps the old cell state and which one writes? Read its line, and the order of the blocks.
# ko: 버그가 하나 남았습니다. 어느 게이트가 셀 상태를 유지하고 어느 게이트가 쓰나요? 그 줄과 블록의 순서를 읽어 보세요.
def fix_lstm(x, mask, W, U, b):
    B, T, _ = x.shape
    h = c = x.new_zeros(B, U.shape[0])
    outputs = []
    for t in range(T):
        i, f, g, o = (x[:, t] @ W + h @ U + b).chunk(4, dim=1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c_new = i * c + f * g
        h_new = o * c_new.tanh()
        real = mask[:, t].unsqueeze(1)
        h, c = torch.where(real, h_new, h), torch.where(real, c_new, c)
        outputs.append(torch.where(real, h, 0.0))
    return torch.stack(outputs, dim=1), (h, c)


# %% exercise=fix_lstm name=output-tanh-left
# en: One bug is left, in the line of the hidden state: something is missing around c.
# ko: 은닉 상태를 계산하는 줄에 버그가 하나 남았습니다. c에 무언가 빠져 있습니다.
def fix_lstm(x, mask, W, U, b):
    B, T, _ = x.shape
    h = c = x.new_zeros(B, U.shape[0])
    outputs = []
    for t in range(T):
        i, f, g, o = (x[:, t] @ W + h @ U + b).chunk(4, dim=1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c_new = f * c + i * g
        h_new = o * c_new
        real = mask[:, t].unsqueeze(1)
        h, c = torch.where(real, h_new, h), torch.where(real, c_new, c)
        outputs.append(torch.where(real, h, 0.0))
    return torch.stack(outputs, dim=1), (h, c)


# %% exercise=fix_lstm name=padding-left
# en: One bug is left: what happens to h and c in a column that is padding?
# ko: 버그가 하나 남았습니다. 패딩인 열에서 h와 c는 어떻게 되나요?
def fix_lstm(x, mask, W, U, b):
    B, T, _ = x.shape
    h = c = x.new_zeros(B, U.shape[0])
    outputs = []
    for t in range(T):
        i, f, g, o = (x[:, t] @ W + h @ U + b).chunk(4, dim=1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c = f * c + i * g
        h = o * c.tanh()
        outputs.append(torch.where(mask[:, t].unsqueeze(1), h, 0.0))
    return torch.stack(outputs, dim=1), (h, c)


# %% exercise=fix_lstm name=axes-left
# en: One bug is left, in the last line: in which order do the axes come out?
# ko: 마지막 줄에 버그가 하나 남았습니다. 결과의 축은 어떤 순서로 나오나요?
def fix_lstm(x, mask, W, U, b):
    B, T, _ = x.shape
    h = c = x.new_zeros(B, U.shape[0])
    outputs = []
    for t in range(T):
        i, f, g, o = (x[:, t] @ W + h @ U + b).chunk(4, dim=1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c_new = f * c + i * g
        h_new = o * c_new.tanh()
        real = mask[:, t].unsqueeze(1)
        h, c = torch.where(real, h_new, h), torch.where(real, c_new, c)
        outputs.append(torch.where(real, h, 0.0))
    return torch.stack(outputs), (h, c)


# %% exercise=fix_lstm name=returned-cell-first
# en: The numbers are right, but check which of the two states is returned first.
# ko: 숫자는 맞습니다. 두 상태 가운데 무엇을 먼저 돌려주는지 확인하세요.
def fix_lstm(x, mask, W, U, b):
    h = c = x.new_zeros(x.shape[0], U.shape[0])
    outputs = []
    for t in range(x.shape[1]):
        i, f, g, o = (x[:, t] @ W + h @ U + b).chunk(4, dim=1)
        real = mask[:, t].unsqueeze(1)
        new_c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        new_h = o.sigmoid() * new_c.tanh()
        c = torch.where(real, new_c, c)
        h = torch.where(real, new_h, h)
        outputs.append(torch.where(real, new_h, 0.0))
    return torch.stack(outputs, dim=1), (c, h)


# %% exercise=fix_lstm name=output-runs-through-padding
# en: c stops at padding, but h goes on. Must only one of the two wait?
# ko: 패딩에서 c는 멈추지만 h는 계속 바뀝니다. 둘 중 하나만 기다려야 하나요?
def fix_lstm(x, mask, W, U, b):
    h = c = x.new_zeros(x.shape[0], U.shape[0])
    outputs = []
    for t in range(x.shape[1]):
        i, f, g, o = (x[:, t] @ W + h @ U + b).chunk(4, dim=1)
        real = mask[:, t].unsqueeze(1)
        new_c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        new_h = o.sigmoid() * new_c.tanh()
        c = torch.where(real, new_c, c)
        h = new_h
        outputs.append(torch.where(real, new_h, 0.0))
    return torch.stack(outputs, dim=1), (h, c)


# %% exercise=fix_lstm name=tanh-around-the-product-left
# en: One bug is left, in the line of the hidden state: tanh(o * c) is not o * tanh(c).
# ko: 은닉 상태를 계산하는 줄에 버그가 하나 남았습니다. tanh(o * c)와 o * tanh(c)는 다릅니다.
def fix_lstm(x, mask, W, U, b):
    h = c = x.new_zeros(x.shape[0], U.shape[0])
    outputs = []
    for t in range(x.shape[1]):
        i, f, g, o = (x[:, t] @ W + h @ U + b).chunk(4, dim=1)
        real = mask[:, t].unsqueeze(1)
        new_c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        new_h = (o.sigmoid() * new_c).tanh()
        h, c = torch.where(real, new_h, h), torch.where(real, new_c, c)
        outputs.append(torch.where(real, h, 0.0))
    return torch.stack(outputs, dim=1), (h, c)


# %% exercise=fix_lstm name=output-wiped-out
# en: c waits at padding, but h becomes 0 there. The output is 0 at padding, the state waits.
# ko: 패딩에서 c는 기다리지만 h는 0이 됩니다. 0이 되는 것은 출력이고 상태는 기다려야 합니다.
def fix_lstm(x, mask, W, U, b):
    h = c = x.new_zeros(x.shape[0], U.shape[0])
    outputs = []
    for t in range(x.shape[1]):
        i, f, g, o = (x[:, t] @ W + h @ U + b).chunk(4, dim=1)
        real = mask[:, t].unsqueeze(1)
        new_c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = torch.where(real, o.sigmoid() * new_c.tanh(), 0.0)
        c = torch.where(real, new_c, c)
        outputs.append(h)
    return torch.stack(outputs, dim=1), (h, c)


# %% exercise=fix_lstm name=begins-anew-after-padding
# en: After padding your LSTM begins anew from zeros. Padding must leave no trace.
# ko: 패딩 뒤에 LSTM이 0에서 다시 시작합니다. 패딩은 흔적을 남기지 않아야 합니다.
def fix_lstm(x, mask, W, U, b):
    h = c = x.new_zeros(x.shape[0], U.shape[0])
    outputs, last = [], (h, c)
    for t in range(x.shape[1]):
        i, f, g, o = (x[:, t] @ W + h @ U + b).chunk(4, dim=1)
        real = mask[:, t].unsqueeze(1)
        new_c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        c = torch.where(real, new_c, 0.0)
        h = torch.where(real, o.sigmoid() * new_c.tanh(), 0.0)
        last = tuple(torch.where(real, new, old) for new, old in zip((h, c), last))
        outputs.append(h)
    return torch.stack(outputs, dim=1), last


# %% exercise=fix_lstm variant=library-step
def fix_lstm(x, mask, W, U, b):
    state = (x.new_zeros(len(x), U.shape[0]),) * 2
    shown = []
    for x_t, real in zip(x.unbind(1), mask.unbind(1)):
        moved = torch.lstm_cell(x_t, state, W.T, U.T, b, torch.zeros_like(b))
        state = tuple(torch.where(real[:, None], new, old) for new, old in zip(moved, state))
        shown.append(state[0] * real[:, None])
    return torch.stack(shown, 1), state


# %% exercise=gate_trace name=one-bias-forgotten
# en: The LSTM has two bias vectors in its layer: are both in your sum?
# ko: LSTM의 층에는 편향 벡터가 두 개 있습니다. 둘 다 더했나요?
@torch.no_grad()
def gate_trace(lstm, x, clamp=None):
    W, U, b = lstm.weight_ih_l0, lstm.weight_hh_l0, lstm.bias_ih_l0
    h = c = x.new_zeros(lstm.hidden_size)
    trace = {name: [] for name in "ifgoch"}
    for x_t in x:
        i, f, g, o = (x_t @ W.T + h @ U.T + b).chunk(4)
        now = {"i": i.sigmoid(), "f": f.sigmoid(), "g": g.tanh(), "o": o.sigmoid()}
        now |= {name: torch.full_like(h, value) for name, value in (clamp or {}).items()}
        c = now["f"] * c + now["i"] * now["g"]
        h = now["o"] * c.tanh()
        for name, value in {**now, "c": c, "h": h}.items():
            trace[name].append(value)
    return {name: torch.stack(values) for name, values in trace.items()}


# %% exercise=gate_trace name=clamped-before-squashing
# en: Clamping to 1 should open a gate fully: is your constant still squashed afterwards?
# ko: 1로 고정하면 게이트가 완전히 열려야 합니다. 고정한 값이 그 뒤에 다시 시그모이드를 지나지 않나요?
@torch.no_grad()
def gate_trace(lstm, x, clamp=None):
    W, U, b = lstm.weight_ih_l0, lstm.weight_hh_l0, lstm.bias_ih_l0 + lstm.bias_hh_l0
    h = c = x.new_zeros(lstm.hidden_size)
    trace = {name: [] for name in "ifgoch"}
    for x_t in x:
        parts = dict(zip("ifgo", (x_t @ W.T + h @ U.T + b).chunk(4)))
        parts |= {name: torch.full_like(h, value) for name, value in (clamp or {}).items()}
        now = {name: part.tanh() if name == "g" else part.sigmoid() for name, part in parts.items()}
        c = now["f"] * c + now["i"] * now["g"]
        h = now["o"] * c.tanh()
        for name, value in {**now, "c": c, "h": h}.items():
            trace[name].append(value)
    return {name: torch.stack(values) for name, values in trace.items()}


# %% exercise=gate_trace name=clamp-only-written-down
# en: The clamped gate is written down, but do the cell state and the hidden state use it?
# ko: 고정한 게이트가 기록에는 있습니다. 그런데 셀 상태와 은닉 상태의 계산에도 쓰이나요?
@torch.no_grad()
def gate_trace(lstm, x, clamp=None):
    W, U, b = lstm.weight_ih_l0, lstm.weight_hh_l0, lstm.bias_ih_l0 + lstm.bias_hh_l0
    h = c = x.new_zeros(lstm.hidden_size)
    trace = {name: [] for name in "ifgoch"}
    for x_t in x:
        i, f, g, o = (x_t @ W.T + h @ U.T + b).chunk(4)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c = f * c + i * g
        h = o * c.tanh()
        now = {"i": i, "f": f, "g": g, "o": o, "c": c, "h": h}
        now |= {name: torch.full_like(h, value) for name, value in (clamp or {}).items()}
        for name, value in now.items():
            trace[name].append(value)
    return {name: torch.stack(values) for name, values in trace.items()}


# %% exercise=gate_trace name=states-before-the-step
# en: The gates are right, but the states are those before the step: when do you write them down?
# ko: 게이트는 맞지만 상태는 한 단계 전의 것입니다. 언제 기록하고 있나요?
@torch.no_grad()
def gate_trace(lstm, x, clamp=None):
    W, U, b = lstm.weight_ih_l0, lstm.weight_hh_l0, lstm.bias_ih_l0 + lstm.bias_hh_l0
    h = c = x.new_zeros(lstm.hidden_size)
    trace = {name: [] for name in "ifgoch"}
    for x_t in x:
        i, f, g, o = (x_t @ W.T + h @ U.T + b).chunk(4)
        now = {"i": i.sigmoid(), "f": f.sigmoid(), "g": g.tanh(), "o": o.sigmoid()}
        now |= {name: torch.full_like(h, value) for name, value in (clamp or {}).items()}
        for name, value in {**now, "c": c, "h": h}.items():
            trace[name].append(value)
        c = now["f"] * c + now["i"] * now["g"]
        h = now["o"] * c.tanh()
    return {name: torch.stack(values) for name, values in trace.items()}


# %% exercise=gate_trace name=output-before-candidate
# en: Two blocks have traded names: in which order does nn.LSTM keep them?
# ko: 두 블록의 이름이 서로 바뀌었습니다. nn.LSTM은 블록을 어떤 순서로 저장하나요?
@torch.no_grad()
def gate_trace(lstm, x, clamp=None):
    W, U, b = lstm.weight_ih_l0, lstm.weight_hh_l0, lstm.bias_ih_l0 + lstm.bias_hh_l0
    h = c = x.new_zeros(lstm.hidden_size)
    trace = {name: [] for name in "ifgoch"}
    for x_t in x:
        i, f, o, g = (x_t @ W.T + h @ U.T + b).chunk(4)
        now = {"i": i.sigmoid(), "f": f.sigmoid(), "g": g.tanh(), "o": o.sigmoid()}
        now |= {name: torch.full_like(h, value) for name, value in (clamp or {}).items()}
        c = now["f"] * c + now["i"] * now["g"]
        h = now["o"] * c.tanh()
        for name, value in {**now, "c": c, "h": h}.items():
            trace[name].append(value)
    return {name: torch.stack(values) for name, values in trace.items()}


# %% exercise=gate_trace name=clamp-multiplies
# en: A clamp replaces the gate; yours scales it.
# ko: 고정은 게이트의 값을 바꿔 넣는 것인데, 지금은 게이트에 곱하고 있습니다.
@torch.no_grad()
def gate_trace(lstm, x, clamp=None):
    W, U, b = lstm.weight_ih_l0, lstm.weight_hh_l0, lstm.bias_ih_l0 + lstm.bias_hh_l0
    h = c = x.new_zeros(lstm.hidden_size)
    trace = {name: [] for name in "ifgoch"}
    for x_t in x:
        i, f, g, o = (x_t @ W.T + h @ U.T + b).chunk(4)
        now = {"i": i.sigmoid(), "f": f.sigmoid(), "g": g.tanh(), "o": o.sigmoid()}
        now |= {name: now[name] * value for name, value in (clamp or {}).items()}
        c = now["f"] * c + now["i"] * now["g"]
        h = now["o"] * c.tanh()
        for name, value in {**now, "c": c, "h": h}.items():
            trace[name].append(value)
    return {name: torch.stack(values) for name, values in trace.items()}


# %% exercise=gate_trace name=zero-clamp-ignored
# en: A gate may be held at 0: what do `if` and `or` make of 0.0?
# ko: 게이트를 0으로 고정할 수도 있습니다. `if`와 `or`는 0.0을 무엇으로 볼까요?
@torch.no_grad()
def gate_trace(lstm, x, clamp=None):
    W, U = lstm.weight_ih_l0, lstm.weight_hh_l0
    b = lstm.bias_ih_l0 + lstm.bias_hh_l0
    h = c = x.new_zeros(lstm.hidden_size)
    trace = {name: [] for name in "ifgoch"}
    for x_t in x:
        i, f, g, o = (x_t @ W.T + h @ U.T + b).chunk(4)
        now = {"i": i.sigmoid(), "f": f.sigmoid(), "g": g.tanh(), "o": o.sigmoid()}
        for name in now:
            if (clamp or {}).get(name):
                now[name] = torch.full_like(h, clamp[name])
        c = now["f"] * c + now["i"] * now["g"]
        h = now["o"] * c.tanh()
        for name, value in {**now, "c": c, "h": h}.items():
            trace[name].append(value)
    return {name: torch.stack(values) for name, values in trace.items()}


# %% exercise=gate_trace name=before-squashing
# en: You record the sums before sigmoid and tanh. The gates as used are asked for.
# ko: 시그모이드와 tanh를 거치기 전의 합을 적었습니다. 실제로 쓰인 게이트 값이 필요합니다.
@torch.no_grad()
def gate_trace(lstm, x, clamp=None):
    h = c = x.new_zeros(lstm.hidden_size)
    steps = []
    for x_t in x:
        sums = lstm.weight_ih_l0 @ x_t + lstm.bias_ih_l0 + lstm.weight_hh_l0 @ h + lstm.bias_hh_l0
        raw = dict(zip("ifgo", sums.chunk(4), strict=True))
        used = {k: v.tanh() if k == "g" else v.sigmoid() for k, v in raw.items()}
        used |= {k: torch.full_like(used[k], v) for k, v in (clamp or {}).items()}
        c = used["f"] * c + used["i"] * used["g"]
        h = used["o"] * c.tanh()
        steps.append({**raw, "c": c, "h": h})
    return {key: torch.stack([step[key] for step in steps]) for key in "ifgoch"}


# %% exercise=gate_trace name=last-value-in-every-row
# en: Every row of c holds its last value. Is c changed in place, so that all you wrote down is one tensor, or written down at the end only?
# ko: c의 모든 행이 마지막 값입니다. c를 제자리에서 바꿔서 적어 둔 것이 모두 같은 텐서인가요, 아니면 끝에서만 적었나요?
@torch.no_grad()
def gate_trace(lstm, x, clamp=None):
    W, U, b = lstm.weight_ih_l0, lstm.weight_hh_l0, lstm.bias_ih_l0 + lstm.bias_hh_l0
    h, c = x.new_zeros(2, lstm.hidden_size)
    trace = {name: [] for name in "ifgoch"}
    for x_t in x:
        i, f, g, o = (x_t @ W.T + h @ U.T + b).chunk(4)
        now = {"i": i.sigmoid(), "f": f.sigmoid(), "g": g.tanh(), "o": o.sigmoid()}
        now |= {name: torch.full_like(h, value) for name, value in (clamp or {}).items()}
        c.mul_(now["f"]).add_(now["i"] * now["g"])
        h = now["o"] * c.tanh()
        for name, value in {**now, "c": c, "h": h}.items():
            trace[name].append(value)
    return {name: torch.stack(values) for name, values in trace.items()}


# %% exercise=gate_trace variant=whole-sequence-first
@torch.no_grad()
def gate_trace(lstm, x, clamp=None):
    T, H = len(x), lstm.hidden_size
    clamp = clamp or {}
    from_x = F.linear(x, lstm.weight_ih_l0, lstm.bias_ih_l0 + lstm.bias_hh_l0)
    out = {name: torch.zeros(T, H, dtype=x.dtype) for name in "ifgoch"}
    h, c = torch.zeros(2, H, dtype=x.dtype)
    for t in range(T):
        a = from_x[t] + lstm.weight_hh_l0 @ h
        for k, name in enumerate("ifgo"):
            block = a[k * H : (k + 1) * H]
            out[name][t] = torch.tanh(block) if name == "g" else torch.sigmoid(block)
            if name in clamp:
                out[name][t] = clamp[name]
        c = out["f"][t] * c + out["i"][t] * out["g"][t]
        h = out["o"][t] * torch.tanh(c)
        out["c"][t], out["h"][t] = c, h
    return out


# %% exercise=count_parameters name=one-bias
# en: nn.RNN, nn.GRU and nn.LSTM keep two bias vectors in each layer.
# ko: nn.RNN, nn.GRU, nn.LSTM은 층마다 편향 벡터를 두 개씩 가집니다.
def count_parameters(kind, D, H, n_layers=1):
    blocks = {"rnn": 1, "gru": 3, "lstm": 4}[kind]
    return blocks * (H * D + H * H + H + (n_layers - 1) * (2 * H * H + H))


# %% exercise=count_parameters name=input-width-in-every-layer
# en: What does the second layer read: the input, or the hidden state of the layer below?
# ko: 둘째 층은 무엇을 읽나요? 입력인가요, 아래층의 은닉 상태인가요?
def count_parameters(kind, D, H, n_layers=1):
    blocks = {"rnn": 1, "gru": 3, "lstm": 4}[kind]
    return blocks * n_layers * (H * D + H * H + 2 * H)


# %% exercise=count_parameters name=candidate-not-counted
# en: Gates are not the only blocks: the candidate has weights of its own.
# ko: 게이트만 블록인 것은 아닙니다. 후보 상태에도 따로 가중치가 있습니다.
def count_parameters(kind, D, H, n_layers=1):
    blocks = {"rnn": 1, "gru": 2, "lstm": 3}[kind]
    return blocks * (H * D + H * H + 2 * H + (n_layers - 1) * (2 * H * H + 2 * H))


# %% exercise=count_parameters name=layers-not-counted
# en: A deeper network came out as large as one with a single layer.
# ko: 층이 여러 개인데도 한 층일 때와 같은 수가 나왔습니다.
def count_parameters(kind, D, H, n_layers=1):
    blocks = {"rnn": 1, "gru": 3, "lstm": 4}[kind]
    return blocks * (H * D + H * H + 2 * H)


# %% exercise=count_parameters name=input-read-again
# en: Your upper layers read the input as well. What does the second layer read?
# ko: 위층도 입력을 다시 읽습니다. 두 번째 층은 무엇을 읽나요?
def count_parameters(kind, D, H, n_layers=1):
    blocks = {"rnn": 1, "gru": 3, "lstm": 4}[kind]
    return blocks * H * (D + H + 2 + (n_layers - 1) * (D + 2 * H + 2))


# %% exercise=count_parameters name=gru-of-two-blocks
# en: Your GRU has two blocks. Besides its two gates, what else needs weights?
# ko: GRU에 블록이 두 개뿐입니다. 게이트 두 개 말고 또 무엇에 가중치가 필요한가요?
def count_parameters(kind, D, H, n_layers=1):
    blocks = {"rnn": 1, "gru": 2, "lstm": 4}[kind]
    return blocks * H * (D + H + 2 + (n_layers - 1) * (2 * H + 2))


# %% exercise=count_parameters name=blocks-of-the-first-layer-only
# en: Only your first layer is multiplied by the number of blocks.
# ko: 블록 수를 첫째 층에만 곱했습니다.
def count_parameters(kind, D, H, n_layers=1):
    blocks = {"rnn": 1, "gru": 3, "lstm": 4}[kind]
    return blocks * H * (D + H + 2) + (n_layers - 1) * H * (2 * H + 2)


# %% exercise=count_parameters variant=ask-the-library
def count_parameters(kind, D, H, n_layers=1):
    layer = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[kind](D, H, n_layers)
    return sum(parameter.numel() for parameter in layer.parameters())



# %% exercise=lstm_cell name=argument-without-gradient
# en: Not every argument gets a gradient back. Which one is cut off, by a detach or a .data: a state, x, W, U or b?
# ko: 기울기가 돌아오지 않는 인수가 있습니다. detach나 .data로 끊어진 것은 무엇인가요? 상태인가요, x, W, U, b인가요?
def lstm_cell(x, h, c, W, U, b):
    i, f, g, o = (x @ W + h.detach() @ U + b).chunk(4, dim=1)
    c_new = f.sigmoid() * c.detach() + i.sigmoid() * g.tanh()
    return o.sigmoid() * c_new.tanh(), c_new

# %% exercise=lstm_cell name=hard-sigmoid
# en: The gates are straight lines with corners: sigmoid is a smooth curve.
# ko: 게이트가 꺾인 직선입니다. 시그모이드는 매끄러운 곡선입니다.
def lstm_cell(x, h, c, W, U, b):
    i, f, g, o = (x @ W + h @ U + b).chunk(4, dim=1)
    c_new = F.hardsigmoid(f) * c + F.hardsigmoid(i) * g.tanh()
    return F.hardsigmoid(o) * c_new.tanh(), c_new

# %% exercise=lstm_cell name=bias-added-twice
# en: b is added twice: W, U and b make one sum, with one bias.
# ko: b를 두 번 더했습니다. W, U, b는 편향이 하나인 합을 이룹니다.
def lstm_cell(x, h, c, W, U, b):
    i, f, g, o = (x @ W + b + h @ U + b).chunk(4, dim=1)
    c_new = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c_new.tanh(), c_new

# %% exercise=gru_cell name=without-gradient
# en: The new state is cut off from its inputs: nothing flows back through it.
# ko: 새 상태가 입력에서 끊어져 기울기가 흐르지 않습니다.
@torch.no_grad()
def gru_cell(x, h, W, U, b_x, b_h):
    x_r, x_z, x_n = (x @ W + b_x).chunk(3, dim=1)
    h_r, h_z, h_n = (h @ U + b_h).chunk(3, dim=1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    return (1 - z) * (x_n + r * h_n).tanh() + z * h

# %% exercise=masked_unroll name=given-state-written-over
# en: The state that was given is written over: keep it and make a new one.
# ko: 주어진 상태에 덮어썼습니다. 그대로 두고 새 상태를 만드세요.
def masked_unroll(step, x, mask, state):
    outputs = []
    for t in range(x.shape[1]):
        real = mask[:, t]
        for old, new in zip(state, step(x[:, t], state)):
            old[real] = new[real]
        outputs.append(torch.where(real[:, None], state[0], 0.0))
    return torch.stack(outputs, dim=1), state

# %% exercise=masked_unroll name=state-detached
# en: The state is cut off at each step: the loss cannot reach the tokens before.
# ko: 단계마다 상태가 끊어져 손실이 앞의 토큰에 닿지 못합니다.
def masked_unroll(step, x, mask, state):
    outputs = []
    for t in range(x.shape[1]):
        real = mask[:, t, None]
        moved = step(x[:, t], tuple(part.detach() for part in state))
        state = tuple(torch.where(real, new, old) for new, old in zip(moved, state))
        outputs.append(torch.where(real, moved[0], 0.0))
    return torch.stack(outputs, dim=1), state

# %% exercise=masked_unroll name=zeros-taken-for-padding
# en: A token whose numbers are all 0 is real if the mask says so: do not look for padding in x.
# ko: 모두 0인 토큰도 마스크가 참이면 진짜 토큰입니다. x에서 패딩을 찾지 마세요.
def masked_unroll(step, x, mask, state):
    mask = mask & (x != 0).any(-1)
    outputs = []
    for t in range(x.shape[1]):
        real, moved = mask[:, t, None], step(x[:, t], state)
        state = tuple(torch.where(real, new, old) for new, old in zip(moved, state))
        outputs.append(torch.where(real, moved[0], 0.0))
    return torch.stack(outputs, dim=1), state

# %% exercise=fix_lstm name=padding-at-the-end-only
# en: The mask was replaced by lengths: padding may also stand in front or in between.
# ko: 마스크를 길이로 바꾸었습니다. 패딩은 앞이나 사이에도 올 수 있습니다.
def fix_lstm(x, mask, W, U, b):
    h = c = x.new_zeros(x.shape[0], U.shape[0])
    mask, outputs = torch.arange(x.shape[1]) < mask.sum(1, keepdim=True), []
    for t in range(x.shape[1]):
        i, f, g, o = (x[:, t] @ W + h @ U + b).chunk(4, dim=1)
        c_new = f.sigmoid() * c + i.sigmoid() * g.tanh()
        real = mask[:, t].unsqueeze(1)
        h = torch.where(real, o.sigmoid() * c_new.tanh(), h)
        c = torch.where(real, c_new, c)
        outputs.append(torch.where(real, h, 0.0))
    return torch.stack(outputs, dim=1), (h, c)

# %% exercise=gate_trace name=two-clamps-at-most
# en: Of three held gates only two are held: go through the whole dict.
# ko: 게이트 세 개 가운데 두 개만 고정되었습니다. 딕셔너리 전체를 살펴보세요.
@torch.no_grad()
def gate_trace(lstm, x, clamp=None):
    b = lstm.bias_ih_l0 + lstm.bias_hh_l0
    h = c = x.new_zeros(lstm.hidden_size)
    rows = []
    for x_t in x:
        i, f, g, o = (lstm.weight_ih_l0 @ x_t + lstm.weight_hh_l0 @ h + b).chunk(4)
        now = {"i": i.sigmoid(), "f": f.sigmoid(), "g": g.tanh(), "o": o.sigmoid()}
        for name, value in list((clamp or {}).items())[:2]:
            now[name] = torch.full_like(h, value)
        c = now["f"] * c + now["i"] * now["g"]
        h = now["o"] * c.tanh()
        rows.append({**now, "c": c, "h": h})
    return {name: torch.stack([row[name] for row in rows]) for name in "ifgoch"}

# %% exercise=gate_trace name=input-and-forget-coupled
# en: Holding one gate moved another: f does not become 1 - i.
# ko: 한 게이트를 고정하자 다른 게이트도 변했습니다. f는 1 - i가 아닙니다.
@torch.no_grad()
def gate_trace(lstm, x, clamp=None):
    b = lstm.bias_ih_l0 + lstm.bias_hh_l0
    h = c = x.new_zeros(lstm.hidden_size)
    rows = []
    for x_t in x:
        i, f, g, o = (lstm.weight_ih_l0 @ x_t + lstm.weight_hh_l0 @ h + b).chunk(4)
        now = {"i": i.sigmoid(), "f": f.sigmoid(), "g": g.tanh(), "o": o.sigmoid()}
        for name, value in (clamp or {}).items():
            now[name] = torch.full_like(h, value)
            if name == "i" and "f" not in clamp:
                now["f"] = 1 - now["i"]
        c = now["f"] * c + now["i"] * now["g"]
        h = now["o"] * c.tanh()
        rows.append({**now, "c": c, "h": h})
    return {name: torch.stack([row[name] for row in rows]) for name in "ifgoch"}

# %% exercise=gate_trace name=given-dict-changed
# en: The dict of held gates is not what it was before the call. Which line writes into it, or takes something out?
# ko: 고정할 게이트의 딕셔너리가 호출 전과 달라졌습니다. 어느 줄이 거기에 써넣거나 무언가를 꺼내나요?
@torch.no_grad()
def gate_trace(lstm, x, clamp=None):
    b = lstm.bias_ih_l0 + lstm.bias_hh_l0
    h = c = x.new_zeros(lstm.hidden_size)
    held = {}
    while clamp:
        name, value = clamp.popitem()
        held[name] = torch.full_like(h, value)
    rows = []
    for x_t in x:
        i, f, g, o = (lstm.weight_ih_l0 @ x_t + lstm.weight_hh_l0 @ h + b).chunk(4)
        now = {"i": i.sigmoid(), "f": f.sigmoid(), "g": g.tanh(), "o": o.sigmoid()} | held
        c = now["f"] * c + now["i"] * now["g"]
        h = now["o"] * c.tanh()
        rows.append({**now, "c": c, "h": h})
    return {name: torch.stack([row[name] for row in rows]) for name in "ifgoch"}

# %% exercise=count_parameters name=two-layers-at-most
# en: The third layer and those above it have parameters too.
# ko: 셋째 층부터도 매개변수가 있습니다.
def count_parameters(kind, D, H, n_layers=1):
    blocks = {"rnn": 1, "gru": 3, "lstm": 4}[kind]
    first, further = H * D + H * H + 2 * H, 2 * H * H + 2 * H
    return blocks * (first + (further if n_layers > 1 else 0))

# %% exercise=init_forget_bias name=first-layer-backwards-only
# en: Of the backward direction only the first layer was set: every layer has one.
# ko: 역방향에서는 첫째 층만 설정되었습니다. 역방향은 층마다 있습니다.
def init_forget_bias(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        for name, parameter in lstm.named_parameters():
            if name.startswith("bias") and (not name.endswith("reverse") or "_l0_" in name):
                parameter[H : 2 * H] = value if "_ih_" in name else 0.0

# %% exercise=init_forget_bias name=recurrent-vector-emptied
# en: One of the two vectors is empty now, and the other gates' biases went with it. Which of its places were to change?
# ko: 두 벡터 중 하나를 비워서 다른 게이트의 편향까지 사라졌습니다. 그 벡터에서 바꿔야 할 자리는 어디인가요?
def init_forget_bias(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        for name, parameter in lstm.named_parameters():
            if name.startswith("bias_ih"):
                parameter[H : 2 * H] = value
            elif name.startswith("bias_hh"):
                parameter.zero_()

# %% exercise=gru_cell name=rows-cut-into-blocks
# en: With one row all is right; with more, numbers of one row reach another. Does a view cut the blocks out of the columns?
# ko: 행이 하나일 때는 맞지만 여럿이면 한 행의 수가 다른 행에 섞입니다. view가 블록을 열에서 잘라 내나요?
def gru_cell(x, h, W, U, b_x, b_h):
    x_r, x_z, x_n = (x @ W + b_x).reshape(3, *h.shape)
    h_r, h_z, h_n = (h @ U + b_h).reshape(3, *h.shape)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    return (1 - z) * (x_n + r * h_n).tanh() + z * h

# %% exercise=gru_cell name=recurrent-bias-in-the-candidate-only
# en: b_h acts in the candidate and in no gate. How many blocks does it have, and where does each belong?
# ko: b_h가 후보에만 쓰이고 게이트에는 쓰이지 않습니다. b_h에는 블록이 몇 개 있고, 각각 어디에 더해야 하나요?
def gru_cell(x, h, W, U, b_x, b_h):
    x_r, x_z, x_n = (x @ W + b_x).chunk(3, dim=1)
    h_r, h_z, h_n = (h @ U).chunk(3, dim=1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    return (1 - z) * (x_n + r * (h_n + b_h.chunk(3)[2])).tanh() + z * h

# %% exercise=fix_lstm name=stops-at-the-first-padding
# en: A row of yours ends at its first padding. Padding may stand anywhere: what comes after it?
# ko: 한 행이 첫 패딩에서 끝납니다. 패딩은 어디에나 있을 수 있습니다. 그 뒤에는 무엇이 오나요?
def fix_lstm(x, mask, W, U, b):
    h = c = x.new_zeros(x.shape[0], U.shape[0])
    outputs, real = [], torch.ones_like(mask[:, :1])
    for t in range(x.shape[1]):
        i, f, g, o = (x[:, t] @ W + h @ U + b).chunk(4, dim=1)
        real = real & mask[:, t, None]
        c = torch.where(real, f.sigmoid() * c + i.sigmoid() * g.tanh(), c)
        h = torch.where(real, o.sigmoid() * c.tanh(), h)
        outputs.append(h * real)
    return torch.stack(outputs, dim=1), (h, c)

# %% exercise=gate_trace name=held-gate-in-float32
# en: A held gate comes back in another dtype than x has. In which dtype do you make its constant?
# ko: 고정한 게이트의 dtype이 x와 다릅니다. 그 상수를 어떤 dtype으로 만드나요?
@torch.no_grad()
def gate_trace(lstm, x, clamp=None):
    W, U = lstm.weight_ih_l0.T, lstm.weight_hh_l0.T
    b = lstm.bias_ih_l0 + lstm.bias_hh_l0
    h = c = x.new_zeros(lstm.hidden_size)
    trace = {name: [] for name in "ifgoch"}
    for x_t in x:
        i, f, g, o = (x_t @ W + h @ U + b).chunk(4)
        now = {"i": i.sigmoid(), "f": f.sigmoid(), "g": g.tanh(), "o": o.sigmoid()}
        for name, value in (clamp or {}).items():
            now[name] = torch.full(h.shape, value)
        c = now["f"] * c + now["i"] * now["g"]
        h = now["o"] * c.tanh()
        for name, value in {**now, "c": c, "h": h}.items():
            trace[name].append(value)
    return {name: torch.stack(values) for name, values in trace.items()}

# %% exercise=gate_trace name=held-candidate-squashed
# en: A held g is not the number that was asked for, the held gates are. Does a tanh come after the holding?
# ko: 고정한 g가 요청한 값이 아닙니다. 고정한 게이트들은 맞습니다. 고정한 뒤에 tanh를 씌우나요?
@torch.no_grad()
def gate_trace(lstm, x, clamp=None):
    W, U = lstm.weight_ih_l0.T, lstm.weight_hh_l0.T
    b = lstm.bias_ih_l0 + lstm.bias_hh_l0
    h = c = x.new_zeros(lstm.hidden_size)
    trace = {name: [] for name in "ifgoch"}
    for x_t in x:
        i, f, g, o = (x_t @ W + h @ U + b).chunk(4)
        now = {"i": i.sigmoid(), "f": f.sigmoid(), "g": g, "o": o.sigmoid()}
        for name, value in (clamp or {}).items():
            now[name] = torch.full_like(h, value)
        now["g"] = now["g"].tanh()
        c = now["f"] * c + now["i"] * now["g"]
        h = now["o"] * c.tanh()
        for name, value in {**now, "c": c, "h": h}.items():
            trace[name].append(value)
    return {name: torch.stack(values) for name, values in trace.items()}

# %% exercise=count_parameters name=upper-layers-read-all-blocks
# en: Right for one layer and for nn.RNN. How wide is what a GRU or an LSTM hands to the layer above: one block or all?
# ko: 층이 하나일 때와 nn.RNN에서는 맞습니다. GRU나 LSTM이 위층에 넘기는 것의 폭은 블록 하나인가요, 전부인가요?
def count_parameters(kind, D, H, n_layers=1):
    rows = {"rnn": 1, "gru": 3, "lstm": 4}[kind] * H
    return sum(rows * ((rows if layer else D) + H + 2) for layer in range(n_layers))


# %% exercise=lstm_cell name=tanh-from-exponentials
# en: With a large cell state your h is NaN. How large is exp of a few hundred, and what is inf / inf?
# ko: 셀 상태가 크면 h가 NaN이 됩니다. 수백의 exp는 얼마나 크고, inf / inf는 무엇인가요?
def lstm_cell(x, h, c, W, U, b):
    i, f, g, o = (x @ W + h @ U + b).chunk(4, dim=1)
    c_new = f.sigmoid() * c + i.sigmoid() * g.tanh()
    up, down = c_new.exp(), (-c_new).exp()
    return o.sigmoid() * (up - down) / (up + down), c_new


# %% exercise=lstm_cell name=gradient-of-the-exponential
# en: All values are right, but where a gate is pushed far, some gradients are NaN. What does backward make of inf * 0?
# ko: 값은 모두 맞지만 게이트를 끝까지 밀면 일부 기울기가 NaN이 됩니다. 역전파에서 inf * 0은 무엇이 되나요?
def lstm_cell(x, h, c, W, U, b):
    i, f, g, o = (x @ W + h @ U + b).chunk(4, dim=1)
    i, f, o = (1 / (1 + torch.exp(-gate)) for gate in (i, f, o))
    c_new = f * c + i * g.tanh()
    return o * c_new.tanh(), c_new


# %% exercise=lstm_cell name=cell-state-detached
# en: All values are right, but the loss on h does not reach what made the cell state. What cuts c_new off on its way into h?
# ko: 값은 모두 맞지만 h에 대한 손실이 셀 상태를 만든 것들에 닿지 않습니다. h로 가는 길에서 c_new를 무엇이 끊나요?
def lstm_cell(x, h, c, W, U, b):
    i, f, g, o = (x @ W + h @ U + b).chunk(4, dim=1)
    c_new = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c_new.detach().tanh(), c_new


# %% exercise=init_forget_bias name=one-digit-layers
# en: In a very deep LSTM the layers from number 10 on are left out. How many digits of a layer's number do you look for?
# ko: 층이 아주 많으면 10번부터의 층이 빠집니다. 층 번호를 몇 자리까지 찾나요?
def init_forget_bias(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        for name, parameter in lstm.named_parameters():
            if name.removesuffix("_reverse")[:-1] in ("bias_ih_l", "bias_hh_l"):
                parameter[H : 2 * H] = value if "_ih_" in name else 0.0


# %% exercise=init_forget_bias name=backward-only
# en: Of an LSTM with two directions only the backward one was set. Which names does the forward one have?
# ko: 양방향 LSTM에서 역방향만 설정되었습니다. 정방향의 이름은 무엇인가요?
def init_forget_bias(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        for name, parameter in lstm.named_parameters():
            if "bias" in name and name.endswith("_reverse") == lstm.bidirectional:
                parameter[H : 2 * H] = value if "_ih_" in name else 0.0


# %% exercise=init_forget_bias name=second-call-ignored
# en: The first call is right, a second one with another value changes nothing. What do you remember from the first?
# ko: 첫 호출은 맞지만 다른 값으로 다시 호출하면 바뀌지 않습니다. 첫 호출에서 무엇을 기억해 두나요?
def init_forget_bias(lstm, value):
    H = lstm.hidden_size
    if not hasattr(lstm, "forget_bias"):
        lstm.forget_bias = value
        with torch.no_grad():
            for name, parameter in lstm.named_parameters():
                if "bias" in name:
                    parameter[H : 2 * H] = value / 2


# %% exercise=gru_cell name=candidate-lost-in-a-difference
# en: With z = 0 and a very large state the new state is not n. What is left of n in n - h when h is that large?
# ko: z = 0이고 상태가 아주 크면 새 상태가 n이 되지 않습니다. h가 그렇게 클 때 n - h에 n이 얼마나 남나요?
def gru_cell(x, h, W, U, b_x, b_h):
    x_r, x_z, x_n = (x @ W + b_x).chunk(3, dim=1)
    h_r, h_z, h_n = (h @ U + b_h).chunk(3, dim=1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    return h + (1 - z) * ((x_n + r * h_n).tanh() - h)


# %% exercise=gru_cell name=gradient-of-the-exponential
# en: All values are right, but where a gate is pushed far, some gradients are NaN. What does backward make of inf * 0?
# ko: 값은 모두 맞지만 게이트를 끝까지 밀면 일부 기울기가 NaN이 됩니다. 역전파에서 inf * 0은 무엇이 되나요?
def gru_cell(x, h, W, U, b_x, b_h):
    x_r, x_z, x_n = (x @ W + b_x).chunk(3, dim=1)
    h_r, h_z, h_n = (h @ U + b_h).chunk(3, dim=1)
    r, z = (1 / (1 + torch.exp(-gate)) for gate in (x_r + h_r, x_z + h_z))
    return (1 - z) * (x_n + r * h_n).tanh() + z * h


# %% exercise=gru_cell name=kept-state-detached
# en: All values are right, but through the part of h that z keeps no gradient comes back. What cuts it off?
# ko: 값은 모두 맞지만 z가 남기는 h를 통해서는 기울기가 돌아오지 않습니다. 무엇이 끊나요?
def gru_cell(x, h, W, U, b_x, b_h):
    x_r, x_z, x_n = (x @ W + b_x).chunk(3, dim=1)
    h_r, h_z, h_n = (h @ U + b_h).chunk(3, dim=1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    return (1 - z) * (x_n + r * h_n).tanh() + z * h.detach()


# %% exercise=gru_cell name=float64-always
# en: The numbers are right, but a state in half precision comes back in float64. Which line leaves the dtype of the arguments?
# ko: 숫자는 맞지만 반정밀도 상태가 float64로 돌아옵니다. 인자의 dtype을 벗어나는 줄은 어디인가요?
def gru_cell(x, h, W, U, b_x, b_h):
    x, h, W, U, b_x, b_h = (given.double() for given in (x, h, W, U, b_x, b_h))
    x_r, x_z, x_n = (x @ W + b_x).chunk(3, dim=1)
    h_r, h_z, h_n = (h @ U + b_h).chunk(3, dim=1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    return (1 - z) * (x_n + r * h_n).tanh() + z * h


# %% exercise=gru_cell name=gates-in-float32
# en: The numbers are right, but a state in half precision comes back in float32. Of which dtype is a tensor that torch.ones, or a .float(), makes?
# ko: 숫자는 맞지만 반정밀도 상태가 float32로 돌아옵니다. torch.ones나 .float()가 만드는 텐서의 dtype은 무엇인가요?
def gru_cell(x, h, W, U, b_x, b_h):
    x_r, x_z, x_n = (x @ W + b_x).chunk(3, dim=1)
    h_r, h_z, h_n = (h @ U + b_h).chunk(3, dim=1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    return (torch.ones(h.shape) - z) * (x_n + r * h_n).tanh() + z * h


# %% exercise=masked_unroll name=two-parts-expected
# en: Your state has exactly two parts, h and c. A GRU has one, another cell three: how do you treat each part without counting them?
# ko: 상태가 h와 c 두 부분일 때만 됩니다. GRU는 하나, 어떤 셀은 셋입니다. 개수를 정하지 않고 부분마다 어떻게 처리할까요?
def masked_unroll(step, x, mask, state):
    (h, c), outputs = state, []
    for t in range(x.shape[1]):
        real = mask[:, t, None]
        h_new, c_new = step(x[:, t], (h, c))
        h, c = torch.where(real, h_new, h), torch.where(real, c_new, c)
        outputs.append(torch.where(real, h, 0.0))
    return torch.stack(outputs, dim=1), (h, c)


# %% exercise=masked_unroll name=empty-row-ends-in-zeros
# en: All is right but the last state of a row without a real token: it is zeros. Which state has it when nothing was read?
# ko: 실제 토큰이 없는 행의 마지막 상태만 틀렸습니다. 0이 되어 있습니다. 아무것도 읽지 않은 행의 상태는 무엇인가요?
def masked_unroll(step, x, mask, state):
    outputs, none = [], ~mask.any(dim=1, keepdim=True)
    for t in range(x.shape[1]):
        real = mask[:, t, None]
        moved = step(x[:, t], state)
        state = tuple(torch.where(real, new, old) for new, old in zip(moved, state))
        outputs.append(torch.where(real, state[0], 0.0))
    return torch.stack(outputs, dim=1), tuple(part.masked_fill(none, 0.0) for part in state)


# %% exercise=masked_unroll name=mask-in-float32
# en: With a cell in half precision float32 comes back. Of which dtype is the mask that you multiply with?
# ko: 반정밀도 셀인데 float32가 나옵니다. 곱하는 마스크의 dtype은 무엇인가요?
def masked_unroll(step, x, mask, state):
    outputs = []
    for t in range(x.shape[1]):
        real = mask[:, t, None].float()
        moved = step(x[:, t], state)
        state = tuple(real * new + (1 - real) * old for new, old in zip(moved, state))
        outputs.append(real * state[0])
    return torch.stack(outputs, dim=1), state


# %% exercise=masked_unroll name=ends-before-the-last-columns
# en: Where the last columns are padding in every row, your outputs are shorter than T. How many columns must they have?
# ko: 모든 행에서 마지막 열들이 패딩이면 outputs가 T보다 짧습니다. 열은 몇 개여야 하나요?
def masked_unroll(step, x, mask, state):
    outputs, columns = [], mask.any(dim=0).nonzero().flatten().tolist()
    for t in range(max(columns, default=0) + 1):
        real = mask[:, t, None]
        moved = step(x[:, t], state)
        state = tuple(torch.where(real, new, old) for new, old in zip(moved, state))
        outputs.append(torch.where(real, state[0], 0.0))
    return torch.stack(outputs, dim=1), state


# %% exercise=fix_lstm name=h-computed-at-padding
# en: c waits at padding. h is computed there all the same, from the c that waited: does a gate of the padding step still act on it?
# ko: c는 패딩에서 기다립니다. 그런데 h는 기다리던 c로 패딩에서도 계산됩니다. 패딩 단계의 게이트가 h에 작용하지 않나요?
def fix_lstm(x, mask, W, U, b):
    B, T, _ = x.shape
    h = c = x.new_zeros(B, U.shape[0])
    outputs = []
    for t in range(T):
        i, f, g, o = (x[:, t] @ W + h @ U + b).chunk(4, dim=1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        real = mask[:, t].unsqueeze(1)
        c = torch.where(real, f * c + i * g, c)
        h = o * c.tanh()
        outputs.append(torch.where(real, h, 0.0))
    return torch.stack(outputs, dim=1), (h, c)


# %% exercise=fix_lstm name=last-place-by-count
# en: Nothing waits at padding; you pick the last state by counting real tokens. Where may padding stand?
# ko: 패딩에서 아무것도 기다리지 않고, 실제 토큰의 수로 마지막 상태를 고릅니다. 패딩은 어디에 있을 수 있나요?
def fix_lstm(x, mask, W, U, b):
    B, T, _ = x.shape
    h = c = x.new_zeros(B, U.shape[0])
    hs, cs = [], []
    for t in range(T):
        i, f, g, o = (x[:, t] @ W + h @ U + b).chunk(4, dim=1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        hs.append(h)
        cs.append(c)
    rows, last = torch.arange(B), mask.sum(dim=1) - 1
    hs, cs = torch.stack(hs, dim=1), torch.stack(cs, dim=1)
    return hs * mask.unsqueeze(2), (hs[rows, last], cs[rows, last])


# %% exercise=fix_lstm name=candidate-of-half-the-sum
# en: The candidate lies between -1 and 1, but it is not the tanh of its sum. Of which number is 2 * sigmoid - 1 the tanh?
# ko: 후보 상태가 -1과 1 사이에 있지만 합의 tanh가 아닙니다. 2 * sigmoid - 1은 어떤 수의 tanh인가요?
def fix_lstm(x, mask, W, U, b):
    B, T, _ = x.shape
    h = c = x.new_zeros(B, U.shape[0])
    outputs = []
    for t in range(T):
        i, f, g, o = (x[:, t] @ W + h @ U + b).sigmoid().chunk(4, dim=1)
        c_new = f * c + i * (2 * g - 1)
        h_new = o * c_new.tanh()
        real = mask[:, t].unsqueeze(1)
        h, c = torch.where(real, h_new, h), torch.where(real, c_new, c)
        outputs.append(torch.where(real, h, 0.0))
    return torch.stack(outputs, dim=1), (h, c)


# %% exercise=fix_lstm name=one-tensor-for-both
# en: Your c holds the numbers of h. If you write into the states: are h and c two tensors at the start, or one?
# ko: c에 h의 숫자가 들어 있습니다. 상태에 직접 쓴다면, 처음에 h와 c는 두 텐서인가요, 하나인가요?
def fix_lstm(x, mask, W, U, b):
    B, T, _ = x.shape
    h = c = x.new_zeros(B, U.shape[0])
    outputs = []
    for t in range(T):
        i, f, g, o = (x[:, t] @ W + h @ U + b).chunk(4, dim=1)
        c_new = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h_new = o.sigmoid() * c_new.tanh()
        real = mask[:, t]
        c[real], h[real] = c_new[real], h_new[real]
        outputs.append(h * real.unsqueeze(1))
    return torch.stack(outputs, dim=1), (h, c)


# %% exercise=fix_lstm name=outputs-in-float32
# en: All numbers are right, but not every result has the dtype of x. Does a tensor that you make room in have it?
# ko: 숫자는 모두 맞지만 결과의 dtype이 모두 x와 같지는 않습니다. 미리 만들어 둔 텐서의 dtype은 무엇인가요?
def fix_lstm(x, mask, W, U, b):
    B, T, _ = x.shape
    h = c = x.new_zeros(B, U.shape[0])
    outputs = torch.zeros(B, T, U.shape[0])
    for t in range(T):
        i, f, g, o = (x[:, t] @ W + h @ U + b).chunk(4, dim=1)
        c_new = f.sigmoid() * c + i.sigmoid() * g.tanh()
        real = mask[:, t].unsqueeze(1)
        h = torch.where(real, o.sigmoid() * c_new.tanh(), h)
        c = torch.where(real, c_new, c)
        outputs[:, t] = torch.where(real, h, 0.0)
    return outputs, (h, c)


# %% exercise=gate_trace name=gates-of-the-free-run
# en: Without a clamp all is right. With one, the other gates go on as if nothing were held: from which h are they computed?
# ko: 고정하지 않으면 모두 맞습니다. 고정하면 다른 게이트들이 아무것도 고정하지 않은 듯이 나옵니다. 어느 h로 계산하나요?
@torch.no_grad()
def gate_trace(lstm, x, clamp=None):
    free = lstm(x)[0]
    before = torch.cat([torch.zeros_like(free[:1]), free[:-1]])
    b = lstm.bias_ih_l0 + lstm.bias_hh_l0
    i, f, g, o = (x @ lstm.weight_ih_l0.T + before @ lstm.weight_hh_l0.T + b).chunk(4, dim=1)
    trace = {"i": i.sigmoid(), "f": f.sigmoid(), "g": g.tanh(), "o": o.sigmoid()}
    for name, value in (clamp or {}).items():
        trace[name] = torch.full_like(free, value)
    c, belt = torch.zeros_like(free[0]), []
    for t in range(len(x)):
        c = trace["f"][t] * c + trace["i"][t] * trace["g"][t]
        belt.append(c)
    trace["c"] = torch.stack(belt)
    trace["h"] = trace["o"] * trace["c"].tanh()
    return trace


# %% exercise=count_parameters name=one-layer-short
# en: Right for one layer and for two. From three layers on one layer is missing: how often is a further layer added?
# ko: 한 층과 두 층에서는 맞습니다. 세 층부터는 한 층이 모자랍니다. 다음 층을 몇 번 더하나요?
def count_parameters(kind, D, H, n_layers=1):
    blocks = {"rnn": 1, "gru": 3, "lstm": 4}[kind]
    first, further = H * D + H * H + 2 * H, 2 * H * H + 2 * H
    return blocks * (first + min(n_layers - 1, max(1, n_layers - 2)) * further)


# %% exercise=count_parameters name=tensor-or-float
# en: The numbers are right, but not every count is an int. What do you add up, and does a division or a tensor come in?
# ko: 숫자는 맞지만 개수가 int가 아닙니다. 무엇을 더하고 있나요? 나눗셈이나 텐서가 들어가지 않나요?
def count_parameters(kind, D, H, n_layers=1):
    blocks = {"rnn": 1, "gru": 3, "lstm": 4}[kind]
    first, further = H * D + H * H + 2 * H, 2 * H * H + 2 * H
    return float(blocks * (first + (n_layers - 1) * further))


# %% exercise=lstm_cell name=rows-cut-into-blocks
# en: With one row all is right; with more, numbers of one row reach another. Does a view cut the blocks out of the columns?
# ko: 행이 하나일 때는 맞지만 여럿이면 한 행의 수가 다른 행에 섞입니다. view가 블록을 열에서 잘라 내나요?
def lstm_cell(x, h, c, W, U, b):
    i, f, g, o = (x @ W + h @ U + b).reshape(4, *h.shape)
    c_new = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c_new.tanh(), c_new


# %% exercise=masked_unroll name=cut-at-an-empty-column
# en: You stop where a whole column is padding, and your outputs are shorter than T. What may stand behind such a column?
# ko: 한 열이 모두 패딩이면 멈추고, outputs가 T보다 짧습니다. 그런 열 뒤에 무엇이 올 수 있나요?
def masked_unroll(step, x, mask, state):
    outputs = []
    for t in range(x.shape[1]):
        real = mask[:, t, None]
        if not real.any():
            break
        moved = step(x[:, t], state)
        state = tuple(torch.where(real, new, old) for new, old in zip(moved, state))
        outputs.append(torch.where(real, state[0], 0.0))
    return torch.stack(outputs, dim=1), state


# %% exercise=init_forget_bias name=numbers-back-in-float32
# en: The numbers are right, but the biases of a float64 LSTM are float32 now. Of which dtype is a tensor that is made from a list?
# ko: 숫자는 맞지만 float64 LSTM의 편향이 float32가 되었습니다. 리스트로 만든 텐서의 dtype은 무엇인가요?
def init_forget_bias(lstm, value):
    H = lstm.hidden_size
    for name, parameter in lstm.named_parameters():
        if "bias" in name:
            numbers = parameter.tolist()
            numbers[H : 2 * H] = [value / 2] * H
            parameter.data = torch.tensor(numbers)
