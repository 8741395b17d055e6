"""The page on the service names each bound with its number."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from protolabel.service.acts import PATIENCE_SECONDS
from protolabel.service.limits import Bounds
from protolabel.service.server import GRACE_SECONDS

PAGE = (Path(__file__).parents[2] / "docs/service.md").read_text(encoding="utf-8")
BOUNDS = Bounds()
WORDS = {
    "body_bytes": f"a body | {BOUNDS.body_bytes // 2**20} MiB",
    "documents": f"{BOUNDS.documents:,} documents | 413",
    "waiting": f"wait for the encoder | {BOUNDS.waiting:,}",
    "waiting_tokens": f"and about {BOUNDS.waiting_tokens:,} tokens",
    "batch_tokens": f"more than about {BOUNDS.batch_tokens // 1000 * 1000:,} tokens is long",
    "text_characters": f"a text | {BOUNDS.text_characters:,} characters",
    "text_tokens": f"about {BOUNDS.text_tokens:,} tokens | 413",
    "files": f"{BOUNDS.files} are read at a time",
    "files_waiting": f"{BOUNDS.files_waiting} in all | 503",
    "sign_in_bytes": f"signs somebody in | {BOUNDS.sign_in_bytes // 2**10} KiB",
    "stream_seconds": f"a line of a stream waits for the encoder | {BOUNDS.stream_seconds:.0f} s",
    "fit_seconds": f"wait for the fits of a version | {BOUNDS.fit_seconds:.0f} s | answers without",
    "head_bytes": f"the headers of a request | {BOUNDS.head_bytes // 2**10} KiB | 431",
    "head_seconds": f"headers take to come | {BOUNDS.head_seconds:.0f} s | 408",
    "body_seconds": f"a pause within a body | {BOUNDS.body_seconds:.0f} s | 408",
    "line_bytes": f"each of {BOUNDS.line_bytes // 2**20} MiB",
    "jobs": f"{BOUNDS.jobs} running in each process",
    "jobs_waiting": f"1 running, {BOUNDS.jobs_waiting} waiting",
    "followed_files": f"a followed folder | {BOUNDS.followed_files:,}",
    "requests_a_minute": "`--requests-a-minute`",
}
NOTHING_IS_REFUSED = {"batch", "stream_batch"}  # what is encoded or answered together
OTHERS = [
    f"the service was told to stop | {GRACE_SECONDS} s",
    f"waits for its earlier sending | {PATIENCE_SECONDS:.0f} s",
]


def test_the_page_names_each_bound_with_its_number():
    section = PAGE.split("\n## What it bounds\n")[1].split("\n## ")[0]
    assert {field.name for field in fields(Bounds)} == set(WORDS) | NOTHING_IS_REFUSED
    assert [one for one in [*WORDS.values(), *OTHERS] if one not in section] == []
