//! The page in real browsers: each test is a story of one or more people with a browser each.
//!
//! Two at a time, which is what a small machine can do; those that judge how fast something is are
//! alone.

mod accessibility;
mod admin;
mod backend;
mod bad_input;
mod calls;
mod credentials;
mod diagnosis;
mod endings;
mod faults;
mod fields;
mod firefox;
mod hostile;
mod in_call;
mod ingestion;
mod keyboard;
mod languages;
mod layout;
mod leaks;
mod leaving;
mod links;
mod log;
mod mistakes;
mod mixed;
mod nat;
mod options;
mod people;
mod prejoin;
mod qualification;
mod reference;
mod relay_tls;
mod secrets;
mod sending;
mod sharing;
mod site;
mod storage;
mod storage_sessions;
mod tiles;
mod trial;
mod waterfall;

use std::{
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use kvs_e2e::{Stage, Story, service::package_is_built};
use libtest_mimic::{Arguments, Conclusion, Failed, Trial};
use tokio::{runtime::Runtime, time::timeout};

use crate::people::Tale;

/// A story that takes longer hangs.
const STORY_LIMIT: Duration = Duration::from_secs(90);

/// How many of the slowest stories are named at the end.
const SLOWEST: usize = 10;

const AT_A_TIME: usize = 2;

/// The stories that judge rates, or what a machine does in a time: none is told beside them.
const ALONE: &[&str] = &[
    "calls::a_second_and_a_third_viewer_join",
    "calls::the_resolution_is_kept_where_that_is_asked_for",
    "in_call::a_connection_says_how_good_it_is",
    "leaks::of_fifty_calls_nothing_is_left",
    "qualification::the_averages_are_what_the_browser_counted",
    "tiles::figures_of_ten_tiles_change_in_place_and_together",
];

type Times = Arc<Mutex<Vec<(Duration, String)>>>;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_A_TIME);
    if !arguments.list
        && let Err(error) = package_is_built()
    {
        eprintln!("{error:#}");
        return ExitCode::FAILURE;
    }
    match run(&arguments) {
        Ok(conclusion) => conclusion.exit_code(),
        Err(error) => {
            eprintln!("the tests do not start: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<Conclusion> {
    let runtime = Arc::new(Runtime::new()?);
    let stage = Arc::new(Stage::default());
    let times = Times::default();
    let quiet = Arc::new(RwLock::new(()));
    let mut tales = tales();
    for alone in ALONE {
        ensure!(tales.iter().any(|(name, _)| name == alone), "there is no story {alone}");
    }
    // At the end, where they wait for nothing.
    tales.sort_by_key(|(name, _)| ALONE.contains(&name.as_str()));
    let trials = firefox::told_here(tales)?.into_iter().map(|(name, tale)| {
        let (runtime, stage, times) = (runtime.clone(), stage.clone(), times.clone());
        let quiet = quiet.clone();
        Trial::test(name.clone(), move || {
            let is_alone = ALONE.contains(&name.as_str());
            let _alone = is_alone.then(|| quiet.write().unwrap_or_else(PoisonError::into_inner));
            let _beside = (!is_alone).then(|| quiet.read().unwrap_or_else(PoisonError::into_inner));
            let started = Instant::now();
            let outcome = runtime.block_on(tell(&stage, &name, tale));
            times.lock().unwrap_or_else(PoisonError::into_inner).push((started.elapsed(), name));
            outcome.map_err(Failed::from)
        })
    });
    let conclusion = libtest_mimic::run(arguments, trials.collect());
    print_slowest(&times);
    Ok(conclusion)
}

/// Every story that one browser is enough for; first the one that takes longest, to which many
/// are told beside.
fn tales() -> Vec<(String, Tale)> {
    let tales = [
        backend::tales(),
        accessibility::tales(),
        admin::tales(),
        bad_input::tales(),
        calls::tales(),
        credentials::tales(),
        diagnosis::tales(),
        endings::tales(),
        faults::tales(),
        fields::tales(),
        hostile::tales(),
        in_call::tales(),
        ingestion::tales(),
        keyboard::tales(),
        languages::tales(),
        leaks::tales(),
        layout::tales(),
        leaving::tales(),
        links::tales(),
        log::tales(),
        mistakes::tales(),
        nat::tales(),
        options::tales(),
        prejoin::tales(),
        qualification::tales(),
        reference::tales(),
        relay_tls::tales(),
        secrets::tales(),
        sending::tales(),
        sharing::tales(),
        site::tales(),
        storage::tales(),
        storage_sessions::tales(),
        tiles::tales(),
        trial::tales(),
        waterfall::tales(),
    ];
    tales.into_iter().flatten().collect()
}

async fn tell(stage: &Stage, name: &str, tale: Tale) -> Result<(), String> {
    let story = Story::begin(stage).await.map_err(|error| format!("{error:#}"))?;
    let outcome = timeout(STORY_LIMIT, tale(&story)).await;
    let outcome = outcome.unwrap_or_else(|_| anyhow::bail!("not over after {STORY_LIMIT:?}"));
    story.end(name, outcome).await
}

fn print_slowest(times: &Times) {
    let mut times = times.lock().unwrap_or_else(PoisonError::into_inner);
    times.sort();
    for (time, name) in times.iter().rev().take(SLOWEST) {
        println!("{:6.1} s  {name}", time.as_secs_f64());
    }
}
