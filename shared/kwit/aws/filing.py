"""File documents with KSeF: what the functions and commands that speak with it share.

Only these import the client of KSeF, which the layer `ksef` brings.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from kwit.aws.bootstrap import Application
from kwit.aws.ksef_credentials import KsefCredentials, read_secret
from kwit.aws.ksef_gateway import KsefAddress, KsefApiGateway
from kwit.aws.ksef_signer import PemOfflineSigner
from kwit.aws.messages import FilingWork
from kwit.aws.queues import SqsKsefQueue
from kwit.aws.runtime import Report
from kwit.aws.schedules import ScheduleFired
from kwit.documents.fa3_check import check_fa3
from kwit.ksef.desk import FilingDesk, InvoiceDesk
from kwit.ksef.following import MOST_QUESTIONS, follow_session
from kwit.ksef.ports import KsefBusyError, KsefGateway, KsefRefusedError, KsefUnavailableError
from kwit.ksef.sending import send_documents
from kwit.ksef.watching import watch_filings


def _opened(address: KsefAddress, credentials: KsefCredentials) -> KsefGateway:
    return KsefApiGateway(address=address, credentials=credentials)


@dataclass(slots=True)
class Filer:
    """Files documents; one per process, so that a login to KSeF serves many messages.

    `opens` opens KSeF at an address in the name of whom the credentials prove.
    """

    opens: Callable[[KsefAddress, KsefCredentials], KsefGateway] = _opened
    _credentials: KsefCredentials | None = None
    _gateway: KsefGateway | None = field(default=None, repr=False)

    def desk(self, app: Application) -> FilingDesk:
        """Return what filing works with, wired from a function's settings."""
        credentials = self._read(app)
        if self._gateway is None:
            address = KsefAddress(api=app.need("ksef_api_url"), lighthouse=app.need("ksef_notice_url"))
            self._gateway = self.opens(address, credentials)
        return FilingDesk(
            filings=app.filings,
            documents=app.documents,
            files=app.files,
            tasks=app.document_tasks,
            gateway=self._gateway,
            queue=SqsKsefQueue(app.clients.sqs, app.need("submit_queue_url")),
            renders=app.render_queue,
            settings_of=app.settings_of,
            faults=faults_of,
            code_host=app.need("ksef_code_url"),
            holidays=app.holidays,
            signer=PemOfflineSigner(credentials.offline) if credentials.offline else None,
        )

    def _read(self, app: Application) -> KsefCredentials:
        if self._credentials is None:
            answer = app.clients.secrets.get_secret_value(SecretId=app.need("ksef_secret"))
            self._credentials = read_secret(answer["SecretString"])
        return self._credentials

    def work(self, message: FilingWork, app: Application) -> Report:
        """Send the documents that a message names, or ask what became of them.

        While KSeF cannot be asked, the question comes again later, and at last with the daily watch; what is to be
        sent is given back by the use case.
        """
        try:
            return self._follow(message, app) if message.session else self._send(message, app)
        except KsefRefusedError:
            # Credentials may have been put right meanwhile; the next message reads them anew.
            self._credentials, self._gateway = None, None
            raise

    def _send(self, message: FilingWork, app: Application) -> Report:
        sent = send_documents(message.document_ids, desk=self.desk(app), at=app.now(), by=message.message_id)
        return {"sent": len(sent.sent), "offline": len(sent.offline), "waiting": len(sent.waiting)}

    def _follow(self, message: FilingWork, app: Application) -> Report:
        desk = self.desk(app)
        try:
            found = follow_session(
                message.session, message.document_ids, asked=message.asked, desk=desk, at=app.now()
            )
        except (KsefUnavailableError, KsefBusyError) as error:
            if message.asked < MOST_QUESTIONS:
                desk.queue.follow(message.session, message.document_ids, asked=message.asked + 1)
            return {"session": message.session, "asked_again": type(error).__name__}
        counts = {
            "taken": found.taken,
            "refused": found.refused,
            "again": found.again,
            "pending": found.pending,
        }
        return {"session": message.session} | {name: len(ids) for name, ids in counts.items()}

    def watch(self, message: ScheduleFired, app: Application) -> Report:
        """Look after every document that is not finished with KSeF."""
        company, _ = app.company.current(on=message.business_date)
        # What was filed before the company left KSeF is still to be finished.
        if company.ksef is None and not app.filings.open_filings():
            return {"day": message.business_date.isoformat(), "ksef": "not used"}
        found = watch_filings(day=message.business_date, desk=self.desk(app), at=app.now())
        return {
            "day": message.business_date.isoformat(),
            "sending": len(found.sending),
            "asking": len(found.asking),
            "refused": len(found.refused),
            "late": len(found.late),
        }


def invoice_desk(app: Application) -> InvoiceDesk:
    """Return what making structured invoices works with; KSeF itself is not spoken to."""
    return InvoiceDesk(
        filings=app.filings,
        documents=app.documents,
        files=app.files,
        tasks=app.document_tasks,
        queue=SqsKsefQueue(app.clients.sqs, app.need("submit_queue_url")),
        settings_of=app.settings_of,
        faults=faults_of,
    )


def faults_of(content: bytes) -> list[str]:
    """Name in Polish why KSeF would refuse an invoice."""
    return [one.sentence for one in check_fa3(content) if one.refuses]
