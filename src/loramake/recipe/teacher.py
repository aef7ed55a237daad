"""Models that write examples: how a recipe names one, and what each provider is called and can do."""

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from loramake.recipe.spec import FILE_BYTES, RUNTIME, Spec, Text

Answers = Literal["json_schema", "json_object_schema", "json_object", "text"]
Protocol = Literal["openai", "anthropic"]

ODD = re.compile(r"[\\\s\x00-\x1f]")
PINNED = re.compile(r"([0-9a-f]{64}):(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Provider:
    """Whoever runs models: the address, the variable that holds the key, and what it can be asked for.

    `answers` is the form that is asked for unless the recipe names another one. `length` is the provider's word for the
    longest answer, `extras` what every request to it holds besides, `batch` whether it has a batch interface.
    """

    url: str | None
    key: str | None = None
    answers: Answers = "json_object"
    protocol: Protocol = "openai"
    length: str = "max_tokens"
    batch: bool = False
    extras: dict[str, Any] = field(default_factory=dict)


PROVIDERS: dict[str, Provider] = {
    # DeepSeek's models think before they answer unless they are told not to, and temperature means nothing meanwhile.
    "deepseek": Provider("https://api.deepseek.com", "DEEPSEEK_API_KEY", extras={"thinking": {"type": "disabled"}}),
    # It can do json_schema, too, with schemas that name every key as required; json_object takes any. Its newer models
    # refuse the name of the length that everybody else knows.
    "openai": Provider("https://api.openai.com/v1", "OPENAI_API_KEY", length="max_completion_tokens", batch=True),
    "gemini": Provider(
        "https://generativelanguage.googleapis.com/v1beta/openai/", "GEMINI_API_KEY", answers="json_schema"
    ),
    "anthropic": Provider(
        "https://api.anthropic.com",
        "ANTHROPIC_API_KEY",
        answers="json_schema",
        protocol="anthropic",
        batch=True,
    ),
    "vllm": Provider("http://localhost:8000/v1", answers="json_schema"),
    "ollama": Provider("http://localhost:11434/v1", answers="json_schema"),
    # The server of llama-cpp-python fails (500) when it is asked for json_schema.
    "llama_cpp": Provider(None, answers="json_object_schema"),
}
ELSEWHERE = Provider(None)


class Teacher(Spec):
    """A model that writes examples: `offline`, PROVIDER/NAME, or a url and a name."""

    name: Text = Field(
        description="The model's name, as the endpoint knows it; PROVIDER/NAME when there is no url, or `offline`."
    )
    url: Text | None = Field(None, description="The endpoint's base address, such as http://localhost:8000/v1.")
    key: Text | None = Field(
        None,
        description="The environment variable that holds the key.",
        pattern="^[A-Z][A-Z0-9_]*$",
        json_schema_extra=RUNTIME,
    )
    answers: Answers = Field(
        "json_object",
        description="The form of structured answer to ask for. `PROVIDER/NAME` has the provider's own unless this says "
        "otherwise. json_object_schema is the schema within json_object, as llama.cpp knows it.",
    )
    protocol: Literal["anthropic"] | None = Field(
        None, description="What the endpoint speaks: Anthropic's Messages API, or OpenAI's chat API without this key."
    )
    file: Text | None = Field(
        None,
        description="A GGUF file, which is served on this machine meanwhile; `llama_cpp/FILE` is short for it. Its "
        "contents count, not its place.",
        json_schema_extra=FILE_BYTES,
    )

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, value: Any) -> Any:
        """What is not written is the provider's."""
        if not isinstance(value, dict):
            return value
        written = {key: below for key, below in value.items() if below is not None}
        name = written.get("name")
        if isinstance(name, str) and "/" in name and not {"url", "file"} & written.keys():
            return {**teacher_of(name), **{key: below for key, below in written.items() if key != "name"}}
        if isinstance(written.get("file"), str):
            return {"name": PurePosixPath(written["file"]).name, "answers": PROVIDERS["llama_cpp"].answers, **written}
        return {"answers": "json_schema", **written} if written.get("protocol") == "anthropic" else written

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.file is not None and (self.url or self.key or self.protocol):
            raise ValueError("'file' is served here: it has no 'url', 'key' or 'protocol'")
        if ODD.search(self.url or ""):
            raise ValueError("'url' holds a backslash or white space, which not everybody reads alike")
        if self.url is None and self.file is None and self.name != "offline":
            raise ValueError(f"'{self.name}' is no model; write {_known()}, or a url and a name")
        if self.protocol == "anthropic" and self.answers not in ("json_schema", "text"):
            raise ValueError("Anthropic's protocol has json_schema and text")
        return self

    @property
    def offline(self) -> bool:
        """Whether rules answer, and no model."""
        return self.name == "offline" and self.url is None and self.file is None

    @property
    def here(self) -> bool:
        """Whether it runs in this stage, so that nothing is gained by asking several things at once."""
        return self.offline or self.file is not None

    @property
    def pinned(self) -> tuple[str, str]:
        """The path of `file`, and the sha256 that it was planned with; "" when nobody planned."""
        pinned = PINNED.fullmatch(self.file or "")
        return (pinned[2], pinned[1]) if pinned else (self.file or "", "")

    @property
    def provider(self) -> Provider:
        """Who runs the model, by its address."""
        if self.file is not None:
            return PROVIDERS["llama_cpp"]
        host = host_of(self.url)
        same = (
            one for one in PROVIDERS.values() if (one.key and host and host_of(one.url) == host) or one.url == self.url
        )
        return ELSEWHERE if self.url is None else next(same, ELSEWHERE)

    @property
    def batches(self) -> bool:
        """Whether there is a batch interface; an endpoint that nobody knows is given the benefit of the doubt."""
        return not self.offline and (self.provider.batch or self.provider is ELSEWHERE)

    @property
    def remote(self) -> bool:
        """Whether what is asked leaves this machine and the private network that it is in."""
        return not (self.here or is_near(host_of(self.url)))


def teacher_of(value: Any) -> Any:
    """What a model's name in a recipe stands for; anything else as it is. Raises ValueError for a name of no model."""
    if not isinstance(value, str):
        return value
    if value == "offline":
        return {"name": "offline"}
    name, slash, model = value.partition("/")
    if not slash or not model:
        raise ValueError(f"'{value}' is no model; write {_known()}, or a url and a name")
    if name not in PROVIDERS:
        raise ValueError(f"no provider '{name}'; known are {', '.join(PROVIDERS)}; or give a url and a name")
    if name == "llama_cpp":
        return {"file": model}
    provider = PROVIDERS[name]
    about: dict[str, Any] = {"name": model, "url": provider.url, "key": provider.key, "answers": provider.answers}
    return about if provider.protocol == "openai" else {**about, "protocol": provider.protocol}


def called(provider: str) -> str:
    """How a recipe names a model of a provider."""
    return f"{provider}/{'FILE.gguf' if provider == 'llama_cpp' else 'NAME'}"


def _known() -> str:
    return f"offline, {', '.join(map(called, PROVIDERS))}"


def host_of(url: str | None) -> str:
    """The host in an address, in small letters; "" when it has none."""
    try:
        return (urlsplit(url or "").hostname or "").lower()
    except ValueError:
        return ""


def is_near(host: str) -> bool:
    """Whether a host is this machine or one of a private network. A name is judged by itself, and not looked up."""
    if host == "localhost" or host.endswith((".localhost", ".local")):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0] if ":" in host else host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return address.is_loopback or (address.is_private and not address.is_unspecified) or address.is_link_local
