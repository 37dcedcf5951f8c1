"""Messages as AWS writes them: schedules, mail events, and those between functions."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from kwit.aws.messages import CloseRun, DocumentsNamed, IssueBatch, MailEvent, RateChunk
from kwit.aws.schedules import ScheduleFired
from kwit.delivery.ports import MailNotice


class TestSchedule:
    @pytest.mark.parametrize(
        ("instant", "day"),
        [
            ("2026-01-15T22:30:00Z", date(2026, 1, 15)),
            ("2026-01-15T23:30:00Z", date(2026, 1, 16)),
            ("2026-07-15T21:30:00Z", date(2026, 7, 15)),
            ("2026-07-15T22:30:00Z", date(2026, 7, 16)),
            ("2026-03-28T22:30:00Z", date(2026, 3, 28)),
            ("2026-03-28T23:30:00Z", date(2026, 3, 29)),
            ("2026-03-29T21:59:59Z", date(2026, 3, 29)),
            ("2026-03-29T22:30:00Z", date(2026, 3, 30)),
            ("2026-10-24T22:30:00Z", date(2026, 10, 25)),
            ("2026-10-25T22:30:00Z", date(2026, 10, 25)),
            ("2026-10-25T23:30:00Z", date(2026, 10, 26)),
            ("2026-12-31T23:00:00Z", date(2027, 1, 1)),
            ("2026-03-02T04:00:00+01:00", date(2026, 3, 2)),
        ],
    )
    def test_the_business_date_is_the_day_in_warsaw(self, instant: str, day: date) -> None:
        fired = ScheduleFired.model_validate({"schedule": "daily", "scheduled_time": instant})
        assert fired.business_date == day

    @pytest.mark.parametrize("instant", ["2026-01-15T22:30:00", "2026-01-15", "", None])
    def test_an_instant_without_a_zone_is_refused(self, instant: str | None) -> None:
        with pytest.raises(ValidationError):
            ScheduleFired.model_validate({"schedule": "daily", "scheduled_time": instant})


def mail_event(**changes: Any) -> dict[str, Any]:
    detail = {
        "eventType": "Bounce",
        "mail": {"messageId": "ses-1", "tags": {"kwit-document": ["d1"], "ses:from-domain": ["kwit.example"]},
                 "destination": ["zaneta@example.org"]},
        "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": "zaneta@example.org"}]},
    }  # fmt: skip
    return {"time": "2026-04-08T10:31:00Z", "detail": detail | changes}


class TestMailEvent:
    def test_it_names_kind_message_and_document_and_no_address(self) -> None:
        event = MailEvent.model_validate(mail_event())
        told = MailNotice("Bounce", "ses-1", datetime(2026, 4, 8, 10, 31, tzinfo=UTC), permanent=True)
        assert event.notice(datetime(2030, 1, 1, tzinfo=UTC)) == told
        assert event.document_ids == ("d1",)
        assert "zaneta" not in repr(event)

    def test_the_mailbox_answers_without_its_address(self) -> None:
        answer = "250 2.1.5 <zaneta@example.org> accepted"
        event = MailEvent.model_validate(mail_event(eventType="Delivery", delivery={"smtpResponse": answer}))
        assert event.notice(datetime(2030, 1, 1, tzinfo=UTC)).answer == "250 2.1.5 … accepted"

    @pytest.mark.parametrize(
        "event", [{}, {"detail": {}}, {"detail": {"mail": {}}}, mail_event(mail={"tags": {}})]
    )
    def test_an_event_of_another_mail_names_no_document(self, event: dict[str, Any]) -> None:
        assert MailEvent.model_validate(event).document_ids == ()


class TestBodies:
    @pytest.mark.parametrize(
        ("kind", "body"),
        [
            (RateChunk, '{"run_id": "r", "chunk": 0}'),
            (CloseRun, '{"run_id": "r"}'),
            (IssueBatch, '{"run_id": "r", "batch": 12}'),
            (DocumentsNamed, '{"document_ids": ["d"]}'),
        ],
    )
    def test_each_body_reads_and_a_missing_field_does_not(self, kind: Any, body: str) -> None:
        assert kind.model_validate_json(body).model_dump()
        with pytest.raises(ValidationError):
            kind.model_validate_json("{}")
