//! Tables of figures: Markdown that is aligned for a terminal as well.

/// The rows, of which the first is the head, with their columns below each other.
#[must_use]
pub fn aligned<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    let mut widths = [0; COLUMNS];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut lines: Vec<_> = rows
        .iter()
        .map(|row| {
            let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
            format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
        })
        .collect();
    lines.insert(1.min(lines.len()), format!("|{}", "---|".repeat(COLUMNS)));
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other_and_the_head_has_its_rule() {
        let rows = [["what", "ms"], ["a call", "7"]].map(|row| row.map(str::to_owned));
        assert_eq!(aligned(&rows), "| what   | ms |\n|---|---|\n| a call | 7  |\n");
    }
}
