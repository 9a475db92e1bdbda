import kvs = require("kvs-webrtc");
import inline = require("kvs-webrtc/inline");

const error: unknown = undefined;
const code: string | undefined = error instanceof kvs.KvsError ? error.code : undefined;
const viewer: typeof kvs.Viewer = inline.Viewer;
kvs.default().then(() => kvs.init());
// @ts-expect-error what is required is no function
kvs();
export = { code, viewer };
