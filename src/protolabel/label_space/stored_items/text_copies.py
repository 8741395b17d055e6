"""Finds near copies of some texts by their words, as ``near_copies`` says of two texts alone.

The texts are numbered from 0. Whoever keeps them keeps what they stand for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from protolabel.copies.near_text_pairs import near_text_pairs
from protolabel.copies.sketches import Sketch, sketch_of, template_digest
from protolabel.label_space.stored_items.document_texts import DocumentTexts
from protolabel.label_space.stored_items.near_texts import NearTexts

TEXTS_AT_ONCE = 256


class TextCopies:
    """The words of some texts, by which documents are found to be near copies of them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._templates: dict[bytes, set[int]] = {}  # numbers of texts by the digest of a template
        self._near = NearTexts()
        self._sketches: dict[int, Sketch] = {}
        for number, text in enumerate(texts):
            template, sketch = template_digest(text), sketch_of(text)
            if template is not None:
                self._templates.setdefault(template, set()).add(number)
            if sketch is not None:
                self._near.add(number, sketch)
                self._sketches[number] = sketch

    def of_documents(self, texts: DocumentTexts, places: Sequence[int]) -> dict[int, set[int]]:
        """Return of some documents the numbers of the texts that they are near copies of.

        Documents without such a text are left out. Texts of documents are read only where their
        words can matter: where a text here is long enough to have near copies with other words, or
        where no template of the document is known.
        """
        numbers: dict[int, set[int]] = {}
        if not self._templates and not self._sketches:
            return numbers
        templates = dict(zip(places, texts.templates(places), strict=True))
        for place, template in templates.items():
            self._add_alike(numbers, place, template)
        unread = [i for i in places if self._sketches or templates[i] is None]
        for start in range(0, len(unread), TEXTS_AT_ONCE):
            part = unread[start : start + TEXTS_AT_ONCE]
            words = {i: text for i, text in zip(part, texts.texts(part), strict=True) if text}
            for place, text in words.items():
                if templates[place] is None:
                    self._add_alike(numbers, place, template_digest(text))
            for place, number in self._near_pairs(words):
                numbers.setdefault(place, set()).add(number)
        return numbers

    def _add_alike(self, numbers: dict[int, set[int]], place: int, template: bytes | None) -> None:
        """Add the texts whose template a document has."""
        if template is not None and (texts := self._templates.get(template)):
            numbers.setdefault(place, set()).update(texts)

    def _near_pairs(self, words: dict[int, str]) -> list[tuple[int, int]]:
        """Return near copies with other words: numbers of the documents and of the texts."""
        new = {place: sketch for place, text in words.items() if (sketch := sketch_of(text))}
        links = [
            (place, number)
            for place, sketch in new.items()
            for number in sorted(self._near.candidates(sketch))
        ]
        if not links:
            return []
        numbers = sorted({number for _, number in links})
        position = {place: i for i, place in enumerate(new)}
        stored = {number: i for i, number in enumerate(numbers, start=len(new))}
        near = near_text_pairs(
            [*new.values(), *(self._sketches[number] for number in numbers)],
            np.array([position[place] for place, _ in links], np.int64),
            np.array([stored[number] for _, number in links], np.int64),
        )
        return [links[i] for i in np.flatnonzero(near).tolist()]
