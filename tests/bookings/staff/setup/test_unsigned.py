"""A service is open with questions that a clinician signed, or that somebody answers for."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from bookings.errors import ServiceClosed
from bookings.models import AcceptedUnsigned, Service
from bookings.models.unsigned import newest_for
from bookings.public.booking.draft_request import offerings
from tests.bookings.questions import hip_questions, make_questions
from tests.education.review import sign
from tests.factories import make_clinic, make_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga(client):
    user = get_user_model().objects.create_superuser("olga", first_name="Olga", last_name="Owner")
    client.force_login(user)
    return user


def saved(client, service, **changes):
    url = reverse("services:edit", args=[service.pk])
    form = client.get(url).context["form"]
    given = {name: form[name].value() for name in form.fields}
    values = {
        name: value for name, value in given.items() if value is not None and value is not False
    }
    return client.post(url, values | changes)


def signed(questions, user):
    for text in (questions, *questions.translations.all()):
        sign(text, user)


def test_nobody_asks_for_an_unsigned_service(olga):
    service, location, _people = make_clinic(accepted=False)
    assert offerings() == [] and "no clinician has signed" in service.why_closed
    with pytest.raises(ServiceClosed):
        make_request(service, location)

    signed(service.questions, olga)
    assert len(offerings()) == 1 and not service.why_closed
    assert make_request(service, location)


def test_one_unsigned_language_is_enough_to_close(olga):
    service, *_rest = make_clinic(accepted=False)
    sign(service.questions, olga)
    assert offerings() == []


def test_the_form_asks_who_answers_for_it(client, olga):
    service, *_rest = make_clinic(accepted=False)
    refused = saved(client, service)
    assert "accept_unsigned" in refused.context["form"].errors
    response = saved(client, service, active="")
    assert response.status_code == 302, response.context[
        "form"
    ].errors  # switched off, nobody answers
    assert offerings() == [] and not AcceptedUnsigned.objects.exists()

    assert saved(client, service, active="on", accept_unsigned="on").status_code == 302
    row = AcceptedUnsigned.objects.get()
    assert (row.user, row.who, row.questions) == (olga, "Olga Owner", service.questions)
    assert len(offerings()) == 1

    saved(client, service)  # not asked, and not recorded, again
    assert AcceptedUnsigned.objects.count() == 1
    page = client.get(reverse("services:edit", args=[service.pk])).content.decode()
    assert "Accepted by Olga Owner on" in page
    # Half past midnight in London, when it is still the day before in UTC.
    AcceptedUnsigned.objects.update(at=datetime(2026, 7, 14, 23, 30, tzinfo=UTC))
    page = client.get(reverse("services:edit", args=[service.pk])).content.decode()
    assert "Accepted by Olga Owner on 15 July 2026." in page


def test_a_later_text_is_accepted_again(client, olga):
    service, *_rest = make_clinic()
    AcceptedUnsigned.objects.update(at=timezone.now() - timedelta(minutes=1))
    questions = hip_questions()
    questions.groups[0].value["question"] = "Cannot lift the leg"
    questions.save_revision().publish(user=olga)
    assert offerings() == []
    assert "accept_unsigned" in saved(client, service).context["form"].errors
    saved(client, service, accept_unsigned="on")
    assert len(offerings()) == 1


def test_other_questions_are_accepted_for_themselves(client, olga):
    service, *_rest = make_clinic()
    knee = make_questions()
    refused = saved(client, service, questions=knee.pk)
    assert "accept_unsigned" in refused.context["form"].errors
    Service.objects.update(questions=knee)
    assert offerings() == [] and newest_for(service.pk, knee) is None
