"""The recipe `distillery`: an oracle scores articles, and a student learns to score the same input."""

import json
from typing import Any

import pytest

from loramake.teachers.compression import GAP, tokens
from recipe_lab import Lab, asked


def answer(body: dict[str, Any]) -> str:
    instruction, passage = asked(body)
    names = [
        line[2:].split(" (")[0]
        for line in instruction.splitlines()
        if line.startswith("- ") and " (from 1 to 10)" in line
    ]
    good = min(10, 1 + 3 * sum(passage.count(word) for word in ("measured", "error", "limits", "mistakes", "within")))
    scores = {name: good if name != "originality" else 10 for name in names}
    return json.dumps(
        {"reasoning": f"It has {len(passage.split())} words.", "scores": scores, "overall": 99, "tier": "platinum"}
    )


@pytest.fixture(scope="module")
def distillery(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = Lab(tmp_path_factory.mktemp("distillery"), "distillery", answer)
    lab.receipts = lab.build()
    return lab


def test_articles_about_other_matters_are_never_paid_for(distillery: Lab):
    assert distillery.receipts["clean"]["counts"]["dropped"] == {"prefiltered": 1} or [
        row["path"] for row in distillery.rows("clean", "dropped.jsonl")
    ] == ["examples/distillery/cake.md"]
    assert distillery.server.requests == 5
    assert not any("plum" in json.dumps(body) for body in distillery.server.bodies)


def test_the_student_is_asked_what_the_oracle_was_byte_for_byte(distillery: Lab):
    sent = {json.dumps(body["messages"]) for body in distillery.server.bodies}
    rows = distillery.rows("synthesize", "examples.jsonl")
    assert {json.dumps(row["messages"][:-1]) for row in rows} == sent and len(sent) == 5
    learnt = [
        row for name in ("train", "validation", "test") for row in distillery.rows("curate", f"splits/sft_{name}.jsonl")
    ]
    assert {json.dumps(row["messages"][:-1]) for row in learnt} == sent


def test_long_articles_are_cut_to_the_budget_for_both(distillery: Lab):
    passages = [body["messages"][-1]["content"] for body in distillery.server.bodies]
    cut = [passage for passage in passages if GAP in passage]
    assert cut and all(tokens(passage.partition("\n\n")[2]) <= 160 for passage in passages)
    assert all("error" in passage or "compared" in passage for passage in cut)


def test_the_overall_score_and_the_tier_follow_from_the_weights_and_not_from_the_oracle(distillery: Lab):
    rows = distillery.rows("synthesize", "examples.jsonl")
    tiers = {}
    for row in rows:
        said = json.loads(row["messages"][-1]["content"])
        assert list(said) == ["reasoning", "scores", "overall", "tier"]
        good = said["scores"]["depth"]
        assert said["overall"] == pytest.approx(0.95 * good + 0.05 * 10, abs=0.006)
        assert row["scores"] == {**said["scores"], "overall": said["overall"]} and len(said["scores"]) == 8
        tiers[row["group"].split("/")[-1]] = said["tier"]
    assert tiers["company-picnic.md"] == tiers["ten-reasons.md"] == "rest"
    assert set(tiers.values()) <= {"gold", "silver", "bronze", "rest"} and "gold" in tiers.values()


def test_requests_share_everything_up_to_the_article(distillery: Lab):
    assert len({body["messages"][0]["content"] for body in distillery.server.bodies}) == 1
