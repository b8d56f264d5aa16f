"""Webhook and e-mail on this machine; what is told when; and that no secret is seen anywhere."""

import os
import subprocess
import sys
from email import message_from_string
from pathlib import Path

import pytest

from flows import notify as notify_module
from flows.nightly import run_once
from flows.notify import notify, receiver
from flows.secret import hide
from pipeline.workspace import Workspace
from tests.nightly.nights import health_of, log_of, mail_server, make_workspace, pretend, release, webhook

BAD = "note_running(home, {'soil': datetime.now(UTC)})\ntime.sleep(1)\nprint('corridor: bad soil.'); sys.exit(65)"


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(notify_module, "RETRY_WAIT_S", 0.0)


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return make_workspace(tmp_path / "w")


@pytest.fixture
def hook(monkeypatch):
    with webhook() as (port, taken):
        monkeypatch.setenv("CORRIDOR_NOTIFY", f"json://127.0.0.1:{port}/s3cret-token")
        yield taken


def night(workspace: Workspace, body: str = ""):
    return run_once(workspace, command=pretend(workspace, body))


def test_a_failure_is_told_by_webhook_and_mail(workspace, monkeypatch):
    night(workspace, release(workspace, "r1"))
    with webhook() as (port, taken), mail_server() as (mail_port, letters):
        addresses = (
            f"json://127.0.0.1:{port}/hook\n  mailto://127.0.0.1:{mail_port}/?from=a@example.org&to=b@example.org"
        )
        monkeypatch.setenv("CORRIDOR_NOTIFY", addresses)
        outcome = night(workspace, BAD)
    (message,) = taken
    (letter,) = letters
    assert message["type"] == "failure"
    assert message["title"] == "Night corridor: nightly build failed"
    letter = " ".join(part.get_payload(decode=True).decode() for part in message_from_string(letter).get_payload())
    for words in (
        "bad soil.", "exit code 65", "Step: soil", "Readers see: r1", str(workspace.root), f"Log: {outcome.log}",
    ):  # fmt: skip
        assert words in message["message"]
        assert words in letter
    assert "To: b@example.org" in letters[0]
    sent = [{"to": "json://127.0.0.1", "sent": True}, {"to": "mailto://127.0.0.1", "sent": True}]
    assert health_of(workspace)["notification"] == sent


def test_good_nights_are_told_only_when_asked(hook, tmp_path):
    for wish, count in (("failure", 0), ("change", 1), ("always", 2)):
        workspace = make_workspace(tmp_path / wish, f'notify_on = "{wish}"')
        night(workspace, release(workspace, "r1"))
        night(workspace)
        assert len(hook) == count, wish
        hook.clear()


def test_the_first_good_night_after_failures_is_told(hook, workspace):
    night(workspace, BAD)
    night(workspace, BAD)
    night(workspace)
    night(workspace)
    assert [message["type"] for message in hook] == ["failure", "failure", "success"]
    assert "After 2 failed nights" in hook[-1]["message"]


def test_a_receiver_that_fails_changes_nothing_and_is_named_without_its_secret(workspace, monkeypatch):
    with webhook(status=500) as (port, taken):
        addresses = f"json://user:pass-word-1@127.0.0.1:{port}/s3cret-token json://127.0.0.1:9/other-s3cret"
        monkeypatch.setenv("CORRIDOR_NOTIFY", addresses)
        assert night(workspace, BAD).exit_code == 65
    assert len(taken) == 3
    told = health_of(workspace)["notification"]
    assert [(result["to"], result["sent"]) for result in told] == [("json://127.0.0.1", False)] * 2
    assert "could not tell json://127.0.0.1: not taken in 3 attempts" in log_of(workspace)


def test_a_receiver_that_never_answers_does_not_hold_the_night(monkeypatch):
    import socket

    monkeypatch.setattr(notify_module, "LONGEST_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("CORRIDOR_NOTIFY", f"json://127.0.0.1:{silent.getsockname()[1]}/")
        assert notify("a", "b", "success") == [
            {"to": "json://127.0.0.1", "sent": False, "why": "no answer within 0.5 s"}
        ]


def test_an_address_that_is_none_is_said(monkeypatch):
    monkeypatch.setenv("CORRIDOR_NOTIFY", "nonsense jsno://127.0.0.1/ [::1")
    results = notify("a", "b", "success")
    assert {result["why"] for result in results} == {"the address is not understood"}
    assert [result["to"] for result in results] == ["an address that is none", "jsno://", "an address that is none"]


def test_the_host_is_named_only_where_it_is_no_token():
    assert receiver("mailtos://me:pw@mail.example.org?to=x@y.z") == "mailtos://mail.example.org"
    assert receiver("slack://TokenA/TokenB/TokenC") == "slack://"


def test_secrets_of_the_environment_are_blotted_out(monkeypatch):
    monkeypatch.setenv("CORRIDOR_NOTIFY", "json://127.0.0.1/tok-en1")
    monkeypatch.setenv("PREFECT_API_KEY", "pnu_abcdef")
    monkeypatch.setenv("PREFECT_API_URL", "http://me:pass%20word@127.0.0.1/api")
    text = "json://127.0.0.1/tok-en1 pnu_abcdef http://me:pass%20word@127.0.0.1/api 'pass word' kept"
    assert hide(text) == "*** *** http://me:***@127.0.0.1/api '***' kept"


SECRETS = {
    "CORRIDOR_NOTIFY": "json://hook-user:hook-passw0rd@127.0.0.1:9/hook-t0ken",
    "PREFECT_API_KEY": "pnu_s3cretkey",
    "PREFECT_API_URL": "http://someone:api-passw0rd@127.0.0.1:9/api",
    "PREFECT_CLIENT_MAX_RETRIES": "0",
}
WORDS = ("hook-passw0rd", "hook-t0ken", "pnu_s3cretkey", "api-passw0rd")


@pytest.mark.slow
def test_no_secret_is_in_any_file_or_output_of_a_failing_night(tmp_path):
    """The real command, with --debug, a Prefect server that does not answer, and a raster that is cut short."""
    from tests.mini import make_mini

    root = make_mini(tmp_path / "w", roles="depths")
    with (root / "corridor.toml").open("a") as file:
        file.write("[nightly]\nsettle_s = 0.1\nserver_wait_s = 0.1\n")
    depths = root / "data" / "raw" / "depths.tif"
    depths.write_bytes(depths.read_bytes()[:200])
    command = [sys.executable, "-m", "flows", "-C", str(root), "--debug", "nightly", "--once"]
    failed = subprocess.run(
        command, env={**os.environ, **SECRETS}, capture_output=True, text=True, timeout=300, check=False
    )
    assert failed.returncode not in (0, 2), failed.stderr
    assert "Traceback" in failed.stderr, "--debug must show where it failed"
    seen = {"output": failed.stdout + failed.stderr}
    seen |= {str(path): path.read_bytes().decode(errors="replace") for path in root.rglob("*") if path.is_file()}
    leaks = [(place, word) for place, text in seen.items() for word in WORDS if word in text]
    assert leaks == []
    assert any(Path(place).name.startswith("nightly-") for place in seen)
