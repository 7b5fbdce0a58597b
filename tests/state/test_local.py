"""The record in a folder: its files, who may read them, and what is said when they are not right."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from provisioner.errors import StateError
from provisioner.state import snapshot
from provisioner.state.backends.local import LocalBackend
from provisioner.state.entries import IntentMade, Outcome, Put, Result, RunStarted
from provisioner.state.journal import line_of
from provisioner.values import VendorId
from tests.state.faults import Broken, Counting, FullDisk
from tests.state.records import ACCOUNT, JANE, JOE, a_bound, a_run, an_intent, run

NOON = "2026-03-01T12:00:00Z"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the state will be."""
    return tmp_path / "tenant" / ".provisioner"


async def adopt(folder: Path, *ids: str) -> None:
    """Bind jane to one id after the other."""
    async with LocalBackend(folder, lineage="l-1").writer(who="ann", command="import") as writer:
        for id in ids:
            await writer.append(Put(a_bound(id=id)))


def journal_of(folder: Path) -> Path:
    """The journal that counts."""
    generation = json.loads((folder / "state.json").read_bytes())["generation"]
    return folder / f"journal-{generation}.jsonl"


def test_everything_is_the_users_own(folder: Path) -> None:
    """Names and e-mail addresses of people are in there."""
    run(adopt(folder, "17"))

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in os.listdir(folder)} == {0o600}


def test_the_snapshot_is_for_people_too(folder: Path) -> None:
    """A line for each resource, letters as they are."""

    async def adopt_two() -> None:
        async with LocalBackend(folder, lineage="l-1").writer(who="ann", command="import") as writer:
            await writer.append(Put(a_bound(attributes={"first_name": "Zoë"})))
            await writer.append(Put(a_bound(JOE, "18")))

    run(adopt_two())

    lines = (folder / "state.json").read_text().splitlines()
    assert lines[:2] == ["{", '  "format_version": "1",']
    assert [line for line in lines if "agents.jane@pbx" in line and "Zoë" in line]
    assert [line for line in lines if line.startswith('    "agents.joe@pbx": {')]


def test_reading_makes_nothing(tmp_path: Path, folder: Path) -> None:
    """`plan` in a fresh checkout leaves it as it is."""
    backend = LocalBackend(folder)

    assert backend.load().empty
    assert backend.load().lineage == ""
    assert backend.holder() is None
    assert backend.history().lines == ()
    assert os.listdir(tmp_path) == []


def test_reading_needs_no_right_to_write(folder: Path) -> None:
    """A CI job may plan with a state that it cannot touch: every file is opened for reading only."""
    run(adopt(folder, "17"))
    for name in os.listdir(folder):
        (folder / name).chmod(0o400)
    folder.chmod(0o500)
    before = {name: (folder / name).stat().st_mtime_ns for name in os.listdir(folder)}

    backend = LocalBackend(folder)

    assert backend.load().bound[JANE].id == "17"
    assert backend.holder() is None
    assert backend.history().verify() == 0
    assert {name: (folder / name).stat().st_mtime_ns for name in os.listdir(folder)} == before
    folder.chmod(0o700)


def test_a_reader_goes_on_while_the_writer_compacts(folder: Path) -> None:
    """The journal that the snapshot named is gone when it is opened: read again."""

    class CompactedUnderneath(Counting):
        """Another process compacts between our two reads."""

        again = True

        def read(self, path: Path) -> bytes:
            if path.name.startswith("journal") and self.again:
                self.again = False
                run(adopt(folder, "18"))
            return super().read(path)

    run(adopt(folder, "17"))

    assert LocalBackend(folder, files=CompactedUnderneath()).load().bound[JANE].id == "18"


def test_a_reader_that_sees_the_very_first_snapshot_come_sees_nothing(folder: Path) -> None:
    """No snapshot yet when it looked, a journal with entries a moment later: that was not lost, it is new."""

    class BegunUnderneath(Counting):
        """Another process begins after our look for a snapshot."""

        again = True

        def names(self, folder: Path) -> tuple[str, ...]:
            if self.again:
                self.again = False
                run(adopt(folder, "17"))
            return super().names(folder)

    assert LocalBackend(folder, files=BegunUnderneath()).load().empty


def test_a_torn_line_is_cut_off_before_anything_is_appended(folder: Path) -> None:
    """Else the next line would make it damage in the middle."""
    run(adopt(folder, "17"))
    with journal_of(folder).open("ab") as journal:
        journal.write(line_of(Put(a_bound(id="18"))) + line_of(Put(a_bound(id="19")))[:-20])

    async def go_on() -> str:
        async with LocalBackend(folder).writer(who="ann", command="apply") as writer:
            await writer.append(RunStarted(a_run(), "acme", {}))
            return LocalBackend(folder).load().bound[JANE].id

    assert run(go_on()) == "18"


