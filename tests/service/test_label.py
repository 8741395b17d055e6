"""Documents over HTTP: the answers are the library's own, whatever way they come in."""

from __future__ import annotations

import gzip
import http.client
import io
import json
import socket
import threading
import zipfile

import pytest
from PIL import Image, ImageDraw, ImageFont

from protolabel import LabelSpace
from protolabel.service.options import Options
from protolabel.service.server import bound_socket
from protolabel.system.extras import is_installed

LABEL = "/v1/spaces/mail/label"


def test_answers_are_those_of_the_library(client, mail):
    texts = ["pay the amount", "skills and work", "pay for work"]
    client.post("/v1/spaces/mail/settle?refined=true", {})
    reply = client.post(LABEL, {"documents": [{"text": t} for t in texts], "evidence": 2})
    assert reply.status == 200
    with LabelSpace(mail, background=False) as space:
        space.settle()
        answers = [a.to_dict() for a in space.label_many(texts, evidence=2)]
        expected = json.loads(json.dumps(answers))
        assert reply.json == {"answers": expected, "space_version": space.version}
        mark = client.get("/v1/spaces/mail").json["mark"]
        assert reply.headers["etag"] == f'"{space.version}-{mark}"'


def test_embeddings_are_documents_too(client, mail):
    with LabelSpace(mail, background=False) as space:
        vector = [0.0] * (space.info().dim - 1) + [1.0]
    reply = client.post(LABEL, {"documents": [{"id": "v", "embedding": vector}]})
    assert reply.json["answers"][0]["id"] == "v"


def test_what_is_no_document_is_refused_whole_and_not_quoted(client):
    for body in (
        {"documents": []},
        {"documents": [{"text": "secret words", "extra": 1}]},
        {"documents": [{"text": 7}]},
        {"documents": [{}]},
        {"documents": [{"text": "secret words", "embedding": [1.0]}]},
        {"documents": [{"image": "data:image/png;base64,AAAA"}]},
        {"documents": [{"text": "x"}], "alternatives": -1},
    ):
        reply = client.post(LABEL, body)
        assert reply.status == 422, body
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.json["title"]
        assert b"secret words" not in reply.body


def test_json_that_cannot_be_read(client):
    for body in (
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b"NaN",
        b'{"documents": [{"text": "\\ud800"}]}',
    ):
        reply = client.ask("POST", LABEL, body, {"Content-Type": "application/json"})
        assert 400 <= reply.status < 500, body[:20]


def test_unknown_names_say_what_is_there(client):
    reply = client.post("/v1/spaces/nail/label", {"documents": [{"text": "x"}]})
    assert reply.status == 404
    assert "mail" in reply.json["expected"]


def test_a_stream_answers_each_line_in_its_place(client):
    lines = [b'{"id": "a", "text": "pay"}', b"no json", b"", b"{}", b'{"text": "work"}']
    reply = client.ask(
        "POST", LABEL + "/stream", b"\n".join(lines), {"Content-Type": "application/x-ndjson"}
    )
    assert [line.get("id") or line["line"] for line in reply.lines] == ["a", 2, 4, "5"]
    assert reply.lines[1]["error"]["status"] == 422
    assert reply.lines[3]["label"] == "cv"


def test_a_stream_answers_while_it_is_being_sent(client):
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=60)
    connection.putrequest("POST", LABEL + "/stream")
    connection.putheader("Content-Type", "application/x-ndjson")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()

    def send(part: bytes) -> None:
        connection.send(f"{len(part):x}\r\n".encode() + part + b"\r\n")

    send(b'{"id": "first", "text": "pay"}\n')
    answer = connection.getresponse()
    assert json.loads(answer.readline())["id"] == "first"
    send(b'{"id": "second", "text": "work"}\n')
    assert json.loads(answer.readline())["id"] == "second"
    connection.send(b"0\r\n\r\n")
    assert answer.read() == b""
    connection.close()


def test_a_file_without_text_is_declined_with_that_reason(client):
    reply = client.ask("POST", LABEL + "/file?name=page.html", b"<html><body></body></html>")
    (answer,) = reply.json["answers"]
    assert (answer["id"], answer["label"]) == ("page.html", None)
    assert "no text in it" in answer["reason"]


def test_a_file_is_read_as_the_command_line_reads_it(client):
    reply = client.ask("POST", LABEL + "/file?name=letter.txt", b"please pay the amount")
    assert [a["id"] for a in reply.json["answers"]] == ["letter.txt"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("one.txt", "pay")
        writer.writestr("two.txt", "work")
    reply = client.ask("POST", LABEL + "/file?name=post.zip", archive.getvalue())
    assert [a["label"] for a in reply.json["answers"]] == ["invoice", "cv"]
    assert all("post.zip" in a["source"] for a in reply.json["answers"])


@pytest.mark.skipif(not is_installed("ocr"), reason="the extra ocr is not installed")
def test_a_picture_of_text_is_read_by_ocr_unless_it_is_asked_not_to(client):
    picture = io.BytesIO()
    image = Image.new("L", (900, 120), 255)
    font = ImageFont.load_default(48)
    ImageDraw.Draw(image).text((20, 20), "please pay the amount due", fill=0, font=font)
    image.save(picture, "PNG")
    for query, label in (("", "invoice"), ("&ocr=on", "invoice")):
        reply = client.ask("POST", LABEL + "/file?name=scan.png" + query, picture.getvalue())
        assert [a["label"] for a in reply.json["answers"]] == [label], reply.body
    reply = client.ask("POST", LABEL + "/file?name=scan.png&ocr=off", picture.getvalue())
    assert reply.status == 422
    assert client.ask("POST", LABEL + "/file?name=x&ocr=maybe", b"x").status == 422


def test_a_file_name_never_becomes_a_path(client, tmp_path):
    for name in ("../../etc/passwd", "/etc/hostname", "..%5C..%5Cx.txt", "a%00b.txt", "C:%5Cx.txt"):
        reply = client.ask("POST", LABEL + f"/file?name={name}", b"please pay")
        assert reply.status in (200, 422), name
        assert b"root:" not in reply.body
        assert b"protolabel-" not in reply.body, "where it lay here"
    bomb = gzip.compress(b"pay " * 50_000_000)
    reply = client.ask("POST", LABEL + "/file?name=bomb.txt.gz", bomb)
    assert reply.status in (413, 422)


def test_requests_that_come_together_get_each_their_own_answers(client):
    replies: dict[int, list[str]] = {}

    def ask(n: int) -> None:
        documents = [{"id": f"{n}-{i}", "text": "pay"} for i in range(n % 5 + 1)]
        reply = client.post(LABEL, {"documents": documents, "evidence": n % 2})
        replies[n] = [a["id"] for a in reply.json["answers"]]

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert replies == {n: [f"{n}-{i}" for i in range(n % 5 + 1)] for n in range(24)}


def test_small_answers_are_sent_at_once():
    """asyncio switches Nagle's wait off only for sockets that say that they are TCP: 40 ms each."""
    with bound_socket(Options(port=0)) as bound:
        assert bound.proto == socket.IPPROTO_TCP
