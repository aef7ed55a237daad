"""Passages cut to a budget."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loramake.recipe.task import Budget
from loramake.teachers.compression import GAP, Compressor, characters, measure_of, stems, tokens, words_of

ARTICLE = """\
# Tides of the estuary

The estuary fills twice a day. Its mouth is narrow.

## History

Nobody knows who named it. Many have asked.

Some say that it was a miller. Others doubt it.

## Gauges

The tide gauge reads the level every 15 minutes. It stands at the north pier.

| Gauge | Level |
| --- | --- |
| North | 2.1 m |
| South | 1.9 m |

## Thanks

We thank everybody who came along. It was a good day.
"""


def cut(most: int, *keywords: str, text: str = ARTICLE) -> str:
    return Compressor(most, characters, stems(*keywords))(text)


def test_what_is_short_enough_stays_as_it_is():
    assert cut(len(ARTICLE)) == ARTICLE
    assert cut(5, text="a\n\n\nb") == "a\n\n\nb"


def test_title_and_first_paragraph_come_first_then_keywords_below_their_heading():
    assert cut(190, "gauges") == (
        "# Tides of the estuary\n\nThe estuary fills twice a day. Its mouth is narrow.\n\n[…]\n\n"
        "## Gauges\n\nThe tide gauge reads the level every 15 minutes. It stands at the north pier.\n\n[…]"
    )


def test_a_paragraph_is_cut_between_sentences_and_a_table_between_rows():
    assert cut(150, "gauges").endswith("## Gauges\n\nThe tide gauge reads the level every 15 minutes.\n\n[…]")
    table = "\n".join(["| a | b |", "| --- | --- |", *(f"| {number} | 2 |" for number in range(99))])
    assert cut(60, text=table) == "| a | b |\n| --- | --- |\n| 0 | 2 |\n| 1 | 2 |\n| 2 | 2 |\n\n[…]"


def test_without_keywords_numbers_win_and_the_rest_is_spread():
    assert "15 minutes" in cut(230) and "miller" not in cut(230)
    text = "\n\n".join(f"Paragraph {'abcdefghij'[number]} says something." for number in range(10))
    assert [line[10] for line in cut(160, text=text).split("\n\n") if line != GAP] == ["a", "b", "c", "e", "i"]


def test_one_long_sentence_is_cut_between_words():
    assert cut(20, text="word " * 50) == "word word word […]"
    assert cut(10, text="x" * 50) == "xxxxxxxx […]"[:0] + "xxxxxx […]"


@pytest.mark.parametrize(("unit", "count"), [("tokens", 3), ("characters", 9)])
def test_a_token_is_four_characters(unit: str, count: int):
    assert measure_of(Budget(size=99, unit=unit))("nine char") == count
    assert (tokens(""), tokens("abcd"), tokens("abcde")) == (0, 1, 2)


def test_a_tokenizer_counts_when_one_is_named(tmp_path):
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({"a": 0, "[UNK]": 1}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    measure = measure_of(Budget(size=16, tokenizer=str(tmp_path)))
    assert measure("a b c") == 3
    text = "\n\n".join(f"Here are four words {number}." for number in range(99))
    assert 10 < measure(Compressor(16, measure)(text)) <= 16


def test_the_words_of_a_rubric_are_those_that_say_something():
    assert words_of("depth: how deeply it goes into the causes, with numbers") == {
        "depth",
        "deeply",
        "goe",
        "cause",
        "number",
    }


PIECES = [
    "# H",
    "## I",
    "Word one. Word two!",
    "A",
    "a b c d",
    "| x | y |\n| 1 | 2 |",
    "\f",
    "- a\n- b 3",
    "```\ncode\n```",
    "x" * 40,
    "…",
    "é" * 9,
    " \t ",
    "[…]",
    "Pins are 1. No. 2 is e.g. a pin. Yes",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25), st.integers(1, 200), st.sampled_from([characters, tokens]))
def test_never_above_the_budget_and_never_cut_twice(pieces: list[str], most: int, measure):
    text = "\n\n".join(pieces)
    compressor = Compressor(most, measure, stems("pins"))
    short = compressor(text)
    assert measure(short) <= most
    assert compressor(short) == short == Compressor(most, measure, stems("pins"))(text)
    kept = [part for part in short.replace(GAP, "\n").split("\n") if part.strip()]
    assert all(part.strip() in text.replace("\f", "\n") or " " in part for part in kept)


@pytest.mark.parametrize(
    "text", ["a. " * 200_000, "a\n\n" * 100_000, "word " * 100_000, "| a |\n" * 100_000, "# h\n" * 99_999]
)
def test_long_texts_take_little_time(text: str):
    begun = time.process_time()
    assert tokens(Compressor(2000, tokens, stems("nothing"))(text)) <= 2000
    assert time.process_time() - begun < 5
