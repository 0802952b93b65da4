"""Naming a mistake: what holds is named, what does not hold gets no name."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from autograder.judging.diagnosis import diagnose
from autograder.judging.evidence import checked
from autograder.judging.generic import GENERIC
from autograder.model import CheckReference, MistakeReference, ProbeReference
from course.probes import ChangedArgument, bundle

rng = np.random.default_rng(0)
X = rng.normal(size=(3, 4))
CUBE = rng.normal(size=(2, 3, 4))
P = abs(rng.normal(size=(3, 4)))
P /= P.sum(-1, keepdims=True)
UNIT = X / np.linalg.norm(X, axis=-1, keepdims=True)
HOLES = X * (rng.random((3, 4)) > 0.4)
PAIRS = [(3, 7), (7, 3), (7, 1), (1, 7)]
ROWS = np.array([[1.5], [2.5], [0.3]])
NAN = np.where(X > 1, math.nan, X)


def named(*pairs: tuple[object, object], mistakes: tuple = ()) -> str | None:
    """The name that a submission gets for (answer, expected) at each probe."""
    probes = tuple(
        ProbeReference(f"p{i}", 1.0, 1e-5, 1e-8, as_bundle(expected))
        for i, (_, expected) in enumerate(pairs)
    )
    answers: list = [checked(as_bundle(answer)) for answer, _ in pairs]
    found = diagnose(CheckReference("check_f", 1.0, probes, mistakes), answers)
    return found.name if found else None


def as_bundle(answer: object) -> dict:
    if isinstance(answer, Exception):
        return {"kind": "error", "type": type(answer).__name__, "message": str(answer)}
    return bundle(answer)


NONE = AttributeError("'NoneType' object has no attribute 'sum'")
HOLDS = {
    "nothing-returned": (None, X),
    "none-for-a-value": (NONE, X),
    "argument-changed": (ChangedArgument("your function changed its argument x"), X),
    "no-error-raised": (1.0, ValueError("no")),
    "another-number-type": (torch.ones(3, dtype=torch.int64), torch.ones(3)),
    "list-or-tensor": ([1.5, 2.5, 3.25], np.array([1.5, 2.5, 3.25])),
    "axis-of-size-one": (X[:, :, None], X),
    "axis-of-size-one, missing": (X[0], X[:1]),
    "axes-exchanged": (X.T, X),
    "axes-exchanged, three": (CUBE.transpose(2, 0, 1), CUBE),
    "reshaped-for-transposed": (CUBE.transpose(0, 2, 1).reshape(2, 3, 4), CUBE),
    "another-shape": (X.ravel(), X),
    "copies": (np.broadcast_to(X, (5, 3, 4)), X),
    "gathered-too-far": (X.sum(0), X),
    "gathered-too-far, mean": (X.mean(), X),
    "not-gathered": (X, X.mean(-1)),
    "not-gathered, scalar": (X, X.sum()),
    "one-place-short": (X[:, :-1], X),
    "one-place-short, too many": (X, X[1:]),
    "opposite-sign": (-X, X),
    "opposite-sign, one number": (1.2345, -1.2345),
    "another-base": (np.log2(P), np.log(P)),
    "another-base, powers": (2**1.3721, math.e**1.3721),
    "exp-missing": (np.log(7.3), 7.3),
    "exp-too-many": (np.exp(X), X),
    "square-missing": (np.sqrt(P), P),
    "root-missing": (P**2, P),
    "upside-down": (1 / X, X),
    "one-minus": (1 - P, P),
    "tanh-missing": (X, np.tanh(X)),
    "tanh-twice": (np.tanh(np.tanh(X)), np.tanh(X)),
    "sigmoid-missing": (X, 1 / (1 + np.exp(-X))),
    "sigmoid-too-many": (1 / (1 + np.exp(-X)), X),
    "softmaxed": (np.exp(X) / np.exp(X).sum(-1, keepdims=True), X),
    "times-too-large": (3 * X, X),
    "times-too-large, outputs": ((6.0, 6 * X, X[0]), (1.0, X, X[0])),
    "times-too-small": (X / 4, X),
    "constant-factor": (1.37 * X, X),
    "one-apart": (np.arange(2, 12), np.arange(1, 11)),
    "constant-offset": (X + 0.731, X),
    "not-normalised": (P * ROWS, P),
    "not-unit-length": (UNIT * ROWS, UNIT),
    "in-reverse": (X[:, ::-1], X),
    "moved-by-one-place": (np.roll(CUBE, 1, axis=2), CUBE),
    "other-keys": ({"ab": 2, "bc": 1}, {("a", "b"): 2, ("b", "c"): 1}),
    "keys-missing": ({"a": 1.5, "b": 2.5}, {"a": 1.5, "b": 2.5, "c": 3.5}),
    "keys-too-many": ({"a": 1.5, "b": 2.5, "c": 7.0, "d": 1.0}, {"a": 1.5, "b": 2.5, "d": 1.0}),
    "one-place-for-all": (np.broadcast_to(CUBE[:, 1:2], CUBE.shape), CUBE),
    "last-digits": ([7.3005, 2.5], [7.3, 2.5001]),
    "last-digits, many": (X * (1 + 1e-3 * UNIT**2), X),
    "first-place-wrong": (np.vstack([X[:1] ** 2 + 3, X[1:]]), X),
    "last-place-wrong": (np.hstack([X[:, :-1], [[7.1], [8.2], [1.3]]]), X),
    "zero-expected": (np.where(HOLES == 0, X, HOLES), HOLES),
    "left-at-zero": (HOLES, X),
    "all-zero": (np.zeros((3, 4)), X),
    "all-alike": (np.full((3, 4), 0.3), X),
    "nan-among-them": (NAN, X),
    "some-signs": (abs(X), X),
    "another-order": (X.ravel()[[5, 2, 8, 1, 0, 11, 3, 10, 4, 7, 9, 6]], X.ravel()),
    "outputs-exchanged": ((X, X[0]), (X[0], X)),
    "pairs-turned-round": ([(b, a) for a, b in PAIRS[:3]], PAIRS[:3]),
    "items-in-another-order": (["b", "c", "a", "d"], ["a", "b", "c", "d"]),
    "items-counted-twice": (["a", "b", "b"], ["a", "b"]),
    "repeats-lost": (["a", "b"], ["a", "b", "b"]),
    "items-missing": (PAIRS[1:3], PAIRS),
    "items-too-many": (PAIRS, [PAIRS[0], PAIRS[2]]),
    "another-number-type, said": (["torch.float32", X], ["torch.float64", X]),
    "cut-from-the-graph": (RuntimeError("element 0 of tensors does not require grad and"), X),
    "two-number-types": (RuntimeError("expected m1 and m2 to have the same dtype"), X),
    "matrices-do-not-fit": (RuntimeError("mat1 and mat2 shapes cannot be multiplied (1x2)"), X),
    "shapes-do-not-broadcast": (RuntimeError("The size of tensor a (3) must match the size"), X),
    "shape-does-not-hold-it": (RuntimeError("shape '[2, 4]' is invalid for input of size 6"), X),
    "view-of-scattered-numbers": (RuntimeError("view size is not compatible with input"), X),
    "more-axes-than-there-are": (IndexError("too many indices for tensor of dimension 1"), X),
    "something-is-empty": (ValueError("max() arg is an empty sequence"), X),
    "something-is-empty, pop": (IndexError("pop from empty list"), X),
    "something-is-empty, argmax": (
        IndexError("argmax(): Expected reduction dim to be specified for input.numel() == 0."),
        X,
    ),
    "mask-of-another-shape": (IndexError("The shape of the mask [3] at index 0 does not"), X),
    "braces-as-fields": (IndexError("Replacement index 1 out of range for positional args"), X),
    "more-than-there-are": (RuntimeError("selected index k out of range"), X),
    "beyond-the-end": (IndexError("list index out of range"), X),
    "beyond-the-end, gather": (RuntimeError("index 5 is out of bounds for dimension 1"), X),
    "key-not-there": (KeyError("b"), X),
    "divided-by-zero": (ZeroDivisionError("division by zero"), X),
    "no-whole-number": (OverflowError("cannot convert float infinity to integer"), X),
    "outside-the-domain": (ValueError("math domain error"), X),
    "text-that-is-no-number": (ValueError("could not convert string to float: 'x'"), X),
    "too-large-for-the-dtype": (
        RuntimeError("value cannot be converted to type c10::Half without overflow"),
        X,
    ),
    "nan-in-a-matrix": (np.linalg.LinAlgError("SVD did not converge"), X),
    "too-large-for-a-float": (OverflowError("math range error"), X),
    "name-without-value": (NameError("name 'h_new' is not defined"), X),
    "one-truth-for-many": (RuntimeError("Boolean value of Tensor is ambiguous"), X),
    "one-number-of-many": (RuntimeError("a Tensor with 3 elements cannot be converted"), X),
    "gradient-of-many": (RuntimeError("grad can be implicitly created only for scalar outputs"), X),
    "parts-that-do-not-fit": (ValueError("expected sequence of length 2 at dim 1 (got 1)"), X),
    "lists-of-different-lengths": (ValueError("zip() argument 2 is shorter than argument 1"), X),
    "unpacked-otherwise": (ValueError("too many values to unpack (expected 2)"), X),
    "other-axes-than-it-takes": (RuntimeError("mat1 must be a matrix, got 3-D tensor"), X),
    "written-in-place": (
        RuntimeError("a leaf Variable that requires grad is being used in an in-place operation."),
        X,
    ),
    "backward-twice": (RuntimeError("Trying to backward through the graph a second time"), X),
    "numpy-in-the-graph": (RuntimeError("Can't call numpy() on Tensor that requires grad."), X),
    "mask-or-numbers": (RuntimeError("masked_fill_ only supports boolean masks, but got"), X),
    "no-such-operation-for-the-dtype": (
        NotImplementedError("\"softmax_lastdim_kernel_impl\" not implemented for 'Long'"),
        X,
    ),
    "dictionary-changed-while-read": (RuntimeError("dictionary changed size during iteration"), X),
    "calls-itself-too-deep": (RecursionError("maximum recursion depth exceeded"), X),
    "not-of-that-kind": (AttributeError("'dict' object has no attribute 'total'"), X),
    "kinds-that-do-not-fit": (TypeError("'<' not supported between instances of"), X),
    "called-otherwise": (TypeError("f() got an unexpected keyword argument 'eps'"), X),
}


@pytest.mark.parametrize("name", HOLDS)
def test_what_holds_is_named(name: str) -> None:
    """Each general mistake is recognised by its values; none before it in the table claims it."""
    assert named(HOLDS[name]) == name.split(",")[0]


def test_every_general_mistake_is_tried() -> None:
    """The table above has a case for each."""
    assert {name.split(",")[0] for name in HOLDS} == {generic.name for generic in GENERIC}


@pytest.mark.parametrize("generic", GENERIC, ids=lambda generic: generic.name)
def test_each_speaks_both_languages(generic) -> None:
    """Hangul in the one, none in the other; no digit that could be part of a value."""
    assert any("가" <= char <= "힣" for char in generic.ko)
    assert generic.en.isascii()
    assert set("23456789").isdisjoint(generic.en.replace("log2", ""))
    assert len(generic.en) < 180


UNRELATED = [
    lambda rng: (rng.normal(size=(3, 4)), rng.normal(size=(3, 4))),
    lambda rng: (rng.normal(size=(3, 4)), rng.normal(size=(4, 3))),
    lambda rng: (rng.normal(), rng.normal()),
    lambda rng: (int(rng.integers(0, 9)), 10 + int(rng.integers(0, 9))),
    lambda rng: (rng.integers(1, 4, size=5), rng.integers(5, 8, size=5)),
    lambda rng: (rng.permutation(3).tolist(), [4, 5, 6]),
    lambda rng: (rng.integers(0, 5, (4, 2)).tolist(), [(7, 8), (8, 9), (9, 7)]),
    lambda rng: ((rng.normal(), rng.normal(size=3)), (rng.normal(), rng.normal(size=3))),
    lambda rng: ({"a": rng.normal()}, {"a": rng.normal()}),
    lambda rng: (np.eye(4)[rng.permutation(4)], np.eye(4)),
    lambda rng: (float(rng.integers(1, 4)), float(rng.integers(5, 9))),
    lambda rng: (ValueError("no"), rng.normal(size=3)),
    lambda rng: ("some text", "another text"),
    lambda rng: (["torch.float32", rng.normal(size=3)], ["torch.float64", rng.normal(size=3)]),
    lambda rng: (IndexError("no such place"), rng.normal(size=3)),
    lambda rng: (X + np.eye(3, 4) + rng.normal(size=X.shape) * np.eye(3, 4, 1), X),
]


@pytest.mark.parametrize("kind", range(len(UNRELATED)))
def test_what_is_simply_wrong_gets_no_name(kind: int) -> None:
    """Numbers that have nothing to do with the right ones, a hundred times over."""
    rng = np.random.default_rng(kind)
    names = {named(UNRELATED[kind](rng)) for _ in range(100)}
    assert names <= {None}


def test_few_small_numbers_prove_nothing() -> None:
    """One-hot rows, a count, a pair of ids: chance would often produce such a relation."""
    assert named((-1, 1)) is None
    assert named((4, 2)) is None
    assert named(([2, 1], [1, 2])) is None
    assert named((np.eye(3)[[1, 2, 0]], np.eye(3))) is None
    assert named((3, 2)) is None


def test_a_list_of_cases_has_no_end() -> None:
    """What the last of several calls gave says nothing about the end of anything."""
    right = [float(number) for number in CUBE.ravel()[:12]]
    assert named(([*right[:-1], 7.25], right)) is None
    assert named((np.array([*right[:-1], 7.25]), np.array(right))) == "last-place-wrong"


def test_a_general_name_holds_at_most_of_the_lost_probes() -> None:
    """It is a fact, and says at which probes it holds; at half of them it is not given."""
    other = (rng.normal(size=(2, 3)), rng.normal(size=(2, 3)))
    assert named((-X, X), (-CUBE, CUBE)) == "opposite-sign"
    assert named((-X, X), other) is None
    assert named((-X, X), (-CUBE, CUBE), other) == "opposite-sign"
    assert named((-X, X), (CUBE, CUBE)) == "opposite-sign"


def test_it_says_where_it_holds() -> None:
    """Only if other probes were lost in another way."""
    probes = tuple(ProbeReference(f"p{i}", 1.0, 1e-5, 1e-8, bundle(X)) for i in range(3))
    check = CheckReference("c", 1.0, probes)
    found = diagnose(check, [bundle(-X), bundle(-X), bundle(X.T @ X)])
    assert found is not None
    assert found.general
    assert found.en.startswith("'p0', 'p1': All that is wrong has the opposite sign.")
    everywhere = diagnose(check, [bundle(-X), bundle(X), bundle(X)])
    assert everywhere is not None
    assert everywhere.en.startswith("All that is wrong has the opposite sign.")


# ------------------------------------------------------------------------------------ known ones
def known(name: str, *values: object) -> MistakeReference:
    return MistakeReference(name, "en", "ko", tuple(as_bundle(value) for value in values))


Y, Z, W = X * 1.7 - 0.3, X**3 + 1, X + X.T.sum()
FIRST = known("first", Y, Z)
SECOND = known("second", W, X)
OUTPUTS = known("outputs", (1.37, Y), (2.71, Z))


def test_a_known_mistake_explains_all_that_is_lost() -> None:
    """The same answers at the same probes: named, whatever general relation there is."""
    assert named((Y, X), (Z, X), mistakes=(FIRST, SECOND)) == "first"
    assert named((W, X), (X, X), mistakes=(FIRST, SECOND)) == "second"


@pytest.mark.parametrize(
    ("answer", "doubted"),
    [(ValueError("7 of 3"), True), (True, True), (0.0, True), ("no", True), (X, False),
     (2.3451, False), ("I could not find it.", False)],
)  # fmt: skip
def test_where_little_shows_a_known_mistake_the_page_says_perhaps(
    answer: object, doubted: bool
) -> None:
    """Many a slip ends in an error, a yes or no or a zero; few in just these fractions."""
    probe = ProbeReference("p0", 1.0, 1e-5, 1e-8, bundle(np.array([4.5, 5.5])))
    value = checked(as_bundle(answer))
    mistake = MistakeReference("m", "Is it m?", "m인가요?", (value,))
    found = diagnose(CheckReference("check_f", 1.0, (probe,), (mistake,)), [value])
    assert found is not None
    assert (found.name, found.en.startswith("Perhaps: ")) == ("m", doubted)
    assert (found.ko == "m인가요?") is not doubted


def test_it_may_lose_one_probe_fewer_than_the_mistake() -> None:
    """A special case was caught, but what is lost twice over is just the mistake's."""
    third = known("third", Y, Z, W)
    assert named((Y, X), (Z, X), (X, X), mistakes=(third,)) == "third"
    assert named((X, X), (Z, X), (X, X), mistakes=(third,)) == "special-case"


