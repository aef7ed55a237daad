import json

import pytest

from loramake.errors import SourceError
from loramake.readers.confluence_page import document_of

ADF = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "In ADF"}]}]}


def storage(markup):
    return {"storage": {"value": markup, "representation": "storage"}}


# As https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-content/ shows a page, with what was expanded.
FIRST = {
    "id": "98765",
    "type": "page",
    "status": "current",
    "title": "Raising the gate",
    "space": {"id": 1, "key": "HAR", "name": "Harbour", "type": "global"},
    "ancestors": [{"id": "1", "title": "Handbook"}, {"id": "2", "title": "Locks"}],
    "history": {
        "createdBy": {"type": "known", "displayName": "Ada Quill", "accountId": "5b1"},
        "createdDate": "2023-01-02T10:00:00.000Z",
    },
    "version": {"number": 7, "when": "2024-02-03T10:00:00.000Z", "by": {"displayName": "Bob Reed"}, "message": "typo"},
    "metadata": {"labels": {"results": [{"prefix": "global", "name": "how-to", "id": "3"}], "size": 1}},
    "body": storage("<h1>Before</h1><p>Sound the horn.</p><h2>Who</h2><p>The foreman.</p>"),
    "children": {
        "comment": {
            "results": [
                {
                    "id": "c1",
                    "title": "Re: Raising the gate",
                    "history": {"createdBy": {"displayName": "Eve Moor"}, "createdDate": "2023-03-04T00:00:00.000Z"},
                    "body": storage("<p>Twice?</p>"),
                    "children": {"comment": {"results": [{"id": "c2", "body": storage("<h1>Yes</h1>")}]}},
                }
            ]
        }
    },
    "_links": {"base": "https://example.org/wiki", "webui": "/spaces/HAR/pages/98765"},
}
FIRST_TEXT = """\
# Raising the gate

## Before

Sound the horn.

### Who

The foreman.

## Comments

**Eve Moor**, 2023-03-04:

Twice?

**Comment**:

### Yes"""
# As version 2 gives it, with what a snapshot adds.
SECOND = {
    "id": "98766",
    "status": "current",
    "title": "Lowering the gate",
    "spaceId": "11",
    "parentId": "2",
    "authorId": "5b10a2844c20165700ede21g",
    "createdAt": "2024-01-02T10:00:00.000Z",
    "version": {"createdAt": "2024-02-03T10:00:00.000Z", "number": 2, "minorEdit": False, "authorId": "5b1"},
    "body": storage("<p>Look first.</p>"),
    "labels": {"results": [{"id": "1", "name": "safety", "prefix": "global"}]},
    "ancestors": [{"id": "1", "title": "Handbook"}, {"id": "2", "title": "Locks"}],
    "space": {"key": "HAR", "name": "Harbour"},
    "comments": [{"id": "5", "version": {"createdAt": "2024-03-01T00:00:00.000Z"}, "body": storage("<p>Good</p>")}],
}


def test_a_page_of_version_1():
    page = document_of(FIRST)
    assert page.text == FIRST_TEXT
    assert (page.part, page.section, page.author) == ("98765", "Raising the gate", "Ada Quill")
    assert page.date == "2024-02-03T10:00:00+00:00"
    assert page.meta == {
        "id": "98765",
        "type": "page",
        "status": "current",
        "space": "HAR",
        "space_name": "Harbour",
        "parent": "2",
        "ancestors": ["Handbook", "Locks"],
        "path": "Harbour > Handbook > Locks > Raising the gate",
        "labels": ["how-to"],
        "version": 7,
        "created": "2023-01-02T10:00:00+00:00",
        "url": "https://example.org/wiki/spaces/HAR/pages/98765",
    }


def test_a_page_of_version_2():
    page = document_of(SECOND)
    assert page.text == "# Lowering the gate\n\nLook first.\n\n## Comments\n\n**Comment**, 2024-03-01:\n\nGood"
    assert (page.part, page.author, page.date) == ("98766", None, "2024-02-03T10:00:00+00:00")
    assert (page.meta["author_id"], page.meta["space"], page.meta["labels"]) == (
        "5b10a2844c20165700ede21g",
        "HAR",
        ["safety"],
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"atlas_doc_format": {"value": json.dumps(ADF)}}, "In ADF"),
        ({"atlas_doc_format": {"value": ADF}, "storage": {"value": ""}}, "In ADF"),
        ({"storage": {"value": "<p> </p>"}, "view": {"value": "<p>In HTML</p>"}}, "In HTML"),
        ({"export_view": {"value": "<h1>In</h1>HTML"}}, "## In\n\nHTML"),
        ({"wiki": {"value": "h1. In\n*wiki* markup"}}, "## In\n\n**wiki** markup"),
        ({"value": "<p>In XHTML</p>", "representation": "storage"}, "In XHTML"),
        ({"value": json.dumps(ADF), "representation": "atlas_doc_format"}, "In ADF"),
    ],
)
def test_a_body_in_any_representation(body, text):
    assert document_of({"id": "1", "title": "Gate", "body": body}).text == f"# Gate\n\n{text}"


def test_a_page_inside_the_result_of_a_search():
    assert document_of({"title": "x", "excerpt": "y", "content": FIRST}).part == "98765"


def test_comments_are_said_once_wherever_they_stand():
    comment = {"id": "c1", "body": storage("<p>once</p>")}
    page = {**SECOND, "comments": {"results": [comment]}, "footerComments": [comment], "inlineComments": 5}
    assert document_of(page).text.count("once") == 1


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (None, "not_a_page"),
        ({"id": "1"}, "not_a_page"),
        ({"title": "x"}, "not_a_page"),
        ({"id": "1", "title": "x"}, "no_text"),
        ({"id": "1", "title": "x", "body": storage("<ac:structured-macro ac:name='children'/>")}, "no_text"),
        ({"id": "1", "title": "x", "body": storage("<b>" * 200)}, "too_deep"),
        ({"id": "1", "title": "x", "body": {"atlas_doc_format": {"value": "{"}}}, "bad_json"),
        ({"id": "1", "title": "x", "body": {"storage": {"value": 5}, "view": 7}}, "no_text"),
    ],
)
def test_what_gives_no_page_is_refused(page, reason):
    with pytest.raises(SourceError) as refused:
        document_of(page)
    assert refused.value.reason == reason
