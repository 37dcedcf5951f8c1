"""Print docs/openapi.json, the portal's OpenAPI document: ``python -m infra.openapi_page > docs/openapi.json``."""

import sys

from kwit.aws.portal_api import openapi_document

if __name__ == "__main__":
    sys.stdout.write(openapi_document())
