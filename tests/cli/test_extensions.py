"""Extensions through the command line: what the simulator holds and has received, secrets above all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provisioner.simulators.control import Control
from provisioner.state.backends.local import LocalBackend
from provisioner.state.document import Bound
from tests.cli.conftest import Tenant

HEAD = """
tenant: acme
connections:
  pbx: {{vendor: eq, url: "{url}", api_key: {{from_env: ACME_KEY}}, retries: 0}}
extensions:
"""
DESK = '  desk: {{extension: "101", name: Desk, call_waiting: true, sip: {{secret: {{from_env: SIP}}, nat: "yes"}}}}\n'
SECRET = "secret: {from_env: SIP}"
BY_HAND = {
    "extension": "101",
    "name": "Desk",
    "outboundCid": "15550100",
    "sip": {"secret": "by-hand", "nat": "no", "context": "from-sales"},
    "voicemail": {"password": "9876", "emailAddress": "old@b.example", "options": {"attach": "yes"}},
}


@pytest.fixture
def office(tenant: Tenant) -> Tenant:
    """A tenant of one extension, which does not exist yet."""
    tenant.setenv("SIP", "s3cret")
    tenant.setenv("VM", "4321")
    tenant.write(HEAD + DESK)
    return tenant


def planned(tenant: Tenant, *arguments: str) -> dict[str, dict[str, Any]]:
    """The plan's changes by key, with the codes of their reasons and the new values of their fields."""
    plan = json.loads(tenant.run("plan", "--format", "json", *arguments).out)
    return {
        change["key"]: {
            "action": change["action"],
            "codes": [reason["code"] for reason in change["reasons"]],
            "fields": {item["path"]: item.get("after") for item in change["fields"]},
            "by hand": {item["path"] for item in change["fields"] if item.get("manual")},
        }
        for change in plan["changes"]
    }


def there(control: Control, number: str = "101") -> dict[str, Any]:
    return control.content(reveal=True)["extension"][number]


def puts(control: Control) -> list[str]:
    return [entry["path"].rpartition("/")[2] for entry in control.log() if entry["method"] == "PUT"]


def record(tenant: Tenant) -> Bound:
    (bound,) = LocalBackend(tenant.folder / ".provisioner").load().bound.values()
    return bound


def quiet(tenant: Tenant) -> bool:
    """Whether another plan has nothing to do."""
    return tenant.run("plan", "--detailed-exitcode").code == 0


# --- secrets that are declared ------------------------------------------------------------------------------------


def test_a_declared_secret_goes_with_every_update(office: Tenant, control: Control) -> None:
    """And the plan says so."""
    office.applied()
    office.edit("name: Desk", "name: Front desk")

    change = planned(office)["extensions.desk@pbx"]
    office.applied()

    assert (change["action"], change["codes"]) == ("update", ["sent_again", "differs"])
    assert change["fields"] == {"name": "Front desk", "sip.secret": {"secret": True, "version": 1}}
    assert (there(control)["name"], there(control)["sip"]["secret"]) == ("Front desk", "s3cret")


def test_several_secrets_go_along(office: Tenant) -> None:
    """Said of them in the plural."""
    office.edit('nat: "yes"}', 'nat: "yes"}, voicemail: {password: {from_env: VM}}')
    office.applied()
    office.edit("name: Desk", "name: Front desk")

    told = " ".join(office.run("plan").out.split())

    assert "`sip.secret`, `voicemail.password` go along: the vendor would blank them otherwise" in told


def test_what_an_update_carries_is_said_of_the_vendor(office: Tenant) -> None:
    """Its secrets are no part of what is read and sent along."""
    said = " ".join(office.run("vendors", "eq").out.split())

    assert "`sip.secret`, `voicemail.password` cannot be read: sent again if declared" in said


def test_a_lost_answer_to_an_update_is_told(office: Tenant, control: Control) -> None:
    """And asked about: it was done."""
    office.applied()
    office.edit("name: Desk", "name: Front desk")
    control.fault("drop_after", method="PUT")

    ran = office.run("apply", "--auto-approve")

    assert "the answer to an update was lost" in ran.err


def test_a_raised_version_is_sent(office: Tenant, control: Control) -> None:
    office.applied()
    office.setenv("SIP", "n3w")
    office.edit("{from_env: SIP}", "{from_env: SIP, version: 2}")

    office.applied()

    assert there(control)["sip"]["secret"] == "n3w"
    assert record(office).secrets == {"sip.secret": 2}
    assert quiet(office)


