//! The file of keys.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use kvs_hub::Pattern;
use secrecy::SecretString;
use serde_json::{Map, Value};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::keys::{Key, Permissions, SessionToken};
use crate::api;

/// Largest file that is read, in bytes.
const MAX_SIZE: u64 = 1024 * 1024;
/// Longest text in it, in characters; session tokens are the longest, some 2 KB.
const MAX_TEXT: usize = 8 * 1024;
/// What an entry can have.
const MEMBERS: [&str; 7] =
    ["accessKeyId", "secretAccessKey", "sessionToken", "expiration", "name", "actions", "channels"];
/// What IAM puts before an action.
const ACTION_PREFIX: &str = "kinesisvideo:";

/// Why a keys file cannot be used. It never says a secret.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct KeysFileError {
    path: PathBuf,
    reason: String,
}

/// Reads a keys file; warns where others can read it, too.
pub(super) fn read(path: &Path) -> Result<HashMap<String, Key>, KeysFileError> {
    let failed = |reason| KeysFileError { path: path.to_owned(), reason };
    let text = text(path).map_err(|error| failed(format!("cannot be read: {error}")))?;
    parse(&text).map_err(failed)
}

fn text(path: &Path) -> io::Result<String> {
    let file = File::open(path)?;
    warn_if_others_can_read(path, &file);
    let mut text = String::new();
    file.take(MAX_SIZE.saturating_add(1)).read_to_string(&mut text)?;
    if u64::try_from(text.len()).is_ok_and(|length| length > MAX_SIZE) {
        return Err(io::Error::other(format!("it is larger than {MAX_SIZE} bytes")));
    }
    Ok(text)
}

#[cfg(unix)]
fn warn_if_others_can_read(path: &Path, file: &File) {
    use std::os::unix::fs::MetadataExt as _;
    if file.metadata().is_ok_and(|about| about.mode() & 0o077 != 0) {
        tracing::warn!(
            file = %path.display(),
            "other users of this machine can read the keys: chmod 600 the file"
        );
    }
}

#[cfg(not(unix))]
fn warn_if_others_can_read(_path: &Path, _file: &File) {}

/// Values are taken apart by hand: what `serde` says of a wrong one quotes it.
fn parse(text: &str) -> Result<HashMap<String, Key>, String> {
    let root: Value = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        format!("line {line}, column {column}: this is not JSON")
    })?;
    let entries = match root {
        Value::Object(mut root) => match root.remove("keys") {
            Some(Value::Array(entries)) if root.is_empty() => entries,
            _ => return Err(wrong_shape()),
        },
        _ => return Err(wrong_shape()),
    };
    if entries.is_empty() {
        return Err("there is no entry, so nobody could sign: add one".to_owned());
    }
    let mut keys = HashMap::new();
    for (index, entry) in entries.into_iter().enumerate() {
        let number = index.saturating_add(1);
        let (id, key) = one(entry).map_err(|reason| format!("entry {number}: {reason}"))?;
        if keys.insert(id, key).is_some() {
            return Err(format!(
                "entry {number}: its accessKeyId is another entry's too: keep one of them"
            ));
        }
    }
    Ok(keys)
}

fn wrong_shape() -> String {
    r#"it must be {"keys": [{"accessKeyId": "…", "secretAccessKey": "…"}]}"#.to_owned()
}

fn one(entry: Value) -> Result<(String, Key), String> {
    let Value::Object(mut entry) = entry else {
        return Err(r#"it must be {"accessKeyId": "…", "secretAccessKey": "…"}"#.to_owned());
    };
    if let Some(unknown) = entry.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
        let shown: String = unknown.chars().take(40).collect();
        return Err(format!("it has no member {shown:?}; there are {}", MEMBERS.join(", ")));
    }
    let id = text_of(&mut entry, "accessKeyId")?.ok_or("accessKeyId is missing: add it")?;
    let secret: SecretString =
        text_of(&mut entry, "secretAccessKey")?.ok_or("secretAccessKey is missing: add it")?.into();
    let token = match text_of(&mut entry, "sessionToken")? {
        Some(token) => SessionToken::This(token.into()),
        None => SessionToken::None,
    };
    let expiration = text_of(&mut entry, "expiration")?.as_deref().map(time).transpose()?;
    let name = text_of(&mut entry, "name")?;
    let permissions = Permissions {
        actions: patterns(&mut entry, "actions", action)?,
        channels: patterns(&mut entry, "channels", |text| Pattern::parse(text).ok())?,
    };
    Ok((id, Key { name, secret, token, expiration, permissions }))
}

