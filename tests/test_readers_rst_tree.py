import pytest

from loramake.readers.rst import doctree
from loramake.readers.rst_tree import text_of


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("- a\n\n  - b\n- c", "- a\n  - b\n- c"),
        ("3. three\n#. four", "3. three\n4. four"),
        ("b) two\nc) three", "b. two\nc. three"),
        ("term : kind\n   What it *is*.", "- term : kind\n  What it *is*."),
        (":param x: the x", "- param x: the x"),
        ("-a, --all=FILE  all of it", "- `-a, --all=FILE`: all of it"),
        ("| one\n|   two", "one\n  two"),
        ("text\n\n  quoted\n\n  -- Ada", "text\n\n> quoted\n>\n> — Ada"),
        ("so::\n\n  # code", "so:\n\n```\n# code\n```"),
        (">>> 1 + 1\n2", "```pycon\n>>> 1 + 1\n2\n```"),
        ("See [1]_ and [C]_.\n\n.. [1] Foot.\n.. [C] Cited.", "See [1] and [C].\n\n[1] Foot.\n\n[C] Cited."),
        ("A `link <http://a.b>`_, unknown_, |gone|.", "A link, unknown, |gone|."),
        ("|x|\n\n.. |x| replace:: *text*", "*text*"),
        ("|a|\n\n.. |a| replace:: |b|\n.. |b| replace:: |a|", "|a|"),
        (".. include:: <isonum.txt>\n\n|copy| 2018,  two\nlines", "© 2018, two lines"),
        ("so\n\n  - a\n  - b", "so\n\n- a\n- b"),
        ("A *broken emphasis and ``literal", "A *broken emphasis and ``literal"),
        ("\\# no heading", "\\# no heading"),
        ("=== ===\na   b\n=== ===\n1   2\n=== ===", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
        ("=== ===\nbad\n=== ==", "```\n=== ===\nbad\n=== ==\n```"),
    ],
)
def test_blocks(written, text):
    assert text_of(doctree(written), budget=1000) == text


def test_a_cell_that_covers_rows_is_said_once():
    grid = "+---+---+\n| a | b |\n+===+===+\n| x | 1 |\n|   +---+\n|   | 2 |\n+---+---+"
    assert text_of(doctree(grid), budget=0) == "| a | b |\n| --- | --- |\n| x | 1 |\n|  | 2 |"
