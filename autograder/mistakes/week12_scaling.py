"""Known mistakes and correct variants of week 12: counts, fits, valleys, bets, rulers, memory.

Each cell runs in the notebook's namespace, right after the reference's solution cell.
"""

# ------------------------------------------------------------------------------------ count_params
# %% exercise=count_params name=no-final-norm
# en: After the last layer stands one more norm: is it counted?
# ko: 마지막 층 뒤에 정규화가 하나 더 있습니다. 세었나요?
def count_params(shape):
    D, inner, d_kv = shape.D, shape.inner, shape.n_kv * shape.D // shape.n_heads
    matrices = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * inner
    biases = 3 * D + 2 * d_kv + (2 if shape.gated else 1) * inner if shape.biases else 0
    norm = 2 * D if shape.biases else D
    outside = shape.n_layers * (matrices + biases + 2 * norm)
    return outside + shape.V * D * (1 if shape.tied else 2) + shape.positions * D, outside


# %% exercise=count_params name=heads-all-alike
# en: Keys and values have n_kv heads, each as wide as the others: how wide are their matrices?
# ko: 키와 값의 헤드는 n_kv개이고 너비는 같습니다. 두 행렬의 너비는 얼마인가요?
def count_params(shape):
    D, inner = shape.D, shape.inner
    matrices = 4 * D * D + (3 if shape.gated else 2) * D * inner
    biases = 5 * D + (2 if shape.gated else 1) * inner if shape.biases else 0
    norm = 2 * D if shape.biases else D
    outside = shape.n_layers * (matrices + biases + 2 * norm) + norm
    return outside + shape.V * D * (1 if shape.tied else 2) + shape.positions * D, outside


# %% exercise=count_params name=inner-is-four-times-D
# en: The feed-forward part has a width of its own: where do you use `inner`?
# ko: 피드포워드 층의 너비는 따로 주어집니다. `inner`를 어디에 쓰고 있나요?
def count_params(shape):
    D, inner, d_kv = shape.D, 4 * shape.D, shape.n_kv * shape.D // shape.n_heads
    matrices = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * inner
    biases = 3 * D + 2 * d_kv + (2 if shape.gated else 1) * inner if shape.biases else 0
    norm = 2 * D if shape.biases else D
    outside = shape.n_layers * (matrices + biases + 2 * norm) + norm
    return outside + shape.V * D * (1 if shape.tied else 2) + shape.positions * D, outside


# %% exercise=count_params name=gate-forgotten
# en: A gated feed-forward part has three matrices: how many do you count?
# ko: 게이트가 있는 피드포워드 층에는 행렬이 세 개입니다. 몇 개를 세었나요?
def count_params(shape):
    D, inner, d_kv = shape.D, shape.inner, shape.n_kv * shape.D // shape.n_heads
    matrices = 2 * D * D + 2 * D * d_kv + 2 * D * inner
    biases = 3 * D + 2 * d_kv + inner if shape.biases else 0
    norm = 2 * D if shape.biases else D
    outside = shape.n_layers * (matrices + biases + 2 * norm) + norm
    return outside + shape.V * D * (1 if shape.tied else 2) + shape.positions * D, outside


# %% exercise=count_params name=norms-without-bias
# en: With biases a norm has two vectors: its weight, and what else?
# ko: 편향이 있으면 정규화에는 벡터가 둘입니다. 가중치 말고 무엇이 더 있나요?
def count_params(shape):
    D, inner, d_kv = shape.D, shape.inner, shape.n_kv * shape.D // shape.n_heads
    matrices = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * inner
    biases = 3 * D + 2 * d_kv + (2 if shape.gated else 1) * inner if shape.biases else 0
    outside = shape.n_layers * (matrices + biases + 2 * D) + D
    return outside + shape.V * D * (1 if shape.tied else 2) + shape.positions * D, outside


# %% exercise=count_params name=biases-as-long-as-the-input
# en: A bias is added to the output of its matrix (in, out): which of the two is its length?
# ko: 편향은 행렬 (입력, 출력)의 출력에 더합니다. 편향의 길이는 둘 가운데 어느 쪽인가요?
def count_params(shape):
    D, inner, d_kv = shape.D, shape.inner, shape.n_kv * shape.D // shape.n_heads
    matrices = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * inner
    biases = (6 if shape.gated else 5) * D + inner if shape.biases else 0
    norm = 2 * D if shape.biases else D
    outside = shape.n_layers * (matrices + biases + 2 * norm) + norm
    return outside + shape.V * D * (1 if shape.tied else 2) + shape.positions * D, outside


# %% exercise=count_params name=tied-counted-twice
# en: A tied output layer is the same table once more: how often is it stored?
# ko: 묶인(tied) 출력층은 같은 표입니다. 몇 번 저장되나요?
def count_params(shape):
    D, inner, d_kv = shape.D, shape.inner, shape.n_kv * shape.D // shape.n_heads
    matrices = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * inner
    biases = 3 * D + 2 * d_kv + (2 if shape.gated else 1) * inner if shape.biases else 0
    norm = 2 * D if shape.biases else D
    outside = shape.n_layers * (matrices + biases + 2 * norm) + norm
    return outside + shape.V * D * 2 + shape.positions * D, outside


# %% exercise=count_params name=output-layer-outside
# en: An output layer of its own is a table, too: in which of the two numbers does it belong?
# ko: 따로 있는 출력층도 표입니다. 두 수 가운데 어디에 들어가야 하나요?
def count_params(shape):
    D, inner, d_kv = shape.D, shape.inner, shape.n_kv * shape.D // shape.n_heads
    matrices = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * inner
    biases = 3 * D + 2 * d_kv + (2 if shape.gated else 1) * inner if shape.biases else 0
    norm = 2 * D if shape.biases else D
    outside = shape.n_layers * (matrices + biases + 2 * norm) + norm
    outside += 0 if shape.tied else shape.V * D
    return outside + shape.V * D + shape.positions * D, outside


# %% exercise=count_params name=positions-forgotten
# en: Learned positions are a table as well: is it in the first number?
# ko: 학습된 위치도 표입니다. 첫 번째 수에 들어 있나요?
def count_params(shape):
    D, inner, d_kv = shape.D, shape.inner, shape.n_kv * shape.D // shape.n_heads
    matrices = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * inner
    biases = 3 * D + 2 * d_kv + (2 if shape.gated else 1) * inner if shape.biases else 0
    norm = 2 * D if shape.biases else D
    outside = shape.n_layers * (matrices + biases + 2 * norm) + norm
    return outside + shape.V * D * (1 if shape.tied else 2), outside


# %% exercise=count_params name=order-of-the-two
# en: Which of the two numbers comes first?
# ko: 두 수 가운데 무엇이 먼저인가요?
def count_params(shape):
    D, inner, d_kv = shape.D, shape.inner, shape.n_kv * shape.D // shape.n_heads
    matrices = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * inner
    biases = 3 * D + 2 * d_kv + (2 if shape.gated else 1) * inner if shape.biases else 0
    norm = 2 * D if shape.biases else D
    outside = shape.n_layers * (matrices + biases + 2 * norm) + norm
    return outside, outside + shape.V * D * (1 if shape.tied else 2) + shape.positions * D


# %% exercise=count_params name=one-norm-a-layer
# en: Two norms stand in a layer, before attention and before the feed-forward part: how many do you count?
# ko: 한 층에는 정규화가 둘, 어텐션 앞과 피드포워드 앞에 있습니다. 몇 개를 세었나요?
def count_params(shape):
    D, inner, d_kv = shape.D, shape.inner, shape.n_kv * shape.D // shape.n_heads
    matrices = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * inner
    biases = 3 * D + 2 * d_kv + (2 if shape.gated else 1) * inner if shape.biases else 0
    norm = 2 * D if shape.biases else D
    outside = shape.n_layers * (matrices + biases + norm) + norm
    tables = shape.V * D * (1 if shape.tied else 2) + shape.positions * D
    return outside + tables, outside


# %% exercise=count_params name=gate-without-bias
# en: With biases the gate's matrix has one, too.
# ko: 편향이 있으면 게이트 행렬에도 편향이 있습니다.
def count_params(shape):
    D, inner, d_kv = shape.D, shape.inner, shape.n_kv * shape.D // shape.n_heads
    matrices = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * inner
    biases = 3 * D + 2 * d_kv + inner if shape.biases else 0
    norm = 2 * D if shape.biases else D
    outside = shape.n_layers * (matrices + biases + 2 * norm) + norm
    tables = shape.V * D * (1 if shape.tied else 2) + shape.positions * D
    return outside + tables, outside


# %% exercise=count_params name=three-norms-a-layer
# en: Yours has three norms for each layer: how many stand in a layer, and how many behind the last one?
# ko: 층마다 정규화를 세 개씩 세었습니다. 한 층에는 몇 개이고, 마지막 층 뒤에는 몇 개인가요?
def count_params(shape):
    D, kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * kv + (2 + shape.gated) * D * shape.inner
    layer += shape.biases * (3 * D + 2 * kv + (1 + shape.gated) * shape.inner)
    outside = shape.n_layers * (layer + 3 * D * (1 + shape.biases))
    return outside + (2 - shape.tied) * shape.V * D + shape.positions * D, outside


# %% exercise=count_params name=a-fraction-for-a-count
# en: The numbers are right, and of the kind float. With // a whole number stays whole.
# ko: 수는 맞지만 float형입니다. //로 나누면 정수가 정수로 남습니다.
def count_params(shape):
    D, kv = shape.D, shape.D / shape.n_heads * shape.n_kv
    layer = 2 * D * D + 2 * D * kv + (2 + shape.gated) * D * shape.inner + 2 * D
    layer += shape.biases * (5 * D + 2 * kv + (1 + shape.gated) * shape.inner)
    outside = shape.n_layers * layer + D * (1 + shape.biases)
    return outside + (2 - shape.tied) * shape.V * D + shape.positions * D, outside


# %% exercise=count_params name=last-norm-without-bias
# en: With biases every norm has one. Has the norm behind the last layer?
# ko: 편향이 있으면 모든 정규화에 편향이 있습니다. 마지막 층 뒤의 정규화는 어떤가요?
def count_params(shape):
    D, kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * kv + (2 + shape.gated) * D * shape.inner + 2 * D
    layer += shape.biases * (4 * D + 2 * kv + (1 + shape.gated) * shape.inner)
    outside = shape.n_layers * layer + D
    return outside + (2 - shape.tied) * shape.V * D + shape.positions * D, outside


# %% exercise=count_params name=wide-biases-of-keys
# en: With few heads the keys and values are narrow. How long are their biases then?
# ko: 헤드가 적으면 키와 값의 폭이 좁습니다. 그 편향의 길이는 얼마인가요?
def count_params(shape):
    D, kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * kv + (2 + shape.gated) * D * shape.inner + 2 * D
    layer += shape.biases * (7 * D + (1 + shape.gated) * shape.inner)
    outside = shape.n_layers * layer + D * (1 + shape.biases)
    return outside + (2 - shape.tied) * shape.V * D + shape.positions * D, outside


# %% exercise=count_params name=output-layer-with-a-bias
# en: With biases, an output layer of its own makes your first number too large by V. Has that layer a bias?
# ko: 편향이 있고 출력층이 따로 있으면 첫째 수가 V만큼 큽니다. 그 층에 편향이 있나요?
def count_params(shape):
    D, kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * kv + (2 + shape.gated) * D * shape.inner + 2 * D
    layer += shape.biases * (5 * D + 2 * kv + (1 + shape.gated) * shape.inner)
    outside = shape.n_layers * layer + D * (1 + shape.biases)
    tables = (shape.V + shape.positions) * D
    if not shape.tied:
        tables += shape.V * D + (shape.V if shape.biases else 0)
    return outside + tables, outside


# %% exercise=count_params name=digits-lost
# en: Small models are right, and a very large one is off in its last digits. Do you count in whole numbers throughout?
# ko: 작은 모델은 맞고 아주 큰 모델은 끝자리가 어긋납니다. 처음부터 끝까지 정수로 셌나요?
def count_params(shape):
    D, kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = np.float32(2 * D * D + 2 * D * kv + (2 + shape.gated) * D * shape.inner + 2 * D)
    layer = layer + np.float32(shape.biases * (5 * D + 2 * kv + (1 + shape.gated) * shape.inner))
    outside = int(np.float32(shape.n_layers) * layer + np.float32(D * (1 + shape.biases)))
    return outside + (2 - shape.tied) * shape.V * D + shape.positions * D, outside


# %% exercise=count_params variant=sizes-in-a-list
def count_params(shape):
    d = shape.D // shape.n_heads
    pairs = [(shape.D, shape.D), (shape.D, shape.n_kv * d), (shape.D, shape.n_kv * d)]
    pairs += [(shape.D, shape.D), (shape.D, shape.inner), (shape.inner, shape.D)]
    if shape.gated:
        pairs.append((shape.D, shape.inner))
    layer = sum(rows * columns + (columns if shape.biases else 0) for rows, columns in pairs)
    norm = shape.D + (shape.D if shape.biases else 0)
    outside = shape.n_layers * layer + (2 * shape.n_layers + 1) * norm
    total = outside + (shape.V + shape.positions) * shape.D
    if not shape.tied:
        total += shape.V * shape.D
    return total, outside


