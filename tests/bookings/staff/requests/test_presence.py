from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from wagtail.admin.models import EditingSession

from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


def test_colleagues_hear_of_each_other_and_forget(desk_client, asked, make_user):
    url = reverse("desk:presence", args=[asked.reference])
    anna = Client()
    anna.force_login(make_user("Front desk", "anna"))
    assert "open right now" not in desk_client.post(url).content.decode()
    assert "Ruth has this request open" in anna.post(url).content.decode()
    assert "Anna has this request open" in desk_client.post(url).content.decode()
    assert EditingSession.objects.count() == 2
    with time_machine.travel(MONDAY + timedelta(seconds=60), tick=False):
        assert "Anna" not in desk_client.post(url).content.decode()
