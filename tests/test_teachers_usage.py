from typing import Any

import pytest

from loramake.teachers.usage import Tokens, tokens_of


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        ({"prompt_tokens": 100, "completion_tokens": 7, "total_tokens": 107}, Tokens(100, 0, 0, 7)),
        (
            {"prompt_tokens": 100, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 64}},
            (36, 64, 0, 7),
        ),
        ({"prompt_tokens": 100, "completion_tokens": 7, "prompt_cache_hit_tokens": 90}, (10, 90, 0, 7)),
        (
            {
                "prompt_tokens": 9,
                "completion_tokens": 1,
                "prompt_cache_hit_tokens": 5,
                "prompt_tokens_details": {"cached_tokens": 5},
            },
            (4, 5, 0, 1),
        ),
        ({"input_tokens": 10, "output_tokens": 3}, (10, 0, 0, 3)),
        (
            {
                "input_tokens": 10,
                "output_tokens": 3,
                "cache_read_input_tokens": 200,
                "cache_creation_input_tokens": 50,
            },
            (10, 200, 50, 3),
        ),
        ({"prompt_tokens": 10, "total_tokens": 14}, (10, 0, 0, 4)),
        ({"prompt_tokens": 10, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 99}}, (0, 10, 0, 2)),
        ({"prompt_tokens": 10, "completion_tokens": None, "prompt_tokens_details": None}, (10, 0, 0, 0)),
        ({"prompt_tokens": 10, "completion_tokens": -5}, (10, 0, 0, 0)),
        ({"prompt_tokens": 0, "completion_tokens": 0}, None),
        ({"prompt_tokens": "many", "completion_tokens": True}, None),
        ({"input_tokens": 2.5}, None),
        ({"prompt_tokens": 10**400, "completion_tokens": 10**12}, None),
        ({}, None),
        (None, None),
        ([1], None),
    ],
)
def test_tokens_are_read_whatever_they_are_called(usage: Any, tokens: Any):
    assert tokens_of(usage) == (Tokens(*tokens) if isinstance(tokens, tuple) else tokens)


def test_tokens_add_up():
    assert Tokens(1, 2, 3, 4) + Tokens(10, 0, 0, 1) == Tokens(11, 2, 3, 5)
    assert Tokens(1, 2, 3, 4).sent == 6
