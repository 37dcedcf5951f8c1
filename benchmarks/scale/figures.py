"""The figures of a run as they stand in results.json, and as tables."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from benchmarks.scale.cloud_run import STAGES
from infra.catalogue import FUNCTIONS, MailEvent
from kwit.aws.cost import AwsPrices, StageUse

_AFTER_MAIL = {one.name for one in FUNCTIONS if isinstance(one.trigger, MailEvent)}


def cost_figures(
    use: Mapping[str, StageUse], prices: AwsPrices, *, documents: int, mail_bytes: int
) -> dict[str, object]:
    """Return what a million invoices cost in USD, before e-mail and with it, and what each function takes of it.

    Following mails up belongs to the mail.
    """
    before = {name: _usd(one, prices) for name, one in use.items() if name not in _AFTER_MAIL}
    drawn_out = [one.usd(prices, shared_cpu=True) for name, one in use.items() if name not in _AFTER_MAIL]
    after = sum(
        (_usd(one, prices) + _fed(one, prices) for name, one in use.items() if name in _AFTER_MAIL),
        Decimal(0),
    )
    mail = sum((one.mail_usd(prices) for one in use.values()), Decimal(0)) + after
    mail += Decimal(mail_bytes) / 1024**3 * prices.of("ses_attachment_gb")
    total = sum(before.values(), Decimal(0))
    return {
        "usd_per_million_invoices_before_mail": _million(total, documents),
        "usd_per_million_invoices_before_mail_shared_cpu": _million(sum(drawn_out, Decimal(0)), documents),
        "usd_per_million_invoices_with_mail": _million(total + mail, documents),
        "usd_per_million_invoices_by_function": {
            name: _million(usd, documents) for name, usd in before.items() if usd
        },
        "usd_per_million_invoices_by_item": _items(use, prices, documents),
        "prices_as_of": prices.as_of,
    }


def _usd(use: StageUse, prices: AwsPrices) -> Decimal:
    return use.usd(prices)


def _fed(use: StageUse, prices: AwsPrices) -> Decimal:
    """Price the messages that EventBridge puts into a queue: one each."""
    return use.records * prices.of("sqs_request")


def _million(usd: Decimal, documents: int) -> float:
    return round(float(usd) / documents * 1_000_000, 2)


def _items(use: Mapping[str, StageUse], prices: AwsPrices, documents: int) -> dict[str, float]:
    own = [one for name, one in use.items() if name not in _AFTER_MAIL]
    calls = [(name, count) for one in own for name, count in one.calls.items()]
    queue = sum(count for name, count in calls if name.startswith("sqs:")) + sum(one.polls for one in own)
    amounts = {
        "lambda_gb_seconds": sum((one.gb_milliseconds for one in own), Decimal(0))
        / 1000
        * prices.of("lambda_gb_second"),
        "lambda_requests": sum(one.invocations for one in own) * prices.of("lambda_request"),
        "dynamodb_writes": sum((one.write_units for one in own), Decimal(0))
        * prices.of("dynamodb_write_unit"),
        "dynamodb_reads": sum((one.read_units for one in own), Decimal(0)) * prices.of("dynamodb_read_unit"),
        "s3_puts": sum(count for name, count in calls if name == "s3:PutObject") * prices.of("s3_put"),
        "s3_gets": sum(count for name, count in calls if name == "s3:GetObject") * prices.of("s3_get"),
        "sqs_requests": queue * prices.of("sqs_request"),
        "logs": Decimal(sum(one.log_bytes for one in own)) / 1024**3 * prices.of("logs_gb"),
    }
    return {name: _million(Decimal(usd), documents) for name, usd in amounts.items()}


def use_figures(use: Mapping[str, StageUse], *, documents: int) -> dict[str, dict[str, float]]:
    """Return, for each function that worked, its AWS calls, units, GB-seconds and milliseconds for each invoice."""
    return {
        name: {
            "invocations": one.invocations,
            "aws_calls_per_invoice": round(sum(one.calls.values()) / documents, 3),
            "write_units_per_invoice": round(float(one.write_units) / documents, 3),
            "read_units_per_invoice": round(float(one.read_units) / documents, 3),
            "gb_seconds_per_invoice": round(float(one.gb_milliseconds) / 1000 / documents, 5),
            "ms_per_invoice": round(one.milliseconds / documents, 2),
            "cpu_ms_per_invoice": round(one.cpu_milliseconds / documents, 2),
        }
        for name, one in use.items()
        if one.invocations
    }


def calls_table(use: Mapping[str, StageUse], *, documents: int) -> list[str]:
    """Write the AWS calls of each function for each invoice, for reading."""
    return [
        f"{name:20} {one.invocations:6} x {one.milliseconds / max(one.invocations, 1):8.1f} ms  "
        + ", ".join(f"{call} {count / documents:.3f}" for call, count in one.calls.most_common())
        for name, one in use.items()
        if name in STAGES or one.invocations
    ]


def stage_figures(stages: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
    """Return when each stage began and ended, in seconds since the run was fired."""
    return {name: {"from_s": span[0], "to_s": span[1]} for name, span in stages.items()}
