"""The model behind an API: what comes back for good and for bad requests, over a real socket."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest

from course.models import load_tiny_gpt2
from course.models.serving import BadRequest, Gate, complete, post, serve

KEY = "sk-test"


@pytest.fixture(scope="module")
def parts() -> tuple[Any, Any]:
    """The tiny GPT-2 and its tokenizer."""
    return load_tiny_gpt2()


@pytest.fixture(scope="module")
def url(parts: tuple[Any, Any]) -> Iterator[str]:
    """The address of a running server."""
    with serve(*parts, key=KEY, a_minute=1000) as address:
        yield address


def test_one_post_one_answer_with_its_tokens_counted(url: str, parts: tuple[Any, Any]) -> None:
    """The text, why it ended, and the tokens that have to be paid for."""
    status, answer = post(url, {"prompt": "The captain said", "max_tokens": 7}, KEY)
    assert status == 200
    (choice,) = answer["choices"]
    assert choice["text"] and choice["finish_reason"] == "length" and choice["logprobs"] is None
    prompt = len(parts[1]("The captain said").input_ids)
    assert answer["usage"] == {
        "prompt_tokens": prompt, "completion_tokens": 7, "total_tokens": prompt + 7,
    }  # fmt: skip


def test_the_same_seed_writes_the_same_text(url: str) -> None:
    """A request can be repeated; another seed writes something else."""
    texts = [
        post(url, {"prompt": "It is", "max_tokens": 12, "seed": seed}, KEY)[1]["choices"][0]["text"]
        for seed in (3, 3, 4)
    ]
    assert texts[0] == texts[1] != texts[2]


def test_logprobs_are_the_models_own(url: str, parts: tuple[Any, Any]) -> None:
    """At temperature 0 each token is the likeliest, and its log-probability is the model's."""
    import torch

    body = {"prompt": "the white", "max_tokens": 2, "temperature": 0, "logprobs": 3}
    first, second = post(url, body, KEY)[1]["choices"][0]["logprobs"]
    model, tokenizer = parts
    with torch.no_grad():
        logits = model(**tokenizer("the white", return_tensors="pt")).logits[0, -1].double()
    assert first["logprob"] == pytest.approx(float(logits.log_softmax(-1).max()), abs=1e-3)
    assert first["logprob"] == max(first["top"].values()) and len(first["top"]) == 3
    assert math.exp(second["logprob"]) <= 1


@pytest.mark.parametrize("key", ["", "sk-wrong", "sk-tes", "é"])
def test_without_the_key_nobody_comes_in(url: str, key: str) -> None:
    """A missing or wrong key is a 401 with a sentence, also where it is almost right."""
    if key == "é":
        assert Gate(KEY, 9).refusal("Bearer é", 0.0) is not None
        return
    status, answer = post(url, {"prompt": "Hello"}, key)
    assert (status, answer["error"]["type"]) == (401, "invalid_api_key")


def test_too_many_requests_are_asked_to_wait(parts: tuple[Any, Any]) -> None:
    """The third request within a minute is a 429 that says how long to wait; later it comes in."""
    with serve(*parts, key=KEY, a_minute=2) as address:
        statuses = [post(address, {"prompt": "a", "max_tokens": 1}, KEY) for _ in range(3)]
    assert [status for status, _ in statuses] == [200, 200, 429]
    assert 50 < statuses[2][1]["retry_after"] <= 60
    gate = Gate(KEY, 1)
    header = f"Bearer {KEY}"
    assert gate.refusal(header, 0.0) is None and gate.refusal(header, 30.0) is not None
    assert gate.refusal(header, 60.0) is None


@pytest.mark.parametrize(
    "body",
    [
        {}, {"prompt": 7}, {"prompt": ""}, {"prompt": "a", "max_tokens": 0}, {"prompt": "a" * 9999},
        {"prompt": "a", "max_tokens": True}, {"prompt": "a", "temperature": "hot"},
        {"prompt": "a", "logprobs": 99}, {"prompt": "a", "seed": -1}, {"prompt": "a", "top": 3}, [],
    ],
)  # fmt: skip
def test_a_request_that_makes_no_sense_is_told_so(parts: tuple[Any, Any], body: Any) -> None:
    """Each is refused with a sentence, before the model runs."""
    with pytest.raises(BadRequest, match=r"\w{3}"):
        complete(*parts, body)


def test_what_is_no_json_and_another_address_are_answered(url: str) -> None:
    """The server lives on after bodies and paths that it does not know."""
    import urllib.error
    import urllib.request

    for address, status in ((url, 400), (url + "/more", 404)):
        headers = {"Authorization": f"Bearer {KEY}"}
        request = urllib.request.Request(address, b"{" * 5, headers)
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=30)
        assert refused.value.code == status
    assert post(url, {"prompt": "a", "max_tokens": 1}, KEY)[0] == 200


def test_the_door_closes(parts: tuple[Any, Any]) -> None:
    """After the `with` nobody answers at the address."""
    with serve(*parts, key=KEY) as address:
        pass
    with pytest.raises(OSError):
        post(address, {"prompt": "a"}, KEY)
