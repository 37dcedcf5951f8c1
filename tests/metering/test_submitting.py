"""A customer's reading is judged like a file's, answered at once, and kept once."""

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.intake.findings import Severity
from kwit.kernel.provenance import Source
from kwit.kernel.time import DateRange
from kwit.metering.ports import PlacedMeter, PlacedRegister
from kwit.metering.readings import ReadingKind, Standing
from kwit.metering.submissions import Answer, Caller, Outcome
from kwit.metering.submitting import KeyReusedError, PointNotHeldError
from kwit.metering.tasks import Cause
from kwit.metering.usage import current_states
from kwit.metering.validation.rules import RuleCode
from tests.metering.portal_counter import BEFORE, MOVED, NOW, PPE, PortalCounter, state

MARCH = date(2026, 3, 31)
ZONES = (PlacedRegister("1.8.1", "day"), PlacedRegister("1.8.2", "night"))


@pytest.fixture
def counter() -> PortalCounter:
    """A tenant with a history of some 5 kWh a day, read last at the end of February."""
    made = PortalCounter()
    made.known(state(MOVED, 1000), state(date(2025, 12, 1), 1765), state(date(2026, 3, 1), 2215))
    return made


def codes(answer: Answer, effect: Severity) -> list[str]:
    return [one.code for one in answer.remarks if one.severity is effect]


class TestAccepted:
    def test_a_state_in_line_is_kept_as_the_customers(self, counter: PortalCounter) -> None:
        answer = counter.says(MARCH, "2370,5")
        assert answer.outcome is Outcome.ACCEPTED
        [kept] = counter.stored
        assert answer.reading == kept
        assert (kept.kind, kept.state_wh) == (ReadingKind.CUSTOMER, 2_370_500)
        assert kept.boundary == date(2026, 4, 1)
        assert kept.standing.held == kept.standing.confirmed == ()

    def test_the_source_names_the_submission_under_which_it_is_found(self, counter: PortalCounter) -> None:
        counter.says(MARCH, "2370")
        [kept] = counter.stored
        submission = counter.submissions.find(kept.source.content_hash)
        assert submission is not None
        assert (submission.caller.subject, submission.said.state_kwh) == ("user-1", "2370")

    def test_a_reading_of_invoiced_days_makes_its_task(self, counter: PortalCounter) -> None:
        counter.invoiced.billed[PPE] = [("U/1", DateRange(MOVED, date(2026, 5, 1)))]
        counter.says(MARCH, "2370")
        [task] = counter.submissions.tasks.open_tasks()
        assert (task.cause, task.after_wh) == (Cause.LATE_READING, 2_370_000)


