"""The document that is open: its whole text at once, and the passage as soon as it is known."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from spelt_numbers import spelt

from desk import needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]
END = "and these are the last words of it"
WORDS = " ".join(f"line {spelt(i)} of a long letter" for i in range(300))
LONG = f"please pay the bill {WORDS} {END}"


def files(n, text=LONG):
    return [
        {"name": f"{i:02}.txt", "mimeType": "text/plain", "buffer": f"{i} {text}".encode()}
        for i in range(n)
    ]


def test_a_text_of_this_page_is_whole_before_it_is_explained(person):
    """Before, its first words stood there alone, and nothing said that more would come."""
    page = person.open("inbox").page
    waiting = person.hold("**/explain")
    page.locator(".list .adding input[type=file]").first.set_input_files(files(1))
    page.locator(".rows button", has_text="00.txt").click()
    text = page.locator(".text")
    expect(text).to_contain_text(END)
    expect(page.locator(".text-box")).to_have_attribute("aria-busy", "true")
    expect(page.locator(".sought")).to_contain_text("Looking for the passage that decided")
    assert person.axe() == []
    person.let_go("**/explain", waiting)
    expect(page.locator(".sought")).to_have_count(0)
    expect(page.locator(".because")).to_be_visible()
    expect(text).to_contain_text(END)


def test_a_text_that_the_service_keeps_is_whole_before_it_is_explained(person, client):
    body = {"documents": [{"id": "long", "text": LONG}]}
    assert client.post("/v1/spaces/office/inbox", body).status == 200
    page = person.page
    waiting = person.hold("**/inbox/*evidence=5")
    person.open("inbox")
    page.locator(".rows button", has_text="long").click()
    expect(page.locator(".text")).to_contain_text(END)
    expect(page.locator(".sought")).to_contain_text("Looking for the passage that decided")
    person.let_go("**/inbox/*evidence=5", waiting)
    expect(page.locator(".sought")).to_have_count(0)


def names_of(routes):
    return [one.request.post_data_json["document"]["id"] for one in routes]


def test_what_is_asked_for_a_document_that_was_left_is_taken_back(person):
    """Before, all of them stood before the one that is looked at."""
    page = person.open("inbox").page
    given_up = []
    page.on("requestfailed", lambda one: given_up.append(one.post_data_json["document"]["id"]))
    page.locator(".list .adding input[type=file]").first.set_input_files(files(4))
    expect(page.locator(".rows li")).to_have_count(28)
    waiting = person.hold("**/explain")
    for name in ("03", "02", "01", "00"):
        page.locator(".rows button", has_text=f"{name}.txt").click()
        while f"{name}.txt" not in (asked := names_of(waiting)):
            page.wait_for_timeout(20)  # in which the page goes on
    page.wait_for_timeout(200)
    assert asked[-1] == "00.txt"
    assert sorted(given_up) == sorted(asked[:-1])
    assert len(given_up) == 3
    assert not person.trouble
    person.let_go("**/explain", waiting)
    expect(page.locator(".sought")).to_have_count(0)
    expect(page.locator(".banner.warn")).to_have_count(0)


def test_words_between_blanks_that_do_not_break_are_not_cut(person):
    """Office programs write such blanks; the box then broke lines in the middle of words."""
    words = [spelt(i).replace(" ", "-") for i in range(200)]
    text = "\u00a0".join(words)
    page = person.open("inbox").page
    page.locator(".list .adding input[type=file]").first.set_input_files(files(1, text))
    page.locator(".rows button", has_text="00.txt").click()
    expect(page.locator(".text")).to_contain_text(words[-1])
    cut = page.locator(".text").evaluate(
        """box => {
          const nodes = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
          const cut = [];
          for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
            for (const word of node.data.matchAll(/[a-z]+/g)) {
              const range = document.createRange();
              range.setStart(node, word.index);
              range.setEnd(node, word.index + word[0].length);
              const lines = new Set([...range.getClientRects()].map(one => Math.round(one.top)));
              if (lines.size > 1) cut.push(word[0]);
            }
          }
          return cut;
        }"""
    )
    assert cut == []
