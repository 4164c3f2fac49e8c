"""Who and where: locations, practitioners and rooms."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import get_text_list, slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField
from phonenumber_field.phonenumber import PhoneNumber

from bookings.enums import GETTING_THERE, INSTEAD_OF_A_PLACE, KindOfVisit, ResourceKind
from bookings.models.spoken import Spoken, each_line
from bookings.validators import validate_one_line, validate_time_zone
from clinic.models import ClinicSettings


class Location(Spoken):
    """A place with one address and one time zone (FHIR Location)."""

    SPOKEN = ("entrance_and_lift", "parking", "public_transport")

    name = models.CharField(_("name"), max_length=80, unique=True)
    address = models.TextField(_("address"))
    # The parts that directories ask for. Patients read the lines above.
    city = models.CharField(
        _("town or city"),
        max_length=60,
        blank=True,
        default="",
        db_default="",
        validators=[validate_one_line],
    )
    state = models.CharField(
        _("county or state"),
        max_length=60,
        blank=True,
        default="",
        db_default="",
        validators=[validate_one_line],
    )
    postcode = models.CharField(
        _("postcode"),
        max_length=20,
        blank=True,
        default="",
        db_default="",
        validators=[validate_one_line],
    )
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
    telephone = PhoneNumberField(_("telephone"), blank=True, default="", db_default="")
    entrance_and_lift = models.CharField(
        _("entrance and lift"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        validators=[validate_one_line],
    )
    parking = models.CharField(
        _("parking"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        validators=[validate_one_line],
    )
    public_transport = models.CharField(
        _("public transport"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        validators=[validate_one_line],
    )
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=8,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )

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
    def clinic(self) -> ClinicSettings:
        """The clinic as patients of this place know it: with the number to call about visits here."""
        found = ClinicSettings.current()
        if self._has_number:
            found = copy.copy(found)
            found.phone = self.telephone
        return found

    @property
    def number_to_call(self) -> PhoneNumber:
        """The number of `clinic`, without a copy of all that is said of the clinic."""
        return self.telephone if self._has_number else ClinicSettings.current().phone

    @property
    def _has_number(self) -> bool:
        # Whether a number is true or not is found out by its number plan, which takes a while.
        return isinstance(self.telephone, PhoneNumber)

    def where(self, kind: str) -> list[str]:
        """Where patients come, line by line; for a visit by telephone or video how it begins."""
        if kind in INSTEAD_OF_A_PLACE:
            return [str(INSTEAD_OF_A_PLACE[KindOfVisit(kind)])]
        return self.lines

    def getting_there(self, kind: str) -> list[tuple[str, str, str]]:
        """How to get to a visit in the clinic: the label, the words, and the name of their field."""
        if kind != KindOfVisit.CLINIC:
            return []
        found = GETTING_THERE.items()
        said = [(str(label), getattr(self.said, name), name) for name, label in found]
        return [row for row in said if row[1]]

    @property
    def one_line(self) -> str:
        """The address alone."""
        return ", ".join(each_line(self.address))

    @property
    def has_address_parts(self) -> bool:
        return all([self.city, self.state, self.postcode])

    @property
    def street_lines(self) -> list[str]:
        """The address without the lines of its town and postcode; all of it if nothing would be left."""
        parts = {self.city.casefold(), self.state.casefold()}
        found = [
            line
            for line in each_line(self.address)
            if line.casefold() not in parts and self.postcode.casefold() not in line.casefold()
        ]
        return found or each_line(self.address)

    @property
    def lines(self) -> list[str]:
        """What patients read: the name, unless the address contains it, then the address by line."""
        said = re.search(rf"\b{re.escape(self.name)}\b", self.one_line, re.IGNORECASE)
        return [*([] if said else [self.name]), *each_line(self.address)]


class ResourceQuerySet(models.QuerySet["Resource"]):
    def at(self, location: Location | int) -> Self:
        """The rooms of a location, and everybody who works there, usually or also."""
        visiting = Resource.also_at.through.objects.filter(location=location)
        return self.filter(Q(location=location) | Q(pk__in=visiting.values("resource")))

    def at_any(self, locations: Sequence[Location | int]) -> Self:
        visiting = Resource.also_at.through.objects.filter(location__in=locations)
        return self.filter(Q(location__in=locations) | Q(pk__in=visiting.values("resource")))

    def elsewhere(self) -> Self:
        """Those who work in more than one location."""
        return self.filter(pk__in=Resource.also_at.through.objects.values("resource"))


class Resource(models.Model):
    """Something that one appointment at a time can use: a practitioner or a room.

    A room is in one location. A person works at `location`, the usual one, and at those of `also_at`, and
    is one row wherever they work, so that nobody can be held twice.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=ResourceKind)
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="resources", verbose_name=_("location")
    )
    also_at = models.ManyToManyField(
        Location, blank=True, related_name="+", verbose_name=_("also works at")
    )
    name = models.CharField(_("name"), max_length=80)
    active = models.BooleanField(_("takes appointments"), default=True)
    serves = models.ManyToManyField(
        "bookings.Service", blank=True, related_name="rooms", verbose_name=_("only for")
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, db_index=False, related_name="+"
    )
    """The record of the same person that goes on; addresses of this one lead there."""

    objects = ResourceQuerySet.as_manager()

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

    @property
    def places(self) -> list[Location]:
        """Where they work, the usual location first."""
        others = [place for place in self.also_at.all() if place.pk != self.location_id]
        return [self.location, *others]


class PractitionerQuerySet(models.QuerySet["Practitioner"]):
    def public(self) -> PractitionerQuerySet:
        """Those that patients may see, ordered by name."""
        visiting = Resource.also_at.through.objects.filter(location__active=True)
        somewhere = Q(resource__location__active=True) | Q(resource__in=visiting.values("resource"))
        seen = self.filter(somewhere, resource__active=True)
        people = seen.select_related("resource__location", "photo", "user__credentials")
        return people.prefetch_related("resource__also_at").order_by("resource__name", "pk")


class Practitioner(Spoken):
    """A practitioner's public profile, and the user who logs in as them (FHIR Practitioner)."""

    SPOKEN = ("title", "bio")

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
    def places(self) -> list[Location]:
        """The locations at which patients can see them, the usual one first."""
        return [place for place in self.resource.places if place.active]

    @property
    def where(self) -> str:
        """These locations by name; empty where it is one alone."""
        names = [place.name for place in self.places]
        return get_text_list(names, gettext("and")) if len(names) > 1 else ""

    @property
    def role(self) -> str:
        said: str = self.said.title
        return said

    @property
    def about(self) -> str:
        said: str = self.said.bio
        return said

    @property
    def url(self) -> str:
        return self.get_absolute_url()

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()[:2]).upper()
