"""What a log line may say: figures, and what failed without personal data."""

import traceback
from decimal import Decimal

from botocore.exceptions import ClientError


def plain_units(units: Decimal) -> str:
    """Write capacity units without an exponent."""
    return format(units.normalize(), "f")


def told_of(error: Exception) -> dict[str, object]:
    """Say what failed without personal data: only kWit's own errors are trusted to tell their value.

    Of an AWS error the code and the operation are told, never its message.
    """
    own = type(error).__module__.startswith("kwit.")
    detail = str(error) if own else ""
    if isinstance(error, ClientError):
        detail = f"{error.response.get('Error', {}).get('Code', '')} in {error.operation_name}"
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-6:]]
    return {"error": type(error).__name__, "detail": detail, "where": where}
