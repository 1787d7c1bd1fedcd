//! The events that a test emits, in its own thread.

use std::cell::RefCell;
use std::fmt::Debug;
use std::sync::Once;

use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// An event: its level, its target and its fields.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Captured {
    pub(crate) level: Level,
    pub(crate) target: String,
    pub(crate) fields: Value,
}

thread_local! {
    /// `None` where no test listens.
    static EVENTS: RefCell<Option<Vec<Captured>>> = const { RefCell::new(None) };
}

/// Calls `emit`, and returns the events of the library that it emitted.
pub(crate) fn capture<T>(emit: impl FnOnce() -> T) -> (T, Vec<Captured>) {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| tracing::subscriber::set_global_default(Listener).unwrap());
    EVENTS.set(Some(Vec::new()));
    let result = emit();
    (result, EVENTS.take().unwrap())
}

/// The events of the library that `emit` emitted.
pub(crate) fn events<T>(emit: impl FnOnce() -> T) -> Vec<Captured> {
    capture(emit).1
}

struct Listener;

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("shipgate::")
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(Map::new());
        event.record(&mut fields);
        let (level, target) = (*event.metadata().level(), event.metadata().target().to_string());
        EVENTS.with_borrow_mut(|events| {
            if let Some(events) = events {
                events.push(Captured { level, target, fields: Value::Object(fields.0) });
            }
        });
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

struct Fields(Map<String, Value>);

impl Fields {
    fn set(&mut self, field: &Field, value: Value) {
        assert!(self.0.insert(field.name().to_string(), value).is_none(), "{} twice", field.name());
    }
}

impl Visit for Fields {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, json!(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, json!(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, json!(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, json!(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        assert_eq!(field.name(), "message", "only the message is text without quotes");
        self.set(field, json!(format!("{value:?}")));
    }
}
