//! The code of the guide, with sqlx.

use std::error::Error;
use std::time::Duration;

use shipgate::change::{Change, Follower};
use shipgate::sql::{Dialect, IdType, schema};
use shipgate::{AccountKind, Directory, Role, SubjectId, Time};
use shipgate_sql::store::Commit;
use shipgate_sql::with_sqlx::{commit, read};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use uuid::Uuid;

const NOW: Time = Time::from_millis(1_795_219_200_000);

#[test]
fn the_code_of_the_guide_follows_what_it_stores() {
    let Ok(url) = std::env::var("DATABASE_URL") else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        // One connection, because temporary tables belong to it.
        let pool = PgPoolOptions::new().max_connections(1).connect(&url).await.unwrap();
        follows_what_it_stores(&pool).await.unwrap();
    });
}

async fn follows_what_it_stores(pool: &PgPool) -> Result<(), Box<dyn Error>> {
    sqlx::query("SET search_path TO pg_temp").execute(pool).await?;
    for statement in schema(Dialect::Postgres, IdType::Uuid) {
        sqlx::query(&statement).execute(pool).await?;
    }
    let [acme, olivia, carol, first, second] = [1, 7, 8, 100, 101].map(Uuid::from_u128);
    let founded = Directory::new().propose_organization(first, acme, olivia, AccountKind::User, None)?;
    assert_eq!(commit(pool, &founded).await?, Commit::Stored);
    assert_eq!(commit(pool, &founded).await?, Commit::Behind);

    let mut directory = Directory::new();
    directory.apply(&founded)?;
    let follower = Follower::new(Duration::from_secs(5));
    follower.attach(&directory.rows(), 1, Some(first), NOW)?;
    let invite = Change::invite_member(acme, carol, AccountKind::User, Role::Admin, None);
    let record = follower.propose(&acme, NOW, second, &SubjectId::new(&olivia), invite)?;
    assert_eq!(commit(pool, &record).await?, Commit::Stored);
    assert_eq!(follower.snapshot(&acme, NOW)?.revision(&acme), Some(1), "not read yet");
    read(pool, &follower, NOW).await?;
    assert_eq!(follower.snapshot(&acme, NOW)?.revision(&acme), Some(2));
    Ok(())
}
