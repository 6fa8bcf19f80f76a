"""What is kept with a file that was asked for, so that whichever process makes it can tell its person."""

import msgspec


class Told(msgspec.Struct, frozen=True):
    """`person` is a member of Slack; `mail` are addresses that get the link as well, of which `mailed` are done with.

    `channel` and `ts` are those of the message in which the person is told, once there is one.
    """

    person: str = ""
    mail: tuple[str, ...] = ()
    mailed: tuple[str, ...] = ()
    channel: str = ""
    ts: str = ""

    @classmethod
    def of(cls, kept: str | None) -> "Told":
        return cls() if kept is None else msgspec.json.decode(kept, type=cls)

    def to_json(self) -> str:
        return msgspec.json.encode(self).decode()

    def with_message(self, channel: str, ts: str) -> "Told":
        return msgspec.structs.replace(self, channel=channel, ts=ts)

    def with_mailed(self, address: str) -> "Told":
        return msgspec.structs.replace(self, mailed=(*self.mailed, address))

    def afresh(self) -> "Told":
        """The same people, to be told anew."""
        return Told(self.person, self.mail)
