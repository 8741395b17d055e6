"""What is displayed first is asked for at once, and never displayed when it is out of date."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from service_process import make_space, service

from desk import desk, needs_chromium
from protolabel import LabelSpace
from protolabel.service.keys import add_key

pytestmark = [needs_chromium, pytest.mark.slow]


def test_the_documents_are_asked_for_before_it_is_known_who_asks(browser, client):
    routes = []
    with desk(browser, client, "office") as one:
        one.page.route("**/v1/session", lambda route: routes.append(route))
        one.page.goto(f"{one.address}#/office/inbox", wait_until="commit")
        with one.page.expect_response("**/v1/spaces/office/inbox?limit=500"):
            pass
        for route in routes:
            route.continue_()
        expect(one.page.locator(".rows li")).to_have_count(24)
        lists = [url for url in one.requests if "/inbox?" in url]
        assert len(lists) == 1


def test_documents_that_came_since_are_listed(browser, tmp_path):
    """The page opens at Start, where a label space has no classes yet."""
    path = tmp_path / "mail.space"
    LabelSpace.create(path, encoder="hashing").close()
    with service(str(path), "--no-browser") as client, desk(browser, client) as one:
        one.open()
        expect(one.page.locator("h1")).to_have_text("Three steps to a labelled document")
        for label in ("invoice", "cv"):
            body = {"kind": "add", "examples": [{"label": label, "text": f"{label} a b c"}]}
            assert client.post("/v1/spaces/mail/changes", body).status == 200
        assert client.post("/v1/spaces/mail/remember", {"what": "text"}).status == 200
        document = {"id": "a.txt", "text": "invoice a b"}
        assert client.post("/v1/spaces/mail/inbox", {"documents": [document]}).status == 200
        one.page.evaluate("location.hash = '#/mail/inbox'")
        expect(one.page.locator(".rows li")).to_have_count(1)


def test_another_person_who_signs_in_sees_what_they_may_see(browser, tmp_path):
    """What was asked for without a key was refused; it is asked for again with it."""
    key = add_key(tmp_path / "keys.json", "anna", "curate")
    path = make_space(tmp_path / "mail.space")
    with (
        service(str(path), "--keys", str(tmp_path / "keys.json"), "--no-browser") as client,
        desk(browser, client) as one,
    ):
        one.page.goto(f"{one.address}#/mail/classes")
        one.page.get_by_label("Key").fill(key)
        one.keys("Enter")
        expect(one.page.locator(".rows .title")).to_have_text(["invoice", "cv"])
        assert not one.trouble
