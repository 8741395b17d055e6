"""Pages of figures, wide and narrow: nothing is cut off; on a phone numbers have headings."""

from __future__ import annotations

import pytest
from fakes import WordEncoder
from playwright.sync_api import Browser

from desk import PHONE, needs_chromium
from protolabel import Example, LabelSpace
from protolabel.evaluation.of_encoder import evaluate
from protolabel.evaluation.of_truth import evaluate_answers
from protolabel.evaluation.plan import Plan
from protolabel.evaluation.report.page import write_report
from protolabel.evaluation.report.risk_page import HEADERS, risk_page
from protolabel.evaluation.risk_of_space import risk_of_space
from protolabel.readers.truth import NamedLabels

pytestmark = [needs_chromium, pytest.mark.slow]
WORDS = {"a letter that asks for a payment": "pay", "an application for work": "cv",
         "complaints": "cat", "orders": "dog"}  # fmt: skip
EXAMPLES = [
    Example(label, f"{word} {word} {n}{n} {n}") for label, word in WORDS.items() for n in "abcdef"
]
CUT = """() => [...document.querySelectorAll("html, .wide, figure")]
  .filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.outerHTML.slice(0, 200))"""
HEADED = """() => [...document.querySelectorAll("td[data-name]")]
  .map((e) => getComputedStyle(e, "::before").content)"""


def headings(browser: Browser, path) -> list[str]:
    """Return the heading of each cell; fail where the page is wider than the phone."""
    context = browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]})
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.evaluate(CUT) == []
    words: list[str] = page.evaluate(HEADED)
    context.close()
    return words


def test_a_phone_shows_all_of_a_report(browser, tmp_path):
    plan = Plan(ways=(2, 3, 4), shots=(1, 2, 3), episodes=5)
    write_report(evaluate(EXAMPLES, encoder=WordEncoder(), plan=plan), tmp_path / "data")
    with LabelSpace.create(tmp_path / "a.space", encoder="hashing") as space:
        space.add(EXAMPLES)
        (tmp_path / "risk.html").write_text(risk_page(risk_of_space(space)), encoding="utf-8")
    assert any("3-shot" in one for one in headings(browser, tmp_path / "data/report.html"))
    assert any(HEADERS[2] in one for one in headings(browser, tmp_path / "risk.html"))


@pytest.mark.parametrize("width", [700, 1280, 1600])
def test_no_column_of_a_report_is_cut_off_by_long_names(browser, tmp_path, width):
    """Before: the table of classes was wider than its box, and "taken for" ended within a word."""
    names = ["balance_not_updated_after_cheque_or_cash_deposit", "verify_my_identity_" * 3]
    answers = [NamedLabels(str(n), "", (names[n % 2],), f"a:{n}") for n in range(8)]
    rows = [NamedLabels(str(n), "", (names[n // 2 % 2],), f"t:{n}") for n in range(8)]
    write_report(evaluate_answers(answers, rows), tmp_path)
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto((tmp_path / "report.html").as_uri())
    assert page.evaluate(CUT) == []
    page.close()
