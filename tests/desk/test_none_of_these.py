"""None of these: a row of the ranked classes with its share, decided with one key, and undone."""

from __future__ import annotations

import re

import pytest
from office_documents import CLASSES
from playwright.sync_api import expect

from desk import needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]
SPACE = "/v1/spaces/office"
NONE = "none of these"


def test_the_last_row_of_the_classes_is_none_of_these_with_its_share(person, client):
    person.open("inbox")
    row = person.page.locator(".alternatives li").last
    expect(row.locator(".name")).to_have_text(NONE)
    title = person.page.locator(".document h2").inner_text()
    documents = client.get(f"{SPACE}/inbox").json["documents"]
    (share,) = (d["answer"]["none_probability"] for d in documents if d["id"] == title)
    percent = int(re.sub(r"\D", "", row.locator(".number").inner_text()))
    assert abs(percent - 100 * share) <= 1


@pytest.mark.parametrize("texts", ["kept", "not kept"])
def test_one_key_says_none_of_these_and_undo_takes_all_of_it_back(person, client, texts, tmp_path):
    """A document whose text the label space has, or one that this page alone has."""
    person.open("inbox")
    rows = person.page.locator(".rows li")
    expect(rows).to_have_count(24)
    n = 24
    if texts == "not kept":
        assert client.post(f"{SPACE}/remember", {"what": "answers"}).status == 200
        (tmp_path / "party.txt").write_text("A summer party with music for all of us.")
        files = person.page.locator(".list .adding input[type=file]").first
        files.set_input_files(tmp_path / "party.txt")
        n = 1
        expect(person.page.locator(".document h2")).to_have_text("party.txt")
        person.page.reload()
        files.set_input_files(tmp_path / "party.txt")
        expect(rows).to_have_count(n)
        expect(person.page.locator(".document h2")).to_have_text("party.txt")
        person.page.wait_for_timeout(500)  # a key is not taken for what has just changed
    title = person.page.locator(".document h2").inner_text()
    before = client.get(SPACE).json["version"]
    person.keys("0")
    expect(rows).to_have_count(n - 1)
    person.until(
        f"() => fetch('{SPACE}/history?limit=1').then(r => r.json())"
        ".then(j => j.changes[0].kind === 'refute')"
    )
    change = client.get(f"{SPACE}/history?limit=1").json["changes"][0]
    assert set(change["detail"]["classes"]) == set(CLASSES)
    assert change["version"] == before + 1
    person.button("^Decided").click()
    decided = rows.filter(has_text=title)
    expect(decided.locator(".chip")).to_have_text(NONE)
    expect(decided.locator(".chip svg")).to_have_count(1)
    person.keys("u")
    expect(decided).to_have_count(0)
    person.button("^To decide").click()
    expect(rows).to_have_count(n)
    expect(person.page.locator(".alternatives .name").first).not_to_have_text(NONE)


def test_a_new_class_opens_it_again(person, client):
    person.open("inbox")
    rows = person.page.locator(".rows li")
    expect(rows).to_have_count(24)
    title = person.page.locator(".document h2").inner_text()
    person.keys("0")
    expect(rows).to_have_count(23)
    person.until(
        f"() => fetch('{SPACE}/inbox').then(r => r.json())"
        ".then(j => j.documents.some(d => d.answer.alternatives.length === 0))"
    )
    body = {"kind": "describe", "texts": {"Party": "an invitation to a party"}}
    assert client.post(f"{SPACE}/changes", body).status == 200
    expect(rows.filter(has_text=title)).to_have_count(1)
    expect(rows).to_have_count(24)


@pytest.fixture
def declined(person, client):
    """A person at a document that is answered with none of the classes: its title."""
    body = {"kind": "configure", "values": {"threshold": 0.3}}
    assert client.post(f"{SPACE}/changes", body).status == 200
    documents = client.get(f"{SPACE}/inbox").json["documents"]
    title = next(one["id"] for one in documents if one["answer"]["label"] is None)
    person.open("inbox")
    person.page.locator(".rows .title").get_by_text(title, exact=True).click()
    expect(person.page.locator(".answer .label")).to_have_text(NONE)
    person.page.wait_for_timeout(500)  # a key is not taken for what has just changed
    return title


