import bz2
import gzip
import lzma
import random
import resource

import pytest
import zstandard

from loramake.errors import SourceError
from loramake.readers.compressed import blocks, compression_of, unpack

MIB = 2**20
TEXT = random.Random(0).randbytes(5000) * 20
COMPRESS = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}
every = pytest.mark.parametrize("kind", COMPRESS)


@pytest.fixture
def unpacked(tmp_path):
    """What a file of some bytes holds, or the reason why that is not told."""

    def read(data, kind, most=MIB):
        path = tmp_path / f"file{kind}"
        path.write_bytes(data)
        try:
            return b"".join(blocks(path, kind, most))
        except SourceError as error:
            return error.reason

    return read


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a.md.gz", ".gz"),
        ("A.MD.GZ", ".gz"),
        ("a.xz", ".xz"),
        ("a.tgz", ""),
        ("gz", ""),
        ("a.md", ""),
        ("a.zst", ".zst"),
    ],
)
def test_the_suffix_tells_the_compression(path, kind):
    assert compression_of(path) == kind


@every
def test_what_is_compressed_comes_out(unpacked, kind):
    assert unpacked(COMPRESS[kind](TEXT), kind) == TEXT


@every
def test_several_behind_each_other_are_one(unpacked, kind):
    data = COMPRESS[kind](TEXT)
    assert unpacked(data + data + bytes(3000), kind) == TEXT + TEXT


@every
@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda data: data[:-3], "truncated"),
        (lambda data: data[: len(data) // 2], "truncated"),
        (lambda data: data[:5], "truncated"),
        (lambda data: data + data[:-3], "truncated"),
        (lambda data: data + b"junk" * 10, "trailing_bytes"),
        (lambda data: data[:100] + b"\xff" * 100 + data[200:], "damaged"),
        (lambda data: b"no such thing" + data, "damaged"),
        (lambda data: bytes(100) + data, "damaged"),
        (lambda data: data[:0], "empty"),
    ],
)
def test_what_is_broken_has_a_name(unpacked, kind, damage, reason):
    assert unpacked(damage(COMPRESS[kind](TEXT)), kind) == reason


@every
def test_nothing_in_it_is_nothing(unpacked, kind):
    assert unpacked(COMPRESS[kind](b""), kind) == "empty"


@every
def test_a_file_grows_no_further_than_allowed(unpacked, kind):
    assert unpacked(COMPRESS[kind](TEXT), kind, len(TEXT)) == TEXT
    assert unpacked(COMPRESS[kind](TEXT), kind, len(TEXT) - 1) == "too_big"


@every
def test_a_bomb_takes_little_memory(tmp_path, kind):
    path = tmp_path / f"bomb{kind}"
    path.write_bytes(COMPRESS[kind](bytes(200 * MIB)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SourceError, match="more than 150 MiB"):
        unpack(path, kind, tmp_path / "out", 150 * MIB)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 80 * 1024


def wide_zstandard():
    parameters = zstandard.ZstdCompressionParameters(window_log=29, enable_ldm=True)
    stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    return stream.compress(TEXT) + stream.flush()


def wide_xz():
    return lzma.compress(TEXT, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 2**29}])


@pytest.mark.parametrize(("kind", "data"), [(".zst", wide_zstandard()), (".xz", wide_xz())])
def test_a_window_that_is_too_wide_is_not_opened(unpacked, kind, data):
    assert unpacked(data, kind) == "too_big"


def test_what_is_not_compressed_comes_as_it_is(unpacked):
    assert unpacked(TEXT, "") == TEXT
    assert unpacked(TEXT, "", 10) == "too_big"
