"""A key names what was answered, whatever its file holds now; a path names the file as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import call, records
from mailboxes import Mail, mailbox
from office_files import zipped

from protolabel import LabelSpace

BILL, JOB = "please pay 99 EUR for the chairs", "I apply for a post as driver"
PLACES = {"in/a.txt": "in/a.txt", "in/a.zip": "in/a.zip/b/a.txt"}


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_bytes(zipped({"b/a.txt": text}) if path.endswith("zip") else text.encode())


@pytest.fixture(params=["text", "answers"])
def space(request, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create("s.space", encoder="hashing", background=False) as space:
        space.add(["pay the bill", "a post as cook"], ["invoice", "job"])
        space.answer_log.remember(request.param)
    return "s.space", request.param == "text"


def key_of_only(space: str) -> str:
    rows = records("review", space, "--list", "--all", "--json")
    (key,) = [row["key"] for row in rows if "key" in row]
    return str(key)


def texts(space: str, label: str) -> list[str]:
    with LabelSpace(space, background=False) as label_space:
        return [str(example.text) for example in label_space.show(label)[1]]


@pytest.mark.parametrize("is_whole", [True, False])
@pytest.mark.parametrize("path", PLACES)
def test_a_key_teaches_what_was_answered_or_nothing(space, path, is_whole):
    name, has_texts = space
    write(path, BILL)
    call("label", name, Path(path).resolve() if is_whole else path)
    key = key_of_only(name)
    write(path, JOB)
    done = call("correct", name, key, "--to", "refund", "--new", code=0 if has_texts else 2)
    if has_texts:
        assert texts(name, "refund") == [BILL]
    else:
        assert "its text is not remembered" in " ".join(done.stderr.split())


def test_the_name_of_a_changed_file_is_refused_and_its_path_teaches_what_it_holds(space):
    name, _ = space
    write("in/a.txt", BILL)
    path = Path("in/a.txt").resolve()
    call("label", name, "in/a.txt")
    write("in/a.txt", JOB)
    done = call("correct", name, "a.txt", "--to", "refund", "--new", code=2)
    assert "holds another document" in " ".join(done.stderr.split())
    call("correct", name, path, "--to", "refund", "--new")
    assert texts(name, "refund") == [JOB]


@pytest.mark.parametrize("by", ["id", "key"])
def test_a_row_that_has_left_its_table_is_taught_by_its_remembered_text(space, by):
    name, has_texts = space
    Path("t.csv").write_text(f"id,text\na,Sunny\nb,Rain\nc,{BILL}\n")
    call("label", name, "t.csv")
    rows = records("review", name, "--list", "--all", "--json")
    key = next(row["key"] for row in rows if row.get("id") == "c")
    Path("t.csv").write_text("id,text\na,Sunny\nb,Rain\n")
    call("correct", name, "c" if by == "id" else key, "--to", "refund", "--new",
         code=0 if has_texts else 2)  # fmt: skip
    assert not has_texts or texts(name, "refund") == [BILL]


@pytest.mark.parametrize("path", ["in/m.eml", "in/b.mbox"])
def test_a_mail_is_taught_by_its_attachment_by_whatever_name(space, path):
    """Its own text is too short to teach anything, and is not what is read then."""
    name, _ = space
    Path("in").mkdir()
    message = Mail("please find attached", attachments=(("a.txt", f"{BILL} {JOB}"),))
    text = mailbox([message]) if path.endswith("mbox") else message.lines()
    Path(path).write_text(text)
    call("label", name, path)
    rows = records("review", name, "--list", "--all", "--json")
    row = next(row for row in rows if row.get("source", "").endswith((".eml", ".mbox/1")))
    call("correct", name, row["key"], "--to", "refund", "--new")
    assert texts(name, "refund") == [f"{BILL} {JOB}"]
    call("undo", name)
    call("correct", name, row["id"], "--to", "refund", "--new")
    assert texts(name, "refund") == [f"{BILL} {JOB}"]
