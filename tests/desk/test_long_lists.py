"""What a list holds can be seen to its end, and nothing is decided that was not on the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from service_process import make_space, service

from desk import desk, needs_chromium
from protolabel import Document, LabelSpace

pytestmark = [needs_chromium, pytest.mark.slow]


def test_every_change_is_in_the_history(browser, tmp_path):
    path = make_space(tmp_path / "mail.space")
    with LabelSpace(path, background=False) as space:
        while space.version < 1250:
            space.configure(strangers=0.1 + space.version / 10_000)
    with service(str(path), "--no-browser") as client, desk(browser, client, "mail") as person:
        page = person.open("history").page
        rows = page.locator(".changes > li")
        for n in (200, 400, 600, 800, 1000, 1200, 1250):
            expect(rows).to_have_count(n)
            expect(page.get_by_role("button", name="Show more")).to_have_count(int(n < 1250))
            if n < 1250:
                page.get_by_role("button", name="Show more").click()
        expect(rows.last.locator(".version")).to_have_text("1")
        assert not person.trouble


def test_a_class_is_made_of_documents_that_were_all_on_the_page(browser, tmp_path):
    path = make_space(tmp_path / "mail.space")
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("text")
        space.configure(threshold=0.999)
        list(space.label_many([Document(f"d{i}", f"a recipe for soup {i}") for i in range(60)]))
    with service(str(path), "--no-browser") as client, desk(browser, client, "mail") as person:
        page = person.open("unknown").page
        group = page.locator(".group")
        expect(group.locator("li")).to_have_count(60)
        group.get_by_role("button", name="Choose all 60").click()
        group.locator("input[type=checkbox]").last.uncheck()
        page.get_by_placeholder("Name of the class").fill("recipe")
        page.get_by_role("button", name="Create the class").click()
        expect(page.get_by_text("recipe is a class now, with 59 examples")).to_be_visible()
        assert not person.trouble
