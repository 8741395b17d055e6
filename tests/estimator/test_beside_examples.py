"""What an estimator takes from a label space beside examples: negatives, and no target."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from estimator_spaces import QUERIES, agree, space_of
from fakes import WordEncoder
from spaces import four_classes

from protolabel import Document, Example, LabelSpace, PrototypicalClassifier


def refuted(space: LabelSpace) -> LabelSpace:
    """Say of some queries that they are not what they are answered with."""
    answers = list(space.label_many(QUERIES[:8], evidence=0))
    space.add([
        Example(answer.label, text, negative=True)
        for answer, text in zip(answers, QUERIES[:8], strict=True) if answer.label
    ])  # fmt: skip
    space.settle()
    return space


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("refine", [True, False])
def test_an_estimator_answers_as_the_label_space_with_its_negatives(metric, refine):
    with space_of(four_classes(), metric, refine=refine and metric == "cosine") as space:
        before = PrototypicalClassifier.from_label_space(space, encoder=WordEncoder())
        refuted(space)
        estimator = PrototypicalClassifier.from_label_space(space, encoder=WordEncoder())
        assert (estimator.predict(QUERIES[:8]) != before.predict(QUERIES[:8])).any()
        agree(estimator, space, QUERIES)


def test_negatives_stay_when_more_examples_come_and_when_it_is_saved(tmp_path: Path):
    extra = Example("a", "a letter of its own")
    with refuted(space_of(four_classes())) as space:
        estimator = PrototypicalClassifier.from_label_space(space, encoder=WordEncoder())
        estimator.partial_fit([extra.text], [extra.label])
        space.add([extra])
        space.settle()
        agree(estimator, space, QUERIES)
        estimator.save(tmp_path / "a.space")
        again = PrototypicalClassifier.load(tmp_path / "a.space", encoder=WordEncoder())
        agree(again, space, QUERIES)
    with LabelSpace(tmp_path / "a.space", encoder=WordEncoder(), background=False) as written:
        assert {one.text for one in written.negatives()} <= set(QUERIES[:8])
        assert written.negatives()


LETTER = "please pay attention to my work and to all my studies of the last years in Vienna"
REFUSED = {
    "bill 14 pay 3 77": "bill 20271 pay 8812 440091",  # other numbers
    LETTER: f"a second bill for the old roof and the door is due now: {LETTER}",  # quoted
}


@pytest.mark.parametrize("refine", [True, False])
def test_near_copies_of_negatives_are_refused_by_their_words(refine, tmp_path: Path):
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.configure(refine=refine)
        invoices = ["please pay the amount due", "pay attention to the bill", "my roof: a bill"]
        space.add(invoices, "invoice")
        space.add(["education and skills so far", "I apply for the job", "a degree in law"], "cv")
        labels = {text: space.label(near).label for text, near in REFUSED.items()}
        space.add([Example(label, text, negative=True) for text, label in labels.items()])
        space.settle()
        expected = [space.label(near).label for near in REFUSED.values()]
        assert not any(now == before for now, before in zip(expected, labels.values(), strict=True))
        estimator = PrototypicalClassifier.from_label_space(space, encoder="hashing")
        more = pickle.loads(pickle.dumps(estimator)).partial_fit(["the roof of my house"], ["cv"])
    estimator.save(tmp_path / "a.space")
    again = PrototypicalClassifier.load(tmp_path / "a.space", encoder="hashing")
    for one in (estimator, again, more):
        assert one.predict(list(REFUSED.values())).tolist() == expected


def test_an_example_of_the_class_ends_its_negative():
    with refuted(space_of(four_classes())) as space:
        first, *others = space.negatives()
        estimator = PrototypicalClassifier.from_label_space(space, encoder=WordEncoder())
        estimator.partial_fit([first.text], [first.label])
        space.add([Example(first.label, first.text)])
        space.settle()
        assert len(space.negatives()) == len(others)
        agree(estimator, space, QUERIES)


def test_fit_forgets_negatives():
    examples = four_classes()
    texts, labels = [e.text for e in examples], [e.label for e in examples]
    with refuted(space_of(examples)) as space:
        estimator = PrototypicalClassifier.from_label_space(space, encoder=WordEncoder())
    estimator.fit(texts, labels)
    fresh = PrototypicalClassifier(**estimator.get_params()).fit(texts, labels)
    assert estimator.predict_proba(QUERIES).tolist() == fresh.predict_proba(QUERIES).tolist()


def test_a_warning_says_that_a_target_of_risk_stays_behind():
    with space_of(four_classes()) as space:
        space.configure(target="errors 10%")
        with pytest.warns(UserWarning, match="under the target errors 10"):
            PrototypicalClassifier.from_label_space(space, encoder=WordEncoder())


def test_an_example_overrules_a_refusal_of_the_class_above_for_its_whole_family(tmp_path):
    """As in the label space: of contradicting statements about near copies the later one holds."""
    copies = [f"{LETTER}, letter {n}" for n in (1, 2, 3)]
    with space_of(four_classes()) as space:
        names = [info.name for info in space.classes()]
        for name in names[:2]:
            space.nest(name, "above", new=True)
        space.refute(Document("1", copies[0]), "above")
        space.add([Example(names[0], copies[1])])
        space.settle()
        estimator = PrototypicalClassifier.from_label_space(space, encoder=WordEncoder())
        agree(estimator, space, [*copies, *QUERIES])
        estimator.save(tmp_path / "a.space")
        again = PrototypicalClassifier.load(tmp_path / "a.space", encoder=WordEncoder())
        agree(again, space, [*copies, *QUERIES])
        with LabelSpace(tmp_path / "a.space", encoder=WordEncoder(), background=False) as written:
            assert [one.text for one in written.negatives("above")] == [copies[0]]
            assert [one.text for one in written.negatives(names[1])] == []
        again.partial_fit([copies[0]], [names[1]])
        space.add([Example(names[1], copies[0])])
        space.settle()
        agree(again, space, [*copies, *QUERIES])
