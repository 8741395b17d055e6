"""From an empty label space to ten classes and a labelled folder, in the browser alone."""

from __future__ import annotations

import pytest
from office_documents import CLASSES, INBOX
from playwright.sync_api import expect
from service_process import service

from desk import desk, needs_chromium
from protolabel import LabelSpace

pytestmark = [needs_chromium, pytest.mark.slow]
MORE = {"Recipe": "How to cook a dish", "Travel": "Tickets, hotels and itineraries"}

TICKET = "Your ticket for the train to the sea."


@pytest.fixture
def office_of_two(tmp_path):
    with LabelSpace.create(tmp_path / "mail.space", encoder="hashing", background=False) as space:
        space.add(CLASSES["Invoice"][1], "Invoice")
        space.add(CLASSES["Order"][1], "Order")
    return tmp_path / "mail.space"


@pytest.fixture
def folder(tmp_path):
    """A folder a class, and a folder of documents without classes."""
    for name, (_, texts) in CLASSES.items():
        (tmp_path / "examples" / name).mkdir(parents=True)
        for i, text in enumerate(texts):
            (tmp_path / "examples" / name / f"{i}.txt").write_text(text, encoding="utf-8")
    (tmp_path / "new").mkdir()
    for name, text in INBOX:
        (tmp_path / "new" / name).write_text(text, encoding="utf-8")
    (tmp_path / "new" / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    return tmp_path


def test_a_folder_that_has_a_folder_a_class_needs_no_class_before_it(browser, folder):
    """The place to drop it appeared only once a class was there."""
    path = folder / "mail.space"
    LabelSpace.create(path, encoder="hashing").close()
    with service(str(path), "--no-browser") as client, desk(browser, client) as person:
        page = person.open().page
        page.locator(".dropzone input[type=file]").set_input_files(folder / "examples")
        expect(page.get_by_text("Added 48 examples in 8 classes")).to_be_visible(timeout=30_000)
        expect(page.locator(".chips .chip")).to_have_count(8)
        assert not person.trouble
        assert not person.violations()


def test_an_empty_label_space_becomes_ten_classes_and_a_labelled_folder(browser, folder):
    path = folder / "mail.space"
    LabelSpace.create(path, encoder="hashing").close()
    with service(str(path), "--no-browser") as client, desk(browser, client) as person:
        page = person.open().page
        expect(page.locator("h1")).to_have_text("Three steps to a labelled document")
        classes = {name: words for name, (words, _) in CLASSES.items()} | MORE
        for _ in range(len(classes) - 3):
            person.button("Another class").click()
        for i, (name, words) in enumerate(classes.items(), start=1):
            page.get_by_label(f"Class {i}", exact=True).fill(name)
            page.get_by_label(f"What belongs there {i}", exact=True).fill(words)
        person.button("Create the classes").click()
        expect(page.locator(".chips .chip")).to_have_count(10)

        page.locator(".dropzone input[type=file]").set_input_files(folder / "examples")
        expect(page.get_by_text("Added 48 examples in 8 classes")).to_be_visible(timeout=30_000)
        for name in MORE:
            page.get_by_label(f"Type or paste an example: {name}").fill(f"{name}: {MORE[name]}")
            page.get_by_label(f"Type or paste an example: {name}").press("Enter")
            expect(page.locator(".class-drops li", has_text=name)).to_contain_text("1 example")

        page.locator(".step textarea").fill("Please transfer the amount of this invoice.")
        person.button("Label it").click()
        expect(page.locator(".result .label")).to_have_text("Invoice")
        person.button("Go on in the inbox").click()

        person.button("Keep texts").click()
        expect(page.get_by_text("are kept in the label space from now on")).to_be_visible()
        page.locator(".list .adding input[webkitdirectory]").set_input_files(folder / "new")
        expect(page.locator(".rows li")).to_have_count(len(INBOX) + 1, timeout=30_000)
        expect(page.get_by_text("1 file could not be read")).to_be_visible()
        labels = person.chips()
        assert {"Invoice", "Order", "Meeting"} <= set(labels)
        page.reload()
        expect(page.locator(".rows li")).to_have_count(len(INBOX) + 1)  # the first one, too
        assert not person.trouble
        assert not person.violations()
        assert all(one.startswith(person.address) for one in person.requests)
    with LabelSpace(path) as space:
        assert len(space.classes()) == 10
        assert space.info().examples == 50


def test_classes_are_described_by_keyboard_alone(browser, folder):
    path = folder / "mail.space"
    LabelSpace.create(path, encoder="hashing").close()
    with service(str(path), "--no-browser") as client, desk(browser, client) as person:
        page = person.open().page
        page.get_by_label("Class 1", exact=True).focus()
        page.keyboard.type("Invoice")
        person.keys("Tab")
        page.keyboard.type("A bill")
        person.keys("Tab")
        page.keyboard.type("Letter")
        person.keys("Tab")
        page.keyboard.type("Words to somebody")
        person.keys("Enter")
        expect(page.locator(".chips .chip")).to_have_count(2)
        person.keys("g")
        assert page.evaluate("document.activeElement.tagName") in ("INPUT", "BODY", "BUTTON")
        page.evaluate("document.activeElement.blur()")
        person.keys("g", "i")
        expect(page.locator("h1")).to_have_text("Inbox")
        expect(page.get_by_text("No documents yet")).to_be_visible()
        person.keys("p")
        page.keyboard.type("a bill to pay")
        person.keys("Control+Enter")
        expect(page.locator(".rows li")).to_have_count(1)
        person.keys("a")
        expect(page.locator(".rows li")).to_have_count(0)
        person.keys("u")
        expect(page.locator(".rows li")).to_have_count(1)


def test_the_answer_of_the_third_step_is_the_one_of_now(browser, office_of_two):
    """Before, the answer of the classes before stood below the step, and nothing said so."""
    with service(str(office_of_two), "--no-browser") as client, desk(browser, client) as person:
        page = person.open("start").page
        page.get_by_label("Paste a text").fill(TICKET)
        person.button("Label it").click()
        label = page.locator(".result .label")
        expect(label).to_be_visible()
        before = label.inner_text()
        body = {"kind": "add", "examples": [{"label": "Travel", "text": TICKET}]}
        assert client.post("/v1/spaces/mail/changes", body).status == 200
        expect(label).to_have_text("Travel")
        assert before != "Travel"
