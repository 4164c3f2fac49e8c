"""The review has no side doors: what nobody signed does not stand as signed."""

import datetime as dt
import json
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from wagtail.models import TaskState

from bookings.models import SafetyQuestions
from bookings.roles import make_roles
from clinic.review import authorship, sign_offs
from education.models import Exercise, GlossaryTerm, GuideIndexPage, GuidePage, Reference
from tests.education.review import approve, new_guide, person, sign, submit

KINDS = [
    (
        Exercise,
        {"key": "new", "name": "New", "kind": "stretch", "position": "lying", "steps": "Lie."},
    ),
    (Reference, {"key": "new", "authors": "A", "title": "T", "year": 2024, "kind": "trial"}),
    (GlossaryTerm, {"key": "new", "term": "new", "meaning": "Not old."}),
]
pytestmark = pytest.mark.usefixtures("seeded")


def snippet_url(thing, view="edit"):
    return reverse(thing.snippet_viewset.get_url_name(view), args=[thing.pk])


def posted(client, thing, **data):
    """What the edit form would send as it is, with some of it changed."""
    form = client.get(snippet_url(thing)).context["form"]
    values = {name: form[name].value() for name in form.fields}
    filled = {n: value for n, value in values.items() if value is not None and value is not False}
    response = client.post(snippet_url(thing), filled | data)
    assert response.status_code == 302, response.context["form"].errors
    return response


def draft_of(model, fields, user):
    thing = model.objects.create(**fields, live=False)
    thing.save_revision(user=user)
    return thing


@pytest.mark.parametrize(("model", "fields"), KINDS)
def test_approving_a_snippet_publishes_it(client, editor, reviewer, model, fields):
    thing = draft_of(model, fields, editor)
    submit(thing, editor)
    client.force_login(reviewer)

    posted(client, thing, **{"action-workflow-action": "1", "workflow-action-name": "approve"})

    thing.refresh_from_db()
    assert thing.live
    assert thing.current_workflow_state is None
    assert thing.claim.sign_off.reviewer == reviewer
    assert TaskState.objects.get(status="approved").revision == thing.latest_revision


@pytest.mark.parametrize(("model", "fields"), KINDS)
def test_a_reviewer_cannot_publish_their_own(client, reviewer, model, fields):
    thing = draft_of(model, fields, reviewer)
    client.force_login(reviewer)

    response = posted(client, thing, **{"action-publish": "1"})

    thing.refresh_from_db()
    assert not thing.live
    assert response.status_code == 302
    assert "clinical review" in client.get(response["Location"]).content.decode()


def test_a_reviewer_cannot_change_and_approve(client, editor, reviewer):
    thing = draft_of(*KINDS[0], editor)
    submit(thing, editor)
    client.force_login(reviewer)

    posted(
        client,
        thing,
        steps="Stand.",
        **{"action-workflow-action": "1", "workflow-action-name": "approve"},
    )

    thing.refresh_from_db()
    assert not thing.live
    assert not sign_offs.of(thing).exists()
    assert "somebody else has to approve it" in client.get("/admin/").content.decode()


def test_last_years_reviewer_checks_again(editor, reviewer):
    guide = new_guide(editor)
    submit(guide, editor)
    approve(guide, reviewer)
    guide.slug = "lower-leg"
    guide.save_revision(user=reviewer)

    submit(guide, editor)
    approve(guide, reviewer)

    assert guide.live
    assert sign_offs.of(guide).count() == 2


@pytest.mark.postgresql
def test_an_old_sign_off_revision_is_no_writing(editor, reviewer):
    guide = new_guide(editor)
    guide.clinical_reviewer, guide.last_reviewed = reviewer, dt.date(2025, 1, 2)
    guide.save_revision(user=reviewer)

    submit(guide, editor)
    approve(guide, reviewer)

    assert guide.live


@pytest.mark.postgresql
def test_who_sent_it_cannot_approve(editor, reviewer):
    guide = new_guide(editor)
    submit(guide, reviewer)
    task = guide.current_workflow_task_state.task.specific
    other = person("otto", "Clinical reviewer")
    offered = {u: [a[0] for a in task.get_actions(guide, u)] for u in (reviewer, other)}
    assert "approve" not in offered[reviewer] and "approve" in offered[other]
    with pytest.raises(PermissionDenied):
        approve(guide, reviewer)
    assert not sign_offs.of(guide).exists()
    approve(guide, other)
    guide.refresh_from_db()
    assert guide.live


