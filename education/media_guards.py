"""The doors to what is live, for pictures and films without their words: each says what is missing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from wagtail import hooks
from wagtail.models import Page

from clinic.review.guards import refuse_all, refuse_publication, to_publish
from education.guide.media import without_words


def not_published(missing: list[str]) -> str:
    return gettext("Saved as a draft, but not published: %(missing)s") % {
        "missing": " ".join(missing)
    }


@hooks.register("before_publish_page")
@hooks.register("before_publish")
def publish_with_words(request: HttpRequest, thing: Any) -> HttpResponse | None:
    missing = without_words(thing.get_latest_revision_as_object())
    return refuse_publication(request, thing, not_published(missing)) if missing else None


@hooks.register("before_bulk_action")
def publish_all_with_words(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    if action_type != "publish":
        return None
    for page in to_publish(request, [one for one in objects if isinstance(one, Page)]):
        if missing := without_words(page.get_latest_revision_as_object()):
            return refuse_all(request, f"{page}: {' '.join(missing)}")
    return None


@hooks.register("before_edit_page")
@hooks.register("before_edit_snippet")
def say_why_nobody_approves(request: HttpRequest, thing: Any) -> None:
    """A reviewer finds no “Approve” there: say why."""
    if request.method != "GET" or not getattr(thing, "workflow_in_progress", False):
        return
    if missing := without_words(thing.get_latest_revision_as_object()):
        reason = gettext("It cannot be approved yet: %(missing)s") % {"missing": " ".join(missing)}
        messages.warning(request, reason)
