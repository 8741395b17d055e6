"""A read-only service, and roles that may not decide: the page offers nothing that is refused."""

from __future__ import annotations

import pytest
from office_spaces import make_office
from playwright.sync_api import expect
from service_process import service

from desk import desk, needs_chromium
from protolabel.service.keys import add_key

pytestmark = [needs_chromium, pytest.mark.slow]
LANGUAGES = {"en-GB": "This service is read-only", "de-DE": "nur zum Lesen da"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_is_read_only_says_so_and_offers_no_decision(browser, office, language):
    """Before, it said *Accepted*, and then that a key, which nobody had, did not allow it."""
    with (
        service(str(office), "--no-browser", "--read-only") as client,
        desk(browser, client, "office", language=language) as person,
    ):
        session = client.get("/v1/session").json
        assert (session["read_only"], session["role"]) == (True, "label")
        page = person.open("inbox").page
        expect(page.locator(".rows li")).to_have_count(24)
        expect(page.locator(".banner")).to_contain_text(LANGUAGES[language])
        expect(page.locator(".answer")).to_be_visible()
        expect(page.locator(".answer .buttons")).to_have_count(0)
        page.wait_for_timeout(500)
        person.keys("a", "n", "0", "1")
        page.wait_for_timeout(500)
        expect(page.locator(".message")).to_have_count(0)
        expect(page.locator(".rows li")).to_have_count(24)
        assert not person.trouble


def test_a_page_from_before_takes_back_what_it_said_and_locks(browser, office):
    """It was opened while the service still took changes. Before, a key did not allow it."""
    with (
        service(str(office), "--no-browser", "--read-only") as client,
        desk(browser, client, "office") as person,
    ):

        def as_before(route):
            reply = route.fetch()
            route.fulfill(response=reply, json=reply.json() | {"read_only": False, "role": "admin"})

        person.page.route("**/v1/session", as_before, times=1)
        person.open("inbox")
        expect(person.button("^Accept a")).to_be_enabled()
        person.page.wait_for_timeout(500)
        person.keys("a")
        error = person.page.locator(".message.error")
        expect(error).to_contain_text("read-only")
        expect(error).not_to_contain_text("key")
        expect(person.page.locator(".message.note")).to_have_count(0)  # Accepted
        expect(person.button("^Accept a")).to_have_count(0)
        expect(person.page.locator(".rows li")).to_have_count(24)


ADVICE = ("to decide on them", "Draw around", "Drop ", "Choose some", "cannot be decided", "Begin")


def looks_without_advice(person, keys):
    """Look at each view, and at the list of keys."""
    page = person.page
    for view in ("inbox", "classes", "unknown", "map", "health", "history"):
        person.open(view)
        expect(page.locator(".loading:visible")).to_have_count(0)
        if view == "inbox":
            expect(page.locator(".rows li")).to_have_count(24)
        words = page.locator("main").inner_text()
        assert not [one for one in ADVICE if one in words], (view, words)
        if view == "map":
            expect(person.button("Lasso")).to_have_count(0)
            person.keys("l")
            expect(page.locator(".drawing")).not_to_have_class("drawing lasso")
    person.keys("?")
    listed = page.locator("dl.keys kbd").all_inner_texts()
    assert listed == keys
    assert not person.trouble


def test_who_cannot_decide_gets_no_advice_to_and_only_keys_that_work(browser, tmp_path):
    """Before, the page told them to add files, or to draw around points, to decide."""
    path = make_office(tmp_path / "office.space", "answers")
    with (
        service(str(path), "--no-browser", "--read-only") as client,
        desk(browser, client, "office") as person,
    ):
        looks_without_advice(person, ["j", "k", "/", "p", "0", "g", "s i c u m h y", "?"])
        page = person.open("start").page
        expect(page.get_by_label("Paste a text")).to_be_visible()
        expect(page.locator(".step")).to_have_count(0)
    keys = tmp_path / "keys.json"
    reader = add_key(keys, "reader", "read")
    with (
        service(str(path), "--no-browser", "--keys", str(keys)) as client,
        desk(browser, client, "office") as person,
    ):
        person.page.goto(person.address)
        person.page.get_by_label("Key").fill(reader)
        person.keys("Enter")
        expect(person.page.locator(".rows li")).to_have_count(24)
        looks_without_advice(person, ["j", "k", "/", "0", "g", "i c u m h y", "?"])
