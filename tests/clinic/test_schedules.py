"""The dates between which a page is public."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.admin.panels import get_edit_handler

from education.models import GuidePage


def form_of(guide, user, **changes):
    """The form of a guide's editor, with the dates alone."""
    form_class = get_edit_handler(GuidePage).get_form_class()
    end = guide.expire_at.strftime("%Y-%m-%d %H:%M")
    form = form_class(
        {"expire_at": end, **changes},
        instance=guide,
        for_user=user,
        parent_page=guide.get_parent(),
    )
    form.fields = {name: form.fields[name] for name in ("expire_at", "go_live_at")}
    form.formsets = {}
    return form


@pytest.fixture
def ended(guide):
    guide.expire_at = (timezone.now() - timedelta(days=3)).replace(second=0, microsecond=0)
    guide.save()
    return guide


@pytest.mark.postgresql
def test_an_end_that_passed_is_cleared(ended, admin_user):
    form = form_of(ended, admin_user)

    assert form.is_valid(), form.errors
    assert form.cleaned_data["expire_at"] is None


def test_a_new_end_in_the_past_is_refused(ended, admin_user):
    form = form_of(ended, admin_user, expire_at="2020-01-01 10:00")

    assert "expire_at" in form.errors
