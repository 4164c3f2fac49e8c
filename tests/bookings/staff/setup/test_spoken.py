"""What patients read of services, people and places, in each language of the site."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.translation import override

from bookings.models import Location, Practitioner, Resource, Service
from tests.bookings.staff.setup.places import save_location

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner_client(client, make_user):
    client.force_login(make_user("Owner"))
    return client


def typed(page):
    """The fields of the form as its page shows them, as a browser would send them."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    sent = {name: "on" if value is True else value for name, value in values.items()}
    return {name: value for name, value in sent.items() if value is not None and value is not False}


def save_service(client, service, **changes):
    url = reverse("services:edit", args=[service.pk])
    return client.post(url, typed(client.get(url)) | changes)


def test_a_service_speaks_every_language(owner_client, clinic):
    service = clinic[0]
    words = {"name_es": "Consulta", "preparation_es": "Traiga calcetines.\nVenga pronto."}
    response = save_service(owner_client, service, price="£45", **words)
    assert response.status_code == 302
    service.refresh_from_db()
    assert service.price == "£45" and service.translations["es"]["name"] == "Consulta"
    again = owner_client.get(reverse("services:edit", args=[service.pk]))
    assert typed(again)["preparation_es"].startswith("Traiga")
    assert save_service(owner_client, service, name_es="", preparation_es="").status_code == 302
    assert Service.objects.get().translations == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"video_link": "https://video.example.org/x"}, "video_link"),
        ({"kind_of_visit": "video", "video_link": "http://video.example.org/x"}, "video_link"),
        ({"kind_of_visit": "video", "video_link": "javascript:alert(1)"}, "video_link"),
        ({"kind_of_visit": "elsewhere"}, "kind_of_visit"),
        ({"price": "£45\u202e"}, "price"),
        ({"name_es": "x" * 81}, "name_es"),
    ],
)
def test_wrong_words_are_refused_beside_their_field(owner_client, clinic, changes, field):
    response = save_service(owner_client, clinic[0], **changes)
    assert response.status_code == 200 and field in response.context["form"].errors
    assert Service.objects.get().price == ""


def test_a_visit_by_video_has_its_link(owner_client, clinic):
    link = "https://video.example.org/room"
    response = save_service(owner_client, clinic[0], kind_of_visit="video", video_link=link)
    assert response.status_code == 302 and Service.objects.get().video_link == link


def test_a_practitioner_speaks_every_language(owner_client, clinic, client):
    person = clinic[2][0]
    url = reverse("people:edit", args=[person.pk])
    words = {"title_es": "Fisioterapeuta", "bio": "Kind.", "bio_es": "Amable."}
    assert owner_client.post(url, typed(owner_client.get(url)) | words).status_code == 302
    found = Practitioner.objects.get(resource=Resource.objects.get(pk=person.pk))
    page = client.get(f"/es{found.get_absolute_url()}").text
    assert "Fisioterapeuta" in page and "Amable." in page and "Kind." not in page
    assert 'lang="en-gb"' not in page.split("<main")[1].split("<address")[0].split("<h2")[0]


def test_a_location_says_how_to_get_there(owner_client, clinic):
    place = clinic[1]
    url = reverse("locations:edit", args=[place.pk])
    values = typed(owner_client.get(url)) | {
        "telephone": "020 7946 0187",
        "parking": "In the yard.",
        "parking_es": "En el patio.",
        "latitude": "51.5",
        "longitude": "-0.1",
    }
    assert save_location(owner_client, url, values).status_code == 302
    found = Location.objects.get()
    assert found.clinic.phone.as_e164 == "+442079460187"
    assert found.translations == {"es": {"parking": "En el patio."}}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"latitude": "51.5"}, "longitude"),
        ({"latitude": "91", "longitude": "0"}, "latitude"),
        ({"latitude": "51.5", "longitude": "181"}, "longitude"),
        ({"telephone": "call us"}, "telephone"),
        ({"parking": "one\ntwo"}, "parking"),
    ],
)
def test_a_wrong_place_is_refused_beside_its_field(owner_client, clinic, changes, field):
    url = reverse("locations:edit", args=[clinic[1].pk])
    response = owner_client.post(url, typed(owner_client.get(url)) | changes)
    assert response.status_code == 200 and field in response.context["form"].errors


def test_the_way_is_told_in_the_patients_language(clinic):
    place = clinic[1]
    place.parking, place.translations = "In the yard.", {"es": {"parking": "En el patio."}}
    with override("es"):
        assert place.getting_there("clinic") == [("Aparcamiento", "En el patio.", "parking")]
        assert place.where("telephone") == ["Por teléfono: le llamamos nosotros"]
    with override("en-gb"):
        assert place.getting_there("clinic") == [("Parking", "In the yard.", "parking")]