@pytest.mark.parametrize("way", ["a", "Enter", "the button"])
def test_accepting_an_answer_of_none_of_these_is_of_none_of_them(person, client, declined, way):
    """Before, Enter offered the nearest class, and the next Enter made it the document's class."""
    page = person.page
    if way == "the button":
        person.button("^Accept a").click()
    else:
        page.locator("h1").first.click()  # Enter would press the row again
        person.keys(way)
    expect(page.locator(".rows .title").get_by_text(declined, exact=True)).to_have_count(0)
    expect(page.locator("dialog")).to_have_count(0)
    person.until(
        f"() => fetch('{SPACE}/history?limit=1').then(r => r.json())"
        ".then(j => j.changes[0].kind === 'refute')"
    )
    kinds = [one["kind"] for one in client.get(f"{SPACE}/history").json["changes"]]
    assert "correct" not in kinds
    person.button("^Decided").click()
    decided = page.locator(".rows li").filter(has_text=declined)
    expect(decided.locator(".chip")).to_have_text(NONE)
    decided.locator("button").click()
    page.locator("h1").first.click()
    person.keys("Enter", "Enter")  # it is decided already
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator(".answer .label")).to_have_text(NONE)
    person.keys("u")
    expect(decided).to_have_count(0)


def test_the_nearest_class_is_an_explicit_choice(person, client, declined):
    nearest = person.page.locator(".alternatives .name").first.inner_text()
    person.keys("1")
    person.button("^Decided").click()
    row = person.page.locator(".rows li").filter(has_text=declined)
    expect(row.locator(".chip")).to_have_text(nearest)


def test_the_list_of_keys_says_that_none_of_these_is_accepted_too(person):
    person.open("inbox")
    person.keys("?")
    row = person.page.locator("dialog .keys div").filter(has_text="Enter")
    expect(row).to_contain_text(NONE)


def test_enter_decides_nothing_anew(person):
    """Before, it made the answer of today the class, whatever a person had decided."""
    person.open("inbox")
    title = person.page.locator(".document h2").inner_text()
    other = person.page.locator(".alternatives .name").nth(2).inner_text()
    person.keys("3")
    expect(person.page.locator(".rows li")).to_have_count(23)
    person.button("^Decided").click()
    row = person.page.locator(".rows li").filter(has_text=title)
    expect(row.locator(".chip")).to_have_text(other)
    row.locator("button").click()
    before = len([one for one in person.requests if "/decisions" in one])
    person.page.locator("h1").first.click()
    person.keys("a", "Enter")
    person.page.wait_for_timeout(1000)  # in which a decision would be sent
    expect(row.locator(".chip")).to_have_text(other)
    assert len([one for one in person.requests if "/decisions" in one]) == before


def test_an_answer_that_is_less_likely_than_none_says_why_it_is_one(person, client):
    """Before, nothing said why the class with the smaller chance was the answer."""
    documents = client.get(f"{SPACE}/inbox").json["documents"]
    answers = {d["id"]: d["answer"] for d in documents if d["answer"]["label"] is not None}
    unlikely = [n for n, a in answers.items() if a["none_probability"] > a["chance"]]
    likely = [n for n, a in answers.items() if a["none_probability"] < a["chance"]]
    assert unlikely
    person.open("inbox")
    card = person.page.locator(".answer")
    person.page.locator(".rows .title").get_by_text(unlikely[0], exact=True).click()
    expect(card.locator(".reason")).to_contain_text("Most likely it is none of these")
    expect(card.locator(".reason")).to_contain_text("reaches the threshold")
    person.page.wait_for_timeout(500)
    person.page.locator("h1").first.click()
    person.keys("Enter")  # means what it meant: the answer
    person.until(
        f"() => fetch('{SPACE}/history?limit=1').then(r => r.json())"
        ".then(j => j.changes[0].kind === 'correct')"
    )
    change = client.get(f"{SPACE}/history?limit=1").json["changes"][0]
    assert change["detail"]["classes"] == [answers[unlikely[0]]["label"]]
    person.page.locator(".rows .title").get_by_text(likely[0], exact=True).click()
    expect(card.locator(".label")).to_be_visible()
    expect(card.locator(".reason")).to_have_count(0)
