"""The commands of the service: serve, and its keys."""

from __future__ import annotations

import os
import shlex
import sys
import threading
import webbrowser
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from protolabel.cli.common import SHARE
from protolabel.cli.option_names import with_options
from protolabel.cli.option_records import F, with_record
from protolabel.cli.reading import ReadingFlags, reading_flags
from protolabel.cli.terminal import line, note, say
from protolabel.errors import InputError, ProtolabelError
from protolabel.readers.options import checked_options
from protolabel.system.extras import require

if TYPE_CHECKING:
    from protolabel.service.options import Options


@dataclass(frozen=True, slots=True)
class ServiceFlags:
    """The options of a service: where it listens, who may ask, and what it loads."""

    host: str
    port: int
    hosts: tuple[str, ...]
    keys_path: str | None
    read_only: bool
    encoder: str | None
    encoders: tuple[str, ...]
    requests_a_minute: int
    follow: str
    review_below: float | None
    workers: int
    telemetry: str

    def options(self) -> Options:
        """Return the options of the service itself."""
        from protolabel.service.limits import Bounds
        from protolabel.service.options import REVIEW_BELOW, Options

        return Options(
            host=self.host,
            port=self.port,
            hosts=self.hosts,
            keys_path=self.keys_path or "",
            bounds=Bounds(requests_a_minute=self.requests_a_minute),
            read_only=self.read_only,
            telemetry=self.telemetry,
            encoders=self.encoders,
            workers=self.workers,
            follow=os.path.abspath(self.follow) if self.follow else "",
            review_below=REVIEW_BELOW if self.review_below is None else self.review_below,
        )


_OPTIONS = (
    click.option(
        "--host", default="127.0.0.1", show_default=True, help="The address to listen at."
    ),
    click.option(
        "--port",
        type=click.IntRange(0, 65535),
        default=8765,
        show_default=True,
        help="The port to listen at; 0 takes a free one.",
    ),
    click.option(
        "--allow-host",
        "hosts",
        multiple=True,
        metavar="NAME",
        help="A host name under which browsers may reach it, such as labels.example.org; "
        "repeatable.",
    ),
    click.option(
        "--keys",
        "keys_path",
        default=None,
        metavar="FILE",
        help="Require a key of this file. Without it, anybody on this machine may do anything.",
    ),
    click.option("--read-only", is_flag=True, help="Answer, but refuse all changes."),
    click.option("--encoder", default=None, help="Where the encoder is now, if it has moved."),
    click.option(
        "--offer-encoder",
        "encoders",
        multiple=True,
        metavar="NAME",
        help="An encoder onto which an admin may move a label space; repeatable.  [default: none]",
    ),
    click.option(
        "--requests-a-minute",
        type=click.IntRange(0, 1_000_000),
        default=0,
        show_default="no limit",
        help="Most requests a minute of one key or address.",
    ),
    click.option(
        "--follow",
        "--watch",
        default="",
        metavar="FOLDER",
        help="Follow this folder: new documents in it come to the inbox by themselves. To "
        "decide on them there, keep their texts: `protolabel set SPACE remember text`. Links "
        "in the folder are left out.  [default: none]",
    ),
    click.option(
        "--review-below",
        type=SHARE,
        metavar="SHARE",
        help="The page offers to accept all documents together whose chance is at least this, "
        "such as 80%. People look at the others one by one.  [default: 95%]",
    ),
    click.option(
        "--workers",
        type=click.IntRange(1, 64),
        default=1,
        show_default=True,
        help="How many processes answer. Each has an encoder of its own in memory.",
    ),
    click.option(
        "--telemetry",
        default="",
        metavar="URL",
        help="Send traces and measurements to this OpenTelemetry collector.  [default: send "
        "nothing]",
    ),
)


def service_flags(function: F) -> F:
    """Add the options of a service, as one argument ``service``."""
    return with_record(function, "service", ServiceFlags, _OPTIONS)


