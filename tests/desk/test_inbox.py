"""The inbox by keyboard: accept with one key, correct with two, undo always; what else moved."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from spelt_numbers import spelt

from desk import needs_chromium

pytestmark = needs_chromium
CHANGES = "/v1/spaces/office/history?limit=1"


def newest(client):
    return client.get(CHANGES).json["changes"][0]


def arrived(person, kind):
    """Wait until a change of that kind is the newest."""
    newest_kind = f"() => fetch('{CHANGES}').then(r => r.json()).then(j => j.changes[0].kind)"
    person.until(f"{newest_kind}.then(kind => kind === '{kind}')")


@pytest.mark.slow
def test_accept_correct_and_undo_with_one_or_two_keys_each(person, client):
    person.open("inbox")
    rows = person.page.locator(".rows li")
    expect(rows).to_have_count(24)
    title = person.page.locator(".document h2")
    first = title.inner_text()
    label = person.page.locator(".answer .label").inner_text()
    person.keys("a")
    expect(rows).to_have_count(23)
    arrived(person, "correct")
    assert newest(client)["detail"]["classes"] == [label]
    expect(title).not_to_have_text(first)

    second = title.inner_text()
    other = person.page.locator(".alternatives .name").nth(1).inner_text()
    person.keys("c", "2")
    expect(rows).to_have_count(22)
    person.button("Decided").click()
    expect(person.page.locator(".rows li", has_text=second).locator(".chip")).to_have_text(other)

    person.keys("u")
    expect(rows).to_have_count(1)
    person.keys("u")
    expect(rows).to_have_count(0)
    person.button("To decide").click()
    expect(rows).to_have_count(24)
    everyone = "() => fetch('/v1/spaces/office/inbox').then(r => r.json()).then(j => j.documents)"
    person.until(f"{everyone}.then(all => all.every(d => d.by !== 'person'))")
    assert newest(client)["kind"] in ("undo", "remove")  # remove where a fit came between
    person.page.reload()
    expect(rows).to_have_count(24)


@pytest.mark.slow
def test_not_this_with_one_key_shows_the_next_best_class_and_undo_the_old_one(person, client):
    person.open("inbox")
    label = person.page.locator(".answer .label")
    before, title = label.inner_text(), person.page.locator(".document h2").inner_text()
    refused = person.page.locator(".alternatives .name").first.inner_text()
    person.keys("n")
    arrived(person, "refute")
    expect(person.page.locator(".alternatives .name").first).not_to_have_text(refused)
    expect(person.page.locator(".document h2")).to_have_text(title)
    expect(person.page.locator(".rows li")).to_have_count(24)
    assert newest(client)["detail"]["classes"] == [refused]
    person.keys("u")
    expect(label).to_have_text(before)
    expect(person.page.locator(".alternatives .name").first).to_have_text(refused)


@pytest.mark.slow
def test_newest_first_is_one_order_before_and_after_the_service_lists_them(person, tmp_path):
    files = [tmp_path / f"{n:02}.txt" for n in range(36)]  # more than one request takes
    for n, file in enumerate(files):
        file.write_text(f"please pay the bill {spelt(n)}")
    person.open("inbox")
    person.page.locator(".list .adding input[type=file]").first.set_input_files(files)
    rows = person.page.locator(".rows li .title")
    expect(rows).to_have_count(60)
    before = rows.all_text_contents()
    assert before[:36] == [file.name for file in reversed(files)]
    person.page.reload()
    expect(rows).to_have_count(60)
    assert rows.all_text_contents() == before


def answers(client):
    documents = client.get("/v1/spaces/office/inbox").json["documents"]
    return {d["id"]: d["answer"]["label"] for d in documents if d["by"] != "person"}


@pytest.mark.slow
def test_a_decision_says_which_other_documents_changed(person, client):
    person.open("inbox")
    moved = 0
    for title in ("Gardens", "Recipe", "Chess", "Otto", "Weber", "Hill", "Amara", "Lopez"):
        before = answers(client)
        person.page.locator(".rows button", has_text=title).click()
        person.keys("c")
        person.page.keyboard.type("Leisure")
        person.keys("Enter")
        expect(person.page.locator(".rows li")).to_have_count(len(before) - 1)
        arrived(person, "correct")
        after = answers(client)
        others = [name for name, label in after.items() if label != before[name]]
        expect(person.page.locator(".rows .was")).to_have_count(len(others))
        moved += len(others)
        if moved:
            break
    assert moved
    expect(person.page.locator(".moved")).to_be_visible()


def test_keys_that_come_faster_than_the_page_draws_each_count_once(person, client):
    person.open("inbox")
    expect(person.page.locator(".rows li")).to_have_count(24)
    person.page.evaluate(
        """() => { for (const key of ["1", "1", "2", "1"])
             dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })); }"""
    )
    expect(person.page.locator(".rows li")).not_to_have_count(24)
    person.button("Decided").click()
    decided = person.page.locator(".rows .title").all_inner_texts()
    assert len(decided) == len(set(decided)) >= 1
