//! wasm-bindgen's glue, changed in the three places where the package wants it otherwise.

use anyhow::{Result, ensure};

/// Until the wasm is there, whatever is asked of it throws an error that says what to do, instead
/// of one about properties of `undefined`.
const UNREADY: [(&str, &str); 2] = [
    (
        "\nlet wasmModule, wasmInstance, wasm;\n",
        "\nconst unready = new Proxy({}, { get() { throw notReady(); } });\n\
         let wasmModule, wasmInstance, wasm = unready;\n",
    ),
    (
        "\nfunction initSync(module) {\n    if (wasm !== undefined) return wasm;\n",
        "\nfunction initSync(module) {\n    if (wasm !== unready) return wasm;\n",
    ),
];

/// The doors find and compile the wasm themselves and come with a module: wasm-bindgen's own
/// `init`, and with it the line that bundlers take for an asset, is reached by nobody.
const EXPORTS: (&str, &str) =
    ("\nexport { initSync, __wbg_init as default };\n", "\nexport { initSync as default };\n");

/// What wasm-bindgen exports though it is its own: the function that runs at the start.
const INTERNAL: [&str; 1] = ["__kvs_end"];

/// The glue as the package has it.
///
/// # Errors
/// Where the glue is not what this was written for, as with another wasm-bindgen.
pub(super) fn patched(glue: &str) -> Result<String> {
    let mut text = glue.to_owned();
    for (from, to) in UNREADY.into_iter().chain([EXPORTS]) {
        let times = text.matches(from).count();
        ensure!(times == 1, "the glue has {times} times, and not once, the lines {from:?}");
        text = text.replace(from, to);
    }
    let named = text.lines().map(with_its_name).collect::<Vec<_>>().join("\n");
    Ok(format!("import {{ notReady }} from './errors.js';\n{named}\n"))
}

/// The script that exports what is public of the glue: what the hand-written types declare.
///
/// # Errors
/// Where the glue exports something that has no types.
pub(super) fn public(glue: &str, declared: &[String]) -> Result<String> {
    let exported = ["export class ", "export function "];
    for line in glue.lines() {
        let Some(rest) = exported.iter().find_map(|start| line.strip_prefix(start)) else {
            continue;
        };
        let name = rest.split([' ', '(']).next().unwrap_or_default();
        let known = INTERNAL.contains(&name) || declared.iter().any(|it| it == name);
        ensure!(known, "{name} is exported, but not declared in src/js/types");
    }
    Ok(format!("export {{ {} }} from './glue.js';\n", declared.join(", ")))
}

/// A public class is called the same in the console and in `constructor.name` when it is minified.
fn with_its_name(line: &str) -> String {
    let name = line.strip_prefix("export class ").and_then(|rest| rest.strip_suffix(" {"));
    name.map_or_else(
        || line.to_owned(),
        |name| format!("{line}\n    static get name() {{ return '{name}'; }}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "\
/* @ts-self-types=\"./kvs_webrtc.d.ts\" */
export class Viewer {
    stop() { wasm.viewer_stop(this.__wbg_ptr); }
}
export function version() { return wasm.version(); }
let wasmModule, wasmInstance, wasm;
function initSync(module) {
    if (wasm !== undefined) return wasm;
}
async function __wbg_init(module_or_path) {
    if (wasm !== undefined) return wasm;
    new URL('kvs_webrtc_bg.wasm', import.meta.url);
}
export { initSync, __wbg_init as default };
";

    #[test]
    fn the_wasm_throws_until_it_is_there_and_only_what_is_public_is_exported() {
        let text = patched(GLUE).unwrap();
        assert!(text.starts_with("import { notReady } from './errors.js';\n"));
        assert!(text.contains("wasm = unready;") && text.contains("throw notReady()"));
        assert!(text.contains("static get name() { return 'Viewer'; }"));
        assert!(text.ends_with("\nexport { initSync as default };\n"), "{text}");
    }

    /// What stands above is what the wasm-bindgen in use makes.
    #[test]
    fn the_glue_of_this_wasm_bindgen_is_known() {
        const EMPTY_MODULE: &[u8] = b"\0asm\x01\0\0\0";
        let out = tempfile::tempdir().unwrap();
        let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
        bindgen.input_bytes("a", EMPTY_MODULE.to_vec()).web(true).unwrap();
        bindgen.generate(out.path()).unwrap();
        patched(&std::fs::read_to_string(out.path().join("a.js")).unwrap()).unwrap();
    }

    #[test]
    fn what_is_declared_is_public_and_the_rest_is_not() {
        let declared = ["Viewer", "version"].map(String::from);
        let glue = [GLUE, "export function __kvs_end() {\n"].concat();
        let text = public(&glue, &declared).unwrap();
        assert_eq!(text, "export { Viewer, version } from './glue.js';\n");
        let refusal = public(GLUE, &declared[..1]).unwrap_err().to_string();
        assert!(refusal.starts_with("version is exported, but"), "{refusal}");
    }

    #[test]
    fn another_glue_is_refused_with_the_lines_that_are_missing() {
        for (from, _) in UNREADY.into_iter().chain([EXPORTS]) {
            let refusal = patched(&GLUE.replace(from, "\n")).unwrap_err().to_string();
            assert!(refusal.contains("has 0 times"), "{refusal}");
            let doubled = GLUE.replace(from, &[from, from].concat());
            patched(&doubled).unwrap_err();
        }
    }
}
