"""A request that is refused leaves nothing behind, and its error says nothing of the server."""

from __future__ import annotations

import asyncio
import re

import pytest
from fakes import WordEncoder
from own_service import served
from service_process import make_space, service
from service_routes import routes
from starlette.testclient import TestClient

from protolabel import Document, LabelSpace
from protolabel.errors import InputError
from protolabel.service.app import make_app
from protolabel.service.batching import Batcher
from protolabel.service.limits import Bounds
from protolabel.service.options import Options


def test_what_is_refused_for_one_document_remembers_none_of_them_and_all_of_the_others():
    """Requests that come together are answered together; a stream is not refused whole."""
    space = LabelSpace.create(encoder=WordEncoder(), background=False)
    space.add(["pay bill", "cv work"], ["bill", "cv"])
    space.answer_log.remember("text")

    async def run():
        batcher = Batcher(space.view, Bounds())
        bad = [Document("bad 1", "pay"), Document("bad 2"), Document("bad 3", "cv work")]
        stream = [Document("line 1", "bill"), Document("line 2"), Document("line 3", "cv")]
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


@pytest.fixture(scope="module")
def anywhere(tmp_path_factory):
    """A client of a service over the label space mail, for requests that change nothing."""
    path = make_space(tmp_path_factory.mktemp("spaces") / "mail.space")
    _, guarded = make_app({"mail": path}, Options())
    with TestClient(guarded, base_url="http://localhost") as client:
        yield client


@pytest.mark.parametrize(("method", "path", "_role"), routes())
def test_a_query_parameter_that_no_route_has_is_refused_by_every_one(anywhere, method, path, _role):
    place = re.sub(r"\{(\w+)\}", lambda part: "mail" if part[1] == "space" else "1", path)
    reply = anywhere.request(method, place, params={"limt": "5"})
    assert reply.status_code == 422
    assert reply.json()["title"] == "the query parameter 'limt'"


def test_the_refusal_of_a_parameter_names_those_that_there_are(tmp_path):
    with served(make_space(tmp_path / "mail.space")) as ask:
        reply = ask("GET", "/history?limt=5").json()
        assert (reply["expected"], reply["remedy"]) == (
            "only limit, start", "correct its name, or leave it out",
        )  # fmt: skip
        version = ask("GET", "").json()["version"]
        body = {"document": "1", "to": "cv"}
        assert ask("POST", "/correct?preveiw=true", body).status_code == 422
        assert ask("GET", "").json()["version"] == version
