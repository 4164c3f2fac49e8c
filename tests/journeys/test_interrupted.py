"""A login ends while somebody types: the text is there again after the next login, and is sent."""

from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import expect

from bookings.enums import RequestStatus
from bookings.roles import make_roles
from tests.factories import make_clinic, make_request

PASSWORD = "a long enough password"


def log_in(page):
    page.get_by_label("User name").fill("ruth")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def test_typed_text_outlives_the_login(plain_page, settings, django_user_model):
    settings.SECOND_FACTOR_REQUIRED = False
    make_roles()
    ruth = django_user_model.objects.create_user("ruth", password=PASSWORD)
    ruth.groups.add(Group.objects.get(name="Front desk"))
    service, location, _people = make_clinic(minimum_notice_hours=1)
    consultation = make_request(service, location, now=timezone.now())
    page = plain_page
    page.goto(f"/admin/requests/{consultation.reference}/")
    log_in(page)
    page.get_by_text("Ask a question").click()
    page.get_by_label("Question to the patient").fill("Which hip, and since when?")
    Session.objects.all().delete()
    page.get_by_role("button", name="Send the question").click()
    page.wait_for_url("**/admin/login/**")
    assert "hip" not in page.url
    log_in(page)
    page.wait_for_url("**/admin/logins/mine/typed/")
    expect(page.get_by_text("Which hip, and since when?")).to_be_visible()
    page.get_by_role("button", name="Send it now").click()
    page.wait_for_url("**/admin/requests/**")
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.INFO_NEEDED
    assert consultation.staff_message == "Which hip, and since when?"
