//! What those who run the service do on its command line.

use std::io::{self, Write};

use shipgate::Time;

use crate::configuration::{Command, DatabaseFlags};
use crate::database::{self, Database, Query};
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

fn say(text: &str) -> Result<(), StartError> {
    let mut out = io::stdout();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(StartError::Output)
}
