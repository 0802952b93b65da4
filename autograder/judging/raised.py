"""What an exception says about its cause: kinds of errors that have one meaning in any exercise.

Only the kind of an error and a few words of Python's or torch's own messages are looked at. The
sentences are ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Raised:
    """Types of exceptions, words of which one stands in the message, and what that means."""

    name: str
    types: tuple[str, ...]
    words: tuple[str, ...]
    en: str
    ko: str

    @property
    def relation(self) -> Callable[[dict, dict], int]:
        """As the table of general mistakes asks for it."""

        def holds(answer: dict, expected: dict) -> int:
            if answer["kind"] != "error" or expected["kind"] == "error":
                return 0
            message = answer["message"]
            said = not self.words or any(word in message for word in self.words)
            return int(answer["type"] in self.types and said)

        return holds


RAISED: tuple[Raised, ...] = (
    Raised("cut-from-the-graph", ("RuntimeError",),
           ("does not require grad", "not have been used in the graph"),
           "No gradient comes back: the answer is cut off from the inputs. Does a detach, a "
           ".data, a .item() or a new tensor stand between them?",
           "기울기가 돌아오지 않습니다. 답이 입력과 끊겨 있습니다. detach, .data, .item()이나 새 "
           "텐서가 사이에 있나요?"),
    Raised("two-number-types", ("RuntimeError", "TypeError"),
           ("scalar type", "same dtype", "Found dtype", "can't be cast", "must be tensors used as "
            "indices", "destination to have the same dtype"),
           "Two tensors of different dtype meet. Is one made without a dtype, by torch.zeros say, "
           "or do two results come in the other order?",
           "자료형이 다른 두 텐서가 만납니다. dtype 없이, 예를 들어 torch.zeros로 만든 텐서가 "
           "있나요? 아니면 두 결과의 순서가 바뀌었나요?"),
    Raised("matrices-do-not-fit", ("RuntimeError",),
           ("shapes cannot be multiplied", "size mismatch", "mat1 and mat2", "batch1 and batch2"),
           "Two matrices are multiplied whose inner axes differ. Is a transpose missing or one too "
           "many, or are the two in the wrong order?",
           "안쪽 축의 크기가 다른 두 행렬을 곱합니다. 전치가 빠졌거나 하나 더 있거나 순서가 "
           "바뀌었나요?"),
    Raised("shapes-do-not-broadcast", ("RuntimeError", "ValueError"),
           ("must match the size", "must match the existing size", "could not be broadcast",
            "not broadcastable", "shape mismatch", "The size of tensor"),
           "Two shapes meet that do not broadcast. Is a keepdim or an unsqueeze missing, or is one "
           "of them cut at a wrong width, or turned?",
           "브로드캐스팅되지 않는 두 모양이 만납니다. keepdim이나 unsqueeze가 빠졌나요? 아니면 "
           "한쪽을 다른 너비로 잘랐거나 뒤집었나요?"),
    Raised("shape-does-not-hold-it", ("RuntimeError",),
           ("is invalid for input of size", "view size is not compatible"),
           "A reshape or view asks for a shape that these numbers do not fill.",
           "reshape나 view가 숫자의 개수나 배치와 맞지 않는 모양을 요구합니다."),
    Raised("more-axes-than-there-are", ("IndexError",),
           ("Dimension out of range", "too many indices", "tuple index out of range"),
           "Your code asks for an axis that is not there. Did a sum or an index take it away, or "
           "does the docstring allow a shape of input that has fewer?",
           "없는 축을 찾습니다. 합이나 인덱스가 그 축을 없앴나요, 아니면 docstring이 허용하는 "
           "입력 가운데 축이 더 적은 모양이 있나요?"),
    Raised("beyond-the-end", ("IndexError",), (),
           "An index goes beyond the end. Is it what you mean, counted from 0? Where does your "
           "range end, and can this input be shorter or empty?",
           "인덱스가 끝을 넘어갑니다. 뜻한 번호가 맞고 0부터 세었나요? 범위는 어디에서 끝나나요? "
           "입력이 더 짧거나 비어 있을 수 있나요?"),
    Raised("key-not-there", ("KeyError",), (),
           "A key is looked up that is not there. What should happen for one that was never seen?",
           "없는 키를 찾습니다. 한 번도 보지 못한 키는 어떻게 해야 하나요?"),
    Raised("divided-by-zero", ("ZeroDivisionError",), (),
           "Something is divided by 0. Which input makes what is below the line 0?",
           "0으로 나눕니다. 어떤 입력에서 분모가 0이 되나요?"),
    Raised("too-large-for-a-float", ("OverflowError",), (),
           "A number becomes too large for a float. Can the formula be computed another way?",
           "수가 float로 담기에 너무 커집니다. 식을 다른 방식으로 계산할 수 있나요?"),
    Raised("name-without-value", ("NameError", "UnboundLocalError"), (),
           "A name is used that has no value there. Is it spelled so elsewhere, and does every "
           "path give it a value?",
           "값이 없는 이름을 씁니다. 철자가 같은가요? 모든 경로에서 값을 받나요?"),
    Raised("one-truth-for-many", ("RuntimeError", "ValueError"), ("is ambiguous",),
           "An `if`, `and`, `or` or `not` gets a whole tensor where it needs one truth value.",
           "if, and, or, not에 참값 하나가 아니라 텐서 전체가 들어갔습니다."),
    Raised("one-number-of-many", ("RuntimeError", "ValueError", "TypeError"),
           ("a Tensor with", "only one element tensors", "only length-1 arrays",
            "only 0-dimensional arrays"),
           "One number is taken from a tensor that holds several. Is a sum or a mean missing?",
           "여러 숫자가 든 텐서에서 숫자 하나를 꺼냅니다. sum이나 mean이 빠졌나요?"),
    Raised("called-otherwise", ("TypeError",),
           ("unexpected keyword argument", "positional argument", "missing 1 required"),
           "A function is called with other arguments than it takes. Is the first line of your "
           "function as it was given?",
           "함수가 받는 것과 다른 인자로 불렸습니다. 함수의 첫 줄이 주어진 그대로인가요?"),
)  # fmt: skip
