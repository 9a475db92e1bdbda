//! What both roles have: one set of methods, made for either class.

/// Gives a class the methods of `Session` in `types/session.d.ts`, and what it knows about itself.
macro_rules! session_methods {
    ($class:ident) => {
        #[wasm_bindgen::prelude::wasm_bindgen]
        impl $class {
            /// Where the session is.
            #[wasm_bindgen(getter, skip_typescript)]
            pub fn state(&self) -> String {
                self.driver.state().as_str().to_owned()
            }

            /// Our own camera and microphone.
            #[wasm_bindgen(getter, js_name = localStream, skip_typescript)]
            pub fn local_stream(&self) -> wasm_bindgen::JsValue {
                $crate::js::or_null(self.driver.local_stream())
            }

            /// Starts.
            #[wasm_bindgen(skip_typescript)]
            pub fn start(&self, options: &wasm_bindgen::JsValue) -> js_sys::Promise {
                self.driver.start(options)
            }

            /// Ends everything.
            #[wasm_bindgen(skip_typescript)]
            pub fn stop(&self) {
                self.driver.stop();
            }

            /// The phases of the start-up.
            #[wasm_bindgen(skip_typescript)]
            pub fn timeline(&self) -> wasm_bindgen::JsValue {
                self.driver.timeline()
            }

            /// The session on one page.
            #[wasm_bindgen(skip_typescript)]
            pub fn report(&self, options: &wasm_bindgen::JsValue) -> js_sys::Promise {
                self.driver.report(options)
            }

            /// As `EventTarget` has it.
            ///
            /// # Errors
            /// Throws `caller.invalidArgument`.
            #[wasm_bindgen(js_name = addEventListener, skip_typescript)]
            pub fn add_event_listener(
                &self,
                event: &wasm_bindgen::JsValue,
                listener: &wasm_bindgen::JsValue,
                options: &wasm_bindgen::JsValue,
            ) -> Result<(), wasm_bindgen::JsValue> {
                self.driver.listened(event);
                self.events.add(event, listener, options)
            }

            /// As `EventTarget` has it.
            ///
            /// # Errors
            /// Throws `caller.invalidArgument`.
            #[wasm_bindgen(js_name = removeEventListener, skip_typescript)]
            pub fn remove_event_listener(
                &self,
                event: &wasm_bindgen::JsValue,
                listener: &wasm_bindgen::JsValue,
                options: &wasm_bindgen::JsValue,
            ) -> Result<(), wasm_bindgen::JsValue> {
                self.events.remove(event, listener, options)
            }

            /// Calls back with an event's detail; returns what ends that.
            ///
            /// # Errors
            /// Throws `caller.invalidArgument`.
            #[wasm_bindgen(skip_typescript)]
            pub fn on(
                &self,
                event: &wasm_bindgen::JsValue,
                callback: &wasm_bindgen::JsValue,
            ) -> Result<wasm_bindgen::JsValue, wasm_bindgen::JsValue> {
                self.driver.listened(event);
                self.events.on(event, callback)
            }
        }
    };
}

pub(crate) use session_methods;
