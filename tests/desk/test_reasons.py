"""What the page says of an answer and of a measure: why there is none, why some do not count."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from service_process import make_space, service

from desk import desk, needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]


def declining(client):
    body = {"kind": "configure", "values": {"threshold": 0.5}}
    assert client.post("/v1/spaces/office/changes", body).status == 200


def test_the_first_answer_says_why_it_is_none_of_these(person, client):
    declining(client)
    page = person.open("start").page
    page.get_by_label("Paste a text").fill("zzz qqq xxx")
    person.keys("Control+Enter")
    result = page.locator(".result")
    expect(result.locator(".label")).to_have_text("none of these")
    expect(result.locator(".reason")).not_to_be_empty()
    expect(result).not_to_contain_text("Because it is near")


def test_a_declined_document_is_not_said_to_be_near(person, client):
    declining(client)
    page = person.open("inbox").page
    page.locator(".rows li", has_text="none of these").first.click()
    expect(page.locator(".because h3").last).to_have_text(
        "The nearest examples, which it is not near enough to"
    )


def test_documents_that_cannot_be_decided_here_are_counted(browser, tmp_path):
    path = make_space(tmp_path / "mail.space")
    with service(str(path), "--no-browser") as client, desk(browser, client) as person:
        body = {"documents": [{"id": "earlier", "text": "pay the bill"}]}
        client.post("/v1/spaces/mail/inbox", body)
        page = person.open("inbox").page
        expect(page.get_by_text("Nothing here can be decided")).to_be_visible()
        person.keys("p")
        page.locator("dialog textarea").fill("a bill")
        person.keys("Control+Enter")
        expect(page.locator(".rows li")).to_have_count(1)
        expect(page.get_by_text("1 more document cannot be decided here")).to_be_visible()
        assert not person.axe()


def test_a_class_says_why_some_examples_are_not_asked(person, client):
    copies = [{"label": "Invoice", "text": one} for one in ("a copy", "A  copy")]
    body = {"kind": "add", "examples": copies}
    assert client.post("/v1/spaces/office/changes", body).status == 200
    page = person.open("classes").page
    expect(page.locator(".measures")).to_contain_text("examples were asked: copies")


def test_one_class_is_not_called_none(person, client):
    names = [one["name"] for one in client.get("/v1/spaces/office/classes").json["classes"]]
    body = {"kind": "retire", "labels": names[1:]}
    assert client.post("/v1/spaces/office/changes", body).status == 200
    page = person.open("inbox").page
    page.get_by_role("button", name="Decided").click()
    expect(page.get_by_text("One class is not enough yet")).to_be_visible()
