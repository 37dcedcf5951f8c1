"""Lambda plumbing: messages in, one use case each, failures back to the queue, metrics and a log line out.

Nothing is made at import: logger, metrics and application come into being at the first invocation.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from os import environ
from typing import Any, Generic, TypeVar

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from pydantic import BaseModel, ConfigDict

from kwit.aws.bootstrap import Application
from kwit.aws.settings import Settings, load
from kwit.aws.telling import plain_units, told_of

Message = TypeVar("Message", bound=BaseModel)
Report = Mapping[str, object]


class QueueMessage(BaseModel):
    """The body of a message; fields this version does not know are left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class NamedMessage(QueueMessage):
    """A message whose use case is told its id, which is the same each time that the message comes."""

    message_id: str = ""


@dataclass(slots=True)
class QueueFunction(Generic[Message]):
    """A Lambda handler for an SQS queue: each record is one message for one use case.

    A record that fails is named in `batchItemFailures`, so that only it comes back. Behind a failed record of
    a FIFO group, the rest of the group waits with it. `use_case` returns what is worth a log line.
    """

    settings: type[Settings]
    message: type[Message]
    use_case: Callable[[Message, Application], Report | None]
    application: Application | None = None
    _logger: Logger | None = None
    _metrics: Metrics | None = None
    _started: bool = field(default=False)

    def __call__(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Handle a batch of records."""
        app, logger, metrics = self._start()
        cold, self._started = not self._started, True
        began, worked = time.perf_counter_ns(), time.process_time_ns()
        failures: list[dict[str, str]] = []
        blocked: set[str] = set()
        records = event.get("Records", [])
        for record in records:
            group = record.get("attributes", {}).get("MessageGroupId", "")
            if group in blocked or not self._handle(record, app, logger):
                failures.append({"itemIdentifier": record["messageId"]})
                blocked |= {group} if group else set()
        self._measure(
            app, logger, metrics, len(records), len(failures), (began, worked), cold=cold, context=context
        )
        return {"batchItemFailures": failures}

    def _start(self) -> tuple[Application, Logger, Metrics]:
        if self.application is None:
            self.application = Application(load(self.settings, environ))
        if self._logger is None or self._metrics is None:
            self._logger, self._metrics = Logger(), Metrics()
        return self.application, self._logger, self._metrics

    def _handle(self, record: Mapping[str, Any], app: Application, logger: Logger) -> bool:
        try:
            report = self.use_case(self._message(record), app)
        except Exception as error:  # noqa: BLE001 - whatever failed, this record alone comes back
            told = told_of(error) | {"message_id": record["messageId"]}
            logger.error("failed", extra=told)  # noqa: TRY400 - a traceback would print values of the message
            return False
        if report is not None:
            logger.info("done", extra=dict(report))
        return True

    def _message(self, record: Mapping[str, Any]) -> Message:
        message = self.message.model_validate_json(record["body"])
        if isinstance(message, NamedMessage):
            return message.model_copy(update={"message_id": record["messageId"]})
        return message

    def _measure(
        self,
        app: Application,
        logger: Logger,
        metrics: Metrics,
        records: int,
        failed: int,
        began: tuple[int, int],
        *,
        cold: bool,
        context: Any,
    ) -> None:
        meter = app.clients.meter.take()
        milliseconds = (time.perf_counter_ns() - began[0]) // 1_000_000
        worked = (time.process_time_ns() - began[1]) // 1_000_000
        figures = {
            "Records": records,
            "Failed": failed,
            "AwsCalls": sum(meter.calls.values()),
            "WriteUnits": int(meter.write_units.to_integral_value()),
            "ReadUnits": int(meter.read_units.to_integral_value()),
        }
        for name, value in figures.items():
            metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
        metrics.add_metric(name="Duration", unit=MetricUnit.Milliseconds, value=milliseconds)
        metrics.flush_metrics()
        told = {
            "figures": figures | {"Milliseconds": milliseconds, "CpuMilliseconds": worked, "ColdStart": cold},
            "calls": dict(meter.calls),
            "units": {"write": plain_units(meter.write_units), "read": plain_units(meter.read_units)},
            "memory_mb": int(getattr(context, "memory_limit_in_mb", 0) or 0),
        }
        logger.info("invocation", extra=told)
