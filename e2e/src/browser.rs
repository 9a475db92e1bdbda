//! One browser: a Chromium or a Firefox of its own with an empty profile.

use anyhow::{Context, Result, ensure};
use fantoccini::{Client, ClientBuilder, wd::WebDriverCompatibleCommand};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};

use crate::{
    driver::{Driver, Kind},
    firefox,
    page::Page,
};

/// What a page finds that asks for the camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Camera {
    /// A picture at 15 frames a second, and nobody is asked.
    Granted,
    /// As granted, with microphones to choose from; Firefox's picture is of one colour then.
    Several,
    /// A camera that the person does not allow.
    Refused,
    /// No camera and no microphone.
    Missing,
}

impl Camera {
    fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Granted | Self::Several => {
                &["--use-fake-device-for-media-stream=fps=15", "--use-fake-ui-for-media-stream"]
            }
            Self::Refused => &[
                "--use-fake-device-for-media-stream=fps=15",
                "--use-fake-ui-for-media-stream=deny",
            ],
            Self::Missing => &[
                "--use-fake-device-for-media-stream=device-count=0",
                "--use-fake-ui-for-media-stream",
            ],
        }
    }
}

/// A script that runs before those of every page.
#[derive(Debug)]
pub struct Early {
    called: Value,
}

/// How one is started otherwise than all others.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wishes {
    /// It takes every certificate.
    pub(crate) any_certificate: bool,
    /// Its WebRTC gets nothing over UDP.
    pub(crate) no_udp: bool,
    /// Its driver keeps a trace of these categories, where the browser is Chromium.
    pub(crate) traced: Option<&'static str>,
}

/// Flags that every browser gets.
const FLAGS: &[&str] = &[
    "--headless=new",
    "--disable-gpu",
    "--window-size=1280,960",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
    // Browsers without camera permission hide their addresses behind mDNS names otherwise, which
    // do not resolve where there is no mDNS. The others are pages of the browser's own around the
    // one that is looked at, and processes that it starts in case of a next one.
    "--disable-features=WebRtcHideLocalIpsWithMdns,InitialWebUI,WebUIReloadButton,\
     PreloadTopChromeWebUI,WebUIOmniboxPopup,SpareRendererForSitePerProcess",
];

/// Runs in every page before the page's own scripts.
pub(crate) const PROBE: &str = include_str!("probe.js");

/// What a page holds.
#[derive(Clone, Copy, Debug)]
pub struct Holds {
    /// Bytes of its objects.
    pub heap: f64,
    /// Its listeners of events.
    pub listeners: u64,
}

/// A browser with one window.
#[derive(Debug, Clone)]
pub struct Browser {
    kind: Kind,
    client: Client,
}

impl Browser {
    /// Starts one.
    ///
    /// # Errors
    /// Where the driver finds no browser, or it does not start.
    pub async fn start(driver: &Driver, camera: Camera) -> Result<Self> {
        Self::start_with(driver, camera, Wishes::default()).await
    }

    /// Starts one that takes every certificate, as a person does who goes on at the warning.
    ///
    /// # Errors
    /// As [`Browser::start`].
    pub async fn start_trusting(driver: &Driver, camera: Camera) -> Result<Self> {
        Self::start_with(driver, camera, Wishes { any_certificate: true, ..Wishes::default() })
            .await
    }

    /// Starts one whose WebRTC gets nothing over UDP, as in a network that lets none out.
    ///
    /// # Errors
    /// As [`Browser::start`].
    pub async fn start_without_udp(driver: &Driver, camera: Camera) -> Result<Self> {
        Self::start_with(driver, camera, Wishes { no_udp: true, ..Wishes::default() }).await
    }

    /// Starts one whose driver keeps a trace of these categories, for [`Browser::trace`].
    ///
    /// # Errors
    /// As [`Browser::start`].
    pub async fn start_traced(
        driver: &Driver,
        camera: Camera,
        categories: &'static str,
    ) -> Result<Self> {
        let wishes = Wishes { traced: Some(categories), ..Wishes::default() };
        Self::start_with(driver, camera, wishes).await
    }

