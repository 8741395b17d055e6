"""Documents that a person takes out of a proposal are not of the class that it becomes."""

from __future__ import annotations

import pytest
from fakes import WORDS, WordEncoder
from spelt_numbers import spelt
from stored import store_of

from protolabel import Document, LabelSpace
from protolabel.errors import InputError
from protolabel.open_world.accepting import accept, preview
from protolabel.open_world.discovery import discover
from protolabel.open_world.sent_texts import with_texts

STRANGE = WORDS[4]
LEFT = (2, 5)  # which are of another kind
TEXTS = [
    f"{f'{STRANGE} ' * (8 + n)}{f'{WORDS[5]} ' * 5 * (n in LEFT)}{WORDS[6]} {spelt(n)}"
    for n in range(7)
]


@pytest.fixture
def mail():
    """A label space that has declined seven documents, and remembers their texts."""
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        for label in WORDS[:4]:
            space.add([f"{f'{label} ' * (8 + n)}{WORDS[6]} {spelt(n)}" for n in range(4)], label)
        space.configure(threshold=0.9)
        space.answer_log.remember("text")
        answer(space)
        yield space


def answer(space: LabelSpace) -> list[str | None]:
    texts = [Document(f"d{n}", text) for n, text in enumerate(TEXTS)]
    answers = [one.label for one in space.label_many(texts)]
    space.answer_log.write()
    return answers


def split(space: LabelSpace):
    """Return the proposal, the keys of d2 and d5, and those of the others."""
    (proposal,) = discover(space).proposals
    left = {one.key for one in proposal.members if one.id in ("d2", "d5")}
    return proposal, left, {one.key for one in proposal.members} - left


def refused(space: LabelSpace) -> dict[str, tuple[str, ...]]:
    return {one.id: one.refused for one in space.answer_log.documents() if one.refused}


def test_what_is_left_out_is_never_answered_by_the_new_class(mail):
    """Before, it was answered by it at once, and with near certainty."""
    proposal, left, _ = split(mail)
    change = accept(mail, proposal.without(left), "strange")
    answers = answer(mail)
    assert {answers[2], answers[5]}.isdisjoint({"strange"})
    assert [answers[i] for i in (0, 1, 3, 4, 6)] == ["strange"] * 5
    assert change.detail["added"] == 5
    assert len(change.detail["negatives"]) == 2
    assert refused(mail) == {"d2": ("strange",), "d5": ("strange",)}
    assert {one.text for one in mail.view().negatives("strange")} == {TEXTS[2], TEXTS[5]}


def test_the_preview_says_so_too(mail):
    proposal, left, _ = split(mail)
    report = preview(mail, proposal.without(left), "strange", "what nobody knows")
    moved = {one.id for one in report.moved if one.kind == "document"}
    assert moved == {"d0", "d1", "d3", "d4", "d6"}


def test_undo_takes_the_refusals_back_and_redo_says_them_again(mail):
    proposal, left, _ = split(mail)
    accept(mail, proposal.without(left), "strange", "what nobody knows")
    mail.undo()
    assert refused(mail) == {}
    assert mail.view().negatives() == []
    assert [one.size for one in discover(mail).proposals] == [7]
    mail.redo()
    assert refused(mail) == {"d2": ("strange",), "d5": ("strange",)}
    assert len(mail.view().negatives("strange")) == 2


def test_what_is_passed_over_is_not_decided(mail):
    proposal, left, _ = split(mail)
    accept(mail, proposal.pass_over(left), "strange")
    assert refused(mail) == {}
    assert mail.view().negatives() == []
    assert {one.id for one in mail.answer_log.documents() if one.by == "person"} == {
        "d0", "d1", "d3", "d4", "d6",
    }  # fmt: skip
    assert "strange" in [answer(mail)[i] for i in LEFT]