class TestSameAgain:
    def test_keeps_one_and_is_answered_the_same(self, counter: PortalCounter) -> None:
        first = counter.says(MARCH, "2370")
        assert counter.says(MARCH, "2370,000") == first
        assert len(counter.stored) == len(counter.submissions.kept) == 1

    def test_with_a_key_too_and_also_after_later_readings(self, counter: PortalCounter) -> None:
        first = counter.says(MARCH, "2370", key="a-1")
        counter.says(MARCH, "2371", key="a-2")
        assert counter.says(MARCH, "2370", key="a-1") == first
        assert [one.state_wh for one in counter.stored] == [2_370_000, 2_371_000]

    def test_a_key_of_another_reading_is_refused(self, counter: PortalCounter) -> None:
        counter.says(MARCH, "2370", key="a-1")
        with pytest.raises(KeyReusedError):
            counter.says(MARCH, "2371", key="a-1")
        assert len(counter.stored) == 1

    def test_keys_of_two_parties_are_apart(self, counter: PortalCounter) -> None:
        counter.says(MARCH, "2370", key="a-1")
        other = counter.says(MARCH, "2371", key="a-1", caller=Caller("K-2", "user-2"))
        assert other.outcome is Outcome.ACCEPTED

    def test_a_return_to_an_earlier_state_is_a_new_reading(self, counter: PortalCounter) -> None:
        for kwh in ("2370", "2380", "2370"):
            assert counter.says(MARCH, kwh).outcome is Outcome.ACCEPTED
        assert [one.state_wh for one in counter.stored] == [2_370_000, 2_380_000, 2_370_000]
        assert {one.boundary: one.state_wh for one in current_states(counter.stored)} == {
            date(2026, 4, 1): 2_370_000
        }

    def test_a_state_that_a_person_withdrew_may_be_said_again(self, counter: PortalCounter) -> None:
        counter.says(MARCH, "2370")
        [said] = counter.stored
        counter.clock += timedelta(hours=1)
        gone = Source("korekta.csv", "e" * 64, 2)
        counter.known(replace(said, known_at=counter.clock, source=gone, standing=Standing(void=True)))
        assert counter.says(MARCH, "2370").outcome is Outcome.ACCEPTED
        assert len(counter.stored) == 2
        versions = [
            one for one in counter.submissions.readings.registers(PPE) if one.boundary == said.boundary
        ]
        assert [one.known_at for one in current_states(versions)] == [counter.clock]

    def test_what_the_distributor_read_is_known_already(self, counter: PortalCounter) -> None:
        answer = counter.says(date(2026, 2, 28), "2215")
        assert (answer.outcome, answer.codes) == (Outcome.ACCEPTED, ("known_already",))
        assert counter.stored == []

    @given(
        st.lists(st.integers(min_value=2300, max_value=2400), min_size=1, max_size=6),
        st.integers(min_value=1, max_value=3),
    )
    def test_sent_however_often_the_last_state_said_counts(self, states: list[int], times: int) -> None:
        made = PortalCounter()
        made.known(state(MOVED, 1000), state(date(2026, 3, 1), 2215))
        for kwh in states:
            answers = {made.says(MARCH, str(kwh)) for _ in range(times)}
            assert len(answers) == 1
        changes = 1 + sum(one != other for one, other in itertools.pairwise(states))
        assert len(made.stored) == changes
        [counting] = current_states(made.stored)
        assert counting.state_wh == states[-1] * 1000


class TestImplausible:
    @pytest.mark.parametrize(
        ("day", "kwh", "more", "code", "name"),
        [
            (MARCH, "2214", {}, "reading_before_last", "state_kwh"),
            (date(2026, 2, 1), "2216", {}, "reading_above_next", "state_kwh"),
            (date(2026, 4, 3), "2400", {}, "reading_in_future", "day"),
            (MARCH, "1000000", {}, "state_too_large", "state_kwh"),
            (MARCH, "2400.0001", {}, "finer_than_wh", "state_kwh"),
            (MARCH, "2400", {"meter_no": "L9"}, "unknown_meter", "meter_no"),
            (MARCH, "2400", {"register": "9.8.0"}, "unknown_register", "register"),
            (date(2026, 2, 28), "2216", {}, "read_by_operator", "state_kwh"),
            (date(2025, 6, 1), "990", {}, "contract_not_yours", "state_kwh"),
        ],
    )
    def test_is_refused_with_the_reason_and_nothing_is_kept(
        self, counter: PortalCounter, day: date, kwh: str, more: dict[str, str], code: str, name: str
    ) -> None:
        answer = counter.says(day, kwh, **more)
        assert answer.outcome is Outcome.IMPLAUSIBLE
        [remark] = [one for one in answer.remarks if one.severity is Severity.REJECT]
        assert (remark.code, remark.name) == (code, name)
        assert remark.sentence_pl.endswith(".")
        assert counter.stored == []
        assert not counter.submissions.kept

    def test_of_several_registers_one_must_be_named(self) -> None:
        counter = PortalCounter(meters=(PlacedMeter("L1", date(2024, 1, 1), None, ZONES),))
        assert codes(counter.says(MARCH, "10"), Severity.REJECT) == ["register_needed"]
        answer = counter.says(MARCH, "10", register="1.8.2")
        assert answer.reading is not None
        assert answer.reading.register == "1.8.2"
        assert codes(answer, Severity.WARN) == ["register_missing"]

    def test_is_not_cured_by_a_confirmation(self, counter: PortalCounter) -> None:
        assert counter.says(MARCH, "2214", confirm=True).outcome is Outcome.IMPLAUSIBLE

    def test_is_judged_anew_when_it_comes_again(self, counter: PortalCounter) -> None:
        assert counter.says(MARCH, "2214", key="a").outcome is Outcome.IMPLAUSIBLE
        assert counter.says(MARCH, "2370", key="a").outcome is Outcome.ACCEPTED


