"""Bring a folder of spectra here: unpack an archive or fetch a git repository, safely and checked."""

import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

from mrsgap.core.errors import InputError
from mrsgap.core.files import written_whole
from mrsgap.core.provenance import checksum

LARGEST_BYTES = 20 * 2**30  # unpacked; a small archive that claims more is a trap or a mistake
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")


def is_archive(path) -> bool:
    """Whether the name of `path` is that of an archive this module can unpack."""
    return str(path).lower().endswith(ARCHIVES)


def unpack(archive, target, sha256: str | None = None) -> None:
    """Unpack `archive` into the folder `target`, all or nothing.

    `InputError` if its SHA-256 checksum is not `sha256`, if it is damaged, if it unpacks to more than 20 GiB, or if an entry
    would land outside `target` or is not a plain file or folder.
    """
    archive, target = Path(archive), Path(target)
    if not archive.is_file():
        raise InputError(f"no archive `{archive}`", cure="Correct `path` in the config's `measured`")
    if sha256 is not None:
        actual = checksum(archive)
        if actual != sha256:
            raise InputError(f"the SHA-256 checksum of `{archive}` is {actual}, not {sha256}", cure="Fetch the archive again")
    try:
        with written_whole(target) as partial:
            partial.mkdir()
            (_unzip if zipfile.is_zipfile(archive) else _untar)(archive, partial)
    except InputError:
        raise
    except (OSError, EOFError, zipfile.BadZipFile, tarfile.TarError, RuntimeError, NotImplementedError, ValueError) as error:
        raise InputError(f"the archive `{archive}` cannot be unpacked: {error}", cure="Fetch it again") from error


def fetch_git(url: str, tag: str, target) -> str:
    """Fetch one tag of a git repository into the folder `target`; return the commit. `InputError` with git's own words."""
    for what, value in (("url", url), ("tag", tag)):
        if value.startswith("-"):
            raise InputError(f"`{what}` must not begin with a hyphen, but is {value!r}", where="config: measured")
    if url.startswith("ext::"):
        raise InputError(f"`url` must name a repository, but is {url!r}", where="config: measured")
    with written_whole(target) as partial:
        _git("clone", "--quiet", "--depth", "1", "--branch", tag, "--", url, str(partial), source=f"{url} at {tag}")
        commit = _git("-C", str(partial), "rev-parse", "HEAD", source=url).strip()
        shutil.rmtree(partial / ".git")
        _refuse_links(partial)
    return commit


def _unzip(archive: Path, target: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        _check([(entry.filename, entry.file_size, (entry.external_attr >> 28) == 0xA) for entry in packed.infolist()], archive)
        packed.extractall(target)


def _untar(archive: Path, target: Path) -> None:
    with tarfile.open(archive) as packed:
        entries = packed.getmembers()
        _check([(entry.name, entry.size, not (entry.isfile() or entry.isdir())) for entry in entries], archive)
        packed.extractall(target, filter="data")


def _check(entries: list[tuple[str, int, bool]], archive: Path) -> None:
    """Refuse names that lead out of the folder, links and devices, and too much of everything."""
    for name, _, special in entries:
        parts = PurePosixPath(name.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or ":" in name.split("/")[0]:
            raise InputError(
                f"entry `{name}` of the archive `{archive}` leads outside its folder", cure="Do not use this archive"
            )
        if special:
            raise InputError(f"entry `{name}` of the archive `{archive}` is a link or device", cure="Pack plain files only")
    if sum(size for _, size, _ in entries) > LARGEST_BYTES:
        raise InputError(f"the archive `{archive}` unpacks to more than {LARGEST_BYTES // 2**30} GiB", cure="Unpack it by hand")


def _refuse_links(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
            raise InputError(
                f"`{path.relative_to(folder)}` of the repository links outside it", cure="Do not use this repository"
            )


def _git(*arguments: str, source: str) -> str:
    try:
        done = subprocess.run(("git", *arguments), capture_output=True, text=True, timeout=3600)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(f"git cannot fetch {source}: {error}", cure="Install git, or fetch the folder by hand") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise InputError(f"git cannot fetch {source}: {last}", cure="Check `url` and `tag`, or fetch the folder by hand")
    return done.stdout