def test_it_may_not_lose_more() -> None:
    """A probe that the mistake does not explain leaves it without a name."""
    assert named((Y, X), (W * 2, X), mistakes=(FIRST, SECOND)) is None
    assert named((W, X), (Z, X), mistakes=(FIRST, SECOND)) is None


def test_item_by_item() -> None:
    """One output is the mistake's, the other is right."""
    right = ((9.87, X), (9.87, X))
    assert named(((9.87, Y), right[0]), ((9.87, Z), right[1]), mistakes=(OUTPUTS,)) == "outputs"
    assert named(((1.37, X), right[0]), ((9.87, Z), right[1]), mistakes=(OUTPUTS,)) == "outputs"
    assert named(((5.55, Y), right[0]), ((9.87, Z), right[1]), mistakes=(OUTPUTS,)) is None


def test_two_that_explain_it_name_none() -> None:
    """A tie is not broken by chance."""
    third, twin = known("third", Y, Z, W), known("twin", Y, Z, W * 3)
    assert named((Y, X), (Z, X), (X, X), mistakes=(third, twin)) is None


def test_a_mistake_with_other_keys_explains_no_wrong_numbers() -> None:
    """A row that it fills up differs as a whole; the numbers in the row are still not its own."""
    rest = {"0": 3.456, "1": 4.567}
    right = {"a": {"0": 1.234, "1": 2.345, "2": 6.789}, "b": rest}
    padded = {"a": {**right["a"], "3": 0.0}, "b": {**rest, "2": 0.0}}
    other = {"a": {"0": 9.876, "1": 8.765, "2": 7.654}, "b": {"0": 6.543, "1": 5.432}}
    filled = known("filled", padded)
    assert named((padded, right), mistakes=(filled,)) == "filled"
    assert named((other, right), mistakes=(filled,)) is None


