"""Two records of one person become one: what stands in the way, and what moves."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ManyToOneRel, OneToOneRel, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bookings.enums import ExceptionKind
from bookings.errors import InvalidTransition, StaleVersion
from bookings.models import (
    Appointment,
    DateException,
    Location,
    Practitioner,
    Resource,
    TimeClaim,
    WeeklyHours,
)
from bookings.schedule import claims, travel
from bookings.schedule.local_time import DAY
from bookings.transitions.closures import apply_closure, resource_moved
from bookings.transitions.core import Actor

Pair = tuple[Appointment, Appointment]
NEAR = DAY * 2
"""No visit and no way is that long."""


@dataclass(frozen=True)
class Merge:
    """What merging would do. `clashes` are in the way; visits of `tight` stay, too close for the way."""

    kept: Resource
    gone: Resource
    clashes: Sequence[Pair]
    tight: Sequence[Pair]
    away: Sequence[tuple[DateException, Appointment]]
    visits: Sequence[Appointment]
    shown: str


def look_at_merge(kept: Resource, gone: Resource, *, now: datetime) -> Merge:
    """The visits of both that overlap, are too close or inside an absence of the other. Reads only."""
    ours, theirs = _holding(kept, now), _holding(gone, now)
    pairs = list(_near(ours, theirs))
    ahead = Q(kind=ExceptionKind.CLOSED, end__gt=now)
    closures = DateException.objects.filter(ahead, resource__in=[kept, gone])
    away = [
        (closure, visit)
        for closure in closures.select_related("location")
        for visit in (theirs if closure.resource_id == kept.pk else ours)
        if visit.busy_start < closure.end and visit.busy_end > closure.start
    ]
    return Merge(
        kept,
        gone,
        clashes=[pair for pair in pairs if _gap(*pair) < timedelta(0)],
        tight=list(_too_close(pairs)),
        away=away,
        visits=[visit for visit in theirs if visit.start > now],
        shown=_fingerprint(kept, gone, [*ours, *theirs]),
    )


@transaction.atomic
def merge(kept: Resource, gone: Resource, *, shown: str, actor: Actor, now: datetime) -> Merge:
    """Everything of `gone` is of `kept` from now on. All or nothing.

    `gone` stays as a record that is switched off and leads to the other: its feed and its addresses go on.
    Raises `StaleVersion` where anything has changed since the page was shown, and `InvalidTransition` where
    visits overlap.
    """
    _lock(kept, gone)
    found = look_at_merge(kept, gone, now=now)
    if found.shown != shown or gone.merged_into_id or kept.merged_into_id:
        raise StaleVersion(_("Something has changed since. Look again before you merge."))
    if found.clashes:
        raise InvalidTransition(_("Visits overlap. Move them first."))
    released = _release(kept, gone, now)
    try:
        with transaction.atomic():
            TimeClaim.objects.filter(resource=gone).update(resource=kept)
    except IntegrityError as error:
        raise InvalidTransition(_("Visits overlap. Move them first.")) from error
    _move_rows(kept, gone)
    _join_profiles(kept, gone)
    Resource.objects.filter(merged_into=gone).update(merged_into=kept)
    if gone.active and not kept.active:  # or their visits were in no diary
        kept.active = True
        kept.save(update_fields=["active"])
    gone.name, gone.active, gone.merged_into = f"{gone.name[:70]} ({gone.pk})", False, kept
    gone.save(update_fields=["name", "active", "merged_into"])
    resource_moved(kept, now=now)
    # Busy times of own calendars, often hundreds, are filled below; their next reading tells clashes.
    by_hand = kept.exceptions.filter(kind=ExceptionKind.CLOSED, source=None, end__gt=now)
    for closure in by_hand:
        apply_closure(closure, actor=actor, now=now)
    if released:
        claims.fill_closures(*released, now=now)
    return found


def _lock(kept: Resource, gone: Resource) -> None:
    """Locations first, then people, as everybody does; both are read anew."""
    places = Location.objects.filter(pk__in=[p.pk for p in [*kept.places, *gone.places]])
    list(places.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    travel.lock([kept.pk, gone.pk])
    for person in (kept, gone):
        person.refresh_from_db()


def _release(kept: Resource, gone: Resource, now: datetime) -> tuple[datetime, datetime] | None:
    """Give back the cells of closures, which are taken again, and of holds that have lapsed."""
    both = TimeClaim.objects.filter(resource__in=[kept, gone])
    lapsed = both.filter(expires_at__lte=now)
    given_up = claims.span(lapsed)
    lapsed.delete()
    if given_up:
        claims.promote(*given_up)
    closed = both.filter(exception__isnull=False)
    released = claims.span(closed)
    closed.delete()
    return released


def _move_rows(kept: Resource, gone: Resource) -> None:
    own = WeeklyHours.objects.filter(resource=gone)
    own.filter(location=None).update(location=gone.location)
    for model, name in relations():
        _move(model._base_manager.filter(**{name: gone}), name, kept)
    kept.also_at.add(*(place for place in gone.places if place.pk != kept.location_id))
    gone.also_at.clear()
    for service in gone.services.all():
        service.practitioners.add(kept)
    gone.services.clear()


def _move(rows: QuerySet[Any], name: str, kept: Resource) -> None:
    """Give the rows to the record that goes on. Of what both have and one may have once, its own stays."""
    try:
        with transaction.atomic():
            rows.update(**{name: kept})
        return
    except IntegrityError:
        alone = list(rows.values_list("pk", flat=True))
    for pk in alone:
        one = rows.filter(pk=pk)
        try:
            with transaction.atomic():
                one.update(**{name: kept})
        except IntegrityError:
            one.delete()


def relations() -> list[tuple[Any, str]]:
    """Every table of every app whose rows name a person, and the field: they move with the person.

    Not what a person has one of, profile and feed; nor tables of pairs, which are joined by hand.
    """
    return [
        (field.related_model, field.field.name)
        for field in Resource._meta.get_fields(include_hidden=True)
        if isinstance(field, ManyToOneRel) and not isinstance(field, OneToOneRel)
        if field.related_model is not Resource and not field.related_model._meta.auto_created
    ]


def _join_profiles(kept: Resource, gone: Resource) -> None:
    """What the one that goes on does not say is taken from the other, its login among them."""
    ours, _new = Practitioner.objects.get_or_create(resource=kept)
    theirs = Practitioner.objects.filter(resource=gone).first()
    if theirs is None:
        return
    taken = {
        name: getattr(theirs, name)
        for name in ("title", "bio", "photo", "user")
        if not getattr(ours, name)
    }
    for language, said in theirs.translations.items():
        words = {name: text for name, text in said.items() if name in taken}
        ours.translations[language] = ours.translations.get(language, {}) | words
    theirs.user = None
    theirs.save(update_fields=["user"])
    for name, value in taken.items():
        setattr(ours, name, value)
    ours.save()


def _holding(person: Resource, now: datetime) -> list[Appointment]:
    rows = Appointment.objects.holding(now).filter(practitioner=person)
    return list(rows.select_related("request", "location", "service").order_by("start", "pk"))


def _near(ours: Sequence[Appointment], theirs: Sequence[Appointment]) -> Iterator[Pair]:
    """Those of about the same day; where nobody records who came, each record has thousands of visits."""
    starts = [visit.start for visit in theirs]  # in order
    for one in ours:
        first, last = (
            bisect_left(starts, one.start - NEAR),
            bisect_right(starts, one.end + NEAR),
        )
        yield from ((one, two) for two in theirs[first:last])


def _gap(one: Appointment, two: Appointment) -> timedelta:
    """From the end of the earlier to the start of the later, buffers included; negative: they overlap."""
    return max(one.busy_start - two.busy_end, two.busy_start - one.busy_end)


def _too_close(pairs: Sequence[Pair]) -> Iterator[Pair]:
    ways: dict[int, dict[int, timedelta]] = {}
    for one, two in pairs:
        if one.location_id not in ways:
            ways[one.location_id] = travel.ways_from(one.location_id)
        way = ways[one.location_id].get(two.location_id)
        if way and timedelta(0) <= _gap(one, two) < way:
            yield one, two


def _fingerprint(kept: Resource, gone: Resource, visits: Sequence[Appointment]) -> str:
    """Another once anything has changed that the page showed."""
    both = [kept, gone]
    said = [f"{visit.pk} {visit.practitioner_id} {visit.start} {visit.end}" for visit in visits]
    exceptions = DateException.objects.filter(resource__in=both).order_by("pk")
    said += map(str, exceptions.values_list("pk", "start", "end"))
    said += [
        f"{one.pk} {one.name} {one.active} {sorted(place.pk for place in one.places)}"
        for one in both
    ]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()
