"""What the page says of a class before it has heard how well that does, and of its examples."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from desk import needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]


def kept_in(routes):
    """Keep requests in a list, instead of sending them."""
    return lambda route: routes.append(route)


def test_a_class_is_being_measured_until_the_measure_is_here(person):
    late = {"evaluation": [], "examples?": []}
    for name, routes in late.items():
        person.page.route(re.compile(f"/{re.escape(name)}"), kept_in(routes))
    person.open("classes")
    measures = person.page.locator(".measures")
    expect(measures).to_contain_text("being measured")
    expect(measures).not_to_contain_text("not measured")
    expect(person.page.locator(".examples h3")).to_have_text("6 examples")
    expect(person.page.locator(".examples")).not_to_contain_text("No examples yet")
    for routes in late.values():
        assert routes
        for route in routes:
            route.continue_()
    expect(measures.locator(".big")).to_contain_text("of 6")
    expect(measures).not_to_contain_text("measured")
    expect(person.page.locator(".example-list li")).to_have_count(6)
