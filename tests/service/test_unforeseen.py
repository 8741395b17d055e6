"""Errors that nobody foresaw are answered in the form of all errors, and quote nothing."""

from __future__ import annotations

import asyncio
import json
import logging

from starlette.testclient import TestClient

from protolabel import errors
from protolabel.service.app import every, make_app
from protolabel.service.options import Options
from protolabel.service.problems import status_of
from protolabel.service.streaming import Lines


def test_an_unforeseen_error_has_the_form_of_all_errors_and_is_logged_by_its_place(caplog):
    app, guarded = make_app({}, Options())

    @app.get("/v1/broken")
    def broken() -> None:
        raise KeyError("my secret illness")

    with (
        caplog.at_level(logging.INFO, "protolabel.service"),
        TestClient(guarded, base_url="http://localhost") as client,
    ):
        reply = client.get("/v1/broken")
    assert reply.status_code == 500
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["status"] == 500
    assert "report it" in reply.json()["expected"]
    log = [json.loads(record.getMessage()) for record in caplog.records
           if record.name == "protolabel.service"]  # fmt: skip
    assert log[0]["error"] == "KeyError"
    assert log[0]["where"].startswith("test_unforeseen.py:")
    assert log[1]["status"] == 500
    assert "illness" not in reply.text + caplog.text


def test_an_unforeseen_error_in_a_stream_is_its_last_line():
    async def lines():
        yield b'{"id": "a"}\n'
        raise KeyError("my secret illness")

    messages = []

    async def send(message):
        messages.append(message)

    async def run():
        try:
            await Lines(lines(), {})({"type": "http"}, None, send)
        except KeyError:
            return
        raise AssertionError("it was not passed on to the log")

    asyncio.run(run())
    bodies = [message for message in messages if message["type"] == "http.response.body"]
    assert json.loads(bodies[-1]["body"])["error"]["status"] == 500
    assert bodies[-1]["more_body"] is False
    assert b"illness" not in b"".join(message["body"] for message in bodies)


def test_every_error_of_the_library_that_a_request_can_meet_has_a_status_of_its_own():
    kinds = [kind for kind in vars(errors).values()
             if isinstance(kind, type) and issubclass(kind, errors.ProtolabelError)]  # fmt: skip
    without = {kind for kind in kinds if status_of(kind.__new__(kind)) == 500}
    assert without == {errors.ProtolabelError, errors.TrainingError}


def test_what_the_service_does_every_so_often_goes_on_after_an_error(caplog):
    acts = []

    async def act():
        acts.append(len(acts))
        if len(acts) == 1:
            raise KeyError("my secret illness")

    async def run():
        task = asyncio.create_task(every(0.001, act))
        async with asyncio.timeout(30):
            while len(acts) < 3:
                await asyncio.sleep(0.001)
        task.cancel()

    asyncio.run(run())
    (line,) = [json.loads(record.getMessage()) for record in caplog.records]
    assert line["error"] == "KeyError"
    assert "illness" not in caplog.text
