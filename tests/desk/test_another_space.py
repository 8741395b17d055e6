"""Another label space at the address of an open page, of the same name or not, gets nothing."""

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


def wait_until_decided(person, name, n):
    person.until(
        f"async () => (await (await fetch('/v1/spaces/{name}/inbox')).json())"
        f".documents.filter((one) => one.by === 'person').length === {n}"
    )


def test_decisions_wait_for_a_label_space_that_is_not_served(browser, two):
    """Before, they were thrown away with an error once another was served, as was the banner."""
    post = two[1].rename(two[1].with_name("post.space"))
    with service(str(two[0]), "--no-browser") as client, desk(browser, client, "office") as person:
        page = person.open("inbox").page
        rows = page.locator(".rows li")
        expect(rows).to_have_count(24)
        client.process.kill()
        client.process.wait()
        person.keys("a")
        expect(rows).to_have_count(23)
        with service(str(post), "--no-browser", port=client.port) as other:
            before = other.get("/v1/spaces/post").json
            banner = page.locator(".banner.bad")
            expect(banner).to_contain_text(
                "The service has no label space “office” now; it has “post”"
            )
            expect(banner).to_contain_text("1 decision was not saved")
            person.keys("a")
            expect(banner).to_contain_text("2 decisions were not saved")
            page.wait_for_timeout(5000)  # in which the page looks again
            expect(rows).to_have_count(22)
            expect(page.locator(".message.error")).to_have_count(0)
            assert not person.axe()
            assert other.get("/v1/spaces/post").json == before
        with service(str(post), str(two[0]), "--no-browser", port=client.port) as again:
            expect(banner).to_have_count(0)
            wait_until_decided(person, "office", 2)
            assert again.get("/v1/spaces/post").json == before
            page.reload()
            expect(rows).to_have_count(22)


def test_decisions_follow_a_label_space_to_its_new_name(browser, two):
    """Its file was renamed, and is served under that name: it is the same label space."""
    with service(str(two[0]), "--no-browser") as client, desk(browser, client, "office") as person:
        page = person.open("inbox").page
        rows = page.locator(".rows li")
        expect(rows).to_have_count(24)
        client.process.kill()
        client.process.wait()
        person.keys("a")
        expect(rows).to_have_count(23)
        post = two[0].rename(two[0].with_name("post.space"))
        with service(str(two[1]), str(post), "--no-browser", port=client.port) as other:
            wait_until_decided(person, "post", 1)
            expect(page.locator(".banner")).to_have_count(0)
            page.wait_for_timeout(500)  # a key is not taken for what has just changed
            person.keys("a")
            expect(rows).to_have_count(22)
            wait_until_decided(person, "post", 2)
            assert n_decided(other) == 0
            page.reload()
            page.get_by_label("Label space").select_option("post")
            expect(rows).to_have_count(22)


def test_who_loads_the_page_anew_sees_the_label_space_that_is_served(browser, two):
    post = two[1].rename(two[1].with_name("post.space"))
    with service(str(two[0]), "--no-browser") as client, desk(browser, client, "office") as person:
        page = person.open("inbox").page
        rows = page.locator(".rows li")
        expect(rows).to_have_count(24)
        client.process.kill()
        client.process.wait()
        person.keys("a")
        expect(rows).to_have_count(23)
        with service(str(post), "--no-browser", port=client.port):
            person.button("drop the decision").click()
            expect(page.locator(".brand strong")).to_have_text("post")
            expect(rows).to_have_count(24)
            expect(page.locator(".banner")).to_have_count(0)
