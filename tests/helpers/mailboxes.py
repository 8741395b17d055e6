"""Mailboxes of short messages, for tests of what becomes of a message that moves in one."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mail:
    """A message: its text, the headers besides its subject, and its attachments by name."""

    text: str
    headers: tuple[str, ...] = ()
    attachments: tuple[tuple[str, str], ...] = ()

    def lines(self) -> str:
        head = "".join(f"{header}\n" for header in ("Subject: s", *self.headers))
        if not self.attachments:
            return f"{head}\n{self.text}\n"
        parts = [f"Content-Type: text/plain\n\n{self.text}\n"]
        for name, content in self.attachments:
            encoded = base64.b64encode(content.encode()).decode()
            parts.append(
                f'Content-Type: application/octet-stream; name="{name}"\n'
                f'Content-Disposition: attachment; filename="{name}"\n'
                f"Content-Transfer-Encoding: base64\n\n{encoded}\n"
            )
        head += 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="bound"\n'
        return head + "\n" + "".join(f"--bound\n{part}" for part in parts) + "--bound--\n"


def mailbox(mails: Iterable[Mail]) -> str:
    """Return the mailbox of these messages."""
    return "".join(f"From a@b Mon Jan  1 00:00:00 2024\n{mail.lines()}\n" for mail in mails)


def write_mailbox(path: Path | str, mails: Iterable[Mail]) -> None:
    """Write the mailbox of these messages."""
    Path(path).write_text(mailbox(mails))
