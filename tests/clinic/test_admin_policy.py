"""The admin's own Content Security Policy: below /admin/ only, and only for who is logged in."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(django_user_model):
    return django_user_model.objects.create_superuser("owner")


@pytest.mark.parametrize("path", ["/", "/book/", "/admin/login/", "/admin/password_reset/"])
def test_visitors_get_the_strict_policy(client, path):
    policy = client.get(path)["Content-Security-Policy"]
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", ["/", "/book/"])
def test_public_pages_stay_strict_for_staff(client, owner, path):
    client.force_login(owner)
    response = client.get(path)
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.postgresql
def test_the_admin_allows_what_wagtail_needs(client, owner):
    client.force_login(owner)
    response = client.get("/admin/")
    policy = dict(
        part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self' 'unsafe-inline'"
    assert policy["style-src"] == "'self' 'unsafe-inline'"
    assert policy["img-src"] == "'self' data: blob:"
    assert policy["frame-ancestors"] == policy["frame-src"] == "'self'"
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_a_preview_may_be_framed_by_the_admin(client, owner):
    from wagtail.models import Site

    client.force_login(owner)
    home = Site.objects.get(is_default_site=True).root_page
    url = f"/admin/pages/{home.pk}/view_draft/"
    response = client.get(url)
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy and "frame-ancestors 'self'" in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
