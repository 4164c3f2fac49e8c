"""The logins' place in the admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from accounts import interrupted, overview, own_passkeys, user_screens
from accounts.credentials import CredentialsPanel

# After Wagtail's own, in whose place they are put.
for action in (user_screens.AssignRole, user_screens.SetActiveState, user_screens.Delete):
    hooks.register("register_bulk_action", action, order=1)


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [
        path("logins/mine/", overview.own, name="staff-own"),
        path("logins/mine/password/", overview.password, name="staff-password"),
        path("logins/mine/email/", overview.email, name="staff-email"),
        path("logins/mine/codes/", overview.new_codes, name="staff-new-codes"),
        path("logins/mine/passkeys/add/", own_passkeys.add_passkey, name="staff-add-passkey"),
        path(
            "logins/mine/passkeys/<int:pk>/remove/",
            own_passkeys.remove_passkey,
            name="staff-remove-passkey",
        ),
        path("logins/mine/typed/", interrupted.interrupted, name="staff-interrupted"),
        path("logins/end/<int:pk>/", overview.end_login, name="staff-end-login"),
        path("logins/", overview.everybody, name="staff-logins"),
        path("logins/<int:pk>/reset/", overview.reset, name="staff-reset"),
    ]


@hooks.register("register_account_menu_item")
def own_logins(request: HttpRequest) -> dict[str, Any]:
    return {
        "url": reverse_lazy("staff-own"),
        "label": _("Password and logins"),
        "help_text": _(
            "Your password, email address, code app, passkeys and recovery codes, and where you are "
            "logged in."
        ),
    }


hooks.register("register_account_settings_panel", CredentialsPanel)


class OwnersMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return overview.may_help_others(request.user)


@hooks.register("register_settings_menu_item")
def staff_logins() -> MenuItem:
    return OwnersMenuItem(
        _("Staff logins"), reverse_lazy("staff-logins"), icon_name="lock", order=650
    )


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action(
        "accounts.reset_second_step", _("Reset second step"), _("Second step reset")
    )
    actions.register_action("accounts.end_login", _("Log out"), _("Logged out by somebody else"))
    actions.register_action(
        "accounts.change_second_step", _("Change second step"), _("Second step set up")
    )
    actions.register_action(
        "accounts.refuse_code",
        _("Refuse code"),
        _("Wrong codes again and again: somebody may know the password"),
    )
    actions.register_action("accounts.add_passkey", _("Add passkey"), _("Passkey added"))
    actions.register_action("accounts.remove_passkey", _("Remove passkey"), _("Passkey removed"))
    actions.register_action(
        "accounts.refuse_passkey",
        _("Refuse passkey"),
        _("Passkey refused: its count went back, so it may have been copied"),
    )
