"""Documents that hold programs: their text is read, and nothing in them is run or read as text."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from office_files import docx, xlsx, zipped
from pdf_objects import pdf_of, stream
from sources import write

MACRO = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b'Attribute VB_Name = "ThisDocument"\r\n'
    b'Sub AutoOpen()\r\nShell "touch executed"\r\nEnd Sub\r\n'
    b'Sub Workbook_Open()\r\nShell "touch executed"\r\nEnd Sub\r\n'
)
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    '<Override PartName="/{part}" ContentType="application/vnd.ms-{program}.{kind}'
    '.macroEnabled.main+xml"/></Types>'
)


def with_macro(content: bytes, folder: str, types: str) -> bytes:
    """Return an Office file with a macro in it, as Office saves it."""
    with zipfile.ZipFile(BytesIO(content)) as source:
        parts: dict[str, str | bytes] = {name: source.read(name) for name in source.namelist()}
    return zipped(parts | {"[Content_Types].xml": types, f"{folder}/vbaProject.bin": MACRO})


WORD = TYPES.format(part="word/document.xml", program="word", kind="document")
EXCEL = TYPES.format(part="xl/workbook.xml", program="excel", kind="sheet")
SCRIPT = stream('app.launchURL("executed"\\); this.exportDataObject({nLaunch: 2}\\);')
RUNNING = {
    "a.docm": with_macro(docx("Pay two"), "word", WORD),
    "a.xlsm": with_macro(xlsx(S=[["text"], ["Pay two"]]), "xl", EXCEL),
    "a.html": b"<!DOCTYPE html><html><body onload=\"require('fs').writeFileSync('executed', '')\">"
    b"<script>require('fs').writeFileSync('executed', '')</script>Pay two</body></html>",
    "script.pdf": pdf_of("Pay two", SCRIPT, catalog="/OpenAction<</S/JavaScript/JS 6 0 R>>"),
    "launch.pdf": pdf_of(
        "Pay two",
        catalog="/OpenAction<</S/Launch/F(touch)/Unix<</F(touch)/P(executed)>>>>",
    ),
    "a.rtf": rb"{\rtf1\ansi Pay two{\field{\*\fldinst DDEAUTO sh "
    rb'"touch executed"}{\fldrslt }}\par}',
    "field.docx": docx(
        "Pay two",
        body='<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DDEAUTO sh '
        '"touch executed"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>',
    ),
    "formula.xlsx": xlsx(S=[["text"], ["Pay two"], ["=cmd|' /C touch executed'!A0"]]),
}
HOOK = """
import os, sys

def hook(event, args):
    if event in ("os.system", "os.exec", "os.fork", "os.posix_spawn", "subprocess.Popen"):
        with open(os.environ["STARTED"], "a") as log:
            log.write(f"{event} {args[0]}\\n")

sys.addaudithook(hook)
"""
READ = """
import sys
from protolabel.readers import read_documents
print([one.text for one in read_documents(sys.argv[1])])
"""


@pytest.mark.parametrize("name", RUNNING)
def test_a_document_with_a_program_gives_its_words_and_starts_nothing(tmp_path: Path, name: str):
    write(tmp_path / "documents" / name, RUNNING[name])
    write(tmp_path / "hooks" / "sitecustomize.py", HOOK)
    log = write(tmp_path / "started", "")
    done = subprocess.run(
        [sys.executable, "-c", READ, f"documents/{name}"], capture_output=True, text=True,
        check=True, cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "hooks"), "STARTED": str(log)},
    )  # fmt: skip
    texts = "['Pay two', \"=cmd|' /C touch executed'!A0\"]" if "formula" in name else "['Pay two']"
    assert done.stdout == texts + "\n"
    assert not list(tmp_path.rglob("executed"))
    started = log.read_text().splitlines()
    assert {line.split()[1] for line in started} <= {sys.executable}  # what reads the file
    assert len(started) <= 1
