"""`{{ clinic.phone|national }}`: a number as people of its country write it."""

from django import template
from phonenumber_field.phonenumber import PhoneNumber

from clinic import phones

register = template.Library()


@register.filter
def national(number: PhoneNumber | None) -> str:
    """Nothing where there is no number."""
    return phones.national(number) if isinstance(number, PhoneNumber) else ""
