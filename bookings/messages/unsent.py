"""Messages to patients that wait in the outbox, and are not sent any more, or to another address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, Q, QuerySet
from post_office.models import STATUS, Email

from bookings.enums import AppointmentStatus
from bookings.messages import queue, sms
from bookings.messages.defaults import APART
from bookings.messages.secret_links import forget, texts_with_other_link
from bookings.models import Appointment, ConsultationRequest, Message
from clinic.prepared import prepared, update

TELLS_OF_A_VISIT = {"confirmed", "moved", "updated"}
"""Messages with the invitation to a visit: without one of them nobody knows of it."""

SENT_WHATEVER_HAPPENS = {
    *("cancelled", "cancelled_for", "booked_several", "link", "links", "new_address"),
} | APART
UNSENT = [STATUS.queued, STATUS.requeued]


def drop_earlier(consultation: ConsultationRequest, *, of_the_visit: bool = False) -> None:
    """Drop unsent messages about an earlier state of the request.

    Except a cancellation, because that visit must leave the patient's calendar whatever is agreed later,
    and a link or a plan, which is not about a state. What tells of a visit that is still booked is sent as
    well, unless the message that replaces it names that visit (`of_the_visit`).
    """
    _supersede(dict(_about_earlier(consultation, of_the_visit=of_the_visit)))


@prepared
def _about_earlier(
    consultation: ConsultationRequest, *, of_the_visit: bool
) -> QuerySet[Message, Any]:
    messages = Message.objects.filter(request=consultation).exclude(kind__in=SENT_WHATEVER_HAPPENS)
    if not of_the_visit:
        visits = Appointment.objects.filter(request=consultation)
        booked = Exists(visits.filter(status=AppointmentStatus.BOOKED))
        messages = messages.exclude(Q(kind__in=TELLS_OF_A_VISIT) & booked)
    return _waiting(messages)


def drop_all(consultation: ConsultationRequest) -> bool:
    """No message that waits is sent: its address is not the patient's. Returns whether one waited."""
    return drop(consultation.messages.all())


def readdress(consultation: ConsultationRequest, *, now: datetime) -> None:
    """What waits to be sent goes to the address that the request has now, with a link that works.

    The links to all requests of the old address stay with that one.
    """
    waiting = consultation.messages.filter(email__status__in=UNSENT, superseded=False)
    about = waiting.exclude(kind__in={"new_address", "links"})
    for message in about.exclude(email__backend_alias=sms.ALIAS).select_related("email"):
        address = queue.new_link(consultation, now=now)
        texts = texts_with_other_link(message.email, address)
        Email.objects.filter(pk=message.email_id).update(to=consultation.email, **texts)


def _waiting(messages: QuerySet[Message]) -> QuerySet[Message, Any]:
    """Id and mail of those of these messages that are still to be sent."""
    waiting = messages.filter(email__status__in=UNSENT, superseded=False)
    return waiting.order_by().values_list("pk", "email_id")


def drop(messages: QuerySet[Message]) -> bool:
    """Those of these messages that wait are not sent. Returns whether one waited."""
    return _supersede(dict(_waiting(messages)))


def _supersede(found: dict[int, int]) -> bool:
    """`found`: the mail's id for each message's."""
    if found:
        update(Message, {"superseded": True}, id=list(found))
        update(Email, {"status": None}, id=list(found.values()))
        forget(found.values())
    return bool(found)
