"""The certificate adds a bill up again: no figure can be changed without being named."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kwit.billing.certificate import certify, content_faults, draft_faults
from kwit.billing.content import BillContent, FactorData, parse_content
from kwit.billing.drafts import DraftRef
from kwit.kernel.identifiers import content_hash
from kwit.registry.company import ProfileSettings
from tests.billing import samples
from tests.billing.memory_case import Company
from tests.billing.test_bill import bill

PROFILES = ("line", "section", "document")


def drafted(vat: str) -> tuple[BillContent, DraftRef]:
    company = Company()
    company.settings.change(profiles={"standard": ProfileSettings(vat=vat)})  # type: ignore[arg-type]
    company.add("U/1", states=[(date(2026, 3, 1), "1000"), (date(2026, 4, 1), "1150.4")])
    ((draft,), _) = bill(company)
    return parse_content(draft.content), samples.ref(draft)


def changed(part: str, field: str) -> Callable[[BillContent], BillContent]:
    """Change one figure of the first member of a part of the content."""

    def change(content: BillContent) -> BillContent:
        first, *rest = getattr(content, part)
        return content.model_copy(
            update={part: (first.model_copy(update={field: more(getattr(first, field))}), *rest)}
        )

    return change


def more(value: Any) -> Any:
    return value + (1 if isinstance(value, int) else Decimal("0.01"))


def total(field: str) -> Callable[[BillContent], BillContent]:
    return lambda content: content.model_copy(update={field: more(getattr(content, field))})


FIGURES = {
    **{f"content {name}": total(name) for name in ("net", "vat", "gross")},
    **{f"line {name}": changed("lines", name) for name in ("quantity", "price", "net", "vat_rate")},
    **{f"section {name}": changed("sections", name) for name in ("net", "vat", "gross")},
    **{f"VAT row {name}": changed("vat_rows", name) for name in ("rate", "net", "vat", "gross")},
    **{f"energy {name}": changed("energy", name) for name in ("wh", "kwh")},
    "usage wh": changed("usage", "wh"),
}


class TestContentFaults:
    @pytest.mark.parametrize("vat", PROFILES)
    def test_a_bill_as_it_was_rated_has_none(self, vat: str) -> None:
        assert content_faults(*drafted(vat)) == []

    @pytest.mark.parametrize("vat", PROFILES)
    @pytest.mark.parametrize("figure", FIGURES)
    def test_any_changed_figure_is_a_fault(self, vat: str, figure: str) -> None:
        content, ref = drafted(vat)
        assert content_faults(FIGURES[figure](content), ref)

    def test_a_changed_vat_of_a_line_is_a_fault(self) -> None:
        content, ref = drafted("line")
        assert content_faults(changed("lines", "vat")(content), ref)

    @pytest.mark.parametrize("field", ["net", "vat", "gross", "wh_read", "kwh_billed"])
    def test_a_reference_that_says_otherwise_is_a_fault(self, field: str) -> None:
        content, ref = drafted("line")
        assert content_faults(content, replace(ref, **{field: more(getattr(ref, field))}))

    def test_a_quantity_moved_between_lines_is_a_fault_although_all_sums_agree(self) -> None:
        content, ref = drafted("document")
        first, second, *rest = content.lines
        assert first.charge == second.charge == "energy"
        low = first.model_copy(update={"quantity": first.quantity - 1, "price": first.price})
        assert content_faults(content.model_copy(update={"lines": (low, second, *rest)}), ref)

    def test_energy_that_no_line_bills_is_a_fault(self) -> None:
        content, ref = drafted("document")
        cheap = [
            line.model_copy(update={"quantity": line.quantity / 2, "price": line.price * 2})
            if line.charge == "energy"
            else line
            for line in content.lines
        ]
        assert content_faults(content.model_copy(update={"lines": tuple(cheap)}), ref) == [
            "charge energy all bills 75.0 kWh of 150 kWh"
        ]

    def test_faults_name_what_differs(self) -> None:
        content, ref = drafted("line")
        assert content_faults(total("gross")(content), ref)[0].startswith("gross: ")


class TestCertify:
    def test_a_whole_run_balances(self) -> None:
        drafts = [samples.draft("U/1"), samples.draft("U/2")]
        result = replace(samples.chunk_result(*drafts, holds=(samples.hold(),)), nothing_due=("U/8",))
        found = certify(run=samples.run(contracts=4), results=[result])
        assert found.balances
        assert (found.gross, found.kwh_billed, found.wh_read) == (samples.GROSS * 2, 4318, 4_317_274)
        assert found.rounding_wh == -726
        assert (found.nothing_due, found.contracts) == (1, 4)

    def test_energy_held_back_is_stated(self) -> None:
        one = samples.draft()
        result = samples.chunk_result(one, holds=(replace(samples.hold(), wh_read=500),))
        found = certify(run=samples.run(contracts=2), results=[result])
        assert (found.wh_read, found.wh_held) == (2_159_137, 500)

    def test_a_contract_that_got_lost_is_a_fault(self) -> None:
        one = samples.draft()
        found = certify(run=samples.run(contracts=2), results=[samples.chunk_result(one)])
        assert found.faults == ("2 contracts planned, 1 accounted for",)

    def test_a_fault_found_when_a_draft_was_rated_is_one_of_the_run(self) -> None:
        result = replace(samples.chunk_result(samples.draft()), faults=("draft x: gross",))
        assert certify(run=samples.run(), results=[result]).faults == ("draft x: gross",)

    def test_a_draft_with_other_bytes_is_a_fault(self) -> None:
        one = samples.draft()
        other = replace(one, content=one.content.replace(b"Gda", b"gda"))
        assert draft_faults(other, samples.ref(one)) == [
            f"draft {one.document_id} is not the one that was rated"
        ]

    def test_a_held_draft_is_named_by_a_hold_and_counts_as_held_energy(self) -> None:
        one = samples.draft()
        ref = samples.ref(one)
        hold = replace(samples.hold(one.contract_no), document_id=one.document_id, wh_read=one.wh_read)
        result = replace(samples.chunk_result(holds=(hold,)), held=(ref,))
        found = certify(run=samples.run(), results=[result])
        assert (found.faults, found.wh_held, found.gross) == ((), one.wh_read, Decimal(0))
        nameless = replace(result, holds=(replace(hold, document_id=""),))
        assert not certify(run=samples.run(), results=[nameless]).balances

    def test_a_draft_of_two_chunks_is_a_fault(self) -> None:
        one = samples.draft()
        results = [samples.chunk_result(one), samples.chunk_result(one)]
        found = certify(run=samples.run(), results=results)
        assert "two drafts have one identity" in found.faults

    def test_faults_of_a_content_name_the_draft(self) -> None:
        one = samples.draft()
        wrong = total("gross")(parse_content(one.content)).canonical()
        bad = replace(one, content=wrong, content_hash=content_hash(wrong))
        assert draft_faults(bad, samples.ref(bad))[0].startswith(f"draft {one.document_id}: gross")

    def test_the_hash_of_all_drafts_tells_their_content_whatever_their_order(self) -> None:
        drafts = [samples.draft("U/1"), samples.draft("U/2")]
        hashes = {
            certify(run=samples.run(contracts=2), results=[samples.chunk_result(*order)]).drafts_hash
            for order in (drafts, drafts[::-1], [drafts[0], replace(drafts[1], content_hash="0" * 64)])
        }
        assert len(hashes) == 2


class TestFactors:
    def bill(self, factor: str) -> BillContent:
        """Return the sample bill with its trade fee given as half the price times a factor."""
        content = samples.bill_content()
        lines = []
        for line in content.lines:
            if line.charge == "trade_fee":
                factors = (FactorData(name="k", value=Decimal(factor)),)
                lines.append(line.model_copy(update={"price": line.price / 2, "factors": factors}))
            else:
                lines.append(line)
        return content.model_copy(update={"lines": tuple(lines)})

    def test_are_multiplied_when_a_line_is_checked(self) -> None:
        assert content_faults(self.bill("2"), samples.ref(samples.draft())) == []

    def test_that_do_not_give_the_net_are_named(self) -> None:
        (fault,) = content_faults(self.bill("3"), samples.ref(samples.draft()))
        assert "x 3 (k) is not 32.36" in fault
