"""What a decision moved: answers of prototypes are never compared with refined ones."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from neighbouring_words import neighbouring_text
from playwright.sync_api import expect
from service_process import service

from desk import desk, needs_chromium
from protolabel import Document, Example, LabelSpace

pytestmark = [needs_chromium, pytest.mark.slow]
CLASSES, SHOTS, DOCUMENTS = 20, 12, 24
SPACE = "/v1/spaces/alike"
SETTLED = f"() => fetch('{SPACE}').then(r => r.json()).then(j => j.lacking.length === 0)"
WATCH = """() => {
  window.banners = [];
  const all = () => document.querySelectorAll('.moved');
  const note = () => all().forEach(one => window.banners.push(one.innerText));
  const kinds = {childList: true, subtree: true, characterData: true};
  new MutationObserver(note).observe(document.body, kinds);
}"""


@pytest.fixture
def alike(tmp_path: Path) -> Path:
    """Classes so alike that prototypes and refined weights answer some documents differently."""
    rng, path = random.Random(0), tmp_path / "alike.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.add(
            [
                Example(f"type {k}", neighbouring_text(rng, k))
                for k in range(CLASSES)
                for _ in range(SHOTS)
            ]
        )
        names = [f"document {i}" for i in range(DOCUMENTS)]
        documents = [
            Document(n, neighbouring_text(rng, i % CLASSES), source=n) for i, n in enumerate(names)
        ]
        space.settle(refined=False)
        prototypes = [answer.label for answer in space.label_many(documents)]
        space.settle()
        space.answer_log.remember("text")
        assert [answer.label for answer in space.label_many(documents)] != prototypes
    return path


def labels(client) -> dict[str, str | None]:
    """The class of each document, by its name."""
    documents = client.get(f"{SPACE}/inbox").json["documents"]
    assert {one["answer"]["head"] for one in documents} == {"refined"}
    return {one["source"]: one["answer"]["label"] for one in documents}


def test_only_what_a_decision_moved_is_said_to_have_changed(browser, alike):
    with service(str(alike), "--no-browser") as client, desk(browser, client, "alike") as person:
        person.open("inbox")
        expect(person.page.locator(".rows li")).to_have_count(DOCUMENTS)
        person.until(SETTLED)
        before = labels(client)
        person.page.evaluate(WATCH)
        chosen = person.page.locator(".document h2").inner_text()
        person.keys("a")
        expect(person.page.locator(".rows li")).to_have_count(DOCUMENTS - 1)
        person.until(f"() => fetch('{SPACE}/history?limit=1').then(r => r.json())"
                     ".then(j => j.changes[0].kind === 'correct')")  # fmt: skip
        person.until(SETTLED)
        after = labels(client)
        others = [name for name in before if name != chosen and before[name] != after[name]]
        expect(person.page.locator(".rows .was")).to_have_count(len(others))
        person.page.wait_for_timeout(5000)  # the page looks at the label space every four seconds
        expect(person.page.locator(".rows .was")).to_have_count(len(others))
        assert len(set(person.page.evaluate("() => window.banners"))) == bool(others)
