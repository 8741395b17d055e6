"""A decision on a suggestion is one on equal documents too, as a correction is."""

from __future__ import annotations

import pytest
from fakes import WORDS, WordEncoder

from protolabel import Document, LabelSpace

BILL, OTHER, THIRD = WORDS[:3]
TEXT = f"{OTHER} {OTHER} {BILL}"


@pytest.fixture
def space(tmp_path, monkeypatch):
    """Two equal files, another one, and parts of two mails, which prefer another class now."""
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create("a.space", encoder=WordEncoder(), background=False) as space:
        space.answer_log.remember("text")
        space.add([f"{BILL} {n}" for n in range(3)], BILL)
        names = ["in/p.txt", "in/sub/p.txt", "a.eml/1/x.txt", "b.eml/1/x.txt"]
        documents = [Document(name, TEXT, source=name) for name in names]
        documents += [
            Document("a.eml", "see", source="a.eml"),
            Document("b.eml", "so", source="b.eml"),
        ]
        list(space.label_many([*documents, Document("q", f"{TEXT} {OTHER}", source="in/q.txt")]))
        space.answer_log.write(1.0)
        space.add([f"{OTHER} {n}" for n in range(3)], OTHER)
        yield space


def named(space, source):
    (one,) = [one for one in space.answer_log.suggestions() if one.document.source == source]
    return one


def labels(space):
    return {one.source: (one.label, one.by) for one in space.answer_log.documents()}


@pytest.mark.parametrize("source", ["in/p.txt", "in/sub/p.txt"])
def test_equal_files_get_the_class_together(space, source):
    before = labels(space)
    space.answer_log.accept([named(space, source)])
    after = labels(space)
    changed = {one for one in after if after[one] != before[one]}
    assert changed == {"in/p.txt", "in/sub/p.txt"}
    assert {after[one] for one in changed} == {(OTHER, "person")}
    assert "in/q.txt" in {one.document.source for one in space.answer_log.suggestions()}
    assert not changed & {one.document.source for one in space.answer_log.suggestions()}


def test_equal_files_keep_their_class_together(space):
    space.answer_log.dismiss([named(space, "in/p.txt")])
    after = labels(space)
    assert after["in/p.txt"] == after["in/sub/p.txt"] == (BILL, "person")
    assert after["in/q.txt"] == (BILL, "label space")
    assert not {"in/p.txt", "in/sub/p.txt"} & {
        one.document.source for one in space.answer_log.suggestions()
    }
    space.answer_log.reconsider("in/sub/p.txt")
    assert "in/sub/p.txt" in {one.document.source for one in space.answer_log.suggestions()}


def test_the_last_decision_on_equal_files_counts_for_both(space):
    dismissed = named(space, "in/sub/p.txt")
    space.answer_log.dismiss([dismissed])
    space.add([f"{THIRD} {n} {TEXT}" for n in range(6)], THIRD)
    suggestion = [
        one for one in space.answer_log.suggestions() if one.document.source == "in/p.txt"
    ]
    space.answer_log.accept(suggestion)
    assert len({labels(space)[one] for one in ("in/p.txt", "in/sub/p.txt")}) == 1


def test_a_part_of_a_mail_is_decided_on_alone(space):
    before = labels(space)
    space.answer_log.accept([named(space, "a.eml/1/x.txt")])
    after = labels(space)
    assert {one for one in after if after[one] != before[one]} == {"a.eml/1/x.txt"}


def test_an_undo_of_their_examples_takes_all_of_it_back(space):
    before = labels(space)
    space.answer_log.accept([named(space, "in/p.txt")], as_examples=True)
    assert labels(space)["in/sub/p.txt"] == (OTHER, "person")
    space.undo()
    assert labels(space) == before