fn text_of(entry: &mut Map<String, Value>, member: &str) -> Result<Option<String>, String> {
    match entry.remove(member) {
        None => Ok(None),
        Some(Value::String(text)) if (1..=MAX_TEXT).contains(&text.len()) => Ok(Some(text)),
        Some(_) => {
            Err(format!("{member} must be a text in quotes, not empty, of {MAX_TEXT} at most"))
        }
    }
}

fn time(text: &str) -> Result<SystemTime, String> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map(SystemTime::from)
        .map_err(|_| "expiration must be a time like 2026-01-31T12:00:00Z".to_owned())
}

fn patterns(
    entry: &mut Map<String, Value>,
    member: &str,
    parse: impl Fn(&str) -> Option<Pattern>,
) -> Result<Option<Vec<Pattern>>, String> {
    let Some(value) = entry.remove(member) else { return Ok(None) };
    let wrong = || match member {
        "actions" => "actions must be a list of the service's actions, such as \
                      [\"DescribeSignalingChannel\", \"Get*\"]"
            .to_owned(),
        _ => format!("{member} must be a list of names, such as [\"front-door\", \"yard-*\"]"),
    };
    let Value::Array(list) = value else { return Err(wrong()) };
    let parsed = list.iter().map(|one| one.as_str().and_then(&parse).ok_or_else(wrong));
    parsed.collect::<Result<Vec<_>, _>>().map(Some)
}

/// An action that there is; a name that fits none is a slip of the pen.
fn action(text: &str) -> Option<Pattern> {
    let pattern = Pattern::parse(text.strip_prefix(ACTION_PREFIX).unwrap_or(text)).ok()?;
    api::actions().any(|name| pattern.fits(name)).then_some(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_with_the_entry_and_without_the_secret() {
        let good = r#"{"accessKeyId":"A","secretAccessKey":"hush"}"#;
        for (second, culprit) in [
            ("7", "entry 2: it must be"),
            (r#"{"secretAccessKey":"hush"}"#, "entry 2: accessKeyId is missing"),
            (r#"{"accessKeyId":"B"}"#, "entry 2: secretAccessKey is missing"),
            (r#"{"accessKeyId":"B","secretAccessKey":["hush"]}"#, "secretAccessKey must be"),
            (r#"{"accessKeyId":"B","secretAccessKey":""}"#, "secretAccessKey must be"),
            (r#"{"accessKeyId":"B","secretAccesKey":"hush"}"#, "no member \"secretAccesKey\""),
            (good, "entry 2: its accessKeyId"),
            (
                r#"{"accessKeyId":"B","secretAccessKey":"hush","expiration":"hush"}"#,
                "entry 2: expiration must be",
            ),
            (
                r#"{"accessKeyId":"B","secretAccessKey":"hush","actions":["hush"]}"#,
                "entry 2: actions must be",
            ),
            (
                r#"{"accessKeyId":"B","secretAccessKey":"hush","channels":"hush"}"#,
                "entry 2: channels must be",
            ),
            (r#"{"accessKeyId":"B","secretAccessKey":"hush","#, "line 1, column"),
        ] {
            let error = parse(&format!(r#"{{"keys":[{good},{second}]}}"#)).unwrap_err();
            assert!(error.contains(culprit) && !error.contains("hush"), "{second}: {error}");
        }
        for bad in ["", "[]", "{}", r#"{"keys":"hush"}"#, r#"{"keys":[]}"#, r#"{"keys":[],"x":1}"#]
        {
            let error = parse(bad).unwrap_err();
            assert!(!error.contains("hush"), "{error}");
        }
    }

    #[test]
    fn actions_may_be_written_as_in_a_policy() {
        for good in ["ConnectAsMaster", "kinesisvideo:Describe*", "*", "JoinStorageSession"] {
            assert!(action(good).is_some(), "{good}");
        }
        for bad in ["Connect", "s3:*", "describe*", "", "GetObject"] {
            assert!(action(bad).is_none(), "{bad}");
        }
    }
}
