"""A service that is read-only: the page says so, and offers nothing that is refused."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from service_process import service

from desk import desk, needs_chromium

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
