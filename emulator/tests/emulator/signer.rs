//! A client's signatures, by the official signer.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{
        PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings,
        sign,
    },
    sign::v4,
};

/// Who signs, and when.
#[derive(Clone)]
pub(crate) struct Signer {
    pub(crate) access_key: &'static str,
    pub(crate) secret: &'static str,
    pub(crate) token: Option<&'static str>,
    pub(crate) region: &'static str,
    pub(crate) service: &'static str,
    pub(crate) time: SystemTime,
    pub(crate) expires: Duration,
}

impl Signer {
    /// What the emulator accepts unless told otherwise.
    pub(crate) fn new() -> Self {
        Self {
            access_key: "AKIDANY",
            secret: "local",
            token: None,
            region: "us-west-2",
            service: "kinesisvideo",
            time: SystemTime::now(),
            expires: Duration::from_secs(299),
        }
    }

    /// Everything of the request's headers that has to be sent, signature included.
    pub(crate) fn headers(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Vec<(String, String)> {
        let (_, mut signed) = self.sign("POST", url, headers, body, SigningSettings::default());
        signed.extend(headers.iter().map(|(name, value)| ((*name).into(), (*value).into())));
        signed
    }

    /// The URL of a WebSocket with its signature in the query.
    pub(crate) fn presign(&self, url: &str) -> String {
        self.presign_request("GET", url, b"")
    }

    /// The URL of any request with its signature in the query.
    pub(crate) fn presign_request(&self, method: &str, url: &str, body: &[u8]) -> String {
        let mut settings = SigningSettings::default();
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(self.expires);
        let (parameters, _) = self.sign(method, url, &[], body, settings);
        let query =
            form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        let glue = if url.contains('?') { '&' } else { '?' };
        format!("{url}{glue}{query}")
    }

    /// The signature's parameters and headers.
    #[allow(clippy::type_complexity, reason = "pairs of text, twice")]
    fn sign(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
        settings: SigningSettings,
    ) -> (Vec<(String, String)>, Vec<(String, String)>) {
        let token = self.token.map(str::to_owned);
        let identity = Credentials::new(self.access_key, self.secret, token, None, "test").into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(self.time)
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let request =
            SignableRequest::new(method, url, headers.iter().copied(), SignableBody::Bytes(body));
        let signed = sign(request.unwrap(), &parameters).unwrap();
        let (headers, query) = signed.into_parts().0.into_parts();
        let query = query.into_iter().map(|(name, value)| (name.into(), value.into()));
        let headers = headers.iter().map(|h| (h.name().into(), h.value().into()));
        (query.collect(), headers.collect())
    }
}
