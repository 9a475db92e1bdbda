// A page for which nothing is fetched.
import * as kvs from 'kvs-webrtc/inline';
import { check } from './check.js';
import { tell } from './tell.js';

tell((endpoint, name) => check(kvs, endpoint, name));
