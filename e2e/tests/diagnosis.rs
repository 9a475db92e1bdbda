//! Why a start fails is found out with what the service is documented to tell, and no more: between
//! the browser and the emulator is a proxy that lets nothing else through. Each mistake is made
//! twice: at a first start, whose calls are refused, and at a later one of the same object, which
//! knows the channel already and has nothing but its WebSocket refused, of which a browser tells
//! nothing.

use anyhow::{Context, Result, ensure};
use kvs_e2e::{
    Camera, Narrow, Page, SOON, Service, Story,
    narrow::Dates,
    service::{ACCESS_KEY_ID, SECRET},
};
use kvs_emulator::{Behaviour, Config, Hosts, Keys, Network};
use serde_json::{Value, json};

use crate::people::{make_channel, tales};

tales![
    wrong_keys_are_named,
    a_channel_that_is_not_there_is_named,
    another_region_is_named,
    a_wrong_clock_is_put_right_or_named,
    a_refusal_without_a_reason_has_likely_ones,
];

/// The classes.
const VIEWER: &str = "Viewer";
const MASTER: &str = "Master";

/// Makes a session, or starts it: until it waits for the other side, or fails. Tells `waiting`, or
/// the error's code and what is likely.
const PREPARE: &str = "
    globalThis.make = (role, options) => {
      globalThis.keys = options.credentials;
      globalThis.session = new sdk[role](options);
    };
    globalThis.outcome = () => new Promise((resolve) => {
      const end = session.on('state', ({ state }) => {
        if (state !== 'waiting') return;
        resolve(['waiting', null]);
        session.stop();
      });
      session.start().catch(({ code, likely }) => {
        end();
        resolve([code, likely ?? null]);
      });
    });";

/// The service behind its proxy, and a page that has the package.
struct Scene {
    _service: Service,
    proxy: Narrow,
    page: Page,
    channel: String,
}

impl Scene {
    async fn set(story: &Story<'_>, dates: Dates) -> Result<Self> {
        let keys = keys_file()?;
        let config = Config {
            keys: Keys::default()
                .with_access_key(ACCESS_KEY_ID.to_owned(), SECRET.into())
                .with_file(keys.path())?,
            // As the service: names for its parts, WebSockets at the path `/`.
            network: Network { hosts: Hosts::Names("localhost".to_owned()), ..Network::default() },
            behaviour: Behaviour { quotas: false, ..Behaviour::default() },
            ..Service::plain()
        };
        let service = Service::run(config).await?;
        let proxy = Narrow::before(service.addr(), dates).await?;
        let page = story.open_url("page", Camera::Missing, &service.page_url("")).await?;
        page.until("the page is ready", SOON, "document.title === 'Ready'").await?;
        page.run(PREPARE, Vec::new()).await?;
        let mut scene = Self { _service: service, proxy, page, channel: String::new() };
        scene.channel = make_channel(&scene.page, &scene.endpoint(), "front-door").await?;
        Ok(scene)
    }

    /// The control plane, through the proxy.
    fn endpoint(&self) -> String {
        format!("http://kinesisvideo.us-west-2.localhost:{}", self.proxy.port())
    }

    /// Makes a session with good keys, changed by `more`.
    async fn make(&self, role: &str, more: Value) -> Result<()> {
        let mut options = json!({
            "region": "us-west-2",
            "channelName": "front-door",
            "endpoint": self.endpoint(),
            "video": false,
            "credentials": { "accessKeyId": ACCESS_KEY_ID, "secretAccessKey": SECRET },
        });
        if let (Some(options), Value::Object(more)) = (options.as_object_mut(), more) {
            options.extend(more);
        }
        self.page.run("make(...arguments)", vec![json!(role), options]).await.map(drop)
    }

    /// Starts the session: `waiting`, or the code of the error, and what is likely.
    async fn outcome(&self) -> Result<(String, Value)> {
        let told = self.page.run("return outcome()", Vec::new()).await?;
        serde_json::from_value(told).context("it tells nothing")
    }

    /// A first start ends like this.
    async fn first(&self, role: &str, more: Value, code: &str) -> Result<Value> {
        self.make(role, more.clone()).await?;
        let (told, likely) = self.outcome().await?;
        ensure!(told == code, "a {role}'s first start with {more}: {told}");
        Ok(likely)
    }

    /// A session that has been connected.
    async fn knows_the_channel(&self, role: &str) -> Result<()> {
        self.make(role, json!({})).await?;
        let (told, _) = self.outcome().await?;
        ensure!(told == "waiting", "a {role}'s start with good keys: {told}");
        Ok(())
    }

    /// A later start ends like this, which its WebSocket was opened for.
    async fn then(&self, code: &str) -> Result<Value> {
        let sockets = self.page.value("probe.sockets.length").await?;
        let (told, likely) = self.outcome().await?;
        ensure!(told == code, "a later start: {told} instead of {code}");
        let opened = self.page.value("probe.sockets.length").await?;
        ensure!(opened != sockets, "no WebSocket was tried");
        Ok(likely)
    }

    /// Asks the emulator itself, past the proxy.
    async fn admin(&self, method: &str, path: &str, body: Value) -> Result<()> {
        let script = "const [method, path, body] = arguments;
            const headers = { 'X-Kvs-Emulator': '1' };
            return fetch(`/_emulator/${path}`, { method, headers, body: JSON.stringify(body) })
              .then((answer) => answer.status);";
        let told = self.page.run(script, vec![json!(method), json!(path), body]).await?;
        ensure!(told == json!(200), "{method} {path} answers {told}");
        Ok(())
    }

