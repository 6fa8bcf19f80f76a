"""Opens and clicks by e-mail client and device."""

from sqlalchemy import Connection, text

from reports.facts import ClientFacts
from reports.query import Query

_CLIENTS = text(
    "SELECT client, device, opens, clicks, openers, clickers FROM client_totals"
    " JOIN clients ON clients.id = client_id WHERE email_id = :email_id ORDER BY client, device"
)


def clients(connection: Connection, email_id: int, _query: Query) -> tuple[ClientFacts, ...]:
    return tuple(ClientFacts(*row) for row in connection.execute(_CLIENTS, {"email_id": email_id}))
