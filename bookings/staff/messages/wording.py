"""What each message says: staff's own words, with placeholders, a preview, and the way back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from bookings.messages import compose
from bookings.messages.defaults import KINDS
from bookings.messages.placeholders import PLACEHOLDERS
from bookings.messages.previews import preview
from bookings.models import MessageTemplate
from bookings.permissions import can_word

HOME = "wagtailadmin_home"


class WordingForm(forms.ModelForm[MessageTemplate]):
    class Meta:
        model = MessageTemplate
        fields = ["subject", "heading", "body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 14})}
        help_texts = {
            "subject": gettext_lazy(
                "Shows on locked phones: nothing about health. {reference} and {clinic} can stand here."
            ),
            "body": gettext_lazy(
                "An empty line begins a new paragraph, “- ” a bullet. A paragraph whose placeholder "
                "has nothing to say is left out. The button to the patient’s page, your phone number "
                "and your address follow by themselves."
            ),
        }

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        whole = {name: cleaned.get(name, "") for name in self._meta.fields or ()}
        for name, found in compose.problems(self.kind, whole).items():
            if name in cleaned:
                for problem in found:
                    self.add_error(name, problem)
        return cleaned


def check_may_word(request: HttpRequest, kind: str = "verify", language: str = "") -> None:
    if not can_word(request.user):
        raise PermissionDenied
    if kind not in KINDS or language not in {"", *dict(settings.LANGUAGES)}:
        raise Http404


def crumbs(*last: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"url": reverse(HOME), "label": _("Home")},
        {"url": reverse("desk:messages"), "label": _("Messages")},
        {"url": reverse("desk:wordings"), "label": _("Wording")},
        *last,
    ]


@require_safe
def wordings(request: HttpRequest) -> HttpResponse:
    """Every kind of message in every language, and whose words it has."""
    check_may_word(request)
    own = {
        (row.kind, row.language): row
        for row in MessageTemplate.objects.select_related("changed_by")
    }
    context = {
        "header_title": _("Wording of messages"),
        "header_icon": "edit",
        "breadcrumbs_items": crumbs()[:-1] + [{"url": "", "label": _("Wording")}],
        "languages": settings.LANGUAGES,
        "texts_on": bool(settings.SMS_BACKEND),
        "rows": [
            (name, kind, [(c, label, own.get((name, c))) for c, label in settings.LANGUAGES])
            for name, kind in KINDS.items()
        ],
    }
    return render(request, "bookings/staff/wordings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def wording(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """Write one message anew. "Preview" shows what is typed and saves nothing."""
    check_may_word(request, kind, language)
    row = MessageTemplate.objects.filter(kind=kind, language=language).first()
    own = row or MessageTemplate(kind=kind, language=language)
    with translation.override(language):
        default = KINDS[kind].default
    form = WordingForm(
        request.POST or None, instance=own, kind=kind, initial={} if row else default
    )
    valid = request.method == "POST" and form.is_valid()
    if valid and request.POST.get("action") != "preview":
        form.instance.changed_at = timezone.now()
        form.instance.changed_by = request.user  # type: ignore[assignment]
        form.save()
        messages.success(request, _("Saved. New messages say this from now on."))
        return redirect("desk:wording", kind, language)
    shown = form.cleaned_data if valid else None
    label = KINDS[kind].label
    context = {
        "form": form,
        "row": row,
        "kind": kind,
        "language": language,
        "language_name": dict(settings.LANGUAGES)[language],
        "placeholders": [(n, text) for n, text in PLACEHOLDERS.items() if n in KINDS[kind].known],
        "preview": preview(kind, language, shown) if valid or not form.is_bound else None,
        "header_title": label,
        "header_icon": "edit",
        "breadcrumbs_items": crumbs({"url": "", "label": label}),
    }
    return render(
        request, "bookings/staff/wording.html", context, status=422 if form.errors else 200
    )


@require_POST
def reset_wording(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """Back to the default, which is gone only as far as staff changed it."""
    check_may_word(request, kind, language)
    MessageTemplate.objects.filter(kind=kind, language=language).delete()
    messages.success(request, _("New messages have the default wording again."))
    return redirect("desk:wording", kind, language)
