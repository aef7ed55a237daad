"""Credentials that their form gives away: the prefixes that services put before their keys, and private key blocks."""

import re
from collections.abc import Iterator

from loramake.cleaning.found import Found

# What each service's keys look like, as it documents them; first, what a text must hold to hold one: looking for
# that costs next to nothing.
_ISSUED = tuple(
    (part, re.compile(rf"(?<![\w-]){pattern}"))
    for part, pattern in (
        ("AKIA", r"AKIA[A-Z0-9]{16}(?![A-Za-z0-9])"),  # AWS
        ("ASIA", r"ASIA[A-Z0-9]{16}(?![A-Za-z0-9])"),
        ("AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[A-Z0-9]{50,}"),  # age
        ("AIza", r"AIza[\w-]{30,}"),  # Google
        ("ATATT3", r"ATATT3[\w=-]{50,}"),  # Atlassian
        ("EAA", r"EAA[ACG][\w-]{40,}"),  # Meta, Square
        ("GOCSPX-", r"GOCSPX-[\w-]{20,}"),  # Google
        ("NRAK-", r"NRAK-[A-Z0-9]{27}"),  # New Relic
        ("PMAK-", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),  # Postman
        ("SG.", r"SG\.[\w-]{16,}\.[\w-]{16,}"),  # SendGrid
        ("dapi", r"dapi[0-9a-f]{32}"),  # Databricks
        ("dckr_pat_", r"dckr_pat_[\w-]{20,}"),  # Docker
        ("_v1_", r"do[opr]_v1_[0-9a-f]{64}"),  # DigitalOcean
        ("eyJ", r"eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"),  # JSON web tokens
        ("github_pat_", r"github_pat_\w{22,}"),
        ("ghp_", r"ghp_[A-Za-z0-9]{30,}"),  # GitHub
        ("gho_", r"gho_[A-Za-z0-9]{30,}"),
        ("ghs_", r"ghs_[A-Za-z0-9]{30,}"),
        ("ghu_", r"ghu_[A-Za-z0-9]{30,}"),
        ("ghr_", r"ghr_[A-Za-z0-9]{30,}"),
        ("glpat-", r"glpat-[\w.-]{16,}"),  # GitLab
        ("gldt-", r"gldt-[\w.-]{16,}"),
        ("glptt-", r"glptt-[\w.-]{16,}"),
        ("glrt-", r"glrt-[\w.-]{16,}"),
        ("gsk_", r"gsk_[A-Za-z0-9]{40,}"),  # Groq
        ("hf_", r"hf_[A-Za-z0-9]{30,}"),  # Hugging Face
        ("hvs.", r"hvs\.[\w-]{24,}"),  # Vault
        ("hooks.slack.com/", r"https://hooks\.slack\.com/[\w/-]{20,}"),
        ("/api/webhooks/", r"https://discord(?:app)?\.com/api/webhooks/[0-9]+/[\w-]{20,}"),
        ("key-", r"key-[0-9a-f]{32}(?![A-Za-z0-9])"),  # Mailgun
        ("lin_api_", r"lin_api_[A-Za-z0-9]{30,}"),  # Linear
        ("npm_", r"npm_[A-Za-z0-9]{30,}"),
        ("ntn_", r"ntn_[A-Za-z0-9]{40,}"),  # Notion
        ("pplx-", r"pplx-[A-Za-z0-9]{40,}"),  # Perplexity
        ("pypi-", r"pypi-(?=[\w-]*[A-Z0-9])[\w-]{40,}"),
        ("k_live_", r"[rps]k_live_[A-Za-z0-9]{10,}"),  # Stripe
        ("k_test_", r"[rps]k_test_[A-Za-z0-9]{10,}"),
        ("shp", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),  # Shopify
        ("sk-", r"sk-(?=[\w-]{0,80}[0-9A-Z])[\w-]{20,}"),  # OpenAI, Anthropic, DeepSeek, OpenRouter
        ("sq0", r"sq0[a-z]{3}-[\w-]{22,}"),  # Square
        ("whsec_", r"whsec_[A-Za-z0-9+/]{24,}"),  # Stripe
        ("xai-", r"xai-[A-Za-z0-9]{40,}"),  # xAI
        ("xox", r"xox[a-z][.-][A-Za-z0-9.-]{10,}"),  # Slack
        ("xapp-", r"xapp-[A-Za-z0-9-]{10,}"),
        ("ya29.", r"ya29\.[\w-]{20,}"),  # Google
        (":AA", r"[0-9]{8,10}:AA[\w-]{32,34}(?![\w-])"),  # Telegram
    )
)

_KEY_BEGINS = re.compile(r"-----BEGIN (?P<name>[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----")
_KEY_LINES = re.compile(r"(?:(?:\s|\\[nr])*(?:[A-Za-z0-9+/=]{16,}|[A-Za-z-]{1,30}: [^\n\\]{0,200}))*")


def find_tokens(text: str) -> Iterator[Found]:
    """Keys and tokens with a known prefix."""
    for part, pattern in _ISSUED:
        if part in text:
            for match in pattern.finditer(text):
                yield Found(match.start(), match.end(), match[0])


def find_private_keys(text: str) -> Iterator[Found]:
    """PEM and PGP private keys, header and footer included; without a footer, as far as the lines look like one."""
    if "-----BEGIN " not in text:
        return
    position = 0
    while begin := _KEY_BEGINS.search(text, position):
        footer = f"-----END {begin['name']}-----"
        end = text.find(footer, begin.end(), begin.end() + 20_000)
        if end >= 0:
            position = end + len(footer)
        else:
            lines = _KEY_LINES.match(text, begin.end())
            position = lines.end() if lines else begin.end()
        yield Found(begin.start(), position, text[begin.start() : position])
