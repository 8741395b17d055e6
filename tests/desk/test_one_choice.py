"""The view of documents of no class: one choice over all of its groups becomes one class."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from spelt_numbers import spelt

from desk import desk, needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]
SPACE = "/v1/spaces/office"
STARS = [f"telescope galaxy star planet comet number {spelt(i)}" for i in range(3)]


def put(client, texts):
    """Give an office that declines nearly everything these documents alone."""
    assert client.post(f"{SPACE}/forget", {"all": True}).status == 200
    body = {"kind": "configure", "values": {"threshold": 0.999}}
    assert client.post(f"{SPACE}/changes", body).status == 200
    documents = [{"id": f"d{i}", "text": text} for i, text in enumerate(texts)]
    assert client.post(f"{SPACE}/inbox", {"documents": documents}).status == 200


def examples_of(client, label):
    examples = client.get(f"{SPACE}/examples?label={label}").json["examples"]
    return sorted(one["text"] for one in examples)


def test_documents_of_several_groups_become_one_class_and_others_join_it(person, client):
    """Before, each group had a choice of its own, and the ticks of the others were lost."""
    put(client, [*STARS, "please pay the invoice", "an application for the job"])
    page = person.open("unknown").page
    groups = page.locator(".group")
    expect(groups.nth(1)).to_be_visible()
    words = page.locator(".group .member")
    for text in (STARS[0], "please pay", "an application"):
        words.filter(has_text=text).get_by_role("checkbox").check()
    assert groups.filter(has=page.locator("input:checked")).count() > 1
    bar = page.locator(".chosen")
    expect(bar).to_contain_text("3 chosen")
    assert person.axe() == []
    bar.get_by_label("Name of the class").fill("Mixed")
    person.keys("Enter")
    expect(page.get_by_text("Mixed is a class now, with 3 examples")).to_be_visible()
    expect(bar).to_have_count(0)
    others = groups.filter(has_text="nearest class: Mixed")
    expect(others.locator("li")).to_have_count(2)
    others.get_by_text("The whole text").first.click()
    expect(others.locator(".whole")).to_contain_text("telescope galaxy")
    others.get_by_role("button", name="Choose all 2").click()
    bar.get_by_role("button", name="Add to Mixed").click()
    expect(page.get_by_text("Added 2 documents to Mixed")).to_be_visible()
    person.until(
        f"() => fetch('{SPACE}/examples?label=Mixed').then(r => r.json()).then(j => j.total === 5)"
    )
    texts = [*STARS, "please pay the invoice", "an application for the job"]
    assert examples_of(client, "Mixed") == sorted(texts)


def test_the_choice_reads_german(browser, client):
    put(client, STARS)
    with desk(browser, client, "office", language="de-DE") as person:
        page = person.open("unknown").page
        page.get_by_role("checkbox").first.check()
        page.get_by_label("Name der Klasse").fill("Kündigung")
        expect(page.locator(".chosen")).to_contain_text("1 gewählt")
        expect(person.button("Klasse anlegen")).to_be_enabled()
        assert not person.trouble
