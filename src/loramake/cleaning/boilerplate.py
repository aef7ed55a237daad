"""Boilerplate: lines that say nothing of the matter, whatever the page is about."""

import re
from collections.abc import Iterator

from loramake.records import PAGE_BREAK

_LONGEST = 160  # characters: a longer line says something besides
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_MARKS = re.compile(r"^[\s>*#|\-•·\d.()\[\]]+|[\s|.!:»›>*\-•·↑\]]+$")
_ALONE = re.compile(
    r"""
    (?: skip | jump ) \s to \s (?: (?:main \s)? content | navigation | search | main | footer ) (?: \s .{0,20} )?
  | (?: back | return | scroll ) \s to \s (?: the \s )? top
  | (?: toggle \s (?: navigation | menu | sidebar | table ) | show \s (?: more | less ) | read \s more | learn \s more
      | load \s more | table \s of \s contents | on \s this \s page | breadcrumbs? | permalink | edit \s this \s page
      | edit \s on \s github | view \s (?: page \s )? source | show \s source | copy \s link | expand \s all
      | collapse \s all | advertisement ) (?: \s .{0,20} )?
  | (?: we | this \s (?: web)?site | our \s (?: web)?site ) \b .{0,60} \b cookies? \b .{0,120}
  | (?: accept | reject | manage | allow ) \s (?: all \s )? cookies? (?: \s .{0,40} )?
  | cookie \s (?: settings | preferences | policy | notice )
  | (?: © | \(c\) | copyright \s (?: © | \(c\) | \d{4} ) ) .{0,140}
  | .{0,80} \b all \s rights \s reserved \b .{0,80}
  | last \s (?: updated | modified | edited | changed ) \s? (?: on | by | at | : ) .{0,60}
  | (?: created | generated | built | made ) \s (?: with | using | by ) \s
      (?: sphinx | doxygen | mkdocs | jekyll | hugo | docusaurus | javadoc | gitbook | read \s the \s docs ) .{0,80}
  | (?: powered \s by | hosted \s by | theme \s by ) \s .{1,60}
  | (?: share | follow | like | find ) \s (?: this | us ) (?: \s .{0,10} )? \s (?: on | via ) \s .{1,60}
  | was \s this \s (?: page | article | information ) \s (?: helpful | useful ) .{0,40}
  | (?: sign \s up | subscribe ) \s (?: for | to ) \s (?: our | the ) \s .{0,40} newsletter .{0,40}
  | page \s \d{1,5} (?: \s? (?: of | / ) \s? \d{1,5} )?
  | this \s (?: e-?mail | message ) \b .{0,80} \b (?: confidential | privileged ) \b .{0,80}
  | sent \s from \s my \s (?: iphone | ipad | android | phone | mobile | blackberry ) .{0,30}
    """,
    re.IGNORECASE | re.VERBOSE,
)
_WORD = r"""
    (?: previous | next | prev | home | up | index | contents? | menu | close | search | share | print | log \s? in
      | sign \s (?: in | up ) | log \s? out | register | subscribe | copy | copied | privacy (?: \s policy )? | imprint
      | terms (?: \s (?: of | and | & ) \s (?: use | service | conditions ) )? | legal (?: \s notice )? | sitemap
      | contact (?: \s us )? | about (?: \s us )? | accessibility | careers | help | blog | news
      | modules | genindex )"""
_LINKS = re.compile(rf"{_WORD} (?: \s* [|/»›>·•] \s* {_WORD} ){{1,20}}", re.IGNORECASE | re.VERBOSE)
_LINK = re.compile(_WORD, re.IGNORECASE | re.VERBOSE)
_RUN = 3  # bare links in a row that make up a menu; one of them may be a word of the text


def strip_boilerplate(text: str) -> str:
    """`text` without lines that are boilerplate as a whole: links, cookie notices, copyright, page numbers.

    Code and headings stay as they are, and a line that says anything besides does, too.
    """
    lines = text.split("\n")
    prose = list(_prose(lines))
    unwanted = {number for number, said in prose if _is_one(said)} | set(_menus(prose))
    if not unwanted:
        return text
    kept = [
        PAGE_BREAK if number in unwanted else line
        for number, line in enumerate(lines)
        if number not in unwanted or PAGE_BREAK in line
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n")


def _prose(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Number and bare words of each line that is neither empty nor code nor a heading; of a long line, "" for words."""
    fence = ""
    for number, line in enumerate(lines):
        if mark := _FENCE.match(line):
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        elif not fence and line and not line.isspace() and line[0] != "#":
            yield number, " ".join(_MARKS.sub("", line.strip()).split()) if len(line) <= _LONGEST else ""


def _is_one(said: str) -> bool:
    return bool(said) and (_ALONE.fullmatch(said) is not None or _LINKS.fullmatch(said) is not None)


def _menus(prose: list[tuple[int, str]]) -> Iterator[int]:
    """The lines of runs of bare links."""
    run: list[int] = []
    for number, said in [*prose, (-1, "")]:
        if said and _LINK.fullmatch(said):
            run.append(number)
            continue
        yield from run if len(run) >= _RUN else ()
        run = []
