"""A label space whose documents may have several labels, or none: examples, answers, changes."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest
from fakes import WordEncoder

from protolabel import Answers, Document, Example, LabelSpace
from protolabel.errors import InputError
from protolabel.evaluation.of_label_space import evaluate_space_on
from protolabel.evaluation.of_own_examples import evaluate_space
from protolabel.evaluation.risk_of_space import risk_of_space
from protolabel.evaluation.several_labels import label_shares
from protolabel.label_space.changes import request_from
from protolabel.open_world.conflicts import find_conflicts

PARTS = {"bill": "pay bill money due", "job": "cv work study degree", "post": "ship box parcel"}


def letters(n: int, seed: int = 0) -> list[tuple[str, list[str]]]:
    """Return n documents about one or two of three things, each with its labels."""
    rng = random.Random(seed)
    made_up = []
    for i in range(n):
        labels = rng.sample(sorted(PARTS), rng.choice([1, 2]))
        words = [w for name in labels for w in rng.choices(PARTS[name].split(), k=4)]
        made_up.append((" ".join([*words, f"n{seed}x{i}"]), labels))
    return made_up


def filled(n: int = 24, **options) -> LabelSpace:
    space = LabelSpace.create(encoder="hashing", labels="several", background=False, **options)
    texts, labels = zip(*letters(n), strict=True)
    space.add(texts, labels)
    space.settle()
    return space


@pytest.fixture(scope="module")
def space():
    with filled() as space:
        yield space


def test_a_document_is_an_example_of_each_of_its_labels():
    with LabelSpace.create(encoder=WordEncoder(), labels="several", background=False) as space:
        change = space.add("pay cv", ["bill", "job", "bill"])
        assert {info.name: info.examples for info in space.classes()} == {"bill": 1, "job": 1}
        assert change.hints == ()
        assert (change.detail["known"], change.detail["near_copies"]) == (0, 0)
        again = space.add(["pay cv", "pay cv"], [["bill"], ["post"]], skip_known=True)
        assert again.detail["known"] == 1  # as a bill; as a parcel it is new
        assert {info.name: info.examples for info in space.classes()} == {
            "bill": 1, "job": 1, "post": 1,
        }  # fmt: skip
        assert space.check() == []


def test_the_same_is_refused_where_documents_have_one_label():
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        for labels in (["bill", "job"], ("bill",)):
            with pytest.raises(InputError, match="for several labels a text: configure"):
                space.add("pay cv", labels)
        with pytest.raises(InputError, match="for several labels a text: configure"):
            space.add(["pay cv"], [["bill", "job"]])
        assert space.version == 1
        space.configure(labels="several")
        with pytest.raises(InputError, match="of no label"):
            space.add("pay cv", [])
        space.add("pay cv", ["bill", "job"])


def test_an_answer_has_every_class_whose_own_probability_is_large_enough(space):
    for text, labels in letters(30, seed=1):
        answer = space.label(text)
        assert set(answer.label_names) == set(labels)
        assert answer.label == answer.labels[0].label == answer.probability_of
        assert answer.probability == answer.labels[0].probability
        chances = [one.probability for one in answer.labels]
        assert chances == sorted(chances, reverse=True)
        assert min(chances) >= answer.threshold
        ranked = {one.label: one.probability for one in answer.alternatives}
        assert all(p < answer.threshold for name, p in ranked.items() if name not in labels)
        for one in answer.labels:
            assert one.evidence.label == one.label
            assert all(near.id in ids(space, one.label) for near in one.evidence.examples)
    nothing = space.label("quite something else")
    assert (nothing.label, nothing.labels) == (None, ())
    assert nothing.alternatives
    assert "no class has a probability" in nothing.reason


def test_a_reason_tells_a_probability_from_a_limit_that_is_hardly_larger():
    with filled() as space:
        (best, *_) = space.label("quite something else").alternatives
        space.configure(threshold=best.probability + 0.0001)
        reason = space.label("quite something else").reason
    limit, share = re.findall(r"[\d.]+(?=%)", reason)
    assert float(share) < float(limit)


def ids(space: LabelSpace, label: str) -> set[str]:
    return {example.id for example in space.show(label)[1]}


def test_json_has_the_labels_and_one_label_spaces_do_not(space):
    record = space.label("pay bill parcel box").to_dict()
    assert [one["label"] for one in record["labels"]] == [
        one.label for one in space.label("pay bill parcel box").labels
    ]
    assert set(record["labels"][0]) == {"label", "probability", "score", "evidence"}
    with LabelSpace.create(encoder=WordEncoder(), background=False) as one:
        one.add(["pay", "cv"], ["bill", "job"])
        assert "labels" not in one.label("pay").to_dict()
        assert one.label("pay").labels is None
        assert one.label("pay").label_names == ("bill",)


def test_one_is_many_at_any_batch_size(space):
    texts = [text for text, _ in letters(17, seed=2)]
    many = list(space.label_many(texts, evidence=0))
    singles = [space.label(Document(str(i), t), evidence=0) for i, t in enumerate(texts)]
    assert singles == many
    assert Answers(many).label_names == [answer.label_names for answer in singles]


def test_a_threshold_is_the_least_probability_and_nothing_else():
    with filled() as space:
        space.configure(threshold=0.0)
        answer = space.label("pay bill")
        assert (len(answer.labels), answer.threshold) == (3, 0.0)
        space.configure(threshold=1.0)
        assert space.label("pay bill").label is None
        for threshold in (-0.5, 1.5, "none"):
            with pytest.raises(InputError, match="least chance of a label"):
                space.configure(threshold=threshold)
        with pytest.raises(InputError, match="target"):
            space.configure(target="errors 5%")
        space.configure(labels="several")  # as it is: the threshold stays
        assert space.settings.threshold == 1.0
        space.configure(labels="one")
        assert space.settings.threshold is None
        space.undo()
        assert space.settings.threshold == 1.0


def test_too_little_data_has_no_probability_and_a_reason():
    with LabelSpace.create(encoder=WordEncoder(), labels="several", background=False) as space:
        assert space.label("pay").labels == ()
        space.add(["pay bill", "cv"], [["bill", "post"], "job"])
        space.settle()
        answer = space.label("pay bill")
        assert answer.probability is None
        assert answer.label in ("bill", "post")
        assert [one.probability for one in answer.labels] == [None]
        assert "no probability: needs 10 different documents" in answer.reason
        space.configure(threshold=0.5)
        declined = space.label("pay bill")
        assert declined.labels == ()
        assert "a chance is asked for" in declined.reason


def test_a_change_of_the_setting_is_undone_to_the_last_bit():
    with LabelSpace.create(encoder="hashing", background=False) as space:
        texts, labels = zip(*letters(20), strict=True)
        space.add(texts, [names[0] for names in labels])
        space.settle()
        before = space.label("pay the bill").to_dict()
        space.configure(labels="several")
        space.settle()
        assert space.label("pay the bill").labels is not None
        space.undo()
        space.settle()
        after = space.label("pay the bill").to_dict()
        assert after | {"space_version": 0} == before | {"space_version": 0}


def test_fits_are_read_again_and_those_of_an_earlier_version_are_made_again(tmp_path):
    path = tmp_path / "several.space"
    texts, labels = zip(*letters(24), strict=True)
    with LabelSpace.create(path, encoder="hashing", labels="several", background=False) as space:
        space.add(texts, labels)
        space.settle()
        answers = [space.label(text).to_dict() for text in texts[:5]]
    with LabelSpace(path, background=False) as again:
        assert again.view().lacking == ()
        assert [again.label(text).to_dict() for text in texts[:5]] == answers
        assert again.info().to_dict()["calibration"]["documents"] == 24
        version = again.version
        again.add("pay the parcel", ["bill", "post"])
        earlier = again.at(version).settled()
        assert [earlier.label(text).to_dict() for text in texts[:5]] == answers


def test_a_mean_over_classes_says_of_how_many_it_is():
    members, names = np.eye(3, 20, dtype=np.bool_), [f"c{k}" for k in range(20)]
    shares = label_shares(members, members, np.arange(3), names)
    assert list(shares)[1] == "macro F1, over 3 of 20 classes"
    assert min(share.low for share in shares.values()) > 0.2
    assert max(share.low for share in shares.values()) < 0.5  # three documents prove little


def test_a_correction_gives_a_document_exactly_its_labels():
    with LabelSpace.create(encoder=WordEncoder(), labels="several", background=False) as space:
        space.add(["pay cv", "ship"], [["bill", "post"], "post"])
        version, stored = space.version, space.show("bill")[1][0]
        change = space.correct(stored.id, ["bill", "job"])
        assert (change.kind, change.detail["removed"]) == ("relabel", [])
        assert labels_of(space, "pay cv") == {"bill", "job"}
        space.correct(Document("d", "pay cv"), ["post"])
        assert labels_of(space, "pay cv") == {"post"}
        space.correct(Document("d", "ship box"), ["post", "bill"])  # new to the space
        assert labels_of(space, "ship box") == {"post", "bill"}
        nothing_new = space.correct(Document("d", "ship box"), ["bill", "post"])
        assert nothing_new.version == space.version
        assert "so already" in nothing_new.summary
        space.correct(space.show("post")[1][0].id, "bill")
        space.return_to(version)
        assert labels_of(space, "pay cv") == {"bill", "post"}


def labels_of(space: LabelSpace, text: str) -> set[str]:
    return {info.name for info in space.classes() for e in space.show(info.name)[1]
            if e.text == text}  # fmt: skip


def test_a_relabelling_is_a_value():
    with LabelSpace.create(encoder=WordEncoder(), labels="several", background=False) as space:
        space.add([Example("bill", "pay cv", id="x")])
        request = request_from({"kind": "relabel", "id": "x", "labels": ["job", "bill"]})
        space.commit(request_from(request.to_dict()))
        assert labels_of(space, "pay cv") == {"bill", "job"}
        with pytest.raises(InputError, match="no label"):
            request_from({"kind": "relabel", "id": "x", "labels": []})


def test_merged_and_moved_documents_stand_once_under_a_class():
    with LabelSpace.create(encoder=WordEncoder(), labels="several", background=False) as space:
        space.add(["pay cv", "pay"], [["bill", "job"], "bill"])
        space.merge(["job"], into="bill")
        assert space.show("bill")[0].examples == 2
        space.undo()
        assert labels_of(space, "pay cv") == {"bill", "job"}
        space.move(space.show("job")[1][0].id, "bill")
        assert (space.show("bill")[0].examples, space.show("job")[0].examples) == (2, 0)
        assert space.check() == []


def test_an_export_comes_back_with_all_labels(space):
    with LabelSpace.create(encoder="hashing", background=False) as copy:
        copy.import_records(space.view().export())
        assert copy.settings.several
        copy.settle()
        for text, _ in letters(5, seed=3):
            assert copy.label(text).label_names == space.label(text).label_names


def test_a_preview_says_which_sets_of_labels_change_and_comes_true():
    with filled() as space:
        texts = [text for text, _ in letters(12, seed=4)]
        list(space.label_many(texts))
        examples = [Example("job", f"pay bill money due x{i}") for i in range(24)]
        preview = space.preview.add(examples)
        moved = {one.id: one.after.label_names for one in preview.moved if one.kind == "document"}
        assert len(preview.moved) > 1
        assert all(
            set(one.before.label_names) != set(one.after.label_names) for one in preview.moved
        )
        before = [answer.label_names for answer in space.label_many(texts, evidence=0)]
        space.add(examples)
        space.settle()
        after = [answer.label_names for answer in space.label_many(texts, evidence=0)]
        pairs = enumerate(zip(before, after, strict=True))
        differ = {str(i): b for i, (a, b) in pairs if set(a) != set(b)}  # their order is no change
        assert moved == differ
        assert sum(flow.documents for flow in preview.flows) == len(moved)


def test_a_document_whose_text_is_not_kept_has_all_its_labels_with_evidence_and_without():
    """A stored vector gets evidence about the likeliest label alone."""
    with filled() as space:
        texts = [text for text, _ in letters(12, seed=4)]
        labels = [answer.label_names for answer in space.label_many(texts, evidence=0)]
        assert max(map(len, labels)) > 1
        space.answer_log.remember("answers")
        space.answer_log.write()
        documents, _ = space.inbox.documents()
        assert len(documents) == 12
        for one in documents:
            explained = space.inbox.explain(one.document.key).answer
            assert one.answer.label_names == explained.label_names == labels[int(one.document.id)]


def test_evaluations_have_f1_and_exact_sets(space):
    own = evaluate_space(space)
    assert own.shares["micro F1, over all labels"].share > 0.9
    assert (own.examples, own.confusion) == (24, None)
    texts, labels = zip(*letters(30, seed=5), strict=True)
    examples = [Example(name, t) for t, names in zip(texts, labels, strict=True) for name in names]
    new = evaluate_space_on(space, examples)
    answers = space.label_many(texts, evidence=0)
    exact = [set(a.label_names) == set(names) for a, names in zip(answers, labels, strict=True)]
    assert new.shares["exactly their labels"].share == pytest.approx(sum(exact) / 30)
    assert new.examples == 30


def test_what_needs_one_label_is_refused_with_what_to_do(space):
    for ask in (
        lambda: risk_of_space(space),
        lambda: find_conflicts(space),
        lambda: space.answer_log.suggestions(),
        lambda: space.label("pay", coverage=0.9),
    ):
        with pytest.raises(InputError, match="several labels a document") as refusal:
            ask()
        assert refusal.value.remedy
