"""A part of a mail that a person decided has no vote for another class when the mail is sorted."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import call
from mailboxes import Mail

from protolabel import LabelSpace

COVER = "Please pay attention: our bill of documents is here, and the amount of it is no secret."
OAK = "I build tables of oak in my workshop near the old harbour of the town " * 3
TEA = "invoice 5: please pay the amount due for tea by June " * 3
SPACE = "s.space"


@pytest.fixture
def inbox(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create(SPACE, encoder="hashing", background=False) as space:
        space.add(["please pay the amount due", "the bill for tea"], ["invoice"] * 2)
        space.add(["I apply for work as a cook", "I build houses"], ["job"] * 2)
    folder = Path("in")
    folder.mkdir()
    for name, text in (("a", OAK), ("b", TEA)):
        mail = Mail(COVER, attachments=((f"{name}.txt", text),))
        (folder / f"{name}.eml").write_text(mail.lines())
    return folder


def test_a_mail_goes_where_a_person_said_though_its_own_text_is_answered_otherwise(inbox):
    call("label", SPACE, inbox, "--sort-into", "sorted")
    assert call("correct", SPACE, inbox / "a.eml", "--to", "contract", "--new").returncode == 0
    with LabelSpace(SPACE) as space:
        assert space.view().unremembered().label(f"s\n\n{COVER}").label == "invoice"
    call("label", SPACE, inbox, "--sort-into", "sorted", "--again", "all")
    assert Path("sorted/contract/a.eml").exists()
    assert not Path("sorted/contract/b.eml").exists()
