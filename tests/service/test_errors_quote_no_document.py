"""What a service answers and stores about a file that it cannot use has no word of its documents.

Each file has content where a reader expects a name, a label, a number or a path.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from own_service import served
from service_process import make_space
from starlette.testclient import TestClient

from protolabel.service.app import make_app
from protolabel.service.options import Options

SECRET = "Dear Dr Smith, I am positive and need a letter"
UNSPACED = "我昨天去医院检查结果是艾滋病阳性请帮助"
ODD = "medical\nDear Dr Smith"
WORDS = ("smith", "positive", "4929123412341234", "艾滋病")


def lines(*rows: object) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


CHOICE = {"type": "choices", "value": {"choices": SECRET}, "from_name": SECRET, "to_name": "text"}
FILES = {
    "no header.csv": f'"{SECRET}",medical\n"my cv and studies",cv\n',
    "no header of one.csv": f'"{SECRET}"\n"my cv and studies"\n',
    "no header, no blanks.csv": f"{UNSPACED},medical\n",
    "no blanks.jsonl": lines({UNSPACED: "a", "b": UNSPACED}),
    "twice named.csv": f'"{SECRET}",text,text\na,b,c\n',
    "label.csv": f'text,label\nsome text,"{ODD}"\n',
    "long label.csv": f'text,label\nsome text,"{SECRET * 9}"\n',
    "not.csv": f'text,label,not_label\nsome text,,"{SECRET}"\n',
    "id twice.csv": f'id,text,label\n"{SECRET}",a text,cv\n"{SECRET}",b text,cv\n',
    "empty.csv": f'id,text,label\n"{SECRET}",,cv\n',
    "broken.csv": f'text,label\n"{SECRET}" and,cv\n',
    "cells.csv": f'text,label\n"{SECRET}",cv,"{SECRET}"\n',
    "fields.jsonl": lines({SECRET: "a", "b": SECRET}),
    "nested.jsonl": lines({"a": {SECRET: "a"}}),
    "key twice.jsonl": f'{{"{SECRET}": 1, "{SECRET}": 2}}\n',
    "number.jsonl": lines({"text": 4929123412341234, "label": "cv"}),
    "fraction.jsonl": lines({"text": "a text", "label": 4929123412341234.5}),
    "list.jsonl": lines({"text": "a text", "label": [SECRET]}),
    "object.jsonl": lines({"text": {"a": SECRET}, "label": "cv"}),
    "surrogate.jsonl": lines({"text": "a text", "label": "\ud800" + SECRET}),
    "control.jsonl": lines({"text": "a text", "label": ODD}),
    "id.jsonl": lines({"id": [SECRET], "text": "a text", "label": "cv"}),
    "image.jsonl": lines({"image": f"{SECRET}.png", "label": "cv"}),
    "no image.jsonl": lines({"image": {"a": SECRET}, "label": "cv"}),
    "vector.jsonl": lines({"embedding": [SECRET], "label": "cv"}),
    "not json.jsonl": f'{{"text": {SECRET}\n',
    "array.json": json.dumps([SECRET, {"text": SECRET}]),
    "several.jsonl": lines({"text": "a", "labels": [ODD, SECRET]}),
    "doccano.jsonl": lines({"id": 1, "text": "a", "label": [[0, 1, SECRET]]}),
    "studio.json": json.dumps([{"data": {SECRET: "a"}, "annotations": [{"result": [CHOICE]}]}]),
    "prodigy.jsonl": lines({"text": "a", "accept": [ODD], "options": [], "answer": "accept"}),
    "argilla.jsonl": lines({"fields": {SECRET: "a"}, "responses": {SECRET: [{"value": ODD}]}}),
}  # fmt: skip
ROUTES = [
    ("read", ""), ("label/file", "&id_field=nr"), ("import", "&text_field=body"),
    *(
        pytest.param(*more, marks=pytest.mark.slow)
        for more in (
            ("read", "&text_field=body"), ("import", ""),
            ("import", "&label_field=kind"), ("import", "&id_field=nr"),
        )
    ),
]  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_space(tmp_path / "mail.space")


def has_content(words: str | bytes) -> bool:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    escaped = [json.dumps(word)[1:-1] for word in WORDS]
    return any(word in text.lower() for word in [*WORDS, *escaped])


def refusal_of(ask, route: str, name: str) -> str:
    """Return what the service says of a file that it refuses; nothing of one that it takes."""
    reply = ask("POST", f"/{route.replace('&', f'?name={name}&', 1)}", FILES[name].encode())
    if reply.status_code != 202:
        return reply.text if reply.status_code != 200 else ""
    ask("GET", f"/jobs/{reply.json()['id']}/events")
    job = ask("GET", f"/jobs/{reply.json()['id']}").json()
    return json.dumps(job["error"]) if job["state"] == "failed" else ""


@pytest.mark.parametrize(("route", "options"), ROUTES)
def test_no_error_about_a_file_has_a_word_of_it(path, route, options, caplog):
    """Before: a table without a header gave its first document as the name of a field."""
    with served(path) as ask:
        refusals = {name: refusal_of(ask, f"{route}&{options}", name) for name in FILES}
        jobs = ask("GET", "/jobs").json()["jobs"]
    assert sum(map(bool, refusals.values())) > len(FILES) / 2
    assert {name: words for name, words in refusals.items() if has_content(words)} == {}
    assert not has_content(json.dumps([job for job in jobs if job["state"] == "failed"]))
    assert not has_content(caplog.text)


def test_nothing_of_a_file_that_was_refused_is_stored(path):
    with served(path) as ask:
        for name in ("no header.csv", "label.csv", "not.csv", "fields.jsonl", "control.jsonl"):
            assert refusal_of(ask, "import&", name)
    for file in path.parent.iterdir():
        assert not has_content(file.read_bytes()), file.name


def test_nor_of_a_followed_file_a_line_of_a_stream_or_a_change(path, tmp_path):
    """Faults of followed files and errors of jobs are shown to everybody who may read."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "post.jsonl").write_text(FILES["fields.jsonl"], encoding="utf-8")
    line = f'{{"text": "a", "metadata": {{"{SECRET}": 1, "{SECRET}": 2}}}}\n'
    renaming = {"kind": "rename", "old": SECRET, "new": "letter"}
    with served(path) as ask:
        streamed = ask("POST", "/label/stream", line.encode()).text
        job = ask("POST", "/jobs", {"kind": "change", "change": renaming}).json()["id"]
        ask("GET", f"/jobs/{job}/events")
        error = ask("GET", f"/jobs/{job}").json()["error"]
    app, _ = make_app({"mail": path}, Options(follow=str(folder)))
    with TestClient(app, base_url="http://localhost") as client:
        while not (unreadable := client.get("/v1/spaces/mail/followed").json()["unreadable"]):
            time.sleep(0.05)
    assert error["type"] == "urn:protolabel:UnknownClass"
    assert '"error"' in streamed
    assert "text field" in unreadable[0]["reason"]
    assert not has_content(streamed + json.dumps([error, unreadable]))
    assert not any(has_content(file.read_bytes()) for file in tmp_path.iterdir() if file != folder)


