"""The tables of the registry (kartoteka): sheet names and column names, Polish and English."""

from kwit.intake.table import Column, Layout

_VALID_FROM = Column("valid_from", ("obowiazuje od", "wazne od", "od dnia"))
_PPE = Column("ppe", ("kod ppe", "nr ppe", "numer ppe", "punkt", "punkt poboru", "point", "kod punktu"))
_METER = Column(
    "meter_no", ("nr licznika", "numer licznika", "licznik", "meter", "meter number", "nr fabryczny")
)
_STREET = Column("street", ("ulica", "adres", "ulica i numer", "address"))
_POSTCODE = Column("postcode", ("kod pocztowy", "kod", "postal code", "zip"))
_CITY = Column("city", ("miasto", "miejscowosc", "poczta", "town"))

PARTIES = Layout(
    kind="parties",
    sheet_names=frozenset({"kontrahenci", "parties", "klienci", "customers", "odbiorcy"}),
    columns=(
        Column(
            "party_id",
            ("id kontrahenta", "nr kontrahenta", "numer kontrahenta", "kontrahent", "party", "nr klienta"),
        ),
        Column("kind", ("rodzaj", "typ", "type")),
        Column("name", ("nazwa", "imie i nazwisko", "nazwa kontrahenta", "firma")),
        _STREET,
        _POSTCODE,
        _CITY,
        Column("nip", ("nr nip", "numer nip", "vat id")),
        Column("pesel", ("nr pesel",)),
        Column("regon", ("nr regon",)),
        Column("email", ("e mail", "mail", "adres e mail", "poczta elektroniczna")),
        Column("bank_account", ("rachunek", "rachunek bankowy", "nr rachunku", "konto", "nrb", "iban")),
        Column("country", ("kraj", "kod kraju")),
        Column("language", ("jezyk", "jezyk dokumentow")),
        _VALID_FROM,
    ),
    needs=(("party_id",), ("name",), ("street",), ("postcode",), ("city",)),
)

POINTS = Layout(
    kind="points",
    sheet_names=frozenset({"punkty", "points", "ppe", "punkty poboru"}),
    columns=(
        _PPE,
        Column("distributor", ("osd", "dystrybutor", "operator")),
        _STREET,
        _POSTCODE,
        _CITY,
        Column("phases", ("fazy", "liczba faz", "ile faz")),
        _VALID_FROM,
    ),
    needs=(("ppe",), ("distributor",), ("street",), ("postcode",), ("city",)),
)

METERS = Layout(
    kind="meters",
    sheet_names=frozenset({"liczniki", "meters"}),
    columns=(
        _METER,
        _PPE,
        Column("installed", ("montaz", "data montazu", "zamontowany", "zalozony")),
        Column("removed", ("demontaz", "data demontazu", "zdemontowany", "zdjety")),
        Column("multiplier", ("mnozna", "przekladnia", "mnoznik")),
        Column("winter_time", ("czas zimowy", "zegar zimowy")),
        Column("interval_minutes", ("interwal", "interwal minut", "profil minut", "okres probkowania")),
        Column("registers", ("rejestry",)),
        _VALID_FROM,
    ),
    needs=(("meter_no",), ("ppe",), ("installed",)),
)

REGISTERS = Layout(
    kind="registers",
    sheet_names=frozenset({"rejestry", "registers", "liczydla"}),
    columns=(
        _METER,
        Column("code", ("kod rejestru", "kod", "rejestr", "obis", "kod obis", "register")),
        Column("zone", ("strefa", "strefa czasowa")),
        Column("quantity", ("wielkosc", "kierunek", "rodzaj energii")),
        Column("digits", ("cyfry", "liczba cyfr")),
    ),
    needs=(("meter_no",), ("code",), ("zone",)),
)

