"""The patient's request and what was said about it."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from bookings.enums import (
    FIRST_GOALS,
    FIRST_REASONS,
    REQUEST_NEEDS_ANSWER,
    REQUEST_OPEN,
    AppointmentStatus,
    CareLevel,
    ContactBy,
    DayPart,
    DeclineReason,
    RequestStatus,
    Side,
    Suspicion,
    Verb,
)
from bookings.models.directory import Location, Resource
from bookings.models.services import Service
from bookings.validators import validate_one_line, validate_plain_text
from clinic import phones
from clinic.prepared import prepared

ADDRESS_IN_DOUBT = Q(to_status=RequestStatus.UNVERIFIED) | Q(verb=Verb.CHANGE_ADDRESS)
"""Of events: one after which an address has to be confirmed."""


NEEDS_ANSWER = Q(status__in=sorted(REQUEST_NEEDS_ANSWER))
# Written into the statement, not bound to it: the databases use the index `request_to_answer` only so.
TO_ANSWER = [RawSQL(f"'{status}'", ()) for status in sorted(REQUEST_NEEDS_ANSWER)]  # noqa: S611


class RequestQuerySet(models.QuerySet["ConsultationRequest"]):
    def open(self) -> Self:
        return self.filter(status__in=REQUEST_OPEN)

    def needing_answer(self) -> Self:
        """The inbox: the earliest promised answer first."""
        return self.filter(status__in=TO_ANSWER).order_by("respond_by", "pk")

    def overdue(self, now: datetime) -> Self:
        return self.filter(status__in=REQUEST_NEEDS_ANSWER, respond_by__lt=now)

    def of_same_person(self, consultation: ConsultationRequest) -> Self:
        """Others under the same email or phone, to compare: families share both. Nothing is ever merged."""
        same = Q()
        for name in ("person_key", "email", "phone"):
            if value := getattr(consultation, name):
                same |= Q((name, value))
        if not same:
            return self.none()
        return self.filter(same).exclude(pk=consultation.pk).order_by("-created_at", "-pk")

    def with_us(self, now: datetime) -> Self:
        """Those that are answered, or come to something: proven and open, or with a visit to come."""
        proven = Q(status__in=REQUEST_OPEN - {RequestStatus.UNVERIFIED})
        booked = Q(
            pk__in=self.model.objects.filter(
                appointments__status=AppointmentStatus.BOOKED, appointments__end__gt=now
            )
            .order_by()
            .values("pk")
        )
        return self.filter(proven | booked, erased_at=None)


class ConsultationRequest(models.Model):
    """One patient's request for a consultation. Outside the clinic only its reference is used.

    `respond_by` (UTC) is the answer-by time promised to the patient. `answered_at` is when the clinic
    first answered, and `promised_at` the promise that applied then; later rounds change neither.
    `time_zone` is the location's at the time of the request: the zone of the times that they saw.
    `wants_texts`: beside mail, to a mobile number, where the clinic sends texts at all.
    `series`: the same for visits that staff booked one after the other for one person; else empty.
    `person_key` and `network_key` are HMACs that count open holds without contact details. Neither is an
    identity: people share addresses, phones and networks.
    """

    reference = models.CharField(_("reference"), max_length=12, unique=True)
    status = models.CharField(_("status"), max_length=12, choices=RequestStatus)
    version = models.PositiveIntegerField(default=1)
    idempotency_key = models.CharField(max_length=64, unique=True)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="requests")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="requests")
    practitioner = models.ForeignKey(
        Resource,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("preferred practitioner"),
    )

    name = models.CharField(_("name"), max_length=120, validators=[validate_one_line])
    on_behalf_of = models.CharField(
        _("asked by"), max_length=120, blank=True, validators=[validate_one_line]
    )
    email = models.EmailField(_("email"), blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    phone_extension = models.CharField(
        _("extension"), max_length=7, blank=True, default="", db_default=""
    )
    contact_by = models.CharField(_("contact by"), max_length=8, choices=ContactBy)
    wants_texts = models.BooleanField(_("text messages as well"), default=False, db_default=False)
    needs_call = models.BooleanField(_("call the patient"), default=False)

    # The key of what was chosen, and its words as they were shown: the questions may change.
    reason = models.CharField(max_length=16)
    reason_text = models.CharField(
        _("what for"), max_length=100, blank=True, default="", db_default=""
    )
    goal = models.CharField(max_length=16, blank=True)
    goal_text = models.CharField(_("goal"), max_length=100, blank=True, default="", db_default="")
    side = models.CharField(_("side"), max_length=8, choices=Side, blank=True)
    note = models.TextField(
        _("in their words"), max_length=500, blank=True, validators=[validate_plain_text]
    )
    source_path = models.CharField(_("guide"), max_length=200, blank=True)
    source_revision = models.PositiveBigIntegerField(null=True, blank=True)
    source_exercise = models.SlugField(_("exercise"), max_length=80, blank=True)

    locale = models.CharField(max_length=12, default="en-gb")
    time_zone = models.CharField(max_length=64)
    respond_by = models.DateTimeField(_("answer by"), null=True, blank=True)
    answered_at = models.DateTimeField(_("first answered"), null=True, blank=True)
    promised_at = models.DateTimeField(null=True, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="assigned_requests",
        verbose_name=_("assigned to"),
    )
    decline_reason = models.CharField(max_length=16, choices=DeclineReason, blank=True)
    staff_message = models.TextField(
        _("message to the patient"), max_length=600, blank=True, validators=[validate_plain_text]
    )
    patient_message = models.TextField(
        _("message from the patient"), max_length=500, blank=True, validators=[validate_plain_text]
    )
    person_key = models.CharField(max_length=64, blank=True)
    # A database default too, so that the previous version of the code can still insert rows.
    suspicion = models.CharField(
        _("possibly a bot"),
        max_length=8,
        choices=Suspicion,
        blank=True,
        default="",
        db_default="",
    )
    network_key = models.CharField(max_length=64, blank=True)
    wide_network_key = models.CharField(max_length=64, blank=True, default="", db_default="")
    series = models.CharField(max_length=32, blank=True, default="", db_default="")
    created_at = models.DateTimeField(_("received"))
    verified_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        permissions = [
            ("triage_request", _("Can answer requests")),
            ("export_request", _("Can export requests")),
            ("view_reports", _("Can see the reports")),
            ("erase_request", _("Can erase a person")),
            ("disclose_request", _("Can give a person a copy of their data")),
            ("book_anyway", _("Can book a time that is not free")),
        ]
        indexes = [
            models.Index(fields=["status", "respond_by", "id"], name="request_inbox"),
            models.Index(fields=["person_key", "status"], name="request_person"),
            models.Index(fields=["network_key", "status"], name="request_network"),
            models.Index(fields=["-created_at", "-id"], name="request_newest"),
            models.Index(fields=["respond_by", "id"], name="request_respond_by"),
            models.Index(
                fields=["respond_by", "id"], condition=NEEDS_ANSWER, name="request_to_answer"
            ),
            models.Index(fields=["email"], name="request_email"),
            models.Index(fields=["phone"], name="request_phone"),
            models.Index(fields=["source_path"], name="request_guide"),
            models.Index(fields=["series"], condition=~Q(series=""), name="request_series"),
            models.Index(fields=["status", "-created_at", "-id"], name="request_status_newest"),
            models.Index(fields=["id"], condition=Q(needs_call=True), name="request_to_call"),
            models.Index(
                fields=["-created_at", "-id"],
                condition=Q(closed_at__isnull=False),
                name="request_closed",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~(Q(email="") & Q(phone="")) | Q(erased_at__isnull=False),
                name="request_can_be_answered",
                violation_error_message=_("Give an email address or a phone number."),
            ),
            models.CheckConstraint(
                condition=~Q(contact_by=ContactBy.EMAIL)
                | ~Q(email="")
                | Q(erased_at__isnull=False),
                name="request_by_mail_has_address",
                violation_error_message=_("Enter your email address, or choose “Phone”."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=list(RequestStatus)),
                name="request_status_known",
                violation_error_message=_("Unknown status."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reason_label(self) -> str:
        return self.reason_text or str(FIRST_REASONS.get(self.reason, self.reason))

    @property
    def goal_label(self) -> str:
        return self.goal_text or str(FIRST_GOALS.get(self.goal, self.goal))

    @property
    def language(self) -> str:
        """The language of our messages to them, in its own name."""
        return str(dict(settings.LANGUAGES).get(self.locale, self.locale))

    @property
    def speaks_another(self) -> bool:
        """Whether that is another language than the site's own."""
        return self.locale != settings.LANGUAGE_CODE

    @property
    def is_open(self) -> bool:
        return self.status in REQUEST_OPEN

    @property
    def is_proven(self) -> bool:
        """Whether the address is the patient's: they confirmed it, or spelled it out as staff booked."""
        if self.verified_at is not None:
            return True
        return not self.events.filter(ADDRESS_IN_DOUBT).exists()

    @property
    def told_reason(self) -> str:
        """Why it was declined, in words for the patient; empty for "another reason"."""
        told = self.decline_reason not in {DeclineReason.OTHER, DeclineReason.DUPLICATE}
        return str(self.get_decline_reason_display()) if told else ""

    @property
    def found_no_time(self) -> bool:
        """Whether it was declined because no time suited: one may come free."""
        return self.decline_reason in {DeclineReason.NO_TIME, DeclineReason.CLOSED}

    @property
    def is_duplicate(self) -> bool:
        return self.decline_reason == DeclineReason.DUPLICATE

    @property
    def phone_label(self) -> str:
        """The number with its extension, as people read it."""
        return phones.label(self.phone, self.phone_extension) if self.phone else ""

    @property
    def phone_url(self) -> str:
        return phones.dial(self.phone, self.phone_extension) if self.phone else ""

    @property
    def phone_is_doubtful(self) -> bool:
        """Whether the number is possible but in no number plan: the desk reads it back."""
        return bool(self.phone) and not phones.is_known(self.phone)

    @property
    def gets_mail(self) -> bool:
        return bool(self.email) and self.is_proven

    @property
    def is_phoned_first(self) -> bool:
        """An answer to the safety questions is "ask first", and nobody has phoned about it yet."""
        asked = bool(_hold_answers(self))
        return asked and not self.events.filter(verb=Verb.PHONE).exists()

    @property
    def must_call(self) -> bool:
        """Staff have to phone: no mail reaches the patient, or they are phoned first."""
        return not self.gets_mail or self.is_phoned_first


