"""A visitor sends a request, and confirms the address."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from bookings import phones
from bookings.enums import (
    REQUEST_FINAL,
    AppointmentStatus,
    ContactBy,
    DayPart,
    RequestStatus,
    Verb,
)
from bookings.errors import (
    BookingError,
    InvalidTransition,
    StaleVersion,
    TooManyHolds,
    TooManyMails,
)
from bookings.messages import to_patients
from bookings.models import (
    Appointment,
    Consent,
    ConsultationRequest,
    IntakeAnswer,
    Location,
    PreferredTime,
    Resource,
    Service,
)
from bookings.schedule import answer_deadline, availability
from bookings.schedule.availability import Search
from bookings.transitions.core import PATIENT, all_or_nothing, record, set_status
from bookings.transitions.holds import end_hold, extend_hold, hold, hold_first_choice, taken
from bookings.transitions.waiting_list import Waiting, enter, wait_at_once
from clinic import throttle
from clinic.addresses import mailbox

REFERENCE_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
"""No vowels, no look-alikes: it is read out over the phone and spells no word."""


@dataclass(frozen=True)
class Contact:
    """Who asks and how to reach them. `contact_by` decides which of email and phone is used first.

    `phone` is what `phones.stored` makes: E.164, with ";ext=" and the extension where there is one.
    """

    name: str
    contact_by: ContactBy
    email: str = ""
    phone: str = ""
    on_behalf_of: str = ""
    locale: str = "en-gb"

    @property
    def key(self) -> str:
        """An HMAC of the normalised address, the same for one person in whatever spelling."""
        return keyed(self.email.strip().lower() or phones.split(self.phone)[0])


@dataclass(frozen=True)
class RequestData:
    """What a visitor asks for. Times are UTC; `starts` are in order of preference."""

    service: Service
    location: Location
    reason: str
    consent_version: str
    consent_text: str
    goal: str = ""
    side: str = ""
    note: str = ""
    practitioner: Resource | None = None
    starts: Sequence[datetime] = ()
    parts: Sequence[DayPart] = ()
    waiting: Waiting | None = None
    answers: Sequence[tuple[str, str]] = ()
    source_path: str = ""
    source_revision: int | None = None
    source_exercise: str = ""
    network: str = field(default="", repr=False)
    suspicion: str = ""

    def search(self, now: datetime) -> Search:
        return Search(self.service, self.location, now, self.practitioner)


def keyed(value: str) -> str:
    """An HMAC-SHA-256 under the site's secret, in hex; empty for nothing."""
    if not value:
        return ""
    return hmac.new(settings.SECRET_KEY.encode(), value.encode(), "sha256").hexdigest()


def submit(
    data: RequestData,
    person: Contact,
    *,
    idempotency_key: str,
    now: datetime,
    by_staff: bool = False,
) -> ConsultationRequest:
    """Take the request, and hold its first choice for 15 minutes.

    Sent again with the same key, it returns the request that is there and writes nothing. Someone
    without email gets no hold: staff call. `by_staff`: however many are open already.
    Raises `TimeTaken` with alternatives, `AlreadyAsked`, `TooManyHolds`, `TooManyMails`.
    """
    try:
        with transaction.atomic():
            if by_staff or _has_open_request(person.key, keyed(data.network)):
                _drop_lapsed(person.key, now)
            return _submit(data, person, idempotency_key=idempotency_key, now=now)
    except (IntegrityError, BookingError):
        # A repeated submit trips its own constraint: return the first.
        earlier = ConsultationRequest.objects.filter(idempotency_key=idempotency_key).first()
        if earlier:
            return earlier
        raise


def _submit(
    data: RequestData, person: Contact, *, idempotency_key: str, now: datetime
) -> ConsultationRequest:
    by_mail = bool(person.email)
    # Look before writing: on SQLite everybody else waits for the write lock.
    diary = _diary_of_first_choice(data, now) if by_mail and data.starts else None
    if by_mail and not throttle.spend("mail", mailbox(person.email), now=now):
        raise TooManyMails
    consultation = _write_request(data, person, idempotency_key=idempotency_key, now=now)
    held = None
    if diary:
        minutes = settings.BOOKINGS["HOLD_UNVERIFIED_MINUTES"]
        held = hold(
            consultation,
            data.starts[0],
            search=diary.search,
            status=AppointmentStatus.PROPOSED,
            expires_at=now + timedelta(minutes=minutes),
            diary=diary,
        )
    if by_mail:
        to_patients.verify(consultation, held, now=now)
    else:
        wait_at_once(consultation, now=now)
    return consultation


