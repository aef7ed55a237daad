"""What a typeface says about the words that are set in it."""

import re

_TYPEWRITERS = re.compile(
    r"courier|consol|menlo|monaco|lucida console|(?:\b|\w)mono(?:space)?\b|source code|fira code|cascadia|inconsolata"
    r"|typewriter|fixedsys|letter gothic",
    re.I,
)
_PRIVATE = 0xF000  # where typefaces with pictures in place of letters stand in Unicode
PICTURES = re.compile("[\uf020-\uf0ff]")


def _signs(*pairs: str) -> dict[int, str]:
    """What stands behind a code of two hexadecimal digits."""
    return {int(pair[:2], 16): pair[2:] for row in pairs for pair in row.split()}


# Those that people set on purpose.
_SIGNS = {
    "wingdings": _signs(
        "4A☺ 6C● 6E■ 6F☐ 71☐ 72☐ 75◆ 76❖ 9F• A7▪ A8☐ D8➢ DF← E0→ E1↑ E2↓ E8➔ F0⇨ FB✗ FC✓ FD☒ FE☑",
    ),
    "symbol": _signs(
        "61α 62β 63χ 64δ 65ε 66φ 67γ 68η 69ι 6Bκ 6Cλ 6Dμ 6Eν 6Fο 70π 71θ 72ρ 73σ 74τ 75υ 77ω 78ξ 79ψ 7Aζ",
        "44Δ 46Φ 47Γ 4CΛ 50Π 51Θ 53Σ 57Ω 58Ξ 59Ψ A3≤ A5∞ AB↔ AC← AD↑ AE→ AF↓ B0° B1± B3≥ B4× B5∝ B6∂ B7• B8÷",
        "B9≠ BA≡ BB≈ BC… C5⊕ C7∩ C8∪ CE∈ D2® D3© D4™ D5∏ D6√ DB⇔ DE⇒ E5∑ F2∫",
    ),
}


def is_typewriter(name: str) -> bool:
    """Whether code is set in the typeface of this name."""
    return _TYPEWRITERS.search(name) is not None


def picture(name: str, code: int) -> str:
    """The character that the typeface `name` draws in the place `code`; "" for one that is only drawn."""
    signs = _SIGNS.get(name.lower(), {})
    if code < _PRIVATE:
        return signs.get(code) or chr(code)
    place = code - _PRIVATE
    has_digits = name.lower() == "symbol" and place <= ord("@")  # and signs, where others have them too
    return chr(place) if has_digits else signs.get(place, "")
