//! Known answers, agreed on by botocore or by the service's JavaScript SDK.

use super::*;

/// 2025-01-02T03:04:05Z.
const AT: UnixMillis = UnixMillis(1_735_787_045_000);
const ARN: &str = "arn:aws:kinesisvideo:us-west-2:123456789012:channel/demo-channel/1700000000000";

fn keys(token: Option<&str>) -> Credentials {
    Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token).unwrap()
}

fn signer(region: &str) -> Signer {
    Signer::new(Region::parse(region).unwrap())
}

fn service_endpoint(url: &str) -> Endpoint {
    Endpoint::parse_service(url, false).unwrap()
}

/// The signature of a presigned URL, and the hash of the canonical request for it.
fn signature_and_hash(endpoint: &Endpoint, url: &Secret<String>) -> (String, String) {
    let (path, query) = url.expose().split_once('?').unwrap();
    let (query, signature) = query.split_once("&X-Amz-Signature=").unwrap();
    let host = endpoint.host();
    let path = path.strip_prefix("wss://").unwrap().strip_prefix(&host).unwrap();
    let headers = [("host", host.as_str())];
    let canonical = CanonicalRequest { method: "GET", path, query, headers: &headers, body: "" };
    (signature.to_owned(), canonical.hash())
}

#[test]
fn presigned_urls_match_known_ones() {
    let emulator_arn = "arn:aws:kinesisvideo:us-east-1:000000000000:channel/emu/1700000000000";
    let china_arn = "arn:aws-cn:kinesisvideo:cn-north-1:123456789012:channel/demo/1700000000000";
    for (url, region, token, arn, client_id, hash, signature) in [
        (
            "wss://m-a1b2c3d4.kinesisvideo.us-west-2.amazonaws.com",
            "us-west-2",
            None,
            ARN,
            None,
            "96f1fde81ba0ca1bb699d166286e9246a5a0b037c84bbd6cc34e1a036df6f0e8",
            "e1ab8773b39dca4c245fac2d51d48a949f799829fb83f516f630891c894af1d8",
        ),
        (
            "wss://v-a1b2c3d4.kinesisvideo.us-west-2.amazonaws.com",
            "us-west-2",
            Some("FwoGZXIv+abc/DEF=="),
            ARN,
            Some("viewer_1.a-b"),
            "7e6b7aa5f16dc700e954672a2cbdb0d33f407b5a8327f0ff586459d1f035730f",
            "fdc501598fb98d448049f81e9a3bc55ed519add61c9f83cfc6ce0fdaf1c00b16",
        ),
        (
            "wss://localhost:8443/ws/v-1",
            "us-east-1",
            Some("tok"),
            emulator_arn,
            Some("v1"),
            "ae68b18bfa8ad6a4120e41b8de74c42bb277531a6fd5b6574a07d4fa43ae3c35",
            "60b0fc0bbe2f9b6fd37f5d5804e359ccb4441109f0fcc40ebe116d7b43d8f3e3",
        ),
        (
            "wss://v-0badcafe.kinesisvideo.cn-north-1.amazonaws.com.cn",
            "cn-north-1",
            None,
            china_arn,
            Some("v1"),
            "90f77006fff8d6532a152b0d4112bac8c996a753dca8f145090145495341ce18",
            "67cbd0daa8c1547af3275827b9b677a048a90017c678e2408161548c1e60ff02",
        ),
    ] {
        let endpoint = service_endpoint(url);
        let mut parameters = vec![("X-Amz-ChannelARN", arn)];
        parameters.extend(client_id.map(|id| ("X-Amz-ClientId", id)));
        let signed = signer(region).presign_websocket(&endpoint, &parameters, &keys(token), AT);
        let (actual_signature, actual_hash) = signature_and_hash(&endpoint, &signed);
        assert_eq!(actual_hash, hash, "{url}");
        assert_eq!(actual_signature, signature, "{url}");
    }
}

/// Source: the tests of the service's JavaScript SDK.
#[test]
fn presigned_urls_match_those_of_the_javascript_sdk() {
    let at = UnixMillis(1_575_158_400_000);
    let with_token = Some("FakeSessionToken");
    for (token, path, service, signature) in [
        (
            with_token,
            "",
            SERVICE,
            "fc268038be276315822b4f73eafd28ee3a5632a2a35fdb0a88db9a42b13d6c92",
        ),
        (None, "", SERVICE, "be1e78950d956a8a9a1997417099ddbd7455619f3d08c4ad20e1e272179ca695"),
        (
            with_token,
            "/path/path/path",
            SERVICE,
            "0bf3df6ca23d8d82f688e8dbfb90d69e74843d40038541b1721c545eef7612a4",
        ),
        (
            with_token,
            "",
            "firehose",
            "f15308513d21a381d38b7607a0439f25fc2e6c9f5ff56a48c1664b486e6234d5",
        ),
    ] {
        let endpoint = service_endpoint(&format!("wss://kvs.awsamazon.com{path}"));
        let mut signer = Signer::for_service(Region::parse("us-west-2").unwrap(), service.into());
        let keys = Credentials::new("AKIA4F7WJQR7FMMWMNXI", "FakeSecretKey", token).unwrap();
        let parameters = [("X-Amz-TestParam", "test-param-value")];
        let url = signer.presign_websocket(&endpoint, &parameters, &keys, at);
        assert_eq!(signature_and_hash(&endpoint, &url).0, signature, "{path} {service}");
    }
}

