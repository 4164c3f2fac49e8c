"""The services that patients can book, with their rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from bookings.enums import KindOfVisit, ResourceKind
from bookings.models.directory import Location, Resource
from bookings.models.questions import AsShown, SafetyQuestions, questions_of, unsigned_among
from bookings.models.spoken import Spoken, each_line
from bookings.models.unsigned import AcceptedUnsigned, goes_for
from bookings.validators import validate_one_line
from clinic.content_version import cached_until_change
from clinic.review import sign_offs


class Service(Spoken):
    """What patients can request (FHIR HealthcareService). Fields name their unit."""

    SPOKEN = ("name", "summary", "preparation")

    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(_("short name"), unique=True)
    summary = models.CharField(_("summary for patients"), max_length=200, blank=True)
    price = models.CharField(
        _("price"),
        max_length=40,
        blank=True,
        default="",
        db_default="",
        validators=[validate_one_line],
    )
    kind_of_visit = models.CharField(
        _("kind of visit"),
        max_length=12,
        choices=KindOfVisit,
        default=KindOfVisit.CLINIC,
        db_default=KindOfVisit.CLINIC,
    )
    video_link = models.URLField(
        _("link to the video call"), max_length=500, blank=True, default="", db_default=""
    )
    duration_minutes = models.PositiveSmallIntegerField(_("minutes"), default=45)
    buffer_before_minutes = models.PositiveSmallIntegerField(_("minutes before"), default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(_("minutes after"), default=10)
    step_minutes = models.PositiveSmallIntegerField(_("minutes between offered starts"), default=30)
    minimum_notice_hours = models.PositiveSmallIntegerField(_("hours of notice"), default=24)
    cancel_notice_hours = models.PositiveSmallIntegerField(
        _("hours of notice to cancel"), default=24
    )
    patients_move = models.BooleanField(
        _("patients move visits themselves"), default=True, db_default=True
    )
    horizon_days = models.PositiveSmallIntegerField(_("days ahead"), default=60)
    practitioners = models.ManyToManyField(
        Resource,
        limit_choices_to={"kind": ResourceKind.PRACTITIONER},
        related_name="services",
        verbose_name=_("offered by"),
    )
    locations = models.ManyToManyField(
        Location,
        blank=True,
        related_name="+",
        verbose_name=_("offered at"),
        help_text=_("None ticked: wherever these practitioners work."),
    )
    needs_room = models.BooleanField(_("needs a room"), default=False)
    preparation = models.TextField(
        _("how to prepare"), blank=True, help_text=_("Sent with the confirmation.")
    )
    questions = models.ForeignKey(
        SafetyQuestions,
        verbose_name=_("safety questions"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="services",
        limit_choices_to={"translation_of": None},
        help_text=_("What patients are asked first. Without published ones nobody can book it."),
    )
    # Only the previous release reads this. An answer now keeps the version of its questions' text.
    form_version = models.PositiveSmallIntegerField(default=1, editable=False)
    active = models.BooleanField(_("open for booking"), default=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("service")
        verbose_name_plural = _("services")
        constraints = [
            models.CheckConstraint(
                condition=Q(duration_minutes__gte=5, duration_minutes__lte=480),
                name="service_duration_5_to_480",
                violation_error_message=_("A visit takes from 5 to 480 minutes."),
            ),
            models.CheckConstraint(
                condition=Q(step_minutes__gte=5, step_minutes__lte=240),
                name="service_step_5_to_240",
                violation_error_message=_("Starts are from 5 to 240 minutes apart."),
            ),
            models.CheckConstraint(
                condition=Q(buffer_before_minutes__lte=120, buffer_after_minutes__lte=120),
                name="service_buffers_to_120",
                violation_error_message=_("A buffer is at most 120 minutes."),
            ),
            models.CheckConstraint(
                condition=Q(horizon_days__gte=1, horizon_days__lte=400)
                & Q(minimum_notice_hours__lte=F("horizon_days") * 24),
                name="service_horizon_beyond_notice",
                violation_error_message=_("The days ahead must reach beyond the notice."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_offered_at(self, location: Location) -> bool:
        """Whether it may be offered there; somebody who offers it must work there as well."""
        limits = {place.pk for place in self.locations.all()}
        return not limits or location.pk in limits

    @property
    def asks(self) -> AsShown | None:
        """What patients are asked first, in the active language; None where nothing is published."""
        return questions_of(self.questions_id, get_language() or settings.LANGUAGE_CODE)

    @property
    def why_closed(self) -> str:
        """Why patients cannot ask for it; empty where they can."""
        if not self.active:
            return gettext("Switched off")
        if not self.questions:
            return gettext("Closed: it has no safety questions")
        if not self.questions.live:
            return gettext("Closed: its safety questions are unpublished")
        if not self.may_open:
            return gettext("Closed: no clinician has signed its safety questions")
        return ""

    @property
    def may_open(self) -> bool:
        """A clinician signed its live questions in every language, or somebody accepted that none has.

        No query where pages are cached.
        """
        key = f"service {self.pk} may ask {self.questions_id}"
        return cached_until_change(key, self._may_open)

    def _may_open(self) -> bool:
        return self.pk in those_open([self])

    @property
    def preparation_lines(self) -> list[str]:
        """How to prepare, one item per line."""
        return each_line(self.said.preparation)

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.duration_minutes)

    @property
    def buffer_before(self) -> timedelta:
        return timedelta(minutes=self.buffer_before_minutes)

    @property
    def buffer_after(self) -> timedelta:
        return timedelta(minutes=self.buffer_after_minutes)

    @property
    def step(self) -> timedelta:
        return timedelta(minutes=self.step_minutes)


def those_open(services: Iterable[Service]) -> set[int]:
    """The ids of those that `may_open`, in three queries or so however many they are."""
    asked = [(service, service.questions_id) for service in services if service.questions_id]
    texts = _live_texts({pk for _service, pk in asked})
    rows = AcceptedUnsigned.objects.filter(service__in=[service.pk for service, _pk in asked])
    accepted = {(r.service_id, r.questions_id): r.at for r in rows.order_by("at", "pk")}
    found, others = set(), []
    for service, pk in asked:
        at = accepted.get((service.pk, pk))
        if at and texts[pk] and goes_for(texts[pk], at):
            found.add(service.pk)
        elif texts[pk]:
            others.append((service.pk, texts[pk], at))
    sign_offs.read_for([text for _pk, own, _at in others for text in own])
    for pk, (original, *translations), at in others:
        unsigned = unsigned_among(original, translations)
        if not unsigned or (at and goes_for(unsigned, at)):
            found.add(pk)
    return found


def _live_texts(questions: Collection[int]) -> dict[int, list[SafetyQuestions]]:
    """Each original with its live translations, the original first; nothing where it is not live."""
    live = SafetyQuestions.objects.filter(live=True)
    found: dict[int, list[SafetyQuestions]] = {pk: [] for pk in questions}
    others = []
    for text in live.filter(Q(pk__in=questions) | Q(translation_of__in=questions)):
        if text.pk in found:
            found[text.pk].append(text)
        if text.translation_of_id in found:
            others.append(text)
    for text in others:
        if own := found[text.translation_of_id or 0]:
            own.append(text)
    return found
