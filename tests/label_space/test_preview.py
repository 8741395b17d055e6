"""A preview says what then happens, for every kind of change, and changes nothing itself."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import WORDS, WordEncoder
from spaces import four_classes
from stored import connection_of

from protolabel import Answer, Document, Example, LabelSpace
from protolabel.errors import ProtolabelError, VersionConflictError
from protolabel.label_space.changes import Add, Rename
from protolabel.label_space.preview import Preview
from protolabel.label_space.terms import MarkedVersion

CHANGES = 100
Method = Callable[[Any], Any]  # calls one method of a label space, or of its preview


def documents(rng: np.random.Generator, n: int = 40) -> list[Document]:
    texts = {" ".join(rng.choice(WORDS, rng.integers(1, 5))) for _ in range(n)}
    return [Document(f"d{i}", text) for i, text in enumerate(sorted(texts))]


def answers(space: LabelSpace, texts: list[Document], own: list[Document]) -> dict[str, Answer]:
    """The settled answers, by the documents' ids; without the number of the version.

    Those about examples are not remembered.
    """
    space.settle()
    several = [
        *space.label_many(texts, evidence=0),
        *space.view().unremembered().label_many(own, evidence=0),
    ]
    return {answer.id: replace(answer, space_version=0) for answer in several}


def examples(space: LabelSpace) -> list[Document]:
    records = [r for r in space.view().export() if "id" in r and r.get("text")]
    retired = {c.name for c in space.classes() if c.retired}
    return [
        Document(str(r["id"]), str(r["text"])) for r in records if str(r["label"]) not in retired
    ]


def random_change(space: LabelSpace, rng: np.random.Generator) -> Method:
    """Any change of any kind; some of them are refused."""
    names = [c.name for c in space.classes()]
    live = [c.name for c in space.classes() if not c.retired] or ["none"]
    ids = [d.id for d in examples(space)] or ["none"]
    new = f"{rng.choice(WORDS)} {rng.integers(100)}"

    def one(values: list[str]) -> str:
        return str(rng.choice(values))

    text = " ".join(rng.choice(WORDS, 3))
    label, other, identity = one([*live, new]), one(live), one(ids)
    some = [str(i) for i in rng.choice(ids, min(len(ids), 2), replace=False)]
    export = [*LabelSpaceOf(text, new).view().export()]
    version = int(rng.integers(1, space.version + 1))
    settings: dict[str, Any] = dict(
        [
            ("kappa", float(rng.uniform(0, 5))),
            ("threshold", [None, "none", 0.5][rng.integers(3)]),
            ("refine", bool(rng.integers(2))),
            ("names_mean", bool(rng.integers(2))),
        ][k]
        for k in [rng.integers(4)]
    )
    methods: list[Method] = [
        lambda s: s.add(text, label),
        lambda s: s.add([Example(label, text), Example(other, text)]),
        lambda s: s.describe(label, text),
        lambda s: s.rename(other, new),
        lambda s: s.merge([other, one(live)], new),
        lambda s: s.split(other, {new: some[:1]}),
        lambda s: s.retire(other),
        lambda s: s.unretire(one(names or ["none"])),
        lambda s: s.move(some, label),
        lambda s: s.remove(identity),
        lambda s: s.correct(Document(new, text), label),
        lambda s: s.import_records(export),
        lambda s: s.configure(**settings),
        lambda s: s.undo(),
        lambda s: s.redo(),
        lambda s: s.return_to(version),
    ]
    fixed = methods[rng.integers(len(methods))]
    state = rng.bit_generator.state

    def same(target: Any) -> Any:
        """The same change each time, also where it draws."""
        rng.bit_generator.state = state
        return fixed(target)

    return same


def LabelSpaceOf(text: str, label: str) -> LabelSpace:
    space = LabelSpace.create(encoder=WordEncoder(), background=False)
    space.add(text, label)
    return space


@pytest.fixture
def space(tmp_path: Path) -> LabelSpace:
    space = LabelSpace.create(tmp_path / "a.space", encoder=WordEncoder(), background=False)
    space.add(four_classes(each=4))
    space.settle()
    return space


def check_preview(
    space: LabelSpace, method: Method, texts: list[Document]
) -> tuple[Preview, dict[str, Answer], dict[str, Answer]] | None:
    """Preview a change, make it, and hold the two against each other."""
    own = examples(space)
    before = answers(space, texts, own)
    version, rows = space.version, stored_rows(space)
    try:
        preview = method(space.preview)
    except ProtolabelError as error:
        with pytest.raises(type(error)):
            method(space)
        return None
    assert space.version == version
    assert stored_rows(space) == rows
    change = method(space)
    expected = replace(preview.change, at=change.at)
    assert (change.version, change.kind, change.summary) == (
        expected.version, expected.kind, expected.summary,
    )  # fmt: skip
    after = answers(space, texts, own)
    moved = {key for key in before if before[key].label != after[key].label}
    rows_moved = {one.id: one for one in preview.moved}
    assert set(rows_moved) == moved
    for key, one in rows_moved.items():
        assert replace(one.before, space_version=0, evidence=None) == before[key]
        assert replace(one.after, space_version=0, evidence=None) == after[key]
        assert one.after.space_version == space.version
        if one.after.alternatives:
            assert one.after.evidence is not None
            assert one.after.evidence.label == one.after.alternatives[0].label
    return preview, before, after


def stored_rows(space: LabelSpace) -> str:
    """A digest of all that the file holds."""
    db = connection_of(space).db
    space.answer_log.write()
    return hashlib.sha256("\n".join(db.iterdump()).encode()).hexdigest()


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2, 3))]
)
def test_a_preview_is_what_then_happens_and_undo_restores_every_answer(space, seed):
    """A quarter of the hundred changes for each seed."""
    rng = np.random.default_rng(seed)
    texts = documents(rng)
    done = moved = 0
    while done < CHANGES // 4:
        version = space.version
        outcome = check_preview(space, random_change(space, rng), texts)
        if outcome is None:
            continue
        done += 1
        preview, before, _ = outcome
        moved += len(preview.moved)
        if space.version > version and preview.change.kind not in ("undo", "redo"):
            space.undo()
            own = [d for d in examples(space) if d.id in before]
            restored = answers(space, texts, own)
            assert {key: before[key] for key in restored} == restored
        if rng.integers(2):
            space.add(" ".join(rng.choice(WORDS, 3)), str(rng.choice(list("abcd"))))
    assert moved


def test_a_preview_counts_a_document_of_several_labels_once():
    with LabelSpace.create(encoder="hashing", labels="several", background=False) as space:
        texts = [f"pay the bill and ship the box {word}" for word in ("now", "soon", "again")]
        space.add([*texts, "pay a bill", "ship a box"], [["pay", "ship"]] * 3 + ["pay", "ship"])
        space.label("pay a bill and ship a box")
        preview = space.preview.rename("pay", "bill")
    examples = [one for one in preview.moved if one.kind == "example"]
    assert len({one.id for one in examples}) == len(examples) <= preview.examples == 5
    assert sum(flow.examples for flow in preview.flows) == len(examples)
    assert {one.own_label for one in examples} <= {"pay, ship", "pay", "ship"}


def test_the_same_labels_in_another_order_are_no_change():
    words = np.random.default_rng(3).permutation(400)
    topics = {label: [f"w{n}" for n in words[at : at + 8]] for label, at in (("a", 0), ("b", 8))}
    rng = np.random.default_rng(6)

    def text(labels: str) -> str:
        own = [str(word) for label in labels for word in rng.choice(topics[label], 4)]
        return " ".join([*own, *(f"w{n}" for n in rng.choice(words[16:], 3))])

    with LabelSpace.create(encoder="hashing", labels="several", background=False) as space:
        rows = [("a", "b", "ab")[i % 3] for i in range(30)]
        space.add([text(row) for row in rows], [list(row) for row in rows])
        space.settle()
        documents = [text("ab") for _ in range(40)]
        before = [answer.label_names for answer in space.label_many(documents)]
        examples = [text("a") for _ in range(12)]
        preview = space.preview.add(examples, "a")
        space.add(examples, "a")
        space.settle()
        after = [answer.label_names for answer in space.label_many(documents)]
    pairs = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    n_others = sum(set(a) != set(b) for a, b in pairs)
    assert 0 < n_others < len(pairs)  # the others have another order alone
    assert sum(flow.documents for flow in preview.flows) == n_others
    assert not [f for f in preview.flows if f.before and f.before.split(", ") == f.after]
    changed = [(f.before or "", f.after or "") for f in preview.flows]
    assert all(set(before.split(", ")) != set(after.split(", ")) for before, after in changed)


def test_a_preview_counts_equal_examples_once_and_those_without_a_vector_as_left_out():
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        old = space.add(["pay the bill"] * 3 + ["my work"], ["invoice"] * 3 + ["cv"]).version
        preview = space.preview.rename("invoice", "bill")
        assert (len(preview.moved), preview.examples, preview.examples_left_out) == (1, 2, 0)
        space.reencode("hashing")
        space.add(["a box", "a box", "a sea"], "box")  # the first encoder never saw them
        preview = space.preview.return_to(old)
    assert (preview.examples, preview.examples_left_out) == (2, 2)


def test_a_preview_leaves_out_no_example_of_a_retired_class(space):
    space.retire("a")
    preview = space.preview.rename("b", "bill")
    assert (preview.examples, preview.examples_left_out) == (12, 0)


def test_a_preview_leaves_out_documents_that_people_have_decided_on(space):
    """They stay as they are: nobody takes their number for that of documents that would move."""
    texts = [Document("own.txt", WORDS[0]), Document("open.txt", WORDS[1])]
    space.answer_log.remember("text")
    list(space.label_many(texts))
    space.correct("own.txt", "a")
    preview = space.preview.retire("a")
    assert (preview.documents, preview.left_out) == (1, 0)
    assert "own.txt" not in {one.id for one in preview.moved if one.kind == "document"}
    space.retire("a")
    (decided,) = space.answer_log.decided()
    assert (decided.by, decided.label) == ("person", "a")
    space.reencode("hashing")
    preview = space.preview.unretire("a")
    assert (preview.documents, preview.left_out) == (0, 1)  # of what is not decided alone


def test_a_preview_keeps_the_terms_of_the_change(space):
    request, version = Rename("a", "bill"), space.version
    preview = space.preview.commit(request, only_at=version, who="Ann")
    assert (preview.base, preview.change.who) == (version, "Ann")
    for only_at in (version - 1, version + 1, MarkedVersion(version, "0" * 16)):
        with pytest.raises(VersionConflictError) as refusal:
            space.preview.commit(request, only_at=only_at)
        with pytest.raises(VersionConflictError, match=f"^{re.escape(str(refusal.value))}$"):
            space.commit(request, only_at=only_at)
    repeat = Add([four_classes(each=4)[0]], skip_known=True)
    nothing = space.preview.commit(repeat, only_at=version, who="Ann")
    assert (nothing.base, nothing.change.who) == (version, "Ann")
