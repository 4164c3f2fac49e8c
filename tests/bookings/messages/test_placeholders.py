"""What each placeholder of a mail says about one request and its visits."""

from datetime import date, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from bookings import transitions
from bookings.messages import placeholders
from bookings.messages.placeholders import Change
from bookings.models import Appointment, WaitingListEntry
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
values_of = partial(placeholders.values_of, now=MONDAY)
NEW_YORK, LONDON = "America/New_York", "Europe/London"
ADDRESS = "The address is new: please come to the place below."
SAME = "The time on the clock there is the same, but your calendar may show another one."
MOMENT = (
    "It is at the same moment as before. We told you Tuesday 24 November, 10am; it is now "
    "Tuesday 24 November, 5am, New York time."
)


def told(text):
    return str(text).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (Change(TEN, ZoneInfo(LONDON), place=True, wall_clock_stays=False), MOMENT),
        (Change(TEN, ZoneInfo(LONDON), place=False, wall_clock_stays=False), MOMENT),
        (Change(TEN, ZoneInfo(LONDON), place=False), SAME),
        (Change(TEN, ZoneInfo(LONDON), place=True), SAME),
        (Change(TEN, ZoneInfo(NEW_YORK), place=True), ""),
        (Change(TEN, ZoneInfo(NEW_YORK), place=True, wall_clock_stays=False), ""),
        (Change(TEN, ZoneInfo(NEW_YORK), place=False, wall_clock_stays=False), SAME),
        (None, None),
    ],
)
def test_what_is_new_about_a_visit(clinic, desk, change, says):
    consultation, visit = confirmed(clinic, desk)
    visit.time_zone = NEW_YORK
    said = told(values_of(consultation, visit=visit, change=change)["change"])
    wanted = [ADDRESS] if change and change.place else []
    assert said == " ".join([*wanted, says] if says else wanted)


def test_the_table_of_a_visit(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    visit.place, visit.price = "Harbour House\n12 Harbour Street, SE1 0AA", "£60"
    visit.practitioner.name = "Amara Osei"
    rows = values_of(consultation, visit=visit)["visit"]
    assert [(key, told(value)) for key, value in rows] == [
        ("Consultation", f"{clinic[0].name}, 60 minutes"),
        ("When", "Tuesday 24 November, 10am\nLondon time"),
        ("With", "Amara Osei"),
        ("Where", "Harbour House\n12 Harbour Street, SE1 0AA"),
        ("Price", "£60"),
        ("Reference", consultation.reference),
    ]
    visit.time_zone, visit.price = NEW_YORK, ""
    rows = values_of(consultation, visit=visit)["visit"]
    assert told(rows[1][1]) == "Tuesday 24 November, 5am, New York time"
    assert [key for key, _value in rows] == ["Consultation", "When", "With", "Where", "Reference"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Amara Osei", "Amara\N{NO-BREAK SPACE}Osei"),
        ("A" * 12 + " " + "B" * 12, "A" * 12 + "\N{NO-BREAK SPACE}" + "B" * 12),
        ("A" * 12 + " " + "B" * 13, "A" * 12 + " " + "B" * 13),
    ],
)
def test_short_names_stay_together(clinic, desk, name, said):
    consultation, visit = confirmed(clinic, desk)
    visit.practitioner.name = name
    assert values_of(consultation, visit=visit)["who"] == said


def test_offers_say_until_when_each_is_held(clinic):
    consultation = asked(clinic, start=None)
    about = {"location": clinic[1], "practitioner": clinic[2][0]}
    early, late, other = (
        Appointment(start=TEN + n * DAY, hold_expires_at=ends, **about)
        for n, ends in enumerate((TEN, ELEVEN, ELEVEN))
    )
    values = values_of(consultation, offers=[early, late, other])
    who = told(clinic[2][0].name)
    assert [told(one) for one in values["times"]] == [
        f"Tuesday 24 November, 10am, {who} (please answer before it begins)",
        f"Wednesday 25 November, 10am, {who}",
        f"Thursday 26 November, 10am, {who}",
    ]
    assert told(values["until"]) == "Tuesday 24 November, 11am"


