"""Class names as names of folders that every file system takes, and back. Nothing is written here.

What a file system refuses is written as in web addresses: ``a/b`` becomes ``a%2Fb``. So every
folder reads back as its class. Only a very long name is cut; its folder must be recorded.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
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


class ClassFolders:
    """The folders of classes: the same class keeps its folder, and no two share one.

    Two names that some file system takes for one, such as ``Invoice`` and ``invoice``, get folders
    that differ everywhere: the later one has letters escaped.
    """

    def __init__(self, recorded: Mapping[str, str] | None = None) -> None:
        """Begin with the recorded folders, ``{folder: class}``."""
        self._labels: dict[str, str] = {}
        self._folders: dict[str, str] = {}
        self._keys = {_key(REVIEW)}
        for folder, label in (recorded or {}).items():
            self._record(folder, label)

    def folder(self, label: str) -> str:
        """Return the folder of a class, which from now on is its own."""
        if label not in self._folders:
            forms = (
                _escaped_name(label),
                *(form.sub(_escape, label) for form in (_NOT_PLAIN, _ANY)),
            )
            names = [_short_name(form, label) for form in forms]
            self._record(next(name for name in names if _key(name) not in self._keys), label)
        return self._folders[label]

    def label(self, folder: str) -> str | None:
        """Return the class of a folder; None for the folder of the review and for no class at all.

        A folder that a person made is read as a class, too.
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

    def _record(self, folder: str, label: str) -> None:
        self._labels[folder], self._folders[label] = label, folder
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
