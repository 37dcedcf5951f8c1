"""Do what dropped files ask for about issued documents."""

from kwit.aws.document_orders import take
from kwit.aws.drops import Dropped
from kwit.aws.runtime import QueueFunction
from kwit.aws.settings import ImportDocumentOrdersSettings

lambda_handler = QueueFunction(settings=ImportDocumentOrdersSettings, message=Dropped, use_case=take)
