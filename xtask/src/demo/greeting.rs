//! What the person is told once the emulator listens.

use secrecy::{ExposeSecret as _, SecretString};

use super::qr;

/// The access key id that the page comes filled in with.
const ACCESS_KEY_ID: &str = "local";

/// For a call between two windows; `address` is the page's.
pub(super) fn here(address: &str) -> String {
    format!(
        "
  Open {address} in two windows of a browser.
  Press \"Start master\" in the first and \"Start viewer\" in the second.
  They see each other; Ctrl-C here ends it.

"
    )
}

/// For a call between two laptops; `address` is the page's. The secret is for eyes and fingers: it is not in the address,
/// which browsers keep and synchronise, and so neither in the code.
pub(super) fn in_the_lan(address: &str, secret: &SecretString, colours: bool) -> String {
    // An address of this shape always fits; without the code there is still the text.
    let code = qr::of(address, colours).unwrap_or_default();
    let secret = secret.expose_secret();
    format!(
        "
  Open {address} on both laptops, which must be in the same network.

{code}
  The browser warns of the certificate, because it was made here just now: choose \"Advanced\", then \"Proceed\".

  Access key id      {ACCESS_KEY_ID}
  Secret access key  {secret}   (type it into the page, with its hyphens)

  Press \"Start master\" on one laptop and \"Start viewer\" on the other.
  They see each other; Ctrl-C here ends it, and the secret with it.

"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_laptop_learns_address_warning_and_keys() {
        let address = "https://192.168.17.130:8443";
        let text = in_the_lan(address, &"hush-hush".to_owned().into(), false);
        assert!(text.contains(&format!("Open {address} on both")), "{text}");
        assert!(text.contains(&qr::of(address, false).unwrap()), "{text}");
        assert_eq!(text.lines().filter(|line| line.contains("certificate")).count(), 1);
        assert!(text.contains("Secret access key  hush-hush "), "{text}");
        assert_eq!(text.matches("hush-hush").count(), 1, "{text}");
    }

    #[test]
    fn two_windows_learn_the_address() {
        assert!(
            here("http://localhost:8080").contains("Open http://localhost:8080 in two windows")
        );
    }
}
