"""What staff type to come in."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm, SetPasswordForm
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import passkeys, second_factor
from clinic import throttle
from clinic.addresses import mailbox

LOCKED = _(
    "Too many wrong tries. Wait 15 minutes and try again, or ask the owner of this site for help."
)
WRONG_CODE = _(
    "That code is not right, or was used before. Wait for the next one; after ten wrong tries you "
    "can try once each quarter of an hour."
)
WRONG_PASSKEY = _(
    "That passkey was not accepted. Try again, or use a code; after ten wrong tries you can try once "
    "each quarter of an hour."
)
WRONG_ADDRESS = _("Enter an email address such as name@example.com.")
NOT_ADDED = _("The passkey was not added. It may be there already; otherwise please try again.")


def refused(request: HttpRequest | None) -> forms.ValidationError | None:
    """The error for whoever tried too often."""
    if getattr(request, "locked_out", False):
        return forms.ValidationError(LOCKED, code="locked")
    return None


class PageForm:
    """A form of the way in: its page says above the heading what is wrong, and the form not again."""

    hide_error_summary = True


class LoginForm(PageForm, AuthenticationForm):
    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": _("Wrong user name or password."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["username"].error_messages["required"] = _("Enter your user name.")
        self.fields["password"].error_messages["required"] = _("Enter your password.")

    def get_invalid_login_error(self) -> forms.ValidationError:
        return refused(self.request) or super().get_invalid_login_error()


class CodeForm(PageForm, AuthenticateForm):
    """A code of one's app, or a recovery code; `user` is whoever gave the password."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("Six digits from your app, or one of your recovery codes."),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "spellcheck": "false", "autofocus": True}
        ),
        error_messages={"required": _("Enter the code.")},
    )

    def clean_code(self) -> str:
        given: str = self.cleaned_data["code"]
        found = second_factor.check(context.request, self.user, given, now=timezone.now())
        if found is None:
            raise forms.ValidationError(WRONG_CODE)
        self.authenticator = found
        return given


class AppCodeForm(PageForm, forms.Form):
    """The first code of a new app."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("Six digits, as your app shows them now."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": _("Enter the code.")},
    )


class PasskeyForm(AuthenticateWebAuthnForm):
    """What the browser answers for a passkey, as JSON: written by a script, read by `passkeys`."""

    credential = forms.CharField(
        max_length=20_000, widget=forms.HiddenInput, error_messages={"required": WRONG_PASSKEY}
    )

    def clean_credential(self) -> Any:
        given: str = self.cleaned_data["credential"]
        found = passkeys.use(context.request, self.user, given, now=timezone.now())
        if found is None:
            raise forms.ValidationError(WRONG_PASSKEY)
        return found


class PasskeyAgainForm(PasskeyForm):
    """The same from whoever is in already."""

    reauthenticated = True


class NewPasskeyForm(forms.Form):
    credential = forms.CharField(
        max_length=20_000, widget=forms.HiddenInput, error_messages={"required": NOT_ADDED}
    )
    name = forms.CharField(
        label=_("Name"),
        help_text=_("So that you know it again in the list, such as “Work laptop”."),
        max_length=64,
        error_messages={"required": _("Give the passkey a name.")},
    )


class PasswordAgainForm(PageForm, forms.Form):
    """Before something that would lock the user out, or a thief in: a session may be stolen."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password.")},
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        given: str = self.cleaned_data["password"]
        name = self.request.user.get_username()
        if not authenticate(self.request, username=name, password=given):
            wrong = forms.ValidationError(_("This is not your password."))
            raise refused(self.request) or wrong
        return given


class ResetForm(PageForm, PasswordResetForm):
    """The same answer for every address; at most a few mails an hour to each."""

    email = forms.EmailField(
        label=_("Email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter your email address."),
            "invalid": WRONG_ADDRESS,
        },
    )

    def save(self, *args: Any, **kwargs: Any) -> None:
        if throttle.spend("mail", mailbox(self.cleaned_data["email"]), now=timezone.now()):
            super().save(*args, **kwargs)


class NewPasswordForm(PageForm, SetPasswordForm):
    """Django's, under a name of ours, in the site's look."""


class OwnPasswordForm(SetPasswordForm):
    """A new password for whoever is in."""


class OwnEmailForm(forms.ModelForm):
    """Another address for whoever is in."""

    class Meta:
        model = User
        fields = ["email"]
        error_messages = {"email": {"invalid": WRONG_ADDRESS}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["email"].error_messages["required"] = _("Enter your email address.")
