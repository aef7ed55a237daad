import pytest
from lxml import etree

from loramake.readers.omml import linear

M = "http://schemas.openxmlformats.org/officeDocument/2006/math"


def math(markup):
    return etree.fromstring(f'<m:oMath xmlns:m="{M}">{markup}</m:oMath>')


def r(text):
    return f"<m:r><m:t>{text}</m:t></m:r>"


X, Y, SUM = f"<m:e>{r('x')}</m:e>", f"<m:e>{r('y')}</m:e>", f"<m:e>{r('a+b')}</m:e>"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (r("x=1"), "x=1"),
        (f"<m:f><m:num>{r('a+b')}</m:num><m:den>{r('2')}</m:den></m:f>", "(a+b)/2"),
        (f'<m:f><m:fPr><m:type m:val="noBar"/></m:fPr><m:num>{r("n")}</m:num><m:den>{r("k")}</m:den></m:f>', "n¦k"),
        (f"<m:sSup>{X}<m:sup>{r('2')}</m:sup></m:sSup>", "x^2"),
        (f"<m:sSubSup>{SUM}<m:sub>{r('i')}</m:sub><m:sup>{r('n+1')}</m:sup></m:sSubSup>", "(a+b)_i^(n+1)"),
        (f"<m:sPre><m:sub>{r('1')}</m:sub><m:sup>{r('2')}</m:sup>{X}</m:sPre>", "_1^2x"),
        (f"<m:rad><m:deg/>{SUM}</m:rad>", "√(a+b)"),
        (f"<m:rad><m:deg>{r('3')}</m:deg>{X}</m:rad>", "root(3, x)"),
        (f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{r("i=1")}</m:sub>{X}</m:nary>', "∑_(i=1) x"),
        (f"<m:nary><m:sub>{r('0')}</m:sub><m:sup>{r('n+1')}</m:sup>{X}</m:nary>", "∫_0^(n+1) x"),
        (f"<m:nary><m:sub/><m:sup/>{X}</m:nary>", "∫ x"),
        (f'<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr>{X}{Y}</m:d>', "[x|y]"),
        (f"<m:func><m:fName>{r('sin')}</m:fName>{X}</m:func>", "sin x"),
        (f"<m:limLow><m:e>{r('lim')}</m:e><m:lim>{r('x→0')}</m:lim></m:limLow>", "lim_(x→0)"),
        (f"<m:m><m:mPr/><m:mr>{X}{Y}</m:mr><m:mr>{Y}{X}</m:mr></m:m>", "[x, y; y, x]"),
        (f"<m:eqArr>{X}{Y}</m:eqArr>", "x\ny"),
        (f'<m:acc><m:accPr><m:chr m:val="&#x304;"/></m:accPr>{X}</m:acc>', "x\u0304"),
        (f"<m:borderBox><m:borderBoxPr><m:ctrlPr/></m:borderBoxPr>{X}</m:borderBox>", "x"),
        (f"<m:unheardOf>{X}</m:unheardOf>", "x"),
    ],
)
def test_an_equation_is_one_line_of_text(markup, text):
    assert linear(math(markup)) == text
