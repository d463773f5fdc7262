"""A conda channel made of wheels and the running interpreter, so that tests need no conda server.

Packages hold libraries, no programs: rules start ``python`` alone.
"""

import asyncio
import compileall
import email
import hashlib
import json
import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode

from conda_names import CONDA_NAMES
from conda_package_handling import api
from packaging.requirements import Requirement
from rattler.index import index_fs

PLATFORM = "linux-64"
MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"
SITE_PACKAGES = f"lib/python{MINOR}/site-packages"
# Fast to write and to read; the packages live for one test.
COMPRESSION = (".conda", "zstd", "zstd:compression-level=1")


@dataclass(frozen=True, kw_only=True)
class Record:
    """Name, version and dependencies of a package, as conda writes them."""

    name: str
    version: str
    depends: Sequence[str]


def make_channel(channel: Path, wheels: Sequence[Path]) -> None:
    """Write packages of the running interpreter and of wheels, and the index of the channel.

    Parameters
    ----------
    channel
        New folder.
    wheels
        Files of this interpreter; the same name may come in several versions.
    """
    (channel / PLATFORM).mkdir(parents=True)
    (channel / "noarch").mkdir()
    _pack_interpreter(channel)
    for wheel in wheels:
        _pack_wheel(channel, wheel)
    asyncio.run(index_fs(channel, write_zst=False, write_shards=False))


def _pack_interpreter(channel: Path) -> None:
    """The running interpreter without the packages that are installed in it and without tests."""
    base = Path(sys.base_prefix)
    left_out = shutil.ignore_patterns(
        "site-packages", "test", "tests", "__pycache__", "idlelib", "turtledemo", "*.a", "config-*"
    )
    library = f"lib/python{MINOR}"
    with _packed(
        channel, Record(name="python", version=_interpreter_version(), depends=[])
    ) as root:
        shutil.copytree(base / library, root / library, ignore=left_out, symlinks=True)
        (root / SITE_PACKAGES).mkdir()
        (root / SITE_PACKAGES / "README.txt").write_text("Packages are installed here.\n")
        for path in (base / "lib").glob("libpython*"):
            shutil.copy2(path, root / "lib", follow_symlinks=False)
        (root / "bin").mkdir()
        shutil.copy2(base / f"bin/python{MINOR}", root / "bin")
        for name in ("python", "python3"):
            (root / "bin" / name).symlink_to(f"python{MINOR}")


def _pack_wheel(channel: Path, wheel: Path) -> None:
    """The libraries of a wheel with its dependencies under conda's names."""
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = [
            name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)
        ]
        with _packed(channel, _record(archive.read(metadata).decode())) as root:
            libraries = root / SITE_PACKAGES
            libraries.mkdir(parents=True)
            archive.extractall(libraries)
            for data in libraries.glob("*.data"):
                for part in ("purelib", "platlib"):
                    if (data / part).is_dir():
                        shutil.copytree(data / part, libraries, dirs_exist_ok=True)
                shutil.rmtree(data)


def _record(metadata: str) -> Record:
    """Record of a package from the metadata of its wheel."""
    fields = email.message_from_string(metadata)
    requirements = map(Requirement, fields.get_all("Requires-Dist") or [])
    depends = [f"python {MINOR}.*"]
    for requirement in requirements:
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            depends.append(f"{_conda_name(requirement.name)} {requirement.specifier}".strip())
    return Record(
        name=_conda_name(fields["Name"]),
        # A build's own part of the version, as in 2.13.0+cpu, is none of conda's.
        version=fields["Version"].partition("+")[0],
        depends=depends,
    )


def _conda_name(name: str) -> str:
    """Name of a package of PyPI on conda's channels."""
    plain = re.sub(r"[-_.]+", "-", name).lower()
    return CONDA_NAMES.get(plain, plain)


def _interpreter_version() -> str:
    return ".".join(map(str, sys.version_info[:3]))


@contextmanager
def _packed(channel: Path, record: Record) -> Iterator[Path]:
    """A folder to fill, which becomes a package of the channel."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "package"
        root.mkdir()
        yield root
        # Jobs write no byte code, and the time of a file is another one where it is installed.
        compileall.compile_dir(root, quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
        paths = [_path_entry(root, path) for path in sorted(root.rglob("*")) if _is_file(path)]
        info = root / "info"
        info.mkdir()
        index = {
            "name": record.name,
            "version": record.version,
            "build": "0",
            "build_number": 0,
            "depends": list(record.depends),
            "subdir": PLATFORM,
            "arch": "x86_64",
            "platform": "linux",
        }
        (info / "index.json").write_text(json.dumps(index))
        (info / "files").write_text("".join(f"{entry['_path']}\n" for entry in paths))
        (info / "paths.json").write_text(json.dumps({"paths": paths, "paths_version": 1}))
        (info / "about.json").write_text("{}")
        api.create(
            str(root),
            None,
            f"{record.name}-{record.version}-0.conda",
            out_folder=str(channel / PLATFORM),
            compression_tuple=COMPRESSION,
        )


def _is_file(path: Path) -> bool:
    return path.is_symlink() or path.is_file()


def _path_entry(root: Path, path: Path) -> dict[str, str | int]:
    """What conda notes of a file."""
    content = b"" if path.is_symlink() else path.read_bytes()
    return {
        "_path": str(path.relative_to(root)),
        "path_type": "softlink" if path.is_symlink() else "hardlink",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size_in_bytes": len(content),
    }
