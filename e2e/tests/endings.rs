//! The SDK breaks a promise to itself: all is closed, and the next object works.

use anyhow::{Result, ensure};
use kvs_e2e::{Camera, SOON, Service, Story, service::workspace};
use kvs_emulator::Config;
use serde_json::json;

use crate::people::{has_let_go, start_master, tales};

tales![a_panic_ends_its_instance_and_another_one_works];

/// Panics inside the page's own instance; tells what was thrown, and what its objects say then.
const PANIC: &str = "
    const { panicOnPurpose } = await import(new URL('pkg/kvs_webrtc.js', document.baseURI));
    const thrown = (act) => { try { act(); } catch (error) { return error; } };
    const panicked = thrown(panicOnPurpose);
    const { master } = kvs;
    const [state, stream] = [thrown(() => master.state), thrown(() => master.localStream)];
    master.stop();
    return [panicked, state, stream].map((error) => [error?.name, error?.code]);
";

async fn a_panic_ends_its_instance_and_another_one_works(story: &Story<'_>) -> Result<()> {
    let pkg = workspace().join("target/pkg-dev");
    ensure!(pkg.is_dir(), "`cargo xtask build --dev --out target/pkg-dev` makes what is tested");
    let service = Service::run(Config { pkg: Some(pkg), ..Service::config() }).await?;
    let page = story.open_url("master", Camera::Granted, &service.page_url("")).await?;
    start_master(&page).await?;
    page.until("the camera is open", SOON, "probe.open().tracks === 1").await?;
    let told = page.run(PANIC, Vec::new()).await?;
    let ended = json!(["KvsError", "internal.instanceEnded"]);
    ensure!(told == json!([["KvsError", "internal.unexpected"], ended, ended]), "{told}");
    has_let_go(&page).await?;
    page.run("location.reload()", Vec::new()).await?;
    start_master(&page).await
}
