"""The page where documents may have several labels: none is lost when a person decides."""

from __future__ import annotations

from collections import Counter

import pytest
from fast_cases import few
from playwright.sync_api import expect
from service_process import service
from several_letters import make_letters
from spelt_numbers import spelt

from desk import desk, needs_chromium, quiet_desk

pytestmark = needs_chromium
SPACE = "/v1/spaces/mail"
BOTH = ["invoice", "urgent"]


@pytest.fixture
def client(tmp_path):
    with service(str(make_letters(tmp_path / "mail.space")), "--no-browser") as one:
        yield one


@pytest.fixture
def person(browser, client):
    with quiet_desk(browser, client) as one:
        yield one


def documents(client):
    return {one["id"]: one for one in client.get(f"{SPACE}/inbox").json["documents"]}


def examples(client):
    """How many examples each class has."""
    classes = client.get(f"{SPACE}/classes").json["classes"]
    return Counter({one["name"]: one["examples"] for one in classes})


def version(client):
    return client.get(SPACE).json["version"]


def choose(person, title):
    person.page.locator(".rows .title").get_by_text(title, exact=True).click()
    expect(person.page.locator(".document h2")).to_have_text(title)


def rank(person, label):
    """The key of a class in the list of the document."""
    names = person.page.locator(".alternatives .name").all_inner_texts()
    return str([name.strip() for name in names].index(label) + 1)


def arrived(person, question):
    """Wait until the documents of the service, by id, answer a question."""
    person.until(
        f"() => fetch('{SPACE}/inbox').then(r => r.json())"
        ".then(j => Object.fromEntries(j.documents.map(d => [d.id, d])))"
        f".then(all => {question})"
    )


@pytest.mark.parametrize("way", few(["a", "Enter", "the button"], ["a", "the button"]))
def test_accepting_keeps_all_labels_of_the_answer_and_undo_takes_all_back(person, client, way):
    before = examples(client)
    person.open("inbox")
    choose(person, "fee")
    expect(person.page.locator(".answer .label")).to_have_text("urgent, invoice")
    if way == "the button":
        person.button("^Accept a").click()
    else:
        person.page.locator("h1").first.click()  # Enter would press the row again
        person.keys(way)
    arrived(person, "all.fee.by === 'person'")
    assert documents(client)["fee"]["labels"] == BOTH
    assert examples(client) == before + Counter(BOTH)
    person.keys("u")
    arrived(person, "all.fee.by !== 'person'")
    assert examples(client) == before
    choose(person, "fee")
    expect(person.page.locator(".answer .label")).to_have_text("urgent, invoice")


@pytest.mark.slow
def test_a_text_that_this_page_alone_has_keeps_all_labels_too(person, client):
    assert client.post(f"{SPACE}/remember", {"what": "answers"}).status == 200
    before = examples(client)
    person.open("inbox")
    person.keys("p")
    person.page.keyboard.type(
        "please pay the attached bill, quickly, call me now, the last reminder"
    )
    person.keys("Control+Enter")
    expect(person.page.locator(".answer .label")).to_have_text("urgent, invoice")
    person.page.wait_for_timeout(500)  # a key is not taken for what has just changed
    person.keys("a")
    expect(person.page.locator(".rows li")).to_have_count(0)
    person.button("^Decided").click()
    expect(person.page.locator(".rows .chip")).to_have_text("invoice, urgent")
    person.until(
        f"() => fetch('{SPACE}/history?limit=1').then(r => r.json())"
        ".then(j => j.changes[0].kind === 'correct')"
    )
    assert examples(client) == before + Counter(BOTH)


@pytest.mark.slow
def test_numbers_tick_and_untick_and_one_key_accepts_what_is_ticked(person, client):
    before, first = examples(client), version(client)
    person.open("inbox")
    choose(person, "roof")
    label = person.page.locator(".answer .label")
    expect(label).to_have_text("invoice")
    urgent, invoice = rank(person, "urgent"), rank(person, "invoice")
    person.keys(urgent)
    expect(label).to_have_text("invoice, urgent")
    person.keys(invoice)
    expect(label).to_have_text("urgent")
    pressed = person.page.locator(".alternatives [aria-pressed=true] .name")
    expect(pressed).to_have_count(1)
    person.keys(invoice)
    expect(label).to_have_text("urgent, invoice")
    person.keys("c")
    person.page.keyboard.type("roofing")
    person.keys("Enter")
    expect(label).to_have_text("urgent, invoice, roofing")
    assert version(client) == first  # nothing is decided yet
    person.keys("a")
    arrived(person, "all.roof.by === 'person'")
    assert documents(client)["roof"]["labels"] == ["invoice", "roofing", "urgent"]
    assert examples(client) == before + Counter(["invoice", "roofing", "urgent"])
    person.keys("u")
    arrived(person, "all.roof.by !== 'person'")
    assert examples(client) == before
    choose(person, "roof")
    expect(label).to_have_text("urgent, invoice, roofing")  # as it was before the key


