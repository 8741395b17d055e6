"""Each filter counts the documents that the search and the other filter leave; both fit a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from desk import desk, needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]
SPACE = "/v1/spaces/office"
SMALL = (375, 740)


def counts(page, name):
    texts = page.get_by_label(name, exact=True).locator("option").all_text_contents()
    pairs = [re.fullmatch(r"(.*) \((\d+)\)", text) for text in texts]
    return {pair[1]: int(pair[2]) for pair in pairs if pair}


@pytest.fixture
def page(person, client):
    body = {"kind": "configure", "values": {"threshold": 0.3}}
    assert client.post(f"{SPACE}/changes", body).status == 200
    person.open("inbox")
    expect(person.page.locator(".rows .chip.none").first).to_be_visible()
    expect(person.page.locator(".rows li")).to_have_count(24)
    return person.page


def test_the_counts_of_each_filter_follow_the_other_one(page):
    """Before, `declined (10)` was offered where no document of that class is declined."""
    every = counts(page, "State")
    labels = counts(page, "Class")
    label = next(name for name in labels if name != "none of these")
    page.get_by_label("Class", exact=True).select_option(label=f"{label} ({labels[label]})")
    expect(page.locator(".rows li")).to_have_count(labels[label])
    states = counts(page, "State")
    assert states["declined"] == 0 < every["declined"]
    assert sum(states.values()) == labels[label]
    assert counts(page, "Class") == labels  # what another choice would show
    page.get_by_label("Class", exact=True).select_option("")
    page.get_by_label("State").select_option("declined")
    assert counts(page, "Class") == {"none of these": every["declined"]}


def test_the_counts_of_the_filters_follow_the_search(page):
    page.get_by_role("searchbox").fill("invoice")
    expect(page.locator(".rows li")).not_to_have_count(24)
    page.wait_for_timeout(500)  # in which the service says what whole texts have
    n = page.locator(".rows li").count()
    assert sum(counts(page, "State").values()) == sum(counts(page, "Class").values()) == n


@pytest.mark.parametrize("language", ["de-DE", "en-GB"])
def test_a_small_phone_has_room_for_the_choice_and_the_search(browser, client, language):
    """Before, the second line touched the edge, and the hint of the search was cut."""
    with desk(browser, client, "office", size=SMALL, language=language) as phone:
        page = phone.open("inbox").page
        expect(page.locator(".rows li")).to_have_count(24)
        page.locator(".rows .pick input").first.check()
        page.locator(".rows .pick input").nth(1).check()
        words = page.locator(".shown [role=status]").bounding_box()
        link = page.locator(".shown .link").bounding_box()
        assert link["x"] >= words["x"] > 16
        assert link["x"] + link["width"] <= SMALL[0] - 16
        room, needed = page.evaluate(
            """() => {
              const field = document.querySelector("#search"), style = getComputedStyle(field);
              const pen = document.createElement("canvas").getContext("2d");
              pen.font = style.font;
              const padding = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
              return [field.clientWidth - padding, pen.measureText(field.placeholder).width];
            }"""
        )
        assert needed <= room
