from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from wagtail.models import Page, Site

from clinic import error_page_context
from clinic.models import ClinicSettings


def clinic(request: HttpRequest) -> dict[str, object]:
    """`clinic` in every template: name, phone and safety wording, read only where it is used.

    `number_to_call` is the clinic's, or that of the location that the page is about (the view sets it on
    the request). `answer_hours` is by when the clinic promises an answer, in working hours; `top_pages`,
    which of the pages that header and footer lead to are there.
    """
    return {
        "clinic": SimpleLazyObject(
            lambda: error_page_context.remember(ClinicSettings.current(request))
        ),
        "number_to_call": SimpleLazyObject(lambda: number_to_call(request)),
        "answer_hours": settings.BOOKINGS["ANSWER_WITHIN_WORKING_HOURS"],
        "top_pages": SimpleLazyObject(lambda: top_pages(request)),
    }


def number_to_call(request: HttpRequest) -> object:
    number: object | None = getattr(request, "number_to_call", None)
    # Not `or`: to say whether a number is true, its number plan is looked up.
    return ClinicSettings.current(request).phone if number is None else number


def top_pages(request: HttpRequest) -> set[str]:
    """The slugs of the live pages right below the home page: a clinic may take down any of them.

    In the site's own language: a page that is not translated is shown in every other.
    """
    site = Site.find_for_request(request)
    if site is None:
        return set()
    live = Page.objects.child_of(site.root_page).live().order_by()
    return set(live.values_list("slug", flat=True))
