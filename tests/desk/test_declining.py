"""Where a limit cannot be promised, the page says why nothing is answered, and what helps."""

from __future__ import annotations

import pytest
from alike_words import make_alike
from common_words import make_common
from fast_cases import few
from playwright.sync_api import expect
from service_process import service

from desk import desk, needs_chromium
from protolabel import Document, LabelSpace

pytestmark = needs_chromium
LANGUAGES = [
    ("en-GB", "No document gets an answer: errors 5% cannot", "no answer", "Drop the limit"),
    ("de-DE", "Kein Dokument bekommt eine Antwort: höchstens", "keine Antwort", "Grenze aufheben"),
]


@pytest.fixture
def path(tmp_path):
    """Return a label space whose target cannot be promised, with a document that waits."""
    path = tmp_path / "mail.space"
    make_alike(path, 1)
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("text")
        space.configure(target="errors 5%")
        space.settle()
        list(space.label_many([Document("a bill", "pay bill amount we")]))
    return path


@pytest.mark.parametrize(("language", "why", "words", "way"), LANGUAGES)
def test_the_inbox_says_why_nothing_is_answered_and_the_limit_can_be_dropped(
    browser, path, language, why, words, way
):
    """Before, it said `none of these` of a document that is near a class, and not why."""
    running = service(str(path), "--no-browser")
    with running as client, desk(browser, client, language=language) as person:
        page = person.open("inbox").page
        expect(page.locator(".declining")).to_contain_text(why)
        assert person.chips() == [words]
        expect(page.locator(".headline .label")).to_have_text(words)
        expect(page.locator(".because h3")).not_to_contain_text("near enough")
        expect(page.locator(".because h3")).not_to_contain_text("nahe genug")
        assert "auf Englisch" not in page.locator("main").inner_text()
        person.button(way).click()
        expect(page.locator(".declining")).to_have_count(0)
        expect(page.locator(".rows .chip")).to_have_text("bill")
        assert client.get("/v1/spaces/mail").json["settings"]["target"] == "none"
        assert not person.trouble


def test_a_document_without_an_answer_is_not_accepted_as_none_of_these(browser, path):
    """Before, `a` said that a bill with a chance of 98 % is of none of the classes."""
    with service(str(path), "--no-browser") as client, desk(browser, client) as person:
        page = person.open("inbox").page
        expect(page.locator(".headline .label")).to_have_text("no answer")
        expect(page.get_by_role("button", name="Accept")).to_have_count(0)
        person.keys("a")
        expect(page.get_by_role("dialog")).to_contain_text("Which class is it?")
        (one,) = client.get("/v1/spaces/mail/inbox").json["documents"]
        assert one["by"] != "person"
        assert not one.get("refused")


def test_unknown_says_that_nothing_is_answered_and_not_that_documents_are_too_far(browser, path):
    with service(str(path), "--no-browser") as client, desk(browser, client) as person:
        page = person.open("unknown").page
        expect(page.locator(".lead")).to_contain_text("No document gets an answer at present")
        expect(page.locator(".declining")).to_be_visible()


def test_a_preview_warns_that_every_document_would_be_declined(browser, tmp_path):
    """Before, it listed a hundred documents that would become none of these, and not why."""
    make_alike(tmp_path / "mail.space", 1)
    with LabelSpace(tmp_path / "mail.space", background=False) as space:
        space.configure(target="errors 17%")
        example = space.show("menu")[1][0].id
    running = service(str(tmp_path / "mail.space"), "--no-browser")
    with running as client, desk(browser, client) as person:
        body = {"kind": "move", "ids": [example], "to": "cv"}
        preview = client.post("/v1/spaces/mail/preview", body).json
        assert preview["hints"]
        page = person.open("classes").page
        page.locator(".rows button", has_text="menu").click()
        page.locator(".example-list input").first.check()
        person.button("Move to").click()
        page.get_by_role("option", name="cv").click()
        expect(page.locator(".preview .hint-line")).to_contain_text("Every document is declined")


@pytest.mark.parametrize("language", few(["en-GB", "de-DE"], ["en-GB"]))
def test_advice_on_the_page_names_no_command_and_nothing_that_the_page_lacks(
    browser, tmp_path, language
):
    """Before, it named `configure`, and a share of strangers, which no view sets."""
    path = make_common(tmp_path / "mail.space")
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("text")
        space.configure(target="errors 10%")
        space.settle()
        list(space.label_many([Document("a bill", "pay the bill")]))
        assert "fewer strangers" in space.view().refusal()
    running = service(str(path), "--no-browser")
    with running as client, desk(browser, client, language=language) as person:
        for view, place in (("inbox", ".declining"), ("health", ".health .cost")):
            page = person.open(view).page
            expect(page.locator(place)).to_be_visible()
            words = page.locator("body").inner_text()
            for word in ("`", "configure", "protolabel set", "strangers in the", "Fremde im Strom"):
                assert word not in words
