"""After a class is refused, or is none any more: nobody is offered it, and Accept waits."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from desk import needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]
SPACE = "/v1/spaces/office"
LIST = "**/v1/spaces/office/inbox?limit=*"
WATCH = """() => {
  window.offered = [];
  const look = () => {
    const label = document.querySelector('.answer .label')?.innerText;
    const chip = document.querySelector('.rows [aria-current=true] .chip')?.innerText;
    window.offered.push(label, chip);
    requestAnimationFrame(look);
  };
  addEventListener('keydown', () => setTimeout(() => requestAnimationFrame(look), 100));
}"""


def hold_lists(person):
    """Hold the lists of documents back from now on. Return what lets them go."""
    routes = []
    person.page.route(LIST, lambda route: routes.append(route))

    def let_go():
        waiting = routes.copy()
        person.page.route(LIST, lambda route: route.continue_())
        for route in waiting:
            route.continue_()

    return let_go


def kinds(client):
    return [one["kind"] for one in client.get(f"{SPACE}/history").json["changes"]]


def arrived(person, kind):
    person.until(
        f"() => fetch('{SPACE}/history?limit=1').then(r => r.json())"
        f".then(j => j.changes[0].kind === '{kind}')"
    )


@pytest.fixture
def listed(person):
    person.open("inbox")
    expect(person.page.locator(".rows li")).to_have_count(24)
    person.page.wait_for_timeout(500)  # a key is not taken for what has just changed
    return person


def test_a_refused_class_leaves_the_document_at_once_and_accept_waits(listed, client):
    """Before, it stood there with Accept until the next list, and Accept undid the refusal."""
    page = listed.page
    refused = page.locator(".answer .label").inner_text()
    title = page.locator(".document h2").inner_text()
    accept = listed.button("^Accept a")
    let_go = hold_lists(listed)
    listed.keys("n")
    expect(page.locator(".answer .label")).to_have_text("being answered again")
    expect(page.locator(".rows [aria-current=true] .chip")).to_have_text("being answered again")
    expect(page.locator(".alternatives .name", has_text=refused)).to_have_count(0)
    expect(accept).to_be_disabled()
    arrived(listed, "refute")
    page.wait_for_timeout(700)  # as long as a person takes
    listed.keys("a")
    page.locator("h1").first.click()
    listed.keys("Enter")
    expect(page.locator(".document h2")).to_have_text(title)
    page.wait_for_timeout(500)  # in which a decision would be sent
    assert "correct" not in kinds(client)
    let_go()
    expect(accept).to_be_enabled()
    page.wait_for_timeout(500)
    answer = page.locator(".answer .label").inner_text()
    assert answer != refused
    expect(page.locator(".moved")).to_have_count(0)  # it is no other document
    listed.keys("a")
    arrived(listed, "correct")
    change = client.get(f"{SPACE}/history?limit=1").json["changes"][0]
    assert change["detail"]["classes"] == [answer]


def test_a_refused_class_does_not_come_back_while_weights_are_made(listed):
    """Before, the answer of before was kept until the new weights came."""
    page = listed.page
    refused = page.locator(".answer .label").inner_text()
    page.evaluate(WATCH)
    listed.keys("n")
    arrived(listed, "refute")
    listed.until(f"() => fetch('{SPACE}').then(r => r.json()).then(j => !j.lacking.length)")
    page.wait_for_timeout(1000)
    offered = page.evaluate("() => window.offered")
    assert offered
    assert refused not in offered


def test_undo_of_a_refusal_shows_the_class_again_at_once(listed):
    page = listed.page
    refused = page.locator(".answer .label").inner_text()
    hold_lists(listed)
    listed.keys("n")
    expect(page.locator(".answer .label")).to_have_text("being answered again")
    listed.keys("u")
    expect(page.locator(".answer .label")).to_have_text(refused)


@pytest.mark.parametrize("way", ["retired", "renamed", "merged"])
def test_a_class_that_is_none_any_more_is_not_accepted(listed, client, way):
    """Before, it stood in the list until the next one came, and to accept it made it anew."""
    page = listed.page
    label = page.locator(".answer .label").inner_text()
    other = page.locator(".alternatives .name").nth(1).inner_text()
    body = {
        "retired": {"kind": "retire", "labels": [label]},
        "renamed": {"kind": "rename", "old": label, "new": f"{label} of old"},
        "merged": {"kind": "merge", "into": other, "labels": [label]},
    }[way]
    let_go = hold_lists(listed)
    reply = client.post(f"{SPACE}/changes", body)
    assert reply.status == 200, reply.body
    expect(page.locator(".answer .label")).to_have_text("being answered again")
    expect(page.locator(".alternatives .name").get_by_text(label, exact=True)).to_have_count(0)
    assert label not in listed.chips()
    listed.keys("a")
    page.wait_for_timeout(700)
    listed.keys("a")
    page.wait_for_timeout(500)  # in which a decision would be sent
    assert "correct" not in kinds(client)
    let_go()
    expect(listed.button("^Accept a")).to_be_enabled()


def test_a_refusal_of_somebody_else_takes_the_class_away_too(listed, client):
    page = listed.page
    label = page.locator(".answer .label").inner_text()
    title = page.locator(".document h2").inner_text()
    documents = client.get(f"{SPACE}/inbox").json["documents"]
    (key,) = (one["key"] for one in documents if one["id"] == title)
    body = {"document": key, "label": [label]}
    assert client.post(f"{SPACE}/refute", body).status == 200
    expect(page.locator(".answer .label")).not_to_have_text(label)
