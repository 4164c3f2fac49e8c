"""What a patient was told stays, whatever master data becomes: each field of it has a row here."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.models import Site

from bookings import transitions
from bookings.messages import queue
from bookings.messages.placeholders import values_of
from bookings.models import (
    Appointment,
    ConsultationRequest,
    Location,
    MessageTemplate,
    Practitioner,
    Resource,
    Service,
)
from bookings.privacy import subject_access
from bookings.roles import make_roles
from bookings.schedule import feeds, ics
from clinic.models import ClinicSettings
from tests.database import undone
from tests.factories import MONDAY, make_request

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)

STAYS: set[str] = set()
"""A snapshot, or of no effect on visits that exist: nothing that anybody sees changes."""
NAMED = {"page", "mail", "diary", "card", "file"}
CLINIC = {"mail", "sender", "invitation", "card", "file"}
WAY = {"page", "mail", "invitation"}
FIELDS = {
    # The service's rules and numbers are for visits to come.
    (Service, "duration_minutes"): (90, STAYS),
    (Service, "buffer_before_minutes"): (15, STAYS),
    (Service, "buffer_after_minutes"): (30, STAYS),
    (Service, "step_minutes"): (15, STAYS),
    (Service, "minimum_notice_hours"): (48, STAYS),
    (Service, "horizon_days"): (30, STAYS),
    (Service, "needs_room"): (True, STAYS),
    (Service, "active"): (False, {"card"}),  # the next visit cannot be booked any more
    (Service, "price"): ("£90", STAYS),
    (Service, "kind_of_visit"): ("video", STAYS),
    (Service, "video_link"): ("https://video.example.org/room", STAYS),
    (Service, "slug"): ("new-slug", STAYS),
    (Service, "summary"): ("A new summary.", STAYS),
    (Service, "form_version"): (2, STAYS),
    (Service, "questions"): (None, STAYS),
    (Service, "translations"): ({"es": {"name": "Consulta"}}, STAYS),
    # What patients may do themselves on their page from now on.
    (Service, "patients_move"): (False, {"page"}),
    # The same service under another name; the newest advice; the notice that we ask for.
    (Service, "name"): ("Renamed service", NAMED),
    (Service, "preparation"): ("Bring new socks.", {"page", "mail"}),
    (Service, "cancel_notice_hours"): (72, {"page", "card"}),
    # The form tells the patients of these (staff/setup/test_location.py). Staff see the location as it is.
    (Location, "address"): ("1 New Road", STAYS),
    (Location, "time_zone"): ("Europe/Berlin", {"card", "file"}),
    (Location, "name"): ("Renamed place", {"feed", "card", "file"}),
    (Location, "country"): ("FR", STAYS),
    (Location, "region"): ("ENG", STAYS),
    (Location, "active"): (False, STAYS),
    # An old number reaches nobody, and the newest way in is the right one.
    (Location, "telephone"): ("+442079460187", {"page", "mail"}),
    (Location, "entrance_and_lift"): ("By the blue door.", WAY),
    (Location, "parking"): ("In the yard.", WAY),
    (Location, "public_transport"): ("Bus 47.", WAY),
    # For directories alone.
    (Location, "city"): ("Leeds", STAYS),
    (Location, "state"): ("West Yorkshire", STAYS),
    (Location, "postcode"): ("LS1 4DL", STAYS),
    (Location, "latitude"): (51.5, STAYS),
    (Location, "longitude"): (-0.09, STAYS),
    # The words in other languages go the way of those in the first (test_spoken.py).
    (Location, "translations"): ({"es": {"parking": "En el patio."}}, STAYS),
    # The same person under another name: whoever comes meets who is there.
    (Resource, "name"): ("Renamed person", NAMED | {"feed"}),
    (Resource, "kind"): None,  # no form changes it
    (Resource, "location"): None,  # refused while there are visits
    (Resource, "active"): None,  # refused while there are visits
    (Resource, "merged_into"): None,  # its visits have gone to the other (test_merging.py)
    (Practitioner, "resource"): None,  # no form changes it
    (Practitioner, "title"): ("New title", STAYS),
    (Practitioner, "bio"): ("New words.", STAYS),
    (Practitioner, "translations"): ({"es": {"title": "Fisioterapeuta"}}, STAYS),
    (Practitioner, "photo"): None,  # a picture: shown on the page of people alone
    (Practitioner, "user"): None,  # who logs in
    # How to reach us is that of today, or nobody would be reached.
    (ClinicSettings, "name"): ("Renamed clinic", CLINIC),
    (ClinicSettings, "phone"): ("+442079460999", {"page", "mail"}),
    (ClinicSettings, "email"): ("new@example.org", {"sender"}),
    (ClinicSettings, "address"): ("2 Clinic Road", {"mail"}),
    (ClinicSettings, "opening_hours"): ("Always", {"mail"}),
    (ClinicSettings, "tagline"): ("New line", STAYS),
    (ClinicSettings, "emergency_number"): ("112", STAYS),
    (ClinicSettings, "emergency_wording"): ("Call 112.", STAYS),
    (ClinicSettings, "urgent_number"): ("116117", STAYS),
    (ClinicSettings, "urgent_wording"): ("Call 116117.", STAYS),
    (ClinicSettings, "disclaimer"): ("New words.", STAYS),
    (ClinicSettings, "publishes_free_times"): (True, STAYS),
    (ClinicSettings, "site"): None,
    (ClinicSettings, "logo"): None,
    (ClinicSettings, "palette"): None,
}


@pytest.fixture
def visit(clinic, desk, time_machine):
    """Booked on Tuesday at ten, with its invitation written; it stays Monday."""
    time_machine.move_to(MONDAY, tick=False)
    consultation = make_request(*clinic[:2], start=TEN)
    visit = transitions.confirm(consultation, actor=desk, version=consultation.version, now=MONDAY)
    return Appointment.objects.get(pk=visit.pk)


@pytest.fixture
def patient(visit, client):
    """A browser with the patient's page open, and the address of that page."""
    mail = visit.request.messages.get(kind="confirmed").email.message
    opened = client.get(re.search(r"http://\S+(/request/open/\S+/)", mail)[1], follow=True)
    return client, opened.request["PATH_INFO"]


