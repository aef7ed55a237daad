import tarfile
import zipfile

import pytest

from loramake.errors import SourceError
from loramake.readers.members import BadMemberError, kind_of, members_of
from zoo.packing import cut, packed, replaced, tarred, with_field, with_shared_bytes, zipped

WORDS = b"# Tides\n\nWords.\n"
KINDS = ["a.zip", "a.tar", "a.tar.gz", "a.tgz", "a.tar.bz2", "a.tar.xz", "A.TAR.GZ"]
MIB = 2**20


def contents(path, most=MIB):
    """Each member with its bytes, or with why there are none; the reason alone if there is no archive."""
    found = {}
    try:
        for member in members_of(path, path.name, most):
            try:
                found[member.name] = member.refused.split(":")[0] or b"".join(member.blocks())
            except BadMemberError as error:
                found[member.name] = f"damaged: {error}"
    except SourceError as error:
        return error.reason
    return found


@pytest.mark.parametrize("name", KINDS)
def test_folders_are_left_out(tmp_path, name):
    members = {"docs/": b"", "docs/b.txt": b"b", "a.md": WORDS}
    assert contents(packed(tmp_path / name, members)) == {"docs/b.txt": b"b", "a.md": WORDS}


@pytest.mark.parametrize(
    ("name", "kind"), [("A.ZIP", "zip"), ("a.tar", "tar"), ("x/a.tbz2", "tar.bz2"), ("a.Tar.Zst", "tar.zst")]
)
def test_the_kind_goes_by_the_name(name, kind):
    assert kind_of(name) == kind


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE])
def test_links_and_devices_are_no_files(tmp_path, kind):
    info = tarfile.TarInfo("secret.md")
    info.type, info.linkname = kind, "/etc/passwd"
    assert contents(tarred(tmp_path / "a.tar", {info: b""})) == {"secret.md": "not_a_file"}


def test_so_are_links_in_zip(tmp_path):
    info = zipfile.ZipInfo("secret.md")
    info.external_attr = 0o120777 << 16
    assert contents(zipped(tmp_path / "a.zip", {info: b"/etc/passwd"})) == {"secret.md": "not_a_file"}


@pytest.mark.parametrize(("place", "value", "reason"), [(6, b"\1", "encrypted"), (8, b"\x62", "unknown_compression")])
def test_a_member_that_cannot_be_opened_is_named(tmp_path, place, value, reason):
    path = with_field(zipped(tmp_path / "a.zip", {"a.md": WORDS}), place, value)
    assert contents(path) == {"a.md": reason}


def test_a_member_that_is_damaged_spoils_no_other(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a.md": WORDS, "b.md": b"other"}, zipfile.ZIP_STORED)
    assert contents(replaced(path, b"Words", b"Wards")) == {"a.md": "damaged: BadZipFile", "b.md": b"other"}


@pytest.mark.parametrize("size", [10, 10_000, 2**32 - 2])
def test_a_size_that_lies_is_found_out(tmp_path, size):
    path = with_field(zipped(tmp_path / "a.zip", {"a.md": WORDS * 9}), 22, size.to_bytes(4, "little"))
    assert contents(path)["a.md"] in ("damaged: shorter than it says", "damaged: BadZipFile")


def test_members_that_share_their_bytes_are_a_bomb(tmp_path):
    path = with_shared_bytes(zipped(tmp_path / "a.zip", {f"{n}.md": bytes(1000) for n in range(3)}))
    assert contents(path) == "overlapping_members"


@pytest.mark.parametrize("name", ["a.tar.gz", "a.tar.bz2", "a.tar.xz"])
def test_a_compressed_archive_is_unpacked_no_further_than_allowed(tmp_path, name):
    path = packed(tmp_path / name, {"a.md": bytes(2 * MIB)})
    assert contents(path) == "too_big"
    assert len(contents(path, 3 * MIB)["a.md"]) == 2 * MIB


BROKEN = {
    "a.zip": (b"PK\3\4 and so on", "damaged"),
    "b.zip": (b"", "empty"),
    "c.tar": (b"no tar archive " * 100, "damaged"),
    "d.tar": (b"", "empty"),
    "e.tar.gz": (b"no gzip", "damaged"),
    "f.tar.zst": (b"no zstd", "damaged"),
    "g.tar": (bytes(10240), {}),
    "h.zip": (b"PK\5\6" + bytes(18), {}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_archive_is_refused_as_a_whole(tmp_path, name):
    content, expected = BROKEN[name]
    (tmp_path / name).write_bytes(content)
    assert contents(tmp_path / name) == expected


@pytest.mark.parametrize(
    ("name", "size", "reason"),
    [
        ("a.zip", -30, "damaged"),
        ("a.tar", 700, "truncated"),
        ("a.tar", 1300, "truncated"),
        ("a.tar", 1500, "truncated"),
        ("a.tar", 2560, "truncated"),
        ("a.tar.gz", -9, "truncated"),
        ("a.tar.xz", -9, "truncated"),
    ],
)
def test_an_archive_that_is_cut_off_is_refused_as_a_whole(tmp_path, name, size, reason):
    assert contents(cut(packed(tmp_path / name, {"a.md": WORDS * 99, "b.md": WORDS}), size)) == reason


@pytest.mark.parametrize(("more", "expected"), [(bytes(5000), {"a.md": WORDS}), (b"\1" * 600, "trailing_bytes")])
def test_what_follows_an_archive_is_zeros_or_named(tmp_path, more, expected):
    path = tarred(tmp_path / "a.tar", {"a.md": WORDS})
    path.write_bytes(path.read_bytes() + more)
    assert contents(path) == expected


def test_a_broken_header_is_not_taken_for_the_end(tmp_path):
    path = tarred(tmp_path / "a.tar", {"a.md": WORDS, "b.md": WORDS, "c.md": WORDS})
    assert contents(replaced(path, b"b.md", b"x.md")) == "damaged"