def test_values_that_chance_produces_name_none_in_part() -> None:
    """0, 1 and the like at one probe are no proof of a mistake that fails elsewhere too."""
    assert named((X, X), (0, 5), mistakes=(known("zero", Y, 0),)) is None


def test_an_error_alone_is_no_mistake() -> None:
    """The same kind of error can have any cause: it gets the general name for it."""
    error = IndexError("index 3 is out of bounds")
    mistake = known("edge", IndexError("index 4 is out of bounds"), Z)
    assert named((error, X), (X, X), mistakes=(mistake,)) == "beyond-the-end"
    assert named((error, X), (Z, X), mistakes=(mistake,)) == "edge"
    assert named((error, X), (W, X), mistakes=(mistake,)) is None


def test_a_known_mistake_beside_a_flag_is_named_with_a_word_on_the_flag() -> None:
    """A slip that comes with a forgotten detach, which the known mistake has not forgotten."""
    slip = known("slip", Y, [0, 0])
    assert named((Y, X), ([1, 0], [0, 0]), mistakes=(slip,)) == "slip"
    assert named(([Y, 1], [X, 0]), mistakes=(known("slip", [Y, 0]),)) == "slip"
    probes = (
        ProbeReference("p0", 1.0, 1e-5, 1e-8, as_bundle(X)),
        ProbeReference("how far", 1.0, 1e-5, 1e-8, as_bundle([0, 0])),
    )
    found = diagnose(CheckReference("c", 1.0, probes, (slip,)), [bundle(Y), bundle([1, 0])])
    assert found is not None and "'how far': a part that says yes or no" in found.en
    assert "'p0'" not in found.en


