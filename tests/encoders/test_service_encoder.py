"""Encoders that a service runs, against a real one in a process of its own."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import call
from embedding_service import OF_A_LONG_ONE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from protolabel import Example, LabelSpace, load_encoder
from protolabel.batch.partitions import label_partition
from protolabel.encoders.hashing import HashingEncoder
from protolabel.encoders.service import (
    BATCH,
    CHARACTERS,
    FAILED_TRIES,
    ServiceEncoder,
    batches,
)
from protolabel.encoders.service_requests import TRIES
from protolabel.errors import EncoderError, EncoderMismatchError, TextError

SERVER = Path(__file__).parents[1] / "helpers" / "embedding_service.py"
TEXTS = ["pay this bill", "ship the box", "a letter", "é"]


class Service:
    """``name(model)``: of an encoder. ``requests()``: those since the last call."""

    def __init__(self, folder: Path) -> None:
        self.log, ready = folder / "log", folder / "port"
        self.log.touch()
        self.process = subprocess.Popen([sys.executable, str(SERVER), str(ready), str(self.log)])
        until = time.monotonic() + 30
        while not ready.exists():
            assert self.process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.02)
        self.address = f"http://127.0.0.1:{ready.read_text()}/v1"

    def name(self, model: str) -> str:
        return f"{self.address}#{model}"

    def requests(self) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.log.read_text().splitlines()]
        self.log.write_text("")
        return lines


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(tmp_path_factory.mktemp("service"))
    yield service
    service.process.kill()
    service.process.wait()


@pytest.fixture
def service(running: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.delenv("PROTOLABEL_EMBEDDINGS_KEY", raising=False)
    monkeypatch.setenv("PROTOLABEL_CACHE", "off")
    running.requests()
    return running


def encoder(service: Service, model: str, **more: Any) -> ServiceEncoder:
    return ServiceEncoder(service.name(model), pause=0.001, **more)


@pytest.mark.parametrize("model", ["plain", "reversed", "flaky", "cut"])
def test_vectors_are_those_of_the_service(service: Service, model: str) -> None:
    """Also where it answers in another order, is overloaded at times, or closes connections."""
    texts = [f"{text} {i}" for i in range(50) for text in TEXTS]
    vectors = encoder(service, model).encode(texts)
    assert np.array_equal(vectors, HashingEncoder(32).encode(texts))
    sizes = [r["texts"] for r in service.requests() if r["status"] == 200]
    assert max(sizes) <= BATCH
    assert len(sizes) < 20


def test_a_service_may_take_fewer_texts_than_the_fingerprint_asks_for(service: Service) -> None:
    texts = [f"{text} {i}" for i in range(20) for text in TEXTS]
    few, plain = encoder(service, "few"), encoder(service, "plain")
    assert np.array_equal(few.encode(texts), plain.encode(texts))
    assert few.fingerprint == plain.fingerprint.replace("plain", "few")


@given(st.lists(st.integers(0, CHARACTERS * 2), max_size=300))
def test_batches_keep_every_text_in_order_and_within_bounds(sizes: list[int]) -> None:
    texts = ["a" * size for size in sizes]
    parts = list(batches(texts))
    assert [text for part in parts for text in part] == texts
    assert all(1 <= len(part) <= BATCH for part in parts)
    assert all(sum(map(len, part)) <= CHARACTERS for part in parts if len(part) > 1)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("401", r"HTTP 401.*PROTOLABEL_EMBEDDINGS_KEY"), ("404", "HTTP 404.*name of the model"),
        ("413", "HTTP 413.*shorter texts"), ("418", "HTTP 418.*look into the log"),
        ("405", "HTTP 405.*check the address"), ("422", "HTTP 422.*too long"),
        ("redirect", r"HTTP 307\), to which nothing was sent.*give the address that it answers at"),
        ("moved", r"HTTP 308.*name it as https://elsewhere\.example/v2#moved$"),
        ("trap", r"HTTP 307\), to which nothing was sent.*give the address that it answers at$"),
        ("page", "without one vector for each text"), ("broken", "did not answer"),
    ],
)  # fmt: skip
def test_a_service_that_does_not_answer_as_it_should_is_one_error(
    service: Service, model: str, message: str
) -> None:
    with pytest.raises(EncoderError, match=message):
        encoder(service, model)
    requests = service.requests()
    assert {r["path"] for r in requests} == {"/v1/embeddings"}
    halves = {"413": 5, "422": 5}  # of 16 texts: it may be that it takes fewer
    assert len(requests) == (TRIES if model == "broken" else halves.get(model, 1))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("missing", "without one vector"), ("nan", "not finite"), ("narrow", "vectors of 5"),
        ("twice", "without one vector"), ("null", "without one vector"),
        ("ragged", "several lengths"), ("large", "not finite"), ("nulls", "not finite"),
        ("true", "no list of numbers"), ("base64", "no list of numbers"),
        ("strings", "no list of numbers"), ("nested", "no list of numbers"),
        ("object", "no list of numbers"),
    ],
)  # fmt: skip
def test_unusable_vectors_are_refused(service: Service, model: str, message: str) -> None:
    with pytest.raises(EncoderError, match=message) as error:
        encoder(service, model).encode(TEXTS)
    assert "np." not in str(error.value)  # is advice to a caller's own function


def test_a_service_that_hangs_is_given_up(service: Service) -> None:
    slow = encoder(service, "slow", timeout=0.3)
    with pytest.raises(EncoderError, match="did not answer"):
        slow.encode(TEXTS)
    with pytest.raises(EncoderError, match="did not answer"):
        ServiceEncoder("http://127.0.0.1:9/v1#plain", pause=0.001)


def test_the_key_is_sent_and_stands_in_no_message(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PROTOLABEL_EMBEDDINGS_KEY", "secret-key")
    caplog.set_level(logging.DEBUG)
    assert encoder(service, "locked").encode(["a secret document"]).shape == (1, 32)
    assert {r["key"] for r in service.requests()} == {"Bearer secret-key"}
    messages = []
    for model in ("401", "broken", "page", "flaky", "redirect"):
        try:
            messages.append(encoder(service, model).fingerprint)
        except EncoderError as error:
            messages += [str(error), repr(error), repr(error.__cause__)]
    assert "try 1 of" in caplog.text
    for text in (*messages, caplog.text):
        assert "secret" not in text
        assert "pay this bill" not in text


def test_a_key_with_a_line_end_is_taken_without_it(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `docker --env-file` and Kubernetes give it, where its file has one."""
    monkeypatch.setenv("PROTOLABEL_EMBEDDINGS_KEY", " secret-key\r\n")
    assert encoder(service, "locked").encode(TEXTS).shape == (len(TEXTS), 32)
    assert {r["key"] for r in service.requests()} == {"Bearer secret-key"}


