"""Mails as examples: attachments teach, and the text of the mail where it says enough."""

from __future__ import annotations

import pytest
from office_files import mail
from pictures import drawn

from protolabel import read_documents, read_examples
from protolabel.readers.one_document import read_taught

NOTE = "Dear all,\nplease find attached.\nRegards"
BILL = b"Please pay the bill of 250 EUR for the work of May within fourteen days."


def words(n: int) -> str:
    """So many words; the subject of the mail, "Hello", is one more of its own text."""
    return " ".join(["amount"] * n)


LONG = " ".join(["The washing machine arrived with a broken door."] * 8)
SIGNED = f"{NOTE}\n-- \n{LONG}"


OF_SIX = words(6).encode()


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
        (words(10), {"a_txt": OF_SIX, "b_txt": OF_SIX}, ["/2/a.txt", "/3/b.txt"]),
        (words(11), {"a_txt": OF_SIX, "b_txt": OF_SIX}, ["/2/a.txt", "/3/b.txt", ""]),
        (words(48), {"bill_txt": words(60).encode()}, ["/2/bill.txt"]),
        (words(49), {"bill_txt": words(60).encode()}, ["", "/2/bill.txt"]),
        (NOTE, {"scan_png": drawn("png", 1)}, ["/2/scan.png"]),
        (words(49), {"scan_png": drawn("png", 1)}, ["", "/2/scan.png"]),
    ],
    ids=[
        "note",
        "signature",
        "damaged and whole",
        "long",
        "alone",
        "damaged",
        "less",
        "together more",
        "together as many",
        "49 words",
        "50 words",
        "image",
        "image and 50 words",
    ],
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


def test_the_covering_text_of_a_forwarded_mail_does_not_count_as_an_attachment(tmp_path):
    """It is no example, so the own text of the mail around it says more than the attachment."""
    outer = mail("Outer", words(9))
    outer.add_attachment(mail("Inner", words(5), bill_txt=words(7).encode()))
    path = tmp_path / "m.eml"
    path.write_bytes(outer.as_bytes())
    sources = [one.source for one in read_examples(path, label="bill")]
    documents, covering = read_taught(str(path))
    assert [one.source for one in documents] == sources
    assert str(path) in sources
    assert len(covering) == 1


def test_what_is_said_of_a_mail_with_an_image_does_not_count_words_in_it(tmp_path):
    _, (notice,) = taught(tmp_path, NOTE, scan_png=drawn("png", 1))
    assert "its attachments are examples (2/scan.png)" in notice
    assert notice.endswith("50 words, and its attachments hold an image, or more words")


@pytest.mark.parametrize(
    "characters",
    ["\u4ed8", "\U00020001", "\u0e01\u0e33", "\u0e9a\u0eb1", "\u1780\u17b6", "\uac00"],
    ids=["Han", "Han of extension B", "Thai", "Lao", "Khmer", "Hangul"],
)
def test_two_characters_of_a_script_without_blanks_count_as_a_word(characters, tmp_path):
    """Vowel signs among them, at which no word parts. The subject is one word more."""
    bill = (characters * 120).encode()
    for length, expected in ((96, ["/2/bill.txt"]), (98, ["", "/2/bill.txt"])):
        text = (characters * 100)[:length]
        folder = tmp_path / f"{length}"
        assert taught(folder, text, bill_txt=bill)[0] == expected


def test_documents_that_are_to_be_labelled_keep_their_covering_text(tmp_path):
    path = tmp_path / "m.eml"
    path.write_bytes(mail("Hello", NOTE, bill_txt=BILL).as_bytes())
    assert [one.id for one in read_documents(path)] == ["m.eml", "m.eml/2/bill.txt"]
