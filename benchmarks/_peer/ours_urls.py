"""An empty view, and the guide through Django's own page cache, beside the real addresses."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.cache import cache_page
from wagtail.views import serve

from clinic.urls import handler500 as handler500
from clinic.urls import urlpatterns as ours


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@cache_page(600)
def through_djangos_cache(request: HttpRequest) -> HttpResponse:
    response = serve(request, "guides/iliopsoas/").render()
    response.for_everybody = False
    return response


urlpatterns = [
    path("empty", empty),
    path("through-djangos-cache", through_djangos_cache),
    *ours,
]
