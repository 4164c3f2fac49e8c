"""A visitor sends a request, and confirms the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from bookings.enums import (
    REQUEST_FINAL,
    STOPS,
    AppointmentStatus,
    CancelledBecause,
    ContactBy,
    RequestStatus,
    Verb,
)
from bookings.errors import (
    BookingError,
    InvalidTransition,
    NeedsCare,
    ServiceClosed,
)
from bookings.messages import to_patients
from bookings.models import (
    Appointment,
    Consent,
    ConsultationRequest,
    IntakeAnswer,
    Location,
    PreferredTime,
    search_words,
)
from bookings.schedule import answer_deadline, availability
from bookings.transitions.contact import give_address, prove
from bookings.transitions.core import PATIENT, all_or_nothing, record, set_status
from bookings.transitions.holds import drop_holds, extend_hold, hold, hold_first_choice, taken
from bookings.transitions.limits import check_network, is_hoarding, wide_network
from bookings.transitions.request_data import Answer, Contact, RequestData, keyed, new_reference
from bookings.transitions.waiting_list import enter, wait_at_once
from clinic import phones, throttle
from clinic.addresses import mailbox
from clinic.prepared import insert, insert_one, prepared


def submit(
    data: RequestData,
    person: Contact,
    *,
    idempotency_key: str,
    now: datetime,
    by_staff: bool = False,
) -> ConsultationRequest:
    """Take the request, and hold its first choice for 15 minutes; not while strangers hoard times.

    Sent again with the same key, it returns the request that is there and writes nothing. Someone
    who wants to be called gets no hold; an email address beside the telephone gets a link, to confirm it.
    `by_staff`: however many are open already.

    The address is not proven yet, so everybody sees the same reply. An address that has reached its hourly
    limit gets no more mails, and we do not say so. Raises `TimeTaken` with alternatives,
    `TooManyHolds`, `ServiceClosed`, and `NeedsCare` where an answer calls for help today.
    """
    if any(Answer(*given).level in STOPS for given in data.answers):
        raise NeedsCare
    try:
        with transaction.atomic():
            if not by_staff:
                check_network(data.network)
                if not (data.service.active and data.service.may_open):
                    raise ServiceClosed
            return _submit(
                data, person, idempotency_key=idempotency_key, now=now, tell=not by_staff
            )
    except (IntegrityError, BookingError):
        # A repeated submit trips its own constraint: return the first.
        earlier = ConsultationRequest.objects.filter(idempotency_key=idempotency_key).first()
        if earlier:
            return earlier
        raise


def _submit(
    data: RequestData, person: Contact, *, idempotency_key: str, now: datetime, tell: bool
) -> ConsultationRequest:
    by_mail = bool(person.email) and person.contact_by == ContactBy.EMAIL
    # Look before writing: on SQLite everybody else waits for the write lock.
    diary = _diary_of_first_choice(data, now) if by_mail and data.starts else None
    # An address beside a telephone counts only once somebody has confirmed it: `give_address`.
    given = person if by_mail else replace(person, email="")
    consultation = write_request(data, given, idempotency_key=idempotency_key, now=now, tell=tell)
    held = None
    if diary and not is_hoarding(now=now):
        minutes = settings.BOOKINGS["HOLD_UNVERIFIED_MINUTES"]
        held = hold(
            consultation,
            data.starts[0],
            search=diary.search,
            status=AppointmentStatus.PROPOSED,
            expires_at=now + timedelta(minutes=minutes),
            diary=diary,
        )
    if not by_mail:
        wait_at_once(consultation, now=now)
        if person.email:
            give_address(consultation, person, now=now)
    elif throttle.spend("mail", mailbox(person.email), now=now):
        to_patients.verify(consultation, held, now=now)
    return consultation


def write_request(
    data: RequestData,
    person: Contact,
    *,
    idempotency_key: str,
    now: datetime,
    tell: bool,
    known: bool = False,
    **more: Any,
) -> ConsultationRequest:
    """The rows of a new request. With `known` nobody has to confirm the address; staff asked for it."""
    by_mail = bool(person.email) and not known
    number, extension = phones.split(person.phone)
    consultation = ConsultationRequest(
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
        wants_texts=person.texts and bool(number),
        needs_call=not by_mail,
        reason=data.reason,
        reason_text=data.reason_text,
        goal=data.goal,
        goal_text=data.goal_text,
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
        wide_network_key=keyed(wide_network(data.network)),
        suspicion=data.suspicion,
        created_at=now,
        **more,
    )
    insert_one(consultation)
    search_words.write([consultation], new=True)
    _write_details(consultation, data, now)
    record(consultation, Verb.SUBMIT, actor=PATIENT, now=now, after=consultation.status, tell=tell)
    return consultation


def _promise(location: Location, starts: Sequence[datetime], now: datetime) -> datetime:
    """When there will be an answer (UTC): always before the first choice begins."""
    ahead = [start for start in starts[:1] if start > now]
    return min([answer_deadline.answer_deadline(location, now=now), *ahead])


def _write_details(consultation: ConsultationRequest, data: RequestData, now: datetime) -> None:
    wishes = [PreferredTime(start=start) for start in data.starts]
    wishes += [PreferredTime(part=part) for part in data.parts]
    for rank, wish in enumerate(wishes, start=1):
        wish.request, wish.rank = consultation, rank
    insert(wishes)
    if data.waiting:
        enter(consultation, data.waiting, now=now)
    insert(
        IntakeAnswer(
            request=consultation,
            **Answer(*given)._asdict(),
            form_version=data.service.form_version,
        )
        for given in data.answers
    )
    consent = Consent(request=consultation, given_at=data.consented_at or now)
    consent.text_version, consent.text = data.consent_version, data.consent_text
    insert([consent])


def _diary_of_first_choice(data: RequestData, now: datetime) -> availability.Availability:
    """The day of the first choice. Raises `TimeTaken` where that time is not free."""
    start = data.starts[0]
    diary = availability.day_of(data.search(now), start)
    if not diary.slot_at(start):
        raise taken(diary.search, start)
    return diary


def _holds_enough(consultation: ConsultationRequest, now: datetime) -> bool:
    """Whether as many times are held as may be, for proven requests under the same address."""
    held = _held_for(consultation.person_key, consultation.pk, now)
    return len(held) >= settings.BOOKINGS["OPEN_HOLDS_PER_CONTACT"]


@prepared
def _held_for(person: str, but: int, now: datetime) -> QuerySet[Appointment, int]:
    others = ConsultationRequest.objects.filter(person_key=person, verified_at__isnull=False)
    held = Appointment.objects.holding(now).filter(
        request__in=others.exclude(pk=but), status=AppointmentStatus.PROPOSED
    )
    return held.order_by().values_list("pk", flat=True)


@prepared
def _proposed(consultation: ConsultationRequest, now: datetime) -> QuerySet[Appointment]:
    rows = Appointment.objects.filter(request=consultation, start__gt=now)
    return rows.filter(status=AppointmentStatus.PROPOSED).order_by()


@prepared
def _starts_ahead(consultation: ConsultationRequest, now: datetime) -> QuerySet[PreferredTime, Any]:
    rows = PreferredTime.objects.filter(request=consultation, start__gt=now)
    return rows.order_by("rank").values_list("start", flat=True)


@all_or_nothing
def verify(consultation: ConsultationRequest, *, now: datetime) -> bool:
    """The patient confirms the address; the hold then lasts until the answer-by time.

    Returns whether the first choice is held. It is not where none was asked for, where the hold had lapsed
    and somebody else has taken the time, or where enough times are held under this address already: the
    request is kept all the same. A request for the
    waiting list goes there. Confirming twice changes nothing. Raises `InvalidTransition` once it is
    closed, `StaleVersion`.
    """
    corrected = consultation.status == RequestStatus.DECLINED and not consultation.is_proven
    if consultation.status in REQUEST_FINAL and not corrected:
        raise InvalidTransition
    if consultation.status != RequestStatus.UNVERIFIED:
        if not consultation.is_proven:
            prove(consultation, now=now)
        return consultation.appointments.active().exists()
    respond_by = _promise(consultation.location, _starts_ahead(consultation, now), now)
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
    held = next(iter(_proposed(consultation, now)), None)
    if held:
        held.request = consultation
    if held is None and wait_at_once(consultation, now=now):
        return False
    if _holds_enough(consultation, now):
        drop_holds(consultation, now=now, because=CancelledBecause.ENOUGH)
        held = None
    elif held is None:
        held = hold_first_choice(consultation, until=respond_by, now=now)
    elif not extend_hold(held, respond_by, now=now):
        held = None
    to_patients.received(consultation, held, now=now)
    return held is not None