# %% exercise=count_params variant=tensors
def count_params(shape):
    bias, d_kv = shape.biases, shape.n_kv * (shape.D // shape.n_heads)
    with torch.device("meta"):
        linears = [nn.Linear(shape.D, k, bias) for k in (shape.D, d_kv, d_kv, shape.D)]
        linears += [nn.Linear(shape.D, shape.inner, bias) for _ in range(1 + shape.gated)]
        linears += [nn.Linear(shape.inner, shape.D, bias)]
        layer = sum(p.numel() for part in linears for p in part.parameters())
    norm = shape.D * (1 + bias)
    outside = shape.n_layers * (layer + 2 * norm) + norm
    return int(outside + shape.D * (shape.V * (2 - shape.tied) + shape.positions)), int(outside)


# %% exercise=train_flops name=forward-alone
# en: The backward pass multiplies, too: how often for each product of the forward pass?
# ko: 역전파도 곱셈을 합니다. 순전파의 곱 하나마다 몇 번인가요?
def train_flops(shape, T, n_tokens):
    D, d_kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * shape.inner
    return 2 * (shape.n_layers * (layer + 2 * T * D) + D * shape.V) * n_tokens


# %% exercise=train_flops name=backward-once
# en: Backward there are two gradients: of the weights, and of what else?
# ko: 역전파에는 기울기가 둘입니다. 가중치 말고 무엇의 기울기인가요?
def train_flops(shape, T, n_tokens):
    D, d_kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * shape.inner
    return 4 * (shape.n_layers * (layer + 2 * T * D) + D * shape.V) * n_tokens


# %% exercise=train_flops name=additions-forgotten
# en: One multiplication and one addition are two operations.
# ko: 곱셈 하나와 덧셈 하나는 연산 두 번입니다.
def train_flops(shape, T, n_tokens):
    D, d_kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * shape.inner
    return 3 * (shape.n_layers * (layer + 2 * T * D) + D * shape.V) * n_tokens


# %% exercise=train_flops name=no-attention-itself
# en: Scores and mixing multiply without any weights: do they occur in your sum?
# ko: 점수와 섞기는 가중치 없이 곱합니다. 합에 들어 있나요?
def train_flops(shape, T, n_tokens):
    D, d_kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * shape.inner
    return 6 * (shape.n_layers * layer + D * shape.V) * n_tokens


# %% exercise=train_flops name=half-of-the-attention
# en: T times D for the scores and as much for mixing, masked places too: yours counts half of that.
# ko: 점수에 T·D번, 값을 섞는 데 또 그만큼이고 가려진 자리도 셉니다. 지금은 그 절반만 세었습니다.
def train_flops(shape, T, n_tokens):
    D, d_kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * shape.inner
    return 6 * (shape.n_layers * (layer + T * D) + D * shape.V) * n_tokens


# %% exercise=train_flops name=window-squared
# en: Each token meets T others; is your attention counted for one token, or for the whole window?
# ko: 토큰 하나가 T개를 봅니다. 어텐션을 토큰 하나에 대해 세었나요, 창 전체에 대해 세었나요?
def train_flops(shape, T, n_tokens):
    D, d_kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * shape.inner
    return 6 * (shape.n_layers * (layer + 2 * T * T * D) + D * shape.V) * n_tokens


# %% exercise=train_flops name=no-output-layer
# en: The logits are a matrix product, tied or not: is it in your sum?
# ko: 로짓도 행렬곱입니다. 묶여 있어도 마찬가지입니다. 합에 들어 있나요?
def train_flops(shape, T, n_tokens):
    D, d_kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * shape.inner
    return 6 * shape.n_layers * (layer + 2 * T * D) * n_tokens


# %% exercise=train_flops name=lookup-counted
# en: Looking up a row of a table multiplies nothing: which products does an untied model have more?
# ko: 표에서 행을 찾는 데는 곱셈이 없습니다. 묶이지 않은 모델에 곱이 더 있나요?
def train_flops(shape, T, n_tokens):
    D, d_kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * shape.inner
    tables = D * shape.V * (1 if shape.tied else 2)
    return 6 * (shape.n_layers * (layer + 2 * T * D) + tables) * n_tokens


# %% exercise=train_flops name=attention-by-kv-heads
# en: Every query head has scores of its own, however few heads of keys there are.
# ko: 키의 헤드가 적어도 쿼리 헤드마다 점수를 따로 구합니다.
def train_flops(shape, T, n_tokens):
    D, d_kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * shape.inner
    return 6 * (shape.n_layers * (layer + 2 * T * d_kv) + D * shape.V) * n_tokens


# %% exercise=train_flops name=heads-all-alike
# en: With fewer heads of keys and values their matrices are narrower.
# ko: 키와 값의 헤드가 적으면 그 행렬은 더 좁습니다.
def train_flops(shape, T, n_tokens):
    D = shape.D
    layer = 4 * D * D + (3 if shape.gated else 2) * D * shape.inner
    return 6 * (shape.n_layers * (layer + 2 * T * D) + D * shape.V) * n_tokens


# %% exercise=train_flops name=six-n-t
# en: The rule 6 n t is what this function replaces: which numbers of a model multiply nothing?
# ko: 이 함수는 6 n t 규칙을 대신합니다. 곱셈에 쓰이지 않는 수는 무엇인가요?
def train_flops(shape, T, n_tokens):
    D, inner, d_kv = shape.D, shape.inner, shape.n_kv * shape.D // shape.n_heads
    matrices = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * inner
    biases = 3 * D + 2 * d_kv + (2 if shape.gated else 1) * inner if shape.biases else 0
    norm = 2 * D if shape.biases else D
    n = shape.n_layers * (matrices + biases + 2 * norm) + norm
    return 6 * (n + shape.V * D * (1 if shape.tied else 2) + shape.positions * D) * n_tokens


# %% exercise=train_flops name=one-token
# en: How many tokens are trained on? You count the operations of one.
# ko: 몇 토큰을 학습하나요? 지금은 토큰 하나의 연산만 셉니다.
def train_flops(shape, T, n_tokens):
    D, d_kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * shape.inner
    products = shape.n_layers * (layer + 2 * T * D) + D * shape.V
    return 3 * 2 * products


# %% exercise=train_flops name=attention-in-one-layer
# en: Attention itself is counted once. Does each layer compute scores and mix values?
# ko: 어텐션 자체를 한 번만 세었습니다. 층마다 점수를 계산하고 값을 섞지 않나요?
def train_flops(shape, T, n_tokens):
    D, kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * kv + (2 + shape.gated) * D * shape.inner
    return 6 * n_tokens * (shape.n_layers * layer + 2 * T * D + D * shape.V)


# %% exercise=train_flops name=whole-windows
# en: You round the tokens up to whole windows. Count just the tokens that are given.
# ko: 토큰 수를 창의 배수로 올림했습니다. 주어진 토큰만 세세요.
def train_flops(shape, T, n_tokens):
    D, kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * kv + (2 + shape.gated) * D * shape.inner + 2 * T * D
    return 6 * T * -(-n_tokens // T) * (shape.n_layers * layer + D * shape.V)


# %% exercise=train_flops name=gate-forgotten
# en: Wrong wherever a model is gated: how many matrices has a gated feed-forward part, and how many do you count?
# ko: 게이트가 있는 모델에서만 틀립니다. 게이트가 있는 피드포워드 층에는 행렬이 몇 개이고, 몇 개를 세었나요?
def train_flops(shape, T, n_tokens):
    D, d_kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * d_kv + 2 * D * shape.inner
    return 6 * (shape.n_layers * (layer + 2 * T * D) + D * shape.V) * n_tokens


# %% exercise=train_flops name=output-layer-in-every-layer
# en: The output layer stands once, behind all layers. How often is D times V in your sum?
# ko: 출력층은 모든 층 뒤에 한 번만 있습니다. 합에 D 곱하기 V가 몇 번 들어 있나요?
def train_flops(shape, T, n_tokens):
    D, d_kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * shape.inner
    return 6 * shape.n_layers * (layer + 2 * T * D + D * shape.V) * n_tokens


# %% exercise=train_flops name=masked-places-left-out
# en: Yours counts about half of the attention: T + 1 places for scores and mixing together. Are masked places counted, too?
# ko: 어텐션을 절반쯤만 세었습니다. 점수와 섞기를 합쳐 T + 1자리입니다. 가려진 자리도 세나요?
def train_flops(shape, T, n_tokens):
    D, d_kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * shape.inner
    return 6 * (shape.n_layers * (layer + D * (T + 1)) + D * shape.V) * n_tokens


# %% exercise=train_flops name=norms-multiply
# en: For each norm of the model yours counts D products a token. Are norms counted here?
# ko: 정규화 하나마다 토큰당 D번의 곱을 더 세었습니다. 여기서 정규화도 세나요?
def train_flops(shape, T, n_tokens):
    D, d_kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * shape.inner
    products = shape.n_layers * (layer + 2 * T * D + 2 * D) + D
    return 6 * (products + D * shape.V) * n_tokens


# %% exercise=train_flops name=three-norms-taken-off
# en: One layer comes out right; with each further one D products a token are missing. If you take norms off a count of numbers: how many does that count hold?
# ko: 층이 하나면 맞고, 층이 늘 때마다 토큰당 곱이 D번씩 모자랍니다. 매개변수 수에서 정규화를 뺐다면, 그 안에 정규화는 몇 개인가요?
def train_flops(shape, T, n_tokens):
    D, d_kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * shape.inner
    products = shape.n_layers * (layer + 2 * T * D) - (shape.n_layers - 1) * D
    return 6 * (products + D * shape.V) * n_tokens


# %% exercise=train_flops name=a-fraction-for-a-count
# en: The numbers are right, and of the kind float. With // a whole number stays whole.
# ko: 수는 맞지만 float형입니다. //로 나누면 정수가 정수로 남습니다.
def train_flops(shape, T, n_tokens):
    D, d_kv = shape.D, shape.n_kv * shape.D / shape.n_heads
    layer = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * shape.inner
    return 6 * (shape.n_layers * (layer + 2 * T * D) + D * shape.V) * n_tokens


# %% exercise=train_flops name=window-cut-at-the-tokens
# en: Where the window is longer than the training, your T is cut. How many does every token attend to?
# ko: 창이 학습 토큰 수보다 길면 T를 잘랐습니다. 토큰 하나는 몇 개를 보나요?
def train_flops(shape, T, n_tokens):
    D, d_kv = shape.D, shape.n_kv * shape.D // shape.n_heads
    layer = 2 * D * D + 2 * D * d_kv + (3 if shape.gated else 2) * D * shape.inner
    T = min(T, max(n_tokens, 3))
    return 6 * (shape.n_layers * (layer + 2 * T * D) + D * shape.V) * n_tokens


# %% exercise=train_flops variant=part-by-part
def train_flops(shape, T, n_tokens):
    d = shape.D // shape.n_heads
    attention = 2 * shape.D * (2 * shape.D + 2 * shape.n_kv * d)
    scores = 2 * shape.n_heads * T * d
    mixing = 2 * shape.n_heads * d * T
    feed_forward = 2 * shape.D * shape.inner * (2 + int(shape.gated))
    forward = shape.n_layers * (attention + scores + mixing + feed_forward)
    forward += 2 * shape.V * shape.D
    return (forward + 2 * forward) * n_tokens


# %% exercise=train_flops variant=layer-by-layer
def train_flops(shape, T, n_tokens):
    each = shape.D * shape.V
    for _ in range(shape.n_layers):
        each += 2 * shape.D**2 + 2 * shape.D * (shape.D // shape.n_heads) * shape.n_kv
        each += (2 + shape.gated) * shape.D * shape.inner
        each += sum(shape.D for _ in ("scores", "mixing")) * T
    return 6 * each * n_tokens


# %% exercise=fit_power_law name=slope-not-turned
# en: Losses that fall have a falling line: which sign has alpha then?
# ko: 손실이 줄면 직선은 내려갑니다. 그러면 alpha의 부호는 무엇인가요?
def fit_power_law(n, losses, floor=0.0):
    slope, height = np.polyfit(np.log(n), np.log(losses - floor), 1)
    return float(np.exp(height)), float(slope)


# %% exercise=fit_power_law name=height-as-a-logarithm
# en: The height of the line is a logarithm: of what?
# ko: 직선의 높이는 로그값입니다. 무엇의 로그인가요?
def fit_power_law(n, losses, floor=0.0):
    slope, height = np.polyfit(np.log(n), np.log(losses - floor), 1)
    return float(height), float(-slope)


# %% exercise=fit_power_law name=floor-forgotten
# en: What stands above the floor is a power law; the whole loss is none.
# ko: 바닥 위에 있는 부분이 거듭제곱 법칙을 따릅니다. 손실 전체가 아닙니다.
def fit_power_law(n, losses, floor=0.0):
    slope, height = np.polyfit(np.log(n), np.log(losses), 1)
    return float(np.exp(height)), float(-slope)


# %% exercise=fit_power_law name=floor-put-on-top
# en: Your a is too large by just the floor: where is it added again?
# ko: a가 바닥값만큼 큽니다. 바닥을 어디에서 다시 더했나요?
def fit_power_law(n, losses, floor=0.0):
    slope, height = np.polyfit(np.log(n), np.log(losses - floor), 1)
    return float(np.exp(height) + floor), float(-slope)


# %% exercise=fit_power_law name=other-way-round
# en: You fit sizes to losses: the squares are those of which differences?
# ko: 손실로 크기를 맞추고 있습니다. 어떤 차이의 제곱을 줄여야 하나요?
def fit_power_law(n, losses, floor=0.0):
    slope, height = np.polyfit(np.log(losses - floor), np.log(n), 1)
    return float(np.exp(-height / slope)), float(-1 / slope)


# %% exercise=fit_power_law name=sizes-not-logged
# en: A power law is straight when both axes are logarithms: are both?
# ko: 거듭제곱 법칙은 두 축이 모두 로그일 때 직선입니다. 둘 다 로그인가요?
def fit_power_law(n, losses, floor=0.0):
    slope, height = np.polyfit(n, np.log(losses - floor), 1)
    return float(np.exp(height)), float(-slope)


# %% exercise=fit_power_law name=losses-not-logged
# en: A line in log n alone is no power law: what about the losses?
# ko: n만 로그로 바꾸면 거듭제곱 법칙이 아닙니다. 손실은요?
def fit_power_law(n, losses, floor=0.0):
    slope, height = np.polyfit(np.log(n), losses - floor, 1)
    return float(height), float(-slope)


# %% exercise=fit_power_law name=two-bases
# en: The logarithm has base 10, the way back base e: do they belong together?
# ko: 로그의 밑은 10인데 되돌릴 때는 e를 씁니다. 서로 맞나요?
def fit_power_law(n, losses, floor=0.0):
    slope, height = np.polyfit(np.log10(n), np.log10(losses - floor), 1)
    return float(np.exp(height)), float(-slope)


# %% exercise=fit_power_law name=first-and-last-alone
# en: A line through two of the points is no least-squares line of all.
# ko: 두 점만 지나는 직선은 모든 점의 최소제곱 직선이 아닙니다.
def fit_power_law(n, losses, floor=0.0):
    y = np.log(losses - floor)
    alpha = (y[0] - y[-1]) / (np.log(n[-1]) - np.log(n[0]))
    return float(np.exp(y[0] + alpha * np.log(n[0]))), float(alpha)


# %% exercise=fit_power_law name=alpha-first
# en: Which of the two numbers comes first?
# ko: 두 수 가운데 무엇이 먼저인가요?
def fit_power_law(n, losses, floor=0.0):
    slope, height = np.polyfit(np.log(n), np.log(losses - floor), 1)
    return float(-slope), float(np.exp(height))


# %% exercise=fit_power_law name=never-negative
# en: Losses may also rise with size: which sign has alpha then?
# ko: 크기가 커질 때 손실이 늘 수도 있습니다. 그때 alpha의 부호는 무엇인가요?
def fit_power_law(n, losses, floor=0.0):
    slope, height = np.polyfit(np.log(n), np.log(losses - floor), 1)
    return float(np.exp(height)), float(abs(slope))


# %% exercise=fit_power_law name=another-base-for-each-axis
# en: Do both logarithms have the same base?
# ko: 두 로그의 밑이 같은가요?
def fit_power_law(n, losses, floor=0.0):
    slope, height = np.polyfit(np.log10(n), np.log(losses - floor), 1)
    return float(np.exp(height)), float(-slope)


# %% exercise=fit_power_law name=squares-of-plain-losses
# en: You make the squares of plain losses small. Which differences does the contract square?
# ko: 손실 자체의 차이를 제곱했습니다. 어떤 차이의 제곱을 줄여야 하나요?
def fit_power_law(n, losses, floor=0.0):
    from scipy.optimize import least_squares

    x, above = np.log(n), losses - floor
    start = np.polyfit(x, np.log(above), 1)
    found = least_squares(lambda p: np.exp(p[0] * x + p[1]) - above, start, xtol=1e-15, ftol=1e-15)
    return float(np.exp(found.x[1])), float(-found.x[0])


# %% exercise=fit_power_law name=smallest-and-largest-alone
# en: Two points make your line, the smallest and the largest size. What about the others?
# ko: 가장 작은 크기와 가장 큰 크기의 두 점만으로 직선을 그었습니다. 나머지 점은요?
def fit_power_law(n, losses, floor=0.0):
    x, y = np.log(n), np.log(losses - floor)
    i, j = x.argmin(), x.argmax()
    slope = (y[j] - y[i]) / (x[j] - x[i])
    return float(np.exp(y[i] - slope * x[i])), float(-slope)


# %% exercise=fit_power_law name=equal-sizes-merged
# en: A size may occur repeatedly. Of such runs you keep only one.
# ko: 같은 크기가 여러 번 나올 수 있습니다. 그중 하나만 남기고 있습니다.
def fit_power_law(n, losses, floor=0.0):
    n, first = np.unique(n, return_index=True)
    slope, height = np.polyfit(np.log(n), np.log(losses[first] - floor), 1)
    return float(np.exp(height)), float(-slope)


# %% exercise=fit_power_law name=losses-written-over
# en: The caller's own losses have changed: the floor is taken away in place, as `-=` does. Make a new array.
# ko: 호출한 쪽의 손실 배열이 바뀌었습니다. `-=`처럼 그 배열 안에서 바닥값을 뺐습니다. 새 배열을 만드세요.
def fit_power_law(n, losses, floor=0.0):
    losses -= floor
    slope, height = np.polyfit(np.log(n), np.log(losses), 1)
    return float(np.exp(height)), float(-slope)


# %% exercise=fit_power_law name=equal-sizes-averaged
# en: Wrong where a size occurs repeatedly. Does each of its losses count as a point of its own, or did you make one point of them?
# ko: 같은 크기가 여러 번 나올 때 틀립니다. 손실 하나하나가 점 하나인가요, 아니면 한 점으로 합쳤나요?
def fit_power_law(n, losses, floor=0.0):
    sizes = np.unique(n)
    means = np.array([losses[n == size].mean() for size in sizes])
    slope, height = np.polyfit(np.log(sizes), np.log(means - floor), 1)
    return float(np.exp(height)), float(-slope)


# %% exercise=fit_power_law name=sorted-apart
# en: Right as long as larger models have lower losses. Does each loss keep its own size, or are the two arrays sorted apart?
# ko: 큰 모델의 손실이 더 작을 때만 맞습니다. 손실마다 제 크기와 짝이 맞나요, 두 배열을 따로 정렬했나요?
def fit_power_law(n, losses, floor=0.0):
    x, y = np.log(np.sort(n)), np.log(np.sort(losses)[::-1] - floor)
    slope, height = np.polyfit(x, y, 1)
    return float(np.exp(height)), float(-slope)


# %% exercise=fit_power_law name=slope-of-two-points
# en: Your slope is that of the smallest and the largest size. Which points does the least-squares slope use?
# ko: 기울기를 가장 작은 크기와 가장 큰 크기로만 구했습니다. 최소제곱 기울기는 어떤 점들을 쓰나요?
def fit_power_law(n, losses, floor=0.0):
    x, y = np.log(n), np.log(losses - floor)
    first, last = np.argmin(x), np.argmax(x)
    slope = (y[last] - y[first]) / (x[last] - x[first])
    return float(np.exp(np.mean(y - slope * x))), float(-slope)


# %% exercise=fit_power_law name=small-losses-moved
# en: Wrong where a loss stands only a tiny bit above the floor. Is something added to it, or is it cut at a small number?
# ko: 손실이 바닥값보다 아주 조금만 클 때 틀립니다. 작은 수를 더했나요, 작은 수에서 잘랐나요?
def fit_power_law(n, losses, floor=0.0):
    slope, height = np.polyfit(np.log(n), np.log(losses - floor + 1e-8), 1)
    return float(np.exp(height)), float(-slope)


# %% exercise=fit_power_law name=zero-by-zero
# en: Equal losses give NaN: by which spread do you divide, that of the sizes or that of the losses?
# ko: 손실이 모두 같으면 NaN이 나옵니다. 무엇의 퍼짐으로 나누나요, 크기인가요, 손실인가요?
def fit_power_law(n, losses, floor=0.0):
    x, y = np.log(n), np.log(losses - floor)
    slope = np.corrcoef(x, y)[0, 1] * y.std() / x.std()
    return float(np.exp(y.mean() - slope * x.mean())), float(-slope)


# %% exercise=fit_power_law name=no-python-floats
# en: The numbers are right, but they are no Python floats. Of what kind are they?
# ko: 수는 맞지만 파이썬 float이 아닙니다. 어떤 종류인가요?
def fit_power_law(n, losses, floor=0.0):
    slope, height = np.polyfit(np.log(n), np.log(losses - floor), 1)
    return torch.tensor(np.exp(height)), torch.tensor(-slope)


# %% exercise=fit_power_law variant=normal-equations
def fit_power_law(n, losses, floor=0.0):
    x, y = np.log(np.asarray(n, dtype=float)), np.log(np.asarray(losses) - floor)
    slope = ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
    return math.exp(y.mean() - slope * x.mean()), -float(slope)


# %% exercise=fit_power_law variant=least-squares-base-two
def fit_power_law(n, losses, floor=0.0):
    table = np.stack([np.ones(len(n)), np.log2(n)], axis=1)
    (height, slope), *_ = np.linalg.lstsq(table, np.log2(losses - floor), rcond=None)
    return 2.0 ** float(height), -float(slope)


# ------------------------------------------------------------------------------------ isoflop_optimum
# %% exercise=isoflop_optimum name=logarithm-returned
# en: The bottom lies at a logarithm: of which size?
# ko: 바닥의 위치는 로그값입니다. 어떤 크기의 로그인가요?
def isoflop_optimum(n, losses):
    c2, c1, c0 = np.polyfit(np.log(n), losses, 2)
    best = -c1 / (2 * c2)
    if c2 <= 0 or not np.log(n.min()) <= best <= np.log(n.max()):
        return None
    return float(best), float(c0 - c1**2 / (4 * c2))


# %% exercise=isoflop_optimum name=parabola-in-n
# en: The valley is a parabola in the logarithm of the size.
# ko: 골짜기는 크기의 로그에 대한 포물선입니다.
def isoflop_optimum(n, losses):
    c2, c1, c0 = np.polyfit(n, losses, 2)
    best = -c1 / (2 * c2)
    if c2 <= 0 or not n.min() <= best <= n.max():
        return None
    return float(best), float(c0 - c1**2 / (4 * c2))


# %% exercise=isoflop_optimum name=best-run
# en: The best of the runs is not yet the bottom of the valley between them.
# ko: 가장 좋은 실행이 골짜기의 바닥은 아닙니다. 실행들 사이를 보세요.
def isoflop_optimum(n, losses):
    c2, c1, c0 = np.polyfit(np.log(n), losses, 2)
    best = -c1 / (2 * c2)
    if c2 <= 0 or not np.log(n.min()) <= best <= np.log(n.max()):
        return None
    return float(n[np.argmin(losses)]), float(losses.min())


# %% exercise=isoflop_optimum name=none-for-every-valley
# en: None comes back even for a valley: is your bottom where the slope of c2 x^2 + c1 x + c0 is zero, and is it compared with log n, not with n?
# ko: 골짜기가 있어도 None이 나옵니다. 바닥은 c2 x^2 + c1 x + c0의 기울기가 0인 곳인가요? 그것을 n이 아니라 log n과 비교하나요?
def isoflop_optimum(n, losses):
    c2, c1, c0 = np.polyfit(np.log(n), losses, 2)
    best = -c1 / c2
    if c2 <= 0 or not np.log(n.min()) <= best <= np.log(n.max()):
        return None
    return float(np.exp(best)), float(c0 - c1**2 / (4 * c2))


# %% exercise=isoflop_optimum name=hills-are-no-valleys
# en: A parabola that opens downwards has a top: what should come back then?
# ko: 아래로 열린 포물선에는 꼭대기가 있습니다. 그때는 무엇을 돌려줘야 하나요?
def isoflop_optimum(n, losses):
    c2, c1, c0 = np.polyfit(np.log(n), losses, 2)
    best = -c1 / (2 * c2)
    if not np.log(n.min()) <= best <= np.log(n.max()):
        return None
    return float(np.exp(best)), float(c0 - c1**2 / (4 * c2))


# %% exercise=isoflop_optimum name=beyond-the-runs
# en: The bottom may lie where nobody measured: is that checked on both sides?
# ko: 바닥이 측정하지 않은 곳에 있을 수 있습니다. 양쪽 모두 확인했나요?
def isoflop_optimum(n, losses):
    c2, c1, c0 = np.polyfit(np.log(n), losses, 2)
    best = -c1 / (2 * c2)
    return None if c2 <= 0 else (float(np.exp(best)), float(c0 - c1**2 / (4 * c2)))


# %% exercise=isoflop_optimum name=one-side-alone
# en: The bottom can lie below the smallest size as well.
# ko: 바닥이 가장 작은 크기보다 아래에 있을 수도 있습니다.
def isoflop_optimum(n, losses):
    c2, c1, c0 = np.polyfit(np.log(n), losses, 2)
    best = -c1 / (2 * c2)
    if c2 <= 0 or best > np.log(n.max()):
        return None
    return float(np.exp(best)), float(c0 - c1**2 / (4 * c2))


# %% exercise=isoflop_optimum name=sizes-taken-as-sorted
# en: Sizes come in any order: is the first one the smallest?
# ko: 크기의 순서는 정해져 있지 않습니다. 첫 번째가 가장 작은가요?
def isoflop_optimum(n, losses):
    c2, c1, c0 = np.polyfit(np.log(n), losses, 2)
    best = -c1 / (2 * c2)
    if c2 <= 0 or not np.log(n[0]) <= best <= np.log(n[-1]):
        return None
    return float(np.exp(best)), float(c0 - c1**2 / (4 * c2))


# %% exercise=isoflop_optimum name=moved-to-the-edge
# en: A bottom outside the runs is no result: the contract says what comes back, and no edge.
# ko: 범위 밖의 바닥은 결과가 아닙니다. 가장자리로 옮기지 말고 약속한 값을 돌려주세요.
def isoflop_optimum(n, losses):
    c2, c1, c0 = np.polyfit(np.log(n), losses, 2)
    if c2 <= 0:
        return None
    best = np.clip(-c1 / (2 * c2), np.log(n.min()), np.log(n.max()))
    return float(np.exp(best)), float(np.polyval([c2, c1, c0], best))


# %% exercise=isoflop_optimum name=loss-of-the-best-run
# en: The loss at the bottom is the parabola's, and no run's.
# ko: 바닥의 손실은 포물선의 값입니다. 어느 실행의 손실이 아닙니다.
def isoflop_optimum(n, losses):
    c2, c1, c0 = np.polyfit(np.log(n), losses, 2)
    best = -c1 / (2 * c2)
    if c2 <= 0 or not np.log(n.min()) <= best <= np.log(n.max()):
        return None
    return float(np.exp(best)), float(losses.min())


# %% exercise=isoflop_optimum name=ten-to-the-power
# en: Your logarithm and the way back have different bases.
# ko: 로그의 밑과 되돌릴 때의 밑이 다릅니다.
def isoflop_optimum(n, losses):
    c2, c1, c0 = np.polyfit(np.log(n), losses, 2)
    best = -c1 / (2 * c2)
    if c2 <= 0 or not np.log(n.min()) <= best <= np.log(n.max()):
        return None
    return float(10**best), float(c0 - c1**2 / (4 * c2))


# %% exercise=isoflop_optimum name=best-run-at-an-end
# en: The best run may be the last one and the bottom still lie inside: what does the contract ask?
# ko: 가장 좋은 실행이 끝에 있어도 바닥은 안쪽에 있을 수 있습니다. 무엇을 확인해야 하나요?
def isoflop_optimum(n, losses):
    c2, c1, c0 = np.polyfit(np.log(n), losses, 2)
    best = -c1 / (2 * c2)
    if c2 <= 0 or losses.argmin() in (n.argmin(), n.argmax()):
        return None
    return float(np.exp(best)), float(c0 - c1**2 / (4 * c2))


# %% exercise=isoflop_optimum name=equal-sizes-merged
# en: A size may occur repeatedly. Of such runs you keep only one.
# ko: 같은 크기가 여러 번 나올 수 있습니다. 그중 하나만 남기고 있습니다.
def isoflop_optimum(n, losses):
    n, first = np.unique(n, return_index=True)
    x = np.log(n)
    c = np.polyfit(x, losses[first], 2)
    if c[0] <= 0:
        return None
    best = -c[1] / (2 * c[0])
    if not x.min() <= best <= x.max():
        return None
    return float(np.exp(best)), float(np.polyval(c, best))


# %% exercise=isoflop_optimum name=three-runs-alone
# en: Three low runs alone make your parabola. The least-squares parabola is of all of them.
# ko: 낮은 쪽의 세 실행만으로 맞추었습니다. 최소제곱 포물선은 모든 실행의 것입니다.
def isoflop_optimum(n, losses):
    least, most = np.log(n.min()), np.log(n.max())
    low = np.argsort(losses)[:3]
    c = np.polyfit(np.log(n[low]), losses[low], 2)
    if c[0] <= 0:
        return None
    best = -c[1] / (2 * c[0])
    if not least <= best <= most:
        return None
    return float(np.exp(best)), float(np.polyval(c, best))


# %% exercise=isoflop_optimum name=losses-logged
# en: Your parabola runs through logarithms of the losses. Only the sizes are logged here.
# ko: 손실의 로그에 포물선을 맞췄습니다. 로그를 취하는 것은 크기뿐입니다.
def isoflop_optimum(n, losses):
    x = np.log(n)
    c = np.polyfit(x, np.log(losses), 2)
    best = -c[1] / (2 * c[0])
    if c[0] <= 0 or not x.min() <= best <= x.max():
        return None
    return float(np.exp(best)), float(np.exp(np.polyval(c, best)))


# %% exercise=isoflop_optimum name=size-of-a-run
# en: Your size is one of the given n, and your loss that of the parabola's bottom. At which size does the parabola have its bottom?
# ko: 크기는 주어진 n 가운데 하나이고 손실은 포물선 바닥의 값입니다. 포물선의 바닥은 어느 크기에 있나요?
def isoflop_optimum(n, losses):
    c2, c1, c0 = np.polyfit(np.log(n), losses, 2)
    best = -c1 / (2 * c2)
    if c2 <= 0 or not np.log(n.min()) <= best <= np.log(n.max()):
        return None
    nearest = np.abs(np.log(n) - best).argmin()
    return float(n[nearest]), float(c0 - c1**2 / (4 * c2))


# %% exercise=isoflop_optimum name=depth-at-the-size
# en: The size is right and the loss far off. Your parabola lies in log n: at which x is it evaluated?
# ko: 크기는 맞고 손실은 크게 벗어납니다. 포물선은 log n에 대한 것입니다. 어떤 x에서 값을 구했나요?
def isoflop_optimum(n, losses):
    c = np.polyfit(np.log(n), losses, 2)
    x = -c[1] / (2 * c[0])
    if c[0] <= 0 or not np.log(n.min()) <= x <= np.log(n.max()):
        return None
    return float(np.exp(x)), float(np.polyval(c, np.exp(x)))


# %% exercise=isoflop_optimum name=place-of-the-lowest-run
# en: Whether there is a valley hangs on the place of the lowest run in your array. Which bottom decides, and what has the order to do with it?
# ko: 골짜기인지를 손실이 가장 낮은 실행이 배열의 어디에 있는지로 정합니다. 어떤 바닥으로 정해야 하나요? 순서가 상관있나요?
def isoflop_optimum(n, losses):
    c2, c1, c0 = np.polyfit(np.log(n), losses, 2)
    if losses.argmin() in (0, len(losses) - 1) or c2 <= 0:
        return None
    best = -c1 / (2 * c2)
    return float(np.exp(best)), float(c0 - c1**2 / (4 * c2))


# %% exercise=isoflop_optimum name=size-made-whole
# en: Your size is a whole number. Is the bottom of the parabola one?
# ko: 크기가 정수로 나옵니다. 포물선의 바닥도 정수인가요?
def isoflop_optimum(n, losses):
    c2, c1, c0 = np.polyfit(np.log(n), losses, 2)
    best = -c1 / (2 * c2)
    if c2 <= 0 or not np.log(n.min()) <= best <= np.log(n.max()):
        return None
    return float(round(np.exp(best))), float(c0 - c1**2 / (4 * c2))


# %% exercise=isoflop_optimum name=a-little-beyond
# en: A bottom a little beyond the measured sizes is taken for measured. Where exactly does the range end?
# ko: 측정한 범위를 조금 벗어난 바닥도 받아들입니다. 범위는 정확히 어디에서 끝나나요?
def isoflop_optimum(n, losses):
    c2, c1, c0 = np.polyfit(np.log(n), losses, 2)
    size = np.exp(-c1 / (2 * c2))
    if c2 <= 0 or not 0.9 * n.min() <= size <= 1.1 * n.max():
        return None
    return float(size), float(c0 - c1**2 / (4 * c2))


# %% exercise=isoflop_optimum name=no-python-floats
# en: The numbers are right, but they are no Python floats. Of what kind are they?
# ko: 수는 맞지만 파이썬 float이 아닙니다. 어떤 종류인가요?
def isoflop_optimum(n, losses):
    c2, c1, c0 = np.polyfit(np.log(n), losses, 2)
    best = -c1 / (2 * c2)
    if c2 <= 0 or not np.log(n.min()) <= best <= np.log(n.max()):
        return None
    return torch.tensor(np.exp(best)), torch.tensor(c0 - c1**2 / (4 * c2))


# %% exercise=isoflop_optimum name=neighbours-of-the-lowest
# en: The lowest run and its two neighbours alone make your parabola. The least-squares parabola is of all runs.
# ko: 손실이 가장 낮은 실행과 그 양옆만으로 포물선을 맞추었습니다. 최소제곱 포물선은 모든 실행의 것입니다.
def isoflop_optimum(n, losses):
    order = np.argsort(n)
    x, y = np.log(n[order]), losses[order]
    k = min(max(int(y.argmin()), 1), len(y) - 2)
    c = np.polyfit(x[k - 1 : k + 2], y[k - 1 : k + 2], 2)
    best = -c[1] / (2 * c[0])
    if c[0] <= 0 or not x[0] <= best <= x[-1]:
        return None
    return float(np.exp(best)), float(np.polyval(c, best))


# %% exercise=isoflop_optimum variant=polyval
def isoflop_optimum(n, losses):
    fitted = np.polyfit(np.log10(n), losses, 2)
    x = -fitted[1] / fitted[0] / 2
    size = 10.0**x
    if fitted[0] > 0 and min(n) <= size <= max(n):
        return float(size), float(np.polyval(fitted, x))
    return None


# %% exercise=isoflop_optimum variant=normal-equations
def isoflop_optimum(n, losses):
    x = np.log(np.asarray(n, dtype=float))
    middle = x.mean()
    table = np.stack([np.ones_like(x), x - middle, (x - middle) ** 2], axis=1)
    c0, c1, c2 = np.linalg.solve(table.T @ table, table.T @ losses)
    if c2 <= 0:
        return None
    turn = middle - c1 / (2 * c2)
    if turn < x.min() or turn > x.max():
        return None
    return math.exp(turn), float(c0 + c1 * (turn - middle) + c2 * (turn - middle) ** 2)


# %% exercise=isoflop_optimum survivor=`c2 <= 0` -> `c2 < 0` in `if c2 <= 0 or not np.log(n.min()) <= best <= np.log(n.max()):`
# why: A fitted coefficient is never 0 to the last digit, and its bottom would lie at infinity.

# %% exercise=isoflop_optimum survivor=`np.log(n.min()) <= best <= np.log(n.max())` -> `np.log(n.min()) < best <= np.log(n.max())` in `if c2 <= 0 or not np.log(n.min()) <= best <= np.log(n.max()):`
# why: A bottom exactly at the smallest size differs from it by rounding.

# %% exercise=isoflop_optimum survivor=`np.log(n.min()) <= best <= np.log(n.max())` -> `np.log(n.min()) <= best < np.log(n.max())` in `if c2 <= 0 or not np.log(n.min()) <= best <= np.log(n.max()):`
# why: A bottom exactly at the largest size differs from it by rounding.


# ------------------------------------------------------------------------------------ extrapolate
# %% exercise=extrapolate name=floor-not-put-back
# en: The floor was taken away before fitting: does it stand below your bet again?
# ko: 맞추기 전에 바닥을 뺐습니다. 예측에 다시 더했나요?
def extrapolate(fit, n, losses, n_new, floors, noise):
    bets, errors = [], []
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        errors.append(np.sqrt(np.mean((floor + a * n**-alpha - losses) ** 2)))
        bets.append(a * n_new**-alpha)
    best = bets[int(np.argmin(errors))]
    plausible = [best] + [bet for bet, e in zip(bets, errors, strict=True) if e <= noise]
    return float(best), float(min(plausible)), float(max(plausible))


# %% exercise=extrapolate name=errors-of-logarithms
# en: Logarithms above different floors cannot be compared: in what are the errors measured?
# ko: 바닥이 다르면 로그끼리 비교할 수 없습니다. 오차를 무엇으로 재나요?
def extrapolate(fit, n, losses, n_new, floors, noise):
    bets, errors = [], []
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        far = np.log(a * n**-alpha) - np.log(losses - floor)
        errors.append(np.sqrt(np.mean(far**2)))
        bets.append(floor + a * n_new**-alpha)
    best = bets[int(np.argmin(errors))]
    plausible = [best] + [bet for bet, e in zip(bets, errors, strict=True) if e <= noise]
    return float(best), float(min(plausible)), float(max(plausible))


# %% exercise=extrapolate name=range-of-all-floors
# en: Floors that miss the points by more than the noise are no part of the range.
# ko: 잡음보다 크게 어긋난 바닥은 범위에 들어가지 않습니다.
def extrapolate(fit, n, losses, n_new, floors, noise):
    bets, errors = [], []
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        errors.append(np.sqrt(np.mean((floor + a * n**-alpha - losses) ** 2)))
        bets.append(floor + a * n_new**-alpha)
    return float(bets[int(np.argmin(errors))]), float(min(bets)), float(max(bets))


# %% exercise=extrapolate name=nothing-plausible
# en: Where no floor is plausible, what is the range? The best bet always belongs to it.
# ko: 그럴듯한 바닥이 없으면 범위는 무엇인가요? 가장 좋은 예측은 언제나 들어갑니다.
def extrapolate(fit, n, losses, n_new, floors, noise):
    bets, errors = [], []
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        errors.append(np.sqrt(np.mean((floor + a * n**-alpha - losses) ** 2)))
        bets.append(floor + a * n_new**-alpha)
    plausible = [bet for bet, e in zip(bets, errors, strict=True) if e <= noise]
    return float(bets[int(np.argmin(errors))]), float(min(plausible)), float(max(plausible))


# %% exercise=extrapolate name=less-than-the-noise
# en: A floor whose error is exactly the noise is plausible, too: "at most".
# ko: 오차가 잡음과 정확히 같은 바닥값도 가능합니다. "이하"입니다.
def extrapolate(fit, n, losses, n_new, floors, noise):
    bets, errors = [], []
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        errors.append(np.sqrt(np.mean((floor + a * n**-alpha - losses) ** 2)))
        bets.append(floor + a * n_new**-alpha)
    best = bets[int(np.argmin(errors))]
    plausible = [best, *(bet for bet, error in zip(bets, errors) if error < noise)]
    return float(best), float(min(plausible)), float(max(plausible))


# %% exercise=extrapolate name=sum-of-squares
# en: A root mean square divides by the number of models before the root.
# ko: 제곱평균제곱근은 제곱근을 구하기 전에 모델 수로 나눕니다.
def extrapolate(fit, n, losses, n_new, floors, noise):
    bets, errors = [], []
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        errors.append(np.sqrt(np.sum((floor + a * n**-alpha - losses) ** 2)))
        bets.append(floor + a * n_new**-alpha)
    best = bets[int(np.argmin(errors))]
    plausible = [best] + [bet for bet, e in zip(bets, errors, strict=True) if e <= noise]
    return float(best), float(min(plausible)), float(max(plausible))


# %% exercise=extrapolate name=square-not-rooted
# en: The noise is a difference of losses: is your error one, too, or the square of one?
# ko: 잡음은 손실의 차이입니다. 오차도 손실의 차이인가요, 그 제곱인가요?
def extrapolate(fit, n, losses, n_new, floors, noise):
    bets, errors = [], []
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        errors.append(np.mean((floor + a * n**-alpha - losses) ** 2))
        bets.append(floor + a * n_new**-alpha)
    best = bets[int(np.argmin(errors))]
    plausible = [best] + [bet for bet, e in zip(bets, errors, strict=True) if e <= noise]
    return float(best), float(min(plausible)), float(max(plausible))


# %% exercise=extrapolate name=mean-of-the-plausible
# en: The bet is what the best fit says; the others only make the range.
# ko: 예측은 가장 잘 맞는 곡선의 값입니다. 나머지는 범위를 정할 뿐입니다.
def extrapolate(fit, n, losses, n_new, floors, noise):
    bets, errors = [], []
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        errors.append(np.sqrt(np.mean((floor + a * n**-alpha - losses) ** 2)))
        bets.append(floor + a * n_new**-alpha)
    best = bets[int(np.argmin(errors))]
    plausible = [best] + [bet for bet, e in zip(bets, errors, strict=True) if e <= noise]
    return float(np.mean(plausible)), float(min(plausible)), float(max(plausible))


# %% exercise=extrapolate name=floor-zero-alone
# en: Every candidate floor gets a fit of its own: do you use them?
# ko: 후보 바닥마다 따로 맞춰야 합니다. 후보를 쓰고 있나요?
def extrapolate(fit, n, losses, n_new, floors, noise):
    a, alpha = fit(n, losses, 0.0)
    bet = float(a * n_new**-alpha)
    return bet, bet, bet


# %% exercise=extrapolate name=highest-floor
# en: Your best is the bet of the highest floor: is it chosen by its error?
# ko: 가장 높은 바닥의 예측을 골랐습니다. 오차를 보고 골랐나요?
def extrapolate(fit, n, losses, n_new, floors, noise):
    bets, errors = [], []
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        errors.append(np.sqrt(np.mean((floor + a * n**-alpha - losses) ** 2)))
        bets.append(floor + a * n_new**-alpha)
    best = bets[int(np.argmax(floors))]
    plausible = [best] + [bet for bet, e in zip(bets, errors, strict=True) if e <= noise]
    return float(best), float(min(plausible)), float(max(plausible))


# %% exercise=extrapolate name=worst-fit
# en: Which error should the chosen floor have, the largest or the least?
# ko: 고른 바닥의 오차는 가장 커야 하나요, 가장 작아야 하나요?
def extrapolate(fit, n, losses, n_new, floors, noise):
    bets, errors = [], []
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        errors.append(np.sqrt(np.mean((floor + a * n**-alpha - losses) ** 2)))
        bets.append(floor + a * n_new**-alpha)
    best = bets[int(np.argmax(errors))]
    plausible = [best] + [bet for bet, e in zip(bets, errors, strict=True) if e <= noise]
    return float(best), float(min(plausible)), float(max(plausible))


# %% exercise=extrapolate name=noise-above-the-best
# en: Plausible is an error of at most the noise, whatever the best error is.
# ko: 그럴듯한 바닥은 오차가 잡음 이하인 것입니다. 가장 작은 오차와는 상관없습니다.
def extrapolate(fit, n, losses, n_new, floors, noise):
    bets, errors = [], []
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        errors.append(np.sqrt(np.mean((floor + a * n**-alpha - losses) ** 2)))
        bets.append(floor + a * n_new**-alpha)
    best = bets[int(np.argmin(errors))]
    plausible = [best] + [bet for bet, e in zip(bets, errors, strict=True) if e <= min(errors) + noise]
    return float(best), float(min(plausible)), float(max(plausible))


# %% exercise=extrapolate name=bet-plus-minus-noise
# en: The range is made of the bets of plausible floors: noise is that of measured losses, not of the bet.
# ko: 범위는 그럴듯한 바닥들의 예측으로 정합니다. 잡음은 측정한 손실의 것이지 예측의 것이 아닙니다.
def extrapolate(fit, n, losses, n_new, floors, noise):
    bets, errors = [], []
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        errors.append(np.sqrt(np.mean((floor + a * n**-alpha - losses) ** 2)))
        bets.append(floor + a * n_new**-alpha)
    best = bets[int(np.argmin(errors))]
    plausible = [best] + [bet for bet, e in zip(bets, errors, strict=True) if e <= noise]
    return float(best), float(best - noise), float(best + noise)


# %% exercise=extrapolate name=degrees-of-freedom
# en: You divide by fewer than the K models. The mean over all of them is asked for.
# ko: 모델 K개보다 작은 수로 나눕니다. 모든 모델에 대한 평균이 필요합니다.
def extrapolate(fit, n, losses, n_new, floors, noise):
    bets, errors = [], []
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        off = floor + a * n**-alpha - losses
        errors.append(np.sqrt((off**2).sum() / (len(n) - 2)))
        bets.append(floor + a * n_new**-alpha)
    best = bets[int(np.argmin(errors))]
    plausible = [best] + [bet for bet, e in zip(bets, errors) if e <= noise]
    return best, min(plausible), max(plausible)


# %% exercise=extrapolate name=mean-error-taken-out
# en: A standard deviation takes the mean error out. A curve that lies too high all along is off.
# ko: 표준편차는 평균 오차를 빼 버립니다. 전체가 높게 치우친 곡선도 틀린 것입니다.
def extrapolate(fit, n, losses, n_new, floors, noise):
    bets, errors = [], []
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        errors.append(np.std(floor + a * n**-alpha - losses))
        bets.append(floor + a * n_new**-alpha)
    best = bets[int(np.argmin(errors))]
    plausible = [best] + [bet for bet, e in zip(bets, errors) if e <= noise]
    return best, min(plausible), max(plausible)


# %% exercise=extrapolate name=range-without-the-best
# en: The best bet is one of the bets of the range, too.
# ko: 가장 좋은 예측도 범위에 들어갑니다.
def extrapolate(fit, n, losses, n_new, floors, noise):
    bets, errors = [], []
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        errors.append(np.sqrt(np.mean((floor + a * n**-alpha - losses) ** 2)))
        bets.append(floor + a * n_new**-alpha)
    k = int(np.argmin(errors))
    others = [b for j, (b, e) in enumerate(zip(bets, errors)) if e <= noise and j != k]
    return bets[k], min(others or [bets[k]]), max(others or [bets[k]])


# %% exercise=extrapolate name=norm-divided-by-K
# en: Your errors are too small by the root of K. Does K divide the squares, or what came out of the root?
# ko: 오차가 K의 제곱근만큼 작습니다. K로 나눈 것이 제곱들인가요, 제곱근을 구한 값인가요?
def extrapolate(fit, n, losses, n_new, floors, noise):
    bets, errors = [], []
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        errors.append(np.linalg.norm(floor + a * n**-alpha - losses) / len(n))
        bets.append(floor + a * n_new**-alpha)
    best = bets[int(np.argmin(errors))]
    plausible = [best] + [bet for bet, e in zip(bets, errors) if e <= noise]
    return float(best), float(min(plausible)), float(max(plausible))


# %% exercise=extrapolate name=errors-without-the-floor
# en: The bets have their floor, the fitted losses have not: what is compared with the measured ones?
# ko: 예측에는 바닥을 더했지만 맞춘 손실에는 더하지 않았습니다. 측정한 손실과 무엇을 비교하나요?
def extrapolate(fit, n, losses, n_new, floors, noise):
    bets, errors = [], []
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        errors.append(np.sqrt(np.mean((a * n**-alpha - losses) ** 2)))
        bets.append(floor + a * n_new**-alpha)
    best = bets[int(np.argmin(errors))]
    plausible = [best] + [bet for bet, e in zip(bets, errors) if e <= noise]
    return float(best), float(min(plausible)), float(max(plausible))


# %% exercise=extrapolate name=mean-of-absolute-errors
# en: Your error is the mean of the distances. A root mean square weighs large ones more.
# ko: 오차가 차이의 절댓값 평균입니다. 제곱평균제곱근에서는 큰 차이가 더 무겁습니다.
def extrapolate(fit, n, losses, n_new, floors, noise):
    bets, errors = [], []
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        errors.append(np.mean(np.abs(floor + a * n**-alpha - losses)))
        bets.append(floor + a * n_new**-alpha)
    best = bets[int(np.argmin(errors))]
    plausible = [best] + [bet for bet, e in zip(bets, errors) if e <= noise]
    return float(best), float(min(plausible)), float(max(plausible))


# %% exercise=extrapolate name=first-and-last-plausible
# en: Your range goes from the first plausible bet to the last one, as the floors came. Which two are asked for?
# ko: 범위가 바닥이 주어진 순서대로 처음과 마지막 예측입니다. 어느 두 예측이 필요한가요?
def extrapolate(fit, n, losses, n_new, floors, noise):
    bets, errors = [], []
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        errors.append(np.sqrt(np.mean((floor + a * n**-alpha - losses) ** 2)))
        bets.append(floor + a * n_new**-alpha)
    best = int(np.argmin(errors))
    plausible = [b for k, (b, e) in enumerate(zip(bets, errors)) if e <= noise or k == best]
    return float(bets[best]), float(plausible[0]), float(plausible[-1])


# %% exercise=extrapolate name=ends-of-the-floors
# en: Your range is made of the bets of the lowest and of the highest plausible floor. May one between them bet lower or higher?
# ko: 가장 낮은 바닥과 가장 높은 바닥의 예측으로 범위를 정합니다. 그 사이의 바닥이 더 낮거나 더 높게 예측할 수도 있지 않나요?
def extrapolate(fit, n, losses, n_new, floors, noise):
    bets, errors = [], []
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        errors.append(np.sqrt(np.mean((floor + a * n**-alpha - losses) ** 2)))
        bets.append(floor + a * n_new**-alpha)
    best = int(np.argmin(errors))
    plausible = [k for k, e in enumerate(errors) if e <= noise or k == best]
    ends = min(plausible, key=lambda k: floors[k]), max(plausible, key=lambda k: floors[k])
    low, high = sorted(bets[k] for k in ends)
    return float(bets[best]), float(low), float(high)


# %% exercise=extrapolate name=noise-of-zero
# en: With a noise of 0 yours takes more floors for plausible than it may. Is 0 read as "not given"?
# ko: 잡음이 0일 때 그럴듯한 바닥이 너무 많습니다. 0을 "주어지지 않음"으로 읽었나요?
def extrapolate(fit, n, losses, n_new, floors, noise):
    bets, errors = [], []
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        errors.append(np.sqrt(np.mean((floor + a * n**-alpha - losses) ** 2)))
        bets.append(floor + a * n_new**-alpha)
    best = bets[int(np.argmin(errors))]
    plausible = [best] + [bet for bet, e in zip(bets, errors) if e <= (noise or 0.02)]
    return float(best), float(min(plausible)), float(max(plausible))


# %% exercise=extrapolate name=low-or-high
# en: Your high misses a plausible bet that came first. Can one bet be the least and the largest so far?
# ko: 먼저 나온 그럴듯한 예측이 가장 큰데 빠졌습니다. 한 예측이 지금까지의 최솟값이면서 최댓값일 수 있나요?
def extrapolate(fit, n, losses, n_new, floors, noise):
    least, best = float("inf"), None
    low, high = float("inf"), float("-inf")
    for floor in floors:
        a, alpha = fit(n, losses, floor)
        bet = float(floor + a * n_new**-alpha)
        error = float(np.sqrt(np.mean((floor + a * n**-alpha - losses) ** 2)))
        if error < least:
            least, best = error, bet
        if error <= noise:
            if bet < low:
                low = bet
            elif bet > high:
                high = bet
    return best, min(low, best), max(high, best)


# %% exercise=extrapolate variant=sorted-rows
def extrapolate(fit, n, losses, n_new, floors, noise):
    rows = []
    for floor in floors:
        a, alpha = fit(n, losses, float(floor))
        curve = lambda size: floor + a / size**alpha  # noqa: E731
        error = math.sqrt(sum((curve(s) - y) ** 2 for s, y in zip(n, losses)) / len(n))
        rows.append((error, curve(n_new)))
    rows.sort(key=lambda row: row[0])
    likely = [rows[0][1]] + [bet for error, bet in rows[1:] if error <= noise]
    return rows[0][1], min(likely), max(likely)


# %% exercise=extrapolate variant=arrays
def extrapolate(fit, n, losses, n_new, floors, noise):
    fits = np.array([fit(n, losses, floor) for floor in floors])
    a, alpha, base = fits[:, :1], fits[:, 1:], np.asarray(floors)[:, None]
    fitted = base + a * n[None] ** -alpha
    errors = np.sqrt(((fitted - losses) ** 2).mean(axis=1))
    bets = (base + a * n_new**-alpha)[:, 0]
    best = errors.argmin()
    likely = (errors <= noise) | (np.arange(len(bets)) == best)
    return float(bets[best]), float(bets[likely].min()), float(bets[likely].max())


# %% exercise=extrapolate survivor=`floor + a * n ** (-alpha) - losses` -> `losses - (floor + a * n ** (-alpha))` in `errors.append(np.sqrt(np.mean((floor + a * n ** (-alpha) - losses) ** 2)))`
# why: The difference is squared.

# %% exercise=emergence_metric name=masked-places-count
# en: Where the mask is false the table means nothing: which places do you count?
# ko: 마스크가 거짓인 곳은 의미가 없습니다. 어느 자리를 세고 있나요?
def emergence_metric(correct, mask):
    p = correct.double().mean()
    return float(p), float(correct.all(1).double().mean()), float((p ** mask.sum(1)).mean())


# %% exercise=emergence_metric name=padding-is-wrong
# en: An answer fails because of a place that does not belong to it.
# ko: 답에 속하지 않는 자리 때문에 답이 틀린 것으로 세어집니다.
def emergence_metric(correct, mask):
    p = correct[mask].double().mean()
    exact = (correct & mask).all(1).double().mean()
    return float(p), float(exact), float((p ** mask.sum(1)).mean())


# %% exercise=emergence_metric name=mean-of-means
# en: All real tokens weigh the same, also those of long answers.
# ko: 긴 답의 토큰이든 짧은 답의 토큰이든 무게가 같습니다.
def emergence_metric(correct, mask):
    p = ((correct & mask).sum(1) / mask.sum(1)).double().mean()
    exact = (correct | ~mask).all(1).double().mean()
    return float(p), float(exact), float((p ** mask.sum(1)).mean())


# %% exercise=emergence_metric name=length-of-the-table
# en: To which power? Each answer has a length of its own, the table's width is another thing.
# ko: 몇 제곱인가요? 답마다 길이가 다릅니다. 표의 너비가 아닙니다.
def emergence_metric(correct, mask):
    p = correct[mask].double().mean()
    exact = (correct | ~mask).all(1).double().mean()
    return float(p), float(exact), float(p ** mask.shape[1])


# %% exercise=emergence_metric name=power-of-the-mean-length
# en: The mean of the powers, not a power of the mean length.
# ko: 길이의 평균으로 한 번 제곱하는 것이 아니라, 제곱한 값들의 평균입니다.
def emergence_metric(correct, mask):
    p = correct[mask].double().mean()
    exact = (correct | ~mask).all(1).double().mean()
    return float(p), float(exact), float(p ** mask.sum(1).double().mean())


# %% exercise=emergence_metric name=own-share-of-each
# en: The chance of one token is the first of your three numbers, the same for all answers.
# ko: 토큰 하나의 확률은 첫 번째 수이며 모든 답에 똑같이 씁니다.
def emergence_metric(correct, mask):
    p = correct[mask].double().mean()
    exact = (correct | ~mask).all(1).double().mean()
    each = (correct & mask).sum(1).double() / mask.sum(1)
    return float(p), float(exact), float((each ** mask.sum(1)).mean())


# %% exercise=emergence_metric name=any-for-all
# en: One right token does not make an answer right.
# ko: 토큰 하나가 맞았다고 답이 맞은 것은 아닙니다.
def emergence_metric(correct, mask):
    p = correct[mask].double().mean()
    exact = (correct & mask).any(1).double().mean()
    return float(p), float(exact), float((p ** mask.sum(1)).mean())


# %% exercise=emergence_metric name=exact-from-independence
# en: The second number is measured on the answers; the third is what independence would give.
# ko: 두 번째 수는 답에서 직접 잽니다. 독립이라면 얼마일지는 세 번째 수입니다.
def emergence_metric(correct, mask):
    p = correct[mask].double().mean()
    independent = float((p ** mask.sum(1)).mean())
    return float(p), independent, independent


# %% exercise=emergence_metric name=another-order
# en: Which of the three numbers comes first?
# ko: 세 수의 순서를 확인해 보세요.
def emergence_metric(correct, mask):
    per_token = correct[mask].double().mean()
    exact = (correct | ~mask).all(dim=1).double().mean()
    independent = (per_token ** mask.sum(dim=1)).mean()
    return float(exact), float(per_token), float(independent)


# %% exercise=emergence_metric name=power-of-exact
# en: The chance of one token is raised to a power, not that of a whole answer.
# ko: 토큰 하나의 확률을 거듭제곱합니다. 답 전체의 확률이 아닙니다.
def emergence_metric(correct, mask):
    per_token = correct[mask].double().mean()
    exact = (correct | ~mask).all(dim=1).double().mean()
    independent = (exact ** mask.sum(dim=1)).mean()
    return float(per_token), float(exact), float(independent)


# %% exercise=emergence_metric name=columns-for-rows
# en: An answer is a row: along which axis do you look?
# ko: 답 하나는 한 행입니다. 어느 축을 따라 보고 있나요?
def emergence_metric(correct, mask):
    per_token = correct[mask].double().mean()
    exact = (correct | ~mask).all(dim=0).double().mean()
    independent = (per_token ** mask.sum(dim=1)).mean()
    return float(per_token), float(exact), float(independent)


# %% exercise=emergence_metric name=long-answers-weigh-more
# en: In the third number each answer counts the same, however many tokens it has.
# ko: 셋째 수에서는 토큰이 몇 개든 답마다 똑같이 셉니다.
def emergence_metric(correct, mask):
    p, k = correct[mask].double().mean(), mask.sum(1)
    exact = (correct | ~mask).all(1).double().mean()
    return p.item(), exact.item(), ((p**k * k).sum() / k.sum()).item()


# %% exercise=emergence_metric name=place-of-the-last-token
# en: You take the last real place for the length. Places before it may be masked, too.
# ko: 마지막 실제 위치를 길이로 썼습니다. 그 앞에도 가려진 자리가 있을 수 있습니다.
def emergence_metric(correct, mask):
    p = correct[mask].double().mean()
    exact = (correct | ~mask).all(1).double().mean()
    k = (mask * torch.arange(1, mask.shape[1] + 1)).amax(1)
    return p.item(), exact.item(), (p**k).mean().item()


# %% exercise=emergence_metric name=mask-read-as-a-length
# en: You look at the first k places of a row. The real tokens may stand elsewhere: use the mask.
# ko: 행의 앞 k자리만 봅니다. 실제 토큰은 다른 곳에 있을 수 있습니다. 마스크를 쓰세요.
def emergence_metric(correct, mask):
    p, k = correct[mask].double().mean(), mask.sum(1)
    exact = sum(bool(row[:n].all()) for row, n in zip(correct, k.tolist())) / len(k)
    return p.item(), exact, (p**k).mean().item()


# %% exercise=emergence_metric name=right-at-masked-places
# en: In the first number right tokens count at masked places, too, and it may even exceed 1. At which places does `correct` mean something?
# ko: 첫째 수에 가려진 자리의 맞은 토큰까지 들어갑니다. 1을 넘을 수도 있습니다. `correct`는 어느 자리에서만 의미가 있나요?
def emergence_metric(correct, mask):
    p = correct.sum().double() / mask.sum()
    exact = (correct | ~mask).all(1).double().mean()
    return float(p), float(exact), float((p ** mask.sum(1)).mean())


# %% exercise=emergence_metric name=end-at-the-first-masked-place
# en: Real tokens behind the first masked place of a row are missing in yours. Where may masked places stand?
# ko: 행에서 처음 가려진 자리 뒤에 있는 실제 토큰이 빠졌습니다. 가려진 자리는 어디에 있을 수 있나요?
def emergence_metric(correct, mask):
    mask = mask.long().cumprod(1).bool()
    p = correct[mask].double().mean()
    exact = (correct | ~mask).all(1).double().mean()
    return float(p), float(exact), float((p ** mask.sum(1)).mean())


# %% exercise=emergence_metric name=right-by-the-count
# en: Whether an answer is right hangs on right tokens at masked places, too. Which tokens may decide?
# ko: 답이 맞았는지가 가려진 자리의 맞은 토큰에도 달려 있습니다. 어떤 토큰으로 정해야 하나요?
def emergence_metric(correct, mask):
    p, k = correct[mask].double().mean(), mask.sum(1)
    exact = (correct.sum(1) == k).double().mean()
    return float(p), float(exact), float((p**k).mean())


# %% exercise=emergence_metric name=first-places-alone
# en: Right where the real tokens stand in front. Which places do you look at when the mask begins later or has a gap?
# ko: 실제 토큰이 앞에 있으면 맞습니다. 마스크가 뒤에서 시작하거나 끊겨 있으면 어느 자리를 보나요?
def emergence_metric(correct, mask):
    k = mask.sum(1)
    mask = torch.arange(mask.shape[1]) < k[:, None]
    p = correct[mask].double().mean()
    exact = (correct | ~mask).all(1).double().mean()
    return float(p), float(exact), float((p**k).mean())


# %% exercise=emergence_metric name=no-python-floats
# en: The numbers are right, but not all three are Python floats. Of what kind are they?
# ko: 수는 맞지만 셋이 모두 파이썬 float은 아닙니다. 어떤 종류인가요?
def emergence_metric(correct, mask):
    p = correct[mask].double().mean()
    exact = (correct | ~mask).all(1).double().mean()
    return p, exact, (p ** mask.sum(1)).mean()


# %% exercise=emergence_metric variant=answer-by-answer
def emergence_metric(correct, mask):
    answers = [row[real].tolist() for row, real in zip(correct, mask)]
    tokens = [hit for answer in answers for hit in answer]
    p = sum(tokens) / len(tokens)
    exact = sum(all(answer) for answer in answers) / len(answers)
    return p, exact, sum(p ** len(answer) for answer in answers) / len(answers)


# %% exercise=emergence_metric variant=sums
def emergence_metric(correct, mask):
    hits, lengths = (correct & mask).sum(1), mask.sum(1)
    p = hits.sum().item() / lengths.sum().item()
    exact = (hits == lengths).to(torch.float64).mean().item()
    return p, exact, torch.exp(lengths * math.log(max(p, 1e-300))).double().mean().item()


# %% exercise=emergence_metric survivor=`(correct | ~mask).all(dim=1)` -> `(correct | ~mask).all(dim=1, keepdim=True)` in `exact = (correct | ~mask).all(dim=1).double().mean()`
# why: The mean of a column is the mean of its numbers.

# %% exercise=emergence_metric survivor=`mask.sum(dim=1)` -> `mask.sum(dim=1, keepdim=True)` in `independent = (per_token ** mask.sum(dim=1)).mean()`
# why: The mean of a column is the mean of its numbers.


# ------------------------------------------------------------------------------------ distill_loss
# %% exercise=distill_loss name=student-and-teacher-swapped
# en: KL(teacher || student): whose probabilities weigh the logarithms?
# ko: KL(교사 || 학생)입니다. 로그에 곱하는 확률은 누구의 것인가요?
def distill_loss(student, teacher, labels, tau, mix):
    real = labels != IGNORED
    z, u = student[real], teacher[real].detach()
    soft = F.kl_div((u / tau).log_softmax(-1), (z / tau).softmax(-1), reduction="batchmean")
    return mix * tau**2 * soft + (1 - mix) * F.cross_entropy(z, labels[real])


# %% exercise=distill_loss name=no-tau-squared
# en: The gradient of the soft part shrinks with the temperature: which factor puts it back?
# ko: 부드러운 항의 기울기는 온도에 따라 작아집니다. 어떤 인수로 되돌리나요?
def distill_loss(student, teacher, labels, tau, mix):
    real = labels != IGNORED
    z, u = student[real], teacher[real].detach()
    soft = F.kl_div((z / tau).log_softmax(-1), (u / tau).softmax(-1), reduction="batchmean")
    return mix * soft + (1 - mix) * F.cross_entropy(z, labels[real])


# %% exercise=distill_loss name=tau-once
# en: Tau enters twice into the gradient: is your factor tau, or its square?
# ko: 기울기에는 온도가 두 번 들어갑니다. 인수가 tau인가요, 그 제곱인가요?
def distill_loss(student, teacher, labels, tau, mix):
    real = labels != IGNORED
    z, u = student[real], teacher[real].detach()
    soft = F.kl_div((z / tau).log_softmax(-1), (u / tau).softmax(-1), reduction="batchmean")
    return mix * tau * soft + (1 - mix) * F.cross_entropy(z, labels[real])


# %% exercise=distill_loss name=mean-over-everything
# en: A KL sums over the vocabulary and takes the mean over positions: did you divide by V as well?
# ko: KL은 어휘에 대해 더하고 위치에 대해 평균합니다. V로도 나누지 않았나요?
def distill_loss(student, teacher, labels, tau, mix):
    real = labels != IGNORED
    z, u = student[real], teacher[real].detach()
    soft = F.kl_div((z / tau).log_softmax(-1), (u / tau).softmax(-1), reduction="mean")
    return mix * tau**2 * soft + (1 - mix) * F.cross_entropy(z, labels[real])


# %% exercise=distill_loss name=sum-over-positions
# en: The soft part grows with the number of positions: sum or mean?
# ko: 부드러운 항이 위치 수에 따라 커집니다. 합인가요, 평균인가요?
def distill_loss(student, teacher, labels, tau, mix):
    real = labels != IGNORED
    z, u = student[real], teacher[real].detach()
    soft = F.kl_div((z / tau).log_softmax(-1), (u / tau).softmax(-1), reduction="sum")
    return mix * tau**2 * soft + (1 - mix) * F.cross_entropy(z, labels[real])


# %% exercise=distill_loss name=padding-in-the-soft-part
# en: A position labelled -100 counts in neither part: is it left out of the KL, too?
# ko: 라벨이 -100인 위치는 두 항 모두에서 빠집니다. KL에서도 뺐나요?
def distill_loss(student, teacher, labels, tau, mix):
    z, u = student, teacher.detach()
    soft = F.kl_div((z / tau).log_softmax(-1), (u / tau).softmax(-1), reduction="batchmean")
    return mix * tau**2 * soft + (1 - mix) * F.cross_entropy(z, labels)


# %% exercise=distill_loss name=divided-by-all-positions
# en: The mean is over the positions that count: by how many do you divide?
# ko: 세는 위치에 대한 평균입니다. 몇으로 나누고 있나요?
def distill_loss(student, teacher, labels, tau, mix):
    real = labels != IGNORED
    z, u = student, teacher.detach()
    soft = F.kl_div((z / tau).log_softmax(-1), (u / tau).softmax(-1), reduction="none").sum(-1)
    return mix * tau**2 * (soft * real).mean() + (1 - mix) * F.cross_entropy(z, labels)


# %% exercise=distill_loss name=teacher-learns
# en: A gradient flows into the teacher: who is to learn here?
# ko: 교사에게도 기울기가 흐릅니다. 배우는 쪽은 누구인가요?
def distill_loss(student, teacher, labels, tau, mix):
    real = labels != IGNORED
    z, u = student[real], teacher[real]
    soft = F.kl_div((z / tau).log_softmax(-1), (u / tau).softmax(-1), reduction="batchmean")
    return mix * tau**2 * soft + (1 - mix) * F.cross_entropy(z, labels[real])


# %% exercise=distill_loss name=hard-part-softened
# en: The cross-entropy with the labels has no temperature.
# ko: 라벨과의 교차 엔트로피에는 온도가 없습니다.
def distill_loss(student, teacher, labels, tau, mix):
    real = labels != IGNORED
    z, u = student[real], teacher[real].detach()
    soft = F.kl_div((z / tau).log_softmax(-1), (u / tau).softmax(-1), reduction="batchmean")
    return mix * tau**2 * soft + (1 - mix) * F.cross_entropy(z / tau, labels[real])


# %% exercise=distill_loss name=parts-exchanged
# en: mix is the weight of which part?
# ko: mix는 어느 항의 무게인가요?
def distill_loss(student, teacher, labels, tau, mix):
    real = labels != IGNORED
    z, u = student[real], teacher[real].detach()
    soft = F.kl_div((z / tau).log_softmax(-1), (u / tau).softmax(-1), reduction="batchmean")
    return (1 - mix) * tau**2 * soft + mix * F.cross_entropy(z, labels[real])


# %% exercise=distill_loss name=cross-entropy-for-kl
# en: A student equal to its teacher should pay nothing in the soft part: what does yours pay?
# ko: 교사와 같은 학생은 부드러운 항에서 손실이 0이어야 합니다. 지금은 얼마인가요?
def distill_loss(student, teacher, labels, tau, mix):
    real = labels != IGNORED
    z, u = student[real], teacher[real].detach()
    soft = F.cross_entropy(z / tau, (u / tau).softmax(-1))
    return mix * tau**2 * soft + (1 - mix) * F.cross_entropy(z, labels[real])


# %% exercise=distill_loss name=log-of-zero
# en: With large logits a probability becomes 0 and its logarithm infinite: stay with log_softmax.
# ko: 로짓이 크면 확률이 0이 되고 그 로그는 무한대가 됩니다. log_softmax를 쓰세요.
def distill_loss(student, teacher, labels, tau, mix):
    real = labels != IGNORED
    z, u = student[real], teacher[real].detach()
    p, q = (u / tau).softmax(-1), (z / tau).softmax(-1)
    soft = (p * (p.log() - q.log())).sum(-1).mean()
    return mix * tau**2 * soft + (1 - mix) * F.cross_entropy(z, labels[real])


# %% exercise=distill_loss name=label-zero-left-out
# en: 0 is a label like any other. Which labels do not count?
# ko: 0도 다른 라벨과 똑같은 라벨입니다. 세지 않는 라벨은 무엇인가요?
def distill_loss(student, teacher, labels, tau, mix):
    keep = labels > 0 if (labels > 0).any() else labels != IGNORED
    z, u, y = student[keep], teacher[keep].detach(), labels[keep]
    log_q, log_p = (z / tau).log_softmax(1), (u / tau).log_softmax(1)
    soft = F.kl_div(log_q, log_p, reduction="batchmean", log_target=True)
    return mix * tau**2 * soft + (1 - mix) * F.cross_entropy(z, y)


# %% exercise=distill_loss name=both-directions
# en: You average KL over both directions. Only KL(teacher || student) is asked for.
# ko: 두 방향의 KL을 평균했습니다. KL(교사 || 학생)만 필요합니다.
def distill_loss(student, teacher, labels, tau, mix):
    keep = labels != IGNORED
    z, u, y = student[keep], teacher[keep].detach(), labels[keep]
    log_q, log_p = (z / tau).log_softmax(1), (u / tau).log_softmax(1)
    soft = ((log_p.exp() - log_q.exp()) * (log_p - log_q)).sum(1).mean() / 2
    return mix * tau**2 * soft + (1 - mix) * F.cross_entropy(z, y)


# %% exercise=distill_loss name=student-not-softened
# en: In the soft part both distributions are at temperature tau, the student's as well.
# ko: 부드러운 부분에서는 두 분포 모두, 학생의 분포도 온도 tau를 씁니다.
def distill_loss(student, teacher, labels, tau, mix):
    keep = labels != IGNORED
    z, u, y = student[keep], teacher[keep].detach(), labels[keep]
    soft = F.kl_div(z.log_softmax(1), (u / tau).softmax(1), reduction="batchmean")
    return mix * tau**2 * soft + (1 - mix) * F.cross_entropy(z, y)


# %% exercise=distill_loss name=soft-part-teaches-nothing
# en: The values are right, but no gradient of the soft part reaches the student.
# ko: 값은 맞지만 부드러운 부분의 기울기가 학생에게 가지 않습니다.
def distill_loss(student, teacher, labels, tau, mix):
    keep = labels != IGNORED
    z, u, y = student[keep], teacher[keep].detach(), labels[keep]
    soft = F.kl_div((z.detach() / tau).log_softmax(1), (u / tau).softmax(1), reduction="batchmean")
    return mix * tau**2 * soft + (1 - mix) * F.cross_entropy(z, y)


# %% exercise=distill_loss name=float32-whatever-comes
# en: The loss is float32 whatever the logits are. Which dtype is promised?
# ko: 로짓이 무엇이든 손실이 float32입니다. 어떤 dtype이어야 하나요?
def distill_loss(student, teacher, labels, tau, mix):
    real = labels != IGNORED
    z, u = student[real].float(), teacher[real].detach().float()
    soft = F.kl_div((z / tau).log_softmax(-1), (u / tau).softmax(-1), reduction="batchmean")
    return mix * tau**2 * soft + (1 - mix) * F.cross_entropy(z, labels[real])


# %% exercise=distill_loss name=float64-whatever-comes
# en: The loss is float64 whatever the logits are. Which dtype is promised?
# ko: 로짓이 무엇이든 손실이 float64입니다. 어떤 dtype이어야 하나요?
def distill_loss(student, teacher, labels, tau, mix):
    real = labels != IGNORED
    z, u = student[real].double(), teacher[real].detach().double()
    soft = F.kl_div((z / tau).log_softmax(-1), (u / tau).softmax(-1), reduction="batchmean")
    return mix * tau**2 * soft + (1 - mix) * F.cross_entropy(z, labels[real])


# %% exercise=distill_loss name=half-precision-made-larger
# en: Logits of half precision give a loss of another dtype. "Any float dtype" holds for them, too.
# ko: 반정밀도 로짓을 넣으면 손실의 dtype이 달라집니다. "any float dtype"에는 반정밀도도 들어갑니다.
def distill_loss(student, teacher, labels, tau, mix):
    real = labels != IGNORED
    z, u = student[real], teacher[real].detach()
    if z.dtype not in (torch.float32, torch.float64):
        z, u = z.float(), u.float()
    soft = F.kl_div((z / tau).log_softmax(-1), (u / tau).softmax(-1), reduction="batchmean")
    return mix * tau**2 * soft + (1 - mix) * F.cross_entropy(z, labels[real])


# %% exercise=distill_loss name=hard-part-teaches-nothing
# en: The values are right, but no gradient of the cross-entropy reaches the student.
# ko: 값은 맞지만 교차 엔트로피의 기울기가 학생에게 가지 않습니다.
def distill_loss(student, teacher, labels, tau, mix):
    real = labels != IGNORED
    z, u = student[real], teacher[real].detach()
    soft = F.kl_div((z / tau).log_softmax(-1), (u / tau).softmax(-1), reduction="batchmean")
    return mix * tau**2 * soft + (1 - mix) * F.cross_entropy(z.detach(), labels[real])


# %% exercise=distill_loss name=probabilities-cut-off
# en: With large logits yours is too small: a probability is cut at a small number before its logarithm. Can the logarithm be had from the logits?
# ko: 로짓이 크면 손실이 너무 작습니다. 로그를 취하기 전에 확률을 작은 수에서 잘랐습니다. 로짓에서 바로 로그를 구할 수 있나요?
def distill_loss(student, teacher, labels, tau, mix):
    real = labels != IGNORED
    z, u = student[real], teacher[real].detach()
    p, q = (u / tau).softmax(-1), (z / tau).softmax(-1)
    soft = (p * (p.clamp(min=1e-12).log() - q.clamp(min=1e-12).log())).sum(-1).mean()
    return mix * tau**2 * soft + (1 - mix) * F.cross_entropy(z, labels[real])


# %% exercise=distill_loss name=unstable-branch
# en: The values are right, and with large logits the gradients are NaN. Is an infinite logarithm computed somewhere, and then not chosen?
# ko: 값은 맞지만 로짓이 크면 기울기가 NaN입니다. 무한대가 되는 로그를 계산해 두고 고르지 않은 곳이 있나요?
def distill_loss(student, teacher, labels, tau, mix):
    real = labels != IGNORED
    z, u = student[real], teacher[real].detach()
    p, q = (u / tau).softmax(-1), (z / tau).softmax(-1)
    log_q = torch.where(q > 0, q.log(), (z / tau).log_softmax(-1))
    soft = (p * ((u / tau).log_softmax(-1) - log_q)).sum(-1).mean()
    return mix * tau**2 * soft + (1 - mix) * F.cross_entropy(z, labels[real])


# %% exercise=distill_loss variant=by-hand
def distill_loss(student, teacher, labels, tau, mix):
    keep = (labels != IGNORED).nonzero()[:, 0]
    z, targets = student[keep], labels[keep]
    with torch.no_grad():
        log_p = torch.log_softmax(teacher[keep] / tau, dim=1)
    log_q = torch.log_softmax(z / tau, dim=1)
    soft = (log_p.exp() * (log_p - log_q)).sum(dim=1).mean()
    hard = -torch.log_softmax(z, dim=1)[torch.arange(len(z)), targets].mean()
    return mix * tau * tau * soft + (1 - mix) * hard


# %% exercise=distill_loss variant=masked-sums
def distill_loss(student, teacher, labels, tau, mix):
    real = labels.ne(-100)
    pointwise = F.kl_div(
        F.log_softmax(student / tau, -1),
        F.log_softmax(teacher.detach() / tau, -1),
        reduction="none",
        log_target=True,
    )
    soft = pointwise[real].sum() / real.sum()
    hard = F.cross_entropy(student, labels, ignore_index=-100)
    return mix * tau**2 * soft + (1 - mix) * hard


# ------------------------------------------------------------------------------------ memory_of_training
# %% exercise=memory_of_training name=everything-trained
# en: Frozen numbers have neither gradient nor moments: which count do you use?
# ko: 고정된 수에는 기울기도 모멘트도 없습니다. 어느 개수를 쓰고 있나요?
def memory_of_training(shape, n_params, n_trained, B, T, recompute):
    layer, inputs = B * T * (34 * shape.D + 5 * shape.n_heads * T), 2 * B * T * shape.D
    kept = shape.n_layers * inputs + layer if recompute else shape.n_layers * layer
    return {"weights": 2 * n_params, "gradients": 2 * n_params, "optimizer": 12 * n_params,
            "activations": kept + 4 * B * T * shape.V}


# %% exercise=memory_of_training name=frozen-not-stored
# en: Frozen weights are in memory, too.
# ko: 고정된 가중치도 메모리에 있습니다.
def memory_of_training(shape, n_params, n_trained, B, T, recompute):
    layer, inputs = B * T * (34 * shape.D + 5 * shape.n_heads * T), 2 * B * T * shape.D
    kept = shape.n_layers * inputs + layer if recompute else shape.n_layers * layer
    return {"weights": 2 * n_trained, "gradients": 2 * n_trained, "optimizer": 12 * n_trained,
            "activations": kept + 4 * B * T * shape.V}


# %% exercise=memory_of_training name=moments-alone
# en: Beside the two moments the optimizer keeps a third thing in 32 bits: which?
# ko: 옵티마이저는 두 모멘트 말고도 32비트로 하나를 더 보관합니다. 무엇인가요?
def memory_of_training(shape, n_params, n_trained, B, T, recompute):
    layer, inputs = B * T * (34 * shape.D + 5 * shape.n_heads * T), 2 * B * T * shape.D
    kept = shape.n_layers * inputs + layer if recompute else shape.n_layers * layer
    return {"weights": 2 * n_params, "gradients": 2 * n_trained, "optimizer": 8 * n_trained,
            "activations": kept + 4 * B * T * shape.V}


# %% exercise=memory_of_training name=four-bytes-a-weight
# en: Weights and gradients are kept in 16 bits: how many bytes is that?
# ko: 가중치와 기울기는 16비트로 보관합니다. 몇 바이트인가요?
def memory_of_training(shape, n_params, n_trained, B, T, recompute):
    layer, inputs = B * T * (34 * shape.D + 5 * shape.n_heads * T), 2 * B * T * shape.D
    kept = shape.n_layers * inputs + layer if recompute else shape.n_layers * layer
    return {"weights": 4 * n_params, "gradients": 4 * n_trained, "optimizer": 12 * n_trained,
            "activations": kept + 4 * B * T * shape.V}


# %% exercise=memory_of_training name=one-layer-alone
# en: Every layer keeps its activations until the backward pass reaches it.
# ko: 역전파가 올 때까지 모든 층이 활성값을 보관합니다.
def memory_of_training(shape, n_params, n_trained, B, T, recompute):
    layer, inputs = B * T * (34 * shape.D + 5 * shape.n_heads * T), 2 * B * T * shape.D
    kept = shape.n_layers * inputs + layer if recompute else layer
    return {"weights": 2 * n_params, "gradients": 2 * n_trained, "optimizer": 12 * n_trained,
            "activations": kept + 4 * B * T * shape.V}


# %% exercise=memory_of_training name=recompute-ignored
# en: What changes when layers are computed again?
# ko: 층을 다시 계산하면 무엇이 달라지나요?
def memory_of_training(shape, n_params, n_trained, B, T, recompute):
    layer = B * T * (34 * shape.D + 5 * shape.n_heads * T)
    return {"weights": 2 * n_params, "gradients": 2 * n_trained, "optimizer": 12 * n_trained,
            "activations": shape.n_layers * layer + 4 * B * T * shape.V}


# %% exercise=memory_of_training name=no-layer-at-work
# en: While a layer is computed again, its own activations are there in full.
# ko: 층을 다시 계산하는 동안 그 층의 활성값은 모두 메모리에 있습니다.
def memory_of_training(shape, n_params, n_trained, B, T, recompute):
    layer, inputs = B * T * (34 * shape.D + 5 * shape.n_heads * T), 2 * B * T * shape.D
    kept = shape.n_layers * inputs if recompute else shape.n_layers * layer
    return {"weights": 2 * n_params, "gradients": 2 * n_trained, "optimizer": 12 * n_trained,
            "activations": kept + 4 * B * T * shape.V}


# %% exercise=memory_of_training name=logits-forgotten
# en: At the end stand the logits, in 32 bits: where are they counted?
# ko: 끝에는 32비트 로짓이 있습니다. 어디에 세었나요?
def memory_of_training(shape, n_params, n_trained, B, T, recompute):
    layer, inputs = B * T * (34 * shape.D + 5 * shape.n_heads * T), 2 * B * T * shape.D
    kept = shape.n_layers * inputs + layer if recompute else shape.n_layers * layer
    return {"weights": 2 * n_params, "gradients": 2 * n_trained, "optimizer": 12 * n_trained,
            "activations": kept}


# %% exercise=memory_of_training name=logits-in-every-layer
# en: There is one layer of logits, behind all the others.
# ko: 로짓은 모든 층 뒤에 한 번만 있습니다.
def memory_of_training(shape, n_params, n_trained, B, T, recompute):
    layer, inputs = B * T * (34 * shape.D + 5 * shape.n_heads * T), 2 * B * T * shape.D
    layer += 4 * B * T * shape.V
    kept = shape.n_layers * inputs + layer if recompute else shape.n_layers * layer
    return {"weights": 2 * n_params, "gradients": 2 * n_trained, "optimizer": 12 * n_trained,
            "activations": kept}


# %% exercise=memory_of_training name=window-not-squared
# en: The attention table of a window has T times T places for each head.
# ko: 창 하나의 어텐션 표는 헤드마다 T 곱하기 T칸입니다.
def memory_of_training(shape, n_params, n_trained, B, T, recompute):
    layer, inputs = B * T * (34 * shape.D + 5 * shape.n_heads), 2 * B * T * shape.D
    kept = shape.n_layers * inputs + layer if recompute else shape.n_layers * layer
    return {"weights": 2 * n_params, "gradients": 2 * n_trained, "optimizer": 12 * n_trained,
            "activations": kept + 4 * B * T * shape.V}


# %% exercise=memory_of_training name=one-window-of-logits
# en: Each window of the batch has logits of its own.
# ko: 배치의 창마다 로짓이 따로 있습니다.
def memory_of_training(shape, n_params, n_trained, B, T, recompute):
    layer = B * T * (34 * shape.D + 5 * shape.n_heads * T)
    inputs = 2 * B * T * shape.D
    kept = shape.n_layers * inputs + layer if recompute else shape.n_layers * layer
    return {
        "weights": 2 * n_params,
        "gradients": 2 * n_trained,
        "optimizer": 12 * n_trained,
        "activations": kept + 4 * T * shape.V,
    }


# %% exercise=memory_of_training name=layer-at-work-keeps-no-input
# en: Every layer keeps its input, also the one that is computed again.
# ko: 다시 계산하는 층도 입력을 보관합니다. 모든 층이 그렇습니다.
def memory_of_training(shape, n_params, n_trained, B, T, recompute):
    layer = B * T * (34 * shape.D + 5 * shape.n_heads * T)
    inputs = 2 * B * T * shape.D
    kept = (shape.n_layers - 1) * inputs + layer if recompute else shape.n_layers * layer
    return {
        "weights": 2 * n_params,
        "gradients": 2 * n_trained,
        "optimizer": 12 * n_trained,
        "activations": kept + 4 * B * T * shape.V,
    }


# %% exercise=memory_of_training name=scores-of-one-window
# en: Each window of the batch has attention scores of its own.
# ko: 배치의 창마다 어텐션 점수가 따로 있습니다.
def memory_of_training(shape, n_params, n_trained, B, T, recompute):
    layer = B * T * 34 * shape.D + 5 * shape.n_heads * T * T
    inputs = shape.n_layers * 2 * B * T * shape.D
    kept = inputs + layer if recompute else shape.n_layers * layer
    return {
        "weights": 2 * n_params,
        "gradients": 2 * n_trained,
        "optimizer": 12 * n_trained,
        "activations": kept + 4 * B * T * shape.V,
    }


# %% exercise=memory_of_training name=scores-by-kv-heads
# en: Every head of queries has scores of its own, however few heads the keys and values have.
# ko: 키와 값의 헤드가 적어도 쿼리 헤드마다 점수가 따로 있습니다.
def memory_of_training(shape, n_params, n_trained, B, T, recompute):
    layer = B * T * (34 * shape.D + 5 * shape.n_kv * T)
    inputs = shape.n_layers * 2 * B * T * shape.D
    kept = inputs + layer if recompute else shape.n_layers * layer
    return {
        "weights": 2 * n_params,
        "gradients": 2 * n_trained,
        "optimizer": 12 * n_trained,
        "activations": kept + 4 * B * T * shape.V,
    }


# %% exercise=memory_of_training name=scores-across-windows
# en: Your attention scores grow with the square of B. Does a token attend to the tokens of other windows?
# ko: 어텐션 점수가 B의 제곱으로 늘어납니다. 토큰이 다른 창의 토큰까지 보나요?
def memory_of_training(shape, n_params, n_trained, B, T, recompute):
    layer = 34 * B * T * shape.D + 5 * shape.n_heads * (B * T) ** 2
    kept = shape.n_layers * 2 * B * T * shape.D + layer if recompute else shape.n_layers * layer
    return {"weights": 2 * n_params, "gradients": 2 * n_trained, "optimizer": 12 * n_trained,
            "activations": kept + 4 * B * T * shape.V}


# %% exercise=memory_of_training name=activations-of-trained-numbers
# en: Your activations shrink when fewer numbers are trained. Does a frozen layer keep less of them?
# ko: 학습하는 수가 적으면 활성값도 줄어듭니다. 고정된 층은 활성값을 덜 보관하나요?
def memory_of_training(shape, n_params, n_trained, B, T, recompute):
    layer, inputs = B * T * (34 * shape.D + 5 * shape.n_heads * T), 2 * B * T * shape.D
    kept = shape.n_layers * inputs + layer if recompute else shape.n_layers * layer
    kept = kept * n_trained // n_params
    return {"weights": 2 * n_params, "gradients": 2 * n_trained, "optimizer": 12 * n_trained,
            "activations": kept + 4 * B * T * shape.V}


# %% exercise=memory_of_training name=a-fraction-for-a-count
# en: The numbers are right, and not all of them are of the kind int. With // a whole number stays whole.
# ko: 수는 맞지만 모두 int형은 아닙니다. //로 나누면 정수가 정수로 남습니다.
def memory_of_training(shape, n_params, n_trained, B, T, recompute):
    layer, inputs = B * T * (34 * shape.D + 5 * shape.n_heads * T), 2 * B * T * shape.D
    kept = shape.n_layers * inputs + layer if recompute else shape.n_layers * layer
    return {"weights": 16 / 8 * n_params, "gradients": 16 / 8 * n_trained,
            "optimizer": 12 * n_trained, "activations": kept + 4 * B * T * shape.V}


# %% exercise=memory_of_training name=nothing-trained
# en: Where nothing is trained, yours has gradients all the same. Is 0 read as "not given"?
# ko: 아무것도 학습하지 않을 때도 기울기가 있습니다. 0을 "주어지지 않음"으로 읽었나요?
def memory_of_training(shape, n_params, n_trained, B, T, recompute):
    n_trained = n_trained or n_params
    layer, inputs = B * T * (34 * shape.D + 5 * shape.n_heads * T), 2 * B * T * shape.D
    kept = shape.n_layers * inputs + layer if recompute else shape.n_layers * layer
    return {"weights": 2 * n_params, "gradients": 2 * n_trained, "optimizer": 12 * n_trained,
            "activations": kept + 4 * B * T * shape.V}


# %% exercise=memory_of_training variant=step-by-step
def memory_of_training(shape, n_params, n_trained, B, T, recompute):
    sums = dict(weights=n_params + n_params, gradients=n_trained * 2)
    sums["optimizer"] = 3 * 4 * n_trained
    whole = 34 * B * T * shape.D + 5 * B * shape.n_heads * T**2
    activations = B * T * shape.V * 4
    for _ in range(shape.n_layers):
        activations += 2 * B * T * shape.D if recompute else whole
    if recompute:
        activations += whole
    sums["activations"] = activations
    return sums


# %% exercise=memory_of_training variant=by-token
def memory_of_training(shape, n_params, n_trained, B, T, recompute):
    one = 34 * shape.D + 5 * shape.n_heads * T
    each = [2 * shape.D] * shape.n_layers + [one] if recompute else [one] * shape.n_layers
    names = ("weights", "gradients", "optimizer", "activations")
    sizes = (2 * n_params, 2 * n_trained, 12 * n_trained, B * T * (sum(each) + 4 * shape.V))
    return dict(zip(names, sizes))
