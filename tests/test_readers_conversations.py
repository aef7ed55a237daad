import json

import pytest

from loramake.errors import SourceError
from loramake.readers.conversations import checked, conversation_of
from loramake.readers.records import parse_record
from loramake.recipe.source import Source

USER = {"role": "user", "content": "Hi"}
ASSISTANT = {"role": "assistant", "content": "Hello"}
SYSTEM = {"role": "system", "content": "Be kind."}
HI = [USER, ASSISTANT]
ASKED_AND_ANSWERED = [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]
RATED = {"id": 1, "data": {"text": "Fine!"}, "annotations": [{"result": []}]}


def result(name: str, kind: str, **value) -> dict:
    return {"from_name": name, "to_name": "text", "type": kind, "value": value}


def rated(*results, data=None, **more) -> dict:
    return {**RATED, "data": data or RATED["data"], "annotations": [{"result": list(results), **more}]}


@pytest.mark.parametrize(
    ("layout", "record"),
    [
        ("messages", {"messages": HI}),
        ("messages", {"messages": json.dumps(HI)}),
        ("messages", {"messages": {"role": ["user", "assistant"], "content": ["Hi", "Hello"]}}),
        ("messages", {"messages": [{**USER, "name": "Ada"}, {**ASSISTANT, "tool_calls": None, "weight": 1}]}),
        ("messages", {"messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}, ASSISTANT]}),
        ("messages", {"prompt": [USER], "completion": [ASSISTANT]}),
        ("messages", {"prompt": "Hi", "chosen": "Hello", "rejected": "Go away"}),
        ("messages", {"prompt": "Hi", "chosen": HI, "rejected": [USER, {"role": "assistant", "content": "No"}]}),
        ("messages", {"prompt": [USER], "chosen": [ASSISTANT], "rejected": [{"role": "assistant", "content": "No"}]}),
        ("sharegpt", {"conversations": ASKED_AND_ANSWERED}),
        ("sharegpt", {"conversation": [{"from": "User", "value": "Hi"}, {"from": "bot", "value": "Hello"}]}),
        ("sharegpt", {"conversations": ASKED_AND_ANSWERED[:1], "chosen": ASKED_AND_ANSWERED[1], "rejected": {}}),
        ("alpaca", {"instruction": "Hi", "input": "", "output": "Hello"}),
        ("alpaca", {"instruction": "Hi", "context": None, "response": "Hello", "category": "greeting"}),
        ("label_studio", rated(result("reply", "textarea", text=["Hello"]), data={"text": "Hi"})),
    ],
)
def test_every_layout_gives_the_same_messages(layout, record):
    assert conversation_of(record, layout)[0] == HI
    assert conversation_of(record, "auto")[0] == HI


@pytest.mark.parametrize(
    ("record", "messages"),
    [
        ({"messages": [{"role": "developer", "content": "Be kind."}, *HI]}, [SYSTEM, *HI]),
        ({"system": "Be kind.", "conversations": ASKED_AND_ANSWERED}, [SYSTEM, *HI]),
        ({"system": "No.", "messages": [SYSTEM, *HI]}, [SYSTEM, *HI]),
        ({"system": " ", "messages": HI}, HI),
        ({"messages": [{"role": "system", "content": ""}, *HI]}, HI),
        ({"instruction": "Hi", "input": "there", "output": "Hello"}, [{**USER, "content": "Hi\n\nthere"}, ASSISTANT]),
        (
            {"instruction": "Hi", "output": "Hello", "system": "Be kind.", "history": [["Hi", "Hello"]]},
            [SYSTEM, *HI, *HI],
        ),
        ({"messages": [*HI, *HI]}, [*HI, *HI]),
        ({"prompt": "[1, 2]", "completion": "Hello"}, [{**USER, "content": "[1, 2]"}, ASSISTANT]),
        (
            {"messages": [{**USER, "content": ["a", {"text": "b"}]}, ASSISTANT]},
            [{**USER, "content": "a\nb"}, ASSISTANT],
        ),
    ],
)
def test_what_stands_around_the_turns(record, messages):
    assert conversation_of(record, "auto")[0] == messages


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ([], "the last message is not the assistant's"),
        ([USER], "the last message is not the assistant's"),
        ([ASSISTANT], "message 1 is the assistant's, where the user's should be"),
        ([USER, USER, ASSISTANT], "message 2 is the user's, where the assistant's should be"),
        ([USER, SYSTEM, ASSISTANT], "message 2 is the system's, where the assistant's should be"),
        ([SYSTEM, SYSTEM, *HI], "message 2 is the system's, where the user's should be"),
        ([SYSTEM], "the last message is not the assistant's"),
        ([{**USER, "content": " \n"}, ASSISTANT], "message 1 is empty"),
        ([USER, {"role": "assistant", "content": None}], "message 2 is empty"),
        ([USER, {"role": "assistant", "content": None, "tool_calls": [{}]}], "message 2 calls a tool"),
        ([USER, {"role": "tool", "content": "4"}], "message 2 is from 'tool', who is none of"),
        ([USER, {"content": "4"}], "message 2 is from somebody, who is none of"),
        ([{"role": "ann@x.org", "content": "Hi"}, ASSISTANT], "message 1 is from somebody, who is none of"),
        ([USER, {**ASSISTANT, "weight": 0}], "message 2 has the weight 0, and is not to be learnt"),
        ([USER, {**ASSISTANT, "content": 4}], "message 2 is no text"),
        ([USER, "Hello"], "message 2 is no object"),
        (
            [{**USER, "content": [{"type": "image_url", "image_url": {}}]}, ASSISTANT],
            "a part that is no text: image_url",
        ),
    ],
)
def test_what_is_no_conversation_is_refused(messages, reason):
    with pytest.raises(SourceError, match=reason) as refused:
        checked(messages)
    assert refused.value.reason == "bad_conversation"


