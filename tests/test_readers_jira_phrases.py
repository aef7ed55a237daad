import pytest

from loramake.readers.jira_phrases import markdown_of


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("*bold* and _em_, *_both_*", "**bold** and *em*, ***both***"),
        ("-gone- +in+ ??cited??", "~~gone~~ in cited"),
        ("10^6^ and H~2~O, ~5 to ~6", "10^6 and H2O, ~5 to ~6"),
        ("un{*}bel{*}able", "un**bel**able"),
        ("{{x_*y*_}} {{{}code{}}} {{ok", "`x_*y*_` `code` {{ok"),
        (
            "snake_case_name 5*6*7 2 * 3 * 4 a - b - c well-known-thing",
            "snake_case_name 5*6*7 2 * 3 * 4 a - b - c well-known-thing",
        ),
        ("ls -la foo-bar --verbose __init__ **md**", "ls -la foo-bar --verbose __init__ **md**"),
        ("\\*not bold\\* C:\\temp\\new", "*not bold* C:\\temp\\new"),
        ("one\\\\\ntwo \\\\server", "one\ntwo \\\\server"),
        ("[site|https://a.b/x_y_z]", "[site](https://a.b/x_y_z)"),
        ("[*site*|https://a.b|smart-link]", "[**site**](https://a.b)"),
        (
            "[https://a.b] [https://a.b|https://a.b|smart-link] https://a.b/_c_",
            "https://a.b https://a.b https://a.b/_c_",
        ),
        ("[mailto:a@example.org] [mail|mailto:a@example.org]", "a@example.org [mail](mailto:a@example.org)"),
        ("[~ada] [~accountid:5b1:a-b] [^log.txt] [#part] [Part|#part] [T|TT-12]", "@ada @5b1:a-b log.txt part Part T"),
        ("[INFO] a[0] [a|b] [] [|]", "[INFO] a[0] [a|b] [] [|]"),
        ("!a.png! !b 1.png|thumbnail! !https://a.b/c.png!", "![a.png] ![b 1.png] ![https://a.b/c.png]"),
        ("wow! really! no!", "wow! really! no!"),
        ("{color:#ff0000}red{color}{anchor:x} text", "red text"),
        ("(/) done (x) f(x)", "✅ done ❌ f(x)"),
    ],
)
def test_what_a_phrase_says(text, markdown):
    assert markdown_of(text) == markdown
