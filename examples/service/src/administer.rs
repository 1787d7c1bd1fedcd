//! What those who run the service do on its command line.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use shipgate::{Directory, Time};

use crate::configuration::{Command, DatabaseFlags};
use crate::database::{self, Database, Query};
use crate::evidence::{self, Request, Subject};
use crate::start::StartError;
use crate::{ids, secrets};

/// Does what the command says.
///
/// # Errors
///
/// [`StartError`] if the database cannot be opened or asked, or what it names is not there.
pub async fn administer(command: Command) -> Result<(), StartError> {
    match command {
        Command::CreateCredential { database, name, organizations } => {
            let (id, secret) = create_credential(&open(&database).await?, &name, &organizations).await?;
            say(&format!("{id}\n{secret}\n"))
        }
        Command::RevokeCredential { database, id } => revoke_credential(&open(&database).await?, &id).await,
        Command::EraseAccount { database, id } => Ok(open(&database).await?.erase_account(&id).await?),
        Command::ExportReview { database, organization, at, out } => {
            export_review(&open(&database).await?, &organization, at, &out).await
        }
    }
}

async fn open(flags: &DatabaseFlags) -> Result<Database, StartError> {
    Ok(Database::open(&flags.database, flags.database_connections).await?)
}

/// Makes a credential of another service, for some organizations or, if none is named, for all. Returns its id and its secret.
///
/// # Errors
///
/// An error if the database could not be asked.
pub async fn create_credential(
    database: &Database,
    name: &str,
    organizations: &[String],
) -> Result<(String, String), database::Error> {
    let (id, secret) = (ids::new("credential"), secrets::new("credential"));
    let only = (!organizations.is_empty()).then(|| serde_json::Value::from(organizations).to_string());
    let text =
        "INSERT INTO service_credentials (id, hash, name, organizations, created_at) VALUES ($1, $2, $3, $4, $5)";
    let query = Query::new(text).bind(&id).bind(secrets::hash(&secret)).bind(name).bind(only);
    database.execute(query.bind(Time::from(std::time::SystemTime::now()))).await?;
    Ok((id, secret))
}

async fn revoke_credential(database: &Database, id: &str) -> Result<(), StartError> {
    match database.execute(Query::new("DELETE FROM service_credentials WHERE id = $1").bind(id)).await? {
        0 => Err(StartError::NotThere { what: "credential", id: id.to_owned() }),
        _ => say("revoked\n"),
    }
}

/// Writes the evidence of an organization to a file.
///
/// # Errors
///
/// [`StartError`] if there is no such organization, or the file cannot be written.
pub async fn export_review(
    database: &Database,
    organization: &str,
    at: Option<String>,
    out: &Path,
) -> Result<(), StartError> {
    // Before the work, so that a mistake in it costs nothing.
    let mut file = File::create_new(out)
        .map_err(|error| StartError::Flag { flag: "--out", error: format!("{}: {error}", out.display()) })?;
    let made = evidence_of(database, organization, at).await;
    match made {
        Ok(mut archive) => {
            io::copy(&mut archive, &mut file).map_err(StartError::Output)?;
            Ok(())
        }
        Err(error) => {
            // What failed is told, and not that the empty file is left.
            let _ = std::fs::remove_file(out);
            Err(error)
        }
    }
}

async fn evidence_of(database: &Database, organization: &str, at: Option<String>) -> Result<File, StartError> {
    let now = Time::from(std::time::SystemTime::now());
    let subject = match &at {
        Some(at) => {
            let moment = at.parse().map_err(|error| StartError::Flag { flag: "--at", error })?;
            database.past(organization, moment, now).await?.map(Subject::Then)
        }
        None => match database.load(organization).await? {
            Some(loaded) => {
                let mut rows = Directory::<String>::builder();
                rows.rows(&loaded.rows).map_err(database::Error::content)?;
                if let Some(record) = loaded.last_record {
                    rows.at_revision(organization, loaded.revision, record).map_err(database::Error::content)?;
                }
                Some(Subject::Now { directory: Arc::new(rows.build()), time: now })
            }
            None => None,
        },
    };
    let subject = subject.ok_or(evidence::Error::Absent)?;
    let (organization, asked_by) = (organization.to_owned(), "the command line".to_owned());
    let request = Request { organization, subject, at, asked_by, now, deadline: None };
    Ok(evidence::export(database, request, ()).await?)
}

fn say(text: &str) -> Result<(), StartError> {
    let mut out = io::stdout();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(StartError::Output)
}
