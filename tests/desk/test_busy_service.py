"""A service that is busy, or whose answers are lost: the page asks again, and no row is lost."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, expect
from service_process import make_space, service

from desk import desk, needs_chromium
from protolabel import LabelSpace

pytestmark = [needs_chromium, pytest.mark.slow]
HISTORY = "/v1/spaces/office/history"


def wait_until_all_is_open(client, page):
    """Wait until both decisions were carried out and taken back, as far as the service knows."""
    deadline = time.monotonic() + 20
    while True:
        kinds = [one["kind"] for one in client.get(HISTORY).json["changes"]]
        documents = client.get("/v1/spaces/office/inbox").json["documents"]
        is_open = all(one["by"] != "person" for one in documents)
        if is_open and sum(kind in ("undo", "remove") for kind in kinds) == 2:
            return
        assert time.monotonic() < deadline, kinds
        page.wait_for_timeout(50)  # in which the page goes on


def busy_once(asked):
    """Answer each request with 503 once, and let it through when it comes again."""

    def answer(route):
        request = route.request
        name = request.method, request.url, request.headers.get("idempotency-key")
        asked.append(name)
        if asked.count(name) == 1 or (request.method == "GET" and asked.count(name) % 2):
            route.fulfill(status=503, headers={"Retry-After": "0"}, json={"title": "busy"})
        else:
            route.continue_()

    return answer


def lost_once(asked):
    """Let each change through, and lose its answer once."""

    def answer(route):
        request = route.request
        name = request.method, request.url, request.headers.get("idempotency-key")
        asked.append(name)
        if request.method == "POST" and asked.count(name) == 1:
            route.fetch()
            with suppress(Error):  # the page may be another one by now
                route.abort()
        else:
            route.continue_()

    return answer


@pytest.mark.parametrize(
    ("view", "place"),
    [("history", ".changes li"), pytest.param("health", ".health .big", marks=pytest.mark.slow)],
)
def test_a_view_that_could_not_be_had_is_there_once_the_service_answers_again(
    browser, client, view, place
):
    with desk(browser, client, "office") as person:
        person.open("inbox")
        expect(person.page.locator(".rows li")).to_have_count(24)
        person.page.route("**/v1/**", lambda route: route.abort())
        person.page.evaluate("view => { location.hash = `#/office/${view}` }", view)
        expect(person.page.locator(".banner.warn")).to_be_visible()
        expect(person.page.locator(".loading").first).to_be_visible()
        expect(person.page.locator(".empty")).to_have_count(0)
        person.page.unroute("**/v1/**")
        expect(person.page.locator(".banner.warn")).to_have_count(0, timeout=20_000)
        expect(person.page.locator(place).first).to_be_visible()


CUT_ONCE = """
const real = window.fetch;
let isCut = false;
window.fetch = async (path, request) => {
  const answer = await real(path, request);
  if (isCut || !String(path).endsWith("/decisions")) return answer;
  isCut = true;
  const cut = new ReadableStream({ start: (stream) => stream.error(new TypeError("cut")) });
  return new Response(cut, { status: answer.status, headers: answer.headers });
};
"""


def test_an_answer_that_is_cut_in_its_middle_is_asked_for_again(browser, client):
    with desk(browser, client, "office") as person:
        person.page.add_init_script(CUT_ONCE)
        person.open("inbox")
        rows = person.page.locator(".rows li")
        expect(rows).to_have_count(24)
        before = len(client.get(HISTORY).json["changes"])
        person.keys("a")
        expect(rows).to_have_count(23)
        person.keys("a")  # the decision after it is sent as well
        expect(rows).to_have_count(22)
        decisions = "() => fetch('/v1/spaces/office/inbox').then(r => r.json())"
        person.until(
            f"{decisions}.then(j => j.documents.filter(d => d.by === 'person').length === 2)"
        )
        assert not person.trouble
    kinds = [one["kind"] for one in client.get(HISTORY).json["changes"][:-before]]
    assert kinds.count("correct") == 2


def test_a_list_that_is_older_than_a_decision_does_not_take_it_back(browser, client):
    """The document came back as undecided, and a person decided it twice."""
    lists, answers = [], []
    with desk(browser, client, "office") as person:
        person.open("inbox")
        rows = person.page.locator(".rows li")
        expect(rows).to_have_count(24)

        def hold(route):
            answers.append(route.fetch())
            lists.append(route)

        person.page.route("**/v1/spaces/office/inbox*", hold)
        person.keys("a")
        expect(rows).to_have_count(23)
        wait_for(person.page, lambda: len(lists) == 1)  # it knows of the first decision alone
        person.keys("a")
        expect(rows).to_have_count(22)
        wait_for(person.page, lambda: len(lists) == 2)  # since the second one is stored
        for k in range(2):
            lists[k].fulfill(response=answers[k])
            person.page.wait_for_timeout(500)
            assert rows.count() == 22
        for one, answer in zip(lists[2:], answers[2:], strict=True):
            one.fulfill(response=answer)


def wait_for(page, condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)  # in which the page goes on


@pytest.mark.parametrize("trouble", [busy_once, pytest.param(lost_once, marks=pytest.mark.slow)])
def test_decisions_and_their_undo_are_carried_out_once_and_no_row_is_lost(browser, client, trouble):
    asked = []
    with desk(browser, client, "office") as person:
        person.page.route("**/v1/**", trouble(asked))
        person.open("inbox")
        rows = person.page.locator(".rows li")
        expect(rows).to_have_count(24)
        before = client.get(HISTORY).json["changes"]
        person.keys("a")
        expect(rows).to_have_count(23)
        person.keys("c", "2")
        expect(rows).to_have_count(22)
        person.keys("u", "u")
        expect(rows).to_have_count(24)
        wait_until_all_is_open(client, person.page)
        person.page.unroute("**/v1/**")
        person.page.reload()
        expect(rows).to_have_count(24)
        expect(person.page.locator(".message.error, [role=alert]")).to_have_count(0)
    changes = client.get(HISTORY).json["changes"][: -len(before)]
    kinds = [one["kind"] for one in reversed(changes) if one["kind"] != "tune"]
    assert kinds[:2] == ["correct", "correct"]
    assert len(kinds) == 4
    assert set(kinds[2:]) <= {"undo", "remove"}  # remove where a fit came between
    keys = [key for method, _, key in asked if method == "POST"]
    assert all(keys)
    assert len(set(keys)) == 4


def test_a_change_whose_answer_is_not_here_yet_is_not_announced_as_one_of_others(browser, client):
    with desk(browser, client, "office") as person:
        person.open("classes")
        waiting = []
        person.page.route("**/changes", lambda route: waiting.append((route, route.fetch())))
        field = person.page.get_by_label("Name", exact=True)
        field.fill("Somewhere else")
        person.button("^Rename").click()
        while not waiting:
            person.page.wait_for_timeout(50)
        with person.page.expect_response("**/history*"):  # it looks who has changed something
            person.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        person.page.wait_for_timeout(300)  # in which it says so
        messages = person.page.locator(".messages").inner_text()
        route, answer = waiting[0]
        route.fulfill(response=answer)
        expect(person.page.locator(".rows .title", has_text="Somewhere else")).to_be_visible()
        assert "Somewhere else" not in messages
        assert not person.trouble


def test_a_change_that_was_prepared_before_a_restore_is_refused_and_shown(browser, tmp_path):
    path, copy = make_space(tmp_path / "mail.space"), tmp_path / "copy.space"
    shutil.copy(path, copy)
    for one, name in ((path, "bill"), (copy, "account")):
        with LabelSpace(one, background=False) as space:
            space.rename("invoice", name)
    with service(str(path), "--no-browser") as client, desk(browser, client) as person:
        person.open("classes")
        field = person.page.get_by_label("Name", exact=True)
        expect(field).to_have_value("bill")
        person.page.route("**/v1/**", only_changes)
        for ending in ("-wal", "-shm"):
            Path(f"{path}{ending}").unlink(missing_ok=True)
        copy.replace(path)
        field.fill("invoice")
        person.button("^Rename").click()
        expect(person.page.get_by_text("Somebody else has changed this")).to_be_visible()
        person.page.unroute("**/v1/**")
        expect(person.page.locator(".rows .title").first).to_have_text("account")
        names = [one["name"] for one in client.get("/v1/spaces/mail/classes").json["classes"]]
        assert names == ["account", "cv"]


def only_changes(route):
    """Let changes through: the page is to hear of nothing else."""
    if route.request.method == "GET":
        route.abort()
    else:
        route.continue_()
