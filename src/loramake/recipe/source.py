"""Sources: where documents come from, how they are read, and how a live service is brought in."""

from typing import Literal, Self

from pydantic import Field, model_validator

from loramake.recipe.spec import RUNTIME, Name, Spec, Text, Texts, Variable

SOURCE_KINDS = ("files", "records", "git", "github", "gitlab", "jira", "confluence", "mineru")

# A key of a source that belongs to some kinds only.
_BELONGS = {
    "pdf": ("files",),
    "at": ("records", "jira", "github", "gitlab"),
    "text": ("records", "jira", "github", "gitlab"),
    "id": ("records",),
    "author": ("records",),
    "date": ("records",),
    "conversations": ("records",),
    "since": ("git",),
    "branch": ("git",),
    "diffs": ("git", "github", "gitlab"),
    "fetch": ("git", "github", "gitlab", "jira", "confluence"),
}


class Fetch(Spec):
    """A live service, of which `loramake fetch` takes a snapshot into data/raw/; a build reads the snapshot alone."""

    url: Text = Field(description="The address of the service, or of the repository to clone.")
    query: Text | None = Field(None, description="jira: which issues, in JQL; all that the account may see otherwise.")
    spaces: Texts | None = Field(None, description="confluence: keys of the spaces; every space otherwise.")
    repository: Text | None = Field(
        None, description="github, gitlab: owner/name of the repository, or group/name of the project."
    )
    user: Variable | None = Field(
        None, description="The environment variable that holds the account's name, for services that want one."
    )
    key: Variable | None = Field(None, description="The environment variable that holds the key (token).")


class ReadingLimit(Spec):
    """How much one file may take. A file beyond it is dropped, with the limit as its reason."""

    seconds: float = Field(120.0, gt=0, description="Processor time (seconds), for every 64 MiB of the file.")
    memory_mb: int = Field(1024, ge=64, description="Memory of the process that reads it (MiB).")
    pages: int = Field(20_000, ge=1, description="Pages of a document, sheets of a workbook, messages of a mailbox.")
    output_mb: int = Field(
        256, ge=1, description="What a file or an archive may grow to (MiB); 20 times its size in any case."
    )


class Source(Spec):
    """Where documents come from: exactly one kind, and how to read it."""

    files: Texts | None = Field(
        None,
        description="Globs of documents, relative to the project; `**` and `{a,b}` work, archives (.zip, .tar, ...) "
        "are folders, and addresses such as s3://bucket/docs/** are read where LORAMAKE_ALLOW names them.",
    )
    records: Texts | None = Field(
        None,
        description="Globs of .json, .jsonl, .csv, .tsv, .parquet or .arrow files that hold one document a record.",
    )
    git: Text | None = Field(
        None,
        description="A working tree, a bare repository or a bundle: one document a commit. An address is short for a "
        "mirror in data/raw/ and `fetch: { url: ... }`.",
    )
    github: Texts | None = Field(None, description="Globs of exported pull requests and issues of GitHub (JSON).")
    gitlab: Texts | None = Field(None, description="Globs of exported merge requests and issues of GitLab (JSON).")
    jira: Texts | None = Field(None, description="Globs of exported Jira issues (JSON of its API, or CSV).")
    confluence: Texts | None = Field(
        None, description="Globs of exported Confluence pages (JSON of its API, or the HTML export of a space)."
    )
    mineru: Texts | None = Field(None, description="Globs of MinerU's *content_list.json files.")
    exclude: Texts | None = Field(None, description="Globs of files to leave out.")
    pdf: Literal["layout", "fast"] = Field(
        "layout",
        description="files: how PDF is read. layout: lines, headings and tables by their places (pdfplumber); fast: "
        "the text alone, some fifty times quicker (pypdfium2).",
    )
    at: Text | None = Field(None, description="records: the dotted key under which a .json file holds its list.")
    text: Texts | None = Field(
        None,
        description="records, jira, github, gitlab: the fields that make up the text, in order. Of jira: summary, "
        "description and comments by default; also environment, changelog, links, subtasks, parent, worklogs, "
        "attachments, key, or any field by its id or name. Of github and gitlab: title, body, comments and reviews.",
    )
    id: Text | None = Field(None, description="records: the field that names a record; its number otherwise.")
    author: Text | None = Field(None, description="records: the field that holds the author.")
    date: Text | None = Field(None, description="records: the field that holds the date.")
    conversations: Literal["auto", "messages", "sharegpt", "alpaca", "label_studio"] | None = Field(
        None,
        description="records: the records are conversations in this layout, which a task of kind `direct` passes on.",
    )
    since: Text | None = Field(
        None, description="git: only commits whose author's date is this day (UTC) or later (YYYY-MM-DD)."
    )
    branch: Text | None = Field(
        None, description="git: the branch or tag to read; the one that is checked out otherwise."
    )
    diffs: int | None = Field(
        None,
        ge=1,
        description="git, github, gitlab: add what was changed, as a diff; one of more characters is left out, and its "
        "size noted. The hunk that a review comment speaks of is cut to as many (1000 otherwise).",
    )
    language: Text | None = Field(None, description="The language of the documents, as an ISO 639-1 code.")
    licence: Text | None = Field(None, description="The licence of the documents; it travels with every record.")
    consent: Text | None = Field(
        None, description="By what right the documents are used for training; it travels with every record."
    )
    on_error: Literal["drop", "fail"] = Field(
        "drop", description="A file that cannot be read is dropped with its reason, or stops the build."
    )
    limit: ReadingLimit = Field(default_factory=ReadingLimit, description="How much one file may take.")
    fetch: Fetch | None = Field(
        None, description="The live service that `loramake fetch` takes a snapshot of.", json_schema_extra=RUNTIME
    )

    @property
    def kind(self) -> str:
        """Which of the kinds of source this is."""
        return next(kind for kind in SOURCE_KINDS if getattr(self, kind) is not None)

    @property
    def patterns(self) -> list[str]:
        """Where it stands: globs, or the one place of a repository."""
        where = getattr(self, self.kind)
        return [where] if isinstance(where, str) else list(where)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [kind for kind in SOURCE_KINDS if getattr(self, kind) is not None]
        if len(kinds) != 1:
            raise ValueError(f"needs exactly one of {', '.join(SOURCE_KINDS)}; has {', '.join(kinds) or 'none'}")
        if self.records is not None and (self.text is None) == (self.conversations is None):
            raise ValueError("records need 'text', the fields that make up a document, or 'conversations', not both")
        for key, owners in _BELONGS.items():
            if kinds[0] not in owners and getattr(self, key) != type(self).model_fields[key].default:
                raise ValueError(f"'{key}' belongs to a source of {' or '.join(owners)}")
        return self


class Sources(Spec):
    """The slice of `sources`: what to read, and the digest of what stands there."""

    read: dict[Name, Source]
    contents: dict[Name, str]
