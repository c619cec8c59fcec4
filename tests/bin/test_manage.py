"""`bin/manage` where nothing runs: its own services, clean output, the command's own exit code."""

from tests.bin.running import MakeSite


def test_a_new_state_is_made_and_output_belongs_to_the_command(make_site: MakeSite) -> None:
    site = make_site()
    code = "from django.contrib.contenttypes.models import ContentType as C; print(C.objects.count() > 0)"
    first = site.manage("shell", "--no-imports", "-c", code)
    assert (first.stdout, first.returncode) == ("True\n", 0)
    again = site.manage("shell", "--no-imports", "-c", "import sys; print(2); sys.exit(7)")
    assert (again.stdout, again.returncode) == ("2\n", 7)
    assert not (site.state / "postgres" / "postmaster.pid").exists()
