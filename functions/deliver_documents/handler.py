"""Deliver rendered documents by e-mail."""

from kwit.aws.delivering import deliver
from kwit.aws.messages import DocumentNamed
from kwit.aws.runtime import QueueFunction
from kwit.aws.settings import DeliverDocumentsSettings

lambda_handler = QueueFunction(settings=DeliverDocumentsSettings, message=DocumentNamed, use_case=deliver)
