"""Calendar files and feeds, read by another library than the one that wrote them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.utils import parseaddr
from zoneinfo import ZoneInfo

import pytest
import vobject
from django.urls import reverse
from icalendar import Timezone
from icalendar.timezone import TZP
from post_office.models import STATUS, Email

from bookings import transitions
from bookings.enums import ContactBy, ResourceKind
from bookings.messages import send
from bookings.models import Appointment, CalendarFeed, Practitioner, Resource
from bookings.models.access import digest
from bookings.schedule import feeds, ics, zones
from tests.factories import (
    MONDAY,
    ResourceFactory,
    make_ask,
    make_clinic,
    make_person,
    make_request,
)

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
PRIVATE = ("hurts", "stretch", "Maria", "hip", "pain", "example.org", "7946")


@pytest.fixture
def visit(clinic, desk):
    service, location, _people = clinic
    consultation = make_request(service, location, start=TEN, note="It hurts at night.")
    return transitions.confirm(consultation, actor=desk, version=consultation.version, now=MONDAY)


def read(file):
    calendar = vobject.readOne(file.decode())
    return calendar, calendar.vevent


def sent_file(request, kind):
    """The calendar part of a mail as it leaves: what Gmail and Outlook take the invitation from."""
    email = request.messages.get(kind=kind).email
    send._invite(email)
    mail = message_from_bytes(email.email_message().message().as_bytes(), policy=policy.default)
    mixed = [part.get_content_type() for part in mail.iter_parts()]
    assert mixed == ["multipart/alternative", "application/ics"]
    *_text, part = next(mail.iter_parts()).iter_parts()
    assert part.get_content_type() == "text/calendar"
    assert part["Content-Type"].params["charset"] == "utf-8"
    return part["Content-Type"].params["method"], part.get_content().encode()


def test_an_invitation(visit):
    method, file = sent_file(visit.request, "confirmed")
    calendar, event = read(file)
    assert method == calendar.method.value == "REQUEST"
    assert event.uid.value == visit.ics_uid and event.sequence.value == str(visit.ics_sequence)
    assert event.dtstart.value == TEN and event.dtend.value == TEN + timedelta(hours=1)
    assert event.status.value == "CONFIRMED"
    assert event.organizer.value == "mailto:hello@example.org"
    assert event.attendee.value == "mailto:maria@example.org"
    assert event.attendee.params["PARTSTAT"] == ["ACCEPTED"]


def test_moved_visit_keeps_uid_and_raises_sequence(visit, desk):
    consultation, later = visit.request, TEN + timedelta(days=1, hours=3)
    before = read(sent_file(consultation, "confirmed")[1])[1]
    transitions.move(
        consultation, actor=desk, version=consultation.version, now=MONDAY, start=later
    )
    method, file = sent_file(consultation, "moved")
    event = read(file)[1]
    assert method == "REQUEST" and event.dtstart.value == later
    assert event.uid.value == before.uid.value
    assert int(event.sequence.value) > int(before.sequence.value)


@pytest.mark.parametrize("who", ["patient", "clinic"])
def test_cancelled_takes_it_out_again(visit, desk, who):
    before = read(sent_file(visit.request, "confirmed")[1])[1]
    if who == "patient":
        transitions.withdraw(visit.request, now=MONDAY)
    else:
        transitions.cancel(visit, actor=desk, now=MONDAY)
    kind = "withdrawn" if who == "patient" else "cancelled"
    method, file = sent_file(visit.request, kind)
    calendar, event = read(file)
    assert method == calendar.method.value == "CANCEL" and event.status.value == "CANCELLED"
    assert event.uid.value == before.uid.value
    assert int(event.sequence.value) > int(before.sequence.value)
    # RFC 5546, 3.2.5: without both, programs do not believe it.
    assert event.organizer.value and event.attendee.value


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Europe/London", datetime(2026, 11, 24, 10, tzinfo=UTC)),
        ("Asia/Kolkata", datetime(2026, 11, 25, 5, 30, tzinfo=UTC)),
        ("America/St_Johns", datetime(2026, 11, 25, 14, 30, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 11, 25, 0, 0, tzinfo=UTC)),
    ],
)
def test_the_file_carries_its_own_zone(desk, zone, start):
    """Read with the zone of the file alone: where the reader's clock rules differ, they do not count."""
    service, location, _people = make_clinic(time_zone=zone)
    consultation = make_request(service, location, start=start)
    visit = transitions.confirm(consultation, actor=desk, version=consultation.version, now=MONDAY)
    file = ics.invitation(visit, method="REQUEST", now=MONDAY)
    assert b"BEGIN:VTIMEZONE" in file and len(file) < 3000
    renamed = file.replace(zone.encode(), f"Our own {zone}".encode())
    assert read(renamed)[1].dtstart.value.astimezone(UTC) == start


