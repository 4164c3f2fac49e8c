"""The way in: password, second step, setting one up, a forgotten password.

All of it in the public site's look and under its strict policy; only passkeys need JavaScript. Between
a right password and the second step allauth keeps the login aside, and nobody is logged in.
"""

from __future__ import annotations

import io
from typing import Any

import segno
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.internal.stagekit import get_pending_stage
from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.contrib import messages
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

from accounts import confirm, forms, notices, passkeys, second_factor, sessions
from accounts.stages import SetUpStage
from clinic import throttle
from clinic.models import ClinicSettings
from clinic.network import client_network
from clinic.views import too_many

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
NEXT = "next"


@method_decorator(never_cache, name="dispatch")
class LoginView(auth_views.LoginView):
    """User name and password. Whoever needs a second step is asked for it next."""

    template_name = "accounts/login.html"
    authentication_form = forms.LoginForm
    redirect_field_name = NEXT

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and request.user.has_perm("wagtailadmin.access_admin"):
            return HttpResponseRedirect(self.get_success_url())
        if (stage := get_pending_stage(request)) and stage.urlname:
            return redirect(stage.urlname)
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        # A session planted before is worth nothing, also while the second step is to come.
        if self.request.user.is_authenticated:
            self.request.session.flush()
        else:
            self.request.session.cycle_key()
        name = {"username": form.cleaned_data["username"]}
        login = Login(user=form.get_user(), redirect_url=self.get_redirect_url() or None)
        return perform_password_login(self.request, name, login)

    def form_invalid(self, form: Any) -> HttpResponse:
        locked = getattr(self.request, "locked_out", False)
        page = self.render_to_response(self.get_context_data(form=form))
        if locked:
            page.status_code = 429
            page["Retry-After"] = str(throttle.wait_seconds("login-account"))
        return page


class CodeView(AuthenticateView):
    """The second step: a code from the app, a recovery code, or a passkey."""

    template_name = "accounts/code.html"
    form_class = forms.CodeForm
    webauthn_form_class = forms.PasskeyForm

    def form_invalid(self, form: Any) -> HttpResponse:
        if form is self.webauthn_form:
            messages.error(self.request, forms.WRONG_PASSKEY)
            return redirect("staff-code")
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {"form": self.auth_form} | passkey_offer(self.request, self.stage.login.user)


def passkey_offer(request: HttpRequest, user: Any) -> dict[str, Any]:
    """What a page needs to ask for one of the user's passkeys; None where they have none."""
    options = passkeys.options_to_use(request, user, now=timezone.now())
    return {"origin": passkeys.place(request).origin, "passkey": options}


def wanted_page(request: HttpRequest) -> str:
    """Where the user wanted to go, if it is a page of ours; else the first screen."""
    to = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    safe = url_has_allowed_host_and_scheme(
        to, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    # `redirect` would look for a view of the name of anything else.
    is_page = safe and to.startswith(("/", "http"))
    return to if is_page else reverse(settings.LOGIN_REDIRECT_URL)


@never_cache
@sensitive_post_parameters()
@get_or_post
def confirm_page(request: HttpRequest) -> HttpResponse:
    """The password or a passkey once more, by whoever is in; then on to what is to be changed."""
    if not request.user.is_authenticated:
        return redirect("wagtailadmin_login")
    posted = request.POST if request.method == "POST" else None
    with_passkey = posted is not None and "credential" in posted
    passkey = forms.PasskeyAgainForm(posted if with_passkey else None, user=request.user)
    form = forms.PasswordAgainForm(None if with_passkey else posted, request=request)
    if passkey.is_valid():
        passkey.save()
        return redirect(wanted_page(request))
    if form.is_valid():
        reauthenticate_by_password(request)
        return redirect(wanted_page(request))
    if with_passkey:
        messages.error(request, forms.WRONG_PASSKEY)
    context = {"form": form, "next": wanted_page(request)} | passkey_offer(request, request.user)
    return render(request, "accounts/confirm.html", context)


def who_sets_up(request: HttpRequest) -> Any:
    """Whoever is in and has confirmed it; or whose password was right and who has no second step."""
    if request.user.is_authenticated:
        return request.user if confirm.is_confirmed(request) else None
    stage = LoginStageController.enter(request, SetUpStage.key)
    return stage and stage.login.user


@never_cache
@sensitive_post_parameters()
@get_or_post
def setup(request: HttpRequest) -> HttpResponse:
    """Bring an app and an account together, and hand out the recovery codes.

    The secret waits in this session alone: whoever steals a later login must not finish it.
    """
    user = who_sets_up(request)
    if user is None:
        return confirm.ask(request) if request.user.is_authenticated else redirect("account_login")
    form = forms.AppCodeForm(request.POST if request.method == "POST" else None)
    secret = totp.get_totp_secret()
    if form.is_valid():
        codes = second_factor.set_up(user, secret, form.cleaned_data["code"])
        if codes:
            return codes_page(request, user, codes)
        form.add_error("code", forms.WRONG_CODE)
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    context = {"form": form, "secret": groups, "next": wanted_page(request)}
    return render(request, "accounts/setup.html", context)


def codes_page(request: HttpRequest, user: Any, codes: list[str]) -> HttpResponse:
    """The recovery codes, once; whoever was half-way in is in now."""
    totp.clear_totp_secret(request)
    second_factor.stay_in(request, user)
    notices.second_step("accounts.change_second_step", user)
    stage = LoginStageController.enter(request, SetUpStage.key)
    if stage is None:
        confirm.forget(request)
        sessions.renew(request, user)
        return render(
            request, "accounts/recovery_codes.html", {"codes": codes, "next": wanted_page(request)}
        )
    on = stage.exit()
    page = render(request, "accounts/recovery_codes.html", {"codes": codes, "next": on["Location"]})
    page.cookies.update(on.cookies)
    return page


@never_cache
@require_safe
def qr_code(request: HttpRequest) -> HttpResponse:
    """The secret for a phone's camera, as a picture from this server."""
    user = who_sets_up(request)
    if user is None or totp.SECRET_SESSION_KEY not in request.session:
        return HttpResponseNotFound()
    name = ClinicSettings.current(request).name
    address = second_factor.address(user, totp.get_totp_secret(), clinic=name)
    picture = io.BytesIO()
    segno.make(address, error="m").save(
        picture, kind="svg", scale=6, border=3, light="#ffffff", dark="#000000"
    )
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


@never_cache
@require_POST
def start_over(request: HttpRequest) -> HttpResponse:
    """Half-way in, and not who one wanted to be."""
    if get_pending_stage(request):
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
