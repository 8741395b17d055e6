"""DOCX, PPTX, ODT, ODP -> text, from the XML inside the zip. No macros, no entities, no references.

The XML is parsed as a stream: no tree is built, and each part is bounded.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import ParseError

from protolabel.readers.formats.extraction import (
    PAGE_END,
    Extraction,
    RefusalError,
    Request,
    Text,
    tidy,
)

_MOST_PART_BYTES = 2**28
_CHUNK = 2**16
# Local names: of both families, which share none with another meaning.
_TEXTS = frozenset(("t",))
_PARAGRAPHS = frozenset(("p", "h"))
_CELL = frozenset(("tc", "table-cell"))
_BREAKS = {"br": "\n", "cr": "\n", "line-break": "\n", "tab": "\t", "s": " "}
_HIDDEN = frozenset(
    ("Fallback", "instrText", "delText", "tracked-changes", "annotation", "automatic-styles")
)
_PAGES = frozenset(("page",))


class _Body:
    """Takes the events of the XML parser and gathers the text."""

    def __init__(self, text: Text, *, all_text: bool) -> None:
        self._text, self._all_text = text, all_text
        self._hidden, self._in_text, self._n_pages = 0, 0, 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if self._hidden or name in _HIDDEN:
            self._hidden += 1
        elif name in _TEXTS or (self._all_text and name in _PARAGRAPHS):
            self._in_text += 1
        if name in _BREAKS and not self._hidden:
            self._text.add(_BREAKS[name])
        elif name in _PAGES and not self._hidden and self._all_text:
            self._text.add(PAGE_END if self._n_pages else "")
            self._n_pages += 1

    def data(self, data: str) -> None:
        if self._in_text and not self._hidden:
            self._text.add(data)

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        if self._hidden:
            self._hidden -= 1
            return
        if name in _TEXTS or (self._all_text and name in _PARAGRAPHS):
            self._in_text -= 1
        if name in _PARAGRAPHS:
            self._text.add("\n")
        elif name in _CELL:
            self._text.add("\t")

    def close(self) -> None:
        pass


def extract(request: Request) -> Extraction:
    """Return the text of a document or of slides, which ``PAGE_END`` parts."""
    try:
        with zipfile.ZipFile(request.path) as archive:
            text = _text(archive, request)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError) as error:
        raise _damaged(error) from error
    except RuntimeError as error:  # how zipfile refuses an encrypted member
        raise RefusalError("an encrypted file", "one without a password", "save it so") from error
    return Extraction(tidy(text))


def _text(archive: zipfile.ZipFile, request: Request) -> str:
    names = archive.namelist()
    text = Text(request.limit)
    if request.kind == "pptx":
        slides = _numbered(names, "ppt/slides/slide")
        for number, part in enumerate(slides):
            text.add(PAGE_END if number else "")
            _read(archive, part, text)
        for part in _numbered(names, "ppt/notesSlides/notesSlide"):
            text.add("\n")
            _read(archive, part, text)
    elif request.kind == "docx":
        _read(archive, "word/document.xml", text)
        for part in ("word/footnotes.xml", "word/endnotes.xml"):
            if part in names:
                _read(archive, part, text)
        return str(text) + _margins(archive, names, request.limit)
    else:
        _read(archive, "content.xml", text, all_text=True)
    return str(text)


def _numbered(names: list[str], stem: str) -> list[str]:
    """Return the parts ``stem1.xml``, ``stem2.xml``, ... in the order of their numbers."""
    parts = {
        int(match[1]): name
        for name in names
        if (match := re.fullmatch(re.escape(stem) + r"(\d{1,9})\.xml", name))
    }
    return [parts[number] for number in sorted(parts)]


def _margins(archive: zipfile.ZipFile, names: list[str], limit: int) -> str:
    """Return the headers and footers of a document, each text once."""
    texts: dict[str, None] = {}
    for stem in ("word/header", "word/footer"):
        for part in _numbered(names, stem):
            text = Text(limit)
            _read(archive, part, text)
            texts[str(text).strip()] = None
    return "".join(f"\n{text}" for text in texts if text)


def _read(archive: zipfile.ZipFile, part: str, text: Text, *, all_text: bool = False) -> None:
    """Add the text of one part. ``all_text``: a paragraph's own text counts, as in OpenDocument."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    parser = DefusedXMLParser(target=_Body(text, all_text=all_text), forbid_dtd=True)
    try:
        for chunk in _chunks(archive, part):
            parser.feed(chunk)
        parser.close()
    except DefusedXmlException as error:
        raise RefusalError(
            "XML with a document type or entities, which office programs do not write",
            "a file that an office program saved",
            "open it in an office program and save it again",
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise _damaged(error) from error


def _chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    size = 0
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > _MOST_PART_BYTES:
                raise RefusalError(
                    f"a part that unpacks to more than {_MOST_PART_BYTES:,} bytes",
                    "a document that a person wrote",
                    "leave it out",
                )
            yield chunk


def _damaged(error: Exception) -> RefusalError:
    reason = (str(error).splitlines() or [type(error).__name__])[0][:120]
    return RefusalError(
        f"an office file that cannot be read ({reason})",
        "a whole file",
        "open it in an office program and save it again, or leave it out",
    )
