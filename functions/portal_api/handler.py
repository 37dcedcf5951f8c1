"""Answer the customer portal: a reading submitted, the last readings listed (docs/portal.md)."""

from kwit.aws.http_function import HttpFunction
from kwit.aws.portal_api import routes
from kwit.aws.settings import PortalApiSettings

lambda_handler = HttpFunction(settings=PortalApiSettings, routes=routes)
