"""The chat page in a real browser: streaming, stop, edit, switches, Korean, two bots, attacks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browsing import Watched, chromium, picture_on_failure, watch
from chat_page import CAPITAL, Slow, chat_page, toy_bot

from course.chat import Bot, Note
from course.chat.server import Desk
from course.student.chat_command import door

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CONTRAST = (Path(__file__).parents[1] / "support" / "contrast.js").read_text("utf-8")
Opened = tuple[object, Watched, Desk]


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def opened(browser, request) -> Iterator[Callable[..., Opened]]:
    """Opens the page of some bots; whatever a page reports as an error fails its test."""
    pages, desks = [], []

    def go(*bots: Bot, **context) -> Opened:
        desk = chat_page(*bots)
        desks.append(desk)
        at = desk.__enter__()
        page = browser.new_context(**context).new_page()
        pages.append(page)
        watched = watch(page)
        page.goto(at.url)
        page.wait_for_selector("#send:not([disabled])")
        return page, watched, at

    yield go
    for page in pages:
        page.context.close()
    for desk in desks:
        desk.__exit__(None, None, None)


def ask(page, question: str, wait: bool = True) -> None:
    page.fill("#question", question)
    page.press("#question", "Enter")
    if wait:
        page.wait_for_selector("#stop[disabled]")


def test_an_answer_streams_and_shows_what_it_rests_on(opened) -> None:
    """Token by token; sources with the cited words marked; probabilities by mouse and keyboard."""
    gate = threading.Semaphore(2)
    page, watched, _ = opened(toy_bot(gate=gate, notes=(Note("guard", "mine", own=True),)))
    with picture_on_failure(page, "chat-streams"):
        ask(page, CAPITAL, wait=False)
        page.wait_for_selector(".token >> nth=1")
        assert page.inner_text(".tokens") == "It is " and page.inner_text(".status") == "Writing"
        assert page.is_enabled("#stop") and page.input_value("#question") == ""
        for _ in range(3):
            gate.release()
        page.wait_for_selector("#stop[disabled]")
        assert page.inner_text(".tokens") == "It is called Nairobi."
        assert page.locator("mark").all_inner_texts() == ["Nairobi"]
        assert "✓ Guard" in page.inner_text(".verdict")
        assert page.text_content("#announcer") == "toy: It is called Nairobi."
        classes = [page.locator(".tokens .token").nth(i).get_attribute("class") for i in range(5)]
        assert classes == [f"token p{n}" for n in (4, 3, 2, 1, 0)]
        page.hover(".tokens .token >> nth=2")
        assert "Probability 30%" in page.inner_text("#card") and "Mombasa" in page.inner_text(
            "#card"
        )
        page.focus(".tokens .token >> nth=0")
        page.keyboard.press("ArrowRight")
        assert "Probability 70%" in page.inner_text("#card")
        assert page.evaluate("document.activeElement.getAttribute('aria-describedby')") == "card"
        page.keyboard.press("Escape")
        assert page.is_hidden("#card")
        assert page.text_content("#bots dd") == "mine (own code)"
        assert watched.errors == [] and watched.console == []
        assert watched.elsewhere(page.url.partition("/?")[0]) == []


def test_the_door_leads_to_the_page(opened, tmp_path: Path) -> None:
    """What `course chat` hands to the browser is a file, and a file's page is another's page."""
    page, watched, desk = opened(toy_bot())
    page.goto(door(desk.url, tmp_path).as_uri())
    page.wait_for_selector("#send:not([disabled])")
    ask(page, CAPITAL)
    assert page.inner_text(".tokens") == "It is called Nairobi." and watched.errors == []


def test_stop_keeps_what_was_written_and_ends_the_model(opened) -> None:
    """The button and Escape stop; the words stay; the next question works and knows of them."""
    bot = toy_bot()
    page, watched, _ = opened(bot)
    for stop in (lambda: page.click("#stop"), lambda: page.keyboard.press("Escape")):
        ask(page, "Kenya forever", wait=False)
        page.wait_for_selector(".turn:last-child .token")
        stop()
        page.wait_for_selector(".turn:last-child .status:text('Stopped')")
        assert bot.generator.closed.wait(10)
        assert page.inner_text(".turn:last-child .tokens").startswith("on and on")
    ask(page, CAPITAL)
    assert page.inner_text(".turn:last-child .tokens") == "It is called Nairobi."
    assert watched.errors == []


def test_a_former_question_can_be_changed_and_all_goes_on_from_there(opened) -> None:
    """What came after it is gone from the page and from the history; Escape leaves it as it was."""
    bot = toy_bot(search=None, guard=None)
    page, watched, _ = opened(bot)
    for question in ("first", "second", "third"):
        ask(page, question)
    assert "third" in bot.generator.prompts[-1] and "second" in bot.generator.prompts[-1]
    page.click(".turn:nth-child(2) .edit")
    page.keyboard.press("Escape")
    assert page.inner_text(".turn:nth-child(2) .asked p") == "second"
    page.click(".turn:nth-child(2) .edit")
    page.fill(".turn textarea", "changed")
    page.press(".turn textarea", "Enter")
    page.wait_for_selector("#stop[disabled]")
    assert page.locator(".asked p").all_inner_texts() == ["first", "changed"]
    prompt = bot.generator.prompts[-1]
    assert "first" in prompt and "changed" in prompt and "second" not in prompt
    page.click("#new")
    assert page.locator(".turn").count() == 0 and watched.errors == []


def test_a_switch_leaves_its_part_out(opened) -> None:
    """Without the guard a wrong answer stands; without sources none are shown."""
    page, watched, _ = opened(toy_bot())
    ask(page, "wrong capital of Kenya")
    assert page.locator(".tokens.held").count() == 1
    assert page.inner_text(".said") == "The sources do not say."
    page.uncheck("[name=guard]")
    page.uncheck("[name=retrieval]")
    ask(page, "wrong capital of Kenya")
    last = page.inner_text(".turn:last-child .answer")
    assert "It is Mombasa." in last and "Guard" not in last and "Sources" not in last
    assert page.is_disabled("[name=adapter]") and watched.errors == []
    page.uncheck("#colours")
    shaded = "getComputedStyle(document.querySelector('.tokens .p2')).backgroundColor"
    assert page.evaluate(shaded) == "rgba(0, 0, 0, 0)"


def test_an_adapter_on_request_writes_once_its_switch_is_set(opened) -> None:
    """The switch can be moved and is off at first; set, the adapter writes in the model's place."""
    adapter = Slow(None)
    page, watched, _ = opened(toy_bot(adapter=adapter, on_request=frozenset({"adapter"})))
    assert page.is_enabled("[name=adapter]") and not page.is_checked("[name=adapter]")
    ask(page, "capital of Kenya")
    assert adapter.prompts == []
    page.check("[name=adapter]")
    ask(page, "capital of Kenya")
    assert len(adapter.prompts) == 1 and watched.errors == []


