"""What a caller who has left asked for is not explained any more: it stands in nobody's way."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from fakes import WordEncoder

from protolabel import Document, LabelSpace
from protolabel.service.app import make_app
from protolabel.service.batching import AT_ONCE, Batcher
from protolabel.service.limits import Bounds
from protolabel.service.options import Options

FIRST_WORD = "held"
SPACE = "/v1/spaces/mail"


class HeldEncoder(WordEncoder):
    """An encoder that keeps texts that begin with one word until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = threading.Semaphore(0), threading.Event()

    def encode(self, texts):
        if any(text.startswith(FIRST_WORD) for text in texts):
            self.begun.release()
            assert self.go_on.wait(60)
        return super().encode(texts)


def test_what_waits_for_callers_who_have_left_is_never_begun():
    """Before, each of them had its turn, ahead of whoever asked after them."""
    encoder = HeldEncoder()
    space = LabelSpace.create(encoder=encoder, background=False)
    space.add(["pay bill", "cv work"], ["bill", "cv"])

    async def ask():
        batcher = Batcher(space.view, Bounds())
        under_way = []
        for i in range(AT_ONCE):
            document = Document(f"h{i}", f"{FIRST_WORD} {i}")
            under_way.append(asyncio.create_task(batcher.explain(document, 1, 1)))
            assert await asyncio.to_thread(encoder.begun.acquire, timeout=60)
        left = [
            asyncio.create_task(batcher.explain(Document(f"l{i}", f"left {i}"), 1, 1))
            for i in range(3)
        ]
        await asyncio.sleep(0)
        assert batcher.waiting == AT_ONCE + 3
        for one in left:
            one.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        assert batcher.waiting == AT_ONCE
        encoder.go_on.set()
        await asyncio.gather(*under_way)
        await batcher.close()
        assert batcher.waiting == 0

    asyncio.run(asyncio.wait_for(ask(), 60))
    assert not any(text.startswith("left") for text in encoder.texts)


@contextlib.contextmanager
def served(path, encoder) -> Iterator[int]:
    """Serve a label space in a thread of this process; give the port."""
    _, guarded = make_app({"mail": path}, Options(), encoder)
    config = uvicorn.Config(guarded, port=0, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        encoder.go_on.set()
        server.should_exit = True
        thread.join(60)


def explain(port, text):
    """Ask for an explanation; return the connection, which waits."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = json.dumps({"document": {"id": text, "text": text}})
    connection.request("POST", f"{SPACE}/explain", body, {"Content-Type": "application/json"})
    return connection


def look_at(port, key):
    """Ask for a remembered document with evidence; return the connection, which waits."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", f"{SPACE}/inbox/{key}?evidence=5")
    return connection


@pytest.mark.parametrize("is_remembered", [False, True])
def test_a_closed_connection_takes_back_what_it_asked_for(tmp_path, is_remembered):
    """Of a text that is sent, and of a document that is remembered."""
    encoder = HeldEncoder()
    path = tmp_path / "mail.space"
    with LabelSpace.create(path, encoder=encoder, background=False) as space:
        space.add(["pay bill", "cv work"], ["bill", "cv"])
        space.answer_log.remember("text")
        list(space.label_many([Document(f"d{i}", f"left {i}") for i in range(4)]))
        keys = [one.key for one in space.answer_log.documents()]
    with served(path, encoder) as port:
        waiting = [explain(port, f"{FIRST_WORD} 0")]
        assert encoder.begun.acquire(timeout=60)
        waiting.append(explain(port, f"{FIRST_WORD} 1"))
        assert encoder.begun.acquire(timeout=60)
        encoder.texts.clear()
        left = [
            look_at(port, key) if is_remembered else explain(port, f"left {i}")
            for i, key in enumerate(keys)
        ]
        time.sleep(0.3)  # in which they arrive and wait
        for one in left:
            one.close()
        time.sleep(0.3)
        encoder.go_on.set()
        for one in waiting:
            assert one.getresponse().status == 200
            one.close()
        last = explain(port, "pay")
        assert last.getresponse().status == 200
        last.close()
    assert not any(text.startswith("left") for text in encoder.texts)


def test_a_remembered_document_is_shown_at_once_where_no_evidence_is_asked_for(tmp_path):
    """Its text does not wait for the encoder, and its answer is the one of the list."""
    encoder = HeldEncoder()
    path = tmp_path / "mail.space"
    encoder.go_on.set()
    with LabelSpace.create(path, encoder=encoder, background=False) as space:
        space.add(["pay bill", "cv work"], ["bill", "cv"])
        space.answer_log.remember("text")
        space.label(Document("d", f"{FIRST_WORD} pay"))
        (key,) = (one.key for one in space.answer_log.documents())
        encoder.texts.clear()
        one = space.inbox.explain(key, evidence=0)
        assert encoder.texts == []
        assert one.document.text == f"{FIRST_WORD} pay"
        assert one.answer is not None
        assert one.answer == space.inbox.documents()[0][0].answer
        assert space.inbox.explain(key).answer.evidence is not None
