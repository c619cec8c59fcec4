"""`bin/manage` where nothing runs: its own services, clean output, the command's own exit code."""

from tests.bin.conftest import Made


def test_a_new_state_is_made_and_output_belongs_to_the_command(made: Made) -> None:
    assert (made.said.stdout, made.said.returncode) == ("True\n", 0)
    again = made.site.manage("shell", "--no-imports", "-c", "import sys; print(2); sys.exit(7)")
    assert (again.stdout, again.returncode) == ("2\n", 7)
    assert not (made.site.state / "postgres" / "postmaster.pid").exists()
