"""What *Health* says of the figures: which answers they measure, and which limits it offers."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import pytest
from alike_words import make_alike
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


@pytest.mark.parametrize(
    ("language", "title", "word", "examples"),
    [
        pytest.param(*LANGUAGES[0], 14, id="no mistake"),
        pytest.param(*LANGUAGES[1], 5, id="too few, in German"),
        pytest.param(*LANGUAGES[0], 5, id="too few", marks=pytest.mark.slow),
        pytest.param(*LANGUAGES[1], 14, id="no mistake, in German", marks=pytest.mark.slow),
    ],
)
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
        promises = [one["promise"] for one in points]
        assert all(one is None or one["share"] > 0.25 for one in promises)
        person.open("health")
        expect(person.page.get_by_text("no limit of 25")).to_be_visible()
        expect(person.button("Hold answers")).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en-GB", "measured on 4 classes with two different examples or more. Nothing is promised "
         "of 2 other classes until each has two"),
        ("de-DE", "an 4 Klassen mit mindestens zwei verschiedenen Beispielen gemessen. Für 2 "
         "andere Klassen ist nichts zugesichert, bis jede davon zwei hat"),
    ],
)  # fmt: skip
def test_the_page_says_of_how_many_classes_nothing_is_promised(browser, tmp_path, language, words):
    path = tmp_path / "mail.space"
    make_alike(path, 1, each=20)
    with LabelSpace(path, background=False) as space:
        space.add(["granite slate marble"], "stone")
        space.add(["violin opera tenor"], "music")
        space.configure(target="errors 40%")
        space.settle()
    with (
        service(str(path), "--no-browser") as client,
        desk(browser, client, language=language) as person,
    ):
        person.open("health")
        expect(person.page.get_by_text(words)).to_be_visible()


@pytest.mark.parametrize("answered", ["3", "81"])
@pytest.mark.slow
def test_the_limit_that_is_offered_can_be_promised_and_answers_the_share_that_is_shown(
    browser, tmp_path, answered
):
    """Before, 16.4 % were offered at 81 % of the documents, and then none of them was answered."""
    path = tmp_path / "mail.space"
    make_alike(path, 1, each=16)
    with service(str(path), "--no-browser") as client, desk(browser, client) as person:
        person.open("health")
        page = person.page
        page.get_by_role("slider").fill(answered)
        button = person.button("Hold answers")
        errors = re.search(r"([\d.]+)\s%", button.inner_text())
        assert errors is not None
        promise = page.get_by_text("What can be promised").inner_text()
        share = re.search(r"and (\d+)\s% of the documents get an answer", promise)
        assert share is not None
        assert f"at most {errors[1]}" in promise
        button.click()
        expect(page.get_by_text(f"In force: at most {errors[1]}\u00a0% errors")).to_be_visible()
        expect(
            page.get_by_text(f"{share[1]}\u00a0% of the documents get an answer now")
        ).to_be_visible()
        expect(page.get_by_text("No document gets an answer")).to_have_count(0)
        expect(person.button(f"Hold answers to at most {errors[1]}\\s")).to_have_count(0)
        assert round(100 * client.get("/v1/spaces/mail/risk").json["coverage"]) == int(share[1])


@pytest.mark.parametrize(
    ("language", "words", "possible"),
    [
        ("en-GB", "No document gets an answer: errors 5%", "can promise is errors 16"),
        ("de-DE", "Kein Dokument bekommt eine Antwort: höchstens 5", "sich: höchstens 16"),
    ],
)
def test_a_target_that_cannot_be_promised_says_so_and_what_can_be(
    browser, tmp_path, language, words, possible
):
    """Before, the page said no more than `0 % of the documents get an answer now`."""
    path = tmp_path / "mail.space"
    make_alike(path, 1)
    with LabelSpace(path, background=False) as space:
        space.configure(target="errors 5%")
    running = service(str(path), "--no-browser")
    with running as client, desk(browser, client, language=language) as person:
        person.open("health")
        sentence = person.page.get_by_text(words)
        expect(sentence).to_be_visible()
        assert possible in sentence.inner_text()
        assert "auf Englisch" not in sentence.inner_text()


def test_a_limit_that_is_impossible_gives_way_to_the_one_that_can_be_promised(browser, tmp_path):
    """Before, no place of the page offered one, and *Health* said that there is none."""
    path = tmp_path / "mail.space"
    make_alike(path, 1)
    with LabelSpace(path, background=False) as space:
        space.configure(target="errors 5%")
    with service(str(path), "--no-browser") as client, desk(browser, client) as person:
        page = person.open("health").page
        sentence = page.get_by_text("what they can promise is").first.inner_text()
        limit = re.search(r"can promise is errors ([\d.]+)%", sentence)
        assert limit is not None
        expect(page.get_by_text("can be promised safely yet")).to_have_count(0)
        person.button(f"Set the limit: at most {limit[1]}").click()
        expect(
            page.get_by_text(f"In force: at most {limit[1]}\u00a0% errors").first
        ).to_be_visible()
        expect(page.get_by_text("No document gets an answer")).to_have_count(0)
        assert client.get("/v1/spaces/mail").json["settings"]["target"] == f"errors {limit[1]}%"
        assert client.get("/v1/spaces/mail/risk").json["coverage"] > 0


def test_no_card_leaves_the_other_half_of_its_row_empty(person):
    """Before, what was answered lately stood beside nothing."""
    page = person.open("health").page
    expect(page.locator(".health .cost-body")).to_be_visible()
    boxes = [card.bounding_box() for card in page.locator(".health > .card").all()]
    right = max(box["x"] + box["width"] for box in boxes)
    last = {box["y"]: box["x"] + box["width"] for box in sorted(boxes, key=lambda b: b["x"])}
    assert set(last.values()) == {right}


def test_no_two_numbers_of_an_axis_lie_upon_each_other(person):
    """Before, classes of twelve examples had "1011" at the end of the axis."""

    def answer(route):
        reply = route.fetch()
        record = reply.json()
        point = next(one for one in record["curve"] if one["prototypes"]["mean"] is not None)
        record["curve"] = [point | {"shot": shot} for shot in (1, 2, 5, 10, 11)]
        route.fulfill(response=reply, json=record)

    person.page.route("**/evaluation", answer)
    person.open("health")
    curve = person.page.locator("svg.curve:not(.full)").first
    expect(curve.locator("circle")).to_have_count(5)
    texts = curve.locator("g:has(circle) text")
    boxes = sorted((one.bounding_box() for one in texts.all()), key=lambda box: box["x"])
    assert len(boxes) > 2
    for left, right in pairwise(boxes):
        assert left["x"] + left["width"] + 2 < right["x"]
    assert texts.last.text_content() == "11"
