"""``import-csv`` through the command line: a spreadsheet becomes manifests, or every cell that is wrong is told."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, Tenant

ROSTERS = Path(__file__).parent.parent.parent / "examples" / "rosters"

ACCOUNTS = """\
tenant: acme
connections:
  pbx:
    vendor: eq
    url: {url}
    api_key: {{from_env: ACME_KEY}}
  inbox:
    vendor: bird
    workspace_id: 5f0c7a3e-8d2b-4c57-9f4e-0b1d5a9c7e21
    access_key: {{from_env: BIRD_KEY}}
defaults:
  on: [pbx]
skills:
  spanish:
    name: Spanish
    description: Speaks Spanish
    value_type: single
    values: [{{value: fluent}}]
    on: inbox
"""

HEADER = "First name,Last name,E-mail,Number,Language\n"
JANE = "Jane,Roe,jane@example.com,1001,en\n"
LUIS = "Luis,Prado,luis@example.com,1002,es\n"


@pytest.fixture
def acme(tenant: Tenant) -> Tenant:
    """A tenant with two connections and no agents."""
    tenant.write(ACCOUNTS)
    return tenant


def table(acme: Tenant, text: str | bytes, name: str = "people.csv") -> Path:
    """A table beside the tenant's manifests."""
    path = acme.folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def imported(acme: Tenant, text: str | bytes, *arguments: str, kind: str = "agents") -> Ran:
    return acme.run("import-csv", str(table(acme, text)), "--kind", kind, *arguments)


def agents(acme: Tenant) -> str:
    return (acme.folder / "agents.yaml").read_text("utf-8")


def told(ran: Ran) -> list[str]:
    """``row:column: message`` of every error."""
    return re.findall(r"people\.csv:(\d+:\d+: error: .*)", ran.err)


def is_good(acme: Tenant) -> bool:
    return acme.run("validate").code == 0 and acme.run("fmt", "--check").code == 0


# --- What is written ----------------------------------------------------------------------------------------------


def test_a_row_becomes_a_declaration(acme: Tenant) -> None:
    """Its key is made from the name; where the defaults say where it lives, the manifest does not repeat it."""
    ran = imported(acme, HEADER + JANE)

    assert ran.code == 0, ran.err
    assert agents(acme) == (
        "agents:\n"
        "  jane-roe:\n"
        '    number: "1001"\n'
        "    first_name: Jane\n"
        "    last_name: Roe\n"
        "    email: jane@example.com\n"
        "    language: en\n"
    )
    assert "1 agent declared in agents.yaml, on `pbx`" in ran.out
    assert f"Next: provisioner -C {acme.folder} plan" in ran.out


def test_what_two_vendors_share_stands_beside_on(acme: Tenant) -> None:
    """What only one has stands under it; who has nothing there has null."""
    rows = "First name,E-mail,Number,Bio\nJane,jane@example.com,1001,Likes cats\nLuis,luis@example.com,1002,\n"

    ran = imported(acme, rows, "--on", "pbx", "--on", "inbox")

    assert ran.code == 0, ran.err
    assert agents(acme) == (
        "agents:\n"
        "  jane:\n"
        "    first_name: Jane\n"
        "    email: jane@example.com\n"
        "    on:\n"
        "      pbx:\n"
        '        number: "1001"\n'
        "      inbox:\n"
        "        bio: Likes cats\n"
        "  luis:\n"
        "    first_name: Luis\n"
        "    email: luis@example.com\n"
        "    on:\n"
        "      pbx:\n"
        '        number: "1002"\n'
        "      inbox: null\n"
    )
    assert is_good(acme)


def test_a_column_may_say_where_each_row_lives(acme: Tenant) -> None:
    """The connections of a row are a list in a cell."""
    rows = "Name,On,E-mail,Number\nJane,pbx,jane@example.com,1001\nLuis,pbx; inbox,luis@example.com,1002\n"

    ran = imported(acme, rows, "--map", "Name=first_name")

    assert ran.code == 0, ran.err
    assert agents(acme).count("inbox: null") == 1
    assert is_good(acme)


def test_a_column_may_be_for_one_connection(acme: Tenant) -> None:
    """``FIELD@CONNECTION`` in the header, or in ``--map``."""
    rows = "First name,E-mail,Number,email@inbox,Shown as\nJane,jane@example.com,1001,roe@example.com,J. Roe\n"

    ran = imported(acme, rows, "--on", "pbx", "--on", "inbox", "--map", "Shown as=name@inbox")

    assert ran.code == 0, ran.err
    assert "      inbox:\n        email: roe@example.com\n        name: J. Roe\n" in agents(acme)


