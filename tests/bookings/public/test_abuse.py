"""Floods, robots, guessing, and somebody else's mailbox."""

import logging
import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db.models import Count
from django.utils import timezone
from post_office.models import Email

from bookings import transitions
from bookings.enums import AppointmentStatus, Suspicion
from bookings.errors import TooManyHolds
from bookings.messages.queue import new_link
from bookings.models import Appointment, ConsultationRequest, Event
from bookings.roles import make_roles
from tests.factories import MONDAY, make_ask, make_person, make_request

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_limits")]


@pytest.fixture
def unhurried(settings):
    """A test fills in six pages faster than anybody reads; here that is no sign."""
    settings.FILL_SECONDS = 0


def rows():
    return [model.objects.count() for model in (ConsultationRequest, Email, Event)]


def test_a_person_is_not_suspected(visitor, unhurried):
    visitor.up_to_check()
    visitor.send()
    assert ConsultationRequest.objects.get().suspicion == ""


def test_a_robot_sees_success_and_nothing_is_written(visitor, caplog):
    visitor.up_to_check(website="https://spam.example")
    caplog.set_level(logging.INFO)
    page = visitor.send()
    assert page.status_code == 200 and "We wrote to" in page.content.decode()
    assert rows() == [0, 0, 0]
    assert "fake success shown" in caplog.text and "spam.example" not in caplog.text


@pytest.mark.postgresql
def test_a_robot_by_phone_sees_success_too(visitor):
    visitor.up_to_check(contact_by="phone", phone="020 7946 0123", email="", website="x")
    assert "We will call you on" in visitor.send().content.decode()
    assert rows() == [0, 0, 0]


def test_a_fast_visitor_is_marked_for_staff(visitor, client, django_user_model):
    visitor.up_to_check()
    visitor.send()
    consultation = ConsultationRequest.objects.get()
    assert consultation.suspicion == Suspicion.FAST and Email.objects.count() == 1
    client.force_login(django_user_model.objects.create_superuser("owner"))
    card = client.get(f"/admin/requests/{consultation.reference}/").content.decode()
    assert "Possibly a bot:" in card and "faster than anybody can read" in card


def test_a_filled_honeypot_alone_is_accepted(visitor, unhurried):
    visitor.up_to_check(website="filled in by a helpful browser")
    visitor.send()
    assert ConsultationRequest.objects.get().suspicion == Suspicion.TRAP


def test_the_honeypot_is_hidden_from_people(visitor):
    visitor.about()
    visitor.time()
    page = visitor.get("contact").content.decode()
    trap = page[page.index('aria-hidden="true"><label for="id_website"') :][:300]
    assert 'tabindex="-1"' in trap and 'autocomplete="off"' in trap


def test_too_many_requests_are_told_to_call(visitor, settings):
    settings.LIMITS = settings.LIMITS | {"ask": "2/60"}
    visitor.up_to_check()
    visitor.client.post(visitor.at("check"))
    visitor.client.post(visitor.at("check"))
    page = visitor.client.post(visitor.at("check"))
    assert page.status_code == 429 and page["Retry-After"] == "1801"
    assert "020 7946 0123" in page.content.decode()
    # Reading goes on.
    assert visitor.client.get("/book/").status_code == 200


def test_too_many_beginnings_from_one_network(visitor, settings):
    settings.LIMITS = settings.LIMITS | {"start": "2/60"}
    statuses = [visitor.client.post("/book/", visitor.first_page()).status_code for _ in range(3)]
    assert statuses == [302, 302, 429]


@pytest.mark.parametrize(
    "spellings",
    [
        ["maria@example.org"] * 4,
        ["maria@example.org", "Maria@Example.org", "maria+1@example.org", "MARIA+x@example.org"],
        ["m.a.ria@gmail.com", "maria@gmail.com", "maria+2@googlemail.com", "ma.ria@gmail.com"],
    ],
)
def test_a_strangers_mailbox_gets_three_mails_an_hour(clinic, spellings):
    service, location, _people = clinic
    for email in spellings:
        make_request(service, location, email=email, verified=False)
    assert ConsultationRequest.objects.count() == 4 and Email.objects.count() == 3
    later = MONDAY + timedelta(minutes=20)
    make_request(service, location, email=spellings[3], verified=False, now=later)
    assert Email.objects.count() == 4


def test_strangers_do_not_keep_an_owner_from_booking(clinic):
    service, location, _people = clinic
    for hour in (9, 10, 11, 12):
        start = TUESDAY.replace(hour=hour)
        make_request(service, location, start=start, verified=False, network="203.0.113.9")
    own = make_request(service, location, start=WEDNESDAY.replace(hour=9), network="192.0.2.7")
    assert own.appointments.get().status == AppointmentStatus.PROPOSED


