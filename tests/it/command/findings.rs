//! `shipgate findings`.

use serde_json::json;

use super::program::console::Styles;
use super::{ACME, Closed, Run, file, run, run_into};

const AT: &str = "2026-11-21T12:00:00Z";

#[test]
fn each_organization_has_its_findings() {
    let expected = "\
acme-corp
  expired_membership: member `erin` of `acme-corp`: the membership has expired: remove it, or set a new expiry
  temporary_admin: member `frank` of `acme-corp`: the membership ends, so this member gives nothing that lasts longer: remove the expiry if that hinders
  service_account_admin: member `ops-bot` of `acme-corp`: a service account has the permissions of an admin: give it a lower role if that suffices
  temporary_admin: member `tess` of `acme-corp`: the membership ends, so this member gives nothing that lasts longer: remove the expiry if that hinders
  unused_role: role `shipper`: no member has the role: give it to someone, or delete it
  team_without_members: team `night-shift`: the team has no members: add some, or delete it
  override_equals_default: member `alice` on cluster `staging-us-east`: the override equals the default of the role: remove it, unless it should survive a change of role
  override_above_ceiling: member `betty` on cluster `staging-us-east`: the override is above the ceiling of the role: lower it, remove it, or change the role
  override_equals_default: member `bob` on cluster `staging-us-east`: the override equals the default of the role: remove it, unless it should survive a change of role
  expired_project_role: member `bob` of project `shop`: the project role has expired: remove it, or set it again

globex
  one_owner: organization `globex`: only one member is a permanent owner: appoint a second, who can approve and take over
  unapprovable_environment: environment `portal-production`: no member can deploy, even with every possible approval: appoint the members that the protection requires, or change the protection
";
    assert_eq!(run(&["findings", ACME, "--at", AT]), Run::done(expected));
}

#[test]
fn one_organization_can_be_looked_at_alone() {
    let expected = "\
## globex

| finding | where | what to do |
|---|---|---|
| one_owner | organization globex | only one member is a permanent owner: appoint a second, who can approve and take over |
| unapprovable_environment | environment portal-production | no member can deploy, even with every possible approval: appoint the members that the protection requires, or change the protection |
";
    let words = ["findings", ACME, "--organization", "globex", "--at", AT];
    assert_eq!(run(&[&words[..], &["--format", "markdown"]].concat()), Run::done(expected));
    let unknown = run(&["findings", ACME, "--organization", "initech"]);
    let errors = "error: organization `initech` is not in the document\n".to_owned();
    assert_eq!(unknown, Run { status: 1, output: String::new(), errors });
}

#[test]
fn json_has_a_line_for_each_finding() {
    let lines = run(&["findings", ACME, "--at", AT, "--format", "json"]).json();
    let codes: Vec<_> = lines.iter().map(|line| line["code"].as_str().unwrap()).collect();
    let expected = ["expired_membership", "temporary_admin", "service_account_admin", "temporary_admin", "unused_role"];
    assert_eq!(codes[..5], expected);
    assert_eq!(codes.len(), 12);
    let advice = "the project role has expired: remove it, or set it again";
    let place = json!({ "type": "project_member", "id": "bob", "properties": { "project": "shop" } });
    let bob = json!({ "organization": "acme-corp", "code": "expired_project_role", "place": place, "message": advice });
    assert_eq!(lines[9], bob);
    assert_eq!(lines[4]["place"], json!({ "type": "role", "id": "shipper" }));
    assert_eq!(lines[11]["place"], json!({ "type": "environment", "id": "portal-production" }));
}

#[test]
fn the_present_is_the_clocks_unless_it_is_given() {
    let path = file(
        "findings-expiry.json",
        r#"{ "organizations": [{ "id": "acme-corp", "members": [
            { "account": "olivia", "role": "owner" }, { "account": "oscar", "role": "owner" },
            { "account": "erin", "role": "viewer", "expires_at": "2001-01-01T00:00:00Z" },
            { "account": "dana", "role": "viewer", "expires_at": "9999-01-01T00:00:00Z" }] }] }"#,
    );
    let erin = "acme-corp\n  expired_membership: member `erin` of `acme-corp`: the membership has expired: remove it, or set a new expiry\n";
    assert_eq!(run(&["findings", &path]), Run::done(erin));
    assert_eq!(run(&["findings", &path, "--at", "now"]), Run::done(erin));
    let before = ["findings", &path, "--at", "2000-12-31T23:59:59Z"];
    assert_eq!(run(&before), Run::done("acme-corp\n  no findings\n"));
    assert_eq!(run(&[&before[..], &["--markdown"]].concat()), Run::done("## acme-corp\n\nNo findings.\n"));
    assert_eq!(run(&[&before[..], &["--format", "json"]].concat()), Run::done(""));
}

#[test]
fn a_reader_may_go_away() {
    assert_eq!(run_into(&mut Closed, &["findings", ACME], "", Styles::PLAIN), (0, String::new()));
}
