"""A document is rated again from recorded inputs, bit for bit, whatever became known since."""

from dataclasses import replace
from datetime import date

import pytest

from kwit.billing import one_bill as bill_module
from kwit.billing.chunks import rate_chunk
from kwit.billing.drafts import Draft, evidence_name
from kwit.billing.evidence import evidence_hash, read_evidence
from kwit.billing.replay import Replayed, first_difference, replay_draft
from kwit.billing.runs import plan_run
from kwit.tariffs.holidays import statutory_holidays
from tests.billing.memory_case import Company, contract, state
from tests.billing.test_differences import raised

RUN = "2026-05-01-daily"
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


class Office:
    """A rated run of three contracts, one with two periods and one that is held."""

    def __init__(self) -> None:
        self.company = Company()
        self.company.add("U/1", states=[(MARCH, "1000"), (APRIL, "1100"), (MAY, "1200")])
        self.company.add("U/2", states=[(MARCH, "1000"), (APRIL, "1051.4"), (MAY, "1099")])
        self.company.add("U/3", states=[(MARCH, "1000")])
        stores, queues = self.company.stores, self.company.queues
        plan_run(business_date=MAY, stores=stores, queue=queues)
        rate_chunk(run_id=RUN, chunk=0, stores=stores, queue=queues, holidays=statutory_holidays())

    @property
    def drafts(self) -> list[Draft]:
        return list(self.company.runs.drafts.values())

    def replay(self, draft: Draft) -> Replayed:
        return replay_draft(
            run_id=RUN,
            chunk=0,
            contract_no=draft.contract_no,
            document_id=draft.document_id,
            content=draft.content,
            stores=self.company.replaying,
            holidays=statutory_holidays(),
        )

    @property
    def evidence(self) -> str:
        result = self.company.runs.results[RUN, 0]
        return evidence_name(RUN, 0, result.evidence)


def test_every_draft_of_a_run_is_made_again_to_the_byte() -> None:
    office = Office()
    assert len(office.drafts) == 4
    for draft in office.drafts:
        replayed = office.replay(draft)
        assert (replayed.same, replayed.difference) == (True, "")


def test_what_became_known_later_changes_nothing() -> None:
    office = Office()
    later = state("U/1", APRIL, "1150")
    office.company.readings.put([replace(later, known_at=later.known_at.replace(year=2027))])
    changed = contract("U/1", group="G12", known_at=contract().known_at.replace(year=2027))
    office.company.registry.put([changed])
    office.company.runs.cursors["U/1"] = MAY
    office.company.price_lists.added.update(raised("jasna-energia"))
    assert all(office.replay(draft).same for draft in office.drafts)


def test_an_engine_that_counts_otherwise_is_told_by_the_first_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office()
    real = bill_module.compose_content

    def cheaper(**parts: object) -> object:
        content = real(**parts)  # type: ignore[arg-type]  # as it came
        return content.model_copy(update={"gross": content.gross - 1})

    monkeypatch.setattr(bill_module, "compose_content", cheaper)
    replayed = office.replay(office.drafts[0])
    assert not replayed.same
    assert replayed.difference.startswith("gross: ")


def test_changed_or_lost_evidence_is_named() -> None:
    office = Office()
    name, kept = office.evidence, office.company.evidence.kept
    data = kept[name]
    kept[name] = data + b" "
    assert office.replay(office.drafts[0]).difference.endswith("was changed")
    del kept[name]
    assert office.replay(office.drafts[0]).difference.endswith("is gone")
    assert evidence_hash(data) in name


def test_a_question_that_was_not_asked_then_is_named() -> None:
    office = Office()
    name, kept = office.evidence, office.company.evidence.kept
    evidence = read_evidence(kept.pop(name))
    first = office.drafts[0]
    question = next(one for one in evidence.answers[first.contract_no] if one.startswith("registry.meters"))
    del evidence.answers[first.contract_no][question]
    packed = evidence.packed()
    result = office.company.runs.results[RUN, 0]
    office.company.runs.results[RUN, 0] = replace(result, evidence=evidence_hash(packed))
    kept[evidence_name(RUN, 0, evidence_hash(packed))] = packed
    assert office.replay(first).difference == f"not among the recorded inputs: {question}"


def test_a_price_list_version_that_is_not_kept_is_named() -> None:
    office = Office()
    name, kept = office.evidence, office.company.evidence.kept
    evidence = read_evidence(kept.pop(name))
    evidence.price_lists["jasna-energia"] = ("f" * 64,)
    packed = evidence.packed()
    result = office.company.runs.results[RUN, 0]
    office.company.runs.results[RUN, 0] = replace(result, evidence=evidence_hash(packed))
    kept[evidence_name(RUN, 0, evidence_hash(packed))] = packed
    assert "jasna-energia, version ffff" in office.replay(office.drafts[0]).difference


def test_a_document_that_is_not_made_any_more_is_told() -> None:
    office = Office()
    assert "makes no such document" in office.replay(replace(office.drafts[0], document_id="x")).difference


def test_rating_a_chunk_twice_keeps_one_evidence() -> None:
    office = Office()
    rate_chunk(
        run_id=RUN,
        chunk=0,
        stores=office.company.stores,
        queue=office.company.queues,
        holidays=statutory_holidays(),
    )
    assert list(office.company.evidence.kept) == [office.evidence]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (b'{"a":[1,2]}', b'{"a":[1,3]}', "a.1: 2 then, 3 now"),
        (b'{"a":1}', b'{"b":1}', "a: 1 then, null now"),
        (b'{"a":[1]}', b'{"a":[1,2]}', "a: [1] then, [1, 2] now"),
        (b'{"a": 1}', b'{"a":1}', "the bytes differ in their writing alone"),
    ],
)
def test_the_first_difference_is_named_by_its_place(before: bytes, after: bytes, told: str) -> None:
    assert first_difference(before, after) == told
