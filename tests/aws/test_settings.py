import pytest
from pydantic import ValidationError

from kwit.aws.settings import ImportReadingsSettings, MissingSettingsError, load

ENVIRONMENT = {
    "REGISTRY_TABLE": "registry",
    "READINGS_TABLE": "readings",
    "BILLING_TABLE": "billing",
    "INBOX_BUCKET": "inbox",
    "IMPORT_QUEUE_URL": "https://sqs.example/import",
    "PATH": "/bin",
}


class TestLoad:
    def test_reads_the_fields_of_the_model_and_nothing_else(self):
        loaded = load(ImportReadingsSettings, ENVIRONMENT)
        assert loaded.model_dump() == {
            "registry_table": "registry",
            "readings_table": "readings",
            "billing_table": "billing",
            "inbox_bucket": "inbox",
            "import_queue_url": "https://sqs.example/import",
        }

    def test_names_every_missing_variable_at_once(self):
        with pytest.raises(MissingSettingsError, match="ImportReadingsSettings") as caught:
            load(ImportReadingsSettings, {"REGISTRY_TABLE": "registry"})
        assert set(caught.value.missing) == {
            "READINGS_TABLE", "BILLING_TABLE", "INBOX_BUCKET", "IMPORT_QUEUE_URL"}  # fmt: skip

    def test_takes_an_empty_variable_for_a_missing_one(self):
        with pytest.raises(MissingSettingsError) as caught:
            load(ImportReadingsSettings, {**ENVIRONMENT, "INBOX_BUCKET": ""})
        assert caught.value.missing == ("INBOX_BUCKET",)

    def test_gives_values_that_cannot_be_changed(self):
        loaded = load(ImportReadingsSettings, ENVIRONMENT)
        with pytest.raises(ValidationError, match="frozen"):
            loaded.inbox_bucket = "another"
