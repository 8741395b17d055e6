"""A folder of the operator's: documents that are put there appear in the inbox by themselves.

Requests never name a path. The folder is only read; what was read stands beside the label space.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import cast

from fastapi import APIRouter, Request
from starlette.responses import Response

from protolabel.batch.file_stamps import Stamp
from protolabel.batch.own_files import OwnFiles
from protolabel.batch.stillness import Stillness
from protolabel.client import answers
from protolabel.errors import InputError
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.pictures import pictures_are_text
from protolabel.label_space.remembered_documents.known_again import KnownAgain
from protolabel.label_space.session import session_of
from protolabel.readers.options import ReadOptions
from protolabel.service.advice import of_followed_folder
from protolabel.service.folder_looks import (
    Look,
    digest_of,
    is_alike,
    name_in,
    reason_of,
    words_of,
)
from protolabel.service.limits import PageLimit, SpaceName
from protolabel.service.problems import Refusal
from protolabel.service.replies import versioned
from protolabel.service.roles import role
from protolabel.service.side.followed_files import FollowedFile, FollowedFiles
from protolabel.service.side.side_file import side_of
from protolabel.service.state import State, space_of, state_of
from protolabel.service.textless_files import TextlessFiles
from protolabel.words.quantity import quantity
from protolabel.words.quotations import without_quotations

log = logging.getLogger("protolabel.service")
router = APIRouter(prefix="/v1/spaces/{space}", tags=["inbox"])

_PATIENCE = 600.0  # seconds for which documents wait for room in the queue


@router.get("/followed", dependencies=[role("label")], response_model=answers.FollowedFolder)
def followed(request: Request, space: SpaceName, limit: PageLimit = 100) -> Response:
    """Say what was read from the folder that the service follows, and what could not be."""
    label_space = space_of(request, space)
    files, folder = _records(label_space).all(), state_of(request).options.follow
    faults = [
        {"name": one.name, "reason": one.fault}
        for one in files.values()
        if one.fault and not one.is_gone(folder)
    ]
    body = {
        "files": sum(bool(one.stamp) for one in files.values()),
        "documents": sum(one.documents for one in files.values()),
        "unreadable": faults[-limit:],
    }
    return versioned(body, label_space)


def check_folder(folder: str, spaces: int) -> None:
    """Raise InputError where a folder cannot be followed."""
    if spaces != 1:
        raise InputError(
            f"--follow with {spaces} label spaces",
            expected="one label space, whose inbox the documents come to",
            remedy="start a service for it alone",
        )
    if not os.path.isdir(folder) or not os.access(folder, os.R_OK | os.X_OK):
        raise InputError(
            f"{folder}, which is no folder that can be read",
            expected="a folder to follow",
            remedy="name a folder that is there and may be read",
        )


async def follow(state: State) -> None:
    """Read what is new in the folder, for as long as the service runs."""
    stillness, textless, opening = Stillness(), TextlessFiles(), 0
    while True:
        start = time.monotonic()
        try:
            opening = await _look(state, stillness, textless, opening)
        except Exception as error:  # the next look tries again
            _report(stillness, "", f"a look that failed: {type(error).__name__}")
        await asyncio.sleep(stillness.pause(time.monotonic() - start))


async def _look(state: State, stillness: Stillness, textless: TextlessFiles, opening: int) -> int:
    """Read the files that are complete and have not been read as they are now.

    While nothing is remembered, none is read: the inbox would not have it. Files are read again
    whose texts may be kept now and were not.

    Returns the opening of the label space. At another one than the last, ``opening``, an older
    copy may have taken its place.
    """
    (name,) = state.spaces.names
    folder = state.options.follow
    look = Look(folder)
    files = await asyncio.to_thread(_files, look, state.bounds.followed_files, stillness)
    served = await state.served(name)
    if served.opening != opening:
        await asyncio.to_thread(_forget_unread, served.space)
    if (await asyncio.to_thread(served.space.view)).settings.remember == "off":
        return served.opening
    records = await asyncio.to_thread(_records(served.space).all)
    await asyncio.to_thread(textless.renew, served.space, served.opening, records)
    await asyncio.to_thread(_note_unreachable, _records(served.space), records, look, stillness)
    remembered = cache(served.space.inbox.remembered)  # at the first file that needs it
    for path, stamp in files.items():
        record = records.get(name_in(folder, path))
        is_read = record is not None and record.stamp == words_of(stamp) and not record.fault
        again = textless if is_read and textless.lacks(name_in(folder, path)) else None
        if is_read and again is None:
            continue
        if not await asyncio.to_thread(stillness.ready, path, stamp):
            continue
        if await asyncio.to_thread(OwnFiles(), path):  # such as the label space that is served
            continue
        fault = ""
        try:
            if again is not None or not await asyncio.to_thread(
                _is_unchanged, state, served.space, path, stamp, record
            ):
                fault = await _take(state, name, path, stamp, remembered, again)
        except Refusal:  # the service is busy, or stops: no file can be taken now
            raise
        except Exception as error:  # of this file; the others do not wait for it
            _report(stillness, path, f"a file that is tried again: {type(error).__name__}")
        else:
            if fault:
                stillness.failed(path, stamp)
    return served.opening


def _files(look: Look, most: int, stillness: Stillness) -> dict[str, Stamp]:
    """Return the files of the folder, ``most`` of them, and report what is left out."""
    files = dict(islice(look.files(), most + 1))
    if look.links:
        _report(stillness, "links", f"{quantity(look.links, 'link')} left out; none is followed")
    if len(files) > most:
        files.popitem()
        _report(
            stillness,
            look.folder,
            f"more than {quantity(most, 'file')}; the others are not looked at",
        )
    return files


def _note_unreachable(
    noted: FollowedFiles, records: Mapping[str, FollowedFile], look: Look, stillness: Stillness
) -> None:
    """Note folders and files that cannot be reached, and forget those that can be again."""
    for name, reason in look.faults.items():
        _report(stillness, name, "a folder or file that cannot be reached")
        earlier = records.get(name)
        if earlier is None or (not earlier.stamp and earlier.fault != reason):
            noted.add(FollowedFile(name, "", 0, reason))
    reached = [n for n, one in records.items() if not one.stamp and n not in look.faults]
    if reached:
        noted.forget(reached)


def _is_unchanged(
    state: State, space: LabelSpace, path: str, stamp: Stamp, record: FollowedFile | None
) -> bool:
    """Return whether a file holds what was read from it, and note its stamp where it does.

    Its size and time of writing are what they were; its bytes decide.
    """
    if record is None or record.fault or not is_alike(record.stamp, words_of(stamp)):
        return False
    try:
        digest = digest_of(_content(state, path))
    except (OSError, Refusal):
        return False
    if record.digest and digest != record.digest:
        return False
    _records(space).add(replace(record, stamp=words_of(stamp), digest=digest))
    return True


def _forget_unread(space: LabelSpace) -> None:
    """Forget files whose documents this label space lacks: it is a copy from before them."""
    rows, records = session_of(space).store.answers, _records(space)
    numbers = {one.number: document.hex() for document, one in rows.first_answers().items()}
    forgettings = rows.forgettings()
    files = records.all().values()
    lacking = [one.name for one in files if one.is_lacking_in(forgettings, numbers)]
    if lacking:
        records.forget(lacking)


def _newest(space: LabelSpace) -> tuple[int, int | None, str]:
    """Return how often something was forgotten, and the newest document's number and key."""
    rows = session_of(space).store.answers
    forgettings, documents = rows.forgettings(), rows.first_answers()
    if not documents:
        return forgettings, None, ""
    document, newest = max(documents.items(), key=lambda pair: pair[1].number)
    return forgettings, newest.number, document.hex()


