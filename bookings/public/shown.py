"""What a page showed, as a short code inside its form.

A form acts on what its page showed, or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bookings.enums import AppointmentStatus
from bookings.models import Appointment, ConsultationRequest

FIELD = "shown"
TOLD = {AppointmentStatus.BOOKED, AppointmentStatus.PENDING}
HAS_CHANGED = _(
    "Your request has changed since this page was shown. Nothing was done: please look again."
)


def code(*parts: object) -> str:
    """The same code for the same parts. It is no secret: anybody who may post the form may know it."""
    text = "\0".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:16]


def state(consultation: ConsultationRequest, visits: Iterable[Appointment] | None = None) -> str:
    """The status, the clinic's words, and the booked and offered times, as the patient sees them.

    Not what staff do among themselves, and not a hold: it runs out without anybody's doing. `visits` are
    the request's appointments, where they have just been read.
    """
    rows = consultation.appointments.all() if visits is None else visits
    told = [one for one in rows if one.status in TOLD]
    times = sorted((one.pk, one.start, one.practitioner_id) for one in told)
    return code(consultation.pk, consultation.status, consultation.staff_message, *times)


def reach(consultation: ConsultationRequest) -> str:
    """The same, with how the patient is reached: what was changed elsewhere is not changed back."""
    return code(
        state(consultation), consultation.email, consultation.phone_label, consultation.wants_texts
    )


def rows(found: Iterable[dict[str, str]]) -> list[str]:
    """A code for each row of a summary."""
    return [code(row["key"], row["value"]) for row in found]


def of(request: HttpRequest) -> str:
    """The code in the form that was posted."""
    return str(request.POST.get(FIELD, ""))
