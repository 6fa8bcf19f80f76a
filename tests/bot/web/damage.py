"""Webhooks as nobody should send them: damaged bytes, odd values, and valid events beside nonsense."""

import copy
import gzip
import json
import random
from collections.abc import Callable
from typing import Any

#: Values that have broken readers of JSON, and databases behind them.
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**31, 2**63, 2**64, -(2**70), 10**400, 1e308, float("nan"), float("inf"), "", " ", "\0",
    "a\0b", "\ud800", "\udfff\ud800", "\u202e", "é" * 400, "x" * 5_000, "@", "@@", "a@", "@b", "a@b\0",
    "ada@example.org\n", "NaN", "1e999", "9" * 400, "-1", "0x10", "1700000000000000000", "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00Z",
    "2026-02-30T00:00:00Z", "2026-05-12T09:30:00+99:99", "{}", "[]", "null", "'; DROP TABLE inbox; --", "%s%n", "${x}",
    [], {}, [[]], [None], {"": ""}, {"a": {"b": {"c": []}}}, ["ada@example.org"], [1, "2", None],
)  # fmt: skip


def damaged(body: bytes, chance: random.Random) -> bytes:
    """A body that differs from a valid one in one way or a few."""
    return chance.choice(_WAYS)(body, chance)


def beside(body: bytes, chance: random.Random) -> bytes:
    """Valid items of an array with odd ones among them; any other body as it is."""
    try:
        items = json.loads(body)
    except ValueError:
        return body
    if not isinstance(items, list):
        return body
    for _ in range(chance.randrange(1, 4)):
        odd = chance.choice((chance.choice(ODD), _with_odd_values(chance.choice(items), chance)))
        items.insert(chance.randrange(len(items) + 1), odd)
    return json.dumps(items).encode()


def _flipped(body: bytes, chance: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(chance.randrange(1, 8)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(body: bytes, chance: random.Random) -> bytes:
    return body[: chance.randrange(len(body))]


def _spliced(body: bytes, chance: random.Random) -> bytes:
    start, end = sorted((chance.randrange(len(body)), chance.randrange(len(body))))
    return body[:end] + body[start:]


def _noise(_body: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(200))


def _recoded(body: bytes, chance: random.Random) -> bytes:
    text = body.decode()
    return chance.choice(
        (
            text.encode("utf-16"),
            text.encode("utf-32"),
            b"\xef\xbb\xbf" + body,
            gzip.compress(body, mtime=0),
            body.replace(b"@", b"\\u0000@"),
            body.replace(b"example", b"\\ud800"),
            body.replace(b":", b":" + b" " * 2_000, 1),
            body + b"\r\n",
            body + body,
        )
    )


def _deep(body: bytes, chance: random.Random) -> bytes:
    depth = chance.choice((60, 500, 20_000))
    return chance.choice(
        (b"[" * depth, b'{"a":' * depth, b"[" * depth + b"]" * depth, b"[" * depth + body + b"]" * depth)
    )


def _odd_values(body: bytes, chance: random.Random) -> bytes:
    try:
        told = json.loads(body)
    except ValueError:
        return _flipped(body, chance)
    return json.dumps(_with_odd_values(told, chance)).encode()


def _twice(body: bytes, chance: random.Random) -> bytes:
    """A field told twice, first with an odd value."""
    at = body.find(b'{"')
    return body[: at + 1] + b'"event":' + json.dumps(chance.choice(ODD)).encode() + b"," + body[at + 1 :]


def _with_odd_values(told: Any, chance: random.Random) -> Any:
    """The same with a few values replaced, removed or renamed, wherever they stand."""
    changed = copy.deepcopy(told)
    for _ in range(chance.randrange(1, 4)):
        places = list(_places(changed))
        if not places:
            return chance.choice(ODD)
        holder, key = chance.choice(places)
        way = chance.randrange(4)
        if way == 0 and isinstance(holder, dict):
            del holder[key]
        elif way == 1 and isinstance(holder, dict):
            holder[str(key).upper()] = holder.pop(key)
        else:
            holder[key] = copy.deepcopy(chance.choice(ODD))
    return changed


def _places(told: Any) -> Any:
    keys = list(told) if isinstance(told, dict) else range(len(told)) if isinstance(told, list) else ()
    for key in keys:
        yield told, key
        yield from _places(told[key])


_WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flipped, _cut, _spliced, _noise, _recoded, _deep, _odd_values, _odd_values, _odd_values, _twice,
)  # fmt: skip