@pytest.fixture
def staff(desk):
    """The browser of the front desk."""
    make_roles()
    desk.user.groups.add(Group.objects.get(name="Front desk"))
    browser = Client()
    browser.force_login(desk.user)
    return browser


def settings_row():
    return ClinicSettings.for_site(Site.objects.get(is_default_site=True))


@pytest.fixture
def surfaces(visit, patient, staff):
    """What everybody sees of the visit now, by where they see it."""
    client, page = patient

    def read():
        row = Appointment.objects.select_related(
            "request__service", "request__location", "practitioner", "location", "room"
        ).get(pk=visit.pk)
        consultation = row.request
        mail = queue.render(
            "reminder",
            values_of(consultation, visit=row, now=MONDAY),
            "en-gb",
            button_url="https://x/",
            clinic=row.location.clinic,
        )
        return {
            "page": main(client.get(page)),
            "mail": mail["message"],
            "invitation": ics.invitation(row, method="REQUEST", now=MONDAY).decode(),
            "sender": f"{mail['from_email']} {mail['headers']}",
            "diary": main(staff.get(f"/admin/diary/?day=2026-11-24&location={row.location_id}")),
            "card": main(staff.get(f"/admin/requests/{consultation.reference}/")),
            "feed": feeds.file_of(row.practitioner, now=MONDAY).decode(),
            "file": subject_access.as_json([consultation], now=MONDAY),
        }

    return read


def main(response):
    assert response.status_code == 200
    page = BeautifulSoup(response.content, "html.parser").find("main")
    for gone in page.select("script, [name=csrfmiddlewaretoken], .desk-free, .desk-slots"):
        gone.decompose()
    return " ".join(page.get_text(" ").split())


