"""Cuts a stream of documents into lists that fit in memory and are encoded together."""

from __future__ import annotations

from collections.abc import Iterator

from protolabel.documents import characters_of
from protolabel.errors import InputError
from protolabel.types import Document

CHUNK_DOCUMENTS = 2048  # documents encoded together: enough to sort by length, little to hold
CHUNK_CHARACTERS = 4_000_000
CHUNK_IMAGE_BYTES = 64_000_000


def chunks(documents: Iterator[Document]) -> Iterator[list[Document]]:
    """Yield the documents in lists that fit in memory; a fault comes after those before it."""
    chunk: list[Document] = []
    characters = image_bytes = 0
    fault: InputError | None = None
    while True:
        try:
            document = next(documents)
        except StopIteration:
            break
        except InputError as error:
            fault = error
            break
        chunk.append(document)
        characters += characters_of(document)
        image_bytes += len(document.image or b"")
        full = characters >= CHUNK_CHARACTERS or image_bytes >= CHUNK_IMAGE_BYTES
        if full or len(chunk) >= CHUNK_DOCUMENTS:
            yield chunk
            chunk, characters, image_bytes = [], 0, 0
    if chunk:
        yield chunk
    if fault is not None:
        raise fault
