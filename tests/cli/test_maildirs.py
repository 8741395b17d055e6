"""A mail of a Maildir stays one document when somebody reads or flags it: its file is renamed."""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path

import pytest
from commands import call, records
from mailboxes import Mail

from protolabel import LabelSpace
from protolabel.batch.growing_folder import GrowingFolder
from protolabel.identity.document_key import document_key, key_with_flags, own_place
from protolabel.identity.former_keys import FormerKeys
from protolabel.identity.maildir_paths import lasting_path
from protolabel.readers import read_documents
from protolabel.readers.each_file import FileReader
from protolabel.types import Document

STATES = ("new/1.host", "cur/1.host:2,", "cur/1.host:2,S", "cur/1.host:2,RS")
BILL, JOB = "please pay the bill", "apply for work as driver"


@pytest.fixture
def space(tmp_path, monkeypatch) -> str:
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create("s.space", encoder="hashing", background=False) as space:
        space.add([BILL, JOB], ["invoice", "job"])
    return "s.space"


def write_mails() -> None:
    for part in ("new", "cur", "tmp"):
        (Path("M") / part).mkdir(parents=True)
    files = (("job.txt", JOB), ("t.csv", f"text\n{BILL}\n{JOB}\n"))
    headers = ("From: a@b", "To: c@d", "Message-ID: <1@b>")
    Path("M/new/1.host").write_text(Mail(BILL, headers, files).lines())
    Path("M/new/2.host").write_text(Mail(JOB, headers).lines())


def pass_on(before: str, after: str) -> None:
    os.rename(Path("M", before), Path("M", after))


@pytest.mark.parametrize("out", ["a.jsonl", "a.csv"])
def test_resuming_answers_each_mail_and_attachment_once(space, out):
    write_mails()
    command = ("label", space, "M", "--out", out, "--resume")
    call(*command)
    n_lines = len(Path(out).read_text().splitlines())
    for before, after in pairwise(STATES):
        pass_on(before, after)
        assert "5 answered by an earlier run" in call(*command).stderr
        assert f"M/{after}/2/job.txt" in Path(out).read_text()
        assert f"M/{before}/" not in Path(out).read_text().replace(f"M/{after}/", "")
    assert len(Path(out).read_text().splitlines()) == n_lines
    sources = {one["source"] for one in records("review", space, "--list", "--all", "--json")}
    assert f"M/{STATES[-1]}" in sources
    assert len(sources) == 5


def test_answers_of_an_earlier_program_whose_keys_had_the_flags_hold(space):
    write_mails()
    pass_on("new/2.host", "cur/2.host:2,S")
    command = ("label", space, "M/cur", "--out", "a.jsonl")
    call(*command)
    (document,) = read_documents("M/cur")
    key, former = document_key(document).hex(), key_with_flags(document).hex()
    line = Path("a.jsonl").read_text()
    assert key in line
    Path("a.jsonl").write_text(line.replace(key, former))
    assert "1 answered by an earlier run" in call(*command, "--resume").stderr


def test_what_a_mail_held_before_gives_way_under_its_new_flags(space):
    write_mails()
    command = ("label", space, "M", "--out", "a.jsonl", "--resume")
    call(*command)
    pass_on("new/2.host", "cur/2.host:2,S")
    text = Path("M/cur/2.host:2,S").read_text()
    Path("M/cur/2.host:2,S").write_text(text.replace(JOB, BILL))
    call(*command)
    lines = [json.loads(line) for line in Path("a.jsonl").read_text().splitlines()]
    assert [x["label"] for x in lines if "/2.host" in x["source"]] == ["invoice"]


@pytest.mark.parametrize("how", ["copy", "link"])
def test_sorting_places_each_mail_once(space, how):
    write_mails()
    command = ("label", space, "M", "--sort-into", "out", "--by", how)
    call(*command)
    placed = sorted(x for x in Path("out").rglob("*.host*") if x.is_file())
    assert len(placed) == 2
    for before, after in pairwise(STATES):
        pass_on(before, after)
        assert "2 files as an earlier run left them" in call(*command).stderr
        call(*command, "--again", "all")
        assert sorted(x for x in Path("out").rglob("*.host*") if x.is_file()) == placed


def test_what_a_person_moved_is_learned_once_and_stays_there(space):
    write_mails()
    command = ("label", space, "M", "--sort-into", "out")
    call(*command)
    (placed,) = Path("out").rglob("2.host")
    os.makedirs("out/invoice", exist_ok=True)
    placed.rename("out/invoice/2.host")
    pass_on("new/2.host", "cur/2.host:2,S")
    call(*command)
    assert "-> invoice/2.host" in call("learn", space, "out", "--yes").stdout
    pass_on("cur/2.host:2,S", "cur/2.host:2,RS")
    call(*command, "--again", "all")
    assert [str(x) for x in Path("out").rglob("2.host*")] == ["out/invoice/2.host"]
    assert "->" not in call("learn", space, "out").stdout


def test_a_correction_is_about_the_mail_under_any_flags(space):
    write_mails()
    call("label", space, "M", "--out", "a.jsonl")
    pass_on(STATES[0], STATES[2])
    call("correct", space, f"M/{STATES[2]}", "--to", "job")
    items = records("review", space, "--list", "--all", "--json")
    assert [x["label"] for x in items if x["source"] in (f"M/{STATES[0]}", f"M/{STATES[2]}")] == [
        "job"
    ]


def test_a_folder_that_grows_yields_each_mail_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_mails()
    folder = GrowingFolder("M", lambda path: False, {})
    with FileReader() as reader:
        assert len(list(folder.new_documents(f"M/{STATES[0]}", reader))) == 4
        pass_on(STATES[0], STATES[2])
        assert list(folder.new_documents(f"M/{STATES[2]}", reader)) == []


def test_the_key_and_the_place_have_no_flags_and_the_key_with_flags_is_a_former_one(tmp_path):
    documents = [
        Document("", "a", source=str(tmp_path / state), has_own_id=False) for state in STATES
    ]
    assert len(set(map(document_key, documents))) == 1
    assert len(set(map(own_place, documents))) == 1
    assert [FormerKeys.of(one).keys for one in documents] == [
        (),
        *((key_with_flags(one),) for one in documents[1:]),
    ]


@pytest.mark.parametrize(
    ("path", "lasting"),
    [
        ("/M/cur/1.host,S=20:2,FS/2/a.pdf", "/M/new/1.host,S=20/2/a.pdf"),
        ("cur/1:2,", "new/1"),
        ("z.zip/M/.Sent/cur/1:2,S", "z.zip/M/.Sent/new/1"),
        ("/M/cur/1", "/M/cur/1"),
        ("/M/cur/notes:2,5", "/M/cur/notes:2,5"),
        ("/M/old/1:2,S", "/M/old/1:2,S"),
        ("/M/concur/1:2,S", "/M/concur/1:2,S"),
    ],
)
def test_only_names_of_a_maildir_are_changed(path, lasting):
    assert lasting_path(path) == lasting
