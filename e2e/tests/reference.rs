//! Every field of the reference page is here, under its id, with its default; a link moves each
//! but those that are a person's own.

use anyhow::{Context, Result, ensure};
use kvs_e2e::{Camera, Kind, Page, SOON, Story};
use serde_json::{Value, json};

use crate::people::tales;

tales![every_field_of_the_reference_is_here, a_link_moves_every_field_and_starts_nothing];

/// A field: its id, its kind, its default, and what a link sets it to: nothing where none may.
type Field = (&'static str, &'static str, &'static str, Option<&'static str>);

const ON: Option<&str> = Some("true");
const OFF: Option<&str> = Some("false");

#[rustfmt::skip]
const FIELDS: [Field; 77] = [
    ("region", "text", "us-west-2", Some("eu-central-1")),
    ("endpoint", "url", "", Some("https://kvs.example.com")),
    ("endpoint-type", "select", "legacy", Some("dual-stack")),
    ("enable-fips", "checkbox", "false", ON),
    ("accessKeyId", "text", "", None),
    ("secretAccessKey", "password", "", None),
    ("sessionToken", "password", "", None),
    ("remember-keys", "checkbox", "false", None),
    ("channelName", "text", "", Some("garage")),
    ("create-channel-button", "button", "", None),
    ("clientId", "text", "", Some("me")),
    ("sendVideo", "checkbox", "true", OFF),
    ("sendAudio", "checkbox", "false", ON),
    ("openDataChannel", "checkbox", "false", OFF),
    ("streamName", "text", "", Some("films")),
    ("create-stream-button", "button", "", None),
    ("create-stream-modal-stream-input", "text", "", None),
    ("create-stream-modal-retention-input", "number", "48", None),
    ("create-stream-modal-create-stream-button", "button", "", None),
    ("update-media-storage-configuration-button", "button", "", None),
    ("describe-media-storage-configuration-button", "button", "", None),
    ("listStorageChannels", "button", "", None),
    ("ingest-media", "checkbox", "false", ON),
    ("ingest-media-manual-on", "radio", "false", ON),
    ("ingest-media-manual-off", "radio", "true", OFF),
    ("show-join-storage-session-button", "checkbox", "false", ON),
    ("show-join-storage-session-as-viewer-button", "checkbox", "false", ON),
    ("widescreen", "radio", "true", OFF),
    ("fullscreen", "radio", "false", ON),
    ("natTraversalEnabled", "radio", "true", OFF),
    ("forceTURN", "radio", "false", ON),
    ("forceSTUN", "radio", "false", None),
    ("natTraversalDisabled", "radio", "false", None),
    ("useTrickleICE", "checkbox", "true", OFF),
    ("enableDQPmetrics", "checkbox", "false", ON),
    ("enableProfileTimeline", "checkbox", "false", ON),
    ("send-host", "checkbox", "true", OFF),
    ("send-srflx", "checkbox", "true", OFF),
    ("send-prflx", "checkbox", "true", OFF),
    ("send-relay", "checkbox", "true", OFF),
    ("send-tcp", "checkbox", "true", OFF),
    ("send-udp", "checkbox", "true", OFF),
    ("accept-host", "checkbox", "true", OFF),
    ("accept-srflx", "checkbox", "true", OFF),
    ("accept-prflx", "checkbox", "true", OFF),
    ("accept-relay", "checkbox", "true", OFF),
    ("accept-tcp", "checkbox", "true", OFF),
    ("accept-udp", "checkbox", "true", OFF),
    ("signaling-reconnect", "checkbox", "true", OFF),
    ("log-aws-sdk-calls", "checkbox", "false", ON),
    ("codec-filter-toggle", "checkbox", "true", OFF),
    ("video/H264", "checkbox", "true", OFF),
    ("video/VP8", "checkbox", "false", ON),
    ("audio/opus", "checkbox", "true", OFF),
    ("audio/PCMU", "checkbox", "false", ON),
    ("reset-codecs", "button", "", None),
    ("turn-with-udp", "checkbox", "true", OFF),
    ("turns-with-udp", "checkbox", "true", OFF),
    ("turns-with-tcp", "checkbox", "true", OFF),
    ("turn-one-set-only", "checkbox", "true", OFF),
    ("master-button", "button", "", None),
    ("viewer-button", "button", "", None),
    ("stop-master-button", "button", "", None),
    ("stop-viewer-button", "button", "", None),
    ("join-storage-session-button", "button", "", None),
    ("join-storage-session-as-viewer-button", "button", "", None),
    ("master", "section", "", None),
    ("viewer", "section", "", None),
    ("logs", "div", "", None),
    ("debug-button", "button", "", None),
    ("info-button", "button", "", None),
    ("warn-button", "button", "", None),
    ("error-button", "button", "", None),
    ("more-logs", "button", "", None),
    ("less-logs", "button", "", None),
    ("clear-logs", "button", "", None),
    ("copy-logs", "button", "", None),
];

