"""How much of a document's text the PDF and HTML readers find, beside bare libraries; and how fast.

    python benchmarks/reading.py [--root FOLDER]      against plain text; ends with 1 if loramake falls short
    python benchmarks/reading.py --corpus FOLDER      speed and memory over a folder of PDFs

Debian ships some manuals as plain text, PDF and HTML. FOLDER is where their packages are installed or unpacked, `/` if
left out:

    apt-get download developers-reference debian-faq maint-guide debian-policy
    for package in *.deb; do dpkg-deb -x $package FOLDER; done

What is compared is the multiset of words, by F1. The rules are the same for every library:

* A word is a run of letters and digits, upper and lower case kept, nothing normalised. So punctuation does not count,
  nor where lines end, nor the hyphens at which the plain text breaks a line; but a word that stays parted by a hyphen,
  is glued to another one, or holds a ligature is wrong.
* Addresses (https://...) do not count: HTML hides them in links, PDF prints them as footnotes, plain text does either.
  One that a line breaks behind `https:`, or / . - _ ? = & or #, goes on in the next if more of it seems to stand there.
* The line that opens a fenced block of code does not count: it is Markdown.
* A table of contents may stand for each chapter, once at the front, or nowhere: every reading is compared with the
  plain text as it is, with the first of its tables of contents, and with none of them, and the best F1 is taken.
* A manual of many pages of HTML is compared as a whole: its pages one after the other.

A library reads as its documentation's first example does. loramake falls short where its F1 is below 0.98, or below
that of the best library.
"""

import argparse
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ENOUGH = 0.98
MOST_MEMORY = 1024  # MiB
OURS = "loramake"
DOC = "usr/share/doc"
POLICY = f"{DOC}/debian-policy"
DEVREF = "usr/share/developers-reference/developers-reference"
FAQ = f"{DOC}/debian/FAQ"
GUIDE = f"{DOC}/maint-guide"

_WORD = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"\b[a-z]+:(?:\n[ \t]*)?/(?:\S*[/.\-_?=&#]\n[ \t]*(?=[a-z\d]\S*[/.#?=]))*\S*")
_FENCE = re.compile(r"^[ >]*```.*$", re.MULTILINE)
_CONTENTS = re.compile(r"\s*(?:Table of )?Contents\s*")
_ENTRY = re.compile(r"\s*(\* |)(?:[A-Z]|\d+)\.(?:\d+\.)*\s+\S")
_FEWEST_ENTRIES = 5


@dataclass(frozen=True)
class Manual:
    """A text in two formats: `text` is plain, `pages` a pattern of files that say the same together."""

    package: str
    text: str
    pages: str

    @property
    def kind(self) -> str:
        return "pdf" if ".pdf" in self.pages else "html"


