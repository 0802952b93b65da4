"""What a supposition does to a call. This text runs in the notebook's namespace; see `as_if`."""

import functools
import inspect


def supposed_call(real, change):
    """The function, called with some of its arguments changed."""
    signature = inspect.signature(real)

    @functools.wraps(real)
    def supposed(*args, **kwargs):
        given = signature.bind(*args, **kwargs)
        given.apply_defaults()
        given.arguments.update(change(given.arguments, signature))
        return real(*given.args, **given.kwargs)

    return supposed


def supposed_value(how, value):
    """The value as the supposition has it; as it was where that means nothing for it."""
    import torch

    if type(value) is torch.Tensor:
        return _tensor(how, value)
    if type(value) in (int, float):
        return _number(how, value)
    return _items(how, value) if isinstance(value, (str, list, tuple)) else value


def _tensor(how, value):
    if value.is_floating_point():
        square = value.ndim == 2 and len(value) == len(value.T)
        changed = {
            "zeros": lambda: value * 0,
            "negated": lambda: -value,
            "transposed": lambda: value.T if square else value,
            "backwards": lambda: value.flip(min(1, value.ndim - 1)) if value.ndim else value,
        }
    elif _is_mask(value):
        inverse = ~value if value.dtype is _bool() else 1 - value
        changed = {"true": lambda: value | True, "turned": lambda: inverse}
    else:
        changed = {"largest": lambda: value * 0 + value.max() if value.numel() else value}
    return changed.get(how, lambda: value)()


def _bool():
    import torch

    return torch.bool


def _is_mask(value):
    flags = value.dtype is _bool()
    return flags or (value.ndim > 1 and bool(((value == 0) | (value == 1)).all()))


def _number(how, value):
    whole = type(value) is int
    changed = {
        "zeros": lambda: type(value)(0),
        "negated": lambda: -value,
        "more": lambda: value + 1 if whole else value,
        "less": lambda: value - 1 if whole else value,
        "squared": lambda: value * value,
        "root": lambda: value**0.5 if value > 0 else value,
        "twice": lambda: 2 * value,
        "half": lambda: value / 2,
    }
    return changed.get(how, lambda: value)()


def _items(how, value):
    kind = type(value)
    texts = all(isinstance(one, str) for one in value)
    changed = {
        "backwards": lambda: value[::-1],
        "lowered": lambda: value.lower() if kind is str else kind(one.lower() for one in value),
        "shorter": lambda: value[:-1],
        "later": lambda: value[1:],
    }
    return changed.get(how, lambda: value)() if texts or how != "lowered" else value


def alike(one, other):
    """Whether the one could stand in the place of the other."""
    if callable(one) or callable(other):
        return callable(one) and callable(other)
    kinds = [(type(v), getattr(v, "shape", None), getattr(v, "dtype", None)) for v in (one, other)]
    return kinds[0] == kinds[1]
