"""How right answers are by a table of truth: shares and confusions, counted here by hand."""

from __future__ import annotations

import pytest
from fakes import WordEncoder

from protolabel import Document, LabelSpace
from protolabel.arithmetic.intervals import wilson
from protolabel.errors import InputError
from protolabel.evaluation.of_truth import evaluate_answers, evaluate_by_truth
from protolabel.evaluation.sentences import headline
from protolabel.readers.truth import NamedLabels

TEXTS = {
    "1": "bill pay early monday", "2": "pay the bill of june", "3": "study hard work cv",
    "4": "box ship box to sea", "5": "secret box sign harbour", "6": "work work pay cv night",
}  # fmt: skip


def documents() -> list[Document]:
    return [Document(name, text) for name, text in TEXTS.items()]


def table(**labels: str) -> list[NamedLabels]:
    """Rows about documents; several labels stand beside each other with +."""
    return [
        NamedLabels(name.lstrip("_"), "", tuple(filter(None, label.split("+"))), f"truth:{n}")
        for n, (name, label) in enumerate(labels.items(), start=2)
    ]


TRUTH = table(_1="bill", _2="bill", _3="bill", _4="", _5="none here", _6="cv")


@pytest.fixture(scope="module")
def space():
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        for label, words in {"bill": "pay bill", "cv": "cv work"}.items():
            space.add([f"{words} {word}" for word in ("one", "two", "three", "four")], label)
        space.configure(threshold=0.5)
        yield space


def test_shares_and_confusions_are_those_of_the_answers(space):
    answers = {d.id: space.label(d).label for d in documents()}
    assert set(answers.values()) == {"bill", "cv", None}
    result = evaluate_by_truth(space, documents(), TRUTH)
    true = {"1": "bill", "2": "bill", "3": "bill", "4": None, "5": None, "6": "cv"}
    right = [answers[name] == label for name, label in true.items()]
    share = result.shares["right"]
    assert (share.share, share.n) == (pytest.approx(sum(right) / 6), 6)
    low, high = wilson(sum(right) / 6, 6)
    assert 0 <= share.low <= low + 1e-9
    assert high - 1e-9 <= share.high <= 1
    with_answer = [name for name, label in answers.items() if label is not None]
    assert result.shares["answered"].share == pytest.approx(len(with_answer) / 6)
    among = [answers[name] == true[name] for name in with_answer]
    assert result.shares["right among the answered"].share == pytest.approx(sum(among) / len(among))
    declined = [answers[name] is None for name in ("4", "5")]
    assert result.shares["strangers declined"].share == pytest.approx(sum(declined) / 2)
    counts: dict[tuple[str, str], int] = {}
    for name, label in true.items():
        pair = label or "none of these", answers[name] or "none of these"
        counts[pair] = counts.get(pair, 0) + 1
    assert {(p.truth, p.answer): p.count for p in result.confusion.pairs} == counts
    assert "right for" in headline(result)
    assert "labels of no class here: none here (1); none of these is right" in result.notes


def test_one_share_has_one_interval_in_the_table_of_classes_too(space):
    """Four documents of no class, two of which are answered; two of the four are equal."""
    texts = {"1": "pay bill one", "2": "hello there", "3": "hello there", "4": "sun and rain"}
    texts |= {"5": "work cv three", "6": "pay bill seven"}
    rows = [NamedLabels(name, "", ("cv",) if name == "6" else (), "table") for name in texts]
    documents = [Document(name, text + " x") for name, text in texts.items()]
    result = evaluate_by_truth(space, documents, rows)
    share = result.shares["strangers declined"]
    (row,) = [one for one in result.confusion.rows if one.label == "none of these"]
    assert 0 < share.share < 1
    assert (row.accuracy, row.n, row.documents) == (share.share, share.n, share.documents)
    assert (row.low, row.high) == (pytest.approx(share.low), pytest.approx(share.high))


def test_documents_that_are_examples_are_left_out_and_what_fits_nothing_is_listed(space):
    more = [*documents(), Document("7", "pay bill one"), Document("8", "without a row")]
    rows = [*TRUTH, *table(_7="bill", _9="cv")]
    result = evaluate_by_truth(space, more, rows)
    assert result.examples == 6
    assert "left out, examples of the label space: 1 document" in result.notes
    record = result.record()
    assert record["documents_without_row"] == ["8"]
    assert record["rows_without_document"] == ["truth:3: 9"]
    notes = " ".join(result.notes)
    assert "documents that the table of truth does not name, left out: 1 (8)" in notes
    assert "whose document is not there, left out: 1 (truth:3: 9)" in notes


