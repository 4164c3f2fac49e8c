"""Addresses outside the page tree: search, counts, share pictures, offline reading."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from wagtail.models import Page

from clinic import throttle
from clinic.models import ClinicSettings
from clinic.network import client_network
from education import feedback
from education.guide.page_lookup import in_readers_language
from education.handout import make
from education.models import GuideIndexPage, GuidePage, HelpfulCount, ReadCount
from education.models.counts import Answer, Kind
from education.models.feedback import Missing
from education.models.shared import SharedPage
from education.search import search as find


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Guides, exercises and words. If nothing is found: all guides, and the phone number."""
    found = find(request.GET.get("q", ""))
    index = in_readers_language(GuideIndexPage.objects.live()).first()
    cards = index.cards(request) if index and not found.guides else []
    crumbs = [page.specific.as_crumb(request) for page in trail(index)]
    context = {"found": found, "cards": cards, "crumbs": crumbs}
    return render(request, "education/search.html", context)


def trail(index: GuideIndexPage | None) -> list[GuideIndexPage]:
    return [*index.trail, index] if index else []


def is_same_origin(request: HttpRequest) -> bool:
    """Whether the form was on one of our pages. There is no cookie, so no CSRF token to compare."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(origin).netloc == request.get_host()


def may_count(request: HttpRequest) -> bool:
    """Within the limit of counts per network (`settings.LIMITS`), which keeps robots out."""
    return throttle.spend("count", client_network(request), now=timezone.now())


@csrf_exempt
@require_POST
def helpful(request: HttpRequest, pk: int) -> HttpResponse:
    """Count one answer. Stores no address and no cookie, and not who answered."""
    page = get_object_or_404(GuidePage.objects.live().public(), pk=pk)
    if not is_same_origin(request):
        return HttpResponseForbidden("From another site\n", content_type="text/plain")
    answer = request.POST.get("answer")
    if answer in Answer.values and may_count(request):
        HelpfulCount.add(page.pk, day=timezone.localdate(), answer=answer)
    return redirect(f"{page.get_url(request)}?thanks=1#helpful")


@csrf_exempt
@require_POST
def missing(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what a reader missed in a guide, without who it was."""
    page = get_object_or_404(GuidePage.objects.live().public(), pk=pk)
    if not is_same_origin(request):
        return HttpResponseForbidden("From another site\n", content_type="text/plain")
    text = feedback.clean(request.POST.get("text", ""))
    if text and may_count(request):
        Missing.add(page.pk, text, day=timezone.localdate())
    return redirect(f"{page.get_url(request)}?thanks={'2' if text else '1'}#helpful")


@csrf_exempt
@require_POST
def read(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Count that a page was read, as its script reports. The script ignores the response."""
    page = get_object_or_404(GuidePage.objects.live().public(), pk=pk)
    if kind not in Kind.values:
        raise Http404
    if not is_same_origin(request):
        return HttpResponseForbidden("From another site\n", content_type="text/plain")
    if may_count(request):
        ReadCount.add(page.pk, day=timezone.localdate(), kind=kind)
    return HttpResponse(status=204)


@require_safe
@cache_control(public=True, max_age=3600)
def share_picture(request: HttpRequest, pk: int) -> HttpResponse:
    """The picture of a shared link: the page's title, a line about it, and the clinic."""
    page = get_object_or_404(Page.objects.live().public(), pk=pk).specific
    if not isinstance(page, SharedPage):
        raise Http404
    clinic = ClinicSettings.current(request)
    picture = make.picture(*page.share_words, clinic, drawing=page.share_drawing)
    return HttpResponse(picture, content_type="image/png")


@require_safe
@cache_control(max_age=3600)
def guides_worker(request: HttpRequest) -> HttpResponse:
    """The service worker that stores guides for offline reading. Its scope is its folder."""
    folder = reverse("guides-worker").removesuffix("sw.js")
    context = {"static_url": settings.STATIC_URL, "folder": folder}
    text = render_to_string("education/guides-sw.js", context)
    return HttpResponse(text, content_type="text/javascript")
