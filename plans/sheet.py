"""A plan on paper: the handout of guides, with what was agreed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext as _

from clinic.models import ClinicSettings
from education.handout import make
from education.models import GuidePage
from plans import agreed
from plans.models import Plan


def guide_of(plan: Plan) -> GuidePage | None:
    """The guide whose "get help" stands on the plan, if it is still published; or any other that is."""
    live = GuidePage.objects.live().public()
    return live.filter(pk=plan.guide).first() or live.order_by("pk").first()


def care_cards(plan: Plan) -> list[Any]:
    """When to get help: always as it is published today, since it is about safety."""
    page = guide_of(plan)
    return page.guide().care_cards if page else []


def pdf(plan: Plan, *, large: bool = False) -> bytes:
    """In the patient's language. It names nobody; its code leads to where a lost link is found."""
    with translation.override(plan.locale):
        return make.private_pdf(data(plan), large=large)


def data(plan: Plan) -> dict[str, Any]:
    clinic = ClinicSettings.current()
    found = agreed.items(plan)
    url = settings.SITE_URL + reverse("find-request")
    until = formats.date_format(plan.until)
    return make.clinic_data(clinic) | {
        "title": _("Your plan"),
        "headline": _("Until %(day)s") % {"day": until},
        "url": url,
        "shown_url": url.partition("//")[2].rstrip("/"),
        "qr": make.qr(url),
        "disclaimer": clinic.disclaimer,
        "own_lang": found[0].exercise.language_code[:2] if found else plan.locale[:2],
        "warnings": [],
        # Each says all of it: what exercises share stands beside warnings, and a plan has none.
        "exercises": [make.exercise(item) for item in found],
        "shared": {"cautions": [], "stop_if": []},
        "care": [make.care(value, clinic) for value in care_cards(plan)],
        "review": _("Clinical review: waiting for a clinician to sign it off.")
        if agreed.unsigned(found)
        else "",
        "words": make.words() | {"qr": _("Code to scan: mails you a link to your page")},
    }
