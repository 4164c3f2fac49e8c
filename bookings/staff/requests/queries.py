"""What the desk reads: which requests a user may see, in which order, found by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import phonenumbers
from django.conf import settings
from django.db.models import Count, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from bookings.enums import (
    APPOINTMENT_HOLDING,
    REQUEST_NEEDS_ANSWER,
    RequestStatus,
)
from bookings.models import (
    Appointment,
    ConsultationRequest,
    Message,
    PreferredTime,
    search_words,
)
from bookings.models.requests import TO_ANSWER, RequestQuerySet
from bookings.permissions import can_read_requests, can_triage

COUNTED = 999
"""Beyond that a count says "999+": nobody reads it, and counting a million rows takes long."""


def _in(*statuses: RequestStatus) -> Q:
    return Q(status__in=statuses)


def to_phone() -> Q:
    """The patients to phone: they have no email, or the last one did not arrive."""
    to_call = ConsultationRequest.objects.filter(needs_call=True).order_by().values("pk")
    undelivered = Message.objects.undelivered().order_by().values("request")
    return Q(pk__in=to_call.union(undelivered))


QUEUES: dict[str, tuple[Any, Callable[[], Q]]] = {
    "answer": (_("To answer"), lambda: Q(status__in=TO_ANSWER)),
    "phone": (_("To phone"), to_phone),
    "patient": (
        _("Waiting for the patient"),
        lambda: _in(RequestStatus.UNVERIFIED, RequestStatus.INFO_NEEDED, RequestStatus.OFFERED),
    ),
    "list": (_("Waiting list"), lambda: _in(RequestStatus.WAITLISTED)),
    "confirmed": (_("Confirmed"), lambda: _in(RequestStatus.CONFIRMED)),
    "closed": (_("Closed"), lambda: Q(closed_at__isnull=False)),
    "all": (_("All"), lambda: Q(pk__isnull=False)),
}


def visible_to(user: Any) -> RequestQuerySet:
    """The desk sees every request; a practitioner their own appointments and what is assigned.

    Nobody sees erased requests.
    """
    requests = ConsultationRequest.objects.filter(erased_at=None)
    if can_triage(user):
        return requests
    if not can_read_requests(user):
        return requests.none()
    # A union, not OR or EXISTS: both databases would look at each request for whether it is theirs.
    own = Appointment.objects.filter(practitioner__practitioner__user=user).order_by()
    assigned = ConsultationRequest.objects.filter(assigned_to=user).order_by()
    return requests.filter(pk__in=assigned.values("pk").union(own.values("request")))


def with_details(requests: RequestQuerySet) -> RequestQuerySet:
    """Everything that a row of a list shows, in three queries however many rows there are."""
    held = Appointment.objects.filter(status__in=APPOINTMENT_HOLDING).select_related("practitioner")
    return requests.select_related(
        "service", "location", "practitioner", "assigned_to"
    ).prefetch_related(
        Prefetch("appointments", queryset=held, to_attr="held"),
        Prefetch("preferences", queryset=PreferredTime.objects.order_by("rank"), to_attr="wishes"),
    )


def in_order(requests: RequestQuerySet) -> list[ConsultationRequest]:
    """The rows of one page with their details, in the order of `requests`.

    Their ids first: the database would carry each whole row through its sort.
    """
    ids = list(requests.values_list("pk", flat=True))
    found = with_details(ConsultationRequest.objects.all()).in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def queue_counts(user: Any) -> Mapping[str, int]:
    """How many requests stand in each queue; beyond `COUNTED` any number may be told.

    Of everybody's, each is counted so far by a query of its own; a practitioner's own few are looked
    through once.
    """
    seen = visible_to(user).order_by()
    if can_triage(user):
        return {name: up_to(COUNTED + 1, seen.filter(which())) for name, which in _queues()}
    return seen.aggregate(**{name: Count("pk", filter=which()) for name, which in _queues()})


def _queues() -> list[tuple[str, Callable[[], Q]]]:
    return [(name, which) for name, (_label, which) in QUEUES.items()]


def up_to(most: int, requests: RequestQuerySet) -> int:
    """How many there are, counted no further; unsorted, since sorting would read all of them."""
    return requests.order_by()[:most].count()


def next_to_answer(user: Any, *, after: ConsultationRequest) -> ConsultationRequest | None:
    """The most urgent other request that nobody else has taken on."""
    return (
        visible_to(user)
        .needing_answer()
        .filter(Q(assigned_to=None) | Q(assigned_to=user))
        .exclude(pk=after.pk)
        .first()
    )


def following(user: Any, consultation: ConsultationRequest) -> ConsultationRequest | None:
    """The request after this one in the inbox; None after the last, and for one that is not in it."""
    if consultation.respond_by is None or consultation.status not in REQUEST_NEEDS_ANSWER:
        return None
    later = Q(respond_by__gt=consultation.respond_by) | Q(
        respond_by=consultation.respond_by, pk__gt=consultation.pk
    )
    return visible_to(user).needing_answer().filter(later).first()


def search(requests: RequestQuerySet, words: str) -> RequestQuerySet:
    """Requests found by reference, email, phone or name, whichever the words look like.

    Of a name the words count in any order, without accents, and as far as they are typed; of a phone
    the last four digits do. All of it is looked up in an index.
    """
    words = words.strip().replace("\x00", "")
    letters = "".join(c for c in words.upper() if c.isalnum())
    if "@" in words:
        exact = requests.filter(email__in={words, words.lower()})
        return exact if exact.exists() else _found(requests, [search_words.email_of(words)])
    if len(letters) == 8:
        exact = requests.filter(reference=f"{letters[:4]}-{letters[4:]}")
        if exact.exists():
            return exact
    digits = sum(c.isdigit() for c in words)
    if digits >= 4 and digits >= len(letters) - 1:
        exact = requests.filter(phone=phone(words))
        if exact.exists():
            return exact
        typed = [search_words.digits_of(words)]
    else:
        typed = search_words.words_in(words)
    return _found(requests, typed, reference=letters if 3 <= len(letters) <= 8 else "")


def _found(requests: RequestQuerySet, typed: list[str], reference: str = "") -> RequestQuerySet:
    """By what is typed, or by how the reference begins. A union, since OR would read every row.

    Words that very many have are looked for from the newest request on, until a page is full.
    """
    dashed = "-".join(filter(None, (reference[:4], reference[4:])))
    begins = search_words.begins("reference", dashed) if reference else Q(pk__in=[])
    if typed and search_words.are_many(typed):
        return requests.filter(search_words.has_each(typed) | begins)
    every = ConsultationRequest.objects.order_by()
    found = search_words.found_by(every, typed) if typed else every.none()
    ids = found.values("pk")
    if reference:
        ids = ids.union(every.filter(begins).values("pk"))
    return requests.filter(pk__in=ids)


def phone(words: str) -> str:
    """A phone number as it is stored (E.164), or what was typed where it is none."""
    try:
        number = phonenumbers.parse(words, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return words
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
