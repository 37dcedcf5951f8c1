"""Render issued documents as PDF."""

from kwit.aws.messages import DocumentsNamed
from kwit.aws.rendering import render
from kwit.aws.runtime import QueueFunction
from kwit.aws.settings import RenderDocumentsSettings

lambda_handler = QueueFunction(settings=RenderDocumentsSettings, message=DocumentsNamed, use_case=render)
