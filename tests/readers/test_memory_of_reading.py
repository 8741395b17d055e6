"""Long files and zip bombs of their true size: the memory that reading them takes is bounded.

Each is read in a fresh process that may have 1 GiB of addresses, as ``ulimit -v`` sets it, and so
may the process that it starts for the files of other programs.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hostile_files import deflated, gzip_of, long_pdf, long_run, zip_of
from office_files import W, xlsx
from sources import write

from protolabel.words.text import PAGE_END

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")

MOST_KIBIBYTES = 150_000  # of which Python with NumPy takes about 40,000
READ = """
import json, re, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
from protolabel.readers import read_documents
faults = []
texts = [one.text for one in read_documents(sys.argv[1], on_unreadable=faults.append)]
own = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
started = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
reasons = [str(fault.error) for fault in faults]
print(json.dumps({"texts": texts, "faults": reasons, "peak": max(own, started)}))
"""


def read(path: Path) -> Any:
    """Return the texts and faults of a file, once it is sure that they took little memory."""
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    assert outcome["peak"] < MOST_KIBIBYTES
    return outcome


def the_fault(path: Path) -> str:
    """Return the only fault of a file in which nothing else is."""
    outcome = read(path)
    assert outcome["texts"] == []
    (fault,) = outcome["faults"]
    assert str(path) in fault
    assert "; expected " in fault
    assert "; to fix it: " in fault
    return str(fault)


def test_a_pdf_of_ten_thousand_pages_is_read_to_its_last_page(tmp_path):
    outcome = read(write(tmp_path / "book.pdf", long_pdf(10_000)))
    assert outcome["faults"] == []
    (text,) = outcome["texts"]
    pages = text.split(PAGE_END)
    assert pages == [f"This is page {n} of the book" for n in range(1, 10_001)]


def test_a_zip_of_a_megabyte_that_unpacks_to_a_gigabyte_is_refused(tmp_path):
    content = zip_of({"a.txt": long_run(1024)})
    assert len(content) < 2**30 / 1000
    assert "at most 268,435,456 bytes a file" in the_fault(write(tmp_path / "a.zip", content))


def test_a_letter_whose_xml_unpacks_to_a_gigabyte_is_refused(tmp_path):
    body = f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>'.encode()
    end = b"</w:t></w:r></w:p></w:body></w:document>"
    parts = {"[Content_Types].xml": deflated(b"<Types/>")}
    parts["word/document.xml"] = long_run(1024, body, end)
    assert "at most 10,485,760" in the_fault(write(tmp_path / "a.docx", zip_of(parts)))


def test_a_workbook_that_unpacks_to_a_gigabyte_is_refused(tmp_path):
    with zipfile.ZipFile(io.BytesIO(xlsx(S=[["text"], ["late"]]))) as book:
        parts = {name: deflated(book.read(name)) for name in book.namelist()}
        sheet = book.read("xl/worksheets/s1.xml")
    before, end = sheet.split(b"</sheetData>")
    parts["xl/worksheets/s1.xml"] = long_run(1024, before, b"</sheetData>" + end)
    assert "at most 536,870,912" in the_fault(write(tmp_path / "a.xlsx", zip_of(parts)))


@pytest.mark.slow
def test_of_a_zip_of_zips_no_more_than_four_gibibytes_are_unpacked(tmp_path):
    """It is as the well-known ones: 16 zips in each zip, of which the innermost hold a gigabyte."""
    parts = {"a.txt": long_run(1024)}
    for _ in range(4):
        parts = {f"{n}.zip": deflated(zip_of(parts)) for n in range(16)}
    content = zip_of(parts)
    assert len(content) < 100_000  # it would unpack to 64 TiB
    outcome = read(write(tmp_path / "a.zip", content))
    assert outcome["texts"] == []
    too_long = [one for one in outcome["faults"] if "more than 268,435,456 bytes;" in one]
    left_over = [one for one in outcome["faults"] if one not in too_long]
    assert len(too_long) == 15  # the sixteenth meets the bound of all
    assert all("bytes that the files before it have left" in one for one in left_over)
    assert len(left_over) == 4  # one for each archive that is cut short


@pytest.mark.slow
def test_a_compressed_file_of_five_gibibytes_is_refused(tmp_path):
    fault = the_fault(write(tmp_path / "a.txt.gz", gzip_of(long_run(5 * 1024))))
    assert "unpacks to more than 4,294,967,296 bytes;" in fault
