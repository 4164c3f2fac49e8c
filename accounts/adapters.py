"""What django-allauth asks about this site: nobody signs up, and the second step is never left out."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import known_browsers, notices, passkeys, sessions
from clinic.models import ClinicSettings


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        """What follows a right password, before which its user is nobody."""
        return ["allauth.mfa.stages.AuthenticateStage", "accounts.stages.SetUpStage"]

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        sessions.begin(request.session, now=timezone.now())

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        return known_browsers.remember(response, user.get_username())

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """One page takes the password and passkeys alike."""
        return [{"id": "reauthenticate", "description": "", "url": reverse("staff-confirm")}]

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages say in their own words what happened."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """Beside a login no address is kept; our limits have their own (clinic/network.py)."""
        return "0.0.0.0"  # noqa: S104  (no server listens here)

    def send_notification_mail(
        self, template_prefix: str, user: Any, *args: Any, **kw: Any
    ) -> None:
        """Our own words in place of the library's."""
        notices.send("second_step_changed", user)


class MfaAdapter(DefaultMFAAdapter):
    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        name = ClinicSettings.current(context.request).name
        return {"id": passkeys.place(context.request).host, "name": name}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """The device shows the name; the id says nothing of who it is to whoever finds the device."""
        name = user.get_username()
        number = salted_hmac("accounts.passkey", str(user.pk), algorithm="sha256").digest()
        return {"id": number, "display_name": name, "name": name}
