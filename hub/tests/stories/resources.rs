//! Channels, streams and tags for the account's stories.

use kvs_hub::{
    Account, ChannelArn, ChannelName, CreateChannel, CreateStream, ErrorKind, Hub, HubConfig,
    ServiceError, StreamArn, StreamName, Tags, UnixMillis,
};

pub(crate) const NOW: UnixMillis = UnixMillis(1_700_000_000_000);

pub(crate) fn hub() -> Hub {
    Hub::new(HubConfig::new("us-west-2"))
}

pub(crate) fn channel(account: &mut Account, name: &str) -> ChannelArn {
    let request = CreateChannel {
        name: ChannelName::parse(name).unwrap(),
        message_ttl_seconds: None,
        version: "v1".to_owned(),
        tags: Tags::default(),
    };
    account.create_channel(request, NOW).unwrap().clone()
}

pub(crate) fn stream_of(name: &str, data_retention_in_hours: u32) -> CreateStream {
    CreateStream {
        name: StreamName::parse(name).unwrap(),
        device_name: None,
        media_type: None,
        kms_key_id: None,
        data_retention_in_hours,
        version: "s1".to_owned(),
        tags: Tags::default(),
    }
}

pub(crate) fn stream(account: &mut Account, name: &str, hours: u32) -> StreamArn {
    account.create_stream(stream_of(name, hours), NOW).unwrap().clone()
}

pub(crate) fn tags(pairs: &[(&str, &str)]) -> Tags {
    let pairs: Vec<_> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Tags::parse(pairs.into_iter()).unwrap()
}

pub(crate) fn many_tags(count: usize, start: &str) -> Result<Tags, ServiceError> {
    let pairs: Vec<_> = (0..count).map(|n| (format!("{start}{n}"), String::new())).collect();
    Tags::parse(pairs.into_iter())
}

pub(crate) fn kind<T>(result: Result<T, ServiceError>) -> ErrorKind {
    result.map(drop).unwrap_err().kind()
}
