"""A mail that is not of a class never gets it again, though its own text is no negative example."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import call, records
from mailboxes import Mail

from protolabel import LabelSpace

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
