//! The figures beside what is required of them.

use kvs_e2e::table::aligned;

use crate::trace::Work;

/// What the page itself may take of a frame in a call, 95 times of 100, in milliseconds.
pub(crate) const SHARE: f64 = 3.0;
/// A frame at 60 Hz, which the page may have to itself where nothing else is going on.
pub(crate) const FRAME: f64 = 1000.0 / 60.0;
/// The longest that one task may keep the page from answering, in milliseconds.
const LONGEST_TASK: f64 = 50.0;

/// One line: what, the figure, what is required, and whether it is so.
pub(crate) type Row = [String; 4];

/// What a watched page did; `most` is what its own work may be in a frame, 95 times of 100.
pub(crate) fn rows(what: &str, work: &Work, most: f64) -> Vec<Row> {
    let Some(wall) = Spread::of(&work.frames) else {
        return vec![row(what, "not measured".to_owned(), "", Some(false))];
    };
    let busy: Vec<_> = work.frames.iter().copied().filter(|frame| *frame > 0.0).collect();
    let most_of = |tasks: &[f64]| tasks.iter().copied().fold(0.0, f64::max);
    let longest = most_of(&work.tasks);
    let long = work.tasks.iter().filter(|task| **task > LONGEST_TASK).count();
    let [script, style, layout, paint] = work.kinds.map(|sum| sum / work.seconds());
    vec![
        row(
            &format!("{what}: own work in a frame"),
            wall.to_string(),
            &format!("p95 ≤ {most:.0} ms"),
            Some(wall.p95 <= most),
        ),
        row(&format!("{what}: of it the thread's time"), shown(&work.thread), "", None),
        row(
            &format!("{what}: in frames with work, {} of {}", busy.len(), work.frames.len()),
            shown(&busy),
            "",
            None,
        ),
        row(
            &format!("{what}: in a second"),
            format!(
                "script {script:.0}, style {style:.0}, layout {layout:.0}, paint {paint:.0} ms"
            ),
            "",
            None,
        ),
        row(
            &format!("{what}: longest task"),
            format!("{longest:.1} ms, {long} over {LONGEST_TASK:.0}"),
            &format!("≤ {LONGEST_TASK:.0} ms"),
            Some(longest <= LONGEST_TASK),
        ),
        row(
            &format!("{what}: of tasks the thread's time"),
            format!("{:.1} ms at most", most_of(&work.thread_tasks)),
            "",
            None,
        ),
    ]
}

/// One line of any figure.
pub(crate) fn row(what: &str, figure: String, required: &str, met: Option<bool>) -> Row {
    let verdict = met.map(|met| if met { "met" } else { "missed" }).unwrap_or_default();
    [what.to_owned(), figure, required.to_owned(), verdict.to_owned()]
}

/// A table in Markdown that is aligned as well.
pub(crate) fn render(rows: &[Row]) -> String {
    let head = ["what", "figure", "required", ""].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(&head).chain(rows).cloned().collect();
    aligned(&rows)
}

fn shown(figures: &[f64]) -> String {
    Spread::of(figures).map_or_else(|| "none".to_owned(), |spread| spread.to_string())
}

/// Where milliseconds lie.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Spread {
    median: f64,
    p95: f64,
    most: f64,
}

impl Spread {
    /// `None` of nothing.
    fn of(figures: &[f64]) -> Option<Self> {
        let mut sorted = figures.to_vec();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().checked_sub(1)?;
        let at = |place: usize| sorted.get(place).copied();
        Some(Self {
            median: at(last / 2)?,
            p95: at((sorted.len() * 95).div_ceil(100).saturating_sub(1))?,
            most: at(last)?,
        })
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { median, p95, most } = self;
        write!(f, "p50 {median:.1}, p95 {p95:.1}, most {most:.1} ms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(frame: f64, task: f64) -> Work {
        let frames = vec![frame; 60];
        Work {
            thread: frames.clone(),
            frames,
            tasks: vec![1.0, task],
            thread_tasks: vec![0.5],
            kinds: [60.0, 6.0, 0.0, 0.0],
        }
    }

    #[test]
    fn each_figure_stands_beside_its_requirement() {
        let table = render(&rows("tiles", &work(3.0, 50.0), SHARE));
        for line in [
            "| tiles: own work in a frame | p50 3.0, p95 3.0, most 3.0 ms | p95 ≤ 3 ms | met |",
            "| tiles: in a second | script 60, style 6, layout 0, paint 0 ms | | |",
            "| tiles: longest task | 50.0 ms, 0 over 50 | ≤ 50 ms | met |",
        ] {
            let cells = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(table.lines().any(|shown| cells(shown) == line), "{line} is not in\n{table}");
        }
    }

    #[test]
    fn what_takes_too_long_is_missed_and_so_is_what_was_not_measured() {
        let table = render(&rows("tiles", &work(3.1, 50.1), SHARE));
        assert_eq!(table.matches("| missed |").count(), 2, "{table}");
        let table = render(&rows("tiles", &Work::default(), SHARE));
        assert_eq!(table.matches("| missed |").count(), 1, "{table}");
    }

    #[test]
    fn the_spread_is_of_sorted_figures() {
        let hundred: Vec<_> = (1..=100).rev().map(f64::from).collect();
        let spread = Spread { median: 50.0, p95: 95.0, most: 100.0 };
        assert_eq!(Spread::of(&hundred), Some(spread));
        assert_eq!(Spread::of(&[]), None);
    }
}
