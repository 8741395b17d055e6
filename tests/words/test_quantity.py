"""Counts with their nouns, as summaries and messages write them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import protolabel
from protolabel.words.quantity import quantity


@pytest.mark.parametrize(
    ("count", "noun", "words"),
    [
        (1, "box", "1 box"), (2, "box", "2 boxes"), (0, "class", "0 classes"),
        (2, "other match", "2 other matches"), (2, "copy", "2 copies"), (2, "day", "2 days"),
        (1234, "example", "1,234 examples"), (2, "hash", "2 hashes"),
    ],
)  # fmt: skip
def test_a_count_has_its_noun_in_the_right_number(count, noun, words):
    assert quantity(count, noun) == words


def test_a_noun_may_form_its_plural_in_a_way_of_its_own():
    assert quantity(2, "sheet is", "sheets are") == "2 sheets are"
    assert quantity(1, "sheet is", "sheets are") == "1 sheet is"


# -- messages ---------------------------------------------------------------------------------

SOURCE = Path(protolabel.__file__).parent
NOUNS = (  # what messages count
    "answers archives attempts blocks cases changes classes columns copies days documents draws "
    "episodes examples fields files groups heads images jobs keys labels links members messages "
    "modes negatives pages parents parts proposals prototypes queries records requests rows "
    "sources strangers suggestions symbols tests texts validations versions ways weights"
)
COUNT = re.compile(rf"(?P<words>(?: [a-z-]+){{0,2}}) (?:{'|'.join(NOUNS.split())})\b")
NO_COUNT = {  # words between a value and a noun, behind which the value is no count of it
    "a", "above", "among", "and", "are", "by", "from", "has", "have", "hold", "holds", "in", "is",
    "its", "keeps", "labelled", "leaves", "lists", "more", "names", "no", "of", "other", "reads",
    "the", "to", "under", "where", "with", "without",
}  # fmt: skip
MORE_THAN_ONE = {  # where it is a limit, a pair at least, or no count at all
    "cli/conflicts.py: merge.documents",
    "cli/conflicts.py: sizes",
    "cli/review_decision.py: len(namesakes)",
    "documents.py: type(label).__name__",
    "documents.py: type(labels).__name__",
    "encoders/probed_function.py: len(PROBES)",
    "encoders/probed_function.py: len(rows)",
    "cli/discover.py: least",
    "evaluation/forecast.py: m",
    "evaluation/of_encoder.py: len(names)",
    "evaluation/of_own_examples.py: distinct",
    "evaluation/of_own_examples.py: len(learned)",
    "evaluation/report/confusions.py: len(names)",
    "evaluation/report/risk_page.py: report.origin",
    "label_space/changes/examples.py: n",
    "readers/archives.py: self.depth",
    "training/data/pseudo_classes.py: least",
    "training/network.py: kind",
}


def counts_of_nouns(path: Path) -> Iterator[str]:
    """Yield the values that stand before a noun in the plural, in the sentences of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        parts = node.values if isinstance(node, ast.JoinedStr) else []
        for value, text in pairwise(parts):
            if not isinstance(value, ast.FormattedValue) or not isinstance(text, ast.Constant):
                continue
            noun = COUNT.match(text.value)
            is_constant = re.fullmatch(
                r"(?:\w+\.)?_?[A-Z][A-Z_]+", code := ast.unparse(value.value)
            )
            is_counted = code.startswith("quantity(") or is_constant
            if noun and not is_counted and not NO_COUNT & set(noun["words"].split()):
                yield code


def test_what_is_counted_in_a_message_has_its_noun_in_the_right_number():
    counts = {
        f"{path.relative_to(SOURCE).as_posix()}: {code}"
        for path in SOURCE.rglob("*.py")
        for code in counts_of_nouns(path)
    }
    others = sorted(counts - MORE_THAN_ONE)
    assert not others, "`quantity` of protolabel.words.quantity writes '1 class'"
    assert counts >= MORE_THAN_ONE, "excused for nothing"
