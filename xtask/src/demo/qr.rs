//! An address as a QR code that a telephone reads from the terminal.

use anyhow::{Context, Result};
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

/// Black on white whatever the terminal's own colours are: in the part of its 256 colours that
/// themes leave alone.
const BLACK_ON_WHITE: &str = "\x1b[38;5;16;48;5;231m";
const AS_BEFORE: &str = "\x1b[0m";

/// The code as lines of half blocks, two rows of modules a line, with the quiet zone of four
/// modules around it that ISO/IEC 18004 asks for.
///
/// Where the output is no terminal (`colours` is false) it has no colours, and is for a screen
/// with dark text on a light ground.
pub(super) fn of(text: &str, colours: bool) -> Result<String> {
    // A screen has no stains, and a smaller code is easier to read.
    let code = QrCode::with_error_correction_level(text, EcLevel::L)
        .context("the address does not fit into a QR code")?;
    let image = code.render::<Dense1x2>().module_dimensions(1, 1).quiet_zone(true).build();
    let paint = |line: &str| match colours {
        true => format!("  {BLACK_ON_WHITE}{line}{AS_BEFORE}\n"),
        false => format!("  {line}\n"),
    };
    Ok(image.lines().map(paint).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://192.168.1.23:8080/";

    /// The code's modules, dark ones true, as they are drawn.
    fn drawn(code: &str) -> Vec<Vec<bool>> {
        let rows = |line: &str| {
            let cells = line.strip_prefix("  ").unwrap().chars();
            let (top, bottom) = cells
                .map(|cell| match cell {
                    ' ' => (false, false),
                    '▀' => (true, false),
                    '▄' => (false, true),
                    '█' => (true, true),
                    other => panic!("{other:?}"),
                })
                .unzip();
            [top, bottom]
        };
        code.lines().flat_map(rows).collect()
    }

    #[test]
    fn what_is_drawn_is_the_code_with_a_margin_of_four() {
        let code = QrCode::with_error_correction_level(URL, EcLevel::L).unwrap();
        let drawn = drawn(&of(URL, false).unwrap());
        let width = code.width();
        for (y, row) in drawn.iter().enumerate() {
            assert_eq!(row.len(), width + 8);
            for (x, dark) in row.iter().enumerate() {
                let inside = (4..width + 4).contains(&x) && (4..width + 4).contains(&y);
                let expected = inside && code[(x - 4, y - 4)] == qrcode::Color::Dark;
                assert_eq!(*dark, expected, "at {x}, {y}");
            }
        }
        assert!(drawn.len() >= width + 8);
    }

    #[test]
    fn on_a_terminal_every_line_sets_both_colours_and_gives_them_back() {
        for line in of(URL, true).unwrap().lines() {
            assert!(line.starts_with(&format!("  {BLACK_ON_WHITE}")), "{line:?}");
            assert!(line.ends_with(AS_BEFORE), "{line:?}");
        }
    }
}
