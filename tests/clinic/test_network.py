"""Whoever forges X-Forwarded-For gains nothing, however many proxies there are."""

import pytest
from django.test import RequestFactory

from clinic.network import client_address, client_network

PROXY, VISITOR = "10.0.0.1", "203.0.113.9"


@pytest.mark.parametrize(
    "count, header, address",
    [
        # No proxy of ours: the header is somebody's claim.
        (0, None, PROXY),
        (0, "198.51.100.1", PROXY),
        (0, "198.51.100.1, 198.51.100.2", PROXY),
        # One proxy, which adds or replaces: its entry stands last.
        (1, VISITOR, VISITOR),
        (1, f"198.51.100.1, {VISITOR}", VISITOR),
        (1, f"198.51.100.1,198.51.100.2,{VISITOR}", VISITOR),
        (1, f"{'1.1.1.1,' * 500}{VISITOR}", VISITOR),
        # Two: the outer one's entry is the last but one.
        (2, f"{VISITOR}, 10.0.0.2", VISITOR),
        (2, f"198.51.100.1, {VISITOR}, 10.0.0.2", VISITOR),
        # Whoever comes in past the proxies, or with what is no address, counts as who connected.
        (1, None, PROXY),
        (1, "", PROXY),
        (1, "unknown", PROXY),
        (1, "' OR 1=1 --", PROXY),
        (2, VISITOR, PROXY),
    ],
)
def test_the_address_is_what_our_own_proxies_saw(settings, count, header, address):
    settings.TRUSTED_PROXY_COUNT = count
    headers = {} if header is None else {"HTTP_X_FORWARDED_FOR": header}
    request = RequestFactory().get("/", REMOTE_ADDR=PROXY, **headers)
    assert client_address(request) == address


@pytest.mark.parametrize(
    "header, address", [(VISITOR, VISITOR), ("", PROXY), ("unknown", PROXY), (None, PROXY)]
)
def test_a_header_of_its_own_alone_counts(settings, header, address):
    settings.TRUSTED_PROXY_COUNT, settings.CLIENT_ADDRESS_HEADER = 1, "X-Address-of-ours"
    headers = {"HTTP_X_FORWARDED_FOR": "198.51.100.1"}
    if header is not None:
        headers["HTTP_X_ADDRESS_OF_OURS"] = header
    request = RequestFactory().get("/", REMOTE_ADDR=PROXY, **headers)
    assert client_address(request) == address


@pytest.mark.parametrize(
    "address, network",
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_one_customer_of_ipv6_is_one_network(address, network):
    assert client_network(RequestFactory().get("/", REMOTE_ADDR=address)) == network


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_forged_header_buys_no_more_tries(client, settings, count):
    """The whole way through: each try with another forged address, one lock for all."""
    settings.LIMITS = settings.LIMITS | {"find": "3/60"}
    settings.TRUSTED_PROXY_COUNT = count
    ours = [VISITOR, "10.0.0.2"][:count]
    statuses = [
        client.post(
            "/request/find/", {}, HTTP_X_FORWARDED_FOR=", ".join([f"198.51.100.{n}", *ours])
        ).status_code
        for n in range(4)
    ]
    assert statuses == [200, 200, 200, 429]
