"""On the map a person can read what a point stands for, and what a line was drawn around."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from desk import needs_chromium

pytestmark = needs_chromium


def point(page: Page) -> tuple[float, float]:
    """Return a place of the page at which the pointer is at a point."""
    box = page.locator(".drawing canvas").bounding_box()
    assert box is not None
    for row in range(8, 92, 2):
        for column in range(8, 92, 2):
            x, y = box["x"] + box["width"] * column / 100, box["y"] + box["height"] * row / 100
            page.mouse.move(x, y)
            if page.locator(".tip").count():
                return x, y
    raise AssertionError("no point anywhere")


def draw_around_all(page: Page) -> None:
    """Draw a line around the whole map."""
    box = page.locator(".drawing canvas").bounding_box()
    assert box is not None
    left, top = box["x"] + 3, box["y"] + 3
    right, bottom = box["x"] + box["width"] - 3, box["y"] + box["height"] - 3
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top + 5)):
        page.mouse.move(x, y, steps=3)
    page.mouse.up()


def only_documents(person) -> Page:
    page = person.open("map").page
    expect(page.locator(".names span").first).to_be_visible()
    page.get_by_label("Examples", exact=True).uncheck()
    page.get_by_label("Prototypes", exact=True).uncheck()
    return page


def test_a_click_on_a_point_shows_its_text_and_opens_it_in_the_inbox(person, client):
    """Before, a click did nothing, and nothing but a name was ever shown."""
    page = only_documents(person)
    page.mouse.click(*point(page))
    dialog = page.get_by_role("dialog")
    title = dialog.get_by_role("heading").inner_text()
    listed = client.get("/v1/spaces/office/inbox").json["documents"]
    (one,) = [each for each in listed if each["id"] == title]
    expect(dialog.locator(".whole")).to_contain_text(" ".join(one["excerpt"].split()[:3]))
    dialog.get_by_role("button", name="Open in the inbox").click()
    expect(page.locator(".detail h2").first).to_have_text(title)


def test_what_is_drawn_around_is_listed_with_its_words_and_what_is_unticked_stays_as_it_is(
    person, client
):
    """Before, four names stood there, and all that was chosen got the class."""
    page = only_documents(person)
    person.keys("l")
    draw_around_all(page)
    rows = page.locator(".chosen .member")
    expect(rows.first.locator("label span")).not_to_be_empty()
    n = rows.count()
    listed = client.get("/v1/spaces/office/inbox").json["documents"]
    assert n == len(listed)
    for row in rows.all()[2:]:
        row.get_by_role("checkbox").uncheck()
    ticked = {row.locator("strong").inner_text() for row in rows.all()[:2]}
    expect(page.get_by_text("2 chosen")).to_be_visible()
    person.button("Label as").click()
    page.get_by_role("combobox", name="Type a few letters").fill("drawn around")
    person.keys("Enter")
    expect(page.locator(".legend-list .name", has_text="drawn around")).to_be_visible()
    after = client.get("/v1/spaces/office/inbox").json["documents"]
    assert {one["id"] for one in after if one["label"] == "drawn around"} == ticked


def test_documents_that_are_drawn_around_can_be_none_of_these_and_one_undo_takes_it_back(
    person, client
):
    """Before, the dialog offered classes alone, and `none` offered a new class of that name."""
    page = only_documents(person)
    person.keys("l")
    draw_around_all(page)
    rows = page.locator(".chosen .member")
    expect(rows.first).to_be_visible()
    for row in rows.all()[2:]:
        row.get_by_role("checkbox").uncheck()
    person.button("Label as").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="none of these")).to_be_visible()
    person.keys("0")

    def refused() -> int:
        listed = client.get("/v1/spaces/office/inbox").json["documents"]
        return sum(bool(one.get("refused")) for one in listed)

    expect(page.get_by_text("2 documents belong to none")).to_be_visible()
    while refused() != 2:
        page.wait_for_timeout(100)
    person.keys("u")
    while refused():
        page.wait_for_timeout(100)


@pytest.mark.parametrize("key", ["l", "g"])
def test_keys_work_while_a_box_has_the_focus(person, key):
    """Before, whoever had ticked a box could neither draw nor go to another view by a key."""
    page = only_documents(person)
    expect(page.get_by_label("Prototypes", exact=True)).to_be_focused()
    if key == "l":
        person.keys("l")
        expect(page.get_by_role("button", name="Lasso")).to_have_attribute("aria-pressed", "true")
    else:
        person.keys("g", "y")
        expect(page.get_by_role("heading", name="History")).to_be_visible()


def test_the_numbers_of_the_legend_are_those_of_what_is_displayed(person, client):
    """Before, a class had the number of its documents and examples together, whatever was shown."""
    page = person.open("map").page
    first = page.locator(".legend-list li").first
    name = first.locator(".name").inner_text()
    examples = client.get("/v1/spaces/office/classes").json["classes"]
    (n,) = [one["examples"] for one in examples if one["name"] == name]
    page.get_by_label("Documents", exact=True).uncheck()
    expect(first.locator(".number")).to_have_text(str(n))
    page.get_by_label("Examples", exact=True).uncheck()
    expect(first.locator(".number")).to_have_text("0")


COLOURS = """() => Object.fromEntries([...document.querySelectorAll(".legend-list li")].map((one) =>
  [one.querySelector(".name").textContent, one.querySelector(".dot").style.background]))"""


def test_a_class_keeps_its_colour_while_others_come_and_go(person, client):
    """Before, each new class changed the colours of all."""
    page = person.open("map").page
    expect(page.locator(".legend-list li").first).to_be_visible()
    before = page.evaluate(COLOURS)
    change = {"kind": "add", "examples": [{"label": "aaa", "text": "something else"}]}
    assert client.post("/v1/spaces/office/changes", change).status == 200
    names = [name for name in before if name not in ("aaa", "None of these")]
    retire = {"kind": "retire", "labels": names[:1]}
    assert client.post("/v1/spaces/office/changes", retire).status == 200
    person.open("inbox")
    person.open("map")
    expect(page.locator(".legend-list .name", has_text="aaa")).to_be_visible()
    expect(page.locator(".legend-list .name", has_text=names[0])).to_have_count(0)
    after = page.evaluate(COLOURS)
    assert {name: after[name] for name in names[1:]} == {name: before[name] for name in names[1:]}
    assert after["aaa"] not in [before[name] for name in names[1:]]
