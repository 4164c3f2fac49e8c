"""What the mails to staff say: each line, the whole mail, and who gets one."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.db.models.signals import post_save
from post_office.models import Email

from bookings import transitions
from bookings.enums import StaffKind, Verb
from bookings.messages import recipients, staff_mail
from bookings.models import (
    ConsultationRequest,
    DateException,
    Displaced,
    OwnCalendar,
    Practitioner,
    Resource,
    StaffNotice,
)
from bookings.roles import make_roles
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
TUESDAY = "Tuesday 24 November"


@pytest.fixture
def hire(django_user_model):
    make_roles()

    def make(name, role="Front desk"):
        user = django_user_model.objects.create_user(name, email=f"{name}@clinic.example")
        user.groups.add(Group.objects.get(name=role))
        return user

    return make


def notice(user, kind, key="k", **about):
    values = {"at": MONDAY, "due_at": MONDAY, "dedupe_key": f"{user.pk}{key}"}
    return StaffNotice.objects.create(user=user, kind=kind, **(values | about))


def line(row):
    """What is said of it, as the mail reads it from the database."""
    (found,) = StaffNotice.objects.filter(pk=row.pk).with_details()
    return staff_mail.named(found, now=MONDAY).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("kind", "about", "says"),
    [
        ("attack", {}, "Somebody may be blocking the diary: many requests are never confirmed."),
        ("undelivered", {"request"}, "REF: a message did not arrive; please phone"),
        ("new", {"request"}, "REF: new request, answer by Monday 23 November, 5pm"),
        ("new", {"request", "answered"}, "REF: new request"),
        ("promise", {"request"}, "REF: the answer is due by Monday 23 November, 5pm"),
        ("answer accept", {"request", "visit"}, f"REF: accepted an offered time ({TUESDAY}, 10am)"),
        ("answer dance", {"request"}, "REF: dance"),
        ("change withdraw", {"request", "visit", "room"}, f"REF: cancelled ({TUESDAY}, 10am, Gym)"),
        (
            "change move",
            {"request", "visit"},
            f"REF: moved the visit ({TUESDAY}, 10am) → {TUESDAY}, 10am",
        ),
        (
            "own_visit confirm",
            {"request", "visit"},
            f"REF: a visit with you is booked ({TUESDAY}, 10am)",
        ),
        (
            "own_visit move",
            {"request", "visit"},
            f"REF: a visit with you was moved away from ({TUESDAY}, 10am) → {TUESDAY}, 10am",
        ),
        ("own_visit move", {"visit"}, f"a visit with you was moved away from ({TUESDAY}, 10am)"),
        ("own_visit cancel", {"visit"}, f"a visit with you is cancelled ({TUESDAY}, 10am)"),
        (
            "own_calendar",
            {"request", "visit"},
            f"REF: clashes with Amara’s own calendar ({TUESDAY}, 10am)",
        ),
        (
            "own_calendar",
            {"calendar"},
            "Amara: their own calendar could not be read for too long, and no longer counts",
        ),
        ("absence", {"closure"}, f"Amara is away from {TUESDAY}, 10am to {TUESDAY}, 11am"),
        (
            "absence",
            {"closure", "inside"},
            f"Amara is away from {TUESDAY}, 10am to {TUESDAY}, 11am: 1 visit is inside",
        ),
    ],
)
def test_what_a_line_says(clinic, desk, hire, kind, about, says):
    fay, person = hire("fay"), clinic[2][0]
    Resource.objects.filter(pk=person.pk).update(name="Amara")
    consultation, visit = confirmed(clinic, desk, practitioner=person)
    due = None if "answered" in about else MONDAY.replace(hour=17)
    ConsultationRequest.objects.update(respond_by=due)
    rows = {"request": consultation, "appointment": visit}
    if "room" in about:
        visit.room = Resource.objects.create(kind="room", location=clinic[1], name="Gym")
        visit.save()
    rows["calendar"] = OwnCalendar.objects.create(
        resource=person, host="x", mark="m", created_at=MONDAY, due_at=MONDAY
    )
    rows["closure"] = DateException.objects.create(
        location=clinic[1], resource=person, kind="closed", start=TEN, end=ELEVEN
    )
    if "inside" in about:
        Displaced.objects.create(closure=rows["closure"], appointment=visit, created_at=MONDAY)
    names = {"visit": "appointment"}
    wanted = {names.get(name, name) for name in about} & set(rows)
    kind, _space, verb = kind.partition(" ")
    row = notice(fay, kind, verb=verb, **{name: rows[name] for name in wanted})
    assert line(row) == says.replace("REF", consultation.reference)


@pytest.fixture
def fay(hire):
    return hire("fay")


def the_mail(user):
    mail = Email.objects.get(to=user.email)
    text = mail.message.partition("Choose what")[0].strip()
    return mail, text.replace("http://localhost:8000", "")


@pytest.mark.postgresql
def test_a_whole_mail_at_short_notice(clinic, desk, fay):
    waits = asked(clinic, start=None, waiting=transitions.Waiting(), email="w@example.org")
    consultation, visit = confirmed(clinic, desk)
    other = asked(clinic, start=ELEVEN, email="b@example.org")
    StaffNotice.objects.all().delete()
    transitions.withdraw(consultation, now=TEN - MINUTE)
    transitions.withdraw(other, now=TEN - MINUTE)
    freed = StaffNotice.objects.get(request=consultation)
    assert (freed.urgent, freed.due_at) == (True, TEN - MINUTE)
    StaffNotice.objects.update(due_at=TEN - MINUTE)
    notice(fay, "attack", at=TEN)
    assert staff_mail.write_due(now=TEN - MINUTE) == 1
    mail, text = the_mail(fay)
    one, two, three = consultation.reference, other.reference, waits.reference
    assert mail.subject == f"At short notice: {one}: cancelled ({TUESDAY}, 10am)"
    assert (
        text
        == f"""A change at short notice

