"""Forms for locations, people, rooms and services, with their rules."""

from __future__ import annotations

from itertools import count
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.validators import URLValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.images import get_image_model
from wagtail.images.widgets import AdminImageChooser

from bookings import transitions
from bookings.enums import ExceptionKind, KindOfVisit, ResourceKind
from bookings.forms.fields import SeveralOf
from bookings.models import (
    Appointment,
    DateException,
    Practitioner,
    Resource,
    SafetyQuestions,
    Service,
    WeeklyHours,
)
from bookings.models.unsigned import accept, newest_for
from bookings.staff.setup import affected_visits
from bookings.staff.setup.hours_forms import several_locations
from bookings.staff.setup.spoken_fields import SpeaksLanguages
from bookings.validators import validate_plain_text

PROFILE = ("title", "bio", "photo", "user")


class ResourceForm(WagtailAdminModelForm):
    """A practitioner or a room: the subclass says which."""

    kind: ResourceKind

    class Meta:
        model = Resource
        fields = ["location", "name", "active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.kind = self.kind
        self.fields["location"].empty_label = _("Choose")

    def _get_validation_exclusions(self) -> set[str]:
        # `kind` is not in the form, but the rule "one of that name" needs it.
        return set(super()._get_validation_exclusions()) - {"kind"}

    def clean(self) -> Any:
        cleaned: dict[str, Any] = super().clean() or {}
        location = cleaned.get("location")
        if not (self.instance.pk and location):
            return cleaned
        before = {place.pk for place in self.instance.places}
        gone = before - {location.pk, *(place.pk for place in cleaned.get("also_at", ()))}
        held = Appointment.objects.holding(timezone.now()).filter(location__in=gone)
        mine = held.filter(practitioner=self.instance) | held.filter(room=self.instance)
        field = "location" if self.instance.location_id in gone else "also_at"
        if mine.exists():
            text = _("There are visits in the diary here. Move or cancel them first.")
            self.add_error(field, text)
        elif location.pk in before and self._has_hours_at(gone):
            # Into a location that is new to them hours move along.
            self.add_error(field, _("There are weekly hours there. End or delete them first."))
        elif location.pk in before and self._has_openings_at(gone):
            self.add_error(field, _("There is an extra opening there. Delete it first."))
        return cleaned

    def _has_hours_at(self, places: set[int]) -> bool:
        rows = WeeklyHours.objects.filter(resource=self.instance, location__in=places)
        now = timezone.now()
        return any(
            row.valid_to is None or row.valid_to >= row.place.today(now)
            for row in rows.select_related("location")
        )

    def _has_openings_at(self, places: set[int]) -> bool:
        rows = DateException.objects.filter(resource=self.instance, location__in=places)
        return rows.filter(kind=ExceptionKind.OPEN, end__gt=timezone.now()).exists()

    def clean_active(self) -> bool:
        """Somebody who takes no appointments is not in the diary, so they must have no visits ahead."""
        active = bool(self.cleaned_data["active"])
        if self.instance.pk and not active and "active" in self.changed_data:
            visits = affected_visits.booked(self.instance, timezone.now())
            return self.stays_active(visits) if visits else False
        return active

    def stays_active(self, visits: list[Appointment]) -> bool:
        raise forms.ValidationError(str(affected_visits.still_to_come(visits)))

    def save(self, commit: bool = True) -> Resource:
        resource: Resource = super().save(commit)
        if not resource.active:
            transitions.let_holds_lapse(resource, now=timezone.now())
        if {"location", "also_at"} & set(self.changed_data):
            transitions.resource_moved(resource, now=timezone.now())
        return resource


class RoomForm(ResourceForm):
    kind = ResourceKind.ROOM

    class Meta(ResourceForm.Meta):
        fields = ["location", "name", "serves", "active"]
        widgets = {"serves": forms.CheckboxSelectMultiple}
        field_classes = {"serves": SeveralOf}
        help_texts = {"serves": _("None ticked: for every service.")}


class PhotoChooser(AdminImageChooser):
    """Like Wagtail's, but shows no photo for a value that is not a number instead of failing."""

    def get_instance(self, value: Any) -> Any:
        try:
            return super().get_instance(value)
        except ValueError:
            return None


class PersonForm(SpeaksLanguages, ResourceForm):
    """A practitioner with their public profile and the user who logs in as them."""

    class Meta(ResourceForm.Meta):
        fields = ["location", "also_at", "name", "active"]
        widgets = {"also_at": forms.CheckboxSelectMultiple}
        field_classes = {"also_at": SeveralOf}
        help_texts = {"also_at": _("Add the weekly hours there next.")}

    spoken = Practitioner
    kind = ResourceKind.PRACTITIONER
    still_booked: list[Appointment] = []
    title = forms.CharField(label=_("Job title"), max_length=80, required=False)
    bio = forms.CharField(
        label=_("About"),
        max_length=600,
        required=False,
        widget=AdminAutoHeightTextInput(attrs={"rows": 5}),
        validators=[validate_plain_text],
        help_text=_("Patients read this when they choose whom to see."),
    )
    photo = forms.ModelChoiceField(
        label=_("Photo"),
        queryset=get_image_model().objects.all(),
        required=False,
        widget=PhotoChooser,
        help_text=_("A portrait, at least 480 pixels wide."),
    )
    user = forms.ModelChoiceField(
        label=_("Login"),
        queryset=get_user_model().objects.none(),
        required=False,
        empty_label=_("Nobody"),
        help_text=_("Whoever logs in with it sees this diary."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        users = get_user_model().objects.filter(is_active=True)
        login: Any = self.fields["user"]
        login.queryset = users.order_by("username")
        if several_locations():
            self.fields["location"].label = _("Usual location")
        else:
            del self.fields["also_at"]
        profile = getattr(self.instance, "practitioner", None) if self.instance.pk else None
        if profile:
            for name in PROFILE:
                self.fields[name].initial = getattr(profile, name)
        self.add_translations(profile)

    def stays_active(self, visits: list[Appointment]) -> bool:
        """Everything else is saved; the next page leads through these visits."""
        self.still_booked = visits
        return True

    def clean_also_at(self) -> Any:
        """Without the usual location, which is a place of theirs anyway."""
        usual = self.cleaned_data.get("location")
        return self.cleaned_data["also_at"].exclude(pk=usual.pk if usual else None)

    def clean_user(self) -> Any:
        user = self.cleaned_data["user"]
        taken = Practitioner.objects.filter(user=user).exclude(resource=self.instance.pk)
        if user and taken.exists():
            raise forms.ValidationError(_("This login belongs to another practitioner."))
        return user

    def save(self, commit: bool = True) -> Resource:
        person: Resource = super().save(commit)
        profile = {name: self.cleaned_data[name] for name in PROFILE}
        profile["translations"] = self.translations()
        Practitioner.objects.update_or_create(resource=person, defaults=profile)
        return person


class ServiceForm(SpeaksLanguages, WagtailAdminModelForm):
    """The rules between a service and existing visits and rooms."""

    spoken = Service
    video_link = forms.URLField(
        label=_("Link to the video call"),
        max_length=500,
        required=False,
        assume_scheme="https",
        validators=[URLValidator(["https"])],
        help_text=_("For visits by video. Only patients with a booked visit see it."),
    )

    accept_unsigned = forms.BooleanField(
        label=_("Open it although no clinician has signed its questions"),
        required=False,
        help_text=_(
            "Patients read that nobody has checked them. Your name and the time are recorded. It goes for "
            "the questions as they are now: later ones are signed, or accepted again."
        ),
    )
    accepted = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if last := self.instance.pk and self.instance.accepted_unsigned.first():
            said = _("Accepted by %(who)s on %(day)s.") % {
                "who": last.who,
                "day": date_format(timezone.localdate(last.at), "j F Y"),
            }
            self.fields["accept_unsigned"].help_text = said
        self.fields["summary"].widget = AdminAutoHeightTextInput()
        self.fields["slug"].required = False
        if not several_locations():
            del self.fields["locations"]
        self.add_translations(self.instance)

    def clean_slug(self) -> str:
        """What was typed, or made of the name: the first that no other service has."""
        typed = str(self.cleaned_data["slug"])
        base = slugify(self.cleaned_data.get("name", ""))[:45].strip("-") or "service"
        taken = set(Service.objects.exclude(pk=self.instance.pk).values_list("slug", flat=True))
        made = (f"{base}-{number}" if number > 1 else base for number in count(1))
        return typed or next(slug for slug in made if slug not in taken)

    def clean_practitioners(self) -> Any:
        chosen = self.cleaned_data["practitioners"]
        if self.instance.pk:
            now = timezone.now()
            held = Appointment.objects.holding(now).filter(service=self.instance, start__gt=now)
            gone = held.exclude(practitioner__in=chosen).select_related("request", "location")
            if gone:
                raise forms.ValidationError(str(affected_visits.still_to_come(list(gone))))
        return chosen

    def clean_locations(self) -> Any:
        chosen = self.cleaned_data["locations"]
        if self.instance.pk and chosen:
            now = timezone.now()
            held = Appointment.objects.holding(now).filter(service=self.instance, start__gt=now)
            gone = held.exclude(location__in=chosen).select_related("request", "location")
            if gone:
                raise forms.ValidationError(str(affected_visits.still_to_come(list(gone))))
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("needs_room"):
            theirs = cleaned.get("practitioners") or ()
            places = {place for person in theirs for place in person.places}
            if cleaned.get("locations"):
                places &= set(cleaned["locations"])
            rooms = Resource.objects.filter(kind=ResourceKind.ROOM, active=True)
            serving = rooms.filter(Q(serves=None) | Q(serves=self.instance.pk))
            have = set(serving.values_list("location_id", flat=True))
            without = sorted(place.name for place in places if place.pk not in have)
            if without:
                text = _("There is no room at: %(names)s. Without one no time is free.")
                self.add_error("needs_room", text % {"names": ", ".join(without)})
        questions = cleaned.get("questions")
        if cleaned.get("video_link") and cleaned.get("kind_of_visit") != KindOfVisit.VIDEO:
            self.add_error("video_link", _("Only a visit by video has such a link."))
        if cleaned.get("active") and not (questions and questions.live):
            text = _("Choose safety questions that are published: patients are asked them first.")
            self.add_error("questions", text)
        elif cleaned.get("active") and questions and self._needs_acceptance(questions):
            self.accepted = bool(cleaned.get("accept_unsigned"))
            if not self.accepted:
                text = _("Have a clinician sign the questions first, or tick this.")
                self.add_error("accept_unsigned", text)
        return cleaned

    def _needs_acceptance(self, questions: SafetyQuestions) -> bool:
        """No clinician has signed some of these texts, and nobody has opened the service with them."""
        known = self.instance.pk and newest_for(self.instance.pk, questions)
        return not known and bool(questions.unsigned_texts())

    def save(self, commit: bool = True) -> Service:
        self.instance.translations = self.translations()
        service: Service = super().save(commit)
        if self.accepted and commit:
            accept(service, user=self.for_user, now=timezone.now())
        return service


SERVICE: dict[str, tuple[Any, Any]] = {
    "slug": (_("URL name"), _("Lower-case letters and hyphens. Empty: made of the name.")),
    "price": (_("Price"), _("As patients read it, such as £45. Booked visits keep their price.")),
    "kind_of_visit": (_("Kind of visit"), _("Booked visits keep the kind that they have.")),
    "duration_minutes": (_("Length in minutes"), _("Booked visits keep the length they have.")),
    "buffer_before_minutes": (_("Minutes blocked before"), _("Patients do not see them.")),
    "buffer_after_minutes": (_("Minutes blocked after"), _("For notes and cleaning up.")),
    "step_minutes": (
        _("Minutes between offered starts"),
        _("30: a visit can begin at 9:00, 9:30, 10:00 and so on."),
    ),
    "minimum_notice_hours": (
        _("Hours of notice"),
        _("How long before a visit patients can still book it. Staff may book later."),
    ),
    "cancel_notice_hours": (
        _("Hours of notice to cancel"),
        _("We ask patients for this much. They can still cancel later."),
    ),
    "patients_move": (
        _("Patients move booked visits themselves"),
        _(
            "To a free time, until the notice to cancel begins. When off, they ask for another time."
        ),
    ),
    "horizon_days": (_("Days ahead"), _("How far ahead times are offered.")),
    "active": (_("Open for booking"), _("When off, nobody can request it; bookings stay.")),
}
LABELS = {name: label for name, (label, _help) in SERVICE.items()}
HELP_TEXTS = {name: text for name, (_label, text) in SERVICE.items() if text}
