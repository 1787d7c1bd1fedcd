//! A server that can be asked.

use std::net::SocketAddr;

use serde_json::Value;

use crate::Result;

pub(crate) struct Served {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    pub(crate) path: &'static str,
    /// One for each question.
    pub(crate) bodies: Vec<String>,
    /// Whether an answer allows; `None` for what is no answer.
    pub(crate) allows: fn(&Value) -> Option<bool>,
    /// Whether it decides at all.
    pub(crate) decides: bool,
}

impl Served {
    pub(crate) fn url(&self) -> String {
        format!("http://{}{}", self.address, self.path)
    }

    /// Asks every question once.
    pub(crate) fn check(&self, expected: &[bool]) -> Result<()> {
        let (agent, url) = (ureq::Agent::new_with_defaults(), self.url());
        if self.bodies.len() != expected.len() {
            return Err(format!("{}: {} questions, {} answers", self.name, self.bodies.len(), expected.len()).into());
        }
        for (body, expected) in self.bodies.iter().zip(expected) {
            let request = agent.post(&url).content_type("application/json");
            let answer = request.send(body)?.body_mut().read_to_string()?;
            let got = (self.allows)(&serde_json::from_str(&answer)?);
            let agrees = if self.decides { got == Some(*expected) } else { got.is_some() };
            if !agrees {
                return Err(format!("{}: {answer} to {body}, not {expected}", self.name).into());
            }
        }
        Ok(())
    }
}
