"""Pages of evaluations, checked: all files are there, and nothing is fetched or run."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from PIL import Image

NASTY = "<script>alert(1)</script> $x_1$ \"&'"


class Page(HTMLParser):
    """Tags, addresses and words of a page; complains about tags that do not match."""

    VOID = ("meta", "br", "path", "use")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for key, value in attrs:
            assert not key.startswith("on"), key
            if key in ("src", "href", "xlink:href"):
                self.addresses.append(value or "")
            if key == "id":
                self.ids.append(value or "")
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


def checked_report(folder: Path, *names: str) -> tuple[Page, dict]:
    """All files are there and parse; the page fetches nothing and runs nothing."""
    expected = {"report.html", "results.json"}
    expected |= {f"{n}.{kind}" for n in names for kind in ("svg", "png")}
    if "confusion" in names:
        expected |= {"confusion.csv", "confusion_pairs.csv"}
    assert {p.name for p in folder.iterdir()} == expected
    for name in names:
        root = ElementTree.parse(folder / f"{name}.svg").getroot()
        assert root.tag.endswith("svg")
        with Image.open(folder / f"{name}.png") as image:
            assert image.width >= 800
            assert np.asarray(image.convert("L")).std() > 5  # something is drawn
    page = Page((folder / "report.html").read_text(encoding="utf-8"))
    assert page.tags.count("svg") == len(names)
    assert not {"script", "link", "img", "iframe", "object", "i"} & set(page.tags)
    assert all(a.startswith("#") for a in page.addresses)
    assert len(page.ids) == len(set(page.ids))
    assert {a[1:] for a in page.addresses} <= set(page.ids)
    return page, json.loads((folder / "results.json").read_text(encoding="utf-8"))
