"""Hostile input to every form of ours behind the login: never a 5xx, and what was typed is kept.

Once each; tests/faults sends many more to both databases.
"""

import os

import pytest

from bookings.staff import urls
from tests.hostile import attack
from tests.hostile.staff import furnish, route_of, staff_forms

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
POSTS = int(os.environ.get("POSTS", "1"))
READ_ONLY = {
    "diary/closures/<int:pk>/",
    "messages/",
    "messages/<int:pk>/",
    "messages/<int:pk>/body/",
    "messages/texts/",
    "messages/wording/",
    "public-holidays/",
    "reports/looks/",
    "requests/<reference:reference>/",
    "today/live/",
    "waiting/",
}


def test_a_form_of_staff_answers_anything(client):
    client.raise_request_exception = False
    furnish(client)
    forms = staff_forms(client)

    for form in forms:
        attack(client, form, POSTS)

    visits_lost = {str(pattern.pattern) for pattern in urls.urlpatterns}
    visits_lost -= {route_of(form.path) for form in forms}
    assert visits_lost <= READ_ONLY
