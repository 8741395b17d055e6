"""Several people: each sees what others do; a change to what has changed is refused and shown."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from service_process import make_space, service

from desk import desk, needs_chromium
from protolabel import Document, LabelSpace
from protolabel.service.keys import add_key

pytestmark = [needs_chromium, pytest.mark.slow]


def test_two_people_at_once(browser, client):
    with desk(browser, client, "office") as anna, desk(browser, client, "office") as ben:
        anna.open("classes")
        ben.open("classes")
        name = anna.page.get_by_label("Name", exact=True)
        expect(name).to_have_value("Invoice")
        name.fill("Bill")
        ben.page.get_by_label("Name", exact=True).fill("Account")
        anna.button("Rename").click()
        expect(anna.page.locator(".rows .title").first).to_have_text("Bill")
        # Ben's page may not have heard of it yet; if it has, his class has another name by now.
        if ben.button("^Rename").count():
            ben.button("^Rename").click()
        expect(ben.page.locator(".rows .title").first).to_have_text("Bill", timeout=15_000)
        names = [one["name"] for one in client.get("/v1/spaces/office/classes").json["classes"]]
        assert names[0] == "Bill"

        anna.open("inbox")
        ben.open("inbox")
        expect(ben.page.locator(".rows li")).to_have_count(24)
        anna.keys("a")
        expect(ben.page.locator(".rows li")).to_have_count(23, timeout=15_000)
        ben.page.wait_for_timeout(500)  # a key is not taken for what has just changed
        ben.keys("a")
        expect(ben.page.locator(".rows li")).to_have_count(22)
        expect(anna.page.locator(".rows li")).to_have_count(22, timeout=15_000)
        anna.keys("u")  # Ben's change is newer: Anna's is taken back all the same
        expect(anna.page.locator(".rows li")).to_have_count(23, timeout=15_000)
        expect(ben.page.locator(".rows li")).to_have_count(23, timeout=15_000)


@pytest.fixture
def locked(tmp_path):
    keys = {role: add_key(tmp_path / "keys.json", role, role) for role in ("read", "curate")}
    space = make_space(tmp_path / "mail.space")
    with LabelSpace(space, background=False) as one:
        one.answer_log.remember("text")
        list(one.label_many([Document("letter", "please pay the rest")]))
    with service(str(space), "--keys", str(tmp_path / "keys.json"), "--no-browser") as client:
        yield client, keys, tmp_path


def sign_in(person, key):
    person.page.goto(person.address)
    person.page.get_by_label("Key").fill(key)
    person.keys("Enter")


def test_a_person_signs_in_and_out_and_changes_stand_in_their_name(browser, locked):
    client, keys, _ = locked
    with desk(browser, client) as person:
        sign_in(person, "pl_wrong")
        expect(person.page.get_by_text("not known here")).to_be_visible()
        assert not person.axe()
        person.page.route("**/v1/session", lambda route: route.abort())
        person.page.get_by_label("Key").fill(keys["curate"])
        person.keys("Enter")  # it is asked a few times before that is said
        expect(person.page.get_by_text("does not answer")).to_be_visible()
        person.page.unroute("**/v1/session")
        person.trouble.clear()
        person.keys("Enter")
        expect(person.page.get_by_text("curate, may curate")).to_be_visible()
        kept = person.page.evaluate("document.cookie + JSON.stringify(localStorage)")
        assert keys["curate"] not in kept
        assert "protolabel_session" not in kept
        person.open("classes")
        person.page.get_by_label("Name", exact=True).fill("bill")
        person.button("Rename").click()
        expect(person.page.locator(".rows .title").first).to_have_text("bill")
        headers = {"Authorization": f"Bearer {keys['read']}"}
        assert (
            client.get("/v1/spaces/mail/history", **headers).json["changes"][0]["who"] == "curate"
        )
        person.button("Sign out").click()
        expect(person.page.get_by_label("Key")).to_be_visible()
        person.page.reload()
        expect(person.page.get_by_label("Key")).to_be_visible()


def test_who_may_look_sees_everything_and_is_offered_no_change(browser, locked):
    client, keys, _ = locked
    with desk(browser, client) as person:
        sign_in(person, keys["read"])
        expect(person.page.get_by_text("neither allows changes")).to_be_visible()
        for view in ("start", "inbox", "classes", "unknown", "map", "health", "history"):
            person.open(view)
            offered = person.page.locator("main button:visible").all_inner_texts()
            words = " ".join(offered)
            for change in ("Accept", "Rename", "Merge", "Retire", "Undo", "Go back", "Create"):
                assert change not in words, (view, words)
        person.open("inbox")
        expect(person.page.get_by_text("not at the words of documents").first).to_be_visible()
        assert "please pay the rest" not in person.page.content()
        assert not person.trouble


def test_a_service_that_stops_is_said_and_its_return_too(browser, tmp_path):
    space = make_space(tmp_path / "mail.space")
    with service(str(space), "--no-browser") as client, desk(browser, client) as person:
        person.open("classes")
        person.page.route("**/v1/**", lambda route: route.abort())
        expect(person.page.get_by_text("does not answer")).to_be_visible(timeout=15_000)
        person.page.unroute("**/v1/**")
        expect(person.page.get_by_text("does not answer")).to_have_count(0, timeout=15_000)


@pytest.fixture
def both(browser, client):
    """Two people at one document, of whom the second one does not look again by itself."""
    with desk(browser, client, "office") as anna, desk(browser, client, "office") as ben:
        for one in (anna, ben):
            one.open("inbox")
            expect(one.page.locator(".rows li")).to_have_count(24)
            one.page.wait_for_timeout(500)  # a key is not taken for what has just changed
        yield anna, ben


def newest(client):
    return client.get("/v1/spaces/office/history?limit=1").json["changes"][0]


@pytest.mark.parametrize("key", ["0", "2"])
def test_a_decision_on_what_somebody_else_has_just_decided_is_refused_and_said(both, client, key):
    """Before, the second one ended the first, and nobody was told."""
    anna, ben = both
    label = anna.page.locator(".answer .label").inner_text()
    title = anna.page.locator(".document h2").inner_text()
    anna.keys("a")
    anna.until(
        "() => fetch('/v1/spaces/office/history?limit=1').then(r => r.json())"
        ".then(j => j.changes[0].kind === 'correct')"
    )
    decision = newest(client)
    ben.keys(key)  # the page looks at the label space every four seconds
    error = ben.page.locator(".message.error")
    expect(error).to_contain_text(f"decided “{title}” meanwhile: {label}")
    assert newest(client)["mark"] == decision["mark"]
    expect(ben.page.locator(".rows li")).to_have_count(23)
    ben.button("^Decided").click()
    expect(ben.page.locator(".rows li").filter(has_text=title).locator(".chip")).to_have_text(label)
    ben.button("^To decide").click()
    ben.keys("u")
    expect(ben.page.get_by_text("Nothing to undo here")).to_be_visible()


def test_to_accept_what_somebody_else_has_just_refused_is_refused(both, client):
    anna, ben = both
    label = anna.page.locator(".answer .label").inner_text()
    anna.keys("n")
    anna.until(
        "() => fetch('/v1/spaces/office/history?limit=1').then(r => r.json())"
        ".then(j => j.changes[0].kind === 'refute')"
    )
    ben.keys("a")
    expect(ben.page.locator(".message.error")).to_contain_text(f"is not {label}")
    assert newest(client)["kind"] == "refute"


def test_two_who_decide_the_same_hear_nothing(both):
    anna, ben = both
    anna.keys("a")
    anna.until(
        "() => fetch('/v1/spaces/office/history?limit=1').then(r => r.json())"
        ".then(j => j.changes[0].kind === 'correct')"
    )
    ben.keys("a")
    ben.page.wait_for_timeout(1000)
    expect(ben.page.locator(".message.error")).to_have_count(0)
    expect(ben.page.locator(".rows li")).to_have_count(23)