MANUALS = [
    Manual("developers-reference", f"{DEVREF}.txt.gz", f"{DEVREF}.pdf"),
    Manual("developers-reference", f"{DEVREF}.txt.gz", f"{DEVREF}.html"),
    Manual("debian-faq", f"{FAQ}/debian-faq.en.txt.gz", f"{FAQ}/debian-faq.en.pdf.gz"),
    Manual("debian-faq", f"{FAQ}/debian-faq.en.txt.gz", f"{FAQ}/*.en.html"),
    Manual("maint-guide", f"{GUIDE}/maint-guide.en.txt.gz", f"{GUIDE}/maint-guide.en.pdf"),
    Manual("maint-guide", f"{GUIDE}/maint-guide.en.txt.gz", f"{GUIDE}/html/*.en.html"),
    Manual("debian-policy", f"{POLICY}/policy.txt.gz", f"{POLICY}/policy.pdf.gz"),
    Manual("debian-policy", f"{POLICY}/policy.txt.gz", f"{POLICY}/policy.html/*.html"),
    Manual("debian-policy", f"{POLICY}/fhs/fhs-3.0.txt.gz", f"{POLICY}/fhs/fhs-3.0.pdf.gz"),
    Manual("debian-policy", f"{POLICY}/fhs/fhs-3.0.txt.gz", f"{POLICY}/fhs/fhs-3.0.html"),
    Manual("debian-policy", f"{POLICY}/upgrading-checklist.txt.gz", f"{POLICY}/policy.html/upgrading-checklist.html"),
    Manual("debian-policy", f"{POLICY}/copyright-format-1.0.txt.gz", f"{POLICY}/copyright-format-1.0.html"),
    Manual("debian-policy", f"{POLICY}/debconf_specification.txt.gz", f"{POLICY}/debconf_specification.html"),
    Manual("debian-policy", f"{POLICY}/menu-policy.txt.gz", f"{POLICY}/menu-policy-1.html"),
    Manual("debian-policy", f"{POLICY}/menu-policy.txt.gz", f"{POLICY}/menu-policy.html/*.html"),
    Manual("debian-policy", f"{POLICY}/perl-policy.txt.gz", f"{POLICY}/perl-policy-1.html"),
    Manual("debian-policy", f"{POLICY}/perl-policy.txt.gz", f"{POLICY}/perl-policy.html/*.html"),
    Manual("debian-policy", f"{POLICY}/autopkgtest.txt.gz", f"{POLICY}/autopkgtest.html"),
    Manual("debian-policy", f"{POLICY}/README.txt.gz", f"{POLICY}/README.html"),
]


def words(text: str) -> Counter[str]:
    """The words of a text, by the rules above."""
    return Counter(_WORD.findall(_ADDRESS.sub(" ", _FENCE.sub("", text))))


def f1(found: Counter[str], wanted: Counter[str]) -> float:
    """The harmonic mean of precision and recall of a multiset of words."""
    return 2 * (found & wanted).total() / max(found.total() + wanted.total(), 1)


def agreement(text: str, plain: str) -> float:
    """F1 of `text` against `plain`, with all of its tables of contents, the first or none."""
    found = words(text)
    return max(f1(found, words(wanted)) for wanted in (plain, without_contents(plain, 1), without_contents(plain)))


def without_contents(plain: str, keep: int = 0) -> str:
    """Plain text without its tables of contents, but for the first `keep`.

    That is: entries such as `1.2. Title` or `* 1.2. Title` whose numbers increase, with the lines that go on with them,
    under a line `Table of Contents` or `Contents`; or five of the second form without such a line.
    """
    lines = plain.split("\n")
    kept: list[str] = []
    number = 0
    while number < len(lines):
        captioned = _CONTENTS.fullmatch(lines[number])
        end = _end_of_entries(lines, number + 1 if captioned else number, 1 if captioned else _FEWEST_ENTRIES)
        if end and keep:
            kept += lines[number:end]
            number, keep = end, keep - 1
        elif end:
            number = end
        else:
            kept.append(lines[number])
            number += 1
    return "\n".join(kept)


def _end_of_entries(lines: Sequence[str], start: int, fewest: int) -> int:
    """The number of the line after a table of contents that begins at `start`; 0 if none does."""
    last: tuple[int, ...] = ()
    entries, end, marker, follows = 0, 0, None, False
    for number in range(start, len(lines)):
        found = _ENTRY.match(lines[number])
        if not lines[number].strip():
            follows = False
        elif found and _number(found[0]) > last and marker in (None, found[1]) and (found[1] or fewest == 1):
            last, marker = _number(found[0]), found[1]
            entries, end, follows = entries + 1, number + 1, True
        elif follows and not found:
            end = number + 1
        else:
            break
    return end if entries >= fewest else 0


def _number(entry: str) -> tuple[int, ...]:
    """1.2. as (1, 2); A.1. comes after all numbers."""
    return tuple(int(part) if part.isdigit() else 1000 + ord(part) for part in re.findall(r"\d+|[A-Z](?=\.)", entry))


