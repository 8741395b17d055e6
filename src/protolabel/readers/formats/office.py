"""DOCX, PPTX, ODT, ODP -> text, from the XML inside the zip. No macros, no entities, no references.

Which parts hold text, and in which order. The XML is parsed as a stream: no tree is built, and each
part is bounded.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence

from protolabel.readers.formats.alt_chunks import chunk_texts
from protolabel.readers.formats.extraction import Extraction, Request, Text, tidy
from protolabel.readers.formats.packages import (
    Elements,
    Relation,
    main_part,
    mentions,
    package,
    parse,
    relations,
)
from protolabel.readers.formats.xml_text import HiddenStyles, XmlText
from protolabel.words.text import PAGE_END


def extract(request: Request) -> Extraction:
    """Return the text of a document or of slides, which ``PAGE_END`` parts."""
    with package(request.path) as archive:
        if request.kind == "docx":
            return _document(archive, request)
        readers = {"pptx": _slides, "odt": _open_document}
        return Extraction(tidy(readers[request.kind](archive, request.limit)))


def _document(archive: zipfile.ZipFile, request: Request) -> Extraction:
    """Return the text of a DOCX file, its notes, and each of its headers and footers once.

    What stands in files of other formats inside comes behind the body.
    """
    main, limit = main_part(archive, "word/document.xml"), request.limit
    links = relations(archive, main)
    parts = _related_parts(archive, links)
    hidden = frozenset[str]()
    for part in parts.get("styles", ()):
        if not mentions(archive, part, "vanish"):  # most files; to parse styles takes longest
            continue
        styles = HiddenStyles()
        parse(archive, part, styles)
        hidden = styles.names()
    text = Text(limit)
    parse(archive, main, XmlText(text, hidden_styles=hidden))
    inside, notices = chunk_texts(archive, main, links, request)
    for one in inside:
        text.add(f"\n{one}\n")
    for part in (*parts.get("footnotes", ()), *parts.get("endnotes", ())):
        parse(archive, part, XmlText(text, hidden_styles=hidden))
    margins: dict[str, None] = {}
    for part in (*parts.get("header", ()), *parts.get("footer", ())):
        margin = Text(limit)
        parse(archive, part, XmlText(margin, hidden_styles=hidden))
        margins[str(margin).strip()] = None
    whole = str(text) + "".join(f"\n{margin}" for margin in margins if margin)
    return Extraction(tidy(whole), notices=notices)


def _related_parts(archive: zipfile.ZipFile, links: Sequence[Relation]) -> dict[str, list[str]]:
    """Return the parts of a DOCX file by kind; by their usual names where it does not say."""
    names = archive.namelist()
    parts: dict[str, list[str]] = {}
    for relation in links:
        if relation.part in names:
            parts.setdefault(relation.kind, []).append(relation.part)
    if parts:
        return parts
    for kind in ("footnotes", "endnotes", "styles"):
        parts[kind] = [f"word/{kind}.xml"] if f"word/{kind}.xml" in names else []
    return parts | {kind: _numbered_parts(names, f"word/{kind}") for kind in ("header", "footer")}


def _slides(archive: zipfile.ZipFile, limit: int) -> str:
    """Return the text of the slides in their order, and of their notes after all of them."""
    names = archive.namelist()
    text = Text(limit)
    for number, part in enumerate(_slide_parts(archive)):
        text.add(PAGE_END if number else "")
        parse(archive, part, XmlText(text))
    for part in _numbered_parts(names, "ppt/notesSlides/notesSlide"):
        text.add("\n")
        parse(archive, part, XmlText(text))
    return str(text)


def _slide_parts(archive: zipfile.ZipFile) -> list[str]:
    """Return the slides as the presentation orders them; by number where it does not say."""
    names = archive.namelist()
    main = main_part(archive, "ppt/presentation.xml")
    order = Elements("sldId")
    parse(archive, main, order)
    parts = {relation.id: relation.part for relation in relations(archive, main)}
    slides = [parts.get(attributes.get("r:id", ""), "") for _, attributes in order.elements]
    slides = [part for part in slides if part in names]
    return slides or _numbered_parts(names, "ppt/slides/slide")


def _open_document(archive: zipfile.ZipFile, limit: int) -> str:
    text = Text(limit)
    parse(archive, "content.xml", XmlText(text, all_text=True))
    return str(text)


def _numbered_parts(names: list[str], stem: str) -> list[str]:
    """Return the parts ``stem1.xml``, ``stem2.xml``, ... in the order of their numbers."""
    parts = {
        int(match[1]): name
        for name in names
        if (match := re.fullmatch(re.escape(stem) + r"(\d{1,9})\.xml", name))
    }
    return [parts[number] for number in sorted(parts)]
