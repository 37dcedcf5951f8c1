"""What the law wants a bill to tell besides figures (informacje dla odbiorcy), as data with the words of today.

Directive (EU) 2019/944, annex I, point 1, names what must stand on a bill; articles 14, 25 and 26 the comparison tool,
the single points of contact and out-of-court settlement. Addresses are the regulator's as of `AS_OF`. A company writes
its own words over any of them; an empty one is left out, and then the company answers for it.
"""

from datetime import date

from pydantic import BaseModel, ConfigDict

AS_OF = date(2026, 11, 27)


class InformationSettings(BaseModel):
    """Sentences for bills, in Polish."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # Annex I, point 1 (j), and article 26.
    negotiations: str = (
        "Spory z konsumentem rozwiązuje pozasądowo Koordynator do spraw negocjacji przy Prezesie URE"
        " (www.koordynator.ure.gov.pl)."
    )
    # Annex I, point 1 (k), and article 25.
    contact_point: str = "Informacji o prawach odbiorcy udziela punkt informacyjny URE (www.ure.gov.pl)."
    # Annex I, point 1 (g) and (h).
    switching: str = (
        "Sprzedawcę energii możesz zmienić bezpłatnie, co może obniżyć rachunek; do zmiany potrzebny jest kod PPE z"
        " tej faktury."
    )
    # Annex I, point 1 (l), and article 14.
    comparison_tool: str = "Oferty porównasz w porównywarce cen energii URE (www.maszwybor.ure.gov.pl)."
    # Annex I, point 2 (b); art. 5 ust. 6c and 6e of Prawo energetyczne.
    rights: str = (
        "Zbiór praw konsumenta energii elektrycznej i porady o oszczędzaniu energii są na www.ure.gov.pl."
    )
    # Annex I, point 1 (a): what must stand beside the breakdown of the price.
    incentives: str = (
        "Każde źródło energii może korzystać także z zachęt opłacanych z innych środków niż opłaty wskazane na tej"
        " fakturze."
    )
    # Where price lists and tariffs are; the company's website without it.
    tariff_link: str = ""
