"""Numbers are written as the language of the page writes them, in every view."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from service_process import service

from desk import desk, needs_chromium
from protolabel.words.certainty import percent

pytestmark = [needs_chromium, pytest.mark.slow]
STRINGS = Path(__file__).parents[2] / "desk/src/strings/numbers.ts"
VIEWS = ("inbox", "classes", "unknown", "map", "health")
DECIMALS = {"en-GB": r"\d,\d{1,2}(?!\d)", "de-DE": r"\d\.\d{1,2}(?!\d)"}  # of the other language

# Documents have their own numbers, and the reasons of the service are English.
WORDS_OF_THE_PAGE = """() => {
  const copy = document.querySelector("main").cloneNode(true);
  const ofOthers =
    ".text, .rows, blockquote, .because li span:first-of-type, h2, .example-list, .reason";
  copy.querySelectorAll(ofOthers).forEach((one) => one.remove());
  return copy.textContent;
}"""


@pytest.mark.parametrize("language", DECIMALS)
def test_no_number_has_the_decimal_mark_of_the_other_language(browser, client, language):
    body = {"kind": "configure", "values": {"target": "errors 7.5%"}}
    assert client.post("/v1/spaces/office/changes", body).status == 200
    with desk(browser, client, "office", language=language) as one:
        words = ""
        for view in VIEWS:
            one.open(view)
            expect(one.page.locator("main .loading")).to_have_count(0)
            if view == "health":
                expect(one.page.get_by_role("slider")).to_be_visible()
            words += one.page.evaluate(WORDS_OF_THE_PAGE)
        assert re.search(r"7[.,]5", words)
        assert not re.findall(rf".{{0,30}}{DECIMALS[language]}.{{0,30}}", words)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en-GB", "Accept 24 that are 0.4 % sure or more"),
        ("de-DE", "24 ab 0,4 % Sicherheit bestätigen"),
    ],
)
def test_the_limit_of_what_is_accepted_together_is_said_as_it_was_set(
    browser, office, language, words
):
    """Before, it read "that are < 1 % sure or more", and "> 99 % sure or more" of 99.7 %."""
    with (
        service(str(office), "--no-browser", "--review-below", "0.4%") as client,
        desk(browser, client, "office", language=language) as one,
    ):
        one.open("inbox")
        expect(one.page.get_by_role("button", name=words)).to_be_visible()


def test_a_share_in_per_cent_is_the_one_of_the_terminal(browser):
    """Before, 0.995 was 100 % on the page and more than 99% in the terminal."""
    source = STRINGS.read_text(encoding="utf-8")
    (function,) = re.findall(r"^export const percent = (.*?;)$", source, re.DOTALL | re.MULTILINE)
    script = re.sub(r": (number|string)\b", "", function).rstrip(";")
    shares = [i / 2000 for i in range(2001)]
    page = browser.new_page()
    written = page.evaluate(f"(shares) => shares.map({script})", shares)
    page.close()
    assert [text.replace("\xa0", "") for text in written] == [percent(one) for one in shares]
