"""A key press is about what stands there: never about an answer of another version."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from desk import needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]


def test_the_list_and_the_document_show_one_answer_whatever_others_change(person, client):
    person.open("inbox")
    expect(person.page.locator(".because")).to_be_visible()
    label = person.page.locator(".answer .label")
    before = label.inner_text()
    body = {"kind": "retire", "labels": [before]}
    assert client.post("/v1/spaces/office/changes", body).status == 200
    expect(label).not_to_have_text(before)
    assert person.chips()[0] == label.inner_text()
    ranked = person.page.locator(".alternatives .name").all_inner_texts()
    assert before not in ranked
    person.page.wait_for_timeout(500)  # time to read it
    now = label.inner_text()
    person.keys("a")
    expect(person.page.locator(".rows li")).to_have_count(23)
    person.button("Decided").click()
    assert person.chips() == [now]


def test_a_key_for_what_stood_there_a_moment_ago_decides_nothing(person, client):
    person.open("inbox")
    expect(person.page.locator(".rows li")).to_have_count(24)
    before = person.page.locator(".answer .label").inner_text()
    person.page.evaluate(
        """(before) => new MutationObserver((_, watch) => {
             const label = document.querySelector(".answer .label").textContent;
             if (label === before) return;
             watch.disconnect();
             dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true }));
             window.pressed = true;
           }).observe(document.body, { subtree: true, childList: true, characterData: true })""",
        before,
    )
    body = {"kind": "retire", "labels": [before]}
    assert client.post("/v1/spaces/office/changes", body).status == 200
    person.page.wait_for_function("() => window.pressed")
    person.page.wait_for_timeout(300)
    expect(person.page.locator(".rows li")).to_have_count(24)
