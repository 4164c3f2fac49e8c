"""What comes with a new request: who asks, for what, and the reference that it gets."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.conf import settings

from bookings.enums import ContactBy, DayPart
from bookings.models import Location, Resource, Service
from bookings.schedule.availability import Search
from bookings.transitions.waiting_list import Waiting
from clinic import phones

REFERENCE_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
"""No vowels, no look-alikes: it is read out over the phone and spells no word."""


@dataclass(frozen=True)
class Contact:
    """Who asks and how to reach them. `contact_by` decides which of email and phone is used first.

    `texts`: they want text messages beside mail.

    `phone` is what `phones.stored` makes: E.164, with ";ext=" and the extension where there is one.
    """

    name: str
    contact_by: ContactBy
    email: str = ""
    phone: str = ""
    on_behalf_of: str = ""
    locale: str = "en-gb"
    texts: bool = False

    @property
    def key(self) -> str:
        """An HMAC of the normalised address, the same for one person in whatever spelling."""
        return keyed(self.email.strip().lower() or phones.split(self.phone)[0])


class Answer(NamedTuple):
    """A question as it was shown, and what was answered; see `IntakeAnswer`."""

    question: str
    answer: str
    level: str = ""
    version: str = ""


@dataclass(frozen=True)
class RequestData:
    """What a visitor asks for. Times are UTC; `starts` are in order of preference.

    `consented_at`: when, if they agreed before, to something that this goes on with.
    """

    service: Service
    location: Location
    reason: str
    consent_version: str
    consent_text: str
    reason_text: str = ""
    goal: str = ""
    goal_text: str = ""
    side: str = ""
    note: str = ""
    practitioner: Resource | None = None
    starts: Sequence[datetime] = ()
    parts: Sequence[DayPart] = ()
    waiting: Waiting | None = None
    answers: Sequence[Answer] = ()
    source_path: str = ""
    source_revision: int | None = None
    source_exercise: str = ""
    consented_at: datetime | None = None
    network: str = field(default="", repr=False)
    suspicion: str = ""

    def search(self, now: datetime) -> Search:
        return Search(self.service, self.location, now, self.practitioner)


def keyed(value: str) -> str:
    """An HMAC-SHA-256 under the site's secret, in hex; empty for nothing."""
    if not value:
        return ""
    return hmac.new(settings.SECRET_KEY.encode(), value.encode(), "sha256").hexdigest()


def new_reference() -> str:
    """Eight characters in two groups, such as K7MB-4QX9: 3.8 × 10¹¹ of them."""
    letters = [secrets.choice(REFERENCE_ALPHABET) for _ in range(8)]
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"
