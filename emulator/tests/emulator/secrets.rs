//! What is secret stays so: a whole session with known secrets, and a search for them.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Command, Stdio},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hyper::Method;
use serde_json::{Value, json};

use crate::{
    rig::{Rig, Socket},
    signer::Signer,
};

const SECRET: &str = "hush-secret-key-1";
const TOKEN: &str = "hush-session-token-2";
const PAYLOAD: &str = "hush-payload-3";

fn signer() -> Signer {
    Signer { secret: SECRET, token: Some(TOKEN), ..Signer::new() }
}

/// A session over a command that logs in this format; answers everything that it said.
async fn session(format: &str) -> (String, Vec<String>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kvs-emulator"))
        .args(["--port", "0", "--turn-port", "0", "--log", "debug", "--log-format", format])
        .env("KVS_EMULATOR_SECRET_KEY", SECRET)
        .env_remove("KVS_EMULATOR_ACCESS_KEYS")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut said = String::new();
    out.read_line(&mut said).unwrap();
    let host = said.split("http://").nth(1).unwrap().split(' ').next().unwrap();
    let rig = Rig::at(host.trim().replace("localhost", "127.0.0.1"));

    let mut secrets = vec![SECRET.to_owned(), TOKEN.to_owned(), PAYLOAD.to_owned()];
    let call =
        async |path: &str, body: Value| rig.call_as(&signer(), path, &body.to_string()).await;
    let created = call("/createSignalingChannel", json!({ "ChannelName": "demo" })).await.json();
    let arn = created["ChannelARN"].as_str().unwrap().to_owned();
    let ice = call("/v1/get-ice-server-config", json!({ "ChannelARN": arn })).await.json();
    for server in ice["IceServerList"].as_array().unwrap() {
        secrets.push(server["Password"].as_str().unwrap().to_owned());
    }
    let wrong = Signer { secret: "hush-wrong-4", ..signer() };
    rig.call_as(&wrong, "/describeSignalingChannel", "{}").await;
    secrets.push("hush-wrong-4".to_owned());

    let mut sockets = Vec::new();
    for client in [None, Some("v1"), Some("v2")] {
        let url = signer().presign(&rig.socket_url(&arn, client));
        let signature = url.split("X-Amz-Signature=").nth(1).unwrap().split('&').next().unwrap();
        secrets.push(signature.to_owned());
        sockets.push(Socket::open(&url).await.unwrap());
    }
    let payload = STANDARD.encode(PAYLOAD);
    sockets[1].send(&json!({ "action": "SDP_OFFER", "messagePayload": payload })).await;
    assert_eq!(sockets[0].frame().await["messagePayload"], payload);
    sockets[1].send(&json!({ "action": PAYLOAD, "messagePayload": payload })).await;
    secrets.push(payload);
    let refused = rig.socket_url(&arn, None).replace("/_kvs/m/", "/_kvs/v/");
    assert!(Socket::open(&signer().presign(&refused)).await.is_err());
    sockets[2].send_raw(vec![0; 8].into()).await;
    sockets[2].end().await;

    for path in ["state", "messages", "counters", "faults", "settings"] {
        said += &rig.admin(Method::GET, path, &Value::Null).await.text();
    }
    let about = rig.get("/_emulator/about.json").await;
    said += &about.text();
    drop(sockets);
    let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(asked.success());
    out.read_to_string(&mut said).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    (said, secrets)
}

#[tokio::test]
async fn no_secret_is_ever_logged_or_told() {
    for format in ["text", "json"] {
        let (said, secrets) = session(format).await;
        for secret in secrets {
            assert!(!said.contains(&secret), "{secret} is in:\n{said}");
        }
        for part in ["CreateSignalingChannel", "ConnectAsViewer", "demo", "connection ended"] {
            assert!(said.contains(part), "{part} is not in:\n{said}");
        }
        let lines = said.lines().filter(|line| line.starts_with("{\"timestamp\""));
        let parsed = lines.map(|line| serde_json::from_str::<Value>(line).unwrap()).count();
        assert_eq!(parsed > 0, format == "json");
    }
}
