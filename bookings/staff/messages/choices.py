"""Under *Account*: what each member of staff is mailed about, and when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.account import BaseSettingsPanel

from bookings.enums import StaffKind, TellWhen
from bookings.messages import recipients
from bookings.models import StaffPreference
from bookings.permissions import can_see_health, can_triage


def kinds_for(user: Any) -> list[StaffKind]:
    """The kinds that concern somebody in this role."""
    answers = can_triage(user)
    concerns = {
        StaffKind.ATTACK: answers or can_see_health(user),
        StaffKind.OWN_VISIT: hasattr(user, "practitioner"),
    }
    return [kind for kind in StaffKind if concerns.get(kind, answers)]


class ChoicesForm(forms.Form):
    """A choice of `TellWhen` for each kind."""

    def __init__(self, data: Any, *, user: Any, prefix: str) -> None:
        super().__init__(data, prefix=prefix)
        self.user = user
        relieved = recipients.desk().relieved
        for kind in kinds_for(user):
            chosen = recipients.choices([user], kind, relieved=relieved)[user.pk]
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label, choices=TellWhen.choices, initial=chosen
            )

    def save(self) -> None:
        for kind in self.changed_data:
            StaffPreference.objects.update_or_create(
                user=self.user, kind=kind, defaults={"when": self.cleaned_data[kind]}
            )


class StaffMailPanel(BaseSettingsPanel):
    name = "staff_mail"
    title = _("Emails about requests and visits")
    order = 150
    form_class = ChoicesForm

    def is_active(self) -> bool:
        return bool(kinds_for(self.user))

    def get_form(self) -> ChoicesForm:
        posted = self.request.POST if self.request.method == "POST" else None
        return ChoicesForm(posted, user=self.user, prefix=self.name)
