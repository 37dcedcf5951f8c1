"""Deliver rendered documents by e-mail."""

from kwit.aws.delivering import deliver
from kwit.aws.messages import DocumentsNamed
from kwit.aws.runtime import QueueFunction
from kwit.aws.settings import DeliverDocumentsSettings

lambda_handler = QueueFunction(settings=DeliverDocumentsSettings, message=DocumentsNamed, use_case=deliver)
