//! Which stories are told in which browser.

use std::env;

use anyhow::{Result, ensure};
use kvs_e2e::Kind;

use crate::{mixed, people::Tale};

/// The stories that Firefox is asked for each time: what depends on the browser, a few seconds each.
const MARKED: &[&str] = &[
    "site::every_module_is_preloaded_or_waits_for_its_panel",
    "site::what_the_policy_forbids_is_noticed",
    "accessibility::the_form_keeps_nobody_out",
    "calls::two_clicks_in_two_windows_make_a_call",
    "calls::a_message_arrives_in_each_direction",
    "trial::one_click_makes_a_call_on_the_emulator",
    "mistakes::a_wrong_secret_is_named",
    "mistakes::a_refused_camera_is_named",
    "mistakes::a_missing_camera_is_named",
    "in_call::a_picture_is_kept_and_recorded",
    "relay_tls::a_call_is_relayed_over_tls_where_udp_is_blocked",
    "keyboard::a_call_is_made_muted_and_ended",
    "languages::a_language_is_chosen_and_kept",
];

/// In Chromium every story but those that need Firefox too; in Firefox the marked ones and those,
/// or every one where the variable `KVS_STORIES` says `all`.
pub(crate) fn told_here(stories: Vec<(String, Tale)>) -> Result<Vec<(String, Tale)>> {
    for marked in MARKED {
        ensure!(stories.iter().any(|(name, _)| name == marked), "there is no story {marked}");
    }
    if Kind::wanted() == Kind::Chromium {
        return Ok(stories);
    }
    let all = env::var_os("KVS_STORIES").is_some_and(|which| which == "all");
    let told = stories.into_iter().filter(|(name, _)| all || MARKED.contains(&name.as_str()));
    Ok(told.chain(mixed::tales()).collect())
}