def test_only_a_flag_may_differ_from_a_known_mistake() -> None:
    """Other numbers, a flag that is no 0 or 1, or numbers that are all right, name nothing."""
    slip = known("slip", Y, [0, 0])
    assert named((W, X), ([1, 0], [0, 0]), mistakes=(slip,)) != "slip"
    assert named((Y, X), ([2, 0], [0, 0]), mistakes=(slip,)) != "slip"
    assert named((Y, X), ([0.5, 0.0], [0, 0]), mistakes=(slip,)) != "slip"
    assert named((X, X), ([1, 0], [0, 0]), mistakes=(slip,)) != "slip"


def supposed(*pairs: tuple[object, object], suppositions: tuple) -> str | None:
    """As `named`, for a check with suppositions and no known mistake."""
    probes = tuple(
        ProbeReference(f"p{i}", 1.0, 1e-5, 1e-8, as_bundle(expected))
        for i, (_, expected) in enumerate(pairs)
    )
    check = CheckReference("check_f", 1.0, probes, as_if=suppositions)
    found = diagnose(check, [checked(as_bundle(answer)) for answer, _ in pairs])
    return found.name if found else None


def test_a_supposition_explains_all_that_is_lost_and_loses_no_more() -> None:
    """The same everywhere; a probe that it would lose and the answer passes rules it out."""
    left_out, twin = known("b-left-out", Y, Z), known("a-part-lost", Y, Z)
    assert supposed((Y, X), (Z, X), suppositions=(left_out, twin)) == "b-left-out"
    assert supposed((Y, X), (X, X), (X, X), suppositions=(known("b", Y, Z, X),)) == "special-case"
    assert supposed((Y, X), (W, X), suppositions=(left_out,)) is None
    assert supposed((0.0, 1.0), (1.0, 0.0), suppositions=(known("b", 0.0, 1.0),)) is None


