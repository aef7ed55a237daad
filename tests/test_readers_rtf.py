import pytest

from loramake.errors import SourceError
from loramake.readers.rtf import read
from loramake.recipe.source import Source

HEAD = r"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fmodern Courier New;}
{\f2\fswiss\fcharset204{\*\falt Helv}Arial Cyr;}{\f3\fcharset2 Symbol;}{\f4\fcharset128 MS Mincho;}}
{\colortbl;\red0\green0\blue0;}{\stylesheet{\ql\f0 Normal;}{\s1\outlinelevel0 heading 1;}{\*\cs9 no paragraph;}
{\s2\sbasedon1 House Chapter;}{\s3 toc 1;}{\s4\f1 Source Code;}{\s5 Title;}}
"""


def parsed(tmp_path, body, head=HEAD):
    path = tmp_path / "a.rtf"
    path.write_bytes((head + body + "}").encode("latin-1"))
    return read(path, Source(files=["*"])).parsed[0]


def blocks(tmp_path, body):
    return parsed(tmp_path, body).text.split("\n\n")


def test_headings_paragraphs_and_code_are_known_by_their_styles(tmp_path):
    body = r"\pard\s5 The yard\par\pard\s2 Pumps\par\pard # words\line more\par{\pard\outlinelevel2 Deep\par}"
    body += r"\pard\s3 Pumps 5\par\pard\s4 a = 1\par{}    b\par\pard\f1 c\par\plain say {\f1 d}"
    assert blocks(tmp_path, body) == [
        *("# The yard", "# Pumps", "\\# words\nmore", "### Deep"),
        *("```\na = 1\n    b\nc\n```", "say d"),
    ]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"caf\'e9 \'80 \'93q\'94", "café € “q”"),
        (r"{\f2 \'cc\'e8\'f0}", "Мир"),
        (r"{\f4 \'93\'fa\'96\'7b}", "日本"),
        (r"\u1052?\u1080?\u1088?", "Мир"),
        (r"\u-10179?\u-8704?!", "\U0001f600!"),
        (r"{\uc2\u233\'8e\'8ex}\u233 ey", "éxéy"),
        (r"{\uc0\u233}\u233{x}", "ééx"),
        (r"{\upr{na?ve}{\*\ud{na\u239?ve}}}", "naïve"),
        (r"a\~b\_c\-d\{e\}\\", "a\u00a0b-cd{e}\\"),
        (r"a\tab b\emdash c\ldblquote d\rdblquote", "a\tb—c“d”"),
        (r"{\f3\'61\'b7}", "α•"),
        (r"{\f3\u-3913?} x", "• x"),
        (r"10{\super 6} 1{\super st} H{\sub 2}O", "10^6 1st H2O"),
        ("li\nne\r\nbreaks", "linebreaks"),
    ],
)
def test_characters_of_every_kind(tmp_path, body, text):
    assert parsed(tmp_path, body).text == text


def test_raw_bytes_are_of_the_code_page_of_the_file(tmp_path):
    assert parsed(tmp_path, "\xcc\xe8\xf0 \\'cc", r"{\rtf1\ansi\ansicpg1251 ").text == "Мир М"


@pytest.mark.parametrize(
    "body",
    [
        r"kept{\deleted gone} and {\revised new}",
        r"kept{\v hidden\v0  and} new",
        r"kept{\*\unheardof gone} and{\*\bkmkstart x} new",
        r"{\header gone\par}kept and new{\footer gone\par}",
        r"kept{\pict\wmetafile8 0102ff}{\*\shppict{\pict 00}} and new",
        "kept{\\pict\\bin5 }}{{\\} and new",
        r"{\field{\*\fldinst{HYPERLINK x}}{\fldrslt{kept}}} and new",
        r"{\*\htmltag <p>}kept\htmlrtf gone\htmlrtf0  and new",
        r"{\info{\doccomm gone}{\keywords gone}}kept and new",
    ],
)
def test_what_is_not_shown_is_left_out(tmp_path, body):
    assert parsed(tmp_path, body).text == "kept and new"


def test_comments_are_left_out_and_counted(tmp_path):
    made = parsed(tmp_path, r"words{\*\atnid T}{\*\atnauthor Tom}{\*\annotation{\*\atndate 1}rubbish\par}!")
    assert (made.text, made.meta) == ("words!", {"comments": 1})


def test_notes_are_called_in_the_text_and_stand_at_its_end(tmp_path):
    body = (
        r"one{\super\chftn}{\footnote\pard{\super\chftn} first\par second}"
        r" two{\*\footnote\ftnalt at the end}\par three"
    )
    assert blocks(tmp_path, body) == ["one[^1] two[^2]", "three", "[^1]: first", "    second", "[^2]: at the end"]


def test_labels_are_those_that_are_shown(tmp_path):
    body = "".join(
        rf"\pard\ls1\ilvl{level}{{\listtext\pard {label}\tab}}{text}\par"
        for level, label, text in [(0, "1.", "one"), (1, "a)", "deep"), (0, "2.", "two"), (0, r"{\f3\'b7}", "bullet")]
    )
    assert blocks(tmp_path, body) == ["1. one\n  a) deep\n2. two\n- bullet"]


def test_labels_that_were_typed_make_lists_too(tmp_path):
    body = r"\pard\li360\bullet\tab one\par\pard\li720 -\tab deep\par\pard\li360 1.\tab two\par\pard No. 1\tab words"
    assert blocks(tmp_path, body) == ["- one\n  - deep\n1. two", "No. 1\twords"]


def test_a_heading_keeps_its_number_and_loses_its_bullet(tmp_path):
    body = r"\pard\s1{\listtext 1.2\tab}Scope\par\pard\s1{\listtext\bullet\tab}Terms\par"
    assert blocks(tmp_path, body) == ["# 1.2 Scope", "# Terms"]


ROW = r"\trowd\cellx1000\cellx2000\pard\intbl {}\cell {}\cell\row"


def test_tables_stand_where_they_stood(tmp_path):
    body = r"before\par" + ROW.format("a", "b") + ROW.format(r"c\par more", "d") + r"\pard after"
    assert blocks(tmp_path, body) == ["before", "| a | b |\n| --- | --- |\n| c more | d |", "after"]


def test_merged_cells_are_not_repeated(tmp_path):
    tall = r"\trowd\clvmgf\cellx1\cellx2\cellx3\pard\intbl tall\cell b\cell c\cell\row"
    below = r"\trowd\clvmrg\cellx1\clmgf\cellx2\clmrg\cellx3\pard\intbl x\cell wide\cell y\cell\row"
    assert blocks(tmp_path, tall + below) == ["| tall | b | c |\n| --- | --- | --- |\n|  | wide |  |"]


def test_a_table_in_a_cell_stays_whole(tmp_path):
    inner = r"\itap2 {}\nestcell {}\nestcell{{\*\nesttableprops\trowd\cellx1\cellx2\nestrow}}{{\nonesttables\par}}"
    inner = inner.format("a", "b") + inner.format("c", "d")
    body = ROW.format("Name", "Limits") + rf"\trowd\cellx1\cellx2\pard\intbl Pump\cell {inner}\pard\intbl\cell\row"
    assert blocks(tmp_path, body) == ["Name: Pump", "Limits:", "| a | b |\n| --- | --- |\n| c | d |"]


def test_text_boxes_stand_behind_their_paragraph(tmp_path):
    shape = (
        r"{\shp{\*\shpinst\shpleft0{\sp{\sn a}{\sv 1}}{\shptxt\pard boxed\par}}{\shprslt{\*\do{\dptxbxtext boxed}}}}"
    )
    old = r"{\*\do\dobxpage{\dptxbxtext\pard older\par}}"
    assert blocks(tmp_path, rf"ar{shape}{old}ound\par next") == ["around", "boxed", "older", "next"]


def test_an_equation_keeps_its_words(tmp_path):
    fraction = r"{\mf{\mnum{\mr a}}{\mden{\mr b}}}"
    body = rf"so {{\mmath{{\*\moMath{fraction}{{\msSup{{\me{{\mr x}}}}{{\msup{{\mr 2}}}}}}}}}}"
    assert parsed(tmp_path, body).text == "so a/bx^2"


def test_title_author_and_date_come_from_the_properties(tmp_path):
    times = r"{\creatim\yr2023\mo1\dy2}{\revtim\yr2024\mo1\dy31\hr10\min5}"
    made = parsed(tmp_path, rf"{{\info{{\title The  y\'e4rd}}{{\author Ada Quill}}{times}}}words")
    assert (made.section, made.author, made.date) == ("The yärd", "Ada Quill", "2024-01-31T10:05:00")


def test_a_file_that_is_cut_off_or_goes_on_behind_its_end_is_read(tmp_path):
    path = tmp_path / "a.rtf"
    path.write_bytes(HEAD.encode() + rb"words {\b bold")
    assert read(path, Source(files=["*"])).parsed[0].text == "words bold"
    path.write_bytes(HEAD.encode() + b"words}} {\\b more")
    assert read(path, Source(files=["*"])).parsed[0].text == "words"


def test_groups_may_be_as_deep_as_they_like(tmp_path):
    deep = r"{\shptxt " * 2_000 + "{" * 50_000 + "x" + "}" * 50_000 + "}" * 2_000
    assert parsed(tmp_path, deep + ROW.format("a", "b") * 3).text.startswith("| a x |")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0", "not_an_rtf"),
        (b"words", "not_an_rtf"),
        (b"{\\rtf1 }", "no_text"),
        (b"{\\rtf1\\ansi{\\fonttbl", "no_text"),
    ],
)
def test_a_broken_file_is_refused(tmp_path, data, reason):
    path = tmp_path / "a.rtf"
    path.write_bytes(data)
    with pytest.raises(SourceError) as refused:
        read(path, Source(files=["*"]))
    assert refused.value.reason == reason
