"""The safety questions in the admin, beside the guide library, and what their doors refuse."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.ui.tables import Column, LiveStatusTagColumn, UpdatedAtColumn
from wagtail.snippets.views.snippets import SnippetViewSet

from bookings.models import SafetyQuestions
from bookings.models.unsigned import newest_for
from clinic.columns import LabelledColumn


def services(questions: SafetyQuestions) -> str:
    original = questions.translation_of or questions
    return ", ".join(original.services.values_list("name", flat=True))


class SafetyQuestionsViewSet(SnippetViewSet):
    model = SafetyQuestions
    icon = "warning"
    menu_label = _("Safety questions")
    menu_order = 255
    add_to_admin_menu = True
    # A translation begins as a copy of its original.
    copy_view_enabled = True
    list_display = [
        "name",
        "language",
        Column("services", label=_("Services"), accessor=services),
        LiveStatusTagColumn(label=_("Status")),
        LabelledColumn("what_is_signed", label=_("What is signed")),
        LabelledColumn("review_due", label=_("Next review due")),
        UpdatedAtColumn(),
    ]
    list_filter = ["language", "live"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return SafetyQuestions.objects.select_related("translation_of")

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """On a phone each row is a card (staff.css): columns would be a letter wide."""
        shown = {"table_classname": "listing desk-table"}
        return dict(super().get_index_view_kwargs(**kwargs)) | shown


@hooks.register("before_delete_snippet")
def keep_what_is_asked(request: HttpRequest, things: list[Any]) -> HttpResponse | None:
    """A service never loses its questions, nor a translation its original."""
    for thing in things:
        if not isinstance(thing, SafetyQuestions):
            continue
        if thing.services.exists() or thing.translations.exists():
            reason = gettext(
                "“%(thing)s” is asked by a service or translated. Unpublish it instead: the "
                "service is then closed for patients."
            ) % {"thing": thing}
            messages.error(request, reason)
            return redirect(AdminURLFinder(request.user).get_edit_url(thing) or "wagtailadmin_home")
    return None


@hooks.register("after_publish")
def say_what_it_closes(request: HttpRequest, thing: Any) -> None:
    """Published past the review: its services are closed until somebody answers for it."""
    if not isinstance(thing, SafetyQuestions):
        return
    original = thing.translation_of or thing
    if not original.unsigned_texts():
        return
    closed = [
        s.name for s in original.services.filter(active=True) if not newest_for(s.pk, original)
    ]
    if closed:
        text = gettext(
            "No clinician has signed this, so patients cannot book %(names)s. Have it reviewed, or open "
            "the service under Clinic, Services."
        )
        messages.warning(request, text % {"names": ", ".join(closed)})