def test_a_revision_without_a_change_is_no_writing(editor, reviewer):
    """Of whoever saved a text first, then another, then the same once more: the second wrote it."""
    guide = new_guide(editor)
    second, third = person("sam", "Clinical reviewer"), person("tom", "Clinical reviewer")
    assert authorship.last_writer(guide) == editor.pk
    guide.introduction = "The calf, again."
    for user in (second, third, third):
        guide.save_revision(user=user)
    assert authorship.last_writer(guide) == second.pk
    submit(guide, editor)
    with pytest.raises(PermissionDenied):
        approve(guide, second)
    approve(guide, third)
    guide.refresh_from_db()
    assert guide.live and guide.claim.sign_off.reviewer == third


def claims(client, page):
    """Whether the page, its handout and its structured data say that somebody checked it."""
    html = client.get(page.url).content.decode()
    handout = client.get(f"{page.url}print/").content.decode()
    return ("Checked by" in html, '"reviewedBy"' in html, "Rita Example" in handout)


def test_a_signed_guide_says_who_checked_it(client, guide, reviewer):
    sign(guide, reviewer)

    assert claims(client, guide) == (True, True, True)


def test_publishing_past_the_review_ends_the_claim(client, guide, reviewer, admin_user):
    sign(guide, reviewer)
    guide.introduction = "Another text."
    guide.save_revision(user=admin_user).publish(user=admin_user)

    assert claims(client, guide) == (False, False, False)


@pytest.mark.postgresql
def test_a_changed_row_ends_the_claim(client, guide, reviewer):
    sign(guide, reviewer)
    GuidePage.objects.filter(pk=guide.pk).update(introduction="Typed into the database.")

    assert claims(client, guide) == (False, False, False)


def test_a_copy_carries_no_claim(client, guide, reviewer, admin_user):
    sign(guide, reviewer)
    copy = guide.copy(update_attrs={"slug": "copy"}, user=admin_user, keep_live=True)

    assert claims(client, copy) == (False, False, False)
    assert copy.author is None


def test_a_translation_carries_no_claim(guide, reviewer):
    sign(guide, reviewer)
    call_command("start_translation", "es", guide.url, verbosity=0)

    copied = guide.get_translations().get().specific
    assert sign_offs.claim(copied) is None


def test_an_alias_has_the_claim_of_its_original(guide, reviewer):
    sign(guide, reviewer)
    alias = guide.create_alias(update_slug="twin").specific

    assert sign_offs.claim(alias).sign_off.reviewer == reviewer


def test_a_new_slug_keeps_the_claim(client, guide, reviewer, admin_user):
    sign(guide, reviewer)
    guide.slug = "psoas"
    guide.save_revision(user=admin_user).publish(user=admin_user)

    assert claims(client, GuidePage.objects.get(pk=guide.pk)) == (True, True, True)


def test_saving_again_keeps_the_claim(guide, reviewer):
    sign(guide, reviewer)
    again = GuidePage.objects.get(pk=guide.pk)
    blocks = [{"type": b.block_type, "value": b.get_prep_value()["value"]} for b in again.body]
    again.body = json.dumps(blocks)
    again.save()

    assert GuidePage.objects.get(pk=guide.pk).claim


def test_a_changed_exercise_is_marked(client, guide, reviewer, admin_user):
    sign(guide, reviewer)
    exercise = Exercise.objects.get(key="lying-stretch")
    exercise.steps += "\nA step that nobody saw."
    exercise.save_revision(user=admin_user).publish(user=admin_user)

    html = client.get(guide.url).content.decode()
    pdf_line = client.get(f"{guide.url}print/").content.decode()

    assert '"reviewedBy"' not in html
    assert html.count("has changed since this guide was checked") == 1
    assert "Changed since then: Lying stretch" in html
    assert "Changed since then: Lying stretch" in pdf_line


@pytest.mark.postgresql
def test_an_exercise_taken_down_is_no_change(guide, reviewer):
    sign(guide, reviewer)
    Exercise.objects.get(key="lying-stretch").unpublish()

    assert GuidePage.objects.get(pk=guide.pk).claim.is_whole


def overdue(thing, reviewer):
    """Signed more than a year ago."""
    sign(thing, reviewer, today=timezone.localdate() - dt.timedelta(days=400))
    return str(thing)


@pytest.mark.postgresql
@pytest.mark.parametrize("role", ["Editor", "Clinical reviewer"])
def test_one_list_of_all_that_is_overdue(
    client, guide, reviewer, role, django_assert_max_num_queries
):
    kinds = (Exercise, Reference, GlossaryTerm, SafetyQuestions)
    due = [
        overdue(thing, reviewer)
        for thing in (guide, *(kind.objects.filter(live=True).first() for kind in kinds))
    ]
    done = Exercise.objects.filter(live=True).last()
    sign(done, reviewer)
    client.force_login(person("robin", role))

    with django_assert_max_num_queries(60):
        page = client.get(reverse("reviews_to_check"))

    listed = [str(row["thing"]) for row in page.context["rows"]]
    assert sorted(listed[:5]) == sorted(due)
    assert str(done) not in listed and len(listed) > 5
    rest = [row["kind"] for row in page.context["rows"]][5:]
    assert rest.index("Exercise") < rest.index("Reference")
    first = client.get("/admin/").content.decode()
    assert all(escape(name) in first for name in due) and "was due on" in first


