"""Two records of one person become one: all of it, or nothing, and never by surprise."""

from datetime import timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from bookings import transitions
from bookings.errors import InvalidTransition, TimeTaken
from bookings.models import (
    Appointment,
    DateException,
    Practitioner,
    Resource,
    TimeClaim,
    TravelTime,
)
from bookings.schedule import claims, feeds
from tests.bookings.races import consistent, no_overlap, noon_ahead, race, submit, submits
from tests.factories import (
    MONDAY,
    PractitionerFactory,
    ResourceFactory,
    WeeklyHoursFactory,
    make_clinic,
    make_request,
)

pytestmark = pytest.mark.django_db
TEN = MONDAY + timedelta(days=1, hours=2)


@pytest.fixture
def owner_client(client, make_user):
    client.force_login(make_user("Owner"))
    return client


class Twice:
    """One person, entered once for each of two locations."""

    def __init__(self):
        self.service, self.here, (self.kept,) = make_clinic()
        self.other_service, self.there, (self.gone,) = make_clinic()
        self.url = reverse("desk:merge", args=[self.kept.pk])

    def book(self, service, location, start, **about):
        asked = make_request(service, location, start=start, email=f"{start:%d%H}@example.org")
        by = {"actor": transitions.core.SYSTEM, "version": asked.version, "now": MONDAY}
        transitions.confirm(asked, start=start, **by, **about)
        return asked.appointments.get(status="booked")

    def post(self, client):
        page = client.get(self.url, {"other": self.gone.pk})
        data = {"other": self.gone.pk, "shown": page.context["found"].shown}
        return client.post(self.url, data)


@pytest.fixture
def twice(db):
    return Twice()


def everything():
    """Each row that names one of them."""
    tables = [model for model, _name in transitions.merging_relations()]
    return {
        model: list(model._base_manager.order_by("pk").values())
        for model in [Resource, Practitioner, *tables]
    }


def test_everything_moves_and_nothing_is_lost(owner_client, twice, django_user_model):
    kept, gone = twice.kept, twice.gone
    visit = twice.book(twice.other_service, twice.there, TEN)
    own = twice.book(twice.service, twice.here, TEN + timedelta(hours=2))
    login = django_user_model.objects.create_user("anna")
    Practitioner.objects.filter(resource=gone).update(user=login, bio="Short routines.")
    cells = TimeClaim.objects.count()
    assert twice.post(owner_client).url == reverse("people:edit", args=[kept.pk])
    gone.refresh_from_db()
    kept.refresh_from_db()
    assert (gone.active, gone.merged_into) == (False, kept)
    assert set(kept.appointments.all()) == {visit, own}
    assert TimeClaim.objects.filter(resource=kept).count() == cells
    assert kept.places == [twice.here, twice.there]
    assert kept.weekly_hours.count() == 10 and not gone.weekly_hours.exists()
    assert set(kept.services.all()) == {twice.service, twice.other_service}
    assert (kept.practitioner.user, kept.practitioner.bio) == (login, "Short routines.")
    assert not list(claims.inconsistencies(MONDAY))
    assert ModelLogEntry.objects.get(action="bookings.merge").data == {"merged": gone.pk}
    # Now the person is held once.
    with pytest.raises(TimeTaken):
        make_request(twice.service, twice.here, start=TEN, email="late@example.org")


def test_who_took_appointments_still_does(owner_client, twice):
    """Visits with a record that is switched off would be in no diary."""
    Resource.objects.filter(pk=twice.kept.pk).update(active=False)
    visit = twice.book(twice.other_service, twice.there, TEN)
    assert twice.post(owner_client).status_code == 302
    assert Resource.objects.get(pk=twice.kept.pk).active
    where = {"location": twice.there.pk, "day": f"{TEN:%Y-%m-%d}"}
    assert visit.request.reference in owner_client.get("/admin/diary/", where).content.decode()


def test_visits_that_overlap_are_in_the_way(owner_client, twice):
    one = twice.book(twice.service, twice.here, TEN)
    two = twice.book(twice.other_service, twice.there, TEN)
    page = owner_client.get(twice.url, {"other": twice.gone.pk})
    assert page.context["found"].clashes == [(one, two)]
    assert "Merge the two records" not in page.content.decode()
    before = everything()
    assert twice.post(owner_client).status_code == 200
    assert everything() == before


def test_what_was_not_shown_is_not_done(owner_client, twice):
    shown = owner_client.get(twice.url, {"other": twice.gone.pk}).context["found"].shown
    twice.book(twice.other_service, twice.there, TEN)
    before = everything()
    page = owner_client.post(twice.url, {"other": twice.gone.pk, "shown": shown})
    assert "Something has changed since" in page.content.decode()
    assert everything() == before


def test_a_short_way_is_shown_and_stays(owner_client, twice):
    TravelTime.objects.create(first=twice.here, second=twice.there, minutes=30)
    one = twice.book(twice.service, twice.here, TEN)
    two = twice.book(twice.other_service, twice.there, TEN + timedelta(hours=1))
    page = owner_client.get(twice.url, {"other": twice.gone.pk})
    assert page.context["found"].tight == [(one, two)]
    assert twice.post(owner_client).status_code == 302
    assert {one, two} == set(twice.kept.appointments.all())


