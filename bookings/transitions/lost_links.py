"""New links for a patient who lost theirs."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from bookings import beside
from bookings.enums import REQUEST_OPEN, AppointmentStatus, ContactBy, RequestStatus
from bookings.messages import to_patients
from bookings.models import ConsultationRequest
from bookings.transitions.submit import Contact
from clinic import throttle
from clinic.addresses import mailbox

MOST = 20
"""How many links one mail holds."""


@transaction.atomic
def resend_links(email: str, *, now: datetime) -> None:
    """Mail a link to each open request, coming visit and running plan of this address, in one message.

    Silently does nothing where there is none, or once the address has had its mails of this hour: a
    stranger must not learn whether there is such a request.
    """
    found = _of_address(email, now=now)
    if not found or not throttle.spend("mail", mailbox(email), now=now):
        return
    if len(found) == 1:
        to_patients.link(*found, now=now)
    else:
        to_patients.links(found, now=now)


def _of_address(email: str, *, now: datetime) -> list[ConsultationRequest]:
    """Newest first. By the indexed code of a person: the address alone would be a search of all rows."""
    key = Contact(name="", contact_by=ContactBy.EMAIL, email=email).key
    ahead = Q(
        status=RequestStatus.CONFIRMED,
        appointments__status=AppointmentStatus.BOOKED,
        appointments__end__gt=now,
    )
    rows = ConsultationRequest.objects.filter(person_key=key, email__iexact=email)
    wanted = Q(status__in=REQUEST_OPEN) | ahead
    for more in beside.added("open"):
        wanted |= more(now)
    rows = rows.filter(wanted).distinct()
    return list(rows.order_by("-created_at", "-pk")[:MOST])