- {one}: cancelled ({TUESDAY}, 10am)
  On the waiting list, who could take the time: {three}. The link opens the offer.
  /admin/requests/{one}/#waiting-section

Also:

- {two}: cancelled
  /admin/requests/{two}/
- Somebody may be blocking the diary: many requests are never confirmed.
  /admin/

Open today’s screen:
/admin/"""
    )


@pytest.mark.postgresql
def test_a_whole_mail_about_one_thing(clinic, fay):
    consultation = asked(clinic, start=None)
    StaffNotice.objects.update(due_at=MONDAY)
    assert staff_mail.write_due(now=MONDAY) == 1
    mail, text = the_mail(fay)
    says = f"{consultation.reference}: new request, answer by Monday 23 November, 5pm"
    assert mail.subject == says and mail.scheduled_time == MONDAY
    page = f"/admin/requests/{consultation.reference}/"
    whole = ["What has changed", "", f"- {says}", f"  {page}", "", "Open the request:", page]
    assert text.splitlines() == whole
    address = mail.message.partition("Stop these emails: ")[2].split()[0]
    assert recipients.of_token(address.rstrip("/").rpartition("/")[2]) == fay


def test_staff_read_the_year_in_another_one(clinic, fay):
    row = notice(fay, "new", request=asked(clinic, start=None))
    later = MONDAY + timedelta(days=365)
    for now, due in ((MONDAY, "November, 5pm"), (later, "November 2026, 5pm")):
        said = staff_mail.render([row], fay, now=now)["subject"]
        assert said.endswith(f"answer by Monday 23 {due}")


def test_an_attack_alone_leads_to_the_first_screen(fay):
    row = notice(fay, "attack")
    mail = staff_mail.render([row], fay, now=MONDAY)
    assert "Open today’s screen:\nhttp://localhost:8000/admin/" in mail["message"]


def test_the_first_of_several_short_notices_is_named(fay):
    urgent = [staff_mail.Line("one", "/"), staff_mail.Line("two", "/")]
    assert staff_mail.subject(urgent, []) == "At short notice: one"


def test_whoever_cannot_offer_reads_no_list(clinic, desk, hire):
    """A practitioner is told of the visit that is off, and not of who waits."""
    amara = hire("amara", "Practitioner")
    Practitioner.objects.filter(resource=clinic[2][0]).update(user=amara)
    waits = asked(clinic, start=None, waiting=transitions.Waiting(), email="w@example.org")
    consultation, visit = confirmed(clinic, desk, practitioner=clinic[2][0])
    StaffNotice.objects.all().delete()
    transitions.withdraw(consultation, now=TEN - MINUTE)
    staff_mail.write_due(now=TEN - MINUTE)
    text = the_mail(amara)[1]
    assert "a visit with you is cancelled" in text and waits.reference not in text
    assert "#waiting" not in text


@pytest.mark.postgresql
def test_something_urgent_takes_the_rest_along(clinic, desk, fay):
    """A mail has just left, and one of two new things cannot wait."""
    notice(fay, "attack", told_at=MONDAY - MINUTE)
    notice(fay, "new", "1", request=asked(clinic, start=None))
    StaffNotice.objects.filter(kind="new").update(due_at=MONDAY)
    assert staff_mail.write_due(now=MONDAY) == 0
    notice(fay, "change", "2", verb=Verb.WITHDRAW, request=asked(clinic, start=None), urgent=True)
    assert staff_mail.write_due(now=MONDAY) == 1
    assert not fay.staff_notices.filter(told_at=None, due_at=MONDAY).exists()


@pytest.mark.postgresql
def test_a_mail_is_of_one_person(clinic, fay, hire):
    gus = hire("gus")
    notice(fay, "attack", "1")
    notice(gus, "attack", "2", due_at=MONDAY + MINUTE)
    notice(gus, "attack", "3", due_at=None)
    assert staff_mail.write_due(now=MONDAY) == 1
    told = StaffNotice.objects.order_by("pk").values_list("told_at", "email__to")
    assert list(told) == [(MONDAY, [fay.email]), (None, None), (None, None)]


def test_nothing_due_costs_one_query(fay, django_assert_num_queries):
    notice(fay, "attack", due_at=MONDAY + MINUTE)
    with django_assert_num_queries(1):
        assert staff_mail.write_due(now=MONDAY) == 0


def test_what_one_did_oneself_is_forgotten(clinic, desk, hire):
    amara = hire("amara", "Practitioner")
    consultation, visit = confirmed(clinic, desk)
    StaffNotice.objects.all().delete()
    transitions.cancel(visit, actor=transitions.staff(amara), now=MONDAY)
    notice(amara, StaffKind.OWN_VISIT, verb=Verb.CANCEL, request=consultation, appointment=visit)
    assert staff_mail.write_due(now=MONDAY) == 0
    assert not StaffNotice.objects.filter(user=amara).exists()


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("codename", "mails"), [("view_heartbeat", 1), ("view_consultationrequest", 1), ("", 0)]
)
def test_who_may_read_one_or_the_other(django_user_model, codename, mails):
    user = django_user_model.objects.create_user("ines", email="ines@clinic.example")
    user.user_permissions.set(Permission.objects.filter(codename=codename))
    notice(user, "attack")
    assert staff_mail.write_due(now=MONDAY) == mails
    assert StaffNotice.objects.exclude(due_at=None).count() == mails


def test_two_workers_write_one_mail(fay):
    """The other one has just written its own, while this one was at it."""
    notice(fay, "attack")

    def other(instance, **_about):
        StaffNotice.objects.update(told_at=MONDAY)

    post_save.connect(other, sender=Email)
    try:
        assert staff_mail.write_due(now=MONDAY) == 0
    finally:
        post_save.disconnect(other, sender=Email)
    assert not Email.objects.exists()
