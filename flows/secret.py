"""What must not be seen: secrets come from the environment alone and go into no log, file or message."""

from __future__ import annotations

import os
import re
from urllib.parse import unquote, urlsplit

NOTIFY = "CORRIDOR_NOTIFY"
"""Environment variable: addresses of receivers, separated by white space; each may hold a password or token."""

_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSW|AUTH_STRING|CREDENTIAL", re.IGNORECASE)
_SHORTEST = 6  # a shorter value would blot out common words


def hide(text: str) -> str:
    """Return a text with every secret of this process's environment blotted out."""
    for secret in sorted(_secrets(), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _secrets() -> set[str]:
    found: set[str] = set()
    for name, value in os.environ.items():
        if name == NOTIFY:
            found.update(value.split())
        elif _SECRET_NAME.search(name):
            found.add(value.strip())
        if "@" in value and "://" in value:
            passwords = [_password(word) for word in value.split()]
            found.update(form for word in passwords for form in (word, unquote(word)))
    return {secret for secret in found if len(secret) >= _SHORTEST}


def _password(address: str) -> str:
    try:
        return urlsplit(address).password or ""
    except ValueError:  # not an address, so without a password
        return ""
