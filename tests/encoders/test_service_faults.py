"""A service of embeddings that breaks: what is tried again, whose fault it is, and what is said."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import call
from scripted_service import DIM, Reply, ScriptedService, body_of, letters, scripted_service

from protolabel import LabelSpace
from protolabel.encoders.service import ServiceEncoder
from protolabel.errors import EncoderError, TextError

TEXTS = ["pay this bill", "ship the box", "a letter", "zzz"]
ODD = "zzz"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedService]:
    monkeypatch.delenv("PROTOLABEL_EMBEDDINGS_KEY", raising=False)
    monkeypatch.setenv("PROTOLABEL_CACHE", "off")
    with scripted_service() as running:
        yield running


def encoder(service: ScriptedService) -> ServiceEncoder:
    return ServiceEncoder(service.name, pause=0.001)


def usual_body(texts: list[str], odd: Any = None, *, among: str | None = None) -> bytes:
    """Return the usual answer, with another vector for one text."""
    return body_of([odd if text == among else letters(text) for text in texts])


# -- what breaks on the way --------------------------------------------------------------------


@pytest.mark.parametrize("has_length", [True, False])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_an_answer_that_breaks_off_is_asked_for_again(
    service: ScriptedService, has_length: bool, share: float
) -> None:
    ready = encoder(service)

    def script(n: int, texts: list[str]) -> Reply:
        body = usual_body(texts)
        return Reply(body, sent=int(share * len(body)) if n == 1 else None, has_length=has_length)

    service.follow(script)
    assert ready.encode(TEXTS).tolist() == [letters(text) for text in TEXTS]
    assert len(service.requests) == 2


def test_an_answer_that_breaks_off_each_time_is_said_to_break_off(service: ScriptedService) -> None:
    ready = encoder(service)
    service.follow(lambda n, texts: Reply(usual_body(texts), sent=50))
    with pytest.raises(EncoderError, match=r"broke off its answer \(5 times\)"):
        ready.encode(TEXTS)


def test_a_page_without_a_length_is_no_answer_that_breaks_off(service: ScriptedService) -> None:
    service.follow(lambda n, texts: Reply(b"<html>", has_length=False))
    with pytest.raises(EncoderError, match="without one vector for each text"):
        encoder(service)
    assert len(service.requests) == 1


def test_a_pause_that_is_asked_for_as_a_date_is_kept(service: ScriptedService) -> None:
    ready = encoder(service)
    end = int(time.time()) + 3  # dates have whole seconds

    def script(n: int, texts: list[str]) -> Reply:
        if time.time() >= end:
            return Reply(usual_body(texts))
        return Reply(b"", 429, {"Retry-After": formatdate(end, usegmt=True)})

    service.follow(script)
    ready.encode(TEXTS)
    assert len(service.requests) <= 3


def test_too_many_requests_are_said_to_be_too_many(service: ScriptedService) -> None:
    ready = encoder(service)
    service.follow(lambda n, texts: Reply(b"", 429))
    with pytest.raises(
        EncoderError, match=r"too many requests .*\(HTTP 429, 5 times\).*quota"
    ) as caught:
        ready.encode(TEXTS)
    assert "runs at that address" not in str(caught.value)


def test_a_service_that_answers_with_failures_is_not_said_to_be_away(
    service: ScriptedService,
) -> None:
    ready = encoder(service)
    service.follow(lambda n, texts: Reply(b"", 503))
    with pytest.raises(EncoderError, match=r"HTTP 503, 5 times\).*log of the service"):
        ready.encode(TEXTS)


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("http://other.example/v1/embeddings?key=secret", "http://other.example/v1/embeddings ("),
        ("https://me:secret@other.example:81/v1/x", "https://other.example:81/v1/x ("),
        ("https://other.example/v1/x#secret", "https://other.example/v1/x ("),
        ("https://other.example/\x1b[31m", "another address ("),
        ("https://other.example/v1/the-key", "another address ("),
        ("http://[secret", "another address ("),
    ],
)
def test_a_redirect_names_its_address_without_secrets(
    service: ScriptedService, monkeypatch: pytest.MonkeyPatch, location: str, words: str
) -> None:
    monkeypatch.setenv("PROTOLABEL_EMBEDDINGS_KEY", "the-key")
    service.follow(lambda n, texts: Reply(b"", 307, {"Location": location}))
    with pytest.raises(EncoderError, match="to which nothing was sent") as caught:
        encoder(service)
    assert f"redirects to {words}" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "the-key" not in str(caught.value)


# -- the fault of one text ---------------------------------------------------------------------

OF_ONE = {
    "null": (None, "no vector"),
    "empty": ([], "no vector"),
    "nulls": ([None] * DIM, "a vector that is not finite"),
    "short": ([1.0] * 5, f"a vector of 5 numbers, where other texts get {DIM}"),
}


@pytest.mark.parametrize("kind", [*OF_ONE, "no embedding", "no row"])
def test_a_text_without_a_vector_is_named_and_others_go_on(
    service: ScriptedService, kind: str
) -> None:
    odd, words = OF_ONE.get(kind, (None, "no vector"))

    def script(n: int, texts: list[str]) -> Reply:
        rows = [
            {"index": i, "embedding": odd if text == ODD else letters(text)}
            for i, text in enumerate(texts)
        ]
        if kind == "no row":
            rows = [row for row in rows if texts[int(str(row["index"]))] != ODD]
        elif kind == "no embedding":
            rows = [row if row["embedding"] else {"index": row["index"]} for row in rows]
        return Reply(json.dumps({"data": rows}).encode())

    ready = encoder(service)
    with LabelSpace.create(encoder=ready, background=False) as space:
        space.add(["pay bill", "cv work"], ["bill", "cv"])
        service.follow(script)
        with pytest.raises(TextError, match=f"gives this text {words}") as caught:
            ready.encode(TEXTS)
        assert caught.value.position == TEXTS.index(ODD)
        outcomes = list(space.label_each(TEXTS, evidence=0))
    assert [isinstance(outcome, TextError) for outcome in outcomes] == [t == ODD for t in TEXTS]


def test_a_text_with_a_vector_of_zeros_is_declined_where_others_have_theirs(
    service: ScriptedService,
) -> None:
    with LabelSpace.create(encoder=encoder(service), background=False) as space:
        space.add(["pay bill", "cv work"], ["bill", "cv"])
        service.follow(lambda n, texts: Reply(usual_body(texts, [0.0] * DIM, among=ODD)))
        answers = list(space.label_each(TEXTS, evidence=0))
    assert [answer.label is None for answer in answers][-1]
    assert "a vector of zeros" in answers[-1].reason
    assert "vocabulary" not in answers[-1].reason
    assert answers[0].label == "bill"


# -- the fault of the service ------------------------------------------------------------------

OF_ALL: dict[str, tuple[Any, str]] = {
    "zeros": ([0.0] * DIM, "zeros now, also for texts that had other vectors before"),
    "one vector": ([1.0] * DIM, "one vector for different texts now"),
    "null": (None, "without one vector for each text now"),
    "nulls": ([None] * DIM, "not finite now"),
    "five numbers": ([1.0, 2.0, 3.0, 4.0, 5.0], "gives vectors of 5 numbers now.*another model"),
}


@pytest.mark.parametrize("texts", [TEXTS, TEXTS[1:2]], ids=["several texts", "one text"])
@pytest.mark.parametrize("kind", OF_ALL)
def test_a_service_that_breaks_is_at_fault_and_no_text(
    service: ScriptedService, kind: str, texts: list[str]
) -> None:
    row, words = OF_ALL[kind]
    ready = encoder(service)
    service.follow(lambda n, texts: Reply(body_of([row] * len(texts))))
    with pytest.raises(EncoderError, match=words) as caught:
        for _ in range(2):  # one vector for one text alone tells nothing
            ready.encode(texts)
            ready.encode(["another text"])
    assert "take a list" not in str(caught.value)  # is advice to a caller's own function


def test_a_service_that_runs_another_model_blames_no_text(service: ScriptedService) -> None:
    ready = encoder(service)

    def script(n: int, texts: list[str]) -> Reply:
        return Reply(body_of([None if text == ODD else letters(text)[::-1] for text in texts]))

    service.follow(script)
    with pytest.raises(EncoderError, match="gives other vectors now") as caught:
        ready.encode(TEXTS)
    assert not isinstance(caught.value, TextError)


@pytest.mark.parametrize(("kind", "words"), [("zeros", "zeros"), ("one vector", "same vector")])
def test_a_service_that_never_tells_texts_apart_is_refused(
    service: ScriptedService, kind: str, words: str
) -> None:
    row = OF_ALL[kind][0]
    service.follow(lambda n, texts: Reply(body_of([row] * len(texts))))
    with pytest.raises(EncoderError, match=f"{words}.*log of the service"):
        encoder(service)


def test_texts_that_a_service_takes_for_the_same_are_no_fault(service: ScriptedService) -> None:
    ready = encoder(service)
    vectors = ready.encode(["Pay this bill", "pay this bill", "PAY this bill!"])
    assert np.array_equal(vectors, [letters("pay this bill")] * 3)


def test_a_run_that_a_service_ends_says_how_to_go_on(
    service: ScriptedService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    call("init", "a.space", "--encoder", service.name)
    call("add", "a.space", "bill", "--text", "pay this bill", "--encoder", service.name)
    rows = [json.dumps({"text": f"pay bill {chr(97 + n % 26)} {n}"}) for n in range(300)]
    Path("new.jsonl").write_text("\n".join(rows))
    service.follow(lambda n, texts: Reply(usual_body(texts)) if n <= 3 else Reply(b"", 401))
    command = ("label", "a.space", "new.jsonl", "--encoder", service.name, "--out", "out.jsonl")
    ended = call(*command, code=4).stderr
    n_lines = len(Path("out.jsonl").read_text().splitlines())
    assert 0 < n_lines < 300
    assert f"{n_lines} documents before the fault answered; with --out, add --resume" in ended
    service.follow(lambda n, texts: Reply(usual_body(texts)))
    call(*command, "--resume")
    assert len(Path("out.jsonl").read_text().splitlines()) == 300
