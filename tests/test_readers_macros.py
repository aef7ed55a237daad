import pytest

from loramake.readers.macros import Macro, blocks, inline


@pytest.mark.parametrize(
    ("macro", "said"),
    [
        (Macro("status", {"title": "DONE"}), "DONE"),
        (Macro("jira", {"key": "T-1", "jqlQuery": "x"}), "T-1"),
        (Macro("jira", {"jqlQuery": "project = T"}), "Jira issues: project = T"),
        (Macro("jira", {"server": "S"}), ""),
        (Macro("mathblock", code="$$x^2$$"), "$x^2$"),
        (Macro("info"), None),
    ],
)
def test_some_macros_stand_within_a_line(macro, said):
    assert inline(macro) == said


@pytest.mark.parametrize(
    ("macro", "markdown"),
    [
        (Macro("toc", {"maxLevel": "3"}), []),
        (Macro("toc-zone", blocks=["body"]), ["body"]),
        (Macro("details", {"label": "x", "hidden": "true"}, blocks=["| a |"]), ["| a |"]),
        (Macro("code", {"language": "sql", "title": "A"}, "x"), ["**A**", "```sql\nx\n```"]),
        (Macro("tip", {}, blocks=["go"]), ["> **Tip:** go"]),
        (Macro("include", {"": "Rules"}), ["Included: Rules"]),
        (
            Macro("novelty", {"title": "T", "text": "words", "width": "3"}, "x = 1", ["body"]),
            ["**T**", "words", "```novelty\nx = 1\n```", "body"],
        ),
        (Macro("novelty", {"data": "x", "text": "QUJD" * 60}, "QUJD" * 60), []),
        (Macro("", {}), []),
    ],
)
def test_a_macro_says_its_title_its_text_and_its_body(macro, markdown):
    assert blocks(macro) == markdown
