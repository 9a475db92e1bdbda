//! Who signed a request, and what they may do.

use kvs_hub::{ACCOUNT_ID, ErrorKind, ServiceError};

use crate::{
    config::{KnownKey, Permissions},
    error::ApiError,
};

/// Who signed a request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    name: String,
    permissions: Permissions,
}

impl Caller {
    /// Somebody of whom nothing is asked.
    pub(super) fn anybody() -> Self {
        Self { name: "anybody".to_owned(), permissions: Permissions::default() }
    }

    /// Whose key this is.
    pub(super) fn with(key: &KnownKey, access_key_id: &str) -> Self {
        Self {
            name: key.name().unwrap_or(access_key_id).to_owned(),
            permissions: key.permissions().clone(),
        }
    }

    /// Checks that they may do this to a channel or stream, or to all (`*`).
    ///
    /// # Errors
    /// `AccessDenied`, in the words of IAM.
    pub(crate) fn may(&self, action: &str, resource: &str) -> Result<(), ApiError> {
        if self.permissions.allow(action, name_in(resource)) {
            return Ok(());
        }
        let user = &self.name;
        Err(ServiceError::new(
            ErrorKind::AccessDenied,
            format!(
                "User: arn:aws:iam::{ACCOUNT_ID}:user/{user} is not authorized to perform: \
                 kinesisvideo:{action} on resource: {resource}"
            ),
        )
        .into())
    }
}

/// The name in an ARN; all together have the name `*`.
fn name_in(resource: &str) -> &str {
    resource.split('/').nth(1).unwrap_or("*")
}
