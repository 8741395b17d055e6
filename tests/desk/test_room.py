"""What is on the page stays to be read: excerpts after a decision, selects on a phone, captions."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from service_process import make_space, service

from desk import PHONE, desk, needs_chromium
from protolabel import LabelSpace

pytestmark = [needs_chromium, pytest.mark.slow]

TEXTS = ("please pay the invoice of May", "my application as a gardener", "the lease ends in June")

# Selects that are narrower than the longest of their options, and what stands beyond the edge.
CUT = """() => {
  const width = (select, text) => {
    const span = document.createElement("span");
    span.style.cssText = "position:absolute;visibility:hidden;white-space:nowrap";
    span.style.font = getComputedStyle(select).font;
    span.textContent = text;
    document.body.append(span);
    const needed = span.getBoundingClientRect().width;
    span.remove();
    return needed;
  };
  const selects = [...document.querySelectorAll("select")].filter(one => one.offsetParent);
  const cut = selects.filter(one => {
    const style = getComputedStyle(one);
    const padding = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
    const room = one.clientWidth - padding - 18;
    return [...one.options].some(option => width(one, option.textContent) > room);
  });
  const controls = [...document.querySelectorAll("main button, main input, main select")];
  const beyond = controls.filter(one => one.offsetParent && !one.closest(".scroll"))
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1);
  return [...cut, ...beyond].map(one => one.outerHTML.slice(0, 120));
}"""

# Whether the box of a message lies over that of an element.
COVERED = """([over, under]) => {
  const [a, b] = [over, under].map(s => document.querySelector(s).getBoundingClientRect());
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}"""


def test_excerpts_stay_after_a_decision_and_a_reload_says_why_they_are_gone(browser, tmp_path):
    path = make_space(tmp_path / "mail.space")
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("answers")
    with service(str(path), "--no-browser") as client, desk(browser, client) as one:
        one.open("inbox")
        files = [
            {"name": f"{n}.txt", "mimeType": "text/plain", "buffer": text.encode()}
            for n, text in enumerate(TEXTS)
        ]
        one.page.locator(".list .adding input[type=file]").first.set_input_files(files)
        excerpts = one.page.locator(".rows .excerpt")
        expect(excerpts).to_have_text(list(reversed(TEXTS)))
        one.keys("a")
        expect(excerpts).to_have_count(2)
        one.until(
            "() => fetch('/v1/spaces/mail/inbox').then(r => r.json())"
            ".then(j => j.documents.some(d => d.by === 'person'))"
        )
        one.page.wait_for_load_state("networkidle")
        expect(excerpts).to_have_text(list(reversed(TEXTS))[1:])
        one.button("Decided").click()
        expect(excerpts).to_have_text([TEXTS[-1]])
        one.page.reload()
        expect(one.page.locator(".detail")).to_contain_text("labelled before this page was loaded")
        one.button("All").click()
        expect(one.page.locator(".rows li", has_text="0.txt")).to_contain_text("text not kept")
        one.page.locator(".rows button", has_text="0.txt").click()
        expect(one.page.locator(".document")).to_contain_text("until the page is closed or loaded")
        expect(one.page.locator("body")).not_to_contain_text("elsewhere")
        assert not one.trouble


@pytest.mark.parametrize("language", ["de-DE", "en-GB"])
def test_nothing_is_cut_off_on_a_phone(browser, client, language):
    with desk(browser, client, "office", size=PHONE, language=language) as one:
        for view in ("inbox", "classes", "unknown", "health", "history"):
            one.open(view)
            if view == "health":
                expect(one.page.locator(".cost input[type=range]")).to_be_visible()
            assert one.page.evaluate(CUT) == [], view


@pytest.mark.parametrize("size", [(1280, 800), PHONE])
def test_a_message_covers_no_caption_of_the_map(browser, client, size):
    with desk(browser, client, "office", size=size) as one:
        one.open("map")
        caption = one.page.locator(".map-body aside p.about")
        expect(caption).to_be_visible()
        change = {"kind": "configure", "values": {"threshold": "0.2"}}
        assert client.post("/v1/spaces/office/changes", change).status == 200
        expect(one.page.locator(".message")).to_be_visible()
        caption.scroll_into_view_if_needed()
        one.page.locator("main").evaluate("e => { e.scrollTop = e.scrollHeight; }")
        for under in (".map-body aside p.about", ".reset"):
            assert one.page.evaluate(COVERED, [".message", under]) is False, under


@pytest.mark.parametrize("least", [None, 40])
def test_the_service_says_below_which_chance_each_document_is_looked_at(browser, office, least):
    options = () if least is None else ("--review-below", f"{least}%")
    with (
        service(str(office), "--no-browser", *options) as client,
        desk(browser, client, "office") as one,
    ):
        share = 0.95 if least is None else least / 100
        assert client.get("/v1/session").json["review_below"] == share
        documents = client.get("/v1/spaces/office/inbox").json["documents"]
        chances = [d["answer"]["chance"] for d in documents if d["answer"]["label"] is not None]
        n = sum(chance is not None and chance >= share for chance in chances)
        one.open("inbox")
        expect(one.page.locator(".rows li")).to_have_count(len(documents))
        button = one.button(f"Accept {n} that are {share * 100:.0f}.?% sure or more")
        expect(button).to_have_count(int(n > 1))
        if least is not None:
            assert 1 < n < len(documents)
            button.click()
            one.page.get_by_role("dialog").get_by_role("button", name="Accept").click()
            expect(one.page.locator(".rows li")).to_have_count(len(documents) - n)


def test_files_that_could_not_be_read_cover_nothing_and_stay_with_their_view(
    browser, client, tmp_path
):
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing else")
    with desk(browser, client, "office") as one:
        one.open("inbox")
        files = one.page.locator(".list .adding input[type=file]").first
        files.set_input_files(tmp_path / "broken.pdf")
        unread = one.page.get_by_text("1 file could not be read")
        expect(unread).to_be_visible()
        for under in (".inbox .list header", ".inbox .detail h2"):
            assert one.page.evaluate(COVERED, [".banner.bad", under]) is False, under
        one.open("classes")
        expect(unread).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en-GB", "the file is empty: nothing to label"), ("de-DE", "die Datei ist leer")],
)
def test_an_empty_file_is_said_to_be_one(browser, client, tmp_path, language, words):
    (tmp_path / "empty.txt").touch()
    with desk(browser, client, "office", language=language) as one:
        one.open("inbox")
        files = one.page.locator(".list .adding input[type=file]").first
        files.set_input_files(tmp_path / "empty.txt")
        one.page.locator(".banner.bad summary").click()
        expect(one.page.locator(".banner.bad li")).to_contain_text(f"empty.txt: {words}")


def test_an_error_goes_with_the_view_that_it_is_about(browser, client):
    with desk(browser, client, "office") as one:
        one.open("classes")
        one.page.get_by_label("Name", exact=True).fill("Order")
        one.button("Rename").click()
        expect(one.page.locator(".message.error")).to_be_visible()
        one.open("history")
        expect(one.page.locator(".message.error")).to_have_count(0)


def test_the_list_of_keys_has_those_of_the_map(browser, client):
    with desk(browser, client, "office") as one:
        one.open("map")
        one.keys("?")
        of_map = one.page.locator(".keys div", has_text="on the map")
        expect(of_map.locator("kbd")).to_have_text(["L", "0"])
