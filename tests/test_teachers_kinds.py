"""The kinds of task that ask one thing about each passage."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from loramake.errors import DataError
from loramake.recipe.task import Dimension, Task
from loramake.records import Chunk
from loramake.teachers.calls import Answer, Call
from loramake.teachers.checks import UnusableError, usable
from loramake.teachers.kinds.label import overall_of, tier_of
from loramake.teachers.tasks import Item, Made, items_of, kinds_of, make

TEXT = "# Winches\n\nA winch pulls a rope. Oil the drum within 30 days.\n\n" + "Nobody minds the rest. " * 30
RUBRIC = {
    "depth": {"about": "Does it say why?", "weight": 0.7, "most": 10},
    "use": {"about": "Is it of use?", "weight": 0.3, "least": 0, "most": 2},
}


def passage(text: str = TEXT, **fields: Any) -> Chunk:
    return Chunk("c", text, "d", 0, len(text), 0, "s", "p.md", **fields)


class Scripted:
    """A teacher that says what it is told to, in turn, and remembers what it was asked."""

    def __init__(self, *said: Any) -> None:
        self.said, self.calls = list(said), []

    def answer(self, call: Call) -> Answer:
        self.calls.append(call)
        said = self.said.pop(0)
        return Answer(said if isinstance(said, str) else json.dumps(said))

    def knows(self, call: Call) -> bool:
        return call in self.calls


def done(task: Mapping[str, Any], *said: Any, chunk: Chunk | None = None, retries: int = 0) -> tuple[Made, Scripted]:
    teacher = Scripted(*said)
    kind = kinds_of({"t": Task.model_validate(task)})["t"]
    item = Item("t", kind, chunk or passage())
    made = make(item, teacher, retries)
    first = item.call()
    assert first == (teacher.calls[0] if teacher.calls else None)
    return made, teacher


LABEL = {"kind": "label", "dimensions": RUBRIC}
SCORES = {"reasoning": " It says why. ", "scores": {"use": 1, "depth": 8.0, "more": 3}, "overall": 1, "tier": "x"}


def test_a_label_is_what_the_oracle_saw_and_its_scores_weighed_by_us():
    made, teacher = done({**LABEL, "tiers": {"good": 5.5, "bad": 0}}, SCORES)
    (sample,) = made.samples
    assert sample.messages[:-1] == teacher.calls[0].messages
    assert json.loads(sample.messages[-1]["content"]) == {
        "reasoning": "It says why.",
        "scores": {"depth": 8, "use": 1},
        "overall": 5.9,
        "tier": "good",
    }
    assert sample.scores == {"depth": 8.0, "use": 1.0, "overall": 5.9}


def test_the_oracle_thinks_first_and_reads_the_rubric_before_the_text():
    _, teacher = done(LABEL, SCORES)
    (system, user) = (message["content"] for message in teacher.calls[0].messages)
    assert list(teacher.calls[0].schema["properties"]) == ["reasoning", "scores"]
    assert (
        "- depth (from 1 to 10): Does it say why?\n- use (from 0 to 2): Is it of use?" in system
        and user == TEXT.strip()
    )


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"reasoning": False}, ["scores", "overall"]),
        ({"student": "Judge: {{ text[:9] }}"}, ["reasoning", "scores", "overall"]),
        ({"prompt": "{{ rubric }} Judge {{ text }}"}, ["reasoning", "scores", "overall"]),
    ],
)
def test_what_the_student_sees_can_be_chosen(more: dict[str, Any], expected: list[str]):
    made, teacher = done({**LABEL, **more}, SCORES)
    *asked, said = made.samples[0].messages
    assert list(json.loads(said["content"])) == expected
    student = [{"role": "user", "content": "Judge: # Winches"}]
    assert asked == (student if "student" in more else teacher.calls[0].messages)


@pytest.mark.parametrize(
    "said",
    [
        {"reasoning": "x", "scores": {"depth": 11, "use": 1}},
        {"reasoning": "x", "scores": {"depth": 8.5, "use": 1}},
        {"reasoning": "x", "scores": {"depth": True, "use": 1}},
        {"reasoning": "x", "scores": {"depth": 8}},
        {"reasoning": " ", "scores": {"depth": 8, "use": 1}},
        {"scores": {"depth": 8, "use": 1}},
        {"reasoning": "x", "scores": {"depth": "8", "use": 1}},
    ],
)
def test_scores_outside_of_the_rubric_are_no_use(said: dict[str, Any]):
    made, _ = done(LABEL, said)
    assert made.unusable and made.unusable.reason.startswith("schema: ")


@pytest.mark.parametrize(
    ("weights", "scores", "overall"),
    [
        ([0.1, 0.2, 0.7], [7, 7, 7], 7.0),
        ([0.335, 0.335, 0.33], [1, 2, 3], 2.0),
        ([0.005, 0.995], [1, 0], 0.01),
        ([0.1] * 10, [3] * 10, 3.0),
    ],
)
def test_the_overall_score_is_exact(weights: list[float], scores: list[int], overall: float):
    names = [f"d{number}" for number in range(len(weights))]
    dimensions = {name: Dimension(about="x", weight=weight) for name, weight in zip(names, weights, strict=True)}
    assert overall_of(dict(zip(names, scores, strict=True)), dimensions) == overall


@pytest.mark.parametrize(("overall", "tier"), [(8.0, "a"), (7.99, "b"), (5.0, "b"), (4.99, "c"), (1.0, "c")])
def test_a_tier_begins_at_its_score(overall: float, tier: str):
    assert tier_of(overall, {"c": 1, "a": 8, "b": 5}) == tier


@pytest.mark.parametrize("kind", ["qa", "extract", "label", "rewrite"])
def test_teacher_and_student_read_the_same_cut_of_a_passage(kind: str):
    tasks = {
        "qa": {},
        "extract": {"schema": {"type": "object"}},
        "label": {"dimensions": RUBRIC},
        "rewrite": {"prompt": "Shorten it."},
    }
    said = {"qa": {"pairs": []}, "extract": {}, "label": SCORES, "rewrite": {"text": "Oil it."}}
    made, teacher = done({"kind": kind, **tasks[kind], "budget": {"size": 100, "unit": "characters"}}, said[kind])
    read = teacher.calls[0].messages[-1]["content"]
    assert read == teacher.calls[0].text and len(read) <= 100 and read.endswith("[…]") and "Oil the drum" in read
    if kind != "qa":
        assert made.samples[0].messages[-2]["content"] == read


def test_a_rewritten_passage_is_the_answer_to_the_students_question():
    task = {"kind": "rewrite", "prompt": "As a rule.", "student": "What is the rule? {{ text[2:9] }}"}
    made, _ = done(task, {"text": "  \n"}, {"text": " Oil it. "}, retries=1)
    assert [message["content"] for message in made.samples[0].messages] == ["What is the rule? Winches", "Oil it."]


SHOTS = [{"text": "A block turns.", "answer": [{"question": "What turns?", "answer": "A block."}], "section": "Blocks"}]


def test_worked_examples_come_before_the_passage_and_not_to_the_student():
    _, teacher = done({"examples": SHOTS}, {"pairs": []})
    said = teacher.calls[0].messages
    assert [message["role"] for message in said] == ["system", "user", "assistant", "user"]
    assert said[1]["content"] == "Section: Blocks\n\nA block turns."
    assert json.loads(said[2]["content"]) == {"pairs": SHOTS[0]["answer"]}
    scored = {"text": "a", "answer": {"scores": {"use": 1, "depth": 2}, "reasoning": "r"}}
    made, teacher = done({**LABEL, "examples": [scored]}, SCORES)
    assert made.samples[0].messages[:-1] == [teacher.calls[0].messages[0], teacher.calls[0].messages[-1]]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"text": "a"}, "not a worked example"),
        ({"text": 1, "answer": []}, "not a worked example"),
        ({"text": "a", "answer": [], "note": 1}, "may have section, path, meta"),
        ({"text": "a", "answer": {"pairs": [{"question": "x"}]}}, "'answer' is a required property"),
        ({"text": "a", "answer": "x"}, "not of type 'object'"),
    ],
)
def test_a_worked_example_that_is_none_is_named(row: dict[str, Any], says: str):
    with pytest.raises(DataError, match="task t, examples, number 2") as raised:
        kinds_of({"t": Task.model_validate({"examples": [*SHOTS, row]})})
    assert says in str(raised.value)


@pytest.mark.parametrize("style", ["howto", "why", "compare", "brief"])
def test_a_style_adds_one_line_to_the_built_in_prompt(style: str):
    asked = {s: done({"style": s}, {"pairs": []})[1].calls[0].messages[0]["content"] for s in ("plain", style)}
    plain, styled = (set(said.splitlines()) for said in asked.values())
    assert plain < styled and len(styled - plain) == 1


@pytest.mark.parametrize("task", [{}, {"examples": SHOTS}, LABEL, {"kind": "extract", "schema": {"type": "object"}}])
def test_two_requests_differ_in_the_passage_alone(task: dict[str, Any]):
    kind = kinds_of({"t": Task.model_validate(task)})["t"]
    one, other = (json.dumps(Item("t", kind, passage(text)).call().messages) for text in ("One.", "Two."))
    same = next(number for number, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)
    assert one[same:] == 'One."}]' and other[same:] == 'Two."}]'


def test_a_blank_passage_costs_nothing():
    made, teacher = done({}, chunk=passage(" \n\f "))
    assert made.dropped == "blank" and teacher.calls == []


def test_items_come_by_task_and_of_its_sources():
    tasks = {"a": Task.model_validate({"from": "s"}), "b": Task.model_validate({"from": "x"}), "c": Task()}
    chunks = [passage(f"{number}") for number in range(2)]
    items = [(item.task, item.chunk.text) for item in items_of(tasks, kinds_of(tasks), lambda: iter(chunks))]
    assert items == [("a", "0"), ("a", "1"), ("c", "0"), ("c", "1")]


def test_rules_never_score():
    from loramake.errors import TeacherError
    from loramake.teachers.offline import Rules

    call = Item("t", kinds_of({"t": Task.model_validate(LABEL)})["t"], passage()).call()
    with pytest.raises(TeacherError, match="the offline teacher cannot score"):
        Rules().answer(call)
    with pytest.raises(UnusableError):
        usable(Answer("{}"), call)