def test_a_secret_is_cleared_and_set_again(office: Tenant, control: Control) -> None:
    """Null is really sent, once; the record then knows of no version."""
    office.applied()
    office.edit(SECRET, "secret: null")

    office.applied()
    cleared, kept = there(control)["sip"]["secret"], record(office).secrets
    settled = quiet(office)
    office.edit("secret: null", SECRET)
    office.applied()
    office.edit(SECRET, "secret: null")

    assert (cleared, kept, settled) == (None, {}, True)
    assert there(control)["sip"]["secret"] == "s3cret"
    assert planned(office)["extensions.desk@pbx"]["fields"] == {"sip.secret": None}


def test_none_is_sent_with_every_update_and_the_plan_says_so(office: Tenant, control: Control) -> None:
    """Somebody may have set one in the portal by then, which nobody can see."""
    office.edit(SECRET, "secret: null")
    office.applied()
    control.change("extension", "101", {"sip": {"secret": "by-hand"}})
    office.edit("name: Desk", "name: Front desk")

    change = planned(office)["extensions.desk@pbx"]
    office.applied()

    assert "stays_none" in change["codes"]
    assert change["fields"] == {"name": "Front desk"}
    assert there(control)["sip"]["secret"] is None


def test_renaming_in_a_ring_keeps_the_secrets(office: Tenant, control: Control) -> None:
    """The step that parks one of the two writes a whole extension as well."""
    office.setenv("SIP_TWO", "tw0")
    office.write(
        HEAD
        + DESK
        + '  door: {{extension: "102", name: Door, sip: {{secret: {{from_env: SIP_TWO}}}}, voicemail: null}}\n'
    )
    office.applied()
    office.edit("name: Desk", "name: Other")
    office.edit("name: Door", "name: Desk")
    office.edit("name: Other", "name: Door")

    keys = planned(office).keys()
    office.applied()

    assert keys == {"extensions.desk@pbx", "extensions.door@pbx", "extensions.desk@pbx#park"}
    assert {
        number: (there(control, number)["name"], there(control, number)["sip"]["secret"]) for number in ("101", "102")
    } == {
        "101": ("Door", "s3cret"),
        "102": ("Desk", "tw0"),
    }
    assert quiet(office)


# --- secrets that are not declared --------------------------------------------------------------------------------


def test_one_that_was_made_without_a_secret_stays_without(office: Tenant, control: Control) -> None:
    """An update of it is no person's work: blank it was made, and the plan says that it is sent blank."""
    office.edit(SECRET + ", ", "")
    office.applied()
    office.edit("name: Desk", "name: Front desk")

    change = planned(office)["extensions.desk@pbx"]
    office.applied()

    assert (change["codes"], change["fields"]) == (["differs", "stays_blank"], {"name": "Front desk"})
    assert (there(control)["name"], there(control)["sip"]["secret"]) == ("Front desk", None)
    assert quiet(office)


def test_a_secret_that_stops_being_declared_is_not_blanked(office: Tenant, control: Control) -> None:
    """It is left as it stands; from then on an update is a person's, until it is declared again."""
    office.applied()
    office.edit(SECRET + ", ", "")
    told = office.run("apply", "--auto-approve")
    kept = record(office).secrets
    office.edit("name: Desk", "name: Front desk")

    change = planned(office)["extensions.desk@pbx"]
    by_hand = office.run("apply", "--auto-approve", "--detailed-exitcode")
    office.edit('nat: "yes"', f'nat: "yes", {SECRET}')
    before = there(control)
    office.applied()

    assert "`sip.secret` no longer declared; left as it stands" in told.out + told.err
    assert kept == {"sip.secret": 0}
    assert (change["action"], change["codes"], by_hand.code) == ("manual", ["differs", "would_blank"], 2)
    assert (before["name"], before["sip"]["secret"]) == ("Desk", "s3cret")
    assert (there(control)["name"], there(control)["sip"]["secret"]) == ("Front desk", "s3cret")


