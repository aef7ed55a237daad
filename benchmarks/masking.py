"""How well and how fast `mask` finds: `PYTHONPATH=src python benchmarks/masking.py [--half test] [--text PATH]...`.

Precision and recall on one half of the labelled cases of `personal_data/`, beside presidio-analyzer (recognizers by
pattern), detect-secrets and scrubadub where they are installed, and megabytes per CPU-second on texts.
"""

import argparse
import hashlib
import json
import logging
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from loramake.cleaning.finders import ALIASES, FINDERS, ROUNDS

CASES = Path(__file__).parent / "personal_data/cases.jsonl"
SAMPLE = 200_000  # characters on which the others are timed


class Span(NamedTuple):
    kind: str
    start: int
    end: int

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


class Case(NamedTuple):
    name: str
    text: str
    spans: list[Span]


Find = Callable[[str], list[Span]]


def cases(half: str) -> Iterator[Case]:
    """The cases of a half: `tune`, by which rules may be mended, or `test`, whose failures nobody looks at."""
    for line in CASES.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        odd = hashlib.sha256(record["id"].encode()).digest()[-1] % 2
        if half in ("all", "test" if odd else "tune"):
            yield case(record["id"], record["parts"])


def case(name: str, parts: list[str | list[str]]) -> Case:
    text, spans = "", []
    for part in parts:
        start = len(text)
        text += part if isinstance(part, str) else "".join(part[1:])
        if not isinstance(part, str):
            spans.append(Span(part[0], start, len(text)))
    return Case(name, text, spans)


def ours(text: str) -> list[Span]:
    """What masking would replace, as places in `text`: every finder sees what those before it have left."""
    spans: list[Span] = []
    seen, origin = text, list(range(len(text) + 1))
    for kind, find in [*FINDERS.items()] * ROUNDS:
        for start, end in reversed(merged(entry[:2] for entry in find(seen))):
            spans.append(Span(kind, origin[start], origin[end]))
            placeholder = f"<{kind.upper()}_1>"
            seen = seen[:start] + placeholder + seen[end:]
            origin[start:end] = [origin[start]] * len(placeholder)
    return spans


