"""What a browser keeps of a plan, where its patient asks for that.

The pages below /plan/kept/ come from the browser alone; the server has but a page that says that there
is nothing here, for anybody.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
def kept_plans(request: HttpRequest, reference: str = "") -> HttpResponse:
    """No plan is kept in this browser. Looks nothing up: any reference gets the same page."""
    return render(request, "plans/public/nothing_kept.html")


@require_safe
@cache_control(max_age=3600)
def plan_worker(request: HttpRequest) -> HttpResponse:
    """The service worker that answers with kept plans. Its scope is its folder."""
    folder = reverse("plan-worker").removesuffix("sw.js")
    context = {"static_url": settings.STATIC_URL, "folder": folder}
    text = render_to_string("plans/plan-sw.js", context)
    return HttpResponse(text, content_type="text/javascript")
