"""The look of all figures: sizes, axes, fonts, and no figure left behind."""

from __future__ import annotations

import pytest

from course.figures import style

PNG = b"\x89PNG"


def test_figures_are_not_kept_by_pyplot() -> None:
    """A figure of the course is shown by its cell alone and is freed with its last name."""
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    style.figure(2, 1)
    assert plt.get_fignums() == before


def test_figure_has_the_size_and_axes_that_were_asked() -> None:
    """Width and height are inches; rows and columns make an array of axes."""
    figure, axes = style.figure(5, 2, rows=2, cols=3)
    assert tuple(figure.get_size_inches()) == (5, 2)
    assert axes.shape == (2, 3)


def test_hangul_is_drawn_where_a_font_has_it(recwarn: pytest.WarningsRecorder) -> None:
    """With a Hangul font installed, Korean labels render without a missing-glyph warning."""
    if style.hangul_font() is None:
        pytest.skip("no Hangul font on this machine")
    figure, ax = style.figure(2, 1)
    ax.set_title("단어 벡터 −1")
    assert style.png(figure).startswith(PNG)
    assert not [w for w in recwarn if "missing from" in str(w.message)]


def test_missing_hangul_font_is_said_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a Hangul font the first figure says so, the second is silent."""
    monkeypatch.setattr(style, "hangul_font", lambda: None)
    style.use.cache_clear()
    try:
        style.figure(2, 1)
        style.figure(2, 1)
        assert capsys.readouterr().out.count("No Hangul font") == 1
    finally:
        monkeypatch.undo()
        style.use.cache_clear()
        style.use()


@pytest.mark.parametrize(
    ("count", "rows", "cols"), [(1, 1, 1), (5, 1, 5), (6, 2, 5), (7, 2, 5), (20, 4, 5)]
)
def test_panels_go_to_a_new_row_after_five(count: int, rows: int, cols: int) -> None:
    """The figure grows with its rows; places that are left over in the last one stay empty."""
    figure, axes = style.panels(count, 2, 3)
    assert len(axes) == count
    assert tuple(figure.get_size_inches()) == (2 * cols, 3 * rows)
    assert [ax.get_visible() for ax in figure.axes] == [True] * count + [False] * (
        rows * cols - count
    )
