"""Names of classes that may mean one class: the page asks before, or says so after."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from service_process import service

from desk import desk, needs_chromium
from protolabel import LabelSpace

pytestmark = [needs_chromium, pytest.mark.slow]
LANGUAGES = {"en-GB": "only in capitals or blanks", "de-DE": "nur in Großschreibung"}


@pytest.fixture
def empty(tmp_path):
    path = tmp_path / "mail.space"
    LabelSpace.create(path, encoder="hashing").close()
    with service(str(path), "--no-browser") as one:
        yield one


def names(client):
    return [one["name"] for one in client.get("/v1/spaces/mail/classes").json["classes"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_lines_that_differ_only_in_capitals_or_blanks_are_asked_about(browser, empty, language):
    """Before, two classes were made and nothing was said."""
    with desk(browser, empty, language=language) as person:
        person.open("start")
        form = person.page.locator("form.describe")
        for n, name in enumerate(["Bank statement", "cv", "bank  Statement "]):
            form.locator("input").nth(2 * n).fill(name)
        form.locator("button.primary").click()
        expect(form.locator(".problem")).to_contain_text(LANGUAGES[language])
        assert names(empty) == []
        form.locator("input").nth(4).fill("order")
        expect(form.locator(".problem")).to_have_count(0)
        form.locator("button.primary").click()
        expect(person.page.locator(".chips .chip")).to_have_count(3)
        form.locator("input").first.fill("CV")  # beside a class that is there
        form.locator("button.primary").click()
        expect(form.locator(".problem")).to_contain_text("cv")
        form.locator(".problem button").click()  # it is a class of its own
        expect(person.page.locator(".chips .chip")).to_have_count(4)
        expect(person.page.locator(".message.remark")).to_have_count(0)  # that was said
        assert {*names(empty)} == {"Bank statement", "cv", "order", "CV"}
        assert not person.trouble


def test_a_class_that_is_added_is_asked_about(person):
    person.open("classes")
    person.button("Add a class").first.click()
    dialog = person.page.locator("dialog")
    dialog.get_by_label("Name").fill("in voice")
    expect(dialog.locator(".problem")).to_contain_text("“in voice” differs from “Invoice”")
    expect(dialog.locator("button.primary")).to_have_text("Create it all the same")
    dialog.get_by_label("Name").fill("Letter")
    expect(dialog.locator(".problem")).to_have_count(0)


@pytest.mark.parametrize("way", ["a decision", "a folder"])
def test_a_new_class_near_another_one_is_said_to_be(person, client, tmp_path, way):
    """As the command line does; before, History alone did."""
    page = person.page
    if way == "a decision":
        person.open("inbox")
        page.wait_for_timeout(500)
        person.keys("c")
        page.keyboard.type("Invoicce")
        page.locator("dialog [role=option]", has_text="New class").click()
    else:
        folder = tmp_path / "letters" / "Invoicce"
        folder.mkdir(parents=True)
        for n in range(2):
            (folder / f"{n}.txt").write_text(f"please pay the bill of the month {n}")
        person.open("start")
        page.locator("input[webkitdirectory]").set_input_files(tmp_path / "letters")
    hint = page.locator(".message.remark")
    expect(hint).to_contain_text("“Invoicce” is a new class, and its name is near “Invoice”")
    page.wait_for_timeout(1000)
    expect(hint).to_be_visible()
    hint.get_by_role("button", name="Close").click()
    expect(hint).to_have_count(0)


def test_the_picker_offers_the_class_whose_name_differs_only_in_blanks(person):
    person.open("inbox")
    person.keys("c")
    person.page.keyboard.type("in voice")
    expect(person.page.locator("dialog [role=option]")).to_have_text(["Invoice"])
