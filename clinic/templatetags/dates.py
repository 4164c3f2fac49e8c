"""`{{ page.last_reviewed|date:"DATE_FORMAT"|unbroken }}`: a date that no line breaks (`clinic.dates`)."""

from django import template

from clinic import dates

register = template.Library()
register.filter("unbroken", dates.unbroken)
