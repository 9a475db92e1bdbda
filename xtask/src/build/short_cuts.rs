//! What the glue does before it asks the wasm: only there a method knows which object it is called on.

use anyhow::{Result, bail};

/// How the method begins that is called for every candidate, and what is looked at first in it.
const METHOD: &str = "\n    sendIceCandidate(candidate, recipient, correlation_id) {";
const ALIVE: &str = "__kvs_alive(this);";
/// `face.js` sends a candidate like the last one, if nobody has freed the object.
const PASS: &str =
    " if (this.__wbg_ptr && kvsPass(this, candidate, recipient, correlation_id)) return;";

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
    fn glue_of_another_shape_is_refused() {
        let refusal = take("export class SignalingClient {}").unwrap_err().to_string();
        assert!(refusal.contains("has changed"), "{refusal}");
    }
}