def test_a_year_is_named_in_another_one(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    for now, when in ((MONDAY, "November, 10am"), (MONDAY + 365 * DAY, "November 2026, 10am")):
        values = placeholders.values_of(consultation, now=now, visit=visit)
        assert told(values["when"]) == f"Tuesday 24 {when}"


def test_each_of_several_visits_has_its_row(clinic, desk):
    one = confirmed(clinic, desk)[1]
    two = confirmed(clinic, desk, start=ELEVEN, email="b@example.org")[1]
    rows = values_of(one.request, visit=one, visits=[two, one])["visits"]
    assert [(told(when), told(who)) for when, who in rows] == [
        ("Tuesday 24 November, 11am", f"{two.practitioner.name}\n{two.request.reference}"),
        ("Tuesday 24 November, 10am", f"{one.practitioner.name}\n{one.request.reference}"),
    ]


def test_who_is_seen_instead_of_whom(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    assert values_of(consultation, visit=visit)["instead"] == ""
    before = next(person for person in clinic[2] if person != visit.practitioner)
    visit.replaces = Appointment(practitioner=before)
    says = f"You will see {visit.practitioner.name} instead of {before.name}."
    assert values_of(consultation, visit=visit, wanted={"instead"})["instead"] == says
    assert values_of(consultation, visit=visit, wanted=())["instead"] == ""
    assert values_of(consultation, wanted={"instead"})["instead"] == ""


@pytest.mark.postgresql
def test_each_reads_until_when_they_wait(clinic, desk):
    both = [
        asked(
            clinic,
            start=None,
            email=f"w{day}@example.org",
            waiting=transitions.Waiting((), date(2026, 12, day)),
        )
        for day in (4, 11)
    ]
    said = [told(values_of(one)["waits_until"]) for one in both]
    assert said == ["Friday 4 December", "Friday 11 December"]
    assert values_of(both[0], wanted=())["waits_until"] == ""
    assert values_of(both[0], wanted={"waits_until"})["waits_until"]
    both[0].status = "in_review"
    assert values_of(both[0])["waits_until"] == ""
    WaitingListEntry.objects.all().delete()
    assert values_of(both[1])["waits_until"] == ""


def test_a_held_time_and_until_when(clinic):
    consultation = asked(clinic, verified=False)
    held = consultation.appointments.get()
    values = values_of(consultation, held=held)
    assert told(values["held"]) == "Tuesday 24 November, 10am"
    assert (values["held_until"], values["minutes"]) == ("8:15am", "15")
    held.hold_expires_at = None
    assert values_of(consultation, held=held)["held_until"] == ""
    assert values_of(consultation)["held"] == values_of(consultation)["held_until"] == ""


def test_without_a_visit_the_place_is_the_services(clinic, desk):
    place = clinic[1]
    place.name, place.address, place.parking = "Pier House", "1 Pier\nLondon SE1 0AA", "None."
    place.save()
    consultation, visit = confirmed(clinic, desk)
    values = values_of(consultation)
    assert values["where"] == "Pier House, 1 Pier, London SE1\N{NO-BREAK SPACE}0AA"
    assert values["directions"] == "Parking: None." and values["when"] == values["who"] == ""
    visit.place, visit.kind_of_visit = "1 Old Road", "video"
    values = values_of(consultation, visit=visit)
    assert values["where"] == ", ".join(place.where("video")) != "1 Old Road"
    assert values["directions"] == ""
    visit.kind_of_visit = "clinic"
    assert values_of(consultation, visit=visit)["where"] == "1 Old Road"


def test_how_to_prepare_if_nobody_has_said(clinic):
    consultation = asked(clinic, start=None)
    usual = "Wear clothes that you can move in."
    assert values_of(consultation)["preparation"] == usual
    consultation.service.preparation = "Bring shorts."
    assert values_of(consultation)["preparation"] == "Bring shorts."


@pytest.mark.parametrize(("message", "said"), [(None, "Kept."), ("", ""), ("New.", "New.")])
def test_a_message_replaces_the_one_kept(clinic, message, said):
    consultation = asked(clinic, start=None)
    consultation.staff_message = "Kept."
    assert values_of(consultation, message=message)["message"] == said
