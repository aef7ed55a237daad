"""Archives and compressed files: bombs, ways out, and names that no file should have."""

import bz2
import gzip
import lzma
import random
import tarfile
import zipfile
import zlib
from pathlib import Path

import zstandard

from zoo.animal import Cage, animal
from zoo.packing import called, cut, packed, replaced, sparse, tarred, with_field, with_shared_bytes, zipped

WORDS = b"The ferry leaves at seven from the eastern pier, and waits for nobody.\n"
MIB = 2**20
GOOD = {"good.md": WORDS}


@animal("names_that_lead_out.zip", reason="outside", speaks=True)
def names_that_lead_out(path: Path, cage: Cage) -> None:
    names = [
        "../escaped.md",
        "a/../../escaped.md",
        "/tmp/escaped.md",
        f"{cage.outside}",
        "C:\\escaped.md",
        "..\\escaped.md",
    ]
    zipped(path, {called(name): WORDS for name in names} | {zipfile.ZipInfo("good.md"): WORDS})


@animal("names_that_lead_out.tar", reason="outside", speaks=True)
def names_that_lead_out_of_tar(path: Path, cage: Cage) -> None:
    tarred(
        path,
        dict.fromkeys(["../escaped.md", "/tmp/escaped.md", f"{cage.outside}", "a/../../../escaped.md"], WORDS) | GOOD,
    )


@animal("names_that_are_none.zip", reason="bad_name", speaks=True)
def names_that_are_none(path: Path, _cage: Cage) -> None:
    zipped(
        path,
        {called(name): WORDS for name in ("a\0b.md", "line\nend.md", "\x1b[2J.md")}
        | {zipfile.ZipInfo("good.md"): WORDS},
    )


