"""What the name of a setting (in small letters) tells: that it holds a password, or a secret of another kind."""

import re

from loramake.cleaning.words import Words

# Words that such names hold; what may follow them in the name.
_PASSWORDS = (
    *("pass", "pwd", "pw", "psk", "kennwort", "contraseña", "contrasena", "mot de passe", "mdp", "hasło", "haslo"),
    *("wachtwoord", "senha", "lösenord", "adgangskode", "salasana", "heslo", "jelszó", "parola", "şifre"),
    *("пароль", "密码", "密碼", "口令", "パスワード", "비밀번호"),
)
_SECRETS = (
    *(
        "secret",
        "token",
        "key",
        "credential",
        "session",
        "sessid",
        "_auth",
        "jwt",
        "schlüssel",
        "salt",
        "clé",
        "clave",
    ),
)
TELLING = Words((*_PASSWORDS, *_SECRETS))
SECRETS = Words(_SECRETS)
TAIL = re.compile(
    r"(?:w(?:or[dt]e?|d)?|ord|phrase|code|ids?|s)?[0-9]{0,2}"
    r"(?:[_-]?(?:key|hash|value|string|b(?:ase)?64|text|plain|dev|prod|live|test|old|new|base|id)){0,2}"
)

_END = r"(?:[_-]?(?:hash|value|string|b(?:ase)?64|text|plain|dev|prod|live|test|old|new|base))*$"
_PASSWORD = re.compile(
    r"(?:passw(?:or[dt]|d)|passphrase|kennwort|contrase(?:ñ|n)a|mot de passe|passord|wachtwoord|lösenord|adgangskode"
    r"|salasana"
    r"|(?:^|[^a-z]|db|user|my|admin|root|default|require|smtp|ldap|ftp|mail)(?:pass(?:code)?|pwd?|psk|mdp)"
    r"|(?:^|[^a-z])(?:hasło|haslo|senha|heslo|jelszó|parola|şifre)|пароль|密码|密碼|口令|パスワード|비밀번호)"
    rf"[0-9]{{0,2}}{_END}"
)
_SECRET = re.compile(
    r"(?:secret|token|credentials?|_auth|jwt|(?:^|[^a-z])(?:j|php)?sess(?:ion)?[_-]?id"
    r"|(?:auth|password|hash|secret|session|logged_in|nonce)[_-]?salt"
    r"|(?:api|access|account|app(?:lication)?|auth|client|consumer|cookie|crypt|encryption|hash|hmac|integration|jwt"
    r"|licen[cs]e|logged_in|master|nonce|private|secret|service|session|shared|signing|signature|storage|subscription"
    r"|webhook)[ _.-]?(?:access)?[ _.-]?key"
    rf"|api-schlüssel|clé d'api|clave de api)s?[0-9]{{0,2}}(?:[_-]?key)?{_END}"
)
_HARMLESS = re.compile(
    r"public|(?:cache|sort|partition|primary|foreign|next|page|pagination|request|continuation|client|idempotency|sync)"
    r"[_.-]?(?:request)?[_.-]?tokens?$"
)


def names_password(name: str) -> bool:
    """Whether a setting of this name holds a password."""
    return bool(_PASSWORD.search(name))


def names_secret(name: str) -> bool:
    """Whether it holds a key, a token or the like; a token that marks a page or a request is none."""
    return bool(_SECRET.search(name)) and not _HARMLESS.search(name)
