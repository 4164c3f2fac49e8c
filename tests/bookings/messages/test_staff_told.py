"""Who of the staff is told, when, and in which words: each rule at its ends."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from wagtail.users.models import UserProfile

from bookings.enums import StaffKind, TellWhen
from bookings.messages import daily_digest, recipients, staff_mail
from bookings.messages.recipients import Timing
from bookings.models import Location, StaffNotice, StaffPreference
from bookings.roles import make_roles
from tests.bookings.steps import asked, confirmed
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def at(hour, minute=0, day=24):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def make_staff(django_user_model):
    make_roles()

    def make(name, *roles, **about):
        about = {"email": f"{name}@clinic.example"} | about
        user = django_user_model.objects.create_user(name, **about)
        user.groups.set(Group.objects.filter(name__in=roles))
        return user

    return make


@pytest.mark.parametrize(
    ("now", "when", "due"),
    [
        (at(10, 20), TellWhen.NEVER, None),
        (at(10, 20), TellWhen.AT_ONCE, at(10, 23)),
        (at(10, 20), TellWhen.BUNDLED, at(11)),
        (at(10), TellWhen.BUNDLED, at(11)),
        (at(16, 30), TellWhen.BUNDLED, at(9, day=25)),
        (at(20, 59), TellWhen.AT_ONCE, at(21, 2)),
        (at(21), TellWhen.AT_ONCE, at(8, 3, day=25)),
        (at(7, 59), TellWhen.AT_ONCE, at(8, 3)),
        (at(8), TellWhen.AT_ONCE, at(8, 3)),
    ],
)
def test_when_a_notice_is_mailed(clinic, now, when, due):
    assert Timing(clinic[1], now, wait=3 * MINUTE).due_at(when) == due


@pytest.mark.parametrize("when", [TellWhen.NEVER, TellWhen.BUNDLED, TellWhen.AT_ONCE])
@pytest.mark.parametrize(
    ("now", "start", "due"),
    [
        (at(10), at(15), at(10)),
        (at(22, day=23), at(9, 59), at(22, day=23)),
        (at(22, day=23), at(10), at(8)),
        (at(12, day=23), at(15), at(12, day=23)),
    ],
)
def test_a_late_change_waits_for_nothing(clinic, desk, when, now, start, due):
    visit = confirmed(clinic, desk)[1]
    visit.start = start
    assert Timing(clinic[1], now, visit).due_at(when) == due


def test_without_a_place_the_clinics_clock_counts(settings):
    settings.TIME_ZONE = "America/New_York"
    assert Timing(None, at(12)).due_at(TellWhen.AT_ONCE) == at(13)
    assert Timing(None, at(16, 20)).due_at(TellWhen.BUNDLED) == at(17)


def names(users):
    return [user.username for user in users]


@pytest.mark.postgresql
def test_who_answers_and_who_is_relieved(make_staff, django_user_model):
    root = django_user_model.objects.create_superuser("root")
    django_user_model.objects.create_superuser("gone", is_active=False)
    assert recipients.desk().users == [root] and recipients.desk().relieved == set()
    owner = make_staff("olga", "Owner")
    assert recipients.desk().users == [owner] and recipients.desk().relieved == set()
    make_staff("left", "Front desk", is_active=False)
    make_staff("amara", "Practitioner")
    fay = make_staff("fay", "Front desk")
    assert names(recipients.desk().users) == ["olga", "fay"]
    assert recipients.desk().relieved == {owner.pk}
    make_staff("both", "Owner", "Front desk")
    assert fay.pk not in recipients.desk().relieved and len(recipients.desk().relieved) == 2
    assert names(recipients.watchers().users) == ["olga", "fay", "both"]


@pytest.mark.parametrize("kind", StaffKind)
def test_what_each_hears_by_default(kind):
    usual = {
        "coming": "never",
        "promise": "at_once",
        "attack": "at_once",
        "own_visit": "at_once",
        "own_calendar": "at_once",
    }.get(kind.value, "bundled")
    assert recipients.default(kind, relieved=False).name.lower() == usual
    spared = "at_once" if kind in {StaffKind.ATTACK, StaffKind.OWN_VISIT} else "never"
    assert recipients.default(kind, relieved=True).name.lower() == spared


def test_a_choice_is_of_one_person_and_kind(make_staff):
    fay, ruth = make_staff("fay", "Front desk"), make_staff("ruth", "Front desk")
    StaffPreference.objects.create(user=fay, kind=StaffKind.NEW, when=TellWhen.NEVER)
    StaffPreference.objects.create(user=fay, kind=StaffKind.CHANGE, when=TellWhen.AT_ONCE)
    found = recipients.choices([fay, ruth], StaffKind.NEW, relieved=set())
    assert found == {fay.pk: TellWhen.NEVER, ruth.pk: TellWhen.BUNDLED}


@pytest.mark.postgresql
def test_a_link_that_stops_the_mails(make_staff, clinic, time_machine):
    time_machine.move_to(MONDAY, tick=False)
    fay, ruth = make_staff("fay", "Front desk"), make_staff("ruth", "Front desk")
    asked(clinic)
    StaffNotice.objects.update(due_at=MONDAY)
    token = recipients.token(fay)
    time_machine.move_to(MONDAY + timedelta(days=90), tick=False)
    assert recipients.of_token(token) == fay and recipients.of_token("x") is None
    recipients.stop_mails(fay)
    rows = StaffPreference.objects.filter(user=fay)
    assert {row.kind for row in rows} == set(StaffKind) and not rows.exclude(when="never")
    assert not StaffNotice.objects.filter(user=fay).exclude(due_at=None)
    assert not StaffNotice.objects.filter(user=ruth, due_at=None)
    fay.is_active = False
    fay.save()
    assert recipients.of_token(token) is None
    time_machine.move_to(MONDAY + timedelta(days=90, seconds=2), tick=False)
    assert recipients.of_token(recipients.token(ruth)) == ruth
    assert recipients.of_token(token) is None


# --- one mail ------------------------------------------------------------------------------------


@pytest.fixture
def fay(make_staff):
    return make_staff("fay", "Front desk")


def told(user):
    return user.staff_notices.exclude(told_at=None)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("since", "urgent", "mails"),
    [(5 * MINUTE, False, 1), (5 * MINUTE - timedelta(seconds=1), False, 0), (MINUTE, True, 1)],
)
def test_five_minutes_between_two_mails(fay, clinic, since, urgent, mails):
    asked(clinic)
    StaffNotice.objects.update(due_at=MONDAY)
    assert staff_mail.write_due(now=MONDAY) == 1
    asked(clinic, start=at(12), email="b@example.org")
    StaffNotice.objects.filter(told_at=None).update(due_at=MONDAY, urgent=urgent)
    assert staff_mail.write_due(now=MONDAY + since) == mails
    assert staff_mail.write_due(now=MONDAY + since) == 0
    (first, *_rest) = told(fay).order_by("pk")
    assert first.told_at == MONDAY and first.email.to == [fay.email]
    assert first.email.scheduled_time == MONDAY


@pytest.mark.postgresql
@pytest.mark.parametrize("changes", [{"is_active": False}, {"email": ""}])
def test_nobody_is_mailed_who_cannot_read_it(fay, clinic, changes):
    asked(clinic)
    StaffNotice.objects.update(due_at=MONDAY)
    type(fay).objects.filter(pk=fay.pk).update(**changes)
    assert staff_mail.write_due(now=MONDAY) == 0
    assert not StaffNotice.objects.exclude(due_at=None).exists()


def test_whoever_lost_their_role_is_not_mailed(fay, clinic):
    asked(clinic)
    StaffNotice.objects.update(due_at=MONDAY)
    fay.groups.clear()
    assert staff_mail.write_due(now=MONDAY) == 0


@pytest.mark.postgresql
def test_the_language_of_a_mail(fay, settings):
    assert staff_mail._language(fay) == settings.LANGUAGE_CODE
    profile = UserProfile.get_for_user(fay)
    for chosen, language in (("es", "es"), ("", settings.LANGUAGE_CODE)):
        profile.preferred_language = chosen
        profile.save()
        assert staff_mail._language(type(fay).objects.get(pk=fay.pk)) == language


def lines(number):
    return [staff_mail.Line(f"line {n}", "/") for n in range(number)]


@pytest.mark.parametrize(
    ("urgent", "others", "subject"),
    [
        (1, 3, "At short notice: line 0"),
        (0, 1, "line 0"),
        (0, 2, "2 things have changed"),
    ],
)
def test_the_subject_of_a_mail(urgent, others, subject):
    assert staff_mail.subject(lines(urgent), lines(others)) == subject


def test_thirty_lines_of_each_and_the_rest_counted(fay, clinic):
    consultation = asked(clinic)
    rows = [
        StaffNotice(
            user=fay, kind="answer", request=consultation, at=MONDAY, urgent=n < 31, dedupe_key=n
        )
        for n in range(63)
    ]
    mail = staff_mail.render(rows, fay, now=MONDAY)
    text = mail["message"]
    assert text.count(f"- {consultation.reference}") == 60 and "And 3 more." in text


@pytest.mark.parametrize(
    ("about", "button", "address"),
    [
        ("request", "Open the request", "/admin/requests/"),
        ("closure", "See the visits inside", "/admin/diary/closures/"),
        ("two", "Open today’s screen", "/admin/"),
    ],
)
def test_where_a_mail_leads(fay, clinic, about, button, address):
    from bookings.models import DateException

    consultation = asked(clinic)
    rows = [StaffNotice(user=fay, kind="answer", request=consultation, at=MONDAY)]
    if about == "closure":
        closure = DateException.objects.create(
            location=clinic[1], resource=clinic[2][0], kind="closed", start=at(10), end=at(12)
        )
        rows = [StaffNotice(user=fay, kind="absence", closure=closure, at=MONDAY)]
    if about == "two":
        rows *= 2
    mail = staff_mail.render(rows, fay, now=MONDAY)
    assert button in mail["html_message"] and address in mail["message"]
    if about == "closure":
        assert "is away from" in mail["subject"] and "inside" not in mail["subject"]


# --- the daily digest ----------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "shown"), [(0, 0), (50, 50), (51, 51), (60, 51)])
def test_fifty_are_named_and_the_rest_counted(number, shown):
    found = daily_digest._first(f"R{n}" for n in range(number))
    assert len(found) == shown
    if number > 50:
        assert found[-1] == f"and {number - 50} more" and found[49] == "R49"


@pytest.mark.parametrize(("hour", "minute", "sent"), [(7, 59, False), (8, 0, True)])
def test_the_digest_comes_at_its_hour(fay, clinic, settings, hour, minute, sent):
    consultation = asked(clinic)
    now = consultation.respond_by + timedelta(days=1)
    now = now.replace(hour=hour, minute=minute)
    assert daily_digest.send_daily(now=now) is sent
    assert daily_digest.send_daily(now=now) is False
    assert daily_digest.desk_addresses() == [fay.email]


@pytest.mark.postgresql
def test_the_subject_of_a_digest(clinic):
    one, two = asked(clinic), asked(clinic, start=at(12), email="b@example.org")
    unheard = [one.messages.first()]
    Location.objects.update(time_zone="America/New_York")
    assert daily_digest.render([one], [], now=MONDAY)["subject"] == "1 answer is overdue"
    both = daily_digest.render([one, two], unheard, now=MONDAY)
    assert both["subject"] == "2 answers are overdue, 1 message did not arrive"
    assert f"{one.reference}: was due Monday 23 November, " in both["message"]
    late = daily_digest.render([one], [], now=MONDAY + timedelta(days=365))
    assert "was due Monday 23 November 2026, " in late["message"]
    two.respond_by = None
    assert two.reference not in daily_digest.render([two], [], now=MONDAY)["message"]
