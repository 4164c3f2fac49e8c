"""The box "Text me as well": where it is, what it needs, and what it does to one's own page."""

import pytest

from bookings.models import ConsultationRequest
from tests.bookings.public.conftest import Patient, link_in

pytestmark = pytest.mark.django_db
MOBILE = "07400 123456"


@pytest.fixture
def on(settings):
    settings.SMS_BACKEND = "bookings.messages.sms.Memory"


def test_no_box_where_none_are_sent(visitor):
    visitor.up_to_check()
    assert 'name="texts"' not in visitor.get("contact").text
    visitor.contact(texts="on", phone=MOBILE)
    visitor.send()
    assert not ConsultationRequest.objects.get().wants_texts


def test_ticked_when_asking(on, visitor):
    visitor.about()
    visitor.time()
    page = visitor.get("contact").text
    assert 'name="texts"' in page and "checked" not in page.partition('name="texts"')[2][:80]
    visitor.contact(texts="on", phone=MOBILE)
    assert "Yes, as well" in visitor.get("check").text
    assert "checked" in visitor.get("contact").text.partition('name="texts"')[2][:200]
    visitor.send()
    assert ConsultationRequest.objects.get().wants_texts


@pytest.mark.parametrize("phone", ["", "020 7946 0123"])
def test_it_needs_a_mobile_number(on, visitor, phone):
    visitor.up_to_check(texts="on", phone=phone)
    page = visitor.contact(texts="on", phone=phone)
    assert "We can text a mobile number only" in page.context["form"].errors["phone"][0]
    assert 'value="maria@example.org"' in page.text


@pytest.fixture
def verified(patient, asked):
    patient.post("verify/")
    return asked


@pytest.mark.postgresql
def test_chosen_and_ended_on_the_own_page(on, patient, verified):
    given = {"email": "maria@example.org", "phone": MOBILE, "texts": "on"}
    page = patient.post("contact/", given, follow=True)
    verified.refresh_from_db()
    assert verified.wants_texts and "From now on we text you as well." in page.text
    assert "Your phone number is changed." in page.text
    assert "checked" in patient.get("contact/").text.partition('name="texts"')[2][:200]
    del given["texts"]
    page = patient.post("contact/", given, follow=True)
    verified.refresh_from_db()
    assert not verified.wants_texts and "We no longer text you." in page.text
    assert "phone number is changed" not in page.text
    assert [event.why for event in verified.events.filter(verb="correct_contact")] == [
        "phone, text messages",
        "text messages",
    ]


def test_number_goes_and_texts_with_it(on, patient, verified, settings):
    given = {"email": "maria@example.org", "phone": MOBILE, "texts": "on"}
    patient.post("contact/", given)
    settings.SMS_BACKEND = ""
    patient.post("contact/", {"email": "maria@example.org", "phone": ""})
    verified.refresh_from_db()
    assert not verified.wants_texts and not verified.phone


def test_other_tab_does_not_undo_the_choice(on, patient, verified):
    given = {"email": "maria@example.org", "phone": MOBILE}
    patient.post("contact/", given)
    old = patient.get("contact/").context["shown"]
    patient.post("contact/", given | {"texts": "on"})
    page = patient.client.post(patient.page + "contact/", given | {"shown": old})
    assert "has changed since" in page.text
    verified.refresh_from_db()
    assert verified.wants_texts


def test_switched_off_meanwhile_the_choice_stays(on, patient, verified, settings):
    patient.post("contact/", {"email": "maria@example.org", "phone": MOBILE, "texts": "on"})
    settings.SMS_BACKEND = ""
    patient.post("contact/", {"email": "maria@example.org", "phone": "07400 123457"})
    verified.refresh_from_db()
    assert verified.wants_texts and verified.phone.as_e164 == "+447400123457"


def test_mistyped_address_keeps_the_choice(on, visitor):
    visitor.up_to_check(texts="on", phone=MOBILE)
    visitor.send()
    visitor.post("address", email="mario@example.org")
    asked = ConsultationRequest.objects.get()
    assert asked.email == "mario@example.org" and asked.wants_texts
    Patient(visitor.client, asked).client.get(link_in("verify", asked))
