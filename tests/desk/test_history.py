"""The history: which documents a change was about, by name."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from desk import needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]


def test_a_row_of_a_decision_names_its_document_and_says_none_of_these(person, client):
    """Before, decisions of one minute could not be told apart."""
    person.open("inbox")
    rows = person.page.locator(".rows li")
    expect(rows).to_have_count(24)
    titles = []
    for n, key in enumerate(["3", "0"]):
        person.page.wait_for_timeout(500)  # a key is not taken for what has just changed
        titles.append(person.page.locator(".document h2").inner_text())
        person.keys(key)
        expect(rows).to_have_count(23 - n)
    person.until(
        "() => fetch('/v1/spaces/office/history?limit=1').then(r => r.json())"
        ".then(j => j.changes[0].kind === 'refute')"
    )
    person.open("history")
    changes = person.page.locator(".changes li:not(.automatic)")
    expect(changes.nth(0)).to_contain_text(f"“{titles[1]}”: none of these")
    expect(changes.nth(1)).to_contain_text(f"“{titles[0]}”: decided")


def test_what_a_change_moved_is_named(person, client):
    moved = client.get("/v1/spaces/office/history/3/moved").json["moved"]
    assert moved
    person.open("history")
    change = person.page.locator(".changes li").filter(
        has=person.page.locator(".version", has_text="3")
    )
    change.last.locator("summary").click()
    expect(change.last.locator(".flows")).to_contain_text(moved[0]["id"])


def test_a_row_says_how_many_documents_are_none_of_these_and_an_undo_repeats_the_row(person, inbox):
    """Before, both spoke of negative examples, and the undo in words of the program."""
    inbox.wait_for_timeout(500)  # a key is not taken for what has just changed
    person.keys("x", "Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowDown", "0")
    expect(inbox.locator("dialog .actions .primary")).to_have_text("Say none of these")
    person.keys("Enter")
    expect(inbox.locator(".message", has_text="Noted: 4 documents")).to_be_visible()
    person.keys("u")
    expect(inbox.locator(".message", has_text="Undone: 4 documents")).to_be_visible()
    person.open("history")
    changes = person.page.locator(".changes li:not(.automatic)")
    words = "4 documents belong to none of these classes"
    expect(changes.nth(1)).to_contain_text(words)
    expect(changes.nth(0)).to_contain_text("Took back version")
    expect(changes.nth(0)).to_contain_text(words)
    expect(person.page.get_by_text("negative example")).to_have_count(0)


def test_the_undo_of_a_proposed_group_has_its_words(person):
    """Before, it said what the program had imported."""
    record = {
        "mark": "", "at": "2026-01-01T10:00:00+00:00", "who": "anna", "hints": [], "reverts": None,
    }  # fmt: skip
    proposal = {"proposal": "ab", "classes": ["medicine"], "added": 12, "new": 1}
    group = record | {
        "version": 13, "kind": "import", "detail": proposal,
        "summary": "imported 1 class and 12 examples: 'medicine'",
    }  # fmt: skip
    undo = record | {
        "version": 14, "kind": "undo", "reverts": 13, "detail": {},
        "summary": f"undid version 13: {group['summary']}",
    }  # fmt: skip

    def answer(route):
        changes = [] if "start=0" not in route.request.url else [undo, group]
        route.fulfill(json={"changes": changes, "undo": None, "redo": 14})

    person.page.route("**/history?*", answer)
    person.open("history")
    newest = person.page.locator(".changes li").first
    expect(newest).to_contain_text("Took back version 13: A proposed group is the class “medicine”")