@pytest.mark.parametrize(
    ("layout", "record"),
    [
        ("auto", {"text": "Hi"}),
        ("auto", {}),
        ("auto", {"messages": []}),
        ("alpaca", {"messages": HI}),
        ("label_studio", {"data": "x", "annotations": []}),
        ("sharegpt", {"instruction": "Hi", "output": "Hello"}),
    ],
)
def test_a_record_without_one_says_so(layout, record):
    with pytest.raises(SourceError) as refused:
        conversation_of(record, layout)
    assert refused.value.reason == "no_conversation"


CHAT = [{"author": "User", "text": "Hi"}, {"author": "Assistant", "text": "Hello"}]


@pytest.mark.parametrize(
    ("data", "results", "asked", "answer"),
    [
        ({"text": "Fine!"}, [result("mood", "choices", choices=["good"])], "Fine!", "good"),
        ({"text": "Fine!"}, [result("mood", "choices", choices=["a", "b"])], "Fine!", '["a", "b"]'),
        ({"text": "Fine!"}, [result("stars", "rating", rating=4)], "Fine!", "4"),
        ({"text": "x"}, [result("kind", "taxonomy", taxonomy=[["a", "b"]])], "x", "a / b"),
        (
            {"text": "Fine!", "title": "A review"},
            [result("mood", "choices", choices=["good"]), result("why", "textarea", text=["Fine", "!"])],
            "Fine!",
            '{"mood": "good", "why": ["Fine", "!"]}',
        ),
        (
            {"text": "Ada is in Rome."},
            [
                result("ner", "labels", start=0, end=3, text="Ada", labels=["person"]),
                result("ner", "labels", start=10, end=14, labels=["place"]),
                {"type": "relation", "from_id": "a", "to_id": "b"},
            ],
            "Ada is in Rome.",
            '[{"text": "Ada", "labels": ["person"]}, {"text": "Rome", "labels": ["place"]}]',
        ),
        ({"review": "Fine!", "url": "https://x.org"}, [result("mood", "choices", choices=["good"])], "Fine!", "good"),
        ({"chat": CHAT}, [result("mood", "choices", choices=["good"])], "User: Hi\nAssistant: Hello", "good"),
        ({"chat": [{"speaker": "Ada", "content": "Hi"}]}, [result("re", "textarea", text="Yo")], "Ada: Hi", "Yo"),
    ],
)
def test_an_annotation_is_the_answer(data, results, asked, answer):
    messages, _ = conversation_of(rated(*results, data=data), "auto")
    assert messages == [{"role": "user", "content": asked}, {"role": "assistant", "content": answer}]


def test_a_reply_goes_on_a_dialogue():
    task = rated(
        result("reply", "textarea", text=["Bye"]), data={"dialogue": [*CHAT, {"author": "User", "text": "Bye"}]}
    )
    messages, _ = conversation_of(task, "label_studio")
    assert messages == [*HI, {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "Bye"}]


def test_the_ground_truth_counts_and_nothing_that_was_cancelled():
    marks = [("a", {"was_cancelled": True}), ("b", {}), ("c", {"ground_truth": True})]
    annotations = [{"result": [result("mood", "choices", choices=[mood])], **more} for mood, more in marks]
    said = [
        conversation_of({**RATED, "annotations": annotations[:count]}, "auto")[0][-1]["content"] for count in (2, 3)
    ]
    assert said == ["b", "c"]


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        (RATED, "no_annotation"),
        ({**RATED, "annotations": []}, "no_annotation"),
        (rated(result("m", "choices", choices=["a"]), was_cancelled=True), "no_annotation"),
        (rated({"type": "relation"}), "no_annotation"),
        (rated(result("m", "choices", choices=["a"]), data={"a": "x", "b": "y"}), "bad_conversation"),
        (rated(result("m", "choices", choices=["a"]), data={"image": "/data/x.jpg"}), "bad_conversation"),
        (rated(result("m", "choices", choices=["a"]), data={"n": 1}), "bad_conversation"),
    ],
)
def test_a_task_without_a_usable_annotation_is_refused(task, reason):
    with pytest.raises(SourceError) as refused:
        conversation_of(task, "label_studio")
    assert refused.value.reason == reason


def test_a_conversation_becomes_a_document():
    record = {"id": 7, "messages": HI, "topic": "greeting", "who": "Ada", "tools": [1]}
    parsed = parse_record(record, Source(records=["*"], conversations="auto", id="id", author="who"), 1)
    assert parsed.text == "User:\nHi\n\nAssistant:\nHello"
    assert (parsed.part, parsed.author) == ("7", "Ada")
    assert parsed.meta == {"topic": "greeting", "messages": HI}


def test_odd_characters_are_the_same_in_text_and_messages():
    record = {"messages": [{**USER, "content": "a\r\nb\r"}, {**ASSISTANT, "content": "c\ud800\0"}]}
    parsed = parse_record(record, Source(records=["*"], conversations="auto"), 1)
    assert parsed.text == "User:\na\nb\n\n\nAssistant:\nc\ufffd"
    assert [message["content"] for message in parsed.meta["messages"]] == ["a\nb\n", "c\ufffd"]
