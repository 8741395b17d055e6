"""The view of documents of no class, where a look for groups proposes none: why, and what to do."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from spelt_numbers import spelt

from desk import desk, needs_chromium
from protolabel.open_world.discovery import LEAST

pytestmark = [needs_chromium, pytest.mark.slow]
SPACE = "/v1/spaces/office"
STARS = [f"telescope galaxy star planet comet number {spelt(i)}" for i in range(8)]


def declines(client, texts):
    """Let the office remember these documents alone, and decline them."""
    assert client.post(f"{SPACE}/forget", {"all": True}).status == 200
    body = {"kind": "configure", "values": {"threshold": 0.9}}
    assert client.post(f"{SPACE}/changes", body).status == 200
    documents = [{"id": f"d{i}", "text": text} for i, text in enumerate(texts)]
    assert client.post(f"{SPACE}/inbox", {"documents": documents}).status == 200


def look(person):
    person.open("unknown")
    person.button("Look for groups").click()
    finding = person.page.locator(".finding")
    expect(finding).to_contain_text("no group is proposed", timeout=60_000)
    return finding


def test_it_says_how_many_a_group_needs_and_shows_smaller_ones_that_can_be_classes(person, client):
    declines(client, [*STARS[:3], "a bicycle", "wild mushrooms"])
    finding = look(person)
    expect(finding).to_contain_text(f"No group has the {LEAST} different documents")
    expect(finding).to_contain_text("With 3 there is at least one")
    expect(finding).to_contain_text("make the class yourself")
    assert person.axe() == []
    person.button("Show groups from 3 documents on").click()
    group = person.page.locator(".group").filter(has_text="telescope")
    expect(group.locator(".terms")).to_contain_text("galaxy", timeout=60_000)
    group.get_by_label("Name of the class").fill("Astronomy")
    group.get_by_role("button", name="Create the class").click()
    person.button("Do it").click()
    notice = "Astronomy is a class now, with 3 examples"
    expect(person.page.get_by_text(notice)).to_be_visible()
    classes = client.get(f"{SPACE}/classes").json["classes"]
    assert {one["name"]: one["examples"] for one in classes}["Astronomy"] == 3


def test_it_says_that_no_two_are_alike_and_offers_no_smaller_group(person, client):
    declines(client, ["a bicycle", "wild mushrooms", "seven sisters of the moon"])
    finding = look(person)
    expect(finding).to_contain_text("No two of them are as alike as documents of one class")
    expect(finding).to_contain_text(f"A group needs {LEAST} that are")
    expect(person.button("Show groups")).to_have_count(0)


def test_it_lists_groups_that_were_refused_and_takes_them_back(person, client):
    """Before, a refusal could be taken back for seven seconds only."""
    declines(client, STARS)
    (one,) = client.post(f"{SPACE}/discover", {}).json["proposals"]
    assert client.post(f"{SPACE}/proposals/{one['key']}/refuse", {}).status == 200
    finding = look(person)
    expect(finding).to_contain_text("8 documents are in groups that were refused")
    refused = person.page.locator(".refused")
    refused.get_by_text("1 refused group").click()
    expect(refused).to_contain_text("telescope")
    expect(refused).to_contain_text("d7")
    assert person.axe() == []
    refused.get_by_role("button", name="Take back").click()
    group = person.page.locator(".group").filter(has_text="telescope")
    expect(group.locator(".terms")).to_contain_text("galaxy")
    expect(refused).to_have_count(0)
    expect(finding).not_to_contain_text("refused")
    assert client.get(f"{SPACE}/proposals/refused").json["proposals"] == []


def test_it_says_that_documents_are_like_a_group_that_was_refused(person, client):
    declines(client, [*STARS[:3], "a bicycle"])
    (one,) = client.post(f"{SPACE}/discover", {"least": 3}).json["proposals"]
    assert client.post(f"{SPACE}/proposals/{one['key']}/refuse", {}).status == 200
    finding = look(person)
    expect(finding).to_contain_text("3 documents are like a group that was refused")
    expect(finding).not_to_contain_text("as alike as")


def test_it_says_so_in_german(browser, client):
    declines(client, [*STARS[:3], "a bicycle"])
    with desk(browser, client, "office", language="de-DE") as person:
        person.open("unknown")
        person.button("Gruppen suchen").click()
        finding = person.page.locator(".finding")
        expect(finding).to_contain_text("keine Gruppe wird vorgeschlagen", timeout=60_000)
        expect(finding).to_contain_text(f"Keine Gruppe hat die {LEAST} verschiedenen Dokumente")
        expect(person.button("Gruppen ab 3 Dokumenten zeigen")).to_be_visible()
        assert not person.trouble
