"""What a model is told."""

import pytest

from loramake.errors import DataError
from loramake.recipe.task import Task
from loramake.records import Chunk
from loramake.teachers.prompts import passage_values, prompt_of, qa_schema, student_template

CHUNK = Chunk(
    id="c",
    text="One.\fTwo.\n",
    document="d",
    start=0,
    end=9,
    index=0,
    source="s",
    path="a/b.md",
    section="Ropes",
    meta={"k": 1},
)


VALUES = passage_values(CHUNK)


def messages(prompt: str | None, **more: object) -> list[tuple[str, str]]:
    task = Task.model_validate({"prompt": prompt, **more})
    return [(m["role"], m["content"]) for m in prompt_of("t", task, qa_schema(task.pairs)).messages(VALUES)]


@pytest.mark.parametrize("kind", ["qa", "extract"])
def test_the_built_in_prompt_is_constant_but_for_the_passage_at_the_end(kind: str):
    (system, instruction), (user, passage) = messages(None, kind=kind, schema={} if kind == "extract" else None)
    assert (system, user) == ("system", "user")
    assert "JSON" in instruction and "One." not in instruction and "Ropes" not in instruction
    assert passage == "Section: Ropes\n\nOne.\nTwo."


def test_the_built_in_prompt_says_how_many_and_in_which_form():
    (_, instruction), _ = messages(None, pairs=7)
    assert "between 1 and 7 pairs" in instruction and '"maxItems": 7' in instruction
    assert instruction.index('"question"') < instruction.index('"answer"')


def test_a_prompt_that_names_no_passage_comes_before_it():
    assert messages("Ask {{ pairs }} things. {{ schema[:1] }}") == [
        ("system", "Ask 3 things. {"),
        ("user", "Section: Ropes\n\nOne.\nTwo."),
    ]


def test_a_prompt_that_says_where_the_passage_goes_is_the_question_itself():
    (system, form), (user, question) = messages("Read {{ path }}: {{ text }} ({{ meta.k }}, {{ task }})")
    assert (system, form.split(".")[0]) == ("system", "Answer with one JSON object and nothing else")
    assert (user, question) == ("user", "Read a/b.md: One.\nTwo.\n (1, t)")


def test_a_prompt_with_everything_in_it_needs_no_system_message():
    assert [role for role, _ in messages("{{ text }} {{ schema }}")] == ["user"]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("a\nb {{ nothing }}", "line 2"),
        ("{{ text.__class__ }}", "unsafe"),
        ("{{ meta.update(a=1) }}", "unsafe"),
        ("{% include 'x' %}", "cannot be filled in"),
        ("{{ text | random }}", "No filter named 'random'"),
        ("{{ lipsum() }}", "'lipsum' is undefined"),
        ("{{ 1 // 0 }}", "line 1"),
        ("{% for x in y %}", "line 1"),
    ],
)
def test_a_template_that_fails_says_where_and_what_there_is(source: str, says: str):
    with pytest.raises(DataError) as raised:
        student_template("t", Task.model_validate({"kind": "direct", "answer": "k", "student": source})).render(
            text="x", section="", path="p", meta={"k": 1}
        )
    assert says in str(raised.value) and "task t, student" in raised.value.where
    assert "path, section, text" in raised.value.hint


def test_what_a_document_says_is_never_a_template():
    chunk = Chunk(id="c", text="{{ 7 * 7 }}", document="d", start=0, end=1, index=0, source="s", path="p")
    assert prompt_of("t", Task(), qa_schema(1)).messages(passage_values(chunk))[1]["content"] == "{{ 7 * 7 }}"
