"""nginx with the configuration that is deployed; only places are other ones."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import trustme

from core.settings import ROOT
from tests.journeys.ports import free_port

CONFIGURATION = ROOT / "deploy" / "nginx" / "skincare.conf"
PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
HOW_TO_GET_IT = "nginx is not installed (Debian: apt-get install nginx-light)"

_AROUND = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
{user}
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {ours}
}}
"""


@contextmanager
def running(folder: Path, webs: Sequence[str]) -> Iterator[str]:
    """Nginx in front of these web processes (`host:port`); its address.

    It listens without TLS too, for clients that speak none, and says in X-Answered-By who answered.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    whole = folder / "nginx.conf"
    whole.write_text(
        _AROUND.format(folder=folder, user=_user(), ours=configuration(folder, webs, port))
    )
    command = [str(PROGRAM), "-c", str(whole), "-p", str(folder)]
    with (folder / "said.log").open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
    try:
        _wait_for(port, process, folder)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def configuration(folder: Path, webs: Sequence[str], port: int) -> str:
    """What is deployed, with these addresses. Fails when a place to change is not there once."""
    certificate = trustme.CA().issue_cert("127.0.0.1")
    (folder / "key.pem").write_bytes(certificate.private_key_pem.bytes())
    (folder / "cert.pem").write_bytes(b"".join(c.bytes() for c in certificate.cert_chain_pems))
    text = CONFIGURATION.read_text()
    for what, instead in (
        (r"    server web:8501 (.*);", "\n".join(rf"    server {web} \1;" for web in webs)),
        (r"listen 80;", f"listen 127.0.0.1:{free_port()};"),
        (r"listen 443 ssl;", f"listen 127.0.0.1:{free_port()} ssl; listen 127.0.0.1:{port};"),
        (r"tls/cert.pem", str(folder / "cert.pem")),
        (r"tls/key.pem", str(folder / "key.pem")),
        (r"( +add_header Set-Cookie .*)", r"\1 add_header X-Answered-By $upstream_addr always;"),
    ):
        text, times = re.subn(what, instead, text)
        assert times == 1, f"{what} stands {times} times in {CONFIGURATION.name}"
    return text


def _user() -> str:

    return "user root;" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""


def _wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    ends = time.monotonic() + 10
    while time.monotonic() < ends and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError((folder / "said.log").read_text())