@pytest.mark.parametrize(
    ("kind", "rows", "written"),
    [
        ("queues", "Extension,Name,Type\n500,Support,INBOUND\n", '  support:\n    extension: "500"\n'),
        ("pause_codes", "Name\nLunch\nNo\n", "  lunch:\n    name: Lunch\n  pause_code-no:\n"),
        ("supervisors", "Username,First name,E-mail,Type\nsam,Sam,s@x.example,Full\n", "    type: full\n"),
        ("extensions", "Extension,Name,Recording on demand\n101,Desk 101,yes\n", "      on_demand: true\n"),
    ],
)
def test_any_kind_can_be_imported(acme: Tenant, kind: str, rows: str, written: str) -> None:
    """Not people alone: queues, alerts, whatever a connection's vendor has."""
    ran = imported(acme, rows, kind=kind)

    assert ran.code == 0, ran.err
    assert written in (acme.folder / f"{kind}.yaml").read_text("utf-8")
    assert is_good(acme)


def test_the_example_roster_is_good_manifests(acme: Tenant) -> None:
    """Two hundred people onto two vendors; ``validate`` and ``fmt --check`` have nothing to say."""
    arguments = ("--on", "pbx", "--on", "inbox", "--map", "Joined=", "--secret", "password={KEY}_PIN")

    ran = imported(acme, (ROSTERS / "people.csv").read_bytes(), *arguments)

    assert ran.code == 0, ran.err
    assert "200 secrets to be set before an apply, such as JANE_ROE_PIN" in ran.out
    assert is_good(acme)


def test_a_table_of_excels_is_read(acme: Tenant) -> None:
    """``sep=;``, Windows-1252, French headers, a blank row, an empty column."""
    ran = imported(acme, (ROSTERS / "people-excel.csv").read_bytes())

    assert ran.code == 0, ran.err
    assert '    first_name: "Inès"\n    last_name: "Lefèvre"\n' in agents(acme)
    assert "people.csv:1:1: notice: this file is not UTF-8, so it was read as Windows-1252" in ran.err


def test_an_existing_file_keeps_what_is_in_it(acme: Tenant) -> None:
    """Comments, layout and other kinds stay; the new ones come behind the last of their kind."""
    before = "# our people\nagents:\n    ann: {number: '1000'}   # she was first\n\nqueues: {}\n"
    (acme.folder / "agents.yaml").write_text(before)

    ran = imported(acme, HEADER + JANE)

    assert ran.code == 0, ran.err
    lines = agents(acme).splitlines()
    assert [line for line in before.splitlines() if line not in lines] == []
    assert lines.index("    jane-roe:") == 3


def test_stdout_is_the_manifest_alone(acme: Tenant) -> None:
    """What is said besides goes to stderr, and no file is written."""
    ran = imported(acme, HEADER + JANE, "--out", "-")

    assert ran.out.startswith("agents:\n  jane-roe:\n")
    assert "1 agent declared" in ran.err
    assert not (acme.folder / "agents.yaml").exists()


def test_rows_may_say_where_they_live_where_nothing_else_does(acme: Tenant) -> None:
    """A column ``on`` in every row is enough: neither ``--on`` nor ``defaults`` is asked for."""
    acme.edit("defaults:\n  on: [pbx]\n", "")

    ran = imported(acme, "First name,Number,On\nJane,1001,pbx\nLuis,,inbox\n")

    assert ran.code == 0, ran.err
    assert "    on: [pbx]\n" in agents(acme)
    assert "    on: [inbox]\n" in agents(acme)
    assert is_good(acme)


def test_a_row_that_does_not_say_where_it_lives_is_told_where_it_must(acme: Tenant) -> None:
    """At its empty cell; what is wrong with its other cells is told all the same."""
    acme.edit("defaults:\n  on: [pbx]\n", "")

    ran = imported(acme, "First name,Number,On\nJane,1001,pbx\nLuis,1002.0,\n")

    assert [line.partition(": ")[0] for line in told(ran)] == ["3:2", "3:3"]
    assert "nothing says on which connection this row lives (C3, `On`, is empty)" in ran.err


