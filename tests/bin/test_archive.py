"""The file of a backup: what is not exactly what was written is refused, wherever it differs."""

import gzip
import hashlib
import io
import json
import sys
import tarfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bin"))

from support import archive
from support.archive import COMPRESSION, DATABASE, MANIFEST, NoBackup

KEY = "files/0a/1b/0a1b" + "0" * 28


def written(folder: Path) -> bytes:
    """Return a small whole backup."""
    contents = {DATABASE: b"a dump", KEY: b"%PDF-1.4 what was handed in"}
    file = io.BytesIO()
    with archive.writing(file) as writer:
        for name, content in contents.items():
            (folder / "member").write_bytes(content)
            writer.add(folder / "member", name)
        writer.close(made_at="2025-02-12 18:30:00+00", server_version=180000)
    return file.getvalue()


def refusal(content: bytes) -> str:
    """Return why a file cannot be restored, and fail where it could."""
    with pytest.raises(NoBackup) as refused:
        archive.verify(io.BytesIO(content))
    return str(refused.value)


def repacked(members: dict[str, bytes]) -> bytes:
    """Return an archive with other members, made as carefully as ours."""
    file = io.BytesIO()
    with (
        gzip.GzipFile("", "wb", COMPRESSION, file, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w|") as tar,
    ):
        for name, content in members.items():
            information = tarfile.TarInfo(name)
            information.size = len(content)
            tar.addfile(information, io.BytesIO(content))
    return file.getvalue() + archive._seal(hashlib.sha256(file.getvalue()).hexdigest())


def members_of(backup: bytes) -> dict[str, bytes]:
    """Return what is inside."""
    with tarfile.open(fileobj=io.BytesIO(backup), mode="r:gz") as tar:
        files = {found.name: tar.extractfile(found) for found in tar}
        return {name: file.read() for name, file in files.items() if file}


def test_what_was_written_comes_out_again(tmp_path: Path) -> None:
    file = io.BytesIO(written(tmp_path))
    manifest = archive.verify(file)
    assert [member.name for member in manifest.members] == [DATABASE, KEY]
    archive.unpack(file, manifest, lambda name: tmp_path / "out" / name)
    assert (tmp_path / "out" / KEY).read_bytes() == b"%PDF-1.4 what was handed in"
    assert not (tmp_path / "out" / MANIFEST).exists()


def test_every_gzip_reads_it(tmp_path: Path) -> None:
    assert members_of(written(tmp_path))[KEY] == b"%PDF-1.4 what was handed in"


def test_one_moment_gives_one_file(tmp_path: Path) -> None:
    assert written(tmp_path) == written(tmp_path)


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = written(tmp_path)
    for length in range(len(whole)):
        refusal(whole[:length])
    assert "the file was cut short" in refusal(whole[: len(whole) // 2])


def test_a_flipped_bit_anywhere_is_refused(tmp_path: Path) -> None:
    whole = written(tmp_path)
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 0x10
        refusal(bytes(changed))


@pytest.mark.parametrize("more", [b"\x00more", b"PK\x03\x04", b"\x1f\x8b\x08\x00"])
def test_anything_behind_it_is_refused(tmp_path: Path, more: bytes) -> None:
    refusal(written(tmp_path) + more)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"PK\x03\x04", gzip.compress(b"hello", mtime=0)]
)
def test_another_kind_of_file_is_refused(content: bytes) -> None:
    assert refusal(content) == "This is no file of bin/backup."


def test_an_exchanged_member_is_refused_by_name(tmp_path: Path) -> None:
    members = members_of(written(tmp_path))
    members[KEY] = b"%PDF-1.4 what was NOT handed in"
    assert refusal(repacked(members)) == (
        f"{KEY} is not what the list of members says: it was changed."
    )


def test_a_missing_and_an_added_member_are_refused(tmp_path: Path) -> None:
    members = members_of(written(tmp_path))
    without = {name: content for name, content in members.items() if name != KEY}
    assert "not as many members" in refusal(repacked(without))
    other = {DATABASE: b"a dump", KEY.replace("0a", "ff"): b"x", **members}
    assert "it was changed" in refusal(repacked(other))
    assert "stands behind the list" in refusal(repacked({**members, KEY.replace("0a", "ff"): b"x"}))


def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    members = members_of(written(tmp_path))
    for name in ("../evil", "/etc/passwd", "files/../../evil", "files/0a/1b/secret_key"):
        assert "has no place in a backup" in refusal(repacked({name: b"x", **members}))


def test_a_list_without_database_or_sense_is_refused(tmp_path: Path) -> None:
    members = members_of(written(tmp_path))
    listed = json.loads(members[MANIFEST])
    senseless: tuple[object, ...] = (
        [],
        {},
        {**listed, "format": "another"},
        {**listed, "members": [{"name": 1}]},
    )
    for told in senseless:
        refusal(repacked({**members, MANIFEST: json.dumps(told).encode()}))
    nothing = json.dumps({**listed, "members": []}).encode()
    assert refusal(repacked({MANIFEST: nothing})) == "There is no database in it."