def test_what_the_settings_let_blank_is_listed(office: Tenant, control: Control) -> None:
    """`extension.missing_secret: send_blank`: no person's work, but the plan shows which secrets go."""
    control.create("extension", BY_HAND)
    office.edit(SECRET + ", ", "")
    office.edit("retries: 0}", "retries: 0, extension: {missing_secret: send_blank}}")

    change = planned(office)["extensions.desk@pbx"]
    office.applied()

    assert (change["action"], change["by hand"]) == ("adopt", set())
    assert change["codes"] == ["found", "blanks"]
    assert {path for path, after in change["fields"].items() if after is None} == {"sip.secret", "voicemail.password"}
    assert (there(control)["sip"]["secret"], there(control)["voicemail"]["password"]) == (None, None)
    assert quiet(office)


def test_a_mailbox_that_comes_after_the_plan_keeps_its_password(office: Tenant, control: Control) -> None:
    """The saved plan says nothing of it, so that the change is stale; the next plan leaves it to a person."""
    office.applied()
    office.edit("name: Desk", "name: Front desk")
    file = str(office.folder / "now.plan")
    office.run("plan", "--out", file)
    control.change("extension", "101", {"voicemail": {"password": "4444", "emailAddress": "q@b.example"}})
    before = there(control)

    ran = office.run("apply", file)

    assert ran.code == 1
    assert "it would blank `voicemail.password`, which nobody declares" in ran.out
    assert there(control) == before
    change = planned(office)["extensions.desk@pbx"]
    assert (change["action"], change["codes"]) == ("manual", ["differs", "would_blank"])


@pytest.mark.parametrize("more", ["", ", voicemail: null"])
def test_a_mailbox_that_somebody_else_has_made_is_not_taken_for_ours(
    office: Tenant, control: Control, more: str
) -> None:
    """Made without one, or with `voicemail: null`; also once the record was brought up to date with it."""
    office.edit("call_waiting: true", f"call_waiting: true{more}")
    office.applied()
    control.change("extension", "101", {"voicemail": {"password": "4444", "emailAddress": "q@b.example"}})
    office.edit(f"call_waiting: true{more}", "call_waiting: false")

    fresh = planned(office)["extensions.desk@pbx"]
    refreshed = office.run("apply", "--refresh-only", "--auto-approve")
    later = planned(office)["extensions.desk@pbx"]
    office.run("apply", "--auto-approve")

    assert refreshed.code == 0
    assert "would_blank" in fresh["codes"]
    assert "would_blank" in later["codes"]
    assert there(control)["voicemail"]["password"] == "4444"


def test_a_blank_secret_is_listed_and_the_danger_said(office: Tenant) -> None:
    """In the change, for apply to obey, and in words."""
    office.edit(SECRET + ", ", "")
    office.applied()
    office.edit("name: Desk", "name: Front desk")

    (change,) = json.loads(office.run("plan", "--format", "json").out)["changes"]
    told = " ".join(office.run("plan").out.split())

    assert change["blanks"] == ["sip.secret"]
    assert "`sip.secret` is not declared and sent blank, as it was made: what somebody has set in the portal" in told


def test_without_a_refresh_there_is_no_mailbox_that_nobody_has_recorded(office: Tenant, control: Control) -> None:
    """No word of its password; where there is one after all, nothing is sent."""
    office.applied()
    office.edit("name: Desk", "name: Front desk")

    change = planned(office, "--no-refresh")["extensions.desk@pbx"]
    control.change("extension", "101", {"voicemail": {"password": "4444"}})
    ran = office.run("apply", "--auto-approve", "--no-refresh")

    assert (change["action"], change["codes"]) == ("update", ["not_refreshed", "sent_again", "differs"])
    assert ran.code == 1
    assert (there(control)["voicemail"]["password"], puts(control)) == ("4444", [])


# --- adoption -----------------------------------------------------------------------------------------------------


def test_adopting_without_secrets_binds_and_writes_nothing(office: Tenant, control: Control) -> None:
    """What differs is a person's, with the reason."""
    control.create("extension", BY_HAND)
    before = there(control)
    office.edit(SECRET + ", ", "")

    change = planned(office)["extensions.desk@pbx"]
    ran = office.run("apply", "--auto-approve", "--detailed-exitcode")
    later = planned(office)["extensions.desk@pbx"]

    assert (change["action"], change["by hand"]) == ("adopt", {"call_waiting", "sip.nat"})
    assert "would_blank" in change["codes"]
    assert ran.code == 2
    assert (there(control), puts(control)) == (before, [])
    assert (later["action"], later["codes"]) == ("manual", ["differs", "would_blank"])


