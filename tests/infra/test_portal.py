"""The portal's users and its HTTP API, as the templates define them."""

import json

import pytest

from infra.catalogue import FUNCTIONS, Requests
from infra.constructs.portal import PARTY_ATTRIBUTE
from kwit.aws.portal_api import PARTY_CLAIM, READINGS_PATH


class TestUsers:
    def test_are_made_by_the_seller_alone_and_kept_with_the_data(self, data):
        [(logical_id, pool)] = data.of_type("AWS::Cognito::UserPool").items()
        assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
        assert pool["DeletionProtection"] == "ACTIVE"
        assert data.resource(logical_id)["DeletionPolicy"] == "Retain"
        assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 14

    def test_never_change_the_party_they_speak_for(self, data):
        [pool] = data.of_type("AWS::Cognito::UserPool").values()
        [attribute] = pool["Schema"]
        assert (attribute["Name"], attribute["Mutable"]) == (PARTY_ATTRIBUTE, False)
        [client] = data.of_type("AWS::Cognito::UserPoolClient").values()
        assert client["WriteAttributes"] == ["locale"]
        assert client["ReadAttributes"] == [PARTY_CLAIM]

    def test_sign_in_only_by_themselves_and_are_not_told_whether_a_name_exists(self, data):
        [client] = data.of_type("AWS::Cognito::UserPoolClient").values()
        assert client["AllowedOAuthFlowsUserPoolClient"] is False
        assert client["PreventUserExistenceErrors"] == "ENABLED"
        assert client["IdTokenValidity"] == 60
        assert client["EnableTokenRevocation"] is True


class TestApi:
    @pytest.fixture
    def function(self):
        [found] = [one for one in FUNCTIONS if isinstance(one.trigger, Requests)]
        return found

    def test_has_the_routes_of_the_catalogue_each_behind_the_token(self, billing, function):
        routes = billing.of_type("AWS::ApiGatewayV2::Route").values()
        wanted = {f"{method} {path}" for method, path in function.trigger.routes}
        assert {route["RouteKey"] for route in routes} == wanted
        [authorizer] = billing.of_type("AWS::ApiGatewayV2::Authorizer")
        assert all(route["AuthorizationType"] == "JWT" for route in routes)
        assert {route["AuthorizerId"]["Ref"] for route in routes} == {authorizer}

    def test_has_the_paths_that_the_code_serves(self, function):
        served = READINGS_PATH.replace("<", "{").replace(">", "}")
        assert {path for _, path in function.trigger.routes} == {served}

    def test_takes_tokens_of_the_portals_users_and_its_client_alone(self, billing, data):
        [authorizer] = billing.of_type("AWS::ApiGatewayV2::Authorizer").values()
        configuration = authorizer["JwtConfiguration"]
        [client] = data.of_type("AWS::Cognito::UserPoolClient")
        [pool] = data.of_type("AWS::Cognito::UserPool")
        [audience] = configuration["Audience"]
        assert f"Ref{client}" in audience["Fn::ImportValue"]
        issuer = configuration["Issuer"]["Fn::Join"][1]
        assert issuer[0] == "https://cognito-idp."
        assert f"Ref{pool}" in issuer[-1]["Fn::ImportValue"]

    def test_is_throttled(self, billing):
        [stage] = billing.of_type("AWS::ApiGatewayV2::Stage").values()
        settings = stage["DefaultRouteSettings"]
        assert (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == (20, 40)

    def test_logs_each_call_for_a_year_without_who_and_where(self, billing):
        [stage] = billing.of_type("AWS::ApiGatewayV2::Stage").values()
        group = stage["AccessLogSettings"]["DestinationArn"]["Fn::GetAtt"][0]
        assert billing.of_type("AWS::Logs::LogGroup")[group]["RetentionInDays"] == 365
        told = set(json.loads(stage["AccessLogSettings"]["Format"]).values())
        assert {"$context.requestId", "$context.routeKey", "$context.status"} <= told
        personal = ("sourceIp", "claims", "$context.path", "userAgent", "identity")
        assert not [value for value in told if any(word in value for word in personal)]

    def test_alone_may_call_the_function(self, billing, function):
        logical_id = billing.function_ids()[function.name]
        permissions = [
            one
            for one in billing.of_type("AWS::Lambda::Permission").values()
            if one["FunctionName"]["Fn::GetAtt"][0] == logical_id
        ]
        [api] = billing.of_type("AWS::ApiGatewayV2::Api")
        assert len(permissions) == len(function.trigger.routes)
        for permission in permissions:
            assert permission["Principal"] == "apigateway.amazonaws.com"
            assert {"Ref": api} in permission["SourceArn"]["Fn::Join"][1]

    def test_raises_an_alarm_on_answers_that_blame_ourselves(self, billing):
        [api] = billing.of_type("AWS::ApiGatewayV2::Api")
        [alarm] = [a for a in billing.of_type("AWS::CloudWatch::Alarm").values() if a["MetricName"] == "5xx"]
        assert alarm["Dimensions"] == [{"Name": "ApiId", "Value": {"Ref": api}}]
        assert (alarm["Threshold"], alarm["Period"]) == (1, 300)

    def test_has_no_queue_before_it(self, billing, function):
        assert function.name not in billing.mappings()
