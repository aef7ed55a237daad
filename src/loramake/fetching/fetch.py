"""Fetch: the live services that a recipe names -> their snapshots in data/raw/."""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from loramake.contents import Project
from loramake.errors import FetchError, LoramakeError, PlanError
from loramake.fetching import confluence, github, gitlab, jira
from loramake.fetching.address import Address
from loramake.fetching.client import Client
from loramake.fetching.credentials import Credentials
from loramake.fetching.git import Mirror
from loramake.fetching.items import Item, Service
from loramake.fetching.snapshot import RAW, Snapshot, held
from loramake.globs import as_regex, expand_braces
from loramake.recipe.load import load_recipe
from loramake.recipe.source import Source


class _Kind(NamedTuple):
    """A kind of service: how it is reached, names of files as it makes them, and what fits all of those."""

    connect: Callable[[Client, Source], Service]
    samples: Sequence[str]
    mine: re.Pattern[str]


KINDS = {
    "jira": _Kind(jira.connect, jira.SAMPLES, jira.MINE),
    "confluence": _Kind(confluence.connect, confluence.SAMPLES, confluence.MINE),
    "github": _Kind(github.connect, github.SAMPLES, github.MINE),
    "gitlab": _Kind(gitlab.connect, gitlab.SAMPLES, gitlab.MINE),
}
Say = Callable[[str], None]


@dataclass(frozen=True)
class _Wanted:
    """A source to fetch. `where` is its place in the recipe."""

    name: str
    source: Source
    credentials: Credentials
    where: str


def fetch(file: Path, names: Sequence[str], project: Project, *, say: Say) -> list[LoramakeError]:
    """Bring the snapshots of a recipe's sources up to date: of `names`, or of all that have a `fetch` block.

    `say` gets a line for each, before the first request and at the end. Returns the errors of those that failed; raises
    RecipeError or PlanError when nothing can be fetched, and FetchError before any request for what the environment or
    the recipe lacks.
    """
    wanted = list(_wanted(file, names, project))
    for each in wanted:
        _check_place(each)
    for each in wanted:
        say(f"{each.name}: asks {_origin(each)} {each.credentials.shown()}")
    errors: list[LoramakeError] = []
    for each in wanted:
        try:
            say(f"{each.name}: {_fetched(each, project, say)}")
        except OSError as error:
            errors.append(FetchError(f"cannot be written: {error.strerror}", where=f"{RAW}/{each.name}"))
        except LoramakeError as error:
            errors.append(error)
    return errors


def _wanted(file: Path, names: Sequence[str], project: Project) -> Iterator[_Wanted]:
    found: dict[str, tuple[Source, str]] = {}
    for variant in load_recipe(file, project.root):
        for name, source in variant.recipe.sources.items():
            place = variant.tree.place(("sources", name, "fetch"))
            found.setdefault(name, (source, f"{place.file}:{place.line}: sources.{name}.fetch"))
            if found[name][0].fetch != source.fetch:
                raise PlanError(
                    f"'vary' changes what '{name}' fetches", where=str(file), hint="fetch one thing a source"
                )
    unknown = [name for name in names if name not in found or found[name][0].fetch is None]
    live = [name for name, (source, _) in found.items() if source.fetch is not None]
    if unknown or not live:
        what = f"no source '{unknown[0]}' has a 'fetch' block" if unknown else "no source has a 'fetch' block"
        raise PlanError(what, where=str(file), hint=f"these have one: {', '.join(live)}" if live else "")
    for name in names or live:
        source, where = found[name]
        assert source.fetch is not None
        yield _Wanted(name, source, Credentials(source.fetch, where), where)


def _origin(wanted: _Wanted) -> str:
    assert wanted.source.fetch is not None
    if wanted.source.kind == "git":
        return Mirror(Path(), wanted.source.fetch.url, wanted.credentials, wanted.where).origin
    return Address.of(wanted.source.fetch.url, with_key=bool(wanted.credentials), where=wanted.where).origin