@pytest.mark.usefixtures("unhurried")
@time_machine.travel(MONDAY, tick=False)
def test_every_address_gets_the_same_answers(clinic, visitor, desk):
    """One with a booked visit, open requests and no mails left; and one that nobody has heard of."""
    service, location, _people = clinic
    first = MONDAY.replace(hour=9)  # the first time on the page, with one of two practitioners
    known = make_request(service, location, start=first)
    transitions.confirm(known, actor=desk, version=known.version, now=MONDAY)
    for hour in (10, 11, 12):
        make_request(service, location, start=WEDNESDAY.replace(hour=hour))
    answers = []
    for email in ("maria@example.org", "nobody@example.org"):
        for _ in range(4):
            visitor.client.cookies.clear()
            visitor.up_to_check(email=email)
            page = visitor.send()
            assert Appointment.objects.filter(start=first).count() == 2
            text = page.content.decode().replace(email, "ADDRESS")
            reference = ConsultationRequest.objects.latest("pk").reference
            Appointment.objects.filter(request__reference=reference).delete()
            answers.append((email, page.status_code, text.replace(reference, "REFERENCE")))
    pages = {re.sub(r"/book/[\w-]{16}/|[\w-]{64}", "", a[2]) for a in answers}
    assert len(pages) == 1 and {a[1] for a in answers} == {200}
    assert Email.objects.filter(to="nobody@example.org").count() == 3


@pytest.mark.postgresql
def test_a_form_sent_again_is_no_further_hold(clinic, settings):
    """A network at its limit is shown its last request again."""
    service, location, _people = clinic
    settings.BOOKINGS = settings.BOOKINGS | {"OPEN_HOLDS_PER_NETWORK": 1}
    asked = make_ask(service, location, starts=[TUESDAY.replace(hour=9)], network="203.0.113.9")
    person = make_person()
    consultation = transitions.submit(asked, person, idempotency_key="once", now=MONDAY)
    assert transitions.submit(asked, person, idempotency_key="once", now=MONDAY) == consultation
    assert ConsultationRequest.objects.count() == Email.objects.count() == 1
    with pytest.raises(TooManyHolds):
        transitions.submit(asked, person, idempotency_key="another", now=MONDAY)


def test_requests_without_a_network_are_no_network(clinic, settings):
    """Those that staff enter have none; they do not count together."""
    service, location, _people = clinic
    settings.BOOKINGS = settings.BOOKINGS | {"OPEN_HOLDS_PER_NETWORK": 1}
    for hour in (9, 10):
        make_request(service, location, start=TUESDAY.replace(hour=hour), email=f"m{hour}@x.org")


def test_one_network_holds_so_many_and_no_more(clinic, settings):
    service, location, _people = clinic
    settings.BOOKINGS = settings.BOOKINGS | {"OPEN_HOLDS_PER_NETWORK": 2}
    for hour in (9, 10):
        start, email = TUESDAY.replace(hour=hour), f"m{hour}@example.org"
        make_request(service, location, start=start, email=email, network="203.0.113.9")
    start = TUESDAY.replace(hour=11)
    with pytest.raises(TooManyHolds):
        make_request(service, location, start=start, email="m@example.org", network="203.0.113.9")
    make_request(service, location, start=start, email="m@example.org", network="203.0.113.10")


def in_ipv6(number):
    return f"2001:db8:7:{number:x}::/64"


def test_a_wide_network_holds_so_many(clinic, settings):
    """A provider gives one customer a /48: 65,536 networks of the size that is counted first."""
    service, location, _people = clinic
    settings.BOOKINGS = settings.BOOKINGS | {"OPEN_HOLDS_PER_WIDE_NETWORK": 2}
    for number in (1, 2):
        start, email = TUESDAY.replace(hour=8 + number), f"m{number}@example.org"
        make_request(service, location, start=start, email=email, network=in_ipv6(number))
    start = TUESDAY.replace(hour=11)
    with pytest.raises(TooManyHolds):
        make_request(service, location, start=start, email="m@example.org", network=in_ipv6(3))
    make_request(service, location, start=start, email="m@example.org", network="2001:db8:8::/64")


@pytest.fixture
def hoarded(clinic, settings):
    """Two requests that nobody confirmed, as many as may hold times in a day."""
    settings.BOOKINGS = settings.BOOKINGS | {"UNPROVEN_HOLDS_A_DAY": 2}
    service, location, _people = clinic
    for hour in (9, 10):
        start, email = TUESDAY.replace(hour=hour), f"m{hour}@example.org"
        make_request(service, location, start=start, email=email, verified=False)
    return service, location


