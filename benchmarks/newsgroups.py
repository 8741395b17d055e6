"""The texts that are made of a newsgroup post, and the words that a page has for them.

No two of them have the same figures: what a quotation or a subject tells is not in all of them.
"""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["stripped", "beginning", "with subject", "body"]

BEGINNING = 1500  # characters
POSTS: dict[Kind, str] = {
    "stripped": "Newsgroup posts are without headers, quotations and signature.",
    "beginning": "Newsgroup posts are their subject and the first 1,500 characters under the "
    "headers, with what they quote.",
    "with subject": "Newsgroup posts are their subject and all that stands under the headers, with "
    "what they quote.",
    "body": "Newsgroup posts are all that stands under the headers, with what they quote.",
}
"""What a page says of the posts that it has figures of."""


def newsgroup_text(post: str, kind: Kind) -> str:
    """The text of a post, as ``POSTS`` say."""
    if kind == "body":
        return re.split(r"\n\s*\n", post, maxsplit=1)[-1]
    head, _, body = post.partition("\n\n")
    if kind == "stripped":
        return _without_quotations(body)
    subject = re.search(r"^Subject: *(.*)$", head, flags=re.MULTILINE)
    if kind == "beginning":
        return (f"{subject[1]}\n" if subject else "") + body[:BEGINNING]
    return f"{subject[1] if subject else ''}\n{body}".strip()


def _without_quotations(body: str) -> str:
    body = re.split(r"^-- ?$", body, flags=re.MULTILINE)[0]
    return "\n".join(line for line in body.splitlines() if not re.match(r"\s*[>|:]", line)).strip()
