"""git: a bare mirror of a repository's branches and tags, brought up to date by each fetch.

The key is in the environment of git's process alone (GIT_CONFIG_*): not in its arguments, which everybody on the
machine can read, not in the mirror's configuration, and not for any other host: redirects are not followed. Nothing of
the person's own configuration takes part, no hook and no template. https, http (without a key, or on this machine) and
ssh are asked; a repository on this disk needs no mirror, and a recipe has no way to one outside of the project.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from loramake.errors import FetchError
from loramake.fetching.address import Address
from loramake.fetching.credentials import Credentials
from loramake.files import write_text

_SSH = re.compile(
    r"ssh://(?:[A-Za-z0-9._]+@)?(?P<host>[A-Za-z0-9][A-Za-z0-9.-]*)(?::\d{1,5})?/[A-Za-z0-9._~/+-]+"
    r"|[A-Za-z0-9._]+@(?P<short>[A-Za-z0-9][A-Za-z0-9.-]*):[A-Za-z0-9._~/+-]+"
)
_SSH_COMMAND = "ssh -oBatchMode=yes -oConnectTimeout=15 -oServerAliveInterval=30"
_REFSPECS = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
_KEPT = ("GIT_SSL_CAINFO", "GIT_SSL_CAPATH")
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.askPass": "",
    "credential.helper": "",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "http.followRedirects": "false",
    "http.lowSpeedLimit": "100",  # bytes a second
    "http.lowSpeedTime": "120",  # seconds
    "safe.directory": "*",
}
# All that the configuration of a mirror says. Whatever else it said could run programs, or send the key elsewhere.
_CONFIG = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
_OURS = re.compile(r"HEAD|config|objects|refs|packed-refs(\.new)?|shallow|FETCH_HEAD|gc\.(log|pid)|.*\.lock")
# Any user will do beside a token; servers that want a certain one have it named.
_USER = "x-access-token"


class Mirror:
    """The mirror at `folder` of the repository at `url`. Raises FetchError for an address that is not asked.

    `lock` is the file that is locked meanwhile: git holds it too, should it outlive this process.
    """

    def __init__(self, folder: Path, url: str, credentials: Credentials, where: str, lock: int | None = None) -> None:
        self.folder, self.credentials, self.where = folder, credentials, where
        self.requests, self._lock = 0, lock
        self._environment = _environment()
        settings = dict(_SETTINGS)
        if match := _SSH.fullmatch(url):
            self.origin, self._url = f"ssh://{match['host'] or match['short']}", url
            self._environment |= {"GIT_ALLOW_PROTOCOL": "ssh", "GIT_SSH_COMMAND": _SSH_COMMAND}
            if credentials:
                raise FetchError("no key goes with ssh", where=where, hint="ssh has keys of its own: leave 'key' out")
        else:
            address = Address.of(url, with_key=bool(credentials), where=where)
            self.origin, self._url = address.origin, address.base
            self._environment["GIT_ALLOW_PROTOCOL"] = address.scheme
            if credentials:
                settings[f"http.{address.origin}/.extraHeader"] = f"Authorization: {credentials.basic(_USER)}"
        self._environment |= _as_environment(settings)

    def update(self) -> dict[str, str]:
        """Bring branches, tags and HEAD up to date. Returns the commits that they led to before, by name."""
        if not self.folder.exists():
            partial = self.folder.with_name(f".{self.folder.name}.partial")
            shutil.rmtree(partial, ignore_errors=True)
            self._git(None, "init", "--bare", "--quiet", "--template=", str(partial))
            write_text(partial / "config", _CONFIG)
            self._bring(partial)
            partial.rename(self.folder)
            return {}
        self._check_ours()
        for lock in [*self.folder.glob("*.lock"), *self.folder.glob("refs/**/*.lock")]:
            lock.unlink()  # of a fetch that was killed: ours is the only one here
        before = self.refs()
        self._bring(self.folder)
        return before

    def refs(self) -> dict[str, str]:
        """The commits that branches and tags lead to."""
        lines = self._git(self.folder, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return dict(line.split(" ", 1) for line in lines)

    def _check_ours(self) -> None:
        """Raise FetchError if the folder holds anything that this module would not have put there."""
        names = {entry.name for entry in os.scandir(self.folder)}
        odd = [name for name in sorted(names) if not _OURS.fullmatch(name)]
        odd += [str(path.relative_to(self.folder)) for path in self.folder.glob("objects/info/*alternates")]
        for folder, folders, files in os.walk(self.folder):
            odd += [name for name in (*folders, *files) if Path(folder, name).is_symlink()]
        config = self.folder / "config"
        if odd or not config.is_file() or config.read_text(encoding="utf-8", errors="replace") != _CONFIG:
            raise FetchError(
                f"'{self.folder.name}' is no mirror that was made here: see {odd[0] if odd else 'config'} in it",
                where=self.where,
                hint="move it away, and fetch again",
            )

    def _bring(self, place: Path) -> None:
        head = self._head(place)
        self._fetch(place)
        if head:
            self._git(place, "symbolic-ref", "HEAD", head)

    def _head(self, place: Path) -> str | None:
        """The branch that HEAD leads to over there."""
        self.requests += 1
        printed = self._git(place, "ls-remote", "--symref", "--end-of-options", self._url, "HEAD")
        match = re.match(r"ref: (refs/heads/\S+)\tHEAD", printed)
        return match[1] if match else None

    def _fetch(self, place: Path) -> None:
        self.requests += 1
        options = ("--prune", "--no-tags", "--no-write-fetch-head", "--quiet")
        self._git(place, "fetch", *options, "--end-of-options", self._url, *_REFSPECS)

    def _git(self, place: Path | None, *arguments: str) -> str:
        where = ["-C", str(place)] if place else []
        try:
            done = subprocess.run(
                ["git", "--no-pager", *where, *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                env=self._environment,
                pass_fds=() if self._lock is None else (self._lock,),
                check=False,
            )
        except FileNotFoundError:
            raise FetchError("git is not installed", where=self.where, hint="install it") from None
        if done.returncode:
            raise self._refusal(done.stderr.decode("utf-8", "replace"))
        return done.stdout.decode("utf-8", "replace")

    def _refusal(self, said: str) -> FetchError:
        said = self.credentials.masked(" ".join(said.split()))[:300]
        hint = "see whether the address is right"
        if re.search(r"Authentication failed|could not read Username|terminal prompts disabled|40[13]", said):
            key = self.credentials.key_variable
            wants = f"does not accept the key in {key}" if key else "wants a key, or has no such repository"
            said, hint = f"{self.origin} {wants}: {said}", "see 'key', and 'user' beside it"
        elif re.search(r"redirect|returned error: 30\d", said):
            hint = "it sends on to another address: write that one, often the same with .git at its end"
        elif re.search(r"not found|404", said):
            hint = "see whether the address is right, and whether the key may read it"
        return FetchError(f"git: {said}", where=self.where, hint=hint)


def _environment() -> dict[str, str]:
    """That of the person, without whatever would steer git."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in _KEPT}
    if "REQUESTS_CA_BUNDLE" in os.environ:
        inherited.setdefault("GIT_SSL_CAINFO", os.environ["REQUESTS_CA_BUNDLE"])
    return inherited | {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "SSH_ASKPASS": "",
        "LC_ALL": "C",
    }


def _as_environment(settings: dict[str, str]) -> dict[str, str]:
    """Settings as git takes them from its environment."""
    numbered = list(enumerate(settings.items()))
    names = {f"GIT_CONFIG_KEY_{number}": name for number, (name, _) in numbered}
    values = {f"GIT_CONFIG_VALUE_{number}": value for number, (_, value) in numbered}
    return {"GIT_CONFIG_COUNT": str(len(settings)), **names, **values}
