"""Files on their way into a label space: whose class they are, and what is not lost on the way."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from service_process import make_space, service

from desk import bills, desk, needs_chromium
from protolabel.service.keys import add_key

pytestmark = [needs_chromium, pytest.mark.slow]
HISTORY = "/v1/spaces/mail/history"

# Drop folders, given as nested objects, and files, given as their texts, onto an element.
DROP = """([selector, tree]) => {
  const entry = (name, value) => typeof value === "string"
    ? { name, isFile: true, isDirectory: false, file: (take) => take(new File([value], name)) }
    : { name, isFile: false, isDirectory: true, createReader() {
        const parts = [Object.entries(value).map(([inside, one]) => entry(inside, one)), []];
        return { readEntries: (take) => take(parts.shift()) };
      } };
  const items = Object.entries(tree).map(([name, value]) =>
    ({ webkitGetAsEntry: () => entry(name, value) }));
  const event = new Event("drop", { bubbles: true, cancelable: true });
  Object.defineProperty(event, "dataTransfer", { value: { items, files: [] } });
  document.querySelector(selector).dispatchEvent(event);
}"""

PAST = {"invoice": {"2023": {"a.txt": "pay the bill"}}, "lease": {"b.txt": "the flat is let"}}
STRAY = {"readme.txt": "about these files"}


@pytest.fixture
def mail(tmp_path):
    return make_space(tmp_path / "mail.space")


@pytest.fixture
def client(mail):
    with service(str(mail), "--no-browser") as one:
        yield one


@pytest.fixture
def person(browser, client):
    with desk(browser, client, "mail") as one:
        yield one


def write(folder, tree):
    folder.mkdir(parents=True)
    for name, value in tree.items():
        if isinstance(value, str):
            (folder / name).write_text(value, encoding="utf-8")
        else:
            write(folder / name, value)
    return folder


def texts_of(client, label):
    examples = client.get(f"/v1/spaces/mail/examples?label={label}").json["examples"]
    return [one["text"] for one in examples]


def hold_read(page, number):
    """Hold the request that reads one of the files, counted from 1, until the test lets it go."""
    waiting, asked = [], []

    def answer(route):
        asked.append(route)
        if len(asked) == number:
            waiting.append(route)
        else:
            route.continue_()

    page.route("**/read?*", answer)
    return waiting


def wait_for(page, waiting):
    while not waiting:
        page.wait_for_timeout(20)  # in which the page goes on


# -- whose class ----------------------------------------------------------------------------------


def test_the_first_folder_in_a_chosen_one_names_the_class(person, client, tmp_path):
    page = person.open("start").page
    past = write(tmp_path / "past", PAST | STRAY)
    page.locator(".dropzone input[type=file]").set_input_files(past)
    expect(page.get_by_text("Added 2 examples in 2 classes")).to_be_visible()
    expect(page.locator(".banner.bad summary")).to_have_text("1 file could not be read")
    expect(page.locator(".banner.bad li")).to_contain_text(
        "past/readme.txt: it lies in no folder that names a class"
    )
    assert {one["name"] for one in client.get("/v1/spaces/mail/classes").json["classes"]} == {
        "cv", "invoice", "lease"
    }  # fmt: skip
    assert "pay the bill" in texts_of(client, "invoice")


@pytest.mark.parametrize("tree", [{"past": PAST | STRAY}, PAST | STRAY], ids=["one", "several"])
def test_of_folders_that_are_dropped_together_each_is_a_class(person, client, tree):
    page = person.open("start").page
    page.evaluate(DROP, [".dropzone", tree])
    expect(page.get_by_text("Added 2 examples in 2 classes")).to_be_visible()
    expect(page.locator(".banner.bad li")).to_contain_text("readme.txt")
    assert texts_of(client, "lease") == ["the flat is let"]


def test_a_folder_without_folders_names_no_class(person, client):
    page = person.open("start").page
    before = client.get(HISTORY).json
    page.evaluate(DROP, [".dropzone", {"past": STRAY}])
    expect(page.get_by_text("These files lie in no folder that names a class")).to_be_visible()
    assert client.get(HISTORY).json == before


# -- what is not lost -----------------------------------------------------------------------------


def test_a_stop_while_files_are_read_adds_nothing(person, client, tmp_path):
    page = person.open("start").page
    before = client.get(HISTORY).json
    waiting = hold_read(page, 2)
    past = write(tmp_path / "past", PAST)
    page.locator(".dropzone input[type=file]").set_input_files(past)
    wait_for(page, waiting)
    person.button("Stop").click()
    waiting[0].continue_()
    expect(page.get_by_text("Stopped: nothing was added")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    assert client.get(HISTORY).json == before


def test_files_are_read_on_once_the_service_is_back(person):
    page = person.open("inbox").page
    waiting = hold_read(page, 2)
    page.locator(".list .adding input[type=file]").first.set_input_files(bills(40))
    wait_for(page, waiting)
    page.route("**/v1/**", lambda route: route.abort())
    waiting[0].abort()
    expect(page.locator(".banner.warn")).to_be_visible()
    page.wait_for_timeout(6000)  # the request is given up, and the service is looked for
    page.unroute("**/v1/**")
    expect(page.locator(".rows li")).to_have_count(40)
    expect(page.locator(".banner.bad")).to_have_count(0)


def test_documents_that_were_on_their_way_arrive_once_the_service_is_back(person):
    page = person.open("inbox").page
    away = []

    def lose(route):
        away.append(route)
        route.abort()

    page.route("**/inbox", lose)
    page.locator(".list .adding input[type=file]").first.set_input_files(bills(34))
    wait_for(page, away)
    page.route("**/v1/**", lambda route: route.abort())
    page.wait_for_timeout(6000)
    page.unroute("**/inbox")
    page.unroute("**/v1/**")
    expect(page.locator(".rows li")).to_have_count(34)
    expect(page.locator(".banner.bad")).to_have_count(0)


def test_what_a_person_who_was_signed_out_did_not_add_is_listed(browser, mail, tmp_path):
    key = add_key(tmp_path / "keys.json", "anna", "curate")
    with (
        service(str(mail), "--no-browser", "--keys", str(tmp_path / "keys.json")) as client,
        desk(browser, client, "mail") as person,
    ):
        page = person.page
        page.goto(person.address)
        page.get_by_label("Key").fill(key)
        person.button("Sign in").click()
        expect(page.locator(".list .adding")).to_be_visible()
        waiting = hold_read(page, 3)
        page.locator(".list .adding input[type=file]").first.set_input_files(bills(4))
        wait_for(page, waiting)
        page.context.clear_cookies()
        waiting[0].continue_()
        page.get_by_label("Key").fill(key)
        person.button("Sign in").click()
        expect(page.locator(".banner.bad summary")).to_have_text("4 files could not be read")
        first = page.locator(".banner.bad li").first
        expect(first).to_contain_text("signed out before it was added")


def test_a_file_that_is_gone_is_listed_and_the_others_are_read(person, tmp_path):
    page = person.open("inbox").page
    folder = write(tmp_path / "new", {f"{i}.txt": f"bill {i}" for i in range(4)})
    waiting = hold_read(page, 1)
    page.locator(".list .adding input[webkitdirectory]").set_input_files(folder)
    wait_for(page, waiting)
    first = waiting[0].request.url.rsplit("%2F", 1)[-1]
    gone = next(name for name in ("2.txt", "3.txt") if name != first)
    (folder / gone).unlink()
    waiting[0].continue_()
    expect(page.locator(".rows li")).to_have_count(3)
    expect(page.locator(".banner.bad li")).to_contain_text(f"{gone}: the browser cannot open it")


def test_no_file_of_a_large_drop_is_left_out(person):
    page = person.open("start").page
    waiting = hold_read(page, 1)
    many = {f"{i}.txt": "pay the bill" for i in range(6000)}
    page.evaluate(DROP, [".dropzone", {"past": {"invoice": many}}])
    wait_for(page, waiting)
    expect(page.get_by_text("Reading 1 of 6000 files")).to_be_visible()
    person.button("Stop").click()
    waiting[0].continue_()
    expect(page.get_by_text("Stopped: nothing was added")).to_be_visible()


def test_the_page_says_that_it_labels_what_was_read(person, client):
    """Before, the first labelling of a label space went without a word, or under `Reading`."""
    page = person.open("inbox").page
    replies = []

    def answer(route):
        if route.request.method == "POST":
            replies.append((route, route.fetch()))
        else:
            route.continue_()

    page.route("**/inbox*", answer)
    page.locator(".list .adding input:not([webkitdirectory])").set_input_files(bills(3))
    wait_for(page, replies)
    expect(page.get_by_text("Labelling 3 documents")).to_be_visible()
    body = {"documents": [{"id": "other", "text": "pay the bill"}]}
    client.post("/v1/spaces/mail/inbox", body)  # so that the page lists them again
    page.wait_for_timeout(1500)
    expect(page.get_by_text("Nothing here can be decided")).to_have_count(0)
    route, reply = replies[0]
    route.fulfill(response=reply)
    expect(page.get_by_text("Labelling 3 documents")).to_have_count(0)
    expect(page.locator(".rows li")).to_have_count(3)


# -- how much at once -----------------------------------------------------------------------------


def long_files(n):
    text = "the parties agree on what follows and sign it " * 900  # 41 thousand characters
    return [
        {"name": f"{i}.txt", "mimeType": "text/plain", "buffer": f"{i} {text}".encode()}
        for i in range(n)
    ]


def test_of_long_documents_few_are_labelled_at_once(person):
    """Before, 32 of them: nothing was listed for most of a minute."""
    page = person.open("inbox").page
    numbers = []
    page.on("request", lambda one: numbers.append(n_sent(one)))
    page.locator(".list .adding input[type=file]").first.set_input_files(long_files(5))
    expect(page.locator(".rows li")).to_have_count(5, timeout=60_000)
    assert [n for n in numbers if n] == [2, 2, 1]


def n_sent(request):
    """Return how many documents a request puts into the inbox."""
    is_put = request.method == "POST" and request.url.endswith("/inbox")
    return len(request.post_data_json["documents"]) if is_put else 0


def test_a_stop_while_documents_are_labelled_gives_up_the_others(person):
    """Before, it labelled all that was read."""
    page = person.open("inbox").page
    waiting = []

    def answer(route):
        if route.request.method == "POST" and not waiting:
            waiting.append(route)
        else:
            route.continue_()

    page.route("**/inbox", answer)
    lines = "".join(f'{{"text": "bill {i}"}}\n' for i in range(100)).encode()
    file = {"name": "many.jsonl", "mimeType": "application/jsonl", "buffer": lines}
    page.locator(".list .adding input[type=file]").first.set_input_files(file)
    wait_for(page, waiting)
    person.button("Stop").click()
    waiting[0].continue_()
    expect(page.locator(".banner.bad li")).to_contain_text("many.jsonl: stopped before")
    expect(page.locator(".rows li")).to_have_count(32)
    page.wait_for_timeout(500)
    expect(page.locator(".rows li")).to_have_count(32)


# -- tables without a text column -----------------------------------------------------------------

CALLS = "Datum,Anrufer,Nachricht\n1.2.,Frau Ott,ruft an\n2.2.,Herr Uhl,will Geld\n"


def test_a_table_without_a_text_column_in_a_folder_is_one_document(person):
    page = person.open("inbox").page
    page.evaluate(DROP, [".inbox", {"post": {"calls.csv": CALLS, "a.txt": "pay the bill"}}])
    expect(page.locator(".rows li")).to_have_count(2)
    expect(page.locator(".banner.bad")).to_have_count(0)


def test_the_reason_of_a_file_says_its_name_once(person):
    page = person.open("inbox").page
    file = {"name": "calls.csv", "mimeType": "text/csv", "buffer": CALLS.encode()}
    page.locator(".list .adding input[type=file]").first.set_input_files(file)
    line = page.locator(".banner.bad li")
    expect(line).to_contain_text("calls.csv: line ")
    assert line.text_content().count("calls.csv") == 1
