"""Two label spaces at one page: what belongs to one goes to that one, whichever is displayed."""

from __future__ import annotations

import pytest
from office_spaces import make_office
from playwright.sync_api import expect
from service_process import service

from desk import desk, needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]


@pytest.fixture
def two_offices(tmp_path):
    paths = [str(make_office(tmp_path / f"{name}.space")) for name in ("office", "branch")]
    with service(*paths, "--no-browser") as one:
        yield one


class Gate:
    """Holds requests until it is opened."""

    def __init__(self):
        self.requests, self._is_open = [], False

    def __call__(self, route):
        if self._is_open:
            route.continue_()
        else:
            self.requests.append(route)

    def open(self):
        self._is_open = True
        for route in self.requests:
            route.continue_()


def decided(client, space):
    documents = client.get(f"/v1/spaces/{space}/inbox").json["documents"]
    return sum(one["by"] == "person" for one in documents)


def show(person, space):
    person.page.get_by_label("Label space").select_option(space)
    expect(person.page.get_by_label("Label space")).to_have_value(space)


def wait_until(person, question):
    """Wait until a question to the service is answered with true, while the page goes on."""
    for _ in range(400):
        if question():
            return
        person.page.wait_for_timeout(50)
    raise AssertionError("it has not come")


def test_decisions_go_to_the_label_space_in_which_they_were_made(browser, two_offices):
    gate = Gate()
    with desk(browser, two_offices, "office") as person:
        person.open("inbox")
        rows = person.page.locator(".rows li")
        expect(rows).to_have_count(24)
        person.page.route("**/inbox/decisions", gate)
        person.keys("a")
        expect(rows).to_have_count(23)
        person.keys("a")
        expect(rows).to_have_count(22)
        wait_until(person, lambda: gate.requests)
        show(person, "branch")
        expect(rows).to_have_count(24)  # it waits for nothing of the other one
        gate.open()
        wait_until(person, lambda: decided(two_offices, "office") == 2)
        assert decided(two_offices, "branch") == 0
        person.keys("u")
        expect(person.page.get_by_text("Nothing to undo here")).to_be_visible()
        show(person, "office")
        expect(rows).to_have_count(22)
        person.keys("u")
        expect(rows).to_have_count(23)
        wait_until(person, lambda: decided(two_offices, "office") == 1)
        assert not person.trouble


@pytest.mark.parametrize("view", ["inbox", "classes"])
def test_files_go_to_the_label_space_for_which_they_were_chosen(browser, two_offices, view):
    gate = Gate()
    files = [
        {"name": f"{n}.txt", "mimeType": "text/plain", "buffer": f"pay bill {n}".encode()}
        for n in range(2)
    ]

    def counts(space):
        if view == "inbox":
            return two_offices.get(f"/v1/spaces/{space}/inbox").json["total"]
        return two_offices.get(f"/v1/spaces/{space}").json["examples"]

    before = {space: counts(space) for space in ("office", "branch")}
    with desk(browser, two_offices, "office") as person:
        person.open(view)
        person.page.route("**/read?*", gate)
        field = (
            ".list .adding input:not([webkitdirectory])" if view == "inbox" else "input[type=file]"
        )
        person.page.locator(field).first.set_input_files(files)
        wait_until(person, lambda: gate.requests)
        show(person, "branch")
        gate.open()
        wait_until(person, lambda: counts("office") == before["office"] + 2)
        assert counts("branch") == before["branch"]
        assert not person.trouble


def test_an_address_that_somebody_typed_wrong_shows_a_label_space(browser, two_offices):
    with desk(browser, two_offices) as person:
        person.page.goto(f"{person.address}#/%E0%A4%A/classes")
        expect(person.page.get_by_label("Label space")).to_have_value("office")
        expect(person.page.locator(".rows li").first).to_be_visible()
        assert not person.trouble
