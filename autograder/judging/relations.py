"""How a wrong value can relate to the right one: small tests on numbers, and nothing else.

Each takes the answer and the reference as arrays and says how many numbers bear it out; 0 means
that it does not hold. A relation of few or simple numbers may hold by chance, so those that could
ask for `rich` numbers: several different ones that are no small whole numbers.

All of them are equalities (within the tolerance): that one holds tells a reader about a hidden
value only what somebody knows who had the right numbers already.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np

Array = np.ndarray
Relation = Callable[[Array, Array, float], int]
AXES = 4  # more are not permuted
ZERO = 1e-7
SINGLES = 5  # so few numbers in a row may be outputs of different calls: they have no ends
LAST_DIGITS = 1e-4  # relative; nearer than this, an answer is called right but for its last digits
FIRST_DIGITS, MANY = 2e-3, 6  # the same, where so many different numbers are as near


def near(mine: Array, theirs: Array, rtol: float) -> bool:
    """Equal shapes and numbers, NaN to nothing."""
    return mine.shape == theirs.shape and bool(np.allclose(mine, theirs, rtol, ZERO))


def rich(numbers: Array) -> int:
    """How many different numbers there are that chance would hardly produce."""
    found = np.unique(np.round(numbers[np.isfinite(numbers)], 5))
    fractions = found[found != np.round(found)]
    return len(fractions) if len(fractions) else max(len(found) - 4, 0)


def _borne_out(holds: bool, numbers: Array, least: int = 2) -> int:
    count = rich(numbers) if holds else 0
    return count if count >= least else 0


def axis_orders(array: Array) -> Iterator[tuple[int, ...]]:
    """The orders of its axes other than the one it has; axes of size 1 do not count."""
    if 2 <= array.ndim <= AXES:
        own = tuple(range(array.ndim))
        yield from (order for order in itertools.permutations(own) if order != own)


# ------------------------------------------------------------------------------ number by number
def opposite(mine: Array, theirs: Array, rtol: float) -> int:
    """Every sign is the other one."""
    return _borne_out(near(mine, -theirs, rtol), mine, 1)


def some_signs(mine: Array, theirs: Array, rtol: float) -> int:
    """Right but for signs, some of which are right."""
    return _borne_out(near(abs(mine), abs(theirs), rtol), mine)


def factor(mine: Array, theirs: Array, rtol: float) -> float:
    """The one number that all of the answer is multiplied by, or 0."""
    if mine.shape != theirs.shape or not mine.size or not np.isfinite(mine).all():
        return 0.0
    largest = int(np.argmax(abs(theirs)))
    if abs(theirs.flat[largest]) < ZERO:
        return 0.0
    found = float(mine.flat[largest] / theirs.flat[largest])
    return found if abs(found) > ZERO and near(mine, found * theirs, max(rtol, 2e-5)) else 0.0


def several_times(mine: Array, theirs: Array, rtol: float) -> int:
    """A whole number of times too large: a sum for a mean, or counted repeatedly."""
    found = factor(mine, theirs, rtol)
    whole = found > 1.5 and abs(found - round(found)) < 1e-4 * found
    return _borne_out(whole, mine, least=min(2, mine.size))


def a_fraction(mine: Array, theirs: Array, rtol: float) -> int:
    """A whole number of times too small: divided once too often."""
    return several_times(theirs, mine, rtol)


def proportional(mine: Array, theirs: Array, rtol: float) -> int:
    """All by one and the same factor."""
    return _borne_out(factor(mine, theirs, rtol) > 0, mine, 3)


def another_base(mine: Array, theirs: Array, rtol: float) -> int:
    """A logarithm, or its exponential, to another base than e."""
    logs = any(
        near(mine, theirs / np.log(base), rtol) or near(mine * np.log(base), theirs, rtol)
        for base in (2.0, 10.0)
    )
    with np.errstate(all="ignore"):
        powers = any(near(mine, theirs ** np.log(base), rtol) for base in (2.0, 10.0))
    return _borne_out(logs or powers, mine, 1)


def one_apart(mine: Array, theirs: Array, rtol: float) -> int:
    """Every number is one too large, or every number is one too small."""
    apart = mine.shape == theirs.shape and mine.size > 1
    return _borne_out(
        apart and (near(mine, theirs + 1, rtol) or near(mine, theirs - 1, rtol)), theirs
    )


def offset(mine: Array, theirs: Array, rtol: float) -> int:
    """Off by one and the same amount everywhere."""
    if mine.shape != theirs.shape or not np.isfinite(mine - theirs).all() or not mine.size:
        return 0
    return _borne_out(near(mine, theirs + (mine - theirs).flat[0], rtol), theirs, 3)


FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "exp": np.exp,
    "square": np.square,
    "reciprocal": lambda x: 1 / x,
    "complement": lambda x: 1 - x,
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
}


def one_function(name: str, too_many: bool) -> Relation:
    """The answer is this function of the reference, or the other way round."""
    function = FUNCTIONS[name]

    def relation(mine: Array, theirs: Array, rtol: float) -> int:
        with np.errstate(all="ignore"):
            pair = (mine, function(theirs)) if too_many else (function(mine), theirs)
        return _borne_out(near(*pair, rtol), mine, 1)

    return relation


def softmaxed(mine: Array, theirs: Array, rtol: float) -> int:
    """The answer is the softmax of the reference, along some axis."""
    for axis in range(theirs.ndim) if mine.shape == theirs.shape and theirs.size else ():
        powers = np.exp(theirs - theirs.max(axis, keepdims=True))
        if near(mine, powers / powers.sum(axis, keepdims=True), rtol):
            return _borne_out(True, mine)
    return 0


# ------------------------------------------------------------------------------------ along an axis
def not_normalised(mine: Array, theirs: Array, rtol: float) -> int:
    """Right but for a factor of its own in every row, where the reference's rows sum to 1."""
    return _rows_apart(mine, theirs, rtol, theirs.sum(-1)) if theirs.ndim else 0


