"""reStructuredText and RTF: files that ask for others, groups without end, and words that mean nothing."""

from pathlib import Path

from zoo.animal import Cage, animal

WORDS = "The ferry leaves at seven from the eastern pier, and waits for nobody. "


@animal("no_bytes.rst", "no_bytes.rtf", reason="empty")
def no_bytes(path: Path, _cage: Cage) -> None:
    path.touch()


@animal("include_a_file.rst", reason=None)
def include_a_file(path: Path, cage: Cage) -> None:
    wanted = [
        f".. include:: {cage.outside}",
        f".. literalinclude:: {cage.outside}",
        f".. csv-table::\n   :file: {cage.outside}",
    ]
    wanted += [f".. raw:: html\n   :file: {cage.outside}", f".. raw:: html\n   :url: {cage.url}/raw"]
    wanted += [
        f".. csv-table::\n   :url: {cage.url}/csv",
        f".. image:: {cage.url}/image",
        ".. include:: ../../outside/secret.md",
    ]
    path.write_text("\n\n".join([WORDS, *wanted, WORDS]) + "\n")


@animal("quotes_hundreds_deep.rst", reason=None)
def quotes_hundreds_deep(path: Path, _cage: Cage) -> None:
    path.write_text("\n\n".join(f"{' ' * depth}{WORDS}" for depth in range(300)))


@animal("substitutions_for_a_billion.rst", reason=None)
def substitutions_for_a_billion(path: Path, _cage: Cage) -> None:
    rows = [f".. |{b}| replace:: {f'|{a}| ' * 10}" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    path.write_text("\n".join([WORDS, "", ".. |a| replace:: laugh", *rows, "", "|i|"]) + "\n")


@animal("groups_a_hundred_thousand_deep.rtf", reason=None)
def groups_a_hundred_thousand_deep(path: Path, _cage: Cage) -> None:
    path.write_text(rf"{{\rtf1\ansi {WORDS}" + "{" * 100_000 + "x" + "}" * 100_001)


@animal("binary_of_a_billion.rtf", reason="no_text")
def binary_of_a_billion(path: Path, _cage: Cage) -> None:
    path.write_text(rf"{{\rtf1\ansi {WORDS} {{\pict\bin1000000000 xyz}} {WORDS}}}")


@animal("no_rtf.rtf", reason="not_an_rtf")
def no_rtf(path: Path, _cage: Cage) -> None:
    path.write_text(f"<html>{WORDS}</html>")


@animal("words_of_control.rtf", reason=None)
def words_of_control(path: Path, _cage: Cage) -> None:
    path.write_text(rf"{{\rtf1\ansi {WORDS}" + r"\u-99999? \'zz \uc1000000000 \b0\b" * 10_000 + "}")
