"""The name of an embeddings service, its key, and that it may send nobody elsewhere.

A name is ``http://host/v1#model``. No error repeats a key or a password. Nothing is sent here.
"""

from __future__ import annotations

import os
import urllib.parse
import urllib.request
from email.message import Message
from typing import IO, Any

from protolabel.errors import EncoderError
from protolabel.system.hosts import http_address

KEY = "PROTOLABEL_EMBEDDINGS_KEY"


def key_of_environment() -> str:
    """Return the key of the environment, without the line end that files of settings add."""
    key = os.environ.get(KEY, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise EncoderError(
            f"a key ({KEY}) with a character that no HTTP header may hold, such as a line end",
            expected="visible ASCII characters",
            remedy=f"set {KEY} to the key alone, copied without quotes or dots around it",
        )
    return key


def parts_of(name: str) -> urllib.parse.SplitResult:
    """Return the parts of a service's name; an error does not repeat what may be a password."""
    parts = http_address(name)
    if (
        parts is None
        or not (parts.path.isascii() and parts.path.isprintable() and " " not in parts.path)
        or not parts.fragment
        or (parts.username or parts.password or parts.query)
    ):
        raise EncoderError(
            "the name of an embeddings service that is not of the form http://host/v1#model",
            expected="a host, a path of ASCII without blanks, and the name of a model after #; no "
            "password, no query",
            remedy=f"give its address so, and its key in the environment variable {KEY}",
        )
    return parts


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: neither documents nor the key go to another address than was named."""

    def http_error_302(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message
    ) -> Any:
        """Return no answer, so that the redirect is an error, wherever it points to."""
        return None

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302