/// What the emulator fills in, so that a person has a call in two clicks.
const BY_EMULATOR: [&str; 5] =
    ["endpoint", "accessKeyId", "secretAccessKey", "channelName", "openDataChannel"];

/// Of each id: its kind, its default, and what it is now.
const LOOK: &str = "return arguments[0].map((id) => {
    const field = document.getElementById(id);
    if (!field) return ['nothing', '', ''];
    const kind = field.localName === 'input' ? field.type : field.localName;
    if (['checkbox', 'radio'].includes(kind)) return [kind, String(field.defaultChecked), String(field.checked)];
    if (kind === 'select') {
      const first = [...field.options].find((option) => option.defaultSelected) ?? field.options[0];
      return [kind, first.value, field.value];
    }
    return [kind, field.defaultValue ?? '', field.localName === 'input' ? field.value : ''];
  });";

async fn every_field_of_the_reference_is_here(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    for ((id, kind, default, _), seen) in FIELDS.iter().zip(look(&page).await?) {
        let [is, at_first, now] = seen;
        if lacks(id, &is) {
            continue;
        }
        ensure!((is.as_str(), at_first.as_str()) == (*kind, *default), "{id}: {is} {at_first:?}");
        let filled = now != at_first;
        ensure!(filled == BY_EMULATOR.contains(id), "{id} is {now:?} on the emulator");
    }
    let more = "[document.querySelectorAll('#regions option').length > 20,
        document.getElementById('region').list.id,
        [...new Set([...document.querySelectorAll('#codec-list input')].map(({ name }) => name))].sort(),
        [...document.querySelectorAll('#codec-list input:checked')].map(({ id }) => id).sort()]";
    let more = page.value(more).await?;
    let names = json!(["acodec", "vcodec"]);
    let has_h264 =
        page.value("document.getElementById('video/H264') !== null").await? == json!(true);
    let ticked = if has_h264 { json!(["audio/opus", "video/H264"]) } else { json!(["audio/opus"]) };
    ensure!(more == json!([true, "regions", names, ticked]), "{more}");
    Ok(())
}

async fn a_link_moves_every_field_and_starts_nothing(story: &Story<'_>) -> Result<()> {
    // Where a link may set nothing, it tries to.
    let tried = |(id, kind, ..): &Field| match *kind {
        "checkbox" => format!("{id}=true"),
        "text" | "password" | "number" => format!("{id}=1234leaked"),
        _ => String::new(),
    };
    let given: Vec<_> = FIELDS
        .iter()
        .map(|field| field.3.map_or_else(|| tried(field), |to| format!("{}={to}", field.0)))
        .filter(|given| !given.is_empty())
        .collect();
    let page =
        story.open("page", Camera::Granted, &format!("view=master&{}", given.join("&"))).await?;
    page.until_text("#notices", "press Start master", SOON).await?;
    for ((id, _, default, to), [is, _, now]) in FIELDS.iter().zip(look(&page).await?) {
        if lacks(id, &is) {
            continue;
        }
        if let Some(to) = to {
            ensure!(now == *to, "{id} is {now:?}, not {to:?}");
        } else {
            ensure!(now == *default || BY_EMULATOR.contains(id), "{id} was set by a link: {now:?}");
            ensure!(!now.contains("leaked"), "{id} was set by a link: {now:?}");
        }
    }
    let open = page.value("[kvs.viewer, kvs.master, probe.tracks.length, probe.sockets.length]");
    let open = open.await?;
    ensure!(open == json!([null, null, 0, 0]), "something runs: {open}");
    // One of four is chosen, by its own name or by that of the choice.
    for (query, id) in [
        ("natTraversal=forceSTUN", "forceSTUN"),
        ("natTraversalDisabled=true", "natTraversalDisabled"),
    ] {
        let page = story.open(id, Camera::Missing, query).await?;
        let chosen = page.value(&format!("document.getElementById('{id}').checked")).await?;
        ensure!(chosen == json!(true), "{query}");
    }
    Ok(())
}

/// A Firefox that has downloaded nothing has no H.264; the others have every field.
fn lacks(id: &str, kind: &str) -> bool {
    id == "video/H264" && kind == "nothing" && Kind::wanted() == Kind::Firefox
}

async fn look(page: &Page) -> Result<Vec<[String; 3]>> {
    let ids: Vec<_> = FIELDS.iter().map(|(id, ..)| *id).collect();
    let seen: Value = page.run(LOOK, vec![json!(ids)]).await?;
    serde_json::from_value(seen).context("what the page says of its fields")
}
