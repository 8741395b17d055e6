"""A decision about one mail takes no text and no attachment from a mail that was decided before.

Nothing has been labelled here: the mails are known by their examples alone.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import call, records
from mailboxes import Mail

from protolabel import LabelSpace

NOTICE = (
    "Please find attached. This mail and any files with it are confidential and meant solely for "
    "the person or firm to whom they are addressed. If you have received it in error, please tell "
    "the sender at once and delete it. You must not copy or disclose it to anybody else. Any views "
    "in it are those of the sender alone and not of the firm, which accepts no liability."
)
BILL = "Invoice 5: please pay the amount due by 30 June for the delivery of oak planks"
OFFER = "We offer you ten oak planks for a price of 25 EUR each, which is valid until May"
TERMS = "Our terms of business: all prices are net, and the court of the town decides"
SPACE = "s.space"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create(SPACE, encoder="hashing", background=False) as space:
        space.add(["please pay the amount", "a price for wood"], ["invoice", "offer"])
    Path("in").mkdir()
    return Path("in")


def write(path: Path, text: str, *attachments: str) -> str:
    """Write a mail with attachments of these texts, and return its path."""
    named = tuple((f"{n}.txt", one) for n, one in enumerate(attachments))
    path.write_text(Mail(text, attachments=named).lines())
    return str(path)


def examples() -> dict[str, list[str]]:
    """The sources of the examples that came from mails, by class."""
    with LabelSpace(SPACE) as space:
        return {
            one.name: sorted(e.source for e in space.show(one.name)[1] if e.source)
            for one in space.classes()
        }


def by_correct(path: str, label: str) -> None:
    assert call("correct", SPACE, path, "--to", label).returncode == 0


def by_add(path: str, label: str) -> None:
    assert call("add", SPACE, label, path).returncode == 0


TEACHING = pytest.mark.parametrize("teach", [by_correct, by_add])


@TEACHING
def test_an_own_text_that_a_later_mail_has_too_is_an_example_of_neither(folder, teach):
    first, second = (
        write(folder / "a.eml", NOTICE, BILL),
        write(folder / "b.eml", NOTICE, OFFER),
    )
    teach(first, "invoice")
    assert examples()["invoice"] == [first, f"{first}/2/0.txt"]
    teach(second, "offer")
    assert examples() == {"invoice": [f"{first}/2/0.txt"], "offer": [f"{second}/2/0.txt"]}
    call("undo", SPACE)
    assert examples()["invoice"] == [first, f"{first}/2/0.txt"]


def test_an_attachment_of_a_decided_mail_stays_in_its_class(folder):
    first, second = (
        write(folder / "a.eml", "hi", BILL, TERMS),
        write(folder / "b.eml", "ho", OFFER, TERMS),
    )
    by_correct(first, "invoice")
    by_correct(second, "offer")
    assert examples() == {
        "invoice": [f"{first}/2/0.txt", f"{first}/3/1.txt"],
        "offer": [f"{second}/2/0.txt"],
    }


def test_a_refusal_of_one_mail_takes_no_example_from_another(folder):
    first, second = (
        write(folder / "a.eml", NOTICE, BILL, TERMS),
        write(folder / "b.eml", NOTICE, OFFER, TERMS),
    )
    by_correct(first, "invoice")
    assert call("correct", SPACE, second, "--not", "invoice").returncode == 0
    assert examples()["invoice"] == [first, f"{first}/2/0.txt", f"{first}/3/1.txt"]


def test_the_decision_about_a_labelled_mail_stays_though_its_text_is_no_example_any_more(folder):
    first, second = (
        write(folder / "a.eml", NOTICE, BILL),
        write(folder / "b.eml", NOTICE, OFFER),
    )
    call("label", SPACE, first)
    by_correct(first, "invoice")
    call("label", SPACE, second)
    by_correct(second, "offer")
    rows = records("review", SPACE, "--list", "--all", "--json")
    labels = {row["source"]: row["label"] for row in rows if row.get("by") == "person"}
    assert {labels[first], labels[f"{first}/2/0.txt"]} == {"invoice"}
    assert {labels[second], labels[f"{second}/2/0.txt"]} == {"offer"}
    assert examples() == {"invoice": [f"{first}/2/0.txt"], "offer": [f"{second}/2/0.txt"]}


def test_a_mail_that_is_decided_again_keeps_its_own_text(folder):
    path = write(folder / "a.eml", NOTICE, BILL)
    by_correct(path, "invoice")
    by_correct(path, "offer")
    assert examples() == {"invoice": [], "offer": [path, f"{path}/2/0.txt"]}
