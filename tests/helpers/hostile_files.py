"""Files that are far larger inside than outside, written without ever being whole in memory."""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

MIB = 2**20


class Deflated(NamedTuple):
    """Compressed bytes, and what a zip or gzip file says of them."""

    content: bytes
    size: int
    checksum: int


def deflated(content: bytes) -> Deflated:
    """Compress some bytes."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    return Deflated(
        deflater.compress(content) + deflater.flush(), len(content), zlib.crc32(content)
    )


def long_run(mebibytes: int, before: bytes = b"", after: bytes = b"") -> Deflated:
    """Compress a run of blanks between two parts: each mebibyte of it has the same bytes."""
    blanks = b" " * MIB
    pieces, checksum = b"", 0
    for content in (before, blanks):
        deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
        piece = deflater.compress(content) + deflater.flush(zlib.Z_FULL_FLUSH)
        pieces += piece if content is before else piece * mebibytes
    checksum = zlib.crc32(before)
    for _ in range(mebibytes):
        checksum = zlib.crc32(blanks, checksum)
    size = len(before) + mebibytes * MIB + len(after)
    return Deflated(pieces + deflated(after).content, size, zlib.crc32(after, checksum))


def zip_of(parts: dict[str, Deflated]) -> bytes:
    """Return a zip file of compressed parts."""
    files, listing = b"", b""
    for name, (content, size, checksum) in parts.items():
        numbers = (20, 0, 8, 0, 0x21, checksum, len(content), size, len(name), 0)
        about = struct.pack("<HHHHHIIIHH", *numbers)
        listing += b"PK\1\2\x14\0" + about
        listing += struct.pack("<HHHII", 0, 0, 0, 0, len(files)) + name.encode()
        files += b"PK\3\4" + about + name.encode() + content
    end = struct.pack("<HHHHIIH", 0, 0, len(parts), len(parts), len(listing), len(files), 0)
    return files + listing + b"PK\5\6" + end


def gzip_of(part: Deflated) -> bytes:
    """Return a gzip file of a compressed part."""
    end = struct.pack("<II", part.checksum, part.size % 2**32)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + part.content + end


def long_pdf(n_pages: int) -> bytes:
    """Return a PDF in which each page says its number."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(n_pages))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {n_pages}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for n in range(n_pages):
        words = f"BT /F1 12 Tf 50 700 Td (This is page {n + 1} of the book) Tj ET"
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents {5 + 2 * n} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>",
            f"<</Length {len(words)}>>stream\n{words}\nendstream",
        ]
    parts = [f"{number} 0 obj\n{one}\nendobj\n" for number, one in enumerate(objects, start=1)]
    beginning, place, table = "%PDF-1.7\n", 9, ""
    for part in parts:
        table += f"{place:010} 00000 n \n"
        place += len(part)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<</Root 1 0 R/Size {size}>>\n"
    return f"{beginning}{''.join(parts)}{end}startxref\n{place}\n%%EOF\n".encode()