def test_adopting_what_is_as_declared_sends_no_secret(office: Tenant, control: Control) -> None:
    """The declared versions are recorded, and the plan says that nobody has checked the live ones."""
    control.create("extension", {**BY_HAND, "callWaiting": True, "sip": {**BY_HAND["sip"], "nat": "yes"}})

    change = planned(office)["extensions.desk@pbx"]
    office.applied()

    assert (change["action"], change["codes"], change["fields"]) == ("adopt", ["secret_unchecked", "found"], {})
    assert (puts(control), there(control)["sip"]["secret"]) == ([], "by-hand")
    assert (record(office).secrets, record(office).made) == ({"sip.secret": 1}, False)
    assert quiet(office)


def test_adopting_with_some_of_the_secrets_sends_none(office: Tenant, control: Control) -> None:
    """One that is not declared would be blanked, so the whole update is a person's."""
    control.create("extension", BY_HAND)

    change = planned(office)["extensions.desk@pbx"]

    assert change["by hand"] == change["fields"].keys() == {"call_waiting", "sip.nat"}
    assert {"secret_unchecked", "would_blank"} <= set(change["codes"])


@pytest.mark.parametrize("way", ["key", "imports"])
def test_adopting_with_all_secrets_updates(office: Tenant, control: Control, way: str) -> None:
    """They go along, and what nobody declares stays as it was made by hand."""
    control.create("extension", BY_HAND)
    office.edit('nat: "yes"}', 'nat: "yes"}, voicemail: {password: {from_env: VM}}')
    if way == "imports":
        with office.manifest.open("a") as file:
            file.write("imports: [{address: extensions.desk@pbx, id: '101'}]\n")
    before = there(control)

    change = planned(office)["extensions.desk@pbx"]
    office.applied()

    now = there(control)
    assert change["fields"].keys() == {"call_waiting", "sip.nat", "sip.secret", "voicemail.password"}
    assert (now["sip"]["secret"], now["voicemail"]["password"]) == ("s3cret", "4321")
    assert now == {
        **before,
        "callWaiting": True,
        "sip": {**before["sip"], "nat": "yes", "secret": "s3cret"},
        "voicemail": {**before["voicemail"], "password": "4321"},
    }
    assert quiet(office)


def test_an_adopted_one_without_a_mailbox_needs_no_word_about_its_password(office: Tenant, control: Control) -> None:
    """There is none to lose."""
    control.create("extension", {**BY_HAND, "voicemail": None})

    office.applied()

    assert (there(control)["sip"]["secret"], there(control)["callWaiting"]) == ("s3cret", True)


# --- maps ---------------------------------------------------------------------------------------------------------


def test_a_mailbox_is_added_and_taken_away(office: Tenant, control: Control) -> None:
    """To an extension that is there already; nothing is told of what came with it."""
    office.applied()
    office.edit('nat: "yes"}', 'nat: "yes"}, voicemail: {email: a@b.example, password: {from_env: VM}}')

    added = office.run("apply", "--auto-approve")
    mailbox = there(control)["voicemail"]
    office.edit("{email: a@b.example, password: {from_env: VM}}", "null")
    office.applied()

    assert added.code == 0
    assert "was not sent and changed" not in added.out + added.err
    assert (mailbox["emailAddress"], mailbox["password"], mailbox["options"]["attach"]) == ("a@b.example", "4321", "no")
    assert there(control)["voicemail"] is None
    assert record(office).secrets == {"sip.secret": 1}
    assert quiet(office)


# --- numbers ------------------------------------------------------------------------------------------------------


def test_a_queue_and_an_extension_share_their_numbers(office: Tenant) -> None:
    """Refused offline, with both places; white space does not tell two apart, and no agent's number counts."""
    with office.manifest.open("a") as file:
        file.write('queues:\n  support: {extension: " 101 ", name: Support, type: inbound}\n')
        file.write('agents:\n  jane: {number: "101", first_name: Jane, password: {from_env: PIN}}\n')

    ran = office.run("validate")

    assert ran.code == 1
    assert "acme.yaml:8:24: error: `extension: 101` is already declared by" in ran.out + ran.err
    assert "`extensions.desk@pbx`, at acme.yaml:6:21" in " ".join((ran.out + ran.err).split())
    assert "1 problem" in ran.out + ran.err