@pytest.mark.parametrize("words", [SECRET, UNSPACED])
def test_nor_of_a_body_in_the_place_of_a_field_or_an_id(path, words):
    """Before: the name of the field stood in title and errors, and the id in the title."""
    bodies = [
        ("label", {"documents": [{"text": "ok", words: 2}]}),
        ("changes", {"kind": "move", "ids": [words], "to": "letter"}),
        ("changes", {"kind": "remove", "ids": [words]}),
        ("changes", {"kind": words}),
        ("refute", {"document": words, "label": "letter"}),
        ("correct", {"document": words, "to": "letter"}),
        ("explain", {"text": "ok", words: 1}),
        ("suggestions/accept", {"suggestions": [{"key": words, "label": "letter"}]}),
        ("suggestions/dismiss", {"suggestions": [{"key": words, "label": "letter"}]}),
        ("inbox/decisions", {"labels": {words: "letter"}}),
        ("inbox/decisions", {"labels": {words: 3}}),
    ]
    with served(path) as ask:
        replies = [ask("POST", f"/{route}", body) for route, body in bodies]
        streamed = ask("POST", "/label/stream", json.dumps({"text": "a", words: 1}).encode())
        plain = ask("POST", "/label", {"documents": [{"text": "ok", "note": 2}]}).json()
    assert [reply.text for reply in replies if reply.status_code < 400] == []
    assert [reply.text for reply in (*replies, streamed) if has_content(reply.text)] == []
    length = f"[{len(words)} characters]"
    assert replies[0].json()["errors"][0]["where"] == f"body.documents.0.{length}"
    assert length in replies[1].json()["title"]
    assert plain["errors"][0]["where"] == "body.documents.0.note"