class TestConfirmation:
    def test_is_asked_for_where_a_file_would_be_held(self, counter: PortalCounter) -> None:
        answer = counter.says(MARCH, "2990")
        assert answer.outcome is Outcome.NEEDS_CONFIRMATION
        assert codes(answer, Severity.HOLD) == [str(RuleCode.USE_HIGH)]
        assert answer.reading is None
        assert counter.stored == []

    def test_given_makes_the_reading_count_and_marks_it(self, counter: PortalCounter) -> None:
        counter.says(MARCH, "2990")
        answer = counter.says(MARCH, "2990", confirm=True)
        assert answer.outcome is Outcome.ACCEPTED
        [kept] = counter.stored
        assert kept.standing.held == ()
        assert kept.standing.confirmed == (str(RuleCode.USE_HIGH),)
        assert counter.says(MARCH, "2990") == answer

    def test_without_a_doubt_marks_nothing(self, counter: PortalCounter) -> None:
        answer = counter.says(MARCH, "2370", confirm=True)
        assert answer.reading is not None
        assert answer.reading.standing.confirmed == ()

    def test_leaves_to_a_person_what_another_source_says(self, counter: PortalCounter) -> None:
        counter.known(state(date(2026, 3, 20), 2310))
        answer = counter.says(date(2026, 3, 9), "2300")
        assert codes(answer, Severity.HOLD) == [str(RuleCode.DECLARED_DIFFERS)]
        answer = counter.says(date(2026, 3, 9), "2300", confirm=True)
        assert answer.outcome is Outcome.ACCEPTED
        [kept] = counter.stored
        assert kept.standing.held == (str(RuleCode.DECLARED_DIFFERS),)
        assert kept.standing.confirmed == ()

    def test_is_not_asked_for_where_the_settings_refuse(self, counter: PortalCounter) -> None:
        counter.terms.change(RuleCode.USE_HIGH, Severity.REJECT)
        assert counter.says(MARCH, "2990", confirm=True).outcome is Outcome.IMPLAUSIBLE


class TestOthersDays:
    def test_who_holds_no_day_finds_no_point(self, counter: PortalCounter) -> None:
        counter.held = ()
        with pytest.raises(PointNotHeldError):
            counter.says(MARCH, "2370")

    def test_who_moved_out_says_states_up_to_that_midnight(self) -> None:
        counter = PortalCounter(held=(BEFORE,))
        assert counter.says(MOVED - timedelta(days=1), "1000").outcome is Outcome.ACCEPTED
        assert codes(counter.says(MOVED, "1001"), Severity.REJECT) == ["contract_not_yours"]

    def test_states_of_others_bound_ours_but_are_not_told(self) -> None:
        counter = PortalCounter(held=(NOW,))
        counter.known(state(date(2025, 6, 1), 43_210))
        answer = counter.says(MARCH, "43209")
        assert codes(answer, Severity.REJECT) == ["reading_before_last"]
        assert not [one for one in answer.remarks if "43" in one.sentence_pl or "2025" in one.sentence_pl]
        assert counter.says(MARCH, "43211").outcome is Outcome.ACCEPTED

    def test_the_use_of_others_is_no_history_of_ours(self) -> None:
        counter = PortalCounter(held=(NOW,))
        counter.known(state(date(2024, 1, 1), 0), state(date(2025, 3, 1), 100))
        counter.known(state(MOVED, 140), state(date(2026, 3, 1), 150))
        answer = counter.says(MARCH, "155")
        assert answer.outcome is Outcome.ACCEPTED
        assert codes(answer, Severity.HOLD) == []

    def test_an_answer_given_to_the_tenant_before_is_not_given_to_the_next(self) -> None:
        counter = PortalCounter(held=(BEFORE,))
        counter.known(state(date(2024, 1, 1), 0), state(date(2025, 3, 1), 100))
        leaving = counter.says(MOVED - timedelta(days=1), "9000", confirm=True)
        assert leaving.outcome is Outcome.ACCEPTED
        assert "use_above_history" in leaving.codes
        counter.held = (NOW,)
        moving_in = counter.says(MOVED - timedelta(days=1), "9000", caller=Caller("K-2", "user-2"))
        assert (moving_in.outcome, moving_in.codes) == (Outcome.ACCEPTED, ("known_already",))
        assert len(counter.stored) == 1
