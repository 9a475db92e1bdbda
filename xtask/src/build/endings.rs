//! What the glue does after a panic: wasm-bindgen's own way, mended in three places.
//!
//! wasm-bindgen makes a fresh instance at the next call into the old one, but looks whether an
//! object belongs to the old one *before* that: the first call on such an object would run in the
//! fresh instance with the old one's pointer. And its old listeners throw at the browser.

use anyhow::{Context, Result, ensure};

/// How the check of an object begins; it ends with the next brace.
const STALE: &str = "if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {";
const SCHEDULED: &str = "__wbg_reinit_scheduled = true;";
const CLOSURE: &str = "throw new Error('Cannot invoke closure from previous WASM instance');";

/// What ends a thing does nothing where it has ended already.
const ENDINGS: [&str; 2] = [" stop() {", " close() {"];

/// Says that an object is dead, as a `KvsError`; lets go of a camera that opens for the dead.
const HELPERS: &str = "
function __kvs_ended(object) {
    __wbg_call_guard();
    return object.__wbg_inst !== undefined && object.__wbg_inst !== __wbg_instance_id;
}

function __kvs_alive(object) {
    if (__kvs_ended(object)) {
        throw Object.assign(new Error('this object ended with its instance, after an internal error'), {
            name: 'KvsError',
            code: 'internal.instanceEnded',
            hint: 'Make a new object: it gets a fresh instance.',
            retryable: false,
        });
    }
}

function __kvs_late(value) {
    if (typeof value?.getTracks === 'function') value.getTracks().forEach((track) => track.stop());
}
";

/// The glue in which an object of an instance that has ended says so, from the first call on.
pub(super) fn mend(glue: &str) -> Result<String> {
    for part in [STALE, SCHEDULED, CLOSURE] {
        ensure!(glue.contains(part), "wasm-bindgen's glue has changed: it lacks `{part}`");
    }
    let mut pieces = glue.split(STALE);
    let mut mended = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (_, rest) = piece.split_once('}').context("wasm-bindgen's glue is cut off")?;
        let ends_it = ENDINGS.iter().any(|method| mended.trim_end().ends_with(method));
        mended += if ends_it { "if (__kvs_ended(this)) return;" } else { "__kvs_alive(this);" };
        mended += rest;
    }
    let fresh_soon = format!("{SCHEDULED} queueMicrotask(__wbg_call_guard);");
    Ok(mended.replace(SCHEDULED, &fresh_soon).replace(CLOSURE, "return __kvs_late(args[0]);")
        + HELPERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_objects_are_looked_at_after_the_fresh_instance_is_made() {
        let check = format!("\n get a() {{\n  {STALE}\n  throw new Error('x');\n  }}\n  go();\n}}");
        let mended = mend(&[&check, SCHEDULED, CLOSURE, &check].concat()).unwrap();
        assert_eq!(mended.matches("get a() {\n  __kvs_alive(this);\n  go();\n}").count(), 2);
        let mended_stop = mend(&[&check.replace("get a", "stop"), SCHEDULED, CLOSURE].concat());
        assert!(
            mended_stop.is_ok_and(|it| it.contains("stop() {\n  if (__kvs_ended(this)) return;"))
        );
        let (guard, look) = (HELPERS.find("__wbg_call_guard()"), HELPERS.find("object.__wbg_inst"));
        assert!(guard < look && mended.contains("queueMicrotask(__wbg_call_guard)"));
    }

    #[test]
    fn glue_of_another_shape_is_refused() {
        let refusal = mend("export class Viewer {}").unwrap_err().to_string();
        assert!(refusal.contains("has changed"), "{refusal}");
    }
}
