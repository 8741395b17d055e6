"""Nobody is kept out: axe finds nothing in any view, light and dark, wide and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from service_process import service

from desk import PHONE, desk, needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]
VIEWS = ("start", "inbox", "classes", "unknown", "map", "health", "history")
READY = {
    "inbox": ".because",
    "classes": ".example-list li",
    "map": ".names span",
    "health": ".cost",
    "history": ".changes li",
}


@pytest.fixture
def variant(browser, client, request):
    size, dark, language = request.param
    with desk(browser, client, "office", size=size, dark=dark, language=language) as one:
        yield one


@pytest.mark.parametrize(
    "variant",
    [((1280, 800), False, "en-GB"), ((1280, 800), True, "de-DE"), (PHONE, False, "en-GB")],
    indirect=True,
    ids=["light", "dark, German", "phone"],
)
def test_axe_finds_nothing_in_any_view(variant):
    barriers = []
    for view in VIEWS:
        variant.open(view)
        if view in READY and variant.page.viewport_size["width"] > 760:
            expect(variant.page.locator(READY[view]).first).to_be_visible(timeout=20_000)
        barriers += [f"{view}: {one}" for one in variant.axe()]
    assert not barriers, "\n".join(barriers)
    assert not variant.violations()


@pytest.fixture
def ready(browser, office):
    """Somebody at a page that offers to accept documents of a chance of 40 % or more together."""
    with (
        service(str(office), "--no-browser", "--review-below", "40%") as client,
        desk(browser, client, "office") as one,
    ):
        yield one


def test_axe_finds_nothing_in_dialogs_and_details(ready):
    person = ready.open("inbox")
    expect(person.page.locator(".because")).to_be_visible()
    barriers = []
    for key in ("c", "p", "?"):
        person.keys(key)
        expect(person.page.locator("dialog[open]")).to_be_visible()
        barriers += [f"{key}: {one}" for one in person.axe()]
        person.keys("Escape")
        expect(person.page.locator("dialog[open]")).to_have_count(0)
    person.button("^Accept \\d").click()
    expect(person.page.locator("dialog[open]")).to_be_visible()
    barriers += person.axe()
    person.keys("Escape")
    person.open("classes")
    person.button("Retire").click()
    expect(person.page.locator(".preview .flows, .preview p").first).to_be_visible()
    barriers += person.axe()
    person.keys("Escape")
    person.open("history")
    person.page.get_by_text("What it moved").first.click()
    barriers += person.axe()
    assert not barriers, "\n".join(barriers)


def test_each_view_is_reached_and_read_without_a_mouse(person):
    person.open("inbox")
    for letter, view in zip("scumhyi", [*VIEWS[:1], *VIEWS[2:], "inbox"], strict=True):
        person.keys("g", letter)
        expect(person.page.locator("nav [aria-current=page]")).to_have_attribute(
            "href", f"#/office/{view}"
        )
        expect(person.page.locator("h1").first).to_be_visible()
    person.page.keyboard.press("Tab")
    focused = person.page.evaluate("document.activeElement.textContent")
    assert focused.strip()


def test_on_a_phone_nothing_is_wider_than_the_screen(browser, client):
    with desk(browser, client, "office", size=PHONE) as phone:
        for view in VIEWS:
            phone.open(view)
            width = phone.page.evaluate("document.documentElement.scrollWidth")
            assert width <= PHONE[0], view
        phone.open("inbox")
        phone.page.locator(".rows button").first.click()
        expect(phone.page.locator(".answer")).to_be_visible()
        expect(phone.page.locator(".list")).to_be_hidden()
        phone.button("Accept").first.click()
        phone.button("Back to the list").click()
        expect(phone.page.locator(".rows li")).to_have_count(23)
        phone.button("Menu").click()
        phone.page.get_by_role("link", name="History").click()
        expect(phone.page.locator("h1")).to_have_text("History")
        assert not phone.trouble
