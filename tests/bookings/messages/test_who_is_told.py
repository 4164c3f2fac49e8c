"""Which members of staff have a row, of what, and when it is due: at each rule's ends."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from post_office.models import Email

from bookings import transitions
from bookings.enums import CancelledBecause, Verb
from bookings.messages import recipients, to_staff
from bookings.models import (
    DateException,
    Message,
    OwnCalendar,
    Practitioner,
    StaffNotice,
    StaffPreference,
)
from bookings.roles import make_roles
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFF = Verb.CANCEL


@pytest.fixture
def hire(django_user_model):
    make_roles()

    def make(name, role="Front desk", **about):
        values = {"email": f"{name}@clinic.example"} | about
        user = django_user_model.objects.create_user(name, **values)
        user.groups.add(Group.objects.get(name=role))
        return user

    return make


@pytest.fixture
def amara(hire, clinic):
    """The practitioner of the first column."""
    user = hire("amara", "Practitioner")
    Practitioner.objects.filter(resource=clinic[2][0]).update(user=user)
    return user


@pytest.fixture
def visit(clinic, desk, amara):
    """Hers, on Tuesday at ten; its service asks for a day of notice."""
    found = confirmed(clinic, desk, practitioner=clinic[2][0])[1]
    StaffNotice.objects.all().delete()
    return found


def rows(*columns):
    found = StaffNotice.objects.order_by("pk")
    return list(found.values_list("user__username", *(columns or ["kind"])))


@pytest.mark.parametrize(
    ("now", "late"),
    [
        (TEN - DAY, False),
        (TEN - DAY + SECOND, True),
        (TEN - SECOND, True),
        (TEN, False),
        (TEN + MINUTE, False),
    ],
)
def test_what_is_a_late_change(visit, now, late):
    assert to_staff.is_late(visit, now=now) is late
    assert to_staff.is_late(None, now=now) is False


@pytest.mark.parametrize(
    ("verb", "now", "because", "urgent", "due", "named"),
    [
        (Verb.CONFIRM, MONDAY, None, False, MONDAY + 2 * MINUTE, True),
        (Verb.CONFIRM, TEN - HOUR, None, False, TEN - HOUR + 2 * MINUTE, True),
        (OFF, MONDAY, None, False, MONDAY, True),
        (OFF, MONDAY, CancelledBecause.ERASED, False, MONDAY, False),
        (OFF, MONDAY, CancelledBecause.UNDONE, False, MONDAY, True),
        (OFF, TEN - HOUR, None, True, TEN - HOUR, True),
        (OFF, TEN + 59 * MINUTE, None, False, TEN + 59 * MINUTE, True),
    ],
)
def test_a_practitioner_hears_of_a_visit(
    clinic, visit, settings, verb, now, because, urgent, due, named
):
    settings.BOOKINGS = settings.BOOKINGS | {"UNDO_SECONDS": 120}
    to_staff.visit_changed(visit, verb, now=now, because=because)
    assert rows("verb", "urgent", "due_at", "request", "at") == [
        ("amara", verb, urgent, due, visit.request_id if named else None, now)
    ]


@pytest.mark.parametrize("why", ["over", "left", "another"])
def test_a_practitioner_hears_nothing(clinic, desk, visit, amara, hire, why):
    hire("ben", "Practitioner")
    if why == "another":
        visit = confirmed(clinic, desk, start=ELEVEN, practitioner=clinic[2][1], email="b@x.org")[1]
        StaffNotice.objects.all().delete()
    amara.is_active = why != "left"
    amara.save()
    to_staff.visit_changed(visit, OFF, now=ELEVEN if why == "over" else MONDAY)
    assert rows() == []


def own(user, visit, key, verb=Verb.CONFIRM, **about):
    about = {"kind": "own_visit", "at": MONDAY, "dedupe_key": key, "verb": verb} | about
    StaffNotice.objects.create(user=user, appointment=visit, **about)


def test_an_undone_booking_leaves_no_row(clinic, desk, visit, amara, hire):
    fay = hire("fay")
    other = confirmed(clinic, desk, start=ELEVEN, practitioner=clinic[2][0], email="b@x.org")[1]
    StaffNotice.objects.all().delete()
    own(amara, visit, "this")
    own(amara, other, "other")
    own(fay, visit, "fay's", kind="own_calendar")
    to_staff.visit_changed(visit, OFF, now=MONDAY, because=CancelledBecause.UNDONE)
    assert [key for _name, key in rows("dedupe_key")] == ["other", "fay's"]


def test_what_was_told_is_taken_back_by_mail(visit, amara):
    own(amara, visit, "told", told_at=MONDAY)
    to_staff.visit_changed(visit, OFF, now=MONDAY, because=CancelledBecause.UNDONE)
    assert rows("verb") == [("amara", "confirm"), ("amara", "cancel")]


@pytest.mark.postgresql
def test_an_undone_cancellation_leaves_the_booking(visit, amara):
    own(amara, visit, "booked")
    own(amara, visit, "cancelled", OFF)
    to_staff.visit_changed(visit, Verb.CONFIRM, now=MONDAY, because=CancelledBecause.UNDONE)
    assert rows("verb") == [("amara", "confirm")]


def test_a_cancellation_keeps_what_waits(visit, amara):
    own(amara, visit, "booked")
    to_staff.visit_changed(visit, OFF, now=MONDAY)
    assert rows("verb") == [("amara", "confirm"), ("amara", "cancel")]


# --- the desk ------------------------------------------------------------------------------------


@pytest.fixture
def fay(hire):
    return hire("fay")


@pytest.mark.postgresql
def test_a_late_change_concerns_its_visit(clinic, desk, fay):
    consultation, visit = confirmed(clinic, desk)
    gone = confirmed(clinic, desk, start=ELEVEN, email="b@x.org")[1]
    gone.request_id = consultation.pk
    gone.status = "cancelled"
    gone.start, gone.end = TEN - DAY, TEN - DAY + HOUR
    gone.busy_start, gone.busy_end = gone.start, gone.end
    gone.claims.all().delete()
    gone.save()
    StaffNotice.objects.all().delete()
    transitions.ask_to_move(consultation, now=TEN - HOUR, message="Later.")
    assert rows("verb", "appointment", "urgent", "due_at") == [
        ("fay", "ask_to_move", visit.pk, True, TEN - HOUR)
    ]


@pytest.mark.postgresql
def test_what_is_no_change_is_not_urgent(clinic, desk, fay):
    consultation, visit = confirmed(clinic, desk)
    StaffNotice.objects.all().delete()
    transitions.come(consultation, now=TEN - HOUR)
    assert rows("verb", "urgent", "due_at") == [("fay", "come", False, None)]


def test_an_urgent_change_spares_whoever_is_relieved(clinic, desk, fay, hire):
    """An owner beside a desk gets no mail, unless they chose so; nobody without an address does."""
    owner, wants = hire("olga", "Owner"), hire("owen", "Owner")
    StaffPreference.objects.create(user=wants, kind="change", when="bundled")
    StaffPreference.objects.create(user=fay, kind="change", when="never")
    hire("gus", email="")
    consultation = confirmed(clinic, desk)[0]
    StaffNotice.objects.all().delete()
    transitions.withdraw(consultation, now=TEN - HOUR)
    due = TEN - HOUR
    assert sorted(rows("due_at"), key=str) == [
        ("fay", due),
        ("gus", None),
        ("olga", None),
        ("owen", due),
    ]
    assert owner.staff_notices.get().urgent


def test_what_an_offer_leaves_is_told_once(clinic, desk, fay):
    """Its times lapse one by one, and then the offer: one line. A hold that lapses is another."""
    consultation = asked(clinic)
    times = [(ELEVEN, None), (ELEVEN + HOUR, None)]
    transitions.offer(
        consultation, times=times, actor=desk, version=consultation.version, now=MONDAY
    )
    asked(clinic, start=TEN + DAY, email="b@x.org")
    StaffNotice.objects.all().delete()
    transitions.expire_due(now=MONDAY + 3 * DAY)
    assert sorted(verb for _name, verb in rows("verb")) == ["lapse", "lapse_offer"]


@pytest.mark.postgresql
@pytest.mark.parametrize("case", ["lost", "superseded", "beside", "nobody's"])
def test_a_lost_message_names_its_request(clinic, fay, case):
    consultation = asked(clinic, start=None)
    asked(clinic, start=None, email="b@x.org")
    StaffNotice.objects.all().delete()
    email = consultation.messages.get(kind="received").email
    about = consultation.messages.filter(email=email)
    if case == "superseded":
        about.update(superseded=True)
    if case == "beside":
        about.update(dedupe_key="x:text")
    if case == "nobody's":
        about.delete()
    to_staff.undelivered(email, now=MONDAY)
    told = [("fay", "undelivered", consultation.pk)] if case == "lost" else []
    assert rows("kind", "request") == told


@pytest.mark.postgresql
def test_whoever_enters_an_absence_knows_it(clinic, fay, hire):
    gus = hire("gus")
    closure = DateException.objects.create(
        location=clinic[1], resource=clinic[2][0], kind="closed", start=TEN, end=ELEVEN
    )
    to_staff.absent(closure, by=fay, now=MONDAY)
    assert rows("kind", "closure") == [(gus.username, "absence", closure.pk)]


@pytest.mark.postgresql
def test_a_clash_is_told_to_both(clinic, visit, amara, hire):
    """The practitioner is at the desk too, and hears it as the practitioner; others have left."""
    amara.groups.add(Group.objects.get(name="Front desk"))
    hire("fay"), hire("olga", "Owner"), hire("left", is_active=False)
    calendar = OwnCalendar.objects.create(
        resource=clinic[2][0], host="x", mark="m", created_at=MONDAY, due_at=MONDAY
    )
    told = [("amara", True, True), ("fay", True, True), ("olga", True, False)]
    to_staff.clash(visit, now=TEN - HOUR)
    found = rows("urgent", "due_at")
    assert [(name, urgent, bool(due)) for name, urgent, due in found] == told
    StaffNotice.objects.all().delete()
    to_staff.clash(visit, now=TEN - 2 * DAY)
    assert {urgent for _name, urgent in rows("urgent")} == {False}
    StaffNotice.objects.all().delete()
    to_staff.calendar_lost(calendar, now=MONDAY)
    assert rows("calendar") == [(name, calendar.pk) for name in ("amara", "fay", "olga")]
    amara.is_active = False
    amara.save()
    StaffNotice.objects.all().delete()
    to_staff.calendar_lost(calendar, now=MONDAY)
    assert rows() == [("fay", "own_calendar"), ("olga", "own_calendar")]


@pytest.mark.postgresql
def test_no_clash_leaves_other_news(visit, amara):
    own(amara, visit, "booked")
    own(amara, visit, "clash", kind="own_calendar")
    to_staff.no_clash([visit.pk])
    assert rows("dedupe_key") == [("amara", "booked")]


def test_a_promise_and_an_attack_are_told_once(clinic, fay):
    consultation = asked(clinic, start=None)
    StaffNotice.objects.all().delete()
    for minutes in range(2):
        to_staff.almost_due(consultation, now=MONDAY + minutes * MINUTE)
        to_staff.attack(now=MONDAY + minutes * MINUTE)
    assert sorted(rows()) == [("fay", "attack"), ("fay", "promise")]
    consultation.respond_by += HOUR
    to_staff.almost_due(consultation, now=MONDAY)
    to_staff.attack(now=MONDAY + DAY)
    assert sorted(kind for _name, kind in rows()) == ["attack"] * 2 + ["promise"] * 2


@pytest.mark.postgresql
def test_stopping_the_mails_keeps_the_rest(clinic, visit, amara):
    told, urgent = {"told_at": MONDAY}, {"urgent": True}
    for key, about in (("new", {}), ("told", told), ("urgent", urgent)):
        own(amara, visit, key, due_at=MONDAY, **about)
    recipients.stop_mails(amara)
    recipients.stop_mails(amara)
    assert [due for _name, due in rows("due_at")] == [None, MONDAY, MONDAY]


def test_nobody_is_there_to_tell(clinic):
    asked(clinic, start=None)
    assert Message.objects.exists() and Email.objects.exists() and rows() == []
