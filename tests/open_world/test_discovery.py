"""Proposed classes: what they hold, that they stay what they are, and what becomes of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from fakes import WORDS, WordEncoder
from stored import connection_of, damage, store_of

from protolabel import Document, LabelSpace
from protolabel.errors import InputError
from protolabel.open_world.accepting import accept, preview, reconsider, refuse
from protolabel.open_world.discovery import discover, stored_proposals

TAUGHT, STRANGE, OTHER = WORDS[0], WORDS[4], WORDS[5]


def about(word: str, n: int, mixed: str = WORDS[6]) -> list[str]:
    """Texts about one word, none equal to another."""
    return [f"{f'{word} ' * (8 + i)}{mixed} x{i}" for i in range(n)]


@pytest.fixture
def space(tmp_path: Path) -> Iterator[LabelSpace]:
    space = LabelSpace.create(tmp_path / "a.space", encoder=WordEncoder(), background=False)
    for label in WORDS[:4]:
        space.add(about(label, 4), label)
    space.configure(threshold=0.9)
    space.answer_log.remember("text")
    yield space
    space.close()


def stream(space: LabelSpace, *texts: str) -> None:
    documents = [Document(f"d{i}", text, source=f"in/{i}.txt") for i, text in enumerate(texts)]
    list(space.label_many(documents))


def test_groups_of_declined_documents_are_proposed(space):
    odd = f"{WORDS[7]} alone"
    stream(space, *about(STRANGE, 7), *about(TAUGHT, 6), *about(OTHER, 5), odd)
    discovery = discover(space)
    assert [one.size for one in discovery.proposals] == [7, 5]
    assert (discovery.documents, discovery.noise, discovery.left_out) == (13, 1, 0)
    first = discovery.proposals[0]
    assert {one.source for one in first.members} == {f"in/{i}.txt" for i in range(7)}
    assert first.terms[0] == STRANGE
    assert STRANGE in first.name
    assert STRANGE in first.description
    assert first.kind in ("new", "outlier")
    assert first.nearest.label in WORDS[:4]
    assert first.nearest.distance >= first.nearest.limit
    assert 0.5 < first.tightness <= 1.0


def test_documents_that_are_read_now_are_grouped_and_not_remembered(space):
    documents = [Document(f"n{i}", text) for i, text in enumerate(about(STRANGE, 6))]
    discovery = discover(space, documents)
    assert [one.size for one in discovery.proposals] == [6]
    assert len(space.answer_log) == 0


def test_copies_of_a_document_change_nothing(space):
    texts = about(STRANGE, 6)
    once = discover(space, [Document("a", t) for t in texts])
    copies = discover(space, [Document("b", t) for t in [*texts, *texts, texts[0].upper()]])
    assert [one.size for one in copies.proposals] == [6]
    assert copies.proposals[0].tightness == pytest.approx(once.proposals[0].tightness)


def test_letters_that_differ_in_numbers_count_once_too_where_no_text_is_remembered(space):
    space.answer_log.remember("answers")
    texts = about(STRANGE, 6)
    stream(space, *texts, *(f"{text[:-2]}x{n}{n}" for text in texts for n in range(1, 4)))
    (proposal,) = discover(space, least=6).proposals
    assert (proposal.size, len(proposal.members)) == (6, 24)


def test_near_copies_count_once_in_the_size_and_against_the_least(space):
    texts = about(STRANGE, 6)
    copies = [f"{text[:-2]}x{n}{n}" for text in texts for n in range(1, 4)]
    documents = [Document(f"d{n}", text) for n, text in enumerate([*copies, *texts])]
    once = discover(space, [Document("a", text) for text in texts])
    discovery = discover(space, documents, least=6)
    (proposal,) = discovery.proposals
    assert (proposal.size, len(proposal.members)) == (6, 24)
    assert (discovery.documents, discovery.copies) == (6, 18)
    assert proposal.tightness == pytest.approx(once.proposals[0].tightness, abs=1e-3)
    exemplars = [one.text.split() for one in proposal.exemplars]
    assert len({len(words) for words in exemplars}) == 3, "two are near copies"
    assert [one["size"] for one in stored_proposals(space)] == [6]
    refuse(space, discovery.proposals)
    assert discover(space, documents).refused == 6
    reconsider(space)
    few = discover(space, documents, least=7)
    assert (few.proposals, few.noise) == ((), 6)


def test_groups_are_in_the_order_of_their_different_documents(space):
    copies = [f"{text[:-2]}x{n}{n}" for text in about(OTHER, 5) for n in range(1, 4)]
    texts = [*about(STRANGE, 6), *copies]
    proposals = discover(space, [Document(str(n), text) for n, text in enumerate(texts)]).proposals
    assert [(one.terms[0], one.size) for one in proposals] == [(STRANGE, 6), (OTHER, 5)]


def test_examples_are_no_strangers(space):
    space.configure(threshold=0.9999999)
    discovery = discover(space, [Document("a", t) for t in about(TAUGHT, 4)])
    assert discovery.documents == 0


def test_a_group_as_near_as_documents_of_one_class_is_a_part_of_it(space):
    space.configure(threshold=0.9999999)
    texts = [f"{f'{TAUGHT} ' * (9 + i)}{WORDS[6]} {WORDS[6]} x{i}" for i in range(6)]
    (one,) = discover(space, [Document("a", t) for t in texts]).proposals
    assert (one.kind, one.nearest.label) == ("part", TAUGHT)


def test_proposals_keep_their_keys_from_run_to_run(space):
    stream(space, *about(STRANGE, 6))
    (first,) = discover(space).proposals
    stream(space, *about(STRANGE, 6), *about(OTHER, 9))
    proposals = {one.terms[0]: one.key for one in discover(space).proposals}
    assert proposals == {STRANGE: first.key, OTHER: "P2"}
    only_new = [Document("z", f"{t} {WORDS[7]}") for t in about(STRANGE, 12)[6:]]
    (again,) = discover(space, only_new).proposals
    assert again.key == first.key  # not one document is the same


def test_what_was_refused_is_not_proposed_again_until_that_is_taken_back(space):
    stream(space, *about(STRANGE, 6))
    refuse(space, discover(space).proposals)
    more = [Document(f"m{i}", text) for i, text in enumerate(about(STRANGE, 30))]
    discovery = discover(space, more)
    assert discovery.proposals == ()
    assert discovery.refused == 30
    assert stored_proposals(space) == []
    assert reconsider(space) == 1
    assert [one.key for one in discover(space).proposals] == ["P1"]


def test_a_refusal_outlives_a_document_of_it_that_is_forgotten(space):
    """Nothing of that document is left in it; it ends with the last one that is remembered."""
    texts = about(STRANGE, 7)
    stream(space, *texts)
    refuse(space, discover(space).proposals)
    space.answer_log.forget("in/2.txt")
    (row,) = store_of(space).proposals.rows()
    assert (row.state, row.n, len(row.members)) == ("refused", 6, 6)
    vectors = np.array(WordEncoder().encode(texts[:2] + texts[3:]), np.float64)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    np.testing.assert_allclose(row.total, vectors.sum(axis=0), rtol=1e-6)
    assert row.squares == pytest.approx(6)
    assert "in/2.txt" not in row.record
    assert "in/3.txt" in row.record
    assert STRANGE not in json.loads(row.record).get("terms", [])
    discovery = discover(space)
    assert (discovery.proposals, discovery.refused) == ((), 6)
    only_new = [Document(f"m{i}", text) for i, text in enumerate(about(STRANGE, 20)[10:])]
    assert discover(space, only_new).refused == 10
    assert space.answer_log.refused_proposals() == 1
    space.answer_log.forget([f"in/{i}.txt" for i in (0, 1, 3, 4, 5, 6)])
    assert space.answer_log.refused_proposals() == 0
    assert store_of(space).proposals.rows() == []


def test_accepting_makes_a_class_in_one_change_that_can_be_previewed_and_undone(space):
    stream(space, *about(STRANGE, 6))
    version = space.version
    (proposal,) = discover(space).proposals
    preview_of = preview(space, proposal, "strange", "what nobody knows")
    assert space.version == version
    assert {one.after.label for one in preview_of.moved if one.kind == "document"} == {"strange"}
    change = accept(space, proposal, "strange", "what nobody knows")
    assert space.version == change.version == version + 1
    info, examples = space.show("strange")
    assert (info.description, len(examples)) == ("what nobody knows", 6)
    assert discover(space).proposals == ()
    assert {one.label for one in space.answer_log.documents()} == {"strange"}
    space.undo()
    assert "strange" not in [info.name for info in space.classes()]
    assert [one.size for one in discover(space).proposals] == [6]


def test_a_proposal_that_was_accepted_is_proposed_again_under_its_key_after_an_undo(space):
    stream(space, *about(STRANGE, 6))
    (proposal,) = discover(space).proposals
    accept(space, proposal, "strange")
    assert stored_proposals(space) == []
    space.undo()
    (stored,) = stored_proposals(space)  # at once, with what was known of it
    assert (stored["key"], stored["terms"]) == (proposal.key, list(proposal.terms))
    assert [one.key for one in discover(space).proposals] == [proposal.key]
    space.redo()
    assert stored_proposals(space) == []
    assert discover(space).proposals == ()
    space.undo()
    assert [one.key for one in discover(space).proposals] == [proposal.key]
    accept(space, proposal, "strange again")
    space.return_to(space.version - 1)
    assert [one["key"] for one in stored_proposals(space)] == [proposal.key]


def test_a_proposal_can_become_examples_of_a_class_that_is_there(space):
    stream(space, *about(STRANGE, 6))
    (proposal,) = discover(space).proposals
    accept(space, proposal, TAUGHT)
    assert len(space.show(TAUGHT)[1]) == 10


def test_without_texts_nothing_is_accepted_and_no_word_is_stored(space):
    space.answer_log.remember("answers")
    stream(space, *about(STRANGE, 6))
    (proposal,) = discover(space).proposals
    assert proposal.terms == ()
    with pytest.raises(InputError, match="texts of its documents are not remembered"):
        accept(space, proposal, "strange")
    discover(space, [Document(f"n{i}", text) for i, text in enumerate(about(STRANGE, 6))])
    connection = connection_of(space)
    with connection.reading() as db:
        records = [record for (record,) in db.execute("SELECT record FROM proposals")]
    assert records
    assert not any(STRANGE in record for record in records)


def test_of_equal_documents_the_one_with_its_text_is_proposed(space):
    """Files that were labelled while texts were not remembered, then moved and labelled again."""
    texts = about(STRANGE, 5)
    for name, remembered in (("s", "answers"), ("t", "text")):
        space.answer_log.remember(remembered)
        list(space.label_many(Document(f"{name}{i}", text) for i, text in enumerate(texts)))
    (proposal,) = discover(space, least=3).proposals
    assert proposal.size == 5
    assert {member.id for member in proposal.members} == {f"t{i}" for i in range(5)}
    assert STRANGE in proposal.terms
    accept(space, proposal, "zorg")
    assert space.label(texts[0]).label == "zorg"
    assert discover(space, least=3).proposals == ()


def test_what_is_forgotten_takes_its_proposals_along(space):
    stream(space, *about(STRANGE, 6), *about(OTHER, 6))
    assert len(discover(space).proposals) == 2
    space.answer_log.forget("in/1.txt")
    assert len(stored_proposals(space)) == 1
    space.answer_log.forget()
    assert stored_proposals(space) == []


def test_a_stored_proposal_is_what_was_proposed(space):
    stream(space, *about(STRANGE, 6))
    (proposal,) = discover(space).proposals
    assert stored_proposals(space) == [proposal.to_dict(100)]
    space.answer_log.remember("answers")
    (bare,) = stored_proposals(space)
    assert (bare["key"], bare["size"], bare["terms"], bare["members"]) == ("P1", 6, [], [])


def test_a_damaged_proposal_is_left_out_reported_and_repaired(space):
    stream(space, *about(STRANGE, 6))
    discover(space)
    with connection_of(space).transaction("IMMEDIATE") as db:
        db.execute("UPDATE proposals SET members = x'00'")
    assert stored_proposals(space) == []
    assert [f.what for f in damage(space)] == ["the proposal P1 is not what was written"]
    damage(store_of(space), repair=True)
    assert damage(space) == []


def test_a_space_without_classes_proposes_its_first_ones(tmp_path):
    with LabelSpace.create(tmp_path / "b.space", encoder=WordEncoder(), background=False) as empty:
        texts = [*about(STRANGE, 8), *about(OTHER, 7), *about(TAUGHT, 6)]
        discovery = discover(empty, [Document(str(i), t) for i, t in enumerate(texts)])
    assert [one.size for one in discovery.proposals] == [8, 7, 6]
    assert all(one.nearest is None for one in discovery.proposals)


def test_many_documents_are_grouped_as_few_are(space, monkeypatch):
    """Cells are merged by the same rule; here each document falls into one of a few cells."""
    from protolabel.open_world import cells, discovery

    documents = [
        Document(str(i), t) for i, t in enumerate([*about(STRANGE, 20), *about(OTHER, 15)])
    ]
    whole = discover(space, documents)
    monkeypatch.setattr(cells, "MOST_WHOLE", 10)
    monkeypatch.setattr(discovery, "MOST_WHOLE", 10)
    monkeypatch.setattr(cells, "CELLS", 8)
    of_cells = discover(space, documents).proposals
    assert [one.size for one in of_cells] == [one.size for one in whole.proposals] == [20, 15]
    assert [one.key for one in of_cells] == [one.key for one in whole.proposals]
    assert np.isclose(of_cells[0].tightness, whole.proposals[0].tightness)


def test_many_different_documents_are_merged_by_cells_and_few_one_by_one(space, monkeypatch):
    """Of one cell, two kinds are one group. Near copies alone are not many."""
    from protolabel.open_world import cells, discovery

    kinds = [*about(STRANGE, 7), *about(OTHER, 6)]
    copies = [f"{text[:-2]}x{n}{n}" for text in kinds[:3] for n in range(1, 6)]
    monkeypatch.setattr(cells, "CELLS", 1)
    monkeypatch.setattr(cells, "MOST_WHOLE", 13)
    monkeypatch.setattr(discovery, "MOST_WHOLE", 13)
    documents = [Document(str(n), text) for n, text in enumerate([*kinds, *copies])]
    assert [one.size for one in discover(space, documents).proposals] == [7, 6]
    monkeypatch.setattr(discovery, "MOST_WHOLE", 12)
    assert len(discover(space, documents).proposals) < 2


def test_near_copies_are_found_by_their_cells_where_many_are_compared(space, monkeypatch):
    """In the order of the pool no two of these are compared: each stands in a part of its own."""
    from protolabel.open_world import cells, repeats

    texts = about(STRANGE, 12)
    mailing = [f"{texts[0][:-2]}x{n}{n}" for n in range(1, 6)]
    others = [text for text in about(OTHER, 60) if text not in texts]
    documents = [text for n in range(5) for text in (mailing[n], *others[12 * n : 12 * n + 11])]
    monkeypatch.setattr(cells, "MOST_WHOLE", 10)
    monkeypatch.setattr(cells, "CELLS", 8)
    monkeypatch.setattr(repeats, "AT_ONCE", 12)
    discovery = discover(space, [Document(str(n), text) for n, text in enumerate(documents)])
    assert (discovery.documents, discovery.copies) == (56, 4)


def letters(words: str) -> list[str]:
    """Eight texts of five words each, of the eight that a subject has."""
    return [" ".join(some) for some in combinations(words.split(), 5)][::7]


@pytest.mark.parametrize("copies", [1, 40, 200])
def test_the_copies_of_one_mailing_hide_no_group_where_no_class_is_known(tmp_path, copies):
    """With 200 of them, nothing was proposed: they decided how far apart documents lie."""
    parcels = letters("parcel courier depot address doorstep tracking label sender")
    passwords = letters("password account login reset browser token keyboard screen")
    mailing = [f"newsletter {n}: our offers in spring, with seeds and tools" for n in range(copies)]
    texts = [*parcels[:5], *mailing, *parcels[5:], *passwords]
    with LabelSpace.create(tmp_path / "n.space", encoder="hashing") as space:
        discovery = discover(space, [Document(str(n), text) for n, text in enumerate(texts)])
    assert (discovery.documents, discovery.copies) == (17, copies - 1)
    groups = [{texts[int(one.id)] for one in p.members} for p in discovery.proposals]
    assert [sum(set(kind) <= group for group in groups) for kind in (parcels, passwords)] == [1, 1]
    assert len(groups) == 2


def test_the_different_documents_of_a_proposal_become_examples_and_not_their_copies(tmp_path):
    """49 of the 50 examples were copies of one mailing, as near to the mean as each other."""
    parcels = letters("parcel courier depot address doorstep tracking label sender")
    mailing = [f"parcel courier depot address doorstep, letter {n}" for n in range(100)]
    texts = [*mailing, *parcels, *letters("password account login reset browser token key screen")]
    documents = [Document(str(n), text) for n, text in enumerate(texts)]
    with LabelSpace.create(tmp_path / "n.space", encoder="hashing") as space:
        proposal = next(
            one for one in discover(space, documents).proposals if "parcel" in one.exemplars[0].text
        )
        accept(space, proposal, "parcels")
        examples = {example.text for example in space.show("parcels")[1]}
    assert set(parcels[1:]) < examples
    assert len(examples) == proposal.size == 9
    assert {exemplar.text for exemplar in proposal.exemplars} < examples


def test_documents_like_a_refused_group_are_counted_where_nothing_is_proposed(space):
    """They were said to be like nothing else."""
    stream(space, *about(STRANGE, 6))
    refuse(space, discover(space).proposals)
    few = [Document(f"n{n}", f"{text} {WORDS[7]}") for n, text in enumerate(about(STRANGE, 3))]
    report = discover(space, few)
    assert (report.proposals, report.noise, report.like_refused) == ((), 3, 3)
    assert report.enough is None
    odd = [Document("a", f"{STRANGE} {OTHER}"), Document("b", f"{TAUGHT} {WORDS[7]}")]
    assert discover(space, odd).like_refused == 0


def test_where_nothing_is_proposed_a_smaller_least_is_named_with_which_something_is(space):
    stream(space, *about(STRANGE, 3), *about(TAUGHT, 1))
    assert (discover(space).proposals, discover(space).enough) == ((), 3)
    assert (discover(space, least=3).enough, len(discover(space, least=3).proposals)) == (None, 1)
    odd = [Document("a", f"{STRANGE} {OTHER}"), Document("b", f"{TAUGHT} {WORDS[7]}")]
    assert discover(space, odd).enough is None


def test_as_json_a_proposal_reads_the_members_that_it_lists_alone(space):
    """It may have ten thousand, of which a stream lists twenty."""

    class Listed(tuple):
        def __iter__(self) -> Iterator[object]:
            raise AssertionError("all members are read")

    stream(space, *about(STRANGE, 6))
    report = discover(space)
    long = [replace(one, members=Listed(one.members)) for one in report.proposals]
    assert [one.to_dict(2) for one in long] == [one.to_dict(2) for one in report.proposals]
    assert replace(report, proposals=tuple(long)).to_dict(2) == report.to_dict(2)
