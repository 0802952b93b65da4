"""Words as ids, with four ids that every translator needs.

>>> words = Vocabulary.of([["a", "cat"], ["a", "dog"]])
>>> words.encode(["a", "cow"]), len(words)
([4, 3], 7)
>>> words.decode([1, 4, 6, 2, 0])
['a', 'dog']
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

PAD, BOS, EOS, UNK = range(4)  # filler, begin, end, a word that the vocabulary lacks
SPECIAL = ("<pad>", "<bos>", "<eos>", "<unk>")


@dataclass(frozen=True)
class Vocabulary:
    """The words in the order of their ids, and the id of each word."""

    words: tuple[str, ...]
    ids: Mapping[str, int]

    @classmethod
    def of(cls, sentences: Iterable[Iterable[str]], least: int = 1) -> Vocabulary:
        """The words of some sentences, in alphabetical order behind the four special ones.

        Args:
            sentences: each a list of words.
            least: leave out words that occur fewer times; they are encoded as `UNK`.
        """
        counts = Counter(word for sentence in sentences for word in sentence)
        kept = sorted(word for word, count in counts.items() if count >= least)
        words = (*SPECIAL, *kept)
        return cls(words, {word: place for place, word in enumerate(words)})

    def encode(self, sentence: Iterable[str]) -> list[int]:
        """The ids of a sentence's words; no `BOS` or `EOS` is added."""
        return [self.ids.get(word, UNK) for word in sentence]

    def decode(self, ids: Sequence[int]) -> list[str]:
        """The words of some ids, without filler, begin and end."""
        return [self.words[one] for one in ids if one not in (PAD, BOS, EOS)]

    def __len__(self) -> int:
        return len(self.words)