@animal("links_that_lead_out.tar.gz", reason="not_a_file", speaks=True)
def links_that_lead_out(path: Path, cage: Cage) -> None:
    """A link to a folder outside, and a file to be written through it; a link to a file, a hard one, and devices."""
    members: dict[str | tarfile.TarInfo, bytes] = {}
    kinds = [tarfile.SYMTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
    targets = [f"{cage.outside.parent}", f"{cage.outside}", f"{cage.outside}", "", "", ""]
    for number, (kind, target) in enumerate(zip(kinds, targets, strict=True)):
        info = tarfile.TarInfo(f"link{number}.md")
        info.type, info.linkname = kind, target
        members[info] = b""
    tarred(path, {**members, "link0.md/escaped.md": WORDS, "good.md": WORDS})


@animal("link_that_leads_out.zip", reason="not_a_file", speaks=True)
def link_that_leads_out(path: Path, cage: Cage) -> None:
    info = zipfile.ZipInfo("secret.md")
    info.external_attr = 0o120777 << 16
    zipped(path, {info: f"{cage.outside}".encode(), "good.md": WORDS})


@animal("an_archive_in_an_archive.zip", reason="nested_archive", speaks=True)
def an_archive_in_an_archive(path: Path, _cage: Cage) -> None:
    zipped(path, {"inner.zip": packed(path, GOOD).read_bytes(), "good.md": WORDS})


@animal("password.zip", reason="encrypted", speaks=True)
def password(path: Path, _cage: Cage) -> None:
    with_field(zipped(path, {"secret.md": WORDS, "good.md": WORDS}), 6, b"\1")


@animal("twins.zip", reason="duplicate_member", speaks=True)
def twins(path: Path, _cage: Cage) -> None:
    zipped(path, {called("a.md"): WORDS, called("A.md"): b"other " + WORDS, called("./a.md"): WORDS})


@animal("size_that_lies.zip", reason="damaged", speaks=True)
def size_that_lies(path: Path, _cage: Cage) -> None:
    with_field(zipped(path, {"a.md": WORDS * 9, "good.md": WORDS}), 22, (10).to_bytes(4, "little"))


@animal("sum_that_is_wrong.zip", reason="damaged", speaks=True)
def sum_that_is_wrong(path: Path, _cage: Cage) -> None:
    replaced(zipped(path, {"a.md": b"x" + WORDS, "good.md": WORDS}, zipfile.ZIP_STORED), b"xThe", b"xHe ")


@animal("sixty_megabytes.zip", "sixty_megabytes.tar.gz", reason="too_big")
def sixty_megabytes(path: Path, _cage: Cage) -> None:
    """A bomb that is one member."""
    packed(path, {"a.md": bytes(60 * MIB)})


@animal("members_that_share_their_bytes.zip", reason="overlapping_members")
def members_that_share_their_bytes(path: Path, _cage: Cage) -> None:
    """The better bomb: every member is the same kernel."""
    with_shared_bytes(zipped(path, {f"{n}.md": bytes(MIB) for n in range(3)}))


@animal("hole_of_a_terabyte.tar", reason="too_big")
def hole_of_a_terabyte(path: Path, _cage: Cage) -> None:
    sparse(path, "a.md", 2**40)


@animal("member_of_a_terabyte_claimed.tar", reason="truncated")
def member_of_a_terabyte_claimed(path: Path, _cage: Cage) -> None:
    info = tarfile.TarInfo("a.md")
    info.size = 2**40
    path.write_bytes(info.tobuf(tarfile.GNU_FORMAT) + WORDS)


@animal("name_of_a_terabyte.tar", reason="truncated")
def name_of_a_terabyte(path: Path, _cage: Cage) -> None:
    info = tarfile.TarInfo("././@LongLink")
    info.size, info.type = 2**40, tarfile.GNUTYPE_LONGNAME
    path.write_bytes(info.tobuf(tarfile.GNU_FORMAT) + WORDS * 100)


@animal("size_below_nothing.tar", reason="damaged")
def size_below_nothing(path: Path, _cage: Cage) -> None:
    info = tarfile.TarInfo("a.md")
    info.size = -1024
    path.write_bytes(info.tobuf(tarfile.GNU_FORMAT) * 3)


@animal("more_members_than_allowed.zip", reason="too_many_members")
def more_members_than_allowed(path: Path, _cage: Cage) -> None:
    """As `zipfile` would write it, in a tenth of the time."""
    local = b"PK\3\4\24" + bytes(21) + (6).to_bytes(2, "little") + bytes(2)
    central = b"PK\1\2\24\0\24" + bytes(21) + (6).to_bytes(2, "little") + bytes(12)
    count = 200_001
    names = [b"%06x" % number for number in range(count)]
    head = b"".join(local + name for name in names)
    size = len(local) + 6
    table = b"".join(central + (n * size).to_bytes(4, "little") + name for n, name in enumerate(names))
    far = b"PK\6\6" + (44).to_bytes(8, "little") + bytes(12) + count.to_bytes(8, "little") * 2
    far += len(table).to_bytes(8, "little") + len(head).to_bytes(8, "little")
    far += b"PK\6\7" + bytes(4) + (len(head) + len(table)).to_bytes(8, "little") + (1).to_bytes(4, "little")
    path.write_bytes(head + table + far + b"PK\5\6" + bytes(4) + b"\xff" * 12 + bytes(2))


@animal("cut_in_half.zip", reason="damaged")
@animal("cut_in_half.tar", "cut_in_half.tar.gz", "cut_in_half.tar.xz", reason="truncated")
def cut_in_half(path: Path, _cage: Cage) -> None:
    packed(path, {f"{n}.md": random.Random(n).randbytes(3000) for n in range(9)})
    cut(path, path.stat().st_size // 2)


@animal("random_bytes.zip", "random_bytes.tar", "random_bytes.tar.gz", "random_bytes.tar.zst", reason="damaged")
def random_bytes(path: Path, _cage: Cage) -> None:
    path.write_bytes(random.Random(0).randbytes(5000))


@animal("nothing.zip", "nothing.tar", "nothing.tgz", reason="empty")
def nothing(path: Path, _cage: Cage) -> None:
    path.touch()


@animal("pictures_only.zip", reason="unknown_format")
def pictures_only(path: Path, _cage: Cage) -> None:
    zipped(path, {"a.png": b"x", "b.jpg": b"x"})


PACKERS = {
    "gz": lambda data: gzip.compress(data, 1, mtime=0),
    "bz2": lambda data: bz2.compress(data, 1),
    "xz": lambda data: lzma.compress(data, preset=0),
    "zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}


@animal("bomb.md.gz", "bomb.md.bz2", "bomb.md.xz", "bomb.md.zst", reason="too_big")
def bomb(path: Path, _cage: Cage) -> None:
    path.write_bytes(PACKERS[path.suffix[1:]](bytes(60 * MIB)))


@animal("bomb_of_bombs.md.gz", reason="binary")
def bomb_of_bombs(path: Path, _cage: Cage) -> None:
    """Packed twice: only one of them is opened."""
    path.write_bytes(gzip.compress(gzip.compress(bytes(20 * MIB), 1), mtime=0))


@animal("cut_off.md.gz", "cut_off.md.bz2", "cut_off.md.xz", "cut_off.md.zst", reason="truncated")
def cut_off(path: Path, _cage: Cage) -> None:
    path.write_bytes(PACKERS[path.suffix[1:]](WORDS)[:-5])


@animal("more_behind.md.gz", "more_behind.md.bz2", "more_behind.md.xz", "more_behind.md.zst", reason="trailing_bytes")
def more_behind(path: Path, _cage: Cage) -> None:
    path.write_bytes(PACKERS[path.suffix[1:]](WORDS) + WORDS)


@animal("not_packed.md.gz", "not_packed.md.bz2", "not_packed.md.xz", "not_packed.md.zst", reason="damaged")
def not_packed(path: Path, _cage: Cage) -> None:
    path.write_bytes(WORDS)


@animal("window_of_two_gigabytes.md.zst", reason="too_big")
def window_of_two_gigabytes(path: Path, _cage: Cage) -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=31, enable_ldm=True)
    stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    path.write_bytes(stream.compress(WORDS) + stream.flush())


@animal("window_of_half_a_gigabyte.md.xz", reason="too_big")
def window_of_half_a_gigabyte(path: Path, _cage: Cage) -> None:
    path.write_bytes(lzma.compress(WORDS, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 2**29}]))


@animal("name_that_leads_out.md.gz", reason=None)
def name_that_leads_out(path: Path, cage: Cage) -> None:
    """gzip may say what the file was called; nobody asks."""
    packer = zlib.compressobj(wbits=-15)
    body = packer.compress(WORDS) + packer.flush()
    head = b"\x1f\x8b\x08\x08" + bytes(6) + f"{cage.outside}".encode() + b"\0"
    path.write_bytes(head + body + zlib.crc32(WORDS).to_bytes(4, "little") + len(WORDS).to_bytes(4, "little"))
