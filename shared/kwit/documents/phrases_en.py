"""English phrases of documents, by their Polish text.

What the law names by a word stays beside its translation: art. 106j of the VAT act wants «faktura korygująca» on it.
"""

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    # titles
    "Faktura VAT": "VAT invoice",
    "Faktura VAT – rozliczenie końcowe": "VAT invoice – final settlement",
    "Faktura VAT – przyłączenie do sieci": "VAT invoice – connection to the network",
    "Faktura VAT – prognoza": "VAT invoice – forecast",
    "Faktura VAT – rozliczenie prognoz": "VAT invoice – settlement of forecasts",
    "Faktura korygująca": "Correction (faktura korygująca)",
    # collective invoices
    "Faktura VAT zbiorcza": "Collective VAT invoice",
    "Twoje konto zbiorcze": "Your collective account",
    "Konto zbiorcze": "Collective account",
    "Umów i punktów": "Contracts and points",
    "Zużycie razem": "Use altogether",
    "Punkty poboru na tej fakturze": "Supply points on this invoice",
    "umowa, punkt poboru": "contract, supply point",
    "VAT tej umowy": "VAT of this contract",
    ", rozliczenie końcowe": ", final settlement",
    "Saldo tej umowy przed fakturą: {word} {amount}.": "Balance of this contract before the invoice: {word} {amount}.",
    "Do zapłaty razem {payable}.": "To pay altogether {payable}.",
    "Depozyty prosumenckie pokrywają {paid}; szczegóły są przy umowach.": (
        "Prosumers' deposits cover {paid}; the details are with the contracts."
    ),
    "{account}, korekta dotyczy umowy {contract}": "{account}, the correction concerns contract {contract}",
    "Faktura zbiorcza {number} – do zapłaty {amount}": "Collective invoice {number} – to pay {amount}",
    # parties, dates, payment
    "Sprzedawca": "Seller",
    "Nabywca": "Buyer",
    "Odbiorca": "Customer",
    "kapitał zakładowy": "share capital",
    "tel.": "tel.",
    "Data wystawienia": "Date of issue",
    "Miejsce wystawienia": "Place of issue",
    "Okres rozliczeniowy": "Settlement period",
    "Okres prognozy": "Forecast period",
    "Data wykonania": "Date of performance",
    "Termin płatności": "Due date",
    "Forma płatności": "Payment",
    "przelew": "bank transfer",
    "Do zapłaty": "Amount to pay",
    "Do dopłaty": "Additional amount to pay",
    "Do zwrotu": "Amount refunded",
    "Bez zmiany kwoty": "No change of the amount",
    "nie dotyczy": "not applicable",
    "słownie": "in words",
    "Numer rachunku": "Account number",
    "Tytuł przelewu": "Transfer title",
    "{number}, klient {customer}": "{number}, customer {customer}",
    "zeskanuj w aplikacji banku": "scan in your banking app",
    "strona {page} z {pages}": "page {page} of {pages}",
    "treść": "content",
    # contract and point
    "Twoja umowa i punkt poboru": "Your contract and supply point",
    "Numer klienta": "Customer number",
    "Umowa": "Contract",
    "Umowa obowiązuje do": "Contract valid until",
    "czas nieokreślony": "no fixed term",
    "umowa kompleksowa": "comprehensive contract",
    "umowa sprzedaży": "sale contract",
    "umowa o świadczenie usług dystrybucji": "distribution contract",
    "umowa o przyłączenie": "connection contract",
    "Punkt poboru (PPE)": "Supply point (PPE)",
    "Adres punktu": "Address of the point",
    "Operator sieci": "Network operator",
    "Grupa taryfowa": "Tariff group",
    ", układ {phases}-fazowy": ", {phases}-phase",
    "Moc umowna": "Contracted power",
    "Roczne zużycie": "Yearly use",
    "Opłaty stałe": "Fixed charges",
    "Opłaty umowne": "Contract charges",
    "z góry": "in advance",
    "z dołu": "in arrears",
    "zwrot": "refund",
    "Numer KSeF": "KSeF number",
    # what is paid for
    "Za co płacisz": "What you pay for",
    "Sprzedaż energii": "Sale of energy",
    "Usługa dystrybucji": "Distribution",
    "Pozostałe": "Other",
    "Razem": "Total",
    "Prognozy zafakturowane wcześniej": "Forecasts invoiced before",
    "netto zł": "net PLN",
    "VAT zł": "VAT PLN",
    "brutto zł": "gross PLN",
    "VAT": "VAT",
    "opłata": "charge",
    "ilość": "quantity",
    "j.m.": "unit",
    "cena netto zł": "net price PLN",
    "stawka": "rate",
    "mc": "month",
    "kW·mc": "kW·month",
    "szt.": "pcs",
    "dzień": "day",
    "zł": "PLN",
    # use
    "Twoje zużycie": "Your use",
    "Ta faktura obejmuje opłaty z umowy o przyłączenie; zużycia energii nie dotyczy.": (
        "This invoice is for charges of a connection contract; it concerns no use of energy."
    ),
    "Ta faktura zwraca prognozy za dni, których Twoja umowa nie objęła albo które już rozliczono.": (
        "This invoice refunds forecasts for days that your contract did not cover or that are settled already."
    ),
    "Ta faktura obejmuje tylko opłaty niezależne od zużycia; zużycie rozliczymy osobno.": (
        "This invoice is for charges that do not depend on use; use is settled separately."
    ),
    "Zużycie w okresie: {kwh} kWh w {days} dni, średnio {average} kWh dziennie.": (
        "Use in the period: {kwh} kWh in {days} days, {average} kWh a day on average."
    ),
    "W tym samym okresie rok temu: {kwh} kWh{change}.": "In the same period a year ago: {kwh} kWh{change}.",
    "Zużycia z tego samego okresu rok temu nie mamy w systemie.": (
        "We have no use of the same period a year ago on record."
    ),
    "bez zmian": "no change",
    "zmiana o {change}": "change {change}",
    "Energia oddana do sieci po bilansowaniu: {kwh} kWh.": "Energy fed in after balancing: {kwh} kWh.",
    "Część odczytów jest szacowana; oznaczono je literą S.": "Some readings are estimated; they are marked S.",
    "Dni z wartościami szacowanymi w szeregu czasowym: {days}{ways}.": (
        "Days with estimated values in the time series: {days}{ways}."
    ),
    "Prognozowane zużycie w okresie: {kwh} kWh, na podstawie {basis}.": (
        "Expected use in the period: {kwh} kWh, from {basis}."
    ),
    "To prognoza: rzeczywiste zużycie rozliczymy po odczycie na koniec okresu rozliczeniowego.": (
        "This is a forecast: actual use is settled after the reading at the end of the settlement period."
    ),
    "zużycia w tych samych dniach poprzedniego roku": "the use on the same days of the year before",
    "średniego dobowego zużycia z ostatniego roku": "the average daily use of the last year",
    "rocznego zużycia podanego w umowie": "the yearly use named in the contract",
    "średniego dobowego zużycia z dotychczasowych odczytów": "the average daily use of the readings so far",
    # readings
    "Odczyty i zużycie": "Readings and use",
    "licznik": "meter",
    "rejestr": "register",
    "odczyt poprzedni": "previous reading",
    "odczyt obecny": "present reading",
    "mnożna": "factor",
    "zużycie kWh": "use kWh",
    "pobór": "taken",
    "oddanie do sieci": "fed in",
    "pobór przed bilansowaniem": "taken before balancing",
    "bierna indukcyjna": "reactive inductive",
    "bierna pojemnościowa": "reactive capacitive",
    "szereg czasowy, {days} dni{estimated}": "time series, {days} days{estimated}",
    ", w tym szacowane: {days}": ", estimated: {days}",
    "Odczyt": "Reading",
    "rzeczywisty": "actual",
    "zdalny": "remote",
    "podany przez odbiorcę": "given by the customer",
    "szacowany": "estimated",
    "Zużycie każdej strefy zaokrąglono do pełnych kWh.": "The use of each zone is rounded to whole kWh.",
    "wg zużycia w tym samym okresie poprzedniego roku": "by the use in the same period of the year before",
    "wg średniego dobowego zużycia w poprzednim okresie": "by the average daily use in the previous period",
    "wg standardowego profilu zużycia grupy": "by the standard load profile of the group",
    "wg tego samego dnia tygodnia w poprzednich tygodniach": "by the same weekday of the weeks before",
    "wg odczytów przed tym dniem i po nim": "by the readings before and after that day",
    "z sumy wartości godzinowych lub kwadransowych": "from the sum of hourly or quarter-hourly values",
    "ze stanów liczydła rozłożonych na godziny": "from register states spread over hours",
    "z różnicy wskazań innych punktów": "from the difference of other points",
    # balance and deposit
    "niedopłata": "owed",
    "nadpłata": "overpaid",
    "Nadpłata {amount} przechodzi na następne rozliczenie.": "The overpayment of {amount} is carried forward.",
    "Wartość faktury": "Amount of the invoice",
    "Za tę fakturę po rozliczeniu depozytu": "For this invoice after the deposit",
    "Saldo przed tą fakturą: {word} {amount}.": "Balance before this invoice: {word} {amount}.",
    "{name} {amount}, do zapłaty razem {payable}.": "{name} {amount}, to pay altogether {payable}.",
    "Na cenę RCEm czeka energia oddana: {waiting}; rozliczy ją następna faktura.": (
        "Energy fed in waits for its price RCEm: {waiting}; the next invoice settles it."
    ),
    "Opust pokrył {covered} kWh poboru; do wykorzystania pozostaje {left} kWh.": (
        "The rebate covered {covered} kWh; {left} kWh are left to use."
    ),
    "Depozyt prosumencki przed tą fakturą: {amount}.": "Prosumer deposit before this invoice: {amount}.",
    "Energia oddana {month}: {kwh} kWh × {price} = {amount}.": (
        "Energy fed in {month}: {kwh} kWh × {price} = {amount}."
    ),
    "Depozyt z {month} wygasł: zwrot {refund}, umorzono {forfeited}.": (
        "The deposit of {month} ended: {refund} refunded, {forfeited} forfeited."
    ),
    "Depozyt zapłacił {used}, pozostaje {left} na później.": "The deposit paid {used}, {left} is left for later.",
    "Rozliczenie prognoz": "Settlement of forecasts",
    "faktura prognozowa": "forecast invoice",
    "okres": "period",
    "Podsumowanie VAT": "VAT summary",
    # notes
    "Informacje": "Information",
    "Akcyza": "Excise",
    "Od {kwh} kWh energii elektrycznej czynnej naliczono akcyzę w kwocie {amount} (zawarta w cenie energii).": (
        "Excise of {amount} on {kwh} kWh of active energy is part of the price of energy."
    ),
    "Podstawa cen": "Basis of prices",
    "s.": "p.",
    "stawki niepotwierdzone urzędowo": "rates not officially confirmed",
    "Cenniki i taryfy": "Price lists and tariffs",
    "Struktura paliw": "Fuel mix",
    "emisja CO2": "CO2 emission",
    "Więcej": "More",
    "Reklamacje i spory": "Complaints",
    "Prawa odbiorcy": "Your rights",
    "Źródła energii": "Energy sources",
    "Awarie": "Emergency",
    "Pogotowie energetyczne: {emergency}. Obsługa klienta: {phone}, {email}.": (
        "Emergency service: {emergency}. Customer service: {phone}, {email}."
    ),
    "Spory z konsumentem rozwiązuje pozasądowo Koordynator do spraw negocjacji przy Prezesie URE"
    " (www.koordynator.ure.gov.pl).": (
        "Disputes with consumers are settled out of court by the Coordinator for negotiations of the energy"
        " regulator URE (www.koordynator.ure.gov.pl)."
    ),
    "Informacji o prawach odbiorcy udziela punkt informacyjny URE (www.ure.gov.pl).": (
        "The information point of URE tells about the rights of customers (www.ure.gov.pl)."
    ),
    "Sprzedawcę energii możesz zmienić bezpłatnie, co może obniżyć rachunek; do zmiany potrzebny jest kod PPE z"
    " tej faktury.": (
        "You may change your seller of energy free of charge, which may lower your bill; the PPE code of this"
        " invoice is needed for it."
    ),
    "Oferty porównasz w porównywarce cen energii URE (www.maszwybor.ure.gov.pl).": (
        "Compare offers with the comparison tool of URE (www.maszwybor.ure.gov.pl)."
    ),
    "Zbiór praw konsumenta energii elektrycznej i porady o oszczędzaniu energii są na www.ure.gov.pl.": (
        "The rights of consumers of electricity and advice on saving energy are at www.ure.gov.pl."
    ),
    "Każde źródło energii może korzystać także z zachęt opłacanych z innych środków niż opłaty wskazane na tej"
    " fakturze.": (
        "All energy sources may also benefit from incentives that are not paid for by the levies on this invoice."
    ),
    # KSeF
    "Weryfikacja w KSeF": "Verification in KSeF",
    "Kod pokazuje tę fakturę w Krajowym Systemie e-Faktur.": (
        "The code shows this invoice in the national system of e-invoices (KSeF)."
    ),
    "Drugi potwierdza, kto ją wystawił.": "The second one proves who issued it.",
    # corrections
    "Co korygujemy i dlaczego": "What is corrected and why",
    "Faktura korygowana": "Corrected invoice",
    "Numer KSeF korygowanej": "Its KSeF number",
    "Ostatnia korekta": "Last correction",
    "{number} z {day}": "{number} of {day}",
    "Okres": "Period",
    "Przyczyna korekty": "Reason",
    "Skąd różnica": "Where the difference comes from",
    "przyczyna": "cause",
    "ilość i cena": "quantity and price",
    "Zmiana odczytu": "Change of a reading",
    "Zmiana ceny": "Change of a price",
    "Zmiana stawki ustawowej": "Change of a statutory rate",
    "Zmiana warunków umowy": "Change of the contract",
    "Zmiana liczby dni": "Change of the number of days",
    "Zmiana zasad zaokrąglania": "Change of rounding",
    "Zmiana sposobu liczenia": "Change of the calculation",
    "Anulowanie faktury": "Cancellation of the invoice",
    "z {before} na {after} zł/{unit}": "from {before} to {after} PLN/{unit}",
    "Różnica według stawek VAT": "Difference by rate of VAT",
    "Razem różnica": "Total difference",
    "Przed korektą": "Before the correction",
    "Po korekcie": "After the correction",
    "{section}: przed, po i różnica": "{section}: before, after and difference",
    "ilość przed": "quantity before",
    "cena": "price",
    "netto": "net",
    "ilość po": "quantity after",
    "różnica zł": "difference PLN",
    "Pozycji bez zmian: {count}; pokazuje je faktura {number}.": "Unchanged lines: {count}; see invoice {number}.",
    "Odczyty przed korektą": "Readings before the correction",
    "Odczyty po korekcie": "Readings after the correction",
    "Faktura {number}: było {before}, powinno być {after}.": (
        "Invoice {number}: it was {before}, it should be {after}."
    ),
    "Z tego depozyt prosumencki pokrywa {amount} zł różnicy.": (
        "Of this the prosumer deposit covers {amount} PLN of the difference."
    ),
    "Kwota korekty pomniejsza należność; jeśli faktura jest zapłacona, nadpłata przechodzi na następne"
    " rozliczenie albo na wniosek wraca na konto.": (
        "The amount lowers what you owe; where the invoice is paid, the overpayment is carried forward, or paid back"
        " on request."
    ),
    "Saldo początkowe z faktury korygowanej ({balance}) nie zmienia się.": (
        "The opening balance of the corrected invoice ({balance}) does not change."
    ),
    # e-mails
    "Faktura {number} – do zapłaty {amount}": "Invoice {number} – to pay {amount}",
    "Faktura korygująca {number} do faktury {original}": "Correction {number} of invoice {original}",
    "Do dopłaty: {amount}.": "Additional amount to pay: {amount}.",
    "Do zwrotu: {amount}; rozliczymy ją z następną fakturą albo zwrócimy na wniosek.": (
        "Refunded: {amount}; it is settled with the next invoice, or paid back on request."
    ),
    "Kwota do zapłaty nie zmienia się.": "The amount to pay does not change.",
    "punkt w przyłączaniu": "point being connected",
    "adres według umowy": "address as in the contract",
}
