"""What a PDF shows on top of its pages: the values of form fields, and text written over a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from protolabel.readers.formats.extraction import RefusalError


def open_forms(document: Any) -> None:
    """Make the fields of a document ready to be read; call it before any page is.

    Raises RefusalError for a form whose pages hold only a request to open it in Adobe Reader.
    """
    from pypdfium2 import PdfiumError, raw

    kind = document.get_formtype()
    if kind == raw.FORMTYPE_ACRO_FORM:
        with suppress(PdfiumError):  # values that the file draws itself are read without it
            document.init_forms()
    elif kind in (raw.FORMTYPE_XFA_FULL, raw.FORMTYPE_XFA_FOREGROUND) and not _has_fields(document):
        raise RefusalError(
            "an XFA form, whose content only Adobe Reader shows",
            "a PDF whose pages hold what they show",
            "open it in Adobe Reader and print it to PDF, or leave it out",
        )


def with_entries(document: Any, number: int) -> tuple[Any, str]:
    """Return a page whose entries are part of its content, and what has no place there."""
    from pypdfium2 import raw

    page = document[number]
    kinds, texts = set[int](), list[str]()
    for annotation in _annotations(page):
        kinds.add(kind := raw.FPDFAnnot_GetSubtype(annotation))
        if kind == raw.FPDF_ANNOT_FREETEXT and not raw.FPDFAnnot_HasKey(annotation, b"AP"):
            texts.append(_string(annotation, b"Contents"))
    if kinds - {raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP}:
        raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
        page.close()
        page = document[number]
    return page, "\n".join(texts)


def _has_fields(document: Any) -> bool:
    from pypdfium2 import PdfiumError, raw

    for number in range(len(document)):
        with suppress(PdfiumError):  # a damaged page
            kinds = map(raw.FPDFAnnot_GetSubtype, _annotations(document[number]))
            if raw.FPDF_ANNOT_WIDGET in kinds:
                return True
    return False


def _annotations(page: Any) -> Iterator[Any]:
    from pypdfium2 import raw

    for index in range(raw.FPDFPage_GetAnnotCount(page)):
        with _closing(raw.FPDFPage_GetAnnot(page, index)) as annotation:
            if annotation:
                yield annotation


@contextmanager
def _closing(annotation: Any) -> Iterator[Any]:
    from pypdfium2 import raw

    try:
        yield annotation
    finally:
        if annotation:
            raw.FPDFPage_CloseAnnot(annotation)


def _string(annotation: Any, key: bytes) -> str:
    """Return a text of an annotation, which the library gives in UTF-16 with an end."""
    import ctypes

    from pypdfium2 import raw

    size = raw.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFAnnot_GetStringValue(
        annotation, key, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size
    )
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\0")
