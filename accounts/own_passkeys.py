"""Screens of the admin: a passkey of one's own is added or removed, with the password once more."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from accounts import confirm, forms, notices, overview, passkeys, second_factor, sessions

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@confirm.required
@get_or_post
def add_passkey(request: HttpRequest) -> HttpResponse:
    """After the app alone: the recovery codes come with that."""
    if not second_factor.has_one(request.user):
        messages.error(request, _("Set up your app first: the recovery codes come with it."))
        return redirect("staff-own")
    posted = request.POST if request.method == "POST" else None
    browser = sessions.browser_name(request.headers.get("User-Agent", ""))
    form = forms.NewPasskeyForm(posted, initial={"name": browser})
    if form.is_valid():
        name, answer = form.cleaned_data["name"], form.cleaned_data["credential"]
        if passkeys.add(request, request.user, name=name, answer=answer, now=timezone.now()):
            notices.second_step("accounts.add_passkey", request.user)
            messages.success(request, _("The passkey is added."))
            return redirect("staff-own")
        form.add_error(None, forms.NOT_ADDED)
    context = {
        "form": form,
        "options": passkeys.options_to_add(request, request.user, now=timezone.now()),
        "origin": passkeys.place(request).origin,
    }
    return render(request, "accounts/add_passkey.html", context | passkey_head(_("Add a passkey")))


def passkey_head(title: str) -> dict[str, Any]:
    return overview.head(title, icon="key", above={"staff-own": _("Your logins")})


@confirm.required
@get_or_post
def remove_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    """Whatever it let in elsewhere is logged out."""
    passkey = get_object_or_404(
        Authenticator, pk=pk, user_id=request.user.pk, type=second_factor.Type.WEBAUTHN
    )
    if request.method == "POST":
        passkey.delete()
        second_factor.stay_in(request, request.user)
        notices.second_step("accounts.remove_passkey", request.user)
        messages.success(request, _("The passkey is removed."))
        return redirect("staff-own")
    context = {"passkey": passkey.wrap()} | passkey_head(_("Remove a passkey"))
    return render(request, "accounts/remove_passkey.html", context)
