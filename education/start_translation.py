"""The admin's page that starts a translation of a page or of an entry of the library."""

from typing import Any, cast

from django import forms
from django.apps import apps
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.models import Page

from clinic.models import other_languages
from education.models.translated import Following
from education.translation import start_page, start_snippet


class LanguageForm(forms.Form):
    language = forms.ChoiceField(label=_("Translate into"), choices=other_languages)


def start_translation(request: HttpRequest, label: str, pk: int) -> HttpResponse:
    """Ask for the language, then make the drafts and open the one that was asked for."""
    thing = original(label, pk)
    if not may_translate(request.user, thing):
        raise PermissionDenied
    form = LanguageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = start(thing, form.cleaned_data["language"])
        messages.success(
            request,
            gettext(
                "“%(thing)s” is ready to be translated: write over the words of the original, save the "
                "draft, and send it to clinical review."
            )
            % {"thing": made},
        )
        return redirect(edit_url(made, request.user))
    context = {
        "form": form,
        "page_title": gettext("Translate"),
        "page_subtitle": str(thing),
        "header_icon": "globe",
    }
    return render(request, "education/admin/start_translation.html", context)


def edit_url(made: Any, user: Any) -> str:
    """A page's is not asked of Wagtail, which remembers what the user could do before this request."""
    if isinstance(made, Page):
        return reverse("wagtailadmin_pages:edit", args=[made.pk])
    return str(AdminURLFinder(user).get_edit_url(made))


def original(label: str, pk: int) -> Any:
    """Raises `Http404` for anything that is no original of ours."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        raise Http404 from None
    if not issubclass(model, Following):
        raise Http404
    thing: Any = get_object_or_404(cast(Any, model), pk=pk)
    if thing.original:
        raise Http404
    return thing


def may_translate(user: Any, thing: Any) -> bool:
    """Who may write new pages, or new entries of the library."""
    if isinstance(thing, Page):
        above = thing.get_ancestors(inclusive=True).get(depth=2)
        return bool(above.permissions_for_user(user).can_add_subpage())
    return bool(user.has_perm(f"{thing._meta.app_label}.add_{thing._meta.model_name}"))


def start(thing: Any, language: str) -> Any:
    if isinstance(thing, Page):
        return start_page(thing, language)[-1]
    return start_snippet(thing, language)
