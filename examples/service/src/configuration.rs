//! What the service is told on its command line and in its environment.

use std::net::SocketAddr;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::database::Kind;
use crate::organizations::Following;

/// An access service: who may do what on a deployment platform.
#[derive(Debug, Parser)]
#[command(version, about, args_conflicts_with_subcommands = true)]
pub struct CommandLine {
    /// What to do; without it, serve.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to serve.
    #[command(flatten)]
    pub serve: Serve,
}

/// What to do in place of serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes a credential of another service, for AuthZEN, and prints its secret.
    CreateCredential {
        /// Which database.
        #[command(flatten)]
        database: DatabaseFlags,
        /// Its name, for people to read.
        #[arg(long)]
        name: String,
        /// An organization that it may ask about; repeat it for several. Without it, all.
        #[arg(long = "organization", value_name = "ID")]
        organizations: Vec<String>,
    },
    /// Ends a credential.
    RevokeCredential {
        /// Which database.
        #[command(flatten)]
        database: DatabaseFlags,
        /// Its id.
        id: String,
    },
    /// Erases the name and the addresses of an account. What it did stays in the audit log, by its id.
    EraseAccount {
        /// Which database.
        #[command(flatten)]
        database: DatabaseFlags,
        /// Its id.
        id: String,
    },
    /// Writes evidence of who has which access, since when, and who allowed it, as a ZIP archive: for an auditor.
    ExportReview {
        /// Which database.
        #[command(flatten)]
        database: DatabaseFlags,
        /// The organization.
        #[arg(long, value_name = "ID")]
        organization: String,
        /// As of a past revision such as `17`, or a past time such as `2026-12-31T23:59:59Z`. Without it, of now.
        #[arg(long, value_name = "REVISION|TIME")]
        at: Option<String>,
        /// The file to write, which must not be there yet.
        #[arg(long, value_name = "FILE")]
        out: std::path::PathBuf,
    },
}

/// Which database.
#[derive(Clone, Debug, Args)]
pub struct DatabaseFlags {
    /// `sqlite:FILE`, or `postgres://USER:PASSWORD@HOST/NAME` (PostgreSQL 15 or later).
    #[arg(long, env = "SHIPGATE_DATABASE", default_value = "sqlite:shipgate.db", hide_env_values = true)]
    pub database: Kind,
    /// The most connections to the database.
    #[arg(long, env = "SHIPGATE_DATABASE_CONNECTIONS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..))]
    pub database_connections: u32,
}

/// How to serve.
#[derive(Clone, Debug, Args)]
pub struct Serve {
    /// Which database.
    #[command(flatten)]
    pub database: DatabaseFlags,
    /// The address to listen on.
    #[arg(long, env = "SHIPGATE_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Where people reach the service, such as `https://access.example.com`.
    #[arg(long, env = "SHIPGATE_PUBLIC_URL", value_parser = public_url)]
    pub public_url: Option<String>,
    /// Loads acme-corp, and prints a sign-in link and a token for each person. On loopback only.
    #[arg(long, conflicts_with = "policy")]
    pub demo: bool,
    /// Answers AuthZEN by one of the working group's fixtures, and nothing else. On loopback only.
    #[arg(long, value_name = "FIXTURE")]
    pub policy: Option<Policy>,
    /// The most that organizations may take in memory, such as `512MiB`. Those not asked about for longest are dropped.
    #[arg(long, env = "SHIPGATE_MEMORY", value_parser = bytes)]
    pub memory: Option<usize>,
    /// How often the log is read, in milliseconds, if no instance announces a change.
    #[arg(long, env = "SHIPGATE_POLL", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(10..=60_000))]
    pub poll: u64,
    /// For how long an instance answers without having read the log, in milliseconds.
    #[arg(long, env = "SHIPGATE_STALE_AFTER", default_value_t = 5_000, value_parser = clap::value_parser!(u64).range(100..))]
    pub stale_after: u64,
    /// Where people sign in, by OpenID Connect.
    #[cfg(feature = "oidc")]
    #[command(flatten)]
    pub oidc: Oidc,
    /// How the log is written.
    #[arg(long, env = "SHIPGATE_LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

/// Where people sign in, by OpenID Connect.
#[cfg(feature = "oidc")]
#[derive(Clone, Debug, Args)]
pub struct Oidc {
    /// The provider, such as `https://accounts.example.com`.
    #[arg(long, env = "SHIPGATE_OIDC_ISSUER", requires_all = ["oidc_client_id", "public_url"], conflicts_with = "demo")]
    pub oidc_issuer: Option<String>,
    /// What the provider calls this service.
    #[arg(long, env = "SHIPGATE_OIDC_CLIENT_ID", requires = "oidc_issuer")]
    pub oidc_client_id: Option<String>,
    /// The secret of this service at the provider. Set it in the environment: a command line is seen by others.
    #[arg(long, env = "SHIPGATE_OIDC_CLIENT_SECRET", requires = "oidc_issuer", hide_env_values = true)]
    pub oidc_client_secret: Option<String>,
}

/// A fixture of the AuthZEN working group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Policy {
    /// The certification scenario.
    Certification,
    /// The interoperability scenario of the todo application.
    Todo,
    /// The interoperability scenario of searches.
    Search,
    /// The interoperability scenario of identity providers.
    Idp,
    /// The interoperability scenario of API gateways.
    Gateway,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What was told contradicts itself.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    /// The demo would be reached by others.
    #[error(
        "--{flag}: {listen} can be reached by others, and everybody could sign in: listen on 127.0.0.1, with --listen 127.0.0.1:8080"
    )]
    NotLoopback {
        /// The flag.
        flag: &'static str,
        /// The address.
        listen: SocketAddr,
    },
    /// An instance would be stale between two polls.
    #[error("--stale-after: {stale_after} ms is less than twice --poll, {poll} ms: raise it, or poll more often")]
    StaleBeforePoll {
        /// What was told.
        stale_after: u64,
        /// What was told.
        poll: u64,
    },
}

