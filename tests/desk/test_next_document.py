"""Which document is open next: after a folder, after a decision, after a paste."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from service_process import make_space, service
from spelt_numbers import spelt

from desk import PHONE, desk, needs_chromium, quiet_desk

pytestmark = [needs_chromium, pytest.mark.slow]


@pytest.fixture
def client(tmp_path):
    with service(str(make_space(tmp_path / "mail.space")), "--no-browser") as one:
        yield one


@pytest.fixture
def person(browser, client):
    with quiet_desk(browser, client) as one:
        yield one


def add(person, n):
    files = [
        {"name": f"{i:02}.txt", "mimeType": "text/plain", "buffer": f"bill {spelt(i)}".encode()}
        for i in range(n)
    ]
    person.page.locator(".list .adding input[type=file]").first.set_input_files(files)
    expect(person.page.locator(".rows li")).to_have_count(n)
    return person.page.locator(".document h2")


def test_after_the_first_folder_the_top_row_is_open_and_in_sight(person):
    """Before, it was the document that was read first: the last row, out of sight."""
    person.open("inbox")
    title = add(person, 36)  # more than one request takes
    expect(title).to_have_text("35.txt")
    expect(person.page.locator(".rows [aria-current=true]")).to_be_in_viewport()
    person.page.wait_for_timeout(500)
    person.keys("j")
    expect(title).to_have_text("34.txt")


def test_who_has_begun_while_files_are_read_stays_there(person):
    page = person.open("inbox").page
    waiting = person.hold("**/read?name=33*")
    files = [
        {"name": f"{i:02}.txt", "mimeType": "text/plain", "buffer": f"bill {spelt(i)}".encode()}
        for i in range(36)
    ]
    page.locator(".list .adding input[type=file]").first.set_input_files(files)
    title = page.locator(".document h2")
    expect(title).to_have_text("31.txt")
    person.until("() => !!document.querySelector('.rows li')")
    person.keys("n")
    person.let_go("**/read?name=33*", waiting)
    expect(page.locator(".rows li")).to_have_count(36)
    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(title).to_have_text("31.txt")


@pytest.mark.parametrize(("key", "first", "order"), [("k", 4, -1), ("j", 4, 1)])
def test_a_skipped_document_does_not_pull_one_back(person, key, first, order):
    """Next is the direction in which somebody goes: upwards, each decision led down again."""
    page = person.open("inbox").page
    title = add(person, 9)
    page.locator(".rows button").nth(first).click()
    names = page.locator(".rows .title").all_inner_texts()
    for step in (1, 2):
        person.keys(key)
        expect(title).to_have_text(names[first + order * (2 * step - 1)])
        page.wait_for_timeout(450)  # what has just changed hears no key
        person.keys("a")
        expect(title).to_have_text(names[first + order * 2 * step])
        expect(page.locator(".rows li")).to_have_count(9 - step)


def test_a_click_on_a_row_goes_on_downwards_from_there(person):
    """Before, one ``k`` turned the way for good: the decision opened the row above."""
    page = person.open("inbox").page
    title = add(person, 6)
    names = page.locator(".rows .title").all_inner_texts()
    page.locator(".rows button").nth(2).click()
    person.keys("k")
    page.locator(".rows button").nth(3).click()
    expect(title).to_have_text(names[3])
    page.wait_for_timeout(450)  # what has just changed hears no key
    person.keys("a")
    expect(page.locator(".rows li")).to_have_count(5)
    expect(title).to_have_text(names[4])


def test_who_reads_goes_on_nearby_where_somebody_else_decides_on_that_document(person, client):
    """Before, the first row of the list was open then."""
    page = person.open("inbox").page
    assert client.post("/v1/spaces/mail/remember", {"what": "text"}).status == 200
    title = add(person, 6)
    names = page.locator(".rows .title").all_inner_texts()
    page.locator(".rows button").nth(3).click()
    listed = client.get("/v1/spaces/mail/inbox").json["documents"]
    (key,) = (one["key"] for one in listed if one["id"] == names[3])
    decision = {"labels": {key: "cv"}}
    assert client.post("/v1/spaces/mail/inbox/decisions", decision).status == 200
    expect(page.locator(".rows li")).to_have_count(5)
    expect(title).to_have_text(names[4])


def test_a_pasted_text_is_open_so_that_the_next_key_is_about_it(person, client):
    """Before, the key decided on the document that was open."""
    page = person.open("inbox").page
    title = add(person, 3)
    waiting = person.hold("**/inbox")
    person.keys("p")
    page.locator("dialog textarea").fill("work as a cook")
    person.keys("Control+Enter")
    person.keys("a", "n", "0", "j")  # about nothing: it is not here yet
    person.let_go("**/inbox", waiting)
    expect(title).to_have_text("work as a cook")
    expect(page.locator(".rows [aria-current=true] .title")).to_have_text("work as a cook")
    expect(page.locator(".rows li")).to_have_count(4)
    person.keys("a")
    expect(page.locator(".rows li")).to_have_count(3)
    person.button("Decided").click()
    expect(page.locator(".rows .title")).to_have_text(["work as a cook"])


def test_on_a_phone_a_pasted_text_is_open_too(browser, client):
    with desk(browser, client, size=PHONE) as person:
        page = person.open("inbox").page
        page.locator(".list .adding button").first.click()
        page.locator("dialog textarea").fill("work as a cook")
        person.button("Label it").click()
        expect(page.locator(".document h2")).to_be_in_viewport()
        expect(page.locator(".document h2")).to_have_text("work as a cook")
        assert not person.trouble
