//! A chart of checks by week, as figures for an SVG: bars of stacked parts, and a line of what the officers can do. The
//! parts differ by pattern as well as by colour, and the page has the same numbers as a table.

use crate::rules::capacity::ByTier;

/// The chart, as figures for its template.
pub struct Chart {
    /// Told instead of the picture.
    pub description: String,
    /// The bars from left to right.
    pub bars: Vec<Bar>,
    /// Lines across with their numbers.
    pub ticks: Vec<Tick>,
    /// The steps of what the officers can do, as a path.
    pub capacity: String,
    /// Distinguishes the names inside this picture from those of another on the page.
    pub id: &'static str,
}

/// The bar of a week.
pub struct Bar {
    /// "Week of 23 Nov 2026: 12 due, 8 can be done".
    pub title: String,
    pub x: i64,
    /// Under it; empty where there is no room.
    pub label: String,
    /// Its parts from the bottom.
    pub parts: Vec<Part>,
}

/// A part of a bar.
pub struct Part {
    /// "red", "amber", "green" or "follow".
    pub what: &'static str,
    pub y: i64,
    /// How high it is.
    pub height: i64,
}

/// A line across the chart, with its number.
pub struct Tick {
    pub value: u32,
    pub y: i64,
}

/// The numbers of a bar.
pub struct Column {
    /// What it is called.
    pub name: String,
    pub label: String,
    pub open: ByTier,
    /// Checks that will follow.
    pub to_follow: u32,
    /// What the officers can do; none for what is late.
    pub capacity: Option<u32>,
}

/// The drawing is so wide and high; the bars stand between these lines.
pub const WIDTH: i64 = 960;
/// The height of the drawing.
pub const HEIGHT: i64 = 300;
const LEFT: i64 = 48;
const TOP: i64 = 12;
/// The line on which the bars stand.
pub const BOTTOM: i64 = 262;

impl Chart {
    /// Draws the columns.
    pub fn of(id: &'static str, description: String, columns: &[Column]) -> Self {
        let highest = columns
            .iter()
            .map(|column| {
                (column.open.total() + column.to_follow).max(column.capacity.unwrap_or(0))
            })
            .max()
            .unwrap_or_default();
        let step = step_for(highest);
        let scale = Scale {
            top: highest.div_ceil(step).max(1).saturating_mul(step),
            pitch: (WIDTH - LEFT) / i64::try_from(columns.len().max(1)).unwrap_or(i64::MAX),
        };
        Self {
            description,
            bars: columns
                .iter()
                .zip(0..)
                .map(|(column, at)| bar(column, at, &scale))
                .collect(),
            ticks: (0..=scale.top / step)
                .map(|at| Tick {
                    value: at * step,
                    y: scale.y(at * step),
                })
                .collect(),
            capacity: steps(columns, &scale),
            id,
        }
    }

    /// How wide a bar is, for the template.
    pub fn bar_width(&self) -> i64 {
        let pitch = (WIDTH - LEFT) / i64::try_from(self.bars.len().max(1)).unwrap_or(i64::MAX);
        (pitch * 3 / 4).max(1)
    }
}

struct Scale {
    top: u32,
    pitch: i64,
}

impl Scale {
    fn y(&self, value: u32) -> i64 {
        BOTTOM - (BOTTOM - TOP) * i64::from(value) / i64::from(self.top.max(1))
    }

    fn x(&self, at: i64) -> i64 {
        LEFT + at * self.pitch + self.pitch / 8
    }
}

/// A round number that goes into the highest bar about five times: 1, 2 or 5, and zeros.
fn step_for(highest: u32) -> u32 {
    let mut step = 1_u32;
    for factor in [2, 5, 10].iter().cycle() {
        if highest / step <= 5 || step > u32::MAX / 10 {
            break;
        }
        let tens = 10_u32.pow(step.ilog10());
        step = tens * factor;
    }
    step
}

fn bar(column: &Column, at: i64, scale: &Scale) -> Bar {
    let parts = [
        ("red", column.open.red),
        ("amber", column.open.amber),
        ("green", column.open.green),
        ("follow", column.to_follow),
    ];
    let mut below = 0;
    let mut drawn = Vec::with_capacity(parts.len());
    for (what, count) in parts.into_iter().filter(|(_, count)| *count > 0) {
        let (y, foot) = (scale.y(below + count), scale.y(below));
        drawn.push(Part {
            what,
            y,
            height: foot - y,
        });
        below += count;
    }
    Bar {
        title: column.name.clone(),
        x: scale.x(at),
        label: column.label.clone(),
        parts: drawn,
    }
}

/// From week to week: across at the height of the number, then up or down to the next.
fn steps(columns: &[Column], scale: &Scale) -> String {
    let mut path = String::new();
    for (column, at) in columns.iter().zip(0..) {
        let Some(capacity) = column.capacity else {
            continue;
        };
        let (left, y) = (LEFT + at * scale.pitch, scale.y(capacity));
        let word = if path.is_empty() { 'M' } else { 'L' };
        path.push_str(&format!("{word}{left} {y}H{}", left + scale.pitch));
    }
    path
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn column(red: u32, green: u32, capacity: Option<u32>) -> Column {
        Column {
            name: String::new(),
            label: String::new(),
            open: ByTier {
                red,
                amber: 0,
                green,
            },
            to_follow: 0,
            capacity,
        }
    }

    #[test]
    fn bars_are_stacked_on_each_other_and_as_high_as_their_number() {
        let chart = Chart::of(
            "it",
            String::new(),
            &[column(5, 0, None), column(2, 8, Some(4))],
        );
        let heights: Vec<i64> = chart.bars[1].parts.iter().map(|part| part.height).collect();
        assert_eq!(heights.iter().sum::<i64>(), BOTTOM - TOP);
        assert_eq!(chart.bars[1].parts[0].y, BOTTOM - heights[0]);
        assert_eq!(chart.bars[0].parts.len(), 1);
        let values: Vec<u32> = chart.ticks.iter().map(|tick| tick.value).collect();
        assert_eq!(values, [0, 2, 4, 6, 8, 10]);
        assert_eq!(chart.capacity, "M504 162H960");
    }

    #[test]
    fn an_empty_week_has_no_bar_and_a_great_number_has_few_lines() {
        let chart = Chart::of("it", String::new(), &[column(0, 0, Some(0))]);
        assert!(chart.bars[0].parts.is_empty());
        for highest in [1, 7, 42, 999, 123_456, 400_000_000] {
            let step = step_for(highest);
            assert!(highest / step <= 5, "{highest}: {step}");
        }
    }
}
