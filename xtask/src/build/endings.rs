//! What the glue does after a panic: wasm-bindgen's own way, mended in five places.
//!
//! A panic is a trap of the wasm, and so are a stack that is full and memory that has run out: each
//! is caught where JavaScript called, and ends the instance.
//! wasm-bindgen makes a fresh instance at the next call into the old one, but looks whether an
//! object belongs to the old one *before* that: the first call on such an object would run in the
//! fresh instance with the old one's pointer. And its old listeners throw at the browser. What calls
//! them can ask before that whether they are an old instance's.

use anyhow::{Context, Result, ensure};

/// How the check of an object begins; it ends with the next brace.
const STALE: &str = "if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {";
const SCHEDULED: &str = "__wbg_reinit_scheduled = true;";
const CLOSURE: &str = "throw new Error('Cannot invoke closure from previous WASM instance');";

/// Where a closure is given what belongs to it.
const BELONGINGS: &str = "real._wbg_cb_unref = ";
const IS_LATE: &str = "real.isLate = () => state.instance !== __wbg_instance_id;";

/// Where a fresh instance is put to use, and which instance.
const EXPORTS: [(&str, &str); 2] =
    [("wasm = instance.exports;", "instance"), ("wasm = wasmInstance.exports;", "wasmInstance")];

/// What ends a thing does nothing where it has ended already.
const ENDINGS: [&str; 2] = [" stop() {", " close() {"];

/// Ends an instance that trapped; says that an object is dead, as a `KvsError`; lets go of a camera that opens for the dead.
const HELPERS: &str = "
function __kvs_guarded(exports) {
    const guarded = {};
    for (const [name, value] of Object.entries(exports)) {
        guarded[name] = typeof value !== 'function' ? value : (...args) => {
            try {
                return value(...args);
            } catch (thrown) {
                throw thrown instanceof WebAssembly.RuntimeError ? __kvs_trapped(thrown) : thrown;
            }
        };
    }
    return guarded;
}

function __kvs_trapped(trap) {
    if (__wbg_reinit_scheduled) return trap;
    __wbg_reinit_scheduled = true;
    queueMicrotask(__wbg_call_guard);
    try {
        return Object.assign(wasm.__kvs_end(), { cause: trap });
    } catch {
        return trap;
    }
}

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
    let places = EXPORTS.map(|(place, _)| place);
    for part in [STALE, SCHEDULED, CLOSURE, BELONGINGS].into_iter().chain(places) {
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
    for (place, instance) in EXPORTS {
        mended = mended.replace(place, &format!("wasm = __kvs_guarded({instance}.exports);"));
    }
    let fresh_soon = format!("{SCHEDULED} queueMicrotask(__wbg_call_guard);");
    Ok(mended
        .replace(SCHEDULED, &fresh_soon)
        .replace(CLOSURE, "return __kvs_late(args[0]);")
        .replace(BELONGINGS, &format!("{IS_LATE} {BELONGINGS}"))
        + HELPERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the glue has besides, as `mend` looks for it.
    const REST: [&str; 5] = [SCHEDULED, CLOSURE, BELONGINGS, EXPORTS[0].0, EXPORTS[1].0];

    #[test]
    fn old_objects_are_looked_at_after_the_fresh_instance_is_made() {
        let check = format!("\n get a() {{\n  {STALE}\n  throw new Error('x');\n  }}\n  go();\n}}");
        let mended = mend(&format!("{check}{}{check}", REST.concat())).unwrap();
        assert_eq!(mended.matches("get a() {\n  __kvs_alive(this);\n  go();\n}").count(), 2);
        let mended_stop = mend(&(check.replace("get a", "stop") + &REST.concat()));
        assert!(
            mended_stop.is_ok_and(|it| it.contains("stop() {\n  if (__kvs_ended(this)) return;"))
        );
        let (guard, look) = (HELPERS.find("__wbg_call_guard()"), HELPERS.find("object.__wbg_inst"));
        assert!(guard < look && mended.contains("queueMicrotask(__wbg_call_guard)"));
    }

    #[test]
    fn every_instance_is_called_by_way_of_the_guard() {
        let mended = mend(&format!("{STALE}}}{}", REST.concat())).unwrap();
        assert!(mended.contains("wasm = __kvs_guarded(instance.exports);"));
        assert!(mended.contains("wasm = __kvs_guarded(wasmInstance.exports);"));
    }

    #[test]
    fn a_closure_says_whether_its_instance_is_over() {
        let mended = mend(&format!("{STALE}}}{}", REST.concat())).unwrap();
        assert!(mended.contains(&format!("{IS_LATE} {BELONGINGS}")));
    }

    #[test]
    fn glue_of_another_shape_is_refused() {
        let refusal = mend("export class Viewer {}").unwrap_err().to_string();
        assert!(refusal.contains("has changed"), "{refusal}");
    }
}
