// How the package is made ready, and what is there without it.
import init, { init as named, Role, VERSION, type InitInput } from "kvs-webrtc";
import ready, * as inline from "kvs-webrtc/inline";

const done: Promise<void> = init();
const inputs: InitInput[] = ["/a.wasm", new URL("https://example.org/a.wasm"), new ArrayBuffer(8)];
for (const input of inputs) named(input).then((nothing: void) => nothing);
init({ module_or_path: fetch("/a.wasm") });
init(fetch("/a.wasm"));
// @ts-expect-error null is no input
init(null);
// @ts-expect-error nothing of the wasm is told
done.then((output) => output.memory);

const role: Role = Role.MASTER;
const master: Role.MASTER = Role.MASTER;
const roles: readonly Role[] = [role, master, "VIEWER"];
// @ts-expect-error the roles are fixed
Role.MASTER = "VIEWER";
// @ts-expect-error there is no such role
const nobody: Role = "NOBODY";
const version: string = VERSION;

ready();
const same: typeof init = inline.init;
// @ts-expect-error how it is made is nobody's business
inline.initSync;
export { nobody, roles, same, version };