impl Serve {
    /// Checks what flags say together.
    ///
    /// # Errors
    ///
    /// [`ConfigurationError`], which names the flag and says what to do.
    pub fn check(&self) -> Result<(), ConfigurationError> {
        let open = [(self.demo, "demo"), (self.policy.is_some(), "policy")];
        if let Some((_, flag)) = open.into_iter().find(|(is_open, _)| *is_open && !self.listen.ip().is_loopback()) {
            return Err(ConfigurationError::NotLoopback { flag, listen: self.listen });
        }
        if self.stale_after < self.poll.saturating_mul(2) {
            return Err(ConfigurationError::StaleBeforePoll { stale_after: self.stale_after, poll: self.poll });
        }
        Ok(())
    }

    /// How the log is followed.
    #[must_use]
    pub fn following(&self) -> Following {
        Following {
            poll: Duration::from_millis(self.poll),
            stale_after: Duration::from_millis(self.stale_after),
            memory: self.memory,
            notify: true,
        }
    }
}

fn public_url(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_origin = rest.is_some_and(|rest| {
        let host = rest.strip_suffix('/').unwrap_or(rest);
        !host.is_empty() && !host.contains(['/', '?', '#', '@', ' '])
    });
    if is_origin {
        Ok(text.trim_end_matches('/').to_owned())
    } else {
        Err("write an address without a path, such as `https://access.example.com`".to_owned())
    }
}

/// A size, such as `512MiB`.
fn bytes(text: &str) -> Result<usize, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = text.strip_prefix(digits).unwrap_or_default();
    let factor = match unit {
        "" | "B" => Some(1),
        "KiB" => Some(1 << 10),
        "MiB" => Some(1 << 20),
        "GiB" => Some(1 << 30),
        _ => None,
    };
    let size = digits.parse::<usize>().ok().zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
    size.ok_or_else(|| "write a size such as `512MiB` or `2GiB`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Serve, String> {
        let all = ["shipgate-service"].iter().chain(arguments);
        CommandLine::try_parse_from(all).map(|line| line.serve).map_err(|error| error.to_string())
    }

    #[test]
    fn the_flags_agree_with_each_other() {
        use clap::CommandFactory;
        CommandLine::command().debug_assert();
    }

    #[test]
    fn a_demo_is_for_this_machine_alone() {
        let serve = parsed(&["--demo", "--listen", "0.0.0.0:8080"]).unwrap();
        let error = serve.check().unwrap_err().to_string();
        assert!(error.starts_with("--demo: 0.0.0.0:8080 can be reached by others"), "{error}");
        parsed(&["--demo"]).unwrap().check().unwrap();
        parsed(&["--demo", "--listen", "[::1]:8080"]).unwrap().check().unwrap();
    }

    #[test]
    fn an_error_names_the_flag_and_what_to_write() {
        for (arguments, flag, remedy) in [
            (["--database", "mysql://host"], "--database", "sqlite:FILE"),
            (["--memory", "much"], "--memory", "512MiB"),
            (["--public-url", "access.example.com"], "--public-url", "https://access.example.com"),
        ] {
            let error = parsed(&arguments).unwrap_err();
            assert!(error.contains(flag) && error.contains(remedy), "{error}");
        }
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!((bytes("512MiB"), bytes("7")), (Ok(512 << 20), Ok(7)));
        for text in ["", "MiB", "1.5GiB", "-1", "99999999999999999999", "99999999999GiB"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
