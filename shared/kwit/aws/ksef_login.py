"""Log in to KSeF, and keep the tokens of access and the Ministry's public keys for the life of a process."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from ksef_client import KsefClient, KsefHttpError
from ksef_client import models as m
from ksef_client.services.auth import (
    build_auth_token_request_xml,
    build_ksef_token_auth_request,
    encrypt_ksef_token,
)
from ksef_client.utils.datetime_parsing import try_parse_api_datetime

from kwit.aws.ksef_credentials import KsefCredentials
from kwit.ksef.ports import KsefRefusedError, KsefUnavailableError

_IN_PROGRESS = 100
_DONE = 200
_WAITS = (0.1, 0.2, 0.5, 1, 2, 4, 4, 4)
_BEFORE_IT_ENDS = timedelta(minutes=1)
_KEYS_KEPT_FOR = timedelta(hours=1)


class PublicKeys:
    """The Ministry's certificates by their use, asked for once an hour."""

    def __init__(self, client: KsefClient, now: Callable[[], datetime]) -> None:
        self._client = client
        self._now = now
        self._kept: list[m.PublicKeyCertificate] = []
        self._until: datetime | None = None

    def of_use(self, use: m.PublicKeyCertificateUsage) -> m.PublicKeyCertificate:
        """Return the newest valid certificate for a use. Raises KsefUnavailableError without one."""
        now = self._now()
        if self._until is None or now >= self._until:
            self._kept = self._client.security.get_public_key_certificates()
            self._until = now + _KEYS_KEPT_FOR
        valid = [one for one in self._kept if use in one.usage and _begins(one) <= now < _ends(one)]
        if not valid:
            self.forget()
            raise KsefUnavailableError(f"no valid certificate for {use.value}")
        return max(valid, key=_begins)

    def forget(self) -> None:
        """Ask anew at the next use."""
        self._until = None


def _begins(certificate: m.PublicKeyCertificate) -> datetime:
    return _instant(certificate.valid_from)


def _ends(certificate: m.PublicKeyCertificate) -> datetime:
    return _instant(certificate.valid_to)


def _instant(text: str | None) -> datetime:
    read = try_parse_api_datetime(text)
    if read is None:
        raise KsefUnavailableError("a time that cannot be read")
    return read


class KsefLogin:
    """Gives a valid token of access: the one it has, one refreshed, or one of a new login."""

    def __init__(
        self,
        client: KsefClient,
        credentials: KsefCredentials,
        keys: PublicKeys,
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._credentials = credentials
        self._keys = keys
        self._now = now
        self._access: m.TokenInfo | None = None
        self._refresh: m.TokenInfo | None = None

    def token(self) -> str:
        """Return a token of access. Raises KsefRefusedError when KSeF does not let the seller in."""
        if not self._lasts(self._access):
            self._access = self._refreshed() if self._lasts(self._refresh) else self._logged_in()
        assert self._access is not None  # noqa: S101 - for mypy: the line above gave it a value
        return self._access.token

    def forget(self) -> None:
        """Log in anew at the next call: KSeF does not take the tokens any more."""
        self._access = self._refresh = None

    def _lasts(self, token: m.TokenInfo | None) -> bool:
        return token is not None and _instant(token.valid_until) - self._now() > _BEFORE_IT_ENDS

    def _refreshed(self) -> m.TokenInfo:
        assert self._refresh is not None  # noqa: S101 - for mypy: only a token that lasts comes here
        try:
            return self._client.auth.refresh_access_token(self._refresh.token).access_token
        except KsefHttpError as error:
            if error.status_code not in {400, 401}:
                raise
            return self._logged_in()

    def _logged_in(self) -> m.TokenInfo:
        challenge = self._client.auth.get_challenge()
        begun = self._by_token(challenge) if self._credentials.token else self._by_certificate(challenge)
        self._wait_for(begun)
        tokens = self._client.auth.redeem_token(begun.authentication_token.token)
        self._refresh = tokens.refresh_token
        return tokens.access_token

    def _by_token(self, challenge: m.AuthenticationChallengeResponse) -> m.AuthenticationInitResponse:
        key = self._keys.of_use(m.PublicKeyCertificateUsage.KSEFTOKENENCRYPTION)
        request = build_ksef_token_auth_request(
            challenge=challenge.challenge,
            context_identifier_type="nip",
            context_identifier_value=self._credentials.nip,
            encrypted_token_base64=encrypt_ksef_token(
                public_certificate=key.certificate,
                token=self._credentials.token,
                timestamp_ms=challenge.timestamp_ms,
            ),
            public_key_id=key.public_key_id,
        )
        return self._client.auth.submit_ksef_token_auth(request)

    def _by_certificate(self, challenge: m.AuthenticationChallengeResponse) -> m.AuthenticationInitResponse:
        # xmlsec is native code that a login by token never needs.
        from ksef_client.services.xades import sign_xades_enveloped  # noqa: PLC0415 - see above

        request = build_auth_token_request_xml(
            challenge=challenge.challenge,
            context_identifier_type="nip",
            context_identifier_value=self._credentials.nip,
        )
        signed = sign_xades_enveloped(request, self._credentials.certificate_pem, self._credentials.key_pem)
        begun = self._client.auth.submit_xades_auth_request(signed)
        if begun is None:
            raise KsefUnavailableError("an empty answer to the login")
        return begun

    def _wait_for(self, begun: m.AuthenticationInitResponse) -> None:
        """Return when KSeF has checked the login. Raises KsefRefusedError or KsefUnavailableError."""
        for seconds in _WAITS:
            status = self._client.auth.get_auth_status(
                begun.reference_number, begun.authentication_token.token
            ).status
            if status.code == _DONE:
                return
            if status.code != _IN_PROGRESS:
                words = "; ".join((status.description, *(status.details or ())))
                raise KsefRefusedError(status.code, words)
            time.sleep(seconds)
        raise KsefUnavailableError("the login is not done in time")