    /// Nothing was asked for that the service does not have.
    fn asked_for_nothing_else(&self) -> Result<()> {
        let refused = self.proxy.refused();
        ensure!(refused.is_empty(), "the proxy refused {refused:?}");
        Ok(())
    }
}

/// Keys that have expired, and keys that may not connect, nor ask about the channel.
fn keys_file() -> Result<tempfile::NamedTempFile> {
    let keys = json!({ "keys": [
        { "accessKeyId": "ASIAEXPIRED", "secretAccessKey": "secret", "sessionToken": "token",
          "expiration": "2020-01-01T00:00:00Z" },
        { "accessKeyId": "AKIDBLIND", "secretAccessKey": "secret", "actions": ["Get*"] },
    ] });
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), keys.to_string())?;
    Ok(file)
}

fn wrong_keys() -> [(Value, &'static str); 3] {
    let keys = |id: &str, secret: &str, token: Option<&str>| json!({ "accessKeyId": id, "secretAccessKey": secret, "sessionToken": token });
    [
        (keys(ACCESS_KEY_ID, "mistyped", None), "keys.wrongSecret"),
        (keys("AKIDNOBODY", SECRET, None), "keys.unknown"),
        (keys("ASIAEXPIRED", "secret", Some("token")), "keys.expired"),
    ]
}

async fn wrong_keys_are_named(story: &Story<'_>) -> Result<()> {
    let scene = Scene::set(story, Dates::Told).await?;
    for role in [VIEWER, MASTER] {
        for (keys, code) in wrong_keys() {
            scene.first(role, json!({ "credentials": keys }), code).await?;
            scene.knows_the_channel(role).await?;
            scene.page.run("Object.assign(keys, arguments[0])", vec![keys]).await?;
            scene.then(code).await?;
        }
    }
    scene.asked_for_nothing_else()
}

async fn a_channel_that_is_not_there_is_named(story: &Story<'_>) -> Result<()> {
    let scene = Scene::set(story, Dates::Told).await?;
    let missing = "service.channelNotFound";
    scene.first(VIEWER, json!({ "channelName": "nowhere" }), missing).await?;
    scene.knows_the_channel(VIEWER).await?;
    let script = "const [endpoint, ChannelARN] = arguments;
        const client = new sdk.KinesisVideoClient({ region: 'us-west-2', endpoint, credentials: keys });
        await client.deleteSignalingChannel({ ChannelARN });";
    let told = vec![json!(scene.endpoint()), json!(scene.channel)];
    scene.page.run(script, told).await?;
    scene.then(missing).await?;
    scene.asked_for_nothing_else()
}

async fn another_region_is_named(story: &Story<'_>) -> Result<()> {
    let scene = Scene::set(story, Dates::Told).await?;
    scene.first(VIEWER, json!({ "region": "eu-central-1" }), "caller.wrongRegion").await?;
    scene.asked_for_nothing_else()
}

async fn a_wrong_clock_is_put_right_or_named(story: &Story<'_>) -> Result<()> {
    for (dates, outcome) in [(Dates::Told, "waiting"), (Dates::Hidden, "caller.clockSkewed")] {
        let scene = Scene::set(story, dates).await?;
        for skew in [-3600, 3600] {
            scene.admin("PUT", "clock", json!({ "skewSeconds": 0 })).await?;
            scene.knows_the_channel(VIEWER).await?;
            scene.admin("PUT", "clock", json!({ "skewSeconds": skew })).await?;
            scene.then(outcome).await?;
            scene.first(VIEWER, json!({}), outcome).await?;
        }
        scene.asked_for_nothing_else()?;
    }
    Ok(())
}

async fn a_refusal_without_a_reason_has_likely_ones(story: &Story<'_>) -> Result<()> {
    let scene = Scene::set(story, Dates::Told).await?;
    scene.knows_the_channel(VIEWER).await?;
    scene.admin("POST", "faults", json!({ "spec": "refuse-upgrade" })).await?;
    let refused = "service.refused";
    let likely = scene.then(refused).await?;
    let hasty = ["connectsThrottled", "channelFull", "connectDenied", "wrongRoleEndpoint"];
    ensure!(likely == json!(hasty), "soon after another connection: {likely}");
    let likely = scene.first(VIEWER, json!({}), refused).await?;
    let calm = ["channelFull", "connectDenied", "connectsThrottled", "wrongRoleEndpoint"];
    ensure!(likely == json!(calm), "at a first connection: {likely}");

    let likely = scene.first(MASTER, json!({}), refused).await?;
    // Of masters there is no number that a channel could be full of.
    let masters = ["connectDenied", "connectsThrottled", "wrongRoleEndpoint"];
    ensure!(likely == json!(masters), "of a master: {likely}");

    let blind = json!({ "accessKeyId": "AKIDBLIND", "secretAccessKey": "secret" });
    let blind = json!({ "channelARN": scene.channel, "channelName": null, "credentials": blind });
    let likely = scene.first(VIEWER, blind, refused).await?;
    ensure!(likely.get(0) == Some(&json!("connectDenied")), "keys that may not connect: {likely}");
    scene.asked_for_nothing_else()
}
