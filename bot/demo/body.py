"""The HTML of a sample e-mail: header, opening picture, an article a link, footer. Nothing is loaded from outside."""

from html import escape

SITE = "https://www.example.com"
UNSUBSCRIBE = f"{SITE}/unsubscribe?token=demo"
PREFERENCES = f"{SITE}/email-preferences"
VIEW_IN_BROWSER = f"{SITE}/view-in-browser"

#: A green square of one pixel, stretched to the opening picture.
_PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "aOj/DwAEgQIAq8WQwAAAAABJRU5ErkJggg=="
)
_WORDS = {
    "en": ("View in browser", "Read more about", "Unsubscribe", "Preferences", "What we have been growing this month."),
    "nl": ("Bekijk in je browser", "Lees meer over", "Uitschrijven", "Voorkeuren", "Wat wij deze maand laten groeien."),
}


def body(subject: str, topics: tuple[str, ...], links: tuple[str, ...], language: str) -> str:
    """A complete document in the tables that mail clients understand; `links` belong to `topics` one by one."""
    view, more, leave, preferences, intro = _WORDS[language]
    articles = "".join(_article(topic, link, more) for topic, link in zip(topics, links, strict=True))
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(subject)}</title></head>'
        '<body style="margin:0;background:#f3f5f0;font-family:Arial,sans-serif;color:#22301f">'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center">'
        '<table role="presentation" width="600" cellpadding="24" cellspacing="0" style="background:#ffffff">'
        f'<tr><td align="right"><a href="{VIEW_IN_BROWSER}">{view}</a></td></tr>'
        f'<tr><td><a href="{links[0]}"><img src="{_PIXEL}" width="552" height="180" alt="{escape(topics[0])}"></a>'
        f"<h1>{escape(subject)}</h1><p>{intro}</p></td></tr>{articles}"
        f'<tr><td style="font-size:12px">Garden &amp; Co, Example Street 1 · <a href="{PREFERENCES}">{preferences}</a>'
        f' · <a href="{UNSUBSCRIBE}">{leave}</a></td></tr></table></td></tr></table></body></html>'
    )


def _article(topic: str, link: str, more: str) -> str:
    title = escape(topic.capitalize())
    return f'<tr><td><h2>{title}</h2><p>{title}.</p><a href="{link}">{more} {escape(topic)}</a></td></tr>'