def _ours(path: Path) -> str:
    from loramake.errors import SourceError
    from loramake.readers import html, pdf
    from loramake.recipe.source import Source

    reader = pdf if path.suffix == ".pdf" else html
    try:
        return "\n".join(parsed.text for parsed in reader.read(path, Source(files=["*"])).parsed)
    except SourceError as error:
        print(f"{path.name}: {error.reason}: {error.what}", file=sys.stderr)
        return ""


def _ours_fast(path: Path) -> str:
    from loramake.readers import pdf
    from loramake.recipe.source import Source

    return pdf.read(path, Source(files=["*"], pdf="fast")).parsed[0].text


def _pdfplumber(path: Path) -> str:
    import pdfplumber

    with pdfplumber.open(path) as document:
        texts = []
        for page in document.pages:
            texts.append(page.extract_text())
            page.close()
    return "\n".join(texts)


def _pdfplumber_tables(path: Path) -> str:
    import pdfplumber

    with pdfplumber.open(path) as document:
        texts = []
        for page in document.pages:
            texts.append(page.extract_text() + str(page.extract_tables()))
            page.close()
    return "\n".join(texts)


def _pypdfium2(path: Path) -> str:
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def _pypdf(path: Path) -> str:
    import pypdf

    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def _pdftotext(path: Path) -> str:
    return subprocess.run(["pdftotext", path, "-"], check=True, capture_output=True, text=True).stdout


def _lxml(path: Path) -> str:
    import lxml.html

    return str(lxml.html.document_fromstring(path.read_bytes()).text_content())


def _trafilatura(path: Path) -> str:
    import trafilatura

    return trafilatura.extract(path.read_bytes()) or ""


READERS: dict[str, dict[str, Callable[[Path], str]]] = {
    "pdf": {OURS: _ours, "pdfplumber": _pdfplumber, "pypdfium2": _pypdfium2, "pypdf": _pypdf, "pdftotext": _pdftotext},
    "html": {OURS: _ours, "lxml": _lxml, "trafilatura": _trafilatura},
}


def readers_of(kind: str) -> dict[str, Callable[[Path], str]]:
    """The readers of a kind of file that are installed."""
    return {name: read for name, read in READERS[kind].items() if name == OURS or find_spec(name) or shutil.which(name)}


def compared(root: Path, manual: Manual, readers: Iterable[str] | None = None) -> dict[str, float]:
    """F1 of every reader for a manual; {} if it is not below `root`."""
    paths = sorted(root.glob(manual.pages))
    if not paths or not (root / manual.text).exists():
        return {}
    plain = _bytes(root / manual.text).decode()
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, path.name.removesuffix(".gz")) for path in paths]
        for path, file in zip(paths, files, strict=True):
            file.write_bytes(_bytes(path))
        found = readers_of(manual.kind)
        return {name: agreement("\n".join(map(found[name], files)), plain) for name in readers or found}


def falls_short(scores: dict[str, float]) -> bool:
    """Whether loramake finds less than enough, or less than the best library."""
    return scores[OURS] < ENOUGH or scores[OURS] < max(scores.values())