def test_the_page_speaks_korean(opened) -> None:
    """Labels, states and the verdict; a Korean question comes back in whole syllables."""
    page, watched, _ = opened(toy_bot())
    page.select_option("#language", "ko")
    assert page.get_attribute("html", "lang") == "ko" and page.inner_text("#send") == "보내기"
    page.fill("#question", "케냐의 수도는?")
    composing = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true})"
    page.evaluate(f"document.querySelector('#question').dispatchEvent({composing})")
    assert page.locator(".turn").count() == 0, "Enter that ends a syllable sends nothing"
    page.press("#question", "Enter")
    page.wait_for_selector("#stop[disabled]")
    assert page.inner_text(".tokens") == "수도는 나이로비입니다."
    assert "가드: 다음이 어디에도" in page.inner_text(".answer") or "✓ 가드" in page.inner_text(
        ".answer"
    )
    assert page.inner_text(".status") == "끝" and watched.errors == []


def test_two_bots_answer_side_by_side(opened) -> None:
    """Each in its own column, with its own parts; on a small screen one below the other."""
    page, watched, _ = opened(toy_bot("mine"), toy_bot("hers", guard=None))
    ask(page, "wrong capital of Kenya")
    texts = page.locator(".answer").all_inner_texts()
    assert "The sources do not say." in texts[0] and "The sources" not in texts[1]
    boxes = [page.locator(".answer").nth(i).bounding_box() for i in (0, 1)]
    assert boxes[0]["y"] == boxes[1]["y"] and boxes[0]["x"] < boxes[1]["x"]
    page.set_viewport_size({"width": 360, "height": 700})
    boxes = [page.locator(".answer").nth(i).bounding_box() for i in (0, 1)]
    assert boxes[0]["x"] == boxes[1]["x"] and boxes[0]["y"] < boxes[1]["y"]
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert watched.errors == []


