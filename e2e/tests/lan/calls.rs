//! Two people in one network call each other.

use std::{future::Future, pin::Pin};

use anyhow::{Result, ensure};
use kvs_e2e::{
    Browser, Camera, Driver, Lan, Page, SOON, Video,
    story::{check, describe},
};
use serde_json::{Value, json};

use crate::demo::Demo;

/// A call from its beginning to its end.
type Call = fn() -> Pin<Box<dyn Future<Output = Result<()>> + Send>>;

/// The tests, with their names.
pub(crate) const ALL: [(&str, Call); 2] = [
    ("two_laptops_see_each_other_over_stun", || Box::pin(over_stun())),
    ("two_laptops_that_do_not_reach_each_other_are_relayed", || Box::pin(over_turn())),
];

async fn over_stun() -> Result<()> {
    let kind = Kind { query: "natTraversal=forceSTUN", fits: is_direct, stun: true };
    Scene::set(Path::Direct).await?.play("lan-stun", &kind).await
}

async fn over_turn() -> Result<()> {
    let kind = Kind { query: "natTraversal=forceTURN", fits: is_relayed, stun: false };
    Scene::set(Path::None).await?.play("lan-turn", &kind).await
}

/// What a call is like.
struct Kind {
    /// The page's settings for it.
    query: &'static str,
    /// Whether a pair of candidates is one that it uses.
    fits: fn(&Value) -> bool,
    /// Whether it uses the STUN server and nothing else.
    stun: bool,
}

fn is_direct(pair: &Value) -> bool {
    let ends = ["local", "remote"].map(|end| pair.get(end).and_then(Value::as_str));
    ends.iter().all(|kind| matches!(kind, Some("host" | "srflx" | "prflx")))
}

fn is_relayed(pair: &Value) -> bool {
    *pair == json!({ "local": "relay", "remote": "relay" })
}

/// What is between the two laptops.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Path {
    Direct,
    /// Each reaches the machine with the emulator, and not the other.
    None,
}

/// The network with the demo in it, and a browser on each of the two laptops. Gone in this order.
struct Scene {
    browsers: Vec<Browser>,
    demo: Demo,
    _drivers: Vec<Driver>,
    _lan: Lan,
}

impl Scene {
    async fn set(path: Path) -> Result<Self> {
        let mut lan = Lan::new()?;
        let (mut drivers, mut browsers) = (Vec::new(), Vec::new());
        for _ in 0..2 {
            lan.plug_in().await?;
        }
        lan.isolate(path == Path::None)?;
        for laptop in lan.laptops() {
            let driver = Driver::start_on(laptop).await?;
            browsers.push(Browser::start_trusting(&driver, Camera::Granted).await?);
            drivers.push(driver);
        }
        if let ([laptop, _], [_, other]) = (lan.laptops(), drivers.as_slice()) {
            let reached = laptop.reaches(other.url())?;
            ensure!(reached == (path == Path::Direct), "one laptop reaches the other: {reached}");
        }
        Ok(Self { browsers, demo: Demo::start().await?, _drivers: drivers, _lan: lan })
    }

    /// Makes a call, and looks on both sides at the pair of candidates in use.
    async fn play(self, name: &str, kind: &Kind) -> Result<()> {
        let mut pages = Vec::new();
        let outcome = self.call(kind, &mut pages).await;
        let Err(error) = outcome else { return Ok(()) };
        let mut report = format!("{error:#}\n");
        for page in &pages {
            report.push_str(&describe(name, page).await);
        }
        Err(anyhow::anyhow!(report))
    }

    async fn call(&self, kind: &Kind, pages: &mut Vec<Page>) -> Result<()> {
        for (browser, role) in self.browsers.iter().zip(["master", "viewer"]) {
            let page = browser.open(role, &format!("{}/?{}", self.demo.url, kind.query)).await?;
            pages.push(page.clone());
            self.start(&page, role).await?;
            if role == "master" {
                page.until_text("#status", "Waiting for viewers", SOON).await?;
            }
        }
        let [master, viewer] = pages.as_slice() else { anyhow::bail!("there are two browsers") };
        Video::new(viewer, "#viewer .remote-view", 0).is_live().await?;
        Video::new(master, "#master .remote-view", 0).is_live().await?;
        let connections = [
            (master, "kvs.master.viewers[0].peerConnection"),
            (viewer, "kvs.viewer.peerConnection"),
        ];
        for (page, connection) in connections {
            let pair = page.value(&format!("probe.selectedPair({connection})")).await?;
            ensure!((kind.fits)(&pair), "{}: {pair}", page.name());
            if kind.stun {
                stun_answers(page, connection).await?;
            }
            check(page).await?;
        }
        Ok(())
    }

    /// What a person does who has only the terminal's text: the page says what is missing, and
    /// where to find it.
    async fn start(&self, page: &Page, role: &str) -> Result<()> {
        page.until_text("#status", "Ready", SOON).await?;
        page.until_text("#notices", "terminal", SOON).await?;
        let id = page.text("#accessKeyId").await?;
        ensure!(id == self.demo.access_key_id, "{role}: the access key id is {id:?}");
        let secret = page.text("#secretAccessKey").await?;
        ensure!(secret.is_empty(), "{role}: the page knows a secret");
        admin_is_elsewhere(page).await?;
        page.fill("#secretAccessKey", &self.demo.secret).await?;
        page.click(&format!("#{role}-button")).await
    }
}

/// What drives the emulator is for its own machine: from here it is not there.
async fn admin_is_elsewhere(page: &Page) -> Result<()> {
    let script = "return Promise.all(['/_emulator/', '/_emulator/state'].map((path) =>
                      fetch(path, { headers: { 'X-Kvs-Emulator': '1' } }).then(({ status }) => status)));";
    let statuses = page.run(script, Vec::new()).await?;
    ensure!(statuses == json!([404, 404]), "{}: the admin API answers {statuses}", page.name());
    Ok(())
}

/// A connection's only server is STUN at the emulator's address in the network, and it answers.
/// Where there is no NAT, what it answers is what the browser knows already, so that candidates do
/// not show it; that it did not would be an error.
async fn stun_answers(page: &Page, connection: &str) -> Result<()> {
    let script = format!(
        "const {{ iceServers }} = {connection}.getConfiguration();
         const trial = new RTCPeerConnection({{ iceServers }});
         const errors = [];
         trial.addEventListener('icecandidateerror', (event) => errors.push(event.errorText));
         trial.createDataChannel('trial');
         await trial.setLocalDescription();
         while (trial.iceGatheringState !== 'complete') {{
           await new Promise((done) => trial.addEventListener('icegatheringstatechange', done, {{ once: true }}));
         }}
         trial.close();
         return {{ urls: iceServers.flatMap(({{ urls }}) => urls), errors }};"
    );
    let script = format!("return (async () => {{ {script} }})();");
    let gathered = page.run(&script, Vec::new()).await?;
    let stun = format!("stun:{}:3478", Lan::ADDRESS);
    let expected = json!({ "urls": [stun], "errors": [] });
    ensure!(gathered == expected, "{}: {gathered}", page.name());
    Ok(())
}
