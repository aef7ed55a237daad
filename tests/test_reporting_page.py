import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from fake_build import SCRIPT, data_build, examples_build, full_build, sample, write_rows
from loramake.files import read_json, write_json
from loramake.reporting.built import read_build
from loramake.reporting.funnel import reasons
from loramake.reporting.page import clean_text, make_page
from loramake.reporting.story import tell

VOID = {"meta", "link", "br", "hr", "img", "input", "col", "wbr"}


class Page(HTMLParser):
    """Reads a page as strictly as the standard library can: tags must nest, ids must be unique."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.tags, self.attributes, self.words = [], [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def made(stages):
    return make_page(tell(read_build(stages)))


@pytest.fixture(scope="module")
def stages(tmp_path_factory):
    return full_build(tmp_path_factory.mktemp("full"))


@pytest.fixture(scope="module")
def html(stages):
    return made(stages)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


@pytest.mark.parametrize("make", [data_build, examples_build, full_build])
def test_a_page_is_well_formed_whatever_the_recipe_has(tmp_path, make):
    page = Page(made(make(tmp_path)))
    assert len(page.ids) == len(set(page.ids))
    assert page.tags.count("h1") == page.tags.count("main") == 1


def test_links_lead_to_sections_of_the_page(page):
    targets = [value for _, name, value in page.attributes if name == "href"]
    assert targets
    assert {target.removeprefix("#") for target in targets} <= set(page.ids)


def test_nothing_is_loaded_and_nothing_runs(page, html):
    assert not {"script", "link", "img", "iframe", "object", "embed", "form", "base"} & set(page.tags)
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name in ("src", "style", "srcset")]
    assert not re.search(r"url\(|@import", html)


def test_the_policy_allows_the_style_and_nothing_else(page, html):
    policy = next(value for _, name, value in page.attributes if name == "content" and "default-src" in value)
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_what_data_says_is_text(page, html):
    assert "<script" not in html
    assert SCRIPT in page.text


@pytest.mark.parametrize("field", ["prompt", "expected", "base", "adapter", "task", "split"])
def test_a_sample_cannot_break_out(tmp_path, field):
    stages = full_build(tmp_path)
    row = sample("test", "qa", "?", "a", "b", "c") | {field: f'"></div>{SCRIPT}'}
    write_rows(stages["evaluate"] / "samples.jsonl", [row])
    html = made(stages)
    assert "<script" not in html
    assert SCRIPT in Page(html).text


@pytest.mark.parametrize("file", ["sources/dropped.jsonl", "clean/dropped.jsonl", "synthesize/quarantined.jsonl"])
def test_a_path_cannot_break_out(tmp_path, file):
    stages = full_build(tmp_path)
    stage, name = file.split("/")
    reason = next(iter(read_build(stages)[stage].reasons()))
    write_rows(stages[stage] / name, [{"path": f"a{SCRIPT}.md", "part": SCRIPT, "reason": reason}])
    html = made(stages)
    assert "<script" not in html
    assert f"a{SCRIPT}.md" in Page(html).text


def test_every_reason_is_mentioned(stages, page):
    for row in reasons(read_build(stages)):
        assert row.reason in page.text
        assert all(place in page.text for place in row.places)


def test_the_headline_tells_before_after_and_baseline(page):
    assert re.search(r"Test split before 0\.5\s%.{0,8}after 98\s%", page.text)
    assert "62.5 points above the majority baseline" in page.text


def test_a_hold_out_is_shown_whatever_it_says(page):
    assert re.search(r"Hold-out: phrases before 0\s%.{0,8}after 41\.2\s%", page.text)
    assert "56.8 points below the test split" in page.text
    assert "Not reliably better than giving the most common answer every time." in page.text


def test_charts_and_tables_are_named_for_those_who_do_not_see_them(page):
    images = [tag for tag, name, value in page.attributes if (name, value) == ("role", "img")]
    labels = [value for tag, name, value in page.attributes if tag == "svg" and name == "aria-labelledby"]
    assert len(images) == len(labels) == 2
    assert set(" ".join(labels).split()) <= set(page.ids)
    assert page.tags.count("caption") == page.tags.count("table")


def test_sections_without_content_are_left_out(tmp_path):
    page = Page(made(data_build(tmp_path)))
    assert {"data", "lineage", "runs", "rebuild"} <= set(page.ids)
    assert not {"result", "training", "samples", "files"} & set(page.ids)


def test_a_large_build_stays_small(tmp_path):
    stages = full_build(tmp_path)
    long = "A sentence of some words. " * 4000
    write_rows(stages["evaluate"] / "samples.jsonl", [sample("test", "qa", long, long, long, long)] * 500)
    rows = [{"step": step, "loss": 2.0 + step % 7} for step in range(50_000)]
    write_rows(stages["train"] / "metrics.jsonl", rows)
    html = made(stages)
    assert len(html.encode()) < 300_000
    assert "more left out here" in html


def test_a_long_field_is_folded(tmp_path):
    stages = full_build(tmp_path)
    answer = '{"summary":"' + "A sentence of some words. " * 20 + '"}'
    write_rows(stages["evaluate"] / "samples.jsonl", [sample("test", "t", "?", answer, "b", answer)])
    assert Page(made(stages)).text.count("the rest, 4") == 2


def test_a_single_source_and_no_loss_read_well(tmp_path):
    stages = data_build(tmp_path)
    path = stages["clean"] / "receipt.json"
    receipt = read_json(path)
    receipt["counts"] |= {"given": 132, "passed": 132, "dropped": {}}
    write_json(path, receipt)
    assert "clean 132 of 132 documents nothing was lost" in Page(made(stages)).text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\x00b\x1b[0m", "a\ufffdb\ufffd[0m"),
        ("half \ud800 pair", "half \ufffd pair"),
        ("page\ftwo", "page two"),
        ("\u202egnp.exe", "\ufffdgnp.exe"),
        ("tab\tand\nline, שלום", "tab\tand\nline, שלום"),
    ],
)
def test_what_a_page_cannot_hold_is_replaced(text, clean):
    assert clean_text(text) == clean


def luminance(colour):
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "card"])
@pytest.mark.parametrize(
    ("name", "least"), [("ink", 7), ("soft", 4.5), ("accent", 4.5), ("wrong", 4.5), ("plain", 3), ("accent-4", 3)]
)
def test_colours_stand_out(html, scheme, ground, name, least):
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", re.findall(r":root \{.*?\}", html, re.DOTALL)[scheme]))
    light, dark = sorted((luminance(colours[name]), luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least
