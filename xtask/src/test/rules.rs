//! Rules of the house that neither compiler nor clippy knows.
//!
//! What decides names no browser type: outside `src/web/` and `src/js/` the SDK is plain Rust,
//! and its manifest offers the bindings to the wasm32 target only, under their own names.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use toml::{Table, Value};

/// The browser's bindings, spelled as a path; crates that begin like these belong to them.
const BINDINGS: [&str; 4] = ["web_sys", "js_sys", "wasm_bindgen", "gloo"];
/// Where they are at home. Browser tests are named `tests/web_*.rs`.
const HOMES: [&str; 4] = ["src/web/", "src/web.rs", "src/js/", "src/js.rs"];
const BROWSER_TESTS: &str = "tests/web_";
const WASM_ONLY: &str = r#"cfg(target_arch = "wasm32")"#;
/// Beyond this a file is to be split.
const MOST_LINES: usize = 500;
const EXTENSIONS: [&str; 6] = ["rs", "ts", "js", "mjs", "css", "py"];
const SOURCES: [&str; 11] =
    ["src", "tests", "hub", "emulator", "e2e", "sim", "xtask", "bench", "fuzz", "www", "npm"];

/// All breaches, one line each.
pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let mut breaches = Vec::new();
    for path in sources(root)? {
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&path).with_context(|| format!("{name} cannot be read"))?;
        breaches.extend(check_bindings(&name, &text));
        breaches.extend(check_length(&name, &text));
    }
    let manifest = fs::read_to_string(root.join("Cargo.toml"))
        .context("Cargo.toml cannot be read")?
        .parse()
        .context("Cargo.toml is not valid TOML")?;
    breaches.extend(check_manifest(&manifest));
    Ok(breaches)
}

