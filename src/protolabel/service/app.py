"""One service, put together: its routes, its guard, its page, its errors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from protolabel import __version__
from protolabel.client.sessions import Status
from protolabel.encoders import AnyEncoder
from protolabel.errors import ProtolabelError
from protolabel.service import (
    change_routes,
    discovering,
    followed_folders,
    health,
    inboxes,
    jobs,
    labelling,
    maps,
    overviews,
    page_files,
    reviewing,
    searching,
    sessions,
    streaming,
    systemone_routes,
    undoing,
)
from protolabel.service.access import Access
from protolabel.service.body_routes import FORM, media_type
from protolabel.service.contract import describe
from protolabel.service.error_log import log_unforeseen
from protolabel.service.guard import Guard
from protolabel.service.job_runner import Jobs
from protolabel.service.json_bodies import RepeatedKeyInBody
from protolabel.service.limits import FILE_NAME
from protolabel.service.measures import CONTENT_TYPE, Measured, Measures
from protolabel.service.options import Options
from protolabel.service.problems import Refusal
from protolabel.service.replies import broken, error_reply, schema_reply
from protolabel.service.roles import role
from protolabel.service.shortcut import Shortcut
from protolabel.service.side.shared_state import SharedState
from protolabel.service.spaces import Spaces
from protolabel.service.state import State
from protolabel.service.telemetry import OFF
from protolabel.service.throughput import SAMPLE_SECONDS, Throughput
from protolabel.service.undeclared_fields import refuse_undeclared
from protolabel.service.unread_bodies import refuse_unread_body
from protolabel.service.uploads import Uploads

# What pydantic calls the error where a body is no object.
_NO_OBJECT = ("model_attributes_type", "model_type", "dict_type")
_PARTS = (
    labelling, streaming, overviews, change_routes, discovering, reviewing, inboxes, searching,
    undoing, maps, jobs, systemone_routes, health, followed_folders, sessions, page_files,
)  # fmt: skip
_SWEEP_SECONDS = 60.0
_LOOK_SECONDS = 1.0


class _Application(FastAPI):
    """The application, which describes itself with its errors."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document; it is made once."""
        if self.openapi_schema is None:
            routes = [*self.routes, *(route for part in _PARTS for route in part.router.routes)]
            self.openapi_schema = describe(self, routes)
        return self.openapi_schema


