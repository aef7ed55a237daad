"""Keys of services: known by the prefix that a service puts before them, or by its name beside them."""

import re
from collections.abc import Iterator

from loramake.cleaning.found import Found
from loramake.cleaning.nearby import windows
from loramake.cleaning.words import Words, lowered

# What each service's keys look like, as it documents them; first, what a text must hold to hold one.
_ISSUED = tuple(
    (part, re.compile(pattern))
    for part, pattern in (
        ("AKIA", r"AKIA[A-Z0-9]{16}(?![A-Za-z0-9])"),  # AWS
        ("ASIA", r"ASIA[A-Z0-9]{16}(?![A-Za-z0-9])"),
        ("AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[A-Z0-9]{50,}"),  # age
        ("AIza", r"AIza[\w-]{30,}"),  # Google
        ("ATATT3", r"ATATT3[\w-]{50,}(?:=[0-9A-F]{8})?"),  # Atlassian
        ("ATCTT3", r"ATCTT3[\w-]{50,}(?:=[0-9A-F]{8})?"),
        ("ATBB", r"ATBB[A-Za-z0-9]{24}[0-9A-F]{8}(?![A-Za-z0-9])"),  # Bitbucket
        ("AC", r"AC[0-9a-f]{32}(?![A-Za-z0-9])"),  # Twilio
        ("SK", r"SK[0-9a-f]{32}(?![A-Za-z0-9])"),
        ("EAA", r"EAA[A-Z][\w-]{40,}"),  # Meta, Square
        ("GOCSPX-", r"GOCSPX-[\w-]{20,}"),  # Google
        ("LTAI", r"LTAI[A-Za-z0-9]{12,24}(?![A-Za-z0-9])"),  # Alibaba
        ("NRAK-", r"NRAK-[A-Z0-9]{27}"),  # New Relic
        ("NRAL", r"[0-9a-f]{36}NRAL(?![A-Za-z0-9])"),
        ("PMAK-", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),  # Postman
        ("SG.", r"SG\.[\w-]{16,}\.[\w-]{16,}"),  # SendGrid
        ("dapi", r"dapi[0-9a-f]{32}(?:-[0-9])?"),  # Databricks
        ("dckr_", r"dckr_[op]at_[\w-]{20,}"),  # Docker
        ("_v1_", r"do[opr]_v1_[0-9a-f]{64}"),  # DigitalOcean
        ("github_pat_", r"github_pat_\w{22,}"),
        ("ghp_", r"ghp_[A-Za-z0-9]{30,}"),  # GitHub
        ("gho_", r"gho_[A-Za-z0-9]{30,}"),
        ("ghs_", r"ghs_[A-Za-z0-9]{30,}"),
        ("ghu_", r"ghu_[A-Za-z0-9]{30,}"),
        ("ghr_", r"ghr_[A-Za-z0-9]{30,}"),
        (
            "gl",
            r"gl(?:pat|dt|ptt|rt|cbt|ft|soat|agent|imt|rtr)-(?:[0-9a-f]{1,5}_)?[\w-]{16,}(?:\.[\w-]{2,30})*",
        ),  # GitLab
        ("glsa_", r"glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}"),  # Grafana
        ("glc_", r"glc_[A-Za-z0-9+/]{32,}={0,2}"),
        ("gsk_", r"gsk_[A-Za-z0-9]{40,}"),  # Groq
        ("hf_", r"hf_[A-Za-z0-9]{30,}"),  # Hugging Face
        ("api_org_", r"api_org_[A-Za-z0-9]{30,}"),
        ("HRKU-", r"HRKU-[\w-]{36,}"),  # Heroku
        ("hv", r"hv[sbr]\.[\w-]{24,}"),  # Vault
        ("hooks.slack.com/", r"https://hooks\.slack\.com/(?:services|workflows|triggers)/[\w/-]{20,}"),
        ("/api/webhooks/", r"https://(?:\w{1,10}\.)?discord(?:app)?\.com/api/webhooks/[0-9]+/[\w-]{20,}"),
        ("key-", r"key-[0-9a-f]{32}(?![A-Za-z0-9])"),  # Mailgun
        ("-us", r"[0-9a-f]{32}-us[0-9]{1,2}(?![A-Za-z0-9])"),  # Mailchimp
        ("lin_api_", r"lin_api_[A-Za-z0-9]{30,}"),  # Linear
        ("npm_", r"npm_[A-Za-z0-9]{30,}"),
        ("ntn_", r"ntn_[A-Za-z0-9]{40,}"),  # Notion
        ("secret_", r"secret_[A-Za-z0-9]{43}(?![A-Za-z0-9])"),
        ("pplx-", r"pplx-[A-Za-z0-9]{40,}"),  # Perplexity
        ("pypi-", r"pypi-(?=[\w-]{0,80}[A-Z0-9])[\w-]{40,}"),
        ("rubygems_", r"rubygems_[0-9a-f]{48}"),
        ("k_live_", r"[rps]k_live_[A-Za-z0-9]{10,}"),  # Stripe
        ("k_test_", r"[rps]k_test_[A-Za-z0-9]{10,}"),
        ("shp", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),  # Shopify
        ("sk-", r"sk-(?=[\w-]{0,80}[0-9A-Z])[\w-]{20,}"),  # OpenAI, Anthropic, DeepSeek, OpenRouter
        ("sntrys_", r"sntrys_[\w+/=-]{40,}"),  # Sentry
        ("sq0", r"sq0[a-z]{3}-[\w-]{22,}"),  # Square
        ("tskey-", r"tskey-[a-z]+-[\w-]{20,}"),  # Tailscale
        ("whsec_", r"whsec_[A-Za-z0-9+/]{24,}={0,2}"),  # Stripe
        ("xai-", r"xai-[A-Za-z0-9]{40,}"),  # xAI
        ("xox", r"xox[a-z][.-][A-Za-z0-9.-]{10,}(?<![.-])"),  # Slack
        ("xapp-", r"xapp-[A-Za-z0-9-]{10,}"),
        ("ya29.", r"ya29\.[\w-]{20,}"),  # Google
        ("1//0", r"1//0[\w-]{40,}"),
        (":AA", r"[0-9]{8,10}:AA[\w-]{32,34}(?![\w-])"),  # Telegram
        ("Q~", r"[\w~.-]{3}[0-9]Q~[\w~.-]{30,33}[\w~-]"),  # Microsoft Entra
        (".", r"[MNO](?<![\w-].)[A-Za-z0-9]{22,27}={0,2}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])"),  # Discord
    )
)