def test_the_last_lines_count_what_was_written(acme: Tenant) -> None:
    """Who has no password has none to be set, and not everybody lives everywhere."""
    rows = "First name,Number,On\nJane,1001,pbx;inbox\nLuis,,inbox\nAnn,1003,pbx\nBob,1004,pbx\n"

    ran = imported(acme, rows, "--secret", "password={KEY}_PIN")

    assert "4 agents declared in agents.yaml: 3 on `pbx`, 2 on `inbox`\n3 secrets to be set" in ran.out
    assert agents(acme).count("from_env") == 3


def test_a_secret_that_an_update_adds_is_counted(acme: Tenant) -> None:
    """It has to be set, as the one of somebody new has."""
    imported(acme, HEADER + JANE)

    ran = imported(acme, HEADER + JANE, "--secret", "password={KEY}_PIN", "--update")

    assert "1 secret to be set before an apply, such as JANE_ROE_PIN" in ran.out


# --- Again, every week --------------------------------------------------------------------------------------------


def test_the_same_table_twice_changes_nothing(acme: Tenant) -> None:
    """Whatever the order of its rows."""
    imported(acme, HEADER + JANE + LUIS)
    before = agents(acme)

    ran = imported(acme, HEADER + LUIS + JANE)

    assert (ran.code, agents(acme)) == (0, before)
    assert "2 agents declared already, and the same" in ran.out


def test_what_is_declared_otherwise_is_told_with_both_places(acme: Tenant) -> None:
    """Nothing is overwritten unasked, not even what is new is written."""
    imported(acme, HEADER + JANE)
    before = agents(acme)

    ran = imported(acme, HEADER + JANE.replace(",en", ",es") + LUIS)

    assert ran.code == 1
    assert told(ran) == [
        "2:5: error: `agents.jane-roe` has another `language` at agents.yaml:7:15 (E2, `Language`, says `es`)"
    ]
    assert agents(acme) == before


def test_update_changes_what_the_row_says_and_nothing_else(acme: Tenant) -> None:
    """Comments, fields without a column and people without a row stay."""
    (acme.folder / "agents.yaml").write_text(
        "agents:\n"
        "  # the boss\n"
        "  jane: # since 2019\n"
        "    number: '1001'\n"
        "    first_name: Jane # not Janet\n"
        "    last_name: Roe\n"
        "    password: {from_env: JANE_PIN}\n"
        "  ann: {number: '1000', first_name: Ann}\n"
    )

    ran = imported(acme, HEADER + JANE + "Ann,,ann@example.com,1000,he\n", "--update")

    assert ran.code == 0, ran.err
    assert agents(acme) == (
        "agents:\n"
        "  # the boss\n"
        "  jane: # since 2019\n"
        "    number: '1001'\n"
        "    first_name: Jane # not Janet\n"
        "    last_name: Roe\n"
        "    password: {from_env: JANE_PIN}\n"
        "    email: jane@example.com\n"
        "    language: en\n"
        "  ann: {number: '1000', first_name: Ann, email: ann@example.com, language: he}\n"
    )
    assert "2 agents changed in agents.yaml" in ran.out


def test_update_adds_a_connection(acme: Tenant) -> None:
    """``on`` then names the others, too."""
    imported(acme, HEADER + JANE)

    ran = imported(acme, HEADER + JANE, "--on", "pbx", "--on", "inbox", "--update")

    assert ran.code == 0, ran.err
    assert agents(acme).endswith("    on:\n      pbx: null\n      inbox: null\n")
    assert is_good(acme)


def test_who_is_in_no_row_any_more_is_named(acme: Tenant) -> None:
    """And stays declared: a table says nothing about who is not in it."""
    imported(acme, HEADER + JANE + LUIS)

    ran = imported(acme, HEADER + LUIS, "--update")

    assert "declared, and in no row: jane-roe" in ran.out
    assert "jane-roe" in agents(acme)


def test_keys_do_not_depend_on_the_order_of_rows(acme: Tenant) -> None:
    """Two people of one name have their numbers in their keys, and somebody new takes nobody's key."""
    imported(acme, HEADER + JANE + JANE.replace("jane@", "j2@").replace("1001", "1002"))

    ran = imported(acme, HEADER + JANE.replace("jane@", "j3@").replace("1001", "1003") + JANE)

    assert ran.code == 0, ran.err
    assert re.findall(r"^  (\S+):", agents(acme), re.MULTILINE) == ["jane-roe-1001", "jane-roe-1002", "jane-roe"]


