"""What somebody pastes stays on the page: what is kept of it, and who lists it, has no words."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from service_process import make_space, service

from desk import desk, needs_chromium
from protolabel.service.keys import add_key

pytestmark = [needs_chromium, pytest.mark.slow]

FIRST = "Dear Dr Weiss, my test of 3 May was positive, please call me"
LETTER = FIRST + "\nand please send the amount due"
TRIED = "A single line about a secret illness"


def test_the_words_of_a_pasted_text_are_neither_kept_nor_listed(browser, tmp_path):
    """Nor those of the text that is tried in the first steps; the page itself has them."""
    path = make_space(tmp_path / "mail.space")
    keys = tmp_path / "keys.json"
    anna, reader = add_key(keys, "anna", "curate"), add_key(keys, "reader", "read")
    with (
        service(str(path), "--no-browser", "--keys", str(keys)) as client,
        desk(browser, client) as person,
    ):
        page = person.page
        page.goto(person.address)
        page.get_by_label("Key").fill(anna)
        person.button("Sign in").click()
        person.open("inbox")
        expect(page.locator(".list .adding")).to_be_visible()
        for _ in range(2):  # a text that is pasted again is the same document
            person.keys("p")
            page.locator("dialog textarea").fill(LETTER)
            person.keys("Control+Enter")
            expect(page.locator(".rows .title")).to_have_text([FIRST])
        expect(page.locator(".document h2")).to_have_text(FIRST)
        page.get_by_role("link", name="Start").click()
        page.locator(".step textarea").fill(TRIED)
        person.button("Label it").click()
        expect(page.locator(".result .label")).to_be_visible()
        page.get_by_role("link", name="Inbox").click()
        expect(page.locator(".rows .title")).to_have_text([TRIED, FIRST])
        inbox = client.get("/v1/spaces/mail/inbox", Authorization=f"Bearer {reader}").json
        assert len({one["id"] for one in inbox["documents"]}) == 2
        page.reload()
        person.button("All").click()
        expect(page.locator(".rows .title").first).to_contain_text("pasted")
        assert not person.trouble
        client.stop()
    content = str(inbox).encode() + b"".join(one.read_bytes() for one in files_of(path))
    for word in (b"Weiss", b"positive", b"amount due and", b"secret", b"illness"):
        assert word not in content


def files_of(path: Path) -> list[Path]:
    """Return the file of a label space and those beside it."""
    return [*path.parent.glob(f"{path.name}*")]


def test_a_kept_text_that_was_pasted_has_its_beginning_as_its_name(browser, client):
    """Before, its name was English everywhere, and so was a hint of the history."""
    space = "/v1/spaces/office"
    texts = {"pasted 5adf88ab": "Kündigung zum Juni, mit Dank", "pasted 00000001": "Guten Tag"}
    documents = [{"id": name, "text": text} for name, text in texts.items()]
    assert client.post(f"{space}/inbox", {"documents": documents}).status == 200
    (key,) = [one["key"] for one in client.get(f"{space}/inbox").json["documents"]
              if one["id"] == "pasted 00000001"]  # fmt: skip
    body = {"labels": {key: "invoice"}}
    assert client.post(f"{space}/inbox/decisions", body).status == 200
    with desk(browser, client, "office", language="de-DE") as person:
        page = person.open("inbox").page
        rows = page.locator(".rows .title")
        expect(rows.first).to_have_text("Kündigung zum Juni, mit Dank")
        hint = person.open("history").page.locator(".changes li").first.locator(".hint-line")
        expect(hint).to_have_text("Die Klasse „invoice“ ist neu, und ihr Name ähnelt „Invoice“")
        assert not person.trouble
