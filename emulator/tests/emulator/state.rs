//! Channels and streams that outlive the emulator.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use kvs_emulator::{Config, Emulator};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::rig::Rig;

const DESCRIBE: &str = "/describeSignalingChannel";

async fn rig(path: &Path) -> Rig {
    Rig::with(config(path)).await
}

fn config(path: &Path) -> Config {
    Config { state: Some(path.to_owned()), port: 0, turn_port: 0, ..Config::default() }
}

/// Waits until the file says this.
async fn until_it_says(path: &Path, what: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !fs::read_to_string(path).is_ok_and(|text| text.contains(what)) {
        assert!(Instant::now() < deadline, "{what} was never written");
        sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn everything_is_there_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let first = rig(&path).await;
    let channel = first.channel("door").await;
    let stream = json!({ "StreamName": "yard", "DataRetentionInHours": 1, "Tags": { "a": "1" } });
    let stream = first.call("/createStream", &stream).await.json()["StreamARN"].clone();
    let storage = json!({
        "ChannelARN": channel,
        "MediaStorageConfiguration": { "Status": "ENABLED", "StreamARN": stream },
    });
    assert_eq!(first.call("/updateMediaStorageConfiguration", &storage).await.status, 200);
    let asked = [
        (DESCRIBE, json!({ "ChannelName": "door" })),
        ("/describeStream", json!({ "StreamARN": stream })),
        ("/describeMediaStorageConfiguration", json!({ "ChannelARN": channel })),
        ("/ListTagsForResource", json!({ "ResourceARN": stream })),
    ];
    let mut before = Vec::new();
    for (path, body) in &asked {
        before.push(first.call(path, body).await.json());
    }
    first.stop().await;

    let second = rig(&path).await;
    for ((path, body), before) in asked.iter().zip(before) {
        assert_eq!(second.call(path, body).await.json(), before, "{path}");
    }
    let delete = json!({ "ChannelARN": channel });
    assert_eq!(second.call("/deleteSignalingChannel", &delete).await.status, 200);
    second.stop().await;
    let third = rig(&path).await;
    third.call(DESCRIBE, &delete).await.error(404, "ResourceNotFoundException");
}

#[tokio::test]
async fn a_change_is_written_soon_and_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let rig = rig(&path).await;
    until_it_says(&path, r#""channels": []"#).await;
    for n in 0..20 {
        rig.channel(&format!("door-{n}")).await;
        let text = fs::read_to_string(&path).unwrap();
        serde_json::from_str::<Value>(&text).expect("a whole file at any time");
    }
    until_it_says(&path, "door-19").await;
    let files: Vec<_> = fs::read_dir(&folder).unwrap().collect();
    assert_eq!(files.len(), 1, "nothing is left beside it: {files:?}");
}

#[tokio::test]
async fn a_file_that_is_no_state_is_reported_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let good = {
        let rig = rig(&path).await;
        rig.channel("door").await;
        rig.stop().await;
        fs::read_to_string(&path).unwrap()
    };
    for (text, reason) in [
        (String::new(), "damaged"),
        (good[..good.len() / 2].to_owned(), "damaged"),
        ("{}".to_owned(), "not a state file"),
        ("{\"format\":\"other\",\"version\":1}".to_owned(), "not a state file"),
        (good.replace("\"version\": 1,", "\"version\": 2,"), "another version"),
        (good.replace("us-west-2", "eu-west-1"), "region"),
        (good.replace("\"door\"", "\"a b\""), "a b"),
        (good.replace("\"channels\"", "\"canals\""), "damaged"),
    ] {
        assert_ne!(text, good, "{reason}");
        fs::write(&path, &text).unwrap();
        let error = Emulator::bind(config(&path)).await.err().expect("it does not start");
        let error = error.to_string();
        assert!(error.contains(reason) && error.contains("--state"), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "it is left alone");
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_written_ends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none").join("state.json");
    let rig = rig(&path).await;
    rig.channel("door").await;
    assert_eq!(rig.call(DESCRIBE, &json!({ "ChannelName": "door" })).await.status, 200);
    // Once it can, it is.
    fs::create_dir(path.parent().unwrap()).unwrap();
    rig.channel("gate").await;
    until_it_says(&path, "gate").await;
    rig.stop().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_to_the_file_stays_one() {
    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (folder.path().join("state.json"), folder.path().join("link.json"));
    rig(&path).await.stop().await;
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let linked = rig(&link).await;
    linked.channel("door").await;
    linked.stop().await;
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&path).unwrap().contains("door"));
}