@pytest.mark.parametrize("key", ["secret\nkey", "secret\u2026", "secret\x7fkey", "secret\u00e9"])
def test_a_key_that_no_header_may_hold_is_refused_and_not_repeated(
    service: Service, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("PROTOLABEL_EMBEDDINGS_KEY", key)
    with pytest.raises(EncoderError, match="no HTTP header may hold") as caught:
        encoder(service, "locked")
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_a_key_goes_to_no_other_host_without_encryption(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROTOLABEL_EMBEDDINGS_KEY", "secret-key")
    with pytest.raises(EncoderError, match="anybody on the way") as caught:
        ServiceEncoder("http://embeddings.example/v1#plain")
    assert "secret-key" not in str(caught.value)


@pytest.mark.parametrize(
    "name",
    ["http://host/v1", "http://#model", "http://me:word@host/v1#m", "http://host/v1?k=word#m",
     "http://[::1/v1#m", "http://host:port/v1#m", "http://127.0.0.1/v\u00e9#m",
     "http://a..b/v1#m", f"http://{'a' * 64}.example/v1#m", "http://127.0.0.1/v 1#m"],
)  # fmt: skip
def test_a_name_of_another_form_is_refused_and_not_repeated(name: str) -> None:
    with pytest.raises(EncoderError, match="of the form") as caught:
        load_encoder(name)
    assert "word" not in caught.value.got


def test_another_model_under_the_same_name_is_noticed(service: Service) -> None:
    first = encoder(service, "plain")
    assert first.fingerprint == encoder(service, "plain").fingerprint
    assert first.fingerprint.startswith("service:plain:32:")
    other = encoder(service, "changed").fingerprint.replace("changed", "plain")
    assert first.fingerprint != other


def test_a_service_that_a_file_names_is_asked_only_where_the_user_names_it(
    service: Service, tmp_path: Path
) -> None:
    space, name = str(tmp_path / "a.space"), service.name("plain")
    call("init", space, "--encoder", name)
    call("add", space, "bill", "--text", "pay this bill", "--encoder", name)
    service.requests()
    for words in (("label", space, "--text", "a bill"), ("add", space, "box", "--text", "a box")):
        message = call(*words, code=4).stderr
        assert f"add --encoder '{name}' to the command" in message
    with LabelSpace(space, background=False) as opened, pytest.raises(EncoderError, match="asked"):
        opened.label("a bill")
    assert [r for r in service.requests() if r["model"] == "plain"] == []
    assert "bill" in call("label", space, "--text", "a bill", "--encoder", name).stdout
    with LabelSpace(space, encoder=name, background=False) as opened:
        opened.add([Example("box", "ship the box")])
        assert opened.label("pay this bill").label == "bill"
    with (
        pytest.raises(EncoderMismatchError),
        LabelSpace(space, encoder=service.name("changed"), background=False) as opened,
    ):
        opened.label("a bill")


def test_vectors_are_kept_between_processes(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROTOLABEL_CACHE", str(tmp_path / "cache.sqlite"))
    path, name = str(tmp_path / "a.space"), service.name("plain")
    with LabelSpace.create(path, encoder=name, background=False) as space:
        space.add([Example("bill", "pay this bill")])
    with LabelSpace(path, encoder=name, background=False, cache=True) as space:
        space.label("another bill")
    service.requests()
    with LabelSpace(path, encoder=name, background=False, cache=True) as space:
        space.label("another bill")
    plain = [r["texts"] for r in service.requests() if r["model"] == "plain"]
    assert plain == [16]  # the texts of the fingerprint alone


# -- one text that the service refuses ---------------------------------------------------------

LONG = "a text that is longer than this model takes, as it says"


@pytest.mark.parametrize("model", ["short", "narrow batch", *OF_A_LONG_ONE])
@given(st.lists(st.booleans(), min_size=1, max_size=150), st.integers(0, 99))
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_first_text_that_is_refused_is_named(
    service: Service, model: str, are_long: list[bool], seed: int
) -> None:
    """Whatever request it is in; the vectors of texts without one are as ever."""
    short = encoder(service, model.replace(" ", "%20"))
    texts = [LONG if long else f"{seed} {i}" for i, long in enumerate(are_long)]
    if True not in are_long:
        assert np.array_equal(short.encode(texts), HashingEncoder(32).encode(texts))
        return
    with pytest.raises(TextError, match="this text") as caught:
        short.encode(texts)
    assert caught.value.position == are_long.index(True)
    assert LONG not in str(caught.value)


def test_a_service_that_refuses_everything_is_asked_a_few_times(service: Service) -> None:
    refusing = encoder(service, "refusing")
    service.requests()
    with pytest.raises(EncoderError, match="HTTP 422"):
        refusing.encode([str(n) for n in range(BATCH)])
    assert len(service.requests()) < 12


def test_a_text_that_a_service_fails_at_is_searched_for_once(service: Service) -> None:
    """HTTP 500 may pass, so each request is tried again: the search must not be made anew."""
    texts = [f"pay bill {n}" for n in range(150)]
    texts[71] = LONG
    narrow = encoder(service, "narrow%20batch")
    with LabelSpace.create(encoder=narrow, background=False) as space:
        space.add(["pay bill", "cv work"], ["bill", "cv"])
        service.requests()
        outcomes = list(space.label_each(texts, evidence=0))
    assert [n for n, outcome in enumerate(outcomes) if isinstance(outcome, TextError)] == [71]
    assert "document '71'" in str(outcomes[71])
    failed = [request for request in service.requests() if request["status"] == 500]
    halves, alone = BATCH.bit_length() - 2, 2 * FAILED_TRIES  # alone: found, and then by itself
    assert len(failed) <= FAILED_TRIES + halves + alone


@pytest.mark.parametrize("cache", ["off", "cache.sqlite"])
def test_a_command_skips_a_document_that_the_service_refuses(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROTOLABEL_CACHE", cache if cache == "off" else str(tmp_path / cache))
    name = service.name("short")
    call("init", "a.space", "--encoder", name)
    rows = [{"text": f"pay bill {n}", "label": "bill"} for n in range(9)]
    rows[4]["text"] = LONG
    Path("past.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    Path("new.jsonl").write_text("".join(json.dumps({"text": row["text"]}) + "\n" for row in rows))
    refused = call("import", "a.space", "past.jsonl", "--encoder", name, code=2).stderr
    assert "past.jsonl:5: the service at" in " ".join(refused.split())
    call("import", "a.space", "past.jsonl", "--encoder", name, "--skip-bad", code=6)
    labelled = ("label", "a.space", "new.jsonl", "--encoder", name, "--out", "out.jsonl")
    call(*labelled, code=2)
    done = call(*labelled, "--resume", "--skip-bad", code=6)
    assert "new.jsonl:5" in done.stderr
    assert len(Path("out.jsonl").read_text().splitlines()) == 8


def test_a_partition_is_labelled_by_a_service_that_is_named(
    service: Service, tmp_path: Path
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `tables` is not installed")
    name, space = service.name("plain"), str(tmp_path / "a.space")
    with LabelSpace.create(space, encoder=name, background=False) as label_space:
        label_space.add(["pay this bill", "ship the box"], ["bill", "box"])
    (tmp_path / "a.jsonl").write_text('{"id": "1", "text": "pay the bill"}\n')
    job = str(tmp_path / "a.jsonl"), str(tmp_path / "a.answers.parquet"), space
    with pytest.raises(EncoderError, match=r"give its name: .*encoder=\.\.\."):
        label_partition(*job)
    assert label_partition(*job, encoder=name)["documents"] == 1
    assert parquet.read_table(job[1])["label"].to_pylist() == ["bill"]