MODELS = (Service, Location, Resource, Practitioner, ClinicSettings)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_of_master_data_has_a_row(model):
    fields = {field.name for field in model._meta.concrete_fields} - {"id"}
    assert {name for one, name in FIELDS if one is model} == fields


def rows_of(visit):
    return {
        Service: visit.service,
        Location: visit.location,
        Resource: visit.practitioner,
        Practitioner: visit.practitioner.practitioner,
        ClinicSettings: settings_row(),
    }


def change(row, **values):
    for field, value in values.items():
        setattr(row, field, value)
    row.save()


def changed(before, after):
    return {name for name in after if after[name] != before[name]}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_visits_show_what_was_told(surfaces, visit, model):
    shown = {key[1]: row for key, row in FIELDS.items() if key[0] is model and row and row[1]}
    before = surfaces()
    for field, (value, changes) in shown.items():
        with undone():
            change(rows_of(Appointment.objects.get(pk=visit.pk))[model], **{field: value})
            assert changed(before, surfaces()) == changes, field


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_what_no_visit_shows(surfaces, visit, model):
    """All such fields of a row at once: what changes nothing together changes nothing alone."""
    values = {
        field: row[0]
        for (one, field), row in FIELDS.items()
        if one is model and row and row[1] == STAYS
    }
    before = surfaces()
    change(rows_of(visit)[model], **values)
    assert changed(before, surfaces()) == STAYS, values


def test_new_wording_changes_later_mails_alone(surfaces, visit):
    sent = visit.request.messages.get(kind="confirmed").email.message
    before = surfaces()
    for kind in ("confirmed", "reminder"):
        MessageTemplate.objects.create(
            kind=kind,
            language="en-gb",
            subject="S",
            heading="New",
            body="{visit}",
            changed_at=MONDAY,
        )
    after = surfaces()
    assert changed(before, after) == {"mail"}
    assert visit.request.messages.get(kind="confirmed").email.message == sent


def test_organizer_is_that_of_the_first_invitation(visit, desk):
    clinic = settings_row()
    clinic.email, clinic.name = "new@example.org", "Renamed clinic"
    clinic.save()
    consultation = visit.request
    moved = transitions.move(
        consultation,
        actor=desk,
        version=consultation.version,
        now=MONDAY,
        start=TEN.replace(hour=14),
    )
    file = ics.invitation(moved, method="REQUEST", now=MONDAY).decode().replace("\r\n ", "")
    assert "mailto:hello@example.org" in file and 'SENT-BY="mailto:clinic@example.org"' in file
    mail = consultation.messages.get(kind="moved").email
    assert mail.headers["Reply-To"] == "new@example.org" and "Renamed clinic" in mail.from_email


@pytest.mark.postgresql
def test_a_moved_visit_keeps_price_and_kind(visit, desk):
    Appointment.objects.filter(pk=visit.pk).update(price="£45")
    Service.objects.update(price="£90", kind_of_visit="telephone")
    consultation = ConsultationRequest.objects.get()
    moved = transitions.move(
        consultation,
        actor=desk,
        version=consultation.version,
        now=MONDAY,
        start=TEN.replace(hour=14),
    )
    assert (moved.price, moved.kind_of_visit) == ("£45", "clinic")


@pytest.mark.postgresql
def test_a_visit_by_video_has_the_newest_link(surfaces, visit):
    Service.objects.update(video_link="https://video.example.org/old")
    Appointment.objects.update(kind_of_visit="video")
    before = surfaces()
    Service.objects.update(video_link="https://video.example.org/new")
    after = surfaces()
    assert (
        changed(before, after) == {"mail", "invitation"}
        and "video.example.org/new" in after["mail"]
    )
    assert "12 Harbour Street" not in after["invitation"] + after["mail"].split("Reference")[0]
