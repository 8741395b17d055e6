"""A mail that is not of a class never gets it again, though its own text is no negative example."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import call, records
from mailboxes import Mail

from protolabel import LabelSpace, read_documents
from protolabel.identity.document_key import document_key

SPACE, COVER = "s.space", "please pay the bill of this month"
FIRST, SECOND = "in/a.eml", "in/b.eml"
ATTACHED = {
    FIRST: "zebra walrus meadow lantern quartz violin harbour marble please pay",
    SECOND: "kettle thunder saddle orchid pepper glacier anchor velvet please pay",
}
EXAMPLES = {"invoice": ["please pay the bill", "the bill of 9 EUR"], "job": ["a post as cook"] * 2}


@pytest.fixture
def mails(request, tmp_path, monkeypatch):
    """Two mails with one covering text, which is like an invoice, and attachments of their own."""
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create(
        SPACE, encoder="hashing", labels=request.param, background=False
    ) as space:
        for label, texts in EXAMPLES.items():
            space.add([f"{text} {n}" for n, text in enumerate(texts)], label)
    Path("in").mkdir()
    for name, text in ATTACHED.items():
        Path(name).write_text(Mail(COVER, attachments=(("d.txt", text),)).lines())
    call("label", SPACE, "in")


def answers(*options: str) -> dict[str, str | None]:
    rows = records("label", SPACE, "in", "--json", "--evidence", "0", *options)
    return {row["source"]: row["label"] for row in rows if row["source"] in (FIRST, SECOND)}


def remembered(name: str = FIRST) -> dict[str, object]:
    rows = records("review", SPACE, "--list", "--all", "--json")
    (row,) = [row for row in rows if row.get("source") == name]
    return row


@pytest.mark.parametrize("mails", ["one", "several"], indirect=True)
def test_a_mail_is_not_answered_by_a_class_that_was_refused_for_it(mails):
    """Equal texts in one batch are answered each by its own refusals."""
    call("correct", SPACE, FIRST, "--not", "invoice")
    assert answers() == {FIRST: "job", SECOND: "invoice"}
    assert (remembered()["label"], remembered()["refused"]) == ("job", ["invoice"])
    call("undo", SPACE)
    assert answers() == {FIRST: "invoice", SECOND: "invoice"}
    call("redo", SPACE)
    assert answers()[FIRST] == "job"


@pytest.mark.parametrize("mails", ["one"], indirect=True)
@pytest.mark.parametrize("is_given", [True, False])
def test_it_is_again_once_a_person_gives_it_the_class_or_takes_the_refusal_back(mails, is_given):
    call("correct", SPACE, FIRST, "--not", "invoice")
    if is_given:
        call("correct", SPACE, FIRST, "--to", "invoice")
    else:
        call("review", SPACE, "--reconsider")
    assert answers() == {FIRST: "invoice", SECOND: "invoice"}


@pytest.mark.parametrize("mails", ["one"], indirect=True)
def test_it_leaves_the_folder_of_the_class(mails):
    call("label", SPACE, "in", "--sort-into", "sorted")
    assert Path("sorted/invoice/a.eml").exists()
    call("correct", SPACE, FIRST, "--not", "invoice")
    call("label", SPACE, "in", "--sort-into", "sorted", "--again", "changed")
    assert not Path("sorted/invoice/a.eml").exists()
    assert Path("sorted/invoice/b.eml").exists()


@pytest.mark.parametrize("mails", ["one"], indirect=True)
def test_no_place_that_answers_it_names_the_class_again(mails):
    """The inbox, ``next`` and previews answer remembered documents, as ``label`` answers files."""
    call("set", SPACE, "threshold", "0.3")
    call("correct", SPACE, FIRST, "--not", "invoice")
    call("label", SPACE, "in")
    assert answers() == {FIRST: None, SECOND: "invoice"}
    with LabelSpace(SPACE, background=False) as space:
        documents, _ = space.inbox.documents()
        now = {one.document.source: one.answer.label for one in documents}
        assert (now[FIRST], now[SECOND]) == (None, "invoice")
        moved = space.preview.configure(threshold=0.999).moved
        assert {one.source for one in moved if one.source in (FIRST, SECOND)} == {SECOND}
        moved = space.preview.rename("job", "work").moved
        assert FIRST not in {one.source for one in moved}
    for source in ([], ["in"]):
        rows = records("next", SPACE, *source, "--json")
        assert all(row.get("nearest") != "invoice" for row in rows if row.get("source") == FIRST)
    lines = call("label", SPACE, "in", "--sort-into", "sorted", "--preview").stdout.splitlines()
    assert [line for line in lines if "a.eml" in line and "invoice" in line] == []
    assert [line for line in lines if "b.eml" in line and "invoice" in line]


@pytest.mark.parametrize("mails", ["one"], indirect=True)
def test_a_preview_of_a_merge_follows_what_was_refused(mails):
    """A class that took in another one is not refused; one of two refused classes is."""
    call("set", SPACE, "threshold", "0.01")
    call("correct", SPACE, FIRST, "--not", "invoice")
    with LabelSpace(SPACE, background=False) as space:
        after = {
            one.source: one.after.label
            for one in space.preview.merge(["invoice", "job"], into="x").moved
        }
        assert after[FIRST] == "x"
    call("correct", SPACE, FIRST, "--not", "job")
    with LabelSpace(SPACE, background=False) as space:
        moved = space.preview.merge(["invoice", "job"], into="x").moved
        assert FIRST not in {one.source for one in moved}


@pytest.mark.parametrize("mails", ["one"], indirect=True)
@pytest.mark.parametrize("remember", ["answers", "off"])
def test_a_mail_that_was_not_labelled_yet_keeps_what_is_refused_for_it(mails, remember):
    call("forget", SPACE, "--all", "--yes")
    call("set", SPACE, "remember", remember)
    call("correct", SPACE, FIRST, "--not", "invoice")
    for _ in range(2):  # the first answer is remembered, the second one replaces it
        assert answers() == {FIRST: "job", SECOND: "invoice"}
    call("merge", SPACE, "invoice", "job", "--into", "work")
    assert answers() == {FIRST: "work", SECOND: "work"}
    call("undo", SPACE)
    assert answers() == {FIRST: "job", SECOND: "invoice"}
    call("undo", SPACE)
    assert answers() == {FIRST: "invoice", SECOND: "invoice"}
    call("redo", SPACE)
    assert answers() == {FIRST: "job", SECOND: "invoice"}


@pytest.mark.parametrize("mails", ["one"], indirect=True)
def test_the_command_says_that_a_mail_is_known_by_its_path(mails):
    notices = call("correct", SPACE, FIRST, "--not", "invoice").stderr
    assert "is refused for this file where it lies now" in " ".join(notices.split())


def test_an_attachment_that_another_mail_has_too_is_refused_for_this_mail_alone(
    tmp_path, monkeypatch
):
    """More parts than a list in the history names: all of them stay refused."""
    monkeypatch.chdir(tmp_path)
    words = "zebra walrus meadow lantern quartz violin harbour marble kettle thunder saddle orchid"
    shared = tuple(
        (f"{n}.txt", f"please pay the bill {word}") for n, word in enumerate(words.split() * 2)
    )
    with LabelSpace.create(SPACE, encoder="hashing", background=False) as space:
        for label, texts in EXAMPLES.items():
            space.add([f"{text} {n}" for n, text in enumerate(texts)], label)
        space.configure(threshold=0.3)
    Path("in").mkdir()
    for name, text in ATTACHED.items():
        own = ("own.txt", text.replace("please pay", ""))
        Path(name).write_text(Mail(COVER, attachments=(*shared, own)).lines())

    def labels(name: str) -> list[str | None]:
        rows = records("label", SPACE, "in", "--json", "--evidence", "0")
        return [row["label"] for row in rows if str(row["source"]).startswith(name)]

    before = labels(SECOND)
    assert before.count("invoice") > 20
    notices = call("correct", SPACE, FIRST, "--not", "invoice").stderr
    words = "24 attachments are refused for this mail alone (other mails have them, too: in/b.eml)"
    assert words in " ".join(notices.split())
    assert labels(SECOND) == before
    assert "invoice" not in labels(FIRST)


@pytest.mark.parametrize("mails", ["one"], indirect=True)
def test_forgetting_a_mail_ends_no_refusal(mails):
    call("correct", SPACE, FIRST, "--not", "invoice")
    call("forget", SPACE, "--source", FIRST)
    assert answers() == {FIRST: "job", SECOND: "invoice"}
    call("undo", SPACE)
    assert answers() == {FIRST: "invoice", SECOND: "invoice"}
    call("redo", SPACE)
    assert answers() == {FIRST: "job", SECOND: "invoice"}


@pytest.mark.parametrize("mails", ["one"], indirect=True)
def test_forgetting_a_document_that_was_taken_out_of_a_class_ends_no_refusal(mails):
    Path("texts").mkdir()
    Path("texts/t.txt").write_text("please pay the bill today of this month")
    call("label", SPACE, "texts")
    call("correct", SPACE, "texts/t.txt", "--to", "invoice")
    with LabelSpace(SPACE, background=False) as space:
        (own,) = [one.id for one in space.show("invoice")[1] if one.source == "texts/t.txt"]
    call("remove", SPACE, own)
    for _ in range(2):
        (row,) = records("label", SPACE, "texts", "--json")
        assert row["label"] == "job"
        call("forget", SPACE, "--source", "texts")


def digests_in(path: str) -> list[str]:
    """The keys of the mail in its file: as bytes, and as hexadecimal digits."""
    digests = [document_key(one) for one in read_documents(FIRST)]
    content = Path(path).read_bytes()
    return [one.hex() for one in digests if one in content or one.hex().encode() in content]


@pytest.mark.parametrize("mails", ["one"], indirect=True)
@pytest.mark.parametrize("remember", ["answers", "off"])
def test_forgetting_all_says_how_many_decisions_go_and_leaves_no_digest(mails, remember):
    call("set", SPACE, "remember", remember)
    if remember == "off":
        call("forget", SPACE, "--all", "--yes")
    call("correct", SPACE, FIRST, "--not", "invoice")
    assert answers()[FIRST] == "job"
    assert digests_in(SPACE)
    (record,) = records("forget", "--json", SPACE, "--all", "--yes")
    assert record["decisions"] >= 1
    assert digests_in(SPACE) == []
    assert answers()[FIRST] == "invoice"
    call("undo", SPACE)
    call("redo", SPACE)
    call("check", SPACE)
    assert "0 documents forgotten\n" not in call("forget", SPACE, "--all", "--yes").stderr


@pytest.mark.parametrize("mails", ["one"], indirect=True)
@pytest.mark.parametrize("name", [FIRST, "in"])
def test_a_refused_mail_that_is_not_remembered_is_forgotten_by_its_path(mails, name):
    call("set", SPACE, "remember", "off")
    call("forget", SPACE, "--all", "--yes")
    assert "no remembered document" in call("forget", SPACE, "--source", name, code=2).stderr
    call("correct", SPACE, FIRST, "--not", "invoice")
    assert "forgotten" in call("forget", SPACE, "--source", name).stdout
    assert answers()[FIRST] == "job"
    call("set", SPACE, "remember", "answers")
    call("label", SPACE, "in")
    rows = records("review", SPACE, "--list", "--all", "--json")
    assert not [row for row in rows if row["source"] == FIRST]
