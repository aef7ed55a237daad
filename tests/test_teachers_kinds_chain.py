"""Extraction in stages."""

import json
from typing import Any

import pytest

from loramake.errors import DataError
from loramake.recipe.task import Task
from loramake.records import Chunk
from loramake.teachers.tasks import Item, Made, items_of, kinds_of, make
from test_teachers_kinds import Scripted

LIST = {
    "type": "object",
    "properties": {"items": {"type": "array", "items": {"type": "object"}}},
    "required": ["items"],
}
PINS = {"type": "object", "properties": {"pins": {"type": "integer"}, "case": {"type": "string"}}, "required": ["pins"]}
STAGES: dict[str, Any] = {
    "parts": {"prompt": "List the parts.", "schema": LIST},
    "cases": {"prompt": "List the cases of the item.", "schema": LIST, "each": "parts.items"},
    "pins": {"prompt": "Count the pins of the item.", "schema": PINS, "each": "cases.items"},
}
TEXTS = ["# X1\n\nX1 is a part.", "## Cases\n\nX1 comes in A and B.", "## Pins\n\nA has 3, B has 5."]


def passages(document: str = "d", meta: dict[str, Any] | None = None) -> list[Chunk]:
    starts = [sum(map(len, TEXTS[:number])) + number for number in range(3)]
    return [
        Chunk(
            f"{document}{number}",
            text,
            document,
            start,
            start + len(text),
            number,
            "s",
            f"{document}.md",
            meta=meta or {},
        )
        for number, (text, start) in enumerate(zip(TEXTS, starts, strict=True))
    ]


def item(stages: dict[str, Any], chunks: list[Chunk] | None = None) -> Item:
    tasks = {"t": Task.model_validate({"kind": "extract", "stages": stages})}
    (found,) = items_of(tasks, kinds_of(tasks), lambda: chunks or passages())
    return found


def done(stages: dict[str, Any], *said: Any) -> tuple[Made, Scripted]:
    teacher = Scripted(*said)
    return make(item(stages), teacher, 0), teacher


X1, A, B = {"part": "X1"}, {"case": "A"}, {"case": "B"}


def test_a_later_stage_runs_for_each_item_of_an_earlier_one():
    made, teacher = done(STAGES, {"items": [X1]}, {"items": [A, B]}, {"pins": 3}, {"pins": 5, "case": "B"})
    asked = [call.messages[-1]["content"].partition("\n\nItem:\n") for call in teacher.calls]
    assert [json.loads(below) if below else None for _, _, below in asked] == [None, X1, A, B]
    assert len({above for above, _, _ in asked}) == 1 and asked[0][0] == "\n\n".join(TEXTS)
    assert [sample.messages[:-1] for sample in made.samples] == [call.messages for call in teacher.calls]
    assert made.samples[3].messages[-1]["content"] == '{"pins": 5, "case": "B"}'


def test_a_document_is_one_item_of_all_its_passages():
    found = item(STAGES)
    assert (found.passages, found.chunk.id, found.chunk.index) == (3, "d0", 0)
    tasks = {"t": Task.model_validate({"kind": "extract", "stages": STAGES})}
    many = items_of(tasks, kinds_of(tasks), lambda: [*passages("d"), *passages("e")])
    assert [(each.chunk.document, each.passages) for each in many] == [("d", 3), ("e", 3)]
    assert found.call().messages[-1]["content"].startswith("# X1")


def test_a_prompt_sees_item_results_and_what_is_above():
    prompt = "{{ item.case }} of {{ above[0].part }}; {{ results.parts['items'] | length }} "
    prompt += "{{ results.other.pins }} {{ stage }}"
    stages = {
        **STAGES,
        "other": {"prompt": "Count.", "schema": PINS},
        "pins": {**STAGES["pins"], "prompt": prompt, "after": "other", "student": "{{ item.case }}?"},
    }
    made, teacher = done(stages, {"pins": 9}, {"items": [X1]}, {"items": [A]}, {"pins": 3})
    assert teacher.calls[-1].messages[-1]["content"] == "A of X1; 1 9 pins"
    assert [message["content"] for message in made.samples[-1].messages] == ["A?", '{"pins": 3}']


def test_results_of_a_stage_that_ran_for_each_item_are_a_list():
    total = {"prompt": "{{ results.pins | map(attribute='pins') | join('+') }}", "schema": PINS, "after": ["pins"]}
    said = [{"items": [X1]}, {"items": [A, B]}, {"pins": 3}, {"pins": 5}, {"pins": 8}]
    _, teacher = done({**STAGES, "total": total}, *said)
    assert teacher.calls[-1].messages[-1]["content"] == "3+5"
    _, teacher = done({**STAGES, "total": total}, {"items": []}, {"pins": 0})
    assert teacher.calls[-1].messages[0]["role"] == "system" and len(teacher.calls) == 2


