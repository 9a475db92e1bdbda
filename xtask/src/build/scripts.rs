//! The scripts beside the Rust sources that wasm-bindgen puts into files of their own: the glue has
//! them inside, so that a page loads one file less.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// How the glue asks for one; then come the path and the end.
const FROM: &str = " } from './snippets/";
const END: &str = "';";

/// The glue with its scripts inside, each in a scope of its own; `out` is where their files are.
pub(super) fn inline(glue: &str, out: &Path) -> Result<String> {
    let mut inlined = String::new();
    for line in glue.lines() {
        let parts = line
            .strip_prefix("import { ")
            .and_then(|rest| rest.strip_suffix(END))
            .and_then(|rest| rest.split_once(FROM));
        match parts {
            Some((names, path)) => {
                let path = out.join("snippets").join(path);
                let script = fs::read_to_string(&path)
                    .with_context(|| format!("{} cannot be read", path.display()))?;
                inlined += &scope(names, &script);
            }
            None => inlined += line,
        }
        inlined.push('\n');
    }
    ensure!(!inlined.contains("./snippets/"), "the glue asks for a script in a way of its own");
    let snippets = out.join("snippets");
    if snippets.exists() {
        fs::remove_dir_all(&snippets)
            .with_context(|| format!("{} cannot be removed", snippets.display()))?;
    }
    Ok(inlined)
}

/// How a script in the glue begins after the names that are taken from it, and how it ends around those
/// that it gives.
const BEGIN: &str = " } = (() => {\n";
const GIVE: &str = "return { ";
const GIVEN: &str = " };\n})();";

/// A function that runs the script and gives what it exports: what the wasm imports, and after that
/// what only the glue calls.
fn scope(names: &str, script: &str) -> String {
    let mut taken = names.replace(" as ", ": ");
    let mut given: Vec<&str> =
        names.split(", ").map(|name| name.split(" as ").next().unwrap_or(name)).collect();
    let exported = script.split("\nexport function ").skip(1).filter_map(|it| it.split('(').next());
    for name in exported {
        if !given.contains(&name) {
            given.push(name);
            taken += ", ";
            taken += name;
        }
    }
    let body = script.replace("\nexport function ", "\nfunction ");
    ["const { ", &taken, BEGIN, &body, GIVE, &given.join(", "), GIVEN].concat()
}

/// The glue that imports its scripts again, from `script-0.js` on, and those: a bundler leaves out what
/// is not used of modules, and not of what is inside of a function.
pub(crate) fn apart(glue: &str) -> Result<(String, Vec<String>)> {
    let (mut text, mut scripts) = (String::new(), Vec::new());
    let mut rest = glue;
    while let Some((before, scope)) = rest.split_once(BEGIN) {
        let (body, after) = scope.split_once(GIVEN).context("a script in the glue has no end")?;
        let names = before.rsplit_once("const { ").zip(body.rsplit_once(GIVE));
        let ((before, taken), (body, given)) =
            names.context("a script in the glue has no names")?;
        let taken = taken.replace(": ", " as ");
        text += &format!("{before}import {{ {taken} }} from './script-{}.js';", scripts.len());
        scripts.push(format!("{body}export {{ {given} }};\n"));
        rest = after;
    }
    Ok((text + rest, scripts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_in_the_glue_and_its_file_is_gone() {
        let out = tempfile::tempdir().unwrap();
        let folder = out.path().join("snippets/kvs-1/src");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("a.js"), "let x;\nexport function f() {}\nexport function h() {}\n")
            .unwrap();
        let glue = "import { f as g } from './snippets/kvs-1/src/a.js';\nexport class A {}\n";
        let text = inline(glue, out.path()).unwrap();
        let scope = "const { f: g, h } = (() => {\nlet x;\nfunction f() {}\nfunction h() {}\n\
                     return { f, h };\n})();";
        assert_eq!(text, format!("{scope}\nexport class A {{}}\n"));
        assert!(!out.path().join("snippets").exists());
    }

    #[test]
    fn scripts_are_modules_again() {
        let scopes = [scope("f as g", "let x;\nexport function f() {}\n"), scope("h", "let y;\n")];
        let glue = format!("a();\n{}\n{}\nb();\n", scopes[0], scopes[1]);
        let (text, scripts) = apart(&glue).unwrap();
        let imports = "import { f as g } from './script-0.js';\nimport { h } from './script-1.js';";
        assert_eq!(text, format!("a();\n{imports}\nb();\n"));
        let given = ["let x;\nfunction f() {}\nexport { f };\n", "let y;\nexport { h };\n"];
        assert_eq!(scripts, given);
        apart("const { f } = (() => {\n").unwrap_err();
    }

    #[test]
    fn a_script_that_is_asked_for_otherwise_is_not_left_behind() {
        let out = tempfile::tempdir().unwrap();
        let glue = "import * as import1 from \"./snippets/a.js\"\n";
        assert!(inline(glue, out.path()).is_err());
    }

    #[test]
    fn glue_without_scripts_stays_as_it_is() {
        let out = tempfile::tempdir().unwrap();
        let glue = "import { a } from './b.js';\n\nexport class A {}\n";
        assert_eq!(inline(glue, out.path()).unwrap(), glue);
    }
}