def test_where_most_is_right_the_special_case_is_named() -> None:
    """By the label of the probe, which every student reads; not where half of it is wrong."""
    assert named((X, X), (X, X), (Z, X)) == "special-case"
    assert named((X, X), (Z, X)) is None
    assert named((X, X), (Z, X), (Y, X)) is None


def test_of_several_outputs_the_wrong_one_is_named() -> None:
    """By its place, if it is the same one everywhere; a list of many items is no set of outputs."""
    right = (X, Y, 3.5)
    assert named(((X, Z, 3.5), right), ((X, W, 3.5), right)) == "one-output"
    assert named(((X, Z, 3.5), right), ((W, Y, 3.5), right)) is None
    assert named(((X, Z, 1.25), right), ((X, W, 3.5), right)) is None
    assert named(([*range(7), Z], [*range(7), X]), ([*range(7), Y], [*range(7), X])) is None


@pytest.mark.parametrize("wrong", [0, 2])
def test_few_outputs_have_no_first_and_last_place(wrong: int) -> None:
    """The last of three results is no end of an axis: which output it is, is what is told."""
    mine = [0.713, 0.251, 0.874]
    mine[wrong] = 0.333
    told = named((mine, [0.713, 0.251, 0.874]), (mine, [0.713, 0.251, 0.874]), (1.7, 1.7))
    assert told == "one-output"


