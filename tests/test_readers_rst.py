import pytest

from loramake.errors import SourceError
from loramake.readers.rst import read
from loramake.recipe.source import Source


def parsed(tmp_path, text):
    path = tmp_path / "page.rst"
    path.write_text(text, encoding="utf-8")
    return read(path, Source(files=["*"])).parsed[0]


HEAD = """\
.. SPDX-License-Identifier: MIT

Expenses
========

:Author: Ada Quill <ada@example.org>
:Date: 2024-01-31
:Language: en
:orphan:

Travel
------

Keep the *receipts*
of all trips.
"""


def test_the_head_gives_fields_and_headings_have_levels(tmp_path):
    page = parsed(tmp_path, HEAD)
    assert (page.section, page.author, page.date, page.language) == ("Expenses", "Ada Quill", "2024-01-31", "en")
    assert page.text.startswith("# Expenses\n\n")
    assert page.text.endswith("## Travel\n\nKeep the *receipts* of all trips.")
    assert "SPDX" not in page.text
    assert "orphan" not in page.text


@pytest.mark.parametrize("directive", ["include:: {}", "literalinclude:: {}", "raw:: html\n   :file: {}"])
def test_no_other_file_is_read(tmp_path, directive):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret, words", encoding="utf-8")
    page = parsed(tmp_path, f"text\n\n.. {directive.format(secret)}\n")
    assert (page.text, page.meta) == ("text", {"left_out": {directive.split(":")[0]: 1}})


@pytest.mark.parametrize("option", ["file", "url"])
def test_a_table_of_another_file_is_left_out(tmp_path, option):
    (tmp_path / "rows.csv").write_text("secret,words", encoding="utf-8")
    page = parsed(tmp_path, f"text\n\n.. csv-table:: T\n   :{option}: file://{tmp_path}/rows.csv\n")
    assert (page.text, page.meta) == ("text", {"left_out": {"csv-table": 1}})


@pytest.mark.parametrize(
    "text", ["- " * 2000 + "deep", "\n\n".join(" " * n + "deep" for n in range(400)), ".. note:: " * 2000 + "deep"]
)
def test_what_is_nested_too_deeply_stays_as_it_was_written(tmp_path, text):
    page = parsed(tmp_path, text)
    assert (page.text, page.meta) == (text, {"unparsed": "too_deep"})


def test_substitutions_that_double_are_bounded(tmp_path):
    bomb = "\n".join(f".. |a{n}| replace:: |a{n + 1}| |a{n + 1}|" for n in range(60))
    assert len(parsed(tmp_path, f"{bomb}\n.. |a60| replace:: x\n\n|a0|\n").text) < 10_000


def test_substitutions_many_times_over_are_bounded(tmp_path):
    text = f".. |a| replace:: {'x' * 1900}\n\n" + "|a| " * 2000
    assert len(parsed(tmp_path, text).text) < 200_000


def test_what_one_text_defines_is_unknown_to_the_next(tmp_path):
    defining = ".. role:: ours(emphasis)\n.. default-role:: strong\n\n:ours:`x` `y`\n"
    assert parsed(tmp_path, defining).text == "*x* **y**"
    assert parsed(tmp_path, ":ours:`x` `y`").text == "x y"


def test_todays_date_is_not_in_the_text(tmp_path):
    assert parsed(tmp_path, ".. |today| date::\n\nOf |today|.").text == "Of |today|."


@pytest.mark.parametrize("text", [" \n", ".. a comment\n", ".. toctree::\n\n   a\n"])
def test_no_text(tmp_path, text):
    with pytest.raises(SourceError, match="nothing but"):
        parsed(tmp_path, text)
