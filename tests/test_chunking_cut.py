import pytest

from loramake.chunking.cut import cut
from loramake.chunking.scales import Characters

SENTENCE = "Nine words make this sentence as long as it is. "


def pieces(text: str, **more) -> list[str]:
    options = {"size": 100, "overlap": 0, "floor": 0, "whole": [], "bound": set()} | more
    return [text[piece.start : piece.end] for piece in cut(text, (0, len(text)), Characters, **options)]


@pytest.mark.parametrize(
    ("text", "made"), [("", []), (" \n\f ", []), ("  short\n", ["short"]), ("x" * 100, ["x" * 100])]
)
def test_what_fits_is_one_piece(text, made):
    assert pieces(text) == made


def test_pieces_are_even_rather_than_a_full_one_and_a_crumb():
    assert pieces(SENTENCE * 4, size=190) == [(SENTENCE * 2).strip()] * 2


def test_pieces_end_with_paragraphs_sentences_and_words():
    paragraph = (SENTENCE * 2).strip()
    assert pieces(f"{paragraph}\n\n{paragraph}\n\n{paragraph}") == [paragraph] * 3
    assert all(piece.endswith(".") for piece in pieces(SENTENCE * 9))
    words = SENTENCE.replace(".", ",")
    assert all(len(piece) > 40 and piece.split()[-1] in words.split() for piece in pieces(words * 9))


def test_a_word_that_is_too_long_is_cut_anywhere():
    assert [len(piece) for piece in pieces("x" * 250)] == [84, 83, 83]


def test_overlap_begins_with_a_sentence():
    made = pieces(SENTENCE * 6, size=150, overlap=60)
    assert all(piece.startswith("Nine words") for piece in made)
    assert sum(map(len, made)) > len(SENTENCE) * 6


def test_nothing_before_the_floor_is_repeated():
    text = "# Head\n\n" + SENTENCE * 3
    assert not any("Head" in piece for piece in pieces(text, overlap=40, floor=8)[1:])


@pytest.mark.parametrize(("size", "blocks"), [(60, ["```\n" + "code();\n" * 5 + "```"]), (30, [])])
def test_a_block_stays_whole_if_it_fits(size, blocks):
    code = "```\n" + "code();\n" * 5 + "```"
    text = f"Some words before it.\n\n{code}\n\nAnd some after it."
    start = text.index(code)
    made = pieces(text, size=size, whole=[(start, start + len(code))])
    assert [piece for piece in made if piece.startswith("```") and piece.endswith("```")] == blocks
    assert all(line in ("code();", "```") for piece in made for line in piece.split("\n") if "c" in line or "`" in line)


def test_a_measure_that_is_off_is_corrected_by_counting():
    class Doubled(Characters):
        """Counts twice what it estimates where there is an x."""

        def count(self, start: int, end: int) -> int:
            return (end - start) * (2 if "x" in text[start:end] else 1)

    text = "x" * 60 + " " + "y" * 60
    options = {"size": 40, "overlap": 0, "floor": 0, "whole": [], "bound": set()}
    made = list(cut(text, (0, len(text)), Doubled, **options))
    assert all(piece.units <= 40 for piece in made)
    assert "".join(text[piece.start : piece.end] for piece in made) == text.replace(" ", "")
