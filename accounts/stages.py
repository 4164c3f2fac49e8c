"""What we add to allauth's way in: whoever needs a second step and has none sets one up."""

from allauth.account.stages import LoginStage
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts import second_factor


class SetUpStage(LoginStage):
    key = "set_up"
    urlname = "staff-setup"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        missing = settings.SECOND_FACTOR_REQUIRED and not second_factor.has_one(self.login.user)
        return (redirect(self.urlname) if missing else None), True
