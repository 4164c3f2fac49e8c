"""Tells staff once a day what is overdue. A periodic job; the day's row makes it one mail a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from post_office.models import Email

from bookings import clock
from bookings.messages import queue
from bookings.models import ConsultationRequest, Digest, Message
from bookings.models.wording import MessageSettings, addresses_of
from clinic.dates import plain, unbroken
from clinic.models import ClinicSettings


def send_daily(*, now: datetime) -> bool:
    """Write the day's digest when it is due; whether there was anything to say.

    The day is in the clinic's zone (`TIME_ZONE`). References only, because the mail leaves the clinic.
    """
    chosen = MessageSettings.load()
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    if local.time() < chosen.digest_at or Digest.objects.filter(day=local.date()).exists():
        return False
    try:
        return _write(local.date(), chosen, now)
    except IntegrityError:
        return False  # another worker has just written it


def _write(today: date, chosen: MessageSettings, now: datetime) -> bool:
    with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        day = Digest.objects.create(day=today)  # unique: of two workers only one succeeds
        overdue = list(ConsultationRequest.objects.overdue(now).select_related("location"))
        unheard = list(Message.objects.undelivered().select_related("request", "email"))
        to = addresses_of(chosen.digest_to) or desk_addresses()
        if to and (overdue or unheard):
            day.email = Email.objects.create(
                to=to, scheduled_time=now, **queue.common() | render(overdue, unheard, now=now)
            )
            day.save()
    return day.email is not None


def desk_addresses() -> list[str]:
    """The addresses of everybody who may answer requests."""
    backend = "django.contrib.auth.backends.ModelBackend"
    users = get_user_model().objects.with_perm(  # type: ignore[attr-defined]
        "bookings.triage_request", include_superusers=False, backend=backend
    )
    return sorted(set(users.exclude(email="").values_list("email", flat=True)))


SHOWN = 50
"""So many of each are named; the list has all of them."""


def render(
    overdue: list[ConsultationRequest], unheard: list[Message], *, now: datetime
) -> dict[str, Any]:
    subjects = []
    if overdue:
        text = ngettext(
            "%(count)s answer is overdue", "%(count)s answers are overdue", len(overdue)
        )
        subjects.append(text % {"count": len(overdue)})
    if unheard:
        text = ngettext(
            "%(count)s message did not arrive", "%(count)s messages did not arrive", len(unheard)
        )
        subjects.append(text % {"count": len(unheard)})
    clinic = ClinicSettings.current()
    context = {
        "clinic": clinic,
        "overdue": _first(
            _("%(reference)s: was due %(moment)s")
            % {
                "reference": r.reference,
                "moment": unbroken(clock.moment_label(r.respond_by, r.location.zone, now=now)),
            }
            for r in overdue
            if r.respond_by
        ),
        "unheard": _first(sorted({message.request.reference for message in unheard})),
        "button_url": settings.SITE_URL + reverse("desk:requests"),
        "button_text": _("Open the requests"),
    }
    return queue.sender(clinic) | {
        "subject": ", ".join(subjects),
        "message": plain(render_to_string("emails/digest.txt", context)),
        "html_message": render_to_string("emails/digest.html", context),
    }


def _first(lines: Iterable[str]) -> list[str]:
    """So many that somebody reads them, and how many more there are."""
    found = list(lines)
    more = len(found) - SHOWN
    if more <= 0:
        return found
    return [*found[:SHOWN], _("and %(count)s more") % {"count": more}]
