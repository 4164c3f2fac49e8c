"""Which links are mailed to somebody who lost theirs."""

from datetime import timedelta

import pytest
from post_office.models import Email

from bookings import transitions
from bookings.models import ConsultationRequest
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed, kinds
from tests.bookings.transitions import test_refused as of_requests
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
DAY, HOUR, MINUTE = (timedelta(**{n: 1}) for n in ("days", "hours", "minutes"))
MARIA = "maria@example.org"


def mailed(email=MARIA, now=MONDAY + 2 * HOUR):
    """The kinds of the mails that this sends, and their text."""
    before = set(Email.objects.values_list("pk", flat=True))
    transitions.resend_links(email, now=now)
    rows = Email.objects.exclude(pk__in=before).select_related("about")
    return [(mail.about.kind, mail.to, mail.message) for mail in rows]


def test_one_request_has_its_link(clinic):
    consultation = asked(clinic)
    asked(clinic, start=ELEVEN, email="b@example.org")
    ((kind, to, _text),) = mailed(" Maria@Example.org".strip())
    assert (kind, to) == ("link", [MARIA]) and kinds(consultation)[-1] == "link"


def test_several_are_in_one_mail_newest_first(clinic, desk):
    first = confirmed(clinic, desk)[0]
    second = asked(clinic, start=ELEVEN, now=MONDAY + MINUTE)
    other = asked(clinic, start=ELEVEN, email="b@example.org")
    closed, _visit = of_requests.declined(clinic, desk)
    ((kind, to, text),) = mailed()
    assert (kind, to) == ("links", [MARIA])
    assert text.index(second.reference) < text.index(first.reference)
    assert other.reference not in text and closed.reference not in text


def test_a_visit_that_is_over_has_no_link(clinic, desk):
    confirmed(clinic, desk)
    assert [kind for kind, *_rest in mailed(now=ELEVEN - MINUTE)] == ["link"]
    assert mailed(now=ELEVEN) == [] and mailed("nobody@example.org") == []


@pytest.mark.postgresql
def test_another_address_by_now_gets_nothing(clinic):
    """Its code is the one of before: the links of one person are not mailed to another."""
    asked(clinic)
    other = asked(clinic, start=ELEVEN)
    ConsultationRequest.objects.filter(pk=other.pk).update(email="new@example.org")
    ((kind, to, text),) = mailed()
    assert (kind, to) == ("link", [MARIA]) and other.reference not in text


def test_who_had_their_mails_gets_no_more(clinic, real_limits):
    asked(clinic, start=TEN + DAY)
    found = [mailed(now=MONDAY + MINUTE * 11 * tens) for tens in range(4)]
    assert [len(mails) for mails in found] == [1, 1, 1, 0]
