"""Who and where: locations, practitioners and rooms, and the services they offer."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from bookings.enums import ResourceKind
from bookings.models.questions import AsShown, SafetyQuestions, questions_of
from bookings.validators import validate_time_zone


class Location(models.Model):
    """A place with one address and one time zone (FHIR Location)."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    address = models.TextField(_("address"))
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/London", validators=[validate_time_zone]
    )
    country = models.CharField(_("country"), max_length=2, blank=True)
    region = models.CharField(
        _("region"),
        max_length=12,
        blank=True,
        help_text=_("Its code, such as ENG, if it has its own public holidays."),
    )
    active = models.BooleanField(_("open for requests"), default=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("location")
        verbose_name_plural = _("locations")

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def today(self, now: datetime) -> date:
        """The day on its wall clock at `now` (UTC)."""
        return now.astimezone(self.zone).date()

    @property
    def one_line(self) -> str:
        """The address alone."""
        return ", ".join(each_line(self.address))

    @property
    def lines(self) -> list[str]:
        """What patients read: the name, unless the address contains it, then the address by line."""
        said = re.search(rf"\b{re.escape(self.name)}\b", self.one_line, re.IGNORECASE)
        return [*([] if said else [self.name]), *each_line(self.address)]


class Resource(models.Model):
    """Something that one appointment at a time can use: a practitioner or a room."""

    kind = models.CharField(_("kind"), max_length=12, choices=ResourceKind)
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="resources", verbose_name=_("location")
    )
    name = models.CharField(_("name"), max_length=80)
    active = models.BooleanField(_("takes appointments"), default=True)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("person or room")
        verbose_name_plural = _("people and rooms")
        constraints = [
            models.UniqueConstraint(
                fields=["location", "kind", "name"],
                name="resource_name_once_a_location",
                violation_error_message=_("This location already has one of that name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class PractitionerQuerySet(models.QuerySet["Practitioner"]):
    def public(self) -> PractitionerQuerySet:
        """Those that patients may see, ordered by name."""
        seen = self.filter(resource__active=True, resource__location__active=True)
        people = seen.select_related("resource__location", "photo", "user__credentials")
        return people.order_by("resource__name", "pk")


class Practitioner(models.Model):
    """A practitioner's public profile, and the user who logs in as them (FHIR Practitioner)."""

    resource = models.OneToOneField(
        Resource,
        on_delete=models.CASCADE,
        related_name="practitioner",
        limit_choices_to={"kind": ResourceKind.PRACTITIONER},
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="practitioner",
    )
    title = models.CharField(_("job title"), max_length=80, blank=True)
    bio = models.TextField(_("about"), max_length=600, blank=True)
    photo = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("photo"),
    )

    objects = PractitionerQuerySet.as_manager()

    class Meta:
        verbose_name = _("practitioner")
        verbose_name_plural = _("practitioners")

    def __str__(self) -> str:
        return self.resource.name

    def get_absolute_url(self) -> str:
        return reverse("person", args=[self.pk, slugify(self.name) or "practitioner"])

    # What the person card on the site reads.
    @property
    def registration(self) -> str:
        """Register and number, where the practitioner logs in and has typed them."""
        found: str = getattr(getattr(self.user, "credentials", None), "registration", "")
        return found

    @property
    def name(self) -> str:
        return self.resource.name

    @property
    def role(self) -> str:
        return self.title

    @property
    def url(self) -> str:
        return self.get_absolute_url()

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()[:2]).upper()


def each_line(text: str) -> list[str]:
    """The non-empty lines of a text with one item per line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class Service(models.Model):
    """What patients can request (FHIR HealthcareService). Fields name their unit."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(_("short name"), unique=True)
    summary = models.CharField(_("summary for patients"), max_length=200, blank=True)
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
        return (
            "" if self.questions.live else gettext("Closed: its safety questions are unpublished")
        )

    @property
    def preparation_lines(self) -> list[str]:
        """How to prepare, one item per line."""
        return each_line(self.preparation)

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