def test_what_a_killed_writer_left_is_made_stable_before_it_counts(folder: Path) -> None:
    """Its last lines may never have been synced."""
    run(adopt(folder, "17"))
    files = Counting()

    async def open_only() -> int:
        async with LocalBackend(folder, files=files).writer(who="ann", command="apply"):
            return files.syncs

    assert run(open_only()) == 1


def test_what_is_left_lying_about_is_cleared_away(folder: Path) -> None:
    """Unfinished snapshots and journals of other generations; nothing else in the folder is touched."""
    run(adopt(folder, "17"))
    for name in ("state.json.new", "journal-77.jsonl", "schema.json"):
        (folder / name).write_text("{")

    run(adopt(folder))

    assert sorted(os.listdir(folder)) == [journal_of(folder).name, "lock", "schema.json", "state.json"]


class TestDamage:
    def test_in_the_snapshot(self, folder: Path) -> None:
        """The file is named, and what to do."""
        run(adopt(folder, "17"))
        (folder / "state.json").write_bytes((folder / "state.json").read_bytes()[:-30])

        with pytest.raises(StateError, match=r"state\.json` is damaged") as caught:
            LocalBackend(folder).load()

        assert "backup" in (caught.value.hint or "")

    @pytest.mark.parametrize("text", [b"[]", b'{"format_version": "1"}', b"\xff\xfe", b"[" * 100_000])
    def test_that_is_no_state_at_all(self, folder: Path, text: bytes) -> None:
        """Never a traceback."""
        run(adopt(folder, "17"))
        (folder / "state.json").write_bytes(text)

        with pytest.raises(StateError, match=r"state\.json` is damaged"):
            LocalBackend(folder).load()

    def test_in_a_resource_names_it(self, folder: Path) -> None:
        """Somebody edited the file by hand."""
        run(adopt(folder, "17"))
        text = (folder / "state.json").read_text().replace('"id": "17"', '"id": 17')
        (folder / "state.json").write_text(text)

        with pytest.raises(StateError, match=r"`resources`: `agents\.jane@pbx`: `id`: text expected, found 17"):
            LocalBackend(folder).load()

    def test_in_the_middle_of_the_journal(self, folder: Path) -> None:
        """The line is named."""

        async def damage() -> None:
            async with LocalBackend(folder).writer(who="ann", command="import") as writer:
                await writer.append(Put(a_bound()))
                await writer.append(Put(a_bound(JOE)))
                path = journal_of(folder)
                path.write_bytes(path.read_bytes().replace(b"1001", b"1002", 1))
                with pytest.raises(StateError, match=r"journal-1\.jsonl` is damaged at line 3: its checksum"):
                    LocalBackend(folder).load()

        run(damage())

    def test_a_missing_journal(self, folder: Path) -> None:
        """A snapshot without its journal is not the record: the last entries may be gone with it."""
        run(adopt(folder, "17"))
        journal_of(folder).unlink()

        with pytest.raises(StateError, match=r"journal-2\.jsonl` is missing"):
            LocalBackend(folder).load()

    def test_a_missing_snapshot(self, folder: Path) -> None:
        """Not an empty state: that would create everything anew."""
        run(adopt(folder, "17"))
        (folder / "state.json").unlink()

        with pytest.raises(StateError, match=r"state\.json` is missing beside `journal-2\.jsonl`"):
            LocalBackend(folder).load()
        with pytest.raises(StateError, match="is missing"):
            run(adopt(folder, "18"))

    def test_a_missing_first_snapshot(self, folder: Path) -> None:
        """Also where the journal beside it is the first one, and says something."""

        async def lose() -> None:
            async with LocalBackend(folder).writer(who="ann", command="import") as writer:
                await writer.append(Put(a_bound()))
                (folder / "state.json").unlink()
                with pytest.raises(StateError, match=r"is missing beside `journal-1\.jsonl`"):
                    LocalBackend(folder).load()

        run(lose())

    def test_a_journal_of_another_state(self, folder: Path, tmp_path: Path) -> None:
        """Files of two backups do not make a state."""
        run(adopt(folder, "17"))
        run(adopt(tmp_path / "other", "17"))
        other = snapshot.read((tmp_path / "other" / "state.json").read_bytes(), "")[0]
        text = snapshot.text_of(type(other)("l-2"), generation=2)
        (folder / "state.json").write_bytes(text)

        with pytest.raises(StateError, match="belongs to another state"):
            LocalBackend(folder).load()

    def test_an_entry_that_cannot_follow(self, folder: Path) -> None:
        """Whole lines, impossible story: the journal is named."""
        run(adopt(folder, "17"))
        with journal_of(folder).open("ab") as journal:
            journal.write(line_of(Outcome(9, Result.DONE, VendorId("1"))) * 2)

        with pytest.raises(StateError, match=r"intent 9, which is not open \(`.*journal-2\.jsonl`\)"):
            LocalBackend(folder).load()

    def test_a_newer_format(self, folder: Path) -> None:
        """It says so, and does not guess."""
        run(adopt(folder, "17"))
        path = folder / "state.json"
        path.write_text(path.read_text().replace('"format_version": "1"', '"format_version": "2"'))

        with pytest.raises(StateError, match="is of format version 2, and this tool reads 1") as caught:
            LocalBackend(folder).load()

        assert "upgrade `provisioner`" in (caught.value.hint or "")


