"""Records, and exports of trackers and wikis: depth without end, values without end, and files of other kinds."""

import json
import random
import shutil
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet

from zoo.animal import Cage, animal

WORDS = "The ferry leaves at seven from the eastern pier, and waits for nobody. "
GOOD = json.dumps({"text": WORDS})
DEEP = "[" * 10_000 + "]" * 10_000


@animal("ten_thousand_deep.json", reason="too_deep", kind="records")
@animal("ten_thousand_deep.json", reason="too_deep", kind="mineru")
@animal("ten_thousand_deep.json", reason="too_deep", kind="jira")
@animal("ten_thousand_deep.json", reason="too_deep", kind="github")
@animal("ten_thousand_deep.json", reason="too_deep", kind="gitlab")
@animal("ten_thousand_deep.json", reason="too_deep", kind="confluence")
def ten_thousand_deep(path: Path, _cage: Cage) -> None:
    path.write_text(DEEP)


@animal("one_line_ten_thousand_deep.jsonl", reason="too_deep", kind="records", speaks=True)
def one_line_ten_thousand_deep(path: Path, _cage: Cage) -> None:
    path.write_text(f'{GOOD}\n{{"text": {DEEP}}}\n{GOOD}\n')


@animal("a_number_of_a_million_digits.jsonl", reason=None, kind="records")
def a_number_of_a_million_digits(path: Path, _cage: Cage) -> None:
    path.write_text(f'{GOOD}\n{{"text": {"9" * 1_000_000}}}\n')


@animal("one_line_of_100_mb.jsonl", reason="too_big", kind="records", speaks=True)
@animal("one_line_of_100_mb.csv", reason="no_records too_big", kind="records")
def one_line_of_100_mb(path: Path, _cage: Cage) -> None:
    with path.open("wb") as stream:
        stream.write(b"text\n" if path.suffix == ".csv" else f"{GOOD}\n".encode())
        stream.write(b'"' if path.suffix == ".csv" else b'{"text": "')
        stream.write(b"a" * 2**20)
        stream.truncate(100 * 2**20)


@animal("one_value_of_100_mb.json", reason="too_big", kind="records")
def one_value_of_100_mb(path: Path, _cage: Cage) -> None:
    block = b"a" * 2**20
    with path.open("wb") as stream:
        stream.write(b'[{"text": "')
        for _ in range(100):
            stream.write(block)
        stream.write(b'"}]')


@animal("cut_in_the_middle.json", reason="bad_json", kind="records", speaks=True)
def cut_in_the_middle(path: Path, _cage: Cage) -> None:
    path.write_text(f"[{GOOD}, {GOOD}, {GOOD[:20]}")


@animal("random_bytes.json", "random_bytes.jsonl", "random_bytes.csv", reason="binary", kind="records")
@animal("random_bytes.parquet", "random_bytes.arrow", reason="damaged", kind="records")
def random_bytes(path: Path, _cage: Cage) -> None:
    path.write_bytes(random.Random(0).randbytes(5000))


@animal("keys_without_end.jsonl", reason=None, kind="records")
def keys_without_end(path: Path, _cage: Cage) -> None:
    path.write_text(json.dumps({"text": WORDS} | {f"k{n}": n for n in range(100_000)}) + "\n")


@animal("half_a_pair.jsonl", reason=None, kind="records")
def half_a_pair(path: Path, _cage: Cage) -> None:
    """Halves of surrogate pairs and NULs, written as escapes, which JSON allows."""
    path.write_text('{"text": "' + WORDS + r'\ud83d \udc00 \u0000", "k\ud83d": "\u0000"}' + "\n")


@animal("not_a_number.jsonl", reason=None, kind="records")
def not_a_number(path: Path, _cage: Cage) -> None:
    path.write_text(f'{{"text": "{WORDS}", "a": NaN, "b": -Infinity, "c": 1e999}}\n')


@animal("a_million_columns.csv", reason=None, kind="records")
def a_million_columns(path: Path, _cage: Cage) -> None:
    names = ",".join(["text", *(f"c{n}" for n in range(200_000))])
    path.write_text(f"{names}\n{WORDS}{',' * 200_000}\n")


