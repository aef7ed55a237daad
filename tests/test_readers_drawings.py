from lxml import etree

from loramake.readers import drawings

NAMES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


def points(*values):
    return "".join(f'<c:pt idx="{place}"><c:v>{value}</c:v></c:pt>' for place, value in enumerate(values))


def series(name, values, categories=()):
    parts = f"<c:tx><c:v>{name}</c:v></c:tx><c:cat>{points(*categories)}</c:cat><c:val>{points(*values)}</c:val>"
    return f"<c:ser>{parts}</c:ser>"


def chart(inside):
    return etree.fromstring(f"<c:chartSpace {NAMES}><c:chart>{inside}</c:chart></c:chartSpace>")


def test_a_chart_is_its_title_and_its_figures():
    title = "<c:title><a:p><a:r><a:t>Pumps </a:t></a:r><a:r><a:t>sold</a:t></a:r></a:p></c:title>"
    lines = series("North", ["1", "0.30000000000000004"], ["May", "June"]) + series("South", ["3"])
    table = "|  | North | South |\n| --- | --- | --- |\n| May | 1 | 3 |\n| June | 0.3 |  |"
    assert drawings.blocks_of(chart(title + lines)) == ["Pumps sold", table]


def test_a_chart_without_figures_is_nothing():
    assert drawings.blocks_of(chart("")) == []


def test_a_huge_chart_has_an_end():
    blocks = drawings.blocks_of(chart(series("North", range(5_000), range(5_000))))
    assert blocks[0].count("\n") == 1 + 1_000


def test_a_diagram_is_its_words():
    def point(words, kind=""):
        return f'<d:pt type="{kind}"><d:t><a:p><a:r><a:t>{words}</a:t></a:r></a:p></d:t></d:pt>'

    markup = point("Plan", "doc") + point("Build") + point("an arrow", "sibTrans") + point("")
    root = etree.fromstring(f"<d:dataModel {NAMES}><d:ptLst>{markup}</d:ptLst></d:dataModel>")
    assert drawings.blocks_of(root) == ["- Plan\n- Build"]


def test_charts_and_diagrams_are_found_where_they_are_drawn():
    markup = '<c:chart r:id="a"/><x><d:relIds r:dm="b"/></x><c:chart/>'
    assert list(drawings.parts_of(etree.fromstring(f"<x {NAMES}>{markup}</x>"))) == ["a", "b"]