def test_a_number_that_somebody_else_has_is_never_taken_over(acme: Tenant) -> None:
    """Not even by ``--update``: one person's declaration is not handed to another."""
    imported(acme, HEADER + JANE)

    ran = imported(acme, HEADER + LUIS.replace("1002", "1001"), "--update")

    assert told(ran) == [
        "2:4: error: `number: 1001` is already declared by `agents.jane-roe`, at agents.yaml:3:13 (D2, `Number`)"
    ]
    assert "luis" not in agents(acme)


# --- What is wrong ------------------------------------------------------------------------------------------------

TWENTY = """Key,First name,Last name,E-mail,Number,Language,Time zone,Wrap-up,Skills,PIN,Shoe size,On
jane,Jane,Roe,janeexample.com,1001,EN,Europe/Madrid,30,,4711,38,pbx;inbox
Bob!,Bob,Poe,bob@example.com,1.0E+03,xx,Madrid Time!,soon,spanisch,,,pbx;inbox
jane,Jane,Doe,jd@example.com,1002.0,en,,1000,,,,pbx;inbox
al,,Al,bob@example.com,0100,,,-5,,,,pbx;inbox,extra
zoe,Zoe,Zed,zoe@example.com,,es,,,,,,pbx;inbox

yan,Yan,Yip,yan@example.com,1001,es,,1.5,,,,inbix
"""

PLACES = {1: (10, 11), 2: (4,), 3: (1, 5, 6, 7, 8, 9), 4: (1, 5, 8), 5: (4, 5, 8, 13), 6: (5,), 8: (5, 8, 12)}
"""Row → columns in which something is wrong."""


def test_twenty_errors_are_told_in_one_run(acme: Tenant) -> None:
    """Each once, at its row and column as a spreadsheet counts them, and nothing is written."""
    table(acme, TWENTY)

    ran = acme.run("import-csv", str(acme.folder / "people.csv"), "--kind", "agents")

    assert sum(map(len, PLACES.values())) == 20
    assert [line.partition(": ")[0] for line in told(ran)] == [f"{row}:{at}" for row in PLACES for at in PLACES[row]]
    assert ran.err.endswith("20 problems; nothing was written\n")
    assert ran.code == 1
    assert not (acme.folder / "agents.yaml").exists()


def test_a_cell_that_no_manifest_may_hold_is_told(acme: Tenant) -> None:
    """A control character would be refused in the file that is written."""
    ran = imported(acme, "First name,Number\n\x1b[3m,1001\n")

    assert told(ran) == ["2:1: error: the cell holds a control character (A2, `First name`, says `\\x1b[3m`)"]


def test_two_whose_numbers_are_spoilt_are_not_each_others_double(acme: Tenant) -> None:
    """Each is told what is wrong with it, and nothing that follows from that."""
    ran = imported(acme, "First name,Number\nJane,1001.0\nLuis,\n")

    assert [line.partition(": ")[0] for line in told(ran)] == ["2:2", "3:2"]


def test_two_names_that_are_one_key_at_a_vendor_are_told(acme: Tenant) -> None:
    """The name that a create would make of first and last name is compared, too."""
    ran = imported(acme, "First name,Number\nJane,1001\nJane,1002\n", "--on", "pbx", "--on", "inbox")

    assert ran.code == 1
    assert "is already declared by" in ran.err


def test_no_secret_of_the_table_is_shown_or_written(acme: Tenant) -> None:
    """A column of passwords is refused, whatever else is wrong with its rows."""
    ran = imported(acme, "First name,Number,PIN\nJane,x,4711\nLuis,y,0815\n")

    assert "column C (`PIN`) holds secrets" in ran.err
    assert "4711" not in ran.out + ran.err
    assert "--secret 'password={KEY}_PASSWORD'" in ran.err


def test_a_column_of_secrets_is_not_read_where_variables_are_named(acme: Tenant) -> None:
    """The reference is written, and what stood in the cell is nowhere."""
    ran = imported(acme, "First name,Number,PIN\nJane,1001,4711\n", "--secret", "password={KEY}_PIN")

    assert ran.code == 0, ran.err
    assert "    password: {from_env: JANE_PIN}\n" in agents(acme)
    assert "people.csv:1:3: notice: column C (`PIN`) was not read: `--secret password=…` says where" in ran.err
    assert "4711" not in agents(acme) + ran.out + ran.err


