"""Each sentence that the code can write about a measure is known to the German page.

The sentences are read from the code that writes them: a new one fails here, whatever makes it come.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from german_sentences import is_known

import protolabel
from protolabel import LabelSpace
from protolabel.evaluation.decided_documents import notes_on_examples
from protolabel.evaluation.of_own_examples import evaluate_space
from protolabel.label_space import view_builder
from protolabel.label_space.fits.fit_bounds import TOO_MANY
from protolabel.words.quantity import quantity

SOURCE = Path(protolabel.__file__).parent
FORECAST, NOTES = "evaluation/forecast.py", "evaluation/of_own_examples.py"
RECORDS = ("Shortage", "TooManyClasses")
KNOWN_REASON = "needs a class with two examples or more to try refined scores on"
NUMBERS = ("one", "two", "three", "four", "five", "six")
FROM_ELSEWHERE = {  # a reason that is handed on, and the functions that get it
    "fits/stored_calibration.py": "reason",
    "fits/stored_labels.py": "why",
    # Of one answer; the page words those by their kind.
    "label_space/answer_path/ranked_queries.py": "why",
    "label_space/view_builder.py": "pending.format(version=snapshot.version)",
    "fits/stored_fits.py": "TOO_MANY.format(n=snapshot.n_classes)",
}


def sentence(node: ast.expr, n: int) -> str:
    """Write what a string or an f-string says where each of its numbers is ``n``."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(sentence(part, n) for part in node.values)
    if isinstance(node, ast.BinOp):
        return sentence(node.left, n) + sentence(node.right, n)
    assert isinstance(node, ast.FormattedValue), ast.dump(node)
    value = node.value
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "quantity":
        return quantity(n, *(ast.literal_eval(word) for word in value.args[1:]))
    if ast.unparse(value).endswith(".reason"):
        return KNOWN_REASON
    if "join" in ast.unparse(value):
        return "bill, job"
    return f"{n}.5" if node.format_spec and ".1f" in ast.unparse(node.format_spec) else str(n)


def shortages() -> Iterator[tuple[str, ast.expr]]:
    """Yield what the code gives each ``Shortage``, with the file that does."""
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if not re.search(r"\b(?:Shortage|TooManyClasses)\(", text):
            continue
        tree = ast.parse(text)
        named = {
            ast.unparse(node.targets[0]): node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in RECORDS and node.args:
                words = node.args[0]
                yield str(path.relative_to(SOURCE)), named.get(ast.unparse(words), words)


def strings_of(file: str, function: str) -> list[ast.expr]:
    """Return the sentences that a function returns, or adds to a list."""
    tree = ast.parse((SOURCE / file).read_text(encoding="utf-8"))
    (body,) = (one for one in tree.body if getattr(one, "name", "") == function)
    values = [node.value for node in ast.walk(body) if isinstance(node, ast.Return)]
    values += [
        node.args[0]
        for node in ast.walk(body)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".append")
    ]
    return [one for one in values if isinstance(one, ast.Constant | ast.JoinedStr | ast.BinOp)]


@pytest.mark.parametrize("n", [1, 3])
def test_each_reason_why_something_is_not_measured(n):
    """Before, those of several labels and of an encoder that has learned were English."""
    sentences = []
    for file, words in shortages():
        if isinstance(words, ast.JoinedStr | ast.BinOp) or (
            isinstance(words, ast.Constant) and words.value
        ):
            sentences.append(sentence(words, n))
        else:
            handed_on = [where for where in FROM_ELSEWHERE if file.endswith(where)]
            is_empty = isinstance(words, ast.Constant)
            assert is_empty or ast.unparse(words) in {FROM_ELSEWHERE[one] for one in handed_on}
    assert len(sentences) >= 4
    assert [one for one in sentences if not is_known(one)] == []


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize(("file", "name"), [(FORECAST, "_too_little"), (NOTES, "_notes")])
def test_each_note_and_each_reason_for_no_forecast(file, name, n):
    sentences = [one for one in (sentence(words, n) for words in strings_of(file, name)) if one]
    assert len(sentences) >= 4
    assert [one for one in sentences if not is_known(one)] == []


def test_what_is_said_while_there_is_no_measure_and_of_too_many_classes():
    """Before, none of these was known."""
    pending = [view_builder.NOT_FITTED, view_builder.UNDER_WAY, view_builder.NOT_KEPT]
    sentences = [one.format(version=7) for one in pending] + [TOO_MANY.format(n=2_000_000)]
    assert [one for one in sentences if not is_known(one)] == []


@pytest.mark.parametrize("n", [1, 3])
def test_a_reason_that_counts_examples_in_descriptions(n):
    texts = [f"{verb} bill" for verb in ("pay", "send", "keep", "lose")]
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.describe({"bill": ", ".join(texts[:n])})
        space.add(texts, "bill")
        space.add(["a job", "some work"], "job")
        space.settle()
        words = space.view().calibration.reason
    assert f"(without {n} example" in words
    assert is_known(words)


@pytest.mark.parametrize("n", [1, 3, 1200])
def test_the_note_on_examples_from_corrections(n):
    (note,) = notes_on_examples(n)
    assert is_known(note)


def test_the_note_where_documents_may_have_several_labels():
    """Before, the page showed it in English."""
    words = {"a": "pay bill", "b": "job work", "c": "sun rain"}
    with LabelSpace.create(encoder="hashing", background=False, labels="several") as space:
        for label, text in words.items():
            space.add([f"{text} {n} {label}{n}" for n in NUMBERS], label)
        space.settle()
        notes = evaluate_space(space).notes
    assert notes
    assert [one for one in notes if not is_known(one)] == []
