"""A document without a text that says anything is declined with that reason, whatever its kind."""

from __future__ import annotations

import csv
import json
import re

import pytest
from commands import call, records
from office_files import docx, mail, odt, pdf, pptx, xlsx, zipped

from protolabel import Document, LabelSpace
from protolabel.errors import InputError
from protolabel.readers import read_documents, read_examples

RUBBISH = "\ue001\ue002\ue003 \ue004\ufffd ab"
SILENT = {
    "scan.pdf": (pdf("", ""), "without a text layer"),
    "empty.docx": (docx(), "no text in it"),
    "empty.pptx": (pptx(""), "no text in it"),
    "empty.odt": (odt(""), "no text in it"),
    "empty.html": (b"<html><script>x</script></html>", "no text in it"),
    "empty.eml": (b"To: a@b\n\n", "no text in it"),
    "empty.rtf": (b"{\\rtf1 }", "no text in it"),
    "empty.xlsx": (xlsx(A=[]), "no text in it"),
    "empty.txt": (b"", "empty"),
    "blank.txt": (b" \n\t\n", "blank"),
    "invisible.txt": ("\u200b\u2060".encode(), "without a visible character"),
    "rubbish.docx": (docx(RUBBISH), "mean nothing"),
    "rubbish.txt": (RUBBISH.encode(), "mean nothing"),
    "rubbish.html": (f"<html><body>{RUBBISH}".encode(), "mean nothing"),
    "bill.jsonl": (b'{"text": ""}\n', "empty"),
    "bill.csv": (b'text,id\n"",bill\n', "empty"),
    "bill.zip": (zipped({"bill.txt": b""}), "empty"),
}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    where = tmp_path_factory.mktemp("declined") / "mail.space"
    with LabelSpace.create(where, encoder="hashing", background=False) as space:
        space.add(["pay the bill", "please pay"], ["bill", "bill"])
        space.add(["my work so far", "cv"], ["cv", "cv"])
    return where


@pytest.mark.parametrize("name", SILENT)
def test_a_document_without_text_is_declined_with_that_reason(tmp_path, path, name):
    content, words = SILENT[name]
    (tmp_path / name).write_bytes(content)
    (document,) = read_documents(tmp_path / name)
    assert words in document.unreadable
    with LabelSpace(path) as space:
        answer = space.label(document)
    assert (answer.label, answer.score, answer.alternatives) == (None, None, ())
    assert answer.evidence is None
    assert answer.reason == document.unreadable
    with pytest.raises(InputError, match=words):
        list(read_examples(tmp_path / name, label="bill"))


def test_the_command_answers_them_among_others_and_ends_well(tmp_path, path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name, (content, _) in SILENT.items():
        (inbox / name).write_bytes(content)
    (inbox / "zz.txt").write_text("please pay the bill")
    answers = records("label", path, inbox, "--json")
    assert len(answers) == len(SILENT) + 1
    *declined, good = answers
    assert good["label"] == "bill"
    assert all(answer["label"] is None and answer["reason"] for answer in declined)
    for out in (tmp_path / "a.csv", tmp_path / "a.jsonl"):
        done = call("label", path, inbox, "--out", out)
        assert f"1 labelled, {len(SILENT)} declined" in done.stderr
        again = call("label", path, inbox, "--out", out, "--resume")
        assert f"{len(answers)} answered by an earlier run" in again.stderr
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["reason"] for row in rows if not row["label"]] == [a["reason"] for a in declined]
    written = (tmp_path / "a.jsonl").read_text().splitlines()
    assert [json.loads(line)["reason"] for line in written] == [a["reason"] for a in answers]


def test_they_are_no_examples(tmp_path, path):
    (tmp_path / "past" / "bill").mkdir(parents=True)
    (tmp_path / "past" / "bill" / "scan.pdf").write_bytes(pdf(""))
    (tmp_path / "past" / "bill" / "a.txt").write_text("pay again")
    done = call("import", path, tmp_path / "past", code=2)
    assert "scan.pdf: a PDF without a text layer" in done.stderr
    (document,) = read_documents(tmp_path / "past" / "bill" / "scan.pdf")
    with LabelSpace(path) as space, pytest.raises(InputError, match="without a text layer"):
        space.add([document], ["bill"])
    done = call("import", path, tmp_path / "past", "--skip-bad", code=6)
    assert "scan.pdf" in done.stderr


def test_a_reason_of_the_caller_is_answered_without_encoding(path):
    with LabelSpace(path) as space:
        answers = list(
            space.label_many(
                [Document("1", "pay"), Document("2", "", unreadable="torn"), Document("3", "cv")]
            )
        )
    assert [answer.label for answer in answers] == ["bill", None, "cv"]
    assert answers[1].reason == "torn"
    assert answers[0].alternatives


def test_a_message_whose_parts_cannot_be_told_is_named(tmp_path):
    parts = mail("Order", "See below", a_txt=b"attached").as_bytes()
    head, _, body = parts.partition(b"\n\n")
    head = re.sub(rb';\s*boundary="[^"]*"', b"", head)
    (tmp_path / "m.eml").write_bytes(head + b"\n\n" + body)
    with pytest.raises(InputError, match="boundary"):
        list(read_documents(tmp_path / "m.eml"))


@pytest.mark.parametrize("name", ["winmail.dat", "note.txt"])
def test_what_outlook_packs_into_a_mail_is_named(tmp_path, name):
    message = mail("Order", "See below")
    message.add_attachment(
        b"\x78\x9f\x3e\x22" + bytes(40), maintype="application", subtype="ms-tnef", filename=name
    )
    (tmp_path / "m.eml").write_bytes(message.as_bytes())
    faults = []
    documents = list(read_documents(tmp_path / "m.eml", on_unreadable=faults.append))
    assert [d.text for d in documents] == ["Order\n\nSee below"]
    assert "TNEF" in faults[0].reason
    assert faults[0].source.endswith(f"m.eml/2/{name}")


def test_an_encrypted_message_is_named(tmp_path):
    raw = b"Subject: Bill\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nMII="
    (tmp_path / "m.eml").write_bytes(raw)
    with pytest.raises(InputError, match="an encrypted message"):
        list(read_documents(tmp_path / "m.eml"))
