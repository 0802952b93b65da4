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
    Raised("shapes-do-not-broadcast", ("RuntimeError", "ValueError", "IndexError"),
           ("must match the size", "must match the existing size", "could not be broadcast",
            "not broadcastable", "shape mismatch", "The size of tensor"),
           "Two shapes meet that do not broadcast. Is a keepdim or an unsqueeze missing, or is one "
           "of them cut at a wrong width, or turned?",
           "브로드캐스팅되지 않는 두 모양이 만납니다. keepdim이나 unsqueeze가 빠졌나요? 아니면 "
           "한쪽을 다른 너비로 잘랐거나 뒤집었나요?"),
    Raised("shape-does-not-hold-it", ("RuntimeError",), ("is invalid for input of size",),
           "A reshape or view asks for a shape that these numbers do not fill.",
           "reshape나 view가 숫자의 개수와 맞지 않는 모양을 요구합니다."),
    Raised("view-of-scattered-numbers", ("RuntimeError",), ("view size is not compatible",),
           "A view is asked of numbers that do not lie one behind the other in memory, as after a "
           "transpose. Which function copies them where it has to?",
           "transpose 뒤처럼 메모리에 이어져 있지 않은 숫자에 view를 씁니다. 필요할 때 복사하는 "
           "함수는 무엇인가요?"),
    Raised("more-axes-than-there-are", ("IndexError",),
           ("Dimension out of range", "too many indices", "tuple index out of range"),
           "Your code asks for an axis that is not there. Did a sum or an index take it away, or "
           "does the docstring allow a shape of input that has fewer?",
           "없는 축을 찾습니다. 합이나 인덱스가 그 축을 없앴나요, 아니면 docstring이 허용하는 "
           "입력 가운데 축이 더 적은 모양이 있나요?"),
    Raised("something-is-empty", ("ValueError", "RuntimeError", "IndexError", "TypeError",
                                  "StatisticsError"),
           ("is an empty sequence", "argument is empty", "of an empty sequence",
            "of empty iterable", "input.numel() == 0", "to have non-zero size", "zero-size array",
            "non-empty list", "non-empty TensorList", "need at least one array",
            "at least one data point", "for empty data", "pop from empty", "pop from an empty",
            "with no values is ambiguous", "an empty array is ambiguous"),
           "Something is asked of a list or tensor that is empty there: its largest, its last, its "
           "truth, or all of it joined. Can the input be empty, or can nothing be left of it?",
           "비어 있는 리스트나 텐서에서 가장 큰 값, 마지막 값이나 참값을 찾거나 이어 붙입니다. "
           "입력이 비어 있을 수 있나요? 아니면 남는 것이 없을 수 있나요?"),
    Raised("mask-of-another-shape", ("IndexError",),
           ("The shape of the mask", "boolean index did not match"),
           "A mask of one shape picks from a tensor of another. Which axes has each of the two?",
           "마스크의 모양이 고르려는 텐서의 모양과 다릅니다. 둘은 각각 어떤 축을 가지나요?"),
    Raised("braces-as-fields", ("IndexError", "ValueError"),
           ("Replacement index", "encountered in format string"),
           "format() takes braces in a text for fields to be filled. Which of the texts may hold "
           "braces of its own?",
           "format()이 글 속의 중괄호를 채울 자리로 봅니다. 어느 글에 중괄호가 들어 있을 수 "
           "있나요?"),
    Raised("more-than-there-are", ("RuntimeError",),
           ("selected index k out of range", "selected number k out of range",
            "n_sample > prob_dist"),
           "More are asked for than there are, by topk say. How few can there be?",
           "topk 같은 함수로 있는 것보다 더 많이 고르려 합니다. 적을 때는 몇 개인가요?"),
    Raised("beyond-the-end", ("IndexError", "RuntimeError"),
           ("index out of range", "out of range in self", "is out of bounds",
            "must be smaller than num_classes"),
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
    Raised("no-whole-number", ("ValueError", "OverflowError"),
           ("cannot convert float NaN", "cannot convert float infinity"),
           "NaN or infinity is to become a whole number. Where can it come from?",
           "NaN이나 무한대를 정수로 바꾸려 합니다. 그 값은 어디에서 나오나요?"),
    Raised("outside-the-domain", ("ValueError",),
           ("math domain error", "expected a positive input", "expected a nonnegative input"),
           "A logarithm or a root, say, is taken of a number for which there is none. Which input "
           "brings 0 or less there?",
           "로그나 제곱근처럼 그 수에서는 정의되지 않는 계산을 합니다. 어떤 입력에서 0이나 음수가 "
           "들어가나요?"),
    Raised("text-that-is-no-number", ("ValueError",),
           ("invalid literal for int", "could not convert string to float"),
           "A text is read as a number that is none. Which texts can stand there?",
           "수가 아닌 글을 수로 읽으려 합니다. 그 자리에 어떤 글이 올 수 있나요?"),
    Raised("too-large-for-the-dtype", ("RuntimeError",), ("without overflow",),
           "A number is too large for the dtype of the tensor that it is written to, half "
           "precision say. Which number would do for every dtype?",
           "적어 넣는 수가 텐서의 dtype에 비해 너무 큽니다. 반정밀도의 범위는 좁습니다. 어떤 "
           "dtype에도 맞는 값은 무엇인가요?"),
    Raised("nan-in-a-matrix", ("LinAlgError", "_LinAlgError"),
           ("non-finite values", "did not converge"),
           "A decomposition of a matrix that holds NaN or infinity, as it seems. Where can 0/0 or "
           "log 0 arise before it?",
           "NaN이나 무한대가 든 행렬을 분해하려 한 것 같습니다. 그 앞에서 0/0이나 log 0이 생길 수 "
           "있나요?"),
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
    Raised("gradient-of-many", ("RuntimeError",), ("only for scalar outputs",),
           "A gradient is asked of a result that holds several numbers. Is a sum or mean missing?",
           "여러 숫자가 든 결과에서 그래디언트를 구하려 합니다. sum이나 mean이 빠졌나요?"),
    Raised("parts-that-do-not-fit", ("ValueError", "RuntimeError"),
           ("expected sequence of length", "inhomogeneous shape", "to be equal size",
            "input arrays must have the same shape", "Sizes of tensors must match",
            "must have same number of dimensions", "except for the concatenation axis",
            "cannot be concatenated"),
           "Parts whose sizes do not fit are joined to one tensor. Which of them can have another "
           "length, or other axes?",
           "크기가 맞지 않는 것들을 텐서 하나로 합치려 합니다. 어느 것의 길이나 축이 다를 수 "
           "있나요?"),
    Raised("lists-of-different-lengths", ("ValueError",), ("zip() argument",),
           "Lists of different lengths are gone through side by side. Which can be the longer one?",
           "길이가 다른 리스트를 나란히 돌고 있습니다. 어느 쪽이 더 길 수 있나요?"),
    Raised("unpacked-otherwise", ("ValueError", "TypeError"),
           ("values to unpack", "cannot unpack"),
           "Something is unpacked into another number of names than it has parts. What can it be, "
           "and how many parts can it have?",
           "부분의 개수와 다른 수의 이름에 나누어 담으려 합니다. 그 값은 무엇이고 부분은 몇 개일 "
           "수 있나요?"),
    Raised("other-axes-than-it-takes", ("RuntimeError",),
           ("must be a matrix", "must be a 3D tensor", "dimensions, but self is", "Expected 1-D",
            "tensors expected, but got", "subscripts in the equation", "@ vector expected",
            "Expected 2D", "Expected 3D", "Expected 3-dimensional",
            "number of dimensions in the tensor input"),
           "A function gets a tensor with more or fewer axes than it takes. Which shapes does the "
           "docstring allow, and what has become of them there?",
           "함수가 받을 수 있는 것과 축의 수가 다른 텐서를 받습니다. docstring은 어떤 모양을 "
           "허용하고, 그 자리에서는 어떤 모양이 되어 있나요?"),
    Raised("written-in-place", ("RuntimeError",),
           ("modified by an inplace operation", "in-place operation"),
           "A tensor that a gradient depends on is written to in place. Where do you use +=, write "
           "to a part of it, or call a method that ends in _?",
           "그래디언트에 필요한 텐서를 제자리에서 고칩니다. +=나 일부에 쓰기, _로 끝나는 메서드를 "
           "어디에서 쓰나요?"),
    Raised("backward-twice", ("RuntimeError",), ("through the graph a second time",),
           "The same graph is gone through backward twice. Is something kept from an earlier step "
           "that should be detached, or is backward called too often?",
           "같은 그래프를 두 번 거슬러 올라갑니다. 앞 단계에서 detach하지 않고 남겨 둔 것이 "
           "있나요? 아니면 backward를 한 번 더 불렀나요?"),
    Raised("numpy-in-the-graph", ("RuntimeError",), ("on Tensor that requires grad",),
           "A tensor that gradients go through is turned into numpy. Which function of torch would "
           "do that step?",
           "그래디언트가 지나는 텐서를 numpy로 바꾸려 합니다. 그 단계를 할 torch 함수는 "
           "무엇인가요?"),
    Raised("mask-or-numbers", ("RuntimeError", "TypeError", "NotImplementedError"),
           ("supports boolean masks", "to be a boolean tensor", "integer and Boolean-type",
            "bitwise_", "with a bool tensor is not supported", "on a bool tensor"),
           "A mask of numbers meets an operation for truth values, or the other way round. Which "
           "dtype has the mask there?",
           "숫자로 된 마스크가 참/거짓용 연산을 만나거나 그 반대입니다. 그 자리의 마스크는 어떤 "
           "dtype인가요?"),
    Raised("no-such-operation-for-the-dtype", ("RuntimeError", "NotImplementedError"),
           ("not implemented for '", "floating point or complex dtype"),
           "An operation does not exist for the dtype that the tensor has there. Which dtype is "
           "it, and which one does the operation need?",
           "그 자리의 텐서가 가진 dtype에는 없는 연산입니다. 어떤 dtype이고, 연산에는 어떤 dtype이 "
           "필요한가요?"),
    Raised("dictionary-changed-while-read", ("RuntimeError",), ("changed size during iteration",),
           "A dictionary or set gets or loses entries while a loop goes through it.",
           "반복문이 도는 동안 딕셔너리나 집합에 항목이 생기거나 없어집니다."),
    Raised("calls-itself-too-deep", ("RecursionError",), (),
           "A function calls itself deeper than Python allows (about a thousand calls). Does it "
           "come to an end, and how long can the input be?",
           "함수가 파이썬이 허용하는 깊이(약 천 번)보다 깊이 자기 자신을 부릅니다. 끝나는 조건이 "
           "있나요? 입력은 얼마나 길 수 있나요?"),
    Raised("not-of-that-kind", ("AttributeError",), ("object has no attribute",),
           "A method or attribute is used that the object there does not have. Which kinds of "
           "values can stand in that place?",
           "그 자리의 객체에는 없는 메서드나 속성을 씁니다. 그 자리에 어떤 종류의 값이 올 수 "
           "있나요?"),
    Raised("kinds-that-do-not-fit", ("TypeError",),
           ("unsupported operand", "can only concatenate", "not subscriptable", "is not iterable",
            "unhashable type", "not supported between", "has no len()", "must be integers",
            "interpreted as an integer", "bad operand type", "item assignment",
            "over a 0-d tensor", "converted to an index"),
           "An operation gets a kind of value that it does not work with, such as a text or a list "
           "for a number. What stands there for this input?",
           "연산이 다룰 수 없는 종류의 값을 받습니다. 예를 들면 수 대신 글이나 리스트입니다. 이 "
           "입력에서는 그 자리에 무엇이 있나요?"),
    Raised("called-otherwise", ("TypeError",),
           ("unexpected keyword argument", "positional argument", "missing 1 required"),
           "A function is called with other arguments than it takes. Is the first line of your "
           "function as it was given?",
           "함수가 받는 것과 다른 인자로 불렸습니다. 함수의 첫 줄이 주어진 그대로인가요?"),
)  # fmt: skip
