"""How often somebody may answer the second step: codes of the app, recovery codes, passkeys alike.

Strangers share one limit for each account. A browser in which the user has come in before has its own,
as with passwords: so strangers who have the password cannot keep its owner out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from wagtail.log_actions import log

from accounts import known_browsers
from clinic import throttle

LIMIT = "login-code"


def allows(request: HttpRequest, user: Any, *, now: datetime) -> bool:
    """Whether an answer is looked at. It costs a try, which a right one gives back with all others."""
    return throttle.spend(LIMIT, known_browsers.account_key(request, user.get_username()), now=now)


def forgive(request: HttpRequest, user: Any) -> None:
    """The answer was right."""
    throttle.refill(LIMIT, known_browsers.account_key(request, user.get_username()))


def count(request: HttpRequest, user: Any, *, now: datetime) -> None:
    """The answer was wrong. Logged with the last try: whoever gets that far knows the password."""
    who = known_browsers.account_key(request, user.get_username())
    if throttle.is_spent(LIMIT, who, now=now):
        log(instance=user, action="accounts.refuse_code", user=user)
