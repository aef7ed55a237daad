import random
from hashlib import sha256

import pytest

from loramake.cleaning.judge import Judge
from loramake.cleaning.shingles import bands, shingles
from loramake.recipe.cleaning import Step

EXACT, NEAR = Step(deduplicate="exact"), Step(deduplicate={"near": 0.8})
WORDS = [f"w{number}" for number in range(200)]


def text(start: int, end: int) -> str:
    return " ".join(WORDS[start:end])


def gone(texts: list[str], *steps: Step, order: list[int] | None = None) -> dict[int, str]:
    """Position -> reason, of texts that come to the judge in `order`."""
    judge = Judge(steps)
    for position in order or range(len(texts)):
        said = texts[position]
        digests = [bands(shingles(said)) if step.near else sha256(said.encode()).digest()[:16] for step in steps]
        judge.add(position, digests)
    verdicts = judge.verdicts(
        lambda position: ("s", f"{position:03}", "", ""), lambda position, _: shingles(texts[position]), str
    )
    return {position: reason for position, (_, reason) in sorted(verdicts.items())}


def test_the_first_of_those_that_say_the_same_stays():
    assert gone(["a", "b", "a", "a"], EXACT) == {2: "duplicate: 0", 3: "duplicate: 0"}


def test_a_near_duplicate_goes_for_one_that_it_is_near_to():
    assert gone([text(0, 100), text(100, 200), text(0, 98)], NEAR) == {2: "near_duplicate: 0"}


def test_similarity_is_not_handed_on():
    # Each is near to the next (0.84), the first is not to the third (0.70): the third stays.
    chain = [text(0, 100), text(8, 108), text(16, 116)]
    assert gone(chain, NEAR) == {1: "near_duplicate: 0"}


def test_what_an_earlier_step_dropped_keeps_nobody_out():
    steps = (EXACT, NEAR)
    assert gone([text(0, 100), text(0, 100), text(0, 98)], *steps) == {1: "duplicate: 0", 2: "near_duplicate: 0"}


def test_documents_that_did_not_come_so_far_are_no_duplicates():
    judge = Judge([EXACT, EXACT])
    for position, count in enumerate((2, 1, 2)):
        judge.add(position, [f"{position}".ljust(16).encode(), b"same".ljust(16)][:count])
    verdicts = judge.verdicts(lambda position: ("", str(position), "", ""), lambda *_: shingles(""), str)
    assert verdicts == {2: (1, "duplicate: 0")}


def test_texts_without_words_are_near_to_nothing():
    assert gone(["...", "!!!", "..."], NEAR) == {}


@pytest.mark.parametrize("seed", range(5))
def test_the_order_in_which_documents_come_does_not_matter(seed: int):
    dice = random.Random(seed)
    texts = [text(start := dice.randrange(60), start + 100) for _ in range(60)]
    order = list(range(len(texts)))
    first = gone(texts, EXACT, NEAR)
    dice.shuffle(order)
    assert first and gone(texts, EXACT, NEAR, order=order) == first


def test_a_thousand_copies_take_no_million_comparisons():
    assert len(gone([text(0, 100)] * 1000, NEAR)) == 999
