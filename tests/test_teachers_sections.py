"""Sections of a document, found by their headings."""

import pytest

from loramake.recipe.task import Sections
from loramake.records import Chunk
from loramake.teachers.calls import Call
from loramake.teachers.documents import whole_documents
from loramake.teachers.sections import matching, read, sections_of

SHEET = """\
# LX1 sensor

Measures things.

## Overview

Text.

## Pin functions

Pins.

### Notes on pins

A note.

```
# no heading
```

Table 2. Ordering information
| a | b |

## Limits

Never above 5 V."""


def passage(text: str, start: int = 0, index: int = 0, document: str = "d") -> Chunk:
    return Chunk(f"c{index}", text, document, start, start + len(text), index, "s", "p.md")


def asked(text: str, spec: Sections | None, answer: list[int] | None = None) -> tuple[str, Call | None]:
    reading, call = read(passage(text), spec), None
    try:
        call = next(reading)
        reading.send({"sections": answer})
    except StopIteration as end:
        return end.value, call
    raise AssertionError("asked twice")


def test_a_section_holds_what_is_below_it():
    found = [(s.title, s.level, SHEET[s.start : s.end].strip()[-8:]) for s in sections_of(SHEET)]
    assert found == [
        ("LX1 sensor", 1, "ove 5 V."),
        ("Overview", 2, "w\n\nText."),
        ("Pin functions", 2, " a | b |"),
        ("Notes on pins", 3, " a | b |"),
        ("Table 2. Ordering information", 7, " a | b |"),
        ("Limits", 2, "ove 5 V."),
    ]


@pytest.mark.parametrize(
    ("keywords", "titles"),
    [
        (["pin"], ["Pin functions", "Notes on pins"]),
        (["ORDERING"], ["Table 2. Ordering information"]),
        (["sensor"], []),
        (["imit"], []),
        (["over", "limit"], ["Overview", "Limits"]),
        (["(pin"], []),
    ],
)
def test_a_keyword_is_the_beginning_of_a_word_in_a_heading_but_the_title(keywords: list[str], titles: list[str]):
    assert [section.title for section in matching(sections_of(SHEET), keywords)] == titles


def test_what_is_read_stands_below_the_title_with_its_gaps_marked():
    text, call = asked(SHEET, Sections(keywords=["overview", "limits"]))
    assert call is None
    assert text == "# LX1 sensor\n\n[…]\n\n## Overview\n\nText.\n\n[…]\n\n## Limits\n\nNever above 5 V."


def test_the_model_is_asked_when_no_heading_has_a_keyword():
    text, call = asked(SHEET, Sections(keywords=["voltage"]), [6, 6, 99, -1])
    assert call and "voltage" in call.messages[0]["content"] and "6.   Limits" in call.messages[1]["content"]
    assert text == "# LX1 sensor\n\n[…]\n\n## Limits\n\nNever above 5 V."
    assert asked(SHEET, Sections(keywords=["voltage"]), [])[0] == SHEET


@pytest.mark.parametrize("text", ["No heading at all.", "# One\n\nheading"])
def test_nobody_is_asked_where_there_is_nothing_to_choose(text: str):
    assert asked(text, Sections(keywords=["x"])) == (text, None)
    assert asked(SHEET, Sections(keywords=["x"], ask=False)) == (SHEET, None)
    assert asked(SHEET, None) == (SHEET, None)


def test_a_document_is_put_together_from_its_passages():
    cut = [passage(SHEET[:40], 0), passage(SHEET[30:90], 30, 1), passage(SHEET[92:], 92, 2), passage("x", document="e")]
    (whole, count), (other, one) = whole_documents(cut)
    assert whole.text == SHEET[:90] + "\n\n" + SHEET[92:] and (whole.id, count) == ("c0", 3)
    assert (other.text, one) == ("x", 1)
