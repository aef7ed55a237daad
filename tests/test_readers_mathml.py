import pytest
from lxml import etree

from loramake.readers.mathml import linear

X, Y, SUM = "<mi>x</mi>", "<mi>y</mi>", "<mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow>"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (f"{X}<mo>=</mo><mn>1</mn>", "x = 1"),
        (f"<mfrac>{SUM}<mn>2</mn></mfrac>", "(a + b)/2"),
        (f'<mfrac linethickness="0">{X}{Y}</mfrac>', "x¦y"),
        (f"<msup>{X}<mn>2</mn></msup>", "x^2"),
        (f"<msubsup>{X}<mi>i</mi>{SUM}</msubsup>", "x_i^(a + b)"),
        ("<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover>" + X, "∑_i^nx"),
        (f"<msqrt>{X}{Y}</msqrt> <msqrt>{SUM}</msqrt>", "√xy√(a + b)"),
        (f"<mroot>{X}<mn>3</mn></mroot>", "root(3, x)"),
        (f"<mtable><mtr><mtd>{X}</mtd><mtd>{Y}</mtd></mtr><mtr><mtd>{Y}</mtd></mtr></mtable>", "[x, y; y]"),
        (f'<mfenced open="[" close="]">{X}{Y}</mfenced>', "[x,y]"),
        (f"{X}<mo>\u2062</mo>{Y}<mphantom>{X}</mphantom>", "xy"),
        ("<mtext> for all </mtext>" + X, "for allx"),
        (
            f'<semantics>{X}<annotation encoding="application/x-tex">\\frac{{a}}{{b}}</annotation></semantics>',
            "\\frac{a}{b}",
        ),
        (f'<semantics>{X}<annotation encoding="StarMath 5.0">x</annotation></semantics>', "x"),
        ("<msup/><mfrac/>", "/"),
    ],
)
def test_an_equation_is_one_line_of_text(markup, text):
    math = etree.fromstring(f'<math xmlns="http://www.w3.org/1998/Math/MathML">{markup}</math>')
    assert linear(math) == text


def test_what_stands_for_an_equation_is_taken():
    assert linear(etree.fromstring('<math alttext="x^2"><mi>y</mi></math>')) == "x^2"
