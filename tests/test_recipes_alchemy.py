"""The recipe `alchemy`: a repository, a tracker, a wiki and manuals become questions and answers."""

import json
from typing import Any

import pytest

from loramake.plan import compile_recipe, open_project
from recipe_lab import Lab, asked


def answer(body: dict[str, Any]) -> str:
    instruction, passage = asked(body)
    words = [word.strip(".,:;#*`|") for word in passage.split()]
    first = " ".join([word for word in words if len(word) > 4][:5]) or "nothing"
    word = "Why" if "Ask why" in instruction else "How" if "how something is done" in instruction else "What"
    pairs = [{"question": f"{word} {first}?", "answer": f"Because of {first}."}]
    return json.dumps({"pairs": pairs})


@pytest.fixture(scope="module")
def alchemy(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = Lab(tmp_path_factory.mktemp("alchemy"), "alchemy", answer)
    lab.receipts = lab.build()
    return lab


def test_every_source_and_every_task_gives_examples(alchemy: Lab):
    rows = alchemy.rows("synthesize", "examples.jsonl")
    found = {(row["task"], row["source"]) for row in rows}
    assert found == {
        ("why", "history"),
        *(("facts", source) for source in ("tickets", "wiki", "manuals")),
        *(("howto", source) for source in ("wiki", "manuals")),
    }
    assert {row["messages"][0]["content"].split()[0] for row in rows if row["task"] == "howto"} == {"How"}
    assert alchemy.receipts["synthesize"]["counts"]["quarantined"] == {}
    assert alchemy.receipts["curate"]["counts"]["made"]["train"] > 20


def test_worked_examples_stand_between_the_instruction_and_the_question(alchemy: Lab):
    why = [body["messages"] for body in alchemy.server.bodies if "Ask why" in body["messages"][0]["content"]]
    assert {tuple(message["role"] for message in messages) for messages in why} == {
        ("system", "user", "assistant", "user", "assistant", "user")
    }
    assert len({json.dumps(messages[:-1]) for messages in why}) == 1
    assert json.loads(why[0][4]["content"]) == {"pairs": []}


def test_nothing_is_sent_unmasked(alchemy: Lab):
    said = json.dumps(alchemy.server.bodies)
    assert "@larkmoor.example" not in said


@pytest.mark.parametrize("name", ["alchemy", "distillery", "datasheets"])
def test_a_recipe_that_asks_over_the_network_is_planned_without_it(name: str, monkeypatch: pytest.MonkeyPatch):
    from conftest import REPOSITORY

    monkeypatch.delenv("DEEPSEEK_API_KEY", raising=False)
    (point,) = compile_recipe(REPOSITORY / f"recipes/{name}.yaml", open_project(REPOSITORY))
    assert point.slices["synthesize"]["spec"]["model"]["url"] == "https://api.deepseek.com"
    assert any("mask" in step for step in point.slices["clean"]["spec"]["steps"])
