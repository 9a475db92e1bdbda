//! Node, by `import` and by `require`; and as a server that renders pages.

use std::process::Command;

use anyhow::Result;
use kvs_e2e::Service;
use serde_json::{Value, json};

use crate::{
    project::{Failure, node, project, run, tool},
    stand::expected,
};

async fn says(script: &str) -> Result<Value> {
    let service = Service::run(Service::config()).await?;
    node(&[script, service.endpoint(), "package"])
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_ready_on_import() -> Result<(), Failure> {
    assert_eq!(says("node.mjs").await?, expected(json!({ "same": true })));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_ready_on_require() -> Result<(), Failure> {
    assert_eq!(says("node.cjs").await?, expected(json!({ "same": true })));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_for_browsers_does_no_harm_on_a_server() -> Result<(), Failure> {
    let mut told = says("browser.mjs").await?;
    let (values, exported) = (told["values"].take(), told["exported"].take());
    assert_eq!(values, exported, "the types declare other values than there are");
    let wanted = json!({ "early": "caller.notReady", "values": null, "exported": null });
    assert_eq!(told, expected(wanted));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_servers_bundle_without_the_wasm_may_import_it() -> Result<(), Failure> {
    for format in ["esm", "cjs"] {
        let bundle = format!("server-bundle.{}", if format == "esm" { "mjs" } else { "cjs" });
        let mut esbuild = Command::new(tool(".bin/esbuild")?);
        esbuild.args(["server.js", "--bundle", "--platform=node", "--log-level=error"]);
        esbuild.arg(format!("--format={format}")).arg(format!("--outfile={bundle}"));
        run(esbuild.current_dir(project()?))?;
        let wanted = expected(json!({ "early": "caller.notReady" }));
        assert_eq!(says(&bundle).await?, wanted, "{format}");
    }
    Ok(())
}

#[test]
fn signaling_takes_a_socket_that_it_is_given() -> Result<(), Failure> {
    let wanted = json!({ "given": "answer", "none": "browser.unsupported", "sockets": 1 });
    assert_eq!(node(&["injected.mjs"])?, wanted);
    Ok(())
}
