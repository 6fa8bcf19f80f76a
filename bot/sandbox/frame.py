"""What every view of the page has around it: where one can go, who one is, and what time it is."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.sandbox.doors import ANNA
from bot.sandbox.mailbox import Mailbox
from bot.sandbox.people import CHANNELS, PEOPLE

_BESIDE = ("mail", "webhooks")
#: Everywhere one can be on the page.
PLACES = frozenset({"direct", "home", *CHANNELS.values(), *_BESIDE})


class Frame:
    """Templates, and the values that all of them read."""

    def __init__(self, mailbox: Mailbox, now: Callable[[], datetime]) -> None:
        self.templates = Environment(
            loader=PackageLoader("templates", "sandbox"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._mailbox, self._now = mailbox, now

    def show(self, template: str, user: str, place: str, **values: object) -> web.Response:
        """A whole page, or what is in it anew, for somebody at a place."""
        here = ZoneInfo(PEOPLE[user].tz)
        shown = self.templates.get_template(template).render(
            me=PEOPLE[user],
            people=PEOPLE.values(),
            place=place,
            channels=CHANNELS.values(),
            mails=len(self._mailbox.mails),
            now=self._now().astimezone(here),
            local=lambda at: at.astimezone(here),
            path=path,
            **values,
        )
        return web.Response(text=shown, content_type="text/html")


def who(request: web.Request) -> str:
    """Who looks, of whom the address tells. Raises HTTPNotFound for nobody here."""
    return known(request.query.get("as", ANNA))


def path(user: str, place: str) -> str:
    """Where somebody sees a place of the page: a conversation, or what stands beside Slack."""
    return f"/{place}?as={user}" if place in _BESIDE else f"/?{urlencode({'as': user, 'in': place})}"


def known(user: str) -> str:
    """The person, who is one of this workspace. Raises HTTPNotFound."""
    if user not in PEOPLE:
        raise web.HTTPNotFound(text="There is nobody of that name in this workspace.")
    return user


def back(request: web.Request, user: str, place: str) -> web.Response:
    """To a script that nothing is to be loaded; to a browser without one, the page again."""
    if request.headers.get("X-Requested-By") == "page":
        return web.Response(status=204)
    raise web.HTTPSeeOther(path(user, place))
