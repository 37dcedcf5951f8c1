"""The portal's handler, driven by requests as the gateway hands them on, on tables of moto."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.portal_api.handler import lambda_handler
from kwit.aws.http_function import LONGEST_BODY
from kwit.aws.portal_api import openapi_document
from tests.functions.portal import FOREIGN, MARCH, PPE, ROOT, Portal

UNKNOWN = "590543000000001256"
NAME, MAIL = "Żaneta Łącka", "zaneta@example.org"


def codes(answer: dict[str, Any]) -> list[str]:
    return [one["code"] for one in answer["remarks"]]


class TestSubmit:
    def test_an_accepted_reading_is_kept_and_shown_as_it_is_kept(self, portal: Portal) -> None:
        answer = portal.says()
        assert (answer["status"], answer["outcome"]) == (201, "accepted")
        assert answer["reading"]["day"] == MARCH
        assert answer["reading"]["register"] == "1.8.0"
        [version] = answer["reading"]["versions"]
        assert version == {
            "state_kwh": "2370.500",
            "kind": "customer",
            "origin": "portal",
            "known_at": "2026-04-02T09:00:00Z",
            "status": "counts",
            "confirmed": False,
        }
        [kept] = portal.stored()
        assert kept.source.content_hash.startswith(answer["reference"])

    def test_the_sample_of_the_trigger_is_such_a_reading(self, portal: Portal) -> None:
        event = json.loads((ROOT / "events" / "portal_api.json").read_bytes())
        lambda_handler.application = portal.app
        assert lambda_handler(event, None)["statusCode"] == 201

    def test_the_same_again_is_answered_the_same_and_keeps_nothing(self, portal: Portal) -> None:
        assert portal.says() == portal.says() == portal.says(kwh="2370.5", key="") == portal.says()
        assert len(portal.stored()) == 1

    def test_a_key_names_one_reading(self, portal: Portal) -> None:
        first = portal.says(key="2026-03/1")
        assert portal.says(key="2026-03/1") == first
        other = portal.says(kwh=2371, key="2026-03/1")
        assert (other["status"], other["code"]) == (400, "idempotency_key_reused")
        assert len(portal.stored()) == 1

    def test_an_implausible_one_is_told_why(self, portal: Portal) -> None:
        answer = portal.says(kwh="2214")
        assert (answer["status"], answer["outcome"], answer["reading"]) == (422, "implausible", None)
        [remark] = answer["remarks"]
        assert (remark["code"], remark["effect"], remark["field"]) == (
            *("reading_before_last", "reject"),
            "state_kwh",
        )
        assert "2215,000" in remark["message"]
        assert portal.stored() == []

    def test_a_doubtful_one_is_asked_back_and_confirmed(self, portal: Portal) -> None:
        asked = portal.says(kwh="2990")
        assert (asked["status"], asked["outcome"]) == (409, "needs_confirmation")
        assert codes(asked) == ["use_above_history"]
        assert asked["reference"] is None
        answer = portal.says(kwh="2990", confirm=True)
        assert (answer["status"], answer["reading"]["versions"][0]["confirmed"]) == (201, True)
        [kept] = portal.stored()
        assert kept.standing.confirmed == ("use_above_history",)

    @pytest.mark.parametrize(
        ("parts", "field"),
        [
            ({"kwh": 2370.5}, "state_kwh"),
            ({"kwh": "-1"}, "state_kwh"),
            ({"kwh": "1e3"}, "state_kwh"),
            ({"kwh": None}, "state_kwh"),
            ({"kwh": True}, "state_kwh"),
            ({"day": "31.03.2026"}, "day"),
            ({"day": 1}, "day"),
            ({"day": "2026-02-30"}, "day"),
            ({"confirm": "yes"}, "confirm"),
            ({"party_id": "K-2"}, "party_id"),
            ({"meter_no": "9" * 41}, "meter_no"),
        ],
    )
    def test_what_is_not_well_formed_is_refused_by_field(
        self, portal: Portal, parts: dict[str, Any], field: str
    ) -> None:
        answer = portal.says(**parts)
        assert (answer["status"], answer["code"]) == (400, "bad_request")
        assert answer["field"].startswith(field)
        assert portal.stored() == []

    @pytest.mark.parametrize("body", ["", "{", "[]", "null", '"x"', None])
    def test_what_is_no_object_of_json_is_refused(self, portal: Portal, body: str | None) -> None:
        answer = portal.asks("POST", body=body)
        assert (answer["status"], answer["code"]) in {(400, "not_json"), (400, "bad_request")}

    def test_other_content_is_refused(self, portal: Portal) -> None:
        answer = portal.asks("POST", body="a=1", headers={"content-type": "text/csv"})
        assert answer["status"] == 400

    def test_a_long_body_is_not_read(self, portal: Portal) -> None:
        answer = portal.asks("POST", body="[" * (LONGEST_BODY + 1))
        assert (answer["status"], answer["code"]) == (413, "too_large")


class TestList:
    def test_shows_the_newest_first_with_its_versions(self, portal: Portal) -> None:
        portal.says(kwh="2370")
        portal.says(kwh="2371")
        answer = portal.asks("GET")
        assert answer["status"] == 200
        newest, *older = answer["states"]
        assert newest["day"] == MARCH
        assert [(one["state_kwh"], one["status"]) for one in newest["versions"]] == [
            ("2371.000", "counts"),
            ("2370.000", "replaced"),
        ]
        assert [one["versions"][0]["origin"] for one in older] == ["file"] * 3

    def test_goes_on_page_by_page(self, portal: Portal) -> None:
        days: list[str] = []
        cursor: dict[str, str] = {}
        for _ in range(3):
            page = portal.asks("GET", queryStringParameters={"limit": "1", **cursor})
            days += [one["day"] for one in page["states"]]
            cursor = {"after": page["next"] or ""}
        assert days == ["2026-02-28", "2025-08-31", "2025-02-28"]
        assert page["next"] is None

    @pytest.mark.parametrize("cursor", ["x", "bm9uc2Vuc2U=", "WzEsMiwzXQ==", "ąę"])
    def test_a_cursor_of_somebody_else_is_refused(self, portal: Portal, cursor: str) -> None:
        answer = portal.asks("GET", queryStringParameters={"after": cursor})
        assert (answer["status"], answer["code"]) == (400, "bad_cursor")

    @pytest.mark.parametrize("limit", ["0", "101", "x"])
    def test_a_page_has_a_limit(self, portal: Portal, limit: str) -> None:
        assert portal.asks("GET", queryStringParameters={"limit": limit})["status"] == 400


class TestWhoMaySee:
    @pytest.mark.parametrize("method", ["GET", "POST"])
    @pytest.mark.parametrize("ppe", [FOREIGN, UNKNOWN, "590543000000001233", "x", "1"])
    def test_a_point_of_others_an_unknown_and_an_impossible_one_are_all_not_there(
        self, portal: Portal, method: str, ppe: str
    ) -> None:
        body = json.dumps({"day": MARCH, "state_kwh": "2370"}) if method == "POST" else None
        answer = portal.asks(method, ppe, body=body)
        assert answer == {
            "status": 404,
            "code": "not_found",
            "message": "Nie ma takiego punktu ani takiej strony.",
            "field": "",
        }
        assert portal.stored(FOREIGN) == []

    @pytest.mark.parametrize(
        "claims", [{"token_use": "access"}, {"custom:party_id": ""}, {"custom:party_id": "  "}]
    )
    def test_a_token_that_names_no_party_opens_nothing(self, portal: Portal, claims: dict[str, str]) -> None:
        for answer in (portal.says(claims=claims), portal.asks("GET", claims=claims)):
            assert (answer["status"], answer["code"]) == (403, "no_party")

    def test_each_party_sees_its_own(self, portal: Portal) -> None:
        other = {"custom:party_id": "K-2"}
        assert portal.says(ppe=FOREIGN, claims=other)["status"] == 201
        assert portal.asks("GET", FOREIGN, claims=other)["status"] == 200
        assert portal.asks("GET", claims=other)["status"] == 404

    def test_another_path_is_not_there(self, portal: Portal) -> None:
        answer = portal.asks("DELETE")
        assert answer["status"] in {404, 405}


class TestLog:
    def test_tells_outcome_and_figures_and_nothing_about_whom(
        self, portal: Portal, capsys: pytest.CaptureFixture[str]
    ) -> None:
        portal.says(kwh="2214")
        portal.says()
        portal.asks("GET")
        portal.asks("GET", FOREIGN)
        out = capsys.readouterr()
        lines = [json.loads(line) for line in out.out.splitlines() if '"answered"' in line]
        assert [(one["status"], one.get("outcome")) for one in lines] == [
            (422, "implausible"),
            (201, "accepted"),
            (200, "listed"),
            (404, None),
        ]
        assert lines[0]["codes"] == ["reading_before_last"]
        assert lines[1]["calls"]["dynamodb:TransactWriteItems"] == 1
        assert lines[0]["request"] == "example-request-1"
        personal = (PPE, FOREIGN, "K-1", "K-2", "L-K", NAME, MAIL, "2370", "2214", "192.0.2.1", "system-k-1")
        assert not [word for word in personal if word in out.out + out.err]

    def test_a_failure_is_logged_without_values_and_answered_without_a_trace(
        self, portal: Portal, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(**_: Any) -> Any:
            raise ClientError({"Error": {"Code": "Throttling", "Message": f"{PPE} {NAME}"}}, "Query")

        monkeypatch.setattr(portal.clients.dynamodb, "query", broken)
        answer = portal.says()
        assert answer == {
            "status": 500,
            "code": "failed",
            "message": "Błąd po naszej stronie; spróbuj ponownie.",
            "field": "",
        }
        out = capsys.readouterr().out
        [failed] = [json.loads(line) for line in out.splitlines() if '"failed"' in line and '"where"' in line]
        assert failed["detail"] == "Throttling in Query"
        assert PPE not in out
        assert NAME not in out

    def test_the_next_request_is_served_again(self, portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as broken:
            broken.setattr(portal.clients.dynamodb, "query", None)
            assert portal.says()["status"] == 500
        assert portal.says()["status"] == 201


class TestDocument:
    def test_is_the_one_in_docs(self) -> None:
        assert (ROOT / "docs" / "openapi.json").read_text() == openapi_document()

    def test_describes_every_answer_that_the_tests_above_get(self) -> None:
        document = json.loads(openapi_document())
        assert document["openapi"].startswith("3.1")
        path = document["paths"]["/v1/points/{ppe}/readings"]
        assert set(path) == {"get", "post"}
        assert set(path["post"]["responses"]) == {"201", "400", "403", "404", "409", "413", "422", "500"}
        assert "ValidationError" not in json.dumps(document)
        assert document["security"] == [{"token": []}]
        assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
