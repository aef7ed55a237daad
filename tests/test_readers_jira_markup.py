import re
import time
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loramake.readers.jira_markup import blocks_of


def said(text):
    return "\n\n".join(blocks_of(text))


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("one\ntwo\n\n\nthree", "one\ntwo\n\nthree"),
        ("h1. The *tides*\r\ntext\r\nh3. Low {{x}}", "# The tides\n\ntext\n\n### Low `x`"),
        ("bq. quoted *text*", "> quoted **text**"),
        ("one\n----\ntwo", "one\n\n---\n\ntwo"),
        ("{quote}\none\n\ntwo\n{quote}\nthree", "> one\n>\n> two\n\nthree"),
        ("{panel:title=Head|borderStyle=solid}\nbody\n{panel}", "> **Head**\n>\n> body"),
        ("{info}Mind it{info} {warning:title=Now}go{warning}", "> **Info:** Mind it\n\n> **Warning:** Now\n>\n> go"),
        ("{expand:title=More}\ninside\n{expand}", "**More**\n\ninside"),
        ("{quote}a {panel}b{panel} c{quote}", "> a\n>\n> > b\n>\n> c"),
        ("{quote}a {info}b{quote} c {note}", "> a\n>\n> {info}\n>\n> b\n\nc\n\n{note}"),
        ("{panel:title=A}a{panel:title=B}b{panel}", "> **A**\n>\n> a\n\n> **B**\n>\n> b"),
        ("{code}\nx < *y*\n{code}", "```\nx < *y*\n```"),
        ("{code:java|title=A.java|borderStyle=solid}\nint x;\n{code}", "**A.java**\n\n```java\nint x;\n```"),
        ("{code:title=a.sh|language=bash}\nls\n{code}", "**a.sh**\n\n```bash\nls\n```"),
        ("{noformat}\n{code} h1. raw\n{noformat}", "```\n{code} h1. raw\n```"),
        ("before {code}a{code} after", "before\n\n```\na\n```\n\nafter"),
        ("{code:sql}\nnever closed", "```sql\nnever closed\n```"),
        ("```python\nx = *1*\n```\nafter", "```python\nx = *1*\n```\n\nafter"),
        ("one\n```\nno fence", "one\n\\```\nno fence"),
        ("## Typed\n\ntext", "## Typed\n\ntext"),
        ("{color:red}*red*{color} text", "**red** text"),
        ("{unknown:a=b} stays", "{unknown:a=b} stays"),
        ('{adf:display=block}{"type":"rule"}{adf}', "---"),
        ("{adf}not JSON{adf}", "```\nnot JSON\n```"),
        ("", ""),
    ],
)
def test_what_a_block_says(text, markdown):
    assert said(text) == markdown


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("* one\n** deeper\n*** deepest\n* two", "- one\n  - deeper\n    - deepest\n- two"),
        ("# one\n# two\n## a\n## b\n# three", "1. one\n2. two\n   1. a\n   2. b\n3. three"),
        ("# one\n#* mixed\n#* more\n# two", "1. one\n   - mixed\n   - more\n2. two"),
        ("- dash\n- dash", "- dash\n- dash"),
        ("*** first\n* second", "  - first\n- second"),
        ("* one\ngoes on\n\ntext", "- one\n  goes on\n\ntext"),
        ("# one\n{code}\nx\n{code}\n# two", "1. one\n\n```\nx\n```\n\n2. two"),
        ("* *bold* item\n*bold* text", "- **bold** item\n  **bold** text"),
        ("*bold* text\n-- dash\n--flag", "**bold** text\n-- dash\n--flag"),
    ],
)
def test_lists(text, markdown):
    assert said(text) == markdown


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("||Key||Value||\n|a|1|\n|b|2|", "| Key | Value |\n| --- | --- |\n| a | 1 |\n| b | 2 |"),
        ("||Key|a|\n||Value|1|", "| Key | a |\n| --- | --- |\n| Value | 1 |"),
        ("|a|b|\n|c| |", "| a | b |\n| --- | --- |\n| c |  |"),
        ("||K||V||\n|[l|http://a.b/c]|{{x|y}}|", "| K | V |\n| --- | --- |\n| [l](http://a.b/c) | `x\\|y` |"),
        ("||K||V||\n|!a.png|width=5!|c \\| d|", "| K | V |\n| --- | --- |\n| ![a.png] | c \\| d |"),
        ("||K||V||\n|two\nlines|* item|", "| K | V |\n| --- | --- |\n| two lines | - item |"),
        ("||K||V||\n|a|{code}x=1{code}|", "| K | V |\n| --- | --- |\n| a | `x=1` |"),
        ("||K||V||\n|a|{code:sh}x\ny{code}|", "K: a\n\nV:\n\n```sh\nx\ny\n```"),
        ("|a|b|", "|a|b|"),
        ("|a|b|\ntext", "|a|b|\n\ntext"),
        ("|a|b|\n|---|:--|\n|1|2|", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
        ("+---+---+\n| a | b |\n+---+---+\ntext", "```\n+---+---+\n| a | b |\n+---+---+\n```\n\ntext"),
        ("+---+\n| {code}a{code} |", "+---+\n|\n\n```\na\n```\n\n|"),
    ],
)
def test_tables(text, markdown):
    assert said(text) == markdown


