//! Measures the built page as a person far away has it who comes for the first time.

mod loading;
mod table;

use anyhow::Result;
use clap::Parser;

/// Runs the measurement and prints it.
#[derive(Parser)]
#[command(about = "How soon the page is usable over a slow line, and what it loads")]
struct Arguments {
    /// How many times the page is opened.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    println!("{}", table::render(&loading::measure(arguments.runs).await?));
    println!("\n{}", loading::NOTE);
    Ok(())
}
