"""A folder of the operator's: documents that are put there appear in the inbox by themselves.

Requests never name a path. The folder is only read; what was read stands beside the label space.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Iterator
from contextlib import suppress

from fastapi import APIRouter, Request
from starlette.responses import Response

from protolabel.client import answers
from protolabel.errors import InputError, ProtolabelError
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.pictures import pictures_are_text
from protolabel.label_space.session import session_of
from protolabel.readers.paths import is_left_out
from protolabel.service.limits import PageLimit, SpaceName
from protolabel.service.problems import Refusal
from protolabel.service.replies import versioned
from protolabel.service.roles import role
from protolabel.service.state import State, space_of
from protolabel.store.side_file import SideFile
from protolabel.store.watched_records import WatchedFile, WatchedRecords

log = logging.getLogger("protolabel.service")
router = APIRouter(prefix="/v1/spaces/{space}", tags=["inbox"])

_LOOK_SECONDS = 2.0
_MOST_FILES = 100_000  # of a folder that are looked at
_PATIENCE = 600.0  # seconds for which documents wait for room in the queue


@router.get("/watched", dependencies=[role("label")], response_model=answers.WatchedFolder)
def watched(request: Request, space: SpaceName, limit: PageLimit = 100) -> Response:
    """Say what was read from the folder that the service watches, and what could not be."""
    label_space = space_of(request, space)
    files = _records(label_space).all()
    faults = [{"name": one.name, "reason": one.fault} for one in files.values() if one.fault]
    body = {
        "files": len(files),
        "documents": sum(one.documents for one in files.values()),
        "unreadable": faults[-limit:],
    }
    return versioned(body, label_space.version)


def check_folder(folder: str, spaces: int) -> None:
    """Raise InputError where a folder cannot be watched."""
    if spaces != 1:
        raise InputError(
            f"--watch with {spaces} label spaces",
            expected="one label space, whose inbox the documents come to",
            remedy="start a service for it alone",
        )
    if not os.path.isdir(folder) or not os.access(folder, os.R_OK | os.X_OK):
        raise InputError(
            f"{folder}, which is no folder that can be read",
            expected="a folder to watch",
            remedy="name a folder that is there and may be read",
        )


async def watch(state: State) -> None:
    """Read what is new in the folder, for as long as the service runs."""
    (name,) = state.spaces.names
    before: dict[str, str] = {}
    while True:
        with suppress(ProtolabelError, Refusal, OSError):  # the next look tries again
            present = await asyncio.to_thread(lambda: dict(_files(state.options.watch)))
            served = await state.served(name)
            read = await asyncio.to_thread(_records(served.space).all)
            for file, stamp in present.items():
                is_whole = before.get(file) == stamp  # nobody has written to it since the last look
                if is_whole and (file not in read or read[file].stamp != stamp):
                    await _take(state, name, file, stamp)
            before = present
        await asyncio.sleep(_LOOK_SECONDS)


async def _take(state: State, name: str, file: str, stamp: str) -> None:
    """Read one file into the inbox, and note that it was read."""
    served = await state.served(name)
    fault, n = "", 0
    try:
        content = await asyncio.to_thread(_content, state, file)
        as_text = pictures_are_text(served.space.view())
        documents = await state.uploads.documents_of(file, content, ocr=as_text)
        state.bounds.check_documents(documents)
        outcomes = await served.batcher.label_each(documents, 5, 0, _PATIENCE)
        errors = [one for one in outcomes if isinstance(one, InputError)]
        n, fault = len(outcomes) - len(errors), str(errors[0]) if errors else ""
        await asyncio.to_thread(served.space.answer_log.write)
    except Refusal as error:
        if error.status != 413:
            raise  # busy, or stopping: later
        fault = error.got
    except InputError as error:
        fault = str(error)
    if fault:
        log.warning(json.dumps({"watch": "a file that cannot be read"}))
    note = WatchedFile(file, stamp, n, fault)
    await asyncio.to_thread(_records(served.space).add, note)


def _files(folder: str) -> Iterator[tuple[str, str]]:
    """Yield the files below a folder with their stamps. Links are not followed."""
    n = 0
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if not is_left_out(one))
        for name in sorted(names):
            path = os.path.join(place, name)
            if is_left_out(name) or os.path.islink(path) or not os.path.isfile(path):
                continue
            facts = os.stat(path)
            yield os.path.relpath(path, folder), f"{facts.st_mtime_ns}:{facts.st_size}"
            n += 1
            if n == _MOST_FILES:
                return


def _content(state: State, file: str) -> bytes:
    """Return the bytes of a file. Raises Refusal (413) beyond the bound of a body."""
    path = os.path.join(state.options.watch, file)
    most = state.bounds.body_bytes
    with open(path, "rb") as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise Refusal(413, f"a file of more than {most:,} bytes", expected="a smaller one")
    return content


def _records(space: LabelSpace) -> WatchedRecords:
    return WatchedRecords(SideFile(space.path), session_of(space).store.rows.identity)