def test_they_do_so_after_an_overlay_and_with_defaults(office: Tenant) -> None:
    """What counts is what each of them has in the end."""
    with office.manifest.open("a") as file:
        file.write('queues:\n  support: {extension: "500", name: Support, type: inbound}\n')
    overlay = office.folder / "overlays" / "production.yaml"
    overlay.parent.mkdir()
    overlay.write_text('queues: {support: {extension: "101"}}\n', encoding="utf-8")

    assert office.run("validate").code == 0
    assert office.run("-f", str(overlay), "validate").code == 1


def test_a_number_goes_from_a_queue_to_an_extension(office: Tenant, control: Control) -> None:
    """The queue is deleted first: FreePBX would refuse the extension."""
    office.write(HEAD.replace("extensions:", "queues:") + '  support: {{extension: "101", name: S, type: inbound}}\n')
    office.applied()
    office.write(HEAD + DESK)
    control.reset_log()

    office.applied()

    writes = [f"{entry['method']} {entry['path']}" for entry in control.log() if entry["method"] != "GET"]
    assert [line.replace("/eq/api/2.0", "") for line in writes] == ["DELETE /call_queue/101", "POST /extension"]
    assert quiet(office)


def test_a_number_that_a_queue_keeps_is_a_conflict(office: Tenant) -> None:
    """It is no longer declared, and stays at the vendor."""
    office.write(HEAD.replace("extensions:", "queues:") + '  support: {{extension: "101", name: S, type: inbound}}\n')
    office.applied()
    office.write(HEAD + DESK + "removed: [{{address: queues.support, destroy: false}}]\n")

    ran = office.run("plan")

    assert ran.code == 1
    assert "`extension` '101' is held by `queues.support@pbx`" in " ".join(ran.out.split())


def test_two_that_exchange_numbers(office: Tenant) -> None:
    """Their number is what EQ calls them, so there is nothing to hand over."""
    with office.manifest.open("a") as file:
        file.write('  door: {extension: "102", name: Door}\n')
    office.applied()
    office.edit('"101"', '"103"')
    office.edit('"102"', '"101"')
    office.edit('"103"', '"102"')

    ran = office.run("plan")

    assert ran.code == 1
    assert "exchange their other fields instead" in " ".join(ran.out.split())


def test_a_new_number_is_another_extension(office: Tenant, control: Control) -> None:
    """EQ might renumber it; the tool deletes the one and creates the other, with its secret."""
    office.applied()
    office.edit('"101"', '"102"')

    assert planned(office).keys() == {"extensions.desk@pbx#delete", "extensions.desk@pbx#create"}
    office.applied()

    assert control.content()["extension"].keys() == {"102"}
    assert (puts(control), there(control, "102")["sip"]["secret"]) == ([], "s3cret")


# --- fields -------------------------------------------------------------------------------------------------------

EVERYTHING = """
  desk:
    extension: "101"
    name: Desk
    cid_masquerade: "900"
    outbound_cid: "15550100"
    emergency_cid: "112"
    call_waiting: true
    recording:
      inbound_external: always
      inbound_internal: never
      outbound_external: dontcare
      outbound_internal: always
      on_demand: true
    sip: {{secret: {{from_env: SIP}}, dtmf_mode: shortinfo, context: from-sales, nat: route}}
    voicemail:
      context: sales
      password: {{from_env: VM}}
      email: desk@acme.example
      pager_email: pager@acme.example
      options: {{attach: true, saycid: true, envelope: false, delete: true}}
"""


def test_every_field_is_declared(office: Tenant, control: Control) -> None:
    """And arrives as EQ names it; another plan has nothing to do."""
    office.write(HEAD + EVERYTHING)

    office.applied()

    assert there(control) == {
        "extension": "101",
        "name": "Desk",
        "cidMasquerade": "900",
        "outboundCid": "15550100",
        "emergencyCid": "112",
        "callWaiting": True,
        "recording": {
            "inboundExternal": "always",
            "inboundInternal": "never",
            "outboundExternal": "dontcare",
            "outboundInternal": "always",
            "onDemand": True,
        },
        "sip": {"secret": "s3cret", "dtmfMode": "shortinfo", "context": "from-sales", "nat": "route"},
        "voicemail": {
            "context": "sales",
            "password": "4321",
            "emailAddress": "desk@acme.example",
            "pagerEmailAddress": "pager@acme.example",
            "options": {"attach": "yes", "saycid": "yes", "envelope": "no", "delete": "yes"},
        },
    }
    assert quiet(office)


