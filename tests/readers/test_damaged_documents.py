"""A damaged office file is named in words for office people, whatever of it is left."""

from __future__ import annotations

import io
import zipfile

import pytest

from protolabel import ProtolabelError, read_documents

SUFFIXES = ("docx", "xlsx", "pptx", "odt", "ods", "odp", "docm", "epub", "pdf", "doc", "rtf")
REMEDY = "open it in the program that wrote it and save it again, or leave it out"


def half_an_office_file() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("content.xml", "<text>" + "pay the bill " * 500)
    return stream.getvalue()[:2000]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("content", [
    half_an_office_file(), b"\x93\x01garbage\0\0" * 50, b"\x05anna" + b" " * 50 + b"\x04 a n n a",
])  # fmt: skip
def test_a_damaged_office_file_is_to_be_saved_again(suffix, content, tmp_path):
    """Before: `expected a whole archive`, or `extract the text of a binary file first`."""
    path = tmp_path / f"letter.{suffix}"
    path.write_bytes(content)
    with pytest.raises(ProtolabelError) as error:
        list(read_documents(path))
    assert REMEDY in str(error.value)
    assert "archive" not in str(error.value)
    assert str(path) in str(error.value)


def test_so_is_one_in_an_archive_and_an_archive_itself_is_to_be_fetched_again(tmp_path):
    packed = tmp_path / "letters.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.docx", half_an_office_file())
    with pytest.raises(ProtolabelError, match=r"letters\.zip/a\.docx.*save it again"):
        list(read_documents(packed))
    packed.write_bytes(packed.read_bytes()[:-30])
    with pytest.raises(ProtolabelError, match=r"whole archive.*fetch it again"):
        list(read_documents(packed))


def test_a_text_with_the_name_of_an_office_file_is_read_as_what_it_is(tmp_path):
    path = tmp_path / "page.doc"
    path.write_text("please pay the bill")
    assert [document.text for document in read_documents(path)] == ["please pay the bill"]
