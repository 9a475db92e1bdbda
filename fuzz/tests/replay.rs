//! The corpus, what is made of it, and random bytes: on stable Rust, in every test run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test's helpers may panic as its tests do"
)]

use std::{
    fs,
    panic::catch_unwind,
    path::Path,
    time::{Duration, Instant},
};

use fastrand::Rng;

/// Always the same input, so that what fails once fails again; `KVS_FUZZ_SEED` chooses another.
const SEED: u64 = 0x6b76_735f_6675_7a7a;
const INPUTS: usize = 20_000;
/// Longest input that is made up.
const LONGEST: usize = 2048;
/// No single input may keep a parser busy, even in a build without optimisation.
const LIMIT: Duration = Duration::from_secs(10);

type Target = fn(&[u8]);

#[test]
fn frames() {
    let words = [
        "{\"action\":\"SDP_OFFER\",",
        "\"messagePayload\":\"e30=\"",
        "\"correlationId\":\"c\"",
        "\"recipientClientId\":\"v1\"",
        "}",
        "\n+m",
        "\n-1",
        "\nt61000",
        "\nm",
        "\\ud800",
        "[[[[",
        "null",
        "1e999",
        "ICE_CANDIDATE",
    ];
    torment("frame", kvs_fuzz::frame, &words);
}

#[test]
fn requests() {
    let words = [
        "POST /createSignalingChannel\n\n",
        "\n---\n",
        "$ARN",
        "{\"ChannelName\":\"a\"}",
        "{\"ChannelARN\":\"$ARN\"}",
        "null",
        "GET /_kvs/m/a?",
        "\n\n",
        "x-amz-date: 1\n",
        "%2e%2e/",
        "\\u0000",
        "1e999",
    ];
    torment("router", kvs_fuzz::router, &words);
}

#[test]
fn signatures() {
    let words = [
        "AWS4-HMAC-SHA256 ",
        "Credential=",
        "SignedHeaders=host",
        "Signature=00",
        "/aws4_request",
        "20250102T030405Z",
        "\n",
        ", ",
        ";",
        "?X-Amz-Signature=",
        "%00",
        "&",
    ];
    torment("authorization", kvs_fuzz::authorization, &words);
}

/// What is too large to be kept in a file.
#[test]
fn giants() {
    let payload = "A".repeat(10 * 1024 * 1024);
    for giant in [
        format!(r#"1{{"action":"SDP_OFFER","correlationId":"c","messagePayload":"{payload}"}}"#),
        format!(r#"{{"action":"SDP_OFFER","{payload}":1}}"#),
        "[".repeat(1_000_000),
        "\n".repeat(10_000),
    ] {
        try_one("frame", "a giant", kvs_fuzz::frame, giant.as_bytes());
        let request = format!("POST /createSignalingChannel\n\n{giant}");
        try_one("router", "a giant", kvs_fuzz::router, request.as_bytes());
    }
    let header = ["\0AWS4-HMAC-SHA256 ", &"a=b,".repeat(250_000), "\n20250102T030405Z"].concat();
    try_one("authorization", "a giant", kvs_fuzz::authorization, header.as_bytes());
}

/// The corpus as it is, then changed, then random bytes.
fn torment(name: &str, target: Target, words: &[&str]) {
    let corpus = corpus(name);
    for (file, input) in &corpus {
        try_one(name, file, target, input);
    }
    let seed = std::env::var("KVS_FUZZ_SEED").map_or(SEED, |text| text.parse().expect("a number"));
    let mut random = Rng::with_seed(seed);
    for number in 0..INPUTS {
        // One in four owes nothing to the corpus.
        let input = if number % 4 == 0 {
            let length = random.usize(..64);
            std::iter::repeat_with(|| random.u8(..)).take(length).collect()
        } else {
            let mut input = random.choice(&corpus).expect("a corpus").1.clone();
            for _ in 0..random.usize(1..=4) {
                mutate(&mut input, &corpus, words, &mut random);
            }
            input.truncate(LONGEST);
            input
        };
        try_one(name, &format!("input {number} of KVS_FUZZ_SEED={seed}"), target, &input);
    }
}

fn mutate(input: &mut Vec<u8>, corpus: &[(String, Vec<u8>)], words: &[&str], random: &mut Rng) {
    input.truncate(LONGEST);
    let at = random.usize(..=input.len());
    let end = random.usize(at..=input.len().min(at + 64));
    match random.u8(..7) {
        0 => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << random.u8(..8);
            }
        }
        1 => input.insert(at, random.u8(..)),
        2 => drop(input.drain(at..end)),
        3 => {
            let again = input[at..end].to_vec();
            input.splice(at..at, again);
        }
        4 => {
            let word = random.choice(words).expect("words");
            input.splice(at..at, word.bytes());
        }
        5 => input.truncate(at),
        _ => {
            let other = &random.choice(corpus).expect("a corpus").1;
            let from = random.usize(..=other.len());
            input.splice(at.., other[from..].iter().copied());
        }
    }
}

fn try_one(name: &str, which: &str, target: Target, input: &[u8]) {
    let begun = Instant::now();
    let outcome = catch_unwind(|| target(input));
    let shown = || input[..input.len().min(LONGEST)].escape_ascii();
    assert!(outcome.is_ok(), "{name} fails with {which}, see above: b\"{}\"", shown());
    assert!(begun.elapsed() < LIMIT, "{name} takes too long with {which}: b\"{}\"", shown());
}

fn corpus(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files
}
