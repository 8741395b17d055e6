"""A class that a person has refused for a document is refused with all classes under it."""

from __future__ import annotations

import pytest
from decided import LETTER, STRANGE, dismiss, memory
from fakes import WORDS

from protolabel import Document, LabelSpace
from protolabel.errors import InputError
from protolabel.label_space.person_statements.refused_classes import RefusedClasses
from protolabel.label_space.session import session_of
from protolabel.label_space.stored_items.document_contents import content_of


@pytest.fixture
def dismissed(mail):
    """Six letters for which 'strange' was dismissed, and 'narrow', which they are nearer to."""
    dismiss(mail)
    mail.add([f"{text} {n}" for n, text in enumerate(STRANGE)], "narrow")
    return mail


def suggested(space: LabelSpace) -> set[str]:
    return {one.answer.label for one in space.answer_log.suggestions(refined=False)}


def test_a_class_under_one_that_was_dismissed_is_not_suggested(dismissed):
    assert "narrow" in suggested(dismissed)
    listed = dismissed.answer_log.suggestions(to="narrow", refined=False)
    dismissed.nest("narrow", "strange")
    assert suggested(dismissed).isdisjoint({"narrow", "strange"})
    with pytest.raises(InputError, match="no longer remembered as it was listed"):
        dismissed.answer_log.accept(listed)
    dismissed.undo()
    assert "narrow" in suggested(dismissed)


def test_a_class_above_the_one_that_a_person_gave_is_refused_alone(mail):
    """It was too wide: what else stands under it is no wrong class of the document."""
    mail.nest(WORDS[2], WORDS[1])
    mail.correct(Document("x", LETTER), WORDS[2])
    mail.add(["one", "two"], "beside")
    mail.nest("beside", WORDS[1])
    session = session_of(mail)
    (row,) = session.store.answers.rows(contents=[content_of(LETTER, None, None)])
    refused = RefusedClasses(session.store)
    view = mail.view()
    keys = {name: view.rows.class_named(name, view.version).key for name in (WORDS[1], "beside")}
    assert {name: refused.refuses(row, key) for name, key in keys.items()} == {
        WORDS[1]: True,
        "beside": False,
    }


def test_the_parts_of_a_class_that_was_dismissed_are_not_suggested(mail):
    dismiss(mail)
    before = memory(mail)
    ids = [one.id for one in mail.show("strange")[1]]
    mail.split("strange", {"first": ids[:4], "second": ids[4:]})
    assert suggested(mail) == set()
    after = memory(mail)
    mail.undo()
    assert memory(mail) == before
    mail.redo()
    assert memory(mail) == after


@pytest.mark.parametrize("both", [True, False])
def test_a_merged_class_is_refused_where_all_its_classes_were(mail, both):
    """As with negative examples: a class that took in one that is not refused is none of these."""
    dismiss(mail)
    before = suggested(mail)
    mail.add([f"{text} {n}" for n, text in enumerate(STRANGE)], "odd")
    if both:
        mail.answer_log.dismiss(mail.answer_log.suggestions(to="odd", refined=False))
    mail.merge(["strange", "odd"], "all odd")
    assert suggested(mail) == (set() if both else {"all odd"})
    assert before == set()
    if both:
        noted = memory(mail)
        mail.undo()
        mail.redo()
        assert memory(mail) == noted


def test_what_leaves_a_class_that_was_dismissed_is_not_suggested(dismissed):
    """It stays refused through the class that it stood under, and so after the undo of an undo."""
    dismissed.nest("narrow", "strange")
    before = memory(dismissed)
    dismissed.lift("narrow")
    assert suggested(dismissed) == set()
    after = memory(dismissed)
    dismissed.undo()
    assert memory(dismissed) == before
    dismissed.redo()
    assert memory(dismissed) == after


def test_a_merged_class_that_took_in_another_one_is_suggested_again(mail):
    """The rule of negative examples, also where the class keeps its name."""
    dismiss(mail)
    mail.add([f"{text} {n}" for n, text in enumerate(STRANGE)], "odd")
    mail.merge(["strange", "odd"], "strange")
    assert suggested(mail) == {"strange"}
