//! From the document to the directory: each row in turn, with its place if it does not hold.

use alloc::format;
use alloc::string::String;

use crate::directory::Directory;
use crate::directory::load::{DirectoryBuilder, LoadError, RowError};
use crate::json::document::{ClusterEntry, Document, EnvironmentEntry, OrganizationEntry, ProjectEntry};
use crate::model::time::Grant;

impl Document {
    /// The directory of what the document says.
    ///
    /// # Errors
    ///
    /// [`LoadError`], with the place in the document, for an id or a grant that is there twice, a reference to nothing, or
    /// a row that contradicts another.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "authzen")]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let document: shipgate::json::Document = serde_json::from_str(
    ///     r#"{ "organizations": [{
    ///         "id": "acme-corp",
    ///         "clusters": [{ "id": "us-east", "access": [{ "account": "dave", "level": "view" }] }]
    ///     }] }"#,
    /// )?;
    /// assert_eq!(
    ///     document.load().unwrap_err().to_string(),
    ///     r#"organizations[0].clusters[0].access[0]: account "dave" is not a member of "acme-corp""#,
    /// );
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "authzen"))]
    /// # fn main() {}
    /// ```
    pub fn load(&self) -> Result<Directory<String>, LoadError> {
        let mut builder = Directory::builder();
        for (i, account) in self.0.accounts.iter().enumerate() {
            builder.account(account.id.clone(), account.kind).at(|| format!("accounts[{i}]"))?;
        }
        for (i, organization) in self.0.organizations.iter().enumerate() {
            organization.load(&mut builder, &format!("organizations[{i}]"))?;
        }
        Ok(builder.build())
    }
}

impl OrganizationEntry {
    fn load(&self, builder: &mut DirectoryBuilder<String>, place: &str) -> Result<(), LoadError> {
        builder.organization(self.id.clone()).at(|| place.into())?;
        for (i, member) in self.members.iter().enumerate() {
            builder
                .member(self.id.as_str(), member.account.clone(), member.role, member.expires_at)
                .at(|| format!("{place}.members[{i}]"))?;
        }
        for (i, cluster) in self.clusters.iter().enumerate() {
            cluster.load(&self.id, builder, &format!("{place}.clusters[{i}]"))?;
        }
        for (i, project) in self.projects.iter().enumerate() {
            project.load(&self.id, builder, &format!("{place}.projects[{i}]"))?;
        }
        Ok(())
    }
}

impl ClusterEntry {
    fn load(&self, organization: &str, builder: &mut DirectoryBuilder<String>, place: &str) -> Result<(), LoadError> {
        builder.cluster(self.id.clone(), organization).at(|| place.into())?;
        for (i, access) in self.access.iter().enumerate() {
            builder
                .cluster_access(
                    self.id.as_str(),
                    access.account.as_str(),
                    Grant::expiring(access.level, access.expires_at),
                )
                .at(|| format!("{place}.access[{i}]"))?;
        }
        Ok(())
    }
}

impl ProjectEntry {
    fn load(&self, organization: &str, builder: &mut DirectoryBuilder<String>, place: &str) -> Result<(), LoadError> {
        builder.project(self.id.clone(), organization, self.visibility).at(|| place.into())?;
        for (i, member) in self.members.iter().enumerate() {
            builder
                .project_role(
                    self.id.as_str(),
                    member.account.as_str(),
                    Grant::expiring(member.role, member.expires_at),
                )
                .at(|| format!("{place}.members[{i}]"))?;
        }
        for (i, environment) in self.environments.iter().enumerate() {
            environment.load(&self.id, builder).at(|| format!("{place}.environments[{i}]"))?;
        }
        Ok(())
    }
}

impl EnvironmentEntry {
    fn load(&self, project: &str, builder: &mut DirectoryBuilder<String>) -> Result<(), RowError> {
        let namespace = self.namespace.as_deref();
        builder.environment(self.id.clone(), project, self.cluster.as_str(), namespace, self.protection)
    }
}

/// Says where a problem is.
trait At {
    fn at(self, place: impl FnOnce() -> String) -> Result<(), LoadError>;
}

impl At for Result<(), RowError> {
    fn at(self, place: impl FnOnce() -> String) -> Result<(), LoadError> {
        self.map_err(|problem| LoadError::new(place(), problem))
    }
}
