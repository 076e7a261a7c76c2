"""Errors of HTTP requests, and of asking a service."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from genderlens.errors.base import ExitCode, GenderlensError


class ServiceError(GenderlensError):
    """A service that was asked over HTTP refused, failed, or did not answer at all.

    ``problem`` is the code of its problem document, ``unreachable`` where nothing came back, with
    the ``status`` 0; ``document`` is the whole of it.
    """

    code = "service_failed"
    http_status = HTTPStatus.BAD_GATEWAY
    exit_code = ExitCode.SERVICE

    def __init__(
        self,
        message: str,
        problem: str = "unreachable",
        *,
        status: int = 0,
        retry_after_s: int | None = None,
        document: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.problem, self.status, self.retry_after_s = problem, status, retry_after_s
        self.document = dict(document or {})


class RequestError(GenderlensError):
    """An HTTP request that cannot be served; ``headers`` are those that its answer carries."""

    code = "bad_request"
    http_status = HTTPStatus.BAD_REQUEST
    exit_code = ExitCode.SERVICE

    def __init__(self, *message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(*message)
        self.headers: Mapping[str, str] = headers or {}


class BodyTooLargeError(RequestError):
    """The body of a request is larger than the limit."""

    code = "body_too_large"
    http_status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class RequestTimeoutError(RequestError):
    """The body of a request did not arrive in time."""

    code = "request_timeout"
    http_status = HTTPStatus.REQUEST_TIMEOUT


class MalformedRequestError(RequestError):
    """The body of a request is not what its content type says."""

    code = "malformed_request"


class InvalidBase64Error(RequestError):
    """The ``image`` of a JSON request is not base64 or a base64 ``data:`` URI of a picture."""

    code = "invalid_base64"


class MissingFileError(RequestError):
    """A multipart request without the expected file part."""

    code = "missing_file"


class TooManyFilesError(RequestError):
    """A batch request with more files than the limit."""

    code = "too_many_files"
    http_status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class UnsupportedMediaTypeError(RequestError):
    """A content type or content encoding that the route does not take."""

    code = "unsupported_media_type"
    http_status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class NotReadyError(RequestError):
    """The model is still being loaded, or could not be."""

    code = "not_ready"
    http_status = HTTPStatus.SERVICE_UNAVAILABLE


class OverloadedError(RequestError):
    """More work is waiting than the service will queue."""

    code = "overloaded"
    http_status = HTTPStatus.SERVICE_UNAVAILABLE


class StoreTimeoutError(RequestError):
    """A store behind the service took too long: a bucket or a database."""

    code = "store_timeout"
    http_status = HTTPStatus.SERVICE_UNAVAILABLE


class AuthenticationError(RequestError):
    """A request without an API key, or with one that opens nothing."""

    code = "invalid_key"
    http_status = HTTPStatus.UNAUTHORIZED


class ForbiddenError(RequestError):
    """An API key without the scope that the route needs."""

    code = "forbidden"
    http_status = HTTPStatus.FORBIDDEN


class CrossOriginError(RequestError):
    """A page of another site asks a service that is open to this machine."""

    code = "cross_origin"
    http_status = HTTPStatus.FORBIDDEN


class UnknownHostError(RequestError):
    """A request to a name that is not one of this service's."""

    code = "unknown_host"
    http_status = HTTPStatus.MISDIRECTED_REQUEST


class ForwardedError(RequestError):
    """A proxy passes a request on to a service that is open to its own machine without keys."""

    code = "forwarded"
    http_status = HTTPStatus.FORBIDDEN


class NotExplainableError(RequestError):
    """The model that answers cannot show what it looked at."""

    code = "not_explainable"
    http_status = HTTPStatus.CONFLICT


class UnknownAttributeError(RequestError):
    """A further head is asked for that the model which answers does not have."""

    code = "unknown_attribute"
    http_status = HTTPStatus.UNPROCESSABLE_ENTITY


class RateLimitedError(RequestError):
    """A key, or where there are none an address, asks more often than it may."""

    code = "rate_limited"
    http_status = HTTPStatus.TOO_MANY_REQUESTS


class TurnedOffError(RequestError):
    """A part of the service that its settings do not turn on."""

    code = "turned_off"
    http_status = HTTPStatus.FORBIDDEN


class RetrainingOffError(TurnedOffError):
    """A retraining is asked for, and the settings name nothing to train on."""

    code = "retraining_off"


class PrivateModeError(RequestError):
    """What serves cannot run in a browser."""

    code = "private_mode_unavailable"
    http_status = HTTPStatus.NOT_FOUND


class PictureMismatchError(RequestError):
    """The picture of a correction is not the one that was predicted."""

    code = "picture_mismatch"
    http_status = HTTPStatus.UNPROCESSABLE_ENTITY


class LabelConflictError(RequestError):
    """A picture is in the sample pool already, with the other label."""

    code = "label_conflict"
    http_status = HTTPStatus.CONFLICT


class PoolFullError(RequestError):
    """The sample pool holds as many pictures as the settings allow."""

    code = "pool_full"
    http_status = HTTPStatus.INSUFFICIENT_STORAGE
