"""Week 14: small inputs for its widgets and figures."""

from __future__ import annotations

import torch

from course.figures.panel import Panel
from course.weeks.week14_multimodal import plots, widgets
from specimens import CURVE, SQUARE, Arrays, Many, Panels, Unsolved, named

PICTURE = [[[0.5, 0.25, 1.0]] * 4] * 4
ROW = {"English": 0.5, "Korean": 0.25}


def cut(images: torch.Tensor, P: int) -> torch.Tensor:
    tiles = images.unfold(1, P, P).unfold(2, P, P).permute(0, 1, 2, 4, 5, 3)
    return tiles.flatten(3).flatten(1, 2)


def found(caption: str) -> list[tuple[torch.Tensor, str, float]]:
    return [(torch.tensor(PICTURE), caption, 0.5)] * 2


def temperatures(loss) -> Panel:
    vectors = torch.tensor(SQUARE)
    return widgets.temperature_panel(vectors, vectors, ["a", "가"], loss)


PANELS: Panels = {
    "patches_panel": (
        lambda: widgets.patches_panel({"cat": torch.ones(32, 32, 3)}, cut),
        "P",
        16,
    ),
    "temperature_panel": (
        lambda: temperatures(lambda u, v, tau: u.sum() / tau),
        "tau",
        1.0,
    ),
    "search_panel": (lambda: widgets.search_panel(found, "cat", ("개",)), "caption", "개"),
    "looking_panel": (
        lambda: widgets.looking_panel(
            [(torch.tensor(PICTURE), ["a"]), (torch.tensor(PICTURE), ["b", "가"])],
            lambda scene, words: torch.full((len(words), 4), 0.25),
        ),
        "scene",
        2,
    ),
    "frames_panel": (
        lambda: widgets.frames_panel(lambda ids, blank: [n for n in ids if n != blank], "a-b"),
        "frames",
        "aa",
    ),
}

UNSOLVED: Unsolved = {
    "temperature": temperatures,
    "frames": lambda collapse: widgets.frames_panel(collapse, "a-b"),
}

MANY: Many = {
    "share_bars": lambda n: plots.share_bars(named(n, ROW), 0.1, "share"),
    "seed_dots": lambda n: plots.seed_dots(named(n, [0.5, 0.25]), "recall", 0.01),
    "falling": lambda n: plots.falling(named(n, CURVE), "loss", "step"),
}

LINES_EACH: dict[str, int] = {
    "falling": 1,
}

ARRAYS: Arrays = {
    "patch_sheet": lambda of: plots.patch_sheet(of(PICTURE), of([[0.5] * 12] * 4), 2),
    "picture_row": lambda of: plots.picture_row([of(PICTURE)], ["a"]),
    "matching": lambda of: plots.matching(
        [of(PICTURE), of(PICTURE)], {"Korean": (["가", "나"], of(SQUARE))}
    ),
    "probability_matrix": lambda of: plots.probability_matrix(of(SQUARE), ["a", "b"], "p"),
    "seed_dots": lambda of: plots.seed_dots({"a": of(CURVE)}, "recall", 0.125),
    "heat_maps": lambda of: plots.heat_maps(of(PICTURE), ["a"], of([[0.25, 0.5, 0.125, 0.125]])),
    "spectrogram": lambda of: plots.spectrogram(of(CURVE * 9), of(SQUARE), 16, 4, "said"),
    "filters": lambda of: plots.filters(of(SQUARE), 16),
    "frames_heard": lambda of: plots.frames_heard(of(SQUARE), "-a", "heard"),
    "falling": lambda of: plots.falling({"a": of(CURVE)}, "loss", "step"),
}