@pytest.mark.slow
def test_not_this_takes_one_label_alone(person, client):
    person.open("inbox")
    choose(person, "fee")
    person.keys("n")
    expect(person.page.locator(".answer .label")).to_have_text("invoice")
    expect(person.button("^Accept a")).to_be_enabled()  # the service has said so
    assert [one["label"] for one in documents(client)["fee"]["answer"]["labels"]] == ["invoice"]
    person.keys("u")
    expect(person.page.locator(".answer .label")).to_have_text("urgent, invoice")


@pytest.mark.slow
def test_the_sure_ones_keep_all_their_labels(person, client):
    answers = {
        name: sorted(one["label"] for one in document["answer"]["labels"])
        for name, document in documents(client).items()
    }
    assert answers["fee"] == BOTH
    person.open("inbox")
    sure = person.button("that are 95")
    n = int(sure.inner_text().split()[1])
    assert 1 < n < len(answers)  # of one, the label that it does not have is unsure
    sure.click()
    expect(person.page.locator("dialog .flows")).to_contain_text("invoice, urgent")
    person.page.locator("dialog .primary").click()
    expect(person.page.locator(".rows li")).to_have_count(len(answers) - n)
    arrived(person, f"Object.values(all).filter(d => d.by === 'person').length === {n}")
    decisions = {k: d["labels"] for k, d in documents(client).items() if d["by"] == "person"}
    assert decisions == {name: answers[name] for name in decisions}
    assert "roof" not in decisions
    before = examples(client)
    person.keys("u")
    arrived(person, "Object.values(all).every(d => d.by !== 'person')")
    assert before - examples(client) == Counter(
        label for labels in decisions.values() for label in labels
    )


@pytest.mark.slow
def test_undo_brings_back_an_example_that_a_decision_has_only_ended(person, client):
    key = documents(client)["fee"]["key"]
    body = {"labels": {key: BOTH}}
    assert client.post(f"{SPACE}/inbox/decisions", body).status == 200
    before = examples(client)
    person.open("inbox")
    person.button("^Decided").click()
    choose(person, "fee")
    person.keys(rank(person, "urgent"), "a")
    arrived(person, "all.fee.labels.length === 1")
    assert before - examples(client) == Counter(["urgent"])
    person.keys("u")
    arrived(person, "all.fee.labels.length === 2")
    assert examples(client) == before


@pytest.mark.slow
def test_undo_at_a_document_after_the_change_of_another_opens_it_whatever_ended(person, client):
    """The label that the decision ended does not come back; a return to that version brings it."""
    key = documents(client)["fee"]["key"]
    body = {"labels": {key: BOTH}}
    assert client.post(f"{SPACE}/inbox/decisions", body).status == 200
    person.open("inbox")
    person.button("^Decided").click()
    choose(person, "fee")
    person.keys(rank(person, "urgent"), "a")
    arrived(person, "all.fee.labels.length === 1")
    body = {"kind": "describe", "texts": {"urgent": "cannot wait"}}
    assert client.post(f"{SPACE}/changes", body).status == 200
    person.keys("u")
    expect(person.page.locator(".message")).to_contain_text("Undone: fee")
    arrived(person, "all.fee.by !== 'person'")
    changes = client.get(f"{SPACE}/history?limit=10").json["changes"]
    assert changes[0]["kind"] == "remove"
    version = next(one["version"] for one in changes if one["kind"] == "describe")
    back = {"kind": "return", "version": version - 2}  # before both the change and the decision
    assert client.post(f"{SPACE}/changes", back).status == 200
    assert documents(client)["fee"]["labels"] == sorted(BOTH)


