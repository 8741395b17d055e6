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
