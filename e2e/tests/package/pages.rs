//! Pages without a bundler.

use std::fs;

use anyhow::{Context, Result};
use serde_json::json;

use crate::{
    project::{Failure, copy, installed, project},
    stand::{Stand, expected},
};

/// A site with these of the consumers' files, and the package in a folder beside them.
///
/// # Errors
/// Where it cannot be written.
pub(crate) fn site(head: &str, files: &[&str]) -> Result<Stand> {
    let stand = Stand::new(head)?;
    copy(&installed()?, &stand.path().join("kvs-webrtc"))?;
    for file in files {
        let text = fs::read_to_string(project()?.join(file)).context("no such consumer")?;
        // No import map: a strict policy has no place for it, being a script in the page.
        let text = text
            .replace("'kvs-webrtc'", "'./kvs-webrtc/index.js'")
            .replace("'kvs-webrtc/inline'", "'./kvs-webrtc/inline.js'");
        fs::write(stand.path().join(file), text)?;
    }
    Ok(stand)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_fetches_the_wasm() -> Result<(), Failure> {
    let head = "<script type=module src=module.js></script>";
    let stand = site(head, &["module.js", "check.js", "tell.js"])?;
    // What is only for those that cannot have the wasm is not loaded.
    fs::remove_file(stand.path().join("kvs-webrtc/wasm-inline.js"))?;
    let wanted = expected(json!({ "early": "caller.notReady", "once": true }));
    assert_eq!(stand.result().await?, wanted);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inline_module_needs_no_wasm() -> Result<(), Failure> {
    let head = "<script type=module src=inline.js></script>";
    let stand = site(head, &["inline.js", "check.js", "tell.js"])?;
    fs::remove_file(stand.path().join("kvs-webrtc/kvs_webrtc_bg.wasm"))?;
    assert_eq!(stand.result().await?, expected(json!({})));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_script_has_a_global() -> Result<(), Failure> {
    let head = "<script src=kvs-webrtc/kvs-webrtc.global.js></script>\
                <script src=script.js></script>";
    let stand = site(head, &["script.js", "check.js", "tell.js"])?;
    for module in ["kvs_webrtc.js", "index.js", "wasm-inline.js"] {
        fs::remove_file(stand.path().join("kvs-webrtc").join(module))?;
    }
    assert_eq!(stand.result().await?, expected(json!({ "early": "caller.notReady" })));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_script_is_ready_at_once_with_the_inline_wasm() -> Result<(), Failure> {
    let head = "<script src=kvs-webrtc/wasm-inline.js></script>\
                <script src=kvs-webrtc/kvs-webrtc.global.js></script>\
                <script src=script.js></script>";
    let stand = site(head, &["script.js", "check.js", "tell.js"])?;
    fs::remove_file(stand.path().join("kvs-webrtc/kvs_webrtc_bg.wasm"))?;
    assert_eq!(stand.result().await?, expected(json!({ "early": "caller.invalidArgument" })));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn init_finds_a_way_or_says_why_not() -> Result<(), Failure> {
    let stand =
        site("<script type=module src=doors.js></script>", &["doors.js", "check.js", "tell.js"])?;
    for name in ["missing", "page", "given", "other", "again"] {
        copy(&installed()?, &stand.path().join(name))?;
    }
    fs::remove_file(stand.path().join("missing/kvs_webrtc_bg.wasm"))?;
    // The emulator tells a file's type by its name.
    let wasm = "kvs_webrtc_bg.wasm";
    let door = stand.path().join("page/index.js");
    let text = fs::read_to_string(&door)?;
    fs::write(&door, text.replace(wasm, "wasm.html"))?;
    fs::rename(stand.path().join("page").join(wasm), stand.path().join("page/wasm.html"))?;
    let open = stand.open().await?;
    let told = open.told().await?;
    let text = |name: &str| told.get(name).and_then(|it| it.as_str()).unwrap_or_default();
    for ready in ["missing", "page", "afterwards", "response", "module"] {
        assert_eq!(text(ready), "ready", "{ready}: {told}");
    }
    assert!(text("failed").starts_with("network.unreachable: kvs-webrtc: "), "{told}");
    assert!(text("failed").ends_with("/nowhere.wasm answered 404"), "{told}");
    assert!(text("garbage").starts_with("caller.invalidArgument: kvs-webrtc: input "), "{told}");
    assert_eq!(text("rejected"), "network.unreachable: kvs-webrtc: input does not load");
    assert_eq!(text("channel"), "package", "{told}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_without_wasm_is_named() -> Result<(), Failure> {
    let policy = "<meta http-equiv=Content-Security-Policy content=\"script-src 'self'\">\
                  <script type=module src=blocked.js></script>";
    let stand = site(policy, &["blocked.js", "tell.js"])?;
    let told = stand.open().await?.told().await?;
    assert_eq!(told, json!({ "fetched": "browser.wasmBlocked", "inline": "browser.wasmBlocked" }));
    Ok(())
}
