"""The audit trail, the mails about each request, and the state of the worker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from post_office.models import STATUS, Email, RecipientDeliveryStatus

from bookings.enums import VERBS_THAT_READ, ActorKind, DeclineReason, ErasureReason, Verb
from bookings.models.appointments import Appointment
from bookings.models.requests import ConsultationRequest

WORDS: Mapping[str, str | Promise] = dict(Verb.choices)
"""Words for each verb. A verb written by a later version of the code has none."""

LATE = "late"
CODES: Mapping[str, Mapping[str, str | Promise]] = {
    Verb.DECLINE: dict(DeclineReason.choices),
    Verb.ERASE: dict(ErasureReason.choices),
    Verb.UNDO: dict(Verb.choices),
    Verb.CANCEL_FOR: {LATE: _("later than the notice asked for")},
}
"""Verbs whose `why` is a code rather than typed text, and the words for each code."""


class EventQuerySet(models.QuerySet["Event"]):
    def that_read(self) -> Self:
        """Who opened, copied or erased what."""
        # Written into the statement: SQLite uses the index of these alone only where it can read them.
        return self.filter(verb__in=[RawSQL(f"'{verb}'", ()) for verb in VERBS_THAT_READ])  # noqa: S611


class Event(models.Model):
    """One thing that happened to a request. Append-only: written once and never changed."""

    request = models.ForeignKey(
        ConsultationRequest, on_delete=models.CASCADE, related_name="events"
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.SET_NULL, null=True, blank=True, related_name="events"
    )
    verb = models.CharField(max_length=24)
    from_status = models.CharField(max_length=16, blank=True)
    to_status = models.CharField(max_length=16, blank=True)
    actor_kind = models.CharField(max_length=8, choices=ActorKind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    why = models.CharField(_("why"), max_length=300, blank=True)
    at = models.DateTimeField()

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["request", "at"], name="event_request"),
            models.Index(fields=["at", "id"], name="event_at"),
            models.Index(
                fields=["at", "id"], condition=Q(verb__in=VERBS_THAT_READ), name="event_read"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.verb}"

    def save(self, *args: object, **kwargs: object) -> None:
        if self.pk:
            raise TypeError("an Event is written once and never changed")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def says(self) -> str:
        """What was done, in words."""
        return str(WORDS.get(self.verb, self.verb))

    @property
    def because(self) -> str:
        """Why it was done, in words."""
        return str(CODES.get(self.verb, {}).get(self.why, self.why))


BOUNCED = frozenset(
    {
        RecipientDeliveryStatus.HARD_BOUNCED,
        RecipientDeliveryStatus.UNDETERMINED_BOUNCED,
        RecipientDeliveryStatus.SPAM_COMPLAINT,
    }
)
"""Failures that a mail provider reports after it accepted a mail. It retries soft bounces itself."""


BESIDE = ":text"
"""The end of the key of a text message that goes beside a mail."""


class MessageQuerySet(models.QuerySet["Message"]):
    def given_up(self) -> Self:
        """Refused for good, retried too often, or bounced."""
        # The mails first, by an index each: read from the messages, every mail ever sent is looked at. The
        # status is written into the statement, so that PostgreSQL always plans for this rare one.
        failed = Email.objects.filter(status=RawSQL(str(STATUS.failed), ()))  # noqa: S611
        bounced = Email.objects.filter(recipient_delivery_status__in=BOUNCED)
        mails = failed.order_by().values("pk").union(bounced.order_by().values("pk"))
        return self.filter(superseded=False, email__in=mails)

    def undelivered(self) -> Self:
        """Given up, where no later message arrived and nobody has phoned the patient since.

        A text that went beside a mail is not missed.
        """
        newer = Message.objects.filter(
            request=OuterRef("request"), created_at__gt=OuterRef("created_at")
        ).filter(email__status=STATUS.sent)
        arrived = newer.exclude(email__recipient_delivery_status__in=BOUNCED)
        lost = self.given_up().filter(handled_at=None).exclude(dedupe_key__endswith=BESIDE)
        return lost.exclude(Exists(arrived))

    def requests_undelivered(self, among: Iterable[int]) -> set[int]:
        """The ids of those requests, of which ids are given, that have an undelivered message.

        By a query of its own: beside others PostgreSQL looks for the undelivered of all requests first.
        """
        rows = self.undelivered().filter(request__in=among).order_by()
        return set(rows.values_list("request", flat=True))


class Message(models.Model):
    """A mail about a request: its outbox row, and the key that makes it unique.

    Somebody who wants texts beside mail has two of a kind: the text's key ends with `BESIDE`.
    `handled_at` (UTC): when staff told the patient in another way because it was not delivered.
    """

    request = models.ForeignKey(
        ConsultationRequest, on_delete=models.CASCADE, related_name="messages"
    )
    kind = models.CharField(max_length=32)
    dedupe_key = models.CharField(max_length=120, unique=True)
    email = models.OneToOneField(Email, on_delete=models.CASCADE, related_name="about")
    superseded = models.BooleanField(default=False)
    handled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["created_at", "id"], name="message_created")]
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind}"


class Heartbeat(models.Model):
    """When a long-running process last completed a round (UTC)."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class PeriodicJob(models.Model):
    """When a job of `settings.PERIODIC` is next due, and how its last run went (UTC)."""

    name = models.CharField(max_length=40, unique=True)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return self.name
