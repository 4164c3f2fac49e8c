"""The owner's first screen of a new clinic: what is still to do before patients come.

Everything is read from how the site really is; once all of it is done the list is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import Component

from bookings import demonstration
from bookings.enums import ResourceKind
from bookings.models import Practitioner, Resource, Service, WeeklyHours
from bookings.worker import health
from clinic.models import ClinicSettings


@dataclass(frozen=True)
class Step:
    """One thing to do, whether it is done, and where; `how` where no page of the admin does it."""

    label: str | Promise
    done: bool
    url: str = ""
    how: str | Promise = ""


def steps(user: Any, *, now: datetime) -> list[Step]:
    return [*_the_clinic(), *_the_diary(), *_the_site(user, now)]


def _the_clinic() -> Iterator[Step]:
    clinic = ClinicSettings.as_written()
    url = reverse("wagtailsettings:edit", args=["clinic", "clinicsettings"])
    yield Step(_("Give the clinic its name"), _changed(clinic, "name"), url)
    yield Step(_("Give its telephone number"), _changed(clinic, "phone"), url)


def _changed(clinic: ClinicSettings, name: str) -> bool:
    """Whether it is no longer what a new site begins with."""
    value, begins = getattr(clinic, name), ClinicSettings._meta.get_field(name).get_default()
    return bool(value) and value != begins


def _the_diary() -> Iterator[Step]:
    seen = Practitioner.objects.public().values("resource").order_by()
    people = Resource.objects.filter(kind=ResourceKind.PRACTITIONER, pk__in=seen)
    hours = WeeklyHours.objects.filter(resource=OuterRef("pk"))
    known = list(people.annotate(works=Exists(hours)).values_list("name", "works"))
    invented = set(demonstration.invented())
    real = [works for name, works in known if name not in invented]
    yield Step(_("Enter the practitioners"), bool(real), reverse("people:index"))
    yield Step(_("Enter everybody’s hours"), bool(real) and all(real), reverse("desk:week"))
    offered = Service.objects.filter(active=True, practitioners__in=people).distinct()
    yield Step(
        _("Set up what patients can book"),
        any(not service.why_closed for service in offered),
        reverse("services:index"),
    )


def _the_site(user: Any, now: datetime) -> Iterator[Step]:
    yield Step(
        _("Connect a mail server"),
        bool(settings.MAIL_SERVER),
        how=_("Whoever looks after the server sets EMAIL_URL."),
    )
    yield Step(
        _("Set up your second step for logging in"),
        Authenticator.objects.filter(user_id=user.pk).exists(),
        reverse("wagtailadmin_account"),
    )
    yield Step(
        _("Have a backup"),
        health.backup(now).ok,
        how=_("Whoever looks after the server lets it make one every night."),
    )
    yield Step(
        _("Replace the invented clinic"), not demonstration.invented(), reverse("locations:index")
    )


class SettingUpPanel(Component):
    """First of all, until everything is done."""

    name = "setting-up"
    template_name = "bookings/staff/_setting_up_panel.html"
    order = -50

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        found = steps(parent_context["request"].user, now=timezone.now())
        left = [step for step in found if not step.done]
        return {"steps": found if left else [], "left": len(left), "all": len(found)}
