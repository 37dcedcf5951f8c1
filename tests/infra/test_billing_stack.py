import json
from pathlib import Path

import pytest

from infra.catalogue import FUNCTIONS, Daily, Drop, Function, Sent
from kwit.aws import settings

ROOT = Path(__file__).resolve().parents[2]
POWERTOOLS = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_LOG_LEVEL"}
TLS_ONLY = {"Bool": {"aws:SecureTransport": "false"}}

every_function = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
QUEUED = [function for function in FUNCTIONS if function.queued]
every_queued_function = pytest.mark.parametrize("function", QUEUED, ids=lambda function: function.name)


def model_of(function: Function) -> type[settings.Settings]:
    return getattr(settings, f"{function.construct_id}Settings")


def actions_of(statement: dict) -> list[str]:
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else actions


def resources_of(statement: dict) -> list:
    resources = statement["Resource"]
    return resources if isinstance(resources, list) else [resources]


class TestCatalogue:
    def test_every_folder_of_functions_is_deployed_and_nothing_else(self, billing):
        folders = {path.parent.name for path in (ROOT / "functions").glob("*/handler.py")}
        assert folders == {function.name for function in FUNCTIONS} == set(billing.functions())

    def test_every_message_sent_has_a_function_that_waits_for_it(self):
        waiting = {function.name for function in FUNCTIONS if function.trigger == Sent()}
        assert {receiver for function in FUNCTIONS for receiver in function.sends_to} == waiting


class TestFunction:
    @every_function
    def test_runs_on_arm_on_the_newest_python_with_tracing_and_json_logs(self, billing, function):
        deployed = billing.functions()[function.name]
        assert deployed["Architectures"] == ["arm64"]
        assert deployed["Runtime"] == "python3.14"
        assert deployed["Handler"] == "handler.lambda_handler"
        assert deployed["TracingConfig"] == {"Mode": "Active"}
        assert deployed["LoggingConfig"]["LogFormat"] == "JSON"
        assert (deployed["Timeout"], deployed["MemorySize"]) == (function.timeout_seconds, function.memory_mb)

    @every_function
    def test_keeps_its_logs_for_a_year_in_a_group_of_its_own(self, billing, function):
        group = billing.functions()[function.name]["LoggingConfig"]["LogGroup"]["Ref"]
        assert billing.of_type("AWS::Logs::LogGroup")[group]["RetentionInDays"] == 365
        groups = [f["LoggingConfig"]["LogGroup"]["Ref"] for f in billing.functions().values()]
        assert groups.count(group) == 1

    @every_function
    def test_has_exactly_the_environment_its_settings_name(self, billing, function):
        variables = set(billing.functions()[function.name]["Environment"]["Variables"])
        assert variables == {field.upper() for field in model_of(function).model_fields} | POWERTOOLS

    @every_function
    def test_has_the_shared_and_the_common_layer_and_those_it_names(self, billing, function):
        layers = [layer["Ref"] for layer in billing.functions()[function.name]["Layers"]]
        wanted = {"SharedLayer", "CommonLayer"} | {f"{layer.capitalize()}Layer" for layer in function.layers}
        assert {next(name for name in wanted if ref.startswith(name)) for ref in layers} == wanted
        assert len(layers) == len(wanted)

    @every_function
    def test_raises_alarms_on_errors_and_throttles(self, billing, function):
        logical_id = billing.function_ids()[function.name]
        for metric in ("Errors", "Throttles"):
            assert sum(f'"{logical_id}"' in dimensions for dimensions in billing.alarms_on(metric)) == 1

    def test_that_must_run_daily_raises_an_alarm_when_it_does_not(self, billing):
        watched = {
            name: billing.function_ids()[name]
            for name in (function.name for function in FUNCTIONS if function.must_run_daily)
        }
        assert set(watched) == {"plan_packing", "watch_ksef"}
        alarms = [
            one
            for one in billing.of_type("AWS::CloudWatch::Alarm").values()
            if one["MetricName"] == "Invocations"
        ]
        named = {one["Dimensions"][0]["Value"]["Ref"] for one in alarms}
        assert named == set(watched.values())
        for alarm in alarms:
            assert (alarm["TreatMissingData"], alarm["Period"], alarm["Threshold"]) == (
                "breaching",
                86_400,
                1,
            )
        assert alarm["ComparisonOperator"] == "LessThanThreshold"