class TestTrouble:
    def test_a_file_where_the_folder_should_be(self, tmp_path: Path) -> None:
        """Reading and writing say the same."""
        place = tmp_path / "state"
        place.write_text("")

        with pytest.raises(StateError, match=r"cannot read the state in .*: a folder is expected there"):
            LocalBackend(place).load()
        with pytest.raises(StateError, match=r"cannot write the state in .*: a folder is expected there"):
            run(adopt(place, "17"))

    def test_a_folder_where_a_file_should_be(self, folder: Path) -> None:
        """No traceback."""
        (folder / "state.json").mkdir(parents=True)

        with pytest.raises(StateError, match="a file is expected there, and a folder"):
            LocalBackend(folder).load()

    def test_a_folder_that_cannot_be_written(self, folder: Path) -> None:
        """The system's refusal reaches the user in words."""

        class Forbidden(Counting):
            """As a folder that belongs to somebody else."""

            def make_folder(self, folder: Path) -> None:
                raise PermissionError(13, "Permission denied", str(folder))

        async def write() -> None:
            async with LocalBackend(folder, files=Forbidden()).writer(who="ann", command="apply"):
                pass

        with pytest.raises(StateError, match=r"cannot write the state in .*: permission denied") as caught:
            run(write())

        assert caught.value.hint == "it must belong to the user who runs this"

    def test_an_error_without_a_word_of_ours(self, folder: Path) -> None:
        """The system's own words, then."""
        run(adopt(folder, "17"))

        async def write(files: Broken) -> None:
            async with LocalBackend(folder, files=files).writer(who="ann", command="apply") as writer:
                await writer.append(Put(a_bound(JOE)))

        for broken in (Broken("cut"), Broken("sync"), Broken("write"), Broken("sync", skip=1)):
            with pytest.raises(StateError, match=r"cannot write the state in .*: Input/output error"):
                run(write(broken))

    @pytest.mark.parametrize("room", [0, 50, 130, 200, 300])
    def test_no_room_for_a_new_state(self, folder: Path, room: int) -> None:
        """It fails, and the next try begins as if nothing had been."""

        async def write(files: FullDisk | None) -> None:
            async with LocalBackend(folder, files=files, lineage="l-1").writer(who="ann", command="apply") as writer:
                await writer.append(Put(a_bound()))

        with pytest.raises(StateError, match="no space is left on the disk"):
            run(write(FullDisk(room)))
        run(write(None))

        assert LocalBackend(folder).load().bound == {JANE: a_bound()}

    @pytest.mark.parametrize("broken", ["rename", "sync", "close"])
    def test_a_snapshot_that_cannot_be_written_at_the_end_fails_nothing(
        self, folder: Path, broken: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Everything is in the journal, so the run was no failure; the log says it."""

        class BrokenLater(Broken):
            """Whole until told."""

            armed = False

            def _check(self, operation: str) -> None:
                if self.armed:
                    super()._check(operation)

        files = BrokenLater(broken)

        async def write() -> None:
            async with LocalBackend(folder, files=files, lineage="l-1").writer(who="ann", command="apply") as writer:
                await writer.append(RunStarted(a_run(), "acme", {"pbx": ACCOUNT}))
                await writer.append(IntentMade(an_intent(writer.next_intent_id())))
                files.armed = True

        run(write())

        assert LocalBackend(folder).load().pending == {1: an_intent()}
        assert "nothing is lost" in caplog.text


def test_a_lineage_is_random_unless_given(tmp_path: Path) -> None:
    """Two states are never taken for one."""

    async def begin(folder: Path) -> str:
        async with LocalBackend(folder).writer(who="ann", command="apply") as writer:
            return writer.document.lineage

    first, second = run(begin(tmp_path / "a")), run(begin(tmp_path / "b"))

    assert len({first, second, ""}) == 3
    assert LocalBackend(tmp_path / "a").load().lineage == first
    assert run(begin(tmp_path / "a")) == first
