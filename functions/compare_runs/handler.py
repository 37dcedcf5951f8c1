"""Compare a chunk of a run, and write the whole diff once its last part is there."""

from kwit.aws.bootstrap import Application
from kwit.aws.messages import CompareChunk
from kwit.aws.publishing import publish_diff
from kwit.aws.runtime import QueueFunction, Report
from kwit.aws.settings import CompareRunsSettings
from kwit.billing.run_diff import compare_chunk


def compare(message: CompareChunk, app: Application) -> Report:
    """Compare the chunk that the message names."""
    diff = compare_chunk(
        run_id=message.run_id, against=message.against, chunk=message.chunk, stores=app.comparing
    )
    written = publish_diff(diff, app) if diff is not None else []
    return {"run_id": message.run_id, "against": message.against, "chunk": message.chunk, "files": written}


lambda_handler = QueueFunction(settings=CompareRunsSettings, message=CompareChunk, use_case=compare)
