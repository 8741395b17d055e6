"""The map keeps its sides on the page: what lay at the left is drawn at the left again."""

from __future__ import annotations

import base64
import struct

import pytest
from playwright.sync_api import Route, expect

from desk import needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]
PICTURE = """async () => {
  await new Promise((rested) => setTimeout(rested, 500)); // then all points are drawn
  return document.querySelector(".drawing canvas").toDataURL();
}"""


def mirrored(places: str) -> str:
    """Return places along one axis with left and right exchanged."""
    data = base64.b64decode(places)
    numbers = struct.unpack(f"<{len(data) // 2}H", data)
    return base64.b64encode(
        struct.pack(f"<{len(numbers)}H", *(65535 - one for one in numbers))
    ).decode()


@pytest.mark.parametrize("axes", ["x", "y", "xy"])
def test_a_map_whose_axes_come_mirrored_is_drawn_as_before(person, axes):
    def show():
        person.page.get_by_role("link", name="Map", exact=True).click()
        expect(person.page.locator(".names span").first).to_be_visible()
        return person.page.evaluate(PICTURE)

    def mirror(route: Route):
        answer = route.fetch()
        record = answer.json()
        turned = {axis: mirrored(record[axis]) for axis in axes}
        route.fulfill(response=answer, json=record | turned)

    person.open("inbox")
    before = show()
    person.page.get_by_role("link", name="History", exact=True).click()
    person.page.route("**/map", mirror)
    assert show() == before
