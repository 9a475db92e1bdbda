//! How a Firefox is started, and what it is given in the place of what only Chromium's driver does.

use serde_json::{Map, Value, json};

use crate::browser::{Camera, Wishes};

/// Preferences that every browser gets.
const PREFERENCES: &[(&str, bool)] = &[
    ("media.peerconnection.ice.loopback", true),
    // Browsers without camera permission hide their addresses behind mDNS names otherwise, which
    // do not resolve where there is no mDNS.
    ("media.peerconnection.ice.obfuscate_host_addresses", false),
];

/// The pixels of its window.
const WIDTH: u32 = 1280;
const HEIGHT: u32 = 960;

/// Its pages get so many pixels of its window, which cannot be as narrow as a telephone's.
pub(crate) const RESIZE: &str = "
    const [width, height] = arguments;
    const { style } = gBrowser.selectedBrowser;
    for (const limit of ['', 'min-', 'max-']) {
      style.setProperty(`${limit}width`, `${width}px`);
      style.setProperty(`${limit}height`, `${height}px`);
    }";

/// Its pages fill its window; its person prefers no scheme, and lets things move.
pub(crate) const AS_AT_FIRST: &str = "
    gBrowser.selectedBrowser.removeAttribute('style');
    Services.prefs.clearUserPref('layout.css.prefers-color-scheme.content-override');
    Services.prefs.clearUserPref('ui.prefersReducedMotion');";

/// Its person prefers a scheme, and nothing that moves.
pub(crate) fn prefers(scheme: &str) -> String {
    let number = u8::from(scheme != "dark");
    format!(
        "Services.prefs.setIntPref('layout.css.prefers-color-scheme.content-override', {number});
         Services.prefs.setIntPref('ui.prefersReducedMotion', 1);"
    )
}

/// A script as Chromium's driver takes it: it may wait, and its globals and modules are the page's,
/// while Firefox's driver runs it in a sandbox, which has its own.
pub(crate) fn script(body: &str) -> String {
    let body = body.replace("import(", "probe.import(");
    format!("return (async (globalThis) => {{ {body}\n}})(window);")
}

/// A script with Firefox's rights that runs another one, which may wait, in the process of the page.
pub(crate) fn in_page(body: &str) -> String {
    let there = json!(format!(
        "(async () => {{ {body} }})().then(
            (said) => sendAsyncMessage('kvs', {{ said }}),
            (error) => sendAsyncMessage('kvs', {{ error: String(error) }}));"
    ));
    format!(
        "const page = gBrowser.selectedBrowser.messageManager;
         return new Promise((resolve, reject) => {{
           const heard = ({{ data }}) => {{
             page.removeMessageListener('kvs', heard);
             if (data.error) reject(new Error(data.error));
             else resolve(data.said);
           }};
           page.addMessageListener('kvs', heard);
           page.loadFrameScript('data:,' + encodeURIComponent({there}), false);
         }});"
    )
}

/// Before the scripts of every page a script runs, by the debugger, as if it were the page's own,
/// except that the page's policy does not hold for it. Returns what it is called. Each process that
/// shows a page, now or later, gets the frame script before it loads the page.
pub(crate) const EARLY: &str = "
    const [script] = arguments;
    const begin = (name, script) => {
      const own = Cu.Sandbox(Services.scriptSecurityManager.getSystemPrincipal(), {
        freshCompartment: true,
      });
      ChromeUtils.importESModule('resource://gre/modules/jsdebugger.sys.mjs')
        .addDebuggerToGlobal(own);
      const run = ({ target: { defaultView: page, nodePrincipal } }) => {
        if (nodePrincipal.isSystemPrincipal) return;
        const debug = new own.Debugger(page);
        const ended = debug.makeGlobalObjectReference(page).executeInGlobal(script);
        debug.removeAllDebuggees();
        if (ended?.throw) Cu.reportError(`an early script has failed: ${script}`);
      };
      addEventListener('DOMWindowCreated', run, true);
      addMessageListener(name, () => removeEventListener('DOMWindowCreated', run, true));
    };
    const name = `kvs-early-${Services.uuid.generateUUID()}`;
    const there = `(${begin})(${JSON.stringify(name)}, ${JSON.stringify(script)});`;
    const url = 'data:,' + encodeURIComponent(there);
    Services.mm.loadFrameScript(url, true);
    return { name, url };";

/// What [`EARLY`] made run no longer does.
pub(crate) const FORGET: &str = "
    const [{ name, url }] = arguments;
    Services.mm.removeDelayedFrameScript(url);
    Services.mm.broadcastAsyncMessage(name);";

/// In the page's process: what was written to the console, which is empty then.
pub(crate) const CONSOLE: &str = "
    const kept = Cc['@mozilla.org/consoleAPI-storage;1'].getService(Ci.nsIConsoleAPIStorage);
    const said = (value) => (value instanceof Object ? JSON.stringify(value) : String(value));
    const written = kept.getEvents()
      .map(({ level, arguments: values }) => [level, ...Array.from(values, said)].join(' '));
    kept.clearEvents();
    const told = Services.console.getMessageArray().map(String);
    Services.console.reset();
    return [...written, ...told];";

