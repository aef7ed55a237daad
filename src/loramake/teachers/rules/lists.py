"""Numbered and bulleted lists -> one question each, answered with the whole list."""

from collections.abc import Iterator, Sequence

from loramake.teachers.rules.english import CLAUSES, DETERMINERS, PREPOSITIONS, VERBS
from loramake.teachers.rules.pairs import Proposal, Rank
from loramake.teachers.rules.passage import plain
from loramake.teachers.rules.sentences import is_sound
from loramake.teachers.rules.titles import about, clean_title, title_question

LONGEST_LIST = 700

_OBJECTS = ("a", "all", "an", "each", "every", "it", "the", "them", "your")


def propose_from_steps(items: Sequence[str], title: str) -> Iterator[Proposal]:
    """How something is done, when the items are steps; else what stands in the list."""
    listed = "\n".join(f"{number}. {plain(item)}" for number, item in enumerate(items, 1))
    if len(items) < 2 or len(listed) > LONGEST_LIST or not title:
        return
    commands = sum(_is_command(item) for item in items)
    if question := title_question(title):
        rank = Rank.STEPS
    elif commands * 2 >= len(items):
        question, rank = f'What are the steps under "{clean_title(title)}"?', Rank.STEPS
    else:
        question, rank = f'What is listed under "{clean_title(title)}"?', Rank.LIST
    yield Proposal(rank, question, listed, fact=listed)


def _is_command(item: str) -> bool:
    first, second = [*item.lower().replace(",", "").split(), "", ""][:2]
    return first in VERBS or (second in _OBJECTS and first not in DETERMINERS | PREPOSITIONS | CLAUSES)


def propose_from_bullets(items: Sequence[str], title: str, text: str) -> Iterator[Proposal]:
    """What a heading asks or names, when the items are whole sentences."""
    listed = "\n".join(f"- {plain(item)}" for item in items)
    if len(items) < 2 or len(listed) > LONGEST_LIST or not all(is_sound(item) for item in items):
        return
    if question := title_question(title):
        yield Proposal(Rank.STEPS, question, listed, fact=listed)
    elif question := about(title, text):
        yield Proposal(Rank.LIST, question, listed, fact=listed)
