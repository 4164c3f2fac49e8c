"""Why a time is not free, in words, for staff. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings import clock
from bookings.models import Appointment, Resource
from bookings.schedule import intervals, travel
from bookings.schedule.availability import Availability, Search, busy_interval, closest, day_of
from bookings.schedule.intervals import Interval


def explain(search: Search, start: datetime) -> list[str]:
    """Every reason why a start is not free, one sentence each; empty if it is free."""
    diary = day_of(search, start)
    return [] if diary.slot_at(start) else list(Reasons(diary, start))


class Reasons:
    """The reasons of one start, from what an `Availability` has read. Iterate it."""

    def __init__(self, diary: Availability, start: datetime) -> None:
        self.diary, self.search, self.start = diary, diary.search, start
        self.visit: Interval = (start, start + diary.service.duration)
        self.busy = busy_interval(diary.service, start)

    def __iter__(self) -> Iterator[str]:
        people = self.diary.practitioners
        of_person = {person.pk: list(self._person(person)) for person in people}
        anybody = [*self._bounds(), *self._offered(), *self._closures(None)]
        rooms = list(self._rooms())
        found = list(anybody)
        for person in people:
            of_person[person.pk][:0] = self._closures(person)
            found += of_person[person.pk]
        found += rooms
        if not anybody and not rooms:
            # Who has no other reason is free, but visits do not begin then.
            free = [person for person in people if not of_person[person.pk]]
            if free:
                found += self._grid(free if len(people) > 1 else [])
        yield from found

    def _bounds(self) -> Iterator[str]:
        service, now = self.diary.service, self.diary.now
        earliest, latest = self.search.bounds()
        if self.start <= now:
            yield _("This time is in the past.")
        elif self.start < earliest:
            hours = service.minimum_notice_hours
            yield ngettext(
                "Less than %(hours)s hour of notice.", "Less than %(hours)s hours of notice.", hours
            ) % {"hours": hours}
        if self.start >= latest:
            days = self.search.horizon_days
            yield ngettext(
                "More than %(days)s day ahead.", "More than %(days)s days ahead.", days
            ) % {"days": days}

    def _offered(self) -> Iterator[str]:
        wished = self.search.practitioner
        if self.diary.practitioners:
            return
        if wished and not wished.active:
            yield _("%(name)s takes no appointments.") % {"name": wished.name}
        elif wished:
            yield _("%(name)s does not offer this service here.") % {"name": wished.name}
        else:
            yield _("Nobody offers this service here.")

    def _closures(self, person: Resource | None) -> Iterator[str]:
        """Those of one person, or of the whole location."""
        who = person.name if person else self.diary.location.name
        for closure in self.diary.closures:
            if closure.resource_id != (person.pk if person else None):
                continue
            span = [(closure.start, closure.end)]
            values = {"who": who, "reason": closure.why or _("no reason given")}
            if intervals.overlaps(self.visit, span):
                yield _("%(who)s is closed: %(reason)s.") % values
            elif intervals.overlaps(self.busy, span):
                yield _("The time around the visit reaches into a closure (%(reason)s).") % values

    def _person(self, person: Resource) -> Iterator[str]:
        diary, name = self.diary, person.name
        if not intervals.covers(diary.working(person), self.visit):
            hours = ", ".join(self._range(span) for span in self._hours_that_day(person))
            if hours:
                yield _("%(name)s works %(hours)s that day.") % {"name": name, "hours": hours}
            else:
                yield _("%(name)s does not work then, nor at any time that day.") % {"name": name}
        yield from self._elsewhere(person)
        for other in self._in_the_way(person):
            when = self._range((other.start, other.end))
            if intervals.overlaps(self.visit, [(other.start, other.end)]):
                yield _("%(name)s has another visit, %(when)s.") % {"name": name, "when": when}
            else:
                minutes = other.buffer_before_minutes + diary.service.buffer_after_minutes
                if other.start < self.start:
                    minutes = other.buffer_after_minutes + diary.service.buffer_before_minutes
                yield _(
                    "Too close to another visit of %(name)s, %(when)s: "
                    "%(minutes)s minutes are kept free between visits."
                ) % {"name": name, "when": when, "minutes": minutes}

    def _elsewhere(self, person: Resource) -> Iterator[str]:
        """Visits of the person at other locations, with the way between, if it takes any time."""
        place = self.diary.location
        found = travel.visits_elsewhere(person.pk, place.pk, *self.busy, now=self.diary.now)
        for other, way in found:
            if other.pk in self.search.ignoring:
                continue
            about = {"name": person.name, "place": other.location.name}
            about["when"] = self._range((other.start, other.end))
            yield _("%(name)s has a visit at %(place)s, %(when)s.") % about
            if way and not intervals.overlaps(self.busy, [(other.busy_start, other.busy_end)]):
                minutes = way // timedelta(minutes=1)
                yield ngettext(
                    "The way between there and here takes %(minutes)s minute.",
                    "The way between there and here takes %(minutes)s minutes.",
                    minutes,
                ) % {"minutes": minutes}

    def _hours_that_day(self, person: Resource) -> list[Interval]:
        zone = self.diary.zone
        day = self.start.astimezone(zone).date()
        return [s for s in self.diary.working(person) if s[0].astimezone(zone).date() == day]

    def _in_the_way(self, resource: Resource) -> list[Appointment]:
        found = Appointment.objects.holding(self.diary.now).overlapping(*self.busy)
        found = found.filter(practitioner=resource) | found.filter(room=resource)
        found = found.filter(location=self.diary.location)
        return list(found.exclude(pk__in=self.search.ignoring).distinct())

    def _rooms(self) -> Iterator[str]:
        diary = self.diary
        if diary.room_free(self.busy):
            return
        if not diary.rooms:
            yield _("This service needs a room, and there is none here.")
            return
        yield _("No room is free.")
        for room in diary.rooms:
            for other in self._in_the_way(room):
                when = self._range((other.start, other.end))
                yield _("%(name)s is in use, %(when)s.") % {"name": room.name, "when": when}
            if intervals.overlaps(self.busy, intervals.union(diary.shut(room))):
                yield _("%(name)s is closed.") % {"name": room.name}

    def _grid(self, people: Sequence[Resource]) -> list[str]:
        """Visits just do not begin at this time; with the names of those for whom it is the only reason."""
        minutes = self.diary.service.step_minutes
        if people:
            text = _("%(names)s: visits begin every %(minutes)s minutes.") % {
                "names": ", ".join(person.name for person in people),
                "minutes": minutes,
            }
        else:
            text = _(
                "Visits begin every %(minutes)s minutes from the start of the working hours."
            ) % {"minutes": minutes}
        label = self._nearest()
        if label:
            text += " " + _("The nearest free one is %(time)s.") % {"time": label}
        return [text]

    def _nearest(self) -> str:
        """The closest free start, with its day if that differs; empty if none is near."""
        found = closest(self.search, self.start)
        if not found:
            return ""
        start, zone = found[0].start, self.diary.zone
        same_day = start.astimezone(zone).date() == self.start.astimezone(zone).date()
        label = clock.time_label(start, zone)
        if not same_day:
            label = clock.moment_label(start, zone, now=self.diary.now)
        wished = self.search.practitioner
        if not wished or wished.pk in found[0].practitioner_ids:
            return label
        name = Resource.objects.get(pk=found[0].practitioner_ids[0]).name
        return _("%(time)s, with %(name)s") % {"time": label, "name": name}

    def _range(self, span: Interval) -> str:
        return "–".join(clock.time_label(at, self.diary.zone) for at in span)
