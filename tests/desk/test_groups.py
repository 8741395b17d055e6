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


def test_the_class_is_refused_for_what_is_left_out_of_a_group(person, client, group):
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
    documents = client.get(f"{SPACE}/inbox").json["documents"]
    decided = {one["id"]: one["by"] == "person" for one in documents}
    assert decided == {f"d{i}.txt": i not in (2, 5) for i in range(len(STARS))}
    refused = {one["id"]: one["refused"] for one in documents if one.get("refused")}
    assert refused == {name: ["Astronomy"] for name in ("d2.txt", "d5.txt")}


def test_the_key_of_undo_takes_back_a_class_that_a_proposal_became(person, client, group):
    """Before, it said that there is nothing to undo."""
    group.get_by_role("checkbox", name="d2.txt belongs there").uncheck()
    group.get_by_label("Name of the class").fill("Astronomy")
    group.get_by_role("button", name="Create the class").click()
    person.button("Do it").click()
    expect(person.page.get_by_text("Astronomy is a class now, with 6 examples")).to_be_visible()
    person.keys("u")
    person.until(
        f"() => fetch('{SPACE}/classes').then(r => r.json())"
        ".then(j => j.classes.every(one => one.name !== 'Astronomy'))"
    )
    expect(person.page.get_by_text("Undone: 6 documents, Astronomy")).to_be_visible()
    documents = client.get(f"{SPACE}/inbox").json["documents"]
    assert not [d for d in documents if d["by"] == "person" or d.get("refused")]
    expect(group.locator("li").first).to_contain_text("telescope galaxy star")  # listed again


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


def test_a_group_that_was_not_looked_for_since_says_nothing_of_documents_compared(person, group):
    """Before, its own seven documents were all that had been compared."""
    person.open("classes")
    person.open("unknown")
    group.get_by_role("button", name="Not a class").click()
    finding = person.page.locator(".finding")
    expect(finding).to_contain_text("7 documents are in groups that were refused")
    expect(finding).not_to_contain_text("compared")


def test_a_group_with_the_name_of_a_class_is_added_to_it(person, client, group):
    """Before, the button and the dialog spoke of a new class."""
    label = client.get(f"{SPACE}/classes").json["classes"][0]["name"]
    group.get_by_label("Name of the class").fill(label)
    group.get_by_role("button", name=f"Add to {label}").click()
    heading = person.page.get_by_role("dialog").locator("h2")
    expect(heading).to_have_text(f"Add to {label}")
    person.button("Do it").click()
    expect(person.page.get_by_text(f"Added 7 documents to {label}")).to_be_visible()


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


@pytest.mark.parametrize(
    ("language", "tag", "words"),
    [
        ("en-GB", "examples", "7 examples of a proposed group were added to the class “Invoice”"),
        ("de-DE", "Beispiele", "7 Beispiele einer vorgeschlagenen Gruppe zur Klasse „Invoice“ hin"),
    ],
)
def test_the_history_says_that_a_proposed_group_was_added_to_a_class_that_there_was(
    browser, client, group, language, tag, words
):
    """Before, the group was said to be that class now, as if it had made it."""
    (one,) = client.get(f"{SPACE}/proposals").json["proposals"]
    for description in ("About the sky", None):  # by an import, and by an addition
        body = {"name": "Invoice", "description": description}
        assert client.post(f"{SPACE}/proposals/{one['key']}/accept", body).status == 200
        with desk(browser, client, "office", language=language) as person:
            row = person.open("history").page.locator(".changes li:not(.automatic)").first
            expect(row.locator(".tag").first).to_have_text(tag)
            expect(row).to_contain_text(words)
        assert client.post(f"{SPACE}/changes", {"kind": "undo"}).status == 200


