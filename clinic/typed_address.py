"""Addresses that somebody typed: which of them this server may ask for something.

Only `https://` and hosts on the public Internet. A name is looked up once; who connects uses what was
checked here, so that a second, different answer of the name server changes nothing.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONGEST = 2000
"""Characters of an address."""
SPECIAL = [
    ip_network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # between a provider and its customers
        "127.0.0.0/8",  # this computer
        "168.63.129.16/32",  # inside Azure, although it looks public
        "169.254.0.0/16",  # this link, and what clouds tell their machines
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocols
        "192.0.2.0/24",  # examples
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # measurements
        "198.51.100.0/24",  # examples
        "203.0.113.0/24",  # examples
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "2001::/23",  # protocols, among them Teredo with an IPv4 address inside
        "2001:db8::/32",  # examples
        "2002::/16",  # 6to4, with an IPv4 address inside
        "3fff::/20",  # examples
    )
]
"""Of IANA's registries of special-purpose addresses."""
PUBLIC_IPV6 = ip_network("2000::/3")
"""Everything else is local, mapped IPv4 (::ffff:…), NAT64 (64:ff9b::…), or not given out yet."""
NAME = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*"
)
Resolve = Callable[[str, int], list[str]]


class RefusedAddress(Exception):
    """We ask nothing there. The message may be shown to people; it repeats no part of the address."""

    def __init__(self, message: str | Promise) -> None:
        self.message = message
        super().__init__(str(message))


@dataclass(frozen=True)
class TypedAddress:
    """An address that is well formed: scheme, host in ASCII, port, and path with query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    def __repr__(self) -> str:
        return "TypedAddress(…)"  # the path may be a secret


def parse(url: str) -> TypedAddress:
    """Raises `RefusedAddress` for what no lookup could make good. Asks nobody."""
    if len(url) > LONGEST or re.search(r"[\x00-\x20\x7f\\]", url):
        raise RefusedAddress(_("This is not a complete address. Please copy it once more."))
    try:
        parts = urlsplit(url)
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError:
        raise RefusedAddress(
            _("This is not a complete address. Please copy it once more.")
        ) from None
    if parts.scheme != "https" and not (parts.scheme == "http" and exceptions()):
        raise RefusedAddress(_("The address must begin with https://."))
    if parts.username is not None or parts.password is not None:
        raise RefusedAddress(_("The address must not contain a user name or a password."))
    if port is None:
        port = 443 if parts.scheme == "https" else 80
    if port not in settings.OUTGOING_PORTS and not exceptions():
        raise RefusedAddress(_("The address names a port that this site does not use."))
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=~")
    return TypedAddress(parts.scheme, host, port, target + (f"?{query}" if query else ""))


def _ascii(host: str) -> str:
    """Raises ValueError for what is neither a name nor an IP address."""
    if ":" in host:
        return str(IPv6Address(host)) if "%" not in host else _no_host()
    ascii_host = host.removesuffix(".").encode("idna").decode().lower()
    return ascii_host if NAME.fullmatch(ascii_host) else _no_host()


def _no_host() -> str:
    raise ValueError


def resolve(host: str, port: int) -> list[str]:
    """All IP addresses of a name, in the order in which the system prefers them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(place[0]) for *_kind, place in found))


def checked(address: TypedAddress, found: list[str]) -> list[str]:
    """`found` (what `resolve` says), if all of them may be asked. Raises `RefusedAddress`.

    One inside among several is enough to refuse: no honest name has both.
    """
    if not found or not all(_may_ask(address, ip) for ip in found):
        raise RefusedAddress(_("The address does not lead to a server on the public Internet."))
    return found


def _may_ask(address: TypedAddress, text: str) -> bool:
    try:
        ip = ip_address(text)
    except ValueError:  # with a zone, such as fe80::1%eth0
        return False
    if any(ip in network for network in exceptions()):
        return True
    usual = address.scheme == "https" and address.port in settings.OUTGOING_PORTS
    return usual and is_public(ip)


def is_public(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address) and ip not in PUBLIC_IPV6:
        return False
    return ip.is_global and not any(ip in network for network in SPECIAL)


def exceptions() -> list[IPv4Network | IPv6Network]:
    """Networks that tests may ask, at any port and without TLS. None in production, whatever is set."""
    if settings.PRODUCTION:
        return []
    return [ip_network(network) for network in settings.OUTGOING_EXCEPTIONS]
