"""The map is drawn wherever there is a canvas, and follows what a person chooses."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from desk import CHROMIUM, Desk, desk, needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]
COLOURED = """async () => {
  const picture = () => new Promise(requestAnimationFrame);
  await new Promise((rested) => setTimeout(rested, 300)); // then all points are drawn
  await picture();
  await picture();
  const canvas = document.querySelector(".drawing canvas");
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let n = 0;
  for (let i = 0; i < pixels.length; i += 4) {
    const [red, green, blue] = [pixels[i], pixels[i + 1], pixels[i + 2]];
    n += Math.max(red, green, blue) - Math.min(red, green, blue) > 60;
  }
  return n;
}"""


def coloured(one: Desk) -> int:
    """Return how many pixels of the map have a colour."""
    n: int = one.page.evaluate(COLOURED)
    return n


def open_map(one: Desk) -> None:
    one.open("map")
    expect(one.page.locator(".names span").first).to_be_visible()


def test_the_map_needs_no_graphics_processor(browser, client):
    """Browsers on virtual desktops and old machines have no WebGL."""
    bare = browser.browser_type.launch(executable_path=CHROMIUM, args=["--disable-3d-apis"])
    with desk(bare, client, "office") as one:
        open_map(one)
        assert coloured(one) > 1000
        assert not one.trouble
    bare.close()


def test_the_map_draws_what_is_chosen(person):
    open_map(person)
    everything = coloured(person)
    for kind in ("Documents", "Examples", "Prototypes"):
        person.page.get_by_label(kind, exact=True).uncheck()
    assert coloured(person) == 0
    person.page.get_by_label("Prototypes", exact=True).check()
    assert 0 < coloured(person) < everything
    for kind in ("Documents", "Examples"):
        person.page.get_by_label(kind, exact=True).check()
    assert coloured(person) == everything
    person.page.locator(".legend-list button").first.click()
    assert 0 < coloured(person) < everything


def test_moving_and_showing_all_come_back_to_the_same_picture(person):
    open_map(person)
    everything = coloured(person)
    person.page.locator(".drawing canvas").focus()
    person.keys(*["ArrowRight"] * 40)
    assert coloured(person) < everything
    person.keys("0")
    assert coloured(person) == everything


@pytest.mark.parametrize("dark", [False, True])
def test_a_window_of_another_size_has_a_whole_map(browser, client, dark):
    with desk(browser, client, "office", dark=dark) as one:
        open_map(one)
        one.page.set_viewport_size({"width": 900, "height": 700})
        assert coloured(one) > 500
        corner = one.page.evaluate(
            """() => [...document.querySelector(".drawing canvas").getContext("2d")
                      .getImageData(1, 1, 1, 1).data]"""
        )
        surface = one.page.evaluate(
            """() => getComputedStyle(document.querySelector(".drawing")).backgroundColor"""
        )
        assert surface == f"rgb({corner[0]}, {corner[1]}, {corner[2]})"


def test_a_key_counts_from_the_moment_in_which_the_page_shows_it(person):
    """It is pressed as soon as "Lasso L" is in the document, before the browser paints it."""
    person.open("inbox")
    person.page.evaluate(
        """() => new MutationObserver((_, watch) => {
             if (!document.querySelector(".map-view kbd")) return;
             watch.disconnect();
             dispatchEvent(new KeyboardEvent("keydown", { key: "l", bubbles: true }));
             window.pressed = true;
           }).observe(document, { subtree: true, childList: true })"""
    )
    person.keys("g", "m")
    person.until("() => window.pressed === true")
    lasso = person.page.get_by_role("button", name="Lasso L")
    expect(lasso).to_have_attribute("aria-pressed", "true")