def test_near_copies_of_what_is_left_out_do_not_become_the_class(mail):
    """They would be refused in every answer, though a person seems to have decided for them."""
    copy = "a letter about {} with secret secret secret secret box number {}"
    texts = [copy.format("secret", 10), copy.format("secret", 11)]
    list(mail.label_many([Document(f"c{n}", text) for n, text in enumerate(texts)]))
    mail.answer_log.write()
    (proposal,) = discover(mail).proposals
    (left,) = (one.key for one in proposal.members if one.id == "c0")
    accept(mail, proposal.without([left]), "strange")
    by = {one.id: one.by for one in mail.answer_log.documents()}
    assert (by["c0"], by["c1"], by["d0"]) == ("label space", "label space", "person")


def test_without_a_text_the_refusal_is_noted_and_the_change_says_what_it_is_not_worth(mail):
    proposal, left, _ = split(mail)
    mail.answer_log.forget()
    mail.answer_log.remember("answers")
    answer(mail)
    documents = [Document(f"d{n}", text) for n, text in enumerate(TEXTS) if n not in (2, 5)]
    (proposal,) = discover(mail).proposals
    text_of = {one.id: one.text for one in documents}
    texts = {one.key: text_of[one.id] for one in proposal.members if one.id in text_of}
    left = [one.key for one in proposal.members if one.id not in text_of]
    change = accept(mail, with_texts(mail, proposal, texts).without(left), "strange")
    assert refused(mail) == {"d2": ("strange",), "d5": ("strange",)}
    assert change.detail["refused_without_text"] == {"strange": 2}
    assert any("'strange' may still be the answer to 2 documents" in one for one in change.hints)
    mail.undo()
    assert refused(mail) == {}


def test_texts_that_are_sent_count_for_what_is_left_out(mail):
    mail.answer_log.forget()
    mail.answer_log.remember("answers")
    answer(mail)
    (proposal,) = discover(mail).proposals
    by_id = {f"d{n}": text for n, text in enumerate(TEXTS)}
    texts = {one.key: by_id[one.id] for one in proposal.members}
    left = [one.key for one in proposal.members if one.id == "d2"]
    for candidate in (
        with_texts(mail, proposal, texts).without(left),
        with_texts(mail, proposal.without(left), texts),
    ):
        change = accept(mail, candidate, "strange")
        assert "refused_without_text" not in change.detail
        assert answer(mail)[2] != "strange"
        mail.undo()


def test_a_text_beyond_those_that_a_proposal_has_is_read_where_it_is_kept(mail, monkeypatch):
    monkeypatch.setattr("protolabel.open_world.pool_groups.WITH_TEXT", 1)
    proposal, _, _ = split(mail)
    last = proposal.members[-1]
    assert last.text is None
    accept(mail, proposal.without([last.key]), "strange")
    assert [one.text for one in mail.view().negatives("strange")] == [TEXTS[int(last.id[1:])]]


def test_a_proposal_is_never_left_without_documents(mail):
    proposal, left, others = split(mail)
    with pytest.raises(InputError, match="all of its documents are left out"):
        proposal.without(left).pass_over(others)


def test_what_is_left_out_is_no_part_of_the_record(mail):
    proposal, left, _ = split(mail)
    assert proposal.without(left).to_dict().keys() == proposal.to_dict().keys()
    assert store_of(mail).proposals.rows()[0].state == "open"


@pytest.mark.parametrize("remember", ["text", "answers"])
def test_what_is_refused_for_a_class_is_left_out_of_classes_under_it(mail, remember):
    """Before, it became an example of them, and the refusals ended. Texts or the log alone tell."""
    mail.describe({"all": WORDS[7], "strange": WORDS[7]})
    mail.nest("strange", "all")
    (proposal,) = discover(mail).proposals
    store, view = store_of(mail), mail.view()
    key = view.rows.class_named("all", view.version).key
    if remember == "text":
        for n in LEFT:
            mail.refute(Document(f"d{n}", TEXTS[n]), "all")
    else:
        rows = [row for row in store.answers.rows() if row.id in ("d2", "d5")]
        store.answers.judge(rows, [(row.document, key) for row in rows])
    change = accept(mail, proposal, "strange")
    assert change.detail["added"] == 5
    assert refused(mail) == {"d2": ("all",), "d5": ("all",)}
    if remember == "text":
        assert {answer(mail)[n] for n in LEFT}.isdisjoint({"strange", "all"})
