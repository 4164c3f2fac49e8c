"""Queries that are put into SQL once: each asking finds what the ordinary query would."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

from bookings.models import AccessLink, Resource
from clinic.prepared import insert, insert_one, insert_unless_there, prepared, update
from tests.factories import MONDAY, ResourceFactory, make_clinic, make_request

pytestmark = pytest.mark.both

DAY = timedelta(days=1)


@prepared
def named(names: list[str], *, but: str = "") -> QuerySet[Resource]:
    return Resource.objects.filter(name__in=names).exclude(name=but).select_related("location")


@prepared
def valid(now: datetime) -> QuerySet[AccessLink, int]:
    return AccessLink.objects.valid(now).order_by().values_list("pk", flat=True)


@prepared
def locked(names: list[str]) -> QuerySet[Resource]:
    return Resource.objects.filter(name__in=names).select_for_update()


def test_each_asking_has_its_own_values(db):
    one, other = ResourceFactory(), ResourceFactory()
    assert named([one.name]) == [one]
    assert named([other.name]) == [other]


def test_a_list_may_have_any_length(db):
    one, other = ResourceFactory(), ResourceFactory()
    assert named([]) == []
    assert named([one.name, other.name]) == [one, other]


def test_what_is_named_shapes_the_query(db):
    one, other = ResourceFactory(), ResourceFactory()
    names = [one.name, other.name]
    assert named(names, but=one.name) == [other]
    assert named(names, but=other.name) == [one]


def test_related_rows_come_along(db, django_assert_num_queries):
    person = ResourceFactory()
    with django_assert_num_queries(1):
        (found,) = named([person.name])
        assert found.location == person.location


def test_moments_are_compared_as_stored(db):
    link = AccessLink.objects.create(
        request=make_request(*make_clinic()[:2]),
        digest="1",
        created_at=MONDAY,
        expires_at=MONDAY + DAY,
    )
    last = MONDAY + DAY - timedelta(seconds=1)
    assert link.pk in valid(last.astimezone(ZoneInfo("Asia/Tokyo")))
    assert link.pk not in valid(MONDAY + DAY)


@pytest.mark.django_db(transaction=True)
def test_locks_need_a_transaction():
    with pytest.raises(TransactionManagementError):
        locked(["Maria"])


def test_rows_are_written_by_one_statement(db, django_assert_num_queries):
    consultation = make_request(*make_clinic()[:2])
    links = [link(consultation, digest) for digest in ("1", "2")]
    with django_assert_num_queries(1):
        insert(links)
    written = AccessLink.objects.filter(digest__in=["1", "2"]).order_by("digest")
    assert [kept(one) for one in written] == [kept(one) for one in links]


def test_a_row_written_alone_learns_its_id(db):
    written = link(make_request(*make_clinic()[:2]), "1")
    insert_one(written)
    found = AccessLink.objects.get(digest="1")
    assert (written, kept(written)) == (found, kept(found))
    written.email = "other@x"
    written.save()
    assert AccessLink.objects.get(digest="1").email == "other@x"


def test_no_rows_are_no_statement(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        insert([])


def test_the_database_may_refuse_rows(db):
    consultation = make_request(*make_clinic()[:2])
    with pytest.raises(IntegrityError):
        insert([link(consultation, "1"), link(consultation, "1")])


def test_a_row_with_a_key_is_written_once(db):
    consultation = make_request(*make_clinic()[:2])
    assert insert_unless_there(link(consultation, "1")) is True
    other = link(consultation, "1")
    other.email = "other@x"
    assert insert_unless_there(other) is False
    assert AccessLink.objects.get(digest="1").email == "é@x"


def test_only_rows_with_these_values_change(db):
    consultation = make_request(*make_clinic()[:2])
    links = [link(consultation, digest) for digest in ("1", "2", "3")]
    insert(links)
    until = (MONDAY + 2 * DAY).astimezone(ZoneInfo("Asia/Tokyo"))
    changed = update(AccessLink, {"expires_at": until}, digest=["1", "2"], created_at=MONDAY)
    assert changed == 2
    assert update(AccessLink, {"email": "late@x"}, digest="3", created_at=until) == 0
    found = AccessLink.objects.filter(digest__in=["1", "2", "3"]).order_by("digest")
    assert [one.expires_at for one in found] == [until, until, links[2].expires_at]
    assert "late@x" not in {one.email for one in found}


def test_a_change_may_name_a_related_row(db):
    one, other = (make_request(*make_clinic()[:2]) for _time in range(2))
    insert([link(one, "1")])
    update(AccessLink, {"request": other}, digest="1")
    assert AccessLink.objects.get(digest="1").request == other


def test_none_is_no_value(db):
    with pytest.raises(TypeError):
        valid(None)
    for digest in (None, ["1", None]):
        with pytest.raises(TypeError):
            update(AccessLink, {"email": "a@x"}, digest=digest)


def link(consultation, digest):
    until = (MONDAY + DAY).astimezone(ZoneInfo("Asia/Tokyo"))
    return AccessLink(
        request=consultation, digest=digest, email="é@x", created_at=MONDAY, expires_at=until
    )


def kept(row):
    return row.request_id, row.digest, row.email, row.created_at, row.expires_at
