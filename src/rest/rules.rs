//! What the service's texts may hold, and members that several operations have.
//!
//! Source: the request parameters of each operation in the API reference.

use super::operation::{Field, Kind, Member, Rule, Shape, optional, plain, required};

pub(super) const NAME: Kind = Kind::Text(&Rule {
    fits: |text| is_sized(text, 1, 256) && text.chars().all(is_name_character),
    must: "must be 1 to 256 characters of a-z A-Z 0-9 _ . -",
});

pub(super) const DEVICE_NAME: Kind = Kind::Text(&Rule {
    fits: |text| is_sized(text, 1, 128) && text.chars().all(is_name_character),
    must: "must be 1 to 128 characters of a-z A-Z 0-9 _ . -",
});

/// As the API reference has it for every resource: whether it is a channel's is for the service
/// to say.
pub(super) const ARN: Kind = Kind::Text(&Rule {
    fits: is_arn,
    must: "must be an ARN of Kinesis Video Streams: \
        arn:aws:kinesisvideo:<region>:<account>:<kind>/<name>/<digits>",
});

pub(super) const VERSION: Kind = Kind::Text(&Rule {
    fits: |text| is_sized(text, 1, 64) && text.bytes().all(|b| b.is_ascii_alphanumeric()),
    must: "must be 1 to 64 characters of a-z A-Z 0-9",
});

pub(super) const NEXT_TOKEN: Kind = Kind::Text(&Rule {
    fits: |text| is_sized(text, 0, 1024) && text.bytes().all(is_base64),
    must: "must be a token that an earlier answer gave",
});

/// A session description in base64.
pub(super) const MESSAGE_PAYLOAD: Kind = Kind::Text(&Rule {
    fits: |text| is_sized(text, 1, 10_000) && text.bytes().all(is_base64),
    must: "must be 1 to 10000 characters of base64",
});

/// E.g. `video/h264,audio/aac`.
pub(super) const MEDIA_TYPE: Kind = Kind::Text(&Rule {
    fits: |text| is_sized(text, 1, 128) && text.split(',').all(is_media_type),
    must: "must be type/subtype, or several with commas between them, 1 to 128 characters",
});

pub(super) const KMS_KEY_ID: Kind = Kind::Text(&Rule {
    fits: |text| is_sized(text, 1, 2048) && !text.contains(['\n', '\r']),
    must: "must be 1 to 2048 characters",
});

pub(super) const TAG_KEY: &Rule = &Rule {
    fits: |text| is_sized(text, 1, 128) && text.chars().all(is_tag_character),
    must: "must be 1 to 128 letters, digits, spaces and _ . : / = + - @",
};

pub(super) const TAG_VALUE: &Rule = &Rule {
    fits: |text| is_sized(text, 0, 256) && text.chars().all(is_tag_character),
    must: "must be at most 256 letters, digits, spaces and _ . : / = + - @",
};

/// Tags as channels take them.
pub(super) const fn tag_list(least: usize) -> Kind {
    const TAG: Kind = Kind::Object(&[
        required("Key", Kind::Text(TAG_KEY)),
        required("Value", Kind::Text(TAG_VALUE)),
    ]);
    Kind::List { of: &TAG, least, most: MAX_TAGS }
}

/// Tags as streams take them.
pub(super) const TAG_MAP: Kind = Kind::Map { keys: TAG_KEY, values: TAG_VALUE, most: MAX_TAGS };

pub(super) const MAX_TAGS: usize = 50;

/// Source: SingleMasterConfiguration in the API reference.
pub(super) const SINGLE_MASTER: Member = optional(
    "SingleMasterConfiguration",
    Kind::Object(&[optional("MessageTtlSeconds", Kind::Whole { least: 5, most: 120 })]),
);

/// Source: ChannelInfo in the API reference.
pub(super) const CHANNEL_INFO: &[Field] = &[
    plain("ChannelName"),
    plain("ChannelARN"),
    plain("ChannelType"),
    plain("ChannelStatus"),
    Field { name: "CreationTime", shape: Shape::Date },
    Field {
        name: "SingleMasterConfiguration",
        shape: Shape::Object(&[plain("MessageTtlSeconds")]),
    },
    plain("Version"),
];

fn is_sized(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.chars().count())
}

const fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

const fn is_base64(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')
}

/// Of what is not ASCII the service takes letters, digits and spaces; which those are is its own
/// to say.
fn is_tag_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || !c.is_ascii() || " _.:/=+-@".contains(c)
}

/// Source: `MediaType` of CreateStream in the API reference.
fn is_media_type(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.+-".contains(&b))
    };
    text.split_once('/').is_some_and(|(kind, subtype)| is_part(kind) && is_part(subtype))
}

fn is_arn(text: &str) -> bool {
    let is_label = |label: &str| {
        let is_allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        !label.is_empty() && label.bytes().all(is_allowed)
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mut fields = text.splitn(6, ':');
    let mut field = || fields.next().unwrap_or_default();
    let is_kinesis_video = field() == "arn" && is_label(field()) && field() == "kinesisvideo";
    let is_somewhere = is_label(field()) && is_number(field());
    let mut parts = field().split('/');
    let (kind, name, created, more) = (parts.next(), parts.next(), parts.next(), parts.next());
    is_sized(text, 1, 1024)
        && is_kinesis_video
        && is_somewhere
        && kind.is_some_and(|kind| !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_lowercase()))
        && name.is_some_and(|name| !name.is_empty() && name.chars().all(is_name_character))
        && created.is_some_and(is_number)
        && more.is_none()
}