def _check_place(wanted: _Wanted) -> None:
    """Raise FetchError unless the source reads what is fetched for it."""
    source, folder = wanted.source, f"{RAW}/{wanted.name}"
    if source.kind == "git":
        if os.path.normpath(source.git or "") != f"{folder}.git":
            raise FetchError(
                f"the mirror comes to {folder}.git, and the source reads '{source.git}'",
                where=wanted.where,
                hint=f"write git: {folder}.git",
            )
        return
    globs = [as_regex(os.path.normpath(glob)) for pattern in source.patterns for glob in expand_braces(pattern)]
    for sample in KINDS[source.kind].samples:
        if not any(glob.fullmatch(f"{folder}/{sample}") for glob in globs):
            raise FetchError(
                f"the snapshot comes to {folder}/, as {sample} and the like; '{source.patterns[0]}' does not find it",
                where=wanted.where,
                hint=f'write {source.kind}: "{folder}/*.json"',
            )


def _fetched(wanted: _Wanted, project: Project, say: Say) -> str:
    """Fetch one source; what came of it, in words."""
    is_git = wanted.source.kind == "git"

    def tell(text: str) -> None:
        say(f"{wanted.name}: {text}")

    with held(project, f"{wanted.name}.git" if is_git else wanted.name, wanted.where, tell) as (folder, lock):
        return _mirrored(wanted, folder, lock, tell) if is_git else _snapshot(wanted, folder, tell)


def _mirrored(wanted: _Wanted, folder: Path, lock: int, say: Say) -> str:
    assert wanted.source.fetch is not None
    mirror = Mirror(folder, wanted.source.fetch.url, wanted.credentials, wanted.where, lock)
    if not folder.exists():
        say("is copied for the first time, which may take a while")
    before, after = mirror.update(), mirror.refs()
    new, removed = after.keys() - before.keys(), before.keys() - after.keys()
    changed = {name for name in after.keys() & before.keys() if after[name] != before[name]}
    unchanged = len(after) - len(new) - len(changed)
    counts = f"{len(new)} new, {len(changed)} changed, {unchanged} unchanged, {len(removed)} removed"
    return f"{counts} branches and tags; {mirror.requests} requests"


def _snapshot(wanted: _Wanted, folder: Path, say: Say) -> str:
    source = wanted.source
    assert source.fetch is not None
    address = Address.of(source.fetch.url, with_key=bool(wanted.credentials), where=wanted.where)
    client = Client(address, wanted.credentials, where=wanted.where, largest=source.limit.output_mb << 20, say=say)
    of = {"kind": source.kind, "url": address.base, "repository": source.fetch.repository, "diffs": bool(source.diffs)}
    of["with_key"] = bool(wanted.credentials)  # without one, less is seen
    try:
        with Snapshot(folder, of, KINDS[source.kind].mine) as snapshot:
            if snapshot.is_of_other:
                say("was a snapshot of something else, and is made anew")
            _keep_all(KINDS[source.kind].connect(client, source), snapshot, wanted)
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, RecursionError) as error:
        raise client.error(
            f"{address.host} gives what no {source.kind} gives: {type(error).__name__}: {str(error)[:100]}",
            "see whether the address is right",
        ) from error
    finally:
        client.close()
    counts = f"{len(snapshot.new)} new, {len(snapshot.changed)} changed, {snapshot.unchanged} unchanged"
    return f"{counts}, {len(snapshot.removed)} removed; {client.requests} requests"


def _keep_all(service: Service, snapshot: Snapshot, wanted: _Wanted) -> None:
    """Write what the service gives, and remove what it no longer has."""
    with tqdm(desc=wanted.name, disable=None, unit="", leave=False) as bar:
        for item in service.items(snapshot):
            if not isinstance(item, Item):
                snapshot.note(item.name, item.value)
                continue
            if item.value is not None:
                snapshot.put(item.name, item.version, item.value)
            bar.total = service.expected
            bar.update()
    gone = set(service.gone(snapshot))
    if not len(snapshot):
        raise FetchError(
            "there is nothing that this account may see",
            where=wanted.where,
            hint="see whether 'query', 'spaces' and 'repository' are right, and what the key may read",
        )
    if len(gone) == len(snapshot):
        raise FetchError(
            f"the service has none of the {len(gone)} items of the snapshot any more, which is left as it is",
            where=wanted.where,
            hint=f"see what the key may read; if it is so, delete {RAW}/{wanted.name}",
        )
    for name in sorted(gone):
        snapshot.remove(name)
