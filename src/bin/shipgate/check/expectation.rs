//! A line that says what to expect.

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;
use shipgate::directory::Question;
use shipgate::json::Answer;

/// A question, and what to expect of its answer.
pub(super) struct Expectation<'a> {
    pub(super) question: Question<String>,
    /// The line as it is written.
    pub(super) form: LineForm<'a>,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LineForm<'a> {
    #[serde(borrow)]
    pub(super) question: &'a RawValue,
    #[serde(borrow)]
    pub(super) expect: &'a RawValue,
}

/// What to expect: members that are left out can be anything.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    #[serde(default, deserialize_with = "present")]
    decision: Option<Value>,
    #[serde(default, deserialize_with = "unique")]
    context: BTreeMap<String, Value>,
}

/// A member of the answer that is not as expected.
pub(super) struct Mismatch {
    pub(super) member: String,
    pub(super) expected: Value,
    /// `None` if the answer has no such member.
    pub(super) found: Option<Value>,
}

impl<'a> Expectation<'a> {
    pub(super) fn read(line: &'a str) -> Result<Self, String> {
        let form: LineForm<'a> = object(line)?;
        let question = Question::from_json(form.question.get()).map_err(|error| format!("question: {error}"))?;
        let expect: Expect = object(form.expect.get()).map_err(|error| format!("expect: {error}"))?;
        if expect.decision.is_none() && expect.context.is_empty() {
            return Err("expect: it names no member of the answer, so nothing would be checked".to_owned());
        }
        Ok(Self { question, form, expect })
    }

    /// The members of an answer that are not as expected.
    pub(super) fn mismatches(&self, answer: &Answer) -> io::Result<Vec<Mismatch>> {
        let answer = serde_json::to_value(answer)?;
        let Expect { decision, context } = &self.expect;
        let decision = decision.iter().map(|expected| ("decision".to_owned(), expected, answer.get("decision")));
        let found = |name: &String| answer.get("context").and_then(|context| context.get(name));
        let context = context.iter().map(|(name, expected)| (format!("context.{name}"), expected, found(name)));
        let differ = decision.chain(context).filter(|(_, expected, found)| *found != Some(expected));
        Ok(differ
            .map(|(member, expected, found)| Mismatch { member, expected: expected.clone(), found: found.cloned() })
            .collect())
    }
}

/// Reads an object; serde would take an array for one.
fn object<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    if !text.trim_start().starts_with('{') {
        return Err("an object is expected".to_owned());
    }
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// A member that is there; `null` is not absence.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// An object in which no member is there twice: the first would be lost.
fn unique<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Value>, D::Error> {
    struct Unique;

    impl<'de> Visitor<'de> for Unique {
        type Value = BTreeMap<String, Value>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = BTreeMap::new();
            while let Some((name, value)) = map.next_entry::<String, Value>()? {
                if members.contains_key(&name) {
                    return Err(A::Error::custom(format_args!("duplicate field `{name}`")));
                }
                members.insert(name, value);
            }
            Ok(members)
        }
    }

    deserializer.deserialize_map(Unique)
}
