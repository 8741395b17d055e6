"""Zip, tar and compressed files: nothing in them is lost in silence, and none fills the memory."""

from __future__ import annotations

import bz2
import io
import os
import re
import subprocess
import sys
import tarfile
import zipfile

import pytest
from office_files import xlsx, zipped
from sources import texts, write

from protolabel.errors import InputError
from protolabel.readers import read_documents, read_examples
from protolabel.readers.reports import Notice


def tar_of(names: str) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name in names:
            info = tarfile.TarInfo(f"{name}.txt")
            info.size = 8
            archive.addfile(info, io.BytesIO(f"letter {name}".encode()))
    return stream.getvalue()


def damaged_header(content: bytes) -> bytes:
    broken = bytearray(content)
    broken[2 * 1024 + 150] ^= 1  # in the checksum of the third member's header
    return bytes(broken)


@pytest.mark.parametrize(
    ("damage", "whole"),
    [
        (damaged_header, 2),
        (lambda content: content[:2048], 2),  # cut between two members
        (lambda content: content[:2148], 2),  # cut inside a header
    ],
)
def test_a_tar_that_is_damaged_or_cut_loses_no_file_in_silence(tmp_path, damage, whole):
    (tmp_path / "m.tar").write_bytes(damage(tar_of("abcde")))
    faults: list[str] = []
    documents = read_documents(tmp_path / "m.tar", on_unreadable=lambda u: faults.append(u.reason))
    assert len(list(documents)) == whole
    (fault,) = faults
    assert f"after {whole} files" in fault
    with pytest.raises(InputError, match="damaged or cut after"):
        list(read_documents(tmp_path / "m.tar"))


def test_a_whole_tar_gives_every_file(tmp_path):
    (tmp_path / "m.tar").write_bytes(tar_of("abcde"))
    assert len(texts(tmp_path / "m.tar")) == 5


def test_a_damaged_bzip2_member_of_a_zip_costs_no_other(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "letter a")
        archive.writestr("b.txt", "letter b " * 50, compress_type=zipfile.ZIP_BZIP2)
        archive.writestr("c.txt", "letter c")
    content = bytearray(stream.getvalue())
    start = content.index(b"BZh")
    content[start + 20 : start + 30] = bytes(10)
    (tmp_path / "bz.zip").write_bytes(content)
    faults: list[str] = []
    documents = read_documents(tmp_path / "bz.zip", on_unreadable=lambda u: faults.append(u.source))
    assert [d.text for d in documents] == ["letter a", "letter c"]
    assert len(faults) == 1


def test_rows_of_a_sheet_that_begins_further_down_keep_their_numbers(tmp_path):
    sheet = b"xl/worksheets/s1.xml"
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx(S=[["text", "n"], ["row four", "1"]]))) as source,
        zipfile.ZipFile(stream, "w") as target,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name.encode() == sheet:
                part = re.sub(rb'r="([A-Z]?)2"', rb'r="\g<1>4"', part)
                part = re.sub(rb'r="([A-Z]?)1"', rb'r="\g<1>3"', part)
            target.writestr(name, part)
    (tmp_path / "s.xlsx").write_bytes(stream.getvalue())
    (document,) = read_documents(tmp_path / "s.xlsx")
    assert document.id == "s.xlsx/S:4"


def test_two_sheets_of_one_name_are_not_read_as_one(tmp_path):
    stream = io.BytesIO()
    book = xlsx(S=[["text"], ["alpha one"]], T=[["text"], ["beta two"]])
    with (
        zipfile.ZipFile(io.BytesIO(book)) as source,
        zipfile.ZipFile(stream, "w") as target,
    ):
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b'name="T"', b'name="S"'))
    (tmp_path / "s.xlsx").write_bytes(stream.getvalue())
    with pytest.raises(InputError, match="two sheets named 'S'"):
        list(read_documents(tmp_path / "s.xlsx"))