@click.command()
@click.argument("spaces", nargs=-1, required=True, metavar="SPACE...")
@service_flags
@reading_flags(labels=False)
@click.option(
    "--browser/--no-browser",
    default=None,
    help="Open the page in a browser.  [default: if a person sits at a screen]",
)
def serve(
    spaces: tuple[str, ...],
    service: ServiceFlags,
    reading: ReadingFlags,
    browser: bool | None,
) -> None:
    """Serve label spaces over HTTP, and a page to work with them.

    Ctrl-C stops it, after it has finished the requests that it has accepted, for which it takes
    30 seconds at most. The log goes to standard error: a JSON object per request, without any text
    of documents. The options about fields, formats and encodings say how the files of --follow are
    read.
    """
    require("service", "`protolabel serve`")
    from protolabel.service.server import log_to_stderr
    from protolabel.service.server import serve as run
    from protolabel.service.spaces import named

    options = replace(service.options(), follow_reading=_follow_reading(service.follow, reading))
    log_to_stderr()
    paths = named(list(spaces))

    def ready(url: str) -> None:
        say(f"serving at {url} (Ctrl-C stops)")
        if service.follow and (words := _about_texts(*paths.values())):
            note(words)
        if has_screen() if browser is None else browser:
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

    run(paths, options, service.encoder, ready)


def _about_texts(path: Path) -> str:
    """Return what people cannot do with the documents of a followed folder, and what helps.

    It is empty where their texts are kept, or where nobody can say.
    """
    from protolabel.label_space.configuration.stored_settings import settings_of
    from protolabel.store import open_store

    try:
        with closing(open_store(str(path))) as store:
            remember = settings_of(store.rows).remember
    except ProtolabelError:
        return ""
    if remember == "text":
        return ""
    lacking = (
        "nothing is remembered of documents, so the folder is not read"
        if remember == "off"
        else "the texts of the folder's documents are not kept, so nobody can decide on them on "
        "the page"
    )
    return (
        f"{lacking}; to keep their texts in the label space: "
        f"`protolabel set {shlex.quote(str(path))} remember text`"
    )


def _follow_reading(folder: str, reading: ReadingFlags) -> dict[str, str]:
    """Return how the files of the followed folder are read. Raises InputError without a folder."""
    typed = reading.typed()
    checked_options(typed)
    if typed and not folder:
        name = with_options(f"{next(iter(typed))}=")
        raise InputError(
            f"{name} without --follow",
            expected="the folder whose files are read so",
            remedy="add --follow FOLDER; with a file that is sent, a request says how it is read",
        )
    return typed


def has_screen() -> bool:
    """Return whether a person sits at a terminal of a machine with a screen, and not far away."""
    if not sys.stdout.isatty() or os.environ.get("SSH_CONNECTION"):
        return False
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@click.group()
def key() -> None:
    """Make and remove keys of a service."""
    require("service", "`protolabel key`")


@key.command("add")
@click.argument("keys", metavar="FILE")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(["read", "label", "curate", "admin"]),
    default="label",
    show_default=True,
    help="read: look; label: also label; curate: also change; admin: also export, forget, say what "
    "is remembered, read the audit trail, and change the encoder.",
)
def add_key(keys: str, name: str, role: str) -> None:
    """Make a key, and print it: the file holds only its digest."""
    from protolabel.service.keys import add_key as add

    line_ = add(keys, name, role)
    say(line_)
    note("keep it: it is shown this once")


@key.command("remove")
@click.argument("keys", metavar="FILE")
@click.argument("name")
def remove_key(keys: str, name: str) -> None:
    """Remove a key: a running service refuses it from then on."""
    from protolabel.service.keys import remove_key as remove

    remove(keys, name)
    say(f"removed {name!r}")


@key.command("list")
@click.argument("keys", metavar="FILE")
def list_keys(keys: str) -> None:
    """List the names and roles of the keys, a JSON object each."""
    from protolabel.service.keys import read_keys

    for one in read_keys(keys):
        line({"name": one.name, "role": one.role, "made_at": one.made_at})
