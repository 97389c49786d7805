"""Reports that are broken as files: cut, encrypted, saved by another program, or far larger than they look."""

from __future__ import annotations

import io
import zlib

import pikepdf

from tests.support import reports


def without_xref(content: bytes) -> bytes:
    start = content.rindex(b"startxref")
    return content[:start] + b"startxref\n99\n%%EOF\n"


def encrypted(password: str) -> bytes:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(reports.sales())) as pdf:
        pdf.save(output, encryption=pikepdf.Encryption(user=password, owner="owner"))
    return output.getvalue()


def saved_again() -> bytes:
    """The same report as another program writes it: object streams, a cross-reference stream."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(reports.sales())) as pdf:
        pdf.save(output, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return output.getvalue()


def bomb(megabytes: int) -> bytes:
    """A page whose content is a few KB that inflate to so many megabytes of drawing."""
    packer = zlib.compressobj(9)
    piece = b"0 0 m 1 1 l S\n" * (1024 * 1024 // 14)
    packed = b"".join(packer.compress(piece) for _ in range(megabytes)) + packer.flush()
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(reports.sales())) as pdf:
        stream = pikepdf.Stream(pdf, b"")
        twice = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode])
        stream.write(zlib.compress(packed, 9), filter=twice)
        pdf.pages[0].obj.Contents = stream
        pdf.save(output, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return output.getvalue()


def bomb_with_report() -> bytes:
    """Plenty of drawing before an ordinary report: more work than usual, within the limits."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(reports.sales())) as pdf:
        page = pdf.pages[0]
        page.contents_add(pikepdf.Stream(pdf, b"0 0 m 1 1 l S\n" * 20_000), prepend=True)
        pdf.save(output)
    return output.getvalue()
