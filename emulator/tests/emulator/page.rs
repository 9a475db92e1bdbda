//! The page, its policy, and what it may know.

use std::{
    fs,
    path::{Path, PathBuf},
};

use hyper::Method;
use kvs_emulator::{Config, Keys};

use crate::rig::{Response, Rig};

/// A folder that is gone after the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::remove_dir_all(&path).ok();
        for folder in ["www/css", "pkg"] {
            fs::create_dir_all(path.join(folder)).unwrap();
        }
        for (file, content) in [
            ("secret.txt", "secret"),
            ("www/index.html", "<!doctype html><title>page</title>"),
            ("www/app.js", &"export {};\n".repeat(100)),
            ("www/css/page.css", "body {}"),
            ("pkg/kvs_bg.wasm", &"\0asm".repeat(1000)),
        ] {
            fs::write(path.join(file), content).unwrap();
        }
        Self(path)
    }

    fn config(&self) -> Config {
        Config {
            site: Some(self.0.join("www")),
            pkg: Some(self.0.join("pkg")),
            ..Config::default()
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

async fn get_with(rig: &Rig, path: &str, name: &str, value: &str) -> Response {
    rig.send(Method::GET, path, &[(name.to_owned(), value.to_owned())], "").await
}

#[tokio::test]
async fn files_are_served_with_their_types_and_the_policy() {
    let folder = Folder::new("page-types");
    let rig = Rig::with(folder.config()).await;
    for (path, kind) in [
        ("/", "text/html"),
        ("/index.html", "text/html"),
        ("/?view=viewer&channelName=x", "text/html"),
        ("/app.js", "text/javascript"),
        ("/css/page.css", "text/css"),
        ("/pkg/kvs_bg.wasm", "application/wasm"),
    ] {
        let answer = rig.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.header("content-type").starts_with(kind), "{path}");
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.split("; ").any(|directive| directive == part), "{policy}");
        }
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cache-control"), "no-cache");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let folder = Folder::new("page-cache");
    let rig = Rig::with(folder.config()).await;
    let first = rig.get("/app.js").await;
    let etag = first.header("etag");
    assert!(!etag.is_empty() && !first.header("last-modified").is_empty());
    let again = get_with(&rig, "/app.js", "if-none-match", etag).await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
}

#[tokio::test]
async fn who_takes_gzip_gets_it() {
    let folder = Folder::new("page-gzip");
    let rig = Rig::with(folder.config()).await;
    for path in ["/app.js", "/pkg/kvs_bg.wasm"] {
        let plain = rig.get(path).await;
        let packed = get_with(&rig, path, "accept-encoding", "gzip, br").await;
        assert_eq!(
            (plain.header("content-encoding"), packed.header("content-encoding")),
            ("", "gzip")
        );
        assert!(packed.body.len() < plain.body.len() / 2);
        assert!(packed.header("vary").contains("accept-encoding"));
    }
}

#[tokio::test]
async fn nothing_outside_the_folders_is_served() {
    let folder = Folder::new("page-outside");
    let rig = Rig::with(folder.config()).await;
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/css/../../secret.txt",
        "/css/..%5c..%5csecret.txt",
        "/pkg/../secret.txt",
        "/pkg/..%2f..%2fsecret.txt",
        "/pkg/%2e%2e/%2e%2e/secret.txt",
        "//secret.txt",
        "/nothing",
        "/css/",
    ] {
        let answer = rig.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("secret"), "{path}");
        assert!(!answer.header("content-security-policy").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn without_a_page_it_says_that_it_runs() {
    let rig = Rig::start().await;
    let answer = rig.get("/").await;
    assert!(answer.status == 200 && answer.text().contains("--site"), "{}", answer.text());
    assert_eq!(rig.get("/nothing").await.status, 404);
}

#[tokio::test]
async fn the_page_may_know_what_it_talks_to() {
    let rig = Rig::start().await;
    let answer = rig.get("/_emulator/about.json").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.json(),
        serde_json::json!({
            "emulator": true,
            "version": env!("CARGO_PKG_VERSION"),
            "region": "us-west-2",
            "accessKeyId": "local",
            "secretAccessKey": "local",
            "channelName": "demo-channel",
            "stunUrl": format!("stun:{}", rig.turn),
        })
    );
    assert_eq!(answer.header("access-control-allow-origin"), "");
    assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
}

#[tokio::test]
async fn the_page_learns_where_other_machines_find_it() {
    let lan = std::net::Ipv4Addr::new(192, 0, 2, 7);
    for (host, advertised_ip, told) in [
        (std::net::Ipv4Addr::UNSPECIFIED, Some(lan), true),
        (std::net::Ipv4Addr::UNSPECIFIED, None, false),
        (std::net::Ipv4Addr::LOCALHOST, Some(lan), false),
    ] {
        let keys = Keys::default().with_secret("hush".into());
        let rig = Rig::with(Config { host, advertised_ip, keys, ..Config::default() }).await;
        let about = rig.get("/_emulator/about.json").await.json();
        let port = rig.host.rsplit(':').next().unwrap();
        let origin = told.then(|| format!("http://192.0.2.7:{port}"));
        assert_eq!(about.get("lanOrigin").and_then(|it| it.as_str()), origin.as_deref(), "{host}");
    }
}

#[tokio::test]
async fn a_configured_secret_is_told_to_nobody() {
    let keys = Keys::default().with_secret("hush".into());
    let rig = Rig::with(Config { keys, ..Config::default() }).await;
    let answer = rig.get("/_emulator/about.json").await;
    assert!(!answer.text().contains("hush"));
    assert!(answer.json().get("secretAccessKey").is_none());
}

#[tokio::test]
async fn a_foreign_host_name_learns_nothing() {
    let allowed_hosts = vec!["camera.example".to_owned()];
    let rig = Rig::with(Config { allowed_hosts, ..Config::default() }).await;
    for (host, status) in [
        ("localhost:8080", 200),
        ("127.0.0.1", 200),
        ("[::1]:8080", 200),
        ("192.168.1.5:8080", 200),
        ("Camera.Example:8080", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("localhost@evil.example", 403),
    ] {
        let answer = get_with(&rig, "/_emulator/about.json", "host", host).await;
        assert_eq!(answer.status, status, "{host}");
    }
}
