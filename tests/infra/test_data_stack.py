from infra.catalogue import WORK_PREFIX
from kwit.aws.reading_store import EXPIRES


def denies_plain_http(policy: dict) -> bool:
    return any(
        statement["Effect"] == "Deny"
        and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
        for statement in policy["PolicyDocument"]["Statement"]
    )


class TestTables:
    def test_there_are_four_with_string_keys_on_demand(self, data):
        tables = data.of_type("AWS::DynamoDB::GlobalTable")
        assert len(tables) == 4
        for table in tables.values():
            keys = [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]]
            assert keys == [("pk", "HASH"), ("sk", "RANGE")]
            assert {attribute["AttributeType"] for attribute in table["AttributeDefinitions"]} == {"S"}
            assert table["BillingMode"] == "PAY_PER_REQUEST"

    def test_each_outlives_its_stack_and_can_be_restored_to_any_second(self, data):
        for logical_id, table in data.of_type("AWS::DynamoDB::GlobalTable").items():
            resource = data.resource(logical_id)
            assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")
            for replica in table["Replicas"]:
                assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
                assert replica["DeletionProtectionEnabled"] is True

    def test_only_readings_as_they_arrived_expire(self, data):
        expiring = {
            logical_id: table["TimeToLiveSpecification"]
            for logical_id, table in data.of_type("AWS::DynamoDB::GlobalTable").items()
            if "TimeToLiveSpecification" in table
        }
        [(logical_id, specification)] = expiring.items()
        assert logical_id.startswith("ReadingsTable")
        assert specification == {"AttributeName": EXPIRES, "Enabled": True}

    def test_none_has_a_name_that_would_block_its_replacement(self, data):
        assert all("TableName" not in table for table in data.of_type("AWS::DynamoDB::GlobalTable").values())


class TestBuckets:
    def test_each_is_kept_private_versioned_and_encrypted(self, data):
        buckets = data.of_type("AWS::S3::Bucket")
        assert len(buckets) == 3
        for logical_id, bucket in buckets.items():
            resource = data.resource(logical_id)
            assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")
            assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
            assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
            rule = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
            assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
            assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]

    def test_each_denies_a_request_without_tls(self, data):
        policies = {p["Bucket"]["Ref"]: p for p in data.of_type("AWS::S3::BucketPolicy").values()}
        assert set(policies) == set(data.of_type("AWS::S3::Bucket"))
        assert all(denies_plain_http(policy) for policy in policies.values())

    def test_all_but_the_log_bucket_write_access_logs(self, data):
        logging = {
            i: bucket.get("LoggingConfiguration") for i, bucket in data.of_type("AWS::S3::Bucket").items()
        }
        silent = [logical_id for logical_id, configuration in logging.items() if configuration is None]
        assert [logical_id.startswith("AccessLogsBucket") for logical_id in silent] == [True]

    def test_no_current_drop_or_document_ever_expires(self, data):
        for logical_id, bucket in data.of_type("AWS::S3::Bucket").items():
            if not logical_id.startswith("AccessLogsBucket"):
                rules = bucket["LifecycleConfiguration"]["Rules"]
                expiring = {rule["Prefix"] for rule in rules if "ExpirationInDays" in rule}
                assert expiring == ({WORK_PREFIX} if logical_id.startswith("InboxBucket") else set())

    def test_only_the_inbox_sends_events_and_without_a_function_of_its_own(self, data):
        sending = [i for i, b in data.of_type("AWS::S3::Bucket").items() if "NotificationConfiguration" in b]
        assert [logical_id.startswith("InboxBucket") for logical_id in sending] == [True]
        assert not any(r["Type"] == "AWS::Lambda::Function" for r in data.body["Resources"].values())


class TestOutputs:
    def test_they_name_every_table_and_bucket_the_portals_users_and_the_secret(self, data):
        named = {name for name in data.body["Outputs"] if not name.startswith("ExportsOutput")}
        assert named == {
            *("RegistryTableName", "ReadingsTableName", "BillingTableName", "DocumentsTableName"),
            *("InboxBucketName", "DocumentsBucketName", "AccessLogsBucketName"),
            *("PortalUserPoolId", "PortalClientId", "KsefSecretArn"),
        }
