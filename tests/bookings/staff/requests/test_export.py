"""The list as XLSX: what is in it, what a formula becomes, and what the history says."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from bookings.models import ConsultationRequest, Event
from bookings.staff.requests import export
from tests.bookings.staff.conftest import TEN
from tests.factories import make_request

pytestmark = pytest.mark.django_db
URL = "/admin/requests/export/"


@pytest.fixture
def owner_client(client, make_user):
    client.force_login(make_user("Owner"))
    return client


def sheet(response):
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return book.active


def test_the_filtered_list_is_exported_and_recorded(owner_client, asked, clinic):
    service, location, _people = clinic
    other = make_request(service, location, email="b@example.org")
    ConsultationRequest.objects.filter(pk=other.pk).update(status="declined")
    rows = list(sheet(owner_client.post(f"{URL}?queue=answer")).values)
    assert [row[0] for row in rows] == ["Reference", asked.reference]
    assert "Maria Example" in rows[1]
    event = Event.objects.get(verb="export")
    assert event.request == asked and event.actor.username == "owner"
    rows = list(sheet(owner_client.post(f"{URL}?queue=all&status=declined")).values)
    assert [row[0] for row in rows[1:]] == [other.reference]


def test_the_visit_has_its_time_and_practitioner(owner_client, confirmed, asked):
    head, row = list(sheet(owner_client.post(f"{URL}?queue=all")).values)
    found = dict(zip(head, row, strict=True))
    visit = confirmed.appointments.get(status="booked")
    assert found["Visit (local time)"] == TEN.replace(tzinfo=None)
    assert found["Practitioner"] == visit.practitioner.name


def test_a_formula_is_text(owner_client, asked):
    danger = '=HYPERLINK("https://elsewhere.example","x")'
    ConsultationRequest.objects.filter(pk=asked.pk).update(note=danger, name="+1+1", email="@x")
    cells = list(sheet(owner_client.post(URL)).iter_rows(min_row=2))[0]
    assert danger in [cell.value for cell in cells]
    assert "f" not in {cell.data_type for cell in cells}


def test_nothing_by_get_and_nothing_without_the_permission(owner_client, desk, asked):
    assert owner_client.get(URL).status_code == 405
    owner_client.force_login(desk)
    assert owner_client.post(URL).url == reverse("wagtailadmin_home")
    page = owner_client.get("/admin/requests/").content.decode()
    assert "Export this list" not in page and not Event.objects.filter(verb="export").exists()


def test_too_many_rows_and_erased_ones_are_refused(owner_client, asked, clinic, monkeypatch):
    service, location, _people = clinic
    make_request(service, location, start=TEN, email="b@example.org")
    monkeypatch.setattr(export, "AT_MOST", 1)
    assert owner_client.post(URL).url == reverse("desk:requests")
    ConsultationRequest.objects.filter(pk=asked.pk).update(erased_at=TEN)
    assert len(list(sheet(owner_client.post(URL)).values)) == 2