class TestRole:
    @every_function
    def test_names_every_action(self, billing, function):
        actions = [action for s in billing.statements(function.name) for action in actions_of(s)]
        assert actions
        assert not [action for action in actions if "*" in action]

    @every_function
    def test_names_every_resource_but_for_tracing_and_object_prefixes(self, billing, function):
        prefixes = {f"/{prefix}*" for _, prefix, _ in function.objects}
        for statement in billing.statements(function.name):
            for resource in resources_of(statement):
                if resource == "*":
                    assert set(actions_of(statement)) == {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
                elif "*" in json.dumps(resource):
                    assert resource["Fn::Join"][1][-1] in prefixes

    @every_function
    def test_has_the_exact_table_actions_of_the_catalogue(self, billing, function):
        granted = {}
        for statement in billing.statements(function.name):
            actions = [
                a.removeprefix("dynamodb:") for a in actions_of(statement) if a.startswith("dynamodb:")
            ]
            for resource in resources_of(statement) if actions else []:
                table = resource["Fn::ImportValue"].partition("FnGetAtt")[2].partition("Table")[0]
                granted.setdefault(table, set()).update(actions)
        assert granted == {str(table): set(actions) for table, actions in function.tables.items()}

    @every_function
    def test_may_send_only_where_the_catalogue_says(self, billing, function):
        targets = {
            resource["Fn::GetAtt"][0]
            for statement in billing.statements(function.name)
            if "sqs:SendMessage" in actions_of(statement)
            for resource in resources_of(statement)
        }
        assert targets == {billing.queue_of(receiver) for receiver in function.sends_to}

    @every_function
    def test_may_send_mail_only_if_it_delivers(self, billing, function):
        actions = {action for s in billing.statements(function.name) for action in actions_of(s)}
        mail = {action for action in actions if action.startswith("ses:")}
        assert mail == (
            {"ses:SendEmail", "ses:SendRawEmail"} if function.name == "deliver_documents" else set()
        )

    def test_has_no_managed_policy(self, billing):
        assert all("ManagedPolicyArns" not in role for role in billing.of_type("AWS::IAM::Role").values())


class TestQueue:
    @every_queued_function
    def test_hides_a_message_for_six_times_the_timeout(self, billing, function):
        queue = billing.queues()[billing.queue_of(function.name)]
        assert queue["VisibilityTimeout"] == 6 * billing.functions()[function.name]["Timeout"]

    @every_queued_function
    def test_hands_a_failing_message_to_dead_letters_of_its_own(self, billing, function):
        redrive = billing.queues()[billing.queue_of(function.name)]["RedrivePolicy"]
        assert redrive["maxReceiveCount"] == 5
        targets = [
            q["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0] for q in billing.queues().values()
        ]
        assert targets.count(redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]) == 1

    def test_that_holds_dead_letters_belongs_to_a_queue_and_keeps_them_for_two_weeks(self, billing):
        targets = {
            q["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0] for q in billing.queues().values()
        }
        assert targets == set(billing.dead_letter_queues())
        assert {q["MessageRetentionPeriod"] for q in billing.dead_letter_queues().values()} == {
            14 * 24 * 3600
        }

    def test_is_encrypted_and_denies_a_request_without_tls(self, billing):
        queues = billing.of_type("AWS::SQS::Queue")
        assert all(queue["SqsManagedSseEnabled"] is True for queue in queues.values())
        closed = {
            queue["Ref"]
            for policy in billing.of_type("AWS::SQS::QueuePolicy").values()
            for statement in policy["PolicyDocument"]["Statement"]
            if statement["Effect"] == "Deny" and statement["Condition"] == TLS_ONLY
            for queue in policy["Queues"]
        }
        assert closed == set(queues)

    def test_raises_alarms_on_dead_letters_and_on_a_message_nobody_takes(self, billing):
        for metric, queues in (
            ("ApproximateNumberOfMessagesVisible", billing.dead_letter_queues()),
            ("ApproximateAgeOfOldestMessage", billing.queues()),
        ):
            watched = billing.alarms_on(metric)
            assert len(watched) == len(queues)
            assert all(
                sum(f'"{logical_id}"' in dimensions for dimensions in watched) == 1 for logical_id in queues
            )

    def test_is_first_in_first_out_only_before_issuing_and_grouped_by_series(self, billing):
        fifo = {logical_id for logical_id, queue in billing.queues().items() if queue.get("FifoQueue")}
        assert fifo == {billing.queue_of("issue_documents")}
        queue = billing.queues()[fifo.pop()]
        assert (queue["DeduplicationScope"], queue["FifoThroughputLimit"]) == (
            "messageGroup",
            "perMessageGroupId",
        )
        assert "ContentBasedDeduplication" not in queue


class TestMapping:
    @every_queued_function
    def test_reports_failures_message_by_message(self, billing, function):
        mapping = billing.mappings()[function.name]
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["BatchSize"] == function.batch_size
        limit = mapping.get("ScalingConfig", {}).get("MaximumConcurrency")
        assert limit == function.max_concurrency

    def test_takes_imports_one_by_one(self, billing):
        imports = [function for function in FUNCTIONS if isinstance(function.trigger, Drop)]
        assert {billing.mappings()[function.name]["BatchSize"] for function in imports} == {1}


class TestRule:
    def rules(self, billing) -> dict[str, dict]:
        names = {billing.queue_of(function.name): function.name for function in QUEUED}
        return {
            names[rule["Targets"][0]["Arn"]["Fn::GetAtt"][0]]: rule
            for rule in billing.of_type("AWS::Events::Rule").values()
        }

    def test_brings_each_kind_of_drop_to_its_import_and_all_else_to_the_rejection(self, billing):
        keys = {
            name: rule["EventPattern"]["detail"]["object"]["key"]
            for name, rule in self.rules(billing).items()
            if rule["EventPattern"]["source"] == ["aws.s3"]
        }
        known = [
            "inbox/settings/", "inbox/price-lists/", "inbox/registry/", "inbox/profiles/", "inbox/run-orders/",
            "inbox/run-approvals/", "inbox/document-orders/", "inbox/note-orders/", "inbox/readings/",
        ]  # fmt: skip
        assert keys == {
            "import_settings": [{"prefix": "inbox/settings/"}],
            "import_price_list": [{"prefix": "inbox/price-lists/"}],
            "import_registry": [{"prefix": "inbox/registry/"}],
            "import_profiles": [{"prefix": "inbox/profiles/"}],
            "import_run_orders": [{"prefix": "inbox/run-orders/"}],
            "import_run_approvals": [{"prefix": "inbox/run-approvals/"}],
            "import_document_orders": [{"prefix": "inbox/document-orders/"}],
            "import_note_orders": [{"prefix": "inbox/note-orders/"}],
            "import_readings": [{"prefix": "inbox/readings/"}],
            "reject_unknown_drop": [{"anything-but": {"prefix": [*known, "results/", "work/"]}}],
        }

    def test_keeps_an_event_it_could_not_deliver(self, billing):
        dead = set(billing.dead_letter_queues())
        for rule in billing.of_type("AWS::Events::Rule").values():
            assert rule["Targets"][0]["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0] in dead

    def test_listens_to_mail_events_of_our_configuration_set_only(self, billing):
        pattern = self.rules(billing)["handle_mail_events"]["EventPattern"]
        assert pattern["source"] == ["aws.ses"]
        [configuration_set] = pattern["detail"]["mail"]["tags"]["ses:configuration-set"]
        assert configuration_set["Ref"] in billing.of_type("AWS::SES::ConfigurationSet")


class TestSchedule:
    def test_starts_each_daily_function_at_its_hour_of_warsaw(self, billing):
        schedules = {
            json.loads(schedule["Target"]["Input"])["schedule"]: schedule
            for schedule in billing.of_type("AWS::Scheduler::Schedule").values()
        }
        assert {name: schedule["ScheduleExpression"] for name, schedule in schedules.items()} == {
            "plan_billing_run": "cron(0 5 * * ? *)",
            "plan_packing": "cron(30 3 * * ? *)",
            "export_postings": "cron(0 22 * * ? *)",
            "publish_reports": "cron(30 22 * * ? *)",
            "pack_prints": "cron(40 21 * * ? *)",
            "watch_ksef": "cron(20 6,9,12,15,18,21 * * ? *)",
        }
        assert set(schedules) == {f.name for f in FUNCTIONS if isinstance(f.trigger, Daily)}
        for name, schedule in schedules.items():
            assert schedule["ScheduleExpressionTimezone"] == "Europe/Warsaw"
            assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
            target = schedule["Target"]
            assert target["Arn"]["Fn::GetAtt"][0] == billing.queue_of(name)
            assert json.loads(target["Input"])["scheduled_time"] == "<aws.scheduler.scheduled-time>"
            assert target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0] in billing.dead_letter_queues()

    def test_has_a_role_that_may_send_to_its_queue_and_dead_letters_alone(self, billing):
        roles = [
            s["Target"]["RoleArn"]["Fn::GetAtt"][0]
            for s in billing.of_type("AWS::Scheduler::Schedule").values()
        ]
        assert len(set(roles)) == len(roles)
        for schedule in billing.of_type("AWS::Scheduler::Schedule").values():
            role = {"Ref": schedule["Target"]["RoleArn"]["Fn::GetAtt"][0]}
            statements = [
                statement
                for policy in billing.of_type("AWS::IAM::Policy").values()
                if role in policy["Roles"]
                for statement in policy["PolicyDocument"]["Statement"]
            ]
            own = {schedule["Target"]["Arn"]["Fn::GetAtt"][0]}
            own |= {schedule["Target"]["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]}
            assert {r["Fn::GetAtt"][0] for s in statements for r in resources_of(s)} == own
            assert not [action for s in statements for action in actions_of(s) if "*" in action]


class TestMail:
    def test_leaves_over_tls_and_tells_every_outcome_to_the_event_bus(self, billing):
        [configuration_set] = billing.of_type("AWS::SES::ConfigurationSet").values()
        assert configuration_set["DeliveryOptions"]["TlsPolicy"] == "REQUIRE"
        [destination] = billing.of_type("AWS::SES::ConfigurationSetEventDestination").values()
        assert set(destination["EventDestination"]["MatchingEventTypes"]) == {
            *("delivery", "bounce", "complaint", "reject", "deliveryDelay")
        }
        assert "EventBridgeDestination" in destination["EventDestination"]


class TestAlarms:
    def test_all_go_to_one_topic_that_cloudwatch_may_publish_to_over_tls(self, billing):
        [topic] = billing.of_type("AWS::SNS::Topic")
        alarms = billing.of_type("AWS::CloudWatch::Alarm").values()
        assert all(alarm["AlarmActions"] == [{"Ref": topic}] for alarm in alarms)
        [policy] = billing.of_type("AWS::SNS::TopicPolicy").values()
        statements = {statement["Effect"]: statement for statement in policy["PolicyDocument"]["Statement"]}
        assert statements["Deny"]["Condition"] == TLS_ONLY
        assert statements["Allow"]["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
