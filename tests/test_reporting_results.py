import pytest

from fake_build import figures, full_build, metrics, sample, write_rows
from loramake.files import write_json
from loramake.reporting import results
from loramake.reporting.built import read_build


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    return read_build(full_build(tmp_path_factory.mktemp("full")))


def evaluated(build, found=None, rows=None):
    """`build` with other metrics or samples."""
    folder = build["evaluate"].folder
    write_json(folder / "metrics.json", found or metrics())
    write_rows(folder / "samples.jsonl", rows or [])
    return build


def test_the_headline_is_the_task_with_fields(build):
    assert results.headline_task(results.metrics(build)) == "triage"


@pytest.mark.parametrize(
    ("tasks", "task"),
    [
        ({"a": {"n": 5}, "b": {"n": 9}}, "b"),
        ({"a": {"n": 5, "fields": {"x": 1.0}}, "b": {"n": 9}}, "a"),
        ({}, None),
    ],
)
def test_which_task_is_the_headline(tasks, task):
    assert results.headline_task({"test": {"adapter": {"n": 9, "tasks": tasks}}}) == task


def test_every_split_has_a_headline_and_test_comes_first(build):
    test, phrases = results.headlines(build)
    assert (test.split, test.base, test.adapter, test.majority, test.n) == ("test", 0.005, 0.98, 0.355, 200)
    assert test.verdict == "97.5 points above the base, 62.5 points above the majority baseline"
    assert phrases.split == "phrases"
    assert phrases.verdict.endswith("56.8 points below the test split")


def test_a_lead_within_the_interval_is_doubtful(build):
    assert [row.doubtful for row in results.headlines(build)] == [False, True]


def test_an_adapter_that_is_worse_is_said_to_be_worse(tmp_path):
    found = {"test": {"base": figures(10, 0.5, 0, 2, 1), "adapter": figures(10, 0.4, 0, 2, 1), "majority": {}}}
    (row,) = results.headlines(evaluated(read_build(full_build(tmp_path)), found))
    assert row.verdict == "10 points below the base"


def test_a_split_without_examples_has_no_headline(tmp_path):
    found = metrics() | {"empty": {model: {"n": 0, "exact_match": 0.0, "tasks": {}} for model in results.MODELS}}
    build = evaluated(read_build(full_build(tmp_path)), found)
    assert [row.split for row in results.headlines(build)] == ["test", "phrases"]
    assert [table.split for table in results.tables(build)] == ["test", "empty", "phrases"]


def test_a_table_has_every_measure_of_every_task(build):
    table = results.tables(build)[0]
    names = {task: [measure.name for measure in measures] for task, _, measures in table.tasks}
    assert names["triage"] == ["exact match", "valid JSON", "category", "priority", "perplexity"]
    assert names["qa"] == names["all tasks"] == ["exact match", "perplexity"]


def test_a_row_is_base_majority_adapter(build):
    _, n, measures = results.tables(build)[0].tasks[1]
    assert n == 200
    assert measures[0].values == [0.005, 0.355, 0.98]
    assert measures[-1].values == [50.2, None, 1.078]


def test_samples_are_grouped_with_test_first(build):
    assert {split: len(rows) for split, rows in results.samples(build).items()} == {"test": 9, "phrases": 1}


def test_samples_are_bounded(tmp_path):
    rows = [sample(f"split{number % 3}", "qa", "?", "a", "b", "c") for number in range(300)]
    build = evaluated(read_build(full_build(tmp_path)), rows=rows)
    assert [len(shown) for shown in results.samples(build).values()] == [6, 6, 6]


@pytest.mark.parametrize(
    ("expected", "answer", "mark", "fields"),
    [
        ('{"a":1}', '{"a":1}', "right", [("a", "1", True)]),
        ('{"a":1}', '{"a": 1}', "right fields, other form", [("a", "1", True)]),
        ('{"a":1,"b":"x"}', '{"a":2}', "wrong", [("a", "2", False), ("b", "missing", False)]),
        ('{"a":1}', '{"a":1,"c":[]}', "wrong", [("a", "1", True), ("c", "[]", False)]),
        ('{"a":1}', "not JSON", "wrong", []),
        ("words", "words ", "same words", []),
        ("words", "other", "other words", []),
    ],
)
def test_how_an_answer_is_judged(tmp_path, expected, answer, mark, fields):
    build = evaluated(read_build(full_build(tmp_path)), rows=[sample("test", "t", "?", expected, answer, answer)])
    shown = results.samples(build)["test"][0].adapter
    assert (shown.mark, shown.fields, shown.right) == (mark, fields, mark in ("right", "same words"))


def test_a_long_text_is_folded_at_a_space():
    shown = results.passage("word " * 1000)
    assert shown.head.endswith("word")
    assert len(shown.head) <= results.CUT
    assert len(shown.head + shown.rest) + shown.cut == len("word " * 1000) - 1


def test_a_long_word_is_folded_too():
    shown = results.passage("x" * 5000)
    assert (len(shown.head), len(shown.rest), shown.cut) == (360, 1640, 3000)


def test_a_build_without_evaluation_has_no_results():
    assert results.headlines({}) == results.tables({}) == []
    assert results.samples({}) == {}
