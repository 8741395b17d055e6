"""What a person has typed and not sent: it stays while they look at something else."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from desk import needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]
SENTENCE = "asks for money that is due"


def go(person, view):
    """Go to a view as a person does, without loading the page again."""
    person.page.get_by_role("link", name=view, exact=True).click()
    expect(person.page.locator("h1, .title-row").first).to_be_visible()


def described(client):
    classes = client.get("/v1/spaces/office/classes").json["classes"]
    return {one["name"]: one["description"] for one in classes}


def test_a_description_of_a_class_waits_to_be_saved(person, client):
    """Before, it was gone with the next click."""
    page = person.open("classes").page
    field = page.get_by_label("What belongs there").first
    field.fill(SENTENCE)
    page.locator(".rows button", has_text="Reminder").click()
    expect(field).not_to_have_value(SENTENCE)
    go(person, "History")
    go(person, "Classes")  # the class that was looked at last is open
    expect(page.locator(".rows li", has_text="not saved")).to_have_count(1)
    page.locator(".rows button", has_text="not saved").click()
    expect(field).to_have_value(SENTENCE)
    name = page.get_by_label("Name", exact=True)
    name.fill("Bill")
    person.keys("Enter")
    expect(page.locator(".rows .title", has_text="Bill")).to_be_visible()
    expect(field).to_have_value(SENTENCE)  # it moves with the name
    expect(name).to_be_focused()
    page.locator(".example-list input").first.check()
    person.button("Split").click()
    page.keyboard.type("Part")
    person.keys("Enter")
    person.button("Do it").click()
    expect(page.locator(".rows .title", has_text="Part")).to_be_visible()
    expect(field).to_have_value(SENTENCE)
    person.button("^Save$").click()
    expect(page.locator(".rows", has_text="not saved")).to_have_count(0)
    expect(person.button("^Save$")).to_have_count(0)
    assert described(client)["Bill"] == SENTENCE


def test_a_draft_that_is_taken_back_is_none(person):
    page = person.open("classes").page
    field = page.get_by_label("What belongs there").first
    before = field.input_value()
    field.fill(SENTENCE)
    person.button("^Cancel$").click()
    expect(field).to_have_value(before)
    expect(page.get_by_text("not saved")).to_have_count(0)


def test_lines_and_texts_of_the_first_steps_stay(person):
    page = person.open("start").page
    page.get_by_label("Class 1", exact=True).fill("Warranty")
    page.get_by_label("Type or paste an example: Invoice").fill("pay this")
    page.get_by_label("Paste a text").fill("a long letter")
    go(person, "Inbox")
    person.keys("p")
    page.locator("dialog textarea").fill("another letter")
    person.keys("Escape")
    expect(page.locator("dialog textarea")).to_have_count(0)
    person.keys("p")
    expect(page.locator("dialog textarea")).to_have_value("another letter")
    person.keys("Escape")
    go(person, "Start")
    expect(page.get_by_label("Class 1", exact=True)).to_have_value("Warranty")
    expect(page.get_by_label("Type or paste an example: Invoice")).to_have_value("pay this")
    expect(page.get_by_label("Paste a text")).to_have_value("a long letter")


def test_the_choice_of_a_new_class_and_its_name_stay(person, client):
    body = {"kind": "configure", "values": {"threshold": 0.5}}
    assert client.post("/v1/spaces/office/changes", body).status == 200
    page = person.open("unknown").page
    box = page.locator(".group").first.get_by_role("checkbox").first
    box.check()
    name = page.get_by_label("Name of the class")
    name.fill("Leisure")
    go(person, "Health")
    go(person, "Unknown")
    expect(name).to_have_value("Leisure")
    expect(box).to_be_checked()


def test_the_order_and_the_document_of_the_inbox_stay(person):
    """Before, a look at another view went back to the newest document of those to decide."""
    page = person.open("inbox").page
    expect(page.locator(".rows li")).to_have_count(24)
    person.button("^All").click()
    page.get_by_label("Order").select_option("unsure")
    page.locator(".rows button").nth(5).click()
    title = page.locator(".document h2").inner_text()
    rows = page.locator(".rows .title").all_inner_texts()
    assert rows[5] == title
    go(person, "Classes")
    go(person, "Inbox")
    expect(page.get_by_label("Order")).to_have_value("unsure")
    expect(page.locator(".document h2")).to_have_text(title)
    expect(page.locator(".tabs [aria-pressed=true]")).to_contain_text("All")
    assert page.locator(".rows .title").all_inner_texts() == rows
