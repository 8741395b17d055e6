"""Headers of mails: parsed as the standard library does, once and within bounds."""

from __future__ import annotations

import email
from email import policy

import pytest

from protolabel.errors import InputError
from protolabel.readers import read_documents
from protolabel.readers.formats.mail_headers import LONGEST, bounded_policy

HEAD = b"From: a@b.c\r\nTo: x@y.z\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n"
N = 1_000_000


def mail(tmp_path, header: bytes):
    path = tmp_path / "m.eml"
    path.write_bytes(HEAD + header + b"\r\n\r\nplease pay\r\n")
    return read_documents(path)


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Type: text/plain; " + b"a=b; " * (N // 5),
        b"Content-Type: text/plain" + b";" * N,
        b"Content-Type: text/plain " + b"(a)" * (N // 3),
        b"Content-Type: text/plain; " + b"".join(b"n*%d=bb; " % i for i in range(N // 12)),
        b"Content-Type: text/plain;\r\n" + b" a=b;\r\n" * (N // 7) + b" c=d",
        b"Content-Disposition: attachment; " + b"filename=b; " * (N // 12),
        b"Content-Transfer-Encoding: " + b"a " * (N // 2),
    ],
    ids=lambda header: header[:40].decode(errors="replace"),
)
def test_a_header_that_would_take_hours_is_refused(header, tmp_path):
    with pytest.raises(InputError, match=r"a mail header Content-\S+ of [0-9,]+ characters"):
        list(mail(tmp_path, header))


@pytest.mark.parametrize("word", [b"=? ", b"a ", b"=?utf-8?q?a?= ", b"(", b"a@b.c, "])
def test_a_long_subject_is_text_as_it_stands(word, tmp_path):
    (document,) = mail(tmp_path, b"Subject: invoice " + word * (N // len(word)))
    assert document.text.startswith("invoice")
    assert document.text.endswith("please pay")


def test_many_long_headers_are_refused_together(tmp_path):
    parts = b"".join(
        b"--b\r\nContent-Type: text/plain; x=%d" % i + b";" * 4000 + b"\r\n\r\nx\r\n"
        for i in range(40)
    )
    header = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--"
    with pytest.raises(InputError, match="too many long headers"):
        list(mail(tmp_path, header))


def test_usual_headers_are_those_of_the_standard_library():
    raw = HEAD + (
        b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= and\r\n more\r\n"
        b"Content-Type: text/plain; charset=utf-8; name*=utf-8''a%20b.txt\r\n"
        b'Content-Disposition: attachment; filename="a b.txt"\r\n\r\nwords\r\n'
    )
    bounded = email.message_from_bytes(raw, policy=bounded_policy())
    standard = email.message_from_bytes(raw, policy=policy.default)
    assert [(k, str(v)) for k, v in bounded.items()] == [(k, str(v)) for k, v in standard.items()]
    assert bounded.get_filename() == standard.get_filename()
    assert bounded.get_content_charset() == standard.get_content_charset()
    bounded["X-Long"] = "a " * LONGEST
    assert bounded["X-Long"].startswith("a a")
