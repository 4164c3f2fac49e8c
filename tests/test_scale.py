"""Every page and every periodic job asks the database as often for thirty rows as for three.

The addresses come from the URLs, and the jobs from `settings.PERIODIC`, so a new one is in here by itself.
`make bench ARGS=scale` measures the same with a hundred thousand rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from post_office.models import Email

from bookings.models import Practitioner
from bookings.roles import make_roles
from bookings.worker import jobs
from education.models import GuidePage
from tests.addresses import addresses, generic
from tests.factories import MONDAY, LocationFactory, ServiceFactory
from tests.large_clinic import Size, fill

FEW, MANY = 3, 30
GROWS = {
    "/admin/clinic/services/": "the questions of each service, which a site that caches pages remembers",
    "/admin/users/": "Wagtail asks for each user's groups",
    "/admin/diary/new/": "the same",
    "/admin/ ": "free times wherever one came free, until five suit somebody",
    "/fhir/": "a diary for each service at each location, all of them in one text",
}
"""By how they begin: what may ask more, and why."""
WAGTAILS = tuple(
    f"/admin/{part}"
    for part in (
        *("account", "choose-", "collections", "documents", "dismissibles", "embeds", "groups"),
        *("images", "jsi18n", "redirects", "sites", "sprite", "tag-", "workflows"),
    )
)
"""Pages of Wagtail's that list nothing of ours."""


def clinic_of(rows: int, *, locations: int = 0) -> list[Practitioner]:
    """So many more of everything, at new locations or at that of before."""
    size = Size(locations, people=rows, visits=4 * rows, visits_ahead=3 * rows, unbooked=6 * rows)
    return fill(size, now=MONDAY)


def queries_of(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)


def asked(work: Callable[[], object]) -> int:
    """How often the database is asked the second time: the first one warms up."""
    work()
    return queries_of(work)


@pytest.fixture
def monday():
    with time_machine.travel(MONDAY, tick=False):
        yield MONDAY


@pytest.mark.thorough
@pytest.mark.usefixtures("uncached")
def test_no_page_asks_more_for_more(client, admin_user, seeded, monday):
    make_roles()
    person = clinic_of(FEW, locations=1)[0]
    person.user.groups.set(Group.objects.filter(name="Practitioner"))
    few = counts(client, admin_user, person)
    clinic_of(MANY - FEW, locations=2)
    more_guides(MANY - FEW)
    more_places(MANY - FEW)
    many = counts(client, admin_user, person, before=few)
    grown = {
        url: (few[url], many[url])
        for url in few
        # One more is no growth: a prefetch asks nothing where it has no rows.
        if many[url] > few[url] + 1 and not url.startswith(tuple(GROWS))
    }
    assert not grown, "\n".join(f"{url}: {few} to {many}" for url, (few, many) in grown.items())


def more_places(number: int) -> None:
    """Where nobody works yet: free times are looked for at each location where somebody does."""
    for _ in range(number):
        LocationFactory()
        ServiceFactory()


def more_guides(number: int) -> None:
    guide = GuidePage.objects.live().first()
    for n in range(number):
        attributes = {"slug": f"another-{n}", "title": f"Another {n}"}
        guide.copy(update_attrs=attributes, copy_revisions=False)


def counts(
    client: Client, owner: Any, person: Practitioner, before: dict[str, int] | None = None
) -> dict[str, int]:
    """By page and user. The walk warms up what pages share; what asks more than `before` is asked again."""
    found = {}
    urls = [url for url in addresses(MONDAY) if not url.startswith(WAGTAILS)]
    lists = [url for url in urls if "/requests/" in url and "?" in url]
    for user, pages in ((owner, urls), (person.user, lists)):
        client.force_login(user)
        client.get("/admin/")
        for url in pages:
            name = f"{generic(url)} {user}"
            found[name] = queries_of(lambda url=url: client.get(url))
            if before and found[name] > before[name]:
                found[name] = asked(lambda url=url: client.get(url))
    return found


@pytest.mark.django_db
@pytest.mark.usefixtures("uncached")
def test_no_job_asks_more_for_more():
    found = []
    for rows, locations in ((FEW, 1), (MANY - FEW, 2)):
        clinic_of(rows, locations=locations)
        found.append({job.name: asked(lambda job=job: job.run(now=MONDAY)) for job in jobs.jobs()})
    assert found[0] == found[1]


@pytest.mark.django_db
def test_mails_have_indexes_of_ours():
    """Not in the models: the table is another app's, and SQLite copies one without them."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, Email._meta.db_table)
    assert found["email_came_back"]["columns"] == ["recipient_delivery_status"]
    assert found["email_waiting"]["columns"] == ["scheduled_time"]