@pytest.fixture
def textless(person, client):
    """Return how to give an office that keeps no texts documents of the page and of others.

    All of them are declined, and the page has looked for groups.
    """
    assert client.post(f"{SPACE}/forget", {"all": True}).status == 200
    assert client.post(f"{SPACE}/remember", {"what": "answers"}).status == 200
    body = {"kind": "configure", "values": {"threshold": 0.9}}
    assert client.post(f"{SPACE}/changes", body).status == 200

    def put(of_others, more=()):
        person.open("inbox")
        documents = [{"id": f"d{i}.txt", "text": text} for i, text in enumerate(STARS)]
        documents += [{"id": f"e{i}.txt", "text": text} for i, text in enumerate(more)]
        theirs, own = documents[:of_others], documents[of_others:]
        if theirs:
            assert client.post(f"{SPACE}/inbox", {"documents": theirs}).status == 200
        files = [
            {"name": one["id"], "mimeType": "text/plain", "buffer": one["text"].encode()}
            for one in own
        ]
        if files:
            chooser = person.page.locator(".list .adding input[type=file]").first
            chooser.set_input_files(files)
        expect(person.page.locator(".rows li")).to_have_count(len(own))
        person.open("unknown")
        person.button("Look for groups").click()
        group = person.page.locator(".group").filter(has=person.page.get_by_text("Not a class"))
        expect(group).to_have_count(1, timeout=60_000)
        group.get_by_label("Name of the class").fill("Astronomy")
        return group

    return put


def examples_of(client, label):
    examples = client.get(f"{SPACE}/examples?label={label}").json["examples"]
    return sorted(one["text"] for one in examples)


def test_a_group_becomes_a_class_where_the_page_alone_has_its_texts(person, client, textless):
    """Before, it was refused with a command of a shell, though the page showed these texts."""
    group = textless(0)
    expect(group).to_contain_text("telescope galaxy star")
    group.get_by_role("button", name="Create the class").click()
    person.button("Do it").click()
    notice = "Astronomy is a class now, with 7 examples"
    expect(person.page.get_by_text(notice)).to_be_visible()
    assert examples_of(client, "Astronomy") == sorted(STARS)


def test_it_says_how_many_documents_of_a_group_are_left_out_without_their_texts(
    person, client, textless
):
    group = textless(2)
    group.get_by_role("button", name="Create the class").click()
    expect(person.page.get_by_role("dialog")).to_contain_text("2 documents are left out")
    person.button("Do it").click()
    notice = "Astronomy is a class now, with 5 examples"
    expect(person.page.get_by_text(notice)).to_be_visible()
    assert examples_of(client, "Astronomy") == sorted(STARS[2:])
    decided = {
        one["id"]: one["by"] == "person" for one in client.get(f"{SPACE}/inbox").json["documents"]
    }
    assert decided == {f"d{i}.txt": i >= 2 for i in range(len(STARS))}


def test_a_group_whose_texts_nobody_has_says_what_to_do(person, textless):
    group = textless(len(STARS))
    expect(group.get_by_role("button", name="Create the class")).to_be_disabled()
    expect(group).to_contain_text("Drop their files on the inbox")
    expect(group.get_by_role("button", name="Keep texts")).to_be_visible()
    expect(group).not_to_contain_text("protolabel")
    assert person.axe() == []


def test_documents_of_no_proposed_group_can_still_be_chosen(person, client, textless):
    """Before, they were not to be seen while there was a proposal."""
    textless(0, ["a bicycle", "wild mushrooms"])
    page = person.page
    others = page.locator(".group").filter(has_text="bicycle")
    expect(others).to_have_count(1)
    expect(others).not_to_contain_text("telescope")
    others.get_by_role("checkbox", name="bicycle").check()
    bar = page.locator(".chosen")
    bar.get_by_label("Name of the class").fill("Vehicles")
    bar.get_by_role("button", name="Create the class").click()
    expect(page.get_by_text("Vehicles is a class now")).to_be_visible()
    person.until(
        f"""async () => (await (await fetch("{SPACE}/classes")).text()).includes("Vehicles")"""
    )
    assert examples_of(client, "Vehicles") == ["a bicycle"]
