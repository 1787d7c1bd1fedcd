//! The list pages that the guide shows, over acme-corp.

use std::error::Error;
use std::io::Write;

use postgres::{Client, NoTls};
use rusqlite::Connection;
use shipgate::model::{ApprovalFrom, ApprovalRule};
use shipgate::sql::Parameter;
use shipgate::{AccountKind, ClusterAccess, Directory, Grant, Holder, Protection, Role, SubjectId, Visibility};
use shipgate_sql::{list, sqlite};

const TABLE: &str = "
    CREATE TEMPORARY TABLE environments (
        organization text NOT NULL, id text NOT NULL, project text NOT NULL, cluster text NOT NULL,
        protection text NOT NULL, approval_from text, approval_count smallint, self_approval boolean, bypass text
    );
    INSERT INTO environments VALUES
        ('acme-corp', 'shop-dev', 'shop', 'us-east', 'none', NULL, NULL, NULL, NULL),
        ('acme-corp', 'shop-staging', 'shop', 'us-west', 'none', NULL, NULL, NULL, NULL),
        ('acme-corp', 'shop-production', 'shop', 'us-west', 'restricted', 'owner', 2, FALSE, 'none'),
        ('globex', 'api-dev', 'api', 'eu-west', 'none', NULL, NULL, NULL, NULL);
";

/// The expected list of each subject.
const EXPECTED: [(&str, &[&str]); 4] =
    [("olivia", &["shop-dev", "shop-staging"]), ("alice", &["shop-staging"]), ("betty", &[]), ("mallory", &[])];

/// The rows of the table, and the members of acme-corp. alice may only view us-east.
fn acme() -> Result<Directory<String>, Box<dyn Error>> {
    let (acme, globex, us_east, us_west) = ("acme-corp", "globex", "us-east", "us-west");
    let mut rows = Directory::<String>::builder();
    rows.organization(acme.into())?;
    rows.organization(globex.into())?;
    for (account, role) in [("olivia", Role::Owner), ("alice", Role::Developer), ("betty", Role::Billing)] {
        rows.member(acme, account.into(), AccountKind::User, role, None)?;
    }
    rows.member(globex, "mallory".into(), AccountKind::User, Role::Owner, None)?;
    for (cluster, organization) in [(us_east, acme), (us_west, acme), ("eu-west", globex)] {
        rows.cluster(cluster.into(), organization, Visibility::Organization)?;
    }
    rows.cluster_access(us_east, Holder::Account("alice"), Grant::new(ClusterAccess::View))?;
    rows.project("shop".into(), acme, Visibility::Organization)?;
    rows.project("api".into(), globex, Visibility::Organization)?;
    rows.environment("shop-dev".into(), "shop", us_east, "shop-dev", Protection::NONE)?;
    rows.environment("shop-staging".into(), "shop", us_west, "shop-staging", Protection::NONE)?;
    let two_owners = Protection::restricted(ApprovalRule::new(ApprovalFrom::Owner).with_count(2)?);
    rows.environment("shop-production".into(), "shop", us_west, "shop-production", two_owners)?;
    rows.environment("api-dev".into(), "api", "eu-west", "api-dev", Protection::NONE)?;
    Ok(rows.build())
}

#[test]
fn the_page_in_sqlite_lists_what_each_member_may_deploy_to() -> Result<(), Box<dyn Error>> {
    let directory = acme()?;
    let connection = Connection::open_in_memory()?;
    connection.execute_batch(TABLE)?;
    for (account, expected) in EXPECTED {
        let subject = SubjectId::new(account);
        let listed = list::deployable_in_sqlite(&connection, &directory, &subject, "acme-corp")?;
        assert_eq!(listed, expected, "{account}");
    }
    Ok(())
}

#[test]
fn the_page_in_postgresql_lists_what_each_member_may_deploy_to() -> Result<(), Box<dyn Error>> {
    let Ok(url) = std::env::var("DATABASE_URL") else {
        // The output of a macro is not shown if the test passes.
        std::io::stderr().write_all(b"SKIPPED in PostgreSQL: no DATABASE_URL is given\n")?;
        return Ok(());
    };
    let directory = acme()?;
    let mut client = Client::connect(&url, NoTls)?;
    client.batch_execute(TABLE)?;
    for (account, expected) in EXPECTED {
        let subject = SubjectId::new(account);
        let listed = list::deployable_in_postgresql(&mut client, &directory, &subject, "acme-corp")?;
        assert_eq!(listed, expected, "{account}");
    }
    Ok(())
}

#[test]
fn a_list_for_sqlite_is_the_text_of_a_json_array() -> Result<(), Box<dyn Error>> {
    let ids = ["shop-dev".to_string(), "shop-staging".to_string()];
    let text = r#"["shop-dev","shop-staging"]"#.to_string();
    assert_eq!(sqlite::bound(&Parameter::Ids(&ids))?, rusqlite::types::Value::Text(text));
    Ok(())
}
