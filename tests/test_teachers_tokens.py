import random
from pathlib import Path

import pytest

from loramake.errors import DataError
from loramake.teachers.tokens import Line, Range, counted, guessed, load_count


def test_a_line_finds_what_every_request_has_and_what_grows():
    total = Line([(x, 100 + 0.25 * x) for x in range(200, 1200, 50)]).total([1000, 2000, 3000])
    assert total.middle == pytest.approx(300 + 0.25 * 6000)
    assert total.low == pytest.approx(total.high)


def test_few_pairs_give_a_ratio():
    assert Line([(100, 50), (300, 150)]).total([1000]).middle == pytest.approx(500)


@pytest.mark.parametrize("pairs", [[(5, 7)], [(5, 7)] * 30, [(0, 7)] * 3, [(0, 0)] * 9])
def test_pairs_without_a_slope_give_their_mean(pairs: list[tuple[float, float]]):
    total = Line(pairs).total([pairs[0][0]] * 10)
    assert total.middle == pytest.approx(10 * pairs[0][1])


def test_the_range_holds_the_truth_about_as_often_as_it_should():
    inside = 0
    for seed in range(300):
        some = random.Random(seed)
        pairs = [(x := some.lognormvariate(6, 0.6), 40 + 0.2 * x * some.uniform(0.5, 1.5)) for _ in range(420)]
        total = Line(pairs[:20]).total([x for x, _ in pairs[20:]])
        inside += total.low <= sum(y for _, y in pairs[20:]) <= total.high
    assert inside / 300 > 0.85


def test_without_any_answer_the_range_is_wide():
    total = guessed([4000, 4000], None)
    assert (total.low, total.middle, total.high) == (1600, 2000, 3200)
    assert guessed([4000], 5.0).middle == 800


def test_a_tokenizer_counts(tmp_path: Path):
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({"a": 0, "rope": 1, "?": 2}, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    count = load_count(str(tmp_path))
    assert count("a rope a rope, a knot") == 7
    assert counted([7.0, 3.0]).low == 10


def test_a_tokenizer_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(DataError, match=r"tokenizer\.json"):
        load_count(str(tmp_path / "none"))


def test_ranges_add_up_and_stay_positive():
    assert Range(1, 2, 3) + Range(1, 1, 1) == Range(2, 3, 4)
    assert Range(1, 2, 3).less(2) == Range(0, 0, 1)
    assert Range(1, 5, 9).within(2, 6) == Range(2, 5, 6)
