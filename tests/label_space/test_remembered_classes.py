"""Which class a remembered document is of after a rename, a merge, and a new class of its name."""

from __future__ import annotations

import pytest
from decided import BILL, LETTER, STRANGE, answer, correct, label_of, memory
from fakes import WORDS

from protolabel import Document
from protolabel.errors import InputError
from protolabel.label_space.session import session_of
from protolabel.open_world.discovery import discover

OLD, HEIR = WORDS[1], WORDS[2]


def names_decided(space) -> list[str | None]:
    return [one.label for one in space.answer_log.decided()]


@pytest.fixture
def merged(mail):
    """A decision of a class that was renamed and merged, while another class took its old name."""
    correct(mail)
    mail.rename(OLD, "letter")
    mail.add([f"{WORDS[5]} {WORDS[5]} {n}" for n in range(4)], OLD)
    mail.merge(["letter", HEIR], HEIR)
    return mail


def test_a_decision_is_of_the_class_that_its_class_went_into(merged):
    assert label_of(merged) == (HEIR, "person")
    assert names_decided(merged) == [HEIR]
    assert label_of(merged, LETTER) == (HEIR, "label space")
    assert {d.document.label for d in merged.inbox.documents()[0]} == {HEIR, None}


def test_nothing_is_listed_under_the_name_that_another_class_has_now(merged):
    listed = merged.answer_log.compared()
    assert listed.decided_otherwise(before=OLD) == []
    assert [one.document.label for one in listed.decided_otherwise(before=HEIR)] == [HEIR]
    assert merged.answer_log.suggestions(before=OLD) == []
    assert all(one.document.label == HEIR for one in merged.answer_log.suggestions())


def test_a_document_that_prefers_the_heir_is_no_suggestion(mail):
    mail.merge([OLD, HEIR], "all letters")
    assert label_of(mail, LETTER) == ("all letters", "label space")
    assert mail.answer_log.suggestions() == []


def test_undo_of_the_merge_gives_back_the_name_from_before_it_and_redo_the_heir(merged):
    before = memory(merged)
    merged.undo()
    assert (label_of(merged)[0], names_decided(merged)) == ("letter", ["letter"])
    assert merged.answer_log.suggestions(before=OLD) == []
    merged.redo()
    assert label_of(merged)[0] == HEIR
    merged.rename(HEIR, "post")
    assert names_decided(merged) == ["post"]
    assert memory(merged) == before


def test_a_class_without_an_heir_keeps_its_last_name_apart_from_a_new_class_of_that_name(mail):
    mail.add([f"{WORDS[4]} {n}" for n in range(8)], "strange")
    mail.rename("strange", "odd")
    assert mail.answer_log.accept(mail.answer_log.suggestions(to="odd"))
    mail.undo()
    mail.undo()
    assert label_of(mail, STRANGE[0]) == ("strange", "person")
    mail.add(f"{WORDS[5]} elsewhere", "strange")
    assert label_of(mail, STRANGE[0]) == ("strange (ended)", "person")
    assert mail.answer_log.suggestions(before="strange") == []
    decided = mail.answer_log.compared().decided_otherwise(before="strange (ended)")
    assert {one.document.label for one in decided} == {"strange (ended)"}
    mail.undo()
    assert label_of(mail, STRANGE[0]) == ("strange", "person")


def test_a_refused_class_is_called_by_its_own_name_after_a_merge(mail):
    mail.refute(Document("x", BILL), WORDS[0])
    mail.rename(WORDS[0], "paper")
    mail.merge(["paper", HEIR], HEIR)
    (one,) = [one for one in mail.answer_log.documents() if one.text == BILL]
    assert one.refused == ("paper",)


def test_a_suggestion_may_be_accepted_after_a_merge(merged):
    merged.add([f"{LETTER} {n}" for n in range(4)], "paid")
    (one,) = merged.answer_log.suggestions(before=HEIR, to="paid", refined=False)
    assert one.document.label == HEIR
    merged.answer_log.accept([one])
    assert label_of(merged, LETTER) == ("paid", "person")


def test_the_map_and_discovery_hold_a_decision_to_the_heir(merged):
    drawn = merged.inbox.map()
    (key,) = [one.key for one in merged.answer_log.documents() if one.text == BILL]
    assert drawn.classes[drawn.labels[drawn.keys.index(key)]] == HEIR
    merged.correct(Document("x", STRANGE[0]), "post")
    n_declined = discover(merged, least=2).documents
    merged.merge(["post", HEIR], HEIR)
    answer(merged)
    assert discover(merged, least=2).documents == n_declined


def test_not_this_of_a_class_that_has_the_old_name_leaves_the_decision(merged):
    merged.refute(Document("x", BILL), OLD)
    assert label_of(merged) == (HEIR, "person")
    merged.refute(Document("x", BILL), HEIR)
    assert label_of(merged)[0] is None


def test_a_name_that_nothing_has_now_cannot_be_asked_for(mail):
    correct(mail)
    mail.rename(OLD, "letter")
    mail.merge(["letter", HEIR], HEIR)
    for name in (OLD, "letter"):
        with pytest.raises(InputError, match="remembered documents have"):
            mail.answer_log.suggestions(before=name)


def test_the_store_gives_the_last_name_of_a_class(merged):
    rows = session_of(merged).store.rows
    keys = {row.name: row.key for row in rows.classes(merged.version - 1)}
    assert rows.last_class_name(keys["letter"]) == "letter"
    assert rows.last_class_name(keys[HEIR]) == HEIR
    assert rows.last_class_name(max(keys.values()) + 9) is None
