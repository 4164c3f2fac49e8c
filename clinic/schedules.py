"""Dates between which a page or library entry is public."""

from typing import Any

from django.utils import timezone
from wagtail.admin.forms.models import WagtailAdminDraftStateFormMixin

checked_by_wagtail = WagtailAdminDraftStateFormMixin.clean


def clean(form: Any) -> Any:
    """An end that has passed, and that nobody touched, is cleared: else it blocks every later save."""
    end = form.cleaned_data.get("expire_at")
    if end and end < timezone.now() and "expire_at" not in form.changed_data:
        form.cleaned_data["expire_at"] = None
    return checked_by_wagtail(form)


def install() -> None:
    WagtailAdminDraftStateFormMixin.clean = clean
