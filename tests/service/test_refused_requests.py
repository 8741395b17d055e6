"""A request that is refused leaves nothing behind, and its error says nothing of the server."""

from __future__ import annotations

import asyncio

from fakes import WordEncoder
from service_process import make_space, service

from protolabel import Document, LabelSpace
from protolabel.errors import InputError
from protolabel.service.batching import Batcher
from protolabel.service.limits import Bounds


def test_what_is_refused_for_one_document_remembers_none_of_them_and_all_of_the_others():
    """Requests that come together are answered together; a stream is not refused whole."""
    space = LabelSpace.create(encoder=WordEncoder(), background=False)
    space.add(["pay bill", "cv work"], ["bill", "cv"])
    space.answer_log.remember("text")

    async def run():
        batcher = Batcher(space.view, Bounds())
        bad = [Document("bad 1", "pay"), Document("bad 2", " "), Document("bad 3", "cv work")]
        stream = [Document("line 1", "bill"), Document("line 2", " "), Document("line 3", "cv")]
        good = [Document("good 1", "pay bill"), Document("good 2", "work")]
        outcomes = await asyncio.gather(
            batcher.label(bad, 1, 0),
            batcher.label_each(stream, 1, 0),
            batcher.label(good, 1, 0),
            return_exceptions=True,
        )
        await batcher.close()
        return outcomes

    refusal, lines, answers = asyncio.run(run())
    assert isinstance(refusal, InputError)
    assert [isinstance(line, InputError) for line in lines] == [False, True, False]
    assert [answer.label for answer in answers] == ["bill", "cv"]
    memory = {one.id: (one.label, one.text) for one in space.answer_log.documents()}
    assert memory == {
        "line 1": ("bill", "bill"),
        "line 3": ("cv", "cv"),
        "good 1": ("bill", "pay bill"),
        "good 2": ("cv", "work"),
    }


def test_an_error_names_the_label_space_and_no_path_of_the_server(tmp_path):
    """Of a change, a preview and a job; nor does its advice name commands of the server."""
    path = make_space(tmp_path / "mail.space")
    sharpen = {"kind": "sharpen"}
    with service(str(path)) as client:
        replies = [
            client.post("/v1/spaces/mail/changes", sharpen).json,
            client.post("/v1/spaces/mail/preview", sharpen).json,
        ]
        job = client.post("/v1/spaces/mail/jobs", {"kind": "change", "change": sharpen}).json["id"]
        replies.append(client.get(f"/v1/spaces/mail/jobs/{job}/events").lines[-1]["error"])
        assert [one["title"] for one in replies] == [
            "the label space remembers no document that could sharpen a description"
        ] * 3
        assert not any("protolabel" in one["remedy"] for one in replies)
        (tmp_path / "other").write_text("no label space")
        (tmp_path / "other").replace(path)
        damage = client.get("/v1/spaces/mail")
    assert damage.status == 503
    assert str(tmp_path) not in damage.body.decode()
    assert damage.json["title"].startswith("mail ")