def test_beyond_the_ceiling_no_time_is_held(hoarded):
    start = TUESDAY.replace(hour=11)
    asked = make_request(*hoarded, start=start, email="m@example.org", verified=False)
    assert not asked.appointments.exists()
    transitions.verify(asked, now=MONDAY)
    assert asked.appointments.get().start == start


def test_confirmed_requests_are_no_attack(hoarded):
    for asked in ConsultationRequest.objects.all():
        transitions.verify(asked, now=MONDAY)
    start = TUESDAY.replace(hour=11)
    asked = make_request(*hoarded, start=start, email="m@example.org", verified=False)
    assert asked.appointments.exists()


def test_a_day_later_times_are_held_again(hoarded):
    start, now = TUESDAY.replace(hour=15), MONDAY + timedelta(days=1, minutes=1)
    asked = make_request(*hoarded, start=start, email="m@example.org", verified=False, now=now)
    assert asked.appointments.exists()


def test_the_desk_sees_it_first_of_all(hoarded, client, django_user_model):
    make_roles()
    anna = django_user_model.objects.create_user("anna")
    anna.groups.add(Group.objects.get(name="Front desk"))
    client.force_login(anna)
    with time_machine.travel(MONDAY, tick=False):
        assert "Somebody may be blocking the diary" in client.get("/admin/").text
    with time_machine.travel(MONDAY + timedelta(days=2), tick=False):
        assert "Somebody may be blocking the diary" not in client.get("/admin/").text


def test_a_late_request_costs_no_mail(clinic):
    """The bucket is in the transaction of the mail: both, or neither."""
    from bookings.errors import TimeTaken
    from clinic import throttle

    service, location, _people = clinic
    past = MONDAY - timedelta(days=1)
    for n in range(4):
        with pytest.raises(TimeTaken):
            transitions.submit(
                make_ask(service, location, starts=[past]),
                make_person(),
                idempotency_key=str(n),
                now=MONDAY,
            )
    assert throttle.spend("mail", "maria@example.org", now=MONDAY)


def test_no_typed_text_is_mailed_before_confirmation(visitor):
    visitor.reason_note = "Buy this"
    visitor.about(note="Buy cheap pills")
    visitor.time()
    visitor.contact(name="Buy cheap pills", on_behalf_of="Buy cheap pills")
    visitor.send()
    mail = Email.objects.get()
    assert "cheap" not in mail.subject + mail.message + mail.html_message


def test_lost_links_are_mailed_three_times_an_hour(client, clinic):
    service, location, _people = clinic
    make_request(service, location)
    Email.objects.all().delete()
    found = {"email": "maria@example.org"}
    lost = {"email": "nobody@example.org"}
    pages = {
        client.post("/request/find/", given, follow=True).content
        for given in [found, lost, found, found, found]
    }
    assert len(pages) == 1
    assert Email.objects.count() <= 2  # the first of three was the request's own


def test_lost_links_are_searched_ten_times_hourly(client):
    given = {"email": "maria@example.org"}
    statuses = [client.post("/request/find/", given).status_code for _ in range(11)]
    assert statuses == [302] * 10 + [429]


def test_wrong_links_never_stop_a_right_one(client, clinic, settings):
    """A page with pictures whose addresses are wrong links must not lock its visitors out."""
    settings.LIMITS = settings.LIMITS | {"open": "3/60"}
    service, location, _people = clinic
    link = new_link(make_request(service, location), now=timezone.now())
    wrong = [client.get(f"/request/open/{'x' * 42}{n}/") for n in range(5)]
    assert [page.status_code for page in wrong] == [404] * 3 + [429] * 2
    assert len({page.content for page in wrong[:3]}) == 1
    assert client.get("/" + link.split("/", 3)[3]).status_code == 302


def test_right_links_cost_nothing(client, clinic, settings):
    settings.LIMITS = settings.LIMITS | {"open": "1/60"}
    service, location, _people = clinic
    link = new_link(make_request(service, location), now=timezone.now())
    path = "/" + link.split("/", 3)[3]
    assert [client.get(path).status_code for _ in range(3)] == [302] * 3


@pytest.mark.postgresql
def test_the_fiftieth_click_sends_no_second_request(visitor, unhurried):
    visitor.up_to_check()
    for _ in range(5):
        visitor.send()
    counted = ConsultationRequest.objects.aggregate(Count("pk"))
    assert counted["pk__count"] == Email.objects.count() == 1
