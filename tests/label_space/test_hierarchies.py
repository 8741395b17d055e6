"""Classes under classes: their places as changes, and the levels of answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fakes import WORDS, WordEncoder
from hypothesis import given, settings
from hypothesis import strategies as st
from spaces import four_classes
from stored import connection_of, damage, store_of

from protolabel import Answer, Document, LabelSpace
from protolabel.errors import ClassError, InputError, UnknownClassError
from protolabel.label_space.changes import request_from

QUERIES = [" ".join(pair) for pair in zip(WORDS, WORDS[1:] + WORDS[:1], strict=True)]
NAMES = st.sampled_from("abcde")
Tree = dict[str, str | None]


@pytest.fixture
def space() -> LabelSpace:
    """Classes a to d, settled, without parents, ranked by prototypes."""
    space = LabelSpace.create(encoder=WordEncoder(), background=False)
    space.configure(refine=False)
    space.add(four_classes(each=8))
    space.settle()
    return space


def between(space: LabelSpace, d: float = 0.0) -> Document:
    """Return a document that is as near to a, b and c, and far from d, or so near to that."""
    rows = np.stack([space.view().prototypes.prototype(label) for label in "abcd"])
    return Document("between", embedding=np.linalg.pinv(rows) @ np.array([0.6, 0.6, 0.6, d]))


def tree(space: LabelSpace) -> Tree:
    return {info.name: info.parent for info in space.classes()}


def answers(space: LabelSpace) -> list[dict[str, object]]:
    space.settle()
    return [answer.to_dict() for answer in space.label_many(QUERIES)]


def by_name(answer: Answer) -> dict[str, float]:
    return {level.label: level.probability or 0.0 for level in answer.levels}


# -- places ---------------------------------------------------------------------------------------


def test_a_class_is_put_under_another_moved_and_lifted(space) -> None:
    space.nest(["a", "b"], "ab", new=True)
    assert tree(space) == {"a": "ab", "b": "ab", "c": None, "d": None, "ab": None}
    space.nest({"b": "c", "ab": "d"})
    assert tree(space) == {"a": "ab", "b": "c", "c": None, "d": None, "ab": "d"}
    space.lift("b", "ab")
    assert tree(space) == {"a": "ab", "b": None, "c": None, "d": None, "ab": None}
    assert space.show("a")[0].parent == "ab"
    assert space.at(3).show("a")[0].parent is None
    assert damage(space) == []


def test_every_place_that_cannot_be_is_refused_and_nothing_changes(space) -> None:
    space.nest({"a": "b", "b": "c"})
    before, version = tree(space), space.version
    with pytest.raises(UnknownClassError, match="no class named 'nowhere'"):
        space.nest("a", "nowhere")
    with pytest.raises(UnknownClassError, match="no class named 'nobody'"):
        space.nest("nobody", "a")
    with pytest.raises(ClassError, match="'c' under 'a', which stands under it"):
        space.nest("c", "a")
    with pytest.raises(ClassError, match="'d' under 'd'"):
        space.nest("d", "d")
    with pytest.raises(InputError, match="no class above"):
        space.nest("a")
    with pytest.raises(ClassError, match="at most 8 levels"):
        space.nest({"d": "a", "c": "1"} | {str(i): str(i + 1) for i in range(1, 6)}, new=True)
    space.retire("d")
    with pytest.raises(ClassError, match="'d' is retired"):
        space.nest("a", "d")
    space.undo()
    assert tree(space) == before
    assert space.version == version + 2


def test_two_classes_change_places_in_one_change(space) -> None:
    space.nest("a", "b")
    space.nest({"b": "a", "a": None})
    assert tree(space)["b"] == "a"
    assert tree(space)["a"] is None


def test_nothing_to_move_makes_no_version(space) -> None:
    space.nest("a", "b")
    version = space.version
    assert "already" in space.nest("a", "b").summary
    assert space.version == version


def test_undo_and_return_restore_places_and_answers_bit_for_bit(space) -> None:
    flat = answers(space)
    assert all("levels" not in answer for answer in flat)
    space.nest(["a", "b"], "ab", new=True)
    version = space.version
    nested = answers(space)
    assert all("levels" in answer for answer in nested)
    space.undo()
    assert {k: v for k, v in tree(space).items() if v} == {}

    def same(now: list[dict[str, object]], then: list[dict[str, object]]) -> bool:
        return [a | {"space_version": 0} for a in now] == [a | {"space_version": 0} for a in then]

    assert same(answers(space), flat)
    space.redo()
    assert same(answers(space), nested)
    space.lift("a")
    space.return_to(version)
    assert same(answers(space), nested)


def test_a_class_keeps_its_place_through_merge_and_split(space) -> None:
    space.nest({"a": "top", "b": "a", "c": "b"}, new=True)
    space.merge(["a", "b"], "b")  # b takes the place of a, above it, and keeps what is under it
    assert tree(space) == {"b": "top", "c": "b", "d": None, "top": None}
    space.merge(["b", "d"], "new")  # which has no place in common
    assert tree(space) == {"c": "new", "new": None, "top": None}
    ids = [example.id for example in space.show("c")[1]]
    space.split("c", {"part": ids[:3]})
    assert tree(space)["part"] == "new"
    space.merge(["c", "part"], "whole")
    assert tree(space) == {"whole": "new", "new": None, "top": None}
    space.rename("new", "renamed")
    assert tree(space)["whole"] == "renamed"
    assert damage(space) == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["nest", "nest", "lift", "merge"]), NAMES, NAMES)))
def test_no_sequence_of_changes_makes_a_circle(steps: list[tuple[str, str, str]]) -> None:
    """Places by a plain model; a change that the model cannot make is refused, and no other."""
    space = LabelSpace.create(encoder=WordEncoder(), background=False)
    space.add(list(WORDS[:5]), list("abcde"))
    model: Tree = dict.fromkeys("abcde")

    def above(name: str) -> list[str]:
        parent, path = model[name], list[str]()
        while parent is not None:
            path.append(parent)
            parent = model[parent]
        return path

    for kind, one, two in steps:
        if one not in model or two not in model:
            continue
        if kind == "nest":
            if one == two or one in above(two):
                with pytest.raises(ClassError, match="stands under it"):
                    space.nest(one, two)
            else:
                space.nest(one, two)
                model[one] = two
        elif kind == "lift":
            space.lift(one)
            model[one] = None
        elif kind == "merge" and one != two:
            if one in above(two):
                model[two] = model[one]
            moved = {child: two for child, parent in model.items() if parent == one}
            model |= moved
            model.pop(one)
            space.merge([one, two], two)
        assert tree(space) == model
    assert damage(space) == []


def test_a_retired_class_is_passed_over_until_it_is_back(space) -> None:
    space.nest({"a": "middle", "b": "middle", "middle": "top"}, new=True)
    space.settle()
    before = [by_name(a) for a in space.label_many(QUERIES)]
    space.retire("middle")
    space.settle()
    during = [by_name(a) for a in space.label_many(QUERIES)]
    for old, new in zip(before, during, strict=True):
        assert "middle" not in new
        assert old.get("top") == pytest.approx(new.get("top"))
    space.unretire("middle")
    space.settle()
    assert [by_name(a) for a in space.label_many(QUERIES)] == before


# -- answers --------------------------------------------------------------------------------------


def test_levels_are_sums_of_the_probabilities_of_the_same_space_without_parents(space) -> None:
    flat = [
        {ranked.label: ranked.probability for ranked in answer.alternatives}
        for answer in space.label_many(QUERIES, alternatives=4)
    ]
    space.nest({"a": "ab", "b": "ab", "c": "d"}, new=True)  # d has examples of its own
    space.settle()
    under = {"ab": ("a", "b"), "d": ("c", "d"), "a": "a", "b": "b", "c": "c"}
    for answer, old in zip(space.label_many(QUERIES), flat, strict=True):
        assert answer.levels
        for level in answer.levels:
            assert level.probability == pytest.approx(sum(old[c] for c in under[level.label]))
            assert level.chance == pytest.approx(level.probability * (1 - answer.none_probability))


def test_an_unsure_class_gives_way_to_the_class_above_that_is_sure(space) -> None:
    space.configure(threshold="none")
    space.settle()
    flat = space.label(between(space))
    assert flat.label in ("a", "b", "c")
    assert flat.chance < 0.5
    space.nest(["a", "b", "c"], "abc", new=True)
    space.settle()
    answer = space.label(between(space))
    assert answer.label == "abc"
    assert answer.path == ("abc",)
    assert answer.probability_of == "abc"
    assert answer.chance > 0.5
    assert answer.evidence.label == flat.label  # the nearest class is what the evidence is about
    assert f"{flat.label!r}, is too unsure" in answer.reason
    sure = space.label(f"{WORDS[0]} {WORDS[1]}")
    assert sure.path == ("abc", "a")


def test_a_threshold_declines_the_same_documents_with_and_without_parents(space) -> None:
    documents = [*QUERIES, "words of nothing", WORDS[0], f"{WORDS[4]} unknown {WORDS[6]}"]
    declined = [a.label is None for a in space.label_many(documents)]
    space.nest({"a": "ab", "b": "ab", "c": "ab"}, new=True)
    space.settle()
    assert [a.label is None for a in space.label_many(documents)] == declined
    assert any(declined)


def test_a_target_asks_for_its_chance_at_each_level(space) -> None:
    space.nest(["a", "b"], "ab", new=True)
    space.configure(target="errors 50%")
    space.settle()
    lengths = set()
    far = Document("far", embedding=-np.ones(8))
    for answer in space.label_many([*QUERIES, between(space), far]):
        least = answer.least_chance
        chances = {level.label: level.chance for level in answer.levels}
        if answer.label is None:
            assert all(chance < least for chance in chances.values())
        else:
            assert chances[answer.label] >= least
        lengths.add(len(answer.path))
    assert lengths == {0, 1, 2}


def test_a_class_above_answers_by_its_own_chance_where_none_below_has_enough(space) -> None:
    """Of a document that is as near to each of four classes, none has a chance above 25 %."""
    space.nest(list("abcd"), "all", new=True)
    space.configure(target="errors 50%")
    space.settle()
    sure, unsure = space.label_many([QUERIES[0], between(space, 0.6)])
    assert [len(answer.path) for answer in (sure, unsure)] == [2, 1]
    above, below = unsure.levels
    assert below.chance < sure.least_chance < unsure.least_chance <= above.chance


def test_without_a_calibration_the_nearest_class_answers_and_its_path_stands_there() -> None:
    space = LabelSpace.create(encoder=WordEncoder(), background=False)
    space.add([WORDS[0], WORDS[4]], ["a", "c"])
    space.nest("a", "ab", new=True)
    answer = space.label(WORDS[0])
    assert answer.path == ("ab", "a")
    assert [level.probability for level in answer.levels] == [None, None]


def test_what_is_remembered_and_previewed_is_the_level(space) -> None:
    space.configure(threshold="none")
    space.settle()
    first = space.label(between(space))
    preview = space.preview.nest(["a", "b", "c"], "abc", new=True)
    moved = {(one.before.label, one.after.label) for one in preview.moved if one.kind == "document"}
    assert moved == {(first.label, "abc")}
    space.nest(["a", "b", "c"], "abc", new=True)
    space.settle()
    assert space.label(between(space)).label == "abc"
    space.answer_log.write()
    assert [row.label for row in space.answer_log.documents()] == ["abc"]


def test_a_class_above_that_has_examples_answers_for_itself(space) -> None:
    space.nest(["a", "b"], "d")
    space.settle()
    answer = space.label(f"{WORDS[6]} {WORDS[7]}")
    assert answer.path == ("d",)
    own = answer.alternatives[0]
    assert own.label == "d"
    assert answer.probability >= own.probability


# -- other forms of the same ----------------------------------------------------------------------


def test_an_export_carries_places_and_an_import_takes_them_in(space) -> None:
    space.nest({"a": "ab", "b": "ab", "ab": "top"}, new=True)
    records = list(space.view().export())
    copy = LabelSpace.create(encoder=WordEncoder(), background=False)
    copy.import_records(records)
    assert tree(copy) == tree(space)
    assert [a["label"] for a in answers(copy)] == [a["label"] for a in answers(space)]
    copy.lift("a")
    copy.import_records(records, skip_known=True)  # a class that is here keeps its place
    assert tree(copy)["a"] is None
    records[1]["parent"] = "nowhere"
    fresh = LabelSpace.create(encoder=WordEncoder(), background=False)
    with pytest.raises(UnknownClassError, match="no class named 'nowhere'"):
        fresh.import_records(records)
    assert fresh.classes() == []


def test_a_change_of_place_is_a_value(space) -> None:
    request = request_from({"kind": "nest", "parents": {"a": "ab", "b": None}, "new": True})
    assert request_from(request.to_dict()) == request
    space.commit(request)
    assert tree(space)["a"] == "ab"
    with pytest.raises(InputError, match="under 'x' and under 'y'"):
        request_from({"kind": "nest", "parents": {"a": "x", " a ": "y"}})


def test_examples_come_with_their_places_in_one_change() -> None:
    space = LabelSpace.create(encoder=WordEncoder(), background=False)
    change = space.add([WORDS[0], WORDS[2]], ["a", "b"], parents={"a": "ab", "b": "ab"})
    assert change.detail["nested"] == 2
    assert tree(space) == {"a": "ab", "b": "ab", "ab": None}
    assert space.version == 2


def test_a_bare_node_is_not_described_by_its_name_when_others_are(space) -> None:
    space.nest(["a", "b"], "ab", new=True)
    space.configure(names_mean="off")
    space.configure(names_mean="on")
    assert space.show("ab")[0].description_from == "none"
    assert space.show("a")[0].description_from == "name"


def test_a_file_keeps_places_and_fits(tmp_path: Path) -> None:
    path = tmp_path / "nested.space"
    with LabelSpace.create(path, encoder=WordEncoder(), background=False) as space:
        space.add(four_classes(each=8))
        space.nest(["a", "b"], "ab", new=True)
        space.configure(target="errors 50%")
        expected = answers(space)
    with LabelSpace(path, encoder=WordEncoder(), background=False) as again:
        assert again.view().lacking == ()  # the outcomes by level were read back
        assert again.info().levels == 2
        assert answers(again) == expected
        before = again.view().rule.limit
    with LabelSpace(path, encoder=WordEncoder(), background=False) as again:
        assert again.view().rule.limit == before
        assert np.isfinite(before.least_chance)


def test_a_circle_in_a_damaged_file_is_found_and_answers_go_on(space, caplog) -> None:
    space.nest({"a": "b", "c": "d"})
    db = connection_of(space).db
    key = {row.name: row.key for row in store_of(space).rows.classes(space.version)}
    db.execute("UPDATE classes SET parent = ? WHERE class = ?", (key["a"], key["b"]))
    db.commit() if db.in_transaction else None
    findings = [finding.what for finding in space.check()]
    assert any("stands under itself" in what for what in findings)
    space.add(WORDS[0], "a")
    assert space.label(WORDS[0]).label == "a"
    assert "no levels" in caplog.text


@pytest.mark.parametrize("more", [[], ["seven green"]])
def test_places_come_in_whether_an_example_is_new_or_not(more):
    """Also beside a class whose examples are all here under another name, and so left out."""
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.add([WORDS[0], WORDS[1]], ["a", "b"])
        texts, labels = [WORDS[0], WORDS[1], *more], ["a", "x", *("a" for _ in more)]
        parents = {"a": "ab", "x": "ab", "ab": "top"}
        space.add(texts, labels, parents=parents, skip_known=True)
        places = {info.name: info.parent for info in space.classes()}
        assert places == {"a": "ab", "ab": "top", "top": None, "b": None}
        version = space.version
        again = space.add(texts[:2], labels[:2], parents=parents, skip_known=True)
        assert (again.version, again.summary) == (
            version,
            "nothing new: all 2 examples are here already",
        )
        space.undo()
        assert {info.name for info in space.classes()} == {"a", "b"}
