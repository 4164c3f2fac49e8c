"""The first screen after login, and the help menu, by who sees them."""

import pytest
from django.contrib.auth.models import Group
from django.test import RequestFactory
from wagtail.admin.menu import help_menu
from wagtail.models import Page

from bookings.roles import make_roles
from clinic.models import ClinicSettings

pytestmark = pytest.mark.django_db


@pytest.fixture
def log_in(client, seeded, django_user_model):
    make_roles()

    def make(role):
        user = django_user_model.objects.create_user("amara", password="a long enough password")
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        return user

    return make


def test_the_clinic_s_name_greets_everybody(log_in, client):
    log_in("Editor")
    heading = client.get("/admin/").content.decode().partition("<h1")[2].partition("</h1>")[0]
    assert ClinicSettings.current().name.replace("&", "&amp;") in heading


@pytest.mark.parametrize(("role", "guide"), [("Front desk", False), ("Editor", True)])
def test_help_is_for_what_one_does(log_in, role, guide):
    request = RequestFactory().get("/admin/")
    request.user = log_in(role)
    names = [item.name for item in help_menu.menu_items_for_request(request)]
    assert ("editor-guide" in names) is guide
    assert not [name for name in names if name.startswith("whats-new")]


def test_the_desk_searches_from_the_first_screen(log_in, client):
    log_in("Front desk")
    page = client.get("/admin/").content.decode()
    assert 'id="find-q"' in page
    assert "clinic/staff/keys" in page


def test_an_unknown_address_leads_back(log_in, client):
    log_in("Editor")
    answer = client.get("/admin/nothing/")
    page = answer.content.decode()
    assert answer.status_code == 404 and "Page not found" in page and 'href="/admin/"' in page
    assert "Wagtail" not in page.partition("<main")[2]


@pytest.mark.postgresql
def test_unpublishing_says_when_the_page_is_gone(admin_client):
    page = Page.objects.get(depth=2)
    answer = admin_client.get(f"/admin/pages/{page.pk}/unpublish/")
    assert "no longer open it within a minute" in answer.text
