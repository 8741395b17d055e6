"""Cuts documents into lists that fit in memory, and into parts of about a second of encoding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from protolabel.documents import characters_of
from protolabel.errors import InputError
from protolabel.types import Document, Example

CHUNK_DOCUMENTS = 2048  # documents encoded together: enough to sort by length, little to hold
CHUNK_CHARACTERS = 4_000_000
CHUNK_IMAGE_BYTES = 64_000_000
STEP_DOCUMENTS = 1024  # embedded between two steps of progress,
STEP_CHARACTERS = 12_000  # or so many characters of their texts: smaller parts are slower,
STEP_IMAGES = 16  # or so many images


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


def steps(documents: Sequence[Document | Example]) -> Iterator[range]:
    """Yield the positions of documents in parts, each of which takes about a second to encode.

    Long work says after each part how far it is, and may be ended there.
    """
    start, size = 0, 0.0
    for position, document in enumerate(documents):
        size += _share_of_step(document)
        if size >= 1:
            yield range(start, position + 1)
            start, size = position + 1, 0.0
    if start < len(documents):
        yield range(start, len(documents))


def _share_of_step(document: Document | Example) -> float:
    """Return how much of a step a document takes; one that brings its embedding hardly any."""
    least = 1 / STEP_DOCUMENTS
    if document.embedding is not None:
        return least
    if document.image is not None:
        return 1 / STEP_IMAGES
    return max(least, len(document.text or "") / STEP_CHARACTERS)
