//! The text of clauses: what stands in it, and what does not.

use shipgate::model::{ApprovalFrom, ApprovalRule};
use shipgate::sql::{Column, Dialect, EnvironmentColumns, Parameter};
use shipgate::{
    AccountKind, Action, ActionSet, ClusterAccess, Directory, Grant, Holder, ProjectRole, Protection, Role, SubjectId,
    Time, Token, Visibility,
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
        bypass: column("bypass"),
    }
}

/// alice and victor of acme-corp: she may only view what is on production-us-east, and is an Admin of shop.
fn acme() -> Directory<&'static str> {
    let mut rows = Directory::builder();
    rows.organization("acme-corp").unwrap();
    for (id, role) in [("olivia", Role::Owner), ("alice", Role::Developer), ("betty", Role::Billing)] {
        rows.member("acme-corp", id, AccountKind::User, role, None).unwrap();
    }
    for cluster in ["production-us-east", "staging-us-east", "production-eu-west"] {
        rows.cluster(cluster, "acme-corp", Visibility::Organization).unwrap();
    }
    for project in ["shop", "blog", "wiki"] {
        rows.project(project, "acme-corp", Visibility::Organization).unwrap();
    }
    rows.cluster_access("production-us-east", Holder::Account("alice"), Grant::new(ClusterAccess::View)).unwrap();
    rows.project_role("shop", Holder::Account("alice"), Grant::new(ProjectRole::Admin)).unwrap();
    rows.build()
}

#[test]
fn a_clause_reads_as_the_policy_does() {
    let directory = acme();
    let filter = directory.filter(&SubjectId::new("alice"), Action::Deploy, "acme-corp");
    let (closed, open) = (filter.environments(), filter.open_to_new_rows().environments());
    let (closed, open) = (closed.sql(Dialect::Postgres, &columns(), 2), open.sql(Dialect::Postgres, &columns(), 2));
    assert_eq!(
        closed.text(),
        "(\"organization\" = $3 AND \"id\" IS NOT NULL AND (\
         \"project\" = ANY($4) AND \"cluster\" = ANY($5) AND \
         (\"protection\" IN ('none') AND \"approval_from\" IS NULL) OR \
         \"project\" = ANY($6) AND \"cluster\" = ANY($7) AND \
         (\"protection\" IN ('none', 'restricted') AND \"approval_from\" IS NULL)))"
    );
    let (clusters, others) = (["production-eu-west", "staging-us-east"], ["blog", "wiki"]);
    let (clusters, others) = (Parameter::Ids(&clusters), Parameter::Ids(&others));
    let (east, shop) = (["production-us-east"], ["shop"]);
    let (east, shop) = (Parameter::Ids(&east), Parameter::Ids(&shop));
    assert_eq!(closed.parameters(), [Parameter::Id(&"acme-corp"), others, clusters.clone(), shop.clone(), clusters]);

    let (first, second) = (closed.text().replace("= ANY", "<> ALL"), "<> ALL($6)");
    assert_eq!(
        open.text(),
        first.replace(second, "= ANY($6)"),
        "it names those that it leaves out, where they are fewer"
    );
    assert_eq!(open.parameters(), [Parameter::Id(&"acme-corp"), shop.clone(), east.clone(), shop, east]);
}

#[test]
fn every_protection_is_named_in_three_products() {
    let directory = acme();
    let filter = directory.filter(&SubjectId::new("olivia"), Action::View, "acme-corp").open_to_new_rows();
    let condition = filter.environments();
    let clause = condition.sql(Dialect::Sqlite, &columns(), 0);
    assert_eq!(
        clause.text(),
        "(`organization` = ?1 AND `id` IS NOT NULL AND (`project` IS NOT NULL AND `cluster` IS NOT NULL AND (\
         `protection` IN ('none', 'reviewed', 'restricted', 'locked') AND `approval_from` IS NULL OR \
         `protection` IN ('reviewed', 'restricted') AND `approval_from` IN ('admin', 'owner') AND \
         `self_approval` IN (FALSE, TRUE) AND `bypass` IN ('none', 'admin', 'owner') AND \
         `approval_count` BETWEEN 1 AND 255 OR \
         `protection` IN ('locked') AND `approval_from` IN ('owner') AND \
         `self_approval` IN (FALSE, TRUE) AND `bypass` IN ('none', 'admin', 'owner') AND \
         `approval_count` BETWEEN 1 AND 255)))"
    );
    assert_eq!(clause.parameters(), [Parameter::Id(&"acme-corp")]);
}

#[test]
fn a_bypass_is_asked_for_where_it_decides() {
    let directory = acme();
    let condition = directory.filter(&SubjectId::new("alice"), Action::BreakGlass, "acme-corp").environments();
    let clause = condition.sql(Dialect::Postgres, &columns(), 0);
    assert!(clause.text().contains("\"bypass\" IN ('admin')"), "{}", clause.text());
}

#[test]
fn a_count_is_bound() {
    let rule = ApprovalRule::new(ApprovalFrom::Owner).with_count(7).unwrap();
    let mut rows = Directory::<&str>::builder();
    rows.organization("acme-corp").unwrap();
    rows.member("acme-corp", "carol", AccountKind::User, Role::Admin, None).unwrap();
    rows.cluster("us-east", "acme-corp", Visibility::Organization).unwrap();
    rows.project("shop", "acme-corp", Visibility::Organization).unwrap();
    let directory = rows.build();

    let action = Action::SetProtection { to: Protection::restricted(rule) };
    let condition = directory.filter(&SubjectId::new("carol"), action, "acme-corp").environments();
    let clause = condition.sql(Dialect::Postgres, &columns(), 0);
    let (shop, us_east) = (Parameter::Ids(&["shop"]), Parameter::Ids(&["us-east"]));
    let bound = [Parameter::Id(&"acme-corp"), shop, us_east, Parameter::SmallInt(1), Parameter::SmallInt(7)];
    assert_eq!(clause.parameters(), bound);
    assert!(clause.text().contains(r#""approval_count" BETWEEN $4 AND $5"#), "{}", clause.text());
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