def test_two_shares_that_add_up_to_one_prove_nothing() -> None:
    """0.75 for 0.25 may be chance: that one minus it is right is told of two numbers at least."""
    assert named((0.75, 0.25), (1.7, 1.7)) != "one-minus"
    assert named(([0.7125, 0.31], [0.2875, 0.69]), (1.7, 1.7)) == "one-minus"


def test_some_inputs_right_and_some_wrong_is_told_by_their_labels() -> None:
    """If it is right twice at least, and wrong at twice as many at most."""
    probes = tuple(ProbeReference(f"p{i}", 1.0, 1e-5, 1e-8, bundle(X)) for i in range(4))
    check = CheckReference("c", 1.0, probes)
    found = diagnose(check, [bundle(X), bundle(Y), bundle(X), bundle(Z)])
    assert found is not None and found.name == "some-inputs"
    assert found.en.startswith("Right at 'p0', 'p2'; wrong at 'p1', 'p3'.")
    assert diagnose(check, [bundle(X), bundle(Y), bundle(W), bundle(Z)]) is None


def test_nothing_shown_is_not_named() -> None:
    """A probe without an answer leaves the others unexplained."""
    probes = tuple(ProbeReference(f"p{i}", 1.0, 1e-5, 1e-8, bundle(X)) for i in range(2))
    check = CheckReference("c", 1.0, probes, (FIRST,))
    assert diagnose(check, [bundle(Y), None]) is None


def test_a_number_type_is_told_however_deep_it_lies() -> None:
    """A batch in a dictionary in a tuple: the mask alone is of another type, not the ids."""
    ids, mask = torch.arange(12).reshape(3, 4) * 7, torch.tensor([[1, 1, 0, 0]] * 3)
    answer, expected = ((4, {"ids": ids, "mask": m}) for m in (mask.double(), mask))
    assert named((answer, expected), (answer, expected)) == "another-number-type"
