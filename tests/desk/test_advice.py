"""*Health* shows enough of a document to decide by, and *none of these* is a choice."""

from __future__ import annotations

from mail_space import mail_space
from playwright.sync_api import expect
from service_process import service

from desk import desk, needs_chromium
from protolabel import Example, LabelSpace

pytestmark = needs_chromium


def test_a_document_to_label_next_can_be_read_opened_and_be_none_of_these(person, client):
    """Before, its dialog offered classes alone, and typing `none` a new class of that name."""
    page = person.open("health").page
    row = page.locator(".advice.documents li").first
    title = row.locator("strong").inner_text()
    expect(row.get_by_text("The whole text")).to_be_visible()
    row.get_by_role("button", name="Which class").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".whole")).not_to_be_empty()
    person.keys("0")
    expect(page.get_by_text("belong to none of these classes")).to_be_visible()
    expect(page.locator(".advice.documents strong", has_text=title)).to_have_count(0)
    listed = client.get("/v1/spaces/office/inbox").json["documents"]
    assert [one["id"] for one in listed if one.get("refused")] == [title]
    other = page.locator(".advice.documents li").first
    name = other.locator("strong").inner_text()
    other.get_by_role("button", name="Open in the inbox").click()
    expect(page.locator(".detail h2").first).to_have_text(name)


def test_a_likely_label_error_shows_its_text_and_where_it_came_from(browser, tmp_path):
    """Before, it was called `e62`, which stands nowhere else on the page."""
    path = mail_space(tmp_path)
    wrong = "please pay the bill number 77"
    with LabelSpace(path, background=False) as space:
        space.add(Example(label="cv", text=wrong, source="inbox/77.txt"))
    with service(str(path), "--no-browser") as client, desk(browser, client) as person:
        conflicts = client.get("/v1/spaces/mail/conflicts").json["examples"]
        assert [one["source"] for one in conflicts] == ["inbox/77.txt"]
        page = person.open("health").page
        row = page.locator(".advice li", has_text="invoice rather than cv?")
        expect(row).to_contain_text(f"inbox/77.txt: {wrong}")
        row.get_by_role("button", name="Open cv").click()
        expect(page.locator("input.title")).to_have_value("cv")
