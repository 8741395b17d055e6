"""Describing classes by hand: no sentence is lost to another line, and the focus stays in place."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from desk import needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]
CLASSES = "/v1/spaces/office/classes"


def described(client):
    return {one["name"]: one["description"] for one in client.get(CLASSES).json["classes"]}


def fill(page, line, name, sentence=""):
    page.get_by_label(f"Class {line}", exact=True).fill(name)
    page.get_by_label(f"What belongs there {line}", exact=True).fill(sentence)


def test_a_line_without_a_sentence_takes_none_away(person, client):
    """Before, the second line described the class by its name."""
    page = person.open("start").page
    fill(page, 1, "Warranty", "a promise to mend")
    person.button("Another class").click()
    fill(page, 2, "Warranty")
    person.button("Create the classes").click()
    expect(page.locator(".chips .chip", has_text="Warranty")).to_be_visible()
    assert described(client)["Warranty"] == "a promise to mend"
    fill(page, 1, "Warranty")  # of a class that is there, neither
    person.button("Create the classes").click()
    expect(page.get_by_text("There is a class “Warranty” already")).to_be_visible()
    assert described(client)["Warranty"] == "a promise to mend"


def test_what_is_typed_while_classes_are_created_stays(person, client):
    """Before, all lines were emptied once the classes were there, and the focus was lost."""
    page = person.open("start").page
    person.button("Another class").click()
    fill(page, 1, "Warranty", "a promise to mend")
    waiting = person.hold("**/changes")
    page.get_by_label("What belongs there 1").press("Enter")
    fill(page, 2, "Notice")
    page.get_by_label("What belongs there 2").focus()
    page.keyboard.type("somebody leaves")
    person.let_go("**/changes", waiting)
    expect(page.locator(".chips .chip", has_text="Warranty")).to_be_visible()
    page.keyboard.type(" us")
    expect(page.get_by_label("Class 1", exact=True)).to_have_value("")
    expect(page.get_by_label("Class 2", exact=True)).to_have_value("Notice")
    expect(page.get_by_label("What belongs there 2")).to_have_value("somebody leaves us")
    person.button("Create the classes").click()
    expect(page.locator(".chips .chip", has_text="Notice")).to_be_visible()
    assert described(client)["Notice"] == "somebody leaves us"


def test_what_is_typed_while_an_example_is_added_stays(person):
    """Before, it was thrown away once the first example was there."""
    page = person.open("start").page
    field = page.get_by_label("Type or paste an example: Invoice")
    field.fill("please pay this")
    waiting = person.hold("**/changes")
    field.press("Enter")
    field.fill("and this one")
    person.let_go("**/changes", waiting)
    expect(page.locator(".class-drops li", has_text="Invoice")).to_contain_text("7 examples")
    page.wait_for_timeout(200)
    expect(field).to_have_value("and this one")
    expect(field).to_be_focused()


def test_two_sentences_of_one_name_are_refused(person, client):
    page = person.open("start").page
    fill(page, 1, "Warranty", "a promise to mend")
    person.button("Another class").click()
    fill(page, 2, "Warranty", "something else")
    person.button("Create the classes").click()
    expect(page.get_by_text("stands in two lines")).to_be_visible()
    expect(page.get_by_label("What belongs there 1")).to_have_value("a promise to mend")
    assert "Warranty" not in described(client)


def test_a_class_that_is_there_is_not_added_again(person, client):
    before = described(client)
    page = person.open("classes").page
    person.button("Add a class").click()
    page.keyboard.type("Reminder")
    expect(page.get_by_text("There is a class “Reminder” already")).to_be_visible()
    person.keys("Enter")
    page.wait_for_timeout(500)
    assert described(client) == before


def test_a_merge_says_which_sentence_ends(person, client):
    body = {"kind": "describe", "texts": {"Reminder": "asks a second time"}}
    assert client.post("/v1/spaces/office/changes", body).status == 200
    page = person.open("classes").page
    page.locator(".rows button", has_text="Reminder").click()
    person.button("Merge").click()
    page.keyboard.type("Invo")
    person.keys("Enter")
    expect(page.locator(".preview")).to_contain_text("No longer in force afterwards")
    expect(page.locator(".preview")).to_contain_text("asks a second time")


def test_what_is_typed_after_a_key_goes_on_where_it_belongs(person):
    page = person.open("start").page
    person.button("Another class").focus()
    person.keys("Enter")
    expect(page.get_by_label("Class 2", exact=True)).to_be_focused()
    page.keyboard.type("Warranty")
    expect(page.get_by_label("Class 2", exact=True)).to_have_value("Warranty")
    person.keys("Enter")
    expect(page.locator(".chips .chip", has_text="Warranty")).to_be_visible()
    expect(page.get_by_label("Class 1", exact=True)).to_be_focused()
    example = page.get_by_label("Type or paste an example: Warranty")
    example.fill("we mend it")
    person.keys("Tab", "Enter")
    expect(example).to_have_value("")
    expect(example).to_be_focused()


def test_the_focus_comes_back_from_a_dialog(person):
    page = person.open("classes").page
    person.button("Retire").focus()
    person.keys("Enter")
    expect(page.locator("dialog[open]")).to_be_visible()
    person.button("^Cancel$").last.focus()
    person.keys("Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(person.button("Retire")).to_be_focused()


def test_a_sentence_without_a_name_is_not_thrown_away(person, client):
    """Before, the classes of the other lines were made, and the sentence was gone."""
    page = person.open("start").page
    fill(page, 1, "Warranty", "a promise to mend")
    person.button("Another class").click()
    fill(page, 2, "", "words of thanks")
    person.button("Create the classes").click()
    expect(page.get_by_text("Line 2 says what belongs there, and has no name")).to_be_visible()
    expect(page.get_by_label("What belongs there 2", exact=True)).to_have_value("words of thanks")
    assert "Warranty" not in described(client)
    fill(page, 2, "Thanks", "words of thanks")
    person.button("Create the classes").click()
    expect(page.locator(".chips .chip", has_text="Thanks")).to_be_visible()
    assert described(client)["Thanks"] == "words of thanks"
