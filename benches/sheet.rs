//! The table of figures, each beside what is to be reached.

use crate::world::table::{Spread, only_a_test};

/// What a figure is to be.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    AtMost(f64),
    AtLeast(f64),
    /// It is printed to be known.
    Open,
}

impl Goal {
    fn text(self) -> String {
        match self {
            Self::AtMost(most) => format!("≤ {most}"),
            Self::AtLeast(least) => format!("≥ {least}"),
            Self::Open => String::from("–"),
        }
    }

    fn verdict(self, value: f64) -> &'static str {
        let is_reached = match self {
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
            Self::Open => return "",
        };
        if is_reached { "reached" } else { "missed" }
    }
}

struct Figure {
    name: String,
    measured: Spread,
    unit: &'static str,
    goal: Goal,
}

/// The figures of a run, in the order in which they were measured.
#[derive(Default)]
pub(crate) struct Sheet(Vec<Figure>);

impl Sheet {
    /// Adds how much one took, to another.
    pub(crate) fn ratio(&mut self, name: impl Into<String>, measured: Spread, goal: Goal) {
        self.amount(name, measured, "", goal);
    }

    /// Adds what something took in a unit.
    pub(crate) fn amount(&mut self, name: impl Into<String>, measured: Spread, unit: &'static str, goal: Goal) {
        self.0.push(Figure { name: name.into(), measured, unit, goal });
    }

    /// Prints the table; of a test only how many figures there are, since their values mean nothing.
    pub(crate) fn print(&self) {
        if only_a_test() {
            println!("\n{} figures. They are of little data: without `--test` their values are printed.", self.0.len());
            return;
        }
        println!("\n== figures: median (lowest–highest of the rounds), to what is to be reached by the median");
        println!("{:<72}{:>26}  {:<4}{:>10}", "", "measured", "", "to reach");
        for Figure { name, measured, unit, goal } in &self.0 {
            let verdict = goal.verdict(measured.median());
            let precision = if unit.is_empty() { 2 } else { 1 };
            println!("{name:<72}{measured:>26.precision$}  {unit:<4}{:>10}  {verdict}", goal.text());
        }
    }
}
