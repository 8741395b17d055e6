"""What others write never runs: texts, class names, file names; and other pages may not."""

from __future__ import annotations

import http.server
import threading

import pytest
from playwright.sync_api import expect

from desk import desk, needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]
EVIL = '<img src=x onerror="window.owned=1"><script>window.owned=1</script>'
VIEWS = ("start", "inbox", "classes", "unknown", "map", "health", "history")


def test_texts_names_and_files_are_shown_and_never_run(person, client):
    body = {"kind": "describe", "texts": {EVIL: EVIL, "javascript:alert(1)": "x"}}
    assert client.post("/v1/spaces/office/changes", body).status == 200
    example = {"label": EVIL, "text": EVIL, "source": EVIL}
    body = {"kind": "add", "examples": [example]}
    assert client.post("/v1/spaces/office/changes", body).status == 200
    document = {"id": EVIL, "text": EVIL + " amount due", "source": EVIL}
    assert client.post("/v1/spaces/office/inbox", {"documents": [document]}).status == 200
    for view in VIEWS:
        person.open(view)
        person.page.wait_for_timeout(300)
    person.open("inbox")
    expect(person.page.locator(".document h2")).to_have_text(EVIL)
    expect(person.page.locator(".text")).to_contain_text("onerror")
    person.open("classes")
    expect(person.page.locator(".rows .title", has_text="<img")).to_be_visible()
    name = 'x" onload="window.owned=1'
    person.open("inbox")
    person.page.locator(".list .adding input:not([webkitdirectory])").set_input_files(
        {"name": f"{name}.txt", "mimeType": "text/plain", "buffer": b"please pay the amount"}
    )
    expect(person.page.locator(".document h2, .rows .title", has_text=name).first).to_be_visible()
    assert person.page.evaluate("window.owned") is None
    assert person.page.locator("main img[src=x]").count() == 0


def test_nothing_is_asked_of_another_address(person):
    for view in VIEWS:
        person.open(view)
        person.page.wait_for_timeout(300)
    assert person.requests
    assert all(one.startswith(person.address) for one in person.requests)


def test_the_policy_refuses_what_is_inline(person):
    person.open("inbox")
    person.page.evaluate(
        """() => { const script = document.createElement("script");
                   script.textContent = "window.owned = 1";
                   document.body.append(script); }"""
    )
    assert person.page.evaluate("window.owned") is None
    assert any("script-src" in one for one in person.violations())
    person.page.evaluate("window.violations.length = 0")
    person.trouble.clear()


def test_a_page_elsewhere_can_neither_change_nor_read(browser, client):
    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>elsewhere</title>")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    before = client.get("/v1/spaces/office").json["version"]
    try:
        with desk(browser, client, "office") as person:
            person.page.goto(f"http://127.0.0.1:{server.server_port}/")
            outcomes = person.page.evaluate(
                """async (address) => {
                  const body = JSON.stringify({kind: "describe", texts: {stolen: "x"}});
                  const tries = [
                    fetch(address + "v1/spaces/office/changes", {method: "POST", body}),
                    fetch(address + "v1/spaces/office/changes",
                          {method: "POST", mode: "no-cors", body}),
                    fetch(address + "v1/spaces/office/classes"),
                    fetch(address + "v1/spaces/office/changes", {method: "POST", body,
                          headers: {"Content-Type": "application/json"}}),
                  ];
                  return (await Promise.allSettled(tries)).map((one) =>
                    one.status === "rejected" ? "refused" : one.value.type);
                }""",
                person.address,
            )
    finally:
        server.shutdown()
        server.server_close()
    assert set(outcomes) == {"refused"}
    assert client.get("/v1/spaces/office").json["version"] == before
