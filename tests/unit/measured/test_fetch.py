"""Archives and repositories: what is safe arrives whole, what is not leaves nothing behind."""

import hashlib
import io
import subprocess
import tarfile
import zipfile

import numpy as np
import pytest

from mrsgap.core.errors import InputError
from mrsgap.measured.fetch import fetch_git, unpack

NOISE = np.random.default_rng(0).bytes(500)  # does not compress


def zipped(path, **entries):
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in entries.items():
            packed.writestr(name.replace("__", "/"), content)
    return path


def tarred(path, *members):
    with tarfile.open(path, "w:gz") as packed:
        for member, content in members:
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
    return path


def test_zip_and_tar_unpack_whole(tmp_path):
    unpack(zipped(tmp_path / "a.zip", a__b="1"), tmp_path / "zip")
    assert (tmp_path / "zip" / "a" / "b").read_text() == "1"
    unpack(tarred(tmp_path / "a.tar.gz", (tarfile.TarInfo("a/b"), b"2")), tmp_path / "tar")
    assert (tmp_path / "tar" / "a" / "b").read_text() == "2"


@pytest.mark.parametrize("name", ["../out", "a/../../out", "/tmp/out", "..\\out", "C:/out"])
def test_names_that_lead_outside_are_refused(tmp_path, name):
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("first", "1")
        packed.writestr(name, "2")
    for path in (archive, tarred(tmp_path / "a.tar", (tarfile.TarInfo("first"), b"1"), (tarfile.TarInfo(name), b"2"))):
        with pytest.raises(InputError, match="leads outside"):
            unpack(path, tmp_path / "target")
        assert not (tmp_path / "target").exists()
        assert not (tmp_path / "out").exists()
        assert not list(tmp_path.glob("*.partial*"))


def test_links_are_refused(tmp_path):
    link = tarfile.TarInfo("link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc"
    with pytest.raises(InputError, match="link or device"):
        unpack(tarred(tmp_path / "a.tar", (link, b"")), tmp_path / "target")


def test_checksum_is_compared(tmp_path):
    archive = zipped(tmp_path / "a.zip", a="1")
    right = hashlib.sha256(archive.read_bytes()).hexdigest()
    unpack(archive, tmp_path / "target", right)
    with pytest.raises(InputError, match="checksum"):
        unpack(archive, tmp_path / "other", "0" * 64)
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("keep", [10, 60, 300])
def test_damaged_archives_leave_nothing(tmp_path, keep):
    for make in (lambda path: zipped(path, a=NOISE), lambda path: tarred(path, (tarfile.TarInfo("a"), NOISE))):
        archive = make(tmp_path / "a.tar.gz")
        archive.write_bytes(archive.read_bytes()[:keep])
        with pytest.raises(InputError, match="cannot be unpacked"):
            unpack(archive, tmp_path / "target")
        assert not (tmp_path / "target").exists()


def test_git_tag_arrives_without_its_history(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "manifest.csv").write_text("series,item,path\n")
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    for command in (("init", "-q"), ("add", "."), (*identity, "commit", "-qm", "x"), ("tag", "v1")):
        subprocess.run(("git", "-C", str(source), *command), check=True)
    commit = fetch_git(source.as_uri(), "v1", tmp_path / "target")
    assert len(commit) == 40
    assert [path.name for path in (tmp_path / "target").iterdir()] == ["manifest.csv"]
    with pytest.raises(InputError, match="git cannot fetch"):
        fetch_git(source.as_uri(), "v2", tmp_path / "other")
    for url, tag in (("--upload-pack=x", "v1"), (source.as_uri(), "-x"), ("ext::sh -c x", "v1")):
        with pytest.raises(InputError):
            fetch_git(url, tag, tmp_path / "other")
    assert not (tmp_path / "other").exists()