def test_an_absence_lists_visits_of_both(owner_client, twice):
    visit = twice.book(twice.other_service, twice.there, TEN)
    away = DateException(
        location=twice.here, resource=twice.kept, start=TEN, end=TEN + timedelta(hours=3)
    )
    transitions.enter_absence(away, actor=transitions.core.SYSTEM, now=MONDAY)
    page = owner_client.get(twice.url, {"other": twice.gone.pk})
    assert page.context["found"].away == [(away, visit)]
    assert twice.post(owner_client).status_code == 302
    assert away.displaced.get().appointment == visit
    assert not list(claims.inconsistencies(MONDAY))


def test_closed_locations_stay_closed_for_themselves(owner_client, twice):
    closure = DateException(location=twice.there, start=TEN, end=TEN + timedelta(hours=3))
    transitions.lock_location(closure)
    closure.save()
    transitions.apply_closure(closure, actor=transitions.core.SYSTEM, now=MONDAY)
    twice.post(owner_client)
    assert not TimeClaim.objects.filter(resource=twice.kept).exists()
    assert twice.book(twice.service, twice.here, TEN)


def test_old_addresses_lead_to_the_new_record(client, owner_client, twice, django_user_model):
    login = django_user_model.objects.create_user("anna")
    Practitioner.objects.filter(resource=twice.gone).update(user=login)
    address = feeds.make(twice.gone, now=MONDAY)
    old = twice.gone.practitioner.get_absolute_url()
    visit = twice.book(twice.service, twice.here, TEN)
    assert twice.post(owner_client).status_code == 302
    client.logout()
    twice.kept.refresh_from_db()
    assert client.get(old).url == twice.kept.practitioner.get_absolute_url()
    feed = client.get(address.removeprefix("http://localhost:8000"))
    assert visit.request.reference in feed.content.decode()
    feeds.revoke(twice.kept)
    assert feeds.owner_of(address.rsplit("/", 1)[-1].removesuffix(".ics")) is None


def test_translations_go_with_their_words(owner_client, twice):
    """A Spanish text of the other record translates the other text, not the one that stays."""
    Practitioner.objects.filter(resource=twice.kept).update(
        title="Physio", bio="", translations={"es": {"title": "Fisio"}}
    )
    Practitioner.objects.filter(resource=twice.gone).update(
        title="Head", bio="Hips.", translations={"es": {"title": "Jefe", "bio": "Caderas."}}
    )
    twice.post(owner_client)
    kept = Practitioner.objects.get(resource=twice.kept)
    assert (kept.title, kept.bio) == ("Physio", "Hips.")
    assert kept.translations == {"es": {"title": "Fisio", "bio": "Caderas."}}


def test_a_second_login_is_named(owner_client, twice, django_user_model):
    for resource, name in ((twice.kept, "anna"), (twice.gone, "anna2")):
        user = django_user_model.objects.create_user(name)
        Practitioner.objects.filter(resource=resource).update(user=user)
    page = owner_client.get(twice.url, {"other": twice.gone.pk}).content.decode()
    assert "anna stays; anna2 no longer has a diary." in page
    twice.post(owner_client)
    assert Practitioner.objects.get(resource=twice.kept).user.username == "anna"


def test_the_third_record_follows(owner_client, twice):
    third = ResourceFactory(location=twice.here, name="Anna N.")
    PractitionerFactory(resource=third)
    twice.post(owner_client)
    twice.gone, twice.kept = twice.kept, third
    twice.url = reverse("desk:merge", args=[third.pk])
    twice.post(owner_client)
    merged = Resource.objects.exclude(merged_into=None)
    assert {row.merged_into for row in merged} == {third} and merged.count() == 2
    listed = owner_client.get(reverse("people:index")).context["object_list"]
    assert list(listed) == [third]


@pytest.mark.parametrize("odd", ["x", "0", str(2**70), "-1", ""])
def test_an_odd_record_is_refused_by_name(owner_client, twice, odd):
    page = owner_client.post(twice.url, {"other": odd, "shown": "x"})
    assert page.status_code == 200 and page.context["found"] is None
    twice_itself = owner_client.get(twice.url, {"other": twice.kept.pk})
    assert twice_itself.context["found"] is None


def test_a_merged_record_cannot_be_merged_again(owner_client, twice):
    twice.post(owner_client)
    assert owner_client.get(reverse("desk:merge", args=[twice.gone.pk])).status_code == 404
    before = Resource.objects.get(pk=twice.gone.pk).name
    owner_client.post(twice.url, {"other": twice.gone.pk, "shown": "x"})
    assert Resource.objects.get(pk=twice.gone.pk).name == before


