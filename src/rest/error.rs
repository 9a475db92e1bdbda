//! What an answer that is no success means.

use super::{Response, create_signaling_channel, refusal::Refusal};
use crate::error::{Code, Error};

/// The error that the answer is: a stable code, and a sentence with the operation, what it
/// means, and in brackets what the service said.
pub(super) fn from_response(operation: &str, response: &Response) -> Error {
    let refusal = Refusal::read(response);
    let code = code_of(operation, response.status, &refusal);
    with_code(operation, response, refusal, code)
}

/// For a refused signature whose date turned out to be what is wrong with it.
pub(super) fn clock_skewed(operation: &str, response: &Response) -> Error {
    with_code(operation, response, Refusal::read(response), Code::CallerClockSkewed)
}

fn with_code(operation: &str, response: &Response, refusal: Refusal, code: Code) -> Error {
    let mut message = [operation, ": ", meaning(code), " ("].concat();
    message.push_str(&response.status.to_string());
    if let Some(name) = &refusal.name {
        message.push_str(&[" ", name].concat());
    }
    match code {
        Code::CallerClockSkewed => {
            if let Some(date) = response.date.as_deref().filter(|date| is_date(date)) {
                message.push_str(&["; the service says it is ", date].concat());
            }
        }
        // What the service says about signatures repeats the request, keys and all.
        Code::KeysWrongSecret | Code::KeysMissing | Code::KeysUnknown | Code::KeysExpired => {}
        _ => {
            if let Some(text) = refusal.printable_text() {
                message.push_str(&[": ", &text].concat());
            }
        }
    }
    message.push(')');
    Error::new(code, message).with_service(refusal.name, response.status)
}

fn code_of(operation: &str, status: u16, refusal: &Refusal) -> Code {
    // The service words it so whatever it calls the error.
    if refusal.says("Signature expired") || refusal.says("Signature not yet current") {
        return Code::CallerClockSkewed;
    }
    if refusal.says("Credential should be scoped to a valid region") {
        return Code::CallerWrongRegion;
    }
    let Some(name) = &refusal.name else {
        return if refusal.text.is_some() {
            code_of_text(status, refusal)
        } else {
            code_of_unknown(status)
        };
    };
    match name.strip_suffix("Exception").unwrap_or(name) {
        "InvalidSignature" | "SignatureDoesNotMatch" => Code::KeysWrongSecret,
        "RequestExpired" | "RequestInTheFuture" | "RequestTimeTooSkewed" => Code::CallerClockSkewed,
        "UnrecognizedClient" | "InvalidClientTokenId" => Code::KeysUnknown,
        "ExpiredToken" => Code::KeysExpired,
        "MissingAuthenticationToken" | "IncompleteSignature" => Code::KeysMissing,
        "AccessDenied" | "NotAuthorized" => Code::KeysDenied,
        "ResourceNotFound" => Code::ServiceChannelNotFound,
        "ResourceInUse" if operation == create_signaling_channel::OPERATION.name => {
            Code::ServiceChannelExists
        }
        "ClientLimitExceeded"
        | "AccountChannelLimitExceeded"
        | "AccountStreamLimitExceeded"
        | "DeviceStreamLimitExceeded"
        | "LimitExceeded"
        | "Throttling"
        | "TooManyRequests" => Code::ServiceLimitExceeded,
        "InvalidArgument"
        | "Validation"
        | "InvalidDevice"
        | "InvalidResourceFormat"
        | "NoDataRetention"
        | "TagsPerResourceExceededLimit"
        | "VersionMismatch" => Code::ServiceInvalidArgument,
        _ if status == 429 => Code::ServiceLimitExceeded,
        _ => Code::ServiceFailed,
    }
}

/// For a message without a name, which is what is left of an error where a browser may read
/// neither the header nor a type in the body.
fn code_of_text(status: u16, refusal: &Refusal) -> Code {
    const PHRASES: [(&str, Code); 4] = [
        ("signature we calculated does not match", Code::KeysWrongSecret),
        ("security token included in the request is invalid", Code::KeysUnknown),
        ("security token included in the request is expired", Code::KeysExpired),
        ("Missing Authentication Token", Code::KeysMissing),
    ];
    if let Some(&(_, code)) = PHRASES.iter().find(|(phrase, _)| refusal.says(phrase)) {
        return code;
    }
    match status {
        400 => Code::ServiceInvalidArgument,
        401 | 403 => Code::KeysDenied,
        404 => Code::ServiceChannelNotFound,
        429 => Code::ServiceLimitExceeded,
        _ => Code::ServiceFailed,
    }
}