    async fn start_with(driver: &Driver, camera: Camera, wishes: Wishes) -> Result<Self> {
        match driver.kind() {
            Kind::Chromium => Self::start_chromium(driver, camera, wishes).await,
            Kind::Firefox => Self::start_firefox(driver, camera, wishes).await,
        }
    }

    async fn start_firefox(driver: &Driver, camera: Camera, wishes: Wishes) -> Result<Self> {
        let capabilities = firefox::capabilities(camera, wishes);
        let client = connect(driver, capabilities).await.context("Firefox does not start")?;
        let browser = Self { kind: Kind::Firefox, client };
        browser.before_pages(PROBE).await.context("Firefox takes no probe")?;
        if let Some(pem) = driver.trusts() {
            browser.as_itself(firefox::TRUST, vec![json!(pem)]).await?;
        }
        Ok(browser)
    }

    async fn start_chromium(driver: &Driver, camera: Camera, wishes: Wishes) -> Result<Self> {
        let mut args: Vec<&str> = FLAGS.iter().chain(camera.flags()).copied().collect();
        if is_root() {
            args.push("--no-sandbox");
        }
        let preferences = if wishes.no_udp {
            json!({ "webrtc.ip_handling_policy": "disable_non_proxied_udp" })
        } else {
            json!({})
        };
        let mut options = Map::new();
        options.insert("args".to_owned(), json!(args));
        options.insert("prefs".to_owned(), preferences);
        let mut logs = Map::new();
        logs.insert("browser".to_owned(), json!("ALL"));
        if let Some(categories) = wishes.traced {
            let kept = json!({
                "enableNetwork": false, "enablePage": false, "traceCategories": categories,
            });
            options.insert("perfLoggingPrefs".to_owned(), kept);
            logs.insert("performance".to_owned(), json!("ALL"));
        }
        let mut capabilities = Map::new();
        capabilities.insert("acceptInsecureCerts".to_owned(), json!(wishes.any_certificate));
        capabilities.insert("goog:chromeOptions".to_owned(), options.into());
        capabilities.insert("goog:loggingPrefs".to_owned(), logs.into());
        let client = connect(driver, capabilities).await.context("Chromium does not start")?;
        let browser = Self { kind: Kind::Chromium, client };
        browser.before_pages(PROBE).await?;
        Ok(browser)
    }

    /// Loads a page and waits for its `load` event.
    ///
    /// # Errors
    /// Where the address does not answer.
    pub async fn open(&self, name: &str, url: &str) -> Result<Page> {
        self.client.goto(url).await.with_context(|| format!("{url} does not load"))?;
        Ok(Page::new(name, self.clone()))
    }

    /// Loads the page that is open anew.
    ///
    /// # Errors
    /// Where it does not answer.
    pub(crate) async fn reload(&self) -> Result<()> {
        self.client.refresh().await.context("the page does not reload")
    }

    /// From now on its person wants a `"light"` or a `"dark"` scheme, and nothing that moves.
    ///
    /// # Errors
    /// Where the browser does not answer.
    pub async fn prefers(&self, scheme: &str) -> Result<()> {
        if self.kind == Kind::Firefox {
            return self.as_itself(&firefox::prefers(scheme), Vec::new()).await.map(drop);
        }
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.cdp("Emulation.setEmulatedMedia", json!({ "features": features })).await.map(drop)
    }

