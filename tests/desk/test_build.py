"""The page built into the package: of these sources, small, strict, and with its licences."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from desk_types import PATH, types

from protolabel.readers.paths import LITTER
from protolabel.service.page_files import FOLDER

DESK = Path(__file__).parents[2] / "desk"
SOURCES = sorted((DESK / "src").rglob("*.ts*"))
STRINGS = sorted((DESK / "src/strings").iterdir())
FIRST_VIEW = 300_000  # bytes


def test_the_build_is_of_the_sources_that_are_here():
    """``make desk`` builds it; desk/finish.mjs writes the digest by the same rule."""
    files = [DESK / name for name in (
        "index.html", "package-lock.json", "package.json", "tsconfig.json", "vite.config.ts",
    )]  # fmt: skip
    files += [path for path in (DESK / "src").rglob("*") if path.is_file()]
    digest = hashlib.sha256()
    for path in sorted(path.relative_to(DESK).as_posix() for path in files):
        digest.update(path.encode() + b"\0" + (DESK / path).read_bytes() + b"\0")
    recorded = (FOLDER / "sources.sha256").read_text(encoding="ascii").strip()
    assert recorded == digest.hexdigest(), "the page is stale: make desk"


def test_the_lock_file_has_every_package_that_is_asked_for():
    """Also optional ones: ``npm ci``, by which ``make desk`` installs, refuses it else."""
    lock = json.loads((DESK / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    project = json.loads((DESK / "package.json").read_text(encoding="utf-8"))
    kinds = ("dependencies", "devDependencies")
    assert {kind: lock[""][kind] for kind in kinds} == {kind: project[kind] for kind in kinds}
    absences = [
        f"{place}: {name}"
        for place, package in lock.items()
        for kind in (*kinds, "optionalDependencies")
        for name in package.get(kind, ())
        if not any(f"{folder}node_modules/{name}" in lock for folder in _folders(place))
    ]
    assert not absences


def _folders(place: str) -> list[str]:
    """Return the folders in which Node looks for what a package imports."""
    parts = place.split("/node_modules/") if place else []
    return ["", *("/node_modules/".join(parts[: i + 1]) + "/" for i in range(len(parts)))]


def test_the_types_of_the_page_are_those_of_the_answers():
    """Every key of every record, and what may be null."""
    assert PATH.read_text(encoding="utf-8") == types(), "python tests/helpers/desk_types.py"


def test_the_page_leaves_out_the_litter_that_the_readers_leave_out():
    source = (DESK / "src/drop.ts").read_text(encoding="utf-8")
    listed = re.search(r"const LITTER = \[(.*?)\]", source, re.DOTALL)
    assert tuple(json.loads(f"[{listed[1].strip().rstrip(',')}]")) == LITTER


def keys_of(strings: Path) -> list[str]:
    """Return the names of the sentences of a file."""
    return re.findall(r"^  (\w+):", strings.read_text(encoding="utf-8"), re.M)


def test_both_languages_have_the_same_sentences_in_files_of_the_same_name():
    english, german = (
        {one.stem.removeprefix(language): keys_of(one) for one in STRINGS if language in one.name}
        for language in ("english_", "german_")
    )
    assert english == german
    names = [name for keys in english.values() for name in keys]
    assert len(names) == len(set(names)) > 300


def test_the_page_says_every_sentence_that_it_holds():
    sources = {path.name: path.read_text(encoding="utf-8") for path in SOURCES}
    for one in STRINGS:
        sources.pop(one.name)
    names = [name for one in STRINGS if one.name.startswith("english_") for name in keys_of(one)]
    code = "\n".join(sources.values())
    views = re.search(r"VIEWS = \[(.*?)\]", sources["state.ts"])[1]  # named as ``t.value[view]``
    unsaid = [name for name in names if not re.search(rf"\.{name}\b", code) and name not in views]
    assert len(names) > 100
    assert not unsaid


def test_the_first_view_is_small():
    page = (FOLDER / "index.html").read_text(encoding="utf-8")
    files = [
        FOLDER / name.lstrip("/") for name in re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)
    ]
    fonts = list((FOLDER / "assets").glob("inter-latin-wght*.woff2"))
    assert len(fonts) == 1
    assert len(page) + sum(path.stat().st_size for path in {*files, *fonts}) < FIRST_VIEW


def test_nothing_is_inline_and_nothing_comes_from_elsewhere():
    page = (FOLDER / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<style|style=|<script(?![^>]*\ssrc=)|\son\w+=", page)
    for path in (FOLDER / "assets").glob("*.css"):
        style = path.read_text(encoding="utf-8")
        assert "@import" not in style
        assert all(one.startswith("/assets/") for one in re.findall(r"url\([\"']?([^)]+)", style))


def test_what_is_built_in_keeps_its_licences():
    notices = (FOLDER / "licences.txt").read_text(encoding="utf-8")
    for words in ("Inter Project Authors", "Jason Miller", "Vladimir Agafonkin"):
        assert words in notices


def test_the_table_of_keys_lists_each_key_once():
    page = (DESK.parent / "docs/desk.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.+?) \|", page, re.M)
    keys = [key for row in rows for key in re.findall(r"`([^`]+)`", row)]
    assert {"a", "u", "0", "c"} <= set(keys)
    assert len(keys) == len(set(keys))


def test_names_of_the_sources_are_nouns():
    """As in the package: ``selection`` says what it holds, ``chosen`` does not."""
    participles = {"chosen", "drawn", "found", "gone", "kept", "moved", "sent", "shown"}
    assert SOURCES
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        names = re.findall(r"\b(?:const|let|function) (\w+)", text)
        names += re.findall(r"\bconst \[(\w+), set", text)
        assert not participles & set(names), path


def test_the_table_of_files_has_each_source_once():
    table = (DESK / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`src/.+?) \|", table, re.M)
    listed = [name for row in rows for name in re.findall(r"`src/([^`]+)`", row)]
    entries = [path for path in (DESK / "src").iterdir() if path.suffix != ".svg"]
    assert sorted(listed) == sorted(one.name + "/" * one.is_dir() for one in entries)


def test_sources_say_what_they_are_and_stay_small():
    assert SOURCES
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        assert text.startswith("// "), path
        assert len(text.splitlines()) <= 300 or path.name == "types.ts", path