/// For a body that is not the service's, by what the status alone can tell. A 404 page tells
/// nothing about a channel.
const fn code_of_unknown(status: u16) -> Code {
    match status {
        401 | 403 => Code::KeysDenied,
        429 => Code::ServiceLimitExceeded,
        500.. => Code::ServiceFailed,
        _ => Code::ServiceBadResponse,
    }
}

const fn meaning(code: Code) -> &'static str {
    match code {
        Code::CallerClockSkewed => {
            "this computer's clock differs from the service's by more than five minutes"
        }
        Code::CallerWrongRegion => "the region is not the one of this endpoint",
        Code::KeysWrongSecret => {
            "the signature is wrong: the secret access key does not belong to the access key id"
        }
        Code::KeysUnknown => "the service does not know this access key id or session token",
        Code::KeysExpired => "the temporary keys have expired",
        Code::KeysMissing => "the service found no usable keys in the request",
        Code::KeysDenied => "these keys are not allowed to do this",
        Code::ServiceChannelNotFound => "there is no such channel or stream in this region",
        Code::ServiceChannelExists => "a channel of this name exists already",
        Code::ServiceLimitExceeded => "there are too many requests, channels or connections",
        Code::ServiceInvalidArgument => "the service refused the request's content",
        Code::ServiceBadResponse => "something other than the service seems to have answered",
        _ => "the service failed",
    }
}

