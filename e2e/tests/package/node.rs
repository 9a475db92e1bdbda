//! Node, by `import` and by `require`; and as a server that renders pages.

use anyhow::Result;
use kvs_e2e::Service;
use serde_json::{Value, json};

use crate::{
    project::{Failure, node},
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
    let mut told = says("server.mjs").await?;
    let (values, exported) = (told["values"].take(), told["exported"].take());
    assert_eq!(values, exported, "the types declare other values than there are");
    let wanted = json!({ "early": "caller.notReady", "values": null, "exported": null });
    assert_eq!(told, expected(wanted));
    Ok(())
}
