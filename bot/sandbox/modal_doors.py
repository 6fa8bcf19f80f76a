"""The page's doors of modals: shown, filled in, pressed, submitted and closed."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from jinja2 import Environment
from multidict import MultiDictProxy

from bot.sandbox.controls import is_several, options_list, value_of
from bot.sandbox.dialog import fields, label_of
from bot.sandbox.doors import NotAcknowledged, Person, Wire
from bot.sandbox.elements import elements_of
from bot.sandbox.forms import Form, NotFilled
from bot.sandbox.people import PEOPLE, name_of
from bot.sandbox.render import Eye
from bot.sandbox.server import Sandbox

Fields = MultiDictProxy[Any]


class ModalDoors:
    """`GET /modal` is empty while somebody has none open."""

    def __init__(self, sandbox: Sandbox, wire: Wire, templates: Environment) -> None:
        self._sandbox, self._wire, self._templates = sandbox, wire, templates
        self._errors: dict[str, dict[str, str]] = {}  # by view

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/modal", self._show)
        app.router.add_get("/modal/offered", self._offered)
        for name, act in (("fill", _fill), ("press", _press), ("submit", _submit), ("close", _close)):
            app.router.add_post(f"/modal/{name}", self._door(act))

    def _form(self, user: str) -> Form | None:
        if user not in PEOPLE:
            raise web.HTTPNotFound
        own = self._sandbox.workspace.stack(user)
        return Form(Person(self._sandbox, self._wire, user), own[-1]) if own else None

    async def _show(self, request: web.Request) -> web.Response:
        user = request.query.get("as", "")
        form = self._form(user)
        if form is None:
            return web.Response(text="", content_type="text/html")
        view, errors = form.view, self._errors.get(form.view.id, {})
        shown = self._templates.get_template("modal.html").render(
            user=user,
            view=view.body,
            version=f"{view.id} {view.hash} {sorted(errors.items())}",
            fields=fields(view, Eye(PEOPLE[user].tz, name_of), errors),
            error=errors.get("", ""),
        )
        return web.Response(text=shown, content_type="text/html")

    async def _offered(self, request: web.Request) -> web.Response:
        form = self._form(request.query.get("as", ""))
        try:
            found = await form.offered(request.query["label"], request.query["typed"]) if form else []
        except (LookupError, NotAcknowledged, TimeoutError):
            found = []
        return web.Response(text=options_list(found), content_type="text/html")

    def _door(
        self, act: Callable[[Form, Fields], Awaitable[dict[str, str]]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            told = await request.post()
            form = self._form(str(told.get("as")))
            if form is not None:
                try:
                    self._errors[form.view.id] = await act(form, told)
                except NotFilled as missing:
                    self._errors[form.view.id] = {"": f"Please fill in: {missing}."}
                except (NotAcknowledged, TimeoutError) as error:
                    self._errors[form.view.id] = {"": f"We had some trouble connecting. Try again? ({error})"}
                except LookupError:
                    self._errors[form.view.id] = {"": "That is none of what may be chosen."}
                await self._sandbox.tell()
            return web.Response(status=204)

        return answer


async def _fill(form: Form, told: Fields) -> dict[str, str]:
    label, values = str(told["label"]), [str(value) for value in told.getall("value", [])]
    element = next(one for block, one in elements_of(form.view.blocks) if label_of(block, one) == label)
    if "options" in element:  # a form knows them by their words
        filled = values if is_several(element) else next(iter(values), "") or None
    else:
        filled = value_of(element, values, PEOPLE[form.person.user].tz)
    await form.fill(label, filled)
    return {}


async def _press(form: Form, told: Fields) -> dict[str, str]:
    await form.press(str(told["label"]))
    return {}


async def _submit(form: Form, _: Fields) -> dict[str, str]:
    return await form.submit()


async def _close(form: Form, _: Fields) -> dict[str, str]:
    form.view.open = False
    return {}
