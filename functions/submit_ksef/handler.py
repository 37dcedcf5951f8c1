"""Send documents to KSeF, and learn what became of them."""

from kwit.aws.filing import Filer
from kwit.aws.messages import FilingWork
from kwit.aws.runtime import QueueFunction
from kwit.aws.settings import SubmitKsefSettings

lambda_handler = QueueFunction(settings=SubmitKsefSettings, message=FilingWork, use_case=Filer().work)
