"""Who works here, and asking for a time with one of them."""

import pytest

from bookings.models import Draft, Practitioner

pytestmark = pytest.mark.django_db


@pytest.fixture
def amara(clinic):
    _service, _location, people = clinic
    people[0].name = "Amara Osei"
    people[0].save()
    Practitioner.objects.filter(resource=people[0]).update(bio="Short routines.")
    return people[0].practitioner


@pytest.mark.postgresql
def test_everybody_is_listed_and_has_a_page(client, amara):
    assert amara.url in client.get("/people/").content.decode()

    page = client.get(amara.url).content.decode()

    assert "Amara Osei" in page and "Short routines." in page
    assert f"/book/?practitioner={amara.resource_id}" in page


def test_an_old_name_leads_to_the_new_one(client, amara):
    response = client.get(f"/people/{amara.pk}-amara-smith/")

    assert (response.status_code, response.url) == (301, amara.url)


@pytest.mark.parametrize("off", ["resource", "location"])
def test_who_takes_no_appointments_is_not_shown(client, amara, off):
    row = amara.resource if off == "resource" else amara.resource.location
    row.active = False
    row.save()

    assert client.get(amara.url).status_code == 404
    assert amara.url not in client.get("/people/").content.decode()


def test_a_clinic_without_people_says_so(client, db):
    page = client.get("/people/").content.decode()
    assert "Nobody is taking appointments at the moment" in page
    assert 'href="/book/"' not in page
    assert '<a class="nhsuk-button" href="tel:' in page


@pytest.mark.postgresql
def test_a_chosen_practitioner_may_be_changed(client, visitor, amara):
    wish = {"practitioner": amara.resource_id}
    first = client.get("/book/", wish).content.decode()
    assert f'name="practitioner" value="{amara.resource_id}"' in first
    visitor.about(**wish)

    assert visitor.get("time").context["wished"] == amara.resource
    assert client.get(f"{visitor.at('time')}?with=any").context["wished"] is None
    assert Draft.objects.get().answers["wish"] == wish


@pytest.mark.parametrize("odd", ["x", "0", "-1", str(2**70), "999999"])
def test_an_odd_wish_is_dropped(visitor, amara, odd):
    visitor.about(practitioner=odd)

    assert visitor.get("time").context["wished"] is None
