"""What dialogs, notices and the sign-in do for somebody who sees the page for the first time."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from service_process import make_space, service

from desk import bills, desk, needs_chromium
from protolabel import Document, LabelSpace
from protolabel.service.keys import add_key, remove_key

pytestmark = [needs_chromium, pytest.mark.slow]
ASKS = "() => !dispatchEvent(new Event('beforeunload', { cancelable: true }))"  # before it leaves
HISTORY = "/v1/spaces/office/history"


@pytest.mark.parametrize(("view", "button"), [("classes", "Retire"), ("history", "Go back")])
def test_a_change_waits_for_its_preview_and_its_action_has_the_focus(person, client, view, button):
    """Before, it was carried out while its preview was on its way, and the focus was on the ×."""
    page = person.open(view).page
    before = len(client.get(HISTORY).json["changes"])
    waiting = person.hold("**/preview")
    if view == "classes":
        page.locator(".rows button").first.click()
    person.button(button).first.click()
    action = person.button("Do it")
    expect(action).to_be_focused()
    expect(action).to_be_disabled()
    expect(page.locator("dialog .preview")).to_contain_text("Being worked out")
    person.keys("Enter")
    action.click(force=True)
    expect(page.locator("dialog")).to_be_visible()
    assert person.axe() == []
    person.let_go("**/preview", waiting)
    expect(action).to_be_enabled()
    assert len(client.get(HISTORY).json["changes"]) == before
    person.keys("Enter")
    expect(page.locator("dialog")).to_have_count(0)
    person.until(
        f"() => fetch('{HISTORY}').then(r => r.json()).then(j => j.changes.length > {before})"
    )


def test_what_was_accepted_together_is_said_and_can_be_taken_back_there(browser, office):
    """Before, one document that was accepted had such a notice, and many had none."""
    with (
        service(str(office), "--no-browser", "--review-below", "1%") as client,
        desk(browser, client, "office") as person,
    ):
        page = person.open("inbox").page
        rows = page.locator(".rows li")
        expect(rows).to_have_count(24)
        person.button("% sure or more").click()
        n = int(page.locator("dialog h2").inner_text().split()[1])
        accept = page.locator("dialog .primary")
        expect(accept).to_be_focused()
        accept.click()
        expect(rows).to_have_count(24 - n)
        notice = page.locator(".message", has_text=f"Accepted {n} documents")
        notice.get_by_role("button", name="Undo").click()
        expect(rows).to_have_count(24)


def test_a_class_made_of_unknown_documents_can_be_taken_back_where_it_is_said(person, client):
    body = {"kind": "configure", "values": {"threshold": 0.95}}
    assert client.post("/v1/spaces/office/changes", body).status == 200
    page = person.open("unknown").page
    group = page.locator(".group").first
    group.get_by_role("checkbox").first.check()
    page.get_by_label("Name of the class").fill("Leisure")
    person.button("Create the class").click()
    notice = page.locator(".message", has_text="Leisure is a class now")
    notice.get_by_role("button", name="Undo").click()
    gone = "() => fetch('/v1/spaces/office/classes').then(r => r.json())"
    person.until(f"{gone}.then(j => j.classes.every(c => c.name !== 'Leisure' || !c.examples))")


def test_somebody_who_may_only_look_types_the_key_at_once_and_reads_one_thing(browser, tmp_path):
    path = make_space(tmp_path / "mail.space")
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("text")
        list(space.label_many([Document("0", "pay the bill"), Document("0", "my work")]))
    keys = tmp_path / "keys.json"
    reader = add_key(keys, "reader", "read")
    with (
        service(str(path), "--no-browser", "--keys", str(keys)) as client,
        desk(browser, client) as person,
    ):
        page = person.page
        page.goto(person.address)
        expect(page.get_by_label("Key")).to_be_focused()
        page.keyboard.type("pl_wrong")
        person.keys("Enter")
        expect(page.locator("#wrong")).to_contain_text("not known here")
        page.get_by_label("Key").fill("")
        page.keyboard.type(reader)
        person.keys("Enter")
        person.open("inbox")
        expect(page.locator(".rows li")).to_have_count(2)
        expect(page.locator(".banner").first).not_to_contain_text("everything")
        notice = page.locator(".list .notice")
        left = page.locator(".list h1").bounding_box()["x"]
        assert notice.bounding_box()["x"] == pytest.approx(left, abs=2)
        for row in page.locator(".rows .excerpt").all_inner_texts():
            assert ":" in row  # a time of the day tells them apart


def test_a_folder_whose_texts_are_not_kept_gets_one_advice(browser, tmp_path):
    path = make_space(tmp_path / "mail.space")
    folder = tmp_path / "scans"
    folder.mkdir()
    (folder / "a.txt").write_text("please pay the bill")
    with (
        service(str(path), "--no-browser", "--follow", str(folder)) as client,
        desk(browser, client) as person,
    ):
        page = person.open("inbox").page
        expect(page.locator(".detail .empty")).to_contain_text("1 document was labelled")
        expect(page.locator(".hint")).to_contain_text("no texts")
        expect(page.locator(".detail .empty")).not_to_contain_text("add")
        expect(page.locator(".detail .adding")).to_have_count(0)


def test_leaving_with_undecided_texts_that_are_kept_nowhere_is_asked_about(browser, tmp_path):
    """And what was decided is not counted among what cannot be decided."""
    path = make_space(tmp_path / "mail.space")
    with (
        service(str(path), "--no-browser") as client,
        desk(browser, client) as person,
    ):
        page = person.open("inbox").page
        assert not page.evaluate(ASKS)
        page.locator(".list .adding input[type=file]").first.set_input_files(bills(3))
        expect(page.locator(".rows li")).to_have_count(3)
        page.locator(".rows button").first.click()
        page.wait_for_timeout(500)  # what has just changed hears no key
        person.keys("a")
        expect(page.locator(".rows li")).to_have_count(2)
        person.until("() => fetch('/v1/spaces/mail/inbox').then(r => r.json())"
                     ".then(j => j.documents.some(d => d.by === 'person'))")  # fmt: skip
        assert page.evaluate(ASKS)
        page.reload()
        expect(page.locator(".detail .empty")).to_contain_text("2 documents were labelled")
        assert not page.evaluate(ASKS)  # nothing of this page is lost now


def test_whose_key_is_removed_reads_why_they_are_signed_out(browser, tmp_path):
    """Before, the page turned into *Sign in* without a word."""
    path = make_space(tmp_path / "mail.space")
    keys = tmp_path / "keys.json"
    secret = add_key(keys, "anna", "curate")
    with (
        service(str(path), "--no-browser", "--keys", str(keys)) as client,
        desk(browser, client) as person,
    ):
        page = person.page
        page.goto(person.address)
        expect(page.get_by_label("Key")).to_be_focused()
        expect(page.get_by_text("You were signed out")).to_have_count(0)
        page.keyboard.type(secret)
        person.keys("Enter")
        person.open("inbox")
        add_key(keys, "ben", "curate")
        remove_key(keys, "anna")
        expect(page.get_by_text("You were signed out")).to_be_visible()
