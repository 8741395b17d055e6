"""Zip files of office programs: opened within bounds, their parts read as XML streams.

A package says in its relationships which part is the main one and which belong to it. What the
parts mean is in ``office`` and ``epub``.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol
from xml.etree.ElementTree import ParseError

from protolabel.readers.bounded_archives import bounded_zip
from protolabel.readers.formats.extraction import RefusalError
from protolabel.words.text import first_line

_MOST_PART_BYTES = 2**28
_CHUNK = 2**16
_MANIFEST = "META-INF/manifest.xml"  # of OpenDocument; it says which parts a password locks
_MOST_MANIFEST_BYTES = 2**24


class Target(Protocol):
    """Takes the events of the XML parser."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take note of the beginning of an element."""

    def end(self, tag: str) -> None:
        """Take note of its end."""

    def data(self, data: str) -> None:
        """Take note of text in it."""

    def close(self) -> None:
        """Take note of the end of the part."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part is related to: the last word of the relation's type, and the other part."""

    id: str
    kind: str
    part: str


class Elements:
    """Gathers the elements of the given names, in order: name and attributes, without namespaces.

    An attribute ``id`` in a namespace of relationships is ``r:id``.
    """

    def __init__(self, *names: str) -> None:
        self._names = frozenset(names)
        self.elements: list[tuple[str, dict[str, str]]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take note of an element."""
        name = local(tag)
        if name in self._names:
            short = {
                "r:id" if key.endswith("/relationships}id") else local(key): value
                for key, value in attributes.items()
            }
            self.elements.append((name, short))

    def end(self, tag: str) -> None:
        """Do nothing."""

    def data(self, data: str) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def local(name: str) -> str:
    """Return a name of XML without its namespace."""
    return name.rpartition("}")[2]


@contextmanager
def package(path: str) -> Iterator[zipfile.ZipFile]:
    """Open a package. What is wrong with it in the block is raised as RefusalError."""
    try:
        with bounded_zip(path) as archive:
            if is_locked(archive):
                raise _encrypted()
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError) as error:
        raise damaged(error) from error
    except RecursionError as error:
        raise damaged(error) from error
    except RuntimeError as error:  # how zipfile refuses an encrypted member
        raise _encrypted() from error


def is_locked(archive: zipfile.ZipFile) -> bool:
    """Return whether an OpenDocument file says that a password locks parts of it."""
    if _MANIFEST not in archive.namelist():
        return False
    with archive.open(_MANIFEST) as stream:
        return b"encryption-data" in stream.read(_MOST_MANIFEST_BYTES)


def _encrypted() -> RefusalError:
    return RefusalError("an encrypted file", "one without a password", "save it so")


def relations(archive: zipfile.ZipFile, part: str = "") -> list[Relation]:
    """Return what a part is related to inside the package; ``""`` is the package itself."""
    folder, name = posixpath.split(part)
    source = posixpath.join(folder, "_rels", f"{name}.rels")
    if source not in archive.namelist():
        return []
    links = Elements("Relationship")
    parse(archive, source, links)
    return [
        Relation(
            attributes.get("Id", ""),
            attributes.get("Type", "").rpartition("/")[2],
            _target_name(archive, folder, attributes.get("Target", "")),
        )
        for _, attributes in links.elements
        if attributes.get("TargetMode") != "External"
    ]


def main_part(archive: zipfile.ZipFile, default: str) -> str:
    """Return the name of the main part: as the package says, else the default."""
    names = archive.namelist()
    parts = [relation.part for relation in relations(archive) if relation.kind == "officeDocument"]
    for part in (*parts, default):
        if part in names:
            return part
    raise RefusalError(
        f"an office file without its main part ({default})",
        "a whole file",
        "open it in an office program and save it again, or leave it out",
    )


def parse(archive: zipfile.ZipFile, part: str, target: Target) -> None:
    """Hand the events of a part to ``target``. Refuses document types and entities."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    try:
        for chunk in chunks(archive, part):
            parser.feed(chunk)
        parser.close()
    except DefusedXmlException as error:
        raise RefusalError(
            "XML with a document type or entities, which office programs do not write",
            "a file that an office program saved",
            "open it in an office program and save it again",
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise damaged(error) from error


def mentions(archive: zipfile.ZipFile, part: str, name: str) -> bool:
    """Return whether a name stands in a part, in any usual encoding. The part is not parsed."""
    forms = [name.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    longest, tail = max(map(len, forms)), b""
    for chunk in chunks(archive, part):
        piece = tail + chunk
        if any(form in piece for form in forms):
            return True
        tail = piece[-longest:]
    return False


def chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield the bytes of a part. Raises RefusalError where they are too many."""
    size = 0
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > _MOST_PART_BYTES:
                raise RefusalError(
                    f"a part that unpacks to more than {_MOST_PART_BYTES:,} bytes",
                    "a document that a person wrote",
                    "leave it out",
                )
            yield chunk


def damaged(error: Exception) -> RefusalError:
    """Return the refusal of a package that cannot be read."""
    return RefusalError(
        f"an office file that cannot be read ({first_line(error)})",
        "a whole file",
        "open it in an office program and save it again, or leave it out",
    )


def _target_name(archive: zipfile.ZipFile, folder: str, target: str) -> str:
    """Return the name in the archive of what a relationship points to."""
    path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
    path = posixpath.normpath(path)
    if path in archive.namelist():
        return path
    candidates = [name for name in archive.namelist() if name.lower() == path.lower()]
    return candidates[0] if len(candidates) == 1 else path