def _bytes(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def print_oracle(root: Path) -> int:
    """Print F1 of every manual below `root` by every reader; 1 if loramake falls short, or nothing is there."""
    failed = seen = 0
    for manual in MANUALS:
        scores = compared(root, manual)
        if not scores:
            print(f"{manual.pages}: not below {root}", file=sys.stderr)
            continue
        seen += 1
        failed += falls_short(scores)
        row = "  ".join(f"{name} {score:.4f}" for name, score in scores.items())
        print(
            f"{'FAIL' if falls_short(scores) else 'ok':5}{manual.pages.removeprefix('usr/share/'):55}{row}", flush=True
        )
    return int(failed > 0 or not seen)


@dataclass(frozen=True)
class Run:
    """How a library did on a file: what it is said to have read with, CPU seconds, and peak memory in MiB."""

    outcome: str
    seconds: float
    memory: float

    @property
    def is_read(self) -> bool:
        return not self.outcome.startswith(("refused", "failed"))


CORPUS_READERS = {
    OURS: lambda path: _outcome(path, "layout"),
    "loramake-fast": lambda path: _outcome(path, "fast"),
    "pdfplumber+tables": lambda path: _pdfplumber_tables(path) and "read",
    "pypdfium2": lambda path: _pypdfium2(path) and "read",
    "pypdf": lambda path: _pypdf(path) and "read",
}


def _outcome(path: Path, how: str) -> str:
    from loramake.errors import SourceError
    from loramake.readers import pdf
    from loramake.recipe.source import Source

    try:
        reading = pdf.read(path, Source(files=["*"], pdf=how))
    except SourceError as error:
        return f"refused: {error.reason}"
    if folder := os.environ.get("READING_KEEP"):
        Path(folder, f"{path.stem}.{how}.txt").write_text(reading.parsed[0].text)
    return reading.reader


def read_one(name: str, path: Path) -> None:
    """Read a file in this process, and print how that went as JSON."""
    import pdfplumber  # noqa: F401 - imports are no part of reading

    start = time.process_time()
    try:
        outcome = CORPUS_READERS[name](path) or "read"
    except Exception as error:
        outcome = f"failed: {type(error).__name__}"
    print(json.dumps([outcome, time.process_time() - start]))


def run_one(name: str, path: Path) -> Run:
    """Read a file in a process of its own."""
    command = [sys.executable, __file__, "--read", name, path]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    outcome, seconds = json.loads(said.splitlines()[-1]) if said else (f"failed: exit {process.returncode}", 0.0)
    return Run(outcome, seconds, usage.ru_maxrss / 1024)


def print_corpus(folder: Path, readers: Sequence[str]) -> int:
    """Print how every PDF in `folder` is read; 1 if loramake fails on one, takes too much memory, or is slow."""
    import pypdfium2

    totals: dict[str, list[float]] = {name: [0, 0.0, 0.0] for name in readers}  # pages, seconds, most memory
    outcomes, failed = Counter[str](), 0
    paths = sorted(folder.glob("**/*.pdf"))
    for path in paths:
        try:
            with pypdfium2.PdfDocument(path) as document:
                pages = len(document)
        except pypdfium2.PdfiumError:
            pages = 0
        row = []
        for name in readers:
            run = run_one(name, path)
            if run.is_read:
                totals[name][0] += pages
                totals[name][1] += run.seconds
            totals[name][2] = max(totals[name][2], run.memory)
            row.append(f"{name}: {run.outcome}, {run.seconds:.1f} s, {run.memory:.0f} MiB")
            if name == OURS:
                outcomes[run.outcome] += 1
                failed += run.outcome.startswith("failed") or run.memory > MOST_MEMORY
        print(f"{path.name}: {pages} pages; {'; '.join(row)}", flush=True)
    print(f"{len(paths)} files: " + ", ".join(f"{outcome} {count}" for outcome, count in outcomes.most_common()))
    for name, (pages, seconds, memory) in totals.items():
        print(
            f"{name:20}{pages:7.0f} pages{seconds:9.1f} CPU-s{pages / max(seconds, 1e-9):9.1f} pages/CPU-s"
            f"{memory:7.0f} MiB at most"
        )
    return int(failed > 0 or not paths)


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path("/"), help="where the packages are installed or unpacked")
    parser.add_argument("--corpus", type=Path, help="a folder of PDFs")
    parser.add_argument("--readers", nargs="+", default=list(CORPUS_READERS), choices=CORPUS_READERS)
    parser.add_argument("--read", nargs=2, metavar=("READER", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        read_one(options.read[0], Path(options.read[1]))
        return 0
    return print_corpus(options.corpus, options.readers) if options.corpus else print_oracle(options.root)


if __name__ == "__main__":
    raise SystemExit(main())
