"""The certificates and kubeconfigs of a cluster, made with the openssl command (P-256, one CA).

Names and organisations are those that the Kubernetes documentation asks for under "PKI
certificates and requirements": RBAC reads the user from CN and the groups from O.
"""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_DAYS = "365"
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


@dataclass(frozen=True)
class Pair:
    """A certificate and its private key."""

    directory: Path
    name: str

    @property
    def certificate(self) -> Path:
        return self.directory / f"{self.name}.crt"

    @property
    def key(self) -> Path:
        return self.directory / f"{self.name}.key"


class Authority:
    """One certificate authority and what it has signed, in one folder."""

    def __init__(self, directory: Path, name: str = "ca") -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.pair = Pair(directory, name)
        _openssl(
            "req", "-x509", *_KEY, "-days", _DAYS, "-subj", f"/CN=sluiceway-{name}",
            "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign,digitalSignature",
            "-keyout", str(self.pair.key), "-out", str(self.pair.certificate),
        )  # fmt: skip

    def sign(self, name: str, *, user: str, group: str = "", addresses: Sequence[str] = ()) -> Pair:
        """Return a new certificate for *user* in *group*; with *addresses* it may also serve.

        Args:
            name: of the files.
            addresses: subject alternative names as openssl writes them: `DNS:a`, `IP:10.0.0.1`.
        """
        pair = Pair(self.pair.directory, name)
        usage = "clientAuth,serverAuth" if addresses else "clientAuth"
        extensions = [f"extendedKeyUsage={usage}", "basicConstraints=critical,CA:FALSE"]
        if addresses:
            extensions.append(f"subjectAltName={','.join(addresses)}")
        _openssl(
            "req", "-x509", *_KEY, "-days", _DAYS,
            "-CA", str(self.pair.certificate), "-CAkey", str(self.pair.key),
            "-subj", f"/O={group}/CN={user}" if group else f"/CN={user}",
            *[word for extension in extensions for word in ("-addext", extension)],
            "-keyout", str(pair.key), "-out", str(pair.certificate),
        )  # fmt: skip
        return pair

    def kubeconfig(self, path: Path, *, server: str, pair: Pair) -> Path:
        """Write a kubeconfig that holds its certificates, so that it works wherever it is copied."""
        path.parent.mkdir(parents=True, exist_ok=True)
        document = _kubeconfig(server, self.pair.certificate, pair)
        path.touch(mode=0o600)
        path.write_text(json.dumps(document, indent=1))
        return path


def service_account_key(directory: Path) -> Path:
    """Write and return the key that signs service account tokens; its public half is `sa.pub`."""
    key = directory / "sa.key"
    _openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", str(key))
    _openssl("pkey", "-in", str(key), "-pubout", "-out", str(directory / "sa.pub"))
    return key


def _kubeconfig(server: str, authority: Path, pair: Pair) -> dict[str, object]:
    def data(path: Path) -> str:
        return base64.b64encode(path.read_bytes()).decode()

    cluster = {"server": server, "certificate-authority-data": data(authority)}
    user = {"client-certificate-data": data(pair.certificate), "client-key-data": data(pair.key)}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "sluiceway", "cluster": cluster}],
        "users": [{"name": pair.name, "user": user}],
        "contexts": [{"name": "sluiceway", "context": {"cluster": "sluiceway", "user": pair.name}}],
        "current-context": "sluiceway",
    }


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
