"""Another label space of the same name at the address of an open page: nothing comes into it."""

from __future__ import annotations

import shutil

import pytest
from office_spaces import make_office
from playwright.sync_api import expect
from service_process import service

from desk import desk, needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]
PLACE = "/v1/spaces/office"
ANOTHER = "Another label space answers at this address now"


@pytest.fixture
def two(tmp_path):
    """Return two label spaces of one name, in folders of their own."""
    paths = [tmp_path / folder / "office.space" for folder in ("one", "other")]
    for path in paths:
        path.parent.mkdir()
        make_office(path)
    return paths


def n_decided(client):
    return sum(one["by"] == "person" for one in client.get(f"{PLACE}/inbox").json["documents"])


def test_decisions_wait_for_their_own_label_space(browser, two):
    """Before, those that waited were written into the other one, without a word."""
    with service(str(two[0]), "--no-browser") as client, desk(browser, client, "office") as person:
        page = person.open("inbox").page
        rows = page.locator(".rows li")
        expect(rows).to_have_count(24)
        client.process.kill()
        client.process.wait()
        person.keys("a")
        expect(rows).to_have_count(23)
        person.keys("a")
        expect(page.get_by_text("saved once it is back")).to_be_visible()
        with service(str(two[1]), "--no-browser", port=client.port) as other:
            before = other.get(PLACE).json
            banner = page.locator(".banner", has_text=ANOTHER)
            expect(banner).to_contain_text("2 decisions were not saved")
            expect(person.button("drop the 2 decisions")).to_be_visible()
            person.keys("a")
            expect(banner).to_contain_text("3 decisions were not saved")
            expect(rows).to_have_count(21)
            page.wait_for_timeout(5000)  # in which the page looks again
            assert other.get(PLACE).json == before
            assert n_decided(other) == 0
        backup = two[0].with_name("backup.space")
        shutil.copy(two[0], backup)
        shutil.copy(backup, two[0])  # a backup is no other label space
        with service(str(two[0]), "--no-browser", port=client.port) as again:
            expect(banner).to_have_count(0)
            person.until(
                "async () => (await (await fetch('/v1/spaces/office/inbox')).json())"
                ".documents.filter((one) => one.by === 'person').length === 3"
            )
            assert n_decided(again) == 3
            page.reload()
            expect(rows).to_have_count(21)


def test_the_page_is_loaded_anew_where_its_reader_says_so(browser, two):
    with service(str(two[0]), "--no-browser") as client, desk(browser, client, "office") as person:
        page = person.open("inbox").page
        rows = page.locator(".rows li")
        expect(rows).to_have_count(24)
        client.process.kill()
        client.process.wait()
        person.keys("a")
        expect(rows).to_have_count(23)
        with service(str(two[1]), "--no-browser", port=client.port) as other:
            before = other.get(PLACE).json
            person.button("drop the decision").click()
            expect(page.locator(".banner", has_text=ANOTHER)).to_have_count(0)
            expect(rows).to_have_count(24)
            assert other.get(PLACE).json == before
            person.keys("a")
            expect(rows).to_have_count(23)
            person.until(
                "async () => (await (await fetch('/v1/spaces/office/inbox')).json())"
                ".documents.some((one) => one.by === 'person')"
            )


def test_another_change_is_said_to_be_unsaved(browser, two):
    with service(str(two[0]), "--no-browser") as client, desk(browser, client, "office") as person:
        page = person.open("classes").page
        name = page.get_by_label("Name", exact=True)
        name.fill("Bill")
        client.process.kill()
        client.process.wait()
        with service(str(two[1]), "--no-browser", port=client.port) as other:
            before = other.get(PLACE).json
            person.button("^Rename").click()
            expect(page.locator(".message", has_text="this was not saved")).to_be_visible()
            expect(page.locator(".banner", has_text=ANOTHER)).to_be_visible()
            expect(name).to_have_value("Bill")
            assert other.get(PLACE).json == before
