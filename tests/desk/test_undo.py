"""Undo: which decision it takes back, and that it is said at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from desk import desk, needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]


@pytest.fixture
def decided(person):
    """Somebody who has accepted three documents: their titles, the last one at the end."""
    person.open("inbox")
    expect(person.page.locator(".rows li")).to_have_count(24)
    person.page.wait_for_timeout(500)  # a key is not taken for what has just changed
    titles = []
    for n in range(3):
        titles.append(person.page.locator(".document h2").inner_text())
        person.keys("a")
        expect(person.page.locator(".rows li")).to_have_count(23 - n)
        person.page.wait_for_timeout(500)
    person.until(
        "() => fetch('/v1/spaces/office/inbox').then(r => r.json())"
        ".then(j => j.documents.filter(d => d.by === 'person').length === 3)"
    )
    person.button("^Decided").click()
    return titles


def test_the_button_of_a_document_takes_back_its_own_decision(person, client, decided):
    """Before, it took back the last decision of the page, on a document that was not on show."""
    rows = person.page.locator(".rows li")
    rows.filter(has_text=decided[0]).locator("button").click()
    expect(person.page.locator(".document h2")).to_have_text(decided[0])
    undo = person.page.locator(".answer").get_by_role("button", name="Undo")
    expect(undo.locator("kbd")).to_have_count(0)  # the key takes back the last one
    undo.click()
    expect(person.page.locator(".message")).to_contain_text(f"Undone: {decided[0]}")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text=decided[0])).to_have_count(0)
    person.until(
        "() => fetch('/v1/spaces/office/inbox').then(r => r.json())"
        ".then(j => j.documents.filter(d => d.by === 'person').length === 2)"
    )
    documents = client.get("/v1/spaces/office/inbox").json["documents"]
    assert {d["id"] for d in documents if d["by"] == "person"} == {*decided[1:]}
    rows.filter(has_text=decided[2]).locator("button").click()
    expect(undo.locator("kbd")).to_have_text("u")
    person.keys("u")
    expect(person.page.locator(".message")).to_contain_text(f"Undone: {decided[2]}")
    expect(rows.filter(has_text=decided[2])).to_have_count(0)


def test_a_decision_of_another_time_has_no_undo_here(person, decided):
    person.page.reload()
    person.button("^Decided").click()
    expect(person.page.locator(".rows li")).to_have_count(3)
    expect(person.page.locator(".answer .label")).to_be_visible()
    expect(person.page.locator(".answer").get_by_role("button", name="Undo")).to_have_count(0)
    expect(person.button("^Another class")).to_be_visible()


def test_undo_is_said_and_shown_at_once_while_the_service_is_away(browser, client):
    """Before, the message of the decision stayed until the service was back."""
    with desk(browser, client, "office") as person:
        person.open("inbox")
        rows = person.page.locator(".rows li")
        expect(rows).to_have_count(24)
        person.page.wait_for_timeout(500)
        title = person.page.locator(".document h2").inner_text()
        person.page.route("**/v1/**", lambda route: route.abort())
        person.keys("0")
        expect(rows).to_have_count(23)
        person.keys("u")
        expect(person.page.locator(".message.note")).to_contain_text(f"Undone: {title}")
        expect(person.page.locator(".document h2")).to_have_text(title)
