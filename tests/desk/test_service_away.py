"""What a person does while the service does not answer: it is saved later, or said not to be."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect
from service_process import make_space, service

from desk import desk, needs_chromium
from protolabel import Document, LabelSpace
from protolabel.service.keys import add_key

pytestmark = [needs_chromium, pytest.mark.slow]
INBOX = "/v1/spaces/office/inbox"
GIVEN_UP = 7000  # milliseconds after which the page sent a decision no more


@pytest.fixture
def away(person):
    """A person at the inbox, whose service has just gone; ``back`` brings it back."""
    page = person.open("inbox").page
    expect(page.locator(".rows li")).to_have_count(24)
    page.route("**/v1/**", lambda route: route.abort())
    yield person
    person.trouble.clear()  # the browser says of each request that it failed


def back(person):
    person.page.unroute("**/v1/**")
    expect(person.page.locator(".banner.warn")).to_have_count(0)


def n_decided(client):
    return sum(one["by"] == "person" for one in client.get(INBOX).json["documents"])


def wait_until_decided(person, client, n):
    deadline = time.monotonic() + 20
    while n_decided(client) != n:
        assert time.monotonic() < deadline, n_decided(client)
        person.page.wait_for_timeout(100)  # in which the page goes on


def test_decisions_are_saved_once_the_service_is_back(away, client):
    """Before, they came back as open after four attempts, without a word."""
    rows = away.page.locator(".rows li")
    away.keys("a")
    expect(rows).to_have_count(23)
    away.keys("a")
    away.page.wait_for_timeout(GIVEN_UP)
    expect(rows).to_have_count(22)
    expect(away.page.get_by_text("saved once it is back")).to_be_visible()
    back(away)
    wait_until_decided(away, client, 2)
    away.page.reload()
    expect(rows).to_have_count(22)


def test_an_undo_and_a_refusal_are_saved_once_the_service_is_back(away, client):
    away.keys("a", "u", "0")
    away.page.wait_for_timeout(GIVEN_UP)
    expect(away.page.locator(".rows li")).to_have_count(23)
    back(away)
    kinds = []
    deadline = time.monotonic() + 20
    while "refute" not in kinds:
        assert time.monotonic() < deadline, kinds
        away.page.wait_for_timeout(100)
        kinds = [one["kind"] for one in client.get("/v1/spaces/office/history").json["changes"]]
    assert n_decided(client) == 0
    away.page.reload()
    expect(away.page.locator(".rows li")).to_have_count(23)


def test_a_pasted_text_is_not_lost(away):
    away.keys("p")
    away.page.locator("dialog textarea").fill("a bill that nobody has paid")
    away.keys("Control+Enter")
    away.page.wait_for_timeout(GIVEN_UP)
    back(away)
    expect(away.page.locator(".rows .title", has_text="a bill that nobody")).to_be_visible()


def test_nobody_is_asked_to_do_again_what_comes_by_itself(away):
    """Before, to look at a pasted text was said to be unsaved, and the sentence stayed."""
    page = away.page
    page.unroute("**/v1/**")
    away.keys("p")
    page.locator("dialog textarea").fill("a reminder of a bill")
    away.keys("Control+Enter")
    expect(page.locator(".rows li")).to_have_count(25)
    page.route("**/v1/**", lambda route: route.abort())
    away.keys("p")
    page.locator("dialog textarea").fill("a bill that nobody has paid")
    away.keys("Control+Enter")
    page.locator(".rows button", has_text="a reminder of a bill").click()
    expect(page.locator("h2", has_text="a reminder of a bill")).to_be_visible()
    page.wait_for_timeout(GIVEN_UP)
    expect(page.locator(".message")).to_have_count(0)
    back(away)
    expect(page.locator(".rows .title", has_text="a bill that nobody")).to_be_visible()


def test_the_first_document_is_answered_once_the_service_is_back(away):
    """Before, it was said to be unsaved, and to be sent again."""
    page = away.page
    page.unroute("**/v1/**")
    away.open("start")
    page.get_by_label("Paste a text").fill("a bill that nobody has paid")
    page.route("**/v1/**", lambda route: route.abort())
    away.button("^Label").click()
    page.wait_for_timeout(GIVEN_UP)
    expect(page.locator(".message")).to_have_count(0)
    back(away)
    expect(page.locator(".result .label")).to_be_visible()


def test_another_change_is_said_to_be_unsaved_and_stays_typed(away):
    """Before, not a word was said of it, and the name that was typed was gone."""
    page = away.page
    page.unroute("**/v1/**")
    away.open("classes")
    name = page.get_by_label("Name", exact=True)
    name.fill("Bill")
    page.route("**/v1/**", lambda route: route.abort())
    away.button("^Rename").click()
    expect(page.get_by_text("this was not saved")).to_be_visible()
    expect(name).to_have_value("Bill")
    back(away)
    away.button("^Rename").click()
    expect(page.locator(".rows .title", has_text="Bill")).to_be_visible()


def test_who_was_signed_out_hears_which_decisions_were_not_saved(browser, tmp_path):
    key = add_key(tmp_path / "keys.json", "anna", "curate")
    path = make_space(tmp_path / "mail.space")
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("text")
        list(space.label_many([Document("letter", "please pay the rest")]))
    with (
        service(str(path), "--no-browser", "--keys", str(tmp_path / "keys.json")) as one,
        desk(browser, one, "mail") as person,
    ):
        page = person.page
        page.goto(person.address)
        page.get_by_label("Key").fill(key)
        person.button("Sign in").click()
        expect(page.locator(".rows li")).to_have_count(1)
        page.context.clear_cookies()
        person.keys("a")
        page.get_by_label("Key").fill(key)
        person.button("Sign in").click()
        expect(page.get_by_text("signed out before your last decisions")).to_be_visible()
        expect(page.locator(".rows li")).to_have_count(1)