def test_near_copies_count_as_one_document_in_the_interval(space):
    text = "bill pay early monday about the twelve different boxes that stand in our yard since may"
    copies = [Document(f"c{n}", f"{text} {n}") for n in range(4)]
    rows = [*TRUTH, *table(**{f"c{n}": "bill" for n in range(4)})]
    share = evaluate_by_truth(space, [*documents(), *copies], rows).shares["right"]
    assert (share.n, share.documents) == (10, 7)


def test_a_document_that_cannot_be_read_counts_as_declined(space):
    unread = Document("7", "", unreadable="the text is empty")
    rows = [*TRUTH, *table(_7="cv")]
    result = evaluate_by_truth(space, [*documents(), unread], rows)
    assert result.examples == 7
    assert ("cv", "none of these") in {(p.truth, p.answer) for p in result.confusion.pairs}
    assert "answered none of these, for they cannot be read: 1 document" in result.notes


def test_answers_of_a_file_are_measured_as_those_of_the_label_space(space):
    answers = [
        NamedLabels(d.id, "", space.label(d).label_names, f"answers:{n}")
        for n, d in enumerate(documents())
    ]
    alone = evaluate_answers(answers, TRUTH)
    beside = evaluate_answers(answers, TRUTH, space=space)
    again = evaluate_by_truth(space, documents(), TRUTH)
    assert {k: s.share for k, s in beside.shares.items()} == {
        name: share.share for name, share in again.shares.items()
    }
    assert any(note.startswith("labels that no answer has: none here") for note in alone.notes)
    assert alone.shares["right"].share <= beside.shares["right"].share


def test_an_answer_of_a_class_above_the_true_one_is_right():
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.add(["pay bill one", "pay bill two"], "invoice")
        space.add(["cv work one", "cv work two"], "cv")
        space.nest("invoice", under="money", new=True)
        answers = [NamedLabels("1", "", ("money",), "a:1"), NamedLabels("2", "", ("money",), "a:2")]
        rows = table(_1="invoice", _2="cv")
        assert evaluate_answers(answers, rows, space=space).shares["right"].share == 0.5
        assert evaluate_answers(answers, rows).shares["right"].share == 0.0


def test_several_labels_a_document_have_f1_and_exact_sets():
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.configure(labels="several")
        for n, words in enumerate(("one", "two", "three")):
            space.add([Document(f"b{n}", f"pay bill {words}")], [["bill"]])
            space.add([Document(f"c{n}", f"cv work {words}")], [["cv"]])
        rows = table(_1="bill", _2="bill+cv", _3="cv", _4="", _5="", _6="cv")
        result = evaluate_by_truth(space, documents(), rows)
        assert next(iter(result.shares)) == "micro F1, over all labels"
        answers = [set(space.label(d).label_names) for d in documents()]
        true = [{"bill"}, {"bill", "cv"}, {"cv"}, set(), set(), {"cv"}]
        exact = sum(a == b for a, b in zip(answers, true, strict=True)) / 6
        assert result.shares["exactly their labels"].share == pytest.approx(exact)


def test_a_row_of_several_labels_is_refused_where_a_document_has_one(space):
    with pytest.raises(InputError, match="truth:2: 2 labels, 'bill', 'cv'"):
        evaluate_by_truth(space, documents(), table(_1="bill+cv"))


def test_what_people_refused_for_single_documents_is_no_merit_of_the_label_space():
    texts = [f"pay bill ship {word}" for word in ("one", "two", "three", "four", "five")]
    letters = [Document(f"d{n}", text) for n, text in enumerate(texts)]
    rows = [NamedLabels(letter.id, "", ("bill",), "table") for letter in letters]
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.add(["pay bill", "bill bill pay"], "bill")
        list(space.label_many(letters))
        space.answer_log.write()
        space.add(["ship all that we pay by bill", "we bill what you pay to ship"], "box")
        before = evaluate_by_truth(space, letters, rows)
        suggestions = space.answer_log.suggestions()
        assert [one.answer.label for one in suggestions] == ["box"] * 5
        space.answer_log.dismiss(suggestions)
        assert {space.label(letter).label for letter in letters} == {"bill"}  # for people say so
        after = evaluate_by_truth(space, letters, rows)
    assert before.shares["right"].share == 0.0
    assert after.shares == before.shares
