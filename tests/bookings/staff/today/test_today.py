"""The first screen after login, by role."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import STATUS, Email

from bookings import transitions
from bookings.models import ConsultationRequest, Location, Practitioner, StaffNotice
from bookings.transitions import Waiting
from tests.bookings.staff.conftest import TEN
from tests.factories import MONDAY, make_ask, make_clinic, make_person, make_request

pytestmark = pytest.mark.django_db
HOME = "/admin/"


def panels(client):
    """The panels of ours on the first screen, by their ids."""
    soup = BeautifulSoup(client.get(HOME).content, "html.parser")
    found = {
        panel["id"].removesuffix("-section"): panel for panel in soup.select("section.w-panel[id]")
    }
    return {name: " ".join(panel.get_text(" ").split()) for name, panel in found.items()}, soup


def withdraw(consultation, now=MONDAY):
    consultation.refresh_from_db()
    transitions.withdraw(consultation, now=now)


def test_a_cancellation_is_on_it_until_seen(desk_client, confirmed, desk):
    withdraw(confirmed)
    found, soup = panels(desk_client)
    assert confirmed.reference in found["changes"]
    data = {field["name"]: field["value"] for field in soup.select('form[action$="seen/"] input')}
    late = make_request(confirmed.service, confirmed.location, email="b@example.org")
    withdraw(late)
    desk_client.post(reverse("desk:seen"), data)
    text = panels(desk_client)[0]["changes"]
    assert confirmed.reference not in text and late.reference in text
    assert desk_client.post(reverse("desk:seen"), {"until": "x"}).status_code == 302


def test_opening_the_request_is_looking_at_it(desk_client, confirmed):
    withdraw(confirmed)
    desk_client.get(reverse("desk:request", args=[confirmed.reference]))
    assert "changes" not in panels(desk_client)[0]


def test_reading_the_screen_writes_nothing(desk_client, confirmed):
    withdraw(confirmed)
    desk_client.get(HOME)
    assert not StaffNotice.objects.exclude(seen_at=None).exists()


def test_the_desk_records_arrivals_from_it(desk_client, confirmed):
    assert "No visits today" in panels(desk_client)[0]["today"]
    with time_machine.travel(TEN - timedelta(minutes=5), tick=False):
        desk_client.get(HOME)
        found, soup = panels(desk_client)
        assert "10am–11am" in found["today"] and confirmed.name in found["today"]
        form = soup.select_one('#today-section form[action$="arrive/"]')
        data = {field["name"]: field["value"] for field in form.select("input")}
        answer = desk_client.post(form["action"], data)
    assert answer.url == HOME
    assert confirmed.appointments.get().status == "arrived"


def test_two_zones_are_named_at_each_time(client, make_user, confirmed, desk):
    """On the desk's screen and the practitioner's; the clinic's own zone goes without saying elsewhere."""
    service, location, people = make_clinic(time_zone="Europe/Berlin")
    there = make_request(service, location, start=TEN, email="b@example.org")
    transitions.confirm(there, actor=transitions.staff(desk), version=there.version, now=MONDAY)
    amara = make_user("Practitioner", "amara")
    Practitioner.objects.filter(resource=people[0]).update(user=amara)
    with time_machine.travel(TEN - timedelta(minutes=5), tick=False):
        client.force_login(desk)
        today = panels(client)[0]["today"]
        assert "10am–11am London time" in today and "11am–12pm Berlin time" in today.replace(
            "midday", "12pm"
        )
        client.force_login(amara)
        assert "Next: Tue 24 Nov, 11am, Berlin time" in panels(client)[0]["own-day"]
    Location.objects.filter(pk=location.pk).update(active=False)
    client.force_login(desk)
    with time_machine.travel(TEN - timedelta(minutes=5), tick=False):
        assert "London time" not in panels(client)[0]["today"]


def test_whom_to_phone_and_why(desk_client, asked, clinic):
    Email.objects.filter(about__request=asked).update(status=STATUS.failed)
    phone = transitions.submit(
        make_ask(*clinic[:2]),
        make_person(email="", contact_by="phone", phone="+442079460101"),
        idempotency_key="phone",
        now=MONDAY,
    )
    text = panels(desk_client)[0]["to-phone"]
    assert asked.reference in text and "our message did not arrive" in text
    assert phone.reference in text and "to be told by phone" in text


def test_a_freed_time_is_offered_in_two_clicks(desk_client, confirmed, clinic):
    waits = transitions.submit(
        make_ask(*clinic[:2], waiting=Waiting()),
        make_person(email="waits@example.org"),
        idempotency_key="waits",
        now=MONDAY,
    )
    transitions.verify(waits, now=MONDAY)
    withdraw(confirmed)
    soup = panels(desk_client)[1]
    form = soup.select_one("#freed-section form")
    data = {field["name"]: field["value"] for field in form.select("input")}
    assert desk_client.post(form["action"], data).url == HOME
    waits.refresh_from_db()
    assert waits.status == "offered"


def test_a_practitioner_sees_the_day_and_no_queue(client, practitioner, clinic, desk):
    service, location, people = clinic
    own = make_request(
        service,
        location,
        start=TEN,
        practitioner=people[0],
        note="When I run.",
        email="a@b.example",
    )
    make_request(service, location, email="other@example.org")
    transitions.confirm(own, actor=transitions.staff(desk), version=own.version, now=MONDAY)
    client.force_login(practitioner)
    found, soup = panels(client)
    assert "When I run." in found["own-day"] and "Next" in found["own-day"]
    assert not {"requests-to-answer", "today", "to-phone", "freed", "health"} & set(found)
    assert "Requests (" not in str(soup)


def test_the_owner_sees_health_and_the_week(client, make_user, asked):
    client.force_login(make_user("Owner"))
    found = panels(client)[0]
    assert "health" in found and "requests received 1" in found["week"]


@pytest.mark.parametrize(
    "role",
    [
        "Front desk",
        *(pytest.param(r, marks=pytest.mark.thorough) for r in ("Practitioner", "Owner")),
    ],
)
def test_more_rows_cost_no_more_queries(client, make_user, clinic, desk, role):
    service, location, people = clinic
    user = make_user(role, "amara")
    people[0].practitioner.user = user
    people[0].practitioner.save()
    client.force_login(user)
    counts = []
    for number in range(6):
        for part, email in enumerate((f"a{number}@example.org", f"b{number}@example.org")):
            consultation = make_request(
                service,
                location,
                start=TEN + timedelta(hours=number) if not part else None,
                email=email,
                practitioner=people[0],
            )
            if part:
                withdraw(consultation)
                continue
            transitions.confirm(
                consultation,
                actor=transitions.staff(desk),
                version=consultation.version,
                now=MONDAY,
            )
        with time_machine.travel(TEN + timedelta(minutes=5), tick=False):
            client.force_login(user)
            client.get(HOME)
            with CaptureQueriesContext(connection) as captured:
                client.get(HOME)
        counts.append(len(captured))
    assert counts[1] == counts[-1], counts
    assert counts[-1] < 70, counts
    assert ConsultationRequest.objects.count() == 12


def test_who_has_not_answered_for_tomorrow(desk_client, confirmed):
    assert "1 person has not said" in panels(desk_client)[0]["today"]
    confirmed.refresh_from_db()
    for _twice in range(2):
        transitions.come(confirmed, now=MONDAY)
    assert confirmed.events.filter(verb="come").count() == 1
    assert "has not said" not in panels(desk_client)[0]["today"]
