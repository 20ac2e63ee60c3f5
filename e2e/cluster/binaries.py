"""Builds the Go programs from their modules and keeps them, so that only the first run is slow.

A finished program lies in a folder of the cache that is named after its version and a hash of all
that decides what comes out. The folder appears with one rename: it is either whole or not there.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from e2e.cluster import paths, toolchain
from e2e.cluster.locking import exclusive
from e2e.cluster.programs import ON_DEMAND, PROGRAMS, Module, Program
from e2e.cluster.progress import ClusterError, Step, say, step

_NEEDED_BYTES = 12 * 2**30
"""Module cache 4 GB and compiler cache 8 GB, measured for all of them together."""


def ensure(name: str) -> Path:
    """Return the path of the program *name*, built first if it is not in the cache.

    Raises:
        ClusterError: without a Go toolchain, or with the compiler's words when it fails.
    """
    return ensure_all([name])[name]


def ensure_all(names: Iterable[str] = tuple(PROGRAMS)) -> dict[str, Path]:
    """Return the paths of several programs; builds the missing ones one after the other.

    Build all that is needed with one call: they share a compiler cache that is removed after it.
    """
    programs = [_program(name) for name in names]
    if any(not _binary(program).exists() for program in programs):
        with exclusive(paths.cache() / "bin.lock", "building Go programs"):
            _build_missing([program for program in programs if not _binary(program).exists()])
    return {program.name: _binary(program) for program in programs}


def built(*names: str) -> bool:
    """Tell whether all these programs are in the cache."""
    return all(_binary(_program(name)).exists() for name in names or PROGRAMS)


def kept(name: str) -> Path:
    """Return the folder with *name* and the files of its module that are kept beside it."""
    return ensure(name).parent


def sources(name: str) -> Path:
    """Return the folder of a program's module, as the module proxy has it; nothing is built.

    :raises ClusterError: without a Go toolchain, or for a program of our own.
    """
    program = _program(name)
    if problem := toolchain.problem():
        raise ClusterError(problem)
    if program.module is None:
        raise ClusterError(f"{name} has no module of its own: its sources are in {_sources(program)}")
    paths.cache().mkdir(parents=True, exist_ok=True)
    return _fetch(program.module, program.version)


def _program(name: str) -> Program:
    known = PROGRAMS | ON_DEMAND
    if name not in known:
        raise ClusterError(f"no program {name!r}; there are: {', '.join(known)}")
    return known[name]


def _binary(program: Program) -> Path:
    recipe = hashlib.sha256(repr(program).encode())
    if program.module is None:
        for source in sorted(_sources(program).iterdir()):
            recipe.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    folder = f"{program.version}-{recipe.hexdigest()[:12]}"
    return paths.cache() / "bin" / program.name / folder / program.name


def _sources(program: Program) -> Path:
    return paths.SOURCES / "go" / program.name


def _build_missing(programs: list[Program]) -> None:
    if not programs:
        return
    if problem := toolchain.problem():
        raise ClusterError(problem)
    if shutil.disk_usage(paths.cache()).free < _NEEDED_BYTES:
        say(f"  little room in {paths.cache()}: building everything takes up to 12 GB for a while")
    say(f"building {', '.join(program.name for program in programs)}: kept for the next time")
    objects = paths.cache() / "go-build"
    for program in programs:
        with step(f"{program.name} {program.version}") as current:
            _build(program, objects, current)
    # 8 GB that only speed up a change of versions. After a failure they stay: the next try resumes.
    shutil.rmtree(objects)


def _build(program: Program, objects: Path, current: Step) -> None:
    target = _binary(program).parent
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".building-") as scratch:
        result = Path(scratch, "result")
        result.mkdir()
        source = Path(scratch, "source")
        if program.module is None:
            shutil.copytree(_sources(program), source)
        else:
            current.detail = f"fetching {program.module.path}"
            _copy_writable(_fetch(program.module, program.version), source)
        _compile(program, source, result / program.name, objects, current)
        for kept_path in program.keep:
            _copy_writable(source / kept_path, result / Path(kept_path).name)
        for link in program.links:
            (result / link).symlink_to(program.name)
        result.rename(target)


def _fetch(module: Module, version: str) -> Path:
    answer = _go(["mod", "download", "-json", f"{module.path}@{version}"], cwd=paths.cache())
    found = json.loads(answer)
    if found["Sum"] != module.sum:
        raise ClusterError(
            f"{module.path}@{version} has the hash {found['Sum']}, but programs.py locks "
            f"{module.sum}: the module proxy served something else than was reviewed"
        )
    return Path(found["Dir"])


def _copy_writable(source: Path, target: Path) -> None:
    """Copy out of the module cache, where everything is read-only."""
    shutil.copytree(source, target, copy_function=shutil.copyfile)
    for folder, _, _ in os.walk(target):
        Path(folder).chmod(0o755)


def _compile(program: Program, source: Path, output: Path, objects: Path, current: Step) -> None:
    current.detail = "fetching modules"
    environment = {"GOCACHE": str(objects)}
    packages = _go(["list", "-deps", program.package], cwd=source, **environment).count("\n")
    linker = " ".join(["-s", "-w", *(f"-X {variable}" for variable in program.variables)])
    arguments = ["build", "-v", "-trimpath", "-ldflags", linker, "-o", str(output)]
    with subprocess.Popen(
        ["go", *arguments, program.package],
        cwd=source,
        env=_environment(**environment),
        stderr=subprocess.PIPE,
        text=True,
    ) as compiler:
        assert compiler.stderr is not None
        said: list[str] = []
        for line in compiler.stderr:
            said.append(line)
            current.detail = f"{len(said)} of {packages} packages compiled"
    if compiler.returncode:
        raise ClusterError(f"go build of {program.name} failed:\n{''.join(said[-30:])}")


def _go(arguments: list[str], cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        ["go", *arguments],
        cwd=cwd,
        env=_environment(**environment),
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise ClusterError(f"go {' '.join(arguments)} failed:\n{done.stderr or done.stdout}")
    return done.stdout


def _environment(**overrides: str) -> dict[str, str]:
    # A GOFLAGS or go.work of the user's own would change what is built; the module proxy, the
    # checksum database and certificates stay as the user has them.
    return {**os.environ, "GOWORK": "off", "GOFLAGS": "-mod=readonly", "CGO_ENABLED": "0"} | overrides
