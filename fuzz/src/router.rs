//! Scripts of requests to the whole service.
//!
//! Requests as one writes them by hand, with a line `---` between two: method and path, headers,
//! an empty line, the body. No signatures are asked for. `$ARN` stands for the ARN of the channel
//! that was created last.

use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use kvs_emulator::AuthLevel;
use serde_json::{Value, json};

use crate::service::{Asked, json, refusal};

/// What is looked at of one script.
const MOST_REQUESTS: usize = 8;
const BETWEEN: &[u8] = b"\n---\n";
const OWN_PATHS: &str = "/_emulator";

/// Plays a script.
pub fn router(data: &[u8]) {
    let mut arn = String::from("arn:aws:kinesisvideo:us-west-2:000000000000:channel/none/1");
    let mut asked = Asked::new(AuthLevel::Off);
    for part in split(data, BETWEEN).into_iter().take(MOST_REQUESTS) {
        let Some(request) = parse(&replace(part, b"$ARN", arn.as_bytes())) else { continue };
        // The emulator's own paths are no part of the service.
        let service =
            request.method() == Method::POST && !request.uri().path().starts_with(OWN_PATHS);
        let response = asked.ask(request);
        if service {
            arn = check(&mut asked, &response).unwrap_or(arn);
        }
    }
    asked.keep();
}

/// Checks an answer of the service; answers the ARN of a new channel.
fn check(asked: &mut Asked, response: &Response<Vec<u8>>) -> Option<String> {
    if response.status() != StatusCode::OK {
        assert!(response.status().is_client_error(), "{}", response.status());
        refusal(response);
        return None;
    }
    let body = json(response);
    let arn = body.get("ChannelARN").and_then(Value::as_str)?.to_owned();
    // What is created can be read back.
    let request = Request::post("/describeSignalingChannel")
        .body(json!({ "ChannelARN": arn }).to_string().into_bytes())
        .expect("a request");
    let described = json(&asked.ask(request));
    assert_eq!(described.pointer("/ChannelInfo/ChannelARN"), Some(&Value::from(arn.as_str())));
    Some(arn)
}

/// `None` where no HTTP library would hand it on.
fn parse(text: &[u8]) -> Option<Request<Vec<u8>>> {
    let (head, body) = match find(text, b"\n\n") {
        Some(at) => (text.get(..at)?, text.get(at + 2..)?),
        None => (text, &[][..]),
    };
    let mut lines = head.split(|byte| *byte == b'\n');
    let (method, path) = split_once(lines.next()?, b' ')?;
    let uri = Uri::try_from(path).ok().filter(|uri| uri.path().starts_with('/'))?;
    let mut request = Request::new(body.to_vec());
    *request.method_mut() = Method::from_bytes(method).ok()?;
    *request.uri_mut() = uri;
    for line in lines {
        let (name, value) = split_once(line, b':')?;
        let name = HeaderName::from_bytes(name).ok()?;
        let value = HeaderValue::from_bytes(value.trim_ascii()).ok()?;
        request.headers_mut().try_append(name, value).ok()?;
    }
    Some(request)
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

fn split_once(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let index = text.iter().position(|byte| *byte == at)?;
    Some((text.get(..index)?, text.get(index + 1..)?))
}

fn split<'a>(mut text: &'a [u8], between: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    while let Some(at) = find(text, between) {
        let (part, rest) = text.split_at(at);
        parts.push(part);
        text = rest.get(between.len()..).unwrap_or_default();
    }
    parts.push(text);
    parts
}

fn replace(text: &[u8], wanted: &[u8], by: &[u8]) -> Vec<u8> {
    split(text, wanted).join(by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_read_as_it_is_meant() {
        let script = b"POST /a?b=$ARN\nx: 1\n\n{}\n---\nGET /b";
        let parts = split(script, BETWEEN);
        assert_eq!(parts.len(), 2);
        let request = parse(&replace(parts[0], b"$ARN", b"arn:x")).unwrap();
        assert_eq!(
            (request.method(), request.uri().to_string()),
            (&Method::POST, "/a?b=arn:x".into())
        );
        assert_eq!(
            (request.headers()["x"].as_bytes(), request.body().as_slice()),
            (&b"1"[..], &b"{}"[..])
        );
        assert_eq!(parse(parts[1]).unwrap().uri().path(), "/b");
        assert!(parse(b"\xff\xfe").is_none());
    }
}
