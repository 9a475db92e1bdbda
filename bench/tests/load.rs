//! The load, against the emulator in this process: small, but all of it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helpers may panic as its tests do")]

use std::time::Duration;

use kvs_bench::load::Load;
use kvs_emulator::{Behaviour, Config, Emulator};
use tokio::task::JoinHandle;

/// A load of two channels with three peers each, on an emulator of its own.
async fn small_load(quotas: bool) -> (Load, JoinHandle<()>) {
    let behaviour = Behaviour { quotas, ..Behaviour::default() };
    let config = Config { port: 0, turn_port: 0, behaviour, ..Config::default() };
    let emulator = Emulator::bind(config).await.unwrap();
    let host = emulator.http_addr().to_string();
    let running = tokio::spawn(async move {
        emulator.run_until(std::future::pending()).await.unwrap();
    });
    let (pid, time) = (std::process::id(), Duration::from_secs(1));
    (Load { host, pid, channels: 2, viewers: 2, time }, running)
}

#[tokio::test]
async fn nothing_is_lost_at_the_quotas_pace() {
    let (load, emulator) = small_load(true).await;
    let routing = load.paced(40).await.unwrap();
    assert_eq!(routing.trouble, None);
    assert_eq!((routing.lost(), routing.delivered), (0, routing.sent));
    // One second of 40 and as much before it, give or take one of each channel.
    assert!((76..=84).contains(&routing.sent), "{routing:?}");
    assert!((36..=44).contains(&routing.span.count), "{routing:?}");
    assert!(0.0 < routing.times.p50 && routing.times.p50 <= routing.times.max, "{routing:?}");
    emulator.abort();
}

#[tokio::test]
async fn a_pace_beyond_the_quotas_is_refused_beforehand() {
    let (load, emulator) = small_load(true).await;
    let error = load.paced(61).await.unwrap_err().to_string();
    assert!(error.contains("61 messages/s"), "{error}");
    emulator.abort();
}

#[tokio::test]
async fn a_full_pipe_loses_nothing_and_all_is_measured() {
    let (load, emulator) = small_load(false).await;
    let capacity = load.capacity(2).await.unwrap();
    assert_eq!((capacity.upgrades.count, capacity.memory.sockets), (6, 6));
    assert!(capacity.memory.without > 0 && capacity.upgrades.rate() > 0.0, "{capacity:?}");
    let routing = capacity.routing;
    assert_eq!(routing.trouble, None);
    assert_eq!((routing.lost(), routing.acknowledged), (0, routing.sent));
    assert!(routing.span.count > 100, "{routing:?}");
    emulator.abort();
}
