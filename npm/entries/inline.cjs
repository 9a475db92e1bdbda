// For `require`, which Node and bundlers let load modules.
Object.assign(exports, require('./inline.js'));