def test_whatever_may_be_null_is_cleared(office: Tenant, control: Control) -> None:
    """Leaf by leaf, and the rest stays."""
    office.write(HEAD + EVERYTHING)
    office.applied()
    for line in ('cid_masquerade: "900"', 'outbound_cid: "15550100"', 'emergency_cid: "112"', "context: from-sales"):
        office.edit(line, line.partition(":")[0] + ": null")
    for line in ("context: sales", "email: desk@acme.example", "pager_email: pager@acme.example"):
        office.edit(f"      {line}", f"      {line.partition(':')[0]}: null")
    before = there(control)

    office.applied()

    assert there(control) == {
        **before,
        **dict.fromkeys(("cidMasquerade", "outboundCid", "emergencyCid")),
        "sip": {**before["sip"], "context": None},
        "voicemail": {**before["voicemail"], "context": None, "emailAddress": None, "pagerEmailAddress": None},
    }
    assert quiet(office)


def test_a_whole_map_is_cleared_by_a_saved_plan(office: Tenant, control: Control) -> None:
    """What the map held, maps of its own included, stands in the plan, and is read back from its file."""
    office.applied()
    office.edit('nat: "yes"}', 'nat: "yes"}, voicemail: {email: a@b.example, password: {from_env: VM}}')
    office.applied()
    office.edit("{email: a@b.example, password: {from_env: VM}}", "null")

    saved = office.run("plan", "--out", "cleared.plan")
    done = office.run("apply", "cleared.plan")

    assert (saved.code, done.code) == (0, 0), done.err
    assert there(control)["voicemail"] is None


def test_other_spellings_of_the_same_are_no_difference(office: Tenant, control: Control) -> None:
    """Neither to a plan nor to an export: FreePBX's own number as alias, its contexts, digits for text and switches."""
    office.applied()
    spelt = {
        "cidMasquerade": "101",
        "outboundCid": "",
        "callWaiting": "1",
        "sip": {"context": "from-internal"},
        "voicemail": {"context": "default", "options": None},
    }
    control.change("extension", "101", spelt, force=True)
    office.edit('nat: "yes"}', 'nat: "yes", context: from-internal}, cid_masquerade: "101", outbound_cid: null')
    office.edit("cid_masquerade", "voicemail: {context: null, options: null}, cid_masquerade")

    drifted = office.run("plan", "--format", "json")

    assert json.loads(drifted.out)["changes"] == []


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ('extension: "0101"', "does not fit `extension`"),
        ("extension: 101", "must be text, and without quotes this is"),
        (f"name: {'x' * 51}", "`name` has 51 characters, and 50 fit"),
        ('cid_masquerade: "+1555"', "does not fit `cid_masquerade`"),
        ("call_waiting: null", "`call_waiting` cannot be cleared"),
        ("recording: {on_demand: maybe}", "must be true or false"),
        ("recording: {inbound_external: sometimes}", "not one of the words"),
        ("recording: null", "`recording` cannot be cleared"),
        ("sip: {nat: yes}", ""),
        ("sip: {nat: maybe}", "not one of the words"),
        ("sip: {secret: hunter2}", "secret"),
        ("voicemail: {options: {beep: true}}", "there is no field `beep` in `voicemail.options`"),
        ("voicemail: {email: nobody}", "does not fit `voicemail.email`"),
        ("voicemail: {}", "`voicemail` is empty"),
    ],
)
def test_what_a_field_may_be(office: Tenant, field: str, said: str) -> None:
    """A message of its own for each; an unquoted word of YAML 1.2 is that word."""
    fields = {"extension": 'extension: "101"', "name": "name: Desk"}
    fields[field.partition(":")[0]] = field
    office.write(HEAD + "  desk: {{" + ", ".join(fields.values()).replace("{", "{{").replace("}", "}}") + "}}\n")

    ran = office.run("validate")

    assert ran.code == (1 if said else 0)
    assert said in " ".join(ran.err.split())