def test_markup_of_models_documents_and_people_stays_text(opened) -> None:
    """Question, title, passage, token, alternative, a bot's name: none makes an element."""
    page, watched, desk = opened(toy_bot("<img src=x onerror=alert(1)>"))
    ask(page, "attack <script>alert(1)</script> capital of Peru")
    page.hover(".tokens .token")
    page.click(".edit")
    assert page.locator("img, b, script:not([src])").count() == 0
    assert "onerror" in page.inner_text(".sources") and "onerror" in page.inner_text("#card")
    assert watched.ran() == [] and watched.elsewhere(f"http://127.0.0.1:{desk.port}") == []
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), "
                  "{textContent: 'window.ran = [1]'}))")  # fmt: skip
    assert watched.ran() == [], "the page's policy lets no script in that is not its own"


def test_a_closed_tab_frees_the_model_for_the_next(opened) -> None:
    """Ten tabs ask at once, the first of them for ever: it is closed, and all others are served."""
    bot = toy_bot()
    page, _, desk = opened(bot)
    ask(page, "Kenya forever", wait=False)
    page.wait_for_selector(".token")
    tabs = [page.context.new_page() for _ in range(9)]
    for place, tab in enumerate(tabs):
        tab.goto(desk.url)
        tab.wait_for_selector("#send:not([disabled])")
        ask(tab, CAPITAL, wait=False)
        tab.wait_for_selector(f".status:text('Waiting: {place + 1} ahead of you')")
    page.close()
    for tab in tabs:
        tab.wait_for_selector("#stop[disabled]")
        assert tab.inner_text(".tokens") == "It is called Nairobi."
    assert desk.line.tickets == []


def test_a_question_too_long_and_a_server_gone_are_told(opened) -> None:
    """The sentence names both lengths; a server that was ended is said to be."""
    page, _, _ = opened(toy_bot())
    ask(page, "x" * 2001, wait=False)
    assert "2001 characters, and 2000 are possible" in page.inner_text("#problem")
    page.context.set_offline(True)
    ask(page, CAPITAL)
    assert "is `course chat` still running?" in page.inner_text(".answer .bad")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_against_its_ground(opened, scheme: str) -> None:
    """WCAG AA in light and dark: tokens in each shade, verdicts, marks, buttons, labels."""
    page, _, _ = opened(toy_bot(missing=("something",)), color_scheme=scheme)
    ask(page, CAPITAL)
    ask(page, "wrong capital of Kenya")
    page.hover(".turn:first-child .token >> nth=3")
    everything = '"h1, h3, p, li, dt, label, legend, summary, button, span, mark, td, strong"'
    weak = CONTRAST.replace(CONTRAST.partition("TEXT = ")[2].partition(";")[0], everything)
    assert page.evaluate(weak) == []
    unnamed = "[...document.querySelectorAll('input, select, textarea, button')].filter(" \
        "one => !one.labels?.length && !one.innerText && !one.ariaLabel).length"  # fmt: skip
    assert page.evaluate(unnamed) == 0
