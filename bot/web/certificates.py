"""The only URLs that are fetched because a webhook says so: a provider's own certificate and its confirmation."""

import asyncio
import ssl
from collections import OrderedDict
from itertools import pairwise

import aiohttp
from cryptography import x509
from cryptography.exceptions import InvalidSignature

_LARGEST = 64 * 1024
_SECONDS = aiohttp.ClientTimeout(total=5)
_REMEMBERED = 32


class Unreachable(Exception):
    """The provider did not give what it should, now; the text says what."""


class Distrusted(Exception):
    """What was fetched is no certificate to trust."""


class Certificates:
    """Fetches certificates once, and remembers them. Which URL may be fetched, the provider's module decides."""

    def __init__(self, session: aiohttp.ClientSession, trust: ssl.SSLContext) -> None:
        """`trust` has the authorities, for connections and for chains."""
        self._session = session
        self._trust = trust
        self._known: OrderedDict[str, bytes] = OrderedDict()
        self._turn = asyncio.Lock()  # of many calls at the start, one fetches

    async def get(self, url: str) -> bytes:
        """The certificate in PEM, first the provider's and then what it is issued by, as far as the file has them.

        Raises Unreachable, and Distrusted where the file's own chain does not hold.
        """
        if url not in self._known:
            async with self._turn:
                if url not in self._known:
                    self._known[url] = checked_chain(await self._fetch(url), self._trust)
        self._known.move_to_end(url)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return self._known[url]

    async def confirm(self, url: str) -> None:
        """Calls a provider's URL that accepts a subscription. Raises Unreachable."""
        await self._fetch(url)

    async def _fetch(self, url: str) -> bytes:
        try:
            async with self._session.get(url, ssl=self._trust, allow_redirects=False, timeout=_SECONDS) as response:
                if response.status != 200:
                    raise Unreachable(f"{response.url.host} answered {response.status}")
                content = await response.content.read(_LARGEST + 1)
                while len(content) <= _LARGEST and (more := await response.content.read(_LARGEST + 1)):
                    content += more
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unreachable(f"the provider's server cannot be reached: {type(error).__name__}") from None
        if len(content) > _LARGEST:
            raise Unreachable("the provider's server answers with too much")
        return content


def checked_chain(pem: bytes, trust: ssl.SSLContext) -> bytes:
    """The same bytes, if each certificate in them is issued by the next, and the last of several by one of `trust`.

    A single certificate rests on the connection that it came by. Raises Distrusted.
    """
    try:
        chain = x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise Distrusted("what the provider's server gave is no certificate") from None
    if len(chain) > 1:
        roots = [x509.load_der_x509_certificate(der) for der in trust.get_ca_certs(binary_form=True)]
        issued = all(_issued(*pair) for pair in pairwise(chain))
        if not issued or not any(chain[-1] == root or _issued(chain[-1], root) for root in roots):
            raise Distrusted("the certificate's chain does not lead to an authority that this system trusts")
    return pem


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