@pytest.mark.parametrize(
    "zone", ["Africa/Casablanca", "Europe/London", "America/Santiago", "Pacific/Chatham"]
)
def test_zone_has_every_clock_change(zone):
    """Every six hours of two years read as `zoneinfo` has them; Ramadan moves Morocco's clocks."""
    own = Timezone.from_ical(
        zones.component(ZoneInfo(zone), date(2026, 1, 1), date(2027, 12, 31)).to_ical()
    ).to_tz(tzp=TZP("zoneinfo"), lookup_tzid=False)
    at = datetime(2026, 1, 2, tzinfo=UTC)
    while at.year < 2028:
        there = at.astimezone(ZoneInfo(zone))
        assert there.replace(tzinfo=own).utcoffset() == there.utcoffset(), at
        at += timedelta(hours=6)


def test_address_is_in_punycode_everywhere(clinic, desk):
    consultation = make_request(*clinic[:2], start=TEN, email="maria@bücher.example")
    transitions.confirm(consultation, actor=desk, version=consultation.version, now=MONDAY)
    event = read(sent_file(consultation, "confirmed")[1])[1]
    to = consultation.messages.get(kind="confirmed").email.email_message().message()["To"]
    assert event.attendee.value == f"mailto:{to}" == "mailto:maria@xn--bcher-kva.example"


def test_organizer_is_proxied_by_the_sender(visit):
    event = read(sent_file(visit.request, "confirmed")[1])[1]
    mail = visit.request.messages.get(kind="confirmed").email.email_message().message()
    name, address = parseaddr(mail["From"])
    assert event.organizer.params["SENT-BY"] == [f"mailto:{address}"]
    assert event.organizer.params["CN"] == [name] == ["Hip & Spine Clinic"]
    assert mail["Reply-To"] == event.organizer.value.removeprefix("mailto:")


def test_event_has_an_alarm_and_no_secret(visit):
    event = read(sent_file(visit.request, "confirmed")[1])[1]
    assert event.valarm.trigger.value == -timedelta(hours=2)
    assert event.url.value == "http://localhost:8000/request/find/"
    cancelled = ics.invitation(visit, method="CANCEL", now=MONDAY)
    assert b"VALARM" not in cancelled


def test_invitation_has_no_health_or_patient_words(visit):
    file = ics.invitation(visit, method="REQUEST", now=MONDAY).decode().replace("\r\n ", "")
    for whom in ("maria@example.org", "hello@example.org", "clinic@example.org", "Hip & Spine"):
        file = file.replace(whom, "")  # RFC 5546 wants the attendee and the organizer
    for word in PRIVATE:
        assert word.lower() not in file.lower()


# --- a practitioner's feed ------------------------------------------------------------------------


@pytest.fixture
def amara(clinic, django_user_model):
    """The first practitioner, with a login."""
    person = clinic[2][0]
    Resource.objects.exclude(pk=person.pk).update(active=False)  # so that every visit is theirs
    user = django_user_model.objects.create_user("amara")
    Practitioner.objects.filter(resource=person).update(user=user)
    return person


@pytest.fixture
def address(amara):
    return feeds.make(amara, now=MONDAY).removeprefix("http://localhost:8000")


def test_a_feed_shows_times_rooms_and_references_alone(amara, visit, address, client, time_machine):
    time_machine.move_to(MONDAY, tick=False)
    held = make_request(
        visit.service, visit.location, start=TEN + timedelta(hours=1), email="b@x.org"
    )
    response = client.get(address)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "no-store" and "noindex" in response["X-Robots-Tag"]
    calendar = vobject.readOne(response.content.decode())
    found = {e.summary.value: (e.dtstart.value, e.status.value) for e in calendar.vevent_list}
    assert found == {
        f"Visit {visit.request.reference}": (TEN, "CONFIRMED"),
        f"Held: {held.reference}": (TEN + timedelta(hours=1), "TENTATIVE"),
    }
    text = response.content.decode().replace("\r\n ", "").lower()
    for word in (*PRIVATE, visit.service.name, "b@x.org"):
        assert word.lower() not in text


def test_feed_has_only_own_recent_visits(amara, visit, clinic):
    assert visit.ics_uid.encode() in feeds.file_of(amara, now=MONDAY)
    assert visit.ics_uid.encode() not in feeds.file_of(clinic[2][1], now=MONDAY)
    assert visit.ics_uid.encode() not in feeds.file_of(amara, now=TEN + timedelta(days=31))
    transitions.withdraw(visit.request, now=MONDAY)
    empty = feeds.file_of(amara, now=MONDAY)
    assert visit.ics_uid.encode() not in empty and b"END:VCALENDAR" in empty


@pytest.mark.postgresql
def test_the_secret_is_kept_as_its_hash(amara, address):
    token = address.split("/")[-1].removesuffix(".ics")
    assert len(token) == 43 and CalendarFeed.objects.get().digest == digest(token)


