//! A session on one page, fit to be pasted into a bug report: bounded, and without secrets.

use crate::error::Code;
use crate::ids::Role;
use crate::json;
use crate::session::io::SessionState;
use crate::time::UnixMillis;

use super::journal::{Journal, Line, presentable};
use super::timeline::role_name;

/// Bytes of a report's JSON at the most.
const MAX_BYTES: usize = 64 * 1024;

/// Bytes of its parts at the most. What they leave is the log's, a few KB in any case.
const MAX_OPTIONS: usize = 6 * 1024;
const MAX_TIMELINE: usize = 16 * 1024;
const MAX_ERRORS: usize = 8 * 1024;
const MAX_QUALITY: usize = 2 * 1024;
const MAX_STATS: usize = 16 * 1024;

/// What a report says that the machines do not know.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// `navigator.userAgent`.
    pub user_agent: String,
    /// The options that the session was made with, as a JSON object; of their texts what
    /// [`show_option`] shows.
    pub options: String,
    /// The last measurements of each connection, as a JSON array.
    pub stats: String,
}

/// Options whose text says something and hides nothing.
const SHOWN: [&str; 10] = [
    "channelName",
    "region",
    "natTraversal",
    "degradationPreference",
    "contentHint",
    "endpointType",
    "logLevel",
    "role",
    "trickle",
    "video",
];

/// The text of an option as a report shows it: only one that is known to be harmless, and of an
/// address the host alone.
pub fn show_option<'a>(name: &str, text: &'a str) -> &'a str {
    let shown = if name == "endpoint" { host(text) } else { text };
    let is_harmless = (name == "endpoint" || SHOWN.contains(&name)) && shown.len() <= 256;
    if is_harmless { shown } else { "given" }
}

/// The address of a candidate as a report shows it: enough to tell networks apart.
pub fn mask_address(address: &str) -> String {
    if address.ends_with(".local") {
        return "x.local".to_owned();
    }
    let separator = if address.contains(':') { ':' } else { '.' };
    match address.match_indices(separator).nth(1) {
        Some((end, _)) => [address.get(..=end).unwrap_or_default(), "x"].concat(),
        None => "x".to_owned(),
    }
}

/// Everything that goes into a report.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    pub(super) role: Role,
    pub(super) state: SessionState,
    pub(super) now: UnixMillis,
    pub(super) timeline: Vec<String>,
    pub(super) quality: Vec<String>,
    pub(super) journal: &'a Journal,
    pub(super) facts: &'a Facts,
}