@pytest.mark.postgresql
def test_what_waits_for_review_comes_first(client, editor, reviewer):
    """On the reviewer's first screen; the editor's own texts in review are above the same list."""
    term = draft_of(GlossaryTerm, {"key": "new", "term": "Newness", "meaning": "Not old."}, editor)
    submit(term, editor)
    for user, heading in ((reviewer, "Awaiting your review"), (editor, "in a workflow")):
        client.force_login(user)
        page = client.get("/admin/").content.decode()
        assert page.index(heading) < page.index("To be checked by a clinician")
        assert "Newness" in page[page.index(heading) : page.index("To be checked")]


def test_the_desk_does_not_review(client):
    make_roles()
    client.force_login(person("ruth", "Front desk"))
    assert client.get(reverse("reviews_to_check")).status_code == 302
    assert "overdue-reviews" not in client.get("/admin/").content.decode()


@pytest.mark.postgresql
def test_the_report_says_what_changed_since(client, guide, reviewer, admin_user):
    sign(guide, reviewer)
    Exercise.objects.filter(key="lying-stretch").update(steps="Other steps.")
    client.force_login(admin_user)

    html = client.get(reverse("guide_reviews")).content.decode()

    assert "Changed since: Lying stretch" in html
    assert "Lying stretch" in client.get("/admin/").content.decode()


@pytest.mark.postgresql
def test_the_snapshot_of_the_reviewer_stays(client, guide, reviewer):
    from accounts.models import Credentials

    Credentials.objects.create(
        user=reviewer, profession="Physiotherapist", registration="HCPC PH123456"
    )
    sign(guide, reviewer, comment="Doses and warnings.")
    reviewer.credentials.delete()

    html = client.get(guide.url).content.decode()

    assert "Physiotherapist, HCPC PH123456" in html
    assert "Doses and warnings." in html


def test_an_overdue_claim_is_told(client, guide, reviewer):
    sign(guide, reviewer, today=timezone.localdate() - dt.timedelta(days=400))

    assert "due for a clinical check" in client.get(guide.url).content.decode()


def test_the_author_gives_no_way_in(guide, editor, reviewer):
    guide.author = reviewer
    guide.save_revision(user=editor)
    submit(guide, editor)

    with pytest.raises(PermissionDenied):
        approve(guide, reviewer)


@pytest.mark.postgresql
def test_an_upgrade_keeps_earlier_reviews(editor, reviewer):
    guide = new_guide(editor)
    submit(guide, editor)
    approve(guide, reviewer, comment="Read twice.")
    sign_offs.of(guide).delete()
    migration = import_module("education.migrations.0010_sign_offs_of_earlier_reviews")

    migration.copy_reviews(apps, None)

    signed = sign_offs.claim(GuidePage.objects.get(pk=guide.pk)).sign_off
    assert (signed.reviewer, signed.reviewer_name) == (reviewer, "Rita Example")
    assert signed.comment == "Read twice."


@pytest.mark.postgresql
def test_a_translation_has_a_review_of_its_own(client, guide, editor, reviewer):
    call_command("start_translation", "es", guide.url, verbosity=0)
    copied = guide.get_translations().get().specific
    client.force_login(editor)

    assert client.get(f"/admin/pages/{copied.pk}/edit/").status_code == 200
    submit(copied, editor)
    approve(copied, reviewer)

    assert copied.live
    assert GuidePage.objects.get(pk=copied.pk).claim
    assert GuidePage.objects.get(pk=guide.pk).claim is None


def test_approving_says_what_it_did(client, editor, reviewer):
    model, fields = KINDS[0]
    thing = draft_of(model, fields, editor)
    submit(thing, editor)
    client.force_login(reviewer)
    posted(client, thing, **{"action-workflow-action": "1", "workflow-action-name": "approve"})
    page = client.get("/admin/account/").content.decode()
    assert f"You have approved “{thing}”, signed with your name. It is published." in page


@pytest.mark.postgresql
def test_publish_for_all_is_an_owners(client, reviewer):
    url = reverse("wagtailadmin_explore", args=[GuideIndexPage.objects.first().pk])
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    client.force_login(reviewer)
    page = client.get(url).content.decode()
    assert bulk not in page and "bulk-actions-buttons" in page
    client.force_login(person("olga", owner=True))
    assert bulk in client.get(url).content.decode()
