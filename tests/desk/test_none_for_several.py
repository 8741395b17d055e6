"""Several documents are none of these: by a key, by their own answers, and by a typed name."""

from __future__ import annotations

import pytest
from office_documents import CLASSES
from playwright.sync_api import expect

from desk import needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]
SPACE = "/v1/spaces/office"
NONE = "none of these"


def documents(client):
    return client.get(f"{SPACE}/inbox").json["documents"]


def refused_for_all(client):
    return {d["id"] for d in documents(client) if set(d.get("refused", ())) == set(CLASSES)}


def until_refused(person, n):
    person.until(
        f"() => fetch('{SPACE}/inbox').then(r => r.json()).then(j => j.documents"
        f".filter(d => (d.refused ?? []).length === {len(CLASSES)}).length === {n})"
    )


def test_one_key_says_none_of_these_of_all_that_are_chosen_as_one_change_with_one_undo(
    person, inbox, client
):
    """Before, the key said that it is about one document."""
    before = client.get(SPACE).json["version"]
    titles = inbox.locator(".rows .title").all_text_contents()[:3]
    person.keys("x", "Shift+ArrowDown", "Shift+ArrowDown", "0")
    expect(inbox.locator("dialog h2")).to_have_text("Are these 3 documents none of these?")
    assert person.axe() == []
    person.keys("Enter")
    expect(inbox.locator(".rows li")).to_have_count(21)
    until_refused(person, 3)
    assert refused_for_all(client) == set(titles)
    changes = client.get(f"{SPACE}/history").json["changes"]
    kinds = [one["kind"] for one in changes if one["version"] > before and one["kind"] != "tune"]
    assert kinds == ["refute"]
    inbox.locator(".message").get_by_role("button", name="Undo").click()
    expect(inbox.locator(".rows li")).to_have_count(24)
    until_refused(person, 0)


def test_accepting_several_takes_each_answer_as_it_is_also_none_of_these(person, inbox, client):
    """Before, `a` left those that are none of these, and said nothing of why."""
    body = {"kind": "configure", "values": {"threshold": 0.3}}
    assert client.post(f"{SPACE}/changes", body).status == 200
    answers = {d["id"]: d["answer"]["label"] for d in documents(client)}
    declined = {name for name, label in answers.items() if label is None}
    assert 1 < len(declined) < 23
    expect(inbox.locator(".rows .chip.none")).to_have_count(len(declined))
    person.keys("X", "a")
    expect(inbox.locator("dialog h2")).to_have_text("Accept 24 documents?")
    row = inbox.locator("dialog .flows li", has_text=NONE)
    expect(row).to_contain_text(f"{len(declined)} document")
    person.keys("Enter")
    until_refused(person, len(declined))
    expect(inbox.locator(".tabs .count").first).to_have_text("0")
    assert refused_for_all(client) == declined
    labels = {d["id"]: d["label"] for d in documents(client) if d["by"] == "person"}
    assert labels == {name: label for name, label in answers.items() if label is not None}
    person.keys("u")
    expect(inbox.locator(".rows li")).to_have_count(24)
    until_refused(person, 0)
    person.until(
        f"() => fetch('{SPACE}/inbox').then(r => r.json())"
        ".then(j => j.documents.every(d => d.by !== 'person'))"
    )


def test_typing_none_of_these_offers_that_and_no_class_of_that_name(person, inbox, client):
    """Before, it offered a new class, which the service refused, and the choice was lost."""
    person.keys("x", "Shift+ArrowDown", "c")
    inbox.keyboard.type("none of these")
    expect(inbox.locator("dialog [role=option]")).to_have_text([NONE])
    person.keys("Enter")
    until_refused(person, 2)
    person.keys("c")  # of one document, too
    inbox.keyboard.type("None-of-these")
    expect(inbox.get_by_role("option", name="New class")).to_have_count(0)
    person.keys("Escape")
    assert NONE not in {one["name"] for one in client.get(f"{SPACE}/classes").json["classes"]}


def test_what_stays_as_it_is_says_why(person, inbox, client):
    """Before, it said that it is decided, or has no class, or no text, whatever it was."""
    person.keys("1")
    expect(inbox.locator(".rows li")).to_have_count(23)
    person.button("^All").click()
    expect(inbox.locator(".rows li")).to_have_count(24)
    person.keys("X", "a")
    expect(inbox.locator("dialog")).to_contain_text("1 other one stays as it is: 1 is decided.")


def test_documents_of_unknown_are_none_of_these_by_that_name(person, client):
    body = {"kind": "configure", "values": {"threshold": 0.9}}
    assert client.post(f"{SPACE}/changes", body).status == 200
    inbox = person.open("unknown").page
    boxes = inbox.locator(".group .example-list input[type=checkbox]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    inbox.get_by_label("Name of the class").fill(NONE)
    inbox.locator("form.chosen").get_by_role("button", name=NONE).click()
    until_refused(person, 2)
