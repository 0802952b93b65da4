"""What stands in for an exercise of week 06 while it is blank, so that a student can read on.

Calls of transformers and scikit-learn, and stored results. In the grader's sandbox this folder is
empty.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn


def mlm_corrupt(
    ids: Tensor,
    can_mask: Tensor,
    pick: Tensor,
    fate: Tensor,
    random_ids: Tensor,
    mask_id: int,
    share: float = 0.15,
) -> tuple[Tensor, Tensor]:
    """In numpy: one choice among three tables by number."""
    tables = np.stack([np.full(ids.shape, mask_id), random_ids.numpy(), ids.numpy()])
    kind = np.digitize(fate.numpy(), [0.8, 0.9])
    taken = np.logical_and(can_mask.numpy(), np.less(pick.numpy(), share))
    seen = np.take_along_axis(tables, kind[None], axis=0)[0]
    shown = np.choose(taken, [ids.numpy(), seen])
    asked = np.choose(taken, [-100, ids.numpy()])
    return torch.as_tensor(shown), torch.as_tensor(asked)


def dynamic_collate(
    texts: list[list[int]],
    corrupt: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]],
    pad_id: int,
    cls_id: int,
    sep_id: int,
    max_len: int,
) -> dict[str, Tensor]:
    """By torch's own padding of sequences; what may be masked is padded in the same way."""
    pad = nn.utils.rnn.pad_sequence
    ends = (torch.tensor([cls_id]), torch.tensor([sep_id]))
    inner = [torch.tensor(t, dtype=torch.long)[: max_len - 2] for t in texts]
    whole = pad([torch.cat([ends[0], t, ends[1]]) for t in inner], True, pad_id)
    ones = pad([torch.ones(len(t) + 2, dtype=torch.long) for t in inner], True)
    may = pad([torch.cat([z := torch.zeros(1), torch.ones(len(t)), z]) for t in inner], True)
    shown, asked = corrupt(whole, may.bool())
    return {"labels": asked, "input_ids": shown, "attention_mask": ones}


def nsp_pairs(
    documents: list[list[list[int]]],
    coin: Callable[[], float],
    choose: Callable[[list[list[int]]], list[int]],
    cls_id: int,
    sep_id: int,
) -> list[tuple[list[int], list[int], int]]:
    """A tokenizer's own template makes the pairs, segments included."""
    from tokenizers import Tokenizer, models, processors

    words = {str(k): k for d in documents for s in d for k in s} | {"c": cls_id, "s": sep_id}
    maker = Tokenizer(models.WordLevel(words, unk_token="c"))
    maker.post_processor = processors.BertProcessing(("s", sep_id), ("c", cls_id))
    found = []
    for d, own in enumerate(documents):
        pool = [s for e, other in enumerate(documents) if e != d for s in other]
        for left, right in itertools.pairwise(own):
            drawn = 1 if coin() >= 0.5 else 0
            sides = ([str(k) for k in left], [str(k) for k in (choose(pool) if drawn else right)])
            made = maker.encode(*sides, is_pretokenized=True)
            found.append((made.ids, made.type_ids, drawn))
    return found


def bert_embed(
    ids: Tensor,
    segments: Tensor,
    E_word: Tensor,
    E_position: Tensor,
    E_segment: Tensor,
    gain: Tensor,
    bias: Tensor,
) -> Tensor:
    """The library's own module with these tables."""
    from torch.func import functional_call
    from transformers import BertConfig
    from transformers.models.bert.modeling_bert import BertEmbeddings

    (V, D), P = E_word.shape, len(E_position)
    config = BertConfig(vocab_size=V, hidden_size=D, max_position_embeddings=P, pad_token_id=None,
                        num_attention_heads=1, hidden_dropout_prob=0.0)  # fmt: skip
    names = ("word_embeddings", "position_embeddings", "token_type_embeddings")
    weights = {f"{name}.weight": table for name, table in
               zip(names, (E_word, E_position, E_segment), strict=True)}  # fmt: skip
    weights |= {"LayerNorm.weight": gain, "LayerNorm.bias": bias}
    given = {"input_ids": ids, "token_type_ids": segments}
    return functional_call(BertEmbeddings(config), weights, (), given)


