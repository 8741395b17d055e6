"""Mails as examples: attachments teach, and the text of the mail where it says enough."""

from __future__ import annotations

import pytest
from office_files import mail

from protolabel import read_documents, read_examples

NOTE = "Dear all,\nplease find attached.\nRegards"
BILL = b"Please pay the bill of 250 EUR for the work of May within fourteen days."
LONG = " ".join(["The washing machine arrived with a broken door."] * 8)
SIGNED = f"{NOTE}\n-- \n{LONG}"


def taught(folder, text: str, **attachments: bytes) -> tuple[list[str], list[str]]:
    """Return the sources of the examples within the mail, and the notices about it."""
    (folder / "past/bill").mkdir(parents=True)
    path = folder / "past/bill/m.eml"
    path.write_bytes(mail("Hello", text, **attachments).as_bytes())
    notices = []
    examples = read_examples(
        folder / "past", on_notice=notices.append, on_unreadable=lambda fault: None
    )
    return [one.source[len(str(path)) :] for one in examples], [one.message for one in notices]


@pytest.mark.parametrize(
    ("text", "attachments", "expected"),
    [
        (NOTE, {"bill_txt": BILL}, ["/2/bill.txt"]),
        (SIGNED, {"bill_txt": BILL}, ["/2/bill.txt"]),
        (NOTE, {"bad_pdf": b"%PDF-1.7", "bill_txt": BILL}, ["/3/bill.txt"]),
        (LONG, {"bill_txt": BILL}, ["", "/2/bill.txt"]),
        (NOTE, {}, [""]),
        (NOTE, {"bad_pdf": b"%PDF-1.7 and no more"}, [""]),
        (NOTE, {"card_txt": b"Anna Alm"}, ["/2/card.txt", ""]),
    ],
    ids=["note", "signature", "damaged and whole", "long", "alone", "damaged", "less"],
)
def test_a_covering_text_is_no_example_where_an_attachment_says_more(
    text, attachments, expected, tmp_path
):
    sources, notices = taught(tmp_path, text, **attachments)
    assert sources == expected
    is_left_out = "" not in expected
    assert any("its own text is none" in notice for notice in notices) == is_left_out


def test_a_forwarded_mail_has_a_covering_text_of_its_own(tmp_path):
    inner = mail("Inner", NOTE, bill_txt=BILL)
    outer = mail("Outer", NOTE)
    outer.add_attachment(inner)
    path = tmp_path / "m.eml"
    path.write_bytes(outer.as_bytes())
    (example,) = read_examples(path, label="bill")
    assert example.text.strip() == BILL.decode()


def test_each_chinese_character_counts_as_a_word(tmp_path):
    assert taught(tmp_path, "\u4ed8" * 60, bill_txt=BILL)[0] == ["", "/2/bill.txt"]


def test_documents_that_are_to_be_labelled_keep_their_covering_text(tmp_path):
    path = tmp_path / "m.eml"
    path.write_bytes(mail("Hello", NOTE, bill_txt=BILL).as_bytes())
    assert [one.id for one in read_documents(path)] == ["m.eml", "m.eml/2/bill.txt"]
