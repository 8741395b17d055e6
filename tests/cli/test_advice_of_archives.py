"""The advice of errors about archives and the files inside them works when done to the letter."""

from __future__ import annotations

import base64
import io
import json
import tarfile
import zipfile

import pytest
from advice import Cases, Desk, documents
from pictures import drawn

from protolabel.readers import read_examples

CASES = Cases()


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


@CASES.of("fetch it again, or leave it out", "give it another suffix if it is no mailbox")
def archives(d: Desk) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "pay " * 100)
    packed = d.file("a.zip", stream.getvalue()[:-30])
    d.raised(lambda: documents(packed))
    packed.write_bytes(stream.getvalue())
    assert len(documents(packed)) == 1
    box = d.file("notes.mbox", "no mail at all, only notes\n")
    d.raised(lambda: documents(box))
    assert len(documents(box.rename("notes.txt"))) == 1


@CASES.of("make or fetch it again; with what is there, unpack it and give the folder")
def cut_tar(d: Desk) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name in ("a.txt", "b.txt"):
            info = tarfile.TarInfo(name)
            info.size = 3
            archive.addfile(info, io.BytesIO(b"pay"))
    packed = d.file("a.tar", stream.getvalue()[:1024])
    d.raised(lambda: documents(packed))
    packed.write_bytes(stream.getvalue())
    assert len(documents(packed)) == 2


@CASES.of("put each image into its row: data:image/png;base64,...")
def images_of_packed_tables(d: Desk) -> None:
    picture = drawn("png", 1)
    d.file("p.png", picture)
    address = "data:image/png;base64," + base64.b64encode(picture).decode()
    stream = io.BytesIO()
    for image in ("p.png", address):
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("t.jsonl", json.dumps({"image": image}))
        packed = d.file("t.zip", stream.getvalue())
        if image == "p.png":
            d.raised(lambda packed=packed: documents(packed))
    assert documents(packed)[0].image == picture


@CASES.of("make room, or name another folder in the environment: `export TMPDIR=FOLDER`")
def no_temporary_folder(d: Desk) -> None:
    page = d.file("a.html", "<body>pay")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(page.parent / "nowhere"))
        d.raised(lambda: documents(page))
        patch.setenv("TMPDIR", str(page.parent))
        patch.setattr("tempfile.tempdir", None)  # as in a new process
        assert len(documents(page)) == 1


@CASES.of("give its text, or leave it out")
def page_without_text(d: Desk) -> None:
    page = d.file("a.html", "<body></body>")
    d.raised(lambda: list(read_examples(page, label="bill")))
    page.write_text("<body>pay")
    assert len(list(read_examples(page, label="bill"))) == 1
