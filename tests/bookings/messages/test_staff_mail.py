from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from post_office.models import STATUS, Email

from bookings import transitions
from bookings.enums import StaffKind, TellWhen
from bookings.messages import bounces, recipients, send, staff_mail
from bookings.models import Practitioner, StaffNotice, StaffPreference
from bookings.roles import make_roles
from bookings.transitions import Waiting
from bookings.worker import retention, staff_warnings
from tests.factories import MONDAY, make_ask, make_person, make_request

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
SUNDAY_NIGHT = datetime(2026, 11, 22, 23, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def make_staff(django_user_model):
    make_roles()

    def make(name, role="Front desk", **choices):
        user = django_user_model.objects.create_user(name, email=f"{name}@clinic.example")
        user.groups.add(Group.objects.get(name=role))
        for kind, when in choices.items():
            StaffPreference.objects.create(user=user, kind=kind, when=when)
        return user

    return make


@pytest.fixture
def ruth(make_staff):
    return make_staff("ruth")


@pytest.fixture
def amara(make_staff, clinic):
    """The practitioner of the first column of the diary."""
    user = make_staff("amara", "Practitioner")
    Practitioner.objects.filter(resource=clinic[2][0]).update(user=user)
    return user


def ask(clinic, **about):
    return make_request(clinic[0], clinic[1], **about)


def book(clinic, desk, start=TEN, **about):
    """A visit booked long ago, of which everybody has been told."""
    consultation = ask(clinic, start=start, practitioner=clinic[2][0], **about)
    visit = transitions.confirm(
        consultation,
        actor=transitions.staff(desk),
        version=consultation.version,
        now=about.get("now", MONDAY),
    )
    StaffNotice.objects.all().delete()
    return visit


def mails_to(user):
    return list(Email.objects.filter(to=user.email).order_by("pk"))


def test_request_on_sunday_waits_for_mondays_bundle(clinic, ruth, make_staff):
    eager = make_staff("eve", new=TellWhen.AT_ONCE)
    ask(clinic, now=SUNDAY_NIGHT)
    seven, eight, nine = (MONDAY + timedelta(hours=hours) for hours in (-1, 0, 1))
    staff_mail.write_due(now=seven)
    assert mails_to(ruth) == mails_to(eager) == []
    staff_mail.write_due(now=eight)  # the quiet hours are over
    assert len(mails_to(eager)) == 1 and mails_to(ruth) == []
    staff_mail.write_due(now=nine)
    assert len(mails_to(ruth)) == 1


def test_warning_comes_before_the_promise_breaks(clinic, ruth):
    consultation = ask(clinic, now=SUNDAY_NIGHT)
    now, warned = SUNDAY_NIGHT, None
    while now < consultation.respond_by:
        if staff_warnings.warn_due(now=now) and warned is None:
            warned = now
        now += 5 * MINUTE
    assert warned and consultation.respond_by - warned > timedelta(hours=1.9)
    notice = StaffNotice.objects.get(kind=StaffKind.PROMISE)  # once, not every five minutes
    staff_mail.write_due(now=notice.due_at)
    assert "due by" in mails_to(ruth)[-1].message


def test_five_events_make_one_mail(clinic, ruth):
    StaffPreference.objects.create(user=ruth, kind="new", when=TellWhen.AT_ONCE)
    for n in range(5):
        ask(clinic, email=f"p{n}@example.org")
    assert staff_mail.write_due(now=MONDAY) == 1
    assert mails_to(ruth)[0].subject == "5 things have changed"
    ask(clinic, email="p6@example.org", now=MONDAY + MINUTE)
    assert staff_mail.write_due(now=MONDAY + MINUTE) == 0
    assert staff_mail.write_due(now=MONDAY + 5 * MINUTE) == 1


def test_cancelled_forty_minutes_before_goes_out_now(clinic, ruth, amara):
    visit = book(clinic, ruth)
    waits = transitions.submit(
        make_ask(clinic[0], clinic[1], waiting=Waiting()),
        make_person(email="waits@example.org"),
        idempotency_key="waits",
        now=MONDAY,
    )
    transitions.verify(waits, now=MONDAY)
    StaffPreference.objects.create(user=ruth, kind="change", when=TellWhen.NEVER)
    now = TEN - 40 * MINUTE
    transitions.withdraw(visit.request, now=now)
    staff_mail.write_due(now=now)
    for user in (ruth, amara):
        mail = mails_to(user)[-1]
        assert mail.subject.startswith("At short notice: ") and "10am" in mail.subject
        assert visit.request.reference in mail.message
    offer = f"/admin/requests/{visit.request.reference}/#waiting-section"
    assert waits.reference in mails_to(ruth)[-1].message
    assert offer in mails_to(ruth)[-1].message and offer in mails_to(ruth)[-1].html_message
    assert waits.reference not in mails_to(amara)[-1].message


def test_mails_name_nobody_and_no_health(clinic, ruth, amara):
    visit = book(clinic, ruth, note="It hurts here.")
    transitions.withdraw(visit.request, now=MONDAY)
    ask(clinic, email="second@example.org", note="It hurts here.")
    StaffNotice.objects.update(due_at=MONDAY)
    staff_mail.write_due(now=MONDAY)
    written = [*mails_to(ruth), *mails_to(amara)]
    assert len(written) == 2
    for mail in written:
        for private in ("Maria", "example.org", "hurts", clinic[0].name, "hip"):
            assert private not in mail.subject + mail.message.replace("clinic.example", "")


@pytest.mark.postgresql
def test_who_caused_it_is_not_told(clinic, ruth, amara):
    visit = book(clinic, ruth)
    by = transitions.staff(amara)
    transitions.cancel(visit, actor=by, version=visit.request.version, now=MONDAY)
    staff_mail.write_due(now=MONDAY)
    assert mails_to(amara) == mails_to(ruth) == []


def test_practitioner_hears_what_the_desk_does(clinic, ruth, amara):
    visit = book(clinic, ruth)
    by = transitions.staff(ruth)
    transitions.move(
        visit.request,
        actor=by,
        version=visit.request.version,
        now=MONDAY,
        start=TEN + timedelta(hours=2),
        practitioner=clinic[2][0],
    )
    staff_mail.write_due(now=MONDAY + 3 * MINUTE)
    assert mails_to(ruth) == []
    text = mails_to(amara)[0].message
    assert "moved away from" in text and "is booked" in text


@pytest.mark.postgresql
def test_booking_undone_is_not_told(clinic, ruth, amara):
    consultation = ask(clinic, start=TEN, practitioner=clinic[2][0])
    by = transitions.staff(ruth)
    transitions.confirm(consultation, actor=by, version=consultation.version, now=MONDAY)
    transitions.undo(consultation, actor=by, version=consultation.version, now=MONDAY + MINUTE)
    staff_mail.write_due(now=MONDAY + 10 * MINUTE)
    assert mails_to(amara) == []


@pytest.mark.postgresql
def test_booked_on_the_phone_is_no_news_to_the_desk(clinic, ruth):
    transitions.book_for(
        make_ask(clinic[0], clinic[1]),
        make_person(email="", phone="+442079460101"),
        actor=transitions.staff(ruth),
        now=MONDAY,
        start=TEN,
        idempotency_key="phone",
    )
    assert not StaffNotice.objects.filter(user=ruth).exists()


def test_unconfirmed_requests_are_no_news(clinic, ruth):
    ask(clinic, start=TEN, verified=False)
    transitions.expire_due(now=MONDAY + timedelta(days=2))
    assert not StaffNotice.objects.exists()


@pytest.mark.postgresql
def test_bounce_is_told_in_its_transaction(clinic, ruth):
    consultation = ask(clinic)
    email = consultation.messages.first().email
    Email.objects.filter(pk=email.pk).update(status=STATUS.sent)
    bounces.mark(
        "bounced", message_id=email.message_id, recipient="maria@example.org", reason="", now=MONDAY
    )
    notice = StaffNotice.objects.get(kind=StaffKind.UNDELIVERED)
    assert (notice.user, notice.request) == (ruth, consultation)


@pytest.mark.postgresql
def test_mail_given_up_is_told(clinic, ruth, settings):
    settings.POST_OFFICE = settings.POST_OFFICE | {"BACKENDS": {"default": "no.such.Backend"}}
    ask(clinic)
    now = MONDAY
    for wait in (timedelta(0), *send.RETRIES, timedelta(0)):
        now += wait
        send.send_due(now=now)
    assert StaffNotice.objects.filter(kind=StaffKind.UNDELIVERED).count() == 1


def test_attack_is_told_once_a_day(clinic, ruth, make_staff, settings):
    settings.BOOKINGS = settings.BOOKINGS | {"UNPROVEN_HOLDS_A_DAY": 2}
    owner = make_staff("owen", "Owner")
    for n in range(2):
        ask(clinic, verified=False, email=f"p{n}@example.org")
    for minutes in range(3):
        staff_warnings.warn_due(now=MONDAY + minutes * MINUTE)
    told = StaffNotice.objects.filter(kind=StaffKind.ATTACK)
    assert {one.user for one in told} == {ruth, owner} and told.count() == 2


@pytest.mark.postgresql
def test_owner_gets_mail_only_without_a_desk(clinic, make_staff):
    owner = make_staff("owen", "Owner")
    ask(clinic)
    assert StaffNotice.objects.get(user=owner).due_at
    make_staff("ruth")
    second = ask(clinic, email="second@example.org")
    assert StaffNotice.objects.get(user=owner, request=second).due_at is None


@pytest.mark.postgresql
def test_stopping_takes_a_button_and_no_login(clinic, ruth, client):
    ask(clinic)
    url = reverse("stop-staff-mail", args=[recipients.token(ruth)])
    assert client.get(url).status_code == 200 and client.head(url).status_code == 200
    assert not StaffPreference.objects.exists()
    assert "stopped" in client.post(url).content.decode()
    assert {row.when for row in StaffPreference.objects.all()} == {TellWhen.NEVER}
    staff_mail.write_due(now=MONDAY + timedelta(days=1))
    assert mails_to(ruth) == []
    assert client.post(url[:-3] + "xx/").status_code == 404


@pytest.mark.postgresql
def test_choices_are_kept_under_account(clinic, ruth, client):
    client.force_login(ruth)
    page = client.get(reverse("wagtailadmin_account"))
    form = next(
        p.get_form() for p in page.context["panels_by_tab"].popitem()[1] if p.name == "staff_mail"
    )
    data = {f"staff_mail-{kind}": TellWhen.BUNDLED for kind in form.fields}
    assert "staff_mail-own_visit" not in data
    form = type(form)(data | {"staff_mail-new": "never"}, user=ruth, prefix="staff_mail")
    assert form.is_valid()
    form.save()
    ask(clinic)
    assert StaffNotice.objects.get().due_at is None


def test_erasing_and_time_leave_nothing(clinic, ruth):
    consultation = ask(clinic)
    StaffNotice.objects.update(due_at=MONDAY)
    staff_mail.write_due(now=MONDAY)
    Email.objects.update(status=STATUS.sent)
    transitions.erase(
        consultation,
        actor=transitions.staff(ruth),
        version=consultation.version,
        now=MONDAY,
        because="asked",
    )
    assert not StaffNotice.objects.exists()
    assert consultation.reference not in mails_to(ruth)[0].message
    ask(clinic)
    retention.run(now=MONDAY + timedelta(days=31), by_hand=True)
    assert not StaffNotice.objects.exists()


def test_a_mail_that_waits_keeps_its_words(clinic, ruth):
    """It is about others too, and has not been read."""
    consultation, other = ask(clinic), ask(clinic)
    StaffNotice.objects.update(due_at=MONDAY)
    staff_mail.write_due(now=MONDAY)
    by = {"actor": transitions.staff(ruth), "now": MONDAY, "because": "asked"}
    transitions.erase(consultation, version=consultation.version, **by)
    assert other.reference in mails_to(ruth)[0].message


def test_every_kind_is_told_somehow_by_default():
    told = {kind: recipients.default(kind, relieved=False) for kind in StaffKind}
    assert set(told.values()) <= set(TellWhen)
    assert {kind for kind, when in told.items() if when == TellWhen.BUNDLED} >= {
        StaffKind.NEW,
        StaffKind.ANSWER,
    }
