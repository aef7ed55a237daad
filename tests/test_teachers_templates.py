"""Templates that may come from a stranger: what they can do, and what they cannot."""

import resource
import time
from pathlib import Path

import pytest

from loramake.errors import DataError
from loramake.teachers.templates import MOST_WORK, Template

META = {"labels": ["b", "a"], "owner": {"name": "Ann"}, "n": 3, "none": None}


def render(source: str, **values: object) -> str:
    given = {"text": "one two", "section": "", "path": "p", "meta": META} | values
    return Template(source, task="t", key="prompt", variables=("text", "meta")).render(**given)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ text | upper }} {{ text.split()[1] }} {{ text[:3] }}", "ONE TWO two one"),
        ("{{ meta.labels | sort | join(', ') }}: {{ meta.owner.name }} {{ meta['n'] + 1 }}", "a, b: Ann 4"),
        (
            "{% for label in meta.labels %}{{ loop.index }}{{ label }}{% if not loop.last %},{% endif %}{% endfor %}",
            "1b,2a",
        ),
        ("{% for k, v in meta.owner.items() %}{{ k ~ '=' ~ v }}{% else %}-{% endfor %}", "name=Ann"),
        ("{{ meta.owner | tojson }} {{ meta.labels }} {{ meta.none }}", "{\"name\": \"Ann\"} ['b', 'a'] None"),
        ("{{ nothing | default('x') }} {{ nothing is defined }} {{ 'two' in text }}", "x False True"),
        ("{% set ns = namespace(n=0) %}{% for i in range(5) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}", "10"),
        ("{% raw %}{{ text }}{% endraw %}{# said by nobody #} {{ '-' * 3 }}", "{{ text }} ---"),
        ("{{ 'a\nb' | indent(2, first=true) }}{{ '<é>' | tojson }}", 'a\n  b"<é>"'),
        ("{{ 7.256 | round(1) }} {{ '12' | int }} {{ 'a-b' | replace('-', '+') }}", "7.3 12 a+b"),
        ("{% for row in rows if row.on recursive %}{% endfor %}", None),
    ],
)
def test_a_prompt_can_say_what_prompts_say(source: str, expected: str | None):
    if expected is None:
        with pytest.raises(DataError, match="recursive loop has no place"):
            render(source)
    else:
        assert render(source) == expected


BOMBS = [
    "{{ 'a' * 10**10 }}",
    "{{ 'a' * 10000000000 }}",
    "{{ [0] * 10000000000 }}",
    "{{ 10**10**10 }}",
    "{% for i in range(10**9) %}x{% endfor %}",
    "{% for i in range(1000000000) %}x{% endfor %}",
    "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9) %}{% endfor %}{% endfor %}{% endfor %}",
    "{% for a in range(9999) %}{% for b in range(9999) %}{{ text }}{% endfor %}{% endfor %}",
    "{% set n = namespace(x='ab') %}{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
    "{% set n = namespace(x='ab') %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}",
    "{% set n = namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }}",
    "{% set n = namespace(x=[1]) %}{% for i in range(999) %}{% set n.x = [n.x] %}{% endfor %}{{ n.x }}",
    "{% set n = namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x == [n.x] }}",
    "{% set n = namespace(x=9) %}{% for i in range(99) %}{% set n.x = n.x * n.x %}{% endfor %}",
    "{{ '%99999999999d' % 1 }}",
    "{{ '{:>99999999999}'.format(1) }}",
    "{{ 'a'.ljust(99999999999) }}",
    "{{ 'a'.zfill(99999999999) }}",
    "{{ 'a' | center(99999999999) }}",
    "{{ 'a' | format(1) }}",
    "{{ '\t'.expandtabs(99999999999) }}",
    "{{ 1.5 | round(99999999999) }}{{ [1] * 99999999999 }}",
    "{{ big | replace('', big) }}",
    "{{ big | replace('a', big) }}",
    "{{ big | list | join(big) }}",
    "{{ big.join(big) }}",
    "{{ big | map('replace', 'a', big) | list }}",
    "{% for i in range(99999) %}{{ 'b' in big }}{% endfor %}",
    "{% for i in range(99999) %}{{ big | upper | length }}{% endfor %}",
    "{% for i in big %}{% for j in big %}{% endfor %}{% endfor %}",
    "{{ " + "big ~ " * 5000 + "big }}",
    "{{ big | tojson | tojson | tojson | tojson | tojson | tojson | tojson | list }}{{ 'x' * 99999999 }}",
    "{{ [big] * 9999999 }}",
    "{{ big | batch(99999999999, 'x') | list }}",
    "{{ big | wordwrap(1, wrapstring=big) }}",
    "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
    "{% set x %}{% for i in range(99999) %}aaaaaaaaaaaaaaa{% endfor %}{% endset %}",
    "{% filter upper %}x{% endfilter %}",
    "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "{{ " + "-" * 20000 + "1 }}",
    "{{ " + "9" * 9000 + " }}",
    "{% for i in range(9) %}" * 90 + "x" + "{% endfor %}" * 90,
    "{{ 1" + " if 1 else 1" * 9000 + " }}",
    "x" * 100_001,
]


