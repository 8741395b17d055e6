"""Keys: who may ask a service for what. A file holds their SHA-256, never a key itself.

A key is 32 random bytes, so that no slow hash is needed: it cannot be guessed from its digest.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock

from protolabel.errors import InputError
from protolabel.store.files import replacement
from protolabel.time_stamps import now

ROLES = ("read", "label", "curate", "admin")  # each may do what those before it may
PREFIX = "pl_"
_MOST_BYTES = 2**24
_DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Key:
    """A key as the file holds it. ``sha256``: of the key, hexadecimal."""

    name: str
    role: str
    sha256: str
    made_at: str


def read_keys(path: str | Path) -> tuple[Key, ...]:
    """Return the keys of a file; none where there is no file.

    Raises:
        InputError: the file is no file of keys.
    """
    path = Path(path)
    if not path.exists():
        return ()
    try:
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            raise ValueError("no file, or far too large")
        records = json.loads(path.read_text(encoding="utf-8"))["keys"]
        keys = tuple(Key(**record) for record in records)
        if any(key.role not in ROLES or not _DIGEST.fullmatch(key.sha256) for key in keys):
            raise ValueError("role or digest")
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path}: not a file of keys",
            expected="what `protolabel key add` writes",
            remedy="give another file, or delete this one and make the keys again",
        ) from error
    return keys


def add_key(path: str | Path, name: str, role: str) -> str:
    """Make a key, write its digest to the file, and return the key: it is shown this once.

    Raises:
        InputError: the name is empty or taken, or there is no such role.
    """
    if role not in ROLES:
        raise InputError(f"the role {role!r}", expected=f"one of {', '.join(ROLES)}")
    with _changing(path) as (target, keys):
        if not name.strip() or not name.isprintable() or any(key.name == name for key in keys):
            raise InputError(
                f"a key named {name!r}",
                expected="a name on one line that no key has",
                remedy="take another name, or remove that key first",
            )
        secret = PREFIX + secrets.token_urlsafe(32)
        _write(target, (*keys, Key(name, role, digest(secret), now("seconds"))))
    return secret


def remove_key(path: str | Path, name: str) -> None:
    """Remove a key. Raises InputError where there is none of that name."""
    with _changing(path) as (target, keys):
        left = tuple(key for key in keys if key.name != name)
        if len(left) == len(keys):
            names = ", ".join(repr(key.name) for key in keys) or "no key"
            raise InputError(f"no key named {name!r}", expected=f"one of the file: {names}")
        _write(target, left)


def key_of(secret: str, keys: tuple[Key, ...]) -> Key | None:
    """Return the key that a secret is; compared in constant time."""
    sought = digest(secret)
    matching = [key for key in keys if hmac.compare_digest(key.sha256, sought)]
    return matching[0] if matching else None


def digest(secret: str) -> str:
    """Return the SHA-256 of a key, hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


@contextmanager
def _changing(path: str | Path) -> Iterator[tuple[Path, tuple[Key, ...]]]:
    """Keep others from the file; yield where it really is, past links, and its keys."""
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        raise InputError(f"{path}: no regular file", expected="the file of keys, or a new one")
    with FileLock(f"{target}.lock", mode=0o600):
        yield target, read_keys(target)


def _write(target: Path, keys: tuple[Key, ...]) -> None:
    """Replace the file, whole or not at all; only its owner may read it."""
    text = json.dumps({"keys": [asdict(key) for key in keys]}, indent=1) + "\n"
    with replacement(target, mode=0o600) as file:
        file.write(text.encode())
