"""Follow what the mail system says of e-mails that were sent."""

from kwit.aws.delivering import follow
from kwit.aws.messages import MailEvent
from kwit.aws.runtime import QueueFunction
from kwit.aws.settings import HandleMailEventsSettings

lambda_handler = QueueFunction(settings=HandleMailEventsSettings, message=MailEvent, use_case=follow)
