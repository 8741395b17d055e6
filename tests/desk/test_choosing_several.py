"""Several documents of the inbox are chosen, and decided on at once: one change, one undo."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from service_process import service
from spelt_numbers import spelt

from desk import PHONE, desk, needs_chromium, until_decided
from protolabel import Document, LabelSpace

pytestmark = [needs_chromium, pytest.mark.slow]
SPACE = "/v1/spaces/office"


def documents(client):
    return client.get(f"{SPACE}/inbox").json["documents"]


def decided(client):
    return {one["id"]: one["label"] for one in documents(client) if one["by"] == "person"}


def posts(requests, ending):
    return [one for one in requests if one.endswith(ending)]


def test_each_own_label_is_accepted_with_keys_alone_as_one_request_and_one_undo(
    person, inbox, client
):
    own = {one["id"]: one["answer"]["label"] for one in documents(client)[:3]}
    assert all(own.values())
    before = client.get(SPACE).json["version"]
    person.keys("x", "Shift+ArrowDown", "Shift+ArrowDown")
    expect(inbox.locator(".shown [role=status]")).to_have_text("3 of 24 shown chosen")
    assert person.axe() == []
    person.keys("1")  # is about one document
    expect(inbox.locator(".message")).to_contain_text("3 documents are chosen")
    person.keys("a")
    expect(inbox.locator("dialog h2")).to_have_text("Accept 3 documents?")
    assert person.axe() == []
    person.keys("Enter")
    expect(inbox.locator(".rows li")).to_have_count(21)
    until_decided(person, 3)
    assert decided(client) == own
    assert len(posts(person.requests, "/inbox/decisions")) == 1
    changes = client.get(f"{SPACE}/history").json["changes"]
    kinds = [one["kind"] for one in changes if one["version"] > before and one["kind"] != "tune"]
    assert kinds == ["correct"]
    inbox.locator(".message").get_by_role("button", name="Undo").click()
    expect(inbox.locator(".rows li")).to_have_count(24)
    until_decided(person, 0)


def test_all_that_are_shown_get_one_class_and_no_other_document_does(person, inbox, client):
    inbox.get_by_role("searchbox").fill("invoice")
    expect(inbox.locator(".rows li")).not_to_have_count(24)
    titles = set(inbox.locator(".rows .title").all_text_contents())
    person.keys("Enter", "X")
    person.button(f"^Class for {len(titles)}").click()
    inbox.keyboard.type("Contract")
    person.keys("Enter")
    expect(inbox.locator(".list .empty")).to_contain_text("Nothing matches")
    until_decided(person, len(titles))
    assert decided(client) == dict.fromkeys(titles, "Contract")


def test_a_click_with_shift_chooses_all_between_and_escape_lets_go(person, inbox):
    boxes = inbox.locator(".rows .pick input")
    boxes.nth(1).check()
    inbox.locator(".rows li > button").nth(4).click(modifiers=["Shift"])
    expect(inbox.locator(".rows .pick input:checked")).to_have_count(4)
    boxes.nth(6).click(modifiers=["Shift"])
    expect(inbox.locator(".rows .pick input:checked")).to_have_count(6)
    boxes.nth(2).uncheck()
    expect(inbox.locator(".shown [role=status]")).to_have_text("5 of 24 shown chosen")
    person.keys("Escape")
    expect(inbox.locator(".rows .pick input:checked")).to_have_count(0)


def test_what_is_removed_comes_back_with_undo_and_is_forgotten_in_one_request_without(
    person, inbox, client
):
    before = inbox.locator(".rows .title").all_text_contents()
    person.keys("x", "Shift+ArrowDown", "Delete")
    expect(inbox.locator("dialog h2")).to_have_text("Remove 2 documents?")
    person.keys("Enter")
    expect(inbox.locator(".rows li")).to_have_count(22)
    person.keys("u")
    expect(inbox.locator(".rows li")).to_have_count(24)
    assert inbox.locator(".rows .title").all_text_contents() == before
    person.keys("x", "Shift+ArrowDown", "Delete", "Enter")
    expect(inbox.locator(".rows li")).to_have_count(22)
    person.until(f"() => fetch('{SPACE}/inbox').then(r => r.json()).then(j => j.total === 22)")
    assert len(posts(person.requests, "/forget")) == 1
    assert {one["id"] for one in documents(client)} == {*before[2:]}


@pytest.fixture
def many(browser, office):
    """Somebody at a page with 60 documents more, and the service."""
    letters = [
        Document(f"{n}.txt", f"invoice {spelt(n)}: please transfer the amount", source=f"{n}.txt")
        for n in range(60)
    ]
    with LabelSpace(office, background=False) as space:
        list(space.label_many(letters))
    with (
        service(str(office), "--no-browser") as client,
        desk(browser, client, "office") as person,
    ):
        person.open("inbox")
        expect(person.page.locator(".rows li")).to_have_count(84)
        yield person, client
        assert not person.trouble


def give_all_a_class(person):
    person.keys("X", "c")
    person.page.keyboard.type("Invoice")
    person.keys("Enter")


def test_a_decision_on_many_is_one_piece_of_long_work_and_one_undo(many):
    person, client = many
    give_all_a_class(person)
    until_decided(person, 84)
    assert set(decided(client).values()) == {"Invoice"}
    assert len(posts(person.requests, "/jobs")) == 1
    notice = person.page.locator(".message", has_text="Corrected to Invoice: 84 documents")
    notice.get_by_role("button", name="Undo").click()
    until_decided(person, 0)
    expect(person.page.locator(".rows li")).to_have_count(84)


def test_a_decision_on_many_that_is_stopped_decides_nothing(many):
    """It waits for other long work, so that there is time to stop it."""
    person, client = many
    examples = [{"label": "Order", "text": f"order {spelt(n)}"} for n in range(40_000)]
    body = {"kind": "change", "change": {"kind": "add", "examples": examples}}
    other = client.post(f"{SPACE}/jobs", body).json["id"]
    give_all_a_class(person)
    work = person.page.locator(".message", has=person.page.locator("progress"))
    expect(work).to_be_visible()
    counts = person.page.locator(".tabs .count")  # of what the service has, and not of what may be
    expect(counts).to_have_text(["84", "0", "84"])
    expect(person.page.locator(".rows .was", has_text="being decided")).to_have_count(84)
    person.keys("1")
    expect(person.page.get_by_text("is on its way")).to_be_visible()
    work.get_by_role("button", name="Stop").click()
    expect(person.page.get_by_text("Stopped: nothing was decided on the 84")).to_be_visible()
    expect(person.page.locator(".rows .was")).to_have_count(0)
    expect(person.page.locator(".rows li")).to_have_count(84)
    client.ask("DELETE", f"{SPACE}/jobs/{other}", None, {})
    assert decided(client) == {}


def test_several_are_chosen_and_accepted_on_a_phone(browser, client):
    with desk(browser, client, "office", size=PHONE) as phone:
        inbox = phone.open("inbox").page
        expect(inbox.locator(".rows li")).to_have_count(24)
        inbox.get_by_role("button", name="Filter and sort").click()
        expect(inbox.get_by_label("State")).to_be_visible()
        for i in range(2):
            inbox.locator(".rows .pick input").nth(i).check()
        assert phone.axe() == []
        assert inbox.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        phone.button("^Accept 2").click()
        inbox.locator("dialog .primary").click()
        expect(inbox.locator(".rows li")).to_have_count(22)
        assert not phone.trouble
