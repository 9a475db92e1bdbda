//! The TypeScript and JavaScript of the documents, each run where it belongs and asked what it has
//! come to.

use std::{collections::BTreeSet, path::Path};

use anyhow::{Context, Result, ensure};
use kvs_e2e::browser::Camera;
use serde_json::{Value, json};

use super::documents::{Block, blocks_in};
use crate::project::Failure;

/// Where an example runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In Node, with the emulator.
    Node,
    /// In a page without a bundler, with the emulator, and with this camera.
    Page(Camera),
    /// In such a page, where the service refuses something: the browser says so on its console.
    RefusedPage,
    /// In a page with a service of WebSockets that `npm/consumers/scripted.js` plays.
    ScriptedPage,
    /// In a page that a bundler has built.
    Built(&'static str),
}

/// Who is on the channel when it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    /// There is none.
    None,
    Empty(&'static str),
    WithMaster(&'static str),
}

/// How an example is run.
#[derive(Debug)]
pub(super) struct Example {
    /// Its document, and a part of it that no other example of the document has.
    file: &'static str,
    has: &'static str,
    pub(super) place: Place,
    pub(super) channel: Channel,
    /// What is read otherwise, so that it meets the emulator; each is there.
    given: &'static [(&'static str, &'static str)],
    /// An expression after its end, whose value is to be `told`.
    ask: &'static str,
    told: fn() -> Value,
}

/// The emulator instead of the region.
const AT_EMULATOR: (&str, &str) =
    ("region: \"us-west-2\",", "region: \"us-west-2\", endpoint: ENDPOINT,");
const MISSING: Place = Place::Page(Camera::Missing);
const DEMO: Channel = Channel::WithMaster("demo");
const CONNECTED: fn() -> Value = || json!("connected");

const EXAMPLES: [Example; 16] = [
    Example {
        file: "README.md",
        has: "new Viewer(",
        place: MISSING,
        channel: Channel::WithMaster("demo-channel"),
        given: &[AT_EMULATOR],
        ask: "viewer.state",
        told: CONNECTED,
    },
    Example {
        file: "README.md",
        has: "new Master(",
        place: Place::Page(Camera::Granted),
        channel: Channel::Empty("demo-channel"),
        given: &[AT_EMULATOR],
        ask: "master.state",
        told: || json!("waiting"),
    },
    Example {
        file: "npm/README.md",
        has: "new Viewer(",
        place: MISSING,
        channel: Channel::WithMaster("demo-channel"),
        given: &[AT_EMULATOR],
        ask: "viewer.state",
        told: CONNECTED,
    },
    Example {
        file: "npm/README.md",
        has: "kvs_webrtc_bg.wasm",
        place: Place::Built("esbuild"),
        channel: Channel::None,
        given: &[("import init from", "import init, { version } from")],
        ask: "version()",
        told: || json!(env!("CARGO_PKG_VERSION")),
    },
    Example {
        file: "docs/guides/bundlers.md",
        has: "import init, { Viewer }",
        place: Place::Built("vite"),
        channel: Channel::None,
        given: &[],
        ask: "new Viewer({ channelName: 'demo', region: 'us-west-2', \
              credentials: { accessKeyId: 'a', secretAccessKey: 'b' } }).state",
        told: || json!("idle"),
    },
    Example {
        file: "docs/guides/bundlers.md",
        has: "/assets/kvs_webrtc_bg.wasm",
        place: MISSING,
        channel: Channel::None,
        given: &[("import init from", "import init, { version } from")],
        ask: "version()",
        told: || json!(env!("CARGO_PKG_VERSION")),
    },
    Example {
        file: "docs/guides/ci.md",
        has: "new Master(",
        place: Place::Page(Camera::Granted),
        channel: Channel::None,
        given: &[("\"http://localhost:8080\"", "ENDPOINT")],
        ask: "[master.state, viewer.state]",
        told: || json!(["waiting", "connected"]),
    },
    Example {
        file: "docs/guides/errors.md",
        has: "async function start(",
        place: Place::RefusedPage,
        channel: Channel::None,
        given: &[("import { KvsError", "import init, { KvsError")],
        ask: "await init().then(() => new Promise((say) => start(new Viewer({ \
              channelName: 'nowhere', region: 'us-west-2', endpoint: ENDPOINT, \
              credentials: { accessKeyId: 'any', secretAccessKey: 'local' } }), say)))",
        told: || json!("There is no such camera."),
    },
    Example {
        file: "docs/guides/errors.md",
        has: "function reportText(",
        place: MISSING,
        channel: Channel::None,
        given: &[("import type { Viewer }", "import init, { Viewer }")],
        ask: "await init().then(() => reportText(new Viewer({ channelName: 'demo', \
              region: 'us-west-2', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } }))).then((text) => JSON.parse(text).role)",
        told: || json!("viewer"),
    },
    Example {
        file: "docs/guides/keys.md",
        has: "session: async",
        place: MISSING,
        channel: DEMO,
        given: &[],
        ask: "viewer.state",
        told: CONNECTED,
    },
    Example {
        file: "docs/guides/keys.md",
        has: "export async function viewerSession(",
        place: Place::Node,
        channel: Channel::Empty("demo"),
        given: &[
            ("{ region, credentials }", "{ region, credentials, endpoint: ENDPOINT }"),
            ("\"arn:aws:kinesisvideo:us-west-2:123456789012:channel/demo/1700000000000\"", "ARN"),
        ],
        ask: "await viewerSession('viewer-1').then((it) => [new URL(it.signedUrl).searchParams\
              .get('X-Amz-ClientId'), it.iceServers.length > 0])",
        told: || json!(["viewer-1", true]),
    },
    Example {
        file: "docs/guides/keys.md",
        has: "/temporary-keys",
        place: MISSING,
        channel: DEMO,
        given: &[AT_EMULATOR, ("import { Viewer }", "import init, { Viewer }")],
        ask: "await init().then(() => viewer.start()).then(() => viewer.state)",
        told: CONNECTED,
    },
    Example {
        file: "docs/guides/migrate.md",
        has: "new SignalingClient(",
        place: Place::ScriptedPage,
        channel: Channel::None,
        given: &[],
        ask: "await new Promise((told) => client.on('sdpAnswer', ({ type }) => told(type)))",
        told: || json!("answer"),
    },
    Example {
        file: "docs/guides/migrate.md",
        has: "new SigV4RequestSigner(",
        place: Place::Node,
        channel: Channel::Empty("demo"),
        given: &[],
        ask: "new URL(url).searchParams.get('X-Amz-Signature').length",
        told: || json!(64),
    },
    Example {
        file: "docs/guides/migrate.md",
        has: "new KinesisVideoClient(",
        place: Place::Node,
        channel: Channel::Empty("demo"),
        given: &[AT_EMULATOR],
        ask: "ChannelInfo.ChannelName",
        told: || json!("demo"),
    },
    Example {
        file: "docs/guides/migrate.md",
        has: "new Viewer(",
        place: MISSING,
        channel: DEMO,
        given: &[AT_EMULATOR],
        ask: "viewer.state",
        told: CONNECTED,
    },
];

impl Example {
    fn fits(&self, block: &Block) -> bool {
        block.is(self.file) && block.text.contains(self.has)
    }

    /// The example as a module that exports what it has `told`.
    fn module(&self, block: &Block) -> Result<String> {
        let mut text = block.text.clone();
        for (read, given) in self.given {
            ensure!(text.contains(read), "{} has no {read}", block.place());
            text = text.replace(read, given);
        }
        Ok(format!("{text}\nexport const told = {};\n", self.ask))
    }

    async fn check(&self, block: &Block, folder: &Path) -> Result<()> {
        let source = folder.join(format!("{}.{}", block.slug(), block.language));
        std::fs::write(&source, self.module(block)?)?;
        let told = super::run::run(self, &source).await?;
        ensure!(told == (self.told)(), "it has come to {told}");
        Ok(())
    }
}

/// Every example of these places runs, and does what it says.
async fn all_run(is_here: fn(Place) -> bool) -> Result<()> {
    let folder = super::run::folder()?;
    let blocks = blocks_in(&["ts", "js"])?;
    for example in EXAMPLES.iter().filter(|example| is_here(example.place)) {
        let block = blocks.iter().find(|block| example.fits(block));
        let block = block.with_context(|| format!("{} has no {}", example.file, example.has))?;
        example.check(block, &folder).await.with_context(|| block.place())?;
    }
    Ok(())
}

#[test]
fn each_is_run_once() -> Result<(), Failure> {
    let mut run = BTreeSet::new();
    for block in blocks_in(&["ts", "js"])? {
        let mut fitting = EXAMPLES.iter().enumerate().filter(|(_, example)| example.fits(&block));
        let (at, _) = fitting.next().with_context(|| format!("{} is not run", block.place()))?;
        assert!(fitting.next().is_none(), "{} is run twice", block.place());
        assert!(run.insert(at), "{} is taken for another", block.place());
    }
    assert_eq!(run.len(), EXAMPLES.len(), "an example is in no document");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn those_of_node_run() -> Result<(), Failure> {
    Ok(all_run(|place| place == Place::Node).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn those_of_pages_run() -> Result<(), Failure> {
    Ok(all_run(|place| !matches!(place, Place::Node | Place::Built(_))).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn those_of_bundlers_run() -> Result<(), Failure> {
    Ok(all_run(|place| matches!(place, Place::Built(_))).await?)
}
