"""Small pages for whoever follows a link of ours: without scripts, and without a trace elsewhere."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

#: A link is a secret: it is neither passed on, nor kept by what is between, nor found by search engines.
PRIVATE = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


def page(template: str, status: int = 200, headers: dict[str, str] | None = None, **told: str) -> HTMLResponse:
    """The page of that name in templates/web, with what it tells."""
    content = _templates().get_template(f"{template}.html.j2").render(told)
    return HTMLResponse(content, status, {**PRIVATE, "Content-Security-Policy": _POLICY, **(headers or {})})


@cache
def _templates() -> Environment:
    return Environment(loader=PackageLoader("templates", "web"), autoescape=True, undefined=StrictUndefined)
