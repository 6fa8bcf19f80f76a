"""The page's mailbox: every mail that was sent, as a mail program shows it."""

from urllib.parse import quote

from aiohttp import web

from bot.sandbox.frame import Frame, who
from bot.sandbox.mailbox import Mail, Mailbox

#: A mail is hostile: it runs no script and loads nothing; its links open in a tab of their own.
_MAIL_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self';"
    " sandbox allow-popups allow-popups-to-escape-sandbox"
)
_TABS = ("html", "plain", "headers", "source")


class MailDoors:
    def __init__(self, mailbox: Mailbox, frame: Frame) -> None:
        self._mailbox, self._frame = mailbox, frame

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/mail", self._list)
        app.router.add_get("/mail/list", self._list_anew)
        app.router.add_get("/mail/count", self._count)
        app.router.add_get(r"/mail/{number:\d+}", self._mail)
        app.router.add_get(r"/mail/{number:\d+}/html", self._html)
        app.router.add_get(r"/mail/{number:\d+}/attachment/{place:\d+}", self._attachment)

    async def _list(self, request: web.Request) -> web.Response:
        return self._frame.show("mailbox.html", who(request), "mail", box=self._mailbox.mails[::-1])

    async def _list_anew(self, request: web.Request) -> web.Response:
        return self._frame.show("mails.html", who(request), "mail", box=self._mailbox.mails[::-1])

    async def _count(self, request: web.Request) -> web.Response:
        return self._frame.show("count.html", who(request), "mail")

    async def _mail(self, request: web.Request) -> web.Response:
        mail = self._found(request)
        tab = request.query.get("tab", "html" if mail.html else "plain")
        if tab not in _TABS:
            raise web.HTTPNotFound
        return self._frame.show("mail.html", who(request), "mail", mail=mail, tab=tab)

    async def _html(self, request: web.Request) -> web.Response:
        html = f'<base target="_blank">{self._found(request).html}'
        headers = {"Content-Security-Policy": _MAIL_POLICY}
        return web.Response(text=html, content_type="text/html", headers=headers)

    async def _attachment(self, request: web.Request) -> web.Response:
        attachments, place = self._found(request).attachments, int(request.match_info["place"])
        if place >= len(attachments):
            raise web.HTTPNotFound
        name, _, content = attachments[place]
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
        return web.Response(body=content, content_type="application/octet-stream", headers=headers)

    def _found(self, request: web.Request) -> Mail:
        mail = self._mailbox.find(int(request.match_info["number"]))
        if mail is None:
            raise web.HTTPNotFound(text="There is no such mail.")
        return mail
