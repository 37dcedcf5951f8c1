"""Export the postings of a day's documents for the finance system."""

from kwit.aws.bootstrap import Application
from kwit.aws.runtime import QueueFunction, Report
from kwit.aws.schedules import ScheduleFired
from kwit.aws.settings import ExportPostingsSettings
from kwit.ledger.export import export_postings
from kwit.ledger.ksef_numbers import export_ksef_numbers


def export(message: ScheduleFired, app: Application) -> Report:
    """Export the day that the schedule was set for."""
    company, _ = app.company.current(on=message.business_date)
    exported = export_postings(
        day=message.business_date, store=app.packages, files=app.files, accounts=company.accounts
    )
    numbers = export_ksef_numbers(day=message.business_date, store=app.filings, files=app.files)
    keys = [one.key for one in exported]
    return {
        "day": message.business_date.isoformat(),
        "packages": keys,
        "documents": sum(e.documents for e in exported),
        "ksef_numbers": numbers.numbers,
    }


lambda_handler = QueueFunction(settings=ExportPostingsSettings, message=ScheduleFired, use_case=export)