def test_an_own_visit_against_a_decided_one(twice):
    """A visit booked anyway is no smaller a clash."""
    one = twice.book(twice.service, twice.here, TEN)
    asked = make_request(twice.other_service, twice.there)
    start, about = TEN + timedelta(minutes=7), {"practitioner": twice.gone, "now": MONDAY}
    found = transitions.against(twice.other_service, twice.there, start, **about)
    decision = transitions.Anyway("They insist.", found.code)
    by = {"actor": transitions.core.SYSTEM, "version": asked.version, "anyway": decision}
    transitions.confirm(asked, start=start, **by, **about)
    seen = transitions.look_at_merge(twice.kept, twice.gone, now=MONDAY)
    assert [pair[0] for pair in seen.clashes] == [one]
    with pytest.raises(InvalidTransition):
        transitions.merge(
            twice.kept, twice.gone, shown=seen.shown, actor=transitions.core.SYSTEM, now=MONDAY
        )


@pytest.mark.django_db(transaction=True)
def test_merging_against_booking_keeps_one_person():
    """Visits with either record at the same time, while the two become one: no person twice."""
    twice = Twice()
    noon, now = noon_ahead(), timezone.now()
    shown = transitions.look_at_merge(twice.kept, twice.gone, now=now).shown
    by = {"shown": shown, "actor": transitions.core.SYSTEM, "now": now}
    jobs = [partial(transitions.merge, twice.kept, twice.gone, **by)]
    jobs += submits(twice.service, twice.here, [noon] * 3)
    jobs += [partial(submit, twice.other_service, twice.there, noon, n) for n in range(3, 6)]
    found = race(jobs, stale=True)
    assert no_overlap() and consistent()
    merged = Resource.objects.exclude(merged_into=None).exists()
    visits = Appointment.objects.filter(start=noon)
    people = {visit.practitioner_id for visit in visits}
    assert len(people) == visits.count() and (len(people) == 1 or not merged), found


def test_tables_of_every_app_move():
    """Read from the models, so that a table that comes later is not forgotten."""
    moved = {f"{model._meta.label} {name}" for model, name in transitions.merging_relations()}
    assert moved >= {
        "bookings.Appointment practitioner",
        "bookings.ConsultationRequest practitioner",
        "bookings.DateException resource",
        "bookings.WeeklyHours resource",
        "plans.Plan practitioner",
    }
    pairs = {field.name for field in Resource._meta.many_to_many}
    pairs |= {relation.name for relation in Resource._meta.related_objects if relation.many_to_many}
    assert pairs == {"also_at", "serves", "services"}, "Another table of pairs: join it in merge."


def test_hours_of_before_move_with_their_place(twice, owner_client):
    row = WeeklyHoursFactory(resource=twice.gone, weekday=6)
    type(row).objects.filter(pk=row.pk).update(location=None)
    twice.post(owner_client)
    row.refresh_from_db()
    assert (row.resource, row.location) == (twice.kept, twice.there)


def test_a_visit_above_a_lapsed_hold_stays_guarded(twice):
    """Nobody has ended the hold yet; its cells go, and the visit that was booked anyway has them."""
    held = make_request(twice.other_service, twice.there, start=TEN).appointments.get()
    asked = make_request(twice.other_service, twice.there, email="second@example.org")
    about = {"practitioner": twice.gone, "now": MONDAY}
    found = transitions.against(twice.other_service, twice.there, TEN, **about)
    decision = transitions.Anyway("They insist.", found.code)
    by = {"actor": transitions.core.SYSTEM, "version": asked.version, "anyway": decision}
    transitions.confirm(asked, start=TEN, **by, **about)
    late = held.hold_expires_at + timedelta(minutes=1)
    shown = transitions.look_at_merge(twice.kept, twice.gone, now=late).shown
    by = {"actor": transitions.core.SYSTEM, "now": late}
    transitions.merge(twice.kept, twice.gone, shown=shown, **by)
    assert not list(claims.inconsistencies(late))


def test_a_merged_record_has_no_own_pages(owner_client, twice):
    """Switched on again, its times would be shown, and nobody could book one."""
    twice.post(owner_client)
    for name in ("people:edit", "people:delete", "desk:leave", "desk:calendars_of"):
        assert owner_client.get(reverse(name, args=[twice.gone.pk])).status_code == 404, name
    page = owner_client.get(reverse("services:edit", args=[twice.service.pk]))
    offered = page.context["form"].fields["practitioners"].queryset
    assert twice.kept in offered and twice.gone not in offered


def test_an_absence_follows_to_the_new_record(owner_client, twice):
    """Entered by somebody who had read the record before it was merged."""
    stale = Resource.objects.get(pk=twice.gone.pk)
    twice.post(owner_client)
    away = DateException(
        location=twice.there, resource=stale, start=TEN, end=TEN + timedelta(hours=1)
    )
    closure, _inside = transitions.enter_absence(away, actor=transitions.core.SYSTEM, now=MONDAY)
    closure.refresh_from_db()
    assert closure.resource == twice.kept
    with pytest.raises(TimeTaken):
        make_request(twice.other_service, twice.there, start=TEN, email="late@example.org")
