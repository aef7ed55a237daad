import pytest

from loramake.readers.confluence_html import blocks_of

PANEL = (
    '<div class="confluence-information-macro confluence-information-macro-{kind}">{title}<span></span>'
    '<div class="confluence-information-macro-body"><p>Mind it</p></div></div>'
)


@pytest.mark.parametrize(
    ("markup", "blocks"),
    [
        ('<div class="toc-macro"><ul><li>x</li></ul></div><p>a</p>', ["a"]),
        ('<pre data-syntaxhighlighter-params="brush: Bash; gutter: false">ls</pre>', ["```bash\nls\n```"]),
        ('<ul class="inline-task-list"><li class="checked">did</li><li>do</li></ul>', ["- [x] did\n- [ ] do"]),
        ('<p>a <img class="emoticon" alt="(smile)" data-emoji-fallback="🙂"/></p>', ["a 🙂"]),
        ('<span class="jira-issue" data-jira-key="T-1"><a>T-1</a> - <i>Getting issue details...</i></span>', ["T-1"]),
        ('<span class="jira-issue" data-jira-key="T-1"><a>T-1</a> - Fix it</span>', ["T-1 - Fix it"]),
        ("<p>one\ud800\0two</p>", ["one\ufffdtwo"]),
        (PANEL.format(kind="warning", title=""), ["> Warning: Mind it"]),
        (PANEL.format(kind="information", title='<p class="title">Now</p>'), ["> Info: Now", "> Mind it"]),
    ],
)
def test_what_is_rendered_reads_as_it_was_written(markup, blocks):
    assert blocks_of(markup) == blocks
