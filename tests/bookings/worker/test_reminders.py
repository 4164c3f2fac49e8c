from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from post_office.models import STATUS, Email

from bookings import transitions
from bookings.messages import send
from bookings.models import DateException, Message, MessageSettings
from bookings.models.wording import hours_of
from bookings.worker import reminders
from tests.factories import MONDAY, make_request

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
FRIDAY_TEN = datetime(2026, 11, 27, 10, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
NIGHT = (time(21), time(8))


@pytest.fixture
def visit(clinic, desk):
    service, location, _people = clinic
    consultation = make_request(service, location, start=FRIDAY_TEN)
    return transitions.confirm(consultation, actor=desk, version=consultation.version, now=MONDAY)


def before(hours):
    return FRIDAY_TEN - hours * HOUR


def keys():
    rows = Message.objects.filter(kind="reminder").order_by("pk")
    return [row.dedupe_key.split(":")[-1] for row in rows]


@pytest.mark.postgresql
def test_each_leaves_once_when_its_time_has_come(visit):
    sent = [reminders.remind_due(now=before(h)) for h in (49, 48, 47, 4, 2, 1)]
    # Three hours before is seven in the morning, so that one waits for eight.
    assert sent == [0, 1, 0, 0, 1, 0]
    assert keys() == ["48", "3"]
    mail = Message.objects.filter(kind="reminder").first().email
    assert "Friday 27 November, 10am" in mail.message
    assert not mail.attachments.exists()


@pytest.mark.parametrize(
    ("start", "hours", "quiet", "local"),
    [
        ((27, 14), 3, NIGHT, (27, 11, 0)),
        ((27, 10), 3, NIGHT, (27, 8, 0)),  # seven is quiet: at eight
        ((27, 8, 30), 3, NIGHT, (26, 20, 45)),  # eight would be too late: the evening before
        ((28, 23), 48, NIGHT, (27, 8, 0)),
        ((27, 10), 3, (time(9), time(17)), (27, 7, 0)),  # quiet within the day
        ((27, 14), 3, (time(9), time(12)), (27, 12, 0)),
        ((27, 10), 3, (time(8), time(8)), (27, 7, 0)),  # the same time twice: never quiet
    ],
)
def test_quiet_hours(start, hours, quiet, local):
    at = reminders.send_at(datetime(2026, 11, *start, tzinfo=UTC), hours, LONDON, quiet)
    day, hour, minute = local
    assert at.astimezone(LONDON) == datetime(2026, 11, day, hour, minute, tzinfo=LONDON)


def test_quiet_hours_use_local_time():
    kiritimati = ZoneInfo("Pacific/Kiritimati")  # UTC+14
    start = datetime(2026, 11, 27, 2, tzinfo=UTC)  # four in the afternoon there
    assert reminders.send_at(start, 3, kiritimati, NIGHT) == start - 3 * HOUR
    # The clocks go back between: 48 hours are 48 hours, at nine instead of eight o'clock.
    after_change = datetime(2026, 10, 26, 10, tzinfo=UTC)
    assert reminders.send_at(after_change, 48, LONDON, NIGHT) == after_change - 48 * HOUR


def test_late_worker_sends_only_the_last_reminder(visit):
    assert reminders.remind_due(now=before(2)) == 1
    assert keys() == ["3"]
    assert reminders.remind_due(now=before(1)) == 0


def test_never_in_quiet_hours_never_after_the_start(visit):
    assert reminders.remind_due(now=before(12)) == 0  # ten in the evening, and the first is overdue
    assert reminders.remind_due(now=FRIDAY_TEN) == 0


def test_no_reminder_right_after_booking(clinic, desk):
    service, location, _people = clinic
    consultation = make_request(service, location, start=FRIDAY_TEN, now=before(50))
    transitions.confirm(consultation, actor=desk, version=consultation.version, now=before(49))
    assert reminders.remind_due(now=before(48)) == 0
    assert reminders.remind_due(now=before(2)) == 1


def test_cancellation_drops_reminders(visit):
    reminders.remind_due(now=before(48))
    transitions.withdraw(visit.request, now=before(48))
    reminder = Message.objects.get(kind="reminder")
    assert reminder.superseded and reminder.email.status is None
    assert reminders.remind_due(now=before(2)) == 0


def test_moved_visit_gets_new_reminders(visit, desk):
    reminders.remind_due(now=before(48))
    consultation = visit.request
    later = FRIDAY_TEN + timedelta(days=3)
    transitions.move(
        consultation, actor=desk, version=consultation.version, now=before(40), start=later
    )
    assert Message.objects.get(kind="reminder").superseded
    assert reminders.remind_due(now=before(2)) == 0
    assert reminders.remind_due(now=later - 48 * HOUR) == 1


def test_unsent_reminder_is_replaced_by_the_next(visit):
    reminders.remind_due(now=before(48))
    reminders.remind_due(now=before(2))
    first, second = Message.objects.filter(kind="reminder").order_by("pk")
    assert first.superseded and not second.superseded


def test_unsent_reminder_expires_at_the_visit(visit):
    Email.objects.update(status=STATUS.sent)
    reminders.remind_due(now=before(2))
    assert send.send_due(now=FRIDAY_TEN) == 0
    reminder = Message.objects.get(kind="reminder")
    assert reminder.superseded and reminder.email.status is None


def test_two_workers_at_once_write_one(visit, monkeypatch):
    """Both find that none is there yet; the unique key lets one of them through."""
    reminders.remind_due(now=before(48))
    monkeypatch.setattr("django.db.models.query.QuerySet.exists", lambda rows: False)
    assert reminders.remind_due(now=before(48)) == 0
    assert keys() == ["48"] and not Message.objects.get(kind="reminder").superseded


def test_as_the_clinic_has_set_them(visit):
    settings = MessageSettings.load()
    settings.reminders = "72"
    settings.save()
    assert reminders.remind_due(now=before(72)) == 1
    settings.reminders = ""
    settings.save()
    assert reminders.remind_due(now=before(2)) == 0


@pytest.mark.parametrize("text", ["x", "0", "400", "1.5", "-3", "1,2,3,4,5", "٣", "99999999999"])
def test_what_are_no_hours(text):
    with pytest.raises(ValidationError):
        hours_of(text)


def test_hours_longest_first_and_each_once():
    assert hours_of(" 3, 48,3 ,") == [48, 3] and hours_of("") == []


def test_nobody_is_reminded_of_a_closed_day(visit, desk):
    shut = DateException.objects.create(
        location=visit.location, kind="closed", start=FRIDAY_TEN, end=FRIDAY_TEN + HOUR
    )
    transitions.apply_closure(shut, actor=desk, now=MONDAY)
    assert reminders.remind_due(now=before(3)) == 0
    shut.resource = visit.practitioner
    shut.save()
    assert reminders.remind_due(now=before(2)) == 0
    transitions.remove_closure(shut, now=before(2))
    assert reminders.remind_due(now=before(2)) == 1


@pytest.mark.postgresql
def test_nobody_is_reminded_while_they_wait_to_move(visit):
    visit.request.refresh_from_db()
    transitions.ask_to_move(visit.request, now=before(60), message="Later, please.")
    assert reminders.remind_due(now=before(2)) == 0
    transitions.keep_appointment(visit.request, now=before(2))
    assert reminders.expected().get() == visit


def test_each_of_several_visits_is_reminded(clinic, desk):
    """Two at ten with two practitioners, one at eleven; the one at noon was given back."""
    service, location, _people = clinic
    visits = []
    for hour in (10, 10, 11, 12):
        start, email = FRIDAY_TEN + (hour - 10) * HOUR, f"{len(visits)}@example.org"
        asked = make_request(service, location, start=start, email=email)
        by = {"actor": desk, "version": asked.version, "now": MONDAY}
        visits.append(transitions.confirm(asked, **by))
    transitions.withdraw(visits[3].request, now=MONDAY)
    assert reminders.remind_due(now=before(47)) == 3
    told = Message.objects.filter(kind="reminder").values_list("request", flat=True)
    assert sorted(told) == [visit.request_id for visit in visits[:3]]
    assert reminders.remind_due(now=before(46)) == 0
    assert reminders._remind(visits[3].pk, 48, before(46)) is False


@pytest.mark.postgresql
def test_a_visit_without_history_counts_from_its_making(visit):
    visit.request.events.all().delete()
    type(visit).objects.update(created_at=before(50))
    assert reminders.remind_due(now=before(48) - HOUR / 60) == 0
    assert reminders.remind_due(now=before(48)) == 1


def test_reminders_of_a_week_ahead(visit):
    settings = MessageSettings.load()
    settings.reminders = "90, 3"
    settings.save()
    assert reminders.remind_due(now=before(90) - HOUR / 60) == 0
    assert reminders.remind_due(now=before(90)) == 1
    assert keys() == ["90"]


def test_half_an_hour_before_is_too_late():
    """Half an hour before the visit is of no use: the evening before."""
    evening = datetime(2026, 11, 26, 20, 45, tzinfo=UTC)
    assert reminders.send_at(FRIDAY_TEN, 3, LONDON, (time(21), time(9, 30))) == evening


def test_who_was_reminded_is_not_looked_at_again(clinic, desk, django_assert_num_queries):
    service, location, _people = clinic
    for hour in (10, 11, 12):
        start, email = FRIDAY_TEN + (hour - 10) * HOUR, f"{hour}@example.org"
        asked = make_request(service, location, start=start, email=email)
        transitions.confirm(asked, actor=desk, version=asked.version, now=MONDAY)
    assert reminders.remind_due(now=before(46)) == 3
    with django_assert_num_queries(3):  # the settings, the visits, what is written
        assert reminders.remind_due(now=before(45)) == 0
