"""The newsgroup posts of the benchmarks: each page of figures says which text it has of them."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NEWSGROUPS = runpy.run_path(str(ROOT / "benchmarks/newsgroups.py"))
POSTS, BEGINNING = NEWSGROUPS["POSTS"], NEWSGROUPS["BEGINNING"]
newsgroup_text = NEWSGROUPS["newsgroup_text"]
PAGES = [
    path
    for path in sorted((ROOT / "docs/results").glob("*.md"))
    if re.search(r"newsgroup|20 ?news", path.read_text(encoding="utf-8"), re.IGNORECASE)
]
POST = (
    "From: bob\nSubject: Re: disk\n\nIn article ...\n> my disk fails\nbuy another disk\n\n"
    "-- \nAlice\n"
)
BODY = POST.partition("\n\n")[2]


def test_a_post_is_another_text_in_each_kind():
    assert newsgroup_text(POST, "stripped") == "In article ...\nbuy another disk"
    assert newsgroup_text(POST, "beginning") == f"Re: disk\n{BODY}"
    assert newsgroup_text(POST, "with subject") == f"Re: disk\n{BODY}".strip()
    assert newsgroup_text(POST, "body") == BODY
    long = newsgroup_text(POST + "x" * 2000, "beginning")
    assert len(long) == len("Re: disk\n") + BEGINNING
    assert f"{BEGINNING:,}" in POSTS["beginning"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_of_figures_says_which_text_it_has(page):
    """Before, ten pages did not say it, though they have four different texts."""
    words = page.read_text(encoding="utf-8")
    assert sum(sentence in words for sentence in POSTS.values()) == 1
    assert len(PAGES) >= 10
