//! TypeScript and JavaScript: with the package's types, strictly, by the oldest compiler that they
//! are for and by the current one.

use std::{fs, process::Command};

use anyhow::Result;
use serde_json::json;

use super::{
    documents::{Block, blocks_in},
    html::scripts,
};
use crate::project::{Failure, project, run, tool};

/// What a script of a page has before it, where it is none of the modules.
const GLOBAL: &str = "/// <reference types=\"kvs-webrtc\" />\n";
/// esbuild, told to copy a file, gives its address: <https://esbuild.github.io/content-types/#external-file>.
const ASSETS: &str =
    "declare module \"*.wasm\" {\n  const url: string;\n  export default url;\n}\n";

/// The modules, by their files' names.
fn modules() -> Result<Vec<(String, String)>> {
    let mut files = vec![("assets.d.ts".to_owned(), ASSETS.to_owned())];
    for block in blocks_in(&["ts", "js"])? {
        // A name of a block is a name of that block only.
        let module = format!("{}\nexport {{}};\n", block.text);
        files.push((format!("{}.{}", block.slug(), block.language), module));
    }
    for block in blocks_in(&["html"])? {
        for (at, script) in (1..).zip(scripts(&block)?) {
            let name = format!("{}-{at}.js", block.slug());
            if script.is_module() {
                files.push((name, script.text));
            } else if script.is_code() {
                files.push((name, format!("{GLOBAL}(() => {{\n{}}})();\n", script.text)));
            }
        }
    }
    Ok(files)
}

#[test]
fn they_compile_with_the_packages_types() -> Result<(), Failure> {
    let folder = project()?.join("snippets-types");
    fs::create_dir_all(&folder)?;
    let mut names = Vec::new();
    for (name, text) in modules()? {
        fs::write(folder.join(&name), text)?;
        names.push(name);
    }
    let settings = json!({
        "extends": "../tsconfig.base.json",
        "compilerOptions": {
            "allowJs": true,
            "allowUmdGlobalAccess": true,
            "checkJs": true,
            "lib": ["ES2022", "DOM"],
            "module": "ESNext",
            "moduleResolution": "bundler",
            "target": "ES2022",
        },
        "files": names,
    });
    fs::write(folder.join("tsconfig.json"), settings.to_string())?;
    for compiler in ["typescript-5.0", "typescript"] {
        let mut tsc = Command::new("node");
        tsc.arg(tool(&format!("{compiler}/bin/tsc"))?).args(["--project", "tsconfig.json"]);
        run(tsc.current_dir(&folder))?;
    }
    Ok(())
}

/// What people copy from a document is the package under its name, and nothing that it lacks.
#[test]
fn they_import_the_package_and_nothing_else() -> Result<(), Failure> {
    for block in blocks_in(&["ts", "js"])? {
        assert_eq!(foreign_imports(&block), Vec::<&str>::new(), "{}", block.place());
    }
    Ok(())
}

/// What a block imports that is not of the package.
fn foreign_imports(block: &Block) -> Vec<&str> {
    let imports = block.text.lines().filter(|line| line.starts_with("import "));
    let sources = imports.filter_map(|line| line.split('"').nth(1));
    sources.filter(|it| *it != "kvs-webrtc" && !it.starts_with("kvs-webrtc/")).collect()
}
