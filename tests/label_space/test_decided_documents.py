"""What a person decided about a document is what was said of that document, and nothing else.

The model is a table of what was said, by file: it knows nothing of examples, keys or rows.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from commands import call
from hypothesis import given, settings
from hypothesis import strategies as st
from mailboxes import Mail

from protolabel import Document, LabelSpace, read_documents
from protolabel.label_space.remembered_documents.remembered import Remembered

SPACE = "s.space"
BILL = "The roof of the warehouse was repaired in March and the amount of 4200 EUR is due now"
TERMS = "Terms of business: claims must be brought within one year by the seller of the goods"
CV = "I apply for work as a cook, my curriculum vitae is enclosed with this letter"
COVER = "I apply for work, see attached"
FILES = {
    "in/p.txt": BILL,
    "in/p2.txt": BILL,
    "in/q.txt": CV,
    "in/a.eml": Mail(COVER, attachments=(("bill.txt", BILL), ("terms.txt", TERMS))).lines(),
    "in/b.eml": Mail(COVER, attachments=(("cv.txt", CV), ("terms.txt", TERMS))).lines(),
    "in/c.eml": Mail("see attached", attachments=(("bill.txt", BILL),)).lines(),
}
EQUAL = [{"in/p.txt", "in/p2.txt"}]
CLASSES = ("invoice", "job", "recall")


@contextlib.contextmanager
def inbox(labels: str = "one") -> Iterator[LabelSpace]:
    """A label space beside an inbox, in a working folder of its own."""
    with TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path("in").mkdir()
        for name, text in FILES.items():
            Path(name).write_text(text)
        with LabelSpace.create(
            SPACE, encoder="hashing:64", labels=labels, background=False
        ) as space:
            space.add(["please pay the amount due", "pay the bill for tea"], ["invoice"] * 2)
            space.add(["I apply for work as a nurse", "I build houses"], ["job"] * 2)
            space.add(["return the dangerous lamp", "the heater is dangerous"], ["recall"] * 2)
            yield space


def label_all(space: LabelSpace) -> None:
    list(space.label_many(read_documents("in")))
    space.answer_log.write()


def file_of(source: str) -> str:
    return next(name for name in FILES if source == name or source.startswith(f"{name}/"))


def labels_of(one: Remembered) -> frozenset[str]:
    return frozenset(one.labels or ([one.label] if one.label else []))


def remembered(space: LabelSpace) -> dict[str, Remembered]:
    return {one.source: one for one in space.answer_log.documents()}


def decided(space: LabelSpace) -> dict[str, frozenset[str]]:
    """The labels that people gave, by source."""
    return {s: labels_of(one) for s, one in remembered(space).items() if one.by == "person"}


def state(space: LabelSpace) -> object:
    examples = [
        (about.name, sorted((one.text or "", one.source) for one in space.show(about.name)[1]))
        for about in space.classes()
    ]
    refused = {
        about.name: [n.text for n in space.negatives(about.name)] for about in space.classes()
    }
    memory = {s: (labels_of(one), one.by, one.refused) for s, one in remembered(space).items()}
    return examples, refused, memory


def equal_to(name: str) -> set[str]:
    return {name}.union(*(group for group in EQUAL if name in group))


@st.composite
def statements(draw: st.DrawFn, *kinds: str) -> tuple[str, str, list[str]]:
    names = st.lists(st.sampled_from(CLASSES), min_size=1, max_size=2, unique=True)
    kind = draw(st.sampled_from(["correct", "correct", "refute", *kinds]))
    return kind, draw(st.sampled_from([*FILES])), draw(names)


def removed_example(space: LabelSpace, name: str) -> list[tuple[str, str]]:
    """Remove an example that came from a plain file; return whose word that was, and its class."""
    ids = [
        (one.id, about.name)
        for about in space.classes()
        for one in space.show(about.name)[1]
        if one.source == name
    ]
    for id_, label in ids[:1]:
        space.remove([id_])
        return [(one, label) for one in equal_to(name)]
    return []


@settings(max_examples=12, deadline=None)
@given(
    st.sampled_from(["one", "several"]), st.booleans(), st.lists(statements("remove"), max_size=4)
)
def test_a_decision_is_what_was_said_last_of_the_document_or_of_an_equal_whole_file(
    labels, is_labelled_first, steps
):
    word_on: dict[str, frozenset[str]] = {}
    with inbox(labels) as space:
        if is_labelled_first:
            label_all(space)
        for kind, name, names in steps:
            names = names if labels == "several" else names[:1]
            if kind == "remove":
                for one, label in removed_example(space, name):
                    word_on[one] = word_on.get(one, frozenset()) - {label}
                continue
            with_labels = {one for one, is_of in word_on.items() if is_of}  # and without an answer
            meant = equal_to(name) if is_labelled_first else equal_to(name) & {name, *with_labels}
            getattr(space, kind)(name, names if labels == "several" else names[0])
            for one in meant:
                left = word_on.get(one, frozenset()) - set(names)
                word_on[one] = frozenset(names) if kind == "correct" else left
        label_all(space)
        expected = {one for one, is_of in word_on.items() if is_of}
        decisions = decided(space)
        assert {file_of(source) for source in decisions} == expected
        for source in remembered(space):
            if file_of(source) in expected:
                assert decisions[source] == word_on[file_of(source)], (source, steps)


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(["one", "several"]), st.lists(statements(), min_size=1, max_size=4))
def test_an_undo_takes_back_all_and_a_preview_lists_the_decisions_that_change(labels, steps):
    with inbox(labels) as space:
        label_all(space)
        for kind, name, names in steps:
            label = names if labels == "several" else names[0]
            before, version, was = state(space), space.version, remembered(space)
            preview = getattr(space.preview, kind)(name, label)
            assert state(space) == before
            getattr(space, kind)(name, label)
            after, later = state(space), remembered(space)
            changed = {
                source: (labels_of(was[source]), labels_of(one))
                for source, one in later.items()
                if "person" in (was[source].by, one.by) and labels_of(was[source]) != labels_of(one)
            }
            listed = {
                one.source: (frozenset(one.before.label_names), frozenset(one.after.label_names))
                for one in preview.moved
                if one.kind == "document" and "person" in (was[one.source].by, later[one.source].by)
            }
            assert changed.items() <= listed.items(), (kind, name, label)
            both = {s for s in listed if was[s].by == later[s].by == "person"}
            assert both <= changed.keys()
            if space.version != version:
                space.undo()
                assert state(space) == before
                space.redo()
                assert state(space) == after


ACTS = {
    "forget a file": (lambda log: log.forget("in/q.txt"), 1),
    "forget a folder": (lambda log: log.forget("in"), 2),
    "forget two names of a file": (lambda log: log.forget(["in/q.txt", "./in/q.txt"]), 1),
    "forget all": (lambda log: log.n_decided(), 2),
    "reconsider all": (lambda log: log.reconsider(), 2),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("labels", ["one", "several"])
def test_a_file_that_is_not_remembered_is_one_document_however_many_keys_it_has(act, labels):
    """Before, each was counted once as the command line knows it, and once as it would be sent."""
    with inbox(labels) as space:
        space.correct("in/q.txt", "recall")
        space.correct("in/p.txt", "job")
        count, n = ACTS[act]
        assert count(space.answer_log) == n


@pytest.mark.parametrize("remember", ["answers", "off"])
@pytest.mark.parametrize("is_labelled_first", [False, True])
def test_a_mail_is_sorted_where_a_person_said(remember, is_labelled_first):
    with inbox() as space:
        space.answer_log.remember(remember)
        if is_labelled_first:
            label_all(space)
        space.correct("in/c.eml", "recall")
        space.correct("in/p.txt", "job")  # its text is that of the attachment
        space.close()
        call("label", SPACE, "in", "--sort-into", "sorted")
        assert Path("sorted/recall/c.eml").exists()
        assert Path("sorted/job/p.txt").exists()


def test_what_stands_for_another_document_is_no_example_of_a_mail(caplog):
    with inbox() as space:
        label_all(space)
        space.correct("in/p.txt", "recall")
        change = space.correct("in/c.eml", "invoice")
        assert "2/bill.txt is no example: in/p.txt has it, too, and is 'recall'" in caplog.text
        assert change.summary == "corrected to 'invoice': no example changed"
        assert [one.source for one in space.show("recall")[1] if one.source] == ["in/p.txt"]
        assert decided(space)["in/c.eml/2/bill.txt"] == {"invoice"}
        assert decided(space)["in/p.txt"] == {"recall"}
        space.refute("in/q.txt", "job")
        space.correct("in/b.eml", "job")
        assert "2/cv.txt is no example: in/q.txt has it, too, and is not 'job'" in caplog.text


def test_a_person_hears_that_the_text_of_a_decided_attachment_counts_otherwise(caplog):
    with inbox() as space:
        label_all(space)
        space.correct("in/c.eml", "recall")
        space.correct("in/p.txt", "invoice")
        words = "it has the same text, which counts as 'invoice' now; it stays 'recall', as decided"
        assert f"in/c.eml/2/bill.txt: {words}" in caplog.text
        assert decided(space)["in/c.eml/2/bill.txt"] == {"recall"}


def test_decisions_on_documents_that_are_not_remembered_are_counted_and_taken_back():
    with inbox() as space:
        space.answer_log.remember("off")
        for what in (space.answer_log.reconsider, lambda: space.answer_log.forget("in/c.eml"),
                     space.answer_log.forget):  # fmt: skip
            space.correct("in/c.eml", "recall")
            assert space.answer_log.n_decided() > 0
            what()
            assert space.answer_log.n_decided() == 0
            space.undo()


@pytest.mark.parametrize("remember", ["answers", "off"])
@pytest.mark.parametrize("is_labelled_first", [False, True])
def test_the_class_that_a_document_was_taken_out_of_is_refused(remember, is_labelled_first):
    with inbox() as space:
        space.answer_log.remember(remember)
        if is_labelled_first:
            label_all(space)
        space.correct("in/q.txt", "job")
        (example,) = (one.id for one in space.show("job")[1] if one.source == "in/q.txt")
        space.remove([example])
        space.close()
        call("label", SPACE, "in", "--sort-into", "sorted")
        assert Path("sorted").exists()
        assert not Path("sorted/job/q.txt").exists()


def test_the_removal_of_an_example_means_each_equal_document_that_is_remembered():
    with inbox() as space:
        space.correct("in/p.txt", "job")
        label_all(space)
        assert decided(space)["in/p.txt"] == {"job"}
        (example,) = (one.id for one in space.show("job")[1] if one.source == "in/p.txt")
        space.label(Document("late", BILL))
        space.answer_log.write()
        before = state(space)
        space.remove([example])
        refused = {one.source: one.refused for one in space.answer_log.documents()}
        assert refused["in/p.txt"] == refused["in/p2.txt"] == refused[""] == ("job",)
        space.undo()
        assert state(space) == before
        space.redo()
        assert space.label(Document("late", BILL)).label != "job"
