//! Short names between glue and wasm.
//!
//! wasm-bindgen's names say what they are and end with a hash, which packs badly; nobody reads them.
//! `wasm-opt` gives short ones to the wasm and prints which, and the glue follows. A wasm of another
//! build then does not fit, and is refused when it is linked.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::process;
use crate::tools::Tools;
use crate::workspace::Workspace;

const PASS: &str = "--minify-imports-and-exports-and-modules";
/// The one module that the wasm imports from, and its short name.
const MODULE: &str = "\"./kvs_webrtc_bg.js\"";
const SHORT_MODULE: &str = "\"a\"";
/// How the glue names what it gives the wasm, and what it uses of it.
const GIVEN: &str = "        ";
/// How the function ends that the glue gives it, and one that catches.
const ENDS_OF_GIVEN: [&str; 2] = ["        },", "        }, arguments); },"];
const USED: &str = "wasm.";

/// Writes the wasm with short names to `to`, and gives the glue that fits it. Without `wasm-opt`
/// both stay as they are.
pub(super) fn shorten(workspace: &Workspace, glue: &str, wasm: &Path, to: &Path) -> Result<String> {
    let Some(wasm_opt) = Tools::new(workspace)?.wasm_opt() else {
        fs::copy(wasm, to).with_context(|| format!("{} cannot be copied", wasm.display()))?;
        return Ok(glue.to_owned());
    };
    let mut command = workspace.command(wasm_opt);
    command.arg(wasm).args(workspace.wasm_opt_flags()?).arg(PASS).arg("--output").arg(to);
    let names = process::capture(&mut command)?;
    follow(glue, &serde_json::from_str(&names).context("wasm-opt prints no JSON")?)
}

/// The glue with the names that `wasm-opt` has given, and without functions that this wasm does not
/// import.
fn follow(glue: &str, names: &Value) -> Result<String> {
    let imports = pairs(names, "imports")?;
    let exports = pairs(names, "exports")?;
    let times = glue.matches(MODULE).count();
    ensure!(times == 1, "the glue has {times} modules for the wasm, and not one");
    let glue = glue.replace(MODULE, SHORT_MODULE);

    let mut given = 0;
    let mut lines = Vec::new();
    let mut unused = false;
    for line in glue.lines() {
        unused |= function_given(line).is_some_and(|name| !imports.contains_key(name));
        if unused {
            unused = !ENDS_OF_GIVEN.contains(&line);
            continue;
        }
        let key = line.strip_prefix(GIVEN).and_then(|rest| rest.split_once(':'));
        let short = key.and_then(|(name, rest)| Some((imports.get(name)?, rest)));
        lines.push(short.map_or_else(
            || with_short_uses(line, &exports),
            |(short, rest)| format!("{GIVEN}{short}:{}", with_short_uses(rest, &exports)),
        ));
        given += usize::from(short.is_some());
    }
    ensure!(given == imports.len(), "the glue gives {given} of {} imports", imports.len());
    Ok(lines.join("\n") + "\n")
}

/// The name of a function that begins with this line and is for the wasm.
fn function_given(line: &str) -> Option<&str> {
    let (name, _) = line.strip_prefix(GIVEN)?.split_once(": function(")?;
    (name.starts_with("__wb") && line.ends_with('{')).then_some(name)
}

/// A line with `wasm.name` shortened.
fn with_short_uses(line: &str, exports: &BTreeMap<String, String>) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut parts = line.split(USED);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_ours = !text.ends_with(is_word);
        let (name, rest) = part.split_at(part.find(|c| !is_word(c)).unwrap_or(part.len()));
        let short = exports.get(name).filter(|_| is_ours).map_or(name, String::as_str);
        text.extend([USED, short, rest]);
    }
    text
}

/// Long and short names: `[…, long, short]`.
fn pairs(names: &Value, list: &str) -> Result<BTreeMap<String, String>> {
    let rows = names.get(list).and_then(Value::as_array);
    let rows = rows.with_context(|| format!("wasm-opt prints no {list}"))?;
    let pair = |row: &Value| {
        let mut words = row.as_array()?.iter().rev().map(|word| word.as_str().map(String::from));
        let (short, long) = (words.next()??, words.next()??);
        Some((long, short))
    };
    let pairs = rows.iter().map(|row| pair(row).with_context(|| format!("{row} is no pair")));
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const GLUE: &str = "\
export function version() {
    const ret = wasm.version(0);
    return mywasm.version + wasm.versions;
}
    const import0 = {
        __wbg_new_0123: function() {
            return wasm.memory;
        },
        __wbg_old: function(__wbg_new_0123) {
        },
    };
    return { \"./kvs_webrtc_bg.js\": import0 };
";

    fn names() -> Value {
        json!({
            "imports": [
                ["./kvs_webrtc_bg.js", "__wbg_new_0123", "b"],
                ["./kvs_webrtc_bg.js", "__wbg_old", "c"],
            ],
            "exports": [["version", "d"], ["memory", "e"]],
        })
    }

    #[test]
    fn the_glue_follows_the_wasms_names_and_keeps_its_own() {
        let expected = "\
export function version() {
    const ret = wasm.d(0);
    return mywasm.version + wasm.versions;
}
    const import0 = {
        b: function() {
            return wasm.e;
        },
        c: function(__wbg_new_0123) {
        },
    };
    return { \"a\": import0 };
";
        assert_eq!(follow(GLUE, &names()).unwrap(), expected);
    }

    #[test]
    fn what_the_wasm_does_not_import_is_left_out() {
        let more = "        __wbg_gone: function(arg0) {\n            gone();\n        },\n";
        let place = "        __wbg_old: ";
        let glue = GLUE.replace(place, &format!("{more}{place}"));
        assert_eq!(follow(&glue, &names()).unwrap(), follow(GLUE, &names()).unwrap());
    }

    #[test]
    fn an_import_that_the_glue_does_not_give_is_an_error() {
        let glue = GLUE.replace("        __wbg_old:", "        __wbg_older:");
        let refusal = follow(&glue, &names()).unwrap_err().to_string();
        assert_eq!(refusal, "the glue gives 1 of 2 imports");
        follow("", &names()).unwrap_err();
        follow(GLUE, &json!({})).unwrap_err();
    }
}
