"""Screens of the admin: one's own logins and second step, and for the owner everybody's."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model, update_session_auth_hash
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages
from wagtail.log_actions import log

from accounts import confirm, forms, notices, second_factor, sessions


def may_help_others(user: Any) -> bool:
    """The owner: whoever may change other people's logins."""
    return bool(user.is_active and user.has_perm("auth.change_user"))


def may_reset(user: Any, other: Any) -> bool:
    """Nobody helps themselves, and only a superuser helps a superuser."""
    return may_help_others(user) and user != other and (user.is_superuser or not other.is_superuser)


def head(title: str, *, icon: str = "lock", above: dict[str, str] | None = None) -> dict[str, Any]:
    """What Wagtail draws over a page: its title, and the way there from the first screen.

    `above`: the names of pages in between, by the names of their addresses.
    """
    way = {"wagtailadmin_home": _("Home")} | (above or {})
    crumbs = [{"url": reverse(page), "label": label} for page, label in way.items()]
    here = {"url": "", "label": title}
    return {"header_title": title, "header_icon": icon, "breadcrumbs_items": [*crumbs, here]}


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    context = {
        "logins": sessions.logins(now=timezone.now(), user=request.user.pk),
        "has_second_step": second_factor.has_one(request.user),
        "passkeys": second_factor.of(request.user, second_factor.Type.WEBAUTHN).order_by("pk"),
        "codes_left": second_factor.recovery_codes_left(request.user),
    } | head(_("Your logins"))
    return render(request, "accounts/own.html", context)


@confirm.required
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """A new password of one's own. All other logins of the user's end."""
    user = myself(request)
    form = forms.OwnPasswordForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        update_session_auth_hash(request, form.save())
        log(instance=user, action="wagtail.edit", user=user)
        messages.success(
            request, _("Your password is changed. You are logged out everywhere else.")
        )
        return redirect("staff-own")
    return change_page(request, form, title=_("Change your password"))


@confirm.required
@require_http_methods(["GET", "HEAD", "POST"])
def email(request: HttpRequest) -> HttpResponse:
    """Another email address of one's own. The old one gets a mail (accounts/notices.py)."""
    user = myself(request)
    form = forms.OwnEmailForm(request.POST if request.method == "POST" else None, instance=user)
    if form.is_valid():
        form.save()
        log(instance=user, action="wagtail.edit", user=user)
        messages.success(request, _("Your email address is changed."))
        return redirect("staff-own")
    return change_page(request, form, title=_("Change your email address"))


def myself(request: HttpRequest) -> User:
    """Not the lazy `request.user`, of which Wagtail would keep no record, and say nothing."""
    return User.objects.get(username=request.user.get_username())


def change_page(request: HttpRequest, form: Any, *, title: str) -> HttpResponse:
    context = {"form": form} | head(title, above={"staff-own": _("Your logins")})
    return render(request, "accounts/change.html", context)


@confirm.required
@require_http_methods(["GET", "HEAD", "POST"])
def new_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, in place of the old ones."""
    if not second_factor.has_one(request.user):
        return redirect("staff-own")
    if request.method != "POST":
        context = head(_("Make new recovery codes"), above={"staff-own": _("Your logins")})
        return render(request, "accounts/new_codes.html", context)
    codes = second_factor.new_recovery_codes(request.user)
    second_factor.stay_in(request, request.user)
    confirm.forget(request)
    notices.second_step("accounts.change_second_step", request.user)
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "next": "/admin/"})


@require_POST
def end_login(request: HttpRequest, pk: int) -> HttpResponse:
    """Log one browser out: one's own anywhere, and for the owner anybody's."""
    found = [one for one in sessions.logins(now=timezone.now()) if one.row.pk == pk]
    of_others = [one.row.user_id for one in found if one.row.user_id != request.user.pk]
    for owner_of_it in of_others:
        may_end(request.user, owner_of_it)
    sessions.end(found)
    messages.success(request, _("Logged out there."))
    return redirect("staff-logins" if of_others else "staff-own")


def may_end(user: Any, owner_of_it: int) -> None:
    """Log it, or raise `PermissionDenied`."""
    other = get_object_or_404(User, pk=owner_of_it)
    if not may_reset(user, other):
        raise PermissionDenied
    log(instance=other, action="accounts.end_login")


@require_safe
def everybody(request: HttpRequest) -> HttpResponse:
    """Who may come in, with what, and where they are logged in now."""
    if not may_help_others(request.user):
        raise PermissionDenied
    logins: dict[int, list[sessions.Login]] = {}
    for one in sessions.logins(now=timezone.now()):
        logins.setdefault(one.row.user_id, []).append(one)
    users = get_user_model().objects.filter(is_active=True).order_by("username")
    types = {user: set(ids.values()) for user, ids in second_factor.all_there().items()}
    rows = [
        {
            "user": user,
            "logins": logins.get(user.pk, []),
            "has_second_step": user.pk in types,
            "has_passkey": second_factor.Type.WEBAUTHN in types.get(user.pk, ()),
            "may_reset": may_reset(request.user, user),
        }
        for user in users
    ]
    return render(request, "accounts/everybody.html", {"rows": rows} | head(_("Staff logins")))


@confirm.required
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """A lost phone: out everywhere, and a new second step at the next login. Logged, and mailed."""
    other = get_object_or_404(User, pk=pk)
    if not may_reset(request.user, other):
        raise PermissionDenied
    if request.method != "POST":
        title = _("Reset a second step")
        context = {"other": other} | head(title, above={"staff-logins": _("Staff logins")})
        return render(request, "accounts/reset.html", context)
    second_factor.reset(other)
    sessions.end(sessions.logins(now=timezone.now(), user=other.pk))
    log(instance=other, action="accounts.reset_second_step")
    notices.send("second_step_changed", other)
    messages.success(request, _("They set up a new second step at their next login."))
    return redirect("staff-logins")
