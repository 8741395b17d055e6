"""What is wrong with a request is said in the order in which its sender can mend it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from service_process import Client

BODY = json.dumps({"documents": [{"text": "pay the bill"}]}).encode()
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


@pytest.mark.parametrize("kind", ["application/json", "text/csv", "multipart/form-data", ""])
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
