"""Plan the packing of closed months when the schedule fires."""

from kwit.aws.bootstrap import Application
from kwit.aws.runtime import QueueFunction, Report
from kwit.aws.schedules import ScheduleFired
from kwit.aws.settings import PlanPackingSettings
from kwit.metering.packing_months import plan_packing


def plan(message: ScheduleFired, app: Application) -> Report:
    """Ask for every shelf of the months that the local day of the schedule packs."""
    asked = plan_packing(business_date=message.business_date, queue=app.pack_queue)
    return {"business_date": message.business_date.isoformat(), "months": list(asked)}


lambda_handler = QueueFunction(settings=PlanPackingSettings, message=ScheduleFired, use_case=plan)