@animal("a_quote_that_never_ends.csv", reason="bad_row", kind="records", speaks=True)
def a_quote_that_never_ends(path: Path, _cage: Cage) -> None:
    path.write_text(f'text\n"{WORDS}"\n"{WORDS}\n{WORDS}\n')


@animal("formulas.csv", reason=None, kind="records")
def formulas(path: Path, cage: Cage) -> None:
    path.write_text(f"text\n=WEBSERVICE({cage.url}/formula)\n=cmd|'/c calc'!A1\n")


def parquet(path: Path, rows: int = 10) -> bytes:
    pyarrow.parquet.write_table(pa.table({"text": [WORDS] * rows}), path)
    return path.read_bytes()


@animal("cut_in_half.parquet", reason="damaged", kind="records")
def cut_parquet(path: Path, _cage: Cage) -> None:
    data = parquet(path)
    path.write_bytes(data[: len(data) // 2])


@animal("footer_of_a_gigabyte.parquet", reason="damaged", kind="records")
def footer_of_a_gigabyte(path: Path, _cage: Cage) -> None:
    data = parquet(path)
    path.write_bytes(data[:-8] + (2**30).to_bytes(4, "little") + b"PAR1")


@animal("footer_of_noise.parquet", reason="damaged", kind="records")
def footer_of_noise(path: Path, _cage: Cage) -> None:
    data = parquet(path)
    path.write_bytes(data[:-200] + random.Random(0).randbytes(192) + data[-8:])


@animal("pages_of_noise.parquet", reason="damaged", kind="records")
def pages_of_noise(path: Path, _cage: Cage) -> None:
    data = parquet(path)
    path.write_bytes(data[:4] + random.Random(0).randbytes(40) + data[44:])


@animal("one_word_a_hundred_million_times.parquet", reason="too_big", kind="records")
def one_word_a_hundred_million_times(path: Path, _cage: Cage) -> None:
    """A dictionary and run lengths: some kilobytes for gigabytes of text."""
    words = pa.DictionaryArray.from_arrays(pa.array([0] * 10_000_000, pa.int8()), pa.array([WORDS * 1000]))
    pyarrow.parquet.write_table(pa.table({"text": words}), path, compression="zstd")


@animal("cut_in_half.arrow", reason="damaged", kind="records")
def cut_arrow(path: Path, _cage: Cage) -> None:
    pyarrow.feather.write_feather(pa.table({"text": [WORDS] * 10}), path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@animal("messages_of_noise.arrow", reason="damaged", kind="records")
def messages_of_noise(path: Path, _cage: Cage) -> None:
    pyarrow.feather.write_feather(pa.table({"text": [WORDS] * 10}), path)
    data = path.read_bytes()
    path.write_bytes(data[:16] + random.Random(0).randbytes(len(data) - 200) + data[-184:])


def issue(description: object) -> str:
    return json.dumps({"issues": [{"key": "TIDE-1", "fields": {"summary": WORDS, "description": description}}]})


@animal("description_ten_thousand_deep.json", reason="too_deep", kind="jira")
def description_ten_thousand_deep(path: Path, _cage: Cage) -> None:
    """Atlassian's document format, as no editor writes it."""
    node = '{"type": "bulletList", "content": [{"type": "listItem", "content": ['
    text = '{"type": "paragraph", "content": [{"type": "text", "text": "x"}]}'
    deep = node * 5000 + text + "]}]}" * 5000
    path.write_text(issue("HERE").replace('"HERE"', f'{{"type": "doc", "version": 1, "content": [{deep}]}}'))


BAIT = {
    "braces": "{" * 100_000,
    "code": "{code}" * 20_000,
    "panels": "{panel:title=" * 10_000,
    "stars": "*a " * 50_000,
    "bars": "|" * 100_000,
    "brackets": "[" * 100_000,
    "bullets": "*" * 100_000 + " a",
    "quotes": "{quote}" * 10_000,
    "colours": "{color:red}" * 10_000,
    "lines": "----\n" * 20_000,
}
for _name, _text in BAIT.items():
    animal(f"bait_{_name}.json", reason=None, kind="jira")(lambda path, _cage, text=_text: path.write_text(issue(text)))


def page(body: str) -> str:
    storage = {"storage": {"value": body, "representation": "storage"}}
    return json.dumps({"results": [{"id": "1", "title": "Tides", "body": storage}]})


@animal("macros_ten_thousand_deep.json", reason="no_records too_deep", kind="confluence")
def macros_ten_thousand_deep(path: Path, _cage: Cage) -> None:
    open_ = '<ac:structured-macro ac:name="panel"><ac:rich-text-body>'
    close = "</ac:rich-text-body></ac:structured-macro>"
    path.write_text(page(open_ * 10_000 + f"<p>{WORDS}</p>" + close * 10_000))


@animal("entity_of_a_file.json", reason=None, kind="confluence")
def entity_of_a_file(path: Path, cage: Cage) -> None:
    path.write_text(page(f'<!DOCTYPE p [<!ENTITY a SYSTEM "file://{cage.outside}">]><p>{WORDS} &a;</p>'))


@animal("billion_laughs.json", reason=None, kind="confluence")
def billion_laughs(path: Path, _cage: Cage) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    path.write_text(page(f'<!DOCTYPE p [<!ENTITY l0 "laugh">{laughs}]><p>{WORDS} &l9;</p>'))


@animal("tags_ten_thousand_deep.html", reason="too_deep", kind="confluence")
def tags_ten_thousand_deep(path: Path, _cage: Cage) -> None:
    path.write_text(f"<html><body><div id='main-content'>{'<div>' * 10_000}{WORDS}</div></body></html>")


def blocks(*more: object) -> str:
    return json.dumps([{"type": "text", "text": WORDS, "page_idx": 0}, *more])


@animal("page_a_billion.json", reason="too_many_pages", kind="mineru", speaks=True)
def page_a_billion(path: Path, _cage: Cage) -> None:
    path.write_text(blocks({"type": "text", "text": WORDS, "page_idx": 10**9}))


@animal("table_of_a_billion_columns.json", reason=None, kind="mineru")
def table_of_a_billion_columns(path: Path, _cage: Cage) -> None:
    table = "<table><tr><td colspan=1000000000 rowspan=1000000000>x</td></tr></table>"
    path.write_text(blocks({"type": "table", "table_body": table, "page_idx": 0}))


@animal("picture_outside.json", reason=None, kind="mineru")
def picture_outside(path: Path, cage: Cage) -> None:
    path.write_text(blocks({"type": "image", "img_path": f"{cage.outside}", "image_caption": [WORDS], "page_idx": 0}))


def bundle(path: Path) -> bytes:
    """A bundle of a repository with one commit."""
    folder = path.with_suffix(".repository")
    commit = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-q", "--allow-empty", "-m", WORDS]
    for command in (["init", "-q", "-b", "main"], commit, ["bundle", "create", "-q", f"{path.absolute()}", "main"]):
        subprocess.run(["git", *command], cwd=folder if folder.exists() else _made(folder), check=True)
    shutil.rmtree(folder)
    return path.read_bytes()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@animal("cut_in_half.bundle", reason="damaged", kind="git")
def cut_bundle(path: Path, _cage: Cage) -> None:
    data = bundle(path)
    path.write_bytes(data[: len(data) // 2])


@animal("pack_of_noise.bundle", reason="damaged", kind="git")
def pack_of_noise(path: Path, _cage: Cage) -> None:
    data = bundle(path)
    path.write_bytes(data[:-60] + random.Random(0).randbytes(60))


@animal("no_bundle.bundle", reason="not_a_bundle", kind="git")
def no_bundle(path: Path, _cage: Cage) -> None:
    path.write_bytes(random.Random(0).randbytes(5000))


@animal("earlier_commits_are_missing.bundle", reason="damaged", kind="git")
def earlier_commits_are_missing(path: Path, _cage: Cage) -> None:
    head, _, rest = bundle(path).partition(b"\n")
    path.write_bytes(head + b"\n-" + b"1" * 40 + b" before\n" + rest)
