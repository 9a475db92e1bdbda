//! People look at themselves before a call.

use anyhow::{Result, ensure};
use kvs_e2e::{Camera, Kind, SOON, Story};
use serde_json::json;

use crate::people::{has_let_go, start_master, tales};

tales![
    camera_and_microphone_are_tried_and_let_go,
    what_was_chosen_before_is_used_in_the_call,
    what_stands_in_the_way_is_told_with_its_remedy,
];

async fn camera_and_microphone_are_tried_and_let_go(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Granted, "sendAudio=true").await?;
    page.run("document.getElementById('send-fold').open = true;", vec![]).await?;
    page.until_text("#permission-camera", "Camera:", SOON).await?;
    ensure!(page.value("probe.tracks.length").await? == json!(0), "it was opened unasked");
    page.click("#preview-button").await?;
    let shown = "document.getElementById('preview-video').videoWidth > 0";
    page.until("the camera is shown", SOON, shown).await?;
    page.until("it is heard", SOON, "document.getElementById('preview-meter').value > 0").await?;
    let choice = "document.getElementById('preview-microphone').options.length > 1";
    page.until("there is a choice", SOON, choice).await?;
    page.click("#preview-button").await?;
    has_let_go(&page).await?;
    page.click("#speaker-button").await?;
    page.until_text("#speaker-message", "tone was played", SOON).await.map(drop)
}

async fn what_was_chosen_before_is_used_in_the_call(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Several, "sendAudio=true").await?;
    page.click("#preview-button").await?;
    let list = "document.getElementById('preview-microphone')";
    page.until("there is a choice", SOON, &format!("{list}.options.length > 2")).await?;
    let choose = format!("return {list}.value = {list}.options[{list}.options.length - 1].value;");
    let chosen = page.run(&choose, vec![]).await?;
    start_master(&page).await?;
    page.until("the microphone is open", SOON, "kvs.master.localStream?.getAudioTracks().length")
        .await?;
    let used = "kvs.master.localStream.getAudioTracks()[0].getSettings().deviceId";
    ensure!(page.value(used).await? == chosen, "another microphone is used");
    let open = page.value("probe.open().tracks").await?;
    ensure!(open == json!(2), "the preview is still open: {open} tracks");
    Ok(())
}

async fn what_stands_in_the_way_is_told_with_its_remedy(story: &Story<'_>) -> Result<()> {
    let refused = match Kind::wanted() {
        Kind::Chromium => "Refused. Click the sign at the left of the address",
        Kind::Firefox => "Refused. Click the camera sign in the address bar",
    };
    for (camera, said) in [(Camera::Refused, refused), (Camera::Missing, "There is no such device")]
    {
        let page = story.open("page", camera, "").await?;
        page.click("#preview-button").await?;
        page.until_text("#preview-message", said, SOON).await?;
        let preview = page.value("document.getElementById('preview').checkVisibility()").await?;
        ensure!(preview == json!(false), "{camera:?}: a picture is shown");
    }
    let page = story.open("nothing", Camera::Granted, "sendVideo=false").await?;
    page.click("#preview-button").await?;
    page.until_text("#preview-message", "Tick video or sound first", SOON).await.map(drop)
}