def not_unit_length(mine: Array, theirs: Array, rtol: float) -> int:
    """As above, where the reference's rows have length 1."""
    return _rows_apart(mine, theirs, rtol, np.square(theirs).sum(-1)) if theirs.ndim else 0


def _rows_apart(mine: Array, theirs: Array, rtol: float, ones: Array) -> int:
    same = mine.shape == theirs.shape and mine.size >= mine.shape[-1] > 1
    if not same or not np.allclose(ones, 1, rtol=1e-4) or not np.isfinite(mine).all():
        return 0
    sizes = np.sqrt(
        np.square(mine).sum(-1, keepdims=True) / np.square(theirs).sum(-1, keepdims=True)
    )
    return _borne_out(near(mine, sizes * theirs, rtol), mine, 3 if mine.ndim == 1 else 2)


def turned_round(mine: Array, theirs: Array, rtol: float) -> int:
    """In the reverse order along one axis."""
    return _borne_out(
        any(near(mine, np.flip(theirs, axis), rtol) for axis in range(theirs.ndim)), mine
    )


def moved(mine: Array, theirs: Array, rtol: float) -> int:
    """Moved by one place along an axis."""
    if mine.shape != theirs.shape:
        return 0
    for axis in range(theirs.ndim):
        one, other = np.moveaxis(mine, axis, 0), np.moveaxis(theirs, axis, 0)
        if len(one) > 2:
            for a, b in ((one[1:], other[:-1]), (one[:-1], other[1:])):
                if near(a, b, rtol):
                    return _borne_out(True, a, 3)
    return 0


def at_an_edge(last: bool) -> Relation:
    """Right but for the first (or last) place along one axis."""

    def relation(mine: Array, theirs: Array, rtol: float) -> int:
        if mine.shape != theirs.shape or (theirs.ndim == 1 and len(theirs) <= SINGLES):
            return 0
        for axis in range(theirs.ndim):
            one, other = np.moveaxis(mine, axis, 0), np.moveaxis(theirs, axis, 0)
            inner = slice(None, -1) if last else slice(1, None)
            if len(one) > 2 and near(one[inner], other[inner], rtol):
                return 0 if near(one, other, rtol) else max(rich(one[inner]), 1)
        return 0

    return relation


def cut_short(mine: Array, theirs: Array, rtol: float) -> int:
    """The first or the last place along an axis is missing, or one too many stands there."""
    for axis in range(theirs.ndim) if mine.ndim == theirs.ndim else ():
        one, other = np.moveaxis(mine, axis, 0), np.moveaxis(theirs, axis, 0)
        short, long = sorted((one, other), key=len)
        if len(long) == len(short) + 1 and (
            near(short, long[1:], rtol) or near(short, long[:-1], rtol)
        ):
            return _borne_out(True, short)
    return 0


def repeated(mine: Array, theirs: Array, rtol: float) -> int:
    """One place along an axis is right, and stands in all the others too."""
    for axis in range(theirs.ndim) if mine.shape == theirs.shape else ():
        one, other = np.moveaxis(mine, axis, 0), np.moveaxis(theirs, axis, 0)
        alike = len(one) > 1 and near(one, np.broadcast_to(one[:1], one.shape), rtol)
        if alike and any(near(one[0], place, rtol) for place in other):
            return _borne_out(True, one[0])
    return 0


