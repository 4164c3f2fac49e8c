"""Deletes what we have kept long enough: people, message texts, technical logs.

Run by the worker (`settings.PERIODIC`) and by `manage.py purge`. Every step may be stopped and run
again. `settings.RETENTION` says how long each is kept, in days.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, Max, OuterRef, Q
from django.db.models.functions import Coalesce, Greatest
from post_office.models import STATUS, Attachment, Email, Log

from bookings import transitions
from bookings.enums import AppointmentStatus, ErasureReason, RequestStatus
from bookings.errors import BookingError
from bookings.messages import local_mailbox
from bookings.models import Appointment, ConsultationRequest, StaffNotice, WebhookDelivery
from bookings.models.requests import RequestQuerySet

UNANSWERED = frozenset(
    {
        RequestStatus.UNVERIFIED,
        RequestStatus.SUBMITTED,
        RequestStatus.IN_REVIEW,
        RequestStatus.INFO_NEEDED,
        RequestStatus.OFFERED,
        RequestStatus.EXPIRED,
        RequestStatus.SPAM,
    }
)
"""Requests without an agreed visit, not on the waiting list."""
VISITS = [
    AppointmentStatus.BOOKED,
    AppointmentStatus.ARRIVED,
    AppointmentStatus.FULFILLED,
    AppointmentStatus.NOSHOW,
]
BATCH = 500
SAID_EACH = 50
FEW = 50
"""Up to this many people may be erased at once without checking the share."""
Say = Callable[[str], None]


def silent(_text: str) -> None:
    pass


class TooManyAtOnce(Exception):
    """Refused: a clock that is years ahead, or a missing digit in a setting, must not erase everybody."""


def run(*, now: datetime, say: Say = silent, by_hand: bool = False) -> dict[str, int]:
    """Delete what is due, at most `BATCH` people; returns how many of each. `now` is UTC.

    Unless `by_hand`, nobody is erased if that would be more than a fifth of all people; after all
    other steps this raises `TooManyAtOnce`.
    """
    refused = not by_hand and too_many(now)
    done = {"people": 0 if refused else erase_due(now, say)}
    steps: dict[str, Callable[[], int]] = {
        "texts of messages": partial(forget_texts, now),
        "mails to staff": partial(forget_other_mails, now),
        "what staff were told": partial(forget_staff_notices, now),
        "messages of webhooks": partial(forget_webhooks, now),
        "technical logs": partial(forget_logs, now),
    }
    for name, step in steps.items():
        done[name] = step()
        say(f"{name}: {done[name]}")
    say(f"people: {done['people']}")
    if refused:
        raise TooManyAtOnce
    return done


def too_many(now: datetime) -> bool:
    """Whether so many are due at once that the clock or a setting is more likely to be wrong."""
    due = people_due(now).count()
    return due > FEW and due * 5 > ConsultationRequest.objects.filter(erased_at=None).count()


def erase_due(now: datetime, say: Say) -> int:
    done = 0
    for consultation in people_due(now)[:BATCH]:
        done += _erase(consultation, now)
        if done % SAID_EACH == 0:
            say(f"{done} people erased…")
    return done


def before(now: datetime, name: str) -> datetime:
    return now - timedelta(days=settings.RETENTION[name])


def people_due(now: datetime) -> RequestQuerySet:
    """Requests with no activity for too long, oldest first.

    Counted from the last change of status or the end of the last visit. Views and notes do not count.
    """
    unanswered, closed = before(now, "UNANSWERED_DAYS"), before(now, "CLOSED_DAYS")
    earliest = max(unanswered, closed)
    changes = Max("events__at", filter=~Q(events__to_status=""))
    visits = Appointment.objects.filter(request=OuterRef("pk"), status__in=VISITS)
    rows = ConsultationRequest.objects.filter(erased_at=None, created_at__lte=earliest)
    return (
        rows.annotate(
            changed=Coalesce(changes, "created_at"),
            ended=Max("appointments__end", filter=Q(appointments__status__in=VISITS)),
            visited=Exists(visits),
        )
        .annotate(quiet=Greatest("changed", Coalesce("ended", "changed")))
        .filter(
            Q(quiet__lte=closed) | Q(status__in=UNANSWERED, visited=False, quiet__lte=unanswered)
        )
        .order_by("created_at", "pk")
    )


def _erase(consultation: ConsultationRequest, now: datetime) -> bool:
    """False if somebody changed the request at the same moment: then it is no longer due."""
    because = ErasureReason.RETENTION
    try:
        transitions.erase(
            consultation,
            actor=transitions.SYSTEM,
            version=consultation.version,
            now=now,
            because=because,
        )
    except BookingError:
        return False
    return True


def forget_texts(now: datetime) -> int:
    """Delete message texts and their files; that and when a message was sent stays."""
    old = Email.objects.filter(created__lte=before(now, "MESSAGE_DAYS")).exclude(
        status__in=[STATUS.queued, STATUS.requeued]
    )
    for attachment in Attachment.objects.filter(emails__in=old).distinct():
        attachment.file.delete(save=False)
        attachment.delete()
    said = old.filter(about__isnull=False).exclude(message="", html_message="")
    local_mailbox.forget_before(before(now, "MESSAGE_DAYS"))
    return said.update(message="", html_message="", context=None)


def forget_other_mails(now: datetime) -> int:
    """Delete mails that belong to no request, such as password resets of staff."""
    old = Email.objects.filter(about=None, created__lte=before(now, "MESSAGE_DAYS"))
    return old.delete()[1].get("post_office.Email", 0)


def forget_staff_notices(now: datetime) -> int:
    """Delete what staff were told, seen or not."""
    return StaffNotice.objects.filter(at__lte=before(now, "MESSAGE_DAYS")).delete()[0]


def forget_webhooks(now: datetime) -> int:
    """Delete what was sent, or could not be sent, to the clinic's own systems."""
    old = WebhookDelivery.objects.filter(created_at__lte=before(now, "WEBHOOK_DAYS"))
    return old.delete()[0]


def forget_logs(now: datetime) -> int:
    """Delete delivery logs and expired sessions."""
    gone, _tables = Log.objects.filter(date__lte=before(now, "LOG_DAYS")).delete()
    ended, _tables = Session.objects.filter(expire_date__lte=now).delete()
    return gone + ended
