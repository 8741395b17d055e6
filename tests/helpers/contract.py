"""Holds each reply of a service to its OpenAPI document: status, headers, every key."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jsonschema_rs
from own_app import app

_ONE_AT_A_TIME = threading.Lock()


def document() -> dict[str, Any]:
    """Return the OpenAPI document, with objects that have no keys beside the declared ones.

    Threads that ask at once wait for the one that makes it. Meanwhile FastAPI turns warnings off
    and on again, for all threads: two that make it at once may fail.
    """
    with _ONE_AT_A_TIME:
        return described()


@lru_cache
def described() -> dict[str, Any]:
    """Make the document; :func:`document` is what threads may call at the same time."""
    document: dict[str, Any] = json.loads(json.dumps(app().openapi()))
    for schema in document["components"]["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return document


def operation_of(method: str, path: str) -> dict[str, Any] | None:
    """Return what the document says of a request, None where it is of no route."""
    path = path.partition("?")[0]
    for template in sorted(document()["paths"], key=lambda one: one.count("{")):
        pattern = re.sub(r"\{\w+\}", "[^/]+", template)
        if re.fullmatch(pattern, path):
            operation: dict[str, Any] | None = document()["paths"][template].get(method.lower())
            return operation
    return None


@lru_cache
def _validator(schema: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(
        json.loads(schema) | {"components": document()["components"]}
    )


def check(method: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Assert that a reply is one of those that the document declares for the request."""
    sent = {name.lower(): value for name, value in headers.items()}
    operation = operation_of(method, path)
    if operation is None:
        return
    where = f"{method} {path}"
    assert str(status) in operation["responses"], f"{where}: {status} is not declared: {body!r}"
    response = operation["responses"][str(status)]
    if "$ref" in response:
        response = document()["components"]["responses"][response["$ref"].rpartition("/")[2]]
    declared = {name.lower() for name in response.get("headers", ())}
    assert declared <= sent.keys(), f"{where}: {sorted(declared - sent.keys())} is not sent"
    assert "etag" in declared or "etag" not in sent, f"{where}: an ETag is not declared"
    media, content = sent.get("content-type", "").partition(";")[0], response["content"]
    assert media in content, f"{where}: {media} is not declared"
    if "json" in media and "ndjson" not in media:
        validator = _validator(json.dumps(content[media]["schema"]))
        faults = [fault.message for fault in validator.iter_errors(json.loads(body))]
        assert not faults, f"{where}: {faults[:3]}"