_INSIDE = re.compile("[A-Za-z0-9_-]")

# Keys without a prefix, and the words that must stand near, in small letters.
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NEAR = 120
_SAID = tuple(
    (words, re.compile(rf"(?<![A-Za-z0-9_/+.-])(?P<value>{pattern})(?![A-Za-z0-9_/+=-])"))
    for words, pattern in (
        (("heroku",), _UUID),
        (("twilio",), "[0-9a-f]{32}"),
        (("datadog", "dd_api", "dd-api", "dd_app", "dd-app"), "[0-9a-f]{40}|[0-9a-f]{32}"),
        (("cloudflare", "cf_api", "cf-api", "cf_token"), "(?=[a-z_-]{0,39}[A-Z0-9])[A-Za-z0-9_-]{40}|[0-9a-f]{37}"),
    )
)
# Keys that the name of their setting tells.
_SET = tuple(
    (part, re.compile(pattern))
    for part, pattern in (
        (
            "ecret",  # AWS
            r"(?i:secret[_-]?\s?(?:access[_-]?\s?)?key)[\"'\])]{0,2}\s{0,3}(?:[:=>]{1,2}|is)?\s{0,3}[\"'`]?"
            r"(?P<value>(?=[A-Za-z0-9/+]{0,39}[0-9/+])[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        ),
        (
            "ECRET",
            r"SECRET_(?:ACCESS_)?KEY[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?P<value>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        ),
        ("AccountKey=", r"AccountKey=(?P<value>[A-Za-z0-9+/]{40,90}={0,2})"),  # Azure
        ("SharedAccessKey=", r"SharedAccessKey=(?P<value>[A-Za-z0-9+/]{40,90}={0,2})"),
        ("sig=", r"[?&;]sig=(?P<value>[A-Za-z0-9%+/_-]{40,90}={0,2})"),
        ("X-Amz-Signature=", r"X-Amz-Signature=(?P<value>[0-9a-f]{64})"),
    )
)

_COMMON = "."  # in every text: nothing to look for
_PARTS = Words(part for part, _ in (*_ISSUED, *_SET) if part != _COMMON)
_WORDS = Words(word for words, _ in _SAID for word in words)


def find_keys(text: str) -> Iterator[Found]:
    """The keys in `text`: without the name before them, but a web hook's address whole."""
    held = {_COMMON, *_PARTS.held(text)}
    for part, pattern in _ISSUED:
        if part in held:
            for match in pattern.finditer(text):
                if not _INSIDE.match(text[match.start() - 1 : match.start()]) and not _is_sample(match[0]):
                    yield Found(*match.span(), match[0])
    for part, pattern in _SET:
        if part in held:
            for match in pattern.finditer(text):
                yield Found(*match.span("value"), match["value"])
    said = _WORDS.places(lowered(text))
    for words, pattern in _SAID if said else ():
        near = [place for place in said if place.word in words]
        for start, stop in windows(text, near, before=_NEAR, after=_NEAR):
            for match in pattern.finditer(text, start, stop):
                if match.end() < stop or stop == len(text):
                    yield Found(*match.span("value"), match["value"])


def _is_sample(key: str) -> bool:
    """Whether `key` stands for one in a manual: `ghp_xxxxxxxxxxxx`."""
    tail = key[len(key) // 2 :]
    return len(set(tail.lower())) <= 2
