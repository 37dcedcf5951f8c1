"""Rate one chunk of a run's contracts."""

from kwit.aws.bootstrap import Application
from kwit.aws.messages import RateChunk
from kwit.aws.runtime import QueueFunction, Report
from kwit.aws.settings import RateContractsSettings
from kwit.billing.chunks import rate_chunk


def rate(message: RateChunk, app: Application) -> Report:
    """Rate the chunk that the message names."""
    result = rate_chunk(
        run_id=message.run_id,
        chunk=message.chunk,
        stores=app.rating,
        queue=app.run_queue,
        holidays=app.holidays,
        corrections=app.corrections,
    )
    held = [f"{hold.contract_no} {hold.code}" for hold in result.holds]
    counts = {"drafts": len(result.drafts), "holds": held}
    return {"run_id": message.run_id, "chunk": message.chunk, "contracts": result.contracts} | counts


lambda_handler = QueueFunction(settings=RateContractsSettings, message=RateChunk, use_case=rate)
