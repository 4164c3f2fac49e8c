"""Where a request comes from."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The visitor's address as seen by the outermost proxy of ours (`TRUSTED_PROXY_COUNT`).

    What a visitor writes into X-Forwarded-For stands to the left of what our proxies add, and is
    never read.
    """
    count = settings.TRUSTED_PROXY_COUNT
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if count and len(forwarded) >= count:
        return str(forwarded[-count].strip())
    return str(request.META.get("REMOTE_ADDR", ""))
