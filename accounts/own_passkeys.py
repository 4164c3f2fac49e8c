"""Screens of the admin: a passkey of one's own is added or removed, with the password once more."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from accounts import forms, overview, passkeys, second_factor, sessions
from accounts.models import Passkey
from clinic.models import ClinicSettings

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
ADDING = "adding-passkey"
ADDING_SECONDS = 15 * 60


@get_or_post
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Password, then name and passkey. After the app alone: the recovery codes come with that."""
    if not second_factor.has_one(request.user):
        messages.error(request, _("Set up your app first: the recovery codes come with it."))
        return redirect("staff-own")
    if not password_was_given(request):
        return ask_password(request)
    form = forms.NewPasskeyForm(posted(request), initial={"name": this_browser(request)})
    if request.method == "POST" and form.is_valid():
        if made_passkey(request, form.cleaned_data):
            del request.session[ADDING]
            messages.success(request, _("The passkey is added."))
            return redirect("staff-own")
        form.add_error(None, forms.NOT_ADDED)
    return name_and_make(request, form)


def posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def password_was_given(request: HttpRequest) -> bool:
    """In this very login, a moment ago."""
    began = request.session.get(ADDING, 0)
    return bool(timezone.now().timestamp() - began <= ADDING_SECONDS)


def ask_password(request: HttpRequest) -> HttpResponse:
    form = forms.PasswordAgainForm(posted(request), request=request)
    if request.method == "POST" and form.is_valid():
        request.session[ADDING] = int(timezone.now().timestamp())
        return redirect("staff-add-passkey")
    return password_page(request, form, title=_("Add a passkey"), button=_("Continue"))


def password_page(request: HttpRequest, form: Any, **shown: Any) -> HttpResponse:
    context = {"form": form} | shown | passkey_head(shown["title"])
    return render(request, "accounts/passkey_password.html", context)


def made_passkey(request: HttpRequest, given: dict[str, Any]) -> Passkey | None:
    return passkeys.add(
        user=request.user,
        name=given["name"],
        answer=given["answer"],
        session=request.session,
        place=passkeys.place(request),
        now=timezone.now(),
    )


def name_and_make(request: HttpRequest, form: Any) -> HttpResponse:
    place = passkeys.place(request)
    options = passkeys.options_to_add(
        user=request.user,
        clinic=ClinicSettings.current(request).name,
        session=request.session,
        place=place,
        now=timezone.now(),
    )
    context = {"form": form, "options": options, "origin": place.origin}
    context |= passkey_head(_("Add a passkey"))
    return render(request, "accounts/add_passkey.html", context)


def passkey_head(title: str) -> dict[str, Any]:
    return overview.head(title, icon="key", above={"staff-own": _("Your logins")})


def this_browser(request: HttpRequest) -> str:
    return sessions.browser_name(request.headers.get("User-Agent", ""))


@get_or_post
def remove_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    passkey = get_object_or_404(Passkey, pk=pk, user=request.user)
    form = forms.PasswordAgainForm(posted(request), request=request)
    if request.method == "POST" and form.is_valid():
        came_in_with_it = second_factor.came_in_with(request) == passkey
        passkeys.remove(passkey=passkey)
        if came_in_with_it:
            second_factor.stay_in(request)
        messages.success(request, _("The passkey is removed."))
        return redirect("staff-own")
    shown = {"title": _("Remove a passkey"), "button": _("Remove"), "passkey": passkey}
    return password_page(request, form, **shown)
