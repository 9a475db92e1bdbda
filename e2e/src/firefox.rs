//! How a Firefox is started, and what it is given in the place of what only Chromium's driver does.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use crate::browser::{Camera, PROBE};

/// Preferences that every browser gets.
const PREFERENCES: &[(&str, bool)] = &[
    ("media.peerconnection.ice.loopback", true),
    // Browsers without camera permission hide their addresses behind mDNS names otherwise, which
    // do not resolve where there is no mDNS.
    ("media.peerconnection.ice.obfuscate_host_addresses", false),
];

/// The pixels of its window.
pub(crate) const WIDTH: u32 = 1280;
pub(crate) const HEIGHT: u32 = 960;

/// Its person prefers no scheme, and lets things move.
pub(crate) const PREFERS_NOTHING: &str = "
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

/// The name of a device that no machine has.
const NO_DEVICE: &str = "no such device";

/// What its driver is asked for.
pub(crate) fn capabilities(camera: Camera, wishes: Value) -> Map<String, Value> {
    let mut preferences: Map<String, Value> =
        PREFERENCES.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    preferences.insert("media.autoplay.default".to_owned(), json!(0));
    preferences.extend(of_camera(camera));
    let options = json!({
        "args": ["-headless", "--width", WIDTH.to_string(), "--height", HEIGHT.to_string()],
        "prefs": preferences,
    });
    let mut capabilities = wishes.as_object().cloned().unwrap_or_default();
    capabilities.insert("moz:firefoxOptions".to_owned(), options);
    capabilities
}

fn of_camera(camera: Camera) -> Map<String, Value> {
    const BLOCKED: u8 = 2;
    let preferences = match camera {
        Camera::Granted => json!({
            "media.navigator.streams.fake": true,
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

/// Makes the probe an extension in this folder, since WebDriver knows no script that runs before
/// the page's own; a page's policy does not hold for it.
pub(crate) fn write_probe(folder: &Path) -> Result<()> {
    let manifest = json!({
        "manifest_version": 2,
        "name": "probe",
        "version": "1",
        "browser_specific_settings": { "gecko": { "id": "probe@kvs-e2e" } },
        "content_scripts": [{
            "matches": ["<all_urls>"],
            "js": ["probe.js"],
            "run_at": "document_start",
            "world": "MAIN",
        }],
    });
    fs::create_dir_all(folder).context("no folder for the probe")?;
    fs::write(folder.join("manifest.json"), manifest.to_string())?;
    fs::write(folder.join("probe.js"), PROBE).context("the probe cannot be written")
}
