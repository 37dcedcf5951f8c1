"""Identifiers come to one form or are refused with their value."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.registry.identifiers import (
    IdentifierError,
    checked_account,
    checked_collective,
    checked_country,
    checked_email,
    checked_group,
    checked_nip,
    checked_pesel,
    checked_postcode,
    checked_regon,
    checked_unit,
)


def in_poland(text: str) -> str:
    return checked_postcode(text, country="PL")


class TestOneForm:
    @pytest.mark.parametrize(
        ("check", "typed", "form"),
        [
            (checked_nip, "526-254-27-04", "5262542704"),
            (checked_nip, "PL 5252386094", "5252386094"),
            (checked_pesel, "44051401359", "44051401359"),
            (checked_pesel, "02070803628", "02070803628"),
            (checked_regon, "017301607", "017301607"),
            (checked_regon, "01730160700232", "01730160700232"),
            (checked_account, "61 1090 1014 0000 0712 1981 2874", "PL61109010140000071219812874"),
            (checked_account, "PL61-1090-1014-0000-0712-1981-2874", "PL61109010140000071219812874"),
            (checked_account, "DE89370400440532013000", "DE89370400440532013000"),
            (checked_email, "jan.k+faktury@Żółw.example", "jan.k+faktury@xn--w-uga1v8h.example"),
            (in_poland, "80001", "80-001"),
            (checked_country, "de", "DE"),
            (checked_group, "C12a", "C12a"),
        ],
    )
    def test_is_reached(self, check: Callable[[str], str], typed: str, form: str) -> None:
        assert check(typed) == form
        assert check(form) == form

    def test_of_a_foreign_postcode_is_as_it_stands(self) -> None:
        assert checked_postcode("SW1A 1AA", country="GB") == "SW1A 1AA"


class TestRefusal:
    @pytest.mark.parametrize(
        ("check", "typed", "code"),
        [
            (checked_nip, "5262542705", "bad_nip"),
            (checked_pesel, "44051401358", "bad_pesel"),
            (checked_regon, "017301608", "bad_regon"),
            (checked_account, "61109010140000071219812875", "bad_bank_account"),
            (checked_account, "PL6110901014000007121981287", "bad_bank_account"),
            # Check digits of the IBAN are right, the bank's own routing digit is not.
            (checked_account, "PL36109010150000071219812874", "bad_bank_account"),
            (checked_email, "a@example.org\r\nBcc: b@example.org", "bad_email"),
            (checked_email, "a@b@example.org", "bad_email"),
            (checked_email, "a b@example.org", "bad_email"),
            (checked_email, "@example.org", "bad_email"),
            (checked_email, "a@", "bad_email"),
            (checked_email, "a@-x.example", "bad_email"),
            (checked_email, "a@x..example", "bad_email"),
            (checked_email, "a" * 65 + "@example.org", "bad_email"),
            (in_poland, "8-0001", "bad_postcode"),
            (checked_country, "Polska", "bad_country"),
            (checked_group, "g11", "bad_group"),
            (checked_unit, "lub", "bad_unit_code"),
            (checked_unit, "{year}", "bad_unit_code"),
            (checked_collective, "konto #1", "bad_collective_account"),
            (checked_collective, "Z" * 41, "bad_collective_account"),
        ],
    )
    def test_names_the_value(self, check: Callable[[str], str], typed: str, code: str) -> None:
        with pytest.raises(IdentifierError) as caught:
            check(typed)
        assert (caught.value.code, caught.value.value) == (code, typed)

    @given(st.text(max_size=40))
    def test_of_any_text_is_the_only_error_and_no_header_can_be_split(self, text: str) -> None:
        for check in (checked_nip, checked_pesel, checked_regon, checked_account, in_poland, checked_country):
            try:
                check(text)
            except IdentifierError:
                continue
        try:
            address = checked_email(text + "@example.org")
        except IdentifierError:
            return
        assert address.isascii()
        assert not set(address) & set("\r\n ,;<>")
