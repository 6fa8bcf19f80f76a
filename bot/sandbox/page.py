"""The browser page of the stand-in: one reads, types and presses there as in Slack."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from aiohttp import web
from markupsafe import Markup

import templates
from bot.sandbox.clock import Clock
from bot.sandbox.controls import options_list
from bot.sandbox.doors import NotAcknowledged, Person, Wire, in_message, in_view
from bot.sandbox.elements import Block
from bot.sandbox.feed import Shown, channel_of, feed
from bot.sandbox.frame import PLACES, Frame, back, known, who
from bot.sandbox.mail_doors import MailDoors
from bot.sandbox.mailbox import Mailbox
from bot.sandbox.modal_doors import ModalDoors
from bot.sandbox.people import EXAMPLES, PEOPLE, name_of
from bot.sandbox.render import Eye, render, shared
from bot.sandbox.server import Sandbox
from bot.sandbox.state import Failure, Post
from bot.sandbox.timeline import Timeline, element_in, pressed_in, with_options
from bot.sandbox.webhook_doors import Target, WebhookDoors

_HEARTBEAT = 15.0  # seconds
#: What shows the app's home instead.
_AT_HOME = {"page.html": "home.html", "messages.html": "blocks.html"}
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_STATIC = {"page.css": "text/css", "page.js": "text/javascript"}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' https: data:; frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """What the page shows, and what it moves: after the clock was moved, `moved` is called."""

    sandbox: Sandbox
    wire: Wire
    clock: Clock
    mailbox: Mailbox
    target: Target
    moved: Callable[[], None]
    examples: Sequence[str] = EXAMPLES  #: what the field of commands completes


@asynccontextmanager
async def page(scene: Scene, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """The address at which the page is served. Raises OSError where the port is taken."""
    runner = web.AppRunner(_Page(scene, host).app(), shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield "http://{}:{}/".format(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()


class _Page:
    def __init__(self, scene: Scene, host: str) -> None:
        self._scene, self._host = scene, host
        self._sandbox, self._wire, self._now = scene.sandbox, scene.wire, scene.clock.now
        self._timeline = Timeline()
        self._working: set[asyncio.Task[None]] = set()
        self._frame = Frame(scene.mailbox, self._now)

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/", self._whole)
        app.router.add_get("/messages", self._messages)
        app.router.add_get("/events", self._events)
        app.router.add_get("/file/{id}", self._file)
        app.router.add_get("/static/{name}", self._static)
        app.router.add_post("/type", self._type)
        app.router.add_post("/press", self._press)
        app.router.add_get("/press/offered", self._offered)
        app.router.add_get("/clock", self._time)
        app.router.add_post("/clock", self._move)
        app.router.add_post("/strict", self._strict)
        ModalDoors(self._sandbox, self._wire, self._frame.templates).add_to(app)
        MailDoors(self._scene.mailbox, self._frame).add_to(app)
        WebhookDoors(self._sandbox, self._frame, self._scene.clock, self._scene.target).add_to(app)
        return app

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Pages of other sites may neither read nor press here, whatever name they gave to loopback."""
        name = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
        origin = request.headers.get("Origin")
        foreign = origin not in {None, f"http://{request.host}"}
        if (self._host in _LOOPBACK and name not in _LOOPBACK) or (foreign and request.method != "GET"):
            raise web.HTTPForbidden(text="This page answers its own browser tab only.")
        response = await handler(request)
        if not response.prepared:
            for name, value in _HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    async def _whole(self, request: web.Request) -> web.Response:
        if request.query.get("in") == "home":
            self._start(Person(self._sandbox, self._wire, who(request)).open_home())
        return self._html("page.html", request)

    async def _messages(self, request: web.Request) -> web.Response:
        return self._html("messages.html", request)

    def _html(self, template: str, request: web.Request) -> web.Response:
        user, place = who(request), _where(request.query.get("in", "general"))
        if place == "home":
            home = self._sandbox.workspace.homes.get(user)
            home_drawn = render(home.blocks, self._eye(user, {"home": "1"})) if home else None
            return self._frame.show(_AT_HOME[template], user, place, drawn=home_drawn)
        items = feed(self._timeline, self._sandbox.workspace, user, channel_of(user, place))
        drawn = partial(self._drawn, user)
        return self._frame.show(template, user, place, examples=self._scene.examples, items=items, drawn=drawn)

    def _drawn(self, user: str, shown: Shown) -> Markup:
        """A message as somebody sees it, with the files that were shared in it and what the app shows of its links."""
        eye = self._eye(user, shown.where)
        files = (shared(self._sandbox.workspace.files[one["id"]]) for one in shown.post.body.get("files", ()))
        told = (Markup('<aside class="unfurl">{}</aside>').format(render(_blocks(one), eye)) for one in shown.unfurled)
        return Markup("").join((render(_blocks(shown.post), eye), *files, *told))

    def _eye(self, user: str, where: dict[str, str]) -> Eye:
        return Eye(PEOPLE[user].tz, name_of, {"as": user, **where})

    async def _type(self, request: web.Request) -> web.Response:
        form = await request.post()
        user, text = known(str(form.get("as"))), str(form.get("text", ""))
        place = _where(str(form.get("in", "general")))
        person = Person(self._sandbox, self._wire, user)
        thread = str(form.get("thread", ""))
        self._start(self._timeline.type(person, text, self._now(), channel_of(user, place), thread))
        return back(request, user, place)

    async def _press(self, request: web.Request) -> web.Response:
        form = await request.post()
        user = known(str(form.get("as")))
        person = Person(self._sandbox, self._wire, user)
        try:
            what = (int(str(form["block"])), str(form["action"]), [str(one) for one in form.getall("option", [])])
            if "home" in form:
                pressed = self._press_home(person, *what)
            elif "ts" in form:
                posted = (str(form["channel"]), str(form["ts"]))
                pressed = self._timeline.press_posted(person, posted, *what, self._now())
            else:
                place = (int(str(form["entry"])), int(str(form["part"])), int(str(form["post"])))
                pressed = self._timeline.press(person, place, *what)
        except (KeyError, ValueError):
            raise web.HTTPBadRequest(text="No such button.") from None
        self._start(pressed)
        if "home" in form:
            return back(request, user, "home")
        return back(request, user, "direct" if str(form.get("channel", "")).startswith("D") else "general")

    async def _press_home(self, person: Person, block: int, action: str, told: list[str]) -> None:
        view = self._sandbox.workspace.homes[person.user]
        pressed = pressed_in(view.blocks, block, action, told, PEOPLE[person.user].tz)
        await person.press_in_view(view, await with_options(person, pressed, in_view(view)))

    async def _offered(self, request: web.Request) -> web.Response:
        """What the app offers in a menu that it fills, for what was typed so far; nothing where the menu is gone."""
        told = request.query
        person = Person(self._sandbox, self._wire, known(told.get("as", "")))
        try:
            if "home" in told:
                view = self._sandbox.workspace.homes[person.user]
                blocks, where = view.blocks, in_view(view)
            else:
                conversation, post = self._timeline.message(person, told)
                blocks, where = post.blocks, in_message(conversation)
            menu, stands = element_in(blocks, int(told["block"]), told["action"])
            found = await person.offered({**menu, **stands}, told["typed"], where)
        except (LookupError, ValueError, NotAcknowledged, TimeoutError):
            found = []
        return web.Response(text=options_list(found), content_type="text/html")

    async def _strict(self, request: web.Request) -> web.Response:
        """Slack in a bad mood: the next answer is refused with 429, or the sockets end and others are to be opened."""
        form = await request.post()
        if form.get("mood") == "refresh":
            await self._sandbox.refresh_sockets()
            return back(request, known(str(form.get("as"))), "general")
        self._sandbox.fail("response_url", Failure("ratelimited", 429, {"Retry-After": "1"}))
        return back(request, known(str(form.get("as"))), "general")

    async def _time(self, request: web.Request) -> web.Response:
        return self._frame.show("clock.html", who(request), "")

    async def _move(self, request: web.Request) -> web.Response:
        """The clock goes forward, and the service looks what is due by then."""
        form = await request.post()
        user = known(str(form.get("as")))
        try:
            self._scene.clock.forward(timedelta(hours=int(str(form.get("hours")))))
        except (ValueError, OverflowError):
            raise web.HTTPBadRequest(text="Say by how many hours the clock goes forward.") from None
        self._scene.moved()
        await self._sandbox.tell()
        return back(request, user, _where(str(form.get("in", "general"))))

    def _start(self, work: Awaitable[None]) -> None:
        async def run() -> None:
            with suppress(LookupError, ValueError):  # pressed on a page that is older than what it shows
                await work
            await self._sandbox.tell()

        task = asyncio.create_task(run())
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Says `changed` whenever something did; the page then fetches its messages anew."""
        response = web.StreamResponse(headers={**_HEADERS, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        seen = -1
        with suppress(ConnectionResetError):
            while True:
                seen = await self._sandbox.revision_after(seen, _HEARTBEAT)
                await response.write(b"data: changed\n\n")
        return response

    async def _file(self, request: web.Request) -> web.Response:
        file = self._sandbox.workspace.files.get(request.match_info["id"])
        if file is None or file.content is None:
            raise web.HTTPNotFound
        kind = "image/png" if file.is_picture else "application/octet-stream"
        return web.Response(body=file.content, content_type=kind)

    async def _static(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in _STATIC:
            raise web.HTTPNotFound
        folder = Path(templates.__path__[0]) / "sandbox"
        return web.Response(
            text=await asyncio.to_thread((folder / name).read_text, "utf-8"), content_type=_STATIC[name]
        )


def _where(place: str) -> str:
    if place not in PLACES:
        raise web.HTTPNotFound(text="There is no such conversation.")
    return place


def _blocks(post: Post) -> list[Block]:
    said: list[Block] = [{"type": "section", "text": {"type": "mrkdwn", "text": post.text}}] if post.text else []
    return post.blocks or said