/// Whether it can be a date of HTTP, e.g. `Thu, 02 Jan 2025 03:04:05 GMT`.
///
/// Source: RFC 9110 section 5.6.7.
fn is_date(text: &str) -> bool {
    text.len() <= 32
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b',' | b':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, error_type: Option<&str>, body: &str) -> Response {
        Response {
            status,
            error_type: error_type.map(str::to_owned),
            body: body.to_owned(),
            date: None,
        }
    }

    #[track_caller]
    fn assert_code(operation: &str, response: &Response, code: Code) -> String {
        let error = from_response(operation, response);
        assert_eq!(error.code(), code, "{error}");
        error.message().to_owned()
    }

    #[test]
    fn named_errors_have_their_codes() {
        for (status, name, code) in [
            (403, "InvalidSignatureException", Code::KeysWrongSecret),
            (403, "SignatureDoesNotMatch", Code::KeysWrongSecret),
            (403, "RequestTimeTooSkewed", Code::CallerClockSkewed),
            (403, "UnrecognizedClientException", Code::KeysUnknown),
            (403, "InvalidClientTokenId", Code::KeysUnknown),
            (403, "ExpiredTokenException", Code::KeysExpired),
            (403, "MissingAuthenticationTokenException", Code::KeysMissing),
            (403, "IncompleteSignatureException", Code::KeysMissing),
            (403, "AccessDeniedException", Code::KeysDenied),
            (401, "NotAuthorizedException", Code::KeysDenied),
            (404, "ResourceNotFoundException", Code::ServiceChannelNotFound),
            (400, "ResourceInUseException", Code::ServiceFailed),
            (400, "ClientLimitExceededException", Code::ServiceLimitExceeded),
            (400, "AccountChannelLimitExceededException", Code::ServiceLimitExceeded),
            (400, "ThrottlingException", Code::ServiceLimitExceeded),
            (429, "SomethingElse", Code::ServiceLimitExceeded),
            (400, "AccountStreamLimitExceededException", Code::ServiceLimitExceeded),
            (400, "InvalidArgumentException", Code::ServiceInvalidArgument),
            (400, "VersionMismatchException", Code::ServiceInvalidArgument),
            (400, "NoDataRetentionException", Code::ServiceInvalidArgument),
            (400, "TagsPerResourceExceededLimitException", Code::ServiceInvalidArgument),
            (404, "UnknownOperationException", Code::ServiceFailed),
            (500, "InternalFailure", Code::ServiceFailed),
        ] {
            let answer = response(status, Some(name), r#"{"Message":"words"}"#);
            let message = assert_code("DescribeSignalingChannel", &answer, code);
            assert!(message.starts_with("DescribeSignalingChannel: "), "{message}");
            assert!(message.contains(&format!("({status} {name}")), "{message}");
        }
    }

    #[test]
    fn a_name_in_use_is_an_existing_channel_only_where_one_was_to_be_made() {
        let answer = response(400, Some("ResourceInUseException"), "{}");
        assert_code("CreateSignalingChannel", &answer, Code::ServiceChannelExists);
        assert_code("GetSignalingChannelEndpoint", &answer, Code::ServiceFailed);
    }

    #[test]
    fn a_wrong_region_is_told_from_a_wrong_secret_by_the_words() {
        let body = r#"{"message":"Credential should be scoped to a valid region. "}"#;
        let answer = response(403, Some("InvalidSignatureException"), body);
        assert_code("DescribeSignalingChannel", &answer, Code::CallerWrongRegion);
    }

    #[test]
    fn a_wrong_clock_is_told_from_a_wrong_secret_by_the_words() {
        for words in ["Signature expired: 1 is now earlier", "Signature not yet current: 1 is"] {
            for name in [Some("InvalidSignatureException"), Some("SignatureDoesNotMatch"), None] {
                let body = format!(r#"{{"message":"{words}"}}"#);
                let mut answer = response(403, name, &body);
                assert_code("X", &answer, Code::CallerClockSkewed);

                answer.date = Some("Thu, 02 Jan 2025 03:04:05 GMT".to_owned());
                let message = assert_code("X", &answer, Code::CallerClockSkewed);
                assert!(message.contains("it is Thu, 02 Jan 2025 03:04:05 GMT"), "{message}");

                answer.date = Some("<b>now</b>".to_owned());
                let message = assert_code("X", &answer, Code::CallerClockSkewed);
                assert!(!message.contains("now"), "{message}");
            }
        }
    }

    #[test]
    fn the_type_may_be_in_the_body() {
        for body in [
            r#"{"__type":"com.amazon#ExpiredTokenException","message":"m"}"#,
            r#"{"code":"ExpiredTokenException:http://internal.amazon.com/"}"#,
        ] {
            assert_code("X", &response(403, None, body), Code::KeysExpired);
        }
        let body = r#"{"__type":"ExpiredTokenException"}"#;
        let both = response(404, Some("ResourceNotFoundException"), body);
        assert_code("X", &both, Code::ServiceChannelNotFound);
    }

    #[test]
    fn messages_without_a_name_are_known_by_words_and_status() {
        for (status, text, code) in [
            (403, "The request signature we calculated does not match", Code::KeysWrongSecret),
            (403, "The security token included in the request is invalid.", Code::KeysUnknown),
            (403, "The security token included in the request is expired", Code::KeysExpired),
            (403, "Missing Authentication Token", Code::KeysMissing),
            (403, "User: arn:aws:iam::1:user/x is not authorized", Code::KeysDenied),
            (400, "ClientId is too long", Code::ServiceInvalidArgument),
            (404, "The requested channel is not found", Code::ServiceChannelNotFound),
            (429, "Rate exceeded", Code::ServiceLimitExceeded),
            (503, "Later", Code::ServiceFailed),
        ] {
            let body = format!(r#"{{"Message":"{text}"}}"#);
            assert_code("X", &response(status, None, &body), code);
        }
    }

    #[test]
    fn what_is_not_of_the_service_goes_by_status() {
        for body in ["", "<!DOCTYPE html><html>Log in</html>", "nonsense", "[1]", "null", "{"] {
            for (status, code) in [
                (403, Code::KeysDenied),
                (429, Code::ServiceLimitExceeded),
                (502, Code::ServiceFailed),
                (404, Code::ServiceBadResponse),
                (302, Code::ServiceBadResponse),
                (0, Code::ServiceBadResponse),
            ] {
                let message = assert_code("X", &response(status, None, body), code);
                assert!(!message.contains("Log in"), "{message}");
            }
        }
    }

    #[test]
    fn xml_is_understood() {
        let body = "<AccessDeniedException>\n  <Message>Unable to determine service</Message>\n\
            </AccessDeniedException>";
        let message = assert_code("X", &response(403, None, body), Code::KeysDenied);
        assert!(message.contains("AccessDeniedException: Unable to determine service"));
    }

    #[test]
    fn a_missing_channel_says_what_to_do_and_what_the_service_said() {
        let body = r#"{"Message":"The requested channel is not found or not active."}"#;
        let answer = response(404, Some("ResourceNotFoundException"), body);
        let error = from_response("DescribeSignalingChannel", &answer);
        assert!(error.code().hint().starts_with("Create it first"));
        assert_eq!(
            error.message(),
            "DescribeSignalingChannel: there is no such channel or stream in this region (404 ResourceNotFoundException: The requested channel is not found or not \
             active.)"
        );
    }

    #[test]
    fn nothing_that_repeats_the_request_is_repeated() {
        let echo = "does not match. The Canonical String should have been 'POST host:x \
            x-amz-security-token:hunter2' AWS4-HMAC-SHA256 Signature=hunter2";
        for name in [
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "IncompleteSignatureException",
            "UnrecognizedClientException",
            "ExpiredTokenException",
            "RequestExpired",
            "AccessDeniedException",
            "InternalFailure",
        ] {
            let body = format!(r#"{{"Message":"{echo}"}}"#);
            let error = from_response("X", &response(403, Some(name), &body));
            assert!(!error.message().contains("hunter2"), "{error}");
        }
    }
}
