//! Our signer against the official one, `aws-sigv4`, on random input.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as AwsCredentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningInstructions, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use kvs_webrtc::credentials::Credentials;
use kvs_webrtc::endpoints::Endpoint;
use kvs_webrtc::ids::Region;
use kvs_webrtc::rest::Request;
use kvs_webrtc::sigv4::Signer;
use kvs_webrtc::time::UnixMillis;
use proptest::prelude::*;

const SERVICE: &str = "kinesisvideo";
/// Paths of operations, and one of every kind of character that a path may have.
const PATHS: [&str; 4] =
    ["/describeSignalingChannel", "/v1/get-ice-server-config", "/TagResource", "/a.b/-_~"];

/// Who signs, where and when, for both signers.
#[derive(Clone, Debug)]
struct Setting {
    /// Host with perhaps a port, and path: an endpoint without its scheme.
    address: String,
    region: String,
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    at: UnixMillis,
}

impl Setting {
    fn any() -> impl Strategy<Value = Self> {
        let host = prop_oneof![
            "[a-z0-9]{1,8}-[0-9a-f]{8}\\.kinesisvideo\\.us-west-2\\.amazonaws\\.com",
            "[a-zA-Z][a-zA-Z0-9_-]{0,20}(\\.[a-z][a-z0-9]{0,5}){0,3}",
            "127\\.0\\.0\\.[1-9]",
            "\\[::[1-9a-f]{1,4}\\]",
        ];
        let port = prop_oneof![Just(String::new()), "(:[1-9][0-9]{0,3})?"];
        let path = "(/[a-zA-Z0-9_~-][a-zA-Z0-9._~-]{0,8}){0,3}";
        let region = "[a-z]{2}-[a-z]{1,9}-[1-9]";
        let token = proptest::option::of("[!-~]{1,300}");
        // 1970 to 2100.
        let at = (0..4_102_444_800_000_u64).prop_map(UnixMillis);
        let keys = ("[A-Z0-9]{1,32}", "[!-~]{1,100}", token);
        (host, port, path, region, keys, at).prop_map(|(host, port, path, region, keys, at)| Self {
            address: format!("{host}{port}{path}"),
            region,
            access_key_id: keys.0,
            secret_access_key: keys.1,
            session_token: keys.2,
            at,
        })
    }

    fn endpoint(&self, scheme: &str) -> Endpoint {
        Endpoint::parse_service(&format!("{scheme}://{}", self.address), false).unwrap()
    }

    fn signer(&self) -> Signer {
        Signer::new(Region::parse(&self.region).unwrap())
    }

    fn credentials(&self) -> Credentials {
        let token = self.session_token.as_deref();
        Credentials::new(&self.access_key_id, &self.secret_access_key, token).unwrap()
    }

    /// What the official signer adds to a request.
    fn sign_officially(
        &self,
        request: SignableRequest<'_>,
        settings: SigningSettings,
    ) -> SigningInstructions {
        let identity: Identity = AwsCredentials::from_keys(
            &self.access_key_id,
            &self.secret_access_key,
            self.session_token.clone(),
        )
        .into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(SERVICE)
            .time(SystemTime::UNIX_EPOCH + Duration::from_millis(self.at.0))
            .settings(settings)
            .build()
            .unwrap();
        sign(request, &parameters.into()).unwrap().into_parts().0
    }
}

fn percent_encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The parameters of a query, decoded and sorted.
fn parameters_of(query: &str) -> Vec<(String, String)> {
    let mut parameters: Vec<_> = query
        .split('&')
        .map(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap();
            (percent_decode(name), percent_decode(value))
        })
        .collect();
    parameters.sort();
    parameters
}

fn percent_decode(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(digits, 16).unwrap());
        bytes.extend(rest.bytes());
    }
    String::from_utf8(bytes).unwrap()
}

proptest! {
    #[test]
    fn presigned_urls_agree(
        setting in Setting::any(),
        // `\PC` is any character that is not a control character: reserved and non-ASCII too.
        parameters in proptest::collection::btree_map("[a-zA-Z][ -~ü€😀]{0,8}", "\\PC{0,40}", 0..5),
    ) {
        let endpoint = setting.endpoint("wss");
        let pairs: Vec<_> =
            parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let ours = setting.signer()
            .presign_websocket(&endpoint, &pairs, &setting.credentials(), setting.at);
        let (url, query) = ours.expose().split_once('?').unwrap();
        let path = if endpoint.path().is_empty() { "/" } else { endpoint.path() };
        prop_assert_eq!(url, format!("wss://{}{path}", endpoint.host()));

        let unsigned: Vec<_> = pairs
            .iter()
            .map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(value)))
            .collect();
        let unsigned = format!("https://{}{path}?{}", endpoint.host(), unsigned.join("&"));
        let mut settings = SigningSettings::default();
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(Duration::from_secs(299));
        let request =
            SignableRequest::new("GET", &unsigned, std::iter::empty(), SignableBody::Bytes(&[]))
                .unwrap();
        let (_, added) = setting.sign_officially(request, settings).into_parts();

        let mut expected: Vec<(String, String)> = parameters.into_iter().collect();
        expected.extend(added.into_iter().map(|(name, value)| (name.to_owned(), value.into_owned())));
        expected.sort();
        prop_assert_eq!(parameters_of(query), expected);
    }

    #[test]
    fn signed_headers_agree(
        setting in Setting::any(),
        path in proptest::sample::select(&PATHS[..]),
        body in "\\PC{0,200}",
    ) {
        let request = Request { path, body };
        let ours = setting.signer()
            .sign(&request, &setting.endpoint("https"), &setting.credentials(), setting.at);
        prop_assert_eq!(&ours.body, &request.body);

        let signable = SignableRequest::new(
            "POST",
            &ours.url,
            [("content-type", "application/json")].into_iter(),
            SignableBody::Bytes(request.body.as_bytes()),
        )
        .unwrap();
        let (added, _) = setting.sign_officially(signable, SigningSettings::default()).into_parts();

        let mut expected = vec![("content-type".to_owned(), "application/json".to_owned())];
        expected.extend(
            added.iter().map(|header| (header.name().to_owned(), header.value().to_owned())),
        );
        expected.sort();
        let mut actual: Vec<_> = ours
            .headers
            .iter()
            .map(|(name, value)| (String::from(*name), value.expose().clone()))
            .collect();
        actual.sort();
        prop_assert_eq!(actual, expected);
    }
}
