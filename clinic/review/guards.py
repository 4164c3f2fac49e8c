"""The admin's doors to what is live: each refuses with a reason, and says what to do instead."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from wagtail import hooks
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.panels import get_edit_handler
from wagtail.models import Page, ReferenceIndex, Site

from clinic.review import files
from clinic.review.authorship import may_skip_review
from clinic.review.reviewed import Reviewed


def through_review() -> str:
    return gettext(
        "This is published by clinical review, by someone who did not write it. "
        "Your changes are saved as a draft: choose “Submit to clinical review”."
    )


def refuse(request: HttpRequest, thing: Any, reason: str) -> HttpResponse:
    """Back to its form, or to the dashboard where there is none for this user."""
    messages.error(request, reason)
    return redirect(AdminURLFinder(request.user).get_edit_url(thing) or "wagtailadmin_home")


def may_publish(user: Any, thing: Any) -> bool:
    reviewed = isinstance(thing, Reviewed)
    return not reviewed or thing.may_publish(user, thing.latest_revision)


@hooks.register("before_publish_page")
@hooks.register("before_publish")
def publish_through_review(request: HttpRequest, thing: Any) -> HttpResponse | None:
    if may_publish(request.user, thing):
        return None
    return refuse_publication(request, thing, through_review())


def refuse_publication(request: HttpRequest, thing: Any, reason: str) -> HttpResponse:
    if thing.live and thing.first_published_at is None:
        # Wagtail has stored a page that is created and published at once as live before it asks.
        thing.live, thing.has_unpublished_changes = False, True
        thing.save(update_fields=["live", "has_unpublished_changes"])
    return refuse(request, thing, reason)


@hooks.register("before_edit_page")
@hooks.register("before_edit_snippet")
def explain_own_change(request: HttpRequest, thing: Any) -> None:
    """Who changes a text while approving it is refused (`ClinicalReviewTask`): say why."""
    reviewed = isinstance(thing, Reviewed)
    if not reviewed or request.POST.get("workflow-action-name") != "approve":
        return
    draft = thing.get_latest_revision_as_object()
    panels = get_edit_handler(type(thing))
    form = panels.get_form_class()(
        request.POST, request.FILES, instance=draft, for_user=request.user
    )
    if form.has_changed():
        messages.warning(
            request,
            gettext(
                "You changed the text, so it is saved as a draft, and somebody else has to approve it."
            ),
        )


@hooks.register("after_edit_page")
@hooks.register("after_edit_snippet")
def say_what_approving_did(request: HttpRequest, thing: Any) -> None:
    reviewed = isinstance(thing, Reviewed)
    if not reviewed or request.POST.get("workflow-action-name") != "approve":
        return
    now = thing._meta.default_manager.get(pk=thing.pk)
    published = now.live and not now.has_unpublished_changes and not now.workflow_in_progress
    text = (
        gettext("You have approved “%(thing)s”, signed with your name. It is published.")
        if published
        else gettext(
            "You have approved “%(thing)s”, signed with your name. It is not published yet."
        )
    )
    messages.success(request, text % {"thing": now})


@hooks.register("construct_page_action_menu")
@hooks.register("construct_snippet_action_menu")
def no_publish_button(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Show "Publish" only to an owner, who may skip the review."""
    thing = context.get("page") or context.get("instance") or context.get("model")
    reviewed = isinstance(thing, Reviewed) or (
        isinstance(thing, type) and issubclass(thing, Reviewed)
    )
    new = isinstance(thing, type) or thing is None or thing.pk is None
    if reviewed and (new or not may_skip_review(request.user, thing)):
        items[:] = [item for item in items if item.name != "action-publish"]


@hooks.register("before_bulk_action")
def bulk_through_review(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    pages = [one for one in objects if isinstance(one, Page)]
    if action_type == "publish" and not all(
        may_publish(request.user, page) for page in to_publish(request, pages)
    ):
        return refuse_all(request, through_review())
    if action_type in ("unpublish", "delete", "move") and any(map(is_site_root, pages)):
        return refuse_all(request, home_stays())
    if action_type == "delete":
        for row in files.among(objects):
            if reason := files.in_use(row):
                return refuse_all(request, reason, back=row.usage_url)
    if action_type == "delete" and not all(may_delete(request.user, page) for page in pages):
        return refuse_all(request, unpublish_instead())
    return None


def to_publish(request: HttpRequest, pages: list[Page]) -> Iterable[Any]:
    """The chosen pages, and drafts below them where those are to be published as well."""
    for page in pages:
        yield page.specific
        if request.POST.get("include_descendants"):
            yield from page.get_descendants().not_live().specific()


def refuse_all(
    request: HttpRequest, reason: str, back: str = "wagtailadmin_explore_root"
) -> HttpResponse:
    messages.error(request, reason)
    return redirect(back)


def home_stays() -> str:
    return gettext("The home page stays where it is: without it the site has no pages at all.")


def is_site_root(page: Page) -> bool:
    return Site.objects.filter(root_page=page.pk).exists()


def keep_home(request: HttpRequest, page: Page, *destination: Page) -> HttpResponse | None:
    return refuse(request, page, home_stays()) if is_site_root(page) else None


for name in ("before_unpublish_page", "before_delete_page", "before_move_page"):
    hooks.register(name, keep_home)


def unpublish_instead() -> str:
    return gettext(
        "Its history and its sign-offs would go with it, so only an owner deletes what was published. "
        "Unpublish it instead: visitors then no longer see it."
    )


def may_delete(user: Any, page: Page) -> bool:
    """Only an owner deletes a reviewed page that was ever published, or a page above one."""
    published = page.get_descendants(inclusive=True).exclude(first_published_at=None)
    return user.is_superuser or not any(isinstance(one, Reviewed) for one in published.specific())


@hooks.register("before_delete_page")
def delete_as_owner(request: HttpRequest, page: Page) -> HttpResponse | None:
    return None if may_delete(request.user, page) else refuse(request, page, unpublish_instead())


@hooks.register("before_copy_page")
def copy_no_home(request: HttpRequest, page: Page) -> HttpResponse | None:
    if not is_site_root(page):
        return None
    return refuse(request, page, gettext("The home page cannot be copied: a site has one."))


@hooks.register("before_delete_snippet")
def keep_what_is_used(request: HttpRequest, things: list[Any]) -> HttpResponse | None:
    """Nothing disappears from under a page. Unpublishing remains, for what must go at once."""
    for thing in things:
        if isinstance(thing, Reviewed) and (users := used_in(thing)):
            reason = gettext("“%(thing)s” is used in %(pages)s. Take it out there first.") % {
                "thing": thing,
                "pages": ", ".join(f"“{page}”" for page in users),
            }
            return refuse(request, thing, reason)
    return None


def used_in(thing: Any) -> list[Page]:
    """The pages, live or not, that show it."""
    found = ReferenceIndex.get_references_to(thing)
    ids = {row.object_id for row in found if row.base_content_type.model == "page"}
    return list(Page.objects.filter(pk__in=ids).order_by("title"))
