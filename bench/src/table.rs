//! The figures beside their targets.

use std::{fmt::Write as _, time::Duration};

use crate::figures::{Capacity, Routing, Span, median};

/// Longest that starting may take, in milliseconds.
const START: f64 = 150.0;
/// Most that an idle socket may take, in kilobytes.
const SOCKET: f64 = 20.0;
/// Fewest sockets that are opened in a second.
const UPGRADES: f64 = 500.0;
/// Fewest messages that are routed in a second.
const MESSAGES: f64 = 20_000.0;
/// Longest that 99 of 100 messages may take at the measured pace, in milliseconds.
const ROUTING: f64 = 5.0;

/// All that was measured, or in its place why not.
#[derive(Debug)]
pub struct Report {
    /// Start to first answer.
    pub starts: Result<Vec<Duration>, String>,
    /// As much as goes through.
    pub capacity: Result<Capacity, String>,
    /// A measured pace.
    pub paced: Result<Routing, String>,
}

/// One line: what, reached, target, verdict.
type Row = [String; 4];

impl Report {
    /// The table, and below it what the figures are made of: aligned, or as Markdown.
    pub fn render(&self, markdown: bool) -> String {
        let head = ["what", "reached", "target", ""].map(str::to_owned);
        let mut rows = vec![head];
        self.start_row(&mut rows);
        self.capacity_rows(&mut rows);
        self.paced_row(&mut rows);
        let table = if markdown { as_markdown(&rows) } else { aligned(&rows) };
        let bullet = if markdown { "- " } else { "" };
        let mut out = format!("{table}\n");
        for note in self.notes() {
            let _ = writeln!(out, "{bullet}{note}");
        }
        out
    }

    fn start_row(&self, rows: &mut Vec<Row>) {
        let what = "start to first answer";
        let target = format!("≤ {START} ms");
        match &self.starts {
            Ok(times) => {
                let millis = median(times).unwrap_or_default().as_secs_f64() * 1000.0;
                let reached = format!("{millis:.0} ms, median of {}", times.len());
                rows.push(row(what, reached, target, !times.is_empty() && millis <= START));
            }
            Err(_) => rows.push(missing(what, target)),
        }
    }

    fn capacity_rows(&self, rows: &mut Vec<Row>) {
        let whats = ["an idle socket", "verified upgrades", "messages routed"];
        let targets = [
            format!("≤ {SOCKET} KB"),
            format!("≥ {} /s", grouped(UPGRADES)),
            format!("≥ {} /s", grouped(MESSAGES)),
        ];
        let Ok(Capacity { upgrades, memory, routing }) = &self.capacity else {
            rows.extend(whats.into_iter().zip(targets).map(|(what, target)| missing(what, target)));
            return;
        };
        let kilobytes = memory.of_a_socket() / 1000.0;
        let rate = routing.span.rate();
        let reached = [
            (format!("{kilobytes:.1} KB"), kilobytes <= SOCKET),
            (format!("{} /s", grouped(upgrades.rate())), upgrades.rate() >= UPGRADES),
            (
                format!("{} /s", grouped(rate)) + &lost(routing),
                rate >= MESSAGES && is_whole(routing),
            ),
        ];
        for ((what, target), (reached, met)) in whats.into_iter().zip(targets).zip(reached) {
            rows.push(row(what, reached, target, met));
        }
    }

    fn paced_row(&self, rows: &mut Vec<Row>) {
        let target = format!("≤ {ROUTING} ms");
        match &self.paced {
            Ok(routing) => {
                let what = format!("routing at {} messages/s, p99", grouped(routing.span.rate()));
                let p99 = routing.times.p99;
                let met = routing.span.count > 0 && p99 <= ROUTING && is_whole(routing);
                rows.push(row(&what, format!("{p99:.1} ms") + &lost(routing), target, met));
            }
            Err(_) => rows.push(missing("routing at a measured pace, p99", target)),
        }
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        match &self.starts {
            Ok(times) => {
                notes.extend(times.iter().min().zip(times.iter().max()).map(|(min, max)| {
                    format!("start: {} to {} ms", min.as_millis(), max.as_millis())
                }))
            }
            Err(error) => notes.push(format!("start: not measured: {error}")),
        }
        match &self.capacity {
            Ok(Capacity { upgrades, memory, routing }) => {
                let megabytes = |bytes: u64| bytes as f64 / 1e6;
                notes.push(format!(
                    "memory: {:.1} MB without sockets, {:.1} MB with {}, {:.1} MB after the load",
                    megabytes(memory.without),
                    megabytes(memory.with),
                    grouped(memory.sockets as f64),
                    megabytes(memory.after_load),
                ));
                notes.push(format!(
                    "upgrades: {} in {:.1} s; {}",
                    grouped(upgrades.count as f64),
                    upgrades.seconds,
                    shares(upgrades)
                ));
                notes.push(of_routing("routing, quotas off", routing));
            }
            Err(error) => notes.push(format!("sockets and messages: not measured: {error}")),
        }
        match &self.paced {
            Ok(routing) => notes.push(of_routing("routing at a pace, quotas on", routing)),
            Err(error) => notes.push(format!("routing at a pace: not measured: {error}")),
        }
        notes
    }
}

