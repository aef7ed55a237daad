from decimal import Decimal

import pytest

from loramake.readers import forge_values as values


@pytest.mark.parametrize(
    ("item", "found"),
    [({"created_at": 1}, 1), ({"createdAt": 2}, 2), ({"created_at": None, "at": 3}, 3), ({}, None), ([], None)],
)
def test_a_field_may_be_written_in_two_ways(item, found):
    assert values.field(item, "created_at", "at") == found


@pytest.mark.parametrize(
    ("value", "found"),
    [(12, 12), ("12", 12), (Decimal("12.0"), 12), (True, None), (-1, None), ("1" * 30, None), ("²", None), ([], None)],
)
def test_a_number_is_whole_and_short(value, found):
    assert values.number(value) == found


@pytest.mark.parametrize(
    ("value", "items"),
    [([1, 2], [1, 2]), ({"nodes": [1]}, [1]), ({"edges": [{"node": 1}, 2]}, [1, None]), (3, []), ("ab", [])],
)
def test_a_list_may_be_a_connection(value, items):
    assert values.listed(value) == items


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"login": "ada"}, "ada"),
        ({"username": "ada", "name": "Ada Quill"}, "ada"),
        ({"name": "Ada  Quill"}, "Ada Quill"),
        ({"login": "app/helper"}, "helper"),
        ("https://github.com/ada", "ada"),
        (None, "ghost"),
        ({}, "ghost"),
        (["ada"], "ghost"),
    ],
)
def test_a_person_has_a_name(value, name):
    assert values.person(value) == name


@pytest.mark.parametrize(
    ("value", "is_bot"),
    [
        ({"login": "helper", "type": "Bot"}, True),
        ({"login": "helper", "__typename": "Bot"}, True),
        ({"login": "helper", "is_bot": True}, True),
        ({"login": "dependabot[bot]"}, True),
        ({"username": "project_3_bot_0123abc"}, True),
        ({"username": "gitlab-bot"}, True),
        ("https://github.com/apps/helper", True),
        ({"login": "talbot", "type": "User"}, False),
        ({"login": "bottger"}, False),
        (None, False),
    ],
)
def test_programs_are_told_from_people(value, is_bot):
    assert values.is_bot(value) is is_bot


@pytest.mark.parametrize(
    ("url", "place", "project"),
    [
        ("https://github.com/works/pumps/pull/12#discussion_r1", ("pull", 12), "works/pumps"),
        ("https://api.github.com/repos/works/pumps/pulls/12", ("pull", 12), "works/pumps"),
        ("https://git.example.org/api/v3/repos/works/pumps/issues/3", ("issue", 3), "works/pumps"),
        ("https://gitlab.example.org/a/b/c/-/merge_requests/9", ("merge_request", 9), "a/b/c"),
        ("https://gitlab.example.org/a/b/merge_requests/9", ("merge_request", 9), "a/b"),
        ("https://api.github.com/repos/works/pumps/pulls/comments/1", None, "works/pumps"),
        ("nowhere", None, ""),
    ],
)
def test_an_address_says_what_it_is_of(url, place, project):
    assert (values.place(url), values.project(url)) == (place, project)


@pytest.mark.parametrize(
    ("value", "same"),
    [("2024-01-02T03:04:05Z", True), ("2024-01-02T04:04:05+01:00", True), ("2024-01-02T03:04:05", True), ("?", False)],
)
def test_moments_are_compared_across_zones(value, same):
    assert (values.moment(value) == 1_704_164_645) is same
