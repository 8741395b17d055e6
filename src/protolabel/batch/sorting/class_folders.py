"""Class names as names of folders that every file system takes, and back. Nothing is written here.

What a file system refuses is written as in web addresses: ``a/b`` becomes ``a%2Fb``. So every
folder reads back as its class. Only a very long name is cut; its folder must be recorded.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import chain, count
from urllib.parse import unquote

from protolabel.errors import InputError
from protolabel.names import clean_name
from protolabel.readers.paths import is_left_out

REVIEW = "_review"  # no class has this folder: a leading underscore is escaped
LONGEST = 100  # bytes of a folder's name; the usual limit of a whole path on Windows is 260
_CUT = "%="  # stands before the digest of a name that was cut; no escape looks so
_UNSAFE = re.compile(r'[%/\\:*?"<>|~\x00-\x1f\x7f]|^[._ ]|[. ]$')
_RESERVED = re.compile(  # names of devices on Windows, whatever suffix they have
    r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|CLOCK\$|(?:COM|LPT)[0-9¹²³])(?: *\..*)?", re.IGNORECASE
)
_NOT_PLAIN = re.compile(r"[^a-z0-9 \-]")
_ANY = re.compile(r".", re.DOTALL)

Way = tuple[str, ...]  # the classes from the top down to one


class ClassFolders:
    """The folders of classes: the same class keeps its folder, and no two share one.

    A class that stands under another one has its folder in the folder of that one. Two names that
    some file system takes for one, such as ``Invoice`` and ``invoice``, get folders that differ
    everywhere: the later one has letters escaped.
    """

    def __init__(self, recorded: Mapping[str, str] | None = None) -> None:
        """Begin with the recorded folders, ``{folder: class}``."""
        self._labels: dict[str, str] = {}
        self._folders: dict[Way, str] = {}
        self._paths: dict[str, Way] = {}
        self._keys = {_key(REVIEW)}
        self._others: set[str] = set()  # folders in those of classes that are of no class
        for folder, label in sorted((recorded or {}).items(), key=lambda pair: pair[0].count("/")):
            above, _, name = folder.rpartition("/")
            path = self._paths.get(above, (above,)) if name != folder else ()
            self._record(folder, (*path, label))

    def folder(self, *path: str) -> str:
        """Return the folder of a class, which from now on is its own.

        Args:
            *path: the classes from the top down to it, which is the last.
        """
        folder = ""
        for depth in range(1, len(path) + 1):
            folder = self._folder_within(folder, path[:depth])
        return folder

    def add(self, paths: Iterable[Way]) -> None:
        """Give folders to all classes that stand under others, and to those above them."""
        for path in paths:
            if len(path) > 1:
                self.folder(*path)

    def _folder_within(self, above: str, path: Way) -> str:
        """Return the folder of a class in the folder of the class above it; ``""``: at the top."""
        if path not in self._folders:
            label, start = path[-1], f"{above}/" if above else ""
            forms = (
                _escaped_name(label),
                *(form.sub(_escape, label) for form in (_NOT_PLAIN, _ANY)),
            )
            names = [start + _short_name(form, label) for form in forms]
            own = next(name for name in names if not self.has(name))
            numbered = (f"{own} ({n})" for n in count(2))  # where files have its folder
            self._record(next(filter(self._is_free, chain([own], numbered))), path)
        return self._folders[path]

    def _is_free(self, folder: str) -> bool:
        return not self.has(folder) and _key(folder) not in self._others

    def has(self, folder: str) -> bool:
        """Return whether some class, or the review, has that folder."""
        return _key(folder) in self._keys

    def of_place(self, place: str) -> str:
        """Return the folder of a class, or of the review, in which a place is."""
        *parts, _ = place.split("/")
        for depth in range(len(parts), 1, -1):
            if (folder := "/".join(parts[:depth])) in self._labels:
                return folder
        return parts[0] if parts else ""

    def path_within(self, place: str) -> str:
        """Return the path of a file within the folder of its class."""
        return place[len(self.of_place(place)) + 1 :]

    def leave_free(self, place: str) -> None:
        """Give no class the folders of a file within the folder of its class."""
        folder, start = place.rpartition("/")[0], self.of_place(place)
        while len(folder) > len(start):
            self._others.add(_key(folder))
            folder = folder.rpartition("/")[0]

    def label(self, folder: str) -> str | None:
        """Return the class of a folder; None for the folder of the review and for no class at all.

        A folder that a person made at the top is read as a class, too.
        """
        if folder in self._labels:
            return self._labels[folder]
        if _key(folder) == _key(REVIEW) or _CUT in folder:
            return None
        try:
            return clean_name(unquote(folder, errors="strict"))
        except (InputError, UnicodeDecodeError):
            return None

    def recorded(self) -> dict[str, str]:
        """Return the classes of all folders so far."""
        return dict(self._labels)

    def way_to(self, folder: str) -> list[str]:
        """Return the folders of classes from the top down to one, which is the last."""
        parts = folder.split("/")
        return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]

    def _record(self, folder: str, path: Way) -> None:
        self._labels[folder], self._folders[path], self._paths[folder] = path[-1], folder, path
        self._keys.add(_key(folder))


def _key(folder: str) -> str:
    """Return what is equal for names that some file system takes for one."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", folder).casefold())


def _escape(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())


def _escaped_name(label: str) -> str:
    """Return a name with what some system refuses, or this program leaves out, escaped."""
    name = _UNSAFE.sub(_escape, label)
    if _RESERVED.fullmatch(name) or is_left_out(name):
        name = f"%{ord(name[0]):02X}{name[1:]}"
    return name.replace(".", "%2E") if is_left_out(name) else name


def _short_name(folder: str, label: str) -> str:
    """Return a folder's name, cut where it is too long, with a digest of the class in its place."""
    whole = folder.encode()
    if len(whole) <= LONGEST:
        return folder
    mark = _CUT + hashlib.sha256(label.encode()).hexdigest()[:16]
    start = whole[: LONGEST - len(mark)].decode(errors="ignore")
    return re.sub(r"%[0-9A-F]?$", "", start).rstrip(" .") + mark
