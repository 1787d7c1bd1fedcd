//! The manifest: what the archive is, and the digest of each of its files.

use serde_json::{Value, json};
use shipgate::change::Record;

use crate::evidence::archive::Listed;
use crate::evidence::{Error, Export};
use crate::review::{Review, time};

pub(super) fn text(export: &Export, policies: &[i64], files: &[Listed]) -> Result<String, Error> {
    let files: Vec<Value> =
        files.iter().map(|file| json!({ "name": file.name, "sha256": file.sha256, "bytes": file.bytes })).collect();
    let manifest = json!({
        "format": 1,
        "organization": export.organization(),
        "revision": export.revision,
        "at": export.request.at,
        "decidedAt": time(export.time),
        "madeAt": time(export.request.now),
        "askedBy": export.request.asked_by,
        "policy": { "evaluatedBy": Record::<String>::POLICY, "ofRecords": policies },
        "changesSince": export.last.as_ref().map(review),
        "openReview": export.open.as_ref().map(review),
        "files": files,
    });
    Ok(serde_json::to_string_pretty(&manifest)?)
}

fn review(review: &Review) -> Value {
    json!({
        "id": review.id,
        "revision": review.revision,
        "openedAt": time(review.opened_at),
        "closedAt": review.closed_at.map(time),
    })
}
