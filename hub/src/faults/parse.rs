//! A fault as the command line has it.

use serde_json::{Map, Value};

use crate::FaultSpec;

/// Members whose value is a number.
const NUMBERS: [&str; 5] = ["status", "millis", "hold", "times", "skip"];

/// Reads `name,member=value,…`.
pub(super) fn command_line(text: &str) -> Result<FaultSpec, String> {
    let in_fault =
        |what: String| format!("fault `{}`: {}", beginning(text, 100), beginning(&what, 300));
    let mut parts = text.split(',').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let mut members = Map::new();
    members.insert("fault".to_owned(), name.into());
    for part in parts {
        let (member, value) = part.split_once('=').ok_or_else(|| {
            in_fault(format!("`{part}` is not `member=value`, e.g. `channel=demo-*`"))
        })?;
        let value = read(member, value).map_err(in_fault)?;
        if members.insert(member.to_owned(), value).is_some() {
            return Err(in_fault(format!("`{member}` is there twice: leave out one")));
        }
    }
    let spec: FaultSpec =
        serde_json::from_value(members.into()).map_err(|error| in_fault(error.to_string()))?;
    spec.check().map_err(in_fault)?;
    Ok(spec)
}

fn read(member: &str, value: &str) -> Result<Value, String> {
    if !NUMBERS.contains(&member) {
        return Ok(value.into());
    }
    let number: u32 = value
        .parse()
        .map_err(|_| format!("`{member}={value}`: `{member}` takes a whole number"))?;
    Ok(number.into())
}

/// Text cut after so many characters: who sends much is not sent as much back.
fn beginning(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}
