"""Sources to read: written, read at once, and refused with their three parts."""

from pathlib import Path

import pytest

from protolabel.errors import InputError
from protolabel.readers import read_documents, read_examples

SRC = Path(__file__).parents[2] / "src"


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def texts(path, **options) -> dict[str, str | None]:
    """The text of each document of a source, by its id."""
    return {d.id: d.text for d in read_documents(path, **options)}


def refused(call, *, got, expected="", remedy=""):
    """The call raises an InputError whose three parts hold these words."""
    with pytest.raises(InputError) as caught:
        call()
    assert got in caught.value.got
    assert expected in caught.value.expected
    assert remedy in caught.value.remedy
    assert caught.value.got
    assert caught.value.expected
    return caught.value


def documents(path, **options):
    return list(read_documents(path, **options))


def examples(path, **options):
    return list(read_examples(path, **options))