def test_files_of_one_name_in_an_archive_have_ids_of_their_own(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number, text in enumerate(("one", "two", "three")):
            archive.writestr(f"bill/a.tx{number}", text)
        archive.writestr("bill/a.txt (2)", "four")
    content = re.sub(rb"bill/a\.tx[0-2]", b"bill/a.txt", stream.getvalue())
    path = write(tmp_path / "z.zip", content)
    documents = list(read_documents(path))
    assert [d.text for d in documents] == ["one", "two", "three", "four"]
    assert len({d.id for d in documents}) == len({d.source for d in documents}) == 4
    assert documents[0].id == "z.zip/bill/a.txt"
    assert [(e.label, e.text) for e in read_examples(path)][:2] == [
        ("bill", "one"),
        ("bill", "two"),
    ]


@pytest.mark.parametrize("text", ["BZh is a magic number", "BZh91 is nearly one", "BZh"])
def test_a_text_that_begins_like_a_bzip2_file_is_a_text(tmp_path, text):
    assert texts(write(tmp_path / "a.txt", text.encode())) == {"a.txt": text}


def test_an_empty_bzip2_file_is_one(tmp_path):
    (document,) = read_documents(write(tmp_path / "a.bz2", bz2.compress(b"")))
    assert "empty" in document.unreadable


def unreadable(path) -> list:
    """Return the reports of what cannot be read; nothing else may be there."""
    faults: list = []
    assert [d for d in read_documents(path, on_unreadable=faults.append) if not d.unreadable] == []
    return faults


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc")
def test_a_tar_header_of_gigabytes_takes_no_memory(tmp_path):
    size = 2**30
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, size
    with (tmp_path / "h.tar").open("wb") as stream:
        stream.write(info.tobuf(tarfile.USTAR_FORMAT))
        stream.truncate(512 + size)  # a hole: the file takes no room
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(tmp_path / "h.tar")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    fault, peak = done.stdout.splitlines()
    assert "h.tar: cannot be unpacked" in fault
    assert int(peak) < 300_000


PEAK = """
import re, sys
from protolabel.errors import InputError
from protolabel.readers import read_documents, read_examples
from protolabel.readers.reports import Notice
try:
    list(read_documents(sys.argv[1]))
except InputError as error:
    print(error)
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""


def test_a_tar_header_of_many_small_parts_takes_no_memory(tmp_path):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    headers = b"".join(
        tarfile.TarInfo.create_pax_global_header({f"k{n}": "v" * 1000}) for n in range(200)
    )
    assert unreadable(write(tmp_path / "g.tar", headers + stream.getvalue()))


def test_a_zip_whose_list_of_files_is_endless_takes_no_memory(tmp_path):
    content = bytearray(zipped({"a.txt": b"text"}))
    end = content.rindex(b"PK\5\6")
    content[end + 12 : end + 16] = (2**31 - 1).to_bytes(4, "little")  # the size of the list
    path = write(tmp_path / "z.zip", bytes(content))
    assert "cannot be unpacked" in unreadable(path)[0].reason


# -- zip files that are no archives -----------------------------------------------------------

FOREIGN = {
    "a.xps": {"[Content_Types].xml": "<Types><Default ContentType='application/vnd.ms-package."
              "xps-fixeddocumentsequence+xml'/></Types>", "FixedDocSeq.fdseq": "<x>1</x>"},
    "a.vsdx": {"[Content_Types].xml": "<Types><Override ContentType='application/vnd.ms-visio."
               "drawing.main+xml'/></Types>", "visio/document.xml": "<x>1</x>"},
    "a.nupkg": {"[Content_Types].xml": "<Types/>", "lib/a.xml": "<x>1</x>"},
    "a.pages": {"Index/Document.iwa": b"1", "Metadata/Properties.plist": "<x>1</x>"},
    "a.odf": {"mimetype": "application/vnd.oasis.opendocument.formula", "content.xml": "<x>1</x>"},
    "a.hwpx": {"mimetype": "application/hwp+zip", "Contents/section0.xml": "<x>1</x>"},
    "a.jar": {"META-INF/MANIFEST.MF": "Manifest-Version: 1.0", "a.properties": "a=1"},
    "a.whl": {"a/a.py": "1", "a-1.dist-info/WHEEL": "1"},
}  # fmt: skip


@pytest.mark.parametrize("name", FOREIGN)
def test_a_zip_file_of_another_program_is_named_and_not_read_as_an_archive(tmp_path, name):
    (fault,) = unreadable(write(tmp_path / name, zipped(FOREIGN[name])))
    assert fault.source == str(tmp_path / name)
    assert fault.error.expected
    assert fault.error.remedy


@pytest.mark.parametrize("suffix", ["zip", "tar"])
def test_what_is_left_out_of_an_archive_is_said_as_it_is_of_a_folder(tmp_path, suffix):
    files = {"a.txt": "pay", ".hidden": "x", "__MACOSX/._a.txt": "x", "__MACOSX/._b.txt": "x"}
    path = tmp_path / f"m.{suffix}"
    if suffix == "zip":
        path.write_bytes(zipped(files))
    else:
        with tarfile.open(path, "w") as archive:
            for name, text in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(text)
                archive.addfile(info, io.BytesIO(text.encode()))
            link = tarfile.TarInfo("link.txt")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(link)
    notices: list[Notice] = []
    assert len(list(read_documents(path, on_notice=notices.append))) == 1
    of_links = ["1 left out, links and devices: link.txt"] if suffix == "tar" else []
    hidden = "2 left out, hidden or left by other programs: .hidden, __MACOSX"
    assert [notice.message for notice in notices] == [hidden, *of_links]