def merged(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """`places` in order; those that overlap become one."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if result and start < result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


# The others, as they come, without models of language.


def presidio() -> Find:
    from presidio_analyzer import predefined_recognizers as they

    logging.getLogger("tldextract").setLevel(logging.CRITICAL)  # it asks for a list on the internet, and has its own
    kinds = {
        they.EmailRecognizer: "email",
        they.PhoneRecognizer: "phone",
        they.IbanRecognizer: "iban",
        they.CreditCardRecognizer: "card",
        they.IpRecognizer: "ip",
        **dict.fromkeys((they.UsSsnRecognizer, they.UsItinRecognizer, they.UkNinoRecognizer), "national_id"),
        **dict.fromkeys((they.EsNifRecognizer, they.EsNieRecognizer, they.ItFiscalCodeRecognizer), "national_id"),
        **dict.fromkeys((they.PlPeselRecognizer, they.InAadhaarRecognizer, they.InPanRecognizer), "national_id"),
        **dict.fromkeys((they.DeTaxIdRecognizer, they.DeSocialSecurityRecognizer), "national_id"),
    }
    recognizers = [(recognizer(), kind) for recognizer, kind in kinds.items()]

    def find(text: str) -> list[Span]:
        return [
            Span(kind, result.start, result.end)
            for recognizer, kind in recognizers
            for result in recognizer.analyze(text, recognizer.supported_entities, None)
        ]

    return find


def detect_secrets() -> Find:
    from detect_secrets.core.scan import scan_file
    from detect_secrets.settings import default_settings

    kinds = {"Private Key": "private_key", "JSON Web Token": "jwt", "Secret Keyword": "password"}
    kinds |= {"Basic Auth Credentials": "password", "Base64 High Entropy String": "entropy"}
    kinds |= {"Hex High Entropy String": "entropy", "Public IP (ipv4)": "ip"}

    def find(text: str) -> list[Span]:
        starts = [0, *(match.end() for match in re.finditer("\n", text))]
        spans = []
        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file, default_settings():
            file.write(text)
            file.flush()
            for secret in scan_file(file.name):
                start = text.find(secret.secret_value, starts[secret.line_number - 1])
                spans.append(Span(kinds.get(secret.type, "key"), start, start + len(secret.secret_value)))
        return spans

    return find


def scrubadub() -> Find:
    from scrubadub import Scrubber

    kinds = {"email": "email", "phone": "phone", "credit_card": "card", "credential": "password"}
    kinds |= {"social_security_number": "national_id", "national_insurance_number": "national_id"}
    scrubber = Scrubber()
    return lambda text: [
        Span(kinds[filth.type], filth.beg, filth.end) for filth in scrubber.iter_filth(text) if filth.type in kinds
    ]


OTHERS: dict[str, tuple[Callable[[], Find], str]] = {
    "presidio-analyzer": (presidio, "personal"),
    "scrubadub": (scrubadub, "personal"),
    "detect-secrets": (detect_secrets, "secret"),
}


class Score:
    """Counts of places, by kind; `exact` with the very same span, otherwise with some character in common."""

    def __init__(self) -> None:
        self.expected: Counter[str] = Counter()
        self.found: Counter[str] = Counter()
        self.recalled: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
        self.right: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
        self.failures: list[str] = []

    def add(self, case: Case, found: list[Span], *, family: bool = False) -> None:
        """`family`: a place counts whatever kind it is given."""
        for exact in (True, False):
            for span in case.spans:
                self.recalled[exact][span.kind] += any(_same(span, other, exact, family) for other in found)
            for span in found:
                self.right[exact][span.kind] += any(_same(span, other, exact, family) for other in case.spans)
        self.expected.update(span.kind for span in case.spans)
        self.found.update(span.kind for span in found)
        if set(found) != set(case.spans):
            shown = (
                sorted({(span.kind, case.text[span.start : span.end]) for span in spans})
                for spans in (case.spans, found)
            )
            self.failures.append("\n    ".join([case.name, case.text, *map(str, shown)]))

    def row(self, name: str, kinds: tuple[str, ...] | None = None) -> str:
        kinds = kinds or (name,)
        expected, found = (sum(counter[kind] for kind in kinds) for counter in (self.expected, self.found))
        figures = [
            f"{_share(sum(counter[exact][kind] for kind in kinds), total)}"
            for exact in (True, False)
            for counter, total in ((self.right, found), (self.recalled, expected))
        ]
        return f"{name:32} {expected:5} {found:5}   " + " ".join(figures)


def _same(span: Span, other: Span, exact: bool, family: bool) -> bool:
    if not family and span.kind != other.kind:
        return False
    return span[1:] == other[1:] if exact else span.overlaps(other)


def _share(part: int, total: int) -> str:
    return f"{part / total:9.3f}" if total else f"{'-':>9}"


HEAD = f"{'':32} there found   " + " ".join(f"{word:>9}" for word in ("prec", "recall", "prec ~", "recall ~"))


def accuracy(half: str, others: dict[str, tuple[Find, str]], show: bool) -> None:
    """Print precision and recall by kind, and beside those of the others where the kind does not count."""
    some = list(cases(half))
    full = sum(bool(entry.spans) for entry in some)
    print(f"{half} half: {full} cases with something to find, {len(some) - full} without")
    print(f"{HEAD}\n(~: some of it is enough)")
    score = Score()
    for entry in some:
        score.add(entry, ours(entry.text))
    print(*(score.row(kind) for kind in FINDERS), score.row("all", ALIASES["all"]), sep="\n")
    if show:
        print("", *score.failures, sep="\n")
    print("\nAny kind of a family")
    for name, (find, family) in others.items():
        print(in_family(name, find, family, some))


def loaded() -> dict[str, tuple[Find, str]]:
    """Our finders and those of the others that are installed, each with the family of kinds that it is for."""
    found = {"loramake: personal": (ours, "personal"), "loramake: secret": (ours, "secret")}
    for name, (load, family) in OTHERS.items():
        try:
            found[f"{name}: {family}"] = (load(), family)
        except ImportError:
            print(f"{name}: not installed")
    return found


def in_family(name: str, find: Find, family: str, some: list[Case]) -> str:
    kinds, score = ALIASES[family], Score()
    for entry in some:
        spans = [span for span in entry.spans if span.kind in kinds]
        found = [*{span[1:]: span for span in find(entry.text) if span.kind in kinds}.values()]
        score.add(entry._replace(spans=spans), found, family=True)
    return score.row(name, kinds)


def log(lines: int) -> str:
    """An access log and an application's, made up."""
    draw = random.Random(7)
    made = []
    for number in range(lines // 2):
        ip = ".".join(str(draw.randint(11, 250)) for _ in range(4))
        when = f"{number % 28 + 1:02}/Mar/2024:06:{number % 60:02}:24 +0000"
        made.append(
            f'{ip} - - [{when}] "GET /items/{draw.randint(1, 99999)}?page=2 HTTP/1.1" 200 {draw.randint(99, 99999)}'
        )
        made.append(
            f"2024-03-{number % 28 + 1:02} 09:14:{number % 60:02},118 INFO [exec-{number % 8}] c.a.order.OrderService -"
            f" order {draw.randint(10**9, 10**10)} took {draw.randint(1, 900)} ms trace={draw.getrandbits(128):032x}"
        )
    return "\n".join(made)


def texts(path: Path) -> list[str]:
    """A file's text, or those of the files in a folder."""
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    return [file.read_bytes().decode("utf-8", "replace") for file in files]


def speed(name: str, some: list[str], others: dict[str, tuple[Find, str]]) -> None:
    """Print megabytes per CPU-second of every finder, of all together, and of the others on the beginning."""
    size = sum(len(text.encode()) for text in some) / 1e6
    total, parts = 0.0, []
    for kind, find in FINDERS.items():
        begin = time.process_time()
        count = sum(1 for text in some for _ in find(text))
        spent = time.process_time() - begin
        total += spent
        parts.append(f"    {kind:12} {size / max(spent, 1e-9):8.1f} MB/CPU-s {count:6} found")
    print(f"{name}: {size:.1f} MB, all kinds {size / total:.2f} MB/CPU-s", *parts, sep="\n")
    sample = "\n".join(some)[:SAMPLE]
    for other, (find, _) in others.items():
        begin = time.process_time()
        if find is not ours:
            find(sample)
            print(f"    {other:32} {SAMPLE / 1e6 / (time.process_time() - begin):6.2f} MB/CPU-s")


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=["tune", "test", "all"], default="test")
    parser.add_argument("--show", action="store_true", help="print what fails, of the half that rules are tuned on")
    parser.add_argument(
        "--text", type=Path, action="append", default=[], help="a file or folder to measure the speed on"
    )
    arguments = parser.parse_args()
    if arguments.show and arguments.half != "tune":
        parser.error("only of the half 'tune': rules that are mended by the other could not be measured on it")
    others = loaded()
    accuracy(arguments.half, others, arguments.show)
    for path in arguments.text:
        speed(str(path), texts(path), others)
    speed("made-up logs", [log(20_000)], others)


if __name__ == "__main__":
    main()
