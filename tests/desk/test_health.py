"""What *Health* says of the figures: which answers they measure, and which limits it offers."""

from __future__ import annotations

from itertools import combinations

import pytest
from playwright.sync_api import expect
from service_process import service

from desk import desk
from protolabel import LabelSpace

WORDS = {
    "invoice": "bill amount due total bank pay euro sum tax account transfer fee",
    "cv": "school degree skills work years language cook nurse driver course team job",
}
LANGUAGES = [("en-GB", "What 3 more", "prototypes"), ("de-DE", "Was 3 weitere", "Prototypen")]


def make_clear_cut(path, examples):
    """Make a label space of two classes that no document of them mistakes."""
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        for name, words in WORDS.items():
            trios = list(combinations(words.split(), 3))
            space.add([f"{name} {' '.join(trios[13 * n])}" for n in range(examples)], name)
    return path


@pytest.mark.parametrize(("language", "title", "word"), LANGUAGES)
@pytest.mark.parametrize("examples", [5, 14], ids=["too few", "no mistake"])
def test_where_there_is_no_forecast_the_page_says_that_prototypes_are_measured(
    browser, tmp_path, language, title, word, examples
):
    """Before, `No mistake among 23 documents` stood beside `87 %` of the refined weights."""
    path = make_clear_cut(tmp_path / "mail.space", examples)
    with service(str(path), "--no-browser") as client:
        forecast = client.get("/v1/spaces/mail/evaluation").json["forecast"]
        assert ("no mistake" in forecast["reason"]) == (examples == 14)
        with desk(browser, client, language=language) as person:
            person.open("health")
            card = person.page.locator("section", has_text=title)
            assert word in card.inner_text()
            if examples == 14:
                assert word in card.locator(".about").first.inner_text()


@pytest.mark.parametrize(("language", "title", "word"), LANGUAGES)
def test_a_forecast_says_that_it_is_of_the_prototypes(browser, client, language, title, word):
    forecast = client.get("/v1/spaces/office/evaluation").json["forecast"]
    assert forecast["reason"] is None
    with desk(browser, client, "office", language=language) as person:
        person.open("health")
        card = person.page.locator("section", has_text=title)
        assert word in card.locator(".about").first.inner_text()
        assert word in (card.locator(".curve").get_attribute("aria-label") or "")


def test_no_limit_is_offered_where_no_useful_one_can_be_promised(browser, tmp_path):
    """Before, a button offered to hold answers to at most 81.1 % errors."""
    path = tmp_path / "mail.space"
    trios = list(combinations(WORDS["invoice"].split(), 3))
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        for i in range(4):  # classes that no word tells apart
            space.add([" ".join(trios[7 * (i + 4 * n)]) for n in range(6)], f"class {i}")
        space.settle()
    with service(str(path), "--no-browser") as client, desk(browser, client) as person:
        points = client.get("/v1/spaces/mail/risk").json["points"]
        assert points
        assert all((one["bound"] or one["high"] or 1) > 0.25 for one in points if one["n"])
        person.open("health")
        expect(person.page.get_by_text("no limit of 25")).to_be_visible()
        expect(person.button("Hold answers")).to_have_count(0)


def test_a_limit_that_can_be_promised_is_set_by_its_button(browser, tmp_path):
    """At 77 % of the documents answered; at 3 % there are too few to promise anything."""
    path = tmp_path / "mail.space"
    woods = "amber birch cedar dune elm fern gorse hazel iris jade kelp lime".split()  # noqa: SIM905
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        for i in range(5):
            words = [f"{one}{i}" for one in woods]
            trios = list(combinations(words, 3))
            space.add([" ".join([*trios[13 * n], *words]) for n in range(14)], f"class {i}")
        space.settle()
    with service(str(path), "--no-browser") as client, desk(browser, client) as person:
        person.open("health")
        slider = person.page.get_by_role("slider")
        slider.fill("3")
        expect(person.button("Hold answers")).to_have_count(0)
        slider.fill("77")
        person.button("Hold answers").click()
        expect(person.page.get_by_text("In force: errors")).to_be_visible()
        assert client.get("/v1/spaces/mail").json["settings"]["target"].startswith("errors")
