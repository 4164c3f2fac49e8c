"""What counts as the text that somebody signs, who wrote it, and which file it shows. Without pages."""

import datetime as dt
import hashlib
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from wagtail.models import Page

from clinic.review import authorship, due, files, guards, sign_offs, text
from clinic.review.reviewed import reviewed_models
from education.models import Exercise, GlossaryTerm, GuidePage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
TODAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ("Lie down.", "Lie down."),
        ('[{"id": "x", "value": "a"}]', [{"value": "a"}]),
        ("[not json", "[not json"),
        ({"id": 1, "a": "", "b": None, "c": [], "d": {}, "e": 0, "f": False}, {"e": 0, "f": False}),
        ((1, {"id": 2}), [1, {}]),
        ({"a": {"b": {"id": 3}}}, {}),
        (7, 7),
    ],
)
def test_what_is_left_of_a_value(value, plain):
    assert text.plain(value) == plain


def test_who_and_when_are_no_text():
    content = {"steps": "Lie.", "slug": "x", "live": True, "id": 3, "summary": ""}
    assert text.text_of(content) == {"steps": "Lie."}
    assert text.fingerprint(content) == text.fingerprint({"steps": "Lie."})
    assert text.fingerprint(content) != text.fingerprint({"steps": "Sit."})

    # What was signed under an earlier release has to be the same under this one.
    stored = hashlib.sha256('{"a": 1, "b": "é"}'.encode()).hexdigest()
    assert text.fingerprint({"b": "é", "a": 1}) == stored


@pytest.fixture
def people(django_user_model):
    return [django_user_model.objects.create_user(name) for name in ("edith", "rita", "otto")]


@pytest.fixture
def exercise(db):
    return Exercise.objects.create(
        key="one", name="One", kind="stretch", position="lying", steps="Lie."
    )


def write(thing, user, **changes):
    for name, value in changes.items():
        setattr(thing, name, value)
    thing.save_revision(user=user)


def test_the_last_who_changed_the_text(exercise, people):
    edith, rita, otto = people
    assert authorship.last_writer(exercise) is None
    write(exercise, edith)
    assert authorship.last_writer(exercise) == edith.pk
    write(exercise, rita, steps="Sit.")
    for _ in range(12):
        write(exercise, otto)
    assert authorship.last_writer(exercise) == rita.pk
    assert authorship.wrote(rita, exercise) and not authorship.wrote(edith, exercise)
    write(exercise, otto, steps="Lie.")
    assert authorship.last_writer(exercise) == otto.pk


def test_the_author_is_who_is_named_or_began(exercise, people):
    edith, rita, otto = people
    assert authorship.author_id(exercise) is None
    write(exercise, edith)
    write(exercise, rita, steps="Sit.")
    assert authorship.author_id(exercise) == edith.pk
    exercise.author_id = otto.pk
    assert authorship.author_id(exercise) == otto.pk
    assert authorship.wrote(otto, exercise) and not authorship.wrote(edith, exercise)


def test_only_an_owner_skips_the_review(exercise, people):
    edith, rita, _otto = people
    write(exercise, edith)
    owner = get_user_model().objects.create_superuser("olga")
    assert authorship.may_skip_review(owner, exercise)
    assert not authorship.may_skip_review(rita, exercise)
    edith.is_superuser = True
    assert not authorship.may_skip_review(edith, exercise)


def signed(thing, user, **about):
    thing.save_revision(user=user)
    thing.refresh_from_db()
    return sign_offs.sign(thing, user, **about)


def test_a_claim_is_of_exactly_this_text(exercise, people):
    edith, rita, _otto = people
    assert sign_offs.claim(exercise) is None
    first = signed(exercise, rita, today=TODAY, comment="Good.")
    assert (first.reviewer, first.reviewer_name, first.comment) == (rita, "", "Good.")
    assert (first.signed_on, first.next_review) == (TODAY, dt.date(2027, 11, 24))
    assert (first.profession, first.registration, first.changes) == ("", "", [])
    claim = sign_offs.claim(exercise)
    assert claim.sign_off == first and claim.is_whole and claim.history == (first,)
    exercise.steps = "Sit."
    assert sign_offs.claim(exercise) is None
    exercise.save()
    second = signed(exercise, rita, today=TODAY + dt.timedelta(days=1))
    assert second.changes == ["Steps"]
    assert sign_offs.claim(exercise).sign_off == second
    exercise.steps = "Lie."
    again = sign_offs.claim(exercise)
    assert again.sign_off == first and again.history == (first,)


@pytest.mark.postgresql
def test_what_was_left_out_is_a_change(exercise, people):
    exercise.summary = "Short."
    exercise.save()
    signed(exercise, people[1])
    exercise.summary, exercise.cautions = "", "Mind your back."
    exercise.save()
    second = signed(exercise, people[1])
    assert second.changes == ["Take care", "What it does for you"]
    second.revision.delete()
    exercise.refresh_from_db()
    exercise.steps = "Sit."
    exercise.save()
    assert signed(exercise, people[1]).changes == []


@pytest.mark.postgresql
def test_another_kinds_sign_off_is_no_claim(exercise, people):
    term = GlossaryTerm.objects.create(pk=exercise.pk, key="one", term="One", meaning="1.")
    signed(term, people[1])
    sign_offs.SignOff.objects.update(fingerprint=text.fingerprint_of(exercise))
    assert list(sign_offs.of(exercise)) == [] and sign_offs.claim(exercise) is None
    sign_offs.read_for([exercise])
    assert sign_offs.claim(exercise) is None and not sign_offs.of_pages().exists()


