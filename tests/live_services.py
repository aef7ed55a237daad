"""Jira, Confluence, GitHub, GitLab and a git host, as documented, with data that a test may change."""

import base64
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

EPOCH = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Request:
    """One request. `query` has the last value of each parameter, `queries` all of them."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: Any = None
    raw: bytes = b""
    queries: Mapping[str, list[str]] = field(default_factory=dict)

    def number(self, name: str, otherwise: int) -> int:
        return int(self.query.get(name) or (self.body or {}).get(name) or otherwise)


@dataclass(frozen=True)
class Reply:
    """An answer: JSON, or `raw`."""

    value: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None


class NotThereError(Exception):
    """Nothing is there."""


def moment(number: float) -> datetime:
    """A time that differs by number."""
    return EPOCH + timedelta(hours=number)


class Service:
    """Routes: a method, a pattern of the path, and the name of what answers."""

    path = ""
    routes: tuple[tuple[str, str, str], ...] = ()

    def answer(self, request: Request) -> Reply:
        for method, pattern, name in self.routes:
            match = re.fullmatch(self.path + pattern, request.path)
            if match and method == request.method:
                made = getattr(self, name)(request, *(unquote(group) for group in match.groups()))
                return made if isinstance(made, Reply) else Reply(made)
        raise NotThereError


# Jira


class Jira(Service):
    """Issues that a test may change. A page has `most` of anything, an issue in a list `shown` of its comments."""

    def __init__(self, count: int, *, most: int = 100, shown: int = 3, changes: int = 2, comments: int = 1) -> None:
        self.most, self.shown = most, shown
        self.issues: dict[int, dict[str, Any]] = {}
        for number in range(1, count + 1):
            self.add(number, comments=comments, changes=changes)

    def add(self, number: int, *, comments: int = 1, changes: int = 2, project: str = "ACME") -> None:
        self.issues[10_000 + number] = {
            "id": str(10_000 + number),
            "key": f"{project}-{number}",
            "summary": f"Pump {number} stands still",
            "status": "Open",
            "updated": moment(number),
            "comments": [f"Comment {index} on {number}" for index in range(comments)],
            "changes": [f"state {index}" for index in range(changes)],
        }

    def touch(self, number: int, when: float, **values: Any) -> None:
        self.issues[10_000 + number] |= {"updated": moment(when), **values}

    def text(self, words: str) -> Any:
        return words

    def found(self, jql: str) -> list[dict[str, Any]]:
        """What a query finds. Of the language it knows `project =`, `status =`, `id IN` and any order by key."""
        condition = re.split(r"(?i)\s*order by", jql)[0]
        rows = list(self.issues.values())
        if match := re.search(r"project = (\w+)", condition):
            rows = [row for row in rows if row["key"].startswith(f"{match[1]}-")]
        if match := re.search(r"status = (\w+)", condition):
            rows = [row for row in rows if row["status"] == match[1]]
        if match := re.search(r"id IN \(([\d, ]*)\)", condition):
            rows = [row for row in rows if row["id"] in match[1].split(", ")]
        return sorted(rows, key=lambda row: (row["key"].split("-")[0], int(row["key"].split("-")[1])))

    def issue(self, row: dict[str, Any], fields: list[str], expand: Any) -> dict[str, Any]:
        updated = row["updated"].strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        if fields == ["updated"]:
            return {"id": row["id"], "key": row["key"], "fields": {"updated": updated}}
        comments = self.comments(row)
        histories = self.histories(row)
        issue: dict[str, Any] = {
            "id": row["id"],
            "key": row["key"],
            "fields": {
                "summary": row["summary"],
                "description": self.text(f"{row['summary']}, and nobody knows why."),
                "status": {"name": row["status"]},
                "issuetype": {"name": "Bug"},
                "reporter": {"displayName": "Ada Quill"},
                "customfield_10016": 3.0,
                "customfield_10020": None,
                "created": "2024-01-01T00:00:00.000+0000",
                "updated": updated,
                "comment": {
                    "comments": comments[: self.shown],
                    "total": len(comments),
                    "maxResults": self.shown,
                    "startAt": 0,
                },
            },
        }
        if "changelog" in expand:
            issue["changelog"] = self.shown_histories(histories)
        return issue

    def shown_histories(self, histories: list[Any]) -> dict[str, Any]:
        return {"startAt": 0, "maxResults": len(histories), "total": len(histories), "histories": histories}

    def comments(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            {
                "id": f"{row['id']}{index:04}",
                "author": {"displayName": "Bo Lind"},
                "body": self.text(words),
                "created": moment(index).isoformat(),
            }
            for index, words in enumerate(row["comments"])
        ]

    def histories(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            {
                "id": f"{row['id']}{index:04}",
                "author": {"displayName": "Bo Lind"},
                "created": moment(index).isoformat(),
                "items": [{"field": "status", "fromString": "Open", "toString": state}],
            }
            for index, state in enumerate(row["changes"])
        ]

    def get_fields(self, _request: Request) -> Any:
        return [{"id": "summary", "name": "Summary"}, {"id": "customfield_10016", "name": "Story points"}]

    def get_comments(self, request: Request, id_: str) -> dict[str, Any]:
        return self.counted(request, "comments", self.comments(self.issues[int(id_)]))

    def counted(self, request: Request, name: str, values: list[Any]) -> dict[str, Any]:
        start, most = request.number("startAt", 0), min(request.number("maxResults", 50), self.most)
        page = values[start : start + most]
        return {"startAt": start, "maxResults": most, "total": len(values), name: page}


class JiraCloud(Jira):
    """Jira Cloud, REST API v3."""

    routes = (
        ("GET", r"/rest/api/2/serverInfo", "info"),
        ("POST", r"/rest/api/3/search/jql", "search"),
        ("POST", r"/rest/api/3/issue/bulkfetch", "bulk"),
        ("GET", r"/rest/api/3/field", "get_fields"),
        ("GET", r"/rest/api/3/issue/(\d+)", "one"),
        ("GET", r"/rest/api/3/issue/(\d+)/comment", "get_comments"),
        ("GET", r"/rest/api/3/issue/(\d+)/changelog", "get_changes"),
        ("GET", r"/rest/api/[23]/search", "removed"),
        ("POST", r"/rest/api/[23]/search", "removed"),
    )
    too_heavy: tuple[str, ...] = ()
    has_bulk = True

    def text(self, words: str) -> Any:
        return {
            "type": "doc",
            "version": 1,
            "content": [{"type": "paragraph", "content": [{"type": "text", "text": words}]}],
        }

    def info(self, _request: Request) -> Any:
        return {"deploymentType": "Cloud", "version": "1001.0.0"}

    def removed(self, _request: Request) -> Reply:
        return Reply({"errorMessages": ["The requested API has been removed. Use /rest/api/3/search/jql."]}, 410)

    def search(self, request: Request) -> Any:
        jql = request.body["jql"]
        if not re.split(r"(?i)\s*order by", jql)[0].strip():
            return Reply({"errorMessages": ["Unbounded JQL queries are not allowed here."]}, 400)
        rows = self.found(jql)
        if token := request.body.get("nextPageToken"):
            last = base64.b64decode(token).decode()
            rows = [row for row in rows if self.order(row["key"]) > self.order(last)]
        page = rows[: min(request.number("maxResults", 50), self.most)]
        more = len(rows) > len(page)
        fields, expand = request.body["fields"], request.body.get("expand", "")
        value = {"issues": [self.issue(row, fields, expand) for row in page], "isLast": not more}
        return value | ({"nextPageToken": base64.b64encode(page[-1]["key"].encode()).decode()} if more else {})

    @staticmethod
    def order(key: str) -> tuple[str, int]:
        return key.split("-")[0], int(key.split("-")[1])

    def bulk(self, request: Request) -> Any:
        if not self.has_bulk:
            return Reply({"errorMessages": ["Unauthorized; scope does not match"]}, 401)
        ids = request.body["issueIdsOrKeys"]
        if len(ids) > 100:
            return Reply({"errorMessages": ["Too many issues"]}, 400)
        rows = [self.issues[int(id_)] for id_ in sorted(ids) if int(id_) in self.issues]
        light = [row for row in rows if row["id"] not in self.too_heavy]
        issues = [self.issue(row, request.body["fields"], request.body["expand"]) for row in light]
        errors = [{"id": row["id"], "errorMessage": "payload"} for row in rows if row["id"] in self.too_heavy]
        return {"expand": "", "issues": issues, "issueErrors": errors}

    def one(self, request: Request, id_: str) -> Any:
        return self.issue(self.issues[int(id_)], ["*all"], request.query["expand"])

    def shown_histories(self, histories: list[Any]) -> dict[str, Any]:
        newest = histories[::-1][:40]
        return {"startAt": 0, "maxResults": 40, "total": len(histories), "histories": newest}

    def get_changes(self, request: Request, id_: str) -> Any:
        page = self.counted(request, "values", self.histories(self.issues[int(id_)]))
        return page | {"isLast": page["startAt"] + len(page["values"]) >= page["total"]}


class JiraServer(Jira):
    """Jira Data Center, REST API v2."""

    path = "/jira"
    routes = (
        ("GET", r"/rest/api/2/serverInfo", "info"),
        ("POST", r"/rest/api/2/search", "search"),
        ("GET", r"/rest/api/2/field", "get_fields"),
        ("GET", r"/rest/api/2/issue/(\d+)/comment", "get_comments"),
    )

    def info(self, _request: Request) -> Any:
        return {"deploymentType": "Server", "version": "9.12.0"}

    def search(self, request: Request) -> Any:
        fields, expand = request.body["fields"], request.body["expand"]
        issues = [self.issue(row, fields, expand) for row in self.found(request.body["jql"])]
        return self.counted(request, "issues", issues)


# Confluence


class Confluence(Service):
    """Pages of the spaces HB and OPS that a test may change."""

    def __init__(self, count: int, *, most: int = 100) -> None:
        self.most = most
        self.spaces = {"11": {"key": "HB", "name": "Handbook"}, "12": {"key": "OPS", "name": "Operations"}}
        self.folders = {"900": {"title": "Yard", "parentId": None}}
        self.pages: dict[int, dict[str, Any]] = {}
        self.comments: dict[int, dict[str, Any]] = {}
        for number in range(1, count + 1):
            self.pages[1000 + number] = {
                "title": f"Page {number}",
                "space": "11" if number % 3 else "12",
                "parent": 1001 if number > 1 and number % 3 else None,
                "number": 1,
                "words": f"How page {number} works at the yard.",
                "labels": ["yard", f"l{number}"],
            }

    def comment(self, id_: int, page: int, words: str, parent: int | None = None, when: datetime | None = None) -> None:
        number = self.comments[id_]["number"] + 1 if id_ in self.comments else 1
        when = when or datetime.now(UTC)
        self.comments[id_] = {"page": page, "words": words, "parent": parent, "number": number, "when": when}

    def storage(self, words: str) -> dict[str, Any]:
        return {"storage": {"value": f"<p>{words}</p>", "representation": "storage"}}

    def searched(self, cql: str) -> list[int]:
        """The comments that a query finds; it knows `space IN`, and `lastmodified >=` in UTC."""
        keys = re.findall(r'"(\w+)"', (re.search(r"space IN \(([^)]*)\)", cql) or [""])[0])
        since = re.search(r'lastmodified >= "([\d/: ]+)"', cql)
        assert since is not None and "type = comment" in cql
        start = datetime.strptime(since[1], "%Y/%m/%d %H:%M").replace(tzinfo=UTC)
        return [
            id_
            for id_, comment in self.comments.items()
            if comment["when"] >= start
            and (not keys or self.spaces[self.pages[comment["page"]]["space"]]["key"] in keys)
        ]

    def search(self, request: Request) -> Any:
        found = [
            {
                "id": str(id_),
                "type": "comment",
                "version": {"number": self.comments[id_]["number"]},
                "container": {"id": str(self.comments[id_]["page"]), "type": "page"},
            }
            for id_ in self.searched(request.query["cql"])
        ]
        return self.counted(request, found)

    def counted(self, request: Request, values: list[Any]) -> Any:
        start, limit = request.number("start", 0), min(request.number("limit", 25), self.most)
        page = values[start : start + limit]
        links = {"base": "http://elsewhere.invalid/wiki", "context": "/wiki"}
        if start + limit < len(values):
            query = "&".join(f"{name}={quote(value)}" for name, value in request.query.items() if name != "start")
            links["next"] = f"/rest/api/content?{query}&start={start + limit}"
        return {"results": page, "start": start, "limit": limit, "size": len(page), "_links": links}


class ConfluenceCloud(Confluence):
    """Confluence Cloud, REST API v2, with the search of v1."""

    path = "/wiki"
    routes = (
        ("GET", r"/api/v2/spaces", "get_spaces"),
        ("GET", r"/api/v2/spaces/(\d+)/pages", "get_pages"),
        ("GET", r"/api/v2/pages/(\d+)", "get_page"),
        ("GET", r"/api/v2/pages/(\d+)/labels", "get_labels"),
        ("GET", r"/api/v2/pages/(\d+)/footer-comments", "get_comments"),
        ("GET", r"/api/v2/footer-comments/(\d+)/children", "get_replies"),
        ("GET", r"/api/v2/folders/(\d+)", "get_folder"),
        ("POST", r"/api/v2/users-bulk", "get_people"),
        ("GET", r"/rest/api/content/search", "search"),
    )

    def paged(self, request: Request, values: list[dict[str, Any]]) -> Reply:
        limit = min(request.number("limit", 25), self.most)
        after = int(base64.b64decode(request.query.get("cursor", "")) or 0)
        left = [value for value in values if int(value["id"]) > after]
        links, headers = {"base": "https://elsewhere.invalid/wiki"}, {}
        if len(left) > limit:
            cursor = quote(base64.b64encode(str(left[limit - 1]["id"]).encode()).decode())
            links["next"] = f"{request.path}?limit={limit}&cursor={cursor}"
            links["next"] += "".join(
                f"&{k}={quote(v)}" for k, v in request.query.items() if k not in ("limit", "cursor")
            )
            headers["Link"] = f'<{links["next"]}>; rel="next"'
        return Reply({"results": left[:limit], "_links": links}, headers=headers)

    def get_spaces(self, request: Request) -> Reply:
        keys = request.query["keys"].split(",") if "keys" in request.query else None
        spaces = [{"id": id_, **space} for id_, space in self.spaces.items()]
        return self.paged(request, [space for space in spaces if keys is None or space["key"] in keys])

    def row(self, id_: int) -> dict[str, Any]:
        page = self.pages[id_]
        parent = page["parent"]
        return {
            "id": str(id_),
            "status": "current",
            "title": page["title"],
            "spaceId": page["space"],
            "parentId": str(parent) if parent else None,
            "parentType": None if not parent else "folder" if str(parent) in self.folders else "page",
            "version": {"number": page["number"], "createdAt": "2024-01-01T00:00:00.000Z", "authorId": "557058:ada"},
            "createdAt": "2024-01-01T00:00:00.000Z",
            "body": {},
            "_links": {"webui": f"/spaces/x/pages/{id_}"},
        }

    def get_pages(self, request: Request, space: str) -> Reply:
        return self.paged(request, [self.row(id_) for id_ in sorted(self.pages) if self.pages[id_]["space"] == space])

    def get_page(self, request: Request, id_: str) -> Any:
        row, page = self.row(int(id_)), self.pages[int(id_)]
        if request.query.get("body-format") == "storage":
            row["body"] = self.storage(page["words"])
        if request.query.get("include-labels") == "true":
            row["labels"] = {"results": self.labels(page)[:2], "meta": {"hasMore": len(page["labels"]) > 2}}
        return row

    def labels(self, page: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"id": str(n), "name": name, "prefix": "global"} for n, name in enumerate(page["labels"], 1)]

    def get_labels(self, request: Request, id_: str) -> Reply:
        return self.paged(request, self.labels(self.pages[int(id_)]))

    def get_comments(self, request: Request, id_: str) -> Reply:
        _ = self.pages[int(id_)]
        return self.replies(request, lambda comment: comment["page"] == int(id_) and comment["parent"] is None)

    def get_replies(self, request: Request, id_: str) -> Reply:
        return self.replies(request, lambda comment: comment["parent"] == int(id_))

    def replies(self, request: Request, fits: Callable[[dict[str, Any]], bool]) -> Reply:
        found = [
            {
                "id": str(id_),
                "status": "current",
                "pageId": str(comment["page"]),
                "version": {
                    "number": comment["number"],
                    "authorId": "557058:bo",
                    "createdAt": "2024-01-02T00:00:00.000Z",
                },
                "body": self.storage(comment["words"]),
            }
            for id_, comment in sorted(self.comments.items())
            if fits(comment)
        ]
        return self.paged(request, found)

    def get_people(self, request: Request) -> Any:
        names = {"557058:ada": "Ada Quill", "557058:bo": "Bo Lind"}
        ids = request.body["accountIds"]
        return {"results": [{"accountId": id_, "displayName": names[id_]} for id_ in ids if id_ in names]}

    def get_folder(self, _request: Request, id_: str) -> Any:
        return {"id": id_, "type": "folder", **self.folders[id_]}


class ConfluenceServer(Confluence):
    """Confluence Data Center, REST API v1."""

    routes = (
        ("GET", r"/rest/api/space", "get_spaces"),
        ("GET", r"/rest/api/content", "get_pages"),
        ("GET", r"/rest/api/content/search", "search"),
        ("GET", r"/rest/api/content/(\d+)", "get_page"),
        ("GET", r"/rest/api/content/(\d+)/child/comment", "get_comments"),
    )

    def get_spaces(self, request: Request) -> Any:
        wanted = request.queries.get("spaceKey")
        spaces = [{"id": int(id_), **space} for id_, space in self.spaces.items()]
        return self.counted(request, [space for space in spaces if not wanted or space["key"] in wanted])

    def row(self, id_: int) -> dict[str, Any]:
        page = self.pages[id_]
        above = page["parent"]
        return {
            "id": str(id_),
            "type": "page",
            "status": "current",
            "title": page["title"],
            "version": {"number": page["number"], "when": "2024-01-01T00:00:00.000Z"},
            "ancestors": [{"id": str(above), "title": self.pages[above]["title"]}] if above in self.pages else [],
        }

    def get_pages(self, request: Request) -> Any:
        space = next(id_ for id_, space in self.spaces.items() if space["key"] == request.query["spaceKey"])
        return self.counted(request, [self.row(i) for i in sorted(self.pages) if self.pages[i]["space"] == space])

    def get_page(self, _request: Request, id_: str) -> Any:
        page = self.pages[int(id_)]
        labels = [{"prefix": "global", "name": name, "id": str(n)} for n, name in enumerate(page["labels"])]
        return self.row(int(id_)) | {
            "body": self.storage(page["words"]),
            "history": {"createdBy": {"displayName": "Ada Quill"}, "createdDate": "2024-01-01T00:00:00.000Z"},
            "metadata": {"labels": {"results": labels, "start": 0, "limit": 200, "size": len(labels)}},
        }

    def get_comments(self, request: Request, id_: str) -> Any:
        _ = self.pages[int(id_)]
        found = [
            {
                "id": str(key),
                "type": "comment",
                "version": {"number": comment["number"]},
                "body": self.storage(comment["words"]),
            }
            for key, comment in sorted(self.comments.items())
            if comment["page"] == int(id_)
        ]
        return self.counted(request, found)


# GitHub and GitLab


class Tracker(Service):
    """Requests and issues that a test may change, by number. `most` is how many a page has at most."""

    def __init__(self, pulls: int, issues: int, *, most: int = 100) -> None:
        self.most = most
        self.rows: dict[int, dict[str, Any]] = {}
        for number in range(1, pulls + issues + 1):
            self.add(number, is_pull=number <= pulls)

    def add(self, number: int, *, is_pull: bool, comments: int = 1) -> None:
        self.rows[number] = {
            "is_pull": is_pull,
            "title": f"Mend pump {number}",
            "created": moment(number),
            "updated": moment(number),
            "comments": [f"Comment {index} on {number}" for index in range(comments)],
        }

    def touch(self, number: int, when: float, **values: Any) -> None:
        self.rows[number] |= {"updated": moment(when), **values}

    def by_links(self, request: Request, values: list[Any], **headers: str) -> Reply:
        """A page of a list, with a link to the next one that counts pages."""
        size = min(request.number("per_page", 30), self.most)
        number = request.number("page", 1)
        page = values[(number - 1) * size : number * size]
        if number * size < len(values):
            query = {**request.query, "page": str(number + 1), "per_page": str(size)}
            link = "&".join(f"{name}={quote(value)}" for name, value in query.items())
            host = request.headers["Host"]
            headers["Link"] = f'<http://{host}{request.path}?{link}>; rel="next"'
        return Reply(page, headers=headers)


class GitHub(Tracker):
    """GitHub's REST API for the repository acme/pumps."""

    routes = (
        ("GET", r"/repos/acme/pumps", "repository"),
        ("GET", r"/repos/acme/pumps/issues", "get_issues"),
        ("GET", r"/repos/acme/pumps/pulls", "get_pulls"),
        ("GET", r"/repos/acme/pumps/issues/(\d+)", "get_issue"),
        ("GET", r"/repos/acme/pumps/issues/(\d+)/comments", "get_comments"),
        ("GET", r"/repos/acme/pumps/pulls/(\d+)", "get_pull"),
        ("GET", r"/repos/acme/pumps/pulls/(\d+)/reviews", "get_reviews"),
        ("GET", r"/repos/acme/pumps/pulls/(\d+)/comments", "get_remarks"),
        ("GET", r"/search/issues", "search"),
    )
    has_issues = True

    def repository(self, _request: Request) -> Any:
        return {"full_name": "acme/pumps", "has_issues": self.has_issues}

    def row(self, number: int) -> dict[str, Any]:
        row = self.rows[number]
        value: dict[str, Any] = {
            "number": number,
            "title": row["title"],
            "body": f"{row['title']}, since it stands still.",
            "state": "open",
            "user": {"login": "ada"},
            "created_at": "2024-01-01T00:00:00Z",
            "updated_at": row["updated"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "comments": len(row["comments"]),
        }
        return value | ({"pull_request": {"url": f"…/pulls/{number}"}} if row["is_pull"] else {})

    def ordered(self, request: Request, numbers: list[int]) -> list[int]:
        down = request.query.get("direction") == "desc"
        by_update = request.query.get("sort") == "updated"
        return sorted(numbers, key=lambda n: (self.rows[n]["updated"] if by_update else 0, n), reverse=down)

    def get_issues(self, request: Request) -> Reply:
        if not self.has_issues:
            return Reply({"message": "Issues has been disabled in this repository"}, 410)
        since = request.query.get("since")
        start = datetime.fromisoformat(since) if since else EPOCH - timedelta(days=1)
        numbers = [n for n in self.ordered(request, list(self.rows)) if self.rows[n]["updated"] >= start]
        return self.by_links(request, [self.row(n) for n in numbers])

    def get_pulls(self, request: Request) -> Reply:
        numbers = self.ordered(request, [n for n, row in self.rows.items() if row["is_pull"]])
        return self.by_links(request, [self.row(n) for n in numbers])

    def get_issue(self, _request: Request, number: str) -> Any:
        return self.row(int(number))

    def get_pull(self, request: Request, number: str) -> Any:
        if "diff" in request.headers["Accept"]:
            diff = f"diff --git a/pump{number}.c b/pump{number}.c\n+mended\n"
            return Reply(raw=diff.encode(), headers={"Content-Type": "application/vnd.github.diff; charset=utf-8"})
        if not self.rows[int(number)]["is_pull"]:
            raise NotThereError
        return self.row(int(number)) | {"merged": False, "review_comments": 1, "base": {"ref": "main"}}

    def get_comments(self, request: Request, number: str) -> Reply:
        words = self.rows[int(number)]["comments"]
        return self.by_links(
            request, [{"id": n, "user": {"login": "bo"}, "body": word} for n, word in enumerate(words)]
        )

    def get_reviews(self, request: Request, _number: str) -> Reply:
        return self.by_links(request, [{"id": 1, "user": {"login": "cy"}, "body": "Good.", "state": "APPROVED"}])

    def get_remarks(self, request: Request, _number: str) -> Reply:
        return self.by_links(request, [{"id": 1, "user": {"login": "cy"}, "body": "Why?", "path": "pump.c"}])

    def search(self, request: Request) -> Any:
        assert request.query["q"] == "repo:acme/pumps is:issue"
        return {"total_count": sum(not row["is_pull"] for row in self.rows.values()), "incomplete_results": False}


class GitLab(Tracker):
    """GitLab's REST API v4 for the project acme/pumps."""

    routes = (
        ("GET", r"/api/v4/projects/acme%2Fpumps", "project"),
        ("GET", r"/api/v4/projects/acme%2Fpumps/(merge_requests|issues)", "get_list"),
        ("GET", r"/api/v4/projects/acme%2Fpumps/(?:merge_requests|issues)/(\d+)", "get_one"),
        ("GET", r"/api/v4/projects/acme%2Fpumps/(?:merge_requests|issues)/(\d+)/discussions", "get_discussions"),
        ("GET", r"/api/v4/projects/acme%2Fpumps/merge_requests/(\d+)/diffs", "get_diffs"),
        ("GET", r"/api/v4/projects/acme%2Fpumps/merge_requests/(\d+)/changes", "get_changes"),
    )
    is_old = False
    deepest = 50_000

    def project(self, _request: Request) -> Any:
        return {"path_with_namespace": "acme/pumps", "issues_enabled": True, "merge_requests_enabled": True}

    def row(self, number: int) -> dict[str, Any]:
        row = self.rows[number]
        return {
            "id": 5000 + number,
            "iid": number,
            "title": row["title"],
            "description": f"{row['title']}, since it stands still.",
            "state": "opened",
            "author": {"username": "ada"},
            "created_at": row["created"].strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "updated_at": row["updated"].strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "user_notes_count": len(row["comments"]),
        }

    def get_list(self, request: Request, name: str) -> Reply:
        assert name == "issues" or request.query.get("state") == "all"
        if request.number("page", 1) * request.number("per_page", 20) > self.deepest:
            return Reply({"error": "Offset pagination has a maximum allowed offset for requests"}, 405)
        when = request.query.get("order_by", "created_at").removesuffix("_at")
        after = request.query.get(f"{when}_after")
        start = datetime.fromisoformat(after) if after else EPOCH - timedelta(days=1)
        rows = {n: row for n, row in self.rows.items() if row["is_pull"] == (name == "merge_requests")}
        numbers = [n for n, row in rows.items() if row[when] >= start]
        numbers.sort(key=lambda n: (rows[n][when], n), reverse=request.query.get("sort") != "asc")
        return self.by_links(request, [self.row(n) for n in numbers], **{"X-Total": str(len(numbers))})

    def get_one(self, _request: Request, number: str) -> Any:
        return self.row(int(number))

    def get_discussions(self, request: Request, number: str) -> Reply:
        words = self.rows[int(number)]["comments"]
        notes = [{"id": n, "author": {"username": "bo"}, "body": word, "system": False} for n, word in enumerate(words)]
        return self.by_links(request, [{"id": f"d{note['id']}", "notes": [note]} for note in notes])

    def diffs(self, number: str) -> list[dict[str, Any]]:
        return [{"old_path": f"pump{number}.c", "new_path": f"pump{number}.c", "diff": "@@ -1 +1 @@\n-a\n+b\n"}]

    def get_diffs(self, request: Request, number: str) -> Reply:
        if self.is_old:
            raise NotThereError
        return self.by_links(request, self.diffs(number))

    def get_changes(self, _request: Request, number: str) -> Any:
        return self.row(int(number)) | {"changes": self.diffs(number)}


# git


class GitHost(Service):
    """The repositories below a folder, through git's own server (git http-backend)."""

    path = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def answer(self, request: Request) -> Reply:
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "REQUEST_METHOD": request.method,
            "PATH_INFO": request.path,
            "QUERY_STRING": "&".join(f"{name}={value}" for name, value in request.query.items()),
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
            "REMOTE_ADDR": "127.0.0.1",
        }
        done = subprocess.run(
            ["git", "http-backend"], env=environment, input=request.raw, capture_output=True, check=False
        )
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        status = int(headers.pop("Status", "200").split()[0])
        return Reply(raw=body, status=status, headers=headers)
