import pytest

from fake_build import data_build, full_build
from loramake.reporting import funnel
from loramake.reporting.built import read_build


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    return read_build(full_build(tmp_path_factory.mktemp("full")))


def test_the_funnel_ends_with_what_lost_something(build):
    assert [step.stage for step in funnel.steps(build)] == [
        "sources", "clean", "chunk", "synthesize", "curate", "train",
    ]  # fmt: skip


def test_a_step_accounts_for_all_it_was_given(build):
    for step in funnel.steps(build):
        assert step.given == step.passed + sum(step.reasons.values())


def test_totals_go_from_documents_to_examples(build):
    assert funnel.totals(build) == [
        ("documents", 132),
        ("clean documents", 123),
        ("passages", 123),
        ("examples", 121),
        ("curated examples", 117),
    ]


def test_totals_of_a_recipe_without_examples(tmp_path):
    assert [name for name, _ in funnel.totals(read_build(data_build(tmp_path)))] == ["documents", "clean documents"]


def test_splits_stand_in_the_order_of_learning(build):
    assert funnel.splits(build) == {"train": 80, "validation": 10, "test": 18, "phrases": 9}
    assert list(funnel.splits(build)) == ["train", "validation", "test", "phrases"]


def test_every_reason_is_listed_the_largest_of_a_stage_first(build):
    assert [(row.stage, row.reason, row.count) for row in funnel.reasons(build)] == [
        ("sources", "no_text", 5),
        ("sources", "empty", 2),
        ("sources", "damaged", 1),
        ("clean", "too_short", 5),
        ("clean", "duplicate", 4),
        ("synthesize", "not_json", 2),
        ("curate", "duplicate", 4),
        ("train", "too_long", 1),
    ]


def test_a_reason_has_three_examples_at_most(build):
    places = {(row.stage, row.reason): row.places for row in funnel.reasons(build)}
    assert places["sources", "no_text"] == ["docs/scan-0.pdf", "docs/scan-1.pdf", "docs/scan-2.pdf"]
    assert places["sources", "damaged"] == ["docs/old.docx"]
    assert places["sources", "empty"] == ["exports/jira.json · OPS-900", "exports/jira.json · OPS-901"]
    assert places["train", "too_long"] == []


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ({"path": "a.md", "part": ""}, "a.md"),
        ({"path": "a.json", "part": "OPS-1"}, "a.json · OPS-1"),
        ({"group": "a.json#OPS-1", "id": "x"}, "a.json#OPS-1"),
        ({"id": "x"}, "x"),
        ({}, ""),
    ],
)
def test_where_a_refused_record_stands(row, place):
    assert funnel.place_of(row) == place


def test_masks_are_counted_by_kind(build):
    assert funnel.masks(build) == {"email": 41, "phone": 12, "secret": 3}
    assert funnel.masks({}) == {}


def test_what_cleaning_changed_is_shown_by_step(build):
    shown = funnel.changes(build)
    assert list(shown) == ["1 html", "4 mask"]
    assert shown["1 html"][0]["place"] == "exports/jira.json · OPS-7"
    assert funnel.changes({}) == {}
