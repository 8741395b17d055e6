"""What viewers show of a PDF beyond the content of its pages, and the files inside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pdf_objects import drawn, pdf_of, with_files

from protolabel.errors import InputError
from protolabel.readers import read_documents

PLACE = "/Rect[50 500 450 520]/F 4"
FIELD = f"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(Maria Schmidt){PLACE}"
FORM = "/AcroForm<</Fields[6 0 R]/DA(/F1 12 Tf 0 g)/DR<</Font<</F1 5 0 R>>>>"
HIDDEN = PLACE.replace("/F 4", "/F 2")


def texts(path: Path, content: bytes) -> dict[str, str | None]:
    path.write_bytes(content)
    return {document.id: document.text for document in read_documents(path, ocr=False)}


@pytest.mark.parametrize(
    "content",
    [
        pdf_of(
            "Order", f"{FIELD}/AP<</N 7 0 R>>>>", drawn("Maria Schmidt"),
            catalog=f"{FORM}>>", annotations="6 0 R",
        ),
        pdf_of(  # the viewer draws the value
            "Order", f"{FIELD}/DA(/F1 12 Tf 0 g)>>",
            catalog=f"{FORM}/NeedAppearances true>>", annotations="6 0 R",
        ),
        pdf_of(  # the value stands at the field, its place on the page elsewhere
            "Order", "<</FT/Tx/T(name)/V(Maria Schmidt)/Kids[7 0 R]>>",
            f"<</Type/Annot/Subtype/Widget/Parent 6 0 R/DA(/F1 12 Tf 0 g){PLACE}>>",
            catalog=f"{FORM}/NeedAppearances true>>", annotations="7 0 R",
        ),
        pdf_of(
            "Order", f"<</Type/Annot/Subtype/FreeText/Contents(x){PLACE}/AP<</N 7 0 R>>>>",
            drawn("Maria Schmidt"), annotations="6 0 R",
        ),
        pdf_of(
            "Order", f"<</Type/Annot/Subtype/FreeText/Contents(Maria Schmidt){PLACE}>>",
            annotations="6 0 R",
        ),
        pdf_of(  # a static XFA form, which every viewer shows
            "Order", f"{FIELD}/AP<</N 7 0 R>>>>", drawn("Maria Schmidt"),
            catalog=f"{FORM}/XFA(x)>>", annotations="6 0 R",
        ),
    ],
    ids=["field", "undrawn field", "field of a parent", "note", "undrawn note", "static form"],
)  # fmt: skip
def test_what_is_filled_into_a_page_is_its_text(tmp_path: Path, content: bytes) -> None:
    assert texts(tmp_path / "a.pdf", content) == {"a.pdf": "Order\nMaria Schmidt"}


def test_a_field_that_no_viewer_shows_is_not_read(tmp_path: Path) -> None:
    field = FIELD.replace(PLACE, HIDDEN) + "/AP<</N 7 0 R>>>>"
    content = pdf_of(
        "Order", field, drawn("Maria"), catalog=f"{FORM}>>", annotations="6 0 R"
    )  # fmt: skip
    assert texts(tmp_path / "a.pdf", content) == {"a.pdf": "Order"}


@pytest.mark.parametrize("rendering", ["", "/NeedsRendering true"])
def test_a_form_that_only_adobe_reader_shows_is_declined(tmp_path: Path, rendering: str) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of("Please wait...", catalog=f"/AcroForm<</Fields[]/XFA(x)>>{rendering}"))
    with pytest.raises(InputError, match=r"an XFA form, .* print it to PDF"):
        list(read_documents(path))


def test_the_files_of_a_portfolio_take_the_place_of_its_cover(tmp_path: Path) -> None:
    files = {"bill.txt": "Please pay", "<2>../cv.txt": "My work"}
    content = with_files("Open this portfolio in Acrobat", files, portfolio=True)
    assert texts(tmp_path / "a.pdf", content) == {
        "a.pdf/1/bill.txt": "Please pay",
        "a.pdf/2/cv.txt": "My work",
    }


@pytest.mark.parametrize(
    ("files", "expected"),
    [({"cv.pdf": "x", "b.txt": "y"}, ["2 files are attached"]), ({"factur-x.xml": "<a/>"}, [])],
)
def test_files_attached_to_a_pdf_are_named_in_a_notice(
    tmp_path: Path, files: dict[str, str], expected: list[str]
) -> None:
    path, notices = tmp_path / "a.pdf", list[str]()
    path.write_bytes(with_files("Minutes", files, portfolio=False))
    documents = read_documents(path, on_notice=lambda notice: notices.append(notice.message))
    assert [one.text for one in documents] == ["Minutes"]
    assert [message[: len("2 files are attached")] for message in notices] == expected
