//! Loads a running emulator and prints what it took, as one line of JSON.

use std::time::Duration;

use anyhow::Result;
use clap::{Parser, Subcommand};
use kvs_bench::{load::Load, raise_open_files};

/// Load a running emulator, and print what that took as JSON.
#[derive(Parser)]
struct Args {
    /// Address and port of the emulator
    #[arg(long, value_name = "IP:PORT")]
    host: String,

    /// Number of the emulator's process, whose memory and time are read
    #[arg(long)]
    pid: u32,

    /// Channels
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u16).range(1..=6000))]
    channels: u16,

    /// Viewers of each channel, beside its master
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u16).range(1..=10))]
    viewers: u16,

    /// How long messages are counted, in seconds
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,

    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// As much as goes through: sockets, memory, messages. The emulator runs with --no-quotas
    Capacity {
        /// Messages on their way from each sender to each recipient
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
        window: u32,
    },
    /// A measured pace, within the service's quotas
    Paced {
        /// Messages a second, all channels together
        #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
        rate: u32,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let Args { host, pid, channels, viewers, seconds, what } = Args::parse();
    raise_open_files(u64::from(channels) * (u64::from(viewers) + 1) + 64)?;
    let load = Load {
        host,
        pid,
        channels: channels.into(),
        viewers: viewers.into(),
        time: Duration::from_secs(seconds),
    };
    let figures = match what {
        What::Capacity { window } => serde_json::to_string(&load.capacity(window).await?)?,
        What::Paced { rate } => serde_json::to_string(&load.paced(rate).await?)?,
    };
    println!("{figures}");
    Ok(())
}
