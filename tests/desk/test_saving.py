"""What waits to be saved: the page says so once it takes a moment, and says no act that is not."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from desk import desk, needs_chromium, until_decided

pytestmark = [needs_chromium, pytest.mark.slow]
SPACE = "/v1/spaces/office"
DECISIONS = "**/inbox/decisions"
LEAVING = "() => dispatchEvent(new Event('beforeunload', { cancelable: true }))"


@pytest.fixture
def saving(inbox):
    inbox.wait_for_timeout(500)  # a key is not taken for what has just changed
    return inbox.locator(".saving")


def n_decided(client):
    documents = client.get(f"{SPACE}/inbox").json["documents"]
    return sum(one["by"] == "person" for one in documents)


def test_a_decision_that_takes_a_moment_is_said_to_wait_with_those_behind_it(
    person, saving, client
):
    """Before, the page looked as if it were saved."""
    routes = person.hold(DECISIONS)
    person.keys("a")
    expect(saving).to_contain_text("Being saved: 1 change waiting")
    person.page.wait_for_timeout(500)
    person.keys("a")
    expect(saving).to_contain_text("Being saved: 2 changes waiting")
    assert n_decided(client) == 0
    assert person.axe() == []
    person.let_go(DECISIONS, routes)
    until_decided(person, 2)
    expect(saving).to_have_count(0)


def test_an_undo_is_said_to_be_done_once_it_is(person, saving, client):
    """Before, that was said at once, also of an undo that was never sent."""
    person.keys("a")
    until_decided(person, 1)
    routes = person.hold("**/undo")
    person.keys("u")
    expect(person.page.locator(".rows li")).to_have_count(24)
    expect(saving).to_be_visible()
    expect(person.page.locator(".message", has_text="Undone")).to_have_count(0)
    assert n_decided(client) == 1
    person.let_go("**/undo", routes)
    expect(person.page.locator(".message", has_text="Undone")).to_be_visible()
    assert n_decided(client) == 0
    expect(saving).to_have_count(0)


def test_an_undo_that_fails_puts_the_decision_back_and_says_why(person, saving, client):
    person.keys("a")
    until_decided(person, 1)
    problem = {"type": "urn:protolabel:StoreFull", "status": 507, "title": "the disk is full"}
    person.page.route("**/undo", lambda route: route.fulfill(status=507, json=problem))
    person.keys("u")
    expect(person.page.locator(".message.error")).to_be_visible()
    expect(person.page.locator(".rows li")).to_have_count(23)
    expect(person.page.locator(".message", has_text="Undone")).to_have_count(0)
    assert n_decided(client) == 1
    person.trouble.clear()  # the browser says of the request that it failed


def test_who_wants_to_leave_is_asked_and_sees_at_once_what_waits(person, saving):
    routes = person.hold(DECISIONS)
    assert person.page.evaluate(LEAVING) is True
    person.keys("a")
    assert person.page.evaluate(LEAVING) is False  # the browser asks
    expect(saving).to_contain_text("Leave this page open", timeout=500)
    person.let_go(DECISIONS, routes)
    expect(saving).to_have_count(0)
    assert person.page.evaluate(LEAVING) is True


def test_a_change_of_a_class_is_said_to_wait_too(person):
    page = person.open("classes").page
    routes = person.hold("**/changes")
    page.get_by_label("Name", exact=True).fill("Bill")
    person.keys("Enter")
    expect(page.locator(".saving")).to_be_visible()
    person.let_go("**/changes", routes)
    expect(page.locator(".saving")).to_have_count(0)


def test_a_decision_on_a_long_text_of_this_page_shows_how_far_it_is_and_can_be_stopped(
    person, inbox, client
):
    """Before, only many documents did; a long one waited for many seconds without a word."""
    text = "Please pay the open invoice. " * 5000
    file = {"name": "tome.txt", "mimeType": "text/plain", "buffer": text.encode()}
    inbox.locator(".list .adding input[type=file]").first.set_input_files(file)
    expect(inbox.locator(".rows li")).to_have_count(25)
    inbox.locator(".rows button", has_text="tome.txt").click()
    expect(inbox.locator(".document h2")).to_have_text("tome.txt")
    routes = person.hold("**/jobs/*")
    person.keys("c")
    person.page.keyboard.type("Invoice")
    person.keys("Enter")
    bar = inbox.locator(".message", has=inbox.locator("progress"))
    expect(bar.get_by_role("button", name="Stop")).to_be_visible()
    expect(inbox.locator(".message", has_text="Corrected")).to_have_count(0)
    person.let_go("**/jobs/*", routes)
    until_decided(person, 1)
    expect(bar).to_have_count(0)


def test_the_note_is_in_the_language_of_the_page(browser, client):
    with desk(browser, client, "office", language="de-DE") as one:
        one.open("inbox")
        expect(one.page.locator(".rows li")).to_have_count(24)
        one.page.wait_for_timeout(500)
        routes = one.hold(DECISIONS)
        one.keys("a")
        expect(one.page.locator(".saving")).to_contain_text("Wird gespeichert")
        one.let_go(DECISIONS, routes)
