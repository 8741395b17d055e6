"""The client asks what the service offers, and nothing else; its types are those of the answers."""

from __future__ import annotations

import subprocess
import sys
import typing

import httpx2
import pytest
from client_methods import ARGUMENTS, methods
from contract import document, operation_of
from service_process import make_space, service

from protolabel.client import Client, ServiceError
from protolabel.service.keys import add_key

# For the page, for operators, and a stream, in whose place label_many sends batches.
NOT_ASKED = {"begin", "who", "end", "live", "ready", "metrics", "label_stream"}


def test_each_method_asks_a_route_and_each_route_has_a_method():
    """With parameters that the route declares; the type of its answer is the declared one."""
    asked = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        operation = operation_of(request.method, request.url.path)
        assert operation is not None, request.url
        names = {one["name"] for one in operation.get("parameters", ())}
        assert set(request.url.params) <= names
        asked.append(operation["operationId"])
        if "application/x-ndjson" in str(operation["responses"].get("200")):
            return httpx2.Response(200, headers={"Content-Type": "application/x-ndjson"})
        return httpx2.Response(200, json={"answers": []})

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    with Client("http://localhost", "mail", http=http) as client:
        for name, method in methods().items():
            result = getattr(client, name)(*ARGUMENTS.get(name, ()))
            if not isinstance(result, dict):
                list(result)
                continue
            operation = asked[-1]
            kind = typing.get_type_hints(method)["return"].__name__
            responses = operations()[operation]["responses"]
            assert kind in str([responses.get(status) for status in ("200", "202")]), name
    assert set(asked) == operations().keys() - NOT_ASKED


def operations():
    return {
        operation["operationId"]: operation
        for methods in document()["paths"].values()
        for operation in methods.values()
    }


def test_a_program_labels_corrects_and_undoes(tmp_path):
    path = make_space(tmp_path / "mail.space")
    with service(str(path)) as served, Client(f"http://127.0.0.1:{served.port}", "mail") as mail:
        answers = mail.label(["please pay", {"id": "d", "text": "my work"}], evidence=1)
        assert [one["label"] for one in answers["answers"]] == ["invoice", "cv"]
        assert answers["answers"][1]["id"] == "d"
        many = mail.label_many((f"pay {n}" for n in range(10)), batch=4)
        assert [one["label"] for one in many] == ["invoice"] * 10
        assert mail.label_file("a.txt", b"please pay")["answers"][0]["label"] == "invoice"
        change = mail.change("rename", old="cv", new="CV", only_at=answers["space_version"])
        assert change["kind"] == "rename"
        with pytest.raises(ServiceError, match="version") as stale:
            mail.change("rename", old="CV", new="x", only_at=answers["space_version"])
        assert stale.value.status == 412
        with pytest.raises(ServiceError) as unknown:
            mail.examples("nobody")
        assert (unknown.value.status, unknown.value.kind) == (404, "urn:protolabel:UnknownClass")
        assert [one["name"] for one in mail.classes()["classes"]] == ["invoice", "CV"]
        assert mail.undo(change["version"])["change"]["kind"] == "undo"
        assert [one["kind"] for one in mail.audit()][-2:] == ["rename", "undo"]
        mail.change("add", examples=[{"label": "CV", "text": "one\u2028two\x85three"}])
        assert any(one.get("text") == "one\u2028two\x85three" for one in mail.export())


def test_a_program_does_not_replace_a_decision_that_it_has_not_seen(tmp_path):
    path = make_space(tmp_path / "mail.space")
    with service(str(path)) as served, Client(f"http://127.0.0.1:{served.port}", "mail") as mail:
        ways = {
            "please pay": lambda key, **options: mail.decide({key: "cv"}, **options),
            "a bill": lambda key, **options: mail.correct(key, "cv", **options),
            "my work": lambda key, **options: mail.refute(key, "letter", **options),
            "my skills": lambda key, **options: mail.undo(None, [key], **options),
        }
        mail.remember("text")
        for text, decide in ways.items():
            (document,) = mail.put([{"id": text, "text": text}])["documents"]
            key = document["key"]
            mail.decide({key: "letter"}, as_seen={key: {}})
            with pytest.raises(ServiceError) as refusal:
                decide(key, as_seen={key: {}})
            reason = (refusal.value.status, refusal.value.kind)
            assert reason == (409, "urn:protolabel:DecidedOtherwise")
            decision = mail.map()["decided"][key]
            assert decision == {"labels": ["letter"]}
            decide(key, as_seen={key: decision})
            assert mail.map()["decided"].get(key) != decision


def test_a_key_is_sent_and_a_missing_one_is_said(tmp_path):
    path, keys = make_space(tmp_path / "mail.space"), tmp_path / "keys.json"
    secret = add_key(keys, "bot", "label")
    with service(str(path), "--keys", str(keys)) as served:
        url = f"http://127.0.0.1:{served.port}"
        with Client(url, "mail", key=secret) as mail:
            assert mail.label(["pay"])["answers"]
            with pytest.raises(ServiceError) as forbidden:
                list(mail.export())
        with Client(url, "mail") as nobody, pytest.raises(ServiceError) as unknown:
            nobody.info()
    assert (forbidden.value.status, unknown.value.status) == (403, 401)
    with (
        Client(url, "mail", attempts=1) as late,
        pytest.raises(ServiceError, match="answers") as no,
    ):
        late.info()
    assert no.value.status == 0


def test_a_busy_service_is_asked_again_and_a_change_is_the_same_one():
    requests = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        if len(requests) == 1:
            raise httpx2.ReadError("gone")
        if len(requests) == 2:
            return httpx2.Response(503, headers={"Retry-After": "0"}, json={})
        return httpx2.Response(200, json={"version": 2})

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    with Client("http://localhost", "mail", http=http) as client:
        assert client.change("undo")["version"] == 2
    assert len({one.headers["Idempotency-Key"] for one in requests}) == 1
    assert len(requests) == 3


def test_the_client_imports_nothing_that_encodes_or_stores():
    program = (
        "import sys, protolabel.client\n"
        "print([n for n in ('torch', 'openvino', 'sqlite3', 'PIL', 'fastapi', 'scipy', 'click')"
        " if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
