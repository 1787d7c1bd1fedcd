//! The text of clauses: what stands in it, and what does not.

use shipgate::model::{ApprovalFrom, ApprovalRule};
use shipgate::sql::{Column, Dialect, EnvironmentColumns, Parameter};
use shipgate::{
    Action, ActionSet, ClusterAccess, Directory, Grant, ProjectRole, Protection, Role, SubjectId, Time, Token,
    Visibility,
};

fn column(name: &str) -> Column {
    Column::new(name).unwrap()
}

fn columns() -> EnvironmentColumns {
    EnvironmentColumns {
        organization: column("organization"),
        id: column("id"),
        project: column("project"),
        cluster: column("cluster"),
        protection: column("protection"),
        approval_from: column("approval_from"),
        approval_count: column("approval_count"),
        self_approval: column("self_approval"),
    }
}

/// alice and victor of acme-corp: she may only view what is on production-us-east, and is an Admin of shop.
fn acme() -> Directory<&'static str> {
    let mut rows = Directory::builder();
    rows.organization("acme-corp").unwrap();
    for (id, role) in [("olivia", Role::Owner), ("alice", Role::Developer), ("betty", Role::Billing)] {
        rows.member("acme-corp", id, role, None).unwrap();
    }
    for cluster in ["production-us-east", "staging-us-east", "production-eu-west"] {
        rows.cluster(cluster, "acme-corp").unwrap();
    }
    for project in ["shop", "blog", "wiki"] {
        rows.project(project, "acme-corp", Visibility::Organization).unwrap();
    }
    rows.cluster_access("production-us-east", "alice", Grant::new(ClusterAccess::View)).unwrap();
    rows.project_role("shop", "alice", Grant::new(ProjectRole::Admin)).unwrap();
    rows.build()
}

#[test]
fn a_clause_reads_as_the_policy_does() {
    let directory = acme();
    let condition = directory.filter(&SubjectId::new("alice"), Action::Deploy, "acme-corp").environments();
    let clause = condition.sql(Dialect::Postgres, &columns(), 2);
    assert_eq!(
        clause.text(),
        "(\"organization\" = $3 AND \"id\" IS NOT NULL AND (\
         \"project\" <> ALL($4) AND \"cluster\" <> ALL($5) AND \
         (\"protection\" IN ('none') AND \"approval_from\" IS NULL) OR \
         \"project\" = ANY($6) AND \"cluster\" <> ALL($7) AND \
         (\"protection\" IN ('none', 'restricted') AND \"approval_from\" IS NULL)))"
    );
    let (east, shop) = (["production-us-east"], ["shop"]);
    let (east, shop) = (Parameter::Ids(&east), Parameter::Ids(&shop));
    assert_eq!(clause.parameters(), [Parameter::Id(&"acme-corp"), shop, east, shop, east]);
}

#[test]
fn every_protection_is_named_in_three_products() {
    let directory = acme();
    let condition = directory.filter(&SubjectId::new("olivia"), Action::View, "acme-corp").environments();
    let clause = condition.sql(Dialect::Sqlite, &columns(), 0);
    assert_eq!(
        clause.text(),
        "(`organization` = ?1 AND `id` IS NOT NULL AND (`project` IS NOT NULL AND `cluster` IS NOT NULL AND (\
         `protection` IN ('none', 'restricted', 'locked') AND `approval_from` IS NULL OR \
         `protection` IN ('restricted') AND `approval_from` IN ('admin', 'owner') AND \
         `self_approval` IN (FALSE, TRUE) AND `approval_count` BETWEEN 1 AND 255 OR \
         `protection` IN ('locked') AND `approval_from` IN ('owner') AND \
         `self_approval` IN (FALSE, TRUE) AND `approval_count` BETWEEN 1 AND 255)))"
    );
    assert_eq!(clause.parameters(), [Parameter::Id(&"acme-corp")]);
}

#[test]
fn a_count_is_bound() {
    let rule = ApprovalRule::new(ApprovalFrom::Owner).with_count(7).unwrap();
    let mut rows = Directory::<&str>::builder();
    rows.organization("acme-corp").unwrap();
    rows.member("acme-corp", "carol", Role::Admin, None).unwrap();
    rows.cluster("us-east", "acme-corp").unwrap();
    rows.project("shop", "acme-corp", Visibility::Organization).unwrap();
    let directory = rows.build();

    let action = Action::SetProtection { to: Protection::restricted(rule) };
    let condition = directory.filter(&SubjectId::new("carol"), action, "acme-corp").environments();
    let clause = condition.sql(Dialect::Postgres, &columns(), 0);
    let bound = [Parameter::Id(&"acme-corp"), Parameter::Number(1), Parameter::Number(7)];
    assert_eq!(clause.parameters(), bound);
    assert!(clause.text().contains(r#""approval_count" BETWEEN $2 AND $3"#), "{}", clause.text());
}

#[test]
fn nothing_is_selected_of_an_organization_that_is_not_held_or_by_who_may_nothing() {
    let directory = acme();
    for (account, organization) in [("alice", "globex"), ("betty", "acme-corp"), ("mallory", "acme-corp")] {
        let filter = directory.filter(&SubjectId::new(account), Action::View, organization);
        for dialect in Dialect::ALL {
            let clause = filter.environments();
            let clause = clause.sql(dialect, &columns(), 0);
            assert_eq!((clause.text(), clause.parameters()), ("(FALSE)", &[][..]), "{account}");
        }
    }
}

#[test]
fn a_token_for_some_environments_lists_them() {
    let directory = acme();
    let token = Token::new(ActionSet::VIEW).for_environments(["shop-dev"]).until(Time::from_millis(10));
    let clause = |now| {
        let subject = SubjectId::new("olivia").with_token(&token).at(Time::from_millis(now));
        let condition = directory.filter(&subject, Action::View, "acme-corp").environments();
        condition.sql(Dialect::Sqlite, &columns(), 9).text().to_owned()
    };
    let listed = "(`organization` = ?10 AND `id` IN (SELECT value FROM json_each(?11)) AND ";
    assert!(clause(9).starts_with(listed), "{}", clause(9));
    assert_eq!(clause(10), "(FALSE)", "the token is over");
}

#[test]
fn placeholders_are_numbered_behind_the_last_that_a_statement_can_have() {
    let directory = acme();
    let condition = directory.filter(&SubjectId::new("olivia"), Action::View, "acme-corp").environments();
    let clause = condition.sql(Dialect::Postgres, &columns(), u16::MAX);
    assert!(clause.text().starts_with("(\"organization\" = $65536 AND "), "{}", clause.text());
}
