"""A proposed group can be looked at, and documents can be left out before it is a class."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from spelt_numbers import spelt

from desk import desk, needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]
SPACE = "/v1/spaces/office"
STARS = [f"telescope galaxy star planet comet number {spelt(i)}" for i in range(7)]


@pytest.fixture
def group(person, client):
    """Let the office decline seven documents, and open the group that is proposed of them."""
    assert client.post(f"{SPACE}/forget", {"all": True}).status == 200
    body = {"kind": "configure", "values": {"threshold": 0.9}}
    assert client.post(f"{SPACE}/changes", body).status == 200
    documents = [{"id": f"d{i}.txt", "text": text} for i, text in enumerate(STARS)]
    assert client.post(f"{SPACE}/inbox", {"documents": documents}).status == 200
    person.open("unknown")
    person.button("Look for groups").click()
    group = person.page.locator(".group").filter(has_text="telescope")
    expect(group.locator(".terms")).to_contain_text("galaxy", timeout=60_000)
    show = group.get_by_role("button", name="Show all")
    if show.count():
        show.click()
    expect(group.locator("li")).to_have_count(len(STARS))
    return group


def test_each_document_of_a_group_can_be_read(person, group):
    """Before, all but a few were bare names."""
    for row in group.locator("li").all():
        expect(row).to_contain_text("telescope galaxy star")
    row = group.locator("li").last
    row.get_by_text("The whole text").click()
    expect(row.locator(".whole")).to_contain_text("comet number")
    assert person.axe() == []


def test_what_is_left_out_of_a_group_is_no_example_and_stays_declined(person, client, group):
    for name in ("d2.txt", "d5.txt"):
        group.get_by_role("checkbox", name=f"{name} belongs there").uncheck()
    expect(group).to_contain_text("2 documents left out")
    group.get_by_label("Name of the class").fill("Astronomy")
    group.get_by_role("button", name="Create the class").click()
    person.button("Do it").click()
    notice = person.page.get_by_text("Astronomy is a class now, with 5 examples")
    expect(notice).to_be_visible()
    examples = client.get(f"{SPACE}/examples?label=Astronomy").json["examples"]
    assert sorted(one["text"] for one in examples) == sorted(
        text for i, text in enumerate(STARS) if i not in (2, 5)
    )
    decided = {
        one["id"]: one["by"] == "person" for one in client.get(f"{SPACE}/inbox").json["documents"]
    }
    assert decided == {f"d{i}.txt": i not in (2, 5) for i in range(len(STARS))}


def test_a_refusal_is_undone_and_the_view_says_what_was_refused(person, client, group):
    """Before, it was for ever, and the view said that no two of the documents were alike."""
    group.get_by_role("button", name="Not a class").click()
    notice = person.page.get_by_text("A group of 7 documents is not proposed again")
    expect(notice).to_be_visible()
    finding = person.page.locator(".finding")
    expect(finding).to_contain_text("7 documents are in groups that were refused")
    expect(finding).not_to_contain_text("as alike as")
    assert client.get(f"{SPACE}/proposals").json["proposals"] == []
    person.button("Undo").click()
    expect(group.locator("li").first).to_contain_text("telescope galaxy star")
    expect(finding).not_to_contain_text("refused")
    assert [one["size"] for one in client.get(f"{SPACE}/proposals").json["proposals"]] == [7]


def test_a_refusal_is_undone_after_the_person_has_left_the_view_and_come_back(person, group):
    group.get_by_role("button", name="Not a class").click()
    expect(person.button("Undo")).to_be_visible()
    person.open("classes")
    person.open("unknown")
    expect(person.page.locator(".finding")).to_be_visible()
    person.button("Undo").click()
    expect(group.locator("li").first).to_contain_text("telescope galaxy star")


@pytest.mark.parametrize(
    ("language", "tag", "words"),
    [
        ("en-GB", "proposed class", "A proposed group is the class “Astronomy” now, with 7"),
        ("de-DE", "vorgeschlagene Klasse", "Eine vorgeschlagene Gruppe ist jetzt die Klasse „Astr"),
    ],
)
def test_the_history_calls_an_accepted_proposal_what_it_is(
    browser, client, group, language, tag, words
):
    """Before, it was an import, though nobody had imported anything; on the German page, too."""
    (one,) = client.get(f"{SPACE}/proposals").json["proposals"]
    for description in ("About the sky", None):
        body = {"name": "Astronomy", "description": description}
        path = f"{SPACE}/proposals/{one['key']}/accept"
        assert client.post(path, body).status == 200
        with desk(browser, client, "office", language=language) as person:
            row = person.open("history").page.locator(".changes li:not(.automatic)").first
            expect(row.locator(".tag").first).to_have_text(tag)
            expect(row).to_contain_text(words)
        assert client.post(f"{SPACE}/changes", {"kind": "undo"}).status == 200
