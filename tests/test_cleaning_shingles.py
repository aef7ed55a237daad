import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loramake.cleaning.shingles import BANDS, bands, jaccard, shingles

WORDS = [f"word{number}" for number in range(60)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (" .,; ", 0),
        ("one", 1),
        ("one two three four", 1),
        ("a b c d e", 1),
        ("a b c d e f", 2),
        ("a " * 50, 1),
    ],
)
def test_a_text_has_as_many_runs_as_differ(text: str, count: int):
    assert len(shingles(text)) == count


def test_case_and_marks_do_not_matter():
    assert np.array_equal(shingles("The pump, P-7, is ON fire!"), shingles("the pump p 7 is on fire"))


def test_the_order_of_words_does():
    assert jaccard(shingles("a b c d e"), shingles("e d c b a")) == 0


def test_numbers_are_the_same_on_every_machine():
    assert shingles("the pump is on fire").tolist() == [13935446321650997177]
    assert bands(shingles("the pump is on fire"))[:8].hex() == "a6904c1667ebeebc"


@pytest.mark.parametrize(
    ("one", "other", "similarity"),
    [
        (WORDS, WORDS, 1.0),
        (WORDS, [], 0.0),
        ([], [], 0.0),
        (WORDS[:30], WORDS[:34], 26 / 30),
        (WORDS[:9], WORDS[4:13], 1 / 9),
    ],
)
def test_similarity_is_that_of_sets(one: list[str], other: list[str], similarity: float):
    assert jaccard(shingles(" ".join(one)), shingles(" ".join(other))) == pytest.approx(similarity)


def test_similar_texts_share_a_band_and_others_do_not():
    def signature(words: list[str]) -> set[bytes]:
        whole = bands(shingles(" ".join(words)))
        return {whole[start : start + 8] for start in range(0, 8 * BANDS, 8)}

    long = [f"w{number}" for number in range(2000)]
    assert signature(long) & signature([*long[:1990], *WORDS[:10]])
    assert not signature(long) & signature([f"v{number}" for number in range(2000)])


@given(st.text())
def test_any_text_has_a_signature_of_one_size(text: str):
    assert len(bands(shingles(text))) in (0, 8 * BANDS)
