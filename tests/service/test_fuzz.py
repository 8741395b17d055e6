"""Requests that a machine makes from the OpenAPI document, valid ones and others.

A real service answers them without an error of its own, and as the document declares.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation.modes import GenerationMode
from schemathesis.specs.openapi import checks
from service_process import Client, make_space, service

SHORT, LONG = 150, 10_000  # requests
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]


@schemathesis.serializer("application/x-ndjson")
def as_lines(_: object, value: object) -> bytes:
    return str(value).encode("utf-8", "surrogatepass")


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Client]:
    with service(str(make_space(tmp_path / "mail.space"))) as client:
        yield client


def answer(
    case: schemathesis.Case, address: str, session: requests.Session
) -> schemathesis.Response:
    """Send a request, again while too many jobs wait: the answer says to wait until one ends."""
    response = case.call(base_url=address, session=session)
    until = time.monotonic() + 60
    while response.status_code == 503 and b"jobs wait" in response.content:
        assert time.monotonic() < until, "no job has ended for a minute"
        time.sleep(0.1)
        response = case.call(base_url=address, session=session)
    return response


def is_valid_as_sent(case: schemathesis.Case) -> bool:
    """Whether a request is another one on the wire: a list of one value is sent as that value."""
    return any(isinstance(one, list) and len(one) == 1 for one in (case.query or {}).values())


def fuzz(client: Client, n: int) -> int:
    """Send at least n requests, about as many to each route; return how many were sent."""
    count = 0
    for number in range(10):  # some routes have fewer different requests than their share
        if count < n:
            count += fuzz_once(client, n - count, number)
    return count


def fuzz_once(client: Client, n: int, number: int) -> int:
    """Send at most about n requests, which differ from those of other rounds."""
    address = f"http://127.0.0.1:{client.port}"
    schema = schemathesis.openapi.from_url(f"{address}/v1/openapi.json")
    operations = [one.ok() for one in schema.get_all_operations()]
    each = -(-n // (2 * len(operations)))
    identity = client.get("/v1/spaces/mail").json["identity"]
    count = 0
    with requests.Session() as session:
        for operation in operations:
            has_space = any(one.name == "space" for one in operation.path_parameters)
            place = {"space": "mail"} if has_space else None
            is_stream = operation.path.endswith("/stream")  # any text is a stream of lines
            for mode in [GenerationMode.POSITIVE] if is_stream else GenerationMode:

                @seed(number)
                @settings(
                    max_examples=each,
                    deadline=None,
                    database=None,
                    phases=[Phase.generate],
                    suppress_health_check=list(HealthCheck),
                )
                @given(operation.as_strategy(mode, path_parameters=place))
                def send(case: schemathesis.Case) -> None:
                    nonlocal count
                    assume(not is_valid_as_sent(case))
                    count += 1
                    if "Label-Space" in (case.headers or {}):  # like the name in the path
                        case.headers["Label-Space"] = identity
                    case.validate_response(answer(case, address, session), checks=CHECKS)

                try:
                    send()
                except Unsatisfiable:  # a route without parameters has no invalid request
                    assert mode is GenerationMode.NEGATIVE
    return count


def test_no_request_breaks_the_service_or_its_contract(own: Client) -> None:
    assert fuzz(own, SHORT) >= SHORT
    assert own.get("/v1/ready").status == 200


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_ten_thousand_requests_break_neither_the_service_nor_its_contract(
    own: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    count = fuzz(own, LONG)
    assert own.get("/v1/ready").status == 200
    with capsys.disabled():
        print(f"\n{count:,} requests were made from the OpenAPI document")
    assert count >= LONG
