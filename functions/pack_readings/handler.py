"""Pack the interval days of some shelves of a month."""

from kwit.aws.bootstrap import Application
from kwit.aws.messages import PackShelves
from kwit.aws.runtime import QueueFunction, Report
from kwit.aws.settings import PackReadingsSettings
from kwit.metering.packing_months import pack_shelf


def pack(message: PackShelves, app: Application) -> Report:
    """Pack the shelves that the message names."""
    numbers = range(message.first, message.first + message.count)
    packed = [pack_shelf(month=message.month, number=one, shelves=app.readings) for one in numbers]
    counts = {"arrived": sum(one.arrived for one in packed), "written": sum(one.written for one in packed)}
    return {"month": message.month, "first": message.first, "shelves": message.count} | counts


lambda_handler = QueueFunction(settings=PackReadingsSettings, message=PackShelves, use_case=pack)
