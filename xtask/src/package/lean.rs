//! The SDK without classes that a page never makes: glue, wasm, and what only they need.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::process;
use crate::workspace::Workspace;

/// Writes the wasm as text without what is exported for the classes to `to`: without exports, the
/// functions behind them are what `wasm-opt` takes out. Gives the glue without the classes.
pub(super) fn without(
    classes: &[&str],
    glue: &str,
    (wasm, to): (&Path, &Path),
    (workspace, wasm_dis): (&Workspace, &Path),
) -> Result<String> {
    let mut command = workspace.command(wasm_dis);
    let mut text = process::capture(command.arg("--all-features").arg(wasm))?;
    let mut glue = glue.to_owned();
    for class in classes {
        text = unexported(class, &text)?;
        glue = cut(class, &glue)?;
    }
    fs::write(to, text).context("the wasm's text cannot be written")?;
    Ok(glue)
}

/// The text of the wasm without the lines that export methods of the class, and its destructor.
fn unexported(class: &str, text: &str) -> Result<String> {
    let class = class.to_lowercase();
    let starts = [class.clone(), format!("__wbg_{class}")].map(|it| format!(" (export \"{it}_"));
    let (gone, kept): (Vec<_>, Vec<_>) = text
        .split_inclusive('\n')
        .partition(|line| starts.iter().any(|start| line.starts_with(start)));
    ensure!(gone.len() > 1, "the wasm exports nothing of {class}");
    Ok(kept.concat())
}

/// The glue without the class, without what frees it, and without the function, where the wasm is
/// given one, that makes one.
fn cut(class: &str, glue: &str) -> Result<String> {
    let mut glue = glue.to_owned();
    let import = format!("        __wbg_{}_new: function(", class.to_lowercase());
    for (start, end, least) in [
        (format!("export class {class} {{\n"), "\n}\n", 1),
        (format!("if (Symbol.dispose) {class}."), "\n", 1),
        (format!("const {class}Finalization = "), "\n});\n", 1),
        (import, "\n        },\n", 0),
    ] {
        let times = glue.matches(&start).count();
        ensure!(
            (least..=1).contains(&times),
            "the glue has {times} times, and not once, {start:?}"
        );
        if times == 0 {
            continue;
        }
        let (before, rest) = glue.split_once(&start).context("it was there")?;
        let (_, after) = rest.split_once(end).with_context(|| format!("{start:?} has no end"))?;
        glue = format!("{before}{after}");
    }
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let left = glue.lines().find(|line| {
        let code = line.split("//").next().unwrap_or_default();
        code.split(|c| !word(c)).any(|name| name == class) && !code.contains('"')
    });
    ensure!(left.is_none(), "the glue still names {class}: {left:?}");
    Ok(glue)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "\
export class Kept {
    go() { wasm.kept_go(this, mywasm.other); }
}
export class Gone {
    go() {
        wasm.gone_go(this);
    }
}
if (Symbol.dispose) Gone.prototype[Symbol.dispose] = Gone.prototype.free;
        __wbg_gone_new: function(arg0) {
            return Gone.__wrap(arg0);
        },
        __wbg_kept_new: function(arg0) {
            return wasm.memory;
        },
const GoneFinalization = x
    : new FinalizationRegistry(() => {
    wasm.gone_free();
});
// Not a Gone.
";

    #[test]
    fn of_a_class_that_is_cut_nothing_is_left() {
        let glue = cut("Gone", GLUE).unwrap();
        let kept = "\
export class Kept {
    go() { wasm.kept_go(this, mywasm.other); }
}
        __wbg_kept_new: function(arg0) {
            return wasm.memory;
        },
// Not a Gone.
";
        assert_eq!(glue, kept);
        let refusal = cut("Gone", &glue).unwrap_err().to_string();
        assert!(refusal.contains("0 times"), "{refusal}");
        let more = format!("{GLUE}new Gone();\n");
        let refusal = cut("Gone", &more).unwrap_err().to_string();
        assert!(refusal.contains("still names Gone"), "{refusal}");
    }

    #[test]
    fn the_wasm_exports_what_is_not_of_the_class() {
        let of_class = " (export \"gone_go\" (func $1))\n (export \"__wbg_gone_free\" (func $2))\n";
        let others = " (export \"memory\" (memory $0))\n (export \"__wbg_kept_free\" (func $3))\n";
        let text = format!("(module\n{of_class}{others})\n");
        assert_eq!(unexported("Gone", &text).unwrap(), format!("(module\n{others})\n"));
        assert!(unexported("Gone", others).is_err());
    }
}
