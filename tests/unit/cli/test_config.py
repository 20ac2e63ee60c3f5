"""The operator's configuration: what it may say, and how people are told what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sluiceway.adapters.provider import Provider
from sluiceway.cli.config import ConfigurationError, load
from sluiceway.cli.main import app

EVERYTHING = """\
providers:
  - name: prometheus
    address: http://prometheus.monitoring:9090/
    timeoutSeconds: 5
    intervalSeconds: 0.5
    scrapeSeconds: 15
    bearerTokenFile: /var/run/token
    caFile: /var/run/ca.crt
  - name: central
    address: https://[2001:db8::1]/prefix
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a configuration may lie."""
    return tmp_path / "operator.yaml"


def test_everything_that_may_be_said_is_read(file: Path) -> None:
    file.write_text(EVERYTHING)
    first, second = load(file).providers
    assert first.model_dump() == {
        "name": "prometheus",
        "address": "http://prometheus.monitoring:9090",
        "timeout_seconds": 5.0,
        "interval_seconds": 0.5,
        "scrape_seconds": 15.0,
        "bearer_token_file": "/var/run/token",
        "ca_file": "/var/run/ca.crt",
    }
    assert second == Provider(name="central", address="https://[2001:db8::1]/prefix")
    assert (second.timeout_seconds, second.interval_seconds, second.scrape_seconds) == (2.0, 1.0, 30.0)


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}", "providers: []"])
def test_no_providers_are_none(text: str, file: Path) -> None:
    file.write_text(text)
    assert load(file).providers == []


def one(field: str) -> str:
    """Return a configuration with one field said otherwise than well, on its third line."""
    fields = {"name": "name: a", "address": "address: http://a"}
    fields.pop(field.partition(":")[0], None)
    return "\n".join(["providers:", "-", f"  {field}", *(f"  {other}" for other in fields.values())])


FIELDS = "name, address, timeoutSeconds, intervalSeconds, scrapeSeconds, bearerTokenFile, caFile"
URL = ":3: providers[0].address: write a URL with http or https and a host"
WRONG = {
    "no YAML": ("providers: [", ":1: it can not be read as YAML: expected the node content"),
    "two documents": ("{}\n---\n{}", "but found another document"),
    "a tag": ("!!python/name:os.system", "could not determine a constructor"),
    "signs that YAML has not": ("\0", "it can not be read as YAML"),
    "a key twice": ("providers: []\nproviders: []", ":2: it can not be read as YAML: providers stands there"),
    "a list": ("- 1", ":1: the file: Input should be"),
    "another field": ("\nprovider: []", ":2: provider: there is no such field; there are providers"),
    "no list of providers": ("providers: {}", ":1: providers: Input should be a valid list"),
    "no address": ("\nproviders:\n- name: a", ":3: providers[0].address: Field required"),
    "another field of a provider": (
        one("url: http://a"),
        f":3: providers[0].url: there is no such field; there are {FIELDS}",
    ),
    "the name of a field in code": (one("ca_file: /a"), ":3: providers[0].ca_file: there is no such field"),
    "one name for two": (
        "providers:\n- {name: a, address: http://a}\n- {name: a, address: http://b}",
        ":1: providers: more than one is called a: resources name one by its name",
    ),
    "an empty name": (one("name: ''"), ":3: providers[0].name: write at most 63 lower-case letters"),
    "a name in capitals": (one("name: Prometheus"), "lower-case letters"),
    "a name with a line break": (one('name: "a\\n"'), "lower-case letters"),
    "a long name": (one(f"name: {'a' * 64}"), "at most 63"),
    "a number for a name": (one("name: 1"), ":3: providers[0].name: Input should be a valid string"),
    "no URL": (one("address: prometheus:9090"), URL),
    "another scheme": (one("address: file:///etc/passwd"), URL),
    "no host": (one("address: 'http://:9090'"), URL),
    "no port": (one("address: http://a:port"), URL),
    "a port out of range": (one("address: http://a:99999"), URL),
    "an address with blanks": (one("address: http://a b"), URL),
    "an address with a line break": (one('address: "http://a\\nb"'), URL),
    "an address with a backslash": (one("address: http://a\\@b"), URL),
    "credentials": (one("address: http://me:secret@a"), "address: write no credentials into the address"),
    "a query": (one("address: http://a/?b=c"), "without a query (?) and a fragment (#)"),
    "a fragment": (one("address: 'http://a/#b'"), "without a query (?) and a fragment (#)"),
    "no time at all": (one("timeoutSeconds: 0"), ":3: providers[0].timeoutSeconds: Input should be greater"),
    "a long time": (one("timeoutSeconds: 31"), "less than or equal to 30"),
    "a time that is no number": (one("timeoutSeconds: 2s"), "timeoutSeconds: Input should be a valid number"),
    "a time that is yes": (one("timeoutSeconds: true"), "timeoutSeconds: Input should be a valid number"),
    "a time that is not one": (one("timeoutSeconds: .nan"), "timeoutSeconds: Input should be"),
    "a short interval": (one("intervalSeconds: 0.1"), "greater than or equal to 0.25"),
    "a short scrape": (one("scrapeSeconds: 0.1"), "greater than or equal to 0.5"),
    "a long interval": (one("intervalSeconds: 301"), "less than or equal to 300"),
    "part of a path": (one("caFile: ca.crt"), "caFile: write the whole path, beginning with /"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_it_is_told_where_there_is(wrong: str, file: Path) -> None:
    text, words = WRONG[wrong]
    file.write_text(text)
    with pytest.raises(ConfigurationError) as refused:
        load(file)
    assert str(refused.value).startswith(f"{file}:")
    assert words in str(refused.value)
    assert "secret" not in str(refused.value)


def test_everything_that_is_wrong_is_told_at_once(file: Path) -> None:
    file.write_text("providers:\n- name: A\n  address: a\n")
    with pytest.raises(ConfigurationError) as refused:
        load(file)
    first, second = str(refused.value).split("; ")
    assert first.startswith(f"{file}:2: providers[0].name: ")
    assert second.startswith(f"{file}:3: providers[0].address: ")


@pytest.mark.parametrize(("content", "words"), [(None, "No such file"), (b"\xff", "is no text in UTF-8")])
def test_a_file_that_can_not_be_read_ends_the_command(content: bytes | None, words: str, file: Path) -> None:
    if content is not None:
        file.write_bytes(content)
    result = CliRunner().invoke(app, ["run", "--config", str(file)])
    assert result.exit_code == 1
    assert result.stderr.startswith(f"sluiceway: --config {file}")
    assert words in result.stderr
    assert result.stderr.count("\n") == 1
