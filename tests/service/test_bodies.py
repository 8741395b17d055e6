"""What is wrong with a request is said in the order in which its sender can mend it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from service_process import Client, Reply

from protolabel.service.app import make_app
from protolabel.service.body_routes import BodyRoute
from protolabel.service.options import Options

BODY = json.dumps({"documents": [{"text": "pay the bill"}]}).encode()
FORM = "application/x-www-form-urlencoded"  # what curl says of each body of --data-binary
PAGE = Path(__file__).parents[2] / "docs" / "service.md"


@pytest.mark.parametrize("kind", [None, "application/x-www-form-urlencoded", "text/plain"])
@pytest.mark.parametrize("route", ["label", "explain", "changes", "preview", "inbox", "correct"])
def test_a_body_that_is_not_sent_as_json_is_refused_for_that(
    client: Client, route: str, kind: str | None
) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    reply = client.post(f"/v1/spaces/mail/{route}", BODY, headers)
    assert reply.status == 415
    assert reply.json["expected"] == "application/json"
    assert reply.json["remedy"] == "send the header Content-Type: application/json"
    assert (kind or "does not say its type") in reply.json["title"]


def test_json_that_is_no_object_is_no_matter_of_its_type(client: Client) -> None:
    for kind in ("application/json", "application/json; charset=utf-8", "application/vnd.x+json"):
        reply = client.post("/v1/spaces/mail/label", b"[1]", {"Content-Type": kind})
        assert reply.status == 422, kind


@pytest.mark.parametrize("body", [BODY, b"[1]", b"{}", b"{"])
def test_an_unknown_label_space_is_said_before_the_body_is_judged(
    client: Client, body: bytes
) -> None:
    for headers in ({}, {"Content-Type": "application/json"}):
        for route in ("label", "changes"):
            reply = client.post(f"/v1/spaces/nobody/{route}", body, headers)
            assert reply.status == 404, (route, headers)
            assert "no label space named 'nobody'" in reply.json["title"]
            assert reply.json["type"] == "urn:protolabel:SpaceNotFound"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_line_of_the_documentation_works(client: Client) -> None:
    (line,) = re.findall(r"^curl \S+/label .*?[^\\\\]$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    line = line.replace(":8765", f":{client.port}")
    done = subprocess.run(line, shell=True, capture_output=True, text=True, check=True)
    (answer,) = json.loads(done.stdout)["answers"]
    assert answer["alternatives"]


def test_what_is_no_number_is_not_taken_for_one(client: Client) -> None:
    documents = [{"text": "pay the bill"}]
    for route, body in (
        ("remember", {"most": True}),
        ("label", {"documents": documents, "evidence": "3"}),
        ("label", {"documents": documents, "alternatives": True}),
        ("label", {"documents": [{"embedding": ["1.0"]}]}),
    ):
        assert client.post(f"/v1/spaces/mail/{route}", body).status == 422, body


def test_a_body_that_is_no_json_is_told_from_which_character_on(client: Client) -> None:
    sent = {"Content-Type": "application/json"}
    reply = client.post("/v1/spaces/mail/label", b'{"documents": [}', sent)
    assert reply.status == 422
    assert reply.json["title"] == "a body that is no JSON from character 16 on: expecting value"
    assert reply.json["expected"].startswith("one JSON value")
    assert [one["where"] for one in reply.json["errors"]] == ["body"]


def test_twenty_wrong_values_are_told_though_each_may_be_of_several_kinds(client: Client) -> None:
    """Each value has several faults, as it may be of several kinds; they count as one."""
    labels = {f"d{n}": 3 for n in range(30)}
    reply = client.post("/v1/spaces/mail/inbox/decisions", {"labels": labels})
    assert len({one["where"] for one in reply.json["errors"]}) == len(reply.json["errors"]) == 20


OF_A_DOCUMENT = "an object which may have id, text, image, embedding, source, message_path"
OF_LABEL = "an object with documents, which may have alternatives, evidence"


@pytest.mark.parametrize(
    ("route", "body", "title", "expected"),
    [
        (
            "undo",
            b"",
            "body: missing",
            "an object which may have version, mark, keys, examples, as_seen",
        ),
        ("label", ["pay"], "body: no object", OF_LABEL),
        ("label", {"texts": ["pay"]}, "body.documents: missing", OF_LABEL),
        ("label", {"documents": ["pay"]}, "body.documents.0: no object", OF_A_DOCUMENT),
        ("inbox", {"documents": ["pay"]}, "body.documents.0: no object", OF_A_DOCUMENT),
        (
            "label",
            {"documents": [{"txt": "pay"}]},
            "body.documents.0.txt: no field of this object",
            OF_A_DOCUMENT,
        ),
        ("explain", {"document": "pay"}, "body.document: no object", OF_A_DOCUMENT),
        (
            "correct",
            {"document": "1"},
            "body.to: missing",
            "an object with document, to, which may have as_seen",
        ),
        (
            "suggestions/dismiss",
            {"suggestions": ["1"]},
            "body.suggestions.0: no object",
            "an object with key, label",
        ),
    ],
)
def test_a_body_of_another_form_is_told_which_fields_are_expected(
    client: Client, route: str, body: object, title: str, expected: str
) -> None:
    """It was told pydantic's sentences, and to read the OpenAPI document."""
    reply = client.post(f"/v1/spaces/mail/{route}", body, {"Content-Type": "application/json"})
    assert reply.status == 422
    assert reply.json["title"] == title
    assert reply.json["expected"] == f"{expected}: see /v1/openapi.json"


