"""Which texts of errors may leave the kernel once it has seen the hidden checks.

An exception's text is the student's to choose: `raise ValueError(In[-1])` would carry a hidden
check into the feedback. So a text is shown only if Python, numpy, torch or the course say it that
way themselves, with room for numbers, shapes and short names, or if an assert in the visible part
of the check says it. Of everything else only the kind of the error is shown.
"""

from __future__ import annotations

import ast
import builtins
import re
from functools import cache, lru_cache

from course.notebook_format import HIDDEN_TESTS

NOT_SHOWN = "its text is not shown here; run the cell to read it"
OTHER_ERRORS = {
    "AcceleratorError", "AxisError", "EinopsError", "JSONDecodeError", "LinAlgError",
    "OutOfMemoryError", "UFuncTypeError", "_ArrayMemoryError", "_UFuncNoLoopError",
}  # fmt: skip
HOLES = {
    "{N}": r"-?\d{1,18}(?:\.\d{1,9})?",  # a number
    "{S}": r"[\[(]?[\dx, -]{0,60}[\])]?",  # a shape
    "{I}": r"[A-Za-z_]\w{0,29}",  # a name
    "{T}": r"[A-Za-z_<][\w.<>]{0,39}",  # a type, a function, a module
    "{O}": r"[-+*/%@&|^<>=~]{1,3}|\*\* or pow\(\)|divmod\(\)",  # an operator
}
# what an f-string of an assert may fill in: numbers, shapes, types, tensors
FILLED_IN = r"(?:tensor|torch|array|Size|dtype|[a-z]?int\d*|float\d*|bool|str|list|tuple|dict|set"
FILLED_IN += r"|True|False|None|NoneType|nan|inf|[\d\s.,:'()\[\]{}<>=e+-]){0,160}"

USUAL = """
Not written yet: replace this line with your code, then run it.
the answer is of type {T}, which a check cannot read
the answer has dtype {T}, which a check cannot read
the answer holds {N} values, more than {N}
the answer is a text of {N} characters, over {N}
the answer is nested more than {N} levels deep
name '{I}' is not defined
name '{I}' is not defined. Did you mean: '{I}'?
cannot access local variable '{I}' where it is not associated with a value
'{T}' object has no attribute '{I}'
'{T}' object has no attribute '{I}'. Did you mean: '{I}'?
type object '{T}' has no attribute '{I}'
module '{T}' has no attribute '{I}'
'{T}' object is not callable
'{T}' object is not iterable
'{T}' object is not subscriptable
'{T}' object does not support item assignment
'{T}' object cannot be interpreted as an integer
object of type '{T}' has no len()
cannot unpack non-iterable {T} object
not enough values to unpack (expected {N}, got {N})
too many values to unpack (expected {N})
unsupported operand type(s) for {O}: '{T}' and '{T}'
'{O}' not supported between instances of '{T}' and '{T}'
bad operand type for unary {O}: '{T}'
{T}() missing {N} required positional argument: '{I}'
{T}() missing {N} required positional arguments: "{I}"
{T}() missing {N} required positional arguments: '{I}' and '{I}'
{T}() missing {N} required positional arguments: '{I}', '{I}', and '{I}'
{T}() takes {N} positional argument but {N} were given
{T}() takes {N} positional arguments but {N} were given
{T}() takes {N} positional arguments but {N} was given
{T}() takes from {N} to {N} positional arguments but {N} were given
{T}() got an unexpected keyword argument '{I}'
{T}() got multiple values for argument '{I}'
{T}(): argument '{I}' (position {N}) must be {T}, not {T}
{T}(): argument '{I}' must be {T}, not {T}
list index out of range
tuple index out of range
string index out of range
index out of range
index out of range in self
pop from empty list
list indices must be integers or slices, not {T}
can't multiply sequence by non-int of type '{T}'
can only concatenate {T} (not "{T}") to {T}
division by zero
float division by zero
integer division or modulo by zero
math domain error
max() arg is an empty sequence
maximum recursion depth exceeded
maximum recursion depth exceeded in comparison
maximum recursion depth exceeded while calling a Python object
No module named '{T}'
'{I}'
{N}
The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()
Boolean value of Tensor with more than one value is ambiguous
only length-1 arrays can be converted to Python scalars
only one element tensors can be converted to Python scalars
operands could not be broadcast together with shapes {S} {S}
shapes {S} and {S} not aligned: {N} (dim {N}) != {N} (dim {N})
index {N} is out of bounds for axis {N} with size {N}
index {N} is out of bounds for dimension {N} with size {N}
axis {N} is out of bounds for array of dimension {N}
cannot reshape array of size {N} into shape {S}
mat1 and mat2 shapes cannot be multiplied ({S} and {S})
mat1 and mat2 must have the same dtype, but got {T} and {T}
expected m1 and m2 to have the same dtype, but got: {T} != {T}
expected both vectors to have same dtype, but found {T} and {T}
expected scalar type {T} but found {T}
Found dtype {T} but expected {T}
size mismatch, got input ({N}), mat ({S}), vec ({N})
inconsistent tensor size, expected tensor {S} and src {S} to have the same number of elements
{I}: Expected {N}-D argument {I}, but got {N}-D
Expected input batch_size ({N}) to match target batch_size ({N}).
matmul: Input operand {N} has a mismatch in its core dimension {N}, with gufunc signature
new(): invalid data type '{T}'
The size of tensor a ({N}) must match the size of tensor b ({N}) at non-singleton dimension {N}
Dimension out of range (expected to be in range of {S}, but got {N})
Dimension specified as {N} but tensor has no dimensions
invalid index of a 0-dim tensor.
too many indices for tensor of dimension {N}
shape '{S}' is invalid for input of size {N}
Tensors must have same number of dimensions: got {N} and {N}
Sizes of tensors must match except in dimension {N}.
stack expects each tensor to be equal size, but got {S} at entry {N} and {S} at entry {N}
stack expects a non-empty TensorList
a Tensor with {N} elements cannot be converted to Scalar
grad can be implicitly created only for scalar outputs
element {N} of tensors does not require grad and does not have a grad_fn
tensors used as indices must be long, int, byte or bool tensors
masked_fill_ only supports boolean masks, but got mask with dtype {T}
result type {T} can't be cast to the desired output type {T}
The shape of the mask {S} at index {N} does not match the shape of the indexed tensor {S}
batch1 must be a 3D tensor
Expected size for first two dimensions of batch2 tensor to be: {S} but got: {S}.
probability tensor contains either `inf`, `nan` or element < 0
einsum(): the number of subscripts in the equation ({N}) does not match the number of dimensions
einsum(): subscript {I} has size {N} for operand {N} which does not broadcast with previously seen
einsum(): fewer operands were provided than specified in the equation
einsum(): more operands were provided than specified in the equation
view size is not compatible with input tensor's size and stride
The expanded size of the tensor ({N}) must match the existing size ({N})
Can't call numpy() on Tensor that requires grad.
{I}() received an invalid combination of arguments
Expected all tensors to be on the same device
expected Tensor as element {N} in argument {N}, but got {T}
mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype.
""".strip().splitlines()
# these go on with details; they are cut where the template ends
OPEN_ENDED = re.compile(
    r"einsum|view size|The expanded|Can't call|\{I\}\(\) rec|Expected all|Sizes|The shape"
    r"|matmul|incons"
)


