"""What the page says where nothing can be decided, declined or measured, and of the stream."""

from __future__ import annotations

import numpy as np
import pytest
from common_words import make_common
from office_documents import INBOX
from playwright.sync_api import expect
from remembered import LABELS, remember, vector, vector_space
from service_process import make_space, service

from desk import desk, needs_chromium
from protolabel import Document, LabelSpace

pytestmark = [needs_chromium, pytest.mark.slow]
NOT_KEPT = "The text of this document is not kept, so it cannot become an example"


def test_what_has_no_text_says_so_to_every_key_and_changes_nothing(browser, tmp_path):
    path = make_space(tmp_path / "mail.space")
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("answers")
        list(space.label_many([Document(name, text) for name, text in INBOX[:3]]))
        version = space.version
    with service(str(path), "--no-browser") as client, desk(browser, client) as person:
        page = person.open("inbox").page
        expect(page.get_by_text("Nothing here can be decided")).to_be_visible()
        expect(page.get_by_text("No documents yet")).to_have_count(0)
        person.button("^All").click()
        expect(page.locator(".rows li")).to_have_count(3)
        for key in ("a", "c", "n", "1"):
            person.keys(key)
            message = page.locator(".messages").get_by_text(NOT_KEPT)
            expect(message).to_be_visible()
            expect(page.locator("dialog[open]")).to_have_count(0)
            page.locator(".messages button").first.click()
            expect(message).to_have_count(0)
        assert client.get("/v1/spaces/mail").json["version"] == version


def test_where_nothing_can_be_declined_yet_nothing_is_said_to_be_known_or_in_force(
    browser, tmp_path
):
    path = make_space(tmp_path / "mail.space")
    with LabelSpace(path, background=False) as space:
        space.add(["please settle this invoice", "skills of mine"], ["invoice", "cv"])
        space.answer_log.remember("text")
        list(space.label_many([Document(name, text) for name, text in INBOX[:3]]))
        space.settle()
        reason = space.info().to_dict()["calibration"]["reason"]
    with service(str(path), "--no-browser") as client, desk(browser, client) as person:
        page = person.open("unknown").page
        expect(page.get_by_text("It is too early to say")).to_be_visible()
        expect(page.get_by_text(reason)).to_be_visible()
        person.open("inbox")
        expect(page.locator(".answer .reason")).to_have_text(f"No probability yet: {reason}.")
        best = page.locator(".alternatives li").first
        score = float(best.locator(".number").inner_text())
        width = best.locator(".bar > span").evaluate("one => parseFloat(one.style.width)")
        assert 0 < score < 0.99
        assert width == pytest.approx(100 * score, abs=0.51)  # before, the best one filled it
        person.open("health")
        expect(page.get_by_text("No threshold is in force yet")).to_be_visible()
        expect(page.get_by_role("slider")).to_have_count(0)


def test_where_most_strangers_get_an_answer_the_page_says_so(browser, tmp_path):
    path = make_common(tmp_path / "mail.space")
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("text")
        space.label("dear friend come to us with many thanks")
    with service(str(path), "--no-browser") as client, desk(browser, client) as person:
        page = person.open("unknown").page
        expect(page.get_by_text("Most documents of no class get an answer")).to_be_visible()
        share = client.get("/v1/spaces/mail").json["answered_strangers"]
        percent = f"{100 * share:.0f}\u00a0%"
        expect(page.get_by_text(f"answers {percent} of the simulated strangers")).to_be_visible()
        expect(page.get_by_text("Nothing is unknown")).to_have_count(0)


def test_the_slider_begins_at_what_is_in_force_and_the_pace_is_that_of_the_service(person, client):
    risk = client.get("/v1/spaces/office/risk").json
    person.open("health")
    slider = person.page.get_by_role("slider")
    expect(slider).to_have_value(str(round(100 * risk["coverage"])))
    documents = [{"text": text} for _, text in INBOX]
    assert client.post("/v1/spaces/office/label", {"documents": documents}).status == 200
    pace = client.get("/v1/spaces/office/throughput").json
    assert pace["documents"] == len(INBOX)
    expect(person.page.locator(".pace")).to_contain_text(f"{len(INBOX)} documents in the last")


def test_a_change_of_the_stream_is_in_health(browser, tmp_path):
    with vector_space(tmp_path / "mail.space") as space:
        rng = np.random.default_rng(0)
        before = [vector(int(rng.integers(len(LABELS))), rng) for _ in range(400)]
        remember(space, before + [vector(0, rng) for _ in range(200)])
    with service(str(tmp_path / "mail.space"), "--no-browser") as client:
        report = client.get("/v1/spaces/mail/drift").json
        assert report["changes"]
        with desk(browser, client) as person:
            person.open("health")
            drift = person.page.locator("section", has_text="What changed in the stream").last
            expect(drift.locator("li")).to_have_count(len(report["changes"]))
            for one in report["changes"]:  # the shares as `watch` writes them, to a tenth
                if one["kind"] == "share":
                    expect(drift).to_contain_text(f"{100 * one['after']:.1f}\u00a0% of the")
            expect(drift).to_contain_text(
                f"At most one false alarm in {report['false_alarm_in']:,}"
            )


def test_errors_and_changes_are_in_the_language_of_the_page(browser, client):
    with desk(browser, client, "office", language="de-DE") as person:
        person.open("history")
        expect(person.page.get_by_text("Sammlung angelegt")).to_be_visible()
        expect(person.page.get_by_text("6 Beispiele für „Insurance“")).to_be_visible()
        person.open("classes")
        rename = {"kind": "rename", "old": "Order", "new": "Bestellung"}
        name = person.page.get_by_label("Name", exact=True)
        name.fill("Order")
        expect(person.page.get_by_text("Eine Klasse „Order“ gibt es schon")).to_be_visible()
        expect(person.button("Umbenennen")).to_have_count(0)
        name.fill("Bestellung")
        assert client.post("/v1/spaces/office/changes", rename).status == 200  # by somebody else
        person.button("Umbenennen").click()
        expect(person.page.get_by_text("Jemand hat dies inzwischen geändert")).to_be_visible()
