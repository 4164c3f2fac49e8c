"""How a patient is reached changes: corrected by the desk, or changed by the patient."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from bookings.enums import (
    REQUEST_NEEDS_ANSWER,
    CancelledBecause,
    ContactBy,
    RequestStatus,
    Verb,
)
from bookings.errors import InvalidTransition
from bookings.messages import to_patients, unsent
from bookings.models import AccessLink, ConsultationRequest, search_words
from bookings.transitions.core import (
    PATIENT,
    Actor,
    all_or_nothing,
    deadline_for,
    record,
    set_status,
    stale,
)
from bookings.transitions.holds import drop_holds
from bookings.transitions.request_data import Contact, keyed
from clinic import phones, throttle
from clinic.addresses import mailbox

WORDS = {
    "name": "name",
    "email": "email",
    "phone": "phone",
    "phone_extension": "extension",
    "wants_texts": "text messages",
    "locale": "language",
}
"""What the history says of a change: which columns, and never what stood there."""
OFTEN = _("We have written to this address too often for now. Try again in an hour.")


@all_or_nothing
def correct_contact(
    consultation: ConsultationRequest,
    person: Contact,
    *,
    actor: Actor,
    version: int,
    now: datetime,
) -> None:
    """The desk corrects the name, the email address, the telephone or the language.

    A new address has to be proven: it gets a link of its own, and nothing else before that is used. Links
    that were sent to the old one stop working, and mails that wait for it are dropped; they are written
    again once the new address is proven. Raises `StaleVersion`, and `InvalidTransition` where nothing is
    left to reach them by, nothing has changed, or the new address has had its mails of this hour.
    """
    if version != consultation.version:
        raise stale(consultation, actor)
    changes = _changes(consultation, person)
    if consultation.erased_at or not changes:
        raise InvalidTransition(_("Nothing was changed."))
    if not (person.email or person.phone):
        raise InvalidTransition(_("Give an email address or a phone number."))
    if "email" not in changes:
        _write(consultation, changes, Verb.CORRECT_CONTACT, actor=actor, now=now)
    else:
        _correct_address(consultation, changes, actor=actor, now=now)


def _correct_address(
    consultation: ConsultationRequest, changes: dict[str, Any], *, actor: Actor, now: datetime
) -> None:
    email, unverified = changes["email"], consultation.status == RequestStatus.UNVERIFIED
    if email and not throttle.spend("mail", mailbox(email), now=now):
        raise InvalidTransition(OFTEN)
    untold = unsent.drop_all(consultation)
    untold = untold or consultation.messages.undelivered().exists()
    consultation.links.all().delete()
    changes["verified_at"] = None
    if email and unverified:
        _write(consultation, changes, Verb.CHANGE_ADDRESS, actor=actor, now=now)
        held = consultation.appointments.holding(now).one_at_most()
        to_patients.verify(consultation, held, now=now)
        return
    changes["needs_call"] = consultation.needs_call or untold or not email
    if unverified:
        drop_holds(consultation, now=now, because=CancelledBecause.OTHER_TIME)
        changes["respond_by"] = deadline_for(consultation, now=now)
        to, verb = RequestStatus.SUBMITTED, Verb.CHANGE_ADDRESS
        set_status(consultation, to, verb, actor=actor, now=now, why="email", **changes)
        search_words.write([consultation])
        return
    _write(consultation, changes, Verb.CHANGE_ADDRESS, actor=actor, now=now)
    if email:
        to_patients.new_address(consultation, email, now=now)


def give_address(consultation: ConsultationRequest, person: Contact, *, now: datetime) -> None:
    """An email address that came beside the telephone: nothing is sent there but a link that confirms it.

    Anybody can type an address, so its owner gets this one mail, and none at all once the address has had
    those of this hour; we do not say so.
    """
    changes = {"email": person.email, "person_key": person.key}
    _write(consultation, changes, Verb.CHANGE_ADDRESS, actor=PATIENT, now=now, tell=False)
    if throttle.spend("mail", mailbox(person.email), now=now):
        to_patients.new_address(consultation, person.email, now=now)


@all_or_nothing
def change_phone(
    consultation: ConsultationRequest, *, phone: str, texts: bool | None = None, now: datetime
) -> None:
    """The patient changes their own telephone, or whether we text it.

    `phone` is what `phones.stored` makes, or empty; then nobody is texted. `texts`: None leaves it.

    Raises `InvalidTransition` where that would leave no way to reach them.
    """
    if not phone and consultation.contact_by == ContactBy.PHONE:  # so is who has no email
        raise InvalidTransition(_("Give a phone number: we have no other way to reach you."))
    number, extension = phones.split(phone)
    wanted = consultation.wants_texts if texts is None else texts
    changes = _number_changes(consultation, number, extension, texts=wanted)
    if "phone" in changes and not consultation.email:
        changes["person_key"] = keyed(number)
    _write(consultation, changes, Verb.CORRECT_CONTACT, actor=PATIENT, now=now)


@all_or_nothing
def ask_new_address(consultation: ConsultationRequest, *, email: str, now: datetime) -> None:
    """The patient wants another email address: mail a link there that proves it (`prove_address`).

    Until then the old address counts. The link opens nothing before it is used to confirm. Where the new
    address has had its mails of this hour nothing is sent, and nobody is told: it may be a stranger's.
    Raises `InvalidTransition` where the request is closed to the patient, or has that address already.
    """
    if consultation.erased_at or not consultation.is_proven or email == consultation.email:
        raise InvalidTransition
    AccessLink.objects.pending(now).filter(request=consultation).delete()
    if throttle.spend("mail", mailbox(email), now=now):
        to_patients.new_address(consultation, email, now=now)


@all_or_nothing
def prove_address(link: AccessLink, *, now: datetime) -> ConsultationRequest:
    """The patient has opened the link at a new address and confirms it: it replaces the old one.

    Other links stop working; mails that wait go to the new address. Returns the request, read anew. Raises
    `InvalidTransition` for a link that carries no new address, was used, or has expired.
    """
    rows = ConsultationRequest.objects.select_for_update(no_key=True)
    consultation = rows.get(pk=link.request_id)
    pending = AccessLink.objects.pending(now).filter(pk=link.pk).first()
    if pending is None:
        raise InvalidTransition
    email = pending.email
    consultation.links.exclude(pk=link.pk).delete()
    consultation.links.update(email="")
    link.email = ""
    changes = {"email": email, "person_key": keyed(email.lower()), "verified_at": now}
    _write(consultation, changes, Verb.CHANGE_ADDRESS, actor=PATIENT, now=now)
    unsent.readdress(consultation, now=now)
    return consultation


def prove(consultation: ConsultationRequest, *, now: datetime) -> None:
    """The patient confirms an address that the desk corrected, or that came beside a telephone.

    They are told where they stand. Whoever wants to be called still is.
    """
    waits = consultation.status in REQUEST_NEEDS_ANSWER
    wanted = consultation.needs_call and waits and consultation.contact_by == ContactBy.PHONE
    changes = {"verified_at": now, "needs_call": wanted or consultation.is_phoned_first}
    _write(consultation, changes, Verb.VERIFY, actor=PATIENT, now=now)
    to_patients.where_it_stands(consultation, now=now)


def _changes(consultation: ConsultationRequest, person: Contact) -> dict[str, Any]:
    """The columns that differ from what was entered."""
    number, extension = phones.split(person.phone)
    entered = {"name": person.name, "email": person.email, "locale": person.locale}
    changes = _different(consultation, entered)
    changes |= _number_changes(consultation, number, extension, texts=person.texts)
    if "email" in changes or "phone" in changes:
        changes["person_key"] = person.key
    if not person.email and consultation.contact_by == ContactBy.EMAIL:
        changes["contact_by"] = ContactBy.PHONE
    if not person.phone and consultation.contact_by == ContactBy.PHONE:
        changes["contact_by"] = ContactBy.EMAIL
    return changes


def _number_changes(
    consultation: ConsultationRequest, number: str, extension: str, *, texts: bool
) -> dict[str, Any]:
    changes = _different(consultation, {"phone": number, "phone_extension": extension})
    wanted = texts and bool(number)
    return changes if wanted == consultation.wants_texts else changes | {"wants_texts": wanted}


def _different(consultation: ConsultationRequest, entered: dict[str, str]) -> dict[str, Any]:
    # Not as text: a number is equal to another way of writing it.
    stored = {name: getattr(consultation, name) or "" for name in entered}
    return {name: value for name, value in entered.items() if value != stored[name]}


def _write(
    consultation: ConsultationRequest,
    changes: dict[str, Any],
    verb: Verb,
    *,
    actor: Actor,
    now: datetime,
    tell: bool = True,
) -> None:
    """Change the columns, guarded by the version, and record which they were."""
    version = consultation.version
    rows = ConsultationRequest.objects.filter(pk=consultation.pk, version=version)
    if not rows.update(**changes, version=version + 1):
        raise stale(consultation, actor)
    for name, value in (changes | {"version": version + 1}).items():
        setattr(consultation, name, value)
    if {"name", "phone", "email"} & set(changes):
        search_words.write([consultation])
    what = [word for name, word in WORDS.items() if name in changes]
    record(consultation, verb, actor=actor, now=now, why=", ".join(what), tell=tell)
