"""Lambda plumbing for requests: one answer each, never a trace of an error in it, metrics and a log line out."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from os import environ
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.metrics import MetricUnit

from kwit.aws.bootstrap import Application
from kwit.aws.portal_api import FAILED, Exchange
from kwit.aws.portal_forms import ProblemOut
from kwit.aws.settings import Settings, load
from kwit.aws.telling import plain_units, told_of

LONGEST_BODY = 10_000
"""Signs of the longest body that is read; a reading takes some two hundred."""


@dataclass(slots=True)
class HttpFunction:
    """A Lambda handler for an HTTP API: `routes` make the resolver, once per process."""

    settings: type[Settings]
    routes: Callable[[], APIGatewayHttpResolver]
    application: Application | None = None
    _resolver: APIGatewayHttpResolver | None = None
    _logger: Logger | None = None
    _metrics: Metrics | None = None

    def __call__(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Answer one request."""
        app, logger, metrics = self._start()
        began = time.perf_counter_ns()
        exchange = Exchange(app)
        if len(event.get("body") or "") > LONGEST_BODY:
            answer = _problem(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "Treść zapytania jest za długa."
            )
        else:
            answer = self._answer(event, context, exchange, logger)
        self._measure(event, answer, exchange, (logger, metrics), began)
        return answer

    def _start(self) -> tuple[Application, Logger, Metrics]:
        if self.application is None:
            self.application = Application(load(self.settings, environ))
        if self._logger is None or self._metrics is None:
            self._logger, self._metrics = Logger(), Metrics()
        return self.application, self._logger, self._metrics

    def _answer(
        self, event: Mapping[str, Any], context: Any, exchange: Exchange, logger: Logger
    ) -> dict[str, Any]:
        if self._resolver is None:
            self._resolver = self.routes()
        try:
            set_context: Callable[..., None] = self._resolver.append_context
            set_context(exchange=exchange)
            answer: dict[str, Any] = self._resolver.resolve(dict(event), context)
        except Exception as error:  # noqa: BLE001 - the caller gets an answer, the log what failed
            logger.error("failed", extra=told_of(error))  # noqa: TRY400 - a traceback would print values
            return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, "failed", FAILED)
        return answer

    def _measure(
        self,
        event: Mapping[str, Any],
        answer: Mapping[str, Any],
        exchange: Exchange,
        out: tuple[Logger, Metrics],
        began: int,
    ) -> None:
        logger, metrics = out
        meter = exchange.app.clients.meter.take()
        milliseconds = (time.perf_counter_ns() - began) // 1_000_000
        status = int(answer["statusCode"])
        metrics.add_metric(name="Requests", unit=MetricUnit.Count, value=1)
        metrics.add_metric(name="Failed", unit=MetricUnit.Count, value=int(status >= 500))
        metrics.add_metric(name="Duration", unit=MetricUnit.Milliseconds, value=milliseconds)
        metrics.flush_metrics()
        # The route, not the path: a point's code leads to a person.
        told = {"route": event.get("routeKey", ""), "status": status, **exchange.told}
        told |= {"request": event.get("requestContext", {}).get("requestId", ""), "ms": milliseconds}
        told |= {"calls": dict(meter.calls)}
        told |= {"units": {"write": plain_units(meter.write_units), "read": plain_units(meter.read_units)}}
        logger.info("answered", extra=told)


def _problem(status: HTTPStatus, code: str, message: str) -> dict[str, Any]:
    return {
        "statusCode": int(status),
        "headers": {"Content-Type": "application/json"},
        "body": ProblemOut(code=code, message=message).model_dump_json(),
        "isBase64Encoded": False,
    }
