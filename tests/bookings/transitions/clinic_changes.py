"""Changes of the whole clinic: closures, absences, places, people, own calendars."""

from datetime import date, timedelta

from bookings import transitions
from bookings.models import (
    DateException,
    Location,
    OwnCalendar,
    WeeklyHours,
)
from bookings.transitions import own_calendars
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed
from tests.factories import MONDAY, LocationFactory, work_also

DAY, HOUR, MINUTE = (timedelta(**{n: 1}) for n in ("days", "hours", "minutes"))
NEW = "new@example.org"


def of_clinic(change):
    """A change that is about the clinic and not about one request; two visits are booked."""

    def make(clinic, desk):
        one, two = clinic[2]
        confirmed(clinic, desk, practitioner=one)
        confirmed(clinic, desk, start=ELEVEN, practitioner=two, email="b@example.org")
        return clinic, None

    return make, lambda clinic, _visit, desk: change(clinic, desk)


def closure(clinic, *, start=TEN, end=ELEVEN, resource=None, **about):
    return DateException.objects.create(
        location=clinic[1], resource=resource, kind="closed", start=start, end=end, **about
    )


def close(clinic, desk):
    transitions.apply_closure(closure(clinic), actor=desk, now=MONDAY)


def close_less(clinic, desk):
    closed = closure(clinic, end=ELEVEN + HOUR, reason="Flooded")
    transitions.apply_closure(closed, actor=desk, now=MONDAY)
    closed.end = ELEVEN
    closed.save()
    transitions.apply_closure(closed, actor=desk, now=MONDAY + MINUTE)


def open_again(clinic, desk):
    both = [closure(clinic, end=ELEVEN + HOUR), closure(clinic, resource=clinic[2][0])]
    for one in both:
        transitions.apply_closure(one, actor=desk, now=MONDAY)
    transitions.remove_closure(both[0], now=MONDAY)


def no_closure_after_all(clinic, desk):
    closed = closure(clinic)
    transitions.apply_closure(closed, actor=desk, now=MONDAY)
    closed.kind = "open"
    closed.save()
    transitions.apply_closure(closed, actor=desk, now=MONDAY)


def absent(clinic, desk):
    away = DateException(
        location=clinic[1], resource=clinic[2][0], kind="closed", start=TEN, end=TEN + 8 * HOUR
    )
    transitions.enter_absence(away, actor=desk, now=MONDAY)


def leave(clinic, desk):
    one, two = clinic[2]
    WeeklyHours.objects.filter(resource=one, weekday=4).update(valid_from=date(2026, 11, 24))
    WeeklyHours.objects.filter(resource=one, weekday=3).update(valid_to=date(2026, 12, 24))
    WeeklyHours.objects.filter(resource=one, weekday=2).update(valid_to=date(2026, 11, 20))
    for start in (TEN - DAY, TEN + DAY):
        about = {"location": clinic[1], "kind": "open", "start": start, "end": start + HOUR}
        DateException.objects.create(resource=one, **about)
        DateException.objects.create(resource=two, **about)
    asked(clinic, start=TEN + 3 * HOUR, practitioner=one, email="c@example.org")
    transitions.leave(one, last_day=date(2026, 11, 23), actor=desk, now=MONDAY)


def leave_nobody(clinic, desk):
    transitions.leave(clinic[2][0], last_day=date(2026, 11, 24), actor=desk, now=MONDAY)


def holds_lapse(clinic, desk):
    for number, person in enumerate(clinic[2]):
        about = {"practitioner": person, "email": f"h{number}@example.org"}
        asked(clinic, start=TEN + 3 * HOUR, **about)
    transitions.let_holds_lapse(clinic[2][0], now=MONDAY)


def work_elsewhere(clinic, desk):
    transitions.apply_closure(closure(clinic), actor=desk, now=MONDAY)
    one = clinic[2][0]
    work_also(one, LocationFactory())
    transitions.resource_moved(one, now=MONDAY)


def work_here_alone(clinic, desk):
    one, other = clinic[2][0], LocationFactory()
    work_also(one, other)
    transitions.apply_closure(closure(clinic), actor=desk, now=MONDAY)
    transitions.resource_moved(one, now=MONDAY)
    one.also_at.clear()
    transitions.resource_moved(one, now=MONDAY)


def merge(clinic, desk):
    one, two = clinic[2]
    transitions.apply_closure(
        closure(clinic, resource=two, start=TEN + 3 * HOUR, end=TEN + 5 * HOUR),
        actor=desk,
        now=MONDAY,
    )
    shown = transitions.look_at_merge(one, two, now=MONDAY).shown
    transitions.merge(one, two, shown=shown, actor=desk, now=MONDAY)


def other_place(*, wall_clock_stays, zone="America/New_York", tell=True):
    def change(clinic, desk):
        place = clinic[1]
        asked(clinic, start=TEN + 4 * HOUR, email="held@example.org")
        transitions.apply_closure(
            closure(clinic, start=TEN + DAY, end=TEN + 2 * DAY), actor=desk, now=MONDAY
        )
        before = place.zone
        place.address, place.time_zone = "1 New Street", zone
        Location.objects.filter(pk=place.pk).update(address=place.address, time_zone=zone)
        place = Location.objects.get(pk=place.pk)
        transitions.change_place(
            place,
            before=before,
            wall_clock_stays=wall_clock_stays,
            tell=tell,
            actor=desk,
            now=MONDAY,
        )

    return change


def own_calendar(clinic, desk):
    calendar = OwnCalendar.objects.create(
        resource=clinic[2][0], host="cal.example", mark="m", created_at=MONDAY, due_at=MONDAY
    )
    for spans in ([(TEN, ELEVEN), (TEN + DAY, ELEVEN + DAY)], [(TEN, ELEVEN + HOUR)]):
        own_calendars.set_busy(calendar, spans, now=MONDAY)
        own_calendars.see_clashes(calendar, now=MONDAY)


def lost_calendar(clinic, desk):
    own_calendar(clinic, desk)
    own_calendars.drop_old(OwnCalendar.objects.get(), now=MONDAY + DAY)


OF_THE_CLINIC = {
    "close": of_clinic(close),
    "close for less": of_clinic(close_less),
    "open again": of_clinic(open_again),
    "open after all": of_clinic(no_closure_after_all),
    "absence": of_clinic(absent),
    "leave": of_clinic(leave),
    "leave with nobody booked": of_clinic(leave_nobody),
    "holds of one person lapse": of_clinic(holds_lapse),
    "work elsewhere too": of_clinic(work_elsewhere),
    "work here alone again": of_clinic(work_here_alone),
    "merge": of_clinic(merge),
    "another address": of_clinic(other_place(wall_clock_stays=False, zone="Europe/London")),
    "another zone": of_clinic(other_place(wall_clock_stays=False)),
    "another zone by the wall clock": of_clinic(other_place(wall_clock_stays=True)),
    "another zone that nobody is told": of_clinic(other_place(wall_clock_stays=True, tell=False)),
    "own calendar": of_clinic(own_calendar),
    "own calendar lost": of_clinic(lost_calendar),
}