# ------------------------------------------------------------------------------------ as a whole
def not_zero(mine: Array, theirs: Array, rtol: float) -> int:
    """Right but where 0 belongs: padding, a mask."""
    if mine.shape != theirs.shape:
        return 0
    zeros = theirs == 0
    filled = zeros.any() and np.isfinite(mine).all()
    return _borne_out(filled and near(mine[~zeros], theirs[~zeros], rtol), theirs[~zeros])


def left_zero(mine: Array, theirs: Array, rtol: float) -> int:
    """Right but for places that hold 0 and should not."""
    if mine.shape != theirs.shape:
        return 0
    filled = mine != 0
    return _borne_out(near(mine[filled], theirs[filled], rtol), theirs[filled])


def all_zero(mine: Array, theirs: Array, rtol: float) -> int:
    """Every number is 0."""
    return int(mine.size > 1 and not mine.any() and bool(np.count_nonzero(theirs) > 1))


def all_alike(mine: Array, theirs: Array, rtol: float) -> int:
    """Every number is the same one, and should not be."""
    alike = mine.size > 5 and np.isfinite(mine).all() and np.ptp(mine) <= ZERO
    return int(alike and len(np.unique(theirs)) > 2)


def with_nan(mine: Array, theirs: Array, rtol: float) -> int:
    """What is wrong is NaN, perhaps all of it."""
    lost = np.isnan(mine)
    return int(mine.shape == theirs.shape and lost.any() and near(mine[~lost], theirs[~lost], rtol))


def other_order(mine: Array, theirs: Array, rtol: float) -> int:
    """The same numbers in other places."""
    same = mine.size == theirs.size and near(np.sort(mine.ravel()), np.sort(theirs.ravel()), rtol)
    return _borne_out(same, mine, 3)


def axes_exchanged(mine: Array, theirs: Array, rtol: float) -> int:
    """The axes stand in another order."""
    orders = axis_orders(theirs)
    return _borne_out(any(near(mine, theirs.transpose(order), rtol) for order in orders), mine)


def reshaped(mine: Array, theirs: Array, rtol: float) -> int:
    """The shape is right, but numbers were counted off along other axes: reshape for transpose."""
    orders = axis_orders(theirs) if mine.shape == theirs.shape else ()
    flat = mine.ravel()
    return _borne_out(any(near(flat, theirs.transpose(o).ravel(), rtol) for o in orders), mine)


def axis_of_one(mine: Array, theirs: Array, rtol: float) -> int:
    """An axis of size 1 too many or too few."""
    differ = mine.shape != theirs.shape
    same = differ and near(mine.squeeze(), theirs.squeeze(), rtol)
    return max(rich(mine), 1) if same else 0


def other_shape(mine: Array, theirs: Array, rtol: float) -> int:
    """The right numbers in the right order, in another shape."""
    return _borne_out(mine.shape != theirs.shape and near(mine.ravel(), theirs.ravel(), rtol), mine)


def copies(mine: Array, theirs: Array, rtol: float) -> int:
    """The right answer several times over, along one axis too many."""
    if mine.ndim <= theirs.ndim or not theirs.size:
        return 0
    axes = [np.moveaxis(mine, axis, 0) for axis in range(mine.ndim) if mine.shape[axis] > 1]
    found = any(near(one, np.broadcast_to(theirs, one.shape), rtol) for one in axes
                if one.shape[1:] == theirs.shape)  # fmt: skip
    return _borne_out(found, mine, 1)


def gathered(mine: Array, theirs: Array, rtol: float) -> int:
    """Summed or averaged over one axis too many."""
    axes: list[int | None] = [None, *range(theirs.ndim)] if theirs.ndim else []
    totals = [np.asarray(theirs.sum(axis=axis)) for axis in axes]
    means = [np.asarray(theirs.mean(axis=axis)) for axis in axes] if theirs.size else []
    return _borne_out(any(near(mine, one, rtol) for one in (*totals, *means)), mine, 1)


def few_digits(mine: Array, theirs: Array, rtol: float) -> int:
    """Right but for the last digits; with so many numbers at once that no search is helped."""
    if mine.shape == theirs.shape and np.array_equal(mine, theirs, equal_nan=True):
        return 0  # it is not the numbers that are wrong
    if near(mine, theirs, LAST_DIGITS):
        return max(rich(theirs), 1)
    return _borne_out(near(mine, theirs, FIRST_DIGITS), theirs, MANY)


def not_gathered(mine: Array, theirs: Array, rtol: float) -> int:
    """A last sum or mean over one axis is missing."""
    return gathered(theirs, mine, rtol)
