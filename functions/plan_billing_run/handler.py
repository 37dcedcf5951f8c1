"""Plan the billing run of a business date when the schedule fires."""

from kwit.aws.bootstrap import Application
from kwit.aws.registry_store import SettingsMissingError
from kwit.aws.runtime import QueueFunction, Report
from kwit.aws.schedules import ScheduleFired
from kwit.aws.settings import PlanBillingRunSettings
from kwit.billing.runs import plan_run


def plan(message: ScheduleFired, app: Application) -> Report:
    """Plan the run of the local day that the schedule was set for."""
    try:
        run = plan_run(
            business_date=message.business_date, stores=app.planning, queue=app.run_queue, at=app.now()
        )
    except SettingsMissingError:
        # A system just deployed has nothing to bill yet; that is no failure to wake anybody for.
        return {"business_date": message.business_date.isoformat(), "contracts": 0, "settings": "missing"}
    return {"run_id": run.run_id, "contracts": run.contracts, "chunks": run.chunks, "status": str(run.status)}


lambda_handler = QueueFunction(settings=PlanBillingRunSettings, message=ScheduleFired, use_case=plan)
