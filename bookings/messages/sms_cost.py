"""How many segments a text message takes: what providers charge for (GSM 03.38, 23.040)."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from django.conf import settings

BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWICE = set("^{}\\[~]|€\f")
"""In the extension table: two places each."""
ALONE, TOGETHER = {True: 160, False: 70}, {True: 153, False: 67}
"""Places in the only segment and in each of several, with the basic letters and with any other."""
PRICE = re.compile(r"(\D*)(\d+(?:[.,]\d+)?)(.*)", re.DOTALL)


def segments(text: str) -> int:
    plain = all(letter in BASIC or letter in TWICE for letter in text)
    if plain:
        places = sum(2 if letter in TWICE else 1 for letter in text)
    else:
        places = len(text.encode("utf-16-le")) // 2
    return 1 if places <= ALONE[plain] else math.ceil(places / TOGETHER[plain])


def price(count: int) -> str:
    """What so many segments cost, as `SMS_PRICE` writes one ("£0.04"); empty where nobody has said."""
    found = PRICE.fullmatch(settings.SMS_PRICE.strip())
    if not found:
        return ""
    before, number, after = found.groups()
    cost = Decimal(number.replace(",", ".")) * count
    return f"{before}{cost.normalize():f}{after}" if cost else ""
