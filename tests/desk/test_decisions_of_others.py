"""Two people at one document: a decision is not replaced by somebody who did not see it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from desk import desk, needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]
INBOX = "/v1/spaces/office/inbox"


@pytest.fixture
def two(browser, client):
    """Two people who look at the same document, which is undecided on both pages."""
    with desk(browser, client, "office") as anna, desk(browser, client, "office") as ben:
        for one in (anna, ben):
            one.open("inbox")
            expect(one.page.locator(".rows li")).to_have_count(24)
            expect(one.page.locator(".alternatives li").first).to_be_visible()
        yield anna, ben


def title_of(person):
    return person.page.locator(".document h2").inner_text()


def document(client, title):
    return next(one for one in client.get(INBOX).json["documents"] if one["id"] == title)


def wait_for(person, title, question):
    person.until(
        f"() => fetch('{INBOX}').then(r => r.json()).then(j => {{ const d = "
        f"j.documents.find(d => d.id === {title!r}); return {question}; }})"
    )


def kept_back(person, keys):
    """Press keys, and keep the decisions on their way; return what lets them go on."""
    waiting, is_kept_back = [], True

    def meet(route):
        is_decision = route.request.method == "POST" and "/explain" not in route.request.url
        waiting.append(route) if is_kept_back and is_decision else route.continue_()

    person.page.route("**/v1/**", meet)
    person.keys(*keys)
    person.page.wait_for_timeout(300)

    def go_on():
        nonlocal is_kept_back
        is_kept_back = False
        for route in waiting:
            route.continue_()

    return go_on


@pytest.mark.parametrize("key", ["0", "2", "n"])
def test_the_second_decision_is_refused_and_the_first_is_shown(two, client, key):
    anna, ben = two
    title = title_of(anna)
    label = anna.page.locator(".answer .label").inner_text()
    go_on = kept_back(ben, [key])
    anna.keys("a")
    wait_for(anna, title, "d.by === 'person'")
    go_on()
    refusal = ben.page.locator(".message.error")
    expect(refusal).to_contain_text(f"decided “{title}” meanwhile: {label}")
    assert (document(client, title)["by"], document(client, title)["label"]) == ("person", label)
    expect(ben.page.locator(".message", has_text="Noted")).to_have_count(0)
    expect(ben.page.locator(".message", has_text="Corrected")).to_have_count(0)
    expect(ben.page.locator(".rows li")).to_have_count(23)
    ben.button("^Decided").click()
    expect(ben.page.locator(".rows .chip")).to_have_text(label)
    ben.page.wait_for_timeout(500)  # a key is not taken for what has just changed
    other = ben.page.locator(".alternatives .name").nth(1).inner_text()
    ben.keys("2")  # they see it now, and decide anew on purpose
    wait_for(ben, title, f"d.label === {other!r}")


def test_a_class_is_not_given_over_none_of_these_that_nobody_saw(two, client):
    anna, ben = two
    title = title_of(anna)
    go_on = kept_back(ben, ["a"])
    anna.keys("0")
    wait_for(anna, title, "(d.refused || []).length > 0")
    go_on()
    expect(ben.page.locator(".message.error")).to_contain_text(f"decided “{title}” meanwhile")
    assert document(client, title)["by"] != "person"
    expect(ben.page.locator(".message", has_text="Accepted")).to_have_count(0)


def test_the_same_decision_of_both_is_one(two, client):
    anna, ben = two
    title = title_of(anna)
    go_on = kept_back(ben, ["a"])
    anna.keys("a")
    wait_for(anna, title, "d.by === 'person'")
    go_on()
    expect(ben.page.locator(".rows li")).to_have_count(23)
    ben.page.wait_for_timeout(1000)
    expect(ben.page.locator(".message.error")).to_have_count(0)


def test_one_person_may_change_their_mind_faster_than_the_service_answers(person, client):
    person.open("inbox")
    title = title_of(person)
    expect(person.page.locator(".alternatives li").first).to_be_visible()
    other = person.page.locator(".alternatives .name").nth(1).inner_text()
    person.button("^All").click()
    go_on = kept_back(person, ["a", "k", "2"])
    go_on()
    wait_for(person, title, f"d.label === {other!r}")
    expect(person.page.locator(".message.error")).to_have_count(0)
