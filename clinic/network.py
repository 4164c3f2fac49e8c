"""Where a request comes from."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The visitor's address as seen by the outermost proxy of ours (`TRUSTED_PROXY_COUNT`).

    What a visitor writes into X-Forwarded-For stands to the left of what our proxies add, and is
    never read. Where our proxies added nothing that is an address, whoever connected to us counts.

    With `CLIENT_ADDRESS_HEADER` only that header counts, which the proxy sets. A web server hands
    `X-Forwarded-For` and `X_Forwarded_For` to the site under one name, so a proxy that lets the second
    pass lets every visitor choose an address; a header whose name nobody knows cannot be forged.
    """
    if settings.CLIENT_ADDRESS_HEADER:
        name = "HTTP_" + settings.CLIENT_ADDRESS_HEADER.upper().replace("-", "_")
        return _address(request.META.get(name, "")) or str(request.META.get("REMOTE_ADDR", ""))
    count = settings.TRUSTED_PROXY_COUNT
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if count and len(forwarded) >= count and (address := _address(forwarded[-count])):
        return address
    return str(request.META.get("REMOTE_ADDR", ""))


def _address(value: str) -> str:
    """The address in one spelling, or nothing where it is none."""
    try:
        return str(ip_address(value.strip()))
    except ValueError:
        return ""


def client_network(request: HttpRequest) -> str:
    """What limits are counted by: an IPv4 address, or the /64 that one IPv6 customer has."""
    address = client_address(request)
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, 64), strict=False))