def mlm_loss(
    h: Tensor,
    labels: Tensor,
    E: Tensor,
    W: Tensor,
    b: Tensor,
    gain: Tensor,
    bias: Tensor,
    b_out: Tensor,
) -> Tensor:
    """The library's own head with these weights, and its own loss over all positions."""
    from torch.func import functional_call
    from transformers import BertConfig
    from transformers.models.bert.modeling_bert import BertLMPredictionHead

    head = BertLMPredictionHead(BertConfig(vocab_size=len(E), hidden_size=E.shape[1],
                                           num_attention_heads=1))  # fmt: skip
    weights = {"transform.dense.weight": W.T, "transform.dense.bias": b, "decoder.weight": E,
               "transform.LayerNorm.weight": gain, "transform.LayerNorm.bias": bias,
               "bias": b_out, "decoder.bias": b_out}  # fmt: skip
    scores = functional_call(head, weights, (h,), tie_weights=False, strict=False)
    if not (labels >= 0).any():
        return 0.0 * scores.mean()
    return nn.CrossEntropyLoss()(scores.transpose(1, 2), labels)


def classifier_head(
    h: Tensor,
    mask: Tensor,
    W_pool: Tensor,
    b_pool: Tensor,
    W: Tensor,
    b: Tensor,
    pool: str = "cls",
) -> Tensor:
    """Nested tensors know their lengths; the two layers are the library's."""
    first = [row[:1] if pool == "cls" else row[real] for row, real in zip(h, mask, strict=True)]
    summary = torch.stack([torch.mean(rows, dim=0) for rows in first])
    inner = nn.functional.linear(summary, W_pool.T, b_pool)
    return nn.functional.linear(nn.functional.tanh(inner), W.T, b)


def param_groups(
    model: nn.Module, lr: float, weight_decay: float, layer_decay: float
) -> list[dict[str, Any]]:
    """Module by module from the top down, one step slower each time."""
    layers = [part for name, part in model.named_modules() if name.endswith("encoder.layer")]
    tables = [part for name, part in model.named_modules() if name.endswith("bert.embeddings")]
    speed = dict.fromkeys(model.parameters(), lr)
    for part in [*reversed(list(layers[0])), *tables]:
        lr *= layer_decay
        speed.update(dict.fromkeys(part.parameters(), lr))
    kept = {p for n, p in model.named_parameters() if n.split(".")[-1] == "bias"}
    kept |= {p for n, p in model.named_parameters() if n.split(".")[-2:-1] == ["LayerNorm"]}
    return [
        {"params": [p], "lr": rate, "weight_decay": weight_decay * (p not in kept)}
        for p, rate in speed.items()
        if p.requires_grad
    ]


def evaluate(predicted: Tensor, targets: Tensor, n_classes: int) -> dict[str, Any]:
    """scikit-learn's own measures."""
    from sklearn.metrics import accuracy_score, f1_score

    kinds = list(range(n_classes))
    scores = f1_score(targets, predicted, labels=kinds, average=None, zero_division=0)
    share = float(accuracy_score(targets, predicted))
    return {"accuracy": share, "f1": scores.tolist(), "macro_f1": float(np.mean(scores))}


def shelves_from_200(data: Any) -> Callable[[list[str]], np.ndarray]:
    """A bag of words and a logistic regression, with no more thought than that."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    guess = make_pipeline(CountVectorizer(), LogisticRegression(C=0.3, max_iter=200))
    return guess.fit(data.texts, data.labels).predict_proba


STAND_INS = {
    function.__name__: function
    for function in (
        mlm_corrupt,
        dynamic_collate,
        nsp_pairs,
        bert_embed,
        mlm_loss,
        classifier_head,
        param_groups,
        evaluate,
        shelves_from_200,
    )
}
