"""What the desk chooses for the next visits."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from bookings.models import Appointment, ConsultationRequest, Resource
from bookings.staff.requests.fields import ClinicTimeField, InstantField
from bookings.staff.requests.forms import StaffForm, people_for, practitioner_field
from bookings.staff.requests.next_dates import following, weekly
from bookings.transitions.next_visits import MOST

PICK = re.compile(r"(\S+)(?: (\d{1,18}))?")


class NextForm(StaffForm):
    """Some weeks after the last visit (a button), or a date of one's own; once, or several times."""

    key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    weeks = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=52, required=False)
    first = ClinicTimeField(label=_("First visit"), required=False)
    count = forms.IntegerField(
        label=_("How many visits"), min_value=1, max_value=MOST, required=False, initial=1
    )
    every = forms.IntegerField(
        label=_("Weeks between them"), min_value=1, max_value=26, required=False, initial=1
    )
    field_order = ["version", "key", "weeks", "first", "practitioner", "count", "every"]

    def __init__(
        self,
        *args: Any,
        consultation: ConsultationRequest,
        before: Appointment,
        now: datetime,
        **kwargs: Any,
    ) -> None:
        self.before, self.now, zone = before, now, consultation.location.zone
        initial = {
            "key": secrets.token_hex(16),
            "first": following(before.start, zone, 1, now=now),
            "practitioner": before.practitioner_id,
        }
        super().__init__(*args, consultation=consultation, initial=initial, **kwargs)
        first = self.fields["first"]
        assert isinstance(first, ClinicTimeField)
        first.location = consultation.location
        self.fields["practitioner"] = practitioner_field(consultation)
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not (cleaned.get("first") or cleaned.get("weeks") or self.posted):
            self.add_error("first", _("Enter a date and a time."))
        if not self.errors and self.posted and not self.picked:
            self.add_error(None, _("Choose one to twelve different times."))
        return cleaned

    @property
    def posted(self) -> list[str]:
        """The times that were chosen on the page that said which are not free."""
        values: Any = self.data
        found: list[str] = values.getlist("pick") if hasattr(values, "getlist") else []
        return found

    @cached_property
    def picked(self) -> list[tuple[datetime, Resource | None]] | None:
        """Those times with their practitioners, in order; None where no such page was shown."""
        if not self.posted:
            return None
        people = {person.pk: person for person in people_for(self.consultation)}
        found: dict[datetime, Resource | None] = {}
        for text in self.posted[:MOST]:
            match = PICK.fullmatch(text)
            if not match:
                continue
            try:
                start = InstantField().to_python(match[1])
            except forms.ValidationError:
                continue
            if start:
                found[start] = people.get(int(match[2] or 0))
        return sorted(found.items(), key=lambda one: one[0])

    def starts(self) -> list[datetime]:
        """The wall-clock times of the plan, naive."""
        data, zone = self.cleaned_data, self.consultation.location.zone
        weeks = data["weeks"]
        first = following(self.before.start, zone, weeks, now=self.now) if weeks else data["first"]
        if first is None:
            return []
        count, every = data["count"] or 1, data["every"] or 1
        return weekly(first, zone, every=every, count=1 if weeks else count)
