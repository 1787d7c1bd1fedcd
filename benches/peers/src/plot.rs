//! Nanoseconds against users, both on log axes.

use std::error::Error;

use peers::generate::Kind;
use plotters::prelude::*;
use plotters::style::full_palette::{BROWN, GREY, INDIGO, ORANGE, PINK, TEAL};

use crate::measure::{Measured, Results};

const SIZE: (u32, u32) = (900, 560);

const COLORS: [RGBColor; 9] = [GREEN, INDIGO, GREY, BLACK, TEAL, ORANGE, RED, PINK, BROWN];

/// The plot as SVG.
pub(crate) fn ns_by_users(results: &Results) -> Result<String, Box<dyn Error>> {
    let lines: Vec<_> = results.engines.iter().map(Line::of).collect();
    let points = || lines.iter().flat_map(|line| &line.points);
    let users = least(points().map(|point| point.0))..most(points().map(|point| point.0));
    let nanoseconds = least(points().map(|point| point.1)) / 2.0..most(points().map(|point| point.1)) * 2.0;

    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        area.fill(&WHITE)?;
        let (plot, names) = area.split_horizontally(640);
        let mut chart = ChartBuilder::on(&plot)
            .caption("ns a decision, by users (median)", ("sans-serif", 18))
            .margin(12)
            .x_label_area_size(40)
            .y_label_area_size(70)
            .build_cartesian_2d(users.log_scale(), nanoseconds.log_scale())?;
        chart
            .configure_mesh()
            .x_desc("users")
            .y_desc("ns")
            .x_label_formatter(&whole)
            .y_label_formatter(&whole)
            .light_line_style(TRANSPARENT)
            .draw()?;
        for (line, color) in lines.iter().zip(COLORS) {
            chart.draw_series(LineSeries::new(line.points.clone(), color.stroke_width(2)).point_size(3))?;
        }
        for (place, (line, color)) in (0..).zip(lines.iter().zip(COLORS)) {
            let y = 60 + 24 * place;
            names.draw(&PathElement::new([(0, y + 7), (24, y + 7)], color.stroke_width(2)))?;
            names.draw(&Text::new(line.name.clone(), (32, y), ("sans-serif", 14)))?;
        }
        area.present()?;
    }
    Ok(svg)
}

struct Line {
    name: String,
    points: Vec<(f64, f64)>,
}

impl Line {
    /// Deployments; where those cannot be asked, organizations.
    fn of(engine: &Measured) -> Self {
        let of_kind = |kind| -> Vec<_> {
            let point = |by_size: &crate::measure::BySize| {
                Some((f64::from(by_size.users), by_size.decisions.get(&kind)?.time.median))
            };
            engine.by_users.iter().filter_map(point).collect()
        };
        let deploys = of_kind(Kind::Deploy);
        if deploys.is_empty() {
            Self { name: format!("{} (organizations)", engine.name), points: of_kind(Kind::Organizations) }
        } else {
            Self { name: engine.name.to_owned(), points: deploys }
        }
    }
}

fn least(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(f64::INFINITY, f64::min)
}

fn most(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, f64::max)
}

fn whole(value: &f64) -> String {
    format!("{value:.0}")
}