    /// From now on its pages have so many CSS pixels.
    ///
    /// # Errors
    /// Where the browser does not answer.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        if self.kind == Kind::Firefox {
            let size = vec![json!(width), json!(height)];
            return self.as_itself(firefox::RESIZE, size).await.map(drop);
        }
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", size).await.map(drop)
    }

    /// Leaves the page that is open, so that it lets go of all it holds, and forgets what it wrote
    /// to the console and what its person prefers.
    ///
    /// # Errors
    /// Where the browser does not answer.
    pub async fn leave(&self) -> Result<()> {
        if self.kind == Kind::Firefox {
            self.console().await?;
        }
        self.client.goto("about:blank").await.context("the page is not left")?;
        if self.kind == Kind::Firefox {
            return self.as_itself(firefox::AS_AT_FIRST, Vec::new()).await.map(drop);
        }
        self.cdp("Emulation.setEmulatedMedia", json!({ "features": [] })).await?;
        self.cdp("Emulation.clearDeviceMetricsOverride", json!({})).await?;
        self.console().await.map(drop)
    }

    /// Closes the window, and the page in it, and goes on in a new one.
    ///
    /// # Errors
    /// Where the browser does not answer.
    pub async fn close_window(&self) -> Result<()> {
        self.replace(false).await
    }

    /// Closes the tab, and the page in it, and goes on in a new one of the same window.
    ///
    /// # Errors
    /// Where the browser does not answer.
    pub async fn close_tab(&self) -> Result<()> {
        self.replace(true).await
    }

    async fn replace(&self, by_tab: bool) -> Result<()> {
        let fresh = self.client.new_window(by_tab).await?.handle;
        self.client.close_window().await?;
        self.client.switch_to_window(fresh).await?;
        match self.kind {
            Kind::Chromium => self.before_pages(PROBE).await.map(drop),
            Kind::Firefox => Ok(()),
        }
    }

    /// A method of the Chrome DevTools Protocol.
    ///
    /// # Errors
    /// Where the browser refuses it, or is no Chromium.
    pub async fn cdp(&self, method: &'static str, params: Value) -> Result<Value> {
        ensure!(self.kind == Kind::Chromium, "{method}: Firefox has no such protocol");
        let body = json!({ "cmd": method, "params": params });
        self.vendor("goog/cdp/execute", body).await.with_context(|| method)
    }

    /// What the page has written to the console since this was last called. Firefox forgets what a
    /// page wrote that was loaded anew since.
    ///
    /// # Errors
    /// Where the browser does not answer.
    pub async fn console(&self) -> Result<Vec<String>> {
        if self.kind == Kind::Firefox {
            let said = self.as_itself(&firefox::in_page(firefox::CONSOLE), Vec::new()).await?;
            return Ok(serde_json::from_value(said)?);
        }
        let entries = self.vendor("se/log", json!({ "type": "browser" })).await?;
        let entries = entries.as_array().cloned().unwrap_or_default();
        Ok(entries
            .iter()
            .filter_map(|entry| {
                Some(format!(
                    "{} {}",
                    entry.get("level")?.as_str()?,
                    entry.get("message")?.as_str()?
                ))
            })
            .collect())
    }

    /// The events of the trace since this was last called, each as the browser wrote it. The
    /// page's address has a fragment from then on.
    ///
    /// # Errors
    /// Where the browser does not answer, or was not started to keep one.
    pub async fn trace(&self) -> Result<Vec<Value>> {
        // The driver fetches the trace, and begins another one, whenever it is sent to an address.
        let mut here = self.client.current_url().await?;
        here.set_fragment(Some("traced"));
        self.client.goto(here.as_str()).await?;
        let entries = self.vendor("se/log", json!({ "type": "performance" })).await?;
        let entries = entries.as_array().cloned().unwrap_or_default();
        Ok(entries.iter().filter_map(traced).collect())
    }

    /// From now on no page gets what has a URL that ends so; where there are no ends, all of it.
    ///
    /// # Errors
    /// Where the browser does not answer.
    pub async fn block(&self, ends: &[&str]) -> Result<()> {
        if self.kind == Kind::Firefox {
            return self.as_itself(firefox::BLOCK, vec![json!(ends)]).await.map(drop);
        }
        let urls: Vec<_> = ends.iter().map(|end| format!("*{end}")).collect();
        self.cdp("Network.enable", json!({})).await?;
        self.cdp("Network.setBlockedURLs", json!({ "urls": urls })).await.map(drop)
    }

    /// Runs a script before those of every page, until [`Browser::forget`].
    ///
    /// # Errors
    /// Where the browser does not take it.
    pub async fn before_pages(&self, script: &str) -> Result<Early> {
        if self.kind == Kind::Firefox {
            let called = self.as_itself(firefox::EARLY, vec![json!(script)]).await?;
            return Ok(Early { called });
        }
        let source = json!({ "source": script });
        let called = self.cdp("Page.addScriptToEvaluateOnNewDocument", source).await?;
        Ok(Early { called })
    }

    /// No longer runs a script of [`Browser::before_pages`].
    ///
    /// # Errors
    /// Where the browser does not answer.
    pub async fn forget(&self, script: Early) -> Result<()> {
        let Early { called } = script;
        match self.kind {
            Kind::Firefox => self.as_itself(firefox::FORGET, vec![called]).await.map(drop),
            Kind::Chromium => {
                self.cdp("Page.removeScriptToEvaluateOnNewDocument", called).await.map(drop)
            }
        }
    }

    /// Shows the page that is open as it is printed, or as on a screen again.
    ///
    /// # Errors
    /// Where the browser does not answer.
    pub async fn shows_print(&self, print: bool) -> Result<()> {
        if self.kind == Kind::Firefox {
            return self.as_itself(firefox::PRINT, vec![json!(print)]).await.map(drop);
        }
        let media = json!({ "media": if print { "print" } else { "" } });
        self.cdp("Emulation.setEmulatedMedia", media).await.map(drop)
    }

    /// Takes the network away, or gives it back.
    ///
    /// # Errors
    /// Where the browser does not answer.
    pub async fn offline(&self, offline: bool) -> Result<()> {
        if self.kind == Kind::Firefox {
            return self.as_itself(firefox::OFFLINE, vec![json!(offline)]).await.map(drop);
        }
        let conditions = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.cdp("Network.enable", json!({})).await?;
        self.cdp("Network.emulateNetworkConditions", conditions).await.map(drop)
    }

    /// Collects the garbage of the page that is open.
    ///
    /// # Errors
    /// Where the browser does not answer.
    pub async fn collect_garbage(&self) -> Result<()> {
        if self.kind == Kind::Firefox {
            let script = firefox::in_page(firefox::COLLECT_GARBAGE);
            return self.as_itself(&script, Vec::new()).await.map(drop);
        }
        self.cdp("HeapProfiler.collectGarbage", json!({})).await.map(drop)
    }

    /// What the page that is open holds.
    ///
    /// # Errors
    /// Where the browser does not tell.
    pub async fn holds(&self) -> Result<Holds> {
        let (heap, listeners) = match self.kind {
            Kind::Firefox => {
                let told = self.as_itself(&firefox::in_page(firefox::HOLDS), Vec::new()).await?;
                (told.get("heap").cloned(), told.get("listeners").cloned())
            }
            Kind::Chromium => {
                let heap = self.cdp("Runtime.getHeapUsage", json!({})).await?;
                let counters = self.cdp("Memory.getDOMCounters", json!({})).await?;
                (heap.get("usedSize").cloned(), counters.get("jsEventListeners").cloned())
            }
        };
        Ok(Holds {
            heap: heap.as_ref().and_then(Value::as_f64).context("no heap is told of")?,
            listeners: listeners.as_ref().and_then(Value::as_u64).context("no listeners")?,
        })
    }

    /// Which browser it is.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    /// Runs a script with the rights of Firefox itself.
    async fn as_itself(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        self.vendor("moz/context", json!({ "context": "chrome" })).await?;
        let ran = self.client.execute(script, arguments).await;
        self.vendor("moz/context", json!({ "context": "content" })).await?;
        ran.context("Firefox does not do it")
    }

    async fn vendor(&self, path: &'static str, body: Value) -> Result<Value> {
        Ok(self.client.issue_cmd(VendorCommand { path, body }).await?)
    }
}

/// The event in an entry of the driver's log of performance, which is JSON as text.
fn traced(entry: &Value) -> Option<Value> {
    let mut told: Value = serde_json::from_str(entry.get("message")?.as_str()?).ok()?;
    let message = told.get_mut("message")?;
    let event = message.get("method")? == "Tracing.dataCollected";
    event.then(|| message.get_mut("params").map(Value::take)).flatten()
}

async fn connect(driver: &Driver, capabilities: Map<String, Value>) -> Result<Client> {
    let mut builder = ClientBuilder::new(HttpConnector::new());
    Ok(builder.capabilities(capabilities).connect(driver.url()).await?)
}

/// A command that is one driver's own.
#[derive(Debug)]
struct VendorCommand {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for VendorCommand {
    fn endpoint(
        &self,
        base_url: &url::Url,
        session_id: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base_url.join(&format!("session/{}/{}", session_id.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}

/// Chromium's sandbox does not work for root. `/proc/self` belongs to who runs this process.
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0)
}
