"""Hostile input on every step: never a 5xx, never a half-kept request.

`POSTS=10000 make test ARGS=tests/bookings/public/test_hostile.py` sends that many to each step.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings.enums import RequestStatus
from bookings.models import ConsultationRequest

pytestmark = pytest.mark.django_db
POSTS = int(os.environ.get("POSTS", "15"))

NASTY = [
    "",
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202egnp.exe",
    "\u200b\u200b",
    "🦴" * 200,
    "x" * 10_000,
    "=cmd|' /C calc'!A1",
    "<script>alert(1)</script>",
    "{{ 7|add:7 }}{% debug %}",
    "'; DROP TABLE bookings_timeclaim; --",
    "../../etc/passwd",
    "a@b.example\r\nBcc: all@example.org",
    "2026-02-30T10:00Z",
    "9999-12-31T23:59Z",
    "0000-00-00T00:00Z",
    str(2**70),
    "-1",
    "NaN",
    "none",
    "any",
    "null",
    "[]",
    "confirmed",
]
VALUES = st.one_of(st.sampled_from(NASTY), st.text(max_size=60))
FIELDS = {
    "/book/": ["flags", "cleared", "guide", "revision", "exercise", "csrfmiddlewaretoken"],
    "/book/reason/": ["reason", "side", "goal", "note", "offering"],
    "/book/time/": ["first", "practitioner", "with", "from"],
    "/book/other-times/": ["second", "third", "parts"],
    "/book/contact/": ["name", "contact_by", "email", "phone", "on_behalf_of", "consent"],
    "/request/find/": ["reference", "email"],
}
EVERYWHERE = ["status", "version", "service", "duration"]
relaxed = settings(
    max_examples=POSTS,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def encodable(value: str) -> str:
    """A browser cannot send a lone surrogate; a script can, as these bytes."""
    return value.encode("utf-8", "surrogatepass").decode("latin-1") if "\ud800" in value else value


@pytest.mark.parametrize("path", FIELDS)
@relaxed
@given(data=st.data())
def test_a_step_answers_anything(visitor, path, data):
    visitor.client.raise_request_exception = False
    if not visitor.client.cookies and path != "/request/find/":
        visitor.up_to_check()
    names = st.sampled_from(FIELDS[path] + EVERYWHERE)
    posted = data.draw(st.dictionaries(names, st.lists(VALUES, max_size=3), max_size=8))
    body = {name: [encodable(v) for v in values] for name, values in posted.items()}
    response = visitor.client.post(path, body)
    assert response.status_code in {200, 302, 400}, (response.status_code, body)
    assert not ConsultationRequest.objects.exclude(status=RequestStatus.UNVERIFIED).exists()


@relaxed
@given(name=VALUES, email=VALUES, note=VALUES)
def test_what_was_typed_is_kept_or_refused_by_name(visitor, name, email, note):
    from django.utils.html import escape

    if not visitor.client.cookies:
        visitor.up_to_check()
    values = {"name": encodable(name), "contact_by": "email", "email": encodable(email)}
    response = visitor.client.post("/book/contact/", values)  # no consent: never valid
    page = response.content.decode()
    assert response.status_code == 200 and "Tick the box" in page
    for typed in ("name", "email"):
        kept = values[typed].replace("\x00", "\ufffd")
        assert (
            escape(kept) in page
            or escape(values[typed]) in page
            or typed in str(response.context["form"].errors)
        )


@relaxed
@given(path=st.sampled_from([*FIELDS, "/book/check/", "/request/"]), query=VALUES, cookie=VALUES)
def test_addresses_and_cookies_answer_anything(visitor, path, query, cookie):
    visitor.client.raise_request_exception = False
    client = visitor.client
    for name in ("draft", "request", "sessionid", "messages"):
        client.cookies[name] = cookie.encode("ascii", "ignore").decode().replace("\x00", "")[:200]
    names = ("from", "with", "taken", "guide", "revision", "exercise")
    response = client.get(path, {name: encodable(query) for name in names})
    assert response.status_code in {200, 302, 400, 404}
