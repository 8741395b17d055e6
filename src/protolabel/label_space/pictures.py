"""Whether a label space takes pictures as images, or as scans of text that OCR reads."""

from __future__ import annotations

from protolabel.label_space.view import View


def pictures_are_text(view: View) -> bool:
    """Return whether pictures are to be read by OCR: the encoder reads texts and no images."""
    return view.embedder.reads_text and not view.embedder.reads_images
