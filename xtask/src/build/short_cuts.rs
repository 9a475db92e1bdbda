//! What the glue does beside asking the wasm: only there a method knows which object it is called on.

use anyhow::{Result, bail};

/// How the method begins that is called for every candidate, and what is looked at first in it.
const METHOD: &str = "\n    sendIceCandidate(candidate, recipient, correlation_id) {";
const ALIVE: &str = "__kvs_alive(this);";
/// `face.js` sends a candidate like the last one, if nobody has freed the object.
const PASS: &str =
    " if (this.__wbg_ptr && kvsPass(this, candidate, recipient, correlation_id)) return;";

/// How an object is registered that is to be freed with the last reference to it, by its class.
const REGISTERED: [&str; 2] =
    ["\n        ViewerFinalization.register(this,", "\n        MasterFinalization.register(this,"];
/// `page.js` gives a session's listeners to its object, which they may refer to.
const OWN: &str = "\n        kvsOwn(this);";

/// The glue in which the listeners of a session live as long as its object.
pub(super) fn own(glue: &str) -> Result<String> {
    let mut owning = glue.to_owned();
    for place in REGISTERED {
        let Some((before, after)) = owning.split_once(place) else {
            bail!("wasm-bindgen's glue has changed: it lacks `{place}`");
        };
        owning = [before, OWN, place, after].concat();
    }
    Ok(owning)
}

/// The glue that asks `face.js` first.
pub(super) fn take(glue: &str) -> Result<String> {
    let method = glue.split_once(METHOD);
    let parts = method.and_then(|(before, rest)| Some((before, rest.split_once(ALIVE)?)));
    let Some((before, (between, after))) = parts else {
        bail!("wasm-bindgen's glue has changed: it lacks `{METHOD}`");
    };
    Ok([before, METHOD, between, ALIVE, PASS, after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_object_is_alive_before_the_wasm_is_not_asked() {
        let other = "\n    free() {\n        __kvs_alive(this);\n    }";
        let method =
            format!("{METHOD}\n        __kvs_alive(this);\n        wasm.send(this);\n    }}");
        let taken = take(&[other, &method, other].concat()).unwrap();
        let passed = method.replace(ALIVE, &[ALIVE, PASS].concat());
        assert_eq!(taken, [other, &passed, other].concat());
    }

    #[test]
    fn each_session_owns_its_listeners() {
        let other = "\n        ViewerFinalization.register(obj, obj);";
        let [viewer, master] = REGISTERED.map(|place| format!("{place} this);"));
        let owning = own(&[other, &viewer, &master].concat()).unwrap();
        assert_eq!(owning, [other, OWN, &viewer, OWN, &master].concat());
    }

    #[test]
    fn glue_of_another_shape_is_refused() {
        let viewer_only = format!("{} this);", REGISTERED[0]);
        for refusal in [take("export class SignalingClient {}"), own(&viewer_only)] {
            let refusal = refusal.unwrap_err().to_string();
            assert!(refusal.contains("has changed"), "{refusal}");
        }
    }
}
