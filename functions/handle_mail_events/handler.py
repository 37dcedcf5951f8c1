"""Follow what the mail system says of e-mails that were sent."""

from kwit.aws.bootstrap import Application
from kwit.aws.messages import MailEvent
from kwit.aws.runtime import QueueFunction, Report
from kwit.aws.settings import HandleMailEventsSettings
from kwit.delivery.deliver import follow_event


def follow(message: MailEvent, app: Application) -> Report:
    """Move the delivery of the document that the event's tag names."""
    at = message.time or app.now()
    moved = [
        follow_event(
            document_id=document_id,
            event=message.kind,
            message_id=message.message_id,
            store=app.deliveries,
            at=at,
        )
        for document_id in message.document_ids
    ]
    statuses = [str(one.status) for one in moved if one is not None]
    return {"event": message.kind, "documents": list(message.document_ids), "statuses": statuses}


lambda_handler = QueueFunction(settings=HandleMailEventsSettings, message=MailEvent, use_case=follow)
