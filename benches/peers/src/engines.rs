//! The engines, one a file.

mod by_hand;
mod casbin;
pub mod cedar;
pub mod cerbos;
mod gatehouse;
mod powers;
mod rego;
pub mod shipgate;
mod tables;

use crate::engine::Peer;

pub const SHIPGATE: Peer = Peer { name: "shipgate, directory", load: shipgate::load };
pub const SHIPGATE_AT_HAND: Peer = Peer { name: "shipgate, facts at hand", load: shipgate::load_at_hand };
pub const BY_HAND: Peer = Peer { name: "maps and match, foldhash", load: by_hand::load_foldhash };
pub const BY_HAND_STD: Peer = Peer { name: "maps and match, std", load: by_hand::load_std };
pub const GATEHOUSE: Peer = Peer { name: "gatehouse", load: gatehouse::load };
pub const REGORUS_COMPILED: Peer = Peer { name: "regorus, compiled VM", load: rego::load_compiled };
pub const REGORUS: Peer = Peer { name: "regorus, interpreter", load: rego::load_interpreter };
pub const CEDAR: Peer = Peer { name: "cedar-policy", load: cedar::load };
pub const CASBIN: Peer = Peer { name: "casbin", load: casbin::load };

/// Cedar, with each request checked against the schema.
pub const CEDAR_CHECKING_REQUESTS: Peer =
    Peer { name: "cedar-policy, requests checked", load: cedar::load_checking_requests };

/// Every engine that is compared, in the order in which they are shown.
pub const PEERS: [Peer; 9] =
    [SHIPGATE_AT_HAND, SHIPGATE, BY_HAND, BY_HAND_STD, GATEHOUSE, REGORUS_COMPILED, CEDAR, CASBIN, REGORUS];