def make_app(
    paths: Mapping[str, Path],
    options: Options,
    encoder: str | AnyEncoder | None = None,
    telemetry: TelemetryConfig = OFF,
    shared: SharedState | None = None,
) -> tuple[FastAPI, ASGIApp]:
    """Return a service over label spaces: the application, and the same behind its guard.

    Args:
        paths: files of label spaces, by name.
        options: how it is reached, and its bounds.
        encoder: its name or folder where it has moved, or the encoder itself.
        telemetry: what is recorded for OpenTelemetry; nothing, unless it is asked for.
        shared: what the processes of one service share; None where this is the only one.
    """
    measures = Measures(is_shared=shared is not None)
    state = State(
        options,
        Spaces(paths, options.bounds, encoder, measures),
        Access(options, shared),
        measures,
        Uploads(options.bounds),
        Jobs(options.bounds),
        Throughput(measures.answer_count, paths),
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        sample = partial(asyncio.to_thread, state.throughput.sample)
        loops = [every(_SWEEP_SECONDS, state.spaces.close_idle), every(SAMPLE_SECONDS, sample)]
        if shared is not None:
            loops.append(every(_LOOK_SECONDS, partial(_note_waiting, state)))
        if options.follow:
            loops.append(followed_folders.follow(state))
        tasks = [asyncio.create_task(loop) for loop in loops]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(state.jobs.close)
        await state.spaces.close()
        state.uploads.close()
        state.access.close()

    app = _Application(
        title="protolabel",
        version=__version__,
        summary="Label documents from a handful of examples.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        generate_unique_id_function=lambda route: route.name,
        lifespan=lifespan,
        telemetry=telemetry,
    )
    app.state.service = state
    for part in _PARTS:
        app.include_router(part.router, dependencies=[Depends(refuse_unread_body)])
    _add_errors(app)
    _add_health(app, state)
    # With telemetry the framework records requests, so that each has to reach it.
    inner = Shortcut(app, state) if telemetry is OFF else app
    guarded = Guard(inner, options, state.access, state.stopping)
    return app, Measured(guarded, state.measures)


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(ProtolabelError)
    def from_library(request: Request, error: ProtolabelError) -> Response:
        state: State = request.app.state.service
        return error_reply(error, state.spaces.names_by_path)

    @app.exception_handler(Refusal)
    def from_service(_: Request, error: Refusal) -> Response:
        return error_reply(error)

    @app.exception_handler(RepeatedKeyInBody)
    def from_body(request: Request, error: RepeatedKeyInBody) -> Response:
        """Say which key stands twice; a label space that is not here is said first."""
        return error_reply(_unknown_space(request) or error.error)

    @app.exception_handler(HTTPException)
    def from_web(_: Request, error: HTTPException) -> Response:
        return error_reply(Refusal(error.status_code, str(error.detail)))

    @app.exception_handler(RequestValidationError)
    def from_schema(request: Request, error: RequestValidationError) -> Response:
        """Say where a body differs from its schema, without quoting what was sent.

        A label space that is not here is said first, then a body that is not sent as JSON.
        """
        refusal = _first_refusal(request, error)
        if refusal is not None:
            return error_reply(refusal)
        return schema_reply([*error.errors()], _declared_body(request))

    @app.exception_handler(Exception)
    def from_nobody(_: Request, error: Exception) -> Response:
        """Answer an error that is nobody's on purpose; the log says its type and its place."""
        return error_reply(broken(error))


def _first_refusal(request: Request, error: RequestValidationError) -> Refusal | None:
    """Return what is wrong before a body is looked at; None where it is the body itself."""
    if refusal := _unknown_space(request):
        return refusal
    name = request.query_params.get("name", "")
    if name and any(one["loc"] == ("body",) and one["type"] == "missing" for one in error.errors()):
        return Refusal(
            422, f"{name[:FILE_NAME]}: the file is empty", expected="a file with content"
        )
    kind = media_type(request)
    unread = any(one["loc"] == ("body",) and one["type"] in _NO_OBJECT for one in error.errors())
    if unread and not (kind == "application/json" or kind.endswith("+json")):
        return Refusal(
            415,
            f"a body of the type {kind[:60]!r}" if kind else "a body that does not say its type",
            expected="application/json",
            remedy="send the JSON itself as the body, with the header Content-Type: "
            "application/json"
            if kind == FORM
            else "send the header Content-Type: application/json",
        )
    return None


def _declared_body(request: Request) -> object:
    """Return what the body of a request is declared to be; None where its route takes none."""
    field = getattr(request.scope.get("route"), "body_field", None)
    return None if field is None else field.field_info.annotation


def _unknown_space(request: Request) -> Refusal | None:
    """Return why the label space of a request is not here; None where it is, or none is named."""
    state: State = request.app.state.service
    space = request.path_params.get("space")
    if space is not None:
        try:
            state.spaces.check_name(space)
        except Refusal as refusal:
            return refusal
    return None


def _add_health(app: FastAPI, state: State) -> None:
    own = [Depends(refuse_undeclared)]

    @app.get("/v1/live", tags=["health"], dependencies=own, response_model=Status)
    def live() -> dict[str, str]:
        """Say that the process answers."""
        return {"status": "live"}

    @app.get("/v1/ready", tags=["health"], dependencies=own, response_model=Status)
    def ready() -> dict[str, str]:
        """Open the label spaces, and say that they answer."""
        for name in state.spaces.names:
            state.spaces.served(name).space.view()
        return {"status": "ready"}

    @app.get(
        "/v1/metrics",
        tags=["health"],
        dependencies=[role("read")],
        response_class=PlainTextResponse,
    )
    def metrics() -> Response:
        """Return counters in Prometheus' text format."""
        return Response(state.measures.page(state.spaces.waiting), media_type=CONTENT_TYPE)


async def every(seconds: float, act: Callable[[], Awaitable[object]]) -> None:
    """Act again and again. Where that fails, log the error, and act again when it is time."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await act()
        except Exception as error:
            log_unforeseen(error)


async def _note_waiting(state: State) -> None:
    """Say how many documents wait here, for the worker that is asked for all of them."""
    state.measures.note_waiting(state.spaces.waiting)