def test_an_unknown_column_is_told_with_what_may_be_meant(acme: Tenant) -> None:
    """Both ways out are ready to be copied: another field, or none."""
    ran = imported(acme, "First name,Number,Languages spoken\nJane,1001,en\n")

    assert "column C (`Languages spoken`)" in ran.err
    assert "`--map 'Languages spoken=language'` or `--map 'Languages spoken='` to leave it out" in ran.err


def test_a_needed_column_that_nobody_knows_is_told_once(acme: Tenant) -> None:
    """Not once for each row; the unknown column may be the needed one, which its hint says."""
    rows = "Vorname,Nachname,E-Mail-Adresse,Durchwahl,Schuhe\n"
    rows += "".join(f"Jane,Roe,jane{number}@example.com,{number},38\n" for number in range(1001, 1013))

    ran = imported(acme, rows)

    assert told(ran) == [
        "1:1: error: no column gives `number`, which all rows need",
        "1:4: error: nothing is known that column D (`Durchwahl`) would mean for agents",
        "1:5: error: nothing is known that column E (`Schuhe`) would mean for agents",
    ]
    assert "hint: `--map 'Durchwahl=number'` or `--map 'Durchwahl='` to leave it out" in ran.err
    assert ran.err.count("expected: one of `key`, `on`, `number`") == 1


def test_a_field_that_some_rows_need_is_told_with_how_many(acme: Tenant) -> None:
    """Those that live where it is not needed are not counted."""
    ran = imported(acme, "First name,On\nJane,inbox\nLuis,pbx\nAnn,pbx\n")

    assert told(ran) == ["1:1: error: no column gives `number`, which 2 rows need, the first in row 3"]


def test_a_needed_cell_that_is_empty_is_told_at_its_row(acme: Tenant) -> None:
    """The column is there, so it is the cell that lacks."""
    ran = imported(acme, "First name,Number\nJane,\nLuis,\n")

    assert [line.partition(": ")[0] for line in told(ran)] == ["2:2", "3:2"]


def test_of_several_keys_one_that_has_a_column_is_missing_in_a_row(acme: Tenant) -> None:
    """No column is said to be missing where one that would do is there."""
    ran = imported(acme, "User ID,Bio\n,hello\nu1,x\n", "--on", "inbox")

    assert told(ran) == ["2:1: error: `user_id` or `email` or `name` is missing (row 2)"]


def test_what_is_referred_to_and_declared_nowhere_is_told_once_for_each_value(acme: Tenant) -> None:
    """With its rows counted, and what would declare it: a name is no key."""
    rows = "First name,Teams\nJane,Sales Team\nLuis,Support;sales team\nAnn,Sales Team\n"

    ran = imported(acme, rows, "--on", "inbox")

    assert told(ran) == [
        "2:2: error: no team is named `Sales Team` (3 rows, first B2, `Teams`)",
        "3:2: error: no team is named `Support` (B3, `Teams`, says `Support;sales team`)",
    ]
    assert "declare `teams: {sales-team: {name: Sales Team, on: inbox}}`, or write `id:17`" in ran.err


def test_nothing_else_is_said_of_what_is_referred_to_and_declared_nowhere(acme: Tenant) -> None:
    """Neither that the vendor's rules want the field, nor again for each row."""
    rows = "Name,Supervisor,Queue,Type,Threshold,Notification,Interval,Days,From,To\n"
    rows += "".join(f"{name},Sam,Sales,call_queue_calls_high,10,email,15,mon,08:00,18:00\n" for name in "ABC")

    ran = imported(acme, rows, kind="alerts")

    assert told(ran) == [
        "2:2: error: no supervisor is named `Sam` (3 rows, first B2, `Supervisor`)",
        "2:3: error: no queue is named `Sales` (3 rows, first C2, `Queue`)",
    ]


def test_the_hint_for_what_is_declared_nowhere_can_be_followed(acme: Tenant) -> None:
    """What it says to declare makes the same table good."""
    rows = "First name,Teams\nJane,Sales: North\n"
    ran = imported(acme, rows, "--on", "inbox")
    (declaration,) = re.findall(r"declare `(.*?)`, or", ran.err)

    acme.manifest.write_text(acme.manifest.read_text() + declaration + "\n")
    again = imported(acme, rows, "--on", "inbox")

    assert again.code == 0, again.err
    assert is_good(acme)