def test_one_answer_that_is_no_use_takes_its_document_with_it():
    made, teacher = done(STAGES, {"items": [X1]}, {"items": [A, B]}, {"pins": "three"}, {"pins": 5})
    assert (
        made.unusable
        and "pins: 'three' is not of type 'integer' (stage pins)" in made.unusable.reason
        and made.samples == []
    )
    assert len(teacher.calls) == 3


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"items": [A] * 3}, "too_many: more than 2 items for the stage pins"),
        ({"items": "none"}, "not_a_list: cases.items"),
        ({"items": None}, ""),
        ({}, ""),
    ],
)
def test_items_that_cannot_be_gone_through(answer: dict[str, Any], reason: str):
    stages = {
        **STAGES,
        "cases": {**STAGES["cases"], "schema": {"type": "object"}},
        "pins": {**STAGES["pins"], "most": 2},
    }
    made, _ = done(stages, {"items": [X1]}, answer)
    assert (made.unusable.reason if made.unusable else "") == reason
    assert len(made.samples) == (0 if reason else 2)


def test_a_list_inside_of_lists_is_gone_through_in_order():
    stages = {
        "parts": {"prompt": "p", "schema": {"type": "object"}},
        "pins": {**STAGES["pins"], "each": "parts.items.cases"},
    }
    said = {"items": [{"cases": [A, B]}, {}, {"cases": [X1]}]}
    _, teacher = done(stages, said, *[{"pins": 1}] * 3)
    assert [json.loads(call.messages[-1]["content"].rpartition("\n")[2]) for call in teacher.calls[1:]] == [A, B, X1]


@pytest.mark.parametrize(
    ("stages", "says"),
    [
        ({**STAGES, "pins": {**STAGES["pins"], "each": "cases.case"}}, "the schema of 'cases' has no 'case'"),
        ({**STAGES, "pins": {**STAGES["pins"], "prompt": "{{ itm }}"}}, "task t, stage pins, prompt, line 1"),
        ({**STAGES, "pins": {**STAGES["pins"], "schema": {"type": "x"}}}, "task t, stage pins, schema"),
        ({**STAGES, "pins": {**STAGES["pins"], "student": "{% if %}"}}, "task t, stage pins, student"),
    ],
)
def test_a_stage_that_cannot_work_is_named_before_anything_is_asked(stages: dict[str, Any], says: str):
    with pytest.raises(DataError) as raised:
        item(stages)
    assert says in str(raised.value)


def test_a_stage_asks_for_its_sections_only_when_it_has_something_to_do():
    sections = {"keywords": ["terminals"]}
    stages = {**STAGES, "pins": {**STAGES["pins"], "sections": sections, "budget": {"size": 40, "unit": "characters"}}}
    made, teacher = done(stages, {"items": [X1]}, {"items": [A]}, {"sections": [3]}, {"pins": 3})
    assert "terminals" in teacher.calls[2].messages[0]["content"]
    assert teacher.calls[3].messages[-1]["content"].startswith("# X1\n\n[…]\n\n## Pins\n\nA has 3, B has 5.\n\nItem:")
    assert len(made.samples) == 3
    _, teacher = done(stages, {"items": []})
    assert len(teacher.calls) == 1


def test_lists_about_the_whole_document_are_not_told():
    stages = {"parts": {"prompt": "{{ meta }} {{ text[:4] }}", "schema": LIST}}
    meta = {"sections": [{"title": "x"}], "images": ["a"], "blocks": {"text": 3}}
    call = item(stages, passages(meta=meta)).call()
    assert call.messages[-1]["content"] == "{'blocks': {'text': 3}} # X1"


def test_what_is_far_too_long_is_dropped():
    chunk = passages()[0]
    (whole,) = items_of(
        {"t": (task := Task.model_validate({"kind": "extract", "stages": STAGES}))},
        kinds_of({"t": task}),
        lambda: [Chunk("c", "x" * 2_000_001, "d", 0, 2_000_001, 0, "s", chunk.path)],
    )
    assert make(whole, Scripted(), 0).dropped == "too_long"


def test_worked_examples_of_a_stage_may_have_an_item():
    shot = {"text": "Z9 comes in C.", "item": {"case": "C"}, "answer": {"pins": 7}}
    stages = {**STAGES, "pins": {**STAGES["pins"], "examples": [shot]}}
    made, teacher = done(stages, {"items": [X1]}, {"items": [A]}, {"pins": 3})
    system, question, answer, asked = (message["content"] for message in teacher.calls[-1].messages)
    assert (question, answer) == ('Z9 comes in C.\n\nItem:\n{"case": "C"}', '{"pins": 7}')
    assert [message["content"] for message in made.samples[-1].messages[:-1]] == [system, asked]
    with pytest.raises(DataError, match="task t, stage pins, examples, number 1"):
        item({**STAGES, "pins": {**STAGES["pins"], "examples": [{**shot, "answer": {}}]}})
