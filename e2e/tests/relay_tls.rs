//! A call in a network that lets out no UDP, with browsers that trust the emulator's certificate
//! authority: it is relayed over TLS, `turns:`, on both sides.

use anyhow::{Context, Result, ensure};
use kvs_e2e::{
    Browser, Camera, Driver, Home, Kind, Page, SOON, Service, Story,
    story::{check, describe},
};
use kvs_emulator::{Config, Network, Tls};
use serde_json::json;

use crate::people::{both_see, start_master, tales};

tales![a_call_is_relayed_over_tls_where_udp_is_blocked];

/// Its service speaks TLS, unlike the story's, and its browsers are of a home of their own.
async fn a_call_is_relayed_over_tls_where_udp_is_blocked(_: &Story<'_>) -> Result<()> {
    let network = Network { tls: Tls::Made, ..Network::default() };
    let service = Service::run(Config { network, ..Service::config() }).await?;
    let home = Home::that_trusts(service.ca_file().context("there is no certificate to trust")?)?;
    let kind = Kind::wanted();
    let drivers = [Driver::start_in(kind, &home).await?, Driver::start_in(kind, &home).await?];
    let mut pages = Vec::new();
    let outcome = call(&service, &drivers, &mut pages).await;
    let Err(error) = outcome else { return Ok(()) };
    let mut report = format!("{error:#}\n");
    for page in &pages {
        report.push_str(&describe("relay_tls", page).await);
    }
    Err(anyhow::anyhow!(report))
}

async fn call(service: &Service, drivers: &[Driver; 2], pages: &mut Vec<Page>) -> Result<()> {
    for (name, driver) in ["master", "viewer"].into_iter().zip(drivers) {
        let browser = Browser::start_without_udp(driver, Camera::Granted).await?;
        let page = browser.open(name, &service.page_url("natTraversal=forceTURN")).await?;
        pages.push(page.clone());
        page.until_text("#status", "Ready", SOON).await?;
        if name == "master" {
            start_master(&page).await?;
        } else {
            page.click("#viewer-button").await?;
        }
    }
    let [master, viewer] = pages.as_slice() else { anyhow::bail!("there are two pages") };
    both_see(master, viewer).await?;
    let connections =
        [(master, "kvs.master.viewers[0].peerConnection"), (viewer, "kvs.viewer.peerConnection")];
    for (page, connection) in connections {
        let pair = page.value(&format!("probe.selectedPair({connection})")).await?;
        ensure!(pair == json!({ "local": "relay", "remote": "relay" }), "{}: {pair}", page.name());
        let spoken = page.value(&format!("probe.relayProtocol({connection})")).await?;
        ensure!(spoken == json!("tls"), "{}: TURN is spoken over {spoken}", page.name());
        check(page).await?;
    }
    Ok(())
}