def test_a_name_that_is_declared_is_written_as_its_key(acme: Tenant) -> None:
    """Wherever the declaration says it: beside ``on``, or under it."""
    acme.manifest.write_text(acme.manifest.read_text() + "teams:\n  t1: {on: {inbox: {name: Support}}}\n")

    ran = imported(acme, "First name,Teams\nJane,support\n", "--on", "inbox")

    assert ran.code == 0, ran.err
    assert "teams: [t1]" in agents(acme)


def test_of_two_rows_the_later_is_told(acme: Tenant) -> None:
    """It points to the earlier one, whatever their keys are; of three, each later one is told once."""
    rows = "First name,Number\nMia,1001\nZoe,1001\nAnn,1001\n"

    ran = imported(acme, rows)

    assert [line.partition(": ")[0] for line in told(ran)] == ["3:2", "4:2"]
    assert "3:2: error: `number: 1001` is already declared by `agents.mia@pbx`, at " in told(ran)[0]
    assert "people.csv:2:2 (B3, `Number`)" in told(ran)[0]


def test_a_row_that_stands_there_twice_is_told_once(acme: Tenant) -> None:
    """Not once for each of its cells that a vendor takes once."""
    ran = imported(acme, HEADER + JANE + LUIS + JANE.strip() + ",,\n", "--on", "pbx", "--on", "inbox")

    assert told(ran) == ["4:1: error: row 4 says the same as row 2"]


def test_a_cell_for_another_connection_names_it(acme: Tenant) -> None:
    """And the connections on which the row lives."""
    ran = imported(acme, "First name,Number,Bio,On\nJane,1001,x,pbx\nLuis,1002,,inbox\n")

    assert told(ran) == [
        "2:3: error: `bio` is for `inbox`, and this row lives on `pbx` (C2, `Bio`, says `x`)",
        "3:2: error: `number` is for `pbx`, and this row lives on `inbox` (B3, `Number`, says `1002`)",
    ]


def test_a_field_of_another_connection_is_told_once_for_its_column(acme: Tenant) -> None:
    """Not once for each row."""
    ran = imported(acme, "First name,Number,Bio\nJane,1001,x\nLuis,1002,y\n")

    assert told(ran) == ["1:3: error: column C (`Bio`) means `bio`, which `inbox` has, and not `pbx`"]
    assert "`--on pbx --on inbox`" in ran.err


def test_json_tells_the_same(acme: Tenant) -> None:
    """For programs: the form of ``validate``."""
    ran = imported(acme, HEADER + JANE.replace("1001", "0"), "--format", "json")

    (problem,) = json.loads(ran.out)["diagnostics"]

    assert (problem["line"], problem["column"], problem["code"]) == (2, 4, "pattern")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--map", "Shoe=number"), "has no such column"),
        (("--map", "Number=nummer"), "`nummer` is no field of agents"),
        (("--map", "Number"), "names no column and field"),
        (("--on", "pbxx"), "there is no connection `pbxx`"),
        (("--secret", "password=4 7"), "names no field and variable"),
        (("--secret", "pasword=PIN"), "there is no secret field `pasword`\nhint: did you mean `password`?"),
        (("--secret", "email=PIN"), "there is no secret field `email`\nhint: agents have `password`"),
        (("--on", "inbox", "--map", "Number=", "--secret", "password=PIN"), "`pbx` has that field, and no row lives"),
        (("--encoding", "utf-9"), "there is no encoding `utf-9`"),
        (("--delimiter", "::"), "`::` is no delimiter"),
        (("--out", "overlays/x.yaml"), "would not be read as a manifest"),
        (("--out", "../x.yaml"), "would not be read as a manifest"),
        (("--out", "-", "--update"), "does not go with"),
    ],
)
def test_a_wrong_command_line_is_told(acme: Tenant, arguments: tuple[str, ...], said: str) -> None:
    """Before anything is written."""
    ran = imported(acme, HEADER + JANE, *arguments)

    assert ran.code == 1
    assert said in ran.err
    assert not (acme.folder / "agents.yaml").exists()


def test_a_kind_that_no_connection_has_is_told(acme: Tenant) -> None:
    """With the one that was probably meant."""
    ran = imported(acme, HEADER + JANE, kind="agent")

    assert ran.code == 1
    assert "no connection of the tenant has agent" in ran.err
    assert "did you mean `agents`?" in ran.err
