"""Hostile input to every form without a login: never a 5xx, never a half-kept request.

`POSTS=10000 make test ARGS=tests/bookings/public/test_hostile.py` sends that many to each form.
"""

from __future__ import annotations

import os
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import urls as login_urls
from bookings.enums import RequestStatus
from bookings.models import ConsultationRequest
from bookings.public import urls as asking_urls
from education import urls as guide_urls
from plans.public import urls as plan_urls
from tests.hostile import attack
from tests.hostile.bodies import NASTY
from tests.hostile.public import NO_FORMS, PUBLIC, public_form, sample_of

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
POSTS = int(os.environ.get("POSTS", "8" if "ALL" in os.environ else "2"))

VALUES = st.one_of(st.sampled_from(NASTY), st.text(max_size=60))
PATHS = sorted({name.split()[0] for name in PUBLIC if "…" not in name})
relaxed = settings(
    max_examples=POSTS,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_step_answers_anything(client, name):
    """And what was typed is on the page that comes back, or refused there by name."""
    form = public_form(name, client)
    before = set(ConsultationRequest.objects.values_list("pk", "status"))
    attack(client, form, POSTS, holds=lambda: nobody_is_further(before) or is_theirs(name))


def nobody_is_further(before: set[tuple[int, str]]) -> bool:
    """No form but the patient's own buttons takes a request beyond "not confirmed yet"."""
    known = {(pk, status) for pk, status in before}
    found = ConsultationRequest.objects.values_list("pk", "status")
    return all(one in known or one[1] == RequestStatus.UNVERIFIED for one in found)


def is_theirs(name: str) -> bool:
    return name.startswith("/request/…/")


@pytest.mark.parametrize("urls", [asking_urls, guide_urls, login_urls, plan_urls])
def test_every_public_form_is_in_the_table(client, urls):
    """Whatever takes a POST, told by its 405 to nothing but POST or by its view's own list."""
    below = "/admin/" if urls is login_urls else "/"
    for pattern in urls.urlpatterns:
        route = str(pattern.pattern)
        if route.startswith("^"):
            continue  # no page posts there any more
        if client.post(below + sample_of(route)).status_code != 405:
            shape = re.sub(r"<[^>]+>", "…", route)
            assert below + shape in {name.split()[0] for name in PUBLIC} | NO_FORMS


@pytest.fixture
def asking(visitor):
    visitor.client.raise_request_exception = False
    visitor.about()
    return visitor, dict(visitor.client.cookies)


@relaxed
@given(path=st.sampled_from([*PATHS, "/request/", "time"]), query=VALUES, cookie=st.none() | VALUES)
def test_addresses_and_cookies_answer_anything(asking, path, query, cookie):
    """Without another cookie, by somebody who is in the middle of asking."""
    visitor, cookies = asking
    client = visitor.client
    client.cookies.clear()
    client.cookies.update(cookies)
    sent = {}
    if cookie is not None:
        # As a web server hands it on, which knows no line within a header; Python's own jar takes less.
        raw = re.sub(r"[\0\r\n]", "", cookie.encode("utf-8", "surrogatepass").decode("latin-1"))[
            :200
        ]
        kept = (
            f"draft-{visitor.draft}",
            f"draft-{raw}",
            "request-K7MB-4QX9",
            "sessionid",
            "messages",
        )
        sent["HTTP_COOKIE"] = "; ".join(f"{name}={raw}" for name in kept)
    names = ("from", "with", "taken", "guide", "revision", "exercise", "offering", "start")
    consultation = {name: query.encode("utf-8", "surrogatepass") for name in names}
    where = visitor.at(path) if path == "time" else path
    response = client.get(where, consultation, **sent)
    assert response.status_code in {200, 302, 400, 404, 405}


def test_odd_queries_still_reach_the_times(asking):
    visitor, _cookies = asking
    odd = {"from": "yesterday", "with": "-1"}
    assert visitor.client.get(visitor.at("time"), odd).status_code == 200
