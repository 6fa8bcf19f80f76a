"""What is kept with a file that was asked for, so that whichever process makes it can tell its person."""

import msgspec


class Told(msgspec.Struct, frozen=True):
    """`person` is a member of Slack; `mail` are addresses that get the link as well. `channel` and `ts` are those of
    the message in which the person is told, once there is one.
    """

    person: str = ""
    mail: tuple[str, ...] = ()
    channel: str = ""
    ts: str = ""

    @classmethod
    def of(cls, kept: str | None) -> "Told":
        return cls() if kept is None else msgspec.json.decode(kept, type=cls)

    def to_json(self) -> str:
        return msgspec.json.encode(self).decode()

    def afresh(self) -> "Told":
        """The same people, to be told in a new message."""
        return Told(self.person, self.mail)
