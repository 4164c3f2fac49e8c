"""Saving a location as staff do: the form, and the page that asks about its visits."""


def save_location(client, url, values, **answers):
    """The answer to the second page, or to the first where that saves at once."""
    page = client.post(url, values)
    if page.status_code != 200 or "ask" not in page.context:
        return page
    shown = page.context["ask"]["shown"].value()
    return client.post(url, values | {"shown": shown} | answers)