fn sources(root: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut dirs: Vec<_> =
        SOURCES.iter().map(|dir| root.join(dir)).filter(|dir| dir.is_dir()).collect();
    while let Some(dir) = dirs.pop() {
        let unreadable = || format!("{} cannot be read", dir.display());
        for entry in fs::read_dir(&dir).with_context(unreadable)? {
            let path = entry.with_context(unreadable)?.path();
            if path.is_dir() && !path.ends_with("node_modules") {
                dirs.push(path);
            } else if path.extension().is_some_and(|it| EXTENSIONS.iter().any(|known| it == *known))
            {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn check_bindings(name: &str, text: &str) -> Vec<String> {
    let sdk = name.starts_with("src/") || name.starts_with("tests/");
    let at_home = HOMES.iter().any(|home| name.starts_with(home));
    if !sdk || at_home || name.starts_with(BROWSER_TESTS) || !name.ends_with(".rs") {
        return Vec::new();
    }
    let mut breaches = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(binding) = binding_in(line) {
            breaches.push(format!("{name}:{number} names {binding}: only web/ and js/ may"));
        }
    }
    breaches
}

/// The first binding a line names: `web_sys`, `web-sys`, `gloo_timers`, also in a comment.
fn binding_in(line: &str) -> Option<&'static str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let mut words = line.split(|c| !is_word(c));
    words.find_map(binding_of)
}

/// The binding that a crate's name stands for, if any.
fn binding_of(name: &str) -> Option<&'static str> {
    let name = name.replace('-', "_").to_ascii_lowercase();
    BINDINGS.into_iter().find(|binding| {
        name.strip_prefix(binding).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    })
}

fn check_length(name: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    (lines > MOST_LINES).then(|| format!("{name} has {lines} lines: split it before {MOST_LINES}"))
}

/// The bindings are dependencies of wasm32 alone, so that a native build cannot compile a leak;
/// and have no other name there, under which the sources could use them unseen.
fn check_manifest(manifest: &Table) -> Vec<String> {
    const TABLES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];
    let mut places: Vec<(String, &Table)> = vec![(String::new(), manifest)];
    if let Some(targets) = manifest.get("target").and_then(Value::as_table) {
        places.extend(targets.iter().filter_map(|(cfg, it)| Some((cfg.clone(), it.as_table()?))));
    }
    let mut breaches = Vec::new();
    for (target, place) in places {
        let tables = TABLES.iter().filter_map(|name| place.get(*name)?.as_table());
        for (name, value) in tables.flatten() {
            let package = value.get("package").and_then(Value::as_str);
            let Some(binding) = binding_of(package.unwrap_or(name)) else { continue };
            if target != WASM_ONLY {
                breaches.push(format!("Cargo.toml: {binding} is for target.'{WASM_ONLY}' only"));
            }
            if binding_of(name).is_none() {
                breaches.push(format!("Cargo.toml: {binding} goes by the name {name}"));
            }
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_binding_is_seen() {
        for line in [
            "use web_sys::RtcPeerConnection;",
            "use ::js_sys as js;",
            "#[wasm_bindgen(start)]",
            "use wasm_bindgen_futures::spawn_local;",
            "extern crate gloo_timers;",
            "    r#js_sys::Date::now()",
            "// as web-sys has it",
            "#[cfg_attr(all(), Gloo::x)]",
        ] {
            assert_eq!(check_bindings("src/session/mod.rs", line).len(), 1, "{line}");
        }
    }

    #[test]
    fn words_that_only_look_alike_are_fine() {
        for line in ["a gloomy day", "my_web_system", "let websys = 1;", "js_system()", "igloo"] {
            assert_eq!(binding_in(line), None, "{line}");
        }
    }

    #[test]
    fn the_bindings_are_at_home_in_two_folders_and_in_browser_tests() {
        let line = "use web_sys::Window;";
        for name in ["src/web/socket.rs", "src/js/viewer.rs", "tests/web_call.rs"] {
            assert!(check_bindings(name, line).is_empty(), "{name}");
        }
        for name in ["src/lib.rs", "src/webby.rs", "src/ice/web/x.rs", "tests/story.rs"] {
            let breaches = check_bindings(name, line);
            assert!(breaches.first().unwrap().starts_with(&format!("{name}:1 ")), "{name}");
        }
    }

    #[test]
    fn the_manifest_gives_the_bindings_to_wasm32_only_and_under_their_names() {
        let fine = "[target.'cfg(target_arch = \"wasm32\")'.dependencies]\nweb-sys = '1'\n";
        assert!(check_manifest(&fine.parse().unwrap()).is_empty());
        for bad in [
            "[dependencies]\ngloo-timers = '1'\n",
            "[dev-dependencies]\nwasm-bindgen-test = '1'\n",
            "[target.'cfg(unix)'.dependencies]\njs-sys = { version = '1' }\n",
            "[target.'cfg(target_arch = \"wasm32\")'.dependencies]\n\
             dom = { package = 'web-sys', version = '1' }\n",
        ] {
            assert_eq!(check_manifest(&bad.parse().unwrap()).len(), 1, "{bad}");
        }
    }

    #[test]
    fn a_file_past_its_length_is_named() {
        assert_eq!(check_length("www/app.js", &"x\n".repeat(MOST_LINES)), None);
        let breach = check_length("www/app.js", &"x\n".repeat(MOST_LINES + 1)).unwrap();
        assert!(breach.starts_with("www/app.js has 501 lines"), "{breach}");
    }

    #[test]
    fn files_are_found_in_all_folders_and_breaches_are_told_together() {
        let root = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        file("Cargo.toml", "[dependencies]\nweb-sys = '1'\n");
        file("src/deep/er/mod.rs", "fn f() {}\nuse js_sys::Date;\n");
        file("src/web/mod.rs", "use js_sys::Date;\n");
        file("www/long.css", &"a{}\n".repeat(600));
        file("src/js/types/long.d.ts", &"type A = 1;\n".repeat(600));
        let breaches = check(root.path()).unwrap();
        assert_eq!(breaches.len(), 4, "{breaches:?}");
        assert!(breaches.first().unwrap().starts_with("src/deep/er/mod.rs:2 names js_sys"));
    }
}
