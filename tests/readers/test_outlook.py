"""Outlook's messages: their text, what is attached to them, and what cannot be read of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from office_files import pdf
from outlook_files import compound, message, msg

from protolabel.errors import InputError
from protolabel.readers import read_documents


def texts(path) -> dict[str, str | None]:
    return {d.id: d.text for d in read_documents(path)}


@pytest.mark.parametrize("name", ["a.msg", "a.txt", "a"])
def test_a_message_gives_its_text_and_its_attachments(tmp_path, name):
    inner = message("Inner", "forwarded text", header=24, b_txt=b"deep")
    long = "Please pay. " * 1000  # in sectors of its own
    path = tmp_path / name
    path.write_bytes(msg("Grüße", long, embedded=inner, a_pdf=pdf("Invoice"), z_txt=b"words"))
    assert texts(path) == {
        name: "Grüße\n\n" + long.strip(),
        f"{name}/2/a.pdf": "Invoice",
        f"{name}/3/z.txt": "words",
        f"{name}/4/message.eml": "Inner\n\nforwarded text",
        f"{name}/4/message.eml/2/b.txt": "deep",
    }


def test_a_message_in_html_alone_is_read(tmp_path):
    (tmp_path / "a.msg").write_bytes(msg("Bill", html="<p>Pay <b>two</b> €</p>".encode()))
    assert texts(tmp_path / "a.msg") == {"a.msg": "Bill\n\nPay two €"}


def test_a_message_without_text_is_declined(tmp_path):
    (tmp_path / "a.msg").write_bytes(msg(""))
    (document,) = read_documents(tmp_path / "a.msg")
    assert "no text in it" in document.unreadable


@pytest.mark.parametrize(
    ("name", "stream", "words"),
    [
        ("a.doc", "WordDocument", "an old Word file"),
        ("a.ppt", "PowerPoint Document", "an old PowerPoint file"),
        ("a.docx", "EncryptedPackage", "an encrypted Office file"),
    ],
)
def test_other_compound_files_are_named(tmp_path, name, stream, words):
    (tmp_path / name).write_bytes(compound({stream: b"x" * 5000}))
    with pytest.raises(InputError, match=words):
        list(read_documents(tmp_path / name))


def test_what_is_compressed_or_missing_in_a_message_is_named(tmp_path):
    tree = message("Bill")
    tree["__substg1.0_10090102"] = b"rich"
    tree["__properties_version1.0"] += b"\x02\x01\x09\x10" + bytes(12)
    (tmp_path / "a.msg").write_bytes(compound(tree))
    with pytest.raises(InputError, match="compressed rich text alone"):
        list(read_documents(tmp_path / "a.msg"))
    tree = message("Bill", "text")
    tree["__attach_version1.0_#00000000"] = {"__properties_version1.0": bytes(8)}
    (tmp_path / "a.msg").write_bytes(compound(tree))
    with pytest.raises(InputError, match="an attachment that is not in it"):
        list(read_documents(tmp_path / "a.msg"))


WHOLE = msg("Bill", "Please pay.", b"<p>page", a_txt=b"attached")


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    at=st.integers(0, len(WHOLE) - 1),
    piece=st.binary(min_size=1, max_size=8),
    end=st.integers(600, len(WHOLE)),
)
def test_any_damage_to_a_message_is_one_error_or_none(tmp_path_factory, at, piece, end):
    path = tmp_path_factory.mktemp("damaged") / "a.msg"
    path.write_bytes((WHOLE[:at] + piece + WHOLE[at + len(piece) :])[:end])
    try:
        list(read_documents(path))
    except InputError as error:
        assert str(path) in error.got
