// For `require`, which Node lets load modules.
Object.assign(exports, require('./node.js'));
