import time

import pytest

from loramake.cleaning.markdown import fences, first_heading, headings


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("no code", []),
        ("a\n```py\nx\n```\nb", ["```py\nx\n```"]),
        ("~~~\n```\n~~~", ["~~~\n```\n~~~"]),
        ("````\n```\n````", ["````\n```\n````"]),
        ("  ```\n  x\n  ```  ", ["  ```\n  x\n  ```  "]),
        ("```\nnever closed", []),
        ("```stray\n# H\n```\nx\n```", ["```stray\n# H\n```"]),
        ("```inline``` and more\n```\nx\n```", ["```\nx\n```"]),
        ("page\f```\nx\n```\fpage", ["```\nx\n```"]),
    ],
)
def test_fences(text, blocks):
    assert [text[start:end] for start, end in fences(text)] == blocks


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("# A\n## B\n# C", [("A",), ("A", "B"), ("C",)]),
        ("### deep\n# top", [("deep",), ("top",)]),
        ("## Closed ##\n# C#", [("Closed",), ("C#",)]),
        ("#hashtag\n#!/bin/sh\n####### seven\n#\n# #", []),
        ("```\n# comment\n```\n# Real", [("Real",)]),
        ("one\f# Next page", [("Next page",)]),
    ],
)
def test_headings(text, paths):
    assert [heading.path for heading in headings(text, fences(text))] == paths


def test_a_heading_stands_where_its_first_mark_does():
    text = "x\n  # Title\nbody"
    (heading,) = headings(text, [])
    assert text[heading.start : heading.end] == "# Title"
    assert first_heading(text) == "Title"
    assert first_heading("none") is None


@pytest.mark.parametrize("text", ["```py\n" * 200_000, "".join("`" * n + "\n" for n in range(1400, 3, -1))])
def test_a_million_characters_of_open_fences_take_no_time(text):
    begin = time.process_time()
    fences(text)
    assert time.process_time() - begin < 2
