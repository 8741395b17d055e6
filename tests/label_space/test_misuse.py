"""What is not a document, an example, a label or a number is refused, and never guessed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from protolabel import Document, Example
from protolabel.errors import HistoryError, InputError
from protolabel.label_space import changes

TABLE = pd.DataFrame({"text": ["pay bill", "cv work"], "label": ["bill", "cv"]})


@pytest.mark.parametrize(
    "documents",
    [
        TABLE.rename(columns={"text": "letters"}),
        "bill",
        b"bill",
        Document("d", "bill"),
        None,
        3,
        {"a": "pay bill"},
        np.zeros((2, 8), np.float32),
        np.array("bill"),
    ],
)
def test_what_is_not_many_documents_is_refused_at_the_call(space, documents):
    with pytest.raises(InputError, match="documents"):
        space.label_many(documents)
    with pytest.raises(InputError, match="documents"):
        space.view().label_many(documents)


NO_DOCUMENT = [None, b"bill", 3, float("nan"), ["pay", "bill"], ("d", "bill"), "\ud800 bill",
               Example("bill", "pay"), Document("d", b"bill"), Document(7, "bill"),
               Document("d", "\udfff"), Document("d", image="a.png")]  # fmt: skip


@pytest.mark.parametrize("document", NO_DOCUMENT, ids=repr)
def test_what_is_no_document_is_refused_by_name(space, document):
    with pytest.raises(InputError):
        space.label(document)
    answers = space.label_many(["pay bill", document])
    assert next(answers).label == "bill"
    with pytest.raises(InputError, match="document"):
        next(answers)


@pytest.mark.parametrize(
    ("examples", "labels"),
    [
        ([Example("bill", "pay")], "other"),
        (Example("bill", "pay"), "other"),
        ([Example("bill", "pay")], ["other"]),
        ([Example("bill", "pay"), "cv"], ["bill", "cv"]),
        ([Example("bill", "pay"), "cv"], None),
        (["pay", "cv"], ["bill"]),
        (["pay", "cv"], None),
        (["pay", None], "bill"),
        (["pay", float("nan")], ["bill", "cv"]),
        (["pay"], [None]),
        (["pay"], [3]),
        ("pay", ["bill"]),
        ("pay", 3),
        (b"pay", "bill"),
        (["pay", b"cv"], "bill"),
        (TABLE, "bill"),
        (TABLE["text"], TABLE),
        ({"pay": "bill"}, None),
        ("\ud800", "bill"),
        ([Example("bill", "\ud800")], None),
        ([Example("bill", "pay", id=3)], None),
        ([Example(None, "pay")], None),
        ([Example(b"bill", "pay")], None),
        ([Example(["bill"], "pay")], None),
        ([Example("bill", image="a.png")], None),
        (None, "bill"),
        (3, "bill"),
        ([["pay"]], "bill"),
    ],
)
def test_examples_whose_label_is_not_clear_are_refused_whole(space, examples, labels):
    version = space.version
    with pytest.raises(InputError):
        space.add(examples, labels)
    assert space.version == version


@pytest.mark.parametrize(
    ("texts", "labels"),
    [
        (["pay bill", "cv work"], ["bill", "cv"]),
        (("pay bill", "cv work"), ("bill", "cv")),
        (TABLE["text"], TABLE["label"]),
        (TABLE["text"].to_numpy(), TABLE["label"].to_numpy()),
        (np.array(["pay bill", "cv work"]), np.array(["bill", "cv"])),
        (iter(["pay bill", "cv work"]), iter(["bill", "cv"])),
        ([Document("a", "pay bill"), Document("b", "cv work")], ["bill", "cv"]),
    ],
)
def test_texts_with_their_labels_are_added_in_order(space, texts, labels):
    space.add(texts, labels)
    assert [space.show(c)[1][-1].text for c in ("bill", "cv")] == ["pay bill", "cv work"]
    assert {type(e.text) for e in space.show("bill")[1]} == {str}


def test_texts_with_one_label_are_added_under_it(space):
    assert space.add(TABLE["text"], "new").summary.startswith("added 2 examples to 'new' (1 new)")


def test_a_column_of_texts_is_labelled_in_order(space):
    for texts in (TABLE["text"], TABLE["text"].to_numpy(), list(TABLE["text"])):
        answers = list(space.label_many(texts))
        assert [(a.id, a.alternatives[0].label) for a in answers] == [("0", "bill"), ("1", "cv")]


@pytest.mark.parametrize("number", [-1, 1.5, "2", True, None, [1]])
def test_numbers_that_are_no_count_are_refused(space, number):
    for use in (
        lambda: space.label("pay", evidence=number),
        lambda: space.label("pay", alternatives=number),
        lambda: space.label_many(["pay"], evidence=number),
        lambda: space.view().label("pay", evidence=number),
    ):
        with pytest.raises(InputError, match="whole number"):
            use()


@pytest.mark.parametrize("version", ["2", 1.5, True, None, [1], -1, 0])
def test_versions_that_are_no_number_are_refused(space, version):
    for use in (lambda: space.at(version), lambda: space.return_to(version)):
        with pytest.raises((InputError, HistoryError), match="version"):
            use()
    assert space.at(np.int64(2)).version == 2


@pytest.mark.parametrize(
    "use",
    [
        lambda s: s.retire(),
        lambda s: s.retire(["bill"]),
        lambda s: s.unretire(),
        lambda s: s.retire(None),
        lambda s: s.commit(changes.Retire({"bill": 1})),
        lambda s: s.commit(changes.Retire("bill")),
        lambda s: s.commit(changes.Unretire(None)),
        lambda s: s.commit(changes.Unretire(3)),
        lambda s: s.rename("bill", None),
        lambda s: s.rename(None, "bill"),
        lambda s: s.rename(3, "bill"),
        lambda s: s.merge("bill", "cv"),
        lambda s: s.merge(None, "cv"),
        lambda s: s.merge([], "cv"),
        lambda s: s.merge(["bill", None], "cv"),
        lambda s: s.split("bill", ["b1"]),
        lambda s: s.split("bill", {}),
        lambda s: s.split("bill", {"x": [1]}),
        lambda s: s.split("bill", {"x": None}),
        lambda s: s.move(None, "cv"),
        lambda s: s.move([1], "cv"),
        lambda s: s.move("b1", None),
        lambda s: s.remove(b"b1"),
        lambda s: s.remove([]),
        lambda s: s.describe(None, "words"),
        lambda s: s.describe("bill", None),
        lambda s: s.describe("bill", 3),
        lambda s: s.describe("bill", "\ud800"),
        lambda s: s.describe({"bill": None}),
        lambda s: s.describe(["bill"]),
        lambda s: s.describe({"bill": "one", " bill ": "two"}),
        lambda s: s.history(limit=-1),
        lambda s: s.history(limit="2"),
        lambda s: s.show(None),
        lambda s: s.show(["bill"]),
    ],
)
def test_other_misuse_is_refused_and_changes_nothing(space, use):
    version = space.version
    with pytest.raises(InputError):
        use(space)
    assert space.version == version


@pytest.mark.parametrize(
    ("misuse", "words"),
    [
        (lambda s: s.preview(None), "the change None, of type NoneType; expected a record of"),
        (lambda s: s.commit("bill"), "the change 'bill', of type str; expected a record of"),
        (lambda s: s.retire(["bill"]), "retire(['bill']); expected names of classes"),
        (lambda s: s.preview.retire([]), "retire([]); expected names of classes"),
        (lambda s: s.retire(None), "retire(None); expected names of classes"),
        (lambda s: s.unretire(["bill"]), "unretire(['bill']); expected names of classes"),
        (lambda s: s.lift(["bill"]), "lift(['bill']); expected names of classes"),
        (lambda s: s.rename(None, "b"), "the class None, of type NoneType; expected the name of"),
        (lambda s: s.rename("bill", None), "the class None, of type NoneType; expected the name"),
        (lambda s: s.merge([None], "b"), "the class None, of type NoneType; expected the name of"),
        (lambda s: s.merge(["bill"], 3), "the class 3, of type int; expected the name of a class"),
        (lambda s: s.nest([None], "b"), "the class None, of type NoneType; expected the name of"),
        (lambda s: s.show(None), "the class None, of type NoneType; expected the name of a class"),
        (lambda s: s.modes(3), "the class 3, of type int; expected the name of a class"),
        (lambda s: s.configure(strangers=2), "strangers 2; expected a share"),
        (lambda s: s.configure(threshold=True), "threshold True; expected auto"),
        (lambda s: s.configure(kappa=[1]), "kappa [1]; expected auto"),
        (lambda s: s.configure(refine=2), "refine 2; expected on or off"),
        (lambda s: s.configure(names_mean=None), "names_mean None; expected on or off"),
    ],
)  # fmt: skip
def test_misuse_says_what_was_given_and_what_to_do(space, misuse, words):
    version = space.version
    with pytest.raises(InputError) as caught:
        misuse(space)
    assert str(caught.value).startswith(words)
    assert caught.value.remedy
    assert "dropna" not in caught.value.remedy  # no table was given
    assert space.version == version