#[test]
fn a_presigned_url_is_the_endpoint_with_a_query() {
    let endpoint = service_endpoint("wss://localhost:8443/ws/v-1");
    let url = signer("us-east-1").presign_websocket(
        &endpoint,
        &[("X-Amz-ClientId", "a b")],
        &keys(Some("t/k=")),
        AT,
    );
    assert!(url.expose().starts_with(
        "wss://localhost:8443/ws/v-1?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-ClientId=a%20b\
         &X-Amz-Credential=AKIDEXAMPLE%2F20250102%2Fus-east-1%2Fkinesisvideo%2Faws4_request\
         &X-Amz-Date=20250102T030405Z&X-Amz-Expires=299&X-Amz-Security-Token=t%2Fk%3D\
         &X-Amz-SignedHeaders=host&X-Amz-Signature="
    ));
    assert_eq!(format!("{url:?}"), "[redacted]");
}

fn describe_request() -> Request {
    Request {
        path: "/describeSignalingChannel",
        body: r#"{"ChannelName":"demo-channel"}"#.to_owned(),
    }
}

fn header(request: &SignedRequest, name: &str) -> Option<String> {
    let (_, value) = request.headers.iter().find(|(other, _)| *other == name)?;
    Some(value.expose().clone())
}

#[test]
fn a_signed_request_matches_a_known_one() {
    let region = Region::parse("us-west-2").unwrap();
    let endpoint = crate::endpoints::control_plane(&region);
    let signed = Signer::new(region).sign(&describe_request(), &endpoint, &keys(None), AT);
    assert_eq!(signed.url, "https://kinesisvideo.us-west-2.amazonaws.com/describeSignalingChannel");
    assert_eq!(signed.body, describe_request().body);
    assert_eq!(header(&signed, "content-type").unwrap(), "application/json");
    assert_eq!(header(&signed, "x-amz-date").unwrap(), "20250102T030405Z");
    assert_eq!(header(&signed, "x-amz-security-token"), None);
    assert_eq!(header(&signed, "host"), None);
    assert_eq!(
        header(&signed, "authorization").unwrap(),
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20250102/us-west-2/kinesisvideo/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date, \
         Signature=510b8862d05bce2d86f341ac06bb6dd1711a07271c591e809dbc7172bdc01593"
    );
}

#[test]
fn a_token_is_a_signed_header() {
    let endpoint = Endpoint::parse_override("http://localhost:8080/base/").unwrap();
    let signed = signer("us-west-2").sign(&describe_request(), &endpoint, &keys(Some("tok")), AT);
    assert_eq!(signed.url, "http://localhost:8080/base/describeSignalingChannel");
    assert_eq!(header(&signed, "x-amz-security-token").unwrap(), "tok");
    let authorization = header(&signed, "authorization").unwrap();
    let names = "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token,";
    assert!(authorization.contains(names), "{authorization}");
    assert!(!format!("{signed:?}").contains("tok\""), "{signed:?}");
}

#[test]
fn a_service_path_that_ends_in_a_slash_is_joined_by_one() {
    let endpoint = service_endpoint("https://h/base/");
    let signed = signer("us-west-2").sign(&describe_request(), &endpoint, &keys(None), AT);
    assert_eq!(signed.url, "https://h/base/describeSignalingChannel");
}

#[test]
fn the_kept_key_gives_way_to_another_day_and_another_secret() {
    let endpoint = service_endpoint("wss://h");
    let other_keys = Credentials::new("AKIDEXAMPLE", "other", None).unwrap();
    let next_day = UnixMillis(AT.0 + 86_400_000);
    let mut signer_with_memory = signer("us-west-2");
    for (keys, at) in [
        (&keys(None), AT),
        (&keys(None), next_day),
        (&other_keys, next_day),
        (&keys(None), AT),
        (&keys(None), AT),
    ] {
        let remembered = signer_with_memory.presign_websocket(&endpoint, &[], keys, at);
        let fresh = signer("us-west-2").presign_websocket(&endpoint, &[], keys, at);
        assert_eq!(remembered.expose(), fresh.expose());
    }
}

#[test]
fn the_derived_key_is_kept() {
    let mut signer = signer("us-west-2");
    let _ = signer.presign_websocket(&service_endpoint("wss://h"), &[], &keys(None), AT);
    let kept = signer.key.unwrap();
    assert!(kept.is_for(keys(None).secret_access_key(), "20250102"));
}