@pytest.mark.parametrize(
    "piece",
    ["{quote}", "{code}", "{panel:title=a}", "[a|", "*a ", "{{", "|", "*# a\n", "{adf}", "\\", "||a||\nb\n", "\0"],
)
def test_hostile_text_takes_seconds_at_most(piece):
    begun = time.process_time()
    blocks_of(piece * (100_000 // len(piece)))
    assert time.process_time() - begun < 10


WORD = "@"
inline = st.sampled_from(
    [
        *(
            "@",
            "@ @",
            "*@*",
            "_@_",
            "-@-",
            "+@+",
            "^@^",
            "~@~",
            "??@??",
            "{{@}}",
            "{*}@{*}",
            "*_@_*",
            "\\*@",
            "{x}@",
            "(/)",
        ),
        *(
            "[@|https://a.b]",
            "[~@]",
            "[^@.txt]",
            "[#@]",
            "[@]",
            "[@|@]",
            "!@.png!",
            "!@.png|width=3!",
            "!@",
            "{color:red}@{color}",
        ),
    ]
)
line = st.builds(
    str.__add__,
    st.sampled_from(["", "", "h1. ", "bq. ", "* ", "** ", "# ", "#* ", "- ", "## "]),
    st.lists(inline, max_size=4).map(" ".join),
)
code = st.sampled_from(["{code:java|title=@}@{code}", "{code}\n@\n@\n{code}", "{noformat}@{noformat}", "```\n@\n```"])
block = st.sampled_from(
    ["{quote}", "{panel:title=@}", "{panel}", "{info}", "{code}", "{expand:title=@}", "----", "", "```"]
)
row = st.builds(
    lambda bar, cells: bar + bar.join(cells) + bar,
    st.sampled_from(["|", "||"]),
    st.lists(inline, min_size=1, max_size=3),
)


def numbered(text):
    numbers = count()
    written = re.sub(WORD, lambda _: f"w{next(numbers)}w", text)
    return written, [f"w{number}w" for number in range(next(numbers))]


def words(markdown):
    return re.findall(r"w\d+w", markdown)


@settings(max_examples=500, deadline=None)
@given(st.lists(line | code | block, max_size=12).map("\n".join))
def test_every_word_is_said_once_and_in_order(text):
    written, expected = numbered(text)
    markdown = said(written)
    assert words(markdown) == expected
    assert markdown == said(written)


@settings(max_examples=300, deadline=None)
@given(st.lists(line | code | row | block, max_size=12).map("\n".join))
def test_no_word_in_a_table_is_lost(text):
    written, expected = numbered(text)
    assert set(expected) <= set(words(said(written)))
