"""Files of office programs, mail, the web and archives: each kind gives its text, or one error."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import sys
import tarfile

import pytest
from office_files import RTF, docx, mail, odt, pdf, pptx, xlsx, zipped
from sources import texts, write

from protolabel.errors import InputError, MissingPackageError
from protolabel.readers import read_documents, read_examples
from protolabel.readers.archives import Budget, unpacked
from protolabel.words.text import PAGE_END

PAGE = b"""<!DOCTYPE html><html><head><title>Your bill</title><style>p {color: red}</style></head>
<body><script>alert("no")</script><p>Pay <b>tw</b>o&nbsp;&euro;</p>by<div>Friday</div>
<img src="http://127.0.0.1:9/x.png"></body></html>"""


def refused(path) -> InputError:
    with pytest.raises(InputError) as caught:
        list(read_documents(path))
    error = caught.value
    assert str(path) in error.got
    assert error.expected
    assert error.remedy
    return error


KINDS = [
    ("a.pdf", pdf("Invoice for March", "Thank you"), f"Invoice for March{PAGE_END}Thank you"),
    ("a.docx", docx("Kündigung", "zum Jahresende"), "Kündigung\nzum Jahresende"),
    ("a.pptx", pptx("First slide", "Second slide"), f"First slide{PAGE_END}Second slide"),
    ("a.odt", odt("Rechnung<text:s/>Nr.<text:tab/>5", "danke"), "Rechnung Nr.\t5\ndanke"),
    ("a.rtf", RTF, "Grüße, your bill"),
    ("a.html", PAGE, "Your bill\n\nPay two €\nby\nFriday"),
    ("a.eml", mail("Bill", "Please pay.").as_bytes(), "Bill\n\nPlease pay."),
    ("a.md", b"# Bill\nplease", "# Bill\nplease"),
]


def run(*inside: str) -> str:
    return "".join(f"<w:r>{one}</w:r>" for one in inside)


def in_box(words: str) -> str:
    paragraph = f"<w:p>{run(f'<w:t>{words}</w:t>')}</w:p>"
    return f"<w:r><w:txbxContent>{paragraph}</w:txbxContent></w:r>"


ONE, TWO = "<w:t>one</w:t>", "<w:t>two</w:t>"
JOINTS = {
    "hyphen.docx": (run(ONE, "<w:noBreakHyphen/>", TWO), "one\u2011two"),
    "soft.docx": (run(ONE, "<w:softHyphen/>", TWO), "onetwo"),
    "tab.docx": (run(ONE, "<w:ptab/>", TWO), "one\ttwo"),
    "tick.docx": (
        run(ONE, '<w:sym w:font="Wingdings" w:char="F0FE"/>', TWO),
        "one\u2611two",
    ),
    "letter.docx": (run(ONE, '<w:sym w:font="Arial" w:char="03A9"/>', TWO), "one\u03a9two"),
    "ornament.docx": (run(ONE, '<w:sym w:font="Webdings" w:char="F0FE"/>', TWO), "one two"),
    "odd.docx": (run(ONE, '<w:sym w:char="none"/>', TWO), "one two"),
    "ruby.docx": (
        f"<w:r><w:ruby><w:rt>{run(TWO)}</w:rt><w:rubyBase>{run(ONE)}</w:rubyBase></w:ruby></w:r>",
        "one",
    ),
    "box.docx": (run(ONE) + in_box("two"), "one\ntwo"),
    "note.odt": (
        "one<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>two</text:p></text:note-body></text:note>three",
        "one\ntwo\nthree",
    ),
    "picture.odt": ("one<text:frame><text:title>logo</text:title></text:frame> two", "one two"),
    "field.odt": ("one <text:title>two</text:title>", "one two"),
    "ruby.odt": (
        "<text:ruby><text:ruby-base>one</text:ruby-base><text:ruby-text>two</text:ruby-text>"
        "</text:ruby>",
        "one",
    ),
}


@pytest.mark.parametrize("name", JOINTS)
def test_no_character_vanishes_and_no_words_are_joined(tmp_path, name):
    """As a reader sees them: hyphens, tabs, symbols, notes and boxes within a line."""
    line, text = JOINTS[name]
    content = odt(line) if name.endswith(".odt") else docx(body=f"<w:p>{line}</w:p>")
    assert texts(write(tmp_path / name, content)) == {name: text}


@pytest.mark.parametrize(("name", "content", "text"), KINDS, ids=[name for name, *_ in KINDS])
def test_each_kind_gives_its_text_whatever_its_suffix(tmp_path, name, content, text):
    path = write(tmp_path / name, content)
    assert texts(path) == {name: text}
    assert texts(write(tmp_path / "folder" / name, content).parent) == {name: text}
    if name not in ("a.eml", "a.md"):  # these are known by their suffix
        for other in ("b.txt", "b.pdf", "b"):
            assert texts(write(tmp_path / other, content)) == {other: text}


def test_the_page_of_an_offset_can_be_counted(tmp_path):
    path = write(tmp_path / "a.pdf", pdf("one", "", "three"))
    (text,) = texts(path).values()
    assert text.count(PAGE_END, 0, text.index("three")) == 2


def test_a_mail_gives_its_attachments_as_documents_of_their_own(tmp_path):
    message = mail("Order", "See below", "<p>See <i>below</i></p>", invoice_pdf=pdf("Invoice"))
    message.add_attachment(mail("Inner", "forwarded text"))
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", cid="<logo>",
                           disposition="inline")  # fmt: skip
    path = write(tmp_path / "m.eml", message.as_bytes())
    documents = list(read_documents(path))
    assert {d.id: d.text for d in documents} == {
        "m.eml": "Order\n\nSee below",
        "m.eml/3/invoice.pdf": "Invoice",
        "m.eml/4/message.eml": "Inner\n\nforwarded text",
    }
    assert documents[1].source == f"{path}/3/invoice.pdf"


def test_a_mail_in_html_alone_or_in_an_encoding_that_does_not_exist_is_read(tmp_path):
    raw = (
        b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nContent-Type: text/html; charset=nonsense\n\n<p>Hi"
    )
    assert texts(write(tmp_path / "m.eml", raw)) == {"m.eml": "Grüße\n\nHi"}


def test_a_mailbox_gives_its_messages_one_by_one(tmp_path):
    letters = [mail("One", "first\nFrom here on"), mail("Two", "second", a_txt=b"attached")]
    box = b"".join(
        b"From a@b Thu Jan  1 00:00:00 2026\n" + m.as_bytes().replace(b"\nFrom h", b"\n>From h")
        + b"\n" for m in letters
    )  # fmt: skip
    assert texts(write(tmp_path / "box.mbox", box)) == {
        "box.mbox/1": "One\n\nfirst\nFrom here on",
        "box.mbox/2": "Two\n\nsecond",
        "box.mbox/2/2/a.txt": "attached",
    }


def _tar(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in parts.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        archive.addfile(link)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("a.zip", zipped),
        ("a.tar", _tar),
        ("a.tar.gz", lambda parts: gzip.compress(_tar(parts))),
        ("a.txz", lambda parts: lzma.compress(_tar(parts))),
    ],
)
def test_an_archive_gives_what_is_in_it_and_writes_nothing_elsewhere(tmp_path, name, pack):
    parts = {
        "in/b.txt": b"hello",
        "../../c.pdf": pdf("up"),
        ".hidden": b"no",
        "t.csv": b"text\nx\n",
    }
    path = write(tmp_path / "deep" / "er" / name, pack(parts))
    assert texts(path) == {
        f"{name}/in/b.txt": "hello",
        f"{name}/../../c.pdf": "up",
        f"{name}/t.csv:2": "x",
    }
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == [name]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_compressed_file_is_what_is_in_it(tmp_path, pack):
    assert texts(write(tmp_path / "a.txt.gz", pack(b"words"))) == {"a.txt.gz": "words"}
    path = write(tmp_path / "t.csv.gz", pack(b"text,label\none,x\ntwo,y\n"))
    assert texts(path) == {"t.csv.gz:2": "one", "t.csv.gz:3": "two"}
    assert [e.label for e in read_examples(path)] == ["x", "y"]


def test_a_workbook_is_a_table_where_a_column_holds_the_text(tmp_path):
    rows = [["Complaints"], ["id", "text", "label"], [7, "too late", "delay"], [8, "broken", "dam"]]
    path = write(tmp_path / "w.xlsx", xlsx(First=rows, Prices=[["cost"], [1.5]]))
    notices = []
    assert texts(path, on_notice=notices.append) == {"7": "too late", "8": "broken"}
    assert any("Prices" in notice.message for notice in notices)
    documents = list(read_documents(path, text_field="label"))
    assert [d.source for d in documents] == [f"{path}/First:3", f"{path}/First:4"]
    assert [e.label for e in read_examples(path)] == ["delay", "dam"]


@pytest.mark.parametrize("number", [7, -7, 10**15, 1234567890123456, 2**53])
def test_whole_numbers_of_a_workbook_are_written_as_a_person_sees_them(tmp_path, number):
    path = write(tmp_path / "w.xlsx", xlsx(S=[["id", "text"], [number, "late"], [1.5, "broken"]]))
    assert texts(path) == {str(number): "late", "1.5": "broken"}


def test_tables_without_a_text_column_are_one_document_among_others(tmp_path):
    write(tmp_path / "w.xlsx", xlsx(Prices=[["item", "cost"], ["chair", 1.5]]))
    write(tmp_path / "p.csv", b"item,cost\nchair,2\n")
    write(tmp_path / "t.jsonl", b'{"text": "a row"}\n')
    assert texts(tmp_path) == {
        "p.csv": "item,cost\nchair,2\n", "t.jsonl:1": "a row", "w.xlsx": "item,cost\nchair,1.5",
    }  # fmt: skip
    assert "no text field" in refused(tmp_path / "p.csv").got


def test_a_folder_or_a_zip_of_classes_gives_examples(tmp_path):
    past = tmp_path / "past"
    write(past / "bill" / "a.pdf", pdf("Invoice"))
    write(past / "letter" / "b.docx", docx("Dear"))
    write(past / "letter" / "c.csv", b"text,label\nx,letter\ny,bill\n")
    bad = []
    examples = list(read_examples(past, on_unreadable=bad.append))
    assert [(e.label, e.text) for e in examples] == [
        ("bill", "Invoice"), ("letter", "Dear"), ("letter", "x")
    ]  # fmt: skip
    assert "'bill' in the folder of 'letter'" in bad[0].error.got
    path = write(tmp_path / "past.zip", zipped({"bill/a.pdf": pdf("Invoice"), "x/b.txt": b"hi"}))
    assert [(e.label, e.text) for e in read_examples(path)] == [("bill", "Invoice"), ("x", "hi")]
    with pytest.raises(InputError, match="an example without a label"):
        read_examples(past / "bill" / "a.pdf")


HOSTILE = {
    "secret.pdf": (pdf("x", password="pw"), "encrypted"),
    "short.pdf": (pdf("x")[:60], "cannot be read"),
    "bomb.docx": (docx(body="<w:p/>" * 10) [:-40], "cut off or damaged"),
    "entities.docx": (docx("&a;", prolog='<!DOCTYPE d [<!ENTITY a "aaaa">]>'), "document type"),
    "external.docx": (
        docx("&a;", prolog='<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/hostname">]>'),
        "document type",
    ),
    "short.zip": (zipped({"a.txt": b"hello"})[:30], "cannot be unpacked"),
    "short.gz": (gzip.compress(os.urandom(5000))[:900], "cannot be unpacked"),
    "short.xlsx": (xlsx(A=[["x"]])[:-60], "cut off or damaged"),
    "no.mbox": (b"hello\n", "no message in it"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_one_error_and_the_rest_goes_on(tmp_path, name):
    content, reason = HOSTILE[name]
    write(tmp_path / name, content)
    write(tmp_path / "zz.txt", b"fine")
    error = refused(tmp_path / name)
    assert any(words in error.got for words in reason.split("|")), error.got
    bad = []
    assert texts(tmp_path, on_unreadable=bad.append) == {"zz.txt": "fine"}
    assert [fault.source for fault in bad] == [str(tmp_path / name)]


def test_an_archive_in_an_archive_without_end_is_refused(tmp_path):
    content = zipped({"a.txt": b"hello"})
    for _ in range(8):
        content = zipped({"a.zip": content, "b.txt": b"words"})
    path = write(tmp_path / "a.zip", content)
    bad = []
    assert len(texts(path, on_unreadable=bad.append)) == 5
    assert "at most 5 inside each other" in bad[0].error.expected


def test_an_archive_that_unpacks_to_gigabytes_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("protolabel.readers.archives.MOST_MEMBER_BYTES", 10_000)
    path = write(tmp_path / "a.zip", zipped({"a.txt": bytes(50_000), "b.txt": b"fine"}))
    bad = []
    assert texts(path, on_unreadable=bad.append) == {"a.zip/b.txt": "fine"}
    assert "unpacks to more than 10,000 bytes" in bad[0].error.got
    assert bad[0].error.expected == "at most 10,000 bytes a file and 4,294,967,296 bytes in all"


def test_a_compressed_file_that_unpacks_to_too_much_is_told_its_own_bound(tmp_path):
    """It is one file: all that may be unpacked is its own."""
    path = write(tmp_path / "a.csv.gz", gzip.compress(bytes(50_000)))
    with pytest.raises(InputError, match="unpacks to more than") as refusal:
        unpacked("gzip", str(path), path.name, str(tmp_path), Budget(10_000))
    assert "4,294,967,296 bytes a file" in refusal.value.expected


def test_an_encrypted_member_is_named(tmp_path):
    content = bytearray(zipped({"a.txt": b"hello"}, 0))
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(mark) + offset] |= 1
    error = refused(write(tmp_path / "a.zip", bytes(content)))
    assert error.got == f"{tmp_path / 'a.zip'}/a.txt: encrypted"


def test_a_mail_of_a_thousand_parts_and_deep_pages_are_read(tmp_path):
    message = mail("Many", "hello")
    for n in range(1000):
        message.add_attachment(f"part {n}", filename=f"{n}.txt")
    assert len(texts(write(tmp_path / "m.eml", message.as_bytes()))) == 1001
    page = b"<html>" + b"<div>" * 100_000 + b"deep"
    assert texts(write(tmp_path / "deep.html", page)) == {"deep.html": "deep"}


def test_a_nested_mail_without_end_is_refused(tmp_path):
    raw = b"Subject: x\n"
    for n in range(3000):
        raw += f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n".encode()
    assert refused(write(tmp_path / "m.eml", raw))


def test_a_missing_library_is_named_with_its_extra(tmp_path, monkeypatch):
    path = write(tmp_path / "a.rtf", RTF)
    write(tmp_path / "b.txt", b"fine")
    monkeypatch.setitem(sys.modules, "striprtf", None)
    with pytest.raises(MissingPackageError, match=r"a\.rtf.*pip install 'protolabel\[documents\]'"):
        list(read_documents(path))
    bad = []
    assert texts(tmp_path, on_unreadable=bad.append) == {"b.txt": "fine"}
    assert "pip install 'protolabel[documents]'" in bad[0].reason


def test_an_empty_plain_part_does_not_hide_the_html_of_a_mail(tmp_path):
    (tmp_path / "alt.eml").write_text(
        "Subject: Your order\nMIME-Version: 1.0\n"
        "Content-Type: multipart/alternative; boundary=x\n\n"
        "--x\nContent-Type: text/plain\n\n\n"
        "--x\nContent-Type: text/html\n\n<html><body>Please pay EUR 420.</body></html>\n--x--\n"
    )
    assert "Please pay EUR 420." in (texts(tmp_path / "alt.eml")["alt.eml"] or "")


@pytest.mark.parametrize(
    "text",
    [
        "Received: 12 boxes of screws\nOrder-No: 4711\n\nPlease sign.",
        "From Berlin with love, at 12:30 we met.\nHello friend",
    ],
)
def test_a_text_that_begins_like_a_mail_is_read_whole(tmp_path, text):
    (tmp_path / "note.txt").write_text(text)
    assert texts(tmp_path / "note.txt") == {"note.txt": text}


def test_a_line_of_a_letter_that_begins_with_from_splits_no_mailbox(tmp_path):
    (tmp_path / "x.mbox").write_text(
        "From a@b Mon Jan  1 00:00:00 2024\nSubject: one\n\nHello\n\n"
        "From here on we pay by cheque.\nMore text\n"
    )
    (content,) = texts(tmp_path / "x.mbox").values()
    assert "From here on we pay by cheque." in (content or "")


def test_many_comments_before_a_text_take_no_time(tmp_path):
    (tmp_path / "hang.txt").write_text("<!---->" * 2000 + "Dear sirs")
    assert len(texts(tmp_path / "hang.txt")) == 1
