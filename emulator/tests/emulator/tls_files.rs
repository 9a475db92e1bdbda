//! Certificates from files, and the file that clients are to trust.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
};

use kvs_emulator::{Hosts, Tls};
use rcgen::{CertificateParams, KeyPair};

use crate::{
    command::{Running, command, refusal},
    reach::{Client, config},
    rig::Rig,
};

/// A folder that is gone after the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::remove_dir_all(&path).ok();
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Writes a certificate for `localhost` and its key; answers their files and the certificate.
    fn certificate(&self, name: &str) -> (PathBuf, PathBuf, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let cert = self.file(&format!("{name}.crt"), &pem, 0o644);
        (cert, self.file(&format!("{name}.key"), &key.serialize_pem(), 0o600), pem)
    }

    fn file(&self, name: &str, content: &str, mode: u32) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

#[tokio::test]
async fn a_certificate_from_files_is_used() {
    let folder = Folder::new("tls-given");
    let (cert, key, pem) = folder.certificate("own");
    let rig = Rig::with(config(Tls::Files { cert, key }, Hosts::One)).await;
    assert_eq!(rig.ca, None);
    let port = rig.host.rsplit_once(':').unwrap().1;
    let client = Client::trusting(&rig, &pem);
    assert_eq!(client.get(&format!("https://localhost:{port}/")).await.status, 200);
}

#[test]
fn files_that_will_not_do_are_one_clear_sentence() {
    let folder = Folder::new("tls-bad");
    let (cert, key, _) = folder.certificate("own");
    let (other, other_key, _) = folder.certificate("other");
    let open = folder.file("open.key", &fs::read_to_string(&key).unwrap(), 0o644);
    let empty = folder.file("empty", "", 0o600);
    let junk = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let junk = folder.file("junk.crt", junk, 0o644);
    let torn = folder.file("torn.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n", 0o644);
    let nowhere = folder.0.join("nowhere");
    for (cert, key, culprit, why) in [
        (&nowhere, &key, "--tls-cert", "cannot read"),
        (&cert, &nowhere, "--tls-key", "cannot read"),
        (&empty, &key, "--tls-cert", "no certificate"),
        (&torn, &key, "--tls-cert", "no certificate"),
        (&key, &key, "--tls-cert", "no certificate"),
        (&junk, &key, "--tls-cert", "cannot use"),
        (&cert, &empty, "--tls-key", "no private key"),
        (&cert, &open, "--tls-key", "chmod"),
        (&cert, &other_key, "--tls-key", "is not the key of"),
        (&other, &key, "--tls-key", "is not the key of"),
    ] {
        let (cert, key) = (cert.to_str().unwrap(), key.to_str().unwrap());
        let error = refusal(&["--port=0", "--turn-port=0", "--tls-cert", cert, "--tls-key", key]);
        assert!(error.contains(culprit) && error.contains(why), "{error}");
        assert!(!error.contains("BEGIN PRIVATE KEY-----\n"), "{error}");
    }
    let (cert, key) = (cert.to_str().unwrap(), key.to_str().unwrap());
    assert!(refusal(&["--port=0", "--turn-port=0", "--tls-cert", cert]).contains("--tls-key"));
    assert!(refusal(&["--port=0", "--turn-port=0", "--tls-key", key]).contains("--tls-cert"));
}

#[test]
fn a_name_that_no_certificate_is_for_is_named() {
    let error = refusal(&["--port=0", "--turn-port=0", "--tls", "--allow-host", "no name"]);
    assert!(error.contains("no name"), "{error}");
}

#[test]
fn the_certificate_to_trust_is_written_whole() {
    let folder = Folder::new("tls-ca");
    // What an earlier start has left.
    let file = folder.file("ca.pem", &"earlier\n".repeat(1000), 0o644);
    let path = file.to_str().unwrap();
    let mut child =
        Running(command(&["--port=0", "--turn-port=0", "--tls-ca", path]).spawn().unwrap());
    let mut said = String::new();
    let mut out = BufReader::new(child.0.stdout.take().unwrap());
    while !said.contains("Ctrl-C") {
        assert_ne!(out.read_line(&mut said).unwrap(), 0, "{said}");
    }
    assert!(said.starts_with("kvs-emulator listening on https://localhost:"), "{said}");
    assert!(said.contains(&format!("verify={path:?}")), "{said}");
    assert!(said.contains(&format!("NODE_EXTRA_CA_CERTS={path:?}")), "{said}");
    let pem = fs::read_to_string(&file).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----") && !pem.contains("PRIVATE"));
    assert!(pem.trim_end().ends_with("-----END CERTIFICATE-----"));
    // Nothing else is left in the folder.
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1);
}

#[test]
fn a_file_that_cannot_be_written_is_one_clear_sentence() {
    let error = refusal(&["--port=0", "--turn-port=0", "--tls-ca", "/no/such/folder/ca.pem"]);
    assert!(error.contains("--tls-ca") && error.contains("/no/such/folder/ca.pem"), "{error}");
}
