"""Import what people drop as YAML: company settings and price lists."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import ValidationError

from kwit.aws.registry_store import DynamoPriceLists, DynamoSettings
from kwit.intake.dropped_file import DroppedFile
from kwit.intake.findings import Finding, ImportResult, ImportStatus, Severity, result_of
from kwit.intake.ports import ImportLog
from kwit.registry.company import CompanySettings
from kwit.registry.text_checks import text_faults
from kwit.tariffs.check import check_price_list, check_versions
from kwit.tariffs.findings import Finding as PriceListFinding
from kwit.tariffs.findings import Severity as PriceListSeverity
from kwit.tariffs.price_list import PriceList
from kwit.tariffs.yaml_file import read_yaml


def import_price_list(
    *, file: DroppedFile, store: DynamoPriceLists, imports: ImportLog, known_at: datetime
) -> ImportResult:
    """Check a dropped price list, by itself and against the versions kept, and keep it when it is sound."""
    earlier = _of_same_drop(file, "price_list", imports, known_at)
    if earlier is not None:
        return earlier
    checked = check_price_list(content=file.content, source=file.name)
    found = checked.findings
    new = checked.price_list
    again = False
    if new is not None:
        since = store.known_since(new.code, new.content_hash)
        again = since is not None and since != known_at
        found = (*found, *(() if since else check_versions(new=new, existing=store.versions(new.code))))
    failed = new is None or any(one.severity is PriceListSeverity.ERROR for one in found)
    findings = [_finding(one) for one in found]
    if new is not None and not failed and not again:
        findings += _replacing(new, store)
        store.put(new, yaml=file.content, known_at=known_at)
    result = _result(file, "price_list", known_at, findings, failed=failed, again=again)
    imports.record(result)
    return result


def _replacing(new: PriceList, store: DynamoPriceLists) -> list[Finding]:
    """Say of a version that takes the place of one in force how bills made with that one are corrected."""
    same = [one for one in store.versions(new.code) if one.window.start == new.window.start]
    if not same or same[0].content_hash == new.content_hash:
        return []
    sentence = (
        f"Zastępuje wersję obowiązującą od {new.window.start.isoformat()}; rachunki wystawione na niej "
        f"skoryguje zlecenie z price_lists: [{new.code}]."
    )
    return [Finding("price_list_replaced", Severity.WARN, sentence, value=same[0].content_hash[:12])]


def _of_same_drop(
    file: DroppedFile, kind: str, imports: ImportLog, known_at: datetime
) -> ImportResult | None:
    """Return the result that this very drop had when its message came before."""
    earlier = imports.find(file.content_hash)
    if earlier is None or (earlier.kind, earlier.file, earlier.known_at) != (kind, file.name, known_at):
        return None
    return earlier


def _finding(one: PriceListFinding) -> Finding:
    severity = Severity.REJECT if one.severity is PriceListSeverity.ERROR else Severity.WARN
    return Finding(str(one.code), severity, one.polish, row=one.line or 0, column=one.path, value=one.value)


def import_settings(
    *, file: DroppedFile, store: DynamoSettings, imports: ImportLog, known_at: datetime
) -> ImportResult:
    """Check dropped company settings and keep them as a version when every field is sound."""
    earlier = _of_same_drop(file, "settings", imports, known_at)
    if earlier is not None:
        return earlier
    newest = store.newest()
    if newest is not None and newest[0] == file.content_hash and newest[1] != known_at:
        result = _result(file, "settings", known_at, [], failed=False, again=True)
        imports.record(result)
        return result
    read = read_yaml(file.content)
    findings = [_finding(one) for one in read.findings]
    settings: CompanySettings | None = None
    if not findings:
        try:
            settings = CompanySettings.model_validate(read.data)
        except ValidationError as error:
            findings = list(_of_fields(error))
        else:
            findings = [
                Finding("bad_text", Severity.REJECT, f"{one.sentence}.", column=one.path, value=one.text_id)
                for one in text_faults(settings)
            ]
    if settings is not None and not findings:
        store.put(settings, version=file.content_hash, known_at=known_at)
    result = _result(file, "settings", known_at, findings, failed=bool(findings), again=False)
    imports.record(result)
    return result


def _of_fields(error: ValidationError) -> Iterable[Finding]:
    for one in error.errors(include_url=False, include_context=False):
        path = ".".join(str(part) for part in one["loc"])
        value = one["input"] if isinstance(one["input"], str | int) else ""
        sentence = f"Pole {path}: {one['msg']}."
        yield Finding("bad_field", Severity.REJECT, sentence, column=path, value=str(value))


def _result(
    file: DroppedFile,
    kind: str,
    known_at: datetime,
    findings: list[Finding],
    *,
    failed: bool,
    again: bool,
) -> ImportResult:
    result = result_of(
        file=file.name,
        content_hash=file.content_hash,
        kind=kind,
        encoding="utf-8",
        known_at=known_at,
        findings=findings,
        accepted=0 if failed or again else 1,
        rejected=1 if failed else 0,
        duplicate=1 if again else 0,
    )
    if again:
        return ImportResult(
            file=result.file,
            content_hash=result.content_hash,
            kind=kind,
            encoding=result.encoding,
            known_at=known_at,
            status=ImportStatus.DUPLICATE_FILE,
            duplicate=1,
            findings=result.findings,
        )
    return result
