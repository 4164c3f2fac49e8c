"""What is kept too long goes by itself: people, texts of messages, technical logs.

Run by the worker (`settings.PERIODIC`) and by `manage.py purge`. Each step bears being stopped and run
again. How long each is kept stands in `settings.RETENTION`, in days.
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
from bookings.models import Appointment, ConsultationRequest
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
"""Nothing was agreed, and nobody is on the waiting list."""
VISITS = [
    AppointmentStatus.BOOKED,
    AppointmentStatus.ARRIVED,
    AppointmentStatus.FULFILLED,
    AppointmentStatus.NOSHOW,
]
BATCH = 500
FEW = 50
"""So many people may be due at once without a question."""
Say = Callable[[str], None]


def silent(_text: str) -> None:
    pass


class TooManyAtOnce(Exception):
    """A clock that runs years ahead, or a setting with a digit missing, must not erase everybody."""


def run(*, now: datetime, say: Say = silent, by_hand: bool = False) -> dict[str, int]:
    """Everything that is due, at most a batch of people; returns how much of each went. `now` is UTC.

    Unless done by hand nobody is erased where that would be more than a fifth of everybody; raises
    `TooManyAtOnce` then, after everything else.
    """
    refused = not by_hand and too_many(now)
    done = {"people": 0 if refused else erase_due(now, say)}
    steps: dict[str, Callable[[], int]] = {
        "texts of messages": partial(forget_texts, now),
        "mails to staff": partial(forget_other_mails, now),
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
        if done % 50 == 0:
            say(f"{done} people erased…")
    return done


def before(now: datetime, name: str) -> datetime:
    return now - timedelta(days=settings.RETENTION[name])


def people_due(now: datetime) -> RequestQuerySet:
    """Requests about which nothing has happened for too long, the oldest first.

    Counted from the last change, or from the end of the last visit. Looking and noting are no change.
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
    """Someone may act on the same row at this very moment; then it is not due any more."""
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
    """That a message was sent, and when, stays; what it said goes, with its files."""
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
    """Mails that are about no request: such as those with which staff choose a new password."""
    old = Email.objects.filter(about=None, created__lte=before(now, "MESSAGE_DAYS"))
    return old.delete()[1].get("post_office.Email", 0)


def forget_logs(now: datetime) -> int:
    """Deliveries of mails, and sessions that have ended."""
    gone, _tables = Log.objects.filter(date__lte=before(now, "LOG_DAYS")).delete()
    ended, _tables = Session.objects.filter(expire_date__lte=now).delete()
    return gone + ended