@prepared
def _hold_answers(consultation: ConsultationRequest) -> models.QuerySet[IntakeAnswer, int]:
    rows = IntakeAnswer.objects.filter(request=consultation, level=CareLevel.HOLD)
    return rows.order_by().values_list("pk", flat=True)[:1]


class PreferredTime(models.Model):
    """The patient's first, second or third choice: an exact start (UTC) or a part of the day."""

    request = models.ForeignKey(
        ConsultationRequest, on_delete=models.CASCADE, related_name="preferences"
    )
    rank = models.PositiveSmallIntegerField()
    start = models.DateTimeField(null=True, blank=True)
    part = models.CharField(max_length=10, choices=DayPart, blank=True)

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "rank"],
                name="preference_rank_once",
                violation_error_message=_("There is a choice of that rank already."),
            ),
            models.CheckConstraint(
                condition=Q(start__isnull=False, part="") | Q(start__isnull=True) & ~Q(part=""),
                name="preference_time_or_part",
                violation_error_message=_("A preference is a time or a part of the day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.rank}"


class IntakeAnswer(models.Model):
    """A question in the words the patient read, and their answer."""

    request = models.ForeignKey(
        ConsultationRequest, on_delete=models.CASCADE, related_name="answers"
    )
    question = models.CharField(max_length=700)
    answer = models.CharField(max_length=300)
    level = models.CharField(
        _("care level"), max_length=12, choices=CareLevel, blank=True, default="", db_default=""
    )
    version = models.CharField(max_length=64, blank=True, default="", db_default="")
    form_version = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.pk}"


class Consent(models.Model):
    """What the patient agreed to: the version, the exact words, and when (UTC)."""

    request = models.ForeignKey(
        ConsultationRequest, on_delete=models.CASCADE, related_name="consents"
    )
    text_version = models.CharField(max_length=20)
    text = models.TextField()
    given_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.request_id}/{self.text_version}"
