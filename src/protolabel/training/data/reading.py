"""Reads what training learns from: labelled pasts, and streams of texts without labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Unpack

from protolabel.copies.equality import text_digest
from protolabel.episodes.sampler import Stream, generator_of
from protolabel.errors import InputError
from protolabel.readers import Notice, ReadOptions, read_descriptions, read_documents, read_examples
from protolabel.training.data.past import Past, past_of

MOST_UNLABELLED = 50_000


def read_past(
    source: str | Path,
    *,
    descriptions: str | Path | Mapping[str, str] | None = None,
    names_mean: bool = True,
    on_notice: Callable[[Notice], None] | None = None,
    **options: Unpack[ReadOptions],
) -> Past:
    """Read a labelled past from what ``protolabel import`` reads: JSONL, CSV, folders of folders.

    Args:
        source: the file or folder.
        descriptions: a JSON file, or a mapping, of label to words.
        names_mean: whether the name of a class without words serves as its description.
        on_notice: is called with what people should know, such as which fields were guessed.
        **options: how the source is read, such as its text_field (:class:`ReadOptions`).

    Raises:
        InputError: something cannot be used; the message names the file and line.
    """
    if descriptions is None or isinstance(descriptions, Mapping):
        words = dict(descriptions or {})
    else:
        words = read_descriptions(descriptions)
    examples = read_examples(source, on_notice=on_notice, **options)
    return past_of(examples, words, names_mean=names_mean)


def read_unlabelled(
    sources: str | Path | Iterable[str | Path],
    *,
    besides: Sequence[Past] = (),
    seed: int = 0,
    on_notice: Callable[[Notice], None] | None = None,
    **options: Unpack[ReadOptions],
) -> list[str]:
    """Read texts from what ``protolabel label`` reads: each once, and none that a past holds.

    ``options``: how the sources are read, such as their text_field (:class:`ReadOptions`). At most
    ``MOST_UNLABELLED`` are kept, drawn at random from a longer stream. Of the others only a
    digest is held in memory.

    Raises:
        InputError: a document is no text, or cannot be used; the message names the file and line.

    Source:
        Vitter 1985, "Random Sampling with a Reservoir", algorithm R.
    """
    digests = {digest for past in besides for digest in past.document_digests()}
    rng = generator_of(seed, Stream.RESERVOIR)
    sample: list[str] = []
    n = 0
    paths = tuple(sources) if isinstance(sources, list | tuple) else sources
    is_empty = isinstance(paths, tuple) and not paths
    for document in () if is_empty else read_documents(paths, on_notice=on_notice, **options):
        if document.text is None:
            raise InputError(
                f"{document.source or document.id}: no text",
                expected="texts to learn from",
                remedy="leave images and bare embeddings out",
            )
        if document.unreadable:
            raise InputError(f"{document.source or document.id}: {document.unreadable}")
        digest = text_digest(document.text)
        if digest in digests:
            continue
        digests.add(digest)
        n += 1
        if len(sample) < MOST_UNLABELLED:
            sample.append(document.text)
        elif (place := int(rng.integers(n))) < MOST_UNLABELLED:
            sample[place] = document.text
    return sample


def without_labelled(texts: Sequence[str], pasts: Sequence[Past]) -> list[str]:
    """Return the texts that no past holds, each once, in the order of their first occurrences."""
    digests = {digest for past in pasts for digest in past.document_digests()}
    unique: dict[str, str] = {}
    for text in texts:
        unique.setdefault(text_digest(text), text)
    return [text for digest, text in unique.items() if digest not in digests]
