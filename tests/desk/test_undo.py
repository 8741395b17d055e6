"""Undo: which decision it takes back, and that it is said at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from desk import desk, needs_chromium

SPACE = "/v1/spaces/office"
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


@pytest.mark.parametrize("how", ["button", "key"])
def test_undo_at_a_document_takes_back_its_own_decision(person, client, decided, how):
    """Before, it took back the last decision of the page, on a document that was not on show."""
    rows = person.page.locator(".rows li")
    rows.filter(has_text=decided[0]).locator("button").click()
    expect(person.page.locator(".document h2")).to_have_text(decided[0])
    undo = person.page.locator(".answer").get_by_role("button", name="Undo")
    expect(undo.locator("kbd")).to_have_text("u")
    label = person.page.locator(".answer .label").inner_text()
    undo.click() if how == "button" else person.keys("u")
    expect(person.page.locator(".message")).to_contain_text(f"Undone: {decided[0]}, {label}")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text=decided[0])).to_have_count(0)
    person.until(
        "() => fetch('/v1/spaces/office/inbox').then(r => r.json())"
        ".then(j => j.documents.filter(d => d.by === 'person').length === 2)"
    )
    documents = client.get("/v1/spaces/office/inbox").json["documents"]
    assert {d["id"] for d in documents if d["by"] == "person"} == {*decided[1:]}
    person.button("^To decide").click()
    person.keys("u")  # no decided document is open: the last decision
    expect(person.page.locator(".message")).to_contain_text(f"Undone: {decided[2]}")
    person.button("^Decided").click()
    expect(rows.filter(has_text=decided[2])).to_have_count(0)


def decisions(client):
    documents = client.get(f"{SPACE}/inbox").json["documents"]
    return {one["id"]: one["label"] for one in documents if one["by"] == "person"}


def test_a_decision_of_another_browser_is_taken_back_and_a_return_decides_it_again(
    browser, client, decided
):
    """Before, it had no undo; and what was taken back among others no return brought back."""
    first, before, version = decided[0], decisions(client), client.get(SPACE).json["version"]
    with desk(browser, client, "office") as other:
        other.open("inbox")
        other.button("^Decided").click()
        other.page.locator(".rows li").filter(has_text=first).locator("button").click()
        other.page.locator(".answer").get_by_role("button", name="Undo").click()
        expect(other.page.locator(".message")).to_contain_text(f"Undone: {first}, {before[first]}")
        other.until(
            "() => fetch('/v1/spaces/office/history?limit=1').then(r => r.json())"
            ".then(j => j.changes[0].kind === 'remove')"
        )
        assert set(decisions(client)) == {*decided[1:]}
        examples = client.get(f"{SPACE}/examples?label={before[first]}").json["examples"]
        assert first not in [one["source"] for one in examples]
        other.open("history")
        number = other.page.get_by_title(f"Version {version}", exact=True)
        row = other.page.locator(".changes li").filter(has=number)
        row.get_by_role("button", name="Go back to here").click()
        other.button("^Do it").click()
        other.until(
            "() => fetch('/v1/spaces/office/history?limit=1').then(r => r.json())"
            ".then(j => j.changes[0].kind === 'return')"
        )
        assert decisions(client) == before
        other.open("inbox")
        expect(other.button("^Decided").locator(".count")).to_have_text("3")


def test_undo_is_shown_at_once_while_the_service_is_away_and_said_to_be_done_once_it_is(
    browser, client
):
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
        note = person.page.locator(".message.note")
        expect(note).to_contain_text(f"Taking back: {title}")
        expect(person.page.locator(".document h2")).to_have_text(title)
        person.page.wait_for_timeout(3000)
        expect(note.filter(has_text="Undone")).to_have_count(0)
        person.page.unroute("**/v1/**")
        expect(note).to_contain_text(f"Undone: {title}")
