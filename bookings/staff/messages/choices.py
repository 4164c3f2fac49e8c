"""Under *Account*: what each member of staff is mailed about, and when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.account import BaseSettingsPanel

from bookings.enums import StaffKind, TellWhen
from bookings.messages import recipients
from bookings.models import LiveLine, StaffPreference
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
        self.fields["live"] = forms.BooleanField(
            label=_("Tell me in the open tab as well"),
            help_text=_("A count in its title, and a line when something is new."),
            required=False,
            initial=LiveLine.objects.filter(user=user).exists(),
        )

    def save(self) -> None:
        if self.cleaned_data["live"]:
            LiveLine.objects.get_or_create(user=self.user)
        else:
            LiveLine.objects.filter(user=self.user).delete()
        for kind in set(self.changed_data) - {"live"}:
            StaffPreference.objects.update_or_create(
                user=self.user, kind=kind, defaults={"when": self.cleaned_data[kind]}
            )


class StaffMailPanel(BaseSettingsPanel):
    name = "staff_mail"
    title = _("Messages about requests and visits")
    order = 150
    form_class = ChoicesForm

    def is_active(self) -> bool:
        return bool(kinds_for(self.user))

    def get_form(self) -> ChoicesForm:
        posted = self.request.POST if self.request.method == "POST" else None
        return ChoicesForm(posted, user=self.user, prefix=self.name)
