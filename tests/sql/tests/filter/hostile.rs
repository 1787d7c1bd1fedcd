//! Ids that are written to break out of a text.

use std::fmt;

use crate::engine::{Stored, Value};
use crate::it::oracle::Id;
use crate::it::world::Name;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Hostile(String);

impl Name for Hostile {
    fn of(id: Id) -> Self {
        let name = match id {
            0 => "'; DROP TABLE environments; --",
            1 => r#"" OR ""=""#,
            2 => r"\' OR 1=1 /* ?1 $1",
            3 => "`]}\",null,{\"value\":[\"\u{202e}\n\r\t\u{1}\u{feff}",
            id => return Self(format!("{id}') OR ('' = '")),
        };
        Self(name.to_owned())
    }
}

impl Stored for Hostile {
    fn value(&self) -> Value {
        self.0.value()
    }

    fn of_value(value: Value) -> Self {
        Self(String::of_value(value))
    }
}

impl fmt::Display for Hostile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
