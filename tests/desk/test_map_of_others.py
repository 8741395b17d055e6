"""Two people at the map: a lasso does not replace a decision that its person did not see."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from desk import Desk, desk, needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]
INBOX = "/v1/spaces/office/inbox"


@pytest.fixture
def two(browser, client):
    """Two people who look at the same map."""
    with desk(browser, client, "office") as anna, desk(browser, client, "office") as ben:
        for one in (anna, ben):
            one.open("map")
            expect(one.page.locator(".names span").first).to_be_visible()
            one.page.get_by_label("Examples", exact=True).uncheck()
        yield anna, ben


def choose_all(one: Desk) -> None:
    """Draw a line around all documents, and begin to pick a class."""
    one.page.get_by_role("button", name="Lasso L").click()
    box = one.page.locator(".drawing canvas").bounding_box()
    left, top = box["x"] + 3, box["y"] + 3
    right, bottom = box["x"] + box["width"] - 3, box["y"] + box["height"] - 3
    one.page.mouse.move(left, top)
    one.page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top + 5)):
        one.page.mouse.move(x, y, steps=4)
    one.page.mouse.up()
    expect(one.page.locator(".chosen > strong")).to_have_text("24 chosen")
    one.page.locator(".chosen").get_by_role("button", name="Label").click()


def pick(one: Desk, label: str) -> None:
    one.page.get_by_role("option", name=label).click()


def labels(client) -> set[str]:
    documents = client.get(INBOX).json["documents"]
    return {one["label"] if one["by"] == "person" else "" for one in documents}


def test_the_second_lasso_is_refused_and_says_what_the_first_decided(two, client):
    anna, ben = two
    choose_all(ben)
    choose_all(anna)
    pick(anna, "Invoice")
    expect(anna.page.locator(".message", has_text="Corrected")).to_have_count(1)
    ben.page.wait_for_timeout(5000)  # the map is drawn anew behind the dialog, which hides it
    pick(ben, "Contract")
    refusal = ben.page.locator(".message.error")
    expect(refusal).to_contain_text("meanwhile: Invoice")
    assert labels(client) == {"Invoice"}
    expect(ben.page.locator(".message", has_text="Corrected")).to_have_count(0)
    ben.page.wait_for_timeout(5000)
    choose_all(ben)  # they see it now, and decide anew on purpose
    pick(ben, "Contract")
    expect(ben.page.locator(".message", has_text="Corrected")).to_have_count(1)
    assert labels(client) == {"Contract"}


def test_the_same_lasso_of_both_is_one(two, client):
    anna, ben = two
    choose_all(ben)
    choose_all(anna)
    for one in (anna, ben):
        pick(one, "Invoice")
        expect(one.page.locator(".message", has_text="Corrected")).to_have_count(1)
    assert labels(client) == {"Invoice"}
    expect(ben.page.locator(".message.error")).to_have_count(0)
