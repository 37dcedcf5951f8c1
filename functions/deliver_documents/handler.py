"""Deliver rendered documents by e-mail."""

from kwit.aws.settings import DeliverDocumentsSettings

from kwit.aws.delivering import deliver
from kwit.aws.messages import DocumentNamed
from kwit.aws.runtime import QueueFunction

lambda_handler = QueueFunction(settings=DeliverDocumentsSettings, message=DocumentNamed, use_case=deliver)
