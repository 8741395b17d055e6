"""Mails and saved web pages under the names that mail programs and browsers give them."""

from __future__ import annotations

import base64

import pytest
from office_files import mail, pdf
from sources import texts, write

from protolabel.readers import read_documents
from protolabel.readers.kinds import kind_of

MAIL = mail("Bill", "Please pay.").as_bytes()
NOTES = b'<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict/></plist>\n'
DATE = b"Date: Mon, 1 Jan 2024 10:00:00 +0100\n"


def emlx(message: bytes) -> bytes:
    return b"%-10d\n" % len(message) + message + NOTES


NAMES = (
    "1234.M1P2.host:2,S", "1234.M1P2.host", "17", "mail.txt", "a.email", "b.eml", "c.emlx", "d.nws",
)  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [MAIL, b"\xef\xbb\xbf" + MAIL, emlx(MAIL), MAIL.replace(b"\n", b"\r\n")],
    ids=["plain", "marked", "emlx", "lines of Windows"],
)
def test_a_mail_is_read_as_one_under_any_name(tmp_path, content):
    for name in NAMES:
        write(tmp_path / name, content)
    assert texts(tmp_path) == dict.fromkeys(NAMES, "Bill\n\nPlease pay.")


def test_the_attachments_of_a_maildir_file_are_documents(tmp_path):
    message = mail("Order", "See below", invoice_pdf=pdf("Invoice")).as_bytes()
    for name in ("cur/1.M1.host:2,S", "cur/77.emlx", "cur/x.eml"):
        content = emlx(message) if name.endswith(".emlx") else b"\xef\xbb\xbf" + message
        write(tmp_path / name, content)
    contents = texts(tmp_path)
    assert contents["cur/1.M1.host:2,S/2/invoice.pdf"] == "Invoice"
    assert contents["cur/77.emlx/2/invoice.pdf"] == "Invoice"
    assert contents["cur/x.eml/2/invoice.pdf"] == "Invoice"
    assert len(contents) == 6


@pytest.mark.parametrize(
    "headers",
    [
        b"From: a@b.c\nTo: d@e.f\nContent-Type: text/plain; charset=utf-8\n",
        b"From: a@b.c\nSubject: x\n" + DATE,
        b"Message-ID: <1@x>\nSubject: x\nTo: a@b\n",
        b"Content-Type: text/plain\nMIME-Version: 1.0\n",
        b"Return-Path: <a@b.c>\nFrom: a@b.c\nTo: d@e.f\n",
        b"X-Spam: no\nReceived: from a by b;\n\tMon, 1 Jan 2024 10:00:00 +0100\n"
        b"From: a@b\nTo: c@d\n",
        b"Received: (qmail 12 invoked from network); 1 Jan 2024 10:00:00 -0000\n"
        b"From: a@b\nTo: c@d\n",
        b"DKIM-Signature: " + b"\n ".join([b"x" * 70] * 20) + b"\nFrom: a@b\nTo: c@d\n" + DATE,
        b"From: a@b\nTo: c@d\n" + DATE + b"X-Long: " + b"x" * 8000 + b"\n",
    ],
)
def test_headers_that_programs_write_make_a_mail(tmp_path, headers):
    path = write(tmp_path / "1234", headers + b"\nPlease pay.\n")
    assert kind_of(str(path)) == "mail"
    (text,) = texts(path).values()
    assert text in ("Please pay.", "x\n\nPlease pay.")


@pytest.mark.parametrize(
    "first",
    [
        b"Received: from a by b with SMTP;\n\tMon, 1 Jan 2024 10:00:00 +0100\n",
        b"Delivered-To: mailing list a@b.c\n",
        b"Return-Path: <>\n",
        b"Mime-Version: 1.0\n",
    ],
)
def test_a_damaged_mail_is_one_by_the_first_header(tmp_path, first):
    damaged = first + b"X-A: b\nno header\nFrom: a@b\nTo: c@d\n\nPlease pay.\n"
    assert kind_of(str(write(tmp_path / "1234", damaged))) == "mail"


