"""Templates of texts: a small part of jinja2, which can neither fail nor run away when a document is drawn.

Names, `{% if %}`, comparisons and a few filters are all there is. Loops, calls, arithmetic and attributes are refused
when settings are dropped, and the environment is a sandbox besides. A finished text is plain: what puts it into HTML
escapes it there.
"""

from collections.abc import Mapping
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

FILTERS = frozenset({"capitalize", "default", "lower", "upper"})
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.CondExpr, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Filter,
)  # fmt: skip
_OPERATORS = frozenset({"eq", "ne", "in", "notin"})
_LONG = "Przedsiębiorstwo Usług Elektroenergetycznych i Budowlanych «Światłość» sp. z o.o. sp.k."

NAMES: Mapping[str, tuple[str, str]] = {
    "title": ("what the document is called", "Faktura VAT"),
    "number": ("its number", "FV/2026/04/000001"),
    "issue_date": ("day of issue", "08.04.2026"),
    "due_date": ("day it must be paid by", "22.04.2026"),
    "period_from": ("first day of the period", "01.03.2026"),
    "period_to": ("last day of the period", "31.03.2026"),
    "payable": ("amount to pay, with a balance brought forward", "224,44 zł"),
    "opening_balance": ("what stood open before, without sign; empty when nothing did", "12,30 zł"),
    "kwh": ("energy taken in the period, whole kWh", "150"),
    "payer_name": ("the buyer", _LONG),
    "customer_name": ("who takes the energy", _LONG),
    "customer_no": ("number of the customer", "K-000123"),
    "contract_no": ("number of the contract", "U/2026/000123"),
    "contract_until": ("last day of the contract; empty when it has no end", "31.12.2027"),
    "group": ("tariff group", "G12w"),
    "ppe": ("code of the supply point", "590543560100000018"),
    "point_address": ("address of the point", "ul. Gęsia 7, 20-001 Lublin"),
    "distributor": ("operator of the network", "PGE Dystrybucja S.A."),
    "account": ("account to pay to", "61 1090 1014 0000 0712 1981 2874"),
    "corrected_number": ("the invoice that a correction corrects; empty otherwise", "FV/2026/03/000001"),
    "seller_name": ("the company", "Jasna Energia S.A."),
    "seller_phone": ("its telephone", "+48 22 123 45 67"),
    "seller_email": ("its e-mail address", "bok@jasna-energia.example"),
    "seller_website": ("its website", "www.jasna-energia.example"),
}
"""What a text may name: the meaning, and a sample that texts are tried with."""


@lru_cache(maxsize=1)
def _environment() -> SandboxedEnvironment:
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    environment.globals.clear()
    return environment


@lru_cache(maxsize=256)
def _compiled(source: str) -> Template:
    return _environment().from_string(source)


def filled(source: str, *, values: Mapping[str, str]) -> str:
    """Return the finished text, on one line. Raises jinja2.TemplateError for a source that was never checked."""
    return " ".join(_compiled(source).render(values).split())


def faults_of(source: str, *, most_signs: int) -> tuple[str, ...]:
    """Say what is wrong with a text: its syntax, what it may not use, names nobody knows, its length when filled in."""
    try:
        tree = _environment().parse(source)
    except TemplateSyntaxError as error:
        return (f"line {error.lineno}: {error.message}",)
    faults = [fault for node in _all(tree) if (fault := _fault(node))]
    if faults:
        return tuple(dict.fromkeys(faults))
    try:
        finished = filled(source, values={name: sample for name, (_, sample) in NAMES.items()})
    except (TemplateError, TypeError) as error:
        return (f"cannot be filled in: {error}",)
    if len(finished) > most_signs:
        return (f"has {len(finished)} signs when filled in with samples, {most_signs} have room",)
    return ()


def _all(tree: nodes.Template) -> tuple[nodes.Node, ...]:
    return (tree, *tree.find_all(nodes.Node))


def _fault(node: nodes.Node) -> str:
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        return f"line {node.lineno}: filter {node.name} is not one of {', '.join(sorted(FILTERS))}"
    if isinstance(node, nodes.Name) and node.name not in NAMES:
        return f"line {node.lineno}: unknown name {node.name}"
    if isinstance(node, nodes.Const) and not isinstance(node.value, str | bool):
        return f"line {node.lineno}: write {node.value} in quotes, as all names stand for texts"
    if isinstance(node, nodes.Operand) and node.op not in _OPERATORS:
        return f"line {node.lineno}: texts are compared by ==, !=, in and not in alone"
    if isinstance(node, nodes.CondExpr) and node.expr2 is None:
        return f"line {node.lineno}: a condition inside braces needs its else"
    if isinstance(node, nodes.Filter) and len(node.args) > (2 if node.name == "default" else 0):
        return f"line {node.lineno}: filter {node.name} has too many values"
    if not isinstance(node, _ALLOWED):
        return f"line {node.lineno}: {type(node).__name__.lower()} has no place in a text"
    return ""
