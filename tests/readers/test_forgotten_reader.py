"""A stream of documents that nobody reads to its end leaves no process behind."""

from __future__ import annotations

import gc
import os

import pytest
from sources import write

from protolabel.readers.formats.extraction import Request
from protolabel.readers.formats.extractor import Extractor


def test_a_reader_that_is_forgotten_in_a_circle_ends_its_process(tmp_path):
    page = write(tmp_path / "a.html", b"<!DOCTYPE html><html><body>Pay two</body></html>")
    extractor = Extractor()
    assert extractor.extract(Request("html", str(page), str(tmp_path), 1000), "a.html").text
    process = extractor.pid
    circle = [extractor]
    circle.append(circle)
    del extractor, circle
    gc.collect()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