@pytest.mark.parametrize(
    "text",
    [
        "From: Anna Berg\nTo: Otto Karl\nSubject: the rent\n\nDear Otto,",
        "From: Anna Berg\nTo: Otto Karl\nDate: 12 March 2024\nSubject: the rent\n\nDear Otto,",
        "From: Anna\nTo: Otto\nDate: 12 Mar 2024 10:15\nSubject: the rent\n\nDear Otto,",
        "From: Anna <a@b.c>\nSent: Monday, 1 January 2024 10:00\nTo: Otto\nSubject: rent\n\nDear",
        "Dear Otto,\nFrom: a@b\nTo: c@d\nMIME-Version: 1.0\nContent-Type: text/plain\n\nHello",
        "From: a@b.c\nTo: d@e.f\nMessage-ID: <1@x>\nthis is what I found at the top\n\nHello",
        "12\nFrom: Anna\nTo: Otto\n\nDear Otto",
        "Metadata-Version: 2.1\nName: x\nContent-Type: text/markdown\nAuthor: me\n\n# x",
        "Received: 12 boxes\nFrom: Berlin\nOur ref: 5\n\nThank you.",
        "Received: 12 boxes\nDate: 3 March 2025\nTo: Main Street 4\nInvoice: 44\n\nThank you",
        "Received: 3 March 2025\nFrom: Anna\nSubject: the rent\n\nDear Otto",
        "Received: by post; 3 March 2025, 10:15\nFrom: Anna\nSubject: the rent\n\nDear Otto",
        "Received: from Anna\n  and from Otto\nDate: 3 March\nTo: us\nSubject: rent\n\nDear",
        "Received: 3 March\nTo: us\nDate: 3 Mar 2025 10:15:00 +0100\nDear Otto\n\nHello",
        "Received: 3 March\nDate: 3 Mar 2025 10:15:00 +0100\nPlace: Bonn\nTo: us\n\nHello",
        "Delivered-To: Main Street 4\nDate: 3 March\nTo: Anna\n\nThank you",
        "MIME-Version: what it is\nDate: 3 March\nSubject: mails\n\nA note on headers",
    ],
)
def test_a_letter_that_begins_with_such_lines_stays_a_text(tmp_path, text):
    assert texts(write(tmp_path / "letter.txt", text)) == {"letter.txt": text}


def test_a_mail_that_begins_with_a_number_is_not_cut(tmp_path):
    assert texts(write(tmp_path / "a.eml", "3\nhello world\n")) == {"a.eml": "3\nhello world"}


def test_what_apple_mail_keeps_elsewhere_is_named(tmp_path):
    message = (
        b"From: a@b\nTo: c@d\nSubject: Order\nMIME-Version: 1.0\n"
        b"Content-Type: multipart/mixed; boundary=x\n\n"
        b"--x\nContent-Type: text/plain\n\nSee below\n"
        b"--x\nContent-Type: application/pdf; name=a.pdf\nX-Apple-Content-Length: 7000\n"
        b"Content-Disposition: attachment; filename=a.pdf\n\n\n--x--\n"
    )
    notices = []
    path = write(tmp_path / "7.partial.emlx", emlx(message))
    (document,) = read_documents(path, on_notice=notices.append)
    assert document.text == "Order\n\nSee below"
    assert "1 attachment is not in it" in notices[0].message


def test_an_attachment_that_apple_mail_has_in_place_is_read(tmp_path):
    message = (
        b"From: a@b\nTo: c@d\nSubject: Order\nMIME-Version: 1.0\n"
        b"Content-Type: multipart/mixed; boundary=x\n\n"
        b"--x\nContent-Type: text/plain\n\nSee below\n"
        b"--x\nContent-Type: text/plain; name=a.txt\nX-Apple-Content-Length: 7\n"
        b"Content-Disposition: attachment; filename=a.txt\n\n250 EUR\n--x--\n"
    )
    read = texts(write(tmp_path / "7.emlx", emlx(message)))
    assert read == {"7.emlx": "Order\n\nSee below", "7.emlx/2/a.txt": "250 EUR"}


PAGE = (
    b"<html><head><title>Your bill</title></head><body><p>Pay tw=C3=B6 =E2=82=AC</p></body></html>"
)
SAVED = (
    b'MIME-Version: 1.0\nContent-Type: multipart/related;\n\ttype="text/html";\n\tboundary="x"\n\n'
    b"--x\nContent-Type: text/html\nContent-ID: <frame-1@mhtml.blink>\n"
    b"Content-Transfer-Encoding: quoted-printable\nContent-Location: https://a.b/c\n\n"
    + PAGE
    + b"\n--x\nContent-Type: text/css\nContent-Location: https://a.b/c.css\n\np {color: red}\n"
    b"--x\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n"
    b"Content-Location: https://a.b/c.png\n\n" + base64.b64encode(b"\x89PNG\r\n\x1a\n") + b"\n"
    b"--x\nContent-Type: text/html\nContent-ID: <frame-2@mhtml.blink>\n\n"
    b"<p>An advertisement\n--x--\n"
)
BROWSERS = {
    "Chrome": b"From: <Saved by Blink>\nSnapshot-Content-Location: https://a.b/c\nSubject: Bill\n"
    + DATE,
    "Explorer": b'From: "Saved by Internet Explorer 11"\nSubject: Bill\n' + DATE,
    "Explorer in Chinese": b"From: =?gb2312?B?08kgV2luZG93cyCxo7Tm?=\nSubject: Bill\n" + DATE,
    "Confluence": DATE + b"Message-ID: <1.2.3@x>\nSubject: Exported From Confluence\n",
    "Word": b"",
}


@pytest.mark.parametrize("browser", BROWSERS)
def test_a_saved_web_page_is_one_document_with_the_text_of_the_page(tmp_path, browser):
    names = ("page.mht", "page.mhtml", "page.doc", "page")
    for name in names:
        write(tmp_path / name, BROWSERS[browser] + SAVED)
    assert texts(tmp_path) == dict.fromkeys(names, "Your bill\n\nPay twö €")