@pytest.mark.parametrize(
    ("route", "body", "title"),
    [
        ("refute", {"document": "a", "label": 3}, "body.label: no string and no list"),
        ("correct", {"document": "a", "to": 3}, "body.to: no string and no list"),
        ("correct", {"document": "a", "to": ["x", 3]}, "body.to.1: no string"),
        ("correct", {"document": "a", "to": ""}, "body.to: empty and no list"),
        ("correct", {"document": "a", "to": "b", "int": 1}, "body.int: no field of this object"),
        ("inbox/decisions", {"labels": {"list": 3}}, "body.labels.list: no string and no list"),
        ("label", {"documents": []}, "body.documents: empty"),
        (
            "label",
            {"documents": [{"embedding": ["a"]}]},
            "body.documents.0.embedding.0: no number",
        ),
        ("remember", {"what": "all"}, "body.what: none of 'off', 'answers' or 'text'"),
        ("remember", {"most": -1}, "body.most: below 0"),
        ("remember", {"most": 1.5}, "body.most: no whole number"),
    ],
)
def test_a_value_of_another_kind_is_told_in_the_words_of_the_service(
    client: Client, route: str, body: object, title: str
) -> None:
    """It was `body.label.constrained-str: no string`, a field that does not exist."""
    reply = client.post(f"/v1/spaces/mail/{route}", body)
    assert reply.status == 422
    assert reply.json["title"] == title


def test_a_line_of_another_form_is_told_so_too(client: Client) -> None:
    lines = b'"pay"\n{"txt": "pay"}\n{"text": 3}\n'
    sent = {"Content-Type": "application/x-ndjson"}
    reply = client.post("/v1/spaces/mail/label/stream", lines, sent)
    errors = [line["error"] for line in reply.lines]
    assert [error["title"] for error in errors] == [
        "line 1: no object",
        "line 2.txt: no field of this object",
        "line 3.text: no string",
    ]
    assert (
        errors[0]["expected"] == errors[1]["expected"] == (f"{OF_A_DOCUMENT}: see /v1/openapi.json")
    )


@pytest.mark.parametrize("kind", ["application/json", "text/csv", FORM, ""])
def test_the_bytes_of_a_file_are_its_content_whatever_type_they_have(client, kind):
    content = b'[{"text": "pay the amount"}]'
    for route in ("label/file", "read"):
        reply = client.ask(
            "POST", f"/v1/spaces/mail/{route}?name=a.json", content, {"Content-Type": kind}
        )
        assert reply.status == 200, reply.body
        assert b"a.json:1" in reply.body
    job = client.ask("POST", "/v1/spaces/mail/import?name=a.json", content, {"Content-Type": kind})
    assert job.status == 202, job.body
    await_end(client, job)


def await_end(client: Client, job: Reply) -> None:
    """Wait for a job, so that it changes the label space under no later test."""
    assert client.get(f"/v1/spaces/mail/jobs/{job.json['id']}/events").status == 200


ROUTES_OF_BYTES = ["label/file?name=a.txt", "read?name=a.txt", "import?name=a.txt", "label/stream"]


