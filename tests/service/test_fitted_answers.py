"""Answers wait for the fits of the version that gives them: a stranger is declined right away."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager

import pytest
from contract import check
from office_documents import CLASSES
from starlette.testclient import TestClient

from protolabel import LabelSpace
from protolabel.label_space.session import session_of
from protolabel.service.app import make_app
from protolabel.service.fitted_views import FittedViews, is_fitted
from protolabel.service.limits import Bounds
from protolabel.service.options import Options

SPACE = "/v1/spaces/mail"
STRANGER = "Gardening tomatoes, cats, spring: qwx zzy vbn plk mjh."
QUESTION = {"type": "choice", "instructions": "", "criteria": dict.fromkeys(CLASSES)}
DECISION = {"model": "mail", "state": STRANGER, "questions": {"kind": QUESTION}}


def office(path, *, examples=True):
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.describe({name: words for name, (words, _) in CLASSES.items()})
        for label, (_, texts) in CLASSES.items() if examples else ():
            space.add(texts, label)
        space.answer_log.remember("text")
        space.settle()
    return path


@contextmanager
def served(*paths, fit_seconds=60.0):
    """Serve label spaces; yield a function that asks, and one that returns the open label space.

    Fits are waited for until they are there, however busy the machine is, unless a test says so.
    """
    bounds = Bounds(fit_seconds=fit_seconds)
    app, guarded = make_app({path.stem: path for path in paths}, Options(bounds=bounds))
    with TestClient(guarded, base_url="http://localhost") as client:

        def ask(method, route, body=None):
            parts = {"content": body} if isinstance(body, bytes) else {"json": body}
            reply = client.request(method, route, **parts)
            check(method, route, reply.status_code, reply.headers, reply.content)
            return reply

        yield ask, lambda name: app.state.service.spaces.served(name).space


def described(n):
    """Return a change that moves a prototype."""
    return {"kind": "describe", "texts": {"Invoice": f"A bill, kind {n}, asks for money"}}


def change(ask, n):
    reply = ask("POST", f"{SPACE}/changes", described(n))
    assert reply.status_code == 200, reply.content
    return reply.json()["version"]


def labelled(ask):
    body = {"documents": [{"text": STRANGER}]}
    return ask("POST", f"{SPACE}/label", body).json()["answers"][0]


def of_file(ask):
    route = f"{SPACE}/label/file?name=letter.txt"
    return ask("POST", route, STRANGER.encode()).json()["answers"][0]


def streamed(ask):
    line = json.dumps({"text": STRANGER}).encode()
    return json.loads(ask("POST", f"{SPACE}/label/stream", line).content)


def explained(ask):
    return ask("POST", f"{SPACE}/explain", {"document": {"text": STRANGER}}).json()["answer"]


def put(ask):
    body = {"documents": [{"id": "x", "text": STRANGER}]}
    return ask("POST", f"{SPACE}/inbox", body).json()["documents"][0]["answer"]


def listed(ask):
    return ask("GET", f"{SPACE}/inbox").json()["documents"][0]["answer"]


def opened(ask):
    key = ask("GET", f"{SPACE}/remembered").json()["documents"][0]["key"]
    return ask("GET", f"{SPACE}/inbox/{key}").json()["answer"]


@pytest.mark.parametrize("answer", [labelled, of_file, streamed, explained, put, listed, opened])
def test_an_answer_right_after_a_change_is_fitted(tmp_path, answer):
    with served(office(tmp_path / "mail.space")) as (ask, _):
        put(ask)
        for n in range(4):
            version = change(ask, n)
            one = answer(ask)
            assert one["threshold"] is not None, one["reason"]
            assert one["alternatives"][0]["probability"] is not None
            assert one["label"] is None
            assert one["space_version"] >= version


def test_a_decision_right_after_a_change_has_probabilities(tmp_path):
    with served(office(tmp_path / "mail.space")) as (ask, _):
        for n in range(4):
            change(ask, n)
            assert ask("POST", "/v1/systemone", DECISION).status_code == 200


@contextmanager
def steady_changes(change):
    """Call ``change`` again and again until the block ends; yield the versions that it made."""
    versions, is_over = [], threading.Event()

    def run():
        n = 0
        while not is_over.is_set():
            n += 1
            versions.append(change(n))
            time.sleep(0.01)  # so that others can write, too

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield versions
    finally:
        is_over.set()
        thread.join()


def test_while_changes_follow_each_other_a_stranger_is_declined_and_each_change_counts(tmp_path):
    """Each answer is of the newest change that its caller knows of, or of a later one."""
    body = {"documents": [{"text": STRANGER}]}
    with served(office(tmp_path / "mail.space")) as (ask, _):
        put(ask)
        with steady_changes(lambda n: change(ask, n)) as versions:
            for _ in range(12):
                least = versions[-1] if versions else 0
                reply = ask("POST", f"{SPACE}/label", body)
                (one,) = reply.json()["answers"]
                assert one["label"] is None, one["reason"]
                assert one["threshold"] is not None, one["reason"]
                assert one["space_version"] == reply.json()["space_version"] >= least
                assert reply.headers["etag"].startswith(f'"{one["space_version"]}-')
                assert ask("POST", "/v1/systemone", DECISION).status_code == 200
                assert listed(ask)["threshold"] is not None
        assert len(versions) > 2


def test_however_fast_changes_come_a_version_with_its_fits_answers():
    """The version that was the newest when it was asked for, or one that came since."""
    with LabelSpace.create(encoder="hashing") as space:
        for label, (_, texts) in CLASSES.items():
            space.add(texts, label)
        views = FittedViews(space, 60.0)
        with steady_changes(lambda n: space.describe({"Order": f"asks for {n} goods"}).version):
            for _ in range(12):
                least = space.version
                view = views.newest()
                assert is_fitted(view)
                assert view.version >= least
        views.close()


def test_fits_that_take_too_long_are_waited_for_no_longer_and_the_answer_says_so(tmp_path):
    with served(office(tmp_path / "mail.space"), fit_seconds=0.2) as (ask, space_of):
        change(ask, 0)
        labelled(ask)
        with session_of(space_of("mail")).calibrating:  # nobody else can make fits
            version = change(ask, 1)
            one = labelled(ask)
            assert one["threshold"] is None
            assert one["space_version"] == version
            assert f"version {version} is being calibrated in the background" in one["reason"]
            assert "`POST .../settle` waits until it is" in one["reason"]
            assert "LabelSpace" not in one["reason"]
            start = time.monotonic()
            for _ in range(10):  # the run is known to be slow: it is not waited for ten times
                labelled(ask)
            assert time.monotonic() - start < 10 * 0.2
            refused = ask("POST", "/v1/systemone", DECISION)
        assert refused.status_code == 503
        assert refused.headers["Retry-After"] == "1"
        record = refused.json()
        assert "still being computed" in record["title"]
        assert "example" not in record["title"] + record["remedy"]
        assert ask("POST", f"{SPACE}/settle", {}).json()["lacking"] in ([], ["refinement"])
        assert labelled(ask)["threshold"] is not None


def test_while_one_label_space_waits_for_its_fits_others_are_answered(tmp_path):
    paths = office(tmp_path / "mail.space"), office(tmp_path / "post.space")
    with served(*paths) as (ask, space_of):
        answers = []
        space_of("post")
        change(ask, 0)
        waiting = threading.Thread(target=lambda: answers.append(labelled(ask)))
        with session_of(space_of("mail")).calibrating:
            change(ask, 1)
            waiting.start()
            body = {"documents": [{"text": STRANGER}]}
            assert ask("POST", "/v1/spaces/post/label", body).status_code == 200
            assert ask("GET", SPACE).status_code == 200
            assert not answers
        waiting.join(60)
        assert answers[0]["threshold"] is not None


def test_a_label_space_with_too_few_examples_answers_at_once(tmp_path):
    with served(office(tmp_path / "mail.space", examples=False)) as (ask, _):
        start = time.monotonic()
        for n in range(5):
            change(ask, n)
            one = labelled(ask)
            assert one["threshold"] is None
            assert "being calibrated" not in one["reason"]
        assert time.monotonic() - start < 30
        assert ask("POST", "/v1/systemone", DECISION).status_code == 409