/// In the page's process. What is garbage may be told of only once other garbage is gone.
pub(crate) const COLLECT_GARBAGE: &str = "
    for (const _ of Array(3)) {
      Cu.forceGC();
      Cu.forceCC();
    }";

/// In the page's process: what the page holds.
pub(crate) const HOLDS: &str = "
    const memory =
      Cc['@mozilla.org/memory-reporter-manager;1'].getService(Ci.nsIMemoryReporterManager);
    const sizes = Array.from({ length: 9 }, () => ({}));
    memory.sizeOfTab(content, ...sizes);
    let listeners = 0;
    const add = (process, path, kind, units, amount) => {
      if (/^event-counts.*active.*event-listeners$/.test(path)) listeners += amount;
    };
    await new Promise((done) => memory.getReports(add, null, done, null, false));
    return { heap: sizes[0].value, listeners };";

/// Trusts a certificate authority, given as PEM.
pub(crate) const TRUST: &str = "
    const [pem] = arguments;
    const base64 = pem.replace(/-----.*-----/g, '').replace(/\\s/g, '');
    Cc['@mozilla.org/security/x509certdb;1'].getService(Ci.nsIX509CertDB)
      .addCertFromBase64(base64, 'C,,');";

/// Its page is shown as it is printed, or as on a screen.
pub(crate) const PRINT: &str = "
    gBrowser.selectedBrowser.browsingContext.mediumOverride = arguments[0] ? 'print' : '';";

/// Neither it nor its own computer is reached, or both are.
pub(crate) const OFFLINE: &str = "
    Services.prefs.setBoolPref('network.disable-localhost-when-offline', true);
    Services.io.offline = arguments[0];";

/// From now on nothing is asked for whose URL has one of these ends.
pub(crate) const BLOCK: &str = "
    const [ends] = arguments;
    const about = 'http-on-modify-request';
    if (window.kvsBlock) Services.obs.removeObserver(window.kvsBlock, about);
    window.kvsBlock = ends.length === 0 ? null : (request) => {
      const { spec } = request.QueryInterface(Ci.nsIHttpChannel).URI;
      if (ends.some((end) => spec.endsWith(end))) request.cancel(Cr.NS_ERROR_ABORT);
    };
    if (window.kvsBlock) Services.obs.addObserver(window.kvsBlock, about);";

/// The name of a device that no machine has.
const NO_DEVICE: &str = "no such device";

/// What its driver is asked for.
pub(crate) fn capabilities(camera: Camera, wishes: Wishes) -> Map<String, Value> {
    let mut preferences: Map<String, Value> =
        PREFERENCES.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    preferences.insert("media.autoplay.default".to_owned(), json!(0));
    preferences
        .insert("media.peerconnection.nat_simulator.block_udp".to_owned(), json!(wishes.no_udp));
    preferences.extend(of_camera(camera));
    let options = json!({
        "args": ["-headless", "--width", WIDTH.to_string(), "--height", HEIGHT.to_string()],
        "prefs": preferences,
    });
    let mut capabilities = Map::new();
    capabilities.insert("acceptInsecureCerts".to_owned(), json!(wishes.any_certificate));
    capabilities.insert("moz:firefoxOptions".to_owned(), options);
    capabilities
}

/// What is heard and played goes to a sound card of its own making: without any, it runs no clock
/// that an `AudioContext` would follow.
fn of_camera(camera: Camera) -> Map<String, Value> {
    const ALLOWED: u8 = 1;
    const BLOCKED: u8 = 2;
    let preferences = match camera {
        Camera::Granted => json!({
            "media.navigator.streams.fake": true,
            "media.cubeb.force_mock_context": true,
            "media.navigator.permission.disabled": true,
            // A page whose permission is only for now is told 127.0.0.1 as its own address now and
            // then, and has no way to a media server there where it is not.
            "permissions.default.camera": ALLOWED,
            "permissions.default.microphone": ALLOWED,
        }),
        Camera::Several => json!({
            "media.getusermedia.camera.fake.force": true,
            "media.cubeb.force_mock_context": true,
            "media.navigator.permission.disabled": true,
        }),
        Camera::Refused => json!({
            "media.navigator.streams.fake": true,
            "permissions.default.camera": BLOCKED,
            "permissions.default.microphone": BLOCKED,
        }),
        // Of all devices none but these is taken.
        Camera::Missing => json!({
            "media.navigator.permission.disabled": true,
            "media.video_loopback_dev": NO_DEVICE,
            "media.audio_loopback_dev": NO_DEVICE,
        }),
    };
    preferences.as_object().cloned().unwrap_or_default()
}
