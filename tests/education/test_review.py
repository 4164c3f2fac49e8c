"""A guide goes live through someone who did not write it; dates are set, told and reported."""

import datetime as dt
import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Workflow

from bookings.worker.jobs import run_due
from clinic.dates import months_after
from education.models import Exercise, GuidePage
from tests.education.review import approve, submit


def test_approval_publishes_and_signs(client, draft, editor, reviewer):
    submit(draft, editor)

    approve(draft, reviewer)

    today = timezone.localdate()
    assert draft.live
    signed = draft.claim.sign_off
    assert signed.reviewer == reviewer
    assert (signed.signed_on, signed.next_review) == (today, months_after(today, 12))
    html = client.get(draft.url).content.decode()
    assert "Rita Example" in html
    assert '"reviewedBy"' in html


def test_the_author_cannot_approve(draft, editor):
    editor.groups.add(Group.objects.get(name="Clinical reviewer"))
    submit(draft, editor)
    state = draft.current_workflow_task_state

    assert "approve" not in [a[0] for a in state.task.specific.get_actions(draft, editor)]
    with pytest.raises(PermissionDenied):
        state.task.specific.on_action(state, editor, "approve")
    draft.refresh_from_db()
    assert not draft.live


def test_who_last_edited_cannot_approve(draft, editor, reviewer):
    draft.title = "Calf, changed"
    draft.save_revision(user=reviewer)
    submit(draft, editor)

    with pytest.raises(PermissionDenied):
        approve(draft, reviewer)


def test_scheduled_publishing_after_approval(draft, editor, reviewer, time_machine):
    draft.go_live_at = timezone.now() + dt.timedelta(hours=1)
    draft.save_revision(user=editor)
    submit(draft, editor)
    approve(draft, reviewer)
    assert not draft.live

    assert "publish" in run_due(now=timezone.now())
    draft.refresh_from_db()
    assert not draft.live

    time_machine.move_to(timezone.now() + dt.timedelta(hours=2))
    run_due(now=timezone.now())

    draft.refresh_from_db()
    assert draft.live
    assert draft.claim.sign_off.reviewer == reviewer


def test_the_editor_has_a_schedule_and_comments(client, draft, admin_user):
    client.force_login(admin_user)

    form = client.get(reverse("wagtailadmin_pages:edit", args=[draft.pk])).context["form"]

    assert {"go_live_at", "expire_at"} <= set(form.fields)
    assert "comments" in form.formsets


def publish_in_admin(client, page):
    return client.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        {
            "title": page.title,
            "slug": page.slug,
            "headline": "",
            "introduction": "Changed.",
            "body-count": "0",
            "author": page.author_id or "",
            "comments-TOTAL_FORMS": 0,
            "comments-INITIAL_FORMS": 0,
            "action-publish": "1",
        },
    )


@pytest.mark.postgresql
def test_a_reviewer_cannot_publish_past_the_workflow(client, draft, reviewer):
    client.force_login(reviewer)

    publish_in_admin(client, draft)

    draft.refresh_from_db()
    assert not draft.live


def test_an_owner_publishes_but_not_as_author(client, draft, editor):
    owner = get_user_model().objects.create_superuser("olga", "olga@example.org", "x")
    client.force_login(owner)
    publish_in_admin(client, draft)
    draft.refresh_from_db()
    assert draft.live
    draft.unpublish()
    GuidePage.objects.filter(pk=draft.pk).update(author=owner)
    draft.refresh_from_db()
    draft.save_revision(user=owner)

    publish_in_admin(client, draft)

    draft.refresh_from_db()
    assert not draft.live


@pytest.mark.postgresql
def test_guides_and_library_have_the_workflow(guide):
    workflow = Workflow.objects.get(name="Clinical review")

    assert guide.get_workflow() == workflow
    assert Exercise.objects.first().get_workflow() == workflow


def test_report_and_dashboard_name_what_is_due(client, guide):
    client.force_login(get_user_model().objects.create_superuser("o", "o@example.org", "x"))

    assert "The Iliopsoas" in client.get(reverse("guide_reviews")).content.decode()
    assert "To be checked by a clinician" in client.get("/admin/").content.decode()
    export = client.get(reverse("guide_reviews"), {"export": "xlsx"})
    assert "spreadsheet" in export["Content-Type"]


@pytest.mark.postgresql
@pytest.mark.parametrize("address", ["guide_reviews", "guide_readers"])
def test_reports_leave_the_template_guide_out(client, guide, admin_user, address):
    client.force_login(admin_user)
    listed = client.get(reverse(address)).context["object_list"]
    assert "The Iliopsoas" in [page.title for page in listed]
    assert not [page.title for page in listed if page.title.startswith("Template:")]


@pytest.mark.parametrize("name", ["exercise", "glossaryterm"])
def test_the_library_says_what_is_live_in_words(client, guide, admin_user, name):
    client.force_login(admin_user)
    page = client.get(reverse(f"wagtailsnippets_education_{name}:list")).content.decode()
    cells = [cell.strip() for cell in re.findall(r"<td[^>]*>([^<]*)</td>", page)]
    assert not {"True", "False"} & set(cells)
    assert "w-status" in page


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (dt.date(2024, 2, 29), 12, dt.date(2025, 2, 28)),
        (dt.date(2025, 12, 31), 2, dt.date(2026, 2, 28)),
        (dt.date(2026, 1, 15), 12, dt.date(2027, 1, 15)),
    ],
)
def test_months_after(day, months, then):
    assert months_after(day, months) == then
