"""Manuals that Debian ships as plain text, PDF and HTML: the words of the text are found,
and as many of them as by any library.

They are read where they are installed (`apt-get install developers-reference debian-faq`), or below the folder that
READING_ROOT names.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
import reading

PACKAGES = ("developers-reference", "debian-faq")
ROOT = Path(os.environ.get("READING_ROOT", "/"))
ARCHIVES = Path("/var/cache/apt/archives")
MANUALS = [manual for manual in reading.MANUALS if manual.package in PACKAGES]


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory):
    """A folder with those of the packages that apt keeps but has not installed with their documentation."""
    folder = tmp_path_factory.mktemp("packages")
    for package in PACKAGES if shutil.which("dpkg-deb") else ():
        for archive in ARCHIVES.glob(f"{package}_*.deb"):
            subprocess.run(["dpkg-deb", "-x", archive, folder], check=True)
    return folder


@pytest.mark.parametrize("manual", MANUALS, ids=lambda manual: Path(manual.pages).name)
def test_the_words_of_a_manual_are_found(unpacked, manual):
    scores = reading.compared(ROOT, manual) or reading.compared(unpacked, manual)
    if not scores:
        pytest.skip(f"{manual.package} is not installed below {ROOT}")
    assert not reading.falls_short(scores), scores


@pytest.mark.parametrize(
    ("plain", "keep", "left"),
    [
        ("Title\n\nContents\n\n1. One\n2. Two\n   and more\n\n1. One\n\nwords", 0, "Title\n\n\n1. One\n\nwords"),
        ("Contents\n1. One\n\nA\n\nContents\n1. One\n\nB", 1, "Contents\n1. One\n\nA\n\n\nB"),
        ("* 1. A\n\n* 1.1. B\n\n* 2. C\n\n* 3. D\n\n* 4. E\n\n1. A", 0, "\n1. A"),
        ("* 1. A\n* 2. B\n\nwords", 0, "* 1. A\n* 2. B\n\nwords"),
        ("1. A\n2. B\n3. C\n4. D\n5. E\n6. F", 0, "1. A\n2. B\n3. C\n4. D\n5. E\n6. F"),
    ],
)
def test_tables_of_contents_are_left_out_of_plain_text(plain, keep, left):
    assert reading.without_contents(plain, keep) == left


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("High-water, twice!", ["High", "water", "twice"]),
        ("snake_case 3rd", ["snake", "case", "3rd"]),
        ("see https://example.org/a-b/\n   c.html) or https:\n//x.org end", ["see", "or", "end"]),
        ("see https://example.org/\nfor more", ["see", "for", "more"]),
        ("```sh\nls\n```", ["ls"]),
    ],
)
def test_what_counts_as_a_word(text, words):
    assert sorted(reading.words(text).elements()) == sorted(words)


def test_f1_is_of_multisets():
    assert reading.agreement("a a b", "a b b") == pytest.approx(2 / 3)
    assert reading.agreement("", "a") == 0
