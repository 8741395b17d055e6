"""Mail that nobody can read without a key is named as such; pages in any encoding are pages."""

from __future__ import annotations

import pytest
from mailboxes import Mail

from protolabel import read_documents
from protolabel.errors import InputError

ARMOUR = (
    "-----BEGIN PGP MESSAGE-----\nVersion: 2\n\nhQEMA7eQpay8Rk0JAQf/job\n=aB1c\n"
    "-----END PGP MESSAGE-----\n"
)
HEADERS = "From: a@b.example\nSubject: pay the invoice\nMIME-Version: 1.0\n"


def texts(path, content: str) -> list[str | None]:
    path.write_text(content)
    return [document.text for document in read_documents(str(path))]


@pytest.mark.parametrize("body", [ARMOUR, f"\n{ARMOUR}\n\n", ARMOUR.rpartition("-----END")[0]])
def test_a_body_that_pgp_encrypted_is_no_text(tmp_path, body):
    """Before, its letters were read as words, and answered."""
    with pytest.raises(InputError, match="an encrypted message; expected"):
        texts(tmp_path / "a.eml", Mail(body).lines())


def test_what_stands_beside_an_encrypted_block_is_the_text(tmp_path):
    (text,) = texts(tmp_path / "a.eml", Mail(f"I write as a nurse\n{ARMOUR}yours, Ann").lines())
    assert "I write as a nurse" in text
    assert "yours, Ann" in text
    assert "hQEMA7" not in text


def test_a_message_about_pgp_keeps_its_words(tmp_path):
    body = "Our mails begin with -----BEGIN PGP MESSAGE----- and end soon"
    (text,) = texts(tmp_path / "a.eml", Mail(body).lines())
    assert body in text


def test_a_message_inside_its_signature_is_named_as_such(tmp_path):
    """Before, it was answered by its subject alone."""
    kind = 'application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"'
    content = f"{HEADERS}Content-Type: {kind}\nContent-Transfer-Encoding: base64\n\nMIAGCSqG\n"
    with pytest.raises(InputError, match="lies inside its signature") as caught:
        texts(tmp_path / "a.eml", content)
    assert "save its text" in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize("name", ["page.txt", "page", "page.html"])
def test_a_page_is_recognised_by_its_beginning_in_any_encoding_with_a_mark(
    tmp_path, encoding, name
):
    page = (
        '<?xml version="1.0"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml">'
        "<head><title>Bill</title></head><body><p>pay 9 EUR</p></body></html>"
    )
    (tmp_path / name).write_bytes(page.encode(encoding))
    (document,) = read_documents(str(tmp_path / name))
    assert document.text == "Bill\n\npay 9 EUR"
