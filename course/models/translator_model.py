"""The class of the shipped English-Korean translator: GRUs and additive attention (week 04)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from course.data.vocabulary import BOS, EOS, PAD


class Translator(nn.Module):
    """A sequence-to-sequence network with additive attention (Bahdanau et al. 2015).

    Args:
        source, target: sizes of the vocabularies.
        embed, hidden: numbers per token; numbers per state and direction.
        attention: without it the decoder sees one fixed vector, the mean of the encoder's states.
    """

    def __init__(
        self,
        source: int,
        target: int,
        embed: int = 104,
        hidden: int = 128,
        attention: bool = True,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.embed_source = nn.Embedding(source, embed, padding_idx=PAD)
        self.embed_target = nn.Embedding(target, embed, padding_idx=PAD)
        self.encoder = nn.GRU(embed, hidden, batch_first=True, bidirectional=True)
        self.start = nn.Linear(2 * hidden, 2 * hidden)
        self.query = nn.Linear(2 * hidden, hidden, bias=False)
        self.key = nn.Linear(2 * hidden, hidden, bias=False)
        self.score = nn.Linear(hidden, 1, bias=False)
        self.cell = nn.GRUCell(embed + 2 * hidden, 2 * hidden)
        self.out = nn.Linear(4 * hidden + embed, embed)
        for table in (self.embed_source, self.embed_target):
            nn.init.normal_(table.weight, std=0.1)  # as output weights, a std of 1 shouts
        self.attention = attention
        self.drop = nn.Dropout(dropout)

    def encode(self, source: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """States (batch, length, 2·hidden), their keys, the mask of real tokens, the start."""
        mask = source != PAD
        packed = nn.utils.rnn.pack_padded_sequence(
            self.drop(self.embed_source(source)),
            mask.sum(1).cpu(),
            batch_first=True,
            enforce_sorted=False,
        )
        states, _ = nn.utils.rnn.pad_packed_sequence(
            self.encoder(packed)[0], batch_first=True, total_length=source.shape[1]
        )
        mean = states.sum(1) / mask.sum(1, keepdim=True)
        if not self.attention:
            states, mask = mean[:, None], mask[:, :1]
        return states, self.key(states), mask, torch.tanh(self.start(mean))

    def look(self, state: Tensor, encoded: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
        """The context (batch, 2·hidden) and the attention weights (batch, length)."""
        states, keys, mask, _ = encoded
        scores = self.score(torch.tanh(self.query(state)[:, None] + keys))[..., 0]
        weights = scores.masked_fill(~mask, -torch.inf).softmax(-1)
        return (weights[:, None] @ states)[:, 0], weights

    def step(
        self, token: Tensor, state: Tensor, encoded: tuple[Tensor, ...]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """One token on: the next token's features, the new state, the attention weights."""
        embedded = self.drop(self.embed_target(token))
        context, weights = self.look(state, encoded)
        state = self.cell(torch.cat([embedded, context], -1), state)
        return self.out(torch.cat([state, context, embedded], -1)), state, weights

    def logits(self, features: Tensor) -> Tensor:
        """Scores of the target tokens; the output weights are the target embeddings."""
        return self.drop(features) @ self.embed_target.weight.T

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Logits after each of `target`'s tokens (teacher forcing): (batch, length, vocabulary)."""
        encoded = self.encode(source)
        state, features = encoded[-1], []
        for token in target.unbind(1):
            made, state, _ = self.step(token, state, encoded)
            features.append(made)
        return self.logits(torch.stack(features, 1))

    @torch.no_grad()
    def translate(self, source: Tensor, longest: int = 60) -> tuple[Tensor, Tensor]:
        """Greedy decoding. Returns ids (batch, longest) and attention (batch, longest, length)."""
        encoded = self.encode(source)
        state, token = encoded[-1], torch.full_like(source[:, 0], BOS)
        done, ids, seen = torch.zeros_like(token, dtype=torch.bool), [], []
        for _ in range(longest):
            features, state, weights = self.step(token, state, encoded)
            token = self.logits(features).argmax(-1).masked_fill(done, PAD)
            done = done | (token == EOS)
            ids.append(token)
            seen.append(weights)
        return torch.stack(ids, 1), torch.stack(seen, 1)


@dataclass(frozen=True)
class Translation:
    """What the shipped translator made of one text.

    Attributes:
        text: the Korean text.
        source, target: the tokens that were read and written; "▁" is a blank before a word.
        attention: (target, source): how much of each source token every target token looked at.
            (target, 1) for the translator without attention.
    """

    text: str
    source: list[str]
    target: list[str]
    attention: Tensor


@dataclass(frozen=True)
class HelpTranslator:
    """The shipped translator with its two tokenizers (of the library `tokenizers`)."""

    model: Translator
    english: Tokenizer
    korean: Tokenizer

    def translate(self, text: str, longest: int = 60) -> Translation:
        """Translate one English sentence into Korean, greedily.

        Args:
            text: English; the model learned from sentences of at most 40 tokens.
            longest: the most tokens to write.

        Raises:
            ValueError: the text is empty.
        """
        source = self.english.encode(text)
        if not source.ids:
            raise ValueError("There is nothing to translate: the text is empty.")
        ids, attention = self.model.translate(torch.tensor([source.ids]), longest)
        row = ids[0].tolist()
        row = row[: row.index(EOS)] if EOS in row else row
        target = [self.korean.id_to_token(one) or "" for one in row]
        return Translation(self.korean.decode(row), source.tokens, target, attention[0, : len(row)])