@pytest.mark.postgresql
def test_what_nobody_publishes(exercise, people):
    edith, rita, _otto = people
    write(exercise, edith)
    revision = exercise.latest_revision
    assert exercise.may_publish(rita, revision) is False
    row = signed(exercise, rita)
    assert exercise.may_publish(edith, revision) is True
    row.files = None  # as signed before files were looked at
    row.save()
    assert exercise.may_publish(edith, revision) is True


def test_what_is_to_be_checked_is_live(exercise):
    Exercise.objects.create(
        key="two", name="Two", kind="stretch", position="lying", steps="Sit.", live=False
    )
    assert [one.key for one in Exercise.to_be_checked()] == ["one"]


def test_pages_come_before_the_library():
    kinds = [(issubclass(model, Page), model._meta.label) for model in reviewed_models()]
    pages, others = (sorted(n for is_page, n in kinds if is_page is one) for one in (True, False))
    assert [name for _is_page, name in kinds] == pages + others and pages and others


@pytest.mark.postgresql
def test_claims_of_many_in_one_go(exercise, people, django_assert_num_queries):
    other = Exercise.objects.create(
        key="two", name="Two", kind="stretch", position="lying", steps="Sit."
    )
    signed(exercise, people[1], today=TODAY)
    both = list(Exercise.objects.filter(key__in=["one", "two"]).order_by("key"))
    sign_offs.read_for(both)
    assert [len(one.signed) for one in both] == [1, 0] and other.key == "two"
    with django_assert_num_queries(0):
        assert [bool(sign_offs.claim(one)) for one in both] == [True, False]
    sign_offs.read_for([])


@pytest.mark.parametrize(("days", "overdue"), [(0, False), (1, True)])
def test_when_a_review_is_overdue(exercise, people, time_machine, days, overdue):
    row = signed(exercise, people[1], today=TODAY)
    time_machine.move_to(dt.datetime(2027, 11, 24 + days, 12, tzinfo=dt.UTC))
    assert row.is_overdue is overdue
    assert Exercise.objects.get(pk=exercise.pk).needs_check is overdue


def test_what_reports_say_of_a_signature(exercise, people):
    assert (exercise.signed_by, exercise.signed_on, exercise.review_due) == ("", None, None)
    assert exercise.what_is_signed == "Nobody has signed this text" and exercise.needs_check
    people[1].first_name, people[1].last_name = "Rita", "Reviewer"
    signed(exercise, people[1], today=timezone.localdate())
    found = Exercise.objects.get(pk=exercise.pk)
    assert "Rita Reviewer" in found.signed_by and found.signed_on == timezone.localdate()
    assert found.review_due > timezone.localdate() and found.what_is_signed == "All of it"
    assert not found.needs_check and sign_offs.label(found) == f"education.exercise:{found.pk}"
    claim = sign_offs.Claim(found.claim.sign_off, {"a": "One", "b": "Two"})
    assert not claim.is_whole and claim.changed_names == "One, Two"


@pytest.mark.parametrize(
    ("signed_then", "now", "same"),
    [
        (None, {}, True),
        ({}, {}, True),
        ({"a": "1"}, {"a": "1", "b": "2"}, True),
        ({"a": "1"}, {"a": "2"}, False),
        ({"a": "1", "b": "2"}, {"a": "1"}, False),
    ],
)
def test_whether_files_are_as_they_were(signed_then, now, same):
    assert files.unchanged(signed_then, now) is same


def test_what_is_due_first(people):
    def thing(name, *, next_review=None, overdue=False, order=9):
        claim = None
        if next_review:
            row = SimpleNamespace(is_overdue=overdue, next_review=next_review)
            claim = SimpleNamespace(sign_off=row)
        made = type("Thing", (), {"__str__": lambda self: name})()
        made.claim, made.check_order = claim, order
        return made

    things = [
        thing("unsigned b"),
        thing("unsigned a"),
        thing("unsigned first", order=1),
        thing("changed late", next_review=TODAY),
        thing("changed", next_review=TODAY - dt.timedelta(1)),
        thing("overdue", next_review=TODAY, overdue=True),
        thing("long overdue", next_review=TODAY - dt.timedelta(9), overdue=True),
    ]
    found = [str(one) for one in sorted(things, key=due._urgency)]
    assert found == [
        "long overdue",
        "overdue",
        "changed",
        "changed late",
        "unsigned first",
        "unsigned a",
        "unsigned b",
    ]


def test_who_may_change_which_kind(people):
    owner = get_user_model().objects.create_superuser("olga")
    assert due.may_see(owner) and not due.may_see(people[0])
    assert due.may_change(owner, Exercise) and not due.may_change(people[0], Exercise)


@pytest.mark.postgresql
def test_who_deletes_what_was_published(people):
    owner = get_user_model().objects.create_superuser("olga")
    root = Page.objects.get(depth=1)
    page = root.add_child(instance=GuidePage(title="Calf", slug="calf", live=False))
    assert guards.may_delete(people[0], page)
    GuidePage.objects.update(first_published_at=timezone.now())
    assert not guards.may_delete(people[0], page) and not guards.may_delete(people[0], root)
    assert guards.may_delete(owner, page)
