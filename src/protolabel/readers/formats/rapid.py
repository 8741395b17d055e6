"""A picture of text -> what RapidOCR reads in it: better than Tesseract on poor pages, and slower.

Its networks (PP-OCRv6) lie in its package and run on OpenVINO; nothing is downloaded.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from protolabel.readers.formats.tesseract import RecognisedText

LANGUAGES = frozenset({
    "eng", "afr", "cat", "ces", "chi_sim", "chi_tra", "dan", "deu", "est", "fin", "fra", "hrv",
    "hun", "ind", "ita", "jpn", "lat", "lav", "lit", "msa", "nld", "nor", "pol", "por", "ron",
    "slk", "slv", "spa", "sqi", "swe", "tur",
})  # fmt: skip
"""Languages in whose letters it writes, by Tesseract's codes."""
_NETWORKS = {"Det": "PP-OCRv6_det_small.onnx", "Rec": "PP-OCRv6_rec_small.onnx"}
_LINE = 0.5  # of its height, within which two pieces of text stand on one line


@cache
def is_installed() -> bool:
    """Return whether its package with the networks is there, without importing it."""
    return all(path.is_file() for path in _networks().values()) and bool(_networks())


def can_write(languages: Iterable[str]) -> bool:
    """Return whether it has the letters of all these languages."""
    return LANGUAGES.issuperset(languages)


@cache
def _networks() -> dict[str, Path]:
    package = find_spec("rapidocr")
    if package is None or not package.submodule_search_locations:
        return {}
    folder = Path(package.submodule_search_locations[0]) / "models"
    return {part: folder / name for part, name in _NETWORKS.items()}


def read(image: Any) -> RecognisedText:
    """Read a grey picture (Pillow)."""
    import numpy as np

    result = _engine()(np.asarray(image.convert("RGB")))
    texts, scores = list(result.txts or ()), list(result.scores or ())
    if not texts:
        return RecognisedText("", 0.0)
    letters = [len(text) for text in texts]
    confidence = 100.0 * float(np.average(scores, weights=letters))
    return RecognisedText(_in_lines(texts, np.asarray(result.boxes, np.float64)), confidence)


def _in_lines(texts: list[str], boxes: Any) -> str:
    """Return pieces of text as lines, from the top, each from the left.

    Args:
        texts: n pieces.
        boxes: (n, 4, 2), the corners of each.
    """
    middles, heights = boxes[:, :, 1].mean(axis=1), boxes[:, 3, 1] - boxes[:, 0, 1]
    lines: list[list[int]] = []
    for i in middles.argsort(kind="stable").tolist():
        if lines and middles[i] - middles[lines[-1][0]] < _LINE * abs(heights[lines[-1][0]]):
            lines[-1].append(i)
        else:
            lines.append([i])
    lefts = boxes[:, :, 0].min(axis=1)
    return "\n".join(" ".join(texts[i] for i in sorted(line, key=lefts.item)) for line in lines)


@cache
def _engine() -> Any:
    from rapidocr import EngineType, RapidOCR

    parameters: dict[str, Any] = {"Global.log_level": "critical", "Global.use_cls": False}
    for part, path in _networks().items():
        parameters[f"{part}.engine_type"] = EngineType.OPENVINO
        parameters[f"{part}.model_path"] = str(path)
    return RapidOCR(params=parameters)