def test_unchanged_feed_is_not_sent_again(amara, visit, address, client, desk, time_machine):
    time_machine.move_to(MONDAY + timedelta(hours=1), tick=False)
    first = client.get(address)
    time_machine.move_to(MONDAY + timedelta(hours=2), tick=False)
    known = {"if-none-match": first["ETag"]}
    assert client.get(address).content == first.content
    assert client.get(address, headers=known).status_code == 304
    assert first["Last-Modified"] == "Mon, 23 Nov 2026 08:00:00 GMT"
    assert vobject.readOne(first.content.decode()).vevent.last_modified.value == MONDAY
    transitions.cancel(visit, actor=desk, now=MONDAY + timedelta(hours=2))
    since = {"if-modified-since": first["Last-Modified"]}
    assert client.get(address, headers=known).status_code == 200
    assert client.get(address, headers=since).status_code == 200  # one visit less is no newer date


@pytest.mark.postgresql
@pytest.mark.parametrize("what", ["room", "location"])
def test_new_name_is_a_newer_visit(amara, visit, address, client, admin_client, time_machine, what):
    room = ResourceFactory(kind=ResourceKind.ROOM, location=visit.location, name="Room 1")
    Appointment.objects.filter(pk=visit.pk).update(room=room)
    time_machine.move_to(MONDAY + timedelta(hours=1), tick=False)
    first = client.get(address)
    assert b"LOCATION:Room 1" in first.content
    if what == "room":
        admin_client.post(
            reverse("rooms:edit", args=[room.pk]),
            {"name": "Room 9", "location": visit.location_id, "active": "on"},
        )
    else:
        values = {"name": "Room 9", "address": visit.location.address, "active": "on"}
        ahead = transitions.concerned(visit.location, other_zone=False, now=MONDAY)
        shown = transitions.fingerprint(visit.location, ahead)
        values |= {"time_zone": "Europe/London", "shown": shown, "tell": "no"}
        admin_client.post(reverse("locations:edit", args=[visit.location_id]), values)
    after = client.get(address, headers={"if-none-match": first["ETag"]})
    assert after.status_code == 200 and b"Room 9" in after.content
    assert after["Last-Modified"] == "Mon, 23 Nov 2026 09:00:00 GMT"
    event = vobject.readOne(after.content.decode()).vevent
    assert event.last_modified.value == event.dtstamp.value == MONDAY + timedelta(hours=1)


@pytest.mark.postgresql
@pytest.mark.parametrize("changed", ["name", "zone", "language"])
def test_any_change_gives_another_etag(
    amara, visit, address, client, settings, changed, time_machine
):
    time_machine.move_to(MONDAY, tick=False)
    before = client.get(address)["ETag"]
    if changed == "name":
        Resource.objects.filter(pk=amara.pk).update(name="Amara Osei-Tutu")
    elif changed == "zone":
        Appointment.objects.update(time_zone="Asia/Kolkata")
    else:
        settings.LANGUAGE_CODE = "es"
    response = client.get(address, headers={"if-none-match": before})
    assert response.status_code == 200 and response["ETag"] != before


@pytest.mark.parametrize("end", ["again", "revoked", "inactive", "left", "guess"])
def test_ended_feed_address_is_not_found(amara, address, client, django_user_model, end):
    assert client.get(address).status_code == client.head(address).status_code == 200
    assert client.post(address).status_code == 405
    if end == "again":
        feeds.make(amara, now=MONDAY)
    elif end == "revoked":
        feeds.revoke(amara)
    elif end == "inactive":
        Resource.objects.update(active=False)
    elif end == "left":
        django_user_model.objects.filter(username="amara").update(is_active=False)
    else:
        address = reverse("calendar-feed", args=["x" * 43])
    assert client.get(address).status_code == 404


@pytest.mark.postgresql
def test_whoever_only_phones_has_no_attendee(clinic, desk):
    service, location, _people = clinic
    person = make_person(email="", phone="+442079460000", contact_by=ContactBy.PHONE)
    ask = make_ask(service, location)
    consultation = transitions.submit(ask, person, idempotency_key="key", now=MONDAY)
    visit = transitions.confirm(
        consultation, actor=desk, version=consultation.version, now=MONDAY, start=TEN
    )
    event = read(ics.invitation(visit, method="REQUEST", now=MONDAY))[1]
    assert not hasattr(event, "attendee")
    assert not Email.objects.filter(status=STATUS.queued).exists()


def test_the_json_feed_is_the_same_visits(amara, visit, address, client, desk, time_machine):
    time_machine.move_to(MONDAY, tick=False)
    url = address.replace(".ics", ".json")
    response = client.get(url)
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store" and response["Last-Modified"]
    assert response.json() == {
        "visits": [
            {
                "reference": visit.request.reference,
                "status": "booked",
                "start": "2026-11-24T10:00:00+00:00",
                "end": "2026-11-24T11:00:00+00:00",
                "local_start": "2026-11-24T10:00:00+00:00",
                "local_end": "2026-11-24T11:00:00+00:00",
                "time_zone": "Europe/London",
                "location": visit.location.name,
                "service": visit.service.name,
            }
        ]
    }
    known = {"if-none-match": response["ETag"]}
    assert client.get(url, headers=known).status_code == 304
    transitions.cancel(visit, actor=desk, now=MONDAY)
    assert client.get(url, headers=known).json() == {"visits": []}
    feeds.revoke(amara)
    assert client.get(url).status_code == 404 and client.post(url).status_code == 405
