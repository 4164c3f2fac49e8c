"""A page that was renamed or moved still answers at its old address, in every language and part.

One redirect a page, made by Wagtail, stands for all of its parts (`print/`, `routine/`) and languages.
"""

from copy import copy
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from wagtail.contrib.redirects.middleware import RedirectMiddleware
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.redirects.signal_handlers import create_redirects
from wagtail.models import Page, Site
from wagtail.signals import page_slug_changed, post_page_move

MOST_PARTS = 12


class MovedPages(RedirectMiddleware):
    """Wagtail's redirects by hand first, then the address of a page that moved.

    Leads to live pages only, and never to the address that was asked for.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if response.status_code != 404 or "\0" in request.path_info:
            return response
        moved = moved_page(request)
        if moved is None:
            return by_hand(request, super().process_response(request, response), response)
        page, rest = moved
        if not page.live:
            return render(request, "410.html", status=410)
        address = new_address(page, rest)
        if not address or address == request.path_info:
            return response
        query = request.META.get("QUERY_STRING", "")
        answer = HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
        # A browser that keeps it would go in circles once the page is renamed back.
        answer["Cache-Control"] = "no-cache"
        return answer


def by_hand(request: HttpRequest, answer: HttpResponse, otherwise: HttpResponse) -> HttpResponse:
    """A redirect that staff wrote, unless it leads back here."""
    here = (request.get_host(), request.path_info)
    to = urlsplit(answer.get("Location", "/"))
    return otherwise if (to.netloc or here[0], to.path) == here else answer


def moved_page(request: HttpRequest) -> tuple[Any, list[str]] | None:
    """The page that was once at this address, and what comes after the page's own address."""
    site = Site.find_for_request(request)
    own = request.path_info
    addresses = [own, *(own.removeprefix(f"/{code}") for code, _ in settings.LANGUAGES)]
    for address in dict.fromkeys(addresses):
        parts = address.strip("/").split("/")[:MOST_PARTS]
        starts = {f"/{'/'.join(parts[:n])}": n for n in range(1, len(parts) + 1)}
        rows = Redirect.get_for_site(site).filter(
            automatically_created=True, old_path__in=starts, redirect_page__isnull=False
        )
        row = max(
            rows.select_related("redirect_page"), key=lambda one: len(one.old_path), default=None
        )
        if row is not None:
            return row.redirect_page.specific, parts[starts[row.old_path] :]
    return None


def new_address(page: Any, rest: list[str]) -> str:
    """Where this part of the page is now; empty where the page has no such part."""
    if not page.url or not rest:
        return str(page.url or "")
    part = "/".join(rest)
    try:
        page.resolve_subpage(f"/{part}/")
    except (AttributeError, Http404):
        return ""
    return f"{page.url}{part}/"


def was_public(page: Page) -> bool:
    """A draft has no readers to lead on."""
    return page.first_published_at is not None


def on_slug_change(instance: Page, instance_before: Page, **options: Any) -> None:
    if was_public(instance_before):
        redirect_from(instance_before.url_path, instance)
    forget_own_addresses(instance)


def on_move(instance: Page, url_path_after: str, url_path_before: str, **options: Any) -> None:
    if url_path_after != url_path_before:
        if was_public(instance):
            redirect_from(url_path_before, instance.specific)
        forget_own_addresses(instance)


def redirect_from(old_path: str, page: Page) -> None:
    """For the page and the live ones below it."""
    before = copy(page)
    before.url_path = old_path
    sites = [one.site_id for one in page._get_relevant_site_root_paths()]
    create_redirects(page, before, Site.objects.filter(pk__in=sites).exclude(root_page=page.pk))


def forget_own_addresses(page: Page) -> None:
    """No redirect is left from where the page, or one below it, stands again."""
    here = [page, *page.get_descendants()]
    found = [parts for parts in (one.get_url_parts() for one in here) if parts]
    addresses = {Redirect.normalise_path(path) for _, _, path in found if path}
    Redirect.objects.filter(automatically_created=True, old_path__in=addresses).delete()


def watch() -> None:
    """Instead of Wagtail's handlers, which lead from drafts too (`WAGTAILREDIRECTS_AUTO_CREATE`)."""
    page_slug_changed.connect(on_slug_change)
    post_page_move.connect(on_move)
