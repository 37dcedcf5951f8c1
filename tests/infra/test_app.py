import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local import synth

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ("KwitData.template.json", "KwitBilling.template.json")
# Loaded by Python before anything else: a name or an address looked up is an error.
NO_NETWORK = """
import socket
def refuse(*args, **kwargs):
    raise OSError("synthesis reached for the network")
socket.getaddrinfo = socket.create_connection = refuse
"""


@pytest.fixture(scope="module")
def offline(tmp_path_factory) -> Path:
    """Synthesise anew with nothing on PATH, no network and no AWS account in the environment."""
    folder = tmp_path_factory.mktemp("offline")
    (folder / "sitecustomize.py").write_text(NO_NETWORK)
    environment = {
        "PATH": "",
        "HOME": os.environ["HOME"],
        "JSII_NODE": str(synth.node()),
        "PYTHONPATH": str(folder),
        **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9"),
    }
    program = "from infra.app import build_app; build_app(outdir={!r}, bundle=False, context={!r}).synth()"
    program = program.format(str(folder / "out"), {"alarm_email": "ops@kwit.example"})
    subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", program], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    return folder / "out"


class TestSynthesis:
    def test_gives_the_same_template_again_without_path_or_network(self, assembly, offline):
        for name in TEMPLATES:
            first = json.loads((assembly / name).read_text())
            again = json.loads((offline / name).read_text())
            again["Resources"] = {
                logical_id: resource
                for logical_id, resource in again["Resources"].items()
                if resource["Type"] != "AWS::SNS::Subscription"
            }
            assert first == again

    def test_subscribes_an_address_to_the_alarms_when_one_is_given(self, offline):
        resources = json.loads((offline / TEMPLATES[1]).read_text())["Resources"].values()
        [subscription] = [r["Properties"] for r in resources if r["Type"] == "AWS::SNS::Subscription"]
        assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "ops@kwit.example")

    def test_leaves_no_path_of_this_machine_in_a_template(self, assembly):
        for name in TEMPLATES:
            text = (assembly / name).read_text()
            assert str(ROOT) not in text
            assert str(Path.home()) + "/" not in text

    def test_names_no_account_and_no_region(self, assembly):
        manifest = json.loads((assembly / "manifest.json").read_text())
        stacks = [a for a in manifest["artifacts"].values() if a["type"] == "aws:cloudformation:stack"]
        assert {stack["environment"] for stack in stacks} == {"aws://unknown-account/unknown-region"}

    def test_puts_the_whole_of_our_own_code_and_data_into_the_shared_layer(self, assembly):
        assets = json.loads((assembly / "KwitBilling.assets.json").read_text())["files"].values()
        [shared] = [a["source"]["path"] for a in assets if a["displayName"].startswith("SharedLayer")]
        packed = {
            str(p.relative_to(assembly / shared)) for p in (assembly / shared).rglob("*") if p.is_file()
        }
        sources = {"kwit": "shared/kwit", "price_lists": "shared/price_lists", "templates": "templates"}
        wanted = {
            f"python/{name}/{path.relative_to(ROOT / folder)}"
            for name, folder in sources.items()
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
        }
        assert packed == wanted


class TestFindings:
    def test_are_all_acknowledged_and_the_page_lists_them(self, assembly):
        page = (ROOT / "docs/cdk-nag.md").read_text()
        listed = subprocess.run(
            [sys.executable, "-m", "infra.findings_page"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        assert listed.stdout == page
