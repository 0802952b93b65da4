"""The one panel: figures, texts, both, buttons, still versions, and a draw function that fails."""

from __future__ import annotations

import base64
from typing import Any

import ipywidgets
import pytest
from IPython.display import HTML
from matplotlib.figure import Figure

from course.figures import style
from course.figures.panel import Counter, Panel

PNG = b"\x89PNG"
LIVE = "application/vnd.jupyter.widget-view+json"


def figure(n: int) -> Figure:
    fig, ax = style.figure(2, 1)
    ax.bar([0], [n])
    return fig


def slider(value: int = 1) -> ipywidgets.IntSlider:
    return ipywidgets.IntSlider(value, 0, 5)


def failing_at_3(n: int) -> Figure:
    if n == 3:
        raise ValueError("no <3>, please")
    return figure(n)


# ------------------------------------------------------------------------------------ drawing
def test_a_panel_redraws_when_a_control_moves() -> None:
    """Moving a control calls the plain function with the new value and changes the picture."""
    seen = []

    def draw(n: int) -> Figure:
        seen.append(n)
        return figure(n)

    panel = Panel(draw, n=slider())
    first = bytes(panel.picture.value)
    panel.controls["n"].value = 4
    assert seen == [1, 4]
    assert first.startswith(PNG) and bytes(panel.picture.value).startswith(PNG)
    assert bytes(panel.picture.value) != first


def test_a_text_is_escaped_and_markup_is_not() -> None:
    """A string is shown as it is; an object with `_repr_html_` is markup."""
    plain = Panel(lambda n: f"<b>{n}</b>", n=slider())
    marked = Panel(lambda n: HTML(f"<b>{n}</b>"), n=slider())
    assert "&lt;b&gt;1&lt;/b&gt;" in plain.text.value
    assert marked.text.value == "<b>1</b>"
    assert plain.picture.layout.display == "none"


def test_a_text_and_a_figure_are_shown_together() -> None:
    """A pair of the two fills both places and both still versions."""
    panel = Panel(lambda n: (f"n is {n}", figure(n)), n=slider())
    assert "n is 1" in panel.text.value
    assert bytes(panel.picture.value).startswith(PNG)
    assert panel.picture.width == str(style.png_width(panel.picture.value))
    assert {"text/html", "image/png", LIVE} <= set(panel._repr_mimebundle_())


def test_a_button_counts_how_often_it_was_pressed() -> None:
    """Each press asks for a new frame with the next number."""
    panel = Panel(lambda seed: f"seed {seed}", seed=Counter(description="again"))
    assert "seed 0" in panel.text.value
    panel.controls["seed"].click()
    panel.controls["seed"].click()
    assert "seed 2" in panel.text.value


# ------------------------------------------------------------------------------------ stills
def test_the_still_version_is_the_present_picture() -> None:
    """Readers without widgets get a PNG beside the live view, without another call of draw."""
    calls = []
    panel = Panel(lambda n: calls.append(n) or figure(n), n=slider())
    bundle = panel._repr_mimebundle_()
    assert base64.b64decode(bundle["image/png"]) == panel.picture.value
    assert LIVE in bundle and "text/html" not in bundle
    assert calls == [1]


def test_stills_show_the_settings_that_were_asked_for() -> None:
    """Several settings stand one after the other; the panel's own setting does not change."""
    panel = Panel(lambda n: f"n is {n}", stills=[{"n": 0}, {"n": 5}], n=slider(2))
    still = panel._repr_mimebundle_()["text/html"]
    assert still.index("n is 0") < still.index("n is 5")
    assert "n is 2" not in still
    assert "n is 2" in panel.text.value


# ------------------------------------------------------------------------------------ failing
def test_a_failing_draw_is_told_and_the_panel_recovers() -> None:
    """The message takes the picture's place; the next move that can be drawn brings it back."""
    panel = Panel(failing_at_3, n=slider())
    panel.controls["n"].value = 3
    assert "ValueError: no &lt;3&gt;, please" in panel.message.value
    assert panel.picture.value == b"" and panel.picture.layout.display == "none"
    panel.controls["n"].value = 4
    assert panel.message.value == ""
    assert bytes(panel.picture.value).startswith(PNG) and panel.picture.layout.display is None


def test_a_panel_that_fails_from_the_start_can_still_be_shown() -> None:
    """The cell does not fail, and a page without widgets carries the message too."""
    panel = Panel(failing_at_3, n=slider(3))
    bundle = panel._repr_mimebundle_()
    assert "no &lt;3&gt;, please" in bundle["text/html"]
    assert "image/png" not in bundle
    panel.controls["n"].value = 2
    assert "image/png" in panel._repr_mimebundle_()


def test_the_message_names_the_students_line_and_no_path() -> None:
    """Function, number and text of the last line outside the libraries; never a folder."""
    source = "def half(n):\n    return n / 0\n"
    names: dict[str, Any] = {}
    exec(compile(source, "/home/me/secret/cell.py", "exec"), names)

    def draw(n: int) -> Figure:
        return figure(names["half"](n))

    told = Panel(draw, n=slider()).message.value
    assert "ZeroDivisionError" in told
    assert "secret" not in told
    import linecache

    linecache.cache["/home/me/secret/cell.py"] = (len(source), None, source.splitlines(True), "")
    told = Panel(draw, n=slider()).message.value
    assert "in half, line 2: return n / 0" in told and "secret" not in told


def test_an_error_inside_a_library_names_the_line_that_called_it() -> None:
    """What matplotlib says about a wrong value leads back to the student's own line."""

    def draw(n: int) -> Figure:
        return figure("many" if n else object())  # type: ignore[arg-type]

    told = Panel(draw, n=slider(0)).message.value
    assert "in figure, line" in told and "ax.bar([0], [n])" in told


@pytest.mark.parametrize("drawn", [None, 7])
def test_something_that_cannot_be_shown_is_told(drawn: Any) -> None:
    """A draw function without a return line gives a message, not an empty panel."""
    told = Panel(lambda n: drawn, n=slider()).message.value
    assert f"what should be drawn is {drawn}" in told


def test_an_interrupt_is_not_swallowed() -> None:
    """Stopping the kernel stops the drawing: only errors become messages."""

    def draw(n: int) -> Figure:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Panel(draw, n=slider())
