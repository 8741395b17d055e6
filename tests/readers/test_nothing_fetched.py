"""References of a document to the network: reading it fetches none of them."""

from __future__ import annotations

import socket
import threading
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from office_files import docx, mail, odt, xlsx, zipped
from pdf_objects import pdf_of, stream
from sources import texts, write

from protolabel.readers import read_documents

RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PAGE = (
    '<!DOCTYPE html><html><head><base href="{url}/"><link rel="stylesheet" href="{url}/a.css">'
    '<style>@import url("{url}/b.css");</style><meta http-equiv="refresh" content="0;url={url}/c">'
    '<script src="{url}/d.js"></script></head><body background="{url}/e.png">Pay two'
    '<img src="{url}/f.png" srcset="{url}/g.png 2x"><iframe src="{url}/h.html"></iframe>'
    '<object data="{url}/i.pdf"></object><embed src="{url}/j"><video poster="{url}/k" '
    'src="{url}/l"></video></body></html>'
)
DRAWING = (
    '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "{url}/svg.dtd" ['
    '<!ENTITY more SYSTEM "{url}/more.txt"><!ENTITY % all SYSTEM "{url}/all.dtd"> %all;]>'
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    '<?xml-stylesheet href="{url}/a.xsl"?><image xlink:href="{url}/a.png"/>'
    "<text>Pay two &more;</text></svg>"
)
PROLOG = '<!DOCTYPE d SYSTEM "{url}/d.dtd" [<!ENTITY a SYSTEM "{url}/a.txt">]>'


def relations(**targets: str) -> str:
    """Return the relations of an Office part to other places, by their types."""
    lines = "".join(
        f'<Relationship Id="r{number}" Type="{RELATED}/{kind}" Target="{target}" '
        'TargetMode="External"/>'
        for number, (kind, target) in enumerate(targets.items())
    )
    home = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{home}">{lines}</Relationships>'


def letter(url: str) -> bytes:
    linked = relations(
        image=f"{url}/a.png", attachedTemplate=f"{url}/b.dotm", aFChunk=f"{url}/c.html",
        oleObject=f"{url}/d.docx", hyperlink=f"{url}/e",
    )  # fmt: skip
    body = (
        f'<w:p><w:r><a:blip xmlns:a="urn:a" xmlns:r="{RELATED}" r:link="r0"/></w:r></w:p>'
        f'<w:altChunk xmlns:r="{RELATED}" r:id="r2"/><w:p><w:r><w:instrText>INCLUDETEXT '
        f'"{url}/f.docx"</w:instrText></w:r></w:p>'
    )
    return docx("Pay two", body=body, **{
        "word/_rels/document.xml.rels": linked, "word/_rels/settings.xml.rels": linked,
        "word/settings.xml": f'<s xmlns:r="{RELATED}"><attachedTemplate r:id="r1"/></s>',
    })  # fmt: skip


def workbook(url: str) -> bytes:
    with zipfile.ZipFile(BytesIO(xlsx(S=[["text"], ["Pay two"]]))) as book:
        parts: dict[str, str | bytes] = {name: book.read(name) for name in book.namelist()}
    linked = relations(externalLinkPath=f"{url}/a.xlsx", image=f"{url}/b.png")
    parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = linked
    parts["xl/worksheets/_rels/s1.xml.rels"] = linked
    return zipped(parts)


def letter_of_a_page(url: str) -> bytes:
    message = mail("Bill", html=PAGE.format(url=url))
    message.replace_header("Subject", "Bill")
    message["List-Unsubscribe"] = f"<{url}/z>"
    return message.as_bytes()


def letter_elsewhere(url: str) -> bytes:
    """Return a mail whose body lies somewhere else (RFC 2017)."""
    return (
        "From: a@example.org\nSubject: Pay two\nMIME-Version: 1.0\nContent-Type: multipart/mixed; "
        'boundary=x\n\n--x\nContent-Type: message/external-body; access-type=URL; URL="'
        f'{url}/a.txt"\n\nContent-Type: text/plain\n\n\n--x--\n'
    ).encode()


