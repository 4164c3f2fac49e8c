"""Passwords, counted: whichever way in asks for one, this is where it is checked."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

from accounts import known_browsers
from clinic import throttle
from clinic.network import client_network


class CountedPasswords(ModelBackend):
    """Refuses, right or wrong, once an account or a network has guessed too often; cools off by itself.

    A browser in which somebody has logged in before is counted apart from all others, so that
    strangers who guess at an account cannot keep its owner out. Sets `request.locked_out`.
    """

    def authenticate(  # type: ignore[override]
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> AbstractBaseUser | None:
        if username is None or password is None:
            return None
        now = timezone.now()
        tries = [("login-account", known_browsers.account_key(request, username))]
        if request:
            tries.append(("login-network", client_network(request)))
        allowed = [throttle.spend(limit, who, now=now) for limit, who in tries]
        if not all(allowed):
            if request:
                request.locked_out = True  # type: ignore[attr-defined]
            raise PermissionDenied
        user = super().authenticate(request, username=username, password=password, **kwargs)
        if user:
            throttle.refill(*tries[0])
            for limit, who in tries[1:]:
                throttle.give_back(limit, who)
        return user
