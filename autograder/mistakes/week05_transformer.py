"""Known mistakes and correct variants of week05_transformer. Text in percent cells, never imported."""

# TODO: 3 to 6 mistakes for each exercise, taken from what people really write.

# %% exercise=centre_rows name=mean-of-all
# en: One number was taken away from the whole matrix: how many means has a matrix of three rows?
# ko: 행렬 전체에서 같은 수 하나를 뺐습니다. 행이 세 개인 행렬에는 평균이 몇 개 있을까요?
def centre_rows(x):
    return x - x.mean()


# %% exercise=centre_rows name=mean-of-columns
# en: The columns add up to zero now, not the rows: which axis did the mean run along?
# ko: 행이 아니라 열의 합이 0이 되었습니다. 평균을 어느 축을 따라 구했나요?
def centre_rows(x):
    return x - x.mean(dim=0, keepdim=True)


# %% exercise=centre_rows name=divides
# en: The rows were scaled in place of moved: is the mean taken away, or divided by?
# ko: 행을 옮기지 않고 크기를 바꾸었습니다. 평균을 빼는 것일까요, 나누는 것일까요?
def centre_rows(x):
    return x / x.mean(dim=-1, keepdim=True)


# %% exercise=centre_rows variant=loop
def centre_rows(x):
    return torch.stack([row - row.sum() / len(row) for row in x])


# %% exercise=centre_rows variant=matrix-product
def centre_rows(x):
    D = x.shape[-1]
    return x @ (torch.eye(D, dtype=x.dtype) - torch.full((D, D), 1 / D, dtype=x.dtype))