async def _take(
    state: State,
    space: str,
    path: str,
    stamp: Stamp,
    remembered: Callable[[], KnownAgain],
    again: TextlessFiles | None,
) -> str:
    """Read one file into the inbox, note that it was read, and return why it could not be.

    Documents that the command line has labelled are those documents again. ``again``: the file was
    read before, and of its documents those alone are answered whose texts are lacking.
    """
    served = await state.served(space)
    folder = state.options.follow
    name = name_in(folder, path)
    fault, n, digest = "", 0, ""
    try:
        content = await asyncio.to_thread(_content, state, path)
        digest = await asyncio.to_thread(digest_of, content)
        as_text = pictures_are_text(served.space.view())
        options = {**state.options.follow_reading, "ocr": as_text}
        reading = cast(ReadOptions, options)
        documents = await state.uploads.documents_of(name, content, reading, in_folder=True)
        state.bounds.check_documents(documents)
        whole = os.path.abspath(folder)
        documents = [replace(document, folder=whole) for document in documents]
        memory = await asyncio.to_thread(remembered)
        documents = await asyncio.to_thread(memory.again, documents)
        lacking = documents if again is None else again.among(documents)
        replies = await served.batcher.label_each(lacking, 5, 0, _PATIENCE) if lacking else []
        errors = [one for one in replies if isinstance(one, InputError)]
        n, fault = len(documents) - len(errors), _fault(errors[0]) if errors else ""
        await asyncio.to_thread(served.space.answer_log.write)
    except FileNotFoundError:
        return ""  # it is gone
    except Refusal as error:
        if error.status != 413:
            raise  # busy, or stopping: later
        fault = error.got
    except InputError as error:
        fault = _fault(error)
    except OSError as error:
        fault = reason_of(error)
    if again is not None:
        again.done(name)
    if fault:
        log.warning(json.dumps({"follow": "a file that cannot be read"}))
    newest = await asyncio.to_thread(_newest, served.space)
    note = FollowedFile(name, words_of(stamp), n, fault, *newest, digest)
    await asyncio.to_thread(_records(served.space).add, note)
    return fault


def _fault(error: InputError) -> str:
    """Return what is noted about a file, for the operator and for everybody who may read."""
    return of_followed_folder(without_quotations(str(error)))


def _report(stillness: Stillness, source: str, message: str) -> None:
    """Log once what keeps files from being read; the log names no file."""
    if stillness.is_new_failure(source):
        log.warning(json.dumps({"follow": message}))


def _content(state: State, path: str) -> bytes:
    """Return the bytes of a file. Raises Refusal (413) beyond the bound of a body."""
    most = state.bounds.body_bytes
    with open(path, "rb") as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise Refusal(413, f"a file of more than {most:,} bytes", expected="a smaller one")
    return content


def _records(space: LabelSpace) -> FollowedFiles:
    return FollowedFiles(side_of(space))
