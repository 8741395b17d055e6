"""The texts and keys of documents beside their vectors, read when a rule asks for them.

Of a remembered document the digest of its template may be there without its text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from protolabel.copies.sketches import template_digest
from protolabel.identity.document_key import document_key
from protolabel.label_space.stored_items.document_contents import content_of, content_of_text
from protolabel.store import AnswerRow, AnswerTable, Rows
from protolabel.types import Document

Places = Sequence[int]
Texts = Sequence[str | None]
Digests = Sequence[bytes | None]
NO_KEY = b""  # of an example, or of what no caller says more of than its text


@dataclass(frozen=True, slots=True, eq=False)
class DocumentTexts:
    """The texts of n documents, which are counted from 0.

    Attributes:
        n: how many documents there are.
        texts: returns the texts of some, whose numbers ascend; None for one whose text is not
            there.
        templates: returns the digests of their templates in the same way, as
            ``sketches.template_digest`` makes them; None where none is known.
        contents: returns in the same way what equal documents share, as :func:`content_of_text`
            makes it of a text; None where it is not known.
        keys: returns by what answers know them, as ``document_key`` says it.
    """

    n: int
    texts: Callable[[Places], Texts]
    templates: Callable[[Places], Digests]
    contents: Callable[[Places], Digests]
    keys: Callable[[Places], Sequence[bytes]] = lambda places: [NO_KEY] * len(places)

    @classmethod
    def of_documents(cls, documents: Sequence[Document]) -> DocumentTexts:
        """Return the texts of documents, with the keys that answers know these by."""

        def contents(places: Places) -> Digests:
            some = (documents[i] for i in places)
            return [content_of(one.text, one.image, one.embedding) for one in some]

        return replace(
            cls.of([document.text for document in documents]),
            contents=contents,
            keys=lambda places: [document_key(documents[i]) for i in places],
        )

    @classmethod
    def of(cls, texts: Texts) -> DocumentTexts:
        """Return texts that are at hand."""
        return cls.read(len(texts), lambda places: [texts[i] for i in places])

    @classmethod
    def stored(cls, rows: Rows, items: Sequence[int]) -> DocumentTexts:
        """Return the texts of what examples hold, by its items."""
        return cls.read(len(items), lambda places: rows.texts([items[i] for i in places]))

    @classmethod
    def remembered(cls, table: AnswerTable, rows: Sequence[AnswerRow]) -> DocumentTexts:
        """Return the texts of remembered documents."""

        def texts(places: Places) -> Texts:
            stored_texts = table.texts_of([rows[i].document for i in places])
            return [stored_texts.get(rows[i].document) for i in places]

        return cls(
            len(rows),
            texts,
            lambda places: [rows[i].template for i in places],
            lambda places: [rows[i].content for i in places],
            lambda places: [rows[i].document for i in places],
        )

    @classmethod
    def read(cls, n: int, texts: Callable[[Places], Texts]) -> DocumentTexts:
        """Return texts whose templates follow from them."""

        def templates(places: Places) -> Digests:
            read = (texts([i])[0] for i in places)
            return [None if text is None else template_digest(text) for text in read]

        def contents(places: Places) -> Digests:
            read = (texts([i])[0] for i in places)
            return [None if text is None else content_of_text(text) for text in read]

        return cls(n, texts, templates, contents)

    def take(self, part: slice) -> DocumentTexts:
        """Return those of a part of the documents."""
        of_part = range(self.n)[part]
        return DocumentTexts(
            len(of_part),
            lambda places: self.texts([of_part[i] for i in places]),
            lambda places: self.templates([of_part[i] for i in places]),
            lambda places: self.contents([of_part[i] for i in places]),
            lambda places: self.keys([of_part[i] for i in places]),
        )

    def beside(self, others: DocumentTexts) -> DocumentTexts:
        """Return these, and after them those of other documents."""

        def split(places: Places) -> tuple[list[int], list[int]]:
            return [i for i in places if i < self.n], [i - self.n for i in places if i >= self.n]

        def texts(places: Places) -> Texts:
            own, theirs = split(places)
            return [*self.texts(own), *others.texts(theirs)]

        def templates(places: Places) -> Digests:
            own, theirs = split(places)
            return [*self.templates(own), *others.templates(theirs)]

        def contents(places: Places) -> Digests:
            own, theirs = split(places)
            return [*self.contents(own), *others.contents(theirs)]

        def keys(places: Places) -> Sequence[bytes]:
            own, theirs = split(places)
            return [*self.keys(own), *others.keys(theirs)]

        return DocumentTexts(self.n + others.n, texts, templates, contents, keys)
