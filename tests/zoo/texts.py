"""Texts: encodings that lie, marks without end, lines without end, and bait for regular expressions."""

import random
from pathlib import Path

from zoo.animal import Cage, animal

WORDS = "The ferry leaves at seven from the eastern pier, and waits for nobody. "
LONG = 300_000  # characters: a pattern that looks back over them takes minutes


@animal("nul_bytes.txt", "nul_bytes.md", reason="binary")
def nul_bytes(path: Path, _cage: Cage) -> None:
    path.write_bytes(WORDS.encode() + bytes(3) + WORDS.encode())


@animal("random_bytes.txt", "random_bytes.md", "random_bytes.html", reason="binary")
def random_bytes(path: Path, _cage: Cage) -> None:
    path.write_bytes(random.Random(0).randbytes(5000))


@animal("no_bytes.txt", "no_bytes.md", "no_bytes.html", reason="empty")
def no_bytes(path: Path, _cage: Cage) -> None:
    path.touch()


@animal("white_space.txt", "white_space.md", "white_space.html", reason="no_text")
def white_space(path: Path, _cage: Cage) -> None:
    path.write_text(" \n\t\n" * 1000)


@animal("utf_16_without_mark.txt", "utf_16_without_mark.md", reason=None)
def utf_16_without_mark(path: Path, _cage: Cage) -> None:
    path.write_bytes(WORDS.encode("utf-16-le"))


@animal("half_a_character.txt", "half_a_character.md", reason=None)
def half_a_character(path: Path, _cage: Cage) -> None:
    """Invalid UTF-8: an overlong slash, a surrogate, and a character that the end cuts off."""
    path.write_bytes(WORDS.encode() * 9 + b"\xc0\xaf \xed\xa0\x80 " + WORDS.encode() + "ü".encode()[:1])


@animal("declared_as_what_it_is_not.html", reason=None)
def declared_as_what_it_is_not(path: Path, _cage: Cage) -> None:
    path.write_bytes(f"<html><head><meta charset='utf-16'></head><body><p>{WORDS} Überfahrt</body>".encode())


@animal("declared_as_nonsense.html", reason=None)
def declared_as_nonsense(path: Path, _cage: Cage) -> None:
    path.write_bytes(f"<?xml version='1.0' encoding='rot13'?><html><body><p>{WORDS} Überfahrt</body>".encode())


@animal("one_line_of_300_mb.txt", "one_line_of_300_mb.md", "one_line_of_300_mb.html", reason="out_of_memory")
def one_line_of_300_mb(path: Path, _cage: Cage) -> None:
    with path.open("wb") as stream:
        stream.truncate(300 * 2**20)  # a hole on the disk


@animal("tags_ten_thousand_deep.html", reason="too_deep")
def tags_ten_thousand_deep(path: Path, _cage: Cage) -> None:
    path.write_text(f"<html><body>{'<div><b>' * 10_000}{WORDS}")


@animal("tables_in_tables.html", reason="too_deep")
def tables_in_tables(path: Path, _cage: Cage) -> None:
    path.write_text(f"<html><body>{'<table><tr><td>' * 3000}{WORDS}")


@animal("lists_in_lists.html", reason="too_deep")
def lists_in_lists(path: Path, _cage: Cage) -> None:
    path.write_text(f"<html><body>{'<ul><li>' * 3000}{WORDS}")


@animal("a_cell_as_wide_as_a_billion.html", reason=None)
def a_cell_as_wide_as_a_billion(path: Path, _cage: Cage) -> None:
    cells = f"<tr><td colspan=1000000000 rowspan=1000000000>{WORDS}</td><td>b</td></tr>"
    path.write_text(f"<html><body><table>{cells * 9}</table>")


@animal("entity_of_a_file.xhtml", reason=None)
def entity_of_a_file(path: Path, cage: Cage) -> None:
    declared = f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a SYSTEM "file://{cage.outside}">]>'
    path.write_text(f'{declared}<html xmlns="http://www.w3.org/1999/xhtml"><body><p>{WORDS}&a;</p></body></html>')


@animal("billion_laughs.xhtml", reason=None)
def billion_laughs(path: Path, _cage: Cage) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    path.write_text(f'<!DOCTYPE html [<!ENTITY l0 "laugh">{laughs}]><html><body><p>{WORDS}&l9;</p></body></html>')


@animal("page_that_asks_elsewhere.html", reason=None)
def page_that_asks_elsewhere(path: Path, cage: Cage) -> None:
    parts = f'<link rel=stylesheet href="{cage.url}/a.css"><script src="{cage.url}/a.js"></script>'
    frames = (
        f'<iframe src="file://{cage.outside}"></iframe><object data="{cage.url}/o"></object><img src="{cage.url}/i">'
    )
    path.write_text(f"<html><head>{parts}</head><body>{frames}<p>{WORDS}</body></html>")


BAIT = {
    "angle_brackets": "<" * LONG,
    "open_comments": "<!--" * (LONG // 4),
    "open_tags": "<a href='" * (LONG // 9),
    "spaces": " " * LONG + "x",
    "spaces_and_line_ends": (" " * 500 + "\n") * (LONG // 500),
    "dots": "." * LONG,
    "hyphens": "-" * LONG,
    "hyphens_at_line_ends": "a-\n" * (LONG // 3),
    "hashes": "#" * LONG,
    "hash_lines": "#\n" * (LONG // 2),
    "backticks": "`" * LONG,
    "fences": "```\n" * (LONG // 4) + "~~~\n",
    "pipes": "|" * LONG,
    "pipe_lines": ("|-" * 50 + "|\n") * (LONG // 100),
    "brackets": "[" * LONG,
    "links": "[a](" * (LONG // 4),
    "stars": "*" * LONG,
    "underscores": "_a" * (LONG // 2),
    "equals": "=\n" * (LONG // 2),
    "quotes": ">" * LONG,
    "numbers": "1." * (LONG // 2),
    "tabs": "\t" * LONG + "x",
    "front_matter": "---\n" * (LONG // 4),
    "form_feeds": "\f" * LONG + "x",
    "mail_addresses": "a@" * (LONG // 2),
    "backslashes": "\\" * LONG,
    "ampersands": "&#" * (LONG // 2),
    "combining_marks": "\u0301" * LONG,
    "spaces_of_no_width": "\u200b" * LONG + "x",
    "directives": ".. a::\n" * (LONG // 7),
    "braces": "{" * LONG,
}


def bait(text: str, path: Path) -> None:
    path.write_text(f"{WORDS}\n\n{text}\n\n{WORDS}\n", encoding="utf-8")


for _name, _text in BAIT.items():
    for _suffix in ("txt", "md", "html"):
        animal(f"bait_{_name}.{_suffix}", reason=None)(lambda path, _cage, text=_text: bait(text, path))


@animal("aliases_for_a_billion.md", reason=None)
def aliases_for_a_billion(path: Path, _cage: Cage) -> None:
    rows = "\n".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    path.write_text(f"---\na: &a [x, x]\n{rows}\n---\n\n{WORDS}")


@animal("front_matter_ten_thousand_deep.md", reason=None)
def front_matter_ten_thousand_deep(path: Path, _cage: Cage) -> None:
    path.write_text(f"---\na: {'[' * 10_000}\n---\n\n{WORDS}")


@animal("front_matter_that_runs_code.md", reason=None)
def front_matter_that_runs_code(path: Path, cage: Cage) -> None:
    path.write_text(f"---\na: !!python/object/apply:os.system [cp {cage.outside} .]\n---\n\n{WORDS}")
