//! Names of columns: the only text of the caller's in a clause.

use proptest::prelude::*;
use shipgate::sql::{Column, ColumnError, Columns, Dialect};
use shipgate::{AccountKind, Action, Directory, Role, SubjectId, Visibility};

const ACME: u64 = 0;
const OLIVIA: u64 = 0;

fn acme() -> Directory<u64> {
    let mut rows = Directory::builder();
    rows.organization(ACME).unwrap();
    rows.member(&ACME, OLIVIA, AccountKind::User, Role::Owner, None).unwrap();
    rows.cluster(7, &ACME, Visibility::Organization).unwrap();
    rows.build()
}

/// What olivia may view, by this column.
fn text_with(column: Column, dialect: Dialect) -> String {
    let columns = Columns { organization: Column::new("o").unwrap(), id: column };
    let directory = acme();
    let filter = directory.filter(&SubjectId::new(&OLIVIA), Action::View, &ACME).open_to_new_rows();
    let condition = filter.clusters();
    condition.sql(dialect, &columns, 0).text().to_owned()
}

#[test]
fn a_name_stands_in_quotes_of_its_dialect() {
    for (name, postgres, sqlite) in [
        ("id", r#""id""#, "`id`"),
        ("_Id2", r#""_id2""#, "`_id2`"),
        ("select", r#""select""#, "`select`"),
        ("current_user", r#""current_user""#, "`current_user`"),
        ("c.id", r#""c"."id""#, "`c`.`id`"),
        (r#""Id""#, r#""Id""#, "`Id`"),
        (r#"c."an id""#, r#""c"."an id""#, "`c`.`an id`"),
        (r#""a ""b` c".id"#, r#""a ""b` c"."id""#, "`a \"b`` c`.`id`"),
        (r#""); DROP TABLE clusters; --""#, r#""); DROP TABLE clusters; --""#, "`); DROP TABLE clusters; --`"),
    ] {
        let column = Column::new(name).unwrap();
        let expected = format!(r#"("o" = $1 AND {postgres} IS NOT NULL)"#);
        assert_eq!(text_with(column.clone(), Dialect::Postgres), expected);
        assert_eq!(text_with(column, Dialect::Sqlite), format!("(`o` = ?1 AND {sqlite} IS NOT NULL)"));
    }
}

#[test]
fn what_is_not_one_name_is_refused() {
    for name in [
        "",
        " ",
        ".",
        "id.",
        ".id",
        "a.b.id",
        "1d",
        "a.1d",
        "a b",
        "id ",
        " id",
        "id;",
        "id--",
        "id/*",
        "a-b",
        "f(id)",
        "id::text",
        "id\0",
        "\u{e9}",
        "*",
        "c.*",
        "'id'",
        "`id`",
        "[id]",
        "$1",
        "?1",
        "\"",
        "\"\"",
        "\"\"\"",
        "\"id",
        "id\"",
        "\"id\"x",
        "\"id\" OR",
        "\"a\".\"\"",
        "\"a\".",
        "\"a\"\"id\"x",
        "\"a\0\"",
        "\"a\nb\"",
        "U&\"id\"",
        "a..id",
    ] {
        assert_eq!(Column::new(name), Err(ColumnError::NotAName { name: name.to_owned() }));
    }
}

#[test]
fn a_name_that_postgresql_would_cut_off_is_refused() {
    for name in ["n".repeat(64), format!("\"{}\"", "\u{e9}".repeat(32)), format!("{}.id", "t".repeat(64))] {
        assert_eq!(Column::new(&name), Err(ColumnError::TooLong { name: name.clone() }));
    }
    for name in ["n".repeat(63), format!("\"{}\"", "\"\"".repeat(63)), format!("{0}.{0}", "t".repeat(63))] {
        assert!(Column::new(&name).is_ok(), "{name}");
    }
}

#[test]
fn errors_say_what_to_write() {
    let message = |name: &str| Column::new(name).unwrap_err().to_string();
    assert_eq!(
        message("id = id"),
        "`id = id` is not the name of a column: write `name`, `\"any name\"` or `table.name`"
    );
    assert_eq!(
        message(&"n".repeat(64)),
        format!(
            "`{}` has a name of more than 63 bytes, which PostgreSQL truncates: give the column an alias",
            "n".repeat(64)
        )
    );
}

proptest! {
    /// Read back as SQL has it, a clause names the column that was asked for and nothing else.
    #[test]
    fn no_name_leaves_its_quotes(name in r#"[a"`.' ;)$?-]{0,6}|\PC{0,6}"#) {
        let quoted = format!("\"{}\"", name.replace('"', "\"\""));
        let Ok(column) = Column::new(&quoted) else {
            prop_assert!(name.is_empty());
            return Ok(());
        };
        for (dialect, quote) in [(Dialect::Postgres, "\""), (Dialect::Sqlite, "`")] {
            let text = text_with(column.clone(), dialect);
            let within = text.split_once(" AND ").and_then(|(_, id)| id.strip_suffix(" IS NOT NULL)"));
            let within = within.and_then(|id| id.strip_prefix(quote)?.strip_suffix(quote));
            let within = within.expect("a name in quotes");
            prop_assert_eq!(within.replace(&quote.repeat(2), ""), name.replace(quote, ""), "quotes stand in pairs");
            prop_assert_eq!(within.replace(&quote.repeat(2), quote), name.clone());
        }
    }

    #[test]
    fn no_text_makes_a_column_panic(name in "\\PC*|[a\".\0]*") {
        let _ = Column::new(&name).map(|column| text_with(column, Dialect::Postgres));
    }
}
