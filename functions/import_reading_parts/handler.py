"""Import one part of a long file of readings; the last one in puts the result beside the file."""

from kwit.aws.bootstrap import Application
from kwit.aws.cut_files import long_files
from kwit.aws.drops import put_result_of
from kwit.aws.messages import ImportPart
from kwit.aws.runtime import QueueFunction, Report
from kwit.aws.settings import ImportReadingPartsSettings


def load(message: ImportPart, app: Application) -> Report:
    """Import the part that the message names."""
    cut, result = long_files(app, cut=False).import_part(cut_id=message.cut_id, part=message.part)
    if result is not None:
        return put_result_of(cut.drop, result, app)
    return {"file": cut.drop, "part": message.part, "done": cut.done, "parts": cut.parts}


lambda_handler = QueueFunction(settings=ImportReadingPartsSettings, message=ImportPart, use_case=load)
