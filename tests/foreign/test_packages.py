"""Zip and gzip files are opened within bounds, or refused in a sentence that names the file."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from pathlib import Path

import pytest

from clearcount.errors import ForeignFileError
from clearcount.foreign import DOCUMENT, EXPORT, Bounds, open_package, parse_xml, unzipped


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def _flagged(content: bytes, flag: int, method: int | None = None) -> bytes:
    """The package with a flag, and a method, in both headers of its first member."""
    made = bytearray(content)
    central = made.index(b"PK\x01\x02")
    for at in (6, central + 8):
        made[at : at + 2] = struct.pack("<H", struct.unpack_from("<H", made, at)[0] | flag)
        if method is not None:
            made[at + 2 : at + 4] = struct.pack("<H", method)
    return bytes(made)


def _overlapping() -> bytes:
    """Two entries of the directory that point to one place."""
    made = packed({"a.csv": b"a,b\n" * 100, "b.csv": b"c"}, zipfile.ZIP_STORED)
    second = made.index(b"PK\x01\x02", made.index(b"PK\x01\x02") + 4)
    return made[: second + 42] + struct.pack("<I", 0) + made[second + 46 :]


def _lying() -> bytes:
    """A directory that states a smaller size than the member has."""
    made = bytearray(packed({"a.csv": b"x" * 1000}))
    central = made.index(b"PK\x01\x02")
    made[central + 24 : central + 28] = struct.pack("<I", 10)
    return bytes(made)


_TEXT = packed({"a.csv": b"a,b\n1,2\n", "c/d.csv": b"x"})


def test_a_plain_package_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(_TEXT)
    with open_package(path, "x.zip") as package:
        assert package.members == ("a.csv", "c/d.csv")
        assert package.read("a.csv") == b"a,b\n1,2\n"
        assert package.size("c/d.csv") == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (_flagged(_TEXT, 0x1), "password"),
        (_flagged(_TEXT, 0, 99), "password"),
        (_flagged(_TEXT, 0, 9), "Deflate64"),
        (_flagged(_TEXT, 0, 14), "LZMA"),
        (_flagged(_TEXT, 0, 77), "number 77"),
        (packed({"bomb": b"\0" * (40 << 20)}), "bombs"),
        (packed({f"m{number}": b"\0" * (1 << 20) for number in range(40)}), "bombs"),
        (packed({f"m{number}": b"" for number in range(2_001)}), "more than 2,000 files"),
        (_overlapping(), "lie over each other"),
        (b"", "damaged"),
        (b"PK\x05\x06", "damaged"),
        (_TEXT[:-30], "damaged"),
        (_TEXT[40:], "damaged"),
        (b"no zip at all" * 20, "damaged"),
        (_TEXT[:-22] + b"PK\x05\x06" + b"\xff" * 18, "damaged|more than"),
    ],
)
def test_a_hostile_package_is_refused_by_name(content: bytes, words: str) -> None:
    with pytest.raises(ForeignFileError, match=rf"^export\.zip .*({words})"):
        _read_all(content)


def _read_all(content: bytes) -> None:
    with open_package(content, "export.zip") as package:
        for member in package.members:
            package.read(member)


def test_a_package_with_one_name_twice_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("a.csv", b"1")
        archive.writestr("a.csv", b"2")
    with pytest.raises(ForeignFileError, match="two files of one name"):
        open_package(out.getvalue(), "x.zip")


@pytest.mark.parametrize("damage", [_lying(), _TEXT.replace(b"PK\x03\x04", b"PK\x03\x05", 1)])
def test_a_damaged_member_is_refused_when_it_is_read(damage: bytes) -> None:
    with open_package(damage, "x.zip") as package, pytest.raises(ForeignFileError, match=r"^x\.zip: a\.csv .*damaged"):
        package.read("a.csv")


def test_an_error_of_the_caller_keeps_its_name() -> None:
    with open_package(_TEXT, "x.zip") as package, pytest.raises(ValueError, match="mine"), package.open("a.csv"):
        raise ValueError("mine")


def test_an_export_may_be_long_and_a_document_may_not() -> None:
    content = packed({"a.csv": bytes(range(256)) * 1000}, zipfile.ZIP_STORED)
    tight = Bounds(members=5, unpacked=1000, ratio=10)
    with pytest.raises(ForeignFileError, match="more than 0 MB"):
        open_package(content, "x.zip", tight)
    assert open_package(content, "x.zip", EXPORT).unpacked == 256_000


def test_gzip_is_read_and_a_bomb_is_stopped() -> None:
    with unzipped(io.BytesIO(gzip.compress(b"a,b\n" * 1000)), "x.csv.gz", EXPORT) as stream:
        assert stream.read() == b"a,b\n" * 1000
    bomb = gzip.compress(b"\0" * (40 << 20))
    with unzipped(io.BytesIO(bomb), "x.csv.gz", EXPORT) as stream, pytest.raises(ForeignFileError, match="bombs"):
        stream.read()


@pytest.mark.parametrize(
    "content", [b"no gzip", gzip.compress(b"abc" * 999, mtime=0)[:-9], gzip.compress(b"abc", mtime=0)[:5], b"\x1f\x8b"]
)
def test_a_damaged_gzip_is_refused(content: bytes) -> None:
    with (
        unzipped(io.BytesIO(content), "x.gz", EXPORT) as stream,
        pytest.raises(ForeignFileError, match=r"^x\.gz .*dam"),
    ):
        stream.read()


_LAUGHS = '<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(
    "content",
    [
        _LAUGHS.encode(),
        _LAUGHS.encode("utf-16"),
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b"<a>" * 300 + b"</a>" * 300,
        b"<a>" * 100_000,
        b"<a>",
        b"",
        b"<a>&nothing;</a>",
        b"<a\0/>",
        b'<?xml version="1.0" encoding="no-such"?><a/>',
    ],
)
def test_hostile_xml_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(ForeignFileError, match=r"^content\.xml: "):
        parse_xml(content, "content.xml")


def test_plain_xml_is_read() -> None:
    assert parse_xml(b"<a><b>x</b></a>", "x").findtext("b") == "x"
    assert DOCUMENT.unpacked < EXPORT.unpacked
