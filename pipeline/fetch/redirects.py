"""Where a service may send one on to: never to a lesser protection, never into the private network."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from pipeline.config.fetch import is_this_machine
from pipeline.errors import ServiceError

MOST = 5
"""Redirects that are followed for one request; a loop ends there."""


def next_address(origin: str, current: str, location: str) -> str:
    """Return the address that a redirect leads to.

    Parameters
    ----------
    origin : str
        Address that was asked for first.
    current : str
        Address that answered with the redirect.
    location : str
        What it names; it may be relative.

    Raises
    ------
    ServiceError
        If the redirect may not be followed. Hosts are named, not addresses: those may hold signatures.
    """
    host = urlsplit(current).hostname
    try:
        target = urljoin(current, location)
        parts = urlsplit(target)
        name, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise _refused(host, "an address that cannot be read") from error
    if parts.scheme == "http" and urlsplit(current).scheme == "http":
        if name != host:
            raise _refused(host, f"another host without encryption ({name})")
    elif parts.scheme != "https" or not name:
        raise _refused(host, f"an address that is not https ({parts.scheme or 'none'}:)")
    if "@" in parts.netloc:
        raise _refused(host, "an address with a password")
    asked = urlsplit(origin).hostname or ""
    seen_by_proxy = _by_proxy(target) and not _is_number(name)
    if name != asked and not seen_by_proxy and _is_public(asked) and not _is_public(name):
        raise _refused(host, f"a host inside the private network ({name})")
    return target


def refuse_private_peer(origin: str, current: str, peer: tuple[object, ...] | None) -> None:
    """Look at where a connection really went: a name may point elsewhere the second time it is looked up.

    Raises
    ------
    ServiceError
        If a public host's redirect ended in this machine or a private network.
    """
    name, host = urlsplit(current).hostname or "", urlsplit(origin).hostname or ""
    if peer and name != host and not _by_proxy(current) and _is_public(host) and not _is_global(str(peer[0])):
        raise _refused(host, f"a host inside the private network ({name})")


def goes_direct(url: str) -> bool:
    """Tell whether an address must be asked without the environment's proxy: it is this machine."""
    return is_this_machine(urlsplit(url))


def same_place(one: str, other: str) -> bool:
    """Tell whether two addresses have one scheme, host and port; a token goes nowhere else."""
    a, b = urlsplit(one), urlsplit(other)
    return (a.scheme, a.hostname, a.port) == (b.scheme, b.hostname, b.port)


def _is_public(name: str) -> bool:
    """Tell whether a host is on the public network; one whose name is unknown here may be."""
    return all(map(_is_global, _addresses(name)))


def _by_proxy(url: str) -> bool:
    """Tell whether an address is asked through a proxy that the environment names, which sees to itself.

    Only one of the address's own scheme, or of all, counts: NO_PROXY alone, or HTTP_PROXY for https, goes direct.
    """
    parts, proxies = urlsplit(url), getproxies()
    host = parts.hostname or ""
    # What httpx takes as exempt and urllib does not: a star in a list, and an entry with a scheme.
    exempt = (entry.strip() for entry in proxies.get("no", "").split(","))
    direct = any(entry == "*" or ("://" in entry and host in entry) for entry in exempt)
    named = parts.scheme in proxies or "all" in proxies
    return named and not direct and not proxy_bypass(parts.netloc) and not proxy_bypass(host)


def _addresses(name: str) -> Iterable[str]:
    """Return the numbers of a host; none where its name is unknown, which connecting will tell."""
    try:
        return [str(info[4][0]) for info in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        return []


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_global(number: str) -> bool:
    found = ipaddress.ip_address(number.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return bool((mapped or found).is_global) and not found.is_multicast


def _refused(host: str | None, where: str) -> ServiceError:
    return ServiceError(
        f"{host} sends on to {where}, which is not followed",
        where="a redirect",
        remedy="Look up the service's address of today and write it as url in its [fetch.NAME] section. "
        "What you have is untouched.",
    )
