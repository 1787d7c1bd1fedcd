//! The rows of a platform.

use std::time::Instant;

use shipgate_service::database::{Database, Query};

use crate::Result;

/// How large everything is.
#[derive(Clone, Copy)]
pub(crate) struct Platform {
    pub(crate) organizations: u32,
    /// Of each organization, beside its Owner.
    pub(crate) members: u32,
    /// Of the one organization that is larger than all others.
    pub(crate) largest: u32,
    pub(crate) divisor: u32,
}

/// The organization that is larger than all others.
pub(crate) const LARGEST: &str = "largest";

pub(crate) fn organization(number: u32) -> String {
    format!("organization_{number}")
}

pub(crate) fn member(organization: &str, number: u32) -> String {
    format!("{organization}_{number}")
}

pub(crate) fn owner(organization: &str) -> String {
    format!("{organization}_owner")
}

pub(crate) fn cluster(organization: &str, number: u32) -> String {
    format!("{organization}_cluster_{number}")
}

/// Of each organization.
pub(crate) const CLUSTERS: u32 = 4;

impl Platform {
    pub(crate) fn divided_by(divisor: u32) -> Result<Self> {
        if divisor == 0 {
            return Err("divide by 1 or more".into());
        }
        let part = |whole: u32| (whole / divisor).max(20);
        Ok(Self { organizations: 500, members: part(20_000), largest: part(100_000), divisor })
    }

    /// Smaller as everything is, but never less than this.
    pub(crate) fn part(&self, whole: u32, least: u32) -> u32 {
        (whole / self.divisor).max(least)
    }
}

pub(crate) async fn fill(database: &Database, platform: Platform) -> Result<()> {
    let began = Instant::now();
    for number in 0..platform.organizations {
        fill_one(database, &organization(number), platform.members).await?;
    }
    fill_one(database, LARGEST, platform.largest).await?;
    println!("filled in {:.0} s", began.elapsed().as_secs_f64());
    Ok(())
}

/// An organization: an Owner, Developers, who have a grant each, and clusters that their members alone see.
async fn fill_one(database: &Database, organization: &str, members: u32) -> Result<()> {
    let mut transaction = database.write().await?;
    for text in [
        "INSERT INTO shipgate_organizations (organization) VALUES ($1)",
        "INSERT INTO shipgate_ids (kind, id, organization) VALUES ('organization', $1, $1)",
        "INSERT INTO shipgate_members (organization, account, kind, role) VALUES ($1, $1 || '_owner', 'user', 'owner')",
    ] {
        transaction.execute(Query::new(text).bind(organization)).await?;
    }
    let numbers =
        "WITH RECURSIVE numbers (n) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < $2)";
    for (text, count) in [
        (
            "INSERT INTO shipgate_clusters (organization, id, visibility) \
            SELECT $1, $1 || '_cluster_' || CAST(n AS TEXT), 'members' FROM numbers",
            CLUSTERS,
        ),
        (
            "INSERT INTO shipgate_ids (kind, id, organization) \
            SELECT 'cluster', $1 || '_cluster_' || CAST(n AS TEXT), $1 FROM numbers",
            CLUSTERS,
        ),
        (
            "INSERT INTO shipgate_members (organization, account, kind, role) \
            SELECT $1, $1 || '_' || CAST(n AS TEXT), 'user', 'developer' FROM numbers",
            members,
        ),
        (
            "INSERT INTO shipgate_cluster_access (organization, cluster, holder_kind, holder, level) \
            SELECT $1, $1 || '_cluster_' || CAST(n % 4 AS TEXT), 'account', $1 || '_' || CAST(n AS TEXT), \
            CASE WHEN n % 3 = 0 THEN 'view' WHEN n % 3 = 1 THEN 'deploy' ELSE 'manage' END FROM numbers",
            members,
        ),
    ] {
        let query = Query::new(format!("{numbers} {text}")).bind(organization).bind(i64::from(count));
        transaction.execute(query).await?;
    }
    Ok(transaction.commit().await?)
}
