"""A mail is known by the sources of its attachments, though it has no text of its own."""

from __future__ import annotations

import pytest

from protolabel.identity.mail_paths import mail_of
from protolabel.label_space.stored_items.document_parts import DocumentParts


@pytest.mark.parametrize(
    ("source", "mail"),
    [
        ("in/a.eml/2/bill.pdf", "in/a.eml"),
        ("in/A.MSG/1/bill.pdf", "in/A.MSG"),
        ("a.eml/2/b.eml/3/bill.pdf", "a.eml"),
        ("all.zip/2024/a.eml/2/bill.pdf", "all.zip/2024/a.eml"),
        ("box.mbox/3/2/bill.pdf", "box.mbox/3"),
        ("box.mbox/3", ""),
        ("mail/cur/1698765432.M1P2.host:2,S/2/bill.pdf", "mail/cur/1698765432.M1P2.host:2,S"),
        ("cover.pdf/1/bill.pdf", "cover.pdf"),
        ("a.eml", ""),
        ("in/2024/bill.pdf", ""),
        ("new/2024/7/bill.pdf", ""),
        ("all.zip/2024/bill.pdf", ""),
        ("all.zip/2024/7/bill.pdf", ""),
        ("", ""),
    ],
)
def test_the_mail_of_a_source(source, mail):
    assert mail_of(source) == mail


def test_a_file_that_is_known_to_be_a_mail_needs_no_name_of_one():
    assert mail_of("in/17/2/bill.pdf") == ""
    assert mail_of("in/17/2/bill.pdf", {"in/17"}) == "in/17"


def test_a_mail_without_text_is_the_file_of_its_attachments():
    parts = DocumentParts([("a.eml/2/b.eml", b"b"), ("a.eml/2/b.eml/2/bill.pdf", b"c")])
    assert parts.file_of("a.eml/2/b.eml") == parts.file_of("a.eml/2/b.eml/2/bill.pdf") == "a.eml"
    assert parts.contents_of("a.eml") == {b"b", b"c"}
    assert not parts.is_frame("a.eml/2/b.eml/2/bill.pdf")
