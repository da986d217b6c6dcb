"""A hub made in the test: what its refusals are turned into."""

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from facts import tells

REVISION = "a" * 40
PROGRAM = """
import sys, time
from pathlib import Path
time.sleep = lambda seconds: None  # between the hub's five attempts: half a minute
from further.training.fetch import fetch_model
try:
    fetch_model("owner/model", sys.argv[1], Path(sys.argv[2]))
except ValueError as error:
    print(error)
"""


@pytest.fixture
def hub():
    """A server that refuses everything with one status and one error code."""

    class Refusing(BaseHTTPRequestHandler):
        status, code = 403, "GatedRepo"

        def do_GET(self):
            self.send_response(self.status)
            self.send_header("X-Error-Code", self.code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_HEAD = do_GET

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server, Refusing
    server.shutdown()
    server.server_close()


def fetch(endpoint, folder):
    environment = os.environ | {
        "HF_ENDPOINT": endpoint,
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(folder / "home"),
        "HF_TOKEN": "hf_secret",
        "no_proxy": "127.0.0.1",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, REVISION, folder / "model"], env=environment, capture_output=True, text=True
    )
    assert "hf_secret" not in done.stdout + done.stderr
    return done.stdout.strip(), done.stderr


@pytest.mark.parametrize(
    ("status", "code", "facts"),
    [
        (403, "GatedRepo", ["owner/model", "gated", "hf auth login"]),
        (401, "GatedRepo", ["owner/model", "gated", "hf auth login"]),
        (404, "RepoNotFound", ["owner/model", REVISION, "model.path"]),
        (404, "RevisionNotFound", ["owner/model", REVISION, "model.path"]),
        (500, "", ["owner/model", "hub"]),
    ],
)
def test_a_refusal_is_one_sentence(hub, tmp_path, status, code, facts):
    server, handler = hub
    handler.status, handler.code = status, code
    said, trace = fetch(f"http://127.0.0.1:{server.server_port}", tmp_path)
    assert tells(said, *facts), said + trace
    assert len(said.splitlines()) == 1


def test_an_unreachable_hub_is_one_sentence(tmp_path):
    said, trace = fetch("http://127.0.0.1:9", tmp_path)
    assert tells(said, "owner/model", "hub") and len(said.splitlines()) == 1, said + trace
