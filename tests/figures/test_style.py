"""The look of all figures: sizes, axes, fonts, and no figure left behind."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font

from course.figures import style
from course.figures.fonts.make import characters

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


@pytest.fixture
def without_installed_fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A computer on which matplotlib knows no font but its own, as with an old list of fonts."""
    own = [font for font in font_manager.fontManager.ttflist if font.name == "DejaVu Sans"]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", own)
    style.hangul_font.cache_clear()
    style.use.cache_clear()
    style.use()
    yield
    style.hangul_font.cache_clear()
    style.use.cache_clear()


def drawn(text: str, font: str) -> np.ndarray:
    """The pixels of a text in one font."""
    figure = Figure(figsize=(1, 1), dpi=60)
    figure.text(0.1, 0.3, text, fontsize=30, family=font)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="rgba")
    return np.frombuffer(buffer.getvalue(), np.uint8)


def test_hangul_is_drawn_with_the_font_that_ships(
    without_installed_fonts: None, recwarn: pytest.WarningsRecorder
) -> None:
    """Korean labels, letters and quotes render without a missing-glyph warning anywhere."""
    figure, ax = style.figure(2, 1)
    ax.set_title("단어 벡터 −1 「ㄱㅏ」")
    assert style.png(figure).startswith(PNG)
    assert not [w for w in recwarn if "missing from" in str(w.message)]


def test_glyphs_of_hangul_are_no_boxes(without_installed_fonts: None) -> None:
    """Syllables look different from each other and from the box of a missing glyph."""
    with pytest.warns(UserWarning, match="missing from"):
        box = drawn("年", style.HANGUL_NAME)
    common, composed = "단어벡터", "똠뷁펲"  # the latter have no glyph, but their letters have
    pictures = [drawn(syllable, style.HANGUL_NAME) for syllable in common + composed]
    for place, picture in enumerate(pictures):
        assert (picture < 128).any(), "nothing is drawn"
        assert not np.array_equal(picture, box)
        assert not any(np.array_equal(picture, other) for other in pictures[:place])


def test_the_font_holds_ks_x_1001_and_the_shipped_texts() -> None:
    """Every common syllable, and each that the course's own Korean texts use, has a glyph."""
    held = set(FT2Font(str(style.HANGUL_FONT)).get_charmap())
    assert held >= characters()
    assert sum(0xAC00 <= code <= 0xD7A3 for code in held) >= 2350


def test_the_font_keeps_its_licence_and_no_reserved_name() -> None:
    """The file is the manifest's; its name is ours, its copyright and licence are its authors'."""
    folder = style.HANGUL_FONT.parent
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    content = style.HANGUL_FONT.read_bytes()
    assert manifest["sha256"] == hashlib.sha256(content).hexdigest()
    assert len(content) < 1_000_000
    names = FT2Font(str(style.HANGUL_FONT)).get_sfnt()
    texts = [value.decode("utf-16-be") for key, value in names.items() if key[0] == 3]
    assert FT2Font(str(style.HANGUL_FONT)).family_name == style.HANGUL_NAME
    assert any("SIL Open Font License" in text for text in texts)
    assert any("Adobe" in text and "©" in text for text in texts)
    assert "SIL OPEN FONT LICENSE Version 1.1" in (folder / "OFL.txt").read_text("utf-8")


def test_a_missing_hangul_font_is_said_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Without the font's file the first figure says so, the second is silent."""
    monkeypatch.setattr(style, "HANGUL_FONT", tmp_path / "none.otf")
    style.hangul_font.cache_clear()
    style.use.cache_clear()
    try:
        style.figure(2, 1)
        style.figure(2, 1)
        assert capsys.readouterr().out.count("none.otf is missing or damaged") == 1
    finally:
        monkeypatch.undo()
        style.hangul_font.cache_clear()
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


def test_pictures_have_two_pixels_for_each_of_the_page() -> None:
    """A figure of 5 inches is 400 of the page's pixels wide and holds 800 of its own."""
    figure, _ = style.figure(5, 2)
    picture = style.png(figure)
    assert int.from_bytes(picture[16:20], "big") == 800
    assert style.png_width(picture) == 400


def test_a_notebook_shows_sharp_figures_at_their_own_size() -> None:
    """In a kernel, a figure's PNG has double pixels, and its metadata the size on the page."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    try:
        style.use.cache_clear()
        figure, _ = style.figure(5, 2)
        data, metadata = shell.display_formatter.format(figure)
        width = style.png_width(base64.b64decode(data["image/png"]))
        assert 380 <= width <= 420  # cut to what is drawn, as a cell does
        assert metadata["image/png"]["width"] == width
    finally:
        InteractiveShell.clear_instance()
