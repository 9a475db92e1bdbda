//! The page as it is published: its scripts and style sheets joined by when they are needed, since
//! many small files cost a slow line more than they weigh.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::write as write_file;
use crate::esbuild::Esbuild;
use crate::process;
use crate::workspace::Workspace;

/// The first screen, and what comes behind it. Each becomes a file, and so does what is loaded only
/// on demand, and what several of them share.
const FIRST: &str = "js/main.js";
const REST: &str = "js/page.js";
/// The one style sheet of all.
const STYLE: &str = "css/page.css";
/// In the page: where the first screen's preloads begin, and where the others are.
const SHEET: &str = "  <link rel=\"stylesheet\" href=\"./";
const MODULE: &str = "  <link rel=\"modulepreload\" href=\"./js/";
const TEMPLATE: &str = "  <template id=\"rest\">\n";

/// Writes page, scripts and style sheet to `out`.
pub(super) fn write(workspace: &Workspace, out: &Path) -> Result<()> {
    let www = workspace.root.join("www");
    let esbuild = Esbuild::find(workspace, &www)?;
    let html = fs::read_to_string(www.join("index.html")).context("www/index.html is missing")?;
    join_sheets(&esbuild, &www, &html, out)?;
    let graph = join_scripts(&esbuild, workspace, out)?;
    let first = imports(&graph, FIRST)?;
    let mut rest = imports(&graph, REST)?;
    rest.insert(REST.to_owned());
    let rest = rest.difference(&first).cloned().collect();
    write_file(&out.join("index.html"), &published(&html, &first, &rest)?)
}

/// Joins the page's style sheets in their order.
fn join_sheets(esbuild: &Esbuild<'_>, www: &Path, html: &str, out: &Path) -> Result<()> {
    let mut all = String::new();
    for sheet in sheets(html) {
        let path = www.join(sheet);
        all.push_str(&fs::read_to_string(&path).with_context(|| format!("no {}", path.display()))?);
    }
    let joined = out.join(STYLE);
    write_file(&joined, &all)?;
    let mut command = esbuild.command(&["--allow-overwrite"]);
    command.arg(&joined).arg(format!("--outfile={}", joined.display()));
    process::run(&mut command)
}

/// Joins the scripts; gives which of the written ones imports which.
fn join_scripts(esbuild: &Esbuild<'_>, workspace: &Workspace, out: &Path) -> Result<Value> {
    let graph = workspace.target.join("site-graph.json");
    let mut command = esbuild.command(&[FIRST, REST, "--bundle", "--splitting", "--format=esm"]);
    command.args(["--target=es2022", "--charset=utf8", "--external:../pkg/*"]);
    command.arg("--chunk-names=[name]-[hash]");
    command.arg(format!("--outdir={}", out.join("js").display()));
    process::run(command.arg(format!("--metafile={}", graph.display())))?;
    let text = fs::read_to_string(&graph).context("esbuild tells nothing of what it wrote")?;
    serde_json::from_str(&text).context("esbuild's metafile is no JSON")
}

/// The written scripts that one of them, named as below the page, cannot begin without.
fn imports(graph: &Value, name: &str) -> Result<BTreeSet<String>> {
    let outputs = graph.get("outputs").and_then(Value::as_object).context("it wrote nothing")?;
    let (mut found, mut ahead) = (BTreeSet::new(), vec![name.to_owned()]);
    while let Some(name) = ahead.pop() {
        let written = outputs.iter().find(|(path, _)| path.ends_with(&format!("/{name}")));
        let (_, about) = written.with_context(|| format!("esbuild wrote no {name}"))?;
        for import in about.get("imports").and_then(Value::as_array).into_iter().flatten() {
            let path = import.get("path").and_then(Value::as_str).unwrap_or_default();
            let is_ours = import.get("external").is_none();
            if !is_ours || import.get("kind") != Some(&"import-statement".into()) {
                continue;
            }
            let file = path.rsplit('/').next().unwrap_or(path);
            let name = format!("js/{file}");
            if found.insert(name.clone()) {
                ahead.push(name);
            }
        }
    }
    Ok(found)
}

