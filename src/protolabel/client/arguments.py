"""Checks what the client is asked to send. The rules are the library's; nothing is sent here.

A text where a list is expected would otherwise be sent letter by letter, and a key or an address
with a slip would look like a service that is down.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from typing_extensions import TypedDict

from protolabel.arguments import require_name, require_strings, require_whole
from protolabel.client.answers import DecisionSeen
from protolabel.client.reports import Change, SpaceInfo
from protolabel.documents import as_many, checked_text
from protolabel.errors import InputError
from protolabel.system.hosts import http_address


class DocumentBody(TypedDict, total=False):
    """A document to send: a text, an image as a ``data:`` address, or an embedding."""

    id: str
    text: str
    image: str
    embedding: list[float]
    source: str
    message_path: str


AnyText = str | DocumentBody
AnyVersion = int | SpaceInfo | Change
"""A version by its number, or the answer that shows it, which tells it from one in a copy."""
LabelOrLabels = str | Sequence[str]
"""One class, or a list of them where a document may have several labels."""


def document_bodies(documents: Iterable[AnyText]) -> Iterable[AnyText]:
    """Return an iterable of documents. Raises InputError for one document, or a mapping."""
    many: Iterable[Any] = as_many(documents, "documents", "give it in a list")
    return many


def document_body(document: AnyText, position: int) -> DocumentBody:
    """Return a document as it is sent; one without an id is named by its position.

    Raises:
        InputError: it is neither a text nor a record.
    """
    what = f"document {position}"
    if not isinstance(document, Mapping):
        return {"id": str(position), "text": checked_text(document, what)}
    body: dict[str, Any] = dict(document)
    for field in ("id", "text", "image", "source", "message_path"):
        if body.get(field) is not None:
            checked_text(body[field], f"{what}: its {field}")
    if body.get("embedding") is not None:
        body["embedding"] = _numbers(body["embedding"], what)
    return {**body, "id": body.get("id") or str(position)}  # type: ignore[typeddict-item]


def _numbers(values: Iterable[float], what: str) -> list[float]:
    try:
        numbers = [float(value) for value in values]
    except (TypeError, ValueError):
        numbers = [math.nan]
    if isinstance(values, str | bytes) or not all(map(math.isfinite, numbers)):
        raise InputError(f"{what}: its embedding", expected="a list of finite numbers")
    return numbers


def version_and_mark(version: AnyVersion, what: str) -> tuple[int, str]:
    """Return the number of a version, and its mark where an answer shows it.

    Raises:
        InputError: it is neither a number nor an answer with a version.
    """
    if not isinstance(version, Mapping):
        return require_whole(version, what, 0), ""
    return require_whole(version.get("version"), what, 0), str(version.get("mark", ""))


def names_body(names: Iterable[str] | None) -> dict[str, object]:
    """Return names of remembered documents as they are sent; None stands for all of them."""
    return {"all": True} if names is None else {"names": require_strings(names, "names")}


def labels_of_keys(labels: Mapping[str, Any]) -> dict[str, Any]:
    """Return what each key of a document is mapped to. Raises InputError for no mapping."""
    if not isinstance(labels, Mapping):
        raise InputError(
            f"labels: {repr(labels)[:60]}, of type {type(labels).__name__}",
            expected="a dict of the class of each document, by its key",
        )
    return {checked_text(key, "a key"): label_or_labels(label) for key, label in labels.items()}


def label_or_labels(label: LabelOrLabels) -> str | list[str]:
    """Return one class, or a list of classes."""
    return label if isinstance(label, str) else require_strings(label, "the labels of a document")


def seen_body(as_seen: Mapping[str, DecisionSeen] | None) -> dict[str, Any]:
    """Return what somebody saw decided on documents, as a part of what is sent; None: no part.

    Raises:
        InputError: it is no mapping of records.
    """
    if as_seen is None:
        return {}
    if not isinstance(as_seen, Mapping) or not all(
        isinstance(decision, Mapping) for decision in as_seen.values()
    ):
        raise InputError(
            f"as_seen: {repr(as_seen)[:60]}, of type {type(as_seen).__name__}",
            expected="what was decided on each document, by its key: "
            "{key: {'labels': [...]}}, or {key: {}} where nobody had decided on it",
        )
    return {
        "as_seen": {
            checked_text(key, "a key"): {
                kind: require_strings(names, f"as_seen: {kind}") for kind, names in decision.items()
            }
            for key, decision in as_seen.items()
        }
    }


def suggestions_body(labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return suggestions that a person decided on, as they are sent."""
    return [{"key": key, "label": label} for key, label in labels_of_keys(labels).items()]


def file_content(content: bytes) -> bytes:
    """Return the bytes of a file. Raises InputError for anything else."""
    if not isinstance(content, bytes | bytearray | memoryview):
        raise InputError(
            f"content of type {type(content).__name__}",
            expected="the bytes of a file",
            remedy="Path(file).read_bytes()",
        )
    return bytes(content)


def path_part(value: str, what: str) -> str:
    """Return a name as one part of a path. Raises InputError for one that would be another path."""
    name = require_name(value, what)
    if name in (".", ".."):
        raise InputError(f"{what} {name!r}", expected="a name, not a folder of the path")
    return quote(name, safe="")


def service_address(url: str) -> str:
    """Return the address of a service without a slash at its end. Raises InputError."""
    text = require_name(url, "url")
    parts = http_address(text)
    if parts is None or parts.query or parts.fragment:
        raise InputError(
            f"url {text[:80]!r}",
            expected="where the service is, such as http://127.0.0.1:8765",
            remedy="begin it with http:// or https://",
        )
    return text.rstrip("/")


def authorization(key: str) -> dict[str, str]:
    """Return the header that sends a key; none without one. Raises InputError, without the key."""
    if not isinstance(key, str) or any(not "!" <= letter <= "~" for letter in key):
        raise InputError(
            "a key with a space, a line end, or a letter beyond ASCII",
            expected="the key as `protolabel key add` printed it",
            remedy="give it without what stands around it: key=text.strip()",
        )
    return {"Authorization": f"Bearer {key}"} if key else {}


def seconds_to_wait(seconds: float) -> float:
    """Return the seconds for which an answer is waited for. Raises InputError."""
    number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if not number or not 0.0 < seconds < math.inf:
        raise InputError(f"seconds {seconds!r}", expected="a number above 0")
    return float(seconds)
