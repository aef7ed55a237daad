import time

import pytest

from loramake.chunking.breaks import Breaks

TEXT = "One two. Three four.\n\nFive six seven. Eight"


def breaks(text: str = TEXT, **more) -> Breaks:
    return Breaks(text, (0, len(text)), **({"whole": [], "broken": [], "bound": set()} | more))


@pytest.mark.parametrize(
    ("low", "aim", "high", "word"),
    [(1, 12, 30, "Five"), (1, 12, 20, "Three"), (24, 30, 36, "seven"), (10, 11, 13, "ree")],
)
def test_the_best_place_is_of_the_best_kind(low, aim, high, word):
    assert TEXT[breaks().nearest(low, aim, high, after=0) :].startswith(word)


def test_a_bad_place_is_taken_before_a_word_but_after_a_sentence():
    bound = {TEXT.index("Five"), TEXT.index("seven")}
    assert breaks(bound=bound).nearest(1, 22, 30, after=0) == TEXT.index("Three")
    assert breaks(bound=bound).nearest(24, 28, 34, after=0) == TEXT.index("seven")


def test_what_is_whole_is_not_cut():
    text = "before it\n```\na b c d e f\n```\nafter it"
    block = (text.index("```"), text.rindex("```") + 3)
    whole = breaks(text, whole=[block])
    assert whole.nearest(16, 20, 24, after=0) == block[0]
    assert whole.nearest(16, 20, 29, after=block[0]) == block[1]
    assert whole.nearest(16, 20, 24, after=block[0]) == block[0]
    assert text[breaks(text, broken=[block]).nearest(11, 20, 24, after=0) :].startswith("a b c")


def test_no_letter_is_parted_from_its_accents():
    text = "xxxe\u0301xx👩\u200d💻xx"
    assert breaks(text).nearest(4, 4, 4, after=0) == 3
    assert breaks(text).nearest(9, 9, 9, after=0) == 7


def test_a_repeated_part_begins_with_a_sentence_or_a_word():
    assert breaks().start(5, 22) == TEXT.index("Three")
    assert breaks().start(15, 22) == TEXT.index("four.")
    assert breaks("x" * 50).start(5, 22) == 22


@pytest.mark.parametrize("piece", [" ", "\n", "\n ", "\f", " \n\n", "- ", "\n- "])
def test_a_million_spaces_take_linear_time(piece):
    begin = time.process_time()
    breaks("x" + piece * (1_000_000 // len(piece)) + "x")
    assert time.process_time() - begin < 4
