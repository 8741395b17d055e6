"""What a service bears: races of keys, long texts, pauses, a replaced file."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import threading

import pytest
from fakes import WordEncoder
from service_process import make_space, service

from protolabel import Document, LabelSpace
from protolabel.errors import InputError
from protolabel.service.batching import Batcher
from protolabel.service.keys import add_key, key_of, read_keys, remove_key
from protolabel.service.limits import Bounds
from protolabel.service.problems import Refusal
from protolabel.service.spaces import Spaces
from protolabel.service.uploads import Uploads

CHANGES = "/v1/spaces/mail/changes"


def change_keys(path, barrier, n):
    barrier.wait(60)
    remove_key(path, f"old {n}")
    add_key(path, f"new {n}", "label")


@pytest.mark.slow
def test_keys_that_are_changed_at_once_are_all_changed(tmp_path):
    path = tmp_path / "keys.json"
    for n in range(4):
        add_key(path, f"old {n}", "admin")
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(4)
    processes = [context.Process(target=change_keys, args=(path, barrier, n)) for n in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 4
    assert sorted(key.name for key in read_keys(path)) == [f"new {n}" for n in range(4)]


def test_a_key_is_removed_through_a_link(tmp_path):
    path, link = tmp_path / "keys.json", tmp_path / "link.json"
    secret = add_key(path, "bot", "admin")
    link.symlink_to(path)
    remove_key(link, "bot")
    assert link.is_symlink()
    assert key_of(secret, read_keys(path)) is None


def test_a_body_without_a_length_is_bounded_too(client):
    def parts():
        for _ in range(33):
            yield b" " * 2**20

    headers = {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}
    reply = client.ask("POST", "/v1/spaces/mail/label", parts(), headers)
    assert reply.status == 413
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_text_that_would_hold_up_all_others_is_refused(client):
    long = "a" * 1_000_001
    assert client.post("/v1/spaces/mail/label", {"documents": [{"text": long}]}).status == 413
    change = {"kind": "add", "examples": [{"label": "cv", "text": long}]}
    assert client.post(CHANGES, change).status == 413
    lines = json.dumps({"text": long}).encode() + b'\n{"text": "pay"}\n'
    reply = client.ask(
        "POST", "/v1/spaces/mail/label/stream", lines, {"Content-Type": "application/x-ndjson"}
    )
    assert reply.lines[0]["error"]["status"] == 413
    assert reply.lines[1]["label"]


def test_values_that_are_no_numbers_or_no_unicode_are_refused_unquoted(mail):
    with service(str(mail)) as client:
        for example in (
            {"label": "zz", "embedding": ["my secret illness"]},
            {"label": "zz", "embedding": {"a": 1}},
            {"label": "zz", "text": "x", "source": "\ud800"},
        ):
            reply = client.post(CHANGES, {"kind": "add", "examples": [example]})
            assert reply.status == 422, reply.body
            assert b"illness" not in reply.body
        body = {"documents": [{"text": "x"}]}
        assert client.post("/v1/spaces/mail/label", body, {"Origin": "http://["}).status == 403
        assert client.get("/v1/nothing").headers["content-type"] == "application/problem+json"
        _, log = client.stop()
    assert "illness" not in log
    assert "Traceback" not in log


def test_another_file_of_that_name_is_opened(tmp_path):
    path = make_space(tmp_path / "mail.space")
    with service(str(path)) as client:
        assert client.get("/v1/spaces/mail").status == 200
        with LabelSpace.create(tmp_path / "new.space", encoder="hashing") as space:
            space.describe({"memo": "a note to all"})
        os.replace(tmp_path / "new.space", path)
        for end in ("-wal", "-shm"):
            (tmp_path / f"mail.space{end}").unlink(missing_ok=True)
        names = [c["name"] for c in client.get("/v1/spaces/mail/classes").json["classes"]]
        assert names == ["memo"]
        change = {"kind": "describe", "texts": {"bill": "pay"}}
        assert client.post(CHANGES, change).status == 200


def test_a_label_space_that_was_closed_in_a_pause_opens_again(mail):
    async def run():
        async with asyncio.timeout(60):
            spaces = Spaces({"mail": mail}, Bounds(), None)
            first = spaces.served("mail")
            await first.batcher.label([Document("a", "pay")], 1, 0)
            await spaces.close_idle(seconds=-1)
            with pytest.raises(Refusal, match="closed"):
                await first.batcher.label([Document("b", "pay")], 1, 0)
            (answer,) = await spaces.served("mail").batcher.label([Document("b", "pay")], 1, 0)
            await spaces.close()
            return answer

    assert asyncio.run(run()).id == "b"


def test_a_document_that_cannot_be_used_costs_the_others_nothing():
    """Each text is encoded once, though requests come together and one has a bad document."""
    encoder = WordEncoder()
    space = LabelSpace.create(encoder=encoder, background=False)
    space.add(["pay bill", "cv work"], ["bill", "cv"])
    encoder.texts.clear()

    async def run():
        batcher = Batcher(space.view, Bounds())
        requests = [[Document(f"{r}.{i}", "pay") for i in range(32)] for r in range(3)]
        requests[1][20] = Document("1.20")
        async with asyncio.timeout(60):
            outcomes = await asyncio.gather(*(batcher.label_each(r, 1, 0) for r in requests))
            await batcher.close()
        return [outcome for request in outcomes for outcome in request]

    outcomes = asyncio.run(run())
    assert [isinstance(o, InputError) for o in outcomes] == [i == 52 for i in range(96)]
    assert len(encoder.texts) == 95


def test_what_waits_is_bounded_and_says_when_to_come_again(mail):
    """While the encoder is busy, requests gather; beyond the bound they are refused at once."""
    busy, go_on = threading.Event(), threading.Event()

    async def run():
        with LabelSpace(mail, background=False) as space:

            def view():
                busy.set()
                assert go_on.wait(60)
                return space.view()

            batcher = Batcher(view, Bounds(waiting=4))
            first = asyncio.create_task(batcher.label([Document("1", "pay")], 1, 0))
            assert await asyncio.to_thread(busy.wait, 60)
            others = [
                asyncio.create_task(batcher.label([Document(str(n), "pay")], 1, 0))
                for n in range(2, 7)
            ]
            await asyncio.sleep(0)
            go_on.set()
            async with asyncio.timeout(60):
                outcomes = await asyncio.gather(first, *others, return_exceptions=True)
                await batcher.close()
            return outcomes

    outcomes = asyncio.run(run())
    assert [o[0].id for o in outcomes[:4]] == ["1", "2", "3", "4"]
    assert all(isinstance(o, Refusal) and o.status == 503 for o in outcomes[4:])
    assert all(int(o.headers["Retry-After"]) >= 1 for o in outcomes[4:])


class HeldReading:
    """Options of a file whose reading stops at its header until it may go on."""

    def __init__(self):
        self.begun, self.may_go_on = threading.Event(), threading.Event()
        self.options = {"on_notice": self._hold}

    def _hold(self, notice):
        self.begun.set()
        assert self.may_go_on.wait(60)

    def file(self, uploads, name):
        return asyncio.create_task(uploads.documents_of(name, b"body\npay\n", self.options))


def test_files_that_take_long_hold_up_no_other_request():
    """Files are read in threads of their own; beyond the bound they are refused."""
    reading = HeldReading()

    async def run():
        uploads = Uploads(Bounds(files=1, files_waiting=2))
        one, two = (reading.file(uploads, f"{n}.csv") for n in range(2))
        await asyncio.sleep(0)
        with pytest.raises(Refusal, match="2 files wait"):
            await uploads.documents_of("3.txt", b"pay", {})
        assert await asyncio.to_thread(lambda: "free") == "free"
        reading.may_go_on.set()
        async with asyncio.timeout(60):
            documents = [*await one, *await two]
        uploads.close()
        return documents

    assert [d.id for d in asyncio.run(run())] == ["0.csv:2", "1.csv:2"]


def test_a_file_counts_until_its_reading_is_over_also_where_its_caller_has_left():
    """A caller who leaves frees the place of a file that waits, but not that of a busy thread."""
    reading = HeldReading()

    async def run():
        uploads = Uploads(Bounds(files=1, files_waiting=2))
        busy, waiting = (reading.file(uploads, f"{n}.csv") for n in range(2))
        assert await asyncio.to_thread(reading.begun.wait, 60)
        for file in (busy, waiting):
            file.cancel()
        await asyncio.gather(busy, waiting, return_exceptions=True)
        again = reading.file(uploads, "2.csv")
        await asyncio.sleep(0)
        with pytest.raises(Refusal, match="2 files wait"):
            await uploads.documents_of("3.txt", b"pay", {})
        reading.may_go_on.set()
        async with asyncio.timeout(60):
            documents = await again
            while True:  # the thread says that it is free a moment later
                try:
                    documents += await uploads.documents_of("3.txt", b"pay", {})
                    break
                except Refusal:
                    await asyncio.sleep(0.01)
        uploads.close()
        return documents

    assert [d.id for d in asyncio.run(run())] == ["2.csv:2", "3.txt"]
