"""The way in: password, second step, setting one up, a forgotten password.

All of it in the public site's look and under its strict policy; only passkeys need JavaScript.
"""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as django_login
from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail.log_actions import log

from accounts import confirm, forms, known_browsers, passkeys, pauses, second_factor, sessions
from accounts.middleware import half_logged_in
from clinic import throttle
from clinic.models import ClinicSettings
from clinic.network import client_network
from clinic.views import too_many

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
NEXT = "next"
SETTING_UP = "setting-up"
SETTING_UP_SECONDS = 15 * 60


@method_decorator(never_cache, name="dispatch")
class LoginView(auth_views.LoginView):
    """User name and password. Whoever needs a second step is half-way in after it."""

    template_name = "accounts/login.html"
    authentication_form = forms.LoginForm
    redirect_field_name = NEXT

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and request.user.has_perm("wagtailadmin.access_admin"):
            return HttpResponseRedirect(self.get_success_url())
        if half_logged_in(request):
            return redirect(with_next("staff-code", self.get_redirect_url()))
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        begin_session(self.request, user)
        if second_factor.is_wanted(user):
            return redirect(with_next("staff-code", self.get_redirect_url()))
        return let_in(self.request, user, self.get_success_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        locked = getattr(self.request, "locked_out", False)
        page = self.render_to_response(self.get_context_data(form=form))
        if locked:
            page.status_code = 429
            page["Retry-After"] = str(throttle.wait_seconds("login-account"))
        return page


def begin_session(request: HttpRequest, user: Any, device: Any = None) -> None:
    """Log in under a new session key, so that one planted before is worth nothing."""
    if device:
        user.otp_device = device
    django_login(request, user)
    request.session.cycle_key()
    agent = request.headers.get("User-Agent", "")[:300]
    sessions.begin(request.session, browser=agent, now=timezone.now())


def let_in(request: HttpRequest, user: Any, to: str) -> HttpResponse:
    return known_browsers.remember(HttpResponseRedirect(to), user.get_username())


def with_next(name: str, to: str) -> str:
    return reverse(name) + (f"?{urlencode({NEXT: to})}" if to else "")


def wanted_page(request: HttpRequest) -> str:
    """Where the user wanted to go, if it is a page of ours; else the first screen."""
    to = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    safe = url_has_allowed_host_and_scheme(
        to, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return to if safe else reverse(settings.LOGIN_REDIRECT_URL)


@never_cache
@get_or_post
def code(request: HttpRequest) -> HttpResponse:
    """The second step: a code from the app, or a recovery code."""
    user = half_logged_in(request)
    if user is None:
        return redirect("wagtailadmin_login")
    if not second_factor.has_one(user):
        return redirect(with_next("staff-setup", wanted_page(request)))
    form = forms.CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        device = second_factor.check(
            user,
            form.cleaned_data["code"],
            browser=pauses.browser_of(request, user),
            now=timezone.now(),
        )
        if device:
            begin_session(request, user, device)
            return let_in(request, user, wanted_page(request))
        form.add_error("code", forms.WRONG_CODE)
    context = {"form": form, "next": wanted_page(request)} | passkey_offer(request, user)
    return render(request, "accounts/code.html", context)


def passkey_offer(request: HttpRequest, user: Any) -> dict[str, Any]:
    """What a page needs to ask for one of the user's passkeys; None where they have none."""
    place = passkeys.place(request)
    options = passkeys.options_to_use(
        user=user, session=request.session, place=place, now=timezone.now()
    )
    return {"origin": place.origin, "passkey": options}


@never_cache
@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """The second step by a passkey, from the page that asks for the code."""
    user = half_logged_in(request)
    if user is None:
        return redirect("wagtailadmin_login")
    found = used_passkey(request, user)
    if found:
        begin_session(request, user, found)
        return let_in(request, user, wanted_page(request))
    messages.error(request, forms.WRONG_PASSKEY)
    return redirect(with_next("staff-code", wanted_page(request)))


def used_passkey(request: HttpRequest, user: Any) -> Any:
    """The passkey that gave the posted answer; None for a wrong one."""
    form = forms.PasskeyForm(request.POST)
    if not form.is_valid():
        return None
    return passkeys.use(
        user=user,
        answer=form.cleaned_data["answer"],
        session=request.session,
        place=passkeys.place(request),
        browser=pauses.browser_of(request, user),
        now=timezone.now(),
    )


@never_cache
@sensitive_post_parameters()
@get_or_post
def confirm_page(request: HttpRequest) -> HttpResponse:
    """The password or a passkey once more, by whoever is in; then on to what is to be changed."""
    if not request.user.is_authenticated:
        return redirect("wagtailadmin_login")
    with_passkey = "answer" in request.POST
    data = request.POST if request.method == "POST" and not with_passkey else None
    form = forms.PasswordAgainForm(data, request=request)
    if form.is_valid() or (with_passkey and used_passkey(request, request.user)):
        confirm.note(request)
        return redirect(wanted_page(request))
    if with_passkey:
        messages.error(request, forms.WRONG_PASSKEY)
    context = {"form": form, "next": wanted_page(request)} | passkey_offer(request, request.user)
    return render(request, "accounts/confirm.html", context)


def who_sets_up(request: HttpRequest) -> Any:
    """Whoever is in; and whoever is half-way in and has no second step yet. Nobody else may."""
    user = half_logged_in(request)
    if user is not None:
        return None if second_factor.has_one(user) else user
    return request.user if request.user.is_authenticated else None


@never_cache
@sensitive_post_parameters()
@get_or_post
def setup(request: HttpRequest) -> HttpResponse:
    """Bring an app and an account together, and hand out the recovery codes."""
    user = who_sets_up(request)
    if user is None:
        return redirect("wagtailadmin_login")
    device = begun_here(request, user)
    if device is None:
        return begin_setup(request, user)
    form = forms.AppCodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        confirmed = second_factor.confirm(user, form.cleaned_data["code"])
        if confirmed:
            # Not `user`: of a lazy `request.user` Wagtail would keep no record, and say nothing.
            owner = confirmed[0].user
            log(instance=owner, action="accounts.change_second_step", user=owner)
            request.session.pop(SETTING_UP, None)
            begin_session(request, user, confirmed[0])
            context = {"codes": confirmed[1], "next": wanted_page(request)}
            page = render(request, "accounts/recovery_codes.html", context)
            return known_browsers.remember(page, user.get_username())
        form.add_error("code", forms.WRONG_CODE)
    shown: dict[str, Any] = {
        "form": form,
        "secret": second_factor.secret(device),
        "next": wanted_page(request),
    }
    return render(request, "accounts/setup.html", shown)


def begun_here(request: HttpRequest, user: Any) -> TOTPDevice | None:
    """The app that is being set up in this very browser, where the password was just given.

    One that somebody left half-way waits for nobody: whoever steals a login later must not finish it.
    """
    pk, began = request.session.get(SETTING_UP, (None, 0))
    device = second_factor.begun(user)
    late = timezone.now().timestamp() - began > SETTING_UP_SECONDS
    return device if device and device.pk == pk and not late else None


def begin_setup(request: HttpRequest, user: Any) -> HttpResponse:
    """Ask before anything is made. Whoever has been in for a while says the password once more."""
    ask_again = request.user.is_authenticated
    data = request.POST if request.method == "POST" else None
    form = forms.PasswordAgainForm(data, request=request) if ask_again else None
    if request.method == "POST" and (form is None or form.is_valid()):
        began = int(timezone.now().timestamp())
        request.session[SETTING_UP] = [second_factor.begin(user).pk, began]
        return redirect(with_next("staff-setup", wanted_page(request)))
    context = {"form": form, "next": wanted_page(request), "required": not ask_again}
    return render(request, "accounts/begin_setup.html", context)


@never_cache
@require_safe
def qr_code(request: HttpRequest) -> HttpResponse:
    """The secret for a phone's camera, as a picture from this server."""
    user = who_sets_up(request)
    device = user and begun_here(request, user)
    if not device:
        return HttpResponseNotFound()
    name = ClinicSettings.current(request).name
    picture = io.BytesIO()
    segno.make(second_factor.address(device, clinic=name), error="m").save(
        picture, kind="svg", scale=6, border=3, light="#ffffff", dark="#000000"
    )
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


@never_cache
@require_POST
def start_over(request: HttpRequest) -> HttpResponse:
    """Half-way in, and not who one wanted to be."""
    if half_logged_in(request):
        request.session.flush()
    return redirect("wagtailadmin_login")


@method_decorator(never_cache, name="dispatch")
class PasswordResetView(auth_views.PasswordResetView):
    template_name = "accounts/password_reset.html"
    form_class = forms.ResetForm
    email_template_name = "emails/password_reset.txt"
    subject_template_name = "emails/password_reset.subject.txt"
    success_url = reverse_lazy("wagtailadmin_password_reset_done")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not throttle.spend("reset-network", client_network(request), now=timezone.now()):
            return too_many(request, "reset-network")
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        self.extra_email_context = {
            "site_address": settings.SITE_URL,
            "clinic": ClinicSettings.current(self.request),
        }
        return super().form_valid(form)


@method_decorator(never_cache, name="dispatch")
class PasswordResetDoneView(auth_views.PasswordResetDoneView):
    template_name = "accounts/password_reset_done.html"


@method_decorator(never_cache, name="dispatch")
class PasswordResetConfirmView(auth_views.PasswordResetConfirmView):
    """A new password. It logs nobody in: that takes the second step as ever."""

    template_name = "accounts/password_reset_confirm.html"
    form_class = forms.NewPasswordForm
    success_url = reverse_lazy("wagtailadmin_password_reset_complete")


@method_decorator(never_cache, name="dispatch")
class PasswordResetCompleteView(auth_views.PasswordResetCompleteView):
    template_name = "accounts/password_reset_complete.html"