def saved_page(url: str) -> bytes:
    return (
        "From: <Saved by Blink>\nSubject: Bill\nMIME-Version: 1.0\nContent-Type: multipart/related;"
        f' type="text/html"; boundary=x\n\n--x\nContent-Type: text/html\nContent-Location: {url}/\n'
        f"\n{PAGE.format(url=url)}\n--x--\n"
    ).encode()


def book(url: str) -> bytes:
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="a" href="a.xhtml" '
        f'media-type="application/xhtml+xml"/><item id="b" href="{url}/b.xhtml" '
        'media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/>'
        '<itemref idref="b"/></spine></package>'
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="p.opf"/></rootfiles></container>'
    )
    return zipped({
        "mimetype": "application/epub+zip", "META-INF/container.xml": container, "p.opf": package,
        "a.xhtml": PAGE.format(url=url),
    })  # fmt: skip


def pdf(*objects: str, catalog: str = "") -> Callable[[str], bytes]:
    """Return what makes a PDF, in whose objects HERE stands for the address."""

    def content(url: str) -> bytes:
        filled = [one.replace("HERE", url) for one in objects]
        return pdf_of("Pay two", *filled, catalog=catalog.replace("HERE", url))

    return content


FILES: dict[str, Callable[[str], bytes]] = {
    "a.html": lambda url: PAGE.format(url=url).encode(),
    "a.docx": letter,
    "a.xlsx": workbook,
    "a.odt": lambda url: odt(
        f'Pay two<draw:image xmlns:draw="urn:d" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'xlink:href="{url}/a.png"/>'
    ),
    "a.epub": book,
    "a.mhtml": saved_page,
    "a.rtf": lambda url: (
        rb'{\rtf1\ansi Pay two{\field{\*\fldinst INCLUDEPICTURE "%b/a.png"}'
        rb"{\fldrslt }}{\*\template %b/b.dot}\par}" % (url.encode(), url.encode())
    ),
    "page.eml": letter_of_a_page,
    "elsewhere.eml": letter_elsewhere,
    "a.md": lambda url: f"![Pay two]({url}/a.png)".encode(),
    "uri.pdf": pdf(catalog="/OpenAction<</S/URI/URI(HERE/a)>>"),
    "remote.pdf": pdf(
        "<</Type/Filespec/FS/URL/F(HERE/b.pdf)>>",
        catalog="/OpenAction<</S/GoToR/F 6 0 R/D[0/Fit]>>",
    ),
    "submitted.pdf": pdf(catalog="/OpenAction<</S/SubmitForm/F<</FS/URL/F(HERE/c)>>/Fields[]>>"),
    "elsewhere.pdf": pdf(
        stream("", "/F<</FS/URL/F(HERE/d)>>/Subtype/XML/Type/Metadata"), catalog="/Metadata 6 0 R"
    ),
}
OF_ENTITIES: dict[str, Callable[[str], bytes]] = {
    "a.docx": lambda url: docx("&a;", prolog=PROLOG.format(url=url)),
    "a.svg": lambda url: DRAWING.format(url=url).encode(),
    "a.xml": lambda url: DRAWING.format(url=url).encode(),
}


@pytest.fixture
def listener() -> Iterator[tuple[str, list[object]]]:
    """Listen on a port of this machine; the list grows by each connection."""
    connections: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:  # closed
                    return
                connections.append(address)
                connection.close()

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        port = server.getsockname()[1]
        yield f"http://127.0.0.1:{port}", connections
        before = len(connections)
        with socket.create_connection(("127.0.0.1", port)) as own:
            own.recv(1)  # it ends once the connection was counted
        assert len(connections) == before + 1, "the listener counts what comes"
        server.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def test_no_reference_of_a_document_is_fetched(tmp_path, listener):
    url, connections = listener
    for name, content in FILES.items():
        write(tmp_path / name, content(url))
    words = texts(tmp_path)
    assert {name.split("/")[0] for name, text in words.items() if "Pay two" in str(text)} == set(
        FILES
    )
    assert connections == []


@pytest.mark.parametrize("name", OF_ENTITIES)
def test_no_entity_of_a_document_is_fetched(tmp_path, listener, name):
    url, connections = listener
    path, faults = write(tmp_path / name, OF_ENTITIES[name](url)), []
    for document in read_documents(path, on_unreadable=faults.append):
        assert "&more;" in str(document.text)  # as it stands there
    assert connections == []
