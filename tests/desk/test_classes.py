"""Classes in the browser: each change has a preview; what the other views change, too."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from spelt_numbers import spelt

from desk import needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]
CLASSES = "/v1/spaces/office/classes"


def counts(client):
    return {one["name"]: one["examples"] for one in client.get(CLASSES).json["classes"]}


def flows(person):
    expect(person.page.locator(".preview .loading")).to_have_count(0)
    return person.page.locator(".preview .flows li").all_inner_texts()


def test_a_preview_comes_before_each_change_and_is_true(person, client):
    person.open("classes")
    person.page.locator(".rows button", has_text="Reminder").click()
    person.button("Merge").click()
    person.page.keyboard.type("Invo")
    person.keys("Enter")
    body = {"kind": "merge", "labels": ["Reminder", "Invoice"], "into": "Invoice"}
    foreseen = client.post("/v1/spaces/office/preview", body).json["flows"]
    assert len(flows(person)) == min(12, len(foreseen))
    assert "Reminder" in counts(client)  # a preview changes nothing
    person.button("Do it").click()
    expect(person.page.locator(".rows li")).to_have_count(7)
    assert counts(client)["Invoice"] == 12

    checks = person.page.locator(".example-list input")
    expect(checks).to_have_count(12)
    for i in range(2):
        checks.nth(i).check()
    person.button("Split").click()
    person.page.get_by_label("Name", exact=True).last.fill("Final bill")
    person.keys("Enter")
    flows(person)
    person.button("Do it").click()
    expect(person.page.locator(".rows .title", has_text="Final bill")).to_be_visible()
    assert counts(client)["Final bill"] == 2

    person.page.locator(".rows button", has_text="Final bill").click()
    person.button("Retire").click()
    flows(person)
    person.button("Do it").click()
    expect(person.page.locator(".rows .tag", has_text="retired")).to_be_visible()
    person.open("history")
    person.button("Undo the last change").click()
    person.open("classes")
    expect(person.page.locator(".rows .tag", has_text="retired")).to_have_count(0)


def test_history_goes_back_to_any_version(person, client):
    before = client.get(CLASSES).json["classes"]
    version = client.get("/v1/spaces/office").json["version"]
    body = {"kind": "rename", "old": "Order", "new": "Purchase"}
    assert client.post("/v1/spaces/office/changes", body).status == 200
    person.open("history")
    row = person.page.locator(".changes > li").filter(
        has=person.page.get_by_title(f"Version {version}", exact=True)
    )
    row.get_by_role("button", name="Go back to here").click()
    flows(person)
    person.button("Do it").click()
    expect(person.page.locator(".changes > li").first).to_contain_text("returned to version")
    assert client.get(CLASSES).json["classes"] == before


def test_a_document_that_no_class_explains_becomes_a_class(person, client):
    body = {"kind": "configure", "values": {"threshold": 0.5}}
    assert client.post("/v1/spaces/office/changes", body).status == 200
    person.open("unknown")
    group = person.page.locator(".group").first
    expect(group).to_be_visible()
    create = person.button("Create the class")
    expect(create).to_have_count(0)  # nothing says that they belong together
    documents = 1
    group.get_by_role("checkbox").first.check()
    expect(create).to_be_disabled()
    person.page.get_by_label("Name of the class").fill("Leisure")
    create.click()
    expect(person.page.get_by_text("Leisure is a class now")).to_be_visible()
    person.open("classes")
    expect(person.page.locator(".rows .title", has_text="Leisure")).to_be_visible()
    assert counts(client)["Leisure"] == documents


def test_a_proposed_class_is_accepted(person, client):
    texts = [f"telescope galaxy star planet comet number {spelt(i)}" for i in range(8)]
    documents = [{"id": f"sky {i}", "text": text} for i, text in enumerate(texts)]
    assert client.post("/v1/spaces/office/inbox", {"documents": documents}).status == 200
    body = {"kind": "configure", "values": {"threshold": 0.5}}
    assert client.post("/v1/spaces/office/changes", body).status == 200
    person.open("unknown")
    person.button("Look for groups").click()
    group = person.page.locator(".group").filter(has_text="sky")
    expect(group.locator(".terms")).to_contain_text("galaxy", timeout=60_000)
    group.get_by_label("Name of the class").fill("Astronomy")
    group.get_by_role("button", name="Create the class").click()
    flows(person)
    person.button("Do it").click()
    expect(person.page.get_by_text("Astronomy is a class now")).to_be_visible()
    assert counts(client)["Astronomy"] >= 8


def test_a_line_drawn_around_points_labels_them_and_one_key_takes_it_back(person, client):
    """Before, `u` knew nothing of it, and the history took it back in two steps."""
    before = counts(client)
    person.open("map")
    expect(person.page.locator(".names span").first).to_be_visible()
    person.page.wait_for_timeout(500)
    frame = person.page.locator("canvas").bounding_box()
    person.keys("l")
    mouse = person.page.mouse
    left, top = frame["x"] + 5, frame["y"] + 5
    right, bottom = frame["x"] + frame["width"] - 5, frame["y"] + frame["height"] - 5
    mouse.move(left, top)
    mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom)):
        mouse.move(x, y, steps=4)
    mouse.up()
    expect(person.page.locator(".chosen > strong")).to_have_text("72 chosen")  # 24 and 48
    person.button("Label as").click()
    person.page.keyboard.type("Everything")
    person.keys("Enter")
    expect(person.page.locator(".legend-list", has_text="Everything")).to_be_visible()
    assert counts(client)["Everything"] == 72
    expect(person.page.get_by_text("Corrected to Everything: 24 documents, 48 ex")).to_be_visible()
    person.keys("g", "i")
    expect(person.page.locator(".tabs .count").first).to_have_text("0")
    person.keys("u")
    expect(person.page.locator(".tabs .count").first).to_have_text("24")
    person.until(f"() => fetch('{CLASSES}').then(r => r.text()).then(t => !/Everything/.test(t))")
    assert counts(client) == before


def test_the_slider_of_health_says_what_would_be_answered(person, client):
    person.open("health")
    slider = person.page.get_by_role("slider")
    expect(slider).to_be_visible(timeout=20_000)
    slider.focus()
    person.keys("End")
    all_answered = person.page.locator(".hundred-legend strong").all_inner_texts()
    assert sum(map(int, all_answered)) == 100
    assert int(all_answered[2]) <= 2
    person.keys("Home")
    few = person.page.locator(".hundred-legend strong").all_inner_texts()
    assert int(few[2]) > int(all_answered[2])


def test_a_dialog_begins_on_its_first_field(person, client):
    """Before, it was the button that closes it: the name that a person typed was lost."""
    person.open("classes")
    person.button("Add a class").click()
    person.page.keyboard.type("Warranty")
    person.keys("Tab")
    person.page.keyboard.type("somebody is not content")
    person.keys("Tab", "Tab", "Enter")
    expect(person.page.locator(".rows .title", has_text="Warranty")).to_be_visible()
    added = next(one for one in client.get(CLASSES).json["classes"] if one["name"] == "Warranty")
    assert added["description"] == "somebody is not content"
    person.page.locator(".rows button", has_text="Reminder").click()
    person.page.locator(".example-list input").first.check()
    person.button("Split").click()
    person.page.keyboard.type("Final bill")
    expect(person.page.get_by_label("Name", exact=True).last).to_have_value("Final bill")


def test_a_change_says_what_it_did_and_can_be_taken_back_there(person, client):
    """Before, one had to know that the history takes it back."""
    page = person.open("classes").page
    names = page.locator(".rows .title").all_inner_texts()
    person.button("^Merge").click()
    page.keyboard.type(names[1])
    person.keys("Enter")
    person.button("Do it").click()
    expect(page.locator(".rows .title")).to_have_count(len(names) - 1)
    message = page.locator(".message", has_text="merged")
    message.get_by_role("button", name="Undo").click()
    expect(page.locator(".rows .title")).to_have_count(len(names))
    kinds = [one["kind"] for one in client.get("/v1/spaces/office/history").json["changes"]]
    assert [kind for kind in kinds if kind != "tune"][:2] == ["undo", "merge"]


def test_what_was_accepted_is_not_called_corrected(person, client):
    person.open("inbox")
    expect(person.page.locator(".rows li")).to_have_count(24)
    person.keys("a")
    person.until(
        "() => fetch('/v1/spaces/office/history?limit=1').then(r => r.json())"
        ".then(j => j.changes[0].kind === 'correct')"
    )
    person.open("history")
    row = person.page.locator(".changes li").filter(has_text="decision").first
    expect(row).to_contain_text("decided: ")
    expect(row).not_to_contain_text("corrected")


def test_a_preview_says_what_its_numbers_are_and_what_stays(person, client):
    """Before, they could be read as the examples of the class, of which there are others."""
    page = person.open("classes").page
    page.locator(".rows button", has_text="Reminder").click()
    before = counts(client)["Reminder"]
    person.button("^Retire").click()
    assert flows(person)
    expect(page.locator("dialog")).to_contain_text("These would get another answer:")
    expect(page.locator("dialog")).to_contain_text("Its examples stay")
    person.button("Do it").click()
    expect(page.locator(".rows li", has_text="Reminder")).to_contain_text("retired")
    assert counts(client)["Reminder"] == before


def test_a_class_of_near_copies_says_why_it_is_not_measured(person, client):
    """Before, it had 3 examples and needed two."""
    text = "Rechnung Nr. {}: bitte zahlen Sie den Betrag von 100 Euro bis Ende Juni auf unser Konto"
    examples = [{"text": text.format(i), "label": "Form"} for i in range(3)]
    change = {"kind": "add", "examples": examples}
    assert client.post("/v1/spaces/office/changes", change).status == 200
    page = person.open("classes").page
    page.locator(".rows button", has_text="Form").click()
    expect(page.locator(".measures")).to_contain_text("needs two different examples, and these 3")


def test_a_name_that_another_class_has_is_said_at_the_field_and_merging_is_offered(person):
    """Before, half a sentence advised `merge instead` and pointed to the view that was open."""
    page = person.open("classes").page
    names = page.locator(".rows .title").all_inner_texts()
    page.get_by_label("Name", exact=True).fill(names[1])
    expect(page.get_by_text(f"There is a class “{names[1]}” already")).to_be_visible()
    expect(page.get_by_role("button", name="Rename")).to_have_count(0)
    page.locator(".naming").get_by_role("button", name="Merge").click()
    expect(page.get_by_role("dialog")).to_contain_text(f"Merge: {names[0]} → {names[1]}")