@pytest.mark.parametrize("route", ROUTES_OF_BYTES)
def test_a_file_within_a_form_is_refused_and_the_advice_works(client: Client, route: str) -> None:
    """Before, `curl -F file=@a.txt` had the boundary and the headers of its part labelled, too."""
    content = b'{"text": "pay the bill", "label": "invoice"}\n'
    form = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
        b"Content-Type: text/plain\r\n\r\n%b\r\n--x--\r\n" % content
    )
    place, kind = f"/v1/spaces/mail/{route}", "Multipart/Form-Data; boundary=x"
    refusal = client.ask("POST", place, form, {"Content-Type": kind})
    assert refusal.status == 415, refusal.body
    assert (refusal.json["title"], refusal.json["expected"]) == (
        "a body of the type 'multipart/form-data'",
        "the bytes of the file alone",
    )
    assert refusal.json["remedy"] == "send the file itself as the body: curl --data-binary @FILE"
    other = client.ask("POST", place.replace("mail", "nobody"), form, {"Content-Type": kind})
    assert other.status == 404, other.body
    place = place.replace("a.txt", "a.jsonl")
    reply = client.ask("POST", place, content, {"Content-Type": FORM})
    assert reply.status in (200, 202)
    if reply.status == 202:
        await_end(client, reply)


def test_json_within_a_form_is_refused_with_advice_that_does_not_send_the_form_again(
    client: Client,
) -> None:
    """Before, the header alone was advised: with it, the form was refused as no JSON."""
    kind = "multipart/form-data; boundary=x"
    reply = client.post("/v1/spaces/mail/label", b"--x--\r\n", {"Content-Type": kind})
    assert (reply.status, reply.json["expected"]) == (415, "application/json")
    advice = "send the JSON itself as the body, with the header Content-Type: application/json"
    assert reply.json["remedy"] == advice


def exported_examples(client: Client) -> list[bytes]:
    """The examples of the label space; its settings may be tuned meanwhile."""
    lines = client.get("/v1/spaces/mail/export").body.splitlines()
    return [line for line in lines if b'"text"' in line]


@pytest.mark.parametrize(
    ("place", "body", "key"),
    [
        ("label", b'{"documents": [{"text": "pay", "text": "my cv"}]}', "text"),
        ("label?evidence=1", b'{"documents": [{"text": "pay", "text": "my cv"}]}', "text"),
        ("label", b'{"documents": [], "documents": [{"text": "pay"}]}', "documents"),
        ("changes", b'{"kind": "undo", "kind": "redo"}', "kind"),
        ("preview", b'{"kind": "describe", "descriptions": {"cv": "a", "cv": "b"}}', "cv"),
        ("inbox/decisions", b'{"labels": {"00": "cv", "00": "bill"}}', "00"),
        ("correct", b'{"document": "1", "to": "cv", "to": "bill"}', "to"),
        ("jobs", b'{"kind": "settle", "kind": "discover"}', "kind"),
        ("forget", b'{"names": ["1"], "all": true, "all": false}', "all"),
    ],
)
def test_a_key_that_stands_twice_is_refused_as_in_files(client, place, body, key):
    before = exported_examples(client)
    reply = client.post(f"/v1/spaces/mail/{place}", body, {"Content-Type": "application/json"})
    assert reply.status == 422
    assert reply.json["title"] == f"the body: the key '{key}' stands there twice"
    assert (reply.json["expected"], bool(reply.json["remedy"])) == ("each key once", True)
    assert exported_examples(client) == before
    other = client.post(f"/v1/spaces/nobody/{place}", body, {"Content-Type": "application/json"})
    assert other.status == 404


def test_a_line_of_a_stream_in_which_a_key_stands_twice_has_an_error_in_its_place(client):
    lines = b'{"text": "pay", "text": "my cv"}\n{"text": "pay"}\n'
    reply = client.post(
        "/v1/spaces/mail/label/stream", lines, {"Content-Type": "application/x-ndjson"}
    )
    refused, answered = reply.lines
    assert refused["line"] == 1
    assert refused["error"]["title"] == "line 1: the key 'text' stands there twice"
    assert "alternatives" in answered


def test_every_route_with_a_body_reads_it_with_each_key_once():
    app, _ = make_app({}, Options())

    def bodies(part):
        for route in part:
            inner = getattr(route, "original_router", None)
            if inner is not None:
                yield from bodies(inner.routes)
            elif getattr(route, "body_field", None) is not None:
                yield route

    with_body = list(bodies(app.routes))
    assert with_body
    assert [route.path for route in with_body if not isinstance(route, BodyRoute)] == []


def test_a_parameter_that_is_given_twice_is_refused(client: Client) -> None:
    """The last one was read, and the others were not."""
    reply = client.get("/v1/spaces/mail/history?limit=1&limit=2")
    assert reply.status == 422
    assert reply.json["title"] == "the query parameter 'limit' is given 2 times"
    assert client.get("/v1/spaces/mail/history?limit=2").status == 200
