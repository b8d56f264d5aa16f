"""Addresses in the configuration: what must not stand in one."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

_SECRETS = ("key", "token", "secret", "password", "signature", "auth")


def secret_names(address: str) -> list[str]:
    """Return the names of the parameters of an address, where one of them is that of a secret; else none."""
    names = {name.lower() for name, _ in parse_qsl(urlsplit(address).query, keep_blank_values=True)}
    return sorted(names) if any(secret in name for name in names for secret in _SECRETS) else []