fn is_whole(routing: &Routing) -> bool {
    routing.lost() == 0 && routing.trouble.is_none()
}

fn lost(routing: &Routing) -> String {
    match routing.lost() {
        0 => String::new(),
        lost => format!(", {lost} lost"),
    }
}

fn of_routing(what: &str, routing: &Routing) -> String {
    let Routing { span, sent, delivered, times, trouble, .. } = routing;
    let trouble = trouble.as_ref().map(|it| format!("; first trouble: {it}")).unwrap_or_default();
    format!(
        "{what}: {} sent, {} delivered, {} lost in all; {:.1} s counted; {:.1} ms half, {:.1} ms \
         99 %, {:.1} ms the slowest; {}{trouble}",
        grouped(*sent as f64),
        grouped(*delivered as f64),
        routing.lost(),
        span.seconds,
        times.p50,
        times.p99,
        times.max,
        shares(span),
    )
}

/// What the two processes took of a core each: 200 % are two cores.
fn shares(span: &Span) -> String {
    let share = |busy: f64| 100.0 * busy / span.seconds;
    format!("emulator {:.0} % of a core, load {:.0} %", share(span.emulator), share(span.load))
}

fn row(what: &str, reached: String, target: String, met: bool) -> Row {
    [what.to_owned(), reached, target, (if met { "met" } else { "missed" }).to_owned()]
}

fn missing(what: &str, target: String) -> Row {
    [what.to_owned(), "not measured".to_owned(), target, "missed".to_owned()]
}

/// A whole number with commas between its thousands.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn as_markdown(rows: &[Row]) -> String {
    let mut lines: Vec<_> = rows.iter().map(|row| format!("| {} |", row.join(" | "))).collect();
    lines.insert(1, "|---|---|---|---|".to_owned());
    lines.join("\n") + "\n"
}

fn aligned(rows: &[Row]) -> String {
    let mut widths = [0; 4];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let line = |row: &Row| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::{Memory, Times};

    fn routing(count: u64, p99: f64, delivered: u64) -> Routing {
        Routing {
            span: Span { count, seconds: 10.0, emulator: 12.0, load: 6.0 },
            sent: 250_000,
            delivered,
            acknowledged: 250_000,
            times: Times { p50: 1.0, p99, max: 9.0 },
            trouble: None,
        }
    }

    fn report() -> Report {
        let upgrades = Span { count: 5000, seconds: 4.0, emulator: 4.0, load: 2.0 };
        let memory = Memory {
            sockets: 5000,
            without: 20_000_000,
            with: 95_000_000,
            after_load: 120_000_000,
        };
        Report {
            starts: Ok(vec![Duration::from_millis(40); 10]),
            capacity: Ok(Capacity { upgrades, memory, routing: routing(234_560, 8.0, 250_000) }),
            paced: Ok(routing(10_000, 2.25, 250_000)),
        }
    }

    #[test]
    fn each_figure_stands_beside_its_target() {
        let table = report().render(true);
        for line in [
            "| start to first answer | 40 ms, median of 10 | ≤ 150 ms | met |",
            "| an idle socket | 15.0 KB | ≤ 20 KB | met |",
            "| verified upgrades | 1,250 /s | ≥ 500 /s | met |",
            "| messages routed | 23,456 /s | ≥ 20,000 /s | met |",
            "| routing at 1,000 messages/s, p99 | 2.2 ms | ≤ 5 ms | met |",
        ] {
            assert!(table.lines().any(|shown| shown == line), "{line} is not in\n{table}");
        }
        assert!(table.contains("emulator 120 % of a core, load 60 %"), "{table}");
    }

    #[test]
    fn a_lost_message_is_a_missed_target_however_fast() {
        let mut report = report();
        report.paced = Ok(routing(10_000, 2.0, 249_999));
        let table = report.render(false);
        assert!(table.contains("2.0 ms, 1 lost  "), "{table}");
        assert_eq!(table.matches("missed").count(), 1, "{table}");
    }

    #[test]
    fn what_could_not_be_measured_says_why() {
        let no = || "no emulator".to_owned();
        let report = Report { starts: Err(no()), capacity: Err(no()), paced: Err(no()) };
        let table = report.render(false);
        assert_eq!(table.matches("not measured  ").count(), 5, "{table}");
        assert_eq!(table.matches("not measured: no emulator").count(), 3, "{table}");
    }
}