def shown_error(name: str, message: str) -> str:
    """The kind of an error, and its text if the text is one of the usual ones.

    Args:
        name: the exception's class as the kernel gave it.
        message: its text as the kernel gave it.
    """
    usual = next((found[0] for one in _usual() if (found := one.match(message.strip()))), None)
    return f"{_kind(name)}: {usual}" if usual else f"{_kind(name)} ({NOT_SHOWN})"


def shown_by_check(error: str, source: str) -> str:
    """An error 'NAME: MESSAGE' that ended a check, as far as the check's visible part explains it.

    Args:
        error: what the kernel said.
        source: the check's cell, hidden region included.
    """
    name, _, message = error.partition(": ")
    if name == "AssertionError":
        said = next((m[0] for one in _asserts(source) if (m := one.fullmatch(message))), None)
        return f"{name}: {said}" if said else name
    return shown_error(name, message)


def _kind(name: str) -> str:
    known = getattr(builtins, name, None) if name.isidentifier() else None
    if isinstance(known, type) and issubclass(known, BaseException):
        return name
    return name if name in OTHER_ERRORS else "an error of its own kind"


@cache
def _usual() -> tuple[re.Pattern[str], ...]:
    return tuple(_pattern(template) for template in USUAL)


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[NSITO]\})", template)
    text = "".join(f"(?:{HOLES[part]})" if part in HOLES else re.escape(part) for part in parts)
    return re.compile(text if OPEN_ENDED.match(template) else rf"{text}\Z")


@lru_cache(maxsize=256)
def _asserts(source: str) -> tuple[re.Pattern[str], ...]:
    """What the asserts in the visible part of a check may say."""
    try:
        tree = ast.parse(HIDDEN_TESTS.without(source))
    except SyntaxError:  # a magic, say: then no text is shown
        return ()
    messages = [node.msg for node in ast.walk(tree) if isinstance(node, ast.Assert) and node.msg]
    return tuple(re.compile(_said(message)) for message in messages)


def _said(message: ast.expr) -> str:
    """The texts that a constant, an f-string or a sum of them can have, as a regular expression."""
    if isinstance(message, ast.Constant):
        return re.escape(str(message.value))
    if isinstance(message, ast.JoinedStr):
        return "".join(_said(part) for part in message.values)
    if isinstance(message, ast.BinOp):
        return _said(message.left) + _said(message.right)
    return FILLED_IN