@pytest.mark.parametrize("source", BOMBS, ids=range(len(BOMBS)))
def test_a_prompt_that_explodes_is_stopped(source: str):
    begun, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(DataError) as raised:
        render(source, big="a" * 300_000)
    assert time.process_time() - begun < 5
    assert len(str(raised.value)) < 600
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000  # KiB


@pytest.mark.parametrize(
    "source",
    [
        "{% include 'a.md' %}",
        "{% include '/etc/hostname' ignore missing %}",
        "{% extends '/etc/hostname' %}",
        "{% import '/etc/hostname' as x %}",
        "{% from 'os' import environ %}",
        "{% block a %}{% endblock %}",
        "{{ self }}",
        "{{ self.__init__ }}",
        "{{ text.__class__ }}",
        "{{ text['__class__'] }}",
        "{{ text | attr('__class__') }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ [''] | map(attribute='__class__') | list }}",
        "{{ [text] | map('attr', '__class__') | list }}",
        "{{ [text, text] | sort(attribute='__class__') }}",
        "{{ [text] | groupby('__class__') }}",
        "{{ '{0.__class__}'.format(text) }}",
        "{{ '{0.__class__}'.format_map(meta) }}",
        "{{ text.encode() }}",
        "{{ range.__globals__ }}",
        "{{ namespace.__init__.__globals__ }}",
        "{{ namespace().__init__.__globals__ }}",
        "{% for x in [1] %}{{ loop.__init__.__globals__ }}{% endfor %}",
        "{% for x in [1] %}{{ loop._iterator }}{% endfor %}",
        "{{ cycler.__init__.__globals__.os.environ }}",
        "{{ joiner }}",
        "{{ lipsum() }}",
        "{{ text.upper }}",
        "{{ range }}",
        "{% for x in [1] %}{{ loop }}{% endfor %}",
        "{{ namespace() }}",
        "{{ meta.update(a=1) }}",
        "{{ meta.labels.append(1) }}",
        "{{ meta.labels.sort() }}",
        "{{ meta.pop('n') }}",
        "{{ text | random }}",
        "{{ text | pprint }}",
        "{{ environ }}",
        "{{ config }}",
        "{{ open('/etc/hostname').read() }}",
        "{% for x in ''.__class__.__base__.__subclasses__() %}{% endfor %}",
        "{{ (meta.items)().__class__ }}",
        "{{ text | map('attr', 'x') | list }}",
        "{{ 'a' | _taken.__globals__ }}",
    ],
)
def test_a_prompt_reaches_nothing_but_what_it_is_given(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").write_text("SECRET")
    with pytest.raises(DataError) as raised:
        render(source)
    assert "SECRET" not in str(raised.value)
    assert META == {"labels": ["b", "a"], "owner": {"name": "Ann"}, "n": 3, "none": None}


def test_long_texts_are_no_explosion():
    text = "word " * 400_000
    assert (
        len(text) < MOST_WORK
        and len(render("{{ text }}{% if 'word' in text %}{{ text | upper }}{% endif %}", text=text)) == 3_999_999
    )


def test_the_same_values_give_the_same_text_in_every_thread():
    from concurrent.futures import ThreadPoolExecutor

    template = Template("{% for i in range(99) %}{{ i }}{{ text }}{% endfor %}", task="t", key="k", variables=())
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: template.render(text="x", meta={}), range(64)))) == 1
