"""How many times strangers may hold, whoever they say they are.

Only networks and the whole count here. Anybody can type an address, so what is sent under it must neither
tell a stranger about its owner nor stop the owner from booking.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.db.models import QuerySet

from bookings.enums import RequestStatus
from bookings.errors import TooManyHolds
from bookings.models import ConsultationRequest
from bookings.transitions.request_data import keyed
from clinic.prepared import prepared

DAY = timedelta(days=1)


def wide_network(network: str) -> str:
    """The /48 that a provider gives to one customer at most, of an IPv6 /64; nothing for IPv4."""
    try:
        address = ip_address(network.partition("/")[0])
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address):
        return ""
    return f"{IPv6Address(int(address) >> 80 << 80)}/48"


def check_network(network: str) -> None:
    """Raise `TooManyHolds` where the network, or the /48 that it lies in, has enough open requests."""
    limits = settings.BOOKINGS
    for column, value, most in (
        ("network_key", network, limits["OPEN_HOLDS_PER_NETWORK"]),
        ("wide_network_key", wide_network(network), limits["OPEN_HOLDS_PER_WIDE_NETWORK"]),
    ):
        if not value:
            continue
        if _last_allowed(keyed(value), column=column, most=most):
            raise TooManyHolds


@prepared
def _last_allowed(key: str, *, column: str, most: int) -> QuerySet[ConsultationRequest, int]:
    """The last of as many open requests as there may be; nothing where there are fewer."""
    rows = ConsultationRequest.objects.open().filter(**{column: key}).order_by()
    return rows.values_list("pk", flat=True)[most - 1 : most]


def is_hoarding(*, now: datetime) -> bool:
    """Whether so many requests of the last day were never confirmed that new ones hold no time.

    Confirmed requests do not count, so a busy day is no attack; whoever confirms gets their time held.
    """
    most = settings.BOOKINGS["UNPROVEN_HOLDS_A_DAY"]
    return most == 0 or bool(_last_unproven(now - DAY, most=most))


@prepared
def _last_unproven(since: datetime, *, most: int) -> QuerySet[ConsultationRequest, int]:
    unproven = ConsultationRequest.objects.filter(
        status__in=[RequestStatus.UNVERIFIED, RequestStatus.EXPIRED],
        created_at__gt=since,
        verified_at=None,
    )
    return unproven.order_by().values_list("pk", flat=True)[most - 1 : most]
