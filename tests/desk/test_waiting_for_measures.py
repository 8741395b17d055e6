"""What the page says of a class before it has heard how well that does, and of its examples."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from desk import needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]


class Late:
    """Requests that wait until they are released; what comes after that is sent at once."""

    def __init__(self):
        self.waiting = []
        self.is_released = False

    def __call__(self, route):
        if self.is_released:
            route.continue_()
        else:
            self.waiting.append(route)

    def release(self):
        assert self.waiting
        self.is_released = True
        for route in self.waiting:
            route.continue_()


def test_a_class_is_being_measured_until_the_measure_is_here(person):
    late = {"evaluation": Late(), "examples?": Late()}
    for name, requests in late.items():
        person.page.route(re.compile(f"/{re.escape(name)}"), requests)
    person.open("classes")
    measures = person.page.locator(".measures")
    expect(measures).to_contain_text("being measured")
    expect(measures).not_to_contain_text("not measured")
    expect(person.page.locator(".examples h3")).to_have_text("6 examples")
    expect(person.page.locator(".examples")).not_to_contain_text("No examples yet")
    for requests in late.values():
        requests.release()
    expect(measures.locator(".big")).to_contain_text("of 6")
    expect(measures).not_to_contain_text("measured")
    expect(person.page.locator(".example-list li")).to_have_count(6)