/// The report's JSON. Of lists that would be too long the newest entries are kept; options and
/// stats that would be are left out.
pub(super) fn write(parts: &Parts<'_>) -> String {
    let (facts, journal) = (parts.facts, parts.journal);
    let mut drops = json::Object::new();
    for (reason, count) in journal.drops() {
        drops = drops.raw(reason, &count.to_string());
    }
    let agent: String = facts.user_agent.chars().take(300).collect();
    let head = json::Object::new()
        .raw("schema", "1")
        .text("version", crate::VERSION)
        .text("role", role_name(parts.role))
        .text("state", parts.state.as_str())
        .raw("at", &parts.now.0.to_string())
        .text("userAgent", &agent)
        .raw("options", bounded(&facts.options, MAX_OPTIONS, "{}"))
        .raw("timeline", &newest(&parts.timeline, MAX_TIMELINE, &String::clone))
        .raw("drops", &drops.end())
        .raw("errors", &newest(journal.errors(), MAX_ERRORS, &error))
        .raw("quality", &newest(&parts.quality, MAX_QUALITY, &String::clone))
        .raw("stats", bounded(&facts.stats, MAX_STATS, "[]"));
    let left = MAX_BYTES.saturating_sub(head.length() + r#","log":[]}"#.len());
    head.raw("log", &newest(journal.lines(), left, &line)).end()
}

/// A JSON array.
pub(super) fn array(items: &[String]) -> String {
    let mut json = String::from("[");
    for item in items {
        if json.len() > 1 {
            json.push(',');
        }
        json.push_str(item);
    }
    json.push(']');
    json
}

/// A JSON array of as many of the last items as fit.
fn newest<T>(items: &[T], bytes: usize, write: &dyn Fn(&T) -> String) -> String {
    let mut left = bytes;
    let mut kept = Vec::new();
    for item in items.iter().rev() {
        let item = write(item);
        let Some(rest) = left.checked_sub(item.len() + 1) else { break };
        left = rest;
        kept.push(item);
    }
    kept.reverse();
    array(&kept)
}

fn line(line: &Line) -> String {
    json::Object::new()
        .raw("at", &line.at.0.to_string())
        .text("level", line.level.as_str())
        .text("target", line.target.as_str())
        .text("message", &line.message)
        .end()
}

fn error((at, code, message): &(UnixMillis, Code, String)) -> String {
    json::Object::new()
        .raw("at", &at.0.to_string())
        .text("code", code.as_str())
        .text("message", &presentable(message))
        .end()
}

fn bounded<'a>(json: &'a str, bytes: usize, otherwise: &'a str) -> &'a str {
    if json.is_empty() || json.len() > bytes { otherwise } else { json }
}

/// What lies between `://` and the path, without a login.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::session::insight::{Level, Record, Target};

    fn report(journal: &Journal, facts: &Facts, item: &str, items: usize) -> serde_json::Value {
        let parts = Parts {
            role: Role::Viewer,
            state: SessionState::Connected,
            now: UnixMillis(7),
            timeline: vec![item.to_owned(); items],
            quality: vec![item.to_owned(); items],
            journal,
            facts,
        };
        let text = write(&parts);
        assert!(text.len() <= MAX_BYTES, "{}", text.len());
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_report_has_all_its_members_also_where_there_is_nothing_to_tell() {
        let report = report(&Journal::default(), &Facts::default(), "", 0);
        let expected = serde_json::json!({
            "schema": 1, "version": crate::VERSION, "role": "viewer", "state": "connected", "at": 7,
            "userAgent": "", "options": {}, "timeline": [], "drops": {}, "errors": [],
            "quality": [], "stats": [], "log": [],
        });
        assert_eq!(report, expected);
    }

    #[test]
    fn a_report_is_bounded_and_keeps_the_newest_lines() {
        let mut journal = Journal::default();
        for number in 0..2_000 {
            let message = format!("{number} {}", "\u{1F600}\"\\".repeat(300));
            journal.write(Record::new(Level::Info, Target::Peer, message), UnixMillis(number));
            journal.failed(&Error::new(Code::NetworkTimeout, "\"".repeat(9_000)), UnixMillis(1));
        }
        let facts = Facts {
            user_agent: "x".repeat(100_000),
            options: format!("[{}1]", "1,".repeat(50_000)),
            stats: format!("[{}1]", "1,".repeat(50_000)),
        };
        for facts in
            [facts, Facts { stats: format!("[{}1]", "1,".repeat(8_000)), ..Facts::default() }]
        {
            let report = report(&journal, &facts, r#""an item of the timeline""#, 2_000);
            let log = report["log"].as_array().unwrap();
            assert!(log.len() > 5, "{}", log.len());
            assert!(log.last().unwrap()["message"].as_str().unwrap().starts_with("1999 "));
            for list in ["timeline", "errors", "quality"] {
                assert!(report[list].as_array().unwrap().len() > 3, "{list}");
            }
            let stats = report["stats"].as_array().unwrap().len();
            assert_eq!(stats, if facts.stats.len() > MAX_STATS { 0 } else { 8_001 });
        }
    }

    #[test]
    fn of_the_options_only_what_is_harmless_is_shown() {
        let long = "x".repeat(300);
        for (name, given, shown) in [
            ("region", "eu-west-1", "eu-west-1"),
            ("endpoint", "https://user:pass@host.example:8443/x?token=1", "host.example:8443"),
            ("clientId", "anna", "given"),
            ("somethingNew", "s3cret", "given"),
            ("channelName", &long, "given"),
        ] {
            assert_eq!(show_option(name, given), shown);
        }
    }

    #[test]
    fn addresses_are_masked() {
        for (address, masked) in [
            ("203.0.113.7", "203.0.x"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:x"),
            ("fe80::1", "fe80::x"),
            ("1f2e3d4c-aaaa-bbbb-cccc-000000000000.local", "x.local"),
            ("", "x"),
            ("intranet", "x"),
        ] {
            assert_eq!(mask_address(address), masked);
        }
    }
}