@pytest.mark.slow
def test_undo_after_the_change_of_another_removes_all_that_was_added_or_nothing(browser, tmp_path):
    """A change lists the first 20 of its examples."""
    path = make_letters(tmp_path / "mail.space")
    words = "please pay the attached bill, the last reminder, quickly, call me now"
    letters = [{"id": spelt(n), "text": f"{words}, {spelt(n)}"} for n in range(12)]
    with service(str(path), "--no-browser", "--review-below", "50%") as client:
        assert client.post(f"{SPACE}/inbox", {"documents": letters}).status == 200
        with desk(browser, client) as person:
            person.open("inbox")
            person.button("that are 50").click()
            person.page.locator("dialog .primary").click()
            arrived(person, "Object.values(all).filter(d => d.by === 'person').length > 11")
            after = examples(client)
            body = {"kind": "describe", "texts": {"urgent": "cannot wait"}}
            assert client.post(f"{SPACE}/changes", body).status == 200
            person.keys("u")
            expect(person.page.get_by_text("Others have changed the label")).to_be_visible()
            assert examples(client) == after


@pytest.mark.slow
def test_a_label_that_comes_or_goes_is_a_change_of_the_answer(person, client):
    """Also where the likeliest label stays."""
    person.open("inbox")
    expect(person.page.locator(".rows li")).to_have_count(6)
    assert person.chips()[1] == "urgent, invoice"
    body = {"kind": "retire", "labels": ["invoice"]}
    assert client.post(f"{SPACE}/changes", body).status == 200
    fee = person.page.get_by_role("button", name="fee please pay")
    expect(fee.locator(".was")).to_have_text("was invoice, urgent")
    expect(person.page.locator(".moved")).to_contain_text("invoice, urgent → urgent")


@pytest.mark.slow
def test_health_shows_what_is_measured_of_several_labels(person, client):
    shares = client.get(f"{SPACE}/evaluation").json["shares"]
    page = person.open("health").page
    for name in shares:
        expect(page.get_by_text(name)).to_be_visible()
    for wrong in ("undefined", "No threshold is in force", "Class by class"):
        expect(page.get_by_text(wrong)).to_have_count(0)
    person.open("classes")
    expect(page.locator(".one-class")).to_be_visible()
    expect(page.get_by_text("needs two examples")).to_have_count(0)


LASSO = """() => {
  const canvas = document.querySelector(".drawing canvas");
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const at = (type, x, y) => canvas.dispatchEvent(new PointerEvent(type, {
    bubbles: true, pointerId: 1, clientX: left + x * width, clientY: top + y * height }));
  canvas.setPointerCapture = () => undefined; // of a pointer that is not there
  at("pointerdown", 0, 0);
  for (const [x, y] of [[1, 0], [1, 1], [0, 1]]) at("pointermove", x, y);
  at("pointerup", 0, 1);
}"""


@pytest.mark.slow
@pytest.mark.parametrize("alone", [False, True])
def test_a_label_from_the_map_stands_beside_the_others_or_in_place_of_them(person, client, alone):
    before, answers = examples(client), documents(client)
    labels = {
        name: {"urgent"} if alone else {"urgent"} | {e["label"] for e in d["answer"]["labels"]}
        for name, d in answers.items()
    }
    person.open("map")
    expect(person.page.locator(".names span").first).to_be_visible()
    person.keys("l")
    expect(person.button("^Lasso")).to_have_attribute("aria-pressed", "true")
    person.page.evaluate(LASSO)
    expect(person.page.locator(".chosen > strong")).to_have_text(f"{len(answers)} chosen")
    person.button("^Label as").click()
    if alone:
        person.page.get_by_label("In place of the labels").check()
    person.page.get_by_role("option", name="urgent").click()
    arrived(person, "Object.values(all).every(d => d.by === 'person')")
    assert {name: set(d["labels"]) for name, d in documents(client).items()} == labels
    additions = Counter(label for of_one in labels.values() for label in of_one)
    assert examples(client) == before + additions  # examples on the map are as before


@pytest.mark.slow
def test_the_page_is_accessible_where_classes_are_ticked(person):
    person.open("inbox")
    choose(person, "roof")
    person.keys(rank(person, "urgent"))
    expect(person.page.get_by_text("not accepted yet")).to_be_visible()
    assert not person.axe()
