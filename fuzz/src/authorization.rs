//! The `Authorization` header, as it comes and as a damage to a good one.
//!
//! The first byte says what the rest is: an even one that it is the header's value (then, after a
//! line's end, that of `X-Amz-Date`; or, with a `?` in front, a presigned query), an odd one that
//! it says how to spell or damage a good signature.

use http::{HeaderValue, Request, Response, StatusCode};

use kvs_emulator::AuthLevel;

use crate::service::{Asked, refusal, signed};

/// All that an unreadable or wrong signature may be called.
const REFUSALS: [&str; 4] = [
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "UnrecognizedClientException",
];
/// What an access key id comes after.
const CREDENTIAL: &str = "Credential=";
const PATH: &str = "/describeSignalingChannel";
const BODY: &[u8] = br#"{"ChannelName":"none"}"#;

/// Feeds a header, or a damage to a good one.
pub fn authorization(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    if first.is_multiple_of(2) { foreign(rest) } else { derived(rest) }
}

/// A header that nobody has signed is refused, and by its proper name.
fn foreign(text: &[u8]) {
    let mut request = Request::post(PATH).header("host", "localhost");
    if let Some(query) = text.strip_prefix(b"?") {
        let query = String::from_utf8_lossy(query);
        request = Request::post(format!("{PATH}?{query}")).header("host", "localhost");
    } else {
        let mut lines = text.splitn(2, |byte| *byte == b'\n');
        for name in ["authorization", "x-amz-date"] {
            if let Some(value) = lines.next().map(HeaderValue::from_bytes) {
                let Ok(value) = value else { return };
                request = request.header(name, value);
            }
        }
    }
    // Where it is no request, no HTTP library hands it on.
    if let Ok(request) = request.body(BODY.to_vec()) {
        assert_refused(request);
    }
}

/// A good header gets through however its fields are ordered and spaced; with one character
/// changed it does not.
fn derived(how: &[u8]) {
    let mut how = how.iter().copied();
    let mut pick = |most: usize| usize::from(how.next().unwrap_or(0)) % most;
    let ids = ["AKIDEXAMPLE", "a", "with/slash", "with=equals", "with space", "+%2F"];
    let id = ids.get(pick(ids.len())).copied().unwrap_or("a");
    let request = Request::post(PATH).body(BODY.to_vec()).expect("a request");
    let mut request = signed(request, id);
    let good = header(&request);
    let respelt = respell(&good, pick(6), pick(4));
    let damaged = (pick(3) == 0).then(|| damage(&respelt, id, pick(256), pick(256))).flatten();
    let value = damaged.as_ref().unwrap_or(&respelt);
    request.headers_mut().insert("authorization", HeaderValue::from_str(value).expect("ASCII"));
    if damaged.is_some() {
        return assert_refused(request);
    }
    let response = ask(request);
    // The channel is not there, which one learns only with a good signature.
    assert_eq!(response.status(), StatusCode::NOT_FOUND, "{value}: {response:?}");
}

fn header(request: &Request<Vec<u8>>) -> String {
    let value = request.headers().get("authorization").and_then(|it| it.to_str().ok());
    value.expect("the signer writes this header").to_owned()
}

/// The same three fields in another order, with other spaces around them.
fn respell(value: &str, order: usize, spaces: usize) -> String {
    const ORDERS: [[usize; 3]; 6] =
        [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    const SPACES: [&str; 4] = [", ", ",", " , ", ",   "];
    let (algorithm, fields) = value.split_once(' ').expect("fields follow the algorithm");
    let fields: Vec<_> = fields.split(", ").collect();
    let order = ORDERS.get(order).into_iter().flatten();
    let ordered: Vec<_> = order.filter_map(|index| fields.get(*index).copied()).collect();
    format!("{algorithm} {}", ordered.join(SPACES.get(spaces).copied().unwrap_or(", ")))
}

/// One character replaced by another that a header may have; `None` where that changes nothing
/// that counts: spaces between fields do not, nor whose the public secret is.
fn damage(value: &str, id: &str, at: usize, by: usize) -> Option<String> {
    let mut bytes = value.as_bytes().to_vec();
    let index = at % bytes.len();
    let begin = value.find(CREDENTIAL)? + CREDENTIAL.len();
    let own_id = begin..begin + id.len();
    *bytes.get_mut(index)? = b' ' + u8::try_from(by % 95).ok()?;
    let damaged = String::from_utf8(bytes).ok()?;
    let counts = !own_id.contains(&index) && fields(&damaged) != fields(value);
    counts.then_some(damaged)
}

/// What counts of a header, in one order.
fn fields(value: &str) -> Vec<&str> {
    let (algorithm, rest) = value.split_once(' ').unwrap_or((value, ""));
    let mut fields: Vec<_> = rest.split(',').map(str::trim).collect();
    fields.sort_unstable();
    fields.push(algorithm);
    fields
}

fn assert_refused(request: Request<Vec<u8>>) {
    let asked = format!("{:?} {:?}", request.uri(), request.headers());
    let response = ask(request);
    assert_eq!(response.status(), StatusCode::FORBIDDEN, "{asked}: {response:?}");
    let (name, _) = refusal(&response);
    assert!(REFUSALS.contains(&name.as_str()), "{asked}: {name}");
}

fn ask(request: Request<Vec<u8>>) -> Response<Vec<u8>> {
    let mut asked = Asked::new(AuthLevel::Full);
    let response = asked.ask(request);
    asked.keep();
    response
}
