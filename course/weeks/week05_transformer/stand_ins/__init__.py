"""What stands in for an exercise of week 05 while it is blank, so that a student can read on.

TODO: replace the example. A stand-in is a call of a library, autograd, or stored results, and no
solution that can be read. In the grader's sandbox this module does not exist.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def centre_rows(x: Tensor) -> Tensor:
    """Layer normalisation centres and scales: the scale is put back."""
    return F.layer_norm(x, x.shape[-1:]) * x.std(-1, correction=0, keepdim=True)


STAND_INS = {"centre_rows": centre_rows}
