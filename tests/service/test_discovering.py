"""Proposed classes over HTTP: made, listed, accepted, refused."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from service_process import make_space, service
from spelt_numbers import spelt

from protolabel import Document, LabelSpace
from protolabel.client import Client
from protolabel.open_world.discovery import discover
from protolabel.service.limits import MEMBERS

WEATHER = [f"sunny weather with light wind from the west on day {spelt(n)}" for n in range(6)]
FOOD = [f"tomato soup and bread with cheese for lunch number {spelt(n)}" for n in range(5)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = make_space(tmp_path / "mail.space")
    with LabelSpace(path, background=False) as space:
        space.configure(threshold=0.95)
        space.answer_log.remember("text")
        list(space.label_many([*WEATHER, *FOOD]))
    return path


def test_a_class_is_proposed_previewed_made_and_undone(path):
    with service(str(path)) as client:
        where = "/v1/spaces/mail"
        assert client.get(f"{where}/proposals").json["proposals"] == []
        made_now = client.post(f"{where}/discover", None)
        assert made_now.status == 200, made_now.body
        assert [one["size"] for one in made_now.json["proposals"]] == [6, 5]
        listed = client.get(f"{where}/proposals").json["proposals"]
        assert listed == made_now.json["proposals"]
        body = {"name": "weather report", "description": "what the sky does"}
        accept = f"{where}/proposals/{listed[0]['key']}/accept"
        preview = client.post(f"{accept}?preview=true", body).json
        assert preview["preview"]
        version = client.get(where).json["version"]
        for route in (accept, f"{accept}?preview=true"):
            assert client.post(route, body, {"If-Match": f'"{version - 1}"'}).status == 412
        change = client.post(accept, body, {"If-Match": f'"{version}"'})
        assert change.status == 200, change.body
        assert change.json["version"] == version + 1
        names = {one["name"] for one in client.get(f"{where}/classes").json["classes"]}
        assert "weather report" in names
        refused = client.post(f"{where}/proposals/{listed[1]['key']}/refuse", None)
        assert refused.json == {"refused": listed[1]["key"]}
        assert client.post(f"{where}/discover", None).json["proposals"] == []
        assert client.post(f"{where}/proposals/P9/refuse", None).status == 422


def test_the_refusal_of_one_proposal_is_taken_back_and_others_stay(path):
    """Before, no request took a refusal back."""
    where = "/v1/spaces/mail"
    with service(str(path)) as client:
        listed = client.post(f"{where}/discover", None).json["proposals"]
        keys = [one["key"] for one in listed]
        back = f"{where}/proposals/{keys[0]}/reconsider"
        assert client.post(back, None).status == 422  # nobody has refused it
        for key in keys:
            assert client.post(f"{where}/proposals/{key}/refuse", None).status == 200
        accept = client.post(f"{where}/proposals/{keys[0]}/accept", {"name": "sky"})
        assert "`POST .../proposals/KEY/reconsider`" in accept.json["remedy"]
        again = client.post(back, None)
        assert (again.status, again.json) == (200, {"reconsidered": keys[0]})
        assert client.get(f"{where}/proposals").json["proposals"] == listed[:1]
        assert client.post(f"{where}/discover", None).json["proposals"] == listed[:1]
        assert client.post(f"{where}/proposals/{'x' * 60}/reconsider", None).status == 422
        for key in (keys[0], "P99"):
            refusal = client.post(f"{where}/proposals/{key}/reconsider", None)
            assert (refusal.status, bool(refusal.json["remedy"])) == (422, True)
        change = client.post(f"{where}/proposals/{keys[0]}/accept", {"name": "sky"})
        assert change.status == 200, change.body
        assert "accepted" in client.post(back, None).json["title"]


def test_refused_groups_are_listed_until_each_is_taken_back(path):
    """Before, nothing listed them, so that nobody knew the key by which one is taken back."""
    where = "/v1/spaces/mail"
    with service(str(path)) as client, Client(f"http://127.0.0.1:{client.port}", "mail") as mail:
        assert client.get(f"{where}/proposals/refused").json == {"proposals": []}
        (weather, food) = mail.discover()["proposals"]
        for one in (weather, food):
            mail.refuse_proposal(one["key"])
        refusals = mail.refused_proposals()["proposals"]
        for refusal, one in zip(refusals, (food, weather), strict=True):  # the newest first
            assert dict(refusal) == one | {"at": refusal["at"]}
            assert datetime.fromisoformat(refusal["at"]).year > 2000
        assert refusals[0]["exemplars"][0]["text"] in FOOD
        mail.discover()
        assert mail.refused_proposals()["proposals"] == refusals
        mail.reconsider_proposal(refusals[0]["key"])
        assert mail.refused_proposals()["proposals"] == refusals[1:]
        assert mail.proposals()["proposals"] == [food]
        mail.remember("answers")
        (wordless,) = mail.refused_proposals()["proposals"]
        assert (wordless["size"], wordless["terms"], wordless["exemplars"]) == (6, [], [])


def test_a_class_is_refused_for_what_is_left_out_of_its_proposal_and_undo_takes_that_back(path):
    """Before, they were left without a word, and got the new class at once."""
    where = "/v1/spaces/mail"
    with service(str(path)) as client:
        weather = client.post(f"{where}/discover", None).json["proposals"][0]
        left, passed = ([one["key"]] for one in weather["members"][:2])
        accept = f"{where}/proposals/{weather['key']}/accept"
        body = {"name": "weather report", "leave_out": left, "pass_over": passed}
        for bad in (["00" * 16], [one["key"] for one in weather["members"]]):
            for field in ("leave_out", "pass_over"):
                assert client.post(accept, body | {field: bad}).status == 422
        preview = client.post(f"{accept}?preview=true", body)
        assert preview.status == 200, preview.body
        change = client.post(accept, body)
        assert change.status == 200, change.body
        assert change.json["detail"]["added"] == len(WEATHER) - 2
        assert change.json["detail"]["proposal"] == weather["key"]
        documents = client.get(f"{where}/inbox").json["documents"]
        by = {one["key"]: one["by"] for one in documents}
        refused = {one["key"]: one["refused"] for one in documents if one.get("refused")}
        assert refused == {left[0]: ["weather report"]}
        assert {key for key, who in by.items() if who == "person"} == {
            one["key"] for one in weather["members"][2:]
        }
        assert client.post(f"{where}/changes", {"kind": "undo"}).status == 200
        again = client.post(f"{where}/discover", None).json["proposals"]
        assert [one["size"] for one in again] == [6, 5]
        documents = client.get(f"{where}/inbox").json["documents"]
        assert not any(one.get("refused") for one in documents)


@pytest.mark.parametrize("field", ["leave_out", "pass_over"])
def test_what_was_decided_on_since_the_list_is_left_out_without_an_error(path, field):
    """Before, its key failed the whole acceptance, as if the proposal had never had it."""
    where = "/v1/spaces/mail"
    with service(str(path)) as client:
        weather = client.post(f"{where}/discover", None).json["proposals"][0]
        decided, left = (one["key"] for one in weather["members"][:2])
        label = client.get(f"{where}/classes").json["classes"][0]["name"]
        decision = client.post(f"{where}/inbox/decisions", {"labels": {decided: label}})
        assert decision.status == 200, decision.body
        accept = f"{where}/proposals/{weather['key']}/accept"
        body = {"name": "weather report", field: [decided, left]}
        refusal = client.post(accept, body | {field: [decided, left, "00" * 16]})
        assert refusal.status == 422
        preview = client.post(f"{accept}?preview=true", body)
        change = client.post(accept, body)
        assert change.status == 200, change.body
        assert change.json["detail"]["added"] == len(WEATHER) - 2
        sentence = "nothing was decided on 1 document that was to be left out"
        assert (sentence in " ".join(change.json["hints"])) == (field == "leave_out")
        for reply in (preview, change):
            assert reply.json["detail"].get("late_removals") == (
                1 if field == "leave_out" else None
            )
        labels = {
            one["key"]: one["label"] for one in client.get(f"{where}/inbox").json["documents"]
        }
        assert labels[decided] == label


def test_a_proposal_made_with_another_least_is_accepted_and_refused_by_its_key(path):
    where = "/v1/spaces/mail"
    with LabelSpace(path, background=False) as space:
        list(space.label_many(["granite rock from the quarry", "granite rock of the mountain"]))
    with service(str(path)) as client:
        assert len(client.post(f"{where}/discover", None).json["proposals"]) == 2
        small = client.post(f"{where}/discover", {"least": 2}).json["proposals"]
        assert [one["size"] for one in small] == [6, 5, 2]
        assert client.post(f"{where}/discover?least=2", None).json["proposals"] == small
        assert client.get(f"{where}/proposals").json["proposals"] == small
        assert client.post(f"{where}/discover", {"leest": 2}).status == 422
        assert client.post(f"{where}/discover?least=3", {"least": 2}).status == 422
        accept = f"{where}/proposals/{small[-1]['key']}/accept"
        assert client.post(f"{accept}?preview=true", {"name": "rock"}).status == 200
        assert client.post(accept, {"name": "rock"}).status == 200
        refused = f"{where}/proposals/{small[0]['key']}/refuse"
        assert "does not read" in client.post(refused, {"least": 2}).json["title"]
        assert client.post(refused, {}).status == 200


def test_a_key_names_what_was_listed_and_not_what_came_since(path):
    """Letters that nobody had seen became examples, and counted as decided by a person."""
    where = "/v1/spaces/mail"
    with service(str(path)) as client:
        (weather, food) = client.post(f"{where}/discover", None).json["proposals"]
        texts = [WEATHER[0].replace("day zero", f"day {spelt(n)}") for n in range(10, 40)]
        documents = [{"id": f"n{n}", "text": text} for n, text in enumerate(texts)]
        assert client.post(f"{where}/inbox", {"documents": documents}).status == 200
        accept = f"{where}/proposals/{weather['key']}/accept"
        preview = client.post(f"{accept}?preview=true", {"name": "sky"})
        assert (preview.status, preview.json["detail"]["added"]) == (200, 6)
        change = client.post(accept, {"name": "sky"})
        assert (change.status, change.json["detail"]["added"]) == (200, 6)
        with LabelSpace(path, background=False) as space:
            space.configure(threshold=0.01)
        refusal = client.post(f"{where}/proposals/{food['key']}/accept", {"name": "lunch"})
        assert refusal.status == 422
        assert "POST .../discover" in refusal.json["remedy"]
        assert "/inbox" not in refusal.json["remedy"]


def test_a_proposal_of_documents_that_are_not_remembered_is_refused_with_a_way_that_works(path):
    where = "/v1/spaces/mail"
    rocks = [f"granite rock from the quarry of {spelt(n)} owners" for n in range(5)]
    with LabelSpace(path, background=False) as space:
        texts = [Document(str(n), text) for n, text in enumerate(rocks)]
        (proposal,) = discover(space, texts).proposals
    with service(str(path)) as client:
        accept = f"{where}/proposals/{proposal.key}/accept"
        for query in ("", "?preview=true"):
            refusal = client.post(accept + query, {"name": "rock"})
            assert (refusal.status, "/inbox" in refusal.json["remedy"]) == (422, True)
        assert client.post(f"{where}/proposals/P99/accept", {"name": "x"}).status == 422
        documents = [{"id": str(n), "text": text} for n, text in enumerate(rocks)]
        assert client.post(f"{where}/inbox", {"documents": documents}).status == 200
        proposals = client.post(f"{where}/discover", None).json["proposals"]
        (key,) = [one["key"] for one in proposals if "rock" in str(one)]
        assert client.post(f"{where}/proposals/{key}/accept", {"name": "rock"}).status == 200


def test_a_proposal_whose_texts_its_caller_alone_has_becomes_a_class(path):
    """Before, it was refused with a command of a shell, though the page had all the texts."""
    where = "/v1/spaces/mail"
    with LabelSpace(path, background=False) as space:
        keys = {one.text: one.key for one in space.answer_log.documents()}
        space.answer_log.remember("answers")  # the default
    with service(str(path)) as client:
        (weather, food) = client.post(f"{where}/discover", None).json["proposals"]
        accept = f"{where}/proposals/{weather['key']}/accept"
        texts = {keys[text]: text for text in WEATHER[1:]}
        body = {"name": "sky", "texts": texts | {keys[FOOD[0]]: FOOD[0], "other": "x"}}
        wrong = body | {"texts": texts | {keys[WEATHER[1]]: "what nobody has labelled"}}
        many = body | {"texts": {f"{n:032x}": "x" for n in range(MEMBERS + 1)}}
        for route in (f"{accept}?preview=true", accept):
            for bad in ({"name": "sky"}, body | {"texts": {}}, wrong, many):
                refusal = client.post(route, bad)
                assert refusal.status == 422, refusal.body
                assert "protolabel" not in refusal.json.get("remedy", "")
                assert "nobody has" not in str(refusal.json)
            change = client.post(route, body)
            assert (change.status, change.json["detail"]["added"]) == (200, len(texts))
        examples = client.get(f"{where}/examples?label=sky").json["examples"]
        assert sorted(one["text"] for one in examples) == sorted(WEATHER[1:])
        texts = {keys[text]: text for text in FOOD}
        with Client(f"http://127.0.0.1:{client.port}", "mail") as mail:
            assert mail.preview_proposal(food["key"], "lunch", texts=texts)["preview"]
            record = mail.accept_proposal(food["key"], "lunch", texts=texts)
        assert record["detail"]["added"] == len(FOOD)


def test_an_answer_says_that_a_class_keeps_its_description(path):
    with LabelSpace(path, background=False) as space:
        space.describe("weather report", "what the sky does")
    with service(str(path)) as client:
        (first, *_) = client.post("/v1/spaces/mail/discover", None).json["proposals"]
        accept = f"/v1/spaces/mail/proposals/{first['key']}/accept"
        body = {"name": "weather report", "description": "other words"}
        preview = client.post(f"{accept}?preview=true", body).json
        change = client.post(accept, body).json
    kept = {"weather report": "what the sky does"}
    assert preview["detail"]["kept_descriptions"] == change["detail"]["kept_descriptions"] == kept
    assert change["hints"] == ["class 'weather report' keeps the description 'what the sky does'"]
    with LabelSpace(path, background=False) as space:
        assert space.show("weather report")[0].description == "what the sky does"


def test_likely_label_errors_are_listed(path):
    with LabelSpace(path, background=False) as space:
        space.add([f"please pay the amount due number {spelt(n)}" for n in range(5)], "invoice")
        space.add([f"my work and my skills so far, part {spelt(n)}" for n in range(5)], "cv")
        space.add("please pay the amount due number 99", "cv")
    with service(str(path)) as client:
        (one,) = client.get("/v1/spaces/mail/conflicts").json["examples"]
    assert (one["label"], one["nearer"]) == ("cv", "invoice")


def test_what_to_label_next_is_listed(path):
    with service(str(path)) as client:
        advice = client.get("/v1/spaces/mail/next?count=3").json
    assert len(advice["documents"]) == 3
    assert {"key", "id", "source", "text", "gain", "nearest"} <= set(advice["documents"][0])


def test_what_changed_in_the_stream_is_said_and_where_nothing_can_be_compared_why(path):
    with service(str(path)) as client:
        report = client.get("/v1/spaces/mail/drift").json
        assert (report["changes"], report["unfinished"]) == ([], len(WEATHER + FOOD))
        assert "look again when it has passed" in report["reason"]
        report = client.get("/v1/spaces/mail/drift?moment=document").json
        assert report["documents"] == len(WEATHER + FOOD)
        assert client.get("/v1/spaces/mail/drift?moment=year").status == 422