def _write_request(
    data: RequestData, person: Contact, *, idempotency_key: str, now: datetime
) -> ConsultationRequest:
    by_mail = bool(person.email)
    number, extension = phones.split(person.phone)
    consultation = ConsultationRequest.objects.create(
        reference=new_reference(),
        status=RequestStatus.UNVERIFIED if by_mail else RequestStatus.SUBMITTED,
        idempotency_key=idempotency_key,
        location=data.location,
        service=data.service,
        practitioner=data.practitioner,
        name=person.name,
        on_behalf_of=person.on_behalf_of,
        email=person.email,
        phone=number,
        phone_extension=extension,
        contact_by=person.contact_by,
        needs_call=not by_mail,
        reason=data.reason,
        goal=data.goal,
        side=data.side,
        note=data.note,
        source_path=data.source_path,
        source_revision=data.source_revision,
        source_exercise=data.source_exercise,
        locale=person.locale,
        time_zone=data.location.time_zone,
        respond_by=None if by_mail else _promise(data.location, data.starts, now),
        person_key=person.key,
        network_key=keyed(data.network),
        suspicion=data.suspicion,
        created_at=now,
    )
    _write_details(consultation, data, now)
    record(consultation, Verb.SUBMIT, actor=PATIENT, now=now, after=consultation.status)
    return consultation


def _promise(location: Location, starts: Sequence[datetime], now: datetime) -> datetime:
    """When there will be an answer (UTC): before the first choice begins, or it would be none."""
    ahead = [start for start in starts[:1] if start > now]
    return min([answer_deadline.answer_deadline(location, now=now), *ahead])


def _write_details(consultation: ConsultationRequest, data: RequestData, now: datetime) -> None:
    wishes = [PreferredTime(start=start) for start in data.starts]
    wishes += [PreferredTime(part=part) for part in data.parts]
    for rank, wish in enumerate(wishes, start=1):
        wish.request, wish.rank = consultation, rank
    PreferredTime.objects.bulk_create(wishes)
    if data.waiting:
        enter(consultation, data.waiting, now=now)
    IntakeAnswer.objects.bulk_create(
        IntakeAnswer(
            request=consultation,
            question=question,
            answer=answer,
            form_version=data.service.form_version,
        )
        for question, answer in data.answers
    )
    Consent.objects.create(
        request=consultation,
        text_version=data.consent_version,
        text=data.consent_text,
        given_at=now,
    )


def _diary_of_first_choice(data: RequestData, now: datetime) -> availability.Availability:
    """The day of the first choice. Raises `TimeTaken` where that time is not free."""
    start = data.starts[0]
    diary = availability.day_of(data.search(now), start)
    if not diary.slot_at(start):
        raise taken(diary.search, start)
    return diary


def _drop_lapsed(person_key: str, now: datetime) -> None:
    """End the lapsed holds of this person, which would block their next try."""
    for appointment in Appointment.objects.lapsed(now).filter(
        person_key=person_key, status=AppointmentStatus.PROPOSED
    ):
        with suppress(StaleVersion):
            end_hold(appointment, now=now)


def _has_open_request(person_key: str, network_key: str) -> bool:
    """Whether this person has one. Raises `TooManyHolds` where they, or their network, have enough."""
    most_a_person = settings.BOOKINGS["OPEN_HOLDS_PER_CONTACT"]
    most_a_network = settings.BOOKINGS["OPEN_HOLDS_PER_NETWORK"]
    theirs = Q(person_key=person_key)
    if network_key:
        theirs |= Q(network_key=network_key)
    found = ConsultationRequest.objects.open().filter(theirs).order_by()
    # Past this many rows one of the limits is exceeded.
    rows = list(found.values_list("person_key", "network_key")[: most_a_person + most_a_network])
    own = sum(person == person_key for person, _network in rows)
    near = sum(network == network_key for _person, network in rows if network)
    if own >= most_a_person or near >= most_a_network:
        raise TooManyHolds
    return own > 0


def new_reference() -> str:
    """Eight characters in two groups, such as K7MB-4QX9: 3.8 × 10¹¹ of them."""
    letters = [secrets.choice(REFERENCE_ALPHABET) for _ in range(8)]
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


@all_or_nothing
def verify(consultation: ConsultationRequest, *, now: datetime) -> bool:
    """The patient confirms the address; the hold then lasts until the answer-by time.

    Returns whether the first choice is held. It is not where none was asked for, or where the hold had
    lapsed and somebody else has taken the time: the request is kept all the same. A request for the
    waiting list goes there. Confirming twice changes nothing. Raises `InvalidTransition` once it is
    closed, `StaleVersion`.
    """
    if consultation.status in REQUEST_FINAL:
        raise InvalidTransition
    if consultation.status != RequestStatus.UNVERIFIED:
        return consultation.appointments.active().exists()
    wishes = consultation.preferences.filter(start__gt=now)
    starts = [wish.start for wish in wishes if wish.start]
    respond_by = _promise(consultation.location, starts, now)
    set_status(
        consultation,
        RequestStatus.SUBMITTED,
        Verb.VERIFY,
        actor=PATIENT,
        now=now,
        verified_at=now,
        respond_by=respond_by,
    )
    # Looked for only now that the request is locked: a worker may just have ended the hold.
    held = consultation.appointments.filter(status=AppointmentStatus.PROPOSED).one_at_most()
    if held is None and wait_at_once(consultation, now=now):
        return False
    if held is None:
        held = hold_first_choice(consultation, until=respond_by, now=now)
    elif not extend_hold(held, respond_by, now=now):
        held = None
    to_patients.received(consultation, held, now=now)
    return held is not None
