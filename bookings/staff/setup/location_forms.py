"""Forms for a location, and for what happens to its visits when its address or time zone changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminAutoHeightTextInput

from bookings import transitions
from bookings.enums import ResourceKind
from bookings.models import Appointment, Location, Resource, TravelTime
from bookings.models.travel import LONGEST_WAY
from bookings.schedule import public_holidays, travel
from bookings.staff.setup import affected_visits, time_zones
from bookings.staff.setup.spoken_fields import SpeaksLanguages
from bookings.validators import validate_time_zone

WALL_CLOCK, MOMENT = "wall-clock", "moment"
PLACE = ("name", "address", "time_zone")
"""What patients were told about the place."""
WAY = "way_"
"""What the field of a way is called; the id of the other location follows."""


class LocationForm(SpeaksLanguages, WagtailAdminModelForm):
    """Saves the location; `answers` say what happens to its visits (see `PlaceForm`)."""

    spoken = Location
    answers: dict[str, Any]

    class Meta:
        model = Location
        fields = [
            *("name", "address", "city", "state", "postcode", "telephone"),
            *("entrance_and_lift", "parking", "public_transport"),
            *("latitude", "longitude", "time_zone", "country", "region", "active"),
        ]
        widgets = {"address": AdminAutoHeightTextInput(attrs={"rows": 3})}
        help_texts = {
            "address": _("As patients read it, with town and postcode."),
            "city": _("Town, county or state, and postcode are for directories of clinics."),
            "postcode": _("Without all three, directories do not list this location."),
            "telephone": _("Its own number, if it has one. Otherwise patients read the clinic's."),
            "entrance_and_lift": _("How to get in, with a wheelchair or a pram too."),
            "latitude": _("For maps and search engines, such as 51.503200."),
            "longitude": _("Such as -0.091500."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before, self.answers = self.instance.zone, {}
        self.fields["country"] = forms.ChoiceField(
            label=_("Country"),
            choices=[("", _("None")), *public_holidays.countries()],
            required=False,
            help_text=_("Its public holidays are suggested as closures."),
        )
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"),
            choices=time_zones.choices(self.instance.time_zone),
            help_text=_("The city whose clocks it keeps. Type its first letters to find it."),
        )
        self._add_ways()
        self.add_translations(self.instance)

    def _add_ways(self) -> None:
        """A field for the way to each other location."""
        own = self.instance.pk
        ways = travel.ways_from(own) if own else {}
        for other in Location.objects.exclude(pk=own):
            way = ways.get(other.pk)
            self.fields[f"{WAY}{other.pk}"] = forms.IntegerField(
                label=_("Minutes to %(place)s") % {"place": other.name},
                min_value=0,
                max_value=LONGEST_WAY,
                required=False,
                initial=int(way.total_seconds()) // 60 if way else 0,
                help_text=_(
                    "Kept free between two visits of one person, one here and one there. Booked "
                    "visits stay."
                ),
            )

    def _save_ways(self, place: Location) -> None:
        for name in self.changed_data:
            if name.startswith(WAY):
                first, second = sorted([place.pk, int(name.removeprefix(WAY))])
                TravelTime.objects.update_or_create(
                    first_id=first,
                    second_id=second,
                    defaults={"minutes": self.cleaned_data[name] or 0},
                )

    @property
    def changes_place(self) -> bool:
        """Whether anything changes that patients were told."""
        return bool(self.instance.pk and set(PLACE) & set(self.changed_data))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if (cleaned.get("latitude") is None) != (cleaned.get("longitude") is None):
            self.add_error("longitude", _("Enter both the latitude and the longitude, or neither."))
        return cleaned

    def clean_region(self) -> str:
        region = str(self.cleaned_data["region"]).strip().upper()
        public_holidays.check_region(self.cleaned_data.get("country", ""), region)
        return region

    def clean_time_zone(self) -> str:
        name = str(self.cleaned_data["time_zone"])
        validate_time_zone(name)
        return name

    def save(self, commit: bool = True) -> Location:
        self.instance.translations = self.translations()
        place: Location = super().save(commit)
        self._save_ways(place)
        if self.changes_place:
            self.told = transitions.change_place(
                place,
                before=self.before,
                wall_clock_stays=self.answers.get("keep") != MOMENT,
                tell=self.answers.get("tell") != "no",
                actor=transitions.staff(self.for_user),
                now=timezone.now(),
            )
        return place


class PlaceForm(forms.Form):
    """What stays for the visits, and whether patients are told. `shown`: what the page listed."""

    shown = forms.CharField(widget=forms.HiddenInput)
    keep = forms.ChoiceField(
        label=_("What stays the same for these visits?"),
        widget=forms.RadioSelect,
        choices=[
            (WALL_CLOCK, _("The time on the clock there: 2:30pm stays 2:30pm")),
            (MOMENT, _("The moment: the clock there will show another time")),
        ],
    )
    tell = forms.ChoiceField(
        label=_("Do these patients need to know?"),
        widget=forms.RadioSelect,
        initial="yes",
        choices=[
            ("yes", _("Yes: send them the new place, and list those to phone")),
            ("no", _("No: it is the same place, only written differently")),
        ],
    )

    def __init__(self, *args: Any, location: Location, other_zone: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.location = location
        del self.fields["tell" if other_zone else "keep"]

    def clean_keep(self) -> str:
        """If moments stay, the hours on the new clock must still cover them."""
        keep = str(self.cleaned_data["keep"])
        out = _visits_outside(self.location) if keep == MOMENT else []
        if out:
            raise forms.ValidationError(str(affected_visits.outside_these_hours(out)))
        return keep


def _visits_outside(location: Location) -> Sequence[Appointment]:
    """The visits outside the working hours, once those are read in the location's new zone."""
    people = Resource.objects.filter(kind=ResourceKind.PRACTITIONER).at(location)
    out: list[Appointment] = []
    for person in people:
        after = affected_visits.week_of(person, location)
        out += affected_visits.visits_lost(person, after, now=timezone.now())
    return out