/// The style sheets that the page names.
fn sheets(html: &str) -> impl Iterator<Item = &str> {
    html.lines().filter_map(|line| Some(line.strip_prefix(SHEET)?.split_once('"')?.0))
}

/// The page with the joined files in the place of those they were joined of, and without indents.
fn published(html: &str, first: &BTreeSet<String>, rest: &BTreeSet<String>) -> Result<String> {
    let mut lines = Vec::new();
    for line in html.split_inclusive('\n') {
        if line.starts_with(SHEET) {
            continue;
        }
        if line == TEMPLATE {
            lines.push(format!("{SHEET}{STYLE}\">\n"));
            lines.extend(first.iter().map(|name| preload(name)));
            lines.push(line.to_owned());
            lines.extend(rest.iter().map(|name| preload(name)));
        } else if !line.trim_start().starts_with(MODULE.trim_start()) {
            lines.push(line.to_owned());
        }
    }
    let joined = lines.iter().map(|line| line.trim_start()).collect::<String>();
    ensure!(joined.contains(TEMPLATE.trim()), "the page has no place for the rest");
    Ok(joined)
}

fn preload(name: &str) -> String {
    format!("<link rel=\"modulepreload\" href=\"./{name}\">\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PAGE: &str = "<head>
  <link rel=\"stylesheet\" href=\"./css/base.css\">
  <link rel=\"stylesheet\" href=\"./css/call.css\">
  <link rel=\"modulepreload\" href=\"./js/i18n.js\">
  <template id=\"rest\">
    <link rel=\"modulepreload\" href=\"./pkg/kvs_webrtc.js\">
    <link rel=\"modulepreload\" href=\"./js/call.js\">
  </template>
  <script type=\"module\" src=\"./js/main.js\"></script>
";

    fn names<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
        names.map(str::to_owned).into()
    }

    #[test]
    fn the_page_names_what_was_joined_and_nothing_else() {
        let shared = names(["js/shared-1.js"]);
        let page = published(PAGE, &shared, &names(["js/page.js"])).unwrap();
        let wanted = "<head>
<link rel=\"stylesheet\" href=\"./css/page.css\">
<link rel=\"modulepreload\" href=\"./js/shared-1.js\">
<template id=\"rest\">
<link rel=\"modulepreload\" href=\"./js/page.js\">
<link rel=\"modulepreload\" href=\"./pkg/kvs_webrtc.js\">
</template>
<script type=\"module\" src=\"./js/main.js\"></script>
";
        assert_eq!(page, wanted);
        assert_eq!(sheets(PAGE).collect::<Vec<_>>(), ["css/base.css", "css/call.css"]);
        let none = BTreeSet::new();
        assert!(published("<head>\n", &none, &none).is_err());
    }

    #[test]
    fn what_a_script_begins_with_is_found_and_what_it_loads_later_is_not() {
        let import = |path: &str, kind: &str| json!({ "path": path, "kind": kind });
        let graph = json!({ "outputs": {
            "../site/js/main.js": { "imports": [
                import("../site/js/a-1.js", "import-statement"),
                import("../site/js/page.js", "dynamic-import"),
                { "path": "../pkg/kvs_webrtc.js", "kind": "import-statement", "external": true },
            ] },
            "../site/js/a-1.js": { "imports": [import("../site/js/b-2.js", "import-statement")] },
            "../site/js/b-2.js": { "imports": [] },
        } });
        assert_eq!(imports(&graph, FIRST).unwrap(), names(["js/a-1.js", "js/b-2.js"]));
        assert!(imports(&graph, REST).unwrap_err().to_string().contains("wrote no js/page.js"));
    }
}
