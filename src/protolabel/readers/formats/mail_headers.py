"""Headers of a mail, each parsed once and within bounds.

The parser of the standard library takes time that grows with the square of a header's length, and
parses it anew at each look: a header of 1 MB would take hours.
"""

from __future__ import annotations

import re
from email.policy import EmailPolicy
from typing import Any

from protolabel.readers.formats.extraction import RefusalError

LONGEST = 4096
"""Characters of a header that says what a part is; mail programs write a few hundred."""
_BARE_BYTES = re.compile("[\udc80-\udcff]")  # as the parser hands on bytes beyond ASCII
_MOST_WORK = 500_000_000  # the sum of the squares of the lengths: a few seconds
_OF_A_PART = ("content-type", "content-disposition", "content-transfer-encoding", "content-id",
              "mime-version")  # fmt: skip


class ParsedHeaders:
    """The headers of one mail that were parsed, and how much work that was.

    Args:
        charset: what the mail says that its text is in; empty where it says nothing.
    """

    def __init__(self, charset: str = "") -> None:
        self._charset = charset
        self._headers: dict[tuple[str, str], Any] = {}
        self._work = 0

    def parsed(self, policy: EmailPolicy, name: str, value: str) -> Any:
        """Return a parsed header.

        A long header that does not describe a part is returned unparsed, on one line.

        Raises:
            RefusalError: one that says what a part is, is too long, or there are too many.
        """
        value = self._readable(value)
        key = name.lower(), value
        header = self._headers.get(key)
        if header is not None:
            return header
        if len(value) > LONGEST:
            if key[0] in _OF_A_PART:
                raise RefusalError(
                    f"a mail header {name} of {len(value):,} characters",
                    f"at most {LONGEST:,}",
                    "open it in the mail program and save it again, or leave it out",
                )
            return " ".join(value.split())
        self._work += len(value) ** 2
        if self._work > _MOST_WORK:
            raise RefusalError(
                "a mail with too many long headers",
                "headers that a mail program wrote",
                "open it in the mail program and save it again, or leave it out",
            )
        header = self._headers[key] = EmailPolicy.header_fetch_parse(policy, name, value)
        return header

    def _readable(self, value: str) -> str:
        """Return a header in which letters stand as they are, in no encoding that it names.

        They are read as the text of the mail is, but first as UTF-8, which newer mails may use so.
        """
        if not _BARE_BYTES.search(value):
            return value
        from protolabel.readers.formats.web import decoded

        raw = value.encode("utf-8", "surrogateescape")
        for encoding in ("utf-8", self._charset):
            try:
                return raw.decode(encoding)
            except (LookupError, ValueError):
                continue
        return decoded(raw, None)


class BoundedPolicy(EmailPolicy):
    """How mails are parsed: as the standard library does, within bounds. One for each mail."""

    headers: ParsedHeaders

    def header_fetch_parse(self, name: str, value: str) -> Any:
        """Return a header that is looked at."""
        return value if hasattr(value, "name") else self.headers.parsed(self, name, value)

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Return a header that is set; a long one is kept as it stands."""
        if isinstance(value, str) and len(value) > LONGEST:
            return name, value
        return super().header_store_parse(name, value)


def bounded_policy(charset: str = "") -> Any:  # what its messages are, its type does not say
    """Return the policy for one mail, which says that its text is in ``charset``."""
    policy = BoundedPolicy()
    object.__setattr__(
        policy, "headers", ParsedHeaders(charset)
    )  # policies take no other attributes
    return policy