CONTRACTS = Layout(
    kind="contracts",
    sheet_names=frozenset({"umowy", "contracts"}),
    columns=(
        Column("contract_no", ("nr umowy", "numer umowy", "umowa", "contract", "contract number")),
        Column("kind", ("rodzaj", "rodzaj umowy", "typ umowy", "type")),
        Column("party_id", ("kontrahent", "id kontrahenta", "nr kontrahenta", "party", "nr klienta")),
        Column("payer_id", ("platnik", "id platnika", "nr platnika", "payer")),
        Column("framework_no", ("umowa ramowa", "nr umowy ramowej", "numer umowy ramowej", "gud k")),
        _PPE,
        Column("distributor", ("osd", "dystrybutor", "operator")),
        Column("group", ("grupa", "grupa taryfowa", "taryfa")),
        Column("price_lists", ("cenniki", "cennik", "price list")),
        Column("profile", ("profil", "profil rozliczenia")),
        Column("starts", ("poczatek", "data rozpoczecia", "pierwszy dzien", "od")),
        Column("last_day", ("ostatni dzien", "data zakonczenia", "obowiazuje do", "do")),
        Column("billed_to", ("rozliczac od", "pierwszy nierozliczony dzien", "bill from")),
        Column("cycle_months", ("okres rozliczeniowy", "cykl", "cykl miesiace", "miesiace okresu")),
        Column("cycle_anchor", ("poczatek cyklu", "kotwica cyklu")),
        Column("unit", ("jednostka", "oddzial", "jednostka organizacyjna")),
        Column(
            "collective", ("konto zbiorcze", "nr konta zbiorczego", "faktura zbiorcza", "collective account")
        ),
        Column("fixed_cycle_months", ("okres oplat stalych", "cykl oplat stalych", "miesiace oplat stalych")),
        Column("fixed_cycle_anchor", ("poczatek cyklu oplat stalych", "kotwica oplat stalych")),
        Column("fixed_in_advance", ("oplaty stale platne", "oplaty stale z gory", "tryb oplat stalych")),
        Column(
            "own_cycle_months", ("okres oplat umownych", "cykl oplat umownych", "miesiace oplat umownych")
        ),
        Column("own_cycle_anchor", ("poczatek cyklu oplat umownych", "kotwica oplat umownych")),
        Column("own_in_advance", ("oplaty umowne platne", "oplaty umowne z gory", "tryb oplat umownych")),
        Column("forecast_months", ("okres prognozy", "prognoza", "cykl prognoz", "miesiace prognozy")),
        Column("forecast_days_before", ("prognoza dni przed", "dni przed okresem prognozy")),
        Column("forecast_method", ("sposob prognozy", "metoda prognozy", "sposob prognozowania")),
        Column("payment_days", ("termin platnosci", "dni platnosci", "termin platnosci dni")),
        Column("remote_reading", ("odczyt zdalny", "zdalny odczyt", "lzo")),
        Column("contracted_kw", ("moc umowna", "moc umowna kw", "moc", "contracted power")),
        Column("annual_kwh", ("zuzycie roczne", "zuzycie roczne kwh", "roczne zuzycie", "annual use")),
        Column("capacity_share", ("wspolczynnik mocowy", "wspolczynnik a", "udzial mocowy")),
        Column("prosumer", ("prosument",)),
        Column("deposit", ("depozyt", "depozyt prosumencki")),
        Column("balance", ("saldo", "saldo poczatkowe")),
        Column("yearly_limits", ("limit roczny", "limity roczne", "limit roczny kwh")),
        Column("monthly_bases", ("zuzycie bazowe", "zuzycie bazowe kwh", "baza miesieczna")),
        Column("losses_percent", ("straty", "straty procent", "straty %")),
        Column("losses_kw", ("straty stale", "straty stale kw", "straty jalowe kw")),
        Column("tg_phi0", ("tg fi", "tg fi umowny", "tg fi 0", "tgfi0")),
        Column(
            "capacity_coefficient", ("wspolczynnik mocowy a", "a mocowa", "wspolczynnik a oplaty mocowej")
        ),
        Column("capacity_qualification", ("okres kwalifikacji", "kwalifikacja mocowa")),
        Column("deposit_price", ("cena depozytu", "cena energii oddanej")),
        Column("deposit_factor", ("mnoznik depozytu", "wspolczynnik depozytu")),
        Column("opust", ("wspolczynnik opustu", "opust wspolczynnik")),
        Column("voltage", ("napiecie", "poziom napiecia")),
        Column("lowered_power", ("moc obnizona", "zmniejszenie mocy")),
        Column("prepaid", ("przedplatowy", "licznik przedplatowy")),
        Column("special", ("odbiorca specjalny",)),
        Column("industrial", ("odbiorca przemyslowy", "rodzaj odbiorcy przemyslowego")),
        Column("credit_kwh", ("kredyt kwh", "magazyn kwh", "opust z przeniesienia")),
        _VALID_FROM,
    ),
    needs=(
        ("contract_no",),
        ("party_id",),
        ("ppe",),
        ("group",),
        ("price_lists",),
        ("profile",),
        ("starts",),
    ),
)

EVENTS = Layout(
    kind="events",
    sheet_names=frozenset({"zdarzenia", "events", "uslugi"}),
    columns=(
        Column("contract_no", ("nr umowy", "numer umowy", "umowa", "contract", "contract number")),
        Column("day", ("dzien", "data", "data zdarzenia", "dzien zdarzenia", "date")),
        Column("charge", ("oplata", "kod oplaty", "skladnik oplaty", "usluga")),
        Column("quantity", ("ilosc", "liczba")),
        Column("variant", ("odmiana", "wariant", "rodzaj uslugi")),
        Column("measure", ("odchylenie", "odchylenie procent")),
        Column("note", ("uwaga", "uwagi", "opis", "zlecenie")),
    ),
    needs=(("contract_no",), ("day",), ("charge",), ("quantity",)),
)

LAYOUTS = (PARTIES, POINTS, METERS, REGISTERS, CONTRACTS, EVENTS)