def test_a_page_of_frames_has_their_texts_and_the_page_that_is_named_comes_first(tmp_path):
    empty = SAVED.replace(PAGE, b'<html><frameset><frame src=3D"a"></frameset></html>')
    assert texts(write(tmp_path / "a.mht", empty)) == {"a.mht": "An advertisement"}
    named = SAVED.replace(b'"x"\n\n', b'"x"; start="<frame-2@mhtml.blink>"\n\n', 1)
    assert texts(write(tmp_path / "b.mht", named)) == {"b.mht": "An advertisement"}


def test_a_saved_page_without_html_has_its_plain_text(tmp_path):
    plain = b"".join(
        b"--x\nContent-Type: text/%s\nContent-Location: https://a.b/%s\n\n%s\n" % (kind, kind, text)
        for kind, text in ((b"css", b"p {}"), (b"plain", b"Pay now"))
    )
    head = b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n\n'
    assert texts(write(tmp_path / "a.mht", head + plain + b"--x--\n")) == {"a.mht": "Pay now"}


def test_a_mail_with_pictures_in_its_page_is_no_saved_page(tmp_path):
    content = b"From: a@b\nTo: c@d\nSubject: Bill\n" + DATE + SAVED
    assert kind_of(str(write(tmp_path / "1234", content))) == "mail"


@pytest.mark.parametrize("location", [b"", b"Content-Location: https://a.b/c\n"])
def test_a_mail_without_recipients_is_no_saved_page(tmp_path, location):
    draft = (
        b"From: Anna <a@b.c>\nSubject: Invoice 17\n" + DATE + b"MIME-Version: 1.0\n"
        b'Content-Type: multipart/related; type="text/html"; boundary="x"\n\n'
        b"--x\nContent-Type: text/html\n" + location + b'\n<p>see the bill<img src="cid:1">\n'
        b"--x\nContent-Type: image/png\nContent-ID: <1>\nContent-Transfer-Encoding: base64\n"
        b"Content-Location: a.png\n\n" + base64.b64encode(b"\x89PNG\r\n\x1a\n") + b"\n"
        b"--x\nContent-Type: text/plain\nContent-Disposition: attachment; filename=bill.txt\n\n"
        b"250 EUR\n--x--\n"
    )
    for name in ("sent.eml", "17"):
        path = write(tmp_path / name, draft)
        contents = {name: "Invoice 17\n\nsee the bill", f"{name}/3/bill.txt": "250 EUR"}
        assert texts(path).items() >= contents.items()


def test_a_mail_without_recipients_or_sender_is_no_saved_page(tmp_path):
    draft = DATE + b"Subject: Bill\n" + SAVED.replace(b"Content-Location: https://a.b/c\n", b"")
    assert kind_of(str(write(tmp_path / "17", draft))) == "mail"


def test_a_mailbox_with_a_mark_before_it_is_read(tmp_path):
    content = b"\xef\xbb\xbfFrom a@b Mon Jan  1 00:00:00 2024\n" + MAIL
    for name in ("Inbox", "a.mbox"):
        assert list(texts(write(tmp_path / name, content)).values()) == ["Bill\n\nPlease pay."]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pst", b"!BDN" + bytes(600), "a mail store of Outlook"),
        ("Inbox.dbx", b"\xcf\xad\x12\xfe" + bytes(600), "a mail store of Outlook"),
        ("a.webarchive", b"bplist00\xd1\x01\x02" + bytes(600), "a web archive of Safari"),
        ("a.mht", SAVED.replace(b"text/", b"audio/"), "a saved web page (MHTML) without a page"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, name, content, words):
    faults = []
    path = write(tmp_path / "in" / name, content)
    assert list(read_documents(path.parent, on_unreadable=faults.append)) == []
    assert words in faults[0].reason


@pytest.mark.parametrize(
    ("encoding", "declares"),
    [
        ("utf-8", True), ("utf-8", False), ("windows-1252", True), ("windows-1252", False),
        ("iso-8859-2", True), ("koi8-r", True),
    ],
)  # fmt: skip
def test_letters_of_a_header_that_declares_nothing_are_read_as_the_text_is(
    tmp_path, encoding, declares
):
    words = {"iso-8859-2": "Zaległa płatność", "koi8-r": "Письмо о встрече"}.get(encoding, "Grüße")
    declared = f"; charset={encoding}" if declares else ""
    head = (
        f"Subject: {words}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
        f"--x\nContent-Type: text/plain{declared}\nContent-Transfer-Encoding: 8bit\n\n{words}\n"
        "--x\nContent-Type: text/plain\n"
        f'Content-Disposition: attachment; filename="{words}.txt"\n\n'
    )
    path = write(tmp_path / "a.eml", head.encode(encoding) + b"attached\n--x--\n")
    assert texts(path) == {"a.eml": f"{words}\n\n{words}", f"a.eml/2/{words}.txt": "attached"}
