"""Run a service until it is told to stop: then finish what was accepted, and close the files."""

from __future__ import annotations

import logging
import os
import shlex
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import uvicorn
from threadpoolctl import threadpool_limits

from protolabel.errors import InputError
from protolabel.service.app import make_app
from protolabel.service.followed_folders import check_folder
from protolabel.service.keys import read_keys
from protolabel.service.listening_socket import AcceptingServer
from protolabel.service.options import Options
from protolabel.service.request_heads import BoundedHeads
from protolabel.service.side.shared_state import SharedState
from protolabel.service.telemetry import telemetry
from protolabel.system.stop_signals import stop_signals

GRACE_SECONDS = 30  # within which accepted requests are finished at the stop; then they get 503


def serve(
    paths: Mapping[str, Path],
    options: Options,
    encoder: str | None = None,
    ready: Callable[[str], None] = lambda url: None,
) -> None:
    """Serve label spaces until SIGINT or SIGTERM.

    Args:
        paths: files of label spaces, by name.
        options: how it is reached, and its bounds.
        encoder: the encoder's name or folder where it has moved.
        ready: is called with the address once requests are accepted.

    Raises:
        InputError: the address is not this machine's own and there are no keys, or it is taken.
    """
    refuse_open_door(options)
    if options.follow:
        check_folder(options.follow, len(paths))
    if options.workers > 1:
        _serve_by_workers(paths, options, encoder, ready)
        return
    serve_at(None, paths, options, encoder, ready)


def _serve_by_workers(
    paths: Mapping[str, Path],
    options: Options,
    encoder: str | None,
    ready: Callable[[str], None],
) -> None:
    from protolabel.service.workers import Workers, bound_sockets, shared_folder

    def bind(port: int, among_others: bool) -> socket.socket:
        at = options if port == 0 else replace(options, port=port)
        return bound_socket(at, among_others=among_others)

    sockets = bound_sockets(bind, options.workers)
    with shared_folder() as folder:
        workers = Workers(paths, options, encoder, folder)
        workers.run(sockets, lambda: ready(_address_of(sockets[0])))


def serve_at(
    bound: socket.socket | None,
    paths: Mapping[str, Path],
    options: Options,
    encoder: str | None,
    ready: Callable[[str], None],
    shared: SharedState | None = None,
) -> None:
    """Serve label spaces with this process until SIGINT or SIGTERM.

    Args:
        bound: the socket, where it is there already; None binds that of the options.
        paths: files of label spaces, by name.
        options: how it is reached, and its bounds.
        encoder: the encoder's name or folder where it has moved.
        ready: is called with the address once requests are accepted.
        shared: what the processes of one service share; None where this is the only one.
    """
    # A second thread of the arithmetic waits in a busy loop after each product, which takes a core
    # from the encoder.
    with threadpool_limits(1, user_api="blas"), telemetry(options.telemetry) as config:
        app, guarded = make_app(paths, options, encoder, config, shared)
        for name in paths:  # a file that cannot be used is refused before the address is taken
            app.state.service.spaces.served(name)
        listening = bound or bound_socket(options)
        setup = uvicorn.Config(
            guarded,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            http=partial(BoundedHeads, bounds=options.bounds),  # type: ignore[arg-type]
            lifespan="on",
        )
        logging.getLogger("uvicorn").setLevel(logging.WARNING)
        stopping = app.state.service.stopping
        server = AcceptingServer(setup, lambda: ready(_address_of(listening)), stopping)
        # A signal changes nothing more once the server has shut down.
        with stop_signals(lambda: None):
            server.run(sockets=[listening])


def log_to_stderr() -> None:
    """Write the log of the service to standard error: a JSON object a request."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("protolabel.service")
    log.addHandler(handler)
    log.setLevel(logging.INFO)


def refuse_open_door(options: Options) -> None:
    """Raise InputError where others could reach a service without keys, or nobody one with keys."""
    if options.keys_path and not read_keys(options.keys_path):
        path = shlex.quote(options.keys_path)
        raise InputError(
            f"{options.keys_path}, which holds no key"
            if os.path.exists(options.keys_path)
            else f"{options.keys_path}, which is not there",
            expected="a file of keys, without which nobody could ask for anything",
            remedy=f"make a key: protolabel key add {path} NAME --role curate; or leave --keys out",
        )
    if not options.is_local and not (options.keys_path and read_keys(options.keys_path)):
        raise InputError(
            f"the address {options.host}, which others can reach, and no keys",
            expected="keys, or an address of this machine alone",
            remedy="make a key with `protolabel key add KEYS NAME --role label` and give the file "
            "with --keys, or leave --host out",
        )


def bound_socket(options: Options, *, among_others: bool = False) -> socket.socket:
    """Return a socket that listens at the address; ``among_others``: as other processes do."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    # Said to be TCP, so that asyncio sends small answers at once (it asks for the protocol).
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if among_others:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        bound.bind((options.host.strip("[]"), options.port))
    except OSError as error:
        bound.close()
        raise InputError(
            f"{options.host}:{options.port}: {error.strerror or error}",
            expected="an address of this machine at which nothing else listens",
            remedy="take another port with --port, or --port 0 for any free one",
        ) from error
    return bound


def _address_of(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
