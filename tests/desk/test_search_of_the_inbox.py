"""The list of the inbox is searched and filtered; what is offered for all is for what it shows."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from service_process import service

from desk import desk, needs_chromium
from protolabel import Document, LabelSpace

pytestmark = needs_chromium
SPACE = "/v1/spaces/office"
LONG = "Dear all, " + "this letter goes on and on. " * 20 + "Greetings from the Zebrafish."


@pytest.fixture
def limited(browser, office):
    """Somebody at the office's page, which calls a chance of 45 % sure, and the service."""
    with LabelSpace(office, background=False) as space:
        list(space.label_many([Document("long.txt", LONG, source="long.txt")]))
    with (
        service(str(office), "--no-browser", "--review-below", "45%") as client,
        desk(browser, client, "office") as person,
    ):
        person.open("inbox")
        expect(person.page.locator(".rows li")).to_have_count(25)
        yield person, client
        assert not person.trouble


def titles(person):
    return set(person.page.locator(".rows .title").all_text_contents())


def documents(client):
    return {one["id"]: one for one in client.get(f"{SPACE}/inbox").json["documents"]}


def test_words_far_behind_in_a_text_are_matched_as_well_as_those_of_a_name(limited):
    person, _ = limited
    rows, line = person.page.locator(".rows li"), person.page.locator(".shown [role=status]")
    expect(line).to_have_text("25 documents")
    person.keys("/")
    expect(person.page.get_by_role("searchbox")).to_be_focused()
    person.page.keyboard.type("zebraFISH greetings")
    expect(rows).to_have_count(1)
    assert titles(person) == {"long.txt"}
    expect(line).to_have_text("1 of 25 documents matches")
    person.page.get_by_role("searchbox").fill("SINGH")
    expect(rows).to_have_count(1)
    assert titles(person) == {"2026-06-04 Singh.txt"}
    person.keys("Escape")
    expect(rows).to_have_count(25)


@pytest.mark.slow
def test_nothing_that_matches_is_said_and_what_matches_elsewhere_is_offered(limited):
    person, client = limited
    (letter,) = [one for name, one in documents(client).items() if "Singh" in name]
    body = {"labels": {letter["key"]: "Order"}}
    assert client.post(f"{SPACE}/inbox/decisions", body).status == 200
    page = person.page
    page.get_by_role("searchbox").fill("singh")
    expect(page.locator(".list .empty")).to_contain_text("Nothing matches")
    assert person.axe() == []
    person.button("Show 1 in “All”").click()
    expect(page.locator(".rows li")).to_have_count(1)
    page.get_by_role("searchbox").fill("no such words")
    person.button("^Show all$").click()
    expect(page.locator(".rows li")).to_have_count(25)
    expect(page.get_by_role("searchbox")).to_have_value("")


@pytest.mark.slow
def test_a_class_and_a_state_narrow_the_list_together(limited):
    person, client = limited
    answers = {name: one["answer"] for name, one in documents(client).items()}
    sure = {n for n, a in answers.items() if a["label"] and a["chance"] >= 0.45}
    declined = {n for n, a in answers.items() if a["label"] is None}
    bills = {n for n, a in answers.items() if a["label"] == "Invoice"}
    page = person.page
    page.get_by_label("State").select_option("sure")
    expect(page.locator(".rows li")).to_have_count(len(sure))
    assert titles(person) == sure
    page.get_by_label("Class", exact=True).select_option("=Invoice")
    expect(page.locator(".rows li")).to_have_count(len(sure & bills))
    assert titles(person) == sure & bills
    page.get_by_label("State").select_option("unsure")
    expect(page.locator(".shown [role=status]")).to_contain_text(f"of {len(answers)} documents")
    assert titles(person) == bills - sure
    person.open("classes")
    person.open("inbox")  # it stays while they look at something else
    expect(page.locator(".rows li")).to_have_count(len(bills - sure))
    page.get_by_label("Class", exact=True).select_option("")
    page.get_by_label("State").select_option("declined")
    assert titles(person) == declined


@pytest.mark.slow
def test_what_is_accepted_together_is_what_the_list_shows_and_no_more(limited):
    person, client = limited
    page = person.page
    page.get_by_label("Class", exact=True).select_option("=Invoice")
    expected = {
        name
        for name, one in documents(client).items()
        if one["answer"]["label"] == "Invoice" and one["answer"]["chance"] >= 0.45
    }
    n = len(expected)
    assert n > 1
    person.button(f"^Accept the {n} shown that are 45 % sure or more").click()
    page.locator("dialog .primary").click()
    person.until(
        f"() => fetch('{SPACE}/inbox').then(r => r.json())"
        f".then(j => j.documents.filter(d => d.by === 'person').length === {n})"
    )
    assert {n for n, one in documents(client).items() if one["by"] == "person"} == expected
